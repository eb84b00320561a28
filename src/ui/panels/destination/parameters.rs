//! The right panel: the list of ports, what makes a voyage, and what came of it.

use egui::{Button, CollapsingHeader, Label, RichText, ScrollArea, Ui};

use super::teller::teller_ui;
use super::{DestinationPanels, STALE_OPACITY, made_ui, refused, reported_ui};
use crate::base::text::{counted, grouped};
use crate::flow::stages::VoyagesOf;
use crate::flow::tray::{Shelf, State};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui, params_ui_where};
use crate::ui::panels::prepare::head;
use crate::ui::theme;

impl DestinationPanels {
    /// The right panel. `is_asking` says whether a dialog is open.
    pub fn parameters(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            list_ui(ui, deck, is_asking);
            ui.add_space(4.0);
            ui.separator();
            voyages_ui(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            map_ui(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            teller_ui(ui, deck, is_asking);
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("What makes a voyage"));
            let shown = deck.desk.voyages.shown();
            let effect = |name: &str| effect(shown.as_ref()?.value, name);
            params_ui(ui, "voyages", &mut deck.session.voyages, &effect);
        });
    }
}

/// The list of ports: which it is, what was wrong with it, and buttons for another.
pub fn list_ui(ui: &mut Ui, deck: &mut Deck, is_asking: bool) {
    let Deck { session, desk, commands, .. } = deck;
    head(ui, &desk.ports);
    if let Some(shown) = desk.ports.shown() {
        let of = shown.value;
        let with_code = of.table.ports().iter().filter(|port| port.locode.is_some()).count();
        ui.scope(|ui| {
            if shown.is_stale {
                ui.multiply_opacity(STALE_OPACITY);
            }
            let text = format!(
                "{}, {} with a UN/LOCODE",
                counted(of.table.len() as u64, "port"),
                grouped(with_code as u64)
            );
            ui.label(text);
            let from = match &of.file {
                Some(file) => {
                    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
                    format!("{name}, read as {}", of.kind)
                }
                None => "The bundled list: main ports of the World Port Index".into(),
            };
            ui.add(Label::new(RichText::new(from).weak()).wrap());
            if of.refused.total() > 0 {
                let text = format!("{} gave no port", counted(of.refused.total(), "row"));
                CollapsingHeader::new(text).id_salt("rows without a port").show(ui, |ui| {
                    for (reason, counted) in of.refused.iter() {
                        let label = ui.label(format!("{}: {}", reason.name(), grouped(counted.n)));
                        let first: Vec<String> = counted
                            .first
                            .iter()
                            .map(|place| format!("line {}: {}", place.line, place.text))
                            .collect();
                        if !first.is_empty() {
                            label.on_hover_text(first.join("\n"));
                        }
                    }
                });
            }
        });
    } else if desk.ports.state() == State::Fault {
        let text = "There are no ports: choose another list, or take the bundled one";
        ui.add(Label::new(RichText::new(text).weak()).wrap());
    }
    ui.horizontal_wrapped(|ui| {
        let choose = ui.add_enabled(!is_asking, Button::new("Choose a list…"));
        let help = "The World Port Index as CSV, a UN/LOCODE archive or part, or your own table with \
                    name, latitude and longitude";
        if choose.on_hover_text(help).clicked() {
            commands.ask(Command::AskForPorts);
        }
        if !session.ports.file.is_empty() && ui.button("Take the bundled list").clicked() {
            commands.ask(Command::UsePorts(None));
        }
    });
    if !session.ports.file.is_empty() {
        let stand = |name: &str| if name == "columns" { Stand::Live } else { Stand::Absent };
        params_ui_where(ui, "columns of ports", &mut session.ports, &|_| None, &stand);
    }
}

/// What came of the tracks.
fn voyages_ui(ui: &mut Ui, deck: &mut Deck) {
    let desk = deck.desk;
    head(ui, &desk.voyages);
    let before: [&dyn Shelf; 2] = [&desk.destinations, &desk.nests];
    for shelf in before.into_iter().filter(|shelf| shelf.state() == State::Fault) {
        head(ui, shelf);
    }
    let Some(shown) = desk.voyages.shown() else {
        let text = if deck.session.sources.is_empty() {
            "Voyages are cut out of reports: open a file, or made world voyages"
        } else {
            "No voyages yet"
        };
        ui.label(RichText::new(text).weak());
        return;
    };
    let of = shown.value;
    ui.scope(|ui| {
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(counted(of.found.voyages.len() as u64, "voyage")).strong());
            made_ui(ui, of.is_made);
        });
        for line in lines(of) {
            ui.add(Label::new(line).wrap());
        }
        if !of.found.refused.is_empty() {
            let n = counted(of.found.refused.len() as u64, "passage");
            ui.label(RichText::new(format!("{n} refused, by reason")).weak());
            refused::refused_ui(ui, &of.found);
        }
    });
    if of.typed.texts.is_empty() {
        ui.add(Label::new("No ship reported a destination: there are no static reports").wrap());
        reported_ui(ui, deck);
    }
    if ui.small_button("Export voyages…").clicked() {
        deck.ask(Command::AskToExport("voyages"));
    }
}

fn lines(of: &VoyagesOf) -> Vec<String> {
    let found = &of.found;
    let mut lines = vec![
        format!(
            "{} among {}, {} under way at the end",
            counted(of.visited().len() as u64, "port"),
            counted(of.fleet().vessels().len() as u64, "ship"),
            grouped(found.under_way.len() as u64)
        ),
        format!(
            "{} in port, {} at sea",
            counted(found.stays_in_port as u64, "stay"),
            counted(found.stops_at_sea as u64, "stop")
        ),
    ];
    if found.taken_out() > 0 {
        let n = counted(found.taken_out() as u64, "report");
        lines.push(format!("{n} taken out as errors of transmission"));
    }
    if found.stays_in_port == 0 {
        lines.push(
            "No ship lay still within a port's circle: are these the ports of these waters?".into(),
        );
    }
    lines
}

/// What a parameter did.
fn effect(of: &VoyagesOf, name: &str) -> Option<String> {
    use crate::destination::VoyageRefusal as Why;
    let refused = |why: Why| {
        let n = of.found.refused.iter().filter(|refused| refused.reason == why).count();
        format!("{} refused", grouped(n as u64))
    };
    Some(match name {
        "radius" | "docked_speed" | "docked_time" => counted(of.found.stays_in_port as u64, "stay"),
        "moving_speed" => refused(Why::NoAcceleration),
        "longest_stop" => refused(Why::StopAtSea),
        "longest_gap" => refused(Why::Gap),
        "require_reported" => refused(Why::OtherText),
        "refine" | "eps" | "least_steps" => format!("{} out", grouped(of.found.taken_out() as u64)),
        "least_confidence" | "name_score" => {
            let texts = &of.typed.texts;
            let n = texts.iter().filter(|typed| typed.annotation.best().is_some()).count();
            format!("{} of {} texts", grouped(n as u64), grouped(texts.len() as u64))
        }
        _ => return None,
    })
}

/// What the map shows of all this.
fn map_ui(ui: &mut Ui, deck: &mut Deck) {
    let map = &mut deck.session.map;
    ui.label(theme::title("On the map"));
    ui.horizontal_wrapped(|ui| {
        ui.checkbox(&mut map.ports, "Ports");
        ui.checkbox(&mut map.voyages, "Voyages").on_hover_text("In place of trips");
        ui.checkbox(&mut map.bound, "Likely ports");
    });
}
