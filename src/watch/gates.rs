//! Gates: lines across the water, and who passed them where, when and how.

mod mixture;
mod params;
#[cfg(test)]
mod tests;

use rayon::prelude::*;

pub use mixture::Mixture;
pub use params::GateParams;

use super::sphere::{Ground, Vector};
use crate::ais::{Fleet, ShipKind};
use crate::base::geo::{Position, short_distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::time::DAY_MS;
use crate::base::units::{kn_from_mps, mps_from_kn, s_from_ms};
use crate::cluster::route::Spread;

/// Shorter than this a gate has no length, meters.
const LEAST_M: f64 = 1.0;

/// The most bins along a gate.
const MAX_BINS: f64 = 5000.0;

/// Lengths at which one class of ships' lengths ends and the next begins, meters.
pub const LENGTHS_M: [f32; 5] = [50.0, 100.0, 150.0, 200.0, 300.0];

/// How many classes of lengths there are: those [`LENGTHS_M`] divide, and last the unknown.
pub const LENGTH_CLASSES: usize = LENGTHS_M.len() + 2;

/// Why a line is no gate.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GateError {
    /// A line has two ends.
    #[error("a gate of {0} points is no line; draw two points or more")]
    TooFew(usize),
    /// A point that is no place on the Earth.
    #[error("point {at} of the gate, {lon_deg} {lat_deg}, is no place on the Earth")]
    NoPlace {
        /// Which point, from 1.
        at: usize,
        /// Its longitude, degrees.
        lon_deg: f64,
        /// Its latitude, degrees.
        lat_deg: f64,
    },
    /// Two neighboring points are one place.
    #[error("points {at} and {next} of the gate are one place; a gate of length 0 cannot be crossed", next = at + 1)]
    NoLength {
        /// The first of both, from 1.
        at: usize,
    },
    /// Two neighboring points lie on opposite sides of the Earth.
    #[error("points {at} and {next} of the gate lie half around the Earth; draw one between them", next = at + 1)]
    Opposite {
        /// The first of both, from 1.
        at: usize,
    },
    /// The work was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Which way a ship crosses, seen from the gate's first point toward its last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// From the left to the right.
    Right,
    /// From the right to the left.
    Left,
}

/// A ship's passage through a gate.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Crossing {
    /// Index of the vessel in its fleet.
    pub ship: usize,
    /// The last report before it, as an index into the fleet's.
    pub report: usize,
    /// When, UTC milliseconds.
    pub t_ms: i64,
    /// Where.
    pub place: Position,
    /// Where on the gate: meters from its middle, positive toward its last point.
    pub along_m: f64,
    /// Which way.
    pub side: Side,
    /// Speed over ground, knots: between those reported before and after, or of the way.
    pub sog_kn: f64,
    /// The course of the way between both reports, degrees.
    pub cog_deg: f64,
}

/// All crossings in one direction.
#[derive(Clone, PartialEq, Debug)]
pub struct Flow {
    /// Which.
    pub side: Side,
    /// How many crossings.
    pub crossings: usize,
    /// How many of each kind of ship, in the order of [`ShipKind::ALL`].
    pub by_kind: [u32; ShipKind::ALL.len()],
    /// How many of each class of length; see [`LENGTHS_M`].
    pub by_length: [u32; LENGTH_CLASSES],
    /// How many in each hour of the day, UTC.
    pub by_hour: [u32; 24],
    /// How many on each day of the week, UTC, from Monday.
    pub by_weekday: [u32; 7],
    /// Speeds over ground, knots; `None` without crossings.
    pub sog_kn: Option<Spread>,
    /// Mean course, degrees; `None` without crossings.
    pub cog_deg: Option<f64>,
    /// How many crossings in each bin along the gate, from its first point.
    pub bins: Vec<u32>,
    /// How they lie along the gate, where there are enough.
    pub lateral: Option<Mixture>,
}

/// A gate with its crossings.
#[derive(Clone, PartialEq, Debug)]
pub struct Gate {
    /// Its length along all its parts, meters.
    pub length_m: f64,
    /// The width of a bin, meters; the last one may reach beyond the end.
    pub bin_m: f64,
    /// All crossings, by time, then ship.
    pub crossings: Vec<Crossing>,
    /// The crossings to the right and to the left.
    pub flows: [Flow; 2],
    /// How often a ship was on the other side after a silence or a jump: she crossed, or sailed
    /// around, nobody knows where.
    pub unsure: usize,
}

