//! Networks that read a sequence step by step: GRU and LSTM.
//!
//! Steps behind a sequence's end leave its state as it is, so that the state after the last step is
//! that of its own last step, and padding has no influence.

use std::ops::Range;

use burn::tensor::Tensor;
use burn::tensor::activation::sigmoid;
use serde::{Deserialize, Serialize};

use super::autoencoder::device_of;
use super::dense;
use super::device::{Place, guarded};
use super::fit::{Keep, Outcome, Run, Task, fit};
use super::head::Head;
use super::mlp::{check_truth, truth_of};
use super::save::SaveError;
use super::table::{Split, Table};
use super::weights::{Begin, Placed, Slot, Weights, count, read, tensor};
use crate::base::job::{Job, Stopped};
use crate::base::params::Choice;

/// What remembers between steps.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    /// Gated recurrent unit (Cho et al. 2014), the reset gate behind the product, as in PyTorch.
    #[default]
    Gru,
    /// Long short-term memory (Hochreiter, Schmidhuber 1997; forget gates by Gers et al. 2000, which
    /// begin open).
    Lstm,
}

impl Choice for Cell {
    const CASES: &'static [(&'static str, Cell)] = &[("gru", Cell::Gru), ("lstm", Cell::Lstm)];
}

impl Cell {
    fn gates(self) -> usize {
        match self {
            Cell::Gru => 3,
            Cell::Lstm => 4,
        }
    }
}

/// What a recurrent network is made of.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RecurrentShape {
    /// What remembers.
    pub cell: Cell,
    /// Numbers of a step.
    pub input: usize,
    /// Numbers beside the sequence, that join its last state; 0 for none.
    #[serde(default)]
    pub beside: usize,
    /// Units of each layer of cells.
    pub units: usize,
    /// How many layers of cells; at least one.
    pub layers: usize,
    /// Units of the layers between the last state and the head.
    pub hidden: Vec<usize>,
    /// What it gives.
    pub head: Head,
}

/// Matrices of a layer of cells: of the input, of the state, and a bias each.
pub(super) const PER_LAYER: usize = 4;

impl RecurrentShape {
    /// How many numbers it learns.
    pub fn parameters(&self) -> usize {
        count(&self.slots())
    }

    fn slots(&self) -> Vec<Slot> {
        let (units, wide) = (self.units, self.units * self.cell.gates());
        let mut slots = Vec::new();
        for layer in 0..self.layers {
            let input = if layer == 0 { self.input } else { units };
            let even = Begin::Even(units);
            slots.push(Slot::new(format!("cell.{layer}.input"), input, wide, even));
            slots.push(Slot::new(format!("cell.{layer}.state"), units, wide, even));
            slots.push(Slot::new(format!("cell.{layer}.input_bias"), 1, wide, even));
            slots.push(Slot::new(format!("cell.{layer}.state_bias"), 1, wide, even));
        }
        let hidden = self.hidden.iter().copied();
        let joined = std::iter::once(units + self.beside);
        let widths: Vec<usize> = joined.chain(hidden).chain([self.head.width()]).collect();
        slots.extend(dense::slots("layer", &widths));
        slots
    }

    /// First weights: the forget gates of an LSTM begin open.
    fn begin(&self, seed: u64) -> Weights {
        let mut weights = Weights::begin(&self.slots(), seed);
        if self.cell == Cell::Lstm {
            for layer in 0..self.layers {
                let bias = &mut weights.parts[layer * PER_LAYER + 2].values;
                bias[self.units..2 * self.units].fill(1.0);
            }
        }
        weights
    }
}

/// Sequences of steps of equal width, each as long as it is, each with as many numbers beside it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sequences {
    // Invariant: `starts` begins with 0, never decreases, ends with the number of steps; `beside` has
    // a row a sequence, or none at all where there is nothing beside.
    steps: Table,
    starts: Vec<usize>,
    beside: Table,
}

impl Sequences {
    /// None yet, of steps of `width` numbers.
    pub fn new(width: usize) -> Sequences {
        Sequences::with_beside(width, 0)
    }

    /// None yet, of steps of `width` numbers, with `beside` numbers beside each sequence.
    pub fn with_beside(width: usize, beside: usize) -> Sequences {
        let empty = |width| Table::new(width, Vec::new());
        Sequences { steps: empty(width), starts: vec![0], beside: empty(beside) }
    }

    /// Adds a sequence, whose steps lie one behind the other.
    ///
    /// # Panics
    ///
    /// If they do not fill whole steps, or numbers are wanted beside it.
    pub fn push(&mut self, steps: &[f32]) {
        self.push_beside(steps, &[]);
    }

