//! Numbers, places, time, jobs, parameters: nothing about ships.

pub mod angle;
pub mod geo;
pub mod job;
pub mod means;
pub mod note;
pub mod params;
pub mod rng;
pub mod text;
pub mod time;
pub mod units;
