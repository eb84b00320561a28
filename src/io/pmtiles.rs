//! `PMTiles` archives: the pictures of a map in one file, each found by where it lies.
//!
//! Version 3 of the format (github.com/protomaps/PMTiles, spec/v3/spec.md): a header of 127 bytes
//! says where everything else lies; directories, mostly gzipped, say where each tile lies. The file
//! is opened once, its header is checked against its length, and every number that comes from it is
//! taken for wrong until shown right: a damaged archive gives a fault, never a panic.

mod credit;
mod directory;
mod picture;
#[cfg(test)]
pub mod sample;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::{Range, RangeInclusive};
use std::path::Path;

use flate2::read::GzDecoder;

pub use self::credit::Credit;
use self::directory::{Directory, Found, tile_id};
pub use self::picture::MAX_SIDE_PX;

const MAGIC: &[u8] = b"PMTiles";
const HEADER_LEN: usize = 127;
/// The finest zoom of which rows and columns are still counted in 32 bits with room to spare.
const MAX_ZOOM: u8 = 30;
/// A directory or the metadata of an honest archive is far smaller, packed and unpacked.
const MAX_PART_LEN: u64 = 64 << 20;
/// So is a picture of a tile.
const MAX_TILE_LEN: u64 = 16 << 20;
/// Archives in use have two levels of directories, the root and leaves; the reference reader stops
/// at four.
const MAX_DEPTH: usize = 4;
/// So many unpacked leaves are kept at hand.
const MAX_LEAVES: usize = 64;

