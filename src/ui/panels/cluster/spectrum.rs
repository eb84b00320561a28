//! Eigenvalues, and what every number of clusters is worth: k is a line across both plots.

use egui::{Align2, Color32, RichText, Ui};
use egui_plot::{
    AxisHints, GridInput, GridMark, Line, LineStyle, Plot, PlotBounds, PlotPoint, PlotPoints,
    PlotResponse, Points, Span, Text, VLine,
};

use crate::cluster::{Indices, KRow, Spectrum};
use crate::ui::plot::axis::{even_marks, short, significant};
use crate::ui::plot::{DragLine, describe, quiet};
use crate::ui::theme;

/// Draws the eigenvalues of `spectrum` and the curve of indices over k, side by side. Gives back
/// the k that the line of either is dragged to.
pub fn spectrum_ui(ui: &mut Ui, spectrum: &Spectrum, curve: &[KRow], k: usize) -> Option<usize> {
    if spectrum.k_max() < 2 {
        ui.label("Fewer than two eigenvalues: there are no trips to part");
        return None;
    }
    let mut moved = None;
    ui.columns(2, |columns| {
        moved = eigenvalues_ui(&mut columns[0], spectrum, k);
        moved = curve_ui(&mut columns[1], curve, k, spectrum.k_max()).or(moved);
    });
    moved
}

/// The smallest eigenvalues, rising; the largest step between two is shaded.
fn eigenvalues_ui(ui: &mut Ui, spectrum: &Spectrum, k: usize) -> Option<usize> {
    let values = spectrum.eigenvalues();
    let gap = spectrum.largest_gap();
    let title = match gap {
        Some(gap) => format!("Eigenvalues of the Laplacian; the largest gap is after k {gap}"),
        None => "Eigenvalues of the Laplacian".to_owned(),
    };
    ui.label(RichText::new(&title).small().weak());
    let top = values.last().copied().unwrap_or(1.0).max(1e-9);
    let (color, lit) = (ui.visuals().hyperlink_color, theme::selection_color(ui));
    let plot = k_plot("eigenvalues", values.len()).show(ui, |plot| {
        let (low, high) = (-0.06 * top, 1.1 * top);
        plot.set_plot_bounds(PlotBounds::from_min_max(
            [0.5, low],
            [values.len() as f64 + 0.5, high],
        ));
        if let Some(gap) = gap {
            let band = Span::new("gap", gap as f64..=gap as f64 + 1.0);
            plot.span(band.fill(lit.gamma_multiply(0.25)));
        }
        let points: Vec<[f64; 2]> =
            values.iter().enumerate().map(|(i, value)| [i as f64 + 1.0, *value]).collect();
        let line = Line::new("eigenvalues", PlotPoints::from(points.clone()));
        plot.line(line.color(color.gamma_multiply(0.5)).width(1.0).allow_hover(false));
        let dots = Points::new("eigenvalues", PlotPoints::from(points));
        plot.points(dots.color(color).radius(2.5).allow_hover(false));
    });
    describe(&plot.response, &title);
    let line = DragLine::vertical("k").label("k on the plot of eigenvalues");
    let gap = values.get(k.wrapping_sub(1)).zip(values.get(k)).map(|(value, next)| next - value);
    let note = match gap {
        Some(gap) if gap < 1e-4 => "no gap".to_owned(),
        Some(gap) => format!("gap {}", short(gap)),
        None => String::new(),
    };
    dragged(ui, &plot, line.note(note), k, values.len())
}

/// Silhouette and Calinski-Harabasz over k, each from its least to its largest value.
fn curve_ui(ui: &mut Ui, curve: &[KRow], k: usize, k_max: usize) -> Option<usize> {
    let colors = curve_colors(ui);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 10.0;
        let now = curve.iter().find(|row| row.k == k);
        for ((name, value), color) in CURVES.into_iter().zip(colors) {
            let text = match now.and_then(|row| value(&row.indices)) {
                Some(value) => format!("{name} {}", significant(value, 3)),
                None => name.to_owned(),
            };
            ui.label(RichText::new(text).small().color(color));
        }
    });
    let plot = k_plot("k curve", k_max).show_axes([true, false]).show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([0.5, -0.08], [k_max as f64 + 0.5, 1.25]));
        for ((name, value), color) in CURVES.into_iter().zip(colors) {
            let points = scaled(curve, value);
            let best = points.iter().copied().reduce(|a, b| if b[1] > a[1] { b } else { a });
            let line = Line::new(name, PlotPoints::from(points)).color(color).width(1.8);
            plot.line(line.allow_hover(false));
            if let Some(best) = best {
                let foot = VLine::new("best", best[0]).color(color.gamma_multiply(0.5));
                plot.vline(foot.style(LineStyle::dotted_dense()).allow_hover(false));
                let dot = Points::new("best", vec![best]).color(color).radius(4.0);
                plot.points(dot.allow_hover(false));
                let text = RichText::new(format!("{}", best[0])).small().color(color);
                let at = PlotPoint::new(best[0], best[1]);
                let text = Text::new("best", at, text).anchor(Align2::CENTER_BOTTOM);
                plot.text(text.allow_hover(false));
            }
        }
    });
    let best = CURVES.map(|(name, value)| {
        let points = scaled(curve, value);
        let best = points.into_iter().reduce(|a, b| if b[1] > a[1] { b } else { a });
        best.map_or(format!("{name} is not known"), |best| format!("{name} is best at {}", best[0]))
    });
    describe(&plot.response, &format!("Indices over k: {}", best.join(", ")));
    let line = DragLine::vertical("k").label("k on the curve of indices");
    dragged(ui, &plot, line, k, k_max)
}

