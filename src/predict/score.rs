//! How far off methods are, on folds that do not leak: no ship is learned from and asked for.

use std::collections::BTreeMap;
use std::time::Instant;

use rayon::prelude::*;

use super::dataset::Dataset;
use super::features::Inputs;
use super::model::{FEWEST_WINDOWS, Model};
use super::params::{Method, PredictParams};
use super::tune::{Tried, tune};
use crate::base::geo::distance_m;
use crate::base::job::{Job, Stopped};
use crate::base::units::nmi_from_m;

/// A method at one time ahead.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// What it learned from.
    pub inputs: Inputs,
    /// Minutes ahead.
    pub horizon_min: f64,
    /// Windows that were predicted.
    pub n: usize,
    /// Great-circle errors, nautical miles: mean, standard deviation, median, 90th percentile.
    pub mean_nmi: f64,
    /// See above.
    pub sd_nmi: f64,
    /// See above.
    pub median_nmi: f64,
    /// See above.
    pub p90_nmi: f64,
    /// Mean of the absolute error ahead, along the course at the last report, nautical miles.
    pub along_nmi: f64,
    /// Mean of the absolute error across it, nautical miles.
    pub cross_nmi: f64,
    /// Seconds to fit all folds, a share of those for all times ahead. Without the search.
    pub fit_s: f64,
    /// Microseconds for one prediction with its ellipses, on one core.
    pub predict_us: f64,
    /// The shares of truths within the ellipses of 50 and 90 %; none where there was no ellipse.
    pub coverage: Option<[f64; 2]>,
}

/// A prediction that was far off.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Miss {
    /// The method.
    pub method: Method,
    /// The window, as its place in the data.
    pub sample: usize,
    /// Minutes ahead.
    pub horizon_min: f64,
    /// Great-circle error, nautical miles.
    pub error_nmi: f64,
}

/// Scores of methods.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scores {
    /// By method, then time ahead.
    pub rows: Vec<Row>,
    /// Every method with less or more to learn from, where that was asked for.
    pub by_inputs: Vec<Row>,
    /// Settings that were tried: mean error over all outer folds, and in how many it was chosen.
    pub search: Vec<(Tried, usize)>,
    /// The worst predictions of each method and time ahead, worst first.
    pub worst: Vec<Miss>,
    /// Folds that were used.
    pub n_folds: usize,
    /// Ships.
    pub n_ships: usize,
}

/// Worst predictions that are kept of each method and time ahead.
const WORST: usize = 20;

/// How the scores are taken.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// The methods.
    pub methods: Vec<Method>,
    /// Folds, by ship.
    pub n_folds: usize,
    /// Seed of the folds.
    pub seed: u64,
    /// Whether settings are searched by inner folds.
    pub searches: bool,
    /// Whether every method is scored with less and more to learn from too.
    pub compares_inputs: bool,
}

/// Scores every method of `plan` on `data`. `show` is given what there is after each method.
///
/// Fails if there are windows of fewer than two ships.
pub fn score(
    data: &Dataset,
    params: &PredictParams,
    plan: &Plan,
    show: &(dyn Fn(&Scores) + Sync),
    job: &Job,
) -> Result<Scores, Stopped> {
    if data.is_empty() {
        return Err(Stopped::Failed(no_windows(params)));
    }
    if data.n_ships() < 2 {
        return Err(Stopped::Failed(
            "all windows are of one ship: to score a prediction takes ships that it did not learn from"
                .into(),
        ));
    }
    let folds = data.folds(plan.n_folds, plan.seed);
    let n_folds = folds.iter().max().map_or(1, |most| *most as usize + 1);
    let mut scores = Scores { n_folds, n_ships: data.n_ships(), ..Scores::default() };
    let others = other_inputs(params.inputs());
    let learns = |method: Method| !matches!(method, Method::Linear | Method::SogCog | Method::Elm);
    let rounds: usize = plan
        .methods
        .iter()
        .map(|m| 1 + if plan.compares_inputs && learns(*m) { others.len() } else { 0 })
        .sum();
    job.expect(rounds * n_folds);
    for &method in &plan.methods {
        let mut found = of_method(method, data, &folds, n_folds, params, plan.searches, job)?;
        scores.rows.append(&mut found.rows);
        scores.search.append(&mut found.search);
        scores.worst.append(&mut found.worst);
        show(&scores);
    }
    if plan.compares_inputs {
        for &method in &plan.methods {
            scores.by_inputs.extend(
                scores.rows.iter().filter(|row| row.method == method).cloned().collect::<Vec<_>>(),
            );
            for inputs in others.iter().filter(|_| learns(method)) {
                let Inputs { has_ship, has_place, has_region } = *inputs;
                let params = PredictParams { has_ship, has_place, has_region, ..params.clone() };
                let found = of_method(method, data, &folds, n_folds, &params, plan.searches, job)?;
                scores.by_inputs.extend(found.rows);
                show(&scores);
            }
        }
    }
    Ok(scores)
}

