//! Integration tests, in one binary.

mod associate;
mod bad_input;
mod cli;
mod cluster;
mod compress;
mod data;
mod destination;
mod dialects;
mod filter;
mod flow;
mod formats;
mod ground;
mod grouping;
mod layers;
mod map_clusters;
mod nmea;
mod outliers;
mod panels;
mod predict;
mod predict_ui;
mod properties;
mod snap;
mod truth;
mod ui;
