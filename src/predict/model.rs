//! One method, fitted for each time ahead: what is saved, loaded and asked where a ship will be.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::dataset::{Dataset, Sample};
use super::features::Inputs;
use super::network::{Look, Network, Told};
use super::params::{Method, PredictParams};
use super::spread::{Ellipse, Spread};
use super::waters::Waters;
use super::window::{FARTHEST_MIN, WindowParams};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;

mod fitted;

pub use self::fitted::Fitted;
use self::fitted::dead_reckoning_m;

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
    /// Ellipses that hold 50 and 90 % of the truths; none outside the waters that the model knows.
    pub ellipses: Option<[Ellipse; 2]>,
}

/// A method fitted for each time ahead.
///
/// A model is asked where it was not taught too: of ships in other waters. There methods that know
/// places leave the answer to dead reckoning, and nobody says how sure it is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Read")]
pub struct Model {
    /// The method.
    pub method: Method,
    /// What it learns from.
    pub inputs: Inputs,
    /// How windows are made.
    pub window: WindowParams,
    /// Where it learned.
    pub waters: Waters,
    /// Each time ahead, rising.
    pub ahead: Vec<Ahead>,
    /// What tells all times ahead, where the method is a network.
    pub network: Option<Network>,
}

/// What a file holds, before it was looked at.
#[derive(Deserialize)]
struct Read {
    method: Method,
    inputs: Inputs,
    window: WindowParams,
    waters: Waters,
    ahead: Vec<Ahead>,
    network: Option<Network>,
}

impl TryFrom<Read> for Model {
    type Error = String;

    fn try_from(read: Read) -> Result<Model, String> {
        let Read { method, inputs, window, waters, ahead, network } = read;
        if let Err(faults) = Checked::new(&window) {
            return Err(format!("its windows cannot be: {}", faults.join("; ")));
        }
        let mut before = 0.0;
        for Ahead { minutes, fitted, .. } in &ahead {
            if !(before < *minutes && *minutes <= FARTHEST_MIN) {
                return Err(format!("{minutes} min is no time ahead after {before}"));
            }
            before = *minutes;
            if let Some(fault) = fitted.fault(method, inputs, &window, minutes * 60.0) {
                return Err(format!("the {} model for {minutes} min {fault}", method.name()));
            }
        }
        let is_sound = match &network {
            Some(network) => {
                network.method() == method
                    && network.is_of(inputs)
                    && ahead.iter().all(|own| network.horizons_min().contains(&own.minutes))
            }
            None => !method.is_network() || ahead.is_empty(),
        };
        if !is_sound {
            return Err(format!("the {} model holds another network", method.name()));
        }
        Ok(Model { method, inputs, window, waters, ahead, network })
    }
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
        Model::fit_looked_at(method, data, which, params, &Look::default(), job)
    }

    /// [`Model::fit`], with `look` on the training of networks.
    pub fn fit_looked_at(
        method: Method,
        data: &Dataset,
        which: &[usize],
        params: &PredictParams,
        look: &Look,
        job: &Job,
    ) -> Result<Model, Stopped> {
        let waters = Waters::of(which.iter().map(|i| data.samples[*i].frame.origin()));
        let window = params.window.clone();
        let inputs = params.inputs();
        if method.is_network() {
            let (network, ahead) = trained(method, data, which, params, look, job)?;
            return Ok(Model { method, inputs, window, waters, ahead, network });
        }
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
        Ok(Model { method, inputs, window, waters, ahead, network: None })
    }

    /// Where the ship of `sample` will be, at each time ahead.
    pub fn forecast(&self, sample: &Sample) -> Vec<Forecast> {
        let is_known = self.waters.knows(sample.frame.origin());
        let asked = self.network.as_ref().filter(|network| is_known || !network.knows_places());
        let of_network = asked.map(|network| (network.horizons_min(), network.tell(sample)));
        let tell = |ahead: &Ahead| {
            let horizon_s = ahead.minutes * 60.0;
            let told: Option<Told> = of_network.as_ref().and_then(|(horizons_min, told)| {
                let at = horizons_min.iter().position(|minutes| *minutes == ahead.minutes)?;
                told.get(at).copied().filter(|told| told.local_m.iter().all(|m| m.is_finite()))
            });
            let local_m = match told {
                Some(told) => told.local_m,
                None if is_known || !ahead.fitted.knows_places() => {
                    ahead.fitted.predict(sample, horizon_s)
                }
                None => dead_reckoning_m(sample, horizon_s),
            };
            let spread = ahead.spread.as_ref().map(|spread| spread.ellipses(sample));
            Forecast {
                minutes: ahead.minutes,
                position: sample.frame.position(local_m),
                local_m,
                ellipses: told.and_then(|told| told.ellipses).or(spread).filter(|_| is_known),
            }
        };
        self.ahead.iter().map(tell).collect()
    }
}

