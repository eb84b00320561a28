//! Where ships are bound: ports, typed destinations, voyages, arrivals, forecasts and their scores.

mod destinations;
mod eta;
mod fit;
mod forecast;
mod forecasts;
mod nests;
mod ports;
mod routes;
mod scores;
mod voyages;

pub use destinations::{DestinationsOf, DestinationsStage, TypedText};
pub use eta::{
    EtaCard, EtaFitOf, EtaFitParams, EtaFitStage, EtaScoresOf, EtaScoresParams, EtaScoresStage,
    EtaWay, EtaWayScores,
};
pub use fit::{DestinationFitOf, DestinationFitParams, DestinationFitStage};
pub use forecast::{ForecastOf, ForecastStage};
pub use forecasts::{ForecastsOf, ForecastsStage};
pub use nests::{NestsOf, NestsStage};
pub use ports::{PortsOf, PortsParams, PortsStage};
pub use routes::{RouteGraphOf, RouteGraphParams, RouteGraphStage, RoutesCard};
pub use scores::{DestinationRow, DestinationScoresOf, DestinationScoresStage, SplitOf};
pub use voyages::{MADE, VoyagesOf, VoyagesStage};

use std::path::Path;

use serde_json::{Value, json};

use crate::ais::{Fleet, PortId, PortTable};
use crate::base::geo::{Position, wrap_lon_deg};
use crate::io::export;

/// A place as `GeoJSON` has it, to a tenth of a meter.
fn place(at: Position) -> Value {
    let rounded = |x: f64| (x * 1e6).round() / 1e6;
    json!([rounded(at.lon_deg), rounded(at.lat_deg)])
}

/// Writes features as a collection.
fn write_features(path: &Path, features: Vec<Value>) -> Result<(), String> {
    let all = json!({"type": "FeatureCollection", "features": features});
    export::text(path, &all.to_string()).map_err(|error| error.to_string())
}

/// A port's UN/LOCODE; its name where it has none.
fn code(ports: &PortTable, id: PortId) -> String {
    let port = ports.port(id);
    port.locode.map_or_else(|| port.name.clone(), String::from)
}

/// The line through reports as `GeoJSON` has it: in two or more where it crosses the date line.
fn line(fleet: &Fleet, reports: &[u32]) -> Value {
    let places = reports.iter().map(|index| fleet.reports().positions[*index as usize]);
    let mut parts: Vec<Vec<Value>> = vec![Vec::new()];
    let mut last: Option<Position> = None;
    for at in places.filter(|at| at.is_valid()) {
        if let Some(before) = last
            && (at.lon_deg - before.lon_deg).abs() > 180.0
        {
            // To the edge on one side, and on from the other.
            let edge_deg = if before.lon_deg > 0.0 { 180.0 } else { -180.0 };
            let (to_edge, step) =
                (edge_deg - before.lon_deg, wrap_lon_deg(at.lon_deg - before.lon_deg));
            let share = if step == 0.0 { 0.0 } else { (to_edge / step).clamp(0.0, 1.0) };
            let lat_deg = before.lat_deg + share * (at.lat_deg - before.lat_deg);
            let part = parts.last_mut().expect("there is a part");
            part.push(place(Position::new(edge_deg, lat_deg)));
            parts.push(vec![place(Position::new(-edge_deg, lat_deg))]);
        }
        parts.last_mut().expect("there is a part").push(place(at));
        last = Some(at);
    }
    if parts.len() == 1 {
        json!({"type": "LineString", "coordinates": parts[0]})
    } else {
        json!({"type": "MultiLineString", "coordinates": parts})
    }
}
