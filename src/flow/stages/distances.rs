//! How far trips lie apart: measured once, weighed as often as the user moves a weight.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::{CompressedOf, RepairedOf};
use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};
use crate::cluster::Ground;
use crate::cluster::matrix::Spare;
use crate::compress::thin;
use crate::distance::{
    DistanceError, Distances, Metric, Neighbors, Part, Paths, Weights, measure, neighbors_within,
};
use crate::flow::settings::PairParams;
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// The components of the distance of every pair.
pub struct PairsStage;

/// What was measured.
pub enum Measured {
    /// All pairs.
    All(Distances),
    /// Pairs that are not farther apart than asked.
    Near(Neighbors),
}

/// What was measured between the compressed trips.
pub struct PairsOf {
    /// The components.
    pub pairs: Measured,
    /// The compressed trips where they were measured.
    pub paths: Paths,
    /// The metric and its settings.
    pub params: PairParams,
    /// How long it took to measure them, seconds.
    pub measuring_s: f64,
    /// The trips, before compression.
    pub of: Arc<RepairedOf>,
    /// Memory for one weighed matrix after the other.
    spare: Spare,
}

impl PairsOf {
    /// The components of all pairs, if all were measured.
    pub fn all(&self) -> Option<&Distances> {
        match &self.pairs {
            Measured::All(all) => Some(all),
            Measured::Near(_) => None,
        }
    }

    /// How many pairs of trips there are.
    pub fn n_pairs(&self) -> usize {
        let n = self.paths.len();
        n * n.saturating_sub(1) / 2
    }

    /// How many pairs were measured in a second.
    pub fn pairs_per_s(&self) -> f64 {
        self.n_pairs() as f64 / self.measuring_s.max(1e-9)
    }
}

/// A metric's name as `--set` takes it.
pub fn metric_name(metric: Metric) -> &'static str {
    Metric::CASES.iter().find(|(_, case)| *case == metric).map_or("", |(name, _)| name)
}

/// A fault of measuring, for the user.
fn stopped(error: DistanceError) -> Stopped {
    match error {
        DistanceError::Stopped(stopped) => stopped,
        error => Stopped::Failed(error.to_string()),
    }
}

