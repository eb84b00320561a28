//! What distances are measured on: a plane laid on the sea, or the globe itself.

use std::f64::consts::FRAC_PI_2;

use crate::base::geo::{EARTH_RADIUS_M, Position};

/// Beyond this distance from the middle of the trips the plane gives way to the sphere: there the
/// plane's lengths are wrong by 0.46 %.
pub const PLANE_RADIUS_M: f64 = 1_500_000.0;

/// Where the points of [`Paths`](super::Paths) live.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Surface {
    /// Straight lines between points, meters to the east and north of a center.
    Plane(Plane),
    /// Great circles between points, on a globe of radius [`EARTH_RADIUS_M`].
    Sphere(Globe),
}

/// The azimuthal equidistant projection about the middle of the trips, shrunk a little so that
/// lengths are too short in one direction by as much as they are too long in the other.
///
/// From the center outwards the projection is true; across, it stretches by `c / sin c` at an
/// angle `c` from the center, and shrinking by half of that leaves an error of `c²/12` either way:
///
/// | trips within | largest error of a length |
/// | --- | --- |
/// | 100 km of the middle | 0.002 % |
/// | 250 km (a region of 500 km) | 0.013 % |
/// | 500 km | 0.051 % |
/// | 1,000 km | 0.21 % |
/// | 1,500 km | 0.46 % |
///
/// Against the 0.56 % by which the sphere itself differs from the ellipsoid that is little. A
/// cylinder or an equirectangular plane of the same 500 km at 57° north errs by 6 %.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plane {
    scale: f64,
    frame: Frame,
    radius_m: f64,
}

/// A globe, and the point inside it or on it from which coordinates are counted: near the trips,
/// where 32 bits tell centimeters.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Globe {
    origin_m: [f64; 3],
}

/// Unit vectors to the east, the north and upwards at the center.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Frame([[f64; 3]; 3]);

impl Surface {
    /// A plane about the middle of `places` (unit vectors) where they fit on one, else the globe.
    pub(super) fn fitting(cap: Cap) -> Surface {
        if cap.radius_m <= PLANE_RADIUS_M { Surface::plane(cap) } else { Surface::sphere(cap) }
    }

    pub(super) fn plane(cap: Cap) -> Surface {
        // Beyond a quarter of the globe nothing is true any more; the scale stays finite.
        let angle = (cap.radius_m / EARTH_RADIUS_M).clamp(1e-6, FRAC_PI_2);
        let stretch = angle / angle.sin();
        Surface::Plane(Plane {
            scale: 2.0 / (1.0 + stretch),
            frame: Frame::at(cap.center),
            radius_m: cap.radius_m,
        })
    }

    pub(super) fn sphere(cap: Cap) -> Surface {
        Surface::Sphere(Globe { origin_m: cap.center.map(|x| x * EARTH_RADIUS_M) })
    }

    /// A plane whose coordinates are given as they are: nothing is projected onto it.
    pub(super) fn given() -> Surface {
        let frame = Frame::at([1.0, 0.0, 0.0]);
        Surface::Plane(Plane { scale: 1.0, frame, radius_m: 0.0 })
    }

    /// Whether this is the globe.
    pub fn is_sphere(&self) -> bool {
        matches!(self, Surface::Sphere(_))
    }

    /// By what share of itself a length may be wrong, from the shape of the surface alone: zero on
    /// the sphere.
    pub fn largest_error(&self) -> f64 {
        match self {
            Surface::Plane(plane) => (1.0 - plane.scale).abs(),
            Surface::Sphere(_) => 0.0,
        }
    }

    /// How far from the middle of the trips the plane reaches, meters; zero on the sphere and
    /// where coordinates were given.
    pub fn radius_m(&self) -> f64 {
        match self {
            Surface::Plane(plane) => plane.radius_m,
            Surface::Sphere(_) => 0.0,
        }
    }

    /// Coordinates in meters of the place in the direction `unit`.
    pub(super) fn place_m(&self, unit: [f64; 3]) -> [f64; 3] {
        match self {
            Surface::Plane(plane) => {
                let [east, north, up] = plane.frame.0.map(|axis| dot(axis, unit));
                let sine = east.hypot(north);
                let angle = sine.atan2(up);
                let stretch = if sine > 1e-12 { angle / sine } else { 1.0 };
                let m = EARTH_RADIUS_M * plane.scale * stretch;
                [east * m, north * m, 0.0]
            }
            Surface::Sphere(globe) => {
                [0, 1, 2].map(|axis| unit[axis] * EARTH_RADIUS_M - globe.origin_m[axis])
            }
        }
    }

    /// Where the center of the globe lies in these coordinates, meters.
    pub(super) fn earth_center_m(&self) -> [f64; 3] {
        match self {
            Surface::Plane(_) => [0.0; 3],
            Surface::Sphere(globe) => globe.origin_m.map(|x| -x),
        }
    }
}

