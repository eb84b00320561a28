//! The training loop that every network uses: epochs, batches, schedule, early end, curves.

use std::sync::Arc;
use std::time::{Duration, Instant};

use burn::tensor::Tensor;

use super::checkpoint::Checkpoint;
use super::device::guarded;
use super::optimize::{Memory, Optimizer};
use super::params::TrainParams;
use super::table::Split;
use super::watch::{Curves, Epoch, Now};
use super::weights::{Placed, Weights, read};
use crate::base::job::Stopped;
use crate::base::rng::Rng;

mod run;

pub(super) use run::{Before, Keep, Slopes, Task};
pub use run::{Ended, Outcome, Run};

/// After how many steps the loss is read from the device: reading waits for all that was asked of
/// it.
const READ_EVERY: usize = 16;

/// Steps between checkpoints, at least: copies of all weights should not cost what learning does.
const CHECKPOINT_EVERY: usize = 20;

/// A validation loss is better if it is less by this share.
const BETTER: f64 = 1e-4;

/// The stream of a seed that the order of epoch 0 is drawn from.
const ORDER: u64 = 0x0e90_0000;

/// Trains `task` from `first` weights.
///
/// # Errors
///
/// [`Stopped::Cancelled`] where the job was cancelled, within one step; the last good state stays in
/// [`Watch::checkpoint`]. [`Stopped::Failed`] where there is nothing to learn from, the state to go
/// on from is of another training, or not even the first epoch was good.
pub(super) fn fit(
    task: &mut impl Task,
    first: Weights,
    split: &Split,
    keep: Keep,
    run: &Run,
) -> Result<Outcome, Stopped> {
    let Run { params, place, job, watch, .. } = *run;
    if split.train.is_empty() {
        return Err(Stopped::Failed("there is no sample to learn from".into()));
    }
    let mut state = begin(first, params, run.resume)?;
    task.remember(&state.task);
    let (loss, metric) = task.names();
    watch.change(|curves| {
        *curves = Curves {
            loss,
            metric,
            device: place.name().to_owned(),
            most_epochs: params.epochs,
            epochs: state.epochs.clone(),
            ..Curves::default()
        };
    });
    let steps = split.train.len().div_ceil(params.batch);
    job.expect(steps * (params.epochs - state.epochs.len().min(params.epochs)));
    let mut on = OnDevice {
        weights: Placed::tracked(&state.weights, place.device()),
        optimizer: Optimizer::new(params, &state.weights, &state.memory, place),
        best: None,
    };
    watch.keep(Arc::new(state.clone()));
    let (mut since, mut stale) = (0, stale_epochs(&state.epochs, params.patience));
    let mut ended = Ended::Epochs;
    for epoch in state.epochs.len()..params.epochs {
        if params.patience > 0 && stale >= params.patience && !split.validation.is_empty() {
            ended = Ended::Patience;
            break;
        }
        let done = guarded(|| one_epoch(task, &mut on, split, epoch, run))
            .unwrap_or_else(|fault| Err(Fault::Device(fault)));
        let entry = match done {
            Ok(entry) => entry,
            Err(Fault::Stopped(stopped)) => return Err(stopped),
            Err(Fault::End(why)) => {
                ended = why;
                break;
            }
            Err(Fault::Device(fault)) => {
                ended = Ended::Device(fault);
                break;
            }
        };
        since += steps;
        let best = state.epochs.iter().map(Epoch::judged).fold(f64::INFINITY, f64::min);
        if entry.judged() < best * (1.0 - BETTER) || best.is_infinite() {
            stale = 0;
            // Handles, not copies: memory is copied only once these weights move on.
            on.best = Some((epoch, on.weights.without_gradients()));
        } else {
            stale += 1;
        }
        state.epochs.push(entry.clone());
        watch.change(|curves| {
            curves.epochs.push(entry);
            curves.now = None;
        });
        let is_last = epoch + 1 == params.epochs;
        if since >= CHECKPOINT_EVERY || is_last {
            since = 0;
            match on.checkpoint(&mut state, task) {
                Ok(()) => keep_state(&state, run),
                Err(fault) => {
                    ended = Ended::Device(fault);
                    break;
                }
            }
        }
    }
    finish(state, &mut on, task, keep, ended, split, run)
}

