//! Distances against traj-dist's, against plain loops in 64 bits, and against each other.

use proptest::prelude::*;

use super::matrix::measure_with;
use super::tests_reference::{Reference, sphere_m};
use super::*;
use crate::ais::{Fleet, Report, Track, Vessel};
use crate::base::geo::{EARTH_RADIUS_M, Position, destination};
use crate::base::job::Job;
use crate::base::params::Choice as _;
use crate::base::rng::Rng;

fn line(xy_m: &[[f64; 2]]) -> Line {
    Line { xy_m: xy_m.to_vec(), ..Line::default() }
}

fn params(metric: Metric) -> DistanceParams {
    DistanceParams { metric, ..DistanceParams::default() }
}

fn plane_m(metric: Metric, lines: &[Line; 2]) -> f32 {
    between_m(&Paths::from_lines(lines, 0).unwrap(), &params(metric), 0, 1)
}

fn levels() -> Vec<Level> {
    let mut levels = vec![Level::Base, Level::best()];
    levels.dedup();
    levels
}

/// A fleet of which each vessel is one trip.
fn fleet(trips: &[Vec<Position>]) -> Fleet {
    let reports = |trip: &Vec<Position>| {
        trip.iter().enumerate().map(|(t, place)| Report::at(t as i64, *place)).collect()
    };
    Fleet::from_tracks(trips.iter().map(|trip| (Vessel::default(), reports(trip))).collect())
}

fn sphere(fleet: &Fleet) -> Paths {
    let tracks: Vec<Track<'_>> = fleet.tracks().collect();
    Paths::from_tracks(&tracks, SurfaceChoice::Sphere, 0, &Job::default()).unwrap()
}

/// Wandering lines of 1 to `most` points.
fn lines(rng: &mut Rng, n: usize, most: usize) -> Vec<Line> {
    (0..n)
        .map(|_| {
            let (mut x, mut y) = (rng.between(-3e4, 3e4), rng.between(-3e4, 3e4));
            let (mut cog, sog) = (rng.between(0.0, 360.0), rng.between(2.0, 20.0));
            let mut line = Line::default();
            for _ in 0..=rng.below(most) {
                line.xy_m.push([x, y]);
                line.cog_deg.push(if rng.happens(0.1) { f32::NAN } else { cog as f32 });
                line.sog_kn.push(if rng.happens(0.1) { f32::NAN } else { sog as f32 });
                cog = (cog + rng.between(-30.0, 30.0)).rem_euclid(360.0);
                let step = rng.between(0.0, 3e3);
                x += step * cog.to_radians().sin();
                y += step * cog.to_radians().cos();
            }
            line
        })
        .collect()
}

/// Trips over the globe with legs of up to `leg_m`, starting within `spread_deg` of a place.
fn voyages(rng: &mut Rng, n: usize, spread_deg: f64, leg_m: f64) -> Vec<Vec<Position>> {
    (0..n)
        .map(|_| {
            let mut at = Position::new(
                170.0 + rng.between(-spread_deg, spread_deg),
                40.0 + rng.between(-spread_deg, spread_deg),
            );
            at.lon_deg = crate::base::geo::wrap_lon_deg(at.lon_deg);
            let mut course = rng.between(0.0, 360.0);
            let mut trip = Vec::new();
            for _ in 0..=rng.below(60) {
                trip.push(at);
                course += rng.between(-20.0, 20.0);
                at = destination(at, course, rng.between(0.0, leg_m));
            }
            trip
        })
        .collect()
}

