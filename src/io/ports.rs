//! Lists of ports: the World Port Index, UN/LOCODE, tables of one's own; and the bundled one.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::blocks::open;
use super::fields::{field, find_delimiter, header_names, lines, split, text_of};
use super::number::{parse_f64, parse_u32};
use super::sniff::{ReadError, expect_text};
use super::zip::{self, ZipError};
use crate::ais::{HarborSize, Locode, Port, PortTable};
use crate::base::geo::Position;
use crate::base::job::Job;
use crate::base::note::{Place, Tally};
use crate::base::text::excerpt;

/// Main ports of the world, of the World Port Index; `assets/ports.py` writes it.
static BUNDLED: &[u8] = include_bytes!("../../assets/ports.csv.zst");

/// Bytes that no list of ports exceeds, unpacked.
const MOST_BYTES: u64 = 1 << 28;

/// The columns of UN/LOCODE's parts, which carry no header.
const UNLOCODE_COLUMNS: [&str; 12] = [
    "Change",
    "Country",
    "Location",
    "Name",
    "NameWoDiacritics",
    "Subdivision",
    "Function",
    "Status",
    "Date",
    "IATA",
    "Coordinates",
    "Remarks",
];

/// By which names a table's columns go; an empty one is looked for among the usual names.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PortColumns {
    /// The port's name.
    pub name: String,
    /// Its UN/LOCODE.
    pub locode: String,
    /// Its latitude, degrees north.
    pub lat: String,
    /// Its longitude, degrees east.
    pub lon: String,
    /// Its country.
    pub country: String,
    /// Its number in the World Port Index.
    pub wpi: String,
}

/// Why a row gave no port.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PortRefusal {
    /// It has no name and no code.
    NoName,
    /// It says nothing of where the port lies.
    NoPosition,
    /// Its position cannot be read or is no place on the Earth.
    BadPosition,
    /// UN/LOCODE says that it is no port: its first function is not 1.
    NotAPort,
    /// UN/LOCODE marks it as about to be removed.
    Removed,
}

impl PortRefusal {
    /// The reason in words.
    pub fn name(self) -> &'static str {
        match self {
            PortRefusal::NoName => "no name and no code",
            PortRefusal::NoPosition => "no position",
            PortRefusal::BadPosition => "a position that is none",
            PortRefusal::NotAPort => "not a port",
            PortRefusal::Removed => "marked as removed",
        }
    }
}

/// Why a file gave no ports. The path is added by the caller's message.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PortError {
    #[error("{path}: it cannot be read: {error}")]
    Io { path: String, error: std::io::Error },
    #[error("{path}: {error}")]
    NoText { path: String, error: ReadError },
    #[error("{path}: the archive cannot be read: {error}")]
    Zip { path: String, error: ZipError },
    #[error(
        "{path}: no file in the archive looks like UN/LOCODE (…CodeListPart1.csv); it has {found}"
    )]
    NoParts { path: String, found: String },
    #[error("{path}: no column for the port's {role} among {found}; {hint}")]
    NoColumn { path: String, role: &'static str, found: String, hint: &'static str },
    #[error(
        "{path}: no port in {rows} rows ({reasons}); a table with name, latitude and longitude is expected"
    )]
    NoPorts { path: String, rows: u64, reasons: String },
}

/// What a list of ports gave.
#[derive(Clone, Debug)]
pub struct PortReading {
    /// The ports.
    pub table: PortTable,
    /// What the list was taken for, in words.
    pub kind: &'static str,
    /// How many rows were looked at.
    pub rows: u64,
    /// Rows that gave no port, by reason, with the first of each.
    pub refused: Tally<PortRefusal>,
}

/// The ports that come with the program: about 1,700 of the World Port Index, those whose harbors
/// are not very small or have terminals.
pub fn bundled() -> PortTable {
    let text = zstd::decode_all(BUNDLED).expect("the bundled ports are whole");
    let read = table_of("bundled ports", &text, &PortColumns::default());
    read.expect("the bundled ports are a table of ports").table
}

