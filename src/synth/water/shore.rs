//! How far it is to the shore from anywhere on the grid.

use super::grid::{HEIGHT, SIDE, WIDTH};
use crate::base::geo::EARTH_RADIUS_M;
use crate::synth::water::mask::CELLS_A_DEGREE;

/// Meters that one unit of the way to the shore stands for.
pub(super) const SHORE_UNIT_M: f64 = 16_000.0;

/// From the middle of each square to the middle of the nearest with land, by chains of neighbors:
/// at most 8 % too long. Meters.
pub(super) fn ways_to_shore_m(has_land: &[bool]) -> Vec<f32> {
    let mut way_m: Vec<f32> = has_land.iter().map(|land| if *land { 0.0 } else { 4e7 }).collect();
    let side_m = (SIDE as f64 / CELLS_A_DEGREE as f64).to_radians() * EARTH_RADIUS_M;
    let east_m = |row: usize| {
        let lat_deg = (row as f64 + 0.5) * SIDE as f64 / CELLS_A_DEGREE as f64 - 90.0;
        (side_m * lat_deg.to_radians().cos()) as f32
    };
    let mut row_pass = |row: usize, from: Option<usize>| {
        let (east_m, north_m) = (east_m(row), side_m as f32);
        let aslant_m = east_m.hypot(north_m);
        if let Some(from) = from {
            for column in 0..WIDTH {
                let (west, east) = ((column + WIDTH - 1) % WIDTH, (column + 1) % WIDTH);
                let other = |column: usize, m: f32| way_m[from * WIDTH + column] + m;
                let best =
                    other(column, north_m).min(other(west, aslant_m)).min(other(east, aslant_m));
                way_m[row * WIDTH + column] = way_m[row * WIDTH + column].min(best);
            }
        }
        // Twice round in either direction: the row has no ends.
        for step in 0..2 * WIDTH {
            let (column, next) = (step % WIDTH, (step + 1) % WIDTH);
            let best = way_m[row * WIDTH + column] + east_m;
            way_m[row * WIDTH + next] = way_m[row * WIDTH + next].min(best);
            let (column, next) = (WIDTH - 1 - column, WIDTH - 1 - next);
            let best = way_m[row * WIDTH + column] + east_m;
            way_m[row * WIDTH + next] = way_m[row * WIDTH + next].min(best);
        }
    };
    for row in 0..HEIGHT {
        row_pass(row, row.checked_sub(1));
    }
    for row in (0..HEIGHT).rev() {
        row_pass(row, (row + 1 < HEIGHT).then_some(row + 1));
    }
    way_m
}

/// What surely lies between any two points of squares whose middles are so far apart.
pub(super) fn least_units(middles_m: f64) -> u8 {
    ((0.92 * middles_m - 39_400.0).max(0.0) / SHORE_UNIT_M).floor().min(255.0) as u8
}
