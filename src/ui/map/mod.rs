//! The map: coast, graticule, tracks, and what is under the pointer.

mod boxes;
pub mod coast;
mod coast_asset;
pub mod colors;
pub mod fit;
pub mod furniture;
pub mod geometry;
mod gpu;
mod held;
mod hover;
mod legend;
pub mod levels;
pub mod palette;
mod panel;
pub mod pick;
mod plain;
mod tool;
pub mod tracks;
pub mod vertex;
pub mod view;

pub use gpu::wgpu_options;
pub use panel::MapPanel;
pub use tool::Tool;
