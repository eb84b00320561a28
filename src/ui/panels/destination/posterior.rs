//! The likely ports over time: probabilities stacked on each other, the moment as a line.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Align2, Color32, FontId, Pos2, Rect, Sense, Shape, Stroke, Ui, pos2, vec2};

use crate::ais::PortTable;
use crate::base::time::utc_text;
use crate::ui::destination_view::told::{Step, Told};
use crate::ui::map::likely::percent;
use crate::ui::map::palette::unknown;
use crate::ui::panels::timeline::ticks::ticks;
use crate::ui::plot::describe;

/// Room for numbers on the left, and for times beneath.
const LEFT_PX: f32 = 38.0;
const BELOW_PX: f32 = 16.0;
const TEXT_PX: f32 = 11.0;

/// A band at least so high has its port's name in it.
const NAMED_PX: f32 = 15.0;

/// Opacity of bands.
const FILL: f32 = 0.8;

/// Draws the stack with the moment as a line. Gives a moment that was clicked or dragged to.
pub fn posterior_ui(
    ui: &mut Ui,
    told: &Told,
    ports: &PortTable,
    now_ms: Option<i64>,
) -> Option<i64> {
    let room = ui.available_rect_before_wrap();
    let (Some(first), Some(last)) = (told.steps.first(), told.steps.last()) else { return None };
    if room.width() < 2.0 * LEFT_PX || room.height() < 2.5 * BELOW_PX {
        return None;
    }
    let (rect, response) = ui.allocate_exact_size(room.size(), Sense::click_and_drag());
    let area = Rect::from_min_max(
        pos2(rect.left() + LEFT_PX, rect.top() + 4.0),
        pos2(rect.right() - 6.0, rect.bottom() - BELOW_PX),
    );
    let across = Across { area, from_ms: first.t_ms, to_ms: last.t_ms.max(first.t_ms + 1) };
    let is_dark = ui.visuals().dark_mode;
    ui.painter().rect_filled(area, 0.0, unknown(is_dark).gamma_multiply(0.25));
    let levels = levels(told);
    for (place, port) in told.bands().iter().enumerate() {
        let color = told.color(*port, is_dark).gamma_multiply(FILL);
        ui.painter().add(band(told, &levels, place, &across, color));
    }
    names_ui(ui, told, &levels, ports, &across);
    axes_ui(ui, &across);
    if let Some(now_ms) = now_ms {
        let x = across.x(now_ms).clamp(area.left(), area.right());
        let ink = ui.visuals().strong_text_color();
        ui.painter().vline(x, area.y_range(), Stroke::new(3.0, ui.visuals().panel_fill));
        ui.painter().vline(x, area.y_range(), Stroke::new(1.5, ink));
    }
    let text = |step: &Step| {
        let likely = step.ports.iter().take(3);
        let likely: Vec<String> =
            likely.map(|(port, p)| format!("{} {}", ports.port(*port).name, percent(*p))).collect();
        format!("{} UTC: {}", utc_text(step.t_ms - step.t_ms.rem_euclid(1000)), likely.join(", "))
    };
    let steps = told.steps.len();
    describe(&response, &format!("Likely ports over time: {steps} steps, last {}", text(last)));
    let asked = response.interact_pointer_pos().map(|at| across.t_ms(at.x));
    if let Some(step) = response.hover_pos().and_then(|at| told.at(Some(across.t_ms(at.x)))) {
        response.on_hover_text_at_pointer(format!("{}\nA click goes to this moment", text(step)));
    }
    asked
}

/// Where times and shares lie on the screen.
struct Across {
    area: Rect,
    from_ms: i64,
    to_ms: i64,
}

impl Across {
    fn x(&self, t_ms: i64) -> f32 {
        let part = (t_ms - self.from_ms) as f64 / (self.to_ms - self.from_ms) as f64;
        self.area.left() + (part * f64::from(self.area.width())) as f32
    }

    fn y(&self, share: f64) -> f32 {
        self.area.bottom() - (share.clamp(0.0, 1.0) * f64::from(self.area.height())) as f32
    }

    fn t_ms(&self, x: f32) -> i64 {
        let part = f64::from((x - self.area.left()) / self.area.width()).clamp(0.0, 1.0);
        self.from_ms + (part * (self.to_ms - self.from_ms) as f64) as i64
    }
}

/// For each step the shares below each band, and below what is above the last.
fn levels(told: &Told) -> Vec<Vec<f64>> {
    let of = |step: &Step| {
        let mut sum = 0.0;
        let mut levels = vec![0.0];
        for port in told.bands() {
            sum += step.probability(*port);
            levels.push(sum);
        }
        levels
    };
    told.steps.iter().map(of).collect()
}

/// A band as triangles. A step is told until the next one.
fn band(told: &Told, levels: &[Vec<f64>], place: usize, across: &Across, color: Color32) -> Shape {
    let mut mesh = Mesh::default();
    let last = told.steps.len() - 1;
    for (at, levels) in levels.iter().enumerate() {
        let from = across.x(told.steps[at].t_ms);
        let to = if at == last { across.area.right() } else { across.x(told.steps[at + 1].t_ms) };
        let (low, high) = (across.y(levels[place]), across.y(levels[place + 1]));
        if low - high < 0.05 || to <= from {
            continue;
        }
        let first = mesh.vertices.len() as u32;
        for pos in [pos2(from, low), pos2(to, low), pos2(to, high), pos2(from, high)] {
            mesh.vertices.push(Vertex { pos, uv: WHITE_UV, color });
        }
        mesh.add_triangle(first, first + 1, first + 2);
        mesh.add_triangle(first, first + 2, first + 3);
    }
    Shape::mesh(mesh)
}

