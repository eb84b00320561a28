//! Speeds and courses for points that come without: from the straightest way through each point.

use rayon::prelude::*;

use super::points::Spot;
use super::tree::{Bound, Tree};
use crate::base::angle::wrap_deg;
use crate::base::geo::EARTH_RADIUS_M;
use crate::base::job::{Job, Stopped};
use crate::base::units::MPS_PER_KN;

/// Meters in a degree of latitude.
pub(super) const M_PER_DEG: f64 = EARTH_RADIUS_M * std::f64::consts::PI / 180.0;

/// Points looked at before and after each.
const LOOKED_AT: usize = 6;

/// What a second of time weighs against distance when neighbors are chosen, meters: of two equally
/// far points the earlier one.
const WEIGHT_MPS: f64 = 2.5;

/// No ship is taken to be faster than this where its speed has to be guessed, knots.
const FASTEST_KN: f64 = 45.0;

/// East and north from `a` to `b`, meters, on the plane that touches between them.
pub(super) fn way_m(a: &Spot, b: &Spot) -> (f64, f64) {
    let parallel = (0.5 * (a.lat_deg + b.lat_deg)).to_radians().cos();
    ((b.lon_deg - a.lon_deg) * M_PER_DEG * parallel, (b.lat_deg - a.lat_deg) * M_PER_DEG)
}

/// East and north, meters a second, of a spot whose motion is known.
pub(super) fn velocity_mps(spot: &Spot) -> (f64, f64) {
    let (sine, cosine) = spot.c_deg.to_radians().sin_cos();
    (spot.v_kn * MPS_PER_KN * sine, spot.v_kn * MPS_PER_KN * cosine)
}

/// A spot whose motion is known, ready to be compared with many.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Mover {
    pub t_s: f64,
    pub lon_deg: f64,
    pub lat_deg: f64,
    /// The cosine of latitude.
    pub parallel: f64,
    pub v_kn: f64,
    pub c_deg: f64,
    pub east_mps: f64,
    pub north_mps: f64,
}

impl Mover {
    /// The mover at `spot`, whose speed and course must be known.
    pub fn new(spot: &Spot) -> Mover {
        let (east_mps, north_mps) = velocity_mps(spot);
        Mover {
            t_s: spot.t_s,
            lon_deg: spot.lon_deg,
            lat_deg: spot.lat_deg,
            parallel: spot.lat_deg.to_radians().cos(),
            v_kn: spot.v_kn,
            c_deg: spot.c_deg,
            east_mps,
            north_mps,
        }
    }

    /// East and north from here to `other`, meters, with the mean of both parallels.
    pub fn way_m(&self, other: &Mover) -> (f64, f64) {
        let parallel = 0.5 * (self.parallel + other.parallel);
        (
            (other.lon_deg - self.lon_deg) * M_PER_DEG * parallel,
            (other.lat_deg - self.lat_deg) * M_PER_DEG,
        )
    }

    /// Speed, meters a second.
    pub fn speed_mps(&self) -> f64 {
        self.v_kn * MPS_PER_KN
    }
}

/// Gives every spot a speed and a course; returns how many had to be guessed.
///
/// The velocity guessed is that of the straightest way through the point: of the nearest points
/// before and after it, within `reach_s`, the pair between which it lies with the least misfit. At
/// the ends of the set it is the way to the nearest point, and zero where there is none. A speed
/// that is known stays, and of a known course too.
pub(super) fn guess_missing(spots: &mut [Spot], reach_s: f64, job: &Job) -> Result<usize, Stopped> {
    // The course of a ship that lies still says nothing, so a missing one is no loss.
    for spot in spots.iter_mut().filter(|spot| spot.v_kn == 0.0 && spot.c_deg.is_nan()) {
        spot.c_deg = 0.0;
    }
    let missing: Vec<u32> = (0..spots.len() as u32)
        .filter(|at| spots[*at as usize].v_kn.is_nan() || !spots[*at as usize].c_deg.is_finite())
        .collect();
    if missing.is_empty() {
        return Ok(0);
    }
    let points: Vec<[f64; 3]> =
        spots.iter().map(|spot| [spot.t_s, spot.lon_deg, spot.lat_deg]).collect();
    let tree = Tree::new(&points, spots, [WEIGHT_MPS, M_PER_DEG, M_PER_DEG]);
    job.expect(missing.len());
    let guesses: Vec<(f64, f64)> = missing
        .par_iter()
        .map(|at| {
            job.step()?;
            Ok(guess(spots, &tree, *at as usize, reach_s))
        })
        .collect::<Result<_, Stopped>>()?;
    for (at, (east, north)) in missing.iter().zip(guesses) {
        let spot = &mut spots[*at as usize];
        if spot.v_kn.is_nan() {
            spot.v_kn = east.hypot(north) / MPS_PER_KN;
        }
        if !spot.c_deg.is_finite() {
            spot.c_deg = wrap_deg(east.atan2(north).to_degrees());
        }
    }
    Ok(missing.len())
}

