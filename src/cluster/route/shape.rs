//! The shape of a route, for drawing and for files.

use super::Route;
use super::plane::{Xy, course_deg};
use crate::base::geo::{EARTH_RADIUS_M, Position, wrap_lon_deg};

/// A route as lines and polygons, cut where they cross the date line, as GeoJSON (RFC 7946) wants
/// them. Longitudes at a cut are -180° or 180°, whichever side the piece lies on.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Shape {
    /// The center line, in pieces of at least two places.
    pub center: Vec<Vec<Position>>,
    /// The ribbon between the edges: closed rings (the last place is the first again),
    /// counter-clockwise. None for a route without width.
    pub ribbon: Vec<Vec<Position>>,
    /// Where arrows stand, and which way they point.
    pub arrows: Vec<Arrow>,
}

/// An arrow on a route.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Arrow {
    /// Where it stands.
    pub position: Position,
    /// Where it points, degrees.
    pub direction_deg: f64,
}

impl Route {
    /// The route's lines and polygons, with an arrow about every `arrow_step_m` meters, and one in
    /// the middle at least.
    pub fn shape(&self, arrow_step_m: f64) -> Shape {
        let line = self.unrolled();
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for (place, point) in line.iter().zip(&self.center) {
            let to_plane = 1.0 / place.scale();
            let (sine, cosine) = point.direction_deg.to_radians().sin_cos();
            let beside = |starboard_m: f64| {
                place.moved((starboard_m * to_plane * cosine, -starboard_m * to_plane * sine))
            };
            add_ahead(&mut left, beside(-point.left_m), (sine, cosine));
            add_ahead(&mut right, beside(point.right_m), (sine, cosine));
        }
        let mut ring = right;
        ring.extend(left.into_iter().rev());
        Shape {
            center: cut_line(&line),
            ribbon: cut_ring(&ring),
            arrows: self.arrows(arrow_step_m),
        }
    }

    /// Places along the center line about `step_m` meters apart, half a step from its ends, with
    /// the course there; one at least.
    pub fn arrows(&self, step_m: f64) -> Vec<Arrow> {
        let total_m = self.center.last().map_or(0.0, |point| point.distance_m);
        let n = (total_m / step_m).round();
        let n = if n.is_finite() { n.clamp(1.0, self.center.len() as f64) } else { 1.0 };
        let line = self.unrolled();
        let arrow = |i: usize| {
            let at_m = (i as f64 + 0.5) / n * total_m;
            let after = self.center.partition_point(|point| point.distance_m < at_m);
            let after = after.clamp(1, line.len() - 1);
            let (from_m, to_m) = (self.center[after - 1].distance_m, self.center[after].distance_m);
            let t = if to_m > from_m { (at_m - from_m) / (to_m - from_m) } else { 0.0 };
            Arrow {
                position: line[after - 1].toward(line[after], t).position(),
                direction_deg: course_deg(line[after - 1].way_to(line[after])),
            }
        };
        (0..n as usize).map(arrow).collect()
    }

    /// The center line on the plane; longitudes go on beyond 180°.
    pub(super) fn unrolled(&self) -> Vec<Xy> {
        let mut lon_deg = self.center.first().map_or(0.0, |point| point.position.lon_deg);
        let place = |point: &super::CenterPoint| {
            lon_deg += wrap_lon_deg(point.position.lon_deg - lon_deg);
            Xy::from_degrees(lon_deg, point.position.lat_deg)
        };
        self.center.iter().map(place).collect()
    }
}

/// Adds `place` to an edge unless it lies behind the edge's last place, as on the inner side of a
/// bend that is narrower than the route is wide.
fn add_ahead(edge: &mut Vec<Xy>, place: Xy, (east, north): (f64, f64)) {
    let leads_on = edge.last().is_none_or(|last| {
        let (x, y) = last.way_to(place);
        x * east + y * north > 0.0
    });
    if leads_on {
        edge.push(place);
    }
}

/// The meridian of 180° + 360° `turns`, on the plane.
fn date_line_m(turns: f64) -> f64 {
    EARTH_RADIUS_M * std::f64::consts::PI * (1.0 + 2.0 * turns)
}

/// Around which whole turn of the world a place lies: 0 between -180° and 180°.
fn turns(place: Xy) -> f64 {
    (place.lon_deg() / 360.0).round()
}

/// The place on the Earth, on the side of the date line where `turns` says it is.
fn on_side(place: Xy, turns: f64) -> Position {
    let lon_deg = (place.lon_deg() - 360.0 * turns).clamp(-180.0, 180.0);
    Position::new(lon_deg, place.position().lat_deg)
}

