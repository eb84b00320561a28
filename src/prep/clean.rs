//! Cleaning: what cannot be a ship's true report goes, and every report's fate is told.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::follow::follow;
use super::gather::{Plan, gather};
use super::mend::mend_speeds;
use super::part::{Fate, fates};
use super::share::{NO_CHAIN, Reach, sort_into_chains};
use super::steps::insert_steps;
use crate::ais::{Fleet, Mmsi};
use crate::base::geo::Position;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice, Field, Form, Params};
use crate::base::units::MPS_PER_KN;

/// Takes away the reports that cannot be true, tells apart ships that share one number, and mends
/// speeds. In the fleet that comes out, times strictly increase within each vessel; vessels
/// without a report left are gone, and ships that shared a number are vessels of their own that
/// differ in [`Vessel::part`](crate::ais::Vessel::part).
///
/// In this order: stations that are no ships; no position, or none on the Earth; positions outside
/// the box; leading reports without a speed (if asked for); reports sent or stored twice; further
/// reports at one time; jumps. Of several reports at one time the first that fits the track stays.
///
/// A position is a *jump* if the ship could not have sailed there and back: it lies further off
/// than the highest speed and a tolerance allow, and the reports around it agree with each other
/// (see [`CleanParams::jump_run`] for several in a row). Where a ship goes on from the new place,
/// that is a silence and not a mistake, and everything stays. Where two tracks, each possible in
/// itself, go on side by side, two ships share a number (see [`CleanParams::share_reports`]).
///
/// Takes time linear in the number of reports, on all cores, and no memory but the result's.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Reference
///
/// Tu, Zhang, Mao, Zhang, Zhang, Huang (2020), *Modeling Historical AIS Data For Vessel Path
/// Prediction: A Comprehensive Treatment*, Algorithm 2, whose symbols the parameters name. It
/// knows neither jumps nor shared numbers; these are ours. Where we depart from its other steps is
/// said at the parameters.
pub fn clean(
    fleet: &Fleet,
    params: &Checked<CleanParams>,
    job: &Job,
) -> Result<Cleaned, Stopped> {
    job.expect(fleet.reports().len());
    let mut verdicts = vec![Verdict::Kept; fleet.reports().len()];
    let mut rest = verdicts.as_mut_slice();
    let mut tasks = Vec::new();
    for vessels in super::chunks(fleet) {
        let n = fleet.starts()[vessels.end] - fleet.starts()[vessels.start];
        let (own, others) = rest.split_at_mut(n);
        rest = others;
        tasks.push((vessels, own));
    }
    let plans = tasks
        .into_par_iter()
        .map(|(vessels, verdicts)| {
            let mut plan = Plan::default();
            let first = fleet.starts()[vessels.start];
            for vessel in vessels {
                let range = fleet.range(vessel);
                let own = &mut verdicts[range.start - first..range.end - first];
                judge(fleet, vessel, own, params, &mut plan, job)?;
                job.advance(range.len())?;
            }
            Ok(plan)
        })
        .collect::<Result<Vec<Plan>, Stopped>>()?;
    let mut plan = Plan::default();
    for chunk in plans {
        plan.append(chunk);
    }
    let mut cleaned = Cleaned {
        fleet: gather(fleet, &plan),
        verdicts,
        removed: plan.removed,
        mended: plan.mended,
        shared: plan.shared,
    };
    if params.inserts_steps {
        (cleaned.fleet, cleaned.mended.steps) = insert_steps(&cleaned.fleet, params, job)?;
    }
    Ok(cleaned)
}

/// What [`clean()`] made of a fleet.
#[derive(Clone, PartialEq, Debug)]
pub struct Cleaned {
    /// What was kept. Times strictly increase within each vessel.
    pub fleet: Fleet,
    /// What became of each report of the fleet that was cleaned.
    pub verdicts: Vec<Verdict>,
    /// How many reports were removed for each reason there was. With the kept ones they add up to
    /// the number that came in.
    pub removed: BTreeMap<Verdict, usize>,
    /// What was changed or added.
    pub mended: Mended,
    /// Numbers that several ships sent under, by rising number.
    pub shared: Vec<SharedMmsi>,
}

impl Cleaned {
    /// How many reports came in.
    pub fn reports_in(&self) -> usize {
        self.verdicts.len()
    }

    /// How many of them were kept; inserted steps are counted apart.
    pub fn reports_kept(&self) -> usize {
        self.verdicts.len() - self.removed.values().sum::<usize>()
    }
}

/// Counts of what cleaning changed or added.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Mended {
    /// Speeds below zero or beyond what the ship can reach, replaced by the speed before.
    pub impossible_speeds: usize,
    /// Speeds that changed suddenly though the ship sailed on as before, replaced likewise.
    pub sudden_speeds: usize,
    /// Reports inserted into silences.
    pub steps: usize,
}

