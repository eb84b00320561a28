//! Matrices: products, Cholesky, eigenvalues. A thin layer over `faer`, whose types stay here.
//!
//! Every product is cut into pieces by shape alone and each piece is reckoned by one thread, so
//! that results are the same to the bit for any number of threads. On another processor, with
//! other vector instructions, last digits may differ.

use std::ops::Range;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::linalg::triangular_solve::solve_upper_triangular_in_place;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::job::{Job, Stopped};
use super::rows::Rows;

/// Into how many sums the rows of a long product are dealt out; they are added at the end.
const LANES: usize = 8;

/// Multiplications between two looks at the job: some ten milliseconds.
const PIECE: usize = 40_000_000;

/// Columns that Cholesky's factor grows by at a time,
const BLOCK: usize = 64;

/// and rows or columns that one thread works on.
const STRIP: usize = 64;

/// Columns of a triangular matrix that are reckoned as if they were full.
const PANEL: usize = 64;

/// What is first added to a diagonal that is not positive, as a share of its mean; ten times more
/// at each further try,
const FIRST_JITTER: f64 = 1e-12;

/// up to this share.
const LAST_JITTER: f64 = 1e-3;

/// Numbers in rows and columns, `[row, column]`, row by row.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub struct Matrix {
    // Invariant: there are `n_rows * n_columns` values.
    n_rows: usize,
    n_columns: usize,
    values: Vec<f64>,
}

/// What a file holds, before it was looked at.
#[derive(Deserialize)]
struct Read {
    n_rows: usize,
    n_columns: usize,
    values: Vec<f64>,
}

impl TryFrom<Read> for Matrix {
    type Error = String;

    fn try_from(Read { n_rows, n_columns, values }: Read) -> Result<Matrix, String> {
        if n_rows.checked_mul(n_columns) != Some(values.len()) {
            return Err(format!("{} numbers do not make {n_rows} x {n_columns}", values.len()));
        }
        Ok(Matrix { n_rows, n_columns, values })
    }
}

impl Matrix {
    /// Nothing but zeros.
    pub fn zeros(n_rows: usize, n_columns: usize) -> Matrix {
        Matrix { n_rows, n_columns, values: vec![0.0; n_rows * n_columns] }
    }

    /// Ones on the diagonal.
    pub fn identity(n: usize) -> Matrix {
        let mut matrix = Matrix::zeros(n, n);
        matrix.add_to_diagonal(1.0);
        matrix
    }

    /// The matrix whose rows lie in `values` one behind the other.
    ///
    /// # Panics
    ///
    /// If there are not `n_rows * n_columns` values.
    pub fn from_values(n_rows: usize, n_columns: usize, values: Vec<f64>) -> Matrix {
        assert_eq!(values.len(), n_rows * n_columns, "values fill the matrix");
        Matrix { n_rows, n_columns, values }
    }

    /// The same numbers as a matrix.
    pub fn from_rows(rows: &Rows) -> Matrix {
        Matrix::from_values(rows.len(), rows.width(), rows.values().to_vec())
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// How many columns there are.
    pub fn n_columns(&self) -> usize {
        self.n_columns
    }

    /// One number.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.row(row)[column]
    }

    /// One number, to be changed.
    pub fn at_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.row_mut(row)[column]
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.n_columns..(row + 1) * self.n_columns]
    }

    /// One row, to be changed.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.n_columns..(row + 1) * self.n_columns]
    }

    /// All numbers, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All numbers, row by row, to be changed.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// Adds the same to each number of the diagonal.
    pub fn add_to_diagonal(&mut self, addend: f64) {
        for i in 0..self.n_rows.min(self.n_columns) {
            *self.at_mut(i, i) += addend;
        }
    }

    /// Rows become columns.
    #[must_use]
    pub fn transposed(&self) -> Matrix {
        let mut turned = Matrix::zeros(self.n_columns, self.n_rows);
        for row in 0..self.n_rows {
            for column in 0..self.n_columns {
                turned.values[column * self.n_rows + row] = self.at(row, column);
            }
        }
        turned
    }

    /// This matrix times another.
    ///
    /// # Panics
    ///
    /// If `other` does not have as many rows as this has columns.
    #[must_use]
    pub fn times(&self, other: &Matrix) -> Matrix {
        assert_eq!(self.n_columns, other.n_rows, "the inner sizes of a product are the same");
        let mut product = Matrix::zeros(self.n_rows, other.n_columns);
        multiply(&self.values, self.n_columns, other, &mut product.values);
        product
    }

    /// Copies the lower half above the diagonal.
    fn mirror(&mut self) {
        for row in 0..self.n_rows {
            for column in 0..row {
                *self.at_mut(column, row) = self.at(row, column);
            }
        }
    }

    fn view(&self) -> MatRef<'_, f64> {
        MatRef::from_row_major_slice(&self.values, self.n_rows, self.n_columns)
    }

    fn owned(&self) -> Mat<f64> {
        Mat::from_fn(self.n_rows, self.n_columns, |row, column| self.at(row, column))
    }

    fn of(mat: MatRef<'_, f64>) -> Matrix {
        let mut matrix = Matrix::zeros(mat.nrows(), mat.ncols());
        for row in 0..mat.nrows() {
            for column in 0..mat.ncols() {
                *matrix.at_mut(row, column) = mat[(row, column)];
            }
        }
        matrix
    }
}

