//! Trips squeezed into a few numbers by an autoencoder, trained or read from a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::cluster::deep::{
    DeepConfig, EmbedParams, Embedded, MODEL_KIND, MODEL_VERSION, embed, embed_by,
};
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::RepairedOf;
use crate::io::{FileRef, export};
use crate::learn::{Card, Curves, DeviceChoice, Model, Place, Watch};

/// Trains an autoencoder on the chosen trips, or loads what was trained.
pub struct EmbedStage;

/// How the network is trained, or where it is read from.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainedParams {
    /// How it is trained.
    pub embed: EmbedParams,
    /// The card of the model that is read in place of training.
    pub card: Option<FileRef>,
}

impl TrainedParams {
    /// What `embed` asks for, with the model's card that is read instead.
    pub fn of(embed: &EmbedParams, card: Option<FileRef>) -> TrainedParams {
        // What a folder holds does not depend on how others would be trained, but for the device.
        let mut of_model = EmbedParams::default();
        of_model.train.device = embed.train.device;
        TrainedParams { embed: if card.is_none() { embed.clone() } else { of_model }, card }
    }
}

impl Params for TrainedParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.embed.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.embed.faults()
    }
}

/// Embedded trips; while the network is being trained, how far it is.
pub struct EmbeddedOf {
    /// The embeddings; none while training lasts.
    pub embedded: Option<Embedded>,
    /// Looks on at the training, holds it and ends it.
    pub watch: Watch,
    /// What it is reckoned on.
    pub device: DeviceChoice,
    /// The folder it was read from.
    pub folder: Option<PathBuf>,
    /// The trips.
    pub of: Arc<RepairedOf>,
}

impl EmbeddedOf {
    /// The curves of the training, as far as it is.
    pub fn curves(&self) -> Curves {
        self.embedded.as_ref().map_or_else(|| self.watch.curves(), |done| done.curves.clone())
    }
}

impl Stage for EmbedStage {
    const NAME: &'static str = "deep-embed/1";
    const TITLE: &'static str = "Deep embedding";
    const NEEDS: &'static [&'static str] = &["repair"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 3;

    type Params = TrainedParams;
    type Input = Arc<RepairedOf>;
    type Output = EmbeddedOf;

    fn run(
        params: &Checked<TrainedParams>,
        of: &Arc<RepairedOf>,
        job: &Job,
    ) -> Result<EmbeddedOf, Stopped> {
        let device = params.embed.train.device;
        let watch = Watch::default();
        let folder = params.card.as_ref().and_then(|card| card.path.parent().map(Path::to_owned));
        let with = |embedded| EmbeddedOf {
            embedded,
            watch: watch.clone(),
            device,
            folder: folder.clone(),
            of: Arc::clone(of),
        };
        let (fleet, trips) = (of.fleet(), of.trips());
        let embedded = if let Some(folder) = &folder {
            let model: Model<DeepConfig> = Model::load(folder, MODEL_KIND, MODEL_VERSION)
                .map_err(|error| Stopped::Failed(error.to_string()))?;
            embed_by(fleet, trips, &model, device, job)?
        } else {
            job.show(with(None));
            let checked =
                Checked::new(&params.embed).map_err(|faults| Stopped::Failed(faults.join("\n")))?;
            embed(fleet, trips, &checked, job, &watch)?
        };
        Ok(with(Some(embedded)))
    }

    fn figures(output: &EmbeddedOf) -> Map<String, Value> {
        let mut figures = Map::new();
        let Some(embedded) = &output.embedded else { return figures };
        let place = Place::choose(output.device);
        let (n, curves) = (embedded.prepared.trips.len(), &embedded.curves);
        let mean_m = embedded.errors_m.iter().map(|m| f64::from(*m)).sum::<f64>() / n.max(1) as f64;
        let shape = embedded.autoencoder.shape();
        let last = curves.epochs.last();
        let mut say = |name: &str, value: Value| figures.insert(name.into(), value);
        say("trips", n.into());
        say("left_out", (embedded.prepared.n_trips - n).into());
        say("points", embedded.prepared.points.into());
        say("embedding", shape.embedding.into());
        say("parameters", embedded.autoencoder.weights().count().into());
        say("device", place.name().into());
        say("device_why", place.why().into());
        say("epochs", curves.epochs.len().into());
        say("loss", last.map(|epoch| epoch.loss).into());
        say("samples_per_s", last.map(|epoch| epoch.samples_per_s).into());
        say("mean_reconstruction_error_m", mean_m.into());
        say("ended", embedded.ended.as_ref().map(crate::learn::Ended::words).into());
        if let Some(folder) = &output.folder {
            say("model", folder.display().to_string().into());
        }
        figures
    }

    /// `deep-embed.model`: the network, for `--set deep.model=…`; `deep-embed.csv`: the embedding of
    /// each trip and how far its reconstruction lies from it.
    fn export(output: &EmbeddedOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let Some(embedded) = &output.embedded else { return Ok(Vec::new()) };
        let paths = [folder.join("deep-embed.model"), folder.join("deep-embed.csv")];
        let mut card = Card { split: "all trips".into(), ..Card::default() };
        if let Some(loss) = embedded.curves.epochs.last().map(|epoch| epoch.loss) {
            card.scores.insert("loss".into(), loss);
        }
        embedded
            .model(card)
            .save(&paths[0], MODEL_KIND, MODEL_VERSION)
            .map_err(|error| error.to_string())?;
        let width = embedded.embedding.width();
        let columns: Vec<String> = (1..=width).map(|i| format!("e{i}")).collect();
        let head = format!("trip_id,reconstruction_error_m,{}", columns.join(","));
        let ids = output.of.ids();
        let rows = embedded.prepared.trips.iter().enumerate().map(|(row, trip)| {
            let numbers: Vec<String> =
                embedded.embedding.row(row).iter().map(ToString::to_string).collect();
            let error_m = embedded.errors_m[row];
            format!("{},{error_m:.1},{}", ids[*trip as usize], numbers.join(","))
        });
        export::lines(&paths[1], &head, rows).map_err(|error| error.to_string())?;
        Ok(paths.to_vec())
    }
}

/// The curves of a training, for JSON: a row an epoch.
pub(in crate::flow::stages) fn curves_figures(curves: &Curves) -> Value {
    let row = |epoch: &crate::learn::Epoch| {
        json!({
            "epoch": epoch.epoch,
            "loss": epoch.loss,
            "validation": epoch.validation,
            "metric": epoch.metric,
            "rate": epoch.rate,
        })
    };
    curves.epochs.iter().map(row).collect()
}
