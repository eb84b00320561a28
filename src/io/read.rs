//! Sources to a fleet: what is it, how is it read, what became of every row.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, Oddity, Refusal};
use super::blocks::{self, BLOCK_BYTES, Blocks, Packing, parse_blocks};
use super::columns::{Columns, Mapping, Role};
use super::guess;
use super::merge::{FileBatches, Merged, merge};
use super::midnight;
use super::nmea::NmeaOptions;
use super::nmea_file::read_blocks;
use super::parquet::{Bytes, Opened, ParquetFault, guarded};
use super::sniff::{HEAD_BYTES, Kind, ReadError, kind_of};
use super::table::{Layout, find_delimiter, header_names};
use crate::ais::{Fleet, Mmsi, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::note::Tally;
use crate::base::time::{TimeFormat, recognize_format};

/// A file to read, as it stood when it was chosen: its length and time of change are part of the
/// key of what is read from it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FileRef {
    /// Where it lies.
    pub path: PathBuf,
    /// Its length; 0 where it could not be seen.
    pub bytes: u64,
    /// When it last changed, milliseconds since 1970; 0 where unknown.
    pub modified_ms: u64,
}

impl FileRef {
    /// The file at `path` as it stands now.
    pub fn of(path: &Path) -> FileRef {
        let seen = fs::metadata(path).ok();
        let modified =
            seen.as_ref().and_then(|seen| seen.modified().ok()?.duration_since(UNIX_EPOCH).ok());
        FileRef {
            path: path.to_owned(),
            bytes: seen.map_or(0, |seen| seen.len()),
            modified_ms: modified.map_or(0, |since| since.as_millis() as u64),
        }
    }

    /// The file's name without its folder.
    pub fn name(&self) -> String {
        self.path.file_name().map_or_else(
            || self.path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        )
    }
}

/// The files at `paths`: folders are searched, all the way down, for what looks like AIS by its
/// ending; named files are taken as they are.
pub fn expand(paths: &[PathBuf]) -> Vec<FileRef> {
    const ENDINGS: [&str; 11] =
        ["csv", "tsv", "txt", "nmea", "nm4", "ais", "aivdm", "log", "parquet", "pq", "dat"];
    fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
        let Ok(entries) = fs::read_dir(folder) else { return };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let is_hidden =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && depth < 16 && !is_hidden && !path.is_symlink() {
                walk(&path, depth + 1, found);
            } else if path.is_file() && !is_hidden && has_ending(&path) {
                found.push(path);
            }
        }
    }
    fn has_ending(path: &Path) -> bool {
        let name =
            path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        name.rsplit_once('.').is_some_and(|(_, end)| ENDINGS.contains(&end))
    }
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() { walk(path, 0, &mut found) } else { found.push(path.clone()) }
    }
    let mut files: Vec<FileRef> = Vec::new();
    for path in found {
        if !files.iter().any(|file| file.path == path) {
            files.push(FileRef::of(&path));
        }
    }
    files
}

/// What became of one file.
#[derive(Clone, Debug, Default)]
pub struct FileLedger {
    /// Which file.
    pub path: PathBuf,
    /// Its length on disk.
    pub bytes: u64,
    /// What it was taken for: `CSV, zstd` or `NMEA AIVDM`.
    pub form: String,
    /// What its columns were taken for: meaning and name.
    pub columns: Vec<(&'static str, String)>,
    /// Rows read: position reports, rows of static tables, and rows refused.
    pub rows_read: u64,
    /// Rows kept.
    pub rows_kept: u64,
    /// Of these, rows without position that describe vessels.
    pub static_rows: u64,
    /// Messages decoded, of any type (NMEA only).
    pub messages: u64,
    /// Vessels named in it; none where rows are points without identity.
    pub vessels: u64,
    /// Rows refused, by reason.
    pub refused: Tally<Refusal>,
    /// Oddities in rows that were kept.
    pub odd: Tally<Oddity>,
    /// How it was understood, where that was not plain; what the user should know.
    pub notes: Vec<String>,
    /// Why it gave nothing, or less than it holds.
    pub fault: Option<String>,
}

/// What was read from all sources.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Vessels and reports.
    pub fleet: Arc<Fleet>,
    /// The number by which its file names each report of the fleet (`OBJECT_ID`, `point_id`; of its
    /// line where a file names nobody), [`NO_POINT`](super::merge::NO_POINT) where it does not; empty
    /// where no file does.
    pub points: Arc<Vec<u32>>,
    /// What became of each file.
    pub files: Vec<FileLedger>,
}

