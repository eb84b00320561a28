//! What is selected: made anywhere, shown everywhere.

use crate::ais::{Fleet, Mmsi};
use crate::flow::stages::TripsOf;
use crate::flow::{Desk, Key};

/// The selected trips, and the vessel that is looked at.
///
/// Results come and go while a slider moves, so trips are remembered by ship and time: in a new
/// result, the trip under way at the same moment takes the old one's place.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Selection {
    /// The result that the indices below belong to.
    of: Option<Key>,
    trips: Vec<usize>,
    vessel: Option<usize>,
    // One for each trip, in the same order; the vessel's own last.
    anchors: Vec<Anchor>,
    vessel_mmsi: Option<Mmsi>,
}

/// A trip by what does not change with thresholds: whose it is, and a moment of it.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Anchor {
    mmsi: Mmsi,
    t_ms: i64,
}

/// A change of the selection that a panel asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pick {
    /// Nothing any more.
    Nothing,
    /// This trip alone.
    Trip(usize),
    /// This trip too; or, if it is selected, no longer.
    AlsoTrip(usize),
    /// This vessel, with all of its trips.
    Vessel(usize),
}

impl Selection {
    /// The selected trips, as indices into the result [`Selection::key`] names, in the order in
    /// which they were picked.
    pub fn trips(&self) -> &[usize] {
        &self.trips
    }

    /// The vessel that is looked at: that of the trip picked last, or one picked by itself.
    pub fn vessel(&self) -> Option<usize> {
        self.vessel
    }

    /// The trip picked last.
    pub fn trip(&self) -> Option<usize> {
        self.trips.last().copied()
    }

    /// The result whose trips are selected.
    pub fn key(&self) -> Option<Key> {
        self.of
    }

    /// Whether nothing is selected.
    pub fn is_empty(&self) -> bool {
        self.trips.is_empty() && self.vessel.is_none()
    }

    /// Changes the selection as asked, in the result that is shown. What does not exist there is
    /// not selected.
    pub fn pick(&mut self, pick: Pick, desk: &Desk) {
        let Some(shown) = desk.trips.shown() else {
            *self = Selection::default();
            return;
        };
        let trips = &shown.value.trips.trips;
        match pick {
            Pick::Nothing => (self.trips, self.vessel) = (Vec::new(), None),
            Pick::Trip(trip) if trip < trips.len() => self.trips = vec![trip],
            Pick::AlsoTrip(trip) if trip < trips.len() => {
                match self.trips.iter().position(|other| *other == trip) {
                    Some(place) => drop(self.trips.remove(place)),
                    None => self.trips.push(trip),
                }
            }
            Pick::Vessel(vessel) if vessel < shown.value.fleet().vessels().len() => {
                let own = |trip: &usize| trips[*trip].vessel == vessel;
                self.trips = (0..trips.len()).filter(own).collect();
                self.vessel = Some(vessel);
            }
            Pick::Trip(_) | Pick::AlsoTrip(_) | Pick::Vessel(_) => (),
        }
        if let (Some(trip), Pick::Trip(_) | Pick::AlsoTrip(_)) = (self.trips.last(), pick) {
            self.vessel = Some(trips[*trip].vessel);
        }
        self.of = Some(shown.key);
        self.anchor(shown.value);
    }

    /// Selects these trips of the result that is shown, each of them once and no others: the
    /// members of a cluster. What does not exist there is not selected.
    pub fn pick_trips(&mut self, mut picked: Vec<usize>, desk: &Desk) {
        let Some(shown) = desk.trips.shown() else {
            *self = Selection::default();
            return;
        };
        let trips = &shown.value.trips.trips;
        picked.retain(|trip| *trip < trips.len());
        picked.sort_unstable();
        picked.dedup();
        self.vessel = picked.last().map(|trip| trips[*trip].vessel);
        self.trips = picked;
        self.of = Some(shown.key);
        self.anchor(shown.value);
    }

    /// Finds the selected trips again in a new result.
    pub fn follow(&mut self, desk: &Desk) {
        let Some(shown) = desk.trips.shown() else {
            *self = Selection::default();
            return;
        };
        if self.of == Some(shown.key) {
            return;
        }
        let (fleet, trips) = (shown.value.fleet(), &shown.value.trips.trips);
        let of_anchor = |anchor: &Anchor| {
            trips.iter().position(|trip| {
                let (from_ms, to_ms) = trip.time_span_ms(fleet);
                fleet.vessels()[trip.vessel].mmsi == anchor.mmsi
                    && (from_ms..=to_ms).contains(&anchor.t_ms)
            })
        };
        let mut found: Vec<usize> = Vec::new();
        for trip in self.anchors.iter().filter_map(of_anchor) {
            if !found.contains(&trip) {
                found.push(trip);
            }
        }
        self.trips = found;
        self.vessel = match self.trips.last() {
            Some(trip) => Some(trips[*trip].vessel),
            None => self.vessel_mmsi.and_then(|mmsi| vessel_of(fleet, mmsi)),
        };
        // The anchors stay: a slider that moves back finds them all again.
        self.of = Some(shown.key);
    }

