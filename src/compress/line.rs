//! A path as columns on a plane, and how far its points lie from a chord of it.

use super::plane::Plane;
use crate::ais::Track;
use crate::base::geo::Position;
use crate::base::units::s_from_ms;

/// A path on a plane: columns of one length.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Line {
    /// Along the plane, meters.
    pub x_m: Vec<f64>,
    /// Across it, meters.
    pub y_m: Vec<f64>,
    /// Since the first point, seconds.
    pub t_s: Vec<f64>,
}

impl Line {
    /// The places of `track` on a plane along it.
    pub fn from_track(track: &Track) -> Line {
        let mut line = Line::default();
        line.lay(track.positions, track.t_ms);
        line
    }

    /// Lays `positions` on a plane along them, in place of what this line held.
    pub(super) fn lay(&mut self, positions: &[Position], t_ms: &[i64]) -> Plane {
        let plane = Plane::along(positions);
        plane.project(positions, &mut self.x_m, &mut self.y_m);
        self.t_s.clear();
        let first_ms = t_ms.first().copied().unwrap_or_default();
        self.t_s.extend(t_ms.iter().map(|t_ms| s_from_ms(t_ms - first_ms)));
        plane
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.x_m.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.x_m.is_empty()
    }
}

/// A chord between two points of a line, and how far points lie from it.
pub(super) trait Chord: Copy {
    /// The chord from point `a` to point `b`.
    fn new(line: &Line, a: usize, b: usize) -> Self;

    /// Grows with the distance of a point: its square in some unit of this chord's own, so that
    /// neither a division nor a root is needed to find the farthest.
    fn score(self, x_m: f64, y_m: f64, t_s: f64) -> f64;

    /// A score as a squared distance, square meters.
    fn square_m2(self, score: f64) -> f64;
}

/// The distance to the nearest point of the chord: the perpendicular where its foot lies on the
/// chord, else the way to the nearer end.
#[derive(Clone, Copy)]
pub(super) struct Nearest {
    x_m: f64,
    y_m: f64,
    dx_m: f64,
    dy_m: f64,
    // Where on the chord feet may lie at most, times its length.
    end_m2: f64,
    square_m2: f64,
}

impl Chord for Nearest {
    fn new(line: &Line, a: usize, b: usize) -> Nearest {
        let (x_m, y_m) = (line.x_m[a], line.y_m[a]);
        let (dx_m, dy_m) = (line.x_m[b] - x_m, line.y_m[b] - y_m);
        let square_m2 = dx_m * dx_m + dy_m * dy_m;
        if square_m2 > 0.0 {
            Nearest { x_m, y_m, dx_m, dy_m, end_m2: square_m2, square_m2 }
        } else {
            // A chord without length is its one point, seen along any axis.
            Nearest { x_m, y_m, dx_m: 1.0, dy_m: 0.0, end_m2: 0.0, square_m2: 1.0 }
        }
    }

    #[inline(always)]
    fn score(self, x_m: f64, y_m: f64, _: f64) -> f64 {
        let (px, py) = (x_m - self.x_m, y_m - self.y_m);
        let across = px * self.dy_m - py * self.dx_m;
        let along = px * self.dx_m + py * self.dy_m;
        // Comparisons, not `clamp`: they are one instruction each.
        let foot = if along > 0.0 { along } else { 0.0 };
        let foot = if foot < self.end_m2 { foot } else { self.end_m2 };
        let beyond = along - foot;
        across * across + beyond * beyond
    }

    fn square_m2(self, score: f64) -> f64 {
        score / self.square_m2
    }
}

/// The distance to where on the chord a ship would be at the time, had it sailed the chord at even
/// speed: the synchronous distance (SED).
#[derive(Clone, Copy)]
pub(super) struct Synchronous {
    x_m: f64,
    y_m: f64,
    t_s: f64,
    x_mps: f64,
    y_mps: f64,
}

