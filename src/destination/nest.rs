//! Voyages as nested sequences: a step for every stay in a cell of a uniform grid, and in each step
//! the messages sent there.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::voyage::{UnderWay, Voyage};
use crate::ais::vessel::VoyageNote;
use crate::ais::{Fleet, PortId, ShipKind};
use crate::base::geo::{Position, wrap_lon_deg};
use crate::base::params::{Field, Form, Params};
use crate::base::rng::Rng;
use crate::base::time::{DAY_MS, utc_text, ymd_ms};

/// How voyages become nested sequences.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct NestParams {
    /// Side of a cell, degrees; the paper's is lost, ours is 1.
    pub cell_deg: f64,
    /// Mean number of messages that are drawn in a step: the paper's λ, whose value is lost.
    pub messages: f64,
    /// Never more messages than this in a step.
    pub messages_most: usize,
    /// A voyage of more steps is cut to the last of them.
    pub steps_most: usize,
}

impl Default for NestParams {
    fn default() -> Self {
        NestParams { cell_deg: 1.0, messages: 6.0, messages_most: 16, steps_most: 512 }
    }
}

impl Params for NestParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Nested sequences");
        let help = "Side of a cell: 1 for the world, 0.1 to 0.25 for a region.";
        form.number("cell", &mut self.cell_deg, Field { unit: "°", range: 0.01..=30.0, help });
        let help =
            "Mean number of messages that are drawn in a cell, anew each epoch; the paper's λ.";
        form.number("messages", &mut self.messages, Field { unit: "", range: 0.1..=100.0, help });
        let help = "Never more messages than this in a cell.";
        form.count(
            "messages_most",
            &mut self.messages_most,
            Field { unit: "", range: 1..=256, help },
        );
        let help = "A voyage through more cells is cut to the last of them.";
        form.count("steps_most", &mut self.steps_most, Field { unit: "", range: 1..=10_000, help });
    }
}

/// A voyage as models take it: whose reports, from where to where.
#[derive(Clone, PartialEq, Debug)]
pub struct Journey {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Its reports, as indices into the fleet's, in order of time.
    pub reports: Vec<u32>,
    /// The port she left, if it is known.
    pub from: Option<PortId>,
    /// The port she reached; none while she is under way.
    pub to: Option<PortId>,
    /// When she reached it, UTC milliseconds; of the last report where nothing better is known.
    pub arrive_ms: i64,
}

impl From<&Voyage> for Journey {
    fn from(voyage: &Voyage) -> Journey {
        Journey {
            vessel: voyage.vessel,
            reports: voyage.reports.clone(),
            from: Some(voyage.departure),
            to: Some(voyage.destination),
            arrive_ms: voyage.arrived_ms,
        }
    }
}

impl Journey {
    /// The journey of a ship under way: where she is bound is asked, and `arrive_ms` means nothing.
    pub fn under_way(ship: &UnderWay) -> Journey {
        Journey {
            vessel: ship.vessel,
            reports: ship.reports.clone(),
            from: ship.departure,
            to: None,
            arrive_ms: 0,
        }
    }
}

/// Numbers of a message. First seven that are measured (a missing one is 0), then directions as sine
/// and cosine, then flags, 1 where the number was there.
pub const FEATURES: [&str; 17] = [
    "east of the cell's center, cells",
    "north of the cell's center, cells",
    "days since the first message",
    "speed, knots",
    "rate of turn, degrees a minute",
    "draught, meters",
    "days to the reported arrival",
    "sine of the course",
    "cosine of the course",
    "sine of the heading",
    "cosine of the heading",
    "has speed",
    "has rate of turn",
    "has draught",
    "has reported arrival",
    "has course",
    "has heading",
];

/// How many numbers a message has.
pub const N_FEATURES: usize = FEATURES.len();
/// How many of them are measured in units of their own, and want a scaler.
pub const N_MEASURED: usize = 7;

/// Where the flag of a measured number stands, if it can be missing.
pub const fn flag_of(feature: usize) -> Option<usize> {
    match feature {
        3..N_MEASURED => Some(feature + 8),
        _ => None,
    }
}

/// A stay in a cell.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// The cell's center.
    pub center: Position,
    /// Its messages, as places among the voyage's.
    pub messages: Range<usize>,
    /// Days from the voyage's first message to the last one of this step: the step's time distance.
    pub days: f32,
    /// Days from the last message of this step to the arrival.
    pub days_left: f32,
    /// The same as the crew reported it by then, if they did.
    pub days_left_reported: Option<f32>,
    /// The last message's place and course: where baselines look ahead from.
    pub last: (Position, f32),
}

