//! What the user may set of prediction.

use serde::{Deserialize, Serialize};

use super::elm::ElmParams;
use super::ensemble::EnsembleParams;
use super::features::Inputs;
use super::gmm::GmmParams;
use super::gpr::GprParams;
use super::kernel::KernelParams;
use super::network::{GruParams, MlpParams};
use super::window::WindowParams;
use crate::base::params::Choice;

/// How a path is predicted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub enum Method {
    /// Straight on along the last three reports.
    Linear,
    /// Straight on with the last reported speed and course.
    SogCog,
    /// Extreme learning machine on reports as they come.
    Elm,
    /// Least-squares support vector machine.
    LsSvm,
    /// Gaussian mixture regression.
    Gmm,
    /// Gaussian process regression.
    Gpr,
    /// Models of clusters, chosen and fused by the neighbors.
    Ensemble,
    /// A perceptron on features.
    Mlp,
    /// Recurrent networks that read the window and what neighbors did.
    Gru,
}

impl Choice for Method {
    const CASES: &'static [(&'static str, Method)] = &[
        ("linear", Method::Linear),
        ("sog-cog", Method::SogCog),
        ("elm", Method::Elm),
        ("ls-svm", Method::LsSvm),
        ("gmm", Method::Gmm),
        ("gpr", Method::Gpr),
        ("ensemble", Method::Ensemble),
        ("mlp", Method::Mlp),
        ("gru", Method::Gru),
    ];
}

impl Method {
    /// Every method, in the order of tables.
    pub const ALL: [Method; 9] = [
        Method::Linear,
        Method::SogCog,
        Method::Elm,
        Method::LsSvm,
        Method::Gmm,
        Method::Gpr,
        Method::Ensemble,
        Method::Mlp,
        Method::Gru,
    ];

    /// Whether one network of it tells all times ahead.
    pub fn is_network(self) -> bool {
        matches!(self, Method::Mlp | Method::Gru)
    }

    /// Its name in tables and parameters.
    pub fn name(self) -> &'static str {
        Method::CASES.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }
}

/// How windows are made, which methods learn from them, and how.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct PredictParams {
    /// What is learned from, and what is predicted.
    pub window: WindowParams,
    /// Whether methods learn from length, draught and type.
    pub has_ship: bool,
    /// Whether they learn from place and course over ground.
    pub has_place: bool,
    /// Whether they learn from the clusters of trips.
    pub has_region: bool,
    /// The ensemble.
    pub ensemble: EnsembleParams,
    /// The plain extreme learning machine.
    pub elm: ElmParams,
    /// The support vector machine.
    pub svm: KernelParams,
    /// The mixture.
    pub gmm: GmmParams,
    /// The Gaussian process.
    pub gpr: GprParams,
    /// The perceptron.
    pub mlp: MlpParams,
    /// The recurrent networks.
    pub gru: GruParams,
}

impl Default for PredictParams {
    fn default() -> Self {
        PredictParams {
            window: WindowParams::default(),
            has_ship: true,
            has_place: false,
            has_region: false,
            ensemble: EnsembleParams::default(),
            // The paper's has no direct links.
            elm: ElmParams { has_direct: false, ..ElmParams::default() },
            svm: KernelParams::default(),
            gmm: GmmParams::default(),
            gpr: GprParams::default(),
            mlp: MlpParams::default(),
            gru: GruParams::default(),
        }
    }
}

impl PredictParams {
    /// What methods learn from.
    pub fn inputs(&self) -> Inputs {
        let PredictParams { has_ship, has_place, has_region, .. } = *self;
        Inputs { has_ship, has_place, has_region }
    }
}
