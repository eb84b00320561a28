//! What counts as an encounter: the parameters.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params};

/// What counts as an encounter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct EncounterParams {
    /// Two ships meet while they are within this distance of each other, meters.
    pub range_m: f64,
    /// Encounters whose closest point of approach is farther are left out, meters.
    pub cpa_m: f64,
    /// Within this time, a pair that comes within range again goes on with one encounter, minutes.
    pub rejoin_min: f64,
    /// Between reports further apart in time a ship is nowhere, minutes.
    pub silence_min: f64,
    /// Between reports that are farther apart than this speed leads, a ship is nowhere, knots.
    pub jump_kn: f64,
    /// Whether a ship under way also encounters ships that lie still.
    pub counts_still: bool,
    /// A ship with less speed lies still, knots.
    pub still_kn: f64,
    /// Whether pairs that keep together are left out.
    pub leaves_out_together: bool,
    /// Ships keep together while their velocities differ by no more than this, knots...
    pub together_kn: f64,
    /// ...and they are no farther apart than this, meters...
    pub together_m: f64,
    /// ...for at least this long in one encounter, minutes.
    pub together_min: f64,
    /// Whether tugs, tows, pilots and tenders beside the ship that they attend are left out.
    pub leaves_out_attending: bool,
    /// Courses that differ from opposite by no more than this meet head-on, degrees.
    pub head_on_deg: f64,
    /// Half the length of a ship's domain, in ship's lengths.
    pub domain_ahead: f64,
    /// Half the width of a ship's domain, in ship's lengths.
    pub domain_beside: f64,
    /// The length of ships that tell none, meters.
    pub unknown_length_m: f64,
}

impl Default for EncounterParams {
    fn default() -> Self {
        EncounterParams {
            range_m: 3704.0,
            cpa_m: 926.0,
            rejoin_min: 10.0,
            silence_min: 10.0,
            jump_kn: 100.0,
            counts_still: false,
            still_kn: 1.0,
            leaves_out_together: true,
            together_kn: 1.5,
            together_m: 500.0,
            together_min: 10.0,
            leaves_out_attending: true,
            head_on_deg: 10.0,
            domain_ahead: 4.0,
            domain_beside: 1.6,
            unknown_length_m: 50.0,
        }
    }
}

impl Params for EncounterParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let m = |range, help| Field { unit: "m", range, help };
        let min = |range, help| Field { unit: "min", range, help };
        let kn = |range, help| Field { unit: "kn", range, help };
        let lengths = |help| Field { unit: "lengths", range: 0.1..=20.0, help };
        form.heading("Meeting");
        form.number("range", &mut self.range_m, m(50.0..=50_000.0, "Two ships meet while they are within this distance of each other. What kind of encounter it is shows when it begins."));
        form.number(
            "cpa",
            &mut self.cpa_m,
            m(
                1.0..=50_000.0,
                "Encounters whose closest point of approach is farther are left out.",
            ),
        );
        form.number("rejoin", &mut self.rejoin_min, min(0.0..=1440.0, "A pair that comes within range again in this time goes on with the same encounter."));
        form.number(
            "silence",
            &mut self.silence_min,
            min(0.1..=180.0, "Between reports further apart in time a ship is nowhere."),
        );
        form.number(
            "jump",
            &mut self.jump_kn,
            kn(
                10.0..=1000.0,
                "Between reports that lie farther apart than this speed leads, a ship is nowhere.",
            ),
        );
        form.heading("Left out");
        form.flag("count_still", &mut self.counts_still, "Whether a ship under way also encounters those that lie still: moored, at anchor, adrift. Two that lie still never meet.");
        form.number("still", &mut self.still_kn, kn(0.05..=10.0, "A ship with less speed over ground lies still; one that says at anchor or moored, below 3 kn."));
        form.flag(
            "leave_out_together",
            &mut self.leaves_out_together,
            "Leave out pairs that keep together: a tow, an escort, two that fish as a pair.",
        );
        form.number(
            "together_speed",
            &mut self.together_kn,
            kn(
                0.1..=20.0,
                "Ships keep together while their velocities differ by no more than this.",
            ),
        );
        form.number(
            "together_distance",
            &mut self.together_m,
            m(1.0..=50_000.0, "How near to each other ships that keep together are at most."),
        );
        form.number("together_time", &mut self.together_min, min(0.5..=1440.0, "How long ships in one encounter keep together at least, to be left out as such a pair."));
        form.flag("leave_out_attending", &mut self.leaves_out_attending, "Leave out tugs, tows, pilots and port tenders beside a ship, at nearly her velocity, no farther than together_distance.");
        form.heading("Kind");
        form.number("head_on", &mut self.head_on_deg, Field { unit: "°", range: 1.0..=45.0, help: "Courses that differ from opposite by no more than this meet head-on (COLREG 14 gives no figure)." });
        form.heading("Ship domain");
        form.number("domain_ahead", &mut self.domain_ahead, lengths("Half the length of the ellipse around a ship that others should keep out of; Fujii and Tanaka's 4."));
        form.number("domain_beside", &mut self.domain_beside, lengths("Half the width of the ellipse around a ship that others should keep out of; Fujii and Tanaka's 1.6."));
        form.number(
            "unknown_length",
            &mut self.unknown_length_m,
            m(1.0..=500.0, "The length of ships that tell none."),
        );
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.cpa_m > self.range_m {
            faults.push(format!(
                "cpa is {} m; it must not exceed range, {} m, within which ships meet",
                self.cpa_m, self.range_m
            ));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, check_that_defaults_can_be_set};

    #[test]
    fn the_defaults_are_in_range_and_settable_by_name() {
        let defaults = EncounterParams::default();
        check_that_defaults_can_be_set(&defaults);
        let inverted = EncounterParams { cpa_m: 5000.0, range_m: 4000.0, ..defaults };
        assert_eq!(Checked::new(&inverted).unwrap_err().len(), 1);
    }
}
