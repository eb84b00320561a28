use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::super::device::Place;
use super::super::params::{Rule, Schedule};
use super::super::watch::Watch;
use super::super::weights::{Begin, Slot, tensor};
use super::*;
use crate::base::job::Job;

/// Learns `w` so that `w * x = 2 x`; what happens at which loss can be set.
struct Line {
    losses: usize,
    nan_at: Option<usize>,
    breaks_at: Option<usize>,
    validation_rises: bool,
}

const PLAIN: Line = Line { losses: 0, nan_at: None, breaks_at: None, validation_rises: false };

fn first() -> Weights {
    Weights::begin(&[Slot::new("w", 4, 4, Begin::Glorot)], 2)
}

impl Task for Line {
    fn names(&self) -> (&'static str, &'static str) {
        ("squared error", "")
    }

    fn loss(&mut self, weights: &Placed, batch: &[usize], place: &Place) -> Tensor<1> {
        let n = self.losses;
        self.losses += 1;
        assert!(self.breaks_at != Some(n), "device lost");
        let is_measuring = !weights.at(0).is_autodiff();
        let device =
            if is_measuring { place.device().clone() } else { place.device().clone().autodiff() };
        let x = batch
            .iter()
            .flat_map(|i| (0..4).map(move |axis| ((i * 7 + axis * 3) % 11) as f32 / 11.0));
        let x = tensor(x.collect(), [batch.len(), 4], &device);
        let mut loss = (x.clone().matmul(weights.at(0)) - x.mul_scalar(2.0)).powi_scalar(2).mean();
        if self.nan_at == Some(n) {
            loss = loss.mul_scalar(f32::NAN);
        }
        if is_measuring && self.validation_rises {
            loss = loss.mul_scalar(0.0).add_scalar(n as f64);
        }
        loss
    }
}

fn params() -> TrainParams {
    TrainParams { epochs: 12, batch: 8, rate: 0.01, ..TrainParams::default() }
}

fn trained(
    task: &mut Line,
    params: &TrainParams,
    split: &Split,
    watch: &Watch,
) -> Result<Outcome, Stopped> {
    let (job, place) = (Job::default(), Place::cpu());
    fit(task, first(), split, Keep::Best, &Run::new(params, &place, &job, watch))
}

#[test]
fn the_loss_falls_and_its_curve_is_told_as_it_comes() {
    let told = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&told);
    let watch = Watch::telling(move |_| {
        counter.fetch_add(1, Relaxed);
    });
    let split = Split::by_share(64, 0.25, 1);
    let outcome = trained(&mut Line { ..PLAIN }, &params(), &split, &watch).unwrap();
    let epochs = &outcome.curves.epochs;
    assert_eq!((epochs.len(), outcome.ended.clone()), (12, Ended::Epochs));
    assert!(epochs[11].loss < epochs[0].loss && epochs[11].validation < epochs[0].validation);
    assert!(epochs.windows(2).all(|pair| pair[1].rate < pair[0].rate));
    assert!(epochs.iter().all(|epoch| epoch.samples_per_s > 0.0));
    assert!(told.load(Relaxed) >= 12);
    assert_eq!(watch.curves(), outcome.curves);
    assert_eq!(outcome.epoch, outcome.curves.best().map(|best| best.epoch));
}

#[test]
fn going_on_from_a_checkpoint_is_going_on_without_a_break() {
    for rule in [Rule::Adam, Rule::Sgd] {
        let params = TrainParams { rule, ..params() };
        let split = Split::by_share(64, 0.25, 1);
        let whole = trained(&mut Line { ..PLAIN }, &params, &split, &Watch::default()).unwrap();
        // Cancelled in the middle of the sixth epoch, as a user would.
        let (job, watch, place) = (Job::default(), Watch::default(), Place::cpu());
        let cancels = job.clone();
        let half = Watch::telling(move |curves| {
            if curves.epochs.len() == 5 {
                cancels.cancel();
            }
        });
        let run = Run::new(&params, &place, &job, &half);
        let stopped = fit(&mut Line { ..PLAIN }, first(), &split, Keep::Best, &run);
        assert_eq!(stopped, Err(Stopped::Cancelled));
        let kept = half.checkpoint().unwrap();
        assert!(kept.weights.is_finite() && !kept.epochs.is_empty(), "{}", kept.epochs.len());
        let folder = tempfile::tempdir().unwrap();
        kept.save(folder.path()).unwrap();
        let kept = Checkpoint::load(folder.path()).unwrap();
        let job = Job::default();
        let run = Run::new(&params, &place, &job, &watch).resuming(&kept);
        let resumed = fit(&mut Line { ..PLAIN }, first(), &split, Keep::Best, &run).unwrap();
        assert_eq!(resumed.weights, whole.weights, "{rule:?}");
        assert_eq!(resumed.epoch, whole.epoch);
        let both = resumed.curves.epochs.iter().zip(&whole.curves.epochs);
        assert!(resumed.curves.epochs.len() == 12 && both.clone().all(|(a, b)| a.is_same(b)));
    }
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let watch = Watch::default();
    trained(&mut Line { ..PLAIN }, &params(), &Split::all(64), &watch).unwrap();
    let kept = watch.checkpoint().unwrap();
    let (job, place) = (Job::default(), Place::cpu());
    let other = TrainParams { seed: 9, ..params() };
    let run = Run::new(&other, &place, &job, &watch).resuming(&kept);
    let said = fit(&mut Line { ..PLAIN }, first(), &Split::all(64), Keep::Best, &run).unwrap_err();
    assert!(said.to_string().contains("other parameters"), "{said}");
    let params = params();
    let run = Run::new(&params, &place, &job, &watch).resuming(&kept);
    let wide = Weights::begin(&[Slot::new("w", 4, 5, Begin::Glorot)], 2);
    let said = fit(&mut Line { ..PLAIN }, wide, &Split::all(64), Keep::Best, &run).unwrap_err();
    assert!(said.to_string().contains("another network"), "{said}");
}

