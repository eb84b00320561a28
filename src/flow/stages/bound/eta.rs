//! Arrival times on ways that others sailed before: estimators, and how good they are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::ais::Sailings;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::destination::eta::{EtaModel, cross_validate};
use crate::destination::{EtaError, EtaParams, EtaScores};
use crate::flow::stage::{Pace, Stage};
use crate::io::sailings::read_sailings;
use crate::io::{FileRef, export, model_file};

/// The kind of our files of estimators, and the version that this program writes and reads.
const KIND: &str = "eta";
const VERSION: u32 = 1;

/// Estimators fitted to files of voyages, or read from a file.
pub struct EtaFitStage;

/// What is fitted, or which file is read.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EtaFitParams {
    /// How estimators are fitted.
    pub params: EtaParams,
    /// Files of voyages, each of one way.
    pub train: Vec<FileRef>,
    /// The file that is read in place of fitting.
    pub model: Option<FileRef>,
}

impl Params for EtaFitParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.params.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.params.faults()
    }
}

/// Where estimators come from.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct EtaCard {
    /// The program's version that fitted them.
    pub program: String,
    /// How they were fitted.
    pub params: EtaParams,
}

/// The estimator of one way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EtaWay {
    /// The file it was learned from, without its folder.
    pub name: String,
    /// Voyages learned from.
    pub trips: usize,
    /// Their reports.
    pub reports: usize,
    /// Rows of the file that gave no report.
    pub refused: u64,
    /// The estimator.
    pub model: EtaModel,
    /// What it learned from; not in files.
    #[serde(skip)]
    pub sailings: Option<Arc<Sailings>>,
}

/// Estimators, one a way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EtaFitOf {
    /// Where they come from.
    pub card: EtaCard,
    /// One a file.
    pub ways: Vec<EtaWay>,
    /// The file they were read from.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl Stage for EtaFitStage {
    const NAME: &'static str = "eta-fit/1";
    const TITLE: &'static str = "Arrival estimator";
    const NEEDS: &'static [&'static str] = &[];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 2;

    type Params = EtaFitParams;
    type Input = ();
    type Output = EtaFitOf;

    fn run(params: &Checked<EtaFitParams>, (): &(), job: &Job) -> Result<EtaFitOf, Stopped> {
        if let Some(file) = &params.model {
            let loaded: EtaFitOf = model_file::load(&file.path, KIND, VERSION)
                .map_err(|error| Stopped::Failed(error.to_string()))?;
            return Ok(EtaFitOf { file: Some(file.path.clone()), ..loaded });
        }
        if params.train.is_empty() {
            return Err(Stopped::Failed(
                "no voyages to learn from: name a file by eta.train, or an estimator by eta.model"
                    .into(),
            ));
        }
        let checked =
            Checked::new(&params.params).map_err(|faults| Stopped::Failed(faults.join("; ")))?;
        let card =
            EtaCard { program: env!("CARGO_PKG_VERSION").into(), params: params.params.clone() };
        let mut all = EtaFitOf { card, ways: Vec::new(), file: None };
        for file in &params.train {
            let (sailings, refused) = read(file, job)?;
            let model = EtaModel::fit(&sailings, &checked, job)
                .map_err(|error| stopped(error, Some(file)))?;
            all.ways.push(EtaWay {
                name: file.name(),
                trips: sailings.trips().len(),
                reports: sailings.rows.len(),
                refused,
                model,
                sailings: Some(Arc::new(sailings)),
            });
            job.show(all.clone());
        }
        Ok(all)
    }

    fn figures(output: &EtaFitOf) -> Map<String, Value> {
        let way = |way: &EtaWay| json!({"name": way.name, "trips": way.trips, "reports": way.reports, "rows_refused": way.refused});
        let mut figures = Map::new();
        figures.insert("ways".into(), output.ways.iter().map(way).collect());
        figures.insert("trees".into(), output.card.params.trees.into());
        if let Some(file) = &output.file {
            figures.insert("file".into(), file.display().to_string().into());
        }
        figures
    }

    /// `eta-fit.model`: for `--set eta.model=…` and the window.
    fn export(output: &EtaFitOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("eta-fit.model");
        model_file::save(&path, KIND, VERSION, output).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}

/// Reads a file of voyages; and how many of its rows gave no report.
fn read(file: &FileRef, job: &Job) -> Result<(Sailings, u64), Stopped> {
    let read = read_sailings(&file.path, &job.uncounted());
    job.go_on()?;
    let read = read.map_err(|error| Stopped::Failed(error.to_string()))?;
    Ok((read.sailings, read.refused.total()))
}

fn stopped(error: EtaError, file: Option<&FileRef>) -> Stopped {
    match (error, file) {
        (EtaError::Stopped(stopped), _) => stopped,
        (error, Some(file)) => Stopped::Failed(format!("{}: {error}", file.path.display())),
        (error, None) => Stopped::Failed(error.to_string()),
    }
}

/// How far off arrivals are.
pub struct EtaScoresStage;

/// What estimators are scored on.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EtaScoresParams {
    /// Into how many parts voyages are put, and how each is learned.
    pub params: EtaParams,
    /// A file of other voyages for each way; none to score by parts.
    pub test: Vec<FileRef>,
}

impl Params for EtaScoresParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.params.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.params.faults()
    }
}

/// The scores of one way.
#[derive(Clone, Debug, PartialEq)]
pub struct EtaWayScores {
    /// The file scored on, without its folder.
    pub name: String,
    /// How far off arrivals are.
    pub scores: EtaScores,
    /// By parts alone: the same with voyages together that the file has under several numbers.
    pub together: Option<EtaScores>,
}

