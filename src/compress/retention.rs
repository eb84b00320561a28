//! How much is kept at every tolerance.

use rayon::prelude::*;

use super::errors::{Error, errors};
use super::measure::{Limits, Measured};
use super::params::CompressParams;
use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};

/// Bits of an `f32` below those that tell 16 steps an octave.
const STEP: u32 = 19;
/// Reports in a chunk of parallel work.
const CHUNK: usize = 1 << 18;
/// The paper's tolerances, meters: those of its table of one ship's 3,769 reports.
pub const PAPER_TOLERANCES_M: [f64; 7] = [10.0, 40.0, 70.0, 100.0, 130.0, 160.0, 190.0];

/// The retention curve: how many reports are kept at each of a row of tolerances.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Retention {
    /// Tolerances, rising, 16 to every doubling, meters.
    pub tolerance_m: Vec<f64>,
    /// How many reports are kept at each; never rises.
    pub kept: Vec<usize>,
    /// Of how many.
    pub reports: usize,
}

impl Retention {
    /// The share that is kept at step `step`, 0 to 1; 1 of nothing.
    pub fn share(&self, step: usize) -> f64 {
        if self.reports == 0 { 1.0 } else { self.kept[step] as f64 / self.reports as f64 }
    }
}

/// The retention curve from `low_m` to `high_m` and a step beyond, with all else as `params` say:
/// what changes of speed and course keep, is kept at any tolerance. Exact at each of its
/// tolerances, whose logarithms lie nearly even.
///
/// One pass over the reports, on all cores, and no sort: the first bits of a significance are its
/// place in the curve.
pub fn retention(
    measured: &Measured,
    params: &CompressParams,
    low_m: f64,
    high_m: f64,
) -> Retention {
    let low_m = (low_m.max(1e-3) as f32).min(1e9);
    let high_m = (high_m as f32).clamp(low_m, 1e9);
    let (first, last) = (low_m.to_bits() >> STEP, (high_m.to_bits() >> STEP) + 1);
    let motion = Limits::new(params).of_motion();
    // Place 0: dropped at all tolerances; place i: kept at the first i of them.
    let n_steps = (last - first + 1) as usize;
    let counts = measured
        .significance_m()
        .par_chunks(CHUNK)
        .zip(measured.speed_kn().par_chunks(CHUNK))
        .zip(measured.course_deg().par_chunks(CHUNK))
        .map(|((significance_m, speed_kn), course_deg)| {
            let mut counts = vec![0_usize; n_steps + 1];
            for ((significance_m, speed_kn), course_deg) in
                significance_m.iter().zip(speed_kn).zip(course_deg)
            {
                let is_mutation = motion.keep(*significance_m, *speed_kn, *course_deg);
                // A significance equal to a tolerance is not kept by it.
                let step = (significance_m.to_bits().saturating_sub(1) >> STEP) + 1;
                let place = (step.saturating_sub(first) as usize).min(n_steps);
                counts[if is_mutation { n_steps } else { place }] += 1;
            }
            counts
        })
        .reduce(|| vec![0; n_steps + 1], |a, b| a.into_iter().zip(b).map(|(a, b)| a + b).collect());
    let mut kept = Vec::with_capacity(n_steps);
    let mut left = measured.reports();
    for count in &counts[..n_steps] {
        left -= count;
        kept.push(left);
    }
    Retention {
        tolerance_m: (first..=last).map(|step| f32::from_bits(step << STEP).into()).collect(),
        kept,
        reports: measured.reports(),
    }
}

/// A row of the paper's threshold table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ThresholdRow {
    /// The tolerance, meters.
    pub tolerance_m: f64,
    /// How many reports it keeps by itself.
    pub kept_by_position: usize,
    /// How many are kept with the thresholds of speed and course that are on.
    pub kept: usize,
    /// Of how many.
    pub reports: usize,
    /// From what the tolerance drops by itself to what is left, meters.
    pub error_m: Error,
}

/// The paper's threshold table of `trips`, a row for each of `tolerances_m` (the paper's are
/// [`PAPER_TOLERANCES_M`]); speed and course as `params` say.
///
/// # Panics
///
/// If `measured` is of other trips.
pub fn threshold_table(
    fleet: &Fleet,
    trips: &[Trip],
    measured: &Measured,
    tolerances_m: &[f64],
    params: &CompressParams,
    job: &Job,
) -> Result<Vec<ThresholdRow>, Stopped> {
    let row = |tolerance_m: &f64| {
        let all =
            CompressParams { tolerance_m: *tolerance_m, keeps_positions: true, ..params.clone() };
        let alone = CompressParams { keeps_speeds: false, keeps_courses: false, ..all.clone() };
        let by_position = measured.keep(&alone);
        Ok(ThresholdRow {
            tolerance_m: *tolerance_m,
            kept_by_position: by_position.reports_kept(),
            kept: measured.keep(&all).reports_kept(),
            reports: measured.reports(),
            error_m: errors(fleet, trips, &by_position, job)?.offset_m,
        })
    };
    tolerances_m.iter().map(row).collect()
}
