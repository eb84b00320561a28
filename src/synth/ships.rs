//! Who sails: made ships with names, numbers, sizes and speeds that fit together.

use super::names::{FIRST_WORDS, SECOND_WORDS};
use super::sea::{Chart, Harbor};
use crate::ais::vessel::VoyageNote;
use crate::ais::{Mmsi, ShipType, Static};
use crate::base::rng::Rng;
use crate::base::time::utc_text;
use crate::base::units::mps_from_kn;

/// What a ship does all day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Role {
    /// Sails lanes from port to port.
    Lane,
    /// Shuttles.
    Ferry,
    /// Goes out to a ground, trawls there, comes back.
    Fishing,
    /// Tug or pilot boat: short ways out of a port and back.
    Harbor,
    /// Sails for pleasure by day.
    Pleasure,
    /// Lies at anchor, then goes to a berth.
    Waiting,
}

impl Role {
    /// Every role, with its share of the ships.
    pub const SHARES: [(Role, f64); 6] = [
        (Role::Lane, 0.72),
        (Role::Ferry, 0.04),
        (Role::Fishing, 0.10),
        (Role::Harbor, 0.05),
        (Role::Pleasure, 0.06),
        (Role::Waiting, 0.03),
    ];
}

/// A ship and how she behaves.
#[derive(Clone, Debug)]
pub(super) struct Ship {
    /// Her number.
    pub mmsi: Mmsi,
    /// What her static reports say; without destination until she sails.
    pub about: Static,
    /// Speed on the open sea, meters a second.
    pub cruise_mps: f64,
    /// Whether her set is of class B: fewer reports, no status, no heading.
    pub is_class_b: bool,
    /// Whether a compass is connected.
    pub has_heading: bool,
    /// Whether a turn indicator is connected.
    pub has_rot: bool,
    /// How far her bow points off her course, degrees.
    pub leeway_deg: f64,
    /// Deepest draught, meters; 0 where she reports none.
    pub full_draught_m: f64,
}

/// MMSIs begin here: the country digits 290 to 299 belong to nobody.
const FIRST_MMSI: usize = 290_000_000;
/// How many MMSIs there are from there on.
const N_MMSI: usize = 10_000_000;

/// Ship number `index`, made from her own random stream.
pub(super) fn build(role: Role, index: usize, seed: usize, rng: &mut Rng) -> Ship {
    let dice = rng.unit();
    // Type, speed (mean, deviation), length (low, high), breadth a length, draught a breadth.
    let (code, kn, length_m, breadth, depth) = match role {
        Role::Lane | Role::Waiting if dice < 0.57 => {
            (70 + rng.below(5) as u8, (13.5, 0.9), (90.0, 300.0), 0.150, 0.34)
        }
        Role::Lane | Role::Waiting if dice < 0.87 => {
            (80 + rng.below(5) as u8, (13.0, 0.8), (100.0, 250.0), 0.165, 0.36)
        }
        Role::Lane | Role::Waiting if dice < 0.92 => (60, (14.6, 0.7), (150.0, 290.0), 0.135, 0.22),
        Role::Lane | Role::Waiting if dice < 0.96 => (90, (12.6, 0.8), (60.0, 120.0), 0.180, 0.30),
        Role::Lane | Role::Waiting => (0, (13.0, 1.0), (80.0, 180.0), 0.160, 0.30),
        Role::Ferry => (60, (16.5, 0.5), (70.0, 140.0), 0.170, 0.24),
        Role::Fishing => (30, (9.0, 0.7), (12.0, 38.0), 0.270, 0.45),
        Role::Harbor if dice < 0.4 => (50, (15.0, 1.0), (12.0, 20.0), 0.300, 0.30),
        Role::Harbor if dice < 0.8 => (52, (9.5, 0.7), (22.0, 36.0), 0.330, 0.42),
        Role::Harbor => (31, (8.5, 0.6), (24.0, 40.0), 0.310, 0.40),
        Role::Pleasure => (if dice < 0.6 { 36 } else { 37 }, (5.8, 0.8), (8.0, 19.0), 0.310, 0.45),
    };
    let length_m = rng.between(length_m.0, length_m.1).round();
    let width_m = (length_m * breadth * rng.between(0.93, 1.07)).round().max(3.0);
    let is_class_b = role == Role::Pleasure || (role == Role::Fishing && length_m < 20.0);
    let is_registered = !is_class_b && matches!(role, Role::Lane | Role::Waiting | Role::Ferry);
    let full_draught_m =
        if is_class_b { 0.0 } else { tenth(width_m * depth * rng.between(0.9, 1.1)) };
    // As in real files, some sets were never told the ship's size.
    let is_measured = rng.happens(if is_class_b { 0.7 } else { 0.97 });
    let about = Static {
        name: ship_name(index, rng),
        callsign: format!("QM{}{}", char::from(b'A' + rng.below(26) as u8), 100 + index % 9900),
        imo: if is_registered { imo_number(index, seed) } else { 0 },
        ship_type: ShipType(code),
        length_m: is_measured.then_some(length_m as f32),
        width_m: is_measured.then_some(width_m as f32),
        draught_m: (full_draught_m > 0.0).then_some(full_draught_m as f32),
        destination: match role {
            Role::Fishing if !is_class_b => "FISHING GROUNDS".into(),
            _ => String::new(),
        },
        eta: String::new(),
    };
    let slack_kn = 2.5 * kn.1;
    Ship {
        mmsi: mmsi_number(index, seed),
        about,
        cruise_mps: mps_from_kn(kn.0 + (rng.normal() * kn.1).clamp(-slack_kn, slack_kn)),
        is_class_b,
        has_heading: !is_class_b && rng.happens(0.93),
        has_rot: !is_class_b && length_m > 50.0 && rng.happens(0.8),
        leeway_deg: rng.normal() * 1.5,
        full_draught_m,
    }
}

