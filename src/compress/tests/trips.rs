//! Trips as a whole: thresholds, figures, curve and table.

use super::super::*;
use crate::ais::{Ending, Mmsi, Report, Vessel};
use crate::base::geo::{Position, destination};
use crate::base::params::{Choice as _, Params};
use crate::base::rng::Rng;

pub(super) fn trip(vessel: usize, reports: std::ops::Range<usize>) -> Trip {
    Trip { vessel, reports, length_m: 0.0, begins: Ending::Track, ends: Ending::Track }
}

pub(super) fn checked<P: Params>(params: &P) -> Checked<P> {
    Checked::new(params).unwrap()
}

/// Only positions count.
fn by_position(tolerance_m: f64) -> CompressParams {
    CompressParams {
        tolerance_m,
        keeps_speeds: false,
        keeps_courses: false,
        ..CompressParams::default()
    }
}

/// One ship going north along the date line, a report a minute, with these speeds and courses.
fn ship(motion: &[(f32, f32)]) -> (Fleet, Vec<Trip>) {
    let reports = (0..).zip(motion).map(|(i, (sog_kn, cog_deg))| Report {
        sog_kn: *sog_kn,
        cog_deg: *cog_deg,
        ..Report::at(i * 60_000, Position::new(180.0, 0.01 * i as f64))
    });
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
    let trips = vec![trip(0, 0..motion.len())];
    (fleet, trips)
}

/// Ships on winding courses, some across the date line; a trip or two of each.
fn fleet(n_ships: usize, seed: u64) -> (Fleet, Vec<Trip>) {
    let mut trips = Vec::new();
    let mut first = 0;
    let tracks = (0..n_ships)
        .map(|vessel| {
            let mut rng = Rng::new(seed, vessel as u64);
            let n = 40 + rng.below(400);
            let mut place = Position::new(179.9, rng.between(-60.0, 70.0));
            let (mut cog_deg, mut t_ms) = (rng.between(0.0, 360.0), 0);
            let reports = (0..n).map(|_| {
                cog_deg = (cog_deg + 6.0 * rng.normal()).rem_euclid(360.0);
                place = destination(place, cog_deg, 150.0);
                t_ms += 30_000;
                let tenths = |value: f64| ((value * 10.0).round() / 10.0) as f32;
                let sog_kn = tenths(9.7 + 0.1 * rng.normal());
                Report { sog_kn, cog_deg: tenths(cog_deg), ..Report::at(t_ms, place) }
            });
            let reports: Vec<Report> = reports.collect();
            let middle = first + n / 2;
            trips.push(trip(vessel, first..middle));
            trips.push(trip(vessel, middle + 3..first + n));
            first += n;
            (Vessel { mmsi: Mmsi(vessel as u32), ..Vessel::default() }, reports)
        })
        .collect();
    (Fleet::from_tracks(tracks), trips)
}

fn kept(fleet: &Fleet, trips: &[Trip], params: &CompressParams) -> Vec<usize> {
    compress(fleet, trips, &checked(params), &Job::default()).unwrap().kept.indices(0).collect()
}

#[test]
fn each_threshold_keeps_its_own_points() {
    // Straight on: only what changes in speed (at 2) or course (before 4) can be kept.
    let (fleet, trips) =
        ship(&[(9.0, 0.0), (9.0, 0.0), (9.3, 359.0), (9.3, 0.0), (9.3, 8.0), (9.3, 9.0)]);
    let params = |keeps_positions, keeps_speeds, keeps_courses| CompressParams {
        keeps_positions,
        keeps_speeds,
        keeps_courses,
        ..CompressParams::default()
    };
    assert_eq!(kept(&fleet, &trips, &params(true, false, false)), [0, 5]);
    assert_eq!(kept(&fleet, &trips, &params(false, false, false)), [0, 5]);
    assert_eq!(kept(&fleet, &trips, &params(false, true, false)), [0, 2, 5]);
    assert_eq!(kept(&fleet, &trips, &params(false, false, true)), [0, 3, 5]);
    for method in [Method::DouglasPeucker, Method::TimeRatio, Method::Rdp2, Method::SlidingWindow] {
        let params = CompressParams { method, ..params(true, true, true) };
        assert_eq!(kept(&fleet, &trips, &params), [0, 2, 3, 5], "{method:?}");
    }
}

#[test]
fn a_change_of_exactly_the_threshold_is_not_kept() {
    let speeds: Vec<(f32, f32)> = (0..200)
        .map(|i| ((f64::from(i % 2 + 3 * i) / 10.0) as f32, (4 * i % 360) as f32))
        .collect();
    let (fleet, trips) = ship(&speeds);
    let params = CompressParams { keeps_positions: false, ..CompressParams::default() };
    let at = |speed_kn, course_deg| CompressParams { speed_kn, course_deg, ..params.clone() };
    assert_eq!(kept(&fleet, &trips, &at(0.4, 4.0)).len(), 2, "steps of 0.2 and 0.4 kn, 4 degrees");
    assert_eq!(kept(&fleet, &trips, &at(0.2, 4.0)).len(), 101, "every other inner report");
    assert_eq!(kept(&fleet, &trips, &at(9.0, 3.9)).len(), 200);
}