    /// Adds a sequence with what stands beside it.
    ///
    /// # Panics
    ///
    /// If the numbers do not fill whole steps, or are not as many beside it as with all others.
    pub fn push_beside(&mut self, steps: &[f32], beside: &[f32]) {
        assert_eq!(beside.len(), self.beside.width(), "as many numbers beside as with all others");
        for (table, more) in [(&mut self.steps, steps), (&mut self.beside, beside)] {
            let width = table.width();
            let mut values = std::mem::take(table).into_values();
            values.extend_from_slice(more);
            *table = Table::new(width, values);
        }
        self.starts.push(self.steps.len());
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The steps of sequence `i`, one behind the other, and what stands beside it.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn sequence(&self, i: usize) -> (&[f32], &[f32]) {
        let (range, width) = (self.range(i), self.steps.width());
        let beside = if self.beside.width() > 0 { self.beside.row(i) } else { &[] };
        (&self.steps.values()[range.start * width..range.end * width], beside)
    }

    fn range(&self, i: usize) -> Range<usize> {
        self.starts[i]..self.starts[i + 1]
    }

    fn check(&self, width: usize, beside: usize) -> Result<(), Stopped> {
        let failed = |text: String| Err(Stopped::Failed(text));
        if self.is_empty() {
            return failed("there is no sequence".into());
        }
        if self.steps.width() != width {
            let found = self.steps.width();
            return failed(format!("a step has {found} numbers; the network takes {width}"));
        }
        if self.beside.width() != beside {
            let found = self.beside.width();
            return failed(format!(
                "{found} numbers are beside a sequence; the network takes {beside}"
            ));
        }
        if let Some(i) = self.beside.first_not_finite() {
            return failed(format!("what stands beside sequence {i} is no number"));
        }
        if let Some(i) = (0..self.len()).find(|i| self.range(*i).is_empty()) {
            return failed(format!("sequence {i} has no step"));
        }
        if let Some(step) = self.steps.first_not_finite() {
            let i = self.starts.partition_point(|start| *start <= step) - 1;
            return failed(format!("sequence {i} holds what is no number"));
        }
        Ok(())
    }

    /// Step by step for a batch: the numbers, 0 behind a sequence's end, and where not all go on,
    /// 1 for those that do; and what stands beside.
    fn batch(&self, places: &[usize], device: &burn::tensor::Device) -> Batch {
        let width = self.steps.width();
        let longest = places.iter().map(|i| self.range(*i).len()).max().unwrap_or(0);
        let step = |t: usize| {
            let mut x = vec![0.0; places.len() * width];
            let mut goes_on = vec![0.0; places.len()];
            for ((x, goes_on), i) in x.chunks_mut(width).zip(&mut goes_on).zip(places) {
                if let Some(row) = self.range(*i).nth(t) {
                    x.copy_from_slice(self.steps.row(row));
                    *goes_on = 1.0;
                }
            }
            let all = goes_on.iter().all(|goes_on| *goes_on == 1.0);
            let goes_on = (!all).then(|| tensor(goes_on, [places.len(), 1], device));
            Step { x: tensor(x, [places.len(), width], device), goes_on }
        };
        let n_beside = self.beside.width();
        let beside = (n_beside > 0)
            .then(|| tensor(self.beside.gathered(places), [places.len(), n_beside], device));
        Batch { steps: (0..longest).map(step).collect(), beside }
    }
}

struct Batch {
    steps: Vec<Step>,
    beside: Option<Tensor<2>>, // [batch, beside]
}

struct Step {
    x: Tensor<2>,               // [batch, input]
    goes_on: Option<Tensor<2>>, // [batch, 1]
}

/// A trained recurrent network. What it takes and gives is scaled by the caller.
#[derive(Clone, PartialEq, Debug)]
pub struct Recurrent {
    shape: RecurrentShape,
    // Invariant: these are the matrices of the shape's slots.
    weights: Weights,
}

impl Recurrent {
    /// Trains one to give `y` after reading `x`. NaN in `y` is what is not known.
    ///
    /// # Errors
    ///
    /// [`Stopped`], as the training loop gives it: cancelled, nothing to learn from, no number.
    pub fn fit(
        shape: &RecurrentShape,
        x: &Sequences,
        y: &Table,
        split: &Split,
        run: &Run,
    ) -> Result<(Recurrent, Outcome), Stopped> {
        if shape.layers == 0 || shape.units == 0 {
            return Err(Stopped::Failed(
                "a recurrent network has at least one layer and one unit".into(),
            ));
        }
        x.check(shape.input, shape.beside)?;
        check_truth(&shape.head, x.len(), y)?;
        let mut task = Read { shape, x, y };
        let first = shape.begin(run.params.seed as u64);
        let outcome = fit(&mut task, first, split, Keep::Best, run)?;
        Ok((Recurrent { shape: shape.clone(), weights: outcome.weights.clone() }, outcome))
    }

    /// One of weights that were read from a file.
    pub fn new(shape: RecurrentShape, weights: Weights) -> Result<Recurrent, SaveError> {
        weights.check(&shape.slots())?;
        Ok(Recurrent { shape, weights })
    }

    /// What it is made of.
    pub fn shape(&self) -> &RecurrentShape {
        &self.shape
    }

