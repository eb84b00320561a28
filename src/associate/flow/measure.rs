//! What is measured of two points of which the second may follow the first.

use super::super::motion::Mover;
use crate::base::angle::turn_deg;

/// A slower ship lies still, knots.
pub(super) const STILL_KN: f64 = 0.6;

/// A ship at most this fast is where it was but for the noise of its position, knots.
const DRIFT_KN: f64 = 1.5;

/// Two ships both at least this fast are compared by the mean of their velocities, knots.
pub(super) const STEADY_KN: f64 = 2.0;

/// What is measured of a pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Measure {
    /// Seconds between, above 0.
    pub gap_s: f64,
    /// How far the second lies off the line of where the ship may be, meters: see [`measure`].
    pub miss_m: f64,
    /// East and north of that line.
    pub off_m: (f64, f64),
    /// How long the line is, meters; 0 where it is a point.
    pub sweep_m: f64,
    /// Where on the line the nearest place is, from 0 (the velocity changed at once) to 1.
    pub share: f64,
    /// How far the mean of both speeds brings a ship, meters.
    pub run_m: f64,
    /// The first speed, knots.
    pub from_kn: f64,
    /// Change of speed, knots.
    pub faster_kn: f64,
    /// Change of course, without sign, degrees.
    pub turn_deg: f64,
    /// The smaller and the greater of both speeds, knots.
    pub slow_kn: f64,
    pub fast_kn: f64,
}

/// Measures a pair of which the second comes later.
///
/// A ship that changes its velocity once, at a time nobody knows, ends on the line between where
/// the first velocity leads and where the second one leads: from the pier to the end of its run, if
/// it cast off on the way. `miss_m` is how far the second point lies off that line. Where both
/// ships are under way the line shrinks to its middle, since they change their velocity steadily.
///
/// `stretch` makes up for noise that is greater in one direction: ways east are multiplied by it,
/// ways north divided, so that areas stay, for ships that hardly move.
pub(super) fn measure(from: &Mover, to: &Mover, stretch: f64) -> Measure {
    let gap_s = to.t_s - from.t_s;
    let off = off(from, to, gap_s);
    let (slow_kn, fast_kn) = (from.v_kn.min(to.v_kn), from.v_kn.max(to.v_kn));
    let mut pair = Measure {
        gap_s,
        miss_m: 0.0,
        off_m: (off.east_m, off.north_m),
        sweep_m: off.sweep_m2.sqrt(),
        share: off.share,
        run_m: 0.5 * gap_s * (from.speed_mps() + to.speed_mps()),
        from_kn: from.v_kn,
        faster_kn: to.v_kn - from.v_kn,
        turn_deg: turn_deg(from.c_deg, to.c_deg).abs(),
        slow_kn,
        fast_kn,
    };
    pair.stretch(stretch);
    pair
}

/// How far the second of a pair lies off the line of where the ship may be.
pub(super) struct Off {
    pub east_m: f64,
    pub north_m: f64,
    share: f64,
    sweep_m2: f64,
}

/// See [`measure`], of which it is what the search for candidates needs of very many pairs.
#[inline]
pub(super) fn off(from: &Mover, to: &Mover, gap_s: f64) -> Off {
    let (east, north) = from.way_m(to);
    let (mut x, mut y) = (from.east_mps * gap_s, from.north_mps * gap_s);
    let mut dx = to.east_mps * gap_s - x;
    let mut dy = to.north_mps * gap_s - y;
    if from.v_kn.min(to.v_kn) >= STEADY_KN {
        (x, y) = (x + 0.5 * dx, y + 0.5 * dy);
        (dx, dy) = (0.0, 0.0);
    }
    let squared = dx * dx + dy * dy;
    let share = if squared > 0.0 {
        (((east - x) * dx + (north - y) * dy) / squared).clamp(0.0, 1.0)
    } else {
        0.5
    };
    Off { east_m: east - x - share * dx, north_m: north - y - share * dy, share, sweep_m2: squared }
}

impl Measure {
    /// Measures the miss anew with another stretch.
    pub fn stretch(&mut self, stretch: f64) {
        let (east, north) = self.off_m;
        let s = if self.fast_kn < DRIFT_KN { stretch } else { 1.0 };
        let (east, north) = (east * s, north / s);
        self.miss_m = (east * east + north * north).sqrt();
    }

    /// Whether a ship moves at either end.
    pub fn is_moving(&self) -> bool {
        self.fast_kn >= STILL_KN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::associate::points::Spot;

    fn mover(t_s: f64, east_m: f64, north_m: f64, v_kn: f64, c_deg: f64) -> Mover {
        let degrees = |m: f64| m / crate::associate::motion::M_PER_DEG;
        Mover::new(&Spot { t_s, lon_deg: degrees(east_m), lat_deg: degrees(north_m), v_kn, c_deg })
    }

    /// Ten knots for a thousand seconds: 5144 m.
    const RUN_M: f64 = 10.0 * 1000.0 * 1852.0 / 3600.0;

    #[test]
    fn a_ship_that_casts_off_on_the_way_misses_nothing() {
        let from = mover(0.0, 0.0, 0.0, 0.0, 0.0);
        for (north_m, share) in [(0.0, 0.0), (0.3 * RUN_M, 0.3), (RUN_M, 1.0)] {
            let pair = measure(&from, &mover(1000.0, 0.0, north_m, 10.0, 0.0), 1.0);
            assert!(pair.miss_m < 1e-6 && (pair.share - share).abs() < 1e-6, "{pair:?}");
            assert!((pair.sweep_m - RUN_M).abs() < 1e-6);
        }
        let beside = measure(&from, &mover(1000.0, 400.0, 0.5 * RUN_M, 10.0, 0.0), 1.0);
        assert!((beside.miss_m - 400.0).abs() < 0.1, "{beside:?}");
    }

    #[test]
    fn ships_under_way_are_measured_from_the_middle() {
        // From north to east: half the way each.
        let from = mover(0.0, 0.0, 0.0, 10.0, 0.0);
        let pair = measure(&from, &mover(1000.0, 0.5 * RUN_M, 0.5 * RUN_M, 10.0, 90.0), 1.0);
        assert!(pair.miss_m < 0.1 && pair.sweep_m == 0.0, "{pair:?}");
        assert!((pair.turn_deg - 90.0).abs() < 1e-9 && (pair.run_m - RUN_M).abs() < 1e-6);
    }

    #[test]
    fn stretching_keeps_areas_and_leaves_ships_under_way() {
        let still = measure(&mover(0.0, 0.0, 0.0, 0.0, 0.0), &mover(9.0, 30.0, 0.0, 0.0, 0.0), 2.0);
        assert!((still.miss_m - 60.0).abs() < 1e-6);
        let still = measure(&mover(0.0, 0.0, 0.0, 0.0, 0.0), &mover(9.0, 0.0, 30.0, 0.0, 0.0), 2.0);
        assert!((still.miss_m - 15.0).abs() < 1e-6);
        let fast = measure(&mover(0.0, 0.0, 0.0, 9.0, 0.0), &mover(9.0, 0.0, 0.0, 9.0, 180.0), 2.0);
        assert!(fast.miss_m < 1e-6);
    }
}