/// What the crew types for a voyage: destination, arrival, draught. Some write the port's name,
/// some its code, some both ends.
pub(super) fn voyage_note(
    ship: &Ship,
    chart: &Chart,
    (from, to): (usize, usize),
    arrival_ms: i64,
    rng: &mut Rng,
) -> VoyageNote {
    let (from, to): (&Harbor, &Harbor) = (&chart.harbors[from], &chart.harbors[to]);
    let name = to.name.to_ascii_uppercase();
    let spaced = |code: &str| format!("{} {}", &code[..2], &code[2..]);
    let destination = match rng.below(10) {
        0..4 => name,
        4..6 => to.locode.clone(),
        6 => spaced(&to.locode),
        7 => format!("{} > {}", spaced(&from.locode), spaced(&to.locode)),
        8 => format!("{}>{}", from.locode, to.locode),
        _ => format!("PORT OF {name}"),
    };
    // Whole half hours, and rather too early than too late.
    let half_hour_ms = 1_800_000;
    let off_ms = (rng.between(-1.5, 1.0) * 3_600_000.0) as i64;
    let eta_ms = (arrival_ms + off_ms).div_euclid(half_hour_ms) * half_hour_ms;
    let laden = rng.between(0.6, 1.0);
    VoyageNote {
        destination,
        eta: utc_text(eta_ms)[5..16].into(),
        draught_dm: (ship.full_draught_m * laden * 10.0).round() as u16,
    }
}

/// `text` with one slip of the fingers in a word of four letters or more, where there is one:
/// a letter lost, doubled, changed, or swapped with the next.
pub(super) fn misspelt(text: &str, rng: &mut Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let is_inner = |at: &usize| {
        let near = at.saturating_sub(1)..(at + 3).min(letters.len());
        near.len() == 4 && letters[near].iter().all(char::is_ascii_alphabetic)
    };
    let places: Vec<usize> = (0..letters.len()).filter(is_inner).collect();
    let Some(at) = (!places.is_empty()).then(|| places[rng.below(places.len())]) else {
        letters.push('X');
        return letters.into_iter().collect();
    };
    match rng.below(4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
        _ => letters[at] = if letters[at] == 'E' { 'R' } else { 'E' },
    }
    letters.into_iter().collect()
}