#[test]
fn a_loss_that_is_no_number_keeps_the_weights_before_it() {
    // Eight steps an epoch: the third epoch goes wrong.
    let watch = Watch::default();
    let mut task = Line { nan_at: Some(19), ..PLAIN };
    let outcome = trained(&mut task, &params(), &Split::all(64), &watch).unwrap();
    assert_eq!((outcome.ended.clone(), outcome.curves.epochs.len()), (Ended::NotFinite(2), 2));
    assert!(outcome.weights.is_finite() && outcome.weights != first());
    assert!(outcome.ended.words().contains("epoch 3"));
    let two = TrainParams { epochs: 2, schedule: Schedule::Constant, ..params() };
    let same = TrainParams { schedule: Schedule::Constant, ..params() };
    let wanted = trained(&mut Line { ..PLAIN }, &two, &Split::all(64), &Watch::default()).unwrap();
    let mut task = Line { nan_at: Some(19), ..PLAIN };
    let outcome = trained(&mut task, &same, &Split::all(64), &Watch::default()).unwrap();
    assert_eq!(outcome.weights, wanted.weights);
    let at_once =
        trained(&mut Line { nan_at: Some(0), ..PLAIN }, &params(), &Split::all(64), &watch);
    assert!(at_once.unwrap_err().to_string().contains("lower the learning rate"));
}

#[test]
fn a_device_that_breaks_down_ends_the_run_with_the_last_good_weights() {
    let mut task = Line { breaks_at: Some(30), ..PLAIN };
    let outcome = trained(&mut task, &params(), &Split::all(64), &Watch::default()).unwrap();
    let Ended::Device(fault) = &outcome.ended else { panic!("{:?}", outcome.ended) };
    assert!(fault.contains("device lost"));
    assert!(outcome.weights.is_finite() && outcome.epoch == Some(2));
}

#[test]
fn training_ends_when_held_out_samples_gain_nothing() {
    let params = TrainParams { patience: 3, epochs: 50, ..params() };
    let mut task = Line { validation_rises: true, ..PLAIN };
    let outcome =
        trained(&mut task, &params, &Split::by_share(64, 0.25, 1), &Watch::default()).unwrap();
    assert_eq!((outcome.ended, outcome.epoch), (Ended::Patience, Some(0)));
    assert_eq!(outcome.curves.epochs.len(), 4);
}

#[test]
fn a_cancelled_training_stops_within_one_batch() {
    let (job, watch, place, params) = (Job::default(), Watch::default(), Place::cpu(), params());
    job.cancel();
    let mut task = Line { ..PLAIN };
    let run = Run::new(&params, &place, &job, &watch);
    let stopped = fit(&mut task, first(), &Split::all(64), Keep::Best, &run);
    assert_eq!((stopped, task.losses), (Err(Stopped::Cancelled), 0));
    assert_eq!(watch.checkpoint().unwrap().weights, first());
}

#[test]
fn an_end_by_hand_keeps_what_was_learned_and_a_pause_holds_it() {
    let watch = Watch::default();
    watch.end();
    let outcome = trained(&mut Line { ..PLAIN }, &params(), &Split::all(64), &watch).unwrap();
    assert_eq!((outcome.ended, outcome.weights), (Ended::Asked, first()));

    let watch = Watch::default();
    watch.pause(true);
    let (job, other, seen) = (Job::default(), watch.clone(), Arc::new(AtomicUsize::new(0)));
    let steps = Arc::clone(&seen);
    let thread = std::thread::spawn(move || {
        let (place, params) = (Place::cpu(), params());
        let run = Run::new(&params, &place, &job, &other);
        let outcome = fit(&mut Line { ..PLAIN }, first(), &Split::all(64), Keep::Last, &run);
        steps.store(1, Relaxed);
        outcome
    });
    while watch.checkpoint().is_none() {
        std::thread::yield_now();
    }
    assert_eq!((seen.load(Relaxed), watch.curves().epochs.len()), (0, 0));
    watch.pause(false);
    assert_eq!(thread.join().unwrap().unwrap().curves.epochs.len(), 12);
}

#[cfg(target_os = "linux")]
#[test]
fn a_checkpoint_that_finds_no_room_is_told_of_and_training_goes_on() {
    let (job, watch, place, params) = (Job::default(), Watch::default(), Place::cpu(), params());
    let run = Run::new(&params, &place, &job, &watch).saving_to(Path::new("/proc/nowhere"));
    let outcome = fit(&mut Line { ..PLAIN }, first(), &Split::all(64), Keep::Best, &run).unwrap();
    assert_eq!((outcome.ended, outcome.curves.notes.len()), (Ended::Epochs, 1));
    assert!(outcome.curves.notes[0].contains("could not be written"));
}

#[test]
fn nothing_to_learn_from_is_refused() {
    let said = trained(&mut Line { ..PLAIN }, &params(), &Split::default(), &Watch::default());
    assert_eq!(said, Err(Stopped::Failed("there is no sample to learn from".into())));
}
