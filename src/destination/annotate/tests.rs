//! Annotation held to a table of texts.

use super::*;
use crate::ais::{HarborSize, Port};
use crate::base::geo::Position;

/// Code, size and names of a few ports, for tests that want no other.
fn table(ports: &[(&str, HarborSize, &str)]) -> PortTable {
    let port = |(code, size, name): &(&str, HarborSize, &str)| Port {
        name: (*name).into(),
        locode: Locode::from_text(code),
        size: *size,
        position: Position::new(1.0, 1.0),
        ..Port::default()
    };
    PortTable::new(ports.iter().map(port).collect())
}

fn some_ports() -> PortTable {
    table(&[
        ("USLAX", HarborSize::Large, "Los Angeles"),
        ("USLGB", HarborSize::Medium, "Long Beach"),
        ("USOAK", HarborSize::Large, "Oakland"),
        ("USRIC", HarborSize::Small, "Richmond"),
        ("CARIC", HarborSize::Medium, "Richmond"),
        ("MXLPZ", HarborSize::Small, "La Paz"),
        ("DEHAM", HarborSize::Large, "Hamburg"),
        ("PAPAN", HarborSize::Small, "Panama"),
        ("KRPUS", HarborSize::Large, "Busan"),
    ])
}

fn annotator(table: &PortTable) -> Annotator {
    Annotator::new(table, &Checked::new(&AnnotateParams::default()).unwrap())
}

fn best(table: &PortTable, text: &str) -> String {
    let best = annotator(table).annotate(text).best();
    best.map_or("-".into(), |best| {
        table.port(best.port).locode.map(String::from).unwrap_or_default()
    })
}

#[test]
fn codes_names_and_misspellings_name_the_port() {
    let ports = some_ports();
    for (text, code) in [
        ("US LAX", "USLAX"),
        ("USLAX", "USLAX"),
        ("LONG BEACH,USA", "USLGB"),
        ("LONGBEACH", "USLGB"),
        ("US LAX > US OAK", "USOAK"),
        ("USLAX<>USOAK", "USOAK"),
        ("US OAK62", "USOAK"),
        ("LONG BEECH", "USLGB"),
        ("LNG BEACH", "USLGB"),
        ("LONG BEACH>USA", "USLGB"),
        ("LB 209", "USLGB"),
        ("LGB", "USLGB"),
        ("LA", "USLAX"),
        ("LA PAZ MEXICO", "MXLPZ"),
        ("HAMBRUG", "DEHAM"),
        ("PANAMA", "PAPAN"),
        ("PUS > PANCAN", "-"),
        ("BUSEN", "KRPUS"),
        ("PEBBLY BEACH", "-"),
        ("USLBG", "-"),
        ("USA", "-"),
        ("", "-"),
        ("@@@@@@@@@@@@@@@@@@@@", "-"),
    ] {
        assert_eq!(best(&ports, text), code, "{text}");
    }
}

#[test]
fn a_country_chooses_among_ports_of_one_name() {
    let ports = some_ports();
    assert_eq!(best(&ports, "RICHMOND"), "CARIC", "the larger one");
    assert_eq!(best(&ports, "RICHMOND VA"), "USRIC");
    assert_eq!(best(&ports, "RICHMOND, BC"), "CARIC");
    let annotator = annotator(&ports);
    let both = annotator.annotate("RICHMOND");
    assert_eq!(both.candidates.len(), 2);
    assert!(both.candidates[0].confidence > both.candidates[1].confidence);
    assert_eq!(annotator.annotate("RICHMOND VA").candidates.len(), 1);
}

#[test]
fn confidence_falls_with_errors_and_with_what_is_not_understood() {
    let ports = some_ports();
    let annotator = annotator(&ports);
    let confidence = |text| annotator.annotate(text).best().unwrap().confidence;
    assert_eq!(confidence("LONG BEACH"), 1.0);
    assert_eq!(confidence("LONG BEACH,USA"), 1.0);
    assert!((confidence("LONG BEECH") - 8.0 / 9.0).abs() < 1e-12, "an error in nine letters");
    assert!((confidence("LONG BEACH CATALINA") - (0.3 + 0.7 * 9.0 / 17.0)).abs() < 1e-12);
    assert!((confidence("HAMBURG JAPAN") - FOREIGN_SCORE).abs() < 1e-12);
    assert_eq!(confidence("LGB"), PLACE_SCORE);
}

#[test]
fn the_users_own_names_are_known() {
    let params = AnnotateParams {
        names: "BOXTOWN = US LGB; OLD HARBOR=DEHAM".into(),
        ..AnnotateParams::default()
    };
    let ports = some_ports();
    let annotator = Annotator::new(&ports, &Checked::new(&params).unwrap());
    let named = |text| annotator.annotate(text).best().map(|best| best.port);
    assert_eq!(named("BOXTOWN PIER 2"), Some(PortId(1)));
    assert_eq!(named("OLD HARBOR"), Some(PortId(6)));
    let wrong = AnnotateParams { names: "BOXTOWN".into(), ..params };
    let faults = Checked::new(&wrong).unwrap_err();
    assert!(faults[0].contains("\"BOXTOWN\"; NAME=LOCODE is expected"), "{faults:?}");
}

#[test]
fn distinct_texts_are_read_once_each() {
    let ports = some_ports();
    let job = Job::default();
    let read = annotator(&ports).annotate_all(["US LAX", "OAKLAND", "US LAX"], &job).unwrap();
    assert_eq!((read.len(), job.progress()), (2, (2, 2)));
    assert_eq!(read["US LAX"].best().unwrap().port, PortId(0));
    job.cancel();
    assert_eq!(annotator(&ports).annotate_all(["A"], &job), Err(Stopped::Cancelled));
}
