//! All pairs.

use std::borrow::Cow;

use rayon::prelude::*;

use super::coarse::Coarse;
use super::condensed::{Condensed, n_pairs};
use super::legs::{LANES, View};
use super::nearest::{Ask, Scratch};
use super::neighbors::is_mean_beyond;
use super::params::{DistanceParams, Metric, Weights};
use super::paths::Paths;
use super::simd::Level;
use super::weighed::{FAR_COG_DEG, Norms, Weighed};
use super::{DistanceError, warp::Table};
use crate::base::job::{Job, Stopped};

/// The distances between all trips, by one metric.
#[derive(Clone, PartialEq, Debug)]
pub struct Distances {
    // Invariant: one part, or the three of the MSSPD in the order of `Part`; all of one `n`.
    metric: Metric,
    parts: Vec<Condensed>,
    norms: Norms,
    n_without_sog: usize,
    n_without_cog: usize,
    surface_error: f64,
}

/// A component of the MSSPD.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// SSPD, meters.
    Sspd,
    /// Difference of mean speeds over ground, knots. Zero where a trip reported none.
    Sog,
    /// Mean difference of courses over ground, degrees, `0..=180`. Zero where none were reported.
    Cog,
}

/// Measures the distance between every two paths: `params.metric`, whose surface and resampling
/// went into `paths` when they were made.
///
/// Takes time with the square of the number of paths and, at worst, of their points.
///
/// # Errors
///
/// [`DistanceError::TooLarge`] where the matrices and one made of them by [`Distances::combine`]
/// would take more than `params.limit_mb`; [`DistanceError::Stopped`] where `job` was cancelled.
pub fn measure(
    paths: &Paths,
    params: &DistanceParams,
    job: &Job,
) -> Result<Distances, DistanceError> {
    measure_with(Level::best(), paths, params, job)
}

/// [`measure`] with instructions of the caller's choice.
pub fn measure_with(
    level: Level,
    paths: &Paths,
    params: &DistanceParams,
    job: &Job,
) -> Result<Distances, DistanceError> {
    let n = paths.len();
    let matrices = if params.metric == Metric::Msspd { 4 } else { 1 };
    let bytes = n_pairs(n) as u64 * size_of::<f32>() as u64 * matrices;
    let limit_bytes = params.limit_mb as u64 * 1_000_000;
    if bytes > limit_bytes {
        return Err(DistanceError::TooLarge { trips: n, bytes, limit_bytes });
    }
    job.expect(n_pairs(n));
    let meter = Meter { level, paths, metric: params.metric, table: params.table() };
    let far_m = (params.skips_far && params.metric == Metric::Msspd)
        .then(|| paths.median_length_m())
        .filter(|far_m| *far_m > 0.0);
    let far = far_m.map(|far_m| Coarse::new(paths).map(|coarse| Far { far_m, coarse }));
    let parts = meter.all_pairs(far.transpose()?.as_ref(), job)?;
    let (n_without_sog, n_without_cog) = paths.n_without_sog_and_cog();
    Ok(Distances {
        metric: params.metric,
        norms: Norms {
            ranges: parts.iter().map(|part| part.range().unwrap_or((0.0, 0.0))).collect(),
            trip_m: paths.median_length_m(),
        },
        parts,
        n_without_sog,
        n_without_cog,
        surface_error: paths.surface().largest_error(),
    })
}

/// The distance between two paths by `params.metric`, meters; of the MSSPD the SSPD.
pub fn between_m(paths: &Paths, params: &DistanceParams, i: usize, j: usize) -> f32 {
    let table = params.table();
    let meter = Meter { level: Level::best(), paths, metric: params.metric, table };
    meter.between(i, j, &mut Scratch::default())[0]
}

/// The one-way SPD from path `from` to path `to`, meters: how far, on average, a point of `from`
/// lies from `to`. Zero where `from` is a part of `to`.
pub fn spd_m(paths: &Paths, from: usize, to: usize) -> f32 {
    let scratch = &mut Scratch::default();
    let meter = Meter { level: Level::best(), paths, metric: Metric::Spd, table: None };
    meter.nearest(Ask::OneWay, &paths.view(from), &paths.view(to), scratch).0
}

