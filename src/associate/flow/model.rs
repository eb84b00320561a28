//! How likely it is that one point follows another: a model of motion that the set itself calibrates.

use super::super::motion::{M_PER_DEG, way_m};
use super::super::points::Spot;
use super::super::tree::{Bound, Tree};
use super::candidates::Measure;
use crate::base::rng::Rng;
use rayon::prelude::*;

pub(super) const GAPS: usize = 3;
const RUNS: usize = 9;
const TURNS: usize = 6;
const MISSES: usize = 34;
const SPEEDS: usize = 8;
const CHANGES: usize = 25;
const MOVES: usize = 6;
const BENDS: usize = 15;

const SPEED_EDGES: [f64; SPEEDS - 1] = [0.15, 0.6, 1.5, 4.0, 7.0, 10.0, 14.0];
const CHANGE_EDGES: [f64; 12] =
    [0.05, 0.15, 0.25, 0.45, 0.75, 1.25, 2.0, 3.0, 4.5, 7.0, 11.0, 16.0];
const BEND_EDGES: [f64; BENDS - 1] =
    [0.05, 0.55, 1.05, 2.05, 4.05, 7.0, 11.0, 17.0, 25.0, 40.0, 60.0, 90.0, 120.0, 150.0];
const TURN_EDGES: [f64; 4] = [6.0, 20.0, 60.0, 120.0];
const RUN_EDGES: [f64; RUNS - 1] = [60.0, 200.0, 600.0, 1500.0, 3500.0, 7000.0, 12_000.0, 18_000.0];

fn bin(edges: &[f64], x: f64) -> usize {
    edges.partition_point(|edge| *edge <= x)
}

fn change_bin(x: f64) -> usize {
    let size = bin(&CHANGE_EDGES, x.abs());
    if x < 0.0 { 12 - size } else { 12 + size }
}

fn miss_edge(bin: usize) -> f64 {
    2.0 * 2.0_f64.powf(0.5 * bin as f64)
}

fn miss_bin(miss_m: f64) -> usize {
    ((2.0 * (miss_m / 2.0).max(1e-3).log2()).floor().max(-1.0) as i64 + 1)
        .clamp(0, MISSES as i64 - 1) as usize
}

pub(super) struct Model {
    gap_edges: [f64; 2],
    gaps: [GapTable; 2],
    place: Vec<f64>,
    speed: Vec<f64>,
    bend: Vec<f64>,
    share: Vec<f64>,
    no_share: bool,
}
const SHARES: usize = 10;
fn share_at(m: &Measure) -> usize {
    let bin = if m.share <= 0.0 { 0 } else if m.share >= 1.0 { SHARES - 1 } else { 1 + ((m.share * 8.0) as usize).min(7) };
    ((share_class(m)) * TURNS + turn_class(m)) * SHARES + bin
}
fn share_class(m: &Measure) -> usize {
    bin(&[0.5, 2.0, 8.0], m.sweep_m / (m.miss_m + 50.0)) * MOVES + moves(m)
}
const SHARE_CLASSES: usize = 4 * MOVES;
/// Area of the ring of the bin, around the segment.
fn area(m: &Measure) -> f64 {
    let k = miss_bin(m.miss_m);
    let inner = if k == 0 { 0.0 } else { miss_edge(k - 1) };
    let outer = miss_edge(k);
    std::f64::consts::PI * (outer * outer - inner * inner) + 2.0 * m.sweep_m * (outer - inner)
}

struct GapTable {
    edges: Vec<f64>,
    log_density: Vec<f64>,
}

fn place_at(gap: usize, run: usize, turn: usize, miss: usize) -> usize {
    ((gap * RUNS + run) * TURNS + turn) * MISSES + miss
}
fn speed_at(gap: usize, speed: usize, change: usize) -> usize {
    (gap * SPEEDS + speed) * CHANGES + change
}
fn bend_at(gap: usize, moves: usize, bend: usize) -> usize {
    (gap * MOVES + moves) * BENDS + bend
}

fn moves(m: &Measure) -> usize {
    if m.fast_kn < 0.05 { 0 } else if m.fast_kn < 0.6 { 1 } else if m.slow_kn < 0.6 { 2 } else if m.slow_kn < 2.0 { 3 } else if m.slow_kn < 7.0 { 4 } else { 5 }
}

fn turn_class(m: &Measure) -> usize {
    if m.slow_kn < 0.6 { TURNS - 1 } else { bin(&TURN_EDGES, m.turn_deg) }
}