/// How many epochs the last better one is back, after those that are done.
fn stale_epochs(epochs: &[Epoch], patience: usize) -> usize {
    let (mut best, mut stale) = (f64::INFINITY, 0);
    for epoch in epochs {
        if epoch.judged() < best * (1.0 - BETTER) || best.is_infinite() {
            stale = 0;
        } else {
            stale += 1;
        }
        best = best.min(epoch.judged());
    }
    if patience == 0 { 0 } else { stale }
}

/// The state that a training begins with.
fn begin(
    first: Weights,
    params: &TrainParams,
    resume: Option<&Checkpoint>,
) -> Result<Checkpoint, Stopped> {
    let Some(resume) = resume else {
        return Ok(Checkpoint {
            weights: first,
            best: None,
            epochs: Vec::new(),
            params: params.clone(),
            memory: Memory::default(),
            task: Vec::new(),
        });
    };
    let shapes =
        |weights: &Weights| weights.parts.iter().map(|part| part.shape).collect::<Vec<_>>();
    if shapes(&resume.weights) != shapes(&first) {
        return Err(Stopped::Failed("the state to go on from is of another network".into()));
    }
    if resume.params != *params {
        return Err(Stopped::Failed(
            "the state to go on from was trained by other parameters; set them back or begin anew"
                .into(),
        ));
    }
    Ok(resume.clone())
}

/// What lives on the device while a network is trained.
struct OnDevice {
    weights: Placed,
    optimizer: Optimizer,
    /// The best epoch since the last checkpoint that was better than all before.
    best: Option<(usize, Placed)>,
}

impl OnDevice {
    /// Brings `state` up to where the device is.
    fn checkpoint(&mut self, state: &mut Checkpoint, task: &impl Task) -> Result<(), String> {
        let weights = self.weights.read(&state.weights)?;
        let best = self.best.take().map(|(epoch, best)| Ok((epoch, best.read(&state.weights)?)));
        let best = best.transpose().map_err(|fault: String| fault)?;
        if !weights.is_finite() {
            return Err("its weights are no numbers".into());
        }
        state.memory = self.optimizer.memory()?;
        state.weights = weights;
        state.best = best.or(state.best.take());
        state.task = task.memory();
        Ok(())
    }
}

/// Why an epoch came to no end.
enum Fault {
    Stopped(Stopped),
    End(Ended),
    Device(String),
}

impl From<Stopped> for Fault {
    fn from(stopped: Stopped) -> Fault {
        Fault::Stopped(stopped)
    }
}

impl From<String> for Fault {
    fn from(fault: String) -> Fault {
        Fault::Device(fault)
    }
}

fn one_epoch(
    task: &mut impl Task,
    on: &mut OnDevice,
    split: &Split,
    epoch: usize,
    run: &Run,
) -> Result<Epoch, Fault> {
    let Run { params, place, job, watch, .. } = *run;
    let start = Instant::now();
    let before =
        task.before_epoch(&on.weights.without_gradients(), place).map_err(|why| match why {
            Stopped::Failed(fault) => Fault::Device(fault),
            Stopped::Cancelled => Fault::Stopped(Stopped::Cancelled),
        })?;
    if before.is_done {
        return Err(Fault::End(Ended::Rule));
    }
    let order = task.order(
        &split.train,
        params.batch,
        &mut Rng::new(params.seed as u64, ORDER + epoch as u64),
    );
    let steps = order.len().div_ceil(params.batch);
    let (mut sum, mut samples, mut paused) = (None, 0, Duration::ZERO);
    let mut rate = params.rate;
    let pace = |samples: usize, paused: Duration| {
        samples as f64 / (start.elapsed().saturating_sub(paused)).as_secs_f64().max(1e-9)
    };
    for (step, batch) in order.chunks(params.batch).enumerate() {
        paused += watch.wait(job)?;
        if watch.is_to_end() {
            return Err(Fault::End(Ended::Asked));
        }
        rate = params.rate_at(epoch, step, steps);
        let slopes = task.slopes(&on.weights, batch, place)?;
        let loss = if let Some((loss, slopes)) = slopes {
            on.optimizer.step_along(&mut on.weights, slopes, rate)?;
            Tensor::from_floats([loss as f32], place.device())
        } else {
            let loss = task.loss(&on.weights, batch, place);
            let own = loss.clone().inner();
            on.optimizer.step(&mut on.weights, loss.backward(), rate)?;
            own
        };
        let own = loss.mul_scalar(batch.len() as f64);
        sum = Some(match sum {
            Some(sum) => sum + own,
            None => own,
        });
        samples += batch.len();
        job.step()?;
        if (step + 1) % READ_EVERY == 0 {
            let loss = mean(sum.as_ref(), samples)?;
            if !loss.is_finite() {
                return Err(Fault::End(Ended::NotFinite(epoch)));
            }
            let samples_per_s = pace(samples, paused);
            let now = Now { epoch, step: step + 1, steps, loss, samples_per_s };
            watch.change(|curves| curves.now = Some(now));
        }
    }
    place.device().sync().map_err(|error| error.to_string())?;
    let loss = mean(sum.as_ref(), samples)?;
    let samples_per_s = pace(samples, paused);
    let validation = measure(task, &on.weights, &split.validation, run)?;
    if !loss.is_finite() || validation.is_some_and(|loss| !loss.is_finite()) {
        return Err(Fault::End(Ended::NotFinite(epoch)));
    }
    Ok(Epoch { epoch, loss, validation, metric: before.metric, rate, samples_per_s })
}

