//! The kernels behind SPD, SSPD, Hausdorff and MSSPD: from each point of a path to the nearest
//! place on another.
//!
//! Sixteen points are worked on at once, against one leg after another. Legs come in blocks of
//! eight with a box around them; a block is looked into only where its box is nearer than the
//! farthest of the sixteen best so far, which changes no result.
//!
//! Everything here is inlined into the functions of [`simd`](super::simd), which say for which
//! instructions it is compiled.
#![expect(clippy::inline_always, reason = "code takes its caller's instruction set only inlined")]
#![expect(clippy::needless_range_loop, reason = "a lane is the same place in several arrays")]

use super::legs::{Extent, Extents, LANES, LEGS, PlaneLeg, SphereLeg, View};
use crate::base::angle::turn_deg;
use crate::base::geo::EARTH_RADIUS_M;

const RADIUS_M: f32 = EARTH_RADIUS_M as f32;

/// What is asked of a pair.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ask {
    /// The mean distance from the first path's points to the second.
    OneWay,
    /// The mean of both directions.
    Mean,
    /// The largest distance in either direction.
    Largest,
    /// The mean of both directions, and the mean difference of courses.
    MeanAndCourse,
}

/// The answer: meters, and degrees where courses were asked for.
pub(super) type Answer = (f32, f32);

/// Room that is used again for every pair.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Squared distances to boxes, [`LANES`] blocks of legs an entry.
    gaps: Vec<[f32; LANES]>,
    /// The rows of [`warp`](super::warp).
    pub(super) rows: super::warp::Rows,
}

/// The nearest places to sixteen points, so far.
struct Best {
    /// Squared distances to the legs; on the sphere to the points where they begin, through the
    /// globe.
    d2: [f32; LANES],
    /// On the sphere, squared distances to the planes of legs that have a foot, else infinity.
    foot2: [f32; LANES],
    leg: [u32; LANES],
    foot_leg: [u32; LANES],
}

