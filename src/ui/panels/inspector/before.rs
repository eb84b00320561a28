//! What a vessel sent before its track was cleaned: what was removed, and speeds that were mended.

use std::ops::Range;
use std::sync::{Arc, Weak};

use crate::ais::{Fleet, Vessel};
use crate::flow::Desk;
use crate::flow::stages::TripsOf;
use crate::prep::{Cleaned, Verdict};

/// A report that the cleaned track lacks or has another speed in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sent {
    /// UTC milliseconds.
    pub t_ms: i64,
    /// Speed over ground as sent, knots.
    pub sog_kn: f32,
    /// Course over ground as sent, degrees.
    pub cog_deg: f32,
    /// Why it was removed; kept where only its speed was mended.
    pub verdict: Verdict,
}

/// What the vessel looked at last had sent, and the cleaned fleet that it was of.
#[derive(Default)]
pub struct Before(Option<(Weak<Cleaned>, usize, Arc<Vec<Sent>>)>);

impl Before {
    /// What `vessel` of `output`, which is shown, had sent; found once for each vessel, and kept
    /// while only trips change.
    pub fn of(&mut self, desk: &Desk, output: &TripsOf, vessel: usize) -> Arc<Vec<Sent>> {
        let cleaned = Arc::downgrade(&output.cleaned);
        if let Some((of, index, sent)) = &self.0
            && of.ptr_eq(&cleaned)
            && *index == vessel
        {
            return Arc::clone(sent);
        }
        let read = desk.ingest.shown();
        let sent = read.map(|read| lost(&read.value.fleet, &output.cleaned, vessel));
        let sent = Arc::new(sent.unwrap_or_default());
        self.0 = Some((cleaned, vessel, Arc::clone(&sent)));
        sent
    }
}

/// The reports of `read` that cleaning took away under the number of `vessel`, an index into the
/// cleaned fleet, and those whose speed it mended; in order of time. Empty if something else has
/// been read since. Ships that share a number share what was removed of it.
fn lost(read: &Fleet, cleaned: &Cleaned, vessel: usize) -> Vec<Sent> {
    let fleet = &cleaned.fleet;
    let is_its_source = read.reports().len() == cleaned.verdicts.len();
    let Some(range) = source(read, &fleet.vessels()[vessel]).filter(|_| is_its_source) else {
        return Vec::new();
    };
    let track = fleet.track(vessel);
    let mut next = 0;
    let mut found = Vec::new();
    for index in range {
        let (report, verdict) = (read.reports().get(index), cleaned.verdicts[index]);
        if verdict == Verdict::Kept {
            while track.t_ms.get(next).is_some_and(|t_ms| *t_ms < report.t_ms) {
                next += 1;
            }
            let is_same = track.t_ms.get(next) == Some(&report.t_ms)
                && track.positions[next] == report.position;
            // Not-a-number is not equal to itself: a speed that was and is not known is no change.
            let is_mended = is_same
                && !report.sog_kn.is_nan()
                && track.sog_kn[next].to_bits() != report.sog_kn.to_bits();
            if !is_mended {
                continue;
            }
        }
        let (t_ms, sog_kn, cog_deg) = (report.t_ms, report.sog_kn, report.cog_deg);
        found.push(Sent { t_ms, sog_kn, cog_deg, verdict });
    }
    found
}

/// Where in the fleet that was read the reports under the number of `vessel` lie.
fn source(read: &Fleet, vessel: &Vessel) -> Option<Range<usize>> {
    let is_its = |other: &Vessel| (other.mmsi, other.is_local) == (vessel.mmsi, vessel.is_local);
    read.vessels().iter().position(is_its).map(|index| read.range(index))
}

/// How many reports were removed for each reason there was, in the order of the cleaning.
pub fn counts(sent: &[Sent]) -> Vec<(Verdict, usize)> {
    let count = |verdict| sent.iter().filter(|report| report.verdict == verdict).count();
    let removed = Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Kept);
    removed.map(|verdict| (verdict, count(verdict))).filter(|(_, n)| *n > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Mmsi, Report};
    use crate::base::geo::Position;
    use crate::base::job::Job;
    use crate::base::params::Checked;
    use crate::prep::{CleanParams, clean};

    #[test]
    fn what_cleaning_took_away_is_found_again() {
        let vessel = |mmsi| Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() };
        // Northward at 12 knots: 0.2 nmi, a third of a hundredth of a degree, each minute.
        let report = |minute: i64, sog_kn| Report {
            sog_kn,
            cog_deg: 0.0,
            ..Report::at(minute * 60_000, Position::new(0.0, minute as f64 / 300.0))
        };
        let mut own: Vec<Report> = (0..40).map(|minute| report(minute, 12.0)).collect();
        own[20].position.lon_deg = 5.0; // 300 nmi off.
        own[30].sog_kn = 90.0;
        own.insert(11, own[10]); // Stored twice.
        let others = (0..5).map(|minute| report(minute, 12.0)).collect();
        let read =
            Fleet::from_tracks(vec![(vessel(219_000_001), others), (vessel(219_000_002), own)]);
        let params = Checked::new(&CleanParams::default()).unwrap();
        let cleaned = clean(&read, &params, &Job::default()).unwrap();

        let sent = lost(&read, &cleaned, 1);
        let told: Vec<(i64, f32, Verdict)> =
            sent.iter().map(|sent| (sent.t_ms / 60_000, sent.sog_kn, sent.verdict)).collect();
        let expected =
            [(10, 12.0, Verdict::Duplicate), (20, 12.0, Verdict::Jump), (30, 90.0, Verdict::Kept)];
        assert_eq!(told, expected);
        assert_eq!(counts(&sent), [(Verdict::Duplicate, 1), (Verdict::Jump, 1)]);
        assert_eq!(lost(&read, &cleaned, 0), []);
    }

    #[test]
    fn nothing_is_told_of_other_data() {
        let fleet = |n: i64| {
            let own = (0..n).map(|t| Report::at(t, Position::new(0.0, 0.0))).collect();
            Fleet::from_tracks(vec![(Vessel::default(), own)])
        };
        let cleaned =
            clean(&fleet(3), &Checked::new(&CleanParams::default()).unwrap(), &Job::default());
        let cleaned = cleaned.unwrap();
        if !cleaned.fleet.vessels().is_empty() {
            assert_eq!(lost(&fleet(4), &cleaned, 0), []);
        }
    }
}
