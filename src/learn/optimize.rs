//! One step along the gradients: Adam or SGD, after shortening all gradients together.

use burn::tensor::{Device, Gradients, Tensor, TensorData};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::device::Place;
use super::params::{Rule, TrainParams};
use super::weights::{Part, Placed, Weights, read, tensor};

/// Adam's decay of the mean gradient,
const BETA_1: f64 = 0.9;
/// of the mean squared gradient,
const BETA_2: f64 = 0.999;
/// and what keeps its divisor from 0: PyTorch's, not burn's 1e-5.
const EPSILON: f64 = 1e-8;

/// Numbers that one thread works on at a time. Fixed, so that sums do not hang on threads.
const PIECE: usize = 16 * 1024;

/// What a rule remembers between steps, as plain numbers.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    pub steps: u64,
    /// Mean gradients (Adam) or the last step (SGD), a vector for each matrix.
    pub first: Vec<Vec<f32>>,
    /// Mean squared gradients (Adam).
    pub second: Vec<Vec<f32>>,
}

/// Moves weights on a device.
///
/// On the CPU each matrix is gone through once with all that a step needs, in place; on a GPU the
/// same is written as operations of tensors.
pub(super) struct Optimizer {
    rule: Rule,
    momentum: f64,
    clip: f64,
    is_gpu: bool,
    device: Device,
    steps: u64,
    first: Vec<Tensor<2>>,
    second: Vec<Tensor<2>>,
}

impl Optimizer {
    /// One for `weights`, that goes on from what an earlier one remembers, if there is something.
    pub fn new(
        params: &TrainParams,
        weights: &Weights,
        memory: &Memory,
        place: &Place,
    ) -> Optimizer {
        let device = place.device();
        let state = |kept: &[Vec<f32>]| {
            let one = |(at, part): (usize, &Part)| {
                let values = kept.get(at).filter(|kept| kept.len() == part.values.len());
                let values = values.cloned().unwrap_or_else(|| vec![0.0; part.values.len()]);
                tensor(values, part.shape, device)
            };
            weights.parts.iter().enumerate().map(one).collect()
        };
        Optimizer {
            rule: params.rule,
            momentum: params.momentum,
            clip: params.clip,
            is_gpu: place.is_gpu(),
            device: device.clone(),
            steps: memory.steps,
            first: state(&memory.first),
            second: if params.rule == Rule::Adam { state(&memory.second) } else { Vec::new() },
        }
    }

    /// What must be remembered to go on later.
    pub fn memory(&self) -> Result<Memory, String> {
        let all = |tensors: &[Tensor<2>]| -> Result<Vec<Vec<f32>>, String> {
            tensors.iter().map(|tensor| read(tensor.clone())).collect()
        };
        Ok(Memory { steps: self.steps, first: all(&self.first)?, second: all(&self.second)? })
    }

    /// Moves `weights` by one step of `rate` along `grads`. Weights without a gradient stay.
    pub fn step(
        &mut self,
        weights: &mut Placed,
        mut grads: Gradients,
        rate: f64,
    ) -> Result<(), String> {
        let taken = weights.tensors.iter().map(|weight| weight.grad_remove(&mut grads));
        let grads: Vec<Option<Tensor<2>>> = taken.collect();
        self.steps += 1;
        if self.is_gpu {
            self.step_tensors(weights, grads, rate);
            Ok(())
        } else {
            let numbers = grads.into_iter().map(|grad| grad.map(into_data).transpose());
            let numbers: Vec<Option<TensorData>> = numbers.collect::<Result<_, _>>()?;
            self.step_numbers(weights, numbers, rate)
        }
    }

    /// The same along gradients that are numbers, a vector for each matrix, on the processor.
    pub fn step_along(
        &mut self,
        weights: &mut Placed,
        slopes: Vec<Vec<f32>>,
        rate: f64,
    ) -> Result<(), String> {
        self.steps += 1;
        let slope = |slope: Vec<f32>| {
            let n = slope.len();
            Some(TensorData::new(slope, [n]))
        };
        self.step_numbers(weights, slopes.into_iter().map(slope).collect(), rate)
    }

