//! AIVDM sentences, as receivers write them to files: blocks of lines are read in parallel, and
//! one [`Assembler`] takes what was found in the order of the file.
//!
//! ```
//! use fairway::io::nmea::{NmeaOptions, read_all};
//! let line = b"2020-01-01T12:00:00Z !AIVDM,1,1,,A,15RTgt0PAso;90TKcjM8h6g208CQ,0*4A\n";
//! let batch = read_all(line, &NmeaOptions::default());
//! assert_eq!((batch.groups[0].id, batch.reports[0].sog_kn), (371_798_000, 12.3));
//! ```

mod clock;
mod join;
mod sentence;

use std::ops::Range;

use memchr::memchr_iter;

use self::clock::Clock;
use self::join::Joiner;
pub(crate) use self::sentence::checksum;
use self::sentence::{Key, Reader, Sentence, Stamp};
use super::batch::{Batch, BatchBuilder, Oddity, Refusal};
use super::message::Message;
use crate::ais::{Mmsi, MmsiClass, Report, Static};

/// No line is longer than this.
const LONGEST_LINE: usize = 1 << 20;

/// How to read sentences.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct NmeaOptions {
    /// Midnight (UTC milliseconds) of the day on which a file begins whose lines carry no date.
    pub date_ms: i64,
    /// Whether to read sentences and tag blocks whose checksum is missing or wrong.
    pub accept_bad_checksum: bool,
}

/// What was found in one block of lines. Texts stay in the block.
#[derive(Debug)]
pub struct Parsed {
    block_length: usize,
    items: Vec<Item>,
}

#[derive(Debug)]
struct Item {
    line: u64,
    text: Range<u32>,
    stamp: Stamp,
    found: Found,
}

#[derive(Debug)]
enum Found {
    /// A whole message that matters only for being one.
    Traffic,
    /// A whole message with a position, or the reason why there is none. Its time is not set yet.
    Position { mmsi: u32, second: Option<u8>, report: Result<Report, Refusal> },
    /// A whole static report, of message 19 with its position before it.
    About { mmsi: u32, said: Box<Static>, is_second_half: bool },
    /// A part of a message.
    Part { key: Key, number: u8, fill_bits: u8, payload: Range<u32> },
    /// Nothing to be read.
    Refused(Refusal),
}

/// Reads the lines of `block`, which begins and ends at line ends; its first is line number
/// `first_line` of the file. Blank lines and lines that begin with `#` are passed over; every
/// sentence of every other line ends up in the result, as does a line without one.
///
/// # Panics
///
/// If the block is of 4 GiB or more.
pub fn parse_block(block: &[u8], first_line: u64, options: &NmeaOptions) -> Parsed {
    assert!(u32::try_from(block.len()).is_ok(), "a block is a part of a file, not a file");
    let mut reader = Reader::new(options);
    let mut items = Vec::with_capacity(block.len() / 44);
    each_line(block, first_line, |line, start, text| {
        let offset = |part: &[u8]| part.as_ptr() as usize - block.as_ptr() as usize;
        let whole = start as u32..(start + text.len()) as u32;
        let mut push = |stamp, found| {
            items.push(Item { line, text: whole.clone(), stamp, found });
        };
        each_sentence(&mut reader, text, |sentence| match sentence {
            Err(refusal) => push(Stamp::None, Found::Refused(refusal)),
            Ok(Sentence { key, number, payload, fill_bits, stamp }) if key.total > 1 => {
                let payload = offset(payload) as u32..(offset(payload) + payload.len()) as u32;
                push(stamp, Found::Part { key, number, fill_bits, payload });
            }
            Ok(sentence) => {
                each_found(Message::from_payload(sentence.payload, sentence.fill_bits), |found| {
                    push(sentence.stamp, found);
                });
            }
        });
    });
    Parsed { block_length: block.len(), items }
}

/// Takes the blocks of one file in order: joins the parts of messages, also across blocks, and
/// keeps the clock.
///
/// Lines without a time of their own have that of the last line with one. In a file without any,
/// time is put together from the reports' own seconds ([`Oddity::TimeReconstructed`]).
pub struct Assembler {
    clock: Clock,
    joiner: Joiner,
}

impl Assembler {
    /// An assembler for one file.
    pub fn new(options: &NmeaOptions) -> Assembler {
        Assembler { clock: Clock::new(options.date_ms), joiner: Joiner::default() }
    }

    /// Puts what was found in the next block of the file into `builder`, with line numbers of the
    /// file.
    ///
    /// # Panics
    ///
    /// If `parsed` was made from a block of another length.
    pub fn take(&mut self, block: &[u8], parsed: Parsed, builder: &mut BatchBuilder) {
        assert_eq!(
            block.len(),
            parsed.block_length,
            "a block and what was found in it go together"
        );
        for item in parsed.items {
            let line = item.line;
            let text = &block[item.text.start as usize..item.text.end as usize];
            self.joiner
                .give_up(line, |line, text| builder.refuse(Refusal::PartsMissing, line, text));
            let Found::Part { key, number, fill_bits, payload } = item.found else {
                place(&mut self.clock, item.stamp, item.found, line, text, builder);
                continue;
            };
            let payload = &block[payload.start as usize..payload.end as usize];
            let part = Sentence { key, number, payload, fill_bits, stamp: item.stamp };
            if let Some(whole) = self.joiner.join(&part, line, text) {
                each_found(Message::from_payload(whole.payload, whole.fill_bits), |found| {
                    place(&mut self.clock, whole.stamp, found, line, text, builder);
                });
            }
        }
    }

