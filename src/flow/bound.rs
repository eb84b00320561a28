//! Parameters of destinations and arrivals, which the user meets in groups: which ports there are,
//! what makes a voyage, how arrivals are learned, how destinations are told, and whose.

use serde::{Deserialize, Serialize};

use super::whose::{describe_ship, moment_ms};
use crate::ais::Vessel;
use crate::base::params::{Choice, Field, Form, Params};
use crate::base::text::nearest;
use crate::base::time::iso_text;
use crate::destination::nest::NestParams;
use crate::destination::way::{Aggregation, Network, WayParams};
use crate::destination::{AnnotateParams, EtaParams, VoyageParams};
use crate::io::ports::PortColumns;

/// Which ports there are.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PortSettings {
    /// A list of ports; empty for the bundled one.
    pub file: String,
    /// What its columns go by: `name=Harbor; lat=Y; lon=X`.
    pub columns: String,
}

impl PortSettings {
    /// The columns that are named, or what is wrong with them.
    pub fn columns(&self) -> Result<PortColumns, String> {
        let mut columns = PortColumns::default();
        for entry in self.columns.split(';').map(str::trim).filter(|entry| !entry.is_empty()) {
            let Some((role, name)) = entry.split_once('=') else {
                return Err(format!(
                    "columns has \"{entry}\"; role=column is expected, as in name=Harbor"
                ));
            };
            let name = name.trim().to_owned();
            let place = match role.trim() {
                "name" => &mut columns.name,
                "locode" => &mut columns.locode,
                "lat" => &mut columns.lat,
                "lon" => &mut columns.lon,
                "country" => &mut columns.country,
                "wpi" => &mut columns.wpi,
                other => {
                    let roles = ["name", "locode", "lat", "lon", "country", "wpi"];
                    let near = nearest(other, roles).unwrap_or_default();
                    return Err(format!("columns: there is no {other}; did you mean {near}?"));
                }
            };
            *place = name;
        }
        Ok(columns)
    }
}

impl Params for PortSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        form.text("file", &mut self.file, "A list of ports: the World Port Index as CSV, a UN/LOCODE archive or part, or a table with name, latitude and longitude. Empty for the bundled list of 1,700 ports.");
        form.text("columns", &mut self.columns, "What the columns of your table go by, where they are not found: name=Harbor; lat=Y; lon=X; also locode, country, wpi.");
    }

    fn faults(&self) -> Vec<String> {
        self.columns().err().into_iter().collect()
    }
}

/// How typed destinations are read, and what makes a voyage.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct VoyageSettings {
    /// How voyages are cut out and which are valid.
    #[serde(flatten)]
    pub voyage: VoyageParams,
    /// How typed destinations become ports.
    #[serde(flatten)]
    pub annotate: AnnotateParams,
}

impl Params for VoyageSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        self.voyage.describe(form);
        form.heading("Typed destinations");
        self.annotate.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        [self.voyage.faults(), self.annotate.faults()].concat()
    }
}

/// From which files arrival times on one way are learned, and how.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EtaSettings {
    /// Files of voyages to learn from, parted by semicolons.
    pub train: String,
    /// Files of voyages to be scored on; empty to let the voyages learned from score each other.
    pub test: String,
    /// A file of a fitted estimator in place of fitting.
    pub model: String,
    /// How it is fitted.
    #[serde(flatten)]
    pub params: EtaParams,
}

impl Params for EtaSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        form.text("train", &mut self.train, "Files of voyages on one way to learn arrival times from, parted by semicolons: TripID, Latitude, Longitude, SOG, a time or weekday and hour, and RemainingTravelTimeInMinutes.");
        form.text("test", &mut self.test, "Files of other voyages to be scored on. Empty to score by parts: each voyage is foretold by what the others teach.");
        form.text(
            "model",
            &mut self.model,
            "A file of a fitted estimator of arrivals, in place of fitting.",
        );
        self.params.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.params.faults()
    }
}

/// Which voyages test a model that learned from the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum SplitBy {
    /// Single voyages: the ship may be known.
    #[default]
    Voyage,
    /// All voyages of a ship: ships never seen.
    Vessel,
    /// Both, one after the other.
    Both,
}

impl Choice for SplitBy {
    const CASES: &'static [(&'static str, SplitBy)] =
        &[("voyage", SplitBy::Voyage), ("vessel", SplitBy::Vessel), ("both", SplitBy::Both)];
}

