//! Trips: the pieces of a track between silences, stops and turns back.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::stop::stops;
use super::turn::turns;
use crate::ais::{Ending, Fleet, Trip};
use crate::base::geo::short_distance_m;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params};
use crate::base::units::MPS_PER_KN;

/// Cuts every track of `fleet`, which should be cleaned, into trips: at silences, at stops, and
/// where the ship turned back. The reports of a stop belong to no trip. Pieces too small to be of
/// use are dropped and counted.
///
/// Takes time linear in the number of reports, on all cores.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn segment(fleet: &Fleet, params: &Checked<TripParams>, job: &Job) -> Result<Trips, Stopped> {
    job.expect(fleet.reports().len());
    let parts = super::chunks(fleet)
        .into_par_iter()
        .map(|vessels| {
            let mut trips = Trips::default();
            let mut pieces = Vec::new();
            for vessel in vessels {
                pieces.clear();
                cut_at_gaps(fleet, vessel, params, &mut pieces, &mut trips.cuts);
                for piece in pieces.drain(..) {
                    job.go_on()?;
                    cut_at_stops(fleet, piece, params, &mut trips);
                }
                job.advance(fleet.range(vessel).len())?;
            }
            Ok(trips)
        })
        .collect::<Result<Vec<Trips>, Stopped>>()?;
    let mut trips = Trips::default();
    for part in parts {
        trips.append(part);
    }
    Ok(trips)
}

/// The trips of a fleet, and what became of all that is no trip.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Trips {
    /// The trips, sorted by vessel and time. They share no report.
    pub trips: Vec<Trip>,
    /// How many reports they have. With those of stops and of dropped pieces they add up to the
    /// fleet's.
    pub reports: usize,
    /// How many reports belong to stops.
    pub stopped: usize,
    /// Pieces that were too small to be trips.
    pub dropped: Dropped,
    /// Where tracks were cut, sorted by vessel; beginnings and ends of tracks are no cuts.
    pub cuts: Vec<Cut>,
}

/// Counts of pieces that are no trips, each counted once, for the first reason that holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Dropped {
    /// Pieces of too few reports.
    pub few: usize,
    /// Pieces too short in time.
    pub brief: usize,
    /// Pieces too short in length.
    pub short: usize,
    /// Reports of all dropped pieces.
    pub reports: usize,
}

/// A place where a track was cut.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// The reports of the stop; at gaps and turns the one report with which the next piece begins.
    pub reports: Range<usize>,
    /// Why.
    pub kind: Ending,
}

impl Trips {
    /// How many pieces the tracks were cut into: trips and dropped ones.
    pub fn pieces(&self) -> usize {
        self.trips.len() + self.dropped.few + self.dropped.brief + self.dropped.short
    }

    /// How many cuts of this kind there are.
    pub fn cuts_at(&self, kind: Ending) -> usize {
        self.cuts.iter().filter(|cut| cut.kind == kind).count()
    }

    fn append(&mut self, mut next: Trips) {
        self.trips.append(&mut next.trips);
        self.cuts.append(&mut next.cuts);
        self.reports += next.reports;
        self.stopped += next.stopped;
        self.dropped.few += next.dropped.few;
        self.dropped.brief += next.dropped.brief;
        self.dropped.short += next.dropped.short;
        self.dropped.reports += next.dropped.reports;
    }

    /// Takes a piece as a trip, or counts it as dropped.
    fn take(&mut self, fleet: &Fleet, piece: Piece, params: &TripParams) {
        let n = piece.reports.len();
        let (first, last) = (piece.reports.start, piece.reports.end - 1);
        let lasts_ms = fleet.reports().t_ms[last] - fleet.reports().t_ms[first];
        let length_m = || {
            let places = &fleet.reports().positions[piece.reports.clone()];
            places.windows(2).map(|leg| short_distance_m(leg[0], leg[1])).sum::<f64>()
        };
        self.dropped.reports += n;
        if n < params.min_reports {
            self.dropped.few += 1;
            return;
        }
        if (lasts_ms as f64) < params.min_time_min * 60_000.0 {
            self.dropped.brief += 1;
            return;
        }
        let length_m = length_m();
        if length_m < params.min_length_m {
            self.dropped.short += 1;
            return;
        }
        self.dropped.reports -= n;
        self.reports += n;
        let Piece { vessel, reports, begins, ends } = piece;
        self.trips.push(Trip { vessel, reports, length_m, begins, ends });
    }
}

