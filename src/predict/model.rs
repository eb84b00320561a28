//! One method, fitted for each time ahead: what is saved, loaded and asked where a ship will be.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::dataset::{Dataset, Sample, kept_features};
use super::elm::Elm;
use super::ensemble::Ensemble;
use super::features::{Inputs, feature_names};
use super::gmm::Gmm;
use super::gpr::Gpr;
use super::kernel::LsSvm;
use super::params::{Method, PredictParams};
use super::spread::{Ellipse, Spread};
use super::window::WindowParams;
use crate::base::geo::{Position, wrap_lon_deg};
use crate::base::job::{Job, Stopped};
use crate::base::rows::Rows;
use crate::base::scaler::{NotFinite, Scaler};

/// A regressor with the scalers of what it takes and gives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scaled<M> {
    x: Scaler,
    y: Scaler,
    model: M,
}

/// What tells where a ship will be at one time ahead.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fitted {
    /// Along the line through the last three reports.
    Linear,
    /// With the last speed on the last course.
    SogCog,
    /// Degrees to degrees.
    Elm(Box<Scaled<Elm>>),
    /// Features to meters ahead and to port.
    LsSvm(Box<Scaled<LsSvm>>),
    /// The same.
    Gmm(Box<Scaled<Gmm>>),
    /// The same.
    Gpr(Box<Scaled<Gpr>>),
    /// The paper's, improved.
    Ensemble(Box<Ensemble>),
}

/// A regressor that gives two numbers for a row.
pub trait Regressor {
    /// Writes the answer for `x` into `out`.
    fn predict(&self, x: &[f64], out: &mut [f64]);
}

macro_rules! regressors {
    ($($model:ty),*) => {$(
        impl Regressor for $model {
            fn predict(&self, x: &[f64], out: &mut [f64]) {
                <$model>::predict(self, x, out);
            }
        }
    )*};
}
regressors!(Elm, LsSvm, Gmm, Gpr);

impl<M: Regressor> Scaled<M> {
    /// The answer for `x`, in the targets' own units; none if a number is not finite.
    fn answer(&self, mut x: Vec<f64>) -> Option<[f64; 2]> {
        if x.len() != self.x.names().len() || self.x.apply(&mut x).is_err() {
            return None;
        }
        let mut out = [0.0; 2];
        self.model.predict(&x, &mut out);
        self.y.undo(&mut out);
        out.iter().all(|x| x.is_finite()).then_some(out)
    }
}

/// Fits with scaled rows.
fn scaled<M>(
    names: &[String],
    targets: [&str; 2],
    x: &Rows,
    y: &Rows,
    fit: impl FnOnce(&Rows, &Rows) -> Result<M, Stopped>,
) -> Result<Scaled<M>, Stopped> {
    let fault = |fault: NotFinite| Stopped::Failed(fault.to_string());
    let x_scaler = Scaler::of(names, x).map_err(fault)?;
    let y_scaler = Scaler::of(&targets.map(String::from), y).map_err(fault)?;
    let (x, y) = (x_scaler.applied(x).map_err(fault)?, y_scaler.applied(y).map_err(fault)?);
    Ok(Scaled { model: fit(&x, &y)?, x: x_scaler, y: y_scaler })
}

