//! What a reader makes of one block of a file: reports grouped by vessel, and the ledger of what
//! was refused.

use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::ais::{Report, Static, Truth};
use crate::base::note::{Place, Tally};
use crate::base::text::excerpt;

/// How much of a refused line is kept.
const EXCERPT_LENGTH: usize = 200;

/// Why a row was refused. Every row of a file is either kept or counted under one of these.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Fewer fields than the columns that are needed.
    TooFewFields,
    /// The field that names the vessel is empty or no whole number.
    NoVessel,
    /// The time is empty or not of the file's format.
    NoTime,
    /// The time lies before 1980 or after 2100.
    TimeOutOfRange,
    /// Latitude or longitude is empty or no number.
    NoPosition,
    /// Latitude 91 or longitude 181: the ship did not know where she was.
    PositionNotAvailable,
    /// Latitude beyond 90 or longitude beyond 180 degrees.
    PositionOutOfRange,
    /// The line is longer than a megabyte.
    LongLine,
    /// Exactly a row of another file.
    DuplicateAcrossFiles,
    /// No AIVDM sentence could be found in the line.
    NotASentence,
    /// The sentence has no checksum, or one that is wrong.
    Checksum,
    /// A part of a message whose other parts never came.
    PartsMissing,
    /// The message is shorter than its type demands, or its bits make no sense.
    Undecodable,
}

impl Refusal {
    /// The reason in words.
    pub fn name(self) -> &'static str {
        match self {
            Refusal::TooFewFields => "too few fields",
            Refusal::NoVessel => "no vessel number",
            Refusal::NoTime => "no readable time",
            Refusal::TimeOutOfRange => "time before 1980 or after 2100",
            Refusal::NoPosition => "no readable position",
            Refusal::PositionNotAvailable => "position \"not available\" (91, 181)",
            Refusal::PositionOutOfRange => "position out of range",
            Refusal::LongLine => "line over 1 MB",
            Refusal::DuplicateAcrossFiles => "same row in another file",
            Refusal::NotASentence => "no AIVDM sentence",
            Refusal::Checksum => "checksum missing or wrong",
            Refusal::PartsMissing => "other parts of the message missing",
            Refusal::Undecodable => "message cannot be decoded",
        }
    }
}

/// Something odd that was mended or left out while the row itself was kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// A negative course or speed was a signed number wrapped around (MarineCadastre); undone.
    SignedWrapUndone,
    /// Speed "not available" (102.3 kn): taken as missing.
    SpeedMissing,
    /// Speed beyond what AIS can say, or no number: taken as missing.
    SpeedUnreadable,
    /// Course of 360 degrees and more, or no number: taken as missing.
    CourseMissing,
    /// Time made from the reports' own seconds and the order of the file.
    TimeReconstructed,
    /// The number is not one of a ship.
    NotAShip,
    /// The number is no valid MMSI.
    MalformedMmsi,
}

impl Oddity {
    /// What was odd, and what was done, in words.
    pub fn name(self) -> &'static str {
        match self {
            Oddity::SignedWrapUndone => "signed wrap of speed or course undone",
            Oddity::SpeedMissing => "speed \"not available\"",
            Oddity::SpeedUnreadable => "speed unreadable or impossible, taken as missing",
            Oddity::CourseMissing => "course \"not available\" or out of range, taken as missing",
            Oddity::TimeReconstructed => "time made from UTC seconds and the order of lines",
            Oddity::NotAShip => "from a base station, aid or aircraft",
            Oddity::MalformedMmsi => "malformed MMSI",
        }
    }
}

/// One vessel's rows of a batch.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// The number that names the vessel.
    pub id: u32,
    /// Its rows in [`Batch::reports`], in the order of the file.
    pub rows: Range<usize>,
}

/// What some vessel said of itself at some time.
#[derive(Clone, PartialEq, Debug)]
pub struct About {
    /// The number that names the vessel.
    pub id: u32,
    /// When; UTC milliseconds, `i64::MIN` where unknown.
    pub t_ms: i64,
    /// What it said.
    pub said: Static,
}

/// One block of a file, read.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Batch {
    /// Which vessel owns which rows.
    pub groups: Vec<Group>,
    /// Position reports, vessel after vessel, each vessel's in the order of the file.
    pub reports: Vec<Report>,
    /// What is known of each report, or empty.
    pub truth: Vec<Truth>,
    /// The number by which the file names each report, or empty.
    pub points: Vec<u32>,
    /// Static reports.
    pub abouts: Vec<About>,
    /// For tables without times: when each vessel is taken to arrive, UTC milliseconds, by number.
    pub anchors: Vec<(u32, i64)>,
    /// Rows read: position reports, rows of static tables, and rows refused.
    pub rows_read: u64,
    /// Rows of tables without positions that were kept for what they say of vessels.
    pub static_rows: u64,
    /// AIS messages decoded, of any type (NMEA only).
    pub messages: u64,
    /// Rows refused, by reason.
    pub refused: Tally<Refusal>,
    /// Oddities in rows that were kept.
    pub odd: Tally<Oddity>,
}

