//! What is kept of a fleet, as runs of its reports, and the fleet made of them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::clean::{Mended, SharedMmsi, Verdict};
use crate::ais::{Fleet, Reports, Vessel};

/// What to take over into the cleaned fleet, in the order in which it will lie there.
#[derive(Default)]
pub(super) struct Plan {
    /// Runs of reports of the fleet that is cleaned.
    pub runs: Vec<Range<u32>>,
    /// The vessels to be, each owning the next of the runs.
    pub ships: Vec<Ship>,
    /// Speeds to put in place of others, by report, in the order of the runs.
    pub speeds: Vec<(u32, f32)>,
    /// Counts of removed reports.
    pub removed: BTreeMap<Verdict, usize>,
    /// Counts of mended ones.
    pub mended: Mended,
    /// Numbers found to be shared.
    pub shared: Vec<SharedMmsi>,
}

/// A vessel of the cleaned fleet.
pub(super) struct Ship {
    /// Index of its vessel in the fleet that is cleaned.
    pub vessel: usize,
    /// Which of the ships that share the number.
    pub part: u8,
    /// Its runs in [`Plan::runs`].
    pub runs: Range<usize>,
    /// Number of its reports.
    pub len: usize,
}

impl Plan {
    /// Adds the reports for which `is_own` says so as one ship, if there are any. The first of
    /// `is_own` is about report `first` of the fleet.
    pub fn add_ship(
        &mut self,
        vessel: usize,
        part: u8,
        first: usize,
        is_own: impl Iterator<Item = bool>,
    ) {
        let first_run = self.runs.len();
        let (mut len, mut start, mut end) = (0, None, first as u32);
        for is_own in is_own {
            match (is_own, start) {
                (true, None) => start = Some(end),
                (false, Some(begun)) => {
                    self.runs.push(begun..end);
                    start = None;
                }
                _ => (),
            }
            len += usize::from(is_own);
            end += 1;
        }
        self.runs.extend(start.map(|begun| begun..end));
        if len > 0 {
            self.ships.push(Ship { vessel, part, runs: first_run..self.runs.len(), len });
        }
    }

    /// Counts what was removed.
    pub fn count(&mut self, verdicts: &[Verdict]) {
        let mut counts = [0; Verdict::ALL.len()];
        for verdict in verdicts {
            counts[*verdict as usize] += 1;
        }
        for (verdict, n) in Verdict::ALL.into_iter().zip(counts).skip(1).filter(|(_, n)| *n > 0) {
            *self.removed.entry(verdict).or_default() += n;
        }
    }

    /// Appends the plan of the vessels that follow.
    pub fn append(&mut self, mut next: Plan) {
        let shift = self.runs.len();
        self.ships.extend(
            next.ships
                .into_iter()
                .map(|ship| Ship { runs: ship.runs.start + shift..ship.runs.end + shift, ..ship }),
        );
        self.runs.append(&mut next.runs);
        self.speeds.append(&mut next.speeds);
        self.shared.append(&mut next.shared);
        for (verdict, n) in next.removed {
            *self.removed.entry(verdict).or_default() += n;
        }
        self.mended.impossible_speeds += next.mended.impossible_speeds;
        self.mended.sudden_speeds += next.mended.sudden_speeds;
    }
}

/// The fleet of which `plan` tells. Column by column, so that nothing is copied twice.
pub(super) fn gather(fleet: &Fleet, plan: &Plan) -> Fleet {
    let n = plan.ships.iter().map(|ship| ship.len).sum();
    let (from, runs) = (fleet.reports(), plan.runs.as_slice());
    let mut reports = Reports::default();
    rayon::scope(|scope| {
        let Reports { t_ms, positions, sog_kn, cog_deg, heading_deg, rot_deg_min, status, truth } =
            &mut reports;
        scope.spawn(|_| *positions = gathered(&from.positions, runs, n));
        scope.spawn(|_| *t_ms = gathered(&from.t_ms, runs, n));
        scope.spawn(|_| {
            *sog_kn = gathered(&from.sog_kn, runs, n);
            replace(sog_kn, runs, &plan.speeds);
        });
        scope.spawn(|_| *cog_deg = gathered(&from.cog_deg, runs, n));
        scope.spawn(|_| *heading_deg = gathered(&from.heading_deg, runs, n));
        scope.spawn(|_| *rot_deg_min = gathered(&from.rot_deg_min, runs, n));
        scope.spawn(|_| *status = gathered(&from.status, runs, n));
        if !from.truth.is_empty() {
            scope.spawn(|_| *truth = gathered(&from.truth, runs, n));
        }
    });
    let vessels = plan.ships.iter().map(|ship| {
        let vessel = fleet.vessels()[ship.vessel].clone();
        Vessel { part: vessel.part.saturating_add(ship.part), ..vessel }
    });
    let starts = std::iter::once(0).chain(plan.ships.iter().scan(0, |end, ship| {
        *end += ship.len;
        Some(*end)
    }));
    Fleet::new(vessels.collect(), starts.collect(), reports)
}

fn gathered<T: Copy>(column: &[T], runs: &[Range<u32>], n: usize) -> Vec<T> {
    let mut gathered = Vec::with_capacity(n);
    for run in runs {
        gathered.extend_from_slice(&column[run.start as usize..run.end as usize]);
    }
    gathered
}

/// Puts the new speeds, which are in the order of the runs, in their places.
fn replace(sog_kn: &mut [f32], runs: &[Range<u32>], speeds: &[(u32, f32)]) {
    let mut speeds = speeds.iter().peekable();
    let mut start = 0;
    for run in runs {
        while let Some((report, speed_kn)) = speeds.next_if(|(report, _)| run.contains(report)) {
            sog_kn[start + (report - run.start) as usize] = *speed_kn;
        }
        start += run.len();
    }
    assert!(speeds.next().is_none(), "every new speed has its report");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Report;
    use crate::base::geo::Position;

    #[test]
    fn runs_are_what_stands_together() {
        let mut plan = Plan::default();
        plan.add_ship(3, 0, 10, [true, true, false, true].into_iter());
        plan.add_ship(3, 1, 10, [false, false, true, false].into_iter());
        plan.add_ship(4, 0, 14, [false, false].into_iter());
        assert_eq!(plan.runs, [10..12, 13..14, 12..13]);
        let ships: Vec<_> = plan.ships.iter().map(|ship| (ship.part, ship.len)).collect();
        assert_eq!(ships, [(0, 3), (1, 1)]);
    }

    #[test]
    fn new_speeds_find_their_reports_wherever_these_went() {
        let reports = (0..4).map(|t| Report::at(t, Position::new(0.0, t as f64))).collect();
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports)]);
        let mut plan = Plan::default();
        plan.add_ship(0, 0, 0, [true, false, true, false].into_iter());
        plan.add_ship(0, 1, 0, [false, true, false, true].into_iter());
        plan.speeds = vec![(2, 12.0), (1, 11.0)];
        let gathered = gather(&fleet, &plan);
        assert_eq!(gathered.reports().t_ms, [0, 2, 1, 3]);
        assert_eq!(gathered.reports().sog_kn[1..3], [12.0, 11.0]);
        assert_eq!(gathered.vessels()[1].part, 1);
    }
}
