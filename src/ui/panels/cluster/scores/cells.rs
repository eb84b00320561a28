//! Where the cells of a map lie: each pair at its own eps, up to halfway to the next.

use crate::cluster::Sweep;
use crate::ui::plot::Scale;

/// From this ratio of the largest to the least eps on, the axis is one of powers of ten.
const WIDE: f64 = 5.0;

/// The cell of one pair, in coordinates of the axis of eps.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cell {
    /// Its row of the sweep.
    pub row: usize,
    /// Its `MinPts`.
    pub min_trips: usize,
    /// Its left edge.
    pub from: f64,
    /// Its right edge.
    pub to: f64,
}

/// The cells of all pairs.
#[derive(Clone, PartialEq, Debug)]
pub struct Cells {
    /// How the axis of eps is made.
    pub scale: Scale,
    /// The ends of the axis of eps, as coordinates.
    pub bounds: (f64, f64),
    /// The least and the greatest `MinPts`.
    pub min_trips: (usize, usize),
    /// By `MinPts`, then by eps.
    pub all: Vec<Cell>,
}

impl Cells {
    /// The cells of `sweep`; none if nothing was tried.
    pub fn of(sweep: &Sweep) -> Option<Cells> {
        let rows = &sweep.rows;
        let all_eps = || rows.iter().map(|row| f64::from(row.eps));
        let (least, largest) =
            (all_eps().fold(f64::INFINITY, f64::min), all_eps().fold(0.0, f64::max));
        let is_wide = least > 0.0 && largest > WIDE * least;
        let scale = if is_wide { Scale::Log10 } else { Scale::Linear };
        let min_trips = (
            rows.iter().map(|row| row.min_trips).min()?,
            rows.iter().map(|row| row.min_trips).max()?,
        );
        let mut cells = Cells { scale, bounds: (0.0, 1.0), min_trips, all: Vec::new() };
        let mut first = 0;
        for run in rows.chunk_by(|a, b| a.min_trips == b.min_trips) {
            let at: Vec<f64> = run.iter().map(|row| cells.coordinate(row.eps.into())).collect();
            for (place, row) in run.iter().enumerate() {
                let (from, to) = reach(&at, place);
                let (row, min_trips) = (first + place, row.min_trips);
                cells.all.push(Cell { row, min_trips, from, to });
            }
            first += run.len();
        }
        // Cells of a single eps have the width of what there is, or any.
        let ends = |cells: &[Cell]| {
            let low = cells.iter().map(|cell| cell.from).fold(f64::INFINITY, f64::min);
            let high = cells.iter().map(|cell| cell.to).fold(f64::NEG_INFINITY, f64::max);
            (low, high)
        };
        let (low, high) = ends(&cells.all);
        let half = if high > low { 0.02 * (high - low) } else { 0.02 * low.abs().max(1e-6) };
        for cell in cells.all.iter_mut().filter(|cell| cell.from == cell.to) {
            (cell.from, cell.to) = (cell.from - half, cell.to + half);
        }
        cells.bounds = ends(&cells.all);
        Some(cells)
    }

    /// Where an eps lies on the axis.
    pub fn coordinate(&self, eps: f64) -> f64 {
        match self.scale {
            Scale::Linear => eps,
            Scale::Log10 => eps.max(f64::MIN_POSITIVE).log10(),
        }
    }

    /// The cell at a place of the plot.
    pub fn at(&self, x: f64, y: f64) -> Option<&Cell> {
        self.all.iter().find(|cell| {
            (cell.from..cell.to).contains(&x) && (cell.min_trips as f64 - y).abs() <= 0.5
        })
    }
}

/// From halfway to the one before to halfway to the next; the outermost as far out as in.
fn reach(at: &[f64], place: usize) -> (f64, f64) {
    let here = at[place];
    let before = place.checked_sub(1).map(|before| (here - at[before]) / 2.0);
    let after = at.get(place + 1).map(|after| (after - here) / 2.0);
    let (down, up) = (before.or(after).unwrap_or(0.0), after.or(before).unwrap_or(0.0));
    (here - down, here + up)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::sweep::Row;

    fn sweep(pairs: &[(usize, f32)]) -> Sweep {
        let row = |(min_trips, eps): &(usize, f32)| Row {
            eps: *eps,
            min_trips: *min_trips,
            clusters: 2,
            noise: 0,
            sc: None,
            ch: None,
            db: None,
            scch: None,
            score: None,
        };
        Sweep { rows: pairs.iter().map(row).collect(), best: None }
    }

    #[test]
    fn cells_meet_halfway_between_the_eps_of_their_own_row() {
        let cells =
            Cells::of(&sweep(&[(2, 10.0), (2, 12.0), (2, 16.0), (3, 11.0), (3, 13.0)])).unwrap();
        assert_eq!((cells.scale, cells.min_trips), (Scale::Linear, (2, 3)));
        let edges: Vec<(f64, f64)> = cells.all.iter().map(|cell| (cell.from, cell.to)).collect();
        assert_eq!(edges, [(9.0, 11.0), (11.0, 14.0), (14.0, 18.0), (10.0, 12.0), (12.0, 14.0)]);
        assert_eq!(cells.bounds, (9.0, 18.0));
    }

    #[test]
    fn a_wide_range_has_an_axis_of_powers_of_ten_and_zero_never() {
        let cells = Cells::of(&sweep(&[(2, 1.0), (2, 100.0)])).unwrap();
        assert_eq!((cells.scale, cells.bounds), (Scale::Log10, (-1.0, 3.0)));
        assert_eq!(Cells::of(&sweep(&[(2, 0.0), (2, 100.0)])).unwrap().scale, Scale::Linear);
    }

    #[test]
    fn the_cell_under_the_pointer_is_found_and_none_beside_the_row() {
        let cells = Cells::of(&sweep(&[(2, 10.0), (2, 12.0), (3, 20.0), (3, 22.0)])).unwrap();
        let at = |x, y| cells.at(x, y).map(|cell| cell.row);
        assert_eq!((at(11.5, 2.2), at(21.5, 2.6), at(21.5, 2.2)), (Some(1), Some(3), None));
    }

    #[test]
    fn nothing_tried_and_a_single_eps_are_fine() {
        assert_eq!(Cells::of(&sweep(&[])), None);
        let cells = Cells::of(&sweep(&[(2, 5.0)])).unwrap();
        assert!(cells.bounds.0 < 5.0 && cells.bounds.1 > 5.0, "{cells:?}");
        assert!(Cells::of(&sweep(&[(2, 0.0)])).unwrap().bounds.1 > 0.0);
    }
}
