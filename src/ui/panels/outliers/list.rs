//! The outliers that were found as a table; a row goes to its place and time.

use std::sync::Arc;

use egui::{RichText, Ui};

use crate::base::text::counted;
use crate::flow::Key;
use crate::flow::stages::OutliersOf;
use crate::prep::{Outlier, OutlierKind};
use crate::ui::map::outlier_color;
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::ordered::{About, Ordered};
use crate::ui::panels::tables::rows::Sort;

/// A result as rows.
struct Sheet {
    of: Arc<OutliersOf>,
    /// The place of each row's vessel in the order of names.
    ranks: Vec<u32>,
}

impl Sheet {
    fn new(of: &Arc<OutliersOf>) -> Sheet {
        let name = |outlier| of.vessel(outlier).about.name.as_str();
        let names: Vec<&str> = of.outliers.found.iter().map(name).collect();
        Sheet { of: Arc::clone(of), ranks: ranks(&names) }
    }

    fn outlier(&self, row: usize) -> &Outlier {
        &self.of.outliers.found[row]
    }
}

/// From left to right.
const COLUMNS: &[Column<Sheet>] = &[
    Column {
        title: "Kind",
        help: "A turn that is too sharp, or a way that crosses itself",
        width_px: 70.0,
        is_number: false,
        cell: |sheet, row| match sheet.outlier(row).kind {
            OutlierKind::SharpTurn { .. } => Cell::Text("sharp turn", 0),
            OutlierKind::SmallLoop { .. } => Cell::Text("small loop", 1),
        },
    },
    Column {
        title: "Vessel",
        help: "The name of the ship",
        width_px: 104.0,
        is_number: false,
        cell: |sheet, row| {
            let name = sheet.of.vessel(sheet.outlier(row)).about.name.as_str();
            Cell::Text(name, sheet.ranks[row])
        },
    },
    Column {
        title: "Time UTC",
        help: "When the ship turned, or was about to cross her way",
        width_px: 130.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.of.t_ms(sheet.outlier(row))),
    },
    Column {
        title: "Angle °",
        help: "Between the way back and the way ahead of a turn: 0 is straight back",
        width_px: 54.0,
        is_number: true,
        cell: |sheet, row| match sheet.outlier(row).kind {
            OutlierKind::SharpTurn { angle_deg } => Cell::Decimal(angle_deg, 1),
            OutlierKind::SmallLoop { .. } => Cell::Missing,
        },
    },
    Column {
        title: "Loop m",
        help: "The way round a loop",
        width_px: 62.0,
        is_number: true,
        cell: |sheet, row| match sheet.outlier(row).kind {
            OutlierKind::SharpTurn { .. } => Cell::Missing,
            OutlierKind::SmallLoop { length_m } => Cell::Decimal(length_m, 0),
        },
    },
    Column {
        title: "MMSI",
        help: "The number of the ship",
        width_px: 78.0,
        is_number: true,
        cell: |sheet, row| {
            let vessel = sheet.of.vessel(sheet.outlier(row));
            Cell::Number(if vessel.is_local { "local" } else { "" }, vessel.mmsi.0.into())
        },
    },
    Column {
        title: "Trip",
        help: "The trip it is on",
        width_px: 52.0,
        is_number: true,
        cell: |sheet, row| Cell::Number("", sheet.of.trip_id(sheet.outlier(row)) as u64),
    },
    Column {
        title: "Reports",
        help: "How many reports are cut out of training on its account",
        width_px: 58.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(sheet.outlier(row).reports.len() as u64),
    },
];

static ABOUT: About<Sheet> = About {
    name: "Table of outliers",
    columns: COLUMNS,
    n_rows: |sheet| sheet.of.outliers.found.len(),
};

/// The table, how it is sorted, and what was picked last.
pub struct Table {
    table: Ordered<Key, Sheet>,
    /// The outlier that was picked last, and of which result.
    picked: Option<(Key, usize)>,
}

impl Default for Table {
    /// By kind.
    fn default() -> Self {
        Table { table: Ordered::new(&ABOUT, Sort::default()), picked: None }
    }
}

impl Table {
    /// Draws the outliers of a result. The one picked last is selected as long as its moment and
    /// its trip, one of `trips`, are. Gives back the outlier that was picked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, of): (Key, &Arc<OutliersOf>),
        now_ms: Option<i64>,
        trips: &[usize],
    ) -> Option<usize> {
        let n = of.outliers.found.len();
        if n == 0 {
            ui.label("No outliers: no turn is sharp enough, no loop short enough");
            return None;
        }
        ui.horizontal(|ui| {
            ui.label(counted(n as u64, "outlier"));
            ui.label(RichText::new("a row goes to its place and time").weak());
        });
        self.table.take(key, || Sheet::new(of));
        let is_here = |outlier: &Outlier| {
            now_ms == Some(of.t_ms(outlier)) && trips.contains(&of.trip_id(outlier))
        };
        let picked = self.picked.filter(|(of_key, _)| *of_key == key).map(|(_, place)| place);
        let picked = picked.filter(|place| of.outliers.found.get(*place).is_some_and(is_here));
        let color = |sheet: &Sheet, row: usize| Some(outlier_color(sheet.outlier(row).kind));
        let place = self.table.ui(ui, |_, row| picked == Some(row), color)?;
        self.picked = Some((key, place));
        Some(place)
    }
}
