//! What the user may set of the ensemble.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};

/// How the ensemble is made.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct EnsembleParams {
    /// Clusters of motions: the paper's k.
    pub n_clusters: usize,
    /// Neighbors that choose and weigh models: the paper's K.
    pub n_neighbors: usize,
    /// Models that are fused: the paper's r.
    pub n_fused: usize,
    /// How fast a model's weight falls with its error: the paper's sigma, in parts of the least error.
    pub sigma: f64,
    /// Hidden neurons of each model.
    pub n_hidden: usize,
    /// Ridge of each model: the paper's lambda.
    pub ridge: f64,
    /// Seed of clusters and hidden layers.
    pub seed: usize,
}

impl Default for EnsembleParams {
    fn default() -> Self {
        EnsembleParams {
            n_clusters: 8,
            n_neighbors: 64,
            n_fused: 4,
            sigma: 0.1,
            n_hidden: 60,
            ridge: 10.0,
            seed: 1,
        }
    }
}

impl Params for EnsembleParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Ensemble");
        form.count(
            "clusters",
            &mut self.n_clusters,
            Field {
                unit: "",
                range: 1..=200,
                help: "Clusters of motions, each with a model of its own: the paper's k.",
            },
        );
        form.count("neighbors", &mut self.n_neighbors, Field { unit: "windows", range: 4..=512, help: "Nearest windows of other ships that choose and weigh the models: the paper's K." });
        form.count(
            "fused",
            &mut self.n_fused,
            Field {
                unit: "models",
                range: 1..=32,
                help: "Best models that are fused: the paper's r.",
            },
        );
        form.number("sigma", &mut self.sigma, Field { unit: "", range: 0.001..=100.0, help: "How fast a model's weight falls with its error on the neighbors: sigma, in parts of the best model's error." });
        form.count(
            "hidden",
            &mut self.n_hidden,
            Field {
                unit: "neurons",
                range: 1..=1000,
                help: "Hidden neurons of each cluster's ELM.",
            },
        );
        form.number(
            "ridge",
            &mut self.ridge,
            Field { unit: "", range: 1e-6..=1e6, help: "Ridge of each cluster's ELM: lambda." },
        );
        form.count(
            "ensemble_seed",
            &mut self.seed,
            Field { unit: "", range: 0..=1_000_000, help: "Seed of clusters and hidden layers." },
        );
    }
}
