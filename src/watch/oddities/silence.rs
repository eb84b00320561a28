//! Dark periods: ships under way that fall silent where others are heard.

use rustc_hash::FxHashMap;

use super::{Oddity, OddityKind, OddityParams, Scene, nmi_text, score};
use crate::ais::Fleet;
use crate::base::geo::{Position, bearing_deg, destination, distance_m};
use crate::base::text::grouped;
use crate::base::time::duration_text;
use crate::base::units::{kn_from_mps, mps_from_kn, s_from_ms};
use crate::watch::sphere::{Cube, Vector, around};

/// Ships are heard in cubes of this size, meters.
const HEARD_M: f64 = 10_000.0;

/// And in times of this length, milliseconds.
const HEARD_MS: i64 = 10 * 60_000;

/// The share of a ship's reports that are faster than what counts as her top speed: wrong ones.
const TOP_SHARE: f64 = 0.01;

/// Where a silent ship can have been: an ellipse with its foci where she fell silent and where she was
/// heard again.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reach {
    /// Where she fell silent.
    pub from: Position,
    /// Where she was heard again.
    pub to: Position,
    /// The longest way that she can have sailed meanwhile, meters; no less than from one to the other.
    pub way_m: f64,
}

impl Reach {
    /// Half length and half width, meters, as on flat ground: of ways of a thousand kilometers, off
    /// by some thousandths.
    pub fn half_axes_m(&self) -> (f64, f64) {
        let (half_m, focus_m) = (0.5 * self.way_m, 0.5 * distance_m(self.from, self.to));
        (half_m, (half_m * half_m - focus_m * focus_m).max(0.0).sqrt())
    }

    /// The area, square kilometers.
    pub fn area_km2(&self) -> f64 {
        let (length_m, width_m) = self.half_axes_m();
        std::f64::consts::PI * length_m * width_m * 1e-6
    }

    /// The edge, as `corners` places clockwise around it.
    pub fn ring(&self, corners: usize) -> Vec<Position> {
        let (length_m, width_m) = self.half_axes_m();
        let way_m = distance_m(self.from, self.to);
        let middle = destination(self.from, bearing_deg(self.from, self.to), 0.5 * way_m);
        // The course of a great circle turns on the way.
        let course_deg = bearing_deg(middle, self.to);
        let corner = |i: usize| {
            let (sine, cosine) = (std::f64::consts::TAU * i as f64 / corners as f64).sin_cos();
            let (ahead_m, starboard_m) = (length_m * cosine, width_m * sine);
            let off_deg = starboard_m.atan2(ahead_m).to_degrees();
            destination(middle, course_deg + off_deg, ahead_m.hypot(starboard_m))
        };
        (0..corners).map(corner).collect()
    }
}

/// Fewer other ships that fall silent make no edge of what receivers hear.
const LEAST_SILENT: usize = 3;

/// Which ships were heard where and when, roughly; and which fell silent under way where.
pub(super) struct Heard {
    heard: FxHashMap<Cube, Vec<(i64, u32)>>,
    silent: FxHashMap<Cube, Vec<u32>>,
}

impl Heard {
    pub fn new(fleet: &Fleet, params: &OddityParams) -> Heard {
        let mut heard: FxHashMap<Cube, Vec<(i64, u32)>> = FxHashMap::default();
        let mut silent: FxHashMap<Cube, Vec<u32>> = FxHashMap::default();
        let reports = fleet.reports();
        for ship in 0..fleet.vessels().len() {
            let mut last = None;
            for report in gaps(fleet, ship, params) {
                let cube = Vector::to(reports.positions[report]).cube(HEARD_M);
                silent.entry(cube).or_default().push(ship as u32);
            }
            for report in fleet.range(ship) {
                let place = reports.positions[report];
                let now = reports.t_ms[report].div_euclid(HEARD_MS);
                if !place.is_valid() {
                    continue;
                }
                let cube = Vector::to(place).cube(HEARD_M);
                if last != Some((cube, now)) {
                    heard.entry(cube).or_default().push((now, ship as u32));
                    last = Some((cube, now));
                }
            }
        }
        Heard { heard, silent }
    }

    /// How many ships other than `ship` were heard around `place` from `from_ms` to `to_ms`.
    fn others(&self, ship: usize, place: Position, (from_ms, to_ms): (i64, i64)) -> usize {
        let (from, to) = (from_ms.div_euclid(HEARD_MS), to_ms.div_euclid(HEARD_MS));
        let near = self.near(place);
        distinct(near.filter(|(now, _)| (from..=to).contains(now)).map(|(_, other)| *other), ship)
    }

    /// Whether so many other ships fall silent around `place` that nobody seems to listen beyond.
    fn is_usual(&self, ship: usize, place: Position, share: f64) -> bool {
        let near = around(Vector::to(place).cube(HEARD_M));
        let silent = near.filter_map(|cube| self.silent.get(&cube)).flatten().copied();
        let silent = distinct(silent, ship);
        silent >= LEAST_SILENT && {
            let ever = distinct(self.near(place).map(|(_, other)| *other), ship);
            silent as f64 > share * ever as f64
        }
    }

