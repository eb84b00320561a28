//! A ship's days: voyages on routes, fishing, towing, pleasure, waiting.

use super::SeaParams;
use super::faults;
use super::line::{Line, Plane, Xy};
use super::plan::{Leg, Plan};
use super::sail::{FISHING, Logbook, Motion, Sailing, UNDER_WAY};
use super::sea::Chart;
use super::ships::{self, Role};
use crate::ais::vessel::VoyageNote;
use crate::ais::{Fault, Reports, Truth, Vessel};
use crate::base::rng::Rng;

/// Midnight of Monday, 3 June 2024: when every made sea begins, UTC milliseconds.
pub const BEGIN_MS: i64 = 1_717_372_800_000;

/// A ship with all her reports, faults planted.
pub(super) struct Log {
    /// The ship as the fleet knows her.
    pub vessel: Vessel,
    /// Her reports; trips are numbered from 0 within them.
    pub reports: Reports,
}

/// Does all that `plan` says, and plants the faults.
pub(super) fn carry_out(plan: &Plan, params: &SeaParams, chart: &Chart) -> Log {
    let mut days = Days::new(plan, params, chart);
    days.pass();
    let Days { log, voyages, .. } = days;
    let (mut rng, n_trips) = (log.rng, log.next_trip);
    let mut reports = faults::plant(params, log.reports, &mut rng);
    if let Some(double) = &plan.double {
        let mut others = Days::new(double, params, chart);
        others.log.next_trip = n_trips;
        others.pass();
        reports = faults::mix(&reports, &others.log.reports);
    }
    let mut about = plan.ship.about.clone();
    if let Some((_, last)) = voyages.last() {
        about.destination.clone_from(&last.destination);
        about.eta.clone_from(&last.eta);
        if last.draught_dm > 0 {
            about.draught_m = Some(f32::from(last.draught_dm) / 10.0);
        }
    }
    let vessel = Vessel { mmsi: plan.ship.mmsi, about, voyages, ..Vessel::default() };
    Log { vessel, reports }
}

/// What a ship does, day after day.
struct Days<'a> {
    plan: &'a Plan,
    params: &'a SeaParams,
    chart: &'a Chart,
    log: Logbook<'a>,
    voyages: Vec<(i64, VoyageNote)>,
}

