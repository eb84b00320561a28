//! What is odd: the parameters.

use serde::{Deserialize, Serialize};

use crate::ais::KindSet;
use crate::base::params::{Field, Form, Params};

/// What is odd.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct OddityParams {
    /// A trip fits no route if more than this share of it lies outside of all corridors.
    pub off_share: f64,
    /// A corridor reaches so much farther than the edges of its route, times its half width.
    pub off_factor: f64,
    /// Shorter trips are harbor business and need fit no route, meters.
    pub off_least_m: f64,
    /// A slower ship does not sail against a lane, knots.
    pub against_kn: f64,
    /// Sailing against a lane, or at an odd speed, is told when it lasts this long, minutes.
    pub lane_min: f64,
    /// So near to either end of a route nothing is odd: ships come from all sides, meters.
    pub ends_m: f64,
    /// A route that more than this share sails the other way is no lane of one direction.
    pub opposite_share: f64,
    /// A course that differs from the lane's by more than this is against it, degrees.
    pub against_deg: f64,
    /// A speed is odd beyond the tenth slowest and fastest by more than their difference, times this.
    pub band_factor: f64,
    /// And by more than this, knots.
    pub band_kn: f64,
    /// Kinds of ships whose stops, turns and courses against lanes are looked at; empty for all.
    pub steady_kinds: String,
    /// A course that changes by more than this is a sudden turn, degrees...
    pub turn_deg: f64,
    /// ...within this time, minutes.
    pub turn_min: f64,
    /// A speed that falls by more than this is a sudden stop, knots...
    pub stop_kn: f64,
    /// ...within this time, minutes.
    pub stop_min: f64,
    /// Where at least so many other ships have stopped, stopping is usual.
    pub usual_stops: usize,
    /// A silence under way that lasts longer, minutes.
    pub gap_min: f64,
    /// A ship with less speed is not under way, knots.
    pub moving_kn: f64,
    /// A silence is odd where at least so many other ships were heard meanwhile.
    pub heard: usize,
    /// Where more than this share of the other ships fall silent too, silence is usual.
    pub usual_silence: f64,
    /// How much faster than she was seen to sail a ship may have sailed unseen, times.
    pub reach_factor: f64,
}

impl Default for OddityParams {
    fn default() -> Self {
        OddityParams {
            off_share: 0.5,
            off_factor: 1.5,
            off_least_m: 15_000.0,
            against_kn: 7.0,
            lane_min: 20.0,
            ends_m: 8000.0,
            opposite_share: 0.05,
            against_deg: 135.0,
            band_factor: 1.0,
            band_kn: 3.0,
            steady_kinds: "cargo, tanker, passenger, high_speed".into(),
            turn_deg: 60.0,
            turn_min: 3.0,
            stop_kn: 6.0,
            stop_min: 4.0,
            usual_stops: 2,
            gap_min: 30.0,
            moving_kn: 3.0,
            heard: 1,
            usual_silence: 0.3,
            reach_factor: 1.1,
        }
    }
}

impl OddityParams {
    /// The kinds whose stops, turns and courses against lanes are looked at.
    pub fn read_steady_kinds(&self) -> KindSet {
        KindSet::from_text(&self.steady_kinds).0
    }
}

impl Params for OddityParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let min = |help| Field { unit: "min", range: 0.5..=1440.0, help };
        let kn = |help| Field { unit: "kn", range: 0.1..=50.0, help };
        let deg = |help| Field { unit: "°", range: 10.0..=180.0, help };
        let factor = |help| Field { unit: "", range: 0.0..=20.0, help };
        let share = |help| Field { unit: "", range: 0.0..=1.0, help };
        form.heading("Routes");
        form.number("off_share", &mut self.off_share, share("A trip without a route is odd if more than this share of its reports lies outside of the corridors of all routes."));
        form.number("off_factor", &mut self.off_factor, factor("How far a corridor reaches from the center line: times the way to the edge, beyond which the outermost 5 % pass."));
        form.number("off_length", &mut self.off_least_m, Field { unit: "m", range: 0.0..=1_000_000.0, help: "Shorter trips are harbor business, as from anchorage to berth, and need fit no route." });
        form.heading("Lanes");
        form.number("lane_time", &mut self.lane_min, min("Sailing against a lane, or at a speed that is odd in it, is told when it lasts this long."));
        form.number(
            "ends",
            &mut self.ends_m,
            Field {
                unit: "m",
                range: 0.0..=100_000.0,
                help: "So near to either end of a route nothing is odd: ships come from all sides.",
            },
        );
        form.number("opposite_share", &mut self.opposite_share, share("A route that more than this share of its trips sails the other way is no lane of one direction."));
        form.number(
            "against",
            &mut self.against_deg,
            deg("A course that differs from the lane's by more than this is against it."),
        );
        form.number(
            "against_speed",
            &mut self.against_kn,
            kn("A slower ship does not sail against a lane: she shifts to a berth, or works."),
        );
        form.number("band_factor", &mut self.band_factor, factor("A speed is odd if it lies outside of those of the slowest and the fastest tenth in its lane by more than their difference, times this."));
        form.number("band", &mut self.band_kn, kn("And by more than this."));
        form.heading("Stops and turns");
        form.text("steady_kinds", &mut self.steady_kinds, "Kinds of ships whose sudden stops and turns, and courses against lanes, are odd: those that do not work by turning, and keep to lanes. With commas between; empty for all.");
        form.number(
            "turn",
            &mut self.turn_deg,
            deg("A greater change of course, steady before and after, is a sudden turn..."),
        );
        form.number("turn_time", &mut self.turn_min, min("...if it takes no longer than this."));
        form.number(
            "stop",
            &mut self.stop_kn,
            kn("A speed that falls by more than this to nearly nothing is a sudden stop..."),
        );
        form.number("stop_time", &mut self.stop_min, min("...if it takes no longer than this."));
        form.count("usual_stops", &mut self.usual_stops, Field { unit: "ships", range: 1..=1000, help: "Where at least so many other ships have lain still, within a kilometer, stopping is usual." });
        form.heading("Silences");
        form.number(
            "gap",
            &mut self.gap_min,
            min("A longer silence of a ship under way is a dark period."),
        );
        form.number(
            "moving",
            &mut self.moving_kn,
            kn("A ship with less speed over ground before a silence was not under way."),
        );
        form.count("heard", &mut self.heard, Field { unit: "ships", range: 0..=1000, help: "A silence is odd where at least so many other ships were heard meanwhile, within some ten kilometers of where it began: elsewhere nobody listens." });
        form.number("usual_silence", &mut self.usual_silence, share("Where more than this share of the other ships ever heard fell silent too, three at least, silence is usual: the edge of what receivers hear."));
        form.number("reach_factor", &mut self.reach_factor, Field { unit: "", range: 1.0..=5.0, help: "How much faster than she was ever seen a ship may have sailed in the dark: gives the area that she can have reached." });
    }

    fn faults(&self) -> Vec<String> {
        let (_, unknown) = KindSet::from_text(&self.steady_kinds);
        unknown.iter().map(|name| format!("steady_kinds: {}", KindSet::fault(name))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::check_that_defaults_can_be_set;

    #[test]
    fn the_defaults_are_in_range_and_settable_by_name() {
        check_that_defaults_can_be_set(&OddityParams::default());
    }
}
