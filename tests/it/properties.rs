//! Whatever stands in a file or behind `--set`: no panic, and every row accounted for.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use fairway::base::job::{Job, Stopped};
use fairway::base::params::Checked;
use fairway::flow::desk::Wanted;
use fairway::flow::made::{Form, write_sea};
use fairway::flow::{Desk, Jobs, Session, project};
use fairway::io::{FileRef, read};
use fairway::io::{Mapping, Reading, preview};
use fairway::synth::SeaParams;
use proptest::prelude::*;

use crate::ground::{adds_up, read_bytes};

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// That nothing was lost between the file and the fleet, or that there is a message.
fn check(outcome: &Result<Reading, Stopped>) -> Result<(), TestCaseError> {
    match outcome {
        Ok(reading) => {
            prop_assert!(reading.files.iter().all(adds_up));
            let kept = reading.total(|file| file.rows_kept - file.static_rows);
            prop_assert_eq!(kept, reading.fleet.reports().len() as u64);
            for track in reading.fleet.tracks() {
                prop_assert!(track.t_ms.is_sorted());
                prop_assert!(
                    track
                        .positions
                        .iter()
                        .all(|place| place.lat_deg.abs() <= 90.0 && place.lon_deg.abs() <= 180.0)
                );
                prop_assert!(
                    track.sog_kn.iter().all(|sog| sog.is_nan() || (0.0..102.3).contains(sog))
                );
                prop_assert!(
                    track.cog_deg.iter().all(|cog| cog.is_nan() || (0.0..360.0).contains(cog))
                );
            }
        }
        Err(Stopped::Failed(fault)) => prop_assert!(!fault.is_empty() && !fault.contains("a bug")),
        Err(Stopped::Cancelled) => prop_assert!(false, "nobody cancelled"),
    }
    Ok(())
}

/// Reads `bytes` as a file, and looks into them as the preview does.
fn read_and_preview(bytes: &[u8]) -> Result<Reading, Stopped> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("any");
    fs::write(&path, bytes).unwrap();
    let file = FileRef::of(&path);
    preview(&file, &Mapping::default(), &Job::default()).expect("a preview has no reason to stop");
    read(&[file], &Mapping::default(), &Job::default())
}

/// Small good files of every kind: CSV, Danish CSV, NMEA, Parquet, packed CSV.
fn good() -> &'static [Vec<u8>] {
    static GOOD: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let params = Checked::new(&SeaParams { rows: 300, ..SeaParams::default() }).unwrap();
        let write = |(name, form): (&str, Form)| {
            let path = folder.path().join(name);
            write_sea(&params, form, &path, &Job::default()).unwrap();
            fs::read(path).unwrap()
        };
        [
            ("a.csv", Form::MarineCadastre),
            ("b.csv", Form::Dma),
            ("c.nmea", Form::Nmea),
            ("d.parquet", Form::Parquet),
            ("e.csv.zst", Form::MarineCadastre),
        ]
        .map(write)
        .to_vec()
    })
}

/// A way to spoil a file; places are shares of its length.
#[derive(Clone, Debug)]
enum Harm {
    Flip(f64, u8),
    Cut(f64),
    Zeros(f64, usize),
    Huge(f64, u8, usize),
    Repeat(f64, usize),
    Lose(f64, usize),
}

fn harm() -> impl Strategy<Value = Harm> {
    let place = || 0.0..1.0_f64;
    prop_oneof![
        6 => (place(), any::<u8>()).prop_map(|(at, byte)| Harm::Flip(at, byte)),
        1 => place().prop_map(Harm::Cut),
        1 => (place(), 1..40_usize).prop_map(|(at, n)| Harm::Zeros(at, n)),
        1 => (place(), b' '..127_u8, 1..60_000_usize).prop_map(|(at, byte, n)| Harm::Huge(at, byte, n)),
        1 => (place(), 1..500_usize).prop_map(|(at, n)| Harm::Repeat(at, n)),
        2 => (place(), 1..50_usize).prop_map(|(at, n)| Harm::Lose(at, n)),
    ]
}

