//! Each trip's nearest neighbors in order, found once for every `MinPts`.

use rayon::prelude::*;

use super::matrix::Square;
use crate::base::job::{Job, Stopped};
use crate::distance;

/// The nearest neighbors of every trip, nearest first, itself left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    // Invariant: `starts` has one entry more than trips; each trip's neighbors are sorted by
    // distance, then by number; distances are 0 or more.
    starts: Vec<usize>,
    trips: Vec<u32>,
    distances: Vec<f32>,
    known: Known,
}

/// Which neighbors are known.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    /// So many of each trip.
    Nearest(usize),
    /// All at this distance or less.
    Within(f32),
}

impl Neighbors {
    /// Finds the `each` nearest neighbors of every trip, or all others where there are fewer.
    /// Takes O(n²) time and `8 each n` bytes.
    pub fn new(square: &Square, each: usize, job: &Job) -> Result<Neighbors, Stopped> {
        let n = square.len();
        let each = each.min(n.saturating_sub(1));
        job.expect(n);
        let mut trips = vec![0; n * each];
        let mut distances = vec![0.0; n * each];
        trips
            .par_chunks_mut(each.max(1))
            .zip(distances.par_chunks_mut(each.max(1)))
            .enumerate()
            .try_for_each_init(Search::default, |search, (trip, (trips, distances))| {
                search.find(square.row(trip), trip, each);
                for ((key, trip), distance) in search.keys.iter().zip(trips).zip(distances) {
                    *trip = *key as u32;
                    *distance = f32::from_bits((key >> 32) as u32);
                }
                job.step()
            })?;
        let starts = (0..=n).map(|trip| trip * each).collect();
        Ok(Neighbors { starts, trips, distances, known: Known::Nearest(each) })
    }

    /// Takes all neighbors within some distance, as they were found without a matrix.
    pub fn from_near(near: &distance::Neighbors) -> Neighbors {
        let n = near.n();
        let mut starts = vec![0];
        starts.extend((0..n).scan(0, |end, trip| {
            *end += near.of(trip).len();
            Some(*end)
        }));
        let all = || (0..n).into_par_iter().flat_map_iter(|trip| near.of(trip));
        Neighbors {
            starts,
            trips: all().map(|(trip, _)| *trip).collect(),
            // Never -0, so that the bits of distances are in order.
            distances: all().map(|(_, distance)| distance.abs()).collect(),
            known: Known::Within(near.within()),
        }
    }

    /// How many trips there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there are no trips.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The neighbors of `trip` with their distances, nearest first.
    pub fn of(&self, trip: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = self.starts[trip]..self.starts[trip + 1];
        self.trips[range.clone()].iter().copied().zip(self.distances[range].iter().copied())
    }

    /// Up to which distance all neighbors are known; infinite where they were chosen by number from
    /// among all. No eps above it can be asked for.
    pub fn within(&self) -> f32 {
        match self.known {
            Known::Nearest(_) => f32::INFINITY,
            Known::Within(within) => within,
        }
    }

    /// How far a trip is at least that is not among the neighbors of `trip`. Infinite where none is
    /// left out, or all left out count as infinitely far.
    pub(super) fn beyond(&self, trip: usize) -> f32 {
        match self.known {
            Known::Nearest(each) if each + 1 < self.len() => {
                self.distances[self.starts[trip]..self.starts[trip + 1]].last().map_or(0.0, |d| *d)
            }
            _ => f32::INFINITY,
        }
    }

    /// Whether enough neighbors are known for this `MinPts`: always where all within some distance
    /// are.
    pub fn serves(&self, min_trips: usize) -> bool {
        match self.known {
            Known::Nearest(each) => min_trips <= each + 1 || each + 1 >= self.len(),
            Known::Within(_) => true,
        }
    }

    /// The core distance of each trip: how large eps must be to have `min_trips` trips, itself
    /// counted, within it. Infinite where there are not so many trips, or not so many known ones.
    ///
    /// # Panics
    ///
    /// If the neighbors do not [serve](Neighbors::serves) this `MinPts`.
    pub fn core_distances(&self, min_trips: usize) -> Vec<f32> {
        assert!(
            self.serves(min_trips),
            "too few neighbors for MinPts {min_trips}: {:?}",
            self.known
        );
        let Some(place) = min_trips.checked_sub(2) else { return vec![0.0; self.len()] };
        let of = |range: &[usize]| self.distances[range[0]..range[1]].get(place);
        self.starts.windows(2).map(|range| of(range).map_or(f32::INFINITY, |d| *d)).collect()
    }
}

/// Rows shorter than this are sorted as they are.
const SHORT: usize = 512;

/// Of a longer row every so manieth number is looked at first.
const STRIDE: usize = 8;

/// So many numbers are compared at once.
const LANES: usize = 16;

/// What one row after the other is searched with.
#[derive(Default)]
struct Search {
    // Bits of a float that is not below 0 order as the float does: distance above, trip below.
    keys: Vec<u64>,
    sample: Vec<u32>,
}

