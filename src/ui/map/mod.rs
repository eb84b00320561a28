//! The map.
pub mod coast;
mod coast_asset;
pub mod colors;
pub mod furniture;
pub mod view;
