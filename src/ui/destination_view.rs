//! What the window remembers of destinations: which port and which voyage are looked at, and of which
//! ship it is told where she is bound.

use std::sync::Arc;

use super::command::Command;
use super::selection::Selection;
use super::time_view::TimeView;
use crate::ais::{Mmsi, PortId, PortTable, Vessel};
use crate::base::geo::distance_m;
use crate::base::time::utc_text;
use crate::destination::{Annotation, ShipForecast, Voyage};
use crate::flow::bound::ForecastParams;
use crate::flow::stages::{ForecastOf, VoyagesOf};
use crate::flow::tray::{Shelf as _, State};
use crate::flow::{Desk, Key};

#[cfg(test)]
pub mod made;
pub mod told;

use self::told::Told;

/// A voyage by what does not change with parameters: whose it is, and a moment of it.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Anchor {
    mmsi: Mmsi,
    part: u8,
    middle_ms: i64,
}

/// Which port and which voyage are looked at. Not part of the session: looking is not analysing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct DestinationView {
    /// The tables that ports and voyages are of.
    of: [Option<Key>; 2],
    port: Option<PortId>,
    anchor: Option<Anchor>,
    voyage: Option<usize>,
    target: Target,
    /// What is told of that ship, with the colors of ports.
    told: Option<(Key, Arc<Told>)>,
    /// Whether the map says why nothing is told: where the user is at destinations.
    pub is_told: bool,
}

/// Of which ship it is told where she is bound.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Target {
    /// Nobody looks.
    #[default]
    Off,
    /// There are no voyages to learn from yet.
    NoVoyages,
    /// A network is to tell, and none is trained.
    NoNetwork,
    /// No ship is selected.
    NoShip,
    /// The ship has made no voyage and is not under way.
    NoVoyage,
    /// She is on no voyage at the moment: when her last one ended, and when her next one begins.
    Between(Option<i64>, Option<i64>),
    /// On the voyage that these parameters name, which lasts from the first to the second time.
    At(ForecastParams, (i64, i64)),
}

impl DestinationView {
    /// Finds the voyage that is looked at among new ones; forgets ports of another list.
    pub fn follow(&mut self, desk: &Desk, selection: &Selection) {
        let ports = desk.ports.shown().map(|shown| shown.key);
        if self.of[0] != ports {
            (self.of[0], self.port) = (ports, None);
        }
        let voyages = desk.voyages.shown();
        let key = voyages.as_ref().map(|shown| shown.key);
        if self.of[1] != key {
            self.of[1] = key;
            self.voyage = voyages.as_ref().and_then(|shown| found(shown.value, self.anchor?));
        }
        let told = told_of(desk, &self.target).ok();
        if self.told.as_ref().map(|(key, _)| *key) != told.map(|found| found.key) {
            self.told = told.map(|found| (found.key, Arc::new(Told::from(found.ship))));
        }
        // Another ship was selected: her voyages are looked at from now on.
        if let (Some(index), Some(of), Some(vessel)) =
            (self.voyage, &voyages, selected_vessel(desk, selection))
            && of.value.found.voyages.get(index).is_some_and(|voyage| voyage.vessel != vessel)
        {
            (self.anchor, self.voyage) = (None, None);
        }
    }

    /// What is told of the ship, along her whole voyage.
    pub fn told(&self) -> Option<&Arc<Told>> {
        self.told.as_ref().map(|(_, told)| told)
    }

    /// The selected port.
    pub fn port(&self) -> Option<PortId> {
        self.port
    }

    /// Says which list of ports the next port is of.
    pub fn take_ports(&mut self, key: Key) {
        self.of[0] = Some(key);
    }

    /// Selects a port, or none.
    pub fn select_port(&mut self, port: Option<PortId>) {
        self.port = port;
    }

    /// The selected voyage, as an index into those that are shown.
    pub fn voyage(&self) -> Option<usize> {
        self.voyage
    }

    /// Selects a voyage of those that are shown, or none.
    pub fn select_voyage(&mut self, index: Option<usize>, of: &VoyagesOf) {
        let voyage = index.and_then(|index| of.found.voyages.get(index));
        self.voyage = index.filter(|_| voyage.is_some());
        self.anchor = voyage.map(|voyage| anchor(voyage, &of.fleet().vessels()[voyage.vessel]));
    }

    /// Selects neither.
    pub fn clear(&mut self) {
        (self.port, self.anchor, self.voyage) = (None, None, None);
    }

