//! Scenes whose truth is known, and odd input, for all methods.

use super::points::Points;
use super::score::{Score, score};
use super::{AssociateParams, CbtrParams, Method, Why, associate};
use crate::base::geo::{Position, destination};
use crate::base::job::Job;
use crate::base::params::Checked;
use crate::base::rng::Rng;

/// A sea of ships: each leg is a course, a speed and a number of steps.
struct Scene {
    rows: Vec<(i64, Position, f32, f32, u32)>,
    rng: Rng,
}

impl Scene {
    fn new(seed: u64) -> Scene {
        Scene { rows: Vec::new(), rng: Rng::new(seed, 0) }
    }

    /// A ship that reports about every `step_s` seconds, its places rounded to some meters of noise.
    fn ship(
        &mut self,
        from: Position,
        start_s: i64,
        step_s: i64,
        noise_m: f64,
        legs: &[(f64, f64, usize)],
    ) {
        let ship = self.rows.iter().map(|row| row.4 + 1).max().unwrap_or(0);
        let (mut place, mut t_s) = (from, start_s);
        for (course_deg, speed_kn, steps) in legs {
            for _ in 0..*steps {
                let (off_deg, off_m) =
                    (self.rng.between(0.0, 360.0), noise_m * self.rng.normal().abs());
                let seen = destination(place, off_deg, off_m);
                self.rows.push((t_s * 1000, seen, *speed_kn as f32, *course_deg as f32, ship));
                let gap_s = step_s + self.rng.below(3) as i64;
                place = destination(place, *course_deg, speed_kn * 1852.0 / 3600.0 * gap_s as f64);
                t_s += gap_s;
            }
        }
    }

    /// Points in a random order, and their truth.
    fn points(&mut self) -> (Points, Vec<u32>) {
        self.rng.shuffle(&mut self.rows);
        let rows = &self.rows;
        let points = Points::new(
            rows.iter().map(|row| row.0).collect(),
            rows.iter().map(|row| row.1).collect(),
            rows.iter().map(|row| row.2).collect(),
            rows.iter().map(|row| row.3).collect(),
        );
        (points.unwrap(), rows.iter().map(|row| row.4).collect())
    }
}

fn scored(points: &Points, truth: &[u32], method: Method) -> Score {
    let params = AssociateParams { method, ..AssociateParams::default() };
    let found = associate(points, None, &Checked::new(&params).unwrap(), &Job::default());
    score(points, &found.unwrap(), truth).unwrap()
}

fn at(lon_deg: f64, lat_deg: f64) -> Position {
    Position::new(lon_deg, lat_deg)
}

#[test]
fn crossing_ships_keep_their_identity() {
    let mut scene = Scene::new(1);
    // Through the same place at the same time, north, east and southwest, and again beside it.
    for start_s in [0, 2000, 4000] {
        let back = |course: f64| destination(at(10.0, 55.0), course + 180.0, 5144.0);
        scene.ship(back(0.0), start_s, 10, 5.0, &[(0.0, 10.0, 200)]);
        scene.ship(back(90.0), start_s + 3, 10, 5.0, &[(90.0, 10.0, 200)]);
        scene.ship(back(225.0), start_s + 5, 10, 5.0, &[(225.0, 10.0, 200)]);
    }
    let (points, truth) = scene.points();
    let score = scored(&points, &truth, Method::Flow);
    assert_eq!((score.jumps, score.merges, score.tracks), (0, 0, 9), "{score:?}");
}

#[test]
fn a_ship_that_overtakes_close_by_stays_itself() {
    let mut scene = Scene::new(2);
    scene.ship(at(10.0, 55.0), 0, 10, 3.0, &[(90.0, 8.0, 300)]);
    // Four knots faster, 80 m north, behind at first.
    let behind = destination(destination(at(10.0, 55.0), 0.0, 80.0), 270.0, 2000.0);
    scene.ship(behind, 4, 10, 3.0, &[(90.0, 12.0, 300)]);
    let (points, truth) = scene.points();
    let score = scored(&points, &truth, Method::Flow);
    assert_eq!((score.jumps, score.merges), (0, 0), "{score:?}");
}

#[test]
fn ships_on_parallel_ways_are_not_exchanged() {
    let mut scene = Scene::new(3);
    for lane in 0..5 {
        let from = destination(at(10.0, 55.0), 0.0, 100.0 * f64::from(lane));
        scene.ship(from, i64::from(lane), 10, 3.0, &[(90.0, 12.0, 150), (60.0, 12.0, 150)]);
    }
    let (points, truth) = scene.points();
    let score = scored(&points, &truth, Method::Flow);
    assert_eq!((score.jumps, score.merges), (0, 0), "{score:?}");
}

