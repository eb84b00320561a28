//! Matrices: products, Cholesky, eigenvalues. A thin layer over `faer`, whose types stay here.
//!
//! Every product is cut into pieces by shape alone and each piece is reckoned by one thread, so
//! that results are the same to the bit for any number of threads. On another processor, with
//! other vector instructions, last digits may differ.

mod factor;
mod product;
mod single;

use faer::{Mat, MatRef};
use serde::{Deserialize, Serialize};

pub use self::factor::{Cholesky, Eigen, cholesky, eigen};
use self::product::multiply;
pub use self::product::{
    Normal, add_gram_here, cross, gram, multiply_here, multiply_upper_here, normal, product,
};
pub use self::single::{Single, SingleMut};
use super::rows::Rows;

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

#[cfg(test)]
mod tests;
