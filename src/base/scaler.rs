//! Features brought to mean 0 and deviation 1, and back.

use serde::{Deserialize, Serialize};

use super::rows::Rows;

/// A column whose deviation is below this share of its largest magnitude is constant: what is left
/// is rounding.
const CONSTANT: f64 = 1e-12;

/// A number that is not one, or too large to be reckoned with, and in which field it stands.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{field} is {value}{}; every number must be finite and of a reasonable size", at(*.row))]
pub struct NotFinite {
    /// The field's name.
    pub field: String,
    /// Its row, where there are several.
    pub row: Option<usize>,
    /// What was found: NaN, an infinity, or what became one when it was scaled.
    pub value: f64,
}

fn at(row: Option<usize>) -> String {
    row.map_or(String::new(), |row| format!(" in row {row}"))
}

/// Brings each field to mean 0 and standard deviation 1 (of all rows, dividing by their number), as
/// measured on the rows it was made of.
///
/// A constant field becomes 0, whatever it later is, and comes back as its constant.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub struct Scaler {
    // Invariant: one of each for every field; all finite; no deviation is negative, and that of a
    // constant field is 0.
    names: Vec<String>,
    means: Vec<f64>,
    deviations: Vec<f64>,
}

/// What a file holds, before it was looked at.
#[derive(Deserialize)]
struct Read {
    names: Vec<String>,
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl TryFrom<Read> for Scaler {
    type Error = String;

    fn try_from(Read { names, means, deviations }: Read) -> Result<Scaler, String> {
        if means.len() != names.len() || deviations.len() != names.len() {
            let (n, m, d) = (names.len(), means.len(), deviations.len());
            return Err(format!("{n} fields have {m} means and {d} deviations"));
        }
        let is_sound = |(mean, deviation): (&f64, &f64)| {
            mean.is_finite() && deviation.is_finite() && *deviation >= 0.0
        };
        match means.iter().zip(&deviations).position(|pair| !is_sound(pair)) {
            Some(at) => Err(format!("{} has no mean and deviation", names[at])),
            None => Ok(Scaler { names, means, deviations }),
        }
    }
}

impl Scaler {
    /// Measures `rows`, whose columns are called `names`. Of no rows, nothing is scaled.
    ///
    /// # Panics
    ///
    /// If there is not one name a column.
    pub fn of(names: &[String], rows: &Rows) -> Result<Scaler, NotFinite> {
        assert_eq!(names.len(), rows.width(), "each column has a name");
        for (row, values) in rows.iter().enumerate() {
            check(names, Some(row), values)?;
        }
        let n = rows.len().max(1) as f64;
        // Sums of differences from the first row: a column far from zero keeps its digits.
        let first = rows.iter().next().map_or(vec![0.0; names.len()], <[f64]>::to_vec);
        let mut means = vec![0.0; names.len()];
        for row in rows {
            for ((mean, x), start) in means.iter_mut().zip(row).zip(&first) {
                *mean += (x - start) / n;
            }
        }
        means.iter_mut().zip(&first).for_each(|(mean, start)| *mean += start);
        let mut deviations = vec![0.0; names.len()];
        let mut largest = vec![0.0_f64; names.len()];
        for row in rows {
            for (column, x) in row.iter().enumerate() {
                deviations[column] += (x - means[column]).powi(2) / n;
                largest[column] = largest[column].max(x.abs());
            }
        }
        for (deviation, largest) in deviations.iter_mut().zip(&largest) {
            *deviation = deviation.sqrt();
            if *deviation <= CONSTANT * largest {
                *deviation = 0.0;
            }
        }
        check(names, None, &means)?;
        check(names, None, &deviations)?;
        let constants = deviations.iter().zip(&mut means).zip(&first);
        constants.filter(|((deviation, _), _)| **deviation == 0.0).for_each(
            |((_, mean), start)| {
                *mean = *start; // To the bit.
            },
        );
        Ok(Scaler { names: names.to_vec(), means, deviations })
    }

    /// Scales one row in place. On an error the row is left half scaled.
    ///
    /// # Panics
    ///
    /// If the row has another width.
    pub fn apply(&self, row: &mut [f64]) -> Result<(), NotFinite> {
        check(&self.names, None, row)?;
        assert_eq!(row.len(), self.means.len(), "a row has a number for each field");
        for (x, (mean, deviation)) in row.iter_mut().zip(self.means.iter().zip(&self.deviations)) {
            *x = if *deviation == 0.0 { 0.0 } else { (*x - mean) / deviation };
        }
        check(&self.names, None, row)
    }

