//! The routes of earlier voyages: what tells destinations where no network is trained.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::NestsOf;
use crate::ais::PortId;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::base::time::iso_text;
use crate::destination::{Classes, RouteGraph};
use crate::flow::stage::{Pace, Stage};
use crate::io::{FileRef, model_file};

/// The kind of our files of route graphs, and the version that this program writes and reads.
const KIND: &str = "route-graph";
const VERSION: u32 = 1;

/// Routes counted, or read from a file.
pub struct RouteGraphStage;

/// Which file is read, if one is.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteGraphParams {
    /// The file that is read in place of counting.
    pub file: Option<FileRef>,
}

impl Params for RouteGraphParams {
    fn describe(&mut self, _: &mut dyn Form) {}
}

/// Where routes were counted.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct RoutesCard {
    /// The program's version that counted them.
    pub program: String,
    /// The table of ports, as a number.
    pub ports_fingerprint: u64,
    /// How many ports it has.
    pub ports: usize,
    /// Voyages counted.
    pub voyages: usize,
    /// First and last time of them, UTC.
    pub time_span: [String; 2],
    /// Whether they were made.
    pub is_made: bool,
}

/// A route graph and where it comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RouteGraphOf {
    /// Where it comes from.
    pub card: RoutesCard,
    /// The routes.
    pub graph: RouteGraph,
    /// The file it was read from.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl Stage for RouteGraphStage {
    const NAME: &'static str = "route-graph/1";
    const TITLE: &'static str = "Routes of earlier voyages";
    const NEEDS: &'static [&'static str] = &["nests"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = RouteGraphParams;
    type Input = Arc<NestsOf>;
    type Output = RouteGraphOf;

    fn run(
        params: &Checked<RouteGraphParams>,
        nests: &Arc<NestsOf>,
        _: &Job,
    ) -> Result<RouteGraphOf, Stopped> {
        let voyages = &nests.voyages;
        let table = voyages.table();
        if let Some(file) = &params.file {
            let loaded: RouteGraphOf = model_file::load(&file.path, KIND, VERSION)
                .map_err(|error| Stopped::Failed(error.to_string()))?;
            if loaded.card.ports_fingerprint != table.fingerprint() {
                return Err(Stopped::Failed(format!(
                    "{}: it learned on another list of ports, of {} ports, than the one in use, of \
                     {}; set ports.file to that list, or count anew",
                    file.path.display(),
                    loaded.card.ports,
                    table.len(),
                )));
            }
            return Ok(RouteGraphOf { file: Some(file.path.clone()), ..loaded });
        }
        let all: Vec<usize> = (0..nests.data.len()).collect();
        // Of no voyage, all ports may be meant.
        let classes = if all.is_empty() {
            Classes::from(table.iter().map(|(id, _)| id).collect::<Vec<PortId>>())
        } else {
            nests.data.classes(&all)
        };
        let graph = RouteGraph::fit(&nests.data.nests, &classes, table, &nests.data.params);
        let times = voyages.found.voyages.iter().map(|one| (one.departed_ms, one.arrived_ms));
        let first = times.clone().map(|(from, _)| from).min().unwrap_or(0);
        let last = times.map(|(_, to)| to).max().unwrap_or(0);
        let card = RoutesCard {
            program: env!("CARGO_PKG_VERSION").into(),
            ports_fingerprint: table.fingerprint(),
            ports: table.len(),
            voyages: graph.voyages(),
            time_span: [iso_text(first), iso_text(last)],
            is_made: voyages.is_made,
        };
        Ok(RouteGraphOf { card, graph, file: None })
    }

    fn figures(output: &RouteGraphOf) -> Map<String, Value> {
        let mut figures = Map::new();
        figures.insert("voyages".into(), output.card.voyages.into());
        figures.insert("destinations".into(), output.graph.classes().len().into());
        figures.insert("legs".into(), output.graph.legs().into());
        figures.insert("made".into(), output.card.is_made.into());
        if let Some(file) = &output.file {
            figures.insert("file".into(), file.display().to_string().into());
        }
        figures
    }

    /// `route-graph.model`: for `--set destination.routes=…`.
    fn export(output: &RouteGraphOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("route-graph.model");
        model_file::save(&path, KIND, VERSION, output).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
