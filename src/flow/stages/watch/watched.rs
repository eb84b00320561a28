//! The reports of which the safety officer asks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::members;
use crate::ais::{Fleet, Reports};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::flow::stage::{Pace, Stage};
use crate::flow::stages::ChosenOf;
use crate::flow::watching::{Subject, WatchedParams};

/// Reports of chosen trips, or all.
pub struct WatchedStage;

/// The reports that are watched.
pub struct WatchedOf {
    /// First and last time that count, UTC milliseconds; `None` for all.
    pub window_ms: Option<(i64, i64)>,
    /// The trips that pass the filter.
    pub of: Arc<ChosenOf>,
    // `None` where all of the cleaned fleet is watched.
    part: Option<Fleet>,
}

impl WatchedOf {
    /// The reports that are watched, of all vessels of the cleaned fleet in its order: a vessel's
    /// index is the same in both, and one that is not watched has no reports.
    pub fn fleet(&self) -> &Fleet {
        self.part.as_ref().unwrap_or(self.of.fleet())
    }

    /// First and last time that are watched, UTC milliseconds: of the window, where it has ends, and of
    /// the reports where not. `None` without reports.
    pub fn span_ms(&self) -> Option<(i64, i64)> {
        let (first, last) = self.fleet().time_span_ms()?;
        let (from_ms, to_ms) = self.window_ms.unwrap_or((i64::MIN, i64::MAX));
        Some((first.max(from_ms), last.min(to_ms)))
    }

    /// The days that are watched.
    pub fn days(&self) -> f64 {
        const DAY_MS: f64 = 86_400_000.0;
        self.span_ms().map_or(0.0, |(from_ms, to_ms)| (to_ms - from_ms).max(0) as f64 / DAY_MS)
    }
}

/// The reports of chosen trips, of all vessels.
fn chosen_part(chosen: &ChosenOf, job: &Job) -> Result<Fleet, Stopped> {
    let fleet = chosen.fleet();
    let mut reports = Reports::default();
    reports.reserve(chosen.chosen.reports);
    let mut starts = vec![0; fleet.vessels().len() + 1];
    let mut next = 0;
    job.expect(chosen.chosen.kept.len());
    for (_, trip) in chosen.kept() {
        while next < trip.vessel {
            next += 1;
            starts[next] = reports.len();
        }
        reports.extend_from(fleet.reports(), trip.reports.clone());
        job.step()?;
    }
    starts[next + 1..].fill(reports.len());
    Ok(Fleet::new(fleet.vessels().to_vec(), starts, reports))
}

impl Stage for WatchedStage {
    const NAME: &'static str = "watched/1";
    const TITLE: &'static str = "Watched reports";
    const NEEDS: &'static [&'static str] = &["filter"];
    const PACE: Pace = Pace::Live;
    const KEPT: usize = 2;

    type Params = WatchedParams;
    type Input = Arc<ChosenOf>;
    type Output = WatchedOf;

    fn run(
        params: &Checked<WatchedParams>,
        chosen: &Arc<ChosenOf>,
        job: &Job,
    ) -> Result<WatchedOf, Stopped> {
        let part = match params.subject {
            Subject::Trips => Some(chosen_part(chosen, job)?),
            Subject::Fleet => None,
        };
        Ok(WatchedOf { window_ms: params.window_ms(), of: Arc::clone(chosen), part })
    }

    fn figures(output: &WatchedOf) -> Map<String, Value> {
        let fleet = output.fleet();
        let vessels = (0..fleet.vessels().len()).filter(|ship| !fleet.range(*ship).is_empty());
        let span = output.span_ms();
        members(json!({
            "reports": fleet.reports().len(),
            "vessels": vessels.count(),
            "t_min": span.map(|span| span.0),
            "t_max": span.map(|span| span.1),
        }))
    }

    /// Nothing: trips and cleaned reports have files of their own.
    fn export(_: &WatchedOf, _: &Path, _: &Job) -> Result<Vec<PathBuf>, String> {
        Ok(Vec::new())
    }
}
