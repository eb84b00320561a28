//! What a training is made of: the network's task, what is around it, and what it comes to.

use std::path::{Path, PathBuf};

use burn::tensor::Tensor;

use super::super::checkpoint::Checkpoint;
use super::super::device::Place;
use super::super::params::TrainParams;
use super::super::watch::{Curves, Watch};
use super::super::weights::{Placed, Weights};
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

/// A loss and its gradients, a vector for each matrix.
pub(in crate::learn) type Slopes = Result<Option<(f64, Vec<Vec<f32>>)>, String>;

/// A network with a loss on a batch of its samples.
pub(in crate::learn) trait Task {
    /// What the loss is called, and what the metric of an epoch is; empty for none.
    fn names(&self) -> (&'static str, &'static str);

    /// The mean loss of the samples `batch`, one number.
    fn loss(&mut self, weights: &Placed, batch: &[usize], place: &Place) -> Tensor<1>;

    /// The same with its gradients, a vector for each matrix, by a task that reckons them itself; none
    /// of one that leaves them to the tensor library. An error is a device that gives no numbers.
    fn slopes(&mut self, _weights: &Placed, _batch: &[usize], _place: &Place) -> Slopes {
        Ok(None)
    }

    /// The order in which an epoch goes through the samples that teach.
    fn order(&mut self, train: &[usize], _batch: usize, rng: &mut Rng) -> Vec<usize> {
        let mut order = train.to_vec();
        rng.shuffle(&mut order);
        order
    }

    /// What is to be done before an epoch: its metric, and whether training should end here.
    fn before_epoch(&mut self, _weights: &Placed, _place: &Place) -> Result<Before, Stopped> {
        Ok(Before::default())
    }

    /// What the task remembers between epochs beside the weights.
    fn memory(&self) -> Vec<u32> {
        Vec::new()
    }

    /// Goes on from what it remembered.
    fn remember(&mut self, _memory: &[u32]) {}
}

/// What a task finds before an epoch.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(in crate::learn) struct Before {
    pub metric: Option<f64>,
    pub is_done: bool,
}

/// Which weights a training ends with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::learn) enum Keep {
    /// Those of the best epoch where samples are held out, else the last.
    Best,
    /// Those of the last epoch.
    Last,
}

/// What a training has around it.
#[derive(Clone, Debug)]
pub struct Run<'a> {
    /// How.
    pub params: &'a TrainParams,
    /// Where.
    pub place: &'a Place,
    /// What counts its steps and may cancel it.
    pub job: &'a Job,
    /// What looks on.
    pub watch: &'a Watch,
    /// The state to go on from, of an earlier training by the same parameters.
    pub resume: Option<&'a Checkpoint>,
    /// A folder that the state is written to now and then.
    pub folder: Option<PathBuf>,
}

impl<'a> Run<'a> {
    /// A training from its beginning, kept in memory alone.
    pub fn new(
        params: &'a TrainParams,
        place: &'a Place,
        job: &'a Job,
        watch: &'a Watch,
    ) -> Run<'a> {
        Run { params, place, job, watch, resume: None, folder: None }
    }

    /// The same, going on from `checkpoint`.
    #[must_use]
    pub fn resuming(self, checkpoint: &'a Checkpoint) -> Run<'a> {
        Run { resume: Some(checkpoint), ..self }
    }

    /// The same, with its state written to `folder` now and then.
    #[must_use]
    pub fn saving_to(self, folder: &Path) -> Run<'a> {
        Run { folder: Some(folder.to_owned()), ..self }
    }
}

/// Why a training ended.
#[derive(Clone, PartialEq, Debug)]
pub enum Ended {
    /// All epochs are done.
    Epochs,
    /// The validation loss had not fallen for as long as patience lasts.
    Patience,
    /// The network's own rule is met.
    Rule,
    /// Somebody asked for it.
    Asked,
    /// The loss was no number in this epoch; the weights are those before it.
    NotFinite(usize),
    /// The device broke down, in its words; the weights are the last that it gave.
    Device(String),
}

impl Ended {
    /// The reason in words.
    pub fn words(&self) -> String {
        match self {
            Ended::Epochs => "all epochs are done".into(),
            Ended::Patience => "held-out samples gained nothing more".into(),
            Ended::Rule => "hardly any label changed".into(),
            Ended::Asked => "ended by hand".into(),
            Ended::NotFinite(epoch) => format!(
                "the loss was no number in epoch {}; the weights before it are kept: lower the learning rate",
                epoch + 1
            ),
            Ended::Device(fault) => {
                format!("the device broke down; the last good weights are kept: {fault}")
            }
        }
    }
}

/// What a training has come to.
#[derive(Clone, PartialEq, Debug)]
pub struct Outcome {
    /// What was learned.
    pub weights: Weights,
    /// The curves.
    pub curves: Curves,
    /// Why it ended.
    pub ended: Ended,
    /// The epoch whose weights these are, from 0; none where no epoch was good.
    pub epoch: Option<usize>,
}
