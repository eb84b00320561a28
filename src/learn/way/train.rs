//! How networks over voyages learn: every step told of the one port at the end, losses dropped.

use std::cell::RefCell;

use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::{Device, Tensor};

use super::super::autoencoder::device_of;
use super::super::device::Place;
use super::super::fit::{Slopes, Task};
use super::super::weights::{Placed, tensor};
use super::WayTraining;
use super::batch::{VoyageBatch, Voyages};
use super::forward::{arrivals, forward, ports};
use super::parts::{Net, Places};
use super::plain::{Cost, Plain};
use super::shape::{QUANTILES, WayShape};
use crate::base::rng::Rng;

/// Streams of an epoch's seed: what is drawn of messages, and what is dropped.
const MESSAGES: u64 = 0x3a1_0000;
const DROPS: u64 = 0x3a2_0000;
const LOSSES: u64 = 0x3a3_0000;

/// Steps that go through a network at a time where nothing is learned.
pub const PIECE: usize = 4096;

/// The task of a training: the loss of a batch of voyages.
pub struct Tell<'a> {
    pub shape: &'a WayShape,
    pub places: Places,
    pub voyages: &'a dyn Voyages,
    pub how: &'a WayTraining,
    /// Drawn anew for each epoch, by the loop's own seed, so that a training goes on to the bit.
    pub epoch_seed: u64,
    pub step: u64,
    /// The network on the processor, where it is of the kind that reckons its gradients there.
    pub plain: Option<Plain>,
}

/// What a step of learning is about: its voyages, with what was drawn of them, the steps that count,
/// and the seed of what is dropped.
struct Lesson {
    batch: VoyageBatch,
    rows: Vec<usize>,
    drops: Rng,
}

impl Task for Tell<'_> {
    fn names(&self) -> (&'static str, &'static str) {
        match self.shape.days {
            None => ("cross-entropy", ""),
            Some(_) => ("cross-entropy and arrival", ""),
        }
    }

    fn order(&mut self, train: &[usize], _batch: usize, rng: &mut Rng) -> Vec<usize> {
        self.epoch_seed = rng.bits();
        self.step = 0;
        let mut order = train.to_vec();
        rng.shuffle(&mut order);
        order
    }

    fn loss(&mut self, weights: &Placed, batch: &[usize], place: &Place) -> Tensor<1> {
        let device = device_of(weights, place);
        if !device.is_autodiff() {
            return match self.plainly_measured(weights, batch) {
                Some(loss) => Tensor::from_floats([loss as f32], &device),
                None => self.measured(weights, batch, &device),
            };
        }
        let Lesson { batch, rows, drops } = self.lesson(batch);
        let drops = Some((self.shape.dropout, RefCell::new(drops)));
        let net = Net { places: &self.places, weights, device: &device, drops };
        match self.cost(&net, &batch, &rows) {
            Some((loss, _)) => loss,
            None => forward(self.shape, &net, &batch).sum().mul_scalar(0.0),
        }
    }

    fn slopes(&mut self, weights: &Placed, batch: &[usize], _place: &Place) -> Slopes {
        let Some(mut plain) = self.plain.take() else { return Ok(None) };
        plain.set(weights.values()?);
        let Lesson { batch, rows, mut drops } = self.lesson(batch);
        let cost = Cost { rows: &rows, eta_weight: self.how.eta_weight };
        let told = plain.cost_back(&batch, cost, drops.bits());
        self.plain = Some(plain);
        Ok(Some(told))
    }
}

