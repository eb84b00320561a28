//! Ways over water: from any port to any other around the continents.
//!
//! The bundled coast becomes a mask of cells of a twentieth of a degree, in which land touches a
//! cell or does not. A* goes over a grid of nodes a quarter of a degree apart, by sixteen moves that
//! meet no such cell, through canals and straits from a small table, at a little
//! extra cost near land. What it finds is pulled straight along great circles that see their way,
//! and joined to the ports by the cheapest way through the narrow water around them.
//!
//! Made for traffic that looks like ships': never for navigation.

mod approach;
mod grid;
mod mask;
mod passages;
mod search;
mod shore;
mod smooth;

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use self::approach::{Approach, approach};
use self::grid::{Grid, Node};
use self::mask::Mask;
use self::passages::{PASSAGES, Passage, closed_to};
use self::search::{Landmarks, cheapest};
use crate::base::geo::{Position, bearing_deg, destination, distance_m};

/// Ports nearer than this may be joined by a way that never leaves narrow water, meters.
const NEAR_M: f64 = 150_000.0;

/// Why there is no way.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum NoWay {
    /// Not a place on the Earth.
    #[error("{lon_deg}, {lat_deg} is no place on the Earth")]
    NoPlace {
        /// Degrees east.
        lon_deg: f64,
        /// Degrees north.
        lat_deg: f64,
    },
    /// A place on a lake, far inland or in ice.
    #[error("{lat_deg:.2}° N {lon_deg:.2}° E lies too far from the sea that ships sail")]
    Inland {
        /// Degrees east.
        lon_deg: f64,
        /// Degrees north.
        lat_deg: f64,
    },
    /// Every way leads through a passage that is too narrow or too shallow.
    #[error("a ship of this draught and beam cannot come there")]
    TooLarge,
}

/// What decides which canals and straits a ship can take. Not-a-number: she takes all.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hull {
    /// Draught, meters.
    pub draught_m: f64,
    /// Beam, meters.
    pub beam_m: f64,
}

impl Hull {
    /// A ship that goes everywhere.
    pub const ANY: Hull = Hull { draught_m: f64::NAN, beam_m: f64::NAN };
}

/// A way over water.
#[derive(Clone, PartialEq, Debug)]
pub struct SeaRoute {
    // Invariant: one entry of `run_m` for each point, two at least; it begins with 0 and never
    // decreases.
    points: Vec<Position>,
    run_m: Vec<f64>,
    passages: Vec<&'static str>,
    /// The same, a bit each.
    taken: u64,
    /// Where along the way canals begin and end, meters.
    canals: Vec<(&'static str, Range<f64>)>,
}

impl SeaRoute {
    fn through(points: Vec<Position>, passages: Vec<&'static str>) -> SeaRoute {
        let is_taken = |(_, passage): &(usize, &Passage)| passages.contains(&passage.name);
        let taken =
            PASSAGES.iter().enumerate().filter(is_taken).fold(0, |bits, (i, _)| bits | 1 << i);
        let mut run_m = vec![0.0];
        for leg in points.windows(2) {
            run_m.push(run_m[run_m.len() - 1] + distance_m(leg[0], leg[1]));
        }
        let canals = canals(&points, &run_m, taken);
        SeaRoute { points, run_m, passages, taken, canals }
    }

    /// Its corners, from port to port; great circles lie between.
    pub fn points(&self) -> &[Position] {
        &self.points
    }

    /// Its length, meters.
    pub fn length_m(&self) -> f64 {
        self.run_m[self.run_m.len() - 1]
    }

    /// The canals and straits of the table that it takes, in order.
    pub fn passages(&self) -> &[&'static str] {
        &self.passages
    }

