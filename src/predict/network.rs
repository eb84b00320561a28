//! Networks that tell all times ahead at once: the paper's perceptron, and a recurrent one that reads
//! the window report by report and says how sure it is.

mod gru;
mod mixed;
mod mlp;
mod params;
mod votes;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

pub use self::gru::PathGru;
pub use self::mlp::PathMlp;
pub use self::params::{GruParams, MlpParams};
use super::dataset::{Dataset, Sample};
use super::features::Inputs;
use super::params::{Method, PredictParams};
use super::spread::Ellipse;
use crate::base::job::{Job, Stopped};
use crate::learn::{Curves, Split, Watch};

/// Parts that ships are dealt to: a network never learns from its own part, by which its training
/// ends early.
const PARTS: u32 = 5;

/// Scaled inputs stay within so many deviations: what lies farther is a fault in a report, or waters
/// that no network has seen.
const FARTHEST: f64 = 5.0;

/// What is told of one time ahead.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Told {
    /// Meters ahead and to port.
    pub local_m: [f64; 2],
    /// The ellipses of 50 and 90 %, where the network gives them.
    pub ellipses: Option<[Ellipse; 2]>,
}

/// A trained network, for all times ahead.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Network {
    /// The perceptron.
    Mlp(Box<PathMlp>),
    /// The recurrent network.
    Gru(Box<PathGru>),
}

impl Network {
    /// Trains the network of `method` on windows `which` of `data`; none where the method has none.
    ///
    /// # Errors
    ///
    /// [`Stopped`]: cancelled, within one batch; or nothing to learn from.
    pub fn fit(
        method: Method,
        data: &Dataset,
        which: &[usize],
        params: &PredictParams,
        look: &Look,
        job: &Job,
    ) -> Result<Option<Network>, Stopped> {
        let inputs = params.inputs();
        Ok(match method {
            Method::Mlp => {
                let mlp = PathMlp::fit(data, which, inputs, &params.mlp, look, job)?;
                Some(Network::Mlp(Box::new(mlp)))
            }
            Method::Gru => {
                let gru = PathGru::fit(data, which, inputs, &params.gru, look, job)?;
                Some(Network::Gru(Box::new(gru)))
            }
            _ => None,
        })
    }

    /// Where the ship of `sample` will be, at each time ahead.
    pub fn tell(&self, sample: &Sample) -> Vec<Told> {
        match self {
            Network::Mlp(mlp) => mlp.tell(sample),
            Network::Gru(gru) => gru.tell(sample),
        }
    }

    /// The times ahead, minutes.
    pub fn horizons_min(&self) -> &[f64] {
        match self {
            Network::Mlp(mlp) => mlp.horizons_min(),
            Network::Gru(gru) => gru.horizons_min(),
        }
    }

    /// The method that it serves.
    pub fn method(&self) -> Method {
        match self {
            Network::Mlp(_) => Method::Mlp,
            Network::Gru(_) => Method::Gru,
        }
    }

    /// Whether what it learned holds in the waters it learned in alone.
    pub fn knows_places(&self) -> bool {
        match self {
            Network::Mlp(mlp) => mlp.knows_places(),
            Network::Gru(_) => true, // Its votes are of places.
        }
    }

    /// Whether it was trained with such inputs.
    pub fn is_of(&self, inputs: Inputs) -> bool {
        match self {
            Network::Mlp(mlp) => mlp.is_of(inputs),
            Network::Gru(gru) => gru.is_of(inputs),
        }
    }
}

/// What looks on while networks are trained: their curves, each time an epoch ends.
#[derive(Clone, Default)]
pub struct Look {
    curves: Arc<Mutex<Vec<Curves>>>,
    listener: Option<Listener>,
}

/// Told of the curves of all networks of a method.
type Listener = Arc<dyn Fn(&[Curves]) + Send + Sync>;

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Look").finish_non_exhaustive()
    }
}

impl Look {
    /// One that tells `listener`, on a thread of the training.
    pub fn telling(listener: impl Fn(&[Curves]) + Send + Sync + 'static) -> Look {
        Look { listener: Some(Arc::new(listener)), ..Look::default() }
    }

    /// The curves so far, one a network.
    pub fn curves(&self) -> Vec<Curves> {
        self.curves.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks on at network `place`.
    fn watch(&self, place: usize) -> Watch {
        let look = self.clone();
        Watch::telling(move |curves| {
            if curves.now.is_some() {
                return; // Once an epoch is often enough.
            }
            let mut all = look.curves.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() <= place {
                all.resize(place + 1, Curves::default());
            }
            all[place] = curves.clone();
            let told = look.listener.as_ref().map(|listener| (Arc::clone(listener), all.clone()));
            drop(all);
            if let Some((listener, curves)) = told {
                listener(&curves);
            }
        })
    }
}

/// The part that a ship is dealt to, by a hash of its number and of `seed`.
fn part_of(vessel: u64, seed: usize) -> u32 {
    let mixed = (vessel ^ (seed as u64).rotate_left(32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed >> 33) % u64::from(PARTS)) as u32
}

/// Which of the rows of windows `which` teach a network that holds out `part`, and which are held
/// out. Every window teaches where one part has all ships.
fn split_of(data: &Dataset, which: &[usize], part: u32, seed: usize) -> Split {
    let is_held = |i: &usize| part_of(data.samples[which[*i]].vessel, seed) == part;
    let (validation, train): (Vec<usize>, Vec<usize>) = (0..which.len()).partition(is_held);
    if train.is_empty() {
        return Split::all(which.len());
    }
    Split { train, validation }
}

/// Every so many-th of `rows`, from a place that `turn` moves, so that at most `most` are left:
/// windows of a ship that follow each other say nearly the same.
fn thinned(rows: &[usize], most: usize, turn: usize) -> Vec<usize> {
    let step = rows.len().div_ceil(most.max(1)).max(1);
    rows.iter().copied().skip(turn % step).step_by(step).collect()
}

/// Scaled numbers as a network takes them.
fn taken(values: &[f64]) -> impl Iterator<Item = f32> + '_ {
    values.iter().map(|x| x.clamp(-FARTHEST, FARTHEST) as f32)
}

#[cfg(test)]
mod tests;
