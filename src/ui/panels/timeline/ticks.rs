//! Where a time axis has its ticks, and what they say.

use crate::base::time::utc_text;

/// The least distance between ticks, in points of the screen.
const APART_PX: f64 = 84.0;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Lengths between ticks.
const STEPS_MS: [i64; 22] = [
    SECOND_MS,
    5 * SECOND_MS,
    10 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    30 * MINUTE_MS,
    HOUR_MS,
    2 * HOUR_MS,
    3 * HOUR_MS,
    6 * HOUR_MS,
    12 * HOUR_MS,
    DAY_MS,
    2 * DAY_MS,
    5 * DAY_MS,
    10 * DAY_MS,
    30 * DAY_MS,
    90 * DAY_MS,
    365 * DAY_MS,
    3650 * DAY_MS,
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A place on the axis with what stands there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tick {
    /// When, UTC milliseconds.
    pub t_ms: i64,
    /// A time of day, or a date where a day begins.
    pub label: String,
    /// Whether a day begins here.
    pub is_day: bool,
}

/// The ticks of an axis from `from_ms` to `to_ms` that is `width_px` long.
pub fn ticks(from_ms: i64, to_ms: i64, width_px: f32) -> Vec<Tick> {
    let most = (f64::from(width_px) / APART_PX).max(1.0);
    let least_ms = ((to_ms - from_ms) as f64 / most) as i64;
    let longest_ms = STEPS_MS[STEPS_MS.len() - 1];
    let step_ms = STEPS_MS
        .into_iter()
        .find(|step| *step >= least_ms)
        .unwrap_or((least_ms / longest_ms + 1) * longest_ms);
    let first = from_ms.div_euclid(step_ms) + i64::from(from_ms.rem_euclid(step_ms) != 0);
    let last = to_ms.div_euclid(step_ms);
    (first..=last).map(|n| tick(n * step_ms, step_ms)).collect()
}

fn tick(t_ms: i64, step_ms: i64) -> Tick {
    let text = utc_text(t_ms);
    let is_day = t_ms.rem_euclid(DAY_MS) == 0;
    let label = if is_day {
        date_label(&text, step_ms >= 90 * DAY_MS)
    } else if step_ms < MINUTE_MS {
        text.get(11..19).unwrap_or_default().to_owned()
    } else {
        text.get(11..16).unwrap_or_default().to_owned()
    };
    Tick { t_ms, label, is_day }
}

/// `3 Jun`, with the year where the axis spans many, from `2018-06-03 …`.
fn date_label(text: &str, has_year: bool) -> String {
    let part = |range| text.get(range).and_then(|part: &str| part.parse::<usize>().ok());
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else {
        return text.to_owned();
    };
    let month = MONTHS.get(month.wrapping_sub(1)).copied().unwrap_or_default();
    if has_year { format!("{day} {month} {year}") } else { format!("{day} {month}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2018-06-03, midnight.
    const JUNE_3_MS: i64 = 1_527_984_000_000;

    #[test]
    fn a_day_has_hours_and_its_date_where_it_begins() {
        let ticks = ticks(JUNE_3_MS, JUNE_3_MS + DAY_MS, 1000.0);
        assert_eq!(ticks[0], Tick { t_ms: JUNE_3_MS, label: "3 Jun".into(), is_day: true });
        assert_eq!(ticks[1].label, "03:00");
        assert_eq!(ticks.len(), 9);
    }

    #[test]
    fn labels_never_crowd() {
        for span_ms in [1, 7_000, HOUR_MS, 3 * DAY_MS, 400 * DAY_MS, 20_000 * DAY_MS] {
            for width_px in [60.0, 400.0, 1900.0] {
                let n = ticks(JUNE_3_MS, JUNE_3_MS + span_ms, width_px).len();
                assert!(
                    n as f64 <= (f64::from(width_px) / APART_PX).max(1.0) + 1.001,
                    "{span_ms} {width_px} {n}"
                );
            }
        }
    }

    #[test]
    fn seconds_and_years_are_told_where_they_matter() {
        assert_eq!(ticks(JUNE_3_MS + 1, JUNE_3_MS + 20_000, 400.0)[0].label, "00:00:05");
        assert_eq!(tick(JUNE_3_MS, 365 * DAY_MS).label, "3 Jun 2018");
    }

    #[test]
    fn a_span_of_nothing_has_at_most_one_tick() {
        assert!(ticks(5, 5, 1000.0).is_empty());
        assert_eq!(ticks(JUNE_3_MS, JUNE_3_MS, 1000.0).len(), 1);
    }
}
