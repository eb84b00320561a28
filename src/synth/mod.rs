//! Made traffic with known truth: an invented sea with ports, lanes, ferries and fishing grounds,
//! ships that sail it, and faults planted where the truth column says so.
//!
//! Everything follows from [`SeaParams`]: equal parameters make bit by bit equal seas, on any
//! number of threads. [`make`] gives the reports as receivers would store them: times are whole
//! seconds, positions rounded to 1e-6 degrees, speeds and courses to tenths, so that a file
//! written from them is read back as the same numbers.

mod course;
mod faults;
mod line;
mod names;
mod plan;
mod sail;
mod sea;
mod ships;
pub mod truth;
pub mod water;
mod work;
pub mod world;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use faults::NO_POSITION;
pub use line::ORIGIN;
pub use truth::{PortTruth, RouteKind, RouteTruth, TripTruth};
pub use work::BEGIN_MS;

use self::line::Plane;
use self::plan::Planner;
use self::sea::Chart;
use self::work::Log;
use crate::ais::{Fault, Fleet, Reports, Truth, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params};

/// How the sea is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct SeaParams {
    /// Reports in all, hit exactly.
    pub rows: usize,
    /// Another seed, another sea.
    pub seed: usize,
    /// Days of traffic.
    pub days: f64,
    /// Ports on the shores of the basin.
    pub ports: usize,
    /// Pairs of ports that ships sail between, each both ways: ordinary lanes, rare ones, ferries.
    pub routes: usize,
    /// How many of the routes are seldom sailed.
    pub rare_routes: usize,
    /// How many of the routes are ferries' across a lane.
    pub ferries: usize,
    /// The receiver keeps a report of each ship no more often, seconds.
    pub interval_s: f64,
    /// Share of the reports that nobody hears. No fault: that is radio.
    pub loss_share: f64,
    /// Share of the voyages that end at anchor before the port.
    pub anchor_share: f64,
    /// How far to starboard of the middle ships keep, meters.
    pub lane_offset_m: f64,
    /// Standard deviation of ships' distance from the middle of their lane, meters.
    pub lane_spread_m: f64,
    /// Standard deviation of positions, east and north each, meters.
    pub position_jitter_m: f64,
    /// Standard deviation of courses at speed, degrees.
    pub course_noise_deg: f64,
    /// Share of the sailings with a silence of a quarter of an hour to three hours.
    pub gap_share: f64,
    /// Share of the reports that lie far away from the track.
    pub jump_share: f64,
    /// Share of the reports without position.
    pub no_position_share: f64,
    /// Share of the reports whose speed is missing or absurd.
    pub wrong_speed_share: f64,
    /// Share of the reports that come twice.
    pub duplicate_share: f64,
    /// Share of the ships on lanes whose number another ship uses too.
    pub shared_share: f64,
    /// Share of the voyages whose destination is misspelt.
    pub misspelt_share: f64,
}

impl Default for SeaParams {
    fn default() -> Self {
        SeaParams {
            rows: 400_000,
            seed: 1,
            days: 5.0,
            ports: 9,
            routes: 12,
            rare_routes: 2,
            ferries: 2,
            interval_s: 60.0,
            loss_share: 0.03,
            anchor_share: 0.12,
            lane_offset_m: 1500.0,
            lane_spread_m: 350.0,
            position_jitter_m: 5.0,
            course_noise_deg: 1.0,
            gap_share: 0.03,
            jump_share: 0.0005,
            no_position_share: 0.0005,
            wrong_speed_share: 0.0005,
            duplicate_share: 0.001,
            shared_share: 0.02,
            misspelt_share: 0.1,
        }
    }
}

impl SeaParams {
    /// The default sea without a single fault.
    pub fn faultless() -> SeaParams {
        SeaParams {
            gap_share: 0.0,
            jump_share: 0.0,
            no_position_share: 0.0,
            wrong_speed_share: 0.0,
            duplicate_share: 0.0,
            shared_share: 0.0,
            misspelt_share: 0.0,
            ..SeaParams::default()
        }
    }
}

