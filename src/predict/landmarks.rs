//! Kernels between samples, and what a few samples can say of all others.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::base::job::{Job, Stopped};
use crate::base::linalg::{Matrix, cholesky, multiply_here, multiply_upper_here};
use crate::base::params::{Choice, Field};
use crate::base::rows::Rows;

/// What is added to each landmark's kernel with itself, so that near landmarks do not make the
/// features of others large.
const JITTER: f64 = 1e-8;

/// Rows of kernels that are made at a time.
pub(super) const PIECE: usize = 128;

/// How alike two samples are, 1 to 0, by their distance.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Kernel {
    /// `exp(-r^2 / 2)`: smooth in every derivative.
    SquaredExponential,
    /// `(1 + a + a^2 / 3) exp(-a)`, `a = sqrt(5) r`: smooth in two derivatives.
    Matern52,
}

impl Choice for Kernel {
    const CASES: &'static [(&'static str, Kernel)] =
        &[("squared-exponential", Kernel::SquaredExponential), ("matern-5/2", Kernel::Matern52)];
}

impl Kernel {
    /// The kernel at a squared distance in lengths.
    pub fn at(self, squared: f64) -> f64 {
        match self {
            Kernel::SquaredExponential => (-0.5 * squared).exp(),
            Kernel::Matern52 => {
                let a = (5.0 * squared).sqrt();
                (1.0 + a + a * a / 3.0) * (-a).exp()
            }
        }
    }
}

/// How models that weigh kernels stand to the samples they were given.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Basis {
    /// A kernel about each sample.
    Exact,
    /// A kernel about each of some samples drawn by chance; the others were not used.
    Subset {
        /// How many samples there were.
        of: usize,
    },
    /// A kernel about each of some samples drawn by chance, weighed to fit all.
    Nystrom {
        /// How many samples there were.
        of: usize,
    },
}

/// What is done with more samples than an exact solution takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Above {
    /// Kernels about some samples, weighed to fit all.
    Nystrom,
    /// Some samples for all.
    Subset,
}

impl Choice for Above {
    const CASES: &'static [(&'static str, Above)] =
        &[("nystrom", Above::Nystrom), ("subset", Above::Subset)];
}

/// What a form says of [`Above`].
pub(super) const ABOVE_HELP: &str = "What is done with more samples: kernels about some, weighed to fit all (nystrom), or some for all (subset).";

/// Up to how many samples each has its kernel.
pub(super) fn exact_field() -> Field<usize> {
    let help = "Up to how many samples each has its kernel; time grows with the cube.";
    Field { unit: "samples", range: 1..=4000, help }
}

/// How many drawn samples have a kernel otherwise.
pub(super) fn landmarks_field() -> Field<usize> {
    let help = "How many drawn samples have a kernel when there are more than are solved exactly.";
    Field { unit: "samples", range: 1..=4000, help }
}

/// How many drawn samples settings are chosen by, as `help` says.
pub(super) fn tuned_field(help: &'static str) -> Field<usize> {
    Field { unit: "samples", range: 10..=2000, help }
}

/// The seed of what is drawn.
pub(super) fn seed_field() -> Field<usize> {
    Field { unit: "", range: 0..=1_000_000, help: "Seed of what is drawn." }
}

/// Samples about which kernels stand.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(super) struct Points {
    rows: Rows,
    kernel: Kernel,
    length: f64,
    // `[feature, point]`, so that all points are reckoned side by side.
    turned: Matrix,
    squares: Vec<f64>,
}

/// What a file holds.
#[derive(Serialize, Deserialize)]
struct Stored {
    rows: Rows,
    kernel: Kernel,
    length: f64,
}

impl From<Stored> for Points {
    fn from(Stored { rows, kernel, length }: Stored) -> Points {
        Points::new(rows, kernel, length)
    }
}

impl From<Points> for Stored {
    fn from(Points { rows, kernel, length, .. }: Points) -> Stored {
        Stored { rows, kernel, length }
    }
}

