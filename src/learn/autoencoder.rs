//! A network that squeezes a row of numbers into a few and makes the row of them again.

use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::dense;
use super::device::{Place, guarded};
use super::fit::{Keep, Outcome, Run, Task, fit};
use super::save::SaveError;
use super::table::{Split, Table};
use super::weights::{Placed, Slot, Weights, count, read, tensor};
use crate::base::job::{Job, Stopped};

/// Rows that go through a network at a time where nothing is learned.
const PIECE: usize = 512;

/// What an autoencoder is made of: `input - hidden - embedding - hidden backwards - input`.
///
/// ```
/// use fairway::learn::AutoencoderShape;
/// let paper = AutoencoderShape { input: 128, ..AutoencoderShape::default() };
/// assert_eq!((paper.hidden.clone(), paper.embedding), (vec![300, 300, 1000], 8));
/// // 128*300 + 300*300 + 300*1000 + 1000*8 weights each way, and a bias for every unit.
/// assert_eq!(paper.parameters(), 2 * 436_400 + 2 * (300 + 300 + 1000) + 8 + 128);
/// ```
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct AutoencoderShape {
    /// Numbers of a row: the paper's D.
    pub input: usize,
    /// Units of the encoder's layers; the decoder has them backwards.
    pub hidden: Vec<usize>,
    /// Numbers that a row is squeezed into: the paper's e.
    pub embedding: usize,
}

impl Default for AutoencoderShape {
    fn default() -> Self {
        AutoencoderShape { input: 0, hidden: vec![300, 300, 1000], embedding: 8 }
    }
}

impl AutoencoderShape {
    /// How many numbers it learns.
    pub fn parameters(&self) -> usize {
        count(&self.slots())
    }

    /// What it takes while it is trained, bytes: weights, gradients, Adam's memory, and the layers
    /// of a batch there and back.
    pub fn training_bytes(&self, batch: usize) -> usize {
        let units = 2 * (self.widths().iter().sum::<usize>() + self.hidden.iter().sum::<usize>());
        4 * (4 * self.parameters() + 2 * batch * units)
    }

    pub(super) fn widths(&self) -> Vec<usize> {
        let hidden = self.hidden.iter().copied();
        std::iter::once(self.input).chain(hidden).chain([self.embedding]).collect()
    }

    /// How many layers the encoder has; the decoder has as many.
    pub(super) fn layers(&self) -> usize {
        self.hidden.len() + 1
    }

    pub(super) fn slots(&self) -> Vec<Slot> {
        let mut widths = self.widths();
        let mut slots = dense::slots("encoder", &widths);
        widths.reverse();
        slots.extend(dense::slots("decoder", &widths));
        slots
    }
}

/// Rows to be squeezed, and which of their numbers count.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Samples {
    /// The rows: `[sample, number]`.
    pub values: Table,
    /// For each number 1 where it counts and 0 where it is padding; none where all count. Padding
    /// enters the network as 0 and is left out of the loss: whatever stands there has no influence.
    pub mask: Option<Table>,
}

impl Samples {
    /// Rows that count wholly.
    pub fn whole(values: Table) -> Samples {
        Samples { values, mask: None }
    }

    /// What cannot be learned from, in words.
    pub(super) fn check(&self, width: usize) -> Result<(), Stopped> {
        let failed = |text: String| Err(Stopped::Failed(text));
        if self.values.is_empty() {
            return failed("there is no sample".into());
        }
        if self.values.width() != width {
            let found = self.values.width();
            return failed(format!("a sample has {found} numbers; the network takes {width}"));
        }
        if let Some(row) = self.values.first_not_finite() {
            return failed(format!("sample {row} holds what is no number"));
        }
        match &self.mask {
            Some(mask) if mask.len() != self.values.len() || mask.width() != width => {
                failed("the mask has another shape than the samples".into())
            }
            _ => Ok(()),
        }
    }

    /// The rows at `places` with padding as 0, and their mask: `[batch, number]` each.
    pub(super) fn batch(
        &self,
        places: &[usize],
        device: &burn::tensor::Device,
    ) -> (Tensor<2>, Option<Tensor<2>>) {
        let shape = [places.len(), self.values.width()];
        let mut values = self.values.gathered(places);
        let mask = self.mask.as_ref().map(|mask| mask.gathered(places));
        if let Some(mask) = &mask {
            values.iter_mut().zip(mask).for_each(|(x, counts)| *x *= counts);
        }
        (tensor(values, shape, device), mask.map(|mask| tensor(mask, shape, device)))
    }
}

/// A trained autoencoder.
#[derive(Clone, PartialEq, Debug)]
pub struct Autoencoder {
    /// What it is made of.
    shape: AutoencoderShape,
    // Invariant: these are the matrices of the shape's slots.
    weights: Weights,
}

