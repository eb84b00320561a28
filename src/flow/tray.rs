//! One stage's place on the desk: what is shown, what is kept, what is being worked on.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::jobs::{Jobs, Running};
use super::key::Key;
use super::stage::{Asked, Pace, Source, Stage, short_name};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::io::kml::kml_beside;

/// Holds the results of one stage and keeps them up with what is asked for.
pub struct Tray<S: Stage> {
    wanted: Option<Key>,
    requested: Option<Key>,
    shown: Option<Kept<S::Output>>,
    kept: VecDeque<Kept<S::Output>>,
    running: Option<(Key, Running<S::Output>)>,
    failed: Option<(Key, Vec<String>)>,
    /// When it runs on the input it had last.
    pace: Pace,
}

/// A result with its name and the time it took to make.
struct Kept<T> {
    key: Key,
    value: Arc<T>,
    took: Duration,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept { key: self.key, value: Arc::clone(&self.value), took: self.took }
    }
}

/// What to draw of a tray.
pub struct Shown<'a, T> {
    /// The result's name: tag of GPU buffers and thinned plots.
    pub key: Key,
    /// The result.
    pub value: &'a Arc<T>,
    /// Whether something newer is wanted.
    pub is_stale: bool,
}

/// How a stage stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Nothing was ever wanted, or its input is not there yet.
    Waiting,
    /// Work goes on.
    Working,
    /// The result is what is wanted.
    Fresh,
    /// There is an older result only.
    Stale,
    /// It failed, or its parameters are out of range.
    Fault,
}

/// What is common to the trays of all stages: what the status bar and the command line need.
pub trait Shelf {
    /// The stage's name, without its version.
    fn name(&self) -> &'static str;
    /// What the user calls the stage.
    fn title(&self) -> &'static str;
    /// When it runs, on the input that it had last.
    fn pace(&self) -> Pace;
    /// The names of the stages whose results it takes.
    fn needs(&self) -> &'static [&'static str];
    /// How the stage stands.
    fn state(&self) -> State;
    /// Steps done and announced and the time at work, while work goes on.
    fn progress(&self) -> Option<(u64, u64, Duration)>;
    /// Why there is no result for what is wanted.
    fn faults(&self) -> &[String];
    /// Ends the work going on.
    fn cancel(&mut self);
    /// Takes in what work has brought, wanted or not.
    fn take_in(&mut self);
    /// Starts what waits to be asked, and tries again what failed.
    fn request(&mut self);
    /// Seconds, key and figures of the shown result.
    fn figures(&self) -> Option<Map<String, Value>>;
    /// Writes the shown result into `folder`, if there is one; layers as `GeoJSON` and as KML.
    fn export(&self, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String>;
    /// The same to be done later, on another thread: the result is shared, not copied.
    fn exporter(&self) -> Option<Exporter>;
}

/// Writes a result into a folder, and names the files.
pub type Exporter = Box<dyn FnOnce(&Path, &Job) -> Result<Vec<PathBuf>, String> + Send>;

impl<S: Stage> Tray<S> {
    /// Asks for the result of `params` on `source`. Gives it if it is at hand; otherwise sees to it
    /// that work towards it goes on. Called on every frame: it never blocks, and costs one hash
    /// when nothing has changed.
    pub fn want(
        &mut self,
        params: &S::Params,
        source: impl Source<S::Input>,
        jobs: &Jobs,
    ) -> Asked<S::Output> {
        let key = Key::of(S::NAME, params, &source.keys());
        self.wanted = Some(key);
        self.collect();
        if !self.recall(key) && !self.is_settled(key) {
            self.advance(key, params, source.ready(), jobs);
        }
        let shown = self.shown.as_ref().filter(|shown| shown.key == key);
        Asked { key, value: shown.map(|shown| Arc::clone(&shown.value)) }
    }

