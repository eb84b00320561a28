//! Next-point connection: to whom a point belongs whose place the motion of others foretells.
//!
//! Chen, Harrison, Huang (2020), section 3: by points whose labels are known, and without.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::links::{Link, Why};
use super::motion::{velocity_mps, way_m};
use super::points::Spot;
use super::tree::{Bound, Tree};
use crate::base::angle::{turn_deg, wrap_deg};
use crate::base::job::{Job, Stopped};

/// Classification: gives each tested spot the label whose last known point before it, moved on by
/// its own speed and course, comes nearest. `known` holds the labels of the points that train, none
/// for those that are tested.
///
/// Returns a label for each spot and the link to the point that foretold it. A tested spot before
/// all known ones has a label of its own. Of equal distances the smaller label counts. A tested spot
/// costs a look at every label.
pub(super) fn classify(
    spots: &[Spot],
    known: &[Option<u32>],
    job: &Job,
) -> Result<(Vec<u32>, Vec<Link>), Stopped> {
    job.expect(spots.len());
    let fresh = known.iter().flatten().max().map_or(0, |last| *last + 1);
    // What was known when each tested spot came is kept in blocks, so that these go in parallel.
    let block = spots.len().div_ceil(64).max(256);
    let mut states: Vec<FxHashMap<u32, u32>> = Vec::new();
    let mut last: FxHashMap<u32, u32> = FxHashMap::default();
    for (at, label) in known.iter().enumerate() {
        if at % block == 0 {
            states.push(last.clone());
        }
        if let Some(label) = label {
            last.insert(*label, at as u32);
        }
    }
    let blocks: Vec<Vec<(u32, Link)>> = states
        .into_par_iter()
        .enumerate()
        .map(|(index, mut last)| {
            let range = index * block..((index + 1) * block).min(spots.len());
            let mut found = Vec::with_capacity(range.len());
            for at in range {
                job.step()?;
                found.push(match known[at] {
                    Some(label) => {
                        last.insert(label, at as u32);
                        (label, Link::none(Why::Given))
                    }
                    None => nearest_label(spots, &last, at)
                        .unwrap_or((fresh + at as u32, Link::none(Why::NoCandidate))),
                });
            }
            Ok(found)
        })
        .collect::<Result<_, Stopped>>()?;
    Ok(blocks.into_iter().flatten().unzip())
}

