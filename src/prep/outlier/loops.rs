//! Type II: where a track crosses itself, and how long the way round is.

use rustc_hash::FxHashMap;

use super::posts::Posts;
use crate::base::job::{Job, Stopped};
use crate::compress::Line;

/// Room for rounding in the shares of a leg where two cross.
const ROUNDING: f64 = 1e-9;

/// A leg that rises more is taken to go north: its columns are two at most.
const STEEP: f64 = 1e6;

/// Legs between two looks at whether to go on.
const LEGS: usize = 4096;

/// A track that crosses itself. Leg `k` leads from post `k` to post `k + 1`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Loop {
    /// The leg on which it begins.
    pub opens: usize,
    /// The leg on which it ends.
    pub closes: usize,
    /// The way round, meters.
    pub length_m: f64,
    /// How far along the way it ends, meters.
    pub ends_m: f64,
    /// Where the track crosses itself, on the plane of the posts.
    pub at: (f64, f64),
}

/// What [`loops`] finds.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Loops {
    /// Loops that share no part of the way, in its order.
    pub told: Vec<Loop>,
    /// Of each leg that closes a loop, the leg on which the longest small one opens.
    pub spans: Vec<(usize, usize)>,
}

/// The loops along `posts` that are shorter than `limit_m`.
///
/// One loop may lie in another, and a ship that circles crosses her way twice a round. Of loops that
/// share a part of the way the one that closes first is told, of those that one leg closes the
/// shortest; the spans hold them all.
///
/// Legs are entered into a grid as the track is followed, and each is compared with those that went
/// through its cells before it, no longer ago than the limit. With cells as wide as the mean leg is
/// long, that takes time linear in the legs, unless many go through one cell.
///
/// # Reference
///
/// Tu et al., equation (1): legs cross where both shares, α and β, lie in 0 to 1. Parallel ones do
/// not cross: a ship that sails back upon her very track turns sharply, but cuts nothing off.
pub(super) fn loops(posts: &Posts, limit_m: f64, job: &Job) -> Result<Loops, Stopped> {
    let mut found = Found::new(posts, limit_m);
    let mut grid = Grid::new(posts);
    for leg in 0..posts.len().saturating_sub(1) {
        if leg % LEGS == 0 {
            job.go_on()?;
        }
        grid.enter(posts, leg, |earlier| found.compare(earlier, leg));
        found.close(leg);
    }
    Ok(found.loops)
}

/// The loops found so far, and those that the leg closes that is compared with earlier ones.
struct Found<'a> {
    posts: &'a Posts,
    limit_m: f64,
    loops: Loops,
    /// Where on the way the last loop that was told ends.
    free_from_m: f64,
    shortest: Option<Loop>,
    longest: Option<Loop>,
}

