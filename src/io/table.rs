//! Tables of text: delimiter, header and rows.

use rustc_hash::FxHashMap;

use super::batch::{Batch, BatchBuilder, Refusal};
use super::blocks::Block;
use super::columns::{Columns, Mapping, Role};
use super::fields::Span;
pub use super::fields::{field, find_delimiter, header_names, lines, split, text_of};
use super::intake::{At, Row, Units};
use super::number::{parse_f64, parse_u32};
use crate::ais::{ShipType, Static};
use crate::base::time::{DAY_MS, TimeFormat};

mod reading;

use self::reading::Reading;

/// A table's form: everything needed to read its rows.
#[derive(Clone, Debug)]
pub struct Layout {
    /// What separates fields.
    pub delimiter: u8,
    /// What the columns hold.
    pub columns: Columns,
    /// How times are written.
    pub time_format: Option<TimeFormat>,
    /// Units of the numbers.
    pub units: Units,
    /// Midnight of the day assumed for times without a date, UTC milliseconds.
    pub date_ms: i64,
    /// Columns by role, resolved once.
    places: Places,
}

/// Columns by role; `NONE` where the table has none.
#[derive(Clone, Copy, Debug)]
struct Places {
    mmsi: usize,
    track: usize,
    point: usize,
    time: usize,
    date: usize,
    lat: usize,
    lon: usize,
    sog: usize,
    cog: usize,
    sine: usize,
    cosine: usize,
    heading: usize,
    rot: usize,
    status: usize,
    remaining: usize,
    truth_route: usize,
    truth_trip: usize,
    truth_fault: usize,
    /// The last column without which a row is nothing.
    last_needed: usize,
    /// First and last column that says something of the vessel.
    statics: (usize, usize),
}

const NONE: usize = usize::MAX;

/// The roles that say something of the vessel rather than of the moment.
pub const STATIC_ROLES: [Role; 13] = [
    Role::Name,
    Role::Imo,
    Role::Callsign,
    Role::ShipType,
    Role::Length,
    Role::Width,
    Role::DimA,
    Role::DimB,
    Role::DimC,
    Role::DimD,
    Role::Draught,
    Role::Destination,
    Role::Eta,
];

impl Layout {
    /// A layout of `columns` whose time format and units are still to be recognised.
    pub fn new(delimiter: u8, columns: Columns, mapping: &Mapping) -> Layout {
        let of = |role| columns.of(role).unwrap_or(NONE);
        let needed = [Role::Mmsi, Role::Lat, Role::Lon, Role::Time];
        let last_needed = needed.iter().filter_map(|role| columns.of(*role)).max().unwrap_or(0);
        let statics = STATIC_ROLES.iter().filter_map(|role| columns.of(*role));
        let statics = (statics.clone().min().unwrap_or(NONE), statics.max().unwrap_or(NONE));
        let places = Places {
            mmsi: of(Role::Mmsi),
            track: of(Role::Track),
            point: of(Role::Point),
            time: of(Role::Time),
            date: of(Role::Date),
            lat: of(Role::Lat),
            lon: of(Role::Lon),
            sog: of(Role::Sog),
            cog: of(Role::Cog),
            sine: of(Role::CogSine),
            cosine: of(Role::CogCosine),
            heading: of(Role::Heading),
            rot: of(Role::Rot),
            status: of(Role::Status),
            remaining: of(Role::Remaining),
            truth_route: of(Role::TruthRoute),
            truth_trip: of(Role::TruthTrip),
            truth_fault: of(Role::TruthFault),
            last_needed,
            statics,
        };
        let date_ms = mapping.date_ms();
        Layout { delimiter, columns, time_format: None, units: Units::default(), date_ms, places }
    }

    /// Whether vessels are named by numbers that are no MMSI.
    pub fn is_local(&self) -> bool {
        self.places.mmsi == NONE
    }

    /// The time fields of the first rows, as [`Layout::parse`] would read them.
    pub fn time_samples(&self, block: &[u8], most: usize) -> Vec<Vec<u8>> {
        let mut spans = Vec::new();
        let mut buffer = Vec::new();
        lines(block)
            .take(most)
            .filter_map(|line| {
                split(line, self.delimiter, &mut spans);
                Some(self.time_text(line, &spans, &mut buffer)?.to_vec())
            })
            .collect()
    }

    /// Reads the numbers of the first rows without judging them: what units are guessed from.
    pub fn sample<'a>(&'a self, block: &'a [u8], most: usize) -> Vec<Row> {
        let mut reading = Reading::new(self);
        lines(block).take(most).zip(1..).filter_map(|(line, at)| reading.row(line, at)).collect()
    }

    /// Reads every row of `block`.
    pub fn parse<'a>(&'a self, block: &'a Block) -> Batch {
        let mut builder = BatchBuilder::default();
        for (line, text) in &block.long_lines {
            builder.refuse(Refusal::LongLine, *line, text);
        }
        let mut reading = Reading::new(self);
        let has_positions = self.columns.has_positions();
        let mut line_number = block.first_line;
        let mut rest = &block.bytes[..];
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest);
            let line = &rest[..end.unwrap_or(rest.len())];
            rest = end.map_or(&[], |end| &rest[end + 1..]);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let at = At { line: line_number, text: line };
            line_number += 1;
            if line.is_empty() {
                continue;
            }
            if has_positions {
                reading.position_row(line, at, &mut builder);
            } else {
                reading.static_row(line, at, &mut builder);
            }
        }
        let mut batch = builder.finish();
        batch.anchors = reading.anchors.0.into_iter().collect();
        batch.anchors.sort_unstable();
        batch
    }

    fn time_text<'a>(
        &self,
        line: &'a [u8],
        spans: &[Span],
        buffer: &'a mut Vec<u8>,
    ) -> Option<&'a [u8]> {
        let time = spans.get(self.places.time).map(|span| field(line, *span));
        let date = spans.get(self.places.date).map(|span| field(line, *span));
        match (date, time) {
            (Some(date), Some(time)) => {
                buffer.clear();
                buffer.extend_from_slice(date.trim_ascii());
                buffer.push(b' ');
                buffer.extend_from_slice(time.trim_ascii());
                Some(buffer)
            }
            (date, time) => time.or(date),
        }
    }
}

