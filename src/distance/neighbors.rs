//! Near pairs only: what DBSCAN asks for, without the matrix.

use rayon::prelude::*;

use super::DistanceError;
use super::legs::{LANES, View};
use super::matrix::{Meter, sog_kn};
use super::nearest::{Scratch, gaps2};
use super::params::{DistanceParams, Metric, Scale, Weights};
use super::paths::Paths;
use super::simd::Level;
use super::weighed::{Factors, Norms};
use crate::base::job::{Job, Stopped};

/// For each path, the others within some distance.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Neighbors {
    // Invariant: `starts` has one entry more than paths; each path's neighbors rise by distance,
    // then by index, and the path itself is not among them.
    starts: Vec<usize>,
    all: Vec<(u32, f32)>,
    n_measured: usize,
    eps: f32,
}

impl Neighbors {
    /// How many paths there are.
    pub fn n(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The neighbors of path `index` with their distances, the nearest first; itself left out.
    pub fn of(&self, index: usize) -> &[(u32, f32)] {
        &self.all[self.starts[index]..self.starts[index + 1]]
    }

    /// Up to which distance all neighbors are known.
    pub fn within(&self) -> f32 {
        self.eps
    }

    /// How many pairs had to be measured; the others were too far by their boxes alone.
    pub fn n_measured(&self) -> usize {
        self.n_measured
    }
}

/// Finds for each path all others at `eps` or less. The same as in the full matrix, number for
/// number, but pairs whose boxes already lie too far apart are not measured, and only near ones are
/// kept: memory grows with the neighbors, not with the square of the paths.
///
/// Of the MSSPD `eps` is of the weighted sum; `weights` matter to no other metric.
///
/// # Errors
///
/// [`DistanceError::NeedsAllPairs`] for the MSSPD with [`Scale::Minmax`];
/// [`DistanceError::BadEps`] where `eps` is negative or not a number;
/// [`DistanceError::TooLarge`] where the neighbors found so far take more than `params.limit_mb`;
/// [`DistanceError::Stopped`] where `job` was cancelled.
pub fn neighbors_within(
    eps: f32,
    paths: &Paths,
    params: &DistanceParams,
    weights: &Weights,
    job: &Job,
) -> Result<Neighbors, DistanceError> {
    if params.metric == Metric::Msspd && weights.scale == Scale::Minmax {
        return Err(DistanceError::NeedsAllPairs);
    }
    if eps.is_nan() || eps < 0.0 {
        return Err(DistanceError::BadEps { eps: eps.to_string() });
    }
    let n = paths.len();
    job.expect(n);
    let meter = Meter { level: Level::best(), paths, metric: params.metric, table: params.table() };
    let factors = Factors::new(&Norms::of_paths(paths), weights);
    let search = Search { meter, factors, eps, order: meter.by_length() };
    let limit_bytes = params.limit_mb as u64 * 1_000_000;
    let found_bytes = std::sync::atomic::AtomicU64::new(0);
    let rows: Vec<(Vec<(u32, f32)>, usize)> = (0..n)
        .into_par_iter()
        .map_init(Scratch::default, |scratch, i| {
            let row = search.row(i, scratch, job)?;
            // Every pair is kept twice, once for either path, and once while it is sorted.
            let own = 3 * size_of_val(row.0.as_slice()) as u64;
            let bytes = own + found_bytes.fetch_add(own, std::sync::atomic::Ordering::Relaxed);
            if bytes > limit_bytes {
                return Err(DistanceError::TooLarge { trips: n, bytes, limit_bytes });
            }
            job.step()?;
            Ok(row)
        })
        .collect::<Result<_, DistanceError>>()?;
    Ok(both_ways(&rows, eps))
}

struct Search<'a> {
    meter: Meter<'a>,
    factors: Factors,
    eps: f32,
    order: Vec<u32>,
}

