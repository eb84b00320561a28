//! A ship that sails east from Anfang, as others did that went to Mitte or, seldom, to Ende.

use super::*;
use crate::ais::vessel::VoyageNote;
use crate::ais::{Locode, Port, Report, Vessel};
use crate::base::params::Checked;
use crate::destination::{AnnotateParams, Annotator, Classes};

const HOUR_MS: i64 = 3_600_000;

fn ports() -> PortTable {
    let port = |name: &str, code: &str, lon_deg: f64| Port {
        name: name.into(),
        locode: Locode::from_text(code),
        position: Position::new(lon_deg, 0.5),
        ..Port::default()
    };
    PortTable::new(vec![
        port("Anfang", "DEANF", 0.5),
        port("Mittehaven", "DEMIT", 8.5),
        port("Endehaven", "DEEND", 30.5),
    ])
}

/// East by a degree each five hours from 0.5 degrees on: `n` reports.
fn ship(typed: &[(i64, &str, &str)], n: i64) -> (Vessel, Vec<Report>) {
    let note = |(hours, text, eta): &(i64, &str, &str)| {
        let note =
            VoyageNote { destination: (*text).into(), eta: (*eta).into(), ..VoyageNote::default() };
        (hours * HOUR_MS, note)
    };
    let report = |k: i64| Report {
        sog_kn: 12.0,
        cog_deg: 90.0,
        ..Report::at(5 * HOUR_MS * k, Position::new(0.5 + k as f64, 0.5))
    };
    let vessel = Vessel { voyages: typed.iter().map(note).collect(), ..Vessel::default() };
    (vessel, (0..n).map(report).collect())
}

/// What is told of a ship that has typed this and reported four times.
fn told(typed: &[(i64, &str, &str)]) -> ShipForecast {
    let table = ports();
    let mut tracks = vec![ship(typed, 4)];
    tracks.extend((0..20).map(|_| ship(&[], 9)));
    let fleet = Fleet::from_tracks(tracks);
    let journey = |vessel: usize, to: u32| Journey {
        vessel,
        reports: fleet.range(vessel).map(|index| index as u32).collect(),
        from: Some(PortId(0)),
        to: Some(PortId(to)),
        arrive_ms: 40 * HOUR_MS,
    };
    let nests: Vec<Nest> = (1..21)
        .filter_map(|vessel| {
            let to = if vessel == 1 { 2 } else { 1 };
            Nest::new(&fleet, &journey(vessel, to), &NestParams::default())
        })
        .collect();
    let classes = Classes::from((0..3).map(PortId).collect::<Vec<_>>());
    let graph = RouteGraph::fit(&nests, &classes, &table, &NestParams::default());
    let annotator = Annotator::new(&table, &Checked::new(&AnnotateParams::default()).unwrap());
    let named = annotator.annotate_fleet(&fleet, &crate::base::job::Job::default()).unwrap();
    let ground = Ground { fleet: &fleet, named: &named, ports: &table, radius_m: 10_000.0 };
    let teller = Teller { graph: &graph, model: None };
    let under_way = Journey { to: None, ..journey(0, 1) };
    tell(&ground, &under_way, &teller, None, false).unwrap().unwrap()
}

#[test]
fn each_step_is_told_with_its_place_time_and_spread() {
    let ship = told(&[]);
    assert_eq!((ship.told.len(), ship.departure, ship.truth), (4, Some(PortId(0)), None));
    let last = ship.last().unwrap();
    assert_eq!((last.report, last.t_ms), (3, 15 * HOUR_MS));
    assert_eq!(last.ports[0].0, PortId(1));
    assert!(last.ports[0].1 > 0.8, "{:?}", last.ports);
    // The others had 25 hours to go from here.
    let [low, middle, high] = last.arrives_ms().unwrap();
    assert!((middle - 40 * HOUR_MS).abs() < HOUR_MS, "{middle}");
    assert!(low <= middle && middle <= high);
    assert_eq!(last.conflict, Conflict::default(), "nothing was reported");
}

#[test]
fn a_crew_that_names_another_port_or_time_is_contradicted() {
    // 40 hours after 1970-01-01 00:00 is 01-02 16:00.
    let conflict = |typed: &[(i64, &str, &str)]| told(typed).last().unwrap().conflict;
    let agrees = conflict(&[(0, "MITTEHAVEN", "01-02 16:00")]);
    assert_eq!(agrees, Conflict { destination: false, arrival: false });
    let elsewhere = conflict(&[(0, "DEEND", "01-02 20:00")]);
    assert_eq!(elsewhere, Conflict { destination: true, arrival: false });
    let late = conflict(&[(0, "MITTEHAVEN", "01-09 16:00")]);
    assert_eq!(late, Conflict { destination: false, arrival: true });
    assert_eq!(conflict(&[(0, "FOR ORDERS", "")]), Conflict::default());
}

