//! Who tells where ships are bound: counts of earlier voyages, or a network that is trained here.

use egui::{Button, CollapsingHeader, Label, RichText, Ui};

use super::progress_ui;
use crate::base::text::{counted, grouped};
use crate::flow::bound::TellerChoice;
use crate::flow::stages::DestinationFitOf;
use crate::flow::tray::{Shelf as _, State};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::panels::prepare::head;
use crate::ui::plot::axis::significant;
use crate::ui::theme;

/// The stage of the network.
const FIT: &str = "destination-fit";

/// Fields of the settings that are not the network's: of the grid, of what is held out, and of files.
const OF_VOYAGES: [&str; 9] = [
    "cell",
    "messages",
    "messages_most",
    "steps_most",
    "split",
    "test_share",
    "validation_share",
    "split_seed",
    "routes",
];

/// Who tells, and the network's training.
pub fn teller_ui(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    ui.label(theme::title("Who tells"));
    let by = &mut deck.session.destination.by;
    ui.radio_value(by, TellerChoice::Routes, "Routes of earlier voyages")
        .on_hover_text("Where ships went on from the same waters: counted, at once");
    ui.radio_value(by, TellerChoice::Network, "A network")
        .on_hover_text("WAY, or another of the models that are compared: trained, or loaded");
    if *by == TellerChoice::Network {
        network_ui(ui, deck, is_asking);
    }
    CollapsingHeader::new("Cells of the grid, and what is held out").show(ui, |ui| {
        let stand = |name: &str| {
            if OF_VOYAGES.contains(&name) { Stand::Live } else { Stand::Absent }
        };
        let settings = &mut deck.session.destination;
        params_ui_where(ui, "grid", settings, &|_| None, &stand);
    });
}

fn network_ui(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    let Deck { session, desk, commands, .. } = deck;
    let shelf = &desk.destination_fit;
    head(ui, shelf);
    let so_far = shelf.so_far();
    ui.horizontal_wrapped(|ui| {
        if shelf.progress().is_some() {
            if ui.button("Stop training").on_hover_text("Give the training up").clicked() {
                commands.ask(Command::Cancel(FIT));
            }
            if let Some(of) = &so_far {
                let watch = &of.watch;
                let text = if watch.is_paused() { "Go on" } else { "Pause" };
                if ui.button(text).clicked() {
                    watch.pause(!watch.is_paused());
                }
                let end = ui.button("End and keep");
                if end.on_hover_text("End the training with what it has learned").clicked() {
                    watch.pause(false);
                    watch.end();
                }
            }
            progress_ui(ui, shelf);
            return;
        }
        let is_loaded = !session.destination.model.is_empty();
        let has_voyages = desk.voyages.shown().is_some();
        let text = if is_loaded { "Train instead" } else { "Train" };
        let train = ui.add_enabled(has_voyages, Button::new(text));
        if train.on_hover_text("Learn from all voyages, in the background").clicked() {
            session.destination.model.clear();
            commands.ask(Command::UseTeller(None));
        }
        let load = ui.add_enabled(!is_asking, Button::new("Load…"));
        if load.on_hover_text("Take a network that was saved: a folder").clicked() {
            commands.ask(Command::AskForTeller);
        }
        let save = ui.add_enabled(!is_asking && shelf.shown().is_some(), Button::new("Save…"));
        if save.on_hover_text("Write the network into a folder").clicked() {
            commands.ask(Command::AskToExport(FIT));
        }
    });
    let shown = shelf.shown();
    let of = so_far.as_deref().or(shown.as_ref().map(|shown| shown.value.as_ref()));
    match of {
        Some(of) => {
            for line in lines(of) {
                ui.add(Label::new(line).wrap());
            }
        }
        None if shelf.state() != State::Fault => {
            let text = "No network is trained yet: until then nothing is told. Training takes \
                        minutes to hours; its curves stand in the workspace Models";
            ui.add(Label::new(RichText::new(text).weak()).wrap());
        }
        None => (),
    }
    if shown.is_some_and(|shown| shown.is_stale) && shelf.progress().is_none() {
        let text = "Out of date: trained on other voyages or with other settings";
        ui.label(RichText::new(text).color(theme::warning_color(ui)));
    }
    if session.destination.model.is_empty() {
        CollapsingHeader::new("Network and training").show(ui, |ui| {
            let is_elsewhere = |name: &str| {
                matches!(name, "models" | "by" | "model") || OF_VOYAGES.contains(&name)
            };
            let stand = |name: &str| if is_elsewhere(name) { Stand::Absent } else { Stand::Live };
            params_ui_where(ui, "network", &mut session.destination, &|_| None, &stand);
        });
    }
}

/// What is known of a network.
fn lines(of: &DestinationFitOf) -> Vec<String> {
    let curves = of.curves();
    let mut lines = Vec::new();
    if let Some(folder) = &of.folder {
        lines.push(format!("Read from {}", folder.display()));
    }
    if let Some(model) = &of.model {
        lines.push(format!(
            "{}, {}",
            counted(model.parameters() as u64, "parameter"),
            counted(model.classes().len() as u64, "port")
        ));
    }
    if !of.learned.is_empty() {
        lines.push(format!("Learned from {}", counted(of.learned.len() as u64, "voyage")));
    }
    if let Some(last) = curves.epochs.last() {
        let validation = last
            .validation
            .map_or(String::new(), |loss| format!(", held out {}", significant(loss, 3)));
        lines.push(format!(
            "Epoch {} of {}: loss {}{validation}",
            grouped(last.epoch as u64 + 1),
            grouped(curves.most_epochs as u64),
            significant(last.loss, 3)
        ));
    }
    lines
}
