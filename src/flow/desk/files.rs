//! The files that parameters name: looked up when a name changes, not on every frame.

use std::path::Path;

use crate::io::FileRef;

/// Files that parameters name, as they were when they were chosen.
#[derive(Default, Clone)]
pub(super) struct Files {
    pub model: NamedFile,
    pub network_card: NamedFile,
    pub destination_card: NamedFile,
    pub ports: NamedFile,
    pub routes: NamedFile,
    pub eta_model: NamedFile,
    pub eta_train: NamedFiles,
    pub eta_test: NamedFiles,
}

/// The file of a network's folder that says what is in it.
pub(super) const CARD: &str = "card.json";

/// A file that a parameter names.
#[derive(Default, Clone)]
pub(super) struct NamedFile(Option<(String, FileRef)>);

/// Files that a parameter names, parted by semicolons.
#[derive(Default, Clone)]
pub(super) struct NamedFiles(String, Vec<FileRef>);

impl NamedFiles {
    /// The files that `names` names.
    pub fn of(&mut self, names: &str) -> Vec<FileRef> {
        if self.0 != names {
            let each = names.split(';').map(str::trim).filter(|name| !name.is_empty());
            self.1 = each.map(|name| FileRef::of(Path::new(name))).collect();
            names.clone_into(&mut self.0);
        }
        self.1.clone()
    }
}

impl NamedFile {
    /// The file that `name` names; none for none.
    /// With `inside`, `name` is that of a folder with such a file.
    pub fn of(&mut self, name: &str, inside: Option<&str>) -> Option<FileRef> {
        let name = name.trim();
        if name.is_empty() {
            self.0 = None;
        } else if self.0.as_ref().is_none_or(|(known, _)| known != name) {
            let path = inside.map_or(Path::new(name).to_owned(), |file| Path::new(name).join(file));
            self.0 = Some((name.to_owned(), FileRef::of(&path)));
        }
        self.0.as_ref().map(|(_, file)| file.clone())
    }
}