    /// Whether something is selected.
    pub fn has_selection(&self) -> bool {
        self.port.is_some() || self.voyage.is_some()
    }

    /// Of which ship it is told.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Says of which ship it is told.
    pub fn set_target(&mut self, target: Target) {
        self.target = target;
    }
}

fn anchor(voyage: &Voyage, vessel: &Vessel) -> Anchor {
    let middle_ms = voyage.departed_ms + (voyage.arrived_ms - voyage.departed_ms) / 2;
    Anchor { mmsi: vessel.mmsi, part: vessel.part, middle_ms }
}

fn found(of: &VoyagesOf, anchor: Anchor) -> Option<usize> {
    of.found.voyages.iter().position(|voyage| {
        let vessel = &of.fleet().vessels()[voyage.vessel];
        (vessel.mmsi, vessel.part) == (anchor.mmsi, anchor.part)
            && (voyage.departed_ms..=voyage.arrived_ms).contains(&anchor.middle_ms)
    })
}

/// The selected ship, as an index into the fleet that voyages are of.
pub fn selected_vessel(desk: &Desk, selection: &Selection) -> Option<usize> {
    let (trips, voyages) = (desk.trips.shown()?, desk.voyages.shown()?);
    let is_linked = selection.key() == Some(trips.key)
        && Arc::ptr_eq(&trips.value.cleaned, &voyages.value.typed.cleaned);
    selection.vessel().filter(|_| is_linked)
}

impl Target {
    /// The selected ship on the voyage that she is on at the moment; without a moment, on the selected
    /// one, or the one that she is on at last.
    pub fn of(
        desk: &Desk,
        selection: &Selection,
        view: &DestinationView,
        time: &TimeView,
    ) -> Target {
        let Some(shown) = desk.voyages.shown() else { return Target::NoVoyages };
        let of = shown.value;
        let Some(vessel) = selected_vessel(desk, selection) else { return Target::NoShip };
        let about = &of.fleet().vessels()[vessel];
        let times = &of.fleet().reports().t_ms;
        let hers: Vec<(usize, &Voyage)> =
            of.found.voyages.iter().enumerate().filter(|(_, one)| one.vessel == vessel).collect();
        let open = of.found.under_way.iter().find(|ship| ship.vessel == vessel).and_then(|ship| {
            let at = |index: &u32| times[*index as usize];
            Some((at(ship.reports.first()?), at(ship.reports.last()?)))
        });
        // Just before the end: there, the next voyage may begin.
        let on = |voyage: &Voyage| {
            let (from_ms, to_ms) = (voyage.departed_ms, voyage.arrived_ms);
            Target::At(ForecastParams::of(about, (to_ms - 1).max(from_ms)), (from_ms, to_ms))
        };
        let under_way =
            |(from_ms, to_ms)| Target::At(ForecastParams::of(about, to_ms), (from_ms, to_ms));
        let Some(now_ms) = time.now_ms() else {
            let chosen = hers.iter().find(|(index, _)| view.voyage() == Some(*index));
            return match (chosen, open, hers.last()) {
                (None, Some(open), _) => under_way(open),
                (Some((_, voyage)), ..) | (None, None, Some((_, voyage))) => on(voyage),
                (None, None, None) => Target::NoVoyage,
            };
        };
        let is_on = |voyage: &Voyage| (voyage.departed_ms..voyage.arrived_ms).contains(&now_ms);
        if let Some((_, voyage)) = hers.iter().find(|(_, voyage)| is_on(voyage)) {
            return on(voyage);
        }
        if let Some(open) = open.filter(|(from_ms, _)| *from_ms <= now_ms) {
            return under_way(open);
        }
        if hers.is_empty() && open.is_none() {
            return Target::NoVoyage;
        }
        let last = hers.iter().map(|(_, one)| one.arrived_ms).filter(|end_ms| *end_ms <= now_ms);
        let begins = hers.iter().map(|(_, one)| one.departed_ms).chain(open.map(|open| open.0));
        Target::Between(last.max(), begins.filter(|begin_ms| *begin_ms > now_ms).min())
    }
}

/// What is told of a ship, and whether it is of older settings.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// The result.
    pub key: Key,
    /// What is told.
    pub of: &'a Arc<ForecastOf>,
    /// The ship.
    pub ship: &'a ShipForecast,
    /// Whether something newer is on its way.
    pub is_old: bool,
}

