//! Which encounter and which oddity are looked at, and which kinds are shown.

pub mod go;
pub mod motion;

use crate::ais::{Fleet, Mmsi, Vessel};
use crate::flow::look::WatchLayers;
use crate::watch::{Encounter, Meeting, Oddity, OddityKind};

/// Kinds of encounters, in the order of lists and legends.
pub const MEETINGS: [Meeting; 3] = [Meeting::HeadOn, Meeting::Crossing, Meeting::Overtaking];

/// An encounter is still the same if it was closest at most this long before or after, milliseconds.
const SAME_MS: i64 = 10 * 60_000;

/// What the panels and layers of watching share. Not part of the session: looking is not analysing.
///
/// An encounter and an oddity are remembered by ships and time, so that they are found again in the
/// next result, while a slider moves.
#[derive(Clone, PartialEq, Debug)]
pub struct WatchView {
    /// The layers of the other side: in the workspace Watch those that the other workspaces show, and
    /// there those of Watch.
    pub layers: WatchLayers,
    /// Which kinds of encounters are shown, in the order of [`MEETINGS`].
    pub meetings: [bool; MEETINGS.len()],
    /// Whether only encounters are shown in which one ship was in the other's domain.
    pub only_breaches: bool,
    /// Which kinds of oddities are shown, in the order of [`OddityKind::ALL`].
    pub oddities: [bool; OddityKind::ALL.len()],
    met: Option<Met>,
    odd: Option<Odd>,
}

impl Default for WatchView {
    fn default() -> Self {
        WatchView {
            layers: WatchLayers::usual(),
            meetings: [true; MEETINGS.len()],
            only_breaches: false,
            oddities: [true; OddityKind::ALL.len()],
            met: None,
            odd: None,
        }
    }
}

/// A ship by what is the same in every result.
type Name = (Mmsi, u8);

/// An encounter by ships and time.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Met {
    ships: [Name; 2],
    cpa_ms: i64,
    /// Whether it is one that is to come.
    is_ahead: bool,
}

/// An oddity by kind, ship and time.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Odd {
    kind: OddityKind,
    mmsi: Mmsi,
    from_ms: i64,
}

impl Odd {
    fn of(oddity: &Oddity) -> Odd {
        Odd { kind: oddity.kind, mmsi: oddity.mmsi, from_ms: oddity.from_ms }
    }
}

/// The place of a kind in lists of kinds.
pub fn place_of(meeting: Meeting) -> usize {
    match meeting {
        Meeting::HeadOn => 0,
        Meeting::Crossing => 1,
        Meeting::Overtaking => 2,
    }
}

/// The place of a kind of oddity in lists of kinds.
pub fn place_of_odd(kind: OddityKind) -> usize {
    OddityKind::ALL.iter().position(|other| *other == kind).unwrap_or_default()
}

impl WatchView {
    /// Whether an encounter is of a kind that is shown.
    pub fn shows(&self, encounter: &Encounter) -> bool {
        self.meetings[place_of(encounter.meeting)] && (encounter.is_breach() || !self.only_breaches)
    }

    /// Whether an oddity is of a kind that is shown.
    pub fn shows_odd(&self, kind: OddityKind) -> bool {
        self.oddities[place_of_odd(kind)]
    }

    /// Lets go of what is looked at.
    pub fn clear(&mut self) {
        (self.met, self.odd) = (None, None);
    }

    /// Whether something is looked at.
    pub fn has_selection(&self) -> bool {
        self.met.is_some() || self.odd.is_some()
    }

    /// Looks at an encounter of ships of `vessels`, one that was or one that `is_ahead`.
    pub fn select(&mut self, encounter: &Encounter, vessels: &[Vessel], is_ahead: bool) {
        let ships = encounter.ships.map(|ship| name(vessels, ship));
        self.met = Some(Met { ships, cpa_ms: encounter.cpa_ms, is_ahead });
        self.odd = None;
    }

    /// Looks at an oddity.
    pub fn select_odd(&mut self, oddity: &Oddity) {
        (self.odd, self.met) = (Some(Odd::of(oddity)), None);
    }

    /// Where the encounter that is looked at stands in a list of those that were, or of those that
    /// are ahead.
    pub fn selected(&self, list: &[Encounter], fleet: &Fleet, is_ahead: bool) -> Option<usize> {
        let met = self.met.filter(|met| met.is_ahead == is_ahead)?;
        let off_ms = |encounter: &Encounter| encounter.cpa_ms.abs_diff(met.cpa_ms);
        let is_it = |encounter: &Encounter| {
            off_ms(encounter) <= SAME_MS.unsigned_abs()
                && encounter.ships.map(|ship| name(fleet.vessels(), ship)) == met.ships
        };
        let found = list.iter().enumerate().filter(|(_, encounter)| is_it(encounter));
        found.min_by_key(|(_, encounter)| off_ms(encounter)).map(|(place, _)| place)
    }