/// Where trips begin and end.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct TripParams {
    /// A longer silence ends a trip, minutes.
    pub gap_min: f64,
    /// A higher speed between two reports ends a trip, knots; 0 for never.
    pub cut_kn: f64,
    /// Whether stops end trips.
    pub cuts_at_stops: bool,
    /// A ship with less speed lies still, knots.
    pub stop_sog_kn: f64,
    /// How long it lies still at least, minutes.
    pub stop_time_min: f64,
    /// How far it stays within of the middle of its positions, meters.
    pub stop_radius_m: f64,
    /// A ship that changes course by more than this turned back, degrees; 0 for never.
    pub turn_deg: f64,
    /// How far it sails straight before and after, meters.
    pub turn_leg_m: f64,
    /// The least length of a trip, along its reports, meters.
    pub min_length_m: f64,
    /// The least time a trip takes, minutes.
    pub min_time_min: f64,
    /// The least number of reports of a trip.
    pub min_reports: usize,
}

impl Default for TripParams {
    fn default() -> Self {
        TripParams {
            gap_min: 30.0,
            cut_kn: 0.0,
            cuts_at_stops: true,
            stop_sog_kn: 1.0,
            stop_time_min: 15.0,
            stop_radius_m: 300.0,
            turn_deg: 150.0,
            turn_leg_m: 3000.0,
            min_length_m: 2000.0,
            min_time_min: 10.0,
            min_reports: 5,
        }
    }
}

impl Params for TripParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let min = |range, help| Field { unit: "min", range, help };
        let kn = |range, help| Field { unit: "kn", range, help };
        let m = |range, help| Field { unit: "m", range, help };
        form.heading("Silences");
        form.number(
            "gap",
            &mut self.gap_min,
            min(0.1..=100_000.0, "A longer time between two reports ends a trip."),
        );
        form.number("cut_speed", &mut self.cut_kn, kn(0.0..=1000.0, "A higher speed between two reports ends a trip, whatever the receivers' clocks; 0 for never."));
        form.heading("Stops");
        form.flag(
            "stops",
            &mut self.cuts_at_stops,
            "End a trip where the ship lies still. The reports of the stop belong to no trip.",
        );
        form.number("stop_sog", &mut self.stop_sog_kn, kn(0.05..=10.0, "A ship with less speed over ground lies still; where that is missing, the speed between its positions counts."));
        form.number("stop_time", &mut self.stop_time_min, min(1.0..=1440.0, "How long a ship lies still at least. A shorter burst of speed does not end a stop."));
        form.number("stop_radius", &mut self.stop_radius_m, m(10.0..=10_000.0, "How near a ship stays to the middle of its positions, as when it swings at anchor."));
        form.heading("Turns back");
        form.number("turn", &mut self.turn_deg, Field { unit: "°", range: 0.0..=180.0, help: "A greater change of course, with a straight way before and after, ends a trip: a ferry that turns back. 0 for never." });
        form.number(
            "turn_leg",
            &mut self.turn_leg_m,
            m(100.0..=100_000.0, "How long the straight ways before and after a turn back are."),
        );
        form.heading("Smallest trips");
        form.number(
            "min_length",
            &mut self.min_length_m,
            m(0.0..=1_000_000.0, "The least length of a trip, along its reports."),
        );
        form.number(
            "min_time",
            &mut self.min_time_min,
            min(0.0..=10_000.0, "The least time a trip takes."),
        );
        form.count(
            "min_reports",
            &mut self.min_reports,
            Field {
                unit: "reports",
                range: 2..=100_000,
                help: "The least number of reports of a trip.",
            },
        );
    }

    fn faults(&self) -> Vec<String> {
        let is_low = self.turn_deg > 0.0 && self.turn_deg < 60.0;
        let fault = format!(
            "turn is {}°; it must be 0 or at least 60°, else any bend ends a trip",
            self.turn_deg
        );
        if is_low { vec![fault] } else { Vec::new() }
    }
}

