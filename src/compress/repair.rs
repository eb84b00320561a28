//! Silences filled along a cubic spline.

use rayon::prelude::*;

use super::measure::short_way_deg;
use super::params::RepairParams;
use super::plane::Plane;
use super::spline::Spline;
use crate::ais::{Fleet, Report, Reports, Track, Trip, Truth};
use crate::base::angle::wrap_deg;
use crate::base::geo::{Position, short_distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::units::s_from_ms;

/// Knots on either side of a silence.
const KNOTS: usize = 4;
/// The least time between knots, as a share of the silence. Reports seconds apart tell the ship's
/// direction only to within their scatter, and a spline would carry that on through the silence.
const APART: f64 = 0.25;

/// A fleet with reports inserted into silences, and the same trips of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Repaired {
    /// All reports and the inserted ones.
    pub fleet: Fleet,
    /// The trips, as they lie in this fleet; their lengths are taken anew.
    pub trips: Vec<Trip>,
    /// How many silences were filled.
    pub silences: usize,
    /// How many reports were inserted.
    pub inserted: usize,
}

/// Fills the silences within `trips` that last neither less nor longer than
/// `params` say: a report every `step_s`, along the natural cubic spline through
/// up to four reports on either side. Speeds and directions go evenly from before to after, the
/// short way round; what is missing at either end stays missing. Between trips nothing is inserted.
///
/// The spline runs over time on a plane laid along those reports. They are taken at least a fourth
/// of the silence apart, and from no further off than the last longer silence. Whether repairs are
/// wanted at all ([`RepairParams::repairs`]) is for the caller to ask.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Reference
///
/// Liu et al. (2023), J. Mar. Sci. Eng. 11, 2005, who interpolate longitude and latitude, and speed
/// and course by splines too. Ours is in meters; a spline of courses would swing across north, and
/// one of speeds below zero.
pub fn repair(
    fleet: &Fleet,
    trips: &[Trip],
    params: &Checked<RepairParams>,
    job: &Job,
) -> Result<Repaired, Stopped> {
    job.expect(trips.len());
    let fills = trips
        .par_iter()
        .map(|trip| {
            job.step()?;
            let track = trip.track(fleet);
            Ok((0..track.len().saturating_sub(1))
                .filter_map(|at| {
                    let inserted = fill(fleet, trip.reports.start, &track, at, params);
                    (!inserted.is_empty()).then_some((trip.reports.start + at, inserted))
                })
                .collect())
        })
        .collect::<Result<Vec<Vec<(usize, Vec<Report>)>>, Stopped>>()?;
    let mut fills: Vec<(usize, Vec<Report>)> = fills.into_iter().flatten().collect();
    fills.sort_by_key(|(after, _)| *after);
    job.go_on()?;
    let inserted = fills.iter().map(|(_, reports)| reports.len()).sum();
    let silences = fills.len();
    let trips = moved(trips, &fills);
    let fleet = with_inserted(fleet, fills);
    let trips = trips
        .into_par_iter()
        .map(|trip| {
            let places = &fleet.reports().positions[trip.reports.clone()];
            let length_m = places.windows(2).map(|leg| short_distance_m(leg[0], leg[1])).sum();
            Trip { length_m, ..trip }
        })
        .collect();
    Ok(Repaired { fleet, trips, silences, inserted })
}

/// What is to be inserted after report `at` of a trip whose first report is `first` of the fleet.
fn fill(
    fleet: &Fleet,
    first: usize,
    track: &Track,
    at: usize,
    params: &RepairParams,
) -> Vec<Report> {
    let lasts_s = s_from_ms(track.t_ms[at + 1] - track.t_ms[at]);
    let is_silence = lasts_s >= params.least_s && lasts_s <= 60.0 * params.longest_min;
    let n = (lasts_s / params.step_s).ceil() as i64 - 1;
    let ends_are_known = track.positions[at].is_valid() && track.positions[at + 1].is_valid();
    if !is_silence || n < 1 || !ends_are_known {
        return Vec::new();
    }
    let knots = knots(track, at, lasts_s, params);
    let places: Vec<Position> = knots.iter().map(|knot| track.positions[*knot]).collect();
    let plane = Plane::along(&places);
    let (mut x_m, mut y_m) = (Vec::new(), Vec::new());
    plane.project(&places, &mut x_m, &mut y_m);
    let seconds = |t_ms: i64| s_from_ms(t_ms - track.t_ms[at]);
    let t_s: Vec<f64> = knots.iter().map(|knot| seconds(track.t_ms[*knot])).collect();
    let (x_m, y_m) = (Spline::new(&t_s, &x_m), Spline::new(&t_s, &y_m));
    let (before, after) = (fleet.reports().get(first + at), fleet.reports().get(first + at + 1));
    (1..=n)
        .map(|i| {
            let t_ms = before.t_ms + (params.step_s * 1000.0 * i as f64).round() as i64;
            let t_s = seconds(t_ms);
            let position = plane.position_from_xy(x_m.at(t_s), y_m.at(t_s));
            between(before, after, t_ms, t_s / lasts_s, position)
        })
        .filter(|report| report.t_ms < after.t_ms)
        .collect()
}

