//! One vessel's reports sorted into chains: sequences in which each report can be reached from the
//! one before at the speed of a ship.
//!
//! A faultless track is one chain. A wrong position begins a second one, which ends at once; two
//! ships under one number make two that go on side by side. What the chains mean is decided in
//! [`part`](super::part), when all are known.

use super::chain::{Chain, Reach};
use super::clean::Verdict;
use crate::ais::Track;
use crate::base::geo::{Position, short_distance_m};
use crate::base::job::{Job, Stopped};

/// How many chains are followed at a time.
const MAX_OPEN: usize = 4;

/// How long a chain waits for its next report while others go on.
const OPEN_MS: i64 = 6 * 3_600_000;

/// How long one does that may be of wrong positions.
const UNPROVED_OPEN_MS: i64 = 3_600_000;

/// How far ahead a ship is taken to keep course and speed when several chains want a report.
const AHEAD_MS: f64 = 600_000.0;

/// How many reports at one time are compared to find those sent twice.
const MAX_COMPARED: usize = 8;

/// An owner that is none: the report was removed.
pub(super) const NO_CHAIN: u32 = u32::MAX;

/// The chains of a track.
#[derive(Debug, Default)]
pub(super) struct Chains {
    /// The chains.
    pub chains: Vec<Chain>,
    /// For each report of the track its chain, or [`NO_CHAIN`]. Empty where one chain owns all
    /// that was kept.
    pub owners: Vec<u32>,
}

/// Sorts the reports of `track` that `verdicts` keeps into chains, and gives a verdict to those
/// that say again what another said at the same time. Without a `reach` everything is one chain.
///
/// A report goes to the chain it can be reached from; if there are several, to one that has proved
/// to be a ship's, and of these to the one whose course and speed lead nearest to it. A chain that
/// has a report at this very time already keeps that, and the new one is [`Verdict::SameTime`].
pub(super) fn sort_into_chains(
    track: &Track<'_>,
    reach: Option<Reach>,
    verdicts: &mut [Verdict],
    job: &Job,
) -> Result<Chains, Stopped> {
    let anywhere = Reach {
        m_per_ms: 0.0,
        tolerance_m: f64::INFINITY,
        jump_run: usize::MAX,
        apart_m: f64::INFINITY,
    };
    let reach = reach.unwrap_or(anywhere);
    let mut sorted = Chains::default();
    let mut open: Vec<u32> = Vec::with_capacity(MAX_OPEN);
    let mut leader: Option<u32> = None;
    for report in 0..track.len() {
        if report % 65_536 == 0 {
            job.go_on()?;
        }
        if verdicts[report] != Verdict::Kept {
            continue;
        }
        if let Some(id) = leader {
            let chain = &mut sorted.chains[id as usize];
            let dt_ms = track.t_ms[report] - track.t_ms[chain.last];
            let (from, to) = (track.positions[chain.last], track.positions[report]);
            if dt_ms > 0 && reach.allows(from, to, dt_ms) {
                chain.extend(report, dt_ms);
                if let Some(owner) = sorted.owners.get_mut(report) {
                    *owner = id;
                }
                continue;
            }
        }
        if open.len() > 1 {
            close_old(track, &reach, &sorted.chains, &mut open, report);
        }
        match choose(track, &reach, &sorted.chains, &open, report) {
            Some(id) => {
                let chain = &mut sorted.chains[id as usize];
                let dt_ms = track.t_ms[report] - track.t_ms[chain.last];
                if dt_ms > 0 {
                    chain.extend(report, dt_ms);
                    // Only the first of all chains goes without a list of owners.
                    if let Some(owner) = sorted.owners.get_mut(report) {
                        *owner = id;
                    }
                } else if repeats(track, verdicts, report) {
                    verdicts[report] = Verdict::Duplicate;
                } else {
                    verdicts[report] = Verdict::SameTime;
                }
            }
            None => begin(track, &reach, verdicts, &mut sorted, &mut open, report),
        }
        leader = the_leader(&sorted.chains, &open, reach.jump_run);
    }
    Ok(sorted)
}

/// The chain that gets every report it can reach, whatever the others can: the only one, or the
/// only one that has proved to be a ship's.
fn the_leader(chains: &[Chain], open: &[u32], jump_run: usize) -> Option<u32> {
    if let [only] = *open {
        return Some(only);
    }
    let mut proved = open.iter().filter(|id| chains[**id as usize].is_proved(jump_run));
    proved.next().copied().filter(|_| proved.next().is_none())
}

