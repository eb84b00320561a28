//! The panels of encounters: what counts as one, what was found, and plots of it.

use egui::{Button, Label, RichText, ScrollArea, Ui};

use super::{STALE_OPACITY, WatchPanels, standing_ui};
use crate::base::params::Choice as _;
use crate::base::text::{counted, grouped};
use crate::base::time::utc_text;
use crate::flow::stages::EncountersOf;
use crate::flow::watching::{Subject, WatchedParams};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::params_ui;
use crate::ui::panels::prepare::head;
use crate::ui::panels::tables::grid::Act;
use crate::ui::theme;
use crate::ui::watch_view::{MEETINGS, WatchView, go, place_of};
use crate::watch::encounters::LeftOut;

/// The share of the width that the count by hour takes beside the distance.
const HOURS_SHARE: f32 = 0.42;

/// How a stage is called, and what it finds.
const STAGE: (&str, &str) = ("encounters", "Encounters");

impl WatchPanels {
    /// The right panel: what counts as an encounter, in which time, and what was found.
    pub fn encounters(ui: &mut Ui, deck: &mut Deck) {
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            let desk = deck.desk;
            head(ui, &desk.encounters);
            let shown = desk.encounters.shown();
            if let Some(shown) = &shown {
                ui.scope(|ui| {
                    if shown.is_stale {
                        ui.multiply_opacity(STALE_OPACITY);
                    }
                    for line in summary(shown.value) {
                        ui.add(Label::new(line).wrap());
                    }
                });
            }
            standing_ui(ui, deck, STAGE, &desk.encounters);
            if shown.is_some() && ui.small_button("Export…").clicked() {
                deck.ask(Command::AskToExport("encounters"));
            }
            ui.separator();
            window_ui(ui, deck);
            ui.separator();
            ui.label(theme::title("On the map"));
            let layers = &mut deck.session.map.watch;
            ui.checkbox(&mut layers.encounters, "Encounters on the map")
                .on_hover_text("Where ships were closest: by kind, the larger the graver");
            ui.checkbox(&mut layers.heat, "Heat map")
                .on_hover_text("How many encounters lie in each cell");
            ui.separator();
            let of = shown.as_ref().map(|shown| shown.value.as_ref());
            params_ui(ui, "encounters", &mut deck.session.encounters, &|name| effect(of?, name));
        });
    }

    /// The table of encounters, with filters by kind and breach.
    pub fn encounter_list(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        standing_ui(ui, deck, STAGE, &desk.encounters);
        let Some(shown) = desk.encounters.shown() else { return };
        let (of, fleet) = (shown.value, shown.value.of.fleet());
        let list = &of.encounters.list;
        if list.is_empty() {
            ui.add(Label::new(none_text(of)).wrap());
            return;
        }
        let selected = deck.watch.selected(list, fleet, false);
        ui.horizontal_wrapped(|ui| {
            kinds_ui(ui, deck.watch, |place| {
                list.iter().filter(|met| place_of(met.meeting) == place).count()
            });
            ui.separator();
            if replay_ui(ui, selected.is_some())
                && let Some(met) = selected.and_then(|place| list.get(place))
            {
                go::replay(deck, met, fleet);
            }
        });
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let view = deck.watch.clone();
        let act = self.met.ui(ui, (shown.key, list, fleet), 0, &view, selected);
        match act {
            Some(Act::Fit(row)) => go::replay(deck, &list[row], fleet),
            Some(Act::Pick(row) | Act::Add(row)) => {
                go::to_encounter(deck, &list[row], fleet, false, true);
            }
            None => (),
        }
    }

    /// Encounters by hour and kind, and beside it the distance in the one that is looked at.
    pub fn encounter_plots(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        standing_ui(ui, deck, STAGE, &desk.encounters);
        let Some(shown) = desk.encounters.shown() else { return };
        let (of, fleet) = (shown.value, shown.value.of.fleet());
        let list = &of.encounters.list;
        if list.is_empty() {
            ui.add(Label::new(none_text(of)).wrap());
            return;
        }
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let room = ui.available_rect_before_wrap();
        let (left, right) = room.split_left_right_at_x(room.left() + HOURS_SHARE * room.width());
        let part = |ui: &mut Ui, rect: egui::Rect, id: &str, add: &mut dyn FnMut(&mut Ui)| {
            let builder = egui::UiBuilder::new().max_rect(rect).id_salt(id);
            ui.scope_builder(builder, |ui| add(ui));
        };
        part(ui, left.with_max_x(left.right() - 8.0), "hours", &mut |ui| {
            self.hours.ui(ui, (shown.key, list), deck.watch);
        });
        let met = deck.watch.selected(list, fleet, false).and_then(|place| list.get(place));
        part(ui, right, "apart", &mut |ui| {
            let Some(met) = met else {
                let hint = "A click on an encounter, in its table or on the map, draws here how \
                            far apart the ships were";
                ui.add(Label::new(RichText::new(hint).weak()).wrap());
                return;
            };
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Min), |ui| {
                if replay_ui(ui, true) {
                    go::replay(deck, met, fleet);
                }
                ui.with_layout(egui::Layout::top_down(egui::Align::Min), |ui| {
                    let look = (deck.session.encounters.params.silence_min, deck.time.now_ms());
                    let clicked = self.apart.ui(ui, (shown.key, met, fleet), look);
                    if let Some(t_ms) = clicked {
                        deck.time.is_playing = false;
                        deck.time.set_now_ms(t_ms);
                    }
                });
            });
        });
    }
}