#[test]
fn missing_speeds_and_courses_keep_nothing() {
    let (fleet, trips) = ship(&[(f32::NAN, f32::NAN); 50]);
    assert_eq!(kept(&fleet, &trips, &CompressParams::default()), [0, 49]);
    let (fleet, trips) = ship(&[(9.0, 0.0), (f32::NAN, f32::NAN), (12.0, 90.0), (12.0, 90.0)]);
    assert_eq!(kept(&fleet, &trips, &CompressParams::default()), [0, 3]);
}

#[test]
fn errors_are_those_worked_out_by_hand() {
    // North at even speed but for one report 0.001 degrees, 111.195 m, to the east.
    let east = |i: i64| if i == 2 { 0.001 } else { 0.0 };
    let reports = (0..5).map(|i| Report {
        sog_kn: if i == 3 { 14.0 } else { 10.0 },
        cog_deg: if i == 1 { 350.0 } else { 4.0 },
        ..Report::at(i * 60_000, Position::new(east(i), 0.01 * i as f64))
    });
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
    let trips = [trip(0, 0..5)];
    let params = checked(&by_position(200.0));
    let compressed = compress(&fleet, &trips, &params, &Job::default()).unwrap();
    assert_eq!((compressed.reports_in(), compressed.reports_kept()), (5, 2));
    assert_eq!(compressed.kept_share(), 0.4);
    let Errors { offset_m, synchronous_m, sog_kn, cog_deg } = compressed.errors;
    assert!((offset_m.max - 111.195).abs() < 0.01, "{offset_m:?}");
    assert!((offset_m.mean - 111.195 / 5.0).abs() < 0.01);
    assert!((synchronous_m.max - 111.195).abs() < 0.01);
    assert!((sog_kn.max - 4.0).abs() < 1e-6 && (sog_kn.mean - 0.8).abs() < 1e-6);
    assert!((cog_deg.max - 14.0).abs() < 1e-4 && (cog_deg.mean - 2.8).abs() < 1e-4);
    // Nothing dropped, nothing lost.
    let all = Kept::new(vec![0, 5], vec![true; 5]);
    assert_eq!(errors(&fleet, &trips, &all, &Job::default()).unwrap(), Errors::default());
}

#[test]
fn no_error_exceeds_the_tolerance_whatever_the_method() {
    let (fleet, trips) = fleet(30, 5);
    for tolerance_m in [5.0, 40.0, 300.0] {
        for method in [Method::DouglasPeucker, Method::TimeRatio, Method::SlidingWindow] {
            let params = checked(&CompressParams { method, ..by_position(tolerance_m) });
            let Compressed { kept, errors } =
                compress(&fleet, &trips, &params, &Job::default()).unwrap();
            let max_m = match method {
                Method::TimeRatio => errors.synchronous_m.max,
                _ => errors.offset_m.max,
            };
            assert!(max_m <= tolerance_m && max_m > 0.5 * tolerance_m, "{method:?} {max_m}");
            for (index, trip) in trips.iter().enumerate() {
                let mask = kept.of(index);
                assert!(mask[0] && mask[mask.len() - 1] && mask.len() == trip.reports.len());
            }
        }
    }
}

#[test]
fn results_do_not_hang_on_how_trips_are_grouped() {
    // Together they fill many groups; one by one they fill none.
    let (fleet, trips) = fleet(600, 6);
    let params = checked(&CompressParams::default());
    let job = Job::default();
    let all = compress(&fleet, &trips, &params, &job).unwrap();
    assert!(all.reports_in() > 100_000);
    for index in [0, 1, 333, 1198, 1199] {
        let one = compress(&fleet, &trips[index..=index], &params, &job).unwrap();
        assert_eq!(one.kept.of(0), all.kept.of(index));
    }
    for method in [Method::Rdp2, Method::SlidingWindow] {
        let params = checked(&CompressParams { method, ..CompressParams::default() });
        let all = compress(&fleet, &trips, &params, &job).unwrap();
        let one = compress(&fleet, &trips[777..778], &params, &job).unwrap();
        assert_eq!(one.kept.of(0), all.kept.of(777));
    }
    let mask = all.kept.over_fleet(&trips, fleet.reports().len());
    assert_eq!(mask.iter().filter(|is_kept| **is_kept).count(), all.reports_kept());
}

#[test]
fn the_curve_says_at_each_step_what_is_kept_there() {
    let (fleet, trips) = fleet(20, 7);
    let measured = measure(&fleet, &trips, Ruler::Nearest, &Job::default()).unwrap();
    for params in [by_position(100.0), CompressParams::default()] {
        let curve = retention(&measured, &params, 0.1, 10_000.0);
        assert!(curve.tolerance_m[0] <= 0.1 && curve.tolerance_m.last().unwrap() >= &10_000.0);
        assert!(curve.kept.is_sorted_by(|a, b| a >= b), "{:?}", curve.kept);
        assert_eq!(curve.tolerance_m.len(), curve.kept.len());
        for (step, tolerance_m) in curve.tolerance_m.iter().enumerate() {
            let params = CompressParams { tolerance_m: *tolerance_m, ..params.clone() };
            let kept = measured.keep(&params);
            assert_eq!(curve.kept[step], kept.reports_kept(), "{tolerance_m} m");
            assert_eq!(curve.share(step), kept.share());
        }
    }
}