/// The chain that `report` belongs to, if it can be reached from any.
fn choose(
    track: &Track<'_>,
    reach: &Reach,
    chains: &[Chain],
    open: &[u32],
    report: usize,
) -> Option<u32> {
    let place = track.positions[report];
    let mut best: Option<(bool, f64, u32)> = None;
    for id in open {
        let chain = &chains[*id as usize];
        let dt_ms = track.t_ms[report] - track.t_ms[chain.last];
        let is_reached = reach.allows(track.positions[chain.last], place, dt_ms);
        // At one time with the chain's last report, it is the same ship's if it could stand in
        // that report's place.
        let stands_in = dt_ms == 0
            && chain.before.is_some_and(|before| {
                let dt_ms = track.t_ms[report] - track.t_ms[before];
                reach.allows(track.positions[before], place, dt_ms)
            });
        if !is_reached && !stands_in {
            continue;
        }
        let is_unproved = !chain.is_proved(reach.jump_run);
        let rank =
            (is_unproved, short_distance_m(expected(track, reach, chain, dt_ms), place), *id);
        if best.is_none_or(|best| rank < best) {
            best = Some(rank);
        }
    }
    best.map(|(_, _, id)| id)
}

/// Where a chain's ship is `dt_ms` after its last report if it keeps course and speed.
fn expected(track: &Track<'_>, reach: &Reach, chain: &Chain, dt_ms: i64) -> Position {
    let last = track.positions[chain.last];
    let Some(before) = chain.before else { return last };
    let (from, leg_ms) = (track.positions[before], track.t_ms[chain.last] - track.t_ms[before]);
    let lasts_long_enough = (1000..3_600_000).contains(&leg_ms);
    if !lasts_long_enough || !(Reach { tolerance_m: 0.0, ..*reach }).allows(from, last, leg_ms) {
        return last;
    }
    let share = (dt_ms as f64).min(AHEAD_MS) / leg_ms as f64;
    let d_lon_deg = crate::base::geo::wrap_lon_deg(last.lon_deg - from.lon_deg);
    Position::new(
        crate::base::geo::wrap_lon_deg(last.lon_deg + share * d_lon_deg),
        (last.lat_deg + share * (last.lat_deg - from.lat_deg)).clamp(-90.0, 90.0),
    )
}

/// Whether a report says exactly what one of those before it at the same time said.
fn repeats(track: &Track<'_>, verdicts: &[Verdict], report: usize) -> bool {
    let says = |report: usize| {
        let place = track.positions[report];
        let (lon, lat) = (place.lon_deg.to_bits(), place.lat_deg.to_bits());
        let motion = [track.sog_kn[report], track.cog_deg[report], track.heading_deg[report]];
        (lon, lat, motion.map(f32::to_bits))
    };
    (0..report)
        .rev()
        .take_while(|earlier| track.t_ms[*earlier] == track.t_ms[report])
        .filter(|earlier| matches!(verdicts[*earlier], Verdict::Kept | Verdict::SameTime))
        .take(MAX_COMPARED)
        .any(|earlier| says(earlier) == says(report))
}

/// Begins a chain with `report`, which can be reached from none that is open.
fn begin(
    track: &Track<'_>,
    reach: &Reach,
    verdicts: &[Verdict],
    sorted: &mut Chains,
    open: &mut Vec<u32>,
    report: usize,
) {
    // From the second chain on, it must be known what belongs to which; so far all was one.
    if !sorted.chains.is_empty() && sorted.owners.is_empty() {
        let owner = |verdict: &Verdict| if *verdict == Verdict::Kept { 0 } else { NO_CHAIN };
        sorted.owners = verdicts[..report].iter().map(owner).collect();
        sorted.owners.resize(track.len(), NO_CHAIN);
    }
    for id in open.iter_mut() {
        *id = doubt(track, reach, sorted, *id, report);
    }
    if open.len() == MAX_OPEN {
        // Give up the one that is least likely to go on.
        let rank = |id: &u32| {
            let chain = &sorted.chains[*id as usize];
            (chain.is_proved(reach.jump_run), track.t_ms[chain.last])
        };
        let least = open.iter().enumerate().min_by_key(|(_, id)| rank(id));
        open.remove(least.expect("some are open").0);
    }
    let id = sorted.chains.len() as u32;
    sorted.chains.push(Chain::new(report));
    open.push(id);
    if let Some(owner) = sorted.owners.get_mut(report) {
        *owner = id;
    }
}

