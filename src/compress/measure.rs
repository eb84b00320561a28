//! What every threshold is compared with, measured once for all trips.

use std::ops::Range;

use rayon::prelude::*;

use super::kept::Kept;
use super::line::{Line, Nearest, Synchronous};
use super::params::CompressParams;
use super::significance::{Ruler, Work, down};
use crate::ais::{Fleet, Trip};
use crate::base::job::{Job, Stopped};

/// Reports in a group of trips: the unit of parallel work.
const GROUP: usize = 50_000;

/// What every threshold is compared with: three columns of one value a report, trip after trip. A
/// moved threshold costs a comparison a report.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Measured {
    // Invariant: `starts` has one entry more than there are trips, begins with 0, never decreases
    // and ends with the length of all columns.
    pub(super) starts: Vec<usize>,
    pub(super) significance_m: Vec<f32>,
    pub(super) speed_kn: Vec<f32>,
    pub(super) course_deg: Vec<f32>,
}

/// Measures the reports of `trips`: the significance of each by `ruler`, the change of speed since
/// the report before and the change of course to the next. Where a speed or course is missing,
/// nothing changes; neither does it at a trip's ends. Changes are rounded to thousandths, so that
/// a change of exactly a threshold, as AIS's tenths often are, does not exceed it.
///
/// Positions are told on a [plane](super::plane::Plane) along each trip. Takes about `O(n log n)`
/// time, on all cores, and 12 bytes a report.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn measure(
    fleet: &Fleet,
    trips: &[Trip],
    ruler: Ruler,
    job: &Job,
) -> Result<Measured, Stopped> {
    let mut starts = vec![0];
    for trip in trips {
        starts.push(starts.last().copied().unwrap_or_default() + trip.reports.len());
    }
    let n = starts.last().copied().unwrap_or_default();
    let mut measured = Measured {
        starts,
        significance_m: vec![0.0; n],
        speed_kn: vec![0.0; n],
        course_deg: vec![0.0; n],
    };
    job.expect(n);
    let Measured { starts, significance_m, speed_kn, course_deg } = &mut measured;
    let groups = groups(starts);
    let columns = parts(significance_m, starts, &groups)
        .into_iter()
        .zip(parts(speed_kn, starts, &groups))
        .zip(parts(course_deg, starts, &groups));
    let tasks: Vec<_> = groups.iter().cloned().zip(columns).collect();
    tasks.into_par_iter().try_for_each(|(group, ((significance_m, speed_kn), course_deg))| {
        let mut line = Line::default();
        let mut work = Work::default();
        let first = starts[group.start];
        for trip in group {
            let own = starts[trip] - first..starts[trip + 1] - first;
            let track = trips[trip].track(fleet);
            line.lay(track.positions, track.t_ms);
            let out = &mut significance_m[own.clone()];
            match ruler {
                Ruler::Nearest => work.measure::<Nearest>(&line, out, job)?,
                Ruler::Synchronous => work.measure::<Synchronous>(&line, out, job)?,
            }
            speed_changes(track.sog_kn, &mut speed_kn[own.clone()]);
            course_changes(track.cog_deg, &mut course_deg[own.clone()]);
            job.advance(own.len())?;
        }
        Ok::<(), Stopped>(())
    })?;
    Ok(measured)
}

