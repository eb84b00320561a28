//! The crossings of a gate as a table: a row goes to the ship, the place and the time.

use egui::{Color32, Ui};

use super::ship::{Ship, ships_of};
use crate::ais::Fleet;
use crate::flow::Key;
use crate::ui::panels::tables::cell::Cell;
use crate::ui::panels::tables::grid::{Act, Column, Content, Grid};
use crate::ui::panels::tables::rows::{Sort, sorted};
use crate::ui::water_view::Direction;
use crate::watch::gates::Side;
use crate::watch::{Crossing, Gate};

/// Which crossings are listed: of a result, a gate of it, and a direction if only one is.
pub type Listed = (Key, usize, Option<Side>);

/// Crossings as rows.
struct Sheet {
    /// Which of all crossings of the gate each row is.
    rows: Vec<(usize, Crossing)>,
    /// The ship of each row.
    ships: Vec<Ship>,
    names: [String; 2],
}

impl Sheet {
    fn crossing(&self, row: usize) -> &Crossing {
        &self.rows[row].1
    }
}

/// From left to right.
const COLUMNS: &[Column<Sheet>] = &[
    Column {
        title: "Ship",
        help: "Who crossed",
        width_px: 130.0,
        is_number: false,
        cell: |sheet, row| sheet.ships[row].title(),
    },
    Column {
        title: "Time UTC",
        help: "When she crossed the line",
        width_px: 136.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.crossing(row).t_ms),
    },
    Column {
        title: "Direction",
        help: "Which way she crossed",
        width_px: 104.0,
        is_number: false,
        cell: |sheet, row| {
            let side = sheet.crossing(row).side as usize;
            Cell::Text(&sheet.names[side], side as u32)
        },
    },
    Column {
        title: "Offset m",
        help: "Where on the gate: meters from its middle, positive toward its second end",
        width_px: 70.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.crossing(row).along_m, 0),
    },
    Column {
        title: "Speed kn",
        help: "Speed over ground",
        width_px: 66.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.crossing(row).sog_kn, 1),
    },
    Column {
        title: "Course °",
        help: "The course of the way across",
        width_px: 66.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.crossing(row).cog_deg, 0),
    },
    Column {
        title: "Length m",
        help: "The ship's length",
        width_px: 66.0,
        is_number: true,
        cell: |sheet, row| sheet.ships[row].length(),
    },
    Column {
        title: "Type",
        help: "The ship's type",
        width_px: 92.0,
        is_number: false,
        cell: |sheet, row| sheet.ships[row].kind(),
    },
    Column {
        title: "MMSI",
        help: "The ship's number",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| sheet.ships[row].number(),
    },
];

/// The table, and how it is sorted.
pub struct CrossingTable {
    grid: Grid,
    sheet: Option<(Listed, Sheet)>,
    sorted: Option<(Sort, Vec<u32>)>,
}

impl Default for CrossingTable {
    /// In the order of time.
    fn default() -> Self {
        let grid = Grid::sorted(Sort { column: 1, is_descending: false });
        CrossingTable { grid, sheet: None, sorted: None }
    }
}

impl CrossingTable {
    /// Draws the crossings of `gate` that are `listed`; the one gone to last is selected. Gives back
    /// the place among the gate's crossings of one that was picked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        listed: Listed,
        (fleet, gate): (&Fleet, &Gate),
        directions: &[Direction; 2],
        gone_to: Option<usize>,
    ) -> Option<usize> {
        if self.sheet.as_ref().is_none_or(|(of, _)| *of != listed) {
            let is_listed = |(_, crossing): &(usize, &Crossing)| {
                listed.2.is_none_or(|side| crossing.side == side)
            };
            let rows = gate.crossings.iter().enumerate().filter(is_listed);
            let rows: Vec<(usize, Crossing)> = rows.map(|(place, c)| (place, *c)).collect();
            let names = directions.each_ref().map(|direction| direction.name.clone());
            let ships = ships_of(fleet, rows.iter().map(|(_, crossing)| crossing.ship));
            self.sheet = Some((listed, Sheet { rows, ships, names }));
            self.sorted = None;
        }
        let (_, sheet) = self.sheet.as_ref()?;
        let sort = self.grid.sort;
        if self.sorted.as_ref().is_none_or(|(by, _)| *by != sort) {
            let cell = COLUMNS[sort.column].cell;
            let rows = sorted(sheet.rows.len(), sort.is_descending, |row| cell(sheet, row).key());
            self.sorted = Some((sort, rows));
        }
        let (_, rows) = self.sorted.as_ref()?;
        let place = |row: usize| sheet.rows[rows[row] as usize].0;
        let is_current = |row: usize| Some(place(row)) == gone_to;
        let color = |row: usize| -> Option<Color32> {
            Some(directions[sheet.crossing(rows[row] as usize).side as usize].color)
        };
        let content = Content {
            name: "Table of crossings",
            columns: COLUMNS,
            n_rows: rows.len(),
            cell: &|row, column| (COLUMNS[column].cell)(sheet, rows[row] as usize),
            is_selected: &is_current,
            mark: &color,
            current: &|| (0..rows.len()).find(|row| is_current(*row)),
        };
        let (Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = self.grid.ui(ui, &content)?;
        (row < rows.len()).then(|| place(row))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell as StdCell;
    use std::rc::Rc;

    use egui::accesskit::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::ui::panels::water::made;

    #[test]
    fn a_row_says_who_crossed_when_and_where_and_a_click_gives_it_back() {
        let fleet = made::fleet(3, 2);
        let gate = made::gate_of(&fleet);
        let picked = Rc::new(StdCell::new(None));
        let inner = Rc::clone(&picked);
        let key = Key::of("gates/1", &(), &[]);
        let mut table = CrossingTable::default();
        let mut harness = Harness::builder().with_size([900.0, 300.0]).build_ui(move |ui| {
            let directions = made::directions();
            let listed = (key, 0, Some(Side::Right));
            let found = table.ui(ui, listed, (&fleet, &gate), &directions, inner.get());
            inner.set(found.or(inner.get()));
        });
        harness.run();
        let rows: Vec<String> = harness
            .query_all_by_role(Role::Row)
            .map(|row| row.accesskit_node().label().unwrap_or_default())
            .collect();
        assert_eq!(rows.len(), 2, "southbound ones alone: {rows:?}");
        assert!(rows[0].contains("Direction southbound, Offset m 150"), "{rows:?}");
        assert!(rows[0].contains("Time UTC 1970-01-01 00:07:00"), "{rows:?}");
        harness.query_all_by_role(Role::Row).nth(1).unwrap().click();
        harness.run();
        assert_eq!(picked.get(), Some(4), "the fifth of all");
    }
}
