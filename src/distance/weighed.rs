//! The components of the MSSPD weighed, number by number.

use rayon::prelude::*;

use super::condensed::Condensed;
use super::params::{Scale, Weights};
use super::paths::Paths;

/// So many numbers are weighed at once: neither so few that handing out costs, nor so many that a
/// core waits for another.
const CHUNK: usize = 1 << 15;

/// [`Distances`](super::Distances) seen through [`Weights`]: the same numbers as
/// [`Distances::combine`](super::Distances::combine) gives, where only some of them are wanted at a
/// time.
#[derive(Clone, Copy, Debug)]
pub struct Weighed<'a> {
    // Invariant: one part, or three of one size.
    parts: &'a [Condensed],
    factors: Factors,
}

/// What weights are brought to one scale by.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Norms {
    /// Of each part the smallest and the largest number.
    pub ranges: Vec<(f32, f32)>,
    /// The median length of all trips, meters.
    pub trip_m: f32,
}

impl Norms {
    /// As far as they can be told without a look at any pair: enough for [`Scale::Trip`], and for
    /// [`Scale::None`].
    pub(super) fn of_paths(paths: &Paths) -> Norms {
        let sog_kn = (0..paths.len()).map(|path| paths.mean_sog_kn(path));
        let sog_kn = sog_kn.filter(|sog_kn| !sog_kn.is_nan());
        let ends = |(low, high): (f32, f32), sog_kn: f32| (low.min(sog_kn), high.max(sog_kn));
        let (low, high) = sog_kn.fold((f32::INFINITY, f32::NEG_INFINITY), ends);
        let most_kn = if low < high { high - low } else { 0.0 };
        let ranges = vec![(0.0, 0.0), (0.0, most_kn), (0.0, 0.0)];
        Norms { ranges, trip_m: paths.median_length_m() }
    }
}

/// How the components of the MSSPD are added up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Factors {
    /// Of each component.
    pub by: [f32; 3],
    /// Added at last.
    pub offset: f32,
    /// A greater SSPD counts as this, meters; such trips' courses as opposite.
    pub most_m: f32,
}

/// The difference of courses of trips that are too far apart to sail together, degrees.
pub(super) const FAR_COG_DEG: f32 = 180.0;

impl Factors {
    pub(super) fn new(norms: &Norms, weights: &Weights) -> Factors {
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
        Factors { by: terms.map(|(factor, _)| factor as f32), offset, most_m }
    }

    /// The weighted sum of SSPD, difference of speeds and of courses.
    #[inline]
    pub(super) fn sum(self, x: f32, y: f32, z: f32) -> f32 {
        let [a, b, c] = self.by;
        let (x, z) = if x < self.most_m { (x, z) } else { (self.most_m, FAR_COG_DEG) };
        let sum = a * x + b * y + c * z + self.offset;
        // Rounding may leave the smallest a hair below zero.
        if sum < 0.0 { 0.0 } else { sum }
    }
}

impl<'a> Weighed<'a> {
    pub(super) fn new(parts: &'a [Condensed], norms: &Norms, weights: &Weights) -> Weighed<'a> {
        let factors = if parts.len() == 1 {
            Factors { by: [1.0, 0.0, 0.0], offset: 0.0, most_m: f32::INFINITY }
        } else {
            Factors::new(norms, weights)
        };
        Weighed { parts, factors }
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
        let factors = self.factors;
        for (((to, x), y), z) in to.iter_mut().zip(x).zip(y).zip(z) {
            *to = factors.sum(*x, *y, *z);
        }
    }
}
