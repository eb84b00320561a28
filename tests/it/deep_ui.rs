//! Deep clustering in the window, driven by label.

use egui_kittest::kittest::Queryable as _;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};

use crate::window::{Window, opened, show, until};

/// A small made sea and a small network, on the processor; the epochs are the test's.
fn window(layers: &str, epochs: usize) -> Window {
    let settings = [
        "synth.rows=40000".to_owned(),
        "clusters.method=deep".into(),
        format!("deep.layers={layers}"),
        "deep.device=cpu".into(),
        format!("deep.epochs={epochs}"),
    ];
    let mut harness = opened([1400.0, 900.0], move |app| {
        app.begin(Vec::new(), true, &settings);
        app.ask(Command::Enter(Workspace::Cluster));
    });
    // What is said of finished work moves the buttons below it.
    until(&mut harness, "distances", |app| {
        app.desk.distances.state() == State::Fresh && !app.is_busy()
    });
    harness
}

#[test]
fn a_trained_network_groups_trips_and_a_moved_k_groups_them_anew_without_training() {
    let mut harness = window("32", 5);
    harness.get_by_label_contains("No network is trained yet");
    show(&mut harness, Pane::Embedding);
    harness.get_by_label_contains("Nothing is embedded");
    harness.get_by_label("Train").click();
    until(&mut harness, "clusters", |app| app.desk.indices.state() == State::Fresh);
    harness.get_by_label_contains("5 epochs: all epochs are done");
    until(&mut harness, "a plane", |app| app.desk.plane.state() == State::Fresh);
    harness.get_by_label_contains("Plane of ");
    let trained = harness.state().desk.embed.shown().map(|shown| shown.key);

    harness.state_mut().session.deep.group.k = 7;
    until(&mut harness, "seven clusters", |app| {
        let shown = app.desk.clusters.shown();
        shown.is_some_and(|shown| !shown.is_stale && shown.value.labels().clusters() == 7)
    });
    harness.get_by_label_contains("7 clusters; refining ended");
    assert_eq!(harness.state().desk.embed.shown().map(|shown| shown.key), trained);
    show(&mut harness, Pane::Training);
    // Said above the plot, and of the plot.
    let mut said = harness.get_all_by_label_contains("mean squared error by epoch");
    assert!(said.next().is_some());
}

#[test]
fn a_training_is_held_goes_on_and_ends_with_what_it_has_learned() {
    let mut harness = window("300-300", 1000);
    harness.get_by_label("Train").click();
    let epochs = |app: &App| app.desk.embed.so_far().map_or(0, |of| of.curves().epochs.len());
    until(&mut harness, "some epochs", |app| epochs(app) > 3);
    harness.get_by_label("Pause").click();
    until(&mut harness, "a pause", |app| {
        app.desk.embed.so_far().is_some_and(|of| of.watch.is_paused())
    });
    harness.get_by_label("Go on").click();
    let held = epochs(harness.state());
    until(&mut harness, "more epochs", |app| epochs(app) > held + 2);
    harness.get_by_label("End and keep").click();
    until(&mut harness, "an embedding", |app| app.desk.embed.state() == State::Fresh);
    harness.get_by_label_contains("ended by hand");

    // Given up, a training leaves what was there before.
    harness.get_by_label("Train again");
    harness.state_mut().session.deep.embed.train.epochs = 4000;
    until(&mut harness, "a network out of date", |app| {
        app.desk.embed.shown().is_some_and(|shown| shown.is_stale)
    });
    harness.get_by_label_contains("Out of date: trained on other trips");
}
