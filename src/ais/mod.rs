//! The nouns: vessel, report, fleet, track, trip, port.

pub mod fleet;
pub mod kinds;
pub mod port;
pub mod report;
pub mod sailing;
pub mod trip;
pub mod vessel;

pub use fleet::{Fleet, Track};
pub use kinds::KindSet;
pub use port::{HarborSize, Locode, Port, PortId, PortTable};
pub use report::{Fault, NavStatus, Report, Reports, Truth};
pub use sailing::{SailingRow, Sailings};
pub use trip::{Ending, Trip};
pub use vessel::{Mmsi, MmsiClass, ShipKind, ShipType, Static, Vessel};