/// With what else methods are scored besides `own`: less and more, regions only where `own` has them.
fn other_inputs(own: Inputs) -> Vec<Inputs> {
    let mut all = vec![
        Inputs::default(),
        Inputs { has_ship: true, ..Inputs::default() },
        Inputs { has_place: true, ..Inputs::default() },
        Inputs { has_region: false, ..Inputs::all() },
    ];
    if own.has_region {
        all.push(Inputs { has_region: true, ..Inputs::default() });
        all.push(Inputs { has_region: true, has_ship: true, ..Inputs::default() });
        all.push(Inputs::all());
    }
    all.retain(|inputs| *inputs != own);
    all
}

/// Why there is nothing to learn from.
pub fn no_windows(params: &PredictParams) -> String {
    format!(
        "no trip has a window of {} reports {} s apart with a position later: lower predict.reports, \
         predict.step or the horizons, or choose more trips",
        params.window.n_reports, params.window.step_s
    )
}

/// An error with what it is of.
struct Error {
    sample: usize,
    total_m: f64,
    along_m: f64,
    cross_m: f64,
    held: Option<[bool; 2]>,
}

fn of_method(
    method: Method,
    data: &Dataset,
    folds: &[u32],
    n_folds: usize,
    params: &PredictParams,
    searches: bool,
    job: &Job,
) -> Result<Scores, Stopped> {
    let n_horizons = data.horizons_min.len();
    let mut errors: Vec<Vec<Error>> = (0..n_horizons).map(|_| Vec::new()).collect();
    let mut search: BTreeMap<String, (Tried, usize, usize)> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let (mut fit_s, mut predict_s, mut n_predicted) = (0.0, 0.0, 0_usize);
    for fold in 0..n_folds as u32 {
        job.step()?;
        let learned: Vec<usize> =
            (0..data.len()).filter(|i| folds[*i] != fold && !data.is_cut[*i]).collect();
        if learned.len() < FEWEST_WINDOWS {
            continue;
        }
        let (params, tried) = if searches {
            tune(method, data, &learned, params, &job.uncounted())?
        } else {
            (params.clone(), Vec::new())
        };
        for tried in tried {
            let name = tried.setting.clone();
            if !order.contains(&name) {
                order.push(name.clone());
            }
            let chosen = usize::from(tried.is_chosen);
            let mean = tried.mean_nmi;
            let entry = search.entry(name).or_insert((
                Tried { mean_nmi: 0.0, is_chosen: false, ..tried },
                0,
                0,
            ));
            entry.0.mean_nmi += mean;
            entry.1 += chosen;
            entry.2 += 1;
        }
        let start = Instant::now();
        let model = Model::fit(method, data, &learned, &params, &job.uncounted())?;
        fit_s += start.elapsed().as_secs_f64();
        let asked: Vec<usize> = (0..data.len()).filter(|i| folds[*i] == fold).collect();
        // What one prediction takes is measured where nothing else runs beside it.
        let timed = &asked[..asked.len().min(200)];
        let start = Instant::now();
        for &i in timed {
            std::hint::black_box(model.forecast(&data.samples[i]));
        }
        predict_s += start.elapsed().as_secs_f64();
        n_predicted += timed.len() * model.ahead.len().max(1);
        let found: Vec<Vec<(usize, Error)>> = asked
            .par_iter()
            .with_min_len(32)
            .map(|&i| {
                job.go_on()?;
                Ok(errors_of(&model, data, i))
            })
            .collect::<Result<_, Stopped>>()?;
        for (horizon, error) in found.into_iter().flatten() {
            errors[horizon].push(error);
        }
    }
    let mut scores = Scores::default();
    for (minutes, errors) in data.horizons_min.iter().zip(errors) {
        let predict_us = if n_predicted == 0 { 0.0 } else { predict_s * 1e6 / n_predicted as f64 };
        let shares = (fit_s / n_horizons as f64, predict_us);
        let (row, worst) = row(method, params.inputs(), *minutes, errors, shares);
        scores.rows.extend(row);
        scores.worst.extend(worst);
    }
    for name in order {
        let (mut tried, chosen, n) = search.remove(&name).expect("it was tried");
        tried.mean_nmi /= n as f64;
        tried.is_chosen = chosen * 2 > n;
        scores.search.push((tried, chosen));
    }
    Ok(scores)
}