fn nearest_label(spots: &[Spot], last: &FxHashMap<u32, u32>, at: usize) -> Option<(u32, Link)> {
    let here = &spots[at];
    let before = last.iter().filter(|(_, from)| spots[**from as usize].t_s < here.t_s);
    let (off_m, label, from) = before
        .map(|(label, from)| {
            let there = &spots[*from as usize];
            let (east, north) = way_m(there, here);
            let (u, v) = velocity_mps(there);
            let dt = here.t_s - there.t_s;
            ((east - u * dt).hypot(north - v * dt), *label, *from)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
    Some((label, Link { to: Some(from), why: Why::Nearest, cost: off_m as f32 }))
}

/// Clustering: of each spot's `k` nearest over all features, standardized, finds the one that lies
/// nearest to where the spot would be at that time, moving at the average speed and course of both.
///
/// Features are time, longitude, latitude, speed and course. O(n log n) for small `k`.
pub(super) fn cluster(spots: &[Spot], k: usize, job: &Job) -> Result<Vec<Link>, Stopped> {
    let rows = standardized(spots);
    let tree = Tree::new(&rows, &rows, [1.0; 5]);
    job.expect(spots.len());
    tree.ask_all(job, |row, at| {
        let bound = |bound: &Bound<5>| (0..5).map(|i| bound.beyond(i, row[i]).powi(2)).sum();
        let cost = |there: &[f64; 5], other: u32| {
            if other == at {
                return f64::INFINITY;
            }
            row.iter().zip(there).map(|(a, b)| (a - b) * (a - b)).sum()
        };
        let near = tree.cheapest(k, f64::INFINITY, bound, cost);
        let best = near
            .iter()
            .map(|(_, other)| (miss_m(&spots[at as usize], &spots[*other as usize]), *other))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(Link::none(Why::NoCandidate), |(miss_m, other)| Link {
            to: Some(other),
            why: Why::Nearest,
            cost: miss_m as f32,
        })
    })
}

/// How far `there` lies from where `here` would be then, at the average motion of both.
fn miss_m(here: &Spot, there: &Spot) -> f64 {
    let v_kn = 0.5 * (here.v_kn + there.v_kn);
    let c_deg = wrap_deg(here.c_deg + 0.5 * turn_deg(here.c_deg, there.c_deg));
    let (u, v) = velocity_mps(&Spot { v_kn, c_deg, ..*here });
    let (east, north) = way_m(here, there);
    let dt = there.t_s - here.t_s;
    (east - u * dt).hypot(north - v * dt)
}

/// Time, longitude, latitude, speed and course of each spot, each with mean 0 and deviation 1; a
/// feature that is the same everywhere is 0.
pub(super) fn standardized(spots: &[Spot]) -> Vec<[f64; 5]> {
    let mut rows: Vec<[f64; 5]> = spots
        .iter()
        .map(|spot| [spot.t_s, spot.lon_deg, spot.lat_deg, spot.v_kn, spot.c_deg])
        .collect();
    let n = rows.len().max(1) as f64;
    for axis in 0..5 {
        let mean = rows.iter().map(|row| row[axis]).sum::<f64>() / n;
        let variance = rows.iter().map(|row| (row[axis] - mean).powi(2)).sum::<f64>() / n;
        let scale = if variance > 0.0 { variance.sqrt().recip() } else { 0.0 };
        rows.iter_mut().for_each(|row| row[axis] = (row[axis] - mean) * scale);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(t_s: f64, lon_deg: f64, lat_deg: f64, v_kn: f64, c_deg: f64) -> Spot {
        Spot { t_s, lon_deg, lat_deg, v_kn, c_deg }
    }

    #[test]
    fn a_point_takes_the_label_that_foretells_it() {
        // Ten knots north are a minute of latitude in six minutes; the other ship lies still nearer.
        let minute = 1.0 / 60.0;
        let spots = [
            spot(0.0, 0.0, 0.0, 10.0, 0.0),
            spot(0.0, 0.0, 0.6 * minute, 0.0, 0.0),
            spot(360.0, 0.0, minute, 10.0, 0.0),
            spot(361.0, 0.0, 0.61 * minute, 0.0, 0.0),
        ];
        let known = [Some(4), Some(9), None, None];
        let (labels, links) = classify(&spots, &known, &Job::default()).unwrap();
        assert_eq!(labels, [4, 9, 4, 9]);
        let why: Vec<Why> = links.iter().map(|link| link.why).collect();
        assert_eq!(why, [Why::Given, Why::Given, Why::Nearest, Why::Nearest]);
        assert_eq!(links[2].to, Some(0));
    }

    #[test]
    fn a_point_before_all_known_ones_has_a_label_of_its_own() {
        let spots = [spot(0.0, 0.0, 0.0, 0.0, 0.0), spot(5.0, 0.0, 0.0, 0.0, 0.0)];
        let (labels, _) = classify(&spots, &[None, Some(2)], &Job::default()).unwrap();
        assert_eq!(labels, [3, 2]);
    }

    #[test]
    fn the_average_course_of_two_takes_the_short_way_round() {
        // 350 and 10 degrees average to north.
        let minute = 1.0 / 60.0;
        let (a, b) = (spot(0.0, 0.0, 0.0, 10.0, 350.0), spot(360.0, 0.0, minute, 10.0, 10.0));
        assert!(miss_m(&a, &b) < 5.0);
        assert!(miss_m(&b, &a) < 5.0, "and backward in time");
    }

    #[test]
    fn neighbors_in_all_features_are_joined() {
        let spots: Vec<Spot> = (0..20)
            .map(|i| {
                let step = f64::from(i / 2) * 60.0;
                let lane = f64::from(i % 2);
                // Two lanes apart, a minute between points, 6 knots east.
                spot(step + lane, step / 36000.0, lane * 0.5, 6.0, 90.0)
            })
            .collect();
        let links = cluster(&spots, 3, &Job::default()).unwrap();
        for (at, link) in links.iter().enumerate() {
            assert_eq!(link.to.unwrap() % 2, at as u32 % 2, "{at}");
        }
    }

    #[test]
    fn features_that_never_change_weigh_nothing() {
        let spots = [spot(0.0, 1.0, 2.0, 3.0, 4.0), spot(2.0, 1.0, 2.0, 3.0, 4.0)];
        assert_eq!(standardized(&spots), [[-1.0, 0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]]);
    }
}
