//! Significance against Douglas-Peucker written down plainly.

use super::super::*;
use crate::base::rng::Rng;

/// A line as a ship sails it: a walk whose course drifts, with scatter, stops and, now and then,
/// the same place twice.
pub(super) fn walk(rng: &mut Rng, n: usize) -> Line {
    let mut line = Line::default();
    let (mut x_m, mut y_m, mut t_s, mut course) = (0.0, 0.0, 0.0, rng.between(0.0, 6.3));
    let scatter_m = if rng.happens(0.5) { 8.0 } else { 0.0 };
    for _ in 0..n {
        line.x_m.push(x_m + scatter_m * rng.normal());
        line.y_m.push(y_m + scatter_m * rng.normal());
        line.t_s.push(t_s);
        if rng.happens(0.95) {
            course += 0.2 * rng.normal();
            x_m += 100.0 * f64::cos(course);
            y_m += 100.0 * f64::sin(course);
        }
        t_s += rng.between(2.0, 60.0);
    }
    line
}

/// The distance of point `at` from the chord between `a` and `b`, by the book.
pub(super) fn distance_m(line: &Line, ruler: Ruler, at: usize, a: usize, b: usize) -> f64 {
    let (dx, dy) = (line.x_m[b] - line.x_m[a], line.y_m[b] - line.y_m[a]);
    let (px, py) = (line.x_m[at] - line.x_m[a], line.y_m[at] - line.y_m[a]);
    let share = match ruler {
        Ruler::Nearest => {
            let square = dx * dx + dy * dy;
            if square > 0.0 { ((px * dx + py * dy) / square).clamp(0.0, 1.0) } else { 0.0 }
        }
        Ruler::Synchronous => {
            (line.t_s[at] - line.t_s[a]) / (line.t_s[b] - line.t_s[a]).max(f64::MIN_POSITIVE)
        }
    };
    (px - share * dx).hypot(py - share * dy)
}

/// Douglas-Peucker by recursion, as it is taught.
fn plain(line: &Line, ruler: Ruler, tolerance_m: f64, a: usize, b: usize, mask: &mut [bool]) {
    (mask[a], mask[b]) = (true, true);
    let mut farthest = (a, 0.0);
    for at in a + 1..b {
        let distance_m = distance_m(line, ruler, at, a, b);
        if distance_m > farthest.1 {
            farthest = (at, distance_m);
        }
    }
    if farthest.1 > tolerance_m {
        plain(line, ruler, tolerance_m, a, farthest.0, mask);
        plain(line, ruler, tolerance_m, farthest.0, b, mask);
    }
}

fn measured(line: &Line, ruler: Ruler) -> Vec<f32> {
    let mut values = vec![-1.0; line.len()];
    significance(line, ruler, &mut values, &Job::default()).unwrap();
    values
}

fn line(points: &[(f64, f64)]) -> Line {
    Line {
        x_m: points.iter().map(|point| point.0).collect(),
        y_m: points.iter().map(|point| point.1).collect(),
        t_s: (0..points.len()).map(|at| at as f64).collect(),
    }
}

#[test]
fn significance_at_any_tolerance_is_plain_douglas_peucker() {
    let mut rng = Rng::new(11, 0);
    for round in 0..600 {
        let n = if round < 400 { 2 + rng.below(60) } else { 2 + rng.below(900) };
        let line = walk(&mut rng, n);
        for ruler in [Ruler::Nearest, Ruler::Synchronous] {
            let values = measured(&line, ruler);
            for _ in 0..5 {
                let tolerance_m = 10.0_f64.powf(rng.between(-1.0, 4.0));
                let mut mask = vec![false; n];
                plain(&line, ruler, tolerance_m, 0, n - 1, &mut mask);
                let kept: Vec<bool> =
                    values.iter().map(|value| f64::from(*value) > tolerance_m).collect();
                assert_eq!(kept, mask, "{n} points, {ruler:?}, {tolerance_m} m");
            }
        }
    }
}

#[test]
fn long_lines_are_split_as_short_ones_are() {
    // More points than are split at once, and than a block of places holds.
    let mut rng = Rng::new(12, 0);
    let line = walk(&mut rng, 20_000);
    let values = measured(&line, Ruler::Nearest);
    for tolerance_m in [3.0, 50.0, 1000.0] {
        let mut mask = vec![false; line.len()];
        plain(&line, Ruler::Nearest, tolerance_m, 0, line.len() - 1, &mut mask);
        let kept: Vec<bool> = values.iter().map(|value| f64::from(*value) > tolerance_m).collect();
        assert_eq!(kept, mask, "{tolerance_m} m");
    }
}

#[test]
fn what_is_dropped_never_lies_further_off_than_the_tolerance() {
    let mut rng = Rng::new(13, 0);
    for _ in 0..300 {
        let n = 3 + rng.below(300);
        let line = walk(&mut rng, n);
        let tolerance_m = 10.0_f64.powf(rng.between(0.0, 3.5));
        for ruler in [Ruler::Nearest, Ruler::Synchronous] {
            let values = measured(&line, ruler);
            let kept: Vec<usize> =
                (0..n).filter(|at| f64::from(values[*at]) > tolerance_m).collect();
            assert_eq!((kept[0], kept[kept.len() - 1]), (0, n - 1), "ends are kept");
            for chord in kept.windows(2) {
                for at in chord[0] + 1..chord[1] {
                    let off_m = distance_m(&line, ruler, at, chord[0], chord[1]);
                    assert!(off_m <= tolerance_m * (1.0 + 1e-12), "{off_m} of {tolerance_m}");
                }
            }
        }
    }
}

