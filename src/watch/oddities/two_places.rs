//! Positions where a ship cannot have been, and numbers that are in two places at a time.

use std::collections::BTreeMap;

use super::{Oddity, OddityKind, Scene, nmi_text, score};
use crate::ais::{Fleet, Mmsi};
use crate::base::geo::distance_m;
use crate::prep::Verdict;

/// Nearer than this, a jump is a receiver's clock, meters.
const JUMP_M: f64 = 1000.0;

/// Nearer than this, two places of one number may be one ship, meters.
const APART_M: f64 = 5000.0;

/// Adds the rows of reports that cleaning took for jumps.
pub(super) fn look_for_jumps(scene: &Scene<'_>, found: &mut Vec<Oddity>) {
    let Some((read, verdicts)) = scene.read else { return };
    assert_eq!(verdicts.len(), read.reports().len(), "a verdict for each report that was read");
    let mut ships: BTreeMap<(Mmsi, bool), usize> = BTreeMap::new();
    for (ship, vessel) in scene.fleet.vessels().iter().enumerate() {
        ships.entry((vessel.mmsi, vessel.is_local)).or_insert(ship);
    }
    let reports = read.reports();
    for (index, vessel) in read.vessels().iter().enumerate() {
        let ship = ships.get(&(vessel.mmsi, vessel.is_local)).copied();
        let mut row: Option<(usize, usize)> = None;
        let mut kept: Option<usize> = None;
        let mut tell = |(from, to): (usize, usize), neighbors: [Option<usize>; 2]| {
            let place = reports.positions[from];
            let away = neighbors.into_iter().flatten();
            let away_m = away.map(|other| distance_m(place, reports.positions[other]));
            let away_m = away_m.fold(f64::INFINITY, f64::min);
            let n = to - from + 1;
            let from_the_track = if away_m.is_finite() {
                format!("{} from where she was before or after", nmi_text(away_m))
            } else {
                "where the ship cannot have been".into()
            };
            found.push(Oddity {
                kind: OddityKind::Jump,
                mmsi: vessel.mmsi,
                ship,
                trip: None,
                from_ms: reports.t_ms[from],
                to_ms: reports.t_ms[to],
                place,
                score: score(JUMP_M, away_m.min(1e9)),
                why: format!(
                    "{n} position{} {from_the_track}, too far for any speed",
                    if n == 1 { "" } else { "s" }
                ),
                reach: None,
            });
        };
        for report in read.range(index) {
            match verdicts[report] {
                Verdict::Jump => {
                    row = Some(row.map_or((report, report), |(from, _)| (from, report)));
                }
                Verdict::Kept => {
                    if let Some(row) = row.take() {
                        tell(row, [kept, Some(report)]);
                    }
                    kept = Some(report);
                }
                _ => (),
            }
        }
        if let Some(row) = row {
            tell(row, [kept, None]);
        }
    }
}

/// Adds the numbers under which several ships were found at one time.
pub(super) fn look_for_shared(scene: &Scene<'_>, found: &mut Vec<Oddity>) {
    let fleet = scene.fleet;
    let mut by_number: BTreeMap<Mmsi, Vec<usize>> = BTreeMap::new();
    for (ship, vessel) in fleet.vessels().iter().enumerate().filter(|(_, vessel)| !vessel.is_local)
    {
        by_number.entry(vessel.mmsi).or_default().push(ship);
    }
    for (mmsi, ships) in by_number {
        for (place, ship) in ships.iter().enumerate().skip(1) {
            let apart = ships[..place].iter().filter_map(|other| farthest(fleet, *ship, *other));
            let apart = apart.max_by(|a, b| a.most_m.total_cmp(&b.most_m));
            let Some(apart) = apart.filter(|apart| apart.most_m > APART_M) else { continue };
            found.push(Oddity {
                kind: OddityKind::TwoPlaces,
                mmsi,
                ship: Some(*ship),
                trip: None,
                from_ms: apart.from_ms,
                to_ms: apart.to_ms,
                place: fleet.reports().positions[apart.report],
                score: score(APART_M, apart.most_m),
                why: format!(
                    "two ships sent as {} at a time, up to {} apart",
                    mmsi.0,
                    nmi_text(apart.most_m)
                ),
                reach: None,
            });
        }
    }
}

/// Two tracks under one number.
struct Apart {
    from_ms: i64,
    to_ms: i64,
    /// How far apart they were at most.
    most_m: f64,
    /// The report of the first of both then.
    report: usize,
}

/// How far apart two vessels were while both reported; `None` where they never did.
fn farthest(fleet: &Fleet, ship: usize, other: usize) -> Option<Apart> {
    let reports = fleet.reports();
    let span = |ship: usize| {
        let times = &reports.t_ms[fleet.range(ship)];
        Some((*times.first()?, *times.last()?))
    };
    let (one, two) = (span(ship)?, span(other)?);
    let (from_ms, to_ms) = (one.0.max(two.0), one.1.min(two.1));
    if from_ms > to_ms {
        return None;
    }
    let theirs = fleet.range(other);
    let mut next = theirs.start;
    let mut best: Option<(f64, usize)> = None;
    for report in fleet.range(ship) {
        let t_ms = reports.t_ms[report];
        if !(from_ms..=to_ms).contains(&t_ms) {
            continue;
        }
        // The other's last report until then.
        while next + 1 < theirs.end && reports.t_ms[next + 1] <= t_ms {
            next += 1;
        }
        let m = distance_m(reports.positions[report], reports.positions[next]);
        if m.is_finite() && best.is_none_or(|(most, _)| m > most) {
            best = Some((m, report));
        }
    }
    best.map(|(most_m, report)| Apart { from_ms, to_ms, most_m, report })
}
