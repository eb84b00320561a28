//! The reachability plot: trips in the order of OPTICS, in which clusters are valleys.

use egui::{Color32, Mesh, Rect, RichText, Ui, pos2};
use egui_plot::{PlotBounds, PlotPoint, PlotTransform};

use super::EPS_RANGE;
use super::k_distance::log_bounds;
use crate::base::text::grouped;
use crate::cluster::Optics;
use crate::ui::cluster_view::title;
use crate::ui::plot::axis::{log_marks, log_text, log10, significant};
use crate::ui::plot::{DragLine, Scale, describe, quiet};
use crate::ui::theme;

/// What there is to show.
pub struct Reachability<'a> {
    /// The order, and how far each trip is reached from those before it.
    pub optics: &'a Optics,
    /// The cluster of each trip.
    pub labels: &'a [Option<u32>],
    /// The color of a cluster, or of noise.
    pub color: &'a dyn Fn(Option<u32>) -> Color32,
    /// Whether a trip is selected.
    pub is_selected: &'a dyn Fn(u32) -> bool,
    /// What a trip is called.
    pub name: &'a dyn Fn(u32) -> String,
    /// The paper's ε.
    pub eps: f64,
    /// Its unit.
    pub unit: &'a str,
}

/// What the user did in the plot.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Reached {
    /// The eps that the line is dragged to.
    pub eps: Option<f64>,
    /// The trip under the pointer.
    pub hovered: Option<u32>,
    /// The trip that was clicked.
    pub clicked: Option<u32>,
    /// Whether Ctrl was held: the trip is to be selected too.
    pub is_more: bool,
}

