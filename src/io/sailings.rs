//! Tables of voyages between two ports with the minutes that remained.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use super::blocks::open;
use super::fields::{field, find_delimiter, header_names, split};
use super::number::{parse_f64, parse_u32};
use super::sniff::{ReadError, expect_text};
use crate::ais::{SailingRow, Sailings};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::note::{Place, Tally};
use crate::base::text::excerpt;

/// Minutes remaining that no voyage exceeds: two years.
const MOST_MIN: f64 = 2.0 * 366.0 * 1440.0;

/// Bytes that no such table exceeds, unpacked.
const MOST_BYTES: u64 = 4 << 30;

/// Why a row was not taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum SailingRefusal {
    /// Its voyage has no number.
    NoTrip,
    /// Its position cannot be read or is no place on the Earth.
    BadPosition,
    /// Its time cannot be read.
    BadTime,
    /// Its minutes remaining cannot be read, are negative, or more than two years.
    BadTarget,
}

impl SailingRefusal {
    /// The reason in words.
    pub fn name(self) -> &'static str {
        match self {
            SailingRefusal::NoTrip => "no number of a voyage",
            SailingRefusal::BadPosition => "a position that is none",
            SailingRefusal::BadTime => "a time that cannot be read",
            SailingRefusal::BadTarget => "minutes remaining that are no number",
        }
    }
}

/// Why a table gave no voyages.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum SailingError {
    #[error("{path}: it cannot be read: {error}")]
    Io { path: String, error: std::io::Error },
    #[error(
        "{path}: no column for {role} among {found}; a table of voyages with {usual} is expected"
    )]
    NoColumn { path: String, role: &'static str, found: String, usual: &'static str },
    #[error("{path}: {error}")]
    NoText { path: String, error: ReadError },
    #[error("{path}: no report in {rows} rows ({reasons})")]
    NoRows { path: String, rows: u64, reasons: String },
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// What a table gave.
#[derive(Clone, Debug)]
pub struct SailingReading {
    /// The reports.
    pub sailings: Sailings,
    /// How many rows were looked at.
    pub rows: u64,
    /// Rows that were not taken, by reason, with the first of each.
    pub refused: Tally<SailingRefusal>,
}

/// Columns with the names they may have, as [`plain`] writes them, and whether they must be there.
const ROLES: [(&str, &[&str], bool); 13] = [
    ("the voyage", &["tripid", "trip", "voyageid", "voyage"], true),
    ("the latitude", &["latitude", "lat"], true),
    ("the longitude", &["longitude", "lon", "lng"], true),
    (
        "the minutes remaining",
        &["remainingtraveltimeinminutes", "remainingmins", "remainingmin"],
        true,
    ),
    ("the speed", &["sog", "speed", "speedoverground"], true),
    ("the course", &["cog", "course", "courseoverground"], false),
    ("the length", &["length"], false),
    ("the breadth", &["breadth", "width", "beam"], false),
    ("the draught", &["draught", "draft"], false),
    ("the time", &["time", "timestamp", "datetime"], false),
    ("the weekday", &["weekdayint", "weekday"], false),
    ("the hour", &["hourint", "hour", "hourofday"], false),
    ("the week", &["weekofyearint", "weekofyear", "week"], false),
];
const USUAL: &str = "TripID, Latitude, Longitude, SOG, WeekdayInt and HourInt (or time), and RemainingTravelTimeInMinutes";
const TIME: usize = 9;
const WEEKDAY: usize = 10;
const HOUR: usize = 11;
const WEEK: usize = 12;

/// Reads voyages with the minutes that remained at each report. The time is a column of its own
/// (`2016-01-21 04:30:00`) or the day of the week (Monday is 0) and the hour. Lengths, breadths
/// and draughts of 0 are missing. Opens gzip and zstd as they are.
pub fn read_sailings(path: &Path, job: &Job) -> Result<SailingReading, SailingError> {
    let name = path.display().to_string();
    let io = |error| SailingError::Io { path: name.clone(), error };
    let inner = job.uncounted();
    let mut bytes = Vec::new();
    let outcome =
        open(path, &inner).and_then(|(_, reader)| reader.take(MOST_BYTES).read_to_end(&mut bytes));
    job.go_on()?;
    outcome.map_err(io)?;
    table(&name, &bytes, job)
}

