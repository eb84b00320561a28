//! The filter: which trips are looked at, and which are left aside.

mod area;
mod params;
mod search;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

pub use area::Area;
pub use params::{Criterion, FilterParams};

use crate::ais::{Fleet, Trip, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;

/// Trips in a unit of parallel work.
const CHUNK: usize = 32;

/// What passed a filter.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chosen {
    /// Indices of the trips that passed, rising.
    pub kept: Vec<usize>,
    /// For each trip, whether it passed.
    pub trip_mask: Vec<bool>,
    /// For each vessel, whether it is of a kind and has a name or number that passes: for reports
    /// that belong to no trip.
    pub vessel_mask: Vec<bool>,
    /// How many reports the trips have that passed.
    pub reports: usize,
    /// How many vessels have a trip that passed.
    pub vessels: usize,
    // How many trips each criterion of `Criterion::ALL` held back, each counted once.
    dropped: [usize; Criterion::ALL.len()],
}

impl Chosen {
    /// How many trips `criterion` was the first to hold back.
    pub fn dropped(&self, criterion: Criterion) -> usize {
        self.dropped[criterion as usize]
    }

    /// How many trips there were.
    pub fn trips_in(&self) -> usize {
        self.trip_mask.len()
    }
}

/// Chooses the `trips` of `fleet` that pass every criterion: the vessel's kind, its number or name,
/// the window of time, which the trip must overlap, the area, which one of its legs must meet, and
/// its mean speed.
///
/// Takes time linear in the number of trips and vessels; with an area, in that of reports. On all
/// cores.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn filter(
    fleet: &Fleet,
    trips: &[Trip],
    params: &Checked<FilterParams>,
    job: &Job,
) -> Result<Chosen, Stopped> {
    job.expect(trips.len());
    let of_vessels = vessels_held(fleet.vessels(), params);
    let window_ms = params.time_window_ms();
    let (area, has_speeds) = (params.shape(), params.is_set(Criterion::Speed));
    let held_back = |trip: &Trip| {
        if let Some(criterion) = of_vessels[trip.vessel] {
            return Some(criterion);
        }
        let overlaps = |(from_ms, to_ms): (i64, i64)| {
            let (first_ms, last_ms) = trip.time_span_ms(fleet);
            first_ms <= to_ms && from_ms <= last_ms
        };
        let places = &fleet.reports().positions[trip.reports.clone()];
        if !window_ms.is_none_or(overlaps) {
            Some(Criterion::Time)
        } else if !area.as_ref().is_none_or(|area| area.meets(places)) {
            Some(Criterion::Area)
        } else if has_speeds && !params.takes_speed(trip.mean_kn(fleet)) {
            Some(Criterion::Speed)
        } else {
            None
        }
    };
    let held: Vec<Vec<Option<Criterion>>> = trips
        .par_chunks(CHUNK)
        .map(|trips| {
            job.advance(trips.len())?;
            Ok(trips.iter().map(held_back).collect())
        })
        .collect::<Result<_, Stopped>>()?;
    let vessel_mask = of_vessels.iter().map(Option::is_none).collect();
    Ok(chosen(trips, held.into_iter().flatten(), vessel_mask))
}

/// For each vessel what holds it back, if anything does.
fn vessels_held(vessels: &[Vessel], params: &FilterParams) -> Vec<Option<Criterion>> {
    let (kinds, search) = (params.kind_set(), params.terms());
    if !params.is_set(Criterion::Kind) && search.is_empty() {
        return vec![None; vessels.len()];
    }
    let held_back = |vessel: &Vessel| {
        if !kinds.has(vessel.kind()) {
            Some(Criterion::Kind)
        } else if !search.is_empty() && !search.finds(vessel) {
            Some(Criterion::Search)
        } else {
            None
        }
    };
    vessels.par_iter().with_min_len(1024).map(held_back).collect()
}

/// The sums over all trips.
fn chosen(
    trips: &[Trip],
    held: impl Iterator<Item = Option<Criterion>>,
    vessel_mask: Vec<bool>,
) -> Chosen {
    let mut chosen = Chosen { vessel_mask, ..Chosen::default() };
    let mut last_vessel = None;
    for (index, (trip, held)) in trips.iter().zip(held).enumerate() {
        chosen.trip_mask.push(held.is_none());
        if let Some(criterion) = held {
            chosen.dropped[criterion as usize] += 1;
            continue;
        }
        chosen.kept.push(index);
        chosen.reports += trip.reports.len();
        // Trips are sorted by vessel.
        chosen.vessels += usize::from(last_vessel != Some(trip.vessel));
        last_vessel = Some(trip.vessel);
    }
    chosen
}