impl Fitted {
    /// Learns time ahead `horizon` from samples `which` of `data`, all of which know it.
    pub fn fit(
        method: Method,
        data: &Dataset,
        which: &[usize],
        horizon: usize,
        params: &PredictParams,
        job: &Job,
    ) -> Result<Fitted, Stopped> {
        let inputs = params.inputs();
        let names = feature_names(inputs);
        let local = || {
            let mut y = Rows::new(2);
            which.iter().for_each(|i| y.push(&data.target_m(*i, horizon).unwrap_or_default()));
            (data.rows(which, inputs), y)
        };
        let axes = ["ahead (m)", "port (m)"];
        Ok(match method {
            Method::Linear => Fitted::Linear,
            Method::SogCog => Fitted::SogCog,
            Method::Elm => {
                let width = data.samples.first().map_or(1, |sample| sample.raw.len());
                let (mut x, mut y) = (Rows::new(width), Rows::new(2));
                for &i in which {
                    x.push(&data.samples[i].raw);
                    let truth = data.truths[i][horizon].unwrap_or(Position::new(0.0, 0.0));
                    y.push(&[truth.lon_deg, truth.lat_deg]);
                }
                let names: Vec<String> = (0..width).map(|i| format!("raw {i}")).collect();
                let fit = |x: &Rows, y: &Rows| Elm::fit(x, y, None, &params.elm, job);
                let targets = ["longitude (degrees)", "latitude (degrees)"];
                Fitted::Elm(Box::new(scaled(&names, targets, &x, &y, fit)?))
            }
            Method::LsSvm => {
                let (x, y) = local();
                let fit = |x: &Rows, y: &Rows| LsSvm::fit(x, y, &params.svm, job);
                Fitted::LsSvm(Box::new(scaled(&names, axes, &x, &y, fit)?))
            }
            Method::Gmm => {
                let (x, y) = local();
                let fit = |x: &Rows, y: &Rows| Gmm::fit(x, y, &params.gmm, job);
                Fitted::Gmm(Box::new(scaled(&names, axes, &x, &y, fit)?))
            }
            Method::Gpr => {
                let (x, y) = local();
                let fit = |x: &Rows, y: &Rows| Gpr::fit(x, y, &params.gpr, job);
                Fitted::Gpr(Box::new(scaled(&names, axes, &x, &y, fit)?))
            }
            Method::Ensemble => Fitted::Ensemble(Box::new(Ensemble::fit(
                data,
                which,
                horizon,
                inputs,
                &params.ensemble,
                job,
            )?)),
        })
    }

    /// Where the ship of `sample` will be `horizon_s` later, meters ahead and to port. A model that
    /// knows no answer leaves it to dead reckoning.
    pub fn predict(&self, sample: &Sample, horizon_s: f64, inputs: Inputs) -> [f64; 2] {
        let features = || kept_features(inputs).iter().map(|at| sample.features[*at]).collect();
        let answer = match self {
            Fitted::Linear => Some(sample.line_mps.map(|mps| mps * horizon_s)),
            Fitted::SogCog => None,
            Fitted::Elm(elm) => elm.answer(sample.raw.clone()).map(|[lon_deg, lat_deg]| {
                let lat_deg = lat_deg.clamp(-90.0, 90.0);
                sample.frame.local_m(Position::new(wrap_lon_deg(lon_deg), lat_deg))
            }),
            Fitted::LsSvm(svm) => svm.answer(features()),
            Fitted::Gmm(gmm) => gmm.answer(features()),
            Fitted::Gpr(gpr) => gpr.answer(features()),
            Fitted::Ensemble(ensemble) => Some(ensemble.predict(sample)),
        };
        answer.filter(|m| m.iter().all(|m| m.is_finite())).unwrap_or_else(|| {
            let [speed_mps, course_deg] = sample.last;
            let (sine, cosine) = course_deg.to_radians().sin_cos();
            [speed_mps * horizon_s * cosine, -speed_mps * horizon_s * sine]
        })
    }
}

/// One time ahead of a model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ahead {
    /// Minutes ahead.
    pub minutes: f64,
    /// What tells the place.
    pub fitted: Fitted,
    /// What tells how sure it is; none where too little was known.
    pub spread: Option<Spread>,
}

/// A predicted place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Forecast {
    /// Minutes ahead.
    pub minutes: f64,
    /// Where the ship will be.
    pub position: Position,
    /// Meters ahead and to port of where it is.
    pub local_m: [f64; 2],
    /// Ellipses that hold 50 and 90 % of the truths.
    pub ellipses: Option<[Ellipse; 2]>,
}

