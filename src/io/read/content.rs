//! What a file holds, read by what it is: a table, sentences of NMEA, or Parquet.

use std::io::Read as _;
use std::path::Path;

use rayon::prelude::*;

use super::FileLedger;
use crate::base::job::{Job, Stopped};
use crate::base::time::{TimeFormat, recognize_format};
use crate::io::batch::Batch;
use crate::io::blocks::{BLOCK_BYTES, Blocks, Packing, parse_blocks};
use crate::io::columns::{Columns, Mapping, Role};
use crate::io::nmea::NmeaOptions;
use crate::io::nmea_file::read_blocks;
use crate::io::parquet::{Bytes, Opened, ParquetFault, guarded};
use crate::io::sniff::{HEAD_BYTES, Kind, ReadError, kind_of};
use crate::io::table::{Layout, find_delimiter, header_names};
use crate::io::{blocks, guess, midnight};

/// Why reading a file ended.
pub(in crate::io) enum Fault {
    /// It cannot be read.
    Read(ReadError),
    /// The job ended.
    Stopped(Stopped),
}

impl<E: Into<ReadError>> From<E> for Fault {
    fn from(error: E) -> Self {
        match error.into() {
            ReadError::Io(error) if blocks::is_cancel(&error) => Fault::Stopped(Stopped::Cancelled),
            ReadError::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Fault::Read(ReadError::NotFound)
            }
            ReadError::Io(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
                Fault::Read(ReadError::Folder)
            }
            error => Fault::Read(error),
        }
    }
}

/// Reads a file by what it is; says whether its vessels' numbers are its own.
pub(in crate::io) fn read_content(
    path: &Path,
    mapping: &Mapping,
    job: &Job,
    ledger: &mut FileLedger,
) -> Result<(bool, Vec<Batch>), Fault> {
    let (packing, mut reader) = blocks::open(path, job)?;
    let mut head = vec![0; HEAD_BYTES];
    let (n, broken_by) = blocks::read_while_good(&mut reader, &mut head);
    head.truncate(n);
    let broken_by = match broken_by {
        Some(error) if n == 0 || blocks::is_cancel(&error) => return Err(error.into()),
        broken_by => broken_by,
    };
    let kind = kind_of(&head)?;
    // What came before the place where a file breaks off is read like any other.
    let mut reader = blocks::Broken(broken_by).chain(reader);
    let packed = match packing {
        Packing::Plain => "",
        Packing::Gzip => ", gzip",
        Packing::Zstd => ", zstd",
    };
    if matches!(kind, Kind::Parquet) {
        ledger.form = format!("Parquet{packed}");
        let is_plain = packing == Packing::Plain;
        let bytes = if is_plain {
            Bytes::File(path)
        } else {
            reader.read_to_end(&mut head)?;
            Bytes::Memory(head.into())
        };
        return read_parquet(bytes, is_plain, usize::MAX, mapping, job, ledger);
    }
    let mut blocks = Blocks::new(std::io::Cursor::new(head).chain(reader), BLOCK_BYTES);
    match kind {
        Kind::Nmea => {
            ledger.form = format!("NMEA AIVDM{packed}");
            let options = NmeaOptions {
                date_ms: mapping.date_ms(),
                accept_bad_checksum: mapping.accept_bad_checksums,
            };
            let (batches, ended_by) =
                read_blocks(&mut blocks, &options, job).map_err(Fault::Stopped)?;
            note_early_end(ended_by, &batches, ledger)?;
            Ok((false, batches))
        }
        _ => read_table(&mut blocks, packed, mapping, job, ledger),
    }
}

/// A file that broke off keeps what came before; one that gave nothing at all is a fault.
fn note_early_end(
    ended_by: Option<std::io::Error>,
    batches: &[Batch],
    ledger: &mut FileLedger,
) -> Result<(), Fault> {
    let Some(error) = ended_by else { return Ok(()) };
    if batches.iter().all(|batch| batch.rows_read == 0) {
        return Err(error.into());
    }
    ledger.fault =
        Some(format!("the file breaks off or is damaged ({error}); what came before is kept"));
    Ok(())
}

