//! Where a ship under way is bound and when she arrives, beside what her crew reported.

use serde::Serialize;

use super::annotate::Annotation;
use super::nest::{Journey, Nest, NestParams, note_at, reported_arrival_ms};
use super::route_graph::{Arrival, RouteGraph};
use super::voyage::Named;
use crate::ais::{Fleet, PortId, PortTable};
use crate::base::geo::Position;
use crate::base::job::Stopped;
use crate::base::time::DAY_MS;

/// A forecast this sure of another port contradicts the crew.
const SURE: f64 = 0.5;
/// If it gives the reported port less than this.
const UNLIKELY: f64 = 0.1;
/// A reported arrival this far outside the spread contradicts the forecast, days.
const APART_DAYS: f64 = 0.5;

/// What the crew had typed by a time.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Reported {
    /// The destination; empty for none.
    pub text: String,
    /// The ports that it may name.
    pub annotation: Annotation,
    /// The arrival, UTC milliseconds, if it can be read.
    pub arrives_ms: Option<i64>,
}

/// What is told at a moment of a voyage.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// The last report that it looks at, in the fleet.
    pub report: u32,
    /// Its time, UTC milliseconds.
    pub t_ms: i64,
    /// Its place.
    pub place: Position,
    /// Ports with their probabilities, the likeliest first.
    pub ports: Vec<(PortId, f64)>,
    /// When she arrives, over the likeliest ports.
    pub arrival: Option<Arrival>,
    /// What the crew had reported by then.
    pub reported: Reported,
    /// How the crew and the forecast contradict each other.
    pub conflict: Conflict,
}

impl Told {
    /// The time of the arrival, UTC milliseconds: earliest, median and latest of eight in ten.
    pub fn arrives_ms(&self) -> Option<[i64; 3]> {
        let arrival = self.arrival?;
        let after = |days: f64| self.t_ms + (days * DAY_MS as f64) as i64;
        Some([arrival.low_days, arrival.days, arrival.high_days].map(after))
    }
}

/// Where a crew's report and a forecast contradict each other.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Conflict {
    /// The forecast is sure of another port.
    pub destination: bool,
    /// The reported arrival lies half a day or more outside the spread of the forecast's.
    pub arrival: bool,
}

/// A ship's voyage so far, told step by step.
#[derive(Clone, PartialEq, Debug)]
pub struct ShipForecast {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Where she comes from, if that is known.
    pub departure: Option<PortId>,
    /// What is told at each step, in order of time; of all ships, the last alone.
    pub told: Vec<Told>,
    /// Where she then arrived and when (UTC milliseconds), where the reports go on so far.
    pub truth: Option<(PortId, i64)>,
}

impl ShipForecast {
    /// What is told last.
    pub fn last(&self) -> Option<&Told> {
        self.told.last()
    }
}

/// What forecasts are made of: the fleet, what its crews typed, and the ports.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// Vessels and reports.
    pub fleet: &'a Fleet,
    /// The ports that each typed text may name.
    pub named: &'a Named,
    /// The table of ports.
    pub ports: &'a PortTable,
    /// Ports this near to one another count as one where crew and forecast are compared, meters.
    pub radius_m: f64,
}

/// What a model says at a step of a voyage.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Says {
    /// Ports with their probabilities, the likeliest first.
    pub ports: Vec<(PortId, f64)>,
    /// When she arrives; none from models that do not tell.
    pub arrival: Option<Arrival>,
}

/// Who tells: asked for every step of a voyage.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    /// Earlier voyages, which also tell arrivals where a model does not.
    pub graph: &'a RouteGraph,
    /// A model in place of the graph, with how it wants voyages cut.
    pub model: Option<(&'a NestParams, &'a Ask<'a>)>,
}

/// What a model says at every step of a voyage.
pub type Ask<'a> = dyn Fn(&Nest) -> Result<Vec<Says>, Stopped> + Sync + 'a;

/// Tells the journey of a ship at each step of its nest, or with `last_only` at its last. `own` is the
/// journey's number among those that the graph learned from: it is left out. None where no report has
/// a place.
pub fn tell(
    ground: &Ground,
    journey: &Journey,
    teller: &Teller,
    own: Option<usize>,
    last_only: bool,
) -> Result<Option<ShipForecast>, Stopped> {
    let graph = teller.graph;
    let params = teller.model.map_or(graph.nest_params(), |(params, _)| params);
    let Some(nest) = Nest::new(ground.fleet, journey, params) else { return Ok(None) };
    let by_model = teller.model.map(|(_, ask)| ask(&nest)).transpose()?;
    // The nest's messages are the reports with a place.
    let places = &ground.fleet.reports().positions;
    let is_valid = |index: &u32| places[*index as usize].is_valid();
    let valid: Vec<u32> = journey.reports.iter().copied().filter(is_valid).collect();
    let first = if last_only { nest.len() - 1 } else { 0 };
    let step = |k: usize| {
        let mut says = match by_model.as_ref().and_then(|says| says.get(k)) {
            Some(says) => says.clone(),
            None => graph.says(&nest, k, own),
        };
        if says.arrival.is_none() {
            says.arrival = graph.arrival(nest.steps[k].last.0, &says.ports, own);
        }
        told(ground, journey.vessel, valid[nest.steps[k].messages.end - 1], says)
    };
    let told = (first..nest.len()).map(step).collect();
    let truth = journey.to.map(|port| (port, journey.arrive_ms));
    Ok(Some(ShipForecast { vessel: journey.vessel, departure: journey.from, told, truth }))
}

fn told(ground: &Ground, vessel: usize, report: u32, Says { ports, arrival }: Says) -> Told {
    let reports = ground.fleet.reports();
    let t_ms = reports.t_ms[report as usize];
    let reported = reported(ground, vessel, t_ms);
    let conflict = conflict(ground, t_ms, (&ports, arrival), &reported);
    let place = reports.positions[report as usize];
    Told { report, t_ms, place, ports, arrival, reported, conflict }
}

/// What the crew of a vessel had typed by a time; what is known without a time, always.
pub fn reported(ground: &Ground, vessel: usize, t_ms: i64) -> Reported {
    let vessel = &ground.fleet.vessels()[vessel];
    let (text, eta) = if vessel.voyages.is_empty() {
        (&vessel.about.destination, &vessel.about.eta)
    } else {
        match note_at(&vessel.voyages, t_ms) {
            Some(note) => (&note.destination, &note.eta),
            None => return Reported::default(),
        }
    };
    Reported {
        text: text.clone(),
        annotation: ground.named.get(text).cloned().unwrap_or_default(),
        arrives_ms: reported_arrival_ms(eta, t_ms),
    }
}

fn conflict(
    ground: &Ground,
    t_ms: i64,
    (ports, arrival): (&[(PortId, f64)], Option<Arrival>),
    reported: &Reported,
) -> Conflict {
    let names = |port: PortId| reported.annotation.means(port, ground.ports, ground.radius_m);
    let named: f64 = ports.iter().filter(|(port, _)| names(*port)).map(|(_, chance)| chance).sum();
    let sure = ports.first().is_some_and(|(_, chance)| *chance >= SURE);
    let days = |ms: i64| ms as f64 / DAY_MS as f64;
    let apart = reported.arrives_ms.zip(arrival).is_some_and(|(arrives_ms, arrival)| {
        let told = days(arrives_ms - t_ms);
        told < arrival.low_days - APART_DAYS || told > arrival.high_days + APART_DAYS
    });
    Conflict {
        destination: sure && !reported.annotation.candidates.is_empty() && named < UNLIKELY,
        arrival: apart,
    }
}

#[cfg(test)]
mod tests;