impl Measured {
    /// How many trips were measured.
    pub fn trips(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many reports they have.
    pub fn reports(&self) -> usize {
        self.significance_m.len()
    }

    /// Where each trip's values start, and at last their number.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The largest tolerance at which each report is still kept, meters; infinite at trips' ends.
    pub fn significance_m(&self) -> &[f32] {
        &self.significance_m
    }

    /// The change of speed since the report before, knots, without a sign.
    pub fn speed_kn(&self) -> &[f32] {
        &self.speed_kn
    }

    /// The change of course to the next report, degrees, without a sign.
    pub fn course_deg(&self) -> &[f32] {
        &self.course_deg
    }

    /// What the thresholds keep: the improved Douglas-Peucker of the paper, whatever
    /// [`CompressParams::method`] says. One comparison a report and threshold, on all cores.
    pub fn keep(&self, params: &CompressParams) -> Kept {
        let limits = Limits::new(params);
        let mut mask = vec![false; self.reports()];
        let n = mask
            .par_chunks_mut(GROUP)
            .zip(self.significance_m.par_chunks(GROUP))
            .zip(self.speed_kn.par_chunks(GROUP).zip(self.course_deg.par_chunks(GROUP)))
            .map(|((mask, significance_m), (speed_kn, course_deg))| {
                let values = significance_m.iter().zip(speed_kn).zip(course_deg);
                for (is_kept, ((significance_m, speed_kn), course_deg)) in
                    mask.iter_mut().zip(values)
                {
                    *is_kept = limits.keep(*significance_m, *speed_kn, *course_deg);
                }
                mask.iter().map(|is_kept| usize::from(*is_kept)).sum::<usize>()
            })
            .sum();
        Kept::counted(self.starts.clone(), mask, n)
    }
}

/// Thresholds as the columns are compared with them.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    significance_m: f32,
    speed_kn: f32,
    course_deg: f32,
}

impl Limits {
    pub(super) fn new(params: &CompressParams) -> Limits {
        // Ends are infinite, so that what keeps nothing else still keeps them.
        let or_never = |is_on: bool, limit: f32| if is_on { limit } else { f32::MAX };
        Limits {
            significance_m: or_never(params.keeps_positions, down(params.tolerance_m)),
            speed_kn: or_never(params.keeps_speeds, params.speed_kn as f32),
            course_deg: or_never(params.keeps_courses, params.course_deg as f32),
        }
    }

    /// These without the one of positions.
    pub(super) fn of_motion(self) -> Limits {
        Limits { significance_m: f32::MAX, ..self }
    }

    #[inline]
    #[expect(clippy::needless_bitwise_bool, reason = "no branches: four reports at once")]
    pub(super) fn keep(self, significance_m: f32, speed_kn: f32, course_deg: f32) -> bool {
        (significance_m > self.significance_m)
            | (speed_kn > self.speed_kn)
            | (course_deg > self.course_deg)
    }
}

/// `|sog_i - sog_(i-1)|`, the paper's speed mutations.
fn speed_changes(sog_kn: &[f32], out: &mut [f32]) {
    for (inner, out) in sog_kn.windows(3).zip(out.iter_mut().skip(1)) {
        *out = thousandths(f64::from(inner[1]) - f64::from(inner[0]));
    }
}

/// `|wrap180(cog_(i+1) - cog_i)|`, the paper's course mutations.
fn course_changes(cog_deg: &[f32], out: &mut [f32]) {
    for (inner, out) in cog_deg.windows(3).zip(out.iter_mut().skip(1)) {
        *out = thousandths(short_way_deg(f64::from(inner[2]) - f64::from(inner[1])));
    }
}

fn thousandths(change: f64) -> f32 {
    let change = change.abs();
    // Adding a half and cutting off rounds; not-a-number is cut off to 0.
    (f64::from((change * 1000.0 + 0.5) as u32) / 1000.0) as f32
}

/// The same turn the short way round, for less than one and a half turns.
pub(super) fn short_way_deg(turn_deg: f64) -> f64 {
    let turn_deg = if turn_deg > 180.0 { turn_deg - 360.0 } else { turn_deg };
    if turn_deg < -180.0 { turn_deg + 360.0 } else { turn_deg }
}

/// Neighboring trips that together have about [`GROUP`] reports.
pub(super) fn groups(starts: &[usize]) -> Vec<Range<usize>> {
    let mut groups = Vec::new();
    let mut first = 0;
    for end in 1..starts.len() {
        if starts[end] - starts[first] >= GROUP || end + 1 == starts.len() {
            groups.push(first..end);
            first = end;
        }
    }
    groups
}

/// A column cut into one part a group.
pub(super) fn parts<'a, T>(
    column: &'a mut [T],
    starts: &[usize],
    groups: &[Range<usize>],
) -> Vec<&'a mut [T]> {
    let mut rest = column;
    groups
        .iter()
        .map(|group| {
            let (own, others) =
                std::mem::take(&mut rest).split_at_mut(starts[group.end] - starts[group.start]);
            rest = others;
            own
        })
        .collect()
}
