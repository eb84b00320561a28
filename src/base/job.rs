//! Long work: how it reports how far it is, and how it is told to stop.

use std::any::Any;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

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
pub struct Job {
    orders: Arc<Orders>,
    counts: Arc<Counts>,
}

#[derive(Default, Debug)]
struct Orders {
    cancelled: AtomicBool,
    so_far: Mutex<Option<Arc<dyn Any + Send + Sync>>>,
}

#[derive(Default, Debug)]
struct Counts {
    done: AtomicU64,
    total: AtomicU64,
}

impl Job {
    /// Announces how many steps are to come: rows, trips, bytes.
    pub fn expect(&self, steps: usize) {
        self.counts.total.fetch_add(steps as u64, Relaxed);
    }

    /// Counts one step as done, or says that the work should end here. Call it inside every loop
    /// that may last: it costs one atomic addition and works from any thread.
    pub fn step(&self) -> Result<(), Stopped> {
        self.advance(1)
    }

    /// Counts `steps` steps as done, or says that the work should end here.
    pub fn advance(&self, steps: usize) -> Result<(), Stopped> {
        self.counts.done.fetch_add(steps as u64, Relaxed);
        self.go_on()
    }

    /// Says whether the work should end here, without counting.
    pub fn go_on(&self) -> Result<(), Stopped> {
        if self.orders.cancelled.load(Relaxed) { Err(Stopped::Cancelled) } else { Ok(()) }
    }

    /// Tells the work to stop at its next step.
    pub fn cancel(&self) {
        self.orders.cancelled.store(true, Relaxed);
    }

    /// The same work, stopped by the same order, whose steps do not count here: for a part that
    /// counts in steps of its own.
    #[must_use]
    pub fn uncounted(&self) -> Job {
        Job { orders: Arc::clone(&self.orders), counts: Arc::default() }
    }

    /// Shows what there is of the result so far, in place of what was shown before.
    pub fn show<T: Send + Sync + 'static>(&self, so_far: T) {
        let mut place = self.orders.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        *place = Some(Arc::new(so_far));
    }

    /// What the work has shown last, if that is a `T`.
    pub fn so_far<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let place = self.orders.so_far.lock().unwrap_or_else(PoisonError::into_inner);
        place.clone()?.downcast().ok()
    }

    /// Steps done and steps announced.
    pub fn progress(&self) -> (u64, u64) {
        (self.counts.done.load(Relaxed), self.counts.total.load(Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_so_far_is_shown_and_parts_count_for_themselves() {
        let job = Job::default();
        assert_eq!(job.so_far::<u32>(), None);
        let part = job.uncounted();
        part.expect(100);
        part.show(7_u32);
        assert_eq!(job.so_far::<u32>().as_deref(), Some(&7));
        assert_eq!(job.so_far::<String>(), None);
        assert_eq!(job.progress(), (0, 0));
        job.cancel();
        assert_eq!(part.step(), Err(Stopped::Cancelled));
    }

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
