//! Deep embedded clustering: trips embedded, grouped, laid out on a plane, and the paper's
//! comparison.

mod embed;
mod groups;
mod model;
mod plane;
mod study;

pub(super) use embed::curves_figures;
pub use embed::{EmbedStage, EmbeddedOf, TrainedParams};
pub use groups::{DeepGroupsOf, DeepGroupsStage};
pub use model::{checked_network, data_key};
pub use plane::{PlaneOf, PlaneStage};
pub use study::{DecStudyOf, DecStudyStage};
