//! `run.json`: all that is needed to repeat a run.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::session::{Session, named_files};
use crate::io::safe::write_text;

/// Writes the program's version, the inputs with sizes and hashes, every parameter, and the
/// figures that came out.
pub fn write(
    session: &mut Session,
    figures: &Map<String, Value>,
    path: &Path,
) -> Result<(), String> {
    let inputs: Vec<Value> = session
        .sources
        .files
        .iter()
        .map(|file| json!({"path": file.path.display().to_string(), "bytes": file.bytes, "sha256": sha256(&file.path)}))
        .collect();
    // Files that parameters name are inputs too.
    let named = named_files(session).into_iter().map(|(parameter, path)| {
        let bytes = path.metadata().map_or(0, |about| about.len());
        json!({"path": path.display().to_string(), "bytes": bytes, "sha256": sha256(&path), "named_by": parameter})
    });
    let inputs: Vec<Value> = inputs.into_iter().chain(named).collect();
    let parameters: Map<String, Value> = session
        .manual()
        .into_iter()
        .map(|(stage, entries)| {
            let fields: Map<String, Value> =
                entries.into_iter().map(|entry| (entry.name.to_owned(), entry.value)).collect();
            (stage.to_owned(), Value::Object(fields))
        })
        .collect();
    let run = json!({
        "program": "fairway",
        "version": env!("CARGO_PKG_VERSION"),
        "inputs": inputs,
        "parameters": parameters,
        "session": session,
        "results": figures,
    });
    let text = serde_json::to_string_pretty(&run).expect("plain data");
    write_text(path, &text).map_err(|error| error.to_string())
}

/// The file's SHA-256, as `sha256sum` prints it; `null` where it cannot be read any more.
pub(super) fn sha256(path: &Path) -> Value {
    let Ok(mut file) = File::open(path) else { return Value::Null };
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => hasher.update(&buffer[..n]),
            Err(_) => return Value::Null,
        }
    }
    let hash = hasher.finalize();
    hash.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}")).into()
}
