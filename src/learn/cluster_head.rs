//! Deep embedded clustering: centers among embeddings, which both learn to tell groups apart.
//!
//! For embeddings `z_i` and centers `mu_j`
//!
//! - `q_ij` is proportional to `(1 + |z_i - mu_j|^2 / a)^(-(a + 1) / 2)`: how much `i` belongs to `j`;
//! - `p_ij` is proportional to `q_ij^2 / f_j` with `f_j = sum_i q_ij`: what is clear made clearer;
//! - the loss is `KL(P || Q)`, whose gradient moves both encoder and centers; `P` stays as it is
//!   between updates.
//!
//! # Reference
//!
//! Xie, Girshick, Farhadi (2016), *Unsupervised Deep Embedding for Clustering Analysis*, ICML; as used
//! by Cui et al. on tracks, whose equations 7 to 10 these are.

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;

use super::autoencoder::{Autoencoder, AutoencoderShape, Samples, device_of, embed};
use super::dense;
use super::device::Place;
use super::fit::{Before, Ended, Keep, Run, Task, fit};
use super::params::{Rule, Schedule, TrainParams};
use super::table::{Split, Table};
use super::watch::{Curves, Watch};
use super::weights::{Begin, Part, Placed, Slot, Weights, tensor};
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

/// How encoder and centers are refined.
#[derive(Clone, PartialEq, Debug)]
pub struct RefineParams {
    /// Degrees of freedom of the t-distribution: the paper's alpha.
    pub alpha: f64,
    /// Refining ends when a smaller share of samples changed their cluster between two updates.
    pub tolerance: f64,
    /// Steps between two updates of P.
    pub update_interval: usize,
    /// Steps after which it ends at the latest.
    pub most_steps: usize,
    /// Samples of a step.
    pub batch: usize,
    /// The rule of a step.
    pub rule: Rule,
    /// The learning rate.
    pub rate: f64,
    /// What is kept of the last step by SGD.
    pub momentum: f64,
    /// Seed of the order.
    pub seed: u64,
}

impl Default for RefineParams {
    fn default() -> Self {
        RefineParams {
            alpha: 1.0,
            tolerance: 0.01,
            update_interval: 40,
            most_steps: 1000,
            batch: 256,
            rule: Rule::Adam,
            rate: 1e-4,
            momentum: 0.9,
            seed: 1,
        }
    }
}

impl RefineParams {
    fn train_params(&self) -> TrainParams {
        TrainParams {
            epochs: self.most_steps.div_ceil(self.update_interval.max(1)),
            batch: self.batch,
            rule: self.rule,
            rate: self.rate,
            momentum: self.momentum,
            schedule: Schedule::Constant,
            patience: 0,
            clip: 0.0,
            held_out: 0.0,
            seed: self.seed as usize,
            ..TrainParams::default()
        }
    }
}

/// What refining has come to.
#[derive(Clone, PartialEq, Debug)]
pub struct Refined {
    /// The encoder and, last, the centers.
    pub weights: Weights,
    /// Where each sample is among the centers: `[sample, embedding]`.
    pub embedding: Table,
    /// The centers: `[cluster, embedding]`.
    pub centers: Table,
    /// How much each sample belongs to each cluster; rows sum to 1: `[sample, cluster]`.
    pub q: Table,
    /// The cluster each belongs to most; of several the first.
    pub labels: Vec<u32>,
    /// Loss, and share of changed labels as the metric, a round between updates each.
    pub curves: Curves,
    /// Why it ended.
    pub ended: Ended,
}