/// A piece of a track on its way to being a trip. Never empty.
#[derive(Clone, Debug)]
struct Piece {
    vessel: usize,
    reports: Range<usize>,
    begins: Ending,
    ends: Ending,
}

/// Cuts a vessel's reports where there is silence, or a leg that is too fast.
fn cut_at_gaps(
    fleet: &Fleet,
    vessel: usize,
    params: &TripParams,
    pieces: &mut Vec<Piece>,
    cuts: &mut Vec<Cut>,
) {
    let range = fleet.range(vessel);
    let (t_ms, positions) = (&fleet.reports().t_ms, &fleet.reports().positions);
    let gap_ms = (params.gap_min * 60_000.0) as i64;
    let m_per_ms = params.cut_kn * MPS_PER_KN / 1000.0;
    let is_cut = |report: usize| {
        let dt_ms = t_ms[report] - t_ms[report - 1];
        dt_ms > gap_ms
            || params.cut_kn > 0.0
                && short_distance_m(positions[report - 1], positions[report])
                    > m_per_ms * dt_ms as f64
    };
    let (mut first, mut begins) = (range.start, Ending::Track);
    for report in range.start + 1..range.end {
        if is_cut(report) {
            pieces.push(Piece { vessel, reports: first..report, begins, ends: Ending::Gap });
            cuts.push(Cut { vessel, reports: report..report + 1, kind: Ending::Gap });
            (first, begins) = (report, Ending::Gap);
        }
    }
    if !range.is_empty() {
        pieces.push(Piece { vessel, reports: first..range.end, begins, ends: Ending::Track });
    }
}

/// Takes the stops out of a piece and hands on what is left.
fn cut_at_stops(fleet: &Fleet, piece: Piece, params: &TripParams, trips: &mut Trips) {
    if !params.cuts_at_stops {
        return cut_at_turns(fleet, piece, params, trips);
    }
    let mut rest = piece.clone();
    for stop in stops(fleet.reports(), piece.reports.clone(), params) {
        if rest.reports.start < stop.start {
            let before = rest.reports.start..stop.start;
            let piece = Piece { reports: before, ends: Ending::Stop, ..rest.clone() };
            cut_at_turns(fleet, piece, params, trips);
        }
        trips.stopped += stop.len();
        (rest.reports.start, rest.begins) = (stop.end, Ending::Stop);
        trips.cuts.push(Cut { vessel: piece.vessel, reports: stop, kind: Ending::Stop });
    }
    if !rest.reports.is_empty() {
        cut_at_turns(fleet, rest, params, trips);
    }
}

/// Cuts a piece where the ship turned back, and makes trips of what is large enough.
fn cut_at_turns(fleet: &Fleet, piece: Piece, params: &TripParams, trips: &mut Trips) {
    let mut rest = piece.clone();
    if params.turn_deg > 0.0 {
        let places = &fleet.reports().positions[piece.reports.clone()];
        for turn in turns(places, params.turn_deg, params.turn_leg_m) {
            let turn = piece.reports.start + turn;
            let before = rest.reports.start..turn;
            let piece = Piece { reports: before, ends: Ending::Turn, ..rest.clone() };
            trips.cuts.push(Cut {
                vessel: piece.vessel,
                reports: turn..turn + 1,
                kind: Ending::Turn,
            });
            trips.take(fleet, piece, params);
            (rest.reports.start, rest.begins) = (turn, Ending::Turn);
        }
    }
    trips.take(fleet, rest, params);
}
