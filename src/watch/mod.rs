//! What a safety officer asks of traffic: who met whom, who passed where, how dense it is, who
//! entered an area, and what is odd.
//!
//! [`encounters()`] finds ships that came close to each other, [`ahead()`] those that will;
//! [`Grid`] counts anything in cells of known area.

pub mod encounters;
pub mod grid;
mod sphere;

pub use encounters::{Encounter, EncounterParams, Encounters, GiveWay, Meeting, PathAhead};
pub use encounters::{ahead, encounters};
pub use grid::{Cell, Grid, GridError};
