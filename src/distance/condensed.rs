//! A symmetric matrix with an empty diagonal, of which one half is kept.

/// Distances between all pairs of `n` things: the half above the diagonal, row after row, as
/// `scipy.spatial.distance.squareform` lays it out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Condensed {
    // Invariant: `values.len() == n_pairs(n)`.
    n: usize,
    values: Vec<f32>,
}

/// How many pairs `n` things make.
pub fn n_pairs(n: usize) -> usize {
    if n.is_multiple_of(2) { n / 2 * n.saturating_sub(1) } else { n * (n / 2) }
}

/// Where the pair `(i, j)` lies.
///
/// # Panics
///
/// Unless `i < j < n`.
///
/// ```
/// use fairway::distance::condensed::index;
/// assert_eq!((index(4, 0, 1), index(4, 0, 3), index(4, 1, 2), index(4, 2, 3)), (0, 2, 3, 5));
/// ```
pub fn index(n: usize, i: usize, j: usize) -> usize {
    assert!(i < j && j < n, "a pair is two different things, the first one first");
    row_start(n, i) + (j - i - 1)
}

/// Where row `i` starts.
fn row_start(n: usize, i: usize) -> usize {
    n_pairs(n) - n_pairs(n - i)
}

impl Condensed {
    /// The matrix of `n` things with these values.
    ///
    /// # Panics
    ///
    /// If there are not [`n_pairs`] of them.
    pub fn new(n: usize, values: Vec<f32>) -> Condensed {
        assert_eq!(values.len(), n_pairs(n), "a value a pair");
        Condensed { n, values }
    }

    /// All zero.
    pub fn zeros(n: usize) -> Condensed {
        Condensed { n, values: vec![0.0; n_pairs(n)] }
    }

    /// The matrix of `n` things, each pair `i < j` measured by `between`, on one core: for small
    /// sets and tests.
    pub fn from_fn(n: usize, between: impl Fn(usize, usize) -> f32) -> Condensed {
        let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
        Condensed { n, values: pairs.map(|(i, j)| between(i, j)).collect() }
    }

    /// How many things there are.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The half above the diagonal, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The same, to be changed.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The half above the diagonal, row after row, by itself.
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// The distance between two things, in either order; zero from a thing to itself.
    ///
    /// # Panics
    ///
    /// If there is no such thing.
    pub fn get(&self, i: usize, j: usize) -> f32 {
        match i.cmp(&j) {
            std::cmp::Ordering::Less => self.values[index(self.n, i, j)],
            std::cmp::Ordering::Equal => 0.0,
            std::cmp::Ordering::Greater => self.values[index(self.n, j, i)],
        }
    }

    /// Row `i` above the diagonal: the distances to `i + 1`, `i + 2`, …
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[row_start(self.n, i)..row_start(self.n, i + 1)]
    }

    /// All rows above the diagonal, each to be filled by itself; the last is empty.
    pub fn rows_mut(&mut self) -> Vec<&mut [f32]> {
        let mut rest = self.values.as_mut_slice();
        let mut rows = Vec::with_capacity(self.n);
        for i in 0..self.n {
            let (row, after) = rest.split_at_mut(self.n - 1 - i);
            rows.push(row);
            rest = after;
        }
        rows
    }

    /// The distances from thing `i` to every thing, itself included, into `to`.
    pub fn copy_row(&self, i: usize, to: &mut Vec<f32>) {
        to.clear();
        to.extend((0..i).map(|j| self.values[index(self.n, j, i)]));
        to.push(0.0);
        to.extend_from_slice(self.row(i));
    }

    /// The smallest and the largest number, leaving out what is not one; `None` if there is none.
    pub fn range(&self) -> Option<(f32, f32)> {
        use rayon::prelude::*;
        let of = |values: &[f32]| {
            let mut range = [(f32::INFINITY, f32::NEG_INFINITY); 8];
            for eight in values.chunks(8) {
                for (range, value) in range.iter_mut().zip(eight) {
                    range.0 = if *value < range.0 { *value } else { range.0 };
                    range.1 = if *value > range.1 { *value } else { range.1 };
                }
            }
            range.into_iter().fold((f32::INFINITY, f32::NEG_INFINITY), union)
        };
        let nothing = || (f32::INFINITY, f32::NEG_INFINITY);
        let range = self.values.par_chunks(1 << 16).map(of).reduce(nothing, union);
        (range.0 <= range.1).then_some(range)
    }
}

fn union(a: (f32, f32), b: (f32, f32)) -> (f32, f32) {
    (a.0.min(b.0), a.1.max(b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_place_of_its_own_in_order() {
        for n in 0..20 {
            let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
            let places: Vec<usize> = pairs.map(|(i, j)| index(n, i, j)).collect();
            assert_eq!(places, (0..n_pairs(n)).collect::<Vec<_>>());
        }
        assert_eq!((n_pairs(0), n_pairs(1), n_pairs(2), n_pairs(2000)), (0, 0, 1, 1_999_000));
    }

    #[test]
    fn rows_are_the_matrix() {
        let n = 7;
        let mut matrix = Condensed::zeros(n);
        for (i, row) in matrix.rows_mut().into_iter().enumerate() {
            for (at, value) in row.iter_mut().enumerate() {
                *value = (10 * i + i + 1 + at) as f32;
            }
        }
        let mut row = Vec::new();
        for i in 0..n {
            matrix.copy_row(i, &mut row);
            for (j, value) in row.iter().enumerate() {
                let (low, high) = (i.min(j), i.max(j));
                let expected = if i == j { 0.0 } else { (10 * low + high) as f32 };
                assert_eq!((matrix.get(i, j), *value), (expected, expected));
            }
            assert_eq!(matrix.row(i), &row[i + 1..]);
        }
        assert_eq!(matrix.range(), Some((1.0, 56.0)));
    }

    #[test]
    fn what_is_no_number_has_no_range() {
        assert_eq!(Condensed::zeros(1).range(), None);
        assert_eq!(Condensed::new(3, vec![f32::NAN, 2.0, 5.0]).range(), Some((2.0, 5.0)));
        assert_eq!(Condensed::new(2, vec![f32::NAN]).range(), None);
    }
}
