//! The outliers that were found as a table; a row goes to its place and time.

use std::sync::Arc;

use egui::{RichText, Ui};

use crate::base::text::counted;
use crate::flow::Key;
use crate::flow::stages::OutliersOf;
use crate::prep::{Outlier, OutlierKind};
use crate::ui::map::outlier_color;
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::{Act, Column, Content, Grid};
use crate::ui::panels::tables::rows::{Sort, sorted};

/// A result as rows.
struct Sheet {
    key: Key,
    of: Arc<OutliersOf>,
    /// The place of each row's vessel in the order of names.
    ranks: Vec<u32>,
}

impl Sheet {
    fn new(key: Key, of: &Arc<OutliersOf>) -> Sheet {
        let name = |outlier| of.vessel(outlier).about.name.as_str();
        let names: Vec<&str> = of.outliers.found.iter().map(name).collect();
        Sheet { key, of: Arc::clone(of), ranks: ranks(&names) }
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

/// The table, how it is sorted, and what was picked last.
#[derive(Default)]
pub struct Table {
    grid: Grid,
    sheet: Option<Sheet>,
    sorted: Option<(Key, Sort, Vec<u32>)>,
    /// The outlier that was picked last, and of which result.
    picked: Option<(Key, usize)>,
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
        if self.sheet.as_ref().is_none_or(|sheet| sheet.key != key) {
            self.sheet = Some(Sheet::new(key, of));
        }
        let sheet = self.sheet.as_ref()?;
        let n = of.outliers.found.len();
        if n == 0 {
            ui.label("No outliers: no turn is sharp enough, no loop short enough");
            return None;
        }
        ui.horizontal(|ui| {
            ui.label(counted(n as u64, "outlier"));
            ui.label(RichText::new("a row goes to its place and time").weak());
        });
        let sort = self.grid.sort;
        if self.sorted.as_ref().is_none_or(|(of, by, _)| (*of, *by) != (key, sort)) {
            let cell = COLUMNS[sort.column].cell;
            let rows = sorted(n, sort.is_descending, |row| cell(sheet, row).key());
            self.sorted = Some((key, sort, rows));
        }
        let (.., rows) = self.sorted.as_ref()?;
        let is_here = |outlier: &Outlier| {
            now_ms == Some(of.t_ms(outlier)) && trips.contains(&of.trip_id(outlier))
        };
        let picked = self.picked.filter(|(of_key, _)| *of_key == key).map(|(_, place)| place);
        let picked = picked.filter(|place| of.outliers.found.get(*place).is_some_and(is_here));
        let content = Content {
            name: "Table of outliers",
            columns: COLUMNS,
            n_rows: rows.len(),
            cell: &|row, column| (COLUMNS[column].cell)(sheet, rows[row] as usize),
            is_selected: &|row| picked == Some(rows[row] as usize),
            mark: &|row| Some(outlier_color(sheet.outlier(rows[row] as usize).kind)),
            current: &|| rows.iter().position(|row| picked == Some(*row as usize)),
        };
        let (Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = self.grid.ui(ui, &content)?;
        let place = *rows.get(row)? as usize;
        self.picked = Some((key, place));
        Some(place)
    }
}
