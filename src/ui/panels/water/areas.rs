//! Areas under watch: their list and rules, and what happened in them.

use egui::{RichText, ScrollArea, Ui};

use super::list::{Edit, Row, list_ui};
use super::name_field::new_name;
use super::rules::{counts_of, rules_ui};
use super::{STALE_OPACITY, WaterPanels, lack_ui, watched_ui, work_ui};
use crate::base::geo::{Position, destination};
use crate::base::text::{counted, grouped};
use crate::flow::Session;
use crate::ui::command::{Command, GoTo};
use crate::ui::deck::Deck;
use crate::ui::form::{Stand, params_ui_where};
use crate::ui::map::{Tool, area_color};
use crate::ui::panels::prepare::head;
use crate::ui::theme;
use crate::watch::Area;

/// How much is shown around an event: meters to each side, and milliseconds before and after it.
const AROUND_M: f64 = 2500.0;
const AROUND_MS: i64 = 15 * 60_000;

/// Adds an area to the session, which tells who enters and leaves. Gives its place in the list;
/// nothing is added where the text of the areas cannot be read.
pub fn add_area(session: &mut Session, corners: Vec<Position>) -> Option<usize> {
    let mut areas = session.areas.read().ok()?;
    let name = new_name("Area", areas.iter().map(|area| area.name.as_str()));
    let (tells_entering, tells_leaving) = (true, true);
    areas.push(Area { name, corners, tells_entering, tells_leaving, ..Area::default() });
    session.areas.write(&areas);
    session.map.areas = true;
    Some(areas.len() - 1)
}

impl WaterPanels {
    /// The right panel: the areas, their rules, and how they are watched.
    pub fn areas(&mut self, ui: &mut Ui, deck: &mut Deck) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            head(ui, &deck.desk.areas);
            work_ui(ui, deck.commands, &deck.desk.areas);
            lack_ui(ui, deck);
            ui.horizontal_wrapped(|ui| {
                let draw = ui.button("Draw an area");
                let help = "Click its corners on the map (A); edges must not cross";
                if draw.on_hover_text(help).clicked() {
                    deck.ask(Command::TakeUp(Tool::Area(Vec::new())));
                }
                let is_there = deck.desk.areas.shown().is_some();
                let export = ui.add_enabled(is_there, egui::Button::new("Export…").small());
                if export
                    .on_hover_text("Events as a table (CSV), areas and places (GeoJSON)")
                    .clicked()
                {
                    deck.ask(Command::AskToExport("areas"));
                }
            });
            self.area_list(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            watched_ui(ui, deck);
            ui.add_space(4.0);
            ui.separator();
            ui.label(theme::title("How areas are watched"));
            let stand = |name: &str| if name == "areas" { Stand::Absent } else { Stand::Live };
            params_ui_where(ui, "areas", &mut deck.session.areas, &|_| None, &stand);
        });
    }

    fn area_list(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let is_dark = ui.visuals().dark_mode;
        let mut areas = match deck.session.areas.read() {
            Ok(areas) => areas,
            Err(fault) => {
                let words = RichText::new(fault).color(theme::fault_color(ui));
                ui.add(egui::Label::new(words).wrap());
                let text = &mut deck.session.areas.areas;
                ui.add(egui::TextEdit::multiline(text).desired_width(f32::INFINITY));
                let help = "Without any area; Ctrl+Z brings them back";
                if ui.button("Begin anew").on_hover_text(help).clicked() {
                    text.clear();
                }
                return;
            }
        };
        if areas.is_empty() {
            let text = "No area yet. An area is a polygon with rules: who enters or leaves it, is too \
                        fast or lies still in it is listed";
            ui.add(egui::Label::new(RichText::new(text).weak()).wrap());
            return;
        }
        deck.water.area = deck.water.area.min(areas.len() - 1);
        let selected = theme::selection_color(ui);
        let shown = deck.desk.areas.shown();
        let row = |(place, area): (usize, &Area)| {
            let of = shown.as_ref().map(|shown| shown.value);
            let of = of.filter(|of| of.areas.get(place).is_some_and(|other| other == area));
            let fault = of.and_then(|of| of.faults.iter().find(|(at, _)| *at == place));
            let counts = of.map_or(Vec::new(), |of| counts_of(area, place, &of.events));
            let lines = if counts.is_empty() { Vec::new() } else { vec![counts.join(", ")] };
            let color = if place == deck.water.area { selected } else { area_color(is_dark) };
            let fault = fault.map(|(_, fault)| fault.clone());
            Row { name: area.name.clone(), lines, fault, color }
        };
        let rows: Vec<Row> = areas.iter().enumerate().map(row).collect();
        let mut is_edited = false;
        let edit = list_ui(ui, "area", &rows, deck.water.area, &mut self.area_name, |ui, place| {
            is_edited |= rules_ui(ui, &mut areas[place]);
        });
        if is_edited {
            deck.session.areas.write(&areas);
        }
        match edit {
            None => (),
            Some(Edit::Select(place)) => deck.water.area = place,
            Some(Edit::Fit(place)) => {
                deck.water.area = place;
                deck.ask(Command::FitPlaces(areas[place].corners.clone()));
            }
            Some(Edit::Rename(place, name)) => {
                areas[place].name = name;
                deck.session.areas.write(&areas);
            }
            Some(Edit::Delete(place)) => {
                areas.remove(place);
                deck.session.areas.write(&areas);
                (deck.water.area, deck.water.event) = (place.saturating_sub(1), None);
            }
        }
    }

    /// What happened, event by event.
    pub fn events(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let areas = deck.session.areas.read().unwrap_or_default();
        if areas.is_empty() {
            let text = "There is no area: draw one (panel Areas)";
            ui.label(RichText::new(text).weak());
            return;
        }
        let Some(shown) = deck.desk.areas.shown() else {
            lack_ui(ui, deck);
            return;
        };
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let of = shown.value;
        let area = deck.water.area.min(areas.len() - 1);
        ui.horizontal_wrapped(|ui| {
            let all = format!("All areas ({})", grouped(of.events.len() as u64));
            ui.selectable_value(&mut deck.water.only_area, false, all);
            let n = of.events.iter().filter(|event| event.area == area).count();
            let title = format!("{} ({})", areas[area].name, grouped(n as u64));
            ui.selectable_value(&mut deck.water.only_area, true, title);
            for (place, fault) in &of.faults {
                let name = of.areas.get(*place).map_or("", |area| area.name.as_str());
                let text = format!("{name}: {fault}");
                ui.label(RichText::new(text).color(theme::fault_color(ui)));
            }
            if of.events.is_empty() && of.faults.is_empty() {
                let n = counted(areas.len() as u64, "area");
                ui.label(RichText::new(format!("Nothing happened in {n} by these rules")).weak());
            }
        });
        let names: Vec<String> = of.areas.iter().map(|area| area.name.clone()).collect();
        let listed = (shown.key, deck.water.only_area.then_some(area));
        let picked =
            self.events.ui(ui, listed, (of.of.fleet(), &of.events), &names, deck.water.event);
        let Some((place, event)) = picked.and_then(|place| Some((place, of.events.get(place)?)))
        else {
            return;
        };
        (deck.water.event, deck.water.area) = (Some(place), event.area);
        let around = [0.0, 90.0, 180.0, 270.0];
        deck.ask(Command::GoTo(GoTo {
            vessel: event.ship,
            from_ms: event.from_ms - AROUND_MS,
            to_ms: event.to_ms + AROUND_MS,
            at_ms: event.from_ms,
            places: around.map(|turn| destination(event.place, turn, AROUND_M)).into(),
        }));
    }
}