/// East and north, meters a second.
fn guess(spots: &[Spot], tree: &Tree<3, Spot>, at: usize, reach_s: f64) -> (f64, f64) {
    let here = &spots[at];
    let near = |is_later: bool| {
        let gap = |t_s: f64| if is_later { t_s - here.t_s } else { here.t_s - t_s };
        let bound = |bound: &Bound<3>| {
            let (low, high) = if is_later {
                (bound.low(0) - here.t_s, bound.high(0) - here.t_s)
            } else {
                (here.t_s - bound.high(0), here.t_s - bound.low(0))
            };
            if high <= 0.0 || low > reach_s {
                return f64::INFINITY;
            }
            let far = bound.low(2).abs().max(bound.high(2).abs()).max(here.lat_deg.abs());
            let east = bound.beyond(1, here.lon_deg) * M_PER_DEG * far.to_radians().cos();
            east.hypot(bound.beyond(2, here.lat_deg) * M_PER_DEG) + WEIGHT_MPS * low.max(0.0)
        };
        let cost = |there: &Spot, _| {
            let gap_s = gap(there.t_s);
            let (east, north) = way_m(here, there);
            let is_near = gap_s > 0.0
                && gap_s <= reach_s
                && east.hypot(north) <= FASTEST_KN * MPS_PER_KN * gap_s.max(1.0);
            if is_near { east.hypot(north) + WEIGHT_MPS * gap_s } else { f64::INFINITY }
        };
        tree.cheapest(LOOKED_AT, f64::INFINITY, bound, cost)
    };
    let (before, after) = (near(false), near(true));
    let speed = |from: &Spot, to: &Spot| {
        let (east, north) = way_m(from, to);
        let gap_s = to.t_s - from.t_s;
        (east / gap_s, north / gap_s)
    };
    let mut best = (f64::INFINITY, (0.0, 0.0));
    for (cost_a, a) in &before {
        for (cost_b, b) in &after {
            let (a, b) = (&spots[*a as usize], &spots[*b as usize]);
            let (east, north) = speed(a, b);
            let (x, y) = way_m(a, here);
            let gap_s = here.t_s - a.t_s;
            let misfit_m = (x - east * gap_s).hypot(y - north * gap_s);
            // Long ways fit by chance more easily than short ones.
            let cost = misfit_m + 0.1 * (cost_a + cost_b);
            if cost < best.0 {
                best = (cost, (east, north));
            }
        }
    }
    match (before.first(), after.first()) {
        (Some(_), Some(_)) => best.1,
        (Some((_, a)), None) => speed(&spots[*a as usize], here),
        (None, Some((_, b))) => speed(here, &spots[*b as usize]),
        (None, None) => (0.0, 0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(t_s: f64, lon_deg: f64, lat_deg: f64) -> Spot {
        Spot { t_s, lon_deg, lat_deg, v_kn: f64::NAN, c_deg: f64::NAN }
    }

    #[test]
    fn a_ship_alone_has_the_speed_of_its_way() {
        // A minute of latitude in 6 minutes: 10 knots due north.
        let mut spots: Vec<Spot> =
            (0..5).map(|step| spot(f64::from(step) * 360.0, 0.0, f64::from(step) / 60.0)).collect();
        assert_eq!(guess_missing(&mut spots, 1000.0, &Job::default()), Ok(5));
        for spot in &spots {
            assert!((spot.v_kn - 10.0).abs() < 0.02, "{spot:?}");
            assert!(spot.c_deg < 1e-6 || spot.c_deg > 360.0 - 1e-6, "{spot:?}");
        }
    }

    #[test]
    fn what_is_known_stays() {
        let mut spots = vec![spot(0.0, 0.0, 0.0), spot(360.0, 0.0, 1.0 / 60.0)];
        spots[0].v_kn = 7.0;
        spots[1].c_deg = 33.0;
        assert_eq!(guess_missing(&mut spots, 1000.0, &Job::default()), Ok(2));
        assert_eq!((spots[0].v_kn, spots[1].c_deg), (7.0, 33.0));
        assert!(spots[0].c_deg.abs() < 1e-6);
    }

    #[test]
    fn a_point_alone_lies_still() {
        let mut spots = vec![spot(0.0, 0.0, 0.0)];
        assert_eq!(guess_missing(&mut spots, 1000.0, &Job::default()), Ok(1));
        assert_eq!(spots[0].v_kn, 0.0);
    }

    #[test]
    fn crossing_ships_keep_their_ways() {
        // One north, one east, through the same place ten minutes apart.
        let mut spots = Vec::new();
        for step in -3..=3_i32 {
            let way = f64::from(step) * 0.02;
            spots.push(spot(f64::from(step) * 120.0, 0.0, way));
            spots.push(spot(f64::from(step) * 120.0 + 40.0, way, 0.0));
        }
        spots.sort_by(|a, b| a.t_s.total_cmp(&b.t_s));
        guess_missing(&mut spots, 1000.0, &Job::default()).unwrap();
        for spot in &spots {
            let course = if spot.lat_deg.abs() > 1e-9 { 0.0 } else { 90.0 };
            if spot.lat_deg != 0.0 || spot.lon_deg != 0.0 {
                assert!((spot.c_deg - course).abs() < 25.0 || spot.c_deg > 335.0, "{spot:?}");
            }
        }
    }
}