/// Rounded to tenths.
pub(super) fn tenth(x: f64) -> f64 {
    (x * 10.0).round() / 10.0
}

/// The number of ship `index`; no two of a seed share one.
pub(super) fn mmsi_number(index: usize, seed: usize) -> Mmsi {
    // 7 654 321 shares no factor with the number of MMSIs: no two ships meet.
    Mmsi((FIRST_MMSI + (index * 7_654_321 + seed % N_MMSI * 104_729) % N_MMSI) as u32)
}

/// Two words, and a Roman number where the words have come round.
pub(super) fn ship_name(index: usize, rng: &mut Rng) -> String {
    let first = FIRST_WORDS[rng.below(FIRST_WORDS.len())];
    let second = SECOND_WORDS[rng.below(SECOND_WORDS.len())];
    match index % 9 {
        7 => format!("{first} {second} II"),
        8 => first.into(),
        _ => format!("{first} {second}"),
    }
}

/// A number of the International Maritime Organization's form: six digits and the last digit of
/// their sum weighted by 7, 6, 5, 4, 3, 2.
pub(super) fn imo_number(index: usize, seed: usize) -> u32 {
    // 7 919 shares no factor with the 900 000 numbers.
    let base = (100_000 + (index * 7919 + seed % 900_000 * 31) % 900_000) as u32;
    base * 10 + imo_check_digit(base)
}

/// The seventh digit of an IMO number, from the six before it.
fn imo_check_digit(base: u32) -> u32 {
    let weighted = |place: u32| base / 10_u32.pow(place) % 10 * (place + 2);
    (0..6).map(weighted).sum::<u32>() % 10
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ais::MmsiClass;
    use crate::synth::SeaParams;

    #[test]
    fn the_check_digit_is_that_of_the_register() {
        assert_eq!(imo_check_digit(907_472), 9); // IMO 9074729, the register's own example.
    }

    #[test]
    fn no_two_ships_share_a_number() {
        let ships: Vec<Ship> = (0..5000)
            .map(|index| build(Role::Lane, index, 9, &mut Rng::new(9, index as u64)))
            .collect();
        let mmsis: BTreeSet<Mmsi> = ships.iter().map(|ship| ship.mmsi).collect();
        let imos: BTreeSet<u32> = ships.iter().map(|ship| ship.about.imo).collect();
        assert_eq!((mmsis.len(), imos.len()), (5000, 5000));
        assert!(mmsis.iter().all(|mmsi| mmsi.class() == MmsiClass::Ship));
    }

    #[test]
    fn a_misspelt_text_is_another_text_of_about_the_same_length() {
        let mut rng = Rng::new(1, 1);
        for text in ["ALDERMOOR", "QM ALD", "QMALD>QMHES", "SEE", "EEEEEE"] {
            for _ in 0..50 {
                let wrong = misspelt(text, &mut rng);
                assert_ne!(wrong, text);
                assert!(wrong.len().abs_diff(text.len()) <= 1, "{wrong}");
            }
        }
    }

    #[test]
    fn ships_size_and_speed_fit_their_kind() {
        for index in 0..500 {
            for (role, _) in Role::SHARES {
                let ship = build(role, index, 3, &mut Rng::new(3, index as u64));
                let kind = ship.about.ship_type.kind();
                assert!(ship.cruise_mps < mps_from_kn(kind.fastest_kn()) * 0.8, "{ship:?}");
                assert!(ship.cruise_mps > mps_from_kn(3.0), "{ship:?}");
            }
        }
    }

    #[test]
    fn a_voyage_names_its_port_by_name_or_code() {
        let chart = Chart::draw(&SeaParams::default());
        let mut rng = Rng::new(2, 2);
        let ship = build(Role::Lane, 0, 1, &mut rng);
        for _ in 0..50 {
            let note = voyage_note(&ship, &chart, (0, 1), 0, &mut rng);
            let typed = note.destination.replace(' ', "");
            assert!(typed.contains("BRACKHAVEN") || typed.contains("QMBRA"), "{typed}");
            assert_eq!(note.eta.len(), "12-31 22:30".len());
        }
    }
}