/// Reads the list of ports at `path`: a World Port Index as CSV, a UN/LOCODE archive or one part
/// of it, or a table with a header that names the columns. Packed by gzip or zstd, it opens as it
/// is. Text that is not UTF-8 is read as Latin-1.
pub fn read_ports(path: &Path, columns: &PortColumns) -> Result<PortReading, PortError> {
    let name = path.display().to_string();
    let io = |error| PortError::Io { path: name.clone(), error };
    let job = Job::default();
    let (_, reader) = open(path, &job).map_err(io)?;
    let mut bytes = Vec::new();
    reader.take(MOST_BYTES).read_to_end(&mut bytes).map_err(io)?;
    if bytes.starts_with(b"PK\x03\x04") {
        archive(&name, &bytes)
    } else {
        table_of(&name, &bytes, columns)
    }
}

/// Reads UN/LOCODE's parts from its archive.
fn archive(path: &str, bytes: &[u8]) -> Result<PortReading, PortError> {
    let fault = |error| PortError::Zip { path: path.to_owned(), error };
    let entries = zip::entries(bytes).map_err(fault)?;
    let mut rows = Rows::new(UNLOCODE_COLUMNS.map(str::to_owned).to_vec(), b',');
    let is_part = |name: &str| {
        let name = name.to_ascii_lowercase();
        let is_csv = Path::new(&name).extension().is_some_and(|end| end == "csv");
        is_csv && !name.contains("subdivision") && !name.contains("__macosx")
    };
    for entry in entries.iter().filter(|entry| is_part(&entry.name)) {
        let part = entry.unpack().map_err(fault)?;
        if first_fields(&part).is_some_and(|first| is_unlocode(&first)) {
            rows.take(&format!("{path}/{}", entry.name), &part, 1);
        }
    }
    if rows.n == 0 {
        let names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
        return Err(PortError::NoParts { path: path.to_owned(), found: names.join(", ") });
    }
    rows.finish(path, "UN/LOCODE")
}

/// Reads one table.
fn table_of(path: &str, bytes: &[u8], columns: &PortColumns) -> Result<PortReading, PortError> {
    expect_text(bytes).map_err(|error| PortError::NoText { path: path.to_owned(), error })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if first_fields(bytes).is_some_and(|first| is_unlocode(&first)) {
        let mut rows = Rows::new(UNLOCODE_COLUMNS.map(str::to_owned).to_vec(), b',');
        rows.take(path, bytes, 1);
        return rows.finish(path, "UN/LOCODE");
    }
    // Comments may stand above the header.
    let mut start = 0;
    let mut n_above = 0;
    while bytes[start..].starts_with(b"#") {
        let length =
            memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len() - start, |end| end + 1);
        start += length;
        n_above += 1;
    }
    let bytes = &bytes[start..];
    let header_end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let header = bytes[..header_end].trim_ascii_end();
    let delimiter = find_delimiter(header);
    let names: Vec<String> =
        header_names(header, delimiter).iter().map(|name| text_from(name.as_bytes())).collect();
    let mut rows = Rows::new(names, delimiter);
    rows.choose(path, columns)?;
    rows.take(path, bytes.get(header_end + 1..).unwrap_or_default(), n_above + 2);
    let kind = if rows.is_wpi { "World Port Index" } else { "table of ports" };
    rows.finish(path, kind)
}

/// The fields of the first line.
fn first_fields(bytes: &[u8]) -> Option<Vec<String>> {
    let line = lines(bytes).next()?;
    Some(header_names(line, b','))
}

/// Whether a first line is one of UN/LOCODE's: twelve fields of which the second is a country.
fn is_unlocode(first: &[String]) -> bool {
    let is_country =
        |text: &String| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    first.len() >= 11 && first.get(1).is_some_and(is_country)
}

