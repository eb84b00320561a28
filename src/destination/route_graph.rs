//! What earlier voyages tell of where a ship is bound: their counts on the legs of a grid, and how
//! long they still took from there.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::dataset::Classes;
use super::forecast::Says;
use super::nest::{Nest, NestParams, Step, cell_of};
use super::score::Answer;
use crate::ais::{PortId, PortTable};
use crate::base::angle::turn_deg;
use crate::base::geo::{Position, bearing_deg, distance_m};
use crate::base::units::nmi_from_m;

/// Voyages of the wider circle that weigh as much as what the narrower one counts.
const WIDER: f64 = 2.0;
/// How many ports an answer names at most.
const NAMED: usize = 20;
/// Ports less likely than this are not named, but for the first three.
const LEAST: f64 = 0.001;
/// Of how many ports arrivals are put together.
const ARRIVALS: usize = 3;
/// How many earlier voyages tell an arrival.
const NEIGHBORS: usize = 25;
/// Fewer than these tell nothing: the straight way does.
const FEWEST: usize = 3;
/// Standard deviation of how far from her course a ship's port lies, degrees, where nothing is known;
const AHEAD_DEG: f64 = 30.0;
/// what a port behind her weighs against one ahead,
const BEHIND: f64 = 0.01;
/// and within what distance nearness says no more, nautical miles.
const NEAR_NMI: f64 = 30.0;
/// How many cells around a place are looked at for earlier voyages.
const REACH: i32 = 2;

/// From one cell of the grid into another; the same twice where a voyage begins.
type Leg = [(i32, i32); 2];

/// Voyages by the class of their destination, by rising class.
type Counts = Vec<(u32, u32)>;

/// Earlier voyages by where they left, which legs of a grid they took and where they arrived.
///
/// The chance of a port is asked of four circles, each wider one helping out where the narrower
/// has counted little: voyages from this port on this leg, all on this leg, all from this port,
/// all. With `n` of `N` voyages in a circle to a port, and the wider circle's chance `p`, the chance
/// is `(n + 2 p) / (N + 2)`; before all, each known port and all others together have equal
/// chances, so that what is told adds up to a little less than 1. Of no voyage at all, course and
/// distance alone tell. No network: a rival to them, and the honest guess where none is trained.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(from = "Flat", into = "Flat")]
pub struct RouteGraph {
    classes: Classes,
    nest: NestParams,
    overall: Counts,
    by_departure: FxHashMap<PortId, Counts>,
    by_leg: FxHashMap<Leg, Counts>,
    by_both: FxHashMap<(PortId, Leg), Counts>,
    passages: FxHashMap<(u32, (i32, i32)), Vec<Passage>>,
    /// Where each class lies.
    places: Vec<Position>,
    /// Of each voyage learned from, its class.
    voyages: Vec<u32>,
    /// Median of great circle over time left, meters a day.
    day_m: f64,
}

/// A voyage's last message in a cell.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
struct Passage {
    voyage: u32,
    lon_deg: f32,
    lat_deg: f32,
    days_left: f32,
}

/// When a ship arrives.
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Arrival {
    /// Days left, as likely too few as too many.
    pub days: f64,
    /// One arrival in ten is earlier.
    pub low_days: f64,
    /// One in ten is later.
    pub high_days: f64,
    /// How many earlier voyages tell it; 0 where a network does, or but distance over speed.
    pub voyages: usize,
}

