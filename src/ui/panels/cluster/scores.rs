//! Maps of what every tried pair of eps and `MinPts` scores, side by side: where two scores have
//! their best in different places, the user sees it.

use egui::{Color32, Mesh, Painter, Pos2, Rect, Response, RichText, Shape, Stroke, Ui, pos2, vec2};
use egui_plot::{AxisHints, GridMark, PlotBounds, PlotPoint, PlotTransform};

use self::cells::{Cell, Cells};
use self::figure::Figure;
use super::{Pair, unit_text};
use crate::cluster::Sweep;
use crate::cluster::sweep::Row;
use crate::ui::map::palette::scale_color;
use crate::ui::plot::axis::{compact, even_marks, log_marks_across, log_text, significant};
use crate::ui::plot::{Scale, describe, quiet};

mod cells;
mod figure;

/// Narrower than this a map would not be readable.
const NARROWEST_PX: f32 = 150.0;

/// The maps, and which of them are shown.
#[derive(Clone, PartialEq, Debug)]
pub struct ScoreMaps {
    /// From left to right; at least one.
    shown: Vec<Figure>,
}

impl Default for ScoreMaps {
    /// Both indices beside what was made of them.
    fn default() -> Self {
        let shown = [Figure::Score, Figure::Scch, Figure::Silhouette, Figure::CalinskiHarabasz];
        ScoreMaps { shown: shown.to_vec() }
    }
}

impl ScoreMaps {
    /// Draws the maps of `sweep`, with the pair `now` and the best marked. Gives back the pair
    /// that was clicked. `unit` is that of eps.
    pub fn ui(&mut self, ui: &mut Ui, sweep: &Sweep, now: Pair, unit: &str) -> Option<Pair> {
        let Some(cells) = Cells::of(sweep) else {
            ui.label("No pair was tried yet");
            return None;
        };
        self.buttons_ui(ui);
        // As many as can be read: what is made of the indices is given up before them.
        let fits = ((ui.available_width() / NARROWEST_PX) as usize).max(1);
        let spared = self.shown.len().saturating_sub(fits);
        let shown: Vec<Figure> = self.shown.iter().copied().skip(spared).collect();
        let mut clicked = None;
        ui.columns(shown.len(), |columns| {
            for (ui, figure) in columns.iter_mut().zip(shown) {
                let row = map_ui(ui, sweep, &cells, figure, now, unit);
                clicked = row.map(|row| Pair::of(&sweep.rows[row])).or(clicked);
            }
        });
        clicked
    }

    fn buttons_ui(&mut self, ui: &mut Ui) {
        ui.horizontal(|ui| {
            for figure in Figure::ALL {
                let is_shown = self.shown.contains(&figure);
                let button = ui.selectable_label(is_shown, RichText::new(figure.name()).small());
                if button.on_hover_text(figure.help()).clicked() {
                    self.toggle(figure);
                }
            }
            ui.separator();
            legend_ui(ui);
        });
    }

    fn toggle(&mut self, figure: Figure) {
        match self.shown.iter().position(|shown| *shown == figure) {
            Some(place) if self.shown.len() > 1 => drop(self.shown.remove(place)),
            Some(_) => (),
            None => {
                self.shown.push(figure);
                self.shown.sort_by_key(|shown| Figure::ALL.iter().position(|all| all == shown));
            }
        }
    }
}

/// Draws a mark.
type Draw = fn(&Painter, Pos2);

/// What the marks on the maps mean.
fn legend_ui(ui: &mut Ui) {
    let marks: [(&str, Draw); 3] =
        [("now", draw_now), ("chosen", draw_best), ("map's best", draw_own_best)];
    for (text, draw) in marks {
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 12.0), egui::Sense::hover());
        draw(ui.painter(), rect.center());
        ui.label(RichText::new(text).small().weak());
    }
    let axes = "eps across, MinPts up";
    if ui.available_width() > 110.0 {
        ui.label(RichText::new(axes).small().weak());
    }
}