/// What a column may hold, with the names it usually has, as [`plain`] writes them.
const ROLES: [(&str, &[&str]); 12] = [
    ("name", &["mainportname", "portname", "name", "port", "placename", "title"]),
    ("locode", &["unlocode", "locode", "portcode", "code"]),
    ("latitude", &["latitude", "lat", "latdeg", "latitudedeg", "y"]),
    ("longitude", &["longitude", "lon", "lng", "long", "londeg", "longitudedeg", "x"]),
    ("country", &["countrycode", "country", "countryname", "iso2", "iso"]),
    ("wpi", &["worldportindexnumber", "wpi", "wpinumber", "indexno", "wpiportnumber"]),
    ("size", &["harborsize", "harboursize", "size"]),
    ("aliases", &["alternateportname", "aliases", "alias", "alternatenames"]),
    ("location", &["location"]),
    ("function", &["function"]),
    ("coordinates", &["coordinates", "position"]),
    ("change", &["change"]),
];
const NAME: usize = 0;
const LOCODE: usize = 1;
const LAT: usize = 2;
const LON: usize = 3;
const COUNTRY: usize = 4;
const WPI: usize = 5;
const SIZE: usize = 6;
const ALIASES: usize = 7;
const LOCATION: usize = 8;
const FUNCTION: usize = 9;
const COORDINATES: usize = 10;
const CHANGE: usize = 11;

/// Rows of a table on their way into ports.
struct Rows {
    names: Vec<String>,
    delimiter: u8,
    /// Which column holds each of [`ROLES`].
    columns: [Option<usize>; 12],
    is_wpi: bool,
    ports: Vec<Port>,
    refused: Tally<PortRefusal>,
    n: u64,
    /// UN/LOCODE's name of the country whose places are being read.
    country: String,
}

impl Rows {
    fn new(names: Vec<String>, delimiter: u8) -> Rows {
        let plain: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let columns = ROLES.map(|(_, usual)| {
            usual.iter().find_map(|usual| plain.iter().position(|name| name == usual))
        });
        let is_wpi = plain.iter().any(|name| name == "mainportname");
        let (ports, refused) = (Vec::new(), Tally::default());
        Rows { names, delimiter, columns, is_wpi, ports, refused, n: 0, country: String::new() }
    }

    /// Takes the columns that the user named in place of the usual ones, and sees that none is
    /// missing.
    fn choose(&mut self, path: &str, chosen: &PortColumns) -> Result<(), PortError> {
        let found = self.names.join(", ");
        let missing = |role, hint| PortError::NoColumn {
            path: path.to_owned(),
            role,
            found: excerpt(found.as_bytes(), 300),
            hint,
        };
        for (role, name) in [
            (NAME, &chosen.name),
            (LOCODE, &chosen.locode),
            (LAT, &chosen.lat),
            (LON, &chosen.lon),
            (COUNTRY, &chosen.country),
            (WPI, &chosen.wpi),
        ] {
            if !name.trim().is_empty() {
                let column = self.names.iter().position(|found| plain(found) == plain(name));
                let hint = "the column that was chosen is not there";
                self.columns[role] = Some(column.ok_or_else(|| missing(ROLES[role].0, hint))?);
            }
        }
        let hint = "name the column, or give a header line";
        if self.columns[NAME].or(self.columns[LOCODE]).is_none() {
            return Err(missing(ROLES[NAME].0, hint));
        }
        for role in [LAT, LON] {
            if self.columns[role].or(self.columns[COORDINATES]).is_none() {
                return Err(missing(ROLES[role].0, hint));
            }
        }
        Ok(())
    }

