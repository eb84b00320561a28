//! Which voyages a model learns from, is chosen by, and is scored on.

use std::collections::BTreeMap;

use crate::ais::PortId;
use crate::base::rng::Rng;

/// What a voyage is used for. Each voyage has one part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Part {
    /// The model learns from it.
    Train,
    /// It says when to stop learning.
    Validation,
    /// The model is scored on it.
    Test,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 3] = [Part::Train, Part::Validation, Part::Test];

    /// The part in words.
    pub fn name(self) -> &'static str {
        match self {
            Part::Train => "train",
            Part::Validation => "validation",
            Part::Test => "test",
        }
    }
}

/// Random streams of a seed.
const VOYAGES: u64 = 11;
const VESSELS: u64 = 12;

/// A part for each voyage, stratified by destination: of the voyages to each port, as near as whole
/// numbers allow, the share `validation` is for validation, `test` for tests, and the rest for
/// training; so it is of all. A port's only voyage is always for training.
///
/// What is left over where numbers are not whole goes round from port to port.
///
/// # Panics
///
/// If the shares are negative or leave nothing for training.
pub fn split_by_voyage(
    destinations: &[PortId],
    validation: f64,
    test: f64,
    seed: u64,
) -> Vec<Part> {
    check(validation, test);
    let mut to: BTreeMap<PortId, Vec<usize>> = BTreeMap::new();
    for (voyage, port) in destinations.iter().enumerate() {
        to.entry(*port).or_default().push(voyage);
    }
    let mut rng = Rng::new(seed, VOYAGES);
    let mut parts = vec![Part::Train; destinations.len()];
    // What was owed to both parts, and not given for want of whole voyages.
    let (mut owed_validation, mut owed_test) = (0.0, 0.0);
    let mut groups: Vec<Vec<usize>> = to.into_values().collect();
    rng.shuffle(&mut groups);
    for mut voyages in groups {
        rng.shuffle(&mut voyages);
        let n = voyages.len() as f64;
        owed_validation += validation * n;
        owed_test += test * n;
        let mut left = voyages.len() - 1; // One stays for training.
        let mut give = |owed: &mut f64, part: Part, share: f64| {
            // No more than its share of this port's, rounded up, however much is owed.
            let most = (share * n).ceil();
            let n_given = (owed.round().clamp(0.0, most) as usize).min(left);
            *owed -= n_given as f64;
            for voyage in voyages.drain(voyages.len() - n_given..) {
                parts[voyage] = part;
            }
            left -= n_given;
        };
        give(&mut owed_test, Part::Test, test);
        give(&mut owed_validation, Part::Validation, validation);
    }
    parts
}

/// A part for each voyage so that all of a vessel's are in one: ships that a model never saw.
/// Vessels are dealt in random order, each to the part that lags furthest behind its share of the
/// voyages.
///
/// # Panics
///
/// If the shares are negative or leave nothing for training.
pub fn split_by_vessel(vessels: &[u64], validation: f64, test: f64, seed: u64) -> Vec<Part> {
    check(validation, test);
    let mut of: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (voyage, vessel) in vessels.iter().enumerate() {
        of.entry(*vessel).or_default().push(voyage);
    }
    let mut groups: Vec<Vec<usize>> = of.into_values().collect();
    Rng::new(seed, VESSELS).shuffle(&mut groups);
    // The largest first, so that the small ones even out; the sort keeps the order of equals.
    groups.sort_by_key(|voyages| std::cmp::Reverse(voyages.len()));
    let shares = [1.0 - validation - test, validation, test];
    let mut given = [0.0; 3];
    let mut parts = vec![Part::Train; vessels.len()];
    for voyages in groups {
        let n = voyages.len() as f64;
        let lag = |part: usize| shares[part] * vessels.len() as f64 - given[part];
        let fits = |part: &usize| shares[*part] > 0.0 && lag(*part) >= 0.5 * n;
        let best = (0..3).filter(fits).max_by(|a, b| lag(*a).total_cmp(&lag(*b)).then(b.cmp(a)));
        let part = best.unwrap_or(0);
        given[part] += n;
        voyages.into_iter().for_each(|voyage| parts[voyage] = Part::ALL[part]);
    }
    parts
}

fn check(validation: f64, test: f64) {
    let is_sound = validation >= 0.0 && test >= 0.0 && validation + test < 1.0;
    assert!(is_sound, "shares of {validation} and {test} leave voyages for training");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(parts: &[Part], part: Part) -> usize {
        parts.iter().filter(|other| **other == part).count()
    }

    /// 30 voyages to port 0, 20 to port 1, ... and one each to ports 100 to 149.
    fn destinations() -> Vec<PortId> {
        let common = [30, 20, 12, 8, 6, 4, 3, 2, 2, 2, 2, 2];
        let mut all = Vec::new();
        for (port, n) in (0..).zip(common) {
            all.extend(vec![PortId(port); n]);
        }
        all.extend((100..150).map(PortId));
        all
    }

    #[test]
    fn every_port_gives_its_share_and_rare_ports_are_learned() {
        let to = destinations();
        let parts = split_by_voyage(&to, 0.1, 0.2, 1);
        let of = |port: u32, part: Part| {
            (0..to.len()).filter(|i| to[*i] == PortId(port) && parts[*i] == part).count()
        };
        assert_eq!(of(0, Part::Test), 6);
        assert_eq!(of(0, Part::Validation), 3);
        for port in to.iter().map(|port| port.0) {
            assert!(of(port, Part::Train) >= 1, "{port}");
        }
        assert!((100..150).all(|port| of(port, Part::Train) == 1));
        // Of 93 voyages to ports with several; what single ones owe is only partly made up for.
        assert!((18..=26).contains(&count(&parts, Part::Test)), "{}", count(&parts, Part::Test));
        assert_eq!(parts, split_by_voyage(&to, 0.1, 0.2, 1));
        assert_ne!(parts, split_by_voyage(&to, 0.1, 0.2, 2));
    }

    #[test]
    fn the_parts_together_have_their_shares() {
        let to: Vec<PortId> = (0..5000_u32).map(|i| PortId(i * i % 97)).collect();
        let parts = split_by_voyage(&to, 0.15, 0.2, 3);
        assert!(count(&parts, Part::Test).abs_diff(1000) < 15);
        assert!(count(&parts, Part::Validation).abs_diff(750) < 15);
        assert!(split_by_voyage(&[], 0.1, 0.2, 1).is_empty());
    }

    #[test]
    fn no_vessel_is_in_two_parts() {
        let vessels: Vec<u64> = (0..997_u64).map(|i| i * i % 89).collect();
        let parts = split_by_vessel(&vessels, 0.1, 0.2, 5);
        let mut of: BTreeMap<u64, Part> = BTreeMap::new();
        for (vessel, part) in vessels.iter().zip(&parts) {
            assert_eq!(*of.entry(*vessel).or_insert(*part), *part, "vessel {vessel}");
        }
        assert!(count(&parts, Part::Test).abs_diff(199) < 30, "{}", count(&parts, Part::Test));
        assert!(count(&parts, Part::Validation).abs_diff(100) < 30);
        assert_eq!(split_by_vessel(&[7, 7, 7], 0.1, 0.2, 1), [Part::Train; 3]);
    }
}
