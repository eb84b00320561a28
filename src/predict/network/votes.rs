//! Where the ships went that were here with such a velocity.

use serde::{Deserialize, Serialize};

use crate::base::nearest::Nearest;
use crate::base::rows::Rows;
use crate::predict::dataset::{Dataset, KEY_WIDTH, Sample};
use crate::predict::ensemble::{length_m, median_of, neighbors, reckoned_m};

/// Numbers of a vote.
pub(super) const VOTE_WIDTH: usize = 9;

/// The nearest of the neighbors that vote a second time: one in so many.
const NEAREST_OF: usize = 4;

/// What is added before a logarithm is taken.
const SMALL: f64 = 0.01;

/// The neighbors' vote on one time ahead, in lengths of the way that dead reckoning goes.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Vote {
    /// The geometric median of how far they were off dead reckoning.
    pub median: [f64; 2],
    /// The same and what else is told a network.
    pub numbers: [f64; VOTE_WIDTH],
}

/// Windows with where their ships went.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub(super) struct Votes {
    saved: Saved,
    nearest: Nearest,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Saved {
    n_neighbors: usize,
    horizons_min: Vec<f64>,
    /// Place and velocity of the windows.
    keys: Rows,
    vessels: Vec<u64>,
    /// By time ahead, then window: how far dead reckoning was off, in lengths of its way, where
    /// that is known.
    off: Vec<Vec<Option<[f64; 2]>>>,
}

impl TryFrom<Saved> for Votes {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Votes, String> {
        let n = saved.keys.len();
        let is_whole = n > 0
            && saved.keys.width() == KEY_WIDTH
            && saved.vessels.len() == n
            && saved.off.len() == saved.horizons_min.len()
            && saved.off.iter().all(|off| off.len() == n)
            && saved.n_neighbors > 0;
        if !is_whole {
            return Err("the windows whose ships vote are incomplete".into());
        }
        let mut numbers = saved.off.iter().flatten().flatten().flatten().chain(saved.keys.values());
        if !numbers.all(|x| x.is_finite()) {
            return Err("a number of the windows that vote is not finite".into());
        }
        Ok(Votes { nearest: Nearest::new(&saved.keys), saved })
    }
}

impl From<Votes> for Saved {
    fn from(votes: Votes) -> Saved {
        votes.saved
    }
}

impl Votes {
    /// Those of windows `which` of `data`, of which so many vote at a time.
    pub(super) fn of(data: &Dataset, which: &[usize], n_neighbors: usize) -> Votes {
        let mut keys = Rows::new(KEY_WIDTH);
        which.iter().for_each(|i| keys.push(&data.samples[*i].key));
        let off = |horizon: usize| which.iter().map(|i| off(data, *i, horizon)).collect();
        let saved = Saved {
            n_neighbors,
            horizons_min: data.horizons_min.clone(),
            vessels: which.iter().map(|i| data.samples[*i].vessel).collect(),
            off: (0..data.horizons_min.len()).map(off).collect(),
            keys,
        };
        Votes { nearest: Nearest::new(&saved.keys), saved }
    }

    /// The times ahead, minutes.
    pub(super) fn horizons_min(&self) -> &[f64] {
        &self.saved.horizons_min
    }

    /// What the neighbors of `sample` vote, at each time ahead.
    pub(super) fn told(&self, sample: &Sample) -> Vec<Vote> {
        self.saved.off.iter().map(|off| self.vote(sample, off)).collect()
    }

    fn vote(&self, sample: &Sample, known: &[Option<[f64; 2]>]) -> Vote {
        let saved = &self.saved;
        let is_voter = |place: u32| {
            saved.vessels[place as usize] != sample.vessel && known[place as usize].is_some()
        };
        let near = neighbors(&self.nearest, &sample.key, saved.n_neighbors, &is_voter);
        if near.is_empty() {
            return Vote::default();
        }
        let off: Vec<[f64; 2]> =
            near.iter().map(|(place, _)| known[*place as usize].unwrap_or_default()).collect();
        let mut here: Vec<(u32, f64)> =
            near.iter().zip(0_u32..).map(|((_, weight), at)| (at, *weight)).collect();
        let median = median_of(&here, &off);
        let (mut sums, mut all) = ([0.0; 4], 0.0);
        for ((_, weight), off) in here.iter().zip(&off) {
            let [ahead, port] = [off[0] - median[0], off[1] - median[1]];
            let distances = [ahead.hypot(port), off[0].hypot(off[1]), ahead.abs(), port.abs()];
            sums.iter_mut().zip(distances).for_each(|(sum, d)| *sum += weight * d);
            all += weight;
        }
        let [spread, straight, along, across] = sums.map(|sum| (sum / all + SMALL).ln());
        let reach = self.reach(sample, &near);
        here.truncate((near.len() / NEAREST_OF).max(1));
        let nearest = median_of(&here, &off);
        let numbers =
            [median[0], median[1], nearest[0], nearest[1], spread, straight, along, across, reach];
        Vote { median, numbers }
    }

    /// The logarithm of how far the last of the neighbors is.
    fn reach(&self, sample: &Sample, near: &[(u32, f64)]) -> f64 {
        let last = near.last().map_or(0, |(place, _)| *place as usize);
        let key = self.saved.keys.row(last);
        let squares = key.iter().zip(&sample.key).map(|(a, b)| (a - b) * (a - b));
        (squares.sum::<f64>().sqrt() + SMALL).ln()
    }
}

/// How far dead reckoning of window `i` is off, in lengths of its way.
pub(super) fn off(data: &Dataset, i: usize, horizon: usize) -> Option<[f64; 2]> {
    let (sample, horizon_s) = (&data.samples[i], data.horizons_min[horizon] * 60.0);
    let [ahead, port] = data.target_m(i, horizon)?;
    let length = length_m(sample, horizon_s);
    let off = [(ahead - reckoned_m(sample, horizon_s)) / length, port / length];
    off.iter().all(|x| x.is_finite()).then_some(off)
}
