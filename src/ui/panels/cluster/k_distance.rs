//! The k-distance plot: core distances, the largest first, and eps as a line across them.

use egui::{Align2, RichText, Stroke, Ui};
use egui_plot::{HLine, Line, LineStyle, PlotBounds, PlotPoint, PlotPoints, Text};

use super::EPS_RANGE;
use crate::base::chart::{Axis, Chart, Mark, Series};
use crate::base::text::grouped;
use crate::cluster::Tree;
use crate::ui::plot::axis::{log_marks, log_text, log10, short};
use crate::ui::plot::{DragLine, Scale, describe, offer_picture, quiet};

/// More points than this a curve is not drawn with.
const POINTS: usize = 1500;

/// Core distances as they are plotted, sorted once for each tree.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Curve {
    min_trips: usize,
    // Largest first; infinite where too few neighbors are known.
    distances: Vec<f32>,
}

impl Curve {
    /// The curve of a tree.
    pub fn of(tree: &Tree) -> Curve {
        Curve { min_trips: tree.min_trips(), distances: tree.k_distances() }
    }

    /// How many trips there are.
    pub fn n_trips(&self) -> usize {
        self.distances.len()
    }

    /// How many trips are core at `eps`.
    pub fn cores(&self, eps: f64) -> usize {
        let eps = (eps as f32).min(f32::MAX);
        self.distances.len() - self.distances.partition_point(|distance| *distance > eps)
    }

    /// The core distance that `share` of the trips lie below, of those that have one.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let known = &self.distances[self.distances.partition_point(|d| *d > f32::MAX)..];
        let last = known.len().checked_sub(1)?;
        let place = ((1.0 - share) * last as f64).round() as usize;
        Some(f64::from(known[place.min(last)]))
    }

    /// The least and the largest core distance above zero; none if there is none.
    pub fn range(&self) -> Option<(f64, f64)> {
        let known = || self.distances.iter().filter(|d| d.is_finite() && **d > 0.0);
        Some((f64::from(*known().next_back()?), f64::from(*known().next()?)))
    }

    /// What is drawn: ranks and logarithms of distances.
    fn points(&self, least: f64) -> Vec<[f64; 2]> {
        let n = self.distances.len();
        let step = n.div_ceil(POINTS).max(1);
        let places = (0..n).step_by(step).chain(n.checked_sub(1));
        let point = |place: usize| [place as f64, log10(self.distances[place].into(), least)];
        places.map(point).filter(|[_, y]| y.is_finite()).collect()
    }
}

/// The ends of an axis of powers of ten over `low` to `high`, with some room at both.
pub fn log_bounds((low, high): (f64, f64)) -> (f64, f64) {
    let (low, high) = (low.log10(), high.log10());
    let room = if high - low > 1e-6 { 0.05 * (high - low) } else { 0.5 };
    (low - room, high + room)
}

