//! Stops: where a ship lies still, at a berth or at anchor.

use std::ops::Range;

use super::segment::TripParams;
use crate::ais::Reports;
use crate::base::geo::{EARTH_RADIUS_M, Position, short_distance_m, wrap_lon_deg};
use crate::base::units::{kn_from_mps, s_from_ms};

/// Over how long the speed between positions is taken where reports say none: long enough that
/// errors of the positions do not look like speed.
const SPEED_OVER_MS: i64 = 120_000;

/// How many reports are looked through for the one that long away.
const MAX_LOOKED_AT: usize = 500;

/// The stops among the reports `range` of one ship, in order; each begins and ends with a report
/// of a ship that lies still.
///
/// A stop is the longest row of reports that begins slow, stays near the middle of its slow ones,
/// is never fast for as long as a stop must last, and lasts that long itself. A single wrong speed
/// does not end it, nor does swinging at anchor; leaving the place does.
pub(super) fn stops(
    reports: &Reports,
    range: Range<usize>,
    params: &TripParams,
) -> Vec<Range<usize>> {
    let mut stops = Vec::new();
    let stop_ms = (params.stop_time_min * 60_000.0) as i64;
    let is_slow = |report: usize| {
        let sog_kn = f64::from(reports.sog_kn[report]);
        let is_known = sog_kn.is_finite();
        (if is_known { sog_kn } else { speed_kn(reports, &range, report) }) < params.stop_sog_kn
    };
    let mut first = range.start;
    while first < range.end {
        if !is_slow(first) {
            first += 1;
            continue;
        }
        let mut middle = Middle::new(reports.positions[first]);
        let mut last = first;
        for report in first + 1..range.end {
            let stays = middle.distance_m(reports.positions[report]) <= params.stop_radius_m;
            if !stays {
                break;
            }
            if is_slow(report) {
                middle.add(reports.positions[report]);
                last = report;
            } else if reports.t_ms[report] - reports.t_ms[last] >= stop_ms {
                break;
            }
        }
        if reports.t_ms[last] - reports.t_ms[first] >= stop_ms {
            stops.push(first..last + 1);
        }
        // Fast reports after the last slow one are looked at once more, and no other ones.
        first = last + 1;
    }
    stops
}

/// The speed around `report` from the positions over [`SPEED_OVER_MS`] before it, or after it
/// where the range begins later than that. Not-a-number where the range is one report.
fn speed_kn(reports: &Reports, range: &Range<usize>, report: usize) -> f64 {
    let lies_far =
        |other: usize| (reports.t_ms[report] - reports.t_ms[other]).abs() >= SPEED_OVER_MS;
    let before = (range.start..report).rev().take(MAX_LOOKED_AT).find(|other| lies_far(*other));
    let other = before
        .or_else(|| (report + 1..range.end).take(MAX_LOOKED_AT).find(|other| lies_far(*other)))
        .unwrap_or(if report > range.start { range.start } else { range.end - 1 });
    let s = s_from_ms((reports.t_ms[report] - reports.t_ms[other]).abs());
    kn_from_mps(short_distance_m(reports.positions[other], reports.positions[report]) / s)
}

/// The mean of positions that lie near each other.
struct Middle {
    origin: Position,
    /// Of degrees from the origin, east and north.
    sum: (f64, f64),
    n: f64,
    cos_lat: f64,
}

impl Middle {
    fn new(origin: Position) -> Middle {
        Middle { origin, sum: (0.0, 0.0), n: 1.0, cos_lat: origin.lat_deg.to_radians().cos() }
    }

    fn add(&mut self, place: Position) {
        let (east, north) = self.offset_deg(place);
        self.sum = (self.sum.0 + east, self.sum.1 + north);
        self.n += 1.0;
    }

    fn offset_deg(&self, place: Position) -> (f64, f64) {
        let mut east = place.lon_deg - self.origin.lon_deg;
        if east.abs() > 180.0 {
            east = wrap_lon_deg(east);
        }
        (east, place.lat_deg - self.origin.lat_deg)
    }

