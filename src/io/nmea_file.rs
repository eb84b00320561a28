//! A file of NMEA sentences: blocks parsed on all cores, put together in order.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Mutex;

use super::batch::{Batch, BatchBuilder, Refusal};
use super::blocks::{Block, Blocks, parse_blocks};
use super::nmea::{Assembler, NmeaOptions, Parsed, parse_block};
use crate::base::job::{Job, Stopped};

/// Rows a batch should have before it is closed.
const BATCH_ROWS: usize = 100_000;

/// Whether a line looks like AIS: `!AIVDM` or another talker's.
pub fn has_sentence(line: &[u8]) -> bool {
    memchr::memchr_iter(b'!', line).any(|place| {
        matches!(line.get(place + 3..place + 7), Some([b'V', b'D', b'M' | b'O', b',']))
    })
}

/// What has been put together so far, and blocks that came before their turn.
struct Line {
    assembler: Assembler,
    builder: BatchBuilder,
    full: Vec<BatchBuilder>,
    next: usize,
    early: BTreeMap<usize, (Block, Parsed)>,
}

impl Line {
    /// Takes a block, and with it those that waited for it.
    fn take(&mut self, block: Block, parsed: Parsed) {
        self.early.insert(block.number, (block, parsed));
        while let Some((block, parsed)) = self.early.remove(&self.next) {
            self.next += 1;
            for (line, text) in &block.long_lines {
                self.builder.refuse(Refusal::LongLine, *line, text);
            }
            self.assembler.take(&block.bytes, parsed, &mut self.builder);
            if self.builder.len() >= BATCH_ROWS {
                self.full.push(std::mem::take(&mut self.builder));
            }
        }
    }
}

/// Reads all sentences of `blocks`; gives the batches and the error that ended the file early.
pub fn read_blocks<R: Read + Send>(
    blocks: &mut Blocks<R>,
    options: &NmeaOptions,
    job: &Job,
) -> Result<(Vec<Batch>, Option<io::Error>), Stopped> {
    let line = Mutex::new(Line {
        assembler: Assembler::new(options),
        builder: BatchBuilder::default(),
        full: Vec::new(),
        next: 0,
        early: BTreeMap::new(),
    });
    let (grouped, ended_by) = parse_blocks(blocks, job, |block| {
        let parsed = parse_block(&block.bytes, block.first_line, options);
        let full = {
            let mut line = line.lock().expect("putting together does not panic");
            line.take(block, parsed);
            std::mem::take(&mut line.full)
        };
        // Grouping by vessel needs no order: outside the lock.
        full.into_iter().map(BatchBuilder::finish).collect::<Vec<Batch>>()
    })?;
    let Line { assembler, mut builder, .. } =
        line.into_inner().expect("putting together does not panic");
    assembler.finish(&mut builder);
    let mut batches: Vec<Batch> = grouped.into_iter().flatten().collect();
    batches.push(builder.finish());
    Ok((batches, ended_by))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSITION: &str = "!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23";

    #[test]
    fn blocks_put_together_give_what_the_whole_file_gives() {
        let text: String = (0..2000).fold(String::new(), |text, second| {
            text + &format!("{} {POSITION}\n", 1_577_836_800 + second)
        });
        let options = NmeaOptions { date_ms: 0, accept_bad_checksum: false };
        let mut blocks = Blocks::new(text.as_bytes(), 500);
        let (batches, ended_by) = read_blocks(&mut blocks, &options, &Job::default()).unwrap();
        assert!(ended_by.is_none());
        let whole = crate::io::nmea::read_all(text.as_bytes(), &options);
        let reports: Vec<_> = batches.into_iter().flat_map(|batch| batch.reports).collect();
        assert_eq!(reports.len(), 2000);
        assert!(reports.iter().zip(&whole.reports).all(|(a, b)| a.is_same(b)));
    }

    #[test]
    fn a_sentence_is_known_by_its_talker_and_type() {
        assert!(
            has_sentence(POSITION.as_bytes()) && has_sentence(b"\\c:1*00\\!BSVDM,1,1,,A,x,0*00")
        );
        assert!(
            !has_sentence(b"$GPGGA,1,2") && !has_sentence(b"hello!") && !has_sentence(b"!AIVD")
        );
    }
}
