//! What is fitted for one time ahead: a method of motion, or a regressor between scalers.

use serde::{Deserialize, Serialize};

use crate::base::geo::{Position, wrap_lon_deg};
use crate::base::job::{Job, Stopped};
use crate::base::rows::Rows;
use crate::base::scaler::{NotFinite, Scaler};
use crate::predict::dataset::{Dataset, Sample};
use crate::predict::elm::Elm;
use crate::predict::ensemble::Ensemble;
use crate::predict::features::{Inputs, RAW_WIDTH};
use crate::predict::gmm::Gmm;
use crate::predict::gpr::Gpr;
use crate::predict::intake::Intake;
use crate::predict::kernel::LsSvm;
use crate::predict::params::{Method, PredictParams};
use crate::predict::window::WindowParams;

/// A regressor with the scalers of what it takes and gives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scaled<M> {
    intake: Intake,
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
    /// The model's network tells it, with all other times ahead.
    Network,
}

/// A regressor that gives two numbers for a row.
pub trait Regressor {
    /// Writes the answer for `x` into `out`.
    fn predict(&self, x: &[f64], out: &mut [f64]);

    /// How many numbers it takes and how many it gives.
    fn widths(&self) -> [usize; 2];
}

macro_rules! regressors {
    ($($model:ty),*) => {$(
        impl Regressor for $model {
            fn predict(&self, x: &[f64], out: &mut [f64]) {
                <$model>::predict(self, x, out);
            }

            fn widths(&self) -> [usize; 2] {
                [self.n_features(), self.n_targets()]
            }
        }
    )*};
}
regressors!(Elm, LsSvm, Gmm, Gpr);

impl<M: Regressor> Scaled<M> {
    /// The answer for `sample`, in the targets' own units; none if a number is not finite.
    fn answer(&self, sample: &Sample) -> Option<[f64; 2]> {
        let mut x = self.intake.row(sample);
        if x.len() != self.x.names().len() || self.x.apply(&mut x).is_err() {
            return None;
        }
        let mut out = [0.0; 2];
        self.model.predict(&x, &mut out);
        self.y.undo(&mut out);
        out.iter().all(|x| x.is_finite()).then_some(out)
    }

    /// Whether scalers and model take what is taken of a window, and give two numbers.
    fn fits(&self) -> bool {
        let scaled = [self.x.names().len(), self.y.names().len()];
        let wanted = [self.intake.width(), 2];
        [scaled, self.model.widths()].iter().all(|widths| *widths == wanted)
    }

    /// Whether it is of features `own`.
    fn is_of(&self, own: Inputs) -> bool {
        let is_of = matches!(&self.intake, Intake::Features { inputs, .. } if *inputs == own);
        is_of && self.fits()
    }
}

