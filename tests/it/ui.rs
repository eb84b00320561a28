//! The first window, driven by label. Without a GPU: the logic must not need one.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;

use super::ground;

fn window(inputs: Vec<PathBuf>) -> Harness<'static, App> {
    Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(1.0 / 60.0)
        .with_max_steps(64)
        .build_eframe(|creation| {
            let mut app = App::new(creation);
            app.begin(inputs, false, &[]);
            app
        })
}

/// Plays frames until `happened`, however long the machine takes for it.
fn until(harness: &mut Harness<'static, App>, what: &str, happened: impl Fn(&App) -> bool) {
    let start = Instant::now();
    while !happened(harness.state()) {
        assert!(start.elapsed() < Duration::from_mins(2), "it never happened: {what}");
        harness.step();
        std::thread::yield_now();
    }
    harness.run_steps(4);
}

fn are_trips_fresh(app: &App) -> bool {
    app.desk.trips.state() == State::Fresh
}

/// Ten minutes of a ship on the equator, a report a minute.
fn small_file(folder: &std::path::Path) -> PathBuf {
    let rows = (0..40).map(|minute| {
        format!(
            "219000001,2024-01-01T00:{minute:02}:00,0.0,{:.4},12.0,90.0\n",
            f64::from(minute) / 300.0
        )
    });
    let path = folder.join("small.csv");
    std::fs::write(
        &path,
        format!("mmsi,time,lat,lon,sog,cog\n{}bad row\n", rows.collect::<String>()),
    )
    .unwrap();
    path
}

#[test]
fn the_start_page_offers_files_a_folder_and_the_demo() {
    let mut harness = window(Vec::new());
    harness.run_steps(4);
    for label in ["Open AIS files…", "Open a folder…"] {
        harness.get_by_label(label);
    }
    harness.get_by_label("Map");
}

#[test]
fn one_click_opens_the_demo_and_its_trips_fill_the_table() {
    let mut harness = window(Vec::new());
    harness.run_steps(4);
    harness.get_by_label("Demo").click();
    until(&mut harness, "trips of the demo", are_trips_fresh);
    harness.get_by_label("Made traffic: no such ships exist");
    assert!(harness.state().desk.trips.shown().unwrap().value.trips.trips.len() > 100);
}

#[test]
fn an_opened_file_shows_its_counts_and_what_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(vec![small_file(folder.path())]);
    until(&mut harness, "trips of the file", are_trips_fresh);
    harness.get_by_label_contains("40 of 41 rows kept");
    harness.get_by_label("1 rows refused").click();
    harness.run_steps(8);
    harness.get_by_label_contains("too few fields");
    assert_eq!(harness.state().desk.trips.shown().unwrap().value.trips.trips.len(), 1);
}

#[test]
fn a_moved_threshold_changes_the_trips_and_undo_takes_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(vec![small_file(folder.path())]);
    until(&mut harness, "trips of the file", are_trips_fresh);
    let before = harness.state().session.clone();
    // Longer than a second in the undoer's time, so that the state counts as settled.
    harness.run_steps(90);
    harness.state_mut().session.set("trips.min_length=30000").unwrap();
    until(&mut harness, "no trips", |app| {
        are_trips_fresh(app) && app.desk.trips.shown().unwrap().value.trips.trips.is_empty()
    });
    harness.run_steps(90);
    harness.state_mut().ask(Command::Undo);
    until(&mut harness, "the old threshold", |app| app.session == before && are_trips_fresh(app));
    assert_eq!(harness.state().desk.trips.shown().unwrap().value.trips.trips.len(), 1);
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_window_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.csv");
    std::fs::write(&path, [0_u8, 255, 254].repeat(1000)).unwrap();
    let mut harness = window(vec![path]);
    until(&mut harness, "a fault", |app| app.desk.ingest.state() == State::Fault);
    assert!(harness.get_all_by_label_contains("bad.csv").next().is_some());
    harness.state_mut().ask(Command::CloseAll);
    harness.state_mut().ask(Command::Open(vec![small_file(folder.path())]));
    until(&mut harness, "trips of the good file", are_trips_fresh);
}

#[test]
fn a_small_window_keeps_every_panel() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(vec![small_file(folder.path())]);
    until(&mut harness, "trips of the file", are_trips_fresh);
    harness.set_size(egui::vec2(1024.0, 700.0));
    harness.run_steps(8);
    for label in ["Sources", "Layers", "Map", "gap"] {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
}

#[test]
fn santa_barbara_opens_in_the_window_with_its_trips() {
    let test = "santa_barbara_opens_in_the_window_with_its_trips";
    let Some(path) = ground::data(test, "tracks/santa_barbara_2018_06_01_05.csv.zst") else {
        return;
    };
    let mut harness = window(vec![path]);
    until(&mut harness, "trips of Santa Barbara", are_trips_fresh);
    assert!(harness.state().desk.trips.shown().unwrap().value.trips.trips.len() > 500);
}
