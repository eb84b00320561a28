//! Voyages as arrays: nested sequences of all voyages, scaled, and padded batches of them.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::nest::{Journey, N_FEATURES, N_MEASURED, Nest, NestParams, flag_of};
use crate::ais::{Fleet, PortId, ShipKind};
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

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

    /// The voyages `among`, scaled and padded. With `rng`, messages are drawn as for training;
    /// without, evenly as for scores. A voyage of more steps than allowed is cut to its last.
    pub fn batch(
        &self,
        among: &[usize],
        classes: &Classes,
        scales: &Scales,
        mut rng: Option<&mut Rng>,
    ) -> Batch {
        let most = self.params.steps_most;
        let n_steps = among.iter().map(|i| self.nests[*i].len().min(most)).max().unwrap_or(0);
        // The messages of each step of each voyage.
        let mut chosen: Vec<Vec<Vec<usize>>> = Vec::with_capacity(among.len());
        for i in among {
            let nest = &self.nests[*i];
            let first = nest.len().saturating_sub(most);
            let steps = (first..nest.len()).map(|step| match rng.as_deref_mut() {
                Some(rng) => nest.drawn(step, &self.params, rng),
                None => nest.even(step, &self.params),
            });
            chosen.push(steps.collect());
        }
        let n_messages = chosen.iter().flatten().map(Vec::len).max().unwrap_or(0);
        let mut batch = Batch::empty(among.len(), n_steps, n_messages);
        for (row, (i, steps)) in among.iter().zip(&chosen).enumerate() {
            let nest = &self.nests[*i];
            let first = nest.len() - steps.len();
            batch.steps[row] = steps.len() as u32;
            batch.from[row] = classes.departure(nest.from);
            batch.to[row] = nest.to.and_then(|port| classes.class(port));
            batch.kinds[row] = nest.kind as u32;
            for (k, messages) in steps.iter().enumerate() {
                let (at, step) = (row * n_steps + k, &nest.steps[first + k]);
                batch.centers[at] = [step.center.lon_deg as f32, step.center.lat_deg as f32];
                batch.days[at] = step.days;
                batch.days_left[at] = step.days_left;
                batch.messages[at] = messages.len() as u32;
                for (m, message) in messages.iter().enumerate() {
                    let start = (at * n_messages + m) * N_FEATURES;
                    let place = &mut batch.features[start..start + N_FEATURES];
                    place.copy_from_slice(nest.message(*message));
                    scales.apply(place);
                }
            }
        }
        batch
    }

    /// Voyages of nearly equal length put together, so that little is padded: lots of `size` in
    /// random order.
    pub fn lots(&self, among: &[usize], size: usize, rng: &mut Rng) -> Vec<Vec<usize>> {
        let mut order = among.to_vec();
        rng.shuffle(&mut order);
        // Lengths within a tenth count as equal: lots differ from epoch to epoch.
        let length = |i: &usize| ((self.nests[*i].len() as f64).ln() * 10.0) as u32;
        order.sort_by_key(length);
        let mut lots: Vec<Vec<usize>> = order.chunks(size.max(1)).map(<[usize]>::to_vec).collect();
        rng.shuffle(&mut lots);
        lots
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

/// Voyages side by side; what is padded is 0.
#[derive(Clone, PartialEq, Debug)]
pub struct Batch {
    /// Voyages, steps of the longest, messages of the fullest step.
    pub shape: [usize; 3],
    /// How many steps each voyage has. `[voyage]`
    pub steps: Vec<u32>,
    /// How many messages each step has. `[voyage, step]`
    pub messages: Vec<u32>,
    /// Longitude and latitude of the cells' centers, degrees. `[voyage, step]`
    pub centers: Vec<[f32; 2]>,
    /// Days since the first message, at each step's last. `[voyage, step]`
    pub days: Vec<f32>,
    /// Days to the arrival, from each step's last message. `[voyage, step]`
    pub days_left: Vec<f32>,
    /// Messages, scaled. `[voyage, step, message, feature]`
    pub features: Vec<f32>,
    /// Classes of the ports left; the number of classes for one unknown. `[voyage]`
    pub from: Vec<u32>,
    /// Classes of the ports reached; none for one that is no class, or not reached. `[voyage]`
    pub to: Vec<Option<u32>>,
    /// Ship kinds by their number, below [`N_KINDS`]. `[voyage]`
    pub kinds: Vec<u32>,
}

impl Batch {
    fn empty(n: usize, n_steps: usize, n_messages: usize) -> Batch {
        let n_cells = n * n_steps;
        Batch {
            shape: [n, n_steps, n_messages],
            steps: vec![0; n],
            messages: vec![0; n_cells],
            centers: vec![[0.0; 2]; n_cells],
            days: vec![0.0; n_cells],
            days_left: vec![0.0; n_cells],
            features: vec![0.0; n_cells * n_messages * N_FEATURES],
            from: vec![0; n],
            to: vec![None; n],
            kinds: vec![0; n],
        }
    }

    /// 1 where a voyage has a step, 0 where it is padded. `[voyage, step]`
    pub fn mask(&self) -> Vec<f32> {
        let n_steps = self.shape[1];
        let is_there = |steps: &u32| {
            let n = *steps as usize;
            (0..n_steps).map(move |k| f32::from(u8::from(k < n)))
        };
        self.steps.iter().flat_map(is_there).collect()
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
    fn batches_are_padded_and_masked() {
        let made = made();
        let classes = made.classes(&[0]);
        assert_eq!(classes.ports(), [PortId(1), PortId(2)]);
        let batch = made.batch(&[0, 1], &classes, &Scales::of(&made.nests), None);
        assert_eq!(batch.shape, [2, 2, 2]);
        assert_eq!(batch.steps, [2, 1]);
        assert_eq!(batch.mask(), [1.0, 1.0, 1.0, 0.0]);
        assert_eq!(batch.messages, [2, 2, 2, 0]);
        assert_eq!(batch.centers, [[0.5, 10.5], [1.5, 10.5], [0.5, 20.5], [0.0, 0.0]]);
        assert_eq!((batch.from[0], batch.from[1]), (0, 2), "an unknown port is a class of its own");
        assert_eq!((batch.to[0], batch.to[1]), (Some(1), None), "a port not learned is no class");
        assert_eq!(batch.kinds, [ShipKind::Cargo as u32, ShipKind::Tanker as u32]);
        assert_eq!(batch.days_left[..2], [22.0 / 24.0, 19.0 / 24.0]);
        let padded = &batch.features[3 * 2 * N_FEATURES..];
        assert!(padded.len() == 2 * N_FEATURES && padded.iter().all(|x| *x == 0.0));
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
        let (classes, scales) = (made.classes(&[0, 1]), Scales::of(&made.nests));
        let batch = |seed| made.batch(&[0, 1], &classes, &scales, Some(&mut Rng::new(seed, 0)));
        assert_eq!(batch(1), batch(1));
        assert!((2..20).any(|seed| batch(seed) != batch(1)));
    }

    #[test]
    fn lots_hold_every_voyage_once() {
        let made = made();
        let among: Vec<usize> = (0..50).map(|i| i % 2).collect();
        let lots = made.lots(&among, 8, &mut Rng::new(1, 0));
        assert_eq!(lots.len(), 7);
        let mut all: Vec<usize> = lots.into_iter().flatten().collect();
        all.sort_unstable();
        assert_eq!(all, [vec![0; 25], vec![1; 25]].concat());
    }

    #[test]
    fn long_voyages_are_cut_to_their_last_steps() {
        let mut made = made();
        made.params.steps_most = 1;
        let batch = made.batch(&[0], &made.classes(&[0]), &Scales::of(&made.nests), None);
        assert_eq!((batch.shape[1], batch.centers[0]), (1, [1.5, 10.5]));
    }
}