/// Why an archive, or a tile of it, cannot be shown. The file's name goes before it.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum PmTilesError {
    #[error("there is no such file")]
    NotFound,
    #[error("it is a folder; a .pmtiles file is expected")]
    Folder,
    #[error("the file is empty")]
    Empty,
    #[error("it cannot be read: {0}")]
    Io(io::Error),
    #[error("it is no PMTiles archive: it begins with {head}, not with \"PMTiles\"")]
    NotPmTiles { head: String },
    #[error("it is an MBTiles or other SQLite file; pmtiles convert makes a PMTiles archive of it")]
    MbTiles,
    #[error(
        "it is version {0} of PMTiles; version 3 is expected (pmtiles convert brings it up to date)"
    )]
    Version(u8),
    #[error("it is cut short: {part} end at byte {end}, but the file has {len} bytes")]
    CutShort { part: &'static str, end: u128, len: u64 },
    #[error("it holds vector tiles; tiles that are pictures (PNG or JPEG) are expected")]
    Vector,
    #[error("it holds tiles of {0}; PNG or JPEG are expected")]
    Kind(&'static str),
    #[error("it is packed with {0}; gzip, zstd or nothing are expected")]
    Compression(&'static str),
    #[error("it is damaged: {0}")]
    Damaged(String),
}

impl From<io::Error> for PmTilesError {
    fn from(error: io::Error) -> PmTilesError {
        match error.kind() {
            io::ErrorKind::NotFound => PmTilesError::NotFound,
            io::ErrorKind::IsADirectory => PmTilesError::Folder,
            io::ErrorKind::UnexpectedEof => damaged("it ends in the middle of a part"),
            _ => PmTilesError::Io(error),
        }
    }
}

fn damaged(what: impl Into<String>) -> PmTilesError {
    PmTilesError::Damaged(what.into())
}

/// What an archive says of itself.
#[derive(Clone, PartialEq, Debug)]
pub struct About {
    /// The zooms of which it has tiles.
    pub zooms: RangeInclusive<u8>,
    /// West, south, east and north; the whole world where the archive does not say.
    pub bounds_deg: [f64; 4],
    /// Longitude and latitude of its middle, and the zoom to look at it.
    pub center: ([f64; 2], u8),
    /// Whether no tile lets through what lies under it: JPEG has no transparency.
    pub is_opaque: bool,
    /// Whose map it is.
    pub credits: Vec<Credit>,
}

/// An open archive, from which tiles are taken one by one.
pub struct Archive<R = File> {
    reader: R,
    about: About,
    packing: Packing,
    tile_packing: Packing,
    root: Directory,
    leaf_part: Range<u64>,
    tile_part: Range<u64>,
    /// By their place among the leaves.
    leaves: HashMap<u64, Directory>,
}

/// How bytes are packed.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Archive {
    /// Opens the archive at `path` and checks its header and root directory. Reads a few kilobytes;
    /// the file stays open.
    pub fn open(path: &Path) -> Result<Archive, PmTilesError> {
        if path.is_dir() {
            return Err(PmTilesError::Folder);
        }
        Archive::from_reader(File::open(path)?)
    }
}

impl<R: Read + Seek> Archive<R> {
    /// The same for an archive that need not lie in a file.
    pub fn from_reader(mut reader: R) -> Result<Archive<R>, PmTilesError> {
        let len = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        let mut header = Vec::with_capacity(HEADER_LEN);
        reader.by_ref().take(HEADER_LEN as u64).read_to_end(&mut header)?;
        let header = Header::parse(&header, len)?;

        let root = read_unpacked(&mut reader, &header.root, header.packing, MAX_PART_LEN)?;
        let root = Directory::parse(&root).map_err(damaged)?;
        // Whose map it is does not decide whether it is shown: metadata gone bad name nobody.
        let metadata = read_unpacked(&mut reader, &header.metadata, header.packing, MAX_PART_LEN);
        let credits = metadata.map(|json| credit::of_metadata(&json)).unwrap_or_default();
        Ok(Archive {
            reader,
            about: About { credits, ..header.about },
            packing: header.packing,
            tile_packing: header.tile_packing,
            root,
            leaf_part: header.leaves,
            tile_part: header.tiles,
            leaves: HashMap::new(),
        })
    }

    /// What the archive says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The picture at column `x` and row `y` of a zoom, as the PNG or JPEG it is; `None` where the
    /// archive has none. It is of a size that a texture may have.
    pub fn tile(&mut self, zoom: u8, x: u32, y: u32) -> Result<Option<Vec<u8>>, PmTilesError> {
        if !self.about.zooms.contains(&zoom) || x >> zoom > 0 || y >> zoom > 0 {
            return Ok(None);
        }
        let id = tile_id(zoom, x, y);
        let mut found = self.root.find(id);
        for _ in 0..MAX_DEPTH {
            match found {
                Found::Nothing => return Ok(None),
                Found::Tile { offset, len } => {
                    let part = within(&self.tile_part, offset, len, "a tile")?;
                    let bytes =
                        read_unpacked(&mut self.reader, &part, self.tile_packing, MAX_TILE_LEN)?;
                    picture::check(&bytes).map_err(damaged)?;
                    return Ok(Some(bytes));
                }
                Found::Leaf { offset, len } => found = self.leaf(offset, len)?.find(id),
            }
        }
        Err(damaged("its directories lead in a circle"))
    }

    fn leaf(&mut self, offset: u64, len: u32) -> Result<&Directory, PmTilesError> {
        if !self.leaves.contains_key(&offset) {
            let part = within(&self.leaf_part, offset, len, "a leaf directory")?;
            let bytes = read_unpacked(&mut self.reader, &part, self.packing, MAX_PART_LEN)?;
            let leaf = Directory::parse(&bytes).map_err(damaged)?;
            if self.leaves.len() >= MAX_LEAVES {
                self.leaves.clear();
            }
            self.leaves.insert(offset, leaf);
        }
        Ok(&self.leaves[&offset])
    }
}

/// The header, checked; all parts lie within the file.
struct Header {
    root: Range<u64>,
    metadata: Range<u64>,
    leaves: Range<u64>,
    tiles: Range<u64>,
    packing: Packing,
    tile_packing: Packing,
    about: About,
}

impl Header {
    fn parse(bytes: &[u8], len: u64) -> Result<Header, PmTilesError> {
        if bytes.is_empty() {
            return Err(PmTilesError::Empty);
        }
        if bytes.starts_with(b"SQLite format 3") {
            return Err(PmTilesError::MbTiles);
        }
        // The versions before the third were named by two letters and a number in two bytes.
        if let [b'P', b'M', version @ (1 | 2), 0, ..] = bytes {
            return Err(PmTilesError::Version(*version));
        }
        if !bytes.starts_with(MAGIC) {
            return Err(PmTilesError::NotPmTiles { head: head_text(bytes) });
        }
        if bytes.len() < HEADER_LEN {
            let end = HEADER_LEN as u128;
            return Err(PmTilesError::CutShort { part: "its header would", end, len });
        }
        if bytes[7] != 3 {
            return Err(PmTilesError::Version(bytes[7]));
        }
        let part = |at: usize, name: &'static str| {
            let [start, size] = [at, at + 8].map(|at| u64::from_le_bytes(bytes_at(bytes, at)));
            let end = u128::from(start) + u128::from(size);
            if end > u128::from(len) {
                return Err(PmTilesError::CutShort { part: name, end, len });
            }
            Ok(start..start + size)
        };
        // Vector tiles before all else: they are the likeliest trouble with a file that is whole.
        let is_opaque = is_opaque(bytes[99])?;
        let root = part(8, "its directories")?;
        if root.is_empty() {
            return Err(damaged("its root directory is empty"));
        }
        let zooms = bytes[100]..=bytes[101];
        if zooms.is_empty() || *zooms.end() > MAX_ZOOM {
            let (first, last) = (zooms.start(), zooms.end());
            return Err(damaged(format!("its zooms go from {first} to {last}")));
        }
        let [west, south, east, north, lon, lat] = [102, 106, 110, 114, 119, 123]
            .map(|at| f64::from(i32::from_le_bytes(bytes_at(bytes, at))) / 1e7);
        let is_place = |lon: f64, lat: f64| lon.abs() <= 180.0 && lat.abs() <= 90.0;
        if !is_place(west, south) || !is_place(east, north) || south > north {
            return Err(damaged(format!(
                "its bounds are {west}, {south} to {east}, {north} degrees"
            )));
        }
        if !is_place(lon, lat) {
            return Err(damaged(format!("its center is at {lon}, {lat} degrees")));
        }
        let is_bounded = [west, south, east, north] != [0.0; 4];
        let bounds_deg =
            if is_bounded { [west, south, east, north] } else { [-180.0, -90.0, 180.0, 90.0] };
        Ok(Header {
            root,
            metadata: part(24, "its metadata")?,
            leaves: part(40, "its leaf directories")?,
            tiles: part(56, "its tiles")?,
            packing: packing(bytes[97])?,
            tile_packing: packing(bytes[98])?,
            about: About {
                zooms,
                bounds_deg,
                center: ([lon, lat], bytes[118]),
                is_opaque,
                credits: Vec::new(),
            },
        })
    }
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("as many bytes as were cut")
}

