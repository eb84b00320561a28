//! Parameters of path prediction: windows, methods, how they are scored, and whose path is shown.

use serde::{Deserialize, Serialize};

use super::whose::{describe_ship, moment_ms};
use crate::ais::Vessel;
use crate::base::params::{Choice as _, Field, Form, Params};
use crate::base::text::nearest;
use crate::base::time::iso_text;
use crate::predict::params::{Method, PredictParams};
use crate::predict::score::Plan;

/// What is fitted and scored, and how.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct PredictSettings {
    /// Names of methods, parted by spaces; empty for all.
    pub methods: String,
    /// A file of fitted models in place of fitting.
    pub model: String,
    /// Windows, inputs and methods.
    #[serde(flatten)]
    pub params: PredictParams,
    /// Whether settings of methods are searched by inner folds.
    pub searches: bool,
    /// Folds, by ship.
    pub n_folds: usize,
    /// Seed of the folds.
    pub fold_seed: usize,
    /// Whether every method is scored with less and more to learn from too.
    pub compares_inputs: bool,
}

impl Default for PredictSettings {
    fn default() -> Self {
        PredictSettings {
            methods: String::new(),
            model: String::new(),
            params: PredictParams::default(),
            searches: true,
            n_folds: 10,
            fold_seed: 1,
            compares_inputs: false,
        }
    }
}

impl PredictSettings {
    /// The methods that are named, in the order of tables; or what is wrong with their names.
    pub fn methods(&self) -> Result<Vec<Method>, String> {
        let words = self.methods.split([' ', ',', ';']).filter(|word| !word.is_empty());
        let mut named: Vec<Method> = Vec::new();
        for word in words {
            let names = Method::CASES.iter().map(|(name, _)| *name);
            let known = Method::CASES.iter().find(|(name, _)| *name == word);
            let Some((_, method)) = known else {
                let near = nearest(word, names).unwrap_or_default();
                return Err(format!("methods: there is no {word}; did you mean {near}?"));
            };
            named.push(*method);
        }
        let is_meant = |method: &Method| named.is_empty() || named.contains(method);
        Ok(Method::ALL.into_iter().filter(is_meant).collect())
    }

    /// How scores are taken.
    pub fn plan(&self) -> Result<Plan, String> {
        Ok(Plan {
            methods: self.methods()?,
            n_folds: self.n_folds,
            seed: self.fold_seed as u64,
            searches: self.searches,
            compares_inputs: self.compares_inputs,
        })
    }
}

impl Params for PredictSettings {
    fn describe(&mut self, form: &mut dyn Form) {
        form.text("methods", &mut self.methods, "Methods to fit and to score, parted by spaces: linear, sog-cog, elm, ls-svm, gmm, gpr, ensemble, mlp, gru. Empty for all.");
        form.text("model", &mut self.model, "A file of fitted models, in place of fitting.");
        form.flag("ship", &mut self.params.has_ship, "Methods learn from length, draught and type of the ship: the paper's static information.");
        form.flag("place", &mut self.params.has_place, "Methods learn from place and course over ground: the paper's context. The ensemble's neighbors know it in any case.");
        form.flag("region", &mut self.params.has_region, "Methods learn from the cluster of trips that neighbors are part of: the paper's context. Trips are clustered as the clustering panel has it.");
        self.params.window.describe(form);
        form.heading("Scores");
        form.flag(
            "search",
            &mut self.searches,
            "Search the settings of each method by inner folds of ships, in place of those below.",
        );
        form.count(
            "folds",
            &mut self.n_folds,
            Field {
                unit: "",
                range: 2..=50,
                help: "Folds, by ship: each ship is predicted by what others taught.",
            },
        );
        form.count(
            "fold_seed",
            &mut self.fold_seed,
            Field { unit: "", range: 0..=1_000_000, help: "Seed of the folds." },
        );
        form.flag(
            "compare_inputs",
            &mut self.compares_inputs,
            "Score every method with motion alone, with the ship, with the place, and with both.",
        );
        self.params.ensemble.describe(form);
        form.heading("ELM");
        self.params.elm.describe(form);
        form.heading("LS-SVM");
        self.params.svm.describe(form);
        form.heading("Gaussian mixture");
        self.params.gmm.describe(form);
        form.heading("Gaussian process");
        self.params.gpr.describe(form);
        form.heading("Perceptron");
        self.params.mlp.describe(form);
        form.heading("Recurrent networks");
        self.params.gru.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = self.params.window.faults();
        faults.extend(self.methods().err());
        for more in [
            self.params.ensemble.faults(),
            self.params.elm.faults(),
            self.params.svm.faults(),
            self.params.gmm.faults(),
            self.params.gpr.faults(),
            self.params.mlp.faults(),
            self.params.gru.faults(),
        ] {
            faults.extend(more);
        }
        faults
    }
}

/// Whose path is predicted, and from when on.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PathParams {
    /// The ship's MMSI; 0 for none.
    pub mmsi: usize,
    /// Which of several ships that share it.
    pub part: usize,
    /// UTC, ISO 8601; empty for the last report.
    pub time: String,
}

impl PathParams {
    /// The path of `vessel` from `t_ms` on.
    pub fn of(vessel: &Vessel, t_ms: i64) -> PathParams {
        PathParams {
            mmsi: vessel.mmsi.0 as usize,
            part: usize::from(vessel.part),
            time: iso_text(t_ms),
        }
    }

    /// The moment, UTC milliseconds; none for the last report.
    pub fn t_ms(&self) -> Result<Option<i64>, String> {
        moment_ms("time", &self.time)
    }
}

impl Params for PathParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let help = "MMSI of the ship whose path is predicted; 0 for none.";
        describe_ship(form, (&mut self.mmsi, &mut self.part), help);
        form.text(
            "time",
            &mut self.time,
            "From when on, UTC, as 2018-06-03T14:20:00Z; empty for the last report of a trip.",
        );
    }

    fn faults(&self) -> Vec<String> {
        self.t_ms().err().into_iter().collect()
    }
}
