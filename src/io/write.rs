//! AIS as the two big publishers write it: the 17 columns of `MarineCadastre`, the wide form of
//! the Danish Maritime Authority; with the truth in three further columns where it is wanted.
//!
//! Rows come in order of time, as in the publishers' files, positions with six decimals. What is
//! not-a-number is written as real files write it: `MarineCadastre` has its numbers for "not
//! available" (SOG 102.3, COG 360.0, heading 511, latitude 91, longitude 181), the Danish files
//! have empty fields (and 91, 181).

use std::io::{self, Write};
use std::iter::zip;

use chrono::{DateTime, Datelike as _};
use rayon::prelude::*;
use thiserror::Error;

use crate::ais::{Fleet, NavStatus, ShipKind, Truth, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::time::DAY_MS;

/// Rows that one thread formats at a time.
const CHUNK_ROWS: usize = 8192;
/// Chunks that are formatted before they are written.
const CHUNKS_AT_ONCE: usize = 32;

const MARINECADASTRE_HEADER: &str = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,\
    CallSign,VesselType,Status,Length,Width,Draft,Cargo,TransceiverClass";
const DMA_HEADER: &str = "# Timestamp,Type of mobile,MMSI,Latitude,Longitude,Navigational status,\
    ROT,SOG,COG,Heading,IMO,Callsign,Name,Ship type,Cargo type,Width,Length,\
    Type of position fixing device,Draught,Destination,ETA,Data source type,A,B,C,D";
const TRUTH_HEADER: &str = ",truth_route,truth_trip,truth_fault";

/// Why a file was not written to its end.
#[derive(Debug, Error)]
pub enum WriteError {
    /// The place to write to refused.
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
    /// Nobody wants the file any more.
    #[error("writing was cancelled")]
    Cancelled,
    /// The job ended for a reason of its own.
    #[error("{0}")]
    Failed(String),
}

impl From<Stopped> for WriteError {
    fn from(stopped: Stopped) -> WriteError {
        match stopped {
            Stopped::Cancelled => WriteError::Cancelled,
            Stopped::Failed(text) => WriteError::Failed(text),
        }
    }
}

/// Writes `fleet` as `MarineCadastre` does, a header and a row a report; `with_truth` adds the
/// columns `truth_route`, `truth_trip` and `truth_fault`. Counts rows as steps of `job`.
///
/// Draughts are the latest of each vessel: the format has no voyages. The transceiver's class is
/// guessed from the vessel, because a fleet does not keep it.
pub fn write_marinecadastre(
    fleet: &Fleet,
    out: impl Write,
    with_truth: bool,
    job: &Job,
) -> Result<(), WriteError> {
    let cards: Vec<MarineCadastreCard> =
        fleet.vessels().par_iter().map(MarineCadastreCard::new).collect();
    let reports = fleet.reports();
    write_rows(fleet, out, MARINECADASTRE_HEADER, with_truth, job, |row, clock, index, owner| {
        let card = &cards[owner];
        row.extend_from_slice(&card.mmsi);
        clock.push_iso(row, reports.t_ms[index]);
        let place = reports.positions[index];
        row.push(b',');
        push_degrees(row, place.lat_deg, 91);
        row.push(b',');
        push_degrees(row, place.lon_deg, 181);
        row.push(b',');
        push_tenths(row, f64::from(reports.sog_kn[index]), b"102.3");
        row.push(b',');
        push_tenths(row, f64::from(reports.cog_deg[index]), b"360.0");
        row.push(b',');
        push_whole(row, f64::from(reports.heading_deg[index]), b"511");
        row.extend_from_slice(&card.identity);
        let status = reports.status[index];
        if status != NavStatus::UNDEFINED || !card.is_class_b {
            push_number(row, u64::from(status.0));
        }
        row.extend_from_slice(&card.size);
    })
}

/// Writes `fleet` as the Danish Maritime Authority does (the wide form), a header and a row a
/// report; `with_truth` adds the columns `truth_route`, `truth_trip` and `truth_fault`. Counts rows
/// as steps of `job`.
///
/// Destination, arrival and draught are those typed last before the row's time. An arrival
/// without year gets the one that brings it nearest to when it was typed.
pub fn write_dma(
    fleet: &Fleet,
    out: impl Write,
    with_truth: bool,
    job: &Job,
) -> Result<(), WriteError> {
    let cards: Vec<DmaCard> = fleet.vessels().par_iter().map(DmaCard::new).collect();
    let reports = fleet.reports();
    write_rows(fleet, out, DMA_HEADER, with_truth, job, |row, clock, index, owner| {
        let card = &cards[owner];
        let t_ms = reports.t_ms[index];
        clock.push_day_first(row, t_ms);
        row.extend_from_slice(&card.mobile);
        let place = reports.positions[index];
        push_degrees(row, place.lat_deg, 91);
        row.push(b',');
        push_degrees(row, place.lon_deg, 181);
        row.push(b',');
        row.extend_from_slice(dma_status(reports.status[index]).as_bytes());
        row.push(b',');
        push_tenths(row, f64::from(reports.rot_deg_min[index]), b"");
        row.push(b',');
        push_tenths(row, f64::from(reports.sog_kn[index]), b"");
        row.push(b',');
        push_tenths(row, f64::from(reports.cog_deg[index]), b"");
        row.push(b',');
        push_whole(row, f64::from(reports.heading_deg[index]), b"");
        row.extend_from_slice(&card.identity);
        let voyage = card.voyages.partition_point(|(from_ms, _)| *from_ms <= t_ms);
        row.extend_from_slice(&card.voyages[voyage.max(1) - 1].1);
        row.extend_from_slice(&card.size);
    })
}

/// Formats rows in order of time on all threads, and writes them in that order.
fn write_rows(
    fleet: &Fleet,
    mut out: impl Write,
    header: &str,
    with_truth: bool,
    job: &Job,
    push_row: impl Fn(&mut Vec<u8>, &mut Clock, usize, usize) + Sync,
) -> Result<(), WriteError> {
    let (order, owners) = (fleet.in_time_order(), fleet.owners());
    job.expect(order.len());
    out.write_all(header.as_bytes())?;
    out.write_all(if with_truth { TRUTH_HEADER.as_bytes() } else { b"" })?;
    out.write_all(b"\n")?;
    let mut texts: Vec<Vec<u8>> = vec![Vec::new(); CHUNKS_AT_ONCE];
    for part in order.chunks(CHUNK_ROWS * CHUNKS_AT_ONCE) {
        let chunks = part.par_chunks(CHUNK_ROWS).zip(&mut texts);
        chunks.try_for_each(|(rows, text)| {
            job.advance(rows.len())?;
            text.clear();
            let mut clock = Clock::default();
            for index in rows {
                let (index, owner) = (*index as usize, owners[*index as usize] as usize);
                push_row(text, &mut clock, index, owner);
                if with_truth {
                    push_truth(text, fleet.truth(index));
                }
                text.push(b'\n');
            }
            Ok::<(), Stopped>(())
        })?;
        for (_, text) in zip(part.chunks(CHUNK_ROWS), &texts) {
            out.write_all(text)?;
        }
    }
    out.flush()?;
    Ok(())
}

/// What is the same in every row of a vessel, written once.
struct MarineCadastreCard {
    mmsi: Vec<u8>,
    identity: Vec<u8>,
    size: Vec<u8>,
    is_class_b: bool,
}

impl MarineCadastreCard {
    fn new(vessel: &Vessel) -> MarineCadastreCard {
        let about = &vessel.about;
        let imo = if about.imo == 0 { String::new() } else { format!("IMO{}", about.imo) };
        let code =
            if about.ship_type.0 == 0 { String::new() } else { about.ship_type.0.to_string() };
        let mut identity = vec![b','];
        push_text(&mut identity, &about.name);
        identity.extend_from_slice(format!(",{imo},").as_bytes());
        push_text(&mut identity, &about.callsign);
        identity.extend_from_slice(format!(",{code},").as_bytes());
        let is_class_b = is_class_b(vessel);
        let class = if is_class_b { 'B' } else { 'A' };
        let (length, width) = (size_text(about.length_m), size_text(about.width_m));
        let draft = about.draught_m.map_or(String::new(), |m| format!("{m:.1}"));
        MarineCadastreCard {
            mmsi: format!("{},", vessel.mmsi.0).into_bytes(),
            identity,
            size: format!(",{length},{width},{draft},{code},{class}").into_bytes(),
            is_class_b,
        }
    }
}

/// What is the same in every row of a vessel or of one of her voyages, written once.
struct DmaCard {
    mobile: Vec<u8>,
    identity: Vec<u8>,
    /// Draught, destination and arrival, by the time from which on they hold. Never empty.
    voyages: Vec<(i64, Vec<u8>)>,
    size: Vec<u8>,
}

impl DmaCard {
    fn new(vessel: &Vessel) -> DmaCard {
        let about = &vessel.about;
        let class = if is_class_b(vessel) { 'B' } else { 'A' };
        let unknown = |text: String| if text.is_empty() { "Unknown".to_string() } else { text };
        let imo = unknown(if about.imo == 0 { String::new() } else { about.imo.to_string() });
        let (length, width) = (size_text(about.length_m), size_text(about.width_m));
        let mut identity = format!(",{imo},").into_bytes();
        push_text(&mut identity, &unknown(about.callsign.clone()));
        identity.push(b',');
        push_text(&mut identity, &about.name);
        let kind = dma_type(about.ship_type.0);
        identity.extend_from_slice(format!(",{kind},,{width},{length},GPS,").as_bytes());

        let voyage_text = |draught_m: Option<f32>, destination: &str, eta: &str, typed_ms: i64| {
            let mut text = draught_m.map_or(String::new(), |m| format!("{m:.1}")).into_bytes();
            text.push(b',');
            push_text(&mut text, &unknown(destination.into()));
            text.push(b',');
            push_text(&mut text, &dma_eta(eta, typed_ms));
            text
        };
        let typed = vessel.voyages.iter().map(|(t_ms, note)| {
            let draught_m =
                Some(note.draught_dm).filter(|dm| *dm > 0).map(|dm| f32::from(dm) / 10.0);
            let draught_m = draught_m.or(about.draught_m);
            (*t_ms, voyage_text(draught_m, &note.destination, &note.eta, *t_ms))
        });
        // Before the first voyage the vessel says what nobody has changed yet.
        let is_silent = !vessel.voyages.is_empty();
        let (destination, eta) =
            if is_silent { ("", "") } else { (about.destination.as_str(), about.eta.as_str()) };
        let before = voyage_text(about.draught_m, destination, eta, 0);
        let voyages = std::iter::once((i64::MIN, before)).chain(typed).collect();

        let mut size = b",AIS".to_vec();
        for (meters, share) in [(about.length_m, 0.8), (about.width_m, 0.5)] {
            // The antenna stands aft, amidships.
            let fore = meters.map(|m| (f64::from(m) * share).round() as f32);
            let aft = zip(meters, fore).map(|(all, fore)| all - fore).next();
            size.extend_from_slice(format!(",{},{}", size_text(fore), size_text(aft)).as_bytes());
        }
        DmaCard {
            mobile: format!(",Class {class},{},", vessel.mmsi.0).into_bytes(),
            identity,
            voyages,
            size,
        }
    }
}

/// Whether the vessel most likely has a set of class B: pleasure craft, and unregistered fishing
/// boats below 20 meters.
fn is_class_b(vessel: &Vessel) -> bool {
    let is_short = vessel.about.length_m.is_none_or(|m| m < 20.0);
    let is_small = vessel.about.imo == 0 && is_short && vessel.about.draught_m.is_none();
    match vessel.kind() {
        ShipKind::Pleasure => true,
        ShipKind::Fishing => is_small,
        _ => false,
    }
}

/// Meters, with a decimal only where there is one; empty for unknown.
fn size_text(meters: Option<f32>) -> String {
    match meters {
        Some(m) if m.fract() == 0.0 => format!("{m:.0}"),
        Some(m) => format!("{m:.1}"),
        None => String::new(),
    }
}

/// The words of the Danish files for an AIS ship type.
fn dma_type(code: u8) -> &'static str {
    match code {
        20..=29 => "WIG",
        30 => "Fishing",
        31 => "Towing",
        32 => "Towing long/wide",
        33 => "Dredging",
        34 => "Diving",
        35 => "Military",
        36 => "Sailing",
        37 => "Pleasure",
        40..=49 => "HSC",
        50 => "Pilot",
        51 => "SAR",
        52 => "Tug",
        53 => "Port tender",
        54 => "Anti-pollution",
        55 => "Law enforcement",
        58 => "Medical",
        60..=69 => "Passenger",
        70..=79 => "Cargo",
        80..=89 => "Tanker",
        90..=99 => "Other",
        0 => "Undefined",
        _ => "Reserved",
    }
}