/// `rows` times `matrix`, all cores: `[row, matrix.n_columns]`.
///
/// # Panics
///
/// If the matrix does not have as many rows as `rows` is wide, or has no column.
pub fn product(rows: &Rows, matrix: &Matrix) -> Rows {
    assert_eq!(rows.width(), matrix.n_rows, "the inner sizes of a product are the same");
    let mut values = vec![0.0; rows.len() * matrix.n_columns];
    multiply(rows.values(), rows.width(), matrix, &mut values);
    Rows::from_values(matrix.n_columns, values)
}

/// `left`, `[row, width]`, times `right`, into `out`; by pieces of rows on all cores.
fn multiply(left: &[f64], width: usize, right: &Matrix, out: &mut [f64]) {
    if width == 0 || right.n_columns == 0 {
        return out.fill(0.0);
    }
    let piece = (PIECE / (width * right.n_columns)).clamp(16, 512);
    let pieces = out.par_chunks_mut(piece * right.n_columns).zip(left.par_chunks(piece * width));
    pieces.for_each(|(out, left)| multiply_here(left, width, right, out));
}

/// `left`, `[row, width]`, times `right`, into `out`, on this thread.
///
/// # Panics
///
/// If sizes do not fit.
pub fn multiply_here(left: &[f64], width: usize, right: &Matrix, out: &mut [f64]) {
    let n = left.len() / width;
    assert_eq!(right.n_rows, width, "the inner sizes of a product are the same");
    assert_eq!(out.len(), n * right.n_columns, "the product fills its place");
    let left = MatRef::from_row_major_slice(left, n, width);
    let out = MatMut::from_row_major_slice_mut(out, n, right.n_columns);
    matmul(out, Accum::Replace, left, right.view(), 1.0, Par::Seq);
}

/// Like [`multiply_here`] for a `right` that holds zeros below its diagonal: half the work.
///
/// # Panics
///
/// If sizes do not fit or `right` is not square.
pub fn multiply_upper_here(left: &[f64], right: &Matrix, out: &mut [f64]) {
    let width = right.n_rows;
    assert_eq!(width, right.n_columns, "a matrix with a diagonal is square");
    assert_eq!(out.len(), left.len(), "the product fills its place");
    let n = left.len() / width;
    let left = MatRef::from_row_major_slice(left, n, width);
    let mut out = MatMut::from_row_major_slice_mut(out, n, width);
    for start in (0..width).step_by(PANEL) {
        let end = width.min(start + PANEL);
        let right = right.view().submatrix(0, start, end, end - start);
        let left = left.submatrix(0, 0, n, end);
        let out = out.as_mut().submatrix_mut(0, start, n, end - start);
        matmul(out, Accum::Replace, left, right, 1.0, Par::Seq);
    }
}

/// Adds `H'H` to the lower half of `sum`, for rows of H as wide as `sum`, on this thread.
///
/// # Panics
///
/// If `sum` is empty or not square, or the values do not fill whole rows.
pub fn add_gram_here(block: &[f64], sum: &mut Matrix) {
    let width = sum.n_rows;
    assert_eq!(width, sum.n_columns, "a symmetric matrix is square");
    assert!(block.len().is_multiple_of(width), "values fill whole rows");
    let block = MatRef::from_row_major_slice(block, block.len() / width, width);
    let sum = MatMut::from_row_major_slice_mut(&mut sum.values, width, width);
    let (lower, full) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    let turned = block.transpose();
    triangular::matmul(sum, lower, Accum::Add, turned, full, block, full, 1.0, Par::Seq);
}

/// The sums of least squares: `H'WH`, `H'WY` and, for each column of y, `y'Wy`.
#[derive(Clone, PartialEq, Debug)]
pub struct Normal {
    /// `[column of h, column of h]`, symmetric.
    pub gram: Matrix,
    /// `[column of h, column of y]`.
    pub cross: Matrix,
    /// The weighted sum of squares of each column of y.
    pub squares: Vec<f64>,
}

