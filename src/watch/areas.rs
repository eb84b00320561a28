//! Areas under watch: who entered or left them, sailed too fast or lay still in them.

mod params;
mod ring;
#[cfg(test)]
mod tests;
mod visit;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use params::AreaParams;

use self::ring::Ring;
use self::visit::{Visit, visits};
use crate::ais::{Fleet, KindSet, NavStatus};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;

/// Why an area cannot be watched.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AreaError {
    /// A polygon has three corners or more.
    #[error("an area of {0} corners is none; draw three or more")]
    TooFew(usize),
    /// A corner that is no place on the Earth.
    #[error("corner {at} of the area, {lon_deg} {lat_deg}, is no place on the Earth")]
    NoPlace {
        /// Which corner, from 1.
        at: usize,
        /// Its longitude, degrees.
        lon_deg: f64,
        /// Its latitude, degrees.
        lat_deg: f64,
    },
    /// Two neighboring corners are one place.
    #[error("corner {at} of the area stands twice; take one away")]
    Twice {
        /// Which corner, from 1.
        at: usize,
    },
    /// All corners lie on a line.
    #[error("all corners of the area lie on one line; move one aside")]
    NoArea,
    /// Two edges cross or touch: what is inside is not clear.
    #[error("edges {first} and {second} of the area cross or touch; move a corner")]
    Crossing {
        /// The first edge, from 1: it begins at the corner of that number.
        first: usize,
        /// The second.
        second: usize,
    },
    /// Edges lead once around the world.
    #[error("the area lies around a pole; draw two areas beside each other")]
    AroundPole,
    /// A limit that is no number, or below zero.
    #[error("{what} is {value}; it must be 0 or more")]
    BadLimit {
        /// What is limited.
        what: &'static str,
        /// What it was said to be.
        value: f64,
    },
    /// A name that no kind of ship has.
    #[error("{0}")]
    NoKind(String),
    /// The work was stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// An area, and what is told of ships in it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Area {
    /// What it is called.
    pub name: String,
    /// The corners of a polygon; edges go the short way round.
    pub corners: Vec<Position>,
    /// Kinds of ships that are watched, as [`KindSet::from_text`] reads them; empty for all.
    pub kinds: String,
    /// Tell who enters.
    pub tells_entering: bool,
    /// Tell who leaves.
    pub tells_leaving: bool,
    /// Tell who is faster, knots.
    pub above_kn: Option<f64>,
    /// Tell who lies still for longer, minutes.
    pub stopped_min: Option<f64>,
}

/// Something that a ship did in an area.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct AreaEvent {
    /// The area, by its place in the list.
    pub area: usize,
    /// Index of the vessel in its fleet.
    pub ship: usize,
    /// What.
    pub kind: AreaEventKind,
    /// When it began, UTC milliseconds.
    pub from_ms: i64,
    /// When it ended; of entering and leaving, the same.
    pub to_ms: i64,
    /// Where it began; of sailing too fast, where she was fastest.
    pub place: Position,
    /// The greatest speed over ground meanwhile, knots; not-a-number where none was told.
    pub top_kn: f64,
    /// What she said to be doing when it began.
    pub status: NavStatus,
    /// Whether place and time are where she crossed the edge. Otherwise she was silent then, and they
    /// are those of her next report inside, or of her last one.
    pub is_exact: bool,
}

/// What ships do in areas.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AreaEventKind {
    /// She came in.
    Entered,
    /// She went out.
    Left,
    /// She sailed faster than allowed.
    Fast,
    /// She lay still for longer than allowed.
    Stopped,
}

impl AreaEventKind {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            AreaEventKind::Entered => "entered",
            AreaEventKind::Left => "left",
            AreaEventKind::Fast => "too fast",
            AreaEventKind::Stopped => "lay still",
        }
    }
}

/// What the ships of `fleet` did in `areas` within `window_ms` (first and last, UTC milliseconds),
/// or at any time: by time, then area and ship.
///
/// Who is inside at the first report did not enter, and who is at the last did not leave. Edges
/// are crossed where the straight way (in longitude and latitude) between two reports leads across.
/// Stays, and absences, of less than [`AreaParams::least_stay_s`] are none: a ship that sways across
/// an edge.
///
/// Takes time linear in the number of reports, times that of areas, on all cores.
///
/// # Errors
///
/// [`AreaError`]: a polygon that is none or crosses itself, limits or kinds that are none, a cancelled
/// job.
pub fn watch_areas(
    fleet: &Fleet,
    areas: &[Area],
    window_ms: Option<(i64, i64)>,
    params: &Checked<AreaParams>,
    job: &Job,
) -> Result<Vec<AreaEvent>, AreaError> {
    let rings = areas.iter().map(checked).collect::<Result<Vec<(Ring, KindSet)>, AreaError>>()?;
    let (from_ms, to_ms) = window_ms.unwrap_or((i64::MIN, i64::MAX));
    job.expect(fleet.reports().len());
    let found = (0..fleet.vessels().len())
        .into_par_iter()
        .map(|ship| {
            let mut events = Vec::new();
            for (index, (area, (ring, kinds))) in areas.iter().zip(&rings).enumerate() {
                let vessel = &fleet.vessels()[ship];
                if vessel.class().may_sail() && kinds.has(vessel.kind()) {
                    for visit in visits(fleet, ship, ring, params) {
                        tell(fleet, (index, area), ship, &visit, params, &mut events);
                    }
                }
            }
            job.advance(fleet.range(ship).len())?;
            Ok(events)
        })
        .collect::<Result<Vec<Vec<AreaEvent>>, Stopped>>()?;
    let is_within = |event: &AreaEvent| event.from_ms <= to_ms && event.to_ms >= from_ms;
    let mut events: Vec<AreaEvent> = found.into_iter().flatten().filter(is_within).collect();
    events.sort_by_key(|event| (event.from_ms, event.area, event.ship, event.kind));
    Ok(events)
}

