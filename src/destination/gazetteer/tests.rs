//! Names, codes and countries of a few ports.

use super::*;
use crate::ais::Port;
use crate::base::geo::Position;

fn table(ports: &[(&str, &str)]) -> PortTable {
    let port = |(name, code): &(&str, &str)| Port {
        name: (*name).into(),
        locode: Locode::from_text(code),
        position: Position::new(1.0, 1.0),
        ..Port::default()
    };
    PortTable::new(ports.iter().map(port).collect())
}

#[test]
fn names_of_lists_are_known_in_the_forms_that_crews_write() {
    for (name, forms) in [
        ("Tokyo Ko", "TOKYOKO TOKYO"),
        ("Keppel - (East Singapore)", "KEPPELEASTSINGAPORE KEPPEL EASTSINGAPORE"),
        ("Mumbai (Bombay)", "MUMBAIBOMBAY MUMBAI BOMBAY"),
        ("Saint John's", "STJOHNS"),
        ("Port", "PORT"),
        ("Puerto de la Luz", "PTODELALUZ"),
        ("Bahia De Valparaiso", "BAHIADEVALPARAISO VALPARAISO"),
        ("Panama City", "PANAMACITY"),
        ("New York City", "NEWYORKCITY NEWYORK"),
    ] {
        assert_eq!(variants(name).join(" "), forms, "{name}");
    }
}

#[test]
fn what_is_found_by_pairs_is_what_comparing_with_all_finds() {
    let stems = ["HAMBURG", "ROTTERDAM", "ANTWERP", "GDYNIA", "GDANSK", "BUSAN", "LONGBEACH"];
    let mut rng = crate::base::rng::Rng::new(5, 0);
    let mut ports = Vec::new();
    for n in 0..600 {
        let mut name: Vec<u8> = stems[n % stems.len()].into();
        for _ in 0..rng.below(4) {
            let at = rng.below(name.len());
            match rng.below(3) {
                0 => name[at] = b'A' + rng.below(26) as u8,
                1 => name.insert(at, b'A' + rng.below(26) as u8),
                _ if at > 0 => name.swap(at - 1, at),
                _ => drop(name.remove(at)),
            }
        }
        ports.push((String::from_utf8(name).unwrap(), String::new()));
    }
    let pairs: Vec<(&str, &str)> =
        ports.iter().map(|(name, code)| (name.as_str(), code.as_str())).collect();
    let gazetteer = Gazetteer::new(&table(&pairs), &[]);
    let mut counts = Counts::default();
    for key in stems {
        for most in [1, 2] {
            let plain = gazetteer
                .names
                .iter()
                .filter(|name| strsim::damerau_levenshtein(key, &name.key) <= most);
            let found = gazetteer.like(key, most, &mut counts);
            // An error next to another spoils no more pairs: all but words of few pairs agree.
            let known: Vec<&str> = found.iter().map(|(name, _)| &*name.key).collect();
            for name in plain {
                let shared = pairs_of(name.key.as_bytes());
                let shares = pairs_of(key.as_bytes()).iter().any(|pair| shared.contains(pair));
                assert!(known.contains(&&*name.key) || !shares, "{key} {most}: {}", name.key);
            }
            assert!(found.iter().all(|(_, distance)| *distance <= most));
        }
    }
}

#[test]
fn words_may_mean_several_countries() {
    let gazetteer = Gazetteer::new(&table(&[("Vancouver", "CAVAN"), ("Oakland", "USOAK")]), &[]);
    assert_eq!(gazetteer.countries("CA"), [*b"US", *b"CA"]);
    assert_eq!(gazetteer.countries("KIEL"), [[0_u8; 2]; 0]);
    assert!(gazetteer.is_country_code("US") && !gazetteer.is_country_code("XX"));
    assert_eq!(gazetteer.with_name("LA"), [], "Los Angeles is not in this table");
    assert_eq!(gazetteer.with_place("VAN"), [PortId(0)]);
}

#[test]
fn the_distance_is_that_of_the_library() {
    for (a, b, far) in [("KIEL", "KILE", 1), ("", "KIEL", 4), ("CA", "ABC", 2), ("KIEL", "KIEL", 0)]
    {
        assert_eq!(distance(a.as_bytes(), b.as_bytes()), far, "{a} {b}");
    }
    let mut rng = crate::base::rng::Rng::new(6, 0);
    let mut word = || -> String {
        let n = rng.below(12);
        (0..n).map(|_| char::from(b"ABC7"[rng.below(4)])).collect()
    };
    for _ in 0..3000 {
        let (a, b) = (word(), word());
        let far = strsim::damerau_levenshtein(&a, &b);
        assert_eq!(distance(a.as_bytes(), b.as_bytes()), far, "{a} {b}");
    }
    let long = "A".repeat(MOST_LETTERS + 1);
    assert_eq!(distance(long.as_bytes(), b"A"), usize::MAX);
}
