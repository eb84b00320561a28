//! Who crosses which line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    WatchedOf, about, joined, line, members, point, rounded, rounded_course, write_features,
    write_rows,
};
use crate::ais::ShipKind;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::flow::stage::{Pace, Stage};
use crate::flow::watching::{GateLine, GateSettings};
use crate::watch::gates::{LENGTH_CLASSES, LENGTHS_M};
use crate::watch::{Flow, Gate, GateError, Side, gate};

/// Crossings of lines.
pub struct GatesStage;

/// A gate, and who crossed it or why it is none.
pub struct GateOf {
    /// The line.
    pub line: GateLine,
    /// Crossings by direction; the fault of a line that is no gate.
    pub gate: Result<Gate, String>,
}

/// All gates.
pub struct GatesOf {
    /// In the order in which they are listed.
    pub gates: Vec<GateOf>,
    /// Whose crossings.
    pub of: Arc<WatchedOf>,
}

impl Stage for GatesStage {
    const NAME: &'static str = "gates/1";
    const TITLE: &'static str = "Gates";
    const NEEDS: &'static [&'static str] = &["watched"];
    const PACE: Pace = Pace::Live;

    type Params = GateSettings;
    type Input = Arc<WatchedOf>;
    type Output = GatesOf;

    fn run(
        settings: &Checked<GateSettings>,
        of: &Arc<WatchedOf>,
        job: &Job,
    ) -> Result<GatesOf, Stopped> {
        let lines = settings.read().map_err(Stopped::Failed)?;
        let params =
            Checked::new(&settings.params).map_err(|faults| Stopped::Failed(faults.join("; ")))?;
        let mut gates = Vec::with_capacity(lines.len());
        for line in lines {
            let gate = match gate(of.fleet(), &line.points, of.window_ms, &params, job) {
                Err(GateError::Stopped(stopped)) => return Err(stopped),
                found => found.map_err(|fault| fault.to_string()),
            };
            gates.push(GateOf { line, gate });
        }
        Ok(GatesOf { gates, of: Arc::clone(of) })
    }

    fn figures(output: &GatesOf) -> Map<String, Value> {
        let counted = |gate: &GateOf| gate.gate.as_ref().map_or(0, |gate| gate.crossings.len());
        members(json!({
            "gates": output.gates.len(),
            "crossings": output.gates.iter().map(counted).sum::<usize>(),
            "list": output.gates.iter().map(figures).collect::<Vec<Value>>(),
        }))
    }

    /// A row a crossing in `gates.csv`; a row a direction and bin in `gates.lateral.csv`; lines and
    /// crossings in `gates.geojson`.
    fn export(output: &GatesOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let rows = rows(output);
        job.go_on().map_err(|stopped| stopped.to_string())?;
        let lines = output.gates.iter().map(|gate| line(&gate.line.points, figures(gate)));
        let all = output.gates.iter().filter_map(|gate| gate.gate.as_ref().ok());
        let places = all.flat_map(|gate| gate.crossings.iter().map(|crossing| crossing.place));
        let crossings = places.zip(&rows).map(|(at, row)| point(at, row.clone()));
        let features: Vec<Value> = lines.chain(crossings).collect();
        Ok(vec![
            write_rows(folder, "gates.csv", &COLUMNS, &rows)?,
            write_rows(folder, "gates.lateral.csv", &LATERAL, &bins(output))?,
            write_features(folder, "gates.geojson", &features)?,
        ])
    }
}

const COLUMNS: [&str; 12] = [
    "gate",
    "time",
    "mmsi",
    "name",
    "type",
    "length_m",
    "direction",
    "along_m",
    "lat",
    "lon",
    "sog_kn",
    "cog_deg",
];

const LATERAL: [&str; 6] = ["gate", "direction", "from_m", "to_m", "crossings", "fitted"];

/// The direction in words, as a person stands at the first point and looks to the last.
fn side_name(side: Side) -> &'static str {
    match side {
        Side::Right => "to the right",
        Side::Left => "to the left",
    }
}

