//! What networks over voyages are put together from: cells that remember, attention to the past,
//! norms, dropped numbers.

use std::cell::RefCell;
use std::collections::HashMap;

use burn::tensor::activation::softmax;
use burn::tensor::module::layer_norm;
use burn::tensor::{Bool, Device, Int, Tensor, TensorData};

use super::super::arithmetic::EPSILON;
use super::super::dense;
use super::super::recurrent::{gru, lstm};
use super::super::weights::{Placed, Slot, tensor};
use crate::base::rng::Rng;

/// What stands for minus infinity, with which gradients would be no numbers.
const NEVER: f64 = -1e9;

/// Where each matrix of a network stands, by its name.
#[derive(Clone, Debug, Default)]
pub struct Places(HashMap<String, usize>);

impl Places {
    pub fn of(slots: &[Slot]) -> Places {
        Places(slots.iter().enumerate().map(|(at, slot)| (slot.name.clone(), at)).collect())
    }

    /// The place of matrix `name`.
    pub fn of_name(&self, name: &str) -> usize {
        *self.0.get(name).expect("a network asks for matrices that it has")
    }
}

/// A network's matrices by name, and what is dropped of numbers on the way.
pub struct Net<'a> {
    pub places: &'a Places,
    pub weights: &'a Placed,
    pub device: &'a Device,
    /// Share of the numbers that are dropped, and what draws them; none where nothing is learned.
    pub drops: Option<(f64, RefCell<Rng>)>,
}

