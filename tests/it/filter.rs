//! The filter as a step of the flow: on real and made traffic, from the command line, in projects.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use fairway::ais::{Fleet, KindSet, ShipKind, Trip};
use fairway::base::geo::Position;
use fairway::flow::desk::Wanted;
use fairway::flow::session::sources_of;
use fairway::flow::stages::ChosenOf;
use fairway::flow::tray::Shelf as _;
use fairway::flow::{Desk, Jobs, Session, project};
use fairway::prep::Criterion;
use fairway::synth::SeaParams;
use serde_json::{Value, json};

use crate::ground::{data, fairway, json, said};

/// What passes the filter of `session`.
fn chosen(session: &Session, desk: &mut Desk) -> Arc<ChosenOf> {
    desk.update(session, &Jobs::Inline, &Wanted::explore());
    let shown = desk.filter.shown().expect("the filter has a result");
    assert!(!shown.is_stale, "{:?}", desk.shelves().last().unwrap().faults());
    Arc::clone(shown.value)
}

/// The same with some settings more.
fn chosen_with(session: &Session, desk: &mut Desk, settings: &[&str]) -> Arc<ChosenOf> {
    let mut session = session.clone();
    settings.iter().for_each(|setting| session.set(setting).unwrap());
    chosen(&session, desk)
}

/// Whether a leg of `trip` passes through the box, by going along each in a thousand steps.
fn steps_into(fleet: &Fleet, trip: &Trip, [west, south, east, north]: [f64; 4]) -> bool {
    let is_in = |place: &Position| {
        (west..=east).contains(&place.lon_deg) && (south..=north).contains(&place.lat_deg)
    };
    let places = trip.track(fleet).positions;
    places.windows(2).any(|leg| {
        let d_lon_deg = leg[1].lon_deg - leg[0].lon_deg;
        let d_lat_deg = leg[1].lat_deg - leg[0].lat_deg;
        let at = |step: i32| {
            let share = f64::from(step) / 1000.0;
            Position::new(leg[0].lon_deg + share * d_lon_deg, leg[0].lat_deg + share * d_lat_deg)
        };
        (0..=1000).any(|step| is_in(&at(step)))
    })
}

#[test]
fn real_trips_pass_as_counting_by_hand_says() {
    let test = "real_trips_pass_as_counting_by_hand_says";
    let Some(path) = data(test, "tracks/santa_barbara_2018_06_01_05.csv.zst") else { return };
    let voyages = path.with_file_name("santa_barbara_2018_06_01_05_voyage.csv.zst");
    let (mut session, mut desk) = (Session::default(), Desk::default());
    session.sources.add(sources_of(&[path, voyages]));
    let all = chosen(&session, &mut desk);
    let (fleet, trips) = (all.fleet(), &all.trips.trips.trips);
    assert!(trips.len() > 500 && all.kept().count() == trips.len());
    let by_hand = |passes: &dyn Fn(&Trip) -> bool| -> Vec<usize> {
        (0..trips.len()).filter(|index| passes(&trips[*index])).collect()
    };
    let mut check = |settings: &[&str], passes: &dyn Fn(&Trip) -> bool| {
        let chosen = chosen_with(&session, &mut desk, settings);
        let expected = by_hand(passes);
        assert_eq!(chosen.chosen.kept, expected, "{settings:?}");
        assert!(!expected.is_empty() && expected.len() < trips.len(), "{settings:?} is no test");
        assert!(Arc::ptr_eq(&chosen.trips, &all.trips), "the trips were not cut again");
    };

    // The Santa Barbara Channel, and the roads off Los Angeles as a polygon.
    let channel = [-120.2, 34.0, -119.6, 34.3];
    check(&["filter.area=-120.2 34.0, -119.6 34.3"], &|trip| steps_into(fleet, trip, channel));
    check(&["filter.area=-119.6 34, -120.2 34, -120.2 34.3, -119.6 34.3"], &|trip| {
        steps_into(fleet, trip, channel)
    });
    check(&["filter.kinds=cargo, tanker"], &|trip| {
        let code = fleet.vessels()[trip.vessel].about.ship_type.0;
        (70..90).contains(&code)
    });
    check(&["filter.search=cape, 3669"], &|trip| {
        let vessel = &fleet.vessels()[trip.vessel];
        let about = &vessel.about;
        vessel.mmsi.0.to_string().starts_with("3669")
            || about.imo.to_string().starts_with("3669")
            || about.name.to_lowercase().contains("cape")
            || about.callsign.to_lowercase().contains("cape")
    });
    // 2018-06-02T14:00 to the end of 2018-06-03.
    let window = [1_527_948_000_000, 1_528_070_400_000];
    check(&["filter.from=2018-06-02T14:00", "filter.to=2018-06-03"], &|trip| {
        let (first_ms, last_ms) = trip.time_span_ms(fleet);
        last_ms >= window[0] && first_ms < window[1]
    });
    check(&["filter.speed_min=10", "filter.speed_max=15"], &|trip| {
        (10.0..=15.0).contains(&trip.mean_kn(fleet))
    });
}

