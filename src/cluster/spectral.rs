//! Spectral clustering: groups that a random walk along near trips seldom leaves.

use rayon::prelude::*;
use serde::Serialize;

use super::eigen::{Sparse, largest};
use super::labels::Labels;
use super::matrix::Square;
use super::means::k_means;
use super::near::Neighbors;
use super::sums::{Indices, indices};
use crate::base::job::{Job, Stopped};

/// Affinities below this are left out; their sum over 10,000 trips changes no eigenvalue by 1e-5.
const NEGLIGIBLE: f32 = 1e-9;

/// How many times k-means begins anew.
const STARTS: usize = 5;

/// The eigenvalues and eigenvectors from which the clusters of every k up to some largest follow.
#[derive(Debug, Clone, PartialEq)]
pub struct Spectrum {
    values: Vec<f64>,
    // [n, values.len()]
    vectors: Vec<f64>,
    n: usize,
}

impl Spectrum {
    /// Finds the `k_max` smallest eigenvalues of the normalized Laplacian of the affinities
    /// `exp(-d² / (s_i s_j))`, 0 of a trip to itself, where `s_i` is trip i's distance to its
    /// `scale_neighbor`-th neighbor (7 in the paper). Fewer if there are fewer trips.
    ///
    /// Takes O(n²) time for the affinities and O(n `k_max`²) and more for the vectors.
    ///
    /// # Panics
    ///
    /// If fewer neighbors than `scale_neighbor` and fewer than all others are known.
    ///
    /// # Reference
    ///
    /// Ng, Jordan, Weiss (2001), *On spectral clustering*; Zelnik-Manor, Perona (2004), *Self-tuning
    /// spectral clustering*. Departure: affinities below 1e-9 are taken as 0.
    pub fn new(
        square: &Square,
        near: &Neighbors,
        k_max: usize,
        scale_neighbor: usize,
        seed: u64,
        job: &Job,
    ) -> Result<Spectrum, Stopped> {
        let matrix = normalized_affinity(square, near, scale_neighbor, job)?;
        let (values, vectors) = largest(&matrix, k_max, seed, job)?;
        let values = values.iter().map(|value| (1.0 - value).max(0.0)).collect();
        Ok(Spectrum { values, vectors, n: square.len() })
    }

    /// The smallest eigenvalues of the Laplacian, rising from 0. As many as are nearly 0 are the
    /// routes; a jump after the k-th speaks for k clusters.
    pub fn eigenvalues(&self) -> &[f64] {
        &self.values
    }

    /// How many clusters can be asked for.
    pub fn k_max(&self) -> usize {
        self.values.len()
    }

    /// The k after which eigenvalues jump most, from 2 up; none if fewer than three are known.
    pub fn largest_gap(&self) -> Option<usize> {
        let gap = |k: usize| self.values[k] - self.values[k - 1];
        (2..self.values.len()).max_by(|a, b| gap(*a).total_cmp(&gap(*b)).then(b.cmp(a)))
    }

    /// Groups trips into `k` clusters: k-means on rows of the first `k` vectors, each of length 1.
    /// No trip is noise. None if `k` is 0 or above [`Spectrum::k_max`].
    pub fn labels(&self, k: usize, seed: u64, job: &Job) -> Result<Option<Labels>, Stopped> {
        if k == 0 || k > self.k_max() {
            return Ok(None);
        }
        let mut points = Vec::with_capacity(self.n * k);
        for row in self.vectors.chunks_exact(self.k_max()) {
            let length = row[..k].iter().map(|x| x * x).sum::<f64>().sqrt();
            let scale = if length > 0.0 { 1.0 / length } else { 0.0 };
            points.extend(row[..k].iter().map(|x| (x * scale) as f32));
        }
        Ok(k_means(&points, k, k, STARTS, seed, job)?.map(|means| means.labels))
    }
}

/// What k clusters are worth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KRow {
    /// How many clusters were asked for.
    pub k: usize,
    /// The indices of what came of it.
    pub indices: Indices,
}

/// The indices of spectral clustering for k = 2 and up to what `spectrum` holds.
pub fn k_curve(
    square: &Square,
    spectrum: &Spectrum,
    seed: u64,
    job: &Job,
) -> Result<Vec<KRow>, Stopped> {
    (2..=spectrum.k_max())
        .into_par_iter()
        .map(|k| {
            let labels = spectrum.labels(k, seed, job)?.unwrap_or_default();
            Ok(KRow { k, indices: indices(square, &labels) })
        })
        .collect()
}

