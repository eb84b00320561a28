//! EM: points as a mixture of normal distributions, one for each track.

use rayon::prelude::*;

use crate::base::job::{Job, Stopped};

/// Features of a point.
const DIM: usize = 5;

/// Added to each variance of standardized features, so that a distribution around one point, or
/// around points in a line, has a density.
const RIDGE: f64 = 1e-4;

/// The mixture has come to rest when the mean logarithm of likelihood rises by less.
const REST: f64 = 1e-5;

/// A normal distribution and its share of the points.
struct Part {
    mean: [f64; DIM],
    // The lower triangle of L, where L L^T is the covariance.
    factor: [[f64; DIM]; DIM],
    // The logarithm of the share over the root of the determinant.
    offset: f64,
}

impl Part {
    /// The logarithm of share times density at `row`, but for a constant.
    fn log_density(&self, row: &[f64; DIM]) -> f64 {
        let mut solved = [0.0; DIM];
        let mut squares = 0.0;
        for i in 0..DIM {
            let known: f64 = (0..i).map(|j| self.factor[i][j] * solved[j]).sum();
            solved[i] = (row[i] - self.mean[i] - known) / self.factor[i][i];
            squares += solved[i] * solved[i];
        }
        self.offset - 0.5 * squares
    }
}

/// Fits a mixture of `k` normal distributions with full covariances to `rows` of standardized
/// features, from `groups` (below `k`) onward, and gives each row the likeliest one. A round takes
/// O(n k) time; it ends after `rounds` or when the likelihood rests.
///
/// # Reference
///
/// Dempster, Laird, Rubin (1977), *Maximum Likelihood from Incomplete Data via the EM Algorithm*;
/// the baseline of Chen, Harrison, Huang (2020).
pub(super) fn mixture(
    rows: &[[f64; DIM]],
    groups: &[u32],
    k: usize,
    rounds: usize,
    job: &Job,
) -> Result<Vec<u32>, Stopped> {
    let mut groups = groups.to_vec();
    // Sums in blocks of a fixed size and order: the same whatever the number of threads.
    let block = rows.len().div_ceil(16).max(512);
    let first = rows.par_chunks(block).zip(groups.par_chunks(block)).map(|(rows, groups)| {
        let mut sums = vec![Sums::default(); k];
        rows.iter().zip(groups).for_each(|(row, group)| sums[*group as usize].add(row, 1.0));
        sums
    });
    let mut sums = added(first.collect(), k);
    let mut before = f64::NEG_INFINITY;
    job.expect(rounds);
    for _ in 0..rounds {
        job.step()?;
        let parts: Vec<(u32, Part)> = sums
            .iter()
            .enumerate()
            .filter_map(|(name, sums)| Some((name as u32, sums.part(rows.len())?)))
            .collect();
        let blocks: Vec<(Vec<Sums>, f64)> = rows
            .par_chunks(block)
            .zip(groups.par_chunks_mut(block))
            .map(|(rows, groups)| {
                job.go_on()?;
                Ok(expect(rows, groups, &parts, k))
            })
            .collect::<Result<_, Stopped>>()?;
        let (blocks, logs): (Vec<Vec<Sums>>, Vec<f64>) = blocks.into_iter().unzip();
        sums = added(blocks, k);
        let mean = logs.iter().sum::<f64>() / rows.len().max(1) as f64;
        if mean - before < REST {
            break;
        }
        before = mean;
    }
    Ok(groups)
}

/// The likeliest part of each row, what the parts gather from these rows, and the logarithm of their
/// likelihood.
fn expect(
    rows: &[[f64; DIM]],
    groups: &mut [u32],
    parts: &[(u32, Part)],
    k: usize,
) -> (Vec<Sums>, f64) {
    let mut sums = vec![Sums::default(); k];
    let mut logs = vec![0.0; parts.len()];
    let mut total = 0.0;
    for (row, group) in rows.iter().zip(groups) {
        let mut best = f64::NEG_INFINITY;
        for ((name, part), log) in parts.iter().zip(&mut logs) {
            *log = part.log_density(row);
            if *log > best {
                (best, *group) = (*log, *name);
            }
        }
        let sum: f64 = logs.iter().map(|log| (log - best).exp()).sum();
        total += best + sum.ln();
        for ((name, _), log) in parts.iter().zip(&logs) {
            let share = (log - best).exp() / sum;
            if share > 1e-9 {
                sums[*name as usize].add(row, share);
            }
        }
    }
    (sums, total)
}

/// Weighed sums of rows and of their products.
#[derive(Clone, Copy, Default)]
struct Sums {
    weight: f64,
    rows: [f64; DIM],
    products: [[f64; DIM]; DIM],
}

impl Sums {
    fn add(&mut self, row: &[f64; DIM], weight: f64) {
        self.weight += weight;
        for i in 0..DIM {
            self.rows[i] += weight * row[i];
            for j in 0..=i {
                self.products[i][j] += weight * row[i] * row[j];
            }
        }
    }

    /// The distribution with these moments, of `n` points in all. None where hardly any point is left.
    fn part(&self, n: usize) -> Option<Part> {
        if self.weight < 1e-3 {
            return None;
        }
        let mean = self.rows.map(|sum| sum / self.weight);
        let mut factor = [[0.0; DIM]; DIM];
        let mut half_log = 0.0;
        for i in 0..DIM {
            for j in 0..=i {
                let known: f64 = (0..j).map(|m| factor[i][m] * factor[j][m]).sum();
                let moment = self.products[i][j] / self.weight - mean[i] * mean[j];
                if i == j {
                    // Rounding can take a variance of nothing below zero.
                    factor[i][i] = (moment + RIDGE - known).max(0.5 * RIDGE).sqrt();
                    half_log += factor[i][i].ln();
                } else {
                    factor[i][j] = (moment - known) / factor[j][j];
                }
            }
        }
        Some(Part { mean, factor, offset: (self.weight / n as f64).ln() - half_log })
    }
}

fn added(blocks: Vec<Vec<Sums>>, k: usize) -> Vec<Sums> {
    let mut all = vec![Sums::default(); k];
    for (sum, more) in blocks.iter().flat_map(|block| block.iter().enumerate()) {
        let sum = &mut all[sum];
        sum.weight += more.weight;
        for i in 0..DIM {
            sum.rows[i] += more.rows[i];
            for j in 0..=i {
                sum.products[i][j] += more.products[i][j];
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn two_long_clouds_side_by_side_are_told_apart() {
        // k-means would cut such clouds across; a covariance sees that they are long.
        let mut rng = Rng::new(1, 0);
        let mut rows = Vec::new();
        for i in 0..400 {
            let lane = f64::from(i % 2) * 0.5;
            let along = rng.between(-2.0, 2.0);
            rows.push([along, lane + 0.05 * rng.normal(), rng.normal(), along, rng.normal()]);
        }
        // A beginning that is right for three in four.
        let groups: Vec<u32> = (0..400).map(|i| if i % 8 < 2 { 0 } else { i % 2 }).collect();
        let found = mixture(&rows, &groups, 2, 100, &Job::default()).unwrap();
        let wrong = found.iter().enumerate().filter(|(i, group)| **group != *i as u32 % 2).count();
        assert!(wrong <= 2, "{wrong}");
    }

    #[test]
    fn points_in_one_place_and_empty_groups_do_no_harm() {
        let rows = [[0.5; DIM]; 20];
        assert_eq!(mixture(&rows, &[2; 20], 4, 10, &Job::default()), Ok(vec![2; 20]));
        assert_eq!(mixture(&[], &[], 3, 10, &Job::default()), Ok(vec![]));
    }
}
