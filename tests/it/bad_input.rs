//! What people feed a program by mistake: each gives a message that names the file, loses nothing,
//! and never a panic.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use fairway::base::job::{Job, Stopped};
use fairway::flow::project::{self, ProjectError};
use fairway::flow::{Session, session};
use fairway::io::{FileRef, Mapping, Refusal, export, read};

use crate::ground::{adds_up, fairway, fault, json, read_bytes, read_paths, said};

const HEADER: &str = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName\n";

/// `n` rows of a ship that sails north, a report a minute, from minute `first` on.
fn rows(first: usize, n: usize) -> String {
    let row = |i: usize| {
        format!(
            "219000001,2024-06-03T{:02}:{:02}:00,{:.6},11.25,12.0,0.0,1,ANNA\n",
            i / 60 % 24,
            i % 60,
            50.0 + 0.003 * (i % 10_000) as f64
        )
    };
    (first..first + n).map(row).collect()
}

fn table(n: usize) -> String {
    format!("{HEADER}{}", rows(0, n))
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// The table of `n` rows, as our own Parquet.
fn parquet(n: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let reading = read_bytes("a.csv", table(n).as_bytes(), &Mapping::default()).unwrap();
    export::reports_parquet(&reading.fleet, &path, &Job::default()).unwrap();
    fs::read(path).unwrap()
}

#[test]
fn a_file_that_cannot_be_read_names_itself_and_says_why() {
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(table(9).encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let binary: Vec<u8> = [0, 0xff, 0xfe].repeat(1000);
    let damaged: Vec<u8> = b"PAR1".iter().copied().chain([7; 500]).chain(*b"PAR1").collect();
    let half = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() / 2);
        bytes
    };
    for (name, bytes, part) in [
        ("empty.csv", b"".to_vec(), "the file is empty"),
        ("blank.csv", b"\n \r\n\n".to_vec(), "the file is empty"),
        ("binary.csv", binary, "neither text nor Parquet: its first bytes are 00 ff fe 00"),
        ("packed.zip", b"PK\x03\x04rest".to_vec(), "a zip archive; unpack it first"),
        ("wide.csv", utf16, "UTF-16 text; save it as UTF-8"),
        ("places.csv", b"name,height\nA,3\nB,4\n".to_vec(), "no header line"),
        (
            "nowhere.csv",
            b"mmsi,time,sog,cog\n219000001,2024-06-03T00:00:00,1,2\n".to_vec(),
            "no column for latitude among mmsi, time, sog, cog",
        ),
        (
            "half_place.csv",
            b"mmsi,time,lat,sog\n219000001,2024-06-03T00:00:00,1,2\n".to_vec(),
            "no column for longitude",
        ),
        (
            "nobody.csv",
            b"time,lat,lon,callsign\n2024-06-03T00:00:00,1,2,ABC\n".to_vec(),
            "no column for MMSI among time, lat, lon",
        ),
        ("never.csv", b"mmsi,lat,lon,sog\n219000001,1,2,3\n".to_vec(), "no column for time"),
        (
            "oracle.csv",
            b"mmsi,time,lat,lon\n219000001,tomorrow,1,2\n".to_vec(),
            "no time format fits \"tomorrow\" in column time",
        ),
        (
            "numbers.csv",
            b"219000001,55.5,11.2\n219000001,55.6,11.2\n".to_vec(),
            "no header line: its first line reads \"219000001,55.5,11.2\"",
        ),
        ("header.csv", HEADER.into(), "it holds no reports"),
        ("head.csv.gz", gz(HEADER.as_bytes()), "it holds no reports"),
        ("stub.csv.gz", gz(table(9).as_bytes())[..9].to_vec(), "it cannot be read"),
        ("stub.csv.zst", zst(table(9).as_bytes())[..9].to_vec(), "it cannot be read"),
        ("half.parquet", half(parquet(500)), "the Parquet file is damaged"),
        ("half.parquet.gz", half(gz(&parquet(500))), "it cannot be read"),
        ("lies.parquet", damaged, "the Parquet file is damaged"),
        ("tiny.parquet", b"PAR1".to_vec(), "the Parquet file is damaged"),
    ] {
        let said = fault(read_bytes(name, &bytes, &Mapping::default()));
        assert!(said.contains(name) && said.contains(part), "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "one line a cause: {said}");
    }
}

#[test]
fn a_missing_file_and_a_folder_without_ais_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("gone.csv");
    assert!(
        fault(read_paths(&[&missing], &Mapping::default()))
            .contains("gone.csv: there is no such file")
    );
    fs::write(folder.path().join("letter.doc"), "hello").unwrap();
    let said_of = |path: &Path| {
        let output = fairway(&["run", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        said(&output)
    };
    assert!(said_of(&missing).contains("gone.csv: there is no such file"));
    let name = folder.path().file_name().unwrap().to_str().unwrap();
    assert!(
        said_of(folder.path()).contains("no AIS files in") && said_of(folder.path()).contains(name)
    );
    // A folder where a file is expected, as in an old project.
    let chosen = FileRef { path: folder.path().to_owned(), bytes: 5, modified_ms: 0 };
    assert!(
        fault(read(&[chosen], &Mapping::default(), &Job::default())).contains("it is a folder")
    );
}

#[test]
fn what_came_before_a_break_is_kept_and_the_break_is_told() {
    let whole = table(40_000);
    for (name, packed) in
        [("half.csv.gz", gz(whole.as_bytes())), ("half.csv.zst", zst(whole.as_bytes()))]
    {
        let reading = read_bytes(name, &packed[..packed.len() / 2], &Mapping::default()).unwrap();
        let ledger = &reading.files[0];
        let told = ledger.fault.as_deref().unwrap();
        assert!(
            told.contains("breaks off or is damaged") && told.contains("what came before is kept"),
            "{told}"
        );
        assert!(
            ledger.rows_kept > 5000 && adds_up(ledger) && ledger.refused.is_empty(),
            "{name}: {ledger:?}"
        );
        // The row in which it breaks is left out, not misread: all that is there is right.
        let reports = reading.fleet.reports();
        let north = |index: usize| (reports.positions[index].lat_deg * 1000.0).round() as u64 % 3;
        assert!((0..reports.len()).all(|index| north(index) == 50_000 % 3), "{name}");
    }
}

#[test]
fn rows_that_are_all_bad_are_counted_and_the_file_says_so() {
    for (name, rows, reason) in [
        (
            "no_place.csv",
            "219000001,2024-06-03T00:00:00,north,east\n".repeat(7),
            Refusal::NoPosition,
        ),
        (
            "unknown.csv",
            "219000001,2024-06-03T00:00:00,91,181\n".repeat(7),
            Refusal::PositionNotAvailable,
        ),
        (
            "off_earth.csv",
            "219000001,2024-06-03T00:00:00,95.5,11\n".repeat(7),
            Refusal::PositionOutOfRange,
        ),
        ("early.csv", "219000001,1924-06-03T00:00:00,55,11\n".repeat(7), Refusal::TimeOutOfRange),
        ("late.csv", "219000001,2924-06-03T00:00:00,55,11\n".repeat(7), Refusal::TimeOutOfRange),
        ("nobody.csv", ",2024-06-03T00:00:00,55,11\n".repeat(7), Refusal::NoVessel),
        ("short.csv", "219000001,2024-06-03T00:00:00\n".repeat(7), Refusal::TooFewFields),
    ] {
        let reading =
            read_bytes(name, format!("mmsi,time,lat,lon\n{rows}").as_bytes(), &Mapping::default())
                .unwrap();
        let ledger = &reading.files[0];
        assert_eq!(
            (ledger.rows_read, ledger.rows_kept, ledger.refused.of(reason)),
            (7, 0, 7),
            "{name}"
        );
        assert!(
            ledger.fault.as_deref().unwrap().contains("none of its 7 rows could be kept: 7 "),
            "{name}"
        );
        let (reason, counted) = ledger.refused.iter().next().unwrap();
        assert_eq!(counted.first.len(), 5, "the first few are kept");
        assert!(
            counted.first[0].line == 2
                && counted.first[0].file.ends_with(name)
                && !reason.name().is_empty()
        );
    }
}

#[test]
fn bad_rows_among_good_ones_are_refused_by_reason_with_their_line() {
    let text = format!(
        "{HEADER}{}219000001,2024-06-03T01:00:00\n{}x,y,z,1,2,3,4,5\n219000001,2024-06-03T02:00:00,91,181,,,,\n{}",
        rows(0, 20),
        rows(20, 20),
        rows(40, 20)
    );
    let reading = read_bytes("mixed.csv", text.as_bytes(), &Mapping::default()).unwrap();
    let ledger = &reading.files[0];
    let places: Vec<_> = ledger
        .refused
        .iter()
        .map(|(reason, counted)| (reason, counted.n, counted.first[0].line))
        .collect();
    let expected = [
        (Refusal::TooFewFields, 1, 22),
        (Refusal::NoVessel, 1, 43),
        (Refusal::PositionNotAvailable, 1, 44),
    ];
    assert_eq!(places, expected);
    assert_eq!((ledger.rows_read, ledger.rows_kept, ledger.fault.as_deref()), (63, 60, None));
}

#[test]
fn a_line_of_megabytes_is_one_refused_row_and_the_next_are_read() {
    for (name, before) in
        [("long.csv", HEADER.to_owned() + &rows(0, 5)), ("later.csv", table(100_000))]
    {
        let n = before.lines().count() as u64 - 1;
        let text = format!("{before}219000001,{}\n{}", "9".repeat(9 << 20), rows(0, 3));
        let reading = read_bytes(name, text.as_bytes(), &Mapping::default()).unwrap();
        let ledger = &reading.files[0];
        assert_eq!(
            (ledger.rows_read, ledger.rows_kept),
            (n + 4, n + 3),
            "{name}: {:?}",
            ledger.refused
        );
        let (_, counted) = ledger.refused.iter().next().unwrap();
        assert_eq!((counted.first[0].line, counted.first[0].text.len() < 1000), (n + 2, true));
    }
}

#[test]
fn a_good_file_opens_beside_a_bad_one() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good.csv"), folder.path().join("bad.csv"));
    fs::write(&good, table(50)).unwrap();
    fs::write(&bad, [0_u8; 900]).unwrap();
    let output = fairway(&[
        "run",
        bad.to_str().unwrap(),
        good.to_str().unwrap(),
        "--want",
        "ingest",
        "--json",
    ]);
    let figures = json(&output);
    assert_eq!(figures["ingest"]["rows_kept"], 50);
    let text = said(&output);
    assert!(
        text.contains("bad.csv: it is neither text nor Parquet") && !text.contains("good.csv"),
        "{text}"
    );
    assert!(figures["ingest"]["files"][0]["fault"].as_str().unwrap().contains("neither text"));
    assert!(figures["ingest"]["files"][1]["fault"].is_null());
}

#[test]
fn one_file_twice_is_one_and_rows_in_two_files_are_counted_as_duplicates() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = ["a.csv", "b.csv"].map(|name| folder.path().join(name)).to_vec();
    fs::write(&paths[0], table(60)).unwrap();
    fs::write(&paths[1], format!("{HEADER}{}", rows(40, 60))).unwrap();
    let twice = read_paths(&[&paths[0], &paths[0]], &Mapping::default()).unwrap();
    assert_eq!((twice.files.len(), twice.fleet.reports().len()), (1, 60));
    let both = read_paths(&[folder.path()], &Mapping::default()).unwrap();
    let refused: Vec<u64> =
        both.files.iter().map(|file| file.refused.of(Refusal::DuplicateAcrossFiles)).collect();
    assert_eq!((refused, both.fleet.reports().len()), (vec![0, 20], 100));
    assert!(both.files.iter().all(adds_up));
    let place = &both.files[1].refused.iter().next().unwrap().1.first[0];
    assert!(place.file.ends_with("b.csv"));
}

