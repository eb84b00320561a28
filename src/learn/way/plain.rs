//! WAY asked on the processor: the sums of [`super::forward`], without a tensor library between.
//!
//! Asked about a single ship, the library spends more time on beginning operations and on copies
//! than on products. Here a step's numbers are read where they lie, messages of different steps and
//! different voyages are reckoned on all cores, and the gates' functions are those of
//! [`super::super::arithmetic`].

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::super::arithmetic::{add_product, affine, gated, normed, sigmoid, softmax};
use super::super::weights::{Part, Weights};
use super::batch::VoyageBatch;
use super::forward::space_of;
use super::parts::{EPSILON, Order, Places};
use super::shape::{Aggregation, WayShape};
use super::space::time_encoding;

/// A network of the kind WAY, to be asked on the processor.
#[derive(Clone)]
pub struct Plain {
    shape: WayShape,
    places: Places,
    weights: Arc<Weights>,
}

/// The steps and messages of one voyage of a batch.
struct Voyage<'a> {
    batch: &'a VoyageBatch,
    /// Its place, and those of its steps.
    at: usize,
    steps: Range<usize>,
    /// The place of its first message.
    first: usize,
}

impl Plain {
    /// One of a WAY's matrices.
    pub fn new(shape: &WayShape, weights: &Weights) -> Plain {
        let places = Places::of(&shape.slots());
        Plain { shape: shape.clone(), places, weights: Arc::new(weights.clone()) }
    }

    /// What the network tells of every step of a batch: shares of the ports, and numbers of the
    /// arrival, in the shape's days, of a network that learned it.
    pub fn tell(&self, batch: &VoyageBatch) -> (Vec<f32>, Option<Vec<f32>>) {
        let mut first = 0;
        let mut voyage = |(at, (start, n)): (usize, (usize, &u32))| {
            let steps = start..start + *n as usize;
            let own = Voyage { batch, at, steps: steps.clone(), first };
            first += batch.messages[steps].iter().sum::<u32>() as usize;
            own
        };
        let voyages: Vec<Voyage> =
            batch.starts().into_iter().zip(&batch.steps).enumerate().map(&mut voyage).collect();
        let told: Vec<_> = voyages.par_iter().map(|voyage| self.told(voyage)).collect();
        let (ports, days): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        (ports.concat(), self.shape.days.map(|_| days.concat()))
    }

    fn told(&self, voyage: &Voyage) -> (Vec<f32>, Vec<f32>) {
        let x = self.steps(voyage);
        let mut ports = self.dense("ports", &x);
        ports.chunks_exact_mut(self.shape.ports).for_each(softmax);
        let days = self.shape.days.map(|_| self.dense("arrival", &x));
        (ports, days.unwrap_or_default())
    }

    fn part(&self, name: &str) -> &Part {
        &self.weights.parts[self.places.of_name(name)]
    }

    /// `x` through the layer `name`.
    fn dense(&self, name: &str, x: &[f32]) -> Vec<f32> {
        affine(x, self.part(&format!("{name}.0.weight")), self.part(&format!("{name}.0.bias")))
    }

    /// What heads read at every step of a voyage: `[step, d]`.
    fn steps(&self, voyage: &Voyage) -> Vec<f32> {
        let shape = &self.shape;
        let n = voyage.steps.len() * shape.units; // Numbers of a channel.
        let mut x = self.channels(voyage); // [channel, step, d], space first
        for layer in 0..shape.layers {
            let name = |part: &str| format!("block.{layer}.{part}");
            let one = self.aggregated(&name("channels"), &x);
            let one = self.added(&name("channels"), one, &x[..n]);
            let seen = self.attended(&name("steps"), &one, &one);
            let one = self.added(&name("steps"), seen, &one);
            x[..n].copy_from_slice(&one);
            if layer + 1 == shape.layers {
                x.truncate(n); // Of the last block nobody reads the other channels.
            }
            let mut wide = self.dense(&name("feed"), &x);
            wide.iter_mut().for_each(|x| *x = x.max(0.0));
            let feed = name("feed");
            let fed = affine(
                &wide,
                self.part(&format!("{feed}.1.weight")),
                self.part(&format!("{feed}.1.bias")),
            );
            x = self.added(&feed, fed, &x);
        }
        x
    }

    /// A residual connection and the norm behind it.
    fn added(&self, name: &str, mut added: Vec<f32>, x: &[f32]) -> Vec<f32> {
        added.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
        let of = |part: &str| &self.part(&format!("{name}.{part}")).values;
        normed(&mut added, of("norm"), of("norm_bias"), EPSILON as f32);
        added
    }

