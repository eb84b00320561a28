//! How trips are prepared, squeezed and grouped by a network: the parameters.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice, Field, Form, Params};
use crate::learn::{AutoencoderShape, Rule, TrainParams};

/// How trips of different length become rows of one length.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lengths {
    /// So many points at equal distances along the trip.
    #[default]
    Resample,
    /// A point every so many seconds; behind its end the trip stays where it ended: the paper's.
    EndCopy,
    /// The same, what is behind the end left out of the network's loss, and entering it as 0.
    Mask,
}

impl Choice for Lengths {
    const CASES: &'static [(&'static str, Lengths)] =
        &[("resample", Lengths::Resample), ("end-copy", Lengths::EndCopy), ("mask", Lengths::Mask)];
}

/// How trips become rows of numbers.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct PrepareParams {
    /// How they come to one length.
    pub form: Lengths,
    /// Points of a resampled trip: the paper's m.
    pub points: usize,
    /// Time between points where they come by time, seconds: the paper's `t_sample`.
    pub every_s: f64,
    /// Whether speeds count.
    pub with_sog: bool,
    /// Whether courses count.
    pub with_cog: bool,
    /// Trips with fewer reports than this share of the mean are left out; the paper's one half.
    pub least_share: f64,
}

impl Default for PrepareParams {
    fn default() -> Self {
        PrepareParams {
            form: Lengths::Resample,
            points: 64,
            every_s: 60.0,
            with_sog: false,
            with_cog: false,
            least_share: 0.0,
        }
    }
}

impl Params for PrepareParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.form.describe("form", form, "How trips come to one length: points at equal distances (resample), points by time with the last repeated (end-copy, the paper's), or the same with the repeated points left out of the loss (mask).");
        form.count(
            "points",
            &mut self.points,
            Field { unit: "points", range: 2..=1024, help: "Points of each trip (form resample)." },
        );
        form.number(
            "sample_time",
            &mut self.every_s,
            Field {
                unit: "s",
                range: 1.0..=86_400.0,
                help: "Time between points, the paper's t_sample (forms end-copy and mask).",
            },
        );
        form.flag(
            "with_sog",
            &mut self.with_sog,
            "Whether speeds over ground count beside places.",
        );
        form.flag(
            "with_cog",
            &mut self.with_cog,
            "Whether courses over ground count beside places, as sine and cosine.",
        );
        form.number("least_share", &mut self.least_share, Field { unit: "", range: 0.0..=1.0, help: "Trips with fewer reports than this share of the mean are left out. The paper's one half throws short routes away; 0 keeps all." });
    }
}

/// How trips are prepared and the autoencoder is trained: all that a new number of clusters does not
/// need again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct EmbedParams {
    /// How trips become rows.
    pub prepare: PrepareParams,
    /// Units of the encoder's layers, such as `300-300-1000`.
    pub layers: String,
    /// Numbers that a trip is squeezed into: the paper's e.
    pub embedding: usize,
    /// How the autoencoder is trained.
    pub train: TrainParams,
}

impl Default for EmbedParams {
    fn default() -> Self {
        EmbedParams {
            prepare: PrepareParams::default(),
            layers: "300-300-1000".into(),
            embedding: 8,
            train: TrainParams {
                epochs: 100,
                batch: 64,
                patience: 0,
                held_out: 0.0,
                ..TrainParams::default()
            },
        }
    }
}

/// More layers or wider ones than these are a slip of the keyboard.
const MOST_LAYERS: usize = 8;
const MOST_UNITS: usize = 8192;

impl EmbedParams {
    /// Units of the encoder's layers; none where the text names none.
    pub fn hidden(&self) -> Option<Vec<usize>> {
        let text = self.layers.trim();
        let parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let hidden: Vec<usize> = parts.map(|part| part.parse().unwrap_or(0)).collect();
        let is_clean = text.chars().all(|c| c.is_ascii_digit() || "- ,".contains(c));
        let is_sound = hidden.iter().all(|units| (1..=MOST_UNITS).contains(units));
        (is_clean && is_sound && (1..=MOST_LAYERS).contains(&hidden.len())).then_some(hidden)
    }

    /// The network for rows of `input` numbers.
    pub fn shape(&self, input: usize) -> AutoencoderShape {
        let hidden = self.hidden().unwrap_or_else(|| AutoencoderShape::default().hidden);
        AutoencoderShape { input, hidden, embedding: self.embedding }
    }
}

impl Params for EmbedParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Trips as rows");
        self.prepare.describe(form);
        form.heading("Autoencoder");
        form.text("layers", &mut self.layers, "Units of the encoder's layers, such as 300-300-1000, the paper's; the decoder has them backwards.");
        form.count(
            "embedding",
            &mut self.embedding,
            Field {
                unit: "",
                range: 1..=256,
                help: "Numbers that a trip is squeezed into; the paper's e, 8.",
            },
        );
        form.heading("Training");
        self.train.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        if self.hidden().is_some() {
            return Vec::new();
        }
        vec![format!(
            "layers is \"{}\"; it must name 1 to {MOST_LAYERS} layers of 1 to {MOST_UNITS} units, such as 300-300-1000",
            self.layers
        )]
    }
}

