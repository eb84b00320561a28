//! Everything the user set up, as plain data: what project files hold and undo goes through.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::bound::{
    DestinationSettings, EtaSettings, ForecastParams, PortSettings, VoyageSettings,
};
use super::deep::DeepSettings;
use super::look::MapParams;
use super::predicting::{PathParams, PredictSettings};
use super::settings::{ClusterSettings, DistanceSettings};
use super::stages::StudyParams;
use super::watching::{
    AheadSettings, AreaSettings, DensitySettings, EncounterSettings, GateSettings, OdditySettings,
    WatchedParams,
};
use crate::associate::AssociateParams;
use crate::base::params::{self, Checked, Entry, Form, Params};
use crate::base::text::nearest;
use crate::cluster::SweepParams;
use crate::cluster::route::RouteParams;
use crate::compress::CompressParams;
pub use crate::io::{FileLedger, FileRef, Mapping};
use crate::prep::{CleanParams, FilterParams, OutlierParams, TripParams};
use crate::synth::SeaParams;
use crate::synth::world::WorldParams;

/// Voyages of the demo: enough to learn from, made in seconds.
const DEMO_VOYAGES: usize = 2000;

/// What to read, and how each stage is set.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// What to read and how.
    pub sources: Sources,
    /// What counts as wrong.
    pub clean: CleanParams,
    /// Where tracks are cut.
    pub trips: TripParams,
    /// Which trips are looked at.
    pub filter: FilterParams,
    /// What counts as an outlier of motion.
    pub outliers: OutlierParams,
    /// Which of their reports are kept.
    pub compress: CompressParams,
    /// How far trips lie apart.
    pub distances: DistanceSettings,
    /// How trips are grouped.
    pub clusters: ClusterSettings,
    /// How a network embeds and groups them.
    pub deep: DeepSettings,
    /// Which pairs of eps and `MinPts` are tried.
    pub sweep: SweepParams,
    /// How the routes of groups are found.
    pub routes: RouteParams,
    /// What distances are studied with.
    pub study: StudyParams,
    /// How paths are predicted and scored.
    pub predict: PredictSettings,
    /// Whose path is shown.
    pub path: PathParams,
    /// How points without identity are put into tracks.
    pub associate: AssociateParams,
    /// Of which reports the safety officer asks.
    pub watched: WatchedParams,
    /// Lines whose crossings are counted.
    pub gates: GateSettings,
    /// What counts for density.
    pub density: DensitySettings,
    /// What counts as an encounter.
    pub encounters: EncounterSettings,
    /// From when on and how far encounters are foretold.
    pub ahead: AheadSettings,
    /// Areas and their rules.
    pub areas: AreaSettings,
    /// What is odd.
    pub oddities: OdditySettings,
    /// Which ports there are.
    pub ports: PortSettings,
    /// How typed destinations are read, and what makes a voyage.
    pub voyages: VoyageSettings,
    /// How destinations are learned and scored.
    pub destination: DestinationSettings,
    /// Whose destination is told.
    pub forecast: ForecastParams,
    /// From which files arrival times are learned.
    pub eta: EtaSettings,
    /// How the map looks.
    pub map: MapParams,
}

/// Where reports come from.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Sources {
    /// Files, as they stood when they were chosen.
    pub files: Vec<FileRef>,
    /// A made sea instead of files.
    pub made: Option<SeaParams>,
    /// Made voyages on the real sea instead of files.
    pub world: Option<WorldSource>,
    /// What the user says of columns, units and dates.
    pub mapping: Mapping,
}

/// Made voyages from port to port, and who trades with whom.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WorldSource {
    /// How they are made.
    #[serde(flatten)]
    pub params: WorldParams,
    /// A table of trips between ports of the World Port Index; empty for trade by gravity.
    pub flows: String,
}

impl Params for WorldSource {
    fn describe(&mut self, form: &mut dyn Form) {
        self.params.describe(form);
        form.text("flows", &mut self.flows, "A table of trips between ports of the World Port Index (start_port, end_port, vessel_category, trips_count) in place of trade by gravity.");
    }

    fn faults(&self) -> Vec<String> {
        self.params.faults()
    }
}

impl Sources {
    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.made.is_none() && self.world.is_none()
    }

    /// Made traffic in place of files: the demo.
    pub fn make_demo(&mut self) {
        self.files.clear();
        self.world = None;
        self.made = Some(SeaParams::default());
    }

    /// Made voyages on the real sea in place of files: the demo of destinations.
    pub fn make_world(&mut self) {
        self.files.clear();
        self.made = None;
        let params = WorldParams { voyages: DEMO_VOYAGES, ..WorldParams::default() };
        self.world = Some(WorldSource { params, flows: String::new() });
    }

    /// Looks at the files again: they may have changed, or lie on another machine.
    pub fn refresh(&mut self) {
        for file in &mut self.files {
            *file = FileRef::of(&file.path);
        }
    }

    /// Adds `files` that are not there yet; made traffic makes way for them.
    pub fn add(&mut self, files: Vec<FileRef>) {
        (self.made, self.world) = (None, None);
        for file in files {
            match self.files.iter_mut().find(|known| known.path == file.path) {
                Some(known) => *known = file,
                None => self.files.push(file),
            }
        }
    }

    /// The files' paths.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.files.iter().map(|file| file.path.clone()).collect()
    }
}

