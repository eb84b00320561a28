//! Gaussian mixture regression: samples and targets together as a few Gaussians.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::samples::{check, draw};
use crate::base::job::{Job, Stopped};
use crate::base::linalg::{Cholesky, Matrix, cholesky};
use crate::base::rng::Rng;
use crate::base::rows::Rows;

mod em;
mod params;

pub use self::params::GmmParams;

/// Numbers of components that are tried where it is chosen.
const COUNTS: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// Rows that are predicted at a time.
const PIECE: usize = 256;

/// A fitted mixture of Gaussians over samples and targets together, which predicts the targets'
/// mean given the sample, and their covariance.
///
/// # Reference
///
/// Ghahramani, Jordan (1994), *Supervised learning from incomplete data via an EM approach*, NIPS 6;
/// Sung (2004), *Gaussian mixture regression and classification*.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Gmm {
    saved: Saved,
    parts: Vec<Part>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Saved {
    n_features: usize,
    n_samples: usize,
    bic: f64,
    gaussians: Vec<Gaussian>,
}

/// One component over features and targets together.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Gaussian {
    /// Its share of the samples.
    weight: f64,
    mean: Vec<f64>,
    covariance: Matrix,
}

/// What one Gaussian says of targets given features.
#[derive(Clone, PartialEq, Debug)]
struct Part {
    /// The logarithm of its weight and of its density's constant.
    log_constant: f64,
    mean: Vec<f64>,
    /// Transposed inverse of the factor of the features' covariance, `[feature, direction]`: with
    /// this, differences from the mean become independent and of variance 1.
    whiten: Matrix,
    /// `[feature, target]`.
    slopes: Matrix,
    /// The mean of the targets.
    level: Vec<f64>,
    /// The targets' covariance where the features are known, `[target, target]`.
    left: Matrix,
}

impl From<Gmm> for Saved {
    fn from(model: Gmm) -> Saved {
        model.saved
    }
}

impl TryFrom<Saved> for Gmm {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Gmm, String> {
        let Some(first) = saved.gaussians.first() else {
            return Err("there is no Gaussian".into());
        };
        let width = first.mean.len();
        if saved.n_features == 0 || saved.n_features >= width {
            return Err(format!("{} features of {width} numbers", saved.n_features));
        }
        for Gaussian { weight, mean, covariance } in &saved.gaussians {
            let is_square = covariance.n_rows() == width && covariance.n_columns() == width;
            if mean.len() != width || !is_square {
                return Err(format!("a Gaussian is not over {width} numbers"));
            }
            let is_finite = mean.iter().chain(covariance.values()).all(|x| x.is_finite());
            if !is_finite || !weight.is_finite() || *weight <= 0.0 {
                return Err("a Gaussian is not finite".into());
            }
        }
        Gmm::of(saved, &Job::default()).map_err(|fault| fault.to_string())
    }
}

impl Gmm {
    /// Learns `y` from `x`, both standardized, by expectation and maximization (EM) on rows of both.
    ///
    /// Of more than `n_used` samples, so many are drawn. EM begins at k-means (five rounds from a
    /// k-means++ start). A Gaussian that keeps less than two samples' weight is put on the sample
    /// that the mixture explains worst, and dropped when it happens again. The number of Gaussians
    /// is the one with the least BIC where it is chosen. A round takes `O(n k w^2)` time, w the
    /// numbers of features and targets together.
    ///
    /// Fails if there is no sample, or a number is not finite.
    ///
    /// # Panics
    ///
    /// If there are not as many rows of `y` as of `x`.
    pub fn fit(x: &Rows, y: &Rows, params: &GmmParams, job: &Job) -> Result<Gmm, Stopped> {
        check(x, y, None)?;
        let mut rng = Rng::new(params.seed as u64, 3);
        let mut both = Rows::new(x.width() + y.width());
        let mut row = Vec::with_capacity(both.width());
        for i in draw(x.len(), params.n_used, &mut rng) {
            row.clear();
            row.extend_from_slice(x.row(i));
            row.extend_from_slice(y.row(i));
            both.push(&row);
        }
        let given = [params.n_components];
        let counts = if params.chooses { &COUNTS[..] } else { &given[..] };
        job.expect(counts.len() * params.most_rounds);
        let mut best: Option<(f64, Vec<Gaussian>)> = None;
        let mut worse = 0;
        for (i, count) in counts.iter().enumerate() {
            let found = em::fit(&both, (*count).min(both.len()), params, job)?;
            let bic = em::bic(&both, &found);
            if best.as_ref().is_none_or(|best| bic < best.0) {
                best = Some((bic, found.gaussians));
                worse = 0;
            } else {
                worse += 1;
            }
            // BIC falls and then rises: after two worse counts the rest is not tried.
            if worse == 2 || *count >= both.len() {
                job.advance((counts.len() - i - 1) * params.most_rounds)?;
                break;
            }
        }
        let (bic, gaussians) = best.expect("some count was tried");
        let (n_features, n_samples) = (x.width(), both.len());
        Gmm::of(Saved { n_features, n_samples, bic, gaussians }, job)
    }