    fn distance_m(&self, place: Position) -> f64 {
        let (east, north) = self.offset_deg(place);
        let (x, y) = ((east - self.sum.0 / self.n) * self.cos_lat, north - self.sum.1 / self.n);
        EARTH_RADIUS_M * (x * x + y * y).sqrt().to_radians()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Report;

    /// Reports by minute, meters east of 180° at the equator, and knots.
    fn reports(track: impl IntoIterator<Item = (i64, f64, f32)>) -> Reports {
        let mut reports = Reports::default();
        for (minute, x_m, sog_kn) in track {
            let place = Position::new(wrap_lon_deg(180.0 + x_m / 111_195.0), 0.0);
            reports.push(Report { sog_kn, ..Report::at(minute * 60_000, place) });
        }
        reports
    }

    fn check(track: impl IntoIterator<Item = (i64, f64, f32)>, expected: &[Range<usize>]) {
        let reports = reports(track);
        assert_eq!(stops(&reports, 0..reports.len(), &TripParams::default()), expected);
    }

    /// Ten minutes at 10 kn, `still`, ten minutes at 10 kn.
    fn with_stop(still: &[(f64, f32)]) -> Vec<(i64, f64, f32)> {
        let n = still.len() as i64;
        let before = (0..10).map(|i| (i, (i - 10) as f64 * 308.7, 10.0));
        let during = still.iter().enumerate().map(|(i, (x_m, kn))| (10 + i as i64, *x_m, *kn));
        let after = (0..10).map(|i| (10 + n + i, (i + 1) as f64 * 308.7, 10.0));
        before.chain(during).chain(after).collect()
    }

    #[test]
    fn a_ship_at_a_berth_has_stopped() {
        check(with_stop(&[(0.0, 0.0); 30]), std::slice::from_ref(&(10..40)));
    }

    #[test]
    fn a_short_halt_is_no_stop() {
        check(with_stop(&[(0.0, 0.0); 15]), &[]);
        check(with_stop(&[(0.0, 0.0); 16]), std::slice::from_ref(&(10..26)));
    }

    #[test]
    fn a_ship_that_swings_at_anchor_has_stopped() {
        let swing: Vec<(f64, f32)> =
            (0..120).map(|i| (150.0 * (f64::from(i) / 9.0).sin(), 0.6)).collect();
        check(with_stop(&swing), std::slice::from_ref(&(10..130)));
    }

    #[test]
    fn one_wrong_speed_does_not_end_a_stop() {
        let mut still = [(0.0, 0.0); 30];
        still[12].1 = 9.0;
        check(with_stop(&still), std::slice::from_ref(&(10..40)));
    }

    #[test]
    fn a_ship_that_drifts_off_too_soon_has_not_stopped() {
        // At 0.9 kn it is 300 m away from where it was after 11 minutes.
        let drift = || (0..60).map(|i| (i, i as f64 * 27.78, 0.9));
        let n = |stop_radius_m| {
            let reports = reports(drift());
            let params = TripParams { stop_radius_m, ..TripParams::default() };
            stops(&reports, 0..reports.len(), &params).len()
        };
        assert_eq!((n(150.0), n(10_000.0)), (0, 1));
    }

    #[test]
    fn a_tug_that_works_in_one_place_leaves_its_stop_when_it_begins() {
        let mut still = vec![(0.0, 0.0); 60];
        still[20..40].fill((100.0, 4.0));
        check(with_stop(&still), &[10..30, 50..70]);
    }

    #[test]
    fn without_speeds_the_positions_tell() {
        let noise = |i: i64| if i % 2 == 0 { 8.0 } else { -8.0 };
        let still: Vec<(f64, f32)> = (0..30).map(|i| (noise(i), f32::NAN)).collect();
        let mut track = with_stop(&still);
        for report in &mut track {
            report.2 = f32::NAN;
        }
        // Two minutes late, since speed is taken over the two minutes before.
        check(track, std::slice::from_ref(&(12..40)));
    }

    #[test]
    fn one_report_is_no_stop() {
        check([(0, 0.0, 0.0)], &[]);
        check([(0, 0.0, f32::NAN)], &[]);
    }
}
