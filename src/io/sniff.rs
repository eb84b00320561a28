//! What a file is, by its first bytes, and why one cannot be read.

use super::nmea_file::has_sentence;
use super::table::lines;

/// Why a file gave nothing. What was found, what was expected, what to do; the path is added by
/// the ledger.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum ReadError {
    #[error("there is no such file")]
    NotFound,
    #[error("the file is empty")]
    Empty,
    #[error("it is a folder without AIS files (.csv, .nmea, .parquet and such, also .gz and .zst)")]
    Folder,
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error(
        "it is neither text nor Parquet: its first bytes are {head}; AIS as CSV, NMEA or Parquet is expected"
    )]
    Binary { head: String },
    #[error("it is no text: its first bytes are {head}; a table such as CSV is expected")]
    NoText { head: String },
    #[error("it is a zip archive; unpack it first (gzip and zstd files open as they are)")]
    Zip,
    #[error("it is UTF-16 text; save it as UTF-8")]
    Utf16,
    #[error("no column for {role} among {found}; name one in Sources (sources.{field})")]
    NoColumn { role: &'static str, found: String, field: &'static str },
    #[error(
        "no header line: its first line reads \"{line}\"; a line naming the columns is expected"
    )]
    NoHeader { line: String },
    #[error(
        "no time format fits \"{sample}\" in column {column}; choose one in Sources (sources.time_format)"
    )]
    NoTimeFormat { sample: String, column: String },
    #[error("the Parquet file is damaged or of a kind that cannot be read: {0}")]
    Parquet(String),
}

/// What a file is, by its first unpacked bytes.
pub enum Kind {
    /// Parquet.
    Parquet,
    /// Sentences, one a line.
    Nmea,
    /// Fields with something between them.
    Table,
}

/// How much of a file is looked at to tell what it is.
pub const HEAD_BYTES: usize = 1 << 16;

/// Looks at the first bytes of an unpacked file.
pub fn kind_of(head: &[u8]) -> Result<Kind, ReadError> {
    match head {
        [] => return Err(ReadError::Empty),
        [b'P', b'A', b'R', b'1', ..] => return Ok(Kind::Parquet),
        [b'P', b'K', 3, 4, ..] => return Err(ReadError::Zip),
        [0xff, 0xfe, 0 | 0xff, ..] | [0xfe, 0xff, 0xff, ..] => (),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Err(ReadError::Utf16),
        _ => (),
    }
    let is_odd = |byte: &&u8| **byte < 9 || (14..32).contains(*byte);
    let odd = head.iter().filter(is_odd).count();
    if odd * 50 > head.len() {
        return Err(ReadError::Binary { head: first_bytes(head) });
    }
    if head.trim_ascii().is_empty() {
        return Err(ReadError::Empty);
    }
    let first: Vec<&[u8]> = lines(head).take(200).collect();
    let sentences = first.iter().filter(|line| has_sentence(line)).count();
    Ok(if sentences * 5 >= first.len() && sentences > 0 { Kind::Nmea } else { Kind::Table })
}

/// Why `bytes` are no table written as text: a list of ports or of voyages that is empty, packed in
/// a way that is not opened, or something else altogether.
///
/// # Errors
///
/// If they are empty or not text.
pub fn expect_text(bytes: &[u8]) -> Result<(), ReadError> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    match kind_of(head) {
        Ok(Kind::Nmea | Kind::Table) => Ok(()),
        Ok(Kind::Parquet) | Err(ReadError::Binary { .. }) => {
            Err(ReadError::NoText { head: first_bytes(head) })
        }
        Err(error) => Err(error),
    }
}

/// The first bytes of a file, as hexadecimal numbers.
fn first_bytes(head: &[u8]) -> String {
    let first: Vec<String> = head.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    first.join(" ")
}
