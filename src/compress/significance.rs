//! How much each point of a line matters: the largest tolerance at which it is still kept.

use super::line::{Chord, Line, Nearest, Synchronous, farthest};
use crate::base::job::{Job, Stopped};

/// Chords over more points than this ask whether the work is still wanted.
const LONG: usize = 1 << 16;

/// How far off points are told from a chord.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
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
pub fn significance(
    line: &Line,
    ruler: Ruler,
    out: &mut [f32],
    job: &Job,
) -> Result<(), Stopped> {
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
    // Chords yet to be split: from, to, and the least square above them.
    stack: Vec<(u32, u32, f64)>,
}

impl Work {
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
        self.split::<C>(line, job)?;
        for (out, square) in out.iter_mut().zip(&self.squares) {
            *out = up(square.sqrt());
        }
        out[0] = f32::INFINITY;
        out[n - 1] = f32::INFINITY;
        Ok(())
    }

    fn split<C: Chord>(&mut self, line: &Line, job: &Job) -> Result<(), Stopped> {
        self.stack.clear();
        self.stack.push((0, line.len() as u32 - 1, f64::INFINITY));
        while let Some((a, b, cap)) = self.stack.pop() {
            let (a, b) = (a as usize, b as usize);
            if b - a > LONG {
                job.go_on()?;
            }
            // What lies on the chord is dropped at any tolerance, and so is all between.
            let Some((at, score)) = farthest::<C>(line, a, b) else { continue };
            let square = C::new(line, a, b).square_m2(score);
            let square = if square < cap { square } else { cap };
            self.squares[at] = square;
            if at - a > 1 {
                self.stack.push((a as u32, at as u32, square));
            }
            if b - at > 1 {
                self.stack.push((at as u32, b as u32, square));
            }
        }
        Ok(())
    }
}

/// The least `f32` that is not below `value`.
#[inline(always)]
pub(super) fn up(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) < value { near.next_up() } else { near }
}

/// The greatest `f32` that is not above `value`: a significance is greater than `value` exactly
/// where it is greater than this.
pub(super) fn down(value: f64) -> f32 {
    let near = value as f32;
    if f64::from(near) > value { near.next_down() } else { near }
}
