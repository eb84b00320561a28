//! The last miles: from a port through water too narrow for the grid, cell by cell.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rustc_hash::FxHashMap;

use super::mask::{Cell, Mask, N_COLUMNS, N_ROWS, cell_at, middle};
use crate::base::geo::{Position, short_distance_m};

/// What a meter costs in a free cell, in one that land touches, and over land: the mask's land has
/// docks, rivers and inlets in it that it does not know.
const WEIGHTS: [f64; 3] = [1.0, 1.5, 12.0];
/// No port lies farther from open water, weighed meters.
const LONGEST_M: f64 = 2_500_000.0;

/// A way from a port.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Approach {
    /// Its corners, the port first.
    pub places: Vec<Position>,
    /// From which of them on all water is open.
    pub n_narrow: usize,
    /// The cell where it ends.
    pub end: Cell,
    /// What it costs, weighed meters.
    pub cost_m: f64,
}

/// The cheapest way from `port` to the first cell that `is_goal`.
pub(super) fn approach(
    mask: &Mask,
    port: Position,
    is_goal: impl Fn(Cell) -> bool,
) -> Option<Approach> {
    let start = cell_at(port);
    let mut reached: FxHashMap<Cell, (f64, Cell)> = FxHashMap::default();
    let mut queue = BinaryHeap::from([Reverse((0, start))]);
    reached.insert(start, (0.0, start));
    while let Some(Reverse((decimeters, cell))) = queue.pop() {
        let (cost_m, _) = reached[&cell];
        if (cost_m * 10.0) as u64 != decimeters {
            continue;
        }
        if is_goal(cell) {
            return Some(trace(mask, port, &reached, cell));
        }
        if cost_m > LONGEST_M {
            return None;
        }
        let at = middle(cell);
        for next in around(cell) {
            let way_m = short_distance_m(at, middle(next));
            let cost_m = cost_m + way_m * 0.5 * (weight(mask, cell) + weight(mask, next));
            let known = reached.entry(next).or_insert((f64::INFINITY, cell));
            if cost_m < known.0 {
                *known = (cost_m, cell);
                queue.push(Reverse(((cost_m * 10.0) as u64, next)));
            }
        }
    }
    None
}

fn trace(
    mask: &Mask,
    port: Position,
    reached: &FxHashMap<Cell, (f64, Cell)>,
    end: Cell,
) -> Approach {
    let mut cells = vec![end];
    let mut cell = end;
    while reached[&cell].1 != cell {
        cell = reached[&cell].1;
        cells.push(cell);
    }
    cells.reverse();
    let n_narrow = cells.iter().rposition(|cell| !mask.is_free(*cell)).map_or(0, |last| last + 1);
    let mut places = vec![port];
    let mut n_kept = usize::from(n_narrow > 0);
    for i in 1..cells.len() {
        // The middle of a straight run is no corner.
        let is_corner = i + 1 == cells.len()
            || i + 1 == n_narrow
            || way(cells[i - 1], cells[i]) != way(cells[i], cells[i + 1]);
        if is_corner {
            places.push(middle(cells[i]));
            n_kept += usize::from(i < n_narrow);
        }
    }
    Approach { places, n_narrow: n_kept, end, cost_m: reached[&end].0 }
}

fn weight(mask: &Mask, cell: Cell) -> f64 {
    WEIGHTS[usize::from(!mask.is_free(cell)) + usize::from(mask.is_covered(cell))]
}

/// Columns and rows from a cell to the next, around the world.
fn way(from: Cell, to: Cell) -> (usize, i64) {
    let east = (to % N_COLUMNS + N_COLUMNS - from % N_COLUMNS) % N_COLUMNS;
    (east, (to / N_COLUMNS) as i64 - (from / N_COLUMNS) as i64)
}

fn around(cell: Cell) -> impl Iterator<Item = Cell> {
    let (row, column) = (cell / N_COLUMNS, cell % N_COLUMNS);
    let ways = (0..9).filter(|i| *i != 4).map(|i| (i % 3, i / 3));
    ways.filter_map(move |(east, north)| {
        let row = (row + north).checked_sub(1).filter(|row| *row < N_ROWS)?;
        Some(row * N_COLUMNS + (column + N_COLUMNS + east - 1) % N_COLUMNS)
    })
}