impl Distances {
    /// How many trips there are.
    pub fn n(&self) -> usize {
        self.parts[0].n()
    }

    /// By which rule they were measured.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// How many trips reported no speed at all, and how many no course: what the MSSPD knows
    /// nothing of.
    pub fn n_without_sog_and_cog(&self) -> (usize, usize) {
        (self.n_without_sog, self.n_without_cog)
    }

    /// By what share of itself a length may be wrong because of the plane.
    pub fn surface_error(&self) -> f64 {
        self.surface_error
    }

    /// One component; the only one of every metric but the MSSPD is [`Part::Sspd`].
    pub fn part(&self, part: Part) -> Option<&Condensed> {
        self.parts.get(part as usize)
    }

    /// The one matrix that clustering works on: the MSSPD with these weights, or what was measured.
    ///
    /// The MSSPD is a single pass over its components. Scaled by trip or minmax it lies in `0..=1/3`,
    /// since the paper divides the weighted sum by three; a component that is the same for all
    /// pairs counts nothing then.
    pub fn combine(&self, weights: &Weights) -> Cow<'_, Condensed> {
        if self.parts.len() == 1 {
            return Cow::Borrowed(&self.parts[0]);
        }
        let mut combined = Condensed::zeros(self.n());
        self.combine_into(weights, &mut combined);
        Cow::Owned(combined)
    }

    /// [`Distances::combine`] into a matrix that is there already.
    ///
    /// # Panics
    ///
    /// If it is of another size.
    pub fn combine_into(&self, weights: &Weights, combined: &mut Condensed) {
        self.weighed(weights).copy_all(combined);
    }

    /// The same numbers as in [`Distances::combine`], for whoever wants a row of them at a time.
    pub fn weighed(&self, weights: &Weights) -> Weighed<'_> {
        Weighed::new(&self.parts, &self.norms, weights)
    }
}

/// From which SSPD on trips are far apart, and what shows it soon.
struct Far {
    far_m: f32,
    coarse: Coarse,
}

/// Measures pairs.
#[derive(Clone, Copy)]
pub(super) struct Meter<'a> {
    pub level: Level,
    pub paths: &'a Paths,
    pub metric: Metric,
    pub table: Option<Table>,
}

