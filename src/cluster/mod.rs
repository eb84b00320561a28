//! Trips into groups, by the distances between them.
//!
//! What costs is computed once and what the user moves is cheap:
//!
//! | made of | what | then cheap |
//! | --- | --- | --- |
//! | distances | [`Ground`]: sorted neighbors, whole matrix | any `MinPts`: one [`Tree`], one [`Optics`] |
//! | `MinPts` | [`Tree`] of mutual reachability | any eps ([`Tree::cut`]), any least size ([`hdbscan()`]) |
//! | largest k | [`Spectrum`]: eigenvectors | any smaller k |
//!
//! Methods by density need no matrix: a ground of near pairs alone gives the same clusters for every
//! eps up to where pairs were measured.
//!
//! [`deep`] needs no distances: a network squeezes trips into a few numbers, once, and any number of
//! clusters is sought among those.
//!
//! [`cluster`] runs the method that [`ClusterParams`] names on these. [`indices`] measures labels,
//! [`agreement()`] compares them with known routes, [`sweep()`] tries pairs of eps and `MinPts`,
//! [`red_flags`] says what is odd.

pub mod agreement;
pub mod dbscan;
pub mod deep;
mod eigen;
pub mod flags;
pub mod ground;
pub mod hdbscan;
pub mod inverse_gaussian;
pub mod labels;
pub mod matrix;
pub mod means;
pub mod medoids;
pub mod near;
pub mod optics;
pub mod params;
pub mod route;
mod span;
pub mod spectral;
pub mod study;
pub mod sums;
pub mod sweep;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_near;
pub mod tree;
mod walk;

pub use agreement::{Agreement, agreement};
pub use dbscan::dbscan;
pub use flags::{RedFlag, red_flags};
pub use ground::Ground;
pub use hdbscan::{Lasting, hdbscan};
pub use inverse_gaussian::InverseGaussian;
pub use labels::Labels;
pub use matrix::{Spare, Square};
pub use means::{Means, k_means};
pub use medoids::{Medoids, k_medoids};
pub use near::Neighbors;
pub use optics::Optics;
pub use params::{ClusterParams, DensityParams, Method, SpectrumParams};
pub use spectral::{KRow, Spectrum, k_curve};
pub use sums::{Indices, indices, medoids};
pub use sweep::{Row, Sweep, SweepParams, Weighing, sweep};
pub use tree::{Edge, Tree};

use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};

/// Why a method cannot group these trips.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ClusterError {
    /// Something that is no distance.
    #[error("the distance between trips {i} and {j} is {value}; it must be 0 or more")]
    NoDistance {
        /// The first trip of the pair.
        i: usize,
        /// The second.
        j: usize,
        /// What was found: NaN or a number below 0.
        value: f32,
    },
    /// There is nothing to group.
    #[error("there are no trips to cluster; load a file, or let more pass the filter")]
    NoTrips,
    /// More clusters than trips.
    #[error("k is {k}, but there are only {trips} trips; lower k")]
    TooManyClusters {
        /// What was asked for.
        k: usize,
        /// How many trips there are.
        trips: usize,
    },
    /// More clusters than eigenvectors.
    #[error("k is {k}, but only {known} eigenvectors are known; raise k_max or lower k")]
    TooFewVectors {
        /// What was asked for.
        k: usize,
        /// How many are known.
        known: usize,
    },
    /// `MinPts` above n: no trip can be core.
    #[error("min_trips is {min_trips}, but there are only {trips} trips; lower min_trips")]
    TooFewTrips {
        /// What was asked for.
        min_trips: usize,
        /// How many trips there are.
        trips: usize,
    },
    /// The method needs what was not given.
    #[error("{method} needs {what}, which is not there")]
    Missing {
        /// The method.
        method: &'static str,
        /// What it needs.
        what: &'static str,
    },
    /// Some distances are not known.
    #[error(
        "{method} needs the distances of all pairs, but far ones were not measured; choose dbscan, \
         optics or hdbscan, or filter trips until all pairs fit into the limit"
    )]
    Unmeasured {
        /// The method.
        method: &'static str,
    },
    /// An eps beyond what was measured.
    #[error(
        "eps is {eps}, but only pairs at {within} or less were measured; lower eps, or measure \
         farther"
    )]
    BeyondNeighbors {
        /// What was asked for.
        eps: f32,
        /// Up to where pairs are known.
        within: f32,
    },
}

