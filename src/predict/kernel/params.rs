//! What the user may set of the support vector machine.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice as _, Field, Form, Params};
use crate::predict::landmarks::{
    ABOVE_HELP, Above, exact_field, landmarks_field, seed_field, tuned_field,
};

/// How a support vector machine is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct KernelParams {
    /// The length of the kernel, in roots of the number of features.
    pub length: f64,
    /// The paper's γ.
    pub gamma: f64,
    /// Whether both are chosen from the samples.
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

impl Default for KernelParams {
    fn default() -> Self {
        KernelParams {
            length: 1.0,
            gamma: 10.0,
            chooses: true,
            n_tuned: 500,
            exact_up_to: 1500,
            above: Above::Nystrom,
            n_landmarks: 500,
            seed: 1,
        }
    }
}

impl Params for KernelParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.flag("svm_choose", &mut self.chooses, "Take the length and the regularization with the least leave-one-out error on some drawn samples.");
        form.number("svm_length", &mut self.length, Field { unit: "√features", range: 0.01..=100.0, help: "How far a sample's word carries where it is not chosen: σ of the kernel exp(-d²/2σ²), in roots of the number of features, which is how far standardized samples lie apart." });
        form.number("svm_gamma", &mut self.gamma, Field { unit: "", range: 1e-4..=1e7, help: "Weight of errors against smoothness where it is not chosen: γ of the LS-SVM." });
        let tuned = tuned_field("How many drawn samples length and regularization are chosen by.");
        form.count("svm_tuned", &mut self.n_tuned, tuned);
        form.count("svm_exact_up_to", &mut self.exact_up_to, exact_field());
        self.above.describe("svm_above", form, ABOVE_HELP);
        form.count("svm_landmarks", &mut self.n_landmarks, landmarks_field());
        form.count("svm_seed", &mut self.seed, seed_field());
    }
}
