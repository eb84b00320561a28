//! Reports as the map draws them: packed vertices of 16 bytes, thinned out for views from afar, with
//! boxes around their pieces for culling and picking.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::levels::{Level, choose, levels};
use super::vertex::{Clock, SLOTS_MAX, Vertex, WORLD, d_x, fixed};
use super::view::View;
use crate::ais::{Fleet, Reports, ShipKind, Trip};
use crate::base::job::{Job, Stopped};

/// Outside of trips, no leg is drawn over a longer silence.
const SILENCE_MS: i64 = 30 * 60_000;

/// Vertices made at a time.
const CHUNK: usize = 1 << 16;

/// From how many legs the usual length of a leg is taken.
const SAMPLE: usize = 4096;

/// What the map draws of a fleet and its trips. Made off the UI thread by [`geometry`].
#[derive(Clone, Debug)]
pub struct Geometry {
    // Invariants: the first level is whole, so a report's index is its vertex's; each vertex's slot
    // is one of `slots`.
    levels: Vec<Level>,
    slots: Arc<[Slot]>,
    trip_slots: Vec<u32>,
    clock: Clock,
    time_span_ms: Option<(i64, i64)>,
    leg: Option<u32>,
}

/// One line of the small table that says how each trip looks: a trip, or what a vessel reported
/// outside of trips.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slot {
    /// Index of the vessel in its fleet.
    pub vessel: u32,
    /// Index of the trip, or `None` for the vessel's reports outside of trips.
    pub trip: Option<u32>,
    /// The vessel's ship type, as an index into [`ShipKind::ALL`].
    pub kind: u8,
    /// Its reports, as indices into the fleet's. Outside of trips: all that the vessel has, those
    /// of its trips among them.
    pub reports: Range<u32>,
}

/// Packs all reports of `fleet`, of which `trips` are pieces, and thins them out for views from
/// afar. A leg between trips is none. Outside of trips, legs end where there is silence for half an
/// hour. Time linear in the number of reports, on all cores.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled; [`Stopped::Failed`] if there are more than
/// four million trips and vessels, or four billion reports.
///
/// # Panics
///
/// If `trips` are of another fleet.
pub fn geometry(fleet: &Fleet, trips: &[Trip], job: &Job) -> Result<Geometry, Stopped> {
    let n = fleet.reports().len();
    job.expect(n);
    let (slots, trip_slots, runs) = runs(fleet, trips);
    if slots.len() >= SLOTS_MAX as usize || u32::try_from(n).is_err() {
        let found = format!("{} trips and vessels with {n} reports", slots.len());
        return Err(Stopped::Failed(format!("{found} are more than the map can draw; filter them")));
    }
    let time_span_ms = fleet.time_span_ms();
    let clock = Clock::new(time_span_ms.unwrap_or((0, 0)));
    let mut vertices = vec![Vertex::default(); n];
    vertices.par_chunks_mut(CHUNK).enumerate().try_for_each(|(chunk, vertices)| {
        fill(vertices, chunk * CHUNK, fleet.reports(), &runs, clock);
        job.advance(vertices.len())
    })?;
    let leg = usual_leg(&vertices);
    let levels = levels(vertices, job)?;
    Ok(Geometry { levels, slots: slots.into(), trip_slots, clock, time_span_ms, leg })
}

impl Geometry {
    /// The lines of the table of looks, by rising vessel.
    pub fn slots(&self) -> &Arc<[Slot]> {
        &self.slots
    }

    /// Which line of the table is that of trip `index`.
    pub fn slot_of_trip(&self, index: usize) -> u32 {
        self.trip_slots[index]
    }

    /// From all reports to the fewest.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// Which level to draw when a unit is so many pixels long.
    pub fn level_at(&self, px_per_unit: f64) -> usize {
        choose(self.levels.iter().map(|level| level.tolerance), px_per_unit)
    }

    /// How times are counted in vertices.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// How many reports there are.
    pub fn n_reports(&self) -> usize {
        self.levels[0].vertices.len()
    }

    /// Bytes of all vertices on the GPU, the thinned out ones included.
    pub fn gpu_bytes(&self) -> usize {
        self.levels.iter().map(|level| size_of_val(&*level.vertices)).sum()
    }

    /// Bytes of the boxes by which legs are found.
    pub fn index_bytes(&self) -> usize {
        self.levels.iter().map(|level| level.tree.bytes()).sum()
    }

    /// First and last time, UTC milliseconds.
    pub fn time_span_ms(&self) -> Option<(i64, i64)> {
        self.time_span_ms
    }