/// The line in pieces that do not cross the date line.
fn cut_line(line: &[Xy]) -> Vec<Vec<Position>> {
    let Some(first) = line.first() else { return Vec::new() };
    let mut side = turns(*first);
    let mut pieces = vec![vec![on_side(*first, side)]];
    for pair in line.windows(2) {
        let next = turns(pair[1]);
        if next != side {
            let edge_m = date_line_m(side.min(next));
            let t = (edge_m - pair[0].x_m) / (pair[1].x_m - pair[0].x_m);
            let edge = pair[0].toward(pair[1], t);
            pieces.last_mut().expect("there is a first piece").push(on_side(edge, side));
            pieces.push(vec![on_side(edge, next)]);
            side = next;
        }
        pieces.last_mut().expect("there is a first piece").push(on_side(pair[1], side));
    }
    pieces
}

/// The polygon in pieces that do not cross the date line, each closed and counter-clockwise.
fn cut_ring(ring: &[Xy]) -> Vec<Vec<Position>> {
    let sides = ring.iter().map(|place| turns(*place));
    let (first, last) = sides.fold((f64::INFINITY, f64::NEG_INFINITY), |(first, last), side| {
        (first.min(side), last.max(side))
    });
    let mut pieces = Vec::new();
    let mut side = first;
    while side <= last {
        let east_of_m = date_line_m(side - 1.0);
        let west_of_m = date_line_m(side);
        let piece = clipped(&clipped(ring, |x_m| x_m - east_of_m), |x_m| west_of_m - x_m);
        let twice_m2 = twice_area_m2(&piece);
        if twice_m2 != 0.0 && twice_m2.is_finite() {
            let mut places: Vec<Position> = piece.iter().map(|p| on_side(*p, side)).collect();
            if twice_m2 < 0.0 {
                places.reverse();
            }
            places.push(places[0]);
            pieces.push(places);
        }
        side += 1.0;
    }
    pieces
}

/// The part of a polygon where `inside_m` of the easting is not negative (Sutherland and Hodgman).
fn clipped(ring: &[Xy], inside_m: impl Fn(f64) -> f64) -> Vec<Xy> {
    let mut kept = Vec::with_capacity(ring.len() + 2);
    for (i, to) in ring.iter().enumerate() {
        let from = ring[(i + ring.len() - 1) % ring.len()];
        let (a_m, b_m) = (inside_m(from.x_m), inside_m(to.x_m));
        if (a_m < 0.0) != (b_m < 0.0) {
            kept.push(from.toward(*to, a_m / (a_m - b_m)));
        }
        if b_m >= 0.0 {
            kept.push(*to);
        }
    }
    kept
}

/// Twice the area on the plane, positive for a ring that runs counter-clockwise.
fn twice_area_m2(ring: &[Xy]) -> f64 {
    let Some(origin) = ring.first() else { return 0.0 };
    let triangle = |pair: &[Xy]| {
        let ((ax, ay), (bx, by)) = (origin.way_to(pair[0]), origin.way_to(pair[1]));
        ax * by - ay * bx
    };
    ring.windows(2).map(triangle).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn degrees(places: &[(f64, f64)]) -> Vec<Xy> {
        places.iter().map(|(lon_deg, lat_deg)| Xy::from_degrees(*lon_deg, *lat_deg)).collect()
    }

    #[test]
    fn a_line_across_the_date_line_is_two() {
        let pieces = cut_line(&degrees(&[(178.0, 0.0), (179.0, 0.0), (181.0, 0.0), (182.0, 0.0)]));
        let lons: Vec<Vec<f64>> =
            pieces.iter().map(|piece| piece.iter().map(|p| p.lon_deg.round()).collect()).collect();
        assert_eq!(lons, [vec![178.0, 179.0, 180.0], vec![-180.0, -179.0, -178.0]]);
    }

    #[test]
    fn a_ring_across_the_date_line_is_two_that_run_counterclockwise() {
        // Given clockwise.
        let ring = degrees(&[(178.0, 0.0), (178.0, 1.0), (183.0, 1.0), (183.0, 0.0)]);
        let pieces = cut_ring(&ring);
        assert_eq!(pieces.len(), 2);
        for (piece, (west, east)) in pieces.iter().zip([(178.0, 180.0), (-180.0, -177.0)]) {
            assert_eq!(piece.first(), piece.last());
            let lons = piece.iter().map(|place| place.lon_deg);
            assert!((lons.clone().fold(f64::INFINITY, f64::min) - west).abs() < 1e-9);
            assert!((lons.fold(f64::NEG_INFINITY, f64::max) - east).abs() < 1e-9);
            let area: f64 = piece
                .windows(2)
                .map(|p| p[0].lon_deg * p[1].lat_deg - p[1].lon_deg * p[0].lat_deg)
                .sum();
            assert!(area > 0.0, "{piece:?}");
        }
    }

    #[test]
    fn an_edge_on_the_inner_side_of_a_narrow_bend_never_turns_back() {
        let mut edge = Vec::new();
        for x_m in [0.0, 100.0, 80.0, 120.0] {
            add_ahead(&mut edge, Xy { x_m, y_m: 0.0 }, (1.0, 0.0));
        }
        assert_eq!(edge.iter().map(|place| place.x_m).collect::<Vec<_>>(), [0.0, 100.0, 120.0]);
    }
}
