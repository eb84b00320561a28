//! Routes: the water that the trips of a cluster share, and how they sail it.
//!
//! [`routes()`] finds the center line of each cluster, how far its trips spread to either side, and
//! their speeds along it. [`Route::shape`] is what is drawn and exported; [`shared_water()`] says
//! which routes cover each other.

mod between;
mod cross;
mod line;
mod measure;
mod medoid;
mod params;
mod plane;
mod shape;
mod spread;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

pub use between::{Shared, shared_water};
pub use params::RouteParams;
pub use shape::{Arrow, Shape};
pub use spread::Spread;

use self::cross::{Passage, passage};
use self::line::Line;
use self::measure::described;
use self::plane::Path;
use self::spread::median;
use crate::ais::{Fleet, ShipKind, Trip};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;

/// A route has at most about this many center points: more would neither be seen nor hold more
/// than the reports of a trip do.
const MAX_STEPS: f64 = 400.0;

/// And at least this many steps, however short it is: its ends are true to a step.
const MIN_STEPS: f64 = 40.0;

/// In each round the line is lengthened by this share at either end, to follow where most members
/// sail further than the medoid.
const EXTENSION: f64 = 0.1;

/// For so many steps beyond its end, a trip still counts for the center. Otherwise an end that is
/// turned a little would keep the trips of one side longer, whose middle turns it further.
const HELD: usize = 8;

/// In all rounds but the last, this many members or some more, taken evenly, stand for all.
const CROWD: usize = 200;

/// How many rounds more there may be while the line still grows: seven times as long as it was.
const MAX_GROWING: usize = 20;

/// Where more than half of the members pass for less than this share of a member's way, they
/// follow each other rather than lie together.
const SHORT_SHARE: f64 = 0.5;

/// What the trips of one cluster have in common.
#[derive(Clone, PartialEq, Debug)]
pub struct Route {
    /// The number of its cluster.
    pub id: u32,
    /// Its trips, as indices into all trips, sorted by vessel and time.
    pub members: Vec<usize>,
    /// How many of them sail along the route at all. The others lie still, or nowhere.
    pub sailing: usize,
    /// The member in the middle of all, from which the center line was begun.
    pub medoid: usize,
    /// The center line, at even steps; at least two points.
    pub center: Vec<CenterPoint>,
    /// The course of the straight line (on Mercator's map) from the beginning of the center line
    /// to its end, degrees.
    pub direction_deg: f64,
    /// The share of the sailing members that sail against that, `0..=0.5`.
    pub opposite_share: f64,
    /// Length of the center line, nautical miles.
    pub length_nmi: f64,
    /// Median over the center line of the way between its edges, meters.
    pub median_width_m: f64,
    /// The members' mean speeds along the center line, knots; `None` where no speed is known.
    pub sog_kn: Option<Spread>,
    /// How long the members last from first to last report, seconds.
    pub duration_s: Spread,
    /// How many members are of each kind, in the order of [`ShipKind::ALL`].
    pub by_kind: [u32; ShipKind::ALL.len()],
    /// How many members pass the middle of the route in each hour of the day, UTC. A member that
    /// does not pass it counts by the middle of its own time.
    pub by_hour: [u32; 24],
    /// How many ships the members are of.
    pub vessels: usize,
    /// The first report of all members, UTC milliseconds.
    pub first_ms: i64,
    /// The last report of all members, UTC milliseconds.
    pub last_ms: i64,
}

/// A point of a center line, and how the members pass it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CenterPoint {
    /// Where it is.
    pub position: Position,
    /// How far along the center line, meters.
    pub distance_m: f64,
    /// The course of the center line, degrees.
    pub direction_deg: f64,
    /// How far to port the edge lies beyond which the outermost 5 % of the members pass, meters.
    /// (5 % unless [`RouteParams::outer_percent`] says otherwise.)
    pub left_m: f64,
    /// The same to starboard.
    pub right_m: f64,
    /// The members' speeds over ground, knots; `None` where none is known.
    pub sog_kn: Option<Spread>,
    /// How many members pass.
    pub present: usize,
}

