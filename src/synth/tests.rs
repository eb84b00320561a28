//! What must hold of every made sea.

use std::collections::BTreeSet;

use super::*;
use crate::ais::{NavStatus, Static};
use crate::base::angle::turn_deg;
use crate::base::geo::{bearing_deg, distance_m, short_distance_m};
use crate::base::units::{kn_from_mps, s_from_ms};

fn sea(params: &SeaParams) -> Sea {
    make(&Checked::new(params).unwrap(), &Job::default()).unwrap()
}

fn small(seed: usize) -> SeaParams {
    SeaParams { rows: 60_000, seed, ..SeaParams::default() }
}

/// Pairs of consecutive reports of one trip without fault, by index.
fn legs(sea: &Sea) -> Vec<(usize, usize)> {
    let truth = &sea.fleet.reports().truth;
    let is_good = |a: &usize| {
        let (a, b) = (truth[*a], truth[*a + 1]);
        let is_clean = |fault| matches!(fault, Fault::None | Fault::Misspelt);
        a.trip != Truth::NONE && a.trip == b.trip && is_clean(a.fault) && is_clean(b.fault)
    };
    (0..truth.len() - 1).filter(is_good).map(|a| (a, a + 1)).collect()
}

#[test]
fn the_rows_are_exactly_as_many_as_asked_for() {
    for rows in [1, 2, 1000, 12_345, 60_000] {
        let sea = sea(&SeaParams { rows, ..SeaParams::default() });
        assert_eq!(sea.fleet.reports().len(), rows);
        assert_eq!(sea.fleet.reports().truth.len(), rows);
    }
}

#[test]
fn one_seed_makes_one_sea_on_any_number_of_threads() {
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let one = pool(1).install(|| sea(&small(5)));
    let three = pool(3).install(|| sea(&small(5)));
    // Debug text compares not-a-numbers too.
    assert!(format!("{one:?}") == format!("{three:?}"));
}

#[test]
fn another_seed_makes_another_sea() {
    let (one, two) = (sea(&small(5)), sea(&small(6)));
    assert_ne!(one.ports, two.ports);
    assert!(one.routes != two.routes);
    assert!(one.fleet.reports().positions != two.fleet.reports().positions);
}

#[test]
fn sound_reports_imply_speeds_that_ships_reach() {
    let sea = sea(&SeaParams::default());
    let (reports, owners) = (sea.fleet.reports(), sea.fleet.owners());
    for (a, b) in legs(&sea) {
        let (from, to) = (reports.get(a), reports.get(b));
        let s = s_from_ms(to.t_ms - from.t_ms);
        let implied_kn = kn_from_mps(short_distance_m(from.position, to.position) / s);
        let kind = sea.fleet.vessels()[owners[a] as usize].kind();
        assert!(implied_kn < kind.fastest_kn(), "{implied_kn} kn of a {}", kind.name());
        if reports.truth[a].route == Truth::NONE {
            continue; // Tugs turn sharply: the chord is shorter than the way.
        }
        let said_kn = f64::midpoint(f64::from(from.sog_kn), f64::from(to.sog_kn));
        assert!(
            (implied_kn - said_kn).abs() < 2.0,
            "{implied_kn} kn, said {said_kn}: {from:?} {to:?}"
        );
    }
}

#[test]
fn courses_agree_with_the_motion() {
    let sea = sea(&small(3));
    let reports = sea.fleet.reports();
    // On routes, where turns are wide: tugs turn within a minute.
    let is_fast = |a: usize| reports.sog_kn[a] > 8.0 && reports.truth[a].route != Truth::NONE;
    let fast: Vec<_> = legs(&sea).into_iter().filter(|(a, _)| is_fast(*a)).collect();
    assert!(fast.len() > 20_000, "{}", fast.len());
    for (a, b) in fast {
        let bearing = bearing_deg(reports.positions[a], reports.positions[b]);
        let [off_a, off_b] = [a, b].map(|i| turn_deg(f64::from(reports.cog_deg[i]), bearing).abs());
        assert!(off_a.min(off_b) < 8.0, "{off_a} {off_b}");
        let heading = f64::from(reports.heading_deg[a]);
        assert!(heading.is_nan() || turn_deg(heading, f64::from(reports.cog_deg[a])).abs() < 20.0);
    }
}

