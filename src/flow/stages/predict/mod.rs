//! Path prediction: windows, fitted models, scores, the path of one ship, and that of every trip.

mod ends;
mod fit;
mod path;
mod scores;
mod windows;

pub use ends::{EndOf, EndsOf, EndsStage};
pub use fit::{Card, FitParams, FitStage, ModelsOf, Training, checked_models, save_models};
pub use path::{OnePath, PathOf, PathStage};
pub use scores::{ScoresOf, ScoresStage};
pub use windows::{WindowsOf, WindowsStage};
