//! A plane in meters laid along a path on the Earth.

use crate::base::geo::{EARTH_RADIUS_M, Position};

/// How far from its origin, in radians of longitude and latitude, a path may go for its places to
/// be found by series: about 950 km, where they are still within a millimeter.
const SERIES_RAD: f64 = 0.15;

/// A plane in meters laid along a path: the `x` axis is the great circle from its first place
/// toward its farthest, `y` the distance from that, positive to port.
///
/// It is the cylinder that touches the Earth along that great circle, unrolled. So the date line
/// and the poles are places like others, distances along the axis and across it are true, and a way
/// along it `y` meters off is too long by `1 / cos(y / R) - 1`: 0.012 % at 100 km, 0.11 % at
/// 300 km, 1.2 % at 1,000 km. How long the path is does not matter, which is what planes about a
/// middle latitude get wrong.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Plane {
    // Invariant: three unit vectors at right angles: to the origin, along the axis, to port of it.
    origin: [f64; 3],
    along: [f64; 3],
    port: [f64; 3],
    // Where the origin is, degrees, with sine and cosine of its latitude.
    place: Position,
    sin_lat: f64,
    cos_lat: f64,
}

impl Plane {
    /// The plane along `places`. Those that are no places on the Earth are passed over; where none
    /// is left, or all are one, the axis goes east.
    pub fn along(places: &[Position]) -> Plane {
        let mut valid = places.iter().copied().filter(|place| place.is_valid());
        let Some(first) = valid.next() else { return Plane::east_of(Position::default()) };
        // Longitudes near a pole tell little of distance, but this only chooses an axis.
        let off = |place: &Position| {
            let d_lon = lon_from(first.lon_deg, place.lon_deg) * first.lat_deg.to_radians().cos();
            let d_lat = place.lat_deg - first.lat_deg;
            d_lon * d_lon + d_lat * d_lat
        };
        let mut farthest = (first, 0.0);
        for place in valid {
            let off = off(&place);
            if off > farthest.1 {
                farthest = (place, off);
            }
        }
        let plane = Plane::east_of(first);
        let to = unit(farthest.0);
        let east = dot(to, plane.along);
        let north = dot(to, plane.port);
        let length = east.hypot(north);
        // Less than a millimeter: no direction to speak of.
        if length < 1e-10 {
            return plane;
        }
        let turned = |a: f64, b: f64| {
            std::array::from_fn(|axis| a * plane.along[axis] + b * plane.port[axis])
        };
        let (c, s) = (east / length, north / length);
        Plane { along: turned(c, s), port: turned(-s, c), ..plane }
    }

    /// The plane with its origin at `place` and its axis going east from there.
    pub fn east_of(place: Position) -> Plane {
        let (sin_lat, cos_lat) = place.lat_deg.to_radians().sin_cos();
        let (sin_lon, cos_lon) = place.lon_deg.to_radians().sin_cos();
        Plane {
            origin: unit(place),
            along: [-sin_lon, cos_lon, 0.0],
            port: [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat],
            place,
            sin_lat,
            cos_lat,
        }
    }

    /// Where `place` lies on this plane: `x` and `y` in meters. Not-a-number stays so.
    pub fn xy_from_position(&self, place: Position) -> (f64, f64) {
        let to = unit(place);
        let x = f64::atan2(dot(to, self.along), dot(to, self.origin));
        let y = dot(to, self.port).clamp(-1.0, 1.0).asin();
        (EARTH_RADIUS_M * x, EARTH_RADIUS_M * y)
    }

    /// The place at `x_m` along this plane and `y_m` to port.
    pub fn position_from_xy(&self, x_m: f64, y_m: f64) -> Position {
        let (sin_x, cos_x) = (x_m / EARTH_RADIUS_M).sin_cos();
        let (sin_y, cos_y) = (y_m / EARTH_RADIUS_M).sin_cos();
        let [x, y, z]: [f64; 3] = std::array::from_fn(|axis| {
            cos_y * (cos_x * self.origin[axis] + sin_x * self.along[axis]) + sin_y * self.port[axis]
        });
        Position::new(y.atan2(x).to_degrees(), z.clamp(-1.0, 1.0).asin().to_degrees())
    }

