//! Least squares support vector machine: a kernel about each sample, and a constant.

mod params;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use self::params::KernelParams;
pub use super::landmarks::{Above, Basis, Kernel};
use super::landmarks::{Landmarks, Points};
use super::ridge;
use super::samples::{check, draw};
use crate::base::job::{Job, Stopped};
use crate::base::linalg::{Matrix, cholesky, eigen, normal};
use crate::base::rng::Rng;
use crate::base::rows::Rows;

/// The lengths that are tried, in roots of the number of features.
const LENGTHS: [f64; 6] = [0.2, 0.4, 0.7, 1.2, 2.5, 6.0];

/// The regularizations that are tried.
const GAMMAS: [f64; 8] = [0.1, 0.5, 2.0, 10.0, 50.0, 250.0, 2e3, 1e5];

/// A fitted least squares support vector machine, `f(x) = sum of alpha_i K(x, x_i) + b` with
/// `K = exp(-|x - x_i|^2 / 2 sigma^2)`.
///
/// The exact form solves the system `[0 1'; 1 K + I/gamma] [b; alpha] = [0; y]`. Above a size it
/// takes landmarks: either these samples alone, or the Nyström form, which minimizes the squared
/// errors of all samples over functions of kernels about the landmarks (fixed-size LS-SVM; there
/// the landmarks are chosen by entropy, here drawn by chance). [`LsSvm::form`] says which it was.
///
/// # Reference
///
/// Suykens, Van Gestel, De Brabanter, De Moor, Vandewalle (2002), *Least squares support vector
/// machines*, chapters 3 and 6. Their σ² is our 2σ².
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct LsSvm(Saved);

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Saved {
    points: Points,
    gamma: f64,
    basis: Basis,
    /// `[point, target]`.
    alphas: Matrix,
    constants: Vec<f64>,
}

impl From<LsSvm> for Saved {
    fn from(model: LsSvm) -> Saved {
        model.0
    }
}

impl TryFrom<Saved> for LsSvm {
    type Error = String;

    fn try_from(saved: Saved) -> Result<LsSvm, String> {
        let (rows, targets) = (saved.alphas.n_rows(), saved.alphas.n_columns());
        let fits = rows == saved.points.len() && targets == saved.constants.len() && targets > 0;
        if !fits {
            return Err(format!("{rows} x {targets} weights for {} points", saved.points.len()));
        }
        let mut numbers = saved.alphas.values().iter().chain(&saved.constants);
        if !saved.points.is_sound() || !numbers.all(|x| x.is_finite()) {
            return Err("a point or a weight is not finite".into());
        }
        Ok(LsSvm(saved))
    }
}

impl LsSvm {
    /// Learns `y` from `x`, both standardized.
    ///
    /// Takes `O(m^3)` time for m points, and `O(n m^2)` more in the Nyström form. Counts a step a
    /// sample there.
    ///
    /// Fails if there is no sample, or a number is not finite.
    ///
    /// # Panics
    ///
    /// If there are not as many rows of `y` as of `x`.
    pub fn fit(x: &Rows, y: &Rows, params: &KernelParams, job: &Job) -> Result<LsSvm, Stopped> {
        check(x, y, None)?;
        let root = (x.width() as f64).sqrt();
        let mut rng = Rng::new(params.seed as u64, 1);
        let (length, gamma) = if params.chooses {
            let places = draw(x.len(), params.n_tuned, &mut rng);
            choose(&x.take(&places), &y.take(&places), job)?
        } else {
            (params.length * root, params.gamma)
        };
        if x.len() <= params.exact_up_to {
            return exact(x, y, length, gamma, Basis::Exact, job);
        }
        let places = draw(x.len(), params.n_landmarks, &mut rng);
        match params.above {
            Above::Subset => {
                let basis = Basis::Subset { of: x.len() };
                exact(&x.take(&places), &y.take(&places), length, gamma, basis, job)
            }
            Above::Nystrom => nystrom(x, y, &places, length, gamma, job),
        }
    }