impl Meter<'_> {
    pub(super) fn nearest(
        &self,
        ask: Ask,
        a: &View<'_>,
        b: &View<'_>,
        scratch: &mut Scratch,
    ) -> (f32, f32) {
        if self.paths.surface().is_sphere() {
            self.level.pair::<true>(ask, a, b, scratch)
        } else {
            self.level.pair::<false>(ask, a, b, scratch)
        }
    }

    /// The distance, and the differences of speed and of course for the MSSPD.
    pub(super) fn between(&self, i: usize, j: usize, scratch: &mut Scratch) -> [f32; 3] {
        let (a, b) = (self.paths.view(i), self.paths.view(j));
        let mut measured = |ask| self.nearest(ask, &a, &b, scratch).0;
        let m = match self.metric {
            Metric::Sspd => measured(Ask::Mean),
            Metric::Spd => measured(Ask::OneWay).min(self.nearest(Ask::OneWay, &b, &a, scratch).0),
            Metric::Hausdorff => measured(Ask::Largest),
            Metric::Msspd => {
                let (m, cog_deg) = self.nearest(Ask::MeanAndCourse, &a, &b, scratch);
                return [m, sog_kn(&a, &b), cog_deg];
            }
            Metric::Frechet | Metric::Dtw => {
                let mut out = [0.0];
                self.warp(i, &[j as u32], scratch, &mut out);
                out[0]
            }
        };
        [m, 0.0, 0.0]
    }

    /// The components of a pair that boxes or a few points show to be far apart.
    fn far(
        &self,
        (i, a): (usize, &View<'_>),
        j: usize,
        far: &Far,
        scratch: &mut Scratch,
    ) -> Option<[f32; 3]> {
        // A bound that is rounded up by a hair shows nothing.
        let m = f64::from(far.far_m) * (1.0 + 1e-5) + 1.0;
        let parts = || {
            let sog_kn = apart_kn(a.mean_sog_kn, self.paths.mean_sog_kn(j));
            [far.far_m, sog_kn, FAR_COG_DEG]
        };
        if f64::from(a.whole.gap2(self.paths.whole(j)).sqrt()) > m {
            return Some(parts());
        }
        let b = self.paths.view(j);
        let is_far = is_mean_beyond(a, &b, m)
            || Coarse::is_worth(a, &b)
                && far.coarse.is_mean_beyond((i, a), (j, &b), m, self.level, scratch);
        is_far.then(parts)
    }

    /// The tables of path `i` with up to [`LANES`] others.
    pub(super) fn warp(&self, i: usize, others: &[u32], scratch: &mut Scratch, out: &mut [f32]) {
        let table = self.table.expect("only metrics that match points have a table");
        let a = self.paths.view(i);
        let mut views = [a; LANES];
        for (view, other) in views.iter_mut().zip(others) {
            *view = self.paths.view(*other as usize);
        }
        let views = &views[..others.len()];
        if self.paths.surface().is_sphere() {
            self.level.warp::<true>(table, &a, views, scratch, out);
        } else {
            self.level.warp::<false>(table, &a, views, scratch, out);
        }
    }

    /// Pairs that are shown to be far apart are so far, and opposite.
    fn all_pairs(&self, far: Option<&Far>, job: &Job) -> Result<Vec<Condensed>, Stopped> {
        let n = self.paths.len();
        if self.table.is_some() {
            let mut all = Condensed::zeros(n);
            let order = self.by_length();
            all.rows_mut()
                .into_par_iter()
                .enumerate()
                .try_for_each_init(Scratch::default, |scratch, (i, row)| {
                    self.fill_by_table(i, row, &order, scratch, job)
                })?;
            return Ok(vec![all]);
        }
        let n_parts = if self.metric == Metric::Msspd { 3 } else { 1 };
        let mut parts = vec![Condensed::zeros(n); n_parts];
        let mut rows: Vec<Vec<&mut [f32]>> = (0..n).map(|_| Vec::with_capacity(3)).collect();
        for part in &mut parts {
            rows.iter_mut().zip(part.rows_mut()).for_each(|(rows, row)| rows.push(row));
        }
        rows.into_par_iter().enumerate().try_for_each_init(
            Scratch::default,
            |scratch, (i, mut rows)| {
                let own = self.paths.view(i);
                for at in 0..n - 1 - i {
                    let found = far.and_then(|far| self.far((i, &own), i + 1 + at, far, scratch));
                    let found = found.unwrap_or_else(|| self.between(i, i + 1 + at, scratch));
                    rows.iter_mut().zip(found).for_each(|(row, value)| row[at] = value);
                    if (at + 1) % LANES == 0 {
                        job.advance(LANES)?;
                    }
                }
                job.advance((n - 1 - i) % LANES)
            },
        )?;
        Ok(parts)
    }

    /// Path indices by rising number of points.
    pub(super) fn by_length(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.paths.len() as u32).collect();
        order.sort_by_key(|index| self.paths.n_points(*index as usize));
        order
    }

    fn fill_by_table(
        &self,
        i: usize,
        row: &mut [f32],
        order: &[u32],
        scratch: &mut Scratch,
        job: &Job,
    ) -> Result<(), Stopped> {
        let others: Vec<u32> = order.iter().copied().filter(|other| *other as usize > i).collect();
        for others in others.chunks(LANES) {
            let mut out = [0.0; LANES];
            self.warp(i, others, scratch, &mut out[..others.len()]);
            for (other, value) in others.iter().zip(out) {
                row[*other as usize - i - 1] = value;
            }
            job.advance(others.len())?;
        }
        Ok(())
    }
}

/// The difference of mean speeds, knots; zero where either is not known.
pub(super) fn sog_kn(a: &View<'_>, b: &View<'_>) -> f32 {
    apart_kn(a.mean_sog_kn, b.mean_sog_kn)
}

fn apart_kn(a_kn: f32, b_kn: f32) -> f32 {
    let difference_kn = (a_kn - b_kn).abs();
    if difference_kn.is_nan() { 0.0 } else { difference_kn }
}