    /// Where `places` lie on this plane, in place of what `x_m` and `y_m` held.
    ///
    /// Near the origin, sines and arcs are summed up as series without a branch, eight times as
    /// fast as [`Plane::xy_from_position`] and equal to it within a millimeter.
    pub fn project(&self, places: &[Position], x_m: &mut Vec<f64>, y_m: &mut Vec<f64>) {
        x_m.resize(places.len(), 0.0);
        y_m.resize(places.len(), 0.0);
        let far_deg = places.iter().fold(0.0, |far: f64, place| {
            far.max(lon_from(self.place.lon_deg, place.lon_deg).abs())
                .max((place.lat_deg - self.place.lat_deg).abs())
        });
        let out = x_m.iter_mut().zip(y_m.iter_mut()).zip(places);
        if far_deg.to_radians() > SERIES_RAD {
            for ((x_m, y_m), place) in out {
                (*x_m, *y_m) = self.xy_from_position(*place);
            }
            return;
        }
        // The plane's axes in terms of east and north at the origin.
        let east = [-self.place.lon_deg.to_radians().sin(), self.place.lon_deg.to_radians().cos()];
        let cos_axis = self.along[0] * east[0] + self.along[1] * east[1];
        let sin_axis = -(self.port[0] * east[0] + self.port[1] * east[1]);
        for ((x_m, y_m), place) in out {
            let (sin_lon, cos_lon) =
                sin_cos(lon_from(self.place.lon_deg, place.lon_deg).to_radians());
            let (sin_by, cos_by) = sin_cos((place.lat_deg - self.place.lat_deg).to_radians());
            let cos_lat = self.cos_lat * cos_by - self.sin_lat * sin_by;
            let to_east = cos_lat * sin_lon;
            // As `sin_lat * cos - cos_lat * sin * cos_lon`, without the loss near the origin.
            let less = 1.0 - cos_lon;
            let to_north = sin_by + self.sin_lat * cos_lat * less;
            let to_origin = cos_by - self.cos_lat * cos_lat * less;
            let to_along = cos_axis * to_east + sin_axis * to_north;
            let to_port = cos_axis * to_north - sin_axis * to_east;
            let reach = (to_origin * to_origin + to_along * to_along).sqrt();
            *x_m = EARTH_RADIUS_M * arc_sine(to_along / reach);
            *y_m = EARTH_RADIUS_M * arc_sine(to_port);
        }
    }
}

/// Degrees of longitude from one meridian to another, the short way.
fn lon_from(from_deg: f64, to_deg: f64) -> f64 {
    let d_lon = to_deg - from_deg;
    let d_lon = if d_lon > 180.0 { d_lon - 360.0 } else { d_lon };
    if d_lon < -180.0 { d_lon + 360.0 } else { d_lon }
}

fn unit(place: Position) -> [f64; 3] {
    let (sin_lat, cos_lat) = place.lat_deg.to_radians().sin_cos();
    let (sin_lon, cos_lon) = place.lon_deg.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Sine and cosine of an angle up to [`SERIES_RAD`], to 1e-13.
fn sin_cos(x: f64) -> (f64, f64) {
    let xx = x * x;
    let sine = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0)));
    let cosine = 1.0 - xx / 2.0 * (1.0 - xx / 12.0 * (1.0 - xx / 30.0 * (1.0 - xx / 56.0)));
    (sine, cosine)
}