impl RouteGraph {
    /// Counts the voyages `nests`, cut as `nest` says, that reach a port of `classes`.
    ///
    /// # Panics
    ///
    /// If a class is no port of the table.
    pub fn fit<'a>(
        nests: impl IntoIterator<Item = &'a Nest>,
        classes: &Classes,
        ports: &PortTable,
        nest: &NestParams,
    ) -> RouteGraph {
        let places: Vec<Position> =
            classes.ports().iter().map(|id| ports.port(*id).position).collect();
        let mut graph = RouteGraph {
            classes: classes.clone(),
            nest: nest.clone(),
            overall: Counts::new(),
            by_departure: FxHashMap::default(),
            by_leg: FxHashMap::default(),
            by_both: FxHashMap::default(),
            passages: FxHashMap::default(),
            places,
            voyages: Vec::new(),
            day_m: f64::NAN,
        };
        let mut speeds = Vec::new();
        for nest in nests {
            let to = nest.to.and_then(|port| classes.class(port)).unwrap_or(u32::MAX);
            let voyage = graph.voyages.len() as u32;
            graph.voyages.push(to);
            if to != u32::MAX {
                graph.take(nest, to, voyage, &mut speeds);
            }
        }
        speeds.sort_by(f64::total_cmp);
        // Twelve knots where nobody has sailed.
        graph.day_m = speeds.get(speeds.len() / 2).copied().unwrap_or(12.0 * 24.0 * 1852.0);
        graph
    }

    fn take(&mut self, nest: &Nest, to: u32, voyage: u32, speeds: &mut Vec<f64>) {
        count(&mut self.overall, to);
        if let Some(from) = nest.from {
            count(self.by_departure.entry(from).or_default(), to);
        }
        let legs: FxHashSet<Leg> = (0..nest.len()).map(|k| self.leg(nest, k)).collect();
        for leg in legs {
            count(self.by_leg.entry(leg).or_default(), to);
            if let Some(from) = nest.from {
                count(self.by_both.entry((from, leg)).or_default(), to);
            }
        }
        for step in &nest.steps {
            let place = step.last.0;
            let (lon_deg, lat_deg) = (place.lon_deg as f32, place.lat_deg as f32);
            let passage = Passage { voyage, lon_deg, lat_deg, days_left: step.days_left };
            let key = (to, cell_of(place, self.nest.cell_deg));
            self.passages.entry(key).or_default().push(passage);
            if step.days_left > 0.05 {
                let far_m = distance_m(place, self.places[to as usize]);
                speeds.push(far_m / f64::from(step.days_left));
            }
        }
    }

    /// How many voyages it learned from.
    pub fn voyages(&self) -> usize {
        self.voyages.iter().filter(|to| **to != u32::MAX).count()
    }

    /// How many legs of the grid they took.
    pub fn legs(&self) -> usize {
        self.by_leg.len()
    }

    /// The ports that it knows, by class.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// The leg by which a voyage comes to its step `k`.
    fn leg(&self, nest: &Nest, k: usize) -> Leg {
        let cell = |step: &Step| cell_of(step.center, self.nest.cell_deg);
        [cell(&nest.steps[k.saturating_sub(1)]), cell(&nest.steps[k])]
    }

    /// How voyages are to be cut that it is asked about.
    pub fn nest_params(&self) -> &NestParams {
        &self.nest
    }

    /// The chances of ports at step `k`, and the arrival over the likeliest of them. `own` is the
    /// voyage itself by its number among those learned from, if it is one of them: it is left out.
    ///
    /// # Panics
    ///
    /// If the voyage has no step `k`.
    pub fn says(&self, nest: &Nest, k: usize, own: Option<usize>) -> Says {
        let ports: Vec<(PortId, f64)> = self
            .ports(nest, k, own)
            .into_iter()
            .map(|(class, chance)| (self.classes.ports()[class as usize], chance))
            .collect();
        let arrival = self.arrival(nest.steps[k].last.0, &ports, own);
        Says { ports, arrival }
    }

    /// An answer at every step of a voyage that was not learned from.
    pub fn answers(&self, nest: &Nest) -> Vec<Answer> {
        let answer = |k: usize| {
            let ports = self.ports(nest, k, None);
            let named =
                |(class, chance): &(u32, f64)| (self.classes.ports()[*class as usize], *chance);
            let named: Vec<(PortId, f64)> = ports.iter().map(named).collect();
            let arrival = self.arrival(nest.steps[k].last.0, &named, None);
            Answer { ports, days_left: arrival.map(|arrival| arrival.days) }
        };
        (0..nest.len()).map(answer).collect()
    }

    /// When a ship at `place` arrives, over the three likeliest of `ports`, weighed by their chances;
    /// none if the graph knows none of them. `own` as in [`RouteGraph::says`].
    pub fn arrival(
        &self,
        place: Position,
        ports: &[(PortId, f64)],
        own: Option<usize>,
    ) -> Option<Arrival> {
        let mut parts = Vec::new();
        for (port, chance) in ports.iter().take(ARRIVALS) {
            let Some(class) = self.classes.class(*port) else { continue };
            let (days, n) = self.days_left(place, class, own);
            let weight = chance / days.len().max(1) as f64;
            parts.extend(days.into_iter().map(|days| (days, weight, n)));
        }
        arrival_of(parts)
    }

    fn ports(&self, nest: &Nest, k: usize, own: Option<usize>) -> Vec<(u32, f64)> {
        let leg = self.leg(nest, k);
        let own = own.and_then(|voyage| self.voyages.get(voyage)).copied();
        let circles = [
            Some(&self.overall),
            nest.from.and_then(|from| self.by_departure.get(&from)),
            self.by_leg.get(&leg),
            nest.from.and_then(|from| self.by_both.get(&(from, leg))),
        ];
        // One part is for ports where nobody went yet.
        let mut chances = if self.overall.is_empty() {
            self.on_course(&nest.steps[k])
        } else {
            vec![1.0 / (self.classes.len() + 1) as f64; self.classes.len()]
        };
        for counts in circles.into_iter().flatten() {
            let less = |class: u32| u32::from(own == Some(class));
            let total: u32 = counts.iter().map(|(class, n)| n.saturating_sub(less(*class))).sum();
            let share = 1.0 / (f64::from(total) + WIDER);
            chances.iter_mut().for_each(|chance| *chance *= WIDER * share);
            for (class, n) in counts {
                chances[*class as usize] += f64::from(n.saturating_sub(less(*class))) * share;
            }
        }
        // Nobody sails to where she left.
        if let Some(left) = nest.from.and_then(|from| self.classes.class(from)) {
            let rest = 1.0 - chances[left as usize];
            chances[left as usize] = 0.0;
            if rest > 0.0 {
                chances.iter_mut().for_each(|chance| *chance /= rest);
            }
        }
        let mut ports: Vec<(u32, f64)> = (0..).zip(chances).filter(|(_, p)| *p > 0.0).collect();
        ports.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let n_likely = ports.iter().take_while(|(_, p)| *p >= LEAST).count();
        ports.truncate(n_likely.clamp(3, NAMED));
        ports
    }

    /// Chances where no voyage is known: the nearer a port and the less off her course, the likelier.
    fn on_course(&self, step: &Step) -> Vec<f64> {
        let (at, course_deg) = (step.last.0, f64::from(step.last.1));
        let weight = |place: &Position| {
            let off_deg = turn_deg(course_deg, bearing_deg(at, *place)).abs();
            let is_known = !off_deg.is_nan();
            let ahead = if is_known { (-0.5 * (off_deg / AHEAD_DEG).powi(2)).exp() } else { 1.0 };
            (ahead + BEHIND) / (nmi_from_m(distance_m(at, *place)) + NEAR_NMI).powi(2)
        };
        let weights: Vec<f64> = self.places.iter().map(weight).collect();
        let n = weights.len() as f64;
        let total: f64 = weights.iter().sum::<f64>() * (n + 1.0) / n;
        weights.into_iter().map(|weight| weight / total).collect()
    }

    /// Days left from `place` to the port of `class` by earlier voyages near there, each less or
    /// more what it was nearer or farther; and how many they are. By the straight way and the usual
    /// speed, and 0, where there are too few.
    fn days_left(&self, place: Position, class: u32, own: Option<usize>) -> (Vec<f64>, usize) {
        let port = self.places[class as usize];
        let far_m = distance_m(place, port);
        let (column, row) = cell_of(place, self.nest.cell_deg);
        let n_columns = (360.0 / self.nest.cell_deg).round() as i32;
        let mut near: Vec<(f64, &Passage)> = Vec::new();
        for ring in 0..=REACH {
            for (dx, dy) in (-ring..=ring).flat_map(|x| (-ring..=ring).map(move |y| (x, y))) {
                if dx.abs().max(dy.abs()) != ring {
                    continue;
                }
                let cell = ((column + dx).rem_euclid(n_columns), row + dy);
                for passage in self.passages.get(&(class, cell)).into_iter().flatten() {
                    if own != Some(passage.voyage as usize) {
                        near.push((distance_m(place, passage.place()), passage));
                    }
                }
            }
            if ring > 0 && near.len() >= NEIGHBORS {
                break;
            }
        }
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.voyage.cmp(&b.1.voyage)));
        // One passage of each voyage, the nearest.
        let mut seen = FxHashSet::default();
        near.retain(|(_, passage)| seen.insert(passage.voyage));
        near.truncate(NEIGHBORS);
        if near.len() < FEWEST {
            return (vec![far_m / self.day_m], 0);
        }
        let days = |(_, passage): &(f64, &Passage)| {
            let nearer_m = distance_m(passage.place(), port) - far_m;
            (f64::from(passage.days_left) - nearer_m / self.day_m).max(0.0)
        };
        (near.iter().map(days).collect(), near.len())
    }
}

