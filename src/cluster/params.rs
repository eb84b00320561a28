//! Which method groups trips, and how it is tuned.

use serde::{Deserialize, Serialize};

use crate::base::params::{Choice, Field, Form, Params};

/// A way to group trips.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Method {
    /// DBSCAN, by the tree of all eps.
    Dbscan,
    /// The cut of the reachability plot.
    Optics,
    /// HDBSCAN.
    Hdbscan,
    /// k-medoids.
    KMedoids,
    /// k-means on resampled trips.
    KMeans,
    /// Spectral clustering.
    Spectral,
    /// Deep embedded clustering.
    Deep,
}

impl Method {
    /// Whether it leaves trips out that fit nowhere.
    pub fn marks_noise(self) -> bool {
        matches!(self, Method::Dbscan | Method::Optics | Method::Hdbscan)
    }

    /// Whether eps says what is near.
    pub fn has_eps(self) -> bool {
        matches!(self, Method::Dbscan | Method::Optics)
    }

    /// Whether the number of clusters is given here. That of deep clusters is among their own
    /// settings.
    pub fn has_k(self) -> bool {
        !self.marks_noise() && self != Method::Deep
    }
}

impl Choice for Method {
    const CASES: &'static [(&'static str, Method)] = &[
        ("dbscan", Method::Dbscan),
        ("optics", Method::Optics),
        ("hdbscan", Method::Hdbscan),
        ("k-medoids", Method::KMedoids),
        ("k-means", Method::KMeans),
        ("spectral", Method::Spectral),
        ("deep", Method::Deep),
    ];
}

/// What the spanning tree is grown for: by itself, so that eps moves without it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct DensityParams {
    /// The paper's `MinPts`: how many trips within eps, itself counted, make a trip core.
    pub min_trips: usize,
}

impl Default for DensityParams {
    fn default() -> Self {
        DensityParams { min_trips: 5 }
    }
}

impl Params for DensityParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.count("min_trips", &mut self.min_trips, Field { unit: "trips", range: 1..=500, help: "How many trips within eps, itself counted, make a trip the core of a cluster: the paper's MinPts." });
    }
}

/// What eigenvectors are computed for: by themselves, so that k moves without them.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct SpectrumParams {
    /// The largest number of clusters that can then be asked for.
    pub k_max: usize,
    /// Whose distance is a trip's own scale.
    pub scale_neighbor: usize,
    /// Seed of the block of vectors that the search begins with. No field of the form: any block
    /// leads to the same vectors.
    pub seed: usize,
}

impl Default for SpectrumParams {
    fn default() -> Self {
        SpectrumParams { k_max: 30, scale_neighbor: 7, seed: 1 }
    }
}

impl Params for SpectrumParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.count(
            "k_max",
            &mut self.k_max,
            Field {
                unit: "clusters",
                range: 2..=50,
                help: "The largest number of clusters that can be asked for.",
            },
        );
        form.count(
            "scale_neighbor",
            &mut self.scale_neighbor,
            Field {
                unit: "",
                range: 1..=100,
                help: "The neighbor whose distance is a trip's own scale; 7 in the paper.",
            },
        );
    }
}

/// How trips are grouped. Each method reads its own fields.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterParams {
    /// The method.
    pub method: Method,
    /// The paper's ε, in the unit of distances; DBSCAN and OPTICS.
    pub eps: f64,
    /// The least trips of a cluster; HDBSCAN.
    pub min_cluster_size: usize,
    /// How many clusters; k-medoids, k-means, spectral.
    pub k: usize,
    /// From how many beginnings the search starts; k-medoids, k-means.
    pub starts: usize,
    /// Seed of what is drawn by chance.
    pub seed: usize,
}

impl Default for ClusterParams {
    fn default() -> Self {
        ClusterParams {
            method: Method::Dbscan,
            eps: 0.02,
            min_cluster_size: 10,
            k: 10,
            starts: 5,
            seed: 1,
        }
    }
}

impl Params for ClusterParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.method.describe("method", form, "How trips are grouped: dbscan, optics and hdbscan by density, with noise; k-medoids, k-means and spectral into k clusters, without.");
        form.number("eps", &mut self.eps, Field { unit: "", range: 0.0..=1e7, help: "How far apart two trips may be and still be neighbors, in the unit of the metric: the paper's ε (dbscan, optics)." });
        form.count(
            "min_cluster_size",
            &mut self.min_cluster_size,
            Field {
                unit: "trips",
                range: 2..=100_000,
                help: "The least trips of a cluster (hdbscan).",
            },
        );
        form.count(
            "k",
            &mut self.k,
            Field {
                unit: "clusters",
                range: 1..=1000,
                help: "How many clusters (k-medoids, k-means, spectral).",
            },
        );
        form.count("starts", &mut self.starts, Field { unit: "", range: 1..=100, help: "From how many beginnings the search starts; the best counts (k-medoids, k-means)." });
        form.count(
            "seed",
            &mut self.seed,
            Field { unit: "", range: 0..=1_000_000_000, help: "Seed of what is drawn by chance." },
        );
    }

    fn faults(&self) -> Vec<String> {
        if self.eps > 0.0 || !self.method.has_eps() {
            return Vec::new();
        }
        vec!["eps is 0; it must be above 0, or only trips on the same way are neighbors".into()]
    }
}
