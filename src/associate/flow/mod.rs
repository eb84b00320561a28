//! Flow: the likeliest links of all points together.
//!
//! Each point gets a few candidates that may follow it. What a candidate is worth is the logarithm of
//! how likely it is found then and there if it is the same ship, against how likely any ship is
//! found there; ends of tracks have a price. The links are those that are worth most in sum, where
//! each point has at most one before and one after it. From these links the model of motion is
//! learned anew, and the links are found again, round by round: the set calibrates itself, and no
//! truth is needed.
//!
//! # What helped
//!
//! Scores of the 2025 challenge on its example (110,290 points, half an hour apart, moved by 100 m and
//! more), step by step; dataset 1 and 2, on which nothing was tuned, went along.
//!
//! | step | score |
//! | --- | --- |
//! | a first model, matched one to one | 0.72 |
//! | candidates that miss by too much left out, those after silences found by place | 0.75 |
//! | ends dearer, then as dear as they are seen to be rare | 0.78 |
//! | six rounds in place of two | 0.73 to 0.78 |
//! | the line of where a ship may be that starts or stops on the way | 0.787 |
//! | noise stretched north, as measured (2.3 times that of east) | in the line above |
//! | ends cheap near the begin and end of the set | 0.792 |
//! | candidates by shares of the gaps found | 0.793 |
//!
//! On the two Norfolk sets the point between ([`between`]) and the candidates by shares of gaps took
//! jumps and merges from 135 and 24 to 28 and 0, where CBTR has 41 and 48.
//!
//! What did not help: averages of the places of ships that lie still, the gap before as a class of
//! the gap, the phase of reporting intervals, and a boosted model taught by the links found. One
//! taught by the truth of the example reached 0.82 on dataset 1, so that much is to be gained by
//! those who have labels.

mod between;
mod candidates;
mod matching;
mod measure;
mod model;
mod tables;

use rayon::prelude::*;

use super::links::{Link, Why};
use super::motion::Mover;
use super::params::FlowParams;
use super::points::Spot;
use crate::base::job::{Job, Stopped};
use between::held_against;
use candidates::{Slice, candidates};
use matching::{Edge, cheapest_links};
use measure::{Measure, STILL_KN, measure};
use model::{Chance, Model, crowds, first_guess};

/// Ends of the slices in which the first candidates are looked for, seconds; beyond the last they
/// are looked for by place.
const FIRST_SLICES_S: [f64; 4] = [60.0, 600.0, 1850.0, 7200.0];
/// Candidates in each of them.
const FIRST_MOST: usize = 5;

/// Later slices end at these shares of the gaps found, and have so many candidates each.
const GAP_SHARES: [f64; 4] = [0.05, 0.25, 0.5, 0.9];
const LATER_MOST: usize = 6;
/// Longer gaps, up to this many times the last, and once more: candidates by motion, and by place.
const LONG: f64 = 4.0;
/// The second time not beyond this: no speed tells for hours where a ship is, seconds.
const LONGEST_MOTION_S: f64 = 7200.0;
/// Each of them reaches at least so many times as far as the one before.
const LEAST_GROWTH: f64 = 1.2;
const LONG_MOST: usize = 4;
const PLACE_MOST: usize = 5;

/// The model is learned from at least so many links.
const LEAST_LINKS: usize = 200;

/// In the first round a link teaches only if every other is worth so much less.
const FIRST_MARGIN: f32 = 2.0;

/// Noise of positions before any was measured, meters.
const LEAST_NOISE_M: f64 = 10.0;
const MOST_NOISE_M: f64 = 60.0;

/// Rounds in which the stretch of the noise is still measured.
const STRETCHED_ROUNDS: usize = 3;

/// What an end costs before any was seen, at either side of the gap.
const FIRST_END: f64 = 2.0;

