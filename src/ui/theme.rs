//! How everything looks: spacing, state colors, number formats.

use egui::{Color32, RichText, Ui};

use crate::flow::tray::State;

/// How much of a result shows that is older than what is wanted.
pub const STALE_OPACITY: f32 = 0.6;

/// Sets up spacing and text for a dense tool, in both themes.
pub fn apply(context: &egui::Context) {
    context.all_styles_mut(|style| {
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
