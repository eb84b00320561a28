//! The made sea's own plane in meters, and lines on it to sail along.

use std::ops::{Add, Mul, Sub};

use crate::base::geo::{EARTH_RADIUS_M, Position};

/// The middle of the made sea: deep ocean, a thousand kilometers from any coast, so that nobody
/// takes made traffic for real and no coastline runs through it.
pub const ORIGIN: Position = Position::new(-45.0, 41.5);

/// A place on the plane, or a way from one place to another.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Xy {
    /// Meters east.
    pub x_m: f64,
    /// Meters north.
    pub y_m: f64,
}

/// The plane around [`ORIGIN`]. Meters north are true; meters east are true on its parallel, and
/// [`Plane::east_scale`] says how long they are elsewhere.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    lon_deg_per_m: f64,
    lat_deg_per_m: f64,
    tan_lat: f64,
}

/// A smooth line that is sailed from its first point to its last.
#[derive(Clone, Debug)]
pub(super) struct Line {
    nodes: Vec<Node>,
    step_m: f64,
}

/// Where a line is after some meters.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnLine {
    /// The place.
    pub at: Xy,
    /// How the place changes a meter: the direction, of length 1 but for rounding.
    pub along: Xy,
    /// The way to starboard, of length 1 but for rounding.
    pub starboard: Xy,
    /// How the way to starboard changes a meter.
    pub starboard_slope: Xy,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    at: Xy,
    along: Xy,
}

/// Meters between the points of a line, at most.
const STEP_M: f64 = 400.0;
/// Points of a short line, at least: its turns are sharp.
const MIN_POINTS: f64 = 200.0;
/// How far before a waypoint a turn begins, at most.
const TURN_M: f64 = 6000.0;
/// Points of a turn.
const TURN_POINTS: usize = 16;

impl Xy {
    /// The place `x_m` east and `y_m` north.
    pub const fn new(x_m: f64, y_m: f64) -> Xy {
        Xy { x_m, y_m }
    }

    /// A way of `length_m` meters at `angle_rad` from east, counter-clockwise.
    pub fn polar(length_m: f64, angle_rad: f64) -> Xy {
        let (sine, cosine) = angle_rad.sin_cos();
        Xy::new(length_m * cosine, length_m * sine)
    }

    /// Meters from one end to the other.
    pub fn length_m(self) -> f64 {
        (self.x_m * self.x_m + self.y_m * self.y_m).sqrt()
    }

    /// The same way, one meter long.
    pub fn unit(self) -> Xy {
        self * (1.0 / self.length_m().max(1e-9))
    }

    /// The same length, a quarter turn to starboard.
    pub fn starboard(self) -> Xy {
        Xy::new(self.y_m, -self.x_m)
    }

    /// From east, counter-clockwise.
    pub fn angle_rad(self) -> f64 {
        self.y_m.atan2(self.x_m)
    }
}

impl Add for Xy {
    type Output = Xy;
    fn add(self, other: Xy) -> Xy {
        Xy::new(self.x_m + other.x_m, self.y_m + other.y_m)
    }
}

impl Sub for Xy {
    type Output = Xy;
    fn sub(self, other: Xy) -> Xy {
        Xy::new(self.x_m - other.x_m, self.y_m - other.y_m)
    }
}

impl Mul<f64> for Xy {
    type Output = Xy;
    fn mul(self, factor: f64) -> Xy {
        Xy::new(self.x_m * factor, self.y_m * factor)
    }
}

impl Plane {
    /// The plane around [`ORIGIN`].
    pub fn new() -> Plane {
        let lat = ORIGIN.lat_deg.to_radians();
        let lat_deg_per_m = 1.0_f64.to_degrees() / EARTH_RADIUS_M;
        Plane { lon_deg_per_m: lat_deg_per_m / lat.cos(), lat_deg_per_m, tan_lat: lat.tan() }
    }

    /// The place on the Earth, to 1e-6 degrees: what files hold.
    pub fn position_from_xy(&self, xy: Xy) -> Position {
        Position::new(
            micro(ORIGIN.lon_deg + xy.x_m * self.lon_deg_per_m),
            micro(ORIGIN.lat_deg + xy.y_m * self.lat_deg_per_m),
        )
    }

