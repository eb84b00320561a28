//! Voyages from port to port, cut out of what ships reported.

mod params;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use self::params::VoyageParams;
use super::annotate::Annotation;
use super::refine::{noise_steps, without_noise};
use super::stay::{Stay, nearest_in_circle, speeds_kn, stays};
use crate::ais::{Fleet, PortId, PortTable, Track, Vessel};
use crate::base::geo::{distance_m, short_distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;

/// Reports that a voyage has at least.
const LEAST_REPORTS: usize = 3;

/// A voyage from one port to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Voyage {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Its reports, as indices into the fleet's, in order of time: what refinement left of them.
    pub reports: Vec<u32>,
    /// Where it begins.
    pub departure: PortId,
    /// Where it ends.
    pub destination: PortId,
    /// When it begins, UTC milliseconds.
    pub departed_ms: i64,
    /// When it ends, UTC milliseconds.
    pub arrived_ms: i64,
    /// The share of the time during which the typed destination named the port of arrival.
    pub named_share: f64,
    /// How many reports refinement took out.
    pub taken_out: usize,
}

impl Voyage {
    /// Length over ground, meters.
    pub fn length_m(&self, fleet: &Fleet) -> f64 {
        let places = &fleet.reports().positions;
        let leg =
            |pair: &[u32]| short_distance_m(places[pair[0] as usize], places[pair[1] as usize]);
        self.reports.windows(2).map(leg).sum()
    }
}

/// A ship that has left a port, or of which no port is known, and has arrived in none since.
#[derive(Clone, PartialEq, Debug)]
pub struct UnderWay {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Her reports since, as indices into the fleet's.
    pub reports: Vec<u32>,
    /// Where she comes from, if she was seen there.
    pub departure: Option<PortId>,
}

/// Why what lies between two ports is no valid voyage.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum VoyageRefusal {
    /// It ends in the port where it began.
    SamePort,
    /// It has fewer than three reports.
    TooFewReports,
    /// The ship never makes way.
    NoAcceleration,
    /// She stops at sea for too long.
    StopAtSea,
    /// She is silent for too long.
    Gap,
    /// Nothing was typed as destination.
    NoText,
    /// What was typed never names the port of arrival.
    OtherText,
}

impl VoyageRefusal {
    /// The reason in words.
    pub fn name(self) -> &'static str {
        match self {
            VoyageRefusal::SamePort => "back to the same port",
            VoyageRefusal::TooFewReports => "fewer than three reports",
            VoyageRefusal::NoAcceleration => "never under way",
            VoyageRefusal::StopAtSea => "a long stop at sea",
            VoyageRefusal::Gap => "a long silence",
            VoyageRefusal::NoText => "no destination reported",
            VoyageRefusal::OtherText => "another destination reported",
        }
    }
}

/// What lies between two ports and is no valid voyage.
#[derive(Clone, PartialEq, Debug)]
pub struct Refused {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Where it begins.
    pub departure: PortId,
    /// Where it ends.
    pub destination: PortId,
    /// First and last time, UTC milliseconds.
    pub time_span_ms: (i64, i64),
    /// Why.
    pub reason: VoyageRefusal,
    /// Whether it was valid before refinement took reports out.
    pub was_refined: bool,
}

/// Voyages of a fleet.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Voyages {
    /// Valid voyages, by vessel and time.
    pub voyages: Vec<Voyage>,
    /// What is none, by vessel and time.
    pub refused: Vec<Refused>,
    /// Ships that have not arrived, by vessel.
    pub under_way: Vec<UnderWay>,
    /// How many stays in ports there were.
    pub stays_in_port: usize,
    /// How many stops at sea.
    pub stops_at_sea: usize,
}

impl Voyages {
    /// How many were refused, by reason.
    pub fn refused_by_reason(&self) -> BTreeMap<VoyageRefusal, usize> {
        let mut counts = BTreeMap::new();
        for refused in &self.refused {
            *counts.entry(refused.reason).or_default() += 1;
        }
        counts
    }

    /// How many reports refinement took out.
    pub fn taken_out(&self) -> usize {
        self.voyages.iter().map(|voyage| voyage.taken_out).sum()
    }
}

