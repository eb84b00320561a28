//! How much each point of a line matters: the largest tolerance at which it is still kept.

#![expect(
    clippy::inline_always,
    reason = "left to itself, the compiler calls what takes a few instructions"
)]

use serde::{Deserialize, Serialize};

use super::line::{Chord, Line, Nearest, Synchronous, farthest, farthest_of_few};
use crate::base::job::{Job, Stopped};

/// Chords over more points than this are split one by one; those over fewer, all at once, while
/// their points are at hand in the processor's cache.
const LONG: usize = 1 << 12;
/// In place of a number of points: more than are worth a piece of code of their own.
const MANY: usize = 0;

/// How far off points are told from a chord.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Ruler {
    /// From the nearest point of the chord.
    #[default]
    Nearest,
    /// From where the ship would be at that time, had it sailed the chord at even speed (SED).
    Synchronous,
}

/// The significance of each point of `line`, meters, written into `out`: with any tolerance,
/// Douglas-Peucker keeps the points whose significance is greater. Both ends are infinite.
///
/// It is the distance at which the recursion splits at the point, but never more than that of any
/// split above it, so that a point kept at one tolerance is kept at all smaller ones. Values are
/// rounded up to `f32`, so that nothing farther off than a tolerance is ever dropped by it. A point
/// without a position is 0. With [`Ruler::Synchronous`] this is the top-down time ratio method.
///
/// Takes `O(n log n)` time for what ships sail and `O(n²)` at worst, and a stack of its own.
///
/// # Panics
///
/// If `out` is not as long as the line.
///
/// # Reference
///
/// Douglas, Peucker (1973), *Algorithms for the reduction of the number of points required to
/// represent a digitized line or its caricature*, with distances to the chord and not to the
/// endless line through it, like GEOS. Meratnia, de By (2004), *Spatiotemporal compression
/// techniques for moving point objects*, for the time ratio.
pub fn significance(line: &Line, ruler: Ruler, out: &mut [f32], job: &Job) -> Result<(), Stopped> {
    assert_eq!(line.len(), out.len(), "one value a point");
    let mut work = Work::default();
    match ruler {
        Ruler::Nearest => work.measure::<Nearest>(line, out, job),
        Ruler::Synchronous => work.measure::<Synchronous>(line, out, job),
    }
}

/// What one line after the other is measured with.
#[derive(Default)]
pub(super) struct Work {
    // Squares of what each point gets, square meters.
    squares: Vec<f64>,
    // Chords yet to be split, by the number of points between their ends: none, 1, 2 to 3, 4 to 7,
    // 8 to 15, 16 to 31, more.
    chords: [Vec<Split>; 7],
    // How many of each kind there are; what lies beyond is room, so that nothing has to grow.
    n_chords: [usize; 7],
}

/// A chord yet to be split.
#[derive(Clone, Copy)]
struct Split {
    from: u32,
    to: u32,
    /// The least square above it, square meters.
    cap_m2: f64,
}

impl Work {
    /// As [`significance`].
    pub(super) fn measure<C: Chord>(
        &mut self,
        line: &Line,
        out: &mut [f32],
        job: &Job,
    ) -> Result<(), Stopped> {
        let n = line.len();
        if n < 3 {
            out.fill(f32::INFINITY);
            return Ok(());
        }
        self.squares.clear();
        self.squares.resize(n, 0.0);
        self.split_all::<C>(line, job)?;
        for (out, square) in out.iter_mut().zip(&self.squares) {
            *out = up(square.sqrt());
        }
        out[0] = f32::INFINITY;
        out[n - 1] = f32::INFINITY;
        Ok(())
    }

