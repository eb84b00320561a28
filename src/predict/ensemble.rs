//! The paper's ensemble: a model for each cluster of motions, chosen and fused by how well each did
//! on the query's neighbors.

mod learn;
mod neighbors;
mod params;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use self::learn::{clusters_of, halves_of, models, scaled_rows, unit_of};
pub(super) use self::neighbors::{median_of, neighbors};
pub use self::params::EnsembleParams;
use super::dataset::{Dataset, KEY_WIDTH, Sample};
use super::elm::Elm;
use super::features::Inputs;
use super::intake::Intake;
use crate::base::job::{Job, Stopped};
use crate::base::nearest::Nearest;
use crate::base::rows::Rows;
use crate::base::scaler::Scaler;

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

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Saved {
    params: EnsembleParams,
    horizon_s: f64,
    /// Of the inputs, and of the inputs with the place.
    intakes: [Intake; 2],
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
        let [narrow, with_place] = &saved.intakes;
        let widths = [narrow.width(), with_place.width()];
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

/// The nearest windows of other ships than that of `sample`, with their weights.
fn others(nearest: &Nearest, vessels: &[u64], sample: &Sample, k: usize) -> Vec<(u32, f64)> {
    neighbors(nearest, &sample.key, k, &|place| vessels[place as usize] != sample.vessel)
}

/// What a member says.
pub(super) struct Opinion {
    /// How far the ship will be off dead reckoning, lengths of the way.
    pub told: [f64; 2],
    /// How far off it was on the neighbors, lengths of the way.
    pub error: f64,
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

        let intake = Intake::of(data, which, inputs);
        let intakes = [intake.clone(), intake.placed()];
        let (plain, x) = scaled_rows(data, which, &intakes[0])?;
        let (wide, with_place) = scaled_rows(data, which, &intakes[1])?;
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
            let near = others(&nearest, &vessels, samples[i], params.n_neighbors);
            let median = median_of(&near, &off);
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
            horizon_s,
            intakes,
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

    /// Whether it takes such inputs and tells where ships are `horizon_s` later.
    pub(super) fn is_of(&self, inputs: Inputs, horizon_s: f64) -> bool {
        let [plain, wide] = &self.saved.intakes;
        let is_of = |intake: &Intake, own: Inputs| matches!(intake, Intake::Features { inputs, .. } if *inputs == own);
        is_of(plain, inputs)
            && is_of(wide, Inputs { has_place: true, ..inputs })
            && self.saved.horizon_s == horizon_s
    }

    /// Where the ship of `sample` will be, meters ahead and to port.
    pub fn predict(&self, sample: &Sample) -> [f64; 2] {
        let saved = &self.saved;
        let mut members = self.members(sample);
        members.sort_by(|a, b| a.error.total_cmp(&b.error));
        members.truncate(saved.params.n_fused);
        let least = members.first().map_or(1.0, |best| best.error).max(1e-9);
        let mut sum = [0.0; 3];
        for Opinion { told, error, .. } in &members {
            let excess = error / least - 1.0;
            let weight = (-excess * excess / (2.0 * saved.params.sigma * saved.params.sigma)).exp();
            sum[0] += weight * told[0];
            sum[1] += weight * told[1];
            sum[2] += weight;
        }
        self.place_m(sample, [sum[0] / sum[2], sum[1] / sum[2]])
    }

    /// Meters ahead and to port of what is off so many lengths of the way.
    pub(super) fn place_m(&self, sample: &Sample, [ahead, port]: [f64; 2]) -> [f64; 2] {
        let length = length_m(sample, self.saved.horizon_s);
        [reckoned_m(sample, self.saved.horizon_s) + ahead * length, port * length]
    }

    /// All members' answers and their errors on the neighbors: dead reckoning, the neighbors' median
    /// (if there are any), the model of all, and those of clusters.
    pub(super) fn members(&self, sample: &Sample) -> Vec<Opinion> {
        let saved = &self.saved;
        let near = others(&self.nearest, &saved.vessels, sample, saved.params.n_neighbors);
        let [plain, wide] = [0, 1].map(|which| {
            let mut x = saved.intakes[which].row(sample);
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
        let opinion = |told, error| Opinion { told, error };
        let mut members = vec![opinion([0.0, 0.0], mean(sums[0], all, 0))];
        if !near.is_empty() {
            let median = median_of(&near, &saved.off);
            members.push(opinion(median, mean(sums[1], all, 1)));
        }
        let mut told = [0.0; 2];
        if let Some(x) = plain {
            saved.everything.predict(&x, &mut told);
            let told = told.map(|x| x * saved.unit);
            members.push(opinion(told, mean(sums[2], all, 2)));
        }
        if let Some(x) = wide {
            for (cluster, sum, weights) in of_cluster {
                if let Some(elm) = &saved.of_cluster[cluster as usize] {
                    elm.predict(&x, &mut told);
                    let told = told.map(|x| x * saved.unit);
                    members.push(opinion(told, mean(sum, weights, 3)));
                }
            }
        }
        members.retain(|o| o.told.iter().all(|x| x.is_finite()) && o.error.is_finite());
        members
    }
}
