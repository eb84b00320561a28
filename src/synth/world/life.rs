//! A ship's life: voyage after voyage between ports, what she waits for and what her crew types.

use std::sync::Arc;

use super::flows::{Network, drawn};
use super::sail::{Log, Sailing, Wait};
use super::ship::Ship;
use super::{Typed, VoyageTruth, WorldParams, flows, typed};
use crate::ais::vessel::VoyageNote;
use crate::ais::{Fault, PortId, PortTable, Reports, ShipKind, Truth, Vessel};
use crate::base::rng::Rng;
use crate::base::time::utc_text;
use crate::base::units::mps_from_kn;
use crate::synth::water::{SeaRoute, Water};
use crate::synth::work::BEGIN_MS;

const HOUR_S: f64 = 3600.0;
const HOUR_MS: f64 = 3_600_000.0;
/// Random streams of ships begin here.
const SHIPS: u64 = 1 << 20;
/// The stream that tells how crowded ports are.
const CROWDS: u64 = 3;
/// How often another port is drawn where a ship cannot come to the first.
const TRIES: usize = 8;

/// One ship's log.
pub(super) struct Sailed {
    pub vessel: Vessel,
    pub reports: Reports,
    /// Voyages numbered from 0.
    pub voyages: Vec<VoyageTruth>,
}

/// A ship's life: voyage after voyage.
pub(super) struct Life<'a> {
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
    pub(super) fn new(
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

    pub(super) fn pass(mut self, n_voyages: usize) -> Sailed {
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
