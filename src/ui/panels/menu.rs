//! The menu bar, and the tabs of the workspaces beside it.

use egui::{Align, Button, Layout as Flow, MenuBar, Ui};

use crate::ui::actions::{ACTIONS, Action, Menu, Status, keys_text};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::layout::{Layout, Pane, Workspace};

/// Every action in its menu, and the workspaces.
pub fn menu(ui: &mut Ui, deck: &mut Deck, status: Status, layout: &Layout) {
    MenuBar::new().ui(ui, |ui| {
        for menu in Menu::ALL {
            ui.menu_button(menu.title(), |ui| {
                let actions = ACTIONS.iter().filter(|action| action.menu == menu);
                let mut group = None;
                for action in actions.filter(|action| pane_of(action).is_none()) {
                    if group.replace(action.group).is_some_and(|before| before != action.group) {
                        ui.separator();
                    }
                    action_ui(ui, deck, status, action, None);
                }
                if menu == Menu::Window {
                    ui.separator();
                    panels_ui(ui, deck, status, layout);
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

fn action_ui(
    ui: &mut Ui,
    deck: &mut Deck,
    status: Status,
    action: &Action,
    is_chosen: Option<bool>,
) {
    let mut button = match is_chosen {
        Some(is_chosen) => Button::selectable(is_chosen, action.title),
        None => Button::new(action.title),
    };
    if let Some(keys) = &action.keys {
        button = button.shortcut_text(keys_text(keys));
    }
    if ui.add_enabled((action.is_on)(&status), button).clicked() {
        deck.ask((action.command)());
        ui.close();
    }
}

/// The panel that an action opens and closes.
fn pane_of(action: &Action) -> Option<Pane> {
    match (action.command)() {
        Command::Toggle(pane) => Some(pane),
        _ => None,
    }
}

/// All panels, by the workspace that they belong to: in one list they are more than a screen holds.
/// Those that are open are marked.
fn panels_ui(ui: &mut Ui, deck: &mut Deck, status: Status, layout: &Layout) {
    for workspace in Workspace::ALL {
        ui.menu_button(format!("{} panels", workspace.title()), |ui| {
            let of = |action: &&Action| pane_of(action).is_some_and(|pane| home(pane) == workspace);
            for action in ACTIONS.iter().filter(of) {
                let is_open = pane_of(action).map(|pane| layout.has(pane));
                action_ui(ui, deck, status, action, is_open);
            }
        });
    }
}

/// The first workspace whose arrangement has a panel; that of none, the first of all.
fn home(pane: Pane) -> Workspace {
    let mut all = Workspace::ALL.into_iter();
    all.find(|workspace| workspace.has(pane)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_menu_of_panels_is_taller_than_a_small_screen() {
        for workspace in Workspace::ALL {
            let n = Pane::ALL.iter().filter(|pane| home(**pane) == workspace).count();
            assert!((1..=16).contains(&n), "{n} panels of {}", workspace.title());
        }
    }
}
