//! Every file of the shared data that is AIS opens with the counts that its README states.

use std::path::Path;

use fairway::base::time::iso_text;
use fairway::flow::desk::Wanted;
use fairway::flow::session::sources_of;
use fairway::flow::{Desk, Jobs, Session};
use fairway::io::{Mapping, Oddity, Refusal};
use fairway::prep::Verdict;

use crate::ground::{adds_up, data, open, read_paths};

/// A session on the file at `path`, all stages run.
fn run(path: &Path) -> Desk {
    let (mut session, mut desk) = (Session::default(), Desk::default());
    session.sources.add(sources_of(&[path.to_owned()]));
    desk.update(&session, &Jobs::Inline, &Wanted::explore());
    desk
}

#[test]
fn every_file_has_the_rows_and_vessels_of_its_readme() {
    for (name, rows, vessels) in [
        ("association/norfolk_set1.csv.zst", 13_714, 20),
        ("association/norfolk_set2.csv.zst", 3323, 8),
        ("association/atd2025_example.csv.zst", 110_290, 5405),
        ("association/atd2025_dataset1.csv.zst", 102_861, 5620),
        ("association/atd2025_dataset2.csv.zst", 97_592, 5005),
        ("raw/marinecadastre_2017_01_zone01.csv.zst", 10_224, 58),
        ("raw/marinecadastre_2022_01_03_first99999.csv.zst", 99_999, 10_631),
        ("raw/north_sea_2022_11_01.csv.zst", 50_142, 202),
        ("tracks/kattegat_2025_11_1min.parquet", 51_569, 356),
        ("voyages/rotterdam_hamburg_10min.csv.zst", 88_092, 673),
        ("voyages/kiel_gdynia_train.csv.zst", 434_199, 314),
        ("voyages/bremerhaven_hamburg_train.csv.zst", 647_548, 803),
    ] {
        let Some(path) = data("every_file_has_the_rows_and_vessels_of_its_readme", name) else {
            return;
        };
        let (reading, ledger) = open(&path);
        assert_eq!((ledger.rows_read, ledger.vessels), (rows, vessels), "{name}");
        assert_eq!(
            (ledger.rows_kept, ledger.fault.as_deref()),
            (rows, None),
            "{name}: {:?}",
            ledger.refused
        );
        assert_eq!(reading.fleet.vessels().len() as u64, vessels, "{name}");
        assert!(adds_up(&ledger));
    }
}

#[test]
fn marinecadastres_signed_wraps_are_undone() {
    let test = "marinecadastres_signed_wraps_are_undone";
    let Some(path) = data(test, "raw/marinecadastre_2017_01_zone01.csv.zst") else { return };
    let (reading, ledger) = open(&path);
    let reports = reading.fleet.reports();
    // 6088 courses and 2 speeds are below zero.
    assert_eq!(ledger.odd.of(Oddity::SignedWrapUndone), 6090);
    assert!(reports.cog_deg.iter().all(|cog| cog.is_nan() || (0.0..360.0).contains(cog)));
    assert!(reports.sog_kn.iter().all(|sog| sog.is_nan() || (0.0..102.25).contains(sog)));
    let west_deg = reports.positions.iter().map(|place| place.lon_deg).fold(0.0, f64::min);
    assert_eq!(west_deg, -179.97656);
    // The first row: 52.48730, -174.02316 at 11:39:36, course -140.7.
    let ship =
        (0..58).find(|vessel| reading.fleet.vessels()[*vessel].mmsi.0 == 366_940_480).unwrap();
    let track = reading.fleet.track(ship);
    let first =
        track.t_ms.iter().position(|t_ms| iso_text(*t_ms) == "2017-01-04T11:39:36Z").unwrap();
    assert!((track.cog_deg[first] - 268.9).abs() < 1e-3);
    assert_eq!(
        (track.vessel.about.name.as_str(), track.vessel.about.imo),
        ("EARLY DAWN", 7_821_130)
    );
}

#[test]
fn values_that_are_not_available_are_missing() {
    let test = "values_that_are_not_available_are_missing";
    let Some(path) = data(test, "raw/marinecadastre_2022_01_03_first99999.csv.zst") else { return };
    let (reading, ledger) = open(&path);
    let headings =
        reading.fleet.reports().heading_deg.iter().filter(|heading| heading.is_nan()).count();
    assert_eq!(ledger.odd.of(Oddity::CourseMissing), 14_023, "as many as have a course of 360");
    assert!(headings >= 52_249, "as many as have a heading of 511: {headings}");
}

