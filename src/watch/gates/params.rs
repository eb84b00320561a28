//! How crossings of a gate are counted: the parameters.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};

/// How crossings of a gate are counted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct GateParams {
    /// Between reports further apart in time nobody knows where a ship crossed, minutes.
    pub silence_min: f64,
    /// Between reports that are farther apart than this speed leads, likewise, knots.
    pub jump_kn: f64,
    /// A ship with less speed lies on the gate and does not cross it, knots.
    pub least_kn: f64,
    /// The width of the bins in which crossings are counted along the gate, meters.
    pub bin_m: f64,
    /// How many crossings in a direction a distribution is fitted to at least.
    pub least_fitted: usize,
}

impl Default for GateParams {
    fn default() -> Self {
        GateParams {
            silence_min: 30.0,
            jump_kn: 100.0,
            least_kn: 0.5,
            bin_m: 100.0,
            least_fitted: 10,
        }
    }
}

impl Params for GateParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.number("silence", &mut self.silence_min, Field { unit: "min", range: 0.1..=10_000.0, help: "Reports further apart in time tell not where a ship crossed: it is counted apart, as unsure." });
        form.number(
            "jump",
            &mut self.jump_kn,
            Field {
                unit: "kn",
                range: 10.0..=10_000.0,
                help: "Reports farther apart than this speed leads are no way across.",
            },
        );
        form.number("least_speed", &mut self.least_kn, Field { unit: "kn", range: 0.0..=50.0, help: "A ship with less speed over ground lies on the gate, and is not counted each time her position sways across." });
        form.number(
            "bin",
            &mut self.bin_m,
            Field {
                unit: "m",
                range: 1.0..=100_000.0,
                help: "The width of the bins in which crossings are counted along the gate.",
            },
        );
        form.count("least_fitted", &mut self.least_fitted, Field { unit: "", range: 3..=100_000, help: "A normal and a uniform distribution are fitted to a direction with at least so many crossings." });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::check_that_defaults_can_be_set;

    #[test]
    fn the_defaults_are_in_range_and_settable_by_name() {
        check_that_defaults_can_be_set(&GateParams::default());
    }
}
