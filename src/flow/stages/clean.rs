//! Reports that cannot be true go.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::flow::stage::{Pace, Stage};
use crate::io::{Reading, export};
use crate::prep::{CleanParams, Cleaned, clean};

/// A fleet without what was found to be wrong.
pub struct Clean;

impl Stage for Clean {
    const NAME: &'static str = "clean/1";
    const TITLE: &'static str = "Cleaning";
    const NEEDS: &'static [&'static str] = &["ingest"];
    const PACE: Pace = Pace::Settled;
    const KEPT: usize = 2;

    type Params = CleanParams;
    type Input = Arc<Reading>;
    type Output = Cleaned;

    fn run(
        params: &Checked<CleanParams>,
        reading: &Arc<Reading>,
        job: &Job,
    ) -> Result<Cleaned, Stopped> {
        clean(&reading.fleet, params, job)
    }

    fn figures(cleaned: &Cleaned) -> Map<String, Value> {
        let removed: Map<String, Value> = cleaned
            .removed
            .iter()
            .map(|(verdict, n)| (verdict.name().replace([' ', '-'], "_"), (*n).into()))
            .collect();
        let figures = json!({
            "reports_in": cleaned.reports_in(),
            "reports_kept": cleaned.reports_kept(),
            "removed": removed,
            "speeds_mended": cleaned.mended.impossible_speeds + cleaned.mended.sudden_speeds,
            "steps_inserted": cleaned.mended.steps,
            "shared_mmsi": cleaned.shared.iter().map(|shared| json!({"mmsi": shared.mmsi.0, "ships": shared.parts})).collect::<Vec<_>>(),
            "vessels": cleaned.fleet.vessels().len(),
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    fn export(cleaned: &Cleaned, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let (reports, removed) = (folder.join("clean.parquet"), folder.join("clean.removed.csv"));
        export::reports_parquet(&cleaned.fleet, &reports, job)
            .map_err(|error| error.to_string())?;
        let counts = cleaned.removed.iter().map(|(verdict, n)| (verdict.name(), *n as u64));
        export::counts_csv("removed", counts, &removed).map_err(|error| error.to_string())?;
        Ok(vec![reports, removed])
    }
}
