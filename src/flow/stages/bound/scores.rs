//! How well models tell destinations, beside guesses that none should lose to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Map, Value, json};

use super::NestsOf;
use super::nests::too_few;
use crate::ais::PortId;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};
use crate::destination::baseline::{MostFrequent, NearestOnCourse, questions};
use crate::destination::way::{Place, Run, Watch, WayModel, WayParams, seconds_per_epoch};
use crate::destination::{
    Answer, Classes, Nest, Part, RouteGraph, Scores, Scoring, split_by_vessel, split_by_voyage,
};
use crate::flow::bound::{DestinationSettings, Rival, SplitBy};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// What a rival that only counts answers at each step of a voyage.
type Guess = Box<dyn Fn(&Nest) -> Vec<Answer>>;

/// Voyages without which nothing is scored.
const FEWEST: usize = 30;

/// Models of destinations, scored.
pub struct DestinationScoresStage;

/// The scores of one model.
#[derive(Clone, Debug, PartialEq)]
pub struct DestinationRow {
    /// The model's name.
    pub model: String,
    /// What was held out: voyages or vessels.
    pub split: SplitBy,
    /// How many numbers it learned; 0 for those that only count.
    pub parameters: usize,
    /// How well it did on what was held out.
    pub scores: Scores,
    /// Passes over what it learned from.
    pub epochs: usize,
    /// How long one took.
    pub seconds_per_epoch: Option<f64>,
    /// How long learning took in all, seconds.
    pub fit_s: f64,
}

/// A split of the voyages.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitOf {
    /// What is held out.
    pub split: SplitBy,
    /// How many voyages there are to learn from, to stop by and to be scored on.
    pub voyages: [usize; 3],
    /// How many ports models know.
    pub ports: usize,
}

/// Scores of models.
#[derive(Clone)]
pub struct DestinationScoresOf {
    /// A row a model and split, in the order in which they were scored.
    pub rows: Vec<DestinationRow>,
    /// How voyages were dealt out.
    pub splits: Vec<SplitOf>,
    /// What they learned from.
    pub nests: Arc<NestsOf>,
}

impl DestinationScoresOf {
    /// The crews' mean absolute error of the arrival, days, over steps where they reported one, on
    /// what the first split held out.
    pub fn reported_mae_days(&self) -> Option<f64> {
        self.rows.first()?.scores.eta_reported_mae_days
    }
}