/// Whether `corners` are those of an area.
///
/// # Errors
///
/// [`AreaError`]: fewer than three corners, corners that are no places or stand twice, edges that
/// cross or touch.
pub fn check_corners(corners: &[Position]) -> Result<(), AreaError> {
    Ring::new(corners).map(|_| ())
}

/// Which edge of an area that is being drawn, from 1, a further edge to `next` would cross or touch;
/// `None` where it would not. The edge back to the first corner does not count yet.
pub fn crossed_edge(corners: &[Position], next: Position) -> Option<usize> {
    ring::crossed(corners, next)
}

fn checked(area: &Area) -> Result<(Ring, KindSet), AreaError> {
    let limits = [
        ("the speed limit, knots,", area.above_kn),
        ("the time to lie, minutes,", area.stopped_min),
    ];
    for (what, limit) in limits {
        if let Some(value) = limit.filter(|value| !value.is_finite() || *value < 0.0) {
            return Err(AreaError::BadLimit { what, value });
        }
    }
    let (kinds, unknown) = KindSet::from_text(&area.kinds);
    if let Some(name) = unknown.first() {
        return Err(AreaError::NoKind(KindSet::fault(name)));
    }
    Ok((Ring::new(&area.corners)?, kinds))
}

/// Adds what is to be told of a visit.
fn tell(
    fleet: &Fleet,
    (index, area): (usize, &Area),
    ship: usize,
    visit: &Visit,
    params: &AreaParams,
    events: &mut Vec<AreaEvent>,
) {
    let reports = fleet.reports();
    let event = |kind, from_ms, to_ms, place, report: usize, is_exact| AreaEvent {
        area: index,
        ship,
        kind,
        from_ms,
        to_ms,
        place,
        top_kn: f64::from(reports.sog_kn[report]),
        status: reports.status[report],
        is_exact,
    };
    let mut tell_edge = |edge: Option<visit::Edge>, kind| {
        if let Some(edge) = edge {
            let report = edge.report;
            events.push(event(kind, edge.t_ms, edge.t_ms, edge.place, report, edge.is_exact));
        }
    };
    if area.tells_entering {
        tell_edge(visit.entered, AreaEventKind::Entered);
    }
    if area.tells_leaving {
        tell_edge(visit.left, AreaEventKind::Left);
    }
    if let Some(above_kn) = area.above_kn {
        let is_fast = |report| visit::speed_kn(fleet, ship, report) > above_kn;
        for run in visit.runs(fleet, 0, is_fast) {
            let lasts_ms = reports.t_ms[run.end - 1] - reports.t_ms[run.start];
            if lasts_ms as f64 >= params.fast_s * 1000.0 {
                let speed = |report: &usize| visit::speed_kn(fleet, ship, *report);
                let top = run.clone().max_by(|a, b| speed(a).total_cmp(&speed(b)));
                let top = top.unwrap_or(run.start);
                let (from_ms, to_ms) = (reports.t_ms[run.start], reports.t_ms[run.end - 1]);
                let place = reports.positions[top];
                let told = event(AreaEventKind::Fast, from_ms, to_ms, place, run.start, true);
                events.push(AreaEvent { top_kn: speed(&top), ..told });
            }
        }
    }
    if let Some(stopped_min) = area.stopped_min {
        let is_still = |report| visit::speed_kn(fleet, ship, report) < params.still_kn;
        let pause_ms = (params.pause_min * 60_000.0) as i64;
        for run in visit.runs(fleet, pause_ms, is_still) {
            let (from_ms, to_ms) = (reports.t_ms[run.start], reports.t_ms[run.end - 1]);
            if (to_ms - from_ms) as f64 > stopped_min * 60_000.0 {
                let place = reports.positions[run.start];
                events.push(event(AreaEventKind::Stopped, from_ms, to_ms, place, run.start, true));
            }
        }
    }
}
