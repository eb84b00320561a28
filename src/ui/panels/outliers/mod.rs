//! The panels of motion outliers: what counts as one, how sharply ships turn, and what was found.

mod angles;
mod list;

use std::sync::Arc;

use egui::{Label, RichText, ScrollArea, Ui, UiBuilder};

use self::angles::{Angles, angles_ui};
use self::list::Table;
use super::prepare::head;
use crate::base::text::{counted, grouped};
use crate::flow::stages::OutliersOf;
use crate::flow::tray::Shelf as _;
use crate::prep::Outliers;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::form::params_ui;
use crate::ui::selection::Pick;
use crate::ui::theme::{self, STALE_OPACITY};

/// The share of the width that the plot takes beside the list.
const PLOT_SHARE: f32 = 0.38;

/// The right panel: the parameters, and what each of them finds.
pub fn outliers(ui: &mut Ui, deck: &mut Deck) {
    let Deck { session, desk, .. } = deck;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.add_space(4.0);
        ui.checkbox(&mut session.map.outliers, "Outliers on the map")
            .on_hover_text("A triangle at each sharp turn, a ring where a small loop is closed");
        head(ui, &desk.outliers);
        let shown = desk.outliers.shown();
        if let Some(shown) = &shown {
            for line in summary(&shown.value.outliers) {
                ui.add_enabled(!shown.is_stale, Label::new(line));
            }
        }
        let found = shown.as_ref().map(|shown| &shown.value.outliers);
        params_ui(ui, "outliers", &mut session.outliers, &|name| effect(found?, name));
    });
}

/// What was found, in lines that fit a narrow panel.
fn summary(found: &Outliers) -> [String; 3] {
    [
        format!(
            "{}, {}",
            counted(found.sharp_turns as u64, "sharp turn"),
            counted(found.loops as u64, "small loop")
        ),
        format!(
            "on {} of {}",
            grouped(found.trips_touched as u64),
            counted(found.trips() as u64, "trip")
        ),
        format!(
            "{} of {} reports cut ({:.2} %)",
            grouped(found.reports_cut as u64),
            grouped(found.reports_in as u64),
            100.0 * found.share_cut()
        ),
    ]
}

/// What a parameter finds.
fn effect(found: &Outliers, name: &str) -> Option<String> {
    Some(match name {
        "angle" => counted(found.sharp_turns as u64, "turn"),
        "tolerance" => counted(found.angles_deg.len() as u64, "bend"),
        "loop" => counted(found.loops as u64, "loop"),
        "margin" => format!("{} cut", grouped(found.reports_cut as u64)),
        _ => return None,
    })
}

/// The plot of angles and the list of outliers, and what they keep between frames.
#[derive(Default)]
pub struct OutlierList {
    table: Table,
}

impl OutlierList {
    /// How sharply ships turn, and beside it all outliers. The line in the plot is the angle below
    /// which a turn is sharp; a row selects its trip and moves map and time to it.
    pub fn ui(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Deck { session, desk, .. } = deck;
        let Some(shown) = desk.outliers.shown() else {
            for fault in desk.outliers.faults() {
                ui.label(RichText::new(fault).color(theme::fault_color(ui)));
            }
            ui.label(RichText::new("No trips searched yet").weak());
            return;
        };
        if shown.is_stale {
            ui.multiply_opacity(STALE_OPACITY);
        }
        let room = ui.available_rect_before_wrap();
        let (left, right) = room.split_left_right_at_fraction(PLOT_SHARE);
        ui.scope_builder(UiBuilder::new().max_rect(left.with_max_x(left.right() - 20.0)), |ui| {
            let angles = Angles { angles_deg: &shown.value.outliers.angles_deg };
            if let Some(angle_deg) = angles_ui(ui, &angles, session.outliers.angle_deg) {
                session.outliers.angle_deg = angle_deg;
            }
        });
        let (key, of) = (shown.key, Arc::clone(shown.value));
        ui.scope_builder(UiBuilder::new().max_rect(right), |ui| {
            let now_ms = deck.time.now_ms();
            let trips = if is_linked(deck, &of) { deck.selection.trips() } else { &[] };
            if let Some(place) = self.table.ui(ui, (key, &of), now_ms, trips) {
                go_to(deck, &of, place);
            }
        });
    }
}

/// Whether the selection is of the trips that were searched.
fn is_linked(deck: &Deck, of: &OutliersOf) -> bool {
    deck.desk.trips.shown().is_some_and(|shown| {
        Arc::ptr_eq(shown.value, &of.chosen.trips) && deck.selection.key() == Some(shown.key)
    })
}

/// Selects the trip of an outlier, and shows its place and time.
fn go_to(deck: &mut Deck, of: &OutliersOf, place: usize) {
    let Some(outlier) = of.outliers.found.get(place) else { return };
    let trips = deck.desk.trips.shown();
    if trips.is_some_and(|shown| Arc::ptr_eq(shown.value, &of.chosen.trips)) {
        deck.pick(Pick::Trip(of.trip_id(outlier)));
    }
    deck.time.set_now_ms(of.t_ms(outlier));
    let positions = of.trip(outlier).track(of.fleet()).positions;
    let around = &positions[outlier.reports.start as usize..outlier.reports.end as usize];
    deck.ask(Command::FitPlaces(around.iter().copied().chain([outlier.position]).collect()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_said_in_full_and_beside_the_sliders() {
        let mut found = Outliers::default();
        (found.sharp_turns, found.loops, found.trips_touched) = (1, 12, 9);
        (found.reports_in, found.reports_cut) = (4000, 100);
        found.angles_deg = vec![30.0, 100.0];
        let expected = [
            "1 sharp turn, 12 small loops",
            "on 9 of 0 trips",
            "100 of 4\u{2009}000 reports cut (2.50 %)",
        ];
        assert_eq!(summary(&found), expected);
        let effects =
            ["angle", "tolerance", "slope", "loop", "margin"].map(|name| effect(&found, name));
        let expected = [Some("1 turn"), Some("2 bends"), None, Some("12 loops"), Some("100 cut")];
        assert_eq!(effects.each_ref().map(Option::as_deref), expected);
    }
}