/// The words of the Danish files for a navigational status.
fn dma_status(status: NavStatus) -> &'static str {
    match status.0 {
        0 => "Under way using engine",
        1 => "At anchor",
        2 => "Not under command",
        3 => "Restricted maneuverability",
        4 => "Constrained by her draught",
        5 => "Moored",
        6 => "Aground",
        7 => "Engaged in fishing",
        8 => "Under way sailing",
        9 => "Reserved for future amendment [HSC]",
        10 => "Reserved for future amendment [WIG]",
        11 => "Power-driven vessel towing astern",
        12 => "Power-driven vessel pushing ahead or towing alongside",
        13 => "Reserved for future use",
        14 => "AIS-SART",
        _ => "Unknown value",
    }
}

/// `MM-DD hh:mm`, typed at `typed_ms`, as `DD/MM/YYYY hh:mm:00`; any other text as it is.
fn dma_eta(eta: &str, typed_ms: i64) -> String {
    let is_short = eta.len() == 11
        && zip(eta.bytes(), "dd-dd dd:dd".bytes())
            .all(|(byte, form)| byte == form || (form == b'd' && byte.is_ascii_digit()));
    let Some(typed) = DateTime::from_timestamp_millis(typed_ms).filter(|_| is_short) else {
        return eta.into();
    };
    let (month, day, clock) = (&eta[..2], &eta[3..5], &eta[6..]);
    let month_now = typed.month() as i32;
    let month_then: i32 = month.parse().unwrap_or(month_now);
    let year = typed.year()
        + match month_then - month_now {
            ..-6 => 1,
            7.. => -1,
            _ => 0,
        };
    format!("{day}/{month}/{year} {clock}:00")
}

