//! CBTR: each point is linked to its best possible next point (BPNP).
//!
//! Chen, Harrison, Huang (2020), *The Unsupervised Method of Vessel Movement Trajectory
//! Prediction*, arXiv 2007.13712, section 3.1, all of its steps.
//!
//! The search is exact: it finds the candidate that a look at all points within the longest gap
//! would find, by bounding the error of whole boxes of points in time, place and velocity, so that
//! time grows with n log n and hardly with the longest gap.

use super::links::{Link, Why};
use super::motion::{M_PER_DEG, velocity_mps, way_m};
use super::params::CbtrParams;
use super::points::Spot;
use super::tree::{Bound, Tree, greater, smaller};
use crate::base::job::{Job, Stopped};

/// Miles in a degree of longitude on the equator, over those in a degree of latitude: the paper's
/// 69 / 69.172 in its alpha.
const MILES: f64 = 69.0 / 69.172;

/// A point as the paper computes with it: degrees of longitude, and of latitude stretched by alpha.
#[derive(Clone, Copy, Debug)]
struct State {
    t_s: f64,
    x: f64,
    y: f64,
    /// Degrees a second.
    vx: f64,
    vy: f64,
    v_kn: f64,
}

/// Each point's best possible next point and the error distance to it, d or d0 in square degrees.
pub(super) fn cbtr(spots: &[Spot], params: &CbtrParams, job: &Job) -> Result<Vec<Link>, Stopped> {
    let states = states(spots);
    let rows: Vec<[f64; 6]> =
        states.iter().map(|s| [s.t_s, s.x, s.y, s.vx, s.vy, s.v_kn]).collect();
    // Velocity parts places after about a minute's motion; speed follows from it.
    let tree = Tree::new(&rows, &states, [params.angle_weight, 1.0, 1.0, 60.0, 60.0, 0.0]);
    job.expect(spots.len());
    let best: Vec<Option<(f64, u32)>> = tree.ask_all(job, |from, at| {
        let least = |bound: &Bound<6>| least_error(from, bound, params);
        let cost = |to: &State, other| {
            if other == at { f64::INFINITY } else { error(from, to, params) }
        };
        tree.cheapest(1, f64::INFINITY, least, cost).first().copied()
    })?;
    let mut links: Vec<Link> = best
        .iter()
        .enumerate()
        .map(|(at, best)| match best {
            Some((error, to)) => {
                let is_moving = states[at].v_kn + states[*to as usize].v_kn > params.moving_kn;
                let why = if is_moving { Why::Moving } else { Why::Steady };
                Link { to: Some(*to), why, cost: *error as f32 }
            }
            None => Link::none(Why::NoCandidate),
        })
        .collect();
    for at in abnormal(&best, &states, params) {
        let (_, to) = best[at].expect("abnormal points have a next one");
        if is_turning_point(&best, &states, spots, at, to as usize, params) {
            links[at].why = Why::TurningPoint;
        } else {
            links[at] = Link { to: None, why: Why::Abnormal, ..links[at] };
        }
    }
    Ok(links)
}

fn states(spots: &[Spot]) -> Vec<State> {
    let mean_deg = spots.iter().map(|spot| spot.lat_deg).sum::<f64>() / spots.len().max(1) as f64;
    let alpha = MILES / mean_deg.to_radians().cos();
    spots
        .iter()
        .map(|spot| {
            let (east, north) = velocity_mps(spot);
            // At the poles every way is north or south.
            let parallel = spot.lat_deg.to_radians().cos().max(1e-6);
            State {
                t_s: spot.t_s,
                x: spot.lon_deg,
                y: alpha * spot.lat_deg,
                vx: east / (M_PER_DEG * parallel),
                vy: alpha * north / M_PER_DEG,
                v_kn: spot.v_kn,
            }
        })
        .collect()
}

/// The error distance of the pair, infinite if the second is no candidate of the first.
fn error(from: &State, to: &State, params: &CbtrParams) -> f64 {
    let dt = to.t_s - from.t_s;
    if dt < params.least_gap_s || dt > params.longest_gap_s {
        return f64::INFINITY;
    }
    let (dx, dy) = (to.x - from.x, to.y - from.y);
    let time = params.angle_weight * dt;
    if from.v_kn + to.v_kn > params.moving_kn {
        let ahead = [time, from.vx * dt, from.vy * dt];
        if cosine(ahead, [time, dx, dy]) <= params.moving_cosine {
            return f64::INFINITY;
        }
        let weight = (params.moving_weight * dt).powi(2);
        let forward = (dx - from.vx * dt).powi(2) + (dy - from.vy * dt).powi(2);
        let backward = (dx - to.vx * dt).powi(2) + (dy - to.vy * dt).powi(2);
        weight + 0.5 * (forward + backward)
    } else {
        if cosine([time, 0.0, 0.0], [time, dx, dy]) <= params.steady_cosine {
            return f64::INFINITY;
        }
        (params.steady_weight * dt).powi(2) + dx * dx + dy * dy
    }
}

