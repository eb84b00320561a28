//! Files, or a made sea, to a fleet.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::ais::Fleet;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::flow::made::world_of;
use crate::flow::session::{Sources, WorldSource};
use crate::flow::stage::{Pace, Stage};
use crate::io::batch::BatchBuilder;
use crate::io::intake::{At, Row, Units};
use crate::io::{FileLedger, Reading, export, read};
use crate::synth::world::World;
use crate::synth::{Sea, SeaParams, make};

/// Reports read and sorted by vessel and time.
pub struct Ingest;

impl Stage for Ingest {
    const NAME: &'static str = "ingest/2";
    const TITLE: &'static str = "Reading";
    const NEEDS: &'static [&'static str] = &[];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 1;

    type Params = Sources;
    type Input = ();
    type Output = Reading;

    fn run(params: &Checked<Sources>, (): &(), job: &Job) -> Result<Reading, Stopped> {
        match (&params.made, &params.world) {
            (Some(sea), _) => made(sea, job),
            (None, Some(world)) => made_world(world, job),
            (None, None) => read(&params.files, &params.mapping, job),
        }
    }

    fn figures(reading: &Reading) -> Map<String, Value> {
        let mut refused = Map::new();
        for (reason, counted) in reading.refused().iter() {
            let name = serde_json::to_value(reason).expect("a reason is a name");
            refused.insert(name.as_str().unwrap_or_default().to_owned(), counted.n.into());
        }
        let fleet = &reading.fleet;
        let time = |t_ms: Option<i64>| t_ms.map_or(Value::Null, |t_ms| iso_text(t_ms).into());
        let span = fleet.time_span_ms();
        let bbox = fleet
            .bounds()
            .map_or(Value::Null, |b| json!([b.west_deg, b.south_deg, b.east_deg, b.north_deg]));
        let figures = json!({
            "rows_read": reading.total(|file| file.rows_read),
            "rows_kept": reading.total(|file| file.rows_kept),
            "rows_refused": refused,
            "static_rows": reading.total(|file| file.static_rows),
            "messages": reading.total(|file| file.messages),
            "reports": fleet.reports().len(),
            "vessels": fleet.vessels().len(),
            "t_min": time(span.map(|(first, _)| first)),
            "t_max": time(span.map(|(_, last)| last)),
            "bbox": bbox,
            "files": reading.files.iter().map(file_figures).collect::<Vec<_>>(),
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    fn export(reading: &Reading, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let (refused, reports) = (folder.join("ingest.refused.csv"), folder.join("ingest.parquet"));
        export::refused_csv(reading, &refused).map_err(|error| error.to_string())?;
        export::reports_parquet(&reading.fleet, &reports, job)
            .map_err(|error| error.to_string())?;
        Ok(vec![refused, reports])
    }
}

fn file_figures(file: &FileLedger) -> Value {
    let places = |tally: Vec<(String, u64, Vec<Value>)>| -> Value {
        tally
            .into_iter()
            .map(|(name, n, first)| json!({"reason": name, "count": n, "first": first}))
            .collect()
    };
    let refused = file.refused.iter().map(|(reason, counted)| {
        let first =
            counted.first.iter().map(|place| json!({"line": place.line, "text": place.text}));
        (reason.name().to_owned(), counted.n, first.collect())
    });
    let odd = file.odd.iter().map(|(oddity, counted)| {
        let first =
            counted.first.iter().map(|place| json!({"line": place.line, "text": place.text}));
        (oddity.name().to_owned(), counted.n, first.collect())
    });
    json!({
        "path": file.path.display().to_string(),
        "form": file.form,
        "rows_read": file.rows_read,
        "rows_kept": file.rows_kept,
        "vessels": file.vessels,
        "refused": places(refused.collect()),
        "odd": places(odd.collect()),
        "notes": file.notes,
        "fault": file.fault,
    })
}

/// A made sea as it would be read from a file.
fn made(params: &SeaParams, job: &Job) -> Result<Reading, Stopped> {
    let checked = Checked::new(params).map_err(|faults| Stopped::Failed(faults.join("\n")))?;
    let Sea { fleet, .. } = make(&checked, job)?;
    let ledger = FileLedger {
        path: PathBuf::from(format!("made sea, seed {}", params.seed)),
        form: "made traffic".into(),
        notes: vec!["this traffic is made: no such ships, ports or voyages exist".into()],
        ..FileLedger::default()
    };
    through_the_gate(&fleet, ledger, job)
}

/// Made voyages as they would be read from a file.
fn made_world(source: &WorldSource, job: &Job) -> Result<Reading, Stopped> {
    let World { fleet, .. } = world_of(source, job)?.0;
    let ledger = FileLedger {
        path: PathBuf::from(format!("made voyages, seed {}", source.params.seed)),
        form: "made traffic".into(),
        notes: vec![
            "these voyages are made: the ports are real, the ships and trips are not".into(),
        ],
        ..FileLedger::default()
    };
    through_the_gate(&fleet, ledger, job)
}

/// Made traffic through the same gate as files: what has no position is refused, what is not
/// available is missing.
fn through_the_gate(fleet: &Fleet, mut ledger: FileLedger, job: &Job) -> Result<Reading, Stopped> {
    use rayon::prelude::*;
    let batches: Vec<_> = (0..fleet.vessels().len())
        .into_par_iter()
        .map(|vessel| {
            let mut builder = BatchBuilder::default();
            for index in fleet.range(vessel) {
                let report = fleet.reports().get(index);
                let row = Row {
                    id: fleet.vessels()[vessel].mmsi.0,
                    is_local: false,
                    t_ms: Some(report.t_ms),
                    lat: report.position.lat_deg,
                    lon: report.position.lon_deg,
                    sog: f64::from(report.sog_kn),
                    cog: f64::from(report.cog_deg),
                    heading: f64::from(report.heading_deg),
                    rot: f64::from(report.rot_deg_min),
                    status: report.status,
                    truth: Some(fleet.truth(index)),
                    point: None,
                };
                Units::default().take(&mut builder, &row, At { line: index as u64 + 1, text: b"" });
            }
            builder.finish()
        })
        .collect();
    crate::io::read::gather(&mut ledger, batches, fleet.vessels(), job).map(|fleet| Reading {
        fleet: Arc::new(fleet),
        files: vec![ledger],
        ..Reading::default()
    })
}
