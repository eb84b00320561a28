//! All methods on the same trips, and what they refuse.

use super::*;
use crate::base::params::{Choice as _, Params};
use crate::base::rng::Rng;
use crate::distance::Condensed;

fn checked<P: Params>(params: P) -> Checked<P> {
    Checked::new(&params).unwrap()
}

/// Five routes of 30 trips each in the plane, none near another, and `strays` far from all.
fn planted(strays: usize) -> (Vec<f32>, Vec<Option<u32>>) {
    let mut rng = Rng::new(21, 0);
    let (mut points, mut truth) = (Vec::new(), Vec::new());
    for trip in 0..150 {
        let route = trip % 5;
        points.push((1000.0 * f64::from(route) + 20.0 * rng.normal()) as f32);
        points.push((500.0 * f64::from(route % 2) + 20.0 * rng.normal()) as f32);
        truth.push(Some(route as u32));
    }
    for stray in 0..strays {
        points.extend([-2000.0 - 900.0 * stray as f32, 3000.0]);
        truth.push(None);
    }
    (points, truth)
}

fn ground(points: &[f32]) -> Ground {
    let of = |i: usize| (points[2 * i], points[2 * i + 1]);
    let matrix = Condensed::from_fn(points.len() / 2, |i, j| {
        let (a, b) = (of(i), of(j));
        (a.0 - b.0).hypot(a.1 - b.1)
    });
    Ground::new(&matrix, 10, &Job::default()).unwrap()
}

fn run(params: &ClusterParams, points: &[f32], min_trips: usize) -> Result<Clustering, Stopped> {
    let (ground, job) = (ground(points), Job::default());
    let density = checked(DensityParams { min_trips });
    let tree = ground.tree(&density, &job)?;
    let optics = ground.optics(&density, &job)?;
    let spectrum =
        ground.spectrum(&checked(SpectrumParams { k_max: 8, ..Default::default() }), &job)?;
    let made = Made {
        ground: &ground,
        tree: Some(&tree),
        optics: Some(&optics),
        spectrum: Some(&spectrum),
        points: Some(Points { values: points, dim: 2 }),
        deep: None,
    };
    cluster(&checked(params.clone()), &made, &job)
}

#[test]
fn every_method_finds_the_planted_routes() {
    // Deep clusters are made elsewhere.
    for (_, method) in Method::CASES.iter().filter(|(_, method)| *method != Method::Deep) {
        let (points, truth) = planted(if method.marks_noise() { 4 } else { 0 });
        let params = ClusterParams { method: *method, eps: 60.0, k: 5, ..Default::default() };
        let found = run(&params, &points, 5).unwrap();
        let agreed = agreement(&truth, found.labels.as_slice()).unwrap();
        assert!(agreed.ari > 0.95, "{method:?}: {agreed:?}");
        assert_eq!(found.labels.clusters(), 5, "{method:?}");
        let strays = &found.labels.as_slice()[150..];
        assert!(strays.iter().all(Option::is_none), "{method:?}: strays are noise");
    }
}

#[test]
fn the_best_pair_of_a_sweep_finds_planted_routes_among_noise() {
    let mut rng = Rng::new(33, 0);
    for (routes, per, share) in [(4, 20, 0.1), (6, 40, 0.3), (8, 25, 0.4)] {
        let (mut points, mut truth) = (Vec::new(), Vec::new());
        for route in 0..routes {
            let center = [0.0, 1.0].map(|axis| {
                let turn =
                    std::f64::consts::TAU * (f64::from(route) / f64::from(routes) + axis / 4.0);
                600.0 * turn.cos()
            });
            for _ in 0..per {
                points.extend(center.map(|x| (x + 20.0 * rng.normal()) as f32));
                truth.push(Some(route as u32));
            }
        }
        for _ in 0..(f64::from(routes * per) * share) as usize {
            points.extend([0; 2].map(|_| rng.between(-2000.0, 2000.0) as f32));
            truth.push(None);
        }
        let ground = ground(&points);
        let sweep = ground.sweep(&checked(SweepParams::default()), &Job::default()).unwrap();
        let best = &sweep.rows[sweep.best.unwrap()];
        let density = checked(DensityParams { min_trips: best.min_trips });
        let tree = ground.tree(&density, &Job::default()).unwrap();
        let labels = tree.cut(&ground.near, best.eps);
        let agreed = agreement(&truth, labels.as_slice()).unwrap();
        assert!(agreed.ari >= 0.95, "{routes} routes: {agreed:?}, {best:?}");
    }
}

