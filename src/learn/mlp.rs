//! The multilayer perceptron: rows of numbers to rows of numbers.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::autoencoder::{Samples, device_of, pass};
use super::dense;
use super::device::Place;
use super::fit::{Keep, Outcome, Run, Task, fit};
use super::head::{Head, known};
use super::save::SaveError;
use super::table::{Split, Table};
use super::weights::{Placed, Slot, Weights, count, tensor};
use crate::base::job::{Job, Stopped};

/// What a perceptron is made of.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MlpShape {
    /// Numbers of a sample.
    pub input: usize,
    /// Units of the layers between, ReLU behind each.
    pub hidden: Vec<usize>,
    /// What it gives.
    pub head: Head,
}

impl MlpShape {
    /// How many numbers it learns.
    pub fn parameters(&self) -> usize {
        count(&self.slots())
    }

    fn layers(&self) -> usize {
        self.hidden.len() + 1
    }

    fn slots(&self) -> Vec<Slot> {
        let hidden = self.hidden.iter().copied();
        let widths: Vec<usize> =
            std::iter::once(self.input).chain(hidden).chain([self.head.width()]).collect();
        dense::slots("layer", &widths)
    }
}

/// A trained perceptron. It knows nothing of scalers: what it takes and gives is scaled by the
/// caller, who keeps the scalers beside it.
#[derive(Clone, PartialEq, Debug)]
pub struct Mlp {
    shape: MlpShape,
    // Invariant: these are the matrices of the shape's slots.
    weights: Weights,
}

impl Mlp {
    /// Trains one to give `y` for `x`. NaN in `y` is what is not known.
    ///
    /// # Errors
    ///
    /// [`Stopped`], as the training loop gives it: cancelled, nothing to learn from, no number.
    pub fn fit(
        shape: &MlpShape,
        x: &Table,
        y: &Table,
        split: &Split,
        run: &Run,
    ) -> Result<(Mlp, Outcome), Stopped> {
        let samples = Samples::whole(x.clone());
        samples.check(shape.input)?;
        check_truth(&shape.head, x.len(), y)?;
        let first = Weights::begin(&shape.slots(), run.params.seed as u64);
        let mut task = Regress { shape, samples: &samples, y };
        let outcome = fit(&mut task, first, split, Keep::Best, run)?;
        Ok((Mlp { shape: shape.clone(), weights: outcome.weights.clone() }, outcome))
    }

    /// One of weights that were read from a file.
    pub fn new(shape: MlpShape, weights: Weights) -> Result<Mlp, SaveError> {
        weights.check(&shape.slots())?;
        Ok(Mlp { shape, weights })
    }

    /// What it is made of.
    pub fn shape(&self) -> &MlpShape {
        &self.shape
    }

    /// What it has learned.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// What it gives for each row of `x`: `[sample, head width]`.
    pub fn predict(&self, x: &Table, place: &Place, job: &Job) -> Result<Table, Stopped> {
        let samples = Samples::whole(x.clone());
        samples.check(self.shape.input)?;
        let layers = self.shape.layers();
        pass(&self.weights, &samples, self.shape.head.width(), place, job, |weights, x| {
            dense::forward(weights, 0, layers, x)
        })
    }
}

/// Refuses a truth of another shape than the head's, or one that says nothing at all.
pub(super) fn check_truth(head: &Head, n: usize, y: &Table) -> Result<(), Stopped> {
    let wanted = head.truth_width();
    if y.len() != n || y.width() != wanted {
        let (rows, width) = (y.len(), y.width());
        let text = format!("the truth has {rows} rows of {width}; {n} of {wanted} are wanted");
        return Err(Stopped::Failed(text));
    }
    if !y.values().iter().any(|y| y.is_finite()) {
        return Err(Stopped::Failed("the truth of no sample is known".into()));
    }
    Ok(())
}

/// The truth of a batch and what is known of it.
pub(super) fn truth_of(
    head: &Head,
    y: &Table,
    batch: &[usize],
    device: &burn::tensor::Device,
) -> (Tensor<2>, Tensor<2>) {
    let shape = [batch.len(), y.width()];
    let mut truth = y.gathered(batch);
    let known = known(head, &mut truth);
    (tensor(truth, shape, device), tensor(known, shape, device))
}

struct Regress<'a> {
    shape: &'a MlpShape,
    samples: &'a Samples,
    y: &'a Table,
}

