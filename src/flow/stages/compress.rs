//! Trips with fewer reports, and what that costs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::RepairedOf;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _, Form, Params};
use crate::compress::{
    CompressParams, Compressed, Error, Measured, Method, PAPER_TOLERANCES_M, Retention, Ruler,
    ThresholdRow, errors, keep, measure, retention, threshold_table,
};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// Every report measured once, so that thresholds only compare.
pub struct MeasureStage;

/// What thresholds are compared with, and of which trips.
pub struct MeasuredOf {
    /// A few numbers a report.
    pub measured: Measured,
    /// The trips.
    pub of: Arc<RepairedOf>,
}

/// How distances are told while measuring: all that a moved threshold leaves alone.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MeasureParams {
    /// From the nearest point of a chord, or from where the ship would be.
    pub ruler: Ruler,
}

impl MeasureParams {
    /// What the method of `params` needs.
    pub fn of(params: &CompressParams) -> MeasureParams {
        MeasureParams { ruler: params.method.ruler() }
    }
}

impl Params for MeasureParams {
    fn describe(&mut self, _: &mut dyn Form) {}
}

impl Stage for MeasureStage {
    const NAME: &'static str = "significance/1";
    const TITLE: &'static str = "Significance";
    const NEEDS: &'static [&'static str] = &["repair"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 1;

    type Params = MeasureParams;
    type Input = Arc<RepairedOf>;
    type Output = MeasuredOf;

    fn run(
        params: &Checked<MeasureParams>,
        of: &Arc<RepairedOf>,
        job: &Job,
    ) -> Result<MeasuredOf, Stopped> {
        let measured = measure(of.fleet(), of.trips(), params.ruler, job)?;
        Ok(MeasuredOf { measured, of: Arc::clone(of) })
    }

    fn figures(output: &MeasuredOf) -> Map<String, Value> {
        let mut figures = Map::new();
        figures.insert("reports".into(), output.measured.reports().into());
        figures
    }

    fn export(_: &MeasuredOf, _: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        Ok(Vec::new())
    }
}

/// What is kept by the thresholds as they stand.
pub struct CompressStage;

/// What is kept of which trips.
pub struct CompressedOf {
    /// What is kept and what that costs.
    pub compressed: Compressed,
    /// The method that kept it.
    pub method: Method,
    /// The trips.
    pub of: Arc<RepairedOf>,
}

impl Stage for CompressStage {
    const NAME: &'static str = "compress/1";
    const TITLE: &'static str = "Compression";
    const NEEDS: &'static [&'static str] = &["significance"];
    const PACE: Pace = Pace::Live;

    type Params = CompressParams;
    type Input = Arc<MeasuredOf>;
    type Output = CompressedOf;

    fn run(
        params: &Checked<CompressParams>,
        input: &Arc<MeasuredOf>,
        job: &Job,
    ) -> Result<CompressedOf, Stopped> {
        let of = &input.of;
        let kept = keep(of.fleet(), of.trips(), &input.measured, params, job)?;
        let errors = errors(of.fleet(), of.trips(), &kept, job)?;
        let compressed = Compressed { kept, errors };
        Ok(CompressedOf { compressed, method: params.method, of: Arc::clone(of) })
    }

    fn figures(output: &CompressedOf) -> Map<String, Value> {
        let compressed = &output.compressed;
        let errors = &compressed.errors;
        let pair = |error: &Error| json!({"max": error.max, "mean": error.mean});
        let name = Method::CASES.iter().find(|(_, case)| *case == output.method);
        let figures = json!({
            "method": name.map(|(name, _)| *name),
            "trips": output.of.trips().len(),
            "reports_in": compressed.reports_in(),
            "reports_kept": compressed.reports_kept(),
            "kept_share": compressed.kept_share(),
            "max_error_m": errors.offset_m.max,
            "mean_error_m": errors.offset_m.mean,
            "synchronous_error_m": pair(&errors.synchronous_m),
            "sog_error_kn": pair(&errors.sog_kn),
            "cog_error_deg": pair(&errors.cog_deg),
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// The trips with the kept reports alone, as the trips' own export.
    fn export(output: &CompressedOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let of = &output.of;
        let (fleet, trips) =
            crate::compress::thin(of.fleet(), of.trips(), &output.compressed.kept, job)
                .map_err(|stopped| stopped.to_string())?;
        let trips: Vec<_> = of.ids().iter().copied().zip(&trips).collect();
        export::trips_files(&fleet, &trips, folder, "compress", job)
            .map_err(|error| error.to_string())
    }
}

/// How much is kept at every tolerance, and the paper's table.
pub struct RetentionStage;

/// How much is kept at every tolerance.
pub struct RetentionOf {
    /// The curve.
    pub retention: Retention,
    /// The paper's tolerances.
    pub table: Vec<ThresholdRow>,
}

/// From and to which tolerance the curve leads, meters.
const CURVE_M: (f64, f64) = (1.0, 20_000.0);

/// Compression without its tolerance: a curve over all tolerances is the same for each.
pub fn without_tolerance(params: &CompressParams) -> CompressParams {
    let CompressParams { tolerance_m, slope_deg, repair, .. } = CompressParams::default();
    CompressParams { tolerance_m, slope_deg, repair, ..params.clone() }
}

impl Stage for RetentionStage {
    const NAME: &'static str = "retention/1";
    const TITLE: &'static str = "Retention";
    const NEEDS: &'static [&'static str] = &["significance"];
    const PACE: Pace = Pace::Live;

    type Params = CompressParams;
    type Input = Arc<MeasuredOf>;
    type Output = RetentionOf;

    fn run(
        params: &Checked<CompressParams>,
        input: &Arc<MeasuredOf>,
        job: &Job,
    ) -> Result<RetentionOf, Stopped> {
        let (of, measured) = (&input.of, &input.measured);
        let table =
            threshold_table(of.fleet(), of.trips(), measured, &PAPER_TOLERANCES_M, params, job)?;
        Ok(RetentionOf { retention: retention(measured, params, CURVE_M.0, CURVE_M.1), table })
    }

    fn figures(output: &RetentionOf) -> Map<String, Value> {
        let rows: Vec<Value> = output
            .table
            .iter()
            .map(|row| {
                json!({
                    "tolerance_m": row.tolerance_m,
                    "kept_by_position": row.kept_by_position,
                    "kept": row.kept,
                    "max_error_m": row.error_m.max,
                    "mean_error_m": row.error_m.mean,
                })
            })
            .collect();
        let mut figures = Map::new();
        figures.insert("reports".into(), output.retention.reports.into());
        figures.insert("rows".into(), rows.into());
        figures
    }

    fn export(output: &RetentionOf, folder: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        let path = folder.join("retention.csv");
        let curve = &output.retention;
        let rows = curve.tolerance_m.iter().zip(&curve.kept).enumerate();
        let rows = rows.map(|(step, (tolerance_m, kept))| {
            format!("{tolerance_m},{kept},{:.6}", curve.share(step))
        });
        export::lines(&path, "tolerance_m,reports_kept,kept_share", rows)
            .map_err(|error| error.to_string())?;
        Ok(vec![path])
    }
}
