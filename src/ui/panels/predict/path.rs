//! Where the selected ship will be, as a table: a row a method and time ahead.

use std::sync::Arc;

use egui::Ui;

use crate::base::units::nmi_from_m;
use crate::flow::stages::PathOf;
use crate::predict::model::Forecast;
use crate::predict::params::Method;
use crate::predict::spread::Ellipse;
use crate::ui::panels::tables::cell::Cell;
use crate::ui::panels::tables::grid::{Act, Column, Content, Grid};
use crate::ui::panels::tables::rows::sorted;
use crate::ui::predict_view::{method_color, method_title};

/// A predicted place, made ready.
#[derive(Clone, PartialEq, Debug)]
struct Line {
    method: Method,
    told: Forecast,
    off_nmi: Option<f64>,
    /// Half axes of the ellipses of 50 and 90 %.
    axes: [String; 2],
}

/// Lines as rows.
struct Sheet {
    of: Arc<PathOf>,
    is_drawn: Vec<bool>,
    lines: Vec<Line>,
}

/// The lines of a path: of the methods that are drawn first, then of the others.
fn lines(of: &PathOf, is_drawn: &[bool]) -> Vec<Line> {
    let mut lines: Vec<(bool, Line)> = Vec::new();
    for (path, is_drawn) in of.paths.iter().zip(is_drawn) {
        for (told, off_nmi) in path.forecasts.iter().zip(&path.errors_nmi) {
            let axes = told.ellipses.map_or_else(Default::default, |both| both.map(axes_text));
            let line = Line { method: path.method, told: *told, off_nmi: *off_nmi, axes };
            lines.push((!is_drawn, line));
        }
    }
    lines.sort_by_key(|(is_later, _)| *is_later);
    lines.into_iter().map(|(_, line)| line).collect()
}

/// The half axes of an ellipse: in nautical miles, short ones in meters.
fn axes_text(ellipse: Ellipse) -> String {
    let [long_m, short_m] = ellipse.half_axes_m;
    if long_m < 185.2 {
        format!("{long_m:.0} × {short_m:.0} m")
    } else {
        format!("{:.2} × {:.2} nmi", nmi_from_m(long_m), nmi_from_m(short_m))
    }
}

fn axes_cell(line: &Line, which: usize) -> Cell<'_> {
    let long_m = line.told.ellipses.map(|both| both[which].half_axes_m[0]);
    long_m.map_or(Cell::Missing, |long_m| Cell::Text(&line.axes[which], long_m as u32))
}

/// From left to right.
const COLUMNS: &[Column<Sheet>] = &[
    Column {
        title: "Method",
        help: "What predicts; those drawn on the map stand first",
        width_px: 92.0,
        is_number: false,
        cell: |sheet, row| {
            let line = &sheet.lines[row];
            // By the order in which they stand.
            let first = sheet.lines.iter().position(|other| other.method == line.method);
            Cell::Text(method_title(line.method), first.unwrap_or(0) as u32)
        },
    },
    Column {
        title: "Ahead min",
        help: "Minutes from the last report",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.lines[row].told.minutes, 0),
    },
    Column {
        title: "Latitude °",
        help: "Degrees north of the equator where the ship will be",
        width_px: 82.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.lines[row].told.position.lat_deg, 5),
    },
    Column {
        title: "Longitude °",
        help: "Degrees east of Greenwich where the ship will be",
        width_px: 88.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.lines[row].told.position.lon_deg, 5),
    },
    Column {
        title: "Off nmi",
        help: "How far from there the ship was, where that is known",
        width_px: 62.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.lines[row].off_nmi.unwrap_or(f64::NAN), 2),
    },
    Column {
        title: "Half axes, 50 %",
        help: "Of the ellipse that holds half of such ships: its long and its short half axis",
        width_px: 124.0,
        is_number: true,
        cell: |sheet, row| axes_cell(&sheet.lines[row], 0),
    },
    Column {
        title: "Half axes, 90 %",
        help: "Of the ellipse that holds nine of ten such ships",
        width_px: 124.0,
        is_number: true,
        cell: |sheet, row| axes_cell(&sheet.lines[row], 1),
    },
];

/// The table, and how it is sorted.
#[derive(Default)]
pub struct PathTable {
    grid: Grid,
    sheet: Option<Sheet>,
    /// The row that keys move on from.
    current: Option<usize>,
}

impl PathTable {
    /// Draws the paths of `of`, those of methods that are drawn on the map with their colors.
    pub fn ui(&mut self, ui: &mut Ui, of: &Arc<PathOf>, is_drawn: &dyn Fn(Method) -> bool) {
        let drawn: Vec<bool> = of.paths.iter().map(|path| is_drawn(path.method)).collect();
        let is_same = |sheet: &Sheet| Arc::ptr_eq(&sheet.of, of) && sheet.is_drawn == drawn;
        if !self.sheet.as_ref().is_some_and(is_same) {
            let lines = lines(of, &drawn);
            self.sheet = Some(Sheet { of: Arc::clone(of), is_drawn: drawn, lines });
        }
        let Some(sheet) = &self.sheet else { return };
        let sort = self.grid.sort;
        let cell = COLUMNS[sort.column].cell;
        let rows = sorted(sheet.lines.len(), sort.is_descending, |row| cell(sheet, row).key());
        let is_dark = ui.visuals().dark_mode;
        let current = self.current;
        let content = Content {
            name: "Table of predicted places",
            columns: COLUMNS,
            n_rows: rows.len(),
            cell: &|row, column| (COLUMNS[column].cell)(sheet, rows[row] as usize),
            is_selected: &|row| current == Some(row),
            mark: &|row| {
                let method = sheet.lines[rows[row] as usize].method;
                is_drawn(method).then(|| method_color(method, is_dark))
            },
            current: &|| current,
        };
        if let Some(Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = self.grid.ui(ui, &content) {
            self.current = (current != Some(row)).then_some(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_axes_are_told_in_miles_and_short_ones_in_meters() {
        let ellipse = |a, b| Ellipse { half_axes_m: [a, b], turned_deg: 30.0 };
        assert_eq!(axes_text(ellipse(1852.0, 926.0)), "1.00 × 0.50 nmi");
        assert_eq!(axes_text(ellipse(90.4, 12.0)), "90 × 12 m");
    }
}
