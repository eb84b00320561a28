//! Sources to a fleet: what is it, how is it read, what became of every row.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, Oddity, Refusal};
use super::columns::{Mapping, Role};
use super::merge::{FileBatches, Merged, merge};
use crate::ais::{Fleet, Mmsi, Vessel};
use crate::base::job::{Job, Stopped};
use crate::base::note::Tally;

mod content;

pub use self::content::decode_parquet;
pub(super) use self::content::{Fault, read_content, read_parquet, read_table};

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
    /// Vessels named in it.
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
    let ledger = &mut outcome.ledger;
    if ledger.fault.is_none() && ledger.vessels == 0 {
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