impl Passage {
    fn place(&self) -> Position {
        Position::new(f64::from(self.lon_deg), f64::from(self.lat_deg))
    }
}

fn count(counts: &mut Counts, class: u32) {
    match counts.binary_search_by_key(&class, |(class, _)| *class) {
        Ok(place) => counts[place].1 += 1,
        Err(place) => counts.insert(place, (class, 1)),
    }
}

/// The arrival from days left, each with its weight and how many voyages tell it.
fn arrival_of(mut parts: Vec<(f64, f64, usize)>) -> Option<Arrival> {
    parts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: f64 = parts.iter().map(|part| part.1).sum();
    let quantile = |share: f64| {
        let mut sum = 0.0;
        let reached = parts.iter().find(|part| {
            sum += part.1;
            sum >= share * total
        });
        reached.or(parts.last()).map(|part| part.0)
    };
    Some(Arrival {
        days: quantile(0.5)?,
        low_days: quantile(0.1)?,
        high_days: quantile(0.9)?,
        voyages: parts.iter().map(|part| part.2).max()?,
    })
}

/// A place on a route: where it comes from, and a cell.
type Crossed = (u32, (i32, i32));

/// The same as lists, in rising order: for files.
#[derive(Clone, Serialize, Deserialize)]
struct Flat {
    classes: Classes,
    nest: NestParams,
    overall: Counts,
    by_departure: Vec<(PortId, Counts)>,
    by_leg: Vec<(Leg, Counts)>,
    by_both: Vec<((PortId, Leg), Counts)>,
    passages: Vec<(Crossed, Vec<Passage>)>,
    places: Vec<Position>,
    voyages: Vec<u32>,
    day_m: f64,
}

fn listed<K: Ord, V>(map: FxHashMap<K, V>) -> Vec<(K, V)> {
    let mut list: Vec<(K, V)> = map.into_iter().collect();
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

impl From<RouteGraph> for Flat {
    fn from(graph: RouteGraph) -> Flat {
        Flat {
            classes: graph.classes,
            nest: graph.nest,
            overall: graph.overall,
            by_departure: listed(graph.by_departure),
            by_leg: listed(graph.by_leg),
            by_both: listed(graph.by_both),
            passages: listed(graph.passages),
            places: graph.places,
            voyages: graph.voyages,
            day_m: graph.day_m,
        }
    }
}

impl From<Flat> for RouteGraph {
    fn from(flat: Flat) -> RouteGraph {
        RouteGraph {
            classes: flat.classes,
            nest: flat.nest,
            overall: flat.overall,
            by_departure: flat.by_departure.into_iter().collect(),
            by_leg: flat.by_leg.into_iter().collect(),
            by_both: flat.by_both.into_iter().collect(),
            passages: flat.passages.into_iter().collect(),
            places: flat.places,
            voyages: flat.voyages,
            day_m: flat.day_m,
        }
    }
}

#[cfg(test)]
mod tests;