/// What tells destinations and is scored: guesses, networks, and WAY without one of its parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Rival {
    /// The most frequent destination of the port of departure.
    MostFrequent,
    /// The nearest port ahead.
    NearestOnCourse,
    /// Counts of earlier voyages on the legs of a grid.
    RouteGraph,
    /// WAY with gradient dropout.
    WayGd,
    /// WAY without it.
    Way,
    /// The `TrAISformer`.
    Traisformer,
    /// A decoder of cells.
    Decoder,
    /// An LSTM.
    Lstm,
    /// The same with attention.
    LstmAttention,
    /// A GRU.
    Gru,
    /// The same with attention.
    GruAttention,
    /// WAY that reads no messages within a cell.
    WayNoLocal,
    /// WAY that knows no departure.
    WayNoDeparture,
    /// WAY that knows no type of ship.
    WayNoType,
    /// WAY whose channels are put side by side.
    WayConcatenation,
    /// WAY whose channels attend to one another.
    WayCross,
    /// WAY whose channels are weighed without heads.
    WayChannel,
}

impl Choice for Rival {
    const CASES: &'static [(&'static str, Rival)] = &[
        ("most-frequent", Rival::MostFrequent),
        ("nearest-on-course", Rival::NearestOnCourse),
        ("route-graph", Rival::RouteGraph),
        ("way-gd", Rival::WayGd),
        ("way", Rival::Way),
        ("traisformer", Rival::Traisformer),
        ("decoder", Rival::Decoder),
        ("lstm", Rival::Lstm),
        ("lstm-attention", Rival::LstmAttention),
        ("gru", Rival::Gru),
        ("gru-attention", Rival::GruAttention),
        ("way-no-local", Rival::WayNoLocal),
        ("way-no-departure", Rival::WayNoDeparture),
        ("way-no-type", Rival::WayNoType),
        ("way-concatenation", Rival::WayConcatenation),
        ("way-cross", Rival::WayCross),
        ("way-channel", Rival::WayChannel),
    ];
}

impl Rival {
    /// What is scored where nothing is named.
    const USUAL: [Rival; 4] =
        [Rival::MostFrequent, Rival::NearestOnCourse, Rival::RouteGraph, Rival::WayGd];

    /// The name by which the user chooses it.
    pub fn name(self) -> &'static str {
        let case = Rival::CASES.iter().find(|(_, case)| *case == self);
        case.map_or("", |(name, _)| name)
    }

    /// How its network is trained, as `params` say for all; none of a guess.
    ///
    /// Gradient dropout is the paper's addition to WAY: only `way-gd` has it.
    pub fn network(self, params: &WayParams) -> Option<WayParams> {
        let plain = WayParams {
            network: Network::Way,
            gradient_dropout: false,
            aggregation: Aggregation::MultiHead,
            local: true,
            departure: true,
            ship_type: true,
            ..params.clone()
        };
        let network = |network: Network| WayParams { network, ..plain.clone() };
        let aggregation = |aggregation: Aggregation| WayParams { aggregation, ..plain.clone() };
        Some(match self {
            Rival::MostFrequent | Rival::NearestOnCourse | Rival::RouteGraph => return None,
            Rival::WayGd => WayParams { gradient_dropout: true, ..plain },
            Rival::Way => plain,
            Rival::Traisformer => network(Network::Traisformer),
            Rival::Decoder => network(Network::Decoder),
            Rival::Lstm => network(Network::Lstm),
            Rival::LstmAttention => network(Network::LstmAttention),
            Rival::Gru => network(Network::Gru),
            Rival::GruAttention => network(Network::GruAttention),
            Rival::WayNoLocal => WayParams { local: false, ..plain },
            Rival::WayNoDeparture => WayParams { departure: false, ..plain },
            Rival::WayNoType => WayParams { ship_type: false, ..plain },
            Rival::WayConcatenation => aggregation(Aggregation::Concatenation),
            Rival::WayCross => aggregation(Aggregation::Cross),
            Rival::WayChannel => aggregation(Aggregation::Channel),
        })
    }
}

/// Who tells where ships under way are bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum TellerChoice {
    /// Counts of earlier voyages.
    #[default]
    Routes,
    /// The trained network.
    Network,
}

impl Choice for TellerChoice {
    const CASES: &'static [(&'static str, TellerChoice)] =
        &[("routes", TellerChoice::Routes), ("network", TellerChoice::Network)];
}

/// How destinations are learned and scored.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct DestinationSettings {
    /// How voyages become nested sequences.
    #[serde(flatten)]
    pub nest: NestParams,
    /// Names of models to score, parted by spaces; empty for guesses and WAY.
    pub models: String,
    /// Who tells where ships under way are bound.
    pub by: TellerChoice,
    /// A folder with a trained network, in place of training.
    pub model: String,
    /// The network, and how all are trained.
    #[serde(flatten)]
    pub way: WayParams,
    /// What is held out.
    pub split: SplitBy,
    /// Share of the voyages that say when to stop learning.
    pub validation_share: f64,
    /// Share of the voyages that models are scored on.
    pub test_share: f64,
    /// Where chance begins that deals voyages out.
    pub split_seed: usize,
    /// A file of earlier voyages' routes in place of counting those at hand.
    pub routes: String,
}

