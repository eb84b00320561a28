//! Who sails when and where, so that every route gets its share of sailings.

use super::SeaParams;
use super::sea::Chart;
use super::ships::{self, Role, Ship};
use super::truth::RouteKind;
use crate::base::rng::Rng;

const HOUR_S: f64 = 3600.0;
/// Seconds between reports of a ship at rest (ITU-R M.1371: three minutes).
pub(super) const REST_S: f64 = 180.0;
/// A rare route is sailed so often for one sailing of an ordinary route.
const RARE_SHARE: f64 = 0.17;
/// Random streams of one seed: 0 draws the chart, this one the plan, those from [`SHIPS`] on
/// sail the ships, those from [`DOUBLES`] on the ships that share their numbers.
const PLAN: u64 = 1;
const SHIPS: u64 = 1 << 16;
const DOUBLES: u64 = 1 << 40;

/// What a ship is going to do. Times are seconds since the sea's beginning.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// What kind of day she has.
    pub role: Role,
    /// The ship.
    pub ship: Ship,
    /// The random stream that sails her.
    pub stream: u64,
    /// Where she is when she switches on her set: a port.
    pub home: usize,
    /// When she does.
    pub begin_s: i64,
    /// When she switches it off.
    pub end_s: i64,
    /// Her sailings on routes, in order.
    pub legs: Vec<Leg>,
    /// Another ship that uses her number meanwhile.
    pub double: Option<Box<Plan>>,
}

/// A sailing on a route.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leg {
    /// The route.
    pub route: usize,
    /// When she leaves.
    pub depart_s: i64,
    /// When she is expected at her berth.
    pub arrive_s: i64,
    /// How long she lies at anchor before the port; 0 where she goes straight in.
    pub anchored_s: i64,
}

/// Plans ship after ship.
pub(super) struct Planner<'a> {
    params: &'a SeaParams,
    chart: &'a Chart,
    rng: Rng,
    n_ships: usize,
    n_by_role: [usize; Role::SHARES.len()],
    n_by_route: Vec<f64>,
    n_doubles: usize,
}

