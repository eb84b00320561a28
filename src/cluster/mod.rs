//! Trips into groups, by the distances between them.
#![allow(missing_docs)]
pub mod agreement;
pub mod dbscan;
pub mod hdbscan;
pub mod inverse_gaussian;
pub mod labels;
pub mod matrix;
pub mod medoids;
pub mod near;
pub mod optics;
pub mod sums;
pub mod sweep;
pub mod tree;
mod walk;
