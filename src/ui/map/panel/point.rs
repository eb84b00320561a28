//! The pointer on the map: what is under it, and what a click or a drag does.

use egui::{Modifiers, Pos2, Response, Ui};

use super::MapPanel;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::map::colors::MapColors;
use crate::ui::map::geometry::Slot;
use crate::ui::map::held::Passes;
use crate::ui::map::pick::{Hit, pick};
use crate::ui::map::view::View;
use crate::ui::map::{furniture, hover};
use crate::ui::selection::Pick;
use crate::ui::theme;

/// How near to a track the pointer must be, in points of the screen.
const PICK_PX: f32 = 8.0;

/// How near to a ship.
const SHIP_PX: f32 = 10.0;

impl MapPanel {
    /// What the pointer is over, and what it does there.
    pub(super) fn point(&mut self, ui: &Ui, view: &View, response: &Response, deck: &mut Deck) {
        let colors = MapColors::of(ui.visuals().dark_mode);
        let pointer = response.hover_pos();
        if let Some(place) = pointer.and_then(|pointer| view.from_screen(pointer)) {
            furniture::draw_cursor_position(ui.painter(), view, place, &colors);
        }
        if let Some(hint) = self.tool.hint() {
            furniture::draw_hint(ui.painter(), view, hint, &colors);
        }
        if !self.tool.is_hand() {
            self.hovered = None;
            if let Some(corners) = self.tool.draw(ui, view, response, theme::selection_color(ui)) {
                deck.ask(Command::FilterArea(corners));
            }
            return;
        }
        // While the map is dragged nothing is pointed at.
        let is_dark = ui.visuals().dark_mode;
        self.hovered = pointer
            .filter(|_| !response.dragged())
            .and_then(|at| self.ship(view, at, is_dark).or_else(|| self.hit(view, at, deck)));
        let Some(shown) = deck.desk.trips.shown() else { return };
        if let (Some(hit), Some(pointer)) = (&self.hovered, pointer) {
            hover::card(ui, pointer, shown.value, hit);
        }
        if response.clicked() {
            let adds = ui.input(|input| input.modifiers.matches_logically(Modifiers::COMMAND));
            deck.pick(match (&self.hovered, adds) {
                (Some(Hit { trip: Some(trip), .. }), false) => Pick::Trip(*trip),
                (Some(Hit { trip: Some(trip), .. }), true) => Pick::AlsoTrip(*trip),
                (Some(Hit { vessel, .. }), false) => Pick::Vessel(*vessel),
                (None, false) => Pick::Nothing,
                (_, true) => return,
            });
        }
    }

    /// The ship under the pointer, where one is at the moment that plays.
    fn ship(&self, view: &View, pointer: Pos2, is_dark: bool) -> Option<Hit> {
        let ship = self.ships.pick(view, pointer, SHIP_PX, is_dark)?;
        // The geometry may lag behind: its indices are of older trips then.
        let geometry = self.held.geometry().filter(|(key, _)| self.ships.key() == Some(*key));
        let slot = geometry.zip(ship.trip).map(|((_, of), trip)| of.slot_of_trip(trip));
        Some(Hit {
            slot: slot.unwrap_or(u32::MAX),
            vessel: ship.vessel,
            trip: ship.trip,
            report_index: ship.report_index,
            distance_px: 0.0,
        })
    }

    fn hit(&self, view: &View, pointer: Pos2, deck: &Deck) -> Option<Hit> {
        let (key, geometry) = self.held.geometry()?;
        if deck.desk.trips.shown()?.key != key {
            return None; // The geometry lags behind: its indices are of older trips.
        }
        let map = &deck.session.map;
        let filter = deck.desk.filter.shown();
        let passes = Passes::new(self.held.trips(), filter.as_ref());
        let is_visible = |slot: &Slot| {
            let is_drawn = if slot.trip.is_some() { map.trips } else { map.rest };
            is_drawn && passes.has(slot)
        };
        let window_ms = deck.time.window_ms();
        pick(geometry, view, pointer, PICK_PX, |_, slot| is_visible(slot), window_ms)
    }
}
