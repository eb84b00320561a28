//! The components of the MSSPD weighed, number by number.

use rayon::prelude::*;

use super::condensed::Condensed;
use super::params::{Scale, Weights};

/// So many numbers are weighed at once: neither so few that handing out costs, nor so many that a
/// core waits for another.
const CHUNK: usize = 1 << 15;

/// [`Distances`] seen through [`Weights`]: the same numbers as [`Distances::combine`] gives, where
/// only some of them are wanted at a time.
#[derive(Clone, Copy, Debug)]
pub struct Weighed<'a> {
    // Invariant: one part, or three of one size.
    parts: &'a [Condensed],
    factors: [f32; 3],
    offset: f32,
    most_m: f32,
}

/// What weights are brought to one scale by.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Norms {
    /// Of each part the smallest and the largest number.
    pub ranges: Vec<(f32, f32)>,
    /// The median length of all trips, meters.
    pub trip_m: f32,
}

impl<'a> Weighed<'a> {
    pub(super) fn new(parts: &'a [Condensed], norms: &Norms, weights: &Weights) -> Weighed<'a> {
        if parts.len() == 1 {
            let (factors, most_m) = ([1.0, 0.0, 0.0], f32::INFINITY);
            return Weighed { parts, factors, offset: 0.0, most_m };
        }
        let most_m = if weights.scale == Scale::Trip { norms.trip_m } else { f32::INFINITY };
        let scaled = |weight: f64, part: usize| {
            let (low, high) = match (weights.scale, part) {
                (Scale::Trip, 0) => (0.0, norms.trip_m),
                (Scale::Trip, 1) => (0.0, norms.ranges[part].1),
                (Scale::Trip, _) => (0.0, 180.0),
                (Scale::Minmax | Scale::None, _) => norms.ranges[part],
            };
            match weights.scale {
                Scale::None => (weight / 3.0, 0.0),
                Scale::Minmax | Scale::Trip if high > low => {
                    let factor = weight / 3.0 / f64::from(high - low);
                    (factor, -factor * f64::from(low))
                }
                Scale::Minmax | Scale::Trip => (0.0, 0.0),
            }
        };
        let terms = [scaled(weights.sspd, 0), scaled(weights.sog, 1), scaled(weights.cog, 2)];
        let offset = terms.iter().map(|(_, offset)| offset).sum::<f64>() as f32;
        Weighed { parts, factors: terms.map(|(factor, _)| factor as f32), offset, most_m }
    }

    /// How many trips there are.
    pub fn n(&self) -> usize {
        self.parts[0].n()
    }

    /// Writes row `i` above the diagonal, the distances to `i + 1`, `i + 2`, …, into `to`.
    ///
    /// # Panics
    ///
    /// If `to` is of another length.
    pub fn copy_row(&self, i: usize, to: &mut [f32]) {
        match self.parts {
            [sspd, sog, cog] => self.sum([sspd.row(i), sog.row(i), cog.row(i)], to),
            parts => to.copy_from_slice(parts[0].row(i)),
        }
    }

    /// Writes all numbers into `combined`.
    ///
    /// # Panics
    ///
    /// If it is of another size.
    pub fn copy_all(&self, combined: &mut Condensed) {
        assert_eq!(combined.n(), self.n(), "a matrix of the same trips");
        let [sspd, sog, cog] = self.parts else {
            combined.values_mut().copy_from_slice(self.parts[0].values());
            return;
        };
        let parts = sspd.values().par_chunks(CHUNK).zip(sog.values().par_chunks(CHUNK));
        let parts = parts.zip(cog.values().par_chunks(CHUNK));
        let chunks = combined.values_mut().par_chunks_mut(CHUNK).zip(parts);
        chunks.for_each(|(to, ((x, y), z))| self.sum([x, y, z], to));
    }

    fn sum(&self, [x, y, z]: [&[f32]; 3], to: &mut [f32]) {
        assert!([x, y, z].iter().all(|part| part.len() == to.len()), "columns of one length");
        let ([a, b, c], offset, most_m) = (self.factors, self.offset, self.most_m);
        for (((to, x), y), z) in to.iter_mut().zip(x).zip(y).zip(z) {
            let x = if *x < most_m { *x } else { most_m };
            let sum = a * x + b * y + c * z + offset;
            // Rounding may leave the smallest a hair below zero.
            *to = if sum < 0.0 { 0.0 } else { sum };
        }
    }
}