    /// What it has learned.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// What it gives for each sequence: `[sequence, head width]`.
    pub fn predict(&self, x: &Sequences, place: &Place, job: &Job) -> Result<Table, Stopped> {
        x.check(self.shape.input, self.shape.beside)?;
        let failed = |fault| Stopped::Failed(format!("the device broke down: {fault}"));
        let weights = guarded(|| Placed::fixed(&self.weights, place.device())).map_err(failed)?;
        // Sequences of one length together, so that few steps are read for nothing.
        let mut order: Vec<usize> = (0..x.len()).collect();
        order.sort_by_key(|i| x.range(*i).len());
        let width = self.shape.head.width();
        let mut values = vec![0.0; x.len() * width];
        for batch in order.chunks(PIECE) {
            job.go_on()?;
            let out =
                guarded(|| read(forward(&self.shape, &weights, &x.batch(batch, place.device()))));
            let out = out.and_then(|read| read).map_err(failed)?;
            for (i, row) in batch.iter().zip(out.chunks_exact(width)) {
                values[i * width..(i + 1) * width].copy_from_slice(row);
            }
        }
        Ok(Table::new(width, values))
    }
}

/// Sequences that are read at a time where nothing is learned.
const PIECE: usize = 256;

struct Read<'a> {
    shape: &'a RecurrentShape,
    x: &'a Sequences,
    y: &'a Table,
}

impl Task for Read<'_> {
    fn names(&self) -> (&'static str, &'static str) {
        (self.shape.head.loss_name(), "")
    }

    fn loss(&mut self, weights: &Placed, batch: &[usize], place: &Place) -> Tensor<1> {
        let device = device_of(weights, place);
        let out = forward(self.shape, weights, &self.x.batch(batch, &device));
        let (truth, known) = truth_of(&self.shape.head, self.y, batch, &device);
        self.shape.head.loss(out, truth, known)
    }
}

/// `[batch, head width]` after reading all steps.
fn forward(shape: &RecurrentShape, weights: &Placed, batch: &Batch) -> Tensor<2> {
    let Batch { steps, beside } = batch;
    let mut inputs: Vec<Tensor<2>> = steps.iter().map(|step| step.x.clone()).collect();
    let [batch, _] = inputs[0].dims();
    let device = inputs[0].device();
    let mut state = Tensor::<2>::zeros([batch, shape.units], &device);
    for layer in 0..shape.layers {
        let at = layer * PER_LAYER;
        state = Tensor::zeros([batch, shape.units], &device);
        let mut memory = Tensor::<2>::zeros([batch, shape.units], &device);
        // Biases of both products in one where the cell allows it.
        for (input, step) in inputs.iter_mut().zip(steps) {
            let x = input.clone().matmul(weights.at(at)) + weights.at(at + 2);
            let h = state.clone().matmul(weights.at(at + 1)) + weights.at(at + 3);
            let (next, kept) = match shape.cell {
                Cell::Gru => (gru(x, h, state.clone(), shape.units), None),
                Cell::Lstm => {
                    let (next, kept) = lstm(x + h, memory.clone(), shape.units);
                    (next, Some(kept))
                }
            };
            state = held(next, state, step.goes_on.as_ref());
            if let Some(kept) = kept {
                memory = held(kept, memory, step.goes_on.as_ref());
            }
            *input = state.clone();
        }
    }
    let joined = match beside {
        Some(beside) => Tensor::cat(vec![state, beside.clone()], 1),
        None => state,
    };
    dense::forward(weights, shape.layers * PER_LAYER, shape.hidden.len() + 1, joined)
}

/// What is new where a sequence goes on, else what was.
fn held(new: Tensor<2>, old: Tensor<2>, goes_on: Option<&Tensor<2>>) -> Tensor<2> {
    match goes_on {
        None => new,
        Some(goes_on) => old.clone() + (new - old) * goes_on.clone(),
    }
}

/// Products of input and state, `[batch, 3 * units]` each (update, reset, new), and the state.
pub(super) fn gru(x: Tensor<2>, h: Tensor<2>, state: Tensor<2>, units: usize) -> Tensor<2> {
    let part = |of: &Tensor<2>, gate: usize| of.clone().narrow(1, gate * units, units);
    let update = sigmoid(part(&x, 0) + part(&h, 0));
    let reset = sigmoid(part(&x, 1) + part(&h, 1));
    let new = (part(&x, 2) + reset * part(&h, 2)).tanh();
    new.clone() + update * (state - new)
}

/// The sum of both products, `[batch, 4 * units]` (input, forget, new, output), and the memory.
pub(super) fn lstm(gates: Tensor<2>, memory: Tensor<2>, units: usize) -> (Tensor<2>, Tensor<2>) {
    let part = |gate: usize| gates.clone().narrow(1, gate * units, units);
    let memory = sigmoid(part(1)) * memory + sigmoid(part(0)) * part(2).tanh();
    (sigmoid(part(3)) * memory.clone().tanh(), memory)
}

#[cfg(test)]
mod tests;
