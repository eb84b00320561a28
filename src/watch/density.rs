//! Density: how long ships are in each cell of a grid, and how often they pass it.

mod params;
#[cfg(test)]
mod tests;
mod window;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use params::DensityParams;

use self::window::Window;
use super::grid::{Cell, Grid};
use crate::ais::{Fleet, NavStatus, ShipKind};
use crate::base::geo::{Position, short_distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::units::{kn_from_mps, mps_from_kn, s_from_ms};

/// Milliseconds in an hour.
const HOUR_MS: f64 = 3_600_000.0;

/// How long ships were in each cell of a grid, and how often they passed it.
#[derive(Clone, PartialEq, Debug)]
pub struct Density {
    // Invariant: one of each a cell of the grid.
    grid: Grid,
    ship_ms: Vec<u64>,
    transits: Vec<u32>,
    shares: Shares,
}

/// Milliseconds in all cells, by what they can be told apart by.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Shares {
    by_kind: [u64; ShipKind::ALL.len()],
    by_hour: [u64; 24],
}

/// What two densities differ by, cell by cell: the later less the earlier.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    /// The grid of both.
    pub grid: Grid,
    /// Ship-hours for each square kilometer and day.
    pub hours_km2_day: Vec<f64>,
    /// Transits for each day.
    pub transits_day: Vec<f64>,
}

impl Density {
    /// The grid.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// Hours that all ships together were in a cell.
    pub fn ship_hours(&self, cell: Cell) -> f64 {
        self.ship_ms[self.grid.index(cell)] as f64 / HOUR_MS
    }

    /// The same for each square kilometer of it.
    pub fn hours_km2(&self, cell: Cell) -> f64 {
        self.ship_hours(cell) / self.grid.area_km2(cell)
    }

    /// How often a ship came into a cell; one that comes again within
    /// [`DensityParams::return_min`] did not leave.
    pub fn transits(&self, cell: Cell) -> u32 {
        self.transits[self.grid.index(cell)]
    }

    /// The cells where any ship was, row by row from the south-west.
    pub fn cells(&self) -> impl Iterator<Item = Cell> {
        let is_used = |index: &usize| self.ship_ms[*index] > 0 || self.transits[*index] > 0;
        (0..self.ship_ms.len()).filter(is_used).map(|index| self.grid.cell(index))
    }

    /// Hours of all ships in all cells.
    pub fn total_hours(&self) -> f64 {
        self.ship_ms.iter().sum::<u64>() as f64 / HOUR_MS
    }

    /// The same by the kind of ship, in the order of [`ShipKind::ALL`].
    pub fn hours_by_kind(&self) -> [f64; ShipKind::ALL.len()] {
        self.shares.by_kind.map(|ms| ms as f64 / HOUR_MS)
    }

    /// The same by the hour of the day, UTC.
    pub fn hours_by_hour(&self) -> [f64; 24] {
        self.shares.by_hour.map(|ms| ms as f64 / HOUR_MS)
    }

    /// How `later` differs from this, in figures of a day: this one is of `days`, the other of
    /// `later_days`, so that periods of different length compare. `None` where the grids are not the
    /// same, or a period has no length.
    pub fn change_to(&self, later: &Density, days: f64, later_days: f64) -> Option<Change> {
        if self.grid != later.grid || days <= 0.0 || later_days <= 0.0 {
            return None;
        }
        let cells = 0..self.ship_ms.len();
        let hours = |density: &Density, index: usize, days: f64| {
            density.hours_km2(density.grid.cell(index)) / days
        };
        let hours_km2_day = cells
            .clone()
            .map(|index| hours(later, index, later_days) - hours(self, index, days))
            .collect();
        let transits_day = cells
            .map(|index| {
                f64::from(later.transits[index]) / later_days
                    - f64::from(self.transits[index]) / days
            })
            .collect();
        Some(Change { grid: self.grid.clone(), hours_km2_day, transits_day })
    }
}

