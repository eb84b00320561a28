//! Extreme learning machine: a hidden layer drawn by chance, output weights by least squares.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ridge;
use super::samples::check;
use crate::base::job::{Job, Stopped};
use crate::base::linalg::{Matrix, Normal, multiply_here, normal};
use crate::base::params::{Choice, Field, Form, Params};
use crate::base::rng::Rng;
use crate::base::rows::Rows;

/// The values of the ridge of which the one with the least error is taken; of equal ones, the last.
const RIDGES: [f64; 13] =
    [1e3, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6];

/// Rows that are predicted at a time.
const PIECE: usize = 256;

/// What a hidden neuron does with the sum of its inputs: the paper's g.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Activation {
    /// Hyperbolic tangent, -1 to 1.
    Tanh,
    /// Logistic function, 0 to 1.
    Sigmoid,
}

impl Choice for Activation {
    const CASES: &'static [(&'static str, Activation)] =
        &[("tanh", Activation::Tanh), ("sigmoid", Activation::Sigmoid)];
}

impl Activation {
    fn of(self, sum: f64) -> f64 {
        match self {
            // Of exponentials because `tanh` takes three times as long; off by 1e-16 at most.
            Activation::Tanh => 1.0 - 2.0 / ((2.0 * sum).exp() + 1.0),
            Activation::Sigmoid => 1.0 / (1.0 + (-sum).exp()),
        }
    }
}

/// How an extreme learning machine is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ElmParams {
    /// Hidden neurons: the paper's L.
    pub n_hidden: usize,
    /// What they do.
    pub activation: Activation,
    /// Whether features and a constant reach the output directly too.
    pub has_direct: bool,
    /// The paper's λ.
    pub ridge: f64,
    /// Whether λ is chosen from the samples.
    pub chooses_ridge: bool,
    /// How strongly features drive the hidden neurons: the deviation of their sums.
    pub input_scale: f64,
    /// Seed of the hidden layer.
    pub seed: usize,
}

impl Default for ElmParams {
    fn default() -> Self {
        ElmParams {
            n_hidden: 200,
            activation: Activation::Tanh,
            has_direct: true,
            ridge: 1.0,
            chooses_ridge: true,
            input_scale: 1.0,
            seed: 1,
        }
    }
}

impl Params for ElmParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.count("elm_hidden", &mut self.n_hidden, Field { unit: "neurons", range: 1..=2000, help: "Neurons of the hidden layer: L in the ELM literature. Time grows with its square." });
        self.activation.describe(
            "elm_activation",
            form,
            "What a hidden neuron does with the sum of its inputs: the paper's g.",
        );
        form.flag("elm_direct", &mut self.has_direct, "Features and a constant also reach the output directly, so that straight relations cost no neurons.");
        form.flag(
            "elm_choose_ridge",
            &mut self.chooses_ridge,
            "Take the ridge with the least generalized cross-validation error, of 1e-6 to 1000.",
        );
        form.number("elm_ridge", &mut self.ridge, Field { unit: "", range: 1e-9..=1e6, help: "What holds output weights small where it is not chosen: λ in the normal equations." });
        form.number("elm_input_scale", &mut self.input_scale, Field { unit: "", range: 0.01..=10.0, help: "Deviation of the sums that reach the hidden neurons: small is nearly straight, large is nearly steps." });
        form.count(
            "elm_seed",
            &mut self.seed,
            Field { unit: "", range: 0..=1_000_000, help: "Seed of the hidden layer's weights." },
        );
    }
}

/// A fitted extreme learning machine.
///
/// Hidden weights are even over an interval around 0 whose width makes each neuron's sum have the
/// deviation `input_scale` on standardized features, and so are the biases. (The usual -1 to 1 for
/// every weight drives most neurons to their ends as soon as there are some ten features.) Output
/// weights are the paper's `beta = (H'H + lambda I)^-1 H'Y`; of the direct links, the constant is not
/// held small, so that targets need not have mean 0.
///
/// # Reference
///
/// Huang, Zhou, Ding, Zhang (2012), *Extreme learning machine for regression and multiclass
/// classification*, IEEE T-SMC B 42(2). Generalized cross-validation: Golub, Heath, Wahba (1979).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Elm {
    saved: Saved,
    // Drawn from the seed, not saved. `[feature, neuron]`, and a bias a neuron.
    weights: Matrix,
    biases: Vec<f64>,
}

