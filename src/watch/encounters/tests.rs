//! Encounters as a whole: by hand, and against brute force.

use super::*;
use crate::ais::Report;
use crate::ais::vessel::{Mmsi, ShipType, Static};
use crate::base::geo::{bearing_deg, destination, distance_m};
use crate::base::rng::Rng;
use crate::base::units::mps_from_kn;

fn checked(params: EncounterParams) -> Checked<EncounterParams> {
    Checked::new(&params).unwrap()
}

fn vessel(number: u32, length_m: f32) -> Vessel {
    let about = Static { length_m: Some(length_m), ship_type: ShipType(70), ..Static::default() };
    Vessel { mmsi: Mmsi(219_000_000 + number), about, ..Vessel::default() }
}

/// A ship that is at `place` at minute `at_min`, on a straight course, from minute 0 to `minutes`.
fn ship(
    place: Position,
    at_min: f64,
    cog_deg: f64,
    sog_kn: f64,
    every_s: i64,
    minutes: i64,
) -> Vec<Report> {
    (0..=minutes * 60 / every_s)
        .map(|i| {
            let s = (i * every_s) as f64 - at_min * 60.0;
            let way_m = mps_from_kn(sog_kn) * s;
            let at = destination(place, cog_deg, way_m);
            // The course turns on the way along a great circle.
            let back = if way_m.abs() > 1.0 { bearing_deg(at, place) } else { cog_deg };
            let cog = if way_m < -1.0 || way_m.abs() <= 1.0 { back } else { back + 180.0 };
            Report {
                sog_kn: sog_kn as f32,
                cog_deg: (cog.rem_euclid(360.0)) as f32,
                ..Report::at(i * every_s * 1000, at)
            }
        })
        .collect()
}

fn two(one: Vec<Report>, other: Vec<Report>, params: EncounterParams) -> Encounters {
    let fleet = Fleet::from_tracks(vec![(vessel(1, 100.0), one), (vessel(2, 100.0), other)]);
    encounters(&fleet, None, &checked(params), &Job::default()).unwrap()
}

/// The places where hand-made cases are played: everywhere alike.
const PLACES: [Position; 4] = [
    Position::new(11.5, 56.0),
    Position::new(180.0, 0.0),
    Position::new(-179.999, -45.0),
    Position::new(20.0, 80.0),
];

#[test]
fn head_on_at_ten_knots_300_m_apart() {
    for place in PLACES {
        // 300 m to the east of each other's track, abeam at minute 15.
        let other = destination(place, 90.0, 300.0);
        let found = two(
            ship(place, 15.0, 0.0, 10.0, 10, 30),
            ship(other, 15.0, 180.0, 10.0, 7, 30),
            EncounterParams::default(),
        );
        let [met] = found.list.as_slice() else { panic!("{place:?}: {found:?}") };
        assert!((met.cpa_m - 300.0).abs() < 0.2, "{place:?}: {met:?}");
        assert!((met.cpa_ms - 900_000).abs() < 500, "{place:?}: {met:?}");
        assert!((met.relative_kn - 20.0).abs() < 0.01, "{place:?}: {met:?}");
        assert_eq!((met.meeting, met.give_way), (Meeting::HeadOn, GiveWay::Both));
        // Within 3704 m while less than the root of 3704² - 300² = 3691.8 m ahead: 358.8 s at 20 kn.
        assert!((met.until_cpa_s - 358.8).abs() < 0.5, "{place:?}: {met:?}");
        // Fujii's ellipse of a ship of 100 m is 160 m wide to either side: 300 / 160.
        assert!((met.domain - 1.875).abs() < 0.01 && !met.is_breach(), "{met:?}");
        // To starboard of the northbound ship, and to port of none: both see each other there.
        assert!((met.bearing_deg[0] - 4.65).abs() < 0.1, "{met:?}");
    }
}

#[test]
fn crossing_at_right_angles_the_ship_that_has_the_other_to_starboard_gives_way() {
    for place in PLACES {
        // Both through the same point, the second a minute later, from the west to the east.
        let found = two(
            ship(place, 15.0, 0.0, 10.0, 10, 30),
            ship(place, 16.0, 90.0, 10.0, 10, 30),
            EncounterParams::default(),
        );
        let [met] = found.list.as_slice() else { panic!("{place:?}: {found:?}") };
        // 308.67 m short of the point, against a relative velocity at 45 degrees: / root 2.
        assert!((met.cpa_m - 308.667 / 2.0_f64.sqrt()).abs() < 0.2, "{place:?}: {met:?}");
        assert!((met.cpa_ms - 930_000).abs() < 500, "{place:?}: {met:?}");
        assert_eq!((met.meeting, met.give_way), (Meeting::Crossing, GiveWay::Second));
    }
}