/// The density of the ships of `fleet` on `grid` within `window_ms` (first and last, UTC
/// milliseconds), or at any time.
///
/// A ship sails evenly from report to report, straight in longitude and latitude, and is in each
/// cell for the time its way leads through it; to the millisecond, so that the sum over all cells
/// is the time that all ships were seen. Across silences and jumps she is nowhere. Stations that
/// do not sail are left out.
///
/// Takes time linear in the number of reports and of cells passed, on all cores: a second
/// for ten million reports on two. Times and counts are whole numbers, so that threads change nothing.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn density(
    fleet: &Fleet,
    grid: &Grid,
    window_ms: Option<(i64, i64)>,
    params: &Checked<DensityParams>,
    job: &Job,
) -> Result<Density, Stopped> {
    let window = Window::new(window_ms, params);
    let kinds = params.read_kinds();
    let counts = Counts {
        grid,
        ship_ms: (0..grid.cells()).map(|_| AtomicU64::new(0)).collect(),
        transits: (0..grid.cells()).map(|_| AtomicU32::new(0)).collect(),
    };
    job.expect(fleet.reports().len());
    let shares = (0..fleet.vessels().len())
        .into_par_iter()
        .map(|ship| {
            let mut shares = Shares::default();
            let vessel = &fleet.vessels()[ship];
            if vessel.class().may_sail() && kinds.has(vessel.kind()) {
                count_ship(fleet, ship, &counts, &window, params, &mut shares);
            }
            job.advance(fleet.range(ship).len())?;
            Ok::<Shares, Stopped>(shares)
        })
        .try_reduce(Shares::default, |a, b| Ok(a.plus(&b)))?;
    let Counts { ship_ms, transits, .. } = counts;
    Ok(Density {
        grid: grid.clone(),
        ship_ms: ship_ms.into_iter().map(AtomicU64::into_inner).collect(),
        transits: transits.into_iter().map(AtomicU32::into_inner).collect(),
        shares,
    })
}

impl Shares {
    fn plus(mut self, other: &Shares) -> Shares {
        self.by_kind.iter_mut().zip(other.by_kind).for_each(|(sum, ms)| *sum += ms);
        self.by_hour.iter_mut().zip(other.by_hour).for_each(|(sum, ms)| *sum += ms);
        self
    }

    /// Counts a stay of a ship of this kind.
    fn add(&mut self, kind: ShipKind, mut from_ms: i64, to_ms: i64) {
        let hour_ms = HOUR_MS as i64;
        self.by_kind[kind as usize] += (to_ms - from_ms) as u64;
        while from_ms < to_ms {
            let hour = from_ms.div_euclid(hour_ms);
            let until_ms = to_ms.min((hour + 1) * hour_ms);
            self.by_hour[hour.rem_euclid(24) as usize] += (until_ms - from_ms) as u64;
            from_ms = until_ms;
        }
    }
}

/// What is counted so far. Whole numbers add up to the same in any order.
struct Counts<'a> {
    grid: &'a Grid,
    ship_ms: Vec<AtomicU64>,
    transits: Vec<AtomicU32>,
}

