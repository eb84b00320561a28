//! Cells on the Earth: boxes of longitude and latitude, about as wide and high as asked, of known
//! area.

use crate::ais::Fleet;
use crate::base::geo::{EARTH_RADIUS_M, Position, wrap_lon_deg};

/// The most cells a grid has: 256 MB of counts.
const MAX_CELLS: f64 = 64e6;

/// Beyond this latitude, cells are no wider in degrees than here.
const MOST_LAT_DEG: f64 = 85.0;

/// Longitudes are told apart by so many parts of the circle, to find where a fleet is not.
const SECTORS: usize = 3600;

/// Why there is no grid.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GridError {
    /// Cells must have a size.
    #[error("cells are {0} m; they must be some meters wide")]
    NoSize(f64),
    /// Too many cells to count in.
    #[error(
        "cells of {cell_m} m make {millions:.0} million; raise them above {enough_m:.0} m, or look at less"
    )]
    TooMany {
        /// What was asked for, meters.
        cell_m: f64,
        /// How many they would be, millions.
        millions: f64,
        /// A size that can be had, meters.
        enough_m: f64,
    },
    /// There is nothing to lay a grid over.
    #[error("no position to lay a grid over; load a file, or let more pass the filter")]
    Nowhere,
}

/// A cell of a grid.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Cell {
    /// Counted from the south.
    pub row: u32,
    /// Counted from the west.
    pub column: u32,
}

/// Cells in rows and columns. All are equally high and wide in degrees; their width in meters is
/// right in the middle of the grid and shrinks toward the poles, and [`Grid::area_km2`] with it.
#[derive(Clone, PartialEq, Debug)]
pub struct Grid {
    // Invariant: at least one row and column; no more columns than go around the world.
    west_deg: f64,
    south_deg: f64,
    width_deg: f64,
    height_deg: f64,
    columns: u32,
    rows: u32,
}

impl Grid {
    /// Cells about `cell_m` wide and high over all that lies east of `west_deg` by up to
    /// `span_deg`, and between two latitudes.
    ///
    /// # Errors
    ///
    /// [`GridError::NoSize`] for cells of no size, [`GridError::TooMany`] for too small ones.
    pub fn new(
        west_deg: f64,
        span_deg: f64,
        (south_deg, north_deg): (f64, f64),
        cell_m: f64,
    ) -> Result<Grid, GridError> {
        if !(cell_m.is_finite() && cell_m >= 1.0) {
            return Err(GridError::NoSize(cell_m));
        }
        let height_deg = (cell_m / EARTH_RADIUS_M).to_degrees();
        let middle_deg = (0.5 * (south_deg + north_deg)).clamp(-MOST_LAT_DEG, MOST_LAT_DEG);
        let width_deg = height_deg / middle_deg.to_radians().cos();
        let goes_around = span_deg + width_deg >= 360.0;
        // One more than fits, so that what lies on the edge is inside; around the world, as many as
        // meet themselves.
        let columns = if goes_around {
            (360.0 / width_deg).ceil()
        } else {
            (span_deg / width_deg).floor() + 1.0
        };
        let width_deg = if goes_around { 360.0 / columns } else { width_deg };
        let rows = ((north_deg - south_deg) / height_deg).floor() + 1.0;
        if columns * rows > MAX_CELLS {
            let enough_m = cell_m * (columns * rows / MAX_CELLS).sqrt() * 1.01;
            let millions = columns * rows / 1e6;
            return Err(GridError::TooMany { cell_m, millions, enough_m });
        }
        Ok(Grid {
            west_deg: wrap_lon_deg(west_deg),
            south_deg,
            width_deg,
            height_deg,
            columns: columns as u32,
            rows: rows as u32,
        })
    }

    /// Cells over all places of `fleet`. It begins east of the widest stretch of longitudes where
    /// there are none, so that a fleet on the date line is in one piece.
    ///
    /// # Errors
    ///
    /// As [`Grid::new`]; [`GridError::Nowhere`] for a fleet without a position.
    pub fn around(fleet: &Fleet, cell_m: f64) -> Result<Grid, GridError> {
        Grid::around_places(fleet.reports().positions.iter().copied(), cell_m)
    }

