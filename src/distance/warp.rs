//! The kernels behind discrete Fréchet and dynamic time warping: one path against up to sixteen
//! others, each in a lane of its own.
//!
//! A cell of either table waits for its neighbor in the same row, so one table alone leaves most of
//! a register idle; sixteen tables of the same row do not wait for each other. One row is kept. A
//! shorter path repeats its last point to the length of the longest beside it, and its answer is
//! read from its own last column: whoever calls puts paths of like length together.
#![expect(clippy::inline_always, reason = "code takes its caller's instruction set only inlined")]

use super::legs::{LANES, View};
use super::nearest::{arc_m, fma, least, most};
use crate::base::geo::EARTH_RADIUS_M;

const RADIUS_M: f32 = EARTH_RADIUS_M as f32;

/// Chords up to half the radius of the globe are short enough for [`short_arc_m`].
pub(super) const SHORT_CHORD2: f32 = 0.25 * RADIUS_M * RADIUS_M;

/// Which table is filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Table {
    /// The largest distance on the way, as small as can be: discrete Fréchet.
    Largest,
    /// The sum of distances on the way, as small as can be: dynamic time warping.
    Sum,
    /// The same, not leaving a band about the diagonal (Sakoe-Chiba) of so many points of the
    /// longer path either side.
    SumInBand(usize),
}

/// Room that is used again for every table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Point after point of the other paths, a path a lane.
    others: [Vec<[f32; LANES]>; 3],
    /// The row above, turning into the row.
    row: Vec<[f32; LANES]>,
}