    /// Whether each sample has its kernel.
    pub fn basis(&self) -> Basis {
        self.0.basis
    }

    /// How many kernels there are.
    pub fn n_points(&self) -> usize {
        self.0.points.len()
    }

    /// The length of the kernel in the unit of the features, given or chosen: σ.
    pub fn length(&self) -> f64 {
        self.0.points.length()
    }

    /// The regularization, given or chosen: γ.
    pub fn gamma(&self) -> f64 {
        self.0.gamma
    }

    /// How many features a sample has.
    pub fn n_features(&self) -> usize {
        self.0.points.n_features()
    }

    /// How many targets a sample has.
    pub fn n_targets(&self) -> usize {
        self.0.constants.len()
    }

    /// Predicts the targets of one sample.
    ///
    /// # Panics
    ///
    /// If `x` has not as many numbers as there are features, or `out` as there are targets.
    pub fn predict(&self, x: &[f64], out: &mut [f64]) {
        assert_eq!(x.len(), self.n_features(), "a sample has every feature");
        out.copy_from_slice(&self.0.constants);
        for (point, kernel) in self.0.points.one(x).into_iter().enumerate() {
            let row = self.0.alphas.row(point);
            out.iter_mut().zip(row).for_each(|(out, alpha)| *out += kernel * alpha);
        }
    }

    /// Predicts the targets of all samples, on all cores: `[sample, target]`. Last digits may
    /// differ from those of [`LsSvm::predict`].
    ///
    /// # Panics
    ///
    /// If `x` has not as many columns as there are features.
    pub fn predict_all(&self, x: &Rows) -> Rows {
        assert_eq!(x.width(), self.n_features(), "a sample has every feature");
        self.0.points.weighed(x, &self.0.alphas, &self.0.constants)
    }
}

fn exact(
    x: &Rows,
    y: &Rows,
    length: f64,
    gamma: f64,
    basis: Basis,
    job: &Job,
) -> Result<LsSvm, Stopped> {
    let points = Points::new(x.clone(), Kernel::SquaredExponential, length);
    let mut matrix = points.matrix(job)?;
    matrix.add_to_diagonal(1.0 / gamma);
    let factor = cholesky(&matrix, job)?;
    // One solution for the constant's row of the system and each target.
    let ones = factor.solve(&Matrix::from_values(x.len(), 1, vec![1.0; x.len()]));
    let mut alphas = factor.solve(&Matrix::from_rows(y));
    let constants = take_constants(ones.values(), &mut alphas);
    Ok(LsSvm(Saved { points, gamma, basis, alphas, constants }))
}

/// Finds the constants and turns the solutions for y into those of the whole system.
fn take_constants(ones: &[f64], solutions: &mut Matrix) -> Vec<f64> {
    let total: f64 = ones.iter().sum();
    let mut constants = vec![0.0; solutions.n_columns()];
    for i in 0..ones.len() {
        constants.iter_mut().zip(solutions.row(i)).for_each(|(sum, x)| *sum += x / total);
    }
    for (i, one) in ones.iter().enumerate() {
        let row = solutions.row_mut(i).iter_mut().zip(&constants);
        row.for_each(|(alpha, constant)| *alpha -= one * constant);
    }
    constants
}

fn nystrom(
    x: &Rows,
    y: &Rows,
    places: &[usize],
    length: f64,
    gamma: f64,
    job: &Job,
) -> Result<LsSvm, Stopped> {
    let points = Points::new(x.take(places), Kernel::SquaredExponential, length);
    let landmarks = Landmarks::of(&points, job)?;
    let fill = |range: Range<usize>, block: &mut [f64]| {
        let x = &x.values()[range.start * x.width()..range.end * x.width()];
        landmarks.fill_with_constant(x, block);
    };
    let sums = normal(points.len() + 1, y, None, fill, job)?;
    let (sums, constant) = ridge::without_constant(sums);
    let weights = ridge::solve(sums, 1.0 / gamma, job)?;
    let constants = constant.beside(&weights);
    let alphas = landmarks.turn.times(&weights);
    let basis = Basis::Nystrom { of: x.len() };
    Ok(LsSvm(Saved { points, gamma, basis, alphas, constants }))
}