/// Refines the encoder of `autoencoder` and `centers`, `[cluster, embedding]`, on `samples`.
///
/// # Errors
///
/// [`Stopped`], as the training loop gives it.
pub fn refine(
    autoencoder: &Autoencoder,
    samples: &Samples,
    centers: &Table,
    params: &RefineParams,
    place: &Place,
    job: &Job,
    watch: &Watch,
) -> Result<Refined, Stopped> {
    let shape = autoencoder.shape();
    samples.check(shape.input)?;
    if centers.is_empty() || centers.width() != shape.embedding {
        return Err(Stopped::Failed("there are no centers among the embeddings".into()));
    }
    let n_encoder = 2 * shape.layers();
    let mut parts = autoencoder.weights().parts[..n_encoder].to_vec();
    let center_shape = [centers.len(), centers.width()];
    let values = centers.values().to_vec();
    parts.push(Part { name: CENTERS.into(), shape: center_shape, values });
    let n = samples.values.len();
    let mut task = Clustering {
        shape,
        samples,
        params,
        n_clusters: centers.len(),
        p: Table::default(),
        labels: Vec::new(),
        job,
    };
    let train = params.train_params();
    let run = Run::new(&train, place, job, watch);
    let outcome = fit(&mut task, Weights { parts }, &Split::all(n), Keep::Last, &run)?;
    let weights = outcome.weights;
    let embedding = embed(shape, &weights, samples, place, job)?;
    let centers = centers_of(&weights);
    let q = soft_assignment(&embedding, &centers, params.alpha);
    let labels = most(&q);
    let (curves, ended) = (outcome.curves, outcome.ended);
    Ok(Refined { weights, embedding, centers, q, labels, curves, ended })
}

/// The name of the matrix of centers.
const CENTERS: &str = "centers";

fn centers_of(weights: &Weights) -> Table {
    weights
        .parts
        .last()
        .map_or_else(Table::default, |part| Table::new(part.shape[1], part.values.clone()))
}

/// How much each of `embedding` belongs to each of `centers`: the paper's Q, `[sample, cluster]`.
///
/// ```
/// use fairway::learn::{Table, soft_assignment};
/// // At distances 0 and 1 of two centers: 1 and 1/2, normalized.
/// let q = soft_assignment(&Table::new(1, vec![0.0]), &Table::new(1, vec![0.0, 1.0]), 1.0);
/// assert!((q.values()[0] - 2.0 / 3.0).abs() < 1e-6);
/// ```
pub fn soft_assignment(embedding: &Table, centers: &Table, alpha: f64) -> Table {
    let k = centers.len();
    let mut q = Vec::with_capacity(embedding.len() * k);
    let mut logs = vec![0.0; k];
    for z in embedding {
        for (log, center) in logs.iter_mut().zip(centers) {
            let d2: f64 = z.iter().zip(center).map(|(z, c)| f64::from(z - c).powi(2)).sum();
            *log = -0.5 * (alpha + 1.0) * (1.0 + d2 / alpha).ln();
        }
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|log| (log - most).exp()).sum();
        q.extend(logs.iter().map(|log| ((log - most).exp() / sum) as f32));
    }
    Table::new(k, q)
}

/// What `q` becomes when what is clear is made clearer: the paper's P, `[sample, cluster]`.
pub fn sharpened(q: &Table) -> Table {
    let k = q.width();
    let mut f = vec![0.0; k];
    for row in q {
        f.iter_mut().zip(row).for_each(|(f, q)| *f += f64::from(*q));
    }
    let mut p = Vec::with_capacity(q.values().len());
    for row in q {
        let raw = || row.iter().zip(&f).map(|(q, f)| f64::from(*q).powi(2) / f.max(1e-300));
        let sum: f64 = raw().sum();
        p.extend(raw().map(|p| (p / sum) as f32));
    }
    Table::new(k, p)
}

/// The place of the largest number of each row; of several the first.
fn most(q: &Table) -> Vec<u32> {
    let largest = |row: &[f32]| {
        let better = |best: usize, (at, x): (usize, &f32)| if *x > row[best] { at } else { best };
        row.iter().enumerate().fold(0, better) as u32
    };
    q.iter().map(largest).collect()
}

