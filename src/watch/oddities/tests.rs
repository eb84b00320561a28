//! Oddities by hand.

use super::*;
use crate::ais::{Ending, Report, ShipType, Vessel};
use crate::base::geo::destination;
use crate::base::units::mps_from_kn;

const MINUTE_MS: i64 = 60_000;

fn vessel(number: u32) -> Vessel {
    let mut vessel = Vessel { mmsi: Mmsi(219_000_000 + number), ..Vessel::default() };
    vessel.about.ship_type = ShipType(70);
    vessel
}

/// A report a minute along legs of minutes, course and speed, from a place.
fn sailed(from: Position, legs: &[(i64, f64, f64)]) -> Vec<Report> {
    let (mut place, mut minute) = (from, 0);
    let mut reports = Vec::new();
    for (minutes, cog_deg, sog_kn) in legs {
        for _ in 0..*minutes {
            let (sog, cog) = (*sog_kn as f32, *cog_deg as f32);
            reports.push(Report {
                sog_kn: sog,
                cog_deg: cog,
                ..Report::at(minute * MINUTE_MS, place)
            });
            place = destination(place, *cog_deg, mps_from_kn(*sog_kn) * 60.0);
            minute += 1;
        }
    }
    reports
}

fn scene<'a>(fleet: &'a Fleet, trips: &'a [Trip]) -> Scene<'a> {
    Scene { fleet, read: None, trips, labels: &[], routes: &[], said: &[] }
}

fn found(scene: &Scene<'_>) -> Vec<Oddity> {
    oddities(scene, &Checked::new(&OddityParams::default()).unwrap(), &Job::default()).unwrap()
}

fn whole_tracks(fleet: &Fleet) -> Vec<Trip> {
    let trip = |vessel| Trip {
        vessel,
        reports: fleet.range(vessel),
        length_m: 0.0,
        begins: Ending::Track,
        ends: Ending::Track,
    };
    (0..fleet.vessels().len()).filter(|vessel| !fleet.range(*vessel).is_empty()).map(trip).collect()
}

const PLACE: Position = Position::new(11.0, 56.0);

#[test]
fn a_sharp_turn_is_told_and_a_wide_one_is_not() {
    let sharp = sailed(PLACE, &[(20, 0.0, 12.0), (20, 90.0, 12.0)]);
    let wide: Vec<(i64, f64, f64)> = (0..40).map(|i| (1, 3.0 * f64::from(i), 12.0)).collect();
    let wide = sailed(PLACE, &wide);
    let slow = sailed(PLACE, &[(20, 0.0, 4.0), (20, 90.0, 4.0)]);
    let fleet = Fleet::from_tracks(vec![(vessel(1), sharp), (vessel(2), wide), (vessel(3), slow)]);
    let trips = whole_tracks(&fleet);
    let all = found(&scene(&fleet, &trips));
    let [turn] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((turn.kind, turn.ship, turn.trip), (OddityKind::Turn, Some(0), Some(0)));
    assert!(turn.why.starts_with("turned by 90° from 0° to 90°"), "{}", turn.why);
    assert!((turn.from_ms / MINUTE_MS - 19).abs() <= 3, "{turn:?}");
    assert!((turn.score - (1.0 - 60.0 / 90.0)).abs() < 1e-9);
}

#[test]
fn a_sudden_stop_is_told_unless_others_stop_there_too() {
    let stops = || sailed(PLACE, &[(20, 0.0, 12.0), (20, 0.0, 0.0)]);
    let slowly: Vec<(i64, f64, f64)> = (0..12).map(|i| (3, 0.0, 11.0 - f64::from(i))).collect();
    let kinds = |tracks: Vec<Vec<Report>>| {
        let number = |(i, own)| (vessel(i as u32), own);
        let fleet = Fleet::from_tracks(tracks.into_iter().enumerate().map(number).collect());
        found(&scene(&fleet, &[])).iter().map(|odd| (odd.kind, odd.ship)).collect::<Vec<_>>()
    };
    assert_eq!(kinds(vec![stops()]), [(OddityKind::Stop, Some(0))]);
    assert_eq!(kinds(vec![sailed(PLACE, &slowly)]), []);
    assert_eq!(kinds(vec![stops(), stops(), stops()]), []);
}

