//! Nested sequences by hand.

use super::*;
use crate::ais::{Mmsi, Report, ShipType, Static, Vessel};
use crate::base::geo::distance_m;

const HOUR_MS: i64 = 3_600_000;
const JUNE_MS: i64 = 1_717_372_800_000; // 2024-06-03.

fn report(hours: i64, lon_deg: f64, lat_deg: f64) -> Report {
    Report {
        sog_kn: 12.0,
        cog_deg: 90.0,
        heading_deg: 88.0,
        rot_deg_min: 0.5,
        ..Report::at(JUNE_MS + hours * HOUR_MS, Position::new(lon_deg, lat_deg))
    }
}

fn fleet(reports: Vec<Report>, notes: Vec<(i64, VoyageNote)>) -> (Fleet, Journey) {
    let about = Static { ship_type: ShipType(70), ..Static::default() };
    let vessel = Vessel { mmsi: Mmsi(219_000_001), about, voyages: notes, ..Vessel::default() };
    let journey = Journey {
        vessel: 0,
        reports: (0..reports.len() as u32).collect(),
        from: Some(PortId(1)),
        to: Some(PortId(2)),
        arrive_ms: JUNE_MS + 48 * HOUR_MS,
    };
    (Fleet::from_tracks(vec![(vessel, reports)]), journey)
}

/// To the east over the date line, a message an hour, a tenth of a degree each.
fn eastward() -> (Fleet, Journey) {
    let lon = |i: i64| wrap_lon_deg(178.05 + 0.1 * i as f64);
    fleet((0..40).map(|i| report(i, lon(i), 10.25)).collect(), Vec::new())
}

#[test]
fn nested_sequences_reassemble_to_the_voyage() {
    let (fleet, journey) = eastward();
    let params = NestParams::default();
    let nest = Nest::new(&fleet, &journey, &params).unwrap();
    assert_eq!(nest.steps.len(), 4); // 178, 179, -180, -179.
    let mut messages = 0..0;
    for step in &nest.steps {
        assert_eq!(step.messages.start, messages.end, "no message is lost or comes twice");
        messages.end = step.messages.end;
        for index in step.messages.clone() {
            let (place, true_place) =
                (nest.place(step, index, &params), fleet.reports().positions[index]);
            assert!(distance_m(place, true_place) < 1.0, "{place:?} {true_place:?}");
            let numbers = nest.message(index);
            assert!(numbers[0].abs() <= 0.5001 && numbers[1].abs() <= 0.5001);
            assert_eq!((numbers[2] * 24.0).round() as usize, index, "hours since the first");
        }
    }
    assert_eq!(messages, 0..40);
    assert!(nest.steps.windows(2).all(|pair| pair[0].center != pair[1].center));
    assert_eq!(nest.steps[2].center, Position::new(-179.5, 10.5));
}

#[test]
fn a_cell_entered_again_is_a_step_again() {
    let places = [(0.5, 0.5), (1.5, 0.5), (0.6, 0.5), (0.7, 0.5)];
    let reports = (0..).zip(places).map(|(i, (lon, lat))| report(i, lon, lat)).collect();
    let (fleet, journey) = fleet(reports, Vec::new());
    let nest = Nest::new(&fleet, &journey, &NestParams::default()).unwrap();
    let lengths: Vec<usize> = nest.steps.iter().map(|step| step.messages.len()).collect();
    assert_eq!(lengths, [1, 1, 2]);
    let finer = NestParams { cell_deg: 0.1, ..NestParams::default() };
    assert_eq!(Nest::new(&fleet, &journey, &finer).unwrap().len(), 4);
}