/// Reads a table of text; says whether its vessels' numbers are its own.
pub(in crate::io) fn read_table<R: std::io::Read + Send>(
    blocks: &mut Blocks<R>,
    packed: &str,
    mapping: &Mapping,
    job: &Job,
    ledger: &mut FileLedger,
) -> Result<(bool, Vec<Batch>), Fault> {
    let (first, mut ended_by) = match blocks.next_block() {
        Ok(first) => (first, None),
        Err(error) => return Err(error.into()),
    };
    let Some(mut first) = first else { return Err(ReadError::Empty.into()) };
    let layout = layout_of(&mut first, mapping, ledger)?;
    ledger.form = match layout.delimiter {
        b'\t' => format!("table, tabs{packed}"),
        b';' => format!("CSV, semicolons{packed}"),
        b'|' => format!("table, bars{packed}"),
        _ => format!("CSV{packed}"),
    };
    let mut batches = vec![];
    // The first block is in hand already; the others are parsed while they are being read.
    let pieces = cut(&first.bytes, first.first_line);
    batches.par_extend(pieces.into_par_iter().map(|(bytes, first_line)| {
        layout.parse(&blocks::Block { bytes: bytes.to_vec(), first_line, ..Default::default() })
    }));
    if !first.long_lines.is_empty() {
        batches.push(layout.parse(&blocks::Block {
            long_lines: std::mem::take(&mut first.long_lines),
            ..Default::default()
        }));
    }
    let (rest, error) =
        parse_blocks(blocks, job, |block| layout.parse(&block)).map_err(Fault::Stopped)?;
    batches.extend(rest);
    ended_by = ended_by.or(error);
    note_early_end(ended_by, &batches, ledger)?;
    if layout.time_format == Some(TimeFormat::TimeOfDay) {
        ledger.notes.extend(midnight::mend(&mut batches, layout.columns.are_anonymous()));
    }
    Ok((layout.is_local(), batches))
}

/// A block in a piece for each core, cut at line ends.
fn cut(bytes: &[u8], first_line: u64) -> Vec<(&[u8], u64)> {
    let piece = bytes.len() / rayon::current_num_threads() + 1;
    let (mut pieces, mut rest, mut line) = (Vec::new(), bytes, first_line);
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', &rest[piece.min(rest.len())..])
            .map_or(rest.len(), |end| piece.min(rest.len()) + end + 1);
        let (one, other) = rest.split_at(end);
        pieces.push((one, line));
        line += memchr::memchr_iter(b'\n', one).count() as u64;
        rest = other;
    }
    pieces
}

/// Takes the header off the first block and finds out what the table is.
fn layout_of(
    first: &mut blocks::Block,
    mapping: &Mapping,
    ledger: &mut FileLedger,
) -> Result<Layout, ReadError> {
    let bytes = &first.bytes;
    let mut start = if bytes.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
    // Comments before the header are passed over; "# Timestamp,..." is a header itself.
    let mut header: &[u8];
    loop {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end + 1);
        header = bytes[start..end].trim_ascii();
        start = end;
        first.first_line += 1;
        let is_passed_over = header.is_empty()
            || (header.starts_with(b"#") && !header.contains(&b',') && !header.contains(&b';'));
        if !is_passed_over || start == bytes.len() {
            break;
        }
    }
    let delimiter = find_delimiter(header);
    let columns = Columns::recognize(header_names(header, delimiter), mapping);
    if !columns.are_a_header() {
        let line = crate::base::text::excerpt(header, 80);
        return Err(ReadError::NoHeader { line });
    }
    check_columns(&columns)?;
    ledger.columns = columns.found().map(|(role, name)| (role.name(), name.to_owned())).collect();
    let mut layout = Layout::new(delimiter, columns, mapping);
    let body = &bytes[start..];
    layout.time_format = mapping.time_format.format();
    if layout.time_format.is_none() {
        let samples = layout.time_samples(body, 1000);
        let texts: Vec<&[u8]> = samples.iter().map(Vec::as_slice).collect();
        layout.time_format = recognize_format(&texts);
        if layout.time_format.is_none()
            && layout.columns.has_positions()
            && let Some(sample) = texts.iter().find(|text| !text.is_empty())
        {
            let column = layout.columns.name_of(Role::Time).unwrap_or_default().to_owned();
            let sample = crate::base::text::excerpt(sample, 40);
            return Err(ReadError::NoTimeFormat { sample, column });
        }
    }
    if layout.time_format == Some(TimeFormat::TimeOfDay) {
        let day = crate::base::time::utc_text(layout.date_ms);
        ledger.notes.push(format!(
            "times have no date: taken to be of {}; set another in Sources (sources.date)",
            &day[..10]
        ));
    }
    if layout.columns.of(Role::Time).is_none() && layout.columns.of(Role::Remaining).is_some() {
        ledger.notes.push("no times: made from week, weekday, hour and the minutes that remain, in an assumed year".into());
    }
    let sample = layout.sample(body, guess::SAMPLE_ROWS);
    let (units, notes) = guess::units(&sample, &layout.columns, mapping);
    layout.units = units;
    ledger.notes.extend(notes);
    note_anonymity(&layout.columns, ledger);
    if !layout.columns.has_positions() {
        ledger.notes.push("no positions: read for what it says of vessels".into());
    }
    first.bytes.drain(..start);
    Ok(layout)
}