fn push_truth(row: &mut Vec<u8>, truth: Truth) {
    for number in [truth.route, truth.trip] {
        row.push(b',');
        if number != Truth::NONE {
            push_number(row, u64::from(number));
        }
    }
    row.push(b',');
    row.extend_from_slice(truth.fault.name().as_bytes());
}

/// A text field, in quotes where it would not be one field otherwise.
fn push_text(row: &mut Vec<u8>, text: &str) {
    if !text.contains([',', '"', '\n', '\r']) {
        return row.extend_from_slice(text.as_bytes());
    }
    row.push(b'"');
    row.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    row.push(b'"');
}

/// Six decimals; whole degrees `missing` for not-a-number.
fn push_degrees(row: &mut Vec<u8>, deg: f64, missing: u32) {
    let deg = if deg.is_nan() { f64::from(missing) } else { deg };
    let micro = rounded(deg * 1e6);
    if micro < 0 {
        row.push(b'-');
    }
    let micro = micro.unsigned_abs();
    push_number(row, micro / 1_000_000);
    let part = micro % 1_000_000;
    row.push(b'.');
    row.extend_from_slice(&pair(part / 10_000));
    row.extend_from_slice(&pair(part / 100 % 100));
    row.extend_from_slice(&pair(part % 100));
}

