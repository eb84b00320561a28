//! Trips that pass or do not, by hand; and what holds of any filter.

use proptest::prelude::*;

use super::*;
use crate::ais::{Ending, KindSet, Mmsi, Report, ShipKind, ShipType, Static};
use crate::base::geo::Position;
use crate::base::params::set;

const HOUR_MS: i64 = 3_600_000;

fn vessel(mmsi: u32, name: &str, ship_type: u8) -> Vessel {
    let about =
        Static { name: name.to_owned(), ship_type: ShipType(ship_type), ..Static::default() };
    Vessel { mmsi: Mmsi(mmsi), about, ..Vessel::default() }
}

/// Reports of a ship that begins at `lon_deg` on the equator, at an hour, and sails north ten minutes
/// of latitude an hour, a report each: ten knots.
fn north(lon_deg: f64, from_hour: i64, n: i64) -> Vec<Report> {
    let report =
        |i: i64| Report::at((from_hour + i) * HOUR_MS, Position::new(lon_deg, i as f64 / 6.0));
    (0..n).map(report).collect()
}

fn trip(vessel: usize, reports: std::ops::Range<usize>, knots: f64) -> Trip {
    let hours = (reports.len() - 1) as f64;
    let length_m = knots * hours * 1852.0;
    Trip { vessel, reports, length_m, begins: Ending::Track, ends: Ending::Track }
}

/// A cargo ship with two trips, a tanker with one, a high-speed craft with one.
fn ground() -> (Fleet, Vec<Trip>) {
    let fleet = Fleet::from_tracks(vec![
        (vessel(219_000_001, "ANNA", 70), [north(10.0, 0, 4), north(10.0, 6, 3)].concat()),
        (vessel(219_000_002, "BERTA", 80), north(11.0, 0, 4)),
        (vessel(304_000_003, "ANNABELL", 40), north(12.0, 20, 3)),
    ]);
    let trips =
        vec![trip(0, 0..4, 10.0), trip(0, 4..7, 12.0), trip(1, 7..11, 8.0), trip(2, 11..14, 33.0)];
    (fleet, trips)
}

fn checked(settings: &[(&str, &str)]) -> Checked<FilterParams> {
    let mut params = FilterParams::default();
    for (name, text) in settings {
        set(&mut params, name, text).unwrap();
    }
    Checked::new(&params).unwrap()
}

fn choose(settings: &[(&str, &str)]) -> Chosen {
    let (fleet, trips) = ground();
    filter(&fleet, &trips, &checked(settings), &Job::default()).unwrap()
}

#[test]
fn each_criterion_keeps_what_it_says() {
    for (settings, kept) in [
        (&[][..], &[0, 1, 2, 3][..]),
        (&[("kinds", "cargo")], &[0, 1]),
        (&[("kinds", "tanker, high_speed")], &[2, 3]),
        (&[("kinds", "fishing")], &[]),
        (&[("kinds", "none")], &[]),
        (&[("search", "anna")], &[0, 1, 3]),
        (&[("search", "2190")], &[0, 1, 2]),
        (&[("search", "bert, 304")], &[2, 3]),
        (&[("from", "1970-01-01T04:00")], &[1, 3]),
        (&[("to", "1970-01-01T04:00")], &[0, 2]),
        (&[("from", "1970-01-01T03:00"), ("to", "1970-01-01T06:00")], &[0, 1, 2]),
        (&[("from", "1970-01-01T03:01"), ("to", "1970-01-01T05:59")], &[]),
        // Between two reports: the trip overlaps the window all the same.
        (&[("from", "1970-01-01T00:20"), ("to", "1970-01-01T00:40")], &[0, 2]),
        (&[("from", "1970-01-02")], &[]),
        (&[("area", "9.5 0, 11.5 1")], &[0, 1, 2]),
        // Only first trip of the cargo ship goes as far north as half a degree.
        (&[("area", "9.5 0.4, 10.5 1")], &[0]),
        // No report lies in it, but a leg crosses it.
        (&[("area", "11.5 0.2, 12.5 0.3")], &[3]),
        (&[("area", "20 20, 21 21")], &[]),
        (&[("speed_min", "10")], &[0, 1, 3]),
        (&[("speed_max", "10")], &[0, 2]),
        (&[("speed_min", "9"), ("speed_max", "13")], &[0, 1]),
        (&[("kinds", "cargo"), ("speed_min", "11"), ("area", "9 0, 11 1")], &[1]),
    ] {
        assert_eq!(choose(settings).kept, kept, "{settings:?}");
    }
}

#[test]
fn masks_and_figures_agree_with_what_was_kept() {
    let chosen = choose(&[("kinds", "cargo, tanker"), ("from", "1970-01-01T02:30")]);
    assert_eq!(chosen.kept, [0, 1, 2]);
    assert_eq!(chosen.trip_mask, [true, true, true, false]);
    assert_eq!(chosen.vessel_mask, [true, true, false]);
    assert_eq!((chosen.trips_in(), chosen.reports, chosen.vessels), (4, 11, 2));
    let all = choose(&[]);
    assert_eq!((all.trips_in(), all.reports, all.vessels), (4, 14, 3));
}