#[test]
fn a_sweep_says_of_each_pair_what_plain_methods_say() {
    let (points, _) = planted(12);
    let ground = ground(&points);
    let sweep = ground.sweep(&checked(SweepParams::default()), &Job::default()).unwrap();
    let mut scored = 0;
    for row in &sweep.rows {
        let density = checked(DensityParams { min_trips: row.min_trips });
        let tree = ground.tree(&density, &Job::default()).unwrap();
        let labels = tree.cut(&ground.near, row.eps);
        let anew = ground.indices(&labels).unwrap();
        assert_eq!((row.clusters, row.noise), (labels.clusters(), labels.noise()));
        assert_eq!(row.scch.is_some(), row.sc.is_some() && row.ch.is_some());
        for (a, b) in [
            (row.sc, anew.silhouette),
            (row.ch, anew.calinski_harabasz),
            (row.db, anew.davies_bouldin),
        ] {
            assert_eq!(a.is_some(), b.is_some(), "{row:?}");
            let (a, b) = (a.unwrap_or(0.0), b.unwrap_or(0.0));
            assert!((a - b).abs() <= 1e-6 * b.abs().max(1.0), "{row:?} {anew:?}");
        }
        scored += usize::from(row.scch.is_some());
    }
    assert!(scored > 50, "{scored} of {}", sweep.rows.len());
    let scores = sweep.rows.iter().filter_map(|row| row.scch);
    assert!(scores.into_iter().all(|scch| (0.0..=1.0).contains(&scch)));
}

#[test]
fn what_cannot_be_grouped_is_refused_in_words() {
    let (points, _) = planted(0);
    let three = &points[..6];
    let medoids = ClusterParams { method: Method::KMedoids, k: 4, ..Default::default() };
    for (params, points, min_trips, words) in [
        (ClusterParams::default(), &points[..0], 2, "there are no trips to cluster"),
        (ClusterParams::default(), three, 5, "min_trips is 5, but there are only 3 trips"),
        (medoids.clone(), three, 2, "k is 4, but there are only 3 trips"),
        (
            ClusterParams { method: Method::Spectral, k: 9, ..Default::default() },
            &points,
            2,
            "k is 9, but only 8 eigenvectors are known",
        ),
    ] {
        let fault = run(&params, points, min_trips).unwrap_err();
        let Stopped::Failed(text) = fault else { panic!("{fault:?}") };
        assert!(text.starts_with(words), "{text}");
    }
    let matrix = Condensed::new(4, vec![1.0, f32::INFINITY, 1.0, 1.0, 1.0, 1.0]);
    let ground = Ground::new(&matrix, 2, &Job::default()).unwrap();
    let made = Made {
        ground: &ground,
        tree: None,
        optics: None,
        spectrum: None,
        points: None,
        deep: None,
    };
    let fault = cluster(&checked(medoids), &made, &Job::default()).unwrap_err();
    assert!(matches!(fault, Stopped::Failed(text) if text.contains("far ones were not measured")));
    let fault = cluster(&checked(ClusterParams::default()), &made, &Job::default()).unwrap_err();
    let words = "dbscan needs the spanning tree, which is not there";
    assert_eq!(fault, Stopped::Failed(words.into()));
}

#[test]
fn one_trip_and_identical_trips_are_grouped_by_every_method() {
    for points in [vec![1.0, 1.0], [3.0; 24].to_vec()] {
        for (_, method) in Method::CASES.iter().filter(|(_, method)| *method != Method::Deep) {
            for eps in [0.01, 5.0] {
                let params = ClusterParams { method: *method, eps, k: 1, ..Default::default() };
                let found = run(&params, &points, 1).unwrap();
                let expected = usize::from(*method != Method::Hdbscan);
                assert_eq!(found.labels.clusters(), expected, "{method:?} {eps}");
            }
        }
        let sweep = ground(&points).sweep(&checked(SweepParams::default()), &Job::default());
        let sweep = sweep.unwrap();
        assert_eq!(sweep.best, None);
        assert!(sweep.rows.iter().all(|row| row.eps.is_finite()), "{sweep:?}");
    }
}

#[test]
fn a_min_trips_beyond_the_sorted_neighbors_is_served_too() {
    let (points, _) = planted(0);
    let params = ClusterParams { eps: 150.0, ..Default::default() };
    assert_eq!(run(&params, &points, 30).unwrap().labels.clusters(), 5);
    let mut ground = ground(&points);
    ground.near = Neighbors::new(ground.square.as_ref().unwrap(), 3, &Job::default()).unwrap();
    let tree = ground.tree(&checked(DensityParams { min_trips: 30 }), &Job::default()).unwrap();
    let made = Made {
        ground: &ground,
        tree: Some(&tree),
        optics: None,
        spectrum: None,
        points: None,
        deep: None,
    };
    let found = cluster(&checked(params), &made, &Job::default()).unwrap();
    assert_eq!(found.labels.clusters(), 5);
}

#[test]
fn cancelled_work_ends() {
    let (points, _) = planted(0);
    let ground = ground(&points);
    let job = Job::default();
    job.cancel();
    let density = checked(DensityParams::default());
    assert_eq!(ground.tree(&density, &job), Err(Stopped::Cancelled));
    assert_eq!(ground.sweep(&checked(SweepParams::default()), &job), Err(Stopped::Cancelled));
    assert!(ground.spectrum(&checked(SpectrumParams::default()), &job).is_err());
    assert!(k_medoids(ground.square.as_ref().unwrap(), 3, 2, 1, &job).is_err());
}
