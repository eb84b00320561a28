//! The perceptron: features of a window to places, by least squares.

use serde::{Deserialize, Serialize};

use super::{Look, MlpParams, Told, split_of, taken, thinned};
use crate::base::job::{Job, Stopped};
use crate::base::scaler::{NotFinite, Scaler};
use crate::learn::{Head, Mlp, MlpShape, Place, Run, Split, Table, Weights};
use crate::predict::dataset::{Dataset, Sample};
use crate::predict::features::Inputs;
use crate::predict::intake::Intake;

/// A perceptron with two hidden layers, which tells all times ahead at once.
///
/// # Reference
///
/// Tu et al., V: one of the paper's rivals, of whose network they say nothing. Ours takes the same
/// features as the other regressors and gives meters ahead and to port, scaled to one deviation a
/// number. Training ends early by ships that it does not learn from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct PathMlp {
    saved: Saved,
    network: Mlp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Saved {
    horizons_min: Vec<f64>,
    intake: Intake,
    x: Scaler,
    /// What the network's numbers are multiplied by, meters: two a time ahead.
    units_m: Vec<f64>,
    shape: MlpShape,
    weights: Weights,
}

impl TryFrom<Saved> for PathMlp {
    type Error = String;

    fn try_from(saved: Saved) -> Result<PathMlp, String> {
        let n = saved.horizons_min.len();
        let shape = &saved.shape;
        let widths = [saved.intake.width(), saved.x.names().len()];
        if widths != [shape.input; 2] {
            return Err("the perceptron takes other inputs".into());
        }
        if shape.head != Head::Numbers(2 * n) || saved.units_m.len() != 2 * n || n == 0 {
            return Err("the perceptron tells other times ahead".into());
        }
        if !saved.weights.is_finite() || !saved.units_m.iter().all(|unit| unit.is_finite()) {
            return Err("a number of the perceptron is not finite".into());
        }
        let network = Mlp::new(shape.clone(), saved.weights.clone());
        let network = network.map_err(|error| error.to_string())?;
        Ok(PathMlp { saved, network })
    }
}

impl From<PathMlp> for Saved {
    fn from(mlp: PathMlp) -> Saved {
        mlp.saved
    }
}

impl PathMlp {
    /// Trains one on windows `which` of `data`.
    pub(super) fn fit(
        data: &Dataset,
        which: &[usize],
        inputs: Inputs,
        params: &MlpParams,
        look: &Look,
        job: &Job,
    ) -> Result<PathMlp, Stopped> {
        let fault = |fault: NotFinite| Stopped::Failed(fault.to_string());
        let which = thinned(which, params.n_windows, 0);
        let intake = Intake::of(data, &which, inputs);
        let rows = intake.rows(data, &which);
        let x = Scaler::of(&intake.names(), &rows).map_err(fault)?;
        let rows = x.applied(&rows).map_err(fault)?;
        let width = rows.width();
        let table = Table::new(width, taken(rows.values()).collect());
        let n = data.horizons_min.len();
        let mut units_m = vec![1.0; 2 * n];
        for (horizon, units) in units_m.chunks_exact_mut(2).enumerate() {
            let known: Vec<[f64; 2]> =
                which.iter().filter_map(|i| data.target_m(*i, horizon)).collect();
            for (axis, unit) in units.iter_mut().enumerate() {
                let sum: f64 = known.iter().map(|target| target[axis] * target[axis]).sum();
                *unit = (sum / known.len().max(1) as f64).sqrt().max(1.0);
            }
        }
        let mut y = Vec::with_capacity(which.len() * 2 * n);
        for i in &which {
            for (horizon, units) in units_m.chunks_exact(2).enumerate() {
                let target = data.target_m(*i, horizon).unwrap_or([f64::NAN; 2]);
                y.extend([0, 1].map(|axis| (target[axis] / units[axis]) as f32));
            }
        }
        let hidden = vec![params.hidden; 2];
        let shape = MlpShape { input: width, hidden, head: Head::Numbers(2 * n) };
        let (train, place) = (params.train(), Place::choose(params.device));
        let watch = look.watch(0);
        let job = job.uncounted();
        let split: Split = split_of(data, &which, 0, params.seed);
        let run = Run::new(&train, &place, &job, &watch);
        let (network, _) = Mlp::fit(&shape, &table, &Table::new(2 * n, y), &split, &run)?;
        let weights = network.weights().clone();
        let horizons_min = data.horizons_min.clone();
        Ok(PathMlp { saved: Saved { horizons_min, intake, x, units_m, shape, weights }, network })
    }

    pub(super) fn horizons_min(&self) -> &[f64] {
        &self.saved.horizons_min
    }

    pub(super) fn knows_places(&self) -> bool {
        self.saved.intake.knows_places()
    }

    pub(super) fn is_of(&self, own: Inputs) -> bool {
        matches!(&self.saved.intake, Intake::Features { inputs, .. } if *inputs == own)
    }

    pub(super) fn tell(&self, sample: &Sample) -> Vec<Told> {
        let saved = &self.saved;
        let mut x = saved.intake.row(sample);
        if x.len() != saved.x.names().len() || saved.x.apply(&mut x).is_err() {
            return Vec::new();
        }
        let x: Vec<f32> = taken(&x).collect();
        let out = self.network.answer(&x);
        let of_one = |(out, units): (&[f32], &[f64])| {
            let local_m = [0, 1].map(|axis| f64::from(out[axis]) * units[axis]);
            Told { local_m, ellipses: None }
        };
        out.chunks_exact(2).zip(saved.units_m.chunks_exact(2)).map(of_one).collect()
    }
}
