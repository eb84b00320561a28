//! Where every ship is at a moment: what playing traffic draws.

use std::hint::black_box;
use std::ops::Range;

use crate::ais::{Fleet, Trip};
use crate::base::angle::wrap_deg;
use crate::base::geo::{EARTH_RADIUS_M, Position};
use crate::base::units::{kn_from_mps, s_from_ms};

/// While a vessel's reports are silent for longer, it is nowhere. Ships at anchor report every three
/// minutes (ITU-R M.1371), and by default a trip ends at a silence as long as this one: a symbol
/// that glided on across it would sail a way that nobody reported.
pub const SILENCE_MS: i64 = 30 * 60_000;

/// The shortest leg that has a course of its own. Positions are good to some 10 m: over this
/// length both ends' errors turn a course by 22 degrees at most.
const COURSE_LEG_M: f64 = 50.0;

/// "No trip", in a column.
const NO_TRIP: u32 = u32::MAX;

/// Vessels at a time whose next reports are read ahead; few enough for these to stay in the cache.
const BLOCK: usize = 128;

/// A ship at a moment.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ShipAt {
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// The trip that [`ShipAt::report_index`] belongs to.
    pub trip: Option<usize>,
    /// Its last report until now, as an index into the fleet's; the last of several at one time.
    pub report_index: usize,
    /// Where it is, on the straight way from that report to the next.
    pub position: Position,
    /// Speed over ground as that report gives it; where it gives none, the speed of the leg. Knots,
    /// not-a-number where neither is known.
    pub sog_kn: f32,
    /// Course of the leg; where that is too short to have one, the reported course over ground,
    /// else the heading. Degrees, not-a-number where none is known.
    pub cog_deg: f32,
}

/// Finds where ships are, quickly where the moments asked for follow each other.
///
/// For each vessel it keeps the leg of the moment asked for last. While the moment stays on that
/// leg a vessel costs a comparison and an interpolation, and one that is nowhere the comparison
/// alone; where it leaves the leg, the next is searched for from there on.
#[derive(Clone, Debug)]
pub struct Moments {
    // Invariant: a vessel's leg holds for every moment of its span; `first_trips` has one entry more
    // than there are vessels; `trips` never overlap and rise.
    spans: Vec<Span>,
    legs: Vec<Leg>,
    trips: Vec<Range<u32>>,
    first_trips: Vec<u32>,
}

/// The time in which nothing changes but the place on the leg: `from_ms <= t < until_ms`.
#[derive(Clone, Copy, Debug)]
struct Span {
    from_ms: i64,
    until_ms: i64,
    is_there: bool,
}

/// The way between two reports, or a stay of an instant.
#[derive(Clone, Copy, Debug)]
struct Leg {
    from: Position,
    d_lon_deg: f64,
    d_lat_deg: f64,
    lasts_ms: f64,
    report: u32,
    trip: u32,
    sog_kn: f32,
    cog_deg: f32,
}

impl Moments {
    /// Begins anywhere. `trips` are of `fleet`, sorted by vessel and time; there may be none.
    ///
    /// # Panics
    ///
    /// If the fleet has more than 2³² reports.
    pub fn new(fleet: &Fleet, trips: &[Trip]) -> Moments {
        let column = |n: usize| u32::try_from(n).expect("a fleet has at most 2^32 reports");
        let first_trip = |vessel| trips.partition_point(|trip| trip.vessel < vessel);
        let n_vessels = fleet.vessels().len();
        let trip_range = |trip: &Trip| column(trip.reports.start)..column(trip.reports.end);
        Moments {
            // Empty spans: the first moment asked for lies in none.
            spans: vec![Span { from_ms: 0, until_ms: 0, is_there: false }; n_vessels],
            legs: (0..n_vessels).map(|vessel| Leg::none(column(fleet.starts()[vessel]))).collect(),
            trips: trips.iter().map(trip_range).collect(),
            first_trips: (0..=n_vessels).map(|vessel| column(first_trip(vessel))).collect(),
        }
    }

    /// Shows `each` every ship of `fleet` that is somewhere at `t_ms`, by rising vessel: from its
    /// first report to its last, both included, but for silences longer than [`SILENCE_MS`].
    ///
    /// # Panics
    ///
    /// If `fleet` is another than the one this was made for and has fewer vessels or reports.
    pub fn at(&mut self, fleet: &Fleet, t_ms: i64, mut each: impl FnMut(ShipAt)) {
        let mut leaving = Vec::with_capacity(BLOCK);
        for first in (0..self.spans.len()).step_by(BLOCK) {
            let block = first..(first + BLOCK).min(self.spans.len());
            leaving.extend(block.clone().filter(|vessel| !self.spans[*vessel].has(t_ms)));
            self.touch(fleet, &leaving);
            for vessel in leaving.drain(..) {
                self.seek(fleet, vessel, t_ms);
            }
            for vessel in block {
                let span = self.spans[vessel];
                if span.is_there {
                    each(self.legs[vessel].at(vessel, t_ms - span.from_ms));
                }
            }
        }
    }

