//! Trips chosen from all: those that later steps work on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::TripsOf;
use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::flow::stage::{Pace, Stage};
use crate::io::export;
use crate::prep::{Chosen, Criterion, FilterParams, filter};

/// Trips that pass the filter.
pub struct FilterStage;

/// What passed the filter, and the trips it was chosen from.
pub struct ChosenOf {
    /// Which trips passed, and what held back the others.
    pub chosen: Chosen,
    /// What they were chosen from.
    pub trips: Arc<TripsOf>,
}

impl ChosenOf {
    /// The fleet whose reports the trips are pieces of.
    pub fn fleet(&self) -> &Fleet {
        self.trips.fleet()
    }

    /// The trips that passed, each with its index among all.
    pub fn kept(&self) -> impl ExactSizeIterator<Item = (usize, &Trip)> {
        let trips = &self.trips.trips.trips;
        self.chosen.kept.iter().map(|index| (*index, &trips[*index]))
    }
}

impl Stage for FilterStage {
    const NAME: &'static str = "filter/1";
    const TITLE: &'static str = "Filter";
    const NEEDS: &'static [&'static str] = &["trips"];
    const PACE: Pace = Pace::Live;

    type Params = FilterParams;
    type Input = Arc<TripsOf>;
    type Output = ChosenOf;

    fn run(
        params: &Checked<FilterParams>,
        trips: &Arc<TripsOf>,
        job: &Job,
    ) -> Result<ChosenOf, Stopped> {
        let chosen = filter(trips.fleet(), &trips.trips.trips, params, job)?;
        Ok(ChosenOf { chosen, trips: Arc::clone(trips) })
    }

    fn figures(output: &ChosenOf) -> Map<String, Value> {
        let chosen = &output.chosen;
        let dropped: Map<String, Value> = Criterion::ALL
            .into_iter()
            .map(|criterion| (criterion.name().to_owned(), chosen.dropped(criterion).into()))
            .collect();
        let figures = json!({
            "trips_in": chosen.trips_in(),
            "trips_kept": chosen.kept.len(),
            "reports_kept": chosen.reports,
            "vessels_kept": chosen.vessels,
            "dropped": dropped,
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    /// As the trips' export, of those that passed; `trip_id` is the one there.
    fn export(output: &ChosenOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let kept: Vec<(usize, &Trip)> = output.kept().collect();
        export::trips_files(output.fleet(), &kept, folder, "filter", job)
            .map_err(|error| error.to_string())
    }
}
