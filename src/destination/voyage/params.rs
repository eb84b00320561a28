//! How voyages are cut out and which are valid: the parameters.

use serde::{Deserialize, Serialize};

use crate::base::params::{Field, Form, Params, label_in};

/// How voyages are cut out and which are valid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct VoyageParams {
    /// A ship within this distance of a port is in it, meters: the paper's radius of the circle.
    pub radius_m: f64,
    /// A ship slower than this lies still, knots.
    pub docked_kn: f64,
    /// If she does so for this long, minutes.
    pub docked_min: f64,
    /// A ship as fast as this makes way, knots: the paper's acceleration.
    pub moving_kn: f64,
    /// Longer stops at sea end a voyage's validity, hours.
    pub stop_h: f64,
    /// So do longer silences, hours.
    pub gap_h: f64,
    /// Whether the typed destination must name the port of arrival at some report.
    pub requires_reported: bool,
    /// Whether reports are taken out to which only unlikely steps lead.
    pub refines: bool,
    /// DBSCAN's eps among steps.
    pub eps: f64,
    /// DBSCAN's least number of steps.
    pub least_steps: usize,
}

impl Default for VoyageParams {
    fn default() -> Self {
        VoyageParams {
            radius_m: 10_000.0,
            docked_kn: 1.0,
            docked_min: 60.0,
            moving_kn: 3.0,
            stop_h: 12.0,
            gap_h: 24.0,
            requires_reported: true,
            refines: true,
            eps: 0.15,
            least_steps: 5,
        }
    }
}

/// What a form calls the fields.
const LABELS: &[(&str, &str)] = &[
    ("radius", "In port within"),
    ("docked_speed", "Lies still below"),
    ("docked_time", "In port: still for at least"),
    ("moving_speed", "Once faster than"),
    ("longest_stop", "Longest stop on the way"),
    ("longest_gap", "Longest silence on the way"),
    ("require_reported", "Typed destination must agree"),
    ("refine", "Take out unlikely positions"),
    ("eps", "Unlikely: eps, in deviations"),
    ("least_steps", "Unlikely: fewer steps alike than"),
];

impl Params for VoyageParams {
    fn label(name: &str) -> Option<&'static str> {
        label_in(LABELS, name)
    }

    fn describe(&mut self, form: &mut dyn Form) {
        let kn = |help| Field { unit: "kn", range: 0.0..=100.0, help };
        let hours = |help| Field { unit: "h", range: 0.1..=10_000.0, help };
        form.number("radius", &mut self.radius_m, Field { unit: "m", range: 100.0..=200_000.0, help: "A ship within this distance of a port is in it; of several ports in the nearest." });
        form.number("docked_speed", &mut self.docked_kn, kn("A ship slower than this lies still."));
        form.number("docked_time", &mut self.docked_min, Field { unit: "min", range: 0.0..=100_000.0, help: "If she lies still in a port for so long, a voyage ends there and the next begins." });
        form.number(
            "moving_speed",
            &mut self.moving_kn,
            kn("A voyage must be this fast at least once after she left."),
        );
        form.number("longest_stop", &mut self.stop_h, hours("A longer stop away from both ports makes a voyage invalid: she may have called somewhere that is no port of the table."));
        form.number(
            "longest_gap",
            &mut self.gap_h,
            hours("A longer silence makes a voyage invalid: the paper's dt_max."),
        );
        form.flag("require_reported", &mut self.requires_reported, "The typed destination must name the port of arrival, or one within the radius of it, at some report. Off for data without destinations.");
        form.flag("refine", &mut self.refines, "Reports to which only unlikely steps lead are taken out, and the voyage is looked at again.");
        form.number("eps", &mut self.eps, Field { unit: "", range: 0.001..=100.0, help: "DBSCAN's eps among the steps of a voyage, in standard deviations; the paper's 0.15." });
        form.count("least_steps", &mut self.least_steps, Field { unit: "", range: 1..=1000, help: "A step with fewer steps like it, itself counted, is an error unless it is near one with as many." });
    }

    fn faults(&self) -> Vec<String> {
        let is_wrong = self.moving_kn < self.docked_kn;
        let fault = "moving_speed is below docked_speed; a ship that makes way is faster than one that lies still";
        is_wrong.then(|| fault.to_owned()).into_iter().collect()
    }
}
