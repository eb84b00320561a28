//! Gates: their list, how crossings are counted, and what came of the one that is looked at.

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};

use super::counts::counts_ui;
use super::lateral::lateral_ui;
use super::list::{Edit, Row, list_ui};
use super::name_field::new_name;
use super::{STALE_OPACITY, WaterPanels, lack_ui, watched_ui, work_ui};
use crate::base::geo::{Position, destination};
use crate::base::text::grouped;
use crate::flow::stages::{GateOf, GatesOf};
use crate::flow::tray::Shelf as _;
use crate::flow::watching::{GateLine, GateSettings};
use crate::flow::{Key, Session};
use crate::ui::command::{Command, GoTo};
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::layout::Pane;
use crate::ui::map::{Tool, area_color};
use crate::ui::panels::prepare::head;
use crate::ui::theme;
use crate::ui::water_view::{Direction, across, compass, directions};
use crate::watch::gates::Side;

/// How much of the way of a crossing is shown around it: meters to each side.
const AROUND_M: f64 = 2500.0;

/// And of time, before and after it, milliseconds.
const AROUND_MS: i64 = 15 * 60_000;

/// Adds a gate to the session. Gives its place in the list; nothing is added where the text of the
/// gates is half typed and cannot be read.
pub fn add_gate(session: &mut Session, name: Option<&str>, points: Vec<Position>) -> Option<usize> {
    let mut lines = session.gates.read().ok()?;
    let names: Vec<String> = lines.iter().map(|line| line.name.clone()).collect();
    let name = match name {
        Some(name) if names.iter().all(|other| other != name) => name.to_owned(),
        Some(name) => new_name(name, names.iter().map(String::as_str)),
        None => new_name("Gate", names.iter().map(String::as_str)),
    };
    lines.push(GateLine { name, points });
    session.gates.write(&lines);
    session.map.gates = true;
    Some(lines.len() - 1)
}

/// What the gates' ends are called: both directions across.
fn directions_of(line: &GateLine, is_dark: bool) -> Option<[Direction; 2]> {
    Some(directions([*line.points.first()?, *line.points.last()?], is_dark))
}

/// Where the last point of a gate lies from its first, in words.
fn toward(line: &GateLine) -> &'static str {
    match (line.points.first(), line.points.last()) {
        (Some(first), Some(last)) => compass(crate::base::geo::bearing_deg(*first, *last)),
        _ => "its end",
    }
}

/// The gate that is looked at, in a result; says why there is none.
fn gate_ui(ui: &mut Ui, deck: &Deck) -> Option<(Key, Arc<GatesOf>, usize)> {
    let lines = deck.session.gates.read().unwrap_or_default();
    if lines.is_empty() {
        let text = "There is no gate: draw one across a lane (panel Gates)";
        ui.label(RichText::new(text).weak());
        return None;
    }
    let place = deck.water.gate.min(lines.len() - 1);
    let Some(shown) = deck.desk.gates.shown() else {
        lack_ui(ui, deck);
        deck.desk.gates.faults().iter().for_each(|fault| {
            ui.label(RichText::new(fault).color(theme::fault_color(ui)));
        });
        return None;
    };
    if shown.is_stale {
        ui.multiply_opacity(STALE_OPACITY);
    }
    let of = shown.value.gates.get(place)?;
    match &of.gate {
        Ok(gate) if gate.crossings.is_empty() => {
            ui.label(RichText::new(&of.line.name).strong());
            lack_ui(ui, deck);
            let unsure = if gate.unsure > 0 {
                format!(". {} changed sides in a silence", grouped(gate.unsure as u64))
            } else {
                String::new()
            };
            ui.label(format!("Nobody crossed this gate{unsure}"));
            None
        }
        Ok(_) => Some((shown.key, Arc::clone(shown.value), place)),
        Err(fault) => {
            let text = format!("{}: {fault}", of.line.name);
            ui.label(RichText::new(text).color(theme::fault_color(ui)));
            None
        }
    }
}

/// What came of a gate, line by line.
fn lines_of(of: &GateOf, is_dark: bool) -> (Vec<String>, Option<String>) {
    let gate = match &of.gate {
        Ok(gate) => gate,
        Err(fault) => return (Vec::new(), Some(fault.clone())),
    };
    let Some(directions) = directions_of(&of.line, is_dark) else { return (Vec::new(), None) };
    let of_flow = |which: usize| {
        let flow = &gate.flows[which];
        let speed = flow.sog_kn.map_or(String::new(), |sog| format!(", {:.1} kn", sog.median));
        format!("{} {}{speed}", grouped(flow.crossings as u64), directions[which].name)
    };
    let mut lines = vec![of_flow(0), of_flow(1)];
    let unsure = match gate.unsure {
        0 => String::new(),
        n => format!(", {} unsure", grouped(n as u64)),
    };
    lines.push(format!("{} m long{unsure}", grouped(gate.length_m.round() as u64)));
    (lines, None)
}