/// One map. Gives back the row that was clicked.
fn map_ui(
    ui: &mut Ui,
    sweep: &Sweep,
    cells: &Cells,
    figure: Figure,
    now: Pair,
    unit: &str,
) -> Option<usize> {
    let range = figure.range(sweep);
    let is_dark = ui.visuals().dark_mode;
    let color = |value: f64| {
        let (low, high) = range?;
        let part = if high > low { (value - low) / (high - low) } else { 1.0 };
        let is_turned = figure.better() == Some(std::cmp::Ordering::Less);
        Some(scale_color(if is_turned { 1.0 - part } else { part } as f32, is_dark))
    };
    head_ui(ui, figure, range);
    let bounds = cells.bounds;
    let (scale, rows) = (cells.scale, cells.min_trips);
    let eps_axis =
        AxisHints::new_x().label_spacing(24.0..=36.0).formatter(move |mark, _| match scale {
            Scale::Log10 => log_text(mark),
            Scale::Linear => compact(mark.value),
        });
    let plot = quiet(figure.name())
        .custom_x_axes(vec![eps_axis])
        .y_axis_min_width(22.0)
        .y_grid_spacer(move |_| min_trips_marks(rows))
        .y_axis_formatter(|mark, _| format!("{}", mark.value))
        .show_grid(false)
        .x_grid_spacer(move |input| match scale {
            Scale::Log10 => log_marks_across(&input),
            Scale::Linear => even_marks(&input),
        })
        .show(ui, |plot| {
            let (low, high) = (rows.0 as f64 - 0.5, rows.1 as f64 + 0.5);
            plot.set_plot_bounds(PlotBounds::from_min_max([bounds.0, low], [bounds.1, high]));
        });
    let painter = ui.painter().with_clip_rect(plot.transform.frame().intersect(ui.clip_rect()));
    let pointer = plot.response.hover_pos();
    let at_pointer = pointer.and_then(|at| {
        let point = plot.transform.value_from_position(at);
        cells.at(point.x, point.y)
    });
    let faint = ui.visuals().weak_text_color().gamma_multiply(0.25);
    let mut mesh = Mesh::default();
    for cell in &cells.all {
        let rect = cell_rect(&plot.transform, cell);
        match figure.value(&sweep.rows[cell.row]).and_then(color) {
            Some(color) => mesh.add_colored_rect(rect, color),
            None => mesh.add_colored_rect(rect.shrink(0.5), faint),
        }
    }
    painter.add(mesh);
    if let Some(cell) = at_pointer {
        let stroke = Stroke::new(1.5, ui.visuals().strong_text_color());
        let rect = cell_rect(&plot.transform, cell);
        painter.rect_stroke(rect, 0.0, stroke, egui::StrokeKind::Inside);
    }
    draw_marks(&painter, &plot.transform, sweep, cells, figure, now);
    let best = figure.best(sweep).map(|best| &sweep.rows[best]);
    describe(&plot.response, &said(figure, best, unit));
    let row = at_pointer.map(|cell| cell.row);
    let response = plot.response;
    let is_clicked = response.clicked();
    if let Some(row) = row {
        figures_ui(response, &sweep.rows[row], unit);
    }
    row.filter(|_| is_clicked)
}

/// Name and range of a map, with the colors between.
fn head_ui(ui: &mut Ui, figure: Figure, range: Option<(f64, f64)>) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.label(RichText::new(figure.name()).small().strong()).on_hover_text(figure.help());
        let Some((low, high)) = range else {
            ui.label(RichText::new("no pair has it").small().weak());
            return;
        };
        ui.label(RichText::new(figure.text(Some(low))).small().weak());
        let (rect, _) = ui.allocate_exact_size(vec2(40.0, 8.0), egui::Sense::hover());
        let is_turned = figure.better() == Some(std::cmp::Ordering::Less);
        let mut mesh = Mesh::default();
        for step in 0..20_u8 {
            let part = f32::from(step) / 19.0;
            let left = rect.left() + 2.0 * f32::from(step);
            let part = if is_turned { 1.0 - part } else { part };
            let color = scale_color(part, ui.visuals().dark_mode);
            let bar = Rect::from_min_size(pos2(left, rect.top()), vec2(2.0, 8.0));
            mesh.add_colored_rect(bar, color);
        }
        ui.painter().add(mesh);
        ui.label(RichText::new(figure.text(Some(high))).small().weak());
    });
}