    fn near(&self, place: Position) -> impl Iterator<Item = &(i64, u32)> {
        around(Vector::to(place).cube(HEARD_M)).filter_map(|cube| self.heard.get(&cube)).flatten()
    }
}

/// How many ships there are in `ships`, without `own`.
fn distinct(ships: impl Iterator<Item = u32>, own: usize) -> usize {
    let mut ships: Vec<u32> = ships.filter(|ship| *ship as usize != own).collect();
    ships.sort_unstable();
    ships.dedup();
    ships.len()
}

/// The reports after which a ship fell silent for long though she was under way.
fn gaps<'a>(
    fleet: &'a Fleet,
    ship: usize,
    params: &'a OddityParams,
) -> impl Iterator<Item = usize> + 'a {
    let (reports, range) = (fleet.reports(), fleet.range(ship));
    let gap_ms = (params.gap_min * 60_000.0) as i64;
    (range.start..range.end.saturating_sub(1)).filter(move |last| {
        let (here, next) = (reports.positions[*last], reports.positions[last + 1]);
        reports.t_ms[last + 1] - reports.t_ms[*last] > gap_ms
            && here.is_valid()
            && next.is_valid()
            && f64::from(reports.sog_kn[*last]) >= params.moving_kn
    })
}

/// Adds the dark periods of a ship.
pub(super) fn look(
    scene: &Scene<'_>,
    ship: usize,
    heard: &Heard,
    params: &OddityParams,
    found: &mut Vec<Oddity>,
) {
    let (fleet, reports) = (scene.fleet, scene.fleet.reports());
    let vessel = &fleet.vessels()[ship];
    let range = fleet.range(ship);
    let mut top_kn: Option<f64> = None;
    for last in gaps(fleet, ship, params) {
        let (from_ms, to_ms) = (reports.t_ms[last], reports.t_ms[last + 1]);
        let (from, to) = (reports.positions[last], reports.positions[last + 1]);
        let sog_kn = f64::from(reports.sog_kn[last]);
        let others = heard.others(ship, from, (from_ms, to_ms));
        if others < params.heard || heard.is_usual(ship, from, params.usual_silence) {
            continue;
        }
        let lasts_s = s_from_ms(to_ms - from_ms);
        let made_good_m = distance_m(from, to);
        let made_good_kn = kn_from_mps(made_good_m / lasts_s);
        let top_kn = *top_kn.get_or_insert_with(|| top_speed_kn(&reports.sog_kn[range.clone()]));
        let fastest_kn = (top_kn * params.reach_factor).max(made_good_kn);
        let way_m = (mps_from_kn(fastest_kn) * lasts_s).max(made_good_m);
        let reach = Reach { from, to, way_m };
        found.push(Oddity {
            kind: OddityKind::Dark,
            mmsi: vessel.mmsi,
            ship: Some(ship),
            trip: None,
            from_ms,
            to_ms,
            place: from,
            score: score(params.gap_min, lasts_s / 60.0),
            why: format!(
                "silent for {} under way at {sog_kn:.1} kn, while {others} other ships were heard \
                 there; {} made good, {} km² in reach at {fastest_kn:.1} kn",
                duration_text(to_ms - from_ms),
                nmi_text(made_good_m),
                grouped(reach.area_km2().round() as u64)
            ),
            reach: Some(reach),
        });
    }
}

/// The speed that all but a hundredth of the reports stay below, knots; 0 where none has a speed.
fn top_speed_kn(sog_kn: &[f32]) -> f64 {
    let mut known: Vec<f32> = sog_kn.iter().copied().filter(|sog| sog.is_finite()).collect();
    let above = (TOP_SHARE * known.len() as f64) as usize;
    let Some(at) = known.len().checked_sub(1 + above) else { return 0.0 };
    f64::from(*known.select_nth_unstable_by(at, f32::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_to_any_corner_and_on_is_the_longest_way() {
        let from = Position::new(179.9, 40.0);
        let to = destination(from, 70.0, 30_000.0);
        let reach = Reach { from, to, way_m: 50_000.0 };
        // Half axes of 25 and 20 km: 3, 4, 5.
        let (length_m, width_m) = reach.half_axes_m();
        assert!((length_m - 25_000.0).abs() < 1e-6 && (width_m - 20_000.0).abs() < 1e-3);
        assert!((reach.area_km2() - std::f64::consts::PI * 500.0).abs() < 1e-3);
        for corner in reach.ring(24) {
            let way_m = distance_m(from, corner) + distance_m(corner, to);
            assert!((way_m - 50_000.0).abs() < 5.0, "{corner:?} {way_m}");
        }
    }

    #[test]
    fn a_single_wrong_speed_is_not_the_top_speed() {
        let mut sog_kn = vec![12.0; 150];
        sog_kn[7] = 102.0;
        sog_kn[9] = f32::NAN;
        assert_eq!(top_speed_kn(&sog_kn), 12.0);
        assert_eq!(top_speed_kn(&[f32::NAN]), 0.0);
    }
}
