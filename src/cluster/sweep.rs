//! Every pair of eps and `MinPts` tried, and the best chosen.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::inverse_gaussian::InverseGaussian;
use super::labels::Labels;
use super::matrix::Square;
use super::near::Neighbors;
use super::sums::Sums;
use super::tree::Tree;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Choice, Field, Form, Params};

/// What makes a pair of parameters good.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Weighing {
    /// The silhouette with that of noise counted as 0.
    Silhouette,
    /// SCCH times the share of trips that are in a cluster.
    Kept,
    /// SCCH as in the paper.
    Paper,
}

impl Choice for Weighing {
    const CASES: &'static [(&'static str, Weighing)] = &[
        ("silhouette", Weighing::Silhouette),
        ("kept", Weighing::Kept),
        ("paper", Weighing::Paper),
    ];
}

/// Which pairs are tried.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct SweepParams {
    /// The least `MinPts`.
    pub min_trips_low: usize,
    /// The greatest `MinPts`.
    pub min_trips_high: usize,
    /// How many eps are tried for each `MinPts`.
    pub eps_count: usize,
    /// The least eps, in the unit of distances.
    pub eps_low: f64,
    /// The greatest eps; 0 to choose all from core distances.
    pub eps_high: f64,
    /// What makes a pair good.
    pub weighing: Weighing,
}

impl Default for SweepParams {
    fn default() -> Self {
        SweepParams {
            min_trips_low: 2,
            min_trips_high: 11,
            eps_count: 20,
            eps_low: 0.0,
            eps_high: 0.0,
            weighing: Weighing::Silhouette,
        }
    }
}

impl Params for SweepParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let trips = |help| Field { unit: "trips", range: 1..=500, help };
        form.count("min_trips_low", &mut self.min_trips_low, trips("The least MinPts tried."));
        form.count("min_trips_high", &mut self.min_trips_high, trips("The greatest MinPts tried."));
        form.count(
            "eps_count",
            &mut self.eps_count,
            Field { unit: "", range: 2..=200, help: "How many eps are tried for each MinPts." },
        );
        let eps = |help| Field { unit: "", range: 0.0..=1e7, help };
        form.number(
            "eps_low",
            &mut self.eps_low,
            eps("The least eps tried, if the greatest is given."),
        );
        form.number("eps_high", &mut self.eps_high, eps("The greatest eps tried; 0 to choose all by an inverse Gaussian fitted to core distances."));
        self.weighing.describe("weighing", form, "What makes a pair good: the silhouette with that of noise counted as 0 (silhouette), SCCH times the share of trips in clusters (kept), or SCCH as in the paper, which leaves noise out.");
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.min_trips_low > self.min_trips_high {
            let (low, high) = (self.min_trips_low, self.min_trips_high);
            faults.push(format!(
                "min_trips_low is {low}; it must not be above min_trips_high, {high}"
            ));
        }
        if self.eps_high > 0.0 && self.eps_low >= self.eps_high {
            let (low, high) = (self.eps_low, self.eps_high);
            faults.push(format!("eps_low is {low}; it must lie below eps_high, {high}"));
        }
        faults
    }
}

/// One pair of parameters and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// The paper's ε, in the unit of distances.
    pub eps: f32,
    /// The paper's `MinPts`.
    pub min_trips: usize,
    /// How many clusters were found.
    pub clusters: usize,
    /// How many trips are in none.
    pub noise: usize,
    /// The mean silhouette; none for fewer than two clusters.
    pub sc: Option<f64>,
    /// Calinski-Harabasz, by medoids.
    pub ch: Option<f64>,
    /// Davies-Bouldin, by medoids.
    pub db: Option<f64>,
    /// The mean of `sc` and `ch`, each scaled to 0..1 over all rows.
    pub scch: Option<f64>,
    /// What the best is chosen by: `scch`, weighed.
    pub score: Option<f64>,
}

