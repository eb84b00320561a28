//! Each trip's nearest neighbors in order, found once for every `MinPts`.

use rayon::prelude::*;

use super::matrix::Square;
use crate::base::job::{Job, Stopped};

/// The nearest neighbors of every trip, nearest first, itself left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbors {
    // Invariant: `each` neighbors a trip, sorted by distance, then by number.
    n: usize,
    each: usize,
    trips: Vec<u32>,
    distances: Vec<f32>,
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
            .try_for_each_init(Vec::new, |keys, (trip, (trips, distances))| {
                // Bits of a float that is not below 0 order as the float does.
                keys.clear();
                keys.extend(
                    square.row(trip).iter().enumerate().map(|(other, distance)| {
                        (u64::from(distance.to_bits()) << 32) | other as u64
                    }),
                );
                keys.swap_remove(trip);
                if each < keys.len() {
                    keys.select_nth_unstable(each);
                    keys.truncate(each);
                }
                keys.sort_unstable();
                for ((key, trip), distance) in keys.iter().zip(trips).zip(distances) {
                    *trip = *key as u32;
                    *distance = f32::from_bits((key >> 32) as u32);
                }
                job.step()
            })?;
        Ok(Neighbors { n, each, trips, distances })
    }

    /// How many trips there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there are no trips.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// How many neighbors of each trip are known.
    pub fn each(&self) -> usize {
        self.each
    }

    /// The neighbors of `trip` with their distances, nearest first.
    pub fn of(&self, trip: usize) -> impl Iterator<Item = (u32, f32)> + '_ {
        let range = trip * self.each..(trip + 1) * self.each;
        self.trips[range.clone()].iter().copied().zip(self.distances[range].iter().copied())
    }

    /// Whether enough neighbors are known for this `MinPts`.
    pub fn serves(&self, min_trips: usize) -> bool {
        min_trips <= self.each + 1 || self.each + 1 >= self.n
    }

    /// The core distance of each trip: how large eps must be to have `min_trips` trips, itself
    /// counted, within it. Infinite where there are not so many trips at all.
    ///
    /// # Panics
    ///
    /// If the neighbors do not [serve](Neighbors::serves) this `MinPts`.
    pub fn core_distances(&self, min_trips: usize) -> Vec<f32> {
        assert!(self.serves(min_trips), "{} neighbors for MinPts {min_trips}", self.each);
        match min_trips {
            0 | 1 => vec![0.0; self.n],
            _ if min_trips > self.n => vec![f32::INFINITY; self.n],
            _ => (0..self.n).map(|i| self.distances[i * self.each + min_trips - 2]).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        assert!(all.each() == 4 && all.serves(99));
    }
}
