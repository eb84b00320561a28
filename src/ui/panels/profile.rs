//! Speed and course along the selected trip.

use egui::{RichText, Ui};

use crate::ui::deck::Deck;

/// Plots over time.
pub fn profile(ui: &mut Ui, _: &mut Deck) {
    ui.label(RichText::new("Click a track, or a row of a table").weak());
}
