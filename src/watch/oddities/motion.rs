//! Sudden stops and sudden turns.

use rustc_hash::FxHashMap;

use super::{Oddity, OddityKind, OddityParams, Scene, score};
use crate::ais::Fleet;
use crate::base::angle::turn_deg;
use crate::base::geo::{Position, short_distance_m};
use crate::watch::sphere::{Cube, Vector, around};

/// Below this speed a ship has stopped, knots.
const STILL_KN: f32 = 1.5;

/// A ship lies still at least this long to have stopped, milliseconds.
const LIES_MS: i64 = 5 * 60_000;

/// Stops within this distance are at one place, meters.
const SAME_PLACE_M: f64 = 1000.0;

/// Below this speed a turn is no turn, knots.
const TURN_KN: f32 = 6.0;

/// How long a ship sails straight before and after a turn, milliseconds.
const STEADY_MS: i64 = 3 * 60_000;

/// And how much her course changes meanwhile at most, degrees.
const STEADY_DEG: f64 = 20.0;

/// Where ships have lain still: the ships by place.
pub(super) struct StopPlaces(FxHashMap<Cube, Vec<(u32, Position)>>);

/// A time that a ship lay still, as reports of the fleet.
struct Stay {
    first: usize,
    last: usize,
}

/// Where ships of `fleet` have lain still.
pub(super) fn stop_places(fleet: &Fleet) -> StopPlaces {
    let mut places: FxHashMap<Cube, Vec<(u32, Position)>> = FxHashMap::default();
    for ship in 0..fleet.vessels().len() {
        for stay in stays(fleet, ship) {
            let place = fleet.reports().positions[stay.first];
            places
                .entry(Vector::to(place).cube(SAME_PLACE_M))
                .or_default()
                .push((ship as u32, place));
        }
    }
    StopPlaces(places)
}

impl StopPlaces {
    /// How many ships other than `ship` have lain still near `place`.
    fn others(&self, ship: usize, place: Position) -> usize {
        let near = around(Vector::to(place).cube(SAME_PLACE_M))
            .filter_map(|cell| self.0.get(&cell))
            .flatten()
            .filter(|(other, at)| {
                *other as usize != ship && short_distance_m(*at, place) <= SAME_PLACE_M
            });
        let mut ships: Vec<u32> = near.map(|(other, _)| *other).collect();
        ships.sort_unstable();
        ships.dedup();
        ships.len()
    }
}

/// The times that a ship lay still. Reports without a speed count as sailing.
fn stays(fleet: &Fleet, ship: usize) -> Vec<Stay> {
    let reports = fleet.reports();
    let mut stays: Vec<Stay> = Vec::new();
    let mut is_lying = false;
    for report in fleet.range(ship) {
        let lies = reports.sog_kn[report] < STILL_KN && reports.positions[report].is_valid();
        match stays.last_mut() {
            Some(stay) if lies && is_lying => stay.last = report,
            _ if lies => stays.push(Stay { first: report, last: report }),
            _ => (),
        }
        is_lying = lies;
    }
    stays.retain(|stay| reports.t_ms[stay.last] - reports.t_ms[stay.first] >= LIES_MS);
    stays
}

/// Adds the sudden stops of a ship.
pub(super) fn look_at_stops(
    scene: &Scene<'_>,
    ship: usize,
    places: &StopPlaces,
    params: &OddityParams,
    found: &mut Vec<Oddity>,
) {
    let (fleet, reports) = (scene.fleet, scene.fleet.reports());
    let vessel = &fleet.vessels()[ship];
    if !params.read_steady_kinds().has(vessel.kind()) {
        return;
    }
    let within_ms = (params.stop_min * 60_000.0) as i64;
    let begin = fleet.range(ship).start;
    for stay in stays(fleet, ship) {
        let stop_ms = reports.t_ms[stay.first];
        let before = (begin..stay.first)
            .rev()
            .take_while(|report| stop_ms - reports.t_ms[*report] <= within_ms)
            .filter(|report| reports.sog_kn[*report].is_finite());
        let fastest = before.max_by(|a, b| reports.sog_kn[*a].total_cmp(&reports.sog_kn[*b]));
        let Some(fastest) = fastest else { continue };
        let fell_kn = f64::from(reports.sog_kn[fastest] - reports.sog_kn[stay.first]);
        let place = reports.positions[stay.first];
        if fell_kn <= params.stop_kn || places.others(ship, place) >= params.usual_stops {
            continue;
        }
        let minutes = (stop_ms - reports.t_ms[fastest]) as f64 / 60_000.0;
        found.push(Oddity {
            kind: OddityKind::Stop,
            mmsi: vessel.mmsi,
            ship: Some(ship),
            trip: None,
            from_ms: reports.t_ms[fastest],
            to_ms: reports.t_ms[stay.last],
            place,
            score: score(params.stop_kn, fell_kn),
            why: format!(
                "stopped from {:.1} kn within {minutes:.1} min, where few others stop",
                reports.sog_kn[fastest]
            ),
            reach: None,
        });
    }
}