/// All pairs tried.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Sweep {
    /// By `MinPts`, then by eps.
    pub rows: Vec<Row>,
    /// The row with the highest score, of several the one with the larger eps; none if no pair gave
    /// two clusters.
    pub best: Option<usize>,
}

/// Tries all pairs and scores them by `SCCH = (minmax(SC) + minmax(CH)) / 2`.
///
/// One spanning tree for each `MinPts`, each cut at every eps; sums of distances go from one cut to
/// the next, so that a trip is added up once as it leaves noise.
///
/// # Panics
///
/// If `near` does not [serve](Neighbors::serves) the greatest `MinPts`.
///
/// # Reference
///
/// Zhao, Shi (2019), and the SCCH of the compression paper (see the manual). Departure, which
/// [`Weighing::Paper`] takes back: both indices leave noise out, so that a tiny eps that makes
/// nearly everything noise and finds a few dense knots has the highest SCCH. The best pair is
/// therefore that with the highest silhouette, where a trip that is noise counts as 0. On ten made
/// seas (seeds 4242, 11 to 13, 21 to 26; 400,000 to 720,000 reports) a scan over `MinPts` 2 to 11 and
/// 24 quantiles of core distances found the routes with an adjusted Rand index of 0.964 to 0.988 by
/// it, of 0.84 to 0.99 by SCCH times the share of trips in clusters; the plain SCCH, tried on two of
/// them, gave less than 0.1.
pub fn sweep(
    square: &Square,
    near: &Neighbors,
    params: &SweepParams,
    job: &Job,
) -> Result<Sweep, Stopped> {
    let each: Vec<usize> = (params.min_trips_low..=params.min_trips_high).collect();
    let rows: Vec<Vec<Row>> = each
        .into_par_iter()
        .map(|min_trips| {
            let tree = Tree::new(Some(square), near, min_trips, job)?;
            let mut sums = Sums::new(square);
            let candidates = candidates(&tree, params);
            job.expect(candidates.len());
            let row = |eps: f32| {
                let labels = tree.cut(near, eps);
                job.step()?;
                Ok(row(&mut sums, &labels, eps, min_trips))
            };
            candidates.into_iter().map(row).collect()
        })
        .collect::<Result<_, Stopped>>()?;
    let mut rows: Vec<Row> = rows.into_iter().flatten().collect();
    score(&mut rows, square.len(), params.weighing);
    let best = best(&rows, |_| true);
    Ok(Sweep { rows, best })
}

/// The row with the highest score of those that `may` be chosen, of several the one with the larger
/// eps.
fn best(rows: &[Row], may: impl Fn(&Row) -> bool) -> Option<usize> {
    let places = (0..rows.len()).filter(|place| rows[*place].score.is_some() && may(&rows[*place]));
    places.max_by(|a, b| {
        let by = |row: &Row| (row.score.unwrap_or(0.0), row.eps);
        let (a, b) = (by(&rows[*a]), by(&rows[*b]));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    })
}

impl Sweep {
    /// Chooses the best of the pairs whose eps is less than `eps`, if any of them has a score: of a
    /// larger one it is known that it joins what should be apart.
    pub fn choose_below(&mut self, eps: f32) {
        self.best = best(&self.rows, |row| row.eps < eps).or(self.best);
    }
}

fn row(sums: &mut Sums, labels: &Labels, eps: f32, min_trips: usize) -> Row {
    let clusters = labels.clusters();
    // Labels that score nothing need no sums: they are caught up with later.
    let indices = if clusters < 2 {
        super::sums::Indices::default()
    } else {
        sums.follow(labels);
        sums.indices(labels)
    };
    Row {
        eps,
        min_trips,
        clusters,
        noise: labels.noise(),
        sc: indices.silhouette,
        ch: indices.calinski_harabasz,
        db: indices.davies_bouldin,
        scch: None,
        score: None,
    }
}

