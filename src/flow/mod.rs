//! Parameters to jobs to kept results.

pub mod bound;
pub mod deep;
pub mod desk;
pub mod jobs;
pub mod kept;
pub mod key;
pub mod look;
pub mod made;
pub mod map_base;
pub mod places;
pub mod predicting;
pub mod project;
pub mod report;
pub mod run_file;
pub mod session;
pub mod settings;
pub mod stage;
pub mod stages;
pub mod tray;
pub mod watching;
mod whose;

pub use desk::Desk;
pub use jobs::Jobs;
pub use key::Key;
pub use session::Session;

pub use crate::io::picture::png_bytes;
pub use crate::io::safe::write_text;
pub use crate::io::write_png;
