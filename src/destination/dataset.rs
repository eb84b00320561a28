//! Voyages as arrays: nested sequences of all voyages, and batches of them as networks take them.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::nest::{Journey, N_FEATURES, N_MEASURED, Nest, NestParams, Step, cell_of, flag_of};
use crate::ais::{Fleet, PortId, ShipKind};
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;
use crate::learn::{VoyageBatch, Voyages};

/// The ports that a model knows, as classes.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<PortId>", into = "Vec<PortId>")]
pub struct Classes {
    // Invariant: rising, no port twice.
    ports: Vec<PortId>,
}

impl From<Vec<PortId>> for Classes {
    fn from(mut ports: Vec<PortId>) -> Classes {
        ports.sort_unstable();
        ports.dedup();
        Classes { ports }
    }
}

impl From<Classes> for Vec<PortId> {
    fn from(classes: Classes) -> Vec<PortId> {
        classes.ports
    }
}

impl Classes {
    /// How many ports there are; also the departure class of a port that is none of them, or not
    /// known.
    pub fn len(&self) -> usize {
        self.ports.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ports.is_empty()
    }

    /// The ports, by class.
    pub fn ports(&self) -> &[PortId] {
        &self.ports
    }

    /// A port's class.
    pub fn class(&self, port: PortId) -> Option<u32> {
        self.ports.binary_search(&port).ok().map(|class| class as u32)
    }

    /// A port's class as departure: [`Classes::len`] for one that is not known.
    pub fn departure(&self, port: Option<PortId>) -> u32 {
        port.and_then(|port| self.class(port)).unwrap_or(self.len() as u32)
    }
}

/// Mean and deviation of the measured numbers, of those messages that have them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Scales {
    means: [f64; N_MEASURED],
    deviations: [f64; N_MEASURED],
}

impl Scales {
    /// As measured on all messages of `nests`; a number that none or all the same have is only
    /// shifted.
    pub fn of<'a>(nests: impl IntoIterator<Item = &'a Nest>) -> Scales {
        let (mut n, mut means) = ([0.0; N_MEASURED], [0.0; N_MEASURED]);
        let mut squares = [0.0; N_MEASURED];
        for message in nests.into_iter().flat_map(|nest| nest.features.chunks_exact(N_FEATURES)) {
            for feature in (0..N_MEASURED).filter(|feature| is_there(message, *feature)) {
                // Welford's running moments.
                let x = f64::from(message[feature]);
                n[feature] += 1.0;
                let off = x - means[feature];
                means[feature] += off / n[feature];
                squares[feature] += off * (x - means[feature]);
            }
        }
        let mut deviations = [1.0; N_MEASURED];
        for feature in 0..N_MEASURED {
            let deviation = (squares[feature] / f64::max(n[feature], 1.0)).sqrt();
            if deviation > 1e-6 {
                deviations[feature] = deviation;
            }
        }
        Scales { means, deviations }
    }

    /// Scales a message in place; what is missing stays 0, the mean.
    pub fn apply(&self, message: &mut [f32]) {
        for feature in 0..N_MEASURED {
            if is_there(message, feature) {
                let x =
                    (f64::from(message[feature]) - self.means[feature]) / self.deviations[feature];
                message[feature] = x.clamp(-20.0, 20.0) as f32; // A wild ETA shall not rule.
            }
        }
    }
}

fn is_there(message: &[f32], feature: usize) -> bool {
    flag_of(feature).is_none_or(|flag| message[flag] > 0.0)
}

/// All voyages as nested sequences.
#[derive(Clone, PartialEq, Debug)]
pub struct Dataset {
    /// How they were made.
    pub params: NestParams,
    /// One for each journey that has a place.
    pub nests: Vec<Nest>,
    /// Of each, its place among the journeys.
    pub journeys: Vec<u32>,
    /// Of each, what tells its vessel from others.
    pub vessels: Vec<u64>,
}

