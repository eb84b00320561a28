//! The paper's ensemble: a model for each cluster of motions, chosen and fused by how well each did
//! on the query's neighbors.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::dataset::{Dataset, KEY_WIDTH, Sample, kept_features};
use super::elm::{Elm, ElmParams};
use super::features::{Inputs, feature_names};
use crate::base::job::{Job, Stopped};
use crate::base::nearest::Nearest;
use crate::base::params::{Field, Form, Params};
use crate::base::rows::Rows;
use crate::base::scaler::{NotFinite, Scaler};
use crate::cluster::means::k_means;

/// How the ensemble is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct EnsembleParams {
    /// Clusters of motions: the paper's k.
    pub n_clusters: usize,
    /// Neighbors that choose and weigh models: the paper's K.
    pub n_neighbors: usize,
    /// Models that are fused: the paper's r.
    pub n_fused: usize,
    /// How fast a model's weight falls with its error: the paper's sigma, in parts of the least error.
    pub sigma: f64,
    /// Hidden neurons of each model.
    pub n_hidden: usize,
    /// Ridge of each model: the paper's lambda.
    pub ridge: f64,
    /// Seed of clusters and hidden layers.
    pub seed: usize,
}

impl Default for EnsembleParams {
    fn default() -> Self {
        EnsembleParams {
            n_clusters: 8,
            n_neighbors: 64,
            n_fused: 4,
            sigma: 0.1,
            n_hidden: 60,
            ridge: 10.0,
            seed: 1,
        }
    }
}

impl Params for EnsembleParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Ensemble");
        form.count(
            "clusters",
            &mut self.n_clusters,
            Field {
                unit: "",
                range: 1..=200,
                help: "Clusters of motions, each with a model of its own: the paper's k.",
            },
        );
        form.count("neighbors", &mut self.n_neighbors, Field { unit: "windows", range: 4..=512, help: "Nearest windows of other ships that choose and weigh the models: the paper's K." });
        form.count(
            "fused",
            &mut self.n_fused,
            Field {
                unit: "models",
                range: 1..=32,
                help: "Best models that are fused: the paper's r.",
            },
        );
        form.number("sigma", &mut self.sigma, Field { unit: "", range: 0.001..=100.0, help: "How fast a model's weight falls with its error on the neighbors: sigma, in parts of the best model's error." });
        form.count(
            "hidden",
            &mut self.n_hidden,
            Field {
                unit: "neurons",
                range: 1..=1000,
                help: "Hidden neurons of each cluster's ELM.",
            },
        );
        form.number(
            "ridge",
            &mut self.ridge,
            Field { unit: "", range: 1e-6..=1e6, help: "Ridge of each cluster's ELM: lambda." },
        );
        form.count(
            "ensemble_seed",
            &mut self.seed,
            Field { unit: "", range: 0..=1_000_000, help: "Seed of clusters and hidden layers." },
        );
    }
}

/// Rounds of reweighing that bring least squares near to least distances.
const ROBUST_ROUNDS: usize = 5;

/// Samples on which the weights settle.
const REWEIGHED: usize = 4000;

/// Steps towards the geometric median of the neighbors.
const MEDIAN_STEPS: usize = 6;

/// Fewest windows of a cluster that has a model of its own.
const FEWEST: usize = 100;

/// A ship slower than this is taken to be this fast when displacements are put in relation, m/s.
const SLOWEST_MPS: f64 = 1.0;

/// Weight of the mean over all training windows beside that of the neighbors, in neighbors.
const PRIOR: f64 = 2.0;

/// How errors on training windows are kept: of dead reckoning, of the neighbors' median, of the model
/// of all, and of the model of the window's own cluster.
const KEPT_ERRORS: usize = 4;

/// A fitted ensemble for one time ahead.
///
/// What is learned is how far the ship will be off where dead reckoning has it, in lengths of the
/// way that it reckons. Members are dead reckoning itself, the geometric median of where the
/// neighbors went, an ELM of all windows and one a cluster.
///
/// # Reference
///
/// Tu et al., III-C. Ours differs in five ways. Neighbors are near in place and velocity, not in all
/// features, and never of the ship itself. A model's error on a neighbor is that of a model which
/// did not train on the neighbor's ship (two halves of ships), where the paper's is the training
/// error. Clusters are of place and velocity too, and their models know the place. Models minimize
/// distances in place of their squares, by reweighing. And dead reckoning, the neighbors' median and
/// an ELM of all windows compete with the clusters' models.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Ensemble {
    saved: Saved,
    nearest: Nearest,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Saved {
    params: EnsembleParams,
    inputs: Inputs,
    horizon_s: f64,
    /// Of the inputs, and of the inputs with the place.
    scalers: [Scaler; 2],
    /// The models' targets are scaled by this.
    unit: f64,
    everything: Elm,
    of_cluster: Vec<Option<Elm>>,
    /// Place and velocity of the training windows.
    keys: Rows,
    vessels: Vec<u64>,
    clusters: Vec<u32>,
    /// What dead reckoning is off by, in lengths of the way reckoned.
    off: Vec<[f64; 2]>,
    /// Errors, in lengths of the way reckoned.
    errors: Vec<[f64; KEPT_ERRORS]>,
    mean_errors: [f64; KEPT_ERRORS],
}