/// Reports for a spline across the silence after report `at`, by rising time.
fn knots(track: &Track, at: usize, lasts_s: f64, params: &RepairParams) -> Vec<usize> {
    let s = |from: usize, to: usize| s_from_ms(track.t_ms[to] - track.t_ms[from]).abs();
    let walk = |start: usize, others: &mut dyn Iterator<Item = usize>| {
        let mut knots = vec![start];
        let mut neighbor = start;
        for other in others {
            if knots.len() == KNOTS || s(neighbor, other) > 60.0 * params.longest_min {
                break;
            }
            neighbor = other;
            let is_apart = s(knots[knots.len() - 1], other) >= APART * lasts_s;
            if is_apart && track.positions[other].is_valid() {
                knots.push(other);
            }
        }
        knots
    };
    let mut knots_before = walk(at, &mut (0..at).rev());
    knots_before.reverse();
    knots_before.extend(walk(at + 1, &mut (at + 2..track.len())));
    knots_before
}

fn between(before: Report, after: Report, t_ms: i64, share: f64, position: Position) -> Report {
    let even = |a: f32, b: f32| a + (b - a) * share as f32;
    let toward = |a: f32, b: f32| {
        let (a, b) = (f64::from(a), f64::from(b));
        wrap_deg(a + share * short_way_deg(b - a)) as f32
    };
    Report {
        t_ms,
        position,
        sog_kn: even(before.sog_kn, after.sog_kn),
        cog_deg: toward(before.cog_deg, after.cog_deg),
        heading_deg: toward(before.heading_deg, after.heading_deg),
        rot_deg_min: even(before.rot_deg_min, after.rot_deg_min),
        status: before.status,
    }
}

/// The trips as they lie once `fills` are inserted.
fn moved(trips: &[Trip], fills: &[(usize, Vec<Report>)]) -> Vec<Trip> {
    let mut sums = vec![0];
    for (_, reports) in fills {
        sums.push(sums[sums.len() - 1] + reports.len());
    }
    // What was inserted after a report earlier than `report`.
    let shift = |report: usize| sums[fills.partition_point(|(after, _)| *after < report)];
    let moved = |trip: &Trip| {
        let (start, last) = (trip.reports.start, trip.reports.end.saturating_sub(1));
        Trip { reports: start + shift(start)..trip.reports.end + shift(last), ..trip.clone() }
    };
    trips.iter().map(moved).collect()
}

fn with_inserted(fleet: &Fleet, fills: Vec<(usize, Vec<Report>)>) -> Fleet {
    let has_truth = !fleet.reports().truth.is_empty();
    let mut fills = fills.into_iter().peekable();
    let mut reports = Reports::default();
    reports.reserve(fleet.reports().len());
    let mut starts = vec![0];
    let push = |reports: &mut Reports, report: Report, truth: Truth| {
        if has_truth {
            reports.push_with_truth(report, truth);
        } else {
            reports.push(report);
        }
    };
    for vessel in 0..fleet.vessels().len() {
        for index in fleet.range(vessel) {
            push(&mut reports, fleet.reports().get(index), fleet.truth(index));
            if let Some((_, inserted)) = fills.next_if(|(after, _)| *after == index) {
                for report in inserted {
                    push(&mut reports, report, Truth::UNKNOWN);
                }
            }
        }
        starts.push(reports.len());
    }
    Fleet::new(fleet.vessels().to_vec(), starts, reports)
}