/// Cuts `journeys` into nested sequences. Counts them as steps of `job`.
pub fn dataset(
    fleet: &Fleet,
    journeys: &[Journey],
    params: &NestParams,
    job: &Job,
) -> Result<Dataset, Stopped> {
    job.expect(journeys.len());
    let nests: Vec<Option<Nest>> = journeys
        .par_iter()
        .map(|journey| {
            job.step()?;
            Ok(Nest::new(fleet, journey, params))
        })
        .collect::<Result<_, Stopped>>()?;
    let mut dataset = Dataset {
        params: params.clone(),
        nests: Vec::new(),
        journeys: Vec::new(),
        vessels: Vec::new(),
    };
    for (place, (nest, journey)) in nests.into_iter().zip(journeys).enumerate() {
        if let Some(nest) = nest {
            let vessel = &fleet.vessels()[journey.vessel];
            dataset.nests.push(nest);
            dataset.journeys.push(place as u32);
            let number = u64::from(vessel.mmsi.0) << 9;
            dataset.vessels.push(number | u64::from(vessel.is_local) << 8 | u64::from(vessel.part));
        }
    }
    Ok(dataset)
}

impl Dataset {
    /// How many voyages there are.
    pub fn len(&self) -> usize {
        self.nests.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nests.is_empty()
    }

    /// The destinations of the voyages `among` as classes, and the ports that they left.
    pub fn classes(&self, among: &[usize]) -> Classes {
        let ports = among.iter().flat_map(|i| [self.nests[*i].from, self.nests[*i].to]);
        Classes::from(ports.flatten().collect::<Vec<PortId>>())
    }

    /// What networks need to take voyages as those `among` are.
    pub fn intake(&self, among: &[usize]) -> Intake {
        let nests = || among.iter().map(|i| &self.nests[*i]);
        Intake {
            nest: self.params.clone(),
            classes: self.classes(among),
            scales: Scales::of(nests()),
            cells: Cells::of(nests(), self.params.cell_deg),
        }
    }

    /// How often each port is the destination.
    pub fn counts(&self) -> BTreeMap<PortId, usize> {
        let mut counts = BTreeMap::new();
        for port in self.nests.iter().filter_map(|nest| nest.to) {
            *counts.entry(port).or_insert(0) += 1;
        }
        counts
    }
}

/// How many ship kinds there are.
pub const N_KINDS: usize = ShipKind::ALL.len();

/// The cells of the grid that a network knows, for those that look cells up.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<(i32, i32)>", into = "Vec<(i32, i32)>")]
pub struct Cells {
    // Invariant: rising, no cell twice.
    cells: Vec<(i32, i32)>,
}

impl From<Vec<(i32, i32)>> for Cells {
    fn from(mut cells: Vec<(i32, i32)>) -> Cells {
        cells.sort_unstable();
        cells.dedup();
        Cells { cells }
    }
}

impl From<Cells> for Vec<(i32, i32)> {
    fn from(cells: Cells) -> Vec<(i32, i32)> {
        cells.cells
    }
}

impl Cells {
    /// The cells that `nests` go through.
    pub fn of<'a>(nests: impl IntoIterator<Item = &'a Nest>, cell_deg: f64) -> Cells {
        let steps = nests.into_iter().flat_map(|nest| &nest.steps);
        Cells::from(steps.map(|step| cell_of(step.center, cell_deg)).collect::<Vec<_>>())
    }

    /// How many there are; also the class of a cell that is none of them.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn class(&self, cell: (i32, i32)) -> u32 {
        self.cells.binary_search(&cell).unwrap_or(self.len()) as u32
    }
}

/// Bins of a knot and of five degrees, and one for what is missing.
const SPEEDS: usize = 32;
const COURSES: usize = 73;

/// What networks need to take voyages: what a model keeps beside its weights.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Intake {
    /// How voyages are cut.
    pub nest: NestParams,
    /// The ports that are told apart.
    pub classes: Classes,
    /// The scales of messages.
    pub scales: Scales,
    /// The cells that are told apart.
    pub cells: Cells,
}

impl Intake {
    /// Bins of longitude, latitude, speed and course.
    pub fn bins(&self) -> [usize; 4] {
        let n = |deg: f64| (deg / self.nest.cell_deg).ceil() as usize + 1;
        [n(360.0), n(180.0), SPEEDS, COURSES]
    }

