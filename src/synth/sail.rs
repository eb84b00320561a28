//! Ships under way and at rest, and the reports they send.

use std::f64::consts::TAU;

use super::SeaParams;
use super::course::Course;
use super::line::{Line, Plane, Xy};
use super::plan::REST_S;
use super::ships::Ship;
use crate::ais::{Fault, NavStatus, Report, Reports, Truth};
use crate::base::angle::turn_deg;
use crate::base::rng::Rng;
use crate::base::units::kn_from_mps;

/// Under way using engine.
pub(super) const UNDER_WAY: NavStatus = NavStatus(0);
/// At anchor.
pub(super) const AT_ANCHOR: NavStatus = NavStatus(1);
/// Moored.
pub(super) const MOORED: NavStatus = NavStatus(5);
/// Engaged in fishing.
pub(super) const FISHING: NavStatus = NavStatus(7);

/// The longest time sailed in one step, seconds; on a short line with its sharp turns, less.
const STEP_S: f64 = 90.0;
const SHORT_STEP_S: f64 = 20.0;
const SHORT_LINE_M: f64 = 30_000.0;

/// The reports of one ship, in the making.
pub(super) struct Logbook<'a> {
    /// The parameters of the sea.
    pub params: &'a SeaParams,
    /// Whose reports they are.
    pub ship: &'a Ship,
    /// Her chances.
    pub rng: Rng,
    /// What she sent so far.
    pub reports: Reports,
    /// The number of her next sailing.
    pub next_trip: u32,
    plane: Plane,
    begin_ms: i64,
    last_s: i64,
    position_error: Xy,
    last_course: Option<(i64, f64)>,
}

/// How a ship moves at a time.
#[derive(Clone, Copy)]
pub(super) struct Motion {
    /// Where she is.
    pub at: Xy,
    /// Speed over ground, meters a second.
    pub speed_mps: f64,
    /// Where she goes: true meters east and north, of any length.
    pub way: Xy,
    /// Where her bow points at rest, degrees; under way it follows her course.
    pub bow_deg: f64,
    /// What she says she does.
    pub status: NavStatus,
}

/// A way to sail.
pub(super) struct Sailing<'a> {
    /// The line to keep to.
    pub line: &'a Line,
    /// How far to starboard of it, meters.
    pub offset_m: f64,
    /// Standard deviation of the distance from there, meters.
    pub spread_m: f64,
    /// Where she leaves: a berth near the beginning of the line.
    pub start: Xy,
    /// Where she arrives, near the end of the line.
    pub end: Xy,
    /// Speed on the open sea, meters a second.
    pub cruise_mps: f64,
    /// What she says she does.
    pub status: NavStatus,
    /// The route, or [`Truth::NONE`].
    pub route: u32,
    /// What to plant on the first report.
    pub first: Fault,
}