fn spoil(bytes: &mut Vec<u8>, harm: &Harm) {
    let place = |at: f64| (at * bytes.len() as f64) as usize;
    match *harm {
        _ if bytes.is_empty() => (),
        Harm::Flip(at, byte) => {
            let at = place(at);
            bytes[at] = byte;
        }
        Harm::Cut(at) => bytes.truncate(place(at)),
        Harm::Zeros(at, n) => drop(bytes.splice(place(at)..place(at), vec![0; n])),
        Harm::Huge(at, byte, n) => drop(bytes.splice(place(at)..place(at), vec![byte; n])),
        Harm::Repeat(at, n) => {
            let piece = bytes[place(at)..(place(at) + n).min(bytes.len())].to_vec();
            drop(bytes.splice(place(at)..place(at), piece));
        }
        Harm::Lose(at, n) => drop(bytes.drain(place(at)..(place(at) + n).min(bytes.len()))),
    }
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(
        start in prop::sample::select(vec![
            &b""[..], b"PAR1", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"PK", b"\xff\xfe", b"\xef\xbb\xbf", b"!AIVDM,1,1,,A,", b"\\c:1,s:x*00\\!AIVDM,2,1,3,B,",
            b"mmsi,time,lat,lon\n", b"# Timestamp;MMSI;Latitude;Longitude\n", b"MMSI\tname\n",
        ]),
        bytes in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        check(&read_and_preview(&[start, &bytes].concat()))?;
    }

    #[test]
    fn arbitrary_text_is_read_or_refused(text in "([ -~]{0,60}[,;\t\"\n\r!$#*\\\\0-9.]{0,20}){0,30}") {
        check(&read_and_preview(text.as_bytes()))?;
        check(&read_and_preview(format!("mmsi,timestamp,lat,lon,sog,name\n{text}").as_bytes()))?;
    }

    #[test]
    fn spoilt_files_are_read_as_far_as_they_make_sense(
        file in 0..5_usize,
        harms in prop::collection::vec(harm(), 1..6),
    ) {
        let mut bytes = good()[file].clone();
        harms.iter().for_each(|harm| spoil(&mut bytes, harm));
        check(&read_and_preview(&bytes))?;
    }

    #[test]
    fn whatever_stands_in_the_fields_each_line_is_one_row(
        rows in prop::collection::vec(prop_oneof![odd_row(), likely_row()], 1..3),
        line_end in prop::sample::select(vec!["\n", "\r\n"]),
    ) {
        let header = "mmsi,timestamp,lat,lon,sog,cog,heading,status,name,imo,length,draught";
        let good = (0..30).map(|i| format!("219000001,2024-06-03 00:00:{i:02},55.{i:02},11.5,9.{i},90,91,0,ANNA,,100,6"));
        let lines: Vec<String> = std::iter::once(header.to_owned()).chain(good).chain(rows).collect();
        let n = lines.iter().skip(1).filter(|line| !line.is_empty()).count() as u64;
        let outcome = read_bytes("a.csv", lines.join(line_end).as_bytes(), &Mapping::default());
        check(&outcome)?;
        let ledger = &outcome.unwrap().files[0];
        prop_assert_eq!(ledger.rows_read, n);
        prop_assert!(ledger.rows_kept >= 30, "good rows stay: {:?}", ledger.refused);
    }
}

fn odd_row() -> impl Strategy<Value = String> {
    prop::collection::vec(value(), 1..12).prop_map(|fields| fields.join(","))
}

/// A row that might be true, or lies a little beyond what can be.
fn likely_row() -> impl Strategy<Value = String> {
    (-100.0..100.0, -200.0..200.0, -20.0..120.0, -200.0..450.0, -10.0..520.0).prop_map(
        |(lat, lon, sog, cog, heading): (f64, f64, f64, f64, f64)| {
            format!("219000002,2024-06-03 00:01:00,{lat:.4},{lon:.4},{sog:.1},{cog:.1},{heading:.0},5,BERTA,9074729,80,5")
        },
    )
}

