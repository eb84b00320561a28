//! Identities that cannot be right: numbers without a country, wrong check digits, names that change.

use std::collections::BTreeMap;

use super::{Oddity, OddityKind, Said, Scene};
use crate::ais::{Mmsi, MmsiClass};
use crate::base::geo::Position;

/// Scores of what is not measured: how seldom an honest ship does it.
const MALFORMED: f64 = 0.5;
const BAD_IMO: f64 = 0.6;
const NEW_NAME: f64 = 0.7;
const SHARED_IMO: f64 = 0.8;
const NEW_IMO: f64 = 0.9;

/// Whether an IMO number has seven digits of which the last is right: the last digit of seven times
/// the first, six times the second and so on to twice the sixth (IMO resolution A.1117).
///
/// ```
/// use fairway::watch::is_valid_imo;
/// assert!(is_valid_imo(9_074_729)); // 7·9 + 6·0 + 5·7 + 4·4 + 3·7 + 2·2 = 139
/// assert!(!is_valid_imo(9_074_728));
/// ```
pub fn is_valid_imo(imo: u32) -> bool {
    let digits =
        |from: u32| std::iter::successors(Some(from), |rest| Some(rest / 10)).map(|n| n % 10);
    let sum: u32 = digits(imo / 10).zip(2..=7).map(|(digit, weight)| digit * weight).sum();
    (1_000_000..=9_999_999).contains(&imo) && sum % 10 == imo % 10
}

/// Adds the ships that are not who they say.
pub(super) fn look(scene: &Scene<'_>, found: &mut Vec<Oddity>) {
    look_at_numbers(scene, found);
    let mut by_number: BTreeMap<Mmsi, Vec<&Said>> = BTreeMap::new();
    for said in scene.said {
        by_number.entry(said.mmsi).or_default().push(said);
    }
    for (mmsi, mut said) in by_number {
        said.sort_by_key(|said| said.t_ms);
        look_at_changes(scene, mmsi, &said, found);
    }
}

/// An identity fault of `mmsi` from `from_ms` on.
fn fault(scene: &Scene<'_>, mmsi: Mmsi, span_ms: (i64, i64), score: f64, why: String) -> Oddity {
    let fleet = scene.fleet;
    let ship = fleet.vessels().iter().position(|vessel| vessel.mmsi == mmsi && !vessel.is_local);
    let place = ship.and_then(|ship| {
        let range = fleet.range(ship);
        let times = &fleet.reports().t_ms[range.clone()];
        let until = times.partition_point(|t_ms| *t_ms <= span_ms.0);
        let report = range.start + until.saturating_sub(1);
        range.contains(&report).then(|| fleet.reports().positions[report])
    });
    Oddity {
        kind: OddityKind::Identity,
        mmsi,
        ship,
        trip: None,
        from_ms: span_ms.0,
        to_ms: span_ms.1,
        // Where nobody heard her, there is no place.
        place: place.unwrap_or(Position::new(f64::NAN, f64::NAN)),
        score,
        why,
        reach: None,
    }
}

