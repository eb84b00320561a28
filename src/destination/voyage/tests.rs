//! Voyages of ships made by hand: along a parallel, a report every ten minutes.

use super::*;
use crate::ais::vessel::VoyageNote;
use crate::ais::{Locode, Mmsi, Port, Report};
use crate::base::geo::{Position, wrap_lon_deg};
use crate::destination::stay::{Status, statuses};
use crate::destination::{AnnotateParams, Annotator};

const MINUTE_MS: i64 = 60_000;

fn port(name: &str, code: &str, lon_deg: f64, lat_deg: f64) -> Port {
    Port {
        name: name.into(),
        locode: Locode::from_text(code),
        position: Position::new(lon_deg, lat_deg),
        ..Port::default()
    }
}

/// Three ports a degree of longitude apart on 54 degrees north (65 km), and two across the date line.
fn ports() -> PortTable {
    PortTable::new(vec![
        port("Anfang", "DEANF", 10.0, 54.0),
        port("Mitte", "DEMIT", 11.0, 54.0),
        port("Ende", "DEEND", 12.0, 54.0),
        port("Westhaven", "FJWST", 179.5, -17.0),
        port("Easthaven", "FJEST", -179.5, -17.0),
    ])
}

const ANFANG: PortId = PortId(0);
const MITTE: PortId = PortId(1);

/// A ship that is told what to do, piece by piece.
struct Ship {
    reports: Vec<Report>,
    t_ms: i64,
    place: Position,
    typed: Vec<(i64, VoyageNote)>,
}

impl Ship {
    fn at(lon_deg: f64, lat_deg: f64) -> Ship {
        let place = Position::new(lon_deg, lat_deg);
        Ship { reports: Vec::new(), t_ms: 0, place, typed: Vec::new() }
    }

    fn report(mut self, sog_kn: f32) -> Ship {
        self.reports.push(Report { sog_kn, ..Report::at(self.t_ms, self.place) });
        self.t_ms += 10 * MINUTE_MS;
        self
    }

    fn types(mut self, destination: &str) -> Ship {
        let note = VoyageNote { destination: destination.into(), ..VoyageNote::default() };
        self.typed.push((self.t_ms, note));
        self
    }

    fn lies(self, hours: usize) -> Ship {
        (0..=6 * hours).fold(self, |ship, _| ship.report(0.1))
    }

    /// East by `degrees` in steps of 0.05, about 10 kn.
    fn sails(self, degrees: f64) -> Ship {
        let n = (degrees.abs() / 0.05).round() as usize;
        (0..n).fold(self, |mut ship, _| {
            ship.place.lon_deg = wrap_lon_deg(ship.place.lon_deg + 0.05 * degrees.signum());
            ship.report(10.0)
        })
    }

    fn waits(mut self, hours: i64) -> Ship {
        self.t_ms += hours * 60 * MINUTE_MS;
        self
    }
}

fn found(ships: Vec<Ship>, params: &VoyageParams) -> Voyages {
    let tracks = (1..).zip(ships).map(|(mmsi, ship)| {
        let vessel = Vessel { mmsi: Mmsi(mmsi), voyages: ship.typed, ..Vessel::default() };
        (vessel, ship.reports)
    });
    let fleet = Fleet::from_tracks(tracks.collect());
    let ports = ports();
    let annotator = Annotator::new(&ports, &Checked::new(&AnnotateParams::default()).unwrap());
    let job = Job::default();
    let named = annotator.annotate_fleet(&fleet, &job).unwrap();
    voyages(&fleet, &ports, &named, &Checked::new(params).unwrap(), &job).unwrap()
}

fn only_refusal(ship: Ship, params: &VoyageParams) -> VoyageRefusal {
    let found = found(vec![ship], params);
    assert_eq!((found.voyages.len(), found.refused.len()), (0, 1), "{found:?}");
    found.refused[0].reason
}

#[test]
fn a_ship_that_sails_from_port_to_port_makes_a_voyage() {
    let ship = Ship::at(10.0, 54.0).types("MITTE").lies(3).sails(1.0).lies(3);
    let found = found(vec![ship], &VoyageParams::default());
    assert_eq!((found.voyages.len(), found.refused.len(), found.stays_in_port), (1, 0, 2));
    let voyage = &found.voyages[0];
    assert_eq!((voyage.departure, voyage.destination), (ANFANG, MITTE));
    // From her last report at the first berth, the 19th, to her first at the second, 21 steps on.
    assert_eq!((voyage.departed_ms, voyage.arrived_ms), (180 * MINUTE_MS, 390 * MINUTE_MS));
    assert_eq!((voyage.reports.len(), voyage.taken_out), (22, 0));
    assert_eq!(voyage.named_share, 1.0);
    assert!(found.under_way.is_empty());
}

#[test]
fn each_leg_of_a_round_is_a_voyage_of_its_own() {
    let ship = Ship::at(10.0, 54.0)
        .types("DE MIT")
        .lies(2)
        .sails(1.0)
        .lies(2)
        .types("ENDE > ANFANG")
        .sails(-1.0)
        .lies(2);
    let found = found(vec![ship], &VoyageParams::default());
    let ends: Vec<(PortId, PortId)> =
        found.voyages.iter().map(|voyage| (voyage.departure, voyage.destination)).collect();
    assert_eq!(ends, [(ANFANG, MITTE), (MITTE, ANFANG)]);
}

