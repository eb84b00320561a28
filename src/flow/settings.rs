//! Parameters of several steps that the user meets as one group: distances with their weights,
//! clusters with what they grow from.
//!
//! Each step's key is made of its own part alone, so that a moved weight measures nothing again and
//! a moved eps grows no tree.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};
use crate::cluster::params::{ClusterParams, DensityParams, Method, SpectrumParams};
use crate::cluster::{Spectrum, Sweep};
use crate::distance::{DistanceParams, Metric, Scale, Weights};

/// What is measured between trips, and how its parts are weighed.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DistanceSettings {
    /// What is measured.
    #[serde(flatten)]
    pub measure: DistanceParams,
    /// How the parts of the MSSPD are weighed.
    #[serde(flatten)]
    pub weights: Weights,
    /// Only pairs that are not farther apart are kept, in the unit of the metric; 0 for all pairs.
    pub within: f64,
}

impl DistanceSettings {
    /// What is measured, and all that measuring needs to know.
    pub fn pairs(&self) -> PairParams {
        // Weights are added up later, but by those who look for near pairs alone.
        let is_weighed = self.within > 0.0 && self.measure.metric == Metric::Msspd;
        let weights = if is_weighed { self.weights } else { Weights::default() };
        let is_far_known =
            self.measure.metric == Metric::Msspd && self.weights.scale == Scale::Trip;
        let skips_far = is_far_known && !self.is_pruned();
        let measure = DistanceParams { skips_far, ..self.measure.clone() };
        PairParams { measure, within: self.within, weights }
    }

    /// Whether far pairs are left out.
    pub fn is_pruned(&self) -> bool {
        self.within > 0.0
    }

    /// The unit of the distances that clusters are made of; empty for the
    /// MSSPD, whose parts have different ones.
    pub fn unit(&self) -> &'static str {
        if self.measure.metric == Metric::Msspd { "" } else { "m" }
    }
}

impl Params for DistanceSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        self.measure.describe(form);
        describe_within(&mut self.within, form);
        form.heading("Weights of the MSSPD");
        self.weights.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = self.measure.faults();
        // Weights are of no other metric.
        if self.measure.metric == Metric::Msspd {
            faults.extend(self.weights.faults());
        }
        faults
    }
}

fn describe_within(within: &mut f64, form: &mut dyn Form) {
    form.number(
        "within",
        within,
        Field {
            unit: "",
            range: 0.0..=1e7,
            help: "Keep only pairs that are not farther apart than this, in the unit of the metric; 0 for all. For more trips than a matrix fits into memory: methods by density work as before up to this eps, the others and the sweep do not.",
        },
    );
}

/// What measuring pairs is told.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PairParams {
    /// The metric.
    pub measure: DistanceParams,
    /// Only pairs that are not farther apart are kept; 0 for all pairs.
    pub within: f64,
    /// Weights of near pairs by the MSSPD; else the default.
    pub weights: Weights,
}

impl Params for PairParams {
    fn describe(&mut self, form: &mut dyn Form) {
        self.measure.describe(form);
        describe_within(&mut self.within, form);
        self.weights.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        [self.measure.faults(), self.weights.faults()].concat()
    }
}

/// How trips are grouped, and what they are grouped by.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterSettings {
    /// Whether eps and `MinPts` follow the best pair of the sweep, and k the largest gap of the
    /// eigenvalues. Setting one of them by hand ends it.
    pub choose: bool,
    /// The method, and what only moves a cut.
    #[serde(flatten)]
    pub cluster: ClusterParams,
    /// What the spanning tree is grown for.
    #[serde(flatten)]
    pub density: DensityParams,
    /// What eigenvectors are computed for.
    pub spectrum: SpectrumParams,
    /// What the user made of the clusters that were found.
    pub edits: ClusterEdits,
}

impl Default for ClusterSettings {
    fn default() -> Self {
        ClusterSettings {
            choose: true,
            cluster: ClusterParams::default(),
            density: DensityParams::default(),
            spectrum: SpectrumParams::default(),
            edits: ClusterEdits::default(),
        }
    }
}

impl ClusterSettings {
    /// Whether eps and `MinPts` are chosen by the sweep.
    pub fn follows_sweep(&self) -> bool {
        self.choose && matches!(self.cluster.method, Method::Dbscan | Method::Optics)
    }

    /// Whether the number of clusters is chosen by the eigenvalues.
    pub fn follows_gap(&self) -> bool {
        self.choose && self.cluster.method == Method::Spectral
    }

    /// Takes eps and `MinPts` of the best pair, if any pair was good for anything.
    pub fn take_best(&mut self, sweep: &Sweep) {
        if let Some(best) = sweep.best.and_then(|best| sweep.rows.get(best)) {
            // By its shortest decimals, so that what is written in a project is what was meant.
            self.cluster.eps = best.eps.to_string().parse().unwrap_or(f64::from(best.eps));
            self.density.min_trips = best.min_trips;
        }
    }

