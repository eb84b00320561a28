//! The member of a cluster that lies most in the middle of the others.

use rayon::prelude::*;

use super::line::evenly;
use super::plane::{Path, Xy};

/// How many members are compared with each other.
const SAMPLE: usize = 24;

/// How many legs each is reduced to.
const LEGS: usize = 24;

/// The path that lies nearest to the others on average, as an index; `None` where none leads
/// anywhere.
///
/// Of large clusters, 24 members taken evenly from all stand for the rest; each is reduced to 24
/// even legs, so that this takes the same time for every cluster. The distance of two paths is
/// that of the points of either from the other, on average: sideways, and along where one ends
/// before the other.
pub(super) fn central(paths: &[Path]) -> Option<usize> {
    let moving: Vec<usize> = (0..paths.len())
        .filter(|index| {
            let places = &paths[*index].places;
            places.iter().any(|place| *place != places[0])
        })
        .collect();
    let n = moving.len().min(SAMPLE);
    let sample: Vec<(usize, Vec<Xy>)> = (0..n)
        .map(|i| moving[i * moving.len() / n])
        .map(|index| (index, evenly(&paths[index].places, LEGS)))
        .collect();
    let means_m: Vec<f64> = sample
        .par_iter()
        .map(|(_, one)| sample.iter().map(|(_, other)| apart_m(one, other)).sum())
        .collect();
    let best = (0..n).min_by(|a, b| means_m[*a].total_cmp(&means_m[*b]))?;
    Some(sample[best].0)
}

/// Mean distance of the points of either from the other, in meters of the plane.
fn apart_m(a: &[Xy], b: &[Xy]) -> f64 {
    0.5 * (one_way_m(a, b) + one_way_m(b, a))
}

/// Mean distance of `points` from `way`, in meters of the plane.
fn one_way_m(points: &[Xy], way: &[Xy]) -> f64 {
    let to_way2 = |point: &Xy| {
        way.windows(2).map(|leg| to_leg2(*point, leg[0], leg[1])).fold(f64::INFINITY, f64::min)
    };
    points.iter().map(|point| to_way2(point).sqrt()).sum::<f64>() / points.len() as f64
}

/// Square of the distance of `point` from a leg, in meters of the plane.
fn to_leg2(point: Xy, from: Xy, to: Xy) -> f64 {
    let ((x, y), (px, py)) = (from.way_to(to), from.way_to(point));
    let length2 = x * x + y * y;
    let t = if length2 > 0.0 { ((x * px + y * py) / length2).clamp(0.0, 1.0) } else { 0.0 };
    from.toward(to, t).distance2(point)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(y_m: f64, from_m: f64, to_m: f64) -> Path {
        let places = vec![Xy { x_m: from_m, y_m }, Xy { x_m: to_m, y_m }];
        Path { places, reports: vec![0, 1] }
    }

    #[test]
    fn the_middle_of_three_lanes_is_central() {
        let paths = [path(100.0, 0.0, 9e3), path(0.0, 0.0, 9e3), path(-90.0, 9e3, 0.0)];
        assert_eq!(central(&paths), Some(1));
    }

    #[test]
    fn a_whole_path_is_more_central_than_a_part() {
        let paths = [path(0.0, 0.0, 1e3), path(5.0, 0.0, 9e3), path(-5.0, 0.0, 9e3)];
        assert_eq!(central(&paths), Some(1));
    }

    #[test]
    fn nothing_is_central_where_nothing_moves() {
        assert_eq!(central(&[]), None);
        assert_eq!(central(&[path(0.0, 5.0, 5.0), Path::default()]), None);
    }
}