impl Stage for PairsStage {
    const NAME: &'static str = "pairs/1";
    const TITLE: &'static str = "Measuring pairs";
    const NEEDS: &'static [&'static str] = &["compress"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 1;

    type Params = PairParams;
    type Input = Arc<CompressedOf>;
    type Output = PairsOf;

    fn run(
        params: &Checked<PairParams>,
        input: &Arc<CompressedOf>,
        job: &Job,
    ) -> Result<PairsOf, Stopped> {
        let of = &input.of;
        if of.trips().is_empty() {
            return Err(Stopped::Failed(
                "there are no trips to compare; load a file, or let more pass the filter".into(),
            ));
        }
        let (fleet, trips): (Fleet, Vec<Trip>) =
            thin(of.fleet(), of.trips(), &input.compressed.kept, job)?;
        let PairParams { measure: asked, within, weights } = params.clone_inner();
        let paths = Paths::new(&fleet, &trips, asked.surface, asked.resample, job);
        let paths = paths.map_err(stopped)?;
        let start = Instant::now();
        let pairs = if within > 0.0 {
            neighbors_within(within as f32, &paths, &asked, &weights, job).map(Measured::Near)
        } else {
            measure(&paths, &asked, job).map(Measured::All)
        };
        Ok(PairsOf {
            pairs: pairs.map_err(stopped)?,
            paths,
            params: params.clone_inner(),
            measuring_s: start.elapsed().as_secs_f64(),
            of: Arc::clone(of),
            spare: Spare::default(),
        })
    }

    fn figures(output: &PairsOf) -> Map<String, Value> {
        let paths = &output.paths;
        let points: usize = (0..paths.len()).map(|path| paths.n_points(path)).sum();
        let (without_sog, without_cog) = paths.n_without_sog_and_cog();
        let mut figures = json!({
            "metric": metric_name(output.params.measure.metric),
            "trips": paths.len(),
            "points": points,
            "pairs": output.n_pairs(),
            "pairs_per_s": output.pairs_per_s(),
            "surface": if paths.surface().is_sphere() { "sphere" } else { "plane" },
            "surface_error": paths.surface().largest_error(),
            "trips_without_sog": without_sog,
            "trips_without_cog": without_cog,
        });
        if let Measured::Near(near) = &output.pairs {
            figures["within"] = output.params.within.into();
            figures["pairs_measured"] = near.n_measured().into();
        }
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// Each component as it was measured: half matrices that `numpy.load` and
    /// `scipy.spatial.distance.squareform` read.
    fn export(output: &PairsOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let parts = [(Part::Sspd, "sspd_m"), (Part::Sog, "sog_kn"), (Part::Cog, "cog_deg")];
        let metric = output.params.measure.metric;
        let Some(pairs) = output.all() else { return Ok(Vec::new()) };
        let mut paths = Vec::new();
        for (part, name) in parts {
            let Some(matrix) = pairs.part(part) else { continue };
            let name = if metric == Metric::Msspd { name } else { metric_name(metric) };
            let path = folder.join(format!("pairs.{name}.npy"));
            export::npy_f32(&path, matrix.values(), job).map_err(|error| error.to_string())?;
            paths.push(path);
        }
        Ok(paths)
    }
}

/// One distance a pair, in the forms in which clustering reads it.
pub struct DistancesStage;

/// The distances that clusters are made of.
pub struct DistancesOf {
    /// All distances, and each trip's nearest.
    pub ground: Ground,
    /// The metric.
    pub metric: Metric,
    /// From which eps on trips in opposite directions are neighbors, where courses count.
    pub opposite: Option<f32>,
    /// How many pairs were measured in a second.
    pub pairs_per_s: f64,
    /// The trips, before compression.
    pub of: Arc<RepairedOf>,
    /// The compressed trips at this many points each, meters, for k-means.
    pub points: Vec<f32>,
    /// How many numbers of [`DistancesOf::points`] a trip has.
    pub dim: usize,
}

/// To so many points trips are resampled for k-means.
const POINTS: usize = 50;

/// Every `MinPts` up to this is served without sorting neighbors again.
const MOST_MIN_TRIPS: usize = 64;

impl Stage for DistancesStage {
    const NAME: &'static str = "distances/1";
    const TITLE: &'static str = "Distances";
    const NEEDS: &'static [&'static str] = &["pairs"];
    const PACE: Pace = Pace::Live;
    const KEPT: usize = 1;

    type Params = Weights;
    type Input = Arc<PairsOf>;
    type Output = DistancesOf;

    fn run(
        params: &Checked<Weights>,
        input: &Arc<PairsOf>,
        job: &Job,
    ) -> Result<DistancesOf, Stopped> {
        let ground = match &input.pairs {
            Measured::All(all) => Ground::weighed(all, params, MOST_MIN_TRIPS, &input.spare, job)?,
            Measured::Near(near) => Ground::from_near(near),
        };
        let points = input.paths.resampled(POINTS);
        let dim = points.len() / input.paths.len().max(1);
        Ok(DistancesOf {
            ground,
            metric: input.params.measure.metric,
            opposite: params.opposite().filter(|_| input.params.measure.metric == Metric::Msspd),
            pairs_per_s: input.pairs_per_s(),
            of: Arc::clone(&input.of),
            points,
            dim,
        })
    }

    fn figures(output: &DistancesOf) -> Map<String, Value> {
        let n = output.of.trips().len();
        let figures = json!({
            "metric": metric_name(output.metric),
            "trips": n,
            "pairs": n * n.saturating_sub(1) / 2,
            "pairs_per_s": output.pairs_per_s,
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// `distances.npy`: the half matrix above the diagonal, row after row, 32-bit floats;
    /// `distances.trips.csv`: which trip each row is. Of near pairs alone, `distances.near.csv`.
    fn export(output: &DistancesOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let trips = folder.join("distances.trips.csv");
        let rows = output.of.ids().iter().enumerate().map(|(row, id)| format!("{row},{id}"));
        export::lines(&trips, "row,trip_id", rows).map_err(|error| error.to_string())?;
        let matrix = if let Some(square) = &output.ground.square {
            let half: Vec<f32> =
                (0..square.len()).flat_map(|i| square.row(i)[i + 1..].iter().copied()).collect();
            let matrix = folder.join("distances.npy");
            export::npy_f32(&matrix, &half, job).map_err(|error| error.to_string())?;
            matrix
        } else {
            let near = &output.ground.near;
            let pairs = (0..near.len()).flat_map(|row| {
                let after = near.of(row).filter(move |(other, _)| *other as usize > row);
                after.map(move |(other, distance)| format!("{row},{other},{distance}"))
            });
            let matrix = folder.join("distances.near.csv");
            export::lines(&matrix, "row,other_row,distance", pairs)
                .map_err(|error| error.to_string())?;
            matrix
        };
        Ok(vec![matrix, trips])
    }
}
