//! The steps of the analysis: each joins a method to its parameters, figures and export.

mod clean;
mod filter;
mod ingest;
mod preview;
mod trips;

pub use clean::Clean;
pub use filter::{ChosenOf, FilterStage};
pub use ingest::Ingest;
pub use preview::{PreviewParams, PreviewStage};
pub use trips::{TripsOf, TripsStage};
