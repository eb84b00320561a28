//! Samples as rows of numbers, all of one width.

use serde::{Deserialize, Serialize};

/// Numbers in rows of equal width, `[row, column]`, row by row in one allocation: samples to learn
/// from, or what was predicted for them.
///
/// # Example
///
/// ```
/// use fairway::base::rows::Rows;
///
/// let mut rows = Rows::new(2);
/// rows.push(&[1.0, 2.0]);
/// rows.push(&[3.0, 4.0]);
/// assert_eq!(rows.row(1), [3.0, 4.0]);
/// assert_eq!(rows.take(&[1, 0, 1]).values(), [3.0, 4.0, 1.0, 2.0, 3.0, 4.0]);
/// ```
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub struct Rows {
    // Invariant: `width` is not 0 and divides the number of values.
    width: usize,
    values: Vec<f64>,
}

/// What a file holds, before it was looked at.
#[derive(Deserialize)]
struct Read {
    width: usize,
    values: Vec<f64>,
}

impl TryFrom<Read> for Rows {
    type Error = String;

    fn try_from(Read { width, values }: Read) -> Result<Rows, String> {
        if width == 0 || !values.len().is_multiple_of(width) {
            return Err(format!("{} numbers do not make rows of {width}", values.len()));
        }
        Ok(Rows { width, values })
    }
}

impl Rows {
    /// No rows yet, of `width` numbers each.
    ///
    /// # Panics
    ///
    /// If `width` is 0.
    pub fn new(width: usize) -> Rows {
        Rows::from_values(width, Vec::new())
    }

    /// The rows that lie in `values` one behind the other.
    ///
    /// # Panics
    ///
    /// If `width` is 0 or does not divide the number of values.
    pub fn from_values(width: usize, values: Vec<f64>) -> Rows {
        assert!(width > 0, "a row holds at least one number");
        assert!(values.len().is_multiple_of(width), "values fill whole rows");
        Rows { width, values }
    }

    /// Adds a row at the end.
    ///
    /// # Panics
    ///
    /// If it has another width.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.width, "rows have one width");
        self.values.extend_from_slice(row);
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len() / self.width
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many numbers a row holds; never 0.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Row `i`.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.values[i * self.width..(i + 1) * self.width]
    }

    /// Row `i`, to be changed.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub fn row_mut(&mut self, i: usize) -> &mut [f64] {
        &mut self.values[i * self.width..(i + 1) * self.width]
    }

    /// The rows in their order.
    pub fn iter(&self) -> std::slice::ChunksExact<'_, f64> {
        self.values.chunks_exact(self.width)
    }

    /// All numbers, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All numbers, row by row, to be changed.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// The rows at `places`, in that order; a place may come more than once.
    ///
    /// # Panics
    ///
    /// If there is no row at one of the places.
    #[must_use]
    pub fn take(&self, places: &[usize]) -> Rows {
        let mut taken = Vec::with_capacity(places.len() * self.width);
        for place in places {
            taken.extend_from_slice(self.row(*place));
        }
        Rows { width: self.width, values: taken }
    }
}

impl<'a> IntoIterator for &'a Rows {
    type Item = &'a [f64];
    type IntoIter = std::slice::ChunksExact<'a, f64>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_pushed_read_changed_and_taken() {
        let mut rows = Rows::new(2);
        assert!(rows.is_empty());
        rows.push(&[1.0, 2.0]);
        rows.push(&[3.0, 4.0]);
        rows.row_mut(0)[1] = 5.0;
        assert_eq!((rows.len(), rows.width()), (2, 2));
        assert_eq!(rows.iter().map(|row| row[1]).collect::<Vec<_>>(), [5.0, 4.0]);
        assert_eq!(rows.take(&[1, 1]), Rows::from_values(2, vec![3.0, 4.0, 3.0, 4.0]));
        assert!(rows.take(&[]).is_empty());
    }

    #[test]
    fn a_damaged_file_does_not_make_rows() {
        let rows = Rows::from_values(3, vec![0.1, -0.0, 1e300]);
        let text = serde_json::to_string(&rows).unwrap();
        assert_eq!(serde_json::from_str::<Rows>(&text).unwrap(), rows);
        for text in [r#"{"width":2,"values":[1.0]}"#, r#"{"width":0,"values":[]}"#] {
            let fault = serde_json::from_str::<Rows>(text).unwrap_err().to_string();
            assert!(fault.contains("do not make rows"), "{fault}");
        }
    }
}