impl Search {
    /// Leaves the keys of the `each` nearest in order.
    ///
    /// Few of many are wanted: a sample tells below which distance somewhat more than those lie,
    /// and only what does is sorted. Where the sample misled, all are.
    fn find(&mut self, row: &[f32], trip: usize, each: usize) {
        if each == 0 {
            self.keys.clear();
            return;
        }
        self.keys.clear();
        if row.len() >= SHORT && each * STRIDE < row.len() {
            let limit = self.limit(row, each);
            self.take(row, trip, limit);
        }
        if self.keys.len() < each {
            self.keys.clear();
            self.take(row, trip, f32::INFINITY);
        }
        if each < self.keys.len() {
            self.keys.select_nth_unstable(each);
            self.keys.truncate(each);
        }
        self.keys.sort_unstable();
    }

    /// A distance within which `each` neighbors lie, most probably, and not many more.
    fn limit(&mut self, row: &[f32], each: usize) -> f32 {
        // Not every eighth trip itself: routes often come in turns.
        let of_chunk = |(chunk, row): (usize, &[f32])| row[chunk % row.len()].to_bits();
        self.sample.clear();
        self.sample.extend(row.chunks(STRIDE).enumerate().map(of_chunk));
        let expected = each as f64 / STRIDE as f64;
        let rank = (expected + 2.5 * expected.sqrt()) as usize + 2;
        let rank = rank.min(self.sample.len() - 1);
        f32::from_bits(*self.sample.select_nth_unstable(rank).1)
    }

    /// Adds the keys of all trips but `trip` at `limit` or less.
    fn take(&mut self, row: &[f32], trip: usize, limit: f32) {
        let (chunks, rest) = row.as_chunks::<LANES>();
        for (chunk, distances) in chunks.iter().enumerate() {
            // Most chunks hold none: one look at sixteen.
            if distances.iter().map(|distance| u32::from(*distance <= limit)).sum::<u32>() > 0 {
                self.take_some(chunk * LANES, distances, trip, limit);
            }
        }
        self.take_some(chunks.len() * LANES, rest, trip, limit);
    }

    fn take_some(&mut self, first: usize, distances: &[f32], trip: usize, limit: f32) {
        for (place, distance) in (first..).zip(distances) {
            if *distance <= limit && place != trip {
                self.keys.push((u64::from(distance.to_bits()) << 32) | place as u64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;
    use crate::distance::Condensed;

    /// Trips at 0, 1, 3, 7, 15 on a line.
    fn line() -> Square {
        let matrix = Condensed::from_fn(5, |i, j| ((1 << j) - (1 << i)) as f32);
        Square::new(&matrix, &Job::default()).unwrap()
    }

    #[test]
    fn neighbors_come_nearest_first() {
        let near = Neighbors::new(&line(), 3, &Job::default()).unwrap();
        assert_eq!(near.of(2).collect::<Vec<_>>(), [(1, 2.0), (0, 3.0), (3, 4.0)]);
        assert_eq!(near.of(4).collect::<Vec<_>>(), [(3, 8.0), (2, 12.0), (1, 14.0)]);
    }

    #[test]
    fn core_distances_count_the_trip_itself() {
        let near = Neighbors::new(&line(), 4, &Job::default()).unwrap();
        assert_eq!(near.core_distances(1), [0.0; 5]);
        assert_eq!(near.core_distances(2), [1.0, 1.0, 2.0, 4.0, 8.0]);
        assert_eq!(near.core_distances(5), [15.0, 14.0, 12.0, 8.0, 15.0]);
        assert_eq!(near.core_distances(6), [f32::INFINITY; 5]);
    }

    #[test]
    fn few_neighbors_serve_small_min_trips_only() {
        let near = Neighbors::new(&line(), 2, &Job::default()).unwrap();
        assert!(near.serves(3) && !near.serves(4));
        let all = Neighbors::new(&line(), 99, &Job::default()).unwrap();
        assert!(all.of(0).count() == 4 && all.serves(99));
    }

    #[test]
    fn the_nearest_of_a_long_row_are_those_that_sorting_finds() {
        let mut rng = Rng::new(12, 0);
        for (round, n) in [600, 513, 1500, 700, 800].into_iter().enumerate() {
            // Evenly, in routes that come in turns, and most of them identical.
            let place = |i: usize, x: f64| match round {
                0 | 1 => 1000.0 * x,
                2 | 3 => 1000.0 * (i % STRIDE) as f64 + (10.0 * x).round(),
                _ => f64::from(u8::from(x > 0.9)),
            };
            let places: Vec<f64> = (0..n).map(|i| place(i, rng.unit())).collect();
            let matrix = Condensed::from_fn(n, |i, j| (places[i] - places[j]).abs() as f32);
            let square = Square::new(&matrix, &Job::default()).unwrap();
            for each in [1, 5, 60, n - 1] {
                let near = Neighbors::new(&square, each, &Job::default()).unwrap();
                for trip in [0, 1, n / 2, n - 1] {
                    let mut all: Vec<(u32, f32)> = (0..).zip(square.row(trip).to_vec()).collect();
                    all.swap_remove(trip);
                    all.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
                    assert!(near.of(trip).eq(all.into_iter().take(each)), "{round} {each} {trip}");
                }
            }
        }
    }
}