impl Frame {
    fn at(up: [f64; 3]) -> Frame {
        let level = up[0].hypot(up[1]);
        // At a pole every direction is south; any will do.
        let east = if level > 1e-12 { [-up[1] / level, up[0] / level, 0.0] } else { [0., 1., 0.] };
        Frame([east, cross(up, east), up])
    }
}

/// A round piece of the globe that holds all places.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Cap {
    /// Unit vector to its middle.
    pub center: [f64; 3],
    /// From the middle to the farthest place, meters.
    pub radius_m: f64,
}

impl Cap {
    /// A cap about the middle of the box around `units`. Around the whole globe if there are none.
    pub(super) fn around(units: impl Iterator<Item = [f64; 3]> + Clone) -> Cap {
        let mut low = [f64::INFINITY; 3];
        let mut high = [f64::NEG_INFINITY; 3];
        for unit in units.clone() {
            for axis in 0..3 {
                low[axis] = low[axis].min(unit[axis]);
                high[axis] = high[axis].max(unit[axis]);
            }
        }
        let middle = [0, 1, 2].map(|axis| f64::midpoint(low[axis], high[axis]));
        let length = dot(middle, middle).sqrt();
        if !(length > 1e-9 && length.is_finite()) {
            return Cap { center: [1.0, 0.0, 0.0], radius_m: EARTH_RADIUS_M * 2.0 * FRAC_PI_2 };
        }
        let center = middle.map(|x| x / length);
        let angle = units
            .map(|unit| {
                let across = cross(center, unit);
                dot(across, across).sqrt().atan2(dot(center, unit))
            })
            .fold(0.0, f64::max);
        Cap { center, radius_m: angle * EARTH_RADIUS_M }
    }
}

/// The direction from the middle of the globe to `place`.
pub(super) fn unit_from_position(place: Position) -> [f64; 3] {
    let (lat_sin, lat_cos) = place.lat_deg.to_radians().sin_cos();
    let (lon_sin, lon_cos) = place.lon_deg.to_radians().sin_cos();
    [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin]
}

pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::{destination, distance_m};
    use crate::base::rng::Rng;

    fn cap_m(radius_m: f64, center: Position) -> Cap {
        Cap { center: unit_from_position(center), radius_m }
    }

    #[test]
    fn lengths_on_the_plane_err_no_more_than_the_surface_says() {
        let center = Position::new(11.65, 56.75);
        for radius_m in [100e3, 250e3, 500e3, 1_000e3, 1_500e3] {
            let surface = Surface::plane(cap_m(radius_m, center));
            let (mut rng, mut worst) = (Rng::new(1, 0), 0.0_f64);
            for _ in 0..5_000 {
                let a = destination(
                    center,
                    rng.between(0.0, 360.0),
                    radius_m * rng.unit().sqrt() * 0.999,
                );
                let b = destination(a, rng.between(0.0, 360.0), 0.001 * radius_m);
                let [p, q] = [a, b].map(|place| surface.place_m(unit_from_position(place)));
                let plane_m = (p[0] - q[0]).hypot(p[1] - q[1]);
                worst = worst.max((plane_m / distance_m(a, b) - 1.0).abs());
            }
            let stated = surface.largest_error();
            assert!(worst <= stated * 1.01 && worst > stated * 0.9, "{radius_m} {worst} {stated}");
        }
    }

    #[test]
    fn a_region_of_500_km_is_true_to_14_parts_in_100_000() {
        let surface = Surface::plane(cap_m(250e3, Position::new(0.0, 0.0)));
        assert!(surface.largest_error() < 1.4e-4);
        let surface = Surface::plane(cap_m(1_500e3, Position::new(0.0, 0.0)));
        assert!(surface.largest_error() < 4.7e-3);
    }

    #[test]
    fn the_middle_is_found_across_the_date_line_and_at_the_pole() {
        let around = |places: &[Position]| {
            Cap::around(places.iter().map(|place| unit_from_position(*place)))
        };
        let cap = around(&[Position::new(179.0, 10.0), Position::new(-179.0, 10.0)]);
        assert!((cap.radius_m - 109_500.0).abs() < 100.0, "{cap:?}");
        let cap = around(&[Position::new(0.0, 89.0), Position::new(180.0, 89.0)]);
        assert!((cap.radius_m - 111_195.0).abs() < 1.0, "{cap:?}");
    }

    #[test]
    fn far_trips_are_measured_on_the_sphere() {
        let center = Position::new(0.0, 0.0);
        assert!(!Surface::fitting(cap_m(1_499e3, center)).is_sphere());
        assert!(Surface::fitting(cap_m(1_501e3, center)).is_sphere());
        assert!(Surface::fitting(Cap::around(std::iter::empty())).is_sphere());
    }
}
