//! Networks that tell where a voyage ends and when, at each of its steps: WAY and its rivals.
//!
//! A voyage is a sequence of steps, a stay in a cell of a grid each, and every step holds the
//! messages sent there ([`VoyageBatch`]). WAY makes four channels of a step (where the cell lies,
//! what gated units read from its messages, the port left, the type of ship), aggregates them by
//! attention to channels, looks back on earlier steps, and tells port and arrival from what comes of
//! it. Its rivals look up cells, or bins of place, speed and course.
//!
//! On the processor WAY and the rivals that attend are reckoned, in learning too, without the tensor
//! library (`plain`); on a GPU, and for recurrent rivals, `forward` says what the library is to do.
//!
//! # Reference
//!
//! Kim, Park, Shin, Park, Han (2023), *WAY: Estimation of Vessel Destination in Worldwide AIS
//! Trajectory*, IEEE TAES. Ours: the weights of the spatial encoding ([`spatial_encoding`]); the
//! bottleneck of the channel attention, half as wide as there are channels, with matrices of each
//! head's own; two layers and a feed-forward layer of twice the units in the smaller sizes, by which
//! their parameters come nearest to the paper's; quantiles beside the arrival; departures hidden now
//! and then, so that an unknown one is a class that was learned.

mod batch;
mod forward;
mod parts;
mod plain;
mod shape;
mod space;
mod train;

pub use batch::{VoyageBatch, Voyages};
pub use shape::{Aggregation, Network, QUANTILES, Size, WayShape, way_parameters};
pub use space::{spatial_encoding, time_encoding};
pub use train::keep_rates;

use burn::tensor::activation::softmax;

use self::forward::{arrivals, forward, ports};
use self::parts::{Net, Places};
use self::plain::Plain;
use self::train::{Tell, pieces};
use super::device::{Place, guarded};
use super::fit::{Keep, Outcome, Run, fit};
use super::save::SaveError;
use super::table::{Split, Table};
use super::weights::{Placed, Weights, read};
use crate::base::job::{Job, Stopped};

/// How a network over voyages learns, besides what all networks share.
#[derive(Clone, PartialEq, Debug)]
pub struct WayTraining {
    /// Whether losses of longer voyages are dropped ([`keep_rates`]).
    pub gradient_dropout: bool,
    /// What the arrival weighs against the port, an error of [`WayShape::days`] against one nat.
    pub eta_weight: f64,
    /// Share of the voyages whose departure is hidden.
    pub hidden_share: f64,
}

impl Default for WayTraining {
    fn default() -> Self {
        WayTraining { gradient_dropout: true, eta_weight: 1.0, hidden_share: 0.05 }
    }
}

/// A trained network that tells where voyages end.
#[derive(Clone, PartialEq, Debug)]
pub struct WayNet {
    shape: WayShape,
    // Invariant: these are the matrices of the shape's slots.
    weights: Weights,
}

/// What a network tells of a batch, step by step.
#[derive(Clone, PartialEq, Debug)]
pub struct Told {
    /// How likely each port is. `[step, port]`
    pub ports: Table,
    /// Days to the arrival in rising quantiles ([`QUANTILES`]). `[step, quantile]`
    pub days_left: Option<Table>,
}

impl WayNet {
    /// Trains one. The validation loss is that of the whole voyages without anything dropped.
    ///
    /// # Errors
    ///
    /// [`Stopped`], as the training loop gives it: cancelled, nothing to learn from, no number.
    pub fn fit(
        shape: &WayShape,
        voyages: &dyn Voyages,
        split: &Split,
        how: &WayTraining,
        run: &Run,
    ) -> Result<(WayNet, Outcome), Stopped> {
        if let Some(fault) = shape.fault() {
            return Err(Stopped::Failed(fault.into()));
        }
        let slots = shape.slots();
        let mut first = Weights::begin(&slots, run.params.seed as u64);
        if shape.network.is_lstm() {
            open_gates(&mut first, shape.units);
        }
        let plain = is_plain(shape, run.place).then(|| Plain::new(shape, &first));
        let places = Places::of(&slots);
        let spare = Vec::new();
        let mut task = Tell { shape, places, voyages, how, epoch_seed: 0, step: 0, plain, spare };
        // Voyages of one length together, so that little is padded where nothing is learned.
        let mut split = split.clone();
        split.validation.sort_by_key(|i| voyages.steps(*i));
        let outcome = fit(&mut task, first, &split, Keep::Best, run)?;
        Ok((WayNet { shape: shape.clone(), weights: outcome.weights.clone() }, outcome))
    }

