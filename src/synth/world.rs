//! World voyages: made traffic from port to port on the real sea, with truth.
//!
//! Ships of several kinds sail chains of voyages between real ports: where a ship goes next is drawn
//! by the flows of her kind from where she is, by how far ships of her size are at home, and by
//! habit. The ways lie over water ([`super::water`]); weather slows them, canals and ports let them
//! wait, satellites hear of them now and then, and crews type destinations and arrivals with the
//! errors people make.
//!
//! It trains and compares models where licensed data of the whole world is not to be had: every
//! figure from it must say so.

mod flows;
mod sail;
mod ship;
mod typed;

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use self::flows::{Flow, flows_by_wpi, gravity};
pub use self::typed::Typed;

use self::flows::{Network, drawn};
use self::sail::{Log, Sailing, Wait};
use self::ship::Ship;
use super::water::{SeaRoute, Water};
use super::work::BEGIN_MS;
use crate::ais::vessel::VoyageNote;
use crate::ais::{Fault, Fleet, PortId, PortTable, Reports, ShipKind, Truth, Vessel};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params};
use crate::base::rng::Rng;
use crate::base::time::utc_text;
use crate::base::units::mps_from_kn;

const HOUR_S: f64 = 3600.0;
const HOUR_MS: f64 = 3_600_000.0;
/// Random streams of ships begin here.
const SHIPS: u64 = 1 << 20;
/// The stream that tells how crowded ports are.
const CROWDS: u64 = 3;
/// How often another port is drawn where a ship cannot come to the first.
const TRIES: usize = 8;

/// How world voyages are made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct WorldParams {
    /// Voyages in all, hit exactly unless ships end where nobody goes on.
    pub voyages: usize,
    /// Another seed, another world.
    pub seed: usize,
    /// How many voyages each ship makes.
    pub voyages_a_ship: usize,
    /// How many ports trade, where no flows are given.
    pub ports: usize,
    /// Share of the departures for where the ship went last time from there.
    pub habit_share: f64,
    /// How strongly weather changes speeds, as a share of them.
    pub weather: f64,
    /// Share of the voyages that end at anchor before the port.
    pub anchor_share: f64,
    /// Mean silence near coasts, minutes.
    pub coast_min: f64,
    /// Mean silence at sea, hours.
    pub sea_h: f64,
    /// Mean silence at a berth or at anchor, minutes.
    pub rest_min: f64,
    /// Share of the silences that last from 8 to 36 hours.
    pub outage_share: f64,
    /// Share of the voyages with a misspelt destination.
    pub misspelt_share: f64,
    /// Share of the voyages for orders, or with other texts that are no port.
    pub orders_share: f64,
    /// Share of the voyages that still show the destination before.
    pub kept_share: f64,
    /// Share of the voyages without destination.
    pub nothing_share: f64,
    /// Standard deviation of reported arrivals, hours for a voyage of a day; it grows with the
    /// root of the days.
    pub eta_error_h: f64,
}

impl Default for WorldParams {
    fn default() -> Self {
        WorldParams {
            voyages: 10_000,
            seed: 1,
            voyages_a_ship: 10,
            ports: 150,
            habit_share: 0.45,
            weather: 0.09,
            anchor_share: 0.35,
            coast_min: 40.0,
            sea_h: 3.0,
            rest_min: 240.0,
            outage_share: 0.003,
            misspelt_share: 0.08,
            orders_share: 0.05,
            kept_share: 0.08,
            nothing_share: 0.03,
            eta_error_h: 5.0,
        }
    }
}