/// The angle of a sine up to about 0.2, to 1e-11 at [`SERIES_RAD`].
fn arc_sine(x: f64) -> f64 {
    let xx = x * x;
    x + x
        * xx
        * (1.0 / 6.0
            + xx * (3.0 / 40.0
                + xx * (15.0 / 336.0
                    + xx * (105.0 / 3456.0 + xx * (945.0 / 42_240.0 + xx * 10395.0 / 599_040.0)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::{bearing_deg, destination, distance_m};
    use crate::base::rng::Rng;

    #[test]
    fn the_way_to_the_farthest_place_is_the_x_axis() {
        let from = Position::new(11.0, 56.0);
        let places = [from, destination(from, 40.0, 2e4), destination(from, 70.0, 1e5)];
        let plane = Plane::along(&places);
        let (x_m, y_m) = plane.xy_from_position(places[2]);
        assert!((x_m - 1e5).abs() < 1e-3 && y_m.abs() < 1e-3, "{x_m} {y_m}");
        // 30 degrees to port of the axis.
        let (x_m, y_m) = plane.xy_from_position(places[1]);
        assert!((x_m - 17_320.5).abs() < 0.1 && (y_m - 10_000.0).abs() < 0.1, "{x_m} {y_m}");
    }

    #[test]
    fn series_equal_the_exact_places_within_a_millimeter() {
        let mut rng = Rng::new(3, 0);
        for (lon_deg, lat_deg) in [(11.0, 56.0), (179.9, -3.0), (-179.9, 80.0), (0.0, -89.0)] {
            let reach_deg = (8.5_f64).min(90.0 - f64::abs(lat_deg));
            let places: Vec<Position> = (0..500)
                .map(|_| {
                    Position::new(
                        crate::base::geo::wrap_lon_deg(lon_deg + rng.between(-4.2, 4.2)),
                        lat_deg + rng.between(-0.5, 0.5) * reach_deg,
                    )
                })
                .collect();
            let plane = Plane::along(&places);
            let (mut x_m, mut y_m) = (vec![7.0; 3], Vec::new());
            plane.project(&places, &mut x_m, &mut y_m);
            for (index, place) in places.iter().enumerate() {
                let exact = plane.xy_from_position(*place);
                let off_m = (exact.0 - x_m[index]).hypot(exact.1 - y_m[index]);
                assert!(off_m < 1e-3, "{place:?}: {off_m} m");
            }
        }
    }

    #[test]
    fn distances_are_as_true_as_the_doc_says() {
        let mut rng = Rng::new(4, 0);
        let from = Position::new(178.0, 50.0);
        // An ocean: 7,000 km along, up to 300 km to either side.
        let to = destination(from, 80.0, 7e6);
        let plane = Plane::along(&[from, to]);
        for _ in 0..2000 {
            let on_axis = destination(from, 80.0, rng.between(0.0, 7e6));
            let place = plane.position_from_xy(
                plane.xy_from_position(on_axis).0,
                rng.between(-300_000.0, 300_000.0),
            );
            let near = destination(place, rng.between(0.0, 360.0), 1000.0);
            let (a, b) = (plane.xy_from_position(place), plane.xy_from_position(near));
            let error = ((a.0 - b.0).hypot(a.1 - b.1) / 1000.0 - 1.0).abs();
            assert!(error < 0.0012, "{place:?}: {error}");
        }
        assert!((distance_m(from, to) - plane.xy_from_position(to).0).abs() < 1.0);
    }

    #[test]
    fn the_date_line_and_the_pole_are_places_like_others() {
        for (a, b) in [
            (Position::new(179.99, 10.0), Position::new(-179.99, 10.01)),
            (Position::new(20.0, 89.99), Position::new(-160.0, 89.99)),
        ] {
            let plane = Plane::along(&[a, b]);
            let (x_m, y_m) = plane.xy_from_position(b);
            assert!((x_m - distance_m(a, b)).abs() < 1e-3 && y_m.abs() < 1e-3, "{x_m} {y_m}");
            let (mut xs, mut ys) = (Vec::new(), Vec::new());
            plane.project(&[a, b], &mut xs, &mut ys);
            assert!((xs[1] - x_m).abs() < 1e-3 && xs[0].abs() < 1e-6, "{xs:?}");
        }
    }

    #[test]
    fn a_place_comes_back_from_the_plane() {
        let mut rng = Rng::new(5, 0);
        for _ in 0..500 {
            let from = Position::new(rng.between(-180.0, 180.0), rng.between(-89.0, 89.0));
            let place = destination(from, rng.between(0.0, 360.0), rng.between(0.0, 2e6));
            let plane = Plane::along(&[from, destination(from, 33.0, 3e6)]);
            let (x_m, y_m) = plane.xy_from_position(place);
            let back = plane.position_from_xy(x_m, y_m);
            assert!(distance_m(place, back) < 1e-3, "{place:?} {back:?}");
        }
        let plane = Plane::east_of(Position::new(0.0, 0.0));
        assert!(
            (bearing_deg(Position::new(0.0, 0.0), plane.position_from_xy(1e3, 1e3)) - 45.0).abs()
                < 1e-3
        );
    }

    #[test]
    fn paths_without_extent_or_places_have_a_plane_too() {
        let nowhere = Position::new(f64::NAN, f64::NAN);
        for places in [&[][..], &[nowhere], &[Position::new(5.0, 5.0); 3]] {
            let plane = Plane::along(places);
            let (x_m, y_m) = plane.xy_from_position(plane.position_from_xy(10.0, -20.0));
            assert!((x_m - 10.0).abs() < 1e-6 && (y_m + 20.0).abs() < 1e-6);
        }
        let plane = Plane::along(&[nowhere, Position::new(5.0, 5.0)]);
        assert!(plane.xy_from_position(Position::new(5.0, 5.0)).0.abs() < 1e-6);
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        plane.project(&[nowhere], &mut xs, &mut ys);
        assert!(xs[0].is_nan() && ys[0].is_nan());
    }
}