impl Points {
    /// Kernels of a length, in the unit of the features, about `rows`.
    pub(super) fn new(rows: Rows, kernel: Kernel, length: f64) -> Points {
        let turned = Matrix::from_rows(&rows).transposed();
        let squares = rows.iter().map(|row| row.iter().map(|x| x * x).sum()).collect();
        Points { rows, kernel, length, turned, squares }
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn n_features(&self) -> usize {
        self.rows.width()
    }

    pub(super) fn length(&self) -> f64 {
        self.length
    }

    /// Whether kernels about these points are numbers: what a file held may say otherwise.
    pub(super) fn is_sound(&self) -> bool {
        let is_long = self.length.is_finite() && self.length > 0.0;
        is_long && !self.rows.is_empty() && self.rows.values().iter().all(|x| x.is_finite())
    }

    /// The kernel of one sample with each point.
    pub(super) fn one(&self, x: &[f64]) -> Vec<f64> {
        let mut kernels = vec![0.0; self.len()];
        for (feature, x) in x.iter().enumerate() {
            let row = self.turned.row(feature);
            kernels.iter_mut().zip(row).for_each(|(sum, z)| *sum += (x - z) * (x - z));
        }
        let scale = 1.0 / (self.length * self.length);
        kernels.iter_mut().for_each(|k| *k = self.kernel.at(*k * scale));
        kernels
    }

    /// The kernels of rows of samples, `x`, with each point: `[sample, point]` into `out`.
    pub(super) fn block(&self, x: &[f64], out: &mut [f64]) {
        multiply_here(x, self.n_features(), &self.turned, out);
        let scale = 1.0 / (self.length * self.length);
        let rows = out.chunks_exact_mut(self.len()).zip(x.chunks_exact(self.n_features()));
        for (row, x) in rows {
            let square: f64 = x.iter().map(|x| x * x).sum();
            for (k, other) in row.iter_mut().zip(&self.squares) {
                *k = self.kernel.at((square + other - 2.0 * *k).max(0.0) * scale);
            }
        }
    }

    /// The kernels of all points with each other.
    pub(super) fn matrix(&self, job: &Job) -> Result<Matrix, Stopped> {
        let n = self.len();
        let mut matrix = Matrix::zeros(n, n);
        let pieces = matrix.values_mut().par_chunks_mut(PIECE * n);
        pieces.zip(self.rows.values().par_chunks(PIECE * self.n_features())).try_for_each(
            |(out, x)| {
                self.block(x, out);
                job.go_on()
            },
        )?;
        for i in 0..n {
            *matrix.at_mut(i, i) = 1.0;
            for j in 0..i {
                *matrix.at_mut(j, i) = matrix.at(i, j);
            }
        }
        Ok(matrix)
    }

    /// Sums of kernels weighed by `weights`, `[point, target]`, plus `constants`, for all samples
    /// on all cores: `[sample, target]`.
    pub(super) fn weighed(&self, x: &Rows, weights: &Matrix, constants: &[f64]) -> Rows {
        let targets = weights.n_columns();
        let mut out = vec![0.0; x.len() * targets];
        let pieces = out.par_chunks_mut(PIECE * targets);
        pieces.zip(x.values().par_chunks(PIECE * x.width())).for_each(|(out, x)| {
            let mut block = vec![0.0; out.len() / targets * self.len()];
            self.block(x, &mut block);
            multiply_here(&block, self.len(), weights, out);
            for row in out.chunks_exact_mut(targets) {
                row.iter_mut().zip(constants).for_each(|(y, constant)| *y += constant);
            }
        });
        Rows::from_values(targets, out)
    }
}

/// Landmarks: samples by which all others are described, so that the scalar product of two
/// descriptions is nearly their kernel, and is the kernel where one of them is a landmark.
///
/// # Reference
///
/// Williams, Seeger (2001), *Using the Nyström method to speed up kernel machines*, NIPS 13. We
/// take the Cholesky factor in place of eigenvectors: any root of the landmarks' matrix does.
pub(super) struct Landmarks<'a> {
    points: &'a Points,
    /// With the kernel matrix of the landmarks `L L'`, this is the inverse of `L'`.
    pub(super) turn: Matrix,
}

