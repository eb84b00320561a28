//! Time across the bottom of the window.

use egui::Ui;

use crate::flow::{Desk, Jobs};
use crate::ui::deck::Deck;

/// What the timeline keeps between frames.
#[derive(Default)]
pub struct Timeline {}

impl Timeline {
    /// Counts the reports of new data, on a thread.
    pub fn update(&mut self, _: &Desk, _: &Jobs) {}

    /// Whether reports are being counted.
    pub fn is_busy(&self) -> bool {
        false
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label("");
    }
}