    fn anchor(&mut self, output: &TripsOf) {
        let fleet = output.fleet();
        let anchor = |trip: &usize| {
            let trip = &output.trips.trips[*trip];
            let middle = trip.reports.start + trip.reports.len() / 2;
            Anchor { mmsi: fleet.vessels()[trip.vessel].mmsi, t_ms: fleet.reports().t_ms[middle] }
        };
        self.anchors = self.trips.iter().map(anchor).collect();
        self.vessel_mmsi = self.vessel.map(|vessel| fleet.vessels()[vessel].mmsi);
    }
}

/// The first vessel of this number.
pub fn vessel_of(fleet: &Fleet, mmsi: Mmsi) -> Option<usize> {
    fleet.vessels().iter().position(|vessel| vessel.mmsi == mmsi)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::desk::Wanted;
    use crate::flow::{Jobs, Session};

    /// A made sea with its trips; ships that lie still for long enough end a trip.
    fn desk(session: &Session) -> Desk {
        let mut desk = Desk::default();
        update(&mut desk, session);
        desk
    }

    fn update(desk: &mut Desk, session: &Session) {
        for _ in 0..10 {
            desk.update(session, &Jobs::Inline, &Wanted::explore());
        }
    }

    fn sea() -> Session {
        let mut session = Session::default();
        session.sources.make_demo();
        session.set("synth.rows=20000").unwrap();
        session
    }

    #[test]
    fn trips_are_picked_added_and_taken_away() {
        let desk = desk(&sea());
        let trips = &desk.trips.shown().unwrap().value.trips.trips;
        let mut selection = Selection::default();
        selection.pick(Pick::Trip(3), &desk);
        selection.pick(Pick::AlsoTrip(5), &desk);
        assert_eq!((selection.trips(), selection.vessel()), (&[3, 5][..], Some(trips[5].vessel)));
        selection.pick(Pick::AlsoTrip(5), &desk);
        assert_eq!((selection.trips(), selection.vessel()), (&[3][..], Some(trips[3].vessel)));
        selection.pick(Pick::Trip(usize::MAX), &desk);
        assert_eq!(selection.trips(), [3]);
        selection.pick(Pick::Nothing, &desk);
        assert!(selection.is_empty());
    }

    #[test]
    fn many_trips_are_picked_at_once_and_each_once() {
        let desk = desk(&sea());
        let mut selection = Selection::default();
        selection.pick(Pick::Trip(7), &desk);
        selection.pick_trips(vec![5, 3, 5, usize::MAX], &desk);
        assert_eq!(selection.trips(), [3, 5]);
        let trips = &desk.trips.shown().unwrap().value.trips.trips;
        assert_eq!(selection.vessel(), Some(trips[5].vessel));
        selection.pick_trips(Vec::new(), &desk);
        assert!(selection.is_empty());
    }

    #[test]
    fn a_vessel_brings_all_of_its_trips() {
        let desk = desk(&sea());
        let trips = &desk.trips.shown().unwrap().value.trips.trips;
        let mut selection = Selection::default();
        let vessel = trips[0].vessel;
        selection.pick(Pick::Vessel(vessel), &desk);
        assert_eq!(
            selection.trips().len(),
            trips.iter().filter(|trip| trip.vessel == vessel).count()
        );
        assert!(!selection.trips().is_empty());
    }

    #[test]
    fn a_selected_trip_is_found_again_when_thresholds_change() {
        let mut session = sea();
        let mut desk = desk(&session);
        let mut selection = Selection::default();
        let trip = desk.trips.shown().unwrap().value.trips.trips.len() - 1;
        selection.pick(Pick::Trip(trip), &desk);
        let of = |desk: &Desk, trip: usize| {
            let output = desk.trips.shown().unwrap().value.clone();
            let trip = output.trips.trips[trip].clone();
            (output.fleet().vessels()[trip.vessel].mmsi, trip.time_span_ms(output.fleet()))
        };
        let before = of(&desk, trip);
        session.set("trips.min_length=10000").unwrap();
        update(&mut desk, &session);
        selection.follow(&desk);
        assert_ne!(selection.key(), None);
        for trip in selection.trips() {
            assert_eq!(of(&desk, *trip), before);
        }
        session.set("trips.min_length=0").unwrap();
        update(&mut desk, &session);
        selection.follow(&desk);
        assert_eq!(selection.trips().len(), 1);
        assert_eq!(of(&desk, selection.trips()[0]).0, before.0);
    }
}
