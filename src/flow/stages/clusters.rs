//! Trips into groups.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::tuning::SpectrumOf;
use super::{ChosenOf, DeepGroupsOf, DistancesOf, RepairedOf};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _, Form, Params};
use crate::cluster::params::Method;
use crate::cluster::{
    ClusterParams, Clustering, Labels, Made, Optics, Points, Tree, cluster, red_flags,
};
use crate::flow::Key;
use crate::flow::settings::{ClusterEdits, TripMark};
use crate::flow::stage::{Asked, Pace, Source, Stage};
use crate::io::export;

/// Trips in groups, by the method that the user chose.
pub struct ClustersStage;

/// How trips are grouped, and which groups the user made one.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupParams {
    /// The method and its settings.
    pub cluster: ClusterParams,
    /// Pairs of trips whose clusters are one.
    pub merged: Vec<[TripMark; 2]>,
}

impl Params for GroupParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.cluster.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.cluster.faults()
    }
}

/// What a method cuts, beside distances.
pub enum By {
    /// The spanning tree: DBSCAN, HDBSCAN.
    Tree(Arc<Tree>),
    /// The order of trips: OPTICS.
    Optics(Arc<Optics>),
    /// Eigenvectors: spectral.
    Spectrum(Arc<SpectrumOf>),
    /// What a network tells apart: deep.
    Deep(Arc<DeepGroupsOf>),
    /// Nothing: k-medoids, k-means.
    Nothing,
}

