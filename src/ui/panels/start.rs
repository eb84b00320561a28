//! What the window shows while there is nothing to show.

use std::path::{Path, PathBuf};

use egui::{Align2, Button, Frame, RichText, Ui};

use crate::ui::command::Command;
use crate::ui::deck::Deck;

/// Open, drop here, the demo, or what was opened last.
pub fn start(ui: &mut Ui, deck: &mut Deck, is_asking: bool, recent: &[PathBuf]) {
    let rect = ui.max_rect();
    egui::Area::new(egui::Id::unique("start"))
        .pivot(Align2::CENTER_CENTER)
        .constrain_to(rect)
        .fixed_pos(rect.center())
        .show(ui.ctx(), |ui| {
            Frame::window(ui.style()).inner_margin(24.0).show(ui, |ui| {
                ui.set_max_width(420.0);
                ui.vertical_centered(|ui| {
                    ui.label(RichText::new("Fairway").size(26.0).strong());
                    ui.label("A workbench for ship traffic");
                    ui.add_space(12.0);
                    let wide = egui::vec2(260.0, 30.0);
                    let button = |title: &str| Button::new(title).min_size(wide);
                    if ui.add_enabled(!is_asking, button("Open AIS files…")).clicked() {
                        deck.ask(Command::AskForFiles);
                    }
                    if ui.add_enabled(!is_asking, button("Open a folder…")).clicked() {
                        deck.ask(Command::AskForFolder);
                    }
                    if ui.add(button("Open made demo traffic")).clicked() {
                        deck.ask(Command::Demo);
                    }
                    ui.add_space(12.0);
                    ui.label(RichText::new("or drop files here").weak());
                    ui.label(
                        RichText::new("CSV of any kind, NMEA, Parquet; also .gz and .zst").weak(),
                    );
                    if !recent.is_empty() {
                        ui.add_space(12.0);
                        ui.label(RichText::new("Opened last").strong());
                        recent.iter().take(6).for_each(|path| recent_ui(ui, deck, path));
                    }
                });
            });
        });
}

fn recent_ui(ui: &mut Ui, deck: &mut Deck, path: &Path) {
    let name =
        path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy());
    let link = ui.link(name.as_ref()).on_hover_text(path.display().to_string());
    if link.clicked() {
        deck.ask(Command::Open(vec![path.to_owned()]));
    }
}
