//! Least squares that hold weights small, from sums of products.

use crate::base::job::{Job, Stopped};
use crate::base::linalg::{Matrix, Normal, cholesky, eigen};

/// The constant's part of the sums, to be put back behind the weights of the others.
pub(super) struct Constant {
    total: f64,
    /// Sums of each column of h and of y.
    columns: Vec<f64>,
    targets: Vec<f64>,
}

/// Takes the last column of H, which is constant 1, out of the sums: what is left is about the
/// weighted means, so that the constant is free of the ridge.
pub(super) fn without_constant(sums: Normal) -> (Normal, Constant) {
    let Normal { gram, cross, mut squares } = sums;
    let (last, outputs) = (gram.n_rows() - 1, cross.n_columns());
    let total = gram.at(last, last);
    let (columns, targets) = (gram.row(last)[..last].to_vec(), cross.row(last).to_vec());
    let mut inner = Matrix::zeros(last, last);
    let mut right = Matrix::zeros(last, outputs);
    for i in 0..last {
        let mean = columns[i] / total;
        for (j, x) in inner.row_mut(i).iter_mut().enumerate() {
            *x = gram.at(i, j) - mean * columns[j];
        }
        for (j, x) in right.row_mut(i).iter_mut().enumerate() {
            *x = cross.at(i, j) - mean * targets[j];
        }
    }
    for (square, sum) in squares.iter_mut().zip(&targets) {
        *square = (*square - sum * sum / total).max(0.0);
    }
    (Normal { gram: inner, cross: right, squares }, Constant { total, columns, targets })
}

impl Constant {
    /// The constant that goes with `weights`, `[column, target]`: one a target.
    pub(super) fn beside(&self, weights: &Matrix) -> Vec<f64> {
        let mut left = self.targets.clone();
        for (i, column) in self.columns.iter().enumerate() {
            let row = weights.row(i);
            left.iter_mut().zip(row).for_each(|(left, weight)| *left -= column * weight);
        }
        left.iter().map(|left| left / self.total).collect()
    }
}

/// `(H'H + ridge I)^-1 H'Y`.
pub(super) fn solve(mut sums: Normal, ridge: f64, job: &Job) -> Result<Matrix, Stopped> {
    sums.gram.add_to_diagonal(ridge);
    Ok(cholesky(&sums.gram, job)?.solve(&sums.cross))
}

/// The weights with that of `ridges` which has the least generalized cross-validation error, all
/// targets together; of equal errors, that of the last. `n` samples made the sums, and `free`
/// weights were taken out of them before.
///
/// One eigendecomposition of H'H serves all ridges: with eigenvalues d and H'Y turned to c,
/// the squares that a ridge leaves are `y'y - sum of c^2 (2 - d/(d + ridge)) / (d + ridge)` and the
/// freedom that it uses is the sum of `d / (d + ridge)`.
///
/// # Reference
///
/// Golub, Heath, Wahba (1979), *Generalized cross-validation as a method for choosing a good ridge
/// parameter*, Technometrics 21(2).
pub(super) fn choose(
    sums: &Normal,
    n: usize,
    free: usize,
    ridges: &[f64],
    job: &Job,
) -> Result<(Matrix, f64), Stopped> {
    job.go_on()?;
    let found = eigen(&sums.gram)?;
    job.go_on()?;
    let mut turned = found.vectors.transposed().times(&sums.cross);
    let (n, whole) = (n as f64, sums.squares.iter().sum::<f64>());
    let (mut least, mut chosen) = (f64::INFINITY, ridges.iter().copied().fold(0.0, f64::max));
    for ridge in ridges {
        let (mut left, mut used) = (whole, free as f64);
        for (i, value) in found.values.iter().enumerate() {
            let (kept, divisor) = (value.max(0.0), value.max(0.0) + ridge);
            used += kept / divisor;
            let explained = turned.row(i).iter().map(|c| c * c).sum::<f64>();
            left -= explained * (2.0 - kept / divisor) / divisor;
        }
        let freedom = 1.0 - used / n;
        if freedom <= 0.0 {
            continue;
        }
        // What is left of a perfect fit is rounding.
        let error = left.max(1e-14 * whole) / n / (freedom * freedom);
        if error <= least {
            (least, chosen) = (error, *ridge);
        }
    }
    for (i, value) in found.values.iter().enumerate() {
        let divisor = value.max(0.0) + chosen;
        turned.row_mut(i).iter_mut().for_each(|c| *c /= divisor);
    }
    Ok((found.vectors.times(&turned), chosen))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sums of y = 1 + 2 x at x = -1, 0, 1, 2, with the constant.
    fn line() -> Normal {
        Normal {
            gram: Matrix::from_values(2, 2, vec![6.0, 2.0, 2.0, 4.0]),
            cross: Matrix::from_values(2, 1, vec![14.0, 8.0]),
            squares: vec![1.0 + 1.0 + 9.0 + 25.0],
        }
    }

    #[test]
    fn a_line_is_found_about_its_means() {
        let (inner, constant) = without_constant(line());
        assert_eq!((inner.gram.values(), inner.cross.values()), (&[5.0][..], &[10.0][..]));
        assert_eq!(inner.squares, [20.0]);
        let weights = solve(inner.clone(), 0.0, &Job::default()).unwrap();
        assert!((weights.at(0, 0) - 2.0).abs() < 1e-12);
        assert!((constant.beside(&weights)[0] - 1.0).abs() < 1e-12);
        // A ridge of 5 halves the slope and leaves the means where they are.
        let weights = solve(inner, 5.0, &Job::default()).unwrap();
        assert!((weights.at(0, 0) - 1.0).abs() < 1e-12);
        assert!((constant.beside(&weights)[0] - 1.5).abs() < 1e-12);
    }

    #[test]
    fn the_least_ridge_is_chosen_for_a_perfect_line_and_the_largest_without_freedom() {
        let (inner, _) = without_constant(line());
        let ridges = [1.0, 0.1, 1e-3];
        assert_eq!(choose(&inner, 4, 1, &ridges, &Job::default()).unwrap().1, 1e-3);
        assert_eq!(choose(&inner, 1, 1, &ridges, &Job::default()).unwrap().1, 1.0);
    }
}
