//! Land and water of the world in cells of a twentieth of a degree.

use crate::base::coast::{each_triangle, mercator};
use crate::base::geo::Position;

/// Cells in a degree.
pub(super) const CELLS_A_DEGREE: usize = 20;
/// Cells around the world.
pub(super) const N_COLUMNS: usize = 360 * CELLS_A_DEGREE;
/// Cells from pole to pole; row 0 is the southernmost.
pub(super) const N_ROWS: usize = 180 * CELLS_A_DEGREE;

/// Nobody trades beyond these latitudes, degrees north: storms and ice.
const SOUTH_DEG: f64 = -50.0;
const NORTH_DEG: f64 = 76.0;
/// But around Cape Horn, between these meridians, ships go so far south.
const HORN: (f64, f64, f64) = (-90.0, -50.0, -60.0);

/// Walls across waters of ice, which would be short cuts: west and east edge, from this latitude on
/// northward. The Northern Sea Route off Taymyr, and the Northwest Passage.
const ICE: [(f64, f64, f64); 2] = [(100.0, 110.0, 70.0), (-106.0, -96.0, 65.0)];

/// Long rivers that ships go up, as points of their middle: the coast's makers took them for land.
const RIVERS: &[&[(f64, f64)]] = &[
    // Saint Lawrence to Montreal.
    &[(-69.6, 48.1), (-70.3, 47.4), (-71.2, 46.8), (-72.5, 46.35), (-73.1, 46.0), (-73.5, 45.55)],
    // Mississippi to Baton Rouge.
    &[
        (-89.4, 29.0),
        (-89.35, 29.3),
        (-89.9, 29.7),
        (-90.05, 29.95),
        (-90.6, 30.05),
        (-91.2, 30.45),
    ],
    // Paraná to Rosario.
    &[(-58.4, -34.2), (-58.9, -33.9), (-59.7, -33.6), (-60.2, -33.3), (-60.65, -32.9)],
    // Yangtze to Nanjing.
    &[(121.2, 31.75), (120.6, 32.0), (119.9, 32.0), (119.4, 32.25), (118.75, 32.1)],
    // Columbia to Portland.
    &[(-124.0, 46.25), (-123.4, 46.2), (-122.9, 46.1), (-122.8, 45.75), (-122.7, 45.6)],
    // Elbe to Hamburg.
    &[(9.1, 53.87), (9.45, 53.75), (9.6, 53.6), (9.95, 53.54)],
];

/// Which cells hold land.
pub(super) struct Mask {
    /// Land touches the cell, or nobody goes there.
    touched: Bits,
    /// The cell's center lies on land, and on no river that ships go up.
    covered: Bits,
}

/// A cell by its place: row times [`N_COLUMNS`] plus column.
pub(super) type Cell = usize;

impl Mask {
    /// Draws the bundled coast.
    pub fn draw() -> Mask {
        let mut mask =
            Mask { touched: Bits::new(N_ROWS * N_COLUMNS), covered: Bits::new(N_ROWS * N_COLUMNS) };
        // Rows' edges and middles on the plane of mercator, whose y runs southward.
        let y = |half_rows: usize| {
            let lat_deg = half_rows as f64 / (2 * CELLS_A_DEGREE) as f64 - 90.0;
            mercator(Position::new(0.0, lat_deg.clamp(-89.9, 89.9)))[1]
        };
        let lines: Vec<f64> = (0..=2 * N_ROWS).map(y).collect();
        each_triangle(|triangle| mask.add(&triangle, &lines));
        mask.close_what_nobody_sails();
        for river in RIVERS {
            mask.open_river(river);
        }
        mask
    }

    /// Whether ships sail freely here: no land touches the cell.
    pub fn is_free(&self, cell: Cell) -> bool {
        !self.touched.has(cell)
    }

    /// Whether the middle of the cell is land.
    pub fn is_covered(&self, cell: Cell) -> bool {
        self.covered.has(cell)
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        8 * (self.touched.0.len() + self.covered.0.len())
    }

    fn add(&mut self, triangle: &[[f64; 2]; 3], lines: &[f64]) {
        let low = triangle.iter().map(|corner| corner[1]).fold(f64::INFINITY, f64::min);
        let high = triangle.iter().map(|corner| corner[1]).fold(f64::NEG_INFINITY, f64::max);
        // `lines` falls: the first line north of the lowest y and so on.
        let first = lines.partition_point(|y| *y > high).saturating_sub(1) / 2;
        let end = lines.partition_point(|y| *y >= low).div_ceil(2).min(N_ROWS);
        for row in first..end {
            let (south, middle, north) = (lines[2 * row], lines[2 * row + 1], lines[2 * row + 2]);
            if let Some((west, east)) = extent(triangle, north, south) {
                let column = |x: f64| ((x * N_COLUMNS as f64) as usize).min(N_COLUMNS - 1);
                for column in column(west)..=column(east) {
                    self.touched.set(row * N_COLUMNS + column);
                }
            }
            if let Some((west, east)) = extent(triangle, middle, middle) {
                let from = (west * N_COLUMNS as f64 - 0.5).ceil().max(0.0) as usize;
                let to = (east * N_COLUMNS as f64 + 0.5).floor().max(0.0) as usize;
                for column in from..to.min(N_COLUMNS) {
                    self.covered.set(row * N_COLUMNS + column);
                }
            }
        }
    }