impl Landmarks<'_> {
    pub(super) fn of<'a>(points: &'a Points, job: &Job) -> Result<Landmarks<'a>, Stopped> {
        let mut matrix = points.matrix(job)?;
        matrix.add_to_diagonal(JITTER);
        let factor = cholesky(&matrix, job)?;
        let turn = factor.inverse_of_lower(job)?.transposed();
        Ok(Landmarks { points, turn })
    }

    /// The descriptions of rows of samples, `x`: `[sample, landmark]` into `out`.
    pub(super) fn fill(&self, x: &[f64], out: &mut [f64]) {
        let mut kernels = vec![0.0; out.len()];
        self.points.block(x, &mut kernels);
        multiply_upper_here(&kernels, &self.turn, out);
    }

    /// The same with a constant behind each: `[sample, landmark; 1]`.
    pub(super) fn fill_with_constant(&self, x: &[f64], out: &mut [f64]) {
        let m = self.points.len();
        let mut described = vec![0.0; out.len() / (m + 1) * m];
        self.fill(x, &mut described);
        for (row, described) in out.chunks_exact_mut(m + 1).zip(described.chunks_exact(m)) {
            row[..m].copy_from_slice(described);
            row[m] = 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    fn random(n: usize, width: usize, seed: u64) -> Rows {
        let mut rng = Rng::new(seed, 0);
        Rows::from_values(width, (0..n * width).map(|_| rng.normal()).collect())
    }

    #[test]
    fn kernels_by_hand() {
        assert_eq!(Kernel::SquaredExponential.at(0.0), 1.0);
        assert_eq!(Kernel::SquaredExponential.at(2.0), (-1.0_f64).exp());
        assert_eq!(Kernel::Matern52.at(0.0), 1.0);
        assert!((Kernel::Matern52.at(0.2) - 7.0 / 3.0 * (-1.0_f64).exp()).abs() < 1e-15);
    }

    #[test]
    fn one_sample_has_the_same_kernels_as_in_rows() {
        let points = Points::new(random(30, 4, 1), Kernel::Matern52, 1.5);
        let x = random(5, 4, 2);
        let mut block = vec![0.0; 5 * 30];
        points.block(x.values(), &mut block);
        for (row, x) in block.chunks_exact(30).zip(&x) {
            assert!(points.one(x).iter().zip(row).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        let distance = (x.row(2)[0] - points.rows.row(3)[0]).powi(2);
        let distance =
            distance + (1..4).map(|j| (x.row(2)[j] - points.rows.row(3)[j]).powi(2)).sum::<f64>();
        assert!((block[2 * 30 + 3] - Kernel::Matern52.at(distance / 2.25)).abs() < 1e-12);
    }

    #[test]
    fn descriptions_multiply_to_the_kernels_with_landmarks() {
        let points = Points::new(random(20, 4, 1), Kernel::SquaredExponential, 1.0);
        let landmarks = Landmarks::of(&points, &Job::default()).unwrap();
        let x = random(3, 4, 2);
        let (mut far, mut own) = (vec![0.0; 3 * 21], vec![0.0; 20 * 20]);
        landmarks.fill_with_constant(x.values(), &mut far);
        landmarks.fill(points.rows.values(), &mut own);
        for (i, x) in x.iter().enumerate() {
            for (j, kernel) in points.one(x).iter().enumerate() {
                let product: f64 = (0..20).map(|k| far[i * 21 + k] * own[j * 20 + k]).sum();
                assert!((product - kernel).abs() < 1e-6, "{product} {kernel}");
            }
            assert_eq!(far[i * 21 + 20], 1.0);
        }
    }
}