fn errors_of(model: &Model, data: &Dataset, i: usize) -> Vec<(usize, Error)> {
    let forecasts = model.forecast(&data.samples[i]);
    let mut errors = Vec::new();
    for (horizon, minutes) in data.horizons_min.iter().enumerate() {
        let Some(told) = forecasts.iter().find(|told| told.minutes == *minutes) else { continue };
        let (Some(truth), Some(local_m)) = (data.truths[i][horizon], data.target_m(i, horizon))
        else {
            continue;
        };
        let off = [local_m[0] - told.local_m[0], local_m[1] - told.local_m[1]];
        let error = Error {
            sample: i,
            total_m: distance_m(told.position, truth),
            along_m: off[0].abs(),
            cross_m: off[1].abs(),
            held: told.ellipses.map(|ellipses| ellipses.map(|ellipse| ellipse.holds(off))),
        };
        errors.push((horizon, error));
    }
    errors
}

fn row(
    method: Method,
    inputs: Inputs,
    horizon_min: f64,
    mut errors: Vec<Error>,
    (fit_s, predict_us): (f64, f64),
) -> (Option<Row>, Vec<Miss>) {
    if errors.is_empty() {
        return (None, Vec::new());
    }
    errors.sort_by(|a, b| a.total_m.total_cmp(&b.total_m).then(a.sample.cmp(&b.sample)));
    let n = errors.len();
    let mean = |of: &dyn Fn(&Error) -> f64| errors.iter().map(of).sum::<f64>() / n as f64;
    let mean_m = mean(&|error| error.total_m);
    let sd_m = mean(&|error| (error.total_m - mean_m).powi(2)).sqrt();
    let at = |share: f64| errors[((n - 1) as f64 * share).round() as usize].total_m;
    let ellipses: Vec<[bool; 2]> = errors.iter().filter_map(|error| error.held).collect();
    let held = |which: usize| {
        ellipses.iter().filter(|held| held[which]).count() as f64 / ellipses.len() as f64
    };
    let row = Row {
        method,
        inputs,
        horizon_min,
        n,
        mean_nmi: nmi_from_m(mean_m),
        sd_nmi: nmi_from_m(sd_m),
        median_nmi: nmi_from_m(at(0.5)),
        p90_nmi: nmi_from_m(at(0.9)),
        along_nmi: nmi_from_m(mean(&|error| error.along_m)),
        cross_nmi: nmi_from_m(mean(&|error| error.cross_m)),
        fit_s,
        predict_us,
        coverage: (!ellipses.is_empty()).then(|| [held(0), held(1)]),
    };
    let miss = |error: &Error| Miss {
        method,
        sample: error.sample,
        horizon_min,
        error_nmi: nmi_from_m(error.total_m),
    };
    (Some(row), errors.iter().rev().take(WORST).map(miss).collect())
}