/// Whether tiles of this kind are opaque; a fault if they cannot be shown.
fn is_opaque(kind: u8) -> Result<bool, PmTilesError> {
    match kind {
        // The pictures themselves tell what they are.
        0 | 2 => Ok(false),
        1 | 6 => Err(PmTilesError::Vector),
        3 => Ok(true),
        4 => Err(PmTilesError::Kind("WebP")),
        5 => Err(PmTilesError::Kind("AVIF")),
        _ => Err(PmTilesError::Kind("an unknown kind")),
    }
}

fn packing(code: u8) -> Result<Packing, PmTilesError> {
    match code {
        0 | 1 => Ok(Packing::Plain),
        2 => Ok(Packing::Gzip),
        3 => Err(PmTilesError::Compression("Brotli")),
        4 => Ok(Packing::Zstd),
        _ => Err(PmTilesError::Compression("something unknown")),
    }
}

/// The first bytes, as text where they are that.
fn head_text(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(8)];
    match str::from_utf8(head) {
        Ok(text) if text.chars().all(|c| c.is_ascii_graphic() || c == ' ') => format!("\"{text}\""),
        _ => head.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" "),
    }
}

/// The place in the file of something that a directory puts into a part of it.
fn within(
    part: &Range<u64>,
    offset: u64,
    len: u32,
    what: &str,
) -> Result<Range<u64>, PmTilesError> {
    let start = part.start.checked_add(offset);
    let end = start.and_then(|start| start.checked_add(u64::from(len)));
    match (start, end) {
        (Some(start), Some(end)) if end <= part.end => Ok(start..end),
        _ => Err(damaged(format!("{what} lies outside of its part of the file"))),
    }
}

/// Reads a part of the file and unpacks it, to `max_len` bytes and no further.
fn read_unpacked<R: Read + Seek>(
    reader: &mut R,
    part: &Range<u64>,
    packing: Packing,
    max_len: u64,
) -> Result<Vec<u8>, PmTilesError> {
    let len = part.end - part.start;
    if len > max_len {
        return Err(damaged(format!("a part of it has {len} bytes, far too many")));
    }
    reader.seek(SeekFrom::Start(part.start))?;
    let mut packed = vec![0; len as usize];
    reader.read_exact(&mut packed)?;
    let bad = |error: io::Error| damaged(format!("a part of it cannot be unpacked: {error}"));
    let mut bytes = Vec::new();
    match packing {
        Packing::Plain => return Ok(packed),
        Packing::Gzip => {
            let limited = GzDecoder::new(packed.as_slice()).take(max_len + 1);
            { limited }.read_to_end(&mut bytes).map_err(bad)?
        }
        Packing::Zstd => {
            let limited = zstd::Decoder::new(packed.as_slice()).map_err(bad)?.take(max_len + 1);
            { limited }.read_to_end(&mut bytes).map_err(bad)?
        }
    };
    if bytes.len() as u64 > max_len {
        return Err(damaged(format!("a part of it unpacks to more than {max_len} bytes")));
    }
    Ok(bytes)
}