    /// The canals that it takes: names, and where along the way each begins and ends, meters.
    pub fn canals(&self) -> &[(&'static str, Range<f64>)] {
        &self.canals
    }

    /// The place and the course there, degrees, after `run_m` meters; at the ends for what lies
    /// beyond.
    pub fn at(&self, run_m: f64) -> (Position, f64) {
        let run_m = run_m.clamp(0.0, self.length_m());
        let leg = self.run_m.partition_point(|m| *m <= run_m).clamp(1, self.points.len() - 1) - 1;
        let (from, to) = (self.points[leg], self.points[leg + 1]);
        let place = destination(from, bearing_deg(from, to), run_m - self.run_m[leg]);
        let course_deg = if distance_m(place, to) > 1.0 {
            bearing_deg(place, to)
        } else {
            bearing_deg(from, to)
        };
        (place, course_deg)
    }

    /// Points no more than `step_m` apart, corners among them: for maps.
    pub fn dense(&self, step_m: f64) -> Vec<Position> {
        let mut dense = Vec::new();
        for (leg, runs) in self.points.windows(2).zip(self.run_m.windows(2)) {
            let n = ((runs[1] - runs[0]) / step_m).ceil().max(1.0);
            let bearing = bearing_deg(leg[0], leg[1]);
            dense.extend(
                (0..n as usize)
                    .map(|i| destination(leg[0], bearing, (runs[1] - runs[0]) * i as f64 / n)),
            );
        }
        dense.push(self.points[self.points.len() - 1]);
        dense
    }

    fn reversed(&self) -> SeaRoute {
        let points: Vec<Position> = self.points.iter().rev().copied().collect();
        SeaRoute::through(points, self.passages.iter().rev().copied().collect())
    }
}

/// Where along a way that takes the passages `taken` its canals lie, in order.
fn canals(points: &[Position], run_m: &[f64], taken: u64) -> Vec<(&'static str, Range<f64>)> {
    let mut canals = Vec::new();
    for (index, passage) in PASSAGES.iter().enumerate() {
        if taken >> index & 1 == 0 || passage.cost <= 1.0 {
            continue;
        }
        let posts = passage.places();
        let is_post = |place: &&Position| posts.contains(place);
        let first = points.iter().position(|place| is_post(&place));
        let last = points.iter().rposition(|place| is_post(&place));
        if let (Some(first), Some(last)) = (first, last) {
            canals.push((passage.name, run_m[first]..run_m[last]));
        }
    }
    canals.sort_by(|a, b| a.1.start.total_cmp(&b.1.start));
    canals
}

/// Both ends of a way, and the passages closed to who sails it.
type Key = ([u64; 4], u64);

/// The water of the world.
pub struct Water {
    grid: Grid,
    landmarks: Landmarks,
    approaches: Mutex<FxHashMap<[u64; 2], Option<Arc<Approach>>>>,
    routes: Mutex<FxHashMap<Key, Result<Arc<SeaRoute>, NoWay>>>,
}

impl Water {
    /// Bytes of memory, without the ways that were asked for: about 30 MB.
    pub fn bytes(&self) -> usize {
        self.grid.bytes() + self.landmarks.bytes()
    }

    /// Reads the bundled coast. Takes a second or two.
    pub fn load() -> Water {
        let grid = Grid::new(Mask::draw());
        let landmarks = Landmarks::measure(&grid);
        Water { grid, landmarks, approaches: Mutex::default(), routes: Mutex::default() }
    }

    /// The way from one place to another for a ship of this hull; the way back is the same,
    /// reversed. Some milliseconds; at once where it was asked for before.
    ///
    /// Away from the ports, from passages and from rivers it touches no land.
    pub fn route(&self, from: Position, to: Position, hull: Hull) -> Result<Arc<SeaRoute>, NoWay> {
        let closed = closed_to(hull.draught_m, hull.beam_m);
        if closed != 0 {
            // Most ways take no passage that is closed to anybody.
            let free = self.route(from, to, Hull::ANY)?;
            if free.taken & closed == 0 {
                return Ok(free);
            }
        }
        let key = |a: Position, b: Position| {
            ([a.lon_deg, a.lat_deg, b.lon_deg, b.lat_deg].map(f64::to_bits), closed)
        };
        let own = key(from, to);
        let known = self.routes.lock().unwrap_or_else(PoisonError::into_inner).get(&own).cloned();
        if let Some(known) = known {
            return known;
        }
        let back = key(to, from);
        let is_forward = own.0 <= back.0;
        let (a, b) = if is_forward { (from, to) } else { (to, from) };
        let found = self.find(a, b, closed).map(Arc::new);
        let reversed = found.clone().map(|route| Arc::new(route.reversed()));
        let (here, there) = if is_forward { (found, reversed) } else { (reversed, found) };
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.insert(back, there);
        routes.insert(own, here.clone());
        here
    }