    /// All rows, scaled.
    ///
    /// # Panics
    ///
    /// If the rows have another width.
    pub fn applied(&self, rows: &Rows) -> Result<Rows, NotFinite> {
        let mut scaled = rows.clone();
        for row in 0..rows.len() {
            self.apply(scaled.row_mut(row))
                .map_err(|fault| NotFinite { row: Some(row), ..fault })?;
        }
        Ok(scaled)
    }

    /// Brings one scaled row back to the fields' own units.
    ///
    /// # Panics
    ///
    /// If the row has another width.
    pub fn undo(&self, row: &mut [f64]) {
        assert_eq!(row.len(), self.means.len(), "a row has a number for each field");
        for (x, (mean, deviation)) in row.iter_mut().zip(self.means.iter().zip(&self.deviations)) {
            *x = if *deviation == 0.0 { *mean } else { *x * deviation + mean };
        }
    }

    /// The fields' names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The fields' means, in their own units.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// The fields' standard deviations, in their own units; 0 for those that are constant.
    pub fn deviations(&self) -> &[f64] {
        &self.deviations
    }
}

fn check(names: &[String], row: Option<usize>, values: &[f64]) -> Result<(), NotFinite> {
    let fault = values.iter().zip(names).find(|(value, _)| !value.is_finite());
    fault.map_or(Ok(()), |(value, name)| Err(NotFinite { field: name.clone(), row, value: *value }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn scaled_columns_have_mean_0_and_deviation_1_and_come_back() {
        let rows = Rows::from_values(2, vec![1.0, 10.0, 3.0, 30.0, 5.0, 20.0, 7.0, 20.0]);
        let scaler = Scaler::of(&names(&["sog", "cog"]), &rows).unwrap();
        assert_eq!(scaler.means(), [4.0, 20.0]);
        assert_eq!(scaler.deviations(), [5.0_f64.sqrt(), 50.0_f64.sqrt()]);
        let mut scaled = scaler.applied(&rows).unwrap();
        assert_eq!(scaled.row(0)[0], -3.0 / 5.0_f64.sqrt());
        for i in 0..rows.len() {
            scaler.undo(scaled.row_mut(i));
            assert!(scaled.row(i).iter().zip(rows.row(i)).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }

    #[test]
    fn a_constant_column_scales_to_0_and_comes_back_as_its_constant() {
        let rows = Rows::from_values(2, vec![0.1, 1.0, 0.1, 2.0, 0.1, 3.0]);
        let scaler = Scaler::of(&names(&["draught", "sog"]), &rows).unwrap();
        let mut row = [7.0, 2.0];
        scaler.apply(&mut row).unwrap();
        assert_eq!(row, [0.0, 0.0]);
        scaler.undo(&mut row);
        assert_eq!(row, [0.1, 2.0]);
    }

    #[test]
    fn one_row_and_none_are_scaled_without_nan() {
        let one = Scaler::of(&names(&["sog"]), &Rows::from_values(1, vec![5.0])).unwrap();
        assert_eq!(one.applied(&Rows::from_values(1, vec![9.0])).unwrap().values(), [0.0]);
        let none = Scaler::of(&names(&["sog"]), &Rows::new(1)).unwrap();
        assert_eq!(none.applied(&Rows::from_values(1, vec![9.0])).unwrap().values(), [0.0]);
    }

    #[test]
    fn what_is_not_finite_is_named() {
        let two = names(&["sog", "cog"]);
        let rows = Rows::from_values(2, vec![1.0, 2.0, 3.0, f64::NAN]);
        let fault = Scaler::of(&two, &rows).unwrap_err();
        assert_eq!((fault.field.as_str(), fault.row), ("cog", Some(1)));
        let wide = Rows::from_values(2, vec![1.0, -1e308, 3.0, 1e308]);
        assert_eq!(Scaler::of(&two, &wide).unwrap_err().field, "cog");
        let scaler = Scaler::of(&two, &Rows::from_values(2, vec![1.0, 2.0, 3.0, 4.0])).unwrap();
        let fault = scaler.applied(&Rows::from_values(2, vec![0.0, f64::INFINITY])).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "cog is inf in row 0; every number must be finite and of a reasonable size"
        );
    }

    #[test]
    fn a_damaged_file_does_not_make_a_scaler() {
        let rows = Rows::from_values(1, vec![0.1, 0.3]);
        let scaler = Scaler::of(&names(&["sog"]), &rows).unwrap();
        let text = serde_json::to_string(&scaler).unwrap();
        assert_eq!(serde_json::from_str::<Scaler>(&text).unwrap(), scaler);
        for (means, deviations) in [("[]", "[1.0]"), ("[0.0]", "[-1.0]")] {
            let text = format!(r#"{{"names":["sog"],"means":{means},"deviations":{deviations}}}"#);
            assert!(serde_json::from_str::<Scaler>(&text).is_err(), "{text}");
        }
    }
}