#[test]
fn a_silence_is_dark_under_way_and_where_others_are_heard() {
    let silent = |sog_kn| {
        let mut reports = sailed(PLACE, &[(100, 0.0, sog_kn)]);
        reports.drain(20..80);
        reports
    };
    let other = sailed(destination(PLACE, 90.0, 3000.0), &[(100, 0.0, 10.0)]);
    let dark = |tracks: Vec<Vec<Report>>| {
        let number = |(i, own)| (vessel(i as u32), own);
        let fleet = Fleet::from_tracks(tracks.into_iter().enumerate().map(number).collect());
        found(&scene(&fleet, &[]))
    };
    let all = dark(vec![silent(10.0), other.clone()]);
    let [odd] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((odd.kind, odd.to_ms - odd.from_ms), (OddityKind::Dark, 61 * MINUTE_MS));
    let reach = odd.reach.unwrap();
    // 11 knots for 61 minutes, a tenth more than she was seen to sail.
    assert!((reach.way_m - mps_from_kn(11.0) * 3660.0).abs() < 1.0, "{reach:?}");
    assert!(odd.why.contains("while 1 other ships were heard there"), "{}", odd.why);
    assert!(dark(vec![silent(10.0)]).is_empty());
    // Where four of five fall silent, nobody listens.
    let mut edge = vec![silent(10.0); 4];
    edge.push(other.clone());
    assert!(dark(edge).is_empty());
    assert!(dark(vec![silent(0.5), other]).is_empty());
}

#[test]
fn identities_that_cannot_be_right_are_told_once_each() {
    let track = |from_min: i64| {
        let mut reports = sailed(PLACE, &[(10, 0.0, 12.0)]);
        reports.iter_mut().for_each(|report| report.t_ms += from_min * MINUTE_MS);
        reports
    };
    let mut ships =
        [vessel(1), vessel(2), vessel(3), Vessel { mmsi: Mmsi(1_193_046), ..vessel(4) }, vessel(5)];
    ships[0].about.imo = 9_074_729;
    ships[1].about.imo = 9_074_729;
    ships[2].about.imo = 9_074_728;
    let tracks =
        ships.iter().map(|ship| (ship.clone(), track(i64::from(ship.mmsi.0 % 10)))).collect();
    let fleet = Fleet::from_tracks(tracks);
    let mut scene = scene(&fleet, &[]);
    let said = |mmsi: Mmsi, t_ms, name: &str, imo| Said { mmsi, t_ms, name: name.into(), imo };
    let number = ships[4].mmsi;
    let history = [
        said(number, 9 * MINUTE_MS, "LATE DUSK", 9_293_129),
        said(number, 6 * MINUTE_MS, "EARLY DAWN", 9_074_729),
        said(number, 7 * MINUTE_MS, "EARLY  DAWN", 0),
    ];
    scene.said = &history;
    let all = found(&scene);
    let mut whys: Vec<&str> = all.iter().map(|odd| odd.why.as_str()).collect();
    whys.sort_unstable();
    assert_eq!(
        whys,
        [
            "IMO number 9074728 is none: its check digit is wrong",
            "IMO number 9074729 was sent by MMSI 219000001 at the same time",
            "MMSI 1193046 is none: not nine digits, or of no country",
            "changed her IMO number from 9074729 to 9293129",
            "changed her name from EARLY  DAWN to LATE DUSK",
        ]
    );
    let renamed = all.iter().find(|odd| odd.why.contains("name from")).unwrap();
    assert_eq!((renamed.ship, renamed.from_ms), (Some(4), 9 * MINUTE_MS));
    assert_eq!(renamed.place, fleet.track(4).positions[4]);
}

#[test]
fn jumps_and_shared_numbers_are_told_from_what_cleaning_found() {
    let mut reports = sailed(PLACE, &[(60, 0.0, 10.0)]);
    reports[30].position = destination(PLACE, 90.0, 50_000.0);
    let read = Fleet::from_tracks(vec![(vessel(1), reports)]);
    let params = Checked::new(&crate::prep::CleanParams::default()).unwrap();
    let cleaned = crate::prep::clean(&read, &params, &Job::default()).unwrap();
    let mut seen = scene(&cleaned.fleet, &[]);
    seen.read = Some((&read, &cleaned.verdicts));
    let all = found(&seen);
    let [odd] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((odd.kind, odd.ship, odd.from_ms), (OddityKind::Jump, Some(0), 30 * MINUTE_MS));
    assert!(odd.why.starts_with("1 position 27."), "{}", odd.why);

    let one = sailed(PLACE, &[(60, 0.0, 10.0)]);
    let other = sailed(destination(PLACE, 90.0, 80_000.0), &[(60, 180.0, 10.0)]);
    let second = Vessel { part: 1, ..vessel(1) };
    let fleet = Fleet::from_tracks(vec![(vessel(1), one), (second, other)]);
    let all = found(&scene(&fleet, &[]));
    let [odd] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((odd.kind, odd.ship), (OddityKind::TwoPlaces, Some(1)));
    assert!(odd.why.contains("219000001 at a time, up to 47.6 nmi"), "{}", odd.why);
}

#[test]
fn nothing_is_odd_where_there_is_nothing() {
    let empty = Fleet::from_tracks(Vec::new());
    assert!(found(&scene(&empty, &[])).is_empty());
    let single = Fleet::from_tracks(vec![
        (vessel(1), sailed(PLACE, &[(1, 0.0, 10.0)])),
        (vessel(2), Vec::new()),
    ]);
    assert!(found(&scene(&single, &whole_tracks(&single))).is_empty());
}
