//! The error by time ahead, and how many truths the ellipses hold, as lines a method.

use egui::{Pos2, RichText, Shape, Stroke, Ui, vec2};
use egui_plot::{PlotBounds, PlotResponse};

use crate::base::chart::{self, Axis, Chart, Mark};
use crate::base::units::nmi_from_m;
use crate::predict::params::Method;
use crate::predict::score::Row;
use crate::predict::spread::SHARES;
use crate::ui::plot::axis::{short, spaced_marks};
use crate::ui::plot::{describe, offer_picture, quiet};
use crate::ui::predict_view::{method_color, method_help, method_title};

/// How near to a point the pointer must be, points of the screen.
const NEAR_PX: f32 = 9.0;

/// The least distance of two numbers beside an axis, points.
const STEP_PX: f64 = 28.0;

/// And below one: nearer ones are not written.
const ACROSS_PX: f64 = 90.0;

/// Opacity of methods that are not drawn on the map.
const FAINT: f32 = 0.45;

/// The line of a method: minutes ahead, and a value.
#[derive(Clone, PartialEq, Debug)]
pub struct Series {
    /// The method.
    pub method: Method,
    /// Points, by rising time ahead.
    pub points: Vec<[f64; 2]>,
}

/// A line a method, of what `value` says of its rows. Unknown values are left out.
pub fn series(rows: &[Row], value: impl Fn(&Row) -> Option<f64>) -> Vec<Series> {
    let mut all: Vec<Series> = Vec::new();
    for row in rows {
        let Some(value) = value(row).filter(|value| value.is_finite()) else { continue };
        let point = [row.horizon_min, value];
        match all.iter_mut().find(|series| series.method == row.method) {
            Some(series) => series.points.push(point),
            None => all.push(Series { method: row.method, points: vec![point] }),
        }
    }
    for series in &mut all {
        series.points.sort_by(|a, b| a[0].total_cmp(&b[0]));
    }
    all
}

/// The methods of `rows` with their colors.
pub fn legend_ui(ui: &mut Ui, rows: &[Row]) {
    let is_dark = ui.visuals().dark_mode;
    let mut methods: Vec<Method> = rows.iter().map(|row| row.method).collect();
    methods.dedup();
    for method in methods {
        let text = RichText::new(method_title(method)).strong();
        ui.label(text.color(method_color(method, is_dark))).on_hover_text(method_help(method));
    }
}

/// The mean error by time ahead, and where wanted what nine of ten predictions are nearer than.
/// Methods that are not `is_strong` are faint.
pub fn errors_ui(ui: &mut Ui, rows: &[Row], shows_p90: bool, is_strong: &dyn Fn(Method) -> bool) {
    let means = series(rows, |row| Some(row.mean_nmi));
    let p90 = if shows_p90 { series(rows, |row| Some(row.p90_nmi)) } else { Vec::new() };
    let most = means.iter().chain(&p90).flat_map(|series| &series.points);
    let most = most.map(|point| point[1]).fold(nmi_from_m(100.0), f64::max);
    let title = "Mean error, nmi, by minutes ahead";
    let unit = "nmi";
    lines_ui(ui, title, (0.0, 1.06 * most), &[(&means, false), (&p90, true)], unit, is_strong, &[]);
}

/// How many truths the ellipses hold, beside what they promise.
pub fn coverage_ui(ui: &mut Ui, rows: &[Row], is_strong: &dyn Fn(Method) -> bool) {
    let of_share = |which: usize| {
        series(rows, move |row| row.coverage.map(|coverage| 100.0 * coverage[which]))
    };
    let (half, most) = (of_share(0), of_share(1));
    let title = "Truths within the ellipses, %, by minutes ahead; dashed is what they promise";
    let promised = SHARES.map(|share| 100.0 * share);
    lines_ui(ui, title, (0.0, 103.0), &[(&half, false), (&most, false)], "%", is_strong, &promised);
}