/// Every `MinPts`, or every so many where they are many.
fn min_trips_marks((low, high): (usize, usize)) -> Vec<GridMark> {
    let step = ((high - low) / 12 + 1).max(1);
    let mark = |n: usize| GridMark { value: n as f64, step_size: 100.0 };
    (low..=high).step_by(step).map(mark).collect()
}

fn cell_rect(transform: &PlotTransform, cell: &Cell) -> Rect {
    let corner = |x, y| transform.position_from_point(&PlotPoint::new(x, y));
    let y = cell.min_trips as f64;
    let rect = Rect::from_two_pos(corner(cell.from, y - 0.5), corner(cell.to, y + 0.5));
    // On whole points, so that no seams shine through.
    Rect::from_min_max(rect.min.round(), rect.max.round())
}

fn draw_marks(
    painter: &Painter,
    transform: &PlotTransform,
    sweep: &Sweep,
    cells: &Cells,
    figure: Figure,
    now: Pair,
) {
    let at = |eps: f64, min_trips: usize| {
        transform.position_from_point(&PlotPoint::new(cells.coordinate(eps), min_trips as f64))
    };
    let of = |row: usize| at(sweep.rows[row].eps.into(), sweep.rows[row].min_trips);
    if let Some(own) = figure.best(sweep).filter(|own| Some(*own) != sweep.best) {
        draw_own_best(painter, of(own));
    }
    if let Some(best) = sweep.best {
        draw_best(painter, of(best));
    }
    draw_now(painter, at(now.eps, now.min_trips));
}

/// A ring that can be seen on every color.
fn draw_now(painter: &Painter, at: Pos2) {
    painter.circle_stroke(at, 5.0, Stroke::new(3.5, Color32::BLACK));
    painter.circle_stroke(at, 5.0, Stroke::new(1.8, Color32::WHITE));
}

/// A diamond.
fn draw_best(painter: &Painter, at: Pos2) {
    let corners = [(0.0, -4.5), (4.5, 0.0), (0.0, 4.5), (-4.5, 0.0)];
    let corners = corners.map(|(dx, dy)| at + vec2(dx, dy)).to_vec();
    painter.add(Shape::convex_polygon(corners, Color32::WHITE, Stroke::new(1.2, Color32::BLACK)));
}

/// A dot.
fn draw_own_best(painter: &Painter, at: Pos2) {
    painter.circle(at, 3.0, Color32::WHITE, Stroke::new(1.2, Color32::BLACK));
}

/// The map for those who cannot see it.
fn said(figure: Figure, best: Option<&Row>, unit: &str) -> String {
    let name = figure.name();
    match best {
        Some(row) => format!(
            "Map of {name} over eps and MinPts: best {} at eps {}{}, MinPts {}",
            figure.text(figure.value(row)),
            significant(row.eps.into(), 4),
            unit_text(unit),
            row.min_trips
        ),
        None => format!("Map of {name} over eps and MinPts"),
    }
}

/// All figures of a pair, at the pointer.
fn figures_ui(response: Response, row: &Row, unit: &str) {
    response.on_hover_ui_at_pointer(|ui| {
        let eps = significant(row.eps.into(), 4);
        let pair = format!("eps {eps}{}, MinPts {}", unit_text(unit), row.min_trips);
        ui.label(RichText::new(pair).strong());
        egui::Grid::new("figures").num_columns(2).spacing([12.0, 1.0]).show(ui, |ui| {
            for figure in Figure::ALL {
                ui.label(RichText::new(figure.name()).weak());
                ui.label(figure.text(figure.value(row)));
                ui.end_row();
            }
        });
        ui.label(RichText::new("Click sets both").small().weak());
    });
}

#[cfg(test)]
mod tests;