#[test]
fn distances_are_those_of_traj_dist() {
    let mut trips = vec![(Line::default(), Vec::new()); 5];
    for row in include_str!("../../tests/data/traj_dist_trips.csv").lines().skip(1) {
        let row: Vec<f64> = row.split(',').map(|cell| cell.parse().unwrap()).collect();
        let trip = &mut trips[row[0] as usize];
        trip.1.push(Position::new(row[1], row[2]));
        trip.0.xy_m.push([row[3], row[4]]);
    }
    let (lines, places): (Vec<Line>, Vec<Vec<Position>>) = trips.into_iter().unzip();
    let plane = Paths::from_lines(&lines, 0).unwrap();
    let globe = sphere(&fleet(&places));
    // traj-dist's globe has the radius of the equator, and its spherical SSPD is the sum.
    let ratio = EARTH_RADIUS_M / 6_378_137.0;
    let columns = [
        (&plane, Metric::Sspd, 1.0),
        (&plane, Metric::Hausdorff, 1.0),
        (&plane, Metric::Frechet, 1.0),
        (&plane, Metric::Dtw, 1.0),
        (&globe, Metric::Sspd, 0.5 * ratio),
        (&globe, Metric::Hausdorff, ratio),
        (&globe, Metric::Dtw, ratio),
    ];
    let mut n = 0;
    for row in include_str!("../../tests/data/traj_dist_pairs.csv").lines().skip(1) {
        let row: Vec<f64> = row.split(',').map(|cell| cell.parse().unwrap()).collect();
        for ((paths, metric, factor), value) in columns.iter().zip(&row[2..]) {
            let own = between_m(paths, &params(*metric), row[0] as usize, row[1] as usize);
            let expected = value * factor;
            assert!((f64::from(own) / expected - 1.0).abs() < 2e-6, "{metric:?} {own} {expected}");
            n += 1;
        }
    }
    assert_eq!(n, 70);
}

#[test]
fn the_local_plane_agrees_with_the_sphere_within_what_it_states() {
    let trips = voyages(&mut Rng::new(5, 0), 12, 1.0, 8_000.0);
    let fleet = fleet(&trips);
    let tracks: Vec<Track<'_>> = fleet.tracks().collect();
    let plane = Paths::from_tracks(&tracks, SurfaceChoice::Auto, 0, &Job::default()).unwrap();
    let globe = sphere(&fleet);
    assert!(!plane.surface().is_sphere());
    for (_, metric) in Metric::CASES {
        let [a, b] = [&plane, &globe].map(|p| measure(p, &params(*metric), &Job::default()));
        let (a, b) = (a.unwrap(), b.unwrap());
        let [a, b] = [&a, &b].map(|d| d.part(Part::Sspd).unwrap().values());
        for (a, b) in a.iter().zip(b) {
            let bound = plane.surface().largest_error() as f32 * b + 0.5;
            assert!((a - b).abs() <= bound, "{metric:?} {a} {b} {bound}");
        }
    }
}

#[test]
fn parallel_lanes_100_m_apart_are_100_m_apart() {
    let pair =
        [line(&[[0.0, 100.0], [900.0, 100.0]]), line(&[[0.0, 0.0], [300.0, 0.0], [900.0, 0.0]])];
    assert_eq!(plane_m(Metric::Sspd, &pair), 100.0);
    assert_eq!(plane_m(Metric::Hausdorff, &pair), 100.0);
    // One of three points of the south has no partner nearer than its neighbor's.
    let to_end_m = 300_f32.hypot(100.0);
    assert_eq!(plane_m(Metric::Frechet, &pair), to_end_m);
    assert_eq!(plane_m(Metric::Dtw, &pair), 200.0 + to_end_m);
}

#[test]
fn the_one_way_distance_of_a_part_of_a_trip_is_zero() {
    let whole = line(&[[0.0, 0.0], [1000.0, 0.0], [1000.0, 4000.0]]);
    let part = line(&[[200.0, 0.0], [1000.0, 0.0]]);
    let paths = Paths::from_lines(&[whole.clone(), part.clone()], 0).unwrap();
    assert!(spd_m(&paths, 1, 0) < 1e-4);
    // From the whole: 200 m, 0 m and 4,000 m.
    assert!((spd_m(&paths, 0, 1) - 1400.0).abs() < 1e-3);
    assert!(plane_m(Metric::Spd, &[whole.clone(), part.clone()]) < 1e-4);
    assert!((plane_m(Metric::Sspd, &[whole, part]) - 700.0).abs() < 1e-3);
}

#[test]
fn opposite_directions_differ_by_180_degrees_and_by_nothing_in_sspd() {
    let xy_m = vec![[0.0, 0.0], [0.0, 1000.0], [0.0, 2000.0]];
    let north = Line { xy_m: xy_m.clone(), cog_deg: vec![359.0, 1.0, 0.0], sog_kn: vec![10.0; 3] };
    let south = Line {
        xy_m: xy_m.into_iter().rev().collect(),
        cog_deg: vec![180.0, 181.0, 179.0],
        sog_kn: vec![14.0, f32::NAN, 14.0],
    };
    let paths = Paths::from_lines(&[north, south], 0).unwrap();
    let d = measure(&paths, &params(Metric::Msspd), &Job::default()).unwrap();
    let part = |part| d.part(part).unwrap().values()[0];
    assert_eq!((part(Part::Sspd), part(Part::Sog), part(Part::Cog)), (0.0, 4.0, 180.0));
    let literal = Weights { scale: Scale::None, ..Weights::default() };
    let expected = (0.2 * 4.0 + 0.2 * 180.0) / 3.0;
    assert!((d.combine(&literal).get(0, 1) - expected).abs() < 1e-5);
}

