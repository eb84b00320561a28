//! Training as others see it: its curves as they come, and orders to pause or to end.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::checkpoint::Checkpoint;
use crate::base::job::{Job, Stopped};

/// One epoch of training, or one round where a network is trained in rounds.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Epoch {
    /// Its number, from 0.
    pub epoch: usize,
    /// The mean loss of its steps.
    pub loss: f64,
    /// The mean loss of held-out samples after it.
    pub validation: Option<f64>,
    /// What else the network measures: [`Curves::metric`] says what.
    pub metric: Option<f64>,
    /// The learning rate of its last step.
    pub rate: f64,
    /// Samples learned from a second, pauses left out.
    pub samples_per_s: f64,
}

impl Epoch {
    /// The loss by which epochs are compared: of held-out samples where there are some.
    pub fn judged(&self) -> f64 {
        self.validation.unwrap_or(self.loss)
    }

    /// Whether all but the pace is the same: what two runs of one seed share.
    pub fn is_same(&self, other: &Epoch) -> bool {
        Epoch { samples_per_s: 0.0, ..self.clone() }
            == Epoch { samples_per_s: 0.0, ..other.clone() }
    }
}

/// Where training is within an epoch.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Now {
    /// The epoch.
    pub epoch: usize,
    /// Steps of it that are done,
    pub step: usize,
    /// of how many.
    pub steps: usize,
    /// The mean loss of these steps, as last read from the device.
    pub loss: f64,
    /// Samples learned from a second.
    pub samples_per_s: f64,
}

/// The curves of a training, as far as it is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Curves {
    /// What the loss is.
    pub loss: &'static str,
    /// What the metric is; empty where there is none.
    pub metric: &'static str,
    /// On which device.
    pub device: String,
    /// How many epochs there are at most.
    pub most_epochs: usize,
    /// The epochs that are done.
    pub epochs: Vec<Epoch>,
    /// Where the epoch under way is.
    pub now: Option<Now>,
    /// What went wrong without ending the training, in words.
    pub notes: Vec<String>,
}

impl Curves {
    /// The epoch with the least loss of held-out samples, or of all where none are.
    pub fn best(&self) -> Option<&Epoch> {
        self.epochs.iter().min_by(|a, b| a.judged().total_cmp(&b.judged()))
    }
}

/// Looks on at a training, from any thread: clones look at the same one.
///
/// ```
/// use fairway::learn::Watch;
/// let watch = Watch::default();
/// watch.pause(true);
/// assert!(watch.is_paused() && watch.curves().epochs.is_empty());
/// ```
#[derive(Clone, Default)]
pub struct Watch(Arc<Shared>);

/// Told of the curves whenever they have changed.
type Listener = Box<dyn Fn(&Curves) + Send + Sync>;

#[derive(Default)]
struct Shared {
    curves: Mutex<Curves>,
    checkpoint: Mutex<Option<Arc<Checkpoint>>>,
    is_paused: AtomicBool,
    is_to_end: AtomicBool,
    listener: Option<Listener>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("is_paused", &self.is_paused()).finish_non_exhaustive()
    }
}

impl Watch {
    /// One that tells `listener` of the curves whenever they have changed, on the thread of the
    /// training: at most a few times a step, so it should be quick.
    pub fn telling(listener: impl Fn(&Curves) + Send + Sync + 'static) -> Watch {
        Watch(Arc::new(Shared { listener: Some(Box::new(listener)), ..Shared::default() }))
    }

    /// The curves so far.
    pub fn curves(&self) -> Curves {
        self.0.curves.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last good state: after a cancelled training too, and what it can be resumed from.
    pub fn checkpoint(&self) -> Option<Arc<Checkpoint>> {
        self.0.checkpoint.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Holds the training before its next step, or lets it go on.
    pub fn pause(&self, is_paused: bool) {
        self.0.is_paused.store(is_paused, Relaxed);
    }

    /// Whether it is held.
    pub fn is_paused(&self) -> bool {
        self.0.is_paused.load(Relaxed)
    }

    /// Ends the training before its next step with what it has learned, as if patience had run out.
    pub fn end(&self) {
        self.0.is_to_end.store(true, Relaxed);
    }

    pub(super) fn is_to_end(&self) -> bool {
        self.0.is_to_end.load(Relaxed)
    }

    /// Changes the curves and tells of it.
    pub(super) fn change(&self, change: impl FnOnce(&mut Curves)) {
        let mut curves = self.0.curves.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut curves);
        let told = self.0.listener.is_some().then(|| curves.clone());
        drop(curves);
        if let (Some(listener), Some(curves)) = (&self.0.listener, told) {
            listener(&curves);
        }
    }

    pub(super) fn keep(&self, checkpoint: Arc<Checkpoint>) {
        *self.0.checkpoint.lock().unwrap_or_else(PoisonError::into_inner) = Some(checkpoint);
    }

    /// Waits while paused; how long that was. Ends at once where the job is cancelled.
    pub(super) fn wait(&self, job: &Job) -> Result<Duration, Stopped> {
        let start = std::time::Instant::now();
        job.go_on()?;
        if !self.is_paused() {
            return Ok(Duration::ZERO);
        }
        while self.is_paused() && !self.is_to_end() {
            std::thread::sleep(Duration::from_millis(10));
            job.go_on()?;
        }
        Ok(start.elapsed())
    }
}