impl Default for DestinationSettings {
    fn default() -> Self {
        DestinationSettings {
            nest: NestParams::default(),
            models: String::new(),
            by: TellerChoice::Routes,
            model: String::new(),
            way: WayParams::default(),
            split: SplitBy::Both,
            validation_share: 0.1,
            test_share: 0.2,
            split_seed: 1,
            routes: String::new(),
        }
    }
}

impl DestinationSettings {
    /// The same without what scores do not depend on.
    #[must_use]
    pub fn of_scores(&self) -> DestinationSettings {
        let (by, model, routes) = (TellerChoice::default(), String::new(), String::new());
        DestinationSettings { by, model, routes, ..self.clone() }
    }

    /// The models that are named, in the order of tables; or what is wrong with their names.
    pub fn rivals(&self) -> Result<Vec<Rival>, String> {
        let words = self.models.split([' ', ',', ';']).filter(|word| !word.is_empty());
        let mut named = Vec::new();
        for word in words {
            let Some((_, rival)) = Rival::CASES.iter().find(|(name, _)| *name == word) else {
                let names = Rival::CASES.iter().map(|(name, _)| *name);
                let near = nearest(word, names).unwrap_or_default();
                return Err(format!("models: there is no {word}; did you mean {near}?"));
            };
            named.push(*rival);
        }
        if named.is_empty() {
            return Ok(Rival::USUAL.to_vec());
        }
        let all = Rival::CASES.iter().map(|(_, rival)| *rival);
        Ok(all.filter(|rival| named.contains(rival)).collect())
    }
}

impl Params for DestinationSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        form.text("models", &mut self.models, "Models to score, parted by spaces: most-frequent, nearest-on-course, route-graph, way-gd (WAY with gradient dropout), way, traisformer, decoder, lstm, lstm-attention, gru, gru-attention; WAY less a part: way-no-local, way-no-departure, way-no-type, way-concatenation, way-cross, way-channel. Empty for the three guesses and way-gd.");
        self.by.describe(
            "by",
            form,
            "Who tells where ships under way are bound: counts of earlier voyages, or the network.",
        );
        form.text(
            "model",
            &mut self.model,
            "A folder with a trained network (destination-fit), in place of training.",
        );
        self.split.describe("split", form, "Which voyages are held out to score on: single voyages, or all voyages of a ship, so that models never saw her.");
        let share = |help| Field { unit: "", range: 0.02..=0.45, help };
        form.number(
            "test_share",
            &mut self.test_share,
            share("Share of the voyages that models are scored on."),
        );
        form.number(
            "validation_share",
            &mut self.validation_share,
            share("Share of the voyages that say when to stop learning."),
        );
        form.count(
            "split_seed",
            &mut self.split_seed,
            Field {
                unit: "",
                range: 0..=1_000_000,
                help: "Where chance begins that deals voyages out.",
            },
        );
        form.text("routes", &mut self.routes, "A file of a route graph (route-graph.model) in place of counting the voyages at hand: for ships under way in data without whole voyages.");
        self.nest.describe(form);
        self.way.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self.rivals().err().into_iter().collect();
        faults.extend(self.way.faults());
        if self.test_share + self.validation_share > 0.8 {
            faults.push("test_share and validation_share leave too little to learn from".into());
        }
        faults
    }
}

/// Whose destination is told, and at what time.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ForecastParams {
    /// The ship's MMSI; 0 for none.
    pub mmsi: usize,
    /// Which of several ships that share it.
    pub part: usize,
    /// UTC, ISO 8601; empty for the last report.
    pub at: String,
}

impl ForecastParams {
    /// The destination of `vessel` as it can be told at `t_ms`.
    pub fn of(vessel: &Vessel, t_ms: i64) -> ForecastParams {
        ForecastParams {
            mmsi: vessel.mmsi.0 as usize,
            part: usize::from(vessel.part),
            at: iso_text(t_ms),
        }
    }

    /// The moment, UTC milliseconds; none for the last report.
    pub fn t_ms(&self) -> Result<Option<i64>, String> {
        moment_ms("at", &self.at)
    }
}

impl Params for ForecastParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let help = "MMSI of the ship whose destination is told along her voyage; 0 for none, and for all ships under way at their last reports.";
        describe_ship(form, (&mut self.mmsi, &mut self.part), help);
        form.text(
            "at",
            &mut self.at,
            "At what time, UTC, as 2018-06-03T14:20:00Z; what was reported later is not looked at. Empty for the last report.",
        );
    }

    fn faults(&self) -> Vec<String> {
        self.t_ms().err().into_iter().collect()
    }
}
