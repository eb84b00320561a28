//! Files as blocks of whole lines: unpacked, counted, cut at line ends.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::base::job::{Job, Stopped};

/// How many bytes are cut off at a time. Blocks are read by one thread and parsed by many.
pub const BLOCK_BYTES: usize = 4 << 20;

/// Longest line that is read; what is longer is refused as one row.
pub const LINE_BYTES: usize = 1 << 20;

/// Whole lines of a file.
#[derive(Debug, Default, PartialEq)]
pub struct Block {
    /// The lines, with their ends.
    pub bytes: Vec<u8>,
    /// Which block of the file this is, from 0.
    pub number: usize,
    /// Number of the first line in the file, from 1.
    pub first_line: u64,
    /// Lines over [`LINE_BYTES`] that stood before this block's lines: their number and beginning.
    pub long_lines: Vec<(u64, Vec<u8>)>,
}

/// How a file is packed, by its first bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    /// As it is.
    Plain,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

impl Packing {
    /// Looks at the first bytes of a file.
    pub fn of(head: &[u8]) -> Packing {
        match head {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Packing::Zstd,
            _ => Packing::Plain,
        }
    }
}

/// A file that counts what is read of it, before unpacking, and stops when the job is cancelled.
struct Watched<'a> {
    file: File,
    job: &'a Job,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Small pieces, so that a cancel is heard within a tenth of a second from any disk.
        let length = buffer.len().min(1 << 20);
        let n = self.file.read(&mut buffer[..length])?;
        self.job.advance(n).map_err(|_| io::Error::other(CancelledRead))?;
        Ok(n)
    }
}

/// Marks an I/O error that is really a cancel.
#[derive(Debug, thiserror::Error)]
#[error("cancelled")]
struct CancelledRead;

/// Whether reading ended because the job was cancelled.
pub fn is_cancel(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<CancelledRead>)
}

/// Opens `path` for reading, unpacked. Bytes read from the disk count as steps of `job`.
pub fn open<'a>(path: &Path, job: &'a Job) -> io::Result<(Packing, Box<dyn Read + Send + 'a>)> {
    let mut file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    let mut head = [0; 4];
    let n = read_up_to(&mut file, &mut head)?;
    let packing = Packing::of(&head[..n]);
    // Not by going back: a pipe has no way back.
    let watched = io::Cursor::new(head).take(n as u64).chain(Watched { file, job });
    Ok((
        packing,
        match packing {
            Packing::Plain => Box::new(watched),
            Packing::Gzip => {
                Box::new(MultiGzDecoder::new(io::BufReader::with_capacity(1 << 18, watched)))
            }
            Packing::Zstd => Box::new(zstd::Decoder::new(watched)?),
        },
    ))
}

/// Reads until `buffer` is full or the file ends; gives how much there was.
pub fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    match read_while_good(reader, buffer) {
        (filled, None) => Ok(filled),
        (_, Some(error)) => Err(error),
    }
}