#[test]
fn the_faster_of_two_on_one_course_overtakes() {
    let place = PLACES[3];
    let beside = destination(place, 90.0, 200.0);
    let found = two(
        ship(place, 60.0, 0.0, 10.0, 10, 120),
        ship(beside, 60.0, 0.0, 15.0, 10, 120),
        EncounterParams::default(),
    );
    let [met] = found.list.as_slice() else { panic!("{found:?}") };
    assert!((met.cpa_m - 200.0).abs() < 0.2 && (met.cpa_ms - 3_600_000).abs() < 1000, "{met:?}");
    assert_eq!((met.meeting, met.give_way), (Meeting::Overtaking, GiveWay::Second));
    assert!((met.domain - 1.25).abs() < 0.01, "{met:?}");
}

#[test]
fn ships_that_keep_together_or_lie_still_are_left_out_unless_asked_for() {
    let place = PLACES[0];
    let beside = destination(place, 90.0, 400.0);
    let tow = || (ship(place, 15.0, 0.0, 6.0, 10, 60), ship(beside, 15.0, 0.0, 6.0, 10, 60));
    let (one, other) = tow();
    let found = two(one, other, EncounterParams::default());
    assert_eq!(found.left_out, BTreeMap::from([(LeftOut::Together, 1)]));
    let (one, other) = tow();
    let all = EncounterParams { leaves_out_together: false, ..EncounterParams::default() };
    let found = two(one, other, all);
    assert!((found.list[0].cpa_m - 400.0).abs() < 1.0 && found.list[0].severity < 1e-3);

    let anchored = || ship(beside, 15.0, 0.0, 0.0, 60, 60);
    let passing = || ship(place, 15.0, 0.0, 10.0, 10, 60);
    assert_eq!(two(passing(), anchored(), EncounterParams::default()), Encounters::default());
    let counts_still = EncounterParams { counts_still: true, ..EncounterParams::default() };
    let found = two(passing(), anchored(), counts_still.clone());
    assert!((found.list[0].cpa_m - 400.0).abs() < 0.2, "{found:?}");
    assert_eq!(two(anchored(), anchored(), counts_still), Encounters::default());
}

#[test]
fn a_tug_beside_a_ship_and_two_of_one_number_are_left_out() {
    let place = PLACES[0];
    let beside = destination(place, 90.0, 60.0);
    let (one, other) = (ship(place, 3.0, 0.0, 6.0, 10, 6), ship(beside, 3.0, 0.0, 7.0, 10, 6));
    let met = |second: Vessel| {
        let tracks = vec![(vessel(1, 200.0), one.clone()), (second, other.clone())];
        let params = checked(EncounterParams::default());
        encounters(&Fleet::from_tracks(tracks), None, &params, &Job::default()).unwrap()
    };
    let mut tug = vessel(2, 30.0);
    tug.about.ship_type = ShipType(52);
    assert_eq!(met(tug).left_out, BTreeMap::from([(LeftOut::Attending, 1)]));
    let part = Vessel { part: 1, ..vessel(1, 200.0) };
    assert_eq!(met(part).left_out, BTreeMap::from([(LeftOut::SameNumber, 1)]));
    let found = met(vessel(2, 30.0));
    assert!(found.list[0].is_breach(), "{found:?}");
}

#[test]
fn a_silence_a_jump_and_a_single_report_are_no_way() {
    let place = PLACES[0];
    let passing = || ship(place, 15.0, 0.0, 10.0, 10, 30);
    let other = ship(place, 16.0, 90.0, 10.0, 10, 30);
    let without = |keep: &dyn Fn(i64) -> bool| -> Vec<Report> {
        other.iter().copied().filter(|report| keep(report.t_ms / 60_000)).collect()
    };
    // Silent from minute 9 to 20: 11 minutes are too long.
    let silent =
        two(passing(), without(&|min| !(9..=20).contains(&min)), EncounterParams::default());
    assert!(silent.list.is_empty(), "{silent:?}");
    let single = two(passing(), other[90..91].to_vec(), EncounterParams::default());
    assert_eq!(single, Encounters::default());
    let mut jumping = without(&|min| min < 9);
    jumping.push(Report::at(10 * 60_000, destination(place, 90.0, 40_000.0)));
    jumping.push(Report::at(10 * 60_000, destination(place, 270.0, 40_000.0)));
    assert!(two(passing(), jumping, EncounterParams::default()).list.is_empty());
    assert_eq!(two(Vec::new(), Vec::new(), EncounterParams::default()), Encounters::default());
}

#[test]
fn ships_that_will_meet_are_foretold_and_times_that_run_backwards_left_out() {
    let place = PLACES[1];
    let path = |ship_index, reports: Vec<Report>| PathAhead {
        ship: ship_index,
        t_ms: reports.iter().map(|report| report.t_ms).collect(),
        positions: reports.iter().map(|report| report.position).collect(),
    };
    let mut first = path(0, ship(place, 15.0, 0.0, 10.0, 60, 30));
    let second = path(1, ship(destination(place, 90.0, 300.0), 15.0, 180.0, 10.0, 300, 30));
    first.t_ms.insert(5, 1000);
    first.positions.insert(5, Position::new(0.0, 50.0));
    let vessels = [vessel(1, 100.0), vessel(2, 100.0)];
    let params = checked(EncounterParams::default());
    let found = ahead(&vessels, &[second, first], &params, &Job::default()).unwrap();
    let [met] = found.list.as_slice() else { panic!("{found:?}") };
    assert_eq!((met.ships, met.meeting), ([0, 1], Meeting::HeadOn));
    assert!((met.cpa_m - 300.0).abs() < 0.5 && (met.cpa_ms - 900_000).abs() < 500, "{met:?}");
    let grid = Grid::around_places([met.place].into_iter(), 1000.0).unwrap();
    assert_eq!(heat(&found.list, &grid), [(grid.cell_of(met.place).unwrap(), 1)]);
}

