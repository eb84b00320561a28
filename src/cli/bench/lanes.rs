//! The peers' workload, made again: trips along twenty lanes of a strait.

use std::f64::consts::TAU;

use crate::ais::{Ending, Fleet, Mmsi, Report, Reports, Trip, Truth, Vessel};
use crate::base::geo::Position;
use crate::base::rng::Rng;

/// How many lanes there are.
pub const LANES: usize = 20;
/// Points along a lane.
const STEPS: usize = 2000;
/// The middle of the strait.
const MIDDLE: Position = Position { lat_deg: 56.75, lon_deg: 11.65 };
/// Meters in a degree of latitude.
const DEGREE_M: f64 = 111_194.93;

type Xy = [f64; 2];

/// Trips along lanes, `n` of `points` reports each, in either direction; trip i sails lane i mod 20.
/// Places are spread as the peers' generator does: 500 m from report to report, a wave of 200 m.
pub fn trips(n: usize, points: usize, seed: u64) -> (Fleet, Vec<Trip>) {
    let mut rng = Rng::new(seed, 7);
    let lanes: Vec<Vec<Xy>> = (0..LANES).map(|_| lane(&mut rng)).collect();
    let mut reports = Reports::default();
    let (mut vessels, mut starts, mut trips) = (Vec::new(), vec![0], Vec::new());
    for i in 0..n {
        let lane = &lanes[i % LANES];
        let (from, to) = (rng.between(0.0, 0.1), rng.between(0.9, 1.0));
        let is_back = rng.happens(0.5);
        let sog_kn = (12.0 + 3.0 * rng.normal()).clamp(4.0, 22.0);
        let (waves, phase) = (rng.between(1.0, 3.0), rng.between(0.0, TAU));
        let first = reports.len();
        for k in 0..points {
            let share = k as f64 / (points - 1).max(1) as f64;
            let along = if is_back { 1.0 - share } else { share };
            let off_m = 500.0 * rng.normal() + 200.0 * (TAU * waves * share + phase).sin();
            let ([x, y], course_deg) = at(lane, from + (to - from) * along, off_m);
            let place = [x + 30.0 * rng.normal(), y + 30.0 * rng.normal()];
            let turn_deg = if is_back { 180.0 } else { 0.0 } + 2.0 * rng.normal();
            let report = Report {
                sog_kn: (sog_kn + 0.4 * rng.normal()).max(0.0) as f32,
                cog_deg: (course_deg + turn_deg).rem_euclid(360.0) as f32,
                ..Report::at(60_000 * k as i64, position(place))
            };
            let truth = Truth { route: (i % LANES) as u32, ..Truth::UNKNOWN };
            reports.push_with_truth(report, truth);
        }
        vessels.push(Vessel { mmsi: Mmsi(219_000_000 + i as u32), ..Vessel::default() });
        starts.push(reports.len());
        let (begins, ends) = (Ending::Track, Ending::Track);
        trips.push(Trip { vessel: i, reports: first..reports.len(), length_m: 0.0, begins, ends });
    }
    (Fleet::new(vessels, starts, reports), trips)
}

/// Ships under way along lanes, `n` of `points` reports each, half a minute apart or so, 8 m of
/// scatter: what compression is measured on.
pub fn tracks(n: usize, points: usize, seed: u64) -> (Fleet, Vec<Trip>) {
    let mut rng = Rng::new(seed, 8);
    let lanes: Vec<Vec<Xy>> = (0..LANES).map(|_| lane(&mut rng)).collect();
    let mut reports = Reports::default();
    reports.reserve(n * points);
    let (mut vessels, mut starts, mut trips) = (Vec::new(), vec![0], Vec::new());
    for i in 0..n {
        let lane = &lanes[i % LANES];
        let length_m: f64 = lane.windows(2).map(|pair| leg_m(pair[0], pair[1])).sum();
        let mut sog_kn = (12.0 + 3.0 * rng.normal()).clamp(4.0, 22.0);
        let (mut gone_m, mut off_m) = (rng.between(0.0, length_m), 600.0 * rng.normal());
        let (first, mut t_ms) = (reports.len(), 0_i64);
        for _ in 0..points {
            let dt_s = (30.0 * (0.6 * rng.normal()).exp()).clamp(2.0, 600.0);
            t_ms += (1000.0 * dt_s) as i64;
            sog_kn = (sog_kn + 0.05 * rng.normal()).clamp(0.5, 28.0);
            gone_m += 0.514_444 * sog_kn * dt_s;
            off_m += 8.0 * rng.normal();
            let turned = gone_m.rem_euclid(2.0 * length_m);
            let (along_m, turn_deg) =
                if turned <= length_m { (turned, 0.0) } else { (2.0 * length_m - turned, 180.0) };
            let ([x, y], course_deg) = at(lane, along_m / length_m, off_m);
            let place = [x + 8.0 * rng.normal(), y + 8.0 * rng.normal()];
            reports.push(Report {
                sog_kn: sog_kn as f32,
                cog_deg: (course_deg + turn_deg + 1.5 * rng.normal()).rem_euclid(360.0) as f32,
                ..Report::at(t_ms, position(place))
            });
        }
        vessels.push(Vessel { mmsi: Mmsi(219_000_000 + i as u32), ..Vessel::default() });
        starts.push(reports.len());
        let (begins, ends) = (Ending::Track, Ending::Track);
        trips.push(Trip { vessel: i, reports: first..reports.len(), length_m: 0.0, begins, ends });
    }
    (Fleet::new(vessels, starts, reports), trips)
}