impl<'a> Days<'a> {
    fn new(plan: &'a Plan, params: &'a SeaParams, chart: &'a Chart) -> Days<'a> {
        let rng = Rng::new(params.seed as u64, plan.stream);
        let log = Logbook::new(params, &plan.ship, rng, BEGIN_MS);
        Days { plan, params, chart, log, voyages: Vec::new() }
    }

    fn pass(&mut self) {
        match self.plan.role {
            Role::Lane | Role::Ferry => self.sail_legs(),
            Role::Fishing => self.fish(),
            Role::Harbor | Role::Pleasure => self.go_round(),
            Role::Waiting => self.wait(),
        }
    }

    fn sail_legs(&mut self) {
        let mut berth = self.berth(self.plan.home);
        let mut t_s = self.plan.begin_s;
        for leg in &self.plan.legs {
            self.log.rest(berth, t_s, leg.depart_s);
            (t_s, berth) = self.sail_leg(leg, berth);
        }
        self.log.rest(berth, t_s, self.plan.end_s);
    }

    /// Sails one leg, by way of the anchorage where it says so; gives when and where it ends.
    fn sail_leg(&mut self, leg: &Leg, berth: Xy) -> (i64, Xy) {
        let chart = self.chart;
        let route = &chart.routes[leg.route];
        let first = self.announce(leg);
        let next_berth = self.berth(route.to);
        let anchorage = (leg.anchored_s > 0)
            .then(|| chart.harbors[route.to].anchorage + self.somewhere_within(1500.0));
        let trip = self.log.begin_trip();
        let sailing = Sailing {
            line: &route.line,
            offset_m: route.offset_m,
            spread_m: route.spread_m,
            start: berth,
            end: anchorage.unwrap_or(next_berth),
            cruise_mps: self.plan.ship.cruise_mps * self.log.rng.between(0.97, 1.03),
            status: UNDER_WAY,
            route: leg.route as u32,
            first,
        };
        let mut t_s = self.log.sail(&sailing, trip, leg.depart_s);
        if let Some(anchorage) = anchorage {
            let weigh_s = t_s + leg.anchored_s;
            self.log.swing(anchorage, t_s, weigh_s);
            t_s = self.shift(anchorage, next_berth, weigh_s);
        }
        (t_s, next_berth)
    }

    /// Types in destination and arrival, rightly or wrongly; gives what to plant on the leg's
    /// first report. Ferries do it once.
    fn announce(&mut self, leg: &Leg) -> Fault {
        let route = &self.chart.routes[leg.route];
        let t_s = leg.depart_s.max(self.log.free_s());
        let t_ms = BEGIN_MS + t_s * 1000;
        let harbors = &self.chart.harbors;
        if self.plan.role == Role::Ferry {
            if self.voyages.is_empty() {
                let (from, to) = (&harbors[route.from].locode, &harbors[route.to].locode);
                let destination = format!("{from}<>{to}");
                self.voyages.push((t_ms, VoyageNote { destination, ..VoyageNote::default() }));
            }
            return Fault::None;
        }
        let arrival_ms = BEGIN_MS + leg.arrive_s * 1000;
        let ends = (route.from, route.to);
        let rng = &mut self.log.rng;
        let mut note = ships::voyage_note(&self.plan.ship, self.chart, ends, arrival_ms, rng);
        let is_wrong = rng.happens(self.params.misspelt_share);
        if is_wrong {
            note.destination = ships::misspelt(&note.destination, rng);
        }
        self.voyages.push((t_ms, note));
        if is_wrong { Fault::Misspelt } else { Fault::None }
    }

    /// Out to a ground, to and fro over it, and home; as often as the days allow.
    fn fish(&mut self) {
        let berth = self.berth(self.plan.home);
        let mut grounds = self.chart.grounds.clone();
        grounds.sort_by(|a, b| (*a - berth).length_m().total_cmp(&(*b - berth).length_m()));
        let (mut t_s, end_s) = (self.plan.begin_s, self.plan.end_s);
        loop {
            let ground = grounds[self.log.rng.below(2)];
            let spot = ground + self.somewhere_within(9000.0);
            let steam_s = ((spot - berth).length_m() / self.plan.ship.cruise_mps * 1.2) as i64;
            let leave_s = t_s + self.minutes(60.0, 240.0);
            let fish_s = self.minutes(300.0, 900.0);
            if leave_s + 2 * steam_s + fish_s > end_s {
                return self.log.rest(berth, t_s, end_s.min(leave_s));
            }
            self.log.rest(berth, t_s, leave_s);
            let trip = self.log.begin_trip();
            t_s = self.steam(&Line::through(&[berth, spot]), trip, leave_s);
            let (until_s, last) = self.trawl(ground, spot, trip, t_s, t_s + fish_s);
            t_s = self.steam(&Line::through(&[last, berth]), trip, until_s);
        }
    }

    /// Slowly about, never far from `ground`; gives when and where it ends.
    fn trawl(&mut self, ground: Xy, spot: Xy, trip: u32, from_s: i64, until_s: i64) -> (i64, Xy) {
        let truth = Truth { route: Truth::NONE, trip, fault: Fault::None };
        let plane = Plane::new();
        let (mut at, mut t_s) = (spot, from_s);
        let mut angle = self.log.rng.between(0.0, std::f64::consts::TAU);
        let (mut turn_rad_s, mut speed_mps) = (0.0, 1.6);
        while t_s < until_s {
            let along = Xy::polar(1.0, angle);
            let way = Xy::new(along.x_m * plane.east_scale(at.y_m), along.y_m);
            let motion = Motion { at, speed_mps, way, bow_deg: 0.0, status: FISHING };
            self.log.write(t_s, &motion, truth, false);
            let pause_s = (self.params.interval_s + 10.0 * self.log.rng.unit()).ceil();
            let n_steps = (pause_s / 60.0).ceil();
            for _ in 0..n_steps as usize {
                let step_s = pause_s / n_steps;
                let rng = &mut self.log.rng;
                // Speed and turn forget themselves over some minutes.
                let kept = 300.0 / (300.0 + step_s);
                let fresh = (1.0 - kept * kept).sqrt();
                turn_rad_s = kept * turn_rad_s + 0.0015 * fresh * rng.normal();
                speed_mps = (1.6 + kept * (speed_mps - 1.6) + 0.25 * fresh * rng.normal()).max(0.6);
                let home = ground - at;
                if home.length_m() > 9000.0 {
                    // Back towards the middle by the shorter turn.
                    let off = (home.angle_rad() - angle).sin();
                    turn_rad_s = 0.002 * if off.abs() < 0.1 { 1.0 } else { off };
                }
                angle += turn_rad_s * step_s;
                let along = Xy::polar(1.0, angle);
                let scale = plane.east_scale(at.y_m) * along.x_m;
                let true_length = (scale * scale + along.y_m * along.y_m).sqrt();
                at = at + along * (speed_mps * step_s / true_length);
            }
            t_s += pause_s as i64;
        }
        (t_s, at)
    }

    /// Tugs and pilots: to a ship before the port and back. Pleasure: some hours out, by day.
    fn go_round(&mut self) {
        let is_pleasure = self.plan.role == Role::Pleasure;
        let berth = self.berth(self.plan.home);
        let inward = (berth * -1.0).angle_rad();
        let (mut t_s, end_s) = (self.plan.begin_s, self.plan.end_s);
        loop {
            let mut leave_s = t_s + self.minutes(40.0, 200.0);
            let (reach_m, aside) = if is_pleasure {
                let hour_s = leave_s.rem_euclid(86_400);
                if !(28_800..50_400).contains(&hour_s) {
                    // Not before eight in the morning.
                    leave_s += (28_800 - hour_s).rem_euclid(86_400);
                }
                (self.log.rng.between(7000.0, 15_000.0), self.log.rng.between(0.4, 0.9))
            } else {
                (self.log.rng.between(3500.0, 7000.0), self.log.rng.between(0.25, 0.4))
            };
            let angle = inward + self.log.rng.between(-0.8, 0.8);
            let out = berth + Xy::polar(reach_m, angle);
            let turn = berth + Xy::polar(reach_m, angle + aside);
            let line = Line::through(&[berth, out, turn, berth]);
            let sail_s = (line.length_m() / self.plan.ship.cruise_mps * 1.4) as i64;
            if leave_s + sail_s > end_s {
                return self.log.rest(berth, t_s, end_s.min(leave_s));
            }
            self.log.rest(berth, t_s, leave_s);
            let trip = self.log.begin_trip();
            t_s = self.steam(&line, trip, leave_s);
        }
    }

    fn wait(&mut self) {
        let harbor = &self.chart.harbors[self.plan.home];
        let anchorage = harbor.anchorage + self.somewhere_within(1500.0);
        let (begin_s, end_s) = (self.plan.begin_s, self.plan.end_s);
        let weigh_s = begin_s + (end_s - begin_s) * 4 / 5;
        self.log.swing(anchorage, begin_s, weigh_s);
        let berth = self.berth(self.plan.home);
        let moored_s = self.shift(anchorage, berth, weigh_s);
        self.log.rest(berth, moored_s, end_s);
    }

    /// From the anchorage to a berth, slowly.
    fn shift(&mut self, from: Xy, to: Xy, depart_s: i64) -> i64 {
        let trip = self.log.begin_trip();
        let line = Line::through(&[from, to]);
        let sailing = Sailing { cruise_mps: 3.2, spread_m: 50.0, ..self.off_route(&line) };
        self.log.sail(&sailing, trip, depart_s)
    }

    /// Along a line of her own.
    fn steam(&mut self, line: &Line, trip: u32, depart_s: i64) -> i64 {
        let sailing = self.off_route(line);
        self.log.sail(&sailing, trip, depart_s)
    }

    fn off_route<'l>(&self, line: &'l Line) -> Sailing<'l> {
        Sailing {
            line,
            offset_m: 0.0,
            // Less than any turn's radius, or the way would double back.
            spread_m: match self.plan.role {
                Role::Harbor => 30.0,
                Role::Pleasure => 100.0,
                _ => 250.0,
            },
            start: line.first(),
            end: line.last(),
            cruise_mps: self.plan.ship.cruise_mps,
            status: UNDER_WAY,
            route: Truth::NONE,
            first: Fault::None,
        }
    }

    fn berth(&mut self, port: usize) -> Xy {
        self.chart.harbors[port].at + self.somewhere_within(700.0)
    }

    fn somewhere_within(&mut self, reach_m: f64) -> Xy {
        let rng = &mut self.log.rng;
        // The root makes places even over the disk.
        Xy::polar(reach_m * rng.unit().sqrt(), rng.between(0.0, std::f64::consts::TAU))
    }

    fn minutes(&mut self, low: f64, high: f64) -> i64 {
        (self.log.rng.between(low, high) * 60.0) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::Planner;
    use super::*;

    fn logs(params: &SeaParams, role: Role) -> Vec<Log> {
        let chart = Chart::draw(params);
        let plans = Planner::new(params, &chart).plan(150_000);
        let of_role = plans.iter().filter(|plan| plan.role == role);
        of_role.map(|plan| carry_out(plan, params, &chart)).collect()
    }

    #[test]
    fn a_fishing_boat_is_slow_at_work_and_stays_on_her_ground() {
        let params = SeaParams::faultless();
        let logs = logs(&params, Role::Fishing);
        assert!(!logs.is_empty());
        for log in logs {
            let at_work = log.reports.status.iter().zip(&log.reports.sog_kn);
            assert!(at_work.filter(|(s, _)| **s == FISHING).all(|(_, kn)| *kn < 7.0));
            let fast = log.reports.sog_kn.iter().filter(|kn| **kn > 6.0).count();
            assert!(fast > 0 && fast < log.reports.len());
        }
    }

    #[test]
    fn voyages_are_noted_at_the_first_report_of_each() {
        let params = SeaParams::default();
        for Log { vessel, reports } in logs(&params, Role::Lane) {
            for (t_ms, _) in &vessel.voyages {
                // Another ship under her number may report at the same time.
                let is_first = |i: &usize| {
                    let trip = reports.truth[*i].trip;
                    trip != Truth::NONE && (0..*i).all(|before| reports.truth[before].trip != trip)
                };
                let mut of_time = (0..reports.len()).filter(|i| reports.t_ms[*i] == *t_ms);
                assert!(of_time.any(|i| is_first(&i)), "{t_ms}");
            }
        }
    }

    #[test]
    fn ferries_keep_their_time_and_speed() {
        let params = SeaParams::faultless();
        for log in logs(&params, Role::Ferry) {
            assert!(
                log.reports.truth.iter().filter(|truth| truth.trip != Truth::NONE).count() > 500
            );
            let top_kn = log.reports.sog_kn.iter().copied().fold(0.0, f32::max);
            assert!((14.0..21.0).contains(&top_kn), "{top_kn}");
            let hour = |t_ms: &i64| (t_ms - BEGIN_MS) / 3_600_000 % 24;
            let under_way = log.reports.t_ms.iter().zip(&log.reports.truth);
            let mut by_night =
                under_way.filter(|(t, truth)| truth.trip != Truth::NONE && hour(t) < 5);
            assert!(by_night.next().is_none());
        }
    }
}
