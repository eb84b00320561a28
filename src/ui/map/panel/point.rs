//! The pointer on the map: what is under it, and what a click or a drag does.

use egui::{Modifiers, Pos2, Response, RichText, Ui};

use super::{MapPanel, Sight};
use crate::flow::look::CellMeasure;
use crate::flow::stages::DensityOf;
use crate::ui::cluster_view::TripLabel;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::map::clusters::Groups;
use crate::ui::map::colors::MapColors;
use crate::ui::map::drawn::{DrawnLayer, event_lines};
use crate::ui::map::geometry::Slot;
use crate::ui::map::looks::Side;
use crate::ui::map::palette::unknown;
use crate::ui::map::pick::{Hit, pick};
use crate::ui::map::view::View;
use crate::ui::map::{found, furniture, hover, watch};
use crate::ui::selection::{Pick, vessel_of};
use crate::ui::theme;
use crate::ui::water_view::{cell_lines, is_used};

/// How near to a track the pointer must be, in points of the screen.
const PICK_PX: f32 = 8.0;

/// How near to a ship.
const SHIP_PX: f32 = 10.0;

/// The trips of a cluster that is shown, among all trips.
fn members(deck: &Deck, cluster: u32) -> Option<Vec<usize>> {
    let of = deck.desk.clusters.shown().filter(|shown| !shown.is_stale)?.value;
    let labels = of.labels().as_slice().iter().zip(of.of.ids());
    Some(labels.filter(|(label, _)| **label == Some(cluster)).map(|(_, id)| *id).collect())
}

/// The true ship of a point, among those that have trips.
fn ship_of(deck: &Deck, row: u32) -> Option<usize> {
    let read = &deck.desk.ingest.shown()?.value.fleet;
    let owner = read.starts().partition_point(|start| *start <= row as usize).checked_sub(1)?;
    vessel_of(deck.desk.trips.shown()?.value.fleet(), read.vessels().get(owner)?.mmsi)
}

/// Notes the cell of density under the pointer; where nothing else is there, its figures are told.
fn point_cell(ui: &Ui, view: &View, (pointer, is_free): (Pos2, bool), deck: &mut Deck) {
    let shown = deck.desk.density.shown().filter(|_| deck.session.map.cells != CellMeasure::Off);
    let place = view.from_screen(pointer);
    let grid = |of: &DensityOf| place.and_then(|place| of.density.grid().cell_of(place));
    let cell = shown.as_ref().and_then(|of| Some((of.key, grid(of.value)?)));
    deck.water.hovered_cell = cell;
    if let (Some(of), Some((_, cell)), true) = (shown, cell, is_free)
        && is_used(of.value, cell)
    {
        let lines = cell_lines(of.value, cell);
        hover::at_pointer(ui, pointer, |ui| {
            lines.iter().for_each(|line| {
                ui.label(line);
            });
        });
    }
}

/// What happened in an area, under the pointer; a click goes to the ship. Says whether there is
/// such a thing.
fn point_event(
    ui: &Ui,
    (view, pointer): (&View, Option<Pos2>),
    is_clicked: bool,
    deck: &mut Deck,
) -> bool {
    let Some(shown) = deck.desk.areas.shown().filter(|_| deck.session.map.areas) else {
        return false;
    };
    let window_ms = deck.time.window_ms();
    let found = pointer.and_then(|at| DrawnLayer::event_at(view, at, deck.desk, window_ms));
    let (Some(at), Some(place)) = (pointer, found) else { return false };
    let Some(event) = shown.value.events.get(place) else { return false };
    hover::at_pointer(ui, at, |ui| {
        if let Some(vessel) = shown.value.of.fleet().vessels().get(event.ship) {
            ui.label(RichText::new(vessel.title()).strong());
        }
        for line in event_lines(shown.value, event) {
            ui.label(line);
        }
    });
    if is_clicked {
        (deck.water.event, deck.water.area) = (Some(place), event.area);
        deck.pick(Pick::Vessel(event.ship));
    }
    true
}

