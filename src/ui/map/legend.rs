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
        scale_labels(ui, rect, &scale.labels);
    }
    if let Some(remark) = &legend.remark {
        ui.label(RichText::new(*remark).weak().small());
    }
}

/// Writes each label below its place on the band; those that would touch the one before are left
/// out, but the last never is.
fn scale_labels(ui: &mut Ui, band: egui::Rect, labels: &[(f32, String)]) {
    let font = egui::TextStyle::Small.resolve(ui.style());
    let color = ui.visuals().text_color();
    let (row, _) = ui.allocate_exact_size(vec2(band.width(), font.size + 2.0), Sense::hover());
    let galley = |label: &str| ui.painter().layout_no_wrap(label.to_owned(), font.clone(), color);
    let span = |part: f32, width: f32| {
        let left = band.left() + part * band.width() - 0.5 * width;
        left.clamp(band.left(), band.right() - width)
    };
    let last = labels.last().map(|(part, label)| span(*part, galley(label).size().x));
    let mut free = f32::NEG_INFINITY;
    for (place, (part, label)) in labels.iter().enumerate() {
        let galley = galley(label);
        let (left, width) = (span(*part, galley.size().x), galley.size().x);
        let is_last = place + 1 == labels.len();
        let meets_last = last.is_some_and(|last| left + width + 4.0 > last);
        if is_last || (left >= free && !meets_last) {
            ui.painter().galley(egui::pos2(left, row.top()), galley, color);
            free = left + width + 4.0;
        }
    }
}
