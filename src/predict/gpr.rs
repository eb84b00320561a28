//! Gaussian process regression: a mean and a variance from kernels about samples.

mod params;

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use self::params::GprParams;
pub use super::landmarks::{Above, Basis, Kernel};
use super::landmarks::{Landmarks, PIECE, Points};
use super::samples::{check, draw};
use crate::base::job::{Job, Stopped};
use crate::base::linalg::{Matrix, cholesky, eigen, multiply_here, normal};
use crate::base::rng::Rng;
use crate::base::rows::Rows;

/// Between these the length is looked for, in roots of the number of features,
const LENGTHS: (f64, f64) = (0.1, 20.0);

/// and the noise's share of the signal's variance between these.
const SHARES: (f64, f64) = (1e-6, 10.0);

/// Lengths that are tried evenly on a scale of ratios before the search narrows down,
const COARSE: usize = 9;

/// and in how many steps it does.
const FINE: usize = 8;

/// Noise shares that are tried for each length; they cost next to nothing.
const SHARE_STEPS: usize = 60;

/// A fitted Gaussian process about the mean of the targets.
///
/// All targets share the length and the noise's share of the variance; each has its own signal.
/// Above a size the process stands on landmarks drawn by chance: on these samples alone, or in the
/// Nyström form on all samples, whose mean is that of the subset of regressors and whose variance is
/// that of projected processes, which grows away from the landmarks as it should. [`Gpr::basis`]
/// says which it was.
///
/// # Reference
///
/// Rasmussen, Williams (2006), *Gaussian processes for machine learning*, algorithm 2.1 and sections
/// 5.4.1, 8.3.1, 8.3.4.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Gpr {
    saved: Saved,
    // The variance at kernels k is `signal^2 (1 + share - k' spread k)`.
    spread: Matrix,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Saved {
    points: Points,
    basis: Basis,
    /// The noise's share of the signal's variance.
    share: f64,
    /// The signal's variance, one a target.
    signals: Vec<f64>,
    /// `[point, target]`.
    alphas: Matrix,
    means: Vec<f64>,
    /// What cannot be reckoned again from the points.
    spread: Option<Matrix>,
}

impl From<Gpr> for Saved {
    fn from(Gpr { mut saved, spread }: Gpr) -> Saved {
        saved.spread = matches!(saved.basis, Basis::Nystrom { .. }).then_some(spread);
        saved
    }
}

impl TryFrom<Saved> for Gpr {
    type Error = String;

    fn try_from(mut saved: Saved) -> Result<Gpr, String> {
        let (m, targets) = (saved.points.len(), saved.means.len());
        let has_weights = saved.alphas.n_rows() == m && saved.alphas.n_columns() == targets;
        if !has_weights || saved.signals.len() != targets || targets == 0 {
            return Err(format!("weights do not fit {m} points and {targets} targets"));
        }
        let numbers = saved.alphas.values().iter().chain(&saved.means).chain(&saved.signals);
        let is_finite = numbers.chain([&saved.share]).all(|x| x.is_finite());
        if !saved.points.is_sound() || !is_finite || saved.share <= 0.0 {
            return Err("a point or a weight is not finite".into());
        }
        let spread = match saved.spread.take() {
            Some(spread) => spread,
            None => {
                spread_of(&saved.points, saved.share, &Job::default())
                    .map_err(|fault| fault.to_string())?
                    .1
            }
        };
        if spread.n_rows() != m || spread.n_columns() != m {
            return Err(format!("the variance is not about {m} points"));
        }
        Ok(Gpr { saved, spread })
    }
}

