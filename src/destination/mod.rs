//! Where ships are bound and when they will arrive: voyages as models take them, baselines, scores.

pub mod baseline;
pub mod dataset;
pub mod nest;
pub mod score;
pub mod space;
pub mod split;

pub use dataset::{Batch, Dataset};
pub use nest::{Journey, Nest, NestParams};
pub use score::{Answer, Scores, Scoring};
pub use split::{Part, split_by_vessel, split_by_voyage};