/// What each sample is, less what the others say of it: the exact form's errors without fitting it
/// again for each, `alpha_i / C_ii` with C the inverse of the system's matrix.
/// `[sample, target]`. `length` is in the unit of the features.
///
/// # Reference
///
/// Cawley, Talbot (2004), *Fast exact leave-one-out cross-validation of sparse least-squares support
/// vector machines*, Neural Networks 17(10).
pub fn leave_one_out(
    x: &Rows,
    y: &Rows,
    length: f64,
    gamma: f64,
    job: &Job,
) -> Result<Rows, Stopped> {
    check(x, y, None)?;
    Ok(Spectrum::of(x, y, length, job)?.errors(gamma))
}

/// The length and regularization with the least leave-one-out error.
fn choose(x: &Rows, y: &Rows, job: &Job) -> Result<(f64, f64), Stopped> {
    let root = (x.width() as f64).sqrt();
    let (mut least, mut chosen) = (f64::INFINITY, (root, GAMMAS[3]));
    for length in LENGTHS {
        let spectrum = Spectrum::of(x, y, length * root, job)?;
        for gamma in GAMMAS {
            job.go_on()?;
            let error: f64 = spectrum.errors(gamma).values().iter().map(|e| e * e).sum();
            if error < least {
                (least, chosen) = (error, (length * root, gamma));
            }
        }
    }
    Ok(chosen)
}

/// The kernel matrix by its eigenvectors, so that every regularization costs `O(n^2)`.
struct Spectrum {
    values: Vec<f64>,
    vectors: Matrix,
    /// y and ones along the eigenvectors, `[eigenvector, target; 1]`.
    turned: Matrix,
}

impl Spectrum {
    fn of(x: &Rows, y: &Rows, length: f64, job: &Job) -> Result<Spectrum, Stopped> {
        let points = Points::new(x.clone(), Kernel::SquaredExponential, length);
        let matrix = points.matrix(job)?;
        job.go_on()?;
        let found = eigen(&matrix)?;
        let mut right = Matrix::zeros(x.len(), y.width() + 1);
        for (i, y) in y.iter().enumerate() {
            let row = right.row_mut(i);
            row[..y.len()].copy_from_slice(y);
            row[y.len()] = 1.0;
        }
        let turned = found.vectors.transposed().times(&right);
        Ok(Spectrum { values: found.values, vectors: found.vectors, turned })
    }

    fn errors(&self, gamma: f64) -> Rows {
        let inverse: Vec<f64> =
            self.values.iter().map(|value| 1.0 / (value.max(0.0) + 1.0 / gamma)).collect();
        let mut scaled = self.turned.clone();
        for (i, share) in inverse.iter().enumerate() {
            scaled.row_mut(i).iter_mut().for_each(|x| *x *= share);
        }
        let solved = self.vectors.times(&scaled);
        let (n, targets) = (solved.n_rows(), solved.n_columns() - 1);
        let ones: Vec<f64> = (0..n).map(|i| solved.at(i, targets)).collect();
        let total: f64 = ones.iter().sum();
        let mut alphas = Matrix::zeros(n, targets);
        for i in 0..n {
            alphas.row_mut(i).copy_from_slice(&solved.row(i)[..targets]);
        }
        take_constants(&ones, &mut alphas);
        let mut errors = Rows::from_values(targets, alphas.values().to_vec());
        for (i, one) in ones.iter().enumerate() {
            let own = self.vectors.row(i).iter().zip(&inverse).map(|(v, share)| v * v * share);
            let own = own.sum::<f64>() - one * one / total;
            // Of a single sample, the others say nothing: it is off by the constant, which is 0.
            let own = if own > 1e-12 { own } else { f64::INFINITY };
            errors.row_mut(i).iter_mut().for_each(|e| *e /= own);
        }
        errors
    }
}

#[cfg(test)]
mod tests;
