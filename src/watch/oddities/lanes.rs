//! Which lanes a place lies in.

use rustc_hash::FxHashMap;

use crate::base::geo::{EARTH_RADIUS_M, Position};
use crate::cluster::route::{CenterPoint, Route};
use crate::watch::sphere::{Cube, Ground, Vector, Xy, around};

/// A corridor is at least this wide to either side, meters: positions are no better than this.
const LEAST_HALF_M: f64 = 100.0;

/// Center points are looked up in cubes of at least this size, meters.
const LEAST_CUBE_M: f64 = 2000.0;

/// The center points of all routes, found by place.
pub(super) struct Lanes<'a> {
    routes: &'a [Route],
    points: Vec<Vec<Vector>>,
    cubes: FxHashMap<Cube, Vec<(u32, u32)>>,
    cube_m: f64,
    /// How far to either side a lane is looked for, times its half width.
    wide: f64,
}

/// A place in a lane.
#[derive(Clone, Copy, Debug)]
pub(super) struct InLane<'a> {
    /// The route, by its place in the list.
    pub route: usize,
    /// The center point next to it.
    pub point: &'a CenterPoint,
    /// How far off the center line, in ways to the edge on that side.
    pub off: f64,
    /// How far along the route, and from its end, meters.
    pub from_ends_m: f64,
}

impl<'a> Lanes<'a> {
    pub fn new(routes: &'a [Route]) -> Lanes<'a> {
        let points: Vec<Vec<Vector>> = routes
            .iter()
            .map(|route| route.center.iter().map(|point| Vector::to(point.position)).collect())
            .collect();
        let wide = 3.0;
        let reach_m = |route: &Route| {
            let half = |point: &CenterPoint| point.left_m.max(point.right_m).max(LEAST_HALF_M);
            let step_m = route.center.get(1).map_or(0.0, |point| point.distance_m);
            route.center.iter().map(half).fold(0.0, f64::max) * wide + step_m
        };
        let cube_m = routes.iter().map(reach_m).fold(LEAST_CUBE_M, f64::max);
        let mut cubes: FxHashMap<Cube, Vec<(u32, u32)>> = FxHashMap::default();
        for (route, own) in points.iter().enumerate() {
            for (station, place) in own.iter().enumerate() {
                cubes.entry(place.cube(cube_m)).or_default().push((route as u32, station as u32));
            }
        }
        Lanes { routes, points, cubes, cube_m, wide }
    }

    /// The lanes that `place` lies in or beside, each once, by rising route.
    pub fn at(&self, place: Position) -> Vec<InLane<'a>> {
        let here = Vector::to(place);
        // The nearest center point of each route.
        let mut nearest: Vec<(u32, u32, f64)> = Vec::new();
        for cell in around(here.cube(self.cube_m)) {
            for (route, station) in self.cubes.get(&cell).into_iter().flatten() {
                let way = here.minus(self.points[*route as usize][*station as usize]);
                let square = way.dot(way);
                match nearest.iter_mut().find(|known| known.0 == *route) {
                    Some(known) if square < known.2 || square == known.2 && *station < known.1 => {
                        *known = (*route, *station, square);
                    }
                    Some(_) => (),
                    None => nearest.push((*route, *station, square)),
                }
            }
        }
        nearest.sort_unstable_by_key(|known| known.0);
        nearest
            .into_iter()
            .filter_map(|(route, station, _)| self.in_lane(here, route as usize, station as usize))
            .collect()
    }

    fn in_lane(&self, here: Vector, route: usize, station: usize) -> Option<InLane<'a>> {
        let center = &self.routes[route].center;
        let point = &center[station];
        let middle = self.points[route][station];
        let way = Ground::around(middle).way(here.minus(middle));
        let (sine, cosine) = point.direction_deg.to_radians().sin_cos();
        let along = Xy { x_m: sine, y_m: cosine };
        let (ahead_m, starboard_m) = (way.dot(along), way.dot(along.starboard()));
        let step_m = center.get(1).map_or(0.0, |second| second.distance_m - center[0].distance_m);
        if ahead_m.abs() > step_m.max(LEAST_HALF_M) {
            return None; // Beyond an end.
        }
        let half_m = if starboard_m > 0.0 { point.right_m } else { point.left_m };
        // Where the middle lies beside the center line, an edge may be beyond it.
        let off = starboard_m.abs() / half_m.max(LEAST_HALF_M);
        let length_m = center[center.len() - 1].distance_m;
        let from_ends_m = point.distance_m.min(length_m - point.distance_m);
        (off <= self.wide).then_some(InLane { route, point, off, from_ends_m })
    }

    /// The route whose center line is nearest, by its place in the list, and how far away that is,
    /// meters; `None` without routes.
    pub fn nearest(&self, place: Position) -> Option<(usize, f64)> {
        let here = Vector::to(place);
        let squares = self.points.iter().enumerate().flat_map(|(route, own)| {
            own.iter().map(move |point| {
                let way = here.minus(*point);
                (route, way.dot(way))
            })
        });
        let (route, square) =
            squares.reduce(|best, one| if one.1 < best.1 { one } else { best })?;
        // From the chord to the arc.
        let half = (0.5 * square.sqrt() / EARTH_RADIUS_M).min(1.0);
        Some((route, 2.0 * EARTH_RADIUS_M * half.asin()))
    }
}