impl Gpr {
    /// Learns `y` from `x`, both standardized.
    ///
    /// Length, signal and noise are those of the largest marginal likelihood of `n_tuned` drawn
    /// samples: nine lengths from 0.1 to 20 roots of the number of features, then a golden-section
    /// search about the best; for each length one eigendecomposition tells the best share of noise
    /// (1e-6 to 10 of the signal's variance) and, in closed form, the signal of each target. Takes
    /// `O(m^3)` time for m points and `O(n m^2)` more in the Nyström form, which counts a step a
    /// sample.
    ///
    /// Fails if there is no sample, or a number is not finite.
    ///
    /// # Panics
    ///
    /// If there are not as many rows of `y` as of `x`.
    pub fn fit(x: &Rows, y: &Rows, params: &GprParams, job: &Job) -> Result<Gpr, Stopped> {
        check(x, y, None)?;
        let root = (x.width() as f64).sqrt();
        let mut rng = Rng::new(params.seed as u64, 2);
        let traits = if params.chooses {
            let places = draw(x.len(), params.n_tuned, &mut rng);
            choose(&x.take(&places), &y.take(&places), params.kernel, job)?
        } else {
            Traits {
                length: params.length * root,
                share: (params.noise / params.signal).powi(2),
                signals: vec![params.signal * params.signal; y.width()],
            }
        };
        if x.len() <= params.exact_up_to {
            return exact(x, y, params.kernel, traits, Basis::Exact, job);
        }
        let places = draw(x.len(), params.n_landmarks, &mut rng);
        match params.above {
            Above::Subset => {
                let basis = Basis::Subset { of: x.len() };
                exact(&x.take(&places), &y.take(&places), params.kernel, traits, basis, job)
            }
            Above::Nystrom => nystrom(x, y, &places, params.kernel, traits, job),
        }
    }

    /// Whether each sample has its kernel.
    pub fn basis(&self) -> Basis {
        self.saved.basis
    }

    /// How many kernels there are.
    pub fn n_points(&self) -> usize {
        self.saved.points.len()
    }

    /// The length of the kernel in the unit of the features, given or chosen: ℓ.
    pub fn length(&self) -> f64 {
        self.saved.points.length()
    }

    /// The deviation of each target's process, given or chosen: `σ_f`.
    pub fn signals(&self) -> Vec<f64> {
        self.saved.signals.iter().map(|variance| variance.sqrt()).collect()
    }

    /// The deviation of each target's noise, given or chosen: `σ_n`.
    pub fn noises(&self) -> Vec<f64> {
        self.saved.signals.iter().map(|variance| (variance * self.saved.share).sqrt()).collect()
    }

    /// How many features a sample has.
    pub fn n_features(&self) -> usize {
        self.saved.points.n_features()
    }

    /// How many targets a sample has.
    pub fn n_targets(&self) -> usize {
        self.saved.means.len()
    }

    /// Predicts the mean of each target of one sample.
    ///
    /// # Panics
    ///
    /// If `x` has not as many numbers as there are features, or `out` as there are targets.
    pub fn predict(&self, x: &[f64], out: &mut [f64]) {
        assert_eq!(x.len(), self.n_features(), "a sample has every feature");
        self.mean(&self.saved.points.one(x), out);
    }

    /// Predicts the mean and the variance of each target of one sample, noise included; never less
    /// than that of the noise. Takes `O(points^2)` time.
    ///
    /// # Panics
    ///
    /// If `x` has not as many numbers as there are features, or `out` and `variances` as there are
    /// targets.
    pub fn predict_with_variance(&self, x: &[f64], out: &mut [f64], variances: &mut [f64]) {
        assert_eq!(x.len(), self.n_features(), "a sample has every feature");
        let kernels = self.saved.points.one(x);
        self.mean(&kernels, out);
        let mut known = 0.0;
        for (i, kernel) in kernels.iter().enumerate() {
            let row = &self.spread.row(i)[..i];
            let below: f64 = row.iter().zip(&kernels).map(|(s, k)| s * k).sum();
            known += kernel * (2.0 * below + self.spread.at(i, i) * kernel);
        }
        self.variance(known, variances);
    }

    /// Predicts the means of all samples, on all cores: `[sample, target]`. Last digits may differ
    /// from those of [`Gpr::predict`].
    ///
    /// # Panics
    ///
    /// If `x` has not as many columns as there are features.
    pub fn predict_all(&self, x: &Rows) -> Rows {
        assert_eq!(x.width(), self.n_features(), "a sample has every feature");
        self.saved.points.weighed(x, &self.saved.alphas, &self.saved.means)
    }

