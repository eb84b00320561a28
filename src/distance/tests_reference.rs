//! Every metric once more: plain loops in 64 bits, from the definitions.

use super::surface::{cross, dot, unit_from_position};
use super::{Line, Metric};
use crate::base::angle::turn_deg;
use crate::base::geo::{EARTH_RADIUS_M, Position};

/// A trip as the definitions see it.
pub(super) struct Reference {
    is_sphere: bool,
    points: Vec<[f64; 3]>,
    cog_deg: Vec<f64>,
    sog_kn: Vec<f64>,
}

/// The great-circle distance, by vectors.
pub(super) fn sphere_m(a: Position, b: Position) -> f64 {
    arc_m(unit_from_position(a), unit_from_position(b))
}

fn arc_m(a: [f64; 3], b: [f64; 3]) -> f64 {
    let across = cross(a, b);
    dot(across, across).sqrt().atan2(dot(a, b)) * EARTH_RADIUS_M
}

impl Reference {
    pub(super) fn from_line(line: &Line) -> Reference {
        // The columns hold 32 bits.
        let narrow = |x: f64| f64::from(x as f32);
        Reference {
            is_sphere: false,
            points: line.xy_m.iter().map(|[x, y]| [narrow(*x), narrow(*y), 0.0]).collect(),
            cog_deg: line.cog_deg.iter().map(|x| f64::from(*x)).collect(),
            sog_kn: line.sog_kn.iter().map(|x| f64::from(*x)).collect(),
        }
    }

    pub(super) fn from_places(places: &[Position]) -> Reference {
        let points = places.iter().map(|place| unit_from_position(*place)).collect();
        Reference { is_sphere: true, points, cog_deg: Vec::new(), sog_kn: Vec::new() }
    }

    fn point_m(&self, a: [f64; 3], b: [f64; 3]) -> f64 {
        if self.is_sphere { arc_m(a, b) } else { (a[0] - b[0]).hypot(a[1] - b[1]) }
    }

    /// From `p` to leg `leg`, and the points of it whose course counts.
    fn leg_m(&self, p: [f64; 3], leg: usize) -> (f64, Vec<usize>) {
        let next = (leg + 1).min(self.points.len() - 1);
        let (a, b) = (self.points[leg], self.points[next]);
        let (to_a, to_b) = (self.point_m(p, a), self.point_m(p, b));
        let ends = if to_a <= to_b { (to_a, vec![leg]) } else { (to_b, vec![next]) };
        if a == b {
            return ends;
        }
        if self.is_sphere {
            let normal = cross(a, b);
            let length = dot(normal, normal).sqrt();
            let is_on = dot(cross(normal, a), p) >= 0.0 && dot(cross(b, normal), p) >= 0.0;
            let off_m = (dot(normal, p).abs() / length).asin() * EARTH_RADIUS_M;
            return if is_on { (off_m, vec![leg, next]) } else { ends };
        }
        let d = [b[0] - a[0], b[1] - a[1]];
        let r = [p[0] - a[0], p[1] - a[1]];
        let t = (r[0] * d[0] + r[1] * d[1]) / (d[0] * d[0] + d[1] * d[1]);
        if (0.0..=1.0).contains(&t) {
            ((r[0] * d[1] - r[1] * d[0]).abs() / d[0].hypot(d[1]), vec![leg, next])
        } else {
            ends
        }
    }

    fn to_path_m(&self, p: [f64; 3]) -> (f64, Vec<usize>) {
        let legs = (0..(self.points.len() - 1).max(1)).map(|leg| self.leg_m(p, leg));
        legs.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
    }

    fn mean_m(&self, to: &Reference) -> f64 {
        let sum: f64 = self.points.iter().map(|p| to.to_path_m(*p).0).sum();
        sum / self.points.len() as f64
    }

    fn mean_course_deg(&self, to: &Reference) -> Option<f64> {
        let differences = self.points.iter().zip(&self.cog_deg).map(|(p, cog)| {
            let places = to.to_path_m(*p).1;
            places.iter().map(|at| turn_deg(*cog, to.cog_deg[*at]).abs()).fold(f64::NAN, f64::min)
        });
        let known: Vec<f64> = differences.filter(|deg| !deg.is_nan()).collect();
        (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
    }

    /// The third component of the MSSPD.
    pub(super) fn course_deg(&self, other: &Reference) -> f64 {
        match (self.mean_course_deg(other), other.mean_course_deg(self)) {
            (Some(there), Some(back)) => 0.5 * (there + back),
            (one, two) => one.or(two).unwrap_or(0.0),
        }
    }

    /// The distance by `metric`; of the MSSPD the SSPD.
    pub(super) fn between_m(&self, other: &Reference, metric: Metric, band: usize) -> f64 {
        assert!(self.sog_kn.len() <= self.points.len());
        let largest_m = |a: &Reference, b: &Reference| {
            a.points.iter().map(|p| b.to_path_m(*p).0).fold(0.0, f64::max)
        };
        match metric {
            Metric::Sspd | Metric::Msspd => 0.5 * (self.mean_m(other) + other.mean_m(self)),
            Metric::Spd => self.mean_m(other).min(other.mean_m(self)),
            Metric::Hausdorff => largest_m(self, other).max(largest_m(other, self)),
            Metric::Frechet => self.table_m(other, 0, f64::max),
            Metric::Dtw => self.table_m(other, band, |before, d| before + d),
        }
    }

    fn table_m(&self, other: &Reference, band: usize, join: impl Fn(f64, f64) -> f64) -> f64 {
        let (m, n) = (self.points.len(), other.points.len());
        let mut table = vec![vec![f64::INFINITY; n]; m];
        for i in 0..m {
            for j in 0..n {
                let off = (i * (n - 1)).abs_diff(j * (m - 1));
                if band > 0 && off > band * (m - 1).max(n - 1) {
                    continue;
                }
                let mut before = if i + j == 0 { 0.0 } else { f64::INFINITY };
                for (di, dj) in [(1, 0), (0, 1), (1, 1)] {
                    if i >= di && j >= dj {
                        before = before.min(table[i - di][j - dj]);
                    }
                }
                table[i][j] = join(before, self.point_m(self.points[i], other.points[j]));
            }
        }
        table[m - 1][n - 1]
    }
}
