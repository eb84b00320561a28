//! The panels of watching: encounters of ships, those to come, and what is odd.

use egui::{RichText, Ui};

use crate::ui::deck::Deck;

/// What the panels of watching keep between frames.
#[derive(Default)]
pub struct WatchPanels {}

impl WatchPanels {
    /// What counts as an encounter, and what was found.
    pub fn encounters(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label(RichText::new("Encounters need trips").weak());
    }

    /// The encounters that were found.
    pub fn encounter_list(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label(RichText::new("Encounters need trips").weak());
    }

    /// Encounters by hour and kind, and the distance over time in one.
    pub fn encounter_plots(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label(RichText::new("Encounters need trips").weak());
    }

    /// The encounters that are to come.
    pub fn ahead(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label(RichText::new("Encounters need trips").weak());
    }

    /// What counts as odd, and what was found.
    pub fn oddities(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label(RichText::new("Oddities need trips").weak());
    }

    /// The oddities that were found.
    pub fn oddity_list(&mut self, ui: &mut Ui, _: &mut Deck) {
        ui.label(RichText::new("Oddities need trips").weak());
    }
}