    /// True meters in a meter east, `y_m` north of the origin: the cosine of the latitude over
    /// that of the origin's, by its series.
    pub fn east_scale(&self, y_m: f64) -> f64 {
        let north_rad = y_m / EARTH_RADIUS_M;
        1.0 - north_rad * (self.tan_lat + 0.5 * north_rad)
    }
}

/// Rounded to the sixth decimal, so that the number is the one its written form is read as.
pub(super) fn micro(deg: f64) -> f64 {
    ((deg * 1e6 + 0.5_f64.copysign(deg)) as i64) as f64 / 1e6
}

/// `3 x² - 2 x³` of `x` held within 0 and 1, and its slope: a gentle way from 0 to 1.
pub(super) fn smooth(x: f64) -> (f64, f64) {
    if x <= 0.0 {
        (0.0, 0.0)
    } else if x >= 1.0 {
        (1.0, 0.0)
    } else {
        (x * x * (3.0 - 2.0 * x), 6.0 * x * (1.0 - x))
    }
}

impl Line {
    /// The line through `waypoints`, straight between them and rounded at each inner one.
    ///
    /// # Panics
    ///
    /// If there are fewer than two waypoints.
    pub fn through(waypoints: &[Xy]) -> Line {
        assert!(waypoints.len() >= 2, "a line has two ends");
        Line::even(&rounded(waypoints))
    }

    /// The same line, sailed the other way.
    pub fn reversed(&self) -> Line {
        let turned = |node: &Node| Node { at: node.at, along: node.along * -1.0 };
        Line { nodes: self.nodes.iter().rev().map(turned).collect(), step_m: self.step_m }
    }

    /// Meters from end to end.
    pub fn length_m(&self) -> f64 {
        self.step_m * (self.nodes.len() - 1) as f64
    }

    /// Where the line begins.
    pub fn first(&self) -> Xy {
        self.nodes[0].at
    }

    /// Where the line ends.
    pub fn last(&self) -> Xy {
        self.nodes[self.nodes.len() - 1].at
    }

    /// Where the line is `s_m` meters from its beginning; held within its ends.
    pub fn at(&self, s_m: f64) -> OnLine {
        let place = (s_m / self.step_m).clamp(0.0, (self.nodes.len() - 1) as f64);
        let index = (place as usize).min(self.nodes.len() - 2);
        let part = place - index as f64;
        let (a, b) = (self.nodes[index], self.nodes[index + 1]);
        let turn = b.along - a.along;
        OnLine {
            at: a.at + (b.at - a.at) * part,
            along: (b.at - a.at) * (1.0 / self.step_m),
            starboard: (a.along + turn * part).starboard(),
            starboard_slope: turn.starboard() * (1.0 / self.step_m),
        }
    }

    /// Places along the line, about `every_m` meters apart, both ends among them.
    pub fn places(&self, every_m: f64) -> impl Iterator<Item = OnLine> {
        let n = (self.length_m() / every_m).ceil().max(1.0) as usize;
        (0..=n).map(move |i| self.at(self.length_m() * i as f64 / n as f64))
    }

    /// The symmetric mean distance to `other`, meters: how different two routes are.
    pub fn mean_distance_m(&self, other: &Line) -> f64 {
        let every_m = 3000.0;
        let (mine, theirs): (Vec<Xy>, Vec<Xy>) = (
            self.places(every_m).map(|place| place.at).collect(),
            other.places(every_m).map(|place| place.at).collect(),
        );
        let one_way = |from: &[Xy], to: &[Xy]| {
            let nearest =
                |a: &Xy| to.iter().map(|b| (*b - *a).length_m()).fold(f64::INFINITY, f64::min);
            from.iter().map(nearest).sum::<f64>() / from.len() as f64
        };
        0.5 * (one_way(&mine, &theirs) + one_way(&theirs, &mine))
    }