#[test]
fn ships_at_the_pier_and_one_that_casts_off_are_told_apart() {
    let mut scene = Scene::new(4);
    for berth in 0..4 {
        let from = destination(at(10.0, 55.0), 90.0, 60.0 * f64::from(berth));
        scene.ship(from, 7 * i64::from(berth), 20, 3.0, &[(0.0, 0.0, 200)]);
    }
    scene.ship(
        destination(at(10.0, 55.0), 0.0, 80.0),
        1,
        20,
        3.0,
        &[(0.0, 0.0, 90), (0.0, 8.0, 90)],
    );
    let (points, truth) = scene.points();
    let score = scored(&points, &truth, Method::Flow);
    assert_eq!((score.jumps, score.merges), (0, 0), "{score:?}");
}

#[test]
fn flow_errs_less_than_cbtr_where_ships_are_many_and_points_few() {
    let mut scene = Scene::new(5);
    for ship in 0..40_i64 {
        let from = at(10.0 + scene.rng.between(0.0, 0.3), 55.0 + scene.rng.between(0.0, 0.2));
        let (course, speed) = (scene.rng.between(0.0, 360.0), scene.rng.between(4.0, 16.0));
        let legs = [(course, speed, 20), (course + 20.0, speed, 20), (course - 15.0, speed, 20)];
        scene.ship(from, ship, 60, 20.0, &legs);
    }
    let (points, truth) = scene.points();
    let errors = |method| {
        let score = scored(&points, &truth, method);
        score.jumps + score.merges
    };
    let (flow, cbtr) = (errors(Method::Flow), errors(Method::Cbtr));
    assert!(flow < cbtr && flow <= 4, "{flow} {cbtr}");
}

#[test]
fn the_order_of_rows_changes_no_track_whatever_the_method() {
    let mut scene = Scene::new(6);
    for ship in 0..6_i64 {
        let from = at(10.0 + 0.01 * ship as f64, 55.0);
        scene.ship(from, ship, 10, 4.0, &[(40.0 * ship as f64, 3.0 * ship as f64, 80)]);
    }
    let (points, _) = scene.points();
    let n = points.len() as u32;
    let mut order: Vec<u32> = (0..n).collect();
    scene.rng.shuffle(&mut order);
    let turned = points.at(&order);
    let known = vec![0; n as usize];
    for (name, method) in <Method as crate::base::params::Choice>::CASES {
        let params = AssociateParams { method: *method, ..AssociateParams::default() };
        let params = Checked::new(&params).unwrap();
        let there = associate(&points, Some(&known), &params, &Job::default()).unwrap();
        let here = associate(&turned, Some(&known), &params, &Job::default()).unwrap();
        for (row, from) in order.iter().enumerate() {
            assert_eq!(here.labels[row], there.labels[*from as usize], "{name}");
            let to = here.links[row].map(|to| order[to as usize]);
            assert_eq!(to, there.links[*from as usize], "{name}");
        }
    }
}

#[test]
fn ties_are_decided_alike_whatever_the_order_of_rows_and_the_number_of_cores() {
    // Two ships that are mirror images, every point of theirs reported twice, and a third ship that
    // lies just between: equal costs wherever one looks.
    let mut rows: Vec<(i64, Position)> = Vec::new();
    for step in 0..40_i64 {
        let north = 0.001 * step as f64;
        for lon in [9.995, 10.0, 10.005] {
            rows.extend([(step * 60_000, at(lon, north)); 2]);
        }
    }
    let points = |rows: &[(i64, Position)]| {
        let (t_ms, places) = rows.iter().copied().unzip();
        Points::new(t_ms, places, vec![3.6; rows.len()], vec![0.0; rows.len()]).unwrap()
    };
    // Of points that are alike in everything it is open which is which: their labels are compared
    // as a set.
    let told = |rows: &[(i64, Position)], method: Method, cores: usize| {
        let params = AssociateParams { method, ..AssociateParams::default() };
        let params = Checked::new(&params).unwrap();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(cores).build().unwrap();
        let found = pool.install(|| associate(&points(rows), None, &params, &Job::default()));
        let labels = found.unwrap().labels;
        let mut told: Vec<(i64, u64, u32)> = rows
            .iter()
            .zip(labels)
            .map(|((t_ms, place), label)| (*t_ms, place.lon_deg.to_bits(), label))
            .collect();
        told.sort_unstable();
        told
    };
    let mut shuffled = rows.clone();
    Rng::new(11, 0).shuffle(&mut shuffled);
    for (name, method) in <Method as crate::base::params::Choice>::CASES {
        if *method != Method::Npc {
            let expected = told(&rows, *method, 1);
            assert_eq!(told(&shuffled, *method, 1), expected, "{name}");
            assert_eq!(told(&shuffled, *method, 3), expected, "{name} on three cores");
        }
    }
}

