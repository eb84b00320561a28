//! Fairway.
#![recursion_limit = "256"]
pub mod ais;
pub mod base;
pub mod cli;
pub mod flow;
pub mod io;
pub mod prep;
pub mod synth;
pub mod ui;
