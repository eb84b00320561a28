//! A fleet of what is kept.

use std::ops::Range;

use rayon::prelude::*;

use super::kept::Kept;
use crate::ais::{Fleet, Reports, Trip};
use crate::base::geo::short_distance_m;
use crate::base::job::{Job, Stopped};

/// So many numbers are copied at once.
const CHUNK: usize = 1 << 14;

/// A fleet of only the reports that `kept` keeps of `trips`, and the same trips as they lie in it,
/// in their order. Vessels and their indices stay as they are, also those without a report left;
/// each report keeps its columns and its truth; lengths of trips are taken anew.
///
/// A report that two trips share, as where a ship turned back, is kept if either keeps it. Takes
/// one pass over the reports and a copy of those that are kept, on all cores.
///
/// # Panics
///
/// If `kept` is of other trips, or they are of another fleet.
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
    job.expect(fleet.reports().len() + trips.len());
    let indices = kept_of_all(fleet, trips, kept, job)?;
    let reports = gathered(fleet.reports(), &indices);
    job.go_on()?;
    let place = |report: usize| indices.partition_point(|index| (*index as usize) < report);
    let trips = trips
        .par_iter()
        .map(|trip| {
            let reports_of_trip: Range<usize> = place(trip.reports.start)..place(trip.reports.end);
            let places = &reports.positions[reports_of_trip.clone()];
            let length_m = places.windows(2).map(|leg| short_distance_m(leg[0], leg[1])).sum();
            job.step()?;
            Ok(Trip { length_m, reports: reports_of_trip, ..trip.clone() })
        })
        .collect::<Result<Vec<Trip>, Stopped>>()?;
    let starts = fleet.starts().par_iter().map(|start| place(*start)).collect();
    Ok((Fleet::new(fleet.vessels().to_vec(), starts, reports), trips))
}

/// The reports of `fleet` that a trip keeps, by rising index.
fn kept_of_all(fleet: &Fleet, trips: &[Trip], kept: &Kept, job: &Job) -> Result<Vec<u32>, Stopped> {
    let mut mask = vec![false; fleet.reports().len()];
    for (index, trip) in trips.iter().enumerate() {
        for (is_kept, keeps) in mask[trip.reports.clone()].iter_mut().zip(kept.of(index)) {
            *is_kept |= *keeps;
        }
    }
    let chunks: Vec<Vec<u32>> = mask
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, mask)| {
            // Written for every report, and counted only where it is kept: no branch to guess.
            let mut indices = vec![0; mask.len()];
            let mut n = 0;
            for (index, is_kept) in (chunk * CHUNK..).zip(mask) {
                indices[n] = index as u32;
                n += usize::from(*is_kept);
            }
            indices.truncate(n);
            job.advance(mask.len())?;
            Ok(indices)
        })
        .collect::<Result<_, Stopped>>()?;
    Ok(chunks.concat())
}

/// The reports `indices`, column by column.
fn gathered(reports: &Reports, indices: &[u32]) -> Reports {
    Reports {
        t_ms: column(&reports.t_ms, indices),
        positions: column(&reports.positions, indices),
        sog_kn: column(&reports.sog_kn, indices),
        cog_deg: column(&reports.cog_deg, indices),
        heading_deg: column(&reports.heading_deg, indices),
        rot_deg_min: column(&reports.rot_deg_min, indices),
        status: column(&reports.status, indices),
        truth: column(&reports.truth, indices),
    }
}

/// The values at `indices` of a column, which may be empty as a whole.
fn column<T: Copy + Send + Sync>(values: &[T], indices: &[u32]) -> Vec<T> {
    if values.is_empty() {
        return Vec::new();
    }
    indices.par_iter().with_min_len(CHUNK).map(|index| values[*index as usize]).collect()
}
