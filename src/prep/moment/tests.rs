//! Ships at moments that can be checked by hand.

use proptest::prelude::*;

use super::*;
use crate::ais::{Ending, Report, Vessel};

const MINUTE_MS: i64 = 60_000;
const NAN: f32 = f32::NAN;

fn fleet(tracks: Vec<Vec<Report>>) -> Fleet {
    Fleet::from_tracks(tracks.into_iter().map(|track| (Vessel::default(), track)).collect())
}

/// A report at a time in minutes.
fn at(minutes: f64, lon_deg: f64, lat_deg: f64) -> Report {
    Report::at((minutes * MINUTE_MS as f64) as i64, Position::new(lon_deg, lat_deg))
}

fn trip(vessel: usize, reports: Range<usize>) -> Trip {
    Trip { vessel, reports, length_m: 0.0, begins: Ending::Track, ends: Ending::Track }
}

/// All ships at a time in minutes, from a fresh start.
fn ships(fleet: &Fleet, trips: &[Trip], minutes: f64) -> Vec<ShipAt> {
    let mut ships = Vec::new();
    Moments::new(fleet, trips)
        .at(fleet, (minutes * MINUTE_MS as f64) as i64, |ship| ships.push(ship));
    ships
}

/// The only ship at a time in minutes, if it is somewhere.
fn ship(fleet: &Fleet, minutes: f64) -> Option<ShipAt> {
    let ships = ships(fleet, &[], minutes);
    assert!(ships.len() <= 1, "{ships:?}");
    if fleet.vessels().len() == 1 {
        // A single look finds the same.
        let place = |ship: &ShipAt| (ship.position, ship.report_index);
        let alone = ship_at(fleet, 0, (minutes * MINUTE_MS as f64) as i64);
        assert_eq!(alone.as_ref().map(place), ships.first().map(place));
    }
    ships.first().copied()
}

#[test]
fn half_the_time_is_half_the_way() {
    // A minute of latitude in six minutes: a nautical mile, at ten knots.
    let fleet = fleet(vec![vec![at(0.0, 11.0, 55.0), at(6.0, 11.0, 55.0 + 1.0 / 60.0)]]);
    let ship = ship(&fleet, 3.0).unwrap();
    assert_eq!((ship.vessel, ship.report_index, ship.trip), (0, 0, None));
    assert!((ship.position.lat_deg - (55.0 + 0.5 / 60.0)).abs() < 1e-12);
    assert_eq!((ship.position.lon_deg, ship.cog_deg), (11.0, 0.0));
    assert!((ship.sog_kn - 10.0).abs() < 0.01, "a nautical mile in a tenth of an hour");
}

#[test]
fn courses_are_those_of_the_legs() {
    for (lon_deg, lat_deg, course_deg) in [
        (0.0, 0.1, 0.0),
        (0.1, 0.0, 90.0),
        (0.0, -0.1, 180.0),
        (-0.1, 0.0, 270.0),
        (0.1, 0.1, 45.0),
    ] {
        let fleet = fleet(vec![vec![
            Report { cog_deg: 123.0, ..at(0.0, 0.0, 0.0) },
            at(10.0, lon_deg, lat_deg),
        ]]);
        let found = ship(&fleet, 5.0).unwrap().cog_deg;
        assert!((found - course_deg).abs() < 1e-3, "{lon_deg} {lat_deg}: {found}");
    }
}

#[test]
fn a_leg_too_short_to_have_a_course_has_the_reported_one_or_the_heading() {
    // 0.0004 degrees of latitude are 44 m.
    for (cog_deg, heading_deg, course_deg) in
        [(200.0, 10.0, 200.0), (NAN, 10.0, 10.0), (NAN, NAN, NAN)]
    {
        let first = Report { cog_deg, heading_deg, ..at(0.0, 0.0, 0.0) };
        let fleet = fleet(vec![vec![first, at(1.0, 0.0, 0.0004)]]);
        for minutes in [0.0, 0.5] {
            let found = ship(&fleet, minutes).unwrap().cog_deg;
            assert!(found == course_deg || found.is_nan() && course_deg.is_nan(), "{found}");
        }
    }
}

#[test]
fn a_leg_over_the_date_line_takes_the_short_way() {
    let fleet = fleet(vec![vec![at(0.0, 179.9, 10.0), at(10.0, -179.8, 10.0)]]);
    for (minutes, lon_deg) in [(0.0, 179.9), (2.0, 179.96), (5.0, -179.95), (10.0, -179.8)] {
        let ship = ship(&fleet, minutes).unwrap();
        assert!((ship.position.lon_deg - lon_deg).abs() < 1e-9, "{minutes}: {ship:?}");
        assert!(minutes == 10.0 || ship.cog_deg == 90.0);
    }
}

