//! The spanning tree that holds the clusters of every eps.

use super::labels::Labels;
use super::matrix::Square;
use super::near::Neighbors;
use super::span::{first_of, span};
use crate::base::job::{Job, Stopped};

/// An edge of the tree: from `length` on, two trips are core and in one cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// One trip.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// Their mutual reachability distance.
    pub length: f32,
}

/// For one `MinPts`, the minimum spanning tree of mutual reachability distances.
///
/// The mutual reachability distance of two trips is the largest of their distance and of the core
/// distances of both: the eps from which on they are core trips within reach of each other. Cutting
/// all edges longer than eps therefore leaves the clusters of core trips that DBSCAN finds, for
/// every eps, without looking at a distance again.
///
/// # Reference
///
/// Campello, Moulavi, Zimek, Sander (2015), *Hierarchical density estimates for data clustering,
/// visualization, and outlier detection*, TKDD 10(1). They leave out border trips (DBSCAN*);
/// [`Tree::cut`] attaches them as DBSCAN does.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    min_trips: usize,
    within: f32,
    // Invariant: one a trip.
    core: Vec<f32>,
    // Invariant: finite edges without a cycle, by rising length.
    edges: Vec<Edge>,
}

impl Tree {
    /// Grows the tree for `MinPts` `min_trips` in O(n²) time; without `square` from `near` alone, in
    /// time that grows with the neighbors. What neither tells counts as infinitely far, and trips
    /// that are infinitely far from each other are in no tree together.
    ///
    /// # Panics
    ///
    /// If `near` does not [serve](Neighbors::serves) this `MinPts`.
    pub fn new(
        square: Option<&Square>,
        near: &Neighbors,
        min_trips: usize,
        job: &Job,
    ) -> Result<Tree, Stopped> {
        let core = near.core_distances(min_trips);
        let edges = span(near, square, &core, job)?;
        Ok(Tree { min_trips, within: near.within(), core, edges })
    }

    /// The largest eps at which it can be cut: what lies farther apart was not measured. Infinite
    /// where all pairs were.
    pub fn within(&self) -> f32 {
        self.within
    }

    /// The `MinPts` it was grown for.
    pub fn min_trips(&self) -> usize {
        self.min_trips
    }

    /// The core distance of each trip: from which eps on it is core.
    pub fn core_distances(&self) -> &[f32] {
        &self.core
    }

    /// The edges by rising length, then by their trips: one fewer than trips, or less where some are
    /// infinitely far from others.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The k-distance plot: core distances, largest first. Where it bends, trips begin to be noise.
    /// Infinite are those beyond what was measured.
    pub fn k_distances(&self) -> Vec<f32> {
        let mut sorted = self.core.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        sorted
    }

    /// How many trips are core at `eps`.
    pub fn cores(&self, eps: f32) -> usize {
        let eps = eps.min(f32::MAX);
        self.core.iter().filter(|core| **core <= eps).count()
    }

    /// The clusters of DBSCAN at `eps`, the same as [`dbscan`](super::dbscan::dbscan) finds, border
    /// trips included. `near` must be what the tree was grown from. Above [`Tree::within`] it is as if
    /// all that was not measured were infinitely far.
    ///
    /// Takes `O(n MinPts)` time at most: a trip that is not core has fewer than `MinPts` neighbors.
    pub fn cut(&self, near: &Neighbors, eps: f32) -> Labels {
        let eps = eps.min(f32::MAX); // Infinitely far is never near.
        let n = self.core.len();
        // Each core trip leads to an earlier one of its cluster, the first to itself.
        let mut leads: Vec<u32> = (0..n as u32).collect();
        for edge in self.edges.iter().take_while(|edge| edge.length <= eps) {
            let (a, b) = (first_of(&mut leads, edge.a), first_of(&mut leads, edge.b));
            leads[a.max(b) as usize] = a.min(b);
        }
        let groups: Vec<Option<u32>> = (0..n)
            .map(|trip| {
                if self.core[trip] <= eps {
                    return Some(first_of(&mut leads, trip as u32));
                }
                near.of(trip)
                    .take_while(|(_, distance)| *distance <= eps)
                    .filter(|(other, _)| self.core[*other as usize] <= eps)
                    .map(|(other, _)| first_of(&mut leads, other))
                    .min()
            })
            .collect();
        Labels::new(&groups)
    }
}