#[test]
fn words_and_repeated_rows_of_the_north_sea_are_understood() {
    let test = "words_and_repeated_rows_of_the_north_sea_are_understood";
    let Some(path) = data(test, "raw/north_sea_2022_11_01.csv.zst") else { return };
    let desk = run(&path);
    let reading = desk.ingest.shown().unwrap().value;
    let fishing = reading.fleet.reports().status.iter().filter(|status| status.0 == 7).count();
    assert!(fishing > 100, "{fishing} reports engaged in fishing");
    assert!(
        reading.fleet.vessels().iter().filter(|vessel| vessel.about.ship_type.0 > 0).count() > 150
    );
    // 488 rows repeat another in every field; 518 its vessel, time and place.
    let removed = &desk.clean.shown().unwrap().value.removed;
    assert_eq!(removed[&Verdict::Duplicate], 488);
    assert!(removed[&Verdict::Duplicate] + removed[&Verdict::SameTime] >= 518);
}

#[test]
fn units_that_no_column_names_are_found() {
    let test = "units_that_no_column_names_are_found";
    for (name, unit) in [
        ("association/norfolk_set1.csv.zst", Some("0.1kn")),
        ("association/norfolk_set2.csv.zst", Some("0.1kn")),
        ("tracks/kattegat_2025_11_1min.parquet", Some("m/s")),
        ("association/atd2025_example.csv.zst", None),
        ("raw/north_sea_2022_11_01.csv.zst", None),
        ("voyages/rotterdam_hamburg_10min.csv.zst", None),
        // Positions in hundredths of a degree must not look like another unit.
        ("voyages/kiel_gdynia_train.csv.zst", None),
        ("voyages/bremerhaven_hamburg_train.csv.zst", None),
    ] {
        let Some(path) = data(test, name) else { return };
        let (reading, ledger) = open(&path);
        let note = ledger.notes.iter().find(|note| note.contains("ships move"));
        assert_eq!(note.is_some(), unit.is_some(), "{name}: {:?}", ledger.notes);
        assert!(
            unit.is_none_or(|unit| note.unwrap().contains(&format!("read as {unit}:"))),
            "{name}: {note:?}"
        );
        let mut speeds: Vec<f32> =
            reading.fleet.reports().sog_kn.iter().copied().filter(|sog| *sog > 1.0).collect();
        speeds.sort_by(f32::total_cmp);
        let median = speeds[speeds.len() / 2];
        assert!((5.0..20.0).contains(&median), "{name}: ships under way make {median} kn");
    }
}

#[test]
fn times_without_a_day_are_of_the_day_that_the_user_names() {
    let test = "times_without_a_day_are_of_the_day_that_the_user_names";
    let Some(path) = data(test, "association/norfolk_set1.csv.zst") else { return };
    let mapping = Mapping { date: "2019-07-04".into(), ..Mapping::default() };
    let reading = read_paths(&[&path], &mapping).unwrap();
    let (from_ms, to_ms) = reading.fleet.time_span_ms().unwrap();
    assert_eq!(
        (iso_text(from_ms).as_str(), iso_text(to_ms).as_str()),
        ("2019-07-04T14:00:00Z", "2019-07-04T17:59:58Z")
    );
    assert!(reading.files[0].notes.iter().any(|note| note.contains("no date")));
}

#[test]
fn voyages_without_times_last_as_long_as_their_minutes_say() {
    let test = "voyages_without_times_last_as_long_as_their_minutes_say";
    let Some(path) = data(test, "voyages/kiel_gdynia_train.csv.zst") else { return };
    let (reading, _) = open(&path);
    // The first trip of the file begins 1801 minutes before its end.
    let first = (0..reading.fleet.vessels().len())
        .find(|v| reading.fleet.vessels()[*v].mmsi.0 == 517_159)
        .unwrap();
    let track = reading.fleet.track(first);
    assert!(track.vessel.is_local && !track.is_empty());
    let minutes = (track.t_ms[track.len() - 1] - track.t_ms[0]) / 60_000;
    assert!((1790..=1810).contains(&minutes), "{minutes} minutes");
}

