//! What a safety officer asks: the reports that are watched, and the tables that results become.

mod ahead;
mod areas;
mod density;
mod encounters;
mod gates;
mod oddities;
mod watched;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

pub use ahead::{AheadOf, AheadParams, AheadStage, ToldBy};
pub use areas::{AreasOf, AreasStage};
pub use density::{Before, DensityOf, DensityStage};
pub use encounters::{EncountersOf, EncountersStage};
pub use gates::{GateOf, GatesOf, GatesStage};
pub use oddities::{OdditiesOf, OdditiesStage};
pub use watched::{WatchedOf, WatchedStage};

use crate::ais::Vessel;
use crate::base::geo::Position;
use crate::io::{export, shapes};

/// A number to so many places behind the point; none for what is none.
fn rounded(value: f64, places: i32) -> Option<f64> {
    let by = 10_f64.powi(places);
    value.is_finite().then(|| (value * by).round() / by + 0.0)
}

/// A place as `GeoJSON` has it, to a centimeter.
fn place(at: Position) -> Value {
    json!([rounded(at.lon_deg, 7), rounded(at.lat_deg, 7)])
}

/// What stands of a ship in a row.
fn about(vessel: &Vessel) -> Map<String, Value> {
    let mut about = Map::new();
    about.insert("mmsi".into(), vessel.mmsi.0.into());
    about.insert("name".into(), vessel.about.name.clone().into());
    about.insert("type".into(), vessel.kind().name().into());
    about.insert("length_m".into(), vessel.about.length_m.into());
    about
}

/// `first` with all members of `more` behind.
fn joined(mut first: Map<String, Value>, more: Value) -> Value {
    if let Value::Object(more) = more {
        first.extend(more);
    }
    Value::Object(first)
}

/// The same with `prefix` before each name.
fn prefixed(prefix: &str, members: Map<String, Value>) -> Map<String, Value> {
    members.into_iter().map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
}

/// A course to a tenth of a degree, below 360.
fn rounded_course(course_deg: f64) -> Option<f64> {
    rounded(course_deg, 1).map(|deg| if deg >= 360.0 { 0.0 } else { deg })
}

/// A point with what is known of it.
fn point(at: Position, properties: Value) -> Value {
    feature(&json!({"type": "Point", "coordinates": place(at)}), properties)
}

/// A line with what is known of it, cut at the date line.
fn line(points: &[Position], properties: Value) -> Value {
    feature(&shapes::line(points.iter().copied(), 7), properties)
}

/// An area with what is known of it, cut at the date line.
fn polygon(corners: &[Position], properties: Value) -> Value {
    feature(&shapes::polygon(corners, 7), properties)
}

fn feature(geometry: &Value, properties: Value) -> Value {
    json!({"type": "Feature", "properties": properties, "geometry": geometry})
}

/// Writes rows, whose members are named as `columns`, as a table.
fn write_rows(
    folder: &Path,
    name: &str,
    columns: &[&str],
    rows: &[Value],
) -> Result<PathBuf, String> {
    let path = folder.join(name);
    let line = |row: &Value| {
        let cells = columns.iter().map(|column| match &row[*column] {
            Value::Null => String::new(),
            Value::String(text) => export::quoted(text),
            number => number.to_string(),
        });
        cells.collect::<Vec<_>>().join(",")
    };
    export::lines(&path, &columns.join(","), rows.iter().map(line))
        .map_err(|error| error.to_string())?;
    Ok(path)
}

/// Writes shapes as one collection, a line each.
fn write_features(folder: &Path, name: &str, features: &[Value]) -> Result<PathBuf, String> {
    let path = folder.join(name);
    let lines: Vec<String> = features.iter().map(ToString::to_string).collect();
    let lines = lines.join(",\n");
    let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{lines}\n]}}\n");
    export::text(&path, &text).map_err(|error| error.to_string())?;
    Ok(path)
}

/// The members of an object that was just written.
fn members(object: Value) -> Map<String, Value> {
    let Value::Object(members) = object else { unreachable!("an object was written") };
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_rounded_to_less_than_a_whole_turn() {
        assert_eq!(rounded_course(359.97), Some(0.0));
        assert_eq!(rounded_course(359.94), Some(359.9));
        assert_eq!(rounded_course(f64::NAN), None);
    }
}
