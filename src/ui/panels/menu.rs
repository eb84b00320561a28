//! The menu bar.

use egui::{Button, MenuBar, Ui};

use crate::ui::command::{Command, Commands};

/// Everything that can be asked for, in menus. `undo` says whether there is something to take back
/// and to do again.
pub fn menu(
    ui: &mut Ui,
    commands: &mut Commands,
    undo: (bool, bool),
    is_asking: bool,
    has_sources: bool,
) {
    MenuBar::new().ui(ui, |ui| {
        let mut item =
            |ui: &mut Ui, is_on: bool, name: &str, shortcut: &str, command: fn() -> Command| {
                if ui.add_enabled(is_on, Button::new(name).shortcut_text(shortcut)).clicked() {
                    commands.ask(command());
                    ui.close();
                }
            };
        ui.menu_button("File", |ui| {
            item(ui, !is_asking, "Open files…", "Ctrl+O", || Command::AskForFiles);
            item(ui, !is_asking, "Open folder…", "", || Command::AskForFolder);
            item(ui, true, "Open made demo traffic", "", || Command::Demo);
            ui.separator();
            item(ui, has_sources, "Read sources again", "", || Command::Reload);
            item(ui, has_sources, "Close all sources", "", || Command::CloseAll);
            ui.separator();
            item(ui, !is_asking, "Save project", "Ctrl+S", || Command::Save);
            item(ui, !is_asking, "Save project as…", "Ctrl+Shift+S", || Command::AskToSave);
            ui.separator();
            item(ui, has_sources && !is_asking, "Export trips…", "", || {
                Command::AskToExport("trips")
            });
            item(ui, has_sources && !is_asking, "Export cleaned reports…", "", || {
                Command::AskToExport("clean")
            });
            item(ui, has_sources && !is_asking, "Export reports and refused rows…", "", || {
                Command::AskToExport("ingest")
            });
        });
        ui.menu_button("Edit", |ui| {
            item(ui, undo.0, "Undo", "Ctrl+Z", || Command::Undo);
            item(ui, undo.1, "Redo", "Ctrl+Shift+Z", || Command::Redo);
        });
        ui.menu_button("View", |ui| {
            item(ui, has_sources, "Fit to data", "", || Command::FitAll);
            item(ui, has_sources, "Fit to selection", "F", || Command::FitSelection);
            item(ui, true, "Clear selection", "Esc", || Command::Select(None));
            ui.separator();
            egui::widgets::global_theme_preference_buttons(ui);
        });
    });
}
