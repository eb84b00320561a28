//! Voyages cut on a grid: what destinations are learned from.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::VoyagesOf;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::destination::dataset::{Dataset, dataset};
use crate::destination::nest::{Journey, NestParams};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// Voyages as nested sequences.
pub struct NestsStage;

/// Nested sequences and the voyages that they are of.
pub struct NestsOf {
    /// The nested sequences.
    pub data: Dataset,
    /// A journey for each voyage, in their order.
    pub journeys: Vec<Journey>,
    /// The voyages.
    pub voyages: Arc<VoyagesOf>,
}

impl NestsOf {
    /// The number among the nested sequences of a voyage.
    pub fn of_voyage(&self, voyage: usize) -> Option<usize> {
        self.data.journeys.binary_search(&(voyage as u32)).ok()
    }
}

impl Stage for NestsStage {
    const NAME: &'static str = "nests/1";
    const TITLE: &'static str = "Voyages on a grid";
    const NEEDS: &'static [&'static str] = &["voyages"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = NestParams;
    type Input = Arc<VoyagesOf>;
    type Output = NestsOf;

    fn run(
        params: &Checked<NestParams>,
        voyages: &Arc<VoyagesOf>,
        job: &Job,
    ) -> Result<NestsOf, Stopped> {
        let journeys: Vec<Journey> = voyages.found.voyages.iter().map(Journey::from).collect();
        let data = dataset(voyages.fleet(), &journeys, params, job)?;
        Ok(NestsOf { data, journeys, voyages: Arc::clone(voyages) })
    }

    fn figures(output: &NestsOf) -> Map<String, Value> {
        let steps: usize = output.data.nests.iter().map(crate::destination::nest::Nest::len).sum();
        let longest =
            output.data.nests.iter().map(crate::destination::nest::Nest::len).max().unwrap_or(0);
        let mut figures = Map::new();
        figures.insert("voyages".into(), output.data.len().into());
        figures.insert("steps".into(), steps.into());
        figures.insert("longest".into(), longest.into());
        figures.insert("destinations".into(), output.data.counts().len().into());
        figures
    }

    /// `nests.csv`: a row a step.
    fn export(output: &NestsOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("nests.csv");
        let rows =
            output.data.nests.iter().zip(&output.data.journeys).flat_map(|(nest, voyage)| {
                nest.steps.iter().enumerate().map(move |(k, step)| {
                    let reported = step.days_left_reported.map(|days| format!("{days:.3}"));
                    format!(
                        "{voyage},{k},{:.4},{:.4},{},{:.4},{:.4},{}",
                        step.center.lat_deg,
                        step.center.lon_deg,
                        step.messages.len(),
                        step.days,
                        step.days_left,
                        reported.unwrap_or_default(),
                    )
                })
            });
        let head = "voyage,step,cell_lat,cell_lon,messages,days,days_left,days_left_reported";
        export::lines(&path, head, rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

/// Why nothing can be learned from these voyages.
pub(super) fn too_few(voyages: &VoyagesOf, n: usize) -> String {
    let reasons: Vec<String> = voyages
        .found
        .refused_by_reason()
        .into_iter()
        .map(|(reason, n)| format!("{n} {}", reason.name()))
        .collect();
    let refused = if reasons.is_empty() {
        "none was refused".to_owned()
    } else {
        format!("refused: {}", reasons.join(", "))
    };
    let notes = voyages.notes();
    let notes = notes
        .iter()
        .filter(|note| *note != super::MADE)
        .fold(String::new(), |text, note| text + "; " + note);
    format!("{n} valid voyages are too few to learn from ({refused}){notes}")
}
