//! The status bar, and messages that stay until they are closed.

use egui::{ProgressBar, RichText, Ui};

use crate::base::text::{counted, grouped};
use crate::flow::tray::State;
use crate::ui::app::data_line;
use crate::ui::command::{Command, Message};
use crate::ui::deck::Deck;
use crate::ui::errand::Errands;
use crate::ui::map::MapPanel;
use crate::ui::theme;

/// Jobs with progress and cancel, faults, refused rows, and how much data there is.
pub fn status(ui: &mut Ui, deck: &mut Deck, map: &MapPanel, errands: &Errands) {
    let Deck { session, desk, commands, .. } = deck;
    ui.horizontal(|ui| {
        let mut is_idle = true;
        if let Some(long) = errands.long() {
            is_idle = false;
            let (done, total) = long.job.progress();
            let share = if total > 0 { (done as f32 / total as f32).min(1.0) } else { 0.0 };
            let text = format!("{} {:.0} %", long.title, 100.0 * share);
            ui.add(ProgressBar::new(share).desired_width(170.0).text(text));
            ui.label(RichText::new(format!("{} s", long.started.elapsed().as_secs())).weak());
            if ui.button("Cancel").on_hover_text(format!("Stop: {}", long.title)).clicked() {
                commands.ask(Command::CancelErrand);
            }
        }
        let shown = desk.ingest.shown();
        let is_nameless = shown.is_some_and(|shown| shown.value.fleet.names_nobody());
        for shelf in desk.shelves() {
            if shelf.name() == "trips" && is_nameless {
                continue; // Nothing is wrong: points without names have tracks in Associate.
            }
            if let Some((done, total, elapsed)) = shelf.progress() {
                is_idle = false;
                let share = if total > 0 { (done as f32 / total as f32).min(1.0) } else { 0.0 };
                let text = format!("{} {:.0} %", shelf.title(), 100.0 * share);
                ui.add(ProgressBar::new(share).desired_width(170.0).text(text));
                let left_s = elapsed.as_secs_f32() * (1.0 - share) / share.max(1e-3);
                if elapsed.as_secs() >= 2 && share > 0.02 {
                    ui.label(RichText::new(format!("about {left_s:.0} s left")).weak());
                }
                if ui.button("Cancel").on_hover_text(format!("Stop: {}", shelf.title())).clicked() {
                    commands.ask(Command::Cancel(shelf.name()));
                }
            }
            // That one ship has no predicted path at some moment is said where it is looked for.
            if shelf.state() == State::Fault && shelf.name() != "path" {
                is_idle = false;
                for fault in shelf.faults().iter().flat_map(|fault| fault.lines()).take(2) {
                    let text = format!("{}: {fault}", shelf.title());
                    ui.label(RichText::new(text).color(theme::fault_color(ui)))
                        .on_hover_text(shelf.faults().join("\n"));
                }
                if ui
                    .button("Try again")
                    .on_hover_text(format!("Run again: {}", shelf.title()))
                    .clicked()
                {
                    commands.ask(Command::Retry(shelf.name()));
                }
            }
        }
        if is_idle {
            ui.label(
                RichText::new(if session.sources.is_empty() {
                    "Open AIS files to begin"
                } else if is_nameless {
                    "Points without names: Associate gives them tracks"
                } else {
                    "Ready"
                })
                .weak(),
            );
        }
        if let Some(fault) = map.fault() {
            ui.label(RichText::new(fault).color(theme::warning_color(ui)));
        }
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(data_line(desk));
            if let Some(shown) = desk.trips.shown() {
                ui.label(
                    RichText::new(counted(shown.value.trips.trips.len() as u64, "trip")).weak(),
                );
            }
            if let Some(shown) = desk.ingest.shown() {
                let refused = shown.value.refused();
                if refused.total() > 0 {
                    let why: Vec<String> = refused
                        .iter()
                        .map(|(reason, n)| format!("{} × {}", grouped(n.n), reason.name()))
                        .collect();
                    ui.label(
                        RichText::new(format!("{} refused", counted(refused.total(), "row")))
                            .color(theme::warning_color(ui)),
                    )
                    .on_hover_text(why.join("\n"));
                }
            }
        });
    });
}

/// News and faults, each until it is closed.
pub fn messages(ui: &mut Ui, messages: &[Message], deck: &mut Deck) {
    egui::ScrollArea::vertical().max_height(120.0).show(ui, |ui| {
        let open = messages.iter().enumerate().filter(|(_, message)| !message.is_closed);
        for (place, message) in open {
            ui.push_id(place, |ui| {
                ui.horizontal_wrapped(|ui| {
                    if ui.small_button("Close").on_hover_text("Close this message").clicked() {
                        deck.ask(Command::Dismiss(place));
                    }
                    let color = if message.is_fault {
                        theme::fault_color(ui)
                    } else {
                        ui.visuals().text_color()
                    };
                    ui.label(RichText::new(&message.text).color(color));
                });
            });
        }
    });
}