impl Tell<'_> {
    /// The next step of learning, on these voyages.
    fn lesson(&mut self, batch: &[usize]) -> Lesson {
        self.step += 1;
        let rng = |stream: u64| Rng::new(self.epoch_seed, stream + self.step);
        let mut batch = self.voyages.batch(batch, Some(&mut rng(MESSAGES)));
        let mut losses = rng(LOSSES);
        for from in &mut batch.from {
            if losses.happens(self.how.hidden_share) {
                *from = self.shape.ports as u32; // So that a port unknown is known as such.
            }
        }
        let rows = kept_steps(&batch, self.how.gradient_dropout, &mut losses);
        Lesson { batch, rows, drops: rng(DROPS) }
    }

    /// The mean cost of the steps `rows` of a batch, and of how many; none where none counts.
    pub fn cost(
        &self,
        net: &Net,
        batch: &VoyageBatch,
        rows: &[usize],
    ) -> Option<(Tensor<1>, usize)> {
        let n = rows.len();
        if n == 0 {
            return None;
        }
        let owners = batch.owners();
        let told = forward(self.shape, net, batch).select(0, net.indices(rows));
        let truth: Vec<usize> =
            rows.iter().map(|row| batch.to[owners[*row]].unwrap_or(0) as usize).collect();
        let truth = net.indices(&truth).reshape([n, 1]);
        let mut loss = log_softmax(ports(net, told.clone()), 1).gather(1, truth).mean().neg();
        if let Some(days) = self.shape.days {
            let truth: Vec<f32> =
                rows.iter().map(|row| batch.days_left[*row] / days as f32).collect();
            let truth = tensor(truth, [n, 1], net.device);
            loss = loss + arrival_cost(arrivals(net, told), truth).mul_scalar(self.how.eta_weight);
        }
        Some((loss, n))
    }

    /// The cost where nothing is learned, on the processor; none of other networks, and of weights
    /// that the device does not give.
    fn plainly_measured(&mut self, weights: &Placed, voyages: &[usize]) -> Option<f64> {
        let plain = self.plain.as_mut()?;
        plain.set(weights.values().ok()?);
        let (mut sum, mut n) = (0.0, 0);
        for piece in pieces(self.voyages, voyages) {
            let batch = self.voyages.batch(&piece, None);
            let rows = kept_steps(&batch, false, &mut Rng::new(0, 0));
            let cost = Cost { rows: &rows, eta_weight: self.how.eta_weight };
            sum += plain.cost(&batch, cost) * rows.len() as f64;
            n += rows.len();
        }
        Some(sum / n.max(1) as f64)
    }

    /// The cost where nothing is learned, in pieces, so that memory does not grow with the batch.
    fn measured(&self, weights: &Placed, voyages: &[usize], device: &Device) -> Tensor<1> {
        let net = Net { places: &self.places, weights, device, drops: None };
        let mut sum = Tensor::<1>::zeros([1], device);
        let mut n = 0;
        for piece in pieces(self.voyages, voyages) {
            let batch = self.voyages.batch(&piece, None);
            let rows = kept_steps(&batch, false, &mut Rng::new(0, 0));
            if let Some((loss, steps)) = self.cost(&net, &batch, &rows) {
                sum = sum + loss.mul_scalar(steps as f64);
                n += steps;
            }
        }
        sum.div_scalar(n.max(1) as f64)
    }
}