impl Params for WorldParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let count = |range, help| Field { unit: "", range, help };
        let share = |help| Field { unit: "", range: 0.0..=0.9, help };
        let hours = |help| Field { unit: "h", range: 0.0..=240.0, help };
        let minutes = |help| Field { unit: "min", range: 1.0..=1440.0, help };
        form.heading("World voyages");
        let help = "Voyages in all, hit exactly unless ships end where nobody goes on.";
        form.count("voyages", &mut self.voyages, count(1..=10_000_000, help));
        let help = "Another seed, another world.";
        form.count("seed", &mut self.seed, count(0..=u32::MAX as usize, help));
        let help = "How many voyages each ship makes.";
        form.count("voyages_a_ship", &mut self.voyages_a_ship, count(1..=1000, help));
        let help = "How many ports trade, where no flows are given.";
        form.count("ports", &mut self.ports, count(2..=5000, help));
        let help = "Share of the departures for where the ship went last time from there.";
        form.number("habit_share", &mut self.habit_share, share(help));
        let help = "How strongly weather changes speeds, as a share of them.";
        form.number("weather", &mut self.weather, Field { unit: "", range: 0.0..=0.5, help });
        let help = "Share of the voyages that end at anchor before the port; more where a port is \
                    crowded.";
        form.number("anchor_share", &mut self.anchor_share, share(help));

        form.heading("Reports");
        let help = "Mean silence near coasts.";
        form.number("coast_silence", &mut self.coast_min, minutes(help));
        let help = "Mean silence at sea, where satellites listen.";
        form.number("sea_silence", &mut self.sea_h, hours(help));
        let help = "Mean silence at a berth or at anchor.";
        form.number("rest_silence", &mut self.rest_min, minutes(help));
        let help = "Share of the silences that last from 8 to 36 hours.";
        form.number("outage_share", &mut self.outage_share, share(help));

        form.heading("What crews type");
        let help = "Share of the voyages with a misspelt destination.";
        form.number("misspelt_share", &mut self.misspelt_share, share(help));
        let help = "Share of the voyages for orders, or with other texts that are no port.";
        form.number("orders_share", &mut self.orders_share, share(help));
        let help = "Share of the voyages that still show the destination before.";
        form.number("kept_share", &mut self.kept_share, share(help));
        let help = "Share of the voyages without destination.";
        form.number("nothing_share", &mut self.nothing_share, share(help));
        let help = "Standard deviation of reported arrivals on a voyage of a day; it grows with the \
                    root of the days.";
        form.number("eta_error", &mut self.eta_error_h, hours(help));
    }
}

/// What is known of a voyage.
#[derive(Clone, PartialEq, Debug)]
pub struct VoyageTruth {
    /// Its number: its place in [`World::voyages`], and `truth_trip` of its reports.
    pub trip: u32,
    /// Index of the vessel in the fleet.
    pub vessel: usize,
    /// The port she left.
    pub from: PortId,
    /// The port she reached.
    pub to: PortId,
    /// When she left her berth, UTC milliseconds.
    pub depart_ms: i64,
    /// When she reached the next, UTC milliseconds.
    pub arrive_ms: i64,
    /// Length of her way, meters.
    pub length_m: f64,
    /// Canals and straits that she took.
    pub passages: Vec<&'static str>,
    /// Whether she was laden; ships that are never empty always are.
    pub is_laden: bool,
    /// How long she waited at anchor and before canals, seconds.
    pub waited_s: f64,
    /// What became of the destination that was typed.
    pub typed: Typed,
}

/// Made world voyages and all that is known of them.
#[derive(Clone, PartialEq, Debug)]
pub struct World {
    /// The vessels with their reports and what their crews typed. A report's true route is that of
    /// [`World::routes`], its trip that of [`World::voyages`]; at berths it has none.
    pub fleet: Fleet,
    /// Voyages by their number.
    pub voyages: Vec<VoyageTruth>,
    /// Pairs of ports that were sailed between, by the number of the route.
    pub routes: Vec<(PortId, PortId)>,
}

/// Makes the voyages that `params` describe between `ports`, by `flows` or, where there are none,
/// by [`gravity`]. Counts its ships as steps of `job`. Equal arguments make bit by bit equal worlds.
///
/// # Errors
///
/// If the flows name no two different ports of the table that lie on the sea.
pub fn make(
    params: &Checked<WorldParams>,
    ports: &PortTable,
    flows: &[Flow],
    water: &Water,
    job: &Job,
) -> Result<World, Stopped> {
    let own = if flows.is_empty() { gravity(params, ports, water) } else { flows.to_vec() };
    let network = Network::new(&own, ports, water);
    if network.is_empty() {
        let text = "no two ports between which ships sail: give flows between ports of the table, \
                    or a table with two ports on the sea";
        return Err(Stopped::Failed(text.into()));
    }
    let n_ships = params.voyages.div_ceil(params.voyages_a_ship);
    job.expect(n_ships);
    let sailed: Vec<Sailed> = (0..n_ships)
        .into_par_iter()
        .map(|index| {
            job.step()?;
            let n_before = index * params.voyages_a_ship;
            let n_voyages = params.voyages_a_ship.min(params.voyages - n_before);
            let life = Life::new(params, ports, &network, water, index);
            Ok(life.pass(n_voyages))
        })
        .collect::<Result<_, Stopped>>()?;
    Ok(assemble(sailed))
}

