//! Cholesky's factor, and eigenvalues.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::linalg::triangular_solve::solve_upper_triangular_in_place;
use faer::{Accum, Mat, MatMut, Par};
use rayon::prelude::*;

use super::{Matrix, gram};
use crate::base::job::{Job, Stopped};
use crate::base::rows::Rows;

/// Columns that Cholesky's factor grows by at a time,
const BLOCK: usize = 64;

/// and rows or columns that one thread works on.
const STRIP: usize = 64;

/// What is first added to a diagonal that is not positive, as a share of its mean; ten times more
/// at each further try,
const FIRST_JITTER: f64 = 1e-12;

/// up to this share.
const LAST_JITTER: f64 = 1e-3;

/// The lower factor of a symmetric positive definite matrix, `L L' = A + jitter I`.
#[derive(Clone, Debug)]
pub struct Cholesky {
    lower: Mat<f64>,
    /// What had to be added to the diagonal; 0 for a matrix that is well positive definite.
    pub jitter: f64,
}

/// Factors a symmetric matrix, of which the lower half is read. One that is not positive definite
/// gets a jitter on its diagonal, of 1e-12 to 1e-3 of the diagonal's mean, the least power of ten
/// that helps. Takes `O(n^3)` time.
///
/// Fails if no such jitter helps or a number is not finite.
///
/// # Panics
///
/// If the matrix is not square.
pub fn cholesky(matrix: &Matrix, job: &Job) -> Result<Cholesky, Stopped> {
    assert_eq!(matrix.n_rows, matrix.n_columns, "a symmetric matrix is square");
    let n = matrix.n_rows;
    if matrix.values.iter().any(|x| !x.is_finite()) {
        return Err(Stopped::Failed(
            "a matrix to be solved holds a number that is not finite".into(),
        ));
    }
    let mean = (0..n).map(|i| matrix.at(i, i).abs()).sum::<f64>() / n.max(1) as f64;
    let mut share = 0.0;
    loop {
        job.go_on()?;
        let mut lower = matrix.owned();
        let jitter = share * if mean > 0.0 { mean } else { 1.0 };
        (0..n).for_each(|i| lower[(i, i)] += jitter);
        if factor(lower.as_mut(), job)? {
            return Ok(Cholesky { lower, jitter });
        }
        share = if share == 0.0 { FIRST_JITTER } else { share * 10.0 };
        if share > LAST_JITTER * 1.5 {
            return Err(Stopped::Failed(format!(
                "a matrix of {n} x {n} is not positive definite, even with {jitter:.0e} added to its \
                 diagonal; use a larger ridge or fewer features that say the same"
            )));
        }
    }
}

/// Replaces the lower half by its factor, block by block of columns; false if there is none.
fn factor(mut matrix: MatMut<'_, f64>, job: &Job) -> Result<bool, Stopped> {
    let n = matrix.nrows();
    for start in (0..n).step_by(BLOCK) {
        job.go_on()?;
        let rest = matrix.as_mut().submatrix_mut(start, start, n - start, n - start);
        let block = BLOCK.min(n - start);
        let (mut corner, _, mut below, trailing) = rest.split_at_mut(block, block);
        if !factor_here(corner.as_mut()) {
            return Ok(false);
        }
        let corner = corner.as_ref();
        // Below the corner L21 L11' = A21, by strips of rows.
        strips(below.as_mut()).into_par_iter().for_each(|strip| {
            solve_lower_triangular_in_place(corner, strip.transpose_mut(), Par::Seq);
        });
        let below = below.as_ref();
        // What this part of the factor explains of the rest, by strips up to the diagonal.
        let updates = strips(trailing).into_par_iter().enumerate();
        updates.for_each(|(at, strip)| {
            let (from, count) = (at * STRIP, strip.nrows());
            let strip = strip.submatrix_mut(0, 0, count, from + count);
            let left = below.submatrix(from, 0, count, block);
            let right = below.submatrix(0, 0, from + count, block);
            matmul(strip, Accum::Add, left, right.transpose(), -1.0, Par::Seq);
        });
    }
    Ok(true)
}

/// Cuts a matrix into strips of rows.
fn strips(matrix: MatMut<'_, f64>) -> Vec<MatMut<'_, f64>> {
    let mut strips = Vec::new();
    let mut rest = matrix;
    while rest.nrows() > STRIP {
        let (strip, below) = rest.split_at_row_mut(STRIP);
        strips.push(strip);
        rest = below;
    }
    strips.push(rest);
    strips
}

fn factor_here(matrix: MatMut<'_, f64>) -> bool {
    use faer::prelude::default;
    let scratch =
        llt::factor::cholesky_in_place_scratch::<f64>(matrix.nrows(), Par::Seq, default());
    let mut memory = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut memory);
    llt::factor::cholesky_in_place(matrix, default(), Par::Seq, stack, default()).is_ok()
}

