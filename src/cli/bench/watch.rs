//! The safety officer's questions: what a report costs, beside plain ways to the same answer.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};

use super::{Ground, checked};
use crate::ais::{Fleet, Track};
use crate::base::geo::{Position, distance_m};
use crate::base::job::{Job, Stopped};
use crate::prep::{CleanParams, TripParams, clean, segment};
use crate::synth::{SeaParams, make};
use crate::watch::{
    DensityParams, EncounterParams, GateParams, Grid, OddityParams, Scene, density, encounters,
    gate, oddities,
};

/// Reports of made traffic that are watched.
const REPORTS: usize = 1_000_000;

/// Ships of the sample that all pairs of are gone through.
const SAMPLE: usize = 60;

fn fleet(bench: &Ground) -> Result<Fleet, Stopped> {
    let params = SeaParams { rows: bench.some(REPORTS), seed: 42, ..SeaParams::default() };
    let sea = make(&checked(&params), &Job::default())?;
    Ok(clean(&sea.fleet, &checked(&CleanParams::default()), &Job::default())?.fleet)
}

/// Encounters of all ships; beside them all pairs of a sample, gone through without an index.
pub fn encounters_of_all(bench: &Ground) -> Result<Value, Stopped> {
    let fleet = fleet(bench)?;
    let params = checked(&EncounterParams::default());
    let start = Instant::now();
    let found = encounters(&fleet, None, &params, &Job::default())?;
    let s = start.elapsed().as_secs_f64();

    let sample = part(&fleet, SAMPLE);
    let start = Instant::now();
    let indexed = encounters(&sample, None, &params, &Job::default())?;
    let sample_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let plain = near_pairs(&sample, params.cpa_m);
    let plain_s = start.elapsed().as_secs_f64();
    let ours: BTreeSet<[usize; 2]> = indexed.list.iter().map(|met| met.ships).collect();
    Ok(json!({
        "ms": s * 1000.0,
        "rows_per_s": fleet.reports().len() as f64 / s,
        "encounters": found.list.len(),
        "n": fleet.reports().len(),
        "vessels": fleet.vessels().len(),
        "cores": rayon::current_num_threads(),
        "sample": {
            "vessels": sample.vessels().len(),
            "reports": sample.reports().len(),
            "ms": sample_s * 1000.0,
            "plain_ms": plain_s * 1000.0,
            "pairs": ours.len(),
            "plain_pairs": plain.len(),
            "not_in_plain": ours.difference(&plain).count(),
        },
        "plain": "all pairs of the sample, both at each report of either, one core; pairs that keep together or attend and ships that lie still are not left out there",
    }))
}

/// Density of all ships in cells of 500 m, and one gate; beside them adding up all places.
pub fn density_and_gates(bench: &Ground) -> Result<Value, Stopped> {
    let fleet = fleet(bench)?;
    let n = fleet.reports().len() as f64;
    let params = checked(&DensityParams::default());
    let failed = |error: String| Stopped::Failed(error);
    let grid = Grid::around(&fleet, params.cell_m).map_err(|error| failed(error.to_string()))?;
    let start = Instant::now();
    let dense = density(&fleet, &grid, None, &params, &Job::default())?;
    let density_s = start.elapsed().as_secs_f64();
    let bounds = fleet.bounds().ok_or_else(|| failed("no traffic was made".into()))?;
    let middle_deg = 0.5 * (bounds.west_deg + bounds.east_deg);
    let line =
        [bounds.south_deg, bounds.north_deg].map(|lat_deg| Position::new(middle_deg, lat_deg));
    let start = Instant::now();
    let across = gate(&fleet, &line, None, &checked(&GateParams::default()), &Job::default())
        .map_err(|error| failed(error.to_string()))?;
    let gate_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    black_box(fleet.reports().positions.iter().map(|at| at.lon_deg + at.lat_deg).sum::<f64>());
    let limit_s = start.elapsed().as_secs_f64();
    Ok(json!({
        "rows_per_s": n / density_s,
        "ms": density_s * 1000.0,
        "cells": dense.cells().count(),
        "gate_rows_per_s": n / gate_s,
        "crossings": across.crossings.len(),
        "limit_rows_per_s": n / limit_s,
        "limit": "adding up all places, one core",
        "n": fleet.reports().len(),
        "cores": rayon::current_num_threads(),
    }))
}

