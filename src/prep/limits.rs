//! What cleaning takes for wrong: its parameters.

use serde::{Deserialize, Serialize};

use super::chain::Reach;
use super::clean::Verdict;
use crate::base::geo::Position;
use crate::base::params::{Choice, Field, Form, Params};
use crate::base::units::MPS_PER_KN;

/// Where `smax`, the highest speed over ground a ship may report, comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum SpeedLimit {
    /// From its ship type: [`ShipKind::fastest_kn`](crate::ais::ShipKind::fastest_kn).
    ByType,
    /// One for all.
    Fixed,
}

impl Choice for SpeedLimit {
    const CASES: &'static [(&'static str, SpeedLimit)] =
        &[("by type", SpeedLimit::ByType), ("fixed", SpeedLimit::Fixed)];
}

/// What counts as wrong.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct CleanParams {
    /// Western edge of the box, degrees; east of the eastern edge for a box across the date line.
    pub west_deg: f64,
    /// Southern edge of the box, degrees.
    pub south_deg: f64,
    /// Eastern edge of the box, degrees.
    pub east_deg: f64,
    /// Northern edge of the box, degrees.
    pub north_deg: f64,
    /// Whether stations on land, aids to navigation and aircraft go.
    pub ships_only: bool,
    /// Whether jumps go and shared numbers are looked for.
    pub finds_jumps: bool,
    /// The highest speed between two reports that is possible for any ship, knots.
    pub max_kn: f64,
    /// How far off a position may lie besides: position errors, and receivers whose clocks are
    /// some seconds out.
    pub tolerance_m: f64,
    /// How many wrong positions in a row, agreeing with each other, are a jump where the ship does
    /// not return to where it was expected, as at the end of a track. While reports go on where
    /// they were expected, up to [`CleanParams::share_reports`] are.
    pub jump_run: usize,
    /// Whether ships that share a number become vessels of their own.
    pub splits_shared: bool,
    /// With this many reports beside the other's, a track is another ship's, not a jump.
    pub share_reports: usize,
    /// How far from the other's it must lie, beyond what [`CleanParams::max_kn`] allows, meters.
    /// Nearer, it is the same ship by another receiver's clock, and only one of both is followed.
    pub share_apart_m: f64,
    /// Whether speeds are mended.
    pub mends_speeds: bool,
    /// Where `smax` comes from.
    pub speed_limit: SpeedLimit,
    /// The paper's `smax`, if one holds for all ships, knots.
    pub smax_kn: f64,
    /// The paper's `s0`, knots.
    pub s0_kn: f64,
    /// The paper's `d0`, meters.
    pub d0_m: f64,
    /// Whether a track begins with the first plausible speed.
    pub drops_leading: bool,
    /// Whether steps are inserted into silences.
    pub inserts_steps: bool,
    /// The paper's `t0`, seconds; also the time between inserted steps.
    pub t0_s: f64,
    /// The longest silence that steps are inserted into, minutes.
    pub longest_min: f64,
}

impl Default for CleanParams {
    fn default() -> Self {
        CleanParams {
            west_deg: -180.0,
            south_deg: -90.0,
            east_deg: 180.0,
            north_deg: 90.0,
            ships_only: true,
            finds_jumps: true,
            max_kn: 60.0,
            tolerance_m: 300.0,
            jump_run: 5,
            splits_shared: true,
            share_reports: 10,
            share_apart_m: 5000.0,
            mends_speeds: true,
            speed_limit: SpeedLimit::ByType,
            smax_kn: 50.0,
            s0_kn: 10.0,
            d0_m: 100.0,
            drops_leading: false,
            inserts_steps: false,
            t0_s: 180.0,
            longest_min: 30.0,
        }
    }
}