/// Collects rows in the order of the file and groups them by vessel at the end.
#[derive(Default)]
pub struct BatchBuilder {
    index: FxHashMap<u32, u32>,
    last: Option<(u32, u32)>,
    ids: Vec<u32>,
    owners: Vec<u32>,
    batch: Batch,
}

impl BatchBuilder {
    /// Keeps a position report of vessel `id`. Give either every report its truth or none.
    pub fn keep(&mut self, id: u32, report: Report, truth: Option<Truth>) {
        let owner = self.owner(id);
        self.owners.push(owner);
        self.batch.reports.push(report);
        self.batch.truth.extend(truth);
        self.batch.rows_read += 1;
    }

    /// Keeps the number by which the file names the report that was kept last. Give every report one
    /// or none.
    pub fn name_point(&mut self, point: Option<u32>) {
        self.batch.points.extend(point);
    }

    /// The place of vessel `id` among the vessels of this batch; the same for every row of it.
    pub fn owner(&mut self, id: u32) -> u32 {
        if let Some((last, owner)) = self.last
            && last == id
        {
            return owner;
        }
        let ids = &mut self.ids;
        let owner = *self.index.entry(id).or_insert_with(|| {
            ids.push(id);
            (ids.len() - 1) as u32
        });
        self.last = Some((id, owner));
        owner
    }

    /// Keeps what vessel `id` said of itself. Counts no row.
    pub fn about(&mut self, id: u32, t_ms: i64, said: Static) {
        self.batch.abouts.push(About { id, t_ms, said });
    }

    /// Counts a row of a table that has no positions, kept for what it says of vessels.
    pub fn count_static_row(&mut self) {
        self.batch.rows_read += 1;
        self.batch.static_rows += 1;
    }

    /// Counts a decoded message of any type.
    pub fn count_message(&mut self) {
        self.batch.messages += 1;
    }

    /// Counts a refused row with its `line` (from 1, in the block or the file).
    pub fn refuse(&mut self, reason: Refusal, line: u64, text: &[u8]) {
        self.batch.rows_read += 1;
        self.batch.refused.count(reason, || place(line, text));
    }

    /// Counts something odd in a row that is kept.
    pub fn note(&mut self, oddity: Oddity, line: u64, text: &[u8]) {
        self.batch.odd.count(oddity, || place(line, text));
    }

    /// How many position reports were kept so far.
    pub fn len(&self) -> usize {
        self.owners.len()
    }

    /// Whether no position report was kept so far.
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }

    /// The batch, its rows grouped by vessel.
    pub fn finish(self) -> Batch {
        let BatchBuilder { ids, owners, mut batch, .. } = self;
        let mut ends = vec![0_usize; ids.len() + 1];
        owners.iter().for_each(|owner| ends[*owner as usize + 1] += 1);
        for owner in 0..ids.len() {
            ends[owner + 1] += ends[owner];
        }
        batch.groups = ids
            .iter()
            .enumerate()
            .map(|(owner, id)| Group { id: *id, rows: ends[owner]..ends[owner + 1] })
            .filter(|group| !group.rows.is_empty())
            .collect();
        // Counting sort: `order[place]` is the row that belongs at `place`.
        let mut order = vec![0_u32; owners.len()];
        for (row, owner) in owners.iter().enumerate() {
            let next = &mut ends[*owner as usize];
            order[*next] = row as u32;
            *next += 1;
        }
        batch.reports = order.iter().map(|row| batch.reports[*row as usize]).collect();
        if !batch.truth.is_empty() {
            assert_eq!(batch.truth.len(), order.len(), "every report has its truth, or none has");
            batch.truth = order.iter().map(|row| batch.truth[*row as usize]).collect();
        }
        if !batch.points.is_empty() {
            assert_eq!(batch.points.len(), order.len(), "every report has its number, or none has");
            batch.points = order.iter().map(|row| batch.points[*row as usize]).collect();
        }
        batch
    }
}

/// A place that knows its line; the file is named by [`Tally::relocate`].
fn place(line: u64, text: &[u8]) -> Place {
    Place { file: Arc::from(""), line, text: excerpt(text, EXCERPT_LENGTH) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::Position;

    #[test]
    fn rows_are_grouped_by_vessel_in_the_order_of_the_file() {
        let mut builder = BatchBuilder::default();
        for (id, t_ms) in [(7, 3), (5, 1), (7, 2), (5, 4)] {
            builder.keep(id, Report::at(t_ms, Position::new(0.0, 0.0)), None);
        }
        builder.refuse(Refusal::NoTime, 5, b"x");
        let batch = builder.finish();
        let groups: Vec<_> = batch
            .groups
            .iter()
            .map(|group| {
                (
                    group.id,
                    batch.reports[group.rows.clone()].iter().map(|r| r.t_ms).collect::<Vec<_>>(),
                )
            })
            .collect();
        assert_eq!(groups, [(7, vec![3, 2]), (5, vec![1, 4])]);
        assert_eq!((batch.rows_read, batch.refused.of(Refusal::NoTime)), (5, 1));
    }
}