impl Net<'_> {
    pub fn at(&self, name: &str) -> Tensor<2> {
        self.weights.at(self.places.of_name(name))
    }

    /// `x` through the stack `name` of so many layers.
    pub fn dense(&self, name: &str, layers: usize, x: Tensor<2>) -> Tensor<2> {
        dense::forward(self.weights, self.places.of_name(&format!("{name}.0.weight")), layers, x)
    }

    /// The rows `indices` of table `name`.
    pub fn looked_up(&self, name: &str, indices: &[usize]) -> Tensor<2> {
        self.at(name).select(0, self.indices(indices))
    }

    pub fn indices(&self, indices: &[usize]) -> Tensor<1, Int> {
        let numbers: Vec<i32> = indices.iter().map(|i| *i as i32).collect();
        let n = numbers.len();
        Tensor::from_data(TensorData::new(numbers, [n]), self.device)
    }

    /// A residual connection and the norm behind it.
    pub fn normed(&self, name: &str, x: Tensor<2>, added: Tensor<2>) -> Tensor<2> {
        let flat = |part: &str| {
            let row = self.at(&format!("{name}.{part}"));
            let width = row.dims()[1];
            row.reshape([width])
        };
        layer_norm(x + self.dropped(added), flat("norm"), Some(flat("norm_bias")), EPSILON)
    }

    /// Drops a share of the numbers, and enlarges the others to make up for it; nothing where
    /// nothing is learned.
    pub fn dropped(&self, x: Tensor<2>) -> Tensor<2> {
        let Some((rate, rng)) = self.drops.as_ref().filter(|(rate, _)| *rate > 0.0) else {
            return x;
        };
        let [rows, columns] = x.dims();
        let kept = kept(rows * columns, *rate, &mut rng.borrow_mut());
        x * tensor(kept, [rows, columns], self.device)
    }

    /// Layers of cells that remember, over sequences of falling length: `inputs[t]` holds step `t`
    /// of those that are so long, `[sequence, number]`. What they remember after every step.
    pub fn recurrent(
        &self,
        name: &str,
        layers: usize,
        is_lstm: bool,
        inputs: Vec<Tensor<2>>,
    ) -> Vec<Tensor<2>> {
        let mut inputs = inputs;
        for layer in 0..layers {
            let at = |part: &str| self.at(&format!("{name}.{layer}.{part}"));
            let (wx, wh, bx, bh) = (at("input"), at("state"), at("input_bias"), at("state_bias"));
            let [units, _] = wh.dims();
            let n = inputs.first().map_or(0, |x| x.dims()[0]);
            let mut state = Tensor::<2>::zeros([n, units], self.device);
            let mut memory = state.clone();
            for (t, input) in inputs.iter_mut().enumerate() {
                let [n, _] = input.dims();
                if state.dims()[0] > n {
                    state = state.narrow(0, 0, n);
                    memory = if is_lstm { memory.narrow(0, 0, n) } else { memory };
                }
                let dropped = if layer > 0 { self.dropped(input.clone()) } else { input.clone() };
                let x = dropped.matmul(wx.clone()) + bx.clone();
                // What was not yet remembered needs no product.
                let h = match t {
                    0 => bh.clone().expand([n, wh.dims()[1]]),
                    _ => state.clone().matmul(wh.clone()) + bh.clone(),
                };
                if is_lstm {
                    (state, memory) = lstm(x + h, memory, units);
                } else {
                    state = gru(x, h, state, units);
                }
                *input = state.clone();
            }
        }
        inputs
    }

    /// What heads of attention give for every step that attends to its voyage's steps up to itself:
    /// queries of `x`, keys and values of `other`, each `[step, d]`.
    pub fn attended(
        &self,
        name: &str,
        heads: usize,
        (x, other): (Tensor<2>, Tensor<2>),
        groups: &Groups,
    ) -> Tensor<2> {
        let [_, d] = x.dims();
        let of = |part: &str, x: Tensor<2>| self.dense(&format!("{name}.{part}"), 1, x);
        let all =
            Tensor::cat(vec![of("query", x), of("key", other.clone()), of("value", other)], 1);
        let padded = all.select(0, self.indices(&groups.gathered)); // [padded step, 3d]
        let mut at = 0;
        let mut told = Vec::with_capacity(groups.shapes.len());
        for [n, k] in &groups.shapes {
            let own = padded.clone().narrow(0, at, n * k);
            at += n * k;
            let own = own.reshape([*n, *k, 3, heads, d / heads]).permute([2, 0, 3, 1, 4]);
            let part =
                |which: usize| own.clone().narrow(0, which, 1).reshape([*n, heads, *k, d / heads]);
            let size = ((d / heads) as f64).sqrt().recip();
            let scores = part(0).matmul(part(1).swap_dims(2, 3)).mul_scalar(size);
            let shares = softmax(scores.mask_fill(self.later(*k, *n, heads), NEVER), 3);
            let mixed = shares.matmul(part(2)); // [n, head, k, d / heads]
            told.push(mixed.swap_dims(1, 2).reshape([n * k, d]));
        }
        let flat = Tensor::cat(told, 0).select(0, self.indices(&groups.places));
        self.dense(&format!("{name}.out"), 1, flat)
    }

    /// True where a step would look at a later one, and so at all that is padded.
    fn later(&self, k: usize, n: usize, heads: usize) -> Tensor<4, Bool> {
        let later: Vec<bool> = (0..k).flat_map(|i| (0..k).map(move |j| j > i)).collect();
        let later = Tensor::<4, Bool>::from_data(TensorData::new(later, [1, 1, k, k]), self.device);
        later.expand([n, heads, k, k])
    }
}

/// Numbers by which others are multiplied so that a share of `rate` is dropped and the mean stays.
pub fn kept(n: usize, rate: f64, rng: &mut Rng) -> Vec<f32> {
    let (limit, grown) = ((rate * 65536.0).round() as u64, (1.0 / (1.0 - rate)) as f32);
    let mut kept = Vec::with_capacity(n + 3);
    while kept.len() < n {
        let bits = rng.bits();
        // Four draws of sixteen bits.
        kept.extend([0, 16, 32, 48].map(
            |at| {
                if (bits >> at) & 0xffff < limit { 0.0 } else { grown }
            },
        ));
    }
    kept.truncate(n);
    kept
}

/// Sequences of different lengths in the order in which cells that remember read them: the longest
/// first, step by step.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// For each step the elements that are read at it, longest sequence first.
    pub rows: Vec<Vec<usize>>,
    /// For each sequence the place of its last element, where all elements lie in reading order.
    pub lasts: Vec<usize>,
    /// For each element its place in reading order.
    pub places: Vec<usize>,
}