impl Task for Regress<'_> {
    fn names(&self) -> (&'static str, &'static str) {
        (self.shape.head.loss_name(), "")
    }

    fn loss(&mut self, weights: &Placed, batch: &[usize], place: &Place) -> Tensor<1> {
        let device = device_of(weights, place);
        let (x, _) = self.samples.batch(batch, &device);
        let out = dense::forward(weights, 0, self.shape.layers(), x);
        let (truth, known) = truth_of(&self.shape.head, self.y, batch, &device);
        self.shape.head.loss(out, truth, known)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{TrainParams, Watch};
    use super::*;
    use crate::base::rng::Rng;

    fn params(epochs: usize) -> TrainParams {
        TrainParams { epochs, batch: 32, rate: 5e-3, ..TrainParams::default() }
    }

    fn fitted(shape: &MlpShape, x: &Table, y: &Table, epochs: usize) -> Result<Mlp, Stopped> {
        let (params, job, watch, place) =
            (params(epochs), Job::default(), Watch::default(), Place::cpu());
        let split = Split::by_share(x.len(), 0.2, 1);
        Mlp::fit(shape, x, y, &split, &Run::new(&params, &place, &job, &watch)).map(|(mlp, _)| mlp)
    }

    /// `y = (a * b, a - b)` with gaps.
    fn samples(n: usize) -> (Table, Table) {
        let mut rng = Rng::new(3, 0);
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for i in 0..n {
            let (a, b) = (rng.between(-1.0, 1.0) as f32, rng.between(-1.0, 1.0) as f32);
            x.extend([a, b]);
            y.extend([if i % 7 == 0 { f32::NAN } else { a * b }, a - b]);
        }
        (Table::new(2, x), Table::new(2, y))
    }

    #[test]
    fn a_product_is_learned_though_some_truths_are_unknown() {
        let (x, y) = samples(300);
        let shape = MlpShape { input: 2, hidden: vec![32, 32], head: Head::Numbers(2) };
        assert_eq!(shape.parameters(), 2 * 32 + 32 + 32 * 32 + 32 + 32 * 2 + 2);
        let mlp = fitted(&shape, &x, &y, 60).unwrap();
        let out = mlp.predict(&x, &Place::cpu(), &Job::default()).unwrap();
        let errors = out.iter().zip(&x).map(|(out, x)| (out[0] - x[0] * x[1]).powi(2));
        assert!(errors.sum::<f32>() / 300.0 < 0.003);
        assert_eq!(Mlp::new(shape, mlp.weights().clone()).unwrap(), mlp);
    }

    #[test]
    fn a_mixture_learns_how_wide_its_truth_spreads() {
        let mut rng = Rng::new(4, 0);
        let x: Vec<f32> = (0..400).map(|_| rng.between(-1.0, 1.0) as f32).collect();
        let noisy = |x: &f32| [x + 0.1 * rng.normal() as f32, 0.5 * rng.normal() as f32];
        let y: Vec<f32> = x.iter().flat_map(noisy).collect();
        let shape = MlpShape {
            input: 1,
            hidden: vec![16],
            head: Head::Mixtures { places: 1, components: 1 },
        };
        let mlp = fitted(&shape, &Table::new(1, x), &Table::new(2, y), 150).unwrap();
        let out = mlp.predict(&Table::new(1, vec![0.5]), &Place::cpu(), &Job::default()).unwrap();
        let mixture = &shape.head.mixtures(out.row(0))[0];
        let [xx, _, yy] = mixture.covariance();
        assert!((mixture.mean()[0] - 0.5).abs() < 0.08, "{mixture:?}");
        assert!((xx.sqrt() - 0.1).abs() < 0.04 && (yy.sqrt() - 0.5).abs() < 0.12, "{mixture:?}");
    }

    #[test]
    fn a_truth_of_another_shape_or_of_nothing_is_refused() {
        let (x, _) = samples(10);
        let shape = MlpShape { input: 2, hidden: vec![4], head: Head::Numbers(2) };
        let said = |y| fitted(&shape, &x, &y, 1).unwrap_err().to_string();
        assert!(said(Table::new(3, vec![0.0; 30])).contains("10 of 2"));
        assert!(said(Table::new(2, vec![f32::NAN; 20])).contains("no sample is known"));
    }
}
