//! Trips squeezed into a few numbers by an autoencoder, trained or read from a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::model::{checked_network, data_key};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::cluster::deep::{
    DeepConfig, EmbedParams, Embedded, MODEL_KIND, MODEL_VERSION, embed, embed_by,
};
use crate::flow::deep::DeepSettings;
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::RepairedOf;
use crate::io::{FileRef, export};
use crate::learn::{Card, Curves, DeviceChoice, Ended, Model, Place, Split, Watch};

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
    /// Whether that may have learned from other data.
    pub other_data: bool,
}

impl TrainedParams {
    /// What `settings` ask for, with the model's card that is read instead.
    pub fn of(settings: &DeepSettings, card: Option<FileRef>) -> TrainedParams {
        let embed = &settings.embed;
        // What a folder holds does not depend on how others would be trained, but for the device.
        let mut of_model = EmbedParams::default();
        of_model.train.device = embed.train.device;
        let other_data = settings.other_data && card.is_some();
        let embed = if card.is_none() { embed.clone() } else { of_model };
        TrainedParams { embed, card, other_data }
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
    /// What is known of the network but its figures: its data, its split, its seed.
    pub card: Card,
    /// The trips.
    pub of: Arc<RepairedOf>,
}

impl EmbeddedOf {
    /// The curves of the training, as far as it is.
    pub fn curves(&self) -> Curves {
        self.embedded.as_ref().map_or_else(|| self.watch.curves(), |done| done.curves.clone())
    }

    /// The network as a model that can be kept, once it is trained.
    pub fn model(&self) -> Option<Model<DeepConfig>> {
        let embedded = self.embedded.as_ref()?;
        if self.folder.is_some() {
            let model = embedded.model(self.card.clone());
            return Some(Model { card: self.card.clone(), ..model });
        }
        let mut card = self.card.clone();
        if let Some(last) = embedded.curves.epochs.last() {
            card.scores.insert("loss".into(), last.loss);
            card.scores.extend(last.validation.map(|loss| ("validation loss".into(), loss)));
        }
        card.scores.insert("mean reconstruction error, m".into(), embedded.mean_error_m());
        let mut model = embedded.model(card);
        model.card.train -= model.card.validation.min(model.card.train);
        Some(model)
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
        let data_key = data_key(of);
        let with = |embedded, card| EmbeddedOf {
            embedded,
            watch: watch.clone(),
            device,
            folder: folder.clone(),
            card,
            of: Arc::clone(of),
        };
        let (fleet, trips) = (of.fleet(), of.trips());
        if let Some(folder) = &folder {
            let wanted = (!params.other_data).then_some(data_key.as_str());
            let model = checked_network(folder, wanted).map_err(Stopped::Failed)?;
            let embedded = embed_by(fleet, trips, &model, device, job)?;
            return Ok(with(Some(embedded), model.card));
        }
        let train = &params.embed.train;
        let card = Card {
            data_key,
            split: split_words(train.held_out),
            seed: train.seed as u64,
            made_ms: now_ms(),
            ..Card::default()
        };
        job.show(with(None, card.clone()));
        let checked =
            Checked::new(&params.embed).map_err(|faults| Stopped::Failed(faults.join("\n")))?;
        let embedded = embed(fleet, trips, &checked, job, &watch)?;
        let n = embedded.prepared.trips.len();
        let validation = Split::by_share(n, train.held_out, train.seed as u64).validation.len();
        Ok(with(Some(embedded), Card { validation, ..card }))
    }

    fn figures(output: &EmbeddedOf) -> Map<String, Value> {
        let mut figures = Map::new();
        let Some(embedded) = &output.embedded else { return figures };
        let place = Place::choose(output.device);
        let (n, curves) = (embedded.prepared.trips.len(), &embedded.curves);
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
        say("mean_reconstruction_error_m", embedded.mean_error_m().into());
        say("p90_reconstruction_error_m", embedded.error_m_of(0.9).into());
        say("ended", embedded.ended.as_ref().map(Ended::words).into());
        say("data_key", output.card.data_key.as_str().into());
        if let Some(folder) = &output.folder {
            say("model", folder.display().to_string().into());
        }
        figures
    }

    /// `deep-embed.model`: the network, for `--set deep.model=…`; `deep-embed.csv`: the embedding of
    /// each trip and how far its reconstruction lies from it; `deep-embed.geojson`: each trip as the
    /// network makes it again, a line.
    fn export(output: &EmbeddedOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let (Some(embedded), Some(model)) = (&output.embedded, output.model()) else {
            return Ok(Vec::new());
        };
        let paths = ["model", "csv", "geojson"].map(|end| folder.join(format!("deep-embed.{end}")));
        model.save(&paths[0], MODEL_KIND, MODEL_VERSION).map_err(|error| error.to_string())?;
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
        let text = geojson(output, embedded, job)?;
        export::text(&paths[2], &text).map_err(|error| error.to_string())?;
        Ok(paths.to_vec())
    }
}

/// Each trip as the network makes it again, parted at the date line, with how far that lies from it.
fn geojson(output: &EmbeddedOf, embedded: &Embedded, job: &Job) -> Result<String, String> {
    let made = embedded.all_reconstructed(job).map_err(|stopped| stopped.to_string())?;
    let ids = output.of.ids();
    let features = embedded.prepared.trips.iter().zip(made).enumerate();
    let features = features.map(|(row, (trip, places))| {
        let parts: Vec<Vec<[f64; 2]>> = parted(&places)
            .into_iter()
            .map(|part| part.iter().map(|place| [place.lon_deg, place.lat_deg]).collect())
            .collect();
        json!({
            "type": "Feature",
            "properties": {
                "trip_id": ids[*trip as usize],
                "reconstruction_error_m": embedded.errors_m[row],
            },
            "geometry": {"type": "MultiLineString", "coordinates": parts},
        })
    });
    let all = json!({"type": "FeatureCollection", "features": features.collect::<Vec<_>>()});
    serde_json::to_string(&all).map_err(|error| error.to_string())
}

/// A line in parts that do not cross the date line.
fn parted(places: &[Position]) -> Vec<&[Position]> {
    places.chunk_by(|a, b| (a.lon_deg - b.lon_deg).abs() <= 180.0).filter(|p| p.len() > 1).collect()
}

fn split_words(held_out: f64) -> String {
    if held_out == 0.0 {
        "all trips taught".into()
    } else {
        format!("{:.0} % of the trips held out", 100.0 * held_out)
    }
}

/// Now, UTC milliseconds: what a card says of when it was made.
fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
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