    /// Ends the file: refuses the parts whose messages never became complete.
    pub fn finish(mut self, builder: &mut BatchBuilder) {
        self.joiner
            .give_up(u64::MAX, |line, text| builder.refuse(Refusal::PartsMissing, line, text));
    }
}

/// Reads a whole file in one go, on one thread.
pub fn read_all(bytes: &[u8], options: &NmeaOptions) -> Batch {
    let mut builder = BatchBuilder::default();
    let mut assembler = Assembler::new(options);
    assembler.take(bytes, parse_block(bytes, 1, options), &mut builder);
    assembler.finish(&mut builder);
    builder.finish()
}

/// Calls `seen` for every message in `bytes`, or for the reason why a sentence gives none, with
/// its line number: the messages field by field, for those who want more than positions. Parts
/// without the rest of their message are passed over.
pub fn each_message(
    bytes: &[u8],
    options: &NmeaOptions,
    mut seen: impl FnMut(u64, Result<Message, Refusal>),
) {
    let mut reader = Reader::new(options);
    let mut joiner = Joiner::default();
    each_line(bytes, 1, |line, _, text| {
        each_sentence(&mut reader, text, |sentence| match sentence {
            Err(refusal) => seen(line, Err(refusal)),
            Ok(part) if part.key.total > 1 => {
                joiner.give_up(line, |_, _| ());
                if let Some(whole) = joiner.join(&part, line, text) {
                    seen(line, Message::from_payload(whole.payload, whole.fill_bits));
                }
            }
            Ok(whole) => seen(line, Message::from_payload(whole.payload, whole.fill_bits)),
        });
    });
}

/// Calls `seen` with number, offset and text of each line that is neither blank nor a comment.
fn each_line<'a>(block: &'a [u8], first_line: u64, mut seen: impl FnMut(u64, usize, &'a [u8])) {
    let mut start = 0;
    for (line, end) in (first_line..).zip(memchr_iter(b'\n', block).chain([block.len()])) {
        let text = block[start..end].trim_ascii_end();
        if !matches!(text.trim_ascii_start(), [] | [b'#', ..]) {
            seen(line, start, text);
        }
        start = end + 1;
    }
}

fn each_sentence<'a>(
    reader: &mut Reader,
    text: &'a [u8],
    mut found: impl FnMut(Result<Sentence<'a>, Refusal>),
) {
    if text.len() > LONGEST_LINE {
        found(Err(Refusal::LongLine));
    } else {
        reader.read(text, found);
    }
}

/// Calls `found` with what matters of a message: once, or twice where it tells a position and a
/// name.
fn each_found(message: Result<Message, Refusal>, mut found: impl FnMut(Found)) {
    let message = match message {
        Ok(message) => message,
        Err(refusal) => return found(Found::Refused(refusal)),
    };
    let mmsi = message.mmsi();
    let report = message.report(0);
    let is_second_half = report.is_some();
    if let Some(report) = report {
        found(Found::Position { mmsi, second: message.second(), report });
    }
    match message.about() {
        Some(said) => found(Found::About { mmsi, said: Box::new(said), is_second_half }),
        None if !is_second_half => found(Found::Traffic),
        None => (),
    }
}

/// Puts what was found in a whole message into `builder`.
fn place(
    clock: &mut Clock,
    stamp: Stamp,
    found: Found,
    line: u64,
    text: &[u8],
    builder: &mut BatchBuilder,
) {
    match found {
        Found::Position { mmsi, second, report } => {
            builder.count_message();
            let (t_ms, is_made) = clock.tell(stamp, second);
            match report {
                _ if stamp == Stamp::OutOfRange => {
                    builder.refuse(Refusal::TimeOutOfRange, line, text);
                }
                Err(refusal) => builder.refuse(refusal, line, text),
                Ok(report) => {
                    builder.keep(mmsi, Report { t_ms, ..report }, None);
                    note_oddities(mmsi, &report, is_made, |odd| builder.note(odd, line, text));
                }
            }
        }
        Found::About { mmsi, said, is_second_half } => {
            if !is_second_half {
                builder.count_message();
            }
            let t_ms = match stamp {
                Stamp::OutOfRange => i64::MIN,
                _ => clock.tell(stamp, None).0,
            };
            builder.about(mmsi, t_ms, *said);
        }
        Found::Traffic => {
            builder.count_message();
            clock.tell(stamp, None);
        }
        Found::Refused(refusal) => builder.refuse(refusal, line, text),
        Found::Part { .. } => unreachable!("parts are joined before they are placed"),
    }
}

fn note_oddities(mmsi: u32, report: &Report, is_made: bool, mut note: impl FnMut(Oddity)) {
    if is_made {
        note(Oddity::TimeReconstructed);
    }
    if report.sog_kn.is_nan() {
        note(Oddity::SpeedMissing);
    }
    if report.cog_deg.is_nan() {
        note(Oddity::CourseMissing);
    }
    match Mmsi(mmsi).class() {
        MmsiClass::Malformed => note(Oddity::MalformedMmsi),
        class if !class.may_sail() => note(Oddity::NotAShip),
        _ => (),
    }
}

#[cfg(test)]
mod tests;
