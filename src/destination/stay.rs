//! Where a ship lies: in which port, or stopped at sea.

use std::ops::Range;

use super::voyage::VoyageParams;
use crate::ais::{PortId, PortTable, Track};
use crate::base::geo::{distance_m, short_distance_m};
use crate::base::units::{kn_from_mps, s_from_ms};

/// What a ship does at a report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// She lies in a port.
    Docked(PortId),
    /// She lies, but in no port.
    Stopped,
    /// She makes way.
    Moving,
    /// She neither lies nor makes way: too slow for one, too fast or too short for the other.
    Drifting,
    /// Her report has no valid place.
    Lost,
}

/// A time during which a ship lay still.
#[derive(Clone, PartialEq, Debug)]
pub struct Stay {
    /// In which port; none at sea.
    pub port: Option<PortId>,
    /// From her first slow report to her last, as places in her track.
    pub reports: Range<usize>,
}

impl Stay {
    /// How long it lasted, milliseconds.
    pub fn lasted_ms(&self, track: &Track<'_>) -> i64 {
        track.t_ms[self.reports.end - 1] - track.t_ms[self.reports.start]
    }
}

/// Speed over ground at each report, knots: as reported, else from the reports beside it;
/// not-a-number where neither tells.
pub fn speeds_kn(track: &Track<'_>) -> Vec<f64> {
    let n = track.len();
    let way_kn = |a: usize, b: usize| {
        let s = s_from_ms(track.t_ms[b] - track.t_ms[a]);
        let far_m = short_distance_m(track.positions[a], track.positions[b]);
        if s > 0.0 { kn_from_mps(far_m / s) } else { f64::NAN }
    };
    let speed = |at: usize| {
        let reported = f64::from(track.sog_kn[at]);
        if reported.is_finite() || n < 2 {
            return reported;
        }
        way_kn(at.saturating_sub(1), (at + 1).min(n - 1))
    };
    (0..n).map(speed).collect()
}

/// Every time during which the ship was slower than `docked_kn` for at least `docked_min`, in order
/// of time. It is in the port nearest to the middle one of its reports, if one is within the radius.
pub fn stays(
    track: &Track<'_>,
    speeds_kn: &[f64],
    ports: &PortTable,
    params: &VoyageParams,
) -> Vec<Stay> {
    let least_ms = params.docked_min * 60_000.0;
    let mut found = Vec::new();
    let mut start = None;
    // One place more than there are reports, so that the last stay ends.
    let speeds = speeds_kn.iter().map(Some).chain([None]);
    for (at, speed_kn) in speeds.enumerate() {
        let is_slow = speed_kn.is_some_and(|speed_kn| {
            // A report without a place or a speed ends no stay.
            let is_known = track.positions[at].is_valid() && speed_kn.is_finite();
            if is_known { *speed_kn < params.docked_kn } else { start.is_some() }
        });
        // A ship that turns up elsewhere has sailed, however slow she was before and is now.
        let has_sailed = start.is_some_and(|first: usize| {
            at < track.len()
                && short_distance_m(track.positions[first], track.positions[at]) > params.radius_m
        });
        if is_slow && !has_sailed {
            start.get_or_insert(at);
            continue;
        }
        if let Some(first) = start.take()
            && (track.t_ms[at - 1] - track.t_ms[first]) as f64 >= least_ms
        {
            let valid: Vec<usize> =
                (first..at).filter(|at| track.positions[*at].is_valid()).collect();
            if let Some(middle) = valid.get(valid.len() / 2) {
                let near = ports.nearest(track.positions[*middle], params.radius_m);
                found.push(Stay { port: near.map(|(port, _)| port), reports: first..at });
            }
        }
        start = (is_slow && has_sailed).then_some(at);
    }
    found
}

/// What the ship does at each report.
pub fn statuses(
    track: &Track<'_>,
    speeds_kn: &[f64],
    stays: &[Stay],
    params: &VoyageParams,
) -> Vec<Status> {
    let moving = |at: usize| {
        if !track.positions[at].is_valid() {
            Status::Lost
        } else if speeds_kn[at] >= params.moving_kn {
            Status::Moving
        } else {
            Status::Drifting
        }
    };
    let mut statuses: Vec<Status> = (0..track.len()).map(moving).collect();
    for stay in stays {
        let lies = stay.port.map_or(Status::Stopped, Status::Docked);
        for status in &mut statuses[stay.reports.clone()] {
            if *status != Status::Lost {
                *status = lies;
            }
        }
    }
    statuses
}

/// From `from`, the reports while the ship is in the port's circle, in the direction of `step`; the
/// one nearest to the port.
pub fn nearest_in_circle(
    track: &Track<'_>,
    from: usize,
    forward: bool,
    port: crate::base::geo::Position,
    radius_m: f64,
) -> usize {
    let (mut at, mut best) = (from, (from, f64::INFINITY));
    loop {
        if track.positions[at].is_valid() {
            let far_m = distance_m(track.positions[at], port);
            if far_m > radius_m {
                break;
            }
            if far_m < best.1 {
                best = (at, far_m);
            }
        }
        at = match (forward, at) {
            (true, _) if at + 1 < track.len() => at + 1,
            (false, 1..) => at - 1,
            _ => break,
        };
    }
    best.0
}
