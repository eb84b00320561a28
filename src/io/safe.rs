//! Files written whole or not at all: beside the place, then renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The disk, the folder or the rights are in the way.
    #[error("{} cannot be written: {error}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The job was cancelled.
    #[error("writing was cancelled")]
    Cancelled,
}

/// Writes `path` by `fill`: into a neighbor first, which takes the name when all is on the disk.
/// Whatever goes wrong, a file that stood there before still stands, and no half file is left.
pub fn write_whole(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> Result<(), WriteError>,
) -> Result<(), WriteError> {
    let fault = |error| WriteError::Io { path: path.to_owned(), error };
    // What is no file keeps its place: a pipe or a device is written to, never replaced.
    if fs::metadata(path).is_ok_and(|seen| !seen.is_file()) {
        let mut writer = BufWriter::new(File::options().write(true).open(path).map_err(fault)?);
        fill(&mut writer)?;
        return writer.flush().map_err(fault);
    }
    let name = path
        .file_name()
        .ok_or_else(|| fault(io::Error::new(io::ErrorKind::InvalidInput, "it names no file")))?;
    let beside =
        path.with_file_name(format!(".{}.{}.part", name.to_string_lossy(), std::process::id()));
    let outcome = (|| {
        let file = File::create(&beside).map_err(fault)?;
        let mut writer = BufWriter::with_capacity(1 << 20, file);
        fill(&mut writer)?;
        writer.flush().map_err(fault)?;
        writer.get_ref().sync_all().map_err(fault)?;
        fs::rename(&beside, path).map_err(fault)
    })();
    if outcome.is_err() {
        fs::remove_file(&beside).ok(); // It may never have been made.
    }
    outcome
}

/// Writes `text` to `path`, whole or not at all.
pub fn write_text(path: &Path, text: &str) -> Result<(), WriteError> {
    write_bytes(path, text.as_bytes())
}

/// Writes `bytes` to `path`, whole or not at all.
pub fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    write_whole(path, |writer| {
        writer.write_all(bytes).map_err(|error| WriteError::Io { path: path.to_owned(), error })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_text(&path, "old").unwrap();
        let outcome = write_whole(&path, |writer| {
            writer.write_all(b"half").unwrap();
            Err(WriteError::Cancelled)
        });
        assert!(matches!(outcome, Err(WriteError::Cancelled)));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_device_is_written_to_and_stays_one() {
        write_text(Path::new("/dev/null"), "x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let error = write_text(Path::new("/dev/full"), "x").unwrap_err().to_string();
        assert!(error.starts_with("/dev/full cannot be written: No space left"), "{error}");
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let error = write_text(Path::new("/no/such/folder/a.txt"), "x").unwrap_err().to_string();
        assert!(error.contains("/no/such/folder/a.txt"), "{error}");
    }
}
