//! Which ship, and from which moment on, as settings have it: a number, and a time as text.

use crate::base::params::{Field, Form};
use crate::base::time::{TimeFormat, TimeReader};

/// The moment that the text called `name` says, UTC milliseconds; none for an empty one, which
/// stands for the last report.
///
/// # Errors
///
/// In words, for the user: the text is no time.
pub(super) fn moment_ms(name: &str, text: &str) -> Result<Option<i64>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let t_ms = TimeReader::new(TimeFormat::Iso, 0).read(text.as_bytes());
    t_ms.map(Some).ok_or_else(|| format!("{name}: \"{text}\" is no time like 2018-06-03T14:20:00Z"))
}

/// Presents the number of a ship, and which of several that share it is meant.
pub(super) fn describe_ship(
    form: &mut dyn Form,
    (mmsi, part): (&mut usize, &mut usize),
    help: &'static str,
) {
    form.count("mmsi", mmsi, Field { unit: "", range: 0..=4_294_967_295, help });
    let help = "Which of several ships that share the number.";
    form.count("part", part, Field { unit: "", range: 0..=255, help });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_the_last_report_or_a_fault_that_names_the_field() {
        assert_eq!(moment_ms("at", " 1970-01-01T00:01:00Z "), Ok(Some(60_000)));
        assert_eq!(moment_ms("at", "  "), Ok(None));
        let fault = moment_ms("time", "noon").unwrap_err();
        assert_eq!(fault, "time: \"noon\" is no time like 2018-06-03T14:20:00Z");
    }
}