fn table(path: &str, bytes: &[u8], job: &Job) -> Result<SailingReading, SailingError> {
    expect_text(bytes).map_err(|error| SailingError::NoText { path: path.to_owned(), error })?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let header = bytes[..end].trim_ascii_end();
    let delimiter = find_delimiter(header);
    let names = header_names(header, delimiter);
    let columns = ROLES.map(|(_, usual, _)| {
        usual.iter().find_map(|usual| names.iter().position(|name| plain(name) == *usual))
    });
    let missing = |role| SailingError::NoColumn {
        path: path.to_owned(),
        role,
        found: excerpt(names.join(", ").as_bytes(), 300),
        usual: USUAL,
    };
    let mut roles = ROLES.iter().zip(&columns);
    if let Some(((role, ..), _)) = roles.find(|((.., is_needed), at)| *is_needed && at.is_none()) {
        return Err(missing(role));
    }
    let has_minutes = columns[TIME].is_some();
    if !has_minutes && columns[WEEKDAY].and(columns[HOUR]).is_none() {
        return Err(missing("the time"));
    }
    let file: Arc<str> = path.into();
    let mut reading = SailingReading {
        sailings: Sailings { rows: Vec::new(), has_minutes },
        rows: 0,
        refused: Tally::default(),
    };
    let mut spans = Vec::new();
    let rest = bytes.get(end + 1..).unwrap_or_default();
    for (number, line) in (2..).zip(rest.split(|byte| *byte == b'\n')) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        reading.rows += 1;
        if reading.rows.is_multiple_of(65_536) {
            job.go_on()?;
        }
        split(line, delimiter, &mut spans);
        let bytes = |role: usize| {
            let span = spans.get(columns[role]?)?;
            Some(field(line, *span))
        };
        match row_of(bytes) {
            Ok(row) => reading.sailings.rows.push(row),
            Err(refusal) => reading.refused.count(refusal, || Place {
                file: Arc::clone(&file),
                line: number,
                text: excerpt(line, 80),
            }),
        }
    }
    if reading.sailings.rows.is_empty() {
        let reasons: Vec<String> = reading
            .refused
            .iter()
            .map(|(reason, counted)| format!("{}: {}", reason.name(), counted.n))
            .collect();
        let reasons = if reasons.is_empty() { "there are none".into() } else { reasons.join(", ") };
        return Err(SailingError::NoRows { path: path.to_owned(), rows: reading.rows, reasons });
    }
    Ok(reading)
}

fn row_of<'a>(bytes: impl Fn(usize) -> Option<&'a [u8]>) -> Result<SailingRow, SailingRefusal> {
    let number = |role: usize| bytes(role).and_then(parse_f64);
    let finite = |number: &f32| number.is_finite();
    let single =
        |role: usize| number(role).map(|number| number as f32).filter(finite).unwrap_or(f32::NAN);
    let size = |role: usize| Some(single(role)).filter(|size| *size > 0.0).unwrap_or(f32::NAN);
    let trip = bytes(0).and_then(parse_u32).ok_or(SailingRefusal::NoTrip)?;
    let position = number(2).zip(number(1)).map(|(lon, lat)| Position::new(lon, lat));
    let position = position.filter(|place| place.is_valid()).ok_or(SailingRefusal::BadPosition)?;
    let remaining_min = number(3).filter(|min| (0.0..=MOST_MIN).contains(min));
    let remaining_min = remaining_min.ok_or(SailingRefusal::BadTarget)?;
    let (clock_min, week) = if let Some(text) = bytes(TIME) {
        let (day, minute) = minute_of(text).ok_or(SailingRefusal::BadTime)?;
        // 1970-01-01 was a Thursday.
        ((day + 3) as f64 * 1440.0 + minute, single(WEEK))
    } else {
        let (day, hour) = number(WEEKDAY).zip(number(HOUR)).ok_or(SailingRefusal::BadTime)?;
        let is_time = (0.0..7.0).contains(&day) && (0.0..24.0).contains(&hour);
        let minutes = (day.floor() * 24.0 + hour.floor()) * 60.0;
        (Some(minutes).filter(|_| is_time).ok_or(SailingRefusal::BadTime)?, single(WEEK))
    };
    let sog_kn = single(4);
    let cog_deg = single(5);
    Ok(SailingRow {
        trip,
        position,
        sog_kn: if (0.0..=102.2).contains(&sog_kn) { sog_kn } else { f32::NAN },
        cog_deg: if (0.0..360.0).contains(&cog_deg) { cog_deg } else { f32::NAN },
        length_m: size(6),
        breadth_m: size(7),
        draught_m: size(8),
        clock_min,
        week,
        remaining_min: remaining_min as f32,
    })
}

/// The day since 1970 and the minute of it that `2016-01-21 04:30:00` writes.
fn minute_of(text: &[u8]) -> Option<(i64, f64)> {
    let text = std::str::from_utf8(text).ok()?.trim().trim_end_matches('Z');
    let (date, time) = text.split_once([' ', 'T'])?;
    let date: chrono::NaiveDate = date.parse().ok()?;
    let mut parts = time.split(':');
    let hour: f64 = parts.next()?.parse().ok().filter(|hour| (0.0..24.0).contains(hour))?;
    let minute: f64 = parts.next()?.parse().ok().filter(|min| (0.0..60.0).contains(min))?;
    let second: f64 = parts.next().map_or(Some(0.0), |second| second.parse().ok())?;
    let second = Some(second).filter(|second| (0.0..=60.0).contains(second))?;
    let epoch = chrono::NaiveDate::from_ymd_opt(1970, 1, 1)?;
    let day = date.signed_duration_since(epoch).num_days();
    Some((day, hour * 60.0 + minute + second / 60.0))
}