    /// Where one vessel of `fleet` is at `t_ms`, as [`Moments::at`] has it.
    #[inline]
    pub fn vessel_at(&mut self, fleet: &Fleet, vessel: usize, t_ms: i64) -> Option<ShipAt> {
        let mut span = self.spans[vessel];
        if !span.has(t_ms) {
            span = self.seek(fleet, vessel, t_ms);
        }
        span.is_there.then(|| self.legs[vessel].at(vessel, t_ms - span.from_ms))
    }

    /// Reads what the next legs of `vessels` are made of, and drops it. One vessel's reports lie far
    /// from the next one's, and a search waits for each in turn; reads that nothing depends on are
    /// answered together, and the searches then find all in the cache.
    fn touch(&self, fleet: &Fleet, vessels: &[usize]) {
        let reports = fleet.reports();
        let next_bits = |vessel: usize| {
            let next = self.legs[vessel].report as usize + 1;
            let pair = [next, next + 1].map(|report| {
                let time = reports.t_ms.get(report).map_or(0, |t_ms| *t_ms as u64);
                let place = reports.positions.get(report).map_or(0, |at| at.lon_deg.to_bits());
                time ^ place
            });
            let motion = [&reports.sog_kn, &reports.cog_deg]
                .map(|column| column.get(next).map_or(0, |number| number.to_bits()));
            pair[0] ^ pair[1] ^ u64::from(motion[0] ^ motion[1])
        };
        black_box(vessels.iter().fold(0, |bits, vessel| bits ^ next_bits(*vessel)));
    }

    /// Finds the span and the leg of `t_ms`, and keeps them.
    fn seek(&mut self, fleet: &Fleet, vessel: usize, t_ms: i64) -> Span {
        let likely = self.legs[vessel].report as usize - fleet.range(vessel).start + 1;
        let (span, leg) = find(fleet, vessel, t_ms, likely, |report| self.trip_of(vessel, report));
        (self.spans[vessel], self.legs[vessel]) = (span, leg);
        span
    }

    /// The trip of `vessel` that has `report`: most often the one it was on.
    fn trip_of(&self, vessel: usize, report: u32) -> u32 {
        let has_it = |trip: usize| self.trips.get(trip).is_some_and(|own| own.contains(&report));
        let likely = self.legs[vessel].trip;
        if has_it(likely as usize) {
            return likely;
        }
        let own = self.first_trips[vessel] as usize..self.first_trips[vessel + 1] as usize;
        let trip = own.start + self.trips[own.clone()].partition_point(|own| own.end <= report);
        if own.contains(&trip) && has_it(trip) { trip as u32 } else { NO_TRIP }
    }
}

/// The span and the leg of `t_ms`, searched for from the `likely` number of reports until then.
fn find(
    fleet: &Fleet,
    vessel: usize,
    t_ms: i64,
    likely: usize,
    trip_of: impl Fn(u32) -> u32,
) -> (Span, Leg) {
    let (range, reports) = (fleet.range(vessel), fleet.reports());
    let times = &reports.t_ms[range.clone()];
    let n_until = count_until(times, t_ms, likely);
    let next_ms = times.get(n_until).copied();
    let until_ms = next_ms.unwrap_or(i64::MAX);
    match n_until.checked_sub(1) {
        None => {
            let span = Span { from_ms: i64::MIN, until_ms, is_there: false };
            (span, Leg::none(range.start as u32))
        }
        Some(last) => {
            let (report, from_ms) = (range.start + last, times[last]);
            let trip = trip_of(report as u32);
            let is_known = |report: usize| reports.positions[report].is_valid();
            let is_brief = until_ms.saturating_sub(from_ms) <= SILENCE_MS;
            if next_ms.is_some() && is_brief && is_known(report) && is_known(report + 1) {
                let span = Span { from_ms, until_ms, is_there: true };
                (span, Leg::between(fleet, report, trip))
            } else {
                let stay = Leg::stay(fleet, report, trip);
                let after_ms = from_ms.saturating_add(1);
                let is_instant = t_ms == from_ms;
                let span = if is_instant {
                    Span { from_ms, until_ms: after_ms, is_there: is_known(report) }
                } else {
                    Span { from_ms: after_ms, until_ms, is_there: false }
                };
                (span, stay)
            }
        }
    }
}

/// Where one vessel of `fleet` is at `t_ms`, as [`Moments::at`] has it, but without its trip: for
/// a single look.
pub fn ship_at(fleet: &Fleet, vessel: usize, t_ms: i64) -> Option<ShipAt> {
    let (span, leg) = find(fleet, vessel, t_ms, 0, |_| NO_TRIP);
    span.is_there.then(|| leg.at(vessel, t_ms - span.from_ms))
}

/// The first report of `vessel` after `t_ms`, as an index into the reports of `fleet`.
pub fn next_report_after(fleet: &Fleet, vessel: usize, t_ms: i64) -> Option<usize> {
    let range = fleet.range(vessel);
    let n_until = fleet.reports().t_ms[range.clone()].partition_point(|time| *time <= t_ms);
    (n_until < range.len()).then_some(range.start + n_until)
}

