//! Made traffic written as the files that people have, with its truth beside.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::session::WorldSource;
use crate::ais::{Fleet, PortId, PortTable};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice};
use crate::base::time::iso_text;
use crate::io::export;
use crate::io::port_trips::read_port_trips;
use crate::io::ports::bundled;
use crate::io::safe::{self, write_text, write_whole};
use crate::io::write::{self, write_dma, write_marinecadastre};
use crate::io::write_nmea::write_nmea;
use crate::synth::water::Water;
use crate::synth::world::{self, World, flows_by_wpi};
use crate::synth::{Sea, SeaParams, make};

/// The ports between which world voyages are made: the bundled ones.
pub fn world_ports() -> crate::ais::PortTable {
    crate::io::ports::bundled()
}

/// The forms in which made traffic is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// MarineCadastre CSV, 17 columns.
    MarineCadastre,
    /// Danish Maritime Authority CSV, wide.
    Dma,
    /// NMEA AIVDM sentences with tag blocks.
    Nmea,
    /// Parquet in Fairway's own schema.
    Parquet,
}

impl Choice for Form {
    const CASES: &'static [(&'static str, Form)] = &[
        ("marinecadastre", Form::MarineCadastre),
        ("dma", Form::Dma),
        ("nmea", Form::Nmea),
        ("parquet", Form::Parquet),
    ];
}

impl Form {
    /// The ending of such files.
    pub fn ending(self) -> &'static str {
        match self {
            Form::MarineCadastre | Form::Dma => "csv",
            Form::Nmea => "nmea",
            Form::Parquet => "parquet",
        }
    }

    /// The form that a file's name asks for.
    pub fn of(path: &Path) -> Form {
        let name = path.to_string_lossy().to_lowercase();
        let name = name.strip_suffix(".zst").unwrap_or(&name);
        match name.rsplit_once('.').map(|(_, ending)| ending) {
            Some("parquet" | "pq") => Form::Parquet,
            Some("nmea" | "nm4" | "txt" | "ais") => Form::Nmea,
            _ => Form::MarineCadastre,
        }
    }
}

/// Makes a sea and writes it to `path` in `form`, packed if the name ends in `.zst`, and what is
/// known of it beside, as `….truth.json`. Gives the sea and the paths written.
pub fn write_sea(
    params: &Checked<SeaParams>,
    form: Form,
    path: &Path,
    job: &Job,
) -> Result<(Sea, Vec<PathBuf>), Stopped> {
    let sea = make(params, job)?;
    let written = write_fleet(&sea.fleet, form, path, &truth_text(&sea), job)?;
    Ok((sea, written))
}

/// Makes the voyages of `source` and writes them likewise. Gives the world, what there is to say of
/// it, and the paths written.
pub fn write_world(
    source: &WorldSource,
    form: Form,
    path: &Path,
    job: &Job,
) -> Result<(World, Vec<String>, Vec<PathBuf>), Stopped> {
    let (world, ports, notes) = world_of(source, job)?;
    let truth = world_truth_text(&world, &ports);
    let written = write_fleet(&world.fleet, form, path, &truth, job)?;
    Ok((world, notes, written))
}

/// Writes a fleet in `form`, and `truth` beside.
fn write_fleet(
    fleet: &Fleet,
    form: Form,
    path: &Path,
    truth: &str,
    job: &Job,
) -> Result<Vec<PathBuf>, Stopped> {
    let io_fault = |error: safe::WriteError| match error {
        safe::WriteError::Cancelled => Stopped::Cancelled,
        error @ safe::WriteError::Io { .. } => Stopped::Failed(error.to_string()),
    };
    if form == Form::Parquet {
        export::reports_parquet(fleet, path, job).map_err(io_fault)?;
    } else {
        let is_packed = path.extension().is_some_and(|ending| ending == "zst");
        write_whole(path, |file| {
            let outcome = if is_packed {
                let packed = zstd::Encoder::new(file, 3).map(zstd::Encoder::auto_finish);
                packed
                    .map_err(write::WriteError::from)
                    .and_then(|packed| write_text_form(fleet, form, packed, job))
            } else {
                write_text_form(fleet, form, file, job)
            };
            outcome.map_err(|error| match error {
                write::WriteError::Cancelled => safe::WriteError::Cancelled,
                write::WriteError::Io(error) => {
                    safe::WriteError::Io { path: path.to_owned(), error }
                }
                write::WriteError::Failed(fault) => safe::WriteError::Io {
                    path: path.to_owned(),
                    error: std::io::Error::other(fault),
                },
            })
        })
        .map_err(io_fault)?;
    }
    let beside = PathBuf::from(format!("{}.truth.json", path.display()));
    write_text(&beside, truth).map_err(io_fault)?;
    Ok(vec![path.to_owned(), beside])
}

