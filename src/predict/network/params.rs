//! What the user may set of the networks.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice as _, Field, Form, Params};
use crate::learn::{DeviceChoice, TrainParams};

/// How the perceptron is made and trained.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct MlpParams {
    /// Units of each of its two hidden layers.
    pub hidden: usize,
    /// How often its windows are gone through at most.
    pub epochs: usize,
    /// Windows of one step.
    pub batch: usize,
    /// The learning rate at first.
    pub rate: f64,
    /// Most windows that it learns from.
    pub n_windows: usize,
    /// Seed of first weights, order and held-out ships.
    pub seed: usize,
    /// Where it is reckoned.
    pub device: DeviceChoice,
}

impl Default for MlpParams {
    fn default() -> Self {
        MlpParams {
            hidden: 64,
            epochs: 12,
            batch: 128,
            rate: 2e-3,
            n_windows: 12_000,
            seed: 1,
            device: DeviceChoice::Cpu,
        }
    }
}

/// How the recurrent networks are made and trained.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct GruParams {
    /// Networks whose mixtures are joined, each trained without one of five parts of the ships.
    pub n_networks: usize,
    /// Gated units.
    pub units: usize,
    /// Units of the layer behind them.
    pub hidden: usize,
    /// Normal distributions of each mixture.
    pub components: usize,
    /// Neighbors that vote.
    pub n_neighbors: usize,
    /// How often each network goes through its windows at most.
    pub epochs: usize,
    /// Windows of one step.
    pub batch: usize,
    /// The learning rate at first.
    pub rate: f64,
    /// Most windows that each network learns from.
    pub n_windows: usize,
    /// Seed of first weights, order and held-out ships.
    pub seed: usize,
    /// Where they are reckoned.
    pub device: DeviceChoice,
}

impl Default for GruParams {
    fn default() -> Self {
        GruParams {
            n_networks: 3,
            units: 32,
            hidden: 64,
            components: 3,
            n_neighbors: 64,
            epochs: 10,
            batch: 128,
            rate: 3e-3,
            n_windows: 12_000,
            seed: 1,
            device: DeviceChoice::Cpu,
        }
    }
}

/// Epochs without gain on held-out ships after which a training ends.
const PATIENCE: usize = 4;

/// Norm that gradients are shortened to.
const CLIP: f64 = 2.0;

impl MlpParams {
    pub(super) fn train(&self) -> TrainParams {
        let MlpParams { epochs, batch, rate, seed, device, .. } = *self;
        TrainParams { epochs, batch, rate, seed, device, ..trained() }
    }
}

impl GruParams {
    /// Of network `place`.
    pub(super) fn train(&self, place: usize) -> TrainParams {
        let GruParams { epochs, batch, rate, seed, device, .. } = *self;
        let seed = seed.wrapping_mul(1000).wrapping_add(place);
        TrainParams { epochs, batch, rate, seed, device, ..trained() }
    }
}

fn trained() -> TrainParams {
    TrainParams { patience: PATIENCE, clip: CLIP, ..TrainParams::default() }
}

/// Says what `$prefix`'s fields of training are.
macro_rules! training {
    ($params:expr, $form:expr, $prefix:literal) => {
        $form.count(
            concat!($prefix, "_epochs"),
            &mut $params.epochs,
            Field {
                unit: "",
                range: 1..=1000,
                help: "How often a network goes through its windows at most; it ends early where ships that it does not learn from gain nothing.",
            },
        );
        $form.count(
            concat!($prefix, "_batch"),
            &mut $params.batch,
            Field { unit: "windows", range: 1..=65_536, help: "Windows of one step." },
        );
        $form.number(
            concat!($prefix, "_rate"),
            &mut $params.rate,
            Field {
                unit: "",
                range: 1e-6..=1.0,
                help: "How far a step goes along the gradient, at first; it falls along half a cosine.",
            },
        );
        $form.count(
            concat!($prefix, "_windows"),
            &mut $params.n_windows,
            Field {
                unit: "windows",
                range: 100..=10_000_000,
                help: "Most windows that a network learns from: of more, every second, third, and so on.",
            },
        );
        $form.count(
            concat!($prefix, "_seed"),
            &mut $params.seed,
            Field {
                unit: "",
                range: 0..=1_000_000,
                help: "Seed of first weights, order and held-out ships.",
            },
        );
        $params.device.describe(
            concat!($prefix, "_device"),
            $form,
            "Where it is reckoned: auto takes a real GPU that passes its check, else the CPU.",
        );
    };
}

impl Params for MlpParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.count(
            "mlp_hidden",
            &mut self.hidden,
            Field { unit: "units", range: 1..=4096, help: "Units of each of two hidden layers." },
        );
        training!(self, form, "mlp");
    }
}

impl Params for GruParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.count("gru_networks", &mut self.n_networks, Field { unit: "", range: 1..=5, help: "Networks whose mixtures are joined, each trained without one of five parts of the ships: what it says of those gives the ellipses their size." });
        form.count(
            "gru_units",
            &mut self.units,
            Field {
                unit: "units",
                range: 1..=1024,
                help: "Gated units that read the window report by report.",
            },
        );
        form.count(
            "gru_hidden",
            &mut self.hidden,
            Field { unit: "units", range: 1..=4096, help: "Units of the layer behind them." },
        );
        form.count(
            "gru_components",
            &mut self.components,
            Field {
                unit: "",
                range: 1..=16,
                help: "Normal distributions of the mixture that a network gives for each time ahead.",
            },
        );
        form.count(
            "gru_neighbors",
            &mut self.n_neighbors,
            Field {
                unit: "windows",
                range: 4..=512,
                help: "Nearest windows of other ships whose ways the networks are told.",
            },
        );
        training!(self, form, "gru");
    }
}
