//! Lists of ports: the World Port Index, UN/LOCODE, tables of one's own; and the bundled one.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::blocks::open;
use super::fields::{field, find_delimiter, header_names, lines, split, text_of};
use super::number::{parse_f64, parse_u32};
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
mod tests {
    use super::*;
    use crate::ais::PortId;

    fn read(text: &str) -> Result<PortReading, PortError> {
        table_of("a.csv", text.as_bytes(), &PortColumns::default())
    }

    fn shared(name: &str) -> Option<std::path::PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = root.join("../shared/data/reference").join(name);
        if !path.exists() {
            println!("skipped: no ../shared/data/reference/{name}");
        }
        path.exists().then_some(path)
    }

    #[test]
    fn the_bundled_ports_are_the_worlds_main_ports() {
        let ports = bundled();
        assert!((1_500..1_800).contains(&ports.len()), "{}", ports.len());
        for (code, lon, lat) in [
            ("NLRTM", 4.5, 51.9),
            ("USLGB", -118.2, 33.75),
            ("SGKEP", 103.85, 1.28),
            ("DEHAM", 9.9, 53.5),
            ("NZAKL", 174.77, -36.85),
        ] {
            let code = Locode::from_text(code).unwrap();
            let id = ports.with_code(code).next().unwrap_or_else(|| panic!("{code}"));
            let far_m =
                crate::base::geo::distance_m(ports.port(id).position, Position::new(lon, lat));
            assert!(far_m < 20_000.0, "{code}: {far_m}");
            assert!(ports.port(id).wpi.is_some() && !ports.port(id).country.is_empty());
        }
    }

    #[test]
    fn a_table_of_ones_own_is_read_by_the_names_of_its_columns() {
        let reading = read(
            "Port;Code;Lat;Lng;Country\nKiel;DEKEL;54,32;10,15;Germany\n\n\"Gdynia \"\"N\"\"\";;54.53;18.55;\n",
        )
        .unwrap();
        let ports = reading.table.ports();
        assert_eq!((reading.rows, reading.refused.total(), reading.kind), (2, 0, "table of ports"));
        assert_eq!(
            (ports[0].name.as_str(), ports[0].position),
            ("Kiel", Position::new(10.15, 54.32))
        );
        assert_eq!(ports[0].locode.unwrap().as_str(), "DEKEL");
        assert_eq!((ports[1].name.as_str(), ports[1].locode), ("Gdynia \"N\"", None));
    }

    #[test]
    fn columns_that_the_user_names_go_before_the_usual_ones() {
        let text = b"name,berth,north,east\nA,B,1,2\n";
        let columns = PortColumns {
            name: "Berth".into(),
            lat: "north".into(),
            lon: "east".into(),
            ..PortColumns::default()
        };
        let reading = table_of("a.csv", text, &columns).unwrap();
        assert_eq!(reading.table.port(PortId(0)).name, "B");
        let columns = PortColumns { lat: "south".into(), ..columns };
        let error = table_of("a.csv", text, &columns).unwrap_err().to_string();
        assert!(
            error.contains("for the port's latitude among name, berth, north, east"),
            "{error}"
        );
    }

    #[test]
    fn rows_without_a_place_are_counted_by_reason() {
        let reading = read("name,lat,lon\nA,1,2\nB,,\nC,north,2\nD,91,0\n,3,4\n").unwrap();
        let refused = |reason| reading.refused.of(reason);
        assert_eq!((reading.rows, reading.table.len()), (5, 1));
        assert_eq!(refused(PortRefusal::NoPosition), 1);
        assert_eq!(refused(PortRefusal::BadPosition), 2);
        assert_eq!(refused(PortRefusal::NoName), 1);
        let (_, first) = reading.refused.iter().next().unwrap();
        assert_eq!((first.first[0].line, first.first[0].text.as_str()), (6, ",3,4"));
    }

    #[test]
    fn a_table_without_ports_says_what_is_wrong() {
        for (text, part) in [
            ("", "no column for the port's name"),
            ("name,lat,lon\n", "no port in 0 rows (there are none)"),
            ("name,lat,lon\nA,,\nB,,\n", "no port in 2 rows (no position: 2)"),
            ("a,b,c\n1,2,3\n", "no column for the port's name among a, b, c"),
            ("name,lat\nA,1\n", "no column for the port's longitude among name, lat"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with("a.csv: ") && error.contains(part), "{error}");
        }
        let missing = read_ports(Path::new("/no/such.csv"), &PortColumns::default());
        assert!(missing.unwrap_err().to_string().contains("/no/such.csv: it cannot be read"));
    }

    const PART: &[u8] = b",\"DE\",,\".GERMANY\",,,,,,,,\r\n\
        ,\"DE\",\"KEL\",\"Kiel\",\"Kiel\",\"SH\",\"12345---\",\"AF\",\"9401\",,\"5420N 01008E\",\r\n\
        ,\"DE\",\"XXX\",\"Dorf\",\"Dorf\",,\"--3-----\",\"AF\",\"9401\",,\"5420N 01008E\",\r\n\
        ,\"DE\",\"YYY\",\"Nirgends\",\"Nirgends\",,\"1-------\",\"AF\",\"9401\",,,\r\n\
        \"X\",\"DE\",\"ZZZ\",\"Alt\",\"Alt\",,\"1-------\",\"AF\",\"9401\",,\"5420N 01008E\",\r\n\
        ,\"DE\",\"BRV\",\"Br\xfcckhafen\",\"Brueckhafen\",,\"1-------\",\"AF\",,,\"5360N 00835E\",\r\n\
        ,\"DE\",\"CUX\",\"C\xfcxhaven\",\"Cuxhaven\",,\"1-------\",\"AF\",,,\"5352S 00842W\",\r\n";

    #[test]
    fn unlocode_is_read_from_its_archive_or_from_a_part() {
        let archive = zip::archive_of(&[
            ("2024-2 SubdivisionCodes.csv", b"\"DE\",\"SH\",\"S\",\"Land\"\n", true),
            ("2024-2 UNLOCODE CodeListPart1.csv", PART, true),
        ]);
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [("list.zip", archive.as_slice()), ("part.csv", PART)] {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            let reading = read_ports(&path, &PortColumns::default()).unwrap();
            let ports = reading.table.ports();
            assert_eq!((reading.kind, reading.rows, ports.len()), ("UN/LOCODE", 6, 2), "{name}");
            assert_eq!(ports[0].locode.unwrap().to_string(), "DE KEL");
            assert_eq!(ports[0].country, "GERMANY");
            assert!((ports[0].position.lat_deg - 54.333_333).abs() < 1e-5);
            assert_eq!(ports[1].name, "Cüxhaven");
            assert!(ports[1].position.lat_deg < 0.0 && ports[1].position.lon_deg < 0.0);
            for reason in [
                PortRefusal::NotAPort,
                PortRefusal::NoPosition,
                PortRefusal::Removed,
                PortRefusal::BadPosition,
            ] {
                assert_eq!(reading.refused.of(reason), 1, "{reason:?}");
            }
        }
        let empty = zip::archive_of(&[("readme.txt", b"hello", false)]);
        let error = archive_error(&empty);
        assert!(
            error.contains("no file in the archive looks like UN/LOCODE")
                && error.contains("readme.txt"),
            "{error}"
        );
    }

    fn archive_error(bytes: &[u8]) -> String {
        archive("list.zip", bytes).unwrap_err().to_string()
    }

    #[test]
    fn the_world_port_index_is_read_whole() {
        let Some(path) = shared("world_port_index.csv.zst") else { return };
        let reading = read_ports(&path, &PortColumns::default()).unwrap();
        assert_eq!((reading.rows, reading.table.len()), (3_768, 3_768));
        assert_eq!(reading.kind, "World Port Index");
        let coded = reading.table.ports().iter().filter(|port| port.locode.is_some()).count();
        assert!((3_250..=3_338).contains(&coded), "{coded}");
    }

    #[test]
    fn the_official_unlocode_archive_is_read_whole() {
        let Some(path) = shared("unlocode_2024-2.zip") else { return };
        let reading = read_ports(&path, &PortColumns::default()).unwrap();
        assert_eq!(reading.rows, reading.table.len() as u64 + reading.refused.total());
        assert!(reading.table.len() > 10_000, "{}", reading.table.len());
        let beach = Locode::from_text("USLGB").unwrap();
        assert_eq!(reading.table.with_code(beach).count(), 1);
    }
}
