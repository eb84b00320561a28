//! How points are put into tracks: the parameters.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice, Field, Form, Params};
use crate::learn::DeviceChoice;

/// How points are put into tracks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Ours: the cheapest way to give each point at most one successor and one predecessor.
    #[default]
    Flow,
    /// Each point to its best possible next point (Chen, Harrison, Huang).
    Cbtr,
    /// Each point to the label whose last known point comes nearest; needs points with labels.
    Npc,
    /// Each point to the neighbor that comes nearest to where the point would be.
    NpcCluster,
    /// Each point to the one nearest to what a recurrent network foretells.
    Lstm,
    /// A mixture of normal distributions.
    Em,
    /// k-means on standardized features: the challenge's own baseline.
    Kmeans,
}

impl Choice for Method {
    const CASES: &'static [(&'static str, Method)] = &[
        ("flow", Method::Flow),
        ("cbtr", Method::Cbtr),
        ("npc", Method::Npc),
        ("npc-cluster", Method::NpcCluster),
        ("lstm", Method::Lstm),
        ("em", Method::Em),
        ("kmeans", Method::Kmeans),
    ];
}

/// How points are put into tracks.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AssociateParams {
    /// By which method.
    pub method: Method,
    /// For CBTR.
    pub cbtr: CbtrParams,
    /// For both methods of the next-point connection.
    pub npc: NpcParams,
    /// For the recurrent network.
    pub network: NetworkParams,
    /// For k-means and the mixture.
    pub groups: GroupParams,
    /// For ours.
    pub flow: FlowParams,
}

impl Params for AssociateParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.method.describe("method", form, "How points become tracks: the cheapest one-to-one links (flow), each to its best next point (cbtr), to the label that predicts it best (npc), to the best of its nearest neighbors (npc-cluster), to the one nearest to what a recurrent network foretells (lstm), a mixture of normal distributions (em), k-means.");
        self.flow.describe(form);
        self.cbtr.describe(form);
        self.npc.describe(form);
        self.network.describe(form);
        self.groups.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.cbtr.faults()
    }
}

/// CBTR's constants, each with its symbol in the paper.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct CbtrParams {
    /// A next point comes at least this much later, seconds.
    pub least_gap_s: f64,
    /// And at most this much, seconds: T.
    pub longest_gap_s: f64,
    /// Pairs whose speeds add up to more than this move, knots.
    pub moving_kn: f64,
    /// Degrees a second of time weighs in the error of a moving pair.
    pub moving_weight: f64,
    /// Degrees a second of time weighs in the error of a steady pair.
    pub steady_weight: f64,
    /// Degrees a second of time stands for in angles.
    pub angle_weight: f64,
    /// The least cosine between where a moving point heads and where the candidate lies.
    pub moving_cosine: f64,
    /// The least cosine between the axis of time and the way to a steady candidate.
    pub steady_cosine: f64,
    /// How many points with the largest errors are looked at as ends: N.
    pub abnormal: usize,
    /// A turning point's next is at most this far, meters.
    pub turning_m: f64,
    /// The least cosine of the turn at a turning point.
    pub turning_cosine: f64,
}

impl Default for CbtrParams {
    fn default() -> Self {
        CbtrParams {
            least_gap_s: 1.0,
            longest_gap_s: 1000.0,
            moving_kn: 3.0,
            moving_weight: 2e-6,
            steady_weight: 2e-9,
            angle_weight: 1e-5,
            moving_cosine: 0.1,
            steady_cosine: 0.95,
            abnormal: 50,
            turning_m: 350.0,
            turning_cosine: 0.6,
        }
    }
}

impl Params for CbtrParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let cosine = |help| Field { unit: "", range: -1.0..=1.0, help };
        let weight = |help| Field { unit: "°/s", range: 0.0..=1.0, help };
        form.heading("CBTR");
        form.number(
            "least_gap",
            &mut self.least_gap_s,
            Field {
                unit: "s",
                range: 0.0..=86_400.0,
                help: "A next point comes at least this much later; the paper's 1.",
            },
        );
        form.number(
            "longest_gap",
            &mut self.longest_gap_s,
            Field {
                unit: "s",
                range: 1.0..=604_800.0,
                help: "A next point comes at most this much later; the paper's 1000.",
            },
        );
        form.number("moving_speed", &mut self.moving_kn, Field { unit: "kn", range: 0.0..=200.0, help: "Two points move if their speeds add up to more; 3 in the paper's method, 4 in its theorems." });
        form.number(
            "moving_weight",
            &mut self.moving_weight,
            weight("How many degrees a second weighs in the error d of a moving pair."),
        );
        form.number(
            "steady_weight",
            &mut self.steady_weight,
            weight("How many degrees a second weighs in the error d0 of a steady pair."),
        );
        form.number(
            "angle_weight",
            &mut self.angle_weight,
            weight("How many degrees a second stands for in angles in space and time."),
        );
        form.number("moving_cosine", &mut self.moving_cosine, cosine("A moving candidate lies within this cosine of where the point heads, θ; the paper's 0.1."));
        form.number("steady_cosine", &mut self.steady_cosine, cosine("A steady candidate lies within this cosine of the axis of time, θ0; the paper's 0.95."));
        form.count("abnormal", &mut self.abnormal, Field { unit: "", range: 0..=1_000_000, help: "How many of the points with the largest errors are taken for ends, turning points aside; the paper's N." });
        form.number(
            "turning_distance",
            &mut self.turning_m,
            Field {
                unit: "m",
                range: 0.0..=100_000.0,
                help: "A turning point's next point is at most this far away.",
            },
        );
        form.number(
            "turning_cosine",
            &mut self.turning_cosine,
            cosine("A turning point turns by no more than this cosine, φ; the paper's 0.6."),
        );
    }

    fn faults(&self) -> Vec<String> {
        if self.least_gap_s > self.longest_gap_s {
            let (least, longest) = (self.least_gap_s, self.longest_gap_s);
            return vec![format!(
                "least_gap is {least} s; it must not exceed longest_gap, {longest} s"
            )];
        }
        Vec::new()
    }
}