    /// Voyages as networks take them. With `rng`, messages are drawn as for training; without,
    /// evenly as for scores. A voyage of more steps than allowed is cut to its last.
    pub fn batch(&self, nests: &[&Nest], mut rng: Option<&mut Rng>) -> VoyageBatch {
        let mut batch = VoyageBatch::default();
        for nest in nests {
            let first = nest.len().saturating_sub(self.nest.steps_most);
            batch.steps.push((nest.len() - first) as u32);
            batch.from.push(self.classes.departure(nest.from));
            batch.to.push(nest.to.and_then(|port| self.classes.class(port)));
            batch.kinds.push(nest.kind as u32);
            for (k, step) in nest.steps.iter().enumerate().skip(first) {
                let messages = match rng.as_deref_mut() {
                    Some(rng) => nest.drawn(k, &self.nest, rng),
                    None => nest.even(k, &self.nest),
                };
                batch.messages.push(messages.len() as u32);
                for message in messages {
                    let start = batch.features.len();
                    batch.features.extend_from_slice(nest.message(message));
                    self.scales.apply(&mut batch.features[start..]);
                }
                let cell = cell_of(step.center, self.nest.cell_deg);
                batch.centers.push([step.center.lon_deg as f32, step.center.lat_deg as f32]);
                batch.days.push(step.days);
                batch.days_left.push(step.days_left);
                batch.cells.push(self.cells.class(cell));
                batch.bins.push(self.binned(nest, step, cell));
            }
        }
        batch
    }

    /// The last message of a step in bins.
    fn binned(&self, nest: &Nest, step: &Step, (column, row): (i32, i32)) -> [u32; 4] {
        let most = self.bins().map(|n| n as u32 - 1);
        let place = |index: i32, axis: usize| (index.max(0) as u32).min(most[axis]);
        let message = nest.message(step.messages.end - 1);
        let has_speed = flag_of(3).is_some_and(|flag| message[flag] > 0.0);
        let speed = if has_speed { (message[3] as u32).min(most[2] - 1) } else { most[2] };
        let course_deg = step.last.1;
        let course = if course_deg.is_finite() {
            ((course_deg / 5.0).max(0.0) as u32) % most[3]
        } else {
            most[3]
        };
        [place(column, 0), place(row, 1), speed, course]
    }
}

/// Voyages of a data set as a network learns from them.
#[derive(Clone, Copy, Debug)]
pub struct Fed<'a> {
    /// The voyages.
    pub nests: &'a [&'a Nest],
    /// How they are taken.
    pub intake: &'a Intake,
}

