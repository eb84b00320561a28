//! The table of ports: the bundled one, or the user's.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::ais::PortTable;
use crate::base::job::{Job, Stopped};
use crate::base::note::Tally;
use crate::base::params::{Checked, Form, Params};
use crate::flow::bound::PortSettings;
use crate::flow::stage::{Pace, Stage};
use crate::io::ports::{PortRefusal, bundled, read_ports};
use crate::io::{FileRef, export};

/// Ports to find ships in and to name destinations by.
pub struct PortsStage;

/// Which list is read.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PortsParams {
    /// What the user says of it.
    pub settings: PortSettings,
    /// The file as it stood when it was chosen; none for the bundled list.
    pub file: Option<FileRef>,
}

impl Params for PortsParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.settings.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.settings.faults()
    }
}

/// A table of ports and where it comes from.
pub struct PortsOf {
    /// The ports.
    pub table: Arc<PortTable>,
    /// What the list was taken for, in words.
    pub kind: &'static str,
    /// How many rows were looked at.
    pub rows: u64,
    /// Rows that gave no port, by reason.
    pub refused: Tally<PortRefusal>,
    /// The user's file; none for the bundled list.
    pub file: Option<PathBuf>,
}

impl Stage for PortsStage {
    const NAME: &'static str = "ports/1";
    const TITLE: &'static str = "Ports";
    const NEEDS: &'static [&'static str] = &[];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = PortsParams;
    type Input = ();
    type Output = PortsOf;

    fn run(params: &Checked<PortsParams>, (): &(), _: &Job) -> Result<PortsOf, Stopped> {
        let Some(file) = &params.file else {
            let table = bundled();
            return Ok(PortsOf {
                kind: "bundled",
                rows: table.len() as u64,
                table: Arc::new(table),
                refused: Tally::default(),
                file: None,
            });
        };
        let columns = params.settings.columns().map_err(Stopped::Failed)?;
        let read =
            read_ports(&file.path, &columns).map_err(|error| Stopped::Failed(error.to_string()))?;
        Ok(PortsOf {
            table: Arc::new(read.table),
            kind: read.kind,
            rows: read.rows,
            refused: read.refused,
            file: Some(file.path.clone()),
        })
    }

    fn figures(output: &PortsOf) -> Map<String, Value> {
        let refused: Map<String, Value> = output
            .refused
            .iter()
            .map(|(reason, counted)| (reason.name().replace(' ', "_"), counted.n.into()))
            .collect();
        let with_code = output.table.ports().iter().filter(|port| port.locode.is_some()).count();
        let mut figures = Map::new();
        figures.insert("ports".into(), output.table.len().into());
        figures.insert("with_locode".into(), with_code.into());
        figures.insert("list".into(), output.kind.into());
        figures.insert("rows".into(), output.rows.into());
        figures.insert("refused".into(), refused.into());
        if let Some(file) = &output.file {
            figures.insert("file".into(), file.display().to_string().into());
        }
        figures
    }

    /// `ports.csv`: a row a port, as `ports.file` reads it; `ports.geojson`: points.
    fn export(output: &PortsOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let paths = ["ports.csv", "ports.geojson"].map(|name| folder.join(name));
        let head = "name,locode,wpi,country,size,lat,lon";
        let row = |port: &crate::ais::Port| {
            format!(
                "{},{},{},{},{},{:.5},{:.5}",
                export::quoted(&port.name),
                port.locode.map(String::from).unwrap_or_default(),
                port.wpi.map(|number| number.to_string()).unwrap_or_default(),
                export::quoted(&port.country),
                port.size.name(),
                port.position.lat_deg,
                port.position.lon_deg,
            )
        };
        export::lines(&paths[0], head, output.table.ports().iter().map(row))
            .map_err(|error| error.to_string())?;
        let feature = |port: &crate::ais::Port| {
            json!({
                "type": "Feature",
                "properties": {
                    "name": port.name,
                    "locode": port.locode.map(String::from),
                    "country": port.country,
                    "size": port.size.name(),
                },
                "geometry": {
                    "type": "Point",
                    "coordinates": super::place(port.position),
                },
            })
        };
        let features: Vec<Value> = output.table.ports().iter().map(feature).collect();
        super::write_features(&paths[1], features)?;
        Ok(paths.to_vec())
    }
}
