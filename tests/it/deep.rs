//! Deep embedded clustering from traffic to groups, without a window: what scripts get, and that a new
//! number of clusters trains nothing anew.

use std::fs;
use std::sync::Arc;

use fairway::flow::tray::{Shelf as _, State};
use fairway::flow::{Desk, Jobs, Session};
use fairway::synth::SeaParams;
use serde_json::Value;

use crate::ground::{fairway, json, said};

/// A small sea, and a network that is trained in a moment.
fn session() -> Session {
    let mut session = Session::default();
    session.sources.made = Some(SeaParams { rows: 60_000, seed: 5, ..SeaParams::default() });
    for setting in ["deep.layers=32", "deep.epochs=15", "clusters.method=deep"] {
        session.set(setting).unwrap();
    }
    session
}

/// Brings stage `name` up, training where that is needed.
fn update(desk: &mut Desk, session: &Session, name: &str) {
    let wanted = desk.wanted(&[name], session).unwrap();
    for _ in 0..3 {
        desk.update(session, &Jobs::Inline, &wanted);
        if desk.embed.state() == State::Waiting || desk.embed.shown().is_none() {
            desk.embed.request();
        }
    }
    desk.update(session, &Jobs::Inline, &wanted);
}

#[test]
fn a_new_number_of_clusters_trains_no_new_network() {
    let (mut desk, mut session) = (Desk::default(), session());
    session.set("deep.k=5").unwrap();
    update(&mut desk, &session, "indices");
    let trained = desk.embed.shown().expect("it was trained").key;
    let five = Arc::clone(desk.clusters.shown().unwrap().value);
    assert_eq!(five.labels().clusters(), 5);
    let groups = desk.deep_groups.shown().unwrap();
    assert_eq!(five.labels(), &groups.value.clusters.labels, "the clusters are the network's");
    assert!(desk.indices.shown().unwrap().value.indices.silhouette.is_some());

    session.set("deep.k=9").unwrap();
    let wanted = desk.wanted(&["indices"], &session).unwrap();
    desk.update(&session, &Jobs::Inline, &wanted);
    assert_eq!(desk.embed.shown().unwrap().key, trained);
    assert_eq!(desk.clusters.shown().unwrap().value.labels().clusters(), 9);

    // Memberships sum to one, and the largest is the cluster's own.
    let groups = Arc::clone(desk.deep_groups.shown().unwrap().value);
    let embedded = groups.embedded.embedded.as_ref().unwrap();
    let mut n_own = 0;
    for (trip, label) in groups.clusters.labels.as_slice().iter().enumerate() {
        let Some(q) = groups.clusters.membership(embedded, trip) else { continue };
        assert!((q.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        let largest = (0..q.len()).max_by(|a, b| q[*a].total_cmp(&q[*b])).unwrap();
        n_own += usize::from(label.map(|label| label as usize) == Some(largest));
    }
    assert!(n_own * 10 >= groups.clusters.labels.len() * 9, "{n_own}");
}

#[test]
fn more_clusters_than_trips_and_too_few_trips_are_said() {
    let (mut desk, mut session) = (Desk::default(), session());
    session.set("deep.k=1000").unwrap();
    update(&mut desk, &session, "deep-groups");
    let fault = desk.deep_groups.faults().join("\n");
    assert!(fault.contains("k is 1000") && fault.contains("lower k"), "{fault}");

    session.set("filter.min_mean=99").ok();
    session.set("deep.model=/nowhere/at/all").unwrap();
    let mut desk = Desk::default();
    update(&mut desk, &session, "deep-embed");
    let fault = desk.embed.faults().join("\n");
    assert!(fault.contains("/nowhere/at/all"), "{fault}");
}

#[test]
fn the_study_is_told_and_a_saved_network_embeds_to_the_bit() {
    let folder = tempfile::tempdir().unwrap();
    let sea = folder.path().join("sea.csv");
    let (sea, out) = (sea.to_str().unwrap(), folder.path().join("out"));
    let out = out.to_str().unwrap();
    let made = fairway(&["synth", "--out", sea, "--rows", "60000", "--seed", "5"]);
    assert!(made.status.success(), "{}", said(&made));
    let small = ["--set", "deep.layers=32", "--set", "deep.epochs=15", "--set", "deep.device=cpu"];
    let run = |more: &[&str]| -> Value {
        json(&fairway(&[&["run", sea, "--json", "--out", out][..], &small, more].concat()))
    };
    let told = run(&["--want", "dec-study", "--want", "deep-embed", "--want", "deep-plane"]);
    for side in ["deep", "baseline"] {
        let side = &told["dec-study"][side];
        for member in ["clusters", "noise_share", "silhouette", "ari", "nmi"] {
            assert!(side[member].is_number(), "{member}: {side}");
        }
    }
    assert!(told["dec-study"]["deep"]["ari"].as_f64().unwrap() > 0.5, "{}", told["dec-study"]);
    let trips = told["deep-embed"]["trips"].as_u64().unwrap() as usize;
    let rows = |name: &str| fs::read_to_string(format!("{out}/{name}")).unwrap();
    let first = rows("deep-embed.csv");
    assert_eq!(first.lines().count(), 1 + trips);
    assert_eq!(rows("deep-plane.csv").lines().count(), 1 + trips);
    assert_eq!(rows("dec-study.csv").lines().count(), 3);

    let model = format!("deep.model={out}/deep-embed.model");
    let again = format!("{out}/again");
    let loaded = fairway(&[
        "run",
        sea,
        "--json",
        "--out",
        &again,
        "--want",
        "deep-embed",
        "--set",
        &model,
        "--set",
        "deep.device=cpu",
    ]);
    assert_eq!(json(&loaded)["deep-embed"]["trips"].as_u64(), Some(trips as u64));
    assert_eq!(rows("again/deep-embed.csv"), first, "to the bit");

    let weights = format!("{out}/deep-embed.model/weights.safetensors");
    let mut bytes = fs::read(&weights).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&weights, bytes).unwrap();
    let damaged = fairway(&["run", sea, "--want", "deep-embed", "--set", &model]);
    assert!(!damaged.status.success() && said(&damaged).contains("checksum"), "{}", said(&damaged));
}
