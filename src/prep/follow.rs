//! One ship by several clocks: which of her reports to follow.
//!
//! Receivers whose reports are put together may differ by minutes. Then a ship is seen here and,
//! at the same time, where she was two minutes ago: chains side by side, both in her wake, that
//! can only be told from two ships by how near to each other they are. The positions are right
//! and their times are not, so a track of both would run to and fro.

use super::chain::Reach;
use super::clean::Verdict;
use super::part::Fate;
use super::share::Chains;
use crate::ais::Track;

/// How far ahead the chains are compared.
const AHEAD_MS: i64 = 600_000;

/// How many times as many reports another chain must have there to be changed to.
const MANY: usize = 2;

/// Gives the verdict [`Verdict::Jump`] to reports of the ship `part` that leave the chain she is
/// followed by, and [`Verdict::SameTime`] to those at the time of one that was kept.
///
/// The chain is changed for one that has twice as many reports over the next ten minutes, or when
/// it ends; and then with the first report that can be reached from the last one kept. Where no
/// error of a clock explains how far off the other chain lies, it is changed at once: she was
/// silent and is somewhere else.
pub(super) fn follow(
    track: &Track<'_>,
    sorted: &Chains,
    fates: &[Fate],
    part: u8,
    reach: &Reach,
    verdicts: &mut [Verdict],
) {
    let own: Vec<usize> = (0..track.len())
        .filter(|report| {
            verdicts[*report] == Verdict::Kept
                && fates[sorted.owners[*report] as usize] == Fate::Part(part)
        })
        .collect();
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); sorted.chains.len()];
    for report in &own {
        members[sorted.owners[*report] as usize].push(*report);
    }
    let ahead = |chain: usize, t_ms: i64| {
        let from = members[chain].partition_point(|report| track.t_ms[*report] < t_ms);
        let to = members[chain].partition_point(|report| track.t_ms[*report] <= t_ms + AHEAD_MS);
        to - from
    };
    let is_proved = |chain: usize| sorted.chains[chain].is_proved(reach.jump_run);
    let mut followed: Option<(usize, usize)> = None;
    for report in own {
        let other = sorted.owners[report] as usize;
        if followed.is_some_and(|(_, last)| track.t_ms[last] == track.t_ms[report]) {
            verdicts[report] = Verdict::SameTime;
            continue;
        }
        if let Some((chain, last)) = followed
            && chain != other
            && is_proved(chain)
            && is_proved(other)
        {
            let (from, to) = (track.positions[last], track.positions[report]);
            let dt_ms = track.t_ms[report] - track.t_ms[last];
            let t_ms = track.t_ms[report];
            let goes_on = sorted.chains[chain].last > report
                && ahead(other, t_ms) <= MANY * ahead(chain, t_ms);
            let is_apart = reach.is_apart(from, to, dt_ms);
            if !is_apart && (goes_on || !reach.allows(from, to, dt_ms)) {
                verdicts[report] = Verdict::Jump;
                continue;
            }
        }
        followed = Some((other, report));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Fleet, Report, Vessel};
    use crate::base::geo::Position;
    use crate::prep::chain::Chain;

    const REACH: Reach = Reach { m_per_ms: 0.03, tolerance_m: 300.0, jump_run: 5, apart_m: 5000.0 };

    /// What is kept of a ship that goes north at 10 m/s, reporting every 10 seconds by one of two
    /// clocks: `a`, or `b` that is two minutes late. `-` for what is not kept.
    fn followed(clocks: &str) -> String {
        let place = |i: i64, clock: u8| {
            let late_s = if clock == b'b' { 120 } else { 0 };
            Position::new(0.0, (i * 10 - late_s) as f64 * 10.0 / 111_195.0)
        };
        let reports = (0..).zip(clocks.bytes()).map(|(i, c)| Report::at(i * 10_000, place(i, c)));
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
        let owners: Vec<u32> = clocks.bytes().map(|c| u32::from(c - b'a')).collect();
        let chain = |id: u32| {
            let first = owners.iter().position(|owner| *owner == id).unwrap();
            let last = owners.iter().rposition(|owner| *owner == id).unwrap();
            Chain::spanning(first, last, owners.iter().filter(|owner| **owner == id).count())
        };
        let sorted = Chains { chains: vec![chain(0), chain(1)], owners: owners.clone() };
        let mut verdicts = vec![Verdict::Kept; clocks.len()];
        follow(&fleet.track(0), &sorted, &[Fate::Part(0); 2], 0, &REACH, &mut verdicts);
        let is_kept = |verdict: &Verdict| *verdict == Verdict::Kept;
        clocks.chars().zip(&verdicts).map(|(c, v)| if is_kept(v) { c } else { '-' }).collect()
    }

    #[test]
    fn one_clock_is_followed_while_it_goes_on() {
        let kept = followed(&"aaaab".repeat(20));
        assert_eq!(kept, "aaaa-".repeat(20));
    }

    #[test]
    fn the_clock_with_far_more_reports_is_changed_to() {
        // The last report by `a` comes late; until then, 20 of `b` are more than twice as many.
        let kept = followed(&format!("{}{}a", "a".repeat(20), "b".repeat(70)));
        assert!(kept.starts_with(&"a".repeat(20)) && kept.ends_with("b-"), "{kept}");
        assert!(kept.matches('b').count() >= 50, "{kept}");
    }

    #[test]
    fn when_a_clock_ends_the_other_is_taken_as_soon_as_it_can_be_reached() {
        let kept = followed(&format!("{}{}{}", "a".repeat(20), "ab".repeat(5), "b".repeat(50)));
        let expected = format!("{}{}-{}", "a".repeat(20), "a-".repeat(5), "b".repeat(49));
        assert_eq!(kept, expected);
    }
}
