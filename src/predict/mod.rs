//! Where a ship will be: regression from what it did to where it is then.
//!
//! The methods here work on plain arrays: a row of standardized features a sample
//! ([`Rows`](crate::base::rows::Rows)), one to eight standardized targets each. They know nothing
//! about ships.

pub mod dataset;
pub mod elm;
pub mod ensemble;
pub mod features;
pub mod frame;
pub mod gmm;
pub mod gpr;
pub mod kernel;
mod landmarks;
pub mod model;
pub mod params;
mod ridge;
mod samples;
pub mod score;
pub mod spread;
pub mod tune;
pub mod window;
