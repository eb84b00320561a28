//! Models fitted to all windows, or read from a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::WindowsOf;
use super::windows::finite;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Form, Params};
use crate::base::time::iso_text;
use crate::flow::predicting::PredictSettings;
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::deep::curves_figures;
use crate::io::{FileRef, model_file};
use crate::learn::Curves;
use crate::predict::model::{FEWEST_WINDOWS, Model};
use crate::predict::network::Look;
use crate::predict::params::Method;
use crate::predict::score::no_windows;
use crate::predict::tune::{Tried, tune};

/// Fits methods to all windows, or loads what was fitted.
pub struct FitStage;

/// The kind of our model files, and the version that this program writes and reads.
const KIND: &str = "path";
const VERSION: u32 = 3;

/// What is fitted, or which file is read.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FitParams {
    /// How methods are fitted.
    pub settings: PredictSettings,
    /// The file that is read in place of fitting.
    pub file: Option<FileRef>,
}

impl FitParams {
    /// What `settings` ask for, with the file that they name.
    pub fn of(settings: &PredictSettings, file: Option<FileRef>) -> FitParams {
        // What a file holds does not depend on how others would be fitted.
        let is_fitted = file.is_none();
        let settings = if is_fitted { settings.clone() } else { PredictSettings::default() };
        FitParams { settings, file }
    }
}

impl Params for FitParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.settings.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.settings.faults()
    }
}

/// Where models come from and how good they were told to be.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Card {
    /// The program's version that fitted them.
    pub program: String,
    /// Windows they learned from.
    pub windows: usize,
    /// Ships.
    pub ships: usize,
    /// First and last time of the windows, UTC.
    pub time_span: [String; 2],
    /// Bounds of the windows: west, south, east, north, degrees.
    pub bbox: Option<[f64; 4]>,
    /// Settings that the search chose, by method.
    pub chosen: BTreeMap<String, String>,
}

/// How the networks of a method are trained, as far as they are.
#[derive(Clone, Debug)]
pub struct Training {
    /// The method.
    pub method: Method,
    /// The curves, one a network.
    pub curves: Vec<Curves>,
}

/// Fitted models.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ModelsOf {
    /// Where they come from.
    pub card: Card,
    /// One a method.
    pub models: Vec<Model>,
    /// Settings that were tried; not in files.
    #[serde(skip)]
    pub search: Vec<Tried>,
    /// How networks were trained, by method; not in files.
    #[serde(skip)]
    pub trainings: Vec<Training>,
    /// The file they were read from.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