/// A figure of a grouping.
type Value = fn(&Indices) -> Option<f64>;

const CURVES: [(&str, Value); 2] = [
    ("Silhouette", |indices| indices.silhouette),
    ("Calinski-Harabasz", |indices| indices.calinski_harabasz),
];

fn curve_colors(ui: &Ui) -> [Color32; 2] {
    [ui.visuals().hyperlink_color, theme::warning_color(ui)]
}

/// The points of a curve, its least value at 0 and its largest at 1.
fn scaled(curve: &[KRow], value: Value) -> Vec<[f64; 2]> {
    let known: Vec<(usize, f64)> =
        curve.iter().filter_map(|row| Some((row.k, value(&row.indices)?))).collect();
    let low = known.iter().map(|(_, value)| *value).fold(f64::INFINITY, f64::min);
    let high = known.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let part = |value: f64| if high > low { (value - low) / (high - low) } else { 1.0 };
    known.into_iter().map(|(k, value)| [k as f64, part(value)]).collect()
}

/// A plot over k.
fn k_plot(name: &str, k_max: usize) -> Plot<'static> {
    let axis = AxisHints::new_x().label_spacing(16.0..=24.0).formatter(|mark, _| {
        if mark.value >= 1.0 { format!("{}", mark.value) } else { String::new() }
    });
    quiet(name)
        .custom_x_axes(vec![axis])
        .x_grid_spacer(move |input: GridInput| {
            let marks = even_marks(&GridInput { ..input });
            // Few clusters are marked each by each.
            if k_max > 16 {
                return marks;
            }
            (1..=k_max).map(|k| GridMark { value: k as f64, step_size: 1.0 }).collect()
        })
        .y_axis_min_width(36.0)
}

fn dragged<R>(
    ui: &Ui,
    plot: &PlotResponse<R>,
    line: DragLine,
    k: usize,
    k_max: usize,
) -> Option<usize> {
    let line = line.whole().range(1.0..=k_max as f64);
    line.show(ui, plot, k as f64).map(|k| k as usize)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use egui::{Role, vec2};
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::super::made;
    use super::*;

    fn row(k: usize, silhouette: Option<f64>, ch: f64) -> KRow {
        let calinski_harabasz = Some(ch);
        KRow { k, indices: Indices { silhouette, calinski_harabasz, davies_bouldin: None } }
    }

    #[test]
    fn curves_reach_from_their_least_to_their_largest_value() {
        let curve = [row(2, Some(0.2), 5.0), row(3, None, 9.0), row(4, Some(0.6), 7.0)];
        assert_eq!(scaled(&curve, CURVES[0].1), [[2.0, 0.0], [4.0, 1.0]]);
        assert_eq!(scaled(&curve, CURVES[1].1), [[2.0, 0.0], [3.0, 1.0], [4.0, 0.5]]);
        assert_eq!(scaled(&[], CURVES[0].1), [[0.0; 2]; 0]);
    }

    #[test]
    fn dragging_k_on_the_eigenvalues_sets_a_whole_number() {
        let k = Rc::new(Cell::new(2));
        let (held, spectrum) = (Rc::clone(&k), made::spectrum());
        let curve: Vec<KRow> = (2..=10).map(|k| row(k, Some(0.1), k as f64)).collect();
        let mut harness = Harness::builder().with_size([700.0, 190.0]).build_ui(move |ui| {
            if let Some(k) = spectrum_ui(ui, &spectrum, &curve, held.get()) {
                held.set(k);
            }
        });
        harness.run();
        harness.get_by_label_contains("Indices over k: Silhouette is best at ");
        let line = harness.get_by_role_and_label(Role::Slider, "k on the plot of eigenvalues");
        let from = line.rect().center();
        harness.drag_at(from);
        harness.step();
        harness.hover_at(from + vec2(90.0, 0.0));
        harness.step();
        harness.drop_at(from + vec2(90.0, 0.0));
        harness.run();
        // A plot of some 300 points over ten values: ninety points are three.
        assert_eq!(k.get(), 5);
    }
}
