//! Tracks thinned out for views from afar: a vertex stays if it lies far enough from the last one
//! that stayed. Ends of tracks always stay.
//!
//! Each level is at most half as large as the one before, so that all together are at most twice the
//! first. A level made with tolerance *d* lies nowhere further than 2 *d* from the truth, for it is
//! made from those with *d* / 2, *d* / 4 and so on.

use std::sync::Arc;

use rayon::prelude::*;

use super::boxes::Tree;
use super::near::Near;
use super::vertex::{Vertex, d_x};
use crate::base::job::{Job, Stopped};

/// The finest tolerance that is tried: 19 m at the equator, half a pixel at zoom 12.
const FINEST: u32 = 1 << 10;

/// The coarsest one, half a pixel at zoom 0.
const COARSEST: u32 = 1 << 22;

/// A level of no more vertices than this is fast enough.
const FEW: usize = 20_000;

/// Vertices that one piece of parallel work has, and at most a track more.
const CHUNK: usize = 1 << 16;

/// The largest error on the screen, in pixels, that the choice of a level aims at.
const ERROR_PX: f64 = 0.75;

/// All tracks at one level of detail.
#[derive(Clone, Debug)]
pub struct Level {
    /// Vertices nearer to the one before were left out, in units; 0 for none.
    pub tolerance: u32,
    /// What is left, vessel after vessel.
    pub vertices: Vec<Vertex>,
    /// The boxes around pieces of it.
    pub tree: Arc<Tree>,
    /// The same boxes by place.
    pub near: Near,
}

impl Level {
    fn new(tolerance: u32, vertices: Vec<Vertex>) -> Level {
        let tree = Tree::new(&vertices);
        Level { tolerance, near: Near::new(tree.leaves()), tree: Arc::new(tree), vertices }
    }
}

/// The levels made from `vertices`, of which the first is whole.
pub fn levels(vertices: Vec<Vertex>, job: &Job) -> Result<Vec<Level>, Stopped> {
    let mut levels = vec![Level::new(0, vertices)];
    let mut thinned: Option<Vec<Vertex>> = None;
    let mut tolerance = FINEST;
    while tolerance <= COARSEST && levels.last().is_some_and(|level| level.vertices.len() > FEW) {
        job.go_on()?;
        let last = &levels[levels.len() - 1].vertices;
        let next = thin(thinned.as_ref().unwrap_or(last), tolerance, job)?;
        let is_worth_it = next.len() * 2 <= last.len();
        thinned = if is_worth_it {
            levels.push(Level::new(tolerance, next));
            None
        } else {
            Some(next)
        };
        tolerance *= 2;
    }
    Ok(levels)
}

/// Which of the levels, given by their tolerances, to draw at a scale.
pub fn choose(tolerances: impl Iterator<Item = u32>, px_per_unit: f64) -> usize {
    let is_fine = |tolerance: u32| f64::from(tolerance) * px_per_unit <= ERROR_PX;
    tolerances.take_while(|tolerance| is_fine(*tolerance)).count().saturating_sub(1)
}

fn thin(vertices: &[Vertex], tolerance: u32, job: &Job) -> Result<Vec<Vertex>, Stopped> {
    let parts = split(vertices)
        .into_par_iter()
        .map(|part| {
            job.go_on()?;
            Ok(thin_part(part, tolerance))
        })
        .collect::<Result<Vec<_>, Stopped>>()?;
    Ok(parts.concat())
}

/// Parts of about [`CHUNK`] vertices; no leg goes from one into the next.
fn split(vertices: &[Vertex]) -> Vec<&[Vertex]> {
    let mut parts = Vec::new();
    let mut rest = vertices;
    while rest.len() > CHUNK {
        let more = rest[CHUNK..].iter().position(Vertex::is_first);
        let (part, after) = rest.split_at(more.map_or(rest.len(), |more| CHUNK + more));
        parts.push(part);
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(rest);
    }
    parts
}

