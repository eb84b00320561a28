//! How much is kept at every tolerance, with the tolerance as a line to drag.

use egui::{Label, Pos2, RichText, Sense, Shape, Stroke, TextStyle, Ui, UiBuilder, vec2};
use egui_plot::{GridMark, PlotBounds};

use super::text::{kept_text, percent};
use crate::base::text::counted;
use crate::compress::{CompressParams, Retention, ThresholdRow};
use crate::flow::report::retention_chart;
use crate::ui::plot::axis::{log_marks, log_text, log10, short, spaced_marks};
use crate::ui::plot::{DragLine, Scale, describe, offer_picture, quiet};
use crate::ui::theme;

/// Room that the shares beside the axis take, points.
const SHARES_PX: f32 = 46.0;

/// Room at both ends of the curve, as a part of its width.
const ROOM: f64 = 0.02;

/// The least height between two named shares, points.
const STEP_PX: f64 = 30.0;

/// How near to a row of the threshold table the pointer must be, points.
const NEAR_PX: f32 = 5.0;

/// What is drawn.
pub struct Curve<'a> {
    /// The curve.
    pub retention: &'a Retention,
    /// The paper's tolerances, as dots on it.
    pub rows: &'a [ThresholdRow],
    /// The tolerance, meters.
    pub tolerance_m: f64,
    /// How many reports are kept at present and of how many, if that is at hand.
    pub kept: Option<(usize, usize)>,
    /// What makes the curve another than the tolerance's own.
    pub remark: Option<&'static str>,
}

/// Draws the curve; gives back a new tolerance in meters while the line is being dragged. A double
/// click takes the paper's.
pub fn curve_ui(ui: &mut Ui, curve: &Curve) -> Option<f64> {
    let Curve { retention, rows, tolerance_m, .. } = *curve;
    let steps = &retention.tolerance_m;
    let ends = steps.first().copied().zip(steps.last().copied());
    let Some((low_m, high_m)) = ends.filter(|_| retention.reports > 0) else {
        ui.label(RichText::new("No trips to compress").weak());
        return None;
    };
    // Filled in when it is known what the pointer is over.
    let line_px = ui.text_style_height(&TextStyle::Body);
    let (heading, _) = ui.allocate_exact_size(vec2(ui.available_width(), line_px), Sense::hover());
    let powers = high_m.log10() - low_m.log10();
    let top = (100.0 * retention.share(0) * 1.06).clamp(0.1, 104.0);
    let plot = quiet("retention")
        .show_axes([true, true])
        .y_axis_min_width(SHARES_PX)
        .x_grid_spacer(|input| log_marks(&input))
        .y_grid_spacer(|input| spaced_marks(&input, STEP_PX))
        .x_axis_formatter(|mark, _| meters_text(mark))
        .y_axis_formatter(|mark, _| format!("{} %", short(mark.value)))
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max(
                [low_m.log10() - ROOM * powers, 0.0],
                [high_m.log10() + ROOM * powers, top],
            ));
        });
    describe(&plot.response, "Share of reports kept, %, by tolerance, m");
    offer_picture(&plot.response, || retention_chart(retention));
    let at = |tolerance_m: f64, share: f64| -> Pos2 {
        let point = [log10(tolerance_m, low_m), 100.0 * share];
        plot.transform.position_from_point(&point.into())
    };
    let painter = ui.painter().with_clip_rect(*plot.transform.frame());
    let points =
        steps.iter().enumerate().map(|(step, tolerance_m)| at(*tolerance_m, retention.share(step)));
    let color = ui.visuals().hyperlink_color;
    painter.add(Shape::line(points.collect(), Stroke::new(1.8, color)));
    for row in rows {
        painter.circle_filled(at(row.tolerance_m, share_of(row)), 3.0, color);
    }
    let hover = plot.response.hover_pos().map(|pointer| {
        let near = rows.iter().find(|row| (at(row.tolerance_m, 0.0).x - pointer.x).abs() < NEAR_PX);
        near.map_or_else(
            || step_text(retention, 10_f64.powf(plot.transform.value_from_position(pointer).x)),
            row_text,
        )
    });
    let note = match curve.kept {
        Some((n, of)) => format!("{} kept", percent(n, of)),
        None => String::new(),
    };
    let moved = DragLine::vertical("tolerance")
        .label("Tolerance, m")
        .unit("m")
        .note(note)
        .scale(Scale::Log10)
        .range(low_m..=high_m)
        .color(theme::selection_color(ui))
        .show(ui, &plot, tolerance_m);
    let text = match (hover, curve.remark, curve.kept) {
        (Some(text), ..) => RichText::new(text),
        (None, Some(remark), _) => RichText::new(remark).color(theme::warning_color(ui)),
        (None, None, Some((n, of))) => {
            RichText::new(format!("Kept {}; drag the line to change it", kept_text(n, of)))
        }
        (None, None, None) => RichText::new("Drag the line to change what is kept").weak(),
    };
    ui.scope_builder(UiBuilder::new().max_rect(heading), |ui| {
        ui.add(Label::new(text).truncate().selectable(false));
    });
    let is_reset = plot.response.double_clicked();
    moved.or(is_reset.then(|| CompressParams::default().tolerance_m))
}

