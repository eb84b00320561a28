//! What a safety officer asks of traffic: who met whom, who passed where, how dense it is, who
//! entered an area, and what is odd.
//!
//! [`encounters()`] finds ships that came close to each other, [`ahead()`] those that will;
//! [`gate()`] counts who crosses a line; [`density()`] how long ships are where, in the cells of a
//! [`Grid`]; [`watch_areas()`] tells what ships did in polygons;
//! [`oddities()`] what does not fit.

pub mod areas;
pub mod density;
pub mod encounters;
pub mod gates;
pub mod grid;
pub mod oddities;
mod sphere;

pub use areas::{
    Area, AreaError, AreaEvent, AreaEventKind, AreaParams, check_corners, crossed_edge, watch_areas,
};
pub use density::{Change, Density, DensityParams, density};
pub use encounters::{Encounter, EncounterParams, Encounters, GiveWay, Meeting, PathAhead};
pub use encounters::{ahead, encounters};
pub use gates::{Crossing, Flow, Gate, GateError, GateParams, Mixture, Side, gate};
pub use grid::{Cell, Grid, GridError};
pub use oddities::{Oddity, OddityKind, OddityParams, Reach, Said, Scene, is_valid_imo, oddities};
