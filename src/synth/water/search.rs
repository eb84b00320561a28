//! The cheapest way from node to node: A* with great circles and landmarks to go by.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::grid::{Grid, Node, unit};
use super::mask::cell_at;
use crate::base::geo::{EARTH_RADIUS_M, Position};

/// Where no way comes from.
const NOWHERE: Node = Node::MAX;
/// Meters that a unit of a landmark's costs stands for.
const UNIT_M: f32 = 2000.0;
/// Landmarks at the ends of seas, behind which ways are long and great circles lie.
const LANDMARKS: [Position; 8] = [
    Position::new(29.0, 59.95),  // Gulf of Finland
    Position::new(38.0, 47.0),   // Sea of Azov
    Position::new(49.0, 29.5),   // Persian Gulf
    Position::new(120.5, 39.5),  // Bohai
    Position::new(-90.0, 29.0),  // Gulf of Mexico
    Position::new(-124.5, 46.0), // Oregon
    Position::new(-70.0, -45.0), // Patagonia
    Position::new(151.5, -34.0), // New South Wales
];

/// Costs from landmarks to all nodes, in [`UNIT_M`].
pub(super) struct Landmarks(Vec<Vec<u16>>);

impl Landmarks {
    /// Measures from every landmark. About a tenth of a second each.
    pub fn measure(grid: &Grid) -> Landmarks {
        let costs = LANDMARKS.par_iter().filter_map(|landmark| {
            let node = nearest_open(grid, *landmark)?;
            Some(flood(grid, node))
        });
        Landmarks(costs.collect())
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        self.0.iter().map(|costs| 2 * costs.len()).sum()
    }

    /// At most what the way between two nodes costs, meters.
    fn least_m(&self, a: &[u16], b: Node) -> f32 {
        let apart = self.0.iter().zip(a).map(|(costs, a)| costs[b as usize].abs_diff(*a));
        apart.max().map_or(0.0, |units| f32::from(units.saturating_sub(1)) * UNIT_M)
    }

    fn of(&self, node: Node) -> Vec<u16> {
        self.0.iter().map(|costs| costs[node as usize]).collect()
    }
}

/// The open node nearest to a place, within some degrees.
fn nearest_open(grid: &Grid, place: Position) -> Option<Node> {
    let near = (0..24).flat_map(|ring| {
        let deg = f64::from(ring) * 0.25;
        (0..16).map(move |i| {
            let (sin, cos) = (f64::from(i) * 22.5_f64.to_radians()).sin_cos();
            Position::new(place.lon_deg + deg * cos, place.lat_deg + deg * sin)
        })
    });
    near.map(|place| Grid::node_of(cell_at(place))).find(|node| grid.is_open(*node))
}

/// What the way to each node costs, in [`UNIT_M`]; all passages are open.
fn flood(grid: &Grid, from: Node) -> Vec<u16> {
    let mut costs_m = vec![f32::INFINITY; grid.len()];
    let mut queue = BinaryHeap::from([Reverse(key(0.0, from))]);
    costs_m[from as usize] = 0.0;
    while let Some(Reverse(first)) = queue.pop() {
        let (cost_m, node) = unkey(first);
        if cost_m > costs_m[node as usize] {
            continue;
        }
        grid.each_way(node, 0, |next, way_m| {
            let cost_m = cost_m + way_m;
            if cost_m < costs_m[next as usize] {
                costs_m[next as usize] = cost_m;
                queue.push(Reverse(key(cost_m, next)));
            }
        });
    }
    // An unreached node is infinitely far, which is no number of units; none is asked for.
    costs_m.into_iter().map(|m| (m / UNIT_M).min(65_535.0) as u16).collect()
}

/// The cheapest way from node to node for a ship to which the passages `closed` are closed: its
/// nodes in order, and its cost in meters.
pub(super) fn cheapest(
    grid: &Grid,
    landmarks: &Landmarks,
    (from, to): (Node, Node),
    closed: u64,
) -> Option<(Vec<Node>, f64)> {
    let goal = unit(grid.place(to));
    let at_goal = landmarks.of(to);
    // A great circle is a little longer than the moves that lie on it, which are measured flat.
    let least_m = |node: Node| {
        let at = unit(grid.place(node));
        let chord: f64 = (0..3).map(|i| (at[i] - goal[i]).powi(2)).sum::<f64>().sqrt();
        let arc = 2.0 * (0.5 * chord).min(1.0).asin();
        ((0.998 * arc * EARTH_RADIUS_M) as f32).max(landmarks.least_m(&at_goal, node))
    };
    let mut costs_m = vec![f32::INFINITY; grid.len()];
    let mut came_from = vec![NOWHERE; grid.len()];
    let mut is_done = vec![false; grid.len()];
    let mut queue = BinaryHeap::from([Reverse(key(0.0, from))]);
    costs_m[from as usize] = 0.0;
    while let Some(Reverse(first)) = queue.pop() {
        let (_, node) = unkey(first);
        if node == to {
            return Some((trace(&came_from, to), f64::from(costs_m[to as usize])));
        }
        if std::mem::replace(&mut is_done[node as usize], true) {
            continue;
        }
        let cost_m = costs_m[node as usize];
        grid.each_way(node, closed, |next, way_m| {
            let cost_m = cost_m + way_m;
            if cost_m < costs_m[next as usize] && !is_done[next as usize] {
                costs_m[next as usize] = cost_m;
                came_from[next as usize] = node;
                queue.push(Reverse(key(cost_m + least_m(next), next)));
            }
        });
    }
    None
}

/// The nodes that lead to `to`.
fn trace(came_from: &[Node], to: Node) -> Vec<Node> {
    let mut nodes = vec![to];
    let mut node = to;
    while came_from[node as usize] != NOWHERE {
        node = came_from[node as usize];
        nodes.push(node);
    }
    nodes.reverse();
    nodes
}

/// Cost and node as one number that sorts by cost: the bits of a positive `f32` rise with it.
fn key(cost_m: f32, node: Node) -> u64 {
    u64::from(cost_m.to_bits()) << 32 | u64::from(node)
}

fn unkey(key: u64) -> (f32, Node) {
    (f32::from_bits((key >> 32) as u32), key as Node)
}