/// The last report of `vessel` before `t_ms`, as an index into the reports of `fleet`.
pub fn previous_report_before(fleet: &Fleet, vessel: usize, t_ms: i64) -> Option<usize> {
    let range = fleet.range(vessel);
    let n_before = fleet.reports().t_ms[range.clone()].partition_point(|time| *time < t_ms);
    n_before.checked_sub(1).map(|last| range.start + last)
}

impl Span {
    fn has(&self, t_ms: i64) -> bool {
        self.from_ms <= t_ms && t_ms < self.until_ms
    }
}

impl Leg {
    /// Nowhere; the search for a leg begins at `report`.
    fn none(report: u32) -> Leg {
        Leg {
            from: Position::new(f64::NAN, f64::NAN),
            d_lon_deg: 0.0,
            d_lat_deg: 0.0,
            lasts_ms: 1.0,
            report,
            trip: NO_TRIP,
            sog_kn: f32::NAN,
            cog_deg: f32::NAN,
        }
    }

    /// The instant of `report`.
    fn stay(fleet: &Fleet, report: usize, trip: u32) -> Leg {
        let reports = fleet.reports();
        let (cog_deg, heading_deg) = (reports.cog_deg[report], reports.heading_deg[report]);
        Leg {
            from: reports.positions[report],
            trip,
            sog_kn: reports.sog_kn[report],
            cog_deg: if cog_deg.is_nan() { heading_deg } else { cog_deg },
            ..Leg::none(report as u32)
        }
    }

    /// The way from `report` to the next.
    fn between(fleet: &Fleet, report: usize, trip: u32) -> Leg {
        let reports = fleet.reports();
        let stay = Leg::stay(fleet, report, trip);
        let (from, to) = (reports.positions[report], reports.positions[report + 1]);
        let lasts_ms = reports.t_ms[report + 1] - reports.t_ms[report];
        let d_lon_deg = short_way_deg(to.lon_deg - from.lon_deg);
        let d_lat_deg = to.lat_deg - from.lat_deg;
        let mean_lat_deg = 0.5 * (from.lat_deg + to.lat_deg);
        let east_deg = d_lon_deg * mean_lat_deg.to_radians().cos();
        let length_m = east_deg.hypot(d_lat_deg).to_radians() * EARTH_RADIUS_M;
        let sog_kn = if stay.sog_kn.is_nan() {
            kn_from_mps(length_m / s_from_ms(lasts_ms)) as f32
        } else {
            stay.sog_kn
        };
        let cog_deg = if length_m < COURSE_LEG_M {
            stay.cog_deg
        } else {
            let course_deg = wrap_deg(east_deg.atan2(d_lat_deg).to_degrees()) as f32;
            // Just below 360 rounds to 360 in an `f32`.
            if course_deg < 360.0 { course_deg } else { 0.0 }
        };
        Leg { d_lon_deg, d_lat_deg, lasts_ms: lasts_ms as f64, sog_kn, cog_deg, ..stay }
    }

    /// The ship on this leg, `since_ms` after its beginning.
    fn at(&self, vessel: usize, since_ms: i64) -> ShipAt {
        let share = since_ms as f64 / self.lasts_ms;
        let lon_deg = self.from.lon_deg + share * self.d_lon_deg;
        let beyond_deg = if lon_deg > 180.0 {
            360.0
        } else if lon_deg < -180.0 {
            -360.0
        } else {
            0.0
        };
        ShipAt {
            vessel,
            trip: (self.trip != NO_TRIP).then_some(self.trip as usize),
            report_index: self.report as usize,
            position: Position::new(
                lon_deg - beyond_deg,
                self.from.lat_deg + share * self.d_lat_deg,
            ),
            sog_kn: self.sog_kn,
            cog_deg: self.cog_deg,
        }
    }
}

/// The same difference of longitudes by the short way round.
fn short_way_deg(d_lon_deg: f64) -> f64 {
    if d_lon_deg > 180.0 {
        d_lon_deg - 360.0
    } else if d_lon_deg < -180.0 {
        d_lon_deg + 360.0
    } else {
        d_lon_deg
    }
}

/// How many of the sorted `times` are not after `t_ms`. Takes time logarithmic in how far that is
/// from `likely`.
fn count_until(times: &[i64], t_ms: i64, likely: usize) -> usize {
    let mut low = likely.min(times.len());
    let mut stride = 1;
    while low > 0 && times[low - 1] > t_ms {
        low = low.saturating_sub(stride);
        stride *= 2;
    }
    // From here on, all before `low` count; in the end, nothing from `high` on does.
    let (mut high, mut stride) = (low, 1);
    while high < times.len() && times[high] <= t_ms {
        low = high + 1;
        high = (low + stride).min(times.len());
        stride *= 2;
    }
    low + times[low..high].partition_point(|time| *time <= t_ms)
}

#[cfg(test)]
mod tests;
