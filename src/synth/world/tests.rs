//! What must hold of made world voyages.

use std::collections::BTreeSet;

use super::*;
use crate::ais::{HarborSize, Locode, Port, ShipKind, Vessel};
use crate::base::geo::distance_m;
use crate::base::units::{kn_from_mps, mps_from_kn, s_from_ms};
use crate::synth::water::tests::water;

/// Ports around the world, made by hand.
fn ports() -> PortTable {
    let port = |name: &str, code: &str, lon_deg, lat_deg| Port {
        name: name.to_owned(),
        locode: Locode::from_text(code),
        size: HarborSize::Large,
        position: Position::new(lon_deg, lat_deg),
        ..Port::default()
    };
    PortTable::new(vec![
        port("Rotterdam", "NLRTM", 4.05, 51.98),
        port("Hamburg", "DEHAM", 9.95, 53.54),
        port("Gdynia", "PLGDY", 18.55, 54.53),
        port("New York", "USNYC", -74.02, 40.68),
        port("Santos", "BRSSZ", -46.30, -24.00),
        port("Singapore", "SGSIN", 103.80, 1.22),
        port("Shanghai", "CNSHA", 122.05, 31.25),
        port("Los Angeles", "USLAX", -118.24, 33.71),
        port("Chicago", "USCHI", -87.6, 41.9), // On a lake: nobody comes there.
        port("Yokohama", "JPYOK", 139.66, 35.44),
    ])
}

fn world(params: WorldParams, flows: &[Flow]) -> World {
    let checked = Checked::new(&params).unwrap();
    make(&checked, &ports(), flows, water(), &Job::default()).unwrap()
}

fn small(seed: usize) -> WorldParams {
    WorldParams { voyages: 400, seed, ..WorldParams::default() }
}

#[test]
fn one_seed_makes_one_world_on_any_number_of_threads() {
    let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
    let one = pool(1).install(|| world(small(5), &[]));
    let three = pool(3).install(|| world(small(5), &[]));
    // Debug text compares not-a-numbers too.
    assert!(format!("{one:?}") == format!("{three:?}"));
    assert!(one.voyages != world(small(6), &[]).voyages);
}

#[test]
fn voyages_follow_one_another_and_reports_lie_within_them() {
    let world = world(small(1), &[]);
    assert_eq!(world.voyages.len(), 400);
    for pair in world.voyages.windows(2).filter(|pair| pair[0].vessel == pair[1].vessel) {
        assert_eq!(pair[0].to, pair[1].from);
        assert!(pair[0].arrive_ms < pair[1].depart_ms);
    }
    let (reports, owners) = (world.fleet.reports(), world.fleet.owners());
    let mut n = vec![0; world.voyages.len()];
    for (i, truth) in reports.truth.iter().enumerate().filter(|(_, t)| t.trip != Truth::NONE) {
        let voyage = &world.voyages[truth.trip as usize];
        assert_eq!(owners[i] as usize, voyage.vessel);
        assert_eq!(world.routes[truth.route as usize], (voyage.from, voyage.to));
        assert!((voyage.depart_ms..voyage.arrive_ms).contains(&reports.t_ms[i]));
        n[truth.trip as usize] += 1;
    }
    assert!(n.iter().all(|n| *n > 2), "{n:?}");
    let ranges = world.reports_of_voyages();
    assert!(ranges.iter().zip(&n).all(|(range, n)| range.len() == *n));
    let chicago = PortId(8);
    assert!(world.voyages.iter().all(|voyage| voyage.from != chicago && voyage.to != chicago));
}

#[test]
fn ships_sail_from_port_to_port_at_speeds_that_they_reach() {
    let world = world(small(2), &[]);
    let ports = ports();
    for voyage in &world.voyages {
        let (from, to) = voyage.ends(&ports);
        assert!(voyage.length_m >= 0.99 * distance_m(from, to));
        let sailed_s = s_from_ms(voyage.arrive_ms - voyage.depart_ms) - voyage.waited_s;
        let mean_kn = kn_from_mps(voyage.length_m / sailed_s);
        assert!((5.0..24.0).contains(&mean_kn), "{mean_kn} kn: {voyage:?}");
    }
    let reports = world.fleet.reports();
    for i in 1..reports.len() {
        let (a, b) = (reports.truth[i - 1], reports.truth[i]);
        if a.trip == b.trip && a.trip != Truth::NONE {
            let s = s_from_ms(reports.t_ms[i] - reports.t_ms[i - 1]);
            let m = distance_m(reports.positions[i - 1], reports.positions[i]);
            // Off their middle, ships move sideways a little.
            assert!(m < mps_from_kn(26.0) * s + 6000.0, "{m} m in {s} s");
        }
    }
}