/// What a file holds: the hidden layer comes back from its seed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Saved {
    n_features: usize,
    n_hidden: usize,
    activation: Activation,
    has_direct: bool,
    input_scale: f64,
    seed: usize,
    ridge: f64,
    /// `[neuron, feature if direct, constant if direct; target]`.
    output: Matrix,
}

impl Saved {
    fn width(&self) -> usize {
        self.n_hidden + if self.has_direct { self.n_features + 1 } else { 0 }
    }
}

impl TryFrom<Saved> for Elm {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Elm, String> {
        let has_room = saved.n_features.checked_mul(saved.n_hidden).is_some_and(|n| n < 1 << 28);
        if saved.n_features == 0 || saved.n_hidden == 0 || !has_room {
            return Err(format!("{} features and {} neurons", saved.n_features, saved.n_hidden));
        }
        let (rows, targets) = (saved.output.n_rows(), saved.output.n_columns());
        if rows != saved.width() || targets == 0 {
            return Err(format!(
                "{rows} x {targets} output weights for {} neurons",
                saved.n_hidden
            ));
        }
        let is_finite = saved.output.values().iter().all(|weight| weight.is_finite());
        if !is_finite || !saved.input_scale.is_finite() {
            return Err("a weight is not finite".into());
        }
        Ok(Elm::with_hidden_layer(saved))
    }
}

impl From<Elm> for Saved {
    fn from(elm: Elm) -> Saved {
        elm.saved
    }
}

impl Elm {
    /// Learns `y` from `x`, both standardized, with a weight a sample if some count more.
    ///
    /// H'H is summed up by blocks of rows: `O(n hidden^2)` time, `O(hidden^2)` memory. A ridge is
    /// chosen by the generalized cross-validation error, all targets together, from one
    /// eigendecomposition of H'H. Counts a step a sample.
    ///
    /// Fails if there is no sample, or a number is not finite.
    ///
    /// # Panics
    ///
    /// If there are not as many rows of `y`, and weights, as of `x`.
    pub fn fit(
        x: &Rows,
        y: &Rows,
        weights: Option<&[f64]>,
        params: &ElmParams,
        job: &Job,
    ) -> Result<Elm, Stopped> {
        check(x, y, weights)?;
        let mut elm = Elm::with_hidden_layer(Saved {
            n_features: x.width(),
            n_hidden: params.n_hidden,
            activation: params.activation,
            has_direct: params.has_direct,
            input_scale: params.input_scale,
            seed: params.seed,
            ridge: params.ridge,
            output: Matrix::zeros(0, y.width()),
        });
        let width = elm.saved.width();
        let fill = |range: Range<usize>, block: &mut [f64]| {
            elm.fill(&x.values()[range.start * x.width()..range.end * x.width()], block);
        };
        let sums = normal(width, y, weights, fill, job)?;
        let n = weights.map_or(x.len(), |all| all.iter().filter(|weight| **weight > 0.0).count());
        job.go_on()?;
        (elm.saved.output, elm.saved.ridge) = solve(sums, n, params, job)?;
        Ok(elm)
    }

    /// The ridge that was used: the one given, or the one chosen.
    pub fn ridge(&self) -> f64 {
        self.saved.ridge
    }

    /// How many features a sample has.
    pub fn n_features(&self) -> usize {
        self.saved.n_features
    }

    /// How many targets a sample has.
    pub fn n_targets(&self) -> usize {
        self.saved.output.n_columns()
    }