impl Stage for FitStage {
    const NAME: &'static str = "predict-fit/3";
    const TITLE: &'static str = "Prediction models";
    const NEEDS: &'static [&'static str] = &["windows"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 3;

    type Params = FitParams;
    type Input = Arc<WindowsOf>;
    type Output = ModelsOf;

    fn run(
        params: &Checked<FitParams>,
        windows: &Arc<WindowsOf>,
        job: &Job,
    ) -> Result<ModelsOf, Stopped> {
        if let Some(file) = &params.file {
            let loaded = checked_models(&file.path).map_err(Stopped::Failed)?;
            return Ok(ModelsOf { file: Some(file.path.clone()), ..loaded });
        }
        let (data, settings) = (&windows.data, &params.settings);
        let methods = settings.methods().map_err(Stopped::Failed)?;
        let learned: Vec<usize> = (0..data.len()).filter(|i| !data.is_cut[*i]).collect();
        if learned.len() < FEWEST_WINDOWS {
            let why = if learned.is_empty() {
                no_windows(&settings.params)
            } else {
                format!(
                    "{} windows are too few to learn from: {FEWEST_WINDOWS} at least; lower \
                     predict.stride or predict.reports, or choose more trips",
                    learned.len()
                )
            };
            return Err(Stopped::Failed(why));
        }
        job.expect(methods.len());
        let times = learned.iter().map(|i| windows.t_ms(*i));
        let span = (times.clone().min().unwrap_or(0), times.max().unwrap_or(0));
        let places = learned.iter().map(|i| data.samples[*i].frame.origin());
        let bounds = crate::base::geo::Bounds::around(places);
        let mut all = ModelsOf {
            card: Card {
                program: env!("CARGO_PKG_VERSION").into(),
                windows: learned.len(),
                ships: data.n_ships(),
                time_span: [iso_text(span.0), iso_text(span.1)],
                bbox: bounds.map(|b| [b.west_deg, b.south_deg, b.east_deg, b.north_deg]),
                chosen: BTreeMap::new(),
            },
            models: Vec::new(),
            search: Vec::new(),
            trainings: Vec::new(),
            file: None,
        };
        for method in methods {
            let (params, tried) = if settings.searches {
                tune(method, data, &learned, &settings.params, &job.uncounted())?
            } else {
                (settings.params.clone(), Vec::new())
            };
            if let Some(chosen) = tried.iter().find(|tried| tried.is_chosen) {
                all.card.chosen.insert(method.name().into(), chosen.setting.clone());
            }
            all.search.extend(tried);
            let look = if method.is_network() { look(method, &all, job) } else { Look::default() };
            let uncounted = job.uncounted();
            let model = Model::fit_looked_at(method, data, &learned, &params, &look, &uncounted)?;
            all.models.push(model);
            let curves = look.curves();
            if !curves.is_empty() {
                all.trainings.push(Training { method, curves });
            }
            job.show(all.clone());
            job.step()?;
        }
        if all.models.iter().all(|model| model.ahead.is_empty()) {
            return Err(Stopped::Failed(
                "no horizon is known to enough windows: lower predict.horizons".into(),
            ));
        }
        Ok(all)
    }

    fn figures(output: &ModelsOf) -> Map<String, Value> {
        let models: Vec<Value> = output
            .models
            .iter()
            .map(|model| {
                let minutes: Vec<f64> = model.ahead.iter().map(|ahead| ahead.minutes).collect();
                json!({
                    "method": model.method.name(),
                    "inputs": model.inputs.name(),
                    "horizons_min": minutes,
                    "chosen": output.card.chosen.get(model.method.name()),
                })
            })
            .collect();
        let search: Vec<Value> = output.search.iter().map(tried_figures).collect();
        let mut figures = Map::new();
        figures.insert("windows".into(), output.card.windows.into());
        figures.insert("ships".into(), output.card.ships.into());
        figures.insert("time_span".into(), json!(output.card.time_span));
        figures.insert("models".into(), models.into());
        figures.insert("search".into(), search.into());
        if !output.trainings.is_empty() {
            let trainings: Map<String, Value> = output
                .trainings
                .iter()
                .map(|training| {
                    let curves: Value = training.curves.iter().map(curves_figures).collect();
                    (training.method.name().into(), curves)
                })
                .collect();
            figures.insert("trainings".into(), trainings.into());
        }
        if let Some(file) = &output.file {
            figures.insert("file".into(), file.display().to_string().into());
        }
        figures
    }

    /// `predict-fit.model`: for `--set predict.model=…` and the window.
    fn export(output: &ModelsOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("predict-fit.model");
        save_models(&path, output)?;
        Ok(vec![path])
    }
}

/// Writes models to a file, for `--set predict.model=…` and the window.
///
/// # Errors
///
/// Why it cannot be written, for the user.
pub fn save_models(path: &Path, models: &ModelsOf) -> Result<(), String> {
    model_file::save(path, KIND, VERSION, models).map_err(|error| error.to_string())
}

/// Reads the models in the file `path`, and checks kind, version and checksum.
///
/// # Errors
///
/// What is wrong with it, for the user.
pub fn checked_models(path: &Path) -> Result<ModelsOf, String> {
    model_file::load(path, KIND, VERSION).map_err(|error| error.to_string())
}

/// Looks on at the training of `method`'s networks: shows `so_far` with their curves as they come.
fn look(method: Method, so_far: &ModelsOf, job: &Job) -> Look {
    let (so_far, job) = (so_far.clone(), job.clone());
    Look::telling(move |curves| {
        let mut shown = so_far.clone();
        shown.trainings.push(Training { method, curves: curves.to_vec() });
        job.show(shown);
    })
}

/// A setting that was tried, for JSON.
pub(super) fn tried_figures(tried: &Tried) -> Value {
    json!({
        "method": tried.method.name(),
        "setting": tried.setting,
        "mean_nmi": finite(tried.mean_nmi),
        "is_chosen": tried.is_chosen,
    })
}