/// A voyage as a nested sequence.
#[derive(Clone, PartialEq, Debug)]
pub struct Nest {
    /// The steps in order of time; consecutive ones lie in different cells.
    pub steps: Vec<Step>,
    /// `[message, feature]`, row by row, not scaled.
    pub features: Vec<f32>,
    /// The port she left.
    pub from: Option<PortId>,
    /// The port she reached.
    pub to: Option<PortId>,
    /// What kind of ship she is.
    pub kind: ShipKind,
}

impl Nest {
    /// The nested sequence of a voyage; none where it has no valid position.
    ///
    /// A message without position is left out. Draught and arrival are those that the crew had typed
    /// by then; a reported arrival without a year is the one nearest in time.
    pub fn new(fleet: &Fleet, journey: &Journey, params: &NestParams) -> Option<Nest> {
        let (vessel, reports) = (&fleet.vessels()[journey.vessel], fleet.reports());
        let mut nest = Nest {
            steps: Vec::new(),
            features: Vec::new(),
            from: journey.from,
            to: journey.to,
            kind: vessel.kind(),
        };
        let mut first_ms = None;
        let mut last_cell = None;
        let days = |ms: i64| ms as f64 / DAY_MS as f64;
        for index in &journey.reports {
            let report = reports.get(*index as usize);
            if !report.position.is_valid() {
                continue;
            }
            let start_ms = *first_ms.get_or_insert(report.t_ms);
            let place = report.position;
            let cell = cell_of(place, params.cell_deg);
            let message = nest.features.len() / N_FEATURES;
            if last_cell != Some(cell) {
                last_cell = Some(cell);
                nest.steps.push(Step {
                    center: center_of(cell, params.cell_deg),
                    messages: message..message,
                    days: 0.0,
                    days_left: 0.0,
                    days_left_reported: None,
                    last: (place, f32::NAN),
                });
            }
            let step = nest.steps.last_mut().expect("a step was begun");
            let note = note_at(&vessel.voyages, report.t_ms);
            let typed_draught = note.map_or(0.0, |note| f32::from(note.draught_dm) / 10.0);
            let draught_m = if typed_draught > 0.0 {
                typed_draught
            } else {
                vessel.about.draught_m.unwrap_or(f32::NAN)
            };
            let eta = note.and_then(|note| reported_arrival_ms(&note.eta, report.t_ms));
            let eta_days = eta.map(|eta_ms| days(eta_ms - report.t_ms) as f32);
            let direction = |deg: f32| {
                let (sin, cos) = f64::from(deg).to_radians().sin_cos();
                if deg.is_nan() { [0.0, 0.0] } else { [sin as f32, cos as f32] }
            };
            let known = |x: f32| if x.is_nan() { 0.0 } else { x };
            let flag = |x: f32| f32::from(u8::from(!x.is_nan()));
            let (cog, heading) = (direction(report.cog_deg), direction(report.heading_deg));
            let east = wrap_lon_deg(place.lon_deg - step.center.lon_deg) / params.cell_deg;
            let north = (place.lat_deg - step.center.lat_deg) / params.cell_deg;
            let eta_or_nan = eta_days.unwrap_or(f32::NAN);
            nest.features.extend([
                east as f32,
                north as f32,
                days(report.t_ms - start_ms) as f32,
                known(report.sog_kn),
                known(report.rot_deg_min),
                known(draught_m),
                known(eta_or_nan),
                cog[0],
                cog[1],
                heading[0],
                heading[1],
                flag(report.sog_kn),
                flag(report.rot_deg_min),
                flag(draught_m),
                flag(eta_or_nan),
                flag(report.cog_deg),
                flag(report.heading_deg),
            ]);
            step.messages.end = message + 1;
            step.days = days(report.t_ms - start_ms) as f32;
            step.days_left = days(journey.arrive_ms - report.t_ms).max(0.0) as f32;
            step.days_left_reported = eta_days;
            step.last = (place, report.cog_deg);
        }
        (!nest.steps.is_empty()).then_some(nest)
    }