    fn step_numbers(
        &mut self,
        weights: &mut Placed,
        grads: Vec<Option<TensorData>>,
        rate: f64,
    ) -> Result<(), String> {
        let mut norm2 = 0.0;
        for grad in grads.iter().flatten() {
            norm2 += squares(numbers(grad)?);
        }
        let shorten = shortening(norm2.sqrt(), self.clip) as f32;
        let adam = self.adam(rate);
        let (rate, momentum) = (rate as f32, self.momentum as f32);
        let tracked = self.device.clone().autodiff();
        for (at, grad) in grads.into_iter().enumerate() {
            let Some(grad) = grad else { continue };
            let slope = numbers(&grad)?;
            let weight = &mut weights.tensors[at];
            let mut w = into_data(take(weight).inner())?;
            let mut m = into_data(take(&mut self.first[at]))?;
            match self.rule {
                Rule::Sgd => {
                    let pieces = numbers_mut(&mut w)?.par_chunks_mut(PIECE);
                    let pieces = pieces.zip(numbers_mut(&mut m)?.par_chunks_mut(PIECE));
                    pieces.zip(slope.par_chunks(PIECE)).for_each(|((w, m), g)| {
                        for ((w, m), g) in w.iter_mut().zip(m).zip(g) {
                            *m = momentum * *m + shorten * g;
                            *w -= rate * *m;
                        }
                    });
                }
                Rule::Adam => {
                    let mut v = into_data(take(&mut self.second[at]))?;
                    let pieces = numbers_mut(&mut w)?.par_chunks_mut(PIECE);
                    let pieces = pieces.zip(numbers_mut(&mut m)?.par_chunks_mut(PIECE));
                    let pieces = pieces.zip(numbers_mut(&mut v)?.par_chunks_mut(PIECE));
                    let (b1, b2) = (BETA_1 as f32, BETA_2 as f32);
                    let (step, root, eps) = (adam.0 as f32, adam.1 as f32, EPSILON as f32);
                    pieces.zip(slope.par_chunks(PIECE)).for_each(|(((w, m), v), g)| {
                        for (((w, m), v), g) in w.iter_mut().zip(m).zip(v).zip(g) {
                            let g = shorten * g;
                            *m = b1 * *m + (1.0 - b1) * g;
                            *v = b2 * *v + (1.0 - b2) * g * g;
                            *w -= step * *m / (v.sqrt() * root + eps);
                        }
                    });
                    self.second[at] = Tensor::from_data(v, &self.device);
                }
            }
            self.first[at] = Tensor::from_data(m, &self.device);
            *weight = Tensor::<2>::from_data(w, &tracked).require_grad();
        }
        Ok(())
    }

    fn step_tensors(&mut self, weights: &mut Placed, grads: Vec<Option<Tensor<2>>>, rate: f64) {
        let (step, root) = self.adam(rate);
        let squares = grads.iter().flatten().map(|grad| grad.clone().powi_scalar(2).sum());
        let Some(norm) = squares.reduce(|a, b| a + b).map(Tensor::sqrt) else { return };
        // clip / max(norm, clip): 1 for short ones, without reading the norm from the device.
        let shorten = (self.clip > 0.0)
            .then(|| norm.clamp_min(self.clip).recip().mul_scalar(self.clip).reshape([1, 1]));
        for (at, grad) in grads.into_iter().enumerate() {
            let Some(grad) = grad else { continue };
            let grad = match &shorten {
                Some(shorten) => grad * shorten.clone(),
                None => grad,
            };
            let (weight, m) = (weights.tensors[at].clone().inner(), self.first[at].clone());
            let moved = match self.rule {
                Rule::Sgd => {
                    let m = m.mul_scalar(self.momentum) + grad;
                    self.first[at] = m.clone();
                    weight - m.mul_scalar(rate)
                }
                Rule::Adam => {
                    let m = m.mul_scalar(BETA_1) + grad.clone().mul_scalar(1.0 - BETA_1);
                    let v = self.second[at].clone().mul_scalar(BETA_2)
                        + grad.powi_scalar(2).mul_scalar(1.0 - BETA_2);
                    (self.first[at], self.second[at]) = (m.clone(), v.clone());
                    weight - m.mul_scalar(step) / v.sqrt().mul_scalar(root).add_scalar(EPSILON)
                }
            };
            weights.tensors[at] = moved.autodiff().require_grad();
        }
    }

    /// Adam's rate, made up for means that began at 0, and what its root is multiplied by for the
    /// same reason.
    fn adam(&self, rate: f64) -> (f64, f64) {
        let t = self.steps as i32;
        (rate / (1.0 - BETA_1.powi(t)), 1.0 / (1.0 - BETA_2.powi(t)).sqrt())
    }
}