/// Links every spot with its likeliest next one.
///
/// # Reference
///
/// Links as a matching of least cost: Blackman, Popoli (1999), *Design and Analysis of Modern
/// Tracking Systems*, whose track score is our worth of a link. What is learned, and how, is ours.
pub(super) fn flow(spots: &[Spot], params: &FlowParams, job: &Job) -> Result<Vec<Link>, Stopped> {
    let longest_s = 3600.0 * params.longest_gap_h;
    let movers: Vec<Mover> = spots.iter().map(Mover::new).collect();
    let n = movers.len();
    if n == 0 {
        return Ok(Vec::new());
    }
    let crowds = crowds(&movers, job)?;
    let chance = Chance::new(&movers);
    let mut edges = candidates(&movers, &first_slices(longest_s), job)?;
    let noise_m = noise_m(&movers, &edges);
    let mut state = State { model: None, ends: Ends::first(n), stretch: 1.0 };
    let mut next = Vec::new();
    job.expect(params.rounds);
    for round in 0..params.rounds {
        job.step()?;
        let cost = |edge: &mut Edge| {
            let (from, to) = (edge.from as usize, edge.to as usize);
            let measured = measure(&movers[from], &movers[to], state.stretch);
            let log = state
                .model
                .as_ref()
                .map_or_else(|| first_guess(&measured, noise_m), |model| model.log(&measured));
            let end = params.end_cost + state.ends.after[from] + state.ends.before[to];
            edge.cost = (crowds[to] - log - end) as f32;
        };
        edges.par_iter_mut().with_min_len(1000).for_each(cost);
        let (weight, least) = (params.between as f32, params.between_least as f32);
        let against = held_against(&edges, n, weight, least, job)?;
        edges.iter_mut().zip(against).for_each(|(edge, against)| edge.cost += against);
        next = cheapest_links(n, &edges, job)?;
        if round + 1 == params.rounds {
            break;
        }
        let margin = if round == 0 { FIRST_MARGIN } else { 0.0 };
        let mut links = teachers(&movers, &edges, &next, margin, state.stretch);
        if links.len() < LEAST_LINKS {
            break;
        }
        if round < STRETCHED_ROUNDS {
            state.stretch = stretch(&links).unwrap_or(state.stretch);
            links.iter_mut().for_each(|link| link.stretch(state.stretch));
        }
        state.ends = Ends::new(&movers, &next, &links);
        state.model = Some(Model::new(&links, &chance));
        if round == 0 {
            edges = candidates(&movers, &later_slices(&links, longest_s), job)?;
        }
    }
    Ok(told(&edges, &next, &movers, state.model.as_ref()))
}

/// A first idea of how far positions are off: twice the median of how far the best candidate of each
/// point misses, within reason.
fn noise_m(movers: &[Mover], edges: &[Edge]) -> f64 {
    let miss_m =
        |edge: &Edge| measure(&movers[edge.from as usize], &movers[edge.to as usize], 1.0).miss_m;
    let best = |edges: &[Edge]| edges.iter().map(miss_m).fold(f64::INFINITY, f64::min);
    let mut misses_m: Vec<f64> = edges.chunk_by(|a, b| a.from == b.from).map(best).collect();
    misses_m.sort_unstable_by(f64::total_cmp);
    let median_m = misses_m.get(misses_m.len() / 2).copied().unwrap_or(MOST_NOISE_M);
    (2.0 * median_m).clamp(LEAST_NOISE_M, MOST_NOISE_M)
}

/// What is learned from round to round.
struct State {
    model: Option<Model>,
    ends: Ends,
    stretch: f64,
}

fn first_slices(longest_s: f64) -> Vec<Slice> {
    let mut from_s = 0.0;
    let mut slices = Vec::new();
    for to_s in FIRST_SLICES_S.into_iter().chain([longest_s]) {
        let by_place = from_s == FIRST_SLICES_S[FIRST_SLICES_S.len() - 1];
        let to_s = to_s.min(longest_s);
        slices.push(Slice { from_s, to_s, most: FIRST_MOST, by_place });
        from_s = to_s;
    }
    slices.retain(|slice| slice.from_s < slice.to_s);
    slices
}

fn later_slices(links: &[Measure], longest_s: f64) -> Vec<Slice> {
    let mut gaps_s: Vec<f64> = links.iter().map(|link| link.gap_s).collect();
    gaps_s.sort_unstable_by(f64::total_cmp);
    let mut from_s = 0.0;
    let mut slices = Vec::new();
    for share in GAP_SHARES {
        let to_s = gaps_s[(share * (gaps_s.len() - 1) as f64) as usize];
        slices.push(Slice { from_s, to_s, most: LATER_MOST, by_place: false });
        from_s = to_s;
    }
    let usual_s = from_s;
    let long_s = LONG * usual_s;
    let far_s = (LONG * long_s).min(LONGEST_MOTION_S);
    for to_s in [long_s, far_s] {
        // A sliver beyond what was looked at costs as much to search and holds hardly anything.
        if to_s > LEAST_GROWTH * from_s {
            slices.push(Slice { from_s, to_s, most: LONG_MOST, by_place: false });
            from_s = to_s;
        }
    }
    slices.push(Slice { from_s: usual_s, to_s: longest_s, most: PLACE_MOST, by_place: true });
    slices.iter_mut().for_each(|slice| slice.to_s = slice.to_s.min(longest_s));
    slices.retain(|slice| slice.from_s < slice.to_s);
    slices
}