#[test]
fn a_file_that_changes_after_it_was_chosen_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grows.csv");
    fs::write(&path, table(50)).unwrap();
    let mut session = Session::default();
    session.sources.add(session::sources_of(std::slice::from_ref(&path)));
    fs::write(&path, table(80)).unwrap();
    let reading = read(&session.sources.files, &Mapping::default(), &Job::default()).unwrap();
    assert!(
        reading.files[0].notes.iter().any(|note| note.contains("changed")),
        "{:?}",
        reading.files[0].notes
    );
    assert_eq!(reading.files[0].rows_kept, 80);
    session.sources.refresh();
    let reading = read(&session.sources.files, &Mapping::default(), &Job::default()).unwrap();
    assert!(reading.files[0].notes.is_empty());
}

#[test]
fn a_cancelled_job_reads_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    fs::write(&path, table(50)).unwrap();
    let job = Job::default();
    job.cancel();
    assert_eq!(
        read(&[FileRef::of(&path)], &Mapping::default(), &job).err(),
        Some(Stopped::Cancelled)
    );
}

#[test]
fn a_project_that_cannot_be_read_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.fairway");
    for (text, part) in [
        (
            r#"{"format": 99, "session": {"of": "the future"}}"#,
            "a newer Fairway wrote this project (form 99",
        ),
        (r#"{"format": 1, "session": {"tri"#, "no Fairway project, or a damaged one"),
        (r#"{"format": 1}"#, "it has no session"),
        (
            r#"{"format": 1, "session": {"trips": {"gap_min": "long"}}}"#,
            "no Fairway project, or a damaged one",
        ),
        ("[1, 2, 3]", "it names no format"),
        ("", "no Fairway project, or a damaged one"),
    ] {
        fs::write(&path, text).unwrap();
        let error = project::open(&path).unwrap_err().to_string();
        assert!(
            error.contains(part) && error.contains("left as it is") && error.ends_with("a.fairway"),
            "{text}: {error}"
        );
        project::save(&Session::default(), &path).unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "nothing was written over it");
        let output = fairway(&["run", path.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(1));
        let told = said(&output);
        assert!(
            told.contains(part) && told.contains("a.fairway") && told.lines().count() == 1,
            "{told}"
        );
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(project::open(&path), Err(ProjectError::Io { .. })));
    fs::write(&path, [0xff, 0xfe, 0, 1]).unwrap();
    assert!(project::open(&path).is_err() && project::save(&Session::default(), &path).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_what_stood_there() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("a.csv"), folder.path().join("out"));
    fs::write(&input, table(20_000)).unwrap();
    let full =
        fairway(&["synth", "--rows", "3000", "--out", "/dev/full", "--format", "marinecadastre"]);
    assert_eq!(full.status.code(), Some(1));
    assert!(said(&full).contains("/dev/full cannot be written: No space left on device"));
    // A disk on which no file grows beyond some kilobytes.
    fs::create_dir(&out).unwrap();
    fs::write(out.join("clean.parquet"), "old").unwrap();
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$@\"";
    let arguments = [
        "-c",
        script,
        "sh",
        env!("CARGO_BIN_EXE_fairway"),
        "run",
        input.to_str().unwrap(),
        "--want",
        "clean",
        "--out",
        out.to_str().unwrap(),
    ];
    let output = std::process::Command::new("sh").args(arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("clean.parquet cannot be written"), "{}", said(&output));
    assert_eq!(fs::read_to_string(out.join("clean.parquet")).unwrap(), "old");
    let left: Vec<_> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["clean.parquet"], "no half file stays");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (folder.path().join("a.csv"), folder.path().join("a.csv/out"));
    fs::write(&input, table(200)).unwrap();
    let output = fairway(&["run", input.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("a.csv/out cannot be made"));
}
