//! Counts of two directions, or of two periods, as bars: side by side in rows with names, or upright
//! over the hours of the day.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Pos2, Rect, Sense, TextStyle, Ui, pos2, vec2};
use egui_plot::{Bar, BarChart, GridMark, PlotBounds};

use crate::base::chart::Chart;
use crate::ui::plot::axis::{compact, spaced_marks};
use crate::ui::plot::{describe, offer_picture, quiet};

/// Height of a row, points of the screen.
const ROW_PX: f32 = 15.0;

/// Width of the names before the bars.
const NAME_PX: f32 = 104.0;

/// Width of the numbers behind them.
const NUMBER_PX: f32 = 58.0;

/// What bars are of.
pub struct Bars<'a> {
    /// What is told apart, with the unit.
    pub title: &'a str,
    /// What is counted, with the unit.
    pub things: &'a str,
    /// The series: name, color.
    pub series: &'a [(String, Color32)],
    /// A name, and a value of each series.
    pub rows: Vec<(String, Vec<f64>)>,
    /// How a value is written.
    pub text: fn(f64) -> String,
}

impl Bars<'_> {
    fn most(&self) -> f64 {
        self.rows.iter().flat_map(|(_, values)| values).fold(0.0, |most, value| value.max(most))
    }

    /// All of it in words.
    fn said(&self) -> String {
        let of_row = |(name, values): &(String, Vec<f64>)| {
            let parts = values.iter().zip(self.series);
            let parts =
                parts.map(|(value, (series, _))| format!("{} {series}", (self.text)(*value)));
            format!("{name} {}", parts.collect::<Vec<_>>().join(" and "))
        };
        let rows: Vec<String> = self.rows.iter().map(of_row).collect();
        format!("{}: {}", self.title, rows.join("; "))
    }

    /// The same for print.
    fn chart(&self) -> Chart {
        let names = self.rows.iter().map(|(name, _)| name.as_str());
        let series = self.series.iter().enumerate().map(|(place, (name, _))| {
            let values = self.rows.iter();
            let values = values.map(|(_, values)| values.get(place).copied().unwrap_or(0.0));
            (name.as_str(), values.collect())
        });
        Chart::grouped(self.title, self.title, self.things, names, series)
    }

    /// Draws a row for each name, one below the other.
    pub fn rows_ui(&self, ui: &mut Ui) {
        ui.label(egui::RichText::new(self.title).small().weak());
        let width_px = ui.available_width();
        let size = vec2(width_px, ROW_PX * self.rows.len() as f32);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        describe(&response, &self.said());
        offer_picture(&response, || self.chart());
        let (font, most) = (TextStyle::Small.resolve(ui.style()), self.most().max(1e-12));
        let ink = ui.visuals().text_color();
        let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
        let name_px = NAME_PX.min(0.45 * width_px);
        let room_px = (width_px - name_px - NUMBER_PX - 6.0).max(10.0);
        let mut hovered = None;
        for (place, (name, values)) in self.rows.iter().enumerate() {
            let top = rect.top() + place as f32 * ROW_PX;
            let row = Rect::from_min_size(pos2(rect.left(), top), vec2(width_px, ROW_PX));
            if response.hover_pos().is_some_and(|at| row.contains(at)) {
                painter.rect_filled(row, 2.0, ui.visuals().faint_bg_color);
                hovered = Some(place);
            }
            let mut job = LayoutJob::simple_singleline(name.clone(), font.clone(), ink);
            job.wrap = TextWrapping::truncate_at_width(name_px - 6.0);
            let galley = painter.layout_job(job);
            let at = pos2(rect.left() + name_px - 4.0, row.center().y);
            let place = Align2::RIGHT_CENTER.anchor_size(at, galley.size());
            painter.galley(place.min, galley, ink);
            let bar_px = (ROW_PX - 3.0) / values.len().max(1) as f32;
            for (series, (value, (_, color))) in values.iter().zip(self.series).enumerate() {
                let left = pos2(rect.left() + name_px, top + 1.5 + series as f32 * bar_px);
                let length_px = (*value / most) as f32 * room_px;
                let bar = Rect::from_min_size(left, vec2(length_px.max(0.0), bar_px - 0.5));
                painter.rect_filled(bar, 0.0, *color);
            }
            let numbers: Vec<String> = values.iter().map(|value| (self.text)(*value)).collect();
            let at = pos2(rect.right() - 2.0, row.center().y);
            let weak = ui.visuals().weak_text_color();
            let color = if values.iter().all(|value| *value == 0.0) { weak } else { ink };
            painter.text(at, Align2::RIGHT_CENTER, numbers.join(" / "), font.clone(), color);
        }
        if let Some((name, values)) = hovered.and_then(|place| self.rows.get(place)) {
            let lines = values.iter().zip(self.series);
            let lines: Vec<String> = lines
                .map(|(value, (series, _))| format!("{} {series}", (self.text)(*value)))
                .collect();
            response.on_hover_text_at_pointer(format!("{name}\n{}", lines.join("\n")));
        }
    }

    /// Draws upright bars over an even axis: a row a place, named by its number.
    pub fn upright_ui(&self, ui: &mut Ui) {
        let head_px = vec2(ui.available_width(), ui.text_style_height(&TextStyle::Small));
        let (head, _) = ui.allocate_exact_size(head_px, Sense::hover());
        let most = self.most().max(1e-12);
        let n = self.rows.len();
        let plot = quiet(self.title)
            .show_axes([true, true])
            .y_axis_min_width(28.0)
            .x_grid_spacer(move |_| {
                let every = if n > 12 { 6 } else { 2 };
                let marks = (0..=n).step_by(every);
                marks.map(|at| GridMark { value: at as f64, step_size: 6.0 }).collect()
            })
            .y_grid_spacer(|input| spaced_marks(&input, 24.0))
            .x_axis_formatter(|mark, _| format!("{:.0}", mark.value))
            .y_axis_formatter(|mark, _| compact(mark.value))
            .show(ui, |plot| {
                plot.set_plot_bounds(PlotBounds::from_min_max([0.0, 0.0], [n as f64, 1.08 * most]));
                let width = 0.86 / self.series.len().max(1) as f64;
                for (series, (name, color)) in self.series.iter().enumerate() {
                    let bars = self.rows.iter().enumerate().filter_map(|(place, (_, values))| {
                        let left = place as f64 + 0.07 + series as f64 * width;
                        let bar = Bar::new(left + 0.5 * width, *values.get(series)?);
                        Some(bar.width(width).fill(*color).stroke(egui::Stroke::NONE))
                    });
                    let chart = BarChart::new(name.clone(), bars.collect()).color(*color);
                    plot.bar_chart(chart.allow_hover(false));
                }
            });
        describe(&plot.response, &self.said());
        offer_picture(&plot.response, || self.chart());
        let at = plot.response.hover_pos();
        let place = at.map(|at: Pos2| plot.transform.value_from_position(at).x);
        let row = place.filter(|x| *x >= 0.0).and_then(|x| self.rows.get(x as usize));
        let text = match row {
            Some((name, values)) => {
                let parts = values.iter().zip(self.series);
                let parts: Vec<String> =
                    parts.map(|(v, (series, _))| format!("{} {series}", (self.text)(*v))).collect();
                egui::RichText::new(format!("{name}: {}", parts.join(", "))).small()
            }
            None => egui::RichText::new(self.title).small().weak(),
        };
        ui.put(head, egui::Label::new(text).truncate().selectable(false));
    }
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    #[test]
    fn bars_say_what_they_show() {
        let mut harness = Harness::builder().with_size([300.0, 300.0]).build_ui(|ui| {
            let series = [("out".to_owned(), Color32::RED), ("in".to_owned(), Color32::BLUE)];
            let text = |value: f64| format!("{value:.0}");
            let rows = vec![("cargo".into(), vec![3.0, 1.0]), ("tug".into(), vec![0.0, 2.0])];
            Bars { title: "By type", things: "Ships", series: &series, rows, text }.rows_ui(ui);
            let rows = (0..24).map(|hour| (format!("{hour} h"), vec![1.0, 0.0])).collect();
            ui.set_max_height(120.0);
            Bars { title: "By hour", things: "Ships", series: &series, rows, text }.upright_ui(ui);
        });
        harness.run();
        harness.get_by_label("By type: cargo 3 out and 1 in; tug 0 out and 2 in");
        harness.get_by_label_contains("By hour: 0 h 1 out and 0 in; 1 h 1 out");
    }

    #[test]
    fn no_rows_and_zeros_are_drawn_without_a_panic() {
        let mut harness = Harness::builder().with_size([80.0, 200.0]).build_ui(|ui| {
            let series = [("all".to_owned(), Color32::RED)];
            let text = |value: f64| format!("{value:.0}");
            for rows in [Vec::new(), vec![("none".to_owned(), vec![0.0])]] {
                ui.push_id(rows.len(), |ui| {
                    let bars = Bars { title: "Odd", things: "Ships", series: &series, rows, text };
                    bars.rows_ui(ui);
                    ui.set_max_height(60.0);
                    bars.upright_ui(ui);
                });
            }
        });
        harness.run_steps(3);
    }
}