    /// One of weights that were read from a file.
    pub fn new(shape: WayShape, weights: Weights) -> Result<WayNet, SaveError> {
        weights.check(&shape.slots())?;
        Ok(WayNet { shape, weights })
    }

    /// What it is made of.
    pub fn shape(&self) -> &WayShape {
        &self.shape
    }

    /// What it has learned.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Puts it on a device, to be asked often.
    pub fn ready(&self, place: &Place) -> Result<ReadyWay, Stopped> {
        let on = if is_plain(&self.shape, place) {
            On::Processor(Plain::new(&self.shape, &self.weights))
        } else {
            let placed =
                guarded(|| Placed::fixed(&self.weights, place.device())).map_err(broken)?;
            On::Device(Places::of(&self.shape.slots()), placed)
        };
        Ok(ReadyWay { shape: self.shape.clone(), on, place: place.clone() })
    }
}

/// A network on its device.
#[derive(Clone)]
pub struct ReadyWay {
    shape: WayShape,
    on: On,
    place: Place,
}

/// Where the matrices lie.
#[derive(Clone)]
enum On {
    Processor(Plain),
    Device(Places, Placed),
}

impl std::fmt::Debug for ReadyWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadyWay").field("place", &self.place.name()).finish_non_exhaustive()
    }
}

impl ReadyWay {
    /// What the network tells of every step of a batch.
    pub fn tell(&self, batch: &VoyageBatch) -> Result<Told, Stopped> {
        let shape = &self.shape;
        let (likely, days_left) = match &self.on {
            On::Processor(plain) => plain.tell(batch),
            On::Device(places, placed) => {
                let told = guarded(|| {
                    let device = self.place.device();
                    let net = Net { places, weights: placed, device, drops: None };
                    let x = forward(shape, &net, batch);
                    let days = shape.days.map(|_| arrivals(&net, x.clone()));
                    let likely = read(softmax(ports(&net, x), 1))?;
                    Ok((likely, days.map(read).transpose()?))
                });
                told.and_then(|told: Result<_, String>| told).map_err(broken)?
            }
        };
        let days_left = shape.days.zip(days_left).map(|(days, mut rows)| {
            for row in rows.chunks_mut(QUANTILES.len()) {
                row.iter_mut().for_each(|x| *x = (*x * days as f32).max(0.0));
                row.sort_by(f32::total_cmp); // Learned one by one, they may cross.
            }
            rows
        });
        Ok(Told {
            ports: Table::new(shape.ports, likely),
            days_left: days_left.map(|days| Table::new(QUANTILES.len(), days)),
        })
    }

    /// Tells `each` of every voyage `among`, with its place in there: in lots of equal length, so not
    /// in their order. Counts voyages as steps of `job`.
    pub fn tell_each(
        &self,
        voyages: &dyn Voyages,
        among: &[usize],
        job: &Job,
        mut each: impl FnMut(usize, Told),
    ) -> Result<(), Stopped> {
        job.expect(among.len());
        let mut order: Vec<usize> = (0..among.len()).collect();
        order.sort_by_key(|at| voyages.steps(among[*at]));
        let sorted: Vec<usize> = order.iter().map(|at| among[*at]).collect();
        let mut places = order.into_iter();
        for piece in pieces(voyages, &sorted) {
            job.go_on()?;
            let batch = voyages.batch(&piece, None);
            let told = self.tell(&batch)?;
            let rows = |table: &Table, start: usize, n: usize| {
                let width = table.width();
                Table::new(width, table.values()[start * width..(start + n) * width].to_vec())
            };
            for (start, n) in batch.starts().into_iter().zip(&batch.steps) {
                let n = *n as usize;
                let own = Told {
                    ports: rows(&told.ports, start, n),
                    days_left: told.days_left.as_ref().map(|days| rows(days, start, n)),
                };
                each(places.next().unwrap_or_default(), own);
                job.step()?;
            }
        }
        Ok(())
    }
}

/// Whether the network is reckoned without the tensor library there.
fn is_plain(shape: &WayShape, place: &Place) -> bool {
    Plain::takes(shape.network) && !place.is_gpu()
}

fn broken(fault: String) -> Stopped {
    Stopped::Failed(format!("the device broke down: {fault}"))
}

/// Forget gates of an LSTM begin open.
fn open_gates(weights: &mut Weights, units: usize) {
    for part in &mut weights.parts {
        if part.name.starts_with("steps.") && part.name.ends_with("input_bias") {
            part.values[units..2 * units].fill(1.0);
        }
    }
}

#[cfg(test)]
mod tests;