/// Why nothing is told.
#[derive(Clone, PartialEq, Debug)]
pub enum Lack {
    /// Nobody looks.
    Off,
    /// No file is open.
    NoData,
    /// Reports are being read.
    Reading,
    /// There are no voyages yet: they are being cut, or could not be.
    NoVoyages(Option<String>),
    /// A network is to tell, and none is trained.
    NoNetwork,
    /// No ship is selected, and so many are under way.
    NoShip(usize),
    /// The ship has made no voyage and is not under way.
    NoVoyage,
    /// She is on no voyage at the moment.
    Between(Option<i64>, Option<i64>),
    /// It is being worked out.
    Working,
    /// It cannot be told.
    Fault(String),
}

impl Lack {
    /// What is missing, and what that means.
    pub fn text(&self) -> String {
        match self {
            Lack::Off => "Likely ports are switched off".into(),
            Lack::NoData => {
                "Destinations are told of ships under way: open a file, or made voyages".into()
            }
            Lack::Reading => "Reports are being read".into(),
            Lack::NoVoyages(None) => "Tracks are being cut into voyages".into(),
            Lack::NoVoyages(Some(fault)) => format!("There are no voyages: {fault}"),
            Lack::NoNetwork => {
                "A network is to tell where ships are bound, and none is trained: press \
                                Train in the panel Ports and voyages, or let routes of earlier \
                                voyages tell"
                    .into()
            }
            Lack::NoShip(0) => {
                "Nothing is under way at the end of these reports. Select a ship that made a \
                 voyage, in the table or on the map"
                    .into()
            }
            Lack::NoShip(n) => format!(
                "Select a ship: click a line on the map, or a row of the table of voyages. {n} are \
                 under way at the end of these reports"
            ),
            Lack::NoVoyage => {
                "The selected ship has made no voyage between two ports of the list, and is not \
                 under way"
                    .into()
            }
            Lack::Between(..) => "The ship is on no voyage at this moment".into(),
            Lack::Working => "Working".into(),
            Lack::Fault(fault) => fault.clone(),
        }
    }

    /// The likely remedy: what a button says, and the moment it goes to or what it asks for.
    pub fn remedy(&self) -> Option<(String, Remedy)> {
        let minute = |t_ms: i64| utc_text(t_ms).get(..16).unwrap_or_default().to_owned();
        match self {
            Lack::NoData => {
                Some(("Open made world voyages".into(), Remedy::Ask(|| Command::World)))
            }
            Lack::Fault(fault) if fault.contains("destination.routes") => Some((
                "Choose routes of earlier voyages…".into(),
                Remedy::Ask(|| Command::AskForRoutes),
            )),
            Lack::Between(_, Some(next_ms)) => Some((
                format!("Go to her next voyage, from {} UTC", minute(*next_ms)),
                Remedy::GoTo(*next_ms + 1),
            )),
            Lack::Between(Some(last_ms), None) => Some((
                format!("Go to her last voyage, until {} UTC", minute(*last_ms)),
                Remedy::GoTo(*last_ms - 1),
            )),
            _ => None,
        }
    }

    /// What the map says of it, if anything: the panel says it in full.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Lack::Between(..) => Some("On no voyage at this moment: no likely ports"),
            Lack::Fault(_) => Some("No likely ports: the tab Where bound says why"),
            _ => None,
        }
    }
}

/// What a remedy does.
#[derive(Clone, Copy)]
pub enum Remedy {
    /// Goes to a moment, UTC milliseconds.
    GoTo(i64),
    /// Asks for something.
    Ask(fn() -> Command),
}