    /// The variances that go with [`Gpr::predict_all`], noise included: `[sample, target]`.
    ///
    /// # Panics
    ///
    /// If `x` has not as many columns as there are features.
    pub fn variances_of_all(&self, x: &Rows) -> Rows {
        assert_eq!(x.width(), self.n_features(), "a sample has every feature");
        let (m, targets) = (self.n_points(), self.n_targets());
        let mut out = vec![0.0; x.len() * targets];
        let pieces = out.par_chunks_mut(PIECE * targets);
        pieces.zip(x.values().par_chunks(PIECE * x.width())).for_each(|(out, x)| {
            let n = out.len() / targets;
            let (mut kernels, mut spread) = (vec![0.0; n * m], vec![0.0; n * m]);
            self.saved.points.block(x, &mut kernels);
            multiply_here(&kernels, m, &self.spread, &mut spread);
            let rows = kernels.chunks_exact(m).zip(spread.chunks_exact(m));
            for ((kernels, spread), out) in rows.zip(out.chunks_exact_mut(targets)) {
                self.variance(kernels.iter().zip(spread).map(|(k, s)| k * s).sum(), out);
            }
        });
        Rows::from_values(targets, out)
    }

    fn mean(&self, kernels: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&self.saved.means);
        for (point, kernel) in kernels.iter().enumerate() {
            let row = self.saved.alphas.row(point);
            out.iter_mut().zip(row).for_each(|(out, alpha)| *out += kernel * alpha);
        }
    }

    /// The variances where the points explain this share of the signal.
    fn variance(&self, known: f64, out: &mut [f64]) {
        let left = (1.0 - known).clamp(0.0, 1.0) + self.saved.share;
        out.iter_mut().zip(&self.saved.signals).for_each(|(out, signal)| *out = signal * left);
    }
}

/// What a process is known by.
#[derive(Clone, Debug)]
struct Traits {
    length: f64,
    share: f64,
    signals: Vec<f64>,
}

/// `K + share I` by its factor, and its inverse.
fn spread_of(
    points: &Points,
    share: f64,
    job: &Job,
) -> Result<(crate::base::linalg::Cholesky, Matrix), Stopped> {
    let mut matrix = points.matrix(job)?;
    matrix.add_to_diagonal(share);
    let factor = cholesky(&matrix, job)?;
    job.go_on()?;
    let inverse = factor.inverse(job)?;
    Ok((factor, inverse))
}

fn exact(
    x: &Rows,
    y: &Rows,
    kernel: Kernel,
    traits: Traits,
    basis: Basis,
    job: &Job,
) -> Result<Gpr, Stopped> {
    let Traits { length, share, signals } = traits;
    let points = Points::new(x.clone(), kernel, length);
    let (factor, spread) = spread_of(&points, share, job)?;
    let (means, centered) = centered(y);
    let alphas = factor.solve(&centered);
    Ok(Gpr { saved: Saved { points, basis, share, signals, alphas, means, spread: None }, spread })
}

fn nystrom(
    x: &Rows,
    y: &Rows,
    places: &[usize],
    kernel: Kernel,
    traits: Traits,
    job: &Job,
) -> Result<Gpr, Stopped> {
    let Traits { length, share, signals } = traits;
    let points = Points::new(x.take(places), kernel, length);
    let landmarks = Landmarks::of(&points, job)?;
    let fill = |range: Range<usize>, block: &mut [f64]| {
        landmarks.fill(&x.values()[range.start * x.width()..range.end * x.width()], block);
    };
    let (means, centered) = centered(y);
    let centered = Rows::from_values(y.width(), centered.values().to_vec());
    let mut sums = normal(points.len(), &centered, None, fill, job)?;
    sums.gram.add_to_diagonal(share);
    let factor = cholesky(&sums.gram, job)?;
    let weights = factor.solve(&sums.cross);
    let alphas = landmarks.turn.times(&weights);
    job.go_on()?;
    // turn (I - share B^-1) turn', B the factored matrix.
    let mut known = factor.inverse(job)?;
    known.values_mut().iter_mut().for_each(|x| *x *= -share);
    known.add_to_diagonal(1.0);
    let spread = landmarks.turn.times(&known).times(&landmarks.turn.transposed());
    let basis = Basis::Nystrom { of: x.len() };
    Ok(Gpr { saved: Saved { points, basis, share, signals, alphas, means, spread: None }, spread })
}

