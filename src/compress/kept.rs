//! Which reports of which trips are kept.

use std::ops::Range;

use crate::ais::Trip;

/// Which reports of each trip are kept.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Kept {
    // Invariant: `starts` as in `Measured`; `n` is the number of `true` in `mask`.
    starts: Vec<usize>,
    mask: Vec<bool>,
    n: usize,
}

impl Kept {
    /// What `mask` says, where trip *i* owns `mask[starts[i]..starts[i + 1]]`.
    ///
    /// # Panics
    ///
    /// If `starts` does not divide the mask.
    pub fn new(starts: Vec<usize>, mask: Vec<bool>) -> Kept {
        let n = mask.iter().filter(|is_kept| **is_kept).count();
        Kept::counted(starts, mask, n)
    }

    pub(super) fn counted(starts: Vec<usize>, mask: Vec<bool>, n: usize) -> Kept {
        assert!(starts.is_sorted(), "starts never decrease");
        assert_eq!(starts.last().copied().unwrap_or_default(), mask.len(), "starts span the mask");
        Kept { starts, mask, n }
    }

    /// How many trips there are.
    pub fn trips(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many reports the trips have.
    pub fn reports_in(&self) -> usize {
        self.mask.len()
    }

    /// How many of them are kept.
    pub fn reports_kept(&self) -> usize {
        self.n
    }

    /// The share that is kept, 0 to 1; 1 of nothing.
    pub fn share(&self) -> f64 {
        if self.mask.is_empty() { 1.0 } else { self.n as f64 / self.mask.len() as f64 }
    }

    /// For each report of trip `trip`, whether it is kept.
    pub fn of(&self, trip: usize) -> &[bool] {
        &self.mask[self.range(trip)]
    }

    /// For each report of all trips, one trip after the other, whether it is kept.
    pub fn mask(&self) -> &[bool] {
        &self.mask
    }

    /// The kept reports of trip `trip`, counted from its first.
    pub fn indices(&self, trip: usize) -> impl Iterator<Item = usize> {
        self.of(trip).iter().enumerate().filter(|(_, is_kept)| **is_kept).map(|(index, _)| index)
    }

    /// For each of the `n` reports of a fleet, whether a trip keeps it; `trips` are those that
    /// were compressed.
    ///
    /// # Panics
    ///
    /// If `trips` are others.
    pub fn over_fleet(&self, trips: &[Trip], n: usize) -> Vec<bool> {
        assert_eq!(trips.len(), self.trips(), "the trips that were compressed");
        let mut mask = vec![false; n];
        for (index, trip) in trips.iter().enumerate() {
            mask[trip.reports.clone()].copy_from_slice(self.of(index));
        }
        mask
    }

    fn range(&self, trip: usize) -> Range<usize> {
        self.starts[trip]..self.starts[trip + 1]
    }
}
