//! Routes beside each other: which share a piece of water.

use rayon::prelude::*;

use super::Route;
use super::cross::nearest;
use super::line::Line;
use super::plane::Path;
use crate::base::angle::{mean_deg, turn_deg};
use crate::base::geo::{Position, distance_m};

/// Two routes that share water.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shared {
    /// The first route, as an index into those that were asked about; less than `b`.
    pub a: usize,
    /// The second.
    pub b: usize,
    /// The share of the first's center line that lies between the edges of the second, `0..=1`.
    pub share_of_a: f64,
    /// The share of the second's center line that lies between the edges of the first, `0..=1`.
    pub share_of_b: f64,
    /// The turn from the course of the first to that of the second where they share water: near 0
    /// for lanes of one direction, near -180 for opposite ones, degrees.
    pub turn_deg: f64,
}

/// The pairs of routes of which either's center line lies in the other somewhere, by their
/// indices.
///
/// Pairs whose surrounding circles do not meet cost nothing; for the others, the time is linear in
/// the product of their numbers of center points.
pub fn shared_water(routes: &[Route]) -> Vec<Shared> {
    let around: Vec<(Position, f64)> = routes.iter().map(circle).collect();
    let pair = |a: usize, b: usize| {
        let ((place_a, reach_a_m), (place_b, reach_b_m)) = (around[a], around[b]);
        if distance_m(place_a, place_b) > reach_a_m + reach_b_m {
            return None;
        }
        let (share_of_a, to_b) = within(&routes[a], &routes[b]);
        let (share_of_b, to_a) = within(&routes[b], &routes[a]);
        let turns = to_b.into_iter().chain(to_a.into_iter().map(|turn| -turn));
        let turn_deg = turn_deg(0.0, mean_deg(turns)?);
        Some(Shared { a, b, share_of_a, share_of_b, turn_deg })
    };
    (0..routes.len())
        .into_par_iter()
        .flat_map_iter(|a| (a + 1..routes.len()).filter_map(move |b| pair(a, b)))
        .collect()
}

/// A circle around a route: its middle and its radius in meters.
fn circle(route: &Route) -> (Position, f64) {
    let middle = route.center[route.center.len() / 2].position;
    let reach = |point: &super::CenterPoint| {
        distance_m(middle, point.position) + point.left_m.abs().max(point.right_m.abs())
    };
    (middle, route.center.iter().map(reach).fold(0.0, f64::max))
}

/// The share of `route`'s center points that lie between the edges of `other`, and at each the
/// turn to the course of `other`.
fn within(route: &Route, other: &Route) -> (f64, Vec<f64>) {
    let line = Line::through(other.unrolled());
    let mut path = Path { places: route.unrolled(), reports: Vec::new() };
    path.bring_to(line.places());
    // Nearer to an end than this is beside it; further is beyond.
    let step_m = other.center[1].distance_m - other.center[0].distance_m;
    let mut turns = Vec::new();
    for (place, point) in path.places.iter().zip(&route.center) {
        let k = nearest(*place, &line);
        let there = &other.center[k];
        let scale = line.places()[k].scale();
        let starboard_m = line.starboard_m(k, *place) * scale;
        let is_beside = (line.ahead_m(k, *place) * scale).abs() <= step_m;
        if is_beside && -there.left_m <= starboard_m && starboard_m <= there.right_m {
            turns.push(turn_deg(point.direction_deg, there.direction_deg));
        }
    }
    (turns.len() as f64 / route.center.len() as f64, turns)
}
