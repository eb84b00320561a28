//! For each point the few others that could be its successor, by an index in space and time.

use rayon::prelude::*;

use super::super::motion::{M_PER_DEG, velocity_mps, way_m};
use super::super::points::Spot;
use super::super::tree::{Bound, Tree};
use crate::base::angle::turn_deg;
use crate::base::job::{Job, Stopped};

/// What the misfit of a pair is compared with: this much, meters...
const SLACK_M: f64 = 50.0;
/// ... and this share of the way at its speed, and of the time at a walk's tenth.
const SLACK_OF_WAY: f64 = 0.3;
const SLACK_MPS: f64 = 0.05;

/// The worst misfit that is looked at.
const WORST: f64 = 4.0;
/// By place alone: what an hour weighs, and how far is too far.
const PATIENCE_MPS: f64 = 0.02;
const FARTHEST_M: f64 = 3000.0;

/// A pair looked at: `to` may follow `from`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Pair {
    pub from: u32,
    pub to: u32,
}

/// What is measured of a pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Measure {
    /// Seconds between.
    pub gap_s: f64,
    /// Meters between.
    pub way_m: f64,
    /// How far the second lies from where both speeds and courses, averaged, would bring the first.
    pub miss_m: f64,
    /// How long that line is.
    pub sweep_m: f64,
    /// Where on it the nearest place is, 0 to 1.
    pub share: f64,
    /// East and north.
    pub off_m: (f64, f64),
    /// How far the average speed brings one, meters.
    pub run_m: f64,
    /// Change of speed, knots.
    pub faster_kn: f64,
    /// Change of course without sign, degrees.
    pub turn_deg: f64,
    /// The smaller and the greater speed, knots.
    pub slow_kn: f64,
    pub fast_kn: f64,
}

/// Measures a pair.
pub(super) fn measure(from: &Spot, to: &Spot, stretch: f64) -> Measure {
    let gap_s = to.t_s - from.t_s;
    let (east, north) = way_m(from, to);
    let ((u, v), (p, q)) = (velocity_mps(from), velocity_mps(to));
    // From where the first speed and course lead to where the second lead.
    let (x, y) = (u * gap_s, v * gap_s);
    let (mut dx, mut dy) = ((p - u) * gap_s, (q - v) * gap_s);
    let (mut x, mut y) = (x, y);
    if from.v_kn.min(to.v_kn) >= split() {
        (x, y) = (x + 0.5 * dx, y + 0.5 * dy);
        (dx, dy) = (0.0, 0.0);
    }
    let sweep = dx * dx + dy * dy;
    let share =
        if sweep > 0.0 { (((east - x) * dx + (north - y) * dy) / sweep).clamp(0.0, 1.0) } else { 0.5 };
    let (off_x, off_y) = (east - x - share * dx, north - y - share * dy);
    Measure {
        gap_s,
        way_m: east.hypot(north),
        off_m: (off_x, off_y),
        miss_m: if from.v_kn.max(to.v_kn) < 1.5 { (off_x * stretch).hypot(off_y / stretch) } else { off_x.hypot(off_y) },
        sweep_m: sweep.sqrt(),
        share,
        run_m: (u.hypot(v) + p.hypot(q)) * 0.5 * gap_s,
        faster_kn: to.v_kn - from.v_kn,
        turn_deg: turn_deg(from.c_deg, to.c_deg).abs(),
        slow_kn: from.v_kn.min(to.v_kn),
        fast_kn: from.v_kn.max(to.v_kn),
    }
}

/// A span of gaps, and how many candidates each point has in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Slice {
    /// More than this, seconds.
    pub from_s: f64,
    /// At most this, seconds.
    pub to_s: f64,
    /// How many.
    pub most: usize,
    /// Whether places alone are compared: after long silences no speed says where a ship is.
    pub by_place: bool,
}

