//! Parameters of deep embedded clustering, which the user meets as one group.
//!
//! Each step's key is made of its own part: a new number of clusters trains no new autoencoder.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};
use crate::cluster::deep::{BaselineParams, DeepParams, EmbedParams, NeighborhoodParams};

/// How trips are embedded, grouped, shown and compared.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeepSettings {
    /// A folder with a trained network, in place of training.
    pub model: String,
    /// Whether that may have learned from other data than is loaded.
    pub other_data: bool,
    /// How trips are prepared and the autoencoder is trained.
    pub embed: EmbedParams,
    /// How embeddings are grouped.
    pub group: DeepParams,
    /// How they are laid out on a plane.
    pub plane: PlaneParams,
    /// The method that it is compared with.
    pub baseline: BaselineParams,
}

impl Params for DeepSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        form.text(
            "model",
            &mut self.model,
            "A folder with a trained network, in place of training.",
        );
        form.flag(
            "other_data",
            &mut self.other_data,
            "Take a network that learned from other data than is loaded; else it is refused.",
        );
        self.embed.describe(form);
        form.heading("Groups");
        self.group.describe(form);
        form.heading("Plane");
        self.plane.describe(form);
        form.heading("Baseline of the study");
        self.baseline.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        let (embed, group) = (self.embed.faults(), self.group.faults());
        [embed, group, self.baseline.faults()].concat()
    }
}

/// How embeddings are laid out on a plane.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct PlaneParams {
    /// Whether neighbors are kept (t-SNE) in place of distances (principal components).
    pub keeps_neighbors: bool,
    /// About how many neighbors a trip keeps.
    pub perplexity: f64,
}

impl Default for PlaneParams {
    fn default() -> Self {
        let NeighborhoodParams { perplexity, .. } = NeighborhoodParams::default();
        PlaneParams { keeps_neighbors: false, perplexity }
    }
}

impl Params for PlaneParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.flag("tsne", &mut self.keeps_neighbors, "Lay embeddings out by their neighbors (t-SNE) in place of their two principal components.");
        form.number(
            "perplexity",
            &mut self.perplexity,
            Field {
                unit: "trips",
                range: 2.0..=200.0,
                help: "About how many neighbors a trip keeps on the plane of neighbors.",
            },
        );
    }
}
