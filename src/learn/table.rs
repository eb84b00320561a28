//! Samples as networks take them: rows of single-precision numbers, and sequences.

use crate::base::rng::Rng;
use crate::base::rows::Rows;

/// Numbers in rows of equal width, `[row, column]`, row by row, in single precision.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    // Invariant: `width` divides the number of values; it is 0 only where there are none.
    width: usize,
    values: Vec<f32>,
}

impl Table {
    /// The rows that lie in `values` one behind the other.
    ///
    /// # Panics
    ///
    /// If `width` does not divide the number of values.
    pub fn new(width: usize, values: Vec<f32>) -> Table {
        let is_whole =
            if width == 0 { values.is_empty() } else { values.len().is_multiple_of(width) };
        assert!(is_whole, "values fill whole rows");
        Table { width, values }
    }

    /// The same rows in single precision.
    pub fn from_rows(rows: &Rows) -> Table {
        Table::new(rows.width(), rows.values().iter().map(|x| *x as f32).collect())
    }

    /// The same rows in double precision.
    pub fn to_rows(&self) -> Rows {
        Rows::from_values(self.width.max(1), self.values.iter().map(|x| f64::from(*x)).collect())
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many numbers a row holds.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Row `i`.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.width..(i + 1) * self.width]
    }

    /// The rows in their order.
    pub fn iter(&self) -> std::slice::ChunksExact<'_, f32> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// All numbers, row by row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// All numbers, by themselves.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// The rows at `places`, one behind the other.
    pub(super) fn gathered(&self, places: &[usize]) -> Vec<f32> {
        let mut values = Vec::with_capacity(places.len() * self.width);
        places.iter().for_each(|place| values.extend_from_slice(self.row(*place)));
        values
    }

    /// The first row with a number that is not finite.
    pub(super) fn first_not_finite(&self) -> Option<usize> {
        let at = self.values.iter().position(|x| !x.is_finite())?;
        Some(at / self.width)
    }
}

impl<'a> IntoIterator for &'a Table {
    type Item = &'a [f32];
    type IntoIter = std::slice::ChunksExact<'a, f32>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Which samples teach and which are held out, by their places.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Split {
    /// Those that teach.
    pub train: Vec<usize>,
    /// Those that the validation loss is measured on; none where training goes without.
    pub validation: Vec<usize>,
}

impl Split {
    /// Holds out `share` of `n` samples, drawn by `seed`; at least one teaches.
    pub fn by_share(n: usize, share: f64, seed: u64) -> Split {
        let mut places: Vec<usize> = (0..n).collect();
        Rng::new(seed, SPLIT).shuffle(&mut places);
        let held = ((n as f64 * share) as usize).min(n.saturating_sub(1));
        let mut train = places.split_off(held);
        train.sort_unstable();
        places.sort_unstable();
        Split { train, validation: places }
    }

    /// All `n` samples teach.
    pub fn all(n: usize) -> Split {
        Split { train: (0..n).collect(), validation: Vec::new() }
    }
}

/// The stream of a seed that splits are drawn from.
const SPLIT: u64 = 0x5b11;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_holds_out_its_share_and_loses_nothing() {
        let split = Split::by_share(100, 0.2, 3);
        assert_eq!((split.train.len(), split.validation.len()), (80, 20));
        let mut all = [split.train.clone(), split.validation.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..100).collect::<Vec<_>>());
        assert_eq!(Split::by_share(100, 0.2, 3), split);
        assert_ne!(Split::by_share(100, 0.2, 4), split);
        assert_eq!(Split::by_share(1, 0.9, 0).train, [0]);
    }

    #[test]
    fn rows_come_back_in_the_order_that_is_asked_for() {
        let table = Table::new(2, vec![1.0, 2.0, 3.0, 4.0]);
        assert_eq!(table.gathered(&[1, 0]), [3.0, 4.0, 1.0, 2.0]);
        assert_eq!(table.first_not_finite(), None);
        assert_eq!(Table::new(2, vec![1.0, 2.0, f32::NAN, 4.0]).first_not_finite(), Some(1));
        assert_eq!(Table::from_rows(&table.to_rows()), table);
    }
}
