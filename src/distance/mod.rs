//! How far trips lie apart.
//!
//! [`Paths`] lays trips on a local plane, or on the sphere where they cross oceans; [`measure`]
//! compares all pairs by one [`Metric`] and gives [`Distances`]: one condensed matrix, or the three
//! components of the MSSPD, which [`Distances::combine`] weighs as often as the user likes without
//! measuring again. [`neighbors_within`] gives only near pairs, and needs no matrix.
//!
//! # Definitions
//!
//! Trips A of *m* and B of *l* points; `d(a, B)` is the distance from a point to the nearest place
//! on the other trip's legs.
//!
//! | metric | meters |
//! | --- | --- |
//! | `spd` | `SPD(A, B) = mean over a of d(a, B)`, one way ([`spd_m`]); between all pairs the smaller way |
//! | `sspd` | `(SPD(A, B) + SPD(B, A)) / 2` |
//! | `hausdorff` | the largest `d(a, B)` or `d(b, A)` |
//! | `frechet` | discrete Fréchet: the largest distance between matched points, as small as can be |
//! | `dtw` | the sum of distances between matched points, as small as can be |
//! | `msspd` | `(w1 SSPD + w2 D_SOG + w3 D_SCOG) / 3` |
//!
//! `D_SOG` is the difference of mean speeds in knots. `D_SCOG` is the mean of both directions of
//! the mean difference of courses in degrees, `0..=180`, between a point and the place that realizes
//! `d(a, B)`: where the foot lies inside a leg, the smaller difference to the leg's two ends, else
//! the difference to the nearer end.
//!
//! # Reference
//!
//! SSPD, one-way SPD: Besse, Guillouet, Loubes, Royer (2016), *Review and Perspective for
//! Distance-Based Clustering of Vehicle Trajectories*, IEEE T-ITS 17(11). MSSPD: Liu et al. (2023),
//! *J. Mar. Sci. Eng.* 11, 2005. Where we depart:
//!
//! - Differences of courses are wrapped to `0..=180`; the paper subtracts plainly.
//! - The components are scaled to 0 to 1 before they are weighed, unless [`Scale::None`] is chosen.
//! - SSPD is the mean of both directions on the sphere too, where `traj-dist` gives their sum.
//! - Like the authors' `traj-dist` we divide by the number of points, not by length.

mod coarse;
pub mod condensed;
mod legs;
pub mod matrix;
mod nearest;
pub mod neighbors;
pub mod params;
pub mod paths;
mod resample;
pub mod simd;
pub mod surface;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_reference;
mod warp;
pub mod weighed;

use thiserror::Error;

pub use condensed::Condensed;
pub use matrix::{Distances, Part, between_m, measure, spd_m};
pub use neighbors::{Neighbors, neighbors_within};
pub use params::{DistanceParams, Metric, Scale, Weights};
pub use paths::{Line, Paths, SurfaceChoice};
pub use simd::Level;
pub use surface::{PLANE_RADIUS_M, Surface};
pub use weighed::Weighed;

use crate::base::job::Stopped;

/// Why trips were not compared.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum DistanceError {
    /// A trip that is nowhere.
    #[error("trip {trip} has no report with a position; clean the reports first")]
    NoPosition {
        /// Its place among the trips.
        trip: usize,
    },
    /// The matrix would not fit.
    #[error(
        "the distances between {trips} trips take {} MB; the limit is {} MB. Filter trips, raise \
         the limit, or measure near pairs alone (distances.within), which needs no matrix",
        bytes.div_ceil(1_000_000), limit_bytes / 1_000_000
    )]
    TooLarge {
        /// How many trips there are.
        trips: usize,
        /// What their matrices would take.
        bytes: u64,
        /// What they may.
        limit_bytes: u64,
    },
    /// Components scaled over all pairs, of which not all are measured.
    #[error(
        "neighbors by msspd need scale trip or none: minmax scales components over all pairs, and \
         only the near ones are measured"
    )]
    NeedsAllPairs,
    /// A distance that is not one.
    #[error("eps is {eps}; it must be a number of 0 or more")]
    BadEps {
        /// As given, in words.
        eps: String,
    },
    /// The job was stopped.
    #[error("stopped")]
    Stopped(Stopped),
}

impl From<Stopped> for DistanceError {
    fn from(stopped: Stopped) -> Self {
        DistanceError::Stopped(stopped)
    }
}