    /// At least how far land is from a place, meters: 0 within some 40 km of it, and never more than
    /// 4000 km.
    pub fn shore_m(&self, place: Position) -> f64 {
        self.grid.shore_m(place)
    }

    /// How far the way from a port to open water is, meters; none where there is no such way.
    pub fn approach_m(&self, port: Position) -> Option<f64> {
        let way = self.approach(port).ok()?;
        Some(way.places.windows(2).map(|leg| distance_m(leg[0], leg[1])).sum())
    }

    fn approach(&self, port: Position) -> Result<Arc<Approach>, NoWay> {
        let Position { lon_deg, lat_deg } = port;
        if !port.is_valid() {
            return Err(NoWay::NoPlace { lon_deg, lat_deg });
        }
        let key = [lon_deg, lat_deg].map(f64::to_bits);
        let known =
            self.approaches.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let found = known.unwrap_or_else(|| {
            let is_goal = |cell| self.grid.at_cell(cell).is_some();
            let found = approach(&self.grid.mask, port, is_goal).map(Arc::new);
            let mut known = self.approaches.lock().unwrap_or_else(PoisonError::into_inner);
            known.insert(key, found.clone());
            found
        });
        found.ok_or(NoWay::Inland { lon_deg, lat_deg })
    }

    fn find(&self, from: Position, to: Position, closed: u64) -> Result<SeaRoute, NoWay> {
        let (out, home) = (self.approach(from)?, self.approach(to)?);
        let node = |way: &Approach| self.grid.at_cell(way.end).expect("approaches end at nodes");
        let ends = (node(&out), node(&home));
        let (nodes, cost_m) =
            cheapest(&self.grid, &self.landmarks, ends, closed).ok_or(NoWay::TooLarge)?;
        if distance_m(from, to) < NEAR_M {
            let end = mask::cell_at(to);
            let near = approach(&self.grid.mask, from, |cell| cell == end);
            let long_m = out.cost_m + cost_m + home.cost_m;
            if let Some(mut near) = near.filter(|near| near.cost_m <= long_m) {
                near.places.pop();
                near.places.push(to);
                if near.places.len() < 2 {
                    near.places.insert(0, from);
                }
                return Ok(SeaRoute::through(near.places, Vec::new()));
            }
        }
        Ok(self.join(&out, &nodes, &home))
    }

    /// From port to port: narrow water and passages as they are, open water straightened.
    fn join(&self, out: &Approach, nodes: &[Node], home: &Approach) -> SeaRoute {
        let mut points: Vec<Position> = out.places[..out.n_narrow].to_vec();
        let mut open: Vec<Position> = out.places[out.n_narrow..].to_vec();
        let mut names = Vec::new();
        let mut last_passage = None;
        for node in nodes {
            let (place, post) = (self.grid.place(*node), self.grid.post(*node));
            open.push(place);
            if post.is_some() {
                points.append(&mut self.straightened(&open));
                open = vec![place];
            }
            let passage = post.map(|post| PASSAGES[post.passage].name);
            if passage.is_some() && passage == last_passage && names.last() != passage.as_ref() {
                names.extend(passage);
            }
            last_passage = passage;
        }
        open.extend(home.places[home.n_narrow..].iter().rev());
        points.append(&mut self.straightened(&open));
        points.extend(home.places[..home.n_narrow].iter().rev());
        points.dedup();
        if points.len() < 2 {
            points.push(points[0]); // From a port to itself.
        }
        SeaRoute::through(points, names)
    }

    fn straightened(&self, open: &[Position]) -> Vec<Position> {
        let mut places = open.to_vec();
        places.dedup();
        smooth::straightened(&self.grid, &places)
    }
}

#[cfg(test)]
pub(super) mod tests;
