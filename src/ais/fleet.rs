//! All vessels with all their reports.

use std::ops::Range;

use rayon::prelude::*;

use super::{NavStatus, Report, Reports, Truth, Vessel};
use crate::base::geo::{Bounds, Position};

/// Vessels and their reports, sorted by vessel and time, in shared columns.
///
/// One allocation a column instead of one a vessel: fifty thousand vessels cost no more than one,
/// a column goes to the GPU as it is, and a part of a track is a range.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Fleet {
    // Invariant: `starts` has one entry more than `vessels`, begins with 0, never decreases and
    // ends with the number of reports; within a vessel, times never decrease.
    vessels: Vec<Vessel>,
    starts: Vec<usize>,
    reports: Reports,
}

/// One vessel's reports in time order: a view into its fleet.
#[derive(Clone, Copy, Debug)]
pub struct Track<'a> {
    /// Whose they are.
    pub vessel: &'a Vessel,
    /// UTC milliseconds; never decreasing, and strictly increasing once cleaned.
    pub t_ms: &'a [i64],
    /// Places.
    pub positions: &'a [Position],
    /// Speeds over ground, knots.
    pub sog_kn: &'a [f32],
    /// Courses over ground, degrees.
    pub cog_deg: &'a [f32],
    /// Headings, degrees.
    pub heading_deg: &'a [f32],
    /// Navigational status.
    pub status: &'a [NavStatus],
}

impl Track<'_> {
    /// How many reports there are.
    pub fn len(&self) -> usize {
        self.t_ms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.t_ms.is_empty()
    }
}

impl Fleet {
    /// A fleet of `vessels`, vessel *i* owning `reports[starts[i]..starts[i + 1]]`.
    ///
    /// # Panics
    ///
    /// If `starts` does not divide the reports among the vessels, or a vessel's times decrease.
    pub fn new(vessels: Vec<Vessel>, starts: Vec<usize>, reports: Reports) -> Fleet {
        assert_eq!(starts.len(), vessels.len() + 1, "one start a vessel and an end");
        assert_eq!(
            (starts[0], starts[vessels.len()]),
            (0, reports.len()),
            "starts span the reports"
        );
        assert!(starts.is_sorted(), "starts never decrease");
        assert!(
            reports.truth.is_empty() || reports.truth.len() == reports.len(),
            "truth for all or none"
        );
        for range in starts.windows(2).map(|pair| pair[0]..pair[1]) {
            assert!(reports.t_ms[range].is_sorted(), "a vessel's times never decrease");
        }
        Fleet { vessels, starts, reports }
    }

    /// The same reports of `vessels`, which are described anew.
    ///
    /// # Panics
    ///
    /// If there are not as many as before.
    #[must_use]
    pub fn with_vessels(self, vessels: Vec<Vessel>) -> Fleet {
        assert_eq!(vessels.len(), self.vessels.len(), "each vessel is described anew");
        Fleet { vessels, ..self }
    }

    /// The vessels, by rising number.
    pub fn vessels(&self) -> &[Vessel] {
        &self.vessels
    }

    /// All reports, vessel after vessel.
    pub fn reports(&self) -> &Reports {
        &self.reports
    }

    /// Where in [`Fleet::reports`] the reports of vessel `index` lie.
    pub fn range(&self, index: usize) -> Range<usize> {
        self.starts[index]..self.starts[index + 1]
    }

    /// Where each vessel's reports start, and at last their number.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// The reports of vessel `index`.
    pub fn track(&self, index: usize) -> Track<'_> {
        self.piece(index, self.range(index))
    }

    /// The reports `range` of [`Fleet::reports`], which are of vessel `index`.
    pub fn piece(&self, index: usize, range: Range<usize>) -> Track<'_> {
        let reports = &self.reports;
        Track {
            vessel: &self.vessels[index],
            t_ms: &reports.t_ms[range.clone()],
            positions: &reports.positions[range.clone()],
            sog_kn: &reports.sog_kn[range.clone()],
            cog_deg: &reports.cog_deg[range.clone()],
            heading_deg: &reports.heading_deg[range.clone()],
            status: &reports.status[range],
        }
    }

    /// Whether every report is of a vessel of its own, numbered by its line for want of a name: points
    /// without identity.
    pub fn names_nobody(&self) -> bool {
        let n = self.vessels.len();
        n > 1 && n == self.reports.len() && self.vessels.iter().all(|vessel| vessel.is_local)
    }

    /// Every vessel's reports.
    pub fn tracks(&self) -> impl Iterator<Item = Track<'_>> {
        (0..self.vessels.len()).map(|index| self.track(index))
    }

    /// First and last time of all, UTC milliseconds.
    pub fn time_span_ms(&self) -> Option<(i64, i64)> {
        let ends = |range: &[usize]| {
            let times = &self.reports.t_ms[range[0]..range[1]];
            Some((*times.first()?, *times.last()?))
        };
        self.starts
            .windows(2)
            .filter_map(ends)
            .reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
    }

    /// The box around all places.
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::around(self.reports.positions.iter().copied())
    }

    /// A fleet from each vessel's own reports, which must be in time order: for tests and small
    /// fleets made by hand.
    pub fn from_tracks(tracks: Vec<(Vessel, Vec<Report>)>) -> Fleet {
        let mut reports = Reports::default();
        let mut starts = vec![0];
        let vessels = tracks
            .into_iter()
            .map(|(vessel, own)| {
                own.into_iter().for_each(|report| reports.push(report));
                starts.push(reports.len());
                vessel
            })
            .collect();
        Fleet::new(vessels, starts, reports)
    }

    /// Every report's index in order of time; of reports at one time, the lower index first.
    pub fn in_time_order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.reports.len() as u32).collect();
        order.par_sort_by_key(|index| self.reports.t_ms[*index as usize]);
        order
    }

    /// For each report of [`Fleet::reports`], the index of its vessel.
    pub fn owners(&self) -> Vec<u32> {
        let mut owners = vec![0; self.reports.len()];
        for vessel in 0..self.vessels.len() {
            owners[self.range(vessel)].fill(vessel as u32);
        }
        owners
    }

    /// What is known of report `index`.
    pub fn truth(&self, index: usize) -> Truth {
        self.reports.truth(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Mmsi;

    fn vessel(mmsi: u32) -> Vessel {
        Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() }
    }

    fn reports(times: &[i64]) -> Vec<Report> {
        times.iter().map(|t| Report::at(*t, Position::new(*t as f64, 0.0))).collect()
    }

    #[test]
    fn each_vessel_sees_its_own_reports() {
        let fleet = Fleet::from_tracks(vec![
            (vessel(1), reports(&[3, 4])),
            (vessel(2), reports(&[])),
            (vessel(3), reports(&[1, 1, 9])),
        ]);
        let lengths: Vec<usize> = fleet.tracks().map(|track| track.len()).collect();
        assert_eq!(lengths, [2, 0, 3]);
        assert_eq!(fleet.track(2).t_ms, [1, 1, 9]);
        assert_eq!(fleet.time_span_ms(), Some((1, 9)));
        assert_eq!(fleet.bounds().unwrap().east_deg, 9.0);
    }

    #[test]
    fn an_empty_fleet_has_no_span() {
        let fleet = Fleet::from_tracks(Vec::new());
        assert_eq!((fleet.time_span_ms(), fleet.bounds()), (None, None));
    }
}
