//! One sailing's own way along its line: out of the berth, to starboard of the middle, never
//! twice the same.

use super::line::{Line, Plane, Xy, smooth};
use super::sail::{Motion, Sailing};
use crate::base::rng::Rng;

/// Lanes open out from one point at the port within this way, meters.
const OPENING_M: f64 = 15_000.0;
/// Ships are slow within this way of a port, meters.
const SLOW_M: f64 = 6000.0;
/// Their speed at the pier, of their speed at sea.
const SLOWEST: f64 = 0.3;
/// Ships turn no faster than this, radians a second: a degree.
const TURN_RAD_S: f64 = 0.0175;
/// Ships change their distance from the middle of the lane over such ways, meters.
const WANDER_M: f64 = 8000.0;

/// One sailing's own way along its line.
pub(super) struct Course<'a> {
    sailing: &'a Sailing<'a>,
    to_start: Xy,
    start_m: f64,
    to_end: Xy,
    end_m: f64,
    sideways: Wander,
    faster: Wander,
}

impl<'a> Course<'a> {
    /// The way of `sailing` on a day of its own.
    pub fn new(sailing: &'a Sailing, rng: &mut Rng) -> Course<'a> {
        let line = sailing.line;
        let (to_start, to_end) = (sailing.start - line.first(), sailing.end - line.last());
        // Gently from the berth into the lane: the longer, the farther it is.
        let way_m = |off: Xy| (6.0 * off.length_m()).max(4000.0).min(0.45 * line.length_m());
        let length_m = line.length_m();
        Course {
            sailing,
            to_start,
            start_m: way_m(to_start),
            to_end,
            end_m: way_m(to_end),
            sideways: Wander::new(length_m, sailing.spread_m, rng),
            faster: Wander::new(length_m, 0.02, rng),
        }
    }

    /// How the ship moves after `s_m` meters of the line, and how many meters of the line she
    /// makes a second.
    pub fn at(&self, s_m: f64, plane: Plane) -> (Motion, f64) {
        let Sailing { line, offset_m, cruise_mps, status, .. } = *self.sailing;
        let on = line.at(s_m);
        let length_m = line.length_m();
        let (open, open_slope) = lane_opening(line, s_m);
        let (wander_m, wander_slope) = self.sideways.at(s_m);
        let side_m = (offset_m + wander_m) * open;
        let side_slope = (offset_m + wander_m) * open_slope + wander_slope * open;
        let (left, left_slope) = smooth(s_m / self.start_m);
        let (near, near_slope) = smooth(1.0 - (length_m - s_m) / self.end_m);
        let at = on.at + on.starboard * side_m + self.to_start * (1.0 - left) + self.to_end * near;
        let way = on.along
            + on.starboard_slope * side_m
            + on.starboard * side_slope
            + self.to_start * (-left_slope / self.start_m)
            + self.to_end * (near_slope / self.end_m);
        let true_way = Xy::new(way.x_m * plane.east_scale(at.y_m), way.y_m);
        let slow_m = SLOW_M.min(0.3 * length_m);
        let free = SLOWEST + (1.0 - SLOWEST) * smooth(s_m.min(length_m - s_m) / slow_m).0;
        let straight_mps = cruise_mps * free * (1.0 + self.faster.at(s_m).0);
        let bend_rad_m = on.starboard_slope.length_m().max(1e-9);
        let speed_mps = straight_mps.min((TURN_RAD_S / bend_rad_m).max(1.0));
        // Never stuck, however sharply the way doubles back.
        let pace = speed_mps / true_way.length_m().max(0.2);
        (Motion { at, speed_mps, way: true_way, bow_deg: 0.0, status }, pace)
    }

    /// How sharply the line itself bends, degrees a meter.
    pub fn bend_deg_m(&self, s_m: f64) -> f64 {
        self.sailing.line.at(s_m).starboard_slope.length_m().to_degrees()
    }
}

/// A smooth random curve over the way sailed: values every [`WANDER_M`], each like the one
/// before, joined by Catmull and Rom's cubics.
struct Wander(Vec<f64>);

impl Wander {
    fn new(length_m: f64, deviation: f64, rng: &mut Rng) -> Wander {
        // What the ship always does, and what she does today.
        let always = 0.8 * rng.normal();
        let mut today = rng.normal();
        let n = (length_m / WANDER_M) as usize + 4;
        let value = |_| {
            today = 0.7 * today + 0.714 * rng.normal();
            deviation * (always + 0.6 * today).clamp(-2.5, 2.5)
        };
        Wander((0..n).map(value).collect())
    }

    /// The value after `s_m` meters, and its change a meter.
    fn at(&self, s_m: f64) -> (f64, f64) {
        let place = (s_m / WANDER_M).max(0.0);
        let index = (place as usize).min(self.0.len() - 4);
        let f = place - index as f64;
        let Some(&[before, from, to, after]) = self.0[index..].first_chunk() else {
            unreachable!("four values are left")
        };
        let (b, c, d) = (
            0.5 * (to - before),
            before - 2.5 * from + 2.0 * to - 0.5 * after,
            0.5 * (after - before) + 1.5 * (from - to),
        );
        (from + f * (b + f * (c + f * d)), (b + f * (2.0 * c + 3.0 * f * d)) / WANDER_M)
    }
}

/// How far a lane has opened out after `s_m` meters, from 0 at a port to 1 at sea, and the change
/// of that a meter.
pub(super) fn lane_opening(line: &Line, s_m: f64) -> (f64, f64) {
    let length_m = line.length_m();
    let opening_m = OPENING_M.min(0.35 * length_m);
    let (open, slope) = smooth(s_m.min(length_m - s_m) / opening_m);
    (open, if 2.0 * s_m <= length_m { slope } else { -slope } / opening_m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_smooth_and_its_slope_is_its_own() {
        let wander = Wander::new(50_000.0, 300.0, &mut Rng::new(5, 5));
        for i in 1..500 {
            let s_m = f64::from(i) * 100.0;
            let (before, after) = (wander.at(s_m - 0.5).0, wander.at(s_m + 0.5).0);
            assert!((after - before - wander.at(s_m).1).abs() < 1e-3, "{s_m}");
        }
    }

    #[test]
    fn a_lane_is_closed_at_its_ports_and_open_at_sea() {
        let line = Line::through(&[Xy::new(0.0, 0.0), Xy::new(100_000.0, 0.0)]);
        let opening = |s_m| lane_opening(&line, s_m);
        assert!(opening(0.0).0.abs() < 1e-9 && opening(100_000.0).0.abs() < 1e-9);
        assert!((opening(50_000.0).0 - 1.0).abs() < 1e-9);
        assert!(opening(5000.0).1 > 0.0 && opening(95_000.0).1 < 0.0);
    }
}
