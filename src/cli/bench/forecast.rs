//! Path prediction: learning from many windows, and one prediction.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};

use super::Ground;
use super::lanes::tracks;
use crate::ais::Trip;
use crate::base::job::{Job, Stopped};
use crate::predict::dataset::{Dataset, dataset};
use crate::predict::model::Model;
use crate::predict::params::{Method, PredictParams};
use crate::predict::window::WindowParams;

/// Windows of a ship: five hours of reports, one window every two minutes.
const WINDOWS: usize = 115;
/// Reports of a ship, half a minute apart.
const REPORTS: usize = 600;

fn windows(n: usize, params: &WindowParams) -> Result<Dataset, Stopped> {
    let (fleet, trips) = tracks(n.div_ceil(WINDOWS).max(4), REPORTS, 7);
    let trips: Vec<&Trip> = trips.iter().collect();
    dataset(&fleet, &trips, &|_| &[], params, &Job::default())
}

/// The ensemble on 100,000 windows at four times ahead, from reports to fitted models; beside it the
/// support vector machine.
pub fn ensemble(bench: &Ground) -> Result<Value, Stopped> {
    let window = WindowParams { stride_min: 2.0, ..WindowParams::default() };
    let params = PredictParams { window, ..PredictParams::default() };
    let job = Job::default();
    let start = Instant::now();
    let data = windows(bench.some(100_000), &params.window)?;
    let windows_s = start.elapsed().as_secs_f64();
    let all: Vec<usize> = (0..data.len()).collect();
    let start = Instant::now();
    let model = Model::fit(Method::Ensemble, &data, &all, &params, &job)?;
    let fit_s = start.elapsed().as_secs_f64();
    let asked: Vec<usize> = (0..data.len()).step_by(data.len().div_ceil(1000)).collect();
    let start = Instant::now();
    for &i in &asked {
        black_box(model.forecast(&data.samples[i]));
    }
    let told = asked.len() * model.ahead.len().max(1);
    let predict_us = start.elapsed().as_secs_f64() * 1e6 / told as f64;
    let start = Instant::now();
    black_box(Model::fit(Method::LsSvm, &data, &all, &params, &job)?);
    Ok(json!({
        "samples_per_s": data.len() as f64 / fit_s,
        "fit_s": fit_s,
        "windows_s": windows_s,
        "horizons": model.ahead.len(),
        "predict_us": predict_us,
        "ls_svm_fit_s": start.elapsed().as_secs_f64(),
        "peer": "LS-SVM with 500 landmarks on the same windows",
        "cores": rayon::current_num_threads(),
        "n": data.len(),
    }))
}
