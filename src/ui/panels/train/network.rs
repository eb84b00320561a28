//! Which model is trained, how large it is, where it is reckoned, and how.

use egui::{ComboBox, RichText, ScrollArea, Ui};

use super::buttons::buttons_ui;
use crate::flow::tray::State;
use crate::learn::Place;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::panels::prepare::head;
use crate::ui::theme;
use crate::ui::training::MODELS;

/// The right panel of training. `is_asking` says whether a dialog is open.
pub fn network(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.add_space(4.0);
        let mut chosen = deck.training.chosen();
        let combo = ComboBox::from_id_salt("model").width(ui.available_width() - 8.0);
        let combo = combo.selected_text(MODELS[chosen].title()).show_ui(ui, |ui| {
            for (place, model) in MODELS.iter().enumerate() {
                ui.selectable_value(&mut chosen, place, model.title()).on_hover_text(model.about());
            }
        });
        combo.response.on_hover_text("Which model is trained");
        deck.training.choose(chosen);
        let (model, desk) = (MODELS[chosen], deck.desk);
        ui.label(RichText::new(model.about()).weak());
        if deck.session.sources.is_empty() {
            ui.label("Models learn from trips: open a file, or the demo.");
            if ui.button("Open the demo").on_hover_text("A made sea with known routes").clicked() {
                deck.ask(Command::Demo);
            }
            return;
        }
        ui.add_space(4.0);
        head(ui, model.shelf(desk));
        if !matches!(model.input(desk).state(), State::Fresh) {
            head(ui, model.input(desk)); // What is waited for.
        }
        buttons_ui(ui, deck, chosen, is_asking);
        let shown = model.shown(desk);
        if shown.is_some_and(|(_, is_set)| !is_set) && model.shelf(desk).progress().is_none() {
            let text = "Out of date: trained on other trips or with other settings";
            ui.label(RichText::new(text).color(theme::warning_color(ui)));
        }
        ui.add_space(6.0);
        ui.label(theme::title("Size"));
        for line in model.size(deck.session, desk) {
            ui.label(line);
        }
        if let Some(choice) = model.device(deck.session) {
            ui.add_space(6.0);
            ui.label(theme::title("Device"));
            match Place::known(choice) {
                Some(place) => {
                    ui.label(place.name());
                    ui.add(egui::Label::new(RichText::new(place.why()).weak()).wrap());
                }
                None => drop(ui.label(RichText::new("Looking for a GPU").weak())),
            }
        }
        ui.add_space(6.0);
        ui.separator();
        model.settings_ui(ui, deck.session);
    });
}