impl<'a> Planner<'a> {
    /// Nothing planned yet.
    pub fn new(params: &'a SeaParams, chart: &'a Chart) -> Planner<'a> {
        Planner {
            params,
            chart,
            rng: Rng::new(params.seed as u64, PLAN),
            n_ships: 0,
            n_by_role: [0; Role::SHARES.len()],
            n_by_route: vec![0.0; chart.routes.len()],
            n_doubles: 0,
        }
    }

    /// Further ships that will send about `rows` reports; one at least.
    pub fn plan(&mut self, rows: usize) -> Vec<Plan> {
        let mut plans = Vec::new();
        let mut expected = 0.0;
        while plans.is_empty() || expected < rows as f64 {
            let plan = self.next_ship();
            expected += self.expected_rows(&plan);
            expected += plan.double.as_deref().map_or(0.0, |double| self.expected_rows(double));
            plans.push(plan);
        }
        plans
    }

    fn next_ship(&mut self) -> Plan {
        let index = self.n_ships;
        self.n_ships += 1;
        let role = self.next_role();
        let ship = ships::build(role, index, self.params.seed, &mut self.rng);
        let mut plan = Plan {
            role,
            ship,
            stream: SHIPS + index as u64,
            home: self.rng.below(self.chart.n_ports),
            begin_s: 0,
            end_s: self.span_s() as i64,
            legs: Vec::new(),
            double: None,
        };
        match role {
            Role::Lane => self.plan_lane(&mut plan),
            Role::Ferry => self.plan_ferry(&mut plan),
            Role::Fishing | Role::Harbor | Role::Pleasure | Role::Waiting => {
                self.plan_work(&mut plan);
            }
        }
        // Evenly among the ships on lanes, so that a small sea has one too.
        let due = self.params.shared_share * self.n_by_role[0] as f64 + 0.5;
        if role == Role::Lane && !plan.legs.is_empty() && (self.n_doubles as f64) < due.floor() {
            plan.double = self.plan_double(&plan).map(Box::new);
            self.n_doubles += usize::from(plan.double.is_some());
        }
        plan
    }

    /// The role that lags furthest behind its share.
    fn next_role(&mut self) -> Role {
        let lag = |(place, (role, share)): (usize, &(Role, f64))| {
            // Without ferry routes, ferries' crews sail lanes.
            let is_idle = *role == Role::Ferry && self.params.ferries == 0;
            let share = if is_idle { -1.0 } else { *share };
            share * self.n_ships as f64 - self.n_by_role[place] as f64
        };
        let lags: Vec<f64> = Role::SHARES.iter().enumerate().map(lag).collect();
        let place = (0..lags.len()).max_by(|a, b| lags[*a].total_cmp(&lags[*b]).then(b.cmp(a)));
        let place = place.expect("there are roles");
        self.n_by_role[place] += 1;
        Role::SHARES[place].0
    }

    /// Voyages between ports, as long as they end before the sea does.
    fn plan_lane(&mut self, plan: &mut Plan) {
        let begin_s = self.rng.between(0.0, 0.35 * self.span_s());
        let mut t_s = begin_s + self.hours(1.0, 4.0);
        let mut port = None;
        plan.begin_s = begin_s as i64;
        plan.end_s = (t_s + HOUR_S).min(self.span_s()) as i64;
        loop {
            let route = self.least_served(port);
            let leg = self.leg(route, t_s, plan.ship.cruise_mps);
            if leg.arrive_s as f64 + HOUR_S > self.span_s() {
                return;
            }
            if plan.legs.is_empty() {
                plan.home = self.chart.routes[route].from;
            }
            plan.legs.push(leg);
            self.n_by_route[route] += 1.0;
            port = Some(self.chart.routes[route].to);
            let arrive_s = leg.arrive_s as f64;
            plan.end_s = (arrive_s + self.hours(1.0, 4.0)).min(self.span_s()) as i64;
            t_s = arrive_s + self.hours(4.0, 12.0);
        }
    }

    /// To and fro from half past five in the morning to the evening, every day.
    fn plan_ferry(&mut self, plan: &mut Plan) {
        let lines: Vec<usize> = (0..self.chart.routes.len())
            .step_by(2)
            .filter(|route| self.chart.routes[*route].kind == RouteKind::Ferry)
            .collect();
        let out =
            lines.into_iter().min_by(|a, b| self.n_by_route[*a].total_cmp(&self.n_by_route[*b]));
        let out = out.expect("a sea without ferry routes has no ferries");
        let late_s = self.hours(0.0, 1.5);
        plan.home = self.chart.routes[out].from;
        let mut is_back = false;
        for day in 0..self.params.days.ceil() as usize {
            let mut t_s = (day as f64 * 24.0 + 5.5) * HOUR_S + late_s;
            while t_s < (day as f64 * 24.0 + 22.0) * HOUR_S {
                let route = out + usize::from(is_back);
                let mut leg = self.leg(route, t_s, plan.ship.cruise_mps);
                leg.arrive_s -= leg.anchored_s;
                leg.anchored_s = 0;
                if leg.arrive_s as f64 > self.span_s() {
                    return;
                }
                plan.legs.push(leg);
                self.n_by_route[route] += 1.0;
                is_back = !is_back;
                t_s = leg.arrive_s as f64 + self.hours(0.5, 1.0);
            }
        }
    }

    /// Days of work on no route.
    fn plan_work(&mut self, plan: &mut Plan) {
        let begin_s = self.rng.between(0.0, 0.4 * self.span_s());
        let hours = match plan.role {
            Role::Waiting => self.rng.between(20.0, 60.0),
            _ => self.rng.between(40.0, 90.0),
        };
        plan.begin_s = begin_s as i64;
        plan.end_s = (begin_s + hours * HOUR_S).min(self.span_s()) as i64;
    }

    /// A ship that sails one voyage far from `plan`'s own, under her number.
    fn plan_double(&mut self, plan: &Plan) -> Option<Plan> {
        let depart_s = plan.legs[plan.legs.len() / 2].depart_s;
        let own: Vec<usize> = plan.legs.iter().map(|leg| leg.route / 2).collect();
        let free: Vec<usize> = (0..self.chart.routes.len())
            .filter(|route| {
                self.chart.routes[*route].kind == RouteKind::Lane && !own.contains(&(route / 2))
            })
            .collect();
        let route = *free.get(self.rng.below(free.len().max(1)))?;
        let mut ship = ships::build(Role::Lane, self.n_ships, self.params.seed, &mut self.rng);
        ship.mmsi = plan.ship.mmsi;
        let mut leg = self.leg(route, depart_s as f64, ship.cruise_mps);
        leg.arrive_s -= leg.anchored_s;
        leg.anchored_s = 0;
        self.n_by_route[route] += 1.0;
        Some(Plan {
            role: Role::Lane,
            ship,
            stream: DOUBLES + plan.stream,
            home: self.chart.routes[route].from,
            begin_s: depart_s - 1800,
            end_s: (leg.arrive_s + 1800).min(self.span_s() as i64),
            legs: vec![leg],
            double: None,
        })
    }

    fn leg(&mut self, route: usize, depart_s: f64, cruise_mps: f64) -> Leg {
        // The slow ways out and in, and an hour for the way from the anchorage.
        let sailed_s = self.chart.routes[route].line.length_m() / cruise_mps * 1.03 + 1200.0;
        let waits = self.rng.happens(self.params.anchor_share);
        let anchored_s = if waits { self.hours(2.0, 8.0) } else { 0.0 };
        let arrive_s = depart_s + sailed_s + anchored_s + if waits { HOUR_S } else { 0.0 };
        Leg {
            route,
            depart_s: depart_s as i64,
            arrive_s: arrive_s as i64,
            anchored_s: anchored_s as i64,
        }
    }

    /// The lane from `port`, or from anywhere, that is furthest behind its share of sailings.
    fn least_served(&mut self, port: Option<usize>) -> usize {
        let mut best = (f64::INFINITY, 0);
        for (id, route) in self.chart.routes.iter().enumerate() {
            let share = match route.kind {
                RouteKind::Lane => 1.0,
                RouteKind::Rare => RARE_SHARE,
                RouteKind::Ferry => continue,
            };
            if port.is_none_or(|port| port == route.from) {
                let served = (self.n_by_route[id] + self.rng.unit()) / share;
                if served < best.0 {
                    best = (served, id);
                }
            }
        }
        best.1
    }

    fn hours(&mut self, low: f64, high: f64) -> f64 {
        self.rng.between(low, high) * HOUR_S
    }

    fn span_s(&self) -> f64 {
        self.params.days * 24.0 * HOUR_S
    }

    /// About how many reports `plan` will give.
    fn expected_rows(&self, plan: &Plan) -> f64 {
        let total_s = (plan.end_s - plan.begin_s) as f64;
        let (every_s, rest_s) =
            (self.params.interval_s + 5.0, self.params.interval_s.max(REST_S) + 5.0);
        let sailed_s = match plan.role {
            Role::Lane | Role::Ferry => plan
                .legs
                .iter()
                .map(|leg| (leg.arrive_s - leg.depart_s - leg.anchored_s) as f64)
                .sum(),
            Role::Fishing => 0.7 * total_s,
            Role::Harbor => 0.35 * total_s,
            Role::Pleasure => 0.3 * total_s,
            Role::Waiting => 0.0,
        };
        let heard = 1.0 - self.params.loss_share;
        heard * (sailed_s / every_s + (total_s - sailed_s).max(0.0) / rest_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_do_not_hang_on_how_many_are_asked_for_at_once() {
        let params = SeaParams::default();
        let chart = Chart::draw(&params);
        let mut at_once = Planner::new(&params, &chart);
        let mut in_turn = Planner::new(&params, &chart);
        let all = at_once.plan(60_000);
        let mut some = in_turn.plan(20_000);
        while some.len() < all.len() {
            some.extend(in_turn.plan(1));
        }
        let text = |plans: &[Plan]| format!("{plans:?}");
        assert_eq!(text(&all), text(&some[..all.len()]));
    }

    #[test]
    fn voyages_follow_one_another_from_port_to_port() {
        let params = SeaParams::default();
        let chart = Chart::draw(&params);
        for plan in Planner::new(&params, &chart).plan(400_000) {
            let routes: Vec<usize> = plan.legs.iter().map(|leg| leg.route).collect();
            for pair in routes.windows(2) {
                assert_eq!(chart.routes[pair[0]].to, chart.routes[pair[1]].from);
            }
            assert!(plan.legs.windows(2).all(|pair| pair[0].arrive_s < pair[1].depart_s));
            assert!(plan.legs.first().is_none_or(|leg| chart.routes[leg.route].from == plan.home));
            assert!(plan.begin_s < plan.end_s);
        }
    }

    #[test]
    fn ordinary_lanes_are_sailed_about_equally_and_rare_ones_seldom() {
        let params = SeaParams::default();
        let chart = Chart::draw(&params);
        let mut planner = Planner::new(&params, &chart);
        planner.plan(400_000);
        let of_kind = |kind: RouteKind| -> Vec<f64> {
            let routes = chart.routes.iter().zip(&planner.n_by_route);
            routes.filter(|(route, _)| route.kind == kind).map(|(_, n)| *n).collect()
        };
        let (lanes, rare) = (of_kind(RouteKind::Lane), of_kind(RouteKind::Rare));
        let least = lanes.iter().copied().fold(f64::INFINITY, f64::min);
        let most = lanes.iter().copied().fold(0.0, f64::max);
        assert!(least >= 20.0 && most <= 2.0 * least, "{lanes:?}");
        assert!(rare.iter().all(|n| *n >= 2.0 && *n <= 0.5 * least), "{rare:?}");
    }
}