#[test]
fn compressing_twice_changes_nothing() {
    let mut rng = Rng::new(14, 0);
    for _ in 0..300 {
        let n = 2 + rng.below(400);
        let line = walk(&mut rng, n);
        let tolerance_m = f64::from(10.0_f32.powf(rng.between(0.0, 3.5) as f32));
        let values = measured(&line, Ruler::Nearest);
        let kept: Vec<usize> = (0..n).filter(|at| f64::from(values[*at]) > tolerance_m).collect();
        let of = |column: &[f64]| kept.iter().map(|at| column[*at]).collect();
        let once = Line { x_m: of(&line.x_m), y_m: of(&line.y_m), t_s: of(&line.t_s) };
        let again = measured(&once, Ruler::Nearest);
        assert!(again.iter().all(|value| f64::from(*value) > tolerance_m), "{again:?}");
    }
}

#[test]
fn a_corner_matters_by_its_height_and_nothing_below_it_by_more() {
    // A hill 30 m high.
    let hill = line(&[(0.0, 0.0), (100.0, 30.0), (200.0, 0.0)]);
    assert_eq!(measured(&hill, Ruler::Nearest), [f32::INFINITY, 30.0, f32::INFINITY]);
    // Out, back and out again: what is found below a split never matters more than that split.
    let spike = line(&[(0.0, 0.0), (100.0, 40.0), (40.0, 20.0), (140.0, 30.0)]);
    let values = measured(&spike, Ruler::Nearest);
    assert!(values[2] <= values[1], "{values:?}");
}

#[test]
fn beyond_an_end_the_distance_is_that_to_the_end() {
    // The turning point lies 30 m behind the first and 40 m beside it.
    let back = line(&[(0.0, 0.0), (-30.0, 40.0), (100.0, 0.0)]);
    assert_eq!(measured(&back, Ruler::Nearest)[1], 50.0);
    // A round trip: its chord is one point.
    let round = line(&[(0.0, 0.0), (60.0, 80.0), (0.0, 0.0)]);
    assert_eq!(measured(&round, Ruler::Nearest)[1], 100.0);
}

#[test]
fn a_ship_that_slows_down_matters_to_the_clock_alone() {
    let slow = line(&[(0.0, 0.0), (10.0, 0.0), (100.0, 0.0)]);
    assert_eq!(measured(&slow, Ruler::Nearest)[1], 0.0);
    // Halfway in time it would be at 50 m.
    assert_eq!(measured(&slow, Ruler::Synchronous)[1], 40.0);
}

#[test]
fn degenerate_lines_are_measured_too() {
    assert!(measured(&line(&[]), Ruler::Nearest).is_empty());
    assert_eq!(measured(&line(&[(1.0, 2.0)]), Ruler::Nearest), [f32::INFINITY]);
    assert_eq!(measured(&line(&[(1.0, 2.0); 2]), Ruler::Nearest), [f32::INFINITY; 2]);
    // A hundred thousand reports of a ship at its berth: at once, and none but the ends kept.
    let berth = measured(&line(&vec![(7.0, 7.0); 100_000]), Ruler::Nearest);
    assert!(berth[1..99_999].iter().all(|value| *value == 0.0));
    for ruler in [Ruler::Nearest, Ruler::Synchronous] {
        for gaps in [&[1][..], &[0, 3], &[2, 3, 4, 5, 6], &[6], &[0, 1, 2, 3, 4, 5, 6]] {
            let mut points = vec![
                (0.0, 0.0),
                (10.0, 9.0),
                (20.0, 0.0),
                (30.0, 9.0),
                (40.0, 1.0),
                (50.0, 3.0),
                (60.0, 0.0),
            ];
            gaps.iter().for_each(|gap| points[*gap] = (f64::NAN, f64::NAN));
            let values = measured(&line(&points), ruler);
            let inner = gaps.iter().filter(|gap| (1..6).contains(*gap));
            inner.for_each(|gap| assert_eq!(values[*gap], 0.0, "{gaps:?}"));
        }
    }
}

#[test]
fn rounding_goes_up_for_points_and_down_for_tolerances() {
    use super::super::significance::{down, up};
    let mut rng = Rng::new(15, 0);
    for _ in 0..10_000 {
        let (value, limit) = (rng.between(0.0, 500.0), rng.between(0.0, 500.0));
        assert!(f64::from(up(value)) >= value && f64::from(down(value)) <= value);
        assert!(f64::from(up(value).next_down()) < value);
        assert_eq!(up(value) > down(limit), f64::from(up(value)) > limit);
        let exact = f64::from(value as f32);
        assert_eq!((up(exact), down(exact)), (value as f32, value as f32));
    }
    assert_eq!((up(f64::INFINITY), up(0.0)), (f32::INFINITY, 0.0));
}
