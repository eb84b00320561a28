//! For each point the few others that could follow it, by an index in space and time.

use super::super::motion::{M_PER_DEG, Mover};
use super::super::tree::{Bound, Tree, greater, smaller};
use super::matching::Edge;
use super::measure::{STEADY_KN, off};
use crate::base::job::{Job, Stopped};
use crate::base::units::MPS_PER_KN;

/// What the miss of a pair is compared with: this much, meters,
const SLACK_M: f64 = 50.0;
/// and this much a second of the gap, meters,
const SLACK_MPS: f64 = 0.05;
/// and this share of the run.
const SLACK_OF_RUN: f64 = 0.3;
/// A pair that misses by more than 4 times its slack is none; squared, as misfits are.
const WORST_MISFIT: f64 = 4.0 * 4.0;

/// By place alone: what a second of silence weighs, meters,
const PATIENCE_MPS: f64 = 0.02;
/// and how much is too much.
const FARTHEST_M: f64 = 3000.0;

/// So many boxes of the index are looked into for a point and a slice. Where a crowd sails for hours
/// more would hold a candidate, hardly ever a better one; the bound keeps time near linear.
const MOST_BOXES: usize = 400;

/// What a second weighs where the index is divided, meters: about the speed of ships, so that boxes
/// grow as much by motion as by place.
const TYPICAL_MPS: f64 = 8.0;

/// A span of gaps, and how many candidates each point has in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Slice {
    /// More than this, seconds.
    pub from_s: f64,
    /// At most this, seconds.
    pub to_s: f64,
    /// How many candidates.
    pub most: usize,
    /// Whether places alone are compared: after long silences no speed tells where a ship is, but
    /// many are where they were.
    pub by_place: bool,
}

impl Slice {
    /// The candidates of `from` in this slice, best first.
    fn search(&self, tree: &Tree<7, Mover>, from: &Mover) -> Vec<(f64, u32)> {
        if self.by_place {
            let least = |bound: &Bound<7>| least_distance_m(from, bound, self);
            let cost = |to: &Mover, _| distance_m(from, to, self);
            tree.cheapest_within(MOST_BOXES, self.most, FARTHEST_M, least, cost)
        } else {
            let least = |bound: &Bound<7>| least_misfit(from, bound, self);
            let cost = |to: &Mover, _| misfit(from, to, self);
            tree.cheapest_within(MOST_BOXES, self.most, WORST_MISFIT, least, cost)
        }
    }
}

/// The candidates of every mover, ordered by `from`, then `to`: in each slice of gaps those that
/// miss least where they should be. What they cost is not said yet.
pub(super) fn candidates(
    movers: &[Mover],
    slices: &[Slice],
    job: &Job,
) -> Result<Vec<Edge>, Stopped> {
    let rows: Vec<[f64; 7]> = movers
        .iter()
        .map(|m| [m.t_s, m.lon_deg, m.lat_deg, m.east_mps, m.north_mps, m.parallel, m.speed_mps()])
        .collect();
    // A difference of velocity parts ships by half the usual gap.
    let (sum, n) = slices
        .iter()
        .filter(|slice| !slice.by_place)
        .fold((0.0, 0), |(sum, n), slice| (sum + slice.to_s * slice.most as f64, n + slice.most));
    let half_s = 0.5 * sum / n.max(1) as f64;
    let weights = [TYPICAL_MPS, M_PER_DEG, M_PER_DEG, half_s, half_s, 0.0, 0.0];
    let tree = Tree::new(&rows, movers, weights);
    drop(rows);
    job.expect(movers.len());
    let found: Vec<Box<[u32]>> = tree.ask_all(job, |from, _| {
        let mut found: Vec<u32> = Vec::with_capacity(48);
        for slice in slices {
            found.extend(slice.search(&tree, from).iter().map(|(_, to)| to));
        }
        found.sort_unstable();
        found.dedup();
        found.into_boxed_slice()
    })?;
    let mut edges = Vec::with_capacity(found.iter().map(|tos| tos.len()).sum());
    for (from, tos) in (0..).zip(found) {
        edges.extend(tos.iter().map(|to| Edge { from, to: *to, cost: f32::INFINITY }));
    }
    Ok(edges)
}

/// How badly the pair fits in this slice, the square of the miss over the slack; infinite if it is not
/// in it.
fn misfit(from: &Mover, to: &Mover, slice: &Slice) -> f64 {
    let gap_s = to.t_s - from.t_s;
    if gap_s <= slice.from_s || gap_s > slice.to_s {
        return f64::INFINITY;
    }
    let off = off(from, to, gap_s);
    let run_m = 0.5 * gap_s * (from.speed_mps() + to.speed_mps());
    let slack_m = SLACK_M + SLACK_MPS * gap_s + SLACK_OF_RUN * run_m;
    (off.east_m * off.east_m + off.north_m * off.north_m) / (slack_m * slack_m)
}

/// How far the pair is apart in place, and a little in time; infinite if it is not in this slice.
fn distance_m(from: &Mover, to: &Mover, slice: &Slice) -> f64 {
    let gap_s = to.t_s - from.t_s;
    if gap_s <= slice.from_s || gap_s > slice.to_s {
        return f64::INFINITY;
    }
    let (east, north) = from.way_m(to);
    (east * east + north * north).sqrt() + PATIENCE_MPS * gap_s
}