/// What is told of `target`, or why nothing is.
pub fn told_of<'a>(desk: &'a Desk, target: &Target) -> Result<Found<'a>, Lack> {
    let params = match target {
        Target::Off => return Err(Lack::Off),
        Target::NoVoyages if desk.ingest.shown().is_none() && desk.ingest.progress().is_none() => {
            return Err(Lack::NoData);
        }
        Target::NoVoyages if desk.ingest.progress().is_some() => return Err(Lack::Reading),
        Target::NoVoyages => {
            let shelves: [&dyn crate::flow::tray::Shelf; 3] =
                [&desk.ports, &desk.destinations, &desk.voyages];
            let fault = shelves.into_iter().flat_map(|shelf| shelf.faults().to_vec()).next();
            return Err(Lack::NoVoyages(fault));
        }
        Target::NoShip => {
            let n = desk.voyages.shown().map_or(0, |shown| shown.value.found.under_way.len());
            return Err(Lack::NoShip(n));
        }
        Target::NoNetwork => return Err(Lack::NoNetwork),
        Target::NoVoyage => return Err(Lack::NoVoyage),
        Target::Between(last_ms, next_ms) => return Err(Lack::Between(*last_ms, *next_ms)),
        Target::At(params, _) => params,
    };
    let is_hers = |of: &ForecastOf, ship: &ShipForecast| {
        let vessel = &of.all.voyages.fleet().vessels()[ship.vessel];
        vessel.mmsi.0 as usize == params.mmsi && usize::from(vessel.part) == params.part
    };
    if let Some(shown) = desk.forecast.shown()
        && let Some(ship) = &shown.value.ship
        && is_hers(shown.value, ship)
        && (!shown.is_stale || params.t_ms() == Ok(Some(shown.value.at_ms)))
    {
        let is_old = shown.is_stale;
        return Ok(Found { key: shown.key, of: shown.value, ship, is_old });
    }
    let before: [&dyn crate::flow::tray::Shelf; 5] =
        [&desk.forecast, &desk.forecasts, &desk.destination_fit, &desk.route_graph, &desk.nests];
    let failed = before.into_iter().find(|shelf| shelf.state() == State::Fault);
    match failed.and_then(|shelf| shelf.faults().first().cloned()) {
        Some(fault) => Err(Lack::Fault(fault)),
        None => Err(Lack::Working),
    }
}

/// Whether a port is one that a text may name, or lies by one.
pub fn is_named(named: &Annotation, port: PortId, ports: &PortTable, radius_m: f64) -> bool {
    let place = ports.port(port).position;
    named.candidates.iter().any(|candidate| {
        candidate.port == port || distance_m(ports.port(candidate.port).position, place) <= radius_m
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voyage_is_found_again_by_a_moment_of_it() {
        let of = made::sailed();
        let mut view = DestinationView::default();
        view.select_voyage(Some(0), &of);
        let anchor = view.anchor.unwrap();
        assert_eq!(anchor.middle_ms, 5 * made::HOUR_MS);
        assert_eq!((view.voyage(), found(&of, anchor)), (Some(0), Some(0)));
        assert_eq!(found(&of, Anchor { middle_ms: 11 * made::HOUR_MS, ..anchor }), None);
        assert_eq!(found(&of, Anchor { part: 1, ..anchor }), None);
        view.select_voyage(Some(7), &of);
        assert_eq!((view.voyage(), view.has_selection()), (None, false), "there is none");
        view.select_port(Some(PortId(1)));
        assert!(view.has_selection());
        view.clear();
        assert!(!view.has_selection());
    }

    #[test]
    fn what_is_missing_is_said_with_its_remedy() {
        let desk = Desk::default();
        assert_eq!(told_of(&desk, &Target::NoVoyages).err(), Some(Lack::NoData));
        assert_eq!(told_of(&desk, &Target::NoShip).err(), Some(Lack::NoShip(0)));
        let at = Target::At(ForecastParams::default(), (0, 1));
        assert_eq!(told_of(&desk, &at).err(), Some(Lack::Working));
        let (text, remedy) = Lack::Between(Some(1), Some(made::HOUR_MS)).remedy().unwrap();
        assert_eq!(text, "Go to her next voyage, from 1970-01-01 01:00 UTC");
        assert!(matches!(remedy, Remedy::GoTo(t_ms) if t_ms == made::HOUR_MS + 1));
        let (text, _) = Lack::Between(Some(made::HOUR_MS), None).remedy().unwrap();
        assert_eq!(text, "Go to her last voyage, until 1970-01-01 01:00 UTC");
        assert!(Lack::NoShip(3).text().contains("3 are under way"));
        assert!(Lack::NoVoyage.remedy().is_none() && Lack::Fault("x".into()).hint().is_some());
    }

    #[test]
    fn a_port_beside_a_named_one_is_named_too() {
        let ports = made::ports();
        let candidates = vec![crate::destination::Candidate { port: PortId(0), confidence: 1.0 }];
        let named = Annotation { candidates };
        // Long Beach lies 4.6 km from Los Angeles.
        let of = |radius_m: f64| [0, 1, 2].map(|id| is_named(&named, PortId(id), &ports, radius_m));
        assert_eq!(of(1.0), [true, false, false]);
        assert_eq!(of(5000.0), [true, true, false]);
    }
}