/// One ship's log.
struct Sailed {
    vessel: Vessel,
    reports: Reports,
    /// Voyages numbered from 0.
    voyages: Vec<VoyageTruth>,
}

/// A ship's life: voyage after voyage.
struct Life<'a> {
    params: &'a WorldParams,
    ports: &'a PortTable,
    network: &'a Network,
    log: Log<'a>,
    ship: Ship,
    home: PortId,
    t_ms: i64,
    notes: Vec<(i64, VoyageNote)>,
    voyages: Vec<VoyageTruth>,
    is_laden: bool,
}

impl<'a> Life<'a> {
    fn new(
        params: &'a WorldParams,
        ports: &'a PortTable,
        network: &'a Network,
        water: &'a Water,
        index: usize,
    ) -> Life<'a> {
        let mut rng = Rng::new(params.seed as u64, SHIPS + index as u64);
        let (kind, home) = network.start(&mut rng);
        let ship = Ship::build(kind, index, params.seed, &mut rng);
        let t_ms = BEGIN_MS + (rng.between(0.0, 60.0 * 24.0) * HOUR_MS) as i64;
        let is_laden = rng.happens(0.5);
        Life {
            params,
            ports,
            network,
            log: Log::new(params, water, rng),
            ship,
            home,
            t_ms,
            notes: Vec::new(),
            voyages: Vec::new(),
            is_laden,
        }
    }

    fn pass(mut self, n_voyages: usize) -> Sailed {
        for _ in 0..n_voyages {
            let draught_m = self.ship.draught_m(self.is_laden, &mut self.log.rng);
            let Some((to, route)) = self.next(draught_m) else { break };
            self.lie();
            self.sail(to, &route, draught_m);
        }
        self.lie();
        let mut about = self.ship.about.clone();
        if let Some((_, last)) = self.notes.last() {
            about.destination.clone_from(&last.destination);
            about.eta.clone_from(&last.eta);
            about.draught_m = Some(f32::from(last.draught_dm) / 10.0);
        }
        let vessel =
            Vessel { mmsi: self.ship.mmsi, about, voyages: self.notes, ..Vessel::default() };
        Sailed { vessel, reports: self.log.reports, voyages: self.voyages }
    }

    /// Where she goes next and by which way; none where nobody goes on, or not with her size.
    fn next(&mut self, draught_m: f64) -> Option<(PortId, Arc<SeaRoute>)> {
        let (params, home, ship) = (self.params, self.home, &self.ship);
        let ways = self.network.ways(ship.kind, home);
        if ways.is_empty() {
            return None;
        }
        let before = self.voyages.iter().rev().find(|voyage| voyage.from == home);
        let habit = before.map(|voyage| voyage.to).filter(|_| {
            // Liners go round; tramps do not.
            let share = params.habit_share * if ship.is_liner { 1.6 } else { 0.8 };
            self.log.rng.happens(share.min(0.95))
        });
        let weight = |way: &flows::Way| {
            let off = (way.nmi / ship.range_nmi).ln() / 1.1;
            way.trips * (-0.5 * off * off).exp().max(1e-6)
        };
        let (port, hull) = (|id: PortId| self.ports.port(id).position, ship.hull(draught_m));
        for attempt in 0..TRIES {
            let to = match habit {
                Some(to) if attempt == 0 => to,
                _ => ways[drawn(ways.iter().map(weight), &mut self.log.rng)].to,
            };
            if let Ok(route) = self.log.water.route(port(home), port(to), hull) {
                return Some((to, route));
            }
        }
        None
    }

    /// Loads or discharges.
    fn lie(&mut self) {
        let hours = if self.ship.is_liner || self.ship.kind == ShipKind::Passenger {
            self.log.rng.between(8.0, 40.0)
        } else {
            self.log.rng.between(24.0, 96.0)
        };
        let until_ms = self.t_ms + (hours * HOUR_MS) as i64;
        let place = self.ports.port(self.home).position;
        self.log.rest(place, self.t_ms, until_ms, Truth::UNKNOWN);
        self.t_ms = until_ms;
    }

    fn sail(&mut self, to: PortId, route: &SeaRoute, draught_m: f64) {
        let trip = self.voyages.len() as u32;
        let rng = &mut self.log.rng;
        let cruise_kn = self.ship.service_kn
            * if self.is_laden { 0.98 } else { 1.03 }
            * rng.between(0.88, 1.04);
        let waits = waits(self.params, to, route, rng);
        let (before, port) = (self.last_text(), |id: PortId| self.ports.port(id));
        let (text, typed) = typed::destination(
            self.params,
            &self.ship,
            (port(self.home), port(to)),
            &before,
            &mut self.log.rng,
        );
        let fault = if typed == Typed::Misspelt { Fault::Misspelt } else { Fault::None };
        let first = self.log.reports.len();
        let truth = Truth { route: Truth::NONE, trip, fault: Fault::None };
        let sailing = Sailing { route, cruise_kn, waits: &waits, truth };
        let arrive_ms = self.log.sail(&sailing, self.t_ms);
        if let Some(truth) = self.log.reports.truth.get_mut(first) {
            truth.fault = fault;
        }
        self.announce((text, typed), route, (arrive_ms, draught_m), cruise_kn);
        self.voyages.push(VoyageTruth {
            trip,
            vessel: 0,
            from: self.home,
            to,
            depart_ms: self.t_ms,
            arrive_ms,
            length_m: route.length_m(),
            passages: route.passages().to_vec(),
            is_laden: self.is_laden || self.ship.is_liner,
            waited_s: waits.iter().map(|wait| wait.for_s).fold(0.0, |sum, s| sum + s),
            typed,
        });
        self.t_ms = arrive_ms;
        self.home = to;
        self.is_laden = !self.is_laden;
    }

    fn last_text(&self) -> String {
        self.notes.last().map_or(String::new(), |(_, note)| note.destination.clone())
    }

    /// Notes what the crew types: at departure or some hours late, and perhaps again on the way,
    /// when fuel is burnt and arrival is better known.
    fn announce(
        &mut self,
        (text, typed): (String, Typed),
        route: &SeaRoute,
        (arrive_ms, draught_m): (i64, f64),
        cruise_kn: f64,
    ) {
        let (depart_ms, rng) = (self.t_ms, &mut self.log.rng);
        let days = (arrive_ms - depart_ms) as f64 / (24.0 * HOUR_MS);
        let latest_h = if rng.happens(0.3) { 12.0 } else { 0.5 };
        let late_ms = rng.between(0.0, latest_h) * HOUR_MS;
        let eta = |known: f64, rng: &mut Rng| {
            // By distance and speed; nobody foresees the queue. Whole half hours.
            let planned_ms = depart_ms as f64 + route.length_m() / mps_from_kn(cruise_kn) * 1000.0;
            let eta_ms = planned_ms + known * (arrive_ms as f64 - planned_ms);
            let off_h = self.params.eta_error_h * days.max(0.2).sqrt() * rng.normal();
            let half_hour = 1_800_000;
            let eta_ms = (eta_ms + (1.0 - known) * off_h * HOUR_MS) as i64;
            utc_text(eta_ms.div_euclid(half_hour) * half_hour)[5..16].to_owned()
        };
        let before = self.notes.last().map_or(String::new(), |(_, note)| note.eta.clone());
        let first_eta = match typed {
            Typed::Kept => before,
            Typed::Nothing => String::new(),
            _ => eta(0.0, rng),
        };
        let dm = |m: f64| (m * 10.0).round().max(0.0) as u16;
        let note = |destination: &str, eta: String, m: f64| VoyageNote {
            destination: destination.to_owned(),
            eta,
            draught_dm: dm(m),
        };
        let begin_ms = depart_ms + (late_ms as i64).min((arrive_ms - depart_ms) / 2);
        self.notes.push((begin_ms, note(&text, first_eta, draught_m)));
        // A laden ship rises by some decimeters in weeks at sea.
        let burnt_m = 0.012 * days * (draught_m / 10.0);
        if days > 2.0 && !matches!(typed, Typed::Kept | Typed::Nothing) && rng.happens(0.6) {
            let share = rng.between(0.5, 0.9);
            let again_ms = depart_ms + ((arrive_ms - depart_ms) as f64 * share) as i64;
            let better = eta(0.4 + 0.5 * share, rng);
            self.notes.push((again_ms, note(&text, better, draught_m - share * burnt_m)));
        }
    }
}

