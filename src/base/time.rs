//! Time as UTC milliseconds, and the ways files write it.

use chrono::{DateTime, Datelike as _, NaiveDate, Timelike as _};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

/// How a file writes its times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeFormat {
    /// `2018-06-01T00:00:00.633Z`, with a space or `T`, with or without fraction and offset.
    Iso,
    /// `31/12/2015 23:59:59`, also with `.` or `-` between.
    DayFirst,
    /// `12/31/2015 23:59:59`.
    MonthFirst,
    /// `20151231 235959` or `20151231235959`, also with `T` or `_` between.
    Compact,
    /// Seconds since 1970, with or without fraction.
    EpochS,
    /// Milliseconds since 1970.
    EpochMs,
    /// `23:59:59` of a day named elsewhere.
    TimeOfDay,
}

impl TimeFormat {
    /// Every format, in the order in which a reader should try them.
    pub const ALL: [TimeFormat; 7] = [
        TimeFormat::Iso,
        TimeFormat::DayFirst,
        TimeFormat::MonthFirst,
        TimeFormat::Compact,
        TimeFormat::EpochMs,
        TimeFormat::EpochS,
        TimeFormat::TimeOfDay,
    ];

    /// The name by which the user chooses the format.
    pub fn name(self) -> &'static str {
        match self {
            TimeFormat::Iso => "iso",
            TimeFormat::DayFirst => "day-first",
            TimeFormat::MonthFirst => "month-first",
            TimeFormat::Compact => "compact",
            TimeFormat::EpochS => "epoch-s",
            TimeFormat::EpochMs => "epoch-ms",
            TimeFormat::TimeOfDay => "time-of-day",
        }
    }
}

/// Reads times of one format. Keeps the last day it met, because neighboring rows share it.
#[derive(Clone, Debug)]
pub struct TimeReader {
    format: TimeFormat,
    /// Midnight before the times of [`TimeFormat::TimeOfDay`].
    date_ms: i64,
    last_day: [u8; 10],
    last_day_ms: Option<i64>,
}

impl TimeReader {
    /// A reader of `format`; times without a date belong to the day that begins at `date_ms`.
    pub fn new(format: TimeFormat, date_ms: i64) -> TimeReader {
        TimeReader { format, date_ms, last_day: [0; 10], last_day_ms: None }
    }

    /// The time in UTC milliseconds, or `None` where `text` is not a time of this format.
    pub fn read(&mut self, text: &[u8]) -> Option<i64> {
        let text = text.trim_ascii();
        match self.format {
            TimeFormat::Iso => self.day_then_clock(text, |d| {
                ymd_ms(digits(&d[..4])?, digits(&d[5..7])?, digits(&d[8..])?)
                    .filter(|_| matches!(d[4], b'-' | b'/') && d[7] == d[4])
            }),
            TimeFormat::DayFirst => self.day_then_clock(text, |d| {
                ymd_ms(digits(&d[6..])?, digits(&d[3..5])?, digits(&d[..2])?)
                    .filter(|_| is_separator(d[2]) && d[5] == d[2])
            }),
            TimeFormat::MonthFirst => self
                .day_then_clock(text, |d| {
                    ymd_ms(digits(&d[6..])?, digits(&d[..2])?, digits(&d[3..5])?)
                        .filter(|_| is_separator(d[2]) && d[5] == d[2])
                })
                .or_else(|| loose_month_first(text)),
            TimeFormat::Compact => compact_ms(text),
            TimeFormat::EpochS => {
                let seconds: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
                (0.0..1e11).contains(&seconds).then(|| (seconds * 1000.0).round() as i64)
            }
            TimeFormat::EpochMs => {
                let ms: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
                (1e11..1e14).contains(&ms).then(|| ms.round() as i64)
            }
            TimeFormat::TimeOfDay => Some(self.date_ms + clock_ms(text)?),
        }
    }

    /// Ten characters of day, a separator, a clock.
    fn day_then_clock(&mut self, text: &[u8], day: impl Fn(&[u8]) -> Option<i64>) -> Option<i64> {
        let head: &[u8; 10] = text.first_chunk()?;
        let day_ms = if *head == self.last_day {
            self.last_day_ms?
        } else {
            let day_ms = day(head);
            (self.last_day, self.last_day_ms) = (*head, day_ms);
            day_ms?
        };
        match text.get(10) {
            None => Some(day_ms),
            Some(b'T' | b' ' | b't' | b'_') => Some(day_ms + clock_ms(&text[11..])?),
            Some(_) => None,
        }
    }
}