    /// The usual length of a leg of a ship that moves, in units; `None` where there are no legs.
    pub fn usual_leg(&self) -> Option<u32> {
        self.leg
    }
}

/// Screen points to a unit.
pub fn px_per_unit(view: &View) -> f64 {
    view.world_px / f64::from(WORLD)
}

/// Reports in a row that share a slot.
struct Run {
    start: usize,
    slot: u32,
    is_trip: bool,
}

/// The slots, the slot of each trip, and who has which reports.
fn runs(fleet: &Fleet, trips: &[Trip]) -> (Vec<Slot>, Vec<u32>, Vec<Run>) {
    let mut order: Vec<u32> = (0..trips.len() as u32).collect();
    order.sort_by_key(|trip| trips[*trip as usize].reports.start); // Linear if sorted already.
    let mut trip_slots = vec![0; trips.len()];
    let mut slots = Vec::with_capacity(trips.len() + fleet.vessels().len());
    let mut runs = Vec::with_capacity(2 * trips.len() + fleet.vessels().len());
    let mut left = order.as_slice();
    for (index, vessel) in fleet.vessels().iter().enumerate() {
        let range = fleet.range(index);
        let n_own = left.partition_point(|trip| trips[*trip as usize].reports.start < range.end);
        let (own, after) = left.split_at(n_own);
        left = after;
        let kind = ShipKind::ALL.iter().position(|kind| *kind == vessel.kind()).unwrap_or(0) as u8;
        let mut slot = |trip: Option<u32>, reports: &Range<usize>| {
            let reports = reports.start as u32..reports.end as u32;
            slots.push(Slot { vessel: index as u32, trip, kind, reports });
            slots.len() as u32 - 1
        };
        let n_of_trips: usize = own.iter().map(|trip| trips[*trip as usize].reports.len()).sum();
        let rest = (n_of_trips < range.len()).then(|| slot(None, &range));
        let mut at = range.start;
        for trip in own {
            let reports = &trips[*trip as usize].reports;
            if let Some(rest) = rest.filter(|_| at < reports.start) {
                runs.push(Run { start: at, slot: rest, is_trip: false });
            }
            let slot = slot(Some(*trip), reports);
            trip_slots[*trip as usize] = slot;
            runs.push(Run { start: reports.start, slot, is_trip: true });
            at = reports.end;
        }
        if let Some(rest) = rest.filter(|_| at < range.end) {
            runs.push(Run { start: at, slot: rest, is_trip: false });
        }
    }
    assert!(left.is_empty(), "the trips are of this fleet");
    (slots, trip_slots, runs)
}

/// Packs the reports from `first` on.
fn fill(vertices: &mut [Vertex], first: usize, reports: &Reports, runs: &[Run], clock: Clock) {
    let has_place = |index: usize| reports.positions[index].is_valid();
    let mut at = runs.partition_point(|run| run.start <= first) - 1;
    for (index, vertex) in (first..).zip(vertices) {
        let time = clock.time(reports.t_ms[index]);
        let end = |at: usize| runs.get(at + 1).map_or(reports.len(), |next| next.start);
        if index == end(at) {
            at += 1;
        }
        if !has_place(index) {
            *vertex = Vertex::nowhere(time);
            continue;
        }
        let run = &runs[at];
        let is_silent = |index: usize| reports.t_ms[index] - reports.t_ms[index - 1] > SILENCE_MS;
        let is_cut = |index: usize| {
            index == run.start || !has_place(index - 1) || !run.is_trip && is_silent(index)
        };
        let place = fixed(reports.positions[index]);
        let packed =
            Vertex::new(place, time, run.slot, reports.sog_kn[index], reports.cog_deg[index]);
        *vertex = if is_cut(index) {
            let next = index + 1;
            packed.first(next == end(at) || !has_place(next) || is_cut(next))
        } else {
            packed
        };
    }
}

/// The median length of a sample of the legs longer than 20 m.
fn usual_leg(vertices: &[Vertex]) -> Option<u32> {
    let length = |pair: &[Vertex]| {
        let ([x_from, y_from], [x, y]) = (pair[0].place(), pair[1].place());
        d_x(x_from, x).unsigned_abs().max(y_from.abs_diff(y))
    };
    let mut lengths: Vec<u32> = vertices
        .windows(2)
        .step_by(vertices.len() / SAMPLE + 1)
        .filter(|pair| !pair[1].is_first())
        .map(length)
        .filter(|length| *length > 1_000)
        .collect();
    let middle = lengths.len() / 2;
    (!lengths.is_empty()).then(|| *lengths.select_nth_unstable(middle).1)
}