    /// What to draw: the newest result there is, and whether it is older than what is wanted.
    pub fn shown(&self) -> Option<Shown<'_, S::Output>> {
        let Kept { key, value, .. } = self.shown.as_ref()?;
        Some(Shown { key: *key, value, is_stale: self.wanted != Some(*key) })
    }

    /// What there is so far of the result that is being worked on, where its stage shows it.
    pub fn so_far(&self) -> Option<Arc<S::Output>> {
        self.running.as_ref()?.1.so_far()
    }

    /// Which result is being worked on.
    pub fn working_on(&self) -> Option<Key> {
        self.running.as_ref().map(|(key, _)| *key)
    }

    /// The result of `key` and the time it took, shown or only kept.
    pub fn result_of(&self, key: Key) -> Option<(&Arc<S::Output>, Duration)> {
        let mut all = self.shown.iter().chain(&self.kept);
        all.find(|kept| kept.key == key).map(|kept| (&kept.value, kept.took))
    }

    /// Why there is no result of `key`, where it failed last of all.
    pub fn faults_of(&self, key: Key) -> &[String] {
        match &self.failed {
            Some((failed, faults)) if *failed == key => faults,
            _ => &[],
        }
    }

    /// Forgets everything, cancelling what goes on: the last file was closed.
    pub fn clear(&mut self) {
        *self = Tray::default();
    }

    /// Takes in a result that has arrived. One that was overtaken is shown if nothing better is:
    /// while a slider is dragged, the view follows a little behind.
    fn collect(&mut self) {
        let Some((key, running)) = &self.running else { return };
        let Some((outcome, took)) = running.poll() else { return };
        let key = *key;
        self.running = None;
        match outcome {
            Ok(value) => {
                let result = Kept { key, value: Arc::new(value), took };
                if self.shown.as_ref().is_none_or(|shown| self.wanted != Some(shown.key)) {
                    self.shown = Some(result.clone());
                }
                self.kept.push_front(result);
                self.kept.truncate(S::KEPT);
            }
            Err(Stopped::Failed(fault)) => self.failed = Some((key, vec![fault])),
            Err(Stopped::Cancelled) => (),
        }
    }

    /// Shows the result of `key` if it is at hand.
    fn recall(&mut self, key: Key) -> bool {
        if self.shown.as_ref().is_some_and(|shown| shown.key == key) {
            return true;
        }
        let Some(place) = self.kept.iter().position(|kept| kept.key == key) else { return false };
        let result = self.kept.remove(place).expect("the place was just found");
        self.kept.push_front(result.clone());
        self.shown = Some(result);
        true
    }

    /// Whether `key` is under way already, or known to fail.
    fn is_settled(&self, key: Key) -> bool {
        self.running.as_ref().is_some_and(|(running, _)| *running == key)
            || self.failed.as_ref().is_some_and(|(failed, _)| *failed == key)
    }

    fn advance(&mut self, key: Key, params: &S::Params, input: Option<S::Input>, jobs: &Jobs) {
        self.pace = input.as_ref().map_or(S::PACE, |input| S::pace_of(params, input));
        match self.pace {
            Pace::Settled => self.running = None, // Dropping a running job cancels it.
            Pace::Live | Pace::OnRequest if self.running.is_some() => return,
            Pace::OnRequest if self.requested != Some(key) => return,
            Pace::Live | Pace::OnRequest => (),
        }
        let Some(input) = input else { return };
        match Checked::new(params) {
            Ok(params) => {
                self.running = Some((key, jobs.start(move |job| S::run(&params, &input, job))));
                self.collect(); // An inline job is done by now.
            }
            Err(faults) => self.failed = Some((key, faults)),
        }
    }
}

impl<S: Stage> Shelf for Tray<S> {
    fn name(&self) -> &'static str {
        short_name(S::NAME)
    }

    fn title(&self) -> &'static str {
        S::TITLE
    }

    fn pace(&self) -> Pace {
        self.pace
    }

    fn needs(&self) -> &'static [&'static str] {
        S::NEEDS
    }

    fn state(&self) -> State {
        match &self.shown {
            _ if !self.faults().is_empty() => State::Fault,
            Some(shown) if self.wanted == Some(shown.key) => State::Fresh,
            _ if self.running.is_some() => State::Working,
            Some(_) => State::Stale,
            None => State::Waiting,
        }
    }

    fn progress(&self) -> Option<(u64, u64, Duration)> {
        let (_, running) = self.running.as_ref()?;
        let (done, total) = running.progress();
        Some((done, total, running.elapsed()))
    }

    fn faults(&self) -> &[String] {
        match &self.failed {
            Some((key, faults)) if self.wanted == Some(*key) => faults,
            _ => &[],
        }
    }

    fn cancel(&mut self) {
        if let Some((key, _)) = self.running.take() {
            self.failed = Some((key, vec!["stopped on request".into()]));
        }
    }

    fn take_in(&mut self) {
        self.collect();
    }

    fn request(&mut self) {
        self.requested = self.wanted;
        self.failed = None;
    }

    fn figures(&self) -> Option<Map<String, Value>> {
        let Kept { key, value, took } = self.shown.as_ref()?;
        let mut figures = Map::new();
        figures.insert("seconds".into(), took.as_secs_f64().into());
        figures.insert("key".into(), key.to_string().into());
        figures.extend(S::figures(value));
        Some(figures)
    }

    fn export(&self, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
        self.shown.as_ref().map_or(Ok(Vec::new()), |shown| write::<S>(&shown.value, folder, job))
    }

    fn exporter(&self) -> Option<Exporter> {
        let value = Arc::clone(&self.shown.as_ref()?.value);
        Some(Box::new(move |folder, job| write::<S>(&value, folder, job)))
    }
}

/// Writes a result, and every layer that is written as `GeoJSON` as KML beside.
fn write<S: Stage>(value: &S::Output, folder: &Path, job: &Job) -> Result<Vec<PathBuf>, String> {
    let mut paths = S::export(value, folder, job)?;
    let is_layer = |path: &&PathBuf| path.extension().is_some_and(|end| end == "geojson");
    let layers: Vec<PathBuf> = paths.iter().filter(is_layer).cloned().collect();
    for layer in layers {
        paths.push(kml_beside(&layer, job).map_err(|error| error.to_string())?);
    }
    Ok(paths)
}

/// The same results, without the work that goes on: for whoever looks at them on another thread.
impl<S: Stage> Clone for Tray<S> {
    fn clone(&self) -> Self {
        Tray {
            wanted: self.wanted,
            requested: None,
            shown: self.shown.clone(),
            kept: VecDeque::new(),
            running: None,
            failed: self.failed.clone(),
            pace: self.pace,
        }
    }
}

impl<S: Stage> Default for Tray<S> {
    fn default() -> Self {
        Tray {
            wanted: None,
            requested: None,
            shown: None,
            kept: VecDeque::new(),
            running: None,
            failed: None,
            pace: S::PACE,
        }
    }
}