    /// Splits the chord of the whole line, and those that come of it.
    fn split_all<C: Chord>(&mut self, line: &Line, job: &Job) -> Result<(), Stopped> {
        // A line has fewer chords than points, and so have the pieces that are split at once.
        let room = line.len().min(LONG);
        for chords in &mut self.chords {
            chords.resize(room.max(chords.len()), Split { from: 0, to: 0, cap_m2: 0.0 });
        }
        let mut long = vec![Split { from: 0, to: line.len() as u32 - 1, cap_m2: f64::INFINITY }];
        while let Some(split) = long.pop() {
            let (from, to) = (split.from as usize, split.to as usize);
            if to - from <= LONG {
                self.n_chords = [0; 7];
                self.push(from, to, split.cap_m2);
                self.split_short::<C>(line);
                continue;
            }
            job.go_on()?;
            let Some((at, cap_m2)) = self.split::<C, MANY>(line, split) else { continue };
            long.push(Split { from: at as u32, cap_m2, ..split });
            long.push(Split { to: at as u32, cap_m2, ..split });
        }
        Ok(())
    }

    /// Splits all that [`Work::chords`] hold and what comes of it, the longest first. Half of all
    /// chords have three points or fewer; taken by their number, none of them has to guess how
    /// its loop ends, and neighbors in the row do not wait for each other: both would cost more
    /// than the arithmetic.
    fn split_short<C: Chord>(&mut self, line: &Line) {
        self.split_each::<C, MANY>(6, line);
        self.split_each::<C, 16>(5, line);
        self.split_each::<C, 8>(4, line);
        self.split_each::<C, 4>(3, line);
        self.split_each::<C, 2>(2, line);
        let ones = std::mem::take(&mut self.chords[1]);
        for Split { from, to, cap_m2 } in &ones[..self.n_chords[1]] {
            let at = *from as usize + 1;
            let chord = C::new(line, at - 1, *to as usize);
            let score = chord.score(line.x_m[at], line.y_m[at], line.t_s[at]);
            // Not-a-number is not greater than 0 either.
            let score = if score > 0.0 { score } else { 0.0 };
            self.squares[at] = least(chord.square_m2(score), *cap_m2);
        }
        self.chords[1] = ones; // Its room is needed again.
    }

    #[inline(always)]
    fn split_each<C: Chord, const W: usize>(&mut self, kind: usize, line: &Line) {
        let mut next = 0;
        while next < self.n_chords[kind] {
            let split = self.chords[kind][next];
            next += 1;
            if let Some((at, cap_m2)) = self.split::<C, W>(line, split) {
                self.push(split.from as usize, at, cap_m2);
                self.push(at, split.to as usize, cap_m2);
            }
        }
    }

    /// Where to split, and the least square up to there; `None` where nothing lies off the chord,
    /// so that all of it is dropped at any tolerance. `W` is as in [`farthest_of_few`], or
    /// [`MANY`].
    #[inline(always)]
    fn split<C: Chord, const W: usize>(
        &mut self,
        line: &Line,
        Split { from, to, cap_m2 }: Split,
    ) -> Option<(usize, f64)> {
        let (from, to) = (from as usize, to as usize);
        let chord = C::new(line, from, to);
        let (at, score) = if W == MANY {
            farthest(chord, line, from, to)
        } else {
            farthest_of_few::<C, W>(chord, line, from, to)
        };
        if score > 0.0 {
            let square_m2 = least(chord.square_m2(score), cap_m2);
            self.squares[at] = square_m2;
            Some((at, square_m2))
        } else {
            None
        }
    }

    #[inline(always)]
    fn push(&mut self, from: usize, to: usize, cap_m2: f64) {
        let n_between = (to - from - 1) as u32;
        let kind = (u32::BITS - n_between.leading_zeros()).min(6);
        let kind = kind as usize;
        self.chords[kind][self.n_chords[kind]] = Split { from: from as u32, to: to as u32, cap_m2 };
        self.n_chords[kind] += 1;
    }
}

#[inline(always)]
fn least(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The least `f32` that is not below `value`, which must not be negative.
#[inline(always)]
pub(super) fn up(value: f64) -> f32 {
    let near = value as f32;
    // The next number up has the next bits. No branch, for this is done for every point.
    f32::from_bits(near.to_bits() + u32::from(f64::from(near) < value))
}

/// The greatest `f32` that is not above `value`: a significance is greater than `value` exactly
/// where it is greater than this.
pub(super) fn down(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) > value { near.next_down() } else { near }
}