/// A method fitted for each time ahead.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Model {
    /// The method.
    pub method: Method,
    /// What it learns from.
    pub inputs: Inputs,
    /// How windows are made.
    pub window: WindowParams,
    /// Each time ahead, rising.
    pub ahead: Vec<Ahead>,
}

impl Model {
    /// Fits `method` to the windows `which` of `data`, at each time ahead to those that know it.
    /// Times ahead that fewer than [`FEWEST_WINDOWS`] windows know are left out.
    pub fn fit(
        method: Method,
        data: &Dataset,
        which: &[usize],
        params: &PredictParams,
        job: &Job,
    ) -> Result<Model, Stopped> {
        let mut ahead = Vec::new();
        for (horizon, minutes) in data.horizons_min.iter().enumerate() {
            let known: Vec<usize> =
                which.iter().copied().filter(|i| data.truths[*i][horizon].is_some()).collect();
            if known.len() < FEWEST_WINDOWS {
                continue;
            }
            let fitted = Fitted::fit(method, data, &known, horizon, params, job)?;
            let spread = spread(&fitted, method, data, &known, horizon, params, job)?;
            ahead.push(Ahead { minutes: *minutes, fitted, spread });
        }
        let window = params.window.clone();
        Ok(Model { method, inputs: params.inputs(), window, ahead })
    }

    /// Where the ship of `sample` will be, at each time ahead.
    pub fn forecast(&self, sample: &Sample) -> Vec<Forecast> {
        let tell = |ahead: &Ahead| {
            let local_m = ahead.fitted.predict(sample, ahead.minutes * 60.0, self.inputs);
            Forecast {
                minutes: ahead.minutes,
                position: sample.frame.position(local_m),
                local_m,
                ellipses: ahead.spread.as_ref().map(|spread| spread.ellipses(sample)),
            }
        };
        self.ahead.iter().map(tell).collect()
    }
}

/// Fewer windows than this teach nothing.
pub const FEWEST_WINDOWS: usize = 20;

/// Most windows whose errors make ellipses.
const MOST_ERRORS: usize = 4000;

/// How far off the method is for ships that it does not know: fitted to one half of the ships, asked
/// for the other, and the other way round. An ensemble's neighbors are never of the ship itself,
/// and what its models learn from one ship of many hardly shows: it is asked as it is. Dead
/// reckoning learns nothing at all.
fn spread(
    fitted: &Fitted,
    method: Method,
    data: &Dataset,
    known: &[usize],
    horizon: usize,
    params: &PredictParams,
    job: &Job,
) -> Result<Option<Spread>, Stopped> {
    let horizon_s = data.horizons_min[horizon] * 60.0;
    let knows_ships = !matches!(method, Method::Linear | Method::SogCog | Method::Ensemble);
    let stride = known.len().div_ceil(MOST_ERRORS);
    let half = |i: usize| data.ships[i] % 2;
    let (mut asked, mut errors) = (Vec::new(), Vec::new());
    for side in [0, 1] {
        let other = if knows_ships {
            let learned: Vec<usize> = known.iter().copied().filter(|i| half(*i) != side).collect();
            if learned.len() < FEWEST_WINDOWS {
                continue;
            }
            Some(Fitted::fit(method, data, &learned, horizon, params, job)?)
        } else {
            None
        };
        let fitted = other.as_ref().unwrap_or(fitted);
        let told: Vec<usize> =
            known.iter().copied().filter(|i| half(*i) == side).step_by(stride).collect();
        let of_side: Vec<(&Sample, [f64; 2])> = told
            .par_iter()
            .with_min_len(64)
            .map(|&i| {
                job.go_on()?;
                let sample = &data.samples[i];
                let told = fitted.predict(sample, horizon_s, params.inputs());
                let truth = data.target_m(i, horizon).unwrap_or(told);
                Ok((sample, [truth[0] - told[0], truth[1] - told[1]]))
            })
            .collect::<Result<_, Stopped>>()?;
        for (sample, error) in of_side {
            asked.push(sample);
            errors.push(error);
        }
    }
    Ok(Spread::of(&asked, &errors, horizon_s))
}
