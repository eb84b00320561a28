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
        return Err(Stopped::Failed(format!(
            "{found} are more than the map can draw; filter them"
        )));
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
        self.levels.iter().map(|level| level.tree.bytes() + level.near.bytes()).sum()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Ending, Report, Vessel};
    use crate::base::geo::{Position, distance_m};
    use crate::ui::map::view::position_from_mercator;

    /// `n` reports ten seconds and 0.001 degrees of longitude apart.
    fn track(n: usize) -> Vec<Report> {
        let at = |i: usize| Report {
            sog_kn: 12.0,
            cog_deg: 90.0,
            ..Report::at(i as i64 * 10_000, Position::new(10.0 + i as f64 * 0.001, 57.0))
        };
        (0..n).map(at).collect()
    }

    fn trip(vessel: usize, reports: Range<usize>) -> Trip {
        Trip { vessel, reports, length_m: 1.0, begins: Ending::Track, ends: Ending::Track }
    }

    fn made(fleet: &Fleet, trips: &[Trip]) -> Geometry {
        geometry(fleet, trips, &Job::default()).unwrap()
    }

    fn firsts(geometry: &Geometry) -> Vec<usize> {
        let vertices = &geometry.levels()[0].vertices;
        (0..vertices.len()).filter(|index| vertices[*index].is_first()).collect()
    }

    #[test]
    fn every_report_is_a_vertex_of_16_bytes_where_it_was() {
        let fleet =
            Fleet::from_tracks(vec![(Vessel::default(), track(10)), (Vessel::default(), track(5))]);
        let geometry = made(&fleet, &[trip(0, 0..10), trip(1, 10..15)]);
        assert_eq!((geometry.n_reports(), geometry.gpu_bytes()), (15, 15 * 16));
        for (index, vertex) in geometry.levels()[0].vertices.iter().enumerate() {
            let report = fleet.reports().get(index);
            let place = vertex.place().map(|part| f64::from(part) / f64::from(WORLD));
            assert!(distance_m(position_from_mercator(place), report.position) < 0.02);
            assert_eq!(i64::from(vertex.time()) * 1000, report.t_ms);
            assert_eq!(vertex.speed_tenths(), Some(120));
        }
    }

    #[test]
    fn no_leg_joins_two_trips_or_two_vessels() {
        let fleet =
            Fleet::from_tracks(vec![(Vessel::default(), track(10)), (Vessel::default(), track(5))]);
        let geometry = made(&fleet, &[trip(0, 0..4), trip(0, 4..10), trip(1, 10..15)]);
        assert_eq!(firsts(&geometry), [0, 4, 10]);
        let slots = geometry.slots();
        assert_eq!(slots.len(), 3);
        assert_eq!((slots[1].vessel, slots[1].trip, slots[1].reports.clone()), (0, Some(1), 4..10));
        assert_eq!(geometry.slot_of_trip(2), 2);
    }

    #[test]
    fn reports_outside_of_trips_have_their_vessels_own_slot() {
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), track(10))]);
        let geometry = made(&fleet, &[trip(0, 2..4), trip(0, 7..9)]);
        let of: Vec<u32> = geometry.levels()[0].vertices.iter().map(Vertex::slot).collect();
        assert_eq!(of, [0, 0, 1, 1, 0, 0, 0, 2, 2, 0]);
        assert_eq!((geometry.slots()[0].trip, geometry.slots()[0].reports.clone()), (None, 0..10));
        assert_eq!(firsts(&geometry), [0, 2, 4, 7, 9]);
        assert!(geometry.levels()[0].vertices[9].is_alone());
        assert!(!geometry.levels()[0].vertices[7].is_alone());
    }

    #[test]
    fn trips_may_come_in_any_order() {
        let fleet =
            Fleet::from_tracks(vec![(Vessel::default(), track(10)), (Vessel::default(), track(5))]);
        let geometry = made(&fleet, &[trip(1, 10..15), trip(0, 4..10), trip(0, 0..4)]);
        assert_eq!((0..3).map(|index| geometry.slot_of_trip(index)).collect::<Vec<_>>(), [2, 1, 0]);
    }

    #[test]
    fn outside_of_trips_silence_and_missing_places_end_a_line() {
        let mut reports = track(12);
        reports[6..].iter_mut().for_each(|report| report.t_ms += 31 * 60_000);
        reports[3].position = Position::new(f64::NAN, f64::NAN);
        let geometry = made(&Fleet::from_tracks(vec![(Vessel::default(), reports)]), &[]);
        assert_eq!(firsts(&geometry), [0, 3, 4, 6]);
        assert!(geometry.levels()[0].vertices[3].is_nowhere());
    }

    #[test]
    fn afar_there_are_fewer_vertices_and_at_most_twice_as_many_in_all() {
        let vessels = (0..30).map(|_| (Vessel::default(), track(3_000))).collect();
        let fleet = Fleet::from_tracks(vessels);
        let trips: Vec<Trip> = (0..30).map(|i| trip(i, i * 3_000..(i + 1) * 3_000)).collect();
        let geometry = made(&fleet, &trips);
        let counts: Vec<usize> =
            geometry.levels().iter().map(|level| level.vertices.len()).collect();
        assert!(
            counts.len() > 1 && counts.windows(2).all(|pair| pair[1] * 2 <= pair[0]),
            "{counts:?}"
        );
        assert!(geometry.gpu_bytes() <= 32 * geometry.n_reports());
        assert!(geometry.index_bytes() <= 5 * geometry.n_reports(), "{}", geometry.index_bytes());
        assert!(geometry.levels().iter().all(|level| {
            level.vertices.iter().filter(|vertex| vertex.is_first()).count() == 30
        }));
    }

    #[test]
    fn nothing_and_a_single_report_have_a_geometry_too() {
        assert_eq!(made(&Fleet::default(), &[]).n_reports(), 0);
        let one = made(&Fleet::from_tracks(vec![(Vessel::default(), track(1))]), &[]);
        assert!(one.levels()[0].vertices[0].is_alone());
        assert_eq!((one.usual_leg(), one.slots().len()), (None, 1));
    }

    #[test]
    fn a_cancelled_job_gives_no_geometry() {
        let job = Job::default();
        job.cancel();
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), track(10))]);
        assert_eq!(geometry(&fleet, &[], &job).err(), Some(Stopped::Cancelled));
    }
}