#[test]
fn the_two_directions_keep_to_starboard() {
    let sea = sea(&SeaParams { seed: 3, ..SeaParams::faultless() });
    let reports = sea.fleet.reports();
    let mut sides: Vec<(usize, usize)> = vec![(0, 0); sea.routes.len()];
    for index in (0..reports.len()).step_by(7) {
        let truth = reports.truth[index];
        let Some(route) = sea.routes.get(truth.route as usize) else { continue };
        // On which side of the other direction's middle does she sail?
        let other = &sea.routes[truth.route as usize ^ 1].center;
        let place = reports.positions[index];
        let near = |i: &usize| distance_m(other[*i], place);
        let at = (1..other.len() - 1).min_by(|a, b| near(a).total_cmp(&near(b))).unwrap();
        let is_at_sea = 12 < at && at + 12 < other.len() && route.length_m > 60_000.0;
        if is_at_sea {
            // The other direction runs from at - 1 to at + 1; this one must have it to port.
            let along = bearing_deg(other[at + 1], other[at - 1]);
            let to_other = turn_deg(along, bearing_deg(place, other[at]));
            let count = &mut sides[truth.route as usize];
            *(if to_other < 0.0 { &mut count.0 } else { &mut count.1 }) += 1;
        }
    }
    let lanes: Vec<_> = sides.iter().filter(|(port, starboard)| port + starboard > 0).collect();
    assert!(lanes.len() >= 16, "{sides:?}");
    assert!(lanes.iter().all(|(port, starboard)| port > &(50 * starboard)), "{sides:?}");
}

#[test]
fn every_planted_fault_is_what_it_says() {
    let sea = sea(&SeaParams { shared_share: 0.2, ..SeaParams::default() });
    let reports = sea.fleet.reports();
    let mut found = BTreeMap::new();
    for vessel in 0..sea.fleet.vessels().len() {
        let range = sea.fleet.range(vessel);
        // The ship's own reports, without those of another under her number.
        let own: Vec<usize> =
            range.clone().filter(|i| reports.truth[*i].fault != Fault::SharedMmsi).collect();
        for (place, i) in own.iter().enumerate() {
            let fault = reports.truth[*i].fault;
            *found.entry(fault).or_insert(0) += 1;
            let report = reports.get(*i);
            match fault {
                Fault::None | Fault::Misspelt | Fault::SharedMmsi => {
                    assert!(report.position.is_valid() && report.sog_kn < 40.0);
                }
                Fault::Jump => {
                    let [before, after] =
                        [own[place - 1], own[place + 1]].map(|i| reports.positions[i]);
                    assert!(distance_m(before, report.position) > 20_000.0);
                    assert!(distance_m(report.position, after) > 20_000.0);
                }
                Fault::NoPosition => assert_eq!(report.position, NO_POSITION),
                Fault::WrongSpeed => assert!(report.sog_kn.is_nan() || report.sog_kn > 60.0),
                Fault::Duplicate => {
                    assert_eq!(own[place - 1], i - 1);
                    assert!(report.is_same(&reports.get(i - 1)));
                }
                Fault::Gap => {
                    let before = own[place - 1];
                    assert_eq!(reports.truth[before].trip, reports.truth[*i].trip);
                    assert!(report.t_ms - reports.t_ms[before] >= 10 * 60_000);
                }
            }
        }
        let others = range.len() - own.len();
        if others > 0 {
            *found.entry(Fault::SharedMmsi).or_insert(0) += others;
        }
    }
    found.remove(&Fault::None);
    assert_eq!(found, sea.planted);
    assert_eq!(found.len(), Fault::ALL.len() - 1, "every kind is planted");
}

#[test]
fn two_ships_under_one_number_are_far_apart() {
    let sea = sea(&SeaParams { shared_share: 0.3, ..small(2) });
    let reports = sea.fleet.reports();
    let is_other = |i: usize| reports.truth[i].fault == Fault::SharedMmsi;
    let (mut n, mut n_far) = (0, 0);
    for vessel in 0..sea.fleet.vessels().len() {
        for i in sea.fleet.range(vessel).skip(1) {
            let is_between = is_other(i) != is_other(i - 1);
            let [a, b] = [i - 1, i].map(|i| reports.positions[i]);
            if is_between && a.is_valid() && b.is_valid() {
                n += 1;
                n_far += usize::from(distance_m(a, b) > 10_000.0);
            }
        }
    }
    assert!(n > 100 && 10 * n_far > 8 * n, "{n_far} of {n}");
}

