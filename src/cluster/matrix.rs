//! Distances between all trips as methods read them: a whole matrix, made of the half that is kept.

use rayon::prelude::*;

use super::ClusterError;
use crate::base::job::{Job, Stopped};
use crate::distance::{Condensed, Distances, Weights};

/// The edge of the squares in which the half matrix is turned: so many rows at once are written
/// through as many pages of memory as the processor keeps at hand.
const TILE: usize = 32;

/// The distances of all pairs of trips, each pair twice, so that those of one trip lie side by side.
///
/// A distance is 0 or more, in whatever unit the metric has; infinite where trips are in no way
/// near. Twice the memory of the half matrix (400 MB for 10,000 trips), but most methods read whole
/// rows, and a column of the half matrix is a cache miss for each number.
#[derive(Debug, Clone, PartialEq)]
pub struct Square {
    // Invariant: symmetric, `n` rows of `n`, zero on the diagonal, none NaN or below 0.
    n: usize,
    values: Vec<f32>,
}

impl Square {
    /// Unfolds `matrix`.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoDistance`], in words, for a number that is NaN or below 0;
    /// [`Stopped::Cancelled`] if the job was cancelled.
    pub fn new(matrix: &Condensed, job: &Job) -> Result<Square, Stopped> {
        Square::of_rows(matrix.n(), |i, to| to.copy_from_slice(matrix.row(i)), job)
    }

    /// The matrix that [`Distances::combine`] gives, unfolded without being made in between.
    ///
    /// # Errors
    ///
    /// As [`Square::new`].
    pub fn weighed(distances: &Distances, weights: &Weights, job: &Job) -> Result<Square, Stopped> {
        let weighed = distances.weighed(weights);
        Square::of_rows(distances.n(), |i, to| weighed.copy_row(i, to), job)
    }

    /// The matrix whose row `i`, from the diagonal on, `row` writes.
    fn of_rows(
        n: usize,
        row: impl Fn(usize, &mut [f32]) + Sync,
        job: &Job,
    ) -> Result<Square, Stopped> {
        let mut values = vec![0.0; n * n];
        job.expect(n);
        values.par_chunks_mut(n.max(1)).enumerate().try_for_each(|(i, whole)| {
            let right = &mut whole[i + 1..];
            row(i, right);
            if let Some(at) = right.iter().position(|value| value.is_nan() || *value < 0.0) {
                let error = ClusterError::NoDistance { i, j: i + 1 + at, value: right[at] };
                return Err(Stopped::from(error));
            }
            // -0 becomes 0, so that the bits of distances are in order.
            right.iter_mut().for_each(|value| *value = value.abs());
            job.step()
        })?;
        mirror(&mut values, n, 0);
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

/// Writes what lies to the right of the diagonal to its left too, in `rows` of `n` numbers, of which
/// the first is row `first` of the matrix, and as far as their own columns reach.
fn mirror(rows: &mut [f32], n: usize, first: usize) {
    let count = if n == 0 { 0 } else { rows.len() / n };
    if count <= TILE {
        for i in 0..count {
            for j in i + 1..count {
                rows[j * n + first + i] = rows[i * n + first + j];
            }
        }
        return;
    }
    // Tiles stay whole, so that they are turned at once.
    let half = (count / 2).next_multiple_of(TILE);
    let (above, below) = rows.split_at_mut(half * n);
    let middle = first + half;
    below.par_chunks_mut(TILE * n).enumerate().for_each(|(chunk, below)| {
        let from = middle + chunk * TILE;
        for (tile, above) in above.chunks(TILE * n).enumerate() {
            turn(above, below, n, from, first + tile * TILE);
        }
    });
    rayon::join(|| mirror(above, n, first), || mirror(below, n, middle));
}

/// Writes the columns of `above` from `from` on as rows into `below`, from column `to` on.
fn turn(above: &[f32], below: &mut [f32], n: usize, from: usize, to: usize) {
    let height = above.len() / n;
    let width = below.len() / n;
    let mut tile = [[0.0_f32; TILE]; TILE];
    for (j, row) in above.chunks_exact(n).enumerate() {
        for (turned, value) in tile.iter_mut().zip(&row[from..from + width]) {
            turned[j] = *value;
        }
    }
    for (row, turned) in below.chunks_exact_mut(n).zip(&tile) {
        row[to..to + height].copy_from_slice(&turned[..height]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_has_every_pair_twice() {
        for n in [0, 1, 2, 31, 32, 33, 63, 64, 65, 97, 200] {
            let matrix = Condensed::from_fn(n, |i, j| (i * 1000 + j) as f32);
            let square = Square::new(&matrix, &Job::default()).unwrap();
            assert_eq!(square.len(), n);
            for i in 0..n {
                for j in 0..n {
                    assert_eq!(square.between(i, j), matrix.get(i, j), "{n}: {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_distance_is_named_by_its_pair() {
        let found = |n, values| Square::new(&Condensed::new(n, values), &Job::default());
        let nan = found(4, vec![0.0, 0.0, 0.0, 0.0, f32::NAN, 0.0]).unwrap_err();
        let words = "the distance between trips 1 and 3 is NaN; it must be 0 or more";
        assert_eq!(nan, Stopped::Failed(words.into()));
        let minus = found(2, vec![-1.0]).unwrap_err();
        let words = "the distance between trips 0 and 1 is -1; it must be 0 or more";
        assert_eq!(minus, Stopped::Failed(words.into()));
        let zero = found(2, vec![-0.0]).unwrap();
        assert_eq!(zero.between(1, 0).to_bits(), 0, "a zero without a sign");
    }
}
