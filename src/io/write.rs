//! AIS as the two big publishers write it: the 17 columns of `MarineCadastre`, the wide form of
//! the Danish Maritime Authority; with the truth in three further columns where it is wanted.
//!
//! Rows come in order of time, as in the publishers' files, positions with six decimals. What is
//! not-a-number is written as real files write it: `MarineCadastre` has its numbers for "not
//! available" (SOG 102.3, COG 360.0, heading 511, latitude 91, longitude 181), the Danish files
//! have empty fields (and 91, 181).

mod fields;

use std::io::{self, Write};
use std::iter::zip;

use chrono::{DateTime, Datelike as _};
use rayon::prelude::*;
use thiserror::Error;

use self::fields::{Clock, push_degrees, push_number, push_tenths, push_text, push_whole};
use crate::ais::{Fleet, NavStatus, ShipKind, Truth, Vessel};
use crate::base::job::{Job, Stopped};

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

#[cfg(test)]
mod tests;
