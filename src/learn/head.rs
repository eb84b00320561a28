//! What a network's last numbers mean, and what they cost when the truth is known.

use std::f64::consts::TAU;

use burn::tensor::Tensor;
use burn::tensor::activation::log_softmax;
use serde::{Deserialize, Serialize};

/// Numbers of one component of a mixture: weight, two means, two deviations, correlation.
const PER_COMPONENT: usize = 6;

/// Logarithms of deviations stay within this: what is nearer or farther is no measurement.
const MOST_LOG: f64 = 7.0;

/// A correlation stays within this, so that no ellipse is a line.
const MOST_CORRELATION: f64 = 0.99;

/// What a network gives for a sample. Truth may have gaps: NaN, which cost nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Head {
    /// So many numbers; the cost is the mean squared error.
    Numbers(usize),
    /// So many places in a plane, each as a mixture of normal distributions; the cost is the mean
    /// negative logarithm of the density at the true place (Bishop 1994, *Mixture density networks*).
    Mixtures {
        /// How many places, such as one for each time ahead. The truth has two numbers for each.
        places: usize,
        /// How many components each mixture has.
        components: usize,
    },
}

/// One component of a mixture over a plane.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Component {
    /// Its share, 0 to 1; shares of a mixture sum to 1.
    pub share: f64,
    /// Its middle.
    pub mean: [f64; 2],
    /// Its standard deviations along both axes.
    pub deviation: [f64; 2],
    /// Their correlation, -1 to 1.
    pub correlation: f64,
}

/// A mixture of normal distributions over a plane.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Mixture {
    /// Its components.
    pub components: Vec<Component>,
}

impl Mixture {
    /// The mean.
    pub fn mean(&self) -> [f64; 2] {
        [0, 1].map(|axis| self.components.iter().map(|c| c.share * c.mean[axis]).sum())
    }

    /// The covariance: `[xx, xy, yy]`.
    pub fn covariance(&self) -> [f64; 3] {
        let mean = self.mean();
        let mut sums = [0.0; 3];
        for c in &self.components {
            let [dx, dy] = [c.mean[0] - mean[0], c.mean[1] - mean[1]];
            let [sx, sy] = c.deviation;
            sums[0] += c.share * (sx * sx + dx * dx);
            sums[1] += c.share * (c.correlation * sx * sy + dx * dy);
            sums[2] += c.share * (sy * sy + dy * dy);
        }
        sums
    }

    /// The natural logarithm of the density at `place`.
    pub fn log_density(&self, place: [f64; 2]) -> f64 {
        let logs: Vec<f64> = self
            .components
            .iter()
            .map(|c| {
                let [x, y] = [0, 1].map(|axis| (place[axis] - c.mean[axis]) / c.deviation[axis]);
                let one = 1.0 - c.correlation * c.correlation;
                let z = (x * x + y * y - 2.0 * c.correlation * x * y) / one;
                c.share.ln() - 0.5 * z - (TAU * c.deviation[0] * c.deviation[1] * one.sqrt()).ln()
            })
            .collect();
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most + logs.iter().map(|log| (log - most).exp()).sum::<f64>().ln()
    }
}

impl Head {
    /// How many numbers the network gives for a sample.
    pub fn width(&self) -> usize {
        match *self {
            Head::Numbers(n) => n,
            Head::Mixtures { places, components } => places * components * PER_COMPONENT,
        }
    }

    /// How many numbers the truth of a sample has.
    pub fn truth_width(&self) -> usize {
        match *self {
            Head::Numbers(n) => n,
            Head::Mixtures { places, .. } => 2 * places,
        }
    }

    /// What the cost is called.
    pub(super) fn loss_name(&self) -> &'static str {
        match self {
            Head::Numbers(_) => "mean squared error",
            Head::Mixtures { .. } => "negative log-likelihood",
        }
    }

    /// The mixtures that `row`, what the network gave for a sample, stands for; none for a head of
    /// plain numbers or a row of another width.
    pub fn mixtures(&self, row: &[f32]) -> Vec<Mixture> {
        let Head::Mixtures { components, .. } = *self else { return Vec::new() };
        if row.len() != self.width() {
            return Vec::new();
        }
        let mixture = |row: &[f32]| {
            let raw: Vec<[f64; PER_COMPONENT]> = row
                .chunks_exact(PER_COMPONENT)
                .map(|c| std::array::from_fn(|at| f64::from(c[at])))
                .collect();
            let most = raw.iter().map(|c| c[0]).fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = raw.iter().map(|c| (c[0] - most).exp()).sum();
            let component = |c: &[f64; PER_COMPONENT]| Component {
                share: (c[0] - most).exp() / sum,
                mean: [c[1], c[2]],
                deviation: [c[3], c[4]].map(|log| log.clamp(-MOST_LOG, MOST_LOG).exp()),
                correlation: MOST_CORRELATION * c[5].tanh(),
            };
            Mixture { components: raw.iter().map(component).collect() }
        };
        row.chunks_exact(components * PER_COMPONENT).map(mixture).collect()
    }

    /// The mean cost of `out`, `[batch, width]`, where `truth`, `[batch, truth width]`, is known:
    /// `known` has 1 for what is known, as the truth has it, and the truth 0 for what is not.
    pub(super) fn loss(&self, out: Tensor<2>, truth: Tensor<2>, known: Tensor<2>) -> Tensor<1> {
        let [batch, _] = truth.dims();
        match *self {
            Head::Numbers(_) => {
                let n = known.clone().sum().clamp_min(1.0);
                ((out - truth).powi_scalar(2) * known).sum() / n
            }
            Head::Mixtures { places, components } => {
                let out = out.reshape([batch, places, components, PER_COMPONENT]);
                let number =
                    |at: usize| out.clone().narrow(3, at, 1).reshape([batch, places, components]);
                let truth = truth.reshape([batch, places, 2]);
                let axis = |at: usize| truth.clone().narrow(2, at, 1); // [batch, place, 1]
                let known =
                    known.reshape([batch, places, 2]).narrow(2, 0, 1).reshape([batch, places]);
                let log_share = log_softmax(number(0), 2);
                let [log_x, log_y] = [3, 4].map(|at| number(at).clamp(-MOST_LOG, MOST_LOG));
                let x = (axis(0) - number(1)) * log_x.clone().neg().exp();
                let y = (axis(1) - number(2)) * log_y.clone().neg().exp();
                let rho = number(5).tanh().mul_scalar(MOST_CORRELATION);
                let one = rho.clone().powi_scalar(2).neg().add_scalar(1.0);
                let z = (x.clone().powi_scalar(2) + y.clone().powi_scalar(2)
                    - (rho * x * y).mul_scalar(2.0))
                    / one.clone();
                let logs =
                    log_share - z.mul_scalar(0.5) - log_x - log_y - one.log().mul_scalar(0.5);
                // The logarithm of a sum of exponentials, from the largest down.
                let most = logs.clone().detach().max_dim(2);
                let sum = (logs - most.clone()).exp().sum_dim(2).log() + most;
                let log_density = sum.reshape([batch, places]).sub_scalar(TAU.ln());
                let n = known.clone().sum().clamp_min(1.0);
                (log_density * known).sum().neg() / n
            }
        }
    }
}