fn thin_part(vertices: &[Vertex], tolerance: u32) -> Vec<Vertex> {
    let mut kept = Vec::with_capacity(vertices.len() / 2);
    let mut last = [0, 0];
    for (index, vertex) in vertices.iter().enumerate() {
        let is_last = || vertices.get(index + 1).is_none_or(Vertex::is_first);
        let [x, y] = vertex.place();
        let is_far =
            |least: u32| d_x(last[0], x).unsigned_abs() >= least || last[1].abs_diff(y) >= least;
        if !vertex.is_nowhere() && (vertex.is_first() || is_far(tolerance) || is_last()) {
            last = [x, y];
            kept.push(*vertex);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::map::vertex::WORLD;

    /// A line of `n` vertices `step` units apart, across the date line.
    fn line(n: u32, step: u32) -> Vec<Vertex> {
        let at = |i: u32| [(WORLD - 1000 + i * step) % WORLD, 77];
        (0..n)
            .map(|i| {
                let vertex = Vertex::new(at(i), i, 0, 9.0, 90.0);
                if i == 0 { vertex.first(false) } else { vertex }
            })
            .collect()
    }

    #[test]
    fn what_is_left_lies_far_enough_apart_but_for_the_ends() {
        let kept = thin_part(&line(1000, 10), 95);
        let times: Vec<u32> = kept.iter().map(Vertex::time).collect();
        assert_eq!(times[..3], [0, 10, 20]);
        assert_eq!(times[times.len() - 2..], [990, 999]);
    }

    #[test]
    fn every_level_keeps_the_ends_of_every_track() {
        let tracks: Vec<Vertex> = (0..300).flat_map(|i| line(1500 + i, 400)).collect();
        let ends = |vertices: &[Vertex]| -> Vec<Vertex> {
            let is_end = |i: usize| {
                vertices[i].is_first() || vertices.get(i + 1).is_none_or(Vertex::is_first)
            };
            (0..vertices.len()).filter(|i| is_end(*i)).map(|i| vertices[i]).collect()
        };
        let expected = ends(&tracks);
        let levels = levels(tracks.clone(), &Job::default()).unwrap();
        assert!(levels.len() > 2, "{}", levels.len());
        for level in &levels {
            assert_eq!(ends(&level.vertices), expected);
        }
        let total: usize = levels.iter().map(|level| level.vertices.len()).sum();
        assert!(total <= 2 * tracks.len());
    }

    #[test]
    fn parts_begin_where_tracks_begin() {
        let tracks: Vec<Vertex> = (0..30).flat_map(|_| line(7_001, 40)).collect();
        let parts = split(&tracks);
        assert_eq!(parts.len(), 3);
        assert!(parts.iter().all(|part| part[0].is_first()));
        assert_eq!(parts.concat(), tracks);
        assert_eq!(split(&line(200_000, 1)).len(), 1);
    }

    #[test]
    fn points_without_legs_stay_and_those_without_place_go() {
        let alone = Vertex::new([5, 5], 3, 0, 0.0, 0.0).first(true);
        let kept = thin_part(&[alone, Vertex::nowhere(4), alone], 1 << 20);
        assert_eq!(kept, [alone, alone]);
    }

    #[test]
    fn the_level_fits_the_zoom() {
        let px_per_unit = |zoom: f64| 256.0 * zoom.exp2() / f64::from(WORLD);
        let tolerances = || [0, 1 << 12, 1 << 15, 1 << 20].into_iter();
        assert_eq!(choose(tolerances(), px_per_unit(20.0)), 0);
        assert_eq!(choose(tolerances(), px_per_unit(10.0)), 1);
        assert_eq!(choose(tolerances(), px_per_unit(9.9)), 1);
        assert_eq!(choose(tolerances(), px_per_unit(0.0)), 3);
    }

    #[test]
    fn a_cancelled_job_ends() {
        let job = Job::default();
        job.cancel();
        assert_eq!(levels(line(50_000, 10), &job).err(), Some(Stopped::Cancelled));
    }
}
