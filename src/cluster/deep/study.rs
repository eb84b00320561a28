//! Deep clustering beside the paper's baseline: Douglas-Peucker, DTW, DBSCAN.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::Ground;
use super::super::agreement::agreement;
use super::super::labels::Labels;
use super::super::matrix::Square;
use super::super::params::DensityParams;
use super::super::sums::indices;
use crate::ais::{Fleet, Track, Trip};
use crate::base::angle::{mean_deg, turn_deg};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params};
use crate::distance::{DistanceError, DistanceParams, Line, Metric, Paths, Weights, measure};

/// How the baseline is tuned: the paper's numbers, in degrees.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct BaselineParams {
    /// How far a point that is left out may lie from the line, degrees.
    pub tolerance_deg: f64,
    /// DBSCAN's reach, in degrees of DTW, which sums over matched points.
    pub eps_deg: f64,
    /// DBSCAN's `MinPts`.
    pub min_trips: usize,
}

impl Default for BaselineParams {
    fn default() -> Self {
        BaselineParams { tolerance_deg: 0.005, eps_deg: 0.5, min_trips: 10 }
    }
}

impl Params for BaselineParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.number("baseline_tolerance", &mut self.tolerance_deg, Field { unit: "°", range: 0.0..=10.0, help: "The baseline's Douglas-Peucker: how far a point that is left out may lie from the line; the paper's 0.005." });
        form.number(
            "baseline_eps",
            &mut self.eps_deg,
            Field {
                unit: "°",
                range: 1e-6..=1e6,
                help: "The baseline's eps, in degrees of DTW; the paper's 0.5.",
            },
        );
        form.count(
            "baseline_min_trips",
            &mut self.min_trips,
            Field { unit: "trips", range: 1..=500, help: "The baseline's MinPts; the paper's 10." },
        );
    }
}

/// The baseline's clusters, and the distances that both methods are measured by.
#[derive(Clone, PartialEq, Debug)]
pub struct Baseline {
    /// The clusters.
    pub labels: Labels,
    /// DTW between all trips after Douglas-Peucker, degrees.
    pub square: Square,
    /// The share of reports that Douglas-Peucker kept.
    pub kept_share: f64,
}

/// The paper's baseline on `trips`: Douglas-Peucker, DTW and DBSCAN, in degrees of longitude and
/// latitude as if they were a plane. Takes O(n²) distances.
///
/// # Errors
///
/// [`Stopped`]: cancelled, fewer trips than `MinPts`, or no room for the matrix, in words.
///
/// # Reference
///
/// Zhao, Shi (2019), *A trajectory clustering method based on Douglas-Peucker compression and density
/// for marine traffic pattern recognition*, Ocean Engineering 172, as the paper tunes it.
pub fn baseline(
    fleet: &Fleet,
    trips: &[Trip],
    params: &Checked<BaselineParams>,
    job: &Job,
) -> Result<Baseline, Stopped> {
    let tracks: Vec<Track<'_>> = trips.iter().map(|trip| trip.track(fleet)).collect();
    let firsts = tracks.iter().filter_map(|track| track.positions.iter().find(|p| p.is_valid()));
    let firsts: Vec<_> = firsts.collect();
    let middle_lon_deg = mean_deg(firsts.iter().map(|place| place.lon_deg)).unwrap_or(0.0);
    // Near 0, where single precision is finest.
    let middle_lat_deg =
        firsts.iter().map(|place| place.lat_deg).sum::<f64>() / firsts.len().max(1) as f64;
    let line = |track: &Track<'_>| {
        job.go_on()?;
        let valid = track.positions.iter().filter(|place| place.is_valid());
        let points: Vec<[f64; 2]> = valid
            .map(|place| [turn_deg(middle_lon_deg, place.lon_deg), place.lat_deg - middle_lat_deg])
            .collect();
        Ok((points.len(), thinned(&points, params.tolerance_deg)))
    };
    let lines: Vec<(usize, Vec<[f64; 2]>)> =
        tracks.par_iter().map(line).collect::<Result<_, Stopped>>()?;
    let (all, kept) =
        lines.iter().fold((0, 0), |(all, kept), (n, line)| (all + n, kept + line.len()));
    let lines: Vec<Line> =
        lines.into_iter().map(|(_, xy_m)| Line { xy_m, ..Line::default() }).collect();
    let stopped = |error: DistanceError| match error {
        DistanceError::Stopped(stopped) => stopped,
        other => Stopped::Failed(other.to_string()),
    };
    let paths = Paths::from_lines(&lines, 0).map_err(stopped)?;
    let metric = DistanceParams { metric: Metric::Dtw, ..DistanceParams::default() };
    let distances = measure(&paths, &metric, job).map_err(stopped)?;
    let ground = Ground::new(&distances.combine(&Weights::default()), params.min_trips, job)?;
    let density = Checked::new(&DensityParams { min_trips: params.min_trips });
    let density = density.map_err(|faults| Stopped::Failed(faults.join("; ")))?;
    let labels = if trips.len() < params.min_trips {
        Labels::new(&vec![None; trips.len()])
    } else {
        ground.cut(&ground.tree(&density, job)?, params.eps_deg as f32, job)?
    };
    let square = ground.square.ok_or_else(|| Stopped::Failed("there are no distances".into()))?;
    Ok(Baseline { labels, square, kept_share: kept as f64 / all.max(1) as f64 })
}

