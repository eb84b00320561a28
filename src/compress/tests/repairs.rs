//! Silences filled along a spline.

use super::super::*;
use super::trips::{checked, trip};
use crate::ais::{Report, Truth, Vessel};
use crate::base::geo::{Position, destination, distance_m};

fn params(longest_min: f64) -> Checked<RepairParams> {
    let repair = RepairParams { repairs: true, least_s: 180.0, longest_min, step_s: 60.0 };
    checked(&repair)
}

/// Where a ship on a circle of 5 km about a place on the date line is after `s` seconds: once
/// around in 100 minutes, beginning in the north, clockwise.
fn on_circle(s: i64) -> Position {
    destination(Position::new(180.0, 40.0), s as f64 * 360.0 / 6000.0, 5000.0)
}

/// Reports every 30 s but for the silence from `from_s` to `to_s`.
fn circling(from_s: i64, to_s: i64) -> Fleet {
    let times = (0..=200).map(|i| i * 30).filter(|s| *s <= from_s || *s >= to_s);
    let reports = times.map(|s| Report {
        sog_kn: 10.0,
        cog_deg: ((s as f64 * 0.06 + 90.0) % 360.0) as f32,
        ..Report::at(s * 1000, on_circle(s))
    });
    Fleet::from_tracks(vec![(Vessel::default(), reports.collect())])
}

#[test]
fn a_spline_follows_the_bend_that_a_straight_line_cuts() {
    let fleet = circling(2400, 3300);
    let trips = [trip(0, 0..fleet.reports().len())];
    let repaired = repair(&fleet, &trips, &params(30.0), &Job::default()).unwrap();
    assert_eq!((repaired.silences, repaired.inserted), (1, 14));
    let reports = repaired.fleet.reports();
    let mut worst_m = 0.0_f64;
    for at in 81..95 {
        let s = reports.t_ms[at] / 1000;
        assert_eq!(s, 2400 + (at as i64 - 80) * 60);
        worst_m = worst_m.max(distance_m(reports.positions[at], on_circle(s)));
        assert_eq!(reports.sog_kn[at], 10.0);
        let true_deg = (s as f32 * 0.06 + 90.0) % 360.0;
        assert!((reports.cog_deg[at] - true_deg).abs() < 0.01, "{}", reports.cog_deg[at]);
    }
    // A chord of 54 degrees of that circle lies 545 m inside it.
    assert!(worst_m < 30.0, "{worst_m} m");
}

#[test]
fn reports_and_trips_stay_what_they_were() {
    let fleet = circling(2400, 3300);
    let n = fleet.reports().len();
    let trips = [trip(0, 0..50), trip(0, 60..n - 5)];
    let repaired = repair(&fleet, &trips, &params(30.0), &Job::default()).unwrap();
    assert_eq!(repaired.trips[0].reports, 0..50);
    assert_eq!(repaired.trips[1].reports, 60..n - 5 + 14);
    assert_eq!(repaired.fleet.reports().len(), n + 14);
    let last = repaired.fleet.reports().get(n + 13);
    assert!(last.is_same(&fleet.reports().get(n - 1)));
    // The chord of the silence is 545 m shorter than its arc, the spline is not.
    let arc_m = (repaired.fleet.reports().t_ms[n - 6 + 14] - repaired.fleet.reports().t_ms[60])
        as f64
        / 6_000_000.0
        * std::f64::consts::TAU
        * 5000.0;
    assert!((repaired.trips[1].length_m - arc_m).abs() < 30.0);
}

#[test]
fn silences_too_short_too_long_or_between_trips_stay() {
    let n = |fleet: &Fleet, trips: &[Trip], longest_min| {
        repair(fleet, trips, &params(longest_min), &Job::default()).unwrap().inserted
    };
    let long = circling(2400, 3300);
    let all = [trip(0, 0..long.reports().len())];
    assert_eq!(n(&long, &all, 14.9), 0);
    assert_eq!(n(&long, &all, 15.0), 14);
    assert_eq!(n(&long, &[trip(0, 0..81), trip(0, 81..long.reports().len())], 30.0), 0);
    let short = circling(2400, 2550);
    assert_eq!(n(&short, &[trip(0, 0..short.reports().len())], 30.0), 0);
    assert_eq!(n(&short, &[], 30.0), 0);
}

#[test]
fn scatter_before_a_silence_is_not_carried_through_it() {
    // Straight east at 10 m/s, every 10 s, off by 10 m to either side; silent for 20 minutes.
    let at = |s: i64| {
        let on_way = destination(Position::new(0.0, 0.0), 90.0, s as f64 * 10.0);
        Report::at(s * 1000, Position::new(on_way.lon_deg, if s % 20 == 0 { 9e-5 } else { -9e-5 }))
    };
    let times = (0..=600).map(|i| i * 10).filter(|s| *s <= 2000 || *s >= 3200);
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), times.map(at).collect())]);
    let trips = [trip(0, 0..fleet.reports().len())];
    let repaired = repair(&fleet, &trips, &params(30.0), &Job::default()).unwrap();
    assert_eq!(repaired.inserted, 19);
    let off_deg = repaired.fleet.reports().positions.iter().map(|place| place.lat_deg.abs());
    assert!(off_deg.fold(0.0, f64::max) < 3e-4, "33 m");
}

#[test]
fn missing_values_stay_missing_and_truth_stays_unknown() {
    let track: Vec<Report> = [0, 60, 660, 720].map(|s| Report::at(s * 1000, on_circle(s))).to_vec();
    let mut reports = crate::ais::Reports::default();
    for report in track {
        reports.push_with_truth(report, Truth { trip: 4, ..Truth::UNKNOWN });
    }
    let fleet = Fleet::new(vec![Vessel::default()], vec![0, 4], reports);
    let repaired = repair(&fleet, &[trip(0, 0..4)], &params(30.0), &Job::default()).unwrap();
    assert_eq!(repaired.inserted, 9);
    assert_eq!((repaired.fleet.truth(5), repaired.fleet.truth(12).trip), (Truth::UNKNOWN, 4));
    assert!(repaired.fleet.reports().sog_kn[5].is_nan());
}

#[test]
fn a_silence_without_a_place_at_an_end_stays() {
    let nowhere = Position::new(f64::NAN, f64::NAN);
    let places = [on_circle(0), nowhere, on_circle(660), on_circle(720)];
    let reports = (0..).zip(places).map(|(i, place)| Report::at(i * 600_000, place));
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
    let repaired = repair(&fleet, &[trip(0, 0..4)], &params(30.0), &Job::default()).unwrap();
    assert_eq!((repaired.silences, repaired.inserted), (1, 9));
}