impl Reading {
    /// The sum of a count over all files.
    pub fn total(&self, count: impl Fn(&FileLedger) -> u64) -> u64 {
        self.files.iter().map(count).sum()
    }

    /// Rows refused in all files, by reason.
    pub fn refused(&self) -> Tally<Refusal> {
        let mut all = Tally::default();
        self.files.iter().for_each(|file| all.merge(file.refused.clone()));
        all
    }

    /// Oddities in all files, by kind.
    pub fn odd(&self) -> Tally<Oddity> {
        let mut all = Tally::default();
        self.files.iter().for_each(|file| all.merge(file.odd.clone()));
        all
    }
}

/// Reads `files` into one fleet. A file that cannot be read is named in its ledger, and the others
/// are read all the same.
///
/// # Errors
///
/// If the job was cancelled, or no file could be read at all.
pub fn read(files: &[FileRef], mapping: &Mapping, job: &Job) -> Result<Reading, Stopped> {
    job.expect(files.iter().map(|file| file.bytes as usize).sum());
    let mut outcomes: Vec<Outcome> = files
        .par_iter()
        .with_max_len(1)
        .map(|file| read_file(file, mapping, job))
        .collect::<Result<_, Stopped>>()?;
    let mut ledgers = Vec::new();
    let mut batches = Vec::new();
    part_anonymous(&mut outcomes);
    for outcome in outcomes {
        batches.push(FileBatches {
            name: Arc::from(outcome.ledger.path.display().to_string()),
            is_local: outcome.is_local,
            batches: outcome.batches,
        });
        ledgers.push(outcome.ledger);
    }
    // Where rows were refused, the ledger tells more than a failure could.
    let all_failed = ledgers.iter().all(|ledger| ledger.fault.is_some() && ledger.rows_read == 0);
    if all_failed && !ledgers.is_empty() {
        let faults: Vec<String> = ledgers.iter().map(fault_line).collect();
        return Err(Stopped::Failed(faults.join("\n")));
    }
    let Merged { fleet, duplicates, points } = merge(batches, job)?;
    for (ledger, refused) in ledgers.iter_mut().zip(duplicates) {
        ledger.rows_kept -= refused.total();
        ledger.refused.merge(refused);
    }
    Ok(Reading { fleet: Arc::new(fleet), points: Arc::new(points), files: ledgers })
}

/// Numbers the rows of files that name nobody on from file to file, out of the way of numbers by which
/// other files name theirs.
fn part_anonymous(outcomes: &mut [Outcome]) {
    let of = |outcome: &Outcome| {
        let groups = outcome.batches.iter().flat_map(|batch| &batch.groups);
        groups.map(|group| group.id).filter(|id| id >> 31 == 0).max().unwrap_or(0)
    };
    let named = outcomes.iter().filter(|outcome| outcome.is_local && !outcome.is_anonymous());
    let mut taken = named.map(of).max().unwrap_or(0);
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_anonymous()) {
        let last = of(outcome);
        for group in outcome.batches.iter_mut().flat_map(|batch| &mut batch.groups) {
            group.id = group.id.saturating_add(taken);
        }
        taken = taken.saturating_add(last);
    }
}

/// The fault of a file, with its path.
pub fn fault_line(ledger: &FileLedger) -> String {
    format!("{}: {}", ledger.path.display(), ledger.fault.as_deref().unwrap_or("no fault"))
}

struct Outcome {
    ledger: FileLedger,
    is_local: bool,
    batches: Vec<Batch>,
}