impl<'a> Logbook<'a> {
    /// An empty book, for times in seconds since `begin_ms`.
    pub fn new(params: &'a SeaParams, ship: &'a Ship, rng: Rng, begin_ms: i64) -> Logbook<'a> {
        Logbook {
            params,
            ship,
            rng,
            reports: Reports::default(),
            next_trip: 0,
            plane: Plane::new(),
            begin_ms,
            last_s: i64::MIN,
            position_error: Xy::default(),
            last_course: None,
        }
    }

    /// The earliest time at which there may be a further report.
    pub fn free_s(&self) -> i64 {
        self.last_s.saturating_add(1)
    }

    /// Takes the number of a new sailing.
    pub fn begin_trip(&mut self) -> u32 {
        self.last_course = None;
        self.next_trip += 1;
        self.next_trip - 1
    }

    /// Notes a report, unless the receiver loses it; `is_sure` ones never get lost.
    pub fn write(&mut self, t_s: i64, motion: &Motion, truth: Truth, is_sure: bool) {
        if t_s <= self.last_s || (!is_sure && self.rng.happens(self.params.loss_share)) {
            return;
        }
        self.wander_position(t_s);
        self.last_s = t_s;
        let position = self.plane.position_from_xy(motion.at + self.position_error);
        let sog_kn = kn_from_mps(motion.speed_mps) + 0.07 * self.rng.normal();
        let (cog_deg, heading_deg, rot_deg_min) = if motion.speed_mps < 0.3 {
            self.bow_at_rest(motion)
        } else {
            self.bow_under_way(t_s, motion)
        };
        let ship = self.ship;
        let report = Report {
            t_ms: self.begin_ms + t_s * 1000,
            position,
            sog_kn: tenths(sog_kn.max(0.0)),
            cog_deg: tenths(cog_deg) % 360.0,
            heading_deg: if ship.has_heading { whole_deg(heading_deg) } else { f32::NAN },
            rot_deg_min: if ship.has_rot { tenths(rot_deg_min) } else { f32::NAN },
            status: if ship.is_class_b { NavStatus::UNDEFINED } else { motion.status },
        };
        self.reports.push_with_truth(report, truth);
    }

    /// Seconds from one report to the next of a ship under way (ITU-R M.1371, tables 1 and 2),
    /// thinned to what the made receiver keeps.
    fn pause_s(&mut self, speed_mps: f64, is_turning: bool) -> f64 {
        let kn = kn_from_mps(speed_mps);
        let sent_s = match (self.ship.is_class_b, is_turning) {
            (true, _) if kn > 14.0 => 15.0,
            (true, _) => 30.0,
            (false, false) if kn <= 14.0 => 10.0,
            (false, true) if kn <= 14.0 => 3.0,
            (false, false) if kn <= 23.0 => 6.0,
            (false, _) => 2.0,
        };
        // The receiver waits out its time and keeps the next report that comes.
        (self.params.interval_s.max(sent_s) + sent_s * self.rng.unit()).round().max(1.0)
    }

    /// Errors of satellite positions last about a minute.
    fn wander_position(&mut self, t_s: i64) {
        let passed_s = t_s.saturating_sub(self.last_s) as f64;
        let kept = 60.0 / (60.0 + passed_s);
        let fresh_m = self.params.position_jitter_m * (1.0 - kept * kept).sqrt();
        let fresh = Xy::new(self.rng.normal(), self.rng.normal()) * fresh_m;
        self.position_error = self.position_error * kept + fresh;
    }

    /// Course, heading and rate of turn of a ship that goes nowhere.
    fn bow_at_rest(&mut self, motion: &Motion) -> (f64, f64, f64) {
        self.last_course = None;
        (360.0 * self.rng.unit(), motion.bow_deg + 0.7 * self.rng.normal(), 0.0)
    }

    /// Course, heading and rate of turn of a ship under way.
    fn bow_under_way(&mut self, t_s: i64, motion: &Motion) -> (f64, f64, f64) {
        let course_deg = wrap(motion.way.x_m.atan2(motion.way.y_m).to_degrees());
        let turned = self.last_course.map_or(0.0, |(then_s, then_deg)| {
            turn_deg(then_deg, course_deg) * 60.0 / (t_s - then_s).max(1) as f64
        });
        self.last_course = Some((t_s, course_deg));
        // The slower a ship, the less her course says.
        let noise_deg = self.params.course_noise_deg * (1.0 + 1.0 / motion.speed_mps);
        let cog_deg = course_deg + noise_deg * self.rng.normal();
        let heading_deg = course_deg + self.ship.leeway_deg + 0.5 * self.rng.normal();
        (wrap(cog_deg), wrap(heading_deg), turned.clamp(-708.0, 708.0))
    }

    /// Lies at `at` from `from_s` until before `until_s`, reporting every three minutes.
    pub fn rest(&mut self, at: Xy, from_s: i64, until_s: i64) {
        let status = match self.rng.below(20) {
            0 => UNDER_WAY, // Nobody changed it.
            _ => MOORED,
        };
        let bow_deg = 360.0 * self.rng.unit();
        self.lie(from_s, until_s, |_| Motion {
            at,
            speed_mps: 0.0,
            way: Xy::default(),
            bow_deg,
            status,
        });
    }

    /// Lies at anchor around `at`, swinging with the tide.
    pub fn swing(&mut self, at: Xy, from_s: i64, until_s: i64) {
        let chain_m = self.rng.between(120.0, 260.0);
        let (mean, reach) = (TAU * self.rng.unit(), self.rng.between(0.4, 1.3));
        let (phase, tide_s) = (TAU * self.rng.unit(), 22_350.0);
        self.lie(from_s, until_s, |t_s| {
            let tide = TAU * t_s as f64 / tide_s + phase;
            let angle = mean + reach * tide.sin();
            let speed_mps = chain_m * reach * (TAU / tide_s) * tide.cos();
            let out = Xy::polar(1.0, angle);
            Motion {
                at: at + out * chain_m,
                speed_mps: speed_mps.abs(),
                way: out.starboard() * -speed_mps,
                bow_deg: wrap((-out.x_m).atan2(-out.y_m).to_degrees()),
                status: AT_ANCHOR,
            }
        });
    }

    fn lie(&mut self, from_s: i64, until_s: i64, motion: impl Fn(i64) -> Motion) {
        let mut t_s = from_s.max(self.free_s());
        while t_s < until_s {
            self.write(t_s, &motion(t_s), Truth::UNKNOWN, false);
            t_s += (self.params.interval_s.max(REST_S) + 8.0 * self.rng.unit()) as i64;
        }
    }

    /// Sails from start to end as trip `trip` and returns the time of arrival.
    pub fn sail(&mut self, sailing: &Sailing, trip: u32, depart_s: i64) -> i64 {
        let course = Course::new(sailing, &mut self.rng);
        let length_m = sailing.line.length_m();
        let depart_s = depart_s.max(self.free_s());
        let step_s = if length_m < SHORT_LINE_M { SHORT_STEP_S } else { STEP_S };
        let (mut t_s, mut s_m) = (depart_s as f64, 0.0);
        let mut truth = Truth { route: sailing.route, trip, fault: sailing.first };
        loop {
            let (motion, mut pace) = course.at(s_m, self.plane);
            self.write(t_s as i64, &motion, truth, t_s as i64 == depart_s);
            truth.fault = Fault::None;
            let bend_deg_m = course.bend_deg_m(s_m);
            let is_turning = (bend_deg_m * motion.speed_mps * 60.0).abs() > 4.0;
            let pause_s = self.pause_s(motion.speed_mps, is_turning);
            let n_steps = (pause_s / step_s).ceil();
            for step in 0..n_steps as usize {
                if step > 0 {
                    pace = course.at(s_m, self.plane).1;
                }
                s_m += pace * pause_s / n_steps;
                if s_m >= length_m {
                    return t_s as i64 + (pause_s * (step as f64 + 1.0) / n_steps) as i64;
                }
            }
            t_s += pause_s;
        }
    }
}