/// One decimal; `missing` for not-a-number.
fn push_tenths(row: &mut Vec<u8>, x: f64, missing: &[u8]) {
    if x.is_nan() {
        return row.extend_from_slice(missing);
    }
    let tenths = rounded(x * 10.0);
    if tenths < 0 {
        row.push(b'-');
    }
    let tenths = tenths.unsigned_abs();
    push_number(row, tenths / 10);
    row.extend_from_slice(&[b'.', b'0' + (tenths % 10) as u8]);
}

/// No decimal; `missing` for not-a-number.
fn push_whole(row: &mut Vec<u8>, x: f64, missing: &[u8]) {
    if x.is_nan() {
        return row.extend_from_slice(missing);
    }
    let whole = rounded(x);
    if whole < 0 {
        row.push(b'-');
    }
    push_number(row, whole.unsigned_abs());
}

/// The nearest whole number. Adding half and cutting off takes a tenth of the time of `round`.
fn rounded(x: f64) -> i64 {
    (x + 0.5_f64.copysign(x)) as i64
}

fn push_number(row: &mut Vec<u8>, number: u64) {
    match number {
        0..10 => row.push(b'0' + number as u8),
        10..100 => row.extend_from_slice(&pair(number)),
        100..1000 => {
            let [tens, ones] = pair(number % 100);
            row.extend_from_slice(&[b'0' + (number / 100) as u8, tens, ones]);
        }
        _ => {
            push_number(row, number / 100);
            row.extend_from_slice(&pair(number % 100));
        }
    }
}

