//! Where a ship is at any moment of her track, or of her path ahead; and how far two are apart.

use crate::ais::Fleet;
use crate::base::angle::wrap_deg;
use crate::base::geo::{Position, bearing_deg, destination, distance_m};
use crate::watch::PathAhead;

/// Between even steps of the time that is looked at, distances are drawn as straight lines.
const STEPS: i64 = 240;

/// A shorter leg has no course of its own, meters.
const COURSE_LEG_M: f64 = 20.0;

/// Times and places of a ship.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// UTC milliseconds, rising.
    pub t_ms: &'a [i64],
    /// As many places.
    pub positions: &'a [Position],
    /// Longer silences are not bridged, milliseconds.
    pub silence_ms: i64,
}

/// A ship at a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct At {
    /// Where she is.
    pub place: Position,
    /// The course of the leg that she is on, degrees; none where she hardly moves.
    pub course_deg: Option<f64>,
}

impl<'a> Way<'a> {
    /// All reports of a ship.
    pub fn of(fleet: &'a Fleet, ship: usize, silence_ms: i64) -> Way<'a> {
        let track = fleet.track(ship);
        Way { t_ms: track.t_ms, positions: track.positions, silence_ms }
    }

    /// A path ahead.
    pub fn ahead(path: &'a PathAhead) -> Way<'a> {
        Way { t_ms: &path.t_ms, positions: &path.positions, silence_ms: i64::MAX }
    }

    /// Where she is at a moment; none before the first report, after the last, and in silences.
    pub fn at(&self, t_ms: i64) -> Option<At> {
        let next = self.t_ms.partition_point(|time| *time < t_ms);
        let (to_ms, to) = (*self.t_ms.get(next)?, self.positions[next]);
        let before = next.checked_sub(1).map(|last| (self.t_ms[last], self.positions[last]));
        let Some((from_ms, from)) = before else {
            return (to_ms == t_ms).then_some(At { place: to, course_deg: None });
        };
        let lasts_ms = to_ms - from_ms;
        if lasts_ms > self.silence_ms || !from.is_valid() || !to.is_valid() {
            return (to_ms == t_ms).then_some(At { place: to, course_deg: None });
        }
        let part = (t_ms - from_ms) as f64 / lasts_ms as f64;
        let (way_m, course_deg) = (distance_m(from, to), bearing_deg(from, to));
        let place = destination(from, course_deg, part * way_m);
        Some(At { place, course_deg: (way_m >= COURSE_LEG_M).then(|| wrap_deg(course_deg)) })
    }

    /// The places from one moment to another, with those at both ends where she is somewhere then;
    /// in pieces, where she was silent.
    pub fn pieces(&self, from_ms: i64, to_ms: i64) -> Vec<Vec<Position>> {
        let first = self.t_ms.partition_point(|time| *time <= from_ms);
        let end = self.t_ms.partition_point(|time| *time < to_ms);
        let mut pieces: Vec<Vec<Position>> = Vec::new();
        let mut last_ms = None;
        let ends = [from_ms, to_ms].map(|t_ms| self.at(t_ms).map(|at| (t_ms, at.place)));
        let within = (first..end.max(first)).map(|row| (self.t_ms[row], self.positions[row]));
        for (t_ms, place) in ends[0].into_iter().chain(within).chain(ends[1]) {
            if !place.is_valid() {
                continue;
            }
            match (pieces.last_mut(), last_ms) {
                (Some(piece), Some(last_ms)) if t_ms - last_ms <= self.silence_ms => {
                    piece.push(place);
                }
                _ => pieces.push(vec![place]),
            }
            last_ms = Some(t_ms);
        }
        pieces
    }
}

/// How far two ships are apart, meters, at every report of either from one moment to another and at
/// even steps between; where one of them is silent there is nothing.
pub fn distances(ways: [Way<'_>; 2], from_ms: i64, to_ms: i64) -> Vec<(i64, f64)> {
    let steps = (0..=STEPS).map(|step| from_ms + (to_ms - from_ms) * step / STEPS);
    let mut times: Vec<i64> = steps.collect();
    for way in ways {
        let first = way.t_ms.partition_point(|time| *time < from_ms);
        let end = way.t_ms.partition_point(|time| *time <= to_ms);
        times.extend(&way.t_ms[first..end.max(first)]);
    }
    times.sort_unstable();
    times.dedup();
    let apart = |t_ms: i64| {
        let [one, other] = ways.map(|way| way.at(t_ms));
        Some((t_ms, distance_m(one?.place, other?.place)))
    };
    times.into_iter().filter_map(apart).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::watch_view::crossing;

    const MINUTE_MS: i64 = 60_000;

    #[test]
    fn between_reports_a_ship_is_on_her_way_and_in_silence_nowhere() {
        let (t_ms, south, north) =
            ([0, MINUTE_MS, 30 * MINUTE_MS], Position::new(0.0, 0.0), Position::new(0.0, 0.01));
        let way = Way { t_ms: &t_ms, positions: &[south, north, south], silence_ms: 600_000 };
        let at = way.at(MINUTE_MS / 2).unwrap();
        assert!(distance_m(at.place, Position::new(0.0, 0.005)) < 0.1);
        assert!(at.course_deg.unwrap().abs() < 1e-6);
        assert!(way.at(0).is_some() && way.at(30 * MINUTE_MS).is_some());
        assert!(way.at(-1).is_none() && way.at(10 * MINUTE_MS).is_none());
        let pieces = way.pieces(0, 40 * MINUTE_MS);
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(way.pieces(MINUTE_MS / 2, MINUTE_MS / 2 + 1)[0].len(), 2);
    }

    #[test]
    fn the_least_distance_is_that_of_the_encounter() {
        let (fleet, found) = crossing();
        let met = &found.list[0];
        let ways = met.ships.map(|ship| Way::of(&fleet, ship, 600_000));
        let apart = distances(ways, met.from_ms, met.to_ms);
        let least = apart.iter().min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        // The second is a cable late: at right angles, half of that times the root of two.
        assert!((met.cpa_m - 185.2 / 2.0_f64.sqrt()).abs() < 0.5, "{}", met.cpa_m);
        assert!((least.1 - met.cpa_m).abs() < 5.0, "{least:?}");
        assert!((least.0 - met.cpa_ms).abs() < MINUTE_MS / 2);
        assert!(apart.is_sorted_by_key(|(t_ms, _)| *t_ms) && apart.len() > 200);
    }
}