/// Makes the voyages of `source` between the bundled ports; and what there is to say of it.
pub fn world_of(
    source: &WorldSource,
    job: &Job,
) -> Result<(World, PortTable, Vec<String>), Stopped> {
    let checked =
        Checked::new(&source.params).map_err(|faults| Stopped::Failed(faults.join("\n")))?;
    let (ports, mut notes) = (bundled(), Vec::new());
    let flows = if source.flows.trim().is_empty() {
        notes.push("trade by gravity between harbors by their size".to_owned());
        Vec::new()
    } else {
        let read = read_port_trips(Path::new(source.flows.trim()))
            .map_err(|error| Stopped::Failed(error.to_string()))?;
        let n = read.trips.len();
        let rows =
            read.trips.into_iter().map(|row| (row.from_wpi, row.to_wpi, row.kind, row.trips));
        let (flows, n_strange) = flows_by_wpi(rows, &ports);
        notes.push(format!(
            "trade by {n} flows, {n_strange} of them between ports that are not in the bundled list"
        ));
        flows
    };
    job.go_on()?;
    let water = Water::load();
    let world = world::make(&checked, &ports, &flows, &water, job)?;
    Ok((world, ports, notes))
}

/// Decodes every recognised column of a Parquet file and lets go of it: what reading one costs at
/// the least.
pub fn decode_parquet(path: &Path) -> Result<usize, String> {
    crate::io::read::decode_parquet(path)
}

fn write_text_form(
    fleet: &Fleet,
    form: Form,
    out: impl Write,
    job: &Job,
) -> Result<(), write::WriteError> {
    match form {
        Form::MarineCadastre => write_marinecadastre(fleet, out, true, job),
        Form::Dma => write_dma(fleet, out, true, job),
        Form::Nmea => write_nmea(fleet, out, job),
        Form::Parquet => unreachable!("Parquet is no text"),
    }
}

/// Ports, routes, trips and planted faults, as JSON.
fn truth_text(sea: &Sea) -> String {
    let place = |place: crate::base::geo::Position| json!([place.lon_deg, place.lat_deg]);
    let ports: Vec<_> = sea
        .ports
        .iter()
        .map(|port| json!({"name": port.name, "place": place(port.position)}))
        .collect();
    let routes: Vec<_> = sea
        .routes
        .iter()
        .map(|route| {
            let center: Vec<_> = route.center.iter().map(|at| place(*at)).collect();
            json!({"route": route.id, "name": route.name, "kind": route.kind.name(), "center": center})
        })
        .collect();
    let trips: Vec<_> = sea
        .trips
        .iter()
        .map(|trip| {
            json!({
                "trip": trip.trip,
                "mmsi": sea.fleet.vessels()[trip.vessel].mmsi.0,
                "route": trip.route,
                "from": iso_text(trip.from_ms),
                "to": iso_text(trip.to_ms),
                "reports": trip.reports,
            })
        })
        .collect();
    let planted: serde_json::Map<_, _> =
        sea.planted.iter().map(|(fault, n)| (fault.name().to_owned(), (*n).into())).collect();
    json!({"rows": sea.fleet.reports().len(), "planted": planted, "ports": ports, "routes": routes, "trips": trips}).to_string()
}

/// Voyages with their ports, times and what became of the typed destination, as JSON.
fn world_truth_text(world: &World, ports: &PortTable) -> String {
    let code = |id: PortId| {
        let port = ports.port(id);
        json!({"name": port.name, "locode": port.locode.map(String::from), "wpi": port.wpi})
    };
    let reports = world.reports_of_voyages();
    let voyages: Vec<_> = world
        .voyages
        .iter()
        .zip(reports)
        .map(|(voyage, reports)| {
            json!({
                "trip": voyage.trip,
                "mmsi": world.fleet.vessels()[voyage.vessel].mmsi.0,
                "from": code(voyage.from),
                "to": code(voyage.to),
                "departed": iso_text(voyage.depart_ms),
                "arrived": iso_text(voyage.arrive_ms),
                "length_m": voyage.length_m.round(),
                "passages": voyage.passages,
                "laden": voyage.is_laden,
                "waited_s": voyage.waited_s.round(),
                "typed": voyage.typed.name(),
                "reports": reports.len(),
            })
        })
        .collect();
    let routes: Vec<_> =
        world.routes.iter().map(|(from, to)| json!([code(*from), code(*to)])).collect();
    json!({"made": true, "rows": world.fleet.reports().len(), "routes": routes, "voyages": voyages})
        .to_string()
}