/// All oddities that need no routes; beside them cleaning, which goes through the same reports.
pub fn oddities_of_all(bench: &Ground) -> Result<Value, Stopped> {
    let params = SeaParams { rows: bench.some(REPORTS), seed: 42, ..SeaParams::default() };
    let sea = make(&checked(&params), &Job::default())?;
    let start = Instant::now();
    let cleaned = clean(&sea.fleet, &checked(&CleanParams::default()), &Job::default())?;
    let clean_s = start.elapsed().as_secs_f64();
    let trips = segment(&cleaned.fleet, &checked(&TripParams::default()), &Job::default())?;
    let scene = Scene {
        fleet: &cleaned.fleet,
        read: Some((&sea.fleet, &cleaned.verdicts)),
        trips: &trips.trips,
        labels: &[],
        routes: &[],
        said: &[],
    };
    let start = Instant::now();
    let found = oddities(&scene, &checked(&OddityParams::default()), &Job::default())?;
    let s = start.elapsed().as_secs_f64();
    Ok(json!({
        "rows_per_s": cleaned.fleet.reports().len() as f64 / s,
        "ms": s * 1000.0,
        "oddities": found.len(),
        "limit_rows_per_s": sea.fleet.reports().len() as f64 / clean_s,
        "limit": "cleaning the same reports",
        "n": cleaned.fleet.reports().len(),
        "cores": rayon::current_num_threads(),
    }))
}

/// The first `n` ships of `fleet`.
fn part(fleet: &Fleet, n: usize) -> Fleet {
    let ships = 0..n.min(fleet.vessels().len());
    let report = |index: usize| fleet.reports().get(index);
    let own = |ship: usize| fleet.range(ship).map(report).collect();
    Fleet::from_tracks(ships.map(|ship| (fleet.vessels()[ship].clone(), own(ship))).collect())
}

/// The pairs of ships that came within `cpa_m` of each other at a report of either.
fn near_pairs(fleet: &Fleet, cpa_m: f64) -> BTreeSet<[usize; 2]> {
    let mut pairs = BTreeSet::new();
    for a in 0..fleet.vessels().len() {
        for b in a + 1..fleet.vessels().len() {
            let (one, other) = (fleet.track(a), fleet.track(b));
            // Between reports both go on: a margin of what two fast ships sail in a minute.
            let is_near = |mine: &Track<'_>, theirs: &Track<'_>| {
                mine.t_ms.iter().zip(mine.positions).any(|(t_ms, at)| {
                    place_at(theirs, *t_ms)
                        .is_some_and(|there| distance_m(*at, there) <= cpa_m + 1500.0)
                })
            };
            if is_near(&one, &other) || is_near(&other, &one) {
                pairs.insert([a, b]);
            }
        }
    }
    pairs
}

/// Where a ship was at a moment, straight between her reports.
fn place_at(track: &Track<'_>, t_ms: i64) -> Option<Position> {
    let next = track.t_ms.partition_point(|t| *t <= t_ms);
    if next == 0 || next == track.len() {
        return None;
    }
    let (from, to) = (track.t_ms[next - 1], track.t_ms[next]);
    let share = (t_ms - from) as f64 / (to - from).max(1) as f64;
    let (a, b) = (track.positions[next - 1], track.positions[next]);
    let between = |x: f64, y: f64| x + share * (y - x);
    Some(Position::new(between(a.lon_deg, b.lon_deg), between(a.lat_deg, b.lat_deg)))
}
