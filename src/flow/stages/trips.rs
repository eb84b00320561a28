//! Tracks cut into trips.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::ais::{Ending, Fleet, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::flow::stage::{Pace, Stage};
use crate::io::export;
use crate::prep::{Cleaned, TripParams, Trips, segment};

/// Trips between stops, gaps and turns.
pub struct TripsStage;

/// Trips, and the cleaned reports that they are pieces of.
pub struct TripsOf {
    /// The trips and what is none.
    pub trips: Trips,
    /// What they were cut from.
    pub cleaned: Arc<Cleaned>,
}

impl TripsOf {
    /// The fleet whose reports the trips are pieces of.
    pub fn fleet(&self) -> &Fleet {
        &self.cleaned.fleet
    }
}

impl Stage for TripsStage {
    const NAME: &'static str = "trips/1";
    const TITLE: &'static str = "Trips";
    const NEEDS: &'static [&'static str] = &["clean"];
    const PACE: Pace = Pace::Live;

    type Params = TripParams;
    type Input = Arc<Cleaned>;
    type Output = TripsOf;

    fn run(
        params: &Checked<TripParams>,
        cleaned: &Arc<Cleaned>,
        job: &Job,
    ) -> Result<TripsOf, Stopped> {
        if cleaned.fleet.names_nobody() {
            return Err(Stopped::Failed(
                "nothing names ships here: each report is a point of its own. Ask for tracks first: \
                 the Associate workspace, or --want associate"
                    .into(),
            ));
        }
        Ok(TripsOf { trips: segment(&cleaned.fleet, params, job)?, cleaned: Arc::clone(cleaned) })
    }

    fn figures(output: &TripsOf) -> Map<String, Value> {
        let trips = &output.trips;
        // From a positive zero: the sum of nothing would be written as -0.0.
        let length_m = trips.trips.iter().fold(0.0, |sum, trip| sum + trip.length_m);
        let figures = json!({
            "trips": trips.trips.len(),
            "reports": trips.reports,
            "length_nmi": crate::base::units::nmi_from_m(length_m),
            "cuts": {
                "gap": trips.cuts_at(Ending::Gap),
                "stop": trips.cuts_at(Ending::Stop),
                "turn": trips.cuts_at(Ending::Turn),
            },
            "stopped_reports": trips.stopped,
            "dropped": {
                "few_reports": trips.dropped.few,
                "brief": trips.dropped.brief,
                "short": trips.dropped.short,
                "reports": trips.dropped.reports,
            },
        });
        let Value::Object(figures) = figures else { unreachable!("an object was written") };
        figures
    }

    fn export(output: &TripsOf, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        let trips: Vec<(usize, &Trip)> = output.trips.trips.iter().enumerate().collect();
        export::trips_files(output.fleet(), &trips, folder, "trips", job)
            .map_err(|error| error.to_string())
    }
}
