//! A path's points and legs as the kernels read them: columns, boxes, and what of a leg can be
//! computed once.

use super::surface::{cross, dot};

/// Points that are worked on at once: two registers of AVX2, four of SSE or NEON.
pub(super) const LANES: usize = 16;
/// Legs that share a box.
pub(super) const LEGS: usize = 8;

/// A leg on the plane, with what the nearest point on it asks for. The last point of a path is a
/// leg of its own, so that a path is exactly nowhere apart from itself.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct PlaneLeg {
    /// Its first point.
    pub a: [f32; 2],
    /// To its last point.
    pub d: [f32; 2],
    /// `d` over its squared length, so that a product with it is the share of the way along the
    /// leg; zero for a leg of no length.
    pub along: [f32; 2],
}

/// A leg on the sphere. The last point of a path is a leg of its own, here that every point is
/// somebody's first; no foot lies on it.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct SphereLeg {
    /// Its first point.
    pub a: [f32; 3],
    /// Unit normal of its great circle.
    pub across: [f32; 3],
    /// Unit vector from its first point ahead.
    pub ahead: [f32; 3],
    /// Unit vector from its last point back.
    pub back: [f32; 3],
    /// What makes a product with `back`, counted from the first point, one counted from the last.
    pub reach: f32,
}

/// The smallest box around some points or legs, meters.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Extent {
    pub low: [f32; 3],
    pub high: [f32; 3],
}

/// The boxes of [`LANES`] blocks of legs, as columns. Boxes that are not there are infinitely far.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Extents {
    pub low: [[f32; LANES]; 3],
    pub high: [[f32; LANES]; 3],
}

/// One path as the kernels see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    /// How many points there are.
    pub n: usize,
    /// Columns `x`, `y`, `z`; the last point repeats up to a multiple of [`LANES`].
    pub points: [&'a [[f32; LANES]]; 3],
    /// A box around each of those.
    pub point_boxes: &'a [Extent],
    /// Legs, the last repeated up to a multiple of [`LEGS`]. Empty on the sphere.
    pub plane_legs: &'a [[PlaneLeg; LEGS]],
    /// The same on the sphere.
    pub sphere_legs: &'a [[SphereLeg; LEGS]],
    /// A box around each of those blocks.
    pub leg_boxes: &'a [Extents],
    /// A box around all.
    pub whole: &'a Extent,
    /// Whether some of all paths may lie too far apart for [`short_arc_m`](super::warp).
    pub is_wide: bool,
    /// Courses, degrees; not-a-number where not available.
    pub cog_deg: &'a [f32],
    /// Mean speed, knots; not-a-number if there is none.
    pub mean_sog_kn: f32,
}

impl View<'_> {
    /// Point `index`.
    pub(super) fn point(&self, index: usize) -> [f32; 3] {
        self.points.map(|column| column[index / LANES][index % LANES])
    }
}

impl Extent {
    /// Around nothing: infinitely far from everything.
    pub(super) const NONE: Extent =
        Extent { low: [f32::INFINITY; 3], high: [f32::NEG_INFINITY; 3] };

    pub(super) fn add(&mut self, point: [f32; 3]) {
        self.low.iter_mut().zip(point).for_each(|(low, x)| *low = low.min(x));
        self.high.iter_mut().zip(point).for_each(|(high, x)| *high = high.max(x));
    }

    /// The box widened by `by_m` on all sides.
    pub(super) fn widened(self, by_m: f32) -> Extent {
        Extent { low: self.low.map(|x| x - by_m), high: self.high.map(|x| x + by_m) }
    }

    /// The box around both.
    pub(super) fn union(mut self, other: Extent) -> Extent {
        self.add(other.low);
        self.add(other.high);
        self
    }

    /// The squared length of the box from corner to corner.
    pub(super) fn diagonal2(&self) -> f32 {
        (0..3).map(|axis| (self.high[axis] - self.low[axis]).powi(2)).sum()
    }

    /// The squared distance between two boxes; zero where they touch.
    pub(super) fn gap2(&self, other: &Extent) -> f32 {
        let mut sum = 0.0;
        for axis in 0..3 {
            let gap = (self.low[axis] - other.high[axis]).max(other.low[axis] - self.high[axis]);
            let gap = gap.max(0.0);
            sum += gap * gap;
        }
        sum
    }
}

