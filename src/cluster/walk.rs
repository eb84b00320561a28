//! The walk through all trips that always steps to the nearest one not yet visited: the order of
//! OPTICS.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::matrix::Square;
use super::near::Neighbors;
use crate::base::job::{Job, Stopped};

/// One step of a walk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// The trip stepped to.
    pub trip: u32,
    /// How far that step was; infinite where the walk begins.
    pub reach: f32,
}

/// Walks through all trips from trip 0. A step from `a` to `b` is as long as the larger of their
/// distance and `core[a]`. Of equally near trips the first is taken; where all are infinitely far,
/// the walk begins anew at the first that is left.
///
/// Takes O(n²) time: for each trip one pass over its row, in lanes.
pub(super) fn walk(square: &Square, core: &[f32], job: &Job) -> Result<Vec<Step>, Stopped> {
    let n = square.len();
    job.expect(n);
    // A visited trip has an infinite threshold, so that no step is shorter than what it has.
    let mut threshold = vec![0.0; n];
    let mut reach = vec![f32::INFINITY; n];
    let mut is_visited = vec![false; n];
    let mut steps = Vec::with_capacity(n);
    let mut first_open = 0;
    let mut here = 0;
    while steps.len() < n {
        steps.push(Step { trip: here as u32, reach: reach[here] });
        is_visited[here] = true;
        threshold[here] = f32::INFINITY;
        reach[here] = f32::INFINITY;
        let nearest = relax(square.row(here), core[here], &threshold, &mut reach);
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

/// The same walk where only neighbors can be reached. Takes time that grows with their number.
pub(super) fn walk_near(near: &Neighbors, core: &[f32], job: &Job) -> Result<Vec<Step>, Stopped> {
    let n = near.len();
    job.expect(n);
    let mut reach = vec![f32::INFINITY; n];
    let mut is_visited = vec![false; n];
    let mut steps = Vec::with_capacity(n);
    // Bits of a float that is not below 0 order as the float does. What has been reached by a
    // shorter step since stays in the heap and is passed over.
    let mut open = BinaryHeap::new();
    for first in 0..n {
        open.push(Reverse((f32::INFINITY.to_bits(), first as u32)));
        while let Some(Reverse((bits, here))) = open.pop() {
            let trip = here as usize;
            if std::mem::replace(&mut is_visited[trip], true) {
                continue;
            }
            steps.push(Step { trip: here, reach: f32::from_bits(bits) });
            job.step()?;
            if core[trip] == f32::INFINITY {
                continue;
            }
            for (other, distance) in near.of(trip) {
                let step = if distance > core[trip] { distance } else { core[trip] };
                let other_reach = &mut reach[other as usize];
                if step < *other_reach && !is_visited[other as usize] {
                    *other_reach = step;
                    open.push(Reverse((step.to_bits(), other)));
                }
            }
        }
    }
    Ok(steps)
}

const LANES: usize = 8;

/// Shortens what is nearer from a trip with this row and core distance, and gives the shortest reach
/// of all.
fn relax(row: &[f32], core: f32, threshold: &[f32], reach: &mut [f32]) -> f32 {
    let larger = |a: f32, b: f32| if a > b { a } else { b };
    let smaller = |a: f32, b: f32| if a < b { a } else { b };
    let shorten = |row: f32, threshold: f32, reach: &mut f32, shortest: &mut f32| {
        *reach = smaller(larger(larger(row, core), threshold), *reach);
        *shortest = smaller(*reach, *shortest);
    };
    let mut shortest = [f32::INFINITY; LANES];
    let (rows, row) = row.as_chunks::<LANES>();
    let (thresholds, threshold) = threshold.as_chunks::<LANES>();
    let (reaches, reach) = reach.as_chunks_mut::<LANES>();
    for ((row, threshold), reach) in rows.iter().zip(thresholds).zip(reaches) {
        for lane in 0..LANES {
            shorten(row[lane], threshold[lane], &mut reach[lane], &mut shortest[lane]);
        }
    }
    for ((row, threshold), reach) in row.iter().zip(threshold).zip(reach) {
        shorten(*row, *threshold, reach, &mut shortest[0]);
    }
    shortest.into_iter().fold(f32::INFINITY, smaller)
}
