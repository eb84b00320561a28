//! The panels: one function each, which edits the session, reads the desk and asks for the rest.

mod cluster;
mod compress;
mod distributions;
mod filters;
mod inspector;
mod layers;
mod log;
mod menu;
mod outliers;
mod palette;
mod predict;
mod prepare;
mod preview;
mod profile;
mod sources;
mod start;
mod status;
mod tables;
mod timeline;

pub use cluster::ClusterPanels;
pub use compress::{Compression, retention, thresholds};
pub use filters::Filters;
pub use layers::layers;
pub use log::log;
pub use menu::menu;
pub use outliers::{OutlierList, outliers};
pub use palette::Palette;
pub use predict::PredictPanels;
pub use prepare::prepare;
pub use preview::{Preview, preview};
pub use sources::sources;
pub use start::start;
pub use status::{messages, status};
pub use tables::Tables;
pub use timeline::Timeline;
