//! RDP2: control points where the track runs parallel to its chord.

use super::line::Line;
use crate::base::job::{Job, Stopped};

/// Sets `mask` at the control points of `line` and at its ends, and says how many chords were
/// looked at, which is the number of calls in the paper's recursion.
///
/// Candidates on a chord are the points more than `tolerance_m` off it where the track, over the
/// legs on both sides, runs within `slope_deg` of parallel to it: by the mean value theorem the
/// farthest points are such. It is split at the farthest candidate on each side, into two or three
/// pieces. A point without a position is no candidate.
///
/// The tolerance is no bound of the error: where a corner is so sharp that no point runs parallel,
/// nothing is kept. A `slope_deg` of 90 takes any direction and so is one.
///
/// # Panics
///
/// If `mask` is not as long as the line.
///
/// # Reference
///
/// Tu, Zhang, Mao, Rachmawati, Huang, *Modeling Historical AIS Data For Vessel Path Prediction: A
/// Comprehensive Treatment*, Algorithm 1. Their slopes are infinite on meridians: ours are angles
/// between directions, the mean of both legs' unit vectors in place of the mean slope. Their
/// distances have no sign: ours do, so that the greatest and the least are the farthest to either
/// side; where all candidates lie on one side, only the farthest splits.
pub fn rdp2(
    line: &Line,
    tolerance_m: f64,
    slope_deg: f64,
    mask: &mut [bool],
    job: &Job,
) -> Result<usize, Stopped> {
    assert_eq!(line.len(), mask.len(), "one place a point");
    mask.fill(false);
    let n = line.len();
    if n < 3 {
        mask.fill(true);
        return Ok(0);
    }
    (mask[0], mask[n - 1]) = (true, true);
    let directions = directions(line);
    let limits = Limits { tolerance_m, sine: slope_deg.to_radians().sin() };
    let mut calls = 0;
    let mut stack = vec![(0, n - 1)];
    while let Some((a, b)) = stack.pop() {
        job.go_on()?;
        calls += 1;
        let mut from = a;
        for at in farthest_of_sides(line, &directions, a, b, limits).into_iter().flatten() {
            mask[at] = true;
            if at - from > 1 {
                stack.push((from, at));
            }
            from = at;
        }
        if from > a && b - from > 1 {
            stack.push((from, b));
        }
    }
    Ok(calls)
}

#[derive(Clone, Copy)]
struct Limits {
    tolerance_m: f64,
    sine: f64,
}

/// The farthest candidate on each side of the chord, in the order of the line.
fn farthest_of_sides(
    line: &Line,
    directions: &[(f64, f64)],
    a: usize,
    b: usize,
    limits: Limits,
) -> [Option<usize>; 2] {
    let (dx, dy) = (line.x_m[b] - line.x_m[a], line.y_m[b] - line.y_m[a]);
    let length_m = dx.hypot(dy);
    let mut sides = [(limits.tolerance_m, None); 2];
    for (at, (x, y)) in (a + 1..b).zip(&directions[a + 1..b]) {
        let (px, py) = (line.x_m[at] - line.x_m[a], line.y_m[at] - line.y_m[a]);
        let (distance_m, is_port, is_parallel) = if length_m > 0.0 {
            let across_m = (dx * py - dy * px) / length_m;
            // A little room, for directions are unit vectors but for rounding.
            let is_parallel = (dx * y - dy * x).abs() <= length_m * (limits.sine + 1e-12);
            (across_m.abs(), across_m > 0.0, is_parallel)
        } else {
            // Back where it began: every direction is that of such a chord, and it has one side.
            (px.hypot(py), true, true)
        };
        let farthest = &mut sides[usize::from(is_port)];
        if is_parallel && distance_m > farthest.0 {
            *farthest = (distance_m, Some(at));
        }
    }
    let mut found = [sides[0].1, sides[1].1];
    found.sort_unstable();
    found
}

/// Where the track heads at each point: the mean of both legs' directions, or nowhere (0, 0), which
/// is parallel to anything, where these cancel out or a leg has no length.
fn directions(line: &Line) -> Vec<(f64, f64)> {
    let leg =
        |from: usize, to: usize| unit(line.x_m[to] - line.x_m[from], line.y_m[to] - line.y_m[from]);
    let mut directions = vec![(0.0, 0.0); line.len()];
    for (at, direction) in directions.iter_mut().enumerate().skip(1) {
        if at + 1 < line.len() {
            let (before, after) = (leg(at - 1, at), leg(at, at + 1));
            *direction = unit(before.0 + after.0, before.1 + after.1);
        }
    }
    directions
}

fn unit(x: f64, y: f64) -> (f64, f64) {
    let length = x.hypot(y);
    // Far below what rounding leaves of two unit vectors that cancel out.
    if length > 1e-9 { (x / length, y / length) } else { (0.0, 0.0) }
}
