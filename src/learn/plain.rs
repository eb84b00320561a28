//! Networks asked for one sample at a time, by plain loops: for whoever cannot gather samples, where
//! a device would take longer to be told than to reckon.

use super::arithmetic::{Gated, sigmoid, tanh};
use super::mlp::Mlp;
use super::recurrent::{Cell, PER_LAYER, Recurrent};
use super::weights::Part;

impl Mlp {
    /// What it gives for one row, as [`Mlp::predict`] does but for rounding.
    ///
    /// # Panics
    ///
    /// If `x` is not as wide as the network takes it.
    pub fn answer(&self, x: &[f32]) -> Vec<f32> {
        assert_eq!(x.len(), self.shape().input, "as many numbers as the network takes");
        through(&self.weights().parts, x.to_vec())
    }
}

impl Recurrent {
    /// What it gives for one sequence and what stands beside it, as [`Recurrent::predict`] does but for
    /// rounding.
    ///
    /// # Panics
    ///
    /// If the numbers do not fill whole steps, or are not as many beside as the network takes.
    pub fn answer(&self, steps: &[f32], beside: &[f32]) -> Vec<f32> {
        let shape = self.shape();
        assert!(steps.len().is_multiple_of(shape.input), "numbers fill whole steps");
        assert_eq!(beside.len(), shape.beside, "as many numbers beside as the network takes");
        let (cells, dense) = self.weights().parts.split_at(shape.layers * PER_LAYER);
        let units = shape.units;
        let (mut inputs, mut width) = (steps.to_vec(), shape.input);
        let mut state = vec![0.0; units];
        for layer in cells.chunks_exact(PER_LAYER) {
            state = vec![0.0; units];
            let mut memory = vec![0.0; units];
            let mut gates = vec![0.0; 4 * units];
            let mut states = Vec::with_capacity(inputs.len() / width * units);
            for step in inputs.chunks_exact(width) {
                let x = times(step, &layer[0], &layer[2]);
                let h = times(&state, &layer[1], &layer[3]);
                match shape.cell {
                    Cell::Gru => {
                        let before = std::mem::replace(&mut state, vec![0.0; units]);
                        let (before, after) = (&before, &mut state);
                        Gated { units, x: &x, h: &h, before, after, gates: &mut gates }.step();
                    }
                    Cell::Lstm => {
                        for unit in 0..units {
                            let sum = |gate: usize| x[gate * units + unit] + h[gate * units + unit];
                            memory[unit] =
                                sigmoid(sum(1)) * memory[unit] + sigmoid(sum(0)) * tanh(sum(2));
                            state[unit] = sigmoid(sum(3)) * tanh(memory[unit]);
                        }
                    }
                }
                states.extend_from_slice(&state);
            }
            (inputs, width) = (states, units);
        }
        state.extend_from_slice(beside);
        through(dense, state)
    }
}

/// `x` through layers of a weight and a bias each, ReLU between them.
fn through(layers: &[Part], mut x: Vec<f32>) -> Vec<f32> {
    let n = layers.len() / 2;
    for (at, layer) in layers.chunks_exact(2).enumerate() {
        x = times(&x, &layer[0], &layer[1]);
        if at + 1 < n {
            x.iter_mut().for_each(|x| *x = x.max(0.0));
        }
    }
    x
}

/// `x` times a matrix, and a bias.
fn times(x: &[f32], matrix: &Part, bias: &Part) -> Vec<f32> {
    let mut out = bias.values.clone();
    for (x, row) in x.iter().zip(matrix.values.chunks_exact(bias.values.len())) {
        for (out, weight) in out.iter_mut().zip(row) {
            *out += x * weight;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{
        Head, MlpShape, Place, RecurrentShape, Run, Sequences, Split, Table, TrainParams, Watch,
    };
    use super::*;
    use crate::base::job::Job;
    use crate::base::rng::Rng;

    fn near(a: &[f32], b: &[f32]) {
        assert!(a.len() == b.len() && !a.is_empty());
        assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5), "{a:?} {b:?}");
    }

    #[test]
    fn one_sample_is_answered_as_it_is_among_others() {
        let mut rng = Rng::new(5, 0);
        let mut draw = |n: usize| (0..n).map(|_| rng.normal() as f32).collect::<Vec<f32>>();
        let params = TrainParams { epochs: 2, batch: 8, ..TrainParams::default() };
        let (job, watch, place) = (Job::default(), Watch::default(), Place::cpu());
        let run = Run::new(&params, &place, &job, &watch);
        let (x, y) = (Table::new(3, draw(60)), Table::new(2, draw(40)));
        let shape = MlpShape { input: 3, hidden: vec![7, 5], head: Head::Numbers(2) };
        let (mlp, _) = Mlp::fit(&shape, &x, &y, &Split::all(20), &run).unwrap();
        near(&mlp.answer(x.row(4)), mlp.predict(&x, &place, &job).unwrap().row(4));
        for cell in [Cell::Gru, Cell::Lstm] {
            let (layers, head) = (2, Head::Mixtures { places: 1, components: 2 });
            let hidden = vec![6];
            let shape =
                RecurrentShape { cell, input: 3, beside: 2, units: 9, layers, hidden, head };
            let mut sequences = Sequences::with_beside(3, 2);
            let steps: Vec<Vec<f32>> = (0..20).map(|i| draw(3 * (1 + i % 5))).collect();
            let beside = Table::new(2, draw(40));
            for (steps, beside) in steps.iter().zip(&beside) {
                sequences.push_beside(steps, beside);
            }
            let (network, _) =
                Recurrent::fit(&shape, &sequences, &y, &Split::all(20), &run).unwrap();
            let all = network.predict(&sequences, &place, &job).unwrap();
            for i in [0, 3, 19] {
                near(&network.answer(&steps[i], beside.row(i)), all.row(i));
            }
            assert!(
                (network.answer(&steps[3], beside.row(3))[1]
                    - network.answer(&steps[3], beside.row(4))[1])
                    .abs()
                    > 1e-4,
                "what stands beside counts"
            );
        }
    }
}
