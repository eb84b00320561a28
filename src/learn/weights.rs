//! What a network has learned: named matrices, as plain numbers and on a device.

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::save::SaveError;
use crate::base::rng::Rng;

/// How a matrix begins.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Begin {
    /// Normal with deviation `sqrt(2 / rows)`: before a ReLU (He et al. 2015).
    He,
    /// Even within `sqrt(6 / (rows + columns))`: before what is linear (Glorot, Bengio 2010).
    Glorot,
    /// Normal with this deviation: tables that are looked up.
    Normal(f32),
    /// Even within `1 / sqrt(n)`: recurrent units of that many, as in PyTorch.
    Even(usize),
    /// All the same.
    Constant(f32),
}

/// A matrix that a network of some shape has: what the network takes `[rows, columns]` for.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Slot {
    pub name: String,
    pub shape: [usize; 2],
    pub begin: Begin,
}

impl Slot {
    pub fn new(name: impl Into<String>, rows: usize, columns: usize, begin: Begin) -> Slot {
        Slot { name: name.into(), shape: [rows, columns], begin }
    }
}

/// One matrix of a network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// What it is, such as `encoder.0.weight`.
    pub name: String,
    /// Rows and columns; a bias is one row.
    pub shape: [usize; 2],
    /// The numbers, row by row.
    pub values: Vec<f32>,
}

/// All matrices of a network, in the order in which it uses them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Weights {
    /// The matrices.
    pub parts: Vec<Part>,
}

impl Weights {
    /// First weights, drawn by `seed`: each matrix from a stream of its own.
    pub(super) fn begin(slots: &[Slot], seed: u64) -> Weights {
        let draw = |(place, slot): (usize, &Slot)| {
            let mut rng = Rng::new(seed, FIRST + place as u64);
            let [rows, columns] = slot.shape;
            let n = rows * columns;
            let even = |rng: &mut Rng, limit: f64| rng.between(-limit, limit) as f32;
            let values = match slot.begin {
                Begin::He => {
                    let deviation = (2.0 / rows.max(1) as f64).sqrt();
                    (0..n).map(|_| (rng.normal() * deviation) as f32).collect()
                }
                Begin::Glorot => {
                    let limit = (6.0 / (rows + columns).max(1) as f64).sqrt();
                    (0..n).map(|_| even(&mut rng, limit)).collect()
                }
                Begin::Even(units) => {
                    let limit = 1.0 / (units.max(1) as f64).sqrt();
                    (0..n).map(|_| even(&mut rng, limit)).collect()
                }
                Begin::Normal(deviation) => {
                    (0..n).map(|_| rng.normal() as f32 * deviation).collect()
                }
                Begin::Constant(value) => vec![value; n],
            };
            Part { name: slot.name.clone(), shape: slot.shape, values }
        };
        Weights { parts: slots.iter().enumerate().map(draw).collect() }
    }

    /// How many numbers there are: the network's parameters.
    pub fn count(&self) -> usize {
        self.parts.iter().map(|part| part.values.len()).sum()
    }

    /// Whether every number is finite.
    pub fn is_finite(&self) -> bool {
        self.parts.iter().all(|part| part.values.iter().all(|x| x.is_finite()))
    }

    /// Refuses weights that are not those of a network with these slots.
    pub(super) fn check(&self, slots: &[Slot]) -> Result<(), SaveError> {
        if self.parts.len() != slots.len() {
            let (found, wanted) = (self.parts.len(), slots.len());
            return Err(SaveError::OtherParts { found, wanted });
        }
        for (part, slot) in self.parts.iter().zip(slots) {
            if part.name != slot.name || part.shape != slot.shape {
                return Err(SaveError::OtherShape {
                    found: format!("{} of {} x {}", part.name, part.shape[0], part.shape[1]),
                    wanted: format!("{} of {} x {}", slot.name, slot.shape[0], slot.shape[1]),
                });
            }
        }
        Ok(())
    }
}

/// The stream of a seed that the first matrix is drawn from.
const FIRST: u64 = 0x3e19_0000;

/// How many numbers a network with these slots learns.
pub(super) fn count(slots: &[Slot]) -> usize {
    slots.iter().map(|slot| slot.shape[0] * slot.shape[1]).sum()
}