#[test]
fn a_ship_is_nowhere_in_a_silence_of_more_than_half_an_hour() {
    let at_silence = |minutes: f64| {
        let fleet = fleet(vec![vec![at(0.0, 0.0, 0.0), at(minutes, 0.0, 0.1)]]);
        [0.0, 0.001, minutes / 2.0, minutes].map(|moment| ship(&fleet, moment).is_some())
    };
    assert_eq!(at_silence(30.0), [true; 4]);
    assert_eq!(at_silence(30.001), [true, false, false, true], "but it is at its reports");
}

#[test]
fn a_ship_is_there_from_its_first_report_to_its_last() {
    let fleet = fleet(vec![vec![at(1.0, 0.0, 0.0), at(2.0, 0.0, 0.1)]]);
    for (minutes, report) in
        [(0.999, None), (1.0, Some(0)), (1.999, Some(0)), (2.0, Some(1)), (2.001, None)]
    {
        let found = ship(&fleet, minutes);
        assert_eq!(found.map(|ship| ship.report_index), report, "{minutes}");
    }
    assert_eq!(ship(&fleet, 2.0).unwrap().position, Position::new(0.0, 0.1));
}

#[test]
fn of_several_reports_at_one_time_the_last_counts() {
    let track = vec![
        at(0.0, 0.0, 0.0),
        at(1.0, 1.0, 0.0),
        at(1.0, 2.0, 0.0),
        at(1.0, 3.0, 0.0),
        at(2.0, 4.0, 0.0),
    ];
    let fleet = fleet(vec![track]);
    let found = |minutes| {
        let ship = ship(&fleet, minutes).unwrap();
        (ship.report_index, ship.position.lon_deg)
    };
    assert_eq!([found(0.5), found(1.0), found(1.5)], [(0, 0.5), (3, 3.0), (3, 3.5)]);
}

#[test]
fn a_single_report_is_seen_in_its_instant_alone() {
    let fleet = fleet(vec![vec![Report { sog_kn: 7.0, cog_deg: 90.0, ..at(1.0, 5.0, 6.0) }]]);
    let ship_at = ship(&fleet, 1.0).unwrap();
    let expected = ShipAt {
        vessel: 0,
        trip: None,
        report_index: 0,
        position: Position::new(5.0, 6.0),
        sog_kn: 7.0,
        cog_deg: 90.0,
    };
    assert_eq!(ship_at, expected);
    assert_eq!((ship(&fleet, 0.999), ship(&fleet, 1.001)), (None, None));
}

#[test]
fn without_vessels_or_reports_there_is_no_ship() {
    assert_eq!(ships(&Fleet::from_tracks(Vec::new()), &[], 0.0), []);
    let silent = fleet(vec![Vec::new(), vec![at(0.0, 1.0, 1.0)], Vec::new()]);
    let found: Vec<usize> = ships(&silent, &[], 0.0).iter().map(|ship| ship.vessel).collect();
    assert_eq!(found, [1]);
    for vessel in [0, 2] {
        assert_eq!(next_report_after(&silent, vessel, i64::MIN), None);
        assert_eq!(previous_report_before(&silent, vessel, i64::MAX), None);
    }
}

#[test]
fn a_position_that_is_not_known_is_not_drawn() {
    let track = vec![at(0.0, 0.0, 0.0), at(1.0, f64::NAN, f64::NAN), at(2.0, 0.0, 0.2)];
    let fleet = fleet(vec![track]);
    let found = [0.0, 0.5, 1.0, 1.5, 2.0].map(|minutes| ship(&fleet, minutes).is_some());
    assert_eq!(found, [true, false, false, false, true]);
}

#[test]
fn a_ship_is_on_the_trip_of_the_report_before() {
    // Reports 0..6 of the first vessel, 6..8 of the second.
    let tracks = vec![
        (0..6).map(|i| at(f64::from(i), 0.0, 0.01 * f64::from(i))).collect(),
        vec![at(0.0, 1.0, 0.0), at(9.0, 1.0, 0.1)],
    ];
    let fleet = fleet(tracks);
    let trips = [trip(0, 1..3), trip(0, 3..5), trip(1, 6..8)];
    for (minutes, expected) in [
        (0.5, [None, Some(2)]),
        (1.0, [Some(0), Some(2)]),
        (2.5, [Some(0), Some(2)]),
        (3.0, [Some(1), Some(2)]),
        (5.0, [None, Some(2)]),
    ] {
        let found: Vec<_> = ships(&fleet, &trips, minutes).iter().map(|ship| ship.trip).collect();
        assert_eq!(found, expected, "{minutes}");
    }
}