/// The routes of some clusters.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Routes {
    /// One for each cluster that has a route, in their order.
    pub routes: Vec<Route>,
    /// The clusters without one: none of their trips leads anywhere.
    pub without: Vec<u32>,
}

/// The routes of `clusters`, each a list of indices into `trips`. `medoids[i]` is the medoid of
/// cluster `i` where one is known already; `medoids` may be shorter, or empty.
///
/// Takes time linear in the number of reports of all members, on all cores.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Panics
///
/// If a cluster names a trip that is not there.
pub fn routes(
    fleet: &Fleet,
    trips: &[Trip],
    clusters: &[Vec<usize>],
    medoids: &[Option<usize>],
    params: &Checked<RouteParams>,
    job: &Job,
) -> Result<Routes, Stopped> {
    job.expect(clusters.iter().map(Vec::len).sum());
    let found = clusters
        .par_iter()
        .enumerate()
        .map(|(id, members)| {
            job.go_on()?;
            let medoid = medoids.get(id).copied().flatten();
            let found = route(fleet, trips, members, medoid, id as u32, params);
            job.advance(members.len())?;
            Ok(found)
        })
        .collect::<Result<Vec<Option<Route>>, Stopped>>()?;
    let mut routes = Routes::default();
    for (id, route) in found.into_iter().enumerate() {
        match route {
            Some(route) => routes.routes.push(route),
            None => routes.without.push(id as u32),
        }
    }
    Ok(routes)
}

/// The route of the trips `members`, indices into `trips` as `medoid` is, or `None` where none of
/// them leads anywhere. Its direction is that of most members. Neither the order of members nor
/// that of trips matters.
///
/// The line begins as `medoid`, or as the member that lies nearest to some others where none is
/// named, at even steps. Then, some rounds long: each member's crossing of the normal line at each
/// step is found (`cross.rs` says how); the median of the crossings moves the line sideways; it
/// is cut to its longest part where more than half of the members pass, and goes on beyond its
/// ends where they do. Sideways moves are smoothed over three steps, places never, so that bends
/// keep their shape.
///
/// Where members cover such different parts that half of them pass only on a part shorter than
/// half a member, more than half of as many as pass in most places is enough.
///
/// Reports without a position count as not sent. A speed that was not reported is taken from
/// places and times.
///
/// # Panics
///
/// If a member is not in `trips`.
pub fn route(
    fleet: &Fleet,
    trips: &[Trip],
    members: &[usize],
    medoid: Option<usize>,
    id: u32,
    params: &Checked<RouteParams>,
) -> Option<Route> {
    let mut members = members.to_vec();
    members.sort_unstable_by_key(|index| {
        let trip = &trips[*index];
        (trip.vessel, trip.reports.start, *index)
    });
    let mut paths: Vec<Path> =
        members.par_iter().map(|index| Path::of(fleet, &trips[*index])).collect();
    let begin = |place: &usize| {
        let path = &paths[*place];
        let step_m = params.step_m.clamp(path.length_m() / MAX_STEPS, path.length_m() / MIN_STEPS);
        let line = Line::along(&path.places, step_m);
        (line.len() >= 2).then_some((*place, line, step_m))
    };
    let named = medoid.and_then(|medoid| members.iter().position(|index| *index == medoid));
    let (medoid, line, step_m) = named
        .as_ref()
        .and_then(begin)
        .or_else(|| begin(&medoid::central(&paths)?))
        // A medoid that goes out and back within a step makes no line; some other may.
        .or_else(|| (0..paths.len()).find_map(|place| begin(&place)))?;
    paths.par_iter_mut().for_each(|path| path.bring_to(line.places()));
    let (line, passages) = settled(&paths, line, step_m, params);
    Some(described(fleet, trips, members, medoid, id, &Settled { paths, line, passages }, params))
}

/// A line that has come to rest, and how the paths pass along it.
struct Settled {
    paths: Vec<Path>,
    line: Line,
    passages: Vec<Option<Passage>>,
}

