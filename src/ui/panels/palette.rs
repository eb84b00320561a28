//! The command palette: every action, panel, vessel and port by a few letters of its name.

use egui::{Align2, Context, Id, Key, Modal, Modifiers, RichText, ScrollArea, TextEdit, Ui};

use crate::ais::PortId;
use crate::ui::actions::{ACTIONS, Status, keys_text};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::selection::Pick;

/// Vessels shown at most.
const MOST_VESSELS: usize = 12;

/// And ports.
const MOST_PORTS: usize = 8;

/// What is typed, and which of the hits is marked.
#[derive(Default)]
pub struct Palette {
    text: Option<String>,
    marked: usize,
}

/// Something found.
struct Entry {
    title: String,
    remark: String,
    rank: u32,
    found: Found,
}

#[derive(Clone, Copy)]
enum Found {
    Action(usize),
    Vessel(usize),
    Port(PortId),
}

impl Palette {
    /// Opens with nothing typed yet.
    pub fn open(&mut self) {
        *self = Palette { text: Some(String::new()), marked: 0 };
    }

    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.text.is_some()
    }

    /// Draws it, if it is open, and asks for what is chosen.
    pub fn ui(&mut self, context: &Context, deck: &mut Deck, status: Status) {
        let Some(mut text) = self.text.take() else { return };
        let press = |key| context.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let (up, down) = (press(Key::ArrowUp), press(Key::ArrowDown));
        let is_entered = press(Key::Enter);
        let mut chosen = None;
        let area =
            Modal::default_area(Id::unique("palette")).anchor(Align2::CENTER_TOP, [0.0, 80.0]);
        let modal = Modal::new(Id::unique("palette")).area(area).show(context, |ui| {
            ui.set_width(460.0);
            let edit = TextEdit::singleline(&mut text)
                .hint_text("Command, panel, vessel, MMSI, port or LOCODE")
                .desired_width(f32::INFINITY);
            let response = ui.add(edit);
            response.request_focus();
            response.widget_info(|| {
                egui::WidgetInfo::labeled(egui::Role::TextInput, true, "Search commands")
            });
            if response.changed() {
                self.marked = 0;
            }
            let entries = entries(&text, deck, status);
            let last = entries.len().saturating_sub(1);
            self.marked =
                (self.marked + usize::from(down)).saturating_sub(usize::from(up)).min(last);
            if entries.is_empty() {
                ui.label(RichText::new("Nothing of that name").weak());
            }
            chosen = list(ui, &entries, self.marked, up || down);
            if is_entered {
                chosen = entries.get(self.marked).map(|entry| entry.found);
            }
        });
        match chosen {
            Some(Found::Action(place)) => deck.ask((ACTIONS[place].command)()),
            Some(Found::Vessel(vessel)) => {
                deck.pick(Pick::Vessel(vessel));
                deck.ask(Command::FitSelection);
            }
            Some(Found::Port(port)) => deck.ask(Command::GoToPort(port)),
            None if modal.should_close() => (),
            None => self.text = Some(text),
        }
    }
}

fn list(ui: &mut Ui, entries: &[Entry], marked: usize, moves: bool) -> Option<Found> {
    let mut chosen = None;
    ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
        for (place, entry) in entries.iter().enumerate() {
            let button = egui::Button::selectable(place == marked, &entry.title)
                .shortcut_text(&entry.remark)
                .min_size(egui::vec2(ui.available_width(), 22.0));
            let response = ui.add(button);
            if place == marked && moves {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                chosen = Some(entry.found);
            }
        }
    });
    chosen
}

fn entries(text: &str, deck: &Deck, status: Status) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for (place, action) in ACTIONS.iter().enumerate() {
        if (action.is_on)(&status)
            && let Some(rank) = rank(action.title, text)
        {
            let remark = action.keys.as_ref().map(keys_text).unwrap_or_default();
            let remark = if remark.is_empty() { action.menu.title().to_owned() } else { remark };
            entries.push(Entry {
                title: action.title.into(),
                remark,
                rank,
                found: Found::Action(place),
            });
        }
    }
    if text.trim().len() >= 2
        && let Some(shown) = deck.desk.trips.shown()
    {
        let vessels = shown.value.fleet().vessels().iter().enumerate();
        let mut found: Vec<Entry> = vessels
            .filter_map(|(index, vessel)| {
                let number = vessel.mmsi.0.to_string();
                let rank = rank(&vessel.title(), text).or_else(|| rank(&number, text))?;
                let (title, remark) = (vessel.title(), format!("MMSI {number}"));
                Some(Entry { title, remark, rank: rank + 1, found: Found::Vessel(index) })
            })
            .collect();
        found.sort_by_key(|entry| entry.rank);
        found.truncate(MOST_VESSELS);
        entries.extend(found);
    }
    if text.trim().len() >= 2
        && let Some(shown) = deck.desk.ports.shown()
    {
        let table = &shown.value.table;
        for (place, id) in (0..).zip(table.search(text, MOST_PORTS)) {
            let port = table.port(id);
            let code = port
                .locode
                .map_or("port".into(), |l| format!("port {} {}", l.country(), l.place()));
            let rank = rank(&port.name, text).map_or(1, |rank| rank + 1);
            entries.push(Entry {
                title: port.name.clone(),
                remark: code,
                rank: rank.max(1 + u32::from(place > 0)),
                found: Found::Port(id),
            });
        }
    }
    entries.sort_by_key(|entry| entry.rank);
    entries
}

/// How well `name` fits `text`, less for better: from its beginning, from the beginning of a word,
/// anywhere, or its letters in order with others between. `None` where it does not.
fn rank(name: &str, text: &str) -> Option<u32> {
    let (name, text) = (name.to_lowercase(), text.trim().to_lowercase());
    if text.is_empty() {
        return Some(0);
    }
    if let Some(at) = name.find(&text) {
        let is_word = name[..at].ends_with(|c: char| !c.is_alphanumeric());
        return Some(if at == 0 {
            0
        } else if is_word {
            2
        } else {
            4
        });
    }
    let mut letters = name.chars();
    let is_within = text.chars().all(|wanted| letters.any(|letter| letter == wanted));
    (is_within && text.len() > 2).then_some(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_name_comes_before_its_middle_and_scattered_letters() {
        let ranks = ["Fit to data", "Pay to fit", "Refit", "Forget indices today"]
            .map(|name| rank(name, "fit"));
        assert_eq!(ranks, [Some(0), Some(2), Some(4), Some(10)]);
        assert_eq!(rank("Undo", "fit"), None);
        assert_eq!(rank("Undo", ""), Some(0));
    }
}
