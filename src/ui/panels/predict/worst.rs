//! The predictions that were farthest off, as a table; a row goes to its ship, time and place.

use std::sync::Arc;

use egui::{ComboBox, RichText, Ui};

use crate::ais::Vessel;
use crate::base::text::counted;
use crate::flow::stages::ScoresOf;
use crate::predict::params::Method;
use crate::predict::score::Miss;
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::ordered::{About, Ordered};
use crate::ui::panels::tables::rows::Sort;
use crate::ui::predict_view::{method_color, method_title};

/// Misses as rows.
struct Sheet {
    of: Arc<ScoresOf>,
    /// The place of each row's vessel in the order of names.
    ranks: Vec<u32>,
    /// The misses that are listed.
    rows: Vec<Miss>,
}

impl Sheet {
    fn new(of: &Arc<ScoresOf>, only: Option<Method>) -> Sheet {
        let all = of.scores.worst.iter().copied();
        let rows: Vec<Miss> =
            all.filter(|miss| only.is_none_or(|only| miss.method == only)).collect();
        let names: Vec<&str> =
            rows.iter().map(|miss| vessel(of, *miss).about.name.as_str()).collect();
        let ranks = ranks(&names);
        Sheet { of: Arc::clone(of), ranks, rows }
    }

    fn vessel(&self, row: usize) -> &Vessel {
        vessel(&self.of, self.rows[row])
    }

    fn t_ms(&self, row: usize) -> i64 {
        self.of.windows.t_ms(self.rows[row].sample)
    }
}

fn vessel(of: &ScoresOf, miss: Miss) -> &Vessel {
    &of.windows.fleet().vessels()[of.windows.trip(miss.sample).vessel]
}

/// From left to right.
const COLUMNS: &[Column<Sheet>] = &[
    Column {
        title: "Error nmi",
        help: "How far from the prediction the ship was",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.rows[row].error_nmi, 2),
    },
    Column {
        title: "Ahead min",
        help: "Minutes from the last known report to the prediction",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.rows[row].horizon_min, 0),
    },
    Column {
        title: "Method",
        help: "The method that was so far off",
        width_px: 84.0,
        is_number: false,
        cell: |sheet, row| {
            let method = sheet.rows[row].method;
            let rank = Method::ALL.iter().position(|other| *other == method).unwrap_or(0);
            Cell::Text(method_title(method), rank as u32)
        },
    },
    Column {
        title: "Vessel",
        help: "The name of the ship",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(sheet.vessel(row).about.name.as_str(), sheet.ranks[row]),
    },
    Column {
        title: "Time UTC",
        help: "The last report that was known to the method",
        width_px: 136.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.t_ms(row)),
    },
    Column {
        title: "MMSI",
        help: "The number of the ship",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| {
            let vessel = sheet.vessel(row);
            Cell::Number(if vessel.is_local { "local" } else { "" }, vessel.mmsi.0.into())
        },
    },
    Column {
        title: "Trip",
        help: "The trip that it is on",
        width_px: 56.0,
        is_number: true,
        cell: |sheet, row| {
            Cell::Number("", sheet.of.windows.trip_id(sheet.rows[row].sample) as u64)
        },
    },
];

static ABOUT: About<Sheet> =
    About { name: "Table of worst cases", columns: COLUMNS, n_rows: |sheet| sheet.rows.len() };

/// The table, how it is sorted, and what was picked last.
pub struct WorstTable {
    /// Of the result at an address, which its sheet keeps from being given to another, and of one
    /// method alone if so.
    table: Ordered<(usize, Option<Method>), Sheet>,
    only: Option<Method>,
    picked: Option<Miss>,
}

impl Default for WorstTable {
    /// The worst at the top.
    fn default() -> Self {
        let table = Ordered::new(&ABOUT, Sort { column: 0, is_descending: true });
        WorstTable { table, only: None, picked: None }
    }
}

impl WorstTable {
    /// Draws the misses of `of`. The one picked last is selected while its moment is. Gives back
    /// the one that was picked.
    pub fn ui(&mut self, ui: &mut Ui, of: &Arc<ScoresOf>, now_ms: Option<i64>) -> Option<Miss> {
        let n = of.scores.worst.len();
        ui.horizontal_wrapped(|ui| {
            self.only_ui(ui, of);
            ui.label(format!(
                "{} of each method and time ahead",
                counted(n.min(20) as u64, "case")
            ))
            .on_hover_text("At most so many are listed");
            ui.label(
                RichText::new(
                    "a row goes to ship and moment; the path there is by models that know the \
                     ship, so it may be nearer",
                )
                .weak(),
            );
        });
        let listed = (Arc::as_ptr(of).addr(), self.only);
        self.table.take(listed, || Sheet::new(of, self.only));
        let (is_dark, picked) = (ui.visuals().dark_mode, self.picked);
        let is_picked = |sheet: &Sheet, row: usize| {
            picked == Some(sheet.rows[row]) && now_ms == Some(sheet.t_ms(row))
        };
        let color = |sheet: &Sheet, row: usize| Some(method_color(sheet.rows[row].method, is_dark));
        let row = self.table.ui(ui, is_picked, color)?;
        self.picked = self.table.sheet().map(|sheet| sheet.rows[row]);
        self.picked
    }

    /// The choice of whose misses are listed.
    fn only_ui(&mut self, ui: &mut Ui, of: &ScoresOf) {
        let mut methods: Vec<Method> = of.scores.rows.iter().map(|row| row.method).collect();
        methods.dedup();
        let title = |only: Option<Method>| only.map_or("All methods", method_title);
        let combo = ComboBox::from_id_salt("only").selected_text(title(self.only)).width(110.0);
        let shown = combo.show_ui(ui, |ui| {
            for each in [None].into_iter().chain(methods.into_iter().map(Some)) {
                ui.selectable_value(&mut self.only, each, title(each));
            }
        });
        shown.response.on_hover_text("Whose worst cases are listed");
    }
}
