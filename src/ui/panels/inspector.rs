//! The selected vessel and trip.

use egui::{RichText, Ui};

use crate::ui::deck::Deck;

/// Identity, times and figures of what is selected.
pub fn inspector(ui: &mut Ui, _: &mut Deck) {
    ui.label(RichText::new("Click a track, or a row of a table").weak());
}
