//! Areas by hand.

use super::*;
use crate::ais::{Report, ShipType, Vessel};

const MINUTE_MS: i64 = 60_000;

fn at(minute: i64, lon_deg: f64, sog_kn: f32) -> Report {
    Report { sog_kn, ..Report::at(minute * MINUTE_MS, Position::new(lon_deg, 0.0)) }
}

/// 0.1 degrees wide around 180 degrees, on the equator.
fn area() -> Area {
    let corners = [(179.95, -0.1), (-179.95, -0.1), (-179.95, 0.1), (179.95, 0.1)];
    Area {
        name: "date line".into(),
        corners: corners.map(|(lon, lat)| Position::new(lon, lat)).to_vec(),
        tells_entering: true,
        tells_leaving: true,
        ..Area::default()
    }
}

fn told(reports: Vec<Report>, area: Area) -> Vec<(AreaEventKind, i64, i64)> {
    let mut vessel = Vessel { is_local: true, ..Vessel::default() };
    vessel.about.ship_type = ShipType(70);
    let fleet = Fleet::from_tracks(vec![(vessel, reports)]);
    let params = Checked::new(&AreaParams::default()).unwrap();
    let events = watch_areas(&fleet, &[area], None, &params, &Job::default()).unwrap();
    let minutes = |ms: i64| (ms as f64 / MINUTE_MS as f64).round() as i64;
    events.iter().map(|event| (event.kind, minutes(event.from_ms), minutes(event.to_ms))).collect()
}

#[test]
fn who_passes_an_area_enters_and_leaves_it_on_its_edges() {
    use AreaEventKind::*;
    // From 0.1 degrees west of the date line to 0.1 degrees east, at minutes 0 and 20.
    let passing = vec![at(0, 179.9, 9.0), at(20, -179.9, 9.0)];
    assert_eq!(told(passing, area()), [(Entered, 5, 5), (Left, 15, 15)]);
    let stopping = vec![at(0, 179.9, 9.0), at(10, 180.0, 9.0), at(20, 180.0, 9.0)];
    assert_eq!(told(stopping, area()), [(Entered, 5, 5)]);
    let leaving = vec![at(0, 180.0, 9.0), at(10, -179.9, 9.0)];
    assert_eq!(told(leaving, area()), [(Left, 5, 5)]);
    let quiet = Area { tells_entering: false, tells_leaving: false, ..area() };
    assert_eq!(told(vec![at(0, 179.9, 9.0), at(20, -179.9, 9.0)], quiet), []);
    let tankers = Area { kinds: "tanker".into(), ..area() };
    assert_eq!(told(vec![at(0, 179.9, 9.0), at(20, -179.9, 9.0)], tankers), []);
}

#[test]
fn who_was_silent_enters_where_she_is_seen() {
    use AreaEventKind::*;
    let silent = vec![at(0, 179.9, 9.0), at(40, 180.0, 9.0), at(80, -179.9, 9.0)];
    assert_eq!(told(silent, area()), [(Entered, 40, 40), (Left, 40, 40)]);
    let staying =
        vec![at(0, 179.9, 9.0), at(40, 180.0, 9.0), at(45, 180.0, 9.0), at(80, -179.9, 9.0)];
    assert_eq!(told(staying, area()), [(Entered, 40, 40), (Left, 45, 45)]);
}

#[test]
fn swaying_across_an_edge_is_one_stay() {
    use AreaEventKind::*;
    let sways = |i: i64| Report {
        sog_kn: 0.2,
        ..Report::at(i * 20_000, Position::new(179.95 + if i % 2 == 0 { 1e-4 } else { -1e-4 }, 0.0))
    };
    let mut reports: Vec<Report> = (0..31).map(sways).collect();
    reports.push(at(30, 179.9, 9.0));
    assert_eq!(told(reports, area()), [(Left, 10, 10)]);
}

#[test]
fn who_is_fast_or_lies_still_in_an_area_is_told() {
    use AreaEventKind::*;
    let rules = Area {
        tells_entering: false,
        tells_leaving: false,
        above_kn: Some(10.0),
        stopped_min: Some(30.0),
        ..area()
    };
    let reports = vec![
        at(0, 179.9, 14.0), // Fast outside.
        at(10, 179.96, 12.0),
        at(12, 179.97, 13.0),
        at(14, 179.98, 9.0),
        at(16, 179.985, 11.0), // A single report.
        at(18, 179.99, 0.1),
        at(30, 179.99, 0.1),
        at(35, 179.99, 2.0), // Five minutes of motion between.
        at(40, 179.99, 0.1),
        at(60, 179.99, 0.1),
        at(70, -179.9, 9.0),
    ];
    assert_eq!(told(reports.clone(), rules.clone()), [(Fast, 10, 12), (Stopped, 18, 60)]);
    let longer = Area { stopped_min: Some(42.0), above_kn: Some(13.5), ..rules };
    assert_eq!(told(reports, longer), []);
}

#[test]
fn areas_that_cannot_be_watched_are_refused() {
    let params = Checked::new(&AreaParams::default()).unwrap();
    let refused = |area: Area| {
        watch_areas(&Fleet::default(), &[area], None, &params, &Job::default()).unwrap_err()
    };
    let mut tie = area();
    tie.corners.swap(1, 2);
    assert_eq!(refused(tie), AreaError::Crossing { first: 1, second: 3 });
    let backwards = Area { stopped_min: Some(-1.0), ..area() };
    assert!(refused(backwards).to_string().contains("it must be 0 or more"));
    let unknown = Area { kinds: "tankr".into(), ..area() };
    assert!(matches!(refused(unknown), AreaError::NoKind(_)));
}

#[test]
fn an_edge_that_would_cross_another_is_known_before_it_is_drawn() {
    for west in [10.0, 179.5] {
        let place = |x: f64, y: f64| Position::new(crate::base::geo::wrap_lon_deg(west + x), y);
        let drawn = [place(0.0, 0.0), place(1.0, 0.0), place(1.0, 1.0)];
        assert_eq!(crossed_edge(&drawn, place(0.0, 1.0)), None);
        assert_eq!(crossed_edge(&drawn, place(0.5, -0.5)), Some(1));
        assert_eq!(crossed_edge(&drawn, place(0.5, 0.0)), Some(1), "it touches");
        assert_eq!(crossed_edge(&drawn, place(1.0, 0.5)), Some(2), "it runs back");
    }
    assert_eq!(crossed_edge(&[], Position::new(0.0, 0.0)), None);
    assert_eq!(crossed_edge(&[Position::new(0.0, 0.0)], Position::new(1.0, 0.0)), None);
    let bow = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)].map(|(x, y)| Position::new(x, y));
    assert_eq!(check_corners(&bow), Err(AreaError::Crossing { first: 1, second: 3 }));
}
