//! What sliders of clustering cut and read: trees, orders, eigenvectors, and the sweep.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::DistancesOf;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::cluster::{
    DensityParams, KRow, Optics, Row, Spectrum, SpectrumParams, Sweep, SweepParams, Tree, Weighing,
};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// The spanning tree that holds the clusters of every eps.
pub struct TreeStage;

impl Stage for TreeStage {
    const NAME: &'static str = "tree/1";
    const TITLE: &'static str = "Spanning tree";
    const NEEDS: &'static [&'static str] = &["distances"];
    const PACE: Pace = Pace::Live;

    type Params = DensityParams;
    type Input = Arc<DistancesOf>;
    type Output = Tree;

    fn run(
        params: &Checked<DensityParams>,
        input: &Arc<DistancesOf>,
        job: &Job,
    ) -> Result<Tree, Stopped> {
        input.ground.tree(params, job)
    }

    fn figures(tree: &Tree) -> Map<String, Value> {
        let mut figures = Map::new();
        figures.insert("min_trips".into(), tree.min_trips().into());
        figures.insert("edges".into(), tree.edges().len().into());
        let core = tree.k_distances();
        let at = |share: f64| core.get(((core.len() as f64 - 1.0) * share) as usize).copied();
        figures.insert("core_distance_median".into(), finite(at(0.5)));
        figures.insert("core_distance_p95".into(), finite(at(0.05)));
        figures
    }

    /// The k-distance plot: a core distance a row, largest first.
    fn export(tree: &Tree, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("tree.csv");
        let rows = tree.k_distances().into_iter().map(|distance| distance.to_string());
        export::lines(&path, "core_distance", rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

fn finite(value: Option<f32>) -> Value {
    value.filter(|value| value.is_finite()).map_or(Value::Null, |value| f64::from(value).into())
}

/// The order for the reachability plot.
pub struct OpticsStage;

impl Stage for OpticsStage {
    const NAME: &'static str = "optics/1";
    const TITLE: &'static str = "Reachability";
    const NEEDS: &'static [&'static str] = &["distances"];
    const PACE: Pace = Pace::Live;

    type Params = DensityParams;
    type Input = Arc<DistancesOf>;
    type Output = Optics;

    fn run(
        params: &Checked<DensityParams>,
        input: &Arc<DistancesOf>,
        job: &Job,
    ) -> Result<Optics, Stopped> {
        input.ground.optics(params, job)
    }

    fn figures(optics: &Optics) -> Map<String, Value> {
        let mut figures = Map::new();
        figures.insert("min_trips".into(), optics.min_trips().into());
        figures.insert("trips".into(), optics.order().len().into());
        figures
    }

    /// The plot: a row a trip, in order; `trip` counts the chosen trips.
    fn export(optics: &Optics, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("optics.csv");
        let rows = optics.order().iter().zip(optics.reachability());
        let rows = rows.map(|(trip, reachability)| format!("{trip},{reachability}"));
        export::lines(&path, "trip,reachability", rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

/// Eigenvectors, and what every k is worth.
pub struct SpectrumStage;

/// Eigenvectors, and what every k is worth.
pub struct SpectrumOf {
    /// Eigenvalues and eigenvectors.
    pub spectrum: Spectrum,
    /// The indices of each k.
    pub curve: Vec<KRow>,
}

impl Stage for SpectrumStage {
    const NAME: &'static str = "spectrum/1";
    const TITLE: &'static str = "Eigenvectors";
    const NEEDS: &'static [&'static str] = &["distances"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = SpectrumParams;
    type Input = Arc<DistancesOf>;
    type Output = SpectrumOf;

    fn run(
        params: &Checked<SpectrumParams>,
        input: &Arc<DistancesOf>,
        job: &Job,
    ) -> Result<SpectrumOf, Stopped> {
        let spectrum = input.ground.spectrum(params, job)?;
        let curve = input.ground.k_curve(&spectrum, params.seed as u64, job)?;
        Ok(SpectrumOf { spectrum, curve })
    }

    fn figures(output: &SpectrumOf) -> Map<String, Value> {
        let rows: Vec<Value> = output.curve.iter().map(k_row).collect();
        let figures = json!({
            "eigenvalues": output.spectrum.eigenvalues(),
            "largest_gap_k": output.spectrum.largest_gap(),
            "rows": rows,
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    fn export(output: &SpectrumOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("spectrum.csv");
        let values = output.spectrum.eigenvalues().iter().enumerate();
        let rows = values.map(|(place, value)| {
            let row = output.curve.iter().find(|row| row.k == place + 1);
            let index = |of: fn(&KRow) -> Option<f64>| {
                row.and_then(of).map_or(String::new(), |value| value.to_string())
            };
            let (sc, ch) =
                (index(|row| row.indices.silhouette), index(|row| row.indices.calinski_harabasz));
            format!("{},{value},{sc},{ch}", place + 1)
        });
        export::lines(&path, "k,eigenvalue,silhouette,calinski_harabasz", rows)
            .map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

fn k_row(row: &KRow) -> Value {
    json!({
        "k": row.k,
        "silhouette": row.indices.silhouette,
        "calinski_harabasz": row.indices.calinski_harabasz,
        "davies_bouldin": row.indices.davies_bouldin,
    })
}

/// Every pair of eps and `MinPts` tried.
pub struct SweepStage;

impl Stage for SweepStage {
    const NAME: &'static str = "sweep/1";
    const TITLE: &'static str = "Sweep";
    const NEEDS: &'static [&'static str] = &["distances"];
    const PACE: Pace = Pace::Settled;

    type Params = SweepParams;
    type Input = Arc<DistancesOf>;
    type Output = Sweep;

    fn run(
        params: &Checked<SweepParams>,
        input: &Arc<DistancesOf>,
        job: &Job,
    ) -> Result<Sweep, Stopped> {
        let mut sweep = input.ground.sweep(params, job)?;
        // A channel's two directions are two routes, however good one cluster of both looks. The
        // paper's own choice stands as it is.
        if let Some(eps) = input.opposite.filter(|_| params.weighing != Weighing::Paper) {
            sweep.choose_below(eps);
        }
        Ok(sweep)
    }

    fn figures(sweep: &Sweep) -> Map<String, Value> {
        let best = sweep.best.and_then(|best| sweep.rows.get(best));
        let mut figures = Map::new();
        figures.insert("rows".into(), sweep.rows.iter().map(row).collect());
        figures.insert("best".into(), best.map_or(Value::Null, row));
        figures
    }

    fn export(sweep: &Sweep, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("sweep.csv");
        let text = |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
        let rows = sweep.rows.iter().map(|row| {
            let Row { eps, min_trips, clusters, noise, sc, ch, db, scch, score } = row;
            let [sc, ch, db, scch, score] = [*sc, *ch, *db, *scch, *score].map(text);
            format!("{eps},{min_trips},{clusters},{noise},{sc},{ch},{db},{scch},{score}")
        });
        let head = "eps,min_trips,clusters,noise,sc,ch,db,scch,score";
        export::lines(&path, head, rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

fn row(row: &Row) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}