#[test]
fn what_is_typed_later_is_not_known_before() {
    let ship = told(&[(0, "DEEND", ""), (12, "MITTEHAVEN", "")]);
    let texts: Vec<&str> = ship.told.iter().map(|told| told.reported.text.as_str()).collect();
    assert_eq!(texts, ["DEEND", "DEEND", "DEEND", "MITTEHAVEN"]);
    let best = |k: usize| ship.told[k].reported.annotation.best().map(|best| best.port);
    assert_eq!((best(0), best(3)), (Some(PortId(2)), Some(PortId(1))));
}

#[test]
fn a_model_is_asked_in_place_of_the_graph_and_the_graph_for_arrivals() {
    let table = ports();
    let fleet = Fleet::from_tracks(vec![ship(&[], 3)]);
    let classes = Classes::from(vec![PortId(0), PortId(2)]);
    let graph = RouteGraph::fit([], &classes, &table, &NestParams::default());
    let named = Named::default();
    let ground = Ground { fleet: &fleet, named: &named, ports: &table, radius_m: 10_000.0 };
    let ask =
        |nest: &Nest| Ok(vec![Says { ports: vec![(PortId(2), 0.9)], arrival: None }; nest.len()]);
    let (params, journey) = (
        NestParams { cell_deg: 10.0, ..NestParams::default() },
        Journey { vessel: 0, reports: vec![0, 1, 2], from: None, to: None, arrive_ms: 0 },
    );
    let teller = Teller { graph: &graph, model: Some((&params, &ask)) };
    let ship = tell(&ground, &journey, &teller, None, false).unwrap().unwrap();
    assert_eq!(ship.told.len(), 1, "cut as the model wants: one cell of ten degrees");
    assert_eq!((ship.told[0].report, ship.told[0].ports[0]), (2, (PortId(2), 0.9)));
    assert!(ship.told[0].arrival.is_some());
    let nowhere = Journey { reports: Vec::new(), ..journey };
    assert_eq!(tell(&ground, &nowhere, &teller, None, false).unwrap(), None);
}

#[test]
fn only_what_is_sure_contradicts_and_only_what_hardly_can_be_meant() {
    let mut all = ports().ports().to_vec();
    // Five and a half kilometers from Mittehaven.
    let beside = Port { position: Position::new(8.55, 0.5), ..Port::default() };
    all.push(beside);
    let (table, fleet, named) =
        (PortTable::new(all), Fleet::from_tracks(Vec::new()), Named::default());
    let ground = Ground { fleet: &fleet, named: &named, ports: &table, radius_m: 10_000.0 };
    let reports = |port: u32, days: Option<f64>| {
        let candidate = crate::destination::Candidate { port: PortId(port), confidence: 1.0 };
        Reported {
            annotation: Annotation { candidates: vec![candidate] },
            arrives_ms: days.map(|days| (days * DAY_MS as f64) as i64),
            ..Reported::default()
        }
    };
    let elsewhere = |ports: &[(PortId, f64)], reported: u32| {
        conflict(&ground, 0, (ports, None), &reports(reported, None)).destination
    };
    let [mitte, ende] = [PortId(1), PortId(2)];
    assert!(elsewhere(&[(mitte, 0.7), (ende, 0.05)], 2));
    assert!(!elsewhere(&[(mitte, 0.45), (ende, 0.05)], 2), "nothing is sure");
    assert!(!elsewhere(&[(mitte, 0.7), (ende, 0.15)], 2), "it may be so");
    assert!(!elsewhere(&[(mitte, 0.9)], 3), "one harbor of two ports");
    // From a day to three days are told, and half a day on both sides is let pass.
    let told = Arrival { days: 2.0, low_days: 1.0, high_days: 3.0, voyages: 9 };
    let apart =
        |days: f64| conflict(&ground, 0, (&[], Some(told)), &reports(1, Some(days))).arrival;
    assert_eq!([0.4, 0.6, 2.0, 3.4, 3.6].map(apart), [true, false, false, false, true]);
}

#[test]
fn an_arrival_is_told_by_its_earliest_middle_and_latest() {
    let arrival = Arrival { days: 2.0, low_days: 1.0, high_days: 4.0, voyages: 9 };
    let told = Told {
        report: 0,
        t_ms: DAY_MS,
        place: Position::new(0.0, 0.0),
        ports: Vec::new(),
        arrival: Some(arrival),
        reported: Reported::default(),
        conflict: Conflict::default(),
    };
    assert_eq!(told.arrives_ms(), Some([2 * DAY_MS, 3 * DAY_MS, 5 * DAY_MS]));
}