impl WaterPanels {
    /// The right panel: the gates, and how crossings are counted.
    pub fn gates(&mut self, ui: &mut Ui, deck: &mut Deck) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            head(ui, &deck.desk.gates);
            work_ui(ui, deck.commands, &deck.desk.gates);
            lack_ui(ui, deck);
            ui.horizontal_wrapped(|ui| {
                let draw = ui.button("Draw a gate");
                if draw.on_hover_text("Click both ends on the map (G); Esc gives up").clicked() {
                    deck.ask(Command::TakeUp(Tool::Gate(None)));
                }
                lanes_ui(ui, deck);
                let is_there = deck.desk.gates.shown().is_some();
                let export = ui.add_enabled(is_there, egui::Button::new("Export…").small());
                if export.on_hover_text("Crossings and lateral distribution as tables (CSV), lines and places (GeoJSON)").clicked() {
                    deck.ask(Command::AskToExport("gates"));
                }
            });
            self.list(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            watched_ui(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("How crossings are counted"));
            let stand = |name: &str| if name == "lines" { Stand::Absent } else { Stand::Live };
            let unsure = deck.desk.gates.shown().map(|shown| {
                let of = shown.value.gates.iter().filter_map(|of| of.gate.as_ref().ok());
                of.map(|gate| gate.unsure).sum::<usize>()
            });
            let effect = |name: &str| match name {
                "silence" => unsure.map(|n| format!("{} unsure", grouped(n as u64))),
                _ => None,
            };
            params_ui_where(ui, "gates", &mut deck.session.gates, &effect, &stand);
        });
    }

    fn list(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let is_dark = ui.visuals().dark_mode;
        let mut lines = match deck.session.gates.read() {
            Ok(lines) => lines,
            Err(fault) => {
                unreadable_ui(ui, &mut deck.session.gates, &fault);
                return;
            }
        };
        if lines.is_empty() {
            let text = "No gate yet. A gate is a line across a lane: who crosses it is counted by \
                        direction, type, size, speed and time";
            ui.add(egui::Label::new(RichText::new(text).weak()).wrap());
            return;
        }
        deck.water.gate = deck.water.gate.min(lines.len() - 1);
        let selected = theme::selection_color(ui);
        let shown = deck.desk.gates.shown();
        let row = |(place, line): (usize, &GateLine)| {
            let of = shown.as_ref().and_then(|shown| shown.value.gates.get(place));
            let of = of.filter(|of| of.line.points == line.points);
            let (lines, fault) = of.map_or((Vec::new(), None), |of| lines_of(of, is_dark));
            let color = if place == deck.water.gate { selected } else { area_color(is_dark) };
            Row { name: line.name.clone(), lines, fault, color }
        };
        let rows: Vec<Row> = lines.iter().enumerate().map(row).collect();
        let edit = list_ui(ui, "gate", &rows, deck.water.gate, &mut self.gate_name, |_, _| ());
        match edit {
            None => (),
            Some(Edit::Select(place)) => deck.water.look_at_gate(place),
            Some(Edit::Fit(place)) => {
                deck.water.look_at_gate(place);
                deck.ask(Command::FitPlaces(lines[place].points.clone()));
            }
            Some(Edit::Rename(place, name)) => {
                lines[place].name = name;
                deck.session.gates.write(&lines);
            }
            Some(Edit::Delete(place)) => {
                lines.remove(place);
                deck.session.gates.write(&lines);
                deck.water.look_at_gate(place.saturating_sub(1));
            }
        }
    }

    /// How crossings lie along the gate that is looked at.
    pub fn lateral(ui: &mut Ui, deck: &mut Deck) {
        let Some((_, of, place)) = gate_ui(ui, deck) else { return };
        let named = &of.gates[place];
        let (Ok(gate), Some(both)) =
            (&named.gate, directions_of(&named.line, ui.visuals().dark_mode))
        else {
            return;
        };
        let least = deck.session.gates.params.least_fitted;
        lateral_ui(ui, gate, &both, (&named.line.name, toward(&named.line)), least);
    }

    /// Its crossings by type, size, speed, hour and day.
    pub fn gate_counts(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some((_, of, place)) = gate_ui(ui, deck) else { return };
        let named = &of.gates[place];
        let both = directions_of(&named.line, ui.visuals().dark_mode);
        if let (Ok(gate), Some(both)) = (&named.gate, both) {
            counts_ui(ui, gate, &both, &mut self.by);
        }
    }

    /// Its crossings one by one.
    pub fn crossings(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some((key, of, place)) = gate_ui(ui, deck) else { return };
        let named = &of.gates[place];
        let both = directions_of(&named.line, ui.visuals().dark_mode);
        let (Ok(gate), Some(both)) = (&named.gate, both) else { return };
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(&named.line.name).strong());
            let n = grouped(gate.crossings.len() as u64);
            ui.selectable_value(&mut deck.water.side, None, format!("Both ways ({n})"));
            for (side, which) in [(Side::Right, 0), (Side::Left, 1)] {
                let n = grouped(gate.flows[which].crossings as u64);
                let title = format!("{} ({n})", both[which].name);
                ui.selectable_value(&mut deck.water.side, Some(side), title);
            }
        });
        let gone_to = deck.water.crossing.filter(|(gate, _)| *gate == place).map(|(_, at)| at);
        let listed = (key, place, deck.water.side);
        let picked = self.crossings.ui(ui, listed, (of.of.fleet(), gate), &both, gone_to);
        let Some(crossing) = picked.and_then(|at| Some((at, gate.crossings.get(at)?))) else {
            return;
        };
        let (at, crossing) = crossing;
        deck.water.crossing = Some((place, at));
        let around = [0.0, 90.0, 180.0, 270.0];
        deck.ask(Command::GoTo(GoTo {
            vessel: crossing.ship,
            from_ms: crossing.t_ms - AROUND_MS,
            to_ms: crossing.t_ms + AROUND_MS,
            at_ms: crossing.t_ms,
            places: around.map(|turn| destination(crossing.place, turn, AROUND_M)).into(),
        }));
    }
}