/// The candidates of every spot: in each slice of gaps those whose place fits best, ordered by
/// `from`, then `to`.
pub(super) fn candidates(
    spots: &[Spot],
    slices: &[Slice],
    job: &Job,
) -> Result<Vec<Pair>, Stopped> {
    let rows: Vec<[f64; 5]> = spots
        .iter()
        .map(|spot| {
            let (u, v) = velocity_mps(spot);
            [spot.t_s, spot.lon_deg, spot.lat_deg, u, v]
        })
        .collect();
    let typical_s =
        slices.iter().map(|slice| slice.most as f64 * slice.to_s.min(3600.0)).sum::<f64>()
            / slices.iter().map(|slice| slice.most as f64).sum::<f64>().max(1.0);
    let tw = std::env::var("TW").map_or(1.0, |v| v.parse().unwrap());
    let tree = Tree::new(&rows, [tw, M_PER_DEG, M_PER_DEG, 0.5 * typical_s, 0.5 * typical_s]);
    job.expect(spots.len());
    let found: Vec<Vec<Pair>> = (0..spots.len() as u32)
        .into_par_iter()
        .with_min_len(64)
        .map(|from| {
            job.step()?;
            let mut found: Vec<Pair> = Vec::new();
            for slice in slices {
                let here = &spots[from as usize];
                let near = tree.cheapest(
                    slice.most,
                    if slice.by_place { FARTHEST_M } else { WORST },
                    |bound| least_misfit(here, &rows[from as usize], bound, slice),
                    |to| misfit(here, &spots[to as usize], slice),
                );
                found.extend(near.into_iter().map(|(_, to)| Pair { from, to }));
            }
            found.sort_unstable_by_key(|pair| pair.to);
            found.dedup();
            Ok(found)
        })
        .collect::<Result<_, Stopped>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The misfit of a pair against what may be expected after such a gap.
fn misfit(from: &Spot, to: &Spot, slice: &Slice) -> f64 {
    let gap_s = to.t_s - from.t_s;
    if gap_s <= slice.from_s || gap_s > slice.to_s {
        return f64::INFINITY;
    }
    if slice.by_place {
        let (east, north) = way_m(from, to);
        return east.hypot(north) + PATIENCE_MPS * gap_s;
    }
    let pair = measure(from, to, 1.0);
    pair.miss_m / (SLACK_M + SLACK_MPS * gap_s + SLACK_OF_WAY * pair.run_m)
}

fn least_misfit(from: &Spot, row: &[f64; 5], bound: &Bound<5>, slice: &Slice) -> f64 {
    let least = (bound.low[0] - from.t_s).max(slice.from_s).max(0.0);
    let most = (bound.high[0] - from.t_s).min(slice.to_s);
    if least > most {
        return f64::INFINITY;
    }
    if slice.by_place {
        let far_deg = bound.low[2].abs().max(bound.high[2].abs()).max(from.lat_deg.abs()).min(90.0);
        let east = bound.beyond(1, from.lon_deg) * M_PER_DEG * far_deg.to_radians().cos();
        return east.hypot(bound.beyond(2, from.lat_deg) * M_PER_DEG) + PATIENCE_MPS * least;
    }
    let far_deg = bound.low[2].abs().max(bound.high[2].abs()).max(from.lat_deg.abs()).min(90.0);
    let mut squares = 0.0;
    let mut fastest = 0.0_f64;
    for (axis, at, scale) in
        [(1, from.lon_deg, M_PER_DEG * far_deg.to_radians().cos()), (2, from.lat_deg, M_PER_DEG)]
    {
        // Meters from the first to the box, at least and at most. East ways shrink with latitude,
        // by less than `scale` says.
        let shrunk = |x: f64, grows: bool| x * if grows { M_PER_DEG } else { scale };
        let (low, high) = (bound.low[axis] - at, bound.high[axis] - at);
        let low = shrunk(low, low < 0.0);
        let high = shrunk(high, high > 0.0);
        let (v, w) = (row[axis + 2], (bound.low[axis + 2], bound.high[axis + 2]));
        let slowest = v.min(w.0);
        let fastest_here = v.max(w.1);
        let run_low = (slowest * least).min(slowest * most);
        let run_high = (fastest_here * least).max(fastest_here * most);
        let off = (low - run_high).max(run_low - high).max(0.0);
        squares += off * off;
        fastest += bound.low[axis + 2].abs().max(bound.high[axis + 2].abs()).powi(2);
    }
    let run_m = 0.5 * (row[3].hypot(row[4]) + fastest.sqrt()) * most;
    squares.sqrt() / (SLACK_M + SLACK_MPS * most + SLACK_OF_WAY * run_m) * (1.0 - 1e-9)
}

fn split() -> f64 {
    static C: std::sync::OnceLock<f64> = std::sync::OnceLock::new();
    *C.get_or_init(|| std::env::var("SPLIT").ok().and_then(|v| v.parse().ok()).unwrap_or(0.6))
}