    /// How many Gaussians there are: the number given or chosen, less those that were dropped.
    pub fn n_components(&self) -> usize {
        self.parts.len()
    }

    /// How many samples were used.
    pub fn n_samples(&self) -> usize {
        self.saved.n_samples
    }

    /// The Bayesian information criterion: `-2 ln L + p ln n`, less is better.
    pub fn bic(&self) -> f64 {
        self.saved.bic
    }

    /// How many features a sample has.
    pub fn n_features(&self) -> usize {
        self.saved.n_features
    }

    /// How many targets a sample has.
    pub fn n_targets(&self) -> usize {
        self.parts[0].level.len()
    }

    /// Predicts the mean of the targets of one sample.
    ///
    /// # Panics
    ///
    /// If `x` has not as many numbers as there are features, or `out` as there are targets.
    pub fn predict(&self, x: &[f64], out: &mut [f64]) {
        let shares = self.shares(x);
        assert_eq!(out.len(), self.n_targets(), "each target has a place");
        out.fill(0.0);
        for (part, share) in self.parts.iter().zip(shares) {
            if share > 0.0 {
                part.add(x, share, out);
            }
        }
    }

    /// Predicts the mean of the targets of one sample and their covariance, `[target, target]` row
    /// by row: that within the Gaussians and that between their means.
    ///
    /// # Panics
    ///
    /// If `x` has not as many numbers as there are features, `out` as there are targets, or
    /// `covariance` as there are pairs of targets.
    pub fn predict_with_covariance(&self, x: &[f64], out: &mut [f64], covariance: &mut [f64]) {
        let targets = self.n_targets();
        assert_eq!(covariance.len(), targets * targets, "each pair of targets has a place");
        self.predict(x, out);
        covariance.fill(0.0);
        let mut own = vec![0.0; targets];
        for (part, share) in self.parts.iter().zip(self.shares(x)) {
            if share == 0.0 {
                continue;
            }
            own.fill(0.0);
            part.add(x, 1.0, &mut own);
            for i in 0..targets {
                for j in 0..targets {
                    let between = (own[i] - out[i]) * (own[j] - out[j]);
                    covariance[i * targets + j] += share * (part.left.at(i, j) + between);
                }
            }
        }
    }

    /// Predicts the means of all samples, on all cores, the same to the bit as one by one:
    /// `[sample, target]`.
    ///
    /// # Panics
    ///
    /// If `x` has not as many columns as there are features.
    pub fn predict_all(&self, x: &Rows) -> Rows {
        assert_eq!(x.width(), self.n_features(), "a sample has every feature");
        let targets = self.n_targets();
        let mut out = vec![0.0; x.len() * targets];
        let pieces = out.par_chunks_mut(PIECE * targets);
        pieces.zip(x.values().par_chunks(PIECE * x.width())).for_each(|(out, rows)| {
            for (out, row) in out.chunks_exact_mut(targets).zip(rows.chunks_exact(x.width())) {
                self.predict(row, out);
            }
        });
        Rows::from_values(targets, out)
    }

