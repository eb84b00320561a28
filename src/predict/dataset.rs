//! All windows of all trips, with where the ships were later.

use std::ops::Range;

use rayon::prelude::*;

use super::features::{Inputs, features, place_km, raw};
use super::frame::Frame;
use super::window::{Window, WindowParams, position_later, window_ends};
use crate::ais::{Fleet, Trip, Vessel};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

/// Numbers by which windows are near each other: three of place and two of velocity.
pub const KEY_WIDTH: usize = 5;

/// Kilometers that part two windows as much as a meter a second does.
const KM_A_MPS: f64 = 4.0;

/// One window as numbers.
#[derive(Clone, PartialEq, Debug)]
pub struct Sample {
    /// The ship, so that its own windows can be kept out: [`vessel_id`].
    pub vessel: u64,
    /// Meters ahead and to port.
    pub frame: Frame,
    /// Length of the mean velocity, m/s.
    pub speed_mps: f64,
    /// Speed of the last report, m/s, and its course off the frame's, degrees.
    pub last: [f64; 2],
    /// Velocity by the line through the last three reports, m/s ahead and to port.
    pub line_mps: [f64; 2],
    /// Place and velocity in one measure: [`KEY_WIDTH`] numbers.
    pub key: [f64; KEY_WIDTH],
    /// Features of motion, ship and place, in this order.
    pub features: Vec<f64>,
    /// Reports as they came.
    pub raw: Vec<f64>,
}

impl Sample {
    /// The sample of `window` of `vessel`.
    pub fn of(window: &Window, vessel: &Vessel, params: &WindowParams) -> Sample {
        let last = window.last();
        let place = place_km(last.position);
        let [east, north] = window.velocity_mps;
        Sample {
            vessel: vessel_id(vessel),
            frame: window.frame,
            speed_mps: window.speed_mps(),
            last: [last.speed_mps, last.course_deg - window.frame.course_deg()],
            line_mps: line_mps(window),
            key: [place[0] / KM_A_MPS, place[1] / KM_A_MPS, place[2] / KM_A_MPS, east, north],
            features: features(window, vessel, Inputs::all(), params),
            raw: raw(window),
        }
    }
}

/// What tells ships apart: MMSI and part.
pub fn vessel_id(vessel: &Vessel) -> u64 {
    u64::from(vessel.mmsi.0) << 9 | u64::from(vessel.is_local) << 8 | u64::from(vessel.part)
}

/// The slope of the least-squares line through the last three reports.
fn line_mps(window: &Window) -> [f64; 2] {
    let last = &window.moments[window.moments.len().saturating_sub(3)..];
    let mean_s = last.iter().map(|moment| moment.t_s).sum::<f64>() / last.len() as f64;
    let (mut over, mut along) = (0.0, [0.0; 2]);
    for moment in last {
        let local = window.frame.local_m(moment.position);
        let t_s = moment.t_s - mean_s;
        over += t_s * t_s;
        along[0] += t_s * local[0];
        along[1] += t_s * local[1];
    }
    if over > 0.0 { along.map(|sum| sum / over) } else { [0.0; 2] }
}

/// Windows, and where their ships were at each time ahead.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Dataset {
    /// The times ahead, minutes, rising.
    pub horizons_min: Vec<f64>,
    /// The windows.
    pub samples: Vec<Sample>,
    /// Of each window, its trip and the last report, as places in what it was made from.
    pub places: Vec<(u32, u32)>,
    /// Of each window and time ahead, where the ship was.
    pub truths: Vec<Vec<Option<Position>>>,
    /// Windows that touch a motion outlier: not for training.
    pub is_cut: Vec<bool>,
    /// Ships, as numbers from 0 in the order of their first window.
    pub ships: Vec<u32>,
    /// The cluster of each window's trip, none for noise; empty where trips are not clustered.
    pub groups: Vec<Option<u32>>,
}