    /// How many steps there are: the paper's K.
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether there is none. A nest from [`Nest::new`] has one at least.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The numbers of message `index`.
    pub fn message(&self, index: usize) -> &[f32] {
        &self.features[index * N_FEATURES..(index + 1) * N_FEATURES]
    }

    /// Where message `index` of `step` was sent, from the step's center and the message's numbers.
    pub fn place(&self, step: &Step, index: usize, params: &NestParams) -> Position {
        let message = self.message(index);
        let deg = |cells: f32| f64::from(cells) * params.cell_deg;
        Position::new(
            wrap_lon_deg(step.center.lon_deg + deg(message[0])),
            step.center.lat_deg + deg(message[1]),
        )
    }

    /// Messages of a step for training: as many as a Poisson number of mean `params.messages` says,
    /// one at least, drawn without return and in order of time. Draw anew each epoch.
    pub fn drawn(&self, step: usize, params: &NestParams, rng: &mut Rng) -> Vec<usize> {
        let messages = self.steps[step].messages.clone();
        let n = poisson(params.messages, rng).clamp(1, params.messages_most).min(messages.len());
        // Each is taken with the chance that leaves the right number (Fan, Muller, Rezucha 1962).
        let (mut wanted, mut left) = (n, messages.len());
        messages
            .filter(|_| {
                let is_taken = rng.below(left) < wanted;
                left -= 1;
                wanted -= usize::from(is_taken);
                is_taken
            })
            .collect()
    }

    /// Messages of a step for scores: as many as the mean says, evenly from the first to the last,
    /// the last among them.
    pub fn even(&self, step: usize, params: &NestParams) -> Vec<usize> {
        let messages = self.steps[step].messages.clone();
        let most = (params.messages.round() as usize).clamp(1, params.messages_most);
        let n = most.min(messages.len());
        (1..=n).map(|i| messages.start + i * messages.len() / n - 1).collect()
    }
}

/// The cell in which a place lies: columns from 180° W and rows from the south pole.
pub fn cell_of(place: Position, cell_deg: f64) -> (i32, i32) {
    let column = ((wrap_lon_deg(place.lon_deg) + 180.0) / cell_deg).floor() as i32;
    let row = ((place.lat_deg + 90.0) / cell_deg).floor() as i32;
    (column, row)
}

/// The center of a cell.
fn center_of((column, row): (i32, i32), cell_deg: f64) -> Position {
    let middle = |index: i32| (f64::from(index) + 0.5) * cell_deg;
    Position::new(middle(column) - 180.0, middle(row) - 90.0)
}

/// What the crew had typed by a time; nothing before their first note.
pub fn note_at(notes: &[(i64, VoyageNote)], t_ms: i64) -> Option<&VoyageNote> {
    let n = notes.partition_point(|(since_ms, _)| *since_ms <= t_ms);
    Some(&notes[n.checked_sub(1)?].1)
}

/// The time that a reported arrival means, UTC milliseconds: `MM-DD hh:mm` is the one nearest to
/// `near_ms`; a date of a year beyond ±200 days, and what is no date, is none.
pub fn reported_arrival_ms(text: &str, near_ms: i64) -> Option<i64> {
    let text = text.trim();
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let mut number = || numbers.next()?.parse::<u32>().ok();
    let first = number()?;
    let (year, month) = if first > 31 { (Some(first), number()?) } else { (None, first) };
    let (day, hour, minute) = (number()?, number()?, number().unwrap_or(0));
    if hour > 23 || minute > 59 {
        return None; // 24:60 is how AIS says "not available".
    }
    let near_year: u32 = utc_text(near_ms).get(..4)?.parse().ok()?;
    let years = year.map_or(vec![near_year - 1, near_year, near_year + 1], |year| vec![year]);
    let clock_ms = i64::from(hour * 60 + minute) * 60_000;
    let times = years.into_iter().filter_map(|year| Some(ymd_ms(year, month, day)? + clock_ms));
    times
        .min_by_key(|t_ms| (t_ms - near_ms).abs())
        .filter(|t_ms| (t_ms - near_ms).abs() < 200 * DAY_MS)
}

/// A Poisson number (Knuth's product of evens).
fn poisson(mean: f64, rng: &mut Rng) -> usize {
    let limit = (-mean).exp();
    let (mut product, mut n) = (rng.unit(), 0);
    while product > limit {
        product *= rng.unit();
        n += 1;
    }
    n
}

#[cfg(test)]
mod tests;
