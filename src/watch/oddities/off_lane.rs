//! Trips that fit no route, sail against a lane, or at a speed that is odd in it.

use super::lanes::{InLane, Lanes};
use super::{Oddity, OddityKind, OddityParams, Scene, nmi_text, score};
use crate::base::angle::turn_deg;
use crate::base::geo::{bearing_deg, short_distance_m};
use crate::base::units::{kn_from_mps, s_from_ms};

/// How many of a trip's places are held against all routes, to find the nearest one.
const SAMPLES: usize = 32;

/// A course that differs from a lane's by less than this follows it, degrees.
const ALONG_DEG: f64 = 60.0;

/// Reports further apart in time do not belong to one stretch, milliseconds.
const APART_MS: i64 = 20 * 60_000;

/// A trip farther from its nearest route than this is off it, meters, however narrow that is.
const LEAST_OFF_M: f64 = 1000.0;

/// A report in its lanes.
struct Moment<'a> {
    report: usize,
    lanes: Vec<InLane<'a>>,
    sog_kn: f64,
    cog_deg: f64,
}

/// Adds what is odd of a trip by the lanes it is in.
pub(super) fn look(
    scene: &Scene<'_>,
    trip: usize,
    lanes: &Lanes<'_>,
    params: &OddityParams,
    found: &mut Vec<Oddity>,
) {
    if scene.routes.is_empty() {
        return;
    }
    let moments = moments(scene, trip, lanes);
    let is_long = scene.trips[trip].length_m >= params.off_least_m;
    if is_long && scene.labels.get(trip).is_some_and(Option::is_none) {
        found.extend(off_route(scene, trip, lanes, &moments, params));
    }
    let kind = scene.fleet.vessels()[scene.trips[trip].vessel].kind();
    if params.read_steady_kinds().has(kind) {
        against(scene, trip, &moments, params, found);
    }
    if let Some(Some(label)) = scene.labels.get(trip) {
        let own = scene.routes.iter().position(|route| route.id == *label);
        if let Some(own) = own {
            odd_speed(scene, trip, own, &moments, params, found);
        }
    }
}

fn moments<'a>(scene: &Scene<'_>, trip: usize, lanes: &Lanes<'a>) -> Vec<Moment<'a>> {
    let reports = scene.fleet.reports();
    let range = scene.trips[trip].reports.clone();
    let is_place = |report: &usize| reports.positions[*report].is_valid();
    let told = range.clone().filter(is_place).map(|report| {
        let sog_kn = f64::from(reports.sog_kn[report]);
        let cog_deg = f64::from(reports.cog_deg[report]);
        let next = (report + 1).min(range.end - 1);
        let before =
            if next == report { report.saturating_sub(1).max(range.start) } else { report };
        let way_s = s_from_ms(reports.t_ms[next] - reports.t_ms[before]);
        let (p, q) = (reports.positions[before], reports.positions[next]);
        Moment {
            report,
            lanes: lanes.at(reports.positions[report]),
            sog_kn: if sog_kn.is_finite() {
                sog_kn
            } else {
                kn_from_mps(short_distance_m(p, q) / way_s)
            },
            cog_deg: if cog_deg.is_finite() { cog_deg } else { bearing_deg(p, q) },
        }
    });
    told.collect()
}

/// The oddity of `kind` of a trip from one report to another, without place, score and reason.
fn of_trip(scene: &Scene<'_>, kind: OddityKind, trip: usize, from: usize, to: usize) -> Oddity {
    let (fleet, ship) = (scene.fleet, scene.trips[trip].vessel);
    let reports = fleet.reports();
    Oddity {
        kind,
        mmsi: fleet.vessels()[ship].mmsi,
        ship: Some(ship),
        trip: Some(trip),
        from_ms: reports.t_ms[from],
        to_ms: reports.t_ms[to],
        place: reports.positions[from],
        score: 0.0,
        why: String::new(),
        reach: None,
    }
}

