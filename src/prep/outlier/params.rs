//! What counts as an outlier of motion.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};

/// What counts as an outlier of motion, and how much is cut out around it. The paper names the
/// thresholds but gives no values; ours stand in [`OutlierParams::default`].
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct OutlierParams {
    /// A report nearer than this to the one before it that is looked at is not, meters.
    pub step_m: f64,
    /// How far off its chord a track must go for a control point, meters.
    pub tolerance_m: f64,
    /// How far from parallel to the chord it may run there, degrees.
    pub slope_deg: f64,
    /// How far from a control point the angle is taken, meters.
    pub arm_m: f64,
    /// A smaller angle is a sharp turn, degrees.
    pub angle_deg: f64,
    /// A shorter loop is a small one, meters.
    pub loop_m: f64,
    /// How long before and after a sharp turn is cut, minutes.
    pub margin_min: f64,
}

impl Default for OutlierParams {
    fn default() -> Self {
        OutlierParams {
            step_m: 50.0,
            tolerance_m: 100.0,
            slope_deg: 90.0,
            arm_m: 500.0,
            angle_deg: 60.0,
            loop_m: 5000.0,
            margin_min: 10.0,
        }
    }
}

impl Params for OutlierParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let m = |range, help| Field { unit: "m", range, help };
        form.number("step", &mut self.step_m, m(0.0..=10_000.0, "Reports nearer than this to the last one looked at are passed over: what a ship at rest seems to move, and what noise does to the direction of short legs."));
        form.heading("Sharp turns");
        form.number("angle", &mut self.angle_deg, Field { unit: "°", range: 0.0..=180.0, help: "A smaller angle between the way back and the way ahead is a sharp turn; the paper's Δθ. 180 is straight on, 0 straight back. 0 for no sharp turns." });
        form.number("tolerance", &mut self.tolerance_m, m(0.0..=100_000.0, "How far off its chord a track must go for a control point, where a turn is looked for; the paper's d0."));
        form.number("slope", &mut self.slope_deg, Field { unit: "°", range: 0.1..=90.0, help: "How far from parallel to the chord a track may run at a control point; the paper's Δa, as an angle. 90 for any." });
        form.number("arm", &mut self.arm_m, m(0.0..=100_000.0, "How far from a control point the angle is taken: a turn that needs more room is not sharp. The next control point counts where it is nearer."));
        form.number(
            "margin",
            &mut self.margin_min,
            Field {
                unit: "min",
                range: 0.0..=1440.0,
                help: "How long before and after a sharp turn reports are cut out of training.",
            },
        );
        form.heading("Small loops");
        form.number("loop", &mut self.loop_m, m(0.0..=1_000_000.0, "Where a track crosses itself and the way round is shorter than this, the loop is cut out. A longer one is a change of course. 0 for no loops."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, manual, set};

    #[test]
    fn every_field_is_set_by_a_name_of_its_own() {
        let mut params = OutlierParams::default();
        assert!(Checked::new(&params).is_ok());
        for (name, text) in [
            ("step", "1"),
            ("angle", "2"),
            ("tolerance", "3"),
            ("slope", "4"),
            ("arm", "5"),
            ("margin", "6"),
            ("loop", "7"),
        ] {
            set(&mut params, name, text).unwrap();
        }
        let expected = OutlierParams {
            step_m: 1.0,
            angle_deg: 2.0,
            tolerance_m: 3.0,
            slope_deg: 4.0,
            arm_m: 5.0,
            margin_min: 6.0,
            loop_m: 7.0,
        };
        assert_eq!(params, expected);
        assert_eq!(manual(&params).len(), 7);
        assert!(set(&mut params, "angle", "181").is_err());
    }
}