/// A truth with gaps as a loss takes it: what is known with 0 for gaps, and 1 for what is known. Of
/// a mixture's place both numbers are known or none.
pub(super) fn known(head: &Head, truth: &mut [f32]) -> Vec<f32> {
    let step = if matches!(head, Head::Mixtures { .. }) { 2 } else { 1 };
    let mut known = Vec::with_capacity(truth.len());
    for group in truth.chunks_mut(step) {
        let is_known = group.iter().all(|x| x.is_finite());
        if !is_known {
            group.fill(0.0);
        }
        known.extend(std::iter::repeat_n(f32::from(is_known), group.len()));
    }
    known
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::super::weights::{read, tensor};
    use super::*;
    use crate::base::rng::Rng;

    fn cost(head: &Head, out: &[f32], truth: &[f32]) -> f32 {
        let device = Device::flex();
        let batch = out.len() / head.width();
        let mut truth = truth.to_vec();
        let known = known(head, &mut truth);
        let width = head.truth_width();
        let out = tensor(out.to_vec(), [batch, head.width()], &device);
        let loss = head.loss(
            out,
            tensor(truth, [batch, width], &device),
            tensor(known, [batch, width], &device),
        );
        read(loss).unwrap()[0]
    }

    #[test]
    fn squared_errors_are_averaged_over_what_is_known() {
        let head = Head::Numbers(2);
        assert_eq!(
            cost(&head, &[1.0, 5.0, 2.0, 0.0], &[3.0, f32::NAN, 2.0, 3.0]),
            (4.0 + 9.0) / 3.0
        );
        assert_eq!(cost(&head, &[1.0, 5.0], &[f32::NAN; 2]), 0.0);
    }

    #[test]
    fn a_standard_normal_costs_what_tables_say() {
        let head = Head::Mixtures { places: 1, components: 1 };
        let at = |x: f32, y: f32| cost(&head, &[0.0; 6], &[x, y]);
        assert!((at(0.0, 0.0) - 1.837_877).abs() < 1e-5);
        assert!((at(1.0, 2.0) - (1.837_877 + 2.5)).abs() < 1e-5);
    }

    #[test]
    fn the_cost_is_the_mixtures_own_density() {
        let head = Head::Mixtures { places: 3, components: 4 };
        let mut rng = Rng::new(2, 0);
        let out: Vec<f32> = (0..2 * head.width()).map(|_| rng.normal() as f32).collect();
        let mut truth: Vec<f32> = (0..2 * 6).map(|_| rng.normal() as f32).collect();
        truth[4] = f32::NAN;
        let mut logs = Vec::new();
        for (row, truth) in out.chunks(head.width()).zip(truth.chunks(6)) {
            for (mixture, place) in head.mixtures(row).iter().zip(truth.chunks(2)) {
                let shares: f64 = mixture.components.iter().map(|c| c.share).sum();
                assert!((shares - 1.0).abs() < 1e-9);
                logs.push(mixture.log_density([0, 1].map(|axis| f64::from(place[axis]))));
            }
        }
        logs.retain(|log| log.is_finite());
        assert_eq!(logs.len(), 5);
        let mean = -logs.iter().sum::<f64>() / 5.0;
        assert!((f64::from(cost(&head, &out, &truth)) - mean).abs() < 1e-4);
    }

    #[test]
    fn a_mixtures_spread_counts_how_far_its_parts_are_apart() {
        let part = |x: f64| Component {
            share: 0.5,
            mean: [x, 1.0],
            deviation: [1.0, 2.0],
            correlation: 0.5,
        };
        let mixture = Mixture { components: vec![part(-3.0), part(3.0)] };
        assert_eq!(mixture.mean(), [0.0, 1.0]);
        assert_eq!(mixture.covariance(), [1.0 + 9.0, 1.0, 4.0]);
    }
}
