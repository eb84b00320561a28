//! RDP2 and the sliding window.

use super::super::*;
use super::plain::{distance_m, walk};
use crate::base::rng::Rng;

fn line(points: &[(f64, f64)]) -> Line {
    Line {
        x_m: points.iter().map(|point| point.0).collect(),
        y_m: points.iter().map(|point| point.1).collect(),
        t_s: (0..points.len()).map(|at| at as f64).collect(),
    }
}

fn by_rdp2(line: &Line, tolerance_m: f64, slope_deg: f64) -> (Vec<usize>, usize) {
    let mut mask = vec![true; line.len()];
    let calls = rdp2(line, tolerance_m, slope_deg, &mut mask, &Job::default()).unwrap();
    ((0..line.len()).filter(|at| mask[*at]).collect(), calls)
}

fn by_window(line: &Line, tolerance_m: f64) -> Vec<usize> {
    let mut mask = vec![true; line.len()];
    sliding_window(line, tolerance_m, &mut mask, &Job::default()).unwrap();
    (0..line.len()).filter(|at| mask[*at]).collect()
}

/// A wave: 1 up, 1 down, 100 m high, over 2,000 m.
fn wave() -> Line {
    let point = |i: i32| {
        let x_m = 20.0 * f64::from(i);
        (x_m, 100.0 * f64::sin(x_m / 2000.0 * std::f64::consts::TAU))
    };
    line(&(0..=100).map(point).collect::<Vec<_>>())
}

#[test]
fn rdp2_takes_the_crest_and_the_trough_of_a_wave_at_once() {
    let (kept, calls) = by_rdp2(&wave(), 50.0, 5.0);
    assert_eq!(kept, [0, 25, 75, 100]);
    // The whole and its three pieces; Douglas-Peucker looks at five chords: whole, two, two.
    assert_eq!(calls, 4);
}

#[test]
fn rdp2_splits_three_times_where_douglas_peucker_splits_five_times() {
    // The kind of curve in the paper's figure 4: three crests and two troughs, rounded.
    let turns =
        [(0, 0), (300, 250), (600, -150), (1000, 400), (1400, -400), (1700, 200), (2000, 0)]
            .map(|(x, y)| (f64::from(x), f64::from(y)));
    let mut points = vec![turns[0]];
    for pair in turns.windows(2) {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        points.extend((1..=40).map(|i| {
            let share = f64::from(i) / 40.0;
            let rise = (1.0 - (share * std::f64::consts::PI).cos()) / 2.0;
            (pair[0].0 + share * dx, pair[0].1 + rise * dy)
        }));
    }
    let curve = line(&points);
    let (kept, calls) = by_rdp2(&curve, 60.0, 10.0);
    assert_eq!(kept, [0, 36, 82, 120, 160, 197, 240]);
    // Each split gives as many points as new chords but one: (P3, P4), (P1, P2), P5 in the paper.
    let points = kept.len() - 2;
    assert_eq!(calls - 1 - points, 3);
    // Douglas-Peucker: P3, P2, P1, P5, P4, one after the other.
    let (mut splits, mut stack) = (0, vec![(0, 240)]);
    while let Some((a, b)) = stack.pop() {
        let off_m = |at: &usize| distance_m(&curve, Ruler::Nearest, *at, a, b);
        let farthest = (a + 1..b).max_by(|a, b| off_m(a).total_cmp(&off_m(b)));
        if let Some(at) = farthest.filter(|at| off_m(at) > 60.0) {
            splits += 1;
            stack.extend([(a, at), (at, b)]);
        }
    }
    assert_eq!(splits, 5);
}

#[test]
fn rdp2_goes_through_meridians_as_through_parallels() {
    let Line { x_m, y_m, t_s } = wave();
    let turned = Line { x_m: y_m, y_m: x_m, t_s };
    assert_eq!(by_rdp2(&turned, 50.0, 5.0).0, [0, 25, 75, 100]);
}

