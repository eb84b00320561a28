//! Distances in the forms in which methods read them.

use super::ClusterError;
use super::labels::Labels;
use super::matrix::{Spare, Square};
use super::near::Neighbors;
use super::optics::Optics;
use super::params::{DensityParams, SpectrumParams};
use super::spectral::{KRow, Spectrum, k_curve};
use super::sums::{Indices, indices, medoids};
use super::sweep::{Sweep, SweepParams, sweep};
use super::tree::Tree;
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::distance::{self, Condensed, Distances, Weights};

/// So many neighbors of each trip are sorted at least: enough for most `MinPts`, 512 bytes a trip.
const NEIGHBORS: usize = 64;

/// Distances in the forms in which methods read them: of all pairs, or of near ones alone.
///
/// Without the matrix, methods by density give the same clusters for every eps up to
/// [`Ground::within`]; those that need all pairs refuse ([`ClusterError::Unmeasured`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Ground {
    /// All distances; none where only near pairs were measured.
    pub square: Option<Square>,
    /// Each trip's nearest.
    pub near: Neighbors,
}

impl Ground {
    /// Prepares `matrix` for every `MinPts` up to `most_min_trips` and scales by any neighbor up to
    /// the same, or up to 64 where that is more.
    pub fn new(matrix: &Condensed, most_min_trips: usize, job: &Job) -> Result<Ground, Stopped> {
        Ground::on(Square::new(matrix, job)?, most_min_trips, job)
    }

    /// The same for what [`Distances::combine`] gives, which is not made in between: for weights
    /// that move. Half the time goes into new memory unless the caller keeps one `spare` and hands
    /// it in each time.
    pub fn weighed(
        distances: &Distances,
        weights: &Weights,
        most_min_trips: usize,
        spare: &Spare,
        job: &Job,
    ) -> Result<Ground, Stopped> {
        Ground::on(Square::weighed(distances, weights, spare, job)?, most_min_trips, job)
    }

    /// Takes the near pairs that were found without a matrix. Serves every `MinPts`, and every eps
    /// up to the one they were sought within.
    pub fn from_near(near: &distance::Neighbors) -> Ground {
        Ground { square: None, near: Neighbors::from_near(near) }
    }

    fn on(square: Square, most_min_trips: usize, job: &Job) -> Result<Ground, Stopped> {
        let near = Neighbors::new(&square, most_min_trips.max(NEIGHBORS), job)?;
        Ok(Ground { square: Some(square), near })
    }

    /// How many trips there are.
    pub fn len(&self) -> usize {
        self.near.len()
    }

    /// Whether there are no trips.
    pub fn is_empty(&self) -> bool {
        self.near.is_empty()
    }

    /// The largest eps that can be asked for; infinite where all pairs were measured.
    pub fn within(&self) -> f32 {
        self.near.within()
    }

    /// Grows the tree for a `MinPts`, sorting more neighbors for it if there are too few.
    pub fn tree(&self, params: &Checked<DensityParams>, job: &Job) -> Result<Tree, Stopped> {
        let min_trips = params.min_trips;
        self.with_near(min_trips, job, |near| Tree::new(self.square.as_ref(), near, min_trips, job))
    }

    /// Cuts a tree that was grown here: the clusters of DBSCAN at `eps`.
    pub fn cut(&self, tree: &Tree, eps: f32, job: &Job) -> Result<Labels, Stopped> {
        self.with_near(tree.min_trips(), job, |near| Ok(tree.cut(near, eps)))
    }

    /// Orders trips for the reachability plot of a `MinPts`.
    pub fn optics(&self, params: &Checked<DensityParams>, job: &Job) -> Result<Optics, Stopped> {
        let min_trips = params.min_trips;
        self.with_near(min_trips, job, |near| {
            Optics::new(self.square.as_ref(), near, min_trips, job)
        })
    }

    /// Finds the eigenvectors for spectral clustering.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Unmeasured`], in words, without a matrix.
    pub fn spectrum(
        &self,
        params: &Checked<SpectrumParams>,
        job: &Job,
    ) -> Result<Spectrum, Stopped> {
        let square = self.all_pairs("spectral")?;
        let (k, scale, seed) = (params.k_max, params.scale_neighbor, params.seed as u64);
        self.with_near(scale + 1, job, |near| Spectrum::new(square, near, k, scale, seed, job))
    }

    /// What spectral clustering is worth for each k.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Unmeasured`], in words, without a matrix.
    pub fn k_curve(&self, spectrum: &Spectrum, seed: u64, job: &Job) -> Result<Vec<KRow>, Stopped> {
        k_curve(self.all_pairs("spectral")?, spectrum, seed, job)
    }

    /// Tries all pairs of eps and `MinPts`.
    ///
    /// # Errors
    ///
    /// [`ClusterError::Unmeasured`], in words, without a matrix.
    pub fn sweep(&self, params: &Checked<SweepParams>, job: &Job) -> Result<Sweep, Stopped> {
        let square = self.all_pairs("the sweep")?;
        self.with_near(params.min_trips_high, job, |near| sweep(square, near, params, job))
    }

    /// Measures labels; none without a matrix.
    pub fn indices(&self, labels: &Labels) -> Option<Indices> {
        self.square.as_ref().map(|square| indices(square, labels))
    }

    /// The medoid of each cluster; none without a matrix.
    pub fn medoids(&self, labels: &Labels) -> Option<Vec<u32>> {
        self.square.as_ref().map(|square| medoids(square, labels))
    }

    fn all_pairs(&self, method: &'static str) -> Result<&Square, ClusterError> {
        self.square.as_ref().ok_or(ClusterError::Unmeasured { method })
    }

    fn with_near<T>(
        &self,
        min_trips: usize,
        job: &Job,
        work: impl FnOnce(&Neighbors) -> Result<T, Stopped>,
    ) -> Result<T, Stopped> {
        match &self.square {
            Some(square) if !self.near.serves(min_trips) => {
                work(&Neighbors::new(square, min_trips, job)?)
            }
            _ => work(&self.near),
        }
    }
}