/// A trip of no cluster, most of which lies outside of all corridors.
fn off_route(
    scene: &Scene<'_>,
    trip: usize,
    lanes: &Lanes<'_>,
    moments: &[Moment<'_>],
    params: &OddityParams,
) -> Option<Oddity> {
    let is_off =
        |moment: &&Moment<'_>| moment.lanes.iter().all(|lane| lane.off > params.off_factor);
    let off: Vec<&Moment<'_>> = moments.iter().filter(is_off).collect();
    let share = off.len() as f64 / moments.len().max(1) as f64;
    if off.is_empty() || share <= params.off_share {
        return None;
    }
    let step = off.len().div_ceil(SAMPLES);
    let positions = &scene.fleet.reports().positions;
    let sampled = off.iter().step_by(step).filter_map(|moment| {
        let (route, m) = lanes.nearest(positions[moment.report])?;
        Some((m, route, moment.report))
    });
    let mut sampled: Vec<(f64, usize, usize)> = sampled.collect();
    sampled.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    // The middle of how far the trip is off, and the place where it is farthest.
    let (typical_m, route, _) = sampled[sampled.len() / 2];
    let (_, _, farthest) = sampled[sampled.len() - 1];
    let half_m = 0.5 * scene.routes[route].median_width_m;
    let limit_m = LEAST_OFF_M.max(half_m);
    if typical_m <= limit_m {
        return None;
    }
    let range = &scene.trips[trip].reports;
    let odd = of_trip(scene, OddityKind::OffRoute, trip, range.start, range.end - 1);
    Some(Oddity {
        place: positions[farthest],
        score: score(limit_m, typical_m),
        why: format!(
            "a trip of no route: {:.0} % of it lies outside of all, as a rule {} from the \
             nearest, route {}",
            100.0 * share,
            nmi_text(typical_m),
            scene.routes[route].id + 1
        ),
        ..odd
    })
}

/// Stretches in which the ship sails against a lane, and along none.
fn against(
    scene: &Scene<'_>,
    trip: usize,
    moments: &[Moment<'_>],
    params: &OddityParams,
    found: &mut Vec<Oddity>,
) {
    let opposed = |moment: &Moment<'_>| -> Option<usize> {
        if moment.sog_kn < params.against_kn || moment.sog_kn.is_nan() {
            return None;
        }
        let turn = |lane: &InLane<'_>| turn_deg(lane.point.direction_deg, moment.cog_deg).abs();
        let follows = |lane: &InLane<'_>| {
            let goes_both_ways = scene.routes[lane.route].opposite_share > params.opposite_share;
            lane.off <= 2.0 && (goes_both_ways || turn(lane) < ALONG_DEG)
        };
        if moment.lanes.iter().any(follows) {
            return None;
        }
        let is_against = |lane: &&InLane<'_>| {
            lane.off <= 1.0 && lane.from_ends_m >= params.ends_m && turn(lane) > params.against_deg
        };
        moment.lanes.iter().find(is_against).map(|lane| lane.route)
    };
    let least_ms = (params.lane_min * 60_000.0) as i64;
    for (from, to) in stretches(scene, moments, |moment| opposed(moment).is_some(), least_ms) {
        let Some(route) = opposed(&moments[from]) else { continue };
        let (first, last) = (moments[from].report, moments[to].report);
        let odd = of_trip(scene, OddityKind::Against, trip, first, last);
        let lasts_min = s_from_ms(odd.to_ms - odd.from_ms) / 60.0;
        found.push(Oddity {
            score: score(params.lane_min, lasts_min),
            why: format!(
                "sailed against the lane of route {} for {lasts_min:.0} min, on course {:.0}° at \
                 {:.1} kn",
                scene.routes[route].id + 1,
                moments[from].cog_deg,
                moments[from].sog_kn
            ),
            ..odd
        });
    }
}

/// Stretches in which the ship is slower or faster than nearly all in her own lane.
fn odd_speed(
    scene: &Scene<'_>,
    trip: usize,
    own: usize,
    moments: &[Moment<'_>],
    params: &OddityParams,
    found: &mut Vec<Oddity>,
) {
    // How far outside of the band, and the band.
    let outside = |moment: &Moment<'_>| -> Option<(f64, f64, f64)> {
        let is_own = |lane: &&InLane<'_>| lane.route == own && lane.from_ends_m >= params.ends_m;
        let spread = moment.lanes.iter().find(is_own)?.point.sog_kn?;
        let margin = (params.band_factor * (spread.p90 - spread.p10)).max(params.band_kn);
        let over_kn = (spread.p10 - moment.sog_kn).max(moment.sog_kn - spread.p90);
        (over_kn > margin).then_some((over_kn / margin, spread.p10, spread.p90))
    };
    let least_ms = (params.lane_min * 60_000.0) as i64;
    for (from, to) in stretches(scene, moments, |moment| outside(moment).is_some(), least_ms) {
        let worst = (from..=to).filter_map(|at| Some((outside(&moments[at])?, at)));
        let worst = worst.max_by(|a, b| a.0.0.total_cmp(&b.0.0).then(b.1.cmp(&a.1)));
        let Some(((times, slow_kn, fast_kn), at)) = worst else { continue };
        let odd = of_trip(scene, OddityKind::Speed, trip, moments[from].report, moments[to].report);
        found.push(Oddity {
            place: scene.fleet.reports().positions[moments[at].report],
            score: score(1.0, times),
            why: format!(
                "{:.1} kn in the lane of route {}, where eight in ten sail {slow_kn:.1} to \
                 {fast_kn:.1} kn",
                moments[at].sog_kn,
                scene.routes[own].id + 1
            ),
            ..odd
        });
    }
}

/// First and last of each row of moments for which `holds`, if it lasts long enough.
fn stretches(
    scene: &Scene<'_>,
    moments: &[Moment<'_>],
    holds: impl Fn(&Moment<'_>) -> bool,
    least_ms: i64,
) -> Vec<(usize, usize)> {
    let t_ms = &scene.fleet.reports().t_ms;
    let at = |index: usize| t_ms[moments[index].report];
    let mut rows: Vec<(usize, usize)> = Vec::new();
    for index in (0..moments.len()).filter(|index| holds(&moments[*index])) {
        match rows.last_mut() {
            Some(row) if row.1 + 1 == index && at(index) - at(row.1) <= APART_MS => row.1 = index,
            _ => rows.push((index, index)),
        }
    }
    rows.retain(|(from, to)| at(*to) - at(*from) >= least_ms);
    rows
}
