//! How right an association is, where the truth is known. Methods never see it.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::links::{Association, Why, successors};
use super::points::Points;

/// How right an association is.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Score {
    /// The share of points whose neighbor is of the same vessel, 0 to 1. The neighbor is the point
    /// it was linked to, or where it has none the first that was linked to it; a point without
    /// either counts as wrong. Points whose label was given do not count.
    pub correct_neighbor_rate: f64,
    /// How often a vessel was broken: tracks beyond the first among which its points are.
    pub jumps: usize,
    /// How often vessels were joined: vessels beyond the first that a track has points of.
    pub merges: usize,
    /// How many tracks were found.
    pub tracks: usize,
    /// How many vessels there are: `tracks + merges - jumps`, always.
    pub vessels: usize,
    /// The adjusted Rand index of tracks and vessels: 1 if all is right, 0 for chance.
    pub ari: f64,
    /// The measure of the 2025 challenge: the mean over points and both sides in time of whether the
    /// neighbor on that side is the true one. At the ends, "none" is right or wrong too.
    pub atd_score: f64,
}

/// Scores `found` by `truth`, the vessel of each point.
///
/// None if there are no points, or `truth` is not as long as they are.
pub fn score(points: &Points, found: &Association, truth: &[u32]) -> Option<Score> {
    if points.is_empty() || truth.len() != points.len() || found.labels.len() != points.len() {
        return None;
    }
    let overlap = overlap(&found.labels, truth);
    Some(Score {
        correct_neighbor_rate: correct_neighbor_rate(found, truth),
        jumps: overlap.pairs - overlap.vessels,
        merges: overlap.pairs - overlap.tracks,
        tracks: overlap.tracks,
        vessels: overlap.vessels,
        ari: overlap.ari,
        atd_score: atd_score(points, &found.labels, truth),
    })
}

/// The measure of the 2025 challenge for `labels`: see [`Score::atd_score`].
///
/// # Reference
///
/// Algorithms for Threat Detection challenge 2025 (NGA, NSF). Its example prediction has 0.49454 on
/// its example; every point a track of its own has 0.0490 there.
pub fn atd_score(points: &Points, labels: &[u32], truth: &[u32]) -> f64 {
    let (mine, theirs) = (successors(points, labels), successors(points, truth));
    let after = mine.iter().zip(&theirs).filter(|(a, b)| a == b).count();
    let before = |next: &[Option<u32>]| {
        let mut before = vec![None; next.len()];
        for (row, next) in next.iter().enumerate() {
            if let Some(next) = next {
                before[*next as usize] = Some(row as u32);
            }
        }
        before
    };
    let same = before(&mine).iter().zip(before(&theirs)).filter(|(a, b)| **a == *b).count();
    (after + same) as f64 / (2 * labels.len().max(1)) as f64
}

/// Each wrong link and each place where a vessel breaks, to be shown and stepped through.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Mistake {
    /// The point that is linked wrongly, or with which a vessel's track breaks off.
    pub row: u32,
    /// The point it was linked to, if it was.
    pub linked: Option<u32>,
    /// The point of the same vessel it should have been followed by, if there is one.
    pub right: Option<u32>,
}

/// The mistakes of `found`, in the order of time: points linked to another vessel, and points that
/// are followed in truth by one of another track.
pub fn mistakes(points: &Points, found: &Association, truth: &[u32]) -> Vec<Mistake> {
    if truth.len() != points.len() || found.labels.len() != points.len() {
        return Vec::new();
    }
    let next = successors(points, truth);
    let mistake = |row: u32| {
        let at = row as usize;
        let linked = found.links[at];
        let right = next[at];
        let is_wrong = linked.is_some_and(|to| truth[to as usize] != truth[at]);
        let is_broken = right.is_some_and(|to| found.labels[to as usize] != found.labels[at]);
        (is_wrong || is_broken).then_some(Mistake { row, linked, right })
    };
    points.by_time().into_iter().filter_map(mistake).collect()
}

fn correct_neighbor_rate(found: &Association, truth: &[u32]) -> f64 {
    let mut neighbors = found.links.clone();
    for (row, to) in found.links.iter().enumerate() {
        if let Some(to) = to {
            let back = &mut neighbors[*to as usize];
            *back = back.or(Some(row as u32));
        }
    }
    let counted = |row: &usize| found.why[*row] != Why::Given;
    let is_right =
        |row: &usize| neighbors[*row].is_some_and(|other| truth[other as usize] == truth[*row]);
    let n = (0..truth.len()).filter(counted).count();
    let right = (0..truth.len()).filter(counted).filter(is_right).count();
    right as f64 / n.max(1) as f64
}

/// What two groupings have in common.
struct Overlap {
    /// Groups of the one and the other that share a point.
    pairs: usize,
    tracks: usize,
    vessels: usize,
    ari: f64,
}

