//! The plane on which routes are worked out: Mercator's, where a course is an angle.

use crate::ais::{Fleet, Trip};
use crate::base::angle::wrap_deg;
use crate::base::geo::{EARTH_RADIUS_M, Position, wrap_lon_deg};

/// Beyond this latitude, Mercator's plane has no use; places there are taken to lie on it.
const NORTHMOST_DEG: f64 = 89.0;

/// A place on Mercator's plane, in meters of the equator. What is one meter long on the Earth is
/// `1 / scale()` long here, in every direction alike: angles are true, and a normal line is one.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Xy {
    /// East of the meridian of Greenwich; goes on beyond 180°.
    pub x_m: f64,
    /// North of the equator.
    pub y_m: f64,
}

impl Xy {
    /// The place `lon_deg` east, which may lie beyond 180°, and `lat_deg` north.
    pub fn from_degrees(lon_deg: f64, lat_deg: f64) -> Xy {
        let sine = lat_deg.clamp(-NORTHMOST_DEG, NORTHMOST_DEG).to_radians().sin();
        Xy { x_m: EARTH_RADIUS_M * lon_deg.to_radians(), y_m: EARTH_RADIUS_M * sine.atanh() }
    }

    /// The place on the Earth, its longitude wrapped.
    pub fn position(self) -> Position {
        let lat_deg = (self.y_m / EARTH_RADIUS_M).sinh().atan().to_degrees();
        Position::new(wrap_lon_deg(self.lon_deg()), lat_deg)
    }

    /// Degrees east, beyond 180° where the way led there.
    pub fn lon_deg(self) -> f64 {
        (self.x_m / EARTH_RADIUS_M).to_degrees()
    }

    /// Meters on the Earth in a meter here: the cosine of the latitude.
    pub fn scale(self) -> f64 {
        1.0 / (self.y_m / EARTH_RADIUS_M).cosh()
    }

    /// The place `x_m` further east and `y_m` further north, in meters of the plane.
    pub fn moved(self, (x_m, y_m): (f64, f64)) -> Xy {
        Xy { x_m: self.x_m + x_m, y_m: self.y_m + y_m }
    }

    /// The place a share `t` of the way to `other`.
    pub fn toward(self, other: Xy, t: f64) -> Xy {
        self.moved((t * (other.x_m - self.x_m), t * (other.y_m - self.y_m)))
    }

    /// East and north components of the way to `other`, in meters of the plane.
    pub fn way_to(self, other: Xy) -> (f64, f64) {
        (other.x_m - self.x_m, other.y_m - self.y_m)
    }

    /// Distance to `other` along the rhumb line between them, in meters on the Earth.
    pub fn distance_m(self, other: Xy) -> f64 {
        let (x_m, y_m) = self.way_to(other);
        x_m.hypot(y_m) * self.toward(other, 0.5).scale()
    }

    /// Square of the distance to `other`, in meters of the plane.
    pub fn distance2(self, other: Xy) -> f64 {
        let (x_m, y_m) = self.way_to(other);
        x_m * x_m + y_m * y_m
    }
}

/// The true course of a way on the plane, degrees.
pub(super) fn course_deg((x_m, y_m): (f64, f64)) -> f64 {
    wrap_deg(x_m.atan2(y_m).to_degrees())
}

/// The places of one trip on the plane. What is no place on the Earth is left out.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Path {
    /// The places in order of time. Longitudes go on beyond 180° rather than jump.
    pub places: Vec<Xy>,
    /// Which report of the fleet each one is.
    pub reports: Vec<usize>,
}

impl Path {
    /// The path of `trip`; its longitudes begin between -180° and 180°.
    pub fn of(fleet: &Fleet, trip: &Trip) -> Path {
        let mut path = Path {
            places: Vec::with_capacity(trip.reports.len()),
            reports: Vec::with_capacity(trip.reports.len()),
        };
        let mut last_deg: Option<f64> = None;
        for report in trip.reports.clone() {
            let Some(place) = fleet.reports().positions.get(report) else { break };
            if !place.is_valid() {
                continue;
            }
            let lon_deg = last_deg.map_or(place.lon_deg, |last_deg| {
                let step_deg = place.lon_deg - last_deg;
                // Nearly every step is short; only the others need the slow remainder.
                last_deg + if step_deg.abs() < 180.0 { step_deg } else { wrap_lon_deg(step_deg) }
            });
            path.places.push(Xy::from_degrees(lon_deg, place.lat_deg));
            path.reports.push(report);
            last_deg = Some(lon_deg);
        }
        path
    }

    /// Moves the path around the world by whole turns, so that its middle comes as near as can be
    /// to the longitudes that `line` covers.
    pub fn bring_to(&mut self, line: &[Xy]) {
        let Some(middle) = self.places.get(self.places.len() / 2) else { return };
        let around_m = EARTH_RADIUS_M * std::f64::consts::TAU;
        let west_m = line.iter().map(|place| place.x_m).fold(f64::INFINITY, f64::min);
        let east_m = line.iter().map(|place| place.x_m).fold(f64::NEG_INFINITY, f64::max);
        if west_m > east_m {
            return;
        }
        let turns = ((0.5 * (west_m + east_m) - middle.x_m) / around_m).round();
        if turns != 0.0 {
            self.places.iter_mut().for_each(|place| place.x_m += turns * around_m);
        }
    }

    /// How far the path leads in all, in meters on the Earth.
    pub fn length_m(&self) -> f64 {
        self.places.windows(2).map(|pair| pair[0].distance_m(pair[1])).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::{bearing_deg, distance_m};

    #[test]
    fn places_come_back_from_the_plane() {
        for (lon_deg, lat_deg) in [(11.5, 56.0), (-179.9, -33.0), (0.0, 0.0), (120.0, 80.0)] {
            let place = Position::new(lon_deg, lat_deg);
            let back = Xy::from_degrees(lon_deg, lat_deg).position();
            assert!(distance_m(place, back) < 1e-6, "{place:?} {back:?}");
        }
    }

    #[test]
    fn short_ways_keep_their_length_and_course() {
        let (a, b) = (Position::new(11.5, 56.0), Position::new(11.53, 56.02));
        let (at_a, at_b) = (Xy::from_degrees(11.5, 56.0), Xy::from_degrees(11.53, 56.02));
        assert!((at_a.distance_m(at_b) / distance_m(a, b) - 1.0).abs() < 1e-6);
        assert!((course_deg(at_a.way_to(at_b)) - bearing_deg(a, b)).abs() < 0.02);
    }

    #[test]
    fn a_path_is_brought_to_the_side_of_the_date_line_where_the_line_is() {
        let line = [Xy::from_degrees(179.0, 0.0), Xy::from_degrees(181.0, 0.0)];
        let mut path =
            Path { places: vec![Xy::from_degrees(-179.5, 0.0); 3], reports: vec![0, 1, 2] };
        path.bring_to(&line);
        assert!((path.places[0].lon_deg() - 180.5).abs() < 1e-9);
    }
}