/// Fewer windows than this teach nothing.
pub const FEWEST_WINDOWS: usize = 20;

/// Most windows whose errors make ellipses.
const MOST_ERRORS: usize = 4000;

/// The network of a method, with the times ahead that enough windows know, and the ellipses that it
/// does not give itself.
fn trained(
    method: Method,
    data: &Dataset,
    which: &[usize],
    params: &PredictParams,
    look: &Look,
    job: &Job,
) -> Result<(Option<Network>, Vec<Ahead>), Stopped> {
    let n_known =
        |horizon: usize| which.iter().filter(|i| data.truths[**i][horizon].is_some()).count();
    let known: Vec<usize> =
        (0..data.horizons_min.len()).filter(|h| n_known(*h) >= FEWEST_WINDOWS).collect();
    if known.is_empty() {
        return Ok((None, Vec::new()));
    }
    let network = Network::fit(method, data, which, params, look, job)?;
    let mut ahead: Vec<Ahead> = known
        .iter()
        .map(|horizon| {
            let minutes = data.horizons_min[*horizon];
            Ahead { minutes, fitted: Fitted::Network, spread: None }
        })
        .collect();
    if method == Method::Gru {
        return Ok((network, ahead)); // Its ellipses are its own.
    }
    // As with other regressors: each half of the ships is told by what the other half taught.
    let half = |i: usize| data.ships[i] % 2;
    let mut errors: Vec<Vec<(usize, [f64; 2])>> = vec![Vec::new(); known.len()];
    for side in [0, 1] {
        let learned: Vec<usize> = which.iter().copied().filter(|i| half(*i) != side).collect();
        if learned.len() < FEWEST_WINDOWS {
            continue;
        }
        let Some(other) = Network::fit(method, data, &learned, params, &Look::default(), job)?
        else {
            continue;
        };
        let asked: Vec<usize> = which.iter().copied().filter(|i| half(*i) == side).collect();
        for &i in asked.iter().step_by(which.len().div_ceil(MOST_ERRORS)) {
            job.go_on()?;
            let told = other.tell(&data.samples[i]);
            for (horizon, errors) in known.iter().zip(&mut errors) {
                if let (Some(told), Some(truth)) = (told.get(*horizon), data.target_m(i, *horizon))
                {
                    errors.push((i, [truth[0] - told.local_m[0], truth[1] - told.local_m[1]]));
                }
            }
        }
    }
    for (ahead, errors) in ahead.iter_mut().zip(errors) {
        let samples: Vec<&Sample> = errors.iter().map(|(i, _)| &data.samples[*i]).collect();
        let errors: Vec<[f64; 2]> = errors.iter().map(|(_, error)| *error).collect();
        ahead.spread = Spread::of(&samples, &errors, ahead.minutes * 60.0);
    }
    Ok((network, ahead))
}

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
                let told = fitted.predict(sample, horizon_s);
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
