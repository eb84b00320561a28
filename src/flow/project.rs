//! The project file: versioned JSON, written beside and renamed, never over one we cannot read.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::session::Session;
use crate::io::safe::{WriteError, write_text};

/// The version of the form that this program writes.
pub const FORMAT: u64 = 1;

/// The ending of project files.
pub const ENDING: &str = "fairway";

/// Why a project could not be opened or saved.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The file cannot be read.
    #[error("the project cannot be read: {error}\n{}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file is no project, or a damaged one.
    #[error("this is no Fairway project, or a damaged one: {cause}; it is left as it is\n{}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        cause: String,
    },
    /// A newer program wrote it.
    #[error("a newer Fairway wrote this project (form {found}; this program knows up to {FORMAT}); it is left as it is\n{}", path.display())]
    Newer {
        /// Which file.
        path: PathBuf,
        /// The version of its form.
        found: u64,
    },
    /// The file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Whether `path` looks like a project by its name.
pub fn is_project(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}

/// Opens the project at `path`. Paths of sources are taken relative to it, and looked at anew.
pub fn open(path: &Path) -> Result<Session, ProjectError> {
    let text = fs::read_to_string(path)
        .map_err(|error| ProjectError::Io { path: path.to_owned(), error })?;
    let damaged = |cause: String| ProjectError::Damaged { path: path.to_owned(), cause };
    let value: Value = serde_json::from_str(&text).map_err(|error| damaged(error.to_string()))?;
    let found = value
        .get("format")
        .and_then(Value::as_u64)
        .ok_or_else(|| damaged("it names no format".into()))?;
    if found > FORMAT {
        return Err(ProjectError::Newer { path: path.to_owned(), found });
    }
    let session = migrate(value, found)
        .get_mut("session")
        .map(Value::take)
        .ok_or_else(|| damaged("it has no session".into()))?;
    let mut session: Session =
        serde_json::from_value(session).map_err(|error| damaged(error.to_string()))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for file in &mut session.sources.files {
        if file.path.is_relative() {
            file.path = folder.join(&file.path);
        }
    }
    session.sources.refresh();
    Ok(session)
}

/// Saves `session` at `path`, over what stood there only if it is a project that we can read.
/// Sources in the project's own folder are named relative to it, so that both can move together.
pub fn save(session: &Session, path: &Path) -> Result<(), ProjectError> {
    if path.exists() {
        open(path)?; // The error says that it is left as it is.
    }
    let mut session = session.clone();
    let folder = path.parent().unwrap_or(Path::new(""));
    for file in &mut session.sources.files {
        if !folder.as_os_str().is_empty()
            && let Ok(inside) = file.path.strip_prefix(folder)
        {
            file.path = inside.to_owned();
        }
    }
    let text = serde_json::to_string_pretty(&json!({"format": FORMAT, "session": session}))
        .expect("a session is plain data");
    write_text(path, &text)?;
    Ok(())
}

/// Brings a project of form `from` to the present form. There is but one so far.
fn migrate(value: Value, from: u64) -> Value {
    debug_assert!(from <= FORMAT, "newer forms are refused before");
    value
}
