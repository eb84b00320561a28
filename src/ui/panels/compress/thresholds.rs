//! The paper's threshold table: what each of a few tolerances keeps, and what that costs.

use egui::{Align2, Color32, Rect, Role, ScrollArea, Sense, TextStyle, Ui, WidgetInfo, pos2, vec2};

use super::text::percent;
use crate::base::text::grouped;
use crate::compress::ThresholdRow;
use crate::ui::plot::axis::short;
use crate::ui::theme;

/// Wider than this the table need not be, points.
const WIDEST_PX: f32 = 980.0;

/// The paper's reports of one ship, and how many of them it keeps at its tolerances in meters, by
/// position alone (Liu et al. 2023, J. Mar. Sci. Eng. 11, 2005).
const PAPER_REPORTS: usize = 3_769;
const PAPER_KEPT: [(f64, usize); 7] =
    [(10.0, 512), (40.0, 212), (70.0, 166), (100.0, 144), (130.0, 122), (160.0, 104), (190.0, 98)];

/// A column: the group it stands in, its title, its part of the width, what it holds at length.
struct Column {
    group: &'static str,
    title: &'static str,
    width: f32,
    help: &'static str,
}

const fn column(
    group: &'static str,
    title: &'static str,
    width: f32,
    help: &'static str,
) -> Column {
    Column { group, title, width, help }
}

const ALONE: &str = "By position alone";
const ALL: &str = "With speed and course";
const PAPER: &str = "Paper, one ship";

const COLUMNS: [Column; 9] = [
    column(
        "",
        "Tolerance m",
        1.1,
        "How far off the way a dropped report may lie; the paper's d_th. A click on a row takes its tolerance",
    ),
    column(ALONE, "kept", 1.0, "Reports that Douglas-Peucker keeps by their positions"),
    column(ALONE, "share", 0.8, "Of all reports of the trips"),
    column(
        ALONE,
        "largest m",
        1.0,
        "The largest error: how far a dropped report lies from the way between the kept ones",
    ),
    column(ALONE, "mean m", 0.9, "The mean error over all reports, the kept ones among them"),
    column(ALL, "kept", 1.0, "Reports kept with the thresholds of speed and course that are on"),
    column(ALL, "share", 0.8, "Of all reports of the trips"),
    column(
        PAPER,
        "kept",
        0.8,
        "Of the 3,769 reports of one ship, by position alone; with all three thresholds and 100 m the paper keeps 239 (6.3 %)",
    ),
    column(
        PAPER,
        "share",
        0.8,
        "The paper tells what is dropped: 86.41 % at 10 m, 96.17 % at 100 m",
    ),
];

/// Draws the table, with the row of the present tolerance marked, or where it would stand. Gives
/// back the tolerance of a row that was clicked, meters.
pub fn thresholds_ui(ui: &mut Ui, rows: &[ThresholdRow], tolerance_m: f64) -> Option<f64> {
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::both().id_salt("thresholds").auto_shrink([false, false]);
    area.show(ui, |ui| {
        ui.set_min_width(520.0);
        let widths_px = widths_px(ui.available_width().min(WIDEST_PX));
        head_ui(ui, &widths_px);
        let mut clicked = None;
        for (place, row) in rows.iter().enumerate() {
            let is_current = row.tolerance_m == tolerance_m;
            let is_before = place > 0 && rows[place - 1].tolerance_m < tolerance_m;
            let rect = ui.available_rect_before_wrap();
            if row_ui(ui, &widths_px, place, row, is_current) {
                clicked = Some(row.tolerance_m);
            }
            // The present tolerance lies between two rows, or above all.
            if tolerance_m < row.tolerance_m && (place == 0 || is_before) {
                mark(ui, rect.top(), &widths_px);
            }
        }
        if rows.last().is_some_and(|last| last.tolerance_m < tolerance_m) {
            mark(ui, ui.available_rect_before_wrap().top(), &widths_px);
        }
        clicked
    })
    .inner
}

fn widths_px(total_px: f32) -> [f32; 9] {
    let sum: f32 = COLUMNS.iter().map(|column| column.width).sum();
    std::array::from_fn(|place| total_px * COLUMNS[place].width / sum)
}

/// A line where the present tolerance would stand.
fn mark(ui: &Ui, y: f32, widths_px: &[f32]) {
    let left = ui.max_rect().left();
    let width_px: f32 = widths_px.iter().sum();
    ui.painter().hline(left..=left + width_px, y, (2.0, theme::selection_color(ui)));
}

fn head_ui(ui: &mut Ui, widths_px: &[f32]) {
    let font = TextStyle::Body.resolve(ui.style());
    let (strong, color) = (ui.visuals().strong_text_color(), ui.visuals().text_color());
    let pitch_px = pitch_px(ui);
    let width_px: f32 = widths_px.iter().sum();
    let (rect, _) = ui.allocate_exact_size(vec2(width_px, 2.0 * pitch_px), Sense::hover());
    let middle = rect.center().y;
    let separator = ui.visuals().widgets.noninteractive.bg_stroke;
    let mut left = rect.left();
    for (place, column) in COLUMNS.iter().enumerate() {
        let right = left + widths_px[place];
        let is_first = place == 0 || COLUMNS[place - 1].group != column.group;
        if is_first && !column.group.is_empty() {
            // Over the columns of the group, with a line that says which these are.
            let own = COLUMNS.iter().zip(widths_px).filter(|(own, _)| own.group == column.group);
            let end = left + own.map(|(_, width_px)| width_px).sum::<f32>();
            let at = pos2(0.5 * (left + end) + 6.0, rect.top() + 0.5 * pitch_px);
            ui.painter().text(at, Align2::CENTER_CENTER, column.group, font.clone(), strong);
            ui.painter().hline(left + 16.0..=end - 4.0, middle, separator);
        }
        let cell = Rect::from_min_max(pos2(left, middle), pos2(right, rect.bottom()));
        let at = pos2(right - 5.0, cell.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, column.title, font.clone(), color);
        let id = ui.scope_id().with(("head", place));
        let title = ui.interact(cell, id, Sense::hover());
        title.widget_info(|| WidgetInfo::labeled(Role::ColumnHeader, true, column.title));
        title.on_hover_text(column.help);
        left = right;
    }
    ui.painter().hline(rect.x_range(), rect.bottom(), separator);
}