impl TryFrom<Saved> for Ensemble {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Ensemble, String> {
        let n = saved.keys.len();
        let same = [saved.vessels.len(), saved.clusters.len(), saved.off.len(), saved.errors.len()];
        if n == 0 || saved.keys.width() != KEY_WIDTH || same.iter().any(|other| *other != n) {
            return Err("the ensemble's windows are incomplete".into());
        }
        let k = saved.of_cluster.len() as u32;
        if saved.clusters.iter().any(|cluster| *cluster >= k) {
            return Err("a window of the ensemble is in no cluster".into());
        }
        let numbers = saved.off.iter().flatten().chain(saved.errors.iter().flatten());
        if !numbers.chain(saved.keys.values()).all(|x| x.is_finite()) {
            return Err("a number of the ensemble is not finite".into());
        }
        let widths = [saved.inputs, placed(saved.inputs)].map(|inputs| kept_features(inputs).len());
        let fits = |elm: &Elm, width: usize| elm.n_features() == width && elm.n_targets() == 2;
        let [plain, wide] = &saved.scalers;
        if [plain.names().len(), wide.names().len()] != widths
            || !fits(&saved.everything, widths[0])
            || !saved.of_cluster.iter().flatten().all(|elm| fits(elm, widths[1]))
        {
            return Err("a model of the ensemble has other inputs".into());
        }
        Ok(Ensemble { nearest: Nearest::new(&saved.keys), saved })
    }
}

impl From<Ensemble> for Saved {
    fn from(ensemble: Ensemble) -> Saved {
        ensemble.saved
    }
}

/// The way that dead reckoning goes within `horizon_s`, meters.
pub(super) fn reckoned_m(sample: &Sample, horizon_s: f64) -> f64 {
    sample.speed_mps * horizon_s
}

/// The length in which displacements are told, meters.
pub(super) fn length_m(sample: &Sample, horizon_s: f64) -> f64 {
    sample.speed_mps.max(SLOWEST_MPS) * horizon_s
}

