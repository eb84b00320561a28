//! Which trips are looked at.

use egui::{RichText, Ui};

use crate::ui::deck::Deck;

/// By type, name, area, time and speed.
pub fn filters(ui: &mut Ui, _: &mut Deck) {
    ui.label(RichText::new("No filters").weak());
}
