//! Distances between all trips: half a matrix as it is kept, a whole one as methods read it.

use rayon::prelude::*;

use crate::base::job::{Job, Stopped};

/// How many rows are filled at once: their columns share cache lines of the half matrix.
const ROWS_A_BLOCK: usize = 64;

/// Why numbers are no distances between trips.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MatrixError {
    /// The count of numbers fits no whole number of trips, or another one.
    #[error("{found} distances among {n} trips; there must be {expected}")]
    WrongLength {
        /// How many trips there should be.
        n: usize,
        /// How many numbers were given.
        found: usize,
        /// How many pairs there are.
        expected: usize,
    },
    /// Something that is no distance.
    #[error("the distance between trips {i} and {j} is {value}; it must be 0 or more")]
    NoDistance {
        /// The first trip of the pair.
        i: usize,
        /// The second.
        j: usize,
        /// What was found: NaN or a number below 0.
        value: f32,
    },
}

/// The distances of all pairs of `n` trips, each pair once: row by row above the diagonal.
///
/// A distance is 0 or more, in whatever unit the metric has, and may be infinite where trips were
/// not worth measuring. Pair (i, j), i < j, stands at `i n - i (i + 1) / 2 + j - i - 1`, the order of
/// `scipy.spatial.distance.squareform`.
#[derive(Debug, Clone, PartialEq)]
pub struct Condensed {
    // Invariant: `values` holds n (n - 1) / 2 numbers, none NaN or below 0.
    n: usize,
    values: Vec<f32>,
}

impl Condensed {
    /// Takes the distances of `n` trips, if there is one for each pair and each is 0 or more.
    pub fn new(n: usize, mut values: Vec<f32>) -> Result<Condensed, MatrixError> {
        let expected = n * n.saturating_sub(1) / 2;
        if values.len() != expected {
            return Err(MatrixError::WrongLength { n, found: values.len(), expected });
        }
        match values.iter().position(|value| value.is_nan() || *value < 0.0) {
            None => {
                // -0 becomes 0, so that the bits of distances are in order.
                values.iter_mut().for_each(|value| *value = value.abs());
                Ok(Condensed { n, values })
            }
            Some(at) => {
                let i = (0..n).rfind(|i| start_of(n, *i) <= at).unwrap_or(0);
                let j = i + 1 + at - start_of(n, i);
                Err(MatrixError::NoDistance { i, j, value: values[at] })
            }
        }
    }

    /// Measures every pair of `n` trips with `between`. For tests and small sets: one core, and a
    /// NaN becomes infinite.
    pub fn from_fn(n: usize, between: impl Fn(usize, usize) -> f32) -> Condensed {
        let pairs = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
        let distance = |(i, j)| {
            let value: f32 = between(i, j);
            if value.is_nan() { f32::INFINITY } else { value.abs() }
        };
        Condensed { n, values: pairs.map(distance).collect() }
    }

    /// How many trips there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there are no trips.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The distance between trips `i` and `j`, in either order.
    ///
    /// # Panics
    ///
    /// If there is no such trip.
    pub fn between(&self, i: usize, j: usize) -> f32 {
        assert!(i.max(j) < self.n, "no trip {} among {}", i.max(j), self.n);
        if i == j {
            return 0.0;
        }
        let (i, j) = (i.min(j), i.max(j));
        self.values[start_of(self.n, i) + j - i - 1]
    }
}

/// Where row `i` of a half matrix begins.
fn start_of(n: usize, i: usize) -> usize {
    i * n - i * (i + 1) / 2
}

/// The same distances as a whole matrix, so that the distances of one trip lie side by side.
///
/// Twice the memory (400 MB for 10,000 trips), but every method here reads whole rows, and a column
/// of the half matrix is a cache miss for each number.
#[derive(Debug, Clone, PartialEq)]
pub struct Square {
    // Invariant: symmetric, `n` rows of `n`, zero on the diagonal, none NaN or below 0.
    n: usize,
    values: Vec<f32>,
}

impl Square {
    /// Unfolds `matrix`.
    pub fn new(matrix: &Condensed, job: &Job) -> Result<Square, Stopped> {
        let n = matrix.n;
        let mut values = vec![0.0; n * n];
        job.expect(n);
        values.par_chunks_mut((n * ROWS_A_BLOCK).max(1)).enumerate().try_for_each(
            |(block, rows)| {
                let first = block * ROWS_A_BLOCK;
                let here = rows.len() / n;
                // Left of the block: short pieces of the half matrix's rows, turned.
                for j in 0..first {
                    let from = start_of(n, j) + first - j - 1;
                    for (i, value) in matrix.values[from..from + here].iter().enumerate() {
                        rows[i * n + j] = *value;
                    }
                }
                for i in 0..here {
                    let trip = first + i;
                    let from = start_of(n, trip);
                    rows[i * n + trip + 1..(i + 1) * n]
                        .copy_from_slice(&matrix.values[from..from + n - trip - 1]);
                    for j in 0..i {
                        rows[i * n + first + j] = rows[j * n + trip];
                    }
                }
                job.advance(here)
            },
        )?;
        Ok(Square { n, values })
    }

    /// How many trips there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there are no trips.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The distances of trip `i` to every trip, itself included.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.values[i * self.n..(i + 1) * self.n]
    }

    /// The distance between two trips.
    pub fn between(&self, i: usize, j: usize) -> f32 {
        self.row(i)[j]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_stand_row_by_row() {
        let matrix = Condensed::new(4, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert_eq!(
            [matrix.between(0, 3), matrix.between(2, 1), matrix.between(2, 3)],
            [3.0, 4.0, 6.0]
        );
        assert_eq!(matrix.between(2, 2), 0.0);
    }

    #[test]
    fn a_square_has_every_pair_twice() {
        for n in [0, 1, 2, 63, 64, 65, 200] {
            let matrix = Condensed::from_fn(n, |i, j| (i * 1000 + j) as f32);
            let square = Square::new(&matrix, &Job::default()).unwrap();
            for i in 0..n {
                for j in 0..n {
                    assert_eq!(square.between(i, j), matrix.between(i, j), "{n}: {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_distance_is_named_by_its_pair() {
        let nan = Condensed::new(4, vec![0.0, 0.0, 0.0, 0.0, f32::NAN, 0.0]);
        assert!(matches!(nan, Err(MatrixError::NoDistance { i: 1, j: 3, .. })), "{nan:?}");
        let minus = Condensed::new(2, vec![-1.0]);
        assert_eq!(
            minus.unwrap_err().to_string(),
            "the distance between trips 0 and 1 is -1; it must be 0 or more"
        );
        let short = Condensed::new(4, vec![0.0; 5]);
        assert_eq!(short, Err(MatrixError::WrongLength { n: 4, found: 5, expected: 6 }));
    }
}