#[test]
fn voyages_cross_the_date_line() {
    let ship = Ship::at(179.5, -17.0).types("EASTHAVEN").lies(2).sails(1.0).lies(2);
    let found = found(vec![ship], &VoyageParams::default());
    assert_eq!(found.voyages.len(), 1, "{:?}", found.refused);
    assert_eq!(found.voyages[0].taken_out, 0);
    let ports = ports();
    let straight_m = distance_m(ports.ports()[3].position, ports.ports()[4].position);
    let tracks = Ship::at(179.5, -17.0).lies(2).sails(1.0).lies(2).reports;
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), tracks)]);
    assert!((found.voyages[0].length_m(&fleet) / straight_m - 1.0).abs() < 1e-3);
}

#[test]
fn what_is_no_voyage_is_refused_with_its_reason() {
    let params = VoyageParams::default();
    let start = || Ship::at(10.0, 54.0).types("MITTE").lies(2);
    for (ship, reason) in [
        (start().sails(0.5).sails(-0.5).lies(2), VoyageRefusal::SamePort),
        (start().sails(0.5).lies(13).sails(0.5).lies(2), VoyageRefusal::StopAtSea),
        (start().sails(0.5).waits(25).sails(0.5).lies(2), VoyageRefusal::Gap),
        (Ship::at(10.0, 54.0).types("ENDE").lies(2).sails(1.0).lies(2), VoyageRefusal::OtherText),
        (Ship::at(10.0, 54.0).lies(2).sails(1.0).lies(2), VoyageRefusal::NoText),
    ] {
        let reason_found = only_refusal(ship, &params);
        assert_eq!(reason_found, reason);
    }
    let mut gone = start();
    gone.place = Position::new(11.0, 54.0); // Nothing is known of the way.
    assert_eq!(only_refusal(gone.lies(2), &params), VoyageRefusal::TooFewReports);
    let slow = VoyageParams { moving_kn: 15.0, ..params };
    assert_eq!(only_refusal(start().sails(1.0).lies(2), &slow), VoyageRefusal::NoAcceleration);
}

#[test]
fn limits_decide_what_is_too_long() {
    let start = || Ship::at(10.0, 54.0).types("MITTE").lies(2);
    let stop = || start().sails(0.5).lies(13).sails(0.5).lies(2);
    let gap = || start().sails(0.5).waits(25).sails(0.5).lies(2);
    let patient = VoyageParams { stop_h: 14.0, gap_h: 26.0, ..VoyageParams::default() };
    let found = found(vec![stop(), gap()], &patient);
    assert_eq!((found.voyages.len(), found.stops_at_sea), (2, 1));
    assert_eq!(found.voyages[1].vessel, 1);
}

#[test]
fn destinations_need_not_be_reported_where_that_is_switched_off() {
    let params = VoyageParams { requires_reported: false, ..VoyageParams::default() };
    let ship = Ship::at(10.0, 54.0).lies(2).sails(1.0).lies(2);
    let found = found(vec![ship], &params);
    assert_eq!((found.voyages.len(), found.voyages[0].named_share), (1, 0.0));
}

#[test]
fn a_destination_typed_under_way_names_the_port_for_its_share_of_the_time() {
    let ship =
        Ship::at(10.0, 54.0).types("ENDE").lies(2).sails(0.5).types("MITTE").sails(0.5).lies(2);
    let found = found(vec![ship], &VoyageParams::default());
    // Twenty-one steps of ten minutes; typed when ten are to come.
    let share = found.voyages[0].named_share;
    assert!((share - 10.0 / 21.0).abs() < 1e-9, "{share}");
}

#[test]
fn an_error_of_transmission_is_taken_out() {
    let mut ship = Ship::at(10.0, 54.0).types("MITTE").lies(2).sails(1.0).lies(2);
    ship.reports[23].position.lat_deg += 0.7;
    let found = found(vec![ship], &VoyageParams::default());
    assert_eq!((found.voyages.len(), found.taken_out()), (1, 1));
    assert!(!found.voyages[0].reports.contains(&23));
}

#[test]
fn ships_that_have_not_arrived_are_under_way() {
    let left = Ship::at(10.0, 54.0).types("MITTE").lies(2).sails(0.7);
    let unknown = Ship::at(10.4, 54.0).sails(0.3);
    let moored = Ship::at(10.0, 54.0).lies(2);
    let found = found(vec![left, unknown, moored], &VoyageParams::default());
    assert_eq!((found.voyages.len(), found.refused.len()), (0, 0));
    let ends: Vec<(usize, Option<PortId>, usize)> = found
        .under_way
        .iter()
        .map(|ship| (ship.vessel, ship.departure, ship.reports.len()))
        .collect();
    // The first from her last report at the berth on; the second from her first of all.
    assert_eq!(ends, [(0, Some(ANFANG), 15), (1, None, 6)]);
}