#[test]
fn santa_barbara_is_cleaned_and_cut() {
    let test = "santa_barbara_is_cleaned_and_cut";
    let Some(path) = data(test, "tracks/santa_barbara_2018_06_01_05.csv.zst") else { return };
    let desk = run(&path);
    let (reading, cleaned) =
        (desk.ingest.shown().unwrap().value, desk.clean.shown().unwrap().value);
    let ledger = &reading.files[0];
    assert!(adds_up(ledger));
    assert_eq!(ledger.rows_read, 496_100);
    let refused = |reason| ledger.refused.of(reason);
    assert_eq!(
        (refused(Refusal::PositionNotAvailable), refused(Refusal::PositionOutOfRange)),
        (153, 9)
    );
    assert_eq!(ledger.refused.total(), 162, "the impossible positions, and nothing else");
    assert_eq!(ledger.odd.of(Oddity::SpeedMissing), 43, "as many as say 102.3 kn");
    assert_eq!(ledger.odd.of(Oddity::CourseMissing), 2306, "as many as say 360 and more");
    assert_eq!(reading.fleet.vessels().len(), 695);
    let (from_ms, to_ms) = reading.fleet.time_span_ms().unwrap();
    assert_eq!((&iso_text(from_ms)[..10], &iso_text(to_ms)[..10]), ("2018-06-01", "2018-06-05"));
    let removed: usize = cleaned.removed.values().sum();
    assert_eq!(cleaned.reports_kept() + removed, cleaned.reports_in());
    assert!(cleaned.removed[&Verdict::Jump] > 100);
    let trips = &desk.trips.shown().unwrap().value.trips.trips;
    assert!(trips.len() > 500, "{} trips", trips.len());
}

#[test]
fn a_voyage_file_adds_names_and_destinations_to_the_vessels_of_a_track_file() {
    let test = "a_voyage_file_adds_names_and_destinations_to_the_vessels_of_a_track_file";
    let Some(tracks) = data(test, "tracks/santa_barbara_2018_06_01_05.csv.zst") else { return };
    let voyages = tracks.with_file_name("santa_barbara_2018_06_01_05_voyage.csv.zst");
    let alone = read_paths(&[&tracks], &Mapping::default()).unwrap();
    let both = read_paths(&[&tracks, &voyages], &Mapping::default()).unwrap();
    assert_eq!(
        (both.files[1].rows_read, both.files[1].static_rows, both.files[1].vessels),
        (10_431, 10_431, 334)
    );
    assert_eq!(both.fleet.reports().len(), alone.fleet.reports().len());
    let bound = |reading: &fairway::io::Reading| {
        reading
            .fleet
            .tracks()
            .filter(|track| !track.is_empty() && !track.vessel.voyages.is_empty())
            .count()
    };
    assert_eq!(bound(&alone), 0);
    assert!(bound(&both) > 250, "{} vessels have a destination", bound(&both));
    let ship = both.fleet.tracks().find(|track| track.vessel.mmsi.0 == 538_090_175).unwrap();
    let about = &ship.vessel.about;
    assert_eq!(
        (about.name.as_str(), about.imo, about.callsign.as_str()),
        ("CAPE BASTIA", 9_293_129, "V7ID9")
    );
    assert_eq!((about.length_m, about.width_m), (Some(274.0), Some(48.0)));
    assert!(ship.vessel.voyages.iter().any(|(_, voyage)| voyage.destination == "LONG BEACH,USA"));
}

#[test]
fn the_aishub_sample_decodes_to_as_many_messages_as_pyais_finds() {
    let test = "the_aishub_sample_decodes_to_as_many_messages_as_pyais_finds";
    let Some(path) = data(test, "nmea/aishub_sample.txt.zst") else { return };
    let mapping = Mapping { date: "2020-01-01".into(), ..Mapping::default() };
    let reading = read_paths(&[&path], &mapping).unwrap();
    let ledger = &reading.files[0];
    assert!(adds_up(ledger));
    assert_eq!(ledger.messages, 82_748);
    let (from_ms, _) = reading.fleet.time_span_ms().unwrap();
    assert!(iso_text(from_ms).as_str() >= "2019-12-31");
    assert_eq!(
        ledger.odd.of(Oddity::TimeReconstructed),
        ledger.rows_kept,
        "its lines have no times"
    );
}

#[test]
fn files_that_are_no_ais_say_so_and_the_rest_of_the_folder_opens() {
    let test = "files_that_are_no_ais_say_so_and_the_rest_of_the_folder_opens";
    let Some(folder) = data(test, "reference") else { return };
    let tracks = folder.with_file_name("raw").join("marinecadastre_2017_01_zone01.csv.zst");
    let reading = read_paths(&[&folder, &tracks], &Mapping::default()).unwrap();
    let faults: Vec<&str> = reading.files.iter().filter_map(|file| file.fault.as_deref()).collect();
    assert_eq!(
        (faults.len(), reading.total(|file| file.rows_kept)),
        (reading.files.len() - 1, 10_224),
        "{faults:?}"
    );
}