fn normalized_affinity(
    square: &Square,
    near: &Neighbors,
    scale_neighbor: usize,
    job: &Job,
) -> Result<Sparse, Stopped> {
    let n = square.len();
    let mut scales = near.core_distances((scale_neighbor + 1).min(n));
    // Identical trips have no scale: the least of the others' serves.
    let positive = scales.iter().copied().filter(|s| *s > 0.0 && s.is_finite());
    let least = positive.fold(f32::INFINITY, f32::min);
    let least = if least.is_finite() { least } else { 1.0 };
    scales.iter_mut().for_each(|s| *s = if *s > 0.0 && s.is_finite() { *s } else { least });
    let farthest = -NEGLIGIBLE.ln();
    job.expect(n);
    let rows: Vec<(Vec<u32>, Vec<f32>)> = (0..n)
        .into_par_iter()
        .map(|i| {
            let (mut columns, mut values) = (Vec::new(), Vec::new());
            for (j, d) in square.row(i).iter().enumerate() {
                let exponent = (d / scales[i]) * (d / scales[j]);
                if j != i && exponent < farthest {
                    columns.push(j as u32);
                    values.push((-exponent).exp());
                }
            }
            job.step()?;
            Ok((columns, values))
        })
        .collect::<Result<_, Stopped>>()?;
    let root = |(_, values): &(Vec<u32>, Vec<f32>)| {
        let degree: f64 = values.iter().map(|value| f64::from(*value)).sum();
        if degree > 0.0 { 1.0 / degree.sqrt() } else { 0.0 }
    };
    let roots: Vec<f64> = rows.iter().map(root).collect();
    let mut matrix = Sparse { starts: vec![0], columns: Vec::new(), values: Vec::new() };
    for (i, (columns, values)) in rows.into_iter().enumerate() {
        let scaled = columns
            .iter()
            .zip(&values)
            .map(|(j, value)| (f64::from(*value) * roots[i] * roots[*j as usize]) as f32);
        matrix.values.extend(scaled);
        matrix.columns.extend(columns);
        matrix.starts.push(matrix.columns.len());
    }
    Ok(matrix)
}

#[cfg(test)]
mod tests {
    use super::super::agreement::agreement;
    use super::*;
    use crate::base::rng::Rng;
    use crate::distance::Condensed;

    fn ground(places: &[f64]) -> (Square, Neighbors) {
        let matrix = Condensed::from_fn(places.len(), |i, j| (places[i] - places[j]).abs() as f32);
        let square = Square::new(&matrix, &Job::default()).unwrap();
        let near = Neighbors::new(&square, 10, &Job::default()).unwrap();
        (square, near)
    }

    #[test]
    fn as_many_eigenvalues_are_0_as_there_are_groups() {
        let mut rng = Rng::new(8, 0);
        for per in [20, 60] {
            let places: Vec<f64> =
                (0..4 * per).map(|i| 1000.0 * f64::from(i % 4) + rng.unit()).collect();
            let (square, near) = ground(&places);
            let spectrum = Spectrum::new(&square, &near, 8, 7, 1, &Job::default()).unwrap();
            let values = spectrum.eigenvalues();
            assert!(values[3] < 1e-6 && values[4] > 1e-3, "{values:?}");
            assert!(values.is_sorted());
            assert_eq!(spectrum.largest_gap(), Some(4));
            let labels = spectrum.labels(4, 1, &Job::default()).unwrap().unwrap();
            let truth: Vec<Option<u32>> = (0..4 * per as u32).map(|i| Some(i % 4)).collect();
            assert_eq!(agreement(&truth, labels.as_slice()).unwrap().ari, 1.0);
            let curve = k_curve(&square, &spectrum, 1, &Job::default()).unwrap();
            let best = curve.iter().max_by(|a, b| {
                a.indices.silhouette.unwrap().total_cmp(&b.indices.silhouette.unwrap())
            });
            assert_eq!(best.unwrap().k, 4);
        }
    }

    #[test]
    fn odd_sets_give_a_spectrum_too() {
        for places in [vec![], vec![1.0], vec![1.0, 1.0], vec![5.0; 30]] {
            let (square, near) = ground(&places);
            let spectrum = Spectrum::new(&square, &near, 5, 7, 1, &Job::default()).unwrap();
            assert_eq!(spectrum.k_max(), places.len().min(5));
            assert!(spectrum.eigenvalues().iter().all(|value| value.is_finite()));
            assert_eq!(spectrum.labels(6, 1, &Job::default()), Ok(None));
        }
    }
}
