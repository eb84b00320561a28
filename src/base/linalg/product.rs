//! Products of matrices, and the sums of products that least squares take.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::Matrix;
use crate::base::job::{Job, Stopped};
use crate::base::rows::Rows;

/// Into how many sums the rows of a long product are dealt out; they are added at the end.
const LANES: usize = 8;

/// Multiplications between two looks at the job: some ten milliseconds.
const PIECE: usize = 40_000_000;

/// Columns of a triangular matrix that are reckoned as if they were full.
const PANEL: usize = 64;

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
pub(super) fn multiply(left: &[f64], width: usize, right: &Matrix, out: &mut [f64]) {
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