impl MapPanel {
    /// What the pointer is over, and what it does there.
    pub(super) fn point(
        &mut self,
        ui: &Ui,
        view: &View,
        response: &Response,
        deck: &mut Deck,
        side: Side,
    ) -> Option<Hit> {
        let colors = MapColors::of(ui.visuals().dark_mode);
        let pointer = response.hover_pos();
        if let Some(place) = pointer.and_then(|pointer| view.from_screen(pointer)) {
            furniture::draw_cursor_position(ui.painter(), view, place, &colors);
            self.pointer = Some((side, place));
        }
        if let Some((words, is_warning)) = self.tool.words(view, pointer) {
            let mut colors = colors;
            if is_warning {
                colors.ink = theme::fault_color(ui);
            }
            furniture::draw_hint(ui.painter(), view, &words, &colors);
        }
        if !self.tool.is_hand() {
            let colors = (theme::selection_color(ui), theme::fault_color(ui));
            if let Some(drawn) = self.tool.draw(ui, view, response, colors) {
                deck.ask(Command::TakeDrawn(drawn));
            }
            return None;
        }
        let is_dark = ui.visuals().dark_mode;
        if side == Side::Now && self.drawn.drag(ui, view, response, deck.session, deck.water) {
            if let Some(why) = self.drawn.refused() {
                let colors = MapColors { ink: theme::fault_color(ui), ..colors };
                furniture::draw_hint(ui.painter(), view, why, &colors);
            }
            return None;
        }
        // While the map is dragged nothing is pointed at.
        let pointer = pointer.filter(|_| !response.dragged());
        if side == Side::Now && point_event(ui, (view, pointer), response.clicked(), deck) {
            return None;
        }
        if Sight::of(deck, side).is_found() {
            self.point_found(ui, (view, pointer), response.clicked(), deck);
            return None;
        }
        // Marks first: they are what is looked for.
        let look = Sight::of(deck, side).watching(ui);
        let mark = pointer.zip(look).and_then(|(at, look)| self.watch.pick(view, at, &look));
        if let (Some(at), Some(mark)) = (pointer, mark) {
            let desk = deck.desk;
            hover::at_pointer(ui, at, |ui| watch::card_ui(ui, desk, mark));
            if response.clicked() {
                watch::click(deck, mark);
            }
            return None;
        }
        let ship_at = pointer.and_then(|at| self.ship(view, at, is_dark, side));
        if side == Side::Now
            && ship_at.is_none()
            && self.point_bound(ui, (view, pointer), response.clicked(), deck)
        {
            return None;
        }
        let hovered = pointer.and_then(|at| {
            let ship = self.ship(view, at, is_dark, side);
            ship.or_else(|| self.hit(view, at, Sight::of(deck, side)))
        });
        let shown = deck.desk.trips.shown()?;
        let mut ribbon = None;
        if let Some(pointer) = pointer {
            let groups = Groups { clusters: &*deck.clusters, titles: &self.titles, side };
            let cluster = match &hovered {
                Some(hit) => {
                    let looker = self.held.looker(Sight::of(deck, side).said());
                    let label = hit.trip.map_or(TripLabel::Unknown, |trip| looker.label_of(trip));
                    let said = match label {
                        TripLabel::Cluster(cluster) => {
                            Some((groups.color(cluster, is_dark), groups.title_of(cluster)))
                        }
                        TripLabel::Noise => {
                            Some((unknown(is_dark), "Noise: in no cluster".to_owned()))
                        }
                        TripLabel::Unknown => None,
                    };
                    hover::card(ui, pointer, shown.value, hit, said);
                    label.cluster()
                }
                None => self.routes[side as usize].pick(view, pointer).map(|route| {
                    let title = groups.title_of(route.cluster);
                    let color = groups.color(route.cluster, is_dark);
                    hover::route_card(ui, pointer, color, &title, &route.about);
                    route.cluster
                }),
            };
            let is_free = hovered.is_none() && cluster.is_none() && side == Side::Now;
            let of_now = cluster.and_then(|cluster| groups.as_of_now(cluster));
            ribbon = of_now.filter(|_| hovered.is_none());
            deck.clusters.set_hovered(of_now);
            point_cell(ui, view, (pointer, is_free), deck);
        }
        if response.clicked() {
            let adds = ui.input(|input| input.modifiers.matches_logically(Modifiers::COMMAND));
            match (&hovered, adds) {
                (Some(Hit { trip: Some(trip), .. }), false) => deck.pick(Pick::Trip(*trip)),
                (Some(Hit { trip: Some(trip), .. }), true) => deck.pick(Pick::AlsoTrip(*trip)),
                (Some(Hit { vessel, .. }), false) => deck.pick(Pick::Vessel(*vessel)),
                (None, false) => match ribbon.and_then(|cluster| members(deck, cluster)) {
                    Some(trips) => deck.ask(Command::SelectTrips(trips)),
                    None => deck.pick(Pick::Nothing),
                },
                (_, true) => (),
            }
        }
        hovered
    }

    /// The same where points without identity are drawn: a click selects one, and with it its track.
    fn point_found(
        &self,
        ui: &Ui,
        (view, pointer): (&View, Option<Pos2>),
        is_clicked: bool,
        deck: &mut Deck,
    ) {
        let style = self.style(&deck.session.map, deck.time, ui.visuals().dark_mode);
        let row = pointer.and_then(|at| self.found.pick(view, at, &style));
        if let (Some(at), Some(row)) = (pointer, row) {
            deck.associate.hover(row);
            let (desk, params) = (deck.desk, &deck.session.map);
            hover::at_pointer(ui, at, |ui| found::card(ui, desk, params, row));
        }
        match row.filter(|_| is_clicked) {
            Some(row) => {
                deck.associate.select(Some(row));
                if !deck.session.map.hide_identity
                    && let Some(vessel) = ship_of(deck, row)
                {
                    deck.pick(Pick::Vessel(vessel));
                }
            }
            None if is_clicked => deck.pick(Pick::Nothing),
            None => (),
        }
    }

    /// The ship under the pointer, where one is at the moment that plays.
    fn ship(&self, view: &View, pointer: Pos2, is_dark: bool, side: Side) -> Option<Hit> {
        let ships = &self.ships[side as usize];
        let ship = ships.pick(view, pointer, SHIP_PX, is_dark)?;
        // The geometry may lag behind: its indices are of older trips then.
        let geometry = self.held.geometry().filter(|(key, _)| ships.key() == Some(*key));
        let slot = geometry.zip(ship.trip).map(|((_, of), trip)| of.slot_of_trip(trip));
        Some(Hit {
            slot: slot.unwrap_or(u32::MAX),
            vessel: ship.vessel,
            trip: ship.trip,
            report_index: ship.report_index,
            distance_px: 0.0,
        })
    }

    fn hit(&self, view: &View, pointer: Pos2, sight: Sight) -> Option<Hit> {
        let (key, geometry) = self.held.geometry()?;
        if sight.desk.trips.shown()?.key != key {
            return None; // The geometry lags behind: its indices are of older trips.
        }
        let map = &sight.session.map;
        let looker = self.held.looker(sight.said());
        let is_visible = |slot: &Slot| {
            let is_drawn = if slot.trip.is_some() { map.trips } else { map.rest };
            is_drawn && looker.is_shown(slot)
        };
        let window_ms = sight.time.window_ms();
        pick(geometry, view, pointer, PICK_PX, |_, slot| is_visible(slot), window_ms)
    }
}
