//! Products of matrices of `f32`, seen where their numbers lie: networks are made of them.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

/// A matrix, or some of its columns, or either on its side.
#[derive(Clone, Copy)]
pub struct Single<'a>(MatRef<'a, f32>);

impl<'a> Single<'a> {
    /// Rows of `width` numbers, one behind the other.
    ///
    /// # Panics
    ///
    /// If the numbers do not fill whole rows.
    pub fn new(values: &'a [f32], width: usize) -> Single<'a> {
        assert!(values.len().is_multiple_of(width), "numbers fill whole rows");
        Single(MatRef::from_row_major_slice(values, values.len() / width, width))
    }

    /// Its columns from `first` on.
    #[must_use]
    pub fn columns(self, first: usize, n: usize) -> Single<'a> {
        Single(self.0.subcols(first, n))
    }

    /// The same on its side: rows are columns.
    #[must_use]
    pub fn turned(self) -> Single<'a> {
        Single(self.0.transpose())
    }
}

/// A matrix, or some of its columns, that takes a product.
pub struct SingleMut<'a>(MatMut<'a, f32>);

impl<'a> SingleMut<'a> {
    /// Rows of `width` numbers, one behind the other.
    ///
    /// # Panics
    ///
    /// If the numbers do not fill whole rows.
    pub fn new(values: &'a mut [f32], width: usize) -> SingleMut<'a> {
        assert!(values.len().is_multiple_of(width), "numbers fill whole rows");
        let n = values.len() / width;
        SingleMut(MatMut::from_row_major_slice_mut(values, n, width))
    }

    /// Its columns from `first` on.
    #[must_use]
    pub fn columns(self, first: usize, n: usize) -> SingleMut<'a> {
        SingleMut(self.0.subcols_mut(first, n))
    }

    /// Takes `left` times `right` times a number, on this thread.
    ///
    /// # Panics
    ///
    /// If sizes do not fit.
    pub fn put(self, left: Single, right: Single, by: f32) {
        matmul(self.0, Accum::Replace, left.0, right.0, by, Par::Seq);
    }

    /// Adds `left` times `right`, on this thread.
    ///
    /// # Panics
    ///
    /// If sizes do not fit.
    pub fn add(self, left: Single, right: Single) {
        matmul(self.0, Accum::Add, left.0, right.0, 1.0, Par::Seq);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_of_columns_and_of_what_lies_on_its_side_are_those_by_hand() {
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; // 2 x 3
        let mut out = [10.0; 4];
        SingleMut::new(&mut out, 2).add(Single::new(&a, 3), Single::new(&a, 3).turned());
        assert_eq!(out, [24.0, 42.0, 42.0, 87.0]);
        // The last two columns of a on their side, times the first, halved, into the second column.
        let (of, first) = (Single::new(&a, 3), Single::new(&a, 3).columns(0, 1));
        let mut out = [0.0; 4];
        SingleMut::new(&mut out, 2).columns(1, 1).put(of.columns(1, 2).turned(), first, 0.5);
        assert_eq!(out, [0.0, 11.0, 0.0, 13.5]);
    }
}
