//! One channel of several, at every step.

use super::super::super::arithmetic::sigmoid;
use super::super::super::weights::Part;
use super::super::shape::Aggregation;
use super::attend::Attended;
use super::{Gradients, Plain, add};

/// What aggregation leaves for its gradients.
#[derive(Default)]
pub struct Aggregated {
    /// What went into the last layer.
    inner: Vec<f32>,
    /// What the space channel saw of each of the others.
    seen: Vec<Attended>,
}

/// How a head weighs the channels at a step, with what that comes from.
struct Weighing {
    /// Mean and largest of each channel's numbers, with the place of the largest.
    pooled: [Vec<f32>; 2],
    largest: Vec<usize>,
    /// What the bottleneck makes of either.
    thin: [Vec<f32>; 2],
    /// What each channel weighs.
    shares: Vec<f32>,
}

/// The matrices of the channel attention, a stack of one for each head, and what they weigh.
struct Weigher<'a> {
    n_channels: usize,
    narrow: usize,
    /// Places of squeezing, widening and their biases.
    places: [usize; 4],
    parts: &'a [Part],
}

impl Plain {
    /// One channel of several: `[channel, step, d] -> [step, d]`.
    pub fn aggregated(&self, name: &str, x: &[f32]) -> (Vec<f32>, Aggregated) {
        let (n_channels, d) = (self.shape.channels(), self.shape.units);
        let n = x.len() / n_channels; // Numbers of a channel.
        let channel = |at: usize| &x[at * n..(at + 1) * n];
        let inner = match self.shape.aggregation {
            Aggregation::Cross => {
                let mut seen = Vec::new();
                let mut mean = vec![0.0; n];
                let others = self.others();
                let share = 1.0 / others.len() as f32;
                for at in others {
                    let (own, kept) = self.attended(name, (channel(0), channel(at)));
                    mean.iter_mut().zip(own).for_each(|(sum, x)| *sum += x * share);
                    seen.push(kept);
                }
                return (mean, Aggregated { inner: Vec::new(), seen });
            }
            Aggregation::Concatenation => (0..n)
                .step_by(d)
                .flat_map(|row| (0..n_channels).flat_map(move |at| &channel(at)[row..row + d]))
                .copied()
                .collect(),
            Aggregation::MultiHead | Aggregation::Channel => {
                let weigher = self.weigher(name);
                let mut strongest = vec![0.0; n];
                for (step, out) in strongest.chunks_exact_mut(d).enumerate() {
                    self.each_head(|head, own| {
                        let numbers = |at: usize| &channel(at)[step * d..][own.clone()];
                        let weighing = weigher.weigh(head, &numbers);
                        for (at, share) in weighing.shares.iter().enumerate() {
                            for (out, x) in out[own.clone()].iter_mut().zip(numbers(at)) {
                                *out = if at == 0 { share * x } else { out.max(share * x) };
                            }
                        }
                    });
                }
                strongest
            }
        };
        let out = self.dense(&format!("{name}.out.0"), &inner);
        (out, Aggregated { inner, seen: Vec::new() })
    }

    /// Adds the gradients of the channels `x` to `dx`, both `[channel, step, d]`, where what became
    /// of them has the gradient `d_one`.
    pub fn aggregated_back(
        &self,
        name: &str,
        kept: &Aggregated,
        x: &[f32],
        d_one: &[f32],
        dx: &mut [f32],
        gradients: &mut Gradients,
    ) {
        let (n_channels, d) = (self.shape.channels(), self.shape.units);
        let n = x.len() / n_channels;
        let channel = |at: usize| &x[at * n..(at + 1) * n];
        if self.shape.aggregation == Aggregation::Cross {
            let others = self.others();
            let share = 1.0 / others.len() as f32;
            let d_own: Vec<f32> = d_one.iter().map(|d| d * share).collect();
            for (at, kept) in others.zip(&kept.seen) {
                let both = (channel(0), channel(at));
                let (of_space, of_other) = self.attended_back(name, kept, both, &d_own, gradients);
                add(&mut dx[..n], &of_space);
                add(&mut dx[at * n..(at + 1) * n], &of_other);
            }
            return;
        }
        let d_inner = self.dense_back(&format!("{name}.out.0"), &kept.inner, d_one, gradients);
        if self.shape.aggregation == Aggregation::Concatenation {
            for (step, row) in d_inner.chunks_exact(n_channels * d).enumerate() {
                for (at, own) in row.chunks_exact(d).enumerate() {
                    add(&mut dx[at * n + step * d..][..d], own);
                }
            }
            return;
        }
        let weigher = self.weigher(name);
        for (step, d_row) in d_inner.chunks_exact(d).enumerate() {
            self.each_head(|head, own| {
                let numbers = |at: usize| &channel(at)[step * d..][own.clone()];
                let weighing = weigher.weigh(head, &numbers);
                // Each number came from its strongest channel.
                let mut dshares = vec![0.0; n_channels];
                for (i, d_number) in d_row[own.clone()].iter().enumerate() {
                    let strength = |at: usize| weighing.shares[at] * numbers(at)[i];
                    let best = (1..n_channels)
                        .fold(0, |best, at| if strength(at) > strength(best) { at } else { best });
                    dx[best * n + step * d + own.start + i] += weighing.shares[best] * d_number;
                    dshares[best] += numbers(best)[i] * d_number;
                }
                let d_pooled = weigher.back(head, &weighing, &dshares, gradients);
                let share = 1.0 / own.len() as f32;
                for at in 0..n_channels {
                    let dx = &mut dx[at * n + step * d..][own.clone()];
                    dx.iter_mut().for_each(|dx| *dx += d_pooled[0][at] * share);
                    dx[weighing.largest[at]] += d_pooled[1][at];
                }
            });
        }
    }

