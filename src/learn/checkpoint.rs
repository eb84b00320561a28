//! The state of a training between two epochs: all that is needed to go on as if it had never
//! stopped.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::optimize::Memory;
use super::params::TrainParams;
use super::save::{SaveError, file, packed_weights, unpacked_weights};
use super::watch::Epoch;
use super::weights::{Part, Weights};

/// The state of a training between two epochs.
#[derive(Clone, PartialEq, Debug)]
pub struct Checkpoint {
    /// The weights after the last epoch.
    pub weights: Weights,
    /// The best epoch so far, by [`Epoch::judged`], and its weights.
    pub best: Option<(usize, Weights)>,
    /// The epochs that are done.
    pub epochs: Vec<Epoch>,
    /// How it was trained; going on by other parameters is another training.
    pub params: TrainParams,
    pub(super) memory: Memory,
    /// What the task itself remembers.
    pub(super) task: Vec<u32>,
}

/// The checkpoint's version; raise it when its meaning changes.
const VERSION: u32 = 1;

/// Where in a folder it lies: `Checkpoint::save` writes both, the second last.
const WEIGHTS: &str = "checkpoint.safetensors";
const STATE: &str = "checkpoint.json";

#[derive(Serialize, Deserialize)]
struct State {
    fairway_checkpoint: u32,
    params: TrainParams,
    epochs: Vec<Epoch>,
    best_epoch: Option<usize>,
    steps: u64,
    parts: usize,
    adam: bool,
    task: Vec<u32>,
    sha256: String,
}

impl Checkpoint {
    /// Writes it into `folder`, which is made where it is not there. Each file is whole or not at
    /// all.
    pub fn save(&self, folder: &Path) -> Result<(), SaveError> {
        let mut all = self.weights.clone();
        let n = all.parts.len();
        if let Some((_, best)) = &self.best {
            all.parts.extend(renamed("best", best.parts.iter().cloned()));
        }
        for (name, kept) in [("first", &self.memory.first), ("second", &self.memory.second)] {
            let parts = kept
                .iter()
                .zip(&self.weights.parts)
                .map(|(values, like)| Part { values: values.clone(), ..like.clone() });
            all.parts.extend(renamed(name, parts));
        }
        let packed = packed_weights(&all);
        let state = State {
            fairway_checkpoint: VERSION,
            params: self.params.clone(),
            epochs: self.epochs.clone(),
            best_epoch: self.best.as_ref().map(|(epoch, _)| *epoch),
            steps: self.memory.steps,
            parts: n,
            adam: !self.memory.second.is_empty(),
            task: self.task.clone(),
            sha256: file::digest(&packed),
        };
        file::make_folder(folder)?;
        file::write(&folder.join(WEIGHTS), &packed)?;
        file::write_json(&folder.join(STATE), &state)
    }

    /// Reads it from `folder`.
    pub fn load(folder: &Path) -> Result<Checkpoint, SaveError> {
        let path = folder.join(STATE);
        let state: State = file::read_json(&path)?;
        let damaged =
            |reason: &str| SaveError::Damaged { path: path.clone(), reason: reason.into() };
        if state.fairway_checkpoint != VERSION {
            let (found, wanted) = (state.fairway_checkpoint, VERSION);
            return Err(SaveError::OtherVersion { path, found, wanted });
        }
        let packed = file::read(&folder.join(WEIGHTS))?;
        if file::digest(&packed) != state.sha256 {
            return Err(damaged("the weights beside it are of another state"));
        }
        let all = unpacked_weights(&packed).map_err(|reason| damaged(&reason))?;
        let n = state.parts;
        let groups = 2 + usize::from(state.best_epoch.is_some()) + usize::from(state.adam);
        if n == 0 || all.parts.len() != n * groups {
            return Err(damaged("it has another number of matrices"));
        }
        let mut groups = all.parts.chunks_exact(n).map(<[Part]>::to_vec);
        let mut next = || groups.next().unwrap_or_default();
        let weights = Weights { parts: next() };
        let names: Vec<String> = weights.parts.iter().map(|part| part.name.clone()).collect();
        let best = state.best_epoch.map(|epoch| {
            let parts = next().into_iter().zip(&names);
            let parts = parts.map(|(part, name)| Part { name: name.clone(), ..part });
            (epoch, Weights { parts: parts.collect() })
        });
        let numbers = |parts: Vec<Part>| parts.into_iter().map(|part| part.values).collect();
        let first = numbers(next());
        let second = if state.adam { numbers(next()) } else { Vec::new() };
        let memory = Memory { steps: state.steps, first, second };
        let State { params, epochs, task, .. } = state;
        Ok(Checkpoint { weights, best, epochs, params, memory, task })
    }
}

fn renamed(prefix: &str, parts: impl Iterator<Item = Part>) -> impl Iterator<Item = Part> {
    parts.map(move |part| Part { name: format!("{prefix}.{}", part.name), ..part })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::weights::{Begin, Slot};

    fn checkpoint() -> Checkpoint {
        let slots = [Slot::new("a", 2, 3, Begin::He), Slot::new("b", 1, 3, Begin::Glorot)];
        let weights = Weights::begin(&slots, 1);
        let vectors = |seed| {
            let parts = Weights::begin(&slots, seed).parts;
            parts.into_iter().map(|part| part.values).collect()
        };
        Checkpoint {
            best: Some((3, Weights::begin(&slots, 2))),
            weights,
            epochs: vec![Epoch {
                epoch: 0,
                loss: 0.1,
                validation: Some(0.2),
                metric: None,
                rate: 1e-3,
                samples_per_s: 7.0,
            }],
            params: TrainParams::default(),
            memory: Memory { steps: 9, first: vectors(3), second: vectors(4) },
            task: vec![1, 2],
        }
    }

    #[test]
    fn a_checkpoint_comes_back_from_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let whole = checkpoint();
        whole.save(&folder.path().join("new")).unwrap();
        assert_eq!(Checkpoint::load(&folder.path().join("new")).unwrap(), whole);
        let plain = Checkpoint {
            best: None,
            memory: Memory { second: Vec::new(), ..whole.memory.clone() },
            ..whole
        };
        plain.save(folder.path()).unwrap();
        assert_eq!(Checkpoint::load(folder.path()).unwrap(), plain);
    }

    #[test]
    fn weights_of_another_state_are_seen() {
        let folder = tempfile::tempdir().unwrap();
        let one = checkpoint();
        one.save(folder.path()).unwrap();
        let state = std::fs::read(folder.path().join(STATE)).unwrap();
        let other = Checkpoint {
            weights: Weights::begin(
                &[Slot::new("a", 2, 3, Begin::He), Slot::new("b", 1, 3, Begin::Glorot)],
                8,
            ),
            ..one
        };
        other.save(folder.path()).unwrap();
        std::fs::write(folder.path().join(STATE), state).unwrap();
        let said = Checkpoint::load(folder.path()).unwrap_err().to_string();
        assert!(said.contains("another state"), "{said}");
    }
}