/// A number under which several ships were found to send.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SharedMmsi {
    /// The number.
    pub mmsi: Mmsi,
    /// How many ships.
    pub parts: usize,
}

/// What became of a report: kept, or the reason why it was removed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[repr(u8)]
pub enum Verdict {
    /// Kept.
    #[default]
    Kept,
    /// Sent by a station on land, an aid to navigation or an aircraft.
    NotShip,
    /// Not a position on the Earth: not available, or out of range.
    NoPosition,
    /// Outside the box of the parameters.
    OutsideBox,
    /// At the head of the track, before the first plausible speed.
    Leading,
    /// Exactly a report before it, once more.
    Duplicate,
    /// Another report at the time of one that was kept.
    SameTime,
    /// Where the ship cannot have been.
    Jump,
}

impl Verdict {
    /// Every verdict, [`Verdict::Kept`] first.
    pub const ALL: [Verdict; 8] = [
        Verdict::Kept,
        Verdict::NotShip,
        Verdict::NoPosition,
        Verdict::OutsideBox,
        Verdict::Leading,
        Verdict::Duplicate,
        Verdict::SameTime,
        Verdict::Jump,
    ];

    /// The verdict as files and the command line write it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Kept => "kept",
            Verdict::NotShip => "not_ship",
            Verdict::NoPosition => "no_position",
            Verdict::OutsideBox => "outside_box",
            Verdict::Leading => "leading",
            Verdict::Duplicate => "duplicate",
            Verdict::SameTime => "same_time",
            Verdict::Jump => "jump",
        }
    }
}

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
            share_reports: 20,
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
        form.number("west", &mut self.west_deg, lon("Western edge; more than east for a box across the date line."));
        form.number("south", &mut self.south_deg, lat("Southern edge."));
        form.number("east", &mut self.east_deg, lon("Eastern edge."));
        form.number("north", &mut self.north_deg, lat("Northern edge."));
        form.flag("ships_only", &mut self.ships_only, "Remove what stations on land, aids to navigation and aircraft sent.");
        form.heading("Jumps and shared numbers");
        form.flag("jumps", &mut self.finds_jumps, "Remove positions where the ship cannot have been, and look for ships that share a number.");
        form.number("max_speed", &mut self.max_kn, kn(5.0..=500.0, "The highest speed between two reports that is possible for any ship."));
        form.number("tolerance", &mut self.tolerance_m, Field { unit: "m", range: 0.0..=20_000.0, help: "How far off a position may lie besides: position errors, and receivers' clocks some seconds out." });
        form.count("jump_run", &mut self.jump_run, Field { unit: "reports", range: 1..=1000, help: "The most wrong positions in a row, agreeing with each other, that are a jump where the ship does not return to her old track." });
        form.flag("split_shared", &mut self.splits_shared, "Make ships that share a number into vessels of their own.");
        form.count("share_reports", &mut self.share_reports, Field { unit: "reports", range: 2..=100_000, help: "With this many reports beside the other's, a track is another ship's; with fewer it is a jump." });
        form.number("share_apart", &mut self.share_apart_m, Field { unit: "m", range: 100.0..=1_000_000.0, help: "How far apart ships that share a number are at least; nearer, it is one ship by two receivers' clocks, of which one is followed." });
        form.heading("Speeds");
        form.flag("mend_speeds", &mut self.mends_speeds, "Replace wrong speeds over ground by the speed before, as in the paper's Algorithm 2.");
        self.speed_limit.describe("speed_limit", form, "Where the highest speed over ground, the paper's smax, comes from: the ship's type, or one for all.");
        form.number("smax", &mut self.smax_kn, kn(1.0..=102.2, "The paper's smax where one holds for all ships: a higher speed is wrong, unless the way sailed confirms it."));
        form.number("s0", &mut self.s0_kn, kn(0.1..=100.0, "The paper's s0: a greater change of speed from one report to the next is sudden."));
        form.number("d0", &mut self.d0_m, Field { unit: "m", range: 0.0..=10_000.0, help: "The paper's d0: a sudden speed is wrong if the way sailed differs by less from the way at the speed before." });
        form.heading("The paper's head and silences");
        form.flag("leading", &mut self.drops_leading, "Begin each track with its first speed above zero and up to smax, as in Algorithm 2. Removes ships that lie still or send no speed.");
        form.flag("steps", &mut self.inserts_steps, "Insert steps into silences in which a ship sailed on, as in Algorithm 2.");
        form.number("t0", &mut self.t0_s, Field { unit: "s", range: 1.0..=86_400.0, help: "The paper's t0: a longer time between two reports is a silence; also the time between inserted steps." });
        form.number("longest", &mut self.longest_min, Field { unit: "min", range: 0.1..=14_400.0, help: "The longest silence that steps are inserted into." });
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.south_deg > self.north_deg {
            faults.push(format!("south ({}°) lies north of north ({}°)", self.south_deg, self.north_deg));
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
    /// What keeps out a report at `place`, if anything does.
    fn screen(&self, place: Position) -> Verdict {
        if !place.is_valid() {
            return Verdict::NoPosition;
        }
        let (west, east) = (self.west_deg <= place.lon_deg, place.lon_deg <= self.east_deg);
        let in_lon = if self.west_deg <= self.east_deg { west && east } else { west || east };
        let in_lat = self.south_deg <= place.lat_deg && place.lat_deg <= self.north_deg;
        if in_lon && in_lat { Verdict::Kept } else { Verdict::OutsideBox }
    }
}

