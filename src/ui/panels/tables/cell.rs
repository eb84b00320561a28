//! What stands in one cell of a table: how it reads, how it is copied, how it sorts.

use std::borrow::Cow;

use crate::base::text::grouped;
use crate::base::time::{duration_text, utc_text};

/// The sort key of what is not known: after everything else, whichever way is up.
pub const MISSING: u64 = u64::MAX;

/// The rank of a text that is not there.
pub const NO_RANK: u32 = u32::MAX;

/// The value of one cell.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Cell<'a> {
    /// Not known.
    Missing,
    /// How many, with thin spaces between thousands.
    Count(u64),
    /// A number that names something, without spaces; a word before it says what is odd about it.
    Number(&'static str, u64),
    /// A measured value and its decimals; not-a-number is not known.
    Decimal(f64, usize),
    /// UTC milliseconds.
    Time(i64),
    /// A length of time, milliseconds.
    Span(i64),
    /// A text and its place in the order of all texts of its column; [`NO_RANK`] for none.
    Text(&'a str, u32),
}

impl<'a> Cell<'a> {
    /// As it is read.
    pub fn shown(&self) -> Cow<'a, str> {
        match *self {
            Cell::Missing => "–".into(),
            Cell::Decimal(value, _) if value.is_nan() => "–".into(),
            Cell::Count(n) => grouped(n).into(),
            Cell::Number("", n) => n.to_string().into(),
            Cell::Number(odd, n) => format!("{odd} {n}").into(),
            Cell::Decimal(value, decimals) => format!("{value:.decimals$}").into(),
            Cell::Time(t_ms) => utc_text(t_ms - t_ms.rem_euclid(1000)).into(),
            Cell::Span(ms) => duration_text(ms).into(),
            Cell::Text(text, _) => text.into(),
        }
    }

    /// As it is copied, for programs to read: no spaces in numbers, two decimals more, lengths of
    /// time as `hours:mm:ss`, nothing for what is not known.
    pub fn plain(&self) -> Cow<'a, str> {
        match *self {
            Cell::Missing => "".into(),
            Cell::Decimal(value, _) if value.is_nan() => "".into(),
            Cell::Count(n) | Cell::Number(_, n) => n.to_string().into(),
            Cell::Decimal(value, decimals) => format!("{value:.0$}", decimals + 2).into(),
            Cell::Time(t_ms) => utc_text(t_ms).into(),
            Cell::Span(ms) => {
                let s = ms / 1000;
                format!("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60).into()
            }
            Cell::Text(text, _) if text.contains(['\t', '\n', '\r']) => {
                text.replace(['\t', '\n', '\r'], " ").into()
            }
            Cell::Text(text, _) => text.into(),
        }
    }

    /// A number that sorts as the value does.
    pub fn key(&self) -> u64 {
        match *self {
            Cell::Missing | Cell::Text(_, NO_RANK) => MISSING,
            Cell::Count(n) | Cell::Number(_, n) => n,
            Cell::Decimal(value, _) => key_of_f64(value),
            Cell::Time(ms) | Cell::Span(ms) => key_of_i64(ms),
            Cell::Text(_, rank) => u64::from(rank),
        }
    }
}

fn key_of_i64(value: i64) -> u64 {
    value.cast_unsigned() ^ (1 << 63)
}

/// The bits of floating-point numbers sort as the numbers do, but for the negative ones.
fn key_of_f64(value: f64) -> u64 {
    if value.is_nan() {
        return MISSING;
    }
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | (1 << 63) }
}

/// For each text its place among all of them, capitals or not; equal ones share a place, empty
/// ones have none.
pub fn ranks(texts: &[&str]) -> Vec<u32> {
    let lower: Vec<String> = texts.iter().map(|text| text.trim().to_lowercase()).collect();
    let mut order: Vec<u32> = (0..texts.len() as u32).collect();
    order.sort_by(|a, b| lower[*a as usize].cmp(&lower[*b as usize]));
    let mut ranks = vec![NO_RANK; texts.len()];
    for (place, index) in order.iter().enumerate() {
        let text = &lower[*index as usize];
        let before = place.checked_sub(1).map(|before| order[before] as usize);
        ranks[*index as usize] = match before {
            _ if text.is_empty() => NO_RANK,
            Some(before) if lower[before] == *text => ranks[before],
            _ => place as u32,
        };
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_the_values_do() {
        let sorted = [-3.5, -0.25, 0.0, 1e-9, 2.0, 1e12].map(|value| Cell::Decimal(value, 1).key());
        assert!(sorted.is_sorted_by(|a, b| a < b), "{sorted:?}");
        let sorted = [-5, 0, 7, i64::MAX].map(|t_ms| Cell::Time(t_ms).key());
        assert!(sorted.is_sorted_by(|a, b| a < b), "{sorted:?}");
        assert_eq!(Cell::Decimal(f64::NAN, 1).key(), MISSING);
        assert_eq!(Cell::Text("", NO_RANK).key(), MISSING);
    }

    #[test]
    fn cells_read_well_and_copy_plainly() {
        for (cell, shown, plain) in [
            (Cell::Count(9912), "9\u{2009}912", "9912"),
            (Cell::Number("", 219_000_001), "219000001", "219000001"),
            (Cell::Number("local", 42), "local 42", "42"),
            (Cell::Decimal(12.345, 1), "12.3", "12.345"),
            (Cell::Decimal(f64::NAN, 1), "–", ""),
            (Cell::Time(1_528_035_600_250), "2018-06-03 14:20:00", "2018-06-03 14:20:00.250"),
            (Cell::Span(12_000_000), "3 h 20 min", "3:20:00"),
            (Cell::Text("A\tB", 0), "A\tB", "A B"),
            (Cell::Missing, "–", ""),
        ] {
            assert_eq!((cell.shown().as_ref(), cell.plain().as_ref()), (shown, plain));
        }
    }

    #[test]
    fn ranks_ignore_capitals_and_leave_out_what_is_empty() {
        assert_eq!(ranks(&["beta", "ALPHA", "", "alpha"]), [3, 1, NO_RANK, 1]);
    }
}
