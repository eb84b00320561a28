//! From approaches in slices of time to encounters.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::approach::{Approach, Domains, Look, approaches};
use super::piece::{SLICE_S, Slice, Trace};
use super::{Encounter, EncounterParams, Encounters, LeftOut, judge, severity};
use crate::ais::{NavStatus, ShipKind, Vessel};
use crate::base::angle::turn_deg;
use crate::base::job::{Job, Stopped};
use crate::base::units::{kn_from_mps, s_from_ms};
use crate::watch::sphere::{Vector, Xy};

/// A tug, tow or pilot attends a ship if their velocities differ by less than this, knots.
const ATTENDING_KN: f64 = 4.0;

/// Slices of time between two looks at how far the work is.
const SLICES_A_BATCH: usize = 64;

/// An approach of two traces, by their indices.
type Found = (usize, usize, Approach);

/// All encounters of `traces` within a span of time, the gravest first.
pub(super) fn met(
    vessels: &[Vessel],
    traces: &[Trace<'_>],
    (from_ms, to_ms): (i64, i64),
    params: &EncounterParams,
    job: &Job,
) -> Result<Encounters, Stopped> {
    let end_s = s_from_ms(to_ms.saturating_sub(from_ms));
    let domains: Vec<(f64, f64)> =
        traces.iter().map(|trace| domain_of(&vessels[trace.ship], params)).collect();
    let slices = busy_slices(traces, from_ms, end_s, params);
    job.expect(slices.len());
    let mut found: Vec<Found> = Vec::new();
    for batch in slices.chunks(SLICES_A_BATCH) {
        let parts = batch
            .par_iter()
            .map(|index| {
                let from_s = *index as f64 * SLICE_S;
                let window = (from_s, (from_s + SLICE_S).min(end_s));
                let found = met_in_slice(traces, from_ms, window, &domains, params);
                job.step()?;
                Ok(found)
            })
            .collect::<Result<Vec<Vec<Found>>, Stopped>>()?;
        found.extend(parts.into_iter().flatten());
    }
    // Stable: of one pair, slices stay in the order of time.
    found.par_sort_by_key(|(a, b, _)| (*a, *b));
    let mut all = Encounters::default();
    for pair in found.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        let ships = [pair[0].0, pair[0].1].map(|trace| traces[trace].ship);
        for approach in joined(pair.iter().map(|(_, _, approach)| *approach), params) {
            match encounter(vessels, traces, (pair[0].0, pair[0].1), &approach, from_ms, params) {
                Ok(made) => all.list.push(Encounter { ships, ..made }),
                Err(reason) => *all.left_out.entry(reason).or_default() += 1,
            }
        }
    }
    all.list.sort_by(|a, b| {
        b.severity.total_cmp(&a.severity).then((a.cpa_ms, a.ships).cmp(&(b.cpa_ms, b.ships)))
    });
    Ok(all)
}

