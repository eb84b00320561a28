//! Integration tests, in one binary.

mod bad_input;
mod data;
mod dialects;
mod flow;
mod ground;
mod layers;
mod nmea;
mod truth;
