//! A ship on her way over the world, and what satellites and coast stations hear of her.

use crate::ais::{NavStatus, Report, Reports, Truth};
use crate::base::angle::wrap_deg;
use crate::base::geo::{Position, destination};
use crate::base::rng::Rng;
use crate::base::units::{kn_from_mps, mps_from_kn};
use crate::synth::sail::{AT_ANCHOR, MOORED, UNDER_WAY};
use crate::synth::water::{SeaRoute, Water};

use super::WorldParams;

/// The longest time sailed in one step, seconds.
const STEP_S: f64 = 1800.0;
/// Weather changes within a day and a half,
const WEATHER_S: f64 = 130_000.0;
/// and ships drift from one side of their way to the other within so many meters.
const DRIFT_M: f64 = 150_000.0;
/// Pilots, tugs and speed limits: so far from a berth ships go at half speed, meters.
const HARBOR_M: f64 = 15_000.0;
/// Nobody goes faster in a canal, knots.
const CANAL_KN: f64 = 8.0;

/// Where a ship waits on her way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wait {
    /// After so many meters.
    pub at_m: f64,
    /// How long, seconds.
    pub for_s: f64,
}

/// One voyage to be sailed.
pub(super) struct Sailing<'a> {
    /// The way.
    pub route: &'a SeaRoute,
    /// Speed in fair weather, knots.
    pub cruise_kn: f64,
    /// Where she waits, in order.
    pub waits: &'a [Wait],
    /// What is known of her reports.
    pub truth: Truth,
}

/// What is heard of one ship, in the making.
pub(super) struct Log<'a> {
    pub params: &'a WorldParams,
    pub water: &'a Water,
    pub rng: Rng,
    pub reports: Reports,
    weather: f64,
    drift: f64,
}