/// By what gradients of this norm are multiplied so that it is at most `clip`; 0 allows any.
fn shortening(norm: f64, clip: f64) -> f64 {
    if clip > 0.0 && norm > clip { clip / norm } else { 1.0 }
}

/// The sum of squares, in pieces of one size, so that it does not hang on threads.
fn squares(values: &[f32]) -> f64 {
    let pieces: Vec<f64> = values
        .par_chunks(PIECE)
        .map(|piece| piece.iter().map(|x| f64::from(*x) * f64::from(*x)).sum())
        .collect();
    pieces.into_iter().sum()
}

/// Takes a tensor out of its place, so that nobody else holds its memory.
fn take(tensor: &mut Tensor<2>) -> Tensor<2> {
    let device = tensor.device();
    std::mem::replace(tensor, Tensor::empty([1, 1], &device))
}

fn into_data(tensor: Tensor<2>) -> Result<TensorData, String> {
    tensor.try_into_data().map_err(|error| error.to_string())
}

fn numbers(data: &TensorData) -> Result<&[f32], String> {
    data.as_slice::<f32>().map_err(|error| format!("{error:?}"))
}

fn numbers_mut(data: &mut TensorData) -> Result<&mut [f32], String> {
    data.as_mut_slice::<f32>().map_err(|error| format!("{error:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::weights::{Begin, Slot};

    /// Weights after `steps` steps down `sum((w - 3)^2)`, by numbers or by tensors.
    fn walked(params: &TrainParams, steps: usize, by_tensors: bool) -> Vec<f32> {
        let place = Place::cpu();
        let weights = Weights::begin(&[Slot::new("w", 2, 3, Begin::Glorot)], 5);
        let mut placed = Placed::tracked(&weights, place.device());
        let mut optimizer = Optimizer::new(params, &weights, &Memory::default(), &place);
        optimizer.is_gpu = by_tensors;
        for _ in 0..steps {
            let loss = (placed.at(0) - 3.0).powi_scalar(2).sum();
            optimizer.step(&mut placed, loss.backward(), params.rate).unwrap();
        }
        read(placed.at(0)).unwrap()
    }

    #[test]
    fn the_first_step_of_adam_is_the_rate_long_in_every_weight() {
        let params = TrainParams { rate: 0.01, clip: 0.0, ..TrainParams::default() };
        let before = walked(&params, 0, false);
        for (a, b) in walked(&params, 1, false).iter().zip(&before) {
            assert!((a - b - 0.01).abs() < 1e-6, "{a} {b}");
        }
    }

    #[test]
    fn sgd_moves_by_rate_times_gradient_and_gathers_momentum() {
        let params = TrainParams {
            rule: Rule::Sgd,
            rate: 0.1,
            momentum: 0.5,
            clip: 0.0,
            ..TrainParams::default()
        };
        let (zero, one, two) =
            (walked(&params, 0, false), walked(&params, 1, false), walked(&params, 2, false));
        for ((w0, w1), w2) in zero.iter().zip(&one).zip(&two) {
            let first = 0.1 * 2.0 * (3.0 - w0);
            assert!((w1 - w0 - first).abs() < 1e-5);
            assert!((w2 - w1 - (0.5 * first + 0.1 * 2.0 * (3.0 - w1))).abs() < 1e-5);
        }
    }

    #[test]
    fn all_gradients_together_are_shortened_to_the_clip() {
        assert_eq!(shortening(10.0, 5.0), 0.5);
        assert_eq!((shortening(4.0, 5.0), shortening(10.0, 0.0)), (1.0, 1.0));
        let params = TrainParams {
            rule: Rule::Sgd,
            rate: 1.0,
            momentum: 0.0,
            clip: 0.25,
            ..TrainParams::default()
        };
        let moved: Vec<f32> = walked(&params, 1, false)
            .iter()
            .zip(walked(&params, 0, false))
            .map(|(a, b)| a - b)
            .collect();
        let norm = moved.iter().map(|x| x * x).sum::<f32>().sqrt();
        assert!((norm - 0.25).abs() < 1e-5, "{norm}");
    }

    #[test]
    fn numbers_and_tensors_take_the_same_steps() {
        for rule in [Rule::Adam, Rule::Sgd] {
            let params = TrainParams { rule, rate: 0.02, clip: 1.0, ..TrainParams::default() };
            for (a, b) in walked(&params, 40, false).iter().zip(walked(&params, 40, true)) {
                assert!((a - b).abs() < 1e-4, "{rule:?}: {a} {b}");
            }
        }
    }
}
