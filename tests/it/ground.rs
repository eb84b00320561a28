//! What many of these tests stand on: the shared data, reading files, running the program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fairway::base::job::{Job, Stopped};
use fairway::io::{FileLedger, FileRef, Mapping, Reading, expand, read};
use serde_json::Value;

/// The path of a file of the shared data; `None`, said aloud, where there is none.
pub fn data(test: &str, name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    if !path.exists() {
        println!("skipped: {test}: no ../shared/data");
        return None;
    }
    Some(path)
}

/// What `read` makes of files and folders at `paths`.
pub fn read_paths(paths: &[&Path], mapping: &Mapping) -> Result<Reading, Stopped> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    read(&expand(&paths), mapping, &Job::default())
}

/// What `read` makes of one file that can be read.
pub fn open(path: &Path) -> (Reading, FileLedger) {
    let reading = read_paths(&[path], &Mapping::default()).expect("it can be read");
    let ledger = reading.files[0].clone();
    (reading, ledger)
}

/// What `read` makes of a file called `name` that holds `bytes`.
pub fn read_bytes(name: &str, bytes: &[u8], mapping: &Mapping) -> Result<Reading, Stopped> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&[FileRef::of(&path)], mapping, &Job::default())
}

/// The fault for which nothing could be read.
pub fn fault(outcome: Result<Reading, Stopped>) -> String {
    match outcome {
        Err(Stopped::Failed(fault)) => fault,
        other => panic!("a fault was expected: {other:?}"),
    }
}

/// Whether every row that was read was kept or counted as refused.
pub fn adds_up(ledger: &FileLedger) -> bool {
    ledger.rows_kept + ledger.refused.total() == ledger.rows_read
}

/// Runs the program as a user would.
pub fn fairway(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fairway"))
        .args(arguments)
        .output()
        .expect("the program is built")
}

/// Standard error of a run: no panic may ever stand there.
pub fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!text.contains("panicked") && !text.contains("backtrace"), "{text}");
    text
}

/// The one JSON object that a run printed.
pub fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", said(output));
    let value: Value =
        serde_json::from_slice(&output.stdout).expect("standard output is one JSON object");
    assert!(value.is_object());
    value
}