/// Weights on a device, in the network's order: what a forward pass reads.
#[derive(Clone)]
pub(super) struct Placed {
    pub tensors: Vec<Tensor<2>>,
}

impl Placed {
    /// Weights to be trained: gradients are asked for.
    pub fn tracked(weights: &Weights, device: &Device) -> Placed {
        let device = device.clone().autodiff();
        let place = |part: &Part| tensor(part.values.clone(), part.shape, &device).require_grad();
        Placed { tensors: weights.parts.iter().map(place).collect() }
    }

    /// Weights to be used.
    pub fn fixed(weights: &Weights, device: &Device) -> Placed {
        let place = |part: &Part| tensor(part.values.clone(), part.shape, device);
        Placed { tensors: weights.parts.iter().map(place).collect() }
    }

    /// The same without gradients, for a pass that only measures.
    pub fn without_gradients(&self) -> Placed {
        Placed { tensors: self.tensors.iter().map(|t| t.clone().inner()).collect() }
    }

    /// Matrix `place`.
    pub fn at(&self, place: usize) -> Tensor<2> {
        self.tensors[place].clone()
    }

    /// The numbers, under the names of `like`; an error is a device that gives none.
    pub fn read(&self, like: &Weights) -> Result<Weights, String> {
        let parts = self.values()?.into_iter().zip(&like.parts).map(|(values, part)| {
            let (name, shape) = (part.name.clone(), part.shape);
            Part { name, shape, values }
        });
        Ok(Weights { parts: parts.collect() })
    }

    /// The numbers alone, a vector for each matrix.
    pub fn values(&self) -> Result<Vec<Vec<f32>>, String> {
        self.tensors.iter().map(|tensor| read(tensor.clone())).collect()
    }
}

/// A matrix on a device.
pub(super) fn tensor(values: Vec<f32>, shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// The numbers of a tensor; an error is a device that gives none.
pub(super) fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, String> {
    let tensor = if tensor.is_autodiff() { tensor.inner() } else { tensor };
    let data = tensor.try_into_data().map_err(|error| error.to_string())?;
    data.try_into_vec::<f32>().map_err(|error| format!("{error:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots() -> Vec<Slot> {
        vec![
            Slot::new("a", 50, 40, Begin::He),
            Slot::new("b", 30, 20, Begin::Glorot),
            Slot::new("c", 1, 20, Begin::Constant(0.5)),
            Slot::new("d", 9, 9, Begin::Even(4)),
        ]
    }

    #[test]
    fn first_weights_follow_their_rules_and_their_seed() {
        let weights = Weights::begin(&slots(), 7);
        assert_eq!(weights.count(), 2000 + 600 + 20 + 81);
        assert_eq!(weights, Weights::begin(&slots(), 7));
        assert_ne!(weights, Weights::begin(&slots(), 8));
        let [a, b, c, d] = &weights.parts[..] else { panic!() };
        let variance = a.values.iter().map(|x| x * x).sum::<f32>() / 2000.0;
        assert!((variance - 2.0 / 50.0).abs() < 0.005, "{variance}");
        let limit = (6.0_f32 / 50.0).sqrt();
        assert!(b.values.iter().all(|x| x.abs() <= limit));
        assert!(c.values.iter().all(|x| *x == 0.5));
        assert!(d.values.iter().all(|x| x.abs() <= 0.5));
    }

    #[test]
    fn weights_come_back_from_a_device_to_the_bit() {
        let weights = Weights::begin(&slots(), 7);
        let placed = Placed::tracked(&weights, &Device::flex());
        assert_eq!(placed.read(&weights).unwrap(), weights);
        assert_eq!(placed.without_gradients().read(&weights).unwrap(), weights);
    }

    #[test]
    fn weights_of_another_shape_are_named() {
        let weights = Weights::begin(&slots(), 7);
        assert!(weights.check(&slots()).is_ok());
        let mut other = slots();
        other[1].shape = [30, 21];
        let said = weights.check(&other).unwrap_err().to_string();
        assert!(said.contains("b of 30 x 20") && said.contains("b of 30 x 21"), "{said}");
        assert!(weights.check(&other[1..]).is_err());
    }
}