#[test]
fn speeds_that_are_not_reported_are_taken_from_the_way() {
    let mut ship = Ship::at(10.0, 54.0).types("MITTE").lies(2).sails(1.0).lies(2);
    for report in &mut ship.reports {
        report.sog_kn = f32::NAN;
    }
    assert_eq!(found(vec![ship], &VoyageParams::default()).voyages.len(), 1);
}

#[test]
fn reports_without_a_place_are_left_out() {
    let mut ship = Ship::at(10.0, 54.0).types("MITTE").lies(2).sails(1.0).lies(2);
    for at in [5, 20, 21] {
        ship.reports[at].position = Position::new(f64::NAN, f64::NAN);
    }
    let found = found(vec![ship], &VoyageParams::default());
    assert_eq!((found.voyages.len(), found.voyages[0].reports.len()), (1, 20));
}

#[test]
fn nothing_comes_of_no_ports_and_no_ships() {
    let job = Job::default();
    let params = Checked::new(&VoyageParams::default()).unwrap();
    let ship = Ship::at(10.0, 54.0).lies(2).sails(1.0).lies(2);
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), ship.reports)]);
    let cut = |fleet: &Fleet| {
        voyages(fleet, &PortTable::default(), &FxHashMap::default(), &params, &job).unwrap()
    };
    assert_eq!(cut(&Fleet::from_tracks(Vec::new())), Voyages::default());
    let found = cut(&fleet);
    assert_eq!((found.voyages.len(), found.stays_in_port, found.stops_at_sea), (0, 0, 2));
}

#[test]
fn what_a_ship_does_is_told_report_by_report() {
    let ship = Ship::at(10.0, 54.0).lies(2).sails(0.5).lies(2).report(2.0);
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), ship.reports)]);
    let (track, ports, params) = (fleet.track(0), ports(), VoyageParams::default());
    let speeds = speeds_kn(&track);
    let stays = stays(&track, &speeds, &ports, &params);
    let statuses = statuses(&track, &speeds, &stays, &params);
    assert_eq!(statuses[..13], [Status::Docked(ANFANG); 13]);
    assert_eq!(statuses[13..23], [Status::Moving; 10]);
    assert_eq!(statuses[23..36], [Status::Stopped; 13]);
    assert_eq!(statuses[36], Status::Drifting);
}

#[test]
fn a_voyage_begins_and_ends_where_the_ship_is_nearest_to_the_port() {
    // Her berths lie 6.5 km from the middles of the ports, and she passes both.
    let ship = Ship::at(9.9, 54.0).types("MITTE").lies(2).sails(1.2).lies(2);
    let found = found(vec![ship], &VoyageParams::default());
    let voyage = &found.voyages[0];
    // Two steps behind her last report at the berth, at 120 minutes, and two before she lies again.
    assert_eq!((voyage.departed_ms, voyage.arrived_ms), (140 * MINUTE_MS, 340 * MINUTE_MS));
}

#[test]
fn a_short_stop_is_none_and_one_outside_the_voyage_is_none_of_hers() {
    let passing = Ship::at(10.0, 54.0).types("ENDE").lies(2).sails(1.0).report(0.1).report(0.1);
    let passing = found(vec![passing.sails(1.0).lies(2)], &VoyageParams::default());
    assert_eq!((passing.voyages.len(), passing.stays_in_port), (1, 2));
    assert_eq!(passing.voyages[0].destination, PortId(2));
    let waited = Ship::at(9.5, 54.0).types("MITTE").lies(13).sails(0.5).lies(2).sails(1.0).lies(2);
    let waited = found(vec![waited], &VoyageParams::default());
    assert_eq!((waited.voyages.len(), waited.stops_at_sea), (1, 1), "{:?}", waited.refused);
}

#[test]
fn a_ship_that_shifts_her_berth_makes_no_voyage_and_is_not_under_way() {
    let shifted = Ship::at(10.0, 54.0).lies(2).sails(0.05).lies(2);
    let leaving = Ship::at(10.0, 54.0).lies(2).sails(0.05);
    let found = found(vec![shifted, leaving], &VoyageParams::default());
    assert_eq!((found.voyages.len(), found.refused.len(), found.under_way.len()), (0, 0, 0));
    assert_eq!(found.stays_in_port, 3);
}

#[test]
fn a_speed_that_is_not_reported_is_that_from_the_report_before_to_the_next() {
    let report = |minute: i64, lon: f64| Report {
        sog_kn: f32::NAN,
        ..Report::at(minute * MINUTE_MS, Position::new(lon, 0.0))
    };
    // One minute of longitude on the equator, then three: four miles in twenty minutes.
    let reports = vec![report(0, 0.0), report(10, 1.0 / 60.0), report(20, 4.0 / 60.0)];
    let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports)]);
    let speeds = speeds_kn(&fleet.track(0));
    for (speed, expected) in speeds.iter().zip([6.0, 12.0, 18.0]) {
        assert!((speed / expected - 1.0).abs() < 5e-3, "{speeds:?}");
    }
}
