//! A network that tells destinations, trained on all voyages or read from a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::NestsOf;
use super::nests::too_few;
use crate::ais::PortId;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::destination::way::{Card, Place, Run, Watch, WayModel, WayParams, WayReady};
use crate::destination::{Part, split_by_voyage};
use crate::flow::bound::DestinationSettings;
use crate::flow::stage::{Pace, Stage};
use crate::io::FileRef;
use crate::learn::Curves;

/// Voyages without which nothing is trained.
const FEWEST: usize = 30;

/// Trains a network on the voyages, or loads what was trained.
pub struct DestinationFitStage;

/// How the network is trained, or where it is read from.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DestinationFitParams {
    /// How it is trained.
    pub way: WayParams,
    /// The share of the voyages that says when to stop, in hundredths.
    pub validation_percent: usize,
    /// Where chance begins that chooses these.
    pub split_seed: usize,
    /// The card of the model that is read in place of training.
    pub card: Option<FileRef>,
}

impl DestinationFitParams {
    /// What `settings` ask for, with the card of the model that is read instead.
    pub fn of(settings: &DestinationSettings, card: Option<FileRef>) -> DestinationFitParams {
        if card.is_some() {
            // What a folder holds does not depend on how others would be trained, but for the device.
            let mut of_model = DestinationFitParams { card, ..DestinationFitParams::default() };
            of_model.way.train.device = settings.way.train.device;
            return of_model;
        }
        DestinationFitParams {
            way: settings.way.clone(),
            validation_percent: (100.0 * settings.validation_share).round() as usize,
            split_seed: settings.split_seed,
            card,
        }
    }
}

impl Params for DestinationFitParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.way.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.way.faults()
    }
}

/// A trained network; while it is being trained, how far it is.
pub struct DestinationFitOf {
    /// The network; none while training lasts.
    pub model: Option<WayModel>,
    /// The same on its device, to be asked.
    pub ready: Option<WayReady>,
    /// Looks on at the training, holds it and ends it.
    pub watch: Watch,
    /// The curves of the whole training; empty where it was read.
    pub curves: Curves,
    /// What is known of it.
    pub card: Card,
    /// The voyages that it learned from, by their numbers among the nested sequences, rising; empty
    /// where it was read.
    pub learned: Vec<usize>,
    /// The folder it was read from.
    pub folder: Option<PathBuf>,
    /// The voyages.
    pub nests: Arc<NestsOf>,
}

impl DestinationFitOf {
    /// The curves of the training, as far as it is.
    pub fn curves(&self) -> Curves {
        if self.model.is_some() { self.curves.clone() } else { self.watch.curves() }
    }
}

impl Stage for DestinationFitStage {
    const NAME: &'static str = "destination-fit/1";
    const TITLE: &'static str = "Destination network";
    const NEEDS: &'static [&'static str] = &["nests"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 3;

    type Params = DestinationFitParams;
    type Input = Arc<NestsOf>;
    type Output = DestinationFitOf;

    fn run(
        params: &Checked<DestinationFitParams>,
        nests: &Arc<NestsOf>,
        job: &Job,
    ) -> Result<DestinationFitOf, Stopped> {
        let (way, table) = (&params.way, nests.voyages.table());
        let watch = Watch::default();
        let empty = || DestinationFitOf {
            model: None,
            ready: None,
            watch: watch.clone(),
            curves: Curves::default(),
            card: Card::default(),
            learned: Vec::new(),
            folder: None,
            nests: Arc::clone(nests),
        };
        let place = Place::choose(way.train.device);
        if let Some(folder) = params.card.as_ref().and_then(|card| card.path.parent()) {
            let (model, card) = WayModel::load(folder, table)
                .map_err(|error| Stopped::Failed(error.to_string()))?;
            let ready = Some(model.ready(&place)?);
            let folder = Some(folder.to_owned());
            return Ok(DestinationFitOf { model: Some(model), ready, card, folder, ..empty() });
        }
        let data = &nests.data;
        if data.len() < FEWEST {
            return Err(Stopped::Failed(too_few(&nests.voyages, data.len())));
        }
        job.show(empty());
        let destinations: Vec<PortId> =
            data.nests.iter().map(|nest| nest.to.unwrap_or(PortId(u32::MAX))).collect();
        let share = params.validation_percent as f64 / 100.0;
        let parts = split_by_voyage(&destinations, share, 0.0, params.split_seed as u64);
        let of =
            |part: Part| -> Vec<usize> { (0..parts.len()).filter(|i| parts[*i] == part).collect() };
        let (train, validation) = (of(Part::Train), of(Part::Validation));
        let run = Run::new(&way.train, &place, job, &watch);
        let (model, outcome) = WayModel::fit(data, &train, &validation, table, way, &run)?;
        let held = model.scores(data, &validation, &place, &job.uncounted())?;
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let card = Card {
            data_key: format!("{} voyages", data.len()),
            split: format!("by voyage, {:.0} % held out to stop by", 100.0 * share),
            train: train.len(),
            validation: validation.len(),
            scores: BTreeMap::from([
                ("accuracy".to_owned(), held.accuracy),
                ("macro_f1".to_owned(), held.macro_f1),
                ("top3".to_owned(), held.top3),
                ("made".to_owned(), f64::from(u8::from(nests.voyages.is_made))),
            ]),
            seed: way.train.seed as u64,
            device: outcome.curves.device.clone(),
            epochs: outcome.curves.epochs.len(),
            parameters: model.parameters(),
            made_ms: since.as_millis() as i64,
        };
        let ready = Some(model.ready(&place)?);
        let curves = outcome.curves;
        Ok(DestinationFitOf { model: Some(model), ready, curves, card, learned: train, ..empty() })
    }

    fn figures(output: &DestinationFitOf) -> Map<String, Value> {
        let mut figures = Map::new();
        let Some(model) = &output.model else { return figures };
        let card = &output.card;
        figures.insert("network".into(), json!(model.params().network));
        figures.insert("parameters".into(), model.parameters().into());
        figures.insert("ports".into(), model.classes().len().into());
        figures.insert("train".into(), card.train.into());
        figures.insert("validation".into(), card.validation.into());
        figures.insert("validation_scores".into(), json!(card.scores));
        figures.insert("epochs".into(), card.epochs.into());
        figures.insert("device".into(), card.device.clone().into());
        figures.insert("made".into(), output.nests.voyages.is_made.into());
        if let Some(folder) = &output.folder {
            figures.insert("folder".into(), folder.display().to_string().into());
        }
        figures
    }

    /// `destination-fit`: a folder for `--set destination.model=…` and the window.
    fn export(output: &DestinationFitOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("destination-fit");
        let Some(model) = &output.model else { return Ok(Vec::new()) };
        model.save(&path, &output.card).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
