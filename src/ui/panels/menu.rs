//! The menu bar, and the tabs of the workspaces beside it.

use egui::{Align, Button, Layout as Flow, MenuBar, Ui};

use crate::ui::actions::{ACTIONS, Menu, Status, keys_text};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::layout::{Layout, Workspace};

/// Every action in its menu, and the workspaces.
pub fn menu(ui: &mut Ui, deck: &mut Deck, status: Status, layout: &Layout) {
    MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            ui.menu_button(menu.title(), |ui| {
                let mut group = None;
                for action in ACTIONS.iter().filter(|action| action.menu == menu) {
                    if group.replace(action.group).is_some_and(|before| before != action.group) {
                        ui.separator();
                    }
                    let mut button = Button::new(action.title);
                    if let Some(keys) = &action.keys {
                        button = button.shortcut_text(keys_text(keys));
                    }
                    if ui.add_enabled((action.is_on)(&status), button).clicked() {
                        deck.ask((action.command)());
                        ui.close();
                    }
                }
            });
        }
        ui.separator();
        for workspace in Workspace::ALL {
            let is_in_use = layout.workspace == workspace;
            if ui.selectable_label(is_in_use, workspace.title()).clicked() {
                deck.ask(Command::Enter(workspace));
            }
        }
        ui.with_layout(Flow::right_to_left(Align::Center), |ui| {
            let search = Button::new("Search commands…").shortcut_text("Ctrl+P");
            if ui.add(search).clicked() {
                deck.ask(Command::OpenPalette);
            }
            let report =
                ui.add_enabled(status.has_trips && !status.is_asking, Button::new("Report…"));
            let help = "Write maps, plots, tables and parameters of what is shown as one page";
            if report.on_hover_text(help).clicked() {
                deck.ask(Command::AskForReport);
            }
        });
    });
}
