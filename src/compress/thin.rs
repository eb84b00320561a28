//! Trips without the reports that compression drops.

use super::Kept;
use crate::ais::{Fleet, Reports, Trip};
use crate::base::geo::distance_m;
use crate::base::job::{Job, Stopped};

/// A fleet of only those reports of `trips` that are kept, and the same trips as pieces of it, in
/// their order; vessels stay as they are. Trips must not overlap.
///
/// # Panics
///
/// If `kept` is of other trips.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn thin(
    fleet: &Fleet,
    trips: &[Trip],
    kept: &Kept,
    job: &Job,
) -> Result<(Fleet, Vec<Trip>), Stopped> {
    assert_eq!(trips.len(), kept.trips(), "the trips that were compressed");
    job.expect(trips.len());
    let mut order: Vec<usize> = (0..trips.len()).collect();
    order.sort_by_key(|trip| trips[*trip].reports.start);
    let from = fleet.reports();
    let has_truth = !from.truth.is_empty();
    let mut reports = Reports::default();
    let mut thinned = trips.to_vec();
    let mut starts = Vec::with_capacity(fleet.vessels().len() + 1);
    for place in order {
        let trip = &trips[place];
        while starts.len() <= trip.vessel {
            starts.push(reports.len());
        }
        let first = reports.len();
        for at in kept.indices(place) {
            let index = trip.reports.start + at;
            if has_truth {
                reports.push_with_truth(from.get(index), from.truth(index));
            } else {
                reports.push(from.get(index));
            }
        }
        let own = &reports.positions[first..];
        let length_m = own.windows(2).map(|pair| distance_m(pair[0], pair[1])).sum();
        thinned[place] = Trip { reports: first..reports.len(), length_m, ..trip.clone() };
        job.step()?;
    }
    starts.resize(fleet.vessels().len() + 1, reports.len());
    Ok((Fleet::new(fleet.vessels().to_vec(), starts, reports), thinned))
}