    /// Where the oddity that is looked at stands in a list.
    pub fn selected_odd(&self, list: &[Oddity]) -> Option<usize> {
        let odd = self.odd?;
        list.iter().position(|oddity| Odd::of(oddity) == odd)
    }
}

fn name(vessels: &[Vessel], ship: usize) -> Name {
    vessels.get(ship).map(|vessel| (vessel.mmsi, vessel.part)).unwrap_or_default()
}

/// For tests: two ships that cross, and their fleet. The first sails east, the second north, both
/// twelve knots for an hour; the second is a cable late.
#[cfg(test)]
pub fn crossing() -> (Fleet, crate::watch::Encounters) {
    use crate::ais::{Report, ShipType, Static};
    use crate::base::geo::{Position, destination};
    use crate::base::job::Job;
    use crate::base::params::Checked;
    use crate::watch::{EncounterParams, encounters};

    let ship = |mmsi: u32, name: &str, kind: u8, length_m: f32, cog_deg: f32, late_m: f64| {
        let about = Static {
            name: name.into(),
            ship_type: ShipType(kind),
            length_m: Some(length_m),
            ..Static::default()
        };
        let vessel = Vessel { mmsi: Mmsi(mmsi), about, ..Vessel::default() };
        let at = |minute: i64| {
            let way_m = (minute - 30) as f64 * 12.0 * 1852.0 / 60.0 - late_m;
            let place = destination(Position::new(10.0, 57.0), f64::from(cog_deg), way_m);
            Report { sog_kn: 12.0, cog_deg, ..Report::at(minute * 60_000, place) }
        };
        (vessel, (0..=60).map(at).collect())
    };
    let fleet = Fleet::from_tracks(vec![
        ship(219_000_001, "ALPHA", 70, 120.0, 90.0, 0.0),
        ship(219_000_002, "BRAVO", 80, 200.0, 0.0, 185.2),
    ]);
    let params = Checked::new(&EncounterParams::default()).expect("the defaults are in range");
    let found = encounters(&fleet, None, &params, &Job::default()).expect("nobody cancels");
    (fleet, found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::Position;

    #[test]
    fn an_encounter_is_found_again_by_its_ships_and_time() {
        let (fleet, found) = crossing();
        assert_eq!(found.list.len(), 1);
        let mut view = WatchView::default();
        assert!(view.shows(&found.list[0]) && !view.has_selection());
        view.select(&found.list[0], fleet.vessels(), false);
        assert_eq!(view.selected(&found.list, &fleet, false), Some(0));
        assert_eq!(view.selected(&found.list, &fleet, true), None, "that is another list");
        // Half a minute later by other parameters, and behind one of an hour before.
        let later = Encounter { cpa_ms: found.list[0].cpa_ms + 30_000, ..found.list[0].clone() };
        let before = Encounter { cpa_ms: later.cpa_ms - 3_600_000, ..later.clone() };
        assert_eq!(view.selected(&[before.clone(), later], &fleet, false), Some(1));
        assert_eq!(view.selected(&[before], &fleet, false), None);
        view.clear();
        assert_eq!(view.selected(&found.list, &fleet, false), None);
    }

    #[test]
    fn kinds_are_hidden_and_only_breaches_shown() {
        let (_, found) = crossing();
        let encounter = &found.list[0];
        assert_eq!(encounter.meeting, Meeting::Crossing);
        let mut view = WatchView { only_breaches: true, ..WatchView::default() };
        assert!(view.shows(encounter), "a cable is less than four lengths");
        assert!(!view.shows(&Encounter { domain: 1.5, ..encounter.clone() }));
        view.meetings[1] = false;
        assert!(!view.shows(encounter));
    }

    #[test]
    fn an_oddity_is_found_again_by_kind_ship_and_time() {
        let oddity = |kind, from_ms| Oddity {
            kind,
            mmsi: Mmsi(1),
            ship: None,
            trip: None,
            from_ms,
            to_ms: from_ms,
            place: Position::new(0.0, 0.0),
            score: 0.5,
            why: String::new(),
            reach: None,
        };
        let list = [oddity(OddityKind::Stop, 0), oddity(OddityKind::Dark, 0)];
        let mut view = WatchView::default();
        view.select_odd(&list[1]);
        assert_eq!(view.selected_odd(&list), Some(1));
        assert_eq!(view.selected_odd(&list[..1]), None);
        view.oddities[place_of_odd(OddityKind::Dark)] = false;
        assert!(!view.shows_odd(OddityKind::Dark) && view.shows_odd(OddityKind::Stop));
    }
}
