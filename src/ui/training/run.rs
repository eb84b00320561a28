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

/// What a file of this run is called, without its ending: `deep-2018-06-03-1420`.
pub fn stem(model: &dyn Trainable, begun_ms: i64) -> String {
    let time = crate::base::time::iso_text(begun_ms);
    let digits = |from: usize, to: usize| time.get(from..to).unwrap_or("00");
    format!("{}-{}-{}{}", model.stem(), digits(0, 10), digits(11, 13), digits(14, 16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::training::MODELS;

    fn run(id: u64, model: usize, settings: &[(&str, &str)]) -> Run {
        let setting = |(name, value): &(&str, &str)| Setting {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        };
        Run {
            id,
            model,
            key: Key::of("test", &id, &[]),
            begun_ms: 0,
            settings: settings.iter().map(setting).collect(),
            snapshot: Value::Null,
            watches: Vec::new(),
            stand: Stand::Working,
            is_compared: true,
            kept: None,
            is_asked: false,
        }
    }

    #[test]
    fn runs_say_in_what_they_differ_and_one_alone_in_what_it_is_not_as_usual() {
        let usual = run(0, 0, &[("epochs", "100"), ("rate", "0.001")]).settings;
        let of = |all: &[Run], at: usize| -> Vec<String> {
            let settings = differing(&all[at], all, &usual);
            settings.iter().map(|s| format!("{} {}", s.name, s.value)).collect()
        };
        let one = run(1, 0, &[("epochs", "50"), ("rate", "0.001")]);
        let mut all = vec![one];
        assert_eq!(of(&all, 0), ["epochs 50"]);
        // Both are trained for 50 epochs: only the rate is told.
        all.push(run(2, 0, &[("epochs", "50"), ("rate", "0.01")]));
        assert_eq!(
            (of(&all, 0), of(&all, 1)),
            (vec!["rate 0.001".into()], vec!["rate 0.01".into()])
        );
        // Runs of another model are of no account.
        all.push(run(3, 1, &[("folds", "3")]));
        assert_eq!(of(&all, 0), ["rate 0.001"]);
    }

    #[test]
    fn a_run_without_what_looks_on_can_be_neither_held_nor_ended() {
        let (blind, mut seen) = (run(1, 0, &[]), run(2, 0, &[]));
        blind.pause(true);
        assert!(!blind.is_watched() && !blind.is_paused());
        let watch = Watch::default();
        seen.watches.push((String::new(), watch.clone()));
        seen.pause(true);
        assert!(seen.is_paused() && watch.is_paused());
        seen.end();
        assert!(!seen.is_paused(), "what is held could not end");
    }

    #[test]
    fn files_are_named_by_model_and_minute() {
        assert_eq!(stem(MODELS[0], 1_528_035_600_000), "deep-2018-06-03-1420");
    }
}