impl Extents {
    pub(super) fn from_boxes(boxes: &[Extent]) -> Extents {
        let at = |lane: usize| boxes.get(lane).copied().unwrap_or(Extent::NONE);
        let column = |get: &dyn Fn(Extent) -> f32| std::array::from_fn(|lane| get(at(lane)));
        Extents {
            low: [0, 1, 2].map(|axis| column(&|extent| extent.low[axis])),
            high: [0, 1, 2].map(|axis| column(&|extent| extent.high[axis])),
        }
    }
}

impl PlaneLeg {
    pub(super) fn between(a: [f32; 3], b: [f32; 3]) -> PlaneLeg {
        let d = [b[0] - a[0], b[1] - a[1]];
        let square = d[0] * d[0] + d[1] * d[1];
        // Shorter than the root of the smallest normal number: a point.
        let inverse = if square > f32::MIN_POSITIVE { 1.0 / square } else { 0.0 };
        PlaneLeg { a: [a[0], a[1]], d, along: d.map(|x| x * inverse) }
    }
}

impl SphereLeg {
    /// The leg from `a` to `b`, whose coordinates count from where the middle of the globe lies at
    /// `earth`; and how far the arc bulges beyond the straight line.
    pub(super) fn between(a: [f64; 3], b: [f64; 3], earth: [f64; 3]) -> (SphereLeg, f32) {
        let unit = |v: [f64; 3]| {
            let length = dot(v, v).sqrt();
            (v.map(|x| x / length), length)
        };
        let from_earth = |p: [f64; 3]| unit([0, 1, 2].map(|axis| p[axis] - earth[axis]));
        let ((a_unit, radius), (b_unit, _)) = (from_earth(a), from_earth(b));
        let (across, sine) = unit(cross(a_unit, b_unit));
        let narrow = |v: [f64; 3]| v.map(|x| x as f32);
        if sine < 1e-12 {
            return (SphereLeg::of_point(narrow(a)), 0.0);
        }
        let leg = SphereLeg {
            a: narrow(a),
            across: narrow(across),
            ahead: narrow(cross(across, a_unit)),
            back: narrow(cross(b_unit, across)),
            reach: (sine * radius) as f32,
        };
        let half = 0.5 * sine.atan2(dot(a_unit, b_unit));
        (leg, (radius * (1.0 - half.cos())) as f32)
    }

    /// A leg of one point.
    pub(super) fn of_point(a: [f32; 3]) -> SphereLeg {
        SphereLeg { a, reach: -1.0, ..SphereLeg::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_tell_how_far_apart_they_lie() {
        let mut left = Extent::NONE;
        left.add([0.0, 0.0, 0.0]);
        left.add([1.0, 1.0, 0.0]);
        let mut right = Extent::NONE;
        right.add([4.0, 5.0, 0.0]);
        assert_eq!(left.gap2(&right), 25.0);
        assert_eq!(right.gap2(&left), 25.0);
        assert_eq!(left.gap2(&left), 0.0);
        assert_eq!(left.gap2(&Extent::NONE), f32::INFINITY);
        assert_eq!(left.union(right).gap2(&right), 0.0);
    }

    #[test]
    fn a_leg_of_no_length_is_a_point() {
        let leg = PlaneLeg::between([3.0, 4.0, 0.0], [3.0, 4.0, 0.0]);
        assert_eq!((leg.a, leg.d, leg.along), ([3.0, 4.0], [0.0; 2], [0.0; 2]));
        let (leg, bulge_m) = SphereLeg::between([6e6, 0.0, 0.0], [6e6, 0.0, 0.0], [0.0; 3]);
        assert_eq!((leg, bulge_m), (SphereLeg::of_point([6e6, 0.0, 0.0]), 0.0));
    }

    #[test]
    fn an_arc_of_a_right_angle_bulges_by_its_sagitta() {
        let (leg, bulge_m) = SphereLeg::between([1e6, 0.0, 0.0], [0.0, 1e6, 0.0], [0.0; 3]);
        assert!((bulge_m - 1e6 * (1.0 - 0.5_f32.sqrt())).abs() < 1.0);
        assert_eq!((leg.across, leg.ahead, leg.back), ([0., 0., 1.], [0., 1., 0.], [1., 0., 0.]));
    }
}
