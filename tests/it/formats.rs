//! Packed text, Parquet of ours and of others, and everything that `synth` writes: read as the same
//! reports.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use fairway::ais::{Fleet, Report};
use fairway::base::job::Job;
use fairway::base::params::Checked;
use fairway::base::time::{iso_text, utc_text};
use fairway::flow::desk::Wanted;
use fairway::flow::made::{Form, write_sea};
use fairway::flow::{Desk, Jobs, Session};
use fairway::io::{Mapping, export};
use fairway::synth::SeaParams;
use polars::prelude::{Column, DataFrame, DataType, ParquetWriter, TimeUnit};

use crate::dialects::{Said, check, check_text, said, text};
use crate::ground::{adds_up, open, read_bytes};

#[test]
fn packed_files_are_read_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let params = Checked::new(&SeaParams { rows: 3000, ..SeaParams::default() }).unwrap();
    for (name, form) in [
        ("sea.csv", Form::MarineCadastre),
        ("sea.nmea", Form::Nmea),
        ("sea.parquet", Form::Parquet),
    ] {
        let path = folder.path().join(name);
        write_sea(&params, form, &path, &Job::default()).unwrap();
        let plain = open(&path).0;
        let bytes = fs::read(&path).unwrap();
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&bytes).unwrap();
        let (gz, zst) = (packer.finish().unwrap(), zstd::encode_all(bytes.as_slice(), 1).unwrap());
        // Two members and two frames in one file are one text.
        let twice = |packed: &[u8]| [packed, packed].concat();
        for (name, packed) in
            [(format!("{name}.gz"), &gz), (format!("{name}.zst"), &zst), (name.into(), &zst)]
        {
            let reading = read_bytes(&name, packed, &Mapping::default()).unwrap();
            assert_same(&name, &reading.fleet, &plain.fleet);
        }
        if form == Form::Nmea {
            for packed in [twice(&gz), twice(&zst)] {
                let reading = read_bytes("twice.nmea.gz", &packed, &Mapping::default()).unwrap();
                assert_eq!(reading.fleet.reports().len(), 2 * plain.fleet.reports().len());
            }
        }
    }
}

fn assert_same(name: &str, found: &Fleet, expected: &Fleet) {
    assert_eq!(found.reports().len(), expected.reports().len(), "{name}");
    assert_eq!(found.starts(), expected.starts(), "{name}");
    for index in 0..found.reports().len() {
        let (a, b) = (found.reports().get(index), expected.reports().get(index));
        assert!(a.is_same(&b), "{name}: report {index} is {a:?}, not {b:?}");
    }
}

#[test]
fn made_traffic_reads_back_from_every_form_in_which_it_is_written() {
    let (folder, mut session, mut desk) =
        (tempfile::tempdir().unwrap(), Session::default(), Desk::default());
    let params = SeaParams { rows: 30_000, seed: 3, ..SeaParams::default() };
    session.sources.made = Some(params.clone());
    desk.update(&session, &Jobs::Inline, &Wanted::explore());
    let made = &desk.ingest.shown().unwrap().value.fleet;
    for (name, form) in [
        ("a.csv", Form::MarineCadastre),
        ("b.csv", Form::Dma),
        ("c.nmea", Form::Nmea),
        ("d.parquet", Form::Parquet),
    ] {
        let path = folder.path().join(name);
        write_sea(&Checked::new(&params).unwrap(), form, &path, &Job::default()).unwrap();
        let (reading, ledger) = open(&path);
        assert!(adds_up(&ledger) && ledger.rows_read == 30_000, "{name}: {:?}", ledger.refused);
        if form == Form::Nmea {
            assert_near(name, &reading.fleet, made);
        } else {
            assert_same(name, &reading.fleet, made);
            assert_eq!(reading.fleet.reports().truth, made.reports().truth, "{name}");
        }
        for (found, known) in reading.fleet.vessels().iter().zip(made.vessels()) {
            let facts = |vessel: &fairway::ais::Vessel| {
                (
                    vessel.mmsi,
                    vessel.about.name.clone(),
                    vessel.about.callsign.clone(),
                    vessel.kind(),
                )
            };
            assert_eq!(facts(found), facts(known), "{name}");
        }
    }
}

/// The same reports to the last bit that a sentence has room for.
fn assert_near(name: &str, found: &Fleet, expected: &Fleet) {
    assert_eq!(found.starts(), expected.starts(), "{name}");
    let is_near = |a: f32, b: f32| (a - b).abs() < 0.06 || (a.is_nan() && b.is_nan());
    for index in 0..found.reports().len() {
        let (a, b): (Report, Report) = (found.reports().get(index), expected.reports().get(index));
        let off_deg = (a.position.lat_deg - b.position.lat_deg)
            .abs()
            .max((a.position.lon_deg - b.position.lon_deg).abs());
        let is_same = a.t_ms == b.t_ms
            && off_deg < 1e-6
            && is_near(a.sog_kn, b.sog_kn)
            && is_near(a.cog_deg, b.cog_deg)
            && is_near(a.heading_deg, b.heading_deg);
        assert!(is_same, "{name}: report {index} is {a:?}, not {b:?}");
    }
}

