//! WAY, and its rivals that attend, on the processor: the sums of [`super::forward`] without a tensor
//! library between, and their gradients.
//!
//! Of small networks such a library spends more time on beginning operations, on copies and on
//! functions of single numbers than on products. Here numbers are read where they lie, voyages are
//! reckoned side by side on all cores, one voyage by parts, and gates are passed on the widest vector
//! units. Each part (`remember`, `aggregate`, `attend`) has beside what it gives what it leaves for
//! its gradients, and the way back. A name with `d` before it is the gradient with respect to it.

mod aggregate;
mod attend;
mod learn;
mod remember;
mod tokens;

use std::ops::Range;

use rayon::prelude::*;

use self::aggregate::Aggregated;
use self::attend::Attended;
use self::remember::Remembered;
use super::super::arithmetic::{
    Normed, add_matrix_back, add_product_back, add_rows, affine, normed, normed_back, softmax,
};
use super::super::weights::{Part, Weights};
use super::batch::VoyageBatch;
use super::forward::space_of;
use super::parts::{Places, kept};
use super::shape::{Network, WayShape};
use super::space::times_of;
use crate::base::rng::Rng;

pub use self::learn::Cost;

/// A network on the processor: WAY or a rival that attends.
#[derive(Clone)]
pub struct Plain {
    shape: WayShape,
    places: Places,
    // Invariant: these are the matrices of the shape's slots.
    parts: Vec<Part>,
}

/// Gradients of a loss, a vector for each matrix.
pub type Gradients = Vec<Vec<f32>>;

/// The steps and messages of one voyage of a batch.
#[derive(Clone)]
struct Voyage<'a> {
    batch: &'a VoyageBatch,
    /// Its place, and those of its steps.
    at: usize,
    steps: Range<usize>,
    /// The place of its first message.
    first: usize,
}

fn voyages(batch: &VoyageBatch) -> Vec<Voyage<'_>> {
    let mut first = 0;
    let mut voyages = Vec::with_capacity(batch.steps.len());
    for (at, (start, n)) in batch.starts().into_iter().zip(&batch.steps).enumerate() {
        let steps = start..start + *n as usize;
        voyages.push(Voyage { batch, at, steps: steps.clone(), first });
        first += batch.messages[steps].iter().sum::<u32>() as usize;
    }
    voyages
}

/// What drops numbers while the network learns; nothing where it does not.
struct Drops(Option<(f64, Rng)>);

impl Drops {
    /// By what so many numbers are multiplied.
    fn mask(&mut self, n: usize) -> Option<Vec<f32>> {
        let (rate, rng) = self.0.as_mut().filter(|(rate, _)| *rate > 0.0)?;
        Some(kept(n, *rate, rng))
    }
}

fn masked(x: &mut [f32], mask: Option<&Vec<f32>>) {
    if let Some(mask) = mask {
        x.iter_mut().zip(mask).for_each(|(x, share)| *x *= share);
    }
}

fn add(sum: &mut [f32], x: &[f32]) {
    sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
}

/// What a pass leaves for its gradients.
struct Kept {
    mask: Option<Vec<f32>>,
    local: Option<Remembered>,
    blocks: Vec<Block>,
}

/// What a block leaves.
struct Block {
    /// What came in. `[channel, step, d]`
    x: Vec<f32>,
    /// Of a network with channels, how these became one.
    aggregated: Option<(Aggregated, Joined)>,
    /// After that. `[step, d]`
    one: Vec<f32>,
    attended: Attended,
    looked: Joined,
    /// What is fed forward, and what the inner layer makes of it.
    y: Vec<f32>,
    wide: Vec<f32>,
    fed: Joined,
}

/// What a residual connection with its norm leaves.
struct Joined {
    mask: Option<Vec<f32>>,
    normed: Normed,
}

impl Plain {
    /// Whether networks of this kind can be asked here.
    pub fn takes(network: Network) -> bool {
        matches!(network, Network::Way | Network::Decoder | Network::Traisformer)
    }

    /// One of these matrices, of a kind that is taken.
    pub fn new(shape: &WayShape, weights: &Weights) -> Plain {
        let places = Places::of(&shape.slots());
        Plain { shape: shape.clone(), places, parts: weights.parts.clone() }
    }

    /// Takes other numbers, a vector for each matrix.
    pub fn set(&mut self, values: Vec<Vec<f32>>) {
        for (part, values) in self.parts.iter_mut().zip(values) {
            part.values = values;
        }
    }

