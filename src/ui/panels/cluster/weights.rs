//! The weights of the MSSPD, which sum to one while they are moved.

use egui::{Align, Layout, RichText, Slider, Ui, vec2};

use crate::distance::Weights;

/// Room for the name of a weight, and for the number behind its slider, points.
const NAME_PX: f32 = 78.0;
const NUMBER_PX: f32 = 62.0;

/// Draws the weights, each in a line: their names say what they weigh.
pub fn weights_ui(ui: &mut Ui, weights: &mut Weights) {
    let before = *weights;
    let help = "The three weights sum to one: when one is moved, the others give way";
    ui.label(RichText::new("Weights").weak()).on_hover_text(help);
    for (name, help, value) in [
        ("distance w1", "Of the distance (SSPD): the paper's w1", &mut weights.sspd),
        ("speed w2", "Of the difference of mean speeds: the paper's w2", &mut weights.sog),
        ("course w3", "Of the mean difference of courses: the paper's w3", &mut weights.cog),
    ] {
        ui.horizontal(|ui| {
            let size = vec2(NAME_PX, ui.spacing().interact_size.y);
            let left = Layout::left_to_right(Align::Center);
            let label = ui.allocate_ui_with_layout(size, left, |ui| {
                ui.set_min_width(NAME_PX);
                ui.label(name).on_hover_text(help)
            });
            let label = label.inner;
            ui.spacing_mut().slider_width = (ui.available_width() - NUMBER_PX).max(60.0);
            let slider = Slider::new(value, 0.0..=1.0).max_decimals(3).update_while_editing(false);
            ui.add(slider).labelled_by(label.id).on_hover_text(help);
        });
    }
    balance(before, weights);
}

/// Lets the weights sum to one again after one was moved: the others give way in proportion.
pub fn balance(before: Weights, weights: &mut Weights) {
    let old = [before.sspd, before.sog, before.cog];
    let mut new = [weights.sspd, weights.sog, weights.cog];
    let Some(moved) = (0..3).find(|i| new[*i] != old[*i]) else { return };
    let [a, b] = [(moved + 1) % 3, (moved + 2) % 3];
    // To the digits of a slider; where two were moved at once they were set by hand.
    if new[a] != old[a] || new[b] != old[b] {
        return;
    }
    new[moved] = (new[moved].clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
    let rest = 1.0 - new[moved];
    let sum = old[a] + old[b];
    let part = if sum > 0.0 { old[a] / sum } else { 0.5 };
    new[a] = (rest * part * 1000.0).round() / 1000.0;
    new[b] = ((rest - new[a]) * 1000.0).round().max(0.0) / 1000.0;
    [weights.sspd, weights.sog, weights.cog] = new;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_weight_moves_the_others_in_proportion() {
        let before = Weights { sspd: 0.6, sog: 0.3, cog: 0.1, ..Weights::default() };
        let mut weights = Weights { sspd: 0.2, ..before };
        balance(before, &mut weights);
        assert_eq!((weights.sspd, weights.sog, weights.cog), (0.2, 0.6, 0.2));
        let only = Weights { sspd: 1.0, sog: 0.0, cog: 0.0, ..Weights::default() };
        let mut weights = Weights { sspd: 0.5, ..only };
        balance(only, &mut weights);
        assert_eq!((weights.sspd, weights.sog, weights.cog), (0.5, 0.25, 0.25));
        for moved in [0.0, 0.123, 0.9999, 1.0] {
            let mut weights = Weights { cog: moved, ..before };
            balance(before, &mut weights);
            assert!((weights.sspd + weights.sog + weights.cog - 1.0).abs() < 1e-9, "{weights:?}");
        }
        let mut untouched = before;
        balance(before, &mut untouched);
        assert_eq!(untouched, before);
    }
}