impl Voyages for Fed<'_> {
    fn len(&self) -> usize {
        self.nests.len()
    }

    fn steps(&self, i: usize) -> usize {
        self.nests[i].len().min(self.intake.nest.steps_most)
    }

    fn batch(&self, among: &[usize], rng: Option<&mut Rng>) -> VoyageBatch {
        let nests: Vec<&Nest> = among.iter().map(|i| self.nests[*i]).collect();
        self.intake.batch(&nests, rng)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Mmsi, Report, ShipType, Static, Vessel};
    use crate::base::geo::Position;

    /// Two ships that sail east along a parallel, a degree every three reports: six reports from
    /// port 1 to 2, and three from an unknown port to 3.
    fn made() -> Dataset {
        let report = |i: usize, lat_deg: f64| Report {
            sog_kn: 10.0 + i as f32,
            ..Report::at(i as i64 * 3_600_000, Position::new(0.2 + i as f64 / 3.0, lat_deg))
        };
        let vessel = |mmsi, code| Vessel {
            mmsi: Mmsi(mmsi),
            about: Static { ship_type: ShipType(code), ..Static::default() },
            ..Vessel::default()
        };
        let fleet = Fleet::from_tracks(vec![
            (vessel(1, 70), (0..6).map(|i| report(i, 10.5)).collect()),
            (vessel(2, 80), (0..3).map(|i| report(i, 20.5)).collect()),
        ]);
        let journey = |vessel, reports: std::ops::Range<u32>, from: Option<u32>, to: u32| Journey {
            vessel,
            reports: reports.collect(),
            from: from.map(PortId),
            to: Some(PortId(to)),
            arrive_ms: 86_400_000,
        };
        let journeys = [journey(0, 0..6, Some(1), 2), journey(1, 6..9, None, 3)];
        let params = NestParams { messages: 2.0, ..NestParams::default() };
        dataset(&fleet, &journeys, &params, &Job::default()).unwrap()
    }

    #[test]
    fn batches_hold_steps_and_messages_one_behind_the_other() {
        let made = made();
        let intake = made.intake(&[0]);
        assert_eq!(intake.classes.ports(), [PortId(1), PortId(2)]);
        let batch = intake.batch(&[&made.nests[0], &made.nests[1]], None);
        assert_eq!((&batch.steps[..], &batch.messages[..]), (&[2, 1][..], &[2, 2, 2][..]));
        assert_eq!(batch.centers, [[0.5, 10.5], [1.5, 10.5], [0.5, 20.5]]);
        assert_eq!((batch.from[0], batch.from[1]), (0, 2), "an unknown port is a class of its own");
        assert_eq!((batch.to[0], batch.to[1]), (Some(1), None), "a port not learned is no class");
        assert_eq!(batch.kinds, [ShipKind::Cargo as u32, ShipKind::Tanker as u32]);
        assert_eq!(batch.days_left[..2], [22.0 / 24.0, 19.0 / 24.0]);
        assert_eq!(batch.days, [2.0 / 24.0, 5.0 / 24.0, 2.0 / 24.0]);
        assert_eq!(batch.features.len(), 6 * N_FEATURES);
        assert_eq!(batch.cells, [0, 1, 2], "a cell not learned is a class of its own");
        // 12, 15 and 12 knots; no course is known.
        assert_eq!(batch.bins, [[180, 100, 12, 72], [181, 100, 15, 72], [180, 110, 12, 72]]);
        let bins = intake.bins();
        assert!(batch.bins.iter().flatten().zip(bins.iter().cycle()).all(|(i, n)| *i < *n as u32));
    }

    #[test]
    fn courses_lie_in_bins_of_five_degrees() {
        let mut made = made();
        let intake = made.intake(&[0]);
        for (course_deg, bin) in [(0.0, 0), (4.9, 0), (5.0, 1), (182.0, 36), (359.9, 71)] {
            made.nests[1].steps[0].last.1 = course_deg;
            let batch = intake.batch(&[&made.nests[1]], None);
            assert_eq!(batch.bins[0][3], bin, "{course_deg}");
        }
    }

    #[test]
    fn numbers_are_scaled_by_those_that_are_there() {
        let made = made();
        let scales = Scales::of(&made.nests);
        // Speeds 10 to 15 and 10 to 12: mean 12, nobody has a draught.
        let mut message = [0.0; N_FEATURES];
        (message[3], message[11]) = (12.0, 1.0);
        scales.apply(&mut message);
        assert!(message[3].abs() < 1e-6);
        message[11] = 0.0;
        scales.apply(&mut message);
        assert!(message[3].abs() < 1e-6, "what is missing stays 0, the mean");
        let all = made.nests.iter().flat_map(|nest| nest.features.chunks_exact(N_FEATURES));
        let squares = all.map(|message| {
            let mut message = message.to_vec();
            scales.apply(&mut message);
            message[3].powi(2)
        });
        assert!((squares.sum::<f32>() / 9.0 - 1.0).abs() < 1e-5);
        let text = serde_json::to_string(&scales).unwrap();
        assert_eq!(serde_json::from_str::<Scales>(&text).unwrap(), scales);
    }

    #[test]
    fn drawn_batches_differ_and_are_the_same_for_one_seed() {
        let made = made();
        let intake = made.intake(&[0, 1]);
        let nests: Vec<&Nest> = made.nests.iter().collect();
        let fed = Fed { nests: &nests, intake: &intake };
        let batch = |seed| fed.batch(&[0, 1], Some(&mut Rng::new(seed, 0)));
        assert_eq!(batch(1), batch(1));
        assert!((2..20).any(|seed| batch(seed) != batch(1)));
    }

    #[test]
    fn long_voyages_are_cut_to_their_last_steps() {
        let mut made = made();
        made.params.steps_most = 1;
        let intake = made.intake(&[0]);
        let nests: Vec<&Nest> = made.nests.iter().collect();
        let fed = Fed { nests: &nests, intake: &intake };
        assert_eq!((fed.len(), fed.steps(0)), (2, 1));
        assert_eq!(fed.batch(&[0], None).centers, [[1.5, 10.5]]);
    }

    #[test]
    fn an_intake_comes_back_from_its_text() {
        let intake = made().intake(&[0, 1]);
        let text = serde_json::to_string(&intake).unwrap();
        assert_eq!(serde_json::from_str::<Intake>(&text).unwrap(), intake);
    }
}