#[test]
fn kinds_one_by_one_make_up_the_whole_of_made_traffic() {
    let (mut session, mut desk) = (Session::default(), Desk::default());
    session.sources.made = Some(SeaParams { rows: 40_000, seed: 5, ..SeaParams::default() });
    let all = chosen(&session, &mut desk);
    let (mut trips, mut reports) = (0, 0);
    for kind in ShipKind::ALL {
        session.filter.set_kinds(KindSet::NONE.with(kind));
        let one = chosen(&session, &mut desk);
        assert!(one.kept().all(|(_, trip)| one.fleet().vessels()[trip.vessel].kind() == kind));
        assert_eq!(one.chosen.dropped(Criterion::Kind), all.kept().len() - one.kept().len());
        (trips, reports) = (trips + one.kept().len(), reports + one.chosen.reports);
    }
    assert_eq!((trips, reports), (all.kept().len(), all.chosen.reports));
    assert_eq!(reports, all.trips.trips.reports);
}

#[test]
fn only_the_filter_runs_again_when_it_changes_and_going_back_costs_nothing() {
    let (mut session, mut desk) = (Session::default(), Desk::default());
    session.sources.made = Some(SeaParams { rows: 20_000, seed: 5, ..SeaParams::default() });
    let first = chosen(&session, &mut desk);
    let tankers = chosen_with(&session, &mut desk, &["filter.kinds=tanker"]);
    assert!(Arc::ptr_eq(&first.trips, &tankers.trips));
    assert!(tankers.kept().len() < first.kept().len());
    assert!(Arc::ptr_eq(&first, &chosen(&session, &mut desk)), "undo is at hand");
    let recut = chosen_with(&session, &mut desk, &["filter.kinds=tanker", "trips.gap=2"]);
    assert!(!Arc::ptr_eq(&recut.trips, &first.trips), "other trips are chosen from anew");
    session.filter.kinds = "tankr".into();
    desk.update(&session, &Jobs::Inline, &Wanted::explore());
    assert!(desk.filter.shown().unwrap().is_stale, "the last good result stays");
    assert!(desk.filter.faults()[0].contains("did you mean tanker?"));
}

/// A folder with a made sea in it.
fn sea(rows: usize) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = text_of(&folder.path().join("sea.csv"));
    let output = fairway(&["synth", "--out", &path, "--rows", &rows.to_string(), "--seed", "5"]);
    assert!(output.status.success(), "{}", said(&output));
    (folder, path)
}

fn text_of(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}

#[test]
fn the_command_line_keeps_the_tankers_and_writes_their_trips_alone() {
    let (folder, path) = sea(30_000);
    let out = |name: &str| folder.path().join(name);
    let run = |arguments: &[&str], out: &Path| {
        let out = text_of(out);
        json(&fairway(&[&["run", &path, "--json", "--out", &out], arguments].concat()))
    };
    run(&["--want", "trips"], &out("all"));
    let tankers = run(&["--want", "filter", "--set", "filter.kinds=tanker"], &out("tankers"));
    let n = |name: &str| tankers["filter"][name].as_u64().unwrap() as usize;
    let dropped = &tankers["filter"]["dropped"];
    assert_eq!(n("trips_in"), tankers["trips"]["trips"].as_u64().unwrap() as usize);
    assert_eq!(dropped["kind"], n("trips_in") - n("trips_kept"));
    for other in ["search", "time", "area", "speed"] {
        assert_eq!(dropped[other], 0, "{other}");
    }
    assert_eq!(tankers["filter"]["key"].as_str().unwrap().len(), 32);

    // The lines of the tankers among all trips, with their ids; the fifth column is the type.
    let table = |folder: &str, name: &str| fs::read_to_string(out(folder).join(name)).unwrap();
    let all = table("all", "trips.csv");
    let is_tanker = |line: &&str| {
        line.split(',')
            .nth(4)
            .and_then(|code| code.parse::<u8>().ok())
            .is_some_and(|code| code / 10 == 8)
    };
    let expected: Vec<&str> =
        all.lines().take(1).chain(all.lines().skip(1).filter(is_tanker)).collect();
    let kept = table("tankers", "filter.csv");
    assert_eq!(kept.lines().collect::<Vec<_>>(), expected);
    assert_eq!(n("trips_kept"), expected.len() - 1);
    assert!(n("trips_kept") > 0 && n("trips_kept") < n("trips_in"));

    let geojson: Value = serde_json::from_str(&table("tankers", "filter.geojson")).unwrap();
    let ids =
        geojson["features"].as_array().unwrap().iter().map(|feature| feature["id"].to_string());
    let first_column = expected[1..].iter().map(|line| line.split(',').next().unwrap().to_owned());
    assert!(ids.eq(first_column));
    let parquet = text_of(&out("tankers").join("filter.parquet"));
    let again = json(&fairway(&["run", &parquet, "--want", "ingest", "--json"]));
    assert_eq!(again["ingest"]["rows_kept"], n("reports_kept"));
    assert_eq!(again["ingest"]["vessels"], n("vessels_kept"));
}

