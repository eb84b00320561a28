//! Staircases of the grid pulled straight: great circles wherever they see their way and cost less.

use super::grid::Grid;
use crate::base::geo::Position;

/// A straight leg may cost this much more than the staircase it replaces, which was measured flat.
const SLACK: f64 = 1.002;
/// How many points before and behind a corner are looked at for a better one.
const NEAR: usize = 3;
/// How many corners back a leg may begin.
const BACK: usize = 48;

/// The points of a cheaper way along `places`, of which it keeps the first and the last.
pub(super) fn straightened(grid: &Grid, places: &[Position]) -> Vec<Position> {
    if places.len() < 3 {
        return places.to_vec();
    }
    // Legs of the staircase that touch no land by the grid may touch it by great circle: they keep
    // their flat cost.
    let flat_m = |a: Position, b: Position| {
        grid.leg_cost_m(a, b).unwrap_or_else(|| 1.5 * crate::base::geo::distance_m(a, b))
    };
    let mut costs_m = vec![0.0];
    for leg in places.windows(2) {
        costs_m.push(costs_m[costs_m.len() - 1] + flat_m(leg[0], leg[1]));
    }
    let pulled = pulled(grid, places, &costs_m);
    // Corners may move a little along the staircase.
    let mut near: Vec<usize> = pulled
        .iter()
        .flat_map(|corner| corner.saturating_sub(NEAR)..=(corner + NEAR).min(places.len() - 1))
        .collect();
    near.sort_unstable();
    near.dedup();
    best_of(grid, places, &costs_m, &near).into_iter().map(|i| places[i]).collect()
}

/// From each corner as far on as one sees, by doubling and halving.
fn pulled(grid: &Grid, places: &[Position], costs_m: &[f64]) -> Vec<usize> {
    let last = places.len() - 1;
    let is_better = |from: usize, to: usize| {
        let leg_m = grid.leg_cost_m(places[from], places[to]);
        leg_m.is_some_and(|m| m <= SLACK * (costs_m[to] - costs_m[from]))
    };
    let mut corners = vec![0];
    let mut from = 0;
    while from < last {
        let (mut reach, mut step) = (from + 1, 1);
        while reach < last && is_better(from, (reach + step).min(last)) {
            reach = (reach + step).min(last);
            step *= 2;
        }
        while step > 0 {
            if reach + step <= last && is_better(from, reach + step) {
                reach += step;
            } else {
                step /= 2;
            }
        }
        corners.push(reach);
        from = reach;
    }
    corners
}

/// The cheapest chain of legs through some of the points `among`, from the first to the last.
fn best_of(grid: &Grid, places: &[Position], costs_m: &[f64], among: &[usize]) -> Vec<usize> {
    let mut best: Vec<(f64, usize)> = vec![(0.0, 0)];
    for j in 1..among.len() {
        let to = among[j];
        let mut own = (f64::INFINITY, j - 1);
        for i in j.saturating_sub(BACK)..j {
            let from = among[i];
            let leg_m = if to == from + 1 {
                Some(costs_m[to] - costs_m[from])
            } else {
                grid.leg_cost_m(places[from], places[to])
            };
            let cost_m = leg_m.map_or(f64::INFINITY, |m| best[i].0 + m);
            if cost_m < own.0 {
                own = (cost_m, i);
            }
        }
        best.push(own);
    }
    if best[best.len() - 1].0.is_infinite() {
        return among.to_vec();
    }
    let mut chain = vec![among.len() - 1];
    while chain[chain.len() - 1] != 0 {
        chain.push(best[chain[chain.len() - 1]].1);
    }
    chain.into_iter().rev().map(|i| among[i]).collect()
}
