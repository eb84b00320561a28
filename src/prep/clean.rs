//! Cleaning: what cannot be a ship's true report goes, and every report's fate is told.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::follow::follow;
use super::gather::{Plan, gather};
use super::limits::{CleanParams, SpeedLimit};
use super::mend::mend_speeds;
use super::part::{Fate, fates};
use super::share::{NO_CHAIN, sort_into_chains};
use super::steps::insert_steps;
use crate::ais::{Fleet, Mmsi};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;

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
/// Takes time linear in the number of reports, on all cores, and little memory beside the result's.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
///
/// # Reference
///
/// Tu, Zhang, Mao, Rachmawati, Huang, *Modeling Historical AIS Data For Vessel Path Prediction: A
/// Comprehensive Treatment*, Algorithm 2, whose symbols the parameters name. It knows neither jumps
/// nor shared numbers; these are ours. So are these departures from its other steps. The head of a
/// track stays unless [`CleanParams::drops_leading`] says otherwise, for it would delete ships that
/// lie still or send no speed. The speed that replaces a wrong one is the mended one before; the
/// paper takes the one sent, and so carries each wrong speed on to the next report. A speed beyond
/// `smax` stays where the way sailed confirms it, and a sudden one where it explains the way better
/// than the speed before. Inserted steps are `t0` apart and only go into silences of limited
/// length. Courses stay degrees; sines are the business of features.
pub fn clean(fleet: &Fleet, params: &Checked<CleanParams>, job: &Job) -> Result<Cleaned, Stopped> {
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
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize,
)]
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
    let reach = params.finds_jumps.then(|| params.reach());
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

    #[test]
    fn every_verdict_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = Verdict::ALL.map(Verdict::name).into();
        assert_eq!(names.len(), Verdict::ALL.len());
    }
}
