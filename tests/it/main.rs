//! Integration tests, in one binary.

mod flow;
mod layers;
mod nmea;
mod truth;
