//! A step of the analysis, as a pure function on plain data.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::key::Key;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Params};

/// One step of the analysis. The same parameters and input always give the same output, so that
/// a result may be kept, shared and named by a [`Key`]; randomness comes from a seed parameter.
pub trait Stage: 'static {
    /// Names the stage in keys, with the version of its results: `trips/1`. Change the version when
    /// results for equal parameters change. What stands before the slash is the stage's name in
    /// `--want`, in the JSON and in project files.
    const NAME: &'static str;
    /// What the user calls it.
    const TITLE: &'static str;
    /// The names of the stages whose results it takes.
    const NEEDS: &'static [&'static str];
    /// When it runs, as long as nothing is known of its input.
    const PACE: Pace;
    /// How many past results to keep, so that undo and comparison cost nothing.
    const KEPT: usize = 8;

    /// What the user may set.
    type Params: Params;
    /// `()`, one earlier result as `Arc<T>`, an optional one, or a tuple of these.
    type Input: Send + 'static;
    /// The result.
    type Output: Send + Sync + 'static;

    /// When it runs on this input: what answers at once on a little may have to be asked for much.
    fn pace_of(_params: &Self::Params, _input: &Self::Input) -> Pace {
        Self::PACE
    }

    /// Does the work.
    fn run(
        params: &Checked<Self::Params>,
        input: &Self::Input,
        job: &Job,
    ) -> Result<Self::Output, Stopped>;

    /// The figures of a result: its members in the JSON of `fairway run`.
    fn figures(output: &Self::Output) -> Map<String, Value>;

    /// Writes a result into `folder`, in files named after the stage, and names them. The error is
    /// for the user.
    fn export(output: &Self::Output, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String>;
}

/// A stage's name without its version.
pub fn short_name(name: &'static str) -> &'static str {
    name.split_once('/').map_or(name, |(short, _)| short)
}

/// When a stage runs, and what becomes of a run that new parameters overtake.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// Runs on every change and finishes even when overtaken: views follow a dragged slider.
    Live,
    /// Runs on every change; an overtaken run is cancelled to make way.
    Settled,
    /// Runs when the user asks, and then to its end: training.
    OnRequest,
}

/// A result that was asked for. Its key is known at once, its value when the work is done.
pub struct Asked<T> {
    /// The result's name.
    pub key: Key,
    /// The result, once it is there.
    pub value: Option<Arc<T>>,
}

/// Where a stage's input comes from: nothing, one tray's answer, or several.
pub trait Source<I> {
    /// The names of the inputs.
    fn keys(&self) -> Vec<Key>;
    /// The inputs, once all are there.
    fn ready(&self) -> Option<I>;
}

impl Source<()> for () {
    fn keys(&self) -> Vec<Key> {
        Vec::new()
    }
    fn ready(&self) -> Option<()> {
        Some(())
    }
}

impl<T> Source<Arc<T>> for &Asked<T> {
    fn keys(&self) -> Vec<Key> {
        vec![self.key]
    }
    fn ready(&self) -> Option<Arc<T>> {
        self.value.clone()
    }
}

/// A result that only some settings take.
impl<T> Source<Option<Arc<T>>> for Option<&Asked<T>> {
    fn keys(&self) -> Vec<Key> {
        self.iter().map(|asked| asked.key).collect()
    }
    fn ready(&self) -> Option<Option<Arc<T>>> {
        self.map_or(Some(None), |asked| asked.value.clone().map(Some))
    }
}

impl<I, J, A: Source<I>, B: Source<J>> Source<(I, J)> for (A, B) {
    fn keys(&self) -> Vec<Key> {
        [self.0.keys(), self.1.keys()].concat()
    }
    fn ready(&self) -> Option<(I, J)> {
        Some((self.0.ready()?, self.1.ready()?))
    }
}
