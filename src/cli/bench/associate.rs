//! Track association: what a point costs, as sets grow.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};

use super::{Ground, checked};
use crate::associate::{AssociateParams, Method, Points, associate, score};
use crate::base::job::{Job, Stopped};
use crate::synth::{SeaParams, make};

/// How many points are put into tracks.
const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// Traffic is as dense in all sets, as far as a day is the shortest: a set ten times as large goes on
/// for ten times as long.
const POINTS_A_DAY: f64 = 80_000.0;

/// Points of made traffic without faults, and the ship of each.
fn points(n: usize) -> Result<(Points, Vec<u32>), Stopped> {
    let days = (n as f64 / POINTS_A_DAY).max(1.0);
    let params = SeaParams { rows: n, seed: 42, days, ..SeaParams::faultless() };
    let fleet = make(&checked(&params), &Job::default())?.fleet;
    let ships = fleet.owners();
    let reports = fleet.reports();
    let points = Points::new(
        reports.t_ms.clone(),
        reports.positions.clone(),
        reports.sog_kn.clone(),
        reports.cog_deg.clone(),
    );
    Ok((points.map_err(|error| Stopped::Failed(error.to_string()))?, ships))
}

/// CBTR at three sizes; beside it a search without an index, and putting the points in order.
pub fn cbtr(bench: &Ground) -> Result<Value, Stopped> {
    let mut told = measured(bench, Method::Cbtr)?;
    let (points, _) = points(bench.some(SIZES[1]))?;
    let longest_gap_ms = 1000.0 * AssociateParams::default().cbtr.longest_gap_s;
    told["plain_us_per_point"] = plain_us(&points, longest_gap_ms as i64).into();
    told["plain"] = "the nearest point within the longest gap by looking at all of them, \
                     in the middle set, one core"
        .into();
    Ok(told)
}

/// The likeliest links of all points together at three sizes; beside it CBTR, and putting the points
/// in order.
pub fn flow(bench: &Ground) -> Result<Value, Stopped> {
    let mut told = measured(bench, Method::Flow)?;
    let (points, ships) = points(bench.some(SIZES[1]))?;
    let (us, errors) = run(Method::Cbtr, &points, &ships)?;
    told["peer_us_per_point"] = us.into();
    told["peer_errors"] = errors.into();
    told["peer"] = "CBTR on the middle set".into();
    Ok(told)
}

/// Microseconds a point at all sizes, how much more each is than at the size before, and errors.
fn measured(bench: &Ground, method: Method) -> Result<Value, Stopped> {
    let (mut n, mut sizes) = (0, Vec::new());
    let mut before_us: Option<f64> = None;
    let mut told = json!({});
    for size in SIZES {
        let (points, ships) = points(bench.some(size))?;
        let start = Instant::now();
        black_box(points.by_time());
        let limit_us = start.elapsed().as_secs_f64() * 1e6 / points.len() as f64;
        let (us, errors) = run(method, &points, &ships)?;
        sizes.push(json!({
            "n": points.len(),
            "us_per_point": us,
            "ratio": before_us.map(|before_us| us / before_us),
            "limit_us_per_point": limit_us,
            "errors": errors,
        }));
        before_us = Some(us);
        n = points.len();
        told["ms"] = (us * n as f64 / 1000.0).into();
    }
    told["us_per_point"] = before_us.into();
    told["sizes"] = sizes.into();
    told["limit"] = "sorting the points by time, one core".into();
    told["cores"] = rayon::current_num_threads().into();
    told["n"] = n.into();
    Ok(told)
}

/// Microseconds a point, and how often ships are broken or joined.
fn run(method: Method, points: &Points, ships: &[u32]) -> Result<(f64, usize), Stopped> {
    let params = checked(&AssociateParams { method, ..AssociateParams::default() });
    let start = Instant::now();
    let found = associate(points, None, &params, &Job::default())?;
    let us = start.elapsed().as_secs_f64() * 1e6 / points.len().max(1) as f64;
    let errors = score(points, &found, ships).map_or(0, |score| score.jumps + score.merges);
    Ok((us, errors))
}

/// Microseconds to find the nearest later point of a point by looking at all, of a few points.
fn plain_us(points: &Points, longest_gap_ms: i64) -> f64 {
    let (t_ms, places) = (points.t_ms(), points.positions());
    let asked = || (0..points.len()).step_by(points.len().div_ceil(200).max(1));
    let start = Instant::now();
    for from in asked() {
        let near = (0..points.len())
            .filter(|to| (1000..=longest_gap_ms).contains(&(t_ms[*to] - t_ms[from])))
            .map(|to| {
                let (a, b) = (places[from], places[to]);
                (a.lat_deg - b.lat_deg).powi(2) + (a.lon_deg - b.lon_deg).powi(2)
            });
        black_box(near.fold(f64::INFINITY, f64::min));
    }
    start.elapsed().as_secs_f64() * 1e6 / asked().count().max(1) as f64
}