    /// Predicts the targets of one sample.
    ///
    /// # Panics
    ///
    /// If `x` has not as many numbers as there are features, or `out` as there are targets.
    pub fn predict(&self, x: &[f64], out: &mut [f64]) {
        assert_eq!(x.len(), self.n_features(), "a sample has every feature");
        assert_eq!(out.len(), self.n_targets(), "each target has a place");
        let mut sums = self.biases.clone();
        for (feature, x) in x.iter().enumerate() {
            let row = self.weights.row(feature);
            sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += x * weight);
        }
        out.fill(0.0);
        let mut add = |place: usize, value: f64| {
            let row = self.saved.output.row(place);
            out.iter_mut().zip(row).for_each(|(out, weight)| *out += value * weight);
        };
        for (neuron, sum) in sums.iter().enumerate() {
            add(neuron, self.saved.activation.of(*sum));
        }
        if self.saved.has_direct {
            let direct = x.iter().copied().chain([1.0]).enumerate();
            direct.for_each(|(at, x)| add(self.saved.n_hidden + at, x));
        }
    }

    /// Predicts the targets of all samples, on all cores: `[sample, target]`. Last digits may
    /// differ from those of [`Elm::predict`].
    ///
    /// # Panics
    ///
    /// If `x` has not as many columns as there are features.
    pub fn predict_all(&self, x: &Rows) -> Rows {
        assert_eq!(x.width(), self.n_features(), "a sample has every feature");
        let (width, targets) = (self.saved.width(), self.n_targets());
        let mut out = vec![0.0; x.len() * targets];
        let pieces = out.par_chunks_mut(PIECE * targets);
        pieces.zip(x.values().par_chunks(PIECE * x.width())).for_each(|(out, x)| {
            let mut block = vec![0.0; out.len() / targets * width];
            self.fill(x, &mut block);
            multiply_here(&block, width, &self.saved.output, out);
        });
        Rows::from_values(targets, out)
    }

    fn with_hidden_layer(saved: Saved) -> Elm {
        let mut rng = Rng::new(saved.seed as u64, 0);
        // Even over -a..a has the variance a^2 / 3; the bias adds as much as one feature.
        let a = saved.input_scale * (3.0 / saved.n_features as f64).sqrt();
        let n = saved.n_features * saved.n_hidden;
        let weights = (0..n).map(|_| rng.between(-a, a)).collect();
        let weights = Matrix::from_values(saved.n_features, saved.n_hidden, weights);
        let b = saved.input_scale * 3.0_f64.sqrt();
        let biases = (0..saved.n_hidden).map(|_| rng.between(-b, b)).collect();
        Elm { saved, weights, biases }
    }

    /// Makes the rows of H, `[row, neuron; feature, 1]`, for rows of features.
    fn fill(&self, x: &[f64], block: &mut [f64]) {
        let (features, hidden, width) =
            (self.n_features(), self.saved.n_hidden, self.saved.width());
        let n = x.len() / features;
        let mut sums = vec![0.0; n * hidden];
        multiply_here(x, features, &self.weights, &mut sums);
        let rows = block.chunks_exact_mut(width).zip(sums.chunks_exact(hidden));
        for ((row, sums), x) in rows.zip(x.chunks_exact(features)) {
            let (neurons, direct) = row.split_at_mut(hidden);
            for (neuron, (sum, bias)) in neurons.iter_mut().zip(sums.iter().zip(&self.biases)) {
                *neuron = self.saved.activation.of(sum + bias);
            }
            if let Some((constant, direct)) = direct.split_last_mut() {
                direct.copy_from_slice(x);
                *constant = 1.0;
            }
        }
    }
}

/// Output weights and the ridge they were found with.
fn solve(sums: Normal, n: usize, params: &ElmParams, job: &Job) -> Result<(Matrix, f64), Stopped> {
    let held = |sums: Normal, free: usize| {
        if params.chooses_ridge {
            ridge::choose(&sums, n, free, &RIDGES, job)
        } else {
            Ok((ridge::solve(sums, params.ridge, job)?, params.ridge))
        }
    };
    if !params.has_direct {
        return held(sums, 0);
    }
    let (inner, constant) = ridge::without_constant(sums);
    let (weights, chosen) = held(inner, 1)?;
    let mut values = weights.values().to_vec();
    values.extend(constant.beside(&weights));
    Ok((Matrix::from_values(weights.n_rows() + 1, weights.n_columns(), values), chosen))
}

#[cfg(test)]
mod tests;