fn replay_ui(ui: &mut Ui, is_on: bool) -> bool {
    ui.add_enabled(is_on, Button::new("Replay"))
        .on_hover_text("Plays this encounter with both ships and their domains")
        .on_disabled_hover_text("Choose an encounter first")
        .clicked()
}

/// Switches of kinds with counts, and that of breaches.
pub(super) fn kinds_ui(ui: &mut Ui, view: &mut WatchView, n: impl Fn(usize) -> usize) {
    for (place, meeting) in MEETINGS.into_iter().enumerate() {
        let title = format!("{} ({})", meeting.name(), grouped(n(place) as u64));
        ui.toggle_value(&mut view.meetings[place], title)
            .on_hover_text("Whether this kind is shown, here and on the map");
    }
    ui.checkbox(&mut view.only_breaches, "Only breaches")
        .on_hover_text("Only encounters in which one ship was in the other's domain");
}

/// Which reports and which time are watched, for all questions of the safety officer.
fn window_ui(ui: &mut Ui, deck: &mut Deck) {
    let brush_ms = deck.time.brush_ms();
    let watched = &mut deck.session.watched;
    ui.label(theme::title("Window of time"));
    ui.add(Label::new(window_text(watched)).wrap());
    ui.horizontal_wrapped(|ui| {
        let use_brush = ui
            .add_enabled(brush_ms.is_some(), Button::new("Take the brushed window"))
            .on_hover_text("Watch the time that is brushed on the timeline alone")
            .on_disabled_hover_text("Brush a window on the timeline first: drag on it");
        if use_brush.clicked() {
            watched.set_window_ms(brush_ms);
        }
        if watched.window_ms().is_some() && ui.button("All times").clicked() {
            watched.set_window_ms(None);
        }
    });
    ui.horizontal(|ui| {
        let label = ui.label("Of");
        let title = |subject| match subject {
            Subject::Trips => "trips that pass the filter",
            Subject::Fleet => "all cleaned reports",
        };
        let shown = title(watched.subject);
        let combo = egui::ComboBox::from_id_salt("subject").selected_text(shown);
        let combo = combo.show_ui(ui, |ui| {
            for (_, subject) in Subject::CASES {
                ui.selectable_value(&mut watched.subject, *subject, title(*subject));
            }
        });
        combo.response.labelled_by(label.id);
    });
}

fn window_text(watched: &WatchedParams) -> String {
    let text = |t_ms: i64| utc_text(t_ms - t_ms.rem_euclid(1000));
    match watched.window_ms() {
        None => "All times".into(),
        Some((i64::MIN, to_ms)) => format!("Until {} UTC", text(to_ms)),
        Some((from_ms, i64::MAX)) => format!("From {} UTC", text(from_ms)),
        Some((from_ms, to_ms)) => format!("{} to {} UTC", text(from_ms), text(to_ms)),
    }
}

/// What was found and what was left out, in lines that fit a narrow panel.
fn summary(of: &EncountersOf) -> Vec<String> {
    let list = &of.encounters.list;
    let breaches = list.iter().filter(|met| met.is_breach()).count();
    let mut lines = vec![format!(
        "{}, {} of them in a ship's domain",
        counted(list.len() as u64, "encounter"),
        grouped(breaches as u64)
    )];
    for (why, n) in &of.encounters.left_out {
        lines.push(format!("left out: {} {}", grouped(*n as u64), left_out_text(*why)));
    }
    lines
}

/// Why pairs within range are no encounters.
fn left_out_text(why: LeftOut) -> &'static str {
    match why {
        LeftOut::Far => "passed too far off",
        LeftOut::Together => "kept together",
        LeftOut::Attending => "with a tug, tow or pilot",
        LeftOut::SameNumber => "of one number",
    }
}

/// Why there are none.
fn none_text(of: &EncountersOf) -> String {
    if of.of.fleet().reports().is_empty() {
        return "No encounters: no trip passes the filter. Let more pass, or watch all cleaned \
                reports"
            .into();
    }
    let left_out: usize = of.encounters.left_out.values().sum();
    if left_out > 0 {
        return format!(
            "No encounters: all {} within range were left out. Raise the greatest CPA, or switch \
             off what leaves them out",
            counted(left_out as u64, "pair")
        );
    }
    "No encounters: no two ships under way came within range. Raise the range, or widen the window \
     of time"
        .into()
}

/// What a parameter did.
fn effect(of: &EncountersOf, name: &str) -> Option<String> {
    let left_out = |why| {
        let n = of.encounters.left_out.get(&why).copied().unwrap_or(0);
        format!("{} left out", grouped(n as u64))
    };
    Some(match name {
        "range" => {
            let n: usize = of.encounters.left_out.values().sum();
            format!("{} within", grouped((n + of.encounters.list.len()) as u64))
        }
        "cpa" => left_out(LeftOut::Far),
        "leave_out_together" => left_out(LeftOut::Together),
        "leave_out_attending" => left_out(LeftOut::Attending),
        "heat_cell" => counted(of.heat.len() as u64, "cell"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_told_as_it_is_set() {
        let mut watched = WatchedParams::default();
        assert_eq!(window_text(&watched), "All times");
        watched.set_window_ms(Some((0, 3_600_000)));
        assert_eq!(window_text(&watched), "1970-01-01 00:00:00 to 1970-01-01 01:00:00 UTC");
    }
}
