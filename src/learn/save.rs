//! Models in folders: weights, configuration, scalers, card.
//!
//! | file | holds |
//! | --- | --- |
//! | `weights.safetensors` | the matrices, readable by other programs |
//! | `config.json` | what the network is made of |
//! | `scalers.json` | what brings each field to the network's numbers, with its name and unit |
//! | `card.json` | kind, version, data, split, scores, seed, device, and checksums of the others |
//!
//! A folder is written beside its place and then takes the name, so that it is there whole or not at
//! all; the card is the last file of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::scaling::Scaling;
use super::weights::Weights;

pub(super) mod file;
mod tensors;

pub(super) use tensors::{packed_weights, unpacked_weights};

/// Why a model was not written or not read.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The disk, the folder or the rights are in the way.
    #[error("the model cannot be written: {error}\n{}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// There is no room.
    #[error("the disk is full: free some space, or choose another folder\n{}", path.display())]
    NoSpace {
        /// Which file.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{}: {error}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// A file is not what it was written as.
    #[error("the model is damaged: {reason}\n{}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A model of another kind.
    #[error("this is a {found} model; a {wanted} model is wanted\n{}", path.display())]
    OtherKind {
        /// The folder's card.
        path: PathBuf,
        /// What it holds.
        found: String,
        /// What was looked for.
        wanted: String,
    },
    /// A model of another version.
    #[error("the model is of version {found}; this program reads version {wanted}: train it again\n{}", path.display())]
    OtherVersion {
        /// The folder's card.
        path: PathBuf,
        /// What it holds.
        found: u32,
        /// What was looked for.
        wanted: u32,
    },
    /// Another number of matrices than the network has.
    #[error("the model has {found} matrices; its network has {wanted}")]
    OtherParts {
        /// What was found.
        found: usize,
        /// What the network has.
        wanted: usize,
    },
    /// A matrix of another name or size than the network has.
    #[error("the model has {found} where its network has {wanted}")]
    OtherShape {
        /// What was found.
        found: String,
        /// What the network has.
        wanted: String,
    },
    /// A model that learned from other data.
    #[error(
        "the model learned from other data ({found}) than is loaded ({wanted}): train it again, or load its data"
    )]
    OtherData {
        /// The key of its data.
        found: String,
        /// The key of the data at hand.
        wanted: String,
    },
}

impl SaveError {
    fn write(path: &Path, error: std::io::Error) -> SaveError {
        let path = path.to_owned();
        if error.kind() == std::io::ErrorKind::StorageFull {
            SaveError::NoSpace { path }
        } else {
            SaveError::Write { path, error }
        }
    }
}

/// What is to be known of a model besides how it reckons.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Card {
    /// The key of the data that it learned from.
    pub data_key: String,
    /// How samples were divided, in words.
    pub split: String,
    /// How many samples taught,
    pub train: usize,
    /// and how many were held out.
    pub validation: usize,
    /// What it is worth, by name.
    pub scores: BTreeMap<String, f64>,
    /// The seed of first weights and order.
    pub seed: u64,
    /// On what it was trained.
    pub device: String,
    /// How many epochs.
    pub epochs: usize,
    /// How many numbers it learned.
    pub parameters: usize,
    /// When, by the caller's clock; UTC milliseconds.
    pub made_ms: i64,
}

/// A model on its way to or from a folder. `C` is what its network is made of.
#[derive(Clone, PartialEq, Debug)]
pub struct Model<C> {
    /// What its network is made of.
    pub config: C,
    /// The scalers, by what they scale: `input`, `target`.
    pub scalers: BTreeMap<String, Scaling>,
    /// What was learned.
    pub weights: Weights,
    /// What is to be known of it.
    pub card: Card,
}

#[derive(Serialize, Deserialize)]
struct Cover {
    fairway_model: String,
    version: u32,
    #[serde(flatten)]
    card: Card,
    sha256: BTreeMap<String, String>,
}

const WEIGHTS: &str = "weights.safetensors";
const CONFIG: &str = "config.json";
const SCALERS: &str = "scalers.json";
const CARD: &str = "card.json";