/// Numbers that no ship has, and IMO numbers that are none or two ships'.
fn look_at_numbers(scene: &Scene<'_>, found: &mut Vec<Oddity>) {
    let fleet = scene.fleet;
    // Ships by number: parts of one number are one here, from first to last report.
    let mut ships: BTreeMap<Mmsi, (u32, i64, i64)> = BTreeMap::new();
    for (ship, vessel) in fleet.vessels().iter().enumerate() {
        let times = &fleet.reports().t_ms[fleet.range(ship)];
        let (Some(first), Some(last)) = (times.first(), times.last()) else { continue };
        if vessel.is_local || !vessel.class().may_sail() {
            continue;
        }
        let known = ships.entry(vessel.mmsi).or_insert((vessel.about.imo, *first, *last));
        (known.1, known.2) = (known.1.min(*first), known.2.max(*last));
    }
    let mut by_imo: BTreeMap<u32, Vec<(i64, i64, Mmsi)>> = BTreeMap::new();
    for (mmsi, (imo, first, last)) in &ships {
        let span_ms = (*first, *last);
        if mmsi.class() == MmsiClass::Malformed {
            let why = format!("MMSI {} is none: not nine digits, or of no country", mmsi.0);
            found.push(fault(scene, *mmsi, span_ms, MALFORMED, why));
        }
        match *imo {
            0 => (),
            imo if is_valid_imo(imo) => {
                by_imo.entry(imo).or_default().push((*first, *last, *mmsi));
            }
            imo => {
                let why = format!("IMO number {imo} is none: its check digit is wrong");
                found.push(fault(scene, *mmsi, span_ms, BAD_IMO, why));
            }
        }
    }
    for (imo, mut sharing) in by_imo {
        sharing.sort_unstable();
        for pair in sharing.windows(2) {
            let ((_, until, one), (first, last, other)) = (pair[0], pair[1]);
            // Once after the other, a ship may have changed her flag.
            let is_at_once = first <= until;
            let score = if is_at_once { SHARED_IMO } else { 0.5 * SHARED_IMO };
            let when = if is_at_once { "at the same time" } else { "before" };
            let why = format!("IMO number {imo} was sent by MMSI {} {when}", one.0);
            found.push(fault(scene, other, (first, last), score, why));
        }
    }
}

/// Names and IMO numbers that change under one MMSI.
fn look_at_changes(scene: &Scene<'_>, mmsi: Mmsi, said: &[&Said], found: &mut Vec<Oddity>) {
    let names = said.iter().filter(|said| !letters(&said.name).is_empty());
    let names: Vec<(i64, &str)> = names.map(|said| (said.t_ms, said.name.trim())).collect();
    let renamed = |pair: &&[(i64, &str)]| is_other_name(pair[0].1, pair[1].1);
    let changes: Vec<&[(i64, &str)]> = names.windows(2).filter(renamed).collect();
    if let (Some(first), Some(last)) = (changes.first(), changes.last()) {
        let why = format!(
            "changed her name from {} to {}{}",
            first[0].1,
            first[1].1,
            times_text(changes.len())
        );
        found.push(fault(scene, mmsi, (first[1].0, last[1].0), NEW_NAME, why));
    }
    let numbers: Vec<(i64, u32)> =
        said.iter().filter(|said| said.imo != 0).map(|said| (said.t_ms, said.imo)).collect();
    let changes: Vec<&[(i64, u32)]> =
        numbers.windows(2).filter(|pair| pair[0].1 != pair[1].1).collect();
    if let (Some(first), Some(last)) = (changes.first(), changes.last()) {
        let why = format!(
            "changed her IMO number from {} to {}{}",
            first[0].1,
            first[1].1,
            times_text(changes.len())
        );
        found.push(fault(scene, mmsi, (first[1].0, last[1].0), NEW_IMO, why));
    }
}

fn times_text(n: usize) -> String {
    if n == 1 { String::new() } else { format!(", and {} times more", n - 1) }
}

/// A name without what receivers and typists add.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Whether two names are different ships': not if one is the other cut short, or one letter off, as
/// when a message is received wrongly.
fn is_other_name(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    let is_cut = one.starts_with(&other) || other.starts_with(&one);
    let differing = one.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count();
    !is_cut && (one.len() != other.len() || differing > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_follow_the_rule() {
        for (imo, is_valid) in [
            (9_074_729, true),
            (9_293_129, true),
            (9_074_729 + 1, false),
            (907_472, false),
            (19_074_729, false),
            (0, false),
            (1_234_567, true), // 7 + 12 + 15 + 16 + 15 + 12 = 77
            (1_234_568, false),
        ] {
            assert_eq!(is_valid_imo(imo), is_valid, "{imo}");
        }
    }

    #[test]
    fn a_name_cut_short_or_mistyped_is_the_same() {
        for (one, other, is_other) in [
            ("EARLY DAWN", "EARLY DAWN@@", false),
            ("EARLY DAWN", "EARLY  DAW", false),
            ("EARLY DAWN", "EARLY DAWM", false),
            ("EARLY DAWN", "LATE DUSK", true),
            ("EARLY DAWN", "SUNNY NOON", true),
        ] {
            assert_eq!(is_other_name(one, other), is_other, "{one} {other}");
        }
    }
}