/// Cuts the tracks of `fleet` at the ports of `ports` into voyages. `named` holds the ports that each
/// typed destination may name ([`super::Annotator::annotate_fleet`]).
///
/// A ship that lies still in a port's circle for long enough is docked there. What lies between two
/// such stays, from the report nearest to the first port after she lay there to the one nearest to the
/// second before she lies there, is a voyage if she makes way, neither stops at sea nor is silent for
/// too long, and at some time has typed the port where she then arrives. Then errors of transmission are
/// taken out ([`noise_steps`]), and it is looked at again. Reports without a place are left out
/// throughout.
///
/// # Reference
///
/// Kim et al. (2023), *WAY*, appendix, algorithm 2. Ours: a stay needs a least time; ports that lie
/// within the radius of the one of arrival may be named in its place, since neighbors share pilots and
/// names; voyages refused are told one by one.
pub fn voyages(
    fleet: &Fleet,
    ports: &PortTable,
    named: &Named,
    params: &Checked<VoyageParams>,
    job: &Job,
) -> Result<Voyages, Stopped> {
    job.expect(fleet.vessels().len());
    let of_vessel = |vessel: usize| {
        job.step()?;
        Ok(Cutter { fleet, ports, named, params, vessel, track: fleet.track(vessel) }.cut())
    };
    let parts: Result<Vec<Voyages>, Stopped> =
        (0..fleet.vessels().len()).into_par_iter().map(of_vessel).collect();
    let mut all = Voyages::default();
    for mut part in parts? {
        all.voyages.append(&mut part.voyages);
        all.refused.append(&mut part.refused);
        all.under_way.append(&mut part.under_way);
        all.stays_in_port += part.stays_in_port;
        all.stops_at_sea += part.stops_at_sea;
    }
    Ok(all)
}

/// The ports that each typed destination may name.
pub type Named = FxHashMap<String, Annotation>;

/// One vessel's track on its way into voyages.
struct Cutter<'a> {
    fleet: &'a Fleet,
    ports: &'a PortTable,
    named: &'a Named,
    params: &'a VoyageParams,
    vessel: usize,
    track: Track<'a>,
}

