//! Destination and arrival by a trained network: parameters, training, scores, folders, forecasts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::baseline::questions;
use super::dataset::{Classes, Dataset, Fed, Intake, N_KINDS};
use super::nest::{N_FEATURES, Nest, NestParams};
use super::score::{Answer, Scores, Scoring};
use crate::ais::{PortId, PortTable};
use crate::base::geo::distance_m;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _, Field, Form, Params};
use crate::learn::{
    Model, Outcome, ReadyWay, SaveError, Split, Told, WayNet, WayShape, WayTraining,
};

pub use crate::learn::{
    Aggregation, Card, Network, Place, Run, Size, TrainParams, Watch, way_parameters,
};

/// How a network learns destinations.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct WayParams {
    /// Which network.
    pub network: Network,
    /// How large.
    pub size: Size,
    /// Whether losses of long voyages are dropped.
    pub gradient_dropout: bool,
    /// Whether it learns the arrival too.
    pub eta: bool,
    /// How WAY aggregates channels.
    pub aggregation: Aggregation,
    /// Whether WAY reads the messages within a step,
    pub local: bool,
    /// knows the port left,
    pub departure: bool,
    /// and the type of the ship.
    pub ship_type: bool,
    /// Share of the numbers that are dropped while it learns.
    pub dropout: f64,
    /// How it is trained.
    pub train: TrainParams,
}

impl Default for WayParams {
    fn default() -> Self {
        WayParams {
            network: Network::Way,
            size: Size::Small,
            gradient_dropout: true,
            eta: true,
            aggregation: Aggregation::MultiHead,
            local: true,
            departure: true,
            ship_type: true,
            dropout: 0.1,
            train: TrainParams {
                epochs: 60,
                batch: 32,
                patience: 8,
                rate: 2e-3,
                ..TrainParams::default()
            },
        }
    }
}

impl Params for WayParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Network");
        self.network.describe(
            "network",
            form,
            "Which network: WAY, or a rival that looks up cells or bins.",
        );
        self.size.describe("size", form, "How large: 32, 64 or 128 units (base, the paper's).");
        form.flag(
            "gradient_dropout",
            &mut self.gradient_dropout,
            "Drops losses of long voyages, so that these do not rule.",
        );
        form.flag("eta", &mut self.eta, "Learns the arrival too, with its spread.");
        self.aggregation.describe(
            "aggregation",
            form,
            "How WAY makes one channel of several: multi_head, the paper's, or an ablation.",
        );
        form.flag("local", &mut self.local, "WAY reads the messages within a cell.");
        form.flag("departure", &mut self.departure, "WAY knows the port left.");
        form.flag("ship_type", &mut self.ship_type, "WAY knows the type of the ship.");
        form.number(
            "dropout",
            &mut self.dropout,
            Field {
                unit: "",
                range: 0.0..=0.9,
                help: "Share of the numbers that are dropped while it learns.",
            },
        );
        form.heading("Training");
        self.train.describe(form);
    }
}

/// Why a model was not written or not read.
#[derive(Debug, thiserror::Error)]
pub enum WayError {
    /// Its folder is in the way.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// It tells the ports of another list.
    #[error(
        "the model learned the ports of another list: its port {port} ({name}) is not there; load its list, or train it again\n{}",
        path.display()
    )]
    OtherPorts {
        /// The first port that is another one.
        port: u32,
        /// What the model calls it.
        name: String,
        /// The model's folder.
        path: PathBuf,
    },
}

/// A port that a model learned, so that another list is seen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Known {
    name: String,
    locode: Option<String>,
    lon_deg: f64,
    lat_deg: f64,
}

/// Farther apart than this, two ports of one name are two.
const SAME_PORT_M: f64 = 5000.0;

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Config {
    params: WayParams,
    intake: Intake,
    ports: Vec<Known>,
    shape: WayShape,
}

/// Kind and version of a model's folder.
const KIND: &str = "destination";
const VERSION: u32 = 1;

/// A trained network with all that it needs to be asked about a ship.
#[derive(Clone, PartialEq, Debug)]
pub struct WayModel {
    // Invariant: the shape is the network's, its ports are the intake's classes.
    config: Config,
    net: WayNet,
}

