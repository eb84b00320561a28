//! What both plots of a trip draw: columns over time or over the way sailed.

use super::pair::Subject;
use crate::ais::Track;
use crate::base::geo::short_distance_m;
use crate::base::job::Job;
use crate::compress::{Errors, Kept, errors};
use crate::ui::panels::profile::linked::{motion_text, nearest, report_text};

/// What the x axis of the plots is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Along {
    /// Time.
    #[default]
    Time,
    /// The way sailed.
    Way,
}

/// A trip as columns: as it was reported, and as the kept reports tell it.
pub struct Series {
    /// UTC milliseconds, or decimeters sailed; never falls.
    pub x: Vec<i64>,
    /// UTC milliseconds.
    pub t_ms: Vec<i64>,
    /// Speeds as reported, knots.
    pub sog_kn: Vec<f32>,
    /// Courses as reported, degrees.
    pub cog_deg: Vec<f32>,
    /// Speeds as they lie between the kept ones by time, knots.
    pub again_kn: Vec<f32>,
    /// Courses likewise, the short way round, degrees.
    pub again_deg: Vec<f32>,
    /// The kept reports, counted from the trip's first.
    pub kept: Vec<usize>,
    /// What compression costs this trip.
    pub errors: Errors,
}

impl Series {
    /// The columns of a trip. Time linear in its reports.
    pub fn new(subject: &Subject, along: Along) -> Series {
        let Subject { fleet, trip, mask, .. } = *subject;
        let track = trip.track(fleet);
        let kept: Vec<usize> =
            mask.iter().enumerate().filter(|(_, is_kept)| **is_kept).map(|(at, _)| at).collect();
        let of_one = Kept::new(vec![0, mask.len()], mask.to_vec());
        // Nobody can cancel this job.
        let errors = errors(fleet, std::slice::from_ref(trip), &of_one, &Job::default());
        Series {
            x: match along {
                Along::Time => track.t_ms.to_vec(),
                Along::Way => way_dm(&track),
            },
            t_ms: track.t_ms.to_vec(),
            sog_kn: track.sog_kn.to_vec(),
            cog_deg: track.cog_deg.to_vec(),
            again_kn: between(&track, track.sog_kn, &kept, |from, to| to - from),
            again_deg: between(&track, track.cog_deg, &kept, short_way_deg)
                .into_iter()
                .map(|deg| deg.rem_euclid(360.0))
                .collect(),
            kept,
            errors: errors.unwrap_or_default(),
        }
    }

    /// The first and the last x.
    pub fn ends(&self) -> (i64, i64) {
        (self.x[0], self.x[self.x.len() - 1])
    }

    /// The moment of the report nearest to an x, UTC milliseconds.
    pub fn t_ms_at(&self, x: f64) -> i64 {
        self.t_ms[nearest(&self.x, x)]
    }
}

/// The way sailed up to each report, decimeters. A report without a place is where the one before
/// it was.
fn way_dm(track: &Track) -> Vec<i64> {
    let (mut way_m, mut last) = (0.0, None);
    track
        .positions
        .iter()
        .map(|place| {
            if place.is_valid() {
                way_m += last.map_or(0.0, |last| short_distance_m(last, *place));
                last = Some(*place);
            }
            (10.0 * way_m) as i64
        })
        .collect()
}

/// At each report, the value between the kept ones around it, by time. Not known where one of these
/// is not.
fn between(
    track: &Track,
    values: &[f32],
    kept: &[usize],
    change: impl Fn(f32, f32) -> f32,
) -> Vec<f32> {
    let mut again = vec![f32::NAN; values.len()];
    for chord in kept.windows(2) {
        let (from, to) = (chord[0], chord[1]);
        let lasts_ms = (track.t_ms[to] - track.t_ms[from]).max(1) as f64;
        let change = change(values[from], values[to]);
        for (value, t_ms) in again[from..=to].iter_mut().zip(&track.t_ms[from..=to]) {
            let share = (t_ms - track.t_ms[from]) as f64 / lasts_ms;
            *value = values[from] + share as f32 * change;
        }
    }
    for at in kept {
        again[*at] = values[*at];
    }
    again
}