impl Params for SeaParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let count = |range, help| Field { unit: "", range, help };
        let share = |high, help| Field { unit: "", range: 0.0..=high, help };
        form.heading("Sea");
        form.count("rows", &mut self.rows, count(1..=100_000_000, "Reports in all, hit exactly."));
        form.count(
            "seed",
            &mut self.seed,
            count(0..=u32::MAX as usize, "Another seed, another sea."),
        );
        let days = Field { unit: "d", range: 1.0..=365.0, help: "Days of traffic." };
        form.number("days", &mut self.days, days);
        form.count("ports", &mut self.ports, count(3..=24, "Ports on the shores of the basin."));
        let help = "Pairs of ports that ships sail between, each both ways: ordinary lanes, rare \
                    ones, ferries.";
        form.count("routes", &mut self.routes, count(1..=100, help));
        let help = "How many of the routes are seldom sailed.";
        form.count("rare_routes", &mut self.rare_routes, count(0..=50, help));
        let help = "How many of the routes are ferries' across a lane.";
        form.count("ferries", &mut self.ferries, count(0..=8, help));

        form.heading("Reports");
        let help = "The receiver keeps a report of each ship no more often.";
        form.number(
            "interval",
            &mut self.interval_s,
            Field { unit: "s", range: 1.0..=3600.0, help },
        );
        let help = "Share of the reports that nobody hears. No fault: that is radio.";
        form.number("loss_share", &mut self.loss_share, share(0.9, help));
        let help = "Share of the voyages that end at anchor before the port.";
        form.number("anchor_share", &mut self.anchor_share, share(1.0, help));
        let help = "How far to starboard of the middle ships keep.";
        let field = Field { unit: "m", range: 0.0..=4000.0, help };
        form.number("lane_offset", &mut self.lane_offset_m, field);
        let help = "Standard deviation of ships' distance from the middle of their lane.";
        form.number(
            "lane_spread",
            &mut self.lane_spread_m,
            Field { unit: "m", range: 0.0..=2000.0, help },
        );
        let help = "Standard deviation of positions, east and north each.";
        let field = Field { unit: "m", range: 0.0..=1000.0, help };
        form.number("position_jitter", &mut self.position_jitter_m, field);
        let help = "Standard deviation of courses at speed.";
        form.number(
            "course_noise",
            &mut self.course_noise_deg,
            Field { unit: "°", range: 0.0..=30.0, help },
        );

        form.heading("Faults");
        let help = "Share of the sailings with a silence of a quarter of an hour to three hours.";
        form.number("gap_share", &mut self.gap_share, share(1.0, help));
        let help = "Share of the reports that lie far away from the track.";
        form.number("jump_share", &mut self.jump_share, share(0.1, help));
        let help = "Share of the reports without position.";
        form.number("no_position_share", &mut self.no_position_share, share(0.1, help));
        let help = "Share of the reports whose speed is missing or absurd.";
        form.number("wrong_speed_share", &mut self.wrong_speed_share, share(0.1, help));
        let help = "Share of the reports that come twice.";
        form.number("duplicate_share", &mut self.duplicate_share, share(0.1, help));
        let help = "Share of the ships on lanes whose number another ship uses too.";
        form.number("shared_share", &mut self.shared_share, share(1.0, help));
        let help = "Share of the voyages whose destination is misspelt.";
        form.number("misspelt_share", &mut self.misspelt_share, share(1.0, help));
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let special = self.rare_routes + self.ferries;
        if special >= self.routes {
            faults.push(format!(
                "{} routes leave no ordinary one beside {} rare ones and {} ferries; raise routes \
                 above {special}",
                self.routes, self.rare_routes, self.ferries
            ));
        }
        let (lanes, pairs) =
            (self.routes.saturating_sub(self.ferries), self.ports * (self.ports - 1) / 2);
        if lanes > pairs {
            faults.push(format!(
                "{} ports make {pairs} pairs, too few for {lanes} lanes; raise ports or lower routes",
                self.ports
            ));
        }
        faults
    }
}

