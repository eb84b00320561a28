//! The panels: one function each, which edits the session, reads the desk and asks for the rest.

mod menu;
mod prepare;
mod preview;
mod results;
mod sources;
mod start;
mod status;

pub use menu::menu;
pub use prepare::prepare;
pub use preview::{Preview, preview};
pub use results::results;
pub use sources::sources;
pub use start::start;
pub use status::{messages, status};