/// Where a ship waits: before canals, and before ports, of which some are more crowded than others.
fn waits(params: &WorldParams, to: PortId, route: &SeaRoute, rng: &mut Rng) -> Vec<Wait> {
    let mut waits: Vec<Wait> = route
        .canals()
        .iter()
        .map(|(name, along)| {
            let hours = if *name == "Kiel Canal" { 1.0 } else { 12.0 };
            Wait { at_m: along.start, for_s: hours * HOUR_S * (0.5 * rng.normal()).exp() }
        })
        .collect();
    let crowd = Rng::new(params.seed as u64, CROWDS + (u64::from(to.0) << 8)).between(0.3, 1.7);
    if rng.happens((params.anchor_share * crowd).min(0.95)) {
        let at_m = route.length_m() - rng.between(9000.0, 28_000.0).min(0.3 * route.length_m());
        let hours = 16.0 * crowd * (0.9 * rng.normal()).exp();
        waits.push(Wait { at_m, for_s: hours.min(240.0) * HOUR_S });
    }
    waits.sort_by(|a, b| a.at_m.total_cmp(&b.at_m));
    waits
}

/// One fleet of all ships by rising number; voyages and routes numbered through.
fn assemble(mut sailed: Vec<Sailed>) -> World {
    sailed.sort_by_key(|one| one.vessel.mmsi);
    let mut routes: Vec<(PortId, PortId)> = sailed
        .iter()
        .flat_map(|one| one.voyages.iter().map(|voyage| (voyage.from, voyage.to)))
        .collect();
    routes.sort_unstable();
    routes.dedup();
    let route = |voyage: &VoyageTruth| {
        let found = routes.binary_search(&(voyage.from, voyage.to));
        found.expect("every voyage's pair is listed") as u32
    };
    let (mut reports, mut starts) = (Reports::default(), vec![0]);
    reports.reserve(sailed.iter().map(|one| one.reports.len()).sum());
    let (mut vessels, mut voyages) = (Vec::new(), Vec::new());
    for mut one in sailed {
        let first = voyages.len() as u32;
        for truth in one.reports.truth.iter_mut().filter(|truth| truth.trip != Truth::NONE) {
            truth.route = route(&one.voyages[truth.trip as usize]);
            truth.trip += first;
        }
        voyages.extend(one.voyages.into_iter().map(|voyage| VoyageTruth {
            trip: first + voyage.trip,
            vessel: vessels.len(),
            ..voyage
        }));
        reports.append(&mut one.reports);
        starts.push(reports.len());
        vessels.push(one.vessel);
    }
    World { fleet: Fleet::new(vessels, starts, reports), voyages, routes }
}

impl World {
    /// The reports of each voyage, as indices into the fleet's; none for one of which nothing was
    /// heard.
    pub fn reports_of_voyages(&self) -> Vec<Range<usize>> {
        let mut ranges = vec![0..0; self.voyages.len()];
        for (index, truth) in self.fleet.reports().truth.iter().enumerate() {
            if truth.trip != Truth::NONE {
                let range = &mut ranges[truth.trip as usize];
                if range.start == range.end {
                    range.start = index;
                }
                range.end = index + 1;
            }
        }
        ranges
    }
}

impl VoyageTruth {
    /// Where she left and where she arrived.
    pub fn ends(&self, ports: &PortTable) -> (Position, Position) {
        (ports.port(self.from).position, ports.port(self.to).position)
    }
}

#[cfg(test)]
mod tests;