    /// Takes the k after which eigenvalues jump most.
    pub fn take_gap(&mut self, spectrum: &Spectrum) {
        if let Some(k) = spectrum.largest_gap() {
            self.cluster.k = k;
        }
    }

    /// The same with whatever is chosen by results left at its default: what the user set.
    #[must_use]
    pub fn as_set(&self) -> ClusterSettings {
        let mut set = self.clone();
        if self.follows_sweep() {
            set.cluster.eps = ClusterParams::default().eps;
            set.density = DensityParams::default();
        }
        if self.follows_gap() {
            set.cluster.k = ClusterParams::default().k;
        }
        set
    }

    fn by_hand(&self) -> (f64, usize, usize) {
        (self.cluster.eps, self.density.min_trips, self.cluster.k)
    }
}

impl Params for ClusterSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        form.flag(
            "choose",
            &mut self.choose,
            "Let the sweep choose eps and min_trips (dbscan, optics), and the largest gap of the eigenvalues choose k (spectral). Setting one by hand ends it.",
        );
        let before = self.by_hand();
        self.density.describe(form);
        self.cluster.describe(form);
        if self.by_hand() != before {
            self.choose = false;
        }
        form.heading("Spectral");
        self.spectrum.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.cluster.faults()
    }

    fn was_set(&mut self, name: &str) {
        // Also to the value that it had.
        if matches!(name, "eps" | "min_trips" | "k") {
            self.choose = false;
        }
    }
}

/// What the user made of clusters. Clusters come and go with eps, so they are remembered by a trip
/// that is in them.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClusterEdits {
    /// Pairs of trips whose clusters are one.
    pub merged: Vec<[TripMark; 2]>,
    /// What the cluster with this trip is called.
    pub names: Vec<(TripMark, String)>,
}

/// A trip by what does not change with thresholds: whose it is, and a moment of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TripMark {
    /// The vessel's number.
    pub mmsi: u32,
    /// UTC milliseconds.
    pub t_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{manual, set};

    #[test]
    fn each_name_is_there_once() {
        for names in [manual(&ClusterSettings::default()), manual(&DistanceSettings::default())] {
            let mut names: Vec<&str> = names.iter().map(|entry| entry.name).collect();
            let n = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), n, "{names:?}");
        }
    }

    #[test]
    fn setting_eps_by_hand_ends_choosing_even_to_the_value_it_had() {
        let mut settings = ClusterSettings::default();
        set(&mut settings, "method", "hdbscan").unwrap();
        assert!(settings.choose);
        let eps = settings.cluster.eps.to_string();
        set(&mut settings, "eps", &eps).unwrap();
        assert!(!settings.choose);
        set(&mut settings, "choose", "true").unwrap();
        assert!(settings.choose);
        set(&mut settings, "min_trips", "7").unwrap();
        assert!(!settings.choose);
    }

    /// A form whose user moves the slider of one count up by one.
    struct Nudge(&'static str);

    impl Form for Nudge {
        fn number(&mut self, _: &'static str, _: &mut f64, _: Field<f64>) {}
        fn count(&mut self, name: &'static str, value: &mut usize, _: Field<usize>) {
            *value += usize::from(name == self.0);
        }
        fn flag(&mut self, _: &'static str, _: &mut bool, _: &'static str) {}
        fn choice(&mut self, _: &'static str, _: &mut usize, _: &[&'static str], _: &'static str) {}
        fn text(&mut self, _: &'static str, _: &mut String, _: &'static str) {}
    }

    #[test]
    fn moving_a_slider_of_what_is_chosen_ends_choosing_and_no_other_does() {
        for (name, stays) in [("min_trips", false), ("k", false), ("starts", true), ("", true)] {
            let mut settings = ClusterSettings::default();
            settings.describe(&mut Nudge(name));
            assert_eq!(settings.choose, stays, "{name}");
        }
    }

    #[test]
    fn what_results_chose_is_not_what_the_user_set() {
        let mut chosen = ClusterSettings::default();
        (chosen.cluster.eps, chosen.density.min_trips) = (0.123, 9);
        assert_eq!(chosen.as_set(), ClusterSettings::default());
        chosen.choose = false;
        assert_eq!(chosen.as_set(), chosen);
    }

    #[test]
    fn settings_survive_being_written() {
        let settings = ClusterSettings {
            edits: ClusterEdits {
                merged: vec![[TripMark { mmsi: 1, t_ms: 2 }, TripMark { mmsi: 3, t_ms: 4 }]],
                names: vec![(TripMark { mmsi: 1, t_ms: 2 }, "Ferry".into())],
            },
            ..ClusterSettings::default()
        };
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<ClusterSettings>(&text).unwrap(), settings);
        let text = serde_json::to_string(&DistanceSettings::default()).unwrap();
        let back: DistanceSettings = serde_json::from_str(&text).unwrap();
        assert_eq!(back, DistanceSettings::default());
    }
}
