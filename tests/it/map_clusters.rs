//! Clusters and routes on the map: in the window, driven by label, and in pictures.

use std::path::Path;

use egui::{Pos2, pos2};
use egui_kittest::kittest::Queryable as _;
use fairway::flow::look::TrackColor;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use serde_json::Value;

use crate::ground::{fairway, json, said};
use crate::window::{Window, opened, until};

/// A window on a small made sea, colored by cluster.
fn clustered() -> Window {
    let mut harness = opened([1280.0, 800.0], |_| ());
    harness.run_steps(4);
    let session = &mut harness.state_mut().session;
    session.sources.make_demo();
    session.set("synth.rows=30000").unwrap();
    session.set("map.color_by=cluster").unwrap();
    until(&mut harness, "clusters and routes", |app| {
        app.desk.routes.state() == State::Fresh && !app.is_busy()
    });
    harness
}

fn n_clusters(app: &App) -> usize {
    app.desk.clusters.shown().map_or(0, |shown| shown.value.labels().clusters())
}

/// Moves the pointer over the map, row by row, until `found`.
fn search(harness: &mut Window, found: impl Fn(&App) -> bool) -> Option<Pos2> {
    let map = harness.get_by_label("Map").rect();
    for row in 1..20 {
        for column in 1..30 {
            let at = pos2(
                map.left() + map.width() * column as f32 / 30.0,
                map.top() + map.height() * row as f32 / 20.0,
            );
            harness.hover_at(at);
            harness.run_steps(2);
            if found(harness.state()) {
                return Some(at);
            }
        }
    }
    None
}

#[test]
fn tracks_have_their_clusters_colors_and_the_pointer_says_which() {
    let mut harness = clustered();
    let n = n_clusters(harness.state());
    assert!(n > 1, "{n}");
    harness.get_by_label_contains("Noise: ");
    assert!(harness.query_all_by_label_contains("Route 1: ").next().is_some());
    let at = search(&mut harness, |app| app.clusters.hovered().is_some());
    assert!(at.is_some(), "no cluster was found under the pointer");
    let hovered = harness.state().clusters.hovered().unwrap();
    assert!((hovered as usize) < n);
    // The card says it too, beside the legend.
    let title = format!("Route {}", hovered + 1);
    assert!(harness.query_all_by_label(&title).next().is_some(), "{title}");
    harness.hover_at(pos2(2.0, 2.0));
    harness.run_steps(3);
    assert_eq!(harness.state().clusters.hovered(), None);
}

#[test]
fn a_hidden_cluster_is_neither_drawn_nor_found() {
    let mut harness = clustered();
    let n = n_clusters(harness.state()) as u32;
    for cluster in (0..n).map(Some).chain([None]) {
        harness.state_mut().clusters.set_hidden(cluster, true);
    }
    harness.state_mut().session.map.rest = false;
    harness.run_steps(3);
    assert!(harness.query_all_by_label_contains("hidden").next().is_some());
    assert_eq!(search(&mut harness, |app| app.clusters.hovered().is_some()), None);
}

#[test]
fn a_route_under_the_pointer_says_what_it_is_and_is_marked_in_all_panels() {
    let mut harness = clustered();
    let map = &mut harness.state_mut().session.map;
    (map.trips, map.rest) = (false, false);
    let at = search(&mut harness, |app| app.clusters.hovered().is_some());
    assert!(at.is_some(), "no route was found under the pointer");
    assert!(harness.query_all_by_label_contains(" nmi long, ").next().is_some());
    harness.state_mut().session.map.routes = false;
    harness.run_steps(3);
    assert_eq!(harness.state().clusters.hovered(), None);
}

