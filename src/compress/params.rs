//! What to keep of a trip: the parameters of compression and of repair.

use serde::{Deserialize, Serialize};

use super::significance::Ruler;
use crate::base::params::{Choice, Field, Form, Params};

/// How positions are thinned out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Douglas-Peucker: split at the farthest point from the chord.
    #[default]
    DouglasPeucker,
    /// Top-down time ratio: the same by distance to where the ship would be at the time.
    TimeRatio,
    /// RDP2: split at the farthest on both sides, where the track runs parallel to the chord.
    Rdp2,
    /// Opening window: the longest chord that keeps all it spans, from report to report.
    SlidingWindow,
}

impl Method {
    /// How this method tells distances, or, where it knows no significance, the retention curve
    /// that is shown beside it.
    pub fn ruler(self) -> Ruler {
        match self {
            Method::TimeRatio => Ruler::Synchronous,
            Method::DouglasPeucker | Method::Rdp2 | Method::SlidingWindow => Ruler::Nearest,
        }
    }
}

impl Choice for Method {
    const CASES: &'static [(&'static str, Method)] = &[
        ("douglas_peucker", Method::DouglasPeucker),
        ("time_ratio", Method::TimeRatio),
        ("rdp2", Method::Rdp2),
        ("sliding_window", Method::SlidingWindow),
    ];
}

/// What is kept of each trip besides its ends: what is kept by any of three thresholds, each of
/// which can be switched off.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct CompressParams {
    /// How positions are thinned out.
    pub method: Method,
    /// Whether positions count.
    pub keeps_positions: bool,
    /// How far a dropped report may lie off, meters.
    pub tolerance_m: f64,
    /// How far from parallel to the chord a track may run where RDP2 splits it, degrees.
    pub slope_deg: f64,
    /// Whether changes of speed count.
    pub keeps_speeds: bool,
    /// A greater change of speed since the report before is kept, knots.
    pub speed_kn: f64,
    /// Whether changes of course count.
    pub keeps_courses: bool,
    /// A greater change of course to the next report is kept, degrees.
    pub course_deg: f64,
    /// What is inserted into silences before.
    pub repair: RepairParams,
}

impl Default for CompressParams {
    fn default() -> Self {
        CompressParams {
            method: Method::DouglasPeucker,
            keeps_positions: true,
            tolerance_m: 100.0,
            slope_deg: 10.0,
            keeps_speeds: true,
            speed_kn: 0.1,
            keeps_courses: true,
            course_deg: 4.0,
            repair: RepairParams::default(),
        }
    }
}

impl Params for CompressParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Positions");
        self.method.describe("method", form, "How positions are thinned out: split at the farthest (Douglas-Peucker), the same against the place at that time (time ratio), at the farthest of both sides where the track runs parallel (RDP2), or from report to report (sliding window).");
        form.flag("positions", &mut self.keeps_positions, "Keep reports that lie off the way.");
        form.number("tolerance", &mut self.tolerance_m, Field { unit: "m", range: 0.0..=100_000.0, help: "How far off the way a report may lie and still be dropped; the paper's d_th, for which 0.8 times the ship's length is a rule of thumb." });
        form.number("slope", &mut self.slope_deg, Field { unit: "°", range: 0.1..=90.0, help: "For RDP2: how far from parallel to the chord a track may run where it is split; the paper's Δa, as an angle. 90 for any." });
        form.heading("Motion");
        form.flag("speeds", &mut self.keeps_speeds, "Keep reports at which the speed changes.");
        form.number("speed", &mut self.speed_kn, Field { unit: "kn", range: 0.0..=100.0, help: "A greater change of speed since the report before is kept; the paper's v_th." });
        form.flag("courses", &mut self.keeps_courses, "Keep reports at which the course changes.");
        form.number(
            "course",
            &mut self.course_deg,
            Field {
                unit: "°",
                range: 0.0..=180.0,
                help: "A greater change of course to the next report is kept; the paper's θ_th.",
            },
        );
        self.repair.describe(form);
    }

    fn faults(&self) -> Vec<String> {
        self.repair.faults()
    }
}

/// What is inserted into silences within a trip.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct RepairParams {
    /// Whether anything is.
    pub repairs: bool,
    /// A shorter silence stays as it is, seconds.
    pub least_s: f64,
    /// A longer one too, minutes.
    pub longest_min: f64,
    /// Between inserted reports, seconds.
    pub step_s: f64,
}

impl Default for RepairParams {
    fn default() -> Self {
        RepairParams { repairs: false, least_s: 180.0, longest_min: 30.0, step_s: 60.0 }
    }
}

impl Params for RepairParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Repair");
        form.flag(
            "repair",
            &mut self.repairs,
            "Before compression, fill silences within trips along a cubic spline.",
        );
        let s = |help| Field { unit: "s", range: 1.0..=86_400.0, help };
        form.number("repair_from", &mut self.least_s, s("A shorter silence stays as it is."));
        form.number(
            "repair_to",
            &mut self.longest_min,
            Field {
                unit: "min",
                range: 0.1..=1440.0,
                help: "A longer silence stays as it is: what a ship did in it cannot be told.",
            },
        );
        form.number("repair_step", &mut self.step_s, s("The time between inserted reports."));
    }

    fn faults(&self) -> Vec<String> {
        if self.repairs && self.longest_min * 60.0 < self.least_s {
            vec![format!(
                "repair_to is {} min, less than repair_from, {} s: no silence would be filled",
                self.longest_min, self.least_s
            )]
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, manual, set};

    #[test]
    fn the_defaults_are_the_papers() {
        let params = CompressParams::default();
        assert_eq!((params.tolerance_m, params.speed_kn, params.course_deg), (100.0, 0.1, 4.0));
        assert!(Checked::new(&params).is_ok());
    }

    #[test]
    fn every_field_is_set_by_a_name_of_its_own() {
        let mut params = CompressParams::default();
        let entries = manual(&params);
        let names: std::collections::BTreeSet<&str> =
            entries.iter().map(|entry| entry.name).collect();
        assert_eq!((entries.len(), names.len()), (12, 12));
        set(&mut params, "method", "rdp2").unwrap();
        set(&mut params, "repair_step", "30").unwrap();
        assert_eq!((params.method, params.repair.step_s), (Method::Rdp2, 30.0));
        let fault = set(&mut params, "tolerance", "NaN").unwrap_err();
        assert_eq!(fault, "tolerance is NaN m; it must lie between 0 and 100000 m");
    }

    #[test]
    fn a_repair_that_fills_no_silence_is_refused() {
        let repair = RepairParams { repairs: true, least_s: 600.0, longest_min: 5.0, step_s: 60.0 };
        let params = CompressParams { repair, ..CompressParams::default() };
        let faults = Checked::new(&params).unwrap_err();
        assert_eq!(
            faults,
            ["repair_to is 5 min, less than repair_from, 600 s: no silence would be filled"]
        );
    }
}
