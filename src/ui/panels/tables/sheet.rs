//! Figures of every trip and vessel, made once for each result: what tables sort by, what the
//! inspector adds up and what distributions count.

use std::ops::Range;
use std::sync::Arc;

use egui::Context;
use rayon::prelude::*;

use super::cell::ranks;
use crate::ais::{Fleet, Static, Trip, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::units::{kn_from_mps, nmi_from_m, s_from_ms};
use crate::flow::jobs::Running;
use crate::flow::stages::TripsOf;
use crate::flow::{Desk, Jobs, Key};
use crate::ui::panels::distributions::{Distribution, distributions_of};

/// A result with its figures.
pub struct Sheet {
    /// The result's name.
    pub key: Key,
    /// The result.
    pub output: Arc<TripsOf>,
    /// Of each trip.
    pub trips: Vec<TripFigures>,
    /// Of each vessel.
    pub vessels: Vec<VesselFigures>,
    /// How lengths, durations and speeds of the trips are distributed.
    pub distributions: [Distribution; 3],
}

/// What a row about a trip says beside what the trip itself knows.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TripFigures {
    /// Index of its vessel.
    pub vessel: usize,
    /// First time, UTC milliseconds.
    pub begin_ms: i64,
    /// Last time, UTC milliseconds.
    pub end_ms: i64,
    /// Length over ground, nautical miles.
    pub length_nmi: f64,
    /// Length by duration, knots; zero for an instant.
    pub mean_kn: f64,
    /// The highest reported speed, knots; not-a-number where none is reported.
    pub max_kn: f64,
}

/// What a row about a vessel says beside what the vessel itself knows.
#[derive(Clone, PartialEq, Debug)]
pub struct VesselFigures {
    /// Its name, or its number.
    pub title: String,
    /// What a search looks through, in small letters.
    text: String,
    /// Its trips, which stand together.
    pub trips: Range<usize>,
    /// Length of all of them, nautical miles.
    pub length_nmi: f64,
    /// First and last report, UTC milliseconds.
    pub span_ms: Option<(i64, i64)>,
    /// Places in the order of all titles, call signs and destinations.
    pub ranks: [u32; 3],
}

impl Sheet {
    /// The figures of `output`, on all cores: as long as it takes to read each time and speed once.
    pub fn of(key: Key, output: Arc<TripsOf>, job: &Job) -> Result<Sheet, Stopped> {
        let (fleet, trips) = (output.fleet(), &output.trips.trips);
        let figures = trips
            .par_iter()
            .map(|trip| job.go_on().map(|()| trip_figures(trip, fleet)))
            .collect::<Result<Vec<TripFigures>, Stopped>>()?;
        let vessels = vessel_figures(fleet, &figures);
        let distributions = distributions_of(&figures);
        Ok(Sheet { key, trips: figures, vessels, distributions, output })
    }

    /// The fleet whose reports the trips are pieces of.
    pub fn fleet(&self) -> &Fleet {
        self.output.fleet()
    }
}

impl VesselFigures {
    /// Whether every one of `words`, in small letters, stands in name, number, call sign, IMO
    /// number, type or destination.
    pub fn is_found(&self, words: &[String]) -> bool {
        words.iter().all(|word| self.text.contains(word.as_str()))
    }
}

fn trip_figures(trip: &Trip, fleet: &Fleet) -> TripFigures {
    let (begin_ms, end_ms) = trip.time_span_ms(fleet);
    let s = s_from_ms(end_ms - begin_ms);
    let speeds = &fleet.reports().sog_kn[trip.reports.clone()];
    TripFigures {
        vessel: trip.vessel,
        begin_ms,
        end_ms,
        length_nmi: nmi_from_m(trip.length_m),
        mean_kn: if s > 0.0 { kn_from_mps(trip.length_m / s) } else { 0.0 },
        // `f32::max` prefers numbers to what is none.
        max_kn: f64::from(speeds.iter().copied().fold(f32::NAN, f32::max)),
    }
}