/// Gates across the lanes that were found by clustering: of selected trips, or by name.
fn lanes_ui(ui: &mut Ui, deck: &mut Deck) {
    let routes = deck.desk.routes.shown().filter(|shown| !shown.value.routes.routes.is_empty());
    let Some(routes) = routes else {
        let button = ui.add_enabled(false, egui::Button::new("Across a lane"));
        button.on_disabled_hover_text("There are no routes: cluster trips first (Ctrl+4)");
        return;
    };
    let mut chosen = None;
    ui.menu_button("Across a lane", |ui| {
        ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
            let selected = selected_cluster(deck);
            let mut all: Vec<_> = routes.value.routes.routes.iter().collect();
            all.sort_by_key(|route| Some(route.id) != selected);
            for route in all {
                let is_selected = if Some(route.id) == selected { " (selected)" } else { "" };
                let title = lane_title(deck, route.id);
                let about = format!(
                    "{title}{is_selected}: {:03.0}°, {} trips, {} m wide",
                    route.direction_deg,
                    grouped(route.members.len() as u64),
                    grouped(route.median_width_m.round() as u64)
                );
                if ui.button(about).clicked() {
                    chosen = Some((across(route), title));
                    ui.close();
                }
            }
        });
    });
    if let Some((Some(ends), title)) = chosen
        && let Some(gate) = add_gate(deck.session, Some(&title), ends.into())
    {
        deck.water.look_at_gate(gate);
        deck.ask(Command::FitPlaces(ends.into()));
    }
}

/// The cluster of the trip that was selected last.
fn selected_cluster(deck: &Deck) -> Option<u32> {
    let of = deck.desk.clusters.shown()?.value;
    let trip = deck.selection.trip()?;
    let place = of.of.ids().iter().position(|id| *id == trip)?;
    of.labels().as_slice().get(place).copied().flatten()
}

/// What the lane of a cluster is called.
fn lane_title(deck: &Deck, cluster: u32) -> String {
    let shown = deck.desk.clusters.shown();
    let titles = shown
        .map(|shown| crate::ui::map::cluster_titles(shown.value, &deck.session.clusters.edits));
    let title = titles.and_then(|titles| titles.get(cluster as usize).cloned());
    super::name_field::clean(&title.unwrap_or_else(|| format!("Lane {}", cluster + 1)))
}

/// Sends the lane of a cluster to a gate: from the list of clusters. Says whether it was done.
pub fn gate_across(deck: &mut Deck, cluster: u32) -> bool {
    let Some(routes) = deck.desk.routes.shown() else { return false };
    let route = routes.value.routes.routes.iter().find(|route| route.id == cluster);
    let Some(ends) = route.and_then(across) else { return false };
    let title = lane_title(deck, cluster);
    let Some(gate) = add_gate(deck.session, Some(&title), ends.into()) else { return false };
    deck.water.look_at_gate(gate);
    deck.ask(Command::Enter(crate::ui::layout::Workspace::Watch));
    deck.ask(Command::Show(Pane::Gates));
    deck.ask(Command::Show(Pane::Lateral));
    deck.ask(Command::FitPlaces(ends.into()));
    true
}

/// The text of gates that cannot be read, and why.
fn unreadable_ui(ui: &mut Ui, gates: &mut GateSettings, fault: &str) {
    let words = RichText::new(fault).color(theme::fault_color(ui));
    ui.add(egui::Label::new(words).wrap());
    ui.add(egui::TextEdit::multiline(&mut gates.lines).desired_width(f32::INFINITY));
    if ui.button("Begin anew").on_hover_text("Without any gate; Ctrl+Z brings them back").clicked()
    {
        gates.lines.clear();
    }
}
