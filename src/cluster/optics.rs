//! OPTICS: trips in an order in which clusters are valleys.

use super::labels::Labels;
use super::matrix::Square;
use super::near::Neighbors;
use super::walk::{walk, walk_near};
use crate::base::job::{Job, Stopped};

/// The order of OPTICS with what its reachability plot shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Optics {
    min_trips: usize,
    within: f32,
    // Invariant: all three have one entry a trip; `core` by trip, the others in order.
    order: Vec<u32>,
    reachability: Vec<f32>,
    core: Vec<f32>,
}

impl Optics {
    /// Orders trips so that each is followed by the one that is most easily reached from any trip
    /// before it. Takes O(n²) time.
    ///
    /// With `square` the largest eps of the paper is infinite: the whole plot is drawn, and trip 0
    /// comes first. Without it, the largest eps is that up to which neighbors are known; the order
    /// begins anew, at infinite reachability, where no trip is near any before. Of trips equally
    /// easily reached the first is taken, as in scikit-learn.
    ///
    /// # Panics
    ///
    /// If `near` does not [serve](Neighbors::serves) this `MinPts`.
    ///
    /// # Reference
    ///
    /// Ankerst, Breunig, Kriegel, Sander (1999), *OPTICS: Ordering points to identify the clustering
    /// structure*, SIGMOD.
    pub fn new(
        square: Option<&Square>,
        near: &Neighbors,
        min_trips: usize,
        job: &Job,
    ) -> Result<Optics, Stopped> {
        let core = near.core_distances(min_trips);
        let steps = match square {
            Some(square) => walk(square, &core, job)?,
            None => walk_near(near, &core, job)?,
        };
        Ok(Optics {
            min_trips,
            within: near.within(),
            order: steps.iter().map(|step| step.trip).collect(),
            reachability: steps.iter().map(|step| step.reach).collect(),
            core,
        })
    }

    /// The `MinPts` it was made for.
    pub fn min_trips(&self) -> usize {
        self.min_trips
    }

    /// The largest eps at which the plot can be cut: what lies farther apart was not measured.
    /// Infinite where all pairs were.
    pub fn within(&self) -> f32 {
        self.within
    }

    /// How many trips are core at `eps`.
    pub fn cores(&self, eps: f32) -> usize {
        let eps = eps.min(f32::MAX);
        self.core.iter().filter(|core| **core <= eps).count()
    }

    /// The trips in order.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// How far each trip of the order is reached from those before it; infinite for the first.
    /// Valleys are clusters, peaks the ways between them.
    pub fn reachability(&self) -> &[f32] {
        &self.reachability
    }

    /// The clusters where the plot lies at `eps` or below: those of DBSCAN, but for border trips
    /// that stand before their cluster in the order, which are noise here.
    pub fn cut(&self, eps: f32) -> Labels {
        let eps = eps.min(f32::MAX);
        let mut groups = vec![None; self.order.len()];
        let mut cluster = None;
        let mut next = 0;
        for (trip, reach) in self.order.iter().zip(&self.reachability) {
            let is_core = self.core[*trip as usize] <= eps;
            if *reach > eps {
                cluster = is_core.then_some(next);
                next += u32::from(is_core);
            }
            groups[*trip as usize] = cluster;
        }
        Labels::new(&groups)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::*;
    use crate::base::rng::Rng;
    use crate::distance::Condensed;

    #[test]
    fn two_groups_are_two_valleys() {
        let places = [0.0_f32, 10.0, 1.0, 11.0, 2.0, 12.0];
        let matrix = Condensed::from_fn(6, |i, j| (places[i] - places[j]).abs());
        let square = Square::new(&matrix, &Job::default()).unwrap();
        let near = Neighbors::new(&square, 5, &Job::default()).unwrap();
        let optics = Optics::new(Some(&square), &near, 2, &Job::default()).unwrap();
        assert_eq!(optics.order(), [0, 2, 4, 1, 3, 5]);
        assert_eq!(optics.reachability(), [f32::INFINITY, 1.0, 1.0, 8.0, 1.0, 1.0]);
        let (a, b) = (Some(0), Some(1));
        assert_eq!(optics.cut(1.0).as_slice(), [a, b, a, b, a, b]);
        assert_eq!(optics.cut(8.0).clusters(), 1);
        assert_eq!(optics.cut(0.5).noise(), 6);
    }

    #[test]
    fn a_cut_has_the_cores_of_dbscan() {
        let mut rng = Rng::new(5, 0);
        for _ in 0..100 {
            let places: Vec<f64> = (0..40).map(|_| rng.between(0.0, 50.0)).collect();
            let matrix = Condensed::from_fn(40, |i, j| (places[i] - places[j]).abs() as f32);
            let square = Square::new(&matrix, &Job::default()).unwrap();
            let near = Neighbors::new(&square, 5, &Job::default()).unwrap();
            let eps = rng.between(0.2, 3.0) as f32;
            let tree = Tree::new(Some(&square), &near, 4, &Job::default()).unwrap();
            let optics = Optics::new(Some(&square), &near, 4, &Job::default()).unwrap();
            let cores = |labels: &Labels| {
                let only: Vec<Option<u32>> = (0..40)
                    .map(|i| labels.as_slice()[i].filter(|_| tree.core_distances()[i] <= eps))
                    .collect();
                Labels::new(&only)
            };
            assert_eq!(cores(&optics.cut(eps)), cores(&tree.cut(&near, eps)));
        }
    }
}