fn mean(sum: Option<&Tensor<1>>, samples: usize) -> Result<f64, String> {
    let Some(sum) = sum else { return Ok(0.0) };
    let read = read(sum.clone())?;
    Ok(f64::from(read.first().copied().unwrap_or(f32::NAN)) / samples.max(1) as f64)
}

/// The mean loss of samples that are not learned from.
fn measure(
    task: &mut impl Task,
    weights: &Placed,
    samples: &[usize],
    run: &Run,
) -> Result<Option<f64>, Fault> {
    if samples.is_empty() {
        return Ok(None);
    }
    let weights = weights.without_gradients();
    let mut sum: Option<Tensor<1>> = None;
    for batch in samples.chunks(run.params.batch.max(256)) {
        run.job.go_on()?;
        let own = task.loss(&weights, batch, run.place).mul_scalar(batch.len() as f64);
        sum = Some(match sum {
            Some(sum) => sum + own,
            None => own,
        });
    }
    Ok(Some(mean(sum.as_ref(), samples.len())?))
}

/// Keeps the state where it can be found, in memory and in the folder. A folder that cannot be
/// written to is told of once; the training goes on.
fn keep_state(state: &Checkpoint, run: &Run) {
    run.watch.keep(Arc::new(state.clone()));
    let Some(folder) = &run.folder else { return };
    if let Err(error) = state.save(folder) {
        let note = format!("the state could not be written: {error}");
        run.watch.change(|curves| {
            if !curves.notes.contains(&note) {
                curves.notes.push(note);
            }
        });
    }
}

fn finish(
    mut state: Checkpoint,
    on: &mut OnDevice,
    task: &impl Task,
    keep: Keep,
    mut ended: Ended,
    split: &Split,
    run: &Run,
) -> Result<Outcome, Stopped> {
    let is_broken = matches!(ended, Ended::NotFinite(_) | Ended::Device(_));
    if !is_broken {
        match guarded(|| on.checkpoint(&mut state, task)).and_then(|read| read) {
            Ok(()) => keep_state(&state, run),
            Err(fault) => ended = Ended::Device(fault),
        }
    } else if let Some((epoch, best)) = on.best.take() {
        // The device may still give what was good before the fault.
        let read = guarded(|| best.read(&state.weights)).and_then(|read| read);
        if let Some(best) = read.ok().filter(Weights::is_finite) {
            state.best = Some((epoch, best));
        }
    }
    if is_broken && state.epochs.is_empty() {
        return Err(Stopped::Failed(ended.words()));
    }
    let last = state.epochs.len().checked_sub(1);
    let takes_best = keep == Keep::Best && !split.validation.is_empty() || is_broken;
    let (epoch, weights) = match state.best.take_if(|_| takes_best) {
        Some((epoch, weights)) => (Some(epoch), weights),
        None => (last, state.weights),
    };
    run.watch.change(|curves| curves.now = None);
    Ok(Outcome { weights, curves: run.watch.curves(), ended, epoch })
}

#[cfg(test)]
mod tests;