    /// The same line by points at even distances.
    fn even(points: &[Xy]) -> Line {
        let mut sailed_m = vec![0.0];
        for pair in points.windows(2) {
            sailed_m.push(sailed_m[sailed_m.len() - 1] + (pair[1] - pair[0]).length_m());
        }
        let length_m = sailed_m[points.len() - 1];
        let n = (length_m / STEP_M).ceil().max(MIN_POINTS);
        let step_m = length_m.max(1.0) / n;
        let mut segment = 0;
        let places: Vec<Xy> = (0..=n as usize)
            .map(|i| {
                let s_m = (step_m * i as f64).min(length_m);
                while segment + 2 < points.len() && sailed_m[segment + 1] < s_m {
                    segment += 1;
                }
                let leg_m = (sailed_m[segment + 1] - sailed_m[segment]).max(1e-9);
                let part = ((s_m - sailed_m[segment]) / leg_m).clamp(0.0, 1.0);
                points[segment] + (points[segment + 1] - points[segment]) * part
            })
            .collect();
        let nodes = (0..places.len())
            .map(|i| {
                let (before, after) = (i.saturating_sub(1), (i + 1).min(places.len() - 1));
                Node { at: places[i], along: (places[after] - places[before]).unit() }
            })
            .collect();
        Line { nodes, step_m }
    }
}

/// `waypoints` with every inner one replaced by an arc, a parabola touching both legs.
fn rounded(waypoints: &[Xy]) -> Vec<Xy> {
    let mut points = vec![waypoints[0]];
    for corner in waypoints.windows(3) {
        let (back, ahead) = (corner[0] - corner[1], corner[2] - corner[1]);
        let reach_m = TURN_M.min(0.45 * back.length_m()).min(0.45 * ahead.length_m());
        let (enter, leave) =
            (corner[1] + back.unit() * reach_m, corner[1] + ahead.unit() * reach_m);
        for i in 0..=TURN_POINTS {
            let f = i as f64 / TURN_POINTS as f64;
            let (one, two) = (enter + (corner[1] - enter) * f, corner[1] + (leave - corner[1]) * f);
            points.push(one + (two - one) * f);
        }
    }
    points.push(waypoints[waypoints.len() - 1]);
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::distance_m;

    fn corner() -> Line {
        Line::through(&[Xy::new(0.0, 0.0), Xy::new(40_000.0, 0.0), Xy::new(40_000.0, 30_000.0)])
    }

    #[test]
    fn a_line_keeps_its_ends_and_cuts_its_corners() {
        let line = corner();
        assert_eq!(line.first(), Xy::new(0.0, 0.0));
        assert!((line.last() - Xy::new(40_000.0, 30_000.0)).length_m() < 1e-6);
        assert!((66_000.0..70_000.0).contains(&line.length_m()), "{}", line.length_m());
    }

    #[test]
    fn starboard_of_a_line_to_the_east_is_south() {
        let place = corner().at(10_000.0);
        assert!((place.along - Xy::new(1.0, 0.0)).length_m() < 1e-9);
        assert!((place.starboard - Xy::new(0.0, -1.0)).length_m() < 1e-9);
    }

    #[test]
    fn the_slopes_are_those_of_the_places() {
        let line = corner();
        for s_m in [5_010.0, 35_150.0, 36_350.0, 50_050.0] {
            let (a, b) = (line.at(s_m), line.at(s_m + 1.0));
            assert!((b.at - a.at - a.along).length_m() < 1e-6);
            assert!((b.starboard - a.starboard - a.starboard_slope).length_m() < 1e-6);
        }
    }

    #[test]
    fn a_reversed_line_has_starboard_on_the_other_side() {
        let line = corner();
        let back = line.reversed();
        let (there, here) = (line.at(10_000.0), back.at(line.length_m() - 10_000.0));
        assert!((there.at - here.at).length_m() < 1e-6);
        assert!((there.starboard + here.starboard).length_m() < 1e-6);
    }

    #[test]
    fn true_distances_follow_from_the_east_scale() {
        let plane = Plane::new();
        for y_m in [-120_000.0, 0.0, 120_000.0] {
            let (a, b) = (Xy::new(1000.0, y_m), Xy::new(21_000.0, y_m));
            let true_m = distance_m(plane.position_from_xy(a), plane.position_from_xy(b));
            assert!((true_m - 20_000.0 * plane.east_scale(y_m)).abs() < 0.5, "{true_m}");
        }
    }

    #[test]
    fn parallel_lines_are_as_far_apart_as_they_look() {
        let north = Line::through(&[Xy::new(0.0, 5000.0), Xy::new(30_000.0, 5000.0)]);
        let south = Line::through(&[Xy::new(0.0, 0.0), Xy::new(30_000.0, 0.0)]);
        assert!((north.mean_distance_m(&south) - 5000.0).abs() < 1e-6);
    }
}
