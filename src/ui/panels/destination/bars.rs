//! The likely ports as bars.

use egui::{Align2, FontId, Rect, Response, RichText, ScrollArea, Sense, Ui, pos2, vec2};

use crate::ais::{PortId, PortTable};
use crate::ui::destination_view::told::{Step, Told};
use crate::ui::map::likely::percent;
use crate::ui::plot::describe;

/// Bars that are drawn at most.
const MOST: usize = 8;

const ROW_PX: f32 = 20.0;
const NAME_PX: f32 = 118.0;
const NAME_SHARE: f32 = 0.45;
const NUMBER_PX: f32 = 42.0;

/// Draws the likeliest ports at a moment, the reported ones (`is_reported`) with a mark. Gives a port
/// that was clicked.
pub fn bars_ui(
    ui: &mut Ui,
    (told, step): (&Told, &Step),
    ports: &PortTable,
    is_reported: &dyn Fn(PortId) -> bool,
) -> Option<PortId> {
    let mut clicked = None;
    let shown: Vec<(PortId, f64)> = shown(step, is_reported);
    ScrollArea::vertical().id_salt("bars").auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (port, p) in &shown {
            let name = &ports.port(*port).name;
            let color = told.color(*port, ui.visuals().dark_mode);
            if bar_ui(ui, name, *p, color, is_reported(*port)).clicked() {
                clicked = Some(*port);
            }
        }
        let rest = 1.0 - shown.iter().map(|(_, p)| p).sum::<f64>();
        if rest > 0.005 {
            ui.label(RichText::new(format!("Other ports {}", percent(rest))).weak());
        }
    });
    clicked
}

/// The likeliest ports, and those that are reported, by probability.
fn shown(step: &Step, is_reported: &dyn Fn(PortId) -> bool) -> Vec<(PortId, f64)> {
    let (first, rest) = step.ports.split_at(step.ports.len().min(MOST));
    let likely = first.iter().filter(|(port, p)| *p >= 0.005 || is_reported(*port));
    likely.chain(rest.iter().filter(|(port, _)| is_reported(*port))).copied().collect()
}

fn bar_ui(ui: &mut Ui, name: &str, p: f64, color: egui::Color32, is_reported: bool) -> Response {
    let width = ui.available_width();
    let name_px = NAME_PX.min(NAME_SHARE * width);
    let (rect, response) = ui.allocate_exact_size(vec2(width, ROW_PX), Sense::click());
    let visuals = ui.visuals();
    if response.hovered() {
        ui.painter().rect_filled(rect, 2.0, visuals.widgets.hovered.weak_bg_fill);
    }
    let ink = if is_reported { visuals.strong_text_color() } else { visuals.text_color() };
    let font = FontId::proportional(12.5);
    let mut job = egui::text::LayoutJob::simple_singleline(name.to_owned(), font.clone(), ink);
    job.wrap = egui::text::TextWrapping::truncate_at_width(name_px - 4.0);
    let galley = ui.painter().layout_job(job);
    let at = Align2::LEFT_CENTER.anchor_size(rect.left_center(), galley.size());
    ui.painter().galley(at.min, galley, ink);
    let room = Rect::from_min_max(
        pos2(rect.left() + name_px, rect.top() + 3.0),
        pos2(rect.right() - NUMBER_PX, rect.bottom() - 3.0),
    );
    ui.painter().rect_filled(room, 2.0, visuals.faint_bg_color);
    let long = room.width() * p.clamp(0.0, 1.0) as f32;
    let bar = Rect::from_min_size(room.min, vec2(long.max(1.0), room.height()));
    ui.painter().rect_filled(bar, 2.0, color);
    if is_reported {
        let stroke = egui::Stroke::new(1.5, visuals.strong_text_color());
        ui.painter().rect_stroke(room, 2.0, stroke, egui::StrokeKind::Inside);
    }
    let right = rect.right_center() - vec2(2.0, 0.0);
    ui.painter().text(right, Align2::RIGHT_CENTER, percent(p), font, ink);
    let reported = if is_reported { ", reported" } else { "" };
    describe(&response, &format!("{name} {}{reported}", percent(p)));
    let help = if is_reported { "This is the port that is reported. " } else { "" };
    response.on_hover_text(format!("{help}A click selects the port, and the map goes there"))
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
    fn bars_stand_by_probability_and_a_reported_port_is_told_though_it_is_unlikely() {
        let told = told();
        let clicked = Rc::new(Cell::new(None));
        let inner = Rc::clone(&clicked);
        let mut harness = Harness::builder().with_size([400.0, 200.0]).build_ui(move |ui| {
            let step = told.at(Some(8 * HOUR_MS)).unwrap();
            let act = bars_ui(ui, (&told, step), &ports(), &|port| port == PortId(1));
            inner.set(act.or(inner.get()));
        });
        harness.run();
        harness.get_by_label("Göteborg 10 %");
        harness.get_by_label("Long Beach 5 %, reported");
        harness.get_by_label("Other ports 5 %");
        harness.get_by_label("Los Angeles 80 %").click();
        harness.run();
        assert_eq!(clicked.get(), Some(PortId(0)));
    }

    #[test]
    fn far_down_a_list_a_reported_port_is_still_shown() {
        let ports = (0..30).map(|id| (PortId(id), 1.0 / 30.0)).collect();
        let step = Step { t_ms: 0, ports, arrival: None };
        let ids: Vec<u32> =
            shown(&step, &|port| port == PortId(25)).iter().map(|p| p.0.0).collect();
        assert_eq!(ids, [0, 1, 2, 3, 4, 5, 6, 7, 25]);
    }
}