/// The format that reads every one of `samples` (empty ones aside), or `None`. Of day-first and
/// month-first the one that all samples allow; day-first where all allow both.
pub fn recognize_format(samples: &[&[u8]]) -> Option<TimeFormat> {
    let samples: Vec<&[u8]> =
        samples.iter().map(|text| text.trim_ascii()).filter(|text| !text.is_empty()).collect();
    if samples.is_empty() {
        return None;
    }
    // One unreadable time among many is a bad row, not another format.
    let allowed = samples.len() / 10;
    TimeFormat::ALL.into_iter().find(|format| {
        let mut reader = TimeReader::new(*format, 0);
        samples.iter().filter(|text| reader.read(text).is_none()).count() <= allowed
    })
}

/// A day written `2018-06-01`, as the UTC milliseconds of its midnight.
pub fn day_ms(text: &str) -> Option<i64> {
    let date = NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis())
}

/// UTC milliseconds of a day, if there is such a day.
pub fn ymd_ms(year: u32, month: u32, day: u32) -> Option<i64> {
    let date = NaiveDate::from_ymd_opt(year.try_into().ok()?, month, day)?;
    Some(i64::from(date.num_days_from_ce() - 719_163) * DAY_MS)
}

/// `2018-06-03 14:20:00`, always UTC; milliseconds only where there are some.
pub fn utc_text(t_ms: i64) -> String {
    let Some(time) = DateTime::from_timestamp_millis(t_ms) else { return "no time".into() };
    let form = if time.nanosecond() == 0 { "%Y-%m-%d %H:%M:%S" } else { "%Y-%m-%d %H:%M:%S%.3f" };
    time.format(form).to_string()
}

/// `2018-06-03T14:20:00Z`, for files.
pub fn iso_text(t_ms: i64) -> String {
    utc_text(t_ms).replace(' ', "T") + "Z"
}

/// A length of time in words a person uses: `45 s`, `12 min`, `3 h 20 min`, `5 d 4 h`.
pub fn duration_text(ms: i64) -> String {
    let s = ms.unsigned_abs() / 1000;
    match s {
        0..60 => format!("{s} s"),
        60..3600 => format!("{} min", s / 60),
        3600..86_400 => format!("{} h {:02} min", s / 3600, s / 60 % 60),
        _ => format!("{} d {:02} h", s / 86_400, s / 3600 % 24),
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'/' | b'-' | b'.')
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter()
        .try_fold(0_u32, |n, byte| byte.is_ascii_digit().then(|| n * 10 + u32::from(byte - b'0')))
}

/// `hh:mm[:ss[.fff]]`, then nothing, `Z`, ` UTC` or an offset such as `+02:00`.
fn clock_ms(text: &[u8]) -> Option<i64> {
    let head = text.get(..5)?;
    let (hours, minutes) = (digits(&head[..2])?, digits(&head[3..5])?);
    if head[2] != b':' || hours > 24 || minutes > 59 {
        return None;
    }
    let mut ms = i64::from(hours * 60 + minutes) * 60_000;
    let mut rest = &text[5..];
    if let [b':', tens, ones, tail @ ..] = rest {
        let seconds = digits(&[*tens, *ones])?;
        if seconds > 60 {
            return None;
        }
        ms += i64::from(seconds) * 1000;
        rest = tail;
        if let [b'.' | b',', tail @ ..] = rest {
            let length = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
            for (place, byte) in tail[..length.min(3)].iter().enumerate() {
                ms += i64::from(byte - b'0') * [100, 10, 1][place];
            }
            rest = &tail[length..];
        }
    }
    let rest = rest.trim_ascii_start();
    Some(ms - offset_ms(rest)?)
}

