//! Encounters: where ships came close to each other, how close, and who had to give way.

mod approach;
mod judge;
mod met;
mod params;
mod piece;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use judge::{ABAFT_DEG, judge, severity};
pub use params::EncounterParams;

use self::met::met;
use self::piece::Trace;
use super::grid::{Cell, Grid};
use crate::ais::{Fleet, Vessel};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;

/// Two ships that came close to each other.
#[derive(Clone, PartialEq, Debug)]
pub struct Encounter {
    /// Both, as indices of vessels in their fleet, the lower first. All pairs below are in this
    /// order.
    pub ships: [usize; 2],
    /// When they came within range, UTC milliseconds.
    pub from_ms: i64,
    /// When they left it.
    pub to_ms: i64,
    /// When they were closest.
    pub cpa_ms: i64,
    /// How close they came: from antenna to antenna, meters.
    pub cpa_m: f64,
    /// Where each was then.
    pub positions: [Position; 2],
    /// The place in the middle between them then.
    pub place: Position,
    /// Speed over ground of each then, knots.
    pub sog_kn: [f64; 2],
    /// Course over ground of each then, degrees.
    pub cog_deg: [f64; 2],
    /// How fast they moved against each other then, knots.
    pub relative_kn: f64,
    /// Seconds from coming within range until they were closest.
    pub until_cpa_s: f64,
    /// Where each saw the other when they came within range: degrees from her bow, -180 to 180,
    /// starboard positive.
    pub bearing_deg: [f64; 2],
    /// What kind of encounter it was when they came within range.
    pub meeting: Meeting,
    /// Who had to give way.
    pub give_way: GiveWay,
    /// How near one came to the middle of the other's domain: 0 there, 1 on its edge.
    pub domain: f64,
    /// How grave it was, 0 to 1; see [`severity()`].
    pub severity: f64,
}

impl Encounter {
    /// Whether one was in the other's domain.
    pub fn is_breach(&self) -> bool {
        self.domain < 1.0
    }
}

/// Kinds of encounters, by COLREG 13 to 15; see [`judge()`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Meeting {
    /// On opposite courses.
    HeadOn,
    /// On courses that cross.
    Crossing,
    /// One coming up from astern of the other.
    Overtaking,
}

impl Meeting {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            Meeting::HeadOn => "head-on",
            Meeting::Crossing => "crossing",
            Meeting::Overtaking => "overtaking",
        }
    }
}

/// Who gives way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum GiveWay {
    /// The first ship.
    First,
    /// The second ship.
    Second,
    /// Both.
    Both,
    /// None: their courses lead apart.
    Neither,
}

/// The encounters of a window of time, and what was left out.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Encounters {
    /// The gravest first.
    pub list: Vec<Encounter>,
    /// How many pairs within range were left out, by reason.
    pub left_out: BTreeMap<LeftOut, usize>,
}

/// Why two ships within range of each other are no encounter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LeftOut {
    /// They never came as close as a closest point of approach must be.
    Far,
    /// They kept together.
    Together,
    /// One attended the other: a tug, a tow, a pilot.
    Attending,
    /// They share a number: one ship, or two that cleaning told apart.
    SameNumber,
}

impl LeftOut {
    /// The reason in words.
    pub fn name(self) -> &'static str {
        match self {
            LeftOut::Far => "far",
            LeftOut::Together => "keeping together",
            LeftOut::Attending => "attending",
            LeftOut::SameNumber => "same number",
        }
    }
}

/// A ship's path ahead, as a prediction has it.
#[derive(Clone, PartialEq, Debug)]
pub struct PathAhead {
    /// Index of the vessel in its fleet.
    pub ship: usize,
    /// UTC milliseconds. A time that is not after the one before is left out with its place.
    pub t_ms: Vec<i64>,
    /// Where she will be then; as many as times.
    pub positions: Vec<Position>,
}

