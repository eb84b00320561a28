//! The panel of encounters that are to come, from the moment on the timeline on.

use egui::{Label, RichText, Slider, Ui};

use super::encounters::kinds_ui;
use super::{STALE_OPACITY, WatchPanels, standing_ui};
use crate::base::text::{counted, grouped};
use crate::base::time::utc_text;
use crate::flow::stages::AheadOf;
use crate::flow::tray::Shelf as _;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::panels::tables::grid::Act;
use crate::ui::watch_view::{go, place_of};

impl WatchPanels {
    /// Pairs of ships that will come close, and when.
    pub fn ahead(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        // While time plays it works again and again: not worth a word.
        if desk.ahead.shown().is_none() || !desk.ahead.faults().is_empty() {
            standing_ui(ui, deck, ("ahead", "Encounters ahead"), &desk.ahead);
        }
        let Some(shown) = desk.ahead.shown() else { return };
        let (of, fleet) = (shown.value, shown.value.of.fleet());
        let list = &of.encounters.list;
        ui.horizontal_wrapped(|ui| {
            let settings = &mut deck.session.ahead;
            let label = ui.label("Next").on_hover_text("How far ahead encounters are foretold");
            let slider = Slider::new(&mut settings.minutes, 5.0..=120.0).suffix(" min");
            ui.add(slider.fixed_decimals(0)).labelled_by(label.id);
            ui.checkbox(&mut settings.by_models, "By models").on_hover_text(
                "Fitted models tell the paths, where there are any (workspace Predict); else \
                 ships go straight on",
            );
            ui.separator();
            kinds_ui(ui, deck.watch, |place| {
                list.iter().filter(|met| place_of(met.meeting) == place).count()
            });
            if ui.small_button("Export…").clicked() {
                deck.ask(Command::AskToExport("ahead"));
            }
        });
        ui.add(Label::new(RichText::new(standing_text(of, deck.time.now_ms())).weak()).wrap());
        if list.is_empty() {
            ui.add(Label::new(none_text(of, deck.session.ahead.minutes)).wrap());
            return;
        }
        if shown.is_stale && desk.ahead.progress().is_none() {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let view = deck.watch.clone();
        let selected = view.selected(list, fleet, true);
        let rows_of = (shown.key, list.as_slice(), fleet);
        let act = self.ahead.ui(ui, rows_of, of.at_ms.unwrap_or_default(), &view, selected);
        if let Some(Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = act {
            go::to_encounter(deck, &list[row], fleet, true, true);
        }
    }
}

/// From when on, and what told the paths.
fn standing_text(of: &AheadOf, now_ms: Option<i64>) -> String {
    let Some(at_ms) = of.at_ms else { return "There are no reports to go on from".into() };
    let when = format!("{} UTC", utc_text(at_ms - at_ms.rem_euclid(1000)));
    let from = match now_ms {
        Some(_) => format!("From {when}"),
        None => {
            format!("From the last report, {when}: choose a moment on the timeline for another")
        }
    };
    let (ships, by_model) = (of.paths.len(), of.by_model());
    let told = match by_model {
        0 => "straight on by speed and course".to_owned(),
        n if n == ships => "by a fitted model".into(),
        n => format!("{} of them by a fitted model", grouped(n as u64)),
    };
    let mut text = format!("{from}. {} under way, {told}", counted(ships as u64, "ship"));
    if of.still > 0 {
        text += &format!("; {} lie still", grouped(of.still as u64));
    }
    if of.unknown > 0 {
        text += &format!("; {} tell no speed or course", grouped(of.unknown as u64));
    }
    text
}

/// Why there are none.
fn none_text(of: &AheadOf, minutes: f64) -> String {
    match of.paths.len() {
        0 => "Nobody was heard under way in the minutes before: choose another moment".into(),
        1 => "Only one ship is under way".into(),
        _ => format!("No two ships will come close in the next {minutes:.0} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Desk, Jobs, Session};

    #[test]
    fn it_is_told_from_when_on_and_by_what() {
        let mut session = Session::default();
        session.sources.make_demo();
        session.set("synth.rows=5000").unwrap();
        let mut desk = Desk::default();
        let wanted = desk.wanted(&["ahead"], &session).unwrap();
        for _ in 0..8 {
            desk.update(&session, &Jobs::Inline, &wanted);
        }
        let of = desk.ahead.shown().unwrap().value;
        let text = standing_text(of, None);
        assert!(text.starts_with("From the last report, 20"), "{text}");
        assert!(!standing_text(of, of.at_ms).contains("choose"));
        assert!(text.contains("straight on by speed and course") || of.paths.is_empty(), "{text}");
        assert!(none_text(of, 30.0).len() > 10);
    }
}
