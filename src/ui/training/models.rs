//! The models that can be trained in the window, and what the panels of training ask of each.
//!
//! A further one is a type that is [`Trainable`] and a line in [`MODELS`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Ui;
use serde_json::Value;

use super::deep::Deep;
use super::predict::Predict;
use super::way::Way;
use crate::base::params::Entry;
use crate::base::text::grouped;
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Key, Session};
use crate::learn::{Curves, DeviceChoice, Watch};
use crate::ui::plot::axis::short;

/// All of them, as the panel lists them.
pub const MODELS: &[&dyn Trainable] = &[&Deep, &Predict, &Way];

/// Writes a trained model to a path that nothing stands at.
pub type Keep = Arc<dyn Fn(&Path) -> Result<(), String> + Send + Sync>;

/// Checks what lies at a path, off the UI thread; the error is for the user.
pub type Check = Box<dyn FnOnce(&Path) -> Result<(), String> + Send>;

/// A model that Fairway trains.
pub trait Trainable: Sync {
    /// What it is called.
    fn title(&self) -> &'static str;
    /// What it is for, in a sentence.
    fn about(&self) -> &'static str;
    /// A word for file names.
    fn stem(&self) -> &'static str;
    /// The stage that trains it, on request.
    fn stage(&self) -> &'static str;
    /// The stages that are kept up while somebody looks at its training.
    fn stages(&self) -> &'static [&'static str];
    /// That stage's tray.
    fn shelf<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf;
    /// What it learns from.
    fn input<'a>(&self, desk: &'a Desk) -> &'a dyn Shelf;
    /// Its settings, to be edited.
    fn settings_ui(&self, ui: &mut Ui, session: &mut Session);
    /// What a run is told, by name.
    fn settings(&self, session: &Session) -> Vec<Setting>;
    /// The same as data, for [`Trainable::restore`].
    fn snapshot(&self, session: &Session) -> Value;
    /// Sets the session as it was.
    fn restore(&self, session: &mut Session, snapshot: &Value);
    /// How large it is or will be, in lines.
    fn size(&self, session: &Session, desk: &Desk) -> Vec<String>;
    /// Where it is to be reckoned, where that can be chosen.
    fn device(&self, session: &Session) -> Option<DeviceChoice>;
    /// Where it is read from in place of training; empty for nowhere.
    fn source<'a>(&self, session: &'a Session) -> &'a str;
    /// Reads it from there, or trains it again.
    fn set_source(&self, session: &mut Session, source: String);
    /// Whether it is kept as a folder; else as a file.
    fn is_folder(&self) -> bool;
    /// Checks what is to be loaded against what is open.
    fn check(&self, session: &Session, desk: &Desk) -> Check;
    /// Which run is under way.
    fn working_on(&self, desk: &Desk) -> Option<Key>;
    /// What looks on at it, by the names of its parts; none where it is not trained by epochs.
    fn watches(&self, desk: &Desk) -> Vec<(String, Watch)>;
    /// The run that is shown, and whether its settings are those that are set.
    fn shown(&self, desk: &Desk) -> Option<(Key, bool)>;
    /// What has come of a run, as long as it is at hand.
    fn trained(&self, desk: &Desk, key: Key) -> Option<Trained>;
    /// Why nothing came of it.
    fn faults<'a>(&self, desk: &'a Desk, key: Key) -> &'a [String];
}

/// What has come of a run.
#[derive(Clone)]
pub struct Trained {
    /// Its curves, by the names of its parts.
    pub curves: Vec<(String, Curves)>,
    /// How long it took.
    pub seconds: f64,
    /// What it is worth.
    pub scores: Vec<Score>,
    /// Why it ended; empty for what was loaded.
    pub ended: String,
    /// On what it was reckoned; empty where nobody says.
    pub device: String,
    /// The key of the data that it learned from; empty where nobody says.
    pub data: String,
    /// Where it was read from.
    pub source: Option<PathBuf>,
    /// Writes it.
    pub keep: Keep,
}

/// A figure that a model is judged by.
#[derive(Clone, PartialEq, Debug)]
pub struct Score {
    /// What is measured.
    pub name: String,
    /// How much of it.
    pub value: f64,
    /// The unit; empty where there is none.
    pub unit: &'static str,
}

/// A setting as a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Setting {
    /// Its name, as of `--set`.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Setting {
    /// The settings of a manual.
    pub fn all(entries: &[Entry]) -> Vec<Setting> {
        let value = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.as_f64().map_or(String::new(), short_number),
            other => other.to_string(),
        };
        let setting =
            |entry: &Entry| Setting { name: entry.name.to_owned(), value: value(&entry.value) };
        entries.iter().map(setting).collect()
    }
}

/// A number with all digits that are set: `0.001`, `2e-6`.
fn short_number(value: f64) -> String {
    if value == 0.0 || value.abs() >= 1e-3 { value.to_string() } else { format!("{value:e}") }
}

/// Weights and memory as a line: `872 936 numbers, 3.5 MB`.
pub fn size_text(parameters: usize) -> String {
    format!("{} numbers, {} MB", grouped(parameters as u64), short(megabytes(4 * parameters)))
}

/// Bytes as megabytes, a tenth of one at the finest.
pub fn megabytes(bytes: usize) -> f64 {
    (bytes as f64 / 1e5).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_is_trained_by_a_stage_of_its_name_and_kept_up_while_looked_at() {
        let (desk, session) = (Desk::default(), Session::default());
        for model in MODELS {
            assert_eq!(model.shelf(&desk).name(), model.stage());
            assert!(desk.wanted(model.stages(), &session).is_ok_and(|all| all.has(model.stage())));
            assert!(!model.settings(&session).is_empty() && model.source(&session).is_empty());
        }
    }

    #[test]
    fn a_snapshot_brings_settings_back() {
        for model in MODELS {
            let mut session = Session::default();
            model.set_source(&mut session, "/some/where".into());
            assert_eq!(model.source(&session), "/some/where");
            let (snapshot, mut other) = (model.snapshot(&session), Session::default());
            assert_ne!(model.settings(&session), model.settings(&other));
            model.restore(&mut other, &snapshot);
            assert_eq!(session, other);
        }
    }

    #[test]
    fn numbers_of_settings_keep_their_digits() {
        assert_eq!(
            [1e-4, 0.001, 5.0, 0.0, 2.5e-7].map(short_number),
            ["1e-4", "0.001", "5", "0", "2.5e-7"]
        );
        assert_eq!(size_text(250_000), "250\u{2009}000 numbers, 1 MB");
    }
}
