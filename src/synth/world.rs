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
mod life;
mod sail;
mod ship;
mod typed;

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use self::flows::{Flow, flows_by_wpi, gravity};
pub use self::typed::Typed;

use self::flows::Network;
use self::life::{Life, Sailed};
use super::water::Water;
use crate::ais::{Fleet, PortId, PortTable, Reports, Truth};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params};

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
