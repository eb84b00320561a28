//! How models do: destinations by model, arrivals by the time to go. What takes long waits for its
//! button.

use std::sync::Arc;

use egui::{Button, Grid, RichText, ScrollArea, Ui};

use super::score_plots::{bands_ui, quarters_ui, reliability_ui};
use super::score_table::{Row, table_ui};
use super::{DestinationPanels, STALE_OPACITY, made_ui, progress_ui};
use crate::base::params::Choice as _;
use crate::base::text::{counted, grouped};
use crate::destination::eta::EtaBand;
use crate::flow::bound::{DestinationSettings, Rival, SplitBy};
use crate::flow::stages::{DestinationRow, DestinationScoresOf, EtaScoresOf};
use crate::flow::tray::Shelf;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::theme;

impl DestinationPanels {
    /// How models do at naming the port, as a table and as plots; rows as they come.
    pub fn destination_scores(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let shelf = &deck.desk.destination_scores;
        let so_far = shelf.so_far();
        let shown = shelf.shown();
        let is_old = shown.as_ref().is_some_and(|shown| shown.is_stale) && so_far.is_none();
        let of = so_far.or_else(|| shown.map(|shown| Arc::clone(shown.value)));
        self.score_bar_ui(ui, deck, of.as_deref(), is_old);
        let Some(of) = of else {
            ui.label(RichText::new(missing_text(deck)).weak());
            return;
        };
        let split = if self.shows_by_vessel { SplitBy::Vessel } else { SplitBy::Voyage };
        let has = |split: SplitBy| of.rows.iter().any(|row| row.split == split);
        let split = if has(split) { split } else { of.splits.last().map_or(split, |s| s.split) };
        let rows: Vec<Row> = of.rows.iter().filter(|row| row.split == split).map(row_of).collect();
        if is_old {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let area = ui.available_rect_before_wrap();
        // Plots beneath the table where there is room, else beside it.
        let is_wide = area.width() > 1000.0;
        let (table, plots) = if is_wide {
            area.split_left_right_at_fraction(0.55)
        } else {
            area.split_top_bottom_at_fraction(0.42)
        };
        ui.scope_builder(egui::UiBuilder::new().max_rect(table.shrink(2.0)), |ui| {
            table_ui(ui, &rows, is_old);
        });
        ui.scope_builder(egui::UiBuilder::new().max_rect(plots.shrink(2.0)), |ui| {
            ui.columns(2, |columns| {
                quarters_ui(&mut columns[0], &rows);
                reliability_ui(&mut columns[1], &rows);
            });
        });
    }

    fn score_bar_ui(
        &mut self,
        ui: &mut Ui,
        deck: &mut Deck,
        of: Option<&DestinationScoresOf>,
        is_old: bool,
    ) {
        let shelf = &deck.desk.destination_scores;
        ui.horizontal_wrapped(|ui| {
            let name = "destination-scores";
            if shelf.progress().is_some() {
                if ui.button("Stop").on_hover_text("Rows that are done stay").clicked() {
                    deck.ask(Command::Cancel(name));
                }
                progress_ui(ui, &deck.desk.destination_scores);
            } else {
                let is_ready = deck.desk.voyages.shown().is_some();
                let button = ui.add_enabled(is_ready, Button::new("Train and evaluate"));
                let help = "Each model learns from most of the voyages and is scored on the others";
                let button = button.on_hover_text(help);
                if button.on_disabled_hover_text("There are no voyages yet").clicked() {
                    deck.ask(Command::Retry(name));
                }
            }
            ui.menu_button("Models", |ui| models_ui(ui, &mut deck.session.destination));
            let Some(of) = of else { return };
            made_ui(ui, of.nests.voyages.is_made);
            if of.splits.len() > 1 {
                ui.selectable_value(&mut self.shows_by_vessel, false, "New voyages")
                    .on_hover_text("No voyage that is scored was learned from");
                ui.selectable_value(&mut self.shows_by_vessel, true, "New ships")
                    .on_hover_text("No voyage of a ship that is scored was learned from");
            }
            let split = usize::from(self.shows_by_vessel).min(of.splits.len().saturating_sub(1));
            if let Some(split) = of.splits.get(split) {
                let [train, stop, test] = split.voyages.map(|n| grouped(n as u64));
                let ports = counted(split.ports as u64, "port");
                let text = format!("{test} voyages scored, {train} learned from, {ports}");
                ui.label(RichText::new(text).weak())
                    .on_hover_text(format!("{stop} say when to stop learning"));
            }
            if is_old {
                let text = "Out of date: of other voyages or settings";
                ui.label(RichText::new(text).color(theme::warning_color(ui)));
            }
            if ui.small_button("Export…").clicked() {
                deck.ask(Command::AskToExport("destination-scores"));
            }
        });
        for fault in deck.desk.destination_scores.faults() {
            ui.label(RichText::new(fault).color(theme::fault_color(ui)));
        }
    }

    /// How far off arrival times are, of files of voyages on one way.
    pub fn eta_scores(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
        let desk = deck.desk;
        eta_bar_ui(ui, deck, is_asking);
        let shelf = &desk.eta_scores;
        let so_far = shelf.so_far();
        let is_old = shelf.shown().is_some_and(|shown| shown.is_stale) && so_far.is_none();
        let of = so_far.or_else(|| shelf.shown().map(|shown| Arc::clone(shown.value)));
        let Some(of) = of else {
            if shelf.progress().is_some() {
                return;
            }
            if let Some(fit) = desk.eta_fit.shown() {
                for way in &fit.value.ways {
                    ui.label(format!(
                        "Learned from {}: {} of {}",
                        way.name,
                        counted(way.reports as u64, "report"),
                        counted(way.trips as u64, "voyage")
                    ));
                }
            }
            let text = if deck.session.eta.train.is_empty() && deck.session.eta.model.is_empty() {
                "Arrivals on one way are learned from files of voyages with the minutes that \
                 remained at each report, such as Kiel to Gdynia. Choose one"
            } else {
                "Press Evaluate: voyages are put into parts, each foretold by what the others teach"
            };
            ui.label(RichText::new(text).weak());
            return;
        };
        if is_old {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let (table, plot) = ui.available_rect_before_wrap().split_left_right_at_fraction(0.55);
        ui.scope_builder(egui::UiBuilder::new().max_rect(table.shrink(2.0)), |ui| {
            eta_table_ui(ui, &of);
        });
        ui.scope_builder(egui::UiBuilder::new().max_rect(plot.shrink(2.0)), |ui| {
            let bands: Vec<(String, &[EtaBand])> = of
                .ways
                .iter()
                .map(|way| (way.name.clone(), way.scores.by_remaining.as_slice()))
                .collect();
            bands_ui(ui, &bands);
        });
    }
}

/// Which models are scored.
fn models_ui(ui: &mut Ui, settings: &mut DestinationSettings) {
    ui.set_min_width(200.0);
    let chosen = settings.rivals().unwrap_or_default();
    let mut names: Vec<&str> = Vec::new();
    let mut is_other = false;
    for (name, rival) in Rival::CASES {
        let mut is_in = chosen.contains(rival);
        is_other |= ui.checkbox(&mut is_in, title_of(name)).changed();
        if is_in {
            names.push(name);
        }
    }
    if is_other {
        settings.models = names.join(" ");
    }
    let text = "Networks are trained anew for each row: minutes to hours";
    ui.label(RichText::new(text).weak());
}

/// Why there are no scores yet.
fn missing_text(deck: &Deck) -> &'static str {
    match deck.desk.voyages.shown() {
        None => "Models are scored on voyages: there are none yet",
        Some(shown) if shown.value.found.voyages.is_empty() => {
            "Models are scored on voyages, and none was found: the tab Voyages says why"
        }
        Some(_) => {
            "Nothing is scored yet. Each model is scored on voyages that it never saw, beside two \
             guesses that none should lose to"
        }
    }
}

fn row_of(row: &DestinationRow) -> Row {
    Row {
        model: title_of(&row.model),
        parameters: Some(row.parameters).filter(|n| *n > 0),
        scores: Some(row.scores.clone()),
        seconds_per_epoch: row.seconds_per_epoch,
        fault: None,
    }
}

/// What a model is called where there is room for capitals.
fn title_of(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    match words.as_str() {
        "way" => return "WAY".into(),
        "way gd" => return "WAY, gradient dropout".into(),
        "lstm" | "gru" => return words.to_uppercase(),
        "lstm attention" => return "LSTM with attention".into(),
        "gru attention" => return "GRU with attention".into(),
        "traisformer" => return "TrAISformer".into(),
        _ => (),
    }
    if let Some(part) = words.strip_prefix("way no ") {
        return format!("WAY without {part}");
    }
    if let Some(part) = words.strip_prefix("way ") {
        return format!("WAY by {part}");
    }
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn eta_bar_ui(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    let (fit, scores) = (&deck.desk.eta_fit, &deck.desk.eta_scores);
    ui.horizontal_wrapped(|ui| {
        if fit.progress().is_some() || scores.progress().is_some() {
            if ui.button("Stop").clicked() {
                deck.ask(Command::Cancel("eta-fit"));
                deck.ask(Command::Cancel("eta-scores"));
            }
            progress_ui(ui, fit);
            progress_ui(ui, scores);
        } else {
            let settings = &deck.session.eta;
            let is_ready = !settings.train.is_empty() || !settings.model.is_empty();
            let train = ui.add_enabled(is_ready, Button::new("Train"));
            if train.on_hover_text("Fit an estimator to each file of voyages").clicked() {
                deck.ask(Command::Retry("eta-fit"));
            }
            let evaluate = ui.add_enabled(is_ready, Button::new("Evaluate"));
            let help = "Score arrivals: on other files, or by parts of the same";
            if evaluate.on_hover_text(help).clicked() {
                if fit.shown().is_none_or(|shown| shown.is_stale) {
                    deck.ask(Command::Retry("eta-fit"));
                }
                deck.ask(Command::Retry("eta-scores"));
            }
        }
        for (is_test, title, names) in [
            (false, "Learn from…", &deck.session.eta.train),
            (true, "Score on…", &deck.session.eta.test),
        ] {
            let button = ui.add_enabled(!is_asking, Button::new(title));
            let help = "CSV files of voyages on one way each";
            let files: Vec<&str> = names
                .split(';')
                .map(|name| name.rsplit(['/', '\\']).next().unwrap_or(name))
                .collect();
            let is_clicked = button.on_hover_text(help).clicked();
            let text = match files.join(", ") {
                text if text.is_empty() && is_test => "the same, by parts".into(),
                text if text.is_empty() => "no file".into(),
                text => text,
            };
            ui.label(RichText::new(text).weak());
            if is_clicked {
                deck.commands.ask(Command::AskForSailings(is_test));
            }
        }
        if deck.desk.eta_scores.shown().is_some() && ui.small_button("Export…").clicked() {
            deck.ask(Command::AskToExport("eta-scores"));
        }
        ui.menu_button("Settings", |ui| {
            ui.set_min_width(280.0);
            let stand = |name: &str| match name {
                "train" | "test" => Stand::Absent,
                _ => Stand::Live,
            };
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                params_ui_where(ui, "eta", &mut deck.session.eta, &|_| None, &stand);
            });
        });
    });
    for fault in deck.desk.eta_fit.faults().iter().chain(deck.desk.eta_scores.faults()) {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
}

/// A row a way.
fn eta_table_ui(ui: &mut Ui, of: &EtaScoresOf) {
    let how = match of.folds {
        Some(folds) => format!("Scored by {folds} parts: no voyage is foretold by itself"),
        None => "Scored on other files".into(),
    };
    ui.label(RichText::new(how).weak());
    ScrollArea::both().id_salt("ways").auto_shrink([false, false]).show(ui, |ui| {
        Grid::new("ways").striped(true).spacing([14.0, 2.0]).show(ui, |ui| {
            let heads = [
                ("Way", "The file of voyages"),
                ("Mean error min", "Mean absolute error of the arrival, minutes"),
                ("RMS min", "Root of the mean squared error, minutes"),
                ("Distance by speed", "The same error, had distance been divided by speed, minutes"),
                ("Inside %", "Share of the arrivals within the interval that is given"),
                ("Twins together", "Mean error where a voyage that the file has under two numbers stays in one part, minutes"),
                ("Reports", "How many were foretold"),
                ("Voyages", "How many they are of"),
            ];
            for (head, help) in heads {
                ui.label(RichText::new(head).weak()).on_hover_text(help);
            }
            ui.end_row();
            for way in &of.ways {
                let scores = &way.scores;
                let short = way.name.split('.').next().unwrap_or_default().replace('_', " ");
                ui.label(RichText::new(short).strong()).on_hover_text(&way.name);
                let together = way.together.as_ref().map_or(f64::NAN, |scores| scores.mae_min);
                for value in [scores.mae_min, scores.rmse_min, scores.naive_mae_min] {
                    number_ui(ui, value, 2);
                }
                number_ui(ui, 100.0 * scores.covered, 1);
                number_ui(ui, together, 2);
                ui.label(grouped(scores.n as u64));
                ui.label(grouped(scores.trips as u64));
                ui.end_row();
            }
        });
    });
}

fn number_ui(ui: &mut Ui, value: f64, decimals: usize) {
    ui.label(if value.is_nan() { "–".into() } else { format!("{value:.decimals$}") });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_have_their_names_as_they_are_written() {
        for (name, title) in [
            ("way", "WAY"),
            ("most-frequent", "Most frequent"),
            ("lstm-attention", "LSTM with attention"),
            ("gru", "GRU"),
            ("way-no-local", "WAY without local"),
            ("way-concatenation", "WAY by concatenation"),
        ] {
            assert_eq!(title_of(name), title);
        }
    }
}