/// The crossings of the gate along `line` by all ships of `fleet` within `window_ms` (first and
/// last, UTC milliseconds), or at any time.
///
/// The parts of the gate and the ways between reports are great circles; a crossing's place and
/// time are where both meet, the ship sailing evenly. A report on the very line counts as on its
/// left side, and so does a gate's bend, so that nobody crosses twice or not at all. A gate that
/// is bent so much that a way leads through two of its parts counts two crossings.
///
/// Takes time linear in the number of reports, on all cores.
///
/// # Errors
///
/// [`GateError`]: fewer than two points, points that are no places, neighbors that are one place or
/// opposite ones, a cancelled job.
///
/// # Reference
///
/// A normal and a uniform distribution for each direction are what models of collision risk take
/// (IALA's IWRAP). There they are chosen by eye or by moments; here by likelihood.
pub fn gate(
    fleet: &Fleet,
    line: &[Position],
    window_ms: Option<(i64, i64)>,
    params: &Checked<GateParams>,
    job: &Job,
) -> Result<Gate, GateError> {
    let parts = parts_of(line)?;
    let length_m = parts.iter().map(|part| part.length_m).sum::<f64>();
    let (from_ms, to_ms) = window_ms.unwrap_or((i64::MIN, i64::MAX));
    job.expect(fleet.reports().len());
    let found = (0..fleet.vessels().len())
        .into_par_iter()
        .map(|ship| {
            let mut found = Found::default();
            if fleet.vessels()[ship].class().may_sail() {
                cross(fleet, ship, &parts, (from_ms, to_ms), params, &mut found);
            }
            job.advance(fleet.range(ship).len())?;
            Ok(found)
        })
        .collect::<Result<Vec<Found>, Stopped>>()?;
    let unsure = found.iter().map(|found| found.unsure).sum();
    let mut crossings: Vec<Crossing> =
        found.into_iter().flat_map(|found| found.crossings).collect();
    crossings.iter_mut().for_each(|crossing| crossing.along_m -= 0.5 * length_m);
    // Stable: of one ship and time, crossings stay in the order of the way.
    crossings.sort_by_key(|crossing| (crossing.t_ms, crossing.ship));
    let bin_m = params.bin_m.max(length_m / MAX_BINS);
    let flows = [Side::Right, Side::Left]
        .map(|side| flow(fleet, &crossings, side, (length_m, bin_m), params));
    Ok(Gate { length_m, bin_m, crossings, flows, unsure })
}

/// A straight part of a gate.
struct Part {
    from: Vector,
    to: Vector,
    /// A vector on whose side lies what is left of the part.
    left: Vector,
    /// Where it begins on the gate, meters from the first point.
    begins_m: f64,
    length_m: f64,
}

/// What one ship did at the gate; crossings are measured from its first point.
#[derive(Default)]
struct Found {
    crossings: Vec<Crossing>,
    unsure: usize,
}

fn parts_of(line: &[Position]) -> Result<Vec<Part>, GateError> {
    if line.len() < 2 {
        return Err(GateError::TooFew(line.len()));
    }
    if let Some(at) = line.iter().position(|place| !place.is_valid()) {
        let Position { lon_deg, lat_deg } = line[at];
        return Err(GateError::NoPlace { at: at + 1, lon_deg, lat_deg });
    }
    let mut begins_m = 0.0;
    let mut parts = Vec::with_capacity(line.len() - 1);
    for (at, ends) in line.windows(2).enumerate() {
        let [from, to] = [ends[0], ends[1]].map(Vector::to);
        let length_m = from.distance_m(to);
        if length_m < LEAST_M {
            return Err(GateError::NoLength { at: at + 1 });
        }
        if from.plus(to).length_m() < LEAST_M {
            return Err(GateError::Opposite { at: at + 1 });
        }
        parts.push(Part { from, to, left: from.cross(to).unit(), begins_m, length_m });
        begins_m += length_m;
    }
    Ok(parts)
}

impl Part {
    /// Which share of the way from `p` to `q` leads up to this part, and which way across; `None`
    /// where it does not lead across.
    fn crossed(&self, p: Vector, q: Vector) -> Option<(f64, Side)> {
        let (before_m, after_m) = (self.left.dot(p), self.left.dot(q));
        let is_left = |m: f64| m >= 0.0;
        if is_left(before_m) == is_left(after_m) {
            return None;
        }
        let way = p.cross(q);
        if is_left(way.dot(self.from)) == is_left(way.dot(self.to)) {
            return None;
        }
        let share = before_m / (before_m - after_m);
        // The other place where both great circles meet is on the far side of the Earth.
        let is_here = p.toward(q, share).dot(self.from.plus(self.to)) > 0.0;
        is_here.then_some((share, if is_left(before_m) { Side::Right } else { Side::Left }))
    }
}