impl Stage for DestinationScoresStage {
    const NAME: &'static str = "destination-scores/1";
    const TITLE: &'static str = "Destination scores";
    const NEEDS: &'static [&'static str] = &["nests"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 4;

    type Params = DestinationSettings;
    type Input = Arc<NestsOf>;
    type Output = DestinationScoresOf;

    fn run(
        params: &Checked<DestinationSettings>,
        nests: &Arc<NestsOf>,
        job: &Job,
    ) -> Result<DestinationScoresOf, Stopped> {
        let rivals = params.rivals().map_err(Stopped::Failed)?;
        let n = nests.data.len();
        if n < FEWEST {
            return Err(Stopped::Failed(too_few(&nests.voyages, n)));
        }
        let splits: &[SplitBy] = match params.split {
            SplitBy::Both => &[SplitBy::Voyage, SplitBy::Vessel],
            SplitBy::Voyage => &[SplitBy::Voyage],
            SplitBy::Vessel => &[SplitBy::Vessel],
        };
        job.expect(splits.len() * rivals.len());
        let mut all =
            DestinationScoresOf { rows: Vec::new(), splits: Vec::new(), nests: Arc::clone(nests) };
        for split in splits {
            let dealt = Dealt::new(nests, *split, params);
            all.splits.push(dealt.figures());
            for rival in &rivals {
                let row = match rival.network(&params.way) {
                    Some(way) => dealt.train(*rival, &way, &job.uncounted())?,
                    None => dealt.guess(*rival),
                };
                all.rows.push(row);
                job.show(all.clone());
                job.step()?;
            }
        }
        Ok(all)
    }

    fn figures(output: &DestinationScoresOf) -> Map<String, Value> {
        let mut figures = Map::new();
        let first = output.splits.first().map(|split| split.split);
        let rows = |test: &dyn Fn(&DestinationRow) -> bool| -> Value {
            output.rows.iter().filter(|row| test(row)).map(row_figures).collect()
        };
        figures.insert("rows".into(), rows(&|row| Some(row.split) == first));
        if output.splits.len() > 1 {
            figures.insert("rows_by_vessel".into(), rows(&|row| row.split == SplitBy::Vessel));
        }
        let splits = output.splits.iter().map(|split| {
            json!({
                "split": name_of(split.split),
                "train": split.voyages[0],
                "validation": split.voyages[1],
                "test": split.voyages[2],
                "ports": split.ports,
            })
        });
        figures.insert("splits".into(), splits.collect());
        figures.insert("eta_reported_mae_days".into(), json!(output.reported_mae_days()));
        figures.insert("made".into(), output.nests.voyages.is_made.into());
        figures.insert("notes".into(), output.nests.voyages.notes().into());
        figures
    }

    /// `destination-scores.csv`: a row a model and split; `destination-scores.calibration.csv`: how
    /// often probabilities were right.
    fn export(
        output: &DestinationScoresOf,
        folder: &Path,
        _: &Job,
    ) -> Result<Vec<PathBuf>, String> {
        let paths = ["destination-scores.csv", "destination-scores.calibration.csv"]
            .map(|name| folder.join(name));
        let number = |x: Option<f64>| x.map(|x| format!("{x:.4}")).unwrap_or_default();
        let head = "model,split,parameters,voyages,steps,accuracy,q1,q2,q3,q4,macro_f1,top3,\
                    calibration_error,eta_mae_days,eta_mae_days_where_reported,\
                    eta_reported_mae_days,epochs,seconds_per_epoch,fit_s,made";
        let rows = output.rows.iter().map(|row| {
            let scores = &row.scores;
            let quarters = scores.quarters.map(|q| format!("{q:.4}")).join(",");
            format!(
                "{},{},{},{},{},{:.4},{quarters},{:.4},{:.4},{},{},{},{},{},{},{:.2},{}",
                row.model,
                name_of(row.split),
                row.parameters,
                scores.voyages,
                scores.steps,
                scores.accuracy,
                scores.macro_f1,
                scores.top3,
                number(scores.calibration_error),
                number(scores.eta_mae_days),
                number(scores.eta_mae_days_where_reported),
                number(scores.eta_reported_mae_days),
                row.epochs,
                number(row.seconds_per_epoch),
                row.fit_s,
                output.nests.voyages.is_made,
            )
        });
        export::lines(&paths[0], head, rows).map_err(|error| error.to_string())?;
        let rows = output.rows.iter().flat_map(|row| {
            row.scores.calibration.iter().filter(|bin| bin.n > 0).map(|bin| {
                let (model, split) = (&row.model, name_of(row.split));
                format!("{model},{split},{:.4},{:.4},{}", bin.probability, bin.right, bin.n)
            })
        });
        export::lines(&paths[1], "model,split,probability,right,n", rows)
            .map_err(|error| error.to_string())?;
        Ok(paths.to_vec())
    }
}

/// A split by the name that the user sets.
fn name_of(split: SplitBy) -> &'static str {
    SplitBy::CASES.iter().find(|(_, case)| *case == split).map_or("", |(name, _)| name)
}

fn row_figures(row: &DestinationRow) -> Value {
    let scores = &row.scores;
    let [q1, q2, q3, q4] = scores.quarters; // Not-a-number becomes null.
    json!({
        "model": row.model,
        "split": name_of(row.split),
        "parameters": row.parameters,
        "accuracy": scores.accuracy,
        "q1": q1,
        "q2": q2,
        "q3": q3,
        "q4": q4,
        "macro_f1": scores.macro_f1,
        "top3": scores.top3,
        "calibration_error": scores.calibration_error,
        "eta_mae_days": scores.eta_mae_days,
        "eta_mae_days_where_reported": scores.eta_mae_days_where_reported,
        "eta_reported_mae_days": scores.eta_reported_mae_days,
        "seconds_per_epoch": row.seconds_per_epoch,
        "epochs": row.epochs,
        "fit_s": row.fit_s,
        "voyages": scores.voyages,
        "steps": scores.steps,
    })
}