impl Params for Sources {
    fn describe(&mut self, form: &mut dyn Form) {
        self.mapping.describe(form);
        if let Some(sea) = &mut self.made {
            // Not for `--set sources.…`, which comes through the mapping alone, but for the ranges.
            sea.describe(form);
        }
        if let Some(world) = &mut self.world {
            world.describe(form);
        }
    }

    fn faults(&self) -> Vec<String> {
        self.mapping.faults()
    }
}

/// The files that parameters name besides the sources, with the parameter's name.
pub fn named_files(session: &Session) -> Vec<(&'static str, PathBuf)> {
    let mut files = vec![
        ("ports.file", session.ports.file.as_str()),
        ("destination.routes", &session.destination.routes),
        ("eta.model", &session.eta.model),
        ("predict.model", &session.predict.model),
    ];
    files.extend(session.eta.train.split(';').map(|name| ("eta.train", name)));
    files.extend(session.eta.test.split(';').map(|name| ("eta.test", name)));
    files.extend(session.sources.world.iter().map(|world| ("world.flows", world.flows.as_str())));
    let named = files.into_iter().map(|(parameter, name)| (parameter, name.trim()));
    named
        .filter(|(_, name)| !name.is_empty())
        .map(|(parameter, name)| (parameter, PathBuf::from(name)))
        .collect()
}

/// The files that `paths` stand for; folders are searched for AIS.
pub fn sources_of(paths: &[PathBuf]) -> Vec<FileRef> {
    crate::io::expand(paths)
}

/// The fault of a file, with its path, in a line.
pub fn fault_line(ledger: &FileLedger) -> String {
    crate::io::read::fault_line(ledger)
}

/// Something that goes through the parameters of every stage.
pub trait Visitor {
    /// Meets the parameters that `--set name.…` sets.
    fn meet<P: Params>(&mut self, name: &'static str, params: &mut P);
}

impl Session {
    /// The same without what results chose: what the user did, for undo.
    #[must_use]
    pub fn as_set(&self) -> Session {
        // Whose path is shown follows the selection and the moment, which are no acts; so do the
        // encounters ahead.
        let (path, forecast) = (PathParams::default(), ForecastParams::default());
        let ahead = AheadSettings { at: String::new(), ..self.ahead.clone() };
        // Nor is it one to enter a workspace that shows layers of its own.
        let MapParams { found, watch, ports, voyages, .. } = MapParams::default();
        let map = MapParams { found, watch, ports, voyages, ..self.map.clone() };
        Session { clusters: self.clusters.as_set(), path, forecast, ahead, map, ..self.clone() }
    }

    /// The steps whose results the map shows, beyond trips.
    pub fn map_stages(&self) -> Vec<&'static str> {
        let mut stages = self.map.stages();
        if self.map.gates && !self.gates.lines.trim().is_empty() {
            stages.push("gates");
        }
        if self.map.areas && !self.areas.areas.trim().is_empty() {
            stages.push("areas");
        }
        stages
    }

    /// Shows `visitor` the parameters of every stage, in the order of the flow.
    pub fn visit(&mut self, visitor: &mut impl Visitor) {
        visitor.meet("sources", &mut self.sources.mapping);
        if let Some(sea) = &mut self.sources.made {
            visitor.meet("synth", sea);
        }
        if let Some(world) = &mut self.sources.world {
            visitor.meet("world", world);
        }
        visitor.meet("clean", &mut self.clean);
        visitor.meet("trips", &mut self.trips);
        visitor.meet("filter", &mut self.filter);
        visitor.meet("outliers", &mut self.outliers);
        visitor.meet("compress", &mut self.compress);
        visitor.meet("distances", &mut self.distances);
        visitor.meet("clusters", &mut self.clusters);
        visitor.meet("deep", &mut self.deep);
        visitor.meet("sweep", &mut self.sweep);
        visitor.meet("routes", &mut self.routes);
        visitor.meet("distance-study", &mut self.study);
        visitor.meet("predict", &mut self.predict);
        visitor.meet("path", &mut self.path);
        visitor.meet("associate", &mut self.associate);
        visitor.meet("watched", &mut self.watched);
        visitor.meet("gates", &mut self.gates);
        visitor.meet("density", &mut self.density);
        visitor.meet("encounters", &mut self.encounters);
        visitor.meet("ahead", &mut self.ahead);
        visitor.meet("areas", &mut self.areas);
        visitor.meet("oddities", &mut self.oddities);
        visitor.meet("ports", &mut self.ports);
        visitor.meet("voyages", &mut self.voyages);
        visitor.meet("destination", &mut self.destination);
        visitor.meet("forecast", &mut self.forecast);
        visitor.meet("eta", &mut self.eta);
        visitor.meet("map", &mut self.map);
    }

