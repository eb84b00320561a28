//! Motion that teaches a predictor nothing: sharp turns and small loops of the chosen trips.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ChosenOf;
use crate::ais::{Fleet, Trip, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::flow::stage::{Pace, Stage};
use crate::io::export;
use crate::prep::{Outlier, OutlierKind, OutlierParams, Outliers, outliers};

/// Outliers of motion in the trips that pass the filter.
pub struct OutliersStage;

/// The outliers, and the trips that they were found in: those that pass the filter, in their order.
pub struct OutliersOf {
    /// What was found, and what of each trip is to be cut.
    pub outliers: Outliers,
    /// The trips.
    pub chosen: Arc<ChosenOf>,
}

impl OutliersOf {
    /// The fleet whose reports the trips are pieces of.
    pub fn fleet(&self) -> &Fleet {
        self.chosen.fleet()
    }

    /// The index among all trips of the one that `outlier` is on.
    pub fn trip_id(&self, outlier: &Outlier) -> usize {
        self.chosen.chosen.kept[outlier.trip]
    }

    /// The trip that `outlier` is on.
    pub fn trip(&self, outlier: &Outlier) -> &Trip {
        &self.chosen.trips.trips.trips[self.trip_id(outlier)]
    }

    /// Whose it is.
    pub fn vessel(&self, outlier: &Outlier) -> &Vessel {
        &self.fleet().vessels()[self.trip(outlier).vessel]
    }

    /// When the ship turned, or was about to cross her way; UTC milliseconds.
    pub fn t_ms(&self, outlier: &Outlier) -> i64 {
        self.report_ms(outlier, outlier.at)
    }

    /// When the reports of `outlier` begin and end, UTC milliseconds.
    pub fn span_ms(&self, outlier: &Outlier) -> (i64, i64) {
        let last = outlier.reports.end.saturating_sub(1).max(outlier.reports.start);
        (self.report_ms(outlier, outlier.reports.start), self.report_ms(outlier, last))
    }

    fn report_ms(&self, outlier: &Outlier, place: u32) -> i64 {
        self.fleet().reports().t_ms[self.trip(outlier).reports.start + place as usize]
    }
}

impl Stage for OutliersStage {
    const NAME: &'static str = "outliers/1";
    const TITLE: &'static str = "Motion outliers";
    const NEEDS: &'static [&'static str] = &["filter"];
    const PACE: Pace = Pace::Live;

    type Params = OutlierParams;
    type Input = Arc<ChosenOf>;
    type Output = OutliersOf;

    fn run(
        params: &Checked<OutlierParams>,
        chosen: &Arc<ChosenOf>,
        job: &Job,
    ) -> Result<OutliersOf, Stopped> {
        let trips: Vec<&Trip> = chosen.kept().map(|(_, trip)| trip).collect();
        let outliers = outliers(chosen.fleet(), &trips, params, job)?;
        Ok(OutliersOf { outliers, chosen: Arc::clone(chosen) })
    }

    fn figures(output: &OutliersOf) -> Map<String, Value> {
        let outliers = &output.outliers;
        let figures = json!({
            "trips": outliers.trips(),
            "trips_touched": outliers.trips_touched,
            "bends": outliers.angles_deg.len(),
            "sharp_turns": outliers.sharp_turns,
            "loops": outliers.loops,
            "reports_in": outliers.reports_in,
            "reports_cut": outliers.reports_cut,
            "share_cut": outliers.share_cut(),
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// A row an outlier in `outliers.csv`, a point in `outliers.geojson`; in `outliers.cuts.csv`
    /// what of each trip is cut, as places within it and by time.
    fn export(output: &OutliersOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let paths =
            ["csv", "geojson", "cuts.csv"].map(|end| folder.join(format!("outliers.{end}")));
        let rows: Vec<Value> =
            output.outliers.found.iter().map(|outlier| row(output, outlier)).collect();
        job.go_on().map_err(|stopped| stopped.to_string())?;
        let head = COLUMNS.join(",");
        export::lines(&paths[0], &head, rows.iter().map(csv_line))
            .map_err(|error| error.to_string())?;
        export::text(&paths[1], &geojson(&rows)).map_err(|error| error.to_string())?;
        let cuts = output.chosen.kept().enumerate().flat_map(|(place, (id, trip))| {
            output.outliers.cut(place).iter().map(move |cut| {
                let t_ms = |at: u32| {
                    iso_text(output.fleet().reports().t_ms[trip.reports.start + at as usize])
                };
                let (first, end) = (cut.start, cut.end);
                format!("{id},{first},{end},{},{}", t_ms(first), t_ms(end - 1))
            })
        });
        export::lines(&paths[2], "trip_id,first,end,from,to", cuts)
            .map_err(|error| error.to_string())?;
        Ok(paths.to_vec())
    }
}

/// The columns of the table, and the properties of the points.
const COLUMNS: [&str; 12] = [
    "trip_id",
    "mmsi",
    "name",
    "kind",
    "time",
    "lat",
    "lon",
    "angle_deg",
    "length_m",
    "from",
    "to",
    "reports",
];

fn row(output: &OutliersOf, outlier: &Outlier) -> Value {
    let vessel = output.vessel(outlier);
    let (from_ms, to_ms) = output.span_ms(outlier);
    let (angle_deg, length_m) = match outlier.kind {
        OutlierKind::SharpTurn { angle_deg } => (Some(rounded(angle_deg, 1e2)), None),
        OutlierKind::SmallLoop { length_m } => (None, Some(rounded(length_m, 1e1))),
    };
    json!({
        "trip_id": output.trip_id(outlier),
        "mmsi": vessel.mmsi.0,
        "name": vessel.about.name,
        "kind": outlier.kind.name(),
        "time": iso_text(output.t_ms(outlier)),
        "lat": rounded(outlier.position.lat_deg, 1e7),
        "lon": rounded(outlier.position.lon_deg, 1e7),
        "angle_deg": angle_deg,
        "length_m": length_m,
        "from": iso_text(from_ms),
        "to": iso_text(to_ms),
        "reports": outlier.reports.len(),
    })
}

fn rounded(value: f64, by: f64) -> f64 {
    (value * by).round() / by
}

fn csv_line(row: &Value) -> String {
    let cells = COLUMNS.map(|column| match &row[column] {
        Value::Null => String::new(),
        Value::String(text) => export::quoted(text),
        number => number.to_string(),
    });
    cells.join(",")
}

fn geojson(rows: &[Value]) -> String {
    let features = rows.iter().map(|row| {
        let feature = json!({
            "type": "Feature",
            "properties": row,
            "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
        });
        feature.to_string()
    });
    let features = features.collect::<Vec<_>>().join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{features}\n]}}\n")
}
