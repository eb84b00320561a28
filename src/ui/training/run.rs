//! A run: one training from its beginning to what came of it.

use std::path::PathBuf;

use serde_json::Value;

use super::models::{Setting, Trainable, Trained};
use crate::flow::Key;
use crate::learn::{Curves, Watch};

/// One training of a model.
pub struct Run {
    /// Its number in this window, from 1.
    pub id: u64,
    /// Which model.
    pub model: usize,
    /// Names its result.
    pub key: Key,
    /// When it began, UTC milliseconds.
    pub begun_ms: i64,
    /// What it was told.
    pub settings: Vec<Setting>,
    /// The same as data, to be set again.
    pub(super) snapshot: Value,
    /// What looks on, by the names of its parts.
    pub(super) watches: Vec<(String, Watch)>,
    /// How far it has come.
    pub stand: Stand,
    /// Whether its curves are drawn beside others.
    pub is_compared: bool,
    /// Where it was kept.
    pub kept: Option<PathBuf>,
    /// Whether the user is asked if what was kept is to be removed from the disk.
    pub is_asked: bool,
}

/// How far a run has come.
pub enum Stand {
    /// It goes on.
    Working,
    /// It ended with a model.
    Done(Box<Trained>),
    /// It ended without one, and why.
    Stopped(String),
}

impl Run {
    /// Its curves as far as they are, by the names of its parts.
    pub fn curves(&self) -> Vec<(String, Curves)> {
        match &self.stand {
            Stand::Done(trained) => trained.curves.clone(),
            _ => self.watches.iter().map(|(name, watch)| (name.clone(), watch.curves())).collect(),
        }
    }

    /// What came of it.
    pub fn trained(&self) -> Option<&Trained> {
        match &self.stand {
            Stand::Done(trained) => Some(trained),
            _ => None,
        }
    }

    /// Whether it goes on.
    pub fn is_working(&self) -> bool {
        matches!(self.stand, Stand::Working)
    }

    /// Whether it is held.
    pub fn is_paused(&self) -> bool {
        self.watches.iter().any(|(_, watch)| watch.is_paused())
    }

    /// Whether it can be held and ended early.
    pub fn is_watched(&self) -> bool {
        !self.watches.is_empty()
    }

    /// Holds it, or lets it go on.
    pub fn pause(&self, is_paused: bool) {
        self.watches.iter().for_each(|(_, watch)| watch.pause(is_paused));
    }

    /// Ends it with what it has learned.
    pub fn end(&self) {
        for (_, watch) in &self.watches {
            watch.pause(false);
            watch.end();
        }
    }
}

/// The settings of `run` in which it is not as the others of its model, or, alone, not as the
/// `usual` are.
pub fn differing<'a>(run: &'a Run, runs: &[Run], usual: &[Setting]) -> Vec<&'a Setting> {
    let others: Vec<&[Setting]> = runs
        .iter()
        .filter(|other| other.model == run.model && other.id != run.id)
        .map(|other| other.settings.as_slice())
        .collect();
    let others = if others.is_empty() { vec![usual] } else { others };
    let differs = |setting: &&Setting| others.iter().any(|other| !other.contains(setting));
    run.settings.iter().filter(differs).filter(|setting| setting.name != "model").collect()
}

/// What a file of this run is called, without its ending: `deep-2026-11-22-2243`.
pub fn stem(model: &dyn Trainable, begun_ms: i64) -> String {
    let time = crate::base::time::iso_text(begun_ms);
    let digits = |from: usize, to: usize| time.get(from..to).unwrap_or("00");
    format!("{}-{}-{}{}", model.stem(), digits(0, 10), digits(11, 13), digits(14, 16))
}