/// The shortest and the longest gap to a point in the box that lies in the slice, seconds.
fn gaps_s(from: &Mover, bound: &Bound<7>, slice: &Slice) -> Option<(f64, f64)> {
    let least_s = greater(bound.low(0) - from.t_s, slice.from_s);
    let most_s = smaller(bound.high(0) - from.t_s, slice.to_s);
    (least_s <= most_s).then_some((least_s, most_s))
}

/// What the misfit of any pair with a point in the box is at least.
#[inline]
fn least_misfit(from: &Mover, bound: &Bound<7>, slice: &Slice) -> f64 {
    let Some((least_s, most_s)) = gaps_s(from, bound, slice) else { return f64::INFINITY };
    // A degree of longitude is at least and at most so long anywhere between.
    let shortest = M_PER_DEG * smaller(bound.low(5), from.parallel);
    let longest = M_PER_DEG * greater(bound.high(5), from.parallel);
    // Where all are under way the mean of both velocities is compared.
    let is_under_way =
        from.v_kn >= STEADY_KN && bound.low(6) >= STEADY_KN * MPS_PER_KN * (1.0 + 1e-12);
    let mut squares = 0.0;
    for (axis, at, v, shortest, longest) in [
        (1, from.lon_deg, from.east_mps, shortest, longest),
        (2, from.lat_deg, from.north_mps, M_PER_DEG, M_PER_DEG),
    ] {
        let (low, high) = (bound.low(axis) - at, bound.high(axis) - at);
        let low_m = low * if low < 0.0 { longest } else { shortest };
        let high_m = high * if high > 0.0 { longest } else { shortest };
        let (slow, fast) = (bound.low(axis + 2), bound.high(axis + 2));
        let (slowest_mps, fastest_mps) = if is_under_way {
            (0.5 * (v + slow), 0.5 * (v + fast))
        } else {
            // The line of where the ship may be lies between both velocities.
            (smaller(v, slow), greater(v, fast))
        };
        let run_low = smaller(slowest_mps * least_s, slowest_mps * most_s);
        let run_high = greater(fastest_mps * least_s, fastest_mps * most_s);
        let off = greater(greater(low_m - run_high, run_low - high_m), 0.0);
        squares += off * off;
    }
    let run_m = 0.5 * (from.speed_mps() + bound.high(6)) * most_s;
    let slack_m = SLACK_M + SLACK_MPS * most_s + SLACK_OF_RUN * run_m;
    squares / (slack_m * slack_m) * (1.0 - 1e-9)
}

/// What the distance to any point in the box is at least: see [`distance_m`].
#[inline]
fn least_distance_m(from: &Mover, bound: &Bound<7>, slice: &Slice) -> f64 {
    let Some((least_s, _)) = gaps_s(from, bound, slice) else { return f64::INFINITY };
    let shortest = M_PER_DEG * smaller(bound.low(5), from.parallel);
    let east = bound.beyond(1, from.lon_deg) * shortest;
    let north = bound.beyond(2, from.lat_deg) * M_PER_DEG;
    ((east * east + north * north).sqrt() + PATIENCE_MPS * least_s) * (1.0 - 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::associate::points::Spot;
    use crate::base::rng::Rng;

    #[test]
    fn the_index_finds_what_looking_at_all_finds() {
        let mut rng = Rng::new(5, 0);
        let mut spots: Vec<Spot> = (0..1200)
            .map(|_| Spot {
                t_s: rng.between(0.0, 20_000.0).round(),
                lon_deg: rng.between(-1.0, 1.0),
                lat_deg: rng.between(50.0, 51.0),
                // Few velocities, so that boxes hold ships of one: their bounds are the tightest.
                v_kn: [0.1, 1.9, 8.0, 22.0][rng.below(4)],
                c_deg: 90.0 * rng.below(4) as f64,
            })
            .collect();
        spots.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
        let movers: Vec<Mover> = spots.iter().map(Mover::new).collect();
        let slices = [
            Slice { from_s: 0.0, to_s: 900.0, most: 3, by_place: false },
            Slice { from_s: 900.0, to_s: 4000.0, most: 4, by_place: false },
            Slice { from_s: 900.0, to_s: 20_000.0, most: 3, by_place: true },
        ];
        let found = candidates(&movers, &slices, &Job::default()).unwrap();
        let found: Vec<(u32, u32)> = found.iter().map(|edge| (edge.from, edge.to)).collect();
        let mut expected = Vec::new();
        for (at, from) in movers.iter().enumerate() {
            let mut tos: Vec<u32> = Vec::new();
            for slice in &slices {
                let worst = if slice.by_place { FARTHEST_M } else { WORST_MISFIT };
                let compare = if slice.by_place { distance_m } else { misfit };
                let mut all: Vec<(f64, u32)> =
                    (0..1200).map(|to| (compare(from, &movers[to as usize], slice), to)).collect();
                all.retain(|found| found.0 < worst);
                all.sort_by(|a, b| a.partial_cmp(b).unwrap());
                tos.extend(all.iter().take(slice.most).map(|found| found.1));
            }
            tos.sort_unstable();
            tos.dedup();
            expected.extend(tos.into_iter().map(|to| (at as u32, to)));
        }
        assert!(found.len() > 3000, "{}", found.len());
        assert_eq!(found, expected);
    }
}