/// The encounters of all ships of `fleet` within `window_ms` (first and last, UTC milliseconds), or
/// at any time.
///
/// Between two reports a ship sails evenly on the great circle between them. In each step that two
/// ships share, distance and domain are least where they are on flat ground around them, which is
/// exact; nothing is sampled. Pairs are found by time and place, in slices of ten minutes and cubes
/// in space, so that neither date line nor pole is an edge. An encounter lasts while two are within
/// [`EncounterParams::range_m`]; at its beginning shows what kind it is. Speeds and courses are the
/// reported ones where there are any. Stations that do not sail are left out, and so is a ship
/// with one report: nothing tells how she moves.
///
/// Takes time linear in the number of reports, plus that of pairs of ships near each other, on all
/// cores. The order of threads changes nothing.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Reference
///
/// The ellipse is that of Fujii and Tanaka (1971), *Traffic Capacity*, Journal of Navigation 24(4):
/// 8 by 3.2 ship's lengths around the ship, of either ship's own length.
pub fn encounters(
    fleet: &Fleet,
    window_ms: Option<(i64, i64)>,
    params: &Checked<EncounterParams>,
    job: &Job,
) -> Result<Encounters, Stopped> {
    let traces: Vec<Trace<'_>> = (0..fleet.vessels().len())
        .filter(|ship| fleet.vessels()[*ship].class().may_sail())
        .map(|ship| {
            let track = fleet.track(ship);
            Trace {
                ship,
                t_ms: track.t_ms,
                positions: track.positions,
                sog_kn: track.sog_kn,
                cog_deg: track.cog_deg,
                status: track.status,
            }
        })
        .filter(|trace| trace.t_ms.len() > 1)
        .collect();
    let Some(span) = window_ms.or_else(|| fleet.time_span_ms()) else {
        return Ok(Encounters::default());
    };
    met(fleet.vessels(), &traces, span, params, job)
}

/// The encounters that `paths` foretell; `vessels` are those of the fleet that they belong to. Of
/// speeds and courses there are only those of the paths.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Panics
///
/// If a path names a vessel that is not there, or has not as many positions as times.
pub fn ahead(
    vessels: &[Vessel],
    paths: &[PathAhead],
    params: &Checked<EncounterParams>,
    job: &Job,
) -> Result<Encounters, Stopped> {
    // Where times run backwards, what is told for a time that has passed is left out.
    let rising: Vec<(usize, Vec<i64>, Vec<Position>)> = paths
        .iter()
        .map(|path| {
            assert_eq!(path.t_ms.len(), path.positions.len(), "a place for each time");
            let mut last_ms = i64::MIN;
            let told = path.t_ms.iter().zip(&path.positions);
            let kept = told.filter(|(t_ms, _)| {
                let is_later = **t_ms > last_ms;
                last_ms = last_ms.max(**t_ms);
                is_later
            });
            let (t_ms, positions) = kept.map(|(t_ms, place)| (*t_ms, *place)).unzip();
            (path.ship, t_ms, positions)
        })
        .collect();
    let mut traces: Vec<Trace<'_>> = rising
        .iter()
        .filter(|(_, t_ms, _)| t_ms.len() > 1)
        .map(|(ship, t_ms, positions)| Trace {
            ship: *ship,
            t_ms,
            positions,
            sog_kn: &[],
            cog_deg: &[],
            status: &[],
        })
        .collect();
    traces.sort_by_key(|trace| trace.ship);
    let ends = traces.iter().map(|trace| (trace.t_ms[0], trace.t_ms[trace.t_ms.len() - 1]));
    match ends.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1))) {
        Some(span) => met(vessels, &traces, span, params, job),
        None => Ok(Encounters::default()),
    }
}

/// How many encounters have their closest point in each cell of `grid`; cells without are left out.
/// Encounters outside of the grid are not counted.
pub fn heat(encounters: &[Encounter], grid: &Grid) -> Vec<(Cell, u32)> {
    let mut counts: BTreeMap<Cell, u32> = BTreeMap::new();
    for cell in encounters.iter().filter_map(|encounter| grid.cell_of(encounter.place)) {
        *counts.entry(cell).or_default() += 1;
    }
    counts.into_iter().collect()
}
