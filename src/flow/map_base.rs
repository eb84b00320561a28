//! What the map's base needs of files and networks, handed through from below for the window.

pub use crate::io::pmtiles::{About, Archive, Credit, PmTilesError};
pub use crate::io::reach::{host_of, why_silent};
pub use crate::io::tile_folder::tile_folder;

#[cfg(test)]
pub use crate::io::pmtiles::sample;
