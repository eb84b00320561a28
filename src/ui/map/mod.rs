//! The map: coast, graticule, tracks, and what is under the pointer.

pub mod base;
mod boxes;
mod camera;
mod clusters;
pub mod coast;
mod coast_asset;
pub mod colors;
pub mod density;
pub mod density_plain;
pub mod fit;
mod found;
pub mod furniture;
pub mod geometry;
mod gpu;
mod held;
mod hover;
mod kept;
mod legend;
pub mod likely;
pub mod levels;
mod looks;
mod marks;
mod near;
pub mod palette;
mod panel;
mod path;
pub mod pick;
#[cfg(test)]
mod picture;
mod plain;
pub mod ports;
mod routes;
mod sailed;
mod ships;
pub mod symbols;
mod tool;
pub mod tracks;
pub mod vertex;
pub mod view;

pub use clusters::{in_words as clusters_in_words, titles as cluster_titles};
pub use found::{BROKEN, WRONG};
pub use gpu::wgpu_options;
pub use marks::outlier_color;
pub use panel::MapPanel;
pub use sailed::{Sail, places as sailed_places};
pub use tool::Tool;