/// Adds what the reports of `ship` tell.
fn cross(
    fleet: &Fleet,
    ship: usize,
    parts: &[Part],
    (from_ms, to_ms): (i64, i64),
    params: &GateParams,
    found: &mut Found,
) {
    let reports = fleet.reports();
    let mut before: Option<(usize, Vector)> = None;
    for report in fleet.range(ship) {
        if !reports.positions[report].is_valid() {
            continue;
        }
        let here = Vector::to(reports.positions[report]);
        let Some((last, there)) = before.replace((report, here)) else { continue };
        let way_ms = reports.t_ms[report] - reports.t_ms[last];
        for part in parts {
            let Some((share, side)) = part.crossed(there, here) else { continue };
            let t_ms = reports.t_ms[last] + (share * way_ms as f64).round() as i64;
            if !(from_ms..=to_ms).contains(&t_ms) {
                continue;
            }
            let s = s_from_ms(way_ms);
            let sailed_m = short_distance_m(reports.positions[last], reports.positions[report]);
            if s > 60.0 * params.silence_min || sailed_m > mps_from_kn(params.jump_kn) * s + 50.0 {
                found.unsure += 1;
                continue;
            }
            let sog = |report: usize| f64::from(reports.sog_kn[report]);
            let told_kn = sog(last) + share * (sog(report) - sog(last));
            let sog_kn =
                if told_kn.is_nan() { kn_from_mps(sailed_m / s.max(1e-3)) } else { told_kn };
            if sog_kn < params.least_kn {
                continue;
            }
            let place = there.toward(here, share).on_earth();
            found.crossings.push(Crossing {
                ship,
                report: last,
                t_ms,
                place: place.position(),
                along_m: part.begins_m + part.from.distance_m(place).min(part.length_m),
                side,
                sog_kn,
                cog_deg: Ground::around(place).way(here.minus(there)).course_deg(),
            });
        }
    }
}

/// Counts the crossings of one direction.
fn flow(
    fleet: &Fleet,
    crossings: &[Crossing],
    side: Side,
    (length_m, bin_m): (f64, f64),
    params: &GateParams,
) -> Flow {
    let own: Vec<&Crossing> = crossings.iter().filter(|crossing| crossing.side == side).collect();
    // A millionth of a bin beyond the last one is rounding.
    let n_bins = (length_m / bin_m - 1e-6).ceil().max(1.0) as usize;
    let mut flow = Flow {
        side,
        crossings: own.len(),
        by_kind: [0; ShipKind::ALL.len()],
        by_length: [0; LENGTH_CLASSES],
        by_hour: [0; 24],
        by_weekday: [0; 7],
        sog_kn: spread(own.iter().map(|crossing| crossing.sog_kn).collect()),
        cog_deg: crate::base::angle::mean_deg(own.iter().map(|crossing| crossing.cog_deg)),
        bins: vec![0; n_bins],
        lateral: None,
    };
    for crossing in &own {
        let vessel = &fleet.vessels()[crossing.ship];
        flow.by_kind[vessel.kind() as usize] += 1;
        flow.by_length[length_class(vessel.about.length_m)] += 1;
        flow.by_hour[(crossing.t_ms.rem_euclid(DAY_MS) / (DAY_MS / 24)) as usize] += 1;
        flow.by_weekday[weekday(crossing.t_ms)] += 1;
        let bin = ((crossing.along_m + 0.5 * length_m) / bin_m) as usize;
        flow.bins[bin.min(n_bins - 1)] += 1;
    }
    let along_m: Vec<f64> = own.iter().map(|crossing| crossing.along_m).collect();
    let half_m = 0.5 * length_m;
    flow.lateral = Mixture::fit(&along_m, (-half_m, half_m), params.least_fitted);
    flow
}

/// The class of a ship's length, by its place in the counts; the last for an unknown one.
pub fn length_class(length_m: Option<f32>) -> usize {
    let known = length_m.filter(|length_m| *length_m > 0.0);
    known.map_or(LENGTH_CLASSES - 1, |known| LENGTHS_M.partition_point(|edge| *edge <= known))
}

/// The day of the week, UTC: 0 for Monday.
fn weekday(t_ms: i64) -> usize {
    // The first of January 1970 was a Thursday.
    (t_ms.div_euclid(DAY_MS) + 3).rem_euclid(7) as usize
}

/// The spread of `values`; `None` where there are none.
fn spread(mut values: Vec<f64>) -> Option<Spread> {
    let last = values.len().checked_sub(1)?;
    values.sort_unstable_by(f64::total_cmp);
    let quantile = |share: f64| {
        let place = share * last as f64;
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        values[below] + place.fract() * (values[above] - values[below])
    };
    Some(Spread {
        mean: values.iter().sum::<f64>() / values.len() as f64,
        p10: quantile(0.1),
        median: quantile(0.5),
        p90: quantile(0.9),
    })
}