/// Fills `out[k]` with the answer of `table` for `a` and `others[k]`, meters.
///
/// # Panics
///
/// If there are more than [`LANES`] others, or not as many as answers.
#[inline(always)]
pub(super) fn warp<const FMA: bool, const SPHERE: bool>(
    table: Table,
    a: &View<'_>,
    others: &[View<'_>],
    rows: &mut Rows,
    out: &mut [f32],
) {
    assert!(others.len() <= LANES && others.len() == out.len(), "a lane and an answer a path");
    let Some(n_most) = others.iter().map(|other| other.n).max() else { return };
    rows.fill::<SPHERE>(others, n_most);
    match (table, SPHERE && a.is_wide) {
        (Table::Largest, _) => {
            sweep::<FMA, SPHERE, false, false, false>(a, others, 0, rows);
        }
        (Table::Sum, false) => sweep::<FMA, SPHERE, true, false, false>(a, others, 0, rows),
        (Table::Sum, true) => sweep::<FMA, SPHERE, true, false, true>(a, others, 0, rows),
        (Table::SumInBand(band), false) => {
            sweep::<FMA, SPHERE, true, true, false>(a, others, band, rows);
        }
        (Table::SumInBand(band), true) => {
            sweep::<FMA, SPHERE, true, true, true>(a, others, band, rows);
        }
    }
    for (lane, (other, out)) in others.iter().zip(out).enumerate() {
        let last = rows.row[other.n - 1][lane];
        *out = match table {
            Table::Largest if SPHERE => arc_m(last),
            Table::Largest => last.sqrt(),
            Table::Sum | Table::SumInBand(_) => last,
        };
    }
}

impl Rows {
    #[inline(always)]
    fn fill<const SPHERE: bool>(&mut self, others: &[View<'_>], n_most: usize) {
        for axis in 0..if SPHERE { 3 } else { 2 } {
            let column = &mut self.others[axis];
            column.clear();
            column.resize(n_most, [0.0; LANES]);
            for lane in 0..LANES {
                // Lanes nobody asked for repeat the first.
                let other = others.get(lane).unwrap_or(&others[0]);
                let own = other.points[axis].as_flattened();
                let last = own[other.n - 1];
                for (at, place) in column.iter_mut().enumerate() {
                    place[lane] = own.get(at).copied().unwrap_or(last);
                }
            }
        }
        self.row.clear();
        self.row.resize(n_most, [f32::INFINITY; LANES]);
    }
}

/// Goes down the table row by row. `SUM` adds up, else the largest counts (of squares); `LONG`
/// turns chords of any length into arcs.
#[inline(always)]
fn sweep<
    const FMA: bool,
    const SPHERE: bool,
    const SUM: bool,
    const BAND: bool,
    const LONG: bool,
>(
    a: &View<'_>,
    others: &[View<'_>],
    band: usize,
    rows: &mut Rows,
) {
    let Rows { others: [x, y, z], row } = rows;
    for index in 0..a.n {
        let at = a.point(index);
        let (mut low, mut high) = ([0.0; LANES], [f32::INFINITY; LANES]);
        let (mut from, mut to) = (0, row.len());
        if BAND {
            (from, to) = band_of(a.n, index, others, band, &mut low, &mut high);
        }
        let mut left = [f32::INFINITY; LANES];
        let mut slant = match from {
            0 if index == 0 => [0.0; LANES],
            0 => left,
            // Taken, not read: where the next row begins at the same column, what lies before it
            // is no longer the row above.
            _ => std::mem::replace(&mut row[from - 1], [f32::INFINITY; LANES]),
        };
        let z = if SPHERE { &z[from..to] } else { &x[from..to] };
        let columns = x[from..to].iter().zip(&y[from..to]).zip(z).zip(from..to);
        for ((((x, y), z), number), place) in columns.zip(&mut row[from..to]) {
            let up = *place;
            for lane in 0..LANES {
                let (dx, dy) = (at[0] - x[lane], at[1] - y[lane]);
                let mut d2 = fma::<FMA>(dx, dx, dy * dy);
                if SPHERE {
                    let dz = at[2] - z[lane];
                    d2 = fma::<FMA>(dz, dz, d2);
                }
                let mut d = match (SUM, SPHERE, LONG) {
                    (false, ..) => d2,
                    (true, false, _) => d2.sqrt(),
                    (true, true, false) => short_arc_m::<FMA>(d2),
                    (true, true, true) => arc_m(d2),
                };
                if BAND {
                    let is_in = number as f32 >= low[lane] && number as f32 <= high[lane];
                    d = if is_in { d } else { f32::INFINITY };
                }
                let before = least(least(up[lane], slant[lane]), left[lane]);
                left[lane] = if SUM { before + d } else { most(before, d) };
            }
            slant = up;
            *place = left;
        }
    }
}

/// The columns that row `index` of `n` may use: from and to for all lanes together, and the first
/// and last of each.
#[inline(always)]
fn band_of(
    n: usize,
    index: usize,
    others: &[View<'_>],
    band: usize,
    low: &mut [f32; LANES],
    high: &mut [f32; LANES],
) -> (usize, usize) {
    let (mut from, mut to) = (usize::MAX, 0);
    for lane in 0..LANES {
        let other = others.get(lane).unwrap_or(&others[0]);
        // |index · (n' − 1) − column · (n − 1)| ≤ band · (the larger of n − 1 and n' − 1)
        let (rows, columns) = (n as i64 - 1, other.n as i64 - 1);
        let (middle, reach) = (index as i64 * columns, band as i64 * rows.max(columns));
        let (first, last) = if rows == 0 {
            (0, columns)
        } else {
            let first = (middle - reach).max(0) as u64;
            let last = (middle + reach) / rows;
            (first.div_ceil(rows as u64) as i64, last.min(columns))
        };
        (low[lane], high[lane]) = (first as f32, last as f32);
        from = from.min(first as usize);
        to = to.max(last as usize + 1);
    }
    (from, to)
}

/// The arc over a squared chord of at most half a radius: the series of the arcsine, true to 1e-7
/// of itself.
#[inline(always)]
fn short_arc_m<const FMA: bool>(chord2: f32) -> f32 {
    let square = chord2 * (0.25 / (RADIUS_M * RADIUS_M));
    let p = fma::<FMA>(square, 35.0 / 1152.0, 5.0 / 112.0);
    let p = fma::<FMA>(square, p, 3.0 / 40.0);
    let p = fma::<FMA>(square, p, 1.0 / 6.0);
    let chord = chord2.sqrt();
    fma::<FMA>(chord * square, p, chord)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_are_those_of_the_arcsine() {
        for share in [0.0, 1e-6, 1e-3, 0.1, 0.3, 0.5, 0.9, 1.3, 1.9, 2.0_f64] {
            let chord_m = share * EARTH_RADIUS_M;
            let exact_m = 2.0 * EARTH_RADIUS_M * (0.5 * share).asin();
            let chord2 = (chord_m * chord_m) as f32;
            // Near the antipode a chord hardly grows with its arc.
            let bound = if share < 1.5 { 1e-6 } else { 1e-3 };
            let off = |m: f32| (f64::from(m) - exact_m).abs();
            assert!(off(arc_m(chord2)) <= bound * exact_m, "{share}");
            if share <= 0.5 {
                assert!(off(short_arc_m::<false>(chord2)) <= 1e-6 * exact_m, "{share}");
            }
        }
    }
}