/// Two digits of a number below 100.
fn pair(number: u64) -> [u8; 2] {
    [b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]
}

/// Writes times, and keeps the last one written: in time order, neighbors share day and second.
struct Clock {
    day: i64,
    second: i64,
    /// `2024-06-03T00:00:00`
    iso: [u8; 19],
    /// `03/06/2024 00:00:00`
    day_first: [u8; 19],
}

impl Default for Clock {
    fn default() -> Clock {
        Clock { day: i64::MIN, second: i64::MIN, iso: [b'0'; 19], day_first: [b'0'; 19] }
    }
}

impl Clock {
    fn push_iso(&mut self, row: &mut Vec<u8>, t_ms: i64) {
        self.set(t_ms);
        row.extend_from_slice(&self.iso);
        let ms = t_ms.rem_euclid(1000) as u64;
        if ms > 0 {
            row.extend_from_slice(&[b'.', b'0' + (ms / 100) as u8]);
            row.extend_from_slice(&pair(ms % 100));
        }
    }

    /// The Danish files have no fractions: cut off.
    fn push_day_first(&mut self, row: &mut Vec<u8>, t_ms: i64) {
        self.set(t_ms);
        row.extend_from_slice(&self.day_first);
    }

    fn set(&mut self, t_ms: i64) {
        let second = t_ms.div_euclid(1000);
        if second == self.second {
            return;
        }
        self.second = second;
        let day = t_ms.div_euclid(DAY_MS);
        if day != self.day {
            self.day = day;
            self.set_day(t_ms);
        }
        let second = second.rem_euclid(DAY_MS / 1000) as u64;
        let [h, m, s] = [second / 3600, second / 60 % 60, second % 60].map(pair);
        let clock = [h[0], h[1], b':', m[0], m[1], b':', s[0], s[1]];
        self.iso[11..].copy_from_slice(&clock);
        self.day_first[11..].copy_from_slice(&clock);
    }

    fn set_day(&mut self, t_ms: i64) {
        // Times beyond chrono's years are no ship's; they stand as the year 0.
        let date = DateTime::from_timestamp_millis(t_ms).unwrap_or_default();
        let year = date.year().clamp(0, 9999) as u64;
        let ([c, y], [m, d]) = (
            [year / 100, year % 100].map(pair),
            [date.month(), date.day()].map(|part| pair(u64::from(part))),
        );
        let iso = [c[0], c[1], y[0], y[1], b'-', m[0], m[1], b'-', d[0], d[1], b'T'];
        let day_first = [d[0], d[1], b'/', m[0], m[1], b'/', c[0], c[1], y[0], y[1], b' '];
        self.iso[..11].copy_from_slice(&iso);
        self.day_first[..11].copy_from_slice(&day_first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::vessel::VoyageNote;
    use crate::ais::{Fault, Mmsi, Report, Reports, ShipType, Static};
    use crate::base::geo::Position;

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
    fn numbers_are_written_as_the_library_writes_them() {
        for x in [0.0, 0.04, 0.05, 9.99, 102.2, 359.96, -0.3, -708.0, 1234.5] {
            let mut row = Vec::new();
            push_tenths(&mut row, x, b"");
            let whole = (x * 10.0_f64).round() / 10.0;
            assert_eq!(String::from_utf8(row).unwrap(), format!("{whole:.1}"));
        }
        for deg in [0.0, -0.000_001, 1.5, -179.999_999, 91.0, 41.234_567, 100.000_001] {
            let mut row = Vec::new();
            push_degrees(&mut row, deg, 91);
            assert_eq!(String::from_utf8(row).unwrap(), format!("{deg:.6}"));
        }
        for number in [0, 9, 10, 99, 100, 999, 1000, 12_345, 290_000_001, u64::from(u32::MAX)] {
            let mut row = Vec::new();
            push_number(&mut row, number);
            assert_eq!(String::from_utf8(row).unwrap(), number.to_string());
        }
    }

    #[test]
    fn quotes_are_doubled_within_quotes() {
        let mut row = Vec::new();
        push_text(&mut row, "THE \"STAR\"");
        assert_eq!(row, b"\"THE \"\"STAR\"\"\"");
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
}
