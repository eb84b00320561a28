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
use crate::base::geo::Position;
use crate::io::{export, shapes};

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
    shapes::line(reports.iter().map(|index| fleet.reports().positions[*index as usize]), 6)
}
