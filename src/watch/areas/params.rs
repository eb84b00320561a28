//! How areas are watched: the parameters.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};

/// How areas are watched.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct AreaParams {
    /// Shorter stays and absences are none, seconds.
    pub least_stay_s: f64,
    /// A ship is too fast when she is so for at least this long, seconds.
    pub fast_s: f64,
    /// A ship with less speed lies still, knots.
    pub still_kn: f64,
    /// A move that lasts no longer does not end a stop, minutes.
    pub pause_min: f64,
    /// Between reports further apart in time nobody knows where a ship crossed an edge, minutes.
    pub silence_min: f64,
    /// Between reports that are farther apart than this speed leads, likewise, knots.
    pub jump_kn: f64,
}

impl Default for AreaParams {
    fn default() -> Self {
        AreaParams {
            least_stay_s: 60.0,
            fast_s: 60.0,
            still_kn: 0.8,
            pause_min: 10.0,
            silence_min: 30.0,
            jump_kn: 100.0,
        }
    }
}

impl Params for AreaParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let s = |help| Field { unit: "s", range: 0.0..=86_400.0, help };
        let min = |help| Field { unit: "min", range: 0.1..=10_000.0, help };
        form.number("least_stay", &mut self.least_stay_s, s("Stays in an area, and absences from it, that are shorter are none: a ship sways across the edge."));
        form.number("fast_time", &mut self.fast_s, s("A ship is too fast when she is so for at least this long, over two reports or more."));
        form.number(
            "still",
            &mut self.still_kn,
            Field {
                unit: "kn",
                range: 0.05..=10.0,
                help: "A ship with less speed over ground lies still.",
            },
        );
        form.number(
            "pause",
            &mut self.pause_min,
            min("A move that lasts no longer does not end a stop."),
        );
        form.number("silence", &mut self.silence_min, min("After a longer silence, a ship enters where she is first seen inside and leaves where she was last."));
        form.number(
            "jump",
            &mut self.jump_kn,
            Field {
                unit: "kn",
                range: 10.0..=10_000.0,
                help: "Reports farther apart than this speed leads are no way across an edge.",
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::check_that_defaults_can_be_set;

    #[test]
    fn the_defaults_are_in_range_and_settable_by_name() {
        check_that_defaults_can_be_set(&AreaParams::default());
    }
}