#[test]
fn a_pinned_result_has_a_map_of_its_own_that_moves_with_the_other() {
    let mut harness = clustered();
    harness.state_mut().session.map.color_by = TrackColor::Speed;
    harness.state_mut().ask(Command::Pin);
    harness.run_steps(4);
    assert_eq!(harness.state().session.map.color_by, TrackColor::Cluster);
    let [left, right] =
        ["Map of the pinned result", "Map"].map(|label| harness.get_by_label(label).rect());
    assert!(left.right() <= right.left() && (left.width() - right.width()).abs() < 1.0);
    harness.get_by_label_contains("A: pinned ");
    harness.get_by_label_contains("0 of ");

    // Another eps: other clusters in B, the same in A.
    let pinned = harness.state().clusters.pinned().unwrap().key();
    let eps = harness.state().session.clusters.cluster.eps;
    let before = n_clusters(harness.state());
    harness.state_mut().session.set(&format!("clusters.eps={}", eps / 4.0)).unwrap();
    until(&mut harness, "other clusters", |app| {
        app.desk.clusters.state() == State::Fresh
            && app.clusters.difference().is_some_and(|difference| difference.changed > 0)
    });
    let state = harness.state();
    assert_eq!(state.clusters.pinned().unwrap().key(), pinned);
    let difference = state.clusters.difference().unwrap();
    assert_eq!(difference.clusters, [before, n_clusters(state)]);
    let said = difference.in_words();
    harness.get_by_label(&said);

    // Dragging A moves B.
    let camera = harness.state().map_camera();
    let from = left.center();
    harness.drag_at(from);
    harness.run_steps(2);
    harness.hover_at(from + egui::vec2(60.0, 0.0));
    harness.run_steps(2);
    harness.drop_at(from + egui::vec2(60.0, 0.0));
    harness.run_steps(30);
    let moved = harness.state().map_camera();
    assert!(moved.lon < camera.lon, "{moved:?} {camera:?}");
    assert!((moved.zoom - camera.zoom).abs() < 1e-9);

    harness.get_by_label("Only what changed").click();
    harness.run_steps(3);
    assert!(harness.state().clusters.shows_only_changed());
    harness.get_by_label("Unpin").click();
    harness.run_steps(3);
    assert!(harness.query_by_label("Map of the pinned result").is_none());
    assert!(harness.get_by_label("Map").rect().width() > 1.9 * right.width());
}

/// How many pixels of a picture differ much from those of another.
fn n_different(a: &Path, b: &Path) -> usize {
    let [a, b] = [a, b].map(|path| {
        let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut rgb).unwrap();
        rgb
    });
    let differs = |(a, b): (&[u8], &[u8])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > 40);
    a.chunks_exact(3).zip(b.chunks_exact(3)).filter(|pair| differs(*pair)).count()
}

#[test]
fn a_picture_by_cluster_needs_no_further_word_and_has_routes() {
    let folder = tempfile::tempdir().unwrap();
    let snap = |name: &str, more: &[&str]| {
        let path = folder.path().join(name);
        let sea = ["snap", "--demo", "--set", "synth.rows=30000", "--size", "640x400", "--json"];
        let out = ["-o", path.to_str().unwrap()];
        let output = fairway(&[&sea[..], &out, more].concat());
        assert!(output.status.success(), "{}", said(&output));
        (path, json(&output)["snap"].clone())
    };
    let by_cluster = ["--set", "map.color_by=cluster"];
    let (plain, figures) = snap("plain.png", &[]);
    assert_eq!(figures["clusters"], Value::Null, "nothing more is computed than is shown");
    let without = [&by_cluster[..], &["--set", "map.routes=false"]].concat();
    let (clusters, figures) = snap("clusters.png", &without);
    assert!(figures["clusters"].as_u64().unwrap() > 1, "{figures}");
    assert_eq!(figures["routes"], Value::Null);
    assert!(n_different(&plain, &clusters) > 2000);
    for more in [&[][..], &["--software"]] {
        let (routes, figures) = snap("routes.png", &[&by_cluster[..], more].concat());
        assert!(figures["routes"].as_u64().unwrap() > 1, "{figures}");
        let (clusters, _) = snap("clusters.png", &[&without[..], more].concat());
        let n = n_different(&routes, &clusters);
        assert!((500..200_000).contains(&n), "{n} pixels of routes");
    }
}