    /// What the network tells of every step of a batch: shares of the ports, and numbers of the
    /// arrival, in the shape's days, of a network that learned it.
    pub fn tell(&self, batch: &VoyageBatch) -> (Vec<f32>, Option<Vec<f32>>) {
        let told = |voyage: &Voyage| {
            let (x, _) = self.pass(voyage, &mut Drops(None));
            let mut ports = self.dense("ports.0", &x);
            ports.chunks_exact_mut(self.shape.ports).for_each(softmax);
            let days = self.shape.days.map(|_| self.dense("arrival.0", &x));
            (ports, days.unwrap_or_default())
        };
        let all: Vec<_> = voyages(batch).par_iter().map(told).collect();
        let (ports, days): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        (ports.concat(), self.shape.days.map(|_| days.concat()))
    }

    fn place(&self, name: &str) -> usize {
        self.places.of_name(name)
    }

    fn part(&self, name: &str) -> &Part {
        &self.parts[self.place(name)]
    }

    /// `x` through the layer `name`.
    fn dense(&self, name: &str, x: &[f32]) -> Vec<f32> {
        affine(x, self.part(&format!("{name}.weight")), self.part(&format!("{name}.bias")))
    }

    /// The gradient of what went into the layer `name`; adds those of the layer.
    fn dense_back(&self, name: &str, x: &[f32], d: &[f32], gradients: &mut Gradients) -> Vec<f32> {
        let place = self.place(&format!("{name}.weight"));
        let weight = &self.parts[place];
        let [width, columns] = weight.shape;
        add_matrix_back(x, width, d, columns, &mut gradients[place]);
        add_rows(d, &mut gradients[self.place(&format!("{name}.bias"))]);
        let mut dx = vec![0.0; x.len()];
        add_product_back(d, weight, &mut dx);
        dx
    }

    /// A residual connection and the norm behind it.
    fn joined(
        &self,
        name: &str,
        mut added: Vec<f32>,
        x: &[f32],
        drops: &mut Drops,
    ) -> (Vec<f32>, Joined) {
        let mask = drops.mask(added.len());
        masked(&mut added, mask.as_ref());
        add(&mut added, x);
        let of = |part: &str| &self.part(&format!("{name}.{part}")).values;
        let normed = normed(&mut added, of("norm"), of("norm_bias"));
        (added, Joined { mask, normed })
    }

    /// The gradients of what was added, and, in place, of what it was added to.
    fn joined_back(
        &self,
        name: &str,
        kept: &Joined,
        d: &mut [f32],
        gradients: &mut Gradients,
    ) -> Vec<f32> {
        let at = ["norm", "norm_bias"].map(|part| self.place(&format!("{name}.{part}")));
        let scale = &self.parts[at[0]].values;
        // The matrices of a network are all different ones.
        if let Ok([norm, bias]) = gradients.get_disjoint_mut(at) {
            normed_back(&kept.normed, scale, d, (norm, bias));
        }
        let mut dadded = d.to_vec();
        masked(&mut dadded, kept.mask.as_ref());
        dadded
    }

    /// What heads read at every step of a voyage: `[step, d]`.
    fn pass(&self, voyage: &Voyage, drops: &mut Drops) -> (Vec<f32>, Kept) {
        let shape = &self.shape;
        let n = voyage.steps.len() * shape.units; // Numbers of a channel.
        // [channel, step, d], space first
        let (mut x, local) = match shape.network {
            Network::Way => self.channels(voyage, drops),
            _ => (self.tokens(voyage), None),
        };
        let mask = drops.mask(x.len());
        masked(&mut x, mask.as_ref());
        let mut blocks = Vec::with_capacity(shape.layers);
        for layer in 0..shape.layers {
            let name = |part: &str| format!("block.{layer}.{part}");
            let (one, aggregated) = if shape.network == Network::Way {
                let (one, aggregated) = self.aggregated(&name("channels"), &x);
                let (one, joined) = self.joined(&name("channels"), one, &x[..n], drops);
                (one, Some((aggregated, joined)))
            } else {
                (x.clone(), None)
            };
            let (seen, attended) = self.attended(&name("steps"), (&one, &one));
            let (mut y, looked) = self.joined(&name("steps"), seen, &one, drops);
            if layer + 1 < shape.layers {
                y.extend_from_slice(&x[n..]); // Of the last block nobody reads the other channels.
            }
            let mut wide = self.dense(&name("feed.0"), &y);
            wide.iter_mut().for_each(|x| *x = x.max(0.0));
            let fed = self.dense(&name("feed.1"), &wide);
            let (next, fed) = self.joined(&name("feed"), fed, &y, drops);
            blocks.push(Block { x, aggregated, one, attended, looked, y, wide, fed });
            x = next;
        }
        (x, Kept { mask, local, blocks })
    }