#[test]
fn the_course_is_taken_where_the_distance_is_realized() {
    let long = Line {
        xy_m: vec![[0.0, 0.0], [0.0, 1000.0], [0.0, 2000.0]],
        cog_deg: vec![10.0, 30.0, 90.0],
        sog_kn: Vec::new(),
    };
    // The foot lies inside the second leg: the nearer of 30 and 90 degrees counts, across north.
    let inside = Line { xy_m: vec![[50.0, 1200.0]], cog_deg: vec![350.0], sog_kn: Vec::new() };
    // Beyond the last point: only that counts.
    let beyond = Line { xy_m: vec![[0.0, 2500.0]], cog_deg: vec![350.0], sog_kn: Vec::new() };
    let paths = Paths::from_lines(&[long, inside, beyond], 0).unwrap();
    let d = measure(&paths, &params(Metric::Msspd), &Job::default()).unwrap();
    let cog = d.part(Part::Cog).unwrap();
    // There: 40. Back, to a single point: differences 20, 40 and 100.
    assert!((cog.get(0, 1) - 0.5 * (40.0 + 160.0 / 3.0)).abs() < 1e-4);
    assert!((cog.get(0, 2) - 0.5 * (100.0 + 160.0 / 3.0)).abs() < 1e-4);
    assert_eq!(d.n_without_sog_and_cog(), (3, 0));
}

#[test]
fn trips_without_speed_and_course_differ_by_nothing_in_them() {
    let silent = line(&[[0.0, 0.0], [100.0, 0.0]]);
    let loud = Line { sog_kn: vec![9.0; 2], cog_deg: vec![90.0; 2], ..silent.clone() };
    let paths = Paths::from_lines(&[silent, loud], 0).unwrap();
    let d = measure(&paths, &params(Metric::Msspd), &Job::default()).unwrap();
    assert_eq!(
        (d.part(Part::Sog).unwrap().get(0, 1), d.part(Part::Cog).unwrap().get(0, 1)),
        (0., 0.)
    );
    assert_eq!(d.n_without_sog_and_cog(), (1, 1));
}

