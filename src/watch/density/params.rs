//! What counts for density: the parameters.

use serde::{Deserialize, Serialize};

use crate::ais::KindSet;
use crate::base::params::{Field, Form, Params};

/// What counts for density.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct DensityParams {
    /// How wide and high the cells of a grid made for it are, meters.
    pub cell_m: f64,
    /// Kinds of ships by [`ShipKind::key`](crate::ais::ShipKind::key); empty for all.
    pub kinds: String,
    /// The first hour of the day that counts, UTC.
    pub from_hour: usize,
    /// The hour at whose beginning it ends; an earlier one lies on the next day.
    pub until_hour: usize,
    /// A ship with less speed does not count, knots.
    pub least_kn: f64,
    /// Whether ships count that say that they are moored or at anchor.
    pub counts_lying: bool,
    /// A ship that comes again within this time did not leave, minutes.
    pub return_min: f64,
    /// Between reports further apart in time a ship is nowhere, minutes.
    pub silence_min: f64,
    /// Between reports that are farther apart than this speed leads, likewise, knots.
    pub jump_kn: f64,
}

impl Default for DensityParams {
    fn default() -> Self {
        DensityParams {
            cell_m: 500.0,
            kinds: String::new(),
            from_hour: 0,
            until_hour: 24,
            least_kn: 0.0,
            counts_lying: true,
            return_min: 30.0,
            silence_min: 30.0,
            jump_kn: 100.0,
        }
    }
}

impl DensityParams {
    /// The kinds that count.
    pub fn read_kinds(&self) -> KindSet {
        KindSet::from_text(&self.kinds).0
    }
}

impl Params for DensityParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let min = |help| Field { unit: "min", range: 0.1..=10_000.0, help };
        form.number("cell", &mut self.cell_m, Field { unit: "m", range: 10.0..=1_000_000.0, help: "How wide and high the cells are. Their width in degrees is one over the whole grid; areas are true." });
        form.text("kinds", &mut self.kinds, "Kinds of ships that count, with commas between: cargo, tanker, passenger, high_speed, fishing, tug, pleasure, service, other, unknown. Empty for all.");
        form.count(
            "from_hour",
            &mut self.from_hour,
            Field { unit: "h", range: 0..=23, help: "The first hour of the day that counts, UTC." },
        );
        form.count("until_hour", &mut self.until_hour, Field { unit: "h", range: 0..=24, help: "The hour of the day, UTC, at whose beginning that ends: 18 and 6 are the night, 0 and 24 the whole day." });
        form.number(
            "least_speed",
            &mut self.least_kn,
            Field {
                unit: "kn",
                range: 0.0..=50.0,
                help: "A ship with less speed over ground does not count.",
            },
        );
        form.flag(
            "count_lying",
            &mut self.counts_lying,
            "Whether ships count that say that they are moored or at anchor.",
        );
        form.number("return", &mut self.return_min, min("A ship that comes into a cell again within this time did not leave it: no second transit."));
        form.number(
            "silence",
            &mut self.silence_min,
            min("Between reports further apart in time a ship is nowhere."),
        );
        form.number("jump", &mut self.jump_kn, Field { unit: "kn", range: 10.0..=10_000.0, help: "Between reports that lie farther apart than this speed leads, a ship is nowhere." });
    }

    fn faults(&self) -> Vec<String> {
        let (_, unknown) = KindSet::from_text(&self.kinds);
        unknown.iter().map(|name| format!("kinds: {}", KindSet::fault(name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, check_that_defaults_can_be_set};

    #[test]
    fn the_defaults_are_in_range_and_settable_by_name() {
        let defaults = DensityParams::default();
        check_that_defaults_can_be_set(&defaults);
        let unknown = DensityParams { kinds: "tankr".into(), ..defaults };
        assert_eq!(Checked::new(&unknown).unwrap_err().len(), 1);
    }
}