/// The numbers of the slices in which any ship sails, rising: a single report of another year makes
/// no work for the years between.
fn busy_slices(
    traces: &[Trace<'_>],
    zero_ms: i64,
    end_s: f64,
    params: &EncounterParams,
) -> Vec<u64> {
    let slice_of = |t_ms: i64| (s_from_ms(t_ms.saturating_sub(zero_ms)) / SLICE_S).floor();
    let last_slice = (end_s / SLICE_S).ceil() - 1.0;
    let mut busy = BTreeSet::new();
    for trace in traces {
        let mut until = -1.0;
        for leg in trace.t_ms.windows(2) {
            let (first, last) = (slice_of(leg[0]).max(0.0), slice_of(leg[1]).min(last_slice));
            let is_silent = s_from_ms(leg[1].saturating_sub(leg[0])) > params.silence_min * 60.0;
            if is_silent || last <= until {
                continue;
            }
            busy.extend(first as u64..=last as u64);
            until = last;
        }
    }
    busy.into_iter().collect()
}

fn met_in_slice(
    traces: &[Trace<'_>],
    zero_ms: i64,
    window_s: (f64, f64),
    domains: &[(f64, f64)],
    params: &EncounterParams,
) -> Vec<Found> {
    let slice = Slice::of(traces, zero_ms, window_s, params);
    let mut found = Vec::new();
    for (a, b) in slice.near_pairs(params.range_m) {
        let (one, other) = (&slice.pieces[a], &slice.pieces[b]);
        if traces[one.trace].ship == traces[other.trace].ship {
            continue; // Two paths ahead of one ship.
        }
        let own: Domains = [domains[one.trace], domains[other.trace]];
        let legs = [&slice.legs[one.legs.clone()], &slice.legs[other.legs.clone()]];
        let approaches = approaches(legs[0], legs[1], own, params);
        found.extend(approaches.into_iter().map(|approach| (one.trace, other.trace, approach)));
    }
    found
}

/// Approaches of one pair, of which those that follow each other closely become one.
fn joined(parts: impl Iterator<Item = Approach>, params: &EncounterParams) -> Vec<Approach> {
    let mut all: Vec<Approach> = Vec::new();
    for part in parts {
        match all.last_mut() {
            Some(last) if part.from_s - last.to_s <= params.rejoin_min * 60.0 => last.go_on(&part),
            _ => all.push(part),
        }
    }
    all
}

/// The encounter that an approach is, or why it is none.
fn encounter(
    vessels: &[Vessel],
    traces: &[Trace<'_>],
    (a, b): (usize, usize),
    approach: &Approach,
    zero_ms: i64,
    params: &EncounterParams,
) -> Result<Encounter, LeftOut> {
    let cpa = &approach.cpa;
    let relative_kn = kn_from_mps(cpa.velocities[1].minus(cpa.velocities[0]).length_m());
    let ships = [traces[a].ship, traces[b].ship];
    let [one, other] = ships.map(|ship| &vessels[ship]);
    if cpa.distance_m > params.cpa_m {
        return Err(LeftOut::Far);
    }
    if one.mmsi == other.mmsi && one.is_local == other.is_local {
        return Err(LeftOut::SameNumber);
    }
    let ms = |t_s: f64| zero_ms + (t_s * 1000.0).round() as i64;
    let attends = |trace: usize| attends(&vessels[traces[trace].ship], &traces[trace], ms(cpa.t_s));
    let is_beside = cpa.distance_m <= params.together_m && relative_kn <= ATTENDING_KN;
    if params.leaves_out_attending && is_beside && (attends(a) || attends(b)) {
        return Err(LeftOut::Attending);
    }
    if params.leaves_out_together && approach.together_s >= params.together_min * 60.0 {
        return Err(LeftOut::Together);
    }
    let bearing_deg = approach.begin.bearings_deg();
    let begin = &approach.begin;
    let (meeting, give_way) =
        judge(begin.courses_deg(), bearing_deg, begin.speeds_kn(), params.head_on_deg);
    Ok(Encounter {
        ships,
        from_ms: ms(approach.from_s),
        to_ms: ms(approach.to_s),
        cpa_ms: ms(cpa.t_s),
        cpa_m: cpa.distance_m,
        positions: cpa.places.map(Vector::position),
        place: cpa.places[0].plus(cpa.places[1]).position(),
        sog_kn: cpa.speeds_kn(),
        cog_deg: cpa.courses_deg(),
        relative_kn,
        until_cpa_s: cpa.t_s - approach.from_s,
        bearing_deg,
        meeting,
        give_way,
        domain: approach.domain,
        severity: severity(approach.domain, relative_kn),
    })
}

impl Look {
    fn courses_deg(&self) -> [f64; 2] {
        self.velocities.map(Xy::course_deg)
    }

    fn speeds_kn(&self) -> [f64; 2] {
        self.velocities.map(|velocity| kn_from_mps(velocity.length_m()))
    }

    /// Where each sees the other, from her bow.
    fn bearings_deg(&self) -> [f64; 2] {
        let [one, other] = self.courses_deg();
        [turn_deg(one, self.way.course_deg()), turn_deg(other, self.way.times(-1.0).course_deg())]
    }
}

/// Half length and half width of a ship's domain, meters.
fn domain_of(vessel: &Vessel, params: &EncounterParams) -> (f64, f64) {
    let told = vessel.about.length_m.map(f64::from).filter(|length_m| *length_m > 0.0);
    let length_m = told.unwrap_or(params.unknown_length_m);
    (params.domain_ahead * length_m, params.domain_beside * length_m)
}

/// Whether the ship is one that attends others: a tug, a pilot or a tender, or one that tows.
fn attends(vessel: &Vessel, trace: &Trace<'_>, t_ms: i64) -> bool {
    let report = trace.t_ms.partition_point(|time| *time <= t_ms).saturating_sub(1);
    let tows = trace.status.get(report).is_some_and(|s| [NavStatus(11), NavStatus(12)].contains(s));
    tows || vessel.kind() == ShipKind::Tug || [50, 53].contains(&vessel.about.ship_type.0)
}
