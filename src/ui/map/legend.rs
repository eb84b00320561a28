//! What the colors on the map mean, in a corner of it.

use egui::{Align2, Area, Frame, RichText, Sense, Ui, vec2};

use super::palette::Legend;
use super::view::View;

/// Entries shown before the rest is only counted.
const MOST_ENTRIES: usize = 12;

/// Height of a line, and what margins and gaps take, points of the screen.
const LINE_PX: f32 = 16.0;
const MARGINS_PX: f32 = 60.0;

/// How many entries of each legend have room in a map of this height, 2 at least.
fn most_entries(legends: &[Legend], height_px: f32) -> usize {
    let others = legends.iter().map(|legend| {
        // A title, perhaps a line for those that are only counted, a band and a remark.
        2 + 2 * usize::from(legend.scale.is_some()) + usize::from(legend.remark.is_some())
    });
    let lines = ((height_px - MARGINS_PX) / LINE_PX).max(0.0) as usize;
    let mut left = lines.saturating_sub(others.sum());
    let mut most = 0;
    // One more of each, as long as all of them fit.
    while most < MOST_ENTRIES {
        let n = legends.iter().filter(|legend| legend.entries.len() > most).count();
        if n == 0 || n > left {
            break;
        }
        (left, most) = (left - n, most + 1);
    }
    let is_all = legends.iter().all(|legend| legend.entries.len() <= most);
    if is_all { MOST_ENTRIES } else { most.max(2) }
}

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
                let most = most_entries(legends, view.clip_rect.height());
                for (place, legend) in legends.iter().enumerate() {
                    if place > 0 {
                        ui.add_space(4.0);
                    }
                    legend_ui(ui, legend, most);
                }
            });
        });
}

fn legend_ui(ui: &mut Ui, legend: &Legend, most: usize) {
    ui.label(RichText::new(&legend.title).strong());
    for entry in legend.entries.iter().take(most) {
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(14.0, 10.0), Sense::hover());
            ui.painter().rect_filled(rect, 2.0, entry.color);
            ui.label(&entry.label);
        });
    }
    if legend.entries.len() > most {
        ui.label(RichText::new(format!("and {} more", legend.entries.len() - most)).weak());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::map::palette::LegendEntry;

    fn legend(n: usize) -> Legend {
        let entry = LegendEntry { color: egui::Color32::RED, label: "one".into() };
        Legend { title: "Kinds".into(), entries: vec![entry; n], scale: None, remark: None }
    }

    #[test]
    fn a_low_map_shows_so_many_entries_as_have_room() {
        let both = [legend(10), legend(3)];
        assert_eq!(most_entries(&both, 900.0), MOST_ENTRIES);
        // 20 lines, four of them for the titles and what is counted: three of each, and seven more.
        assert_eq!(most_entries(&both, 60.0 + 20.0 * 16.0), MOST_ENTRIES);
        assert_eq!(most_entries(&both, 60.0 + 13.0 * 16.0), 6);
        assert_eq!(most_entries(&both, 100.0), 2);
    }
}