    /// The channels one below the other, space first: `[channel, step, d]`.
    fn channels(&self, voyage: &Voyage) -> Vec<f32> {
        let (shape, batch, d) = (&self.shape, voyage.batch, self.shape.units);
        let mut channels = space_of(&batch.centers[voyage.steps.clone()], d);
        let days = &batch.days[voyage.steps.clone()];
        let times: Vec<f32> =
            days.iter().flat_map(|days| time_encoding(f64::from(*days), d)).collect();
        if shape.local {
            let local = self.local(voyage);
            channels.extend(local.iter().zip(&times).map(|(x, time)| x + time));
        }
        let mut looked_up = |name: &str, class: u32| {
            let row = &self.part(name).values[class as usize * d..][..d];
            let times = times.chunks_exact(d);
            channels.extend(times.flat_map(|time| time.iter().zip(row).map(|(a, b)| a + b)));
        };
        if shape.departure {
            looked_up("departure.table", batch.from[voyage.at]);
        }
        if shape.ship_type {
            looked_up("type.table", batch.kinds[voyage.at]);
        }
        channels
    }

    /// What gated units remember of each step's messages: `[step, d]`; the steps dealt out to all
    /// cores.
    fn local(&self, voyage: &Voyage) -> Vec<f32> {
        let messages = &voyage.batch.messages[voyage.steps.clone()];
        let lot = messages.len().div_ceil(rayon::current_num_threads()).max(4);
        let mut at = voyage.first;
        let mut lots = Vec::with_capacity(messages.len().div_ceil(lot));
        for own in messages.chunks(lot) {
            lots.push((own, at));
            at += own.iter().sum::<u32>() as usize;
        }
        let remembered = |(own, at): (&[u32], usize)| {
            let width = self.shape.features;
            self.remembered(own, &voyage.batch.features[at * width..])
        };
        lots.into_par_iter().map(remembered).collect::<Vec<_>>().concat()
    }

    /// What units remember at the ends of sequences of these lengths, whose numbers lie one behind
    /// the other: `[sequence, d]`.
    fn remembered(&self, lengths: &[u32], features: &[f32]) -> Vec<f32> {
        let (d, width) = (self.shape.units, self.shape.features);
        let order = Order::of(lengths);
        let mut x: Vec<f32> = Vec::with_capacity(order.places.len() * width);
        for row in order.rows.iter().flatten() {
            x.extend_from_slice(&features[row * width..][..width]);
        }
        for layer in 0..self.shape.layers {
            let of = |part: &str| self.part(&format!("local.{layer}.{part}"));
            let (state, bias) = (of("state"), of("state_bias"));
            let input = of("input");
            let mut read = of("input_bias").values.repeat(x.len() / input.shape[0]);
            add_product(&x, input, &mut read);
            x = vec![0.0; order.places.len() * d];
            let nothing = vec![0.0; order.rows.first().map_or(0, Vec::len) * d];
            let (mut at, mut before) = (0, 0);
            for (t, rows) in order.rows.iter().enumerate() {
                let n = rows.len();
                let (done, rest) = x.split_at_mut(at * d);
                // The longest come first: those that go on are the first of the step before.
                let old = if t == 0 { &nothing[..] } else { &done[before * d..][..n * d] };
                let mut h = bias.values.repeat(n);
                if t > 0 {
                    add_product(old, state, &mut h);
                }
                let read = read[at * 3 * d..].chunks_exact(3 * d);
                let states = rest[..n * d].chunks_exact_mut(d).zip(old.chunks_exact(d));
                for (((new, old), x), h) in states.zip(read).zip(h.chunks_exact(3 * d)) {
                    gated(x, h, old, new);
                }
                (before, at) = (at, at + n);
            }
        }
        order.lasts.iter().flat_map(|last| &x[last * d..][..d]).copied().collect()
    }

