//! Fitted models in files: compressed JSON with a name, a version and a checksum.

use std::fs::File;
use std::io::{BufReader, Read as _, Write as _};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::safe::{WriteError, write_whole};

/// The file's first line. What follows is the model.
#[derive(Serialize, Deserialize, Debug)]
struct Head {
    fairway_model: String,
    version: u32,
    sha256: String,
}

/// Why a file gives no model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// Which file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is no model, or not whole.
    #[error("{path} is no model, or damaged: {reason}")]
    Damaged {
        /// Which file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A model of another kind or version.
    #[error(
        "{path} holds a {found} model of version {version}; this program reads {kind} models of version {wanted}: fit it again"
    )]
    Other {
        /// Which file.
        path: String,
        /// Its kind.
        found: String,
        /// Its version.
        version: u32,
        /// What was looked for.
        kind: &'static str,
        /// Which version.
        wanted: u32,
    },
}

/// Bytes that no model of ours exceeds: what claims more is damaged or made to harm.
const MOST_BYTES: u64 = 4 << 30;

/// Writes `model` as one of `kind`, whole or not at all.
pub fn save<T: Serialize>(
    path: &Path,
    kind: &str,
    version: u32,
    model: &T,
) -> Result<(), WriteError> {
    let fault = |error: std::io::Error| WriteError::Io { path: path.to_owned(), error };
    let body = serde_json::to_vec(model).map_err(|error| fault(error.into()))?;
    let sha256 = hex(&Sha256::digest(&body));
    let head = Head { fairway_model: kind.to_owned(), version, sha256 };
    let head = serde_json::to_string(&head).map_err(|error| fault(error.into()))?;
    write_whole(path, |writer| {
        let mut packed = zstd::Encoder::new(writer, 3).map_err(fault)?;
        packed.write_all(format!("{head}\n").as_bytes()).map_err(fault)?;
        packed.write_all(&body).map_err(fault)?;
        packed.finish().map(|_| ()).map_err(fault)
    })
}

/// Reads a model of `kind` and `version`.
pub fn load<T: DeserializeOwned>(
    path: &Path,
    kind: &'static str,
    version: u32,
) -> Result<T, ModelError> {
    let name = path.display().to_string();
    let io = |error| ModelError::Io { path: name.clone(), error };
    let damaged = |reason: String| ModelError::Damaged { path: name.clone(), reason };
    let file = BufReader::new(File::open(path).map_err(io)?);
    let mut text = Vec::new();
    zstd::Decoder::new(file)
        .and_then(|packed| packed.take(MOST_BYTES).read_to_end(&mut text))
        .map_err(|error| damaged(error.to_string()))?;
    let line = text.iter().position(|byte| *byte == b'\n');
    let line = line.ok_or_else(|| damaged("it has no head".into()))?;
    let head: Head =
        serde_json::from_slice(&text[..line]).map_err(|error| damaged(error.to_string()))?;
    if head.fairway_model != kind || head.version != version {
        let (found, version_found) = (head.fairway_model, head.version);
        let path = name.clone();
        return Err(ModelError::Other {
            path,
            found,
            version: version_found,
            kind,
            wanted: version,
        });
    }
    let body = &text[line + 1..];
    if hex(&Sha256::digest(body)) != head.sha256 {
        return Err(damaged("its checksum is another".into()));
    }
    serde_json::from_slice(body).map_err(|error| damaged(error.to_string()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_comes_back_and_others_and_damaged_ones_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.model");
        let model = vec![0.1_f64, 1.0 / 3.0, -7e-300];
        save(&path, "path", 2, &model).unwrap();
        assert_eq!(load::<Vec<f64>>(&path, "path", 2).unwrap(), model);
        let said = load::<Vec<f64>>(&path, "path", 3).unwrap_err().to_string();
        assert!(said.contains("version 2") && said.contains("version 3"), "{said}");
        let said = load::<Vec<f64>>(&path, "way", 2).unwrap_err().to_string();
        assert!(said.contains("a path model"), "{said}");

        let whole = std::fs::read(&path).unwrap();
        for cut in [0, 5, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let said = load::<Vec<f64>>(&path, "path", 2).unwrap_err().to_string();
            assert!(said.contains("damaged"), "{cut}: {said}");
        }
        let swapped = br#"{"fairway_model":"path","version":2,"sha256":"00"}
[1.0]"#;
        std::fs::write(&path, zstd::encode_all(&swapped[..], 1).unwrap()).unwrap();
        let said = load::<Vec<f64>>(&path, "path", 2).unwrap_err().to_string();
        assert!(said.contains("checksum"), "{said}");
        let said = load::<Vec<f64>>(&folder.path().join("none"), "path", 2).unwrap_err();
        assert!(matches!(said, ModelError::Io { .. }));
    }
}