#[cfg(test)]
mod tests {
    use super::super::dbscan::dbscan;
    use super::*;
    use crate::base::rng::Rng;
    use crate::distance::Condensed;

    fn grown(matrix: &Condensed, min_trips: usize) -> (Tree, Neighbors) {
        let job = Job::default();
        let square = Square::new(matrix, &job).unwrap();
        let near = Neighbors::new(&square, min_trips, &job).unwrap();
        (Tree::new(Some(&square), &near, min_trips, &job).unwrap(), near)
    }

    #[test]
    fn edges_are_as_long_as_the_sparser_of_both_ends() {
        // At 0, 1, 2 and 6: for MinPts 3 the core distances are 2, 1, 2, 5.
        let places = [0.0_f32, 1.0, 2.0, 6.0];
        let matrix = Condensed::from_fn(4, |i, j| (places[i] - places[j]).abs());
        let (tree, _) = grown(&matrix, 3);
        assert_eq!(tree.core_distances(), [2.0, 1.0, 2.0, 5.0]);
        let lengths: Vec<f32> = tree.edges().iter().map(|edge| edge.length).collect();
        assert_eq!(lengths, [2.0, 2.0, 5.0]);
        assert_eq!(tree.k_distances(), [5.0, 2.0, 2.0, 1.0]);
    }

    #[test]
    fn every_cut_is_what_dbscan_finds() {
        let mut rng = Rng::new(11, 0);
        let mut with_border = 0;
        for round in 0..600 {
            let n = rng.below(60);
            // Every third set lies on a coarse grid: many ties. Every fifth is no metric at all.
            let grid = if round % 3 == 0 { 1.0 } else { 0.0 };
            let points: Vec<[f64; 2]> = (0..n)
                .map(|_| [0, 1].map(|_| rng.between(0.0, 10.0)))
                .map(|point| point.map(|x| if grid > 0.0 { x.round() } else { x }))
                .collect();
            let noise: Vec<f32> = (0..n * n).map(|_| rng.unit() as f32 * 10.0).collect();
            let matrix = Condensed::from_fn(n, |i, j| {
                if round % 5 == 0 {
                    return if round % 10 == 0 && noise[i * n + j] > 6.0 {
                        f32::INFINITY
                    } else {
                        noise[i * n + j].round()
                    };
                }
                let [dx, dy] = [0, 1].map(|axis| points[i][axis] - points[j][axis]);
                dx.hypot(dy) as f32
            });
            let min_trips = 1 + rng.below(9);
            let (tree, near) = grown(&matrix, min_trips);
            for _ in 0..6 {
                let eps = match rng.below(6) {
                    0 => 0.0,
                    1 => f32::INFINITY,
                    2 => rng.below(5) as f32,
                    _ => rng.between(0.0, 4.0) as f32,
                };
                let plain = dbscan(&matrix, eps, min_trips);
                assert_eq!(tree.cut(&near, eps), plain, "{round}: n {n}, eps {eps}, {min_trips}");
                with_border += usize::from(plain.len() - plain.noise() > tree.cores(eps));
            }
        }
        assert!(with_border > 500, "border trips are what is hard: {with_border}");
    }

    #[test]
    fn no_trips_and_one_trip_have_cuts_too() {
        for n in 0..2 {
            let (tree, near) = grown(&Condensed::new(n, vec![]), 2);
            assert_eq!(tree.cut(&near, 5.0).noise(), n);
        }
    }
}
