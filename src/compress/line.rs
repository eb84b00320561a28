//! A path as columns on a plane, and how far its points lie from a chord of it.

#![expect(
    clippy::inline_always,
    reason = "left to itself, the compiler calls what takes a few instructions"
)]

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
    #[inline(always)]
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
    #[inline(always)]
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
/// Points scored side by side on a long chord.
const LANES: usize = 8;

/// Of the points between `a` and `b`, at least `2 * LANES`, the one farthest from their chord, with
/// its score; of equally far ones the first. The score is 0 where none lies off the chord at all.
///
/// The place of a point is carried in the lowest bits of its score, so that the greatest number
/// tells both: what remains is arithmetic without a branch, on as many points as the processor
/// takes at once.
pub(super) fn farthest<C: Chord>(chord: C, line: &Line, a: usize, b: usize) -> (usize, f64) {
    let mut best = (a + 1, 0.0);
    let mut first = a + 1;
    while first < b {
        // The last block reaches back, so that it too has a multiple of all lanes to work on.
        let end = b.min(first + PLACE as usize + 1);
        let start = first.min(end - LANES);
        let block = start..end;
        let (x_m, y_m, t_s) =
            (&line.x_m[block.clone()], &line.y_m[block.clone()], &line.t_s[block]);
        let mut greatest = Greatest::<LANES>::new(0);
        for ((x, y), t) in x_m.as_chunks().0.iter().zip(y_m.as_chunks().0).zip(t_s.as_chunks().0) {
            greatest.take(chord, x, y, t);
        }
        if let (Some(x), Some(y), Some(t)) = (x_m.last_chunk(), y_m.last_chunk(), t_s.last_chunk())
        {
            greatest.move_to(x_m.len() - LANES);
            greatest.take(chord, x, y, t);
        }
        let found = start + greatest.place();
        let score = chord.score(line.x_m[found], line.y_m[found], line.t_s[found]);
        if score > best.1 {
            best = (found, score);
        }
        first = end;
    }
    best
}

/// As [`farthest`], for at least `W` and at most `2 * W` points between `a` and `b`: the first `W`
/// and the last `W` of them, some twice, without a loop whose end would have to be guessed.
#[inline(always)]
pub(super) fn farthest_of_few<C: Chord, const W: usize>(
    chord: C,
    line: &Line,
    a: usize,
    b: usize,
) -> (usize, f64) {
    let between = a + 1..b;
    let (x_m, y_m, t_s) =
        (&line.x_m[between.clone()], &line.y_m[between.clone()], &line.t_s[between]);
    let mut greatest = Greatest::<W>::new(0);
    if let (Some(x), Some(y), Some(t)) =
        (x_m.first_chunk::<W>(), y_m.first_chunk::<W>(), t_s.first_chunk::<W>())
    {
        greatest.take(chord, x, y, t);
    }
    greatest.move_to(x_m.len() - W);
    if let (Some(x), Some(y), Some(t)) =
        (x_m.last_chunk::<W>(), y_m.last_chunk::<W>(), t_s.last_chunk::<W>())
    {
        greatest.take(chord, x, y, t);
    }
    let found = a + 1 + greatest.place();
    (found, chord.score(line.x_m[found], line.y_m[found], line.t_s[found]))
}

/// The greatest score so far in each of `W` lanes, with its place in the lowest bits.
struct Greatest<const W: usize> {
    scores: [f64; W],
    places: [u64; W],
}

impl<const W: usize> Greatest<W> {
    #[inline(always)]
    fn new(place: usize) -> Self {
        let mut greatest = Greatest { scores: [0.0; W], places: [0; W] };
        greatest.move_to(place);
        greatest
    }

    /// Goes on at `place`. Places count down, so that of equal scores the first is the greatest.
    #[inline(always)]
    fn move_to(&mut self, place: usize) {
        self.places = std::array::from_fn(|lane| PLACE - (place + lane) as u64);
    }

    #[inline(always)]
    fn take<C: Chord>(&mut self, chord: C, x_m: &[f64; W], y_m: &[f64; W], t_s: &[f64; W]) {
        for lane in 0..W {
            let score = chord.score(x_m[lane], y_m[lane], t_s[lane]);
            let score = f64::from_bits((score.to_bits() & !PLACE) | self.places[lane]);
            let greatest = &mut self.scores[lane];
            *greatest = if score > *greatest { score } else { *greatest };
            self.places[lane] = self.places[lane].wrapping_sub(W as u64);
        }
    }

    /// The place of the greatest of all; any where none was a number.
    #[inline(always)]
    fn place(self) -> usize {
        let greatest = self.scores.into_iter().fold(0.0, |a, b| if a > b { a } else { b });
        if greatest > 0.0 { (PLACE - (greatest.to_bits() & PLACE)) as usize } else { 0 }
    }
}