impl Order {
    /// The order of sequences of these lengths, whose elements lie one behind the other.
    pub fn of(lengths: &[u32]) -> Order {
        let mut starts = Vec::with_capacity(lengths.len());
        let mut n = 0;
        for length in lengths {
            starts.push(n);
            n += *length as usize;
        }
        let mut longest: Vec<usize> = (0..lengths.len()).collect();
        longest.sort_by_key(|i| std::cmp::Reverse(lengths[*i]));
        let most = lengths.iter().max().copied().unwrap_or(0);
        let mut order = Order {
            rows: Vec::with_capacity(most as usize),
            lasts: vec![0; lengths.len()],
            places: vec![0; n],
        };
        let mut at = 0;
        for t in 0..most {
            let going = longest.iter().take_while(|i| lengths[**i] > t);
            let mut rows = Vec::new();
            for i in going {
                let element = starts[*i] + t as usize;
                rows.push(element);
                order.places[element] = at;
                order.lasts[*i] = at;
                at += 1;
            }
            order.rows.push(rows);
        }
        order
    }
}

/// Voyages of nearly equal length put together for attention, so that little is padded.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Voyages and steps of each group.
    shapes: Vec<[usize; 2]>,
    /// The step that stands at each place of the groups; at padded places the voyage's last, which
    /// nobody looks at.
    gathered: Vec<usize>,
    /// For each step its place there.
    places: Vec<usize>,
}

impl Groups {
    /// Groups of voyages of so many steps.
    pub fn of(steps: &[u32]) -> Groups {
        let mut starts = Vec::with_capacity(steps.len());
        let mut n = 0;
        for own in steps {
            starts.push(n);
            n += *own as usize;
        }
        let mut order: Vec<usize> = (0..steps.len()).collect();
        order.sort_by_key(|i| steps[*i]);
        let mut groups = Groups { places: vec![0; n], ..Groups::default() };
        let mut rest = &order[..];
        while let Some(first) = rest.first() {
            // Up to half as long again as the shortest.
            let most = steps[*first] + steps[*first] / 2 + 2;
            let end = rest.iter().take_while(|i| steps[**i] <= most).count();
            let (own, others) = rest.split_at(end);
            rest = others;
            let k = own.iter().map(|i| steps[*i] as usize).max().unwrap_or(0);
            groups.shapes.push([own.len(), k]);
            for i in own {
                for step in 0..k {
                    let there = step < steps[*i] as usize;
                    let element = starts[*i] + step.min(steps[*i] as usize - 1);
                    if there {
                        groups.places[element] = groups.gathered.len();
                    }
                    groups.gathered.push(element);
                }
            }
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_read_longest_first_and_found_again() {
        let order = Order::of(&[1, 3, 2]);
        assert_eq!(order.rows, [vec![1, 4, 0], vec![2, 5], vec![3]]);
        assert_eq!(order.lasts, [2, 5, 4]);
        let read: Vec<usize> = order.rows.concat();
        assert!((0..6).all(|element| read[order.places[element]] == element));
    }

    #[test]
    fn groups_hold_every_step_once_and_pad_little() {
        let steps = [3, 40, 4, 41, 1];
        let groups = Groups::of(&steps);
        assert_eq!(groups.shapes, [[2, 3], [1, 4], [2, 41]]);
        let n: u32 = steps.iter().sum();
        for step in 0..n as usize {
            assert_eq!(groups.gathered[groups.places[step]], step);
        }
    }

    #[test]
    fn dropped_numbers_have_their_share_and_leave_the_mean() {
        let kept = kept(40_001, 0.1, &mut Rng::new(1, 0));
        let share = kept.iter().filter(|x| **x == 0.0).count() as f64 / 40_001.0;
        assert!(kept.len() == 40_001 && (share - 0.1).abs() < 0.006, "{share}");
        assert!((kept.iter().sum::<f32>() / 40_001.0 - 1.0).abs() < 0.01);
    }
}
