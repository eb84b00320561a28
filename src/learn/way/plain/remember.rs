//! What gated units remember of each step's messages.

use rayon::prelude::*;

use super::super::super::arithmetic::{
    Gated, GatedBack, add_matrix_back, add_product, add_product_back, add_rows,
};
use super::super::parts::Order;
use super::{Drops, Gradients, Plain, Voyage, add, masked};

/// What units leave for their gradients; rows in reading order.
#[derive(Default)]
pub struct Remembered {
    order: Order,
    layers: Vec<Layer>,
}

struct Layer {
    /// What they read, with what was dropped of it, and by what it was multiplied.
    x: Vec<f32>,
    mask: Option<Vec<f32>>,
    /// What they remembered before each row. `[row, d]`
    before: Vec<f32>,
    gates: Vec<f32>,
}

/// Steps of a lot at least.
const LOT: usize = 4;

impl Plain {
    /// What units remember of each step's messages: `[step, d]`. Where nothing is learned, the steps
    /// are dealt out to all cores, and nothing is left.
    pub(super) fn local(&self, voyage: &Voyage, drops: &mut Drops) -> (Vec<f32>, Remembered) {
        let messages = &voyage.batch.messages[voyage.steps.clone()];
        let width = self.shape.features;
        let features = &voyage.batch.features[voyage.first * width..];
        if drops.0.is_some() {
            return self.remembered(messages, features, drops);
        }
        let lot = messages.len().div_ceil(rayon::current_num_threads()).max(LOT);
        let mut at = 0;
        let mut lots = Vec::with_capacity(messages.len().div_ceil(lot));
        for own in messages.chunks(lot) {
            lots.push((own, at));
            at += own.iter().sum::<u32>() as usize;
        }
        let remembered = |(own, at): (&[u32], usize)| {
            self.remembered(own, &features[at * width..], &mut Drops(None)).0
        };
        let parts: Vec<_> = lots.into_par_iter().map(remembered).collect();
        (parts.concat(), Remembered::default())
    }

    /// What units remember at the ends of sequences of these lengths, whose numbers lie one behind
    /// the other: `[sequence, d]`.
    fn remembered(
        &self,
        lengths: &[u32],
        features: &[f32],
        drops: &mut Drops,
    ) -> (Vec<f32>, Remembered) {
        let (d, width) = (self.shape.units, self.shape.features);
        let order = Order::of(lengths);
        let (n_rows, n_most) = (order.places.len(), order.rows.first().map_or(0, Vec::len));
        let learns = drops.0.is_some();
        let mut x: Vec<f32> = Vec::with_capacity(n_rows * width);
        for row in order.rows.iter().flatten() {
            x.extend_from_slice(&features[row * width..][..width]);
        }
        let mut layers = Vec::with_capacity(self.shape.layers);
        for layer in 0..self.shape.layers {
            let of = |part: &str| self.part(&format!("local.{layer}.{part}"));
            let (input, state, bias) = (of("input"), of("state"), of("state_bias"));
            let mask = if layer > 0 { drops.mask(x.len()) } else { None };
            masked(&mut x, mask.as_ref());
            let mut read = of("input_bias").values.repeat(n_rows);
            add_product(&x, input, &mut read);
            let mut states = vec![0.0; n_rows * d];
            // Where nothing is learned, one step's gates and states will do.
            let n_kept = if learns { n_rows } else { n_most };
            let mut before = vec![0.0; n_kept * d];
            let mut gates = vec![0.0; n_kept * 4 * d];
            let (mut at, mut last) = (0, 0);
            for (t, rows) in order.rows.iter().enumerate() {
                let n = rows.len();
                let (done, rest) = states.split_at_mut(at * d);
                let own = if learns { at } else { 0 };
                let before = &mut before[own * d..][..n * d];
                let mut h = bias.values.repeat(n);
                if t > 0 {
                    // The longest come first: those that go on are the first of the step before.
                    before.copy_from_slice(&done[last * d..][..n * d]);
                    add_product(before, state, &mut h);
                }
                let step = Gated {
                    units: d,
                    x: &read[at * 3 * d..][..n * 3 * d],
                    h: &h,
                    before,
                    after: &mut rest[..n * d],
                    gates: &mut gates[own * 4 * d..][..n * 4 * d],
                };
                step.step();
                (last, at) = (at, at + n);
            }
            layers.push(Layer { x, mask, before, gates });
            x = states;
        }
        let ends = order.lasts.iter().flat_map(|last| &x[last * d..][..d]).copied().collect();
        (ends, Remembered { order, layers })
    }

    /// Adds the gradients of what was remembered at the ends, which have the gradients `d_ends`.
    pub fn remembered_back(&self, kept: &Remembered, d_ends: &[f32], gradients: &mut Gradients) {
        let d = self.shape.units;
        let n_rows = kept.order.places.len();
        let mut ends = vec![0.0; n_rows * d];
        for (last, own) in kept.order.lasts.iter().zip(d_ends.chunks_exact(d)) {
            ends[last * d..][..d].copy_from_slice(own);
        }
        for (layer, own) in kept.layers.iter().enumerate().rev() {
            let place = |part: &str| self.place(&format!("local.{layer}.{part}"));
            let state = &self.parts[place("state")];
            let (mut dread, mut dh) = (vec![0.0; n_rows * 3 * d], vec![0.0; n_rows * 3 * d]);
            let mut end = n_rows;
            for (t, rows) in kept.order.rows.iter().enumerate().rev() {
                let n = rows.len();
                let at = end - n;
                let (earlier, here) = ends.split_at_mut(at * d);
                let here = &mut here[..n * d];
                let step = GatedBack {
                    units: d,
                    gates: &own.gates[at * 4 * d..][..n * 4 * d],
                    before: &own.before[at * d..][..n * d],
                    d: here,
                    dx: &mut dread[at * 3 * d..][..n * 3 * d],
                    dh: &mut dh[at * 3 * d..][..n * 3 * d],
                };
                step.step();
                if t > 0 {
                    add_product_back(&dh[at * 3 * d..][..n * 3 * d], state, here);
                    let last = at - kept.order.rows[t - 1].len();
                    add(&mut earlier[last * d..][..n * d], here);
                }
                end = at;
            }
            let width = own.x.len() / n_rows.max(1);
            add_matrix_back(&own.x, width, &dread, 3 * d, &mut gradients[place("input")]);
            add_matrix_back(&own.before, d, &dh, 3 * d, &mut gradients[place("state")]);
            add_rows(&dread, &mut gradients[place("input_bias")]);
            add_rows(&dh, &mut gradients[place("state_bias")]);
            if layer > 0 {
                ends = vec![0.0; n_rows * d];
                add_product_back(&dread, &self.parts[place("input")], &mut ends);
                masked(&mut ends, own.mask.as_ref());
            }
        }
    }
}
