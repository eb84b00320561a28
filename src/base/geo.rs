//! Places on the Earth, taken as a sphere, and the ways between them.

use serde::{Deserialize, Serialize};

use super::angle::wrap_deg;

/// Mean radius of the Earth (IUGG). A sphere of this radius is within 0.56 % of the ellipsoid.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place on the Earth. Longitude in `-180..=180`, latitude in `-90..=90`, or both not-a-number
/// for "not available".
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Position {
    /// Degrees east of Greenwich.
    pub lon_deg: f64,
    /// Degrees north of the equator.
    pub lat_deg: f64,
}

impl Position {
    /// The place at `lon_deg` east and `lat_deg` north.
    pub const fn new(lon_deg: f64, lat_deg: f64) -> Position {
        Position { lon_deg, lat_deg }
    }

    /// Whether this is a place on the Earth at all.
    pub fn is_valid(self) -> bool {
        self.lon_deg.abs() <= 180.0 && self.lat_deg.abs() <= 90.0
    }
}

/// Great-circle distance by the haversine formula, in meters.
///
/// ```
/// use fairway::base::geo::{Position, distance_m};
/// let minute = distance_m(Position::new(0.0, 0.0), Position::new(0.0, 1.0 / 60.0));
/// assert!((minute - 1853.25).abs() < 0.01); // A minute of latitude: about a nautical mile.
/// ```
pub fn distance_m(a: Position, b: Position) -> f64 {
    let half_lat = (b.lat_deg - a.lat_deg).to_radians() * 0.5;
    let half_lon = (b.lon_deg - a.lon_deg).to_radians() * 0.5;
    let (s_lat, s_lon) = (half_lat.sin(), half_lon.sin());
    let h =
        s_lat * s_lat + a.lat_deg.to_radians().cos() * b.lat_deg.to_radians().cos() * s_lon * s_lon;
    2.0 * EARTH_RADIUS_M * h.min(1.0).sqrt().asin()
}

/// Distance in meters for neighboring reports: exact to 1e-4 of itself below 50 km, where it takes
/// a quarter of the time of [`distance_m`], which it hands longer ways to.
pub fn short_distance_m(a: Position, b: Position) -> f64 {
    let d_lat = b.lat_deg - a.lat_deg;
    let mut d_lon = (b.lon_deg - a.lon_deg).abs();
    if d_lon > 180.0 {
        d_lon = 360.0 - d_lon;
    }
    let mean_lat_deg = 0.5 * (a.lat_deg + b.lat_deg);
    if d_lat.abs() > 0.45 || d_lon > 0.45 || mean_lat_deg.abs() > 75.0 {
        return distance_m(a, b);
    }
    let x = d_lon.to_radians() * mean_lat_deg.to_radians().cos();
    let y = d_lat.to_radians();
    EARTH_RADIUS_M * (x * x + y * y).sqrt()
}

/// The initial course of the great circle from `a` to `b`, in degrees from true north.
pub fn bearing_deg(a: Position, b: Position) -> f64 {
    let (lat_a, lat_b) = (a.lat_deg.to_radians(), b.lat_deg.to_radians());
    let d_lon = (b.lon_deg - a.lon_deg).to_radians();
    let y = d_lon.sin() * lat_b.cos();
    let x = lat_a.cos() * lat_b.sin() - lat_a.sin() * lat_b.cos() * d_lon.cos();
    wrap_deg(y.atan2(x).to_degrees())
}

/// Where one arrives after `distance_m` on the great circle that leaves `from` at `bearing_deg`.
pub fn destination(from: Position, bearing_deg: f64, distance_m: f64) -> Position {
    let (lat, lon) = (from.lat_deg.to_radians(), from.lon_deg.to_radians());
    let (bearing, arc) = (bearing_deg.to_radians(), distance_m / EARTH_RADIUS_M);
    let sin_lat = lat.sin() * arc.cos() + lat.cos() * arc.sin() * bearing.cos();
    let lat_to = sin_lat.clamp(-1.0, 1.0).asin();
    let y = bearing.sin() * arc.sin() * lat.cos();
    let x = arc.cos() - lat.sin() * sin_lat;
    Position::new(wrap_lon_deg((lon + y.atan2(x)).to_degrees()), lat_to.to_degrees())
}

