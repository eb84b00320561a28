//! Outliers of motion: sharp turns and small loops, which teach a predictor nothing.
//!
//! A ship that avoids another, picks up a pilot or waits for a berth moves in ways that do not
//! generalize. Such motion is, or can be taken apart into, turns that are too sharp and tracks that
//! cross themselves.

mod loops;
mod params;
mod posts;
mod sharp;
#[cfg(test)]
mod tests;

use std::ops::Range;

use rayon::prelude::*;

pub use params::OutlierParams;

use crate::ais::{Fleet, Track, Trip};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use posts::Posts;

/// Trips in a unit of parallel work.
const CHUNK: usize = 16;

/// Motion that does not generalize.
#[derive(Clone, PartialEq, Debug)]
pub struct Outlier {
    /// Index of the trip among those that were searched.
    pub trip: usize,
    /// What it is.
    pub kind: OutlierKind,
    /// The reports that make it up, as places within the trip: of a turn those within the margin, of
    /// a loop those on it.
    pub reports: Range<u32>,
    /// The report at which the ship turns, or the last one before she crosses her way.
    pub at: u32,
    /// Where she turns, or crosses her way.
    pub position: Position,
}

/// What makes motion an outlier.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum OutlierKind {
    /// The paper's type I.
    SharpTurn {
        /// Between the way back and the way ahead, degrees: 180 straight on, 0 straight back.
        angle_deg: f64,
    },
    /// The paper's type II.
    SmallLoop {
        /// The way round, meters.
        length_m: f64,
    },
}

impl OutlierKind {
    /// Its kind in a word.
    pub fn name(self) -> &'static str {
        match self {
            OutlierKind::SharpTurn { .. } => "sharp_turn",
            OutlierKind::SmallLoop { .. } => "small_loop",
        }
    }
}

/// The outliers of a set of trips.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Outliers {
    /// All of them, by trip, and by [`Outlier::at`] within each.
    pub found: Vec<Outlier>,
    /// The angle at every bend, sharp or not, degrees; rising.
    pub angles_deg: Vec<f32>,
    /// How many are sharp turns.
    pub sharp_turns: usize,
    /// How many are small loops.
    pub loops: usize,
    /// How many trips have an outlier.
    pub trips_touched: usize,
    /// How many reports the trips have.
    pub reports_in: usize,
    /// How many of them are cut out of training.
    pub reports_cut: usize,
    // Invariant: `starts` has one entry more than there are trips, begins with 0, never decreases
    // and ends with the number of cuts; the cuts of a trip rise and do not touch.
    starts: Vec<usize>,
    cuts: Vec<Range<u32>>,
}

