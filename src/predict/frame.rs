//! A window's own frame: meters ahead and to port of where the ship is.

use serde::{Deserialize, Serialize};

use crate::base::geo::{Position, bearing_deg, destination, distance_m};

/// A plane about a place, with one axis along a course. Distances and bearings from the origin are
/// kept (azimuthal equidistant), so that it is the same at every latitude and across the date line.
///
/// # Reference
///
/// Tu et al., eq. 2 and 3, turn degrees of longitude and latitude about the window's *first* report,
/// with the sign of the translation wrong. Ours is in meters, its origin is the *last* report, from
/// which a forecast goes on, and its axis is the course of the last reports: the first displacement
/// of a window is its oldest news.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Frame {
    origin: Position,
    course_deg: f64,
}

impl Frame {
    /// The frame of a ship at `origin` on `course_deg`.
    pub fn new(origin: Position, course_deg: f64) -> Frame {
        Frame { origin, course_deg }
    }

    /// Where the ship is.
    pub fn origin(&self) -> Position {
        self.origin
    }

    /// The direction of the first axis, degrees from north.
    pub fn course_deg(&self) -> f64 {
        self.course_deg
    }

    /// Meters ahead and to port.
    pub fn local_m(&self, place: Position) -> [f64; 2] {
        let d_m = distance_m(self.origin, place);
        if d_m == 0.0 {
            return [0.0, 0.0];
        }
        let angle = (bearing_deg(self.origin, place) - self.course_deg).to_radians();
        [d_m * angle.cos(), -d_m * angle.sin()]
    }

    /// The place of meters ahead and to port.
    pub fn position(&self, local_m: [f64; 2]) -> Position {
        let angle = (-local_m[1]).atan2(local_m[0]).to_degrees();
        destination(self.origin, self.course_deg + angle, local_m[0].hypot(local_m[1]))
    }

    /// An east and north vector as one ahead and to port.
    pub fn turned(&self, [east, north]: [f64; 2]) -> [f64; 2] {
        let (sine, cosine) = self.course_deg.to_radians().sin_cos();
        [east * sine + north * cosine, north * sine - east * cosine]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back_at_every_latitude_and_across_the_date_line() {
        for lat in [-89.0, -60.0, -0.01, 0.0, 33.7, 71.2, 89.5] {
            for lon in [-179.99, -120.0, 0.0, 10.5, 179.99] {
                for course in [0.0, 37.0, 180.0, 301.5] {
                    let frame = Frame::new(Position::new(lon, lat), course);
                    for local in [[0.0, 0.0], [12_000.0, -3_000.0], [-40_000.0, 9_000.0]] {
                        let place = frame.position(local);
                        assert!(place.is_valid(), "{place:?}");
                        let back = frame.local_m(place);
                        let off = (back[0] - local[0]).hypot(back[1] - local[1]);
                        assert!(off < 0.01, "{lat} {lon} {course} {local:?}: {off} m");
                    }
                }
            }
        }
    }

    #[test]
    fn ahead_is_along_the_course_and_port_to_its_left() {
        let frame = Frame::new(Position::new(10.0, 57.0), 90.0);
        let [ahead, port] = frame.local_m(destination(frame.origin(), 90.0, 1000.0));
        assert!((ahead - 1000.0).abs() < 1e-3 && port.abs() < 1e-3, "{ahead} {port}");
        let [ahead, port] = frame.local_m(destination(frame.origin(), 0.0, 500.0));
        assert!(ahead.abs() < 1e-3 && (port - 500.0).abs() < 1e-3, "{ahead} {port}");
        let [ahead, port] = frame.turned([3.0, 4.0]); // On an easterly course north is to port.
        assert!((ahead - 3.0).abs() < 1e-12 && (port - 4.0).abs() < 1e-12, "{ahead} {port}");
    }
}
