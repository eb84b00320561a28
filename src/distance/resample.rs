//! The same line through another number of points.

use rayon::prelude::*;

use super::paths::Paths;
use crate::base::angle::{turn_deg, wrap_deg};
use crate::base::geo::EARTH_RADIUS_M;

/// A point of a path: where, in the coordinates of its surface or as a unit vector, and what was
/// reported there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Point {
    pub at: [f64; 3],
    pub sog_kn: f32,
    pub cog_deg: f32,
}

/// `n` points at equal distances along `points`, the first and the last kept. Speeds are taken from
/// the straight line between their neighbors, courses turn the short way; one that is missing
/// leaves the other's. With `is_unit` the points are unit vectors and stay so: great circles.
///
/// A path of one place becomes that place `n` times.
pub(super) fn resampled(points: &[Point], n: usize, is_unit: bool) -> Vec<Point> {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
    let mut along = Vec::with_capacity(points.len());
    let mut total = 0.0;
    along.push(0.0);
    for pair in points.windows(2) {
        let d = [0, 1, 2].map(|axis| pair[1].at[axis] - pair[0].at[axis]);
        let chord = (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt();
        total += if is_unit { 2.0 * (0.5 * chord).min(1.0).asin() } else { chord };
        along.push(total);
    }
    let mut leg = 0;
    let mut made: Vec<Point> = Vec::with_capacity(n);
    for step in 0..n {
        let wanted = total * step as f64 / (n - 1).max(1) as f64;
        while leg + 2 < points.len() && along[leg + 1] < wanted {
            leg += 1;
        }
        let Some(to) = points.get(leg + 1) else {
            made.push(*first);
            continue;
        };
        let length = along[leg + 1] - along[leg];
        let share = if length > 0.0 { ((wanted - along[leg]) / length).min(1.0) } else { 0.0 };
        made.push(between(&points[leg], to, share, length, is_unit));
    }
    if let Some(end) = made.last_mut() {
        *end = *last;
    }
    made
}

impl Paths {
    /// How many coordinates a place has: two on a plane, three on the sphere.
    pub fn axes(&self) -> usize {
        if self.surface().is_sphere() { 3 } else { 2 }
    }

    /// `n` points at equal distances along each path, first and last kept, as k-means takes them:
    /// `[path, n * axes]` coordinates in meters, point after point. On the sphere they lie on it.
    ///
    /// A path of one place has that place `n` times.
    ///
    /// ```
    /// use fairway::distance::{Line, Paths};
    /// let line = Line { xy_m: vec![[0.0, 0.0], [10.0, 0.0], [40.0, 0.0]], ..Line::default() };
    /// let paths = Paths::from_lines(&[line], 0).unwrap();
    /// assert_eq!(paths.resampled(3), [0.0, 0.0, 20.0, 0.0, 40.0, 0.0]);
    /// ```
    pub fn resampled(&self, n: usize) -> Vec<f32> {
        let (axes, is_sphere) = (self.axes(), self.surface().is_sphere());
        let center_m = self.surface().earth_center_m();
        // From coordinates to what `resampled` goes along, and back.
        let (scale, origin_m) =
            if is_sphere { (EARTH_RADIUS_M, center_m) } else { (1.0, [0.0; 3]) };
        let mut all = vec![0.0; self.len() * n * axes];
        all.par_chunks_mut((n * axes).max(1)).enumerate().for_each(|(path, to)| {
            let view = self.view(path);
            let points = (0..view.n).map(|index| {
                let at_m = view.point(index);
                let at = [0, 1, 2].map(|axis| (f64::from(at_m[axis]) - origin_m[axis]) / scale);
                Point { at, sog_kn: f32::NAN, cog_deg: f32::NAN }
            });
            let made = resampled(&points.collect::<Vec<_>>(), n, is_sphere);
            for (to, point) in to.chunks_exact_mut(axes).zip(made) {
                for (axis, to) in to.iter_mut().enumerate() {
                    *to = (point.at[axis] * scale + origin_m[axis]) as f32;
                }
            }
        });
        all
    }
}

fn between(a: &Point, b: &Point, share: f64, angle: f64, is_unit: bool) -> Point {
    let (from, to) = if is_unit && angle > 1e-9 {
        (((1.0 - share) * angle).sin() / angle.sin(), (share * angle).sin() / angle.sin())
    } else {
        (1.0 - share, share)
    };
    let sog_kn = match (a.sog_kn.is_nan(), b.sog_kn.is_nan()) {
        (true, _) => b.sog_kn,
        (_, true) => a.sog_kn,
        _ => a.sog_kn + (b.sog_kn - a.sog_kn) * share as f32,
    };
    let cog_deg = match (a.cog_deg.is_nan(), b.cog_deg.is_nan()) {
        (true, _) => b.cog_deg,
        (_, true) => a.cog_deg,
        _ => {
            let (a, b) = (f64::from(a.cog_deg), f64::from(b.cog_deg));
            wrap_deg(a + turn_deg(a, b) * share) as f32
        }
    };
    Point { at: [0, 1, 2].map(|axis| a.at[axis] * from + b.at[axis] * to), sog_kn, cog_deg }
}

#[cfg(test)]
mod tests {
    use super::super::{Line, SurfaceChoice};
    use super::*;
    use crate::ais::{Fleet, Report, Track, Vessel};
    use crate::base::geo::{Position, distance_m};
    use crate::base::job::Job;

    fn point(x: f64, sog_kn: f32, cog_deg: f32) -> Point {
        Point { at: [x, 0.0, 0.0], sog_kn, cog_deg }
    }

    #[test]
    fn points_come_at_equal_distances_and_courses_turn_through_north() {
        let line = [point(0.0, 10.0, 350.0), point(100.0, 20.0, 10.0), point(400.0, f32::NAN, 40.)];
        let made = resampled(&line, 5, false);
        let x: Vec<f64> = made.iter().map(|point| point.at[0]).collect();
        assert!(x.iter().zip([0.0, 100.0, 200.0, 300.0, 400.0]).all(|(x, y)| (x - y).abs() < 1e-9));
        assert_eq!(made[1].sog_kn, 20.0);
        assert_eq!((made[2].cog_deg, made[2].sog_kn), (20.0, 20.0));
        assert!(made[4].sog_kn.is_nan());
        let made = resampled(&line[..2], 3, false);
        assert_eq!((made[1].at[0], made[1].sog_kn, made[1].cog_deg), (50.0, 15.0, 0.0));
    }

    #[test]
    fn a_place_stays_a_place() {
        let made = resampled(&[point(7.0, 1.0, 2.0)], 3, false);
        assert_eq!(made, [point(7.0, 1.0, 2.0); 3]);
        let made = resampled(&[point(7.0, 1.0, 2.0); 2], 3, false);
        assert_eq!(made, [point(7.0, 1.0, 2.0); 3]);
        assert_eq!(resampled(&[], 3, false), []);
    }

    #[test]
    fn halfway_on_the_sphere_lies_on_the_sphere() {
        let pole = Point { at: [0.0, 0.0, 1.0], sog_kn: 1.0, cog_deg: 1.0 };
        let made = resampled(&[point(1.0, 1.0, 1.0), pole], 3, true);
        let half = 0.5_f64.sqrt();
        assert!((made[1].at[0] - half).abs() < 1e-12 && (made[1].at[2] - half).abs() < 1e-12);
    }

    #[test]
    fn every_path_has_as_many_numbers_and_its_own_ends() {
        // A right angle of 30 m and 10 m, 40 m in all; and a place.
        let bent = Line { xy_m: vec![[0.0, 0.0], [30.0, 0.0], [30.0, 10.0]], ..Line::default() };
        let place = Line { xy_m: vec![[7.0, -7.0]], ..Line::default() };
        let many = Line { xy_m: (0..50).map(|i| [f64::from(i), 3.0]).collect(), ..Line::default() };
        let paths = Paths::from_lines(&[bent, place, many], 0).unwrap();
        let found = paths.resampled(5);
        assert_eq!(paths.axes(), 2);
        assert_eq!(found[..10], [0.0, 0.0, 10.0, 0.0, 20.0, 0.0, 30.0, 0.0, 30.0, 10.0]);
        assert_eq!(found[10..20], [7.0, -7.0].repeat(5));
        assert_eq!(found[20..], [0.0, 3.0, 12.25, 3.0, 24.5, 3.0, 36.75, 3.0, 49.0, 3.0]);
        assert!(paths.resampled(0).is_empty());
    }

    #[test]
    fn on_the_sphere_points_lie_on_the_great_circle() {
        // From the equator to 60 degrees north in three legs: every 15 degrees a point.
        let lats = [0.0, 10.0, 40.0, 60.0];
        let reports = (0..).zip(lats).map(|(t, lat)| Report::at(t, Position::new(5.0, lat)));
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
        let tracks: Vec<Track<'_>> = fleet.tracks().collect();
        let paths = Paths::from_tracks(&tracks, SurfaceChoice::Sphere, 0, &Job::default()).unwrap();
        let found = paths.resampled(5);
        assert_eq!((paths.axes(), found.len()), (3, 15));
        let center_m = paths.surface().earth_center_m();
        let place = |point: &[f32]| {
            let [x, y, z] = [0, 1, 2].map(|axis| f64::from(point[axis]) - center_m[axis]);
            assert!(((x * x + y * y + z * z).sqrt() - EARTH_RADIUS_M).abs() < 1.0);
            Position::new(y.atan2(x).to_degrees(), (z / EARTH_RADIUS_M).asin().to_degrees())
        };
        for (point, lat_deg) in found.chunks_exact(3).zip([0.0, 15.0, 30.0, 45.0, 60.0]) {
            assert!(distance_m(place(point), Position::new(5.0, lat_deg)) < 2.0, "{point:?}");
        }
    }
}
