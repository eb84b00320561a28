//! Trips with fewer reports: what is kept of each, and what that costs.
//!
//! [`measure()`] gives every report a few numbers that any threshold is compared with, among them
//! its [significance](significance()): the largest tolerance at which Douglas-Peucker still keeps
//! it. It runs once; after that a moved threshold is a comparison a report ([`Measured::keep`]),
//! and how much is kept at every tolerance is one pass ([`retention()`]). [`errors()`] tells what
//! was lost, [`thin()`] a fleet of what is left. [`repair()`] fills silences before any of it.

pub mod errors;
pub mod kept;
pub mod line;
pub mod measure;
pub mod params;
pub mod plane;
pub mod rdp2;
pub mod repair;
pub mod retention;
pub mod significance;
pub mod spline;
#[cfg(test)]
mod tests;
pub mod thin;
pub mod window;

use rayon::prelude::*;

pub use errors::{Error, Errors, errors};
pub use kept::Kept;
pub use line::Line;
pub use measure::{Measured, measure};
pub use params::{CompressParams, Method, RepairParams};
pub use plane::Plane;
pub use rdp2::rdp2;
pub use repair::{Repaired, repair};
pub use retention::{PAPER_TOLERANCES_M, Retention, ThresholdRow, retention, threshold_table};
pub use significance::{Ruler, significance};
pub use thin::thin;
pub use window::sliding_window;

use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use measure::{Limits, groups, parts};

/// What is kept of each trip, and what that costs.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Compressed {
    /// Which reports are kept.
    pub kept: Kept,
    /// What that costs.
    pub errors: Errors,
}

impl Compressed {
    /// How many reports the trips have.
    pub fn reports_in(&self) -> usize {
        self.kept.reports_in()
    }

    /// How many of them are kept.
    pub fn reports_kept(&self) -> usize {
        self.kept.reports_kept()
    }

    /// The share that is kept, 0 to 1; 1 of nothing.
    pub fn kept_share(&self) -> f64 {
        self.kept.share()
    }
}

/// Measures `trips`, keeps what `params` say and tells what that costs. Both ends of each trip are
/// kept. Repairs, if wanted, are done before, by [`repair()`].
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Reference
///
/// Liu et al. (2023), J. Mar. Sci. Eng. 11, 2005: Douglas-Peucker on positions; between the points
/// it keeps, those where the speed changed by more than `v_th` since the one before, or the course
/// changes by more than `θ_th` to the next. Both changes are between neighbors, so that it makes no
/// difference whether they are sought within the pieces or along the whole trip: we do the latter,
/// and with any [`Method`]. Courses take the short way round, which the paper's do not.
pub fn compress(
    fleet: &Fleet,
    trips: &[Trip],
    params: &Checked<CompressParams>,
    job: &Job,
) -> Result<Compressed, Stopped> {
    let measured = measure(fleet, trips, params.method.ruler(), job)?;
    let kept = keep(fleet, trips, &measured, params, job)?;
    let errors = errors(fleet, trips, &kept, job)?;
    Ok(Compressed { kept, errors })
}

/// What `params` keep of `trips`, which were measured with the method's [`Method::ruler`]: a
/// comparison a report where the method knows significance, else the method itself.
///
/// # Panics
///
/// If `measured` is of other trips.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn keep(
    fleet: &Fleet,
    trips: &[Trip],
    measured: &Measured,
    params: &Checked<CompressParams>,
    job: &Job,
) -> Result<Kept, Stopped> {
    assert_eq!(trips.len(), measured.trips(), "the trips that were measured");
    let by_significance = matches!(params.method, Method::DouglasPeucker | Method::TimeRatio);
    if by_significance || !params.keeps_positions {
        return Ok(measured.keep(params));
    }
    let starts = measured.starts();
    let motion = Limits::new(params).of_motion();
    let mut mask = vec![false; measured.reports()];
    let groups = groups(starts);
    job.expect(mask.len());
    let tasks: Vec<_> = groups.iter().cloned().zip(parts(&mut mask, starts, &groups)).collect();
    tasks.into_par_iter().try_for_each(|(group, mask)| {
        let mut line = Line::default();
        let first = starts[group.start];
        for trip in group {
            let range = starts[trip]..starts[trip + 1];
            let own = &mut mask[range.start - first..range.end - first];
            let track = trips[trip].track(fleet);
            line.lay(track.positions, track.t_ms);
            if params.method == Method::Rdp2 {
                rdp2(&line, params.tolerance_m, params.slope_deg, own, job)?;
            } else {
                sliding_window(&line, params.tolerance_m, own, job)?;
            }
            for (is_kept, at) in own.iter_mut().zip(range) {
                let (speed_kn, course_deg) = (measured.speed_kn()[at], measured.course_deg()[at]);
                *is_kept |= motion.keep(0.0, speed_kn, course_deg);
            }
            job.advance(track.len())?;
        }
        Ok::<(), Stopped>(())
    })?;
    Ok(Kept::new(starts.to_vec(), mask))
}
