//! Memory used again.

use std::sync::{Arc, Mutex, PoisonError};

/// Memory of a matrix that is not needed any more, kept for the next one of its size.
///
/// To be given a hundred megabytes by the operating system takes several times as long as to fill
/// them, and while a weight moves one matrix is made after the other. What is made of the same
/// [`Distances`](super::Distances) shares one of these. It keeps one matrix at most.
#[derive(Debug, Clone, Default)]
pub struct Spare(Arc<Mutex<Vec<f32>>>);

impl Spare {
    /// So many numbers: all zero, or those of an earlier matrix of as many.
    pub fn take(&self, len: usize) -> Vec<f32> {
        let kept = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if kept.len() == len { kept } else { vec![0.0; len] }
    }

    /// Leaves numbers whose memory is not needed any more.
    pub fn leave(&self, values: Vec<f32>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = values;
    }
}

/// What is kept makes no difference to what it belongs to.
impl PartialEq for Spare {
    fn eq(&self, _: &Spare) -> bool {
        true
    }
}