#[test]
fn a_report_as_far_off_as_a_step_of_the_curve_is_not_kept_there() {
    let significance_m = vec![f32::INFINITY, 0.0, 64.0, 64.0_f32.next_up(), 1e6, f32::INFINITY];
    let measured = Measured {
        starts: vec![0, 6],
        significance_m,
        speed_kn: vec![0.0; 6],
        course_deg: vec![0.0, 9.0, 0.0, 0.0, 0.0, 0.0],
    };
    for (params, kept) in [(by_position(64.0), 4), (CompressParams::default(), 5)] {
        let curve = retention(&measured, &params, 64.0, 64.0);
        assert_eq!(curve.tolerance_m, [64.0, 68.0]);
        assert_eq!(curve.kept, [kept, kept - 1]);
        let params = CompressParams { tolerance_m: 64.0, ..params };
        assert_eq!(measured.keep(&params).reports_kept(), kept);
    }
}

#[test]
fn the_papers_table_falls_from_row_to_row_and_keeps_within_each_tolerance() {
    // As long a track as the paper's, 3,769 reports.
    let mut rng = Rng::new(8, 0);
    let (mut place, mut cog_deg) = (Position::new(-179.95, 35.0), 270.0);
    let reports = (0..3769).map(|i| {
        cog_deg = (cog_deg + 3.0 * rng.normal()).rem_euclid(360.0);
        place = destination(place, cog_deg, 60.0);
        let scattered = destination(place, rng.between(0.0, 360.0), 5.0 * rng.unit());
        Report { sog_kn: 12.0, cog_deg: cog_deg as f32, ..Report::at(i * 10_000, scattered) }
    });
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
    let trips = [trip(0, 0..3769)];
    let job = Job::default();
    let measured = measure(&fleet, &trips, Ruler::Nearest, &job).unwrap();
    let params = CompressParams::default();
    let rows =
        threshold_table(&fleet, &trips, &measured, &PAPER_TOLERANCES_M, &params, &job).unwrap();
    assert_eq!(rows.len(), 7);
    for pair in rows.windows(2) {
        assert!(pair[0].kept_by_position > pair[1].kept_by_position, "{pair:?}");
        assert!(pair[0].error_m.max <= pair[1].error_m.max + 60.0);
    }
    for row in &rows {
        assert!(row.error_m.max <= row.tolerance_m && row.error_m.mean <= row.error_m.max);
        assert!(row.kept >= row.kept_by_position && row.reports == 3769);
    }
    // The paper's own shares, 86 to 97 % dropped, for what they are worth on another track.
    assert!((50..600).contains(&rows[3].kept_by_position), "{rows:?}");
}

#[test]
fn no_trips_and_trips_of_two_reports_are_compressed_too() {
    let job = Job::default();
    let params = checked(&CompressParams::default());
    let none = compress(&Fleet::from_tracks(Vec::new()), &[], &params, &job).unwrap();
    assert_eq!((none.reports_in(), none.kept_share()), (0, 1.0));
    assert_eq!(none.errors, Errors::default());
    let (fleet, _) = ship(&[(9.0, 0.0); 4]);
    let trips = [trip(0, 0..2), trip(0, 2..4)];
    let two = compress(&fleet, &trips, &params, &job).unwrap();
    assert_eq!((two.reports_kept(), two.kept.indices(1).collect::<Vec<_>>()), (4, vec![0, 1]));
    let measured = measure(&Fleet::from_tracks(Vec::new()), &[], Ruler::Nearest, &job).unwrap();
    let curve = retention(&measured, &params, f64::NAN, -1.0);
    assert!(curve.kept.iter().all(|kept| *kept == 0) && curve.share(0) == 1.0);
}

#[test]
fn a_cancelled_job_ends_the_work() {
    let (fleet, trips) = fleet(3, 9);
    let job = Job::default();
    job.cancel();
    for method in Method::CASES {
        let params = checked(&CompressParams { method: method.1, ..CompressParams::default() });
        assert_eq!(compress(&fleet, &trips, &params, &job), Err(Stopped::Cancelled));
    }
    assert_eq!(
        repair(&fleet, &trips, &checked(&RepairParams::default()), &job),
        Err(Stopped::Cancelled)
    );
}

#[test]
fn tolerance_zero_keeps_all_that_lies_off_the_way() {
    let (fleet, trips) = fleet(5, 10);
    let all = compress(&fleet, &trips, &checked(&by_position(0.0)), &Job::default()).unwrap();
    assert_eq!(all.kept_share(), 1.0);
    assert_eq!(by_position(0.0).faults(), Vec::<String>::new());
}