    /// Takes the rows of `bytes`, whose first line is the `first`th of its file.
    fn take(&mut self, path: &str, bytes: &[u8], first: u64) {
        let file: Arc<str> = path.into();
        let mut spans = Vec::new();
        for (line_number, line) in (first..).zip(bytes.split(|byte| *byte == b'\n')) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.trim_ascii().is_empty() {
                continue;
            }
            split(line, self.delimiter, &mut spans);
            let text = |role: usize| {
                let span = spans.get(self.columns[role]?)?;
                let text = text_from(field(line, *span));
                let text = text.trim();
                (!text.is_empty()).then(|| text.to_owned())
            };
            if self.columns[LOCATION].is_some() && text(LOCATION).is_none() {
                // A heading of UN/LOCODE: `,"AD",,".ANDORRA"`.
                let heading = text(NAME).unwrap_or_default();
                let heading = heading.trim_start_matches('.');
                heading.split('(').next().unwrap_or_default().trim().clone_into(&mut self.country);
                continue;
            }
            self.n += 1;
            match self.port_of(text) {
                Ok(port) => self.ports.push(port),
                Err(refusal) => self.refused.count(refusal, || Place {
                    file: Arc::clone(&file),
                    line: line_number,
                    text: excerpt(line, 80),
                }),
            }
        }
    }

    fn port_of(&self, text: impl Fn(usize) -> Option<String>) -> Result<Port, PortRefusal> {
        if text(CHANGE).is_some_and(|change| change.eq_ignore_ascii_case("x")) {
            return Err(PortRefusal::Removed);
        }
        if text(FUNCTION).is_some_and(|function| !function.starts_with('1')) {
            return Err(PortRefusal::NotAPort);
        }
        let country = text(COUNTRY).unwrap_or_default();
        let code = text(LOCODE).or_else(|| text(LOCATION).map(|place| country.clone() + &place));
        let locode = code.and_then(|code| Locode::from_text(&code));
        let is_list = self.columns[LOCATION].is_some();
        let name = match (text(NAME), locode) {
            (Some(name), _) => name,
            (None, Some(code)) => code.to_string(),
            (None, None) => return Err(PortRefusal::NoName),
        };
        let position = Self::position_of(&text)?;
        let aliases = text(ALIASES).unwrap_or_default();
        let aliases = aliases.split([';', '|']).map(str::trim).filter(|alias| !alias.is_empty());
        Ok(Port {
            aliases: aliases.map(str::to_owned).collect(),
            locode,
            wpi: text(WPI).and_then(|number| parse_u32(number.as_bytes())),
            country: if is_list && !self.country.is_empty() {
                self.country.clone()
            } else {
                country
            },
            size: text(SIZE).map_or(HarborSize::Unknown, |size| HarborSize::from_text(&size)),
            position,
            name,
        })
    }

    fn position_of(text: &impl Fn(usize) -> Option<String>) -> Result<Position, PortRefusal> {
        let position = if let (Some(lat), Some(lon)) = (text(LAT), text(LON)) {
            let place = parse_f64(lon.as_bytes()).zip(parse_f64(lat.as_bytes()));
            place.map(|(lon, lat)| Position::new(lon, lat))
        } else {
            position_from(&text(COORDINATES).ok_or(PortRefusal::NoPosition)?)
        };
        position.filter(|position| position.is_valid()).ok_or(PortRefusal::BadPosition)
    }

    fn finish(self, path: &str, kind: &'static str) -> Result<PortReading, PortError> {
        if self.ports.is_empty() {
            let reasons: Vec<String> = self
                .refused
                .iter()
                .map(|(reason, counted)| format!("{}: {}", reason.name(), counted.n))
                .collect();
            let reasons =
                if reasons.is_empty() { "there are none".into() } else { reasons.join(", ") };
            return Err(PortError::NoPorts { path: path.to_owned(), rows: self.n, reasons });
        }
        let table = PortTable::new(self.ports);
        Ok(PortReading { table, kind, rows: self.n, refused: self.refused })
    }
}

/// A column's name as it is compared: small letters and digits.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// A field as text: UTF-8 where it is that, else Latin-1; doubled quotes made single.
fn text_from(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(_) => text_of(bytes),
        Err(_) => {
            bytes.iter().map(|byte| char::from(*byte)).collect::<String>().replace("\"\"", "\"")
        }
    }
}

/// A place as UN/LOCODE writes it, in degrees and minutes: `3345N 11812W`.
fn position_from(text: &str) -> Option<Position> {
    let (lat, lon) = text.trim().split_once(' ')?;
    let degrees = |text: &str, positive: char, negative: char| {
        let text = text.trim();
        let side = text.chars().last()?;
        let digits = text.strip_suffix(side)?;
        let number: u32 = digits.parse().ok()?;
        let (degrees, minutes) = (number / 100, number % 100);
        let sign = if side == positive {
            1.0
        } else if side == negative {
            -1.0
        } else {
            return None;
        };
        (minutes < 60).then(|| sign * (f64::from(degrees) + f64::from(minutes) / 60.0))
    };
    Some(Position::new(degrees(lon, 'E', 'W')?, degrees(lat, 'N', 'S')?))
}

#[cfg(test)]
mod tests;
