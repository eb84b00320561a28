//! k-medoids: k trips that stand for all others.

use super::labels::Labels;
use super::matrix::Square;
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

/// Groups around medoids.
#[derive(Debug, Clone, PartialEq)]
pub struct Medoids {
    /// Each trip in the cluster of its nearest medoid; no noise.
    pub labels: Labels,
    /// The medoid of each cluster.
    pub trips: Vec<u32>,
    /// The sum of all distances to the nearest medoid: what is made small.
    pub sum: f64,
}

/// Chooses `k` trips so that the sum of all distances to the nearest of them is small; the best of
/// `starts` searches from random beginnings. One pass takes O(n²) time, and few are needed.
///
/// None if there are fewer than `k` trips, `k` is 0, or a distance is infinite.
///
/// # Reference
///
/// Schubert, Rousseeuw (2021), *Fast and eager k-medoids clustering*, Information Systems 101
/// (`FasterPAM`). Ours begins with trips drawn in proportion to their distance to those drawn
/// before (as k-means++ does with squares) instead of evenly.
pub fn k_medoids(
    square: &Square,
    k: usize,
    starts: usize,
    seed: u64,
    job: &Job,
) -> Result<Option<Medoids>, Stopped> {
    let n = square.len();
    if k == 0 || k > n || (0..n).any(|i| square.row(i).contains(&f32::INFINITY)) {
        return Ok(None);
    }
    if k == 1 {
        return Ok(Some(single(square)));
    }
    job.expect(starts.max(1));
    let mut best: Option<Search> = None;
    for start in 0..starts.max(1) {
        let mut search = Search::begin(square, k, &mut Rng::new(seed, start as u64));
        search.improve(job)?;
        if best.as_ref().is_none_or(|best| search.sum() < best.sum()) {
            best = Some(search);
        }
        job.step()?;
    }
    Ok(best.map(Search::finish))
}

/// A trip's nearest medoid and the next one, as places in the list of medoids.
#[derive(Debug, Clone, Copy)]
struct Reach {
    near: u32,
    next: u32,
    near_d: f32,
    next_d: f32,
}

struct Search<'a> {
    square: &'a Square,
    medoids: Vec<usize>,
    reach: Vec<Reach>,
}

impl<'a> Search<'a> {
    fn begin(square: &'a Square, k: usize, rng: &mut Rng) -> Search<'a> {
        let n = square.len();
        let mut medoids = vec![rng.below(n)];
        let mut nearest = square.row(medoids[0]).to_vec();
        while medoids.len() < k {
            let total: f64 = nearest.iter().map(|d| f64::from(*d)).sum();
            let mut left = rng.unit() * total;
            let drawn = nearest.iter().position(|d| {
                left -= f64::from(*d);
                *d > 0.0 && left < 0.0
            });
            // Where all that is left lies on a medoid, any other trip serves.
            let other = || (0..n).rfind(|trip| !medoids.contains(trip));
            let Some(next) = drawn.or_else(other) else { break };
            medoids.push(next);
            for (nearest, d) in nearest.iter_mut().zip(square.row(next)) {
                *nearest = nearest.min(*d);
            }
        }
        let reach = (0..n).map(|trip| reach_of(square, &medoids, trip)).collect();
        Search { square, medoids, reach }
    }

    fn sum(&self) -> f64 {
        self.reach.iter().map(|reach| f64::from(reach.near_d)).sum()
    }

    /// Swaps a medoid for another trip whenever that helps, until for no trip it does.
    fn improve(&mut self, job: &Job) -> Result<(), Stopped> {
        let n = self.square.len();
        let mut losses = self.losses();
        let mut since_swap = 0;
        let mut candidate = 0;
        while since_swap < n {
            if self.medoids[self.reach[candidate].near as usize] != candidate {
                let (place, change) = self.best_swap(candidate, &losses);
                // Sums of f32 in f64 are exact enough; a gain this small is rounding.
                if change < -1e-9 * self.sum().max(f64::MIN_POSITIVE) {
                    self.swap(place, candidate);
                    losses = self.losses();
                    since_swap = 0;
                }
            }
            since_swap += 1;
            candidate = (candidate + 1) % n;
            job.go_on()?;
        }
        Ok(())
    }

    /// What the sum grows by when a medoid goes.
    fn losses(&self) -> Vec<f64> {
        let mut losses = vec![0.0; self.medoids.len()];
        for reach in &self.reach {
            losses[reach.near as usize] += f64::from(reach.next_d) - f64::from(reach.near_d);
        }
        losses
    }

    /// The medoid that `candidate` best takes the place of, and what the sum then changes by.
    fn best_swap(&self, candidate: usize, losses: &[f64]) -> (usize, f64) {
        let mut losses = losses.to_vec();
        let mut gain = 0.0;
        for (reach, d) in self.reach.iter().zip(self.square.row(candidate)) {
            if *d < reach.near_d {
                gain += f64::from(*d) - f64::from(reach.near_d);
                losses[reach.near as usize] += f64::from(reach.near_d) - f64::from(reach.next_d);
            } else if *d < reach.next_d {
                losses[reach.near as usize] += f64::from(*d) - f64::from(reach.next_d);
            }
        }
        let best = (0..losses.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b]));
        best.map_or((0, 0.0), |place| (place, losses[place] + gain))
    }

    fn swap(&mut self, place: usize, trip: usize) {
        self.medoids[place] = trip;
        for other in 0..self.reach.len() {
            let reach = &mut self.reach[other];
            let d = self.square.between(trip, other);
            if reach.near as usize == place || reach.next as usize == place {
                *reach = reach_of(self.square, &self.medoids, other);
            } else if d < reach.near_d {
                *reach =
                    Reach { near: place as u32, near_d: d, next: reach.near, next_d: reach.near_d };
            } else if d < reach.next_d {
                (reach.next, reach.next_d) = (place as u32, d);
            }
        }
    }

    fn finish(self) -> Medoids {
        let groups: Vec<Option<u32>> = self.reach.iter().map(|reach| Some(reach.near)).collect();
        let labels = Labels::new(&groups);
        let mut trips = vec![0; labels.clusters()];
        for (label, reach) in labels.as_slice().iter().zip(&self.reach) {
            let cluster = label.expect("every trip has a nearest medoid");
            trips[cluster as usize] = self.medoids[reach.near as usize] as u32;
        }
        Medoids { labels, trips, sum: self.sum() }
    }
}

