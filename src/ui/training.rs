//! Training as the window knows it: which model is looked at, the runs of all models, and which of
//! them are compared.
//!
//! Runs are noticed, not begun, here: whatever makes a stage train, a button or a loaded file, its run
//! stands in the list. They last as long as the window; what is to last longer is kept on the disk.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

mod deep;
pub mod models;
mod predict;
mod run;
mod way;

pub use models::{MODELS, Score, Setting, Trainable, Trained};
pub use run::{Run, Stand, differing, stem};

use crate::flow::jobs::Running;
use crate::flow::{Desk, Jobs, Key, Session};
use crate::learn::{DeviceChoice, Place};

/// So many runs are listed; the oldest that was not kept makes way for another.
const MOST_RUNS: usize = 40;

/// What the window knows of training.
#[derive(Default)]
pub struct Training {
    /// Which model is looked at, as a place in [`MODELS`].
    chosen: usize,
    runs: Vec<Run>,
    last_id: u64,
    /// Results whose runs the user took off the list.
    forgotten: Vec<Key>,
    /// A GPU is being looked for.
    look: Option<Running<()>>,
}

impl Training {
    /// Which model is looked at, as a place in [`MODELS`].
    pub fn chosen(&self) -> usize {
        self.chosen
    }

    /// The model that is looked at.
    pub fn model(&self) -> &'static dyn Trainable {
        MODELS.get(self.chosen).copied().unwrap_or(MODELS[0])
    }

    /// Looks at another one.
    pub fn choose(&mut self, model: usize) {
        self.chosen = model.min(MODELS.len() - 1);
    }

    /// All runs, the oldest first.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// A run by its number.
    pub fn run(&self, id: u64) -> Option<&Run> {
        self.runs.iter().find(|run| run.id == id)
    }

    /// The same to be changed.
    pub fn run_mut(&mut self, id: u64) -> Option<&mut Run> {
        self.runs.iter_mut().find(|run| run.id == id)
    }

    /// The run of model `model` that goes on.
    pub fn working(&self, model: usize) -> Option<&Run> {
        self.runs.iter().find(|run| run.model == model && run.is_working())
    }

    /// Takes a run off the list.
    pub fn forget(&mut self, id: u64) {
        if let Some(run) = self.run(id) {
            self.forgotten.push(run.key);
        }
        self.runs.retain(|run| run.id != id);
    }

    /// Sets the session as it was for a run. Where its model is no longer at hand, that is read from
    /// where it was kept. Says whether it will be there without training.
    pub fn take_up(&self, id: u64, session: &mut Session, desk: &Desk) -> bool {
        let Some(run) = self.run(id) else { return false };
        let model = MODELS[run.model];
        model.restore(session, &run.snapshot);
        if model.trained(desk, run.key).is_some() {
            return true;
        }
        if let Some(kept) = &run.kept {
            model.set_source(session, kept.to_string_lossy().into_owned());
        }
        run.kept.is_some()
    }

    /// Where run `id` is to be kept in `folder`, under a name that is free there, and by what.
    pub fn keeping(&self, id: u64) -> Option<(models::Keep, String)> {
        let run = self.run(id)?;
        let keep = run.trained()?.keep.clone();
        Some((keep, stem(MODELS[run.model], run.begun_ms)))
    }

    /// Notes where a run was kept.
    pub fn was_kept(&mut self, id: u64, path: PathBuf) {
        if let Some(run) = self.run_mut(id) {
            run.kept = Some(path);
        }
    }

    /// Forgets what was removed from the disk: nothing is read from there any more.
    pub fn was_removed(&mut self, path: &Path, session: &mut Session) {
        for model in MODELS {
            if Path::new(model.source(session)) == path {
                model.set_source(session, String::new());
            }
        }
        for run in &mut self.runs {
            if run.kept.as_deref() == Some(path) {
                run.kept = None;
            }
        }
    }

    /// Looks for a GPU on a thread, where that has not been done and `choice` may need it.
    pub fn look_for_device(&mut self, choice: Option<DeviceChoice>, jobs: &Jobs) {
        if let Some(choice) = choice
            && self.look.is_none()
            && Place::known(choice).is_none()
        {
            self.look = Some(jobs.start(move |_| {
                Place::choose(choice);
                Ok(())
            }));
        }
    }

    /// Notices runs that began, went on or ended. Called on every frame.
    pub fn follow(&mut self, desk: &Desk, session: &Session) {
        for (place, model) in MODELS.iter().enumerate() {
            let at_work = model.working_on(desk);
            if let Some(key) = at_work {
                self.forgotten.retain(|forgotten| *forgotten != key);
                let is_known = |run: &Run| run.key == key && run.is_working();
                if !self.runs.iter().any(is_known) {
                    self.begin(place, key, session);
                }
            }
            let watches = model.watches(desk);
            for run in self.runs.iter_mut().filter(|run| run.model == place && run.is_working()) {
                if at_work == Some(run.key) {
                    if !watches.is_empty() {
                        run.watches.clone_from(&watches);
                    }
                    continue;
                }
                run.stand = match model.trained(desk, run.key) {
                    Some(trained) => {
                        run.kept.clone_from(&trained.source);
                        Stand::Done(Box::new(trained))
                    }
                    None => Stand::Stopped(match model.faults(desk, run.key) {
                        [] => "given up".into(),
                        faults => faults.join("; "),
                    }),
                };
            }
            // What was there at once, or before anybody looked.
            if let Some((key, is_set)) = model.shown(desk)
                && is_set
                && !self.forgotten.contains(&key)
                && !self.runs.iter().any(|run| run.key == key && run.trained().is_some())
                && let Some(trained) = model.trained(desk, key)
            {
                self.begin(place, key, session);
                if let Some(run) = self.runs.last_mut() {
                    run.kept.clone_from(&trained.source);
                    run.stand = Stand::Done(Box::new(trained));
                }
            }
        }
    }

    fn begin(&mut self, model: usize, key: Key, session: &Session) {
        self.last_id += 1;
        self.runs.push(Run {
            id: self.last_id,
            model,
            key,
            begun_ms: now_ms(),
            settings: MODELS[model].settings(session),
            snapshot: MODELS[model].snapshot(session),
            watches: Vec::new(),
            stand: Stand::Working,
            is_compared: true,
            kept: None,
            is_asked: false,
        });
        if self.runs.len() > MOST_RUNS {
            let is_dispensable = |run: &Run| run.kept.is_none() && !run.is_working();
            if let Some(place) = self.runs.iter().position(is_dispensable) {
                let run = self.runs.remove(place);
                self.forgotten.push(run.key);
            }
        }
    }
}

/// Models that are read from the disk need no button: to name the place was to ask for them. Asks
/// for those that are due, of the stages that `is_wanted`. Says whether there were any.
pub fn request_loaded(
    desk: &mut Desk,
    session: &Session,
    is_wanted: impl Fn(&str) -> bool,
) -> bool {
    use crate::flow::tray::State;
    let mut is_any = false;
    for model in MODELS.iter().filter(|model| is_wanted(model.stage())) {
        let is_due = !model.source(session).is_empty()
            && matches!(model.shelf(desk).state(), State::Waiting | State::Stale);
        if is_due {
            let stage = model.stage();
            let shelves = desk.shelves_mut().into_iter();
            shelves
                .filter(|shelf| shelf.name() == stage)
                .for_each(super::super::flow::tray::Shelf::request);
            is_any = true;
        }
    }
    is_any
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}
