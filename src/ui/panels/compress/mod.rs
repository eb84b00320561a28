//! The panels of compression: what is kept at every tolerance, what that does to one trip, and the
//! parameters. Each draws plain results and gives back the edit; this file joins them to the desk.

mod curve;
mod pair;
mod parameters;
mod series;
mod text;
mod thresholds;

use std::sync::Arc;

use egui::{RichText, ScrollArea, Ui};

use self::curve::{Curve, curve_ui};
use self::pair::{Pair, Subject};
use self::parameters::{Alone, Mended, errors_ui, form_ui, kept_ui};
use self::thresholds::thresholds_ui;
use super::prepare::head;
use crate::compress::{CompressParams, Method};
use crate::flow::stages::{CompressedOf, RepairedOf};
use crate::flow::tray::{Shelf, State};
use crate::flow::{Desk, Key};
use crate::ui::deck::Deck;
use crate::ui::theme::{self, STALE_OPACITY};

/// What the panels of compression keep between frames.
#[derive(Default)]
pub struct Compression {
    pair: Pair,
    /// What each threshold keeps by itself, and what that was counted for.
    alone: Option<(Key, CompressParams, Alone)>,
}

impl Compression {
    /// The right panel: the parameters, what they keep and what that costs.
    pub fn parameters(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Deck { session, desk, .. } = deck;
        ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
            ui.add_space(4.0);
            ui.checkbox(&mut session.map.kept, "Kept reports on the map")
                .on_hover_text("Marks over the trips as sailed, and the line between them");
            head(ui, &desk.compress);
            for shelf in [&desk.repair as &dyn Shelf, &desk.measure] {
                if !matches!(shelf.state(), State::Fresh | State::Waiting) {
                    head(ui, shelf); // What is waited for.
                }
            }
            let shown = desk.compress.shown();
            if let Some(shown) = &shown {
                kept_ui(ui, &shown.value.compressed.kept);
            }
            let alone = self.alone(desk, &session.compress);
            form_ui(ui, &mut session.compress, alone, mended(desk));
            if let Some(shown) = &shown {
                ui.add_space(6.0);
                errors_ui(ui, &shown.value.compressed.errors);
            }
        });
    }

    /// What each threshold keeps by itself, counted anew where one was moved.
    fn alone(&mut self, desk: &Desk, params: &CompressParams) -> Option<Alone> {
        let shown = desk.measure.shown()?;
        let is_at_hand =
            |(key, of, _): &&(Key, CompressParams, Alone)| *key == shown.key && of == params;
        if let Some((.., alone)) = self.alone.as_ref().filter(is_at_hand) {
            return Some(*alone);
        }
        let alone = Alone::of(&shown.value.measured, params);
        self.alone = Some((shown.key, params.clone(), alone));
        Some(alone)
    }

    /// One trip before and after: the one selected last, else the longest.
    pub fn before_after(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let desk = deck.desk;
        let Some(shown) = desk.compress.shown() else {
            nothing_ui(ui, &desk.compress);
            return;
        };
        let CompressedOf { compressed, of, .. } = shown.value.as_ref();
        let selected = selected(deck, of);
        let Some(place) = selected.or_else(|| longest(of)) else {
            ui.label("Nothing to compress: no trip passes the filter");
            return;
        };
        let subject = Subject {
            key: shown.key,
            trip_index: of.ids()[place],
            fleet: of.fleet(),
            trip: &of.trips()[place],
            mask: compressed.kept.of(place),
            now_ms: deck.time.now_ms(),
            is_selected: selected.is_some(),
        };
        if let Some(t_ms) = self.pair.ui(ui, &subject) {
            deck.time.set_now_ms(t_ms);
        }
    }
}

/// The retention curve, whose line moves the tolerance.
pub fn retention(ui: &mut Ui, deck: &mut Deck) {
    let Deck { session, desk, .. } = deck;
    let Some(shown) = desk.retention.shown() else {
        nothing_ui(ui, &desk.retention);
        return;
    };
    if shown.is_stale {
        ui.multiply_opacity(STALE_OPACITY);
    }
    let params = &mut session.compress;
    let kept = desk.compress.shown().filter(|kept| !kept.is_stale).map(|kept| {
        let compressed = &kept.value.compressed;
        (compressed.reports_kept(), compressed.reports_in())
    });
    let curve = Curve {
        retention: &shown.value.retention,
        rows: &shown.value.table,
        tolerance_m: params.tolerance_m,
        kept,
        remark: remark(params),
    };
    if let Some(tolerance_m) = curve_ui(ui, &curve) {
        params.tolerance_m = tolerance_m;
    }
}

/// The paper's threshold table; a click on a row takes its tolerance.
pub fn thresholds(ui: &mut Ui, deck: &mut Deck) {
    let Deck { session, desk, .. } = deck;
    let Some(shown) = desk.retention.shown() else {
        nothing_ui(ui, &desk.retention);
        return;
    };
    if shown.is_stale {
        ui.multiply_opacity(STALE_OPACITY);
    }
    let tolerance_m = &mut session.compress.tolerance_m;
    if let Some(clicked_m) = thresholds_ui(ui, &shown.value.table, *tolerance_m) {
        *tolerance_m = clicked_m;
    }
}

/// Why there is nothing to draw yet.
fn nothing_ui(ui: &mut Ui, shelf: &dyn Shelf) {
    for fault in shelf.faults() {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
    if shelf.faults().is_empty() {
        ui.label(RichText::new("No compressed trips yet").weak());
    }
}

/// What a repair did, where one was wanted.
fn mended(desk: &Desk) -> Option<Mended> {
    let repaired = desk.repair.shown()?.value.repaired.as_ref()?;
    Some(Mended { silences: repaired.silences, inserted: repaired.inserted })
}

/// What the curve of these parameters does not say.
fn remark(params: &CompressParams) -> Option<&'static str> {
    match params.method {
        _ if !params.keeps_positions => {
            Some("Positions do not count at present: the tolerance changes nothing")
        }
        Method::Rdp2 => Some("The curve of Douglas-Peucker: RDP2 has none of its own"),
        Method::SlidingWindow => {
            Some("The curve of Douglas-Peucker: the sliding window has none of its own")
        }
        Method::DouglasPeucker | Method::TimeRatio => None,
    }
}

/// The place of the trip that was selected last, if it is among those that are compressed.
fn selected(deck: &Deck, of: &RepairedOf) -> Option<usize> {
    let shown = deck.desk.trips.shown()?;
    let is_of_these =
        Arc::ptr_eq(shown.value, &of.chosen.trips) && deck.selection.key() == Some(shown.key);
    let trip = deck.selection.trip().filter(|_| is_of_these)?;
    of.ids().binary_search(&trip).ok()
}

/// The place of the longest trip.
fn longest(of: &RepairedOf) -> Option<usize> {
    let trips = of.trips();
    (0..trips.len()).max_by(|a, b| trips[*a].length_m.total_cmp(&trips[*b].length_m))
}