/// What the error from `from` to any point in the box is at least; infinite too if the gates leave
/// none of them.
fn least_error(from: &State, bound: &Bound<6>, params: &CbtrParams) -> f64 {
    let least = greater(bound.low(0) - from.t_s, params.least_gap_s);
    let most = smaller(bound.high(0) - from.t_s, params.longest_gap_s);
    if least > most {
        return f64::INFINITY;
    }
    // How far the interval from `low` to `high` lies off zero, squared.
    let off = |low: f64, high: f64| greater(greater(low, -high), 0.0).powi(2);
    let run = |v: f64| if v < 0.0 { (v * most, v * least) } else { (v * least, v * most) };
    let (mut forward, mut backward, mut apart) = (0.0, 0.0, 0.0);
    // The most that the way to a point may have in common with where `from` heads.
    let mut ahead = (params.angle_weight * most).powi(2);
    for (axis, x, v) in [(1, from.x, from.vx), (2, from.y, from.vy)] {
        let (low, high) = (bound.low(axis) - x, bound.high(axis) - x);
        let (run_low, run_high) = run(v);
        forward += off(low - run_high, high - run_low);
        let (back_low, back_high) = (run(bound.low(axis + 2)).0, run(bound.high(axis + 2)).1);
        backward += off(low - back_high, high - back_low);
        apart += off(low, high);
        let farthest = if v < 0.0 { low } else { high };
        ahead += v * farthest * if v * farthest > 0.0 { most } else { least };
    }
    // A little less than the truth in all that follows, so that rounding hides no candidate.
    let (less, time) = (1.0 - 1e-9, params.angle_weight * least);
    let headed = least * (params.angle_weight.powi(2) + from.vx.powi(2) + from.vy.powi(2)).sqrt();
    let gate = params.moving_cosine * headed * (time * time + apart).sqrt();
    let moving = if from.v_kn + bound.high(5) > params.moving_kn
        && (params.moving_cosine <= 0.0 || ahead > gate * less)
    {
        (params.moving_weight * least).powi(2) + 0.5 * (forward + backward)
    } else {
        f64::INFINITY
    };
    let cosine = params.steady_cosine;
    let drift = params.angle_weight * most;
    let steady = if from.v_kn + bound.low(5) <= params.moving_kn
        && (cosine <= 0.0 || drift * drift > cosine * cosine * (drift * drift + apart) * less)
    {
        (params.steady_weight * least).powi(2) + apart
    } else {
        f64::INFINITY
    };
    smaller(moving, steady) * less
}

/// The cosine between two ways in space and time; of no way at all it is 1.
fn cosine(a: [f64; 3], b: [f64; 3]) -> f64 {
    let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    if lengths > 0.0 { dot(a, b) / lengths } else { 1.0 }
}

/// The points with the largest errors by the square of the gap; of equal ones those that come first.
fn abnormal(best: &[Option<(f64, u32)>], states: &[State], params: &CbtrParams) -> Vec<usize> {
    let mut errors: Vec<(f64, usize)> = best
        .iter()
        .enumerate()
        .filter_map(|(at, best)| {
            let (error, to) = (*best)?;
            let dt = states[to as usize].t_s - states[at].t_s;
            Some((error / (dt * dt).max(f64::MIN_POSITIVE), at))
        })
        .collect();
    errors.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    errors.truncate(params.abnormal);
    errors.into_iter().map(|(_, at)| at).collect()
}

