//! Sliding window: the longest chord that keeps to the track, from report to report.

use super::line::{Chord, Line, Nearest};
use crate::base::job::{Job, Stopped};

/// Reports that a chord spans at most, so that a straight day at sea does not take the square of
/// its reports. One more is kept in so many than had to be.
const LONGEST: usize = 500;

/// Sets `mask` at the points that the opening window keeps of `line`: from a kept point, the chord
/// is drawn on to later and later points while all it spans lie within `tolerance_m` of it; the
/// last such point is kept, and the next chord begins there. Chords span 500 points at most.
///
/// It looks no further than one point beyond a chord, as a receiver must that compresses what comes
/// in. A point without a position is dropped, and none can be an end but those of the line.
///
/// # Panics
///
/// If `mask` is not as long as the line.
///
/// # Reference
///
/// Meratnia, de By (2004), *Spatiotemporal compression techniques for moving point objects*: the
/// opening window that breaks before the point that exceeds (BOPW), with distances to the chord.
pub fn sliding_window(
    line: &Line,
    tolerance_m: f64,
    mask: &mut [bool],
    job: &Job,
) -> Result<(), Stopped> {
    assert_eq!(line.len(), mask.len(), "one place a point");
    mask.fill(false);
    let n = line.len();
    if n < 3 {
        mask.fill(true);
        return Ok(());
    }
    (mask[0], mask[n - 1]) = (true, true);
    let is_place = |at: usize| line.x_m[at].is_finite() && line.y_m[at].is_finite();
    let mut from = 0;
    // The last point to which a chord from `from` keeps to the track.
    let mut last = 1;
    let mut to = 2;
    while to < n {
        let is_near = !is_place(to) && to + 1 < n || keeps_to(line, from, to, tolerance_m);
        if is_near && to - from <= LONGEST {
            if is_place(to) || to + 1 == n {
                last = to;
            }
            to += 1;
        } else {
            mask[last] = true;
            from = last;
            last = from + 1;
            to = from + 2;
            job.go_on()?;
        }
    }
    Ok(())
}

/// Whether all between `a` and `b` lie within `tolerance_m` of their chord.
fn keeps_to(line: &Line, a: usize, b: usize, tolerance_m: f64) -> bool {
    let chord = Nearest::new(line, a, b);
    let scores = line.x_m[a + 1..b].iter().zip(&line.y_m[a + 1..b]);
    let greatest = scores.fold(0.0, |greatest, (x_m, y_m)| {
        let score = chord.score(*x_m, *y_m, 0.0);
        if score > greatest { score } else { greatest }
    });
    chord.square_m2(greatest) <= tolerance_m * tolerance_m
}