/// The same direction in `0 <= x < 360`; faster than a remainder for what is nearly there.
pub(super) fn wrap(deg: f64) -> f64 {
    if deg < 0.0 {
        deg + 360.0
    } else if deg >= 360.0 {
        deg - 360.0
    } else {
        deg
    }
}

/// Rounded to tenths, as a column.
fn tenths(x: f64) -> f32 {
    ((x * 10.0 + 0.5_f64.copysign(x)) as i32) as f32 / 10.0
}

/// Rounded to whole degrees, as a column.
fn whole_deg(deg: f64) -> f32 {
    ((wrap(deg) + 0.5) as i32 % 360) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::distance_m;
    use crate::synth::ships::{Role, build};

    fn sailed(params: &SeaParams, spread_m: f64) -> (Reports, i64) {
        let ship = build(Role::Lane, 0, 1, &mut Rng::new(1, 0));
        let line = Line::through(&[
            Xy::new(-60_000.0, 0.0),
            Xy::new(0.0, 0.0),
            Xy::new(20_000.0, 60_000.0),
        ]);
        let mut log = Logbook::new(params, &ship, Rng::new(1, 1), 0);
        let sailing = Sailing {
            line: &line,
            offset_m: 1500.0,
            spread_m,
            start: line.first() + Xy::new(0.0, 500.0),
            end: line.last() + Xy::new(3000.0, 0.0),
            cruise_mps: 7.0,
            status: UNDER_WAY,
            route: 4,
            first: Fault::None,
        };
        let arrived_s = log.sail(&sailing, 0, 100);
        (log.reports, arrived_s)
    }

    #[test]
    fn speed_and_course_are_those_of_the_motion() {
        let params =
            SeaParams { position_jitter_m: 0.0, course_noise_deg: 0.0, ..SeaParams::default() };
        let (reports, arrived_s) = sailed(&params, 350.0);
        assert!(reports.len() > 200 && arrived_s * 1000 > reports.t_ms[reports.len() - 1]);
        for i in 1..reports.len() {
            let (a, b) = (reports.get(i - 1), reports.get(i));
            let s = (b.t_ms - a.t_ms) as f64 / 1000.0;
            let implied_kn = kn_from_mps(distance_m(a.position, b.position) / s);
            let mean_kn = f64::midpoint(f64::from(a.sog_kn), f64::from(b.sog_kn));
            assert!((implied_kn - mean_kn).abs() < 0.8, "{i}: {implied_kn} {mean_kn}");
            let bearing_deg = crate::base::geo::bearing_deg(a.position, b.position);
            let off_deg = turn_deg(f64::from(a.cog_deg), bearing_deg).abs();
            assert!(off_deg < 6.0, "{i}: {} {bearing_deg}", a.cog_deg);
        }
    }

    #[test]
    fn a_ship_at_anchor_swings_and_stays() {
        let params = SeaParams::default();
        let ship = build(Role::Waiting, 0, 1, &mut Rng::new(1, 0));
        let mut log = Logbook::new(&params, &ship, Rng::new(1, 1), 0);
        log.swing(Xy::default(), 0, 40_000);
        assert!(log.reports.len() > 150);
        for report in (0..log.reports.len()).map(|i| log.reports.get(i)) {
            assert!(distance_m(report.position, super::super::line::ORIGIN) < 300.0);
            assert!(report.sog_kn < 0.8 && report.status == AT_ANCHOR);
        }
    }

    #[test]
    fn a_dense_receiver_keeps_more() {
        let dense = SeaParams { interval_s: 2.0, loss_share: 0.0, ..SeaParams::default() };
        let (many, few) = (sailed(&dense, 350.0).0, sailed(&SeaParams::default(), 350.0).0);
        assert!(many.len() > 3 * few.len(), "{} {}", many.len(), few.len());
    }
}
