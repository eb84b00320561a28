//! The cells of density as a table, the densest first: a row goes to its place.

use std::sync::Arc;

use egui::Ui;

use crate::base::geo::Position;
use crate::flow::Key;
use crate::flow::stages::DensityOf;
use crate::ui::map::furniture::degrees_minutes_in_text;
use crate::ui::panels::tables::cell::Cell as Shown;
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::ordered::{About, Ordered};
use crate::ui::panels::tables::rows::Sort;
use crate::ui::water_view::is_used;
use crate::watch::{Cell, Change};

/// Cells as rows.
struct Sheet {
    of: Arc<DensityOf>,
    cells: Vec<Cell>,
    /// Where the middle of each is, in words, and its place from the south.
    places: Vec<(String, u32)>,
}

impl Sheet {
    fn new(of: &Arc<DensityOf>) -> Sheet {
        let grid = of.density.grid();
        let all = (0..grid.cells()).map(|index| grid.cell(index));
        let cells: Vec<Cell> = all.filter(|cell| is_used(of, *cell)).collect();
        let place = |(rank, cell): (usize, &Cell)| {
            (degrees_minutes_in_text(grid.center(*cell)), rank as u32)
        };
        let places = cells.iter().enumerate().map(place).collect();
        Sheet { of: Arc::clone(of), cells, places }
    }

    fn change(&self, row: usize, value: fn(&Change) -> &[f64]) -> Shown<'_> {
        let index = self.of.density.grid().index(self.cells[row]);
        let before = self.of.before.as_ref();
        before.map_or(Shown::Missing, |before| Shown::Decimal(value(&before.change)[index], 3))
    }
}

/// From left to right.
const COLUMNS: &[Column<Sheet>] = &[
    Column {
        title: "Hours / km²",
        help: "Hours that ships were in the cell, for each square kilometer of it",
        width_px: 98.0,
        is_number: true,
        cell: |sheet, row| Shown::Decimal(sheet.of.density.hours_km2(sheet.cells[row]), 2),
    },
    Column {
        title: "Ship-hours",
        help: "Hours that ships were in the cell",
        width_px: 80.0,
        is_number: true,
        cell: |sheet, row| Shown::Decimal(sheet.of.density.ship_hours(sheet.cells[row]), 2),
    },
    Column {
        title: "Transits",
        help: "How often a ship came into the cell",
        width_px: 64.0,
        is_number: true,
        cell: |sheet, row| Shown::Count(sheet.of.density.transits(sheet.cells[row]).into()),
    },
    Column {
        title: "Change h/km²/day",
        help: "Ship-hours for each square kilometer and day, less those of the other period",
        width_px: 118.0,
        is_number: true,
        cell: |sheet, row| sheet.change(row, |change| &change.hours_km2_day),
    },
    Column {
        title: "Change transits/day",
        help: "Transits a day, less those of the other period",
        width_px: 126.0,
        is_number: true,
        cell: |sheet, row| sheet.change(row, |change| &change.transits_day),
    },
    Column {
        title: "Middle",
        help: "Where the middle of the cell is",
        width_px: 190.0,
        is_number: false,
        cell: |sheet, row| {
            let (text, rank) = &sheet.places[row];
            Shown::Text(text, *rank)
        },
    },
];

static ABOUT: About<Sheet> =
    About { name: "Table of cells", columns: COLUMNS, n_rows: |sheet| sheet.cells.len() };

/// The table, and how it is sorted.
pub struct CellTable(Ordered<Key, Sheet>);

impl Default for CellTable {
    /// The densest first.
    fn default() -> Self {
        CellTable(Ordered::new(&ABOUT, Sort { column: 0, is_descending: true }))
    }
}

impl CellTable {
    /// Draws the cells with traffic; the one gone to last is selected. Gives back one that was picked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, of): (Key, &Arc<DensityOf>),
        gone_to: Option<Cell>,
    ) -> Option<Cell> {
        self.0.take(key, || Sheet::new(of));
        let is_it = |sheet: &Sheet, row: usize| Some(sheet.cells[row]) == gone_to;
        let row = self.0.ui(ui, is_it, |_, _| None)?;
        Some(self.0.sheet()?.cells[row])
    }
}

/// Places around a cell, to be shown on the map.
pub fn places_around(of: &DensityOf, cell: Cell) -> Vec<Position> {
    let grid = of.density.grid();
    let ((west, east), (south, north)) = (grid.lon_deg(cell), grid.lat_deg(cell));
    let (width, height) = (3.0 * (east - west), 3.0 * (north - south));
    let lon = |lon_deg: f64| crate::base::geo::wrap_lon_deg(lon_deg);
    let lat = |lat_deg: f64| lat_deg.clamp(-89.0, 89.0);
    vec![
        Position::new(lon(west - width), lat(south - height)),
        Position::new(lon(east + width), lat(north + height)),
    ]
}
