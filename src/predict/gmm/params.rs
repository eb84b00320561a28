//! What the user may set of the mixture.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};

/// How a mixture is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct GmmParams {
    /// How many Gaussians.
    pub n_components: usize,
    /// Whether their number is chosen from the samples.
    pub chooses: bool,
    /// What is added to each variance.
    pub ridge: f64,
    /// The most rounds of EM.
    pub most_rounds: usize,
    /// What the mean log-likelihood of a sample must gain in a round for there to be another.
    pub least_gain: f64,
    /// How many drawn samples are learned from.
    pub n_used: usize,
    /// Seed of the start and of what is drawn.
    pub seed: usize,
}

impl Default for GmmParams {
    fn default() -> Self {
        GmmParams {
            n_components: 8,
            chooses: true,
            ridge: 1e-4,
            most_rounds: 60,
            least_gain: 1e-3,
            n_used: 8_000,
            seed: 1,
        }
    }
}

impl Params for GmmParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.flag(
            "gmm_choose",
            &mut self.chooses,
            "Take the number of Gaussians with the least BIC, of 1, 2, 4 and so on up to 32.",
        );
        form.count(
            "gmm_components",
            &mut self.n_components,
            Field {
                unit: "Gaussians",
                range: 1..=100,
                help: "How many Gaussians there are where it is not chosen: K.",
            },
        );
        form.number(
            "gmm_ridge",
            &mut self.ridge,
            Field {
                unit: "",
                range: 1e-8..=1.0,
                help: "What is added to each variance, so that no Gaussian becomes a point.",
            },
        );
        form.count(
            "gmm_rounds",
            &mut self.most_rounds,
            Field {
                unit: "rounds",
                range: 1..=1000,
                help: "The most rounds of expectation and maximization.",
            },
        );
        form.number(
            "gmm_least_gain",
            &mut self.least_gain,
            Field {
                unit: "",
                range: 0.0..=1.0,
                help: "A round that gains less in the mean log-likelihood of a sample is the last.",
            },
        );
        form.count(
            "gmm_used",
            &mut self.n_used,
            Field {
                unit: "samples",
                range: 10..=1_000_000,
                help: "How many drawn samples are learned from where there are more.",
            },
        );
        form.count(
            "gmm_seed",
            &mut self.seed,
            Field {
                unit: "",
                range: 0..=1_000_000,
                help: "Seed of the start and of what is drawn.",
            },
        );
    }
}
