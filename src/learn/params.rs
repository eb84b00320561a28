//! How a network is trained: the parameters.

use serde::{Deserialize, Serialize};

use super::device::DeviceChoice;
use crate::base::params::{Choice, Field, Form, Params};

/// By which rule gradients move weights.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Adam (Kingma, Ba 2015), with epsilon 1e-8 as in PyTorch.
    #[default]
    Adam,
    /// Stochastic gradient descent with momentum.
    Sgd,
}

impl Choice for Rule {
    const CASES: &'static [(&'static str, Rule)] = &[("adam", Rule::Adam), ("sgd", Rule::Sgd)];
}

/// How the learning rate changes while a network is trained.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// It stays.
    Constant,
    /// It falls along half a cosine, to nothing at the last epoch.
    #[default]
    Cosine,
    /// It is multiplied by a factor every so many epochs.
    Step,
}

impl Choice for Schedule {
    const CASES: &'static [(&'static str, Schedule)] =
        &[("constant", Schedule::Constant), ("cosine", Schedule::Cosine), ("step", Schedule::Step)];
}

/// How a network is trained.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainParams {
    /// How often all samples are gone through at most.
    pub epochs: usize,
    /// Samples of one step.
    pub batch: usize,
    /// The rule of a step.
    pub rule: Rule,
    /// The learning rate that the schedule begins with.
    pub rate: f64,
    /// What is kept of the last step by SGD.
    pub momentum: f64,
    /// How the rate changes.
    pub schedule: Schedule,
    /// After so many epochs each time the stepwise schedule
    pub step_epochs: usize,
    /// multiplies the rate by this.
    pub step_factor: f64,
    /// Epochs without a better validation loss after which training ends; 0 for never.
    pub patience: usize,
    /// The largest norm of all gradients together; 0 for any.
    pub clip: f64,
    /// The share of samples held out to measure the validation loss, where the caller has no better
    /// rule.
    pub held_out: f64,
    /// Seed of first weights, order and held-out samples.
    pub seed: usize,
    /// Where it is reckoned.
    pub device: DeviceChoice,
}

impl Default for TrainParams {
    fn default() -> Self {
        TrainParams {
            epochs: 100,
            batch: 64,
            rule: Rule::Adam,
            rate: 1e-3,
            momentum: 0.9,
            schedule: Schedule::Cosine,
            step_epochs: 30,
            step_factor: 0.3,
            patience: 20,
            clip: 5.0,
            held_out: 0.1,
            seed: 1,
            device: DeviceChoice::Auto,
        }
    }
}

impl Params for TrainParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let number = |range, help| Field { unit: "", range, help };
        form.count(
            "epochs",
            &mut self.epochs,
            Field {
                unit: "",
                range: 1..=100_000,
                help: "How often all samples are gone through at most.",
            },
        );
        form.count(
            "batch",
            &mut self.batch,
            Field { unit: "samples", range: 1..=65_536, help: "Samples of one step." },
        );
        self.rule.describe("optimizer", form, "By which rule gradients move weights: Adam, or stochastic gradient descent with momentum.");
        form.number(
            "learning_rate",
            &mut self.rate,
            number(1e-8..=10.0, "How far a step goes along the gradient, at first."),
        );
        form.number(
            "momentum",
            &mut self.momentum,
            number(0.0..=0.999, "What is kept of the last step (sgd)."),
        );
        self.schedule.describe("schedule", form, "How the learning rate changes: not at all, along half a cosine to nothing, or by steps.");
        form.count(
            "step_epochs",
            &mut self.step_epochs,
            Field {
                unit: "",
                range: 1..=100_000,
                help: "After so many epochs each time the rate changes (schedule step).",
            },
        );
        form.number(
            "step_factor",
            &mut self.step_factor,
            number(1e-3..=1.0, "By what the rate is multiplied then (schedule step)."),
        );
        form.count("patience", &mut self.patience, Field { unit: "epochs", range: 0..=100_000, help: "Training ends after so many epochs without a better validation loss; 0 for never." });
        form.number(
            "clip",
            &mut self.clip,
            number(
                0.0..=1e9,
                "The largest norm of all gradients together; longer ones are shortened. 0 for any.",
            ),
        );
        form.number(
            "held_out",
            &mut self.held_out,
            number(0.0..=0.9, "The share of samples held out to measure the validation loss."),
        );
        form.count(
            "seed",
            &mut self.seed,
            Field {
                unit: "",
                range: 0..=1_000_000_000,
                help: "Seed of first weights, order and held-out samples.",
            },
        );
        self.device.describe(
            "device",
            form,
            "Where it is reckoned: auto takes a real GPU that passes its check, else the CPU.",
        );
    }
}

impl TrainParams {
    /// The learning rate of a step, by how far the training is: `step` of `epoch`, which has `steps`.
    ///
    /// ```
    /// use fairway::learn::{Schedule, TrainParams};
    /// let params = TrainParams { epochs: 10, rate: 1.0, schedule: Schedule::Cosine, ..TrainParams::default() };
    /// assert_eq!(params.rate_at(0, 0, 4), 1.0);
    /// assert!((params.rate_at(5, 0, 4) - 0.5).abs() < 1e-12);
    /// ```
    pub fn rate_at(&self, epoch: usize, step: usize, steps: usize) -> f64 {
        match self.schedule {
            Schedule::Constant => self.rate,
            Schedule::Cosine => {
                let share =
                    (epoch as f64 + step as f64 / steps.max(1) as f64) / self.epochs.max(1) as f64;
                self.rate * 0.5 * (1.0 + (std::f64::consts::PI * share.min(1.0)).cos())
            }
            Schedule::Step => {
                self.rate * self.step_factor.powi((epoch / self.step_epochs.max(1)) as i32)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, set};

    #[test]
    fn the_rate_falls_as_its_schedule_says() {
        let params = TrainParams { epochs: 4, rate: 0.8, step_epochs: 2, ..TrainParams::default() };
        let rates = |schedule| {
            let params = TrainParams { schedule, step_factor: 0.5, ..params.clone() };
            [0, 1, 2, 3].map(|epoch| params.rate_at(epoch, 0, 1))
        };
        assert_eq!(rates(Schedule::Constant), [0.8; 4]);
        assert_eq!(rates(Schedule::Step), [0.8, 0.8, 0.4, 0.4]);
        let cosine = rates(Schedule::Cosine);
        assert!(cosine.windows(2).all(|pair| pair[1] < pair[0]));
        assert!((cosine[2] - 0.4).abs() < 1e-12);
    }

    #[test]
    fn parameters_are_set_by_name_and_checked() {
        let mut params = TrainParams::default();
        set(&mut params, "optimizer", "sgd").unwrap();
        set(&mut params, "device", "cpu").unwrap();
        assert_eq!((params.rule, params.device), (Rule::Sgd, DeviceChoice::Cpu));
        assert!(Checked::new(&TrainParams { batch: 0, ..params }).is_err());
    }
}