fn offset_ms(text: &[u8]) -> Option<i64> {
    let (sign, text) = match text {
        [] | b"Z" | b"z" | b"UTC" | b"GMT" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match text {
        [a, b] => (digits(&[*a, *b])?, 0),
        [a, b, b':', c, d] | [a, b, c, d] => (digits(&[*a, *b])?, digits(&[*c, *d])?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then(|| sign * i64::from(hours * 60 + minutes) * 60_000)
}

fn compact_ms(text: &[u8]) -> Option<i64> {
    let day = text.get(..8)?;
    let midnight_ms = ymd_ms(digits(&day[..4])?, digits(&day[4..6])?, digits(&day[6..])?)?;
    let clock = match &text[8..] {
        [b'T' | b' ' | b'_' | b'-', rest @ ..] | rest => rest,
    };
    let clock = clock.strip_suffix(b"Z").unwrap_or(clock);
    match clock.len() {
        0 if text.len() == 8 => Some(midnight_ms),
        6 => {
            let (h, m, s) = (digits(&clock[..2])?, digits(&clock[2..4])?, digits(&clock[4..])?);
            (h < 24 && m < 60 && s <= 60)
                .then(|| midnight_ms + i64::from((h * 60 + m) * 60 + s) * 1000)
        }
        8 => Some(midnight_ms + clock_ms(clock)?),
        _ => None,
    }
}

/// `1/4/2017 9:05[:07] [AM|PM]`, as spreadsheets write it.
fn loose_month_first(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (day, clock) = text.split_once(' ').unwrap_or((text, "0:00"));
    let mut numbers = day.split('/').map(|part| part.parse::<u32>().ok());
    let (month, day, year) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let (clock, half) = clock.trim().split_once(' ').unwrap_or((clock.trim(), ""));
    let mut numbers = clock.split(':').map(|part| part.parse::<u32>().ok());
    let (mut h, m) = (numbers.next()??, numbers.next()??);
    let s = numbers.next().unwrap_or(Some(0))?;
    match half {
        "PM" | "pm" if h < 12 => h += 12,
        "AM" | "am" if h == 12 => h = 0,
        "" | "PM" | "pm" | "AM" | "am" => (),
        _ => return None,
    }
    let is_clock = h < 24 && m < 60 && s <= 60 && (1000..10_000).contains(&year);
    is_clock.then_some(())?;
    Some(ymd_ms(year, month, day)? + i64::from((h * 60 + m) * 60 + s) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: TimeFormat, text: &str, expected: Option<&str>) {
        let read = TimeReader::new(format, DAY_MS).read(text.as_bytes());
        assert_eq!(read.map(utc_text).as_deref(), expected, "{text}");
    }

    #[test]
    fn every_format_reads_what_files_write() {
        use TimeFormat::*;
        let noon = Some("2015-12-31 12:00:01");
        check(Iso, "2015-12-31T12:00:01", noon);
        check(Iso, "2015-12-31 12:00:01", noon);
        check(Iso, "2015-12-31T12:00:01.633Z", Some("2015-12-31 12:00:01.633"));
        check(Iso, "2015-12-31T14:00:01+02:00", noon);
        check(Iso, "2015-12-31", Some("2015-12-31 00:00:00"));
        check(DayFirst, "31/12/2015 12:00:01", noon);
        check(DayFirst, "31.12.2015 12:00:01", noon);
        check(MonthFirst, "12/31/2015 12:00:01", noon);
        check(MonthFirst, "1/4/2017 9:05", Some("2017-01-04 09:05:00"));
        check(MonthFirst, "1/4/2017 9:05:07 PM", Some("2017-01-04 21:05:07"));
        check(Compact, "20151231 120001", noon);
        check(Compact, "20151231T120001Z", noon);
        check(EpochS, "1451563201", noon);
        check(EpochMs, "1451563201000", noon);
        check(TimeOfDay, "12:00:01", Some("1970-01-02 12:00:01"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        use TimeFormat::*;
        for text in [
            "",
            "x",
            "2015-13-31T12:00:01",
            "2015-12-31T25:00:01",
            "2015-12-31T12:61:01",
            "2015-02-30 00:00:00",
        ] {
            check(Iso, text, None);
        }
        check(DayFirst, "12/31/2015 12:00:01", None);
        check(TimeOfDay, "99:00:00", None);
        check(EpochS, "-5", None);
        check(EpochS, "NaN", None);
    }

    #[test]
    fn a_bad_day_after_a_good_one_is_not_taken_for_it() {
        let mut reader = TimeReader::new(TimeFormat::Iso, 0);
        assert!(reader.read(b"2015-12-31T00:00:00").is_some());
        assert_eq!(reader.read(b"2015-99-31T00:00:00"), None);
        assert_eq!(reader.read(b"2015-99-31T00:00:00"), None);
        assert!(reader.read(b"2015-12-31T00:00:00").is_some());
    }

    #[test]
    fn day_first_and_month_first_are_told_apart_by_the_days() {
        let recognize = |texts: &[&str]| {
            recognize_format(&texts.iter().map(|text| text.as_bytes()).collect::<Vec<_>>())
        };
        assert_eq!(recognize(&["31/12/2015 01:00:00"]), Some(TimeFormat::DayFirst));
        assert_eq!(
            recognize(&["01/02/2015 01:00:00", "01/31/2015 01:00:00"]),
            Some(TimeFormat::MonthFirst)
        );
        assert_eq!(recognize(&["14:00:17"]), Some(TimeFormat::TimeOfDay));
        assert_eq!(recognize(&["1451563201"]), Some(TimeFormat::EpochS));
        assert_eq!(recognize(&["harbor"]), None);
    }
}