fn reach_of(square: &Square, medoids: &[usize], trip: usize) -> Reach {
    let row = square.row(trip);
    let mut reach = Reach { near: 0, next: 0, near_d: f32::INFINITY, next_d: f32::INFINITY };
    for (place, medoid) in medoids.iter().enumerate() {
        let place = place as u32;
        // A medoid is its own, though another may lie on the same spot.
        let d = if *medoid == trip { -1.0 } else { row[*medoid] };
        if d < reach.near_d {
            reach = Reach { near: place, near_d: d, next: reach.near, next_d: reach.near_d };
        } else if d < reach.next_d {
            (reach.next, reach.next_d) = (place, d);
        }
    }
    reach.near_d = reach.near_d.max(0.0);
    reach
}

/// The one trip with the smallest sum of distances to all: there is nothing to search for.
fn single(square: &Square) -> Medoids {
    let n = square.len();
    let sum = |trip: usize| square.row(trip).iter().map(|d| f64::from(*d)).sum::<f64>();
    let sums: Vec<f64> = (0..n).map(sum).collect();
    let trip = (0..n).min_by(|a, b| sums[*a].total_cmp(&sums[*b])).unwrap_or(0);
    Medoids { labels: Labels::new(&vec![Some(0); n]), trips: vec![trip as u32], sum: sums[trip] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distance::Condensed;

    fn on_line(places: &[f64]) -> Square {
        let matrix = Condensed::from_fn(places.len(), |i, j| (places[i] - places[j]).abs() as f32);
        Square::new(&matrix, &Job::default()).unwrap()
    }

    fn found(square: &Square, k: usize) -> Medoids {
        k_medoids(square, k, 3, 1, &Job::default()).unwrap().unwrap()
    }

    #[test]
    fn the_middle_of_each_group_stands_for_it() {
        let medoids = found(&on_line(&[0.0, 1.0, 3.0, 20.0, 21.0, 22.0, 23.0, 30.0]), 2);
        // 20 to 30: 22 has 2 + 1 + 1 + 8 = 12, as little as 21 would with 1 + 1 + 2 + 9 = 13.
        assert_eq!(medoids.trips, [5, 1]);
        assert_eq!(medoids.sum, 12.0 + 3.0);
        assert_eq!(medoids.labels.sizes(), [5, 3]);
    }

    #[test]
    fn one_medoid_is_the_most_central_trip() {
        let medoids = found(&on_line(&[0.0, 1.0, 2.0, 3.0, 10.0]), 1);
        assert_eq!((medoids.trips, medoids.sum), (vec![2], 2.0 + 1.0 + 1.0 + 8.0));
    }

    #[test]
    fn no_swap_of_one_medoid_makes_it_better() {
        let mut rng = Rng::new(2, 0);
        for _ in 0..60 {
            let n = 6 + rng.below(30);
            let places: Vec<f64> = (0..n).map(|_| rng.between(0.0, 100.0)).collect();
            let square = on_line(&places);
            let k = 2 + rng.below(4);
            let medoids = found(&square, k);
            let sum = |medoids: &[u32]| -> f64 {
                let nearest = |i| {
                    medoids.iter().map(|m| square.between(i, *m as usize)).fold(f32::MAX, f32::min)
                };
                (0..n).map(|i| f64::from(nearest(i))).sum()
            };
            assert!((sum(&medoids.trips) - medoids.sum).abs() < 1e-6);
            for place in 0..k {
                for trip in 0..n as u32 {
                    let mut other = medoids.trips.clone();
                    other[place] = trip;
                    assert!(sum(&other) > medoids.sum - 1e-3, "{places:?}");
                }
            }
        }
    }

    #[test]
    fn identical_trips_still_give_k_clusters() {
        let medoids = found(&on_line(&[5.0; 6]), 3);
        assert_eq!((medoids.labels.clusters(), medoids.sum), (3, 0.0));
        assert_eq!(k_medoids(&on_line(&[0.0; 2]), 3, 1, 0, &Job::default()), Ok(None));
    }
}
