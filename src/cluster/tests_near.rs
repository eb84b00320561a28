//! Near pairs alone give what all pairs give.

use super::*;
use crate::base::params::{Checked, Params};
use crate::base::rng::Rng;
use crate::distance::{
    self, Condensed, DistanceParams, Line, Metric, Paths, Weights, measure, neighbors_within,
};

fn checked<P: Params>(params: P) -> Checked<P> {
    Checked::new(&params).unwrap()
}

/// Paths of one point each: their distance is that of the points.
fn paths(points: &[[f64; 2]]) -> Paths {
    let line = |point: &[f64; 2]| Line { xy_m: vec![*point], ..Line::default() };
    Paths::from_lines(&points.iter().map(line).collect::<Vec<_>>(), 0).unwrap()
}

fn params() -> DistanceParams {
    DistanceParams { metric: Metric::Hausdorff, ..DistanceParams::default() }
}

fn near(points: &[[f64; 2]], within: f32) -> distance::Neighbors {
    let (paths, weights) = (paths(points), Weights::default());
    neighbors_within(within, &paths, &params(), &weights, &Job::default()).unwrap()
}

fn all(points: &[[f64; 2]]) -> Condensed {
    let distances = measure(&paths(points), &params(), &Job::default()).unwrap();
    distances.combine(&Weights::default()).into_owned()
}

/// All pairs, those farther apart than `within` infinitely far.
fn cut_off(matrix: &Condensed, within: f32) -> Condensed {
    Condensed::from_fn(matrix.n(), |i, j| {
        Some(matrix.get(i, j)).filter(|d| *d <= within).unwrap_or(f32::INFINITY)
    })
}

/// Points in a square of 10 km: evenly, on a grid with many ties, or in knots with strays.
fn points(rng: &mut Rng, round: usize) -> Vec<[f64; 2]> {
    let n = rng.below(70);
    let knots: Vec<[f64; 2]> = (0..4).map(|_| [0; 2].map(|_| rng.between(0.0, 1e4))).collect();
    let mut point = || match round % 3 {
        0 => [0; 2].map(|_| rng.between(0.0, 1e4)),
        1 => [0; 2].map(|_| 1000.0 * rng.below(11) as f64),
        _ if rng.happens(0.2) => [0; 2].map(|_| rng.between(0.0, 1e4)),
        _ => {
            let knot = knots[rng.below(4)];
            knot.map(|x| x + 300.0 * rng.normal())
        }
    };
    (0..n).map(|_| point()).collect()
}

#[test]
fn near_pairs_give_the_clusters_of_all_pairs_at_every_eps_up_to_theirs() {
    let mut rng = Rng::new(41, 0);
    let job = Job::default();
    let (mut with_border, mut with_noise) = (0, 0);
    for round in 0..500 {
        let points = points(&mut rng, round);
        let matrix = all(&points);
        let within = [0.0, 700.0, 1000.0, 2500.0, 2e4][rng.below(5)];
        let dense = Ground::new(&matrix, 10, &job).unwrap();
        let sparse = Ground::from_near(&near(&points, within));
        assert_eq!((sparse.within(), dense.within()), (within, f32::INFINITY));
        let density = checked(DensityParams { min_trips: 1 + rng.below(9) });
        let trees = [&dense, &sparse].map(|ground| ground.tree(&density, &job).unwrap());
        let known = trees[0].edges().iter().filter(|edge| edge.length <= within);
        assert!(known.eq(trees[1].edges()), "{round}: the same tree as far as it is known");
        let cores = trees[0].core_distances().iter().zip(trees[1].core_distances());
        for (core, known) in cores {
            assert_eq!(Some(*core).filter(|d| *d <= within).unwrap_or(f32::INFINITY), *known);
        }
        for _ in 0..8 {
            let eps = match rng.below(4) {
                0 => within,
                1 => (within / 1000.0).floor() * 1000.0,
                _ => rng.unit() as f32 * within,
            };
            let labels = dense.cut(&trees[0], eps, &job).unwrap();
            assert_eq!(labels, sparse.cut(&trees[1], eps, &job).unwrap(), "{round}: {eps}");
            assert_eq!(labels, dbscan(&matrix, eps, density.min_trips), "{round}: {eps}");
            with_border += usize::from(labels.len() - labels.noise() > trees[0].cores(eps));
            with_noise += usize::from(labels.clusters() > 0 && labels.noise() > 0);
        }
    }
    assert!(with_border > 200 && with_noise > 500, "{with_border} {with_noise}");
}