    /// Channels that the space channel attends to: the others, or itself where it is alone.
    fn others(&self) -> std::ops::Range<usize> {
        let n_channels = self.shape.channels();
        if n_channels == 1 { 0..1 } else { 1..n_channels }
    }

    /// Goes through the heads of the channel attention and the numbers that each looks at.
    fn each_head(&self, mut each: impl FnMut(usize, std::ops::Range<usize>)) {
        let (heads, _) = self.shape.channel_heads();
        let width = self.shape.units / heads;
        (0..heads).for_each(|head| each(head, head * width..(head + 1) * width));
    }

    fn weigher(&self, name: &str) -> Weigher<'_> {
        let parts = ["squeeze", "widen", "squeeze_bias", "widen_bias"];
        Weigher {
            n_channels: self.shape.channels(),
            narrow: self.shape.channel_heads().1,
            places: parts.map(|part| self.place(&format!("{name}.{part}"))),
            parts: &self.parts,
        }
    }
}

impl Weigher<'_> {
    /// How `head` weighs channels of these numbers.
    fn weigh<'a>(&self, head: usize, numbers: &impl Fn(usize) -> &'a [f32]) -> Weighing {
        let Weigher { n_channels, narrow, .. } = *self;
        let [squeeze, widen, squeeze_bias, widen_bias] =
            self.places.map(|place| &self.parts[place].values);
        let mut largest = Vec::with_capacity(n_channels);
        let mut pooled = [Vec::with_capacity(n_channels), Vec::with_capacity(n_channels)];
        for at in 0..n_channels {
            let x = numbers(at);
            let most = (1..x.len()).fold(0, |most, i| if x[i] > x[most] { i } else { most });
            pooled[0].push(x.iter().sum::<f32>() / x.len() as f32);
            pooled[1].push(x[most]);
            largest.push(most);
        }
        let mut sums = vec![0.0; n_channels];
        let thin = [0, 1].map(|pool| {
            let mut thin = squeeze_bias[head * narrow..][..narrow].to_vec();
            for (at, x) in pooled[pool].iter().enumerate() {
                let row = &squeeze[(head * n_channels + at) * narrow..][..narrow];
                thin.iter_mut().zip(row).for_each(|(sum, weight)| *sum += x * weight);
            }
            for (k, x) in thin.iter().enumerate() {
                let row = &widen[(head * narrow + k) * n_channels..][..n_channels];
                sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += x.max(0.0) * weight);
            }
            add(&mut sums, &widen_bias[head * n_channels..][..n_channels]);
            thin
        });
        let shares = sums.into_iter().map(sigmoid).collect();
        Weighing { pooled, largest, thin, shares }
    }

    /// The gradients of mean and largest of each channel; adds those of the matrices.
    fn back(
        &self,
        head: usize,
        weighing: &Weighing,
        dshares: &[f32],
        gradients: &mut Gradients,
    ) -> [Vec<f32>; 2] {
        let Weigher { n_channels, narrow, .. } = *self;
        let [squeeze, widen, squeeze_bias, widen_bias] = self.places;
        let pairs = dshares.iter().zip(&weighing.shares);
        let dsums: Vec<f32> = pairs.map(|(d, share)| d * share * (1.0 - share)).collect();
        [0, 1].map(|pool| {
            add(&mut gradients[widen_bias][head * n_channels..][..n_channels], &dsums);
            let mut d_pooled = vec![0.0; n_channels];
            for (k, x) in weighing.thin[pool].iter().enumerate() {
                if *x <= 0.0 {
                    continue;
                }
                let at = (head * narrow + k) * n_channels;
                let own = &mut gradients[widen][at..][..n_channels];
                own.iter_mut().zip(&dsums).for_each(|(sum, d)| *sum += x * d);
                let row = &self.parts[widen].values[at..][..n_channels];
                let dthin: f32 = row.iter().zip(&dsums).map(|(weight, d)| weight * d).sum();
                gradients[squeeze_bias][head * narrow + k] += dthin;
                for (channel, d_pooled) in d_pooled.iter_mut().enumerate() {
                    let at = (head * n_channels + channel) * narrow + k;
                    gradients[squeeze][at] += weighing.pooled[pool][channel] * dthin;
                    *d_pooled += self.parts[squeeze].values[at] * dthin;
                }
            }
            d_pooled
        })
    }
}
