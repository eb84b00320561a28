//! Shares and errors as they are written in all of these panels.

use crate::base::text::grouped;
use crate::ui::plot::axis::significant;

/// A part of a whole in percent: `4.1 %`. Below one in a thousand with a digit more.
pub fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "none".into();
    }
    let share = 100.0 * part as f64 / whole as f64;
    let decimals = if part > 0 && share < 0.1 { 2 } else { 1 };
    format!("{share:.decimals$} %")
}

/// `14 951 of 367 642 (4.1 %)`.
pub fn kept_text(kept: usize, of: usize) -> String {
    format!("{} of {} ({})", grouped(kept as u64), grouped(of as u64), percent(kept, of))
}

/// An error with three digits, and no more than two behind the point: `98.2`, `0.35`, `1 204`.
pub fn figure(value: f64) -> String {
    if value.abs() < 1.0 { format!("{value:.2}") } else { significant(value, 3) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_with_a_decimal_and_tiny_ones_with_two() {
        assert_eq!(kept_text(14_951, 367_642), "14\u{2009}951 of 367\u{2009}642 (4.1 %)");
        assert_eq!(
            (percent(1, 2000), percent(0, 7), percent(0, 0)),
            ("0.05 %".into(), "0.0 %".into(), "none".into())
        );
    }

    #[test]
    fn errors_have_three_digits() {
        for (value, text) in [
            (98.234, "98.2"),
            (0.0, "0.00"),
            (0.347, "0.35"),
            (1204.4, "1\u{2009}204"),
            (5.0, "5.00"),
        ] {
            assert_eq!(figure(value), text);
        }
    }
}