fn overlap(found: &[u32], truth: &[u32]) -> Overlap {
    let mut pairs: FxHashMap<(u32, u32), u64> = FxHashMap::default();
    let (mut tracks, mut vessels) = (FxHashMap::default(), FxHashMap::default());
    for (track, vessel) in found.iter().zip(truth) {
        *pairs.entry((*track, *vessel)).or_default() += 1;
        *tracks.entry(*track).or_insert(0_u64) += 1;
        *vessels.entry(*vessel).or_insert(0_u64) += 1;
    }
    // Whole numbers, so that the sums do not hang on the order of a hash map.
    let twos = |n: u64| u128::from(n) * u128::from(n.saturating_sub(1)) / 2;
    let sum = |counts: &FxHashMap<u32, u64>| counts.values().map(|n| twos(*n)).sum::<u128>() as f64;
    let same = pairs.values().map(|n| twos(*n)).sum::<u128>() as f64;
    let (a, b, all) = (sum(&tracks), sum(&vessels), twos(found.len() as u64) as f64);
    let chance = if all > 0.0 { a * b / all } else { 0.0 };
    let most = f64::midpoint(a, b);
    let ari = if most == chance { 1.0 } else { (same - chance) / (most - chance) };
    Overlap { pairs: pairs.len(), tracks: tracks.len(), vessels: vessels.len(), ari }
}

/// The rows that are left when, in the order of time, every `every`-th point is removed: the
/// paper's test of how few points suffice (5 removes 20 %, 2 removes half). Each vessel is thinned
/// by itself where `truth` is given, as the paper does, else all together. Rows rise.
pub fn thinned(points: &Points, truth: Option<&[u32]>, every: usize) -> Vec<u32> {
    let mut counts: FxHashMap<u32, usize> = FxHashMap::default();
    let mut removed = FxHashSet::default();
    for row in points.by_time() {
        let vessel = truth.and_then(|truth| truth.get(row as usize)).copied().unwrap_or(0);
        let count = counts.entry(vessel).or_default();
        *count += 1;
        if every > 0 && count.is_multiple_of(every) {
            removed.insert(row);
        }
    }
    (0..points.len() as u32).filter(|row| !removed.contains(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::points::Rows;
    use super::*;
    use crate::base::geo::Position;
    use crate::base::rng::Rng;

    fn points(n: usize) -> Points {
        let places = vec![Position::new(0.0, 0.0); n];
        Points::new((0..n as i64).collect(), places, Vec::new(), Vec::new()).unwrap()
    }

    fn found(points: &Points, labels: &[u32]) -> Association {
        let of_spots = (0..labels.len() as u32).collect();
        Association::from_groups(points, &Rows { of_spots, twins: Vec::new() }, labels)
    }

    #[test]
    fn a_broken_and_a_joined_vessel_are_one_jump_and_one_merge() {
        // Vessel 0 is broken in two; the second part is joined with vessel 1.
        let points = points(6);
        let truth = [0, 0, 0, 0, 1, 1];
        let score = score(&points, &found(&points, &[0, 0, 1, 1, 1, 1]), &truth).unwrap();
        assert_eq!((score.jumps, score.merges, score.tracks, score.vessels), (1, 1, 2, 2));
        // Point 3 alone is linked to another vessel.
        assert!((score.correct_neighbor_rate - 5.0 / 6.0).abs() < 1e-12);
        // Next points: 0, 2, 4 and the last are right; those before: 0, 1, 3, 5.
        assert!((score.atd_score - 8.0 / 12.0).abs() < 1e-12);
    }

    #[test]
    fn vessels_are_tracks_and_merges_less_jumps_whatever_the_labels() {
        let mut rng = Rng::new(2, 0);
        let points = points(60);
        for _ in 0..50 {
            let labels: Vec<u32> = (0..60).map(|_| rng.below(9) as u32).collect();
            let truth: Vec<u32> = (0..60).map(|_| rng.below(7) as u32).collect();
            let score = score(&points, &found(&points, &labels), &truth).unwrap();
            assert_eq!(score.vessels, score.tracks + score.merges - score.jumps);
        }
    }

    #[test]
    fn the_truth_itself_scores_one_and_points_alone_what_ends_give() {
        let points = points(6);
        let truth = [0, 1, 0, 1, 2, 0];
        let all = score(&points, &found(&points, &truth), &truth).unwrap();
        // A vessel of one point has no neighbor to be right.
        assert!((all.correct_neighbor_rate - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!((all.jumps, all.merges, all.ari, all.atd_score), (0, 0, 1.0, 1.0));
        // Alone: three beginnings and three ends are right.
        let alone = score(&points, &found(&points, &[0, 1, 2, 3, 4, 5]), &truth).unwrap();
        assert_eq!((alone.atd_score, alone.jumps, alone.merges), (0.5, 3, 0));
    }

    #[test]
    fn a_wrong_link_and_a_break_are_listed_in_the_order_of_time() {
        let points = points(6);
        let listed = mistakes(&points, &found(&points, &[0, 0, 1, 1, 1, 1]), &[0, 0, 0, 0, 1, 1]);
        let broken = Mistake { row: 1, linked: None, right: Some(2) };
        let wrong = Mistake { row: 3, linked: Some(4), right: None };
        assert_eq!(listed, [broken, wrong]);
    }

    #[test]
    fn thinning_removes_each_fifth_point_of_each_vessel() {
        let truth = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
        assert_eq!(thinned(&points(10), Some(&truth), 5), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(thinned(&points(10), None, 2), [0, 2, 4, 6, 8]);
        assert_eq!(thinned(&points(3), None, 0), [0, 1, 2]);
    }

    #[test]
    fn scores_that_mean_nothing_are_none() {
        let points = points(2);
        assert_eq!(score(&points, &found(&points, &[0, 0]), &[0]), None);
        let none = Points::default();
        assert_eq!(score(&none, &Association::default(), &[]), None);
    }
}