/// Makes the last few reports of a chain a chain of their own if only a long silence let them
/// belong to it, and `report`, which they rule out, could have followed just as well. Which of the
/// two is wrong will show.
fn doubt(track: &Track<'_>, reach: &Reach, sorted: &mut Chains, id: u32, report: usize) -> u32 {
    let chain = sorted.chains[id as usize];
    let Some(last) = chain.settled else { return id };
    let dt_ms = track.t_ms[report] - track.t_ms[last];
    let could_follow = reach.allows(track.positions[last], track.positions[report], dt_ms);
    if chain.n_anew > reach.jump_run || !could_follow {
        return id;
    }
    let doubted = sorted.chains.len() as u32;
    for owner in sorted.owners[chain.anew..report].iter_mut().filter(|owner| **owner == id) {
        *owner = doubted;
    }
    let (settled, anew) = chain.parted(last);
    sorted.chains[id as usize] = settled;
    sorted.chains.push(anew);
    doubted
}

/// Closes the chains that were silent for too long.
fn close_old(
    track: &Track<'_>,
    reach: &Reach,
    chains: &[Chain],
    open: &mut Vec<u32>,
    report: usize,
) {
    open.retain(|id| {
        let chain = &chains[*id as usize];
        let is_proved = chain.is_proved(reach.jump_run);
        let limit_ms = if is_proved { OPEN_MS } else { UNPROVED_OPEN_MS };
        track.t_ms[report] - track.t_ms[chain.last] <= limit_ms
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Fleet, Report, Vessel};

    const REACH: Reach = Reach { m_per_ms: 0.03, tolerance_m: 200.0, jump_run: 3, apart_m: 5000.0 };

    /// Sorts reports given as seconds and kilometers north of the equator; says who owns each.
    fn owners(reports: &[(i64, f64)]) -> Vec<u32> {
        let place = |km: f64| Position::new(0.0, km / 111.195);
        let reports = reports.iter().map(|(t_s, km)| Report::at(t_s * 1000, place(*km))).collect();
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports)]);
        let mut verdicts = vec![Verdict::Kept; fleet.reports().len()];
        let sorted =
            sort_into_chains(&fleet.track(0), Some(REACH), &mut verdicts, &Job::default()).unwrap();
        sorted.owners
    }

    #[test]
    fn a_faultless_track_is_one_chain_without_a_list_of_owners() {
        assert!(owners(&[(0, 0.0), (60, 0.5), (120, 1.0)]).is_empty());
    }

    #[test]
    fn a_position_out_of_reach_begins_another_chain() {
        assert_eq!(owners(&[(0, 0.0), (60, 50.0), (120, 1.0), (180, 1.5)]), [0, 1, 0, 0]);
    }

    #[test]
    fn the_chain_that_leads_nearest_gets_the_report() {
        // Both can reach kilometer 12 within ten minutes; the first sails toward it.
        let reports = [
            (0, 0.0),
            (1, 20.0),
            (60, 1.0),
            (61, 21.0),
            (120, 2.0),
            (121, 22.0),
            (180, 3.0),
            (181, 23.0),
            (240, 4.0),
            (241, 24.0),
            (840, 14.1),
        ];
        assert_eq!(owners(&reports)[10], 0);
    }

    #[test]
    fn more_than_four_chains_are_not_followed() {
        // The ship at kilometer 0 is kept, for it has proved to be one.
        let mut reports: Vec<(i64, f64)> = (0..5).map(|i| (i * 10, 0.0)).collect();
        reports.extend((0..9).map(|i| (60 + i, 1000.0 * (i + 1) as f64)));
        reports.push((80, 0.0));
        assert_eq!(owners(&reports).last(), Some(&0));
    }

    #[test]
    fn who_is_silent_for_long_while_others_go_on_is_given_up() {
        let ship = |from_s: i64, km: f64| (0..5).map(move |i| (from_s + 60 * i, km));
        let mut reports: Vec<(i64, f64)> = ship(0, 0.0).chain(ship(300, 900.0)).collect();
        reports.extend(ship(5 * 3600, 900.0).chain(ship(6 * 3600, 900.0)));
        let returns = |t_s| {
            let mut reports = reports.clone();
            reports.push((t_s, 0.0));
            owners(&reports).last().copied()
        };
        assert_eq!(returns(6 * 3600 + 240), Some(0));
        assert_eq!(returns(6 * 3600 + 241), Some(2));
    }
}