impl Reachability<'_> {
    /// Draws the plot. Says what was done in it.
    pub fn ui(&self, ui: &mut Ui) -> Reached {
        let Some(range) = self.range() else {
            ui.label(match self.optics.order().len() {
                0 => "No trips to put into an order",
                _ => "No trip is reached from another one at a distance above zero",
            });
            return Reached::default();
        };
        let head = ui.label(RichText::new(" ").small());
        let (low, high) = log_bounds(range);
        let n = self.optics.order().len();
        let plot = quiet("reachability")
            .y_axis_min_width(52.0)
            .y_grid_spacer(|input| log_marks(&input))
            .y_axis_formatter(|mark, _| log_text(mark))
            .x_axis_formatter(|mark, _| {
                if mark.value < 0.0 { String::new() } else { grouped(mark.value as u64) }
            })
            .show(ui, |plot| {
                plot.set_plot_bounds(PlotBounds::from_min_max([0.0, low], [n as f64, high]));
            });
        self.draw(ui, &plot.transform, range);
        describe(
            &plot.response,
            &format!("Reachability plot of {} trips in the order of OPTICS", grouped(n as u64)),
        );
        let under_pointer =
            plot.response.hover_pos().map(|at| plot.transform.value_from_position(at).x);
        let hovered = under_pointer
            .filter(|x| *x >= 0.0)
            .and_then(|x| self.optics.order().get(x as usize).copied());
        let text = match hovered {
            Some(trip) => self.text(under_pointer.unwrap_or(0.0) as usize, trip),
            None => {
                "Reachability in the order of OPTICS: valleys are clusters, click selects a trip"
                    .to_owned()
            }
        };
        let color = ui.visuals().weak_text_color();
        let galley = ui.painter().layout_no_wrap(
            text,
            egui::TextStyle::Small.resolve(ui.style()),
            if hovered.is_some() { ui.visuals().text_color() } else { color },
        );
        ui.painter().galley(head.rect.min, galley, color);
        let line = DragLine::horizontal("eps").label("eps on the reachability plot");
        let line = line.unit(self.unit).scale(Scale::Log10).range(EPS_RANGE);
        Reached {
            eps: line.show(ui, &plot, self.eps),
            hovered,
            clicked: hovered.filter(|_| plot.response.clicked()),
            is_more: ui.input(|input| input.modifiers.command),
        }
    }

    /// The least and the largest reachability above zero.
    fn range(&self) -> Option<(f64, f64)> {
        let known = self.optics.reachability().iter().filter(|r| r.is_finite() && **r > 0.0);
        known.map(|r| f64::from(*r)).fold(None, |range, r| {
            let (low, high) = range.unwrap_or((r, r));
            Some((low.min(r), high.max(r)))
        })
    }

    /// What a bar says.
    fn text(&self, place: usize, trip: u32) -> String {
        let reach = self.optics.reachability()[place];
        let reach = if reach.is_finite() {
            format!("reached at {} {}", significant(reach.into(), 4), self.unit)
        } else {
            "begins anew".to_owned()
        };
        let cluster = match self.labels.get(trip as usize).copied().flatten() {
            Some(cluster) => title(cluster),
            None => "noise".to_owned(),
        };
        format!("{}: {}, {cluster}", (self.name)(trip), reach.trim_end())
    }

    /// A bar for each trip; where trips are more than points of the screen, one for each point,
    /// filled to the least reachability there and faint up to the largest.
    fn draw(&self, ui: &Ui, transform: &PlotTransform, range: (f64, f64)) {
        let frame = *transform.frame();
        let (order, reach) = (self.optics.order(), self.optics.reachability());
        let columns = order.len().min((frame.width() as usize).max(1));
        let (floor, top) = (frame.bottom(), transform.bounds().max()[1]);
        let height = |reach: f32| {
            let y = log10(reach.into(), range.0).min(top);
            transform.position_from_point(&PlotPoint::new(0.0, y)).y.min(floor - 1.0)
        };
        let lit = theme::selection_color(ui);
        let mut mesh = Mesh::default();
        for column in 0..columns {
            let places = column * order.len() / columns..(column + 1) * order.len() / columns;
            let (from, to) = (places.start as f64, places.end as f64);
            let x = |place: f64| transform.position_from_point(&PlotPoint::new(place, 0.0)).x;
            let (left, right) = (x(from), x(to).max(x(from) + 1.0));
            // Bars that are wide enough stand apart.
            let right = if right - left > 4.0 { right - 1.0 } else { right };
            let least = reach[places.clone()].iter().copied().fold(f32::INFINITY, f32::min);
            let largest = reach[places.clone()].iter().copied().fold(0.0, f32::max);
            let middle = order[places.start + places.len() / 2];
            let label = self.labels.get(middle as usize).copied().flatten();
            let color = match label {
                Some(_) => (self.color)(label),
                None => (self.color)(None).gamma_multiply(0.55),
            };
            let mut bar = |from: f32, to: f32, color| {
                if from < to {
                    let rect = Rect::from_min_max(pos2(left, from), pos2(right, to));
                    mesh.add_colored_rect(rect, color);
                }
            };
            bar(height(least), floor, color);
            bar(height(largest), height(least), color.gamma_multiply(0.45));
            if order[places].iter().any(|trip| (self.is_selected)(*trip)) {
                bar(frame.top(), frame.top() + 5.0, lit);
                bar(floor - 3.0, floor, lit);
            }
        }
        ui.painter().with_clip_rect(frame.intersect(ui.clip_rect())).add(mesh);
    }
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

    fn window(acts: &Rc<Cell<Reached>>) -> Harness<'static> {
        let (optics, labels) = (made::optics(3), made::labels(1.5));
        let acts = Rc::clone(acts);
        let mut harness = Harness::builder().with_size([716.0, 190.0]).build_ui(move |ui| {
            let reachability = Reachability {
                optics: &optics,
                labels: labels.as_slice(),
                color: &|cluster| if cluster.is_some() { Color32::RED } else { Color32::GRAY },
                is_selected: &|trip| trip == 7,
                name: &|trip| format!("Trip {trip}"),
                eps: 1.5,
                unit: "m",
            };
            let act = reachability.ui(ui);
            // What happened last is what the test looks at.
            if act.eps.is_some() || act.clicked.is_some() {
                acts.set(act);
            }
        });
        harness.run();
        harness
    }

    #[test]
    fn a_click_on_a_bar_selects_the_trip_that_stands_there() {
        let acts = Rc::new(Cell::new(Reached::default()));
        let mut harness = window(&acts);
        let rect = harness.get_by_label_contains("Reachability plot of 60 trips").rect();
        // The plot's image spans the bars alone. Bar 30 of 60 begins in the middle.
        let at = rect.center_top() + vec2(2.0, 30.0);
        harness.hover_at(at);
        harness.step();
        harness.drag_at(at);
        harness.step();
        harness.drop_at(at);
        harness.run();
        let expected = made::optics(3).order()[30];
        assert_eq!(acts.get().clicked, Some(expected));
    }

    #[test]
    fn dragging_eps_changes_it_and_selects_nothing() {
        let acts = Rc::new(Cell::new(Reached::default()));
        let mut harness = window(&acts);
        let line = harness.get_by_role_and_label(Role::Slider, "eps on the reachability plot");
        let from = line.rect().center();
        harness.drag_at(from);
        harness.step();
        harness.hover_at(from + vec2(0.0, 40.0));
        harness.step();
        harness.drop_at(from + vec2(0.0, 40.0));
        harness.run();
        let act = acts.get();
        assert!(act.eps.is_some_and(|eps| eps < 1.5) && act.clicked.is_none(), "{act:?}");
    }

    #[test]
    fn a_bar_says_which_trip_how_far_and_in_which_cluster() {
        let (optics, labels) = (made::optics(3), made::labels(1.5));
        let reachability = Reachability {
            optics: &optics,
            labels: labels.as_slice(),
            color: &|_| Color32::RED,
            is_selected: &|_| false,
            name: &|trip| format!("Trip {trip}"),
            eps: 1.5,
            unit: "m",
        };
        assert_eq!(reachability.text(0, 0), "Trip 0: begins anew, Route 1");
        let second = reachability.text(1, optics.order()[1]);
        assert!(second.contains(": reached at ") && second.contains(" m, Route 1"), "{second}");
    }
}
