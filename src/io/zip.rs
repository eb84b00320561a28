//! Files out of zip archives: what official lists come packed in. Stored and deflated entries; no
//! encryption, no archives above 4 GB.

use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;

/// Why an archive gives nothing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// It does not end as archives do.
    #[error("it has no directory: it is no zip archive, or its end is missing")]
    NoDirectory,
    /// The directory says what cannot be.
    #[error("its directory is damaged")]
    Directory,
    /// Packed in a way that is not read.
    #[error("{name} in it is packed by method {method}; deflate or nothing is expected")]
    Method {
        /// Which file.
        name: String,
        /// The method's number.
        method: u16,
    },
    /// Locked by a password.
    #[error("{name} in it is encrypted")]
    Encrypted {
        /// Which file.
        name: String,
    },
    /// Not what was packed.
    #[error("{name} in it is damaged")]
    Entry {
        /// Which file.
        name: String,
    },
}

/// Bytes that no file in an archive may exceed once unpacked.
const MOST_BYTES: u32 = 1 << 30;

/// A file in an archive.
pub struct Entry<'a> {
    /// Its name, with its folders.
    pub name: String,
    archive: &'a [u8],
    flags: u16,
    method: u16,
    crc: u32,
    packed: u32,
    size: u32,
    header_at: u32,
}

/// The files in an archive, in the order of its directory.
///
/// # Reference
///
/// PKWARE, *APPNOTE.TXT: .ZIP File Format Specification*, 4.3.
pub fn entries(archive: &[u8]) -> Result<Vec<Entry<'_>>, ZipError> {
    // The directory's end stands in the last 22 bytes, before a comment of up to 64 KB.
    let tail = archive.len().saturating_sub(22 + usize::from(u16::MAX));
    let end =
        memchr::memmem::rfind(&archive[tail..], b"PK\x05\x06").ok_or(ZipError::NoDirectory)?;
    let end = &archive[tail + end..];
    let word = |bytes: &[u8], at| number(bytes, at, 2).ok_or(ZipError::Directory);
    let long = |bytes: &[u8], at| number(bytes, at, 4).ok_or(ZipError::Directory);
    let n = word(end, 10)?;
    let mut rest = archive.get(long(end, 16)? as usize..).ok_or(ZipError::Directory)?;
    let mut found = Vec::new();
    for _ in 0..n {
        if !rest.starts_with(b"PK\x01\x02") {
            return Err(ZipError::Directory);
        }
        let lengths = [word(rest, 28)?, word(rest, 30)?, word(rest, 32)?];
        let name = rest.get(46..46 + lengths[0] as usize).ok_or(ZipError::Directory)?;
        found.push(Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            archive,
            flags: word(rest, 8)? as u16,
            method: word(rest, 10)? as u16,
            crc: long(rest, 16)?,
            packed: long(rest, 20)?,
            size: long(rest, 24)?,
            header_at: long(rest, 42)?,
        });
        let length = 46 + lengths.iter().sum::<u32>() as usize;
        rest = rest.get(length..).ok_or(ZipError::Directory)?;
    }
    Ok(found)
}

impl Entry<'_> {
    /// The file's bytes, unpacked and held against their checksum.
    pub fn unpack(&self) -> Result<Vec<u8>, ZipError> {
        let damaged = || ZipError::Entry { name: self.name.clone() };
        if self.flags & 1 != 0 {
            return Err(ZipError::Encrypted { name: self.name.clone() });
        }
        let header = self.archive.get(self.header_at as usize..).ok_or_else(damaged)?;
        if !header.starts_with(b"PK\x03\x04") || self.size > MOST_BYTES {
            return Err(damaged());
        }
        // The names and extras of the header may differ from the directory's: only it knows where
        // its bytes begin.
        let name = number(header, 26, 2).ok_or_else(damaged)?;
        let extra = number(header, 28, 2).ok_or_else(damaged)?;
        let start = 30 + (name + extra) as usize;
        let packed = header.get(start..start + self.packed as usize).ok_or_else(damaged)?;
        let bytes = match self.method {
            0 => packed.to_vec(),
            8 => {
                let mut bytes = Vec::new();
                let most = u64::from(self.size) + 1;
                let outcome = DeflateDecoder::new(packed).take(most).read_to_end(&mut bytes);
                outcome.map_err(|_| damaged())?;
                bytes
            }
            method => return Err(ZipError::Method { name: self.name.clone(), method }),
        };
        let mut crc = Crc::new();
        crc.update(&bytes);
        if bytes.len() != self.size as usize || crc.sum() != self.crc {
            return Err(damaged());
        }
        Ok(bytes)
    }
}

/// The number of `n` bytes at `at`, the least significant first.
fn number(bytes: &[u8], at: usize, n: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + n)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// An archive of `files`, each stored or deflated, for tests.
#[cfg(test)]
pub(super) fn archive_of(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    use std::io::Write as _;
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes, is_packed) in files {
        let mut crc = Crc::new();
        crc.update(bytes);
        let packed = if *is_packed {
            let mut packer =
                flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
            packer.write_all(bytes).unwrap();
            packer.finish().unwrap()
        } else {
            bytes.to_vec()
        };
        let mut common = vec![20, 0, 0, 0, if *is_packed { 8 } else { 0 }, 0, 0, 0, 0, 0];
        common.extend(crc.sum().to_le_bytes());
        common.extend((packed.len() as u32).to_le_bytes());
        common.extend((bytes.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(packed);
    }
    let at = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    let n = (files.len() as u16).to_le_bytes();
    archive.extend([n, n].concat());
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(at.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_and_deflated_files_come_out_as_they_went_in() {
        let long = b"abc".repeat(1000);
        let archive = archive_of(&[("a.txt", b"hello", false), ("b/c.txt", &long, true)]);
        let found = entries(&archive).unwrap();
        let names: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["a.txt", "b/c.txt"]);
        assert_eq!(found[0].unpack().unwrap(), b"hello");
        assert_eq!(found[1].unpack().unwrap(), long);
    }

    #[test]
    fn damage_is_told_wherever_it_is() {
        let archive = archive_of(&[("a.txt", b"hello hello hello", true)]);
        assert_eq!(entries(b"no archive").err(), Some(ZipError::NoDirectory));
        for at in 0..archive.len() {
            for length in [at, archive.len()] {
                let mut broken = archive[..length].to_vec();
                if let Some(byte) = broken.get_mut(at) {
                    *byte ^= 0x55;
                }
                // Whatever comes of it, it is no panic, and no other text than was packed.
                for entry in entries(&broken).into_iter().flatten() {
                    if let Ok(bytes) = entry.unpack() {
                        assert_eq!(bytes, b"hello hello hello", "{at}");
                    }
                }
            }
        }
    }
}
