//! Four ports on the equator, 10 degrees apart from 0 on, and voyages eastward.

use super::*;
use crate::ais::{Port, ShipKind};

fn ports() -> PortTable {
    let port = |n: u32| Port {
        position: Position::new(f64::from(n) * 10.0 + 0.5, 0.5),
        ..Port::default()
    };
    PortTable::new((0..4).map(port).collect())
}

/// A voyage through the cells of these longitudes, with the days left in each.
fn nest(from: Option<u32>, to: u32, steps: &[(f64, f32)]) -> Nest {
    let step = |(lon_deg, days_left): &(f64, f32)| Step {
        center: Position::new(lon_deg.floor() + 0.5, 0.5),
        messages: 0..1,
        days: 0.0,
        days_left: *days_left,
        days_left_reported: None,
        last: (Position::new(*lon_deg, 0.5), 90.0),
    };
    Nest {
        steps: steps.iter().map(step).collect(),
        features: Vec::new(),
        from: from.map(PortId),
        to: Some(PortId(to)),
        kind: ShipKind::Cargo,
    }
}

fn graph(nests: &[Nest]) -> RouteGraph {
    let classes = Classes::from((0..4).map(PortId).collect::<Vec<_>>());
    RouteGraph::fit(nests, &classes, &ports(), &NestParams::default())
}

fn chance(says: &Says, port: u32) -> f64 {
    says.ports.iter().find(|(id, _)| id.0 == port).map_or(0.0, |(_, chance)| *chance)
}

#[test]
fn chances_are_what_a_hand_computes_from_circle_to_circle() {
    let learned: Vec<Nest> =
        [1, 1, 1, 2].iter().map(|to| nest(Some(0), *to, &[(2.5, 1.0)])).collect();
    let says = graph(&learned).says(&nest(Some(0), 1, &[(2.5, 1.0)]), 0, None);
    // All four circles count 3 of 4 to port 1 and 1 to port 2; the widest begins with a fifth each:
    // (3 + 2 p) / 6 four times over, then without the port that she left.
    let after = |n: f64| (0..4).fold(0.2, |p, _| (n + 2.0 * p) / 6.0);
    let rest = 1.0 - after(0.0);
    assert!((chance(&says, 1) - after(3.0) / rest).abs() < 1e-12, "{says:?}");
    assert!((chance(&says, 2) - after(1.0) / rest).abs() < 1e-12);
    assert_eq!(chance(&says, 0), 0.0, "never where she left");
    let total: f64 = says.ports.iter().map(|(_, chance)| chance).sum();
    assert!((total - (1.0 - after(0.0) / rest)).abs() < 1e-12, "the rest is elsewhere: {total}");
}

#[test]
fn a_voyage_does_not_tell_itself() {
    let mut learned: Vec<Nest> = vec![nest(Some(0), 1, &[(2.5, 1.0)]); 3];
    learned.push(nest(Some(0), 2, &[(2.5, 1.0)]));
    let (graph, asked) = (graph(&learned), &learned[3]);
    let known = chance(&graph.says(asked, 0, None), 2);
    let honest = chance(&graph.says(asked, 0, Some(3)), 2);
    // Without it nobody went to port 2: what is left is a fifth, four times 2 / 5.
    let rest = 1.0 - 0.2 * 0.4_f64.powi(4);
    assert!((honest - 0.2 * 0.4_f64.powi(4) / rest).abs() < 1e-12, "{honest}");
    assert!(known > 0.2);
}

#[test]
fn the_leg_tells_ships_apart_that_left_one_port() {
    let mut learned = Vec::new();
    for _ in 0..20 {
        learned.push(nest(Some(0), 1, &[(1.5, 2.0), (2.5, 1.0)]));
        learned.push(nest(Some(0), 3, &[(1.5, 9.0), (1.5 + 360.0 - 2.0, 8.0)]));
    }
    let graph = graph(&learned);
    let at_first = graph.says(&learned[0], 0, Some(0));
    assert!((chance(&at_first, 1) - 0.5).abs() < 0.05, "{at_first:?}");
    assert!(chance(&graph.says(&learned[0], 1, Some(0)), 1) > 0.95);
    assert!(chance(&graph.says(&learned[1], 1, Some(1)), 3) > 0.95);
    // Of an unknown departure the leg alone tells.
    let stranger = nest(None, 1, &[(1.5, 2.0), (2.5, 1.0)]);
    assert!(chance(&graph.says(&stranger, 1, None), 1) > 0.9);
}