impl Chord for Synchronous {
    fn new(line: &Line, a: usize, b: usize) -> Synchronous {
        let (x_m, y_m, t_s) = (line.x_m[a], line.y_m[a], line.t_s[a]);
        let lasts_s = line.t_s[b] - t_s;
        // In an instant, a ship is where the chord begins.
        let per_s = if lasts_s > 0.0 { 1.0 / lasts_s } else { 0.0 };
        let (x_mps, y_mps) = ((line.x_m[b] - x_m) * per_s, (line.y_m[b] - y_m) * per_s);
        Synchronous { x_m, y_m, t_s, x_mps, y_mps }
    }

    #[inline(always)]
    fn score(self, x_m: f64, y_m: f64, t_s: f64) -> f64 {
        let lasts_s = t_s - self.t_s;
        let dx_m = x_m - self.x_m - self.x_mps * lasts_s;
        let dy_m = y_m - self.y_m - self.y_mps * lasts_s;
        dx_m * dx_m + dy_m * dy_m
    }

    fn square_m2(self, score: f64) -> f64 {
        score
    }
}

/// Low bits of a score that make room for a place in a block: 1e-13 of it.
const PLACE: u64 = 511;
/// Points scored side by side.
const LANES: usize = 4;

/// Of the points between `a` and `b`, the one farthest from their chord, with its score; of equally
/// far ones the first. `None` where none lies off the chord at all, or there is none.
///
/// The place of a point is carried in the lowest bits of its score, so that the greatest number
/// tells both: what remains is arithmetic without a branch, on as many points as the processor
/// takes at once.
pub(super) fn farthest<C: Chord>(line: &Line, a: usize, b: usize) -> Option<(usize, f64)> {
    let chord = C::new(line, a, b);
    let mut best = (0, 0.0);
    let mut first = a + 1;
    while first < b {
        let end = b.min(first + PLACE as usize + 1);
        let found = first
            + place_of_greatest(
                chord,
                &line.x_m[first..end],
                &line.y_m[first..end],
                &line.t_s[first..end],
            );
        let score = chord.score(line.x_m[found], line.y_m[found], line.t_s[found]);
        if score > best.1 {
            best = (found, score);
        }
        first = end;
    }
    (best.1 > 0.0).then_some(best)
}

/// The place of the greatest score in a block of at most `PLACE + 1` points.
#[inline(always)]
fn place_of_greatest<C: Chord>(chord: C, x_m: &[f64], y_m: &[f64], t_s: &[f64]) -> usize {
    // From the highest place down, so that of equal scores the first is the greatest.
    let mut places: [u64; LANES] = std::array::from_fn(|lane| PLACE - lane as u64);
    let mut greatest = [0.0_f64; LANES];
    let (xs, x_rest) = x_m.as_chunks::<LANES>();
    let (ys, y_rest) = y_m.as_chunks::<LANES>();
    let (ts, t_rest) = t_s.as_chunks::<LANES>();
    for ((x, y), t) in xs.iter().zip(ys).zip(ts) {
        for lane in 0..LANES {
            let score = tagged(chord.score(x[lane], y[lane], t[lane]), places[lane]);
            greatest[lane] = if score > greatest[lane] { score } else { greatest[lane] };
            places[lane] = places[lane].wrapping_sub(LANES as u64);
        }
    }
    for (lane, ((x, y), t)) in x_rest.iter().zip(y_rest).zip(t_rest).enumerate() {
        let score = tagged(chord.score(*x, *y, *t), places[lane]);
        greatest[lane] = if score > greatest[lane] { score } else { greatest[lane] };
    }
    let greatest = greatest.into_iter().fold(0.0, |a, b| if a > b { a } else { b });
    // Where no score is a number, any place will do: its own score then says so.
    let tag = greatest.to_bits() & PLACE;
    if greatest > 0.0 { (PLACE - tag) as usize } else { 0 }
}

#[inline(always)]
fn tagged(score: f64, place: u64) -> f64 {
    f64::from_bits((score.to_bits() & !PLACE) | place)
}