/// When each vessel of a table without times is taken to arrive.
#[derive(Default)]
struct Anchors(FxHashMap<u32, i64>);

/// Puts what column `role` says into `said`; parts of the ship's size into `dims`.
pub fn tell(said: &mut Static, dims: &mut [f64; 4], role: Role, text: &str) {
    let text = text.trim().trim_end_matches('@').trim();
    let clean = || {
        if matches!(
            text.to_ascii_lowercase().as_str(),
            "unknown" | "undefined" | "nan" | "none" | "null"
        ) {
            String::new()
        } else {
            text.to_owned()
        }
    };
    let meters =
        || parse_f64(text.as_bytes()).filter(|m| *m > 0.0 && *m < 1023.0).map(|m| m as f32);
    match role {
        Role::Name => said.name = clean(),
        Role::Callsign => said.callsign = clean(),
        Role::Destination => said.destination = clean(),
        Role::Eta => said.eta = clean(),
        Role::Imo => {
            let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
            said.imo = parse_u32(digits.as_bytes()).unwrap_or(0);
        }
        Role::ShipType => said.ship_type = ShipType::from_text(text),
        Role::Length => said.length_m = meters(),
        Role::Width => said.width_m = meters(),
        Role::Draught => said.draught_m = meters().filter(|m| *m < 50.0),
        Role::DimA | Role::DimB | Role::DimC | Role::DimD => {
            let place = [Role::DimA, Role::DimB, Role::DimC, Role::DimD]
                .iter()
                .position(|dim| *dim == role);
            dims[place.expect("one of the four")] = parse_f64(text.as_bytes()).unwrap_or(f64::NAN);
        }
        _ => (),
    }
}

/// Length and breadth from the distances to bow, stern, port and starboard, where not given.
pub fn finish_dims(said: &mut Static, dims: [f64; 4]) {
    let sum = |a: f64, b: f64| Some((a + b) as f32).filter(|m| *m > 0.0 && *m < 1023.0);
    said.length_m = said.length_m.or_else(|| sum(dims[0], dims[1]));
    said.width_m = said.width_m.or_else(|| sum(dims[2], dims[3]));
}

/// The number for a vessel that a table names by a number or a text of its own.
pub fn local_id(name: &[u8]) -> Option<u32> {
    let name = name.trim_ascii();
    match parse_u32(name) {
        _ if name.is_empty() => None,
        Some(id) => Some(id),
        // A text: its hash, with the first bit set, out of the way of numbers in use.
        None => Some((hash_bytes(0, name) as u32) | 1 << 31),
    }
}

impl Layout {
    /// A time for tables that only tell week, weekday, hour and the minutes that remain: arrival is
    /// fixed by the first row of each vessel, and the other rows lie before it.
    fn anchored_ms(
        &self,
        id: u32,
        line: &[u8],
        spans: &[Span],
        anchors: &mut Anchors,
    ) -> Option<i64> {
        let number = |role| {
            let span = self.columns.of(role).and_then(|place| spans.get(place))?;
            parse_f64(field(line, *span))
        };
        let remaining_ms = (number(Role::Remaining).filter(|m| m.abs() < 1e7)? * 60_000.0) as i64;
        let anchor = anchors.0.entry(id).or_insert_with(|| {
            let week = number(Role::Week).unwrap_or(1.0).clamp(1.0, 53.0) as i64 - 1;
            let weekday = number(Role::Weekday).unwrap_or(0.0).clamp(0.0, 7.0) as i64;
            let hour = number(Role::Hour).unwrap_or(0.0).clamp(0.0, 23.0);
            self.date_ms
                + (week * 7 + weekday) * DAY_MS
                + ((hour + 0.5) * 3_600_000.0) as i64
                + remaining_ms
        });
        Some(*anchor - remaining_ms)
    }
}

/// FNV-1a over eight bytes at a time: enough to notice that a vessel says something new.
fn hash_bytes(seed: u64, bytes: &[u8]) -> u64 {
    let mut hash = seed ^ 0xcbf2_9ce4_8422_2325 ^ (bytes.len() as u64).rotate_left(32);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        hash = (hash ^ u64::from_le_bytes(chunk.try_into().expect("eight bytes")))
            .wrapping_mul(0x0100_0000_01b3);
        hash ^= hash >> 32;
    }
    for byte in chunks.remainder() {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests;
