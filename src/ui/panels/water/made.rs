//! A gate for tests: ships of an hour across ten kilometers of the equator.

use std::sync::Arc;

use egui::Color32;

use crate::ais::{Fleet, Mmsi, Report, ShipType, Vessel};
use crate::base::geo::Position;
use crate::base::job::Job;
use crate::base::params::Checked;
use crate::ui::water_view::Direction;
use crate::watch::{self, Gate, GateParams};

/// The ends of the gate: 5 km west and east of where the meridian of 10° meets the equator.
pub fn ends() -> [Position; 2] {
    [Position::new(9.955, 0.0), Position::new(10.045, 0.0)]
}

/// Ships of which the first `north` sail north and the others south, a minute apart, each 50 m
/// farther east than the one before.
pub fn fleet(north: usize, south: usize) -> Arc<Fleet> {
    let tracks = (0..north + south).map(|ship| {
        let mut vessel = Vessel { mmsi: Mmsi(219_000_001 + ship as u32), ..Vessel::default() };
        vessel.about.ship_type = ShipType(if ship % 2 == 0 { 80 } else { 70 });
        vessel.about.length_m = (ship % 3 > 0).then_some(100.0);
        vessel.about.name = format!("SHIP {ship}");
        let lon = 10.0 + 0.000_45 * (ship % 20) as f64;
        let side = if ship < north { 1.0 } else { -1.0 };
        let at = |minute: i64, lat: f64| Report {
            sog_kn: 9.0 + ship as f32 % 5.0,
            ..Report::at((ship as i64 + minute) * 60_000, Position::new(lon, side * lat))
        };
        (vessel, vec![at(0, -0.01), at(8, 0.01)])
    });
    Arc::new(Fleet::from_tracks(tracks.collect()))
}

/// The crossings of such a fleet.
pub fn gate_of(fleet: &Fleet) -> Gate {
    let params = Checked::new(&GateParams::default()).unwrap();
    watch::gate(fleet, &ends(), None, &params, &Job::default()).unwrap()
}

/// Both at once.
pub fn gate(north: usize, south: usize) -> Gate {
    gate_of(&fleet(north, south))
}

/// The directions of the gate: to the right is south.
pub fn directions() -> [Direction; 2] {
    [("southbound", Color32::RED), ("northbound", Color32::BLUE)]
        .map(|(name, color)| Direction { name: name.into(), color })
}