#[test]
fn reports_that_were_heard_twice_change_no_track() {
    let mut scene = Scene::new(10);
    for ship in 0..4_i64 {
        scene.ship(at(10.0 + 0.05 * ship as f64, 55.0), ship, 10, 3.0, &[(0.0, 10.0, 100)]);
    }
    let (once, truth_once) = scene.points();
    let copies = scene.rows.clone();
    scene.rows.extend(copies.iter().step_by(2));
    let (points, truth) = scene.points();
    for method in [Method::Flow, Method::Cbtr] {
        let expected = scored(&once, &truth_once, method);
        let score = scored(&points, &truth, method);
        let errors = |score: &Score| (score.tracks, score.jumps, score.merges);
        assert_eq!(errors(&score), errors(&expected), "{method:?}");
        assert_eq!(score.correct_neighbor_rate, 1.0);
    }
}

#[test]
fn speeds_without_courses_and_courses_without_speeds_are_made_use_of() {
    let mut scene = Scene::new(12);
    for ship in 0..5_i64 {
        let course = 72.0 * ship as f64;
        let back = destination(at(10.0, 55.0), course + 180.0, 6000.0);
        scene.ship(back, 400 * ship, 10, 3.0, &[(course, 8.0 + ship as f64, 240)]);
    }
    let (points, truth) = scene.points();
    let of = |speeds: &[f32], courses: &[f32]| {
        let (t_ms, places) = (points.t_ms().to_vec(), points.positions().to_vec());
        Points::new(t_ms, places, speeds.to_vec(), courses.to_vec()).unwrap()
    };
    for (what, points) in [
        ("speeds", of(points.sog_kn(), &[])),
        ("courses", of(&[], points.cog_deg())),
        ("neither", of(&[], &[])),
    ] {
        let score = scored(&points, &truth, Method::Flow);
        assert_eq!((score.jumps, score.merges), (0, 0), "{what}: {score:?}");
    }
}

#[test]
fn cbtr_gets_what_its_theorems_promise() {
    // Ships apart, reports dense: nearly every neighbor is right, and hardly a ship is joined.
    let mut scene = Scene::new(13);
    scene.ship(at(10.0, 55.0), 0, 10, 3.0, &[(90.0, 8.0, 200)]);
    let behind = destination(destination(at(10.0, 55.0), 0.0, 300.0), 270.0, 1200.0);
    scene.ship(behind, 4, 10, 3.0, &[(90.0, 13.0, 200)]);
    for lane in 1..4 {
        let from = destination(at(10.0, 55.0), 180.0, 400.0 * f64::from(lane));
        scene.ship(from, i64::from(lane), 10, 3.0, &[(90.0, 12.0, 200)]);
    }
    scene.ship(destination(at(10.0, 55.0), 200.0, 4000.0), 7, 10, 3.0, &[(20.0, 15.0, 150)]);
    scene.ship(at(10.1, 55.1), 5, 20, 1.0, &[(0.0, 0.0, 100)]);
    let (points, truth) = scene.points();
    let score = scored(&points, &truth, Method::Cbtr);
    assert!(score.correct_neighbor_rate >= 0.99 && score.merges <= 2, "{score:?}");
}

#[test]
fn the_truth_is_only_read_by_what_learns_from_it() {
    let mut scene = Scene::new(7);
    for ship in 0..5_i64 {
        scene.ship(at(10.0 + 0.02 * ship as f64, 55.0), ship, 10, 4.0, &[(0.0, 8.0, 60)]);
    }
    let (points, truth) = scene.points();
    let mut permuted = truth.clone();
    scene.rng.shuffle(&mut permuted);
    for (name, method) in <Method as crate::base::params::Choice>::CASES {
        let params = AssociateParams { method: *method, ..AssociateParams::default() };
        let params = Checked::new(&params).unwrap();
        let run = |known: &[u32]| {
            let found = associate(&points, Some(known), &params, &Job::default()).unwrap();
            (found.labels, found.links, found.why)
        };
        assert_eq!(run(&truth) == run(&permuted), *method != Method::Npc, "{name}");
    }
}