/// A column's name as it is compared: small letters and digits.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<SailingReading, SailingError> {
        table("a.csv", text.as_bytes(), &Job::default())
    }

    #[test]
    fn rows_with_day_and_hour_are_read() {
        let reading = read(
            "RemainingTravelTimeInMinutes,Latitude,Longitude,WeekdayInt,WeekOfYearInt,HourInt,Length,Breadth,Draught,SOG,COG,TripID\n\
             798,53.52,8.56,2,24,21,79,0,2.8,7.6,360,365282\n",
        )
        .unwrap();
        let row = reading.sailings.rows[0];
        assert_eq!((row.trip, row.position), (365_282, Position::new(8.56, 53.52)));
        assert_eq!((row.clock_min, row.week), ((2.0 * 24.0 + 21.0) * 60.0, 24.0));
        assert_eq!((row.length_m, row.draught_m, row.remaining_min), (79.0, 2.8, 798.0));
        assert!(row.breadth_m.is_nan() && row.cog_deg.is_nan() && !reading.sailings.has_minutes);
    }

    #[test]
    fn rows_with_a_time_know_the_minute() {
        let reading = read(
            "TripID,time,Latitude,Longitude,SOG,remainingMins\n1,1970-01-05 00:30:00,1,2,3,4\n",
        )
        .unwrap();
        assert!(reading.sailings.has_minutes);
        // The fifth of January 1970 was a Monday.
        assert_eq!(reading.sailings.rows[0].clock_min % 10_080.0, 30.0);
    }

    #[test]
    fn bad_rows_are_counted_by_reason_and_bad_tables_told() {
        let head = "TripID,WeekdayInt,HourInt,Latitude,Longitude,SOG,remainingMins\n";
        let rows = "x,1,2,3,4,5,6\n1,1,2,93,4,5,6\n1,7,2,3,4,5,6\n1,1,2,3,4,5,-6\n1,1,2,3,4,5,6\n";
        let reading = read(&format!("{head}{rows}")).unwrap();
        assert_eq!((reading.rows, reading.sailings.rows.len()), (5, 1));
        for reason in [
            SailingRefusal::NoTrip,
            SailingRefusal::BadPosition,
            SailingRefusal::BadTime,
            SailingRefusal::BadTarget,
        ] {
            assert_eq!(reading.refused.of(reason), 1, "{reason:?}");
        }
        for (text, part) in [
            ("", "a.csv: the file is empty"),
            ("\0\u{1}\u{2}\u{3}", "a.csv: it is no text: its first bytes are 00 01 02 03"),
            (
                "PAR1\0",
                "a.csv: it is no text: its first bytes are 50 41 52 31; a table such as CSV",
            ),
            ("a,b\n1,2\n", "no column for the voyage among a, b"),
            (head, "no report in 0 rows (there are none)"),
            ("TripID,Latitude,Longitude,SOG,remainingMins\n", "no column for the time among"),
            ("TripID,Latitude,Longitude,SOG,weekday,hour\n", "no column for the minutes remaining"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn numbers_that_no_voyage_has_are_taken_for_missing_or_refused() {
        let head = "TripID,time,Latitude,Longitude,SOG,Length,WeekOfYearInt,remainingMins\n";
        // Minutes, lengths and weeks that no single number holds, and seconds that are none.
        let rows = "1,2016-01-21 04:30:00,1,2,3,1e300,1e300,1e300\n\
                    1,2016-01-21 04:30:00,1,2,3,1e300,1e300,5\n\
                    1,2016-01-21 04:30:inf,1,2,3,100,3,5\n\
                    1,2016-01-21 04:30:-9,1,2,3,100,3,5\n\
                    1,2016-01-21 04:30:00,1,2,3,100,3,1e7\n";
        let reading = read(&format!("{head}{rows}")).unwrap();
        assert_eq!((reading.rows, reading.sailings.rows.len()), (5, 1));
        assert_eq!(reading.refused.of(SailingRefusal::BadTarget), 2);
        assert_eq!(reading.refused.of(SailingRefusal::BadTime), 2);
        let row = reading.sailings.rows[0];
        assert!(row.length_m.is_nan() && row.week.is_nan() && row.clock_min.is_finite());
    }

    #[test]
    fn the_published_voyages_are_read_whole() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/voyages");
        for (name, rows, trips) in [
            ("kiel_gdynia_train", 434_199, 314),
            ("bremerhaven_hamburg_train", 647_548, 803),
            ("rotterdam_hamburg_10min", 88_092, 673),
        ] {
            let path = root.join(format!("{name}.csv.zst"));
            if !path.exists() {
                println!("skipped: no {}", path.display());
                continue;
            }
            let reading = read_sailings(&path, &Job::default()).unwrap();
            assert_eq!((reading.rows, reading.refused.total()), (rows, 0), "{name}");
            assert_eq!(reading.sailings.trips().len(), trips, "{name}");
        }
    }
}