/// What is measured of the links to learn from: those that are the best for both of their points,
/// and better than any other by `margin`.
fn teachers(
    movers: &[Mover],
    edges: &[Edge],
    next: &[Option<u32>],
    margin: f32,
    stretch: f64,
) -> Vec<Measure> {
    // The least and the second least cost, or that of none.
    let mut leaving = vec![[0.0_f32; 2]; movers.len()];
    let mut coming = leaving.clone();
    for edge in edges {
        for best in [&mut leaving[edge.from as usize], &mut coming[edge.to as usize]] {
            if edge.cost < best[0] {
                *best = [edge.cost, best[0]];
            } else {
                best[1] = best[1].min(edge.cost);
            }
        }
    }
    let teaches = |edge: &&Edge| {
        let is_best = |best: [f32; 2]| edge.cost == best[0] && best[1] - best[0] >= margin;
        next[edge.from as usize] == Some(edge.to)
            && is_best(leaving[edge.from as usize])
            && is_best(coming[edge.to as usize])
    };
    let measured =
        |edge: &Edge| measure(&movers[edge.from as usize], &movers[edge.to as usize], stretch);
    edges.iter().filter(teaches).map(measured).collect()
}

/// By how much noise is greater north than east: the root of the ratio of their medians, of ships
/// that lie still. None if there are too few.
fn stretch(links: &[Measure]) -> Option<f64> {
    let still = || links.iter().filter(|link| link.fast_kn < STILL_KN);
    if still().count() < LEAST_LINKS {
        return None;
    }
    let median = |mut off: Vec<f64>| {
        off.sort_unstable_by(f64::total_cmp);
        off[off.len() / 2].max(0.1)
    };
    let east = median(still().map(|link| link.off_m.0.abs()).collect());
    let north = median(still().map(|link| link.off_m.1.abs()).collect());
    Some((north / east).clamp(0.1, 10.0).sqrt())
}

/// The price of having none before or after, for each point: minus the logarithm of how often that is
/// so. Near the begin and end of the set, where the one before or after lies outside, it is low.
struct Ends {
    before: Vec<f64>,
    after: Vec<f64>,
}

impl Ends {
    fn first(n: usize) -> Ends {
        Ends { before: vec![FIRST_END; n], after: vec![FIRST_END; n] }
    }

    /// From the ends that were found, and the gaps of `links`.
    fn new(movers: &[Mover], next: &[Option<u32>], links: &[Measure]) -> Ends {
        let n = movers.len();
        let mut gaps_s: Vec<f64> = links.iter().map(|link| link.gap_s).collect();
        gaps_s.sort_unstable_by(f64::total_cmp);
        let longer = |time_s: f64| {
            let shorter = gaps_s.partition_point(|gap_s| *gap_s <= time_s);
            1.0 - shorter as f64 / gaps_s.len() as f64
        };
        let (begin_s, end_s) = (movers[0].t_s, movers[n - 1].t_s);
        let usual_s = gaps_s[gaps_s.len() * 9 / 10];
        let mut is_followed = vec![false; n];
        next.iter().flatten().for_each(|to| is_followed[*to as usize] = true);
        let share = |count: usize| (count + 1) as f64 / n as f64;
        let begins = share(
            (0..n).filter(|at| !is_followed[*at] && movers[*at].t_s > begin_s + usual_s).count(),
        );
        let ends = share(
            (0..n).filter(|at| next[*at].is_none() && movers[*at].t_s < end_s - usual_s).count(),
        );
        let price =
            |share: f64, time_s: f64| -(share + (1.0 - share) * longer(time_s)).min(1.0).ln();
        Ends {
            before: movers.iter().map(|m| price(begins, m.t_s - begin_s)).collect(),
            after: movers.iter().map(|m| price(ends, end_s - m.t_s)).collect(),
        }
    }
}

/// The links with their reasons.
fn told(
    edges: &[Edge],
    next: &[Option<u32>],
    movers: &[Mover],
    model: Option<&Model>,
) -> Vec<Link> {
    let mut links = vec![Link::none(Why::NoCandidate); next.len()];
    for edge in edges {
        let from = edge.from as usize;
        if next[from] == Some(edge.to) {
            let gap_s = movers[edge.to as usize].t_s - movers[from].t_s;
            let is_silence = model.is_some_and(|model| model.is_silence(gap_s));
            let why = if is_silence { Why::Bridged } else { Why::Likely };
            links[from] = Link { to: Some(edge.to), why, cost: edge.cost };
        } else if next[from].is_none() {
            links[from] = Link::none(Why::Ended);
        }
    }
    links
}
