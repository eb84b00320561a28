//! Trips that belong together, and the routes they follow.

pub mod route;
pub mod study;