impl<'a> Log<'a> {
    /// An empty log.
    pub fn new(params: &'a WorldParams, water: &'a Water, rng: Rng) -> Log<'a> {
        Log { params, water, rng, reports: Reports::default(), weather: 0.0, drift: 0.0 }
    }

    /// Lies still at `place` from `from_ms` until before `until_ms`.
    pub fn rest(&mut self, place: Position, from_ms: i64, until_ms: i64, truth: Truth) {
        let status = if truth.trip == Truth::NONE { MOORED } else { AT_ANCHOR };
        let mut t_ms = from_ms;
        while t_ms < until_ms {
            let off_m = if status == MOORED { 15.0 } else { 150.0 };
            let at = destination(place, 360.0 * self.rng.unit(), off_m * self.rng.unit());
            let motion = (0.15 * self.rng.unit(), 360.0 * self.rng.unit());
            self.write(t_ms, at, motion, status, truth);
            let minutes = self.params.rest_min * (0.3 - (1.0 - self.rng.unit()).ln());
            t_ms += (minutes * 60_000.0) as i64 + 1000;
        }
    }

    /// Sails a voyage that begins at `from_ms`, and gives when it ends: at the berth.
    pub fn sail(&mut self, sailing: &Sailing, from_ms: i64) -> i64 {
        let length_m = sailing.route.length_m();
        let (mut t_s, mut at_m) = (0.0, 0.0);
        let mut due_s = 0.0;
        let mut waits = sailing.waits.iter().peekable();
        let t_ms = |t_s: f64| from_ms + (t_s as i64) * 1000;
        while at_m < length_m {
            let (middle, course_deg) = sailing.route.at(at_m);
            let shore_m = self.water.shore_m(middle);
            let speed_mps = self.speed_mps(sailing, at_m);
            if t_s >= due_s {
                let aside_m = self.drift * (200.0 + (0.08 * shore_m).min(9000.0));
                let place = destination(middle, wrap_deg(course_deg + 90.0), aside_m);
                let motion = (kn_from_mps(speed_mps), course_deg);
                self.write(t_ms(t_s), place, motion, UNDER_WAY, sailing.truth);
                due_s = t_s + self.silence_s(shore_m);
            }
            let end_m = waits.peek().map_or(length_m, |wait| wait.at_m.clamp(at_m, length_m));
            let step_s = (due_s - t_s).clamp(60.0, STEP_S);
            let way_m = speed_mps * step_s;
            if at_m + way_m < end_m {
                at_m += way_m;
                t_s += step_s;
            } else {
                t_s += (end_m - at_m) / speed_mps;
                at_m = end_m;
                if let Some(wait) = waits.next() {
                    let place = sailing.route.at(at_m).0;
                    self.rest(place, t_ms(t_s), t_ms(t_s + wait.for_s), sailing.truth);
                    t_s += wait.for_s;
                    due_s = t_s + 600.0;
                }
            }
            self.change(step_s, way_m);
        }
        t_ms(t_s)
    }

    /// Weather and drift, so much later and farther on.
    fn change(&mut self, passed_s: f64, way_m: f64) {
        let wander = |value: f64, share: f64, rng: &mut Rng| {
            let kept = (-share).exp();
            value * kept + (1.0 - kept * kept).sqrt() * rng.normal()
        };
        self.weather = wander(self.weather, passed_s / WEATHER_S, &mut self.rng);
        self.drift = wander(self.drift, way_m / DRIFT_M, &mut self.rng);
    }

    fn speed_mps(&self, sailing: &Sailing, at_m: f64) -> f64 {
        // Storms slow down more than calms speed up.
        let change = self.params.weather * self.weather;
        let weather = (1.0 + change.min(0.5 * change)).clamp(0.45, 1.15);
        let open_mps = mps_from_kn(sailing.cruise_kn) * weather;
        let to_berth_m = at_m.min(sailing.route.length_m() - at_m);
        let is_canal = sailing.route.canals().iter().any(|(_, along)| along.contains(&at_m));
        if is_canal {
            open_mps.min(mps_from_kn(CANAL_KN))
        } else if to_berth_m < HARBOR_M {
            open_mps * 0.5
        } else {
            open_mps
        }
    }

    /// Seconds until she is heard again: stations hear her off the coast, satellites pass by.
    fn silence_s(&mut self, shore_m: f64) -> f64 {
        let lot = -(1.0 - self.rng.unit()).ln();
        if self.rng.happens(self.params.outage_share) {
            return 3600.0 * self.rng.between(8.0, 36.0);
        }
        if shore_m <= 0.0 {
            return 60.0 * self.params.coast_min * lot + 10.0;
        }
        // Of a satellite's pass one or two messages more may be read.
        let is_same_pass = self.rng.happens(0.25);
        if is_same_pass { 60.0 + 240.0 * lot } else { 3600.0 * self.params.sea_h * lot + 600.0 }
    }

    fn write(
        &mut self,
        t_ms: i64,
        place: Position,
        (kn, course_deg): (f64, f64),
        status: NavStatus,
        truth: Truth,
    ) {
        if self.reports.t_ms.last().is_some_and(|last| *last >= t_ms) {
            return; // Heard already this second.
        }
        let rng = &mut self.rng;
        let is_moving = kn > 0.5;
        let tenths = |x: f64| ((x * 10.0).round() / 10.0) as f32;
        let cog_deg = tenths(wrap_deg(course_deg + 1.5 * rng.normal())) % 360.0;
        let heading_deg = wrap_deg(course_deg + 2.5 * rng.normal()).round() as f32 % 360.0;
        let sog_kn = if is_moving { (kn + 0.15 * rng.normal()).max(0.0) } else { kn };
        let round = |deg: f64| (deg * 1e6).round() / 1e6;
        let report = Report {
            t_ms,
            position: Position::new(round(place.lon_deg), round(place.lat_deg)),
            sog_kn: tenths(sog_kn),
            cog_deg,
            // Some compasses are not connected, some turn indicators neither.
            heading_deg: if rng.happens(0.06) { f32::NAN } else { heading_deg },
            rot_deg_min: if rng.happens(0.3) { f32::NAN } else { tenths(0.4 * rng.normal()) },
            status,
        };
        self.reports.push_with_truth(report, truth);
    }
}