/// A made sea: its traffic and all that is known of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Sea {
    /// The vessels and their reports, with truth. Where a position is missing it is
    /// [`NO_POSITION`], 181 degrees east and 91 north, so that writers give what real files
    /// hold; any other value that is missing is not-a-number.
    pub fleet: Fleet,
    /// Ports, those of the ferries last.
    pub ports: Vec<PortTruth>,
    /// Routes by their number; the way back of route `2 k` is `2 k + 1`.
    pub routes: Vec<RouteTruth>,
    /// Sailings by their number.
    pub trips: Vec<TripTruth>,
    /// How many reports carry each fault; a misspelt destination is counted once a voyage, at
    /// the voyage's first report.
    pub planted: BTreeMap<Fault, usize>,
}

/// Makes the sea that `params` describe. Counts its ships as steps of `job`.
///
/// Takes about a second for two million reports on two cores.
pub fn make(params: &Checked<SeaParams>, job: &Job) -> Result<Sea, Stopped> {
    let plane = Plane::new();
    let chart = Chart::draw(params);
    let mut planner = Planner::new(params, &chart);
    let mut logs: Vec<Log> = Vec::new();
    let mut n_rows = 0;
    while n_rows < params.rows {
        let plans = planner.plan(params.rows - n_rows);
        job.expect(plans.len());
        let more: Result<Vec<Log>, Stopped> = plans
            .par_iter()
            .map(|plan| {
                job.step()?;
                Ok(work::carry_out(plan, params, &chart))
            })
            .collect();
        for log in more? {
            n_rows += log.reports.len();
            logs.push(log);
        }
    }
    job.go_on()?;
    drop_surplus(&mut logs, n_rows - params.rows);
    let fleet = assemble(logs);
    let (trips, planted) = (truth::trips_of(&fleet), truth::faults_of(&fleet));
    let (ports, routes) = (chart.port_truths(plane), chart.route_truths(plane));
    Ok(Sea { fleet, ports, routes, trips, planted })
}

/// Takes the last `surplus` reports away: whole ships, then the end of one.
fn drop_surplus(logs: &mut Vec<Log>, mut surplus: usize) {
    while let Some(last) = logs.last_mut().filter(|_| surplus > 0) {
        if last.reports.len() <= surplus {
            surplus -= last.reports.len();
            logs.pop();
        } else {
            let n = last.reports.len() - surplus;
            truncate(&mut last.reports, n);
            let end_ms = last.reports.t_ms[n - 1];
            last.vessel.voyages.retain(|(t_ms, _)| *t_ms <= end_ms);
            surplus = 0;
        }
    }
}

fn truncate(reports: &mut Reports, n: usize) {
    reports.t_ms.truncate(n);
    reports.positions.truncate(n);
    reports.sog_kn.truncate(n);
    reports.cog_deg.truncate(n);
    reports.heading_deg.truncate(n);
    reports.rot_deg_min.truncate(n);
    reports.status.truncate(n);
    reports.truth.truncate(n);
}

/// One fleet of all ships by rising number, trips numbered through.
fn assemble(mut logs: Vec<Log>) -> Fleet {
    logs.sort_by_key(|log| log.vessel.mmsi);
    let mut n_trips = 0;
    for log in &mut logs {
        number_trips(&mut log.reports.truth, &mut n_trips);
    }
    let mut reports = Reports::default();
    let n_rows = logs.iter().map(|log| log.reports.len()).sum();
    reports.reserve(n_rows);
    reports.truth.reserve(n_rows);
    let mut starts = vec![0];
    let mut vessels: Vec<Vessel> = Vec::with_capacity(logs.len());
    for mut log in logs {
        reports.append(&mut log.reports);
        starts.push(reports.len());
        vessels.push(log.vessel);
    }
    Fleet::new(vessels, starts, reports)
}

/// Turns one ship's own trip numbers into the sea's, in the order in which trips appear.
fn number_trips(truths: &mut [Truth], n_trips: &mut u32) {
    let mut numbers: Vec<u32> = Vec::new();
    for truth in truths.iter_mut().filter(|truth| truth.trip != Truth::NONE) {
        let own = truth.trip as usize;
        if own >= numbers.len() {
            numbers.resize(own + 1, Truth::NONE);
        }
        if numbers[own] == Truth::NONE {
            numbers[own] = *n_trips;
            *n_trips += 1;
        }
        truth.trip = numbers[own];
    }
}

#[cfg(test)]
mod tests;