    /// Adds the gradients of a pass, whose result has the gradient `dx`.
    fn pass_back(&self, voyage: &Voyage, kept: &Kept, dx: Vec<f32>, gradients: &mut Gradients) {
        let n = voyage.steps.len() * self.shape.units;
        let mut dx = dx;
        for (layer, block) in kept.blocks.iter().enumerate().rev() {
            let name = |part: &str| format!("block.{layer}.{part}");
            let dfed = self.joined_back(&name("feed"), &block.fed, &mut dx, gradients);
            let mut dwide = self.dense_back(&name("feed.1"), &block.wide, &dfed, gradients);
            for (d, x) in dwide.iter_mut().zip(&block.wide) {
                *d = if *x > 0.0 { *d } else { 0.0 };
            }
            add(&mut dx, &self.dense_back(&name("feed.0"), &block.y, &dwide, gradients));
            let others = dx.split_off(n); // None of the last block.
            let dseen = self.joined_back(&name("steps"), &block.looked, &mut dx, gradients);
            let both = (&block.one[..], &block.one[..]);
            let (of_query, of_other) =
                self.attended_back(&name("steps"), &block.attended, both, &dseen, gradients);
            add(&mut dx, &of_query);
            add(&mut dx, &of_other);
            let Some((aggregated, joined)) = &block.aggregated else { continue };
            let done = self.joined_back(&name("channels"), joined, &mut dx, gradients);
            dx.extend_from_slice(&others);
            dx.resize(block.x.len(), 0.0);
            let name = name("channels");
            self.aggregated_back(&name, aggregated, &block.x, &done, &mut dx, gradients);
        }
        masked(&mut dx, kept.mask.as_ref());
        match self.shape.network {
            Network::Way => self.channels_back(voyage, kept.local.as_ref(), &dx, gradients),
            _ => self.tokens_back(voyage, &dx, gradients),
        }
    }

    /// The channels one below the other, space first: `[channel, step, d]`.
    fn channels(&self, voyage: &Voyage, drops: &mut Drops) -> (Vec<f32>, Option<Remembered>) {
        let (shape, batch, d) = (&self.shape, voyage.batch, self.shape.units);
        let mut channels = space_of(&batch.centers[voyage.steps.clone()], d);
        let times = times_of(&batch.days[voyage.steps.clone()], d);
        let local = shape.local.then(|| {
            let (local, kept) = self.local(voyage, drops);
            channels.extend(local.iter().zip(&times).map(|(x, time)| x + time));
            kept
        });
        for (name, class) in self.looked_up(voyage) {
            let row = &self.part(name).values[class * d..][..d];
            let times = times.chunks_exact(d);
            channels.extend(times.flat_map(|time| time.iter().zip(row).map(|(a, b)| a + b)));
        }
        (channels, local)
    }

    /// Tables in which the channels behind the local one are looked up, and the rows there.
    fn looked_up(&self, voyage: &Voyage) -> impl Iterator<Item = (&'static str, usize)> {
        let (batch, at) = (voyage.batch, voyage.at);
        let departure = self.shape.departure.then(|| ("departure.table", batch.from[at] as usize));
        let kind = self.shape.ship_type.then(|| ("type.table", batch.kinds[at] as usize));
        departure.into_iter().chain(kind)
    }

    fn channels_back(
        &self,
        voyage: &Voyage,
        local: Option<&Remembered>,
        dx: &[f32],
        gradients: &mut Gradients,
    ) {
        let d = self.shape.units;
        let mut channels = dx.chunks_exact(voyage.steps.len() * d).skip(1);
        if let Some((kept, own)) = local.and_then(|kept| Some((kept, channels.next()?))) {
            self.remembered_back(kept, own, gradients);
        }
        for ((name, class), own) in self.looked_up(voyage).zip(channels) {
            add_rows(own, &mut gradients[self.place(name)][class * d..][..d]);
        }
    }
}
