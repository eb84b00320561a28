//! The models of an ensemble, learned from windows.

use rayon::prelude::*;

use super::EnsembleParams;
use crate::base::job::{Job, Stopped};
use crate::base::rows::Rows;
use crate::base::scaler::{NotFinite, Scaler};
use crate::cluster::means::k_means;
use crate::predict::dataset::{Dataset, KEY_WIDTH};
use crate::predict::elm::{Elm, ElmParams};
use crate::predict::intake::Intake;

/// Rounds of reweighing that bring least squares near to least distances.
const ROBUST_ROUNDS: usize = 5;

/// Samples on which the weights settle.
const REWEIGHED: usize = 4000;

/// Fewest windows of a cluster that has a model of its own.
const FEWEST: usize = 100;

/// What is taken of samples `which`, scaled, and by what.
pub(super) fn scaled_rows(
    data: &Dataset,
    which: &[usize],
    intake: &Intake,
) -> Result<(Scaler, Rows), Stopped> {
    let rows = intake.rows(data, which);
    let fault = |fault: NotFinite| Stopped::Failed(fault.to_string());
    let scaler = Scaler::of(&intake.names(), &rows).map_err(fault)?;
    let x = scaler.applied(&rows).map_err(fault)?;
    Ok((scaler, x))
}

/// A scale that few large values do not set: the mean length.
pub(super) fn unit_of(off: &[[f64; 2]]) -> f64 {
    let mean = off.iter().map(|[a, b]| a.hypot(*b)).sum::<f64>() / off.len() as f64;
    if mean.is_finite() && mean > 1e-9 { mean } else { 1.0 }
}

/// Ships in two halves, by a hash of their number, so that both halves know all waters.
pub(super) fn halves_of(vessels: &[u64]) -> Vec<u8> {
    vessels.iter().map(|id| (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63) as u8).collect()
}

pub(super) fn clusters_of(
    keys: &Rows,
    params: &EnsembleParams,
    job: &Job,
) -> Result<Vec<u32>, Stopped> {
    let points: Vec<f32> = keys.values().iter().map(|x| *x as f32).collect();
    let k = params.n_clusters.min(keys.len().div_ceil(FEWEST));
    let means = k_means(&points, KEY_WIDTH, k, 1, params.seed as u64, job)?;
    Ok(match means {
        Some(means) => {
            means.labels.as_slice().iter().map(|label| label.unwrap_or_default()).collect()
        }
        None => vec![0; keys.len()],
    })
}

/// An ELM of samples `which`, and one of each cluster that has enough of them.
pub(super) fn models(
    x: &[Rows; 2],
    y: &Rows,
    which: &[usize],
    clusters: &[u32],
    k: usize,
    params: &EnsembleParams,
    job: &Job,
) -> Result<(Elm, Vec<Option<Elm>>), Stopped> {
    let everything = robust(&x[0], y, which, params, job)?;
    let of_cluster = (0..k)
        .into_par_iter()
        .map(|cluster| {
            let mine: Vec<usize> =
                which.iter().copied().filter(|i| clusters[*i] as usize == cluster).collect();
            let is_own = mine.len() >= FEWEST;
            is_own.then(|| robust(&x[1], y, &mine, params, job)).transpose()
        })
        .collect::<Result<_, Stopped>>()?;
    Ok((everything, of_cluster))
}

/// An ELM that makes distances small rather than their squares, by reweighing.
fn robust(
    x: &Rows,
    y: &Rows,
    which: &[usize],
    params: &EnsembleParams,
    job: &Job,
) -> Result<Elm, Stopped> {
    let (x, y) = (x.take(which), y.take(which));
    let params = ElmParams {
        n_hidden: params.n_hidden,
        ridge: params.ridge,
        chooses_ridge: false,
        seed: params.seed,
        ..ElmParams::default()
    };
    // Weights settle on some of the samples; all are weighed by what came of it.
    let some: Vec<usize> = (0..x.len()).step_by(x.len().div_ceil(REWEIGHED)).collect();
    let (some_x, some_y) = (x.take(&some), y.take(&some));
    let mut elm = Elm::fit(&some_x, &some_y, None, &params, job)?;
    for _ in 1..ROBUST_ROUNDS {
        let weights = weights_of(&elm, &some_x, &some_y);
        elm = Elm::fit(&some_x, &some_y, Some(&weights), &params, job)?;
    }
    Elm::fit(&x, &y, Some(&weights_of(&elm, &x, &y)), &params, job)
}

/// Weights by which squared errors count as their roots, down to a tenth of the median's.
fn weights_of(elm: &Elm, x: &Rows, y: &Rows) -> Vec<f64> {
    let told = elm.predict_all(x);
    let missed: Vec<f64> =
        told.iter().zip(y).map(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1])).collect();
    let mut sorted = missed.clone();
    let middle = sorted.len() / 2;
    let (_, median, _) = sorted.select_nth_unstable_by(middle, f64::total_cmp);
    let least = (0.1 * *median).max(1e-9);
    let mut weights: Vec<f64> = missed.iter().map(|missed| 1.0 / missed.max(least)).collect();
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    weights.iter_mut().for_each(|weight| *weight /= mean);
    weights
}