/// Judges the reports of one vessel and appends to `plan` what of them is to be gathered.
fn judge(
    fleet: &Fleet,
    index: usize,
    verdicts: &mut [Verdict],
    params: &CleanParams,
    plan: &mut Plan,
    job: &Job,
) -> Result<(), Stopped> {
    let (vessel, track) = (&fleet.vessels()[index], fleet.track(index));
    let first = fleet.range(index).start;
    let smax_kn = match params.speed_limit {
        SpeedLimit::ByType => vessel.kind().fastest_kn(),
        SpeedLimit::Fixed => params.smax_kn,
    };
    if params.ships_only && !vessel.class().may_sail() {
        verdicts.fill(Verdict::NotShip);
        plan.count(verdicts);
        return Ok(());
    }
    for (verdict, place) in verdicts.iter_mut().zip(track.positions) {
        *verdict = params.screen(*place);
    }
    if params.drops_leading {
        let speeds = track.sog_kn.iter().map(|sog| f64::from(*sog));
        for (verdict, sog) in verdicts.iter_mut().zip(speeds) {
            let is_kept = *verdict == Verdict::Kept;
            if is_kept && sog > 0.0 && sog <= smax_kn {
                break;
            }
            if is_kept {
                *verdict = Verdict::Leading;
            }
        }
    }
    let reach = params.finds_jumps.then(|| Reach {
        m_per_ms: params.max_kn * MPS_PER_KN / 1000.0,
        tolerance_m: params.tolerance_m,
        jump_run: params.jump_run,
        apart_m: params.share_apart_m,
    });
    let chains = sort_into_chains(&track, reach, verdicts, job)?;
    let first_ship = plan.ships.len();
    if chains.owners.is_empty() {
        plan.add_ship(index, 0, first, verdicts.iter().map(|verdict| *verdict == Verdict::Kept));
    } else {
        let reach = reach.expect("without a reach there is one chain");
        let (fates, parts) = fates(&track, &chains, params, &reach);
        for (verdict, owner) in verdicts.iter_mut().zip(&chains.owners) {
            if *owner != NO_CHAIN && fates[*owner as usize] == Fate::Jump {
                *verdict = Verdict::Jump;
            }
        }
        for part in 0..parts {
            follow(&track, &chains, &fates, part, &reach, verdicts);
            let is_own = verdicts.iter().zip(&chains.owners).map(|(verdict, owner)| {
                *verdict == Verdict::Kept && fates[*owner as usize] == Fate::Part(part)
            });
            plan.add_ship(index, part, first, is_own);
        }
        if parts > 1 {
            plan.shared.push(SharedMmsi { mmsi: vessel.mmsi, parts: usize::from(parts) });
        }
    }
    plan.count(verdicts);
    if params.mends_speeds {
        for ship in first_ship..plan.ships.len() {
            mend_speeds(fleet, ship, smax_kn, params, plan);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::params::{manual, set};

    #[test]
    fn every_verdict_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = Verdict::ALL.map(Verdict::name).into();
        assert_eq!(names.len(), Verdict::ALL.len());
    }

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
        let defaults = CleanParams::default();
        assert!(Checked::new(&defaults).is_ok());
        for entry in manual(&defaults) {
            let text = entry.value.as_str().map_or(entry.value.to_string(), str::to_owned);
            let mut params = defaults.clone();
            assert_eq!(set(&mut params, entry.name, &text), Ok(()), "{}", entry.name);
            assert_eq!(params, defaults, "{}", entry.name);
        }
    }

    #[test]
    fn parameters_that_contradict_each_other_are_refused() {
        let upside_down = CleanParams { south_deg: 10.0, north_deg: -10.0, ..CleanParams::default() };
        assert_eq!(Checked::new(&upside_down).unwrap_err(), ["south (10°) lies north of north (-10°)"]);
        let muddled = CleanParams { share_reports: 5, jump_run: 5, ..CleanParams::default() };
        assert_eq!(Checked::new(&muddled).unwrap_err().len(), 1);
    }
}