impl From<ClusterError> for Stopped {
    fn from(error: ClusterError) -> Stopped {
        Stopped::Failed(error.to_string())
    }
}

/// Trips resampled to the same number of positions.
#[derive(Debug, Clone, Copy)]
pub struct Points<'a> {
    /// `[trip, dim]`, row by row.
    pub values: &'a [f32],
    /// How many numbers a trip has.
    pub dim: usize,
}

/// What [`cluster`] may read. What the method does not need may be none.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// Distances.
    pub ground: &'a Ground,
    /// The tree, for `DBSCAN` and `HDBSCAN`.
    pub tree: Option<&'a Tree>,
    /// The order, for `OPTICS`.
    pub optics: Option<&'a Optics>,
    /// The eigenvectors, for spectral clustering.
    pub spectrum: Option<&'a Spectrum>,
    /// Resampled trips, for k-means.
    pub points: Option<Points<'a>>,
    /// What the network says, for deep clusters.
    pub deep: Option<&'a Labels>,
}

/// Trips in groups, and what is odd about them.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// The cluster of each trip.
    pub labels: Labels,
    /// How many trips are core, where the method knows core trips.
    pub cores: Option<usize>,
    /// What a practiced eye would see.
    pub flags: Vec<RedFlag>,
}

/// Groups trips by the method that `params` names. Refuses, in words, what cannot be grouped as
/// asked ([`ClusterError`]).
pub fn cluster(
    params: &Checked<ClusterParams>,
    made: &Made,
    job: &Job,
) -> Result<Clustering, Stopped> {
    let n = made.ground.len();
    if n == 0 {
        return Err(ClusterError::NoTrips.into());
    }
    let name = Method::CASES.iter().find(|(_, case)| *case == params.method);
    let method = name.map_or("", |(name, _)| name);
    let missing = |what| ClusterError::Missing { method, what };
    let enough = |min_trips: usize| {
        if min_trips <= n { Ok(()) } else { Err(ClusterError::TooFewTrips { min_trips, trips: n }) }
    };
    let (k, starts, seed) = (params.k, params.starts, params.seed as u64);
    if params.method.has_k() && k > n {
        return Err(ClusterError::TooManyClusters { k, trips: n }.into());
    }
    let eps = params.eps as f32;
    let known = |within: f32| {
        if eps <= within { Ok(()) } else { Err(ClusterError::BeyondNeighbors { eps, within }) }
    };
    let tree = || made.tree.ok_or(missing("the spanning tree"));
    let (labels, cores) = match params.method {
        Method::Dbscan => {
            let tree = tree()?;
            enough(tree.min_trips())?;
            known(tree.within())?;
            (made.ground.cut(tree, eps, job)?, Some(tree.cores(eps)))
        }
        Method::Optics => {
            let optics = made.optics.ok_or(missing("the reachability plot"))?;
            enough(optics.min_trips())?;
            known(optics.within())?;
            (optics.cut(eps), Some(optics.cores(eps)))
        }
        Method::Hdbscan => {
            let tree = tree()?;
            enough(tree.min_trips())?;
            (hdbscan(tree, params.min_cluster_size).labels, None)
        }
        Method::KMedoids => {
            let square = made.ground.square.as_ref().ok_or(ClusterError::Unmeasured { method })?;
            let found = k_medoids(square, k, starts, seed, job)?;
            (found.ok_or(ClusterError::Unmeasured { method })?.labels, None)
        }
        Method::KMeans => {
            let Points { values, dim } = made.points.ok_or(missing("resampled trips"))?;
            let found = k_means(values, dim, k, starts, seed, job)?;
            (found.ok_or(missing("a finite position at every place of a trip"))?.labels, None)
        }
        Method::Spectral => {
            let unknown = match made.ground.square {
                Some(_) => missing("eigenvectors"),
                None => ClusterError::Unmeasured { method },
            };
            let spectrum = made.spectrum.ok_or(unknown)?;
            let found = spectrum.labels(k, seed, job)?;
            (found.ok_or(ClusterError::TooFewVectors { k, known: spectrum.k_max() })?, None)
        }
        Method::Deep => (made.deep.ok_or(missing("embedded trips"))?.clone(), None),
    };
    let flags = red_flags(&labels, cores);
    Ok(Clustering { labels, cores, flags })
}