/// `a * b + c`, rounded once where the processor can.
#[inline(always)]
pub(super) fn fma<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// The smaller; `b` where either is not a number. One instruction, unlike `f32::min`.
#[inline(always)]
pub(super) fn least(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// The larger; `b` where either is not a number.
#[inline(always)]
pub(super) fn most(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// Answers `ask` of two paths.
#[inline(always)]
pub(super) fn pair<const FMA: bool, const SPHERE: bool>(
    ask: Ask,
    a: &View<'_>,
    b: &View<'_>,
    scratch: &mut Scratch,
) -> Answer {
    match ask {
        Ask::OneWay => (mean_m::<FMA, SPHERE>(a, b, scratch), 0.0),
        Ask::Mean => {
            let there_m = mean_m::<FMA, SPHERE>(a, b, scratch);
            (0.5 * (there_m + mean_m::<FMA, SPHERE>(b, a, scratch)), 0.0)
        }
        Ask::Largest => {
            let there2 = largest2::<FMA, SPHERE>(a, b, 0.0, scratch);
            let both2 = largest2::<FMA, SPHERE>(b, a, there2, scratch);
            (if SPHERE { arc_m(both2) } else { both2.sqrt() }, 0.0)
        }
        Ask::MeanAndCourse => {
            let (there_m, there) = mean_and_course::<FMA, SPHERE>(a, b, scratch);
            let (back_m, back) = mean_and_course::<FMA, SPHERE>(b, a, scratch);
            let cog_deg = match (there, back) {
                (Some(there), Some(back)) => 0.5 * (there + back),
                (one, other) => one.or(other).unwrap_or(0.0),
            };
            (0.5 * (there_m + back_m), cog_deg as f32)
        }
    }
}

/// The length of the arc over a squared chord, meters.
#[inline(always)]
pub(super) fn arc_m(chord2: f32) -> f32 {
    // Cephes' asinf: a polynomial below one half, above by the half angle; true to 2e-7 of itself.
    let sine = least(chord2.sqrt() * (0.5 / RADIUS_M), 1.0);
    let is_small = sine <= 0.5;
    let square = if is_small { sine * sine } else { 0.5 * (1.0 - sine) };
    let root = if is_small { sine } else { square.sqrt() };
    let p = 4.216_32e-2 * square + 2.418_131e-2;
    let p = p * square + 4.547_002_6e-2;
    let p = p * square + 7.495_300_3e-2;
    let p = p * square + 1.666_675_2e-1;
    let angle = root + root * square * p;
    2.0 * RADIUS_M * if is_small { angle } else { std::f32::consts::FRAC_PI_2 - 2.0 * angle }
}

#[inline(always)]
fn mean_m<const FMA: bool, const SPHERE: bool>(
    a: &View<'_>,
    b: &View<'_>,
    scratch: &mut Scratch,
) -> f32 {
    let mut sum_m = 0.0_f64;
    for block in 0..a.point_boxes.len() {
        let best = nearest::<FMA, SPHERE, false>(a, block, b, 0.0, scratch);
        let d_m = distances_m::<SPHERE>(&best);
        let n = (a.n - block * LANES).min(LANES);
        sum_m += if n == LANES { sum(&d_m) } else { d_m[..n].iter().copied().map(f64::from).sum() };
    }
    (sum_m / a.n as f64) as f32
}

/// In the order in which a register is halved: the same on every machine.
#[inline(always)]
fn sum(values: &[f32; LANES]) -> f64 {
    let mut half = [0.0_f32; LANES / 2];
    for lane in 0..LANES / 2 {
        half[lane] = values[lane] + values[lane + LANES / 2];
    }
    half.iter().map(|x| f64::from(*x)).sum()
}

/// The largest squared distance from a point of `a` to `b`, or `at_least2`.
#[inline(always)]
fn largest2<const FMA: bool, const SPHERE: bool>(
    a: &View<'_>,
    b: &View<'_>,
    at_least2: f32,
    scratch: &mut Scratch,
) -> f32 {
    let mut largest2 = at_least2;
    for block in 0..a.point_boxes.len() {
        let best = nearest::<FMA, SPHERE, false>(a, block, b, largest2, scratch);
        // Points that repeat the last change no maximum.
        largest2 = largest(&squares::<SPHERE>(&best), largest2);
    }
    largest2
}

#[inline(always)]
fn mean_and_course<const FMA: bool, const SPHERE: bool>(
    a: &View<'_>,
    b: &View<'_>,
    scratch: &mut Scratch,
) -> (f32, Option<f64>) {
    let (mut sum_m, mut sum_deg, mut n_deg) = (0.0_f64, 0.0, 0.0);
    for block in 0..a.point_boxes.len() {
        let best = nearest::<FMA, SPHERE, true>(a, block, b, 0.0, scratch);
        let d_m = distances_m::<SPHERE>(&best);
        let n = (a.n - block * LANES).min(LANES);
        for lane in 0..n {
            sum_m += f64::from(d_m[lane]);
            let at = block * LANES + lane;
            let (from, to) = realizing::<SPHERE>(&best, lane, &a.point(at), b);
            let turn = |index: usize| difference_deg(a.cog_deg[at], b.cog_deg[index]);
            // `f32::min` leaves out what is not a number.
            let deg = if from == to { turn(from) } else { turn(from).min(turn(to)) };
            if !deg.is_nan() {
                sum_deg += f64::from(deg);
                n_deg += 1.0;
            }
        }
    }
    ((sum_m / a.n as f64) as f32, (n_deg > 0.0).then(|| sum_deg / n_deg))
}

/// How far two courses lie apart, `0..=180` degrees.
#[inline(always)]
fn difference_deg(a_deg: f32, b_deg: f32) -> f32 {
    let plain = (a_deg - b_deg).abs();
    if plain <= 360.0 {
        plain.min(360.0 - plain)
    } else {
        turn_deg(f64::from(a_deg), f64::from(b_deg)).abs() as f32
    }
}

/// The points of `b` at the ends of the leg that is nearest to `point`; twice the nearer one where
/// the foot does not lie on the leg.
///
/// A foot a few meters from a point of `b`, seen from kilometers away, is no nearer than that point
/// in 32 bits. Such a tie goes to the foot, as exact numbers would have it.
///
/// Scalar work, kept out of line: inlined it makes the compiler spill the kernels' registers.
#[inline(never)]
fn realizing<const SPHERE: bool>(
    best: &Best,
    lane: usize,
    point: &[f32; 3],
    b: &View<'_>,
) -> (usize, usize) {
    let last = b.n - 1;
    if SPHERE {
        if chord2(best.foot2[lane]) <= best.d2[lane] * (1.0 + 4.0 * f32::EPSILON) {
            let leg = best.foot_leg[lane] as usize;
            return (leg.min(last), (leg + 1).min(last));
        }
        let at = (best.leg[lane] as usize).min(last);
        return (at, at);
    }
    let share = |index: usize| {
        let leg = &b.plane_legs[index / LEGS][index % LEGS];
        (point[0] - leg.a[0]) * leg.along[0] + (point[1] - leg.a[1]) * leg.along[1]
    };
    let index = (best.leg[lane] as usize).min(last);
    let (t, next) = (share(index), (index + 1).min(last));
    if t > 0.0 && t < 1.0 {
        (index, next)
    } else if t <= 0.0 {
        let before = index.saturating_sub(1);
        let t = share(before);
        if index > 0 && t > 0.0 && t < 1.0 { (before, index) } else { (index, index) }
    } else {
        let t = share(next);
        let after = (next + 1).min(last);
        if t > 0.0 && t < 1.0 { (next, after) } else { (next, next) }
    }
}

/// The squared chord to a foot from the squared distance to the plane of its great circle.
#[inline(always)]
fn chord2(foot2: f32) -> f32 {
    let square = least(foot2 * (1.0 / (RADIUS_M * RADIUS_M)), 1.0);
    foot2 * (2.0 / (1.0 + (1.0 - square).sqrt()))
}

#[inline(always)]
fn squares<const SPHERE: bool>(best: &Best) -> [f32; LANES] {
    let mut d2 = best.d2;
    if SPHERE {
        for lane in 0..LANES {
            d2[lane] = least(chord2(best.foot2[lane]), d2[lane]);
        }
    }
    d2
}

#[inline(always)]
fn distances_m<const SPHERE: bool>(best: &Best) -> [f32; LANES] {
    let mut d_m = squares::<SPHERE>(best);
    for d in &mut d_m {
        *d = if SPHERE { arc_m(*d) } else { d.sqrt() };
    }
    d_m
}

#[inline(always)]
fn largest(values: &[f32; LANES], at_least: f32) -> f32 {
    let mut eight = [0.0_f32; 8];
    for lane in 0..8 {
        eight[lane] = most(values[lane], values[lane + 8]);
    }
    let mut four = [0.0_f32; 4];
    for lane in 0..4 {
        four[lane] = most(eight[lane], eight[lane + 4]);
    }
    most(most(most(four[0], four[1]), most(four[2], four[3])), at_least)
}

/// The nearest places on `b` to the points of block `block` of `a`. Where all turn out nearer than
/// the root of `enough2`, it stops looking: nothing is promised then but that they are.
#[inline(always)]
fn nearest<const FMA: bool, const SPHERE: bool, const WHICH: bool>(
    a: &View<'_>,
    block: usize,
    b: &View<'_>,
    enough2: f32,
    scratch: &mut Scratch,
) -> Best {
    let points = a.points.map(|column| column[block]);
    let mut best = Best {
        d2: [f32::INFINITY; LANES],
        foot2: [f32::INFINITY; LANES],
        leg: [0; LANES],
        foot_leg: [0; LANES],
    };
    let n_blocks = if SPHERE { b.sphere_legs.len() } else { b.plane_legs.len() };
    let gaps = &mut scratch.gaps;
    gaps.clear();
    let extent = &a.point_boxes[block];
    gaps.extend(b.leg_boxes.iter().map(|boxes| gaps2::<SPHERE>(extent, boxes)));
    let gaps = &gaps.as_flattened()[..n_blocks];
    let mut first = 0;
    for at in 1..n_blocks {
        first = if gaps[at] < gaps[first] { at } else { first };
    }
    let mut farthest2 = look::<FMA, SPHERE, WHICH>(&points, b, first, &mut best);
    for (at, gap) in gaps.iter().enumerate() {
        if farthest2 <= enough2 {
            break;
        }
        if *gap < farthest2 && at != first {
            farthest2 = look::<FMA, SPHERE, WHICH>(&points, b, at, &mut best);
        }
    }
    best
}

/// Squared distances from a box to sixteen boxes.
#[inline(always)]
pub(super) fn gaps2<const SPHERE: bool>(extent: &Extent, boxes: &Extents) -> [f32; LANES] {
    let mut sum = [0.0_f32; LANES];
    for axis in 0..if SPHERE { 3 } else { 2 } {
        let (low, high) = (extent.low[axis], extent.high[axis]);
        for lane in 0..LANES {
            let gap = most(low - boxes.high[axis][lane], boxes.low[axis][lane] - high);
            let gap = most(gap, 0.0);
            sum[lane] += gap * gap;
        }
    }
    sum
}

/// Looks into one block of legs; tells the largest of the best.
#[inline(always)]
fn look<const FMA: bool, const SPHERE: bool, const WHICH: bool>(
    points: &[[f32; LANES]; 3],
    b: &View<'_>,
    at: usize,
    best: &mut Best,
) -> f32 {
    let number = (at * LEGS) as u32;
    if SPHERE {
        look_sphere::<FMA, WHICH>(points, &b.sphere_legs[at], number, best);
        let mut bound2 = [0.0_f32; LANES];
        for lane in 0..LANES {
            // At least the squared chord, and nearly it where angles are small.
            let foot2 = best.foot2[lane];
            let chord2 = fma::<FMA>(foot2 * foot2, 1.0 / (RADIUS_M * RADIUS_M), foot2);
            bound2[lane] = least(chord2, best.d2[lane]);
        }
        largest(&bound2, 0.0)
    } else {
        look_plane::<FMA, WHICH>(points, &b.plane_legs[at], number, best);
        largest(&best.d2, 0.0)
    }
}

#[inline(always)]
fn look_plane<const FMA: bool, const WHICH: bool>(
    points: &[[f32; LANES]; 3],
    legs: &[PlaneLeg; LEGS],
    number: u32,
    best: &mut Best,
) {
    let (x, y) = (&points[0], &points[1]);
    let (mut d2, mut which) = (best.d2, best.leg);
    for (leg, own) in legs.iter().zip(number..) {
        for lane in 0..LANES {
            let (rx, ry) = (x[lane] - leg.a[0], y[lane] - leg.a[1]);
            let t = fma::<FMA>(rx, leg.along[0], ry * leg.along[1]);
            let t = least(most(t, 0.0), 1.0);
            let (ex, ey) = (fma::<FMA>(-t, leg.d[0], rx), fma::<FMA>(-t, leg.d[1], ry));
            let d = fma::<FMA>(ex, ex, ey * ey);
            if WHICH {
                which[lane] = if d < d2[lane] { own } else { which[lane] };
            }
            d2[lane] = least(d, d2[lane]);
        }
    }
    best.d2 = d2;
    if WHICH {
        best.leg = which;
    }
}

#[inline(always)]
fn look_sphere<const FMA: bool, const WHICH: bool>(
    points: &[[f32; LANES]; 3],
    legs: &[SphereLeg; LEGS],
    number: u32,
    best: &mut Best,
) {
    let [x, y, z] = points;
    let (mut d2, mut foot2) = (best.d2, best.foot2);
    let (mut which, mut foot_which) = (best.leg, best.foot_leg);
    for (leg, own) in legs.iter().zip(number..) {
        for lane in 0..LANES {
            let (rx, ry, rz) = (x[lane] - leg.a[0], y[lane] - leg.a[1], z[lane] - leg.a[2]);
            let product = |v: &[f32; 3]| fma::<FMA>(rx, v[0], fma::<FMA>(ry, v[1], rz * v[2]));
            let chord = fma::<FMA>(rx, rx, fma::<FMA>(ry, ry, rz * rz));
            let off = product(&leg.across);
            let ahead = product(&leg.ahead);
            let back = product(&leg.back) + leg.reach;
            let foot = if least(ahead, back) >= 0.0 { off * off } else { f32::INFINITY };
            if WHICH {
                which[lane] = if chord < d2[lane] { own } else { which[lane] };
                foot_which[lane] = if foot < foot2[lane] { own } else { foot_which[lane] };
            }
            d2[lane] = least(chord, d2[lane]);
            foot2[lane] = least(foot, foot2[lane]);
        }
    }
    (best.d2, best.foot2) = (d2, foot2);
    if WHICH {
        (best.leg, best.foot_leg) = (which, foot_which);
    }
}
