//! Numbers as numpy reads them.

use std::io::Write;
use std::path::Path;

use super::safe::{WriteError, write_whole};
use crate::base::job::Job;

/// So many numbers are turned into bytes at a time.
const CHUNK: usize = 1 << 16;

/// Writes `values` as an array of one dimension of 32-bit floats: numpy's `.npy`, version 1.0.
pub fn npy_f32(path: &Path, values: &[f32], job: &Job) -> Result<(), WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    write_whole(path, |file| {
        file.write_all(&header(values.len())).map_err(fault)?;
        for chunk in values.chunks(CHUNK) {
            job.go_on().map_err(|_| WriteError::Cancelled)?;
            let bytes: Vec<u8> = chunk.iter().flat_map(|value| value.to_le_bytes()).collect();
            file.write_all(&bytes).map_err(fault)?;
        }
        Ok(())
    })
}

/// Magic, version and a dictionary, filled up so that the numbers begin at a multiple of 64.
fn header(n: usize) -> Vec<u8> {
    /// Magic (6), version (2), length of the dictionary (2).
    const BEFORE: usize = 10;
    let mut text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({n},), }}");
    while !(BEFORE + text.len() + 1).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend((text.len() as u16).to_le_bytes());
    header.extend(text.as_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_begin_at_a_multiple_of_64_and_can_be_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.npy");
        npy_f32(&path, &[1.5, -2.0, f32::INFINITY], &Job::default()).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
        let n_header = 10 + usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
        assert_eq!((n_header % 64, bytes.len() - n_header), (0, 12));
        assert!(String::from_utf8_lossy(&bytes[10..n_header]).contains("'shape': (3,), }"));
        let read = |place: usize| {
            let at = n_header + 4 * place;
            f32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
        };
        assert_eq!([read(0), read(1), read(2)], [1.5, -2.0, f32::INFINITY]);
    }
}
