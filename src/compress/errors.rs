//! What compression costs: how far what was dropped lies from what is left.

use rayon::prelude::*;

use super::kept::Kept;
use super::line::{Chord as _, Line, Nearest, Synchronous};
use super::measure::{groups, short_way_deg};
use crate::ais::{Fleet, Track, Trip};
use crate::base::job::{Job, Stopped};

/// A largest and a mean error.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Error {
    /// The largest.
    pub max: f64,
    /// The mean over all reports that have a value, kept ones among them: these have none.
    pub mean: f64,
}

/// What compression costs.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Errors {
    /// From a dropped report to the chord of the kept ones around it, meters.
    pub offset_m: Error,
    /// To where on that chord the ship would be at the time, meters (SED).
    pub synchronous_m: Error,
    /// From a dropped speed to the one between the kept ones around it, by time, knots.
    pub sog_kn: Error,
    /// Likewise of courses, the short way round, degrees.
    pub cog_deg: Error,
}

/// The errors that `kept` makes on `trips`. Reports without a position have no error of position,
/// and where one of the three speeds or courses is missing, there is none of that.
///
/// Takes time linear in the number of reports, on all cores.
///
/// # Panics
///
/// If `kept` is of other trips.
pub fn errors(fleet: &Fleet, trips: &[Trip], kept: &Kept, job: &Job) -> Result<Errors, Stopped> {
    assert_eq!(trips.len(), kept.trips(), "what is kept of these trips");
    job.expect(kept.reports_in());
    let mut starts = vec![0];
    for trip in trips {
        starts.push(starts[starts.len() - 1] + trip.reports.len());
    }
    let groups: Vec<Sums> = groups(&starts)
        .into_par_iter()
        .map(|group| {
            let mut sums = Sums::default();
            let mut line = Line::default();
            for trip in group {
                let track = trips[trip].track(fleet);
                line.lay(track.positions, track.t_ms);
                sums.add_trip(&line, &track, kept.of(trip));
                job.advance(track.len())?;
            }
            Ok(sums)
        })
        .collect::<Result<_, Stopped>>()?;
    // In one order, so that the same trips give the same bits.
    let sums = groups.into_iter().fold(Sums::default(), Sums::with);
    Ok(Errors {
        offset_m: sums.offset.error(),
        synchronous_m: sums.synchronous.error(),
        sog_kn: sums.sog.error(),
        cog_deg: sums.cog.error(),
    })
}

#[derive(Clone, Copy, Default)]
struct Sum {
    max: f64,
    total: f64,
    n: usize,
}

impl Sum {
    fn add(&mut self, error: f64) {
        if !error.is_nan() {
            self.max = self.max.max(error);
            self.total += error;
            self.n += 1;
        }
    }

    fn with(self, other: Sum) -> Sum {
        Sum { max: self.max.max(other.max), total: self.total + other.total, n: self.n + other.n }
    }

    fn error(self) -> Error {
        Error { max: self.max, mean: if self.n > 0 { self.total / self.n as f64 } else { 0.0 } }
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    offset: Sum,
    synchronous: Sum,
    sog: Sum,
    cog: Sum,
}

impl Sums {
    fn with(self, other: Sums) -> Sums {
        Sums {
            offset: self.offset.with(other.offset),
            synchronous: self.synchronous.with(other.synchronous),
            sog: self.sog.with(other.sog),
            cog: self.cog.with(other.cog),
        }
    }

    fn add_trip(&mut self, line: &Line, track: &Track, mask: &[bool]) {
        let mut from = None;
        for (at, _) in mask.iter().enumerate().filter(|(_, is_kept)| **is_kept) {
            if let Some(from) = from {
                self.add_chord(line, track, from, at);
            }
            self.add_kept(track, at);
            from = Some(at);
        }
    }

    /// A kept report has no error, but it counts.
    fn add_kept(&mut self, track: &Track, at: usize) {
        let none = |is_missing: bool| if is_missing { f64::NAN } else { 0.0 };
        let offset = none(!track.positions[at].is_valid());
        self.offset.add(offset);
        self.synchronous.add(offset);
        self.sog.add(none(track.sog_kn[at].is_nan()));
        self.cog.add(none(track.cog_deg[at].is_nan()));
    }

    fn add_chord(&mut self, line: &Line, track: &Track, from: usize, to: usize) {
        if to - from < 2 {
            return;
        }
        let nearest = Nearest::new(line, from, to);
        let synchronous = Synchronous::new(line, from, to);
        let lasts_s = line.t_s[to] - line.t_s[from];
        let per_s = if lasts_s > 0.0 { 1.0 / lasts_s } else { 0.0 };
        let sog = |at: usize| f64::from(track.sog_kn[at]);
        let cog = |at: usize| f64::from(track.cog_deg[at]);
        let (from_kn, change_kn) = (sog(from), sog(to) - sog(from));
        let (from_deg, turn_deg) = (cog(from), short_way_deg(cog(to) - cog(from)));
        for at in from + 1..to {
            let (x_m, y_m, t_s) = (line.x_m[at], line.y_m[at], line.t_s[at]);
            let share = (t_s - line.t_s[from]) * per_s;
            self.offset.add(nearest.square_m2(nearest.score(x_m, y_m, t_s)).sqrt());
            self.synchronous.add(synchronous.score(x_m, y_m, t_s).sqrt());
            self.sog.add((from_kn + share * change_kn - sog(at)).abs());
            self.cog.add(short_way_deg(from_deg + share * turn_deg - cog(at)).abs());
        }
    }
}