fn centered(y: &Rows) -> (Vec<f64>, Matrix) {
    let mut means = vec![0.0; y.width()];
    for row in y {
        means.iter_mut().zip(row).for_each(|(mean, value)| *mean += value / y.len() as f64);
    }
    let mut matrix = Matrix::from_rows(y);
    for i in 0..y.len() {
        matrix.row_mut(i).iter_mut().zip(&means).for_each(|(y, mean)| *y -= mean);
    }
    (means, matrix)
}

/// The length, noise and signals of the largest marginal likelihood.
fn choose(x: &Rows, y: &Rows, kernel: Kernel, job: &Job) -> Result<Traits, Stopped> {
    let root = (x.width() as f64).sqrt();
    let (_, y) = centered(y);
    let (low, high) = (LENGTHS.0.ln(), LENGTHS.1.ln());
    let at = |ln: f64| likelihood(x, &y, kernel, root * ln.clamp(low, high).exp(), job);
    let step = (high - low) / (COARSE - 1) as f64;
    let mut best: Option<(f64, f64, Traits)> = None;
    for i in 0..COARSE {
        let ln = low + step * i as f64;
        let (value, traits) = at(ln)?;
        if best.as_ref().is_none_or(|best| value > best.0) {
            best = Some((value, ln, traits));
        }
    }
    let mut best = best.expect("some length was tried");
    // Golden section between the neighbors of the best.
    let golden = f64::midpoint(5.0_f64.sqrt(), -1.0);
    let (mut a, mut b) = (best.1 - step, best.1 + step);
    let (mut c, mut d) = (b - golden * (b - a), a + golden * (b - a));
    let (mut at_c, mut at_d) = (at(c)?, at(d)?);
    for _ in 0..FINE {
        for (ln, found) in [(c, &at_c), (d, &at_d)] {
            if found.0 > best.0 {
                best = (found.0, ln, found.1.clone());
            }
        }
        if at_c.0 > at_d.0 {
            (b, d, at_d) = (d, c, at_c);
            c = b - golden * (b - a);
            at_c = at(c)?;
        } else {
            (a, c, at_c) = (c, d, at_d);
            d = a + golden * (b - a);
            at_d = at(d)?;
        }
    }
    Ok(best.2)
}

/// The log marginal likelihood of centered targets, less what does not depend on the traits, with
/// the best share of noise and signals for a length.
fn likelihood(
    x: &Rows,
    y: &Matrix,
    kernel: Kernel,
    length: f64,
    job: &Job,
) -> Result<(f64, Traits), Stopped> {
    job.go_on()?;
    let matrix = Points::new(x.clone(), kernel, length).matrix(job)?;
    let found = eigen(&matrix)?;
    let turned = found.vectors.transposed().times(y);
    let (n, targets) = (x.len() as f64, y.n_columns());
    let mut best = (f64::NEG_INFINITY, Traits { length, share: 1.0, signals: vec![1.0; targets] });
    for i in 0..SHARE_STEPS {
        let along = i as f64 / (SHARE_STEPS - 1) as f64;
        let share = (SHARES.0.ln() + along * (SHARES.1 / SHARES.0).ln()).exp();
        let mut determinant = 0.0;
        let mut signals = vec![0.0; targets];
        for (i, value) in found.values.iter().enumerate() {
            let value = value.max(0.0) + share;
            determinant += value.ln();
            let row = turned.row(i);
            signals.iter_mut().zip(row).for_each(|(signal, y)| *signal += y * y / value / n);
        }
        // A constant target has no signal; it stays one that can be divided by.
        signals.iter_mut().for_each(|signal| *signal = signal.max(1e-12));
        let spread: f64 = signals.iter().map(|signal| signal.ln()).sum();
        let value = -0.5 * (n * spread + targets as f64 * determinant);
        if value > best.0 {
            best = (value, Traits { length, share, signals });
        }
    }
    Ok(best)
}

#[cfg(test)]
mod tests;
