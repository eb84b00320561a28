//! The walk through all trips that always steps to the nearest one not yet visited: Prim's tree and
//! the order of OPTICS are both of this kind.

use super::matrix::Square;
use crate::base::job::{Job, Stopped};

/// One step of a walk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// The trip stepped to.
    pub trip: u32,
    /// The visited trip from which it was nearest; the trip itself at the walk's beginning.
    pub from: u32,
    /// How far that step was; infinite where the walk begins.
    pub reach: f32,
}

/// Walks through all trips from trip 0. A step from `a` to `b` is as long as the largest of their
/// distance, `core[a]` and, if `is_mutual`, `core[b]`. Of equally near trips the first is taken.
///
/// Takes O(n²) time: for each trip one pass over its row, in lanes.
pub(super) fn walk(
    square: &Square,
    core: &[f32],
    is_mutual: bool,
    job: &Job,
) -> Result<Vec<Step>, Stopped> {
    let n = square.len();
    job.expect(n);
    // A visited trip has an infinite threshold, so that no step is shorter than what it has.
    let mut threshold = if is_mutual { core.to_vec() } else { vec![0.0; n] };
    let mut reach = vec![f32::INFINITY; n];
    let mut from: Vec<u32> = (0..n as u32).collect();
    let mut is_visited = vec![false; n];
    let mut steps = Vec::with_capacity(n);
    let mut first_open = 0;
    let mut here = 0;
    while steps.len() < n {
        steps.push(Step { trip: here as u32, from: from[here], reach: reach[here] });
        is_visited[here] = true;
        threshold[here] = f32::INFINITY;
        reach[here] = f32::INFINITY;
        let nearest =
            relax(square.row(here), core[here], here as u32, &threshold, &mut reach, &mut from);
        job.step()?;
        here = if nearest < f32::INFINITY {
            reach.iter().position(|reach| *reach == nearest).expect("the nearest is among them")
        } else {
            while first_open < n && is_visited[first_open] {
                first_open += 1;
            }
            first_open
        };
    }
    Ok(steps)
}

const LANES: usize = 8;

/// Shortens what is nearer from `here` and gives the shortest reach of all.
fn relax(
    row: &[f32],
    core: f32,
    here: u32,
    threshold: &[f32],
    reach: &mut [f32],
    from: &mut [u32],
) -> f32 {
    let larger = |a: f32, b: f32| if a > b { a } else { b };
    let smaller = |a: f32, b: f32| if a < b { a } else { b };
    let mut shortest = [f32::INFINITY; LANES];
    let columns = row
        .chunks(LANES)
        .zip(threshold.chunks(LANES))
        .zip(reach.chunks_mut(LANES).zip(from.chunks_mut(LANES)));
    for ((row, threshold), (reach, from)) in columns {
        let count = row.len();
        if let (Ok(row), Ok(threshold), Ok(reach), Ok(from)) = (
            <&[f32; LANES]>::try_from(row),
            <&[f32; LANES]>::try_from(threshold),
            <&mut [f32; LANES]>::try_from(&mut *reach),
            <&mut [u32; LANES]>::try_from(&mut *from),
        ) {
            for lane in 0..LANES {
                let step = larger(larger(row[lane], core), threshold[lane]);
                let is_shorter = step < reach[lane];
                reach[lane] = if is_shorter { step } else { reach[lane] };
                from[lane] = if is_shorter { here } else { from[lane] };
                shortest[lane] = smaller(reach[lane], shortest[lane]);
            }
        } else {
            for lane in 0..count {
                let step = larger(larger(row[lane], core), threshold[lane]);
                if step < reach[lane] {
                    (reach[lane], from[lane]) = (step, here);
                }
                shortest[lane] = smaller(reach[lane], shortest[lane]);
            }
        }
    }
    shortest.into_iter().fold(f32::INFINITY, smaller)
}