/// Each port's name in the highest part of its band, where it has room.
fn names_ui(ui: &Ui, told: &Told, levels: &[Vec<f64>], ports: &PortTable, across: &Across) {
    let font = FontId::proportional(TEXT_PX);
    let mut taken: Vec<Rect> = Vec::new();
    for (place, port) in told.bands().iter().enumerate() {
        let height = |at: &usize| across.y(levels[*at][place]) - across.y(levels[*at][place + 1]);
        // In the middle of the steps where the band is about as high as anywhere.
        let most = (0..levels.len()).map(|at| height(&at)).fold(0.0, f32::max);
        if most < NAMED_PX {
            continue;
        }
        let high: Vec<usize> = (0..levels.len()).filter(|at| height(at) > 0.9 * most).collect();
        let at = high[high.len() / 2];
        let middle = 0.5 * (levels[at][place] + levels[at][place + 1]);
        let text = ports.port(*port).name.clone();
        let color = MapInk::of(ui);
        let galley = ui.painter().layout_no_wrap(text, font.clone(), color.ink);
        let half = 0.5 * galley.size().x + 4.0;
        let right = (across.area.right() - half).max(across.area.left() + half);
        let x = across.x(told.steps[at].t_ms).clamp(across.area.left() + half, right);
        let rect = Align2::CENTER_CENTER.anchor_size(pos2(x, across.y(middle)), galley.size());
        let plate = rect.expand2(vec2(3.0, 0.0));
        if taken.iter().any(|other| other.intersects(plate)) {
            continue;
        }
        taken.push(plate);
        ui.painter().rect_filled(plate, 2.0, color.plate);
        ui.painter().galley(rect.min, galley, color.ink);
    }
}

/// Text on any color: on a plate.
struct MapInk {
    ink: Color32,
    plate: Color32,
}

impl MapInk {
    fn of(ui: &Ui) -> MapInk {
        MapInk {
            ink: ui.visuals().strong_text_color(),
            plate: ui.visuals().panel_fill.gamma_multiply(0.75),
        }
    }
}

fn axes_ui(ui: &Ui, across: &Across) {
    let font = FontId::proportional(TEXT_PX);
    let (painter, area) = (ui.painter(), across.area);
    let ink = ui.visuals().weak_text_color();
    for share in [0.0, 0.5, 1.0] {
        let at =
            pos2(area.left() - 5.0, across.y(share).max(area.top() + 5.0).min(area.bottom() - 4.0));
        painter.text(
            at,
            Align2::RIGHT_CENTER,
            format!("{:.0} %", 100.0 * share),
            font.clone(),
            ink,
        );
        let stroke = Stroke::new(0.5, ui.visuals().widgets.noninteractive.bg_stroke.color);
        painter.hline(area.x_range(), across.y(share), stroke);
    }
    for tick in ticks(across.from_ms, across.to_ms, area.width()) {
        let x = across.x(tick.t_ms);
        let tip: [Pos2; 2] = [pos2(x, area.bottom()), pos2(x, area.bottom() + 3.0)];
        painter.line_segment(tip, Stroke::new(1.0, ink));
        let at = pos2(x, area.bottom() + 3.0);
        painter.text(at, Align2::CENTER_TOP, &tick.label, font.clone(), ink);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ui::destination_view::made::{HOUR_MS, ports, told};

    #[test]
    fn bands_lie_on_each_other_up_to_what_is_told_in_all() {
        let levels = levels(&told());
        // Göteborg, Los Angeles, Long Beach.
        let third: Vec<f64> = levels[2].iter().map(|x| (100.0 * x).round() / 100.0).collect();
        assert_eq!(third, [0.0, 0.7, 0.9, 0.95]);
        assert!(levels.iter().all(|of| of.is_sorted()));
    }

    #[test]
    fn a_click_in_the_plot_is_a_moment_and_it_says_what_is_likely_last() {
        let asked = Rc::new(Cell::new(None));
        let inner = Rc::clone(&asked);
        let mut harness = Harness::builder().with_size([538.0, 200.0]).build_ui(move |ui| {
            let act = posterior_ui(ui, &told(), &ports(), Some(3 * HOUR_MS));
            inner.set(act.or(inner.get()));
        });
        harness.run();
        let plot = harness.get_by_label_contains(
            "Likely ports over time: 10 steps, last 1970-01-01 09:00:00 UTC: Los Angeles 90 %",
        );
        let rect = plot.rect();
        let middle = 0.5 * (rect.left() + LEFT_PX + rect.right() - 6.0);
        let at = pos2(middle, rect.center().y);
        harness.hover_at(at);
        harness.drag_at(at);
        harness.run_steps(2);
        harness.drop_at(at);
        harness.run_steps(2);
        let t_ms = asked.get().expect("the moment is asked for");
        assert!((t_ms - 9 * HOUR_MS / 2).abs() < 5 * 60_000, "{t_ms}");
    }
}
