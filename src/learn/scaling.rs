//! Fields brought to the numbers of a network and back, each with its name and unit.

use serde::{Deserialize, Serialize};

/// One field: `x` becomes `(x - offset) / width`; a constant field, of width 0, becomes 0.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct FieldScale {
    /// What it is.
    pub name: String,
    /// In what it is counted; empty for none.
    pub unit: String,
    /// What becomes 0.
    pub offset: f64,
    /// What becomes 1 more.
    pub width: f64,
}

/// Fields brought to the numbers of a network, and back.
///
/// ```
/// use fairway::learn::Scaling;
/// let scaling = Scaling::min_max(&[("sog", "kn")], &[5.0, 15.0, 10.0]).unwrap();
/// assert_eq!(scaling.apply(0, 10.0), 0.5);
/// assert_eq!(scaling.undo(0, 0.5), 10.0);
/// ```
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub struct Scaling {
    // Invariant: at least one field; offsets finite, widths finite and not negative.
    fields: Vec<FieldScale>,
}

#[derive(Deserialize)]
struct Read {
    fields: Vec<FieldScale>,
}

impl TryFrom<Read> for Scaling {
    type Error = String;

    fn try_from(Read { fields }: Read) -> Result<Scaling, String> {
        Scaling::new(fields)
    }
}

impl Scaling {
    /// These fields; what is wrong with them, in words.
    pub fn new(fields: Vec<FieldScale>) -> Result<Scaling, String> {
        if fields.is_empty() {
            return Err("a scaler has at least one field".into());
        }
        let is_sound = |field: &FieldScale| {
            field.offset.is_finite() && field.width.is_finite() && field.width >= 0.0
        };
        match fields.iter().find(|field| !is_sound(field)) {
            Some(field) => Err(format!(
                "{} is scaled from {} by {}; both must be finite and the width not negative",
                field.name, field.offset, field.width
            )),
            None => Ok(Scaling { fields }),
        }
    }

    /// Brings each field to 0 to 1 over `rows`, which hold a number for each of `fields` (name and
    /// unit) one behind the other.
    pub fn min_max(fields: &[(&str, &str)], rows: &[f64]) -> Result<Scaling, String> {
        let field = |(at, (name, unit)): (usize, &(&str, &str))| {
            let own = rows.iter().skip(at).step_by(fields.len());
            let (low, high) = own.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(*x), high.max(*x))
            });
            let (name, unit) = ((*name).to_owned(), (*unit).to_owned());
            FieldScale { name, unit, offset: low, width: high - low }
        };
        Scaling::new(fields.iter().enumerate().map(field).collect())
    }

    /// The fields.
    pub fn fields(&self) -> &[FieldScale] {
        &self.fields
    }

    /// A value of field `field` as the network takes it.
    pub fn apply(&self, field: usize, value: f64) -> f64 {
        let FieldScale { offset, width, .. } = self.fields[field];
        if width > 0.0 { (value - offset) / width } else { 0.0 }
    }

    /// What the network gives for field `field`, in the field's own unit.
    pub fn undo(&self, field: usize, scaled: f64) -> f64 {
        let FieldScale { offset, width, .. } = self.fields[field];
        offset + scaled * width
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_span_0_to_1_and_come_back() {
        let scaling =
            Scaling::min_max(&[("lon", "degrees"), ("draught", "m")], &[10.0, 7.0, 12.0, 7.0])
                .unwrap();
        assert_eq!(
            [scaling.apply(0, 10.0), scaling.apply(0, 12.0), scaling.apply(1, 7.0)],
            [0.0, 1.0, 0.0]
        );
        assert_eq!([scaling.undo(0, 0.25), scaling.undo(1, 0.9)], [10.5, 7.0]);
        let text = serde_json::to_string(&scaling).unwrap();
        assert_eq!(serde_json::from_str::<Scaling>(&text).unwrap(), scaling);
    }

    #[test]
    fn nothing_to_measure_and_damaged_files_make_no_scaler() {
        assert!(Scaling::min_max(&[("lon", "degrees")], &[]).is_err());
        assert!(Scaling::min_max(&[("lon", "degrees")], &[f64::NAN]).is_err());
        assert!(serde_json::from_str::<Scaling>(r#"{"fields":[]}"#).is_err());
        let negative = r#"{"fields":[{"name":"a","unit":"","offset":0.0,"width":-1.0}]}"#;
        assert!(serde_json::from_str::<Scaling>(negative).is_err());
    }
}
