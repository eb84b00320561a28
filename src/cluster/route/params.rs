//! How routes are found: the parameters.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};

/// How routes are found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct RouteParams {
    /// Way between the points of a center line, meters. Longer for routes that would have more
    /// than some 400 points, shorter for those that would have fewer than 40.
    pub step_m: f64,
    /// A route leads as far as more than this share of its trips.
    pub present_share: f64,
    /// The share of trips that pass outside of either edge, percent.
    pub outer_percent: f64,
    /// How often the center line is moved to the middle of the trips.
    pub rounds: usize,
}

impl Default for RouteParams {
    fn default() -> Self {
        RouteParams { step_m: 250.0, present_share: 0.5, outer_percent: 5.0, rounds: 3 }
    }
}

impl Params for RouteParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.number(
            "step_m",
            &mut self.step_m,
            Field {
                unit: "m",
                range: 10.0..=10_000.0,
                help: "Way between the points of a center line. Longer for routes that would have \
                       more than 400 points.",
            },
        );
        form.number(
            "present_share",
            &mut self.present_share,
            Field {
                unit: "",
                range: 0.0..=0.95,
                help: "A route leads as far as more than this share of its trips.",
            },
        );
        form.number(
            "outer_percent",
            &mut self.outer_percent,
            Field {
                unit: "%",
                range: 0.0..=45.0,
                help: "The share of trips that pass outside of either edge of the route.",
            },
        );
        form.count(
            "rounds",
            &mut self.rounds,
            Field {
                unit: "",
                range: 1..=10,
                help: "How often the center line is moved to the middle of the trips.",
            },
        );
    }
}
