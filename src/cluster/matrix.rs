//! Distances between all trips as methods read them: a whole matrix, made of the half that is kept.

use std::sync::{Arc, Mutex, PoisonError};

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
#[derive(Debug, Clone)]
pub struct Square {
    // Invariant: symmetric, `n` rows of `n`, zero on the diagonal, none NaN or below 0.
    n: usize,
    values: Vec<f32>,
    spare: Spare,
}

/// Memory of a matrix that is not needed any more, kept for the next one of its size.
///
/// To be given a hundred megabytes by the operating system takes several times as long as to fill
/// them. Whoever makes one matrix after the other, as a weight moves, keeps one of these and hands
/// it to each; a [`Square`] leaves its memory here when it goes. Clones share what they keep: one
/// matrix at most.
#[derive(Debug, Clone, Default)]
pub struct Spare(Arc<Mutex<Vec<f32>>>);

impl Spare {
    /// So many numbers: all zero, or those of an earlier matrix of as many.
    fn take(&self, len: usize) -> Vec<f32> {
        let kept = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if kept.len() == len { kept } else { vec![0.0; len] }
    }

    fn leave(&self, values: Vec<f32>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = values;
    }
}

impl Drop for Square {
    fn drop(&mut self) {
        self.spare.leave(std::mem::take(&mut self.values));
    }
}

impl PartialEq for Square {
    fn eq(&self, other: &Square) -> bool {
        self.n == other.n && self.values == other.values
    }
}

impl Square {
    /// Unfolds `matrix`.
    ///
    /// # Errors
    ///
    /// [`ClusterError::NoDistance`], in words, for a number that is NaN or below 0;
    /// [`Stopped::Cancelled`] if the job was cancelled.
    pub fn new(matrix: &Condensed, job: &Job) -> Result<Square, Stopped> {
        let row = |i: usize, to: &mut [f32]| to.copy_from_slice(matrix.row(i));
        Square::of_rows(matrix.n(), row, &Spare::default(), job)
    }

    /// The matrix that [`Distances::combine`] gives, unfolded without being made in between, where
    /// `spare` has memory for it.
    ///
    /// # Errors
    ///
    /// As [`Square::new`].
    pub fn weighed(
        distances: &Distances,
        weights: &Weights,
        spare: &Spare,
        job: &Job,
    ) -> Result<Square, Stopped> {
        let weighed = distances.weighed(weights);
        Square::of_rows(distances.n(), |i, to| weighed.copy_row(i, to), spare, job)
    }

    /// The matrix of which `row` writes row `i` to the right of the diagonal.
    fn of_rows(
        n: usize,
        row: impl Fn(usize, &mut [f32]) + Sync,
        spare: &Spare,
        job: &Job,
    ) -> Result<Square, Stopped> {
        // What is taken over is zero on its diagonal, and written anew elsewhere.
        let mut square = Square { n, values: spare.take(n * n), spare: spare.clone() };
        job.expect(n);
        square.values.par_chunks_mut(n.max(1)).enumerate().try_for_each(|(i, whole)| {
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
        mirror(&mut square.values, n, 0);
        Ok(square)
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
    let count = rows.len().checked_div(n).unwrap_or_default();
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
        let row = &row[from..from + width];
        if let Ok(row) = <&[f32; TILE]>::try_from(row) {
            // All but the last tiles: as many steps as the compiler can count.
            (0..TILE).for_each(|i| tile[i][j] = row[i]);
        } else {
            tile.iter_mut().zip(row).for_each(|(turned, value)| turned[j] = *value);
        }
    }
    for (row, turned) in below.chunks_exact_mut(n).zip(&tile) {
        let row = &mut row[to..to + height];
        if let Ok(row) = <&mut [f32; TILE]>::try_from(&mut *row) {
            *row = *turned;
        } else {
            row.copy_from_slice(&turned[..height]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;
    use crate::distance::{DistanceParams, Line, Metric, Paths, measure};

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

    #[test]
    fn a_matrix_in_used_memory_holds_nothing_of_the_earlier_one() {
        let row = |i: usize, to: &mut [f32]| {
            to.iter_mut().zip(i + 1..).for_each(|(to, j)| *to = (100 * i + j) as f32);
        };
        let (spare, job) = (Spare::default(), Job::default());
        let fresh = Square::of_rows(70, row, &Spare::default(), &job).unwrap();
        let nines = |_: usize, to: &mut [f32]| to.fill(9.0);
        let first = Square::of_rows(70, nines, &spare, &job).unwrap();
        let place = first.values.as_ptr();
        drop(first);
        let second = Square::of_rows(70, row, &spare, &job).unwrap();
        assert_eq!(second.values.as_ptr(), place, "the same memory");
        assert_eq!(second, fresh);
        drop(second);
        assert_eq!(Square::of_rows(3, row, &spare, &job).unwrap().values.len(), 9);
    }

    #[test]
    fn a_weighed_square_is_the_combined_matrix() {
        let mut rng = Rng::new(2, 0);
        let line = |_| Line {
            xy_m: (0..5).map(|_| [rng.between(0.0, 1e4), rng.between(0.0, 1e4)]).collect(),
            sog_kn: vec![rng.between(0.0, 20.0) as f32; 5],
            cog_deg: vec![rng.between(0.0, 360.0) as f32; 5],
        };
        let lines: Vec<Line> = (0..80).map(line).collect();
        let paths = Paths::from_lines(&lines, 0).unwrap();
        for metric in [Metric::Sspd, Metric::Msspd] {
            let params = DistanceParams { metric, ..DistanceParams::default() };
            let distances = measure(&paths, &params, &Job::default()).unwrap();
            for sspd in [0.6, 0.2] {
                let weights = Weights { sspd, sog: 0.8 - sspd, ..Weights::default() };
                let combined = distances.combine(&weights);
                let plain = Square::new(&combined, &Job::default()).unwrap();
                let weighed =
                    Square::weighed(&distances, &weights, &Spare::default(), &Job::default());
                assert_eq!(weighed.unwrap(), plain, "{metric:?}");
            }
        }
    }
}
