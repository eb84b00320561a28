//! Where work runs: at once, or on threads of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::base::job::{Job, Stopped};

/// Where jobs run.
#[derive(Clone)]
pub enum Jobs {
    /// At once, on the calling thread: most tests.
    Inline,
    /// Each on a thread of its own, calling `wake` when it ends: the window and the command line.
    Threads {
        /// Called from the job's thread when the outcome is there.
        wake: Arc<dyn Fn() + Send + Sync>,
    },
}

/// A job that was started and has not been collected yet. Dropping it cancels the job.
pub struct Running<T> {
    job: Job,
    started: Instant,
    outcome: Receiver<(Result<T, Stopped>, Duration)>,
}

impl Jobs {
    /// Starts `work`. A panic in it becomes the fault "a bug stopped this step".
    pub fn start<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Job) -> Result<T, Stopped> + Send + 'static,
    ) -> Running<T> {
        let job = Job::default();
        let started = Instant::now();
        let (sender, outcome) = channel();
        let task = {
            let job = job.clone();
            move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| work(&job)))
                    .unwrap_or_else(|panic| Err(Stopped::Failed(bug_text(panic.as_ref()))));
                // Nobody may listen any more: the job was superseded.
                sender.send((outcome, started.elapsed())).ok();
            }
        };
        match self {
            Jobs::Inline => task(),
            Jobs::Threads { wake } => {
                let wake = Arc::clone(wake);
                thread::spawn(move || {
                    task();
                    wake();
                });
            }
        }
        Running { job, started, outcome }
    }
}

fn bug_text(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!("a bug stopped this step; please report it: {said}")
}

impl<T: Send + Sync + 'static> Running<T> {
    /// What there is of the outcome so far, where the work shows it.
    pub fn so_far(&self) -> Option<Arc<T>> {
        self.job.so_far()
    }
}

impl<T> Running<T> {
    /// The outcome and how long it took, once there is one. Never blocks.
    pub fn poll(&self) -> Option<(Result<T, Stopped>, Duration)> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some((Err(Stopped::Cancelled), Duration::ZERO)),
        }
    }

    /// Steps done and steps announced.
    pub fn progress(&self) -> (u64, u64) {
        self.job.progress()
    }

    /// How long it has been at work.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.job.cancel();
    }
}