fn vessel_figures(fleet: &Fleet, trips: &[TripFigures]) -> Vec<VesselFigures> {
    let titles: Vec<String> = fleet.vessels().par_iter().map(Vessel::title).collect();
    let by_title = ranks(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    let column = |text: fn(&Static) -> &str| {
        ranks(&fleet.vessels().iter().map(|vessel| text(&vessel.about)).collect::<Vec<_>>())
    };
    let by_callsign = column(|about| &about.callsign);
    let by_destination = column(|about| &about.destination);
    let mut next = 0;
    let mut figures = Vec::with_capacity(titles.len());
    for (index, (vessel, title)) in fleet.vessels().iter().zip(titles).enumerate() {
        let first = next;
        while trips.get(next).is_some_and(|trip| trip.vessel == index) {
            next += 1;
        }
        let about = &vessel.about;
        let text = format!(
            "{title}\n{}\n{}\n{}\n{}\n{}",
            vessel.mmsi.0,
            about.callsign,
            about.imo,
            vessel.kind().name(),
            about.destination
        );
        let times = fleet.track(index).t_ms;
        figures.push(VesselFigures {
            title,
            text: text.to_lowercase(),
            trips: first..next,
            length_nmi: trips[first..next].iter().fold(0.0, |sum, trip| sum + trip.length_nmi),
            span_ms: times.first().copied().zip(times.last().copied()),
            ranks: [by_title[index], by_callsign[index], by_destination[index]],
        });
    }
    figures
}

/// The newest sheet there is, and the next one while it is made.
#[derive(Default)]
pub struct Held {
    shown: Option<Arc<Sheet>>,
    making: Option<(Key, Running<Sheet>)>,
    /// A result whose figures cannot be had.
    failed: Option<Key>,
}

impl Held {
    /// The sheet of the result that is shown; of an older one while that is made, on a thread.
    pub fn update(&mut self, desk: &Desk, context: &Context) -> Option<Arc<Sheet>> {
        let Some(shown) = desk.trips.shown() else {
            *self = Held::default();
            return None;
        };
        self.collect();
        let is_at_hand = self.shown.as_ref().is_some_and(|sheet| sheet.key == shown.key)
            || self.failed == Some(shown.key);
        // One at a time, to its end: while a slider is dragged, tables follow a little behind.
        if !is_at_hand && self.making.is_none() {
            let (key, output) = (shown.key, Arc::clone(shown.value));
            self.making = Some((key, jobs(context).start(move |job| Sheet::of(key, output, job))));
        }
        self.shown.clone()
    }

    fn collect(&mut self) {
        let Some((key, running)) = &self.making else { return };
        let Some((outcome, _)) = running.poll() else { return };
        match outcome {
            Ok(sheet) => self.shown = Some(Arc::new(sheet)),
            Err(_) => self.failed = Some(*key),
        }
        self.making = None;
    }
}

/// Threads that wake the window when they are done.
pub fn jobs(context: &Context) -> Jobs {
    let context = context.clone();
    Jobs::Threads { wake: Arc::new(move || context.request_repaint()) }
}

#[cfg(test)]
pub mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ais::{Ending, Mmsi, Report, ShipType};
    use crate::base::geo::Position;
    use crate::prep::{Cleaned, Mended, Trips, Verdict};

    const MINUTE_MS: i64 = 60_000;

    /// Two ships. AURORA, a tanker, makes two trips of ten and twenty minutes, of 2 and 3 nmi;
    /// Borealis, without a type, one of ten minutes and 1 nmi, of whose speeds none is known.
    pub fn sheet() -> Sheet {
        let vessel = |mmsi, name: &str, ship_type| {
            let mut vessel = Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() };
            vessel.about.name = name.into();
            vessel.about.ship_type = ShipType(ship_type);
            vessel
        };
        let report = |minute: i64, sog_kn| Report {
            sog_kn,
            ..Report::at(minute * MINUTE_MS, Position::new(0.0, 0.0))
        };
        let aurora = [(0, 11.0), (10, 13.0), (100, 9.0), (120, f32::NAN)];
        let borealis = [(50, f32::NAN), (60, f32::NAN)];
        let own =
            |reports: &[(i64, f32)]| reports.iter().map(|(t, sog)| report(*t, *sog)).collect();
        let fleet = Fleet::from_tracks(vec![
            (vessel(219_000_001, "AURORA", 80), own(&aurora)),
            (vessel(219_000_002, "Borealis", 0), own(&borealis)),
        ]);
        let trip = |vessel, reports, nmi: f64| Trip {
            vessel,
            reports,
            length_m: nmi * 1852.0,
            begins: Ending::Track,
            ends: Ending::Gap,
        };
        let trips = vec![trip(0, 0..2, 2.0), trip(0, 2..4, 3.0), trip(1, 4..6, 1.0)];
        let cleaned = Cleaned {
            verdicts: vec![Verdict::Kept; 6],
            fleet,
            removed: BTreeMap::new(),
            mended: Mended::default(),
            shared: Vec::new(),
        };
        let trips = Trips { trips, reports: 6, ..Trips::default() };
        let output = TripsOf { trips, cleaned: Arc::new(cleaned) };
        Sheet::of(Key::of("test", &(), &[]), Arc::new(output), &Job::default()).unwrap()
    }

    #[test]
    fn a_trips_figures_can_be_checked_by_hand() {
        let sheet = sheet();
        let trip = sheet.trips[0];
        // 2 nmi in 10 minutes.
        assert!((trip.mean_kn - 12.0).abs() < 1e-9, "{trip:?}");
        assert_eq!((trip.begin_ms, trip.end_ms), (0, 10 * MINUTE_MS));
        assert_eq!((trip.length_nmi, trip.max_kn), (2.0, 13.0));
        assert_eq!(sheet.trips[1].max_kn, 9.0);
        assert!(sheet.trips[2].max_kn.is_nan());
    }

    #[test]
    fn a_vessels_figures_are_the_sums_of_its_trips() {
        let sheet = sheet();
        let [aurora, borealis] = &sheet.vessels[..] else { panic!("two vessels") };
        assert_eq!((aurora.trips.clone(), aurora.length_nmi), (0..2, 5.0));
        assert_eq!((borealis.trips.clone(), borealis.length_nmi), (2..3, 1.0));
        assert_eq!(aurora.span_ms, Some((0, 120 * MINUTE_MS)));
        assert!(aurora.ranks[0] < borealis.ranks[0]);
    }

    #[test]
    fn a_search_finds_name_number_and_type() {
        let sheet = sheet();
        for (words, found) in [
            (&["auro"][..], [true, false]),
            (&["000002"], [false, true]),
            (&["tanker"], [true, false]),
            (&["tanker", "borealis"], [false, false]),
            (&[], [true, true]),
        ] {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            let is_found = [0, 1].map(|vessel: usize| sheet.vessels[vessel].is_found(&words));
            assert_eq!(is_found, found, "{words:?}");
        }
    }
}
