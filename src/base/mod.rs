//! Numbers, places, time, jobs, parameters: nothing about ships.

pub mod angle;
pub mod chart;
pub mod coast;
pub mod forest;
pub mod geo;
pub mod job;
pub mod linalg;
pub mod means;
pub mod nearest;
pub mod note;
pub mod params;
pub mod rng;
pub mod rows;
pub mod scaler;
pub mod text;
pub mod time;
pub mod units;