/// Draws the curve with eps, in `unit`, as a line across it. Gives back the eps that the line is
/// dragged to.
pub fn k_distance_ui(ui: &mut Ui, curve: &Curve, eps: f64, unit: &str) -> Option<f64> {
    let Some(range) = curve.range() else {
        ui.label(match curve.n_trips() {
            0 => "No trips, no distances",
            _ => {
                "No trip has a core distance above zero: all are identical, or MinPts is greater \
                  than their number"
            }
        });
        return None;
    };
    let title =
        format!("Distance to the nearest {} trips, itself counted, largest first", curve.min_trips);
    ui.label(RichText::new(title).small().weak());
    let (low, high) = log_bounds(range);
    let n = curve.n_trips() as f64;
    let cores = curve.cores(eps);
    let border = n - cores as f64;
    let color = ui.visuals().hyperlink_color;
    let faint = ui.visuals().weak_text_color().gamma_multiply(0.6);
    let percentile = curve.quantile(0.05).filter(|value| *value > 0.0);
    let plot = quiet("k-distance")
        .y_axis_min_width(52.0)
        .y_grid_spacer(|input| log_marks(&input))
        .y_axis_formatter(|mark, _| log_text(mark))
        .x_axis_formatter(
            |mark, _| {
                if mark.value < 0.0 { String::new() } else { grouped(mark.value as u64) }
            },
        )
        .show(ui, |plot| {
            plot.set_plot_bounds(PlotBounds::from_min_max([-0.01 * n, low], [1.01 * n, high]));
            // Where fewer than one trip in twenty is core, nothing can be a cluster.
            if let Some(percentile) = percentile {
                let y = percentile.log10();
                let line = HLine::new("5th percentile", y).allow_hover(false);
                plot.hline(line.stroke(Stroke::new(1.0, faint)).style(LineStyle::dotted_dense()));
                let text = RichText::new("5th percentile").small().weak();
                let at = PlotPoint::new(0.005 * n, y);
                plot.text(Text::new("", at, text).anchor(Align2::LEFT_BOTTOM).allow_hover(false));
            }
            let points = curve.points(range.0);
            let bend = points.partition_point(|[x, _]| *x < border);
            let line = |name, points: &[[f64; 2]]| {
                Line::new(name, PlotPoints::from(points.to_vec())).allow_hover(false).width(2.0)
            };
            // Both have the point where they meet.
            let core = line("core", &points[bend.saturating_sub(1)..]).color(color);
            plot.line(core.fill(low as f32).fill_alpha(0.12));
            plot.line(line("not core", &points[..bend]).color(faint));
        });
    let said =
        format!("{} of {} trips core", grouped(cores as u64), grouped(curve.n_trips() as u64));
    describe(&plot.response, &format!("k-distance plot: at eps {said}"));
    offer_picture(&plot.response, || {
        let points =
            curve.points(range.0).into_iter().map(|[place, power]| [place, 10_f64.powf(power)]);
        let curve_of = Series::new("", 0, Mark::Line, points.collect::<Vec<_>>());
        let chosen =
            Series::new(format!("eps {}", short(eps)), 1, Mark::Dashes, [[0.0, eps], [n, eps]]);
        let unit = if unit.is_empty() { String::new() } else { format!(", {unit}") };
        let title = format!("Distance to the nearest {} trips", curve.min_trips);
        let (x, y) =
            (Axis::from_zero("Trips, farthest first"), Axis::log10(format!("Distance{unit}")));
        Chart { title, x, y, series: vec![curve_of, chosen] }
    });
    let line = DragLine::horizontal("eps").label("eps on the k-distance plot").unit(unit);
    line.note(said).scale(Scale::Log10).range(EPS_RANGE).show(ui, &plot, eps)
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

    fn curve(distances: &[f32]) -> Curve {
        let mut distances = distances.to_vec();
        distances.sort_by(|a, b| b.total_cmp(a));
        Curve { min_trips: 3, distances }
    }

    #[test]
    fn trips_are_counted_as_core_from_their_core_distance_on() {
        let curve = curve(&[1.0, 2.0, 2.0, 5.0, f32::INFINITY]);
        for (eps, cores) in [(0.5, 0), (1.0, 1), (2.0, 3), (4.9, 3), (5.0, 4), (1e30, 4)] {
            assert_eq!(curve.cores(eps), cores, "{eps}");
        }
        assert_eq!(curve.range(), Some((1.0, 5.0)));
    }

    #[test]
    fn quantiles_leave_out_what_was_not_measured() {
        let curve = curve(&[1.0, 2.0, 3.0, 4.0, 5.0, f32::INFINITY]);
        assert_eq!((curve.quantile(0.0), curve.quantile(0.5)), (Some(1.0), Some(3.0)));
        assert_eq!(curve.quantile(1.0), Some(5.0));
        assert_eq!(Curve::default().quantile(0.5), None);
    }

    #[test]
    fn a_long_curve_keeps_its_ends_and_few_points() {
        let long: Vec<f32> = (1..=20_000).map(|i| i as f32).collect();
        let points = curve(&long).points(1.0);
        assert!(points.len() <= POINTS + 1, "{}", points.len());
        assert_eq!((points[0][0], points[points.len() - 1][0]), (0.0, 19_999.0));
        assert_eq!(points[points.len() - 1][1], 0.0, "the logarithm of 1");
    }

    #[test]
    fn dragging_eps_on_the_curve_changes_it_and_says_how_many_trips_are_core() {
        let curve = Curve::of(&made::tree(3));
        let eps = Rc::new(Cell::new(1.5));
        let held = Rc::clone(&eps);
        let mut harness = Harness::builder().with_size([700.0, 190.0]).build_ui(move |ui| {
            if let Some(eps) = k_distance_ui(ui, &curve, held.get(), "m") {
                held.set(eps);
            }
        });
        harness.run();
        let line = harness.get_by_role_and_label(Role::Slider, "eps on the k-distance plot");
        assert!(line.value().unwrap().ends_with(" of 60 trips core"), "{:?}", line.value());
        let from = line.rect().center();
        harness.drag_at(from);
        harness.step();
        harness.hover_at(from - vec2(0.0, 30.0));
        harness.step();
        assert!(eps.get() > 1.6, "{}", eps.get());
        harness.drop_at(from - vec2(0.0, 30.0));
        harness.run();
    }
}