impl Cholesky {
    /// How many rows the matrix has.
    pub fn size(&self) -> usize {
        self.lower.nrows()
    }

    /// Solves `A X = B` for all columns of B.
    ///
    /// # Panics
    ///
    /// If B has another number of rows than A.
    pub fn solve(&self, right: &Matrix) -> Matrix {
        let mut x = right.owned();
        solve_lower_triangular_in_place(self.lower.as_ref(), x.as_mut(), Par::Seq);
        solve_upper_triangular_in_place(self.lower.transpose(), x.as_mut(), Par::Seq);
        Matrix::of(x.as_ref())
    }

    /// The inverse of A, on all cores.
    pub fn inverse(&self, job: &Job) -> Result<Matrix, Stopped> {
        let turn = self.inverse_of_lower(job)?;
        let rows = Rows::from_values(self.size().max(1), turn.values);
        job.go_on()?;
        // A^-1 = L^-T L^-1.
        Ok(gram(&rows, None))
    }

    /// The inverse of L, on all cores: by it, columns get the scalar products that they have by
    /// the inverse of A.
    pub fn inverse_of_lower(&self, job: &Job) -> Result<Matrix, Stopped> {
        let n = self.size();
        let strips: Vec<Mat<f64>> = (0..n.div_ceil(STRIP))
            .into_par_iter()
            .map(|strip| {
                job.go_on()?;
                // These columns are zero above the strip's first row.
                let start = strip * STRIP;
                let mut columns = Mat::zeros(n - start, STRIP.min(n - start));
                (0..columns.ncols()).for_each(|i| columns[(i, i)] = 1.0);
                let lower = self.lower.submatrix(start, start, n - start, n - start);
                solve_lower_triangular_in_place(lower, columns.as_mut(), Par::Seq);
                Ok(columns)
            })
            .collect::<Result<_, Stopped>>()?;
        let mut inverse = Matrix::zeros(n, n);
        for (strip, columns) in strips.iter().enumerate() {
            let start = strip * STRIP;
            for i in 0..columns.nrows() {
                for j in 0..columns.ncols() {
                    *inverse.at_mut(start + i, start + j) = columns[(i, j)];
                }
            }
        }
        Ok(inverse)
    }

    /// L, with zeros above its diagonal.
    pub fn lower(&self) -> Matrix {
        let mut lower = Matrix::zeros(self.size(), self.size());
        for row in 0..self.size() {
            for column in 0..=row {
                *lower.at_mut(row, column) = self.lower[(row, column)];
            }
        }
        lower
    }

    /// The natural logarithm of the determinant of A.
    pub fn log_determinant(&self) -> f64 {
        2.0 * (0..self.size()).map(|i| self.lower[(i, i)].ln()).sum::<f64>()
    }
}

/// Eigenvalues, rising, and their vectors.
#[derive(Clone, PartialEq, Debug)]
pub struct Eigen {
    /// The eigenvalues.
    pub values: Vec<f64>,
    /// Unit vectors, a column each.
    pub vectors: Matrix,
}

/// The eigenvalues and vectors of a symmetric matrix, of which the lower half is read. Takes
/// `O(n^3)` time: a tenth of a second for 300 rows.
///
/// Fails if a number is not finite.
///
/// # Panics
///
/// If the matrix is not square.
pub fn eigen(matrix: &Matrix) -> Result<Eigen, Stopped> {
    assert_eq!(matrix.n_rows, matrix.n_columns, "a symmetric matrix is square");
    let n = matrix.n_rows;
    let failed = || Stopped::Failed("eigenvalues of a matrix were not found".into());
    if matrix.values.iter().any(|x| !x.is_finite()) {
        return Err(failed());
    }
    let yes = ComputeEigenvectors::Yes;
    let scratch = self_adjoint_evd_scratch::<f64>(n, yes, Par::Seq, faer::prelude::default());
    let mut memory = MemBuffer::new(scratch);
    let mut values = faer::diag::Diag::zeros(n);
    let mut vectors = Mat::zeros(n, n);
    self_adjoint_evd(
        matrix.owned().as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut memory),
        faer::prelude::default(),
    )
    .map_err(|_| failed())?;
    let values = (0..n).map(|i| values[i]).collect();
    Ok(Eigen { values, vectors: Matrix::of(vectors.as_ref()) })
}