/// The next-point connection's constants.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct NpcParams {
    /// How many nearest neighbors a point chooses among: k.
    pub neighbors: usize,
    /// Of how many points, in the order of time, one is tested and the others are known.
    pub test_every: usize,
}

impl Default for NpcParams {
    fn default() -> Self {
        NpcParams { neighbors: 3, test_every: 2 }
    }
}

impl Params for NpcParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Next-point connection");
        form.count("neighbors", &mut self.neighbors, Field { unit: "", range: 1..=100, help: "For npc-cluster: among how many nearest neighbors over all features a point chooses; the paper's k." });
        form.count("test_every", &mut self.test_every, Field { unit: "", range: 2..=1000, help: "For npc: of how many points, in the order of time, the last is tested; the labels of the others are known." });
    }
}

/// For methods that want to know how many tracks there are.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupParams {
    /// How many tracks; 0 for as many as CBTR finds.
    pub tracks: usize,
    /// How many beginnings k-means tries.
    pub starts: usize,
    /// The most rounds of the mixture.
    pub rounds: usize,
    /// Seed of what is drawn.
    pub seed: usize,
}

impl Default for GroupParams {
    fn default() -> Self {
        GroupParams { tracks: 0, starts: 4, rounds: 100, seed: 0 }
    }
}

/// How next points are foretold by a recurrent network.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct NetworkParams {
    /// Units that remember; the paper's 250.
    pub units: usize,
    /// How often all links are gone through at most.
    pub epochs: usize,
    /// A next point comes within this time, minutes.
    pub window_min: f64,
    /// Seed of first weights and order.
    pub network_seed: usize,
    /// Where it is reckoned.
    pub device: DeviceChoice,
}

impl Default for NetworkParams {
    fn default() -> Self {
        NetworkParams {
            units: 250,
            epochs: 30,
            window_min: 15.0,
            network_seed: 1,
            device: DeviceChoice::Auto,
        }
    }
}

impl Params for NetworkParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let number = |range, help| Field { unit: "", range, help };
        form.heading("Recurrent network");
        form.count(
            "units",
            &mut self.units,
            number(1..=4096, "Units of the LSTM; the paper's 250."),
        );
        form.count(
            "epochs",
            &mut self.epochs,
            number(1..=10_000, "How often all links that it learns from are gone through at most."),
        );
        form.number(
            "window",
            &mut self.window_min,
            Field {
                unit: "min",
                range: 0.1..=1440.0,
                help: "A next point comes within this time.",
            },
        );
        form.count(
            "network_seed",
            &mut self.network_seed,
            number(0..=1_000_000, "Seed of first weights and order."),
        );
        self.device.describe("device", form, "Where the network is reckoned: on a graphics card where there is a real one (auto), or on the processor.");
    }
}

impl Params for GroupParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Mixture and k-means");
        form.count(
            "tracks",
            &mut self.tracks,
            Field {
                unit: "",
                range: 0..=100_000,
                help: "How many tracks there are; 0 for as many as CBTR finds.",
            },
        );
        form.count(
            "starts",
            &mut self.starts,
            Field {
                unit: "",
                range: 1..=100,
                help: "How many beginnings k-means tries; the best counts.",
            },
        );
        form.count(
            "rounds",
            &mut self.rounds,
            Field { unit: "", range: 1..=10_000, help: "The mixture's most rounds." },
        );
        form.count(
            "seed",
            &mut self.seed,
            Field { unit: "", range: 0..=1_000_000, help: "Seed of the beginnings." },
        );
    }
}

/// Ours: what is not learned from the set itself.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowParams {
    /// Points farther apart in time are never linked, hours.
    pub longest_gap_h: f64,
    /// How often links are found, each time with what was learned from the last ones.
    pub rounds: usize,
    /// What ending a track costs beyond what it is seen to cost, in natural logarithms.
    pub end_cost: f64,
    /// How much a third point that lies between two others weighs against their link.
    pub between: f64,
    /// What both of its own links must be worth before it weighs at all.
    pub between_least: f64,
}

impl Default for FlowParams {
    fn default() -> Self {
        FlowParams {
            longest_gap_h: 24.0,
            rounds: 6,
            end_cost: 2.0,
            between: 0.3,
            between_least: 5.0,
        }
    }
}

impl Params for FlowParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Flow");
        form.number(
            "longest_silence",
            &mut self.longest_gap_h,
            Field {
                unit: "h",
                range: 0.001..=168.0,
                help: "Points farther apart in time are never linked.",
            },
        );
        form.count("link_rounds", &mut self.rounds, Field { unit: "", range: 1..=20, help: "How often links are found; each time the model of motion is learned anew from the last ones." });
        form.number("end_cost", &mut self.end_cost, Field { unit: "", range: -20.0..=20.0, help: "What ending a track costs beyond what ends are seen to cost, in natural logarithms of likelihood: higher for fewer and longer tracks." });
        form.number("between", &mut self.between, Field { unit: "", range: 0.0..=10.0, help: "How much a point that lies between two others, and fits both, weighs against their link; 0 for not at all." });
        form.number("between_least", &mut self.between_least, Field { unit: "", range: 0.0..=100.0, help: "What the links of such a point must be worth, in natural logarithms, before it weighs." });
    }
}
