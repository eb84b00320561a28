//! Wrong links and broken tracks as a table; a row goes to its place and time.

use std::sync::Arc;

use egui::Ui;

use crate::associate::Mistake;
use crate::base::geo::distance_m;
use crate::flow::Key;
use crate::flow::stages::AssociatedOf;
use crate::ui::associate_view::{AssociateView, MistakeKind};
use crate::ui::map::{BROKEN, WRONG};
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::ordered::{About, Ordered};
use crate::ui::panels::tables::rows::Sort;

/// Mistakes of one kind as rows.
struct Sheet {
    of: Arc<AssociatedOf>,
    /// Which of all mistakes each row is.
    listed: Vec<u32>,
    /// The ship of each row, and its place in the order of names.
    ships: Vec<(String, u32)>,
}

impl Sheet {
    fn new(of: &Arc<AssociatedOf>, view: &AssociateView) -> Sheet {
        let listed = view.listed(of);
        let title = |place: &u32| of.ship_title(of.mistakes[*place as usize].row);
        let titles: Vec<String> = listed.iter().map(|at| title(at).unwrap_or_default()).collect();
        let ranks = ranks(&titles.iter().map(String::as_str).collect::<Vec<_>>());
        let ships = titles.into_iter().zip(ranks).collect();
        Sheet { of: Arc::clone(of), listed, ships }
    }

    fn mistake(&self, row: usize) -> &Mistake {
        &self.of.mistakes[self.listed[row] as usize]
    }

    /// The point that the link should have gone to, or that it went to, if that is wrong.
    fn other(&self, row: usize) -> Option<u32> {
        let mistake = self.mistake(row);
        mistake.linked.filter(|_| self.of.is_wrong(mistake)).or(mistake.right)
    }
}

/// From left to right.
const COLUMNS: &[Column<Sheet>] = &[
    Column {
        title: "Kind",
        help: "A link to another ship's point, or a ship whose track breaks off",
        width_px: 96.0,
        is_number: false,
        cell: |sheet, row| {
            let mistake = sheet.mistake(row);
            match (sheet.of.is_wrong(mistake), sheet.of.is_broken(mistake)) {
                (true, true) => Cell::Text("wrong, broken", 1),
                (true, false) => Cell::Text("wrong link", 0),
                _ => Cell::Text("broken track", 2),
            }
        },
    },
    Column {
        title: "Time UTC",
        help: "When the point was reported at which it goes wrong",
        width_px: 136.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.of.points.t_ms()[sheet.mistake(row).row as usize]),
    },
    Column {
        title: "Ship",
        help: "Whose point it is in truth",
        width_px: 120.0,
        is_number: false,
        cell: |sheet, row| {
            let (title, rank) = &sheet.ships[row];
            Cell::Text(title, *rank)
        },
    },
    Column {
        title: "Track",
        help: "The track that it was put into",
        width_px: 56.0,
        is_number: true,
        cell: |sheet, row| {
            Cell::Number("", sheet.of.found.labels[sheet.mistake(row).row as usize].into())
        },
    },
    Column {
        title: "Point",
        help: "Its place among all points",
        width_px: 64.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(sheet.mistake(row).row.into()),
    },
    Column {
        title: "Linked to",
        help: "The point that it was linked to",
        width_px: 72.0,
        is_number: true,
        cell: |sheet, row| point(sheet.mistake(row).linked),
    },
    Column {
        title: "Should be",
        help: "The ship's next point",
        width_px: 72.0,
        is_number: true,
        cell: |sheet, row| point(sheet.mistake(row).right),
    },
    Column {
        title: "Away m",
        help: "How far off the wrong point is; of a break, the right one",
        width_px: 72.0,
        is_number: true,
        cell: |sheet, row| {
            let places = sheet.of.points.positions();
            let from = places[sheet.mistake(row).row as usize];
            sheet
                .other(row)
                .map_or(Cell::Missing, |to| Cell::Decimal(distance_m(from, places[to as usize]), 0))
        },
    },
    Column {
        title: "Silence",
        help: "The time to the wrong point; of a break, to the right one",
        width_px: 72.0,
        is_number: true,
        cell: |sheet, row| {
            let times = sheet.of.points.t_ms();
            let from_ms = times[sheet.mistake(row).row as usize];
            sheet
                .other(row)
                .map_or(Cell::Missing, |to| Cell::Span((times[to as usize] - from_ms).abs()))
        },
    },
    Column {
        title: "Why",
        help: "Why it was linked so, or not at all",
        width_px: 120.0,
        is_number: false,
        cell: |sheet, row| {
            let why = sheet.of.found.why[sheet.mistake(row).row as usize];
            Cell::Text(why.words(), why as u32)
        },
    },
];

fn point<'a>(row: Option<u32>) -> Cell<'a> {
    row.map_or(Cell::Missing, |row| Cell::Count(row.into()))
}

static ABOUT: About<Sheet> =
    About { name: "Table of mistakes", columns: COLUMNS, n_rows: |sheet| sheet.listed.len() };

/// The table, how it is sorted, and which mistake was looked at last.
pub struct MistakeTable {
    table: Ordered<(Key, MistakeKind), Sheet>,
    seen: Option<u32>,
}

impl Default for MistakeTable {
    /// In the order of time.
    fn default() -> Self {
        let table = Ordered::new(&ABOUT, Sort { column: 1, is_descending: false });
        MistakeTable { table, seen: None }
    }
}

impl MistakeTable {
    /// Draws the mistakes that are listed; the one that is looked at is selected and in view. Gives
    /// back the one that was picked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, of): (Key, &Arc<AssociatedOf>),
        view: &AssociateView,
    ) -> Option<Mistake> {
        if self.table.take((key, view.kind), || Sheet::new(of, view)) {
            self.seen = None;
        }
        let current = view.mistake();
        let is_current = |sheet: &Sheet, row: usize| Some(sheet.mistake(row).row) == current;
        if self.seen != current {
            self.seen = current;
            self.table.reveal(is_current);
        }
        let mark = |sheet: &Sheet, row: usize| {
            Some(if sheet.of.is_wrong(sheet.mistake(row)) { WRONG } else { BROKEN })
        };
        let row = self.table.ui(ui, is_current, mark)?;
        Some(*self.table.sheet()?.mistake(row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::stages::broken_and_joined;

    fn texts(sheet: &Sheet, row: usize) -> Vec<String> {
        COLUMNS.iter().map(|column| (column.cell)(sheet, row).shown().into_owned()).collect()
    }

    #[test]
    fn a_row_says_whose_point_goes_wrong_where_and_why() {
        let of = Arc::new(broken_and_joined());
        let view = AssociateView::default();
        let sheet = Sheet::new(&of, &view);
        let broken = texts(&sheet, 0);
        assert_eq!(broken[0], "broken track");
        assert_eq!(broken[3..7], ["0", "1", "–", "2"]);
        assert_eq!(broken[8..], ["1 min", "track ends"]);
        let wrong = texts(&sheet, 1);
        assert_eq!(wrong[0], "wrong link");
        assert_eq!(wrong[3..7], ["1", "2", "7", "3"]);
        // A tenth of a degree north and a hundredth of one east.
        assert_eq!(wrong[7..], ["11138", "1 min", "likeliest of all"]);
        assert_ne!(broken[2], "", "the ship has a name");
    }
}
