//! Places as vectors from the middle of the Earth, and flat ground around a place: neither knows a
//! date line or a pole.

use crate::base::angle::wrap_deg;
use crate::base::geo::{EARTH_RADIUS_M, Position};

/// A place, or a way between places, in meters from the middle of the Earth: towards Greenwich on
/// the equator, 90° east on the equator, and the north pole.
///
/// Between two places the straight chord stands for the great circle: what lies on the one lies
/// above or below the other, some meters deep for legs of ten kilometers.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Vector {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

impl Vector {
    /// The vector to a place on the Earth; not-a-number where there is no place.
    pub fn to(place: Position) -> Vector {
        let (sin_lat, cos_lat) = place.lat_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = place.lon_deg.to_radians().sin_cos();
        Vector { x: cos_lat * cos_lon, y: cos_lat * sin_lon, z: sin_lat }.times(EARTH_RADIUS_M)
    }

    /// The place on the Earth below or above.
    pub fn position(self) -> Position {
        let lat_deg = self.z.atan2(self.x.hypot(self.y)).to_degrees();
        Position::new(self.y.atan2(self.x).to_degrees(), lat_deg)
    }

    pub fn plus(self, other: Vector) -> Vector {
        Vector { x: self.x + other.x, y: self.y + other.y, z: self.z + other.z }
    }

    pub fn minus(self, other: Vector) -> Vector {
        self.plus(other.times(-1.0))
    }

    pub fn times(self, factor: f64) -> Vector {
        Vector { x: self.x * factor, y: self.y * factor, z: self.z * factor }
    }

    pub fn dot(self, other: Vector) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    pub fn cross(self, other: Vector) -> Vector {
        Vector {
            x: self.y * other.z - self.z * other.y,
            y: self.z * other.x - self.x * other.z,
            z: self.x * other.y - self.y * other.x,
        }
    }

    pub fn length_m(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// The same direction, one meter long; zero stays zero.
    pub fn unit(self) -> Vector {
        let length_m = self.length_m();
        if length_m > 0.0 { self.times(1.0 / length_m) } else { self }
    }

    /// The place a share `t` of the way to `other`, on the chord.
    pub fn toward(self, other: Vector, t: f64) -> Vector {
        self.plus(other.minus(self).times(t))
    }

    /// The cube of `size_m` that it is in.
    pub fn cube(self, size_m: f64) -> Cube {
        let part = |x: f64| (x / size_m).floor() as i32;
        (part(self.x), part(self.y), part(self.z))
    }

    /// The place on the Earth below or above, as a vector.
    pub fn on_earth(self) -> Vector {
        self.unit().times(EARTH_RADIUS_M)
    }

    /// The way along the great circle to `other`, meters.
    pub fn distance_m(self, other: Vector) -> f64 {
        EARTH_RADIUS_M * self.cross(other).length_m().atan2(self.dot(other))
    }
}

/// A cube in space, counted from the middle of the Earth.
pub(super) type Cube = (i32, i32, i32);

/// A cube and the 26 around it.
pub(super) fn around((x, y, z): Cube) -> impl Iterator<Item = Cube> {
    let plane = move |x| (y - 1..=y + 1).flat_map(move |y| (z - 1..=z + 1).map(move |z| (x, y, z)));
    (x - 1..=x + 1).flat_map(plane)
}

/// A way on flat ground, meters east and north.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Xy {
    pub x_m: f64,
    pub y_m: f64,
}

impl Xy {
    pub fn plus(self, other: Xy) -> Xy {
        Xy { x_m: self.x_m + other.x_m, y_m: self.y_m + other.y_m }
    }

    pub fn minus(self, other: Xy) -> Xy {
        self.plus(other.times(-1.0))
    }

    pub fn times(self, factor: f64) -> Xy {
        Xy { x_m: self.x_m * factor, y_m: self.y_m * factor }
    }

    pub fn dot(self, other: Xy) -> f64 {
        self.x_m * other.x_m + self.y_m * other.y_m
    }

    pub fn length_m(self) -> f64 {
        self.dot(self).sqrt()
    }

    /// A quarter turn to starboard.
    pub fn starboard(self) -> Xy {
        Xy { x_m: self.y_m, y_m: -self.x_m }
    }

    /// The true course of this way, degrees.
    pub fn course_deg(self) -> f64 {
        wrap_deg(self.x_m.atan2(self.y_m).to_degrees())
    }
}

/// The ground around a place, flat: the Earth seen from far above (orthographic). At 10 km from
/// the middle it is true to millimeters, and what moves evenly on the Earth moves evenly on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground {
    east: Vector,
    north: Vector,
}

impl Ground {
    /// The ground around the place that `middle` points to. On a pole, east is where 90° east
    /// points.
    pub fn around(middle: Vector) -> Ground {
        let up = middle.unit();
        let away = Vector { x: -up.y, y: up.x, z: 0.0 };
        let is_pole = away.dot(away) < 1e-24;
        let east = if is_pole { Vector { x: 0.0, y: 1.0, z: 0.0 } } else { away.unit() };
        Ground { east, north: up.cross(east) }
    }

    /// A way on this ground.
    pub fn way(&self, way: Vector) -> Xy {
        Xy { x_m: way.dot(self.east), y_m: way.dot(self.north) }
    }

    /// The vector of a way on this ground.
    pub fn vector(&self, way: Xy) -> Vector {
        self.east.times(way.x_m).plus(self.north.times(way.y_m))
    }
}

/// The way of one meter on a course at a place, as a vector.
pub(super) fn heading(place: Vector, course_deg: f64) -> Vector {
    let (sine, cosine) = course_deg.to_radians().sin_cos();
    Ground::around(place).vector(Xy { x_m: sine, y_m: cosine })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::{destination, distance_m};

    #[test]
    fn places_come_back_from_their_vectors() {
        for (lon, lat) in [(0.0, 0.0), (179.9, 80.0), (-179.9, -45.0), (11.5, 90.0)] {
            let place = Position::new(lon, lat);
            assert!(distance_m(Vector::to(place).position(), place) < 1e-6, "{place:?}");
        }
    }

    #[test]
    fn flat_ground_keeps_ways_and_courses_on_the_date_line_and_at_80_north() {
        for from in [Position::new(179.99, 0.0), Position::new(-179.99, 80.0)] {
            let ground = Ground::around(Vector::to(from));
            for course_deg in [0.0, 45.0, 200.0] {
                let to = destination(from, course_deg, 5000.0);
                let way = ground.way(Vector::to(to).minus(Vector::to(from)));
                assert!((way.length_m() - 5000.0).abs() < 0.001, "{way:?}");
                assert!((way.course_deg() - course_deg).abs() < 1e-6, "{way:?}");
            }
        }
    }

    #[test]
    fn distances_are_those_of_great_circles() {
        let (a, b) = (Position::new(170.0, 60.0), Position::new(-170.0, 61.0));
        assert!((Vector::to(a).distance_m(Vector::to(b)) - distance_m(a, b)).abs() < 0.001);
    }
}