/// Voyages dealt out to learn from and to be scored on.
struct Dealt<'a> {
    nests: &'a NestsOf,
    split: SplitBy,
    train: Vec<usize>,
    validation: Vec<usize>,
    test: Vec<usize>,
    classes: Classes,
}

impl Dealt<'_> {
    fn new<'a>(nests: &'a NestsOf, split: SplitBy, params: &DestinationSettings) -> Dealt<'a> {
        let data = &nests.data;
        let (validation, test) = (params.validation_share, params.test_share);
        let seed = params.split_seed as u64;
        let parts = if split == SplitBy::Vessel {
            split_by_vessel(&data.vessels, validation, test, seed)
        } else {
            let destinations: Vec<PortId> =
                data.nests.iter().map(|nest| nest.to.unwrap_or(PortId(u32::MAX))).collect();
            split_by_voyage(&destinations, validation, test, seed)
        };
        let of =
            |part: Part| -> Vec<usize> { (0..parts.len()).filter(|i| parts[*i] == part).collect() };
        let train = of(Part::Train);
        let classes = data.classes(&train);
        let (validation, test) = (of(Part::Validation), of(Part::Test));
        Dealt { nests, split, train, validation, test, classes }
    }

    fn figures(&self) -> SplitOf {
        let voyages = [self.train.len(), self.validation.len(), self.test.len()];
        SplitOf { split: self.split, voyages, ports: self.classes.len() }
    }

    /// Trains a network, which may take long, and scores it.
    fn train(&self, rival: Rival, way: &WayParams, job: &Job) -> Result<DestinationRow, Stopped> {
        let (data, table) = (&self.nests.data, self.nests.voyages.table());
        let (place, watch) = (Place::choose(way.train.device), Watch::default());
        let run = Run::new(&way.train, &place, job, &watch);
        let start = Instant::now();
        let (model, outcome) =
            WayModel::fit(data, &self.train, &self.validation, table, way, &run)?;
        let fit_s = start.elapsed().as_secs_f64();
        Ok(DestinationRow {
            model: rival.name().to_owned(),
            split: self.split,
            parameters: model.parameters(),
            scores: model.scores(data, &self.test, &place, job)?,
            epochs: outcome.curves.epochs.len(),
            seconds_per_epoch: seconds_per_epoch(&outcome, self.train.len()),
            fit_s,
        })
    }

    /// Scores what only counts.
    fn guess(&self, rival: Rival) -> DestinationRow {
        let data = &self.nests.data;
        let table = self.nests.voyages.table();
        let learned = || self.train.iter().map(|i| &data.nests[*i]);
        let start = Instant::now();
        let answer: Guess = match rival {
            Rival::MostFrequent => {
                let model = MostFrequent::fit(learned(), &self.classes);
                Box::new(move |nest| model.answers(nest))
            }
            Rival::NearestOnCourse => {
                let model = NearestOnCourse::new(table, &self.classes);
                Box::new(move |nest| model.answers(nest))
            }
            // Networks are trained elsewhere.
            _ => {
                let model = RouteGraph::fit(learned(), &self.classes, table, &data.params);
                Box::new(move |nest| model.answers(nest))
            }
        };
        let fit_s = start.elapsed().as_secs_f64();
        let mut scoring = Scoring::default();
        for i in &self.test {
            let nest = &data.nests[*i];
            scoring.add(&questions(nest, &self.classes), &answer(nest));
        }
        DestinationRow {
            model: rival.name().to_owned(),
            split: self.split,
            parameters: 0,
            scores: scoring.scores(),
            epochs: 0,
            seconds_per_epoch: None,
            fit_s,
        }
    }
}
