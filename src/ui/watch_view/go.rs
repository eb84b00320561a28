//! Going to an encounter or an oddity: what is selected, where the map looks, which moment it is.

use crate::ais::{Fleet, Mmsi, Trip};
use crate::base::geo::{Position, destination};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::selection::{Pick, vessel_of};
use crate::ui::time_view::{SPEEDS, TimeView};
use crate::watch::{Encounter, Oddity};

/// So much is shown around a place, at least, meters.
const AROUND_M: f64 = 1000.0;

/// Before and after an encounter and an oddity, at least so much time is looked at, milliseconds.
pub const AROUND_MS: i64 = 5 * 60_000;

/// A replay takes about so many seconds.
const REPLAY_S: f64 = 20.0;

/// Selects an encounter, and with it the trips of both ships; with `fits` the map goes there. Where
/// a moment is looked at, it becomes that of the encounter.
pub fn to_encounter(
    deck: &mut Deck,
    encounter: &Encounter,
    fleet: &Fleet,
    is_ahead: bool,
    fits: bool,
) {
    deck.watch.select(encounter, fleet.vessels(), is_ahead);
    let ships = encounter.ships.map(|ship| fleet.vessels().get(ship).map(|of| (of.mmsi, of.part)));
    let trips: Vec<usize> = ships
        .into_iter()
        .flatten()
        .filter_map(|ship| trip_of(deck, ship, encounter.cpa_ms))
        .collect();
    if !trips.is_empty() {
        deck.ask(Command::SelectTrips(trips));
    }
    if fits {
        let apart_m = AROUND_M.max(3.0 * encounter.cpa_m);
        deck.ask(Command::FitPlaces(around(encounter.place, apart_m)));
    }
    if !is_ahead && deck.time.now_ms().is_some() {
        deck.time.is_playing = false;
        brush(deck.time, (encounter.from_ms, encounter.to_ms));
        deck.time.set_now_ms(encounter.cpa_ms);
    }
}

/// Plays an encounter from some minutes before until some minutes after.
pub fn replay(deck: &mut Deck, encounter: &Encounter, fleet: &Fleet) {
    deck.time.stop();
    to_encounter(deck, encounter, fleet, false, true);
    brush(deck.time, (encounter.from_ms, encounter.to_ms));
    if let Some((from_ms, to_ms)) = deck.time.brush_ms() {
        deck.time.set_now_ms(from_ms);
        deck.time.speed = speed_for(to_ms - from_ms);
        deck.time.is_playing = true;
    }
}

/// Selects an oddity and goes to its place and time.
pub fn to_oddity(deck: &mut Deck, oddity: &Oddity, fits: bool) {
    deck.watch.select_odd(oddity);
    if let Some(trip) = trip_of_oddity(deck, oddity) {
        deck.pick(Pick::Trip(trip));
    } else {
        let shown = deck.desk.trips.shown();
        let vessel = shown.and_then(|shown| vessel_of(shown.value.fleet(), oddity.mmsi));
        if let Some(vessel) = vessel {
            deck.pick(Pick::Vessel(vessel));
        }
    }
    if !fits {
        return;
    }
    deck.time.is_playing = false;
    brush(deck.time, (oddity.from_ms, oddity.to_ms));
    deck.time.set_now_ms(oddity.from_ms);
    let mut places = around(oddity.place, 3.0 * AROUND_M);
    if let Some(reach) = &oddity.reach {
        places.extend(reach.ring(16));
        places.extend([reach.from, reach.to]);
    }
    deck.ask(Command::FitPlaces(places));
}

/// Brushes a time with some minutes before and after; of a long one a quarter more on both sides.
fn brush(time: &mut TimeView, (from_ms, to_ms): (i64, i64)) {
    let around_ms = AROUND_MS.max((to_ms - from_ms) / 4);
    time.brush(from_ms.saturating_sub(around_ms), to_ms.saturating_add(around_ms));
}

/// The speed at which a time plays in about [`REPLAY_S`].
fn speed_for(lasts_ms: i64) -> f64 {
    let wanted = lasts_ms as f64 / 1000.0 / REPLAY_S;
    SPEEDS.into_iter().find(|speed| *speed >= wanted).unwrap_or(SPEEDS[SPEEDS.len() - 1])
}

fn around(place: Position, radius_m: f64) -> Vec<Position> {
    [0.0, 90.0, 180.0, 270.0].map(|bearing| destination(place, bearing, radius_m)).into()
}

/// The trip of a ship that is under way at a moment, of those that are shown.
fn trip_of(deck: &Deck, (mmsi, part): (Mmsi, u8), t_ms: i64) -> Option<usize> {
    let shown = deck.desk.trips.shown()?;
    let fleet = shown.value.fleet();
    let is_it = |trip: &Trip| {
        let vessel = &fleet.vessels()[trip.vessel];
        let (from_ms, to_ms) = trip.time_span_ms(fleet);
        vessel.mmsi == mmsi && vessel.part == part && (from_ms..=to_ms).contains(&t_ms)
    };
    shown.value.trips.trips.iter().position(is_it)
}

fn trip_of_oddity(deck: &Deck, oddity: &Oddity) -> Option<usize> {
    let shown = deck.desk.trips.shown()?;
    let fleet = shown.value.fleet();
    let is_it = |trip: &Trip| {
        let (from_ms, to_ms) = trip.time_span_ms(fleet);
        fleet.vessels()[trip.vessel].mmsi == oddity.mmsi
            && from_ms <= oddity.to_ms
            && to_ms >= oddity.from_ms
    };
    shown.value.trips.trips.iter().position(is_it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replay_takes_about_twenty_seconds() {
        for (minutes, speed) in [(10, 30.0), (20, 60.0), (40, 120.0), (1, 5.0)] {
            assert_eq!(speed_for(minutes * 60_000), speed, "{minutes} min");
        }
        assert_eq!(speed_for(i64::MAX / 2), 86_400.0);
    }

    #[test]
    fn some_minutes_are_looked_at_on_both_sides() {
        let mut time = TimeView::default();
        time.set_span_ms(Some((0, 36_000_000)));
        brush(&mut time, (3_600_000, 3_720_000));
        assert_eq!(time.brush_ms(), Some((3_300_000, 4_020_000)));
        brush(&mut time, (3_600_000, 7_200_000));
        assert_eq!(time.brush_ms(), Some((2_700_000, 8_100_000)));
    }
}