/// The line after its rounds, and the passages along it.
fn settled(
    paths: &[Path],
    mut line: Line,
    step_m: f64,
    params: &RouteParams,
) -> (Line, Vec<Option<Passage>>) {
    let pass = |line: &Line, every: usize| -> Vec<Option<Passage>> {
        paths.par_iter().step_by(every).map(|path| passage(&path.places, line)).collect()
    };
    let some = (paths.len() / CROWD).max(1);
    let (mut rounds, mut growing) = (0, 0);
    while rounds < params.rounds {
        let longer = line.extended(((EXTENSION * line.len() as f64) as usize).max(2));
        let every = if rounds + 1 < params.rounds { some } else { 1 };
        let passages = pass(&longer, every);
        let Some((from, to)) = attended(&passages, longer.len(), params.present_share) else {
            break;
        };
        let offset_m = |k| {
            let sides = passages.iter().flatten().filter_map(|it| it.starboard_m(k, HELD));
            median(&mut sides.collect::<Vec<f64>>())
        };
        let offsets_m: Vec<f64> = (from..=to).into_par_iter().map(offset_m).collect();
        if growing < MAX_GROWING && (from == 0 || to == longer.len() - 1) {
            growing += 1;
        } else {
            rounds += 1;
        }
        let moved = longer.shifted(from, &smoothed(&offsets_m), step_m);
        if moved.len() < 2 {
            break;
        }
        line = if is_against_most(&passages) { moved.reversed() } else { moved };
    }
    let passages = pass(&line, 1);
    let Some((from, to)) = attended(&passages, line.len(), params.present_share) else {
        return (line, passages);
    };
    let passages = passages.into_iter().map(|passage| passage?.within(from, to)).collect();
    (line.part(from, to), passages)
}

/// Whether more members sail against the line than along it.
fn is_against_most(passages: &[Option<Passage>]) -> bool {
    let against = passages.iter().flatten().filter(|passage| !passage.is_along).count();
    2 * against > passages.iter().flatten().count()
}

/// First and last station of the longest part of the line where more than `share` of the members
/// pass, if it has any length.
fn attended(passages: &[Option<Passage>], stations: usize, share: f64) -> Option<(usize, usize)> {
    // How many more pass a station than the one before it.
    let mut more = vec![0_i64; stations + 1];
    for passage in passages.iter().flatten() {
        more[passage.first] += 1;
        more[passage.first + passage.crossings.len()] -= 1;
    }
    let present: Vec<usize> = more[..stations]
        .iter()
        .scan(0, |sum, change| {
            *sum += change;
            Some(*sum as usize)
        })
        .collect();
    let enough = |n: usize| ((share * n as f64) as usize + 1).min(n);
    let run = longest_run(&present, enough(passages.iter().flatten().count()));
    // Trips that follow each other like the links of a chain lie together only where they overlap.
    let mut stations_each: Vec<f64> =
        passages.iter().flatten().map(|passage| passage.crossings.len() as f64).collect();
    let is_long = |(from, to): &(usize, usize)| {
        (to - from + 1) as f64 >= SHORT_SHARE * median(&mut stations_each)
    };
    run.filter(is_long).or_else(|| {
        let mut passed: Vec<f64> = present.iter().filter(|n| **n > 0).map(|n| *n as f64).collect();
        longest_run(&present, enough(median(&mut passed) as usize))
    })
}

/// First and last station of the longest part of the line where `needed` members or more are
/// present, one at least; if it has any length.
fn longest_run(present: &[usize], needed: usize) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut from = 0;
    for (k, n) in present.iter().enumerate() {
        if *n < needed.max(1) {
            from = k + 1;
        } else if best.is_none_or(|(first, last)| k - from > last - first) {
            best = Some((from, k));
        }
    }
    best.filter(|(from, to)| from < to)
}

/// Each value with half of the mean of its neighbors (weights 1, 2, 1).
fn smoothed(values: &[f64]) -> Vec<f64> {
    let last = values.len().saturating_sub(1);
    (0..values.len())
        .map(|k| {
            let (before, after) = (values[k.saturating_sub(1)], values[(k + 1).min(last)]);
            0.25 * before + 0.5 * values[k] + 0.25 * after
        })
        .collect()
}