#[test]
fn optics_and_hdbscan_of_near_pairs_take_all_others_for_infinitely_far() {
    let mut rng = Rng::new(43, 0);
    let job = Job::default();
    let mut clusters = 0;
    for round in 0..300 {
        let points = points(&mut rng, round);
        let within = [500.0, 1000.0, 3000.0][rng.below(3)];
        let dense = Ground::new(&cut_off(&all(&points), within), 10, &job).unwrap();
        let sparse = Ground::from_near(&near(&points, within));
        let density = checked(DensityParams { min_trips: 2 + rng.below(5) });
        let [a, b] = [&dense, &sparse].map(|ground| ground.optics(&density, &job).unwrap());
        assert_eq!((a.order(), a.reachability()), (b.order(), b.reachability()), "{round}");
        let eps = rng.unit() as f32 * within;
        assert_eq!(a.cut(eps), b.cut(eps), "{round}");
        let [a, b] = [&dense, &sparse].map(|ground| ground.tree(&density, &job).unwrap());
        let (a, b) = (hdbscan(&a, 4), hdbscan(&b, 4));
        assert_eq!(a, b, "{round}");
        clusters += a.labels.clusters();
    }
    assert!(clusters > 300, "{clusters}");
}

#[test]
fn what_near_pairs_cannot_tell_is_refused_in_words() {
    let points: Vec<[f64; 2]> = (0..20).map(|i| [f64::from(i) * 100.0, 0.0]).collect();
    let ground = Ground::from_near(&near(&points, 250.0));
    let job = Job::default();
    let density = checked(DensityParams { min_trips: 3 });
    let tree = ground.tree(&density, &job).unwrap();
    let optics = ground.optics(&density, &job).unwrap();
    let made = Made {
        ground: &ground,
        tree: Some(&tree),
        optics: Some(&optics),
        spectrum: None,
        points: None,
        deep: None,
    };
    let run = |method, eps| {
        let params = ClusterParams { method, eps, k: 2, ..ClusterParams::default() };
        cluster(&checked(params), &made, &job)
    };
    assert_eq!(run(Method::Dbscan, 250.0).unwrap().labels.clusters(), 1);
    assert_eq!(run(Method::Optics, 100.0).unwrap().labels.clusters(), 1);
    assert_eq!(run(Method::Hdbscan, 1e6).unwrap().labels.len(), 20);
    let words =
        "eps is 251, but only pairs at 250 or less were measured; lower eps, or measure farther";
    for method in [Method::Dbscan, Method::Optics] {
        assert_eq!(run(method, 251.0), Err(Stopped::Failed(words.into())));
    }
    let is_refused = |stopped: Stopped| matches!(stopped, Stopped::Failed(text) if text.contains("far ones were not measured"));
    assert!(is_refused(run(Method::KMedoids, 1.0).unwrap_err()));
    assert!(is_refused(run(Method::Spectral, 1.0).unwrap_err()));
    assert!(is_refused(ground.spectrum(&checked(SpectrumParams::default()), &job).unwrap_err()));
    assert!(is_refused(ground.sweep(&checked(SweepParams::default()), &job).unwrap_err()));
    let labels = Labels::new(&[Some(0); 20]);
    assert_eq!((ground.indices(&labels), ground.medoids(&labels)), (None, None));
}