impl<C: Serialize + DeserializeOwned> Model<C> {
    /// Writes the model as one of `kind` and `version` to `folder`: whole, in place of one that
    /// stood there, or not at all.
    pub fn save(&self, folder: &Path, kind: &str, version: u32) -> Result<(), SaveError> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let process = std::process::id();
        let beside = folder.with_file_name(format!(".{name}.{process}.part"));
        let old = folder.with_file_name(format!(".{name}.{process}.old"));
        let outcome = self.save_into(&beside, kind, version).and_then(|()| {
            let stood = folder.exists();
            let swap = || {
                if stood {
                    fs::rename(folder, &old)?;
                }
                fs::rename(&beside, folder).inspect_err(|_| {
                    // The old one takes its place again; if not even that, it stays beside it.
                    fs::rename(&old, folder).ok();
                })
            };
            swap().map_err(|error| SaveError::write(folder, error))?;
            if stood {
                fs::remove_dir_all(&old).ok(); // What is left of it does no harm.
            }
            Ok(())
        });
        if outcome.is_err() {
            fs::remove_dir_all(&beside).ok(); // It may never have been made.
        }
        outcome
    }

    fn save_into(&self, folder: &Path, kind: &str, version: u32) -> Result<(), SaveError> {
        file::make_folder(folder)?;
        let files = [
            (WEIGHTS, packed_weights(&self.weights)),
            (CONFIG, file::json(folder, &self.config)?),
            (SCALERS, file::json(folder, &self.scalers)?),
        ];
        let mut sha256 = BTreeMap::new();
        for (name, bytes) in files {
            file::write(&folder.join(name), &bytes)?;
            sha256.insert(name.to_owned(), file::digest(&bytes));
        }
        let card = Card { parameters: self.weights.count(), ..self.card.clone() };
        let cover = Cover { fairway_model: kind.to_owned(), version, card, sha256 };
        file::write_json(&folder.join(CARD), &cover)
    }

    /// Reads the model of `kind` and `version` in `folder`, and checks that every file is the one
    /// that was written. Whether the weights fit the network is for who makes it of them.
    pub fn load(folder: &Path, kind: &str, version: u32) -> Result<Model<C>, SaveError> {
        let path = folder.join(CARD);
        let cover: Cover = file::read_json(&path)?;
        if cover.fairway_model != kind {
            let (found, wanted) = (cover.fairway_model, kind.to_owned());
            return Err(SaveError::OtherKind { path, found, wanted });
        }
        if cover.version != version {
            return Err(SaveError::OtherVersion { path, found: cover.version, wanted: version });
        }
        let read = |name: &str| {
            let path = folder.join(name);
            let bytes = file::read(&path)?;
            if cover.sha256.get(name) != Some(&file::digest(&bytes)) {
                let reason = "its checksum is another than the card's".into();
                return Err(SaveError::Damaged { path, reason });
            }
            Ok(bytes)
        };
        let damaged = |reason| SaveError::Damaged { path: folder.join(WEIGHTS), reason };
        let weights = unpacked_weights(&read(WEIGHTS)?).map_err(damaged)?;
        let config = file::parse(&folder.join(CONFIG), &read(CONFIG)?)?;
        let scalers = file::parse(&folder.join(SCALERS), &read(SCALERS)?)?;
        if weights.count() != cover.card.parameters {
            let (found, wanted) = (weights.count(), cover.card.parameters);
            return Err(damaged(format!("it has {found} numbers, not {wanted}")));
        }
        Ok(Model { config, scalers, weights, card: cover.card })
    }

    /// Refuses the model where it learned from other data than that of `data_key`.
    pub fn check_data(&self, data_key: &str) -> Result<(), SaveError> {
        if self.card.data_key == data_key {
            return Ok(());
        }
        let (found, wanted) = (self.card.data_key.clone(), data_key.to_owned());
        Err(SaveError::OtherData { found, wanted })
    }
}

/// The card of the model in `folder`, with its kind: for a list of models, without reading them.
pub fn read_card(folder: &Path) -> Result<(String, Card), SaveError> {
    let cover: Cover = file::read_json(&folder.join(CARD))?;
    Ok((cover.fairway_model, cover.card))
}

/// Removes the model in `folder` with its folder. Whatever else lies there stays, and the folder
/// with it.
///
/// # Errors
///
/// [`SaveError`] where the folder holds no model, or a file of it cannot be removed.
pub fn remove_model(folder: &Path) -> Result<(), SaveError> {
    read_card(folder)?;
    // The card last: what is left of a model that could not be removed is still known for one.
    for name in [WEIGHTS, CONFIG, SCALERS, CARD] {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(SaveError::write(&path, error));
            }
            _ => (),
        }
    }
    fs::remove_dir(folder).ok(); // It stays where the user keeps other things in it.
    Ok(())
}

#[cfg(test)]
mod tests;
