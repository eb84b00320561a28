//! Files of a model folder: written whole or not at all, read with a limit.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::SaveError;

/// Bytes that no file of ours exceeds: what is larger is damaged or made to harm.
const MOST_BYTES: u64 = 4 << 30;

/// Makes a folder and those above it.
pub fn make_folder(folder: &Path) -> Result<(), SaveError> {
    fs::create_dir_all(folder).map_err(|error| SaveError::write(folder, error))
}

/// Writes `path` into a neighbor first, which takes the name when all is on the disk.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), SaveError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.part", std::process::id()));
    let outcome = File::create(&beside)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&beside, path));
    outcome.map_err(|error| {
        fs::remove_file(&beside).ok(); // It may never have been made.
        SaveError::write(path, error)
    })
}

/// Writes `value` as JSON that people can read.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), SaveError> {
    write(path, &json(path, value)?)
}

/// `value` as JSON that people can read.
pub fn json(path: &Path, value: &impl Serialize) -> Result<Vec<u8>, SaveError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| SaveError::write(path, std::io::Error::other(error)))?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads all of `path`.
pub fn read(path: &Path) -> Result<Vec<u8>, SaveError> {
    let mut bytes = Vec::new();
    let outcome = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    outcome.map_err(|error| SaveError::Read { path: path.to_owned(), error })?;
    Ok(bytes)
}

/// Reads `path` as JSON.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, SaveError> {
    parse(path, &read(path)?)
}

/// `bytes`, which stood in `path`, as JSON.
pub fn parse<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, SaveError> {
    serde_json::from_slice(bytes)
        .map_err(|error| SaveError::Damaged { path: path.to_owned(), reason: error.to_string() })
}

/// The checksum of `bytes`, SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