    fn of(saved: Saved, job: &Job) -> Result<Gmm, Stopped> {
        let parts =
            saved.gaussians.iter().map(|gaussian| Part::of(gaussian, saved.n_features, job));
        let parts = parts.collect::<Result<_, Stopped>>()?;
        Ok(Gmm { saved, parts })
    }

    /// The probability of each Gaussian given the features.
    fn shares(&self, x: &[f64]) -> Vec<f64> {
        assert_eq!(x.len(), self.n_features(), "a sample has every feature");
        let mut shares: Vec<f64> = self.parts.iter().map(|part| part.log_density(x)).collect();
        from_logarithms(&mut shares);
        shares
    }
}

/// Turns logarithms into shares of 1; gives the logarithm of what their sum was.
fn from_logarithms(values: &mut [f64]) -> f64 {
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // So far from every Gaussian that squares overflow: the heaviest tail is not known.
    if !highest.is_finite() {
        let even = 1.0 / values.len() as f64;
        values.fill(even);
        return f64::MIN;
    }
    values.iter_mut().for_each(|value| *value = (*value - highest).exp());
    let sum: f64 = values.iter().sum();
    values.iter_mut().for_each(|value| *value /= sum);
    highest + sum.ln()
}

/// Half the logarithm of 2π.
const HALF_LN_TAU: f64 = 0.918_938_533_204_672_8;

/// The transposed inverse of a covariance's factor, and the logarithm of its density at the mean.
fn whitening(factor: &Cholesky, job: &Job) -> Result<(Matrix, f64), Stopped> {
    let turn = factor.inverse_of_lower(job)?.transposed();
    Ok((turn, -0.5 * factor.log_determinant() - factor.size() as f64 * HALF_LN_TAU))
}

impl Part {
    fn of(gaussian: &Gaussian, features: usize, job: &Job) -> Result<Part, Stopped> {
        let targets = gaussian.mean.len() - features;
        let block = |rows: usize, columns: usize, from: (usize, usize)| {
            let mut part = Matrix::zeros(rows, columns);
            for i in 0..rows {
                let row = &gaussian.covariance.row(from.0 + i)[from.1..from.1 + columns];
                part.row_mut(i).copy_from_slice(row);
            }
            part
        };
        let factor = cholesky(&block(features, features, (0, 0)), job)?;
        let across = block(features, targets, (0, features));
        let slopes = factor.solve(&across);
        let mut left = block(targets, targets, (features, features));
        let known = across.transposed().times(&slopes);
        for i in 0..targets {
            for j in 0..targets {
                let known = f64::midpoint(known.at(i, j), known.at(j, i));
                *left.at_mut(i, j) -= known;
            }
            *left.at_mut(i, i) = left.at(i, i).max(0.0);
        }
        let (whiten, log_constant) = whitening(&factor, job)?;
        let (mean, level) = gaussian.mean.split_at(features);
        Ok(Part {
            log_constant: log_constant + gaussian.weight.ln(),
            mean: mean.to_vec(),
            whiten,
            slopes,
            level: level.to_vec(),
            left,
        })
    }

    /// The logarithm of the weighed density of the features.
    fn log_density(&self, x: &[f64]) -> f64 {
        let mut white = vec![0.0; x.len()];
        for (i, (x, mean)) in x.iter().zip(&self.mean).enumerate() {
            let row = &self.whiten.row(i)[i..];
            let difference = x - mean;
            white[i..].iter_mut().zip(row).for_each(|(sum, w)| *sum += difference * w);
        }
        self.log_constant - 0.5 * white.iter().map(|x| x * x).sum::<f64>()
    }

    /// Adds a share of the targets' mean given the features.
    fn add(&self, x: &[f64], share: f64, out: &mut [f64]) {
        out.iter_mut().zip(&self.level).for_each(|(out, level)| *out += share * level);
        for (i, (x, mean)) in x.iter().zip(&self.mean).enumerate() {
            let difference = share * (x - mean);
            let row = self.slopes.row(i);
            out.iter_mut().zip(row).for_each(|(out, slope)| *out += difference * slope);
        }
    }
}

#[cfg(test)]
mod tests;