impl GapTable {
    fn new(mut gaps: Vec<f64>) -> GapTable {
        gaps.sort_unstable_by(f64::total_cmp);
        let n = gaps.len();
        let mut edges = vec![0.5];
        let bins = (n / 30).clamp(1, 100);
        for k in 1..=bins {
            let x =
                gaps.get((k * n / bins).saturating_sub(1)).copied().unwrap_or(1.0).floor() + 0.5;
            if x >= edges[edges.len() - 1] + 1.0 {
                edges.push(x);
            }
        }
        let last = *edges.last().unwrap_or(&1.0);
        let mut log_density = Vec::new();
        for pair in edges.windows(2) {
            let count =
                gaps.partition_point(|g| *g <= pair[1]) - gaps.partition_point(|g| *g <= pair[0]);
            log_density.push((count as f64 + 0.5) / (n as f64 + 10.0) / (pair[1] - pair[0]));
        }
        let broad = |dt: f64| 0.03 / (dt + 10.0) / 10.0;
        for (k, d) in log_density.iter_mut().enumerate() {
            let mid = 0.5 * (edges[k] + edges[k + 1]);
            *d = (0.97 * *d + broad(mid)).ln();
        }
        let _ = last;
        GapTable { edges, log_density }
    }
    fn log(&self, dt: f64) -> f64 {
        let k = self.edges.partition_point(|e| *e <= dt);
        if k == 0 || k > self.log_density.len() {
            return (0.03 / (dt + 10.0) / 10.0_f64).ln();
        }
        self.log_density[k - 1]
    }
}

impl Model {
    /// From measured links with weights, and background spots.
    pub fn calibrate(links: &[Measure], speeds_from: &[f64], spots: &[Spot]) -> Model {
        let mut gaps: Vec<f64> = links.iter().map(|m| m.gap_s).collect();
        gaps.sort_unstable_by(f64::total_cmp);
        let at = |q: f64| gaps.get((q * gaps.len() as f64) as usize).copied().unwrap_or(60.0);
        let gap_edges = [0.6 * at(0.5), 1.2 * at(0.8)];
        let class = |m: &Measure| bin(&gap_edges, m.gap_s);
        let split = |is_moving: bool| {
            GapTable::new(
                links.iter().filter(|m| (m.fast_kn >= 0.6) == is_moving).map(|m| m.gap_s).collect(),
            )
        };
        let tables = [split(false), split(true)];
        // Place.
        let mut place = vec![0.0; GAPS * RUNS * TURNS * MISSES];
        for m in links {
            place[place_at(
                class(m),
                bin(&RUN_EDGES, m.run_m),
                turn_class(m),
                miss_bin(m.miss_m),
            )] += 1.0;
        }
        let raw = place.clone();
        let mut by_run = vec![0.0; RUNS * MISSES];
        for gap in 0..GAPS {
            for run in 0..RUNS {
                for turn in 0..TURNS {
                    for miss in 0..MISSES {
                        by_run[run * MISSES + miss] += raw[place_at(gap, run, turn, miss)];
                    }
                }
            }
        }
        let smooth = |row: &[f64]| -> Vec<f64> {
            (0..row.len())
                .map(|k| {
                    let a = if k > 0 { row[k - 1] } else { row[k] };
                    let b = if k + 1 < row.len() { row[k + 1] } else { row[k] };
                    0.25 * a + 0.5 * row[k] + 0.25 * b
                })
                .collect()
        };
        for gap in 0..GAPS {
            for run in 0..RUNS {
                let mut parent = smooth(&by_run[run * MISSES..(run + 1) * MISSES]);
                let sum: f64 = parent.iter().sum::<f64>() + 1.0;
                parent.iter_mut().for_each(|x| *x = (*x + 1.0 / MISSES as f64) / sum);
                for turn in 0..TURNS {
                    let begin = place_at(gap, run, turn, 0);
                    let row = smooth(&raw[begin..begin + MISSES]);
                    let n: f64 = row.iter().sum();
                    for miss in 0..MISSES {
                        let p = (row[miss] + 20.0 * parent[miss]) / (n + 20.0);
                        place[begin + miss] = p.ln();
                    }
                }
            }
        }
        let mut seen = vec![0.5; SHARE_CLASSES * TURNS * SHARES];
        let mut due = vec![0.5; SHARE_CLASSES * TURNS * SHARES];
        for m in links {
            let k = share_at(m);
            seen[k] += 1.0;
            let base = k / SHARES * SHARES;
            let mid = m.miss_m.max(1.0);
            let (cap, side) = (std::f64::consts::PI * mid, m.sweep_m);
            for b in 0..SHARES {
                due[base + b] += if b == 0 || b == SHARES - 1 { 0.5 * cap } else { side / 8.0 } / (cap + side);
            }
        }
        let share: Vec<f64> = seen.iter().zip(&due).map(|(a, b): (&f64, &f64)| ((a + 5.0) / (b + 5.0)).ln()).collect();
        // Speed and course against random pairs.
        let mut rng = Rng::new(1, 0);
        let n = spots.len();
        let mut rand_speed = vec![1e-9; SPEEDS * CHANGES];
        let mut rand_bend = vec![1e-9; MOVES * BENDS];
        for _ in 0..400_000 {
            let (a, b) = (&spots[rng.below(n)], &spots[rng.below(n)]);
            let m = super::candidates::measure(a, b, 1.0);
            rand_speed[bin(&SPEED_EDGES, a.v_kn) * CHANGES + change_bin(m.faster_kn)] += 1.0;
            rand_bend[moves(&m) * BENDS + bin(&BEND_EDGES, m.turn_deg)] += 1.0;
        }
        let normalize = |x: &mut [f64], width: usize| {
            for row in x.chunks_mut(width) {
                let s: f64 = row.iter().sum();
                row.iter_mut().for_each(|v| *v /= s.max(1e-9));
            }
        };
        normalize(&mut rand_speed, CHANGES);
        normalize(&mut rand_bend, BENDS);
        let mut speed = vec![0.0; GAPS * SPEEDS * CHANGES];
        let mut bend = vec![0.0; GAPS * MOVES * BENDS];
        for (m, v) in links.iter().zip(speeds_from) {
            speed[speed_at(class(m), bin(&SPEED_EDGES, *v), change_bin(m.faster_kn))] += 1.0;
            bend[bend_at(class(m), moves(m), bin(&BEND_EDGES, m.turn_deg))] += 1.0;
        }
        for (k, row) in speed.chunks_mut(CHANGES).enumerate() {
            let base = &rand_speed[(k % SPEEDS) * CHANGES..][..CHANGES];
            let s: f64 = row.iter().sum();
            for (x, q) in row.iter_mut().zip(base) {
                *x = ((*x + 10.0 * q + 1e-6) / (s + 10.0) / (q + 1e-7)).ln();
            }
        }
        for (k, row) in bend.chunks_mut(BENDS).enumerate() {
            let base = &rand_bend[(k % MOVES) * BENDS..][..BENDS];
            let s: f64 = row.iter().sum();
            for (x, q) in row.iter_mut().zip(base) {
                *x = ((*x + 10.0 * q + 1e-6) / (s + 10.0) / (q + 1e-7)).ln();
            }
        }
        Model { gap_edges, gaps: tables, place, speed, bend, share, no_share: std::env::var("NOSHARE").is_ok() }
    }