/// Sums up `H'WH` and `H'WY` where `fill` makes the rows of H, `[row, width]`, for a range of rows
/// at a time, so that H is never held as a whole: 8 sums of the results' size are. Counts a step a
/// row.
///
/// # Panics
///
/// If there is not one weight for each row of `y`.
pub fn normal(
    width: usize,
    y: &Rows,
    weights: Option<&[f64]>,
    fill: impl Fn(Range<usize>, &mut [f64]) + Sync,
    job: &Job,
) -> Result<Normal, Stopped> {
    let (n, outputs) = (y.len(), y.width());
    assert!(weights.is_none_or(|weights| weights.len() == n), "each row has a weight");
    job.expect(n);
    let piece = (PIECE / (width * width).max(1)).clamp(32, 512);
    let lane = n.div_ceil(piece).div_ceil(LANES).max(1) * piece;
    let zero = || Normal {
        gram: Matrix::zeros(width, width),
        cross: Matrix::zeros(width, outputs),
        squares: vec![0.0; outputs],
    };
    let lanes: Vec<Normal> = (0..n.div_ceil(lane))
        .into_par_iter()
        .map(|at| {
            let mut sums = zero();
            let mut block = vec![0.0; piece * width];
            let mut right = vec![0.0; piece * outputs];
            for start in (at * lane..n.min((at + 1) * lane)).step_by(piece) {
                let range = start..n.min(start + piece).min((at + 1) * lane);
                let block = &mut block[..range.len() * width];
                let right = &mut right[..range.len() * outputs];
                fill(range.clone(), block);
                right.copy_from_slice(&y.values()[range.start * outputs..range.end * outputs]);
                if let Some(weights) = weights {
                    weigh(block, width, &weights[range.clone()]);
                    weigh(right, outputs, &weights[range.clone()]);
                }
                sums.add(block, right);
                job.advance(range.len())?;
            }
            Ok(sums)
        })
        .collect::<Result<_, Stopped>>()?;
    let mut lanes = lanes.into_iter();
    let mut total = lanes.next().unwrap_or_else(zero);
    for lane in lanes {
        add(&mut total.gram.values, &lane.gram.values);
        add(&mut total.cross.values, &lane.cross.values);
        add(&mut total.squares, &lane.squares);
    }
    total.gram.mirror();
    Ok(total)
}

impl Normal {
    fn add(&mut self, block: &[f64], right: &[f64]) {
        let (width, outputs) = (self.gram.n_rows, self.cross.n_columns);
        if width == 0 {
            return;
        }
        add_gram_here(block, &mut self.gram);
        let n = block.len() / width;
        let turned = MatRef::from_row_major_slice(block, n, width).transpose();
        let cross = MatMut::from_row_major_slice_mut(&mut self.cross.values, width, outputs);
        let ys = MatRef::from_row_major_slice(right, n, outputs);
        matmul(cross, Accum::Add, turned, ys, 1.0, Par::Seq);
        for row in right.chunks_exact(outputs) {
            self.squares.iter_mut().zip(row).for_each(|(sum, y)| *sum += y * y);
        }
    }
}

fn add(sums: &mut [f64], addends: &[f64]) {
    sums.iter_mut().zip(addends).for_each(|(sum, x)| *sum += x);
}

/// Scales each row by the root of its weight.
fn weigh(block: &mut [f64], width: usize, weights: &[f64]) {
    for (row, weight) in block.chunks_exact_mut(width).zip(weights) {
        let root = weight.max(0.0).sqrt();
        row.iter_mut().for_each(|x| *x *= root);
    }
}

/// `X'X`, or `X'WX` with a weight a row: `[column, column]`.
///
/// # Panics
///
/// If there is not one weight a row.
pub fn gram(rows: &Rows, weights: Option<&[f64]>) -> Matrix {
    let nothing = Rows::from_values(1, vec![0.0; rows.len()]);
    let width = rows.width();
    let fill = |range: Range<usize>, block: &mut [f64]| {
        block.copy_from_slice(&rows.values()[range.start * width..range.end * width]);
    };
    let sums = normal(width, &nothing, weights, fill, &Job::default());
    sums.expect("nobody cancels this job").gram
}

/// `X'Y`: `[column of x, column of y]`.
///
/// # Panics
///
/// If there are not as many rows of each.
pub fn cross(x: &Rows, y: &Rows) -> Matrix {
    assert_eq!(x.len(), y.len(), "each row of x has one of y");
    let n = x.len();
    let lane = n.div_ceil(LANES).max(512);
    let lanes: Vec<Matrix> = (0..n.div_ceil(lane))
        .into_par_iter()
        .map(|at| {
            let rows = at * lane..n.min((at + 1) * lane);
            let part = |all: &Rows| rows.start * all.width()..rows.end * all.width();
            let left = MatRef::from_row_major_slice(&x.values()[part(x)], rows.len(), x.width());
            let right = MatRef::from_row_major_slice(&y.values()[part(y)], rows.len(), y.width());
            let mut sum = Matrix::zeros(x.width(), y.width());
            let out = MatMut::from_row_major_slice_mut(&mut sum.values, x.width(), y.width());
            matmul(out, Accum::Replace, left.transpose(), right, 1.0, Par::Seq);
            sum
        })
        .collect();
    let mut total = Matrix::zeros(x.width(), y.width());
    lanes.iter().for_each(|lane| add(&mut total.values, &lane.values));
    total
}

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

#[cfg(test)]
mod tests;