#[test]
fn stepping_goes_from_time_to_time() {
    let track = vec![at(1.0, 0.0, 0.0), at(2.0, 0.0, 0.0), at(2.0, 0.0, 0.0), at(3.0, 0.0, 0.0)];
    let fleet = fleet(vec![vec![at(9.0, 0.0, 0.0)], track]);
    let steps = |minutes: f64| {
        let t_ms = (minutes * MINUTE_MS as f64) as i64;
        (previous_report_before(&fleet, 1, t_ms), next_report_after(&fleet, 1, t_ms))
    };
    for (minutes, expected) in [
        (0.0, (None, Some(1))),
        (1.0, (None, Some(2))),
        (1.5, (Some(1), Some(2))),
        (2.0, (Some(1), Some(4))),
        (3.0, (Some(3), None)),
        (4.0, (Some(4), None)),
    ] {
        assert_eq!(steps(minutes), expected, "{minutes}");
    }
}

fn any_fleet() -> impl Strategy<Value = Fleet> {
    let time = prop_oneof![4 => 0_i64..20_000_000, 2 => 0_i64..30];
    let lon = prop_oneof![4 => -180.0..=180.0, 1 => Just(f64::NAN), 2 => 179.9..=180.0];
    let report = (time, lon, -90.0..=90.0)
        .prop_map(|(t_ms, lon_deg, lat_deg)| Report::at(t_ms, Position::new(lon_deg, lat_deg)));
    prop::collection::vec(prop::collection::vec(report, 0..60), 0..5).prop_map(|mut tracks| {
        tracks.iter_mut().for_each(|track| track.sort_by_key(|report| report.t_ms));
        fleet(tracks)
    })
}

/// Bit by bit, for not-a-number is not itself.
fn bits(ship: ShipAt) -> impl PartialEq + std::fmt::Debug {
    let Position { lon_deg, lat_deg } = ship.position;
    let motion = [ship.sog_kn, ship.cog_deg].map(f32::to_bits);
    let place = [lon_deg, lat_deg].map(f64::to_bits);
    (ship.vessel, ship.trip, ship.report_index, place, motion)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn jumping_back_and_forth_ends_where_a_fresh_start_does(
        fleet in any_fleet(),
        moments in prop::collection::vec(
            prop_oneof![-5_i64..20_000_005, -5_i64..35, Just(i64::MIN), Just(i64::MAX)],
            1..40,
        ),
        cut in 0_usize..40,
    ) {
        // Two trips a vessel, cut somewhere.
        let pieces = |vessel: usize| {
            let Range { start, end } = fleet.range(vessel);
            let middle = (start + cut).min(end);
            [trip(vessel, start..middle), trip(vessel, middle..end)]
        };
        let trips: Vec<Trip> = (0..fleet.vessels().len())
            .flat_map(pieces)
            .filter(|trip| !trip.reports.is_empty())
            .collect();
        let mut moving = Moments::new(&fleet, &trips);
        for t_ms in moments {
            let (mut moved, mut fresh) = (Vec::new(), Vec::new());
            moving.at(&fleet, t_ms, |ship| moved.push(bits(ship)));
            Moments::new(&fleet, &trips).at(&fleet, t_ms, |ship| fresh.push(bits(ship)));
            prop_assert_eq!(&moved, &fresh, "{}", t_ms);
        }
    }

    #[test]
    fn every_ship_is_somewhere_on_its_leg(fleet in any_fleet(), t_ms in 0_i64..20_000_000) {
        Moments::new(&fleet, &[]).at(&fleet, t_ms, |ship| {
            assert!(ship.position.is_valid(), "{ship:?}");
            assert!(ship.cog_deg.is_nan() || (0.0..360.0).contains(&ship.cog_deg), "{ship:?}");
            assert!(fleet.reports().t_ms[ship.report_index] <= t_ms);
            let next = next_report_after(&fleet, ship.vessel, t_ms);
            let end = fleet.range(ship.vessel).end;
            assert_eq!(next.unwrap_or(end), ship.report_index + 1);
        });
    }

    #[test]
    fn counting_from_anywhere_counts_the_same(
        mut times in prop::collection::vec(0_i64..50, 0..60),
        (t_ms, likely) in (-2_i64..52, 0_usize..80),
    ) {
        times.sort_unstable();
        let expected = times.iter().filter(|time| **time <= t_ms).count();
        prop_assert_eq!(count_until(&times, t_ms, likely), expected);
    }
}