/// The same meridian in `-180 <= x < 180`.
pub fn wrap_lon_deg(lon_deg: f64) -> f64 {
    wrap_deg(lon_deg + 180.0) - 180.0
}

/// The smallest box of longitudes and latitudes around some places. It does not know the date
/// line: places on both sides of it give a box around the world.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Bounds {
    /// Western edge, degrees.
    pub west_deg: f64,
    /// Southern edge, degrees.
    pub south_deg: f64,
    /// Eastern edge, degrees.
    pub east_deg: f64,
    /// Northern edge, degrees.
    pub north_deg: f64,
}

impl Bounds {
    /// The box around `positions`, or `None` where there is no valid one.
    pub fn around(positions: impl IntoIterator<Item = Position>) -> Option<Bounds> {
        positions.into_iter().filter(|place| place.is_valid()).fold(None, |bounds, place| {
            let point = Bounds {
                west_deg: place.lon_deg,
                south_deg: place.lat_deg,
                east_deg: place.lon_deg,
                north_deg: place.lat_deg,
            };
            Some(bounds.map_or(point, |bounds: Bounds| bounds.union(point)))
        })
    }

    /// The box around both boxes.
    #[must_use]
    pub fn union(self, other: Bounds) -> Bounds {
        Bounds {
            west_deg: self.west_deg.min(other.west_deg),
            south_deg: self.south_deg.min(other.south_deg),
            east_deg: self.east_deg.max(other.east_deg),
            north_deg: self.north_deg.max(other.north_deg),
        }
    }

    /// Whether `place` lies in the box or on its edge.
    pub fn contains(&self, place: Position) -> bool {
        (self.west_deg..=self.east_deg).contains(&place.lon_deg)
            && (self.south_deg..=self.north_deg).contains(&place.lat_deg)
    }

    /// The middle of the box.
    pub fn center(&self) -> Position {
        Position::new(
            0.5 * (self.west_deg + self.east_deg),
            0.5 * (self.south_deg + self.north_deg),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_equator_is_a_quarter_of_the_circumference() {
        let quarter = distance_m(Position::new(0.0, 0.0), Position::new(90.0, 0.0));
        assert!((quarter - EARTH_RADIUS_M * std::f64::consts::FRAC_PI_2).abs() < 1e-6);
    }

    #[test]
    fn short_distances_agree_with_the_haversine() {
        for lat in [-70.0, -33.0, 0.0, 55.5, 74.0] {
            for (d_lon, d_lat) in [(0.3, 0.2), (0.001, 0.0), (-0.2, 0.4), (0.0, 0.0)] {
                let (a, b) = (Position::new(11.0, lat), Position::new(11.0 + d_lon, lat + d_lat));
                let (short, exact) = (short_distance_m(a, b), distance_m(a, b));
                assert!((short - exact).abs() <= 1e-4 * exact + 1e-6, "{a:?} {short} {exact}");
            }
        }
    }

    #[test]
    fn short_distances_cross_the_date_line() {
        let d = short_distance_m(Position::new(179.99, 0.0), Position::new(-179.99, 0.0));
        assert!((d - 0.02_f64.to_radians() * EARTH_RADIUS_M).abs() < 0.1);
    }

    #[test]
    fn going_there_ends_where_bearing_and_distance_say() {
        let (from, to) = (Position::new(11.65, 56.75), Position::new(-70.0, -33.0));
        let arrived = destination(from, bearing_deg(from, to), distance_m(from, to));
        assert!(distance_m(arrived, to) < 0.01, "{arrived:?}");
    }

    #[test]
    fn a_box_holds_what_it_was_made_around() {
        let places = [Position::new(3.0, -2.0), Position::new(-1.0, 5.0)];
        let bounds = Bounds::around(places).unwrap();
        assert!(places.iter().all(|place| bounds.contains(*place)));
        assert_eq!(bounds.center(), Position::new(1.0, 1.5));
        assert_eq!(Bounds::around([Position::new(f64::NAN, 0.0)]), None);
    }
}
