//! The workspace of clustering in the window, driven by label.

use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Key, Pos2, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairway::cluster::Labels;
use fairway::cluster::params::Method;
use fairway::flow::Desk;
use fairway::flow::look::TrackColor;
use fairway::flow::tray::{Shelf, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};

use crate::window::{Window, opened, show, until};

/// A made sea of some 20,000 reports in the workspace of clustering.
fn window() -> Window {
    let mut harness = opened([1400.0, 900.0], move |app| {
        app.begin(Vec::new(), true, &["synth.rows=40000".into()]);
        app.ask(Command::Enter(Workspace::Cluster));
    });
    until(&mut harness, "routes", is_settled);
    harness
}

/// Whether everything that is wanted is there.
fn is_settled(app: &App) -> bool {
    let shelves = [&app.desk.clusters as &dyn Shelf, &app.desk.routes];
    !app.is_busy() && shelves.iter().all(|shelf| shelf.state() == State::Fresh)
}

fn labels(app: &App) -> Labels {
    app.desk.clusters.shown().expect("there are clusters").value.labels().clone()
}

fn drag(harness: &mut Window, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    for part in [0.3, 0.6, 1.0] {
        harness.hover_at(from + (to - from) * part);
        harness.step();
    }
    harness.drop_at(to);
    harness.run_steps(2);
}

/// Drags the line of this name by so many points.
fn drag_line(harness: &mut Window, name: &str, by: egui::Vec2) {
    let from = harness.get_by_role_and_label(Role::Slider, name).rect().center();
    drag(harness, from, from + by);
}

/// The row of the list of clusters that begins like this.
fn row<'a>(harness: &'a Window, begin: &str) -> Node<'a> {
    let is_it =
        |row: &Node<'a>| row.accesskit_node().label().is_some_and(|label| label.starts_with(begin));
    harness.query_all_by_role(Role::Row).find(is_it).expect("the cluster is in the list")
}

/// What is made before eps comes into play, by address.
fn upstream(desk: &Desk) -> [*const (); 5] {
    fn address<T>(value: Option<&Arc<T>>) -> *const () {
        Arc::as_ptr(value.expect("it is there")).cast()
    }
    [
        address(desk.trips.shown().map(|shown| shown.value)),
        address(desk.pairs.shown().map(|shown| shown.value)),
        address(desk.distances.shown().map(|shown| shown.value)),
        address(desk.sweep.shown().map(|shown| shown.value)),
        address(desk.tree.shown().map(|shown| shown.value)),
    ]
}

#[test]
fn dragging_eps_in_either_plot_moves_slider_and_labels_and_runs_nothing_before_them() {
    let mut harness = window();
    for (pane, line) in [
        (Pane::KDistance, "eps on the k-distance plot"),
        (Pane::Reachability, "eps on the reachability plot"),
    ] {
        show(&mut harness, pane);
        until(&mut harness, "the plot", is_settled);
        let (before, made) = (labels(harness.state()), upstream(&harness.state().desk));
        let eps = harness.state().session.clusters.cluster.eps;
        drag_line(&mut harness, line, vec2(0.0, 45.0));
        until(&mut harness, "other labels", |app| is_settled(app) && labels(app) != before);
        let settings = &harness.state().session.clusters;
        assert!(settings.cluster.eps < eps && !settings.choose, "{settings:?}");
        assert_eq!(upstream(&harness.state().desk), made);
        let slider = harness.get_by_role_and_label(Role::Slider, "eps");
        let shown = slider.accesskit_node().numeric_value().unwrap();
        assert!((shown / settings.cluster.eps - 1.0).abs() < 1e-6, "{shown}");
        assert!(labels(harness.state()).noise() > before.noise(), "less is near enough");
        harness.state_mut().session.clusters.choose = true;
        until(&mut harness, "chosen again", |app| is_settled(app) && labels(app) == before);
    }
}

#[test]
fn a_row_of_the_table_sets_both_and_ends_choosing() {
    let mut harness = window();
    show(&mut harness, Pane::Pairs);
    let chosen = harness.state().session.clusters.clone();
    let (label, row) = {
        let sweep = harness.state().desk.sweep.shown().unwrap().value;
        let best = sweep.best.expect("the sea has routes");
        assert_eq!(chosen.density.min_trips, sweep.rows[best].min_trips);
        let rows: Vec<(Pos2, String)> = harness
            .query_all_by_role(Role::Row)
            .map(|row| (row.rect().min, row.accesskit_node().label().unwrap_or_default()))
            .filter(|(_, label)| label.starts_with("eps "))
            .collect();
        let mut rows = rows;
        rows.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
        (rows[2].1.clone(), rows.len())
    };
    assert!(row > 3);
    harness.get_by_label(&label).click();
    harness.run_steps(3);
    let set = &harness.state().session.clusters;
    assert!(!set.choose && *set != chosen);
    assert!(label.contains(&format!("MinPts {},", set.density.min_trips)), "{label}");
    until(&mut harness, "clusters of the pair", is_settled);
    let shown = harness.state().desk.clusters.shown().unwrap().value;
    assert_eq!(shown.params.cluster.eps, harness.state().session.clusters.cluster.eps);
}