#[test]
fn our_own_parquet_reads_back_as_the_same_fleet() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let first = check_text(
        "plain",
        &text(
            "mmsi,time,lat,lon,sog,cog,heading,rot,status,name,imo,callsign,shiptype,length,width,draught,destination,eta",
            |s| {
                format!(
                    "{},{},{},{},{},{},91,2.5,5,{},9074729,OXYZ,70,99.5,20.25,6.5,KIEL,06-01 19:00",
                    s.mmsi,
                    utc_text(s.t_ms),
                    s.lat,
                    s.lon,
                    s.sog,
                    s.cog,
                    s.name
                )
            },
        ),
    );
    export::reports_parquet(&first.fleet, &path, &Job::default()).unwrap();
    let again = open(&path).0;
    assert_same("Parquet", &again.fleet, &first.fleet);
    for (a, b) in again.fleet.vessels().iter().zip(first.fleet.vessels()) {
        assert_eq!((a.mmsi, &a.about), (b.mmsi, &b.about));
    }
    assert_eq!(again.fleet.reports().status, first.fleet.reports().status);
    assert_eq!(again.fleet.reports().rot_deg_min, first.fleet.reports().rot_deg_min);
}

/// Writes foreign Parquet: numbers and times of whatever type.
fn write_foreign(path: &Path, times: Column, numbers: &DataType) {
    let said = said();
    let column = |name: &str, value: fn(&Said) -> f64| {
        Column::new(name.into(), said.iter().map(value).collect::<Vec<f64>>())
    };
    let columns = vec![
        column("Source_MMSI", |s| f64::from(s.mmsi)).cast(numbers).unwrap(),
        times,
        column("Latitude", |s| s.lat),
        column("Longitude", |s| s.lon),
        column("SOG", |s| s.sog).cast(&DataType::Float32).unwrap(),
        column("COG", |s| s.cog).cast(&DataType::Int32).unwrap(),
        Column::new("vessel name".into(), said.iter().map(|s| s.name).collect::<Vec<_>>()),
    ];
    let mut frame = DataFrame::new(said.len(), columns).unwrap();
    ParquetWriter::new(fs::File::create(path).unwrap()).finish(&mut frame).unwrap();
}

#[test]
fn foreign_parquet_is_read_whatever_its_types() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.parquet");
    let ms: Vec<i64> = said().iter().map(|s| s.t_ms).collect();
    let epoch = |per_ms: i64| {
        Column::new("timestamp".into(), ms.iter().map(|t| t * per_ms).collect::<Vec<i64>>())
    };
    let instants = |per_ms, unit| epoch(per_ms).cast(&DataType::Datetime(unit, None)).unwrap();
    let seconds =
        Column::new("timestamp".into(), ms.iter().map(|t| t / 1000).collect::<Vec<i64>>());
    let texts =
        Column::new("timestamp".into(), ms.iter().map(|t| iso_text(*t)).collect::<Vec<_>>());
    for (dialect, times, numbers) in [
        ("microseconds, 64 bits", instants(1000, TimeUnit::Microseconds), DataType::Int64),
        ("nanoseconds, 32 bits", instants(1_000_000, TimeUnit::Nanoseconds), DataType::UInt32),
        ("milliseconds, floats", instants(1, TimeUnit::Milliseconds), DataType::Float64),
        ("seconds as numbers", seconds, DataType::Int64),
        ("milliseconds as numbers", epoch(1), DataType::Int64),
        ("texts", texts, DataType::Int64),
    ] {
        write_foreign(&path, times, &numbers);
        let (reading, _) = open(&path);
        check(dialect, &reading);
        assert_eq!(reading.fleet.vessels()[1].about.name, "BERTA", "{dialect}");
    }
}

#[test]
fn a_file_that_names_nobody_has_rows_but_no_vessels_in_its_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    let rows = (0..30)
        .map(|n| format!("2024-01-01T10:{n:02}:00Z,0.0,{:.4},12,90\n", 0.003 * f64::from(n)));
    fs::write(&path, format!("time,lat,lon,sog,cog\n{}", rows.collect::<String>())).unwrap();
    let (reading, ledger) = open(&path);
    assert_eq!((ledger.rows_kept, ledger.vessels, ledger.fault.as_deref()), (30, 0, None));
    assert_eq!(reading.fleet.reports().len(), 30, "each row is a point of its own");
}