/// How embedded trips are grouped.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct DeepParams {
    /// How many clusters; 0 for as many as part the embeddings best.
    pub k: usize,
    /// The most clusters that are tried for that.
    pub k_max: usize,
    /// From how many beginnings k-means starts.
    pub starts: usize,
    /// Degrees of freedom of the t-distribution: the paper's alpha.
    pub alpha: f64,
    /// How far a center is from the next, in units of the t-distribution, before refining: the median
    /// over centers; 0 for embeddings as they come, the paper's.
    pub separation: f64,
    /// Refining ends when a smaller share of trips changed cluster.
    pub tolerance: f64,
    /// Steps between two updates of the target.
    pub update_interval: usize,
    /// Steps after which refining ends at the latest; 0 for k-means alone.
    pub most_steps: usize,
    /// Trips of a step.
    pub batch: usize,
    /// The rule of a step.
    pub rule: Rule,
    /// The learning rate.
    pub rate: f64,
    /// Seed of beginnings and order.
    pub seed: usize,
}

impl Default for DeepParams {
    fn default() -> Self {
        DeepParams {
            k: 0,
            k_max: 80,
            starts: 20,
            alpha: 1.0,
            separation: 6.0,
            tolerance: 0.01,
            update_interval: 40,
            most_steps: 1000,
            batch: 256,
            rule: Rule::Adam,
            rate: 1e-4,
            seed: 1,
        }
    }
}

impl Params for DeepParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let count = |range, help| Field { unit: "", range, help };
        form.count("k", &mut self.k, Field { unit: "clusters", range: 0..=1000, help: "How many clusters; 0 for as many as part the embeddings best. The paper sets 8 by eye." });
        form.count(
            "k_max",
            &mut self.k_max,
            Field {
                unit: "clusters",
                range: 2..=200,
                help: "The most clusters that are tried where k is 0.",
            },
        );
        form.count(
            "starts",
            &mut self.starts,
            count(1..=100, "From how many beginnings k-means starts; the best counts."),
        );
        form.number("alpha", &mut self.alpha, Field { unit: "", range: 0.01..=100.0, help: "Degrees of freedom of the t-distribution that memberships come from; the paper's alpha, 1." });
        form.number("separation", &mut self.separation, Field { unit: "", range: 0.0..=1000.0, help: "How far a center lies from the next before refining, median of all, where 1 is the width of the t-distribution: embeddings are enlarged for that. 0 for embeddings as they come, the paper's." });
        form.number("tolerance", &mut self.tolerance, Field { unit: "", range: 0.0..=1.0, help: "Refining ends when a smaller share of trips changed cluster between two updates; the paper's 0.01." });
        form.count(
            "update_interval",
            &mut self.update_interval,
            count(1..=10_000, "Steps between two updates of the target P."),
        );
        form.count(
            "most_steps",
            &mut self.most_steps,
            count(
                0..=1_000_000,
                "Steps after which refining ends at the latest; 0 for k-means alone.",
            ),
        );
        form.count(
            "refine_batch",
            &mut self.batch,
            Field { unit: "trips", range: 1..=65_536, help: "Trips of a step." },
        );
        self.rule.describe(
            "refine_optimizer",
            form,
            "By which rule encoder and centers are moved; the paper's is sgd, whose rate must fit the size of the embeddings.",
        );
        form.number(
            "refine_rate",
            &mut self.rate,
            Field {
                unit: "",
                range: 1e-8..=10.0,
                help: "The learning rate of refining; the paper's is 0.001, by sgd and without enlarging.",
            },
        );
        form.count(
            "cluster_seed",
            &mut self.seed,
            count(0..=1_000_000_000, "Seed of beginnings and order."),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, manual, set};

    #[test]
    fn layers_are_read_from_their_text() {
        let layers =
            |text: &str| EmbedParams { layers: text.into(), ..EmbedParams::default() }.hidden();
        assert_eq!(layers("300-300-1000"), Some(vec![300, 300, 1000]));
        assert_eq!(layers(" 64, 32 "), Some(vec![64, 32]));
        for wrong in ["", "many", "0", "12x", "99999", "1-1-1-1-1-1-1-1-1"] {
            assert_eq!(layers(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_parameter_has_a_name_of_its_own_and_a_default_in_range() {
        assert!(Checked::new(&EmbedParams::default()).is_ok());
        assert!(Checked::new(&DeepParams::default()).is_ok());
        let mut names: Vec<&str> = manual(&EmbedParams::default())
            .iter()
            .chain(&manual(&DeepParams::default()))
            .map(|entry| entry.name)
            .collect();
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n);
        let mut params = EmbedParams::default();
        set(&mut params, "layers", "20-x").unwrap();
        assert!(Checked::new(&params).unwrap_err()[0].contains("20-x"));
    }
}