/// Adds the sudden turns of a trip.
pub(super) fn look_at_turns(
    scene: &Scene<'_>,
    trip: usize,
    params: &OddityParams,
    found: &mut Vec<Oddity>,
) {
    let (fleet, reports) = (scene.fleet, scene.fleet.reports());
    let ship = scene.trips[trip].vessel;
    let vessel = &fleet.vessels()[ship];
    if !params.read_steady_kinds().has(vessel.kind()) {
        return;
    }
    let within_ms = (params.turn_min * 60_000.0) as i64;
    let sails =
        |report: &usize| reports.sog_kn[*report] >= TURN_KN && reports.cog_deg[*report].is_finite();
    let own: Vec<usize> = scene.trips[trip].reports.clone().filter(sails).collect();
    let (t, cog) = (|i: usize| reports.t_ms[own[i]], |i: usize| f64::from(reports.cog_deg[own[i]]));
    let turn = |a: usize, b: usize| turn_deg(cog(a), cog(b)).abs();
    let mut best: Option<(f64, usize, usize)> = None;
    let mut tell = |(by_deg, from, to): (f64, usize, usize)| {
        let middle = own[usize::midpoint(from, to)];
        found.push(Oddity {
            kind: OddityKind::Turn,
            mmsi: vessel.mmsi,
            ship: Some(ship),
            trip: Some(trip),
            from_ms: reports.t_ms[own[from]],
            to_ms: reports.t_ms[own[to]],
            place: reports.positions[middle],
            score: score(params.turn_deg, by_deg),
            why: format!(
                "turned by {by_deg:.0}° from {:.0}° to {:.0}° within {:.1} min at {:.1} kn",
                cog(from),
                cog(to),
                (t(to) - t(from)) as f64 / 60_000.0,
                reports.sog_kn[own[from]]
            ),
            reach: None,
        });
    };
    for from in 0..own.len() {
        let last = (from + 1..own.len()).take_while(|to| t(*to) - t(from) <= within_ms);
        let turned = last.map(|to| (turn(from, to), from, to));
        let sharpest = turned.fold(None, |best: Option<(f64, usize, usize)>, one| match best {
            Some(best) if best.0 >= one.0 => Some(best),
            _ => Some(one),
        });
        let Some(one) = sharpest.filter(|one| one.0 > params.turn_deg) else { continue };
        if !is_steady(&own, t, turn, one.1, one.2) {
            continue;
        }
        // Turns that overlap are one: the sharpest.
        match best {
            Some(last) if t(one.1) - t(last.2) <= within_ms => {
                if one.0 > last.0 {
                    best = Some(one);
                }
            }
            _ => {
                if let Some(last) = best.replace(one) {
                    tell(last);
                }
            }
        }
    }
    if let Some(last) = best {
        tell(last);
    }
}

/// Whether the ship sails straight for some minutes before report `from` and after report `to`.
fn is_steady(
    own: &[usize],
    t: impl Fn(usize) -> i64,
    turn: impl Fn(usize, usize) -> f64,
    from: usize,
    to: usize,
) -> bool {
    let before: Vec<usize> = (0..from).rev().take_while(|i| t(from) - t(*i) <= STEADY_MS).collect();
    let after: Vec<usize> =
        (to + 1..own.len()).take_while(|i| t(*i) - t(to) <= STEADY_MS).collect();
    !before.is_empty()
        && !after.is_empty()
        && before.iter().all(|i| turn(*i, from) <= STEADY_DEG)
        && after.iter().all(|i| turn(to, *i) <= STEADY_DEG)
}