impl Ensemble {
    /// Learns time ahead `horizon` from samples `which` of `data`, all of which know it.
    ///
    /// Takes `O(n (hidden^2 + K log n))` time. Fails if there is no sample.
    pub fn fit(
        data: &Dataset,
        which: &[usize],
        horizon: usize,
        inputs: Inputs,
        params: &EnsembleParams,
        job: &Job,
    ) -> Result<Ensemble, Stopped> {
        if which.is_empty() {
            return Err(Stopped::Failed("there is no window to learn from".into()));
        }
        let horizon_s = data.horizons_min[horizon] * 60.0;
        let samples: Vec<&Sample> = which.iter().map(|i| &data.samples[*i]).collect();
        let off: Vec<[f64; 2]> = which
            .iter()
            .zip(&samples)
            .map(|(i, sample)| {
                let [ahead, port] = data.target_m(*i, horizon).unwrap_or_default();
                let length = length_m(sample, horizon_s);
                [(ahead - reckoned_m(sample, horizon_s)) / length, port / length]
            })
            .collect();
        let mut keys = Rows::new(KEY_WIDTH);
        samples.iter().for_each(|sample| keys.push(&sample.key));
        let vessels: Vec<u64> = samples.iter().map(|sample| sample.vessel).collect();
        let nearest = Nearest::new(&keys);

        let (plain, x) = scaled_rows(data, which, inputs)?;
        let (wide, with_place) = scaled_rows(data, which, placed(inputs))?;
        let x = [x, with_place];
        let unit = unit_of(&off);
        let mut y = Rows::new(2);
        off.iter().for_each(|off| y.push(&off.map(|x| x / unit)));
        let clusters = clusters_of(&keys, params, job)?;
        let k = clusters.iter().max().map_or(0, |most| *most as usize + 1);

        // Each half of the ships is told by models of the other half.
        let halves = halves_of(&vessels);
        let mut errors = vec![[0.0; KEPT_ERRORS]; which.len()];
        for half in [0, 1] {
            let of_half = |own: bool| -> Vec<usize> {
                (0..which.len()).filter(|i| (halves[*i] == half) == own).collect()
            };
            let (told, learned) = (of_half(true), of_half(false));
            // One ship alone has nobody else to learn from.
            let learned = if learned.is_empty() { told.clone() } else { learned };
            let (everything, of_cluster) = models(&x, &y, &learned, &clusters, k, params, job)?;
            let by_all = everything.predict_all(&x[0].take(&told));
            let missed = |told: &[f64], i: usize| {
                (told[0] * unit - off[i][0]).hypot(told[1] * unit - off[i][1])
            };
            for (told_by_all, &i) in by_all.iter().zip(&told) {
                errors[i][2] = missed(told_by_all, i);
                errors[i][3] = errors[i][2];
            }
            for (cluster, elm) in of_cluster.iter().enumerate() {
                let Some(elm) = elm else { continue };
                let mine: Vec<usize> =
                    told.iter().copied().filter(|i| clusters[*i] as usize == cluster).collect();
                for (told, &i) in elm.predict_all(&x[1].take(&mine)).iter().zip(&mine) {
                    errors[i][3] = missed(told, i);
                }
            }
        }
        errors.par_iter_mut().enumerate().with_min_len(64).try_for_each(|(i, errors)| {
            job.go_on()?;
            let neighbors = neighbors(&nearest, &vessels, samples[i], params.n_neighbors);
            let median = median_of(&neighbors, &off);
            errors[0] = off[i][0].hypot(off[i][1]);
            errors[1] = (median[0] - off[i][0]).hypot(median[1] - off[i][1]);
            Ok::<(), Stopped>(())
        })?;
        let all: Vec<usize> = (0..which.len()).collect();
        let (everything, of_cluster) = models(&x, &y, &all, &clusters, k, params, job)?;
        let mut mean_errors = [0.0; KEPT_ERRORS];
        for of_one in &errors {
            mean_errors.iter_mut().zip(of_one).for_each(|(sum, e)| *sum += e / errors.len() as f64);
        }
        let saved = Saved {
            params: params.clone(),
            inputs,
            horizon_s,
            scalers: [plain, wide],
            unit,
            everything,
            of_cluster,
            keys,
            vessels,
            clusters,
            off,
            errors,
            mean_errors,
        };
        Ok(Ensemble { saved, nearest })
    }

    /// Where the ship of `sample` will be, meters ahead and to port.
    pub fn predict(&self, sample: &Sample) -> [f64; 2] {
        let saved = &self.saved;
        let members = self.members(sample);
        let least = members.iter().map(|(_, error)| *error).fold(f64::INFINITY, f64::min);
        let least = least.max(1e-9);
        let mut sum = [0.0; 3];
        for (told, error) in &members {
            let excess = error / least - 1.0;
            let weight = (-excess * excess / (2.0 * saved.params.sigma * saved.params.sigma)).exp();
            sum[0] += weight * told[0];
            sum[1] += weight * told[1];
            sum[2] += weight;
        }
        let length = length_m(sample, saved.horizon_s);
        [reckoned_m(sample, saved.horizon_s) + sum[0] / sum[2] * length, sum[1] / sum[2] * length]
    }