/// `KL(P || Q)` of a batch, a sample's mean, as autograd sees it: embeddings `[batch, embedding]`,
/// centers `[cluster, embedding]`, `p` `[batch, cluster]`.
fn divergence(z: Tensor<2>, centers: Tensor<2>, p: Tensor<2>, alpha: f64) -> Tensor<1> {
    let [batch, width] = z.dims();
    let [k, _] = centers.dims();
    let off = z.reshape([batch, 1, width]) - centers.reshape([1, k, width]); // [batch, cluster, embedding]
    let d2 = off.powi_scalar(2).sum_dim(2).reshape([batch, k]);
    let log_q =
        log_softmax(d2.div_scalar(alpha).add_scalar(1.0).log().mul_scalar(-0.5 * (alpha + 1.0)), 1);
    // Where p is 0 it adds nothing: p log p goes to 0, so any finite logarithm serves.
    let log_p = p.clone().clamp_min(1e-30).log();
    (p * (log_p - log_q)).sum().div_scalar(batch as f64)
}

struct Clustering<'a> {
    shape: &'a AutoencoderShape,
    samples: &'a Samples,
    params: &'a RefineParams,
    n_clusters: usize,
    p: Table,
    labels: Vec<u32>,
    job: &'a Job,
}

impl Task for Clustering<'_> {
    fn names(&self) -> (&'static str, &'static str) {
        ("KL(P || Q)", "share of changed labels")
    }

    fn loss(&mut self, weights: &Placed, batch: &[usize], place: &Place) -> Tensor<1> {
        let layers = self.shape.layers();
        let device = device_of(weights, place);
        let (x, _) = self.samples.batch(batch, &device);
        let z = dense::forward(weights, 0, layers, x);
        let p = tensor(self.p.gathered(batch), [batch.len(), self.n_clusters], &device);
        divergence(z, weights.at(2 * layers), p, self.params.alpha)
    }

    /// As many steps as lie between two updates, whatever that is in epochs.
    fn order(&mut self, train: &[usize], batch: usize, rng: &mut Rng) -> Vec<usize> {
        let wanted = self.params.update_interval * batch.min(train.len());
        let mut order = Vec::with_capacity(wanted + train.len());
        while order.len() < wanted {
            let mut once = train.to_vec();
            rng.shuffle(&mut once);
            order.extend(once);
        }
        order.truncate(wanted);
        order
    }

    fn before_epoch(&mut self, weights: &Placed, place: &Place) -> Result<Before, Stopped> {
        let slots = self.shape.slots();
        let like = |(at, tensor): (usize, &Tensor<2>)| Part {
            name: slots.get(at).map_or_else(|| CENTERS.into(), |slot: &Slot| slot.name.clone()),
            shape: tensor.dims(),
            values: Vec::new(),
        };
        let like = Weights { parts: weights.tensors.iter().enumerate().map(like).collect() };
        let now = weights.read(&like).map_err(Stopped::Failed)?;
        let embedding = embed(self.shape, &now, self.samples, place, self.job)?;
        let q = soft_assignment(&embedding, &centers_of(&now), self.params.alpha);
        let labels = most(&q);
        let changed = labels.iter().zip(&self.labels).filter(|(now, before)| now != before).count();
        let share = changed as f64 / labels.len().max(1) as f64;
        let is_first = self.labels.len() != labels.len();
        self.p = sharpened(&q);
        self.labels = labels;
        let metric = (!is_first).then_some(share);
        Ok(Before { metric, is_done: metric.is_some_and(|share| share < self.params.tolerance) })
    }

    fn memory(&self) -> Vec<u32> {
        self.labels.clone()
    }

    fn remember(&mut self, memory: &[u32]) {
        self.labels = memory.to_vec();
    }
}

