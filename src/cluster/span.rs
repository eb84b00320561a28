//! The spanning tree of mutual reachability, grown from all trips at once.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rayon::prelude::*;

use super::matrix::Square;
use super::near::Neighbors;
use super::tree::Edge;
use crate::base::job::{Job, Stopped};

/// The edges of the minimum spanning tree by rising length; where some trips are infinitely far from
/// the others, of a tree each.
///
/// Of edges of one length the one with the lower trip comes first, then the one with the lower other
/// trip. Therefore there is one such tree and no other, and what `near` alone tells (`square` none)
/// is its part up to where neighbors are known.
///
/// Every group, at first each trip, takes the shortest edge that leads out of it, and groups so
/// joined go on as one: half as many each round, at worst. Neighbors tell most edges. A whole row is
/// looked at only where an edge that is not among them might be shorter than what the group has, and
/// what was found there serves until the trip it leads to is in the group too.
///
/// # Reference
///
/// Borůvka (1926). March, Ram, Gray (2010), *Fast Euclidean minimum spanning tree*, KDD, prune by
/// bounds in much the same way, on a tree of boxes.
pub(super) fn span(
    near: &Neighbors,
    square: Option<&Square>,
    core: &[f32],
    job: &Job,
) -> Result<Vec<Edge>, Stopped> {
    let n = core.len();
    job.expect(n);
    let mut leads: Vec<u32> = (0..n as u32).collect();
    let mut ways = vec![Way::default(); n];
    let mut keys: Vec<u128> = Vec::with_capacity(n.saturating_sub(1));
    loop {
        let groups: Vec<u32> = (0..n as u32).map(|trip| first_of(&mut leads, trip)).collect();
        let round = Round { near, square, core, groups: &groups };
        ways.par_iter_mut()
            .with_min_len(64)
            .enumerate()
            .for_each(|(trip, way)| round.follow(trip, way));
        round.look_around(&mut ways, job)?;
        let before = keys.len();
        for (group, key) in shortest(&ways, &groups).into_iter().enumerate() {
            let edge = edge_of(key);
            if groups[group] as usize != group || key == NONE {
                continue;
            }
            let (a, b) = (first_of(&mut leads, edge.a), first_of(&mut leads, edge.b));
            // The edge may have been taken from its other side.
            if a != b {
                leads[a.max(b) as usize] = a.min(b);
                keys.push(key);
            }
        }
        job.advance(keys.len() - before)?;
        if keys.len() == before {
            break;
        }
    }
    job.advance(n - keys.len())?;
    keys.sort_unstable();
    Ok(keys.into_iter().map(edge_of).collect())
}

/// In place of an edge where there is none. Every edge is less.
const NONE: u128 = u128::MAX;

/// An edge as a number that orders as edges do.
fn key_of(length: f32, a: u32, b: u32) -> u128 {
    // Bits of a float that is not below 0 order as the float does.
    let ends = (u64::from(a.min(b)) << 32) | u64::from(a.max(b));
    (u128::from(length.to_bits()) << 64) | u128::from(ends)
}

fn edge_of(key: u128) -> Edge {
    Edge { a: (key >> 32) as u32, b: key as u32, length: f32::from_bits((key >> 64) as u32) }
}

fn length_of(key: u128) -> f32 {
    if key == NONE { f32::INFINITY } else { f32::from_bits((key >> 64) as u32) }
}

/// Where the leads from `trip` end; shortens them on the way.
pub(super) fn first_of(leads: &mut [u32], mut trip: u32) -> u32 {
    while leads[trip as usize] != trip {
        let next = leads[trip as usize];
        leads[trip as usize] = leads[next as usize];
        trip = next;
    }
    trip
}

/// What one trip knows of ways out of its group.
#[derive(Clone, Copy)]
struct Way {
    /// The shortest edge out that is known.
    key: u128,
    /// How long any edge out that is not known must be at least.
    least: f32,
    /// So many of the nearest neighbors are in the group already.
    inside: u32,
}

impl Default for Way {
    fn default() -> Way {
        Way { key: NONE, least: 0.0, inside: 0 }
    }
}

/// One round of joining groups.
struct Round<'a> {
    near: &'a Neighbors,
    square: Option<&'a Square>,
    core: &'a [f32],
    groups: &'a [u32],
}