fn pitch_px(ui: &Ui) -> f32 {
    (ui.text_style_height(&TextStyle::Body) + 3.0).round()
}

/// The cells of a row, from left to right.
fn cells(row: &ThresholdRow) -> [String; 9] {
    let paper = PAPER_KEPT.iter().find(|(tolerance_m, _)| *tolerance_m == row.tolerance_m);
    let n = |n: usize| grouped(n as u64);
    [
        short(row.tolerance_m),
        n(row.kept_by_position),
        percent(row.kept_by_position, row.reports),
        format!("{:.1}", row.error_m.max),
        format!("{:.1}", row.error_m.mean),
        n(row.kept),
        percent(row.kept, row.reports),
        paper.map_or("–".into(), |(_, kept)| n(*kept)),
        paper.map_or("–".into(), |(_, kept)| percent(*kept, PAPER_REPORTS)),
    ]
}

/// Draws a row; says whether it was clicked.
fn row_ui(
    ui: &mut Ui,
    widths_px: &[f32],
    place: usize,
    row: &ThresholdRow,
    is_current: bool,
) -> bool {
    let width_px: f32 = widths_px.iter().sum();
    let (rect, response) = ui.allocate_exact_size(vec2(width_px, pitch_px(ui)), Sense::click());
    let visuals = ui.visuals();
    let (fill, color) = if is_current {
        (visuals.selection.bg_fill, visuals.selection.stroke.color)
    } else if response.hovered() {
        (visuals.widgets.hovered.weak_bg_fill, visuals.widgets.hovered.text_color())
    } else if place.is_multiple_of(2) {
        (visuals.faint_bg_color, visuals.text_color())
    } else {
        (Color32::TRANSPARENT, visuals.text_color())
    };
    let (faint, font) = (visuals.weak_text_color(), TextStyle::Body.resolve(ui.style()));
    ui.painter().rect_filled(rect, 0.0, fill);
    if response.has_focus() {
        let ring = ui.visuals().selection.stroke;
        ui.painter().rect_stroke(rect, 0.0, ring, egui::StrokeKind::Inside);
    }
    let cells = cells(row);
    let mut right = rect.left();
    for (place, text) in cells.iter().enumerate() {
        right += widths_px[place];
        let color = if COLUMNS[place].group == PAPER && !is_current { faint } else { color };
        let at = pos2(right - 5.0, rect.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, text, font.clone(), color);
    }
    response.widget_info(|| {
        let texts = COLUMNS.iter().zip(&cells).map(|(column, text)| {
            let group = if column.group.is_empty() { "" } else { ": " };
            format!("{}{group}{} {text}", column.group, column.title)
        });
        let label = texts.collect::<Vec<_>>().join(", ");
        WidgetInfo::selected(Role::Row, true, is_current, label)
    });
    response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use egui::accesskit::Toggled;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::compress::Error;

    fn rows() -> Vec<ThresholdRow> {
        let row = |(tolerance_m, kept): (f64, usize)| ThresholdRow {
            tolerance_m,
            kept_by_position: kept,
            kept: kept + 95,
            reports: PAPER_REPORTS,
            error_m: Error { max: tolerance_m - 0.5, mean: tolerance_m / 4.0 },
        };
        PAPER_KEPT.into_iter().map(row).collect()
    }

    #[test]
    fn the_papers_figures_stand_beside_ours() {
        let cells = cells(&rows()[3]);
        assert_eq!(cells, ["100", "144", "3.8 %", "99.5", "25.0", "239", "6.3 %", "144", "3.8 %"]);
        // The paper: 86.41 % dropped at 10 m, 96.17 % (it cuts off) at 100 m.
        let dropped = |kept: usize| 100.0 * (1.0 - kept as f64 / PAPER_REPORTS as f64);
        assert!((dropped(512) - 86.41).abs() < 0.01 && (dropped(144) - 96.17).abs() < 0.02);
        let other = ThresholdRow { tolerance_m: 55.0, ..rows()[0] };
        assert_eq!(super::cells(&other)[7..], ["–", "–"]);
    }

    #[test]
    fn a_click_on_a_row_sets_its_tolerance_and_marks_it() {
        let set = Rc::new(Cell::new(100.0));
        let inner = Rc::clone(&set);
        let mut harness = Harness::builder().with_size([700.0, 190.0]).build_ui(move |ui| {
            if let Some(tolerance_m) = thresholds_ui(ui, &rows(), inner.get()) {
                inner.set(tolerance_m);
            }
        });
        harness.run();
        let is_marked = |harness: &Harness, start: &str| {
            let node = harness.get_by_label_contains(start).accesskit_node();
            node.toggled() == Some(Toggled::True)
        };
        assert!(is_marked(&harness, "Tolerance m 100,"));
        assert!(!is_marked(&harness, "Tolerance m 40,"));
        harness.get_by_label_contains("Tolerance m 40,").click();
        harness.run();
        assert_eq!(set.get(), 40.0);
        assert!(is_marked(&harness, "Tolerance m 40,"));
        let last = harness.get_by_label_contains("Tolerance m 190,").rect();
        assert!(last.bottom() <= 190.0, "all rows are seen in a low pane: {last}");
    }
}