/// Weights of an encoder with centers behind it, read from a file; what does not fit is named.
pub fn check_refined(
    shape: &AutoencoderShape,
    clusters: usize,
    weights: &Weights,
) -> Result<(), super::SaveError> {
    let mut slots = shape.slots();
    slots.truncate(2 * shape.layers());
    slots.push(Slot::new(CENTERS, clusters, shape.embedding, Begin::Constant(0.0)));
    weights.check(&slots)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::super::weights::read;
    use super::*;

    fn random(rows: usize, width: usize, seed: u64) -> Table {
        let mut rng = Rng::new(seed, 0);
        Table::new(width, (0..rows * width).map(|_| rng.normal() as f32).collect())
    }

    #[test]
    fn rows_of_q_and_p_sum_to_1_and_p_is_clearer() {
        let q = soft_assignment(&random(50, 4, 1), &random(6, 4, 2), 1.0);
        let p = sharpened(&q);
        for table in [&q, &p] {
            assert!(table.iter().all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5));
            assert!(table.values().iter().all(|x| (0.0..=1.0).contains(x)));
        }
        let sure = |table: &Table| {
            table.iter().map(|row| row.iter().copied().fold(0.0, f32::max)).sum::<f32>()
        };
        assert!(sure(&p) > sure(&q));
    }

    #[test]
    fn the_target_is_q_squared_over_how_much_a_cluster_has() {
        // f is 1.4 and 0.6: 0.25 / 1.4 to 0.25 / 0.6 is 3 to 7.
        let p = sharpened(&Table::new(2, vec![0.5, 0.5, 0.9, 0.1]));
        for (found, wanted) in p.values().iter().zip([0.3, 0.7, 0.972, 0.028]) {
            assert!((found - wanted).abs() < 1e-6, "{p:?}");
        }
    }

    #[test]
    fn q_far_from_all_centers_is_still_a_distribution() {
        let q = soft_assignment(&Table::new(1, vec![1e18]), &Table::new(1, vec![0.0, 1.0]), 0.5);
        assert!((q.values().iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert_eq!(most(&Table::new(3, vec![0.2, 0.4, 0.4])), [1]);
    }

    #[test]
    fn equation_10_of_the_paper_is_the_gradient_that_autograd_finds() {
        for alpha in [1.0, 2.5] {
            let (n, k, e) = (20, 5, 3);
            let (z, mu) = (random(n, e, 3), random(k, e, 4));
            let q = soft_assignment(&z, &mu, alpha);
            let p = sharpened(&q);
            let device = Device::flex().autodiff();
            let place = |table: &Table| {
                tensor(table.values().to_vec(), [table.len(), table.width()], &device)
            };
            let (z_on, mu_on) = (place(&z).require_grad(), place(&mu).require_grad());
            let loss = divergence(z_on.clone(), mu_on.clone(), place(&p), alpha);
            let grads = loss.backward();
            let grad_z = read(z_on.grad(&grads).unwrap()).unwrap();
            let grad_mu = read(mu_on.grad(&grads).unwrap()).unwrap();
            let mut by_hand_mu = vec![0.0; k * e];
            for i in 0..n {
                for axis in 0..e {
                    let mut by_hand = 0.0;
                    for j in 0..k {
                        let off = |axis: usize| f64::from(z.row(i)[axis] - mu.row(j)[axis]);
                        let d2: f64 = (0..e).map(|axis| off(axis).powi(2)).sum();
                        let term = (alpha + 1.0) / alpha / (1.0 + d2 / alpha)
                            * f64::from(p.row(i)[j] - q.row(i)[j])
                            * off(axis);
                        by_hand += term;
                        by_hand_mu[j * e + axis] -= term;
                    }
                    // Ours is the mean over samples, the paper's the sum.
                    let found = f64::from(grad_z[i * e + axis]) * n as f64;
                    assert!((found - by_hand).abs() < 1e-5, "{found} {by_hand}");
                }
            }
            for (found, by_hand) in grad_mu.iter().zip(&by_hand_mu) {
                assert!((f64::from(*found) * n as f64 - by_hand).abs() < 2e-5, "{found} {by_hand}");
            }
        }
    }

    #[test]
    fn a_round_takes_as_many_steps_as_lie_between_updates() {
        let shape = AutoencoderShape { input: 2, hidden: vec![4], embedding: 2 };
        let samples = Samples::whole(random(10, 2, 1));
        let params = RefineParams { update_interval: 7, ..RefineParams::default() };
        let job = Job::default();
        let mut task = Clustering {
            shape: &shape,
            samples: &samples,
            params: &params,
            n_clusters: 2,
            p: Table::default(),
            labels: Vec::new(),
            job: &job,
        };
        let all: Vec<usize> = (0..10).collect();
        assert_eq!(task.order(&all, 4, &mut Rng::new(1, 0)).len(), 7 * 4);
        assert_eq!(task.order(&all, 64, &mut Rng::new(1, 0)).len(), 7 * 10);
    }
}
