//! Voyages that tests look at.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ais::vessel::VoyageNote;
use crate::ais::{Fleet, HarborSize, Locode, Mmsi, Port, PortId, PortTable, Report, Vessel};
use crate::base::geo::Position;
use crate::base::note::Tally;
use crate::destination::voyage::Named;
use crate::destination::{Annotation, Candidate, UnderWay, Voyage, Voyages};
use crate::flow::stages::{DestinationsOf, PortsOf, VoyagesOf};
use crate::prep::{Cleaned, Mended};
use crate::ui::destination_view::told::{Arrival, Step, Told};

/// Los Angeles, Long Beach and Göteborg.
pub fn ports() -> Arc<PortTable> {
    let port = |name: &str, code: &str, lon: f64, lat: f64| Port {
        name: name.into(),
        locode: Locode::from_text(code),
        size: HarborSize::Large,
        position: Position::new(lon, lat),
        ..Port::default()
    };
    Arc::new(PortTable::new(vec![
        port("Los Angeles", "US LAX", -118.25, 33.75),
        port("Long Beach", "US LGB", -118.2, 33.75),
        Port { aliases: vec!["Gothenburg".into()], ..port("Göteborg", "SE GOT", 11.9, 57.7) },
    ]))
}

/// An hour.
pub const HOUR_MS: i64 = 3_600_000;

/// One ship that went from Göteborg to Los Angeles in ten hours along the equator. She typed
/// OAKLAND for an hour and then LONG BEACH.
pub fn sailed() -> VoyagesOf {
    let note = |text: &str| VoyageNote { destination: text.into(), ..VoyageNote::default() };
    let mut vessel = Vessel { mmsi: Mmsi(219_000_001), ..Vessel::default() };
    vessel.about.name = "AURORA".into();
    vessel.voyages = vec![(0, note("OAKLAND")), (HOUR_MS, note("LONG BEACH"))];
    let report = |hour: i64| Report::at(hour * HOUR_MS, Position::new(0.2 * hour as f64, 0.0));
    let fleet = Fleet::from_tracks(vec![(vessel, (0..=10).map(report).collect())]);
    let voyage = Voyage {
        vessel: 0,
        reports: (0..=10).collect(),
        departure: PortId(2),
        destination: PortId(0),
        departed_ms: 0,
        arrived_ms: 10 * HOUR_MS,
        named_share: 0.9,
        taken_out: 1,
    };
    let candidate = Candidate { port: PortId(1), confidence: 0.83 };
    let mut named = Named::default();
    named.insert("LONG BEACH".into(), Annotation { candidates: vec![candidate] });
    named.insert("OAKLAND".into(), Annotation::default());
    let voyages = Voyages {
        voyages: vec![voyage],
        under_way: vec![UnderWay { vessel: 0, reports: vec![10], departure: None }],
        ..Voyages::default()
    };
    voyages_of(fleet, &ports(), voyages, named)
}

/// Voyages with all that they are made of.
fn voyages_of(fleet: Fleet, ports: &Arc<PortTable>, found: Voyages, named: Named) -> VoyagesOf {
    let cleaned = Cleaned {
        verdicts: Vec::new(),
        fleet,
        removed: BTreeMap::new(),
        mended: Mended::default(),
        shared: Vec::new(),
    };
    let ports = PortsOf {
        table: Arc::clone(ports),
        kind: "bundled",
        rows: 3,
        refused: Tally::default(),
        file: None,
    };
    let typed = DestinationsOf {
        texts: Vec::new(),
        named,
        silent_ships: 0,
        ports: Arc::new(ports),
        cleaned: Arc::new(cleaned),
    };
    VoyagesOf { found, radius_m: 10_000.0, is_made: false, typed: Arc::new(typed) }
}

/// Ten hours: at first Göteborg is likeliest, from the sixth on Los Angeles.
pub fn told() -> Told {
    let step = |hour: i64| {
        let p = 0.1 * hour as f64;
        let mut ports = vec![(PortId(0), p), (PortId(2), 0.9 - p), (PortId(1), 0.05)];
        ports.sort_by(|a, b| b.1.total_cmp(&a.1));
        let end_ms = 10 * HOUR_MS;
        let arrival = Arrival { low_ms: end_ms - HOUR_MS, middle_ms: end_ms, high_ms: end_ms };
        Step { t_ms: hour * HOUR_MS, ports, arrival: Some(arrival) }
    };
    Told::new((0..=9).map(step).collect())
}