    /// Cells over all `places`, as [`Grid::around`] has it.
    ///
    /// # Errors
    ///
    /// The same.
    pub fn around_places(
        places: impl Iterator<Item = Position> + Clone,
        cell_m: f64,
    ) -> Result<Grid, GridError> {
        let valid = places.filter(|place| place.is_valid());
        let mut is_there = [false; SECTORS];
        let (mut south, mut north) = (f64::INFINITY, f64::NEG_INFINITY);
        for place in valid.clone() {
            is_there[sector_of(place.lon_deg)] = true;
            (south, north) = (south.min(place.lat_deg), north.max(place.lat_deg));
        }
        if south > north {
            return Err(GridError::Nowhere);
        }
        let first = after_widest_gap(&is_there);
        let from_deg = -180.0 + 360.0 * first as f64 / SECTORS as f64;
        let east = |place: Position| wrap_east(place.lon_deg - from_deg);
        let (low, high) = valid.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), place| {
            (low.min(east(place)), high.max(east(place)))
        });
        Grid::new(from_deg + low, high - low, (south, north), cell_m)
    }

    /// How many rows there are.
    pub fn rows(&self) -> u32 {
        self.rows
    }

    /// How many columns there are.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.rows as usize * self.columns as usize
    }

    /// The cell that `place` is in, if it is in any. Western and southern edges belong to a cell.
    pub fn cell_of(&self, place: Position) -> Option<Cell> {
        let (x, y) = self.xy(place);
        self.cell_at(x, y)
    }

    /// The number of a cell: row by row from the south, each from the west.
    pub fn index(&self, cell: Cell) -> usize {
        cell.row as usize * self.columns as usize + cell.column as usize
    }

    /// The cell of a number.
    pub fn cell(&self, index: usize) -> Cell {
        let columns = self.columns as usize;
        Cell { row: (index / columns) as u32, column: (index % columns) as u32 }
    }

    /// Western and eastern edge of a cell, degrees; the eastern one may lie beyond 180.
    pub fn lon_deg(&self, cell: Cell) -> (f64, f64) {
        let west = wrap_lon_deg(self.west_deg + f64::from(cell.column) * self.width_deg);
        (west, west + self.width_deg)
    }

    /// Southern and northern edge of a cell, degrees.
    pub fn lat_deg(&self, cell: Cell) -> (f64, f64) {
        let south = self.south_deg + f64::from(cell.row) * self.height_deg;
        (south, (south + self.height_deg).min(90.0))
    }

    /// The middle of a cell.
    pub fn center(&self, cell: Cell) -> Position {
        let ((west, east), (south, north)) = (self.lon_deg(cell), self.lat_deg(cell));
        Position::new(wrap_lon_deg(0.5 * (west + east)), 0.5 * (south + north))
    }

    /// The area of a cell on the sphere, square kilometers.
    pub fn area_km2(&self, cell: Cell) -> f64 {
        let (south, north) = self.lat_deg(cell);
        let band = north.to_radians().sin() - south.to_radians().sin();
        EARTH_RADIUS_M * EARTH_RADIUS_M * self.width_deg.to_radians() * band * 1e-6
    }

    /// Columns east and rows north of the grid's corner, with fractions.
    pub(super) fn xy(&self, place: Position) -> (f64, f64) {
        (
            wrap_east(place.lon_deg - self.west_deg) / self.width_deg,
            (place.lat_deg - self.south_deg) / self.height_deg,
        )
    }

    /// Columns around the whole world, with a fraction.
    pub(super) fn around_columns(&self) -> f64 {
        360.0 / self.width_deg
    }

    /// The cell at so many columns and rows from the corner.
    pub(super) fn cell_at(&self, x: f64, y: f64) -> Option<Cell> {
        let is_inside =
            x >= 0.0 && y >= 0.0 && x < f64::from(self.columns) && y < f64::from(self.rows);
        is_inside.then_some(Cell { row: y as u32, column: x as u32 })
    }
}

/// Degrees east in `0 <= x < 360`.
fn wrap_east(deg: f64) -> f64 {
    if (0.0..360.0).contains(&deg) { deg } else { crate::base::angle::wrap_deg(deg) }
}

fn sector_of(lon_deg: f64) -> usize {
    let share = (lon_deg + 180.0) / 360.0;
    ((share * SECTORS as f64) as usize).min(SECTORS - 1)
}

/// The sector with which the longest way around begins that leaves out the widest empty stretch.
fn after_widest_gap(is_there: &[bool; SECTORS]) -> usize {
    let (mut best, mut gap) = ((0, 0), 0);
    // Twice around, so that a stretch across the end counts whole.
    for place in 0..2 * SECTORS {
        if is_there[place % SECTORS] {
            if gap > best.0 {
                best = (gap, place % SECTORS);
            }
            gap = 0;
        } else {
            gap += 1;
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_cover_the_sphere() {
        let grid = Grid::new(-180.0, 360.0, (-90.0, 90.0), 500_000.0).unwrap();
        let total: f64 = (0..grid.cells()).map(|index| grid.area_km2(grid.cell(index))).sum();
        let sphere = 4.0 * std::f64::consts::PI * (EARTH_RADIUS_M * 1e-3).powi(2);
        assert!((total / sphere - 1.0).abs() < 1e-9, "{total} {sphere}");
    }

    #[test]
    fn a_cell_of_1_km_at_60_north_has_about_a_square_kilometer() {
        let grid = Grid::new(10.0, 0.5, (59.8, 60.2), 1000.0).unwrap();
        let middle = grid.cell_of(Position::new(10.2, 60.0)).unwrap();
        assert!((grid.area_km2(middle) - 1.0).abs() < 0.002, "{}", grid.area_km2(middle));
        let north = Cell { row: grid.rows() - 1, ..middle };
        assert!(grid.area_km2(north) < grid.area_km2(middle));
        let center = grid.center(middle);
        assert_eq!(grid.cell_of(center), Some(middle));
        assert_eq!(grid.cell(grid.index(middle)), middle);
    }

    #[test]
    fn a_fleet_on_the_date_line_is_in_one_piece() {
        let places = [(179.5, -17.0), (-179.0, -16.0), (179.9, -16.5)];
        let places = places.map(|(lon, lat)| Position::new(lon, lat));
        let grid = Grid::around_places(places.into_iter(), 10_000.0).unwrap();
        assert!(grid.columns() < 20 && grid.rows() < 14, "{grid:?}");
        let cells = places.map(|place| grid.cell_of(place).unwrap());
        assert!(cells[0].column < cells[2].column && cells[2].column < cells[1].column);
        assert_eq!(grid.cell_of(Position::new(0.0, -16.5)), None);
    }

    #[test]
    fn grids_that_cannot_be_are_refused() {
        let world = |cell_m| Grid::new(-180.0, 360.0, (-80.0, 80.0), cell_m);
        assert_eq!(world(0.0), Err(GridError::NoSize(0.0)));
        let Err(GridError::TooMany { enough_m, .. }) = world(100.0) else { panic!("too many") };
        assert!(world(enough_m).is_ok());
        assert_eq!(Grid::around_places([].into_iter(), 100.0), Err(GridError::Nowhere));
    }
}