/// Fits with scaled rows.
fn scaled<M>(
    intake: Intake,
    targets: [&str; 2],
    x: &Rows,
    y: &Rows,
    fit: impl FnOnce(&Rows, &Rows) -> Result<M, Stopped>,
) -> Result<Scaled<M>, Stopped> {
    let fault = |fault: NotFinite| Stopped::Failed(fault.to_string());
    let x_scaler = Scaler::of(&intake.names(), x).map_err(fault)?;
    let y_scaler = Scaler::of(&targets.map(String::from), y).map_err(fault)?;
    let (x, y) = (x_scaler.applied(x).map_err(fault)?, y_scaler.applied(y).map_err(fault)?);
    Ok(Scaled { intake, model: fit(&x, &y)?, x: x_scaler, y: y_scaler })
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
        let local = || {
            let intake = Intake::of(data, which, params.inputs());
            let mut y = Rows::new(2);
            which.iter().for_each(|i| y.push(&data.target_m(*i, horizon).unwrap_or_default()));
            let x = intake.rows(data, which);
            (intake, x, y)
        };
        let axes = ["ahead (m)", "port (m)"];
        Ok(match method {
            Method::Linear => Fitted::Linear,
            Method::SogCog => Fitted::SogCog,
            Method::Elm => {
                let width = data.samples.first().map_or(1, |sample| sample.raw.len());
                let intake = Intake::Raw(width);
                let x = intake.rows(data, which);
                let mut y = Rows::new(2);
                for &i in which {
                    let truth = data.truths[i][horizon].unwrap_or(Position::new(0.0, 0.0));
                    y.push(&[truth.lon_deg, truth.lat_deg]);
                }
                let fit = |x: &Rows, y: &Rows| Elm::fit(x, y, None, &params.elm, job);
                let targets = ["longitude (degrees)", "latitude (degrees)"];
                Fitted::Elm(Box::new(scaled(intake, targets, &x, &y, fit)?))
            }
            Method::LsSvm => {
                let (intake, x, y) = local();
                let fit = |x: &Rows, y: &Rows| LsSvm::fit(x, y, &params.svm, job);
                Fitted::LsSvm(Box::new(scaled(intake, axes, &x, &y, fit)?))
            }
            Method::Gmm => {
                let (intake, x, y) = local();
                let fit = |x: &Rows, y: &Rows| Gmm::fit(x, y, &params.gmm, job);
                Fitted::Gmm(Box::new(scaled(intake, axes, &x, &y, fit)?))
            }
            Method::Gpr => {
                let (intake, x, y) = local();
                let fit = |x: &Rows, y: &Rows| Gpr::fit(x, y, &params.gpr, job);
                Fitted::Gpr(Box::new(scaled(intake, axes, &x, &y, fit)?))
            }
            Method::Ensemble => Fitted::Ensemble(Box::new(Ensemble::fit(
                data,
                which,
                horizon,
                params.inputs(),
                &params.ensemble,
                job,
            )?)),
            Method::Mlp | Method::Gru => Fitted::Network,
        })
    }

    /// Whether what was learned holds in the waters it was learned in alone.
    pub(super) fn knows_places(&self) -> bool {
        match self {
            Fitted::Linear | Fitted::SogCog | Fitted::Network => false,
            Fitted::Elm(elm) => elm.intake.knows_places(),
            Fitted::LsSvm(svm) => svm.intake.knows_places(),
            Fitted::Gmm(gmm) => gmm.intake.knows_places(),
            Fitted::Gpr(gpr) => gpr.intake.knows_places(),
            Fitted::Ensemble(_) => true,
        }
    }

    /// What contradicts that this is `method` with such inputs, told so far ahead.
    pub(super) fn fault(
        &self,
        method: Method,
        inputs: Inputs,
        window: &WindowParams,
        s: f64,
    ) -> Option<&str> {
        let raw = RAW_WIDTH * window.n_reports;
        let is_raw = |intake: &Intake| matches!(intake, Intake::Raw(width) if *width == raw);
        let (own, fits) = match self {
            Fitted::Linear => (Method::Linear, true),
            Fitted::SogCog => (Method::SogCog, true),
            Fitted::Elm(elm) => (Method::Elm, is_raw(&elm.intake) && elm.fits()),
            Fitted::LsSvm(svm) => (Method::LsSvm, svm.is_of(inputs)),
            Fitted::Gmm(gmm) => (Method::Gmm, gmm.is_of(inputs)),
            Fitted::Gpr(gpr) => (Method::Gpr, gpr.is_of(inputs)),
            Fitted::Ensemble(ensemble) => (Method::Ensemble, ensemble.is_of(inputs, s)),
            Fitted::Network if method.is_network() => (method, true),
            Fitted::Network => return Some("holds another method"),
        };
        match (own == method, fits) {
            (false, _) => Some("holds another method"),
            (true, false) => Some("takes other inputs"),
            (true, true) => None,
        }
    }

    /// Where the ship of `sample` will be `horizon_s` later, meters ahead and to port. A model that
    /// knows no answer leaves it to dead reckoning.
    pub fn predict(&self, sample: &Sample, horizon_s: f64) -> [f64; 2] {
        let answer = match self {
            Fitted::Linear => Some(sample.line_mps.map(|mps| mps * horizon_s)),
            Fitted::SogCog | Fitted::Network => None,
            Fitted::Elm(elm) => elm.answer(sample).map(|[lon_deg, lat_deg]| {
                let lat_deg = lat_deg.clamp(-90.0, 90.0);
                sample.frame.local_m(Position::new(wrap_lon_deg(lon_deg), lat_deg))
            }),
            Fitted::LsSvm(svm) => svm.answer(sample),
            Fitted::Gmm(gmm) => gmm.answer(sample),
            Fitted::Gpr(gpr) => gpr.answer(sample),
            Fitted::Ensemble(ensemble) => Some(ensemble.predict(sample)),
        };
        answer
            .filter(|m| m.iter().all(|m| m.is_finite()))
            .unwrap_or_else(|| dead_reckoning_m(sample, horizon_s))
    }
}

/// Where the last speed on the last course leads, meters ahead and to port.
pub(super) fn dead_reckoning_m(sample: &Sample, horizon_s: f64) -> [f64; 2] {
    let [speed_mps, course_deg] = sample.last;
    let (sine, cosine) = course_deg.to_radians().sin_cos();
    [speed_mps * horizon_s * cosine, -speed_mps * horizon_s * sine]
}
