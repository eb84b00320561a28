//! The crossings of a gate as a table: a row goes to the ship, the place and the time.

use egui::Ui;

use super::ship::{Ship, ships_of};
use crate::ais::Fleet;
use crate::flow::Key;
use crate::ui::panels::tables::cell::Cell;
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::ordered::{About, Ordered};
use crate::ui::panels::tables::rows::Sort;
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

static ABOUT: About<Sheet> =
    About { name: "Table of crossings", columns: COLUMNS, n_rows: |sheet| sheet.rows.len() };

/// The table, and how it is sorted.
pub struct CrossingTable(Ordered<Listed, Sheet>);

impl Default for CrossingTable {
    /// In the order of time.
    fn default() -> Self {
        CrossingTable(Ordered::new(&ABOUT, Sort { column: 1, is_descending: false }))
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
        self.0.take(listed, || {
            let is_listed = |(_, crossing): &(usize, &Crossing)| {
                listed.2.is_none_or(|side| crossing.side == side)
            };
            let rows = gate.crossings.iter().enumerate().filter(is_listed);
            let rows: Vec<(usize, Crossing)> = rows.map(|(place, c)| (place, *c)).collect();
            let names = directions.each_ref().map(|direction| direction.name.clone());
            let ships = ships_of(fleet, rows.iter().map(|(_, crossing)| crossing.ship));
            Sheet { rows, ships, names }
        });
        let is_it = |sheet: &Sheet, row: usize| Some(sheet.rows[row].0) == gone_to;
        let color =
            |sheet: &Sheet, row: usize| Some(directions[sheet.crossing(row).side as usize].color);
        let row = self.0.ui(ui, is_it, color)?;
        Some(self.0.sheet()?.rows[row].0)
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
