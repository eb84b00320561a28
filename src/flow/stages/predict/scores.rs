//! How far off each method is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::WindowsOf;
use super::fit::tried_figures;
use super::windows::finite;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::iso_text;
use crate::flow::predicting::PredictSettings;
use crate::flow::stage::{Pace, Stage};
use crate::io::export;
use crate::predict::score::{Row, Scores, score};
use crate::predict::spread::SHARES;

/// Errors of all methods on folds by ship.
pub struct ScoresStage;

/// Scores, and the windows they are of.
pub struct ScoresOf {
    /// The scores.
    pub scores: Scores,
    /// The windows; misses name them by place.
    pub windows: Arc<WindowsOf>,
}

impl Stage for ScoresStage {
    const NAME: &'static str = "predict-scores/3";
    const TITLE: &'static str = "Prediction scores";
    const NEEDS: &'static [&'static str] = &["windows"];
    const PACE: Pace = Pace::OnRequest;
    const KEPT: usize = 4;

    type Params = PredictSettings;
    type Input = Arc<WindowsOf>;
    type Output = ScoresOf;

    fn run(
        params: &Checked<PredictSettings>,
        windows: &Arc<WindowsOf>,
        job: &Job,
    ) -> Result<ScoresOf, Stopped> {
        let plan = params.plan().map_err(Stopped::Failed)?;
        let of = |scores: Scores| ScoresOf { scores, windows: Arc::clone(windows) };
        let show = |scores: &Scores| job.show(of(scores.clone()));
        Ok(of(score(&windows.data, &params.params, &plan, &show, job)?))
    }

    fn figures(output: &ScoresOf) -> Map<String, Value> {
        let scores = &output.scores;
        let mut figures = Map::new();
        figures.insert("windows".into(), output.windows.data.len().into());
        figures.insert("ships".into(), scores.n_ships.into());
        figures.insert("folds".into(), scores.n_folds.into());
        let rows = |rows: &[Row]| -> Value { rows.iter().map(row_figures).collect() };
        figures.insert("rows".into(), rows(&scores.rows));
        figures.insert("coverage".into(), coverage(&scores.rows));
        if !scores.by_inputs.is_empty() {
            figures.insert("by_inputs".into(), rows(&scores.by_inputs));
        }
        let search: Value = scores
            .search
            .iter()
            .map(|(tried, chosen)| {
                let mut figures = tried_figures(tried);
                figures["chosen_in_folds"] = (*chosen).into();
                figures
            })
            .collect();
        figures.insert("search".into(), search);
        figures
    }

    /// `predict-scores.csv`: a row a method, input and time ahead; `predict-scores.worst.csv`: the
    /// worst predictions.
    fn export(output: &ScoresOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let paths = ["predict-scores.csv", "predict-scores.worst.csv"].map(|n| folder.join(n));
        let scores = &output.scores;
        let all = if scores.by_inputs.is_empty() { &scores.rows } else { &scores.by_inputs };
        let head = "method,inputs,horizon_min,n,mean_nmi,sd_nmi,median_nmi,p90_nmi,along_nmi,\
                    cross_nmi,fit_s,predict_us,coverage_50,coverage_90";
        let rows = all.iter().map(|row| {
            let [half, most] = row.coverage.map_or([String::new(), String::new()], |held| {
                held.map(|share| format!("{share:.4}"))
            });
            format!(
                "{},\"{}\",{},{},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.3},{:.1},{half},{most}",
                row.method.name(),
                row.inputs.name(),
                row.horizon_min,
                row.n,
                row.mean_nmi,
                row.sd_nmi,
                row.median_nmi,
                row.p90_nmi,
                row.along_nmi,
                row.cross_nmi,
                row.fit_s,
                row.predict_us,
            )
        });
        export::lines(&paths[0], head, rows).map_err(|error| error.to_string())?;
        let windows = &output.windows;
        let worst = scores.worst.iter().map(|miss| {
            format!(
                "{},{},{},{},{},{:.4}",
                miss.method.name(),
                miss.horizon_min,
                windows.trip_id(miss.sample),
                windows.fleet().vessels()[windows.trip(miss.sample).vessel].mmsi.0,
                iso_text(windows.t_ms(miss.sample)),
                miss.error_nmi,
            )
        });
        let head = "method,horizon_min,trip_id,mmsi,time,error_nmi";
        export::lines(&paths[1], head, worst).map_err(|error| error.to_string())?;
        Ok(paths.to_vec())
    }
}

fn row_figures(row: &Row) -> Value {
    json!({
        "method": row.method.name(),
        "inputs": row.inputs.name(),
        "horizon_min": row.horizon_min,
        "n": row.n,
        "mean_nmi": finite(row.mean_nmi),
        "sd_nmi": finite(row.sd_nmi),
        "median_nmi": finite(row.median_nmi),
        "p90_nmi": finite(row.p90_nmi),
        "along_nmi": finite(row.along_nmi),
        "cross_nmi": finite(row.cross_nmi),
        "fit_s": finite(row.fit_s),
        "predict_us": finite(row.predict_us),
    })
}

/// Shares of truths within the ellipses, by method, time ahead and what was asked for.
fn coverage(rows: &[Row]) -> Value {
    let mut of_methods = Map::new();
    for row in rows {
        let Some(held) = row.coverage else { continue };
        let of_method = of_methods.entry(row.method.name()).or_insert_with(|| json!({}));
        let shares: Map<String, Value> = SHARES
            .iter()
            .zip(held)
            .map(|(share, held)| (format!("{:.0}", share * 100.0), finite(held)))
            .collect();
        of_method[row.horizon_min.to_string()] = shares.into();
    }
    of_methods.into()
}