impl Search<'_> {
    /// The neighbors of path `i` among those after it, and how many pairs were measured.
    fn row(&self, i: usize, scratch: &mut Scratch, job: &Job) -> Result<Row, Stopped> {
        let a = self.meter.paths.view(i);
        let candidates = self.order.iter().copied().filter(|other| {
            *other as usize > i && self.may_be_near(&a, &self.meter.paths.view(*other as usize))
        });
        let candidates: Vec<u32> = candidates.collect();
        let mut near = Vec::new();
        for others in candidates.chunks(LANES) {
            let mut out = [0.0; LANES];
            if self.meter.table.is_some() {
                self.meter.warp(i, others, scratch, &mut out[..others.len()]);
            } else {
                for (out, other) in out.iter_mut().zip(others) {
                    *out = self.weighed(self.meter.between(i, *other as usize, scratch));
                }
            }
            near.extend(others.iter().copied().zip(out).filter(|(_, d)| *d <= self.eps));
            job.go_on()?;
        }
        Ok((near, candidates.len()))
    }

    fn weighed(&self, parts: [f32; 3]) -> f32 {
        if self.meter.metric != Metric::Msspd {
            return parts[0];
        }
        let [sspd_m, sog_kn, cog_deg] = parts;
        self.factors.sum(sspd_m, sog_kn, cog_deg)
    }

    /// Whether no bound shows that two paths are farther apart than `eps`. First by one box
    /// each, then by the boxes of sixteen points and of eight legs.
    fn may_be_near(&self, a: &View<'_>, b: &View<'_>) -> bool {
        let gap_m = f64::from(a.whole.gap2(b.whole).sqrt());
        self.is_within(gap_m, gap_m, (gap_m * a.n.max(b.n) as f64, gap_m), a, b) && {
            let (there, back) = (gaps_m(a, b), gaps_m(b, a));
            let mean_m = match self.meter.metric {
                Metric::Spd => there.mean_m.min(back.mean_m),
                _ => f64::midpoint(there.mean_m, back.mean_m),
            };
            let largest_m = there.largest_m.max(back.largest_m);
            let ends = [(0, 0), (a.n - 1, b.n - 1)];
            let ends_m = ends.map(|(i, j)| distance_m(a.point(i), b.point(j)));
            let sum_m = (there.mean_m * a.n as f64).max(back.mean_m * b.n as f64);
            let both_m = if a.n > 1 && b.n > 1 { ends_m[0] + ends_m[1] } else { ends_m[0] };
            let leash_m = largest_m.max(ends_m[0]).max(ends_m[1]);
            self.is_within(mean_m, largest_m, (sum_m.max(both_m), leash_m), a, b)
        }
    }

    /// Whether lower bounds, of a mean, of a largest distance, of a sum and of a leash, leave room
    /// for `eps`.
    fn is_within(
        &self,
        mean_m: f64,
        largest_m: f64,
        (sum_m, leash_m): (f64, f64),
        a: &View<'_>,
        b: &View<'_>,
    ) -> bool {
        let bound = match self.meter.metric {
            Metric::Sspd | Metric::Spd => mean_m,
            Metric::Hausdorff => largest_m,
            Metric::Frechet => leash_m,
            Metric::Dtw => sum_m,
            Metric::Msspd => {
                let Factors { by, offset, most_m } = self.factors;
                let [sspd, sog, _] = by.map(f64::from);
                let far = sspd * mean_m.min(f64::from(most_m));
                far + sog * f64::from(sog_kn(a, b)) + f64::from(offset)
            }
        };
        // Bound and distance are rounded differently; sums of thousands by more than one bit.
        bound * (1.0 - 1e-5) <= f64::from(self.eps)
    }
}

/// Whether the boxes of sixteen points and of eight legs show that the SSPD of two paths is more
/// than `m`.
pub(super) fn is_mean_beyond(a: &View<'_>, b: &View<'_>, m: f64) -> bool {
    let there_m = gaps_m(a, b).mean_m;
    // The other way is nearly as far, or does not help.
    there_m > 0.2 * m && f64::midpoint(there_m, gaps_m(b, a).mean_m) > m
}

type Row = (Vec<(u32, f32)>, usize);

struct Gaps {
    mean_m: f64,
    largest_m: f64,
}

/// Lower bounds of the distances from points of `a` to `b`, by the boxes of points and of legs.
fn gaps_m(a: &View<'_>, b: &View<'_>) -> Gaps {
    let (mut sum_m, mut largest_m) = (0.0, 0.0_f64);
    for (block, extent) in a.point_boxes.iter().enumerate() {
        let mut nearest2 = [f32::INFINITY; LANES];
        for boxes in b.leg_boxes {
            let gaps2 = gaps2::<true>(extent, boxes);
            nearest2.iter_mut().zip(gaps2).for_each(|(nearest2, gap2)| {
                *nearest2 = if gap2 < *nearest2 { gap2 } else { *nearest2 };
            });
        }
        let gap_m = f64::from(nearest2.into_iter().fold(f32::INFINITY, f32::min).sqrt());
        sum_m += gap_m * (a.n - block * LANES).min(LANES) as f64;
        largest_m = largest_m.max(gap_m);
    }
    Gaps { mean_m: sum_m / a.n as f64, largest_m }
}

/// The straight distance, on the sphere through it: never more than the true one.
fn distance_m(a: [f32; 3], b: [f32; 3]) -> f64 {
    let d = [0, 1, 2].map(|axis| f64::from(a[axis]) - f64::from(b[axis]));
    (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt()
}

/// Gives each path its neighbors from the pairs found at the first of the two.
fn both_ways(rows: &[Row], eps: f32) -> Neighbors {
    let mut starts = vec![0; rows.len() + 1];
    for (i, (row, _)) in rows.iter().enumerate() {
        starts[i + 1] += row.len();
        row.iter().for_each(|(j, _)| starts[*j as usize + 1] += 1);
    }
    for i in 0..rows.len() {
        starts[i + 1] += starts[i];
    }
    let mut next = starts.clone();
    let mut all = vec![(0, 0.0); starts[rows.len()]];
    let mut put = |of: usize, neighbor: u32, d: f32| {
        all[next[of]] = (neighbor, d);
        next[of] += 1;
    };
    for (i, (row, _)) in rows.iter().enumerate() {
        for (j, d) in row {
            put(i, *j, *d);
            put(*j as usize, i as u32, *d);
        }
    }
    let mut lists = Vec::with_capacity(rows.len());
    let mut rest = all.as_mut_slice();
    for pair in starts.windows(2) {
        let (list, after) = rest.split_at_mut(pair[1] - pair[0]);
        lists.push(list);
        rest = after;
    }
    lists
        .into_par_iter()
        .for_each(|list| list.sort_unstable_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0))));
    Neighbors { starts, all, n_measured: rows.iter().map(|(_, n)| n).sum(), eps }
}