    /// The best members' answers and their errors on the neighbors, best first.
    fn members(&self, sample: &Sample) -> Vec<([f64; 2], f64)> {
        let saved = &self.saved;
        let near = neighbors(&self.nearest, &saved.vessels, sample, saved.params.n_neighbors);
        let [plain, wide] = [0, 1].map(|which| {
            let inputs = if which == 0 { saved.inputs } else { placed(saved.inputs) };
            let kept = kept_features(inputs);
            let mut x: Vec<f64> = kept.iter().map(|at| sample.features[*at]).collect();
            // Features are finite by their making.
            saved.scalers[which].apply(&mut x).ok().map(|()| x)
        });
        let mut sums = [0.0; KEPT_ERRORS];
        let mut all = 0.0;
        let mut of_cluster: Vec<(u32, f64, f64)> = Vec::new(); // Cluster, sum of errors, of weights.
        for (place, weight) in &near {
            let errors = &saved.errors[*place as usize];
            sums.iter_mut().zip(errors).for_each(|(sum, error)| *sum += weight * error);
            all += weight;
            let cluster = saved.clusters[*place as usize];
            match of_cluster.iter_mut().find(|(known, ..)| *known == cluster) {
                Some((_, sum, weights)) => {
                    *sum += weight * errors[3];
                    *weights += weight;
                }
                None => of_cluster.push((cluster, weight * errors[3], *weight)),
            }
        }
        let prior = if near.is_empty() { 1.0 } else { all * PRIOR / near.len() as f64 };
        let mean = |sum: f64, weights: f64, of: usize| {
            (sum + prior * saved.mean_errors[of]) / (weights + prior)
        };
        let mut members = vec![([0.0, 0.0], mean(sums[0], all, 0))];
        if !near.is_empty() {
            members.push((median_of(&near, &saved.off), mean(sums[1], all, 1)));
        }
        let mut told = [0.0; 2];
        if let Some(x) = plain {
            saved.everything.predict(&x, &mut told);
            members.push((told.map(|x| x * saved.unit), mean(sums[2], all, 2)));
        }
        if let Some(x) = wide {
            for (cluster, sum, weights) in of_cluster {
                if let Some(elm) = &saved.of_cluster[cluster as usize] {
                    elm.predict(&x, &mut told);
                    members.push((told.map(|x| x * saved.unit), mean(sum, weights, 3)));
                }
            }
        }
        members.retain(|(told, error)| told.iter().all(|x| x.is_finite()) && error.is_finite());
        members.sort_by(|a, b| a.1.total_cmp(&b.1));
        members.truncate(saved.params.n_fused);
        members
    }
}

/// The same with the place: what the models of clusters learn from.
fn placed(inputs: Inputs) -> Inputs {
    Inputs { has_place: true, ..inputs }
}

/// The features of samples `which`, scaled, and by what.
fn scaled_rows(data: &Dataset, which: &[usize], inputs: Inputs) -> Result<(Scaler, Rows), Stopped> {
    let rows = data.rows(which, inputs);
    let fault = |fault: NotFinite| Stopped::Failed(fault.to_string());
    let scaler = Scaler::of(&feature_names(inputs), &rows).map_err(fault)?;
    let x = scaler.applied(&rows).map_err(fault)?;
    Ok((scaler, x))
}

/// A scale that few large values do not set: the mean length.
fn unit_of(off: &[[f64; 2]]) -> f64 {
    let mean = off.iter().map(|[a, b]| a.hypot(*b)).sum::<f64>() / off.len() as f64;
    if mean.is_finite() && mean > 1e-9 { mean } else { 1.0 }
}

/// Ships in two halves, by a hash of their number, so that both halves know all waters.
fn halves_of(vessels: &[u64]) -> Vec<u8> {
    vessels.iter().map(|id| (id.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 63) as u8).collect()
}

fn clusters_of(keys: &Rows, params: &EnsembleParams, job: &Job) -> Result<Vec<u32>, Stopped> {
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
fn models(
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

/// The nearest windows of other ships, with their weights.
fn neighbors(nearest: &Nearest, vessels: &[u64], sample: &Sample, k: usize) -> Vec<(u32, f64)> {
    let mut found = Vec::new();
    let is_other = |place: u32| vessels[place as usize] != sample.vessel;
    nearest.find_among(&sample.key, k, &is_other, &mut found);
    // Half as far as the middle one of them weighs no more than five times as much.
    let middle = found.get(found.len() / 2).map_or(1.0, |(_, distance)| distance.max(1e-6));
    for (_, distance) in &mut found {
        let share = *distance / middle;
        *distance = 1.0 / (share * share + 0.05);
    }
    found
}

/// The weighted geometric median of where neighbors went; nowhere else if there are none.
fn median_of(neighbors: &[(u32, f64)], off: &[[f64; 2]]) -> [f64; 2] {
    fn mean(
        neighbors: &[(u32, f64)],
        off: &[[f64; 2]],
        weight: impl Fn(&[f64; 2]) -> f64,
    ) -> [f64; 2] {
        let mut sum = [0.0; 3];
        for (place, near) in neighbors {
            let off = &off[*place as usize];
            let weight = near * weight(off);
            sum[0] += weight * off[0];
            sum[1] += weight * off[1];
            sum[2] += weight;
        }
        if sum[2] > 0.0 { [sum[0] / sum[2], sum[1] / sum[2]] } else { [0.0; 2] }
    }
    let mut median = mean(neighbors, off, |_| 1.0);
    for _ in 0..MEDIAN_STEPS {
        let from = median;
        median = mean(neighbors, off, |off| {
            let (ahead, port) = (off[0] - from[0], off[1] - from[1]);
            1.0 / (ahead * ahead + port * port).sqrt().max(1e-4) // No hypot: nothing here overflows.
        });
    }
    median
}
