//! The two plots: axes, lines and marks.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Response, Role, Shape, Stroke, Ui, WidgetInfo};
use egui_plot::{Plot, PlotBounds, PlotPoint, PlotTransform, Span, VLine};

use super::thin::{Class, Columns};
use super::view::View;
use super::{TIMES_PX, Thinned, VALUES_PX, axis};
use crate::ui::theme;

/// What both plots show of time.
pub struct Lines {
    /// The selected trips, from when to when, UTC milliseconds.
    pub selected: Vec<(i64, i64)>,
    /// The window brushed on the timeline.
    pub brush_ms: Option<(i64, i64)>,
    /// The moment that is chosen.
    pub now_ms: Option<i64>,
    /// The moment under the pointer.
    pub hover_ms: Option<f64>,
}

/// What a plot gives back.
pub struct Output {
    /// What the pointer did in it.
    pub response: Response,
    /// Between its values and the screen.
    pub transform: PlotTransform,
}

/// Speed over ground as lines.
pub fn speed_ui(
    ui: &mut Ui,
    columns: Columns,
    height_px: f32,
    thinned: &Thinned,
    lines: &Lines,
) -> Output {
    let plot = Plot::new("speed").show_axes([false, true]).height(height_px).y_axis_formatter(
        |mark, _| {
            // Zero would stand on the highest course of the plot below.
            if mark.value > 0.0 { format!("{} kn", mark.value) } else { String::new() }
        },
    );
    let top_kn = f64::from(thinned.top_kn) * 1.08;
    let output = time_plot(ui, plot, columns.view, (0.0, top_kn), lines);
    name(&output, "Speed over ground, kn");
    let painter = ui.painter().with_clip_rect(*output.transform.frame());
    let at = |t_ms: i64, value: f32| {
        output.transform.position_from_point(&PlotPoint::new(t_ms as f64, f64::from(value)))
    };
    for class in Class::ALL {
        let (color, width) = class_look(ui, class);
        for stroke in thinned.speeds.iter().filter(|stroke| stroke.class == class) {
            let points: Vec<Pos2> = stroke.points.iter().map(|(t, sog)| at(*t, *sog)).collect();
            if let [only] = points[..] {
                painter.circle_filled(only, 1.2, color);
            } else {
                painter.add(Shape::line(points, Stroke::new(width, color)));
            }
        }
    }
    for cross in thinned.crosses.iter().filter(|cross| !cross.sog_kn.is_nan()) {
        draw_cross(ui, &painter, at(cross.t_ms, cross.sog_kn), cross.is_mended);
    }
    output
}

/// Course over ground as marks: a line would jump at 360°.
pub fn course_ui(
    ui: &mut Ui,
    columns: Columns,
    height_px: f32,
    thinned: &Thinned,
    lines: &Lines,
) -> Output {
    let step_deg = if height_px > 90.0 { 90.0 } else { 180.0 };
    let plot = Plot::new("course")
        .show_axes([true, true])
        .height(height_px + TIMES_PX)
        .y_grid_spacer(move |_| {
            let mark =
                |n| egui_plot::GridMark { value: f64::from(n) * step_deg, step_size: step_deg };
            (0..=4).map(mark).filter(|mark| mark.value <= 360.0).collect()
        })
        .y_axis_formatter(|mark, _| format!("{}°", mark.value));
    let output = time_plot(ui, plot, columns.view, (-8.0, 368.0), lines);
    name(&output, "Course over ground, degrees");
    let painter = ui.painter().with_clip_rect(*output.transform.frame());
    let at = |t_ms: f64, deg: f64| output.transform.position_from_point(&PlotPoint::new(t_ms, deg));
    let column_ms = columns.view.span_ms() / columns.n as f64;
    let rows = (height_px as u32).clamp(1, 128);
    let mut mesh = Mesh::default();
    for mark in &thinned.courses {
        let t_ms = columns.view.from_ms + (mark.column as f64 + 0.5) * column_ms;
        let deg = |row: u32| 360.0 * f64::from(row) / f64::from(rows);
        let rect = Rect::from_two_pos(at(t_ms, deg(mark.from)), at(t_ms, deg(mark.to)));
        let (color, width) = class_look(ui, mark.class);
        mesh.add_colored_rect(rect.expand2(egui::vec2(0.4 + 0.5 * width, 0.4)), color);
    }
    painter.add(mesh);
    for cross in thinned.crosses.iter().filter(|cross| !cross.is_mended && !cross.cog_deg.is_nan())
    {
        draw_cross(ui, &painter, at(cross.t_ms as f64, cross.cog_deg.into()), false);
    }
    output
}

/// A plot over time, with what is selected, brushed, chosen and pointed at.
fn time_plot(
    ui: &mut Ui,
    plot: Plot<'_>,
    view: View,
    (bottom, top): (f64, f64),
    lines: &Lines,
) -> Output {
    let selected = theme::selection_color(ui).gamma_multiply(0.12);
    let brushed = ui.visuals().selection.bg_fill.gamma_multiply(0.25);
    let (now, hover) = (ui.visuals().strong_text_color(), ui.visuals().weak_text_color());
    let output = plot
        .y_axis_min_width(VALUES_PX)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
        .show_x(false)
        .show_y(false)
        .show_crosshair(false)
        .label_formatter(|_| None)
        .x_grid_spacer(|input| {
            // A line each eight points is the plot's own least.
            axis::marks(input.bounds.0, input.bounds.1, input.base_step_size / 8.0)
        })
        .x_axis_formatter(|mark, _| axis::mark_text(mark))
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max(
                [view.from_ms, bottom],
                [view.to_ms, top],
            ));
            let span = |(from_ms, to_ms): (i64, i64), fill: Color32| {
                Span::new("", from_ms as f64..=to_ms as f64).fill(fill)
            };
            if let Some(times) = lines.brush_ms {
                plot.span(span(times, brushed));
            }
            for times in &lines.selected {
                plot.span(span(*times, selected));
            }
            for (t_ms, color) in
                [(lines.hover_ms, hover), (lines.now_ms.map(|now_ms| now_ms as f64), now)]
            {
                if let Some(t_ms) = t_ms {
                    plot.vline(VLine::new("", t_ms).color(color).width(1.0).allow_hover(false));
                }
            }
        });
    Output { response: output.response, transform: output.transform }
}

fn name(output: &Output, name: &str) {
    output.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
}

fn class_look(ui: &Ui, class: Class) -> (Color32, f32) {
    match class {
        Class::Outside => (ui.visuals().weak_text_color().gamma_multiply(0.6), 1.0),
        Class::Trip => (ui.visuals().hyperlink_color, 1.2),
        Class::Selected => (theme::selection_color(ui), 1.8),
    }
}

fn draw_cross(ui: &Ui, painter: &Painter, at: Pos2, is_mended: bool) {
    let color = if is_mended { theme::warning_color(ui) } else { theme::fault_color(ui) };
    let stroke = Stroke::new(1.3, color);
    for (dx, dy) in [(3.0, 3.0), (3.0, -3.0)] {
        let arm = egui::vec2(dx, dy);
        painter.line_segment([at - arm, at + arm], stroke);
    }
}