#[test]
fn positions_alone_are_enough_for_ships_that_are_apart() {
    let mut scene = Scene::new(8);
    for ship in 0..6_i64 {
        let from = at(10.0 + 0.03 * ship as f64, 55.0);
        scene.ship(from, ship, 10, 3.0, &[(0.0, 5.0 + 2.0 * ship as f64, 80), (30.0, 9.0, 80)]);
    }
    let (points, truth) = scene.points();
    let bare =
        Points::new(points.t_ms().to_vec(), points.positions().to_vec(), Vec::new(), Vec::new());
    let bare = bare.unwrap();
    for method in [Method::Flow, Method::Cbtr] {
        let score = scored(&bare, &truth, method);
        assert!(score.correct_neighbor_rate > 0.99 && score.merges == 0, "{method:?} {score:?}");
    }
}

#[test]
fn odd_input_ends_without_harm_whatever_the_method() {
    let place = at(10.0, 55.0);
    let nowhere = at(f64::NAN, 0.0);
    let scenes = [
        ("nothing", vec![], vec![]),
        ("one point", vec![5], vec![place]),
        ("all at one time", vec![5; 30], vec![place; 30]),
        ("all alike but in time", (0..30).collect(), vec![place; 30]),
        ("no places", vec![1, 2, 3], vec![nowhere; 3]),
        ("times beyond all calendars", vec![i64::MIN, 0, i64::MAX], vec![place; 3]),
        (
            "both poles and the date line",
            vec![0, 1000, 2000],
            vec![at(0.0, 90.0), at(180.0, -90.0), at(-180.0, 0.0)],
        ),
    ];
    for (what, t_ms, places) in scenes {
        let n = t_ms.len();
        for speeds in [Vec::new(), vec![5.0; n], vec![f32::INFINITY; n], vec![-3.0; n]] {
            let points = Points::new(t_ms.clone(), places.clone(), speeds, vec![90.0; n]).unwrap();
            for (name, method) in <Method as crate::base::params::Choice>::CASES {
                let params = AssociateParams { method: *method, ..AssociateParams::default() };
                let params = Checked::new(&params).unwrap();
                let known = vec![0; n];
                let found = match associate(&points, Some(&known), &params, &Job::default()) {
                    Err(crate::base::job::Stopped::Failed(fault)) if *method == Method::Lstm => {
                        assert!(fault.contains("links to learn from"), "{what} {name}: {fault}");
                        continue;
                    }
                    found => found.unwrap(),
                };
                assert_eq!(found.labels.len(), n, "{what} {name}");
                assert!(found.labels.iter().all(|label| (*label as usize) < found.tracks.max(1)));
                if matches!(method, Method::Flow | Method::Cbtr) {
                    let forward = |row: usize| {
                        let is_later = |to: u32| t_ms[to as usize] > t_ms[row];
                        found.why[row] == Why::Repeated || found.links[row].is_none_or(is_later)
                    };
                    assert!((0..n).all(forward), "{what} {name}: forward in time");
                }
            }
        }
    }
}

#[test]
fn points_at_one_time_are_never_linked() {
    let points =
        Points::new(vec![7; 20], vec![at(10.0, 55.0); 20], Vec::new(), Vec::new()).unwrap();
    let params = Checked::new(&AssociateParams::default()).unwrap();
    let found = associate(&points, None, &params, &Job::default()).unwrap();
    assert_eq!(found.tracks, 20);
    assert!(found.why.iter().all(|why| *why == Why::NoCandidate));
}

#[test]
fn a_cancelled_job_gives_no_tracks() {
    let mut scene = Scene::new(9);
    scene.ship(at(10.0, 55.0), 0, 10, 3.0, &[(0.0, 5.0, 50)]);
    let (points, truth) = scene.points();
    for (name, method) in <Method as crate::base::params::Choice>::CASES {
        let params = AssociateParams { method: *method, ..AssociateParams::default() };
        let job = Job::default();
        job.cancel();
        let found = associate(&points, Some(&truth), &Checked::new(&params).unwrap(), &job);
        assert!(found.is_err(), "{name}");
    }
}

#[test]
fn the_next_point_connection_says_that_it_needs_labels() {
    let points = Points::new(vec![7], vec![at(10.0, 55.0)], Vec::new(), Vec::new()).unwrap();
    let params = AssociateParams { method: Method::Npc, ..AssociateParams::default() };
    let found = associate(&points, None, &Checked::new(&params).unwrap(), &Job::default());
    assert!(found.unwrap_err().to_string().contains("npc-cluster"));
}

#[test]
fn gates_that_leave_nothing_between_them_are_refused() {
    let cbtr = CbtrParams { least_gap_s: 20.0, longest_gap_s: 10.0, ..CbtrParams::default() };
    let faults = Checked::new(&AssociateParams { cbtr, ..AssociateParams::default() }).unwrap_err();
    assert_eq!(faults, ["least_gap is 20 s; it must not exceed longest_gap, 10 s"]);
}