/// The eps to try for one `MinPts`, rising.
///
/// Evenly between the limits given; or, by an inverse Gaussian fitted to the core distances, the
/// mode and quantiles: a third of them even over the middle, the rest thinning out towards 1, as
/// the eps that joins whole routes lies in the upper tail. Beyond the longest edge of the tree all
/// trips are one cluster: what lies there is tried between the mode and that edge instead, in even
/// ratios.
fn candidates(tree: &Tree, params: &SweepParams) -> Vec<f32> {
    let count = params.eps_count.max(2);
    if params.eps_high > 0.0 {
        let step = (params.eps_high - params.eps_low) / (count - 1) as f64;
        return (0..count).map(|i| (params.eps_low + step * i as f64) as f32).collect();
    }
    let Some(fit) = InverseGaussian::fit(tree.core_distances()) else {
        let longest = tree.edges().last().map(|edge| edge.length);
        return longest.into_iter().filter(|eps| eps.is_finite()).collect();
    };
    let even = count / 3;
    let mut all = vec![fit.mode()];
    all.extend((1..=even).map(|i| fit.quantile(i as f64 / (even + 1) as f64)));
    let rest = count - all.len().min(count);
    let tail = |i: usize| (-(TAIL.ln()) * (i + 1) as f64 / rest as f64).exp();
    all.extend((0..rest).map(|i| fit.quantile(1.0 - tail(i) / (even + 1) as f64)));
    let mut all: Vec<f32> = all.into_iter().map(|eps| eps as f32).collect();
    let lengths = tree.edges().iter().map(|edge| edge.length).filter(|length| length.is_finite());
    let longest = lengths.fold(0.0, f32::max);
    let low = fit.mode() as f32;
    if longest > low && low > 0.0 {
        all.retain(|eps| *eps < longest);
        let n = count.saturating_sub(all.len());
        let ratio = (longest / low).powf(1.0 / (n + 1) as f32);
        all.extend((1..=n).map(|i| low * ratio.powi(i as i32)));
    }
    all.sort_by(f32::total_cmp);
    all.dedup();
    all
}

/// By how much the last tail probability is smaller than the first.
const TAIL: f64 = 1e4;

fn score(rows: &mut [Row], n: usize, weighing: Weighing) {
    let range = |value: fn(&Row) -> Option<f64>, rows: &[Row]| {
        let values = || rows.iter().filter_map(value);
        (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
    };
    let (sc, ch) = (range(|row| row.sc, rows), range(|row| row.ch, rows));
    // Where all are equal, none is better than another.
    let minmax = |value: f64, (low, high): (f64, f64)| {
        if high > low { (value - low) / (high - low) } else { 1.0 }
    };
    for row in rows {
        let both = row.sc.zip(row.ch);
        row.scch = both.map(|(a, b)| f64::midpoint(minmax(a, sc), minmax(b, ch)));
        let kept = (n - row.noise) as f64 / n as f64;
        row.score = row.scch.map(|scch| match weighing {
            Weighing::Silhouette => row.sc.unwrap_or(0.0) * kept,
            Weighing::Kept => scch * kept,
            Weighing::Paper => scch,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_below_an_eps_is_chosen_and_the_best_of_all_where_none_is_below() {
        let row = |eps: f32, score: Option<f64>| Row {
            eps,
            min_trips: 3,
            clusters: 2,
            noise: 0,
            sc: score,
            ch: score,
            db: None,
            scch: score,
            score,
        };
        let rows =
            vec![row(0.1, Some(0.4)), row(0.2, Some(0.6)), row(0.3, None), row(0.4, Some(0.9))];
        let mut sweep = Sweep { best: best(&rows, |_| true), rows };
        assert_eq!(sweep.best, Some(3));
        sweep.choose_below(0.4);
        assert_eq!(sweep.best, Some(1));
        sweep.choose_below(0.2);
        assert_eq!(sweep.best, Some(0));
        sweep.choose_below(0.05);
        assert_eq!(sweep.best, Some(0), "what was chosen stays");
    }
}
