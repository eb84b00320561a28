//! What a track's chains mean: ships, or wrong positions.

use rustc_hash::FxHashMap;

use super::chain::{Chain, Reach};
use super::limits::CleanParams;
use super::share::{Chains, NO_CHAIN};
use crate::ais::Track;
use crate::base::geo::short_distance_m;

/// What a chain is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fate {
    /// Wrong positions.
    Jump,
    /// A ship, by its place among those that share the number.
    Part(u8),
}

/// Decides what each chain of `track` is, and how many ships there are.
///
/// - Of two chains that go on side by side and apart from each other, the one with fewer reports
///   (the later, if equal) is another ship if it has [`CleanParams::share_reports`], and else
///   wrong.
/// - Chains side by side but not apart are one ship by different clocks (see
///   [`follow`](super::follow)); where one is as short as a jump, it is one.
/// - Chains that follow one another are one ship, which was somewhere else after a silence; of
///   several ships the one that was nearest. But at most [`CleanParams::jump_run`] reports
///   between, before or after longer chains are wrong. Where more than that go without a chain to
///   call long, nothing says which of them are wrong, and all are kept.
pub(super) fn fates(
    track: &Track<'_>,
    sorted: &Chains,
    params: &CleanParams,
    reach: &Reach,
) -> (Vec<Fate>, u8) {
    let chains = &sorted.chains;
    let apart = Apart::between(track, sorted, reach);
    let mut order: Vec<usize> = (0..chains.len()).collect();
    order.sort_by_key(|id| chains[*id].first);
    let mut is_jump = vec![false; chains.len()];
    mark_overlapped(chains, &order, &apart, params, &mut is_jump);
    order.retain(|id| !is_jump[*id]);
    mark_between(chains, &order, params.jump_run, &mut is_jump);
    order.retain(|id| !is_jump[*id]);
    let mut fates = vec![Fate::Jump; chains.len()];
    let mut parts: Vec<Part> = Vec::new();
    for id in order {
        let chain = &chains[id];
        for part in &mut parts {
            part.active.retain(|other| chains[*other].last > chain.first);
        }
        let may_take = |part: &Part| {
            !params.splits_shared || part.active.iter().all(|other| !apart.are(*other, id))
        };
        let place = track.positions[chain.first];
        let distance_m = |part: &Part| short_distance_m(track.positions[part.last], place);
        let chosen = (0..parts.len())
            .filter(|part| may_take(&parts[*part]))
            .min_by(|a, b| distance_m(&parts[*a]).total_cmp(&distance_m(&parts[*b])))
            .unwrap_or(parts.len());
        if chosen == parts.len() {
            parts.push(Part { active: Vec::new(), last: chain.last });
        }
        parts[chosen].active.push(id);
        parts[chosen].last = parts[chosen].last.max(chain.last);
        fates[id] = Fate::Part(chosen as u8);
    }
    // No more chains than are followed at a time overlap anywhere, so a `u8` holds the parts.
    (fates, parts.len() as u8)
}

/// A ship that is being put together.
struct Part {
    /// Its chains that go on.
    active: Vec<usize>,
    /// Its last report.
    last: usize,
}

/// How often reports that follow each other are of two different chains, and how often these lie
/// further apart than any error of a clock explains.
#[derive(Default)]
struct Apart(FxHashMap<(u32, u32), (usize, usize)>);

impl Apart {
    fn between(track: &Track<'_>, sorted: &Chains, reach: &Reach) -> Apart {
        let mut apart = Apart::default();
        let mut before: Option<usize> = None;
        for report in (0..track.len()).filter(|report| sorted.owners[*report] != NO_CHAIN) {
            if let Some(before) = before
                && sorted.owners[before] != sorted.owners[report]
            {
                let (a, b) = (sorted.owners[before], sorted.owners[report]);
                let dt_ms = track.t_ms[report] - track.t_ms[before];
                let (from, to) = (track.positions[before], track.positions[report]);
                let (n, far) = apart.0.entry((a.min(b), a.max(b))).or_default();
                *n += 1;
                *far += usize::from(reach.is_apart(from, to, dt_ms));
            }
            before = Some(report);
        }
        apart
    }

    /// Whether two chains are mostly apart where one follows the other.
    fn are(&self, a: usize, b: usize) -> bool {
        let (a, b) = (a as u32, b as u32);
        self.0.get(&(a.min(b), a.max(b))).is_some_and(|(n, far)| 2 * far >= *n)
    }
}