#[test]
fn a_trip_is_counted_for_the_first_criterion_that_holds_it_back() {
    let chosen = choose(&[
        ("kinds", "cargo, tanker"),
        ("search", "anna"),
        ("from", "1970-01-01T05:00"),
        ("area", "50 50, 51 51"),
        ("speed_min", "999"),
    ]);
    let dropped = Criterion::ALL.map(|criterion| chosen.dropped(criterion));
    // The high-speed craft; the tanker; the first trip of the cargo ship, and the second.
    assert_eq!((dropped, chosen.kept.len()), ([1, 1, 1, 1, 0], 0));
    assert_eq!(choose(&[("speed_max", "9")]).dropped(Criterion::Speed), 3);
    // Where and when a ship's trips are does not say which of her other reports count.
    assert_eq!(chosen.vessel_mask, [true, false, false]);
}

#[test]
fn nothing_comes_of_nothing_and_a_cancelled_job_stops() {
    let none = Fleet::from_tracks(Vec::new());
    let params = checked(&[("area", "0 0, 1 1"), ("search", "x"), ("kinds", "tug")]);
    let chosen = filter(&none, &[], &params, &Job::default()).unwrap();
    assert_eq!(chosen, Chosen::default());
    let (fleet, trips) = ground();
    let job = Job::default();
    job.cancel();
    assert_eq!(filter(&fleet, &trips, &params, &job), Err(Stopped::Cancelled));
}

fn any_ground() -> impl Strategy<Value = (Fleet, Vec<Trip>)> {
    let place = (-180.0..=180.0, -80.0..=80.0);
    let own = prop::collection::vec(place, 0..12);
    let track = (0_u8..100, 0_u32..30, 0_i64..48, own);
    prop::collection::vec(track, 0..8).prop_map(|tracks| {
        let of_vessel = |(ship_type, mmsi, hour, places): (u8, u32, i64, Vec<(f64, f64)>)| {
            let reports = places.iter().enumerate().map(|(i, (lon_deg, lat_deg))| {
                Report::at((hour + i as i64) * HOUR_MS, Position::new(*lon_deg, *lat_deg))
            });
            (vessel(mmsi, "", ship_type), reports.collect())
        };
        let fleet = Fleet::from_tracks(tracks.into_iter().map(of_vessel).collect());
        // Trips of three reports.
        let of_vessel = |vessel: usize| {
            let range = fleet.range(vessel);
            let starts = range.clone().step_by(3).filter(move |start| start + 3 <= range.end);
            starts.map(move |start| trip(vessel, start..start + 3, start as f64))
        };
        let trips = (0..fleet.vessels().len()).flat_map(of_vessel).collect();
        (fleet, trips)
    })
}

fn any_filter() -> impl Strategy<Value = FilterParams> {
    let kinds = prop::collection::vec(prop::sample::select(ShipKind::ALL.to_vec()), 1..8);
    let area = prop_oneof![
        Just(String::new()),
        Just("170 -60, -120 40".to_owned()),
        Just("0 0, 90 -50, 150 60, 20 70".to_owned()),
    ];
    let search = prop::sample::select(vec!["", "1", "2, 3"]);
    let window = prop::option::of((0_i64..30, 0_i64..30));
    (kinds, area, search, window, 0.0..20.0).prop_map(|(kinds, area, search, window, knots)| {
        let search = search.to_owned();
        let mut params =
            FilterParams { area, search, speed_min_kn: knots, ..FilterParams::default() };
        params.set_kinds(kinds.into_iter().collect());
        let in_ms = |(from, hours)| (from * HOUR_MS, (from + hours) * HOUR_MS);
        params.set_time_window_ms(window.map(in_ms));
        params
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_passed_once_passes_again_and_the_counts_add_up(
        (fleet, trips) in any_ground(),
        params in any_filter(),
    ) {
        let (params, job) = (Checked::new(&params).unwrap(), Job::default());
        let once = filter(&fleet, &trips, &params, &job).unwrap();
        let kept: Vec<Trip> = once.kept.iter().map(|index| trips[*index].clone()).collect();
        let twice = filter(&fleet, &kept, &params, &job).unwrap();
        prop_assert_eq!(&twice.kept, &(0..kept.len()).collect::<Vec<_>>());
        prop_assert_eq!((twice.reports, twice.vessels), (once.reports, once.vessels));
        let dropped: usize = Criterion::ALL.iter().map(|criterion| once.dropped(*criterion)).sum();
        prop_assert_eq!(dropped + once.kept.len(), trips.len());
        prop_assert_eq!(once.trip_mask.iter().filter(|is_kept| **is_kept).count(), kept.len());
    }

    #[test]
    fn disjoint_sets_of_kinds_make_up_the_whole(
        (fleet, trips) in any_ground(),
        params in any_filter(),
    ) {
        let by_kinds = |kinds: KindSet| {
            let mut params = params.clone();
            params.set_kinds(kinds);
            filter(&fleet, &trips, &Checked::new(&params).unwrap(), &Job::default()).unwrap()
        };
        let some = params.kind_set();
        let others: KindSet = ShipKind::ALL.into_iter().filter(|kind| !some.has(*kind)).collect();
        let (all, some, others) = (by_kinds(KindSet::ALL), by_kinds(some), by_kinds(others));
        let mut both = [some.kept, others.kept].concat();
        both.sort_unstable();
        prop_assert_eq!(both, all.kept);
        prop_assert_eq!(some.reports + others.reports, all.reports);
    }

    #[test]
    fn an_area_around_everything_holds_nothing_back((fleet, trips) in any_ground()) {
        for area in ["-180 -90, 180 90", "-180 -81, -60 -81, 60 -81, 180 -81, 180 81, 60 81, -60 81, -180 81"] {
            let chosen = filter(&fleet, &trips, &checked(&[("area", area)]), &Job::default()).unwrap();
            prop_assert_eq!(chosen.kept.len(), trips.len(), "{}", area);
        }
    }
}
