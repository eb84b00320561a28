//! Voyages as a network takes them: steps and messages one behind the other, nothing padded.

use crate::base::rng::Rng;

/// Voyages side by side. Steps of all voyages lie one behind the other, and so do the messages of
/// all steps: nothing is padded, so nothing padded can have an influence.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct VoyageBatch {
    /// How many steps each voyage has, one at least. `[voyage]`
    pub steps: Vec<u32>,
    /// How many messages each step has, one at least. `[step]`
    pub messages: Vec<u32>,
    /// The messages' numbers, scaled. `[message, feature]`
    pub features: Vec<f32>,
    /// Longitude and latitude of the cells' centers, degrees. `[step]`
    pub centers: Vec<[f32; 2]>,
    /// Days since the first message, at each step's last. `[step]`
    pub days: Vec<f32>,
    /// Which of the cells that the network knows; their number for any other. `[step]`
    pub cells: Vec<u32>,
    /// Longitude, latitude, speed and course of each step's last message in bins. `[step]`
    pub bins: Vec<[u32; 4]>,
    /// Classes of the ports left; the number of ports for one unknown. `[voyage]`
    pub from: Vec<u32>,
    /// Ship types by their number. `[voyage]`
    pub kinds: Vec<u32>,
    /// Classes of the ports reached; none for one that is no class, or not reached. `[voyage]`
    pub to: Vec<Option<u32>>,
    /// Days to the arrival, from each step's last message. `[step]`
    pub days_left: Vec<f32>,
}

impl VoyageBatch {
    /// How many steps there are in all.
    pub fn n_steps(&self) -> usize {
        self.messages.len()
    }

    /// For each voyage the place of its first step.
    pub(super) fn starts(&self) -> Vec<usize> {
        let begin = |at: &mut usize, n: &u32| {
            let start = *at;
            *at += *n as usize;
            Some(start)
        };
        self.steps.iter().scan(0, begin).collect()
    }

    /// For each step its voyage.
    pub(super) fn owners(&self) -> Vec<usize> {
        let own = |(voyage, n): (usize, &u32)| std::iter::repeat_n(voyage, *n as usize);
        self.steps.iter().enumerate().flat_map(own).collect()
    }
}

/// Voyages that a network learns from, by their places.
pub trait Voyages: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many steps voyage `i` has.
    fn steps(&self, i: usize) -> usize;

    /// The voyages `among`. With `rng` messages are drawn as for training, without as for scores.
    fn batch(&self, among: &[usize], rng: Option<&mut Rng>) -> VoyageBatch;
}
