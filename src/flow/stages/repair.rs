//! Silences within trips filled, where that is wanted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::ChosenOf;
use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::compress::{RepairParams, Repaired, repair};
use crate::flow::stage::{Pace, Stage};
use crate::io::export;

/// The chosen trips, with their silences filled or as they are.
pub struct RepairStage;

/// The trips that compression, distances and clusters are about: those that passed the filter, in
/// their order.
pub struct RepairedOf {
    /// What they were chosen from.
    pub chosen: Arc<ChosenOf>,
    /// What was filled, where repairs are wanted.
    pub repaired: Option<Repaired>,
    /// The trips as pieces of the fleet as it was read.
    originals: Vec<Trip>,
}

impl RepairedOf {
    /// The fleet whose reports the trips are pieces of, inserted ones included.
    pub fn fleet(&self) -> &Fleet {
        self.repaired.as_ref().map_or(self.chosen.fleet(), |repaired| &repaired.fleet)
    }

    /// The trips, as pieces of [`RepairedOf::fleet`].
    pub fn trips(&self) -> &[Trip] {
        self.repaired.as_ref().map_or(&self.originals, |repaired| &repaired.trips)
    }

    /// The same trips before anything was inserted, as pieces of the chosen trips' own fleet.
    pub fn originals(&self) -> &[Trip] {
        &self.originals
    }

    /// The index among all trips of each of these.
    pub fn ids(&self) -> &[usize] {
        &self.chosen.chosen.kept
    }
}

impl Stage for RepairStage {
    const NAME: &'static str = "repair/1";
    const TITLE: &'static str = "Repair";
    const NEEDS: &'static [&'static str] = &["filter"];
    const PACE: Pace = Pace::Live;
    const KEPT: usize = 2;

    type Params = RepairParams;
    type Input = Arc<ChosenOf>;
    type Output = RepairedOf;

    fn run(
        params: &Checked<RepairParams>,
        chosen: &Arc<ChosenOf>,
        job: &Job,
    ) -> Result<RepairedOf, Stopped> {
        let originals: Vec<Trip> = chosen.kept().map(|(_, trip)| trip.clone()).collect();
        let repaired =
            params.repairs.then(|| repair(chosen.fleet(), &originals, params, job)).transpose()?;
        Ok(RepairedOf { chosen: Arc::clone(chosen), repaired, originals })
    }

    fn figures(output: &RepairedOf) -> Map<String, Value> {
        let (silences, inserted) = output
            .repaired
            .as_ref()
            .map_or((0, 0), |repaired| (repaired.silences, repaired.inserted));
        let reports: usize = output.trips().iter().map(|trip| trip.reports.len()).sum();
        let figures = json!({
            "trips": output.trips().len(),
            "reports": reports,
            "silences_filled": silences,
            "reports_inserted": inserted,
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    fn export(output: &RepairedOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let trips: Vec<(usize, &Trip)> = output.ids().iter().copied().zip(output.trips()).collect();
        export::trips_files(output.fleet(), &trips, folder, "repair", job)
            .map_err(|error| error.to_string())
    }
}
