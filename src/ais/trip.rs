//! A piece of a track: what is compared, clustered and predicted.

use std::ops::Range;

use super::{Fleet, Track, Truth};

/// Why a trip begins or ends where it does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Ending {
    /// The track begins or ends here.
    Track,
    /// Silence longer than the limit.
    Gap,
    /// The ship lay still.
    Stop,
    /// The ship turned back.
    Turn,
}

impl Ending {
    /// The reason in words.
    pub fn name(self) -> &'static str {
        match self {
            Ending::Track => "track",
            Ending::Gap => "gap",
            Ending::Stop => "stop",
            Ending::Turn => "turn",
        }
    }
}

/// A piece of a track between stops, gaps or turns. At least two reports.
#[derive(Clone, PartialEq, Debug)]
pub struct Trip {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Its reports, as indices into the fleet's.
    pub reports: Range<usize>,
    /// Length over ground, meters.
    pub length_m: f64,
    /// Why it begins here.
    pub begins: Ending,
    /// Why it ends here.
    pub ends: Ending,
}

impl Trip {
    /// The reports of this trip of `fleet`.
    pub fn track<'a>(&self, fleet: &'a Fleet) -> Track<'a> {
        fleet.piece(self.vessel, self.reports.clone())
    }

    /// First and last time, UTC milliseconds.
    pub fn time_span_ms(&self, fleet: &Fleet) -> (i64, i64) {
        let times = &fleet.reports().t_ms;
        (times[self.reports.start], times[self.reports.end - 1])
    }

    /// The route that the trip truly sails, where files or made traffic know it: that of most of its
    /// reports. None where most have none.
    pub fn true_route(&self, fleet: &Fleet) -> Option<u32> {
        let mut counts: Vec<(u32, usize)> = Vec::new();
        for index in self.reports.clone() {
            let route = fleet.truth(index).route;
            match counts.iter_mut().find(|(known, _)| *known == route) {
                Some((_, n)) => *n += 1,
                None => counts.push((route, 1)),
            }
        }
        let (route, _) = counts.into_iter().max_by_key(|(_, n)| *n)?;
        (route != Truth::NONE).then_some(route)
    }

    /// Mean speed over ground from length and duration, knots; zero for an instant.
    pub fn mean_kn(&self, fleet: &Fleet) -> f64 {
        let (from_ms, to_ms) = self.time_span_ms(fleet);
        let s = crate::base::units::s_from_ms(to_ms - from_ms);
        if s > 0.0 { crate::base::units::kn_from_mps(self.length_m / s) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Report, Reports, Vessel};
    use crate::base::geo::Position;

    #[test]
    fn a_trips_true_route_is_that_of_most_of_its_reports() {
        let routes = [4, 4, 7, Truth::NONE, Truth::NONE, Truth::NONE, Truth::NONE];
        let mut reports = Reports::default();
        for (t_ms, route) in (0..).zip(routes) {
            let report = Report::at(t_ms, Position::new(0.0, 0.0));
            reports.push_with_truth(report, Truth { route, ..Truth::UNKNOWN });
        }
        let fleet = Fleet::new(vec![Vessel::default()], vec![0, 7], reports);
        let trip = |reports| Trip {
            vessel: 0,
            reports,
            length_m: 0.0,
            begins: Ending::Track,
            ends: Ending::Track,
        };
        assert_eq!(trip(0..3).true_route(&fleet), Some(4));
        assert_eq!(trip(0..7).true_route(&fleet), None);
    }
}
