//! Models that were kept on the disk: where they go, and how they leave it again.

use std::fs;
use std::path::{Path, PathBuf};

use super::stages::checked_models;
use crate::learn::remove_model;

/// A place in `folder` that nothing stands at: `stem.model`, or `stem-2.model` and so on.
pub fn free_place(folder: &Path, stem: &str) -> PathBuf {
    let first = folder.join(format!("{stem}.model"));
    let more = (2..).map(|n| folder.join(format!("{stem}-{n}.model")));
    std::iter::once(first).chain(more).find(|path| !path.exists()).unwrap_or_default()
}

/// Removes a kept model from the disk: the folder of a network, or the file of models. Whatever is
/// no model of ours stays.
///
/// # Errors
///
/// Why it is not removed, for the user.
pub fn remove(path: &Path) -> Result<(), String> {
    if path.is_dir() {
        return remove_model(path).map_err(|error| error.to_string());
    }
    checked_models(path)?;
    fs::remove_file(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_never_takes_the_place_of_another_thing() {
        let folder = tempfile::tempdir().unwrap();
        let place = |stem| free_place(folder.path(), stem);
        assert_eq!(place("deep"), folder.path().join("deep.model"));
        fs::write(place("deep"), "a").unwrap();
        fs::create_dir(place("deep")).unwrap();
        assert_eq!(place("deep"), folder.path().join("deep-3.model"));
    }

    #[test]
    fn what_is_no_model_is_not_removed() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("note.model");
        fs::write(&note, "mine").unwrap();
        assert!(remove(&note).unwrap_err().contains("no model"));
        assert!(remove(folder.path()).unwrap_err().contains("card.json"));
        assert!(note.exists());
    }
}