/// A field: numbers at and beyond every edge, words, quotes, what is no ASCII.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<f64>().prop_map(|number| number.to_string()),
        3 => (-200.0..200.0_f64).prop_map(|number| format!("{number:.5}")),
        2 => any::<i64>().prop_map(|number| number.to_string()),
        2 => "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,12})?(Z|[+-][0-9]{2}:?[0-9]{2})?",
        3 => "[ -~]{0,12}",
        1 => "\\PC{0,8}",
        2 => prop::sample::select(vec!["", "1e308", "-1e999", "NaN", "inf", "91", "181", "102.3", "360", "511", "-128", "\"", "\"\"", "0x10", "1,5", "99999999999999999999", "\u{0}", "4294967295"]).prop_map(String::from),
    ]
}

proptest! {
    // Few: each save waits for the disk.
    #![proptest_config(cases(40))]

    #[test]
    fn a_saved_project_opens_as_what_was_saved(
        numbers in prop::collection::vec((any::<i32>(), 0..9).prop_map(|(n, decimals)| f64::from(n) / 10_f64.powi(decimals)), 6),
        counts in prop::collection::vec(0..1_000_000_usize, 3),
        texts in prop::collection::vec("\\PC{0,20}", 3),
        flags in prop::collection::vec(any::<bool>(), 3),
        is_made in any::<bool>(),
    ) {
        let mut session = Session::default();
        (session.trips.gap_min, session.trips.stop_sog_kn, session.trips.turn_deg) = (numbers[0], numbers[1], numbers[2]);
        (session.clean.max_kn, session.clean.west_deg, session.clean.tolerance_m) = (numbers[3], numbers[4], numbers[5]);
        (session.trips.min_reports, session.clean.jump_run) = (counts[0], counts[1]);
        (session.clean.ships_only, session.trips.cuts_at_stops, session.clean.splits_shared) = (flags[0], flags[1], flags[2]);
        let mapping = &mut session.sources.mapping;
        (mapping.date, mapping.lat_column, mapping.name_column) = (texts[0].clone(), texts[1].clone(), texts[2].clone());
        session.sources.made = is_made.then(|| SeaParams { seed: counts[2], ..SeaParams::default() });
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.fairway");
        session.sources.files = vec![FileRef::of(Path::new("/nowhere/a.csv")), FileRef::of(&folder.path().join("b.csv"))];
        project::save(&session, &path).unwrap();
        prop_assert_eq!(&project::open(&path).unwrap(), &session);
        project::save(&session, &path).unwrap();
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn arbitrary_settings_change_one_thing_or_nothing(setting in "\\PC{0,40}", place in any::<prop::sample::Index>(), value in value()) {
        let mut session = Session::default();
        session.sources.made = Some(SeaParams::default());
        let before = session.clone();
        if session.set(&setting).is_err() {
            prop_assert_eq!(&session, &before);
        }
        let names = session.names();
        let name = &names[place.index(names.len())];
        match session.set(&format!("{name}={value}")) {
            Ok(()) => {
                // What is set can be saved, and what is saved be read.
                let text = serde_json::to_string(&session).unwrap();
                prop_assert!(serde_json::from_str::<Session>(&text).is_ok());
            }
            Err(fault) => prop_assert!(fault.contains(name), "{}", fault),
        }
    }
}

#[test]
fn every_parameter_may_stand_at_either_end_of_its_range() {
    let mut session = Session::default();
    session.sources.made = Some(SeaParams { rows: 3000, ..SeaParams::default() });
    for (stage, entries) in session.manual() {
        for entry in entries.iter().filter(|entry| (stage, entry.name) != ("synth", "rows")) {
            let ends: Vec<&str> = match entry.range.split_once(" to ") {
                Some((low, high)) => vec![low, high],
                None if entry.range == "true or false" => vec!["true", "false"],
                None if entry.range.starts_with("text") => continue,
                None => entry.range.split(", ").collect(),
            };
            for end in ends {
                let mut session = session.clone();
                session.set("clean.insert_steps=true").ok();
                session.set(&format!("{stage}.{}={end}", entry.name)).unwrap();
                let mut desk = Desk::default();
                desk.update(&session, &Jobs::Inline, &Wanted::explore());
                let faults: Vec<&String> =
                    desk.shelves().iter().flat_map(|shelf| shelf.faults()).collect();
                assert!(
                    faults.iter().all(|fault| !fault.contains("a bug")),
                    "{stage}.{}={end}: {faults:?}",
                    entry.name
                );
            }
        }
    }
}