#[test]
fn arrivals_are_those_of_voyages_near_by_and_their_spread() {
    let learned: Vec<Nest> =
        [2.0, 3.0, 4.0].iter().map(|days| nest(Some(0), 1, &[(4.5, *days)])).collect();
    let graph = graph(&learned);
    let to_one = [(PortId(1), 1.0)];
    let here = graph.arrival(Position::new(4.5, 0.5), &to_one, None).unwrap();
    assert_eq!((here.days, here.low_days, here.high_days, here.voyages), (3.0, 2.0, 4.0, 3));
    // The usual speed is 6 degrees in 3 days; half a degree nearer is a quarter of a day.
    let nearer = graph.arrival(Position::new(5.0, 0.5), &to_one, None).unwrap();
    assert!((nearer.days - 2.75).abs() < 1e-6, "{nearer:?}");
    // Two are too few: distance over speed.
    let own = graph.arrival(Position::new(4.5, 0.5), &to_one, Some(0)).unwrap();
    assert!(own.voyages == 0 && (own.days - 3.0).abs() < 1e-6, "{own:?}");
    assert_eq!(graph.arrival(Position::new(4.5, 0.5), &[(PortId(9), 1.0)], None), None);
}

#[test]
fn voyages_over_the_date_line_are_near_one_another() {
    let table =
        PortTable::new(vec![Port { position: Position::new(-175.0, 0.5), ..Port::default() }]);
    let learned = vec![nest(None, 0, &[(-179.9, 2.0)]); 3];
    let classes = Classes::from(vec![PortId(0)]);
    let graph = RouteGraph::fit(&learned, &classes, &table, &NestParams::default());
    let arrival = graph.arrival(Position::new(179.9, 0.5), &[(PortId(0), 1.0)], None).unwrap();
    assert_eq!(arrival.voyages, 3);
}

#[test]
fn it_comes_back_from_a_file_as_it_was() {
    let graph = graph(&[nest(Some(0), 1, &[(1.5, 2.0), (2.5, 1.0)]), nest(None, 3, &[(7.5, 1.0)])]);
    let text = serde_json::to_string(&graph).unwrap();
    assert_eq!(serde_json::from_str::<RouteGraph>(&text).unwrap(), graph);
}

#[test]
fn without_voyages_the_course_and_the_distance_tell() {
    let graph = graph(&[]);
    // From 12.5 degrees on, ports lie at 0.5, 10.5, 20.5 and 30.5; eastward is ahead.
    let east = graph.says(&nest(None, 1, &[(12.5, 0.0)]), 0, None);
    let order: Vec<u32> = east.ports.iter().map(|(port, _)| port.0).collect();
    assert_eq!(order[..2], [2, 3], "{east:?}");
    assert!(chance(&east, 2) > 2.0 * chance(&east, 3));
    let total: f64 = east.ports.iter().map(|(_, chance)| chance).sum();
    assert!((total - 0.8).abs() < 1e-9, "a fifth is elsewhere: {total}");
    let mut adrift = nest(None, 1, &[(12.5, 0.0)]);
    adrift.steps[0].last.1 = f32::NAN;
    assert_eq!(graph.says(&adrift, 0, None).ports[0].0, PortId(1), "the nearest");
    // At twelve knots, 8 degrees are 40 hours.
    let arrival = east.arrival.unwrap();
    assert!(arrival.voyages == 0 && (arrival.days - 40.0 / 24.0).abs() < 0.05, "{arrival:?}");
}

#[test]
fn whence_a_ship_came_tells_what_where_she_is_does_not() {
    // From the west all go on to port 2, from the south to port 3: in one cell, by another leg.
    let mut learned = Vec::new();
    for _ in 0..20 {
        learned.push(nest(None, 2, &[(4.5, 2.0), (5.5, 1.0)]));
        let mut south = nest(None, 3, &[(5.5, 2.0), (5.5, 1.0)]);
        south.steps[0].center.lat_deg = -0.5;
        learned.push(south);
    }
    let graph = graph(&learned);
    for (asked, port) in [(0, 2), (1, 3)] {
        assert!(chance(&graph.says(&learned[asked], 1, Some(asked)), port) > 0.9, "{asked}");
    }
}

#[test]
fn a_voyage_that_passes_twice_counts_once() {
    let loops = nest(Some(0), 1, &[(4.5, 9.0), (4.6, 8.0), (4.4, 7.0), (4.5, 6.0)]);
    let learned = [vec![loops], vec![nest(Some(0), 1, &[(4.5, 2.0)]); 2]].concat();
    let here = graph(&learned).arrival(Position::new(4.5, 0.5), &[(PortId(1), 1.0)], None).unwrap();
    assert_eq!((here.voyages, here.days), (3, 2.0));
}

#[test]
fn a_port_twice_as_far_is_a_fourth_as_likely_without_voyages() {
    let graph = graph(&[]);
    // Without a course; 8 and 18 degrees ahead, 480 and 1080 nautical miles, and 30 to each.
    let mut adrift = nest(None, 1, &[(12.5, 0.0)]);
    adrift.steps[0].last.1 = f32::NAN;
    let says = graph.says(&adrift, 0, None);
    let ratio = chance(&says, 2) / chance(&says, 3);
    assert!((ratio - (1110.0_f64 / 510.0).powi(2)).abs() < 0.05, "{ratio}");
}
