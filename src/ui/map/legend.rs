//! What the colors on the map mean, in a corner of it.

use egui::{Align2, Area, Frame, RichText, Sense, Ui, vec2};

use super::palette::Legend;
use super::view::View;

/// Entries shown before the rest is only counted.
const MOST_ENTRIES: usize = 12;

/// Draws `legends`, one below the other, in the lower right corner of the map.
pub fn draw(ui: &Ui, view: &View, legends: &[Legend]) {
    if legends.is_empty() {
        return;
    }
    let corner = view.clip_rect.right_bottom() - vec2(10.0, 30.0);
    Area::new(ui.scope_id().with("legend"))
        .pivot(Align2::RIGHT_BOTTOM)
        .fixed_pos(corner)
        .interactable(false)
        .show(ui.ctx(), |ui| {
            let frame = Frame::popup(ui.style()).inner_margin(6.0);
            // What lies beneath shows through a little.
            let fill = ui.visuals().window_fill.gamma_multiply(0.85);
            frame.fill(fill).show(ui, |ui| {
                ui.set_max_width(190.0);
                ui.spacing_mut().item_spacing = vec2(5.0, 1.0);
                ui.spacing_mut().interact_size.y = 14.0;
                for (place, legend) in legends.iter().enumerate() {
                    if place > 0 {
                        ui.add_space(4.0);
                    }
                    legend_ui(ui, legend);
                }
            });
        });
}

fn legend_ui(ui: &mut Ui, legend: &Legend) {
    ui.label(RichText::new(&legend.title).strong());
    for entry in legend.entries.iter().take(MOST_ENTRIES) {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(14.0, 10.0), Sense::hover());
            ui.painter().rect_filled(rect, 2.0, entry.color);
            ui.label(&entry.label);
        });
    }
    if legend.entries.len() > MOST_ENTRIES {
        ui.label(RichText::new(format!("and {} more", legend.entries.len() - MOST_ENTRIES)).weak());
    }
    if let Some(scale) = &legend.scale {
        let (rect, _) = ui.allocate_exact_size(vec2(170.0, 12.0), Sense::hover());
        let step = rect.width() / scale.colors.len().max(1) as f32;
        for (place, color) in scale.colors.iter().enumerate() {
            let left = rect.left() + place as f32 * step;
            let piece = egui::Rect::from_min_max(
                egui::pos2(left, rect.top()),
                egui::pos2(left + step + 0.5, rect.bottom()),
            );
            ui.painter().rect_filled(piece, 0.0, *color);
        }
        ui.horizontal(|ui| {
            ui.set_width(170.0);
            let n = scale.labels.len();
            for (place, (_, label)) in scale.labels.iter().enumerate() {
                if place + 1 == n && n > 1 {
                    ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                        ui.small(label)
                    });
                } else if place == 0 || n <= 3 {
                    ui.small(label);
                }
            }
        });
    }
    if let Some(remark) = &legend.remark {
        ui.label(RichText::new(*remark).weak().small());
    }
}
