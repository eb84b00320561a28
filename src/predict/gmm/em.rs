//! Expectation and maximization: Gaussians fitted to rows.

use rayon::prelude::*;

use super::{Gaussian, GmmParams, from_logarithms, whitening};
use crate::base::job::{Job, Stopped};
use crate::base::linalg::{Matrix, add_gram_here, cholesky, multiply_upper_here};
use crate::base::rng::Rng;
use crate::base::rows::Rows;

/// Into how many sums the rows are dealt out; they are added at the end.
const LANES: usize = 8;

/// Rows that are reckoned with at a time.
const PIECE: usize = 256;

/// Rounds of k-means before the first of EM.
const MEANS_ROUNDS: usize = 5;

/// A Gaussian with the weight of fewer samples than this has collapsed.
const FEWEST: f64 = 2.0;

/// A row counts for a Gaussian from this probability on.
const LEAST_SHARE: f64 = 1e-6;

/// Fitted Gaussians and the log-likelihood of the rows under those of one round before.
pub(super) struct Found {
    pub(super) gaussians: Vec<Gaussian>,
    pub(super) log_likelihood: f64,
}

/// The Bayesian information criterion, with every weight, mean and covariance as a parameter.
pub(super) fn bic(rows: &Rows, found: &Found) -> f64 {
    let (k, w) = (found.gaussians.len() as f64, rows.width() as f64);
    let parameters = k - 1.0 + k * w + k * w * (w + 1.0) / 2.0;
    parameters * (rows.len() as f64).ln() - 2.0 * found.log_likelihood
}

/// Fits up to `count` Gaussians. Counts `most_rounds` steps.
pub(super) fn fit(
    rows: &Rows,
    count: usize,
    params: &GmmParams,
    job: &Job,
) -> Result<Found, Stopped> {
    let mut rng = Rng::new(params.seed as u64, count as u64);
    let groups = k_means(rows, count, &mut rng, job)?;
    let mut gaussians = begin(rows, &groups, count, params, job)?;
    let (mut last, mut chances) = (f64::NEG_INFINITY, vec![1; gaussians.len()]);
    for round in 0..params.most_rounds {
        let sums = expect(rows, &gaussians, job)?;
        let log_likelihood = sums.log_likelihood;
        let is_whole = sums.parts.iter().all(|part| part.total >= FEWEST);
        let gain = (log_likelihood - last) / rows.len() as f64;
        let is_last = round + 1 == params.most_rounds || (is_whole && gain < params.least_gain);
        last = log_likelihood;
        gaussians = maximize(rows, sums, is_last, &mut chances, &gaussians, params);
        job.step()?;
        if is_last {
            job.advance(params.most_rounds - round - 1)?;
            break;
        }
    }
    Ok(Found { gaussians, log_likelihood: last })
}