impl WayModel {
    /// Trains one on the voyages `train` of `data`; `validation`, which may be empty, says when to
    /// end. The classes are the ports that these left and reached. `run.params` should be
    /// `params.train`.
    ///
    /// # Errors
    ///
    /// [`Stopped`], as the training loop gives it: cancelled, nothing to learn from, no number.
    pub fn fit(
        data: &Dataset,
        train: &[usize],
        validation: &[usize],
        ports: &PortTable,
        params: &WayParams,
        run: &Run,
    ) -> Result<(WayModel, Outcome), Stopped> {
        let intake = data.intake(train);
        if !train.iter().any(|i| data.nests[*i].to.is_some()) {
            return Err(Stopped::Failed("there is no voyage to a known port to learn from".into()));
        }
        let known = |id: &PortId| {
            let port = ports.port(*id);
            Known {
                name: port.name.clone(),
                locode: port.locode.map(String::from),
                lon_deg: port.position.lon_deg,
                lat_deg: port.position.lat_deg,
            }
        };
        let known = intake.classes.ports().iter().map(known).collect();
        let shape = shape(params, &intake, params.eta.then(|| mean_days(data, train)));
        let both: Vec<&Nest> = train.iter().chain(validation).map(|i| &data.nests[*i]).collect();
        let fed = Fed { nests: &both, intake: &intake };
        let split = Split {
            train: (0..train.len()).collect(),
            validation: (train.len()..both.len()).collect(),
        };
        let how =
            WayTraining { gradient_dropout: params.gradient_dropout, ..WayTraining::default() };
        let (net, outcome) = WayNet::fit(&shape, &fed, &split, &how, run)?;
        let config = Config { params: params.clone(), intake, ports: known, shape };
        Ok((WayModel { config, net }, outcome))
    }

    /// The ports that it tells apart.
    pub fn classes(&self) -> &Classes {
        &self.config.intake.classes
    }

    /// How it was made.
    pub fn params(&self) -> &WayParams {
        &self.config.params
    }

    /// How voyages must be cut for it.
    pub fn nest_params(&self) -> &NestParams {
        &self.config.intake.nest
    }

    /// How many numbers it learned.
    pub fn parameters(&self) -> usize {
        self.config.shape.parameters()
    }

    /// An answer for every step of every nest; those before the steps that it takes at most are as
    /// the first that it has.
    pub fn answers(
        &self,
        nests: &[&Nest],
        place: &Place,
        job: &Job,
    ) -> Result<Vec<Vec<Answer>>, Stopped> {
        let ready = self.net.ready(place)?;
        let fed = Fed { nests, intake: &self.config.intake };
        let among: Vec<usize> = (0..nests.len()).collect();
        let mut answers = vec![Vec::new(); nests.len()];
        ready.tell_each(&fed, &among, job, |at, told| {
            let told = forecasts(&told, nests[at].len());
            answers[at] = told.iter().map(WayForecast::answer).collect();
        })?;
        Ok(answers)
    }

    /// How well it does on the voyages `among` of `data`.
    pub fn scores(
        &self,
        data: &Dataset,
        among: &[usize],
        place: &Place,
        job: &Job,
    ) -> Result<Scores, Stopped> {
        let nests: Vec<&Nest> = among.iter().map(|i| &data.nests[*i]).collect();
        let mut scoring = Scoring::default();
        for (nest, answers) in nests.iter().zip(self.answers(&nests, place, job)?) {
            scoring.add(&questions(nest, self.classes()), &answers);
        }
        Ok(scoring.scores())
    }

    /// Writes it to `folder`, whole or not at all.
    pub fn save(&self, folder: &Path, card: &Card) -> Result<(), WayError> {
        let model = Model {
            config: self.config.clone(),
            scalers: BTreeMap::new(),
            weights: self.net.weights().clone(),
            card: card.clone(),
        };
        Ok(model.save(folder, KIND, VERSION)?)
    }

    /// Reads it from `folder`, for use with `ports`.
    ///
    /// # Errors
    ///
    /// [`WayError::OtherPorts`] where a port that it learned has another name or place in `ports`,
    /// or is not there; [`WayError::Save`] where the folder is damaged or of another kind.
    pub fn load(folder: &Path, ports: &PortTable) -> Result<(WayModel, Card), WayError> {
        let model = Model::<Config>::load(folder, KIND, VERSION)?;
        let config = model.config;
        let damaged = |reason: &str| SaveError::Damaged {
            path: folder.to_owned(),
            reason: reason.to_owned(),
        };
        if Checked::new(&config.params).is_err() || Checked::new(&config.intake.nest).is_err() {
            return Err(damaged("its parameters are out of range").into());
        }
        let classes = config.intake.classes.ports();
        if classes.len() != config.ports.len() {
            return Err(damaged("its ports are not those of its classes").into());
        }
        let other =
            classes.iter().zip(&config.ports).find(|(id, known)| !is_same(ports, **id, known));
        if let Some((id, known)) = other {
            let (port, name) = (id.0, known.name.clone());
            return Err(WayError::OtherPorts { port, name, path: folder.to_owned() });
        }
        if config.shape != shape(&config.params, &config.intake, config.shape.days) {
            return Err(damaged("its network is not the one of its parameters").into());
        }
        let net = WayNet::new(config.shape.clone(), model.weights)?;
        Ok((WayModel { config, net }, model.card))
    }