/// Adds one ship.
fn count_ship(
    fleet: &Fleet,
    ship: usize,
    counts: &Counts<'_>,
    window: &Window,
    params: &DensityParams,
    told: &mut Shares,
) {
    let kind = fleet.vessels()[ship].kind();
    let reports = fleet.reports();
    let return_ms = (params.return_min * 60_000.0) as i64;
    // When the ship was last in each cell.
    let mut last_ms: FxHashMap<u32, i64> = FxHashMap::default();
    let mut here: Option<u32> = None;
    let range = fleet.range(ship);
    for report in range.start..range.end.saturating_sub(1) {
        let (from_ms, to_ms) = (reports.t_ms[report], reports.t_ms[report + 1]);
        let (from, to) = (reports.positions[report], reports.positions[report + 1]);
        let is_known = from.is_valid() && to.is_valid();
        let s = s_from_ms(to_ms - from_ms);
        if !is_known || s <= 0.0 || s > 60.0 * params.silence_min {
            continue;
        }
        // Positions are good to some 10 m: over a second, that is no jump.
        let sailed_m = short_distance_m(from, to);
        if sailed_m > mps_from_kn(params.jump_kn) * s + 50.0 {
            continue;
        }
        let told_kn = f64::from(reports.sog_kn[report]);
        let sog_kn = if told_kn.is_finite() { told_kn } else { kn_from_mps(sailed_m / s) };
        let lies = [NavStatus(1), NavStatus(5)].contains(&reports.status[report]);
        if sog_kn < params.least_kn || !params.counts_lying && lies {
            continue;
        }
        for (part_from_ms, part_to_ms) in window.parts(from_ms, to_ms) {
            let share = |t_ms: i64| (t_ms - from_ms) as f64 / (to_ms - from_ms) as f64;
            let shares = (share(part_from_ms), share(part_to_ms));
            let mut done_ms = part_from_ms;
            pass(counts.grid, (from, to), shares, |index, until| {
                let until_ms = from_ms + (until * (to_ms - from_ms) as f64).round() as i64;
                let until_ms = until_ms.clamp(done_ms, part_to_ms);
                if let Some(index) = index {
                    told.add(kind, done_ms, until_ms);
                    counts.ship_ms[index as usize].fetch_add((until_ms - done_ms) as u64, Relaxed);
                    let is_new = here != Some(index)
                        && last_ms.get(&index).is_none_or(|last| done_ms - last > return_ms);
                    if is_new {
                        counts.transits[index as usize].fetch_add(1, Relaxed);
                    }
                    if here != Some(index)
                        && let Some(left) = here
                    {
                        last_ms.insert(left, done_ms);
                    }
                    here = Some(index);
                } else if let Some(left) = here.take() {
                    last_ms.insert(left, done_ms);
                }
                done_ms = until_ms;
            });
        }
    }
}

/// Tells `each` the cells of a way in their order, by number, or none beside the grid; with the
/// share of the way at which it leaves the cell. Only the part of the way between two shares.
fn pass(
    grid: &Grid,
    (from, to): (Position, Position),
    (first, last): (f64, f64),
    mut each: impl FnMut(Option<u32>, f64),
) {
    let around = grid.around_columns();
    let ((x0, y0), (mut x1, y1)) = (grid.xy(from), grid.xy(to));
    // The short way round.
    if x1 - x0 > 0.5 * around {
        x1 -= around;
    } else if x0 - x1 > 0.5 * around {
        x1 += around;
    }
    let (dx, dy) = (x1 - x0, y1 - y0);
    let index_at = |x: f64, y: f64| {
        let x = if x < 0.0 {
            x + around
        } else if x >= around {
            x - around
        } else {
            x
        };
        grid.cell_at(x, y).map(|cell| grid.index(cell) as u32)
    };
    let at = |share: f64| (x0 + share * dx, y0 + share * dy);
    let (begin, end) = (at(first), at(last));
    if begin.0.floor() == end.0.floor() && begin.1.floor() == end.1.floor() {
        return each(index_at(begin.0, begin.1), last);
    }
    let mut share = first;
    let (mut column, mut row) = (begin.0.floor(), begin.1.floor());
    // The share at which the way leaves the column, or the row, it is in.
    let leaves = |x0: f64, dx: f64, cell: f64| match dx {
        dx if dx > 0.0 => (cell + 1.0 - x0) / dx,
        dx if dx < 0.0 => (cell - x0) / dx,
        _ => f64::INFINITY,
    };
    loop {
        let (by_column, by_row) = (leaves(x0, dx, column), leaves(y0, dy, row));
        let next = by_column.min(by_row).max(share);
        // Middles of cells, so that rounding on an edge names no neighbor.
        let index = index_at(column + 0.5, row + 0.5);
        if next >= last {
            return each(index, last);
        }
        // A way that begins on an edge is not in the cell behind it.
        if next > share {
            each(index, next);
        }
        share = next;
        if by_column <= by_row {
            column += dx.signum();
        } else {
            row += dy.signum();
        }
    }
}