/// Reads until `buffer` is full, the file ends, or it breaks off; gives how much there was, and
/// what broke it off.
pub fn read_while_good(reader: &mut impl Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

/// What is left of a file that broke off: its error, once, if there was one.
pub struct Broken(pub Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// The blocks of a file, one after the other.
pub struct Blocks<R> {
    reader: R,
    /// The beginning of a line whose end was not read yet.
    rest: Vec<u8>,
    next_line: u64,
    next_number: usize,
    block_bytes: usize,
    ended: bool,
    /// What broke the file off; told after the last whole line before.
    broken_by: Option<io::Error>,
}

impl<R: Read> Blocks<R> {
    /// Cuts what `reader` gives into blocks of about `block_bytes`.
    pub fn new(reader: R, block_bytes: usize) -> Blocks<R> {
        Blocks {
            reader,
            rest: Vec::new(),
            next_line: 1,
            next_number: 0,
            block_bytes,
            ended: false,
            broken_by: None,
        }
    }

    /// The next block, or `None` at the end of the file. A file that breaks off gives its whole
    /// lines before its error; the line in which it breaks off is left out.
    pub fn next_block(&mut self) -> io::Result<Option<Block>> {
        if self.ended {
            return self.broken_by.take().map_or(Ok(None), Err);
        }
        let mut long_lines = Vec::new();
        let mut bytes = std::mem::take(&mut self.rest);
        loop {
            let old = bytes.len();
            bytes.resize(old + self.block_bytes, 0);
            let n = self.fill(&mut bytes[old..])?;
            bytes.truncate(old + n);
            if n < self.block_bytes {
                self.ended = true;
                break;
            }
            if let Some(end) = memchr::memrchr(b'\n', &bytes) {
                self.rest = bytes.split_off(end + 1);
                break;
            }
            if bytes.len() > LINE_BYTES {
                // A line without end: keep its beginning, skip to where it ends.
                let line = self.next_line;
                self.next_line += 1;
                bytes.truncate(256);
                long_lines.push((line, std::mem::take(&mut bytes)));
                bytes = self.skip_line()?;
                if self.ended {
                    break;
                }
            }
        }
        if self.broken_by.is_some() {
            bytes.truncate(memchr::memrchr(b'\n', &bytes).map_or(0, |end| end + 1));
        }
        let first_line = self.next_line;
        let ends = memchr::memchr_iter(b'\n', &bytes).count() as u64;
        let has_open_line = bytes.last().is_some_and(|byte| *byte != b'\n');
        self.next_line += ends + u64::from(has_open_line);
        if bytes.is_empty() && long_lines.is_empty() {
            return self.broken_by.take().map_or(Ok(None), Err);
        }
        let number = self.next_number;
        self.next_number += 1;
        Ok(Some(Block { bytes, number, first_line, long_lines }))
    }

    /// Reads until `buffer` is full or the file ends or breaks off. Only a cancel is an error.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (n, broken_by) = read_while_good(&mut self.reader, buffer);
        match broken_by {
            Some(error) if is_cancel(&error) => Err(error),
            broken_by => {
                self.ended |= broken_by.is_some();
                self.broken_by = broken_by;
                Ok(n)
            }
        }
    }

    /// Reads past the next line end; gives what was read beyond it.
    fn skip_line(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = vec![0; self.block_bytes.max(1 << 16)];
        loop {
            let n = self.fill(&mut piece)?;
            if n < piece.len() {
                self.ended = true;
            }
            if let Some(end) = memchr::memchr(b'\n', &piece[..n]) {
                return Ok(piece[end + 1..n].to_vec());
            }
            if self.ended {
                return Ok(Vec::new());
            }
        }
    }
}

/// Parses every block of `blocks` with `parse`, on all cores, while the next ones are being read;
/// gives the results in the order of the file, and the error that ended the reading early, if any.
pub fn parse_blocks<R: Read + Send, T: Send>(
    blocks: &mut Blocks<R>,
    job: &Job,
    parse: impl Fn(Block) -> T + Sync,
) -> Result<(Vec<T>, Option<io::Error>), Stopped> {
    use rayon::iter::{ParallelBridge as _, ParallelIterator as _};
    let (sender, receiver) =
        std::sync::mpsc::sync_channel::<Block>(rayon::current_num_threads() + 1);
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            while let Some(block) = blocks.next_block()? {
                if sender.send(block).is_err() {
                    break; // The parser was cancelled.
                }
            }
            Ok(())
        });
        let parsed: Result<Vec<(usize, T)>, Stopped> = receiver
            .into_iter()
            .par_bridge()
            .map(|block| {
                job.go_on()?;
                Ok((block.number, parse(block)))
            })
            .collect();
        let outcome: io::Result<()> = reading.join().expect("reading does not panic");
        let mut parsed = parsed?;
        let ended_by = outcome.err();
        if ended_by.as_ref().is_some_and(is_cancel) {
            return Err(Stopped::Cancelled);
        }
        parsed.sort_unstable_by_key(|(number, _)| *number);
        Ok((parsed.into_iter().map(|(_, result)| result).collect(), ended_by))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &[u8], block_bytes: usize) -> Vec<Block> {
        let mut blocks = Blocks::new(text, block_bytes);
        std::iter::from_fn(|| blocks.next_block().unwrap()).collect()
    }

    #[test]
    fn blocks_are_cut_at_line_ends_and_count_lines() {
        let text = b"one\ntwo\nthree\nfour";
        for size in 1..30 {
            let blocks = lines_of(text, size);
            let joined: Vec<u8> = blocks.iter().flat_map(|block| block.bytes.clone()).collect();
            assert_eq!(joined, text, "blocks of {size}");
            for block in &blocks {
                let before = joined.len();
                let start =
                    text.windows(block.bytes.len()).position(|part| part == block.bytes).unwrap();
                let lines_before = memchr::memchr_iter(b'\n', &text[..start]).count() as u64;
                assert_eq!(block.first_line, lines_before + 1, "blocks of {size}, {before}");
            }
        }
    }

    #[test]
    fn a_line_without_end_is_set_aside_and_the_next_are_read() {
        let mut text = vec![b'x'; 3 * LINE_BYTES];
        text.extend(b"\nlast,line\n");
        let blocks = lines_of(&text, 1 << 16);
        let long: Vec<u64> = blocks
            .iter()
            .flat_map(|block| block.long_lines.iter().map(|(line, _)| *line))
            .collect();
        assert_eq!(long, [1]);
        let last = blocks.iter().rev().find(|block| !block.bytes.is_empty()).unwrap();
        assert_eq!((last.bytes.as_slice(), last.first_line), (b"last,line\n".as_slice(), 2));
    }

    #[test]
    fn a_file_that_breaks_off_gives_its_whole_lines_first() {
        for size in 1..30 {
            let broken = b"one\ntwo\nthr".chain(Broken(Some(io::Error::other("cut"))));
            let mut blocks = Blocks::new(broken, size);
            let mut bytes = Vec::new();
            let error = loop {
                match blocks.next_block() {
                    Ok(block) => bytes.extend(block.expect("an error comes last").bytes),
                    Err(error) => break error,
                }
            };
            assert_eq!(
                (bytes.as_slice(), error.to_string().as_str()),
                (b"one\ntwo\n".as_slice(), "cut")
            );
            assert_eq!(blocks.next_block().unwrap(), None);
        }
    }

    #[test]
    fn parsed_blocks_come_back_in_order() {
        let text: Vec<u8> = (0..10_000).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        let mut blocks = Blocks::new(text.as_slice(), 100);
        let (parsed, ended_by) =
            parse_blocks(&mut blocks, &Job::default(), |block| block.bytes).unwrap();
        assert_eq!(parsed.concat(), text);
        assert!(ended_by.is_none());
    }

    #[test]
    fn a_cancelled_job_ends_the_reading() {
        let job = Job::default();
        job.cancel();
        let mut blocks = Blocks::new(b"1\n2\n".as_slice(), 2);
        let outcome = parse_blocks(&mut blocks, &job, |_| ());
        assert_eq!(outcome.err(), Some(Stopped::Cancelled));
    }
}
