//! Plots one below the other that share their x axis: what is drawn alike in all of them.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Response, Role, Shape, Ui, WidgetInfo};
use egui_plot::{GridMark, Plot, PlotBounds, PlotPoint, PlotTransform, Span, VLine};

use super::thin::{Columns, Mark, Stroke};
use super::view::View;
use crate::ais::Track;
use crate::base::time::utc_text;
use crate::ui::plot::axis::{short, spaced_marks};
use crate::ui::theme;

/// Room that the values beside the axes take, points.
pub const VALUES_PX: f32 = 46.0;

/// Room that the marks below take, points.
pub const MARKS_PX: f32 = 20.0;

/// What all plots show of time.
#[derive(Default)]
pub struct Lines {
    /// The selected trips, from when to when, UTC milliseconds.
    pub selected: Vec<(i64, i64)>,
    /// The window brushed on the timeline.
    pub brush_ms: Option<(i64, i64)>,
    /// The moment that is chosen.
    pub now_ms: Option<i64>,
    /// Where the pointer is.
    pub hover: Option<f64>,
}

/// What a plot gives back.
pub struct Output {
    /// What the pointer did in it.
    pub response: Response,
    /// Between its values and the screen.
    pub transform: PlotTransform,
}

impl Output {
    /// Where a point lies on the screen.
    pub fn at(&self, x: f64, value: f64) -> Pos2 {
        self.transform.position_from_point(&PlotPoint::new(x, value))
    }

    /// Says what the plot shows to those who do not see it.
    pub fn name(&self, name: &str) {
        self.response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name));
    }

    /// What the wheel and the buttons that drag made of `view`, within `all`.
    pub fn moved_view(&self, ui: &Ui, view: View, all: View) -> View {
        let Output { response, transform } = self;
        let per_px = transform.dvalue_dpos()[0].abs();
        let mut view = view;
        let is_moved = response.dragged_by(egui::PointerButton::Secondary)
            || response.dragged_by(egui::PointerButton::Middle);
        if is_moved {
            view = view.moved(-f64::from(response.drag_delta().x) * per_px, all);
        }
        if let (true, Some(at)) = (response.contains_pointer(), response.hover_pos()) {
            let (scroll, zoom) =
                ui.input(|input| (input.smooth_scroll_delta(), input.zoom_delta()));
            let factor = f64::from(zoom) * (f64::from(scroll.y) / 200.0).exp();
            if (factor - 1.0).abs() > 1e-6 || scroll.x != 0.0 {
                let at = transform.value_from_position(at).x;
                view = view.zoomed(at, factor, all).moved(-f64::from(scroll.x) * per_px, all);
            }
        }
        view
    }
}

/// The least height between two named speeds, points.
const SPEEDS_PX: f64 = 22.0;

/// A plot of speeds in knots, without marks below.
pub fn speed_plot<'a>(height_px: f32) -> Plot<'a> {
    Plot::new("speed")
        .show_axes([false, true])
        .height(height_px)
        .y_grid_spacer(|input| spaced_marks(&input, SPEEDS_PX))
        .y_axis_formatter(|mark, _| {
            // Zero would stand on the highest course of the plot below.
            if mark.value > 0.0 { format!("{} kn", short(mark.value)) } else { String::new() }
        })
}

/// A plot of courses in degrees, with marks below.
pub fn course_plot<'a>(height_px: f32) -> Plot<'a> {
    let step_deg = if height_px > 90.0 { 90.0 } else { 180.0 };
    Plot::new("course")
        .show_axes([true, true])
        .height(height_px + MARKS_PX)
        .y_grid_spacer(move |_| {
            let mark = |n| GridMark { value: f64::from(n) * step_deg, step_size: step_deg };
            (0..=4).map(mark).filter(|mark| mark.value <= 360.0).collect()
        })
        .y_axis_formatter(|mark, _| format!("{}°", mark.value))
}

/// Lowest and highest of a plot of courses: marks at its edges are seen whole.
pub const COURSES_DEG: (f64, f64) = (-8.0, 368.0);

/// Shows a plot with what is selected, brushed, chosen and pointed at. What the pointer does is for
/// the caller.
pub fn show(
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
            for (x, color) in
                [(lines.hover, hover), (lines.now_ms.map(|now_ms| now_ms as f64), now)]
            {
                if let Some(x) = x {
                    plot.vline(VLine::new("", x).color(color).width(1.0).allow_hover(false));
                }
            }
        });
    Output { response: output.response, transform: output.transform }
}

/// The report nearest to an x, among those at `own`, which never falls.
pub fn nearest(own: &[i64], x: f64) -> usize {
    let after = own.partition_point(|own| (*own as f64) < x).min(own.len().saturating_sub(1));
    let before = after.saturating_sub(1);
    let distance = |at: usize| (own[at] as f64 - x).abs();
    if distance(before) <= distance(after) { before } else { after }
}

/// A speed and a course in words.
pub fn motion_text(sog_kn: f32, cog_deg: f32) -> String {
    let speed = if sog_kn.is_nan() { "no speed".into() } else { format!("{sog_kn:.1} kn") };
    let course = if cog_deg.is_nan() { "no course".into() } else { format!("{cog_deg:05.1}°") };
    format!("{speed}, {course}")
}

/// What a report of a track says: time, speed and course.
pub fn report_text(track: &Track, at: usize) -> String {
    let t_ms = track.t_ms[at];
    let time = utc_text(t_ms - t_ms.rem_euclid(1000));
    format!("{time} UTC, {}", motion_text(track.sog_kn[at], track.cog_deg[at]))
}

/// Draws lines; those of a single point as a small disc.
pub fn paint_strokes<'a>(
    painter: &Painter,
    output: &Output,
    strokes: impl Iterator<Item = &'a Stroke>,
    (color, width_px): (Color32, f32),
) {
    for stroke in strokes {
        let points = stroke.points.iter().map(|(x, value)| output.at(*x as f64, (*value).into()));
        let points: Vec<Pos2> = points.collect();
        if let [only] = points[..] {
            painter.circle_filled(only, 1.2, color);
        } else {
            painter.add(Shape::line(points, egui::Stroke::new(width_px, color)));
        }
    }
}

/// Adds marks of courses, which lie on a raster of `rows`, to `mesh`.
pub fn add_marks<'a>(
    mesh: &mut Mesh,
    output: &Output,
    columns: Columns,
    rows: u32,
    marks: impl Iterator<Item = &'a Mark>,
    look: impl Fn(&Mark) -> (Color32, f32),
) {
    let column_width = columns.view.span_ms() / columns.n as f64;
    for mark in marks {
        let x = columns.view.from_ms + (mark.column as f64 + 0.5) * column_width;
        let deg = |row: u32| 360.0 * f64::from(row) / f64::from(rows);
        let rect = Rect::from_two_pos(output.at(x, deg(mark.from)), output.at(x, deg(mark.to)));
        let (color, width_px) = look(mark);
        mesh.add_colored_rect(rect.expand2(egui::vec2(0.4 + 0.5 * width_px, 0.4)), color);
    }
}