#[test]
fn a_cluster_can_be_selected_renamed_and_merged() {
    let mut harness = window();
    let before = labels(harness.state());
    row(&harness, "Route 2: ").click();
    harness.run_steps(3);
    let members = before.sizes()[1] as usize;
    assert_eq!(harness.state().selection.trips().len(), members);
    row(&harness, "Route 2: ").focus();
    harness.run_steps(2);
    harness.key_press(Key::F2);
    harness.run_steps(3);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    harness.run_steps(2);
    harness.get_by_label("Name of the cluster").type_text("Ferry");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(4);
    row(&harness, "Ferry: ");
    harness.get_by_label("Mark Ferry to merge").click();
    harness.get_by_label("Mark Route 1 to merge").click();
    harness.run_steps(3);
    harness.get_by_label("Merge 2").click();
    let fewer = before.clusters() - 1;
    until(&mut harness, "one cluster fewer", |app| {
        is_settled(app) && labels(app).clusters() == fewer
    });
    harness.get_by_label("Undo 1 merge").click();
    until(&mut harness, "as it was", |app| is_settled(app) && labels(app) == before);
}

#[test]
fn eigenvectors_are_found_while_their_plot_is_in_front_and_k_is_dragged_on_it() {
    let mut harness = window();
    assert!(harness.state().desk.spectrum.shown().is_none(), "nobody looks at them");
    show(&mut harness, Pane::Eigenvalues);
    until(&mut harness, "eigenvalues", |app| app.desk.spectrum.shown().is_some());
    drag_line(&mut harness, "k on the plot of eigenvalues", vec2(-30.0, 0.0));
    let settings = harness.state().session.clusters.clone();
    assert_eq!(settings.cluster.method, Method::Spectral);
    assert!(settings.cluster.k < 10 && !settings.choose, "{settings:?}");
    until(&mut harness, "k clusters", |app| {
        is_settled(app) && labels(app).clusters() == settings.cluster.k
    });
    assert_eq!(labels(harness.state()).noise(), 0);
}

#[test]
fn too_small_an_eps_is_said_with_a_remedy_that_helps() {
    let mut harness = window();
    harness.state_mut().session.set("clusters.eps=0.000001").unwrap();
    until(&mut harness, "all noise", |app| is_settled(app) && labels(app).clusters() == 0);
    harness.get_by_label_contains("No trip has enough neighbors");
    harness.get_by_label_contains("eps is below the 5th percentile");
    harness.get_by_label_contains("Raise eps to ").click();
    until(&mut harness, "clusters", |app| is_settled(app) && labels(app).clusters() > 0);
}

#[test]
fn a_click_on_a_map_of_scores_sets_a_pair() {
    let mut harness = window();
    show(&mut harness, Pane::Scores);
    let map = harness.get_by_label_contains("Map of Silhouette").rect();
    let at = map.min + vec2(0.4, 0.5) * map.size();
    harness.hover_at(at);
    harness.step();
    harness.drag_at(at);
    harness.step();
    harness.drop_at(at);
    harness.run_steps(3);
    let settings = &harness.state().session.clusters;
    assert!(!settings.choose);
    let sweep = harness.state().desk.sweep.shown().unwrap().value;
    assert!(sweep.rows.iter().any(|row| {
        row.min_trips == settings.density.min_trips && row.eps == settings.cluster.eps as f32
    }));
}

#[test]
fn the_map_shows_clusters_here_and_elsewhere_what_it_showed_before() {
    let mut harness = window();
    assert_eq!(harness.state().session.map.color_by, TrackColor::Cluster);
    harness.state_mut().ask(Command::Enter(Workspace::Explore));
    harness.run_steps(3);
    assert_eq!(harness.state().session.map.color_by, TrackColor::default());
    // What the user chose stays.
    harness.state_mut().session.map.color_by = TrackColor::Speed;
    for workspace in [Workspace::Cluster, Workspace::Explore] {
        harness.state_mut().ask(Command::Enter(workspace));
        harness.run_steps(3);
        assert_eq!(harness.state().session.map.color_by, TrackColor::Speed);
    }
}

#[test]
fn without_data_it_is_said_what_clusters_are_made_of() {
    let mut harness = opened([1400.0, 900.0], |app| app.ask(Command::Enter(Workspace::Cluster)));
    harness.run_steps(5);
    harness.get_by_label_contains("Clusters are made of trips");
    let said = "No trips yet: open a file, or the demo (File menu)";
    assert_eq!(harness.get_all_by_label(said).count(), 2, "in the list and in the plot");
    harness.get_by_label("Open the demo").click();
    until(&mut harness, "clusters of the demo", |app| app.desk.clusters.shown().is_some());
}