impl<'a> Found<'a> {
    fn new(posts: &'a Posts, limit_m: f64) -> Found<'a> {
        let loops = Loops::default();
        Found { posts, limit_m, loops, free_from_m: 0.0, shortest: None, longest: None }
    }

    /// Sees whether `leg` closes a loop with an `earlier` one. False if that is too long ago for
    /// this leg, and so for all that follow.
    fn compare(&mut self, earlier: usize, leg: usize) -> bool {
        let path_m = &self.posts.path_m;
        if path_m[leg] - path_m[earlier + 1] >= self.limit_m {
            return false;
        }
        if earlier + 1 >= leg {
            return true; // A leg and the next meet at a post.
        }
        let line = &self.posts.line;
        let Some((alpha, beta)) = crossing(line, earlier, leg) else { return true };
        let on_way_m =
            |leg: usize, share: f64| path_m[leg] + share * (path_m[leg + 1] - path_m[leg]);
        let opens_m = on_way_m(earlier, alpha);
        let ends_m = on_way_m(leg, beta);
        let length_m = ends_m - opens_m;
        if length_m >= self.limit_m {
            return true;
        }
        let (x, y) = self.posts.way(leg, leg + 1);
        let at = (line.x_m[leg] + beta * x, line.y_m[leg] + beta * y);
        let new = Loop { opens: earlier, closes: leg, length_m, ends_m, at };
        if self.longest.is_none_or(|known| earlier < known.opens) {
            self.longest = Some(new);
        }
        // Where two legs meet on the way, rounding may put the end of a loop before or behind.
        let is_free = opens_m >= self.free_from_m - ROUNDING * self.limit_m;
        if is_free && self.shortest.is_none_or(|known| length_m < known.length_m) {
            self.shortest = Some(new);
        }
        true
    }

    /// Takes over what `leg` closes.
    fn close(&mut self, leg: usize) {
        if let Some(told) = self.shortest.take() {
            self.free_from_m = told.ends_m;
            self.loops.told.push(told);
        }
        if let Some(longest) = self.longest.take() {
            self.loops.spans.push((longest.opens, leg));
        }
    }
}

/// The shares α of leg `first` and β of leg `second` where these cross.
pub(super) fn crossing(line: &Line, first: usize, second: usize) -> Option<(f64, f64)> {
    let way = |leg: usize| (line.x_m[leg + 1] - line.x_m[leg], line.y_m[leg + 1] - line.y_m[leg]);
    let cross = |a: (f64, f64), b: (f64, f64)| a.0 * b.1 - a.1 * b.0;
    let (a, b) = (way(first), way(second));
    let between = (line.x_m[second] - line.x_m[first], line.y_m[second] - line.y_m[first]);
    let det = cross(a, b);
    if det.abs() <= ROUNDING * a.0.hypot(a.1) * b.0.hypot(b.1) {
        return None;
    }
    let (alpha, beta) = (cross(between, b) / det, cross(between, a) / det);
    let is_share = |share: f64| (-ROUNDING..=1.0 + ROUNDING).contains(&share);
    (is_share(alpha) && is_share(beta)).then(|| (alpha.clamp(0.0, 1.0), beta.clamp(0.0, 1.0)))
}

/// Which legs go through which cells of the plane: a list for each cell, newest first.
pub(super) struct Grid {
    cell_m: f64,
    /// The newest entry of each cell.
    newest: FxHashMap<(i64, i64), u32>,
    /// The leg of each entry, and the entry before it in the same cell.
    entries: Vec<(u32, u32)>,
}

/// No entry.
const NONE: u32 = u32::MAX;

impl Grid {
    pub fn new(posts: &Posts) -> Grid {
        let legs = posts.len().saturating_sub(1).max(1);
        let mean_m = posts.path_m.last().copied().unwrap_or_default() / legs as f64;
        let newest = FxHashMap::default();
        Grid { cell_m: mean_m.max(1e-3), newest, entries: Vec::with_capacity(3 * legs) }
    }

    /// Gives `visit` every leg that was entered into a cell of `leg`, newest first and some more
    /// than once, until it says that this is enough for the cell; and enters `leg`.
    pub fn enter(&mut self, posts: &Posts, leg: usize, mut visit: impl FnMut(usize) -> bool) {
        let Grid { cell_m, newest, entries } = self;
        cells(&posts.line, leg, *cell_m, |cell| {
            let head = newest.entry(cell).or_insert(NONE);
            let mut next = *head;
            while let Some((earlier, before)) = entries.get(next as usize) {
                if !visit(*earlier as usize) {
                    break;
                }
                next = *before;
            }
            entries.push((leg as u32, *head));
            *head = entries.len() as u32 - 1;
        });
    }
}

/// The cells that `leg` goes through, and with a little room for rounding those that it touches.
fn cells(line: &Line, leg: usize, cell_m: f64, mut each: impl FnMut((i64, i64))) {
    // In cells; columns from west to east.
    let scaled = |at: usize| (line.x_m[at] / cell_m, line.y_m[at] / cell_m);
    let (mut from, mut to) = (scaled(leg), scaled(leg + 1));
    if from.0 > to.0 {
        (from, to) = (to, from);
    }
    let room = 1e-6;
    let floor = |x: f64| x.floor() as i64;
    let rise = (to.1 - from.1) / (to.0 - from.0);
    for column in floor(from.0 - room)..=floor(to.0 + room) {
        // What of the leg lies in this column; all of a leg that goes north.
        let y_at = |x: f64| from.1 + rise * (x.clamp(from.0, to.0) - from.0);
        let (a, b) = if rise.abs() < STEEP {
            (y_at(column as f64 - room), y_at(column as f64 + 1.0 + room))
        } else {
            (from.1, to.1)
        };
        for row in floor(a.min(b) - room)..=floor(a.max(b) + room) {
            each((column, row));
        }
    }
}
