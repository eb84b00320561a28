//! What the user may set of the Gaussian process.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice as _, Field, Form, Params};
use crate::predict::landmarks::{
    ABOVE_HELP, Above, Kernel, exact_field, landmarks_field, seed_field, tuned_field,
};

/// How a Gaussian process is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct GprParams {
    /// The kernel.
    pub kernel: Kernel,
    /// Its length, in roots of the number of features.
    pub length: f64,
    /// The deviation of what the process draws.
    pub signal: f64,
    /// The deviation of the noise on it.
    pub noise: f64,
    /// Whether the three are chosen from the samples.
    pub chooses: bool,
    /// How many drawn samples they are chosen by.
    pub n_tuned: usize,
    /// Up to how many samples each has its kernel.
    pub exact_up_to: usize,
    /// What is done with more.
    pub above: Above,
    /// How many samples have a kernel then.
    pub n_landmarks: usize,
    /// Seed of what is drawn.
    pub seed: usize,
}

impl Default for GprParams {
    fn default() -> Self {
        GprParams {
            kernel: Kernel::Matern52,
            length: 1.0,
            signal: 1.0,
            noise: 0.3,
            chooses: true,
            n_tuned: 400,
            exact_up_to: 1500,
            above: Above::Nystrom,
            n_landmarks: 500,
            seed: 1,
        }
    }
}

impl Params for GprParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.kernel.describe("gpr_kernel", form, "How alike samples are by their distance: endlessly smooth (squared-exponential) or smooth in two derivatives (matern-5/2).");
        form.flag(
            "gpr_choose",
            &mut self.chooses,
            "Take the length, signal and noise under which some drawn samples are likeliest.",
        );
        form.number("gpr_length", &mut self.length, Field { unit: "√features", range: 0.01..=100.0, help: "How far a sample's word carries where it is not chosen: ℓ, in roots of the number of features, which is how far standardized samples lie apart." });
        form.number(
            "gpr_signal",
            &mut self.signal,
            Field {
                unit: "deviations",
                range: 0.01..=100.0,
                help: "How far targets stray without noise where it is not chosen: `σ_f`.",
            },
        );
        form.number(
            "gpr_noise",
            &mut self.noise,
            Field {
                unit: "deviations",
                range: 1e-3..=10.0,
                help: "Deviation of the noise on targets where it is not chosen: `σ_n`.",
            },
        );
        let tuned = tuned_field("How many drawn samples length, signal and noise are chosen by.");
        form.count("gpr_tuned", &mut self.n_tuned, tuned);
        form.count("gpr_exact_up_to", &mut self.exact_up_to, exact_field());
        self.above.describe("gpr_above", form, ABOVE_HELP);
        form.count("gpr_landmarks", &mut self.n_landmarks, landmarks_field());
        form.count("gpr_seed", &mut self.seed, seed_field());
    }
}