/// `voyages` in lots that have not many steps together.
pub fn pieces(of: &dyn Voyages, voyages: &[usize]) -> Vec<Vec<usize>> {
    let mut pieces = Vec::new();
    let (mut piece, mut n) = (Vec::new(), 0);
    for voyage in voyages {
        let own = of.steps(*voyage);
        if n + own > PIECE && !piece.is_empty() {
            pieces.push(std::mem::take(&mut piece));
            n = 0;
        }
        piece.push(*voyage);
        n += own;
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// The steps whose losses count: those of voyages to a known port, of which gradient dropout keeps
/// the fewer the longer the voyage is.
pub fn kept_steps(batch: &VoyageBatch, drops: bool, rng: &mut Rng) -> Vec<usize> {
    let lengths: Vec<usize> = batch.steps.iter().map(|n| *n as usize).collect();
    let rates = keep_rates(&lengths);
    let owners = batch.owners();
    let counts = |row: &usize| {
        let own = owners[*row];
        batch.to[own].is_some() && (!drops || rng.happens(rates[own]))
    };
    (0..batch.n_steps()).filter(counts).collect()
}

/// How likely each step's loss is kept in a batch of voyages of these numbers of steps: gradient
/// dropout. The shortest keeps all; longer ones keep the fewer, by the logarithm of their length.
/// For training only.
///
/// # Reference
///
/// Kim et al. (2023), *WAY*, section 4.3. The formula (eq. 13) is lost; ours is
/// `log(1 + min K) / log(1 + K)`, inversely proportional to the log-scaled length.
///
/// ```
/// use fairway::learn::keep_rates;
/// assert_eq!(keep_rates(&[1, 3, 7]), [1.0, 0.5, 1.0 / 3.0]); // log 2, log 4, log 8.
/// ```
pub fn keep_rates(steps: &[usize]) -> Vec<f64> {
    let shortest = steps.iter().filter(|n| **n > 0).min().copied().unwrap_or(1);
    let log = |n: usize| ((n + 1) as f64).log2();
    steps.iter().map(|n| if *n == 0 { 1.0 } else { log(shortest) / log(*n) }).collect()
}

/// The mean absolute error of the median and the pinball losses of the outer quantiles: arrivals
/// `[step, quantile]` and their truth `[step, 1]`.
fn arrival_cost(told: Tensor<2>, truth: Tensor<2>) -> Tensor<1> {
    let [n, _] = told.dims();
    let device = told.device();
    // Twice the pinball loss of the half is the absolute error.
    let weights = QUANTILES.map(|q| 2.0 * q as f32);
    let slopes = tensor(weights.to_vec(), [1, QUANTILES.len()], &device);
    let late = truth.expand([n, QUANTILES.len()]) - told;
    (late.clone() * slopes + relu(late.neg()).mul_scalar(2.0)).sum_dim(1).mean()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::weights::read;

    #[test]
    fn the_longer_a_voyage_the_fewer_of_its_losses_are_kept() {
        let rates = keep_rates(&[40, 5, 90, 5]);
        assert_eq!((rates[1], rates[3]), (1.0, 1.0));
        assert!(rates[0] < 1.0 && rates[2] < rates[0]);
        assert!((rates[0] - 6.0_f64.ln() / 41.0_f64.ln()).abs() < 1e-12);
        assert_eq!(keep_rates(&[7]), [1.0]);
        assert_eq!(keep_rates(&[]), [0.0; 0]);
        assert_eq!(keep_rates(&[0, 3]), [1.0, 1.0]);
    }

    #[test]
    fn gradient_dropout_keeps_losses_at_its_rate() {
        let batch = VoyageBatch {
            steps: vec![3, 63, 63],
            messages: vec![1; 129],
            to: vec![Some(0), Some(1), None],
            ..VoyageBatch::default()
        };
        let mut rng = Rng::new(5, 0);
        let (mut short, mut long) = (0, 0);
        for _ in 0..500 {
            let rows = kept_steps(&batch, true, &mut rng);
            short += rows.iter().filter(|row| **row < 3).count();
            long += rows.iter().filter(|row| (3..66).contains(*row)).count();
            assert!(rows.iter().all(|row| *row < 66), "a voyage to nowhere known teaches nothing");
        }
        assert_eq!(short, 1500, "the shortest keeps all");
        let share = long as f64 / (500.0 * 63.0);
        assert!((share - 2.0 / 6.0).abs() < 0.01, "{share} of log2 4 / log2 64");
        assert_eq!(kept_steps(&batch, false, &mut rng).len(), 66);
    }

    #[test]
    fn arrivals_cost_their_quantiles() {
        let device = burn::tensor::Device::flex();
        let cost = |told: [f32; 3], truth: f32| {
            let told = tensor(told.to_vec(), [1, 3], &device);
            read(arrival_cost(told, tensor(vec![truth], [1, 1], &device))).unwrap()[0]
        };
        // Two days late: 2 * 0.1 * 2, 2 * 0.5 * 2 and 2 * 0.9 * 2.
        assert!((cost([0.0; 3], 2.0) - 6.0).abs() < 1e-6);
        // Two days early: 2 * 0.9 * 2, 2 and 2 * 0.1 * 2.
        assert!((cost([2.0; 3], 0.0) - 6.0).abs() < 1e-6);
        assert!((cost([1.0, 2.0, 3.0], 2.0) - 0.4).abs() < 1e-6);
    }
}