fn rows(output: &GatesOf) -> Vec<Value> {
    let fleet = output.of.fleet();
    let of_gate = |named: &GateOf| -> Vec<Value> {
        let Ok(gate) = &named.gate else { return Vec::new() };
        let row = |crossing: &crate::watch::Crossing| {
            joined(
                about(&fleet.vessels()[crossing.ship]),
                json!({
                    "gate": named.line.name,
                    "time": iso_text(crossing.t_ms),
                    "direction": side_name(crossing.side),
                    "along_m": rounded(crossing.along_m, 1),
                    "lat": rounded(crossing.place.lat_deg, 7),
                    "lon": rounded(crossing.place.lon_deg, 7),
                    "sog_kn": rounded(crossing.sog_kn, 2),
                    "cog_deg": rounded_course(crossing.cog_deg),
                }),
            )
        };
        gate.crossings.iter().map(row).collect()
    };
    output.gates.iter().flat_map(of_gate).collect()
}

/// How crossings lie along each gate, and how many the fitted distribution has there.
fn bins(output: &GatesOf) -> Vec<Value> {
    let mut rows = Vec::new();
    for named in &output.gates {
        let Ok(gate) = &named.gate else { continue };
        for flow in &gate.flows {
            for (bin, n) in flow.bins.iter().enumerate() {
                let from_m = bin as f64 * gate.bin_m - 0.5 * gate.length_m;
                let to_m = from_m + gate.bin_m;
                let fitted = flow.lateral.as_ref().map(|fitted| {
                    fitted.density(0.5 * (from_m + to_m)) * gate.bin_m * flow.crossings as f64
                });
                rows.push(json!({
                    "gate": named.line.name,
                    "direction": side_name(flow.side),
                    "from_m": rounded(from_m, 1),
                    "to_m": rounded(to_m, 1),
                    "crossings": n,
                    "fitted": fitted.and_then(|fitted| rounded(fitted, 3)),
                }));
            }
        }
    }
    rows
}

fn figures(named: &GateOf) -> Value {
    let mut figures = json!({"name": named.line.name});
    match &named.gate {
        Ok(gate) => {
            figures["length_m"] = json!(rounded(gate.length_m, 1));
            figures["crossings"] = gate.crossings.len().into();
            figures["unsure"] = gate.unsure.into();
            figures["to_right"] = flow_figures(&gate.flows[0]);
            figures["to_left"] = flow_figures(&gate.flows[1]);
        }
        Err(fault) => figures["fault"] = fault.clone().into(),
    }
    figures
}

fn flow_figures(flow: &Flow) -> Value {
    let by_type: Map<String, Value> = ShipKind::ALL
        .iter()
        .zip(flow.by_kind)
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| (kind.name().to_owned(), n.into()))
        .collect();
    let by_length: Map<String, Value> = (0..LENGTH_CLASSES)
        .filter(|class| flow.by_length[*class] > 0)
        .map(|class| (length_name(class), flow.by_length[class].into()))
        .collect();
    json!({
        "crossings": flow.crossings,
        "cog_deg": flow.cog_deg.and_then(rounded_course),
        "median_sog_kn": flow.sog_kn.and_then(|sog_kn| rounded(sog_kn.median, 2)),
        "by_type": by_type,
        "by_length": by_length,
        "by_hour_utc": flow.by_hour,
        "by_weekday": flow.by_weekday,
        "lateral": flow.lateral.as_ref().map(|fitted| json!({
            "normal_share": rounded(fitted.normal_share, 4),
            "mean_m": rounded(fitted.mean_m, 1),
            "sd_m": rounded(fitted.sd_m, 1),
            "uniform_from_m": rounded(fitted.low_m, 1),
            "uniform_to_m": rounded(fitted.high_m, 1),
        })),
    })
}

/// A class of lengths in words.
fn length_name(class: usize) -> String {
    match class {
        0 => format!("below {} m", LENGTHS_M[0]),
        class if class < LENGTHS_M.len() => {
            format!("{} to {} m", LENGTHS_M[class - 1], LENGTHS_M[class])
        }
        class if class == LENGTHS_M.len() => format!("{} m and more", LENGTHS_M[class - 1]),
        _ => "unknown".into(),
    }
}