#[test]
fn every_setting_works_from_the_command_line() {
    let (_folder, path) = sea(20_000);
    let figures = |settings: &[&str]| {
        let mut arguments = vec!["run", &path, "--want", "filter", "--json"];
        settings.iter().for_each(|setting| arguments.extend(["--set", setting]));
        json(&fairway(&arguments))
    };
    let all = figures(&[]);
    let bbox: Vec<f64> = all["ingest"]["bbox"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edge| edge.as_f64().unwrap())
        .collect();
    let kept = |settings: &[&str]| figures(settings)["filter"]["trips_kept"].as_u64().unwrap();
    let n = all["filter"]["trips_kept"].as_u64().unwrap();
    assert!(n > 20, "{n} trips");
    let around = format!("filter.area={} {}, {} {}", bbox[0], bbox[1], bbox[2], bbox[3]);
    let day = &all["ingest"]["t_min"].as_str().unwrap()[..10];
    for (settings, expected) in [
        (&[around.as_str()][..], n..=n),
        (&["filter.area=0.001 0.001, 0.002 0.002"], 0..=0),
        (&["filter.from=1999-01-01", "filter.to=1999-12-31"], 0..=0),
        (&["filter.from=1999-01-01"], n..=n),
        (&[&format!("filter.to={day}")], 1..=n - 1),
        (&["filter.speed_min=1000"], 0..=0),
        (&["filter.speed_max=12"], 1..=n - 1),
        (&["filter.search=no such ship"], 0..=0),
        (&["filter.kinds="], n..=n),
        (&["filter.kinds=none"], 0..=0),
    ] {
        let kept = kept(settings);
        assert!(expected.contains(&kept), "{settings:?}: {kept} of {n}");
    }
}

#[test]
fn what_makes_no_filter_ends_with_two_before_anything_is_read() {
    for (settings, part) in [
        (
            &["filter.kinds=tankr"][..],
            "filter: kinds: \"tankr\" is no kind of ship; did you mean tanker?",
        ),
        (&["filter.kind=tanker"], "did you mean filter.kinds?"),
        (&["filter.area=1 2"], "filter: area has too few points"),
        (&["filter.area=1 2, 3 4, x"], "filter: area has \"x\""),
        (&["filter.area=1 2, 3 99"], "filter: area has the point 3 99"),
        (&["filter.area=1 2, 3 2"], "filter: area encloses nothing"),
        (&["filter.from=soon"], "filter: from is \"soon\"; it must be a UTC time"),
        (&["filter.from=2018-06-03", "filter.to=2018-06-02"], "filter: the window of time ends"),
        (&["filter.speed_min=-1"], "filter.speed_min is -1 kn; it must lie between 0 and 1000 kn"),
        (
            &["filter.speed_min=9", "filter.speed_max=5"],
            "filter: no trip has a mean speed from 9 kn",
        ),
    ] {
        let mut arguments = vec!["run", "no such file.csv", "--want", "filter"];
        settings.iter().for_each(|setting| arguments.extend(["--set", setting]));
        // The file is missing; that would end with 1.
        let output = fairway(&arguments);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{settings:?}: {told}");
        assert!(told.contains(part) && told.lines().count() == 1, "{settings:?}: {told}");
    }
}

#[test]
fn projects_without_a_filter_open_and_with_one_come_back_as_saved() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.fairway");
    let old = json!({"format": 1, "session": {"trips": {"gap_min": 12.0}}});
    fs::write(&path, old.to_string()).unwrap();
    let mut session = project::open(&path).unwrap();
    assert!(session.filter.is_empty() && session.trips.gap_min == 12.0);
    for setting in [
        "filter.kinds=tanker, high_speed",
        "filter.search=anna",
        "filter.area=170 -1, -170 1",
        "filter.from=2018-06-02T14:00",
        "filter.speed_max=12.3",
    ] {
        session.set(setting).unwrap();
    }
    project::save(&session, &path).unwrap();
    assert_eq!(project::open(&path).unwrap(), session);
    // What a project has of a filter may be less than this program knows.
    let some = json!({"format": 1, "session": {"filter": {"kinds": "tug"}}});
    fs::write(&path, some.to_string()).unwrap();
    let session = project::open(&path).unwrap();
    assert_eq!(session.filter.kind_set(), KindSet::NONE.with(ShipKind::Tug));
    assert_eq!(session.filter.time_window_ms(), None);
}