/// Douglas-Peucker on a plane, without recursion: both ends are kept, and every point that lies
/// farther than `tolerance` from the line between those kept around it.
fn thinned(points: &[[f64; 2]], tolerance: f64) -> Vec<[f64; 2]> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    let mut is_kept = vec![false; points.len()];
    (is_kept[0], is_kept[last]) = (true, true);
    let mut waiting = vec![(0, last)];
    while let Some((from, to)) = waiting.pop() {
        let off = |i: usize| to_leg(points[i], points[from], points[to]);
        let Some(far) = (from + 1..to).max_by(|a, b| off(*a).total_cmp(&off(*b))) else { continue };
        if off(far) > tolerance {
            is_kept[far] = true;
            waiting.extend([(from, far), (far, to)]);
        }
    }
    points.iter().zip(is_kept).filter_map(|(point, is_kept)| is_kept.then_some(*point)).collect()
}

/// The distance of `p` to the leg from `a` to `b`.
fn to_leg(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let leg = [b[0] - a[0], b[1] - a[1]];
    let off = [p[0] - a[0], p[1] - a[1]];
    let length2 = leg[0] * leg[0] + leg[1] * leg[1];
    let share = if length2 > 0.0 {
        ((off[0] * leg[0] + off[1] * leg[1]) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (off[0] - share * leg[0]).hypot(off[1] - share * leg[1])
}

/// What one method found.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Side {
    /// How many clusters.
    pub clusters: usize,
    /// How many trips are in none.
    pub noise: usize,
    /// The share of trips in none, 0 to 1.
    pub noise_share: f64,
    /// The mean silhouette by the baseline's DTW, noise left out.
    pub silhouette: Option<f64>,
    /// Calinski-Harabasz by the same.
    pub calinski_harabasz: Option<f64>,
    /// Adjusted Rand index, where true routes are known.
    pub ari: Option<f64>,
    /// Normalized mutual information, where true routes are known.
    pub nmi: Option<f64>,
    /// Small routes that have a cluster, where true routes are known.
    pub small_found: Option<usize>,
    /// Small routes most of whose trips are in no cluster.
    pub small_lost: Option<usize>,
}

/// A route with few trips, and what became of it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct SmallRoute {
    /// Its number in the truth.
    pub route: u32,
    /// How many trips.
    pub trips: usize,
    /// Whether deep clustering has a cluster for it.
    pub is_found_deep: bool,
    /// Whether the baseline has.
    pub is_found_baseline: bool,
}

/// Both methods on the same trips.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Study {
    /// Deep clustering.
    pub deep: Side,
    /// The baseline.
    pub baseline: Side,
    /// Routes with fewer than half as many trips as a route has on average.
    pub small_routes: Vec<SmallRoute>,
    /// Clusters of deep clustering most of whose trips the baseline throws away as noise: the paper's
    /// routes 7 and 8.
    pub thrown_away: usize,
}

/// Sets `deep` beside the `baseline` on the same trips, whose true routes are `truth` where known.
/// A route has a cluster where most of its trips are in one, and most trips of that one, as far as
/// their routes are known, are of the route.
///
/// # Panics
///
/// If both are not of the same trips.
pub fn study(truth: &[Option<u32>], deep: &Labels, baseline: &Baseline) -> Study {
    assert_eq!(deep.len(), baseline.labels.len(), "both are of the same trips");
    let small = small_routes(truth);
    let side = |labels: &Labels| {
        let measured = indices(&baseline.square, labels);
        let agrees = agreement(truth, labels.as_slice());
        let count = |is: &dyn Fn(u32) -> bool| {
            agrees.is_some().then(|| small.iter().filter(|(route, _)| is(*route)).count())
        };
        Side {
            clusters: labels.clusters(),
            noise: labels.noise(),
            noise_share: labels.noise() as f64 / labels.len().max(1) as f64,
            silhouette: measured.silhouette,
            calinski_harabasz: measured.calinski_harabasz,
            ari: agrees.map(|agreement| agreement.ari),
            nmi: agrees.map(|agreement| agreement.nmi),
            small_found: count(&|route| is_found(truth, labels, route)),
            small_lost: count(&|route| is_lost(truth, labels, route)),
        }
    };
    let small_route = |(route, trips): &(u32, usize)| SmallRoute {
        route: *route,
        trips: *trips,
        is_found_deep: is_found(truth, deep, *route),
        is_found_baseline: is_found(truth, &baseline.labels, *route),
    };
    let noise = baseline.labels.as_slice();
    let is_thrown_away = |trips: &&Vec<u32>| {
        2 * trips.iter().filter(|trip| noise[**trip as usize].is_none()).count() > trips.len()
    };
    Study {
        deep: side(deep),
        baseline: side(&baseline.labels),
        small_routes: small.iter().map(small_route).collect(),
        thrown_away: deep.members().iter().filter(is_thrown_away).count(),
    }
}