    /// Puts its weights on a device, to be asked often.
    pub fn ready(&self, place: &Place) -> Result<WayReady, Stopped> {
        Ok(WayReady { intake: self.config.intake.clone(), net: self.net.ready(place)? })
    }
}

fn is_same(ports: &PortTable, id: PortId, known: &Known) -> bool {
    ports.ports().get(id.0 as usize).is_some_and(|port| {
        let place = crate::base::geo::Position::new(known.lon_deg, known.lat_deg);
        port.name == known.name
            && port.locode.map(String::from) == known.locode
            && distance_m(port.position, place) <= SAME_PORT_M
    })
}

/// The network for what voyages are taken as.
fn shape(params: &WayParams, intake: &Intake, days: Option<f64>) -> WayShape {
    WayShape {
        aggregation: params.aggregation,
        local: params.local,
        departure: params.departure,
        ship_type: params.ship_type,
        days,
        dropout: params.dropout,
        features: N_FEATURES,
        kinds: N_KINDS,
        cells: intake.cells.len(),
        bins: intake.bins(),
        ..WayShape::new(params.network, params.size, intake.classes.len())
    }
}

/// The mean of the days to the arrival, in which the network counts them; a day at least.
fn mean_days(data: &Dataset, among: &[usize]) -> f64 {
    let steps = || among.iter().flat_map(|i| &data.nests[*i].steps);
    let sum: f64 = steps().map(|step| f64::from(step.days_left)).sum();
    (sum / steps().count().max(1) as f64).max(1.0)
}

/// What a model tells at a step of a voyage.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WayForecast {
    /// How likely each class is; they sum to 1.
    pub ports: Vec<f32>,
    /// Days to the arrival of which a tenth, half and nine tenths of the ships need no more; none of
    /// a model that did not learn it.
    pub days_left: Option<[f32; 3]>,
}

/// How many ports an answer names.
const NAMED: usize = 5;

impl WayForecast {
    /// The likeliest five ports, and the median arrival.
    pub fn answer(&self) -> Answer {
        let mut ports: Vec<(u32, f64)> =
            (0..).zip(self.ports.iter().map(|p| f64::from(*p))).collect();
        let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if ports.len() > NAMED {
            ports.select_nth_unstable_by(NAMED - 1, order);
            ports.truncate(NAMED);
        }
        ports.sort_by(order);
        Answer { ports, days_left: self.days_left.map(|days| f64::from(days[1])) }
    }
}

/// What was told, for all `n` steps of a voyage: steps before those that the network took are as the
/// first that it did.
fn forecasts(told: &Told, n: usize) -> Vec<WayForecast> {
    let before = n - told.ports.len();
    let forecast = |k: usize| {
        let row = k.saturating_sub(before);
        WayForecast {
            ports: told.ports.row(row).to_vec(),
            days_left: told.days_left.as_ref().and_then(|days| days.row(row).try_into().ok()),
        }
    };
    (0..n).map(forecast).collect()
}

/// A model on its device.
#[derive(Clone, Debug)]
pub struct WayReady {
    intake: Intake,
    net: ReadyWay,
}

impl WayReady {
    /// What it tells at every step of a voyage, which must be cut as [`WayModel::nest_params`] say;
    /// the last one is now.
    pub fn forecast(&self, nest: &Nest) -> Result<Vec<WayForecast>, Stopped> {
        if nest.is_empty() {
            return Ok(Vec::new());
        }
        let told = self.net.tell(&self.intake.batch(&[nest], None))?;
        Ok(forecasts(&told, nest.len()))
    }
}

/// Seconds that an epoch took on average, for a training on `n_train` voyages; none of no epoch.
pub fn seconds_per_epoch(outcome: &Outcome, n_train: usize) -> Option<f64> {
    let epochs = &outcome.curves.epochs;
    let seconds: f64 =
        epochs.iter().map(|epoch| n_train as f64 / epoch.samples_per_s.max(1e-9)).sum();
    (!epochs.is_empty()).then(|| seconds / epochs.len() as f64)
}

#[cfg(test)]
mod tests;