#[test]
fn rdp2_wants_points_where_the_track_runs_parallel() {
    // A corner 100 m off: the legs' mean direction there is 18 degrees off the chord's.
    let corner = line(&[(0.0, 0.0), (100.0, 100.0), (1000.0, 0.0)]);
    let turn_deg = (45.0 - f64::atan2(100.0, 900.0).to_degrees()) / 2.0;
    assert!((turn_deg - 19.3).abs() < 0.1);
    assert_eq!(by_rdp2(&corner, 50.0, 19.0).0, [0, 2]);
    assert_eq!(by_rdp2(&corner, 50.0, 20.0).0, [0, 1, 2]);
}

#[test]
fn rdp2_with_any_slope_stays_within_the_tolerance_of_the_endless_line() {
    let mut rng = Rng::new(21, 0);
    for _ in 0..200 {
        let n = 3 + rng.below(200);
        let line = walk(&mut rng, n);
        let tolerance_m = rng.between(5.0, 500.0);
        let (kept, _) = by_rdp2(&line, tolerance_m, 90.0);
        assert_eq!((kept[0], kept[kept.len() - 1]), (0, n - 1));
        for chord in kept.windows(2) {
            let (a, b) = (chord[0], chord[1]);
            let (dx, dy) = (line.x_m[b] - line.x_m[a], line.y_m[b] - line.y_m[a]);
            for at in a + 1..b {
                let across = dx * (line.y_m[at] - line.y_m[a]) - dy * (line.x_m[at] - line.x_m[a]);
                assert!(across.abs() <= tolerance_m * dx.hypot(dy) * (1.0 + 1e-9));
            }
        }
    }
}

#[test]
fn the_window_breaks_before_the_point_that_does_not_fit() {
    // Ten points east, then ten north: the corner is kept when it would be cut by more than 5 m.
    let mut points: Vec<(f64, f64)> = (0..10).map(|i| (f64::from(i) * 100.0, 0.0)).collect();
    points.extend((1..10).map(|i| (900.0, f64::from(i) * 100.0)));
    let kept = by_window(&line(&points), 5.0);
    assert_eq!(kept, [0, 9, 18]);
}

#[test]
fn the_window_stays_within_the_tolerance() {
    let mut rng = Rng::new(22, 0);
    for _ in 0..200 {
        let n = 2 + rng.below(300);
        let line = walk(&mut rng, n);
        let tolerance_m = rng.between(5.0, 500.0);
        let kept = by_window(&line, tolerance_m);
        assert_eq!((kept[0], kept[kept.len() - 1]), (0, n - 1));
        for chord in kept.windows(2) {
            for at in chord[0] + 1..chord[1] {
                let off_m = distance_m(&line, Ruler::Nearest, at, chord[0], chord[1]);
                assert!(off_m <= tolerance_m * (1.0 + 1e-9), "{off_m} of {tolerance_m}");
            }
        }
    }
}

#[test]
fn a_straight_day_at_sea_takes_a_point_every_500() {
    let straight: Vec<(f64, f64)> = (0..2001).map(|i| (f64::from(i) * 50.0, 0.0)).collect();
    assert_eq!(by_window(&line(&straight), 10.0), [0, 500, 1000, 1500, 2000]);
}

#[test]
fn points_without_a_position_are_no_ends() {
    let nowhere = (f64::NAN, f64::NAN);
    let gappy = line(&[(0.0, 0.0), nowhere, (100.0, 0.0), nowhere, (100.0, 90.0), (100.0, 180.0)]);
    assert_eq!(by_window(&gappy, 5.0), [0, 2, 5]);
    assert_eq!(by_rdp2(&gappy, 5.0, 90.0).0, [0, 2, 5]);
    for points in [&[][..], &[(0.0, 0.0)], &[(0.0, 0.0); 2], &[nowhere; 4], &[(1.0, 1.0); 5]] {
        let line = line(points);
        let ends = if points.len() < 3 { points.len() } else { 2 };
        assert_eq!(by_rdp2(&line, 5.0, 10.0).0.len(), ends);
        assert!(by_window(&line, 5.0).len() >= ends);
    }
}