    pub fn log(&self, m: &Measure, from_kn: f64) -> f64 {
        let gap = bin(&self.gap_edges, m.gap_s);
        self.gaps[usize::from(m.fast_kn >= 0.6)].log(m.gap_s)
            + self.place[place_at(gap, bin(&RUN_EDGES, m.run_m), turn_class(m), miss_bin(m.miss_m))]
            - area(m).ln()
            + if self.no_share || m.sweep_m < m.miss_m + 50.0 { 0.0 } else { self.share[share_at(m)] }
            + self.speed[speed_at(gap, bin(&SPEED_EDGES, from_kn), change_bin(m.faster_kn))]
            + self.bend[bend_at(gap, moves(m), bin(&BEND_EDGES, m.turn_deg))]
    }
}

/// First guess before calibration.
pub(super) fn prior(m: &Measure) -> f64 {
    let s = 60.0 + 0.05 * m.gap_s + 0.15 * m.run_m;
    let place =
        -(std::f64::consts::TAU * s * s + 2.0 * s * m.sweep_m).ln() - 2.0 * (1.0 + 0.25 * (m.miss_m / s).powi(2)).ln();
    let gap = -(m.gap_s + 10.0).ln() - 2.0;
    let speed = -m.faster_kn.abs() / (1.0 + 0.1 * m.fast_kn) + 1.0;
    let bend = if m.slow_kn > 1.0 { -m.turn_deg / 40.0 + 0.7 } else { 0.0 };
    place + gap + speed + bend
}

/// ln of points per square meter and second around each spot.
pub(super) fn log_backgrounds(spots: &[Spot]) -> Vec<f64> {
    const K: usize = 24;
    let span = spots.last().map_or(1.0, |s| s.t_s - spots[0].t_s).max(1.0);
    let rows: Vec<[f64; 2]> = spots.iter().map(|s| [s.lon_deg, s.lat_deg]).collect();
    let tree = Tree::new(&rows, [M_PER_DEG, M_PER_DEG]);
    (0..spots.len())
        .into_par_iter()
        .with_min_len(64)
        .map(|at| {
            let here = &spots[at];
            let bound = |b: &Bound<2>| {
                let far = b.low[1].abs().max(b.high[1].abs()).max(here.lat_deg.abs()).min(90.0);
                (b.beyond(0, here.lon_deg) * M_PER_DEG * far.to_radians().cos())
                    .hypot(b.beyond(1, here.lat_deg) * M_PER_DEG)
            };
            let near = tree.cheapest(K, f64::INFINITY, bound, |to| {
                let (e, n) = way_m(here, &spots[to as usize]);
                e.hypot(n)
            });
            let r = near.last().map_or(1e6, |n| n.0).max(200.0);
            let within = near.len() as f64;
            (within / (std::f64::consts::PI * r * r) / span).ln()
        })
        .collect()
}