fn meters_text(mark: GridMark) -> String {
    let text = log_text(mark);
    match text.strip_suffix('k') {
        _ if text.is_empty() => text,
        Some(km) => format!("{km} km"),
        None => format!("{text} m"),
    }
}

fn share_of(row: &ThresholdRow) -> f64 {
    if row.reports == 0 { 1.0 } else { row.kept as f64 / row.reports as f64 }
}

/// What the step of the curve nearest to a tolerance keeps.
fn step_text(retention: &Retention, tolerance_m: f64) -> String {
    let steps = &retention.tolerance_m;
    let after = steps.partition_point(|step| *step < tolerance_m).min(steps.len() - 1);
    let before = after.saturating_sub(1);
    let is_before = tolerance_m / steps[before] < steps[after] / tolerance_m;
    let step = if is_before { before } else { after };
    let kept = kept_text(retention.kept[step], retention.reports);
    format!("{} m keeps {kept}", short(steps[step]))
}

fn row_text(row: &ThresholdRow) -> String {
    format!(
        "The paper's {} m keeps {}; by position alone {}",
        short(row.tolerance_m),
        kept_text(row.kept, row.reports),
        counted(row.kept_by_position as u64, "report")
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use egui::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::compress::Error;

    /// From 1 m to 1,000 m: ten thousand reports over the tolerance are kept, of ten thousand.
    fn retention() -> Retention {
        let tolerance_m: Vec<f64> =
            (0..=48).map(|step| 10_f64.powf(f64::from(step) / 16.0)).collect();
        let kept = tolerance_m.iter().map(|m| (10_000.0 / m).round() as usize).collect();
        Retention { tolerance_m, kept, reports: 10_000 }
    }

    fn rows() -> Vec<ThresholdRow> {
        let row = |tolerance_m: f64| ThresholdRow {
            tolerance_m,
            kept_by_position: (8_000.0 / tolerance_m) as usize,
            kept: (10_000.0 / tolerance_m) as usize,
            reports: 10_000,
            error_m: Error::default(),
        };
        vec![row(10.0), row(100.0)]
    }

    fn window(remark: Option<&'static str>) -> (Harness<'static>, Rc<RefCell<Vec<f64>>>) {
        let moves = Rc::new(RefCell::new(Vec::new()));
        let inner = Rc::clone(&moves);
        let (retention, rows) = (retention(), rows());
        let mut tolerance_m = 100.0;
        let mut harness = Harness::builder()
            .with_size([700.0, 190.0])
            .with_step_dt(1.0 / 60.0)
            .build_ui(move |ui| {
                let curve = Curve {
                    retention: &retention,
                    rows: &rows,
                    tolerance_m,
                    kept: Some((100, 10_000)),
                    remark,
                };
                if let Some(moved_m) = curve_ui(ui, &curve) {
                    tolerance_m = moved_m;
                    inner.borrow_mut().push(moved_m);
                }
            });
        harness.run_steps(4);
        (harness, moves)
    }

    #[test]
    fn dragging_the_line_by_a_power_of_ten_makes_a_tenth_of_the_tolerance() {
        let (mut harness, moves) = window(None);
        let line = harness.get_by_role_and_label(Role::Slider, "Tolerance, m");
        let node = line.accesskit_node();
        assert_eq!(node.numeric_value(), Some(100.0));
        assert_eq!(node.value().as_deref(), Some("tolerance 100.0 m: 1.0 % kept"));
        let plot = harness.get_by_label_contains("Share of reports kept").rect();
        let from = line.rect().center();
        // Of three powers of ten, with room at both ends.
        let power_px = plot.width() / (3.0 * (1.0 + 2.0 * ROOM as f32));
        harness.hover_at(from);
        harness.step();
        harness.drag_at(from);
        harness.step();
        harness.hover_at(from - vec2(0.5 * power_px, 0.0));
        harness.step();
        harness.hover_at(from - vec2(power_px, 0.0));
        harness.step();
        harness.drop_at(from - vec2(power_px, 0.0));
        harness.run_steps(2);
        let moved_m = *moves.borrow().last().unwrap();
        assert!((9.8..10.2).contains(&moved_m), "{moved_m}");
    }

    #[test]
    fn what_is_kept_is_said_and_under_the_pointer_what_another_tolerance_would_keep() {
        let (mut harness, moves) = window(None);
        harness.get_by_label("Kept 100 of 10\u{2009}000 (1.0 %); drag the line to change it");
        let line = harness.get_by_role_and_label(Role::Slider, "Tolerance, m").rect().center();
        let plot = harness.get_by_label_contains("Share of reports kept").rect();
        let power_px = plot.width() / (3.0 * (1.0 + 2.0 * ROOM as f32));
        harness.hover_at(line - vec2(0.5 * power_px, 0.0));
        harness.run_steps(2);
        harness.get_by_label("31.62 m keeps 316 of 10\u{2009}000 (3.2 %)");
        harness.hover_at(line - vec2(power_px, 0.0));
        harness.run_steps(2);
        harness.get_by_label(
            "The paper's 10 m keeps 1\u{2009}000 of 10\u{2009}000 (10.0 %); by position alone 800 \
             reports",
        );
        assert!(moves.borrow().is_empty(), "looking changes nothing");
    }

    #[test]
    fn a_double_click_takes_the_papers_tolerance_and_a_remark_is_said() {
        let (mut harness, moves) = window(Some("Positions do not count"));
        harness.get_by_label("Positions do not count");
        let plot = harness.get_by_label_contains("Share of reports kept").rect();
        let at = plot.left_center() + vec2(90.0, 0.0);
        for _ in 0..2 {
            harness.hover_at(at);
            harness.drag_at(at);
            harness.drop_at(at);
            harness.step();
        }
        harness.step();
        assert_eq!(*moves.borrow(), [100.0]);
    }

    #[test]
    fn tolerances_stand_along_the_axis_in_meters_and_kilometers() {
        let text = |value: f64, step_size| meters_text(GridMark { value, step_size });
        assert_eq!([text(2.0, 1.0), text(3.0, 1.0), text(0.3, 0.08)], ["100 m", "1 km", ""]);
    }

    #[test]
    fn no_reports_are_no_plot() {
        let harness = Harness::new_ui(|ui| {
            let retention = Retention { reports: 0, ..retention() };
            let curve = Curve {
                retention: &retention,
                rows: &[],
                tolerance_m: 0.0,
                kept: None,
                remark: None,
            };
            assert_eq!(curve_ui(ui, &curve), None);
        });
        harness.get_by_label("No trips to compress");
    }
}
