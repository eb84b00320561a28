//! Gates by hand.

use super::*;
use crate::ais::{Mmsi, Report, ShipType, Vessel};
use crate::base::geo::destination;

const MINUTE_MS: i64 = 60_000;

fn checked() -> Checked<GateParams> {
    Checked::new(&GateParams::default()).unwrap()
}

fn fleet(tracks: Vec<Vec<Report>>) -> Fleet {
    let vessel = |number: usize| {
        let mut vessel = Vessel { mmsi: Mmsi(219_000_001 + number as u32), ..Vessel::default() };
        vessel.about.ship_type = ShipType(80);
        vessel.about.length_m = Some(100.0);
        vessel
    };
    Fleet::from_tracks(tracks.into_iter().enumerate().map(|(i, own)| (vessel(i), own)).collect())
}

fn at(minute: i64, place: Position, sog_kn: f32) -> Report {
    Report { sog_kn, ..Report::at(minute * MINUTE_MS, place) }
}

#[test]
fn a_ship_crosses_where_and_when_both_great_circles_meet() {
    for middle in [Position::new(11.0, 56.0), Position::new(180.0, -17.0), Position::new(0.0, 80.0)]
    {
        let line = [destination(middle, 270.0, 5000.0), destination(middle, 90.0, 5000.0)];
        // Northbound 1000 m east of the middle, a quarter of the way before the line.
        let through = destination(middle, 90.0, 1000.0);
        let (south, north) =
            (destination(through, 180.0, 500.0), destination(through, 0.0, 1500.0));
        let northbound = vec![at(0, south, 8.0), at(4, north, 12.0)];
        let southbound = vec![at(10, north, 10.0), at(14, south, 10.0)];
        let gate =
            gate(&fleet(vec![northbound, southbound]), &line, None, &checked(), &Job::default());
        let gate = gate.unwrap();
        let [one, other] = gate.crossings.as_slice() else { panic!("{gate:?}") };
        assert_eq!((one.side, one.ship, other.side, other.ship), (Side::Left, 0, Side::Right, 1));
        assert!(
            (one.t_ms - MINUTE_MS).abs() < 100 && (one.along_m - 1000.0).abs() < 1.0,
            "{one:?}"
        );
        assert!((one.sog_kn - 9.0).abs() < 1e-2 && (other.cog_deg - 180.0).abs() < 1.0, "{gate:?}");
        assert!((gate.length_m - 10_000.0).abs() < 0.01);
        let flow = &gate.flows[1];
        assert_eq!((flow.side, flow.crossings, flow.bins.len()), (Side::Left, 1, 100));
        assert_eq!((flow.by_kind[ShipKind::Tanker as usize], flow.by_length[2]), (1, 1));
        // 1 January 1970 was a Thursday.
        assert_eq!((flow.by_hour[0], flow.by_weekday[3], flow.lateral), (1, 1, None));
    }
}

#[test]
fn who_turns_on_the_line_or_passes_beside_it_does_not_cross() {
    let line = [Position::new(10.0, 0.0), Position::new(11.0, 0.0)];
    let place = |lon, lat| Position::new(lon, lat);
    let turning = vec![
        at(0, place(10.5, 0.1), 9.0),
        at(5, place(10.5, 0.0), 9.0),
        at(10, place(10.5, 0.1), 9.0),
    ];
    let through = vec![
        at(0, place(10.5, 0.1), 9.0),
        at(5, place(10.5, 0.0), 9.0),
        at(10, place(10.5, -0.1), 9.0),
    ];
    let beside = vec![at(0, place(9.9, 0.1), 9.0), at(9, place(9.9, -0.1), 9.0)];
    let far = vec![at(0, place(-169.5, 0.1), 9.0), at(9, place(-169.5, -0.1), 9.0)];
    let gate =
        gate(&fleet(vec![turning, through, beside, far]), &line, None, &checked(), &Job::default())
            .unwrap();
    let ships: Vec<usize> = gate.crossings.iter().map(|crossing| crossing.ship).collect();
    assert_eq!(ships, [1]);
}