/// Routes with fewer than half the trips of an average one, with how many they have.
fn small_routes(truth: &[Option<u32>]) -> Vec<(u32, usize)> {
    let mut routes: Vec<u32> = truth.iter().flatten().copied().collect();
    routes.sort_unstable();
    let counts: Vec<(u32, usize)> =
        routes.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
    let mean = routes.len() as f64 / counts.len().max(1) as f64;
    counts.into_iter().filter(|(_, n)| 2.0 * (*n as f64) < mean).collect()
}

fn is_found(truth: &[Option<u32>], labels: &Labels, route: u32) -> bool {
    let mut own = vec![0; labels.clusters()];
    let mut known = vec![0; labels.clusters()];
    let mut n = 0;
    for (truth, label) in truth.iter().zip(labels.as_slice()) {
        let is_own = *truth == Some(route);
        n += usize::from(is_own);
        if let (Some(_), Some(label)) = (truth, label) {
            known[*label as usize] += 1;
            own[*label as usize] += usize::from(is_own);
        }
    }
    own.iter().zip(&known).any(|(own, known)| 2 * own > n && 2 * own > *known)
}

fn is_lost(truth: &[Option<u32>], labels: &Labels, route: u32) -> bool {
    let pairs = truth.iter().zip(labels.as_slice());
    let of_route: Vec<bool> = pairs
        .filter(|(truth, _)| **truth == Some(route))
        .map(|(_, label)| label.is_none())
        .collect();
    2 * of_route.iter().filter(|is_noise| **is_noise).count() > of_route.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::Condensed;

    fn labels(of: &[i32]) -> Labels {
        Labels::new(&of.iter().map(|label| u32::try_from(*label).ok()).collect::<Vec<_>>())
    }

    #[test]
    fn points_off_the_line_are_kept_and_those_on_it_are_not() {
        let points = [[0.0, 0.0], [1.0, 0.004], [2.0, 0.0], [3.0, 0.5], [4.0, 0.0]];
        assert_eq!(thinned(&points, 0.005), [[0.0, 0.0], [2.0, 0.0], [3.0, 0.5], [4.0, 0.0]]);
        assert_eq!(thinned(&points[..1], 1.0), [[0.0, 0.0]]);
        assert_eq!(thinned(&points, 9.0), [points[0], points[4]]);
    }

    #[test]
    fn a_small_route_that_the_baseline_calls_noise_is_counted() {
        // Routes 0 and 1 of eight trips, route 2 of two; the baseline leaves it out.
        let truth: Vec<Option<u32>> = (0..18).map(|i| Some(i / 8)).collect();
        let place = |i: usize| (i / 8) as f32 * 10.0 + i as f32 * 0.01;
        let matrix = Condensed::from_fn(18, |i, j| (place(i) - place(j)).abs());
        let square = Square::new(&matrix, &Job::default()).unwrap();
        let found: Vec<i32> = (0..18).map(|i| i / 8).collect();
        let left_out: Vec<i32> = (0..18).map(|i| if i < 16 { i / 8 } else { -1 }).collect();
        let baseline = Baseline { labels: labels(&left_out), square, kept_share: 1.0 };
        let study = study(&truth, &labels(&found), &baseline);
        assert_eq!(
            (study.deep.ari, study.deep.noise, study.deep.small_found),
            (Some(1.0), 0, Some(1))
        );
        assert_eq!((study.baseline.noise, study.baseline.small_lost), (2, Some(1)));
        assert_eq!(study.baseline.noise_share, 2.0 / 18.0);
        let small =
            SmallRoute { route: 2, trips: 2, is_found_deep: true, is_found_baseline: false };
        assert_eq!((study.small_routes, study.thrown_away), (vec![small], 1));
        assert!(study.deep.silhouette.unwrap() > 0.9);
    }

    #[test]
    fn a_small_route_within_a_large_ones_cluster_is_not_found() {
        let truth: Vec<Option<u32>> = (0..18).map(|i| Some(i / 8)).collect();
        let merged = labels(&(0..18).map(|i| i / 8 % 2).collect::<Vec<i32>>());
        assert!(!is_found(&truth, &merged, 2) && !is_lost(&truth, &merged, 2));
        assert!(is_found(&truth, &merged, 0) && is_found(&truth, &merged, 1));
    }

    #[test]
    fn without_truth_only_what_needs_none_is_told() {
        let matrix = Condensed::from_fn(4, |i, j| (i as f32 - j as f32).abs());
        let square = Square::new(&matrix, &Job::default()).unwrap();
        let baseline = Baseline { labels: labels(&[0, 0, -1, -1]), square, kept_share: 1.0 };
        let study = study(&[None; 4], &labels(&[0, 0, 1, 1]), &baseline);
        assert_eq!((study.deep.ari, study.deep.small_found, study.thrown_away), (None, None, 1));
        assert!(study.small_routes.is_empty());
    }
}