impl Outcome {
    /// Whether the file has positions and names nobody.
    fn is_anonymous(&self) -> bool {
        let names = |role: Role| self.ledger.columns.iter().any(|(name, _)| *name == role.name());
        self.is_local && !names(Role::Track)
    }
}

fn read_file(file: &FileRef, mapping: &Mapping, job: &Job) -> Result<Outcome, Stopped> {
    let mut ledger =
        FileLedger { path: file.path.clone(), bytes: file.bytes, ..FileLedger::default() };
    let mut outcome = match read_content(&file.path, mapping, job, &mut ledger) {
        Ok((is_local, batches)) => Outcome { ledger, is_local, batches },
        Err(Fault::Stopped(stopped)) => return Err(stopped),
        Err(Fault::Read(error)) => {
            ledger.fault = Some(error.to_string());
            Outcome { ledger, is_local: false, batches: Vec::new() }
        }
    };
    count_rows(&mut outcome.ledger, &mut outcome.batches);
    let is_anonymous = outcome.is_anonymous();
    let ledger = &mut outcome.ledger;
    let has_ships = ledger.vessels > 0;
    if is_anonymous {
        ledger.vessels = 0; // A number for each row names nobody.
    }
    if ledger.fault.is_none() && !has_ships {
        ledger.fault = Some(nothing_found(ledger));
    }
    let now = FileRef::of(&file.path);
    if file.bytes != 0 && now != *file && ledger.fault.is_none() {
        ledger.notes.push("the file changed while it was read, or since it was chosen; open it again to see all of it".into());
    }
    Ok(outcome)
}

/// The fault of a file in which there is no ship at all.
fn nothing_found(ledger: &FileLedger) -> String {
    if ledger.rows_read == 0 {
        return "it holds no reports: no line after its head tells of a ship".into();
    }
    let reasons: Vec<String> = ledger
        .refused
        .iter()
        .map(|(reason, counted)| format!("{} {}", counted.n, reason.name()))
        .collect();
    format!("none of its {} rows could be kept: {}", ledger.rows_read, reasons.join(", "))
}

/// Moves what `batches` counted into the ledger of their file.
fn count_rows(ledger: &mut FileLedger, batches: &mut [Batch]) {
    let name: Arc<str> = Arc::from(ledger.path.display().to_string());
    let mut ids: Vec<u32> = Vec::new();
    for batch in batches {
        ledger.rows_read += batch.rows_read;
        ledger.static_rows += batch.static_rows;
        ledger.messages += batch.messages;
        batch.refused.relocate(&name, 0);
        batch.odd.relocate(&name, 0);
        ledger.refused.merge(std::mem::take(&mut batch.refused));
        ledger.odd.merge(std::mem::take(&mut batch.odd));
        ids.extend(batch.groups.iter().map(|group| group.id));
        ids.extend(batch.abouts.iter().map(|about| about.id));
    }
    ids.sort_unstable();
    ids.dedup();
    ledger.vessels = ids.len() as u64;
    ledger.rows_kept = ledger.rows_read - ledger.refused.total();
}

/// A fleet of made `batches`, whose `vessels` are known already; counts its rows in `ledger`.
pub fn gather(
    ledger: &mut FileLedger,
    mut batches: Vec<Batch>,
    vessels: &[Vessel],
    job: &Job,
) -> Result<Fleet, Stopped> {
    count_rows(ledger, &mut batches);
    let made = FileBatches { name: Arc::from("made"), is_local: false, batches };
    let Merged { fleet, .. } = merge(vec![made], job)?;
    let by_number: FxHashMap<Mmsi, &Vessel> =
        vessels.iter().map(|vessel| (vessel.mmsi, vessel)).collect();
    let described = fleet.vessels().iter().map(|vessel| {
        by_number.get(&vessel.mmsi).map_or_else(|| vessel.clone(), |known| (*known).clone())
    });
    let described = described.collect();
    Ok(fleet.with_vessels(described))
}

/// Why reading a file ended.
pub(super) enum Fault {
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
pub(super) fn read_content(
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
pub(super) fn read_table<R: std::io::Read + Send>(
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
pub(super) fn read_parquet(
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