/// Many ships on random courses through a small sea around the date line.
fn busy_sea(n: usize, minutes: i64) -> Fleet {
    let mut rng = Rng::new(5, 0);
    let mut tracks = Vec::new();
    for number in 0..n {
        let place = destination(
            Position::new(180.0, 60.0),
            rng.between(0.0, 360.0),
            rng.between(0.0, 25_000.0),
        );
        let at_min = rng.between(0.0, minutes as f64);
        let (cog, sog) = (rng.between(0.0, 360.0), rng.between(2.0, 25.0));
        let mut reports = ship(place, at_min, cog, sog, 20 + rng.below(100) as i64, minutes);
        reports.retain(|_| !rng.happens(0.1));
        tracks.push((vessel(number as u32, 120.0), reports));
    }
    Fleet::from_tracks(tracks)
}

#[test]
fn what_the_index_finds_is_what_looking_at_all_pairs_finds() {
    let fleet = busy_sea(80, 95);
    let params =
        checked(EncounterParams { leaves_out_together: false, ..EncounterParams::default() });
    let found = encounters(&fleet, None, &params, &Job::default()).unwrap();
    let mut brute = Vec::new();
    for a in 0..80 {
        for b in a + 1..80 {
            let pair = Fleet::from_tracks(
                [a, b]
                    .map(|ship| {
                        let own = fleet.range(ship).map(|report| fleet.reports().get(report));
                        (fleet.vessels()[ship].clone(), own.collect())
                    })
                    .to_vec(),
            );
            let alone = encounters(&pair, fleet.time_span_ms(), &params, &Job::default()).unwrap();
            brute.extend(alone.list.into_iter().map(|met| Encounter { ships: [a, b], ..met }));
        }
    }
    brute.sort_by(|a, b| {
        b.severity.total_cmp(&a.severity).then((a.cpa_ms, a.ships).cmp(&(b.cpa_ms, b.ships)))
    });
    assert!(found.list.len() > 100, "{}", found.list.len());
    assert_eq!(found.list, brute);
}

#[test]
fn the_closest_point_is_that_of_the_great_circles_a_second_apart() {
    let fleet = busy_sea(40, 60);
    let params = checked(EncounterParams {
        rejoin_min: 60.0,
        leaves_out_together: false,
        ..EncounterParams::default()
    });
    let found = encounters(&fleet, None, &params, &Job::default()).unwrap();
    let mut n = 0;
    for a in 0..40 {
        for b in a + 1..40 {
            let (mut least_m, mut when_ms) = (f64::INFINITY, 0);
            for t_ms in (0..3_600_000).step_by(1000) {
                let at = [a, b].map(|ship| place_at(&fleet, ship, t_ms));
                if let [Some(one), Some(other)] = at {
                    let m = distance_m(one, other);
                    if m < least_m {
                        (least_m, when_ms) = (m, t_ms);
                    }
                }
            }
            let met = found.list.iter().find(|met| met.ships == [a, b]);
            match met {
                Some(met) => {
                    n += 1;
                    // Half a second at 50 knots is 13 m.
                    assert!(
                        met.cpa_m <= least_m + 0.5 && met.cpa_m > least_m - 13.0,
                        "{met:?} {least_m}"
                    );
                    assert!(
                        (met.cpa_ms - when_ms).abs() <= 2000 || least_m - met.cpa_m < 0.5,
                        "{met:?} {when_ms}"
                    );
                }
                None => assert!(least_m > params.cpa_m - 13.0, "{a} {b} {least_m}"),
            }
        }
    }
    assert!(n > 15, "{n}");
}

/// On the great circle between the reports around `t_ms`.
fn place_at(fleet: &Fleet, ship: usize, t_ms: i64) -> Option<Position> {
    let track = fleet.track(ship);
    let after = track.t_ms.partition_point(|time| *time < t_ms);
    let (from, to) = (after.checked_sub(1)?, (after < track.len()).then_some(after)?);
    let share = (t_ms - track.t_ms[from]) as f64 / (track.t_ms[to] - track.t_ms[from]) as f64;
    if track.t_ms[to] - track.t_ms[from] > 600_000 {
        return None;
    }
    let (p, q) = (track.positions[from], track.positions[to]);
    Some(destination(p, bearing_deg(p, q), share * distance_m(p, q)))
}

#[test]
fn threads_change_nothing() {
    let fleet = busy_sea(60, 60);
    let params = checked(EncounterParams::default());
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| encounters(&fleet, None, &params, &Job::default()).unwrap())
    };
    assert_eq!(run(1), run(3));
}