/// The places of a trip on the strait's plane, meters: for plain code to measure beside ours.
pub fn plane(fleet: &Fleet, trip: &Trip) -> Vec<Xy> {
    let cos = MIDDLE.lat_deg.to_radians().cos();
    let xy = |place: &Position| {
        [
            (place.lon_deg - MIDDLE.lon_deg) * DEGREE_M * cos,
            (place.lat_deg - MIDDLE.lat_deg) * DEGREE_M,
        ]
    };
    trip.track(fleet).positions.iter().map(xy).collect()
}

/// A lane through four to seven places of the strait, its corners cut four times.
fn lane(rng: &mut Rng) -> Vec<Xy> {
    let n = 4 + rng.below(4);
    let mut line: Vec<Xy> = (0..n)
        .map(|_| [rng.between(-83_000.0, 83_000.0), rng.between(-139_000.0, 139_000.0)])
        .collect();
    let axis = [rng.normal(), rng.normal()];
    line.sort_by(|a, b| {
        let along = |at: &Xy| at[0] * axis[0] + at[1] * axis[1];
        along(a).total_cmp(&along(b))
    });
    for _ in 0..4 {
        let mut cut = vec![line[0]];
        for pair in line.windows(2) {
            let between =
                |share: f64| [0, 1].map(|k| (1.0 - share) * pair[0][k] + share * pair[1][k]);
            cut.extend([between(0.25), between(0.75)]);
        }
        cut.extend(line.last());
        line = cut;
    }
    // Even steps.
    let mut gone = vec![0.0];
    for pair in line.windows(2) {
        gone.push(gone[gone.len() - 1] + leg_m(pair[0], pair[1]));
    }
    let total_m = gone[gone.len() - 1];
    let mut leg = 0;
    (0..=STEPS)
        .map(|step| {
            let at_m = total_m * step as f64 / STEPS as f64;
            while leg + 2 < gone.len() && gone[leg + 1] < at_m {
                leg += 1;
            }
            let share = (at_m - gone[leg]) / (gone[leg + 1] - gone[leg]).max(1e-9);
            [0, 1].map(|k| line[leg][k] + share * (line[leg + 1][k] - line[leg][k]))
        })
        .collect()
}

fn leg_m(a: Xy, b: Xy) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

/// The place at a share of the lane, so far to starboard, and the course there, degrees.
fn at(lane: &[Xy], share: f64, off_m: f64) -> (Xy, f64) {
    let place = share.clamp(0.0, 1.0) * STEPS as f64;
    let i = (place as usize).min(STEPS - 1);
    let (a, b) = (lane[i], lane[i + 1]);
    let length_m = leg_m(a, b).max(1e-9);
    let along = [0, 1].map(|k| (b[k] - a[k]) / length_m);
    let side = [along[1], -along[0]];
    let to = place - i as f64;
    let xy = [0, 1].map(|k| a[k] + to * (b[k] - a[k]) + off_m * side[k]);
    (xy, along[0].atan2(along[1]).to_degrees().rem_euclid(360.0))
}

fn position([x, y]: Xy) -> Position {
    let cos = MIDDLE.lat_deg.to_radians().cos();
    Position::new(MIDDLE.lat_deg + y / DEGREE_M, MIDDLE.lon_deg + x / (DEGREE_M * cos))
}
