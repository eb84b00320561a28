//! Reports to trips: what is wrong goes, what belongs together stays together.
//!
//! [`clean()`] takes away reports that cannot be true and tells ships apart that share a number;
//! [`segment()`] cuts each track into trips; [`filter()`] chooses those that are looked at. All say
//! of everything they took what it was and why. [`outliers()`] finds motion that teaches nothing of
//! where ships go next. [`Moments`] and [`rhythm()`] tell where ships are at a moment and how many
//! reports there are over time.

mod chain;
pub mod clean;
pub mod filter;
mod follow;
mod gather;
pub mod limits;
mod mend;
pub mod moment;
pub mod outlier;
mod part;
#[cfg(test)]
mod properties;
pub mod rhythm;
pub mod segment;
mod share;
mod steps;
mod stop;
#[cfg(test)]
mod tests;
mod turn;

use std::ops::Range;

pub use clean::{Cleaned, Mended, SharedMmsi, Verdict, clean};
pub use filter::{Chosen, Criterion, FilterParams, filter};
pub use limits::{CleanParams, SpeedLimit};
pub use moment::{Moments, ShipAt, ship_at};
pub use outlier::{Outlier, OutlierKind, OutlierParams, Outliers, outliers};
pub use rhythm::{Rhythm, rhythm};
pub use segment::{Cut, Dropped, TripParams, Trips, segment};

use crate::ais::Fleet;

/// Reports in a chunk of vessels: much more than the cost of handing out a chunk, much less than
/// what would let one core wait for another.
const CHUNK: usize = 50_000;

/// Neighboring vessels that together have about [`CHUNK`] reports: the unit of parallel work.
fn chunks(fleet: &Fleet) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let mut first = 0;
    for vessel in 0..fleet.vessels().len() {
        if fleet.starts()[vessel + 1] - fleet.starts()[first] >= CHUNK {
            chunks.push(first..vessel + 1);
            first = vessel + 1;
        }
    }
    if first < fleet.vessels().len() {
        chunks.push(first..fleet.vessels().len());
    }
    chunks
}