    /// One channel of several, at every step: `[channel, step, d] -> [step, d]`.
    fn aggregated(&self, name: &str, x: &[f32]) -> Vec<f32> {
        let (n_channels, d) = (self.shape.channels(), self.shape.units);
        let n = x.len() / n_channels; // Numbers of a channel.
        let channel = |at: usize| &x[at * n..(at + 1) * n];
        match self.shape.aggregation {
            Aggregation::Concatenation => {
                let rows = (0..n).step_by(d);
                let beside: Vec<f32> = rows
                    .flat_map(|row| (0..n_channels).flat_map(move |at| &channel(at)[row..row + d]))
                    .copied()
                    .collect();
                self.dense(&format!("{name}.out"), &beside)
            }
            Aggregation::Cross => {
                // Alone, the space channel attends to itself.
                let others = if n_channels == 1 { 0..1 } else { 1..n_channels };
                let share = 1.0 / others.len() as f32;
                let mut mean = vec![0.0; n];
                for at in others {
                    let seen = self.attended(name, channel(0), channel(at));
                    mean.iter_mut().zip(seen).for_each(|(sum, x)| *sum += x * share);
                }
                mean
            }
            Aggregation::MultiHead | Aggregation::Channel => {
                let mut strongest = vec![0.0; n];
                for (step, out) in strongest.chunks_exact_mut(d).enumerate() {
                    self.strongest(name, |at| &channel(at)[step * d..][..d], out);
                }
                self.dense(&format!("{name}.out"), &strongest)
            }
        }
    }

    /// The largest of the channels at a step, number by number, each weighted head by head.
    fn strongest<'a>(&self, name: &str, channel: impl Fn(usize) -> &'a [f32], out: &mut [f32]) {
        let n_channels = self.shape.channels();
        let (heads, narrow) = self.shape.channel_heads();
        let width = out.len() / heads;
        let of = |part: &str| &self.part(&format!("{name}.{part}")).values;
        let (squeeze, squeeze_bias) = (of("squeeze"), of("squeeze_bias"));
        let (widen, widen_bias) = (of("widen"), of("widen_bias"));
        let mut shares = vec![0.0; n_channels];
        let mut thin = vec![0.0; narrow];
        for head in 0..heads {
            let own = head * width..(head + 1) * width;
            shares.fill(0.0);
            let mean = |x: &[f32]| x.iter().sum::<f32>() / width as f32;
            let most = |x: &[f32]| x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            for pool in [&mean as &dyn Fn(&[f32]) -> f32, &most] {
                thin.copy_from_slice(&squeeze_bias[head * narrow..][..narrow]);
                for at in 0..n_channels {
                    let pooled = pool(&channel(at)[own.clone()]);
                    let row = &squeeze[(head * n_channels + at) * narrow..][..narrow];
                    thin.iter_mut().zip(row).for_each(|(sum, weight)| *sum += pooled * weight);
                }
                for (at, share) in shares.iter_mut().enumerate() {
                    let column = |k: usize| widen[(head * narrow + k) * n_channels + at];
                    let sum: f32 = (0..narrow).map(|k| thin[k].max(0.0) * column(k)).sum();
                    *share += sum + widen_bias[head * n_channels + at];
                }
            }
            for (at, share) in shares.iter().enumerate() {
                let share = sigmoid(*share);
                for (out, x) in out[own.clone()].iter_mut().zip(&channel(at)[own.clone()]) {
                    *out = if at == 0 { share * x } else { out.max(share * x) };
                }
            }
        }
    }

    /// What heads of attention give for every step that attends to the steps up to itself: queries
    /// of `x`, keys and values of `other`, each `[step, d]`.
    fn attended(&self, name: &str, x: &[f32], other: &[f32]) -> Vec<f32> {
        let (d, heads) = (self.shape.units, self.shape.heads);
        let of = |part: &str, x: &[f32]| self.dense(&format!("{name}.{part}"), x);
        let (queries, keys, values) = (of("query", x), of("key", other), of("value", other));
        let width = d / heads;
        let size = (width as f32).sqrt().recip();
        let mut mixed = vec![0.0; x.len()];
        let mix = |(k, (out, query)): (usize, (&mut [f32], &[f32]))| {
            let mut shares = vec![0.0; k + 1];
            for head in 0..heads {
                let own = head * width..(head + 1) * width;
                for (share, key) in shares.iter_mut().zip(keys.chunks_exact(d)) {
                    let pairs = query[own.clone()].iter().zip(&key[own.clone()]);
                    *share = pairs.map(|(a, b)| a * b).sum::<f32>() * size;
                }
                softmax(&mut shares);
                for (share, value) in shares.iter().zip(values.chunks_exact(d)) {
                    let pairs = out[own.clone()].iter_mut().zip(&value[own.clone()]);
                    pairs.for_each(|(out, value)| *out += share * value);
                }
            }
        };
        mixed.chunks_exact_mut(d).zip(queries.chunks_exact(d)).enumerate().for_each(mix);
        self.dense(&format!("{name}.out"), &mixed)
    }
}