/// Each row's group after a few rounds of k-means.
fn k_means(rows: &Rows, count: usize, rng: &mut Rng, job: &Job) -> Result<Vec<usize>, Stopped> {
    let distance = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    let mut means = Rows::new(rows.width());
    let mut nearest = vec![f64::INFINITY; rows.len()];
    means.push(rows.row(rng.below(rows.len())));
    while means.len() < count {
        job.go_on()?;
        let newest = means.row(means.len() - 1);
        nearest.par_iter_mut().enumerate().for_each(|(i, nearest)| {
            *nearest = nearest.min(distance(rows.row(i), newest));
        });
        // In proportion to squared distances: k-means++.
        let mut left = rng.unit() * nearest.iter().sum::<f64>();
        let drawn = nearest.iter().position(|squared| {
            left -= squared;
            left < 0.0
        });
        let drawn = drawn.unwrap_or_else(|| rng.below(rows.len()));
        means.push(rows.row(drawn));
    }
    let mut groups = vec![0; rows.len()];
    for _ in 0..MEANS_ROUNDS {
        job.go_on()?;
        groups.par_iter_mut().enumerate().for_each(|(i, group)| {
            let squared = |mean: &[f64]| -> f64 { distance(rows.row(i), mean) };
            let nearest = (0..means.len())
                .min_by(|a, b| squared(means.row(*a)).total_cmp(&squared(means.row(*b))));
            *group = nearest.unwrap_or(0);
        });
        let mut sums = vec![0.0; means.values().len()];
        let mut counts = vec![0_usize; means.len()];
        for (row, group) in rows.iter().zip(&groups) {
            counts[*group] += 1;
            let sum = &mut sums[group * rows.width()..(group + 1) * rows.width()];
            sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        for (group, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let sum = &sums[group * rows.width()..(group + 1) * rows.width()];
            let mean = means.row_mut(group).iter_mut().zip(sum);
            mean.for_each(|(mean, sum)| *mean = sum / *count as f64);
        }
    }
    Ok(groups)
}

/// The Gaussians of groups; those of a few rows begin round.
fn begin(
    rows: &Rows,
    groups: &[usize],
    count: usize,
    params: &GmmParams,
    job: &Job,
) -> Result<Vec<Gaussian>, Stopped> {
    let mut gaussians = Vec::new();
    for group in 0..count {
        job.go_on()?;
        let places: Vec<usize> = (0..rows.len()).filter(|i| groups[*i] == group).collect();
        if places.is_empty() {
            continue;
        }
        let mut part = Sums::new(rows.width());
        let taken = rows.take(&places);
        for piece in taken.values().chunks(PIECE * rows.width()) {
            part.add(piece, &vec![1.0; piece.len() / rows.width()]);
        }
        gaussians.push(part.gaussian(rows.len() as f64, params.ridge));
    }
    Ok(gaussians)
}

/// What one Gaussian's rows sum up to, weighed by its probabilities.
#[derive(Clone)]
struct Sums {
    total: f64,
    firsts: Vec<f64>,
    /// The lower half is filled.
    seconds: Matrix,
}

impl Sums {
    fn new(width: usize) -> Sums {
        Sums { total: 0.0, firsts: vec![0.0; width], seconds: Matrix::zeros(width, width) }
    }

    /// Adds rows with a share each; those of next to none are left out.
    fn add(&mut self, rows: &[f64], shares: &[f64]) {
        let width = self.firsts.len();
        let mut scaled = Vec::with_capacity(rows.len());
        for (row, share) in rows.chunks_exact(width).zip(shares) {
            if *share >= LEAST_SHARE {
                self.total += share;
                self.firsts.iter_mut().zip(row).for_each(|(sum, x)| *sum += share * x);
                let root = share.sqrt();
                scaled.extend(row.iter().map(|x| root * x));
            }
        }
        if !scaled.is_empty() {
            add_gram_here(&scaled, &mut self.seconds);
        }
    }

    fn merge(&mut self, other: &Sums) {
        self.total += other.total;
        self.firsts.iter_mut().zip(&other.firsts).for_each(|(sum, x)| *sum += x);
        let seconds = self.seconds.values_mut().iter_mut().zip(other.seconds.values());
        seconds.for_each(|(sum, x)| *sum += x);
    }

    fn gaussian(&self, n: f64, ridge: f64) -> Gaussian {
        let mean: Vec<f64> = self.firsts.iter().map(|sum| sum / self.total).collect();
        let mut covariance = Matrix::zeros(mean.len(), mean.len());
        for i in 0..mean.len() {
            for j in 0..=i {
                let value = self.seconds.at(i, j) / self.total - mean[i] * mean[j];
                let value = if i == j { value.max(0.0) + ridge } else { value };
                *covariance.at_mut(i, j) = value;
                *covariance.at_mut(j, i) = value;
            }
        }
        Gaussian { weight: self.total / n, mean, covariance }
    }
}

struct Expected {
    parts: Vec<Sums>,
    log_likelihood: f64,
    /// The rows that the mixture explains worst, worst first, each with its log-likelihood.
    worst: Vec<(f64, usize)>,
}

/// Sums up rows by the probability of each Gaussian.
fn expect(rows: &Rows, gaussians: &[Gaussian], job: &Job) -> Result<Expected, Stopped> {
    let (n, width, count) = (rows.len(), rows.width(), gaussians.len());
    let factors = gaussians
        .par_iter()
        .map(|gaussian| {
            let factor = cholesky(&gaussian.covariance, job)?;
            let (turn, constant) = whitening(&factor, job)?;
            Ok((turn, constant + gaussian.weight.ln()))
        })
        .collect::<Result<Vec<(Matrix, f64)>, Stopped>>()?;
    let lane = n.div_ceil(PIECE).div_ceil(LANES) * PIECE;
    let lanes = (0..n.div_ceil(lane))
        .into_par_iter()
        .map(|at| {
            let range = at * lane..n.min((at + 1) * lane);
            let mut sums = Expected {
                parts: vec![Sums::new(width); count],
                log_likelihood: 0.0,
                worst: vec![],
            };
            let (mut centered, mut white) = (vec![0.0; PIECE * width], vec![0.0; PIECE * width]);
            for start in range.clone().step_by(PIECE) {
                job.go_on()?;
                let end = range.end.min(start + PIECE);
                let piece = &rows.values()[start * width..end * width];
                // [row, Gaussian]
                let mut shares = vec![0.0; (end - start) * count];
                let white = &mut white[..piece.len()];
                let centered = &mut centered[..piece.len()];
                for (part, (gaussian, (turn, constant))) in
                    gaussians.iter().zip(&factors).enumerate()
                {
                    let pairs = centered.chunks_exact_mut(width).zip(piece.chunks_exact(width));
                    for (centered, row) in pairs {
                        let values = centered.iter_mut().zip(row).zip(&gaussian.mean);
                        values.for_each(|((c, x), mean)| *c = x - mean);
                    }
                    multiply_upper_here(centered, turn, white);
                    for (i, white) in white.chunks_exact(width).enumerate() {
                        let squared: f64 = white.iter().map(|x| x * x).sum();
                        shares[i * count + part] = constant - 0.5 * squared;
                    }
                }
                for (i, shares) in shares.chunks_exact_mut(count).enumerate() {
                    let found = from_logarithms(shares);
                    sums.log_likelihood += found;
                    sums.worst.push((found, start + i));
                }
                keep_worst(&mut sums.worst, count);
                for (part, sums) in sums.parts.iter_mut().enumerate() {
                    let own: Vec<f64> = shares.iter().skip(part).step_by(count).copied().collect();
                    sums.add(piece, &own);
                }
            }
            Ok(sums)
        })
        .collect::<Result<Vec<Expected>, Stopped>>()?;
    let mut total =
        Expected { parts: vec![Sums::new(width); count], log_likelihood: 0.0, worst: vec![] };
    for lane in lanes {
        total.log_likelihood += lane.log_likelihood;
        total.worst.extend(lane.worst);
        total.parts.iter_mut().zip(&lane.parts).for_each(|(total, part)| total.merge(part));
    }
    keep_worst(&mut total.worst, count);
    Ok(total)
}

fn keep_worst(worst: &mut Vec<(f64, usize)>, count: usize) {
    worst.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    worst.truncate(count);
}

/// The Gaussians of sums. One that has collapsed begins anew, round and as wide as the others are
/// on average, at a row that is explained badly; if it had its chance, or this is the last round,
/// it is dropped.
fn maximize(
    rows: &Rows,
    sums: Expected,
    is_last: bool,
    chances: &mut Vec<usize>,
    before: &[Gaussian],
    params: &GmmParams,
) -> Vec<Gaussian> {
    let n = rows.len() as f64;
    let mut worst = sums.worst.iter();
    let mut gaussians = Vec::new();
    let mut left = Vec::new();
    // Of too few rows for two each, the largest stays.
    let largest = sums.parts.iter().map(|part| part.total).fold(0.0, f64::max);
    for (part, chances) in sums.parts.iter().zip(chances.iter()) {
        if part.total >= FEWEST || (part.total == largest && gaussians.is_empty()) {
            gaussians.push(part.gaussian(n, params.ridge));
            left.push(*chances);
        } else if let (Some((_, row)), false, true) = (worst.next(), is_last, *chances > 0) {
            let mean = rows.row(*row).to_vec();
            let mut covariance = Matrix::zeros(mean.len(), mean.len());
            for i in 0..mean.len() {
                let sum: f64 = before.iter().map(|gaussian| gaussian.covariance.at(i, i)).sum();
                *covariance.at_mut(i, i) = sum / before.len() as f64 + params.ridge;
            }
            gaussians.push(Gaussian { weight: FEWEST / n, mean, covariance });
            left.push(chances - 1);
        }
    }
    let total: f64 = gaussians.iter().map(|gaussian| gaussian.weight).sum();
    gaussians.iter_mut().for_each(|gaussian| gaussian.weight /= total);
    *chances = left;
    gaussians
}