/// How far off arrivals are, way by way.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct EtaScoresOf {
    /// One a way.
    pub ways: Vec<EtaWayScores>,
    /// Into how many parts voyages were put; none where others were held out in files.
    pub folds: Option<usize>,
}

impl EtaScoresOf {
    /// The mean over all reports of a figure of each way.
    pub fn mean(&self, figure: impl Fn(&EtaScores) -> f64) -> f64 {
        let n: usize = self.ways.iter().map(|way| way.scores.n).sum();
        let sum: f64 = self.ways.iter().map(|way| way.scores.n as f64 * figure(&way.scores)).sum();
        sum / n as f64
    }
}

impl Stage for EtaScoresStage {
    const NAME: &'static str = "eta-scores/1";
    const TITLE: &'static str = "Arrival scores";
    const NEEDS: &'static [&'static str] = &["eta-fit"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 4;

    type Params = EtaScoresParams;
    type Input = Arc<EtaFitOf>;
    type Output = EtaScoresOf;

    fn run(
        params: &Checked<EtaScoresParams>,
        fit: &Arc<EtaFitOf>,
        job: &Job,
    ) -> Result<EtaScoresOf, Stopped> {
        let (n_test, n_ways) = (params.test.len(), fit.ways.len());
        let failed = |text: String| Err(Stopped::Failed(text));
        let mut all = EtaScoresOf::default();
        if n_test > 0 {
            if n_test != n_ways {
                return failed(format!(
                    "eta.test names {n_test} files and there are {n_ways} ways; name one for each, \
                     in the same order"
                ));
            }
            for (file, way) in params.test.iter().zip(&fit.ways) {
                let (sailings, _) = read(file, job)?;
                let scores =
                    way.model.score(&sailings, job).map_err(|error| stopped(error, Some(file)))?;
                all.ways.push(EtaWayScores { name: file.name(), scores, together: None });
                job.show(all.clone());
            }
            return Ok(all);
        }
        let checked =
            Checked::new(&params.params).map_err(|faults| Stopped::Failed(faults.join("; ")))?;
        all.folds = Some(params.params.folds);
        for way in &fit.ways {
            let Some(sailings) = &way.sailings else {
                return failed(
                    "an estimator from a file is scored on other voyages: name a file by eta.test"
                        .into(),
                );
            };
            let score = |together: bool| {
                cross_validate(sailings, &checked, together, job)
                    .map_err(|error| stopped(error, None))
            };
            let name = way.name.clone();
            all.ways.push(EtaWayScores { name, scores: score(false)?, together: None });
            job.show(all.clone());
            let together = score(true)?;
            if let Some(last) = all.ways.last_mut() {
                last.together = Some(together);
            }
            job.show(all.clone());
        }
        Ok(all)
    }

    fn figures(output: &EtaScoresOf) -> Map<String, Value> {
        let n: usize = output.ways.iter().map(|way| way.scores.n).sum();
        let mut figures = Map::new();
        figures.insert("mae_min".into(), output.mean(|scores| scores.mae_min).into());
        let square = output.mean(|scores| scores.rmse_min * scores.rmse_min);
        figures.insert("rmse_min".into(), square.sqrt().into());
        figures.insert("n".into(), n.into());
        let naive = output.mean(|scores| scores.naive_mae_min);
        figures.insert("naive_mae_min".into(), naive.into());
        let by = output.folds.map_or("other files".to_owned(), |folds| format!("{folds} parts"));
        figures.insert("scored_by".into(), by.into());
        let way = |way: &EtaWayScores| {
            let mut figures = json!(way.scores);
            figures["name"] = way.name.clone().into();
            if let Some(together) = &way.together {
                figures["twins_together"] = json!(together);
            }
            figures
        };
        if let [only] = output.ways.as_slice()
            && let Value::Object(scores) = way(only)
        {
            // One way alone needs no table.
            figures.extend(scores);
        } else {
            figures.insert("ways".into(), output.ways.iter().map(way).collect());
        }
        figures
    }

    /// `eta-scores.csv`: a row a way, with twins apart and together, and a row a quarter.
    fn export(output: &EtaScoresOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("eta-scores.csv");
        let rows = output.ways.iter().flat_map(|way| {
            let cases = [("apart", Some(&way.scores)), ("together", way.together.as_ref())];
            cases.into_iter().filter_map(|(twins, scores)| Some((twins, scores?))).flat_map(
                |(twins, scores)| {
                    let name = export::quoted(&way.name);
                    let whole = format!(
                        "{name},{twins},all,,,{},{:.3},{:.3},{:.3},{:.4}",
                        scores.n,
                        scores.mae_min,
                        scores.rmse_min,
                        scores.naive_mae_min,
                        scores.covered,
                    );
                    let quarters = scores.quarters.iter().zip(1..).map(move |(quarter, at)| {
                        format!(
                            "{name},{twins},{at},{:.1},{:.1},{},{:.3},,{:.3},",
                            quarter.from_min,
                            quarter.to_min,
                            quarter.n,
                            quarter.mae_min,
                            quarter.naive_mae_min,
                        )
                    });
                    std::iter::once(whole).chain(quarters).collect::<Vec<_>>()
                },
            )
        });
        let head = "way,twins,quarter,from_min,to_min,n,mae_min,rmse_min,naive_mae_min,covered";
        export::lines(&path, head, rows).map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
