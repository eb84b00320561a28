//! What the writers write, row by row.

use super::*;
use crate::ais::vessel::VoyageNote;
use crate::ais::{Fault, Mmsi, Report, Reports, ShipType, Static};
use crate::base::geo::Position;
use crate::base::time::DAY_MS;

/// 31 December 2015, 23:59:59.
const LAST_SECOND_MS: i64 = 1_451_606_399_000;

fn fleet() -> Fleet {
    let about = Static {
        name: "EARLY, DAWN".into(),
        callsign: "QMA100".into(),
        imo: 9_074_729,
        ship_type: ShipType(70),
        length_m: Some(180.0),
        width_m: Some(28.0),
        draught_m: Some(9.5),
        destination: "HESTVIK".into(),
        eta: "01-02 06:30".into(),
    };
    let note =
        VoyageNote { destination: "HESTVIK".into(), eta: "01-02 06:30".into(), draught_dm: 83 };
    let voyages = vec![(LAST_SECOND_MS, note)];
    let first = Vessel { mmsi: Mmsi(290_000_001), about, voyages, ..Vessel::default() };
    let second = Vessel { mmsi: Mmsi(290_000_002), ..Vessel::default() };
    let known = Report {
        sog_kn: 13.4,
        cog_deg: 7.04,
        heading_deg: 8.0,
        rot_deg_min: -1.5,
        status: NavStatus(0),
        ..Report::at(LAST_SECOND_MS, Position::new(-45.123_456_7, 41.5))
    };
    let mut reports = Reports::default();
    reports.push_with_truth(known, Truth { route: 4, trip: 17, fault: Fault::Misspelt });
    let unknown = Report::at(LAST_SECOND_MS - 1000, Position::new(f64::NAN, f64::NAN));
    reports.push_with_truth(unknown, Truth::UNKNOWN);
    Fleet::new(vec![first, second], vec![0, 1, 2], reports)
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> Result<(), WriteError>) -> Vec<String> {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(String::from).collect()
}

#[test]
fn marinecadastre_rows_come_in_time_order_with_its_numbers_for_missing() {
    let lines = text(|out| write_marinecadastre(&fleet(), out, false, &Job::default()));
    assert_eq!(lines[0].split(',').count(), 17);
    assert_eq!(
        lines[1..],
        [
            "290000002,2015-12-31T23:59:58,91.000000,181.000000,102.3,360.0,511,,,,,15,,,,,A",
            "290000001,2015-12-31T23:59:59,41.500000,-45.123457,13.4,7.0,8,\"EARLY, DAWN\",\
             IMO9074729,QMA100,70,0,180,28,9.5,70,A",
        ]
    );
}

#[test]
fn danish_rows_carry_the_voyage_of_their_time() {
    let lines = text(|out| write_dma(&fleet(), out, false, &Job::default()));
    assert_eq!(lines[0].split(',').count(), 26);
    assert_eq!(
        lines[1..],
        [
            "31/12/2015 23:59:58,Class A,290000002,91.000000,181.000000,Unknown value,,,,,\
             Unknown,Unknown,,Undefined,,,,GPS,,Unknown,,AIS,,,,",
            "31/12/2015 23:59:59,Class A,290000001,41.500000,-45.123457,\
             Under way using engine,-1.5,13.4,7.0,8,9074729,QMA100,\"EARLY, DAWN\",Cargo,,28,\
             180,GPS,8.3,HESTVIK,02/01/2016 06:30:00,AIS,144,36,14,14",
        ]
    );
}

#[test]
fn truth_stands_in_the_last_three_columns() {
    for dma in [false, true] {
        let lines = text(|out| {
            let write = if dma { write_dma } else { write_marinecadastre };
            write(&fleet(), out, true, &Job::default())
        });
        assert!(lines[0].ends_with(",truth_route,truth_trip,truth_fault"));
        assert!(lines[1].ends_with(",,,"), "{}", lines[1]);
        assert!(lines[2].ends_with(",4,17,misspelt"), "{}", lines[2]);
    }
}

#[test]
fn more_rows_than_a_chunk_keep_their_order() {
    let n = CHUNK_ROWS * CHUNKS_AT_ONCE + 77;
    let mut reports = Reports::default();
    for i in 0..n {
        reports.push(Report::at(1000 * i as i64 + 250, Position::new(0.0, 0.0)));
    }
    let fleet = Fleet::new(vec![Vessel::default()], vec![0, n], reports);
    let job = Job::default();
    let lines = text(|out| write_marinecadastre(&fleet, out, false, &job));
    assert_eq!(lines.len(), n + 1);
    assert!(lines[1..].is_sorted());
    assert!(lines[1].contains("1970-01-01T00:00:00.250"));
    assert_eq!(job.progress(), (n as u64, n as u64));
}

#[test]
fn a_cancelled_job_ends_the_writing() {
    let job = Job::default();
    job.cancel();
    let ended = write_dma(&fleet(), Vec::new(), false, &job);
    assert!(matches!(ended, Err(WriteError::Cancelled)));
}

#[test]
fn an_arrival_without_year_falls_near_the_time_it_was_typed() {
    assert_eq!(dma_eta("12-31 22:00", LAST_SECOND_MS), "31/12/2015 22:00:00");
    assert_eq!(dma_eta("01-02 06:30", LAST_SECOND_MS), "02/01/2016 06:30:00");
    assert_eq!(dma_eta("12-31 22:00", LAST_SECOND_MS + DAY_MS), "31/12/2015 22:00:00");
    assert_eq!(dma_eta("2016-01-02", LAST_SECOND_MS), "2016-01-02");
}