/// Makes the windows of all `trips` of `fleet`. `cut` gives, for a trip by its place, the ranges of
/// its reports that are no motion to learn from.
pub fn dataset<'a>(
    fleet: &Fleet,
    trips: &[&Trip],
    cut: &(dyn Fn(usize) -> &'a [Range<u32>] + Sync),
    params: &WindowParams,
    job: &Job,
) -> Result<Dataset, Stopped> {
    let horizons_min = params.horizons_min().map_err(Stopped::Failed)?;
    job.expect(trips.len());
    let of_trips: Vec<Dataset> = (0..trips.len())
        .into_par_iter()
        .map(|place| {
            job.step()?;
            Ok(of_trip(fleet, (place, trips[place]), cut(place), &horizons_min, params))
        })
        .collect::<Result<_, Stopped>>()?;
    let mut all = Dataset { horizons_min, ..Dataset::default() };
    for mut one in of_trips {
        all.samples.append(&mut one.samples);
        all.places.append(&mut one.places);
        all.truths.append(&mut one.truths);
        all.is_cut.append(&mut one.is_cut);
    }
    let mut known: Vec<u64> = Vec::new();
    let mut numbers = std::collections::BTreeMap::new();
    for sample in &all.samples {
        let number = *numbers.entry(sample.vessel).or_insert_with(|| {
            known.push(sample.vessel);
            known.len() as u32 - 1
        });
        all.ships.push(number);
    }
    Ok(all)
}

fn of_trip(
    fleet: &Fleet,
    (place, trip): (usize, &Trip),
    cut: &[Range<u32>],
    horizons_min: &[f64],
    params: &WindowParams,
) -> Dataset {
    let vessel = &fleet.vessels()[trip.vessel];
    let times = &fleet.reports().t_ms;
    let (from, end) = (trip.reports.start, trip.reports.end);
    let mut out = Dataset::default();
    for last in window_ends(fleet, trip, params) {
        let Some(window) = Window::ending_at(fleet, from, last, params) else { continue };
        let later = |ahead: &f64| position_later(fleet, last, end, ahead * 60.0, params);
        let truths: Vec<Option<Position>> = horizons_min.iter().map(later).collect();
        if truths.iter().all(Option::is_none) {
            continue;
        }
        let first_ms = times[last] + (window.moments[0].t_s * 1000.0) as i64;
        let seen = from + times[from..=last].partition_point(|t_ms| *t_ms < first_ms);
        let (seen, last_here) = ((seen - from) as u32, (last - from) as u32);
        out.is_cut.push(cut.iter().any(|range| range.start <= last_here && range.end > seen));
        out.samples.push(Sample::of(&window, vessel, params));
        out.places.push((place as u32, last as u32));
        out.truths.push(truths);
    }
    out
}

impl Dataset {
    /// How many windows there are.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is no window.
    pub fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }

    /// How many ships have windows.
    pub fn n_ships(&self) -> usize {
        self.ships.iter().max().map_or(0, |most| *most as usize + 1)
    }

    /// Where sample `i`'s ship is at time ahead `horizon`, meters ahead and to port.
    pub fn target_m(&self, i: usize, horizon: usize) -> Option<[f64; 2]> {
        self.truths[i][horizon].map(|truth| self.samples[i].frame.local_m(truth))
    }

    /// A fold for each sample, so that all of a ship's are in one and all folds have nearly as many
    /// samples; the order of ships is drawn by `seed`. At most as many folds as ships.
    pub fn folds(&self, n_folds: usize, seed: u64) -> Vec<u32> {
        let mut counts = vec![0_usize; self.n_ships()];
        self.ships.iter().for_each(|ship| counts[*ship as usize] += 1);
        let mut order: Vec<usize> = (0..counts.len()).collect();
        Rng::new(seed, 0).shuffle(&mut order);
        order.sort_by_key(|ship| std::cmp::Reverse(counts[*ship])); // Stable: equal ones stay drawn.
        let mut sizes = vec![0_usize; n_folds.clamp(1, counts.len().max(1))];
        let mut of_ship = vec![0_u32; counts.len()];
        for ship in order {
            let (fold, _) = sizes.iter().enumerate().min_by_key(|(_, n)| **n).expect("one fold");
            sizes[fold] += counts[ship];
            of_ship[ship] = fold as u32;
        }
        self.ships.iter().map(|ship| of_ship[*ship as usize]).collect()
    }

    /// Takes note of the cluster of each trip, by its place in what the windows were made from.
    pub fn set_groups(&mut self, of_trip: &[Option<u32>]) {
        self.groups = self.places.iter().map(|(trip, _)| of_trip[*trip as usize]).collect();
    }
}

/// Which of a sample's features belong to `inputs`.
pub fn kept_features(inputs: Inputs) -> Vec<usize> {
    let n = |inputs| super::features::feature_names(inputs).len();
    let motion = n(Inputs::default());
    let ship = n(Inputs { has_ship: true, ..Inputs::default() });
    let all = n(Inputs::all());
    let mut kept: Vec<usize> = (0..motion).collect();
    if inputs.has_ship {
        kept.extend(motion..ship);
    }
    if inputs.has_place {
        kept.extend(ship..all);
    }
    kept
}