/// Draws lines with points, some of them dashed, and dashed levels across.
fn lines_ui(
    ui: &mut Ui,
    title: &str,
    (low, high): (f64, f64),
    lines: &[(&Vec<Series>, bool)],
    unit: &str,
    is_strong: &dyn Fn(Method) -> bool,
    levels: &[f64],
) {
    let is_dark = ui.visuals().dark_mode;
    let (head, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), ui.text_style_height(&egui::TextStyle::Small)),
        egui::Sense::hover(),
    );
    let minutes = lines.iter().flat_map(|(all, _)| all.iter()).flat_map(|one| &one.points);
    let farthest = minutes.map(|point| point[0]).fold(1.0, f64::max);
    let plot = quiet(title)
        .show_axes([true, true])
        .y_axis_min_width(36.0)
        .x_grid_spacer(|input| spaced_marks(&input, ACROSS_PX))
        .y_grid_spacer(|input| spaced_marks(&input, STEP_PX))
        .x_axis_formatter(|mark, _| format!("{} min", short(mark.value)))
        .y_axis_formatter(|mark, _| short(mark.value))
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([0.0, low], [1.06 * farthest, high]));
        });
    offer_picture(&plot.response, || {
        let mut series = Vec::new();
        for (all, is_dashed) in lines {
            for one in *all {
                let mark = if *is_dashed { Mark::Dashes } else { Mark::Line };
                let name = if *is_dashed { "" } else { one.method.name() };
                let place = Method::ALL.iter().position(|method| *method == one.method);
                let points = one.points.iter().copied();
                series.push(chart::Series::new(name, place.unwrap_or_default(), mark, points));
            }
        }
        let (x, y) = (Axis::from_zero("Time ahead, min"), Axis::linear(title));
        Chart { title: title.into(), x, y, series }
    });
    let painter = ui.painter().with_clip_rect(plot.transform.frame().expand(3.0));
    for level in levels {
        let ends = [[0.0, *level], [1.06 * farthest, *level]].map(|point| at(&plot, point));
        let stroke = Stroke::new(1.0, ui.visuals().weak_text_color());
        painter.extend(Shape::dashed_line(&ends, stroke, 6.0, 4.0));
    }
    let mut nearest: Option<(f32, String)> = None;
    let pointer = plot.response.hover_pos();
    for (all, is_dashed) in lines {
        for one in *all {
            let color = method_color(one.method, is_dark);
            let is_strong = is_strong(one.method);
            let color = if is_strong { color } else { color.gamma_multiply(FAINT) };
            let points: Vec<Pos2> = one.points.iter().map(|point| at(&plot, *point)).collect();
            let stroke = Stroke::new(if is_strong { 2.0 } else { 1.4 }, color);
            if *is_dashed {
                painter.extend(Shape::dashed_line(&points, stroke, 5.0, 4.0));
            } else {
                painter.add(Shape::line(points.clone(), stroke));
            }
            for (screen, [minutes, value]) in points.iter().zip(&one.points) {
                painter.circle_filled(*screen, if is_strong { 3.2 } else { 2.4 }, color);
                let off_px = pointer.map_or(f32::INFINITY, |pointer| pointer.distance(*screen));
                if off_px < NEAR_PX && nearest.as_ref().is_none_or(|(least, _)| off_px < *least) {
                    let title = method_title(one.method);
                    let which = if *is_dashed { ", 90 %" } else { "" };
                    let value = if unit == "%" { format!("{value:.1}") } else { short(*value) };
                    let minutes = short(*minutes);
                    nearest =
                        Some((off_px, format!("{title}{which}: {value} {unit} at {minutes} min")));
                }
            }
        }
    }
    let text = match nearest {
        Some((_, text)) => RichText::new(text).small(),
        None => RichText::new(title).small().weak(),
    };
    ui.scope_builder(egui::UiBuilder::new().max_rect(head), |ui| {
        ui.add(egui::Label::new(text).truncate().selectable(false));
    });
    describe(&plot.response, &format!("{title}: {}", told(lines, unit)));
}

fn at<R>(plot: &PlotResponse<R>, point: [f64; 2]) -> Pos2 {
    plot.transform.position_from_point(&point.into())
}

/// The last value of each line, for those who do not see them.
fn told(lines: &[(&Vec<Series>, bool)], unit: &str) -> String {
    let last = |one: &Series| {
        let [minutes, value] = *one.points.last()?;
        let value = short((1000.0 * value).round() / 1000.0);
        Some(format!("{} {value} {unit} at {} min", method_title(one.method), short(minutes)))
    };
    let all: Vec<String> = lines.iter().flat_map(|(all, _)| all.iter()).filter_map(last).collect();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::super::score_table::made_rows;
    use super::*;

    #[test]
    fn each_method_is_a_line_in_the_order_of_time_and_unknown_values_are_left_out() {
        let mut rows = made_rows(Method::Ensemble, 1.0);
        rows.reverse();
        rows[0].coverage = None;
        let means = series(&rows, |row| Some(row.mean_nmi));
        let expected = Series {
            method: Method::Ensemble,
            points: vec![[15.0, 0.25], [30.0, 0.5], [60.0, 1.0]],
        };
        assert_eq!(means, [expected]);
        let held = series(&rows, |row| row.coverage.map(|coverage| coverage[0]));
        assert_eq!(held[0].points.len(), 2);
        assert!(series(&rows, |_| Some(f64::NAN)).is_empty());
    }

    #[test]
    fn plots_say_their_lines_and_the_point_under_the_pointer() {
        let rows = [made_rows(Method::SogCog, 2.0), made_rows(Method::Ensemble, 1.0)].concat();
        let mut harness = Harness::builder().with_size([800.0, 220.0]).build_ui(move |ui| {
            ui.horizontal(|ui| legend_ui(ui, &rows));
            ui.columns(2, |columns| {
                errors_ui(&mut columns[0], &rows, true, &|method| method == Method::Ensemble);
                coverage_ui(&mut columns[1], &rows, &|_| true);
            });
        });
        harness.run_steps(3);
        let errors = harness.get_by_label_contains(
            "by minutes ahead: SOG-COG 2 nmi at 60 min, Ensemble 1 nmi at 60 min, SOG-COG 4 nmi",
        );
        // 60 of 63.6 minutes lie on the right; the ensemble's mean is a quarter of the way up.
        let rect = errors.rect();
        harness.get_by_label_contains("SOG-COG 52 % at 60 min, Ensemble 51 % at 60 min");
        let mut found = false;
        for y in 0..60 {
            let x = rect.left() + 60.0 / 63.6 * rect.width();
            for dx in [-3.0_f32, 0.0, 3.0] {
                harness.hover_at(egui::pos2(x + dx, rect.top() + y as f32 / 60.0 * rect.height()));
                harness.run_steps(2);
                let label = "Ensemble: 1 nmi at 60 min";
                found |= harness.query_by_label(label).is_some();
            }
        }
        assert!(found, "the point of the ensemble is found");
    }
}