/// The turn from one course to another, the short way round.
fn short_way_deg(from: f32, to: f32) -> f32 {
    (to - from + 180.0).rem_euclid(360.0) - 180.0
}

/// What the report nearest to an x says, and what is left of it.
pub fn values_text(track: &Track, mask: &[bool], series: &Series, x: f64) -> String {
    let at = nearest(&series.x, x);
    let report = report_text(track, at);
    if mask[at] {
        format!("{report}, kept")
    } else {
        format!("{report}, left {}", motion_text(series.again_kn[at], series.again_deg[at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Ending, Fleet, Report, Trip, Vessel};
    use crate::base::geo::Position;
    use crate::flow::Key;

    /// A minute between reports; speed, course and degrees east on the equator.
    fn series(reports: &[(f32, f32, f64)], mask: &[bool], along: Along) -> (Fleet, Trip, Series) {
        let report = |(at, (sog_kn, cog_deg, lon_deg)): (usize, &(f32, f32, f64))| Report {
            sog_kn: *sog_kn,
            cog_deg: *cog_deg,
            ..Report::at(60_000 * at as i64, Position::new(*lon_deg, 0.0))
        };
        let own = reports.iter().enumerate().map(report).collect();
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), own)]);
        let (begins, ends) = (Ending::Track, Ending::Track);
        let trip = Trip { vessel: 0, reports: 0..reports.len(), length_m: 1.0, begins, ends };
        let series = Series::new(
            &Subject {
                key: Key::of("test/1", &0, &[]),
                trip_index: 0,
                fleet: &fleet,
                trip: &trip,
                mask,
                now_ms: None,
                is_selected: true,
            },
            along,
        );
        (fleet, trip, series)
    }

    #[test]
    fn between_kept_reports_speed_goes_evenly_and_course_the_short_way_round() {
        let reports = [(10.0, 350.0, 0.0), (10.0, 350.0, 0.01), (14.0, 10.0, 0.02)];
        let (fleet, trip, series) = series(&reports, &[true, false, true], Along::Time);
        assert_eq!(series.again_kn, [10.0, 12.0, 14.0]);
        assert_eq!(series.again_deg, [350.0, 0.0, 10.0]);
        assert_eq!(series.kept, [0, 2]);
        // Off by 2 kn and 10 degrees, and by nothing on the equator.
        assert_eq!((series.errors.sog_kn.max, series.errors.cog_deg.max), (2.0, 10.0));
        assert!(series.errors.offset_m.max < 0.01);
        let track = trip.track(&fleet);
        let text = |x: f64| values_text(&track, &[true, false, true], &series, x);
        assert_eq!(text(-5.0), "1970-01-01 00:00:00 UTC, 10.0 kn, 350.0°, kept");
        assert_eq!(
            text(70_000.0),
            "1970-01-01 00:01:00 UTC, 10.0 kn, 350.0°, left 12.0 kn, 000.0°"
        );
    }

    #[test]
    fn a_kept_report_without_a_speed_leaves_none_beside_it() {
        let reports = [(10.0, 0.0, 0.0), (10.0, 0.0, 0.01), (f32::NAN, 0.0, 0.02)];
        let (_, _, series) = series(&reports, &[true, false, true], Along::Time);
        assert_eq!(series.again_kn[0], 10.0);
        assert!(series.again_kn[1].is_nan() && series.again_kn[2].is_nan());
    }

    #[test]
    fn the_way_is_counted_in_decimeters_and_goes_on_over_reports_without_a_place() {
        // A minute of longitude on the equator is a nautical mile.
        let reports = [(10.0, 90.0, 0.0), (10.0, 90.0, 181.0), (10.0, 90.0, 1.0 / 60.0)];
        let (_, _, series) = series(&reports, &[true, false, true], Along::Way);
        assert_eq!((series.x[0], series.x[1]), (0, 0));
        assert!((series.x[2] - 18_530).abs() < 15, "{:?}", series.x);
        assert_eq!(series.t_ms_at(18_000.0), 120_000);
    }
}