    /// Sets a parameter from `stage.field=value`, as `--set` gives it. The error says what is
    /// wrong and names the nearest valid name, or the range.
    pub fn set(&mut self, setting: &str) -> Result<(), String> {
        let Some((name, value)) = setting.split_once('=') else {
            return Err(format!(
                "\"{setting}\" sets nothing; stage.field=value is expected, such as trips.gap=30"
            ));
        };
        let name = name.trim();
        let (stage, field) = name.split_once('.').unwrap_or((name, ""));
        let mut setter = Setter { stage, field, value, outcome: None };
        self.visit(&mut setter);
        if let Some(outcome) = setter.outcome {
            return outcome.map_err(|fault| {
                // A misspelt field: the nearest name of all, with its stage.
                if fault.starts_with("there is no") {
                    no_such(name, &self.clone().names())
                } else {
                    format!("{stage}.{fault}")
                }
            });
        }
        Err(no_such(name, &self.clone().names()))
    }

    /// What is wrong with the parameters of each stage, with its name before. Settings that only
    /// together make no sense show here, once all are made.
    pub fn faults(&mut self) -> Vec<(&'static str, String)> {
        let mut checker = Checker::default();
        self.visit(&mut checker);
        checker.0
    }

    /// Every name that `--set` takes.
    pub fn names(&mut self) -> Vec<String> {
        self.manual()
            .iter()
            .flat_map(|(stage, entries)| {
                entries.iter().map(move |entry| format!("{stage}.{}", entry.name))
            })
            .collect()
    }

    /// Every parameter of every stage, with its present value.
    pub fn manual(&mut self) -> Vec<(&'static str, Vec<Entry>)> {
        let mut manual = Manual::default();
        self.visit(&mut manual);
        manual.0
    }
}

fn no_such(name: &str, names: &[String]) -> String {
    let near = nearest(name, names.iter().map(String::as_str)).unwrap_or("none");
    format!("there is no parameter {name}; did you mean {near}? (fairway describe lists all)")
}

struct Setter<'a> {
    stage: &'a str,
    field: &'a str,
    value: &'a str,
    outcome: Option<Result<(), String>>,
}

impl Visitor for Setter<'_> {
    fn meet<P: Params>(&mut self, name: &'static str, params: &mut P) {
        if name == self.stage {
            self.outcome = Some(params::set(params, self.field, self.value));
        }
    }
}

#[derive(Default)]
struct Checker(Vec<(&'static str, String)>);

impl Visitor for Checker {
    fn meet<P: Params>(&mut self, name: &'static str, params: &mut P) {
        let faults = Checked::new(params).err().unwrap_or_default();
        self.0.extend(faults.into_iter().map(|fault| (name, fault)));
    }
}

#[derive(Default)]
struct Manual(Vec<(&'static str, Vec<Entry>)>);

impl Visitor for Manual {
    fn meet<P: Params>(&mut self, name: &'static str, params: &mut P) {
        self.0.push((name, params::manual(params)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_set_by_stage_and_name() {
        let mut session = Session::default();
        session.set("sources.date=2020-01-01").unwrap();
        session.set("trips.gap=45").unwrap();
        assert_eq!(session.sources.mapping.date, "2020-01-01");
        assert_ne!(session.trips, TripParams::default());
    }

    #[test]
    fn a_wrong_setting_names_the_nearest_or_the_range() {
        let mut session = Session::default();
        for (setting, part) in [
            ("trips.gapp=1", "did you mean trips.gap?"),
            ("trip.gap=1", "did you mean trips.gap?"),
            ("gap=1", "did you mean"),
            ("trips.gap", "stage.field=value"),
            ("trips.gap=-5", "trips.gap is -5 min; it must lie between"),
            ("trips.gap=x", "it must be a number"),
        ] {
            let fault = session.set(setting).unwrap_err();
            assert!(fault.contains(part), "{setting}: {fault}");
        }
        assert_eq!(session, Session::default());
    }

    #[test]
    fn settings_that_only_together_make_no_sense_are_told_with_their_stage() {
        let mut session = Session::default();
        assert_eq!(session.faults(), []);
        session.set("filter.from=2018-06-03").unwrap();
        assert_eq!(session.faults(), []);
        session.set("filter.to=2018-06-02").unwrap();
        session.set("filter.kinds=tankr").unwrap();
        let faults = session.faults();
        assert!(faults.len() == 2 && faults.iter().all(|(stage, _)| *stage == "filter"));
        assert!(faults[0].1.contains("did you mean tanker?"), "{faults:?}");
    }

    #[test]
    fn every_name_is_there_once() {
        let mut names = Session::default().names();
        let n = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), n);
    }
}
