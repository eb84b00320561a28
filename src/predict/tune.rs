//! Which settings a method gets: tried on ships that it did not learn from.

use super::dataset::Dataset;
use super::gpr::Kernel;
use super::model::{FEWEST_WINDOWS, Fitted};
use super::params::{Method, PredictParams};
use crate::base::geo::distance_m;
use crate::base::job::{Job, Stopped};
use crate::base::units::nmi_from_m;

/// A setting of a method, and how far off it was.
#[derive(Clone, PartialEq, Debug)]
pub struct Tried {
    /// The method.
    pub method: Method,
    /// The setting, in words.
    pub setting: String,
    /// Mean error over the inner folds, nautical miles.
    pub mean_nmi: f64,
    /// Whether it was the best.
    pub is_chosen: bool,
}

/// Folds within the training data.
const INNER_FOLDS: u32 = 3;

/// Most windows that the search learns from and asks for.
const MOST_TRIED: usize = 3000;

/// The settings that are tried of `method`: what they are called, and what they set.
fn candidates(method: Method, params: &PredictParams) -> Vec<(String, PredictParams)> {
    let with = |name: String, change: &dyn Fn(&mut PredictParams)| {
        let mut changed = params.clone();
        change(&mut changed);
        (name, changed)
    };
    match method {
        // Networks are trained as they are set: a search would train each of them dozens of times.
        Method::Linear | Method::SogCog | Method::Mlp | Method::Gru => Vec::new(),
        Method::Elm => [200, 600, 1200]
            .map(|n| with(format!("{n} hidden neurons"), &|p| p.elm.n_hidden = n))
            .to_vec(),
        Method::LsSvm => {
            let mut all: Vec<(String, PredictParams)> =
                [(1.0, 1.0), (1.0, 10.0), (2.0, 1.0), (2.0, 10.0)]
                    .map(|(length, gamma)| {
                        with(format!("length {length}, gamma {gamma}"), &|p| {
                            p.svm.chooses = false;
                            (p.svm.length, p.svm.gamma) = (length, gamma);
                        })
                    })
                    .to_vec();
            all.push(with("by leave-one-out".into(), &|p| p.svm.chooses = true));
            all
        }
        Method::Gmm => [1, 2, 4, 8]
            .map(|n| {
                with(format!("{n} Gaussians"), &|p| {
                    p.gmm.chooses = false;
                    p.gmm.n_components = n;
                })
            })
            .to_vec(),
        Method::Gpr => {
            [("Matern 5/2", Kernel::Matern52), ("squared exponential", Kernel::SquaredExponential)]
                .map(|(name, kernel)| with(name.into(), &|p| p.gpr.kernel = kernel))
                .to_vec()
        }
        Method::Ensemble => [(4, 32), (4, 64), (8, 32), (8, 64)]
            .map(|(k, near)| {
                with(format!("{k} clusters, {near} neighbors"), &|p| {
                    (p.ensemble.n_clusters, p.ensemble.n_neighbors) = (k, near);
                })
            })
            .to_vec(),
    }
}

/// The settings of `method` that are least off for ships it did not learn from, among samples
/// `which`, at the middle one of the times ahead; and all that were tried. Of many windows, some.
///
/// Lengths of Gaussian processes are chosen by their likelihood at every fit besides.
pub fn tune(
    method: Method,
    data: &Dataset,
    which: &[usize],
    params: &PredictParams,
    job: &Job,
) -> Result<(PredictParams, Vec<Tried>), Stopped> {
    let horizon = data.horizons_min.len().saturating_sub(1) / 2;
    let known: Vec<usize> =
        which.iter().copied().filter(|i| data.truths[*i][horizon].is_some()).collect();
    let some: Vec<usize> =
        known.iter().copied().step_by(known.len().div_ceil(MOST_TRIED).max(1)).collect();
    let candidates = candidates(method, params);
    let ships: std::collections::BTreeSet<u32> = some.iter().map(|i| data.ships[*i]).collect();
    if candidates.is_empty() || ships.len() < INNER_FOLDS as usize {
        return Ok((params.clone(), Vec::new()));
    }
    // Ships by turns, so that each fold has all sorts.
    let place: std::collections::BTreeMap<u32, u32> = ships.into_iter().zip(0..).collect();
    let fold = |i: usize| place[&data.ships[i]] % INNER_FOLDS;
    let mut tried = Vec::new();
    for (setting, params) in &candidates {
        let (mut sum, mut n) = (0.0, 0_usize);
        for inner in 0..INNER_FOLDS {
            let learned: Vec<usize> = some.iter().copied().filter(|i| fold(*i) != inner).collect();
            if learned.len() < FEWEST_WINDOWS {
                continue;
            }
            let fitted = Fitted::fit(method, data, &learned, horizon, params, job)?;
            for &i in some.iter().filter(|i| fold(**i) == inner) {
                job.go_on()?;
                let error_m = error_m(&fitted, data, i, horizon);
                sum += error_m;
                n += 1;
            }
        }
        let mean_nmi = if n == 0 { f64::INFINITY } else { nmi_from_m(sum / n as f64) };
        tried.push(Tried { method, setting: setting.clone(), mean_nmi, is_chosen: false });
    }
    let best = (0..tried.len())
        .min_by(|a, b| tried[*a].mean_nmi.total_cmp(&tried[*b].mean_nmi))
        .expect("there are candidates");
    if !tried[best].mean_nmi.is_finite() {
        return Ok((params.clone(), Vec::new()));
    }
    tried[best].is_chosen = true;
    Ok((candidates[best].1.clone(), tried))
}

fn error_m(fitted: &Fitted, data: &Dataset, i: usize, horizon: usize) -> f64 {
    let sample = &data.samples[i];
    let local_m = fitted.predict(sample, data.horizons_min[horizon] * 60.0);
    data.truths[i][horizon].map_or(0.0, |truth| distance_m(sample.frame.position(local_m), truth))
}