impl Round<'_> {
    /// Brings the way of `trip` up to date as far as neighbors tell.
    fn follow(&self, trip: usize, way: &mut Way) {
        let group = self.groups[trip];
        let is_out = |other: u32| self.groups[other as usize] != group;
        if way.key != NONE {
            let Edge { a, b, length } = edge_of(way.key);
            let other = if a as usize == trip { b } else { a };
            if is_out(other) && length < way.least {
                return;
            }
            if way.least == length.next_up() {
                way.least = length; // Others of its length may be unknown.
            }
        }
        way.key = NONE;
        let core = self.core[trip];
        let mut is_first = true;
        for (other, distance) in self.near.of(trip).skip(way.inside as usize) {
            if distance > length_of(way.key) {
                break;
            }
            if !is_out(other) {
                // Neighbors in the group stay in it.
                way.inside += u32::from(is_first);
                continue;
            }
            is_first = false;
            let length = larger(larger(distance, core), self.core[other as usize]);
            if length < f32::INFINITY {
                way.key = way.key.min(key_of(length, trip as u32, other));
            }
        }
        // Edges grow in number only: what was a bound in an earlier round still is.
        way.least = larger(larger(way.least, self.near.beyond(trip)), core);
    }

    /// Looks at all of a row where an edge that neighbors do not tell may be the shortest of its
    /// group.
    fn look_around(&self, ways: &mut [Way], job: &Job) -> Result<(), Stopped> {
        let Some(square) = self.square else { return Ok(()) };
        // The shortest so far of each group; a shorter one that is found spares others the look.
        let limits: Vec<AtomicU32> = shortest(ways, self.groups)
            .into_iter()
            .map(|key| AtomicU32::new(length_of(key).to_bits()))
            .collect();
        ways.par_iter_mut().with_min_len(16).enumerate().try_for_each(|(trip, way)| {
            let group = self.groups[trip];
            let limit = || f32::from_bits(limits[group as usize].load(Relaxed));
            let is_settled = length_of(way.key) < way.least || way.least == f32::INFINITY;
            if is_settled || way.least > limit() {
                return Ok(());
            }
            job.go_on()?;
            let row = square.row(trip);
            let length = larger(self.shortest_in(row, group), self.core[trip]);
            if length == f32::INFINITY {
                (way.key, way.least) = (NONE, f32::INFINITY);
            } else if length <= limit() {
                let other = self.first_within(row, group, length);
                way.key = key_of(length, trip as u32, other);
                // Nothing as short is unknown until that trip is in the group.
                way.least = length.next_up();
                limits[group as usize].fetch_min(length.to_bits(), Relaxed);
            } else {
                way.least = length;
            }
            Ok(())
        })
    }

    /// The shortest of a row that leads out of `group`, but for the core distance of the row's own.
    fn shortest_in(&self, row: &[f32], group: u32) -> f32 {
        let mut shortest = [f32::INFINITY; LANES];
        let (rows, row) = row.as_chunks::<LANES>();
        let (cores, core) = self.core.as_chunks::<LANES>();
        let (others, other) = self.groups.as_chunks::<LANES>();
        for ((row, core), other) in rows.iter().zip(cores).zip(others) {
            for lane in 0..LANES {
                let length = larger(row[lane], core[lane]);
                let length = if other[lane] == group { f32::INFINITY } else { length };
                shortest[lane] = smaller(length, shortest[lane]);
            }
        }
        for ((row, core), other) in row.iter().zip(core).zip(other) {
            let length = if *other == group { f32::INFINITY } else { larger(*row, *core) };
            shortest[0] = smaller(length, shortest[0]);
        }
        shortest.into_iter().fold(f32::INFINITY, smaller)
    }

    /// The first trip out of `group` that can be reached within `length`.
    fn first_within(&self, row: &[f32], group: u32, length: f32) -> u32 {
        let mut columns = row.iter().zip(self.core).zip(self.groups);
        let first = columns
            .position(|((row, core), other)| *other != group && larger(*row, *core) <= length);
        first.expect("a length that was found in this row") as u32
    }
}

const LANES: usize = 8;

fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// For each group, under the number of its first trip, the shortest edge out of it.
fn shortest(ways: &[Way], groups: &[u32]) -> Vec<u128> {
    let mut shortest = vec![NONE; ways.len()];
    for (way, group) in ways.iter().zip(groups) {
        let of_group = &mut shortest[*group as usize];
        *of_group = way.key.min(*of_group);
    }
    shortest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;
    use crate::distance::Condensed;

    /// Kruskal's tree over all pairs.
    fn plain(matrix: &Condensed, core: &[f32]) -> Vec<Edge> {
        let n = matrix.n();
        let mut keys = Vec::new();
        for (a, b) in (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b))) {
            let length = matrix.get(a, b).max(core[a]).max(core[b]);
            if length < f32::INFINITY {
                keys.push(key_of(length, a as u32, b as u32));
            }
        }
        keys.sort_unstable();
        let mut leads: Vec<u32> = (0..n as u32).collect();
        let mut joins = |edge: &Edge| {
            let (a, b) = (first_of(&mut leads, edge.a), first_of(&mut leads, edge.b));
            leads[a.max(b) as usize] = a.min(b);
            a != b
        };
        keys.into_iter().map(edge_of).filter(|edge| joins(edge)).collect()
    }

    #[test]
    fn few_neighbors_and_rows_give_the_tree_of_all_pairs() {
        let mut rng = Rng::new(31, 0);
        for round in 0..400 {
            let n = rng.below(90);
            let places: Vec<f64> = (0..n).map(|_| rng.between(0.0, 30.0)).collect();
            let noise: Vec<f32> = (0..n * n).map(|_| rng.unit() as f32 * 10.0).collect();
            let matrix = Condensed::from_fn(n, |i, j| match round % 4 {
                // On a line; at whole numbers, with many ties; no metric; some infinitely far.
                0 => (places[i] - places[j]).abs() as f32,
                1 => (places[i].round() - places[j].round()).abs() as f32,
                2 => noise[i * n + j].round(),
                _ if noise[i * n + j] > 4.0 => f32::INFINITY,
                _ => noise[i * n + j],
            });
            let job = Job::default();
            let square = Square::new(&matrix, &job).unwrap();
            let min_trips = 1 + rng.below(6);
            for each in [min_trips, min_trips + 3, n] {
                let near = Neighbors::new(&square, each, &job).unwrap();
                let core = near.core_distances(min_trips);
                let found = span(&near, Some(&square), &core, &job).unwrap();
                assert_eq!(found, plain(&matrix, &core), "{round}: {n} {each} {min_trips}");
            }
        }
    }

    #[test]
    fn progress_ends_at_what_was_announced() {
        let matrix = Condensed::from_fn(50, |i, j| (j - i) as f32);
        let job = Job::default();
        let square = Square::new(&matrix, &Job::default()).unwrap();
        let near = Neighbors::new(&square, 5, &Job::default()).unwrap();
        let edges = span(&near, Some(&square), &near.core_distances(2), &job).unwrap();
        assert_eq!((edges.len(), job.progress()), (49, (50, 50)));
    }
}
