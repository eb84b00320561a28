//! Fairway.
pub mod ais;
pub mod base;
pub mod io;