impl Autoencoder {
    /// Trains one to give back `samples`, by mean squared error over the numbers that count.
    ///
    /// # Errors
    ///
    /// [`Stopped`], as the training loop gives it: cancelled, nothing to learn from, no number.
    pub fn fit(
        shape: &AutoencoderShape,
        samples: &Samples,
        split: &Split,
        run: &Run,
    ) -> Result<(Autoencoder, Outcome), Stopped> {
        samples.check(shape.input)?;
        let first = Weights::begin(&shape.slots(), run.params.seed as u64);
        let mut task = Reconstruct { shape, samples };
        let outcome = fit(&mut task, first, split, Keep::Best, run)?;
        Ok((Autoencoder { shape: shape.clone(), weights: outcome.weights.clone() }, outcome))
    }

    /// One of weights that were read from a file.
    pub fn new(shape: AutoencoderShape, weights: Weights) -> Result<Autoencoder, SaveError> {
        weights.check(&shape.slots())?;
        Ok(Autoencoder { shape, weights })
    }

    /// The same network with embeddings `by` times as large: the encoder's last layer grows, the
    /// decoder's first shrinks, and what comes out is what came out before.
    #[must_use]
    pub fn enlarged(&self, by: f32) -> Autoencoder {
        let mut grown = self.clone();
        let last = 2 * self.shape.layers();
        let parts = &mut grown.weights.parts;
        parts[last - 2].values.iter_mut().for_each(|x| *x *= by);
        parts[last - 1].values.iter_mut().for_each(|x| *x *= by);
        parts[last].values.iter_mut().for_each(|x| *x /= by);
        grown
    }

    /// What it is made of.
    pub fn shape(&self) -> &AutoencoderShape {
        &self.shape
    }

    /// What it has learned.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Squeezes each sample: `[sample, embedding]`.
    pub fn embed(&self, samples: &Samples, place: &Place, job: &Job) -> Result<Table, Stopped> {
        samples.check(self.shape.input)?;
        embed(&self.shape, &self.weights, samples, place, job)
    }

    /// Makes rows of embeddings again: `[sample, input]`.
    pub fn decode(&self, embedding: &Table, place: &Place, job: &Job) -> Result<Table, Stopped> {
        let (width, layers) = (self.shape.embedding, self.shape.layers());
        let rows = Samples::whole(embedding.clone());
        rows.check(width)?;
        pass(&self.weights, &rows, self.shape.input, place, job, |weights, x| {
            dense::forward(weights, 2 * layers, layers, x)
        })
    }

    /// Squeezes each sample and makes it again: `[sample, input]`.
    pub fn reconstruct(
        &self,
        samples: &Samples,
        place: &Place,
        job: &Job,
    ) -> Result<Table, Stopped> {
        self.decode(&self.embed(samples, place, job)?, place, job)
    }
}

/// Squeezes each sample by an encoder whose matrices come first among `weights`.
pub(super) fn embed(
    shape: &AutoencoderShape,
    weights: &Weights,
    samples: &Samples,
    place: &Place,
    job: &Job,
) -> Result<Table, Stopped> {
    pass(weights, samples, shape.embedding, place, job, |weights, x| {
        dense::forward(weights, 0, shape.layers(), x)
    })
}

/// All rows through `forward`, piece by piece: `[sample, width]`.
pub(super) fn pass(
    weights: &Weights,
    samples: &Samples,
    width: usize,
    place: &Place,
    job: &Job,
    forward: impl Fn(&Placed, Tensor<2>) -> Tensor<2>,
) -> Result<Table, Stopped> {
    let piece = |weights: &Placed, places: &[usize]| {
        let (x, _) = samples.batch(places, place.device());
        read(forward(weights, x))
    };
    let failed = |fault| Stopped::Failed(format!("the device broke down: {fault}"));
    let weights = guarded(|| Placed::fixed(weights, place.device())).map_err(failed)?;
    let all: Vec<usize> = (0..samples.values.len()).collect();
    let mut values = Vec::with_capacity(all.len() * width);
    for places in all.chunks(PIECE) {
        job.go_on()?;
        values.extend(guarded(|| piece(&weights, places)).and_then(|read| read).map_err(failed)?);
    }
    Ok(Table::new(width, values))
}

struct Reconstruct<'a> {
    shape: &'a AutoencoderShape,
    samples: &'a Samples,
}

impl Task for Reconstruct<'_> {
    fn names(&self) -> (&'static str, &'static str) {
        ("mean squared error", "")
    }

    fn loss(&mut self, weights: &Placed, batch: &[usize], place: &Place) -> Tensor<1> {
        let layers = self.shape.layers();
        let (x, mask) = self.samples.batch(batch, &device_of(weights, place));
        let z = dense::forward(weights, 0, layers, x.clone()); // [batch, embedding]
        let off = dense::forward(weights, 2 * layers, layers, z) - x; // [batch, input]
        match mask {
            None => off.powi_scalar(2).mean(),
            Some(mask) => {
                let n = mask.clone().sum().clamp_min(1.0);
                (off.powi_scalar(2) * mask).sum() / n
            }
        }
    }
}

/// The device for inputs beside these weights: with gradients where they have some.
pub(super) fn device_of(weights: &Placed, place: &Place) -> burn::tensor::Device {
    let device = place.device().clone();
    if weights.tensors.first().is_some_and(Tensor::is_autodiff) {
        device.autodiff()
    } else {
        device
    }
}

#[cfg(test)]
mod tests;
