//! Which times count: a window, and hours of the day.

use super::DensityParams;
use crate::base::time::DAY_MS;

/// Milliseconds in an hour.
const HOUR_MS: i64 = DAY_MS / 24;

/// Times that count.
pub(super) struct Window {
    span_ms: (i64, i64),
    /// First and last moment of the day, the last one excluded; over midnight where that is
    /// earlier. `None` for the whole day.
    hours_ms: Option<(i64, i64)>,
}

impl Window {
    pub fn new(window_ms: Option<(i64, i64)>, params: &DensityParams) -> Window {
        let span_ms = window_ms.unwrap_or((i64::MIN, i64::MAX));
        let (first, until) = (params.from_hour as i64, params.until_hour as i64);
        let is_all = (until - first).rem_euclid(24) == 0;
        let hours_ms = (!is_all).then_some((first % 24 * HOUR_MS, until % 24 * HOUR_MS));
        Window { span_ms, hours_ms }
    }

    /// The parts of a time that count, rising.
    pub fn parts(&self, from_ms: i64, to_ms: i64) -> impl Iterator<Item = (i64, i64)> {
        let (from_ms, to_ms) = (from_ms.max(self.span_ms.0), to_ms.min(self.span_ms.1));
        let (first_ms, length_ms) = match self.hours_ms {
            // One part, whatever the day.
            None => (0, None),
            Some((first, until)) => (first, Some((until - first).rem_euclid(DAY_MS))),
        };
        let first_day = (from_ms - first_ms).div_euclid(DAY_MS);
        let last_day = match length_ms {
            None => first_day,
            Some(_) => (to_ms - first_ms).div_euclid(DAY_MS),
        };
        (first_day..=last_day).filter_map(move |day| {
            let (from_ms, to_ms) = match length_ms {
                None => (from_ms, to_ms),
                Some(length_ms) => {
                    let begin_ms = day * DAY_MS + first_ms;
                    (from_ms.max(begin_ms), to_ms.min(begin_ms + length_ms))
                }
            };
            (from_ms < to_ms).then_some((from_ms, to_ms))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(hours: (usize, usize), from_h: i64, to_h: i64) -> Vec<(i64, i64)> {
        let params =
            DensityParams { from_hour: hours.0, until_hour: hours.1, ..DensityParams::default() };
        let window = Window::new(Some((0, 100 * HOUR_MS)), &params);
        let hours = |ms: (i64, i64)| (ms.0 / HOUR_MS, ms.1 / HOUR_MS);
        window.parts(from_h * HOUR_MS, to_h * HOUR_MS).map(hours).collect()
    }

    #[test]
    fn hours_of_the_day_cut_times_also_across_midnight() {
        assert_eq!(parts((0, 24), -5, 50), [(0, 50)]);
        assert_eq!(parts((6, 18), 3, 33), [(6, 18), (30, 33)]);
        assert_eq!(parts((22, 4), 0, 30), [(0, 4), (22, 28)]);
        assert_eq!(parts((22, 4), 5, 20), []);
        assert_eq!(parts((0, 24), 101, 110), []);
    }
}