/// Marks the shorter of each two chains that go on side by side, where it is too short to be a
/// ship's.
fn mark_overlapped(
    chains: &[Chain],
    order: &[usize],
    apart: &Apart,
    params: &CleanParams,
    is_jump: &mut [bool],
) {
    let mut active: Vec<usize> = Vec::new();
    for id in order {
        let chain = &chains[*id];
        active.retain(|other| chains[*other].last > chain.first);
        for other in &active {
            let is_loser = chain.n <= chains[*other].n;
            let (loser, winner) = if is_loser { (*id, *other) } else { (*other, *id) };
            let enough =
                if apart.are(*id, *other) { params.share_reports } else { params.jump_run + 1 };
            // Wrong positions hours apart make a long chain too, but no quick succession. Where
            // even the winner has none, that says nothing.
            let is_proved = chains[loser].is_proved(params.jump_run)
                || !chains[winner].is_proved(params.jump_run);
            is_jump[loser] |= chains[loser].n < enough || !is_proved;
        }
        active.push(*id);
    }
}

/// Marks short chains that stand alone beside long ones.
fn mark_between(chains: &[Chain], order: &[usize], jump_run: usize, is_jump: &mut [bool]) {
    let is_proved = |id: &usize| chains[*id].is_proved(jump_run);
    if !order.iter().any(is_proved) {
        return;
    }
    for run in order.chunk_by(|a, b| is_proved(a) == is_proved(b)) {
        if run.iter().map(|id| chains[*id].n).sum::<usize>() <= jump_run {
            for id in run {
                is_jump[*id] = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::{Fleet, Report, Vessel};
    use crate::base::geo::Position;

    /// What becomes of the chains of a track, one letter a report in the order of time: letters
    /// lie 100 km apart. `-` for a jump, else the part.
    fn check(owners: &str, expected: &str) {
        let reports = (0..).zip(owners.bytes()).map(|(i, letter)| {
            Report::at(i * 10_000, Position::new(0.0, f64::from(letter - b'a')))
        });
        let fleet = Fleet::from_tracks(vec![(Vessel::default(), reports.collect())]);
        let mut letters: Vec<u8> = owners.bytes().collect();
        letters.sort_unstable();
        letters.dedup();
        let chain = |letter: &u8| {
            let of = |byte: u8| byte == *letter;
            let first = owners.bytes().position(of).unwrap();
            let last = owners.bytes().rposition(of).unwrap();
            Chain::spanning(first, last, owners.bytes().filter(|byte| of(*byte)).count())
        };
        let place = |byte| letters.iter().position(|letter| *letter == byte).unwrap() as u32;
        let sorted = Chains {
            chains: letters.iter().map(chain).collect(),
            owners: owners.bytes().map(place).collect(),
        };
        let reach = Reach { m_per_ms: 0.03, tolerance_m: 300.0, jump_run: 5, apart_m: 5000.0 };
        let (fates, _) = fates(&fleet.track(0), &sorted, &CleanParams::default(), &reach);
        let found: String = fates
            .iter()
            .map(|fate| match fate {
                Fate::Jump => '-',
                Fate::Part(part) => char::from(b'0' + part),
            })
            .collect();
        assert_eq!(found, expected, "{owners}");
    }

    #[test]
    fn a_short_chain_inside_a_longer_one_is_a_jump() {
        check("aaaaaabaaaaaa", "0-");
        check("aaaaaabbbaaaaaa", "0-");
        check(&format!("{}{}{}", "a".repeat(10), "b".repeat(9), "a".repeat(10)), "0-");
    }

    #[test]
    fn long_chains_side_by_side_are_ships_that_share_a_number() {
        check(&"ab".repeat(30), "01");
        check(&"aabbc".repeat(30), "012");
        check(&format!("{}{}{}", "a".repeat(10), "b".repeat(20), "a".repeat(11)), "01");
    }

    #[test]
    fn chains_one_after_the_other_are_one_ship() {
        check(&format!("{}{}", "a".repeat(50), "b".repeat(50)), "00");
    }

    #[test]
    fn a_chain_after_those_of_two_ships_is_of_the_nearer_one() {
        check(&format!("{}{}", "ag".repeat(30), "b".repeat(30)), "001");
        check(&format!("{}{}", "ag".repeat(30), "f".repeat(30)), "011");
    }

    #[test]
    fn a_few_reports_beside_long_chains_are_jumps() {
        check("abbbbbbbbbb", "-0");
        check("aaaaaaaaabb", "0-");
        check("aaaaaaaaabbcccccccccc", "0-0");
    }

    #[test]
    fn where_no_chain_is_long_nothing_is_removed() {
        check("ab", "00");
        check("aabcc", "000");
    }

    #[test]
    fn many_short_chains_in_a_row_are_a_fast_craft_and_stay() {
        check("aaaaaaaaaabcdefghiiiiiiiiii", "000000000");
    }
}