#[test]
fn reports_are_dense_near_coasts_and_rare_at_sea() {
    let water = water();
    let world = world(small(3), &[]);
    let reports = world.fleet.reports();
    let (mut coast_s, mut sea_s) = (Vec::new(), Vec::new());
    for i in 1..reports.len() {
        let is_under_way =
            |i: usize| reports.truth[i].trip != Truth::NONE && reports.sog_kn[i] > 3.0;
        if is_under_way(i - 1)
            && is_under_way(i)
            && reports.truth[i - 1].trip == reports.truth[i].trip
        {
            let is_coast = water.shore_m(reports.positions[i - 1]) == 0.0;
            let s = s_from_ms(reports.t_ms[i] - reports.t_ms[i - 1]);
            (if is_coast { &mut coast_s } else { &mut sea_s }).push(s);
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    assert!(coast_s.len() > 1000 && sea_s.len() > 1000);
    assert!(mean(&sea_s) > 2.5 * mean(&coast_s), "{} {}", mean(&sea_s), mean(&coast_s));
}

#[test]
fn crews_type_what_they_should_most_of_the_time() {
    let world = world(WorldParams { voyages: 2000, ..small(4) }, &[]);
    let ports = ports();
    let share = |typed: Typed| {
        world.voyages.iter().filter(|voyage| voyage.typed == typed).count() as f64 / 2000.0
    };
    assert!((0.65..0.9).contains(&share(Typed::Right)), "{}", share(Typed::Right));
    for typed in Typed::ALL {
        assert!(share(typed) > 0.01, "{}", typed.name());
    }
    let mut texts = BTreeSet::new();
    for voyage in world.voyages.iter().filter(|voyage| voyage.typed == Typed::Right) {
        let notes = &world.fleet.vessels()[voyage.vessel].voyages;
        let during =
            notes.iter().find(|(t_ms, _)| (voyage.depart_ms..voyage.arrive_ms).contains(t_ms));
        let text = &during.unwrap().1.destination;
        assert!(text.len() <= 20);
        texts.insert(text.clone());
        let port = ports.port(voyage.to);
        let code = port.locode.unwrap();
        let squeezed = text.replace([' ', '>'], "");
        let is_named = text.contains(&port.name.to_ascii_uppercase()[..5]);
        assert!(is_named || squeezed.contains(code.as_str()), "{text} for {port:?}");
    }
    assert!(texts.len() > 30, "{texts:?}");
}

#[test]
fn notes_come_in_order_of_time_and_draughts_fit_the_load() {
    let world = world(small(7), &[]);
    for (index, vessel) in world.fleet.vessels().iter().enumerate() {
        assert!(vessel.voyages.is_sorted_by_key(|(t_ms, _)| *t_ms), "{vessel:?}");
        let own = world.voyages.iter().filter(|voyage| voyage.vessel == index);
        assert!(own.count() <= vessel.voyages.len());
    }
    for pair in world.voyages.windows(2).filter(|pair| pair[0].vessel == pair[1].vessel) {
        let is_tanker = world.fleet.vessels()[pair[0].vessel].kind() == ShipKind::Tanker;
        assert!(!is_tanker || pair[0].is_laden != pair[1].is_laden, "out laden, back empty");
    }
    let draughts = |is_laden: bool| -> Vec<f64> {
        let tankers = world.voyages.iter().filter(|voyage| {
            world.fleet.vessels()[voyage.vessel].kind() == ShipKind::Tanker
                && voyage.is_laden == is_laden
        });
        let share = |voyage: &VoyageTruth| {
            let vessel = &world.fleet.vessels()[voyage.vessel];
            let note = vessel.voyages.iter().find(|(t_ms, _)| *t_ms >= voyage.depart_ms).unwrap();
            f64::from(note.1.draught_dm) / 10.0 / f64::from(vessel.about.width_m.unwrap())
        };
        tankers.map(share).collect()
    };
    let mean = |all: Vec<f64>| all.iter().sum::<f64>() / all.len() as f64;
    assert!(mean(draughts(true)) > 1.5 * mean(draughts(false)));
}

#[test]
fn given_flows_alone_are_sailed() {
    let flow =
        |from, to, trips| Flow { from: PortId(from), to: PortId(to), kind: ShipKind::Cargo, trips };
    let flows = [
        flow(0, 3, 3.0),
        flow(3, 0, 1.0),
        flow(0, 4, 1.0),
        flow(4, 0, 1.0),
        flow(0, 8, 9.0),
        flow(0, 0, 9.0),
    ];
    let params = WorldParams { habit_share: 0.0, ..small(8) };
    let world = world(params, &flows);
    let pairs: BTreeSet<(u32, u32)> =
        world.routes.iter().map(|(from, to)| (from.0, to.0)).collect();
    assert_eq!(pairs, BTreeSet::from([(0, 3), (0, 4), (3, 0), (4, 0)]));
    let kinds = world.fleet.vessels().iter().map(Vessel::kind);
    assert!(kinds.into_iter().all(|kind| kind == ShipKind::Cargo));
}

#[test]
fn a_world_without_two_ports_is_told() {
    let params = Checked::new(&small(1)).unwrap();
    let one = PortTable::new(ports().ports()[..1].to_vec());
    let fault = make(&params, &one, &[], water(), &Job::default()).unwrap_err();
    assert!(fault.to_string().starts_with("no two ports between which ships sail"), "{fault}");
}
