//! UTC, or the way sailed, along the edge of a plot: where its marks lie and what they say.

use egui_plot::{GridMark, Plot};

use crate::base::time::utc_text;
use crate::base::units::nmi_from_m;
use crate::ui::plot::axis::round_step;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Steps between marks. Of days and less each divides a day, so that marks stand at round times.
const STEPS_MS: [i64; 22] = [
    SECOND_MS,
    5 * SECOND_MS,
    10 * SECOND_MS,
    30 * SECOND_MS,
    MINUTE_MS,
    2 * MINUTE_MS,
    5 * MINUTE_MS,
    10 * MINUTE_MS,
    15 * MINUTE_MS,
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
];

/// Room for a mark with its text, and for a line without, points.
const LABELED_PX: f64 = 76.0;
const LINE_PX: f64 = 14.0;

/// A plot whose x axis is UTC, milliseconds.
pub fn over_time(plot: Plot<'_>) -> Plot<'_> {
    plot.x_grid_spacer(|input| {
        // A line each eight points is the plot's own least.
        marks(input.bounds.0, input.bounds.1, input.base_step_size / 8.0)
    })
    .x_axis_formatter(|mark, _| mark_text(mark))
}

/// Decimeters to a nautical mile.
const DM_PER_NMI: f64 = 18_520.0;

/// A plot whose x axis is the way sailed, decimeters; what stands there is nautical miles.
pub fn over_way(plot: Plot<'_>) -> Plot<'_> {
    plot.x_grid_spacer(|input| {
        way_marks(input.bounds.0, input.bounds.1, input.base_step_size / 8.0)
    })
    .x_axis_formatter(|mark, _| way_text(mark))
}

/// Marks between two places on the way, of which a point of the screen is `dm_per_px`.
fn way_marks(from_dm: f64, to_dm: f64, dm_per_px: f64) -> Vec<GridMark> {
    let step_dm = round_step(LABELED_PX * dm_per_px / DM_PER_NMI) * DM_PER_NMI;
    let is_drawable = to_dm > from_dm && (to_dm - from_dm) / step_dm <= 2000.0;
    if !is_drawable {
        return Vec::new();
    }
    let (first, last) = ((from_dm / step_dm).ceil() as i64, (to_dm / step_dm).floor() as i64);
    (first.max(0)..=last)
        .map(|n| GridMark { value: n as f64 * step_dm, step_size: step_dm })
        .collect()
}

fn way_text(mark: GridMark) -> String {
    // A hundred-millionth is a rounding error.
    let decimals = (-(mark.step_size / DM_PER_NMI).log10() - 1e-8).ceil().clamp(0.0, 3.0) as usize;
    format!("{:.decimals$} nmi", nmi_from_m(mark.value / 10.0))
}

/// Marks between `from_ms` and `to_ms`, of which a point is `ms_per_px`.
pub fn marks(from_ms: f64, to_ms: f64, ms_per_px: f64) -> Vec<GridMark> {
    let least = |px: f64| STEPS_MS.into_iter().filter(move |step| *step as f64 >= px * ms_per_px);
    let labeled_ms = least(LABELED_PX).next().unwrap_or(STEPS_MS[STEPS_MS.len() - 1]);
    let line_ms = least(LINE_PX).find(|step| labeled_ms % step == 0).unwrap_or(labeled_ms);
    // A view of nothing, or of ages, gets no lines.
    let is_drawable = to_ms > from_ms && (to_ms - from_ms) / line_ms as f64 <= 2000.0;
    if !is_drawable {
        return Vec::new();
    }
    let first = (from_ms / line_ms as f64).ceil() as i64;
    let last = (to_ms / line_ms as f64).floor() as i64;
    (first..=last)
        .map(|n| {
            let t_ms = n * line_ms;
            let is_labeled = t_ms.rem_euclid(labeled_ms) == 0;
            let step_size = if is_labeled { labeled_ms } else { line_ms };
            GridMark { value: t_ms as f64, step_size: step_size as f64 }
        })
        .collect()
}

/// What stands at a mark: the time, or at midnight and between days the date.
pub fn mark_text(mark: GridMark) -> String {
    let (t_ms, step_ms) = (mark.value as i64, mark.step_size as i64);
    let text = utc_text(t_ms);
    // `2018-06-03 14:20:00`.
    let part = if step_ms >= 90 * DAY_MS {
        ..10
    } else if t_ms.rem_euclid(DAY_MS) == 0 {
        return text.get(5..10).unwrap_or_default().to_owned();
    } else if step_ms < MINUTE_MS {
        return text.get(11..19).unwrap_or_default().to_owned();
    } else {
        return text.get(11..16).unwrap_or_default().to_owned();
    };
    text.get(part).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2018-06-03 00:00 UTC.
    const DAY: i64 = 1_527_984_000_000;

    #[test]
    fn marks_stand_at_round_times_with_the_date_where_days_change() {
        // Twelve hours around midnight on 720 points: a minute a point, marks of two hours.
        let (from, to) = (DAY - 6 * HOUR_MS, DAY + 6 * HOUR_MS);
        let marks = marks(from as f64, to as f64, MINUTE_MS as f64);
        let labeled: Vec<String> = marks
            .iter()
            .filter(|mark| mark.step_size == 2.0 * HOUR_MS as f64)
            .map(|mark| mark_text(*mark))
            .collect();
        assert_eq!(labeled, ["18:00", "20:00", "22:00", "06-03", "02:00", "04:00", "06:00"]);
        assert!(marks.iter().all(|mark| mark.step_size >= 15.0 * MINUTE_MS as f64));
    }

    #[test]
    fn seconds_are_told_close_in_and_years_far_out() {
        let at = |value: i64, step_ms: i64| {
            mark_text(GridMark { value: value as f64, step_size: step_ms as f64 })
        };
        assert_eq!(at(DAY + 5000, 5000), "00:00:05");
        assert_eq!(at(DAY, 365 * DAY_MS), "2018-06-03");
    }

    #[test]
    fn the_way_is_marked_in_round_nautical_miles() {
        // Ten nautical miles on 760 points: a mark each mile is as near as texts may stand.
        let texts = |from_nmi: f64, to_nmi: f64| -> Vec<String> {
            let per_px = (to_nmi - from_nmi) * DM_PER_NMI / 760.0;
            let marks = way_marks(from_nmi * DM_PER_NMI, to_nmi * DM_PER_NMI, per_px);
            marks.into_iter().map(way_text).collect()
        };
        assert_eq!(texts(-0.5, 9.5)[..3], ["0 nmi", "1 nmi", "2 nmi"]);
        assert_eq!(texts(7.0, 8.0)[..3], ["7.0 nmi", "7.1 nmi", "7.2 nmi"]);
        assert_eq!(way_marks(5.0, 5.0, 0.0), []);
        assert_eq!(way_marks(f64::NAN, 5.0, f64::NAN), []);
    }

    #[test]
    fn a_view_of_nothing_has_no_marks() {
        assert_eq!(marks(5.0, 5.0, 0.0), []);
        assert_eq!(marks(f64::NAN, 5.0, f64::NAN), []);
    }
}
