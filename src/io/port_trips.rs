//! Counts of trips from port to port.

use std::io::Read as _;
use std::path::Path;

use super::blocks::open;
use super::fields::{field, find_delimiter, header_names, lines, split, text_of};
use super::number::{parse_f64, parse_u32};
use super::sniff::{ReadError, expect_text};
use crate::ais::{ShipKind, ShipType};
use crate::base::job::Job;
use crate::base::note::{Place, Tally};
use crate::base::text::excerpt;

/// Bytes that no such file exceeds, unpacked.
const MOST_BYTES: u64 = 1 << 30;

/// How many trips ships of a kind made from one port to another.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct PortTrips {
    /// Where they left: the number in the World Port Index.
    pub from_wpi: u32,
    /// Where they arrived, likewise.
    pub to_wpi: u32,
    /// What kind of ships.
    pub kind: ShipKind,
    /// How many trips.
    pub trips: f64,
}

/// Why a row gave no trips.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum TripsRefusal {
    /// A port's number cannot be read.
    BadPort,
    /// The number of trips cannot be read, or is not above 0.
    BadCount,
}

impl TripsRefusal {
    /// The reason in words.
    pub fn name(self) -> &'static str {
        match self {
            TripsRefusal::BadPort => "no port's number",
            TripsRefusal::BadCount => "no number of trips",
        }
    }
}

/// Why a file gave no trips.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum TripsError {
    #[error("{path}: it cannot be read: {error}")]
    Io { path: String, error: std::io::Error },
    #[error(
        "{path}: no column for {role} among {found}; start_port, end_port, vessel_category and \
         trips_count are expected"
    )]
    NoColumn { path: String, role: &'static str, found: String },
    #[error("{path}: {error}")]
    NoText { path: String, error: ReadError },
    #[error("{path}: no trips in {rows} rows")]
    NoTrips { path: String, rows: u64 },
}

/// What a file of trips gave.
#[derive(Clone, Debug)]
pub struct TripsReading {
    /// The trips.
    pub trips: Vec<PortTrips>,
    /// How many rows were looked at.
    pub rows: u64,
    /// Rows that gave none, by reason, with the first of each.
    pub refused: Tally<TripsRefusal>,
}

/// Columns, with the names that they may have.
const ROLES: [(&str, &[&str]); 4] = [
    ("the port left", &["start_port", "from_port", "from"]),
    ("the port reached", &["end_port", "to_port", "to"]),
    ("the kind of ship", &["vessel_category", "ship_type", "vessel_type"]),
    ("the number of trips", &["trips_count", "trips", "count"]),
];

/// Reads a table of trips between ports of the World Port Index: a header, then a row for each pair
/// of ports and kind of ship. Packed by gzip or zstd, it opens as it is. Ships of categories that are
/// no ship type count as "other".
pub fn read_port_trips(path: &Path) -> Result<TripsReading, TripsError> {
    let name = path.display().to_string();
    let io = |error| TripsError::Io { path: name.clone(), error };
    let job = Job::default();
    let (_, reader) = open(path, &job).map_err(io)?;
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES).read_to_end(&mut bytes).map_err(io)?;
    trips_of(&name, &bytes)
}

fn trips_of(path: &str, bytes: &[u8]) -> Result<TripsReading, TripsError> {
    expect_text(bytes).map_err(|error| TripsError::NoText { path: path.to_owned(), error })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut rows = lines(bytes);
    let header = rows.next().unwrap_or_default();
    let delimiter = find_delimiter(header);
    let names = header_names(header, delimiter);
    let mut columns = [0; ROLES.len()];
    for (column, (role, usual)) in columns.iter_mut().zip(ROLES) {
        let is_it = |name: &String| usual.contains(&name.to_ascii_lowercase().as_str());
        *column = names.iter().position(is_it).ok_or_else(|| TripsError::NoColumn {
            path: path.to_owned(),
            role,
            found: excerpt(names.join(", ").as_bytes(), 200),
        })?;
    }
    let mut reading = TripsReading { trips: Vec::new(), rows: 0, refused: Tally::default() };
    let mut spans = Vec::new();
    for line in rows {
        reading.rows += 1;
        split(line, delimiter, &mut spans);
        let cell =
            |role: usize| spans.get(columns[role]).map_or(&[][..], |span| field(line, *span));
        let port = |role: usize| parse_u32(cell(role).trim_ascii());
        let count = parse_f64(cell(3).trim_ascii()).filter(|n| *n > 0.0 && n.is_finite());
        let refusal = match (port(0), port(1), count) {
            (Some(from_wpi), Some(to_wpi), Some(trips)) => {
                let kind = kind_of(&text_of(cell(2)));
                reading.trips.push(PortTrips { from_wpi, to_wpi, kind, trips });
                continue;
            }
            (Some(_), Some(_), None) => TripsRefusal::BadCount,
            _ => TripsRefusal::BadPort,
        };
        let line_number = reading.rows + 1;
        reading.refused.count(refusal, || Place {
            file: path.into(),
            line: line_number,
            text: excerpt(line, 60),
        });
    }
    if reading.trips.is_empty() {
        return Err(TripsError::NoTrips { path: path.to_owned(), rows: reading.rows });
    }
    Ok(reading)
}

fn kind_of(category: &str) -> ShipKind {
    match ShipType::from_text(category).kind() {
        ShipKind::Unknown => ShipKind::Other,
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trips_are_read_and_bad_rows_counted() {
        let text = b"start_port,end_port,vessel_category,trips_count\n\
            41690,42205,special,1\n42205,44750,tanker,12\nx,1,cargo,1\n1,2,cargo,0\n1,2,military,2\n";
        let reading = trips_of("flows.csv", text).unwrap();
        let kinds: Vec<ShipKind> = reading.trips.iter().map(|trips| trips.kind).collect();
        assert_eq!(kinds, [ShipKind::Other, ShipKind::Tanker, ShipKind::Service]);
        let second =
            PortTrips { from_wpi: 42_205, to_wpi: 44_750, trips: 12.0, ..reading.trips[1] };
        assert_eq!((reading.trips[1], reading.rows), (second, 5));
        let refused = &reading.refused;
        assert_eq!(refused.of(TripsRefusal::BadPort), 1);
        assert_eq!(refused.of(TripsRefusal::BadCount), 1);
        let first = refused.iter().next().unwrap().1.first[0].clone();
        assert_eq!(first.line, 4);
    }

    #[test]
    fn a_file_without_its_columns_is_told() {
        let fault = trips_of("x.csv", b"start_port;end_port;trips_count\n1;2;3\n").unwrap_err();
        assert!(fault.to_string().starts_with(
            "x.csv: no column for the kind of ship among start_port, end_port, trips_count; "
        ));
        let empty = trips_of("x.csv", b"from,to,ship_type,trips\n").unwrap_err();
        assert_eq!(empty.to_string(), "x.csv: no trips in 0 rows");
        let nothing = trips_of("x.csv", b"").unwrap_err();
        assert_eq!(nothing.to_string(), "x.csv: the file is empty");
    }
}
