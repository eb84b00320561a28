//! Where a ship will be: regression from what it did to where it is then.
//!
//! [`window`] says what is known of a ship at a moment, [`frame`] in which coordinates, [`features`]
//! by which numbers; [`dataset`] does so for all trips and knows where the ships were later. The
//! regressors ([`elm`], [`kernel`], [`gmm`], [`gpr`]) work on plain arrays: a row of standardized
//! features a sample ([`Rows`](crate::base::rows::Rows)), one to eight standardized targets each;
//! they know nothing about ships. [`ensemble`] joins many of one of them; [`network`] trains networks
//! that tell all times ahead at once. A [`model::Model`] is a
//! method fitted for each time ahead, with the [`spread`] that its ellipses come from and the
//! [`waters`] that it knows; [`tune`] finds its settings and [`score`] says how far off it is.
//!
//! # Reference
//!
//! Tu, Zhang, Mao, Rachmawati, Huang, *Modeling Historical AIS Data For Vessel Path Prediction: A
//! Comprehensive Treatment*.

pub mod dataset;
pub mod elm;
pub mod ensemble;
pub mod features;
pub mod frame;
pub mod gmm;
pub mod gpr;
pub mod intake;
pub mod kernel;
mod landmarks;
pub mod model;
pub mod network;
pub mod params;
mod ridge;
mod samples;
pub mod score;
pub mod spread;
pub mod tune;
pub mod waters;
pub mod window;

#[cfg(test)]
mod tests;
