//! How everything looks: spacing, state colors, number formats.

use egui::{Color32, FontId, RichText, TextStyle, Ui};

use crate::flow::tray::State;

/// How much of a result shows that is older than what is wanted.
pub const STALE_OPACITY: f32 = 0.6;

/// Small text: titles and legends of plots. Smaller than this is lost on a projector.
const SMALL_PX: f32 = 10.5;

/// Sets up spacing and text for a dense tool, in both themes. Text of every kind has a contrast of
/// 4.5 : 1 or more to panels.
pub fn apply(context: &egui::Context) {
    context.all_styles_mut(|style| {
        style.text_styles.insert(TextStyle::Small, FontId::proportional(SMALL_PX));
        let visuals = &mut style.visuals;
        let (text, weak) = if visuals.dark_mode { (176, 136) } else { (64, 106) };
        visuals.widgets.noninteractive.fg_stroke.color = Color32::from_gray(text);
        visuals.weak_text_color = Some(Color32::from_gray(weak));
        style.spacing.item_spacing = egui::vec2(6.0, 4.0);
        style.spacing.slider_width = 150.0;
        style.interaction.selectable_labels = true;
    });
    context.options_mut(|options| options.zoom_with_keyboard = true);
}

/// Something went wrong.
pub fn fault_color(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(0xff, 0x8a, 0x75)
    } else {
        Color32::from_rgb(0xb0, 0x2a, 0x1a)
    }
}

/// Something deserves a look.
pub fn warning_color(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(0xf2, 0xc1, 0x4e)
    } else {
        Color32::from_rgb(0x8a, 0x5a, 0x00)
    }
}

/// What is selected on the map.
pub fn selection_color(ui: &Ui) -> Color32 {
    if ui.visuals().dark_mode {
        Color32::from_rgb(0xff, 0xe0, 0x66)
    } else {
        Color32::from_rgb(0xc2, 0x18, 0x5b)
    }
}

/// The color of the dot that says how a stage stands.
pub fn state_color(ui: &Ui, state: State) -> Color32 {
    match state {
        State::Fresh => Color32::from_rgb(0x4c, 0xb0, 0x78),
        State::Working => Color32::from_rgb(0x4a, 0x9d, 0xe0),
        State::Stale => warning_color(ui),
        State::Fault => fault_color(ui),
        State::Waiting => ui.visuals().weak_text_color(),
    }
}

/// A stage's state in words.
pub fn state_name(state: State) -> &'static str {
    match state {
        State::Fresh => "up to date",
        State::Working => "working",
        State::Stale => "out of date",
        State::Fault => "fault",
        State::Waiting => "waiting",
    }
}

/// A painted dot with the state's color and, for those who cannot see it, its name.
pub fn state_dot(ui: &mut Ui, state: State) {
    let (rect, response) = ui.allocate_exact_size(egui::vec2(10.0, 10.0), egui::Sense::hover());
    ui.painter().circle_filled(rect.center(), 4.0, state_color(ui, state));
    response.on_hover_text(state_name(state));
}

/// A section's title.
pub fn title(text: &str) -> RichText {
    RichText::new(text).strong().size(13.0)
}

#[cfg(test)]
mod tests {
    use egui::{Context, Rgba, Theme};

    use super::*;

    /// How bright a color is, as WCAG has it.
    fn brightness(color: Color32) -> f32 {
        let rgba = Rgba::from(color);
        0.2126 * rgba.r() + 0.7152 * rgba.g() + 0.0722 * rgba.b()
    }

    #[test]
    fn text_can_be_read_in_both_themes() {
        let context = Context::default();
        apply(&context);
        for theme in [Theme::Dark, Theme::Light] {
            let visuals = context.style_of(theme).visuals.clone();
            for (text, ground) in [
                (visuals.text_color(), visuals.panel_fill),
                (visuals.weak_text_color(), visuals.panel_fill),
                (visuals.weak_text_color(), visuals.window_fill),
            ] {
                let mut both = [brightness(text) + 0.05, brightness(ground) + 0.05];
                both.sort_by(f32::total_cmp);
                assert!(both[1] / both[0] >= 4.5, "{theme:?} {text:?} on {ground:?}");
            }
        }
    }
}