impl Params for CleanParams {
    fn describe(&mut self, form: &mut dyn Form) {
        let lon = |help| Field { unit: "°", range: -180.0..=180.0, help };
        let lat = |help| Field { unit: "°", range: -90.0..=90.0, help };
        let kn = |range, help| Field { unit: "kn", range, help };
        form.heading("Where");
        form.number(
            "west",
            &mut self.west_deg,
            lon("Western edge; more than east for a box across the date line."),
        );
        form.number("south", &mut self.south_deg, lat("Southern edge."));
        form.number("east", &mut self.east_deg, lon("Eastern edge."));
        form.number("north", &mut self.north_deg, lat("Northern edge."));
        form.flag(
            "ships_only",
            &mut self.ships_only,
            "Remove what stations on land, aids to navigation and aircraft sent.",
        );
        form.heading("Jumps and shared numbers");
        form.flag("jumps", &mut self.finds_jumps, "Remove positions where the ship cannot have been, and look for ships that share a number.");
        form.number(
            "max_speed",
            &mut self.max_kn,
            kn(5.0..=500.0, "The highest speed between two reports that is possible for any ship."),
        );
        form.number("tolerance", &mut self.tolerance_m, Field { unit: "m", range: 0.0..=20_000.0, help: "How far off a position may lie besides: position errors, and receivers' clocks some seconds out." });
        form.count("jump_run", &mut self.jump_run, Field { unit: "reports", range: 1..=1000, help: "The most wrong positions in a row, agreeing with each other, that are a jump where the ship does not return to her old track." });
        form.flag(
            "split_shared",
            &mut self.splits_shared,
            "Make ships that share a number into vessels of their own.",
        );
        form.count("share_reports", &mut self.share_reports, Field { unit: "reports", range: 2..=100_000, help: "With this many reports beside the other's, a track is another ship's; with fewer it is a jump." });
        form.number("share_apart", &mut self.share_apart_m, Field { unit: "m", range: 100.0..=1_000_000.0, help: "How far apart ships that share a number are at least; nearer, it is one ship by two receivers' clocks, of which one is followed." });
        form.heading("Speeds");
        form.flag(
            "mend_speeds",
            &mut self.mends_speeds,
            "Replace wrong speeds over ground by the speed before, as in the paper's Algorithm 2.",
        );
        self.speed_limit.describe("speed_limit", form, "Where the highest speed over ground, the paper's smax, comes from: the ship's type, or one for all.");
        form.number("smax", &mut self.smax_kn, kn(1.0..=102.2, "The paper's smax where one holds for all ships: a higher speed is wrong, unless the way sailed confirms it."));
        form.number(
            "s0",
            &mut self.s0_kn,
            kn(
                0.1..=100.0,
                "The paper's s0: a greater change of speed from one report to the next is sudden.",
            ),
        );
        form.number("d0", &mut self.d0_m, Field { unit: "m", range: 0.0..=10_000.0, help: "The paper's d0: a sudden speed is wrong if the way sailed differs by less from the way at the speed before." });
        form.heading("The paper's head and silences");
        form.flag("leading", &mut self.drops_leading, "Begin each track with its first speed above zero and up to smax, as in Algorithm 2. Removes ships that lie still or send no speed.");
        form.flag(
            "steps",
            &mut self.inserts_steps,
            "Insert steps into silences in which a ship sailed on, as in Algorithm 2.",
        );
        form.number("t0", &mut self.t0_s, Field { unit: "s", range: 1.0..=86_400.0, help: "The paper's t0: a longer time between two reports is a silence; also the time between inserted steps." });
        form.number(
            "longest",
            &mut self.longest_min,
            Field {
                unit: "min",
                range: 0.1..=14_400.0,
                help: "The longest silence that steps are inserted into.",
            },
        );
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.south_deg > self.north_deg {
            faults.push(format!(
                "south ({}°) lies north of north ({}°)",
                self.south_deg, self.north_deg
            ));
        }
        if self.share_reports <= self.jump_run {
            faults.push(format!(
                "share_reports is {}; it must be more than jump_run ({})",
                self.share_reports, self.jump_run
            ));
        }
        faults
    }
}

impl CleanParams {
    /// How far ships get.
    pub(super) fn reach(&self) -> Reach {
        Reach {
            m_per_ms: self.max_kn * MPS_PER_KN / 1000.0,
            tolerance_m: self.tolerance_m,
            jump_run: self.jump_run,
            apart_m: self.share_apart_m,
        }
    }

    /// What keeps out a report at `place`, if anything does.
    pub(super) fn screen(&self, place: Position) -> Verdict {
        if !place.is_valid() {
            return Verdict::NoPosition;
        }
        let (west, east) = (self.west_deg <= place.lon_deg, place.lon_deg <= self.east_deg);
        let in_lon = if self.west_deg <= self.east_deg { west && east } else { west || east };
        let in_lat = self.south_deg <= place.lat_deg && place.lat_deg <= self.north_deg;
        if in_lon && in_lat { Verdict::Kept } else { Verdict::OutsideBox }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{Checked, check_that_defaults_can_be_set};

    #[test]
    fn a_box_may_cross_the_date_line() {
        let params = CleanParams { west_deg: 170.0, east_deg: -170.0, ..CleanParams::default() };
        for (lon, verdict) in [
            (175.0, Verdict::Kept),
            (-175.0, Verdict::Kept),
            (0.0, Verdict::OutsideBox),
            (181.0, Verdict::NoPosition),
            (f64::NAN, Verdict::NoPosition),
        ] {
            assert_eq!(params.screen(Position::new(lon, 0.0)), verdict, "{lon}");
        }
    }

    #[test]
    fn the_defaults_are_in_range_and_settable_by_name() {
        check_that_defaults_can_be_set(&CleanParams::default());
    }

    #[test]
    fn parameters_that_contradict_each_other_are_refused() {
        let upside_down =
            CleanParams { south_deg: 10.0, north_deg: -10.0, ..CleanParams::default() };
        assert_eq!(
            Checked::new(&upside_down).unwrap_err(),
            ["south (10°) lies north of north (-10°)"]
        );
        let muddled = CleanParams { share_reports: 5, jump_run: 5, ..CleanParams::default() };
        assert_eq!(Checked::new(&muddled).unwrap_err().len(), 1);
    }
}
