//! Ports found by place, code and name.

use super::*;

fn port(name: &str, code: &str, lon_deg: f64, lat_deg: f64) -> Port {
    Port {
        name: name.into(),
        locode: Locode::from_text(code),
        position: Position::new(lon_deg, lat_deg),
        ..Port::default()
    }
}

fn names(table: &PortTable, ids: &[PortId]) -> Vec<String> {
    ids.iter().map(|id| table.port(*id).name.clone()).collect()
}

#[test]
fn a_code_is_two_letters_and_three_letters_or_digits() {
    for (text, code) in [
        ("USLGB", Some("USLGB")),
        (" us lgb ", Some("USLGB")),
        ("GT SJ2", Some("GTSJ2")),
        ("USLG", None),
        ("USLGBX", None),
        ("U SLGB", None),
        ("U1LGB", None),
        ("USLG0", None),
        ("", None),
        ("ÜSLGB", None),
    ] {
        assert_eq!(Locode::from_text(text).map(String::from).as_deref(), code, "{text}");
    }
    let code: Locode = serde_json::from_str("\"USLGB\"").unwrap();
    assert_eq!((code.country(), code.place()), ("US", "LGB"));
    assert!(serde_json::from_str::<Locode>("\"LONG BEACH\"").is_err());
}

#[test]
fn the_nearest_port_within_reach_is_found() {
    let table = PortTable::new(vec![port("A", "", 10.0, 54.0), port("B", "", 10.1, 54.0)]);
    let (id, far_m) = table.nearest(Position::new(10.06, 54.0), 10_000.0).unwrap();
    assert_eq!(id, PortId(1));
    assert!((far_m - 2614.3).abs() < 0.5, "{far_m}"); // 0.04° at the cosine of 54°.
    assert_eq!(table.nearest(Position::new(10.06, 54.0), 2_600.0), None);
    assert_eq!(table.nearest(Position::new(10.04, 54.0), 5e4).unwrap().0, PortId(0));
    assert_eq!(table.nearest(Position::new(f64::NAN, 54.0), 5e4), None);
    let both = table.within(Position::new(10.06, 54.0), 10_000.0);
    assert_eq!(both.iter().map(|(id, _)| id.0).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn ports_are_found_across_the_date_line_and_around_a_pole() {
    let table = PortTable::new(vec![
        port("West", "", 179.95, -17.0),
        port("East", "", -179.98, 64.0),
        port("North", "", 90.0, 89.9),
        port("Edge", "", 180.0, 10.0),
    ]);
    for (lon, lat, found) in [
        (-179.95, -17.0, Some(0)),
        (179.98, 64.0, Some(1)),
        (-90.0, 89.9, Some(2)),
        (-179.99, 10.0, Some(3)),
        (179.99, 10.0, Some(3)),
        (0.0, 0.0, None),
    ] {
        let nearest = table.nearest(Position::new(lon, lat), 30_000.0);
        assert_eq!(nearest.map(|(id, _)| id.0), found, "{lon} {lat}");
    }
}

#[test]
fn the_index_finds_what_a_plain_search_finds() {
    let mut rng = crate::base::rng::Rng::new(3, 0);
    let mut place = || Position::new(rng.between(-180.0, 180.0), rng.between(-90.0, 90.0));
    let ports: Vec<Port> =
        (0..2000).map(|_| Port { position: place(), ..Port::default() }).collect();
    let table = PortTable::new(ports);
    for n in 0..400 {
        let (from, radius_m) = (place(), 2_000.0 * f64::from(n));
        let plain = table
            .iter()
            .map(|(id, port)| (id, distance_m(from, port.position)))
            .filter(|(_, far_m)| *far_m <= radius_m)
            .min_by(|a, b| a.1.total_cmp(&b.1));
        assert_eq!(table.nearest(from, radius_m), plain, "{from:?} {radius_m}");
    }
}

#[test]
fn a_search_goes_by_code_then_name_then_parts_of_it() {
    let mut beach = port("Long Beach", "US LGB", -118.2, 33.75);
    beach.size = HarborSize::Large;
    let table = PortTable::new(vec![
        port("Palm Beach", "US PAB", -80.0, 26.7),
        port("Långsele", "", 17.0, 63.0),
        port("Long Island", "", -75.0, 23.0),
        beach,
        port("Furulong", "", 1.0, 1.0),
    ]);
    for (text, found) in [
        ("us pab", vec!["Palm Beach"]),
        ("USLGB", vec!["Long Beach"]),
        ("long", vec!["Long Beach", "Long Island", "Furulong"]),
        ("beach", vec!["Long Beach", "Palm Beach"]),
        ("LANG", vec!["Långsele"]),
        ("long beach", vec!["Long Beach"]),
        ("  ", vec![]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(names(&table, &table.search(text, 9)), found, "{text}");
    }
    assert_eq!(table.search("long", 1).len(), 1);
}

#[test]
fn of_two_ports_with_one_code_the_larger_comes_first() {
    let mut large = port("Hamburg", "DE HAM", 9.9, 53.5);
    large.size = HarborSize::Large;
    let table = PortTable::new(vec![port("Hamburg Harbor", "DE HAM", 9.98, 53.5), large]);
    let found: Vec<PortId> = table.with_code(Locode::from_text("DEHAM").unwrap()).collect();
    assert_eq!(found, [PortId(1), PortId(0)]);
}

#[test]
fn names_are_folded_to_letters_digits_and_single_spaces() {
    for (name, folded) in [
        ("  São  Luís ", "SAO LUIS"),
        ("ÅRHUS", "ARHUS"),
        ("Port-Louis (Mauritius)", "PORT LOUIS MAURITIUS"),
        ("St. John's", "ST JOHNS"),
        ("Świnoujście", "SWINOUJSCIE"),
        ("神戸", ""),
    ] {
        assert_eq!(fold(name), folded);
    }
}

#[test]
fn another_table_has_another_fingerprint() {
    let one = PortTable::new(vec![port("A", "", 1.0, 2.0), port("B", "", 3.0, 4.0)]);
    let turned = PortTable::new(vec![port("B", "", 3.0, 4.0), port("A", "", 1.0, 2.0)]);
    assert_eq!(one.fingerprint(), one.clone().fingerprint());
    assert_ne!(one.fingerprint(), turned.fingerprint());
}

#[test]
fn a_port_without_a_place_is_left_out() {
    let nowhere = Port { position: Position::new(f64::NAN, 1.0), ..Port::default() };
    assert!(PortTable::new(vec![nowhere]).is_empty());
}