/// Says that nobody is named, and what that means.
fn note_anonymity(columns: &Columns, ledger: &mut FileLedger) {
    if columns.are_anonymous() {
        ledger.notes.push(
            "no column names ships: each row is a point of its own, numbered by its line, for \
             track association to put into tracks; if a column does name them, choose it in \
             Sources (sources.mmsi_column)"
                .into(),
        );
    }
}

/// Refuses a table whose rows could be neither positions nor descriptions of vessels.
fn check_columns(columns: &Columns) -> Result<(), ReadError> {
    if columns.has_statics() && columns.of(Role::Lat).is_none() && columns.of(Role::Lon).is_none() {
        return Ok(());
    }
    let found = || {
        let names: Vec<&str> = columns.names.iter().map(String::as_str).take(12).collect();
        let more = if columns.names.len() > names.len() { ", …" } else { "" };
        format!("{}{more}", names.join(", "))
    };
    let missing =
        |role: Role, field| Err(ReadError::NoColumn { role: role.name(), found: found(), field });
    if columns.of(Role::Lat).is_none() {
        missing(Role::Lat, "lat_column")
    } else if columns.of(Role::Lon).is_none() {
        missing(Role::Lon, "lon_column")
    } else if columns.are_anonymous() && columns.name_ships_otherwise() {
        missing(Role::Mmsi, "mmsi_column")
    } else if columns.of(Role::Time).is_none()
        && columns.of(Role::Date).is_none()
        && columns.of(Role::Remaining).is_none()
    {
        missing(Role::Time, "time_column")
    } else {
        Ok(())
    }
}

/// Reads at most `most` rows of a Parquet file; says whether its vessels' numbers are its own.
pub(in crate::io) fn read_parquet(
    bytes: Bytes,
    is_plain: bool,
    most: usize,
    mapping: &Mapping,
    job: &Job,
    ledger: &mut FileLedger,
) -> Result<(bool, Vec<Batch>), Fault> {
    let damaged = |error: &dyn std::fmt::Display| {
        Fault::Read(ReadError::Parquet(
            error.to_string().lines().next().unwrap_or_default().to_owned(),
        ))
    };
    let outcome = guarded(|| -> Result<(bool, Vec<Batch>), Fault> {
        let mut opened = Opened::open(bytes, mapping).map_err(|error| damaged(&error))?;
        opened.rows = opened.rows.min(most);
        check_columns(&opened.columns)?;
        ledger.columns =
            opened.columns.found().map(|(role, name)| (role.name(), name.to_owned())).collect();
        let date_ms = mapping.date_ms();
        let (sample, recognized) =
            opened.sample(guess::SAMPLE_ROWS, date_ms).map_err(|error| damaged(&error))?;
        let format = mapping.time_format.format().or(recognized);
        let (units, notes) = guess::units(&sample, &opened.columns, mapping);
        ledger.notes.extend(notes);
        note_anonymity(&opened.columns, ledger);
        // What is packed was counted as it was unpacked.
        let steps = if is_plain { ledger.bytes as usize } else { 0 };
        let mut batches =
            opened.read(&units, format, date_ms, steps, job).map_err(|fault| match fault {
                ParquetFault::Polars(error) => damaged(&error),
                ParquetFault::Stopped(stopped) => Fault::Stopped(stopped),
            })?;
        if format == Some(TimeFormat::TimeOfDay) {
            ledger.notes.extend(midnight::mend(&mut batches, opened.columns.are_anonymous()));
        }
        Ok((opened.columns.of(Role::Mmsi).is_none(), batches))
    });
    outcome.unwrap_or_else(|| Err(damaged(&"its contents contradict each other")))
}

/// Decodes every recognised column of the Parquet file at `path`, and gives the number of rows.
pub fn decode_parquet(path: &Path) -> Result<usize, String> {
    let opened =
        Opened::open(Bytes::File(path), &Mapping::default()).map_err(|error| error.to_string())?;
    opened.decode().map_err(|error| error.to_string())
}