impl Cutter<'_> {
    fn cut(&self) -> Voyages {
        let speeds = speeds_kn(&self.track);
        let all = stays(&self.track, &speeds, self.ports, self.params);
        let (in_port, at_sea): (Vec<Stay>, Vec<Stay>) =
            all.into_iter().partition(|stay| stay.port.is_some());
        let mut found = Voyages {
            stays_in_port: in_port.len(),
            stops_at_sea: at_sea.len(),
            ..Voyages::default()
        };
        for pair in in_port.windows(2) {
            let ([Some(departure), Some(destination)], [before, after]) =
                ([pair[0].port, pair[1].port], [&pair[0].reports, &pair[1].reports])
            else {
                continue;
            };
            if departure == destination && self.stays_inside(before.end - 1, after.start, departure)
            {
                continue; // She only shifted her berth.
            }
            let from = self.nearest(before.end - 1, true, departure);
            let to = self.nearest(after.start, false, destination);
            self.judge(&mut found, &speeds, &at_sea, (departure, destination), (from, to));
        }
        self.add_under_way(&mut found, &in_port, &speeds);
        found
    }

    /// Whether she never leaves the port's circle between two reports.
    fn stays_inside(&self, from: usize, to: usize, port: PortId) -> bool {
        let place = self.ports.port(port).position;
        let is_inside = |at: usize| {
            let here = self.track.positions[at];
            !here.is_valid() || distance_m(here, place) <= self.params.radius_m
        };
        (from..=to).all(is_inside)
    }

    fn nearest(&self, from: usize, forward: bool, port: PortId) -> usize {
        let place = self.ports.port(port).position;
        nearest_in_circle(&self.track, from, forward, place, self.params.radius_m)
    }

    /// Adds the voyage between two reports of the track, or why it is none.
    fn judge(
        &self,
        found: &mut Voyages,
        speeds: &[f64],
        at_sea: &[Stay],
        (departure, destination): (PortId, PortId),
        (from, to): (usize, usize),
    ) {
        let track = &self.track;
        let first = self.fleet.range(self.vessel).start;
        let span = |from: usize, to: usize| (track.t_ms[from.min(to)], track.t_ms[to.max(from)]);
        let mut refuse = |reason, was_refined| {
            let (vessel, time_span_ms) = (self.vessel, span(from, to));
            let refused =
                Refused { vessel, departure, destination, time_span_ms, reason, was_refined };
            found.refused.push(refused);
        };
        let kept: Vec<usize> = (from..to + usize::from(to >= from))
            .filter(|at| track.positions[*at].is_valid())
            .collect();
        let named_share = self.named_share(destination, span(from, to));
        let check = |kept: &[usize]| {
            if departure == destination {
                return Some(VoyageRefusal::SamePort);
            }
            let longest_ms = self.params.stop_h * 3_600_000.0;
            let stops = at_sea.iter().any(|stay| {
                let is_between = stay.reports.start > from && stay.reports.end <= to;
                is_between && stay.lasted_ms(track) as f64 > longest_ms
            });
            self.fault(kept, speeds, stops).or(match named_share {
                _ if !self.params.requires_reported => None,
                None => Some(VoyageRefusal::NoText),
                Some(0.0) => Some(VoyageRefusal::OtherText),
                Some(_) => None,
            })
        };
        if let Some(reason) = check(&kept) {
            return refuse(reason, false);
        }
        let before: Vec<u32> = kept.iter().map(|at| (first + at) as u32).collect();
        let reports = if self.params.refines {
            let (eps, least) = (self.params.eps, self.params.least_steps);
            let reports = without_noise(&before, &noise_steps(self.fleet, &before, eps, least));
            let left: Vec<usize> = reports.iter().map(|report| *report as usize - first).collect();
            if let Some(reason) = check(&left) {
                return refuse(reason, true);
            }
            reports
        } else {
            before.clone()
        };
        let (departed_ms, arrived_ms) = span(from, to);
        found.voyages.push(Voyage {
            vessel: self.vessel,
            taken_out: before.len() - reports.len(),
            reports,
            departure,
            destination,
            departed_ms,
            arrived_ms,
            named_share: named_share.unwrap_or(0.0),
        });
    }

    /// What is wrong with a voyage of these reports, by how the ship moved.
    fn fault(&self, kept: &[usize], speeds: &[f64], stops: bool) -> Option<VoyageRefusal> {
        let longest_ms = self.params.gap_h * 3_600_000.0;
        let times = &self.track.t_ms;
        let is_gap = |pair: &[usize]| (times[pair[1]] - times[pair[0]]) as f64 > longest_ms;
        if kept.len() < LEAST_REPORTS {
            Some(VoyageRefusal::TooFewReports)
        } else if !kept.iter().any(|at| speeds[*at] >= self.params.moving_kn) {
            Some(VoyageRefusal::NoAcceleration)
        } else if stops {
            Some(VoyageRefusal::StopAtSea)
        } else if kept.windows(2).any(is_gap) {
            Some(VoyageRefusal::Gap)
        } else {
            None
        }
    }

    /// The share of a time during which the typed destination named `port` or one within the radius
    /// of it; none if nothing was typed then or before.
    fn named_share(&self, port: PortId, (from_ms, to_ms): (i64, i64)) -> Option<f64> {
        let names = |text: &str| {
            let annotation = self.named.get(text);
            annotation.is_some_and(|of| of.means(port, self.ports, self.params.radius_m))
        };
        let typed = typed(&self.fleet.vessels()[self.vessel]);
        let (mut known_ms, mut named_ms) = (0, 0);
        for (at, (since_ms, text)) in typed.iter().enumerate() {
            let until_ms = typed.get(at + 1).map_or(i64::MAX, |(next_ms, _)| *next_ms);
            let ms = until_ms.min(to_ms) - (*since_ms).max(from_ms);
            if ms > 0 && !text.is_empty() {
                known_ms += ms;
                named_ms += if names(text) { ms } else { 0 };
            }
        }
        (known_ms > 0).then(|| named_ms as f64 / known_ms as f64)
    }

    /// Adds the ship if she has left her last port, or was seen in none and makes way.
    fn add_under_way(&self, found: &mut Voyages, in_port: &[Stay], speeds: &[f64]) {
        let n = self.track.len();
        let last = in_port.last();
        let departure = last.and_then(|stay| stay.port);
        let from = match (last, departure) {
            (Some(stay), Some(port)) => {
                if self.stays_inside(stay.reports.end - 1, n - 1, port) {
                    return;
                }
                self.nearest(stay.reports.end - 1, true, port)
            }
            _ => 0,
        };
        let first = self.fleet.range(self.vessel).start;
        let valid: Vec<usize> =
            (from..n).filter(|at| self.track.positions[*at].is_valid()).collect();
        if valid.iter().any(|at| speeds[*at] >= self.params.moving_kn) {
            let reports = valid.iter().map(|at| (first + at) as u32).collect();
            found.under_way.push(UnderWay { vessel: self.vessel, reports, departure });
        }
    }
}

/// What was typed as destination, each from when on; what is known without a time, from the
/// beginning.
fn typed(vessel: &Vessel) -> Vec<(i64, &str)> {
    if vessel.voyages.is_empty() {
        return vec![(i64::MIN / 4, vessel.about.destination.as_str())];
    }
    vessel.voyages.iter().map(|(since_ms, note)| (*since_ms, note.destination.as_str())).collect()
}

#[cfg(test)]
mod tests;