/// Whether the way through the point's next point goes on about as it came.
fn is_turning_point(
    best: &[Option<(f64, u32)>],
    states: &[State],
    spots: &[Spot],
    at: usize,
    to: usize,
    params: &CbtrParams,
) -> bool {
    let Some((_, after)) = best[to] else { return false };
    let (east, north) = way_m(&spots[at], &spots[to]);
    let leg = |from: &State, to: &State| {
        [params.angle_weight * (to.t_s - from.t_s), to.x - from.x, to.y - from.y]
    };
    let turn = cosine(leg(&states[at], &states[to]), leg(&states[to], &states[after as usize]));
    east.hypot(north) <= params.turning_m && turn >= params.turning_cosine
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    fn spot(t_s: f64, lon_deg: f64, lat_deg: f64, v_kn: f64, c_deg: f64) -> Spot {
        Spot { t_s, lon_deg, lat_deg, v_kn, c_deg }
    }

    /// The link of the first of two spots.
    fn link_of(a: Spot, b: Spot) -> Link {
        let params = CbtrParams { abnormal: 0, ..CbtrParams::default() };
        cbtr(&[a, b], &params, &Job::default()).unwrap()[0]
    }

    #[test]
    fn each_rule_holds_where_it_should() {
        // On the equator a knot for 100 s is 100/3600 minutes: 0.000463 degrees.
        let knot = 1.0 / 2160.0;
        let at = |x: f64, y: f64, t: f64, v: f64, c: f64| spot(t, x, y, v, c);
        for (what, to, why) in [
            ("ahead", at(10.0 * knot, 0.0, 100.0, 10.0, 90.0), Why::Moving),
            ("behind", at(-10.0 * knot, 0.0, 100.0, 10.0, 90.0), Why::NoCandidate),
            ("abeam, 84 degrees off", at(0.9 * knot, 8.5 * knot, 100.0, 10.0, 90.0), Why::Moving),
            ("too early", at(0.0, 0.0, 0.5, 10.0, 90.0), Why::NoCandidate),
            ("just in time", at(0.1 * knot, 0.0, 1.0, 10.0, 90.0), Why::Moving),
            ("at the longest gap", at(100.0 * knot, 0.0, 1000.0, 10.0, 90.0), Why::Moving),
            ("too late", at(100.0 * knot, 0.0, 1000.5, 10.0, 90.0), Why::NoCandidate),
        ] {
            assert_eq!(link_of(at(0.0, 0.0, 0.0, 10.0, 90.0), to).why, why, "{what}");
        }
        // Steady: the cosine of 0.95 lets a ship drift 0.3287 of 1e-5 degrees a second.
        for (what, drift, speeds, why) in [
            ("drifting", 0.32e-3, (1.0, 2.0), Why::Steady),
            ("drifting too far", 0.34e-3, (1.0, 2.0), Why::NoCandidate),
            ("no longer steady", 0.34e-3, (1.0, 2.1), Why::Moving),
        ] {
            let link =
                link_of(at(0.0, 0.0, 0.0, speeds.0, 90.0), at(drift, 0.0, 100.0, speeds.1, 90.0));
            assert_eq!(link.why, why, "{what}");
        }
    }

    #[test]
    fn the_error_of_a_moving_pair_is_the_mean_of_both_ways() {
        // Ten knots east for 100 s, found at rest there: forward all is right, backward nothing.
        let way = 10.0 / 2160.0;
        let (a, b) = (spot(0.0, 0.0, 0.0, 10.0, 90.0), spot(100.0, way, 0.0, 0.0, 0.0));
        let expected = 2e-4_f64.powi(2) + 0.5 * way * way;
        let found = f64::from(link_of(a, b).cost);
        assert!((found / expected - 1.0).abs() < 1e-3, "{found} {expected}");
    }

    #[test]
    fn the_search_finds_what_looking_at_all_finds() {
        let mut rng = Rng::new(9, 0);
        let mut spots: Vec<Spot> = (0..1500)
            .map(|_| {
                let v_kn =
                    if rng.happens(0.3) { rng.between(0.0, 2.0) } else { rng.between(0.0, 20.0) };
                let (t_s, c_deg) = (rng.between(0.0, 3000.0).round(), rng.between(0.0, 360.0));
                spot(t_s, rng.between(-0.1, 0.1), rng.between(36.9, 37.0), v_kn, c_deg)
            })
            .collect();
        spots.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
        let params = CbtrParams { abnormal: 0, ..CbtrParams::default() };
        let links = cbtr(&spots, &params, &Job::default()).unwrap();
        let states = states(&spots);
        for (at, link) in links.iter().enumerate() {
            let all = (0..1500)
                .filter(|to| *to != at)
                .map(|to| (error(&states[at], &states[to], &params), to));
            let best = all.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).unwrap();
            let expected = best.0.is_finite().then_some(best.1 as u32);
            assert_eq!(link.to, expected, "{at}");
        }
    }

    #[test]
    fn the_border_of_speed_and_the_gates_are_parameters() {
        let paper = CbtrParams { abnormal: 0, ..CbtrParams::default() };
        // Half a knot over three together; 0.02 degrees off, where the gate of steady ones is shut.
        let pair = (2.0, 1.5, 0.02);
        for (what, params, (first_kn, second_kn, lon_deg), why) in [
            ("3 knots, the paper's method", paper.clone(), pair, Why::Moving),
            (
                "4 knots, its theorems",
                CbtrParams { moving_kn: 4.0, ..paper.clone() },
                pair,
                Why::NoCandidate,
            ),
            (
                "a steady gate that is wide open",
                CbtrParams { moving_kn: 4.0, steady_cosine: -1.0, ..paper.clone() },
                pair,
                Why::Steady,
            ),
            ("a moving ship looks ahead", paper.clone(), (9.0, 9.0, -0.02), Why::NoCandidate),
            (
                "but for a gate that is wide open",
                CbtrParams { moving_cosine: -1.0, ..paper.clone() },
                (9.0, 9.0, -0.02),
                Why::Moving,
            ),
            (
                "a shorter longest gap",
                CbtrParams { longest_gap_s: 99.0, ..paper.clone() },
                (9.0, 9.0, 0.02),
                Why::NoCandidate,
            ),
            (
                "a longer least gap",
                CbtrParams { least_gap_s: 101.0, ..paper.clone() },
                (9.0, 9.0, 0.02),
                Why::NoCandidate,
            ),
        ] {
            let spots =
                [spot(0.0, 0.0, 0.0, first_kn, 90.0), spot(100.0, lon_deg, 0.0, second_kn, 90.0)];
            let found = cbtr(&spots, &params, &Job::default()).unwrap()[0].why;
            assert_eq!(found, why, "{what}");
        }
    }

    #[test]
    fn a_turning_point_is_near_and_turns_by_no_more_than_its_angle() {
        let paper = CbtrParams::default();
        let leg = 10.0 / 216_000.0 * 20.0; // Ten knots for 20 s: 103 m.
        // How far the way turns in space; 20 s are 2e-4 degrees of time beside 9.3e-4 of way.
        for (turn_deg, params, expected) in [
            (0.0_f64, paper.clone(), true),
            (45.0, paper.clone(), true),
            // (0.2 * 0.2 + 0.926 * 0.926 * cos 60) / (0.2 * 0.2 + 0.926 * 0.926) is 0.52.
            (60.0, paper.clone(), false),
            (60.0, CbtrParams { turning_cosine: 0.5, ..paper.clone() }, true),
            (45.0, CbtrParams { turning_m: 100.0, ..paper.clone() }, false),
            (180.0, paper.clone(), false),
        ] {
            let (north, east) = turn_deg.to_radians().sin_cos();
            let spots = [
                spot(0.0, 0.0, 0.0, 10.0, 90.0),
                spot(20.0, leg, 0.0, 10.0, 90.0),
                spot(40.0, leg + leg * east, leg * north, 10.0, 90.0 - turn_deg),
            ];
            let best = [Some((1.0, 1)), Some((1.0, 2)), None];
            let states = states(&spots);
            let is_one = is_turning_point(&best, &states, &spots, 0, 1, &params);
            assert_eq!(is_one, expected, "{turn_deg} degrees");
            let ends = is_turning_point(&best, &states, &spots, 1, 2, &params);
            assert!(!ends, "where nothing follows there is no turn");
        }
    }

    #[test]
    fn the_worst_link_ends_a_track_unless_it_is_a_turning_point() {
        // East, then north: the third leg is 90 degrees off, yet in time and space it is not.
        let knot = 1.0 / 216_000.0;
        let turning = |leg_s: f64| {
            let leg = 10.0 * knot * leg_s;
            let spots = [
                spot(0.0, 0.0, 0.0, 10.0, 90.0),
                spot(leg_s, leg, 0.0, 10.0, 90.0),
                spot(2.0 * leg_s, 1.8 * leg, 0.4 * leg, 10.0, 40.0),
                spot(3.0 * leg_s, 2.4 * leg, 1.2 * leg, 10.0, 40.0),
            ];
            let params = CbtrParams { abnormal: 1, ..CbtrParams::default() };
            cbtr(&spots, &params, &Job::default()).unwrap()[1].why
        };
        assert_eq!(turning(10.0), Why::TurningPoint);
        // A hundred seconds are 514 m, more than the 350 m of a turning point.
        assert_eq!(turning(100.0), Why::Abnormal);
    }
}