#[test]
fn every_metric_is_what_plain_loops_in_64_bits_find() {
    let mut rng = Rng::new(3, 0);
    let lines = lines(&mut rng, 40, 90);
    let plane = Paths::from_lines(&lines, 0).unwrap();
    let near = voyages(&mut rng, 20, 0.5, 8_000.0);
    let wide = voyages(&mut rng, 20, 30.0, 300_000.0);
    let (near_paths, wide_paths) = (sphere(&fleet(&near)), sphere(&fleet(&wide)));
    let references = [
        (&plane, lines.iter().map(Reference::from_line).collect::<Vec<_>>(), 0.02),
        (&near_paths, near.iter().map(|trip| Reference::from_places(trip)).collect(), 0.5),
        (&wide_paths, wide.iter().map(|trip| Reference::from_places(trip)).collect(), 5.0),
    ];
    for (paths, references, bound_m) in &references {
        for level in levels() {
            for (_, metric) in Metric::CASES {
                for band in if *metric == Metric::Dtw { vec![0, 1, 4, 200] } else { vec![0] } {
                    let params = DistanceParams { band, ..params(*metric) };
                    let d = measure_with(level, paths, &params, &Job::default()).unwrap();
                    for i in 0..paths.len() {
                        for j in i + 1..paths.len() {
                            let own = f64::from(d.part(Part::Sspd).unwrap().get(i, j));
                            let exact = references[i].between_m(&references[j], *metric, band);
                            let n = if *metric == Metric::Dtw { 180.0 } else { 1.0 };
                            let bound = 1e-5 * exact + n * bound_m;
                            assert!(
                                (own - exact).abs() <= bound,
                                "{level:?} {metric:?} {band} {i} {j}: {own} {exact}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn courses_are_what_plain_loops_find() {
    let lines = lines(&mut Rng::new(8, 0), 40, 90);
    let references: Vec<Reference> = lines.iter().map(Reference::from_line).collect();
    let paths = Paths::from_lines(&lines, 0).unwrap();
    for level in levels() {
        let d = measure_with(level, &paths, &params(Metric::Msspd), &Job::default()).unwrap();
        for i in 0..paths.len() {
            for j in i + 1..paths.len() {
                let own = f64::from(d.part(Part::Cog).unwrap().get(i, j));
                let exact = references[i].course_deg(&references[j]);
                assert!((own - exact).abs() < 1e-2, "{level:?} {i} {j}: {own} {exact}");
            }
        }
    }
}

#[test]
fn great_circles_are_not_straight_on_the_map() {
    // On the 60th parallel, 60 degrees of longitude apart: the great circle passes far north of it.
    let arc = vec![Position::new(-30.0, 60.0), Position::new(30.0, 60.0)];
    let paths = sphere(&fleet(&[arc, vec![Position::new(0.0, 60.0)]]));
    // Its top lies at tan φ = tan 60° / cos 30° = 2: 63.4349° north.
    let expected_m = (2.0_f64.atan().to_degrees() - 60.0).to_radians() * EARTH_RADIUS_M;
    assert!((f64::from(spd_m(&paths, 1, 0)) - expected_m).abs() < 1.0);
    let quarter = [vec![Position::new(0.0, 0.0)], vec![Position::new(90.0, 0.0)]];
    let paths = sphere(&fleet(&quarter));
    let exact_m = sphere_m(quarter[0][0], quarter[1][0]);
    for metric in [Metric::Sspd, Metric::Hausdorff, Metric::Frechet, Metric::Dtw] {
        assert!((f64::from(between_m(&paths, &params(metric), 0, 1)) - exact_m).abs() < 2.0);
    }
}

#[test]
fn near_pairs_are_those_of_the_matrix() {
    let mut rng = Rng::new(11, 0);
    let plane = Paths::from_lines(&lines(&mut rng, 120, 60), 0).unwrap();
    let globe = sphere(&fleet(&voyages(&mut rng, 80, 20.0, 100_000.0)));
    let scaled = |scale| Weights { scale, ..Weights::default() };
    for paths in [&plane, &globe] {
        for (_, metric) in Metric::CASES {
            let runs = match metric {
                Metric::Dtw => vec![(0, Scale::None), (3, Scale::None)],
                Metric::Msspd => vec![(0, Scale::None), (0, Scale::Trip)],
                _ => vec![(0, Scale::None)],
            };
            for (band, scale) in runs {
                let weights = scaled(scale);
                let params = DistanceParams { band, ..params(*metric) };
                let job = Job::default();
                let all = measure(paths, &params, &job).unwrap();
                let matrix = all.combine(&weights);
                let mut sorted = matrix.values().to_vec();
                sorted.sort_by(f32::total_cmp);
                for eps in [0.0, sorted[sorted.len() / 50], sorted[sorted.len() / 3]] {
                    let found = neighbors_within(eps, paths, &params, &weights, &job).unwrap();
                    for i in 0..paths.len() {
                        let others = (0..paths.len()).filter(|j| *j != i);
                        let others = others.map(|j| (j as u32, matrix.get(i, j)));
                        let mut near: Vec<(u32, f32)> = others.filter(|(_, d)| *d <= eps).collect();
                        near.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
                        assert_eq!(found.of(i), near, "{metric:?} {band} {scale:?} {eps} {i}");
                    }
                    let n_pairs = condensed::n_pairs(paths.len());
                    assert!(eps > sorted[sorted.len() / 50] || found.n_measured() < n_pairs / 2);
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_measured_is_told() {
    let job = Job::default();
    let lines = vec![line(&[[0.0, 0.0], [1.0, 0.0]]); 2_000];
    let paths = Paths::from_lines(&lines, 0).unwrap();
    let small = DistanceParams { limit_mb: 31, ..params(Metric::Msspd) };
    let error = measure(&paths, &small, &job).unwrap_err();
    assert!(error.to_string().starts_with(
        "the distances between 2000 trips take 32 MB; the limit is 31 MB. Filter trips"
    ));
    let minmax = Weights { scale: Scale::Minmax, ..Weights::default() };
    let error = neighbors_within(1.0, &paths, &small, &minmax, &job).unwrap_err();
    assert_eq!(error, DistanceError::NeedsAllPairs);
    let sspd = params(Metric::Sspd);
    for eps in [f32::NAN, -1.0] {
        let error = neighbors_within(eps, &paths, &sspd, &Weights::default(), &job).unwrap_err();
        assert!(matches!(error, DistanceError::BadEps { .. }));
    }
    let small = DistanceParams { limit_mb: 1, ..sspd.clone() };
    let error = neighbors_within(1.0, &paths, &small, &Weights::default(), &job).unwrap_err();
    assert!(matches!(error, DistanceError::TooLarge { trips: 2_000, .. }));
    let nowhere = [lines[0].clone(), line(&[[f64::NAN, 0.0]])];
    let error = Paths::from_lines(&nowhere, 0).unwrap_err();
    assert_eq!(error, DistanceError::NoPosition { trip: 1 });
    job.cancel();
    assert_eq!(measure(&paths, &sspd, &job), Err(DistanceError::Stopped(Stopped::Cancelled)));
}

#[test]
fn none_one_and_equal_trips_are_no_trouble() {
    let job = Job::default();
    let trip = line(&[[0.0, 0.0], [100.0, 50.0]]);
    for n in [0, 1, 3] {
        let paths = Paths::from_lines(&vec![trip.clone(); n], 0).unwrap();
        for (_, metric) in Metric::CASES {
            let d = measure(&paths, &params(*metric), &job).unwrap();
            let matrix = d.combine(&Weights::default());
            assert_eq!(matrix.values(), vec![0.0; condensed::n_pairs(n)]);
            let none = Weights { scale: Scale::None, ..Weights::default() };
            let near = neighbors_within(0.0, &paths, &params(*metric), &none, &job).unwrap();
            assert!((0..n).all(|i| near.of(i).len() == n - 1));
        }
    }
    let fleet = fleet(&[]);
    assert!(sphere(&fleet).is_empty());
}

#[test]
fn progress_counts_every_pair() {
    let paths = Paths::from_lines(&lines(&mut Rng::new(2, 0), 50, 10), 0).unwrap();
    for metric in [Metric::Sspd, Metric::Dtw] {
        let job = Job::default();
        measure(&paths, &params(metric), &job).unwrap();
        assert_eq!(job.progress(), (1225, 1225));
    }
}

#[test]
fn weights_mix_the_components_and_nothing_else() {
    let paths = Paths::from_lines(&lines(&mut Rng::new(4, 0), 30, 20), 0).unwrap();
    let d = measure(&paths, &params(Metric::Msspd), &Job::default()).unwrap();
    let parts = [Part::Sspd, Part::Sog, Part::Cog].map(|part| d.part(part).unwrap());
    for scale in [Scale::Minmax, Scale::None] {
        for (w1, w2, w3) in [(0.6, 0.2, 0.2), (1.0, 0.0, 0.0), (0.0, 0.0, 1.0)] {
            let combined = d.combine(&Weights { sspd: w1, sog: w2, cog: w3, scale }).into_owned();
            for (at, value) in combined.values().iter().enumerate() {
                let scaled = parts.map(|part| {
                    let (low, high) = part.range().unwrap();
                    let x = f64::from(part.values()[at]);
                    let (low, high) = (f64::from(low), f64::from(high));
                    if scale == Scale::Minmax { (x - low) / (high - low) } else { x }
                });
                let exact = (w1 * scaled[0] + w2 * scaled[1] + w3 * scaled[2]) / 3.0;
                assert!((f64::from(*value) - exact).abs() <= 1e-6 * exact.max(0.3));
            }
        }
    }
}

#[test]
fn far_pairs_need_no_measuring_where_all_that_counts_is_that_they_are_far() {
    for seed in 0..20 {
        let paths = Paths::from_lines(&lines(&mut Rng::new(7, seed), 40, 30), 0).unwrap();
        let all = measure(&paths, &params(Metric::Msspd), &Job::default()).unwrap();
        let skipping = DistanceParams { skips_far: true, ..params(Metric::Msspd) };
        let some = measure(&paths, &skipping, &Job::default()).unwrap();
        assert_eq!(all.combine(&Weights::default()), some.combine(&Weights::default()));
        let far_m = paths.median_length_m();
        let of = |distances: &Distances| {
            let values = distances.part(Part::Cog).unwrap().values();
            values.iter().filter(|deg| **deg == 180.0).count()
        };
        assert!(of(&some) > of(&all) + 50, "{far_m}: {} {}", of(&some), of(&all));
    }
}

#[test]
fn trips_farther_apart_than_the_median_trip_is_long_differ_in_speed_alone() {
    // Three trips of 1 km: two 100 m apart, one far away; 10, 10 and 14 kn.
    let trip = |y_m: f64, sog_kn: f32| Line {
        xy_m: vec![[0.0, y_m], [1000.0, y_m]],
        sog_kn: vec![sog_kn; 2],
        cog_deg: vec![90.0; 2],
    };
    let lines = [trip(0.0, 10.0), trip(100.0, 10.0), trip(90_000.0, 14.0)];
    let paths = Paths::from_lines(&lines, 0).unwrap();
    let d = measure(&paths, &params(Metric::Msspd), &Job::default()).unwrap();
    let combined = d.combine(&Weights::default());
    let near = 0.6 * 0.1 / 3.0;
    assert!((combined.get(0, 1) - near as f32).abs() < 1e-6);
    // A trip length, the largest difference of speeds, half a turn: all of 1.
    assert!((combined.get(0, 2) - 1.0 / 3.0).abs() < 1e-6);
    assert_eq!(combined.get(0, 2), combined.get(1, 2));
}

#[test]
fn resampled_trips_have_the_points_asked_for() {
    let lines = lines(&mut Rng::new(6, 0), 10, 40);
    let paths = Paths::from_lines(&lines, 25).unwrap();
    assert!((0..paths.len()).all(|path| paths.n_points(path) == 25));
    let straight =
        [line(&[[0.0, 0.0], [10.0, 0.0], [1000.0, 0.0]]), line(&[[0.0, 100.0], [1000.0, 100.0]])];
    let paths = Paths::from_lines(&straight, 11).unwrap();
    assert_eq!(between_m(&paths, &params(Metric::Frechet), 0, 1), 100.0);
    assert_eq!(between_m(&paths, &params(Metric::Dtw), 0, 1), 1100.0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn distances_are_symmetric_zero_on_self_and_unmoved_by_translation(seed in any::<u64>()) {
        let mut rng = Rng::new(seed, 0);
        let pair = lines(&mut rng, 2, 70);
        let swapped = [pair[1].clone(), pair[0].clone()];
        let same = [pair[0].clone(), pair[0].clone()];
        let shift = [f64::from(rng.below(1_000) as u32), -512.0];
        let moved = [0, 1].map(|i: usize| {
            let xy_m = pair[i].xy_m.iter().map(|[x, y]| [x + shift[0], y + shift[1]]).collect();
            Line { xy_m, ..pair[i].clone() }
        });
        let reversed = Line { xy_m: pair[0].xy_m.iter().rev().copied().collect(), ..Line::default() };
        let turned = [reversed, pair[1].clone()];
        let pair = [pair[0].clone(), pair[1].clone()];
        for (_, metric) in Metric::CASES {
            let d = plane_m(*metric, &pair);
            let bound = 1e-5 * d + if *metric == Metric::Dtw { 2.0 } else { 0.05 };
            prop_assert!((plane_m(*metric, &swapped) - d).abs() <= 1e-6 * d, "{:?}", metric);
            prop_assert_eq!(plane_m(*metric, &same), 0.0);
            prop_assert!((plane_m(*metric, &moved) - d).abs() <= bound, "{:?}", metric);
            if !matches!(metric, Metric::Frechet | Metric::Dtw) {
                prop_assert!((plane_m(*metric, &turned) - d).abs() <= bound, "{:?}", metric);
            }
        }
        // The leash is never shorter than the largest distance to the other line, which is never
        // less than the mean.
        let hausdorff = plane_m(Metric::Hausdorff, &pair);
        prop_assert!(plane_m(Metric::Frechet, &pair) >= hausdorff * 0.99999);
        prop_assert!(plane_m(Metric::Sspd, &pair) <= hausdorff * 1.00001);
        prop_assert!(plane_m(Metric::Spd, &pair) <= plane_m(Metric::Sspd, &pair) * 1.00001);
    }
}

#[test]
fn frechet_and_dtw_see_direction() {
    let there = line(&[[0.0, 0.0], [500.0, 0.0], [1000.0, 0.0]]);
    let back = line(&[[1000.0, 0.0], [500.0, 0.0], [0.0, 0.0]]);
    let pair = [there, back];
    assert_eq!(plane_m(Metric::Sspd, &pair), 0.0);
    assert_eq!(plane_m(Metric::Frechet, &pair), 1000.0);
    assert_eq!(plane_m(Metric::Dtw, &pair), 2000.0);
}