    fn close_what_nobody_sails(&mut self) {
        for row in 0..N_ROWS {
            let lat_deg = (row as f64 + 0.5) / CELLS_A_DEGREE as f64 - 90.0;
            let column = |lon_deg: f64| ((lon_deg + 180.0) * CELLS_A_DEGREE as f64) as usize;
            if lat_deg > NORTH_DEG || lat_deg < HORN.2 {
                self.close(row, 0, N_COLUMNS);
            } else if lat_deg < SOUTH_DEG {
                self.close(row, 0, column(HORN.0));
                self.close(row, column(HORN.1), N_COLUMNS);
            }
            for (west_deg, east_deg, from_deg) in ICE {
                if lat_deg > from_deg {
                    self.close(row, column(west_deg), column(east_deg));
                }
            }
        }
    }

    fn close(&mut self, row: usize, from: usize, to: usize) {
        (from..to).for_each(|column| self.touched.set(row * N_COLUMNS + column));
    }

    fn open_river(&mut self, river: &[(f64, f64)]) {
        for leg in river.windows(2) {
            let ((west, south), (east, north)) = (leg[0], leg[1]);
            let n = ((east - west).hypot(north - south) * 2.0 * CELLS_A_DEGREE as f64).ceil();
            for i in 0..=n as usize {
                let share = i as f64 / n;
                let place =
                    Position::new(west + share * (east - west), south + share * (north - south));
                self.covered.clear(cell_at(place));
            }
        }
    }
}

/// The cell in which a place lies.
pub(super) fn cell_at(place: Position) -> Cell {
    let column = ((place.lon_deg + 180.0) * CELLS_A_DEGREE as f64).floor() as i64;
    let row = ((place.lat_deg + 90.0) * CELLS_A_DEGREE as f64).floor() as i64;
    row.clamp(0, N_ROWS as i64 - 1) as usize * N_COLUMNS
        + column.rem_euclid(N_COLUMNS as i64) as usize
}

/// The middle of a cell.
pub(super) fn middle(cell: Cell) -> Position {
    let (row, column) = (cell / N_COLUMNS, cell % N_COLUMNS);
    let deg = |index: usize| (index as f64 + 0.5) / CELLS_A_DEGREE as f64;
    Position::new(deg(column) - 180.0, deg(row) - 90.0)
}

/// From where to where the triangle reaches between the lines `north <= y <= south`; none where it
/// does not reach them.
fn extent(triangle: &[[f64; 2]; 3], north: f64, south: f64) -> Option<(f64, f64)> {
    let (mut west, mut east) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut reach = |x: f64| {
        west = west.min(x);
        east = east.max(x);
    };
    for (a, b) in [(0, 1), (1, 2), (2, 0)].map(|(a, b)| (triangle[a], triangle[b])) {
        if (north..=south).contains(&a[1]) {
            reach(a[0]);
        }
        for y in [north, south] {
            if (a[1] < y) != (b[1] < y) {
                reach(a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]));
            }
        }
    }
    (west <= east).then_some((west, east))
}

/// A bit a cell.
struct Bits(Vec<u64>);

impl Bits {
    fn new(n: usize) -> Bits {
        Bits(vec![0; n.div_ceil(64)])
    }

    fn has(&self, i: usize) -> bool {
        self.0[i / 64] >> (i % 64) & 1 == 1
    }

    fn set(&mut self, i: usize) {
        self.0[i / 64] |= 1 << (i % 64);
    }

    fn clear(&mut self, i: usize) {
        self.0[i / 64] &= !(1 << (i % 64));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_triangle_touches_the_cells_it_reaches_and_covers_those_whose_middle_it_holds() {
        let triangle = [[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]];
        assert_eq!(extent(&triangle, 1.0, 2.0), Some((0.0, 3.0)));
        assert_eq!(extent(&triangle, 3.5, 3.5), Some((0.0, 0.5)));
        assert_eq!(extent(&triangle, 4.5, 5.0), None);
        assert_eq!(extent(&triangle, -1.0, 9.0), Some((0.0, 4.0)));
    }

    #[test]
    fn known_places_are_land_or_water() {
        let mask = Mask::draw();
        let at = |lon, lat| cell_at(Position::new(lon, lat));
        for (lon, lat) in
            [(2.35, 48.86), (100.0, 60.0), (-100.0, 40.0), (25.0, -28.0), (134.0, -25.0)]
        {
            assert!(mask.is_covered(at(lon, lat)), "{lon} {lat}");
        }
        for (lon, lat) in [(-30.0, 40.0), (180.0, 0.0), (-180.0, 30.0), (3.0, 54.5), (35.0, 43.0)] {
            assert!(mask.is_free(at(lon, lat)) && !mask.is_covered(at(lon, lat)), "{lon} {lat}");
        }
        assert!(!mask.is_free(at(0.0, 80.0)) && !mask.is_free(at(105.0, 75.9)));
        assert!(mask.is_free(at(-67.0, -57.0)) && !mask.is_free(at(60.0, -52.0)));
        assert!(mask.bytes() < 7_000_000);
    }

    #[test]
    fn a_cells_middle_lies_in_the_cell() {
        for cell in [0, 7199, 123_456, N_ROWS * N_COLUMNS - 1] {
            assert_eq!(cell_at(middle(cell)), cell);
        }
        assert_eq!(cell_at(Position::new(180.0, 0.0)), cell_at(Position::new(-180.0, 0.0)));
    }
}