#[test]
fn every_ordinary_route_is_sailed_often_enough_to_be_found() {
    for seed in [1, 99, 2718, 4242] {
        let sea = sea(&SeaParams { seed, ..SeaParams::default() });
        let counts = truth::trips_by_route(&sea.trips, sea.routes.len());
        for (route, n) in sea.routes.iter().zip(&counts) {
            match route.kind {
                RouteKind::Lane | RouteKind::Ferry => {
                    assert!(*n >= 20, "seed {seed}: {} has {n}", route.name);
                }
                RouteKind::Rare => {
                    assert!((1..=10).contains(n), "seed {seed}: {} has {n}", route.name);
                }
            }
        }
    }
}

#[test]
fn trips_tell_what_their_reports_tell() {
    let sea = sea(&small(8));
    let reports = sea.fleet.reports();
    let of_trips: usize = sea.trips.iter().map(|trip| trip.reports).sum();
    assert_eq!(of_trips, reports.truth.iter().filter(|truth| truth.trip != Truth::NONE).count());
    for trip in sea.trips.iter().filter(|trip| trip.route != Truth::NONE) {
        assert!(trip.from_ms < trip.to_ms || trip.reports <= 2);
        assert_eq!(u32::from(trip.direction), trip.route % 2);
        assert!((trip.route as usize) < sea.routes.len());
    }
}

#[test]
fn vessels_are_known_by_number_name_and_voyages() {
    let sea = sea(&small(1));
    let vessels = sea.fleet.vessels();
    assert!(vessels.is_sorted_by_key(|vessel| vessel.mmsi));
    let numbers: BTreeSet<_> = vessels.iter().map(|vessel| vessel.mmsi).collect();
    assert_eq!(numbers.len(), vessels.len());
    for vessel in vessels {
        let Static { name, imo, .. } = &vessel.about;
        assert!(!name.is_empty());
        let digits: Vec<u32> = imo.to_string().bytes().map(|byte| u32::from(byte - b'0')).collect();
        if digits.len() == 7 {
            let sum: u32 =
                digits.iter().zip([7, 6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
            assert_eq!(sum % 10, digits[6]);
        }
        assert!(vessel.voyages.is_sorted_by_key(|(t_ms, _)| *t_ms));
    }
    assert!(vessels.iter().filter(|vessel| vessel.voyages.len() > 1).count() > 5);
}

#[test]
fn numbers_are_rounded_as_files_hold_them() {
    let sea = sea(&small(1));
    let reports = sea.fleet.reports();
    for report in (0..reports.len()).map(|i| reports.get(i)) {
        assert_eq!(report.t_ms % 1000, 0);
        let lat: f64 = format!("{:.6}", report.position.lat_deg).parse().unwrap();
        assert_eq!(lat.to_bits(), report.position.lat_deg.to_bits());
        let sog: f32 = format!("{:.1}", report.sog_kn).parse().unwrap();
        assert!(sog.to_bits() == report.sog_kn.to_bits() || sog.is_nan());
        assert!(report.cog_deg.is_nan() || (0.0..360.0).contains(&report.cog_deg));
        assert!(report.heading_deg.is_nan() || (0.0..360.0).contains(&report.heading_deg));
    }
}

#[test]
fn all_states_of_a_ship_occur() {
    let sea = sea(&SeaParams::default());
    let status: BTreeSet<NavStatus> = sea.fleet.reports().status.iter().copied().collect();
    for wanted in [0, 1, 5, 7, 15] {
        assert!(status.contains(&NavStatus(wanted)), "{wanted}");
    }
    let bounds = sea.fleet.bounds().unwrap();
    assert!(bounds.contains(ORIGIN));
}

#[test]
fn a_cancelled_sea_is_not_made() {
    let job = Job::default();
    job.cancel();
    let params = Checked::new(&small(1)).unwrap();
    assert!(matches!(make(&params, &job), Err(Stopped::Cancelled)));
}

#[test]
fn impossible_seas_are_refused_in_words() {
    let too_many = SeaParams { ports: 3, routes: 9, ..SeaParams::default() };
    let faults = Checked::new(&too_many).unwrap_err();
    assert_eq!(faults, ["3 ports make 3 pairs, too few for 7 lanes; raise ports or lower routes"]);
    let no_lane = SeaParams { routes: 4, ..SeaParams::default() };
    assert_eq!(Checked::new(&no_lane).unwrap_err().len(), 1);
}