impl Outliers {
    /// How many trips were searched.
    pub fn trips(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The reports of trip `trip` to be kept out of training, as places within the trip: rising
    /// ranges that neither overlap nor touch.
    ///
    /// # Panics
    ///
    /// If there is no such trip.
    pub fn cut(&self, trip: usize) -> &[Range<u32>] {
        &self.cuts[self.starts[trip]..self.starts[trip + 1]]
    }

    /// The share of the reports that is cut, 0 to 1; 0 of nothing.
    pub fn share_cut(&self) -> f64 {
        if self.reports_in == 0 { 0.0 } else { self.reports_cut as f64 / self.reports_in as f64 }
    }
}

/// The sharp turns and small loops of `trips`, and what of each is to be kept out of training.
///
/// Each trip is thinned first: a report counts that is at least [`OutlierParams::step_m`] from the
/// last one that did. So a ship that lies still and seems to move by the noise of her positions
/// neither turns nor circles, and no leg is so short that noise gives it its direction.
///
/// - *Sharp turns*: RDP2 finds control points. The angle there is formed with the nearest places
///   [`OutlierParams::arm_m`] away, or with the neighboring control points where these are nearer,
///   whichever is sharper. Of control points within an arm of one another, the sharpest is a bend;
///   a bend of less than [`OutlierParams::angle_deg`] is sharp. What is cut is
///   [`OutlierParams::margin_min`] around each.
/// - *Small loops*: where two legs cross and the way from the crossing back to it is shorter than
///   [`OutlierParams::loop_m`]. Of loops that share a part of the way the first to close is listed,
///   but all of them are cut.
///
/// Reports without a position are passed over. Each trip is laid on a plane of its own, on which
/// the date line and the poles are places like others. Takes about `O(n log n)` time, on all cores.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Reference
///
/// Tu, Zhang, Mao, Rachmawati, Huang, *Modeling Historical AIS Data For Vessel Path Prediction: A
/// Comprehensive Treatment*, III-A and Algorithm 1. Its line 6 takes the messages next to a control
/// point for neighbors, its text the neighboring control points. A message every few seconds makes
/// of the first an angle of noise, and of a ship that needs 500 m to turn back a chain of gentle
/// bends; a route's far waypoints make of the second a sharp turn where there is a wide one. Hence
/// the arms, which are both where reports are far apart. And a corner is the one place where a track
/// need not run parallel to any chord: on five days off Santa Barbara a slope of 10° finds a third
/// of the sharp turns that any slope finds, so that 90° is where we begin.
pub fn outliers(
    fleet: &Fleet,
    trips: &[&Trip],
    params: &Checked<OutlierParams>,
    job: &Job,
) -> Result<Outliers, Stopped> {
    job.expect(trips.len());
    let chunks: Vec<Vec<OfTrip>> = trips
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, trips)| {
            let first = chunk * CHUNK;
            let of_trips = (first..).zip(trips).map(|(index, trip)| {
                let of_trip = of_trip(index, &trip.track(fleet), params, job)?;
                job.step()?;
                Ok(of_trip)
            });
            of_trips.collect()
        })
        .collect::<Result<_, Stopped>>()?;
    let mut all = Outliers { starts: vec![0], ..Outliers::default() };
    for (of_trip, trip) in chunks.into_iter().flatten().zip(trips) {
        all.trips_touched += usize::from(!of_trip.found.is_empty());
        all.reports_in += trip.reports.len();
        all.reports_cut += of_trip.cuts.iter().map(ExactSizeIterator::len).sum::<usize>();
        all.found.extend(of_trip.found);
        all.angles_deg.extend(of_trip.angles_deg);
        all.cuts.extend(of_trip.cuts);
        all.starts.push(all.cuts.len());
    }
    let is_turn = |outlier: &&Outlier| matches!(outlier.kind, OutlierKind::SharpTurn { .. });
    all.sharp_turns = all.found.iter().filter(is_turn).count();
    all.loops = all.found.len() - all.sharp_turns;
    all.angles_deg.par_sort_unstable_by(f32::total_cmp);
    Ok(all)
}

/// What is found on one trip.
struct OfTrip {
    found: Vec<Outlier>,
    angles_deg: Vec<f32>,
    cuts: Vec<Range<u32>>,
}

fn of_trip(
    trip: usize,
    track: &Track<'_>,
    params: &OutlierParams,
    job: &Job,
) -> Result<OfTrip, Stopped> {
    let posts = Posts::along(track, params.step_m);
    let bends = sharp::bends(&posts, params, job)?;
    let loops = loops::loops(&posts, params.loop_m, job)?;
    let margin_ms = (params.margin_min * 60_000.0) as i64;
    let turns = bends.iter().filter(|bend| bend.angle_deg < params.angle_deg).map(|bend| {
        let at = posts.reports[bend.post];
        let t_ms = track.t_ms[at as usize];
        let from = track.t_ms.partition_point(|other| *other < t_ms - margin_ms);
        let to = track.t_ms.partition_point(|other| *other <= t_ms + margin_ms);
        Outlier {
            trip,
            kind: OutlierKind::SharpTurn { angle_deg: bend.angle_deg },
            reports: from as u32..to as u32,
            at,
            position: track.positions[at as usize],
        }
    });
    let on_loop = |opens: usize, closes: usize| posts.reports[opens + 1]..posts.reports[closes] + 1;
    let small = loops.told.iter().map(|told| Outlier {
        trip,
        kind: OutlierKind::SmallLoop { length_m: told.length_m },
        reports: on_loop(told.opens, told.closes),
        at: posts.reports[told.closes],
        position: posts.plane.position_from_xy(told.at.0, told.at.1),
    });
    let mut found: Vec<Outlier> = turns.chain(small).collect();
    found.sort_by_key(|outlier| outlier.at);
    let spans = loops.spans.iter().map(|(opens, closes)| on_loop(*opens, *closes));
    let cuts = joined(found.iter().map(|outlier| outlier.reports.clone()).chain(spans).collect());
    let angles_deg = bends.iter().map(|bend| bend.angle_deg as f32).collect();
    Ok(OfTrip { found, angles_deg, cuts })
}

/// The same places in rising ranges that neither overlap nor touch.
fn joined(mut ranges: Vec<Range<u32>>) -> Vec<Range<u32>> {
    ranges.sort_unstable_by_key(|range| range.start);
    let mut joined: Vec<Range<u32>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}
