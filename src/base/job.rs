//! Long work: how it reports how far it is, and how it is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Why a piece of work gave no result.
#[derive(Debug, PartialEq, Eq, Clone, thiserror::Error)]
pub enum Stopped {
    /// Nobody wants the result any more.
    #[error("cancelled")]
    Cancelled,
    /// The work failed; the text is for the user.
    #[error("{0}")]
    Failed(String),
}

/// What long work holds to report how far it is and to learn that it should stop.
#[derive(Clone, Default, Debug)]
pub struct Job(Arc<Shared>);

#[derive(Default, Debug)]
struct Shared {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
}

impl Job {
    /// Announces how many steps are to come: rows, trips, bytes.
    pub fn expect(&self, steps: usize) {
        self.0.total.fetch_add(steps as u64, Relaxed);
    }

    /// Counts one step as done, or says that the work should end here. Call it inside every loop
    /// that may last: it costs one atomic addition and works from any thread.
    pub fn step(&self) -> Result<(), Stopped> {
        self.advance(1)
    }

    /// Counts `steps` steps as done, or says that the work should end here.
    pub fn advance(&self, steps: usize) -> Result<(), Stopped> {
        self.0.done.fetch_add(steps as u64, Relaxed);
        self.go_on()
    }

    /// Says whether the work should end here, without counting.
    pub fn go_on(&self) -> Result<(), Stopped> {
        if self.0.cancelled.load(Relaxed) { Err(Stopped::Cancelled) } else { Ok(()) }
    }

    /// Tells the work to stop at its next step.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Relaxed);
    }

    /// Steps done and steps announced.
    pub fn progress(&self) -> (u64, u64) {
        (self.0.done.load(Relaxed), self.0.total.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_job_stops_at_its_next_step() {
        let job = Job::default();
        job.expect(3);
        assert_eq!(job.step(), Ok(()));
        job.clone().cancel();
        assert_eq!(job.advance(2), Err(Stopped::Cancelled));
        assert_eq!(job.progress(), (3, 3));
    }
}
