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
use crate::compress::thin;
use crate::distance::{
    DistanceError, DistanceParams, Distances, Metric, Part, Paths, Weights, measure,
};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// The components of the distance of every pair.
pub struct PairsStage;

/// What was measured between the compressed trips.
pub struct PairsOf {
    /// The components.
    pub pairs: Distances,
    /// The compressed trips where they were measured.
    pub paths: Paths,
    /// The metric and its settings.
    pub params: DistanceParams,
    /// How long it took to measure them, seconds.
    pub measuring_s: f64,
    /// The compressed trips at 50 points each, meters, for k-means.
    pub points: Arc<Vec<f32>>,
    /// The trips, before compression.
    pub of: Arc<RepairedOf>,
}

impl PairsOf {
    /// How many pairs of trips there are.
    pub fn n_pairs(&self) -> usize {
        let n = self.pairs.n();
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

    type Params = DistanceParams;
    type Input = Arc<CompressedOf>;
    type Output = PairsOf;

    fn run(
        params: &Checked<DistanceParams>,
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
        let paths = Paths::new(&fleet, &trips, params.surface, params.resample, job);
        let paths = paths.map_err(stopped)?;
        let start = Instant::now();
        let pairs = measure(&paths, params, job).map_err(stopped)?;
        let measuring_s = start.elapsed().as_secs_f64();
        Ok(PairsOf {
            points: Arc::new(paths.resampled(POINTS)),
            pairs,
            paths,
            params: params.clone_inner(),
            measuring_s,
            of: Arc::clone(of),
        })
    }

    fn figures(output: &PairsOf) -> Map<String, Value> {
        let pairs = &output.pairs;
        let points: usize = (0..output.paths.len()).map(|path| output.paths.n_points(path)).sum();
        let (without_sog, without_cog) = pairs.n_without_sog_and_cog();
        let figures = json!({
            "metric": metric_name(output.params.metric),
            "trips": pairs.n(),
            "points": points,
            "pairs": output.n_pairs(),
            "pairs_per_s": output.pairs_per_s(),
            "surface": if output.paths.surface().is_sphere() { "sphere" } else { "plane" },
            "surface_error": pairs.surface_error(),
            "trips_without_sog": without_sog,
            "trips_without_cog": without_cog,
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// Each component as it was measured: half matrices that `numpy.load` and
    /// `scipy.spatial.distance.squareform` read.
    fn export(output: &PairsOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let parts = [(Part::Sspd, "sspd_m"), (Part::Sog, "sog_kn"), (Part::Cog, "cog_deg")];
        let is_msspd = output.params.metric == Metric::Msspd;
        let mut paths = Vec::new();
        for (part, name) in parts {
            let Some(matrix) = output.pairs.part(part) else { continue };
            let name = if is_msspd { name } else { metric_name(output.params.metric) };
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
    /// How many pairs were measured in a second.
    pub pairs_per_s: f64,
    /// The trips, before compression.
    pub of: Arc<RepairedOf>,
    /// The compressed trips at this many points each, meters, for k-means.
    pub points: Arc<Vec<f32>>,
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
        let ground = Ground::weighed(&input.pairs, params, MOST_MIN_TRIPS, job)?;
        let points = Arc::clone(&input.points);
        let dim = points.len() / input.paths.len().max(1);
        Ok(DistancesOf {
            ground,
            metric: input.params.metric,
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
    /// `distances.trips.csv`: which trip each row is.
    fn export(output: &DistancesOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let (matrix, trips) = (folder.join("distances.npy"), folder.join("distances.trips.csv"));
        let Some(square) = &output.ground.square else {
            return Err("only near pairs were measured; there is no matrix to write".into());
        };
        let n = square.len();
        let half: Vec<f32> = (0..n).flat_map(|i| square.row(i)[i + 1..].iter().copied()).collect();
        export::npy_f32(&matrix, &half, job).map_err(|error| error.to_string())?;
        let rows: String =
            output.of.ids().iter().enumerate().map(|(row, id)| format!("{row},{id}\n")).collect();
        export::text(&trips, &format!("row,trip_id\n{rows}")).map_err(|error| error.to_string())?;
        Ok(vec![matrix, trips])
    }
}