/// What a method cuts, asked for.
pub enum ByAsked<'a> {
    /// The spanning tree.
    Tree(&'a Asked<Tree>),
    /// The order of trips.
    Optics(&'a Asked<Optics>),
    /// Eigenvectors.
    Spectrum(&'a Asked<SpectrumOf>),
    /// What a network tells apart.
    Deep(&'a Asked<DeepGroupsOf>),
    /// Nothing.
    Nothing,
}

impl Source<By> for ByAsked<'_> {
    fn keys(&self) -> Vec<Key> {
        match self {
            ByAsked::Tree(asked) => vec![asked.key],
            ByAsked::Optics(asked) => vec![asked.key],
            ByAsked::Spectrum(asked) => vec![asked.key],
            ByAsked::Deep(asked) => vec![asked.key],
            ByAsked::Nothing => Vec::new(),
        }
    }

    fn ready(&self) -> Option<By> {
        Some(match self {
            ByAsked::Tree(asked) => By::Tree(asked.value.clone()?),
            ByAsked::Optics(asked) => By::Optics(asked.value.clone()?),
            ByAsked::Spectrum(asked) => By::Spectrum(asked.value.clone()?),
            ByAsked::Deep(asked) => By::Deep(asked.value.clone()?),
            ByAsked::Nothing => By::Nothing,
        })
    }
}

/// Trips in groups.
pub struct ClustersOf {
    /// The groups, with what is odd about them; labels in the order of [`RepairedOf::trips`].
    pub clustering: Clustering,
    /// How they were made.
    pub params: GroupParams,
    /// The `MinPts` that they were made with, where the method has one.
    pub min_trips: Option<usize>,
    /// The trips.
    pub of: Arc<RepairedOf>,
}

impl ClustersOf {
    /// The trips that were grouped, and those that the filter held back.
    pub fn chosen(&self) -> &Arc<ChosenOf> {
        &self.of.chosen
    }

    /// The cluster of each trip.
    pub fn labels(&self) -> &Labels {
        &self.clustering.labels
    }

    /// The cluster of each of all trips; none for noise, and for those that the filter held back.
    pub fn by_trip(&self) -> Vec<Option<u32>> {
        let mut of_all = vec![None; self.chosen().trips.trips.trips.len()];
        for (id, label) in self.of.ids().iter().zip(self.labels().as_slice()) {
            of_all[*id] = *label;
        }
        of_all
    }

    /// How the `place`-th of the grouped trips is remembered.
    pub fn mark(&self, place: usize) -> TripMark {
        let (fleet, trip) = (self.chosen().fleet(), &self.of.originals()[place]);
        let middle = trip.reports.start + trip.reports.len() / 2;
        TripMark { mmsi: fleet.vessels()[trip.vessel].mmsi.0, t_ms: fleet.reports().t_ms[middle] }
    }

    /// What the user called each cluster.
    pub fn names(&self, edits: &ClusterEdits) -> Vec<Option<String>> {
        let mut names = vec![None; self.labels().clusters()];
        for (mark, name) in &edits.names {
            let label = find(&self.of, *mark).and_then(|place| self.labels().as_slice()[place]);
            if let Some(slot) = label.and_then(|label| names.get_mut(label as usize)) {
                slot.get_or_insert_with(|| name.clone());
            }
        }
        names
    }
}

/// Which of the grouped trips `mark` remembers: by ship, under way at that moment.
fn find(of: &RepairedOf, mark: TripMark) -> Option<usize> {
    let fleet = of.chosen.fleet();
    of.originals().iter().position(|trip| {
        let (from_ms, to_ms) = trip.time_span_ms(fleet);
        fleet.vessels()[trip.vessel].mmsi.0 == mark.mmsi && (from_ms..=to_ms).contains(&mark.t_ms)
    })
}

/// Labels with the clusters of both trips of each pair made one. A trip that is noise, or not
/// there, merges nothing.
fn merged(labels: &Labels, of: &RepairedOf, pairs: &[[TripMark; 2]]) -> Option<Labels> {
    let mut names: Vec<u32> = (0..labels.clusters() as u32).collect();
    for pair in pairs {
        let found = pair.map(|mark| labels.as_slice()[find(of, mark)?]);
        let [Some(a), Some(b)] = found.map(|label| label.map(|label| names[label as usize])) else {
            continue;
        };
        names.iter_mut().filter(|name| **name == b).for_each(|name| *name = a);
    }
    let is_changed = names.iter().zip(0..).any(|(name, label)| *name != label);
    is_changed.then(|| {
        let groups: Vec<Option<u32>> = labels
            .as_slice()
            .iter()
            .map(|label| label.map(|label| names[label as usize]))
            .collect();
        Labels::new(&groups)
    })
}

impl Stage for ClustersStage {
    const NAME: &'static str = "clusters/1";
    const TITLE: &'static str = "Clusters";
    const NEEDS: &'static [&'static str] = &["distances"];
    const PACE: Pace = Pace::Live;

    type Params = GroupParams;
    type Input = (Arc<DistancesOf>, By);
    type Output = ClustersOf;

    fn run(
        params: &Checked<GroupParams>,
        (distances, by): &(Arc<DistancesOf>, By),
        job: &Job,
    ) -> Result<ClustersOf, Stopped> {
        let (mut tree, mut optics, mut spectrum, mut deep) = (None, None, None, None);
        match by {
            By::Tree(of) => tree = Some(of.as_ref()),
            By::Optics(of) => optics = Some(of.as_ref()),
            By::Spectrum(of) => spectrum = Some(&of.spectrum),
            By::Deep(of) => deep = Some(&of.clusters.labels),
            By::Nothing => (),
        }
        let points = Points { values: &distances.points, dim: distances.dim };
        let ground = &distances.ground;
        let made = Made { ground, tree, optics, spectrum, points: Some(points), deep };
        let checked =
            Checked::new(&params.cluster).map_err(|faults| Stopped::Failed(faults.join("\n")))?;
        let mut clustering = cluster(&checked, &made, job)?;
        if let Some(labels) = merged(&clustering.labels, &distances.of, &params.merged) {
            clustering.flags = red_flags(&labels, clustering.cores);
            clustering.labels = labels;
        }
        let min_trips = tree.map(Tree::min_trips).or(optics.map(Optics::min_trips));
        let of = Arc::clone(&distances.of);
        Ok(ClustersOf { clustering, params: params.clone_inner(), min_trips, of })
    }

    fn figures(output: &ClustersOf) -> Map<String, Value> {
        let labels = output.labels();
        let params = &output.params.cluster;
        let name = Method::CASES.iter().find(|(_, case)| *case == params.method);
        let mut figures = json!({
            "method": name.map(|(name, _)| *name),
            "clusters": labels.clusters(),
            "noise": labels.noise(),
            "sizes": labels.sizes(),
            "trips": labels.len(),
            "flags": output.clustering.flags,
        });
        let mut say = |name: &str, value: Value| figures[name] = value;
        if params.method.has_eps() {
            say("eps", params.eps.into());
        }
        if let Some(min_trips) = output.min_trips {
            say("min_trips", min_trips.into());
        }
        if params.method.has_k() {
            say("k", params.k.into());
        }
        if let Some(cores) = output.clustering.cores {
            say("core_trips", cores.into());
        }
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// `labels.csv` and `labels.parquet`: a row a trip, its cluster, empty for noise.
    fn export(output: &ClustersOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let labels = output.labels().as_slice();
        let trips: Vec<_> = output.of.ids().iter().copied().zip(output.of.originals()).collect();
        export::labels_files(output.chosen().fleet(), &trips, labels, folder, "labels", job)
            .map_err(|error| error.to_string())
    }
}
