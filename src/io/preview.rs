//! The first rows of a file as they will be understood: what a user corrects before a long load.

use std::path::Path;

use super::batch::Batch;
use super::blocks::{self, Blocks, Packing};
use super::columns::Mapping;
use super::nmea::NmeaOptions;
use super::nmea_file::read_blocks;
use super::parquet::Bytes;
use super::read::{Fault, FileLedger, FileRef, read_content, read_parquet, read_table};
use super::sniff::{Kind, kind_of};
use super::table::lines;
use crate::ais::Report;
use crate::base::job::{Job, Stopped};

/// How the first rows of a file will be understood.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// What the file is taken for, its columns, notes, and faults.
    pub ledger: FileLedger,
    /// The first lines as they stand in the file; none for Parquet.
    pub lines: Vec<String>,
    /// The first reports as they will be understood, with their vessels' numbers.
    pub reports: Vec<(u32, Report)>,
}

/// Reads the first rows of `file` as [`read`](super::read()) would.
pub fn preview(file: &FileRef, mapping: &Mapping, job: &Job) -> Result<Preview, Stopped> {
    const ROWS: usize = 12;
    let mut ledger =
        FileLedger { path: file.path.clone(), bytes: file.bytes, ..FileLedger::default() };
    let outcome = preview_content(&file.path, mapping, job, &mut ledger);
    let (lines, batches) = match outcome {
        Ok(found) => found,
        Err(Fault::Stopped(stopped)) => return Err(stopped),
        Err(Fault::Read(error)) => {
            ledger.fault = Some(error.to_string());
            (Vec::new(), Vec::new())
        }
    };
    let mut reports: Vec<(u32, Report)> = Vec::new();
    for mut batch in batches {
        for group in &batch.groups {
            reports
                .extend(batch.reports[group.rows.clone()].iter().map(|report| (group.id, *report)));
        }
        ledger.refused.merge(std::mem::take(&mut batch.refused));
        ledger.odd.merge(std::mem::take(&mut batch.odd));
    }
    reports.sort_by_key(|(_, report)| report.t_ms);
    reports.truncate(ROWS);
    Ok(Preview { ledger, lines, reports })
}

fn preview_content(
    path: &Path,
    mapping: &Mapping,
    job: &Job,
    ledger: &mut FileLedger,
) -> Result<(Vec<String>, Vec<Batch>), Fault> {
    const BYTES: usize = 1 << 18;
    let (packing, mut reader) = blocks::open(path, job)?;
    let mut head = vec![0; BYTES];
    let (n, broken_by) = blocks::read_while_good(&mut reader, &mut head);
    let is_broken = broken_by.is_some();
    if let Some(error) = broken_by.filter(|error| n == 0 || blocks::is_cancel(error)) {
        return Err(error.into());
    }
    head.truncate(n);
    let kind = kind_of(&head)?;
    if matches!(kind, Kind::Parquet) {
        // A packed one must be unpacked to its end, where its schema stands.
        let (_, batches) = if packing == Packing::Plain {
            ledger.form = "Parquet".into();
            read_parquet(Bytes::File(path), true, 1000, mapping, job, ledger)?
        } else {
            read_content(path, mapping, job, ledger)?
        };
        return Ok((Vec::new(), batches.into_iter().take(1).collect()));
    }
    let raw: Vec<String> =
        lines(&head).take(8).map(|line| crate::base::text::excerpt(line, 400)).collect();
    // The last line may be cut in two.
    if (n == BYTES || is_broken)
        && let Some(end) = memchr::memrchr(b'\n', &head)
    {
        head.truncate(end + 1);
    }
    let mut blocks = Blocks::new(head.as_slice(), BYTES + 1);
    let batches = match kind {
        Kind::Nmea => {
            ledger.form = "NMEA AIVDM".into();
            let options = NmeaOptions {
                date_ms: mapping.date_ms(),
                accept_bad_checksum: mapping.accept_bad_checksums,
            };
            read_blocks(&mut blocks, &options, job).map_err(Fault::Stopped)?.0
        }
        _ => read_table(&mut blocks, "", mapping, job, ledger)?.1,
    };
    Ok((raw, batches))
}