#[test]
fn a_bent_gate_is_crossed_once_at_its_bend() {
    let bend = Position::new(10.0, 0.0);
    let line = [Position::new(9.0, 0.0), bend, Position::new(10.0, 1.0)];
    let from = Position::new(9.9, 0.1);
    let to = Position::new(10.1, -0.1);
    let out = vec![at(0, from, 9.0), at(10, bend, 9.0), at(20, to, 9.0)];
    let back = vec![at(0, to, 9.0), at(20, from, 9.0)];
    let gate = gate(&fleet(vec![out, back]), &line, None, &checked(), &Job::default()).unwrap();
    let found: Vec<_> = gate.crossings.iter().map(|c| (c.ship, c.side)).collect();
    assert_eq!(found, [(0, Side::Right), (1, Side::Left)]);
    let middle_m = gate.length_m * 0.5;
    assert!(
        gate.crossings.iter().all(|c| (c.along_m + middle_m - 111_195.0).abs() < 1.0),
        "{gate:?}"
    );
}

#[test]
fn silences_and_jumps_are_unsure_and_who_lies_on_the_gate_is_not_counted() {
    let line = [Position::new(10.0, 0.0), Position::new(11.0, 0.0)];
    let (north, south) = (Position::new(10.5, 0.05), Position::new(10.5, -0.05));
    let silent = vec![at(0, north, 9.0), at(31, south, 9.0)];
    let jumping = vec![at(0, Position::new(10.5, 2.0), 9.0), at(10, south, 9.0)];
    let sways = |minute: i64| Position::new(10.7, if minute % 2 == 0 { 1e-5 } else { -1e-5 });
    let lying = (0..10).map(|minute| at(minute, sways(minute), 0.1)).collect();
    let nowhere =
        vec![at(0, north, 9.0), at(5, Position::new(181.0, 91.0), 9.0), at(20, south, 9.0)];
    let gate = gate(
        &fleet(vec![silent, jumping, lying, nowhere]),
        &line,
        None,
        &checked(),
        &Job::default(),
    )
    .unwrap();
    assert_eq!((gate.unsure, gate.crossings.len(), gate.crossings[0].ship), (2, 1, 3));
    let window = Some((0, 5 * MINUTE_MS));
    let fleet = fleet(vec![vec![at(0, north, 9.0), at(20, south, 9.0)]]);
    assert!(
        super::gate(&fleet, &line, window, &checked(), &Job::default())
            .unwrap()
            .crossings
            .is_empty()
    );
}

#[test]
fn lines_that_cannot_be_crossed_are_refused() {
    let place = Position::new(10.0, 50.0);
    let try_line = |line: &[Position]| {
        gate(&fleet(Vec::new()), line, None, &checked(), &Job::default()).unwrap_err()
    };
    assert_eq!(try_line(&[place]), GateError::TooFew(1));
    assert_eq!(try_line(&[place, place]), GateError::NoLength { at: 1 });
    assert_eq!(
        try_line(&[place, place]).to_string(),
        "points 1 and 2 of the gate are one place; a gate of length 0 cannot be crossed"
    );
    let antipode = Position::new(-170.0, -50.0);
    assert_eq!(try_line(&[place, antipode]), GateError::Opposite { at: 1 });
    let nowhere = Position::new(10.0, 91.0);
    assert_eq!(
        try_line(&[place, nowhere]),
        GateError::NoPlace { at: 2, lon_deg: 10.0, lat_deg: 91.0 }
    );
}

#[test]
fn lengths_fall_into_classes() {
    let class = |length_m| length_class(Some(length_m));
    assert_eq!([class(49.9), class(50.0), class(299.0), class(300.0)], [0, 1, 4, 5]);
    assert_eq!([length_class(None), class(0.0)], [6, 6]);
}
