//! When a ship was in an area.

use std::ops::Range;

use super::AreaParams;
use super::ring::Ring;
use crate::ais::Fleet;
use crate::base::geo::{Position, short_distance_m, wrap_lon_deg};
use crate::base::units::{kn_from_mps, mps_from_kn, s_from_ms};

/// A time that a ship was in an area.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Visit {
    /// How it began; `None` for a ship that was there at her first report.
    pub entered: Option<Edge>,
    /// How it ended; `None` for a ship that was there at her last report.
    pub left: Option<Edge>,
    /// Her reports meanwhile, of the fleet's: none where she passed between two. Some of them may
    /// lie outside, for less than the least time of an absence, or be nowhere.
    reports: Range<usize>,
}

/// A ship on the edge of an area.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Edge {
    pub t_ms: i64,
    pub place: Position,
    /// The report next to it inside, or the one before where there is none.
    pub report: usize,
    pub is_exact: bool,
}

/// The visits of a ship, in order of time.
pub(super) fn visits(fleet: &Fleet, ship: usize, ring: &Ring, params: &AreaParams) -> Vec<Visit> {
    let reports = fleet.reports();
    let mut found: Vec<Visit> = Vec::new();
    let mut last: Option<usize> = None;
    let mut open: Option<Visit> = None;
    for report in fleet.range(ship) {
        let here = reports.positions[report];
        if !here.is_valid() {
            continue;
        }
        let is_inside = ring.contains(here);
        let Some(before) = last.replace(report) else {
            let visit = Visit { entered: None, left: None, reports: report..report + 1 };
            open = is_inside.then_some(visit);
            continue;
        };
        let (from_ms, to_ms) = (reports.t_ms[before], reports.t_ms[report]);
        let s = s_from_ms(to_ms - from_ms);
        let there = reports.positions[before];
        let is_known = s <= 60.0 * params.silence_min
            && short_distance_m(there, here) <= mps_from_kn(params.jump_kn) * s + 50.0;
        let shares = if is_known { ring.crossings(there, here) } else { Vec::new() };
        let edge = |share: Option<f64>, report: usize| match share {
            Some(share) => Edge {
                t_ms: from_ms + (share * (to_ms - from_ms) as f64).round() as i64,
                place: between(there, here, share),
                report,
                is_exact: true,
            },
            None => Edge {
                t_ms: reports.t_ms[report],
                place: reports.positions[report],
                report,
                is_exact: false,
            },
        };
        match (open.take(), is_inside) {
            (None, true) => {
                let entered = Some(edge(shares.last().copied(), report));
                open = Some(Visit { entered, left: None, reports: report..report + 1 });
            }
            (Some(visit), false) => {
                let left = Some(edge(shares.first().copied(), before));
                found.push(Visit { left, ..visit });
            }
            (Some(mut visit), true) => {
                visit.reports.end = report + 1;
                open = Some(visit);
            }
            (None, false) => {
                if let [first, .., end] = shares[..] {
                    let (entered, left) = (edge(Some(first), before), edge(Some(end), before));
                    let reports = report..report;
                    found.push(Visit { entered: Some(entered), left: Some(left), reports });
                }
            }
        }
    }
    found.extend(open);
    joined(found, (params.least_stay_s * 1000.0) as i64)
}

/// Visits with those a short absence apart made one, and short ones left out.
fn joined(visits: Vec<Visit>, least_ms: i64) -> Vec<Visit> {
    let mut all: Vec<Visit> = Vec::new();
    for visit in visits {
        let since_ms = |last: &Visit| Some(visit.entered?.t_ms - last.left?.t_ms);
        match all.last_mut() {
            Some(last) if since_ms(last).is_some_and(|ms| ms < least_ms) => {
                last.left = visit.left;
                last.reports.end = visit.reports.end;
            }
            _ => all.push(visit),
        }
    }
    let is_long = |visit: &Visit| match (visit.entered, visit.left) {
        (Some(entered), Some(left)) if entered.is_exact && left.is_exact => {
            left.t_ms - entered.t_ms >= least_ms
        }
        // How long it was is not known.
        _ => true,
    };
    all.retain(is_long);
    all
}

impl Visit {
    /// The longest rows of reports for which `holds`, each with at least two; what interrupts one
    /// for up to `pause_ms` does not end it.
    pub fn runs(
        &self,
        fleet: &Fleet,
        pause_ms: i64,
        holds: impl Fn(usize) -> bool,
    ) -> Vec<Range<usize>> {
        let (t_ms, positions) = (&fleet.reports().t_ms, &fleet.reports().positions);
        let mut runs: Vec<Range<usize>> = Vec::new();
        let mut is_interrupted = true;
        for report in self.reports.clone() {
            if !positions[report].is_valid() {
                continue;
            }
            if !holds(report) {
                is_interrupted = true;
                continue;
            }
            match runs.last_mut() {
                Some(run) if !is_interrupted || t_ms[report] - t_ms[run.end - 1] <= pause_ms => {
                    run.end = report + 1;
                }
                _ => runs.push(report..report + 1),
            }
            is_interrupted = false;
        }
        runs.retain(|run| run.len() > 1);
        runs
    }
}

/// Speed over ground as reported, else that of the way to the next report, or from the last.
pub(super) fn speed_kn(fleet: &Fleet, ship: usize, report: usize) -> f64 {
    let reports = fleet.reports();
    let told_kn = f64::from(reports.sog_kn[report]);
    if told_kn.is_finite() {
        return told_kn;
    }
    let range = fleet.range(ship);
    let other =
        if report + 1 < range.end { report + 1 } else { range.start.max(report.saturating_sub(1)) };
    let s = s_from_ms((reports.t_ms[other] - reports.t_ms[report]).abs());
    kn_from_mps(short_distance_m(reports.positions[report], reports.positions[other]) / s)
}

/// The place a share of the way along, straight in longitude and latitude.
fn between(p: Position, q: Position, share: f64) -> Position {
    let lon_deg = p.lon_deg + share * wrap_lon_deg(q.lon_deg - p.lon_deg);
    Position::new(wrap_lon_deg(lon_deg), p.lat_deg + share * (q.lat_deg - p.lat_deg))
}
