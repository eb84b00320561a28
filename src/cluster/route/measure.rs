//! What there is to say of a line once it has come to rest.

use rayon::prelude::*;

use super::cross::Passage;
use super::plane::{Path, course_deg};
use super::spread::{Spread, median, quantile};
use super::{CenterPoint, Route, RouteParams, Settled};
use crate::ais::{Fleet, ShipKind, Trip, Vessel};
use crate::base::geo::short_distance_m;
use crate::base::units::{kn_from_mps, nmi_from_m, s_from_ms};

/// Milliseconds in an hour.
const HOUR_MS: i64 = 3_600_000;

/// Everything there is to say of a line.
pub(super) fn described(
    fleet: &Fleet,
    trips: &[Trip],
    members: Vec<usize>,
    medoid: usize,
    id: u32,
    settled: &Settled,
    params: &RouteParams,
) -> Route {
    let Settled { paths, line, passages } = settled;
    let mut center: Vec<CenterPoint> = (0..line.len())
        .into_par_iter()
        .map(|k| measured_at(fleet, settled, k, params.outer_percent / 100.0))
        .collect();
    let mut speeds_kn: Vec<f64> = paths
        .par_iter()
        .zip(passages)
        .filter_map(|it| mean_kn(fleet, it.0, it.1.as_ref()?))
        .collect();
    let mut distance_m = 0.0;
    for (point, step) in center[1..].iter_mut().zip(line.places().windows(2)) {
        distance_m += step[0].distance_m(step[1]);
        point.distance_m = distance_m;
    }
    let mut widths_m: Vec<f64> = center.iter().map(|point| point.left_m + point.right_m).collect();
    let sailing = passages.iter().flatten().count();
    let against = passages.iter().flatten().filter(|passage| !passage.is_along).count();
    let (first, last) = (line.places()[0], line.places()[line.len() - 1]);

    let times = &fleet.reports().t_ms;
    let spans_ms: Vec<(i64, i64)> = members
        .iter()
        .map(|index| &trips[*index].reports)
        .filter(|reports| !reports.is_empty())
        .map(|reports| (times[reports.start], times[reports.end - 1]))
        .collect();
    let mut durations_s: Vec<f64> =
        spans_ms.iter().map(|(from, to)| s_from_ms(to - from)).collect();
    let mut by_kind = [0; ShipKind::ALL.len()];
    let mut by_hour = [0; 24];
    let mut vessels: Vec<usize> = Vec::with_capacity(members.len());
    for ((index, path), passage) in members.iter().zip(paths).zip(passages) {
        let trip = &trips[*index];
        vessels.push(trip.vessel);
        let kind = fleet.vessels().get(trip.vessel).map_or(ShipKind::Unknown, Vessel::kind);
        if let Some(place) = ShipKind::ALL.iter().position(|one| *one == kind) {
            by_kind[place] += 1;
        }
        let middle = passage.as_ref().and_then(|passage| passage.at(line.len() / 2));
        let t_ms = match middle {
            Some(crossing) => time_ms(fleet, path, crossing.at),
            None if trip.reports.is_empty() => continue,
            None => i64::midpoint(times[trip.reports.start], times[trip.reports.end - 1]),
        };
        by_hour[t_ms.div_euclid(HOUR_MS).rem_euclid(24) as usize] += 1;
    }
    vessels.dedup(); // Members are sorted by vessel.

    Route {
        id,
        sailing,
        medoid: members[medoid],
        members,
        center,
        direction_deg: course_deg(first.way_to(last)),
        opposite_share: against as f64 / sailing.max(1) as f64,
        length_nmi: nmi_from_m(distance_m),
        median_width_m: median(&mut widths_m),
        sog_kn: Spread::of(&mut speeds_kn),
        duration_s: Spread::of(&mut durations_s).unwrap_or_default(),
        by_kind,
        by_hour,
        vessels: vessels.len(),
        first_ms: spans_ms.iter().map(|span| span.0).min().unwrap_or_default(),
        last_ms: spans_ms.iter().map(|span| span.1).max().unwrap_or_default(),
    }
}

/// Station `k` of a settled line, its distance left open.
fn measured_at(fleet: &Fleet, settled: &Settled, k: usize, outer_share: f64) -> CenterPoint {
    let Settled { paths, line, passages } = settled;
    let place = line.places()[k];
    let mut offsets_m: Vec<f64> = passages
        .iter()
        .flatten()
        .filter_map(|passage| Some(passage.at(k)?.starboard_m * place.scale()))
        .collect();
    offsets_m.sort_unstable_by(f64::total_cmp);
    let present = offsets_m.len();
    let edge_m = |share| if present == 0 { 0.0 } else { quantile(&offsets_m, share) };
    let mut speeds_kn: Vec<f64> = paths
        .iter()
        .zip(passages)
        .filter_map(|(path, passage)| sog_kn(fleet, path, passage.as_ref()?.at(k)?.at))
        .collect();
    CenterPoint {
        position: place.position(),
        distance_m: 0.0,
        direction_deg: course_deg(line.tangent(k)),
        left_m: -edge_m(outer_share),
        right_m: edge_m(1.0 - outer_share),
        sog_kn: Spread::of(&mut speeds_kn),
        present,
    }
}

/// The mean speed of a path's ship where it crosses the normal lines, if any is known.
fn mean_kn(fleet: &Fleet, path: &Path, passage: &Passage) -> Option<f64> {
    let speeds = passage.crossings.iter().filter_map(|crossing| sog_kn(fleet, path, crossing.at));
    let (sum, n) = speeds.fold((0.0, 0), |(sum, n), kn| (sum + kn, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

/// The reports before and after the place `at` of a path, and the share of the way between them.
fn around(path: &Path, at: f64) -> (usize, usize, f64) {
    let before = (at as usize).min(path.reports.len() - 1);
    let after = (before + 1).min(path.reports.len() - 1);
    (path.reports[before], path.reports[after], at - before as f64)
}

/// The time at which a path's ship was at its place `at`.
fn time_ms(fleet: &Fleet, path: &Path, at: f64) -> i64 {
    let (before, after, t) = around(path, at);
    let times = &fleet.reports().t_ms;
    times[before] + (t * (times[after] - times[before]) as f64) as i64
}

/// The speed of a path's ship at its place `at`: between those of the reports around it, or that
/// of the one that has any, or the speed between their places.
fn sog_kn(fleet: &Fleet, path: &Path, at: f64) -> Option<f64> {
    let (before, after, t) = around(path, at);
    let reports = fleet.reports();
    let (a, b) = (f64::from(reports.sog_kn[before]), f64::from(reports.sog_kn[after]));
    let sog_kn = match (a.is_finite(), b.is_finite()) {
        (true, true) => a + t * (b - a),
        (true, false) => a,
        (false, true) => b,
        (false, false) => {
            let s = s_from_ms(reports.t_ms[after] - reports.t_ms[before]);
            let way_m = short_distance_m(reports.positions[before], reports.positions[after]);
            kn_from_mps(way_m / s)
        }
    };
    sog_kn.is_finite().then_some(sog_kn)
}