#[test]
fn missing_numbers_are_0_and_flagged() {
    let bare = Report::at(JUNE_MS + HOUR_MS, Position::new(0.5, 0.5));
    let lost = Report::at(JUNE_MS + 2 * HOUR_MS, Position::new(f64::NAN, f64::NAN));
    let note = VoyageNote { destination: "X".into(), eta: "06-05 00:00".into(), draught_dm: 83 };
    let notes = vec![(JUNE_MS + 3 * HOUR_MS, note)];
    let (fleet, journey) = fleet(vec![report(0, 0.4, 0.5), bare, lost, report(3, 0.6, 0.5)], notes);
    let nest = Nest::new(&fleet, &journey, &NestParams::default()).unwrap();
    assert_eq!(nest.features.len(), 3 * N_FEATURES, "a message without place is left out");
    let [first, bare, last] = [0, 1, 2].map(|i| nest.message(i));
    assert_eq!(first[3..7], [12.0, 0.5, 0.0, 0.0]);
    assert_eq!(first[11..], [1.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    assert!(bare[3..].iter().all(|x| *x == 0.0));
    assert_eq!((last[5], last[6]), (8.3, 1.875)); // 3 June 03:00 to 5 June 00:00.
    assert_eq!(last[11..], [1.0; 6]);
    assert_eq!(last[7..9], [1.0, 90.0_f64.to_radians().cos() as f32]);
    for (feature, name) in FEATURES.iter().enumerate().take(N_MEASURED) {
        let flag = flag_of(feature).map(|flag| FEATURES[flag].trim_start_matches("has "));
        assert!(flag.is_none_or(|flag| name.contains(flag)), "{name}");
    }
    let step = &nest.steps[0];
    assert_eq!((step.days, step.days_left, step.days_left_reported), (0.125, 1.875, Some(1.875)));
}

#[test]
fn messages_are_drawn_by_a_poisson_number_in_order_of_time() {
    let reports = (0..60).map(|i| report(i, 0.2 + 0.01 * i as f64, 0.5)).collect();
    let (fleet, journey) = fleet(reports, Vec::new());
    let params = NestParams::default();
    let nest = Nest::new(&fleet, &journey, &params).unwrap();
    let mut rng = Rng::new(3, 0);
    let (mut total, mut counts) = (0, vec![0; 60]);
    for _ in 0..4000 {
        let drawn = nest.drawn(0, &params, &mut rng);
        assert!(!drawn.is_empty() && drawn.len() <= params.messages_most);
        assert!(drawn.windows(2).all(|pair| pair[0] < pair[1]));
        total += drawn.len();
        drawn.into_iter().for_each(|i| counts[i] += 1);
    }
    let mean = f64::from(total as u32) / 4000.0;
    assert!((mean - 6.0).abs() < 0.15, "{mean}");
    let (least, most) = (counts.iter().min().unwrap(), counts.iter().max().unwrap());
    assert!(*least > 300 && *most < 500, "every message is as likely: {least} to {most} of 400");
    let few = NestParams { messages: 0.1, ..params.clone() };
    let lengths: Vec<usize> = (0..100).map(|_| nest.drawn(0, &few, &mut rng).len()).collect();
    assert!(lengths.iter().all(|n| *n >= 1) && lengths.iter().filter(|n| **n == 1).count() > 90);
    assert_eq!(nest.even(0, &params), [9, 19, 29, 39, 49, 59]);
    assert_eq!(
        nest.even(0, &NestParams { messages: 100.0, messages_most: 100, ..params }).len(),
        60
    );
}

#[test]
fn a_reported_arrival_lies_in_the_year_that_makes_it_near() {
    let near = |text: &str, day: i64| reported_arrival_ms(text, JUNE_MS + day * DAY_MS);
    let at = |y, m, d, h| Some(ymd_ms(y, m, d).unwrap() + h * HOUR_MS);
    assert_eq!(near("06-05 12:00", 0), at(2024, 6, 5, 12));
    assert_eq!(near("01-02 06:00", 200), at(2025, 1, 2, 6)); // From 20 December.
    assert_eq!(near("12-30 06:00", 215), at(2024, 12, 30, 6)); // From 4 January.
    assert_eq!(near("2024-06-05 12:00:00", 0), at(2024, 6, 5, 12));
    for text in ["", "00-00 24:60", "02-31 10:00", "soon", "2019-06-05 12:00", "06-05"] {
        assert_eq!(near(text, 0), None, "{text}");
    }
}

#[test]
fn a_voyage_without_places_has_no_nest() {
    let nowhere = Report::at(JUNE_MS, Position::new(181.0, 91.0));
    let (fleet, journey) = fleet(vec![nowhere], Vec::new());
    assert_eq!(Nest::new(&fleet, &journey, &NestParams::default()), None);
}
