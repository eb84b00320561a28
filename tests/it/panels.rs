//! Tables, inspector, profile and distributions in the window, driven by label.

use std::path::PathBuf;

use egui::{Key, Modifiers, OutputCommand, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairway::ui::command::Command;
use fairway::ui::layout::Pane;
use fairway::ui::selection::Pick;

use crate::window::{Window, opened, show, until_seen};

const MINUTE_MS: i64 = 60_000;
/// 2024-01-01 00:00 UTC.
const NEW_YEAR_MS: i64 = 1_704_067_200_000;

/// Three trips: trip 0 of ALPHA, a cargo ship, 7.8 nmi in 39 minutes; of BRAVO, a tanker, trip 1,
/// 2.9 nmi in 29 minutes, and two hours later trip 2, 11.8 nmi in 59 minutes. One report of BRAVO
/// lies 300 nmi off.
fn two_ships(folder: &std::path::Path) -> PathBuf {
    let row = |mmsi: u32, name: &str, kind: u8, minute: i64, lat: f64, lon: f64, sog: f64| {
        let time = format!("2024-01-01T{:02}:{:02}:00", minute / 60, minute % 60);
        format!("{mmsi},{time},{lat},{lon:.5},{sog},90.0,{name},{kind}\n")
    };
    let mut text = String::from("MMSI,BaseDateTime,LAT,LON,SOG,COG,VesselName,VesselType\n");
    for minute in 0..40 {
        text += &row(219_000_001, "ALPHA", 70, minute, 0.0, minute as f64 / 300.0, 12.0);
    }
    for minute in 0..30 {
        let lon = if minute == 10 { 5.0 } else { minute as f64 / 600.0 };
        text += &row(219_000_002, "BRAVO", 80, minute, 1.0, lon, 6.0);
    }
    for minute in 0..60 {
        let lon = 0.1 + minute as f64 / 300.0;
        text += &row(219_000_002, "BRAVO", 80, 150 + minute, 1.0, lon, 12.0);
    }
    let path = folder.join("two_ships.csv");
    std::fs::write(&path, text).unwrap();
    path
}

/// A window with the two ships, in which the table of trips is filled.
fn window(folder: &std::path::Path) -> Window {
    let path = two_ships(folder);
    let mut harness = opened([1900.0, 900.0], move |app| {
        app.begin(vec![path], false, &[]);
    });
    until_seen(&mut harness, "a table of three trips", |harness| rows(harness).len() == 3);
    harness.run_steps(4);
    harness
}

/// What the rows of the table in front say, from the top.
fn rows(harness: &Window) -> Vec<String> {
    let mut rows: Vec<(f32, String)> = harness
        .query_all_by_role(Role::Row)
        .map(|row| (row.rect().top(), row.accesskit_node().label().unwrap_or_default()))
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    rows.into_iter().map(|(_, label)| label).collect()
}

/// The first `n` characters of each row.
fn heads(harness: &Window, n: usize) -> Vec<String> {
    rows(harness).into_iter().map(|row| row.chars().take(n).collect()).collect()
}

fn head(harness: &mut Window, title: &str) {
    harness.get_by_role_and_label(Role::ColumnHeader, title).click();
    harness.run_steps(4);
}

fn row(harness: &mut Window, label: &str, modifiers: Modifiers) {
    harness.get_by_label_contains(label).click_modifiers(modifiers);
    harness.run_steps(4);
}

#[test]
fn a_click_on_a_header_sorts_and_a_second_one_turns_the_order_around() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    assert_eq!(heads(&harness, 6), ["Trip 0", "Trip 1", "Trip 2"]);
    head(&mut harness, "Length nmi");
    assert_eq!(heads(&harness, 6), ["Trip 1", "Trip 0", "Trip 2"]);
    head(&mut harness, "Length nmi");
    assert_eq!(heads(&harness, 6), ["Trip 2", "Trip 0", "Trip 1"]);
    assert!(rows(&harness)[0].contains("Length nmi 11.8"), "{:?}", rows(&harness));
}

#[test]
fn a_search_and_a_brushed_window_leave_rows_out_and_say_how_many() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    harness.get_by_label("Search trips").focus();
    harness.step();
    harness.get_by_label("Search trips").type_text("tanker");
    harness.run_steps(4);
    harness.get_by_label("2 of 3 trips");
    assert_eq!(heads(&harness, 20), ["Trip 1, Vessel BRAVO", "Trip 2, Vessel BRAVO"]);
    // The second trip of BRAVO begins two and a half hours later.
    let time = &mut harness.state_mut().time;
    time.brush(NEW_YEAR_MS, NEW_YEAR_MS + 60 * MINUTE_MS);
    harness.run_steps(4);
    harness.get_by_label("1 of 3 trips");
    assert_eq!(heads(&harness, 6), ["Trip 1"]);
    harness.get_by_label("All times").click();
    harness.run_steps(4);
    harness.get_by_label("Clear search").click();
    harness.run_steps(4);
    assert_eq!(rows(&harness).len(), 3);
    assert_eq!(harness.state().time.brush_ms(), None);
}

#[test]
fn what_is_picked_in_the_table_is_selected_and_inspected() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    harness.get_by_label("Click a track on the map, or a row of a table");
    row(&mut harness, "Trip 2, Vessel BRAVO", Modifiers::NONE);
    assert_eq!(harness.state().selection.trips(), [2]);
    for label in [
        "BRAVO",
        "219000002 (ship)",
        "Tanker (AIS 80)",
        "89 kept, 1 removed: 1 jump",
        "Trip 2, 2 of 2",
        "11.8 nmi",
        "12.0 kn",
        "59 min",
    ] {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
    harness.get_by_label("Previous trip").click();
    harness.run_steps(4);
    assert_eq!(harness.state().selection.trips(), [1]);
    row(&mut harness, "Trip 0, Vessel ALPHA", Modifiers::COMMAND);
    assert_eq!(harness.state().selection.trips(), [1, 0]);
    harness.get_by_label("2 trips selected");
    harness.get_by_label("10.7 nmi"); // 2.9 and 7.8.
    harness.get_by_label("Clear").click();
    harness.run_steps(4);
    assert!(harness.state().selection.is_empty());
}

#[test]
fn arrow_keys_move_the_selection_of_the_table_that_was_clicked() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    row(&mut harness, "Trip 0, Vessel ALPHA", Modifiers::NONE);
    for (key, trip) in [
        (Key::ArrowDown, 1),
        (Key::ArrowDown, 2),
        (Key::ArrowDown, 2),
        (Key::ArrowUp, 1),
        (Key::Home, 0),
    ] {
        harness.key_press(key);
        harness.run_steps(4);
        assert_eq!(harness.state().selection.trips(), [trip], "{key:?}");
    }
}

#[test]
fn a_vessel_picked_in_its_table_brings_its_trips() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    show(&mut harness, Pane::Vessels);
    harness.get_by_label("2 vessels");
    head(&mut harness, "Distance nmi");
    assert_eq!(heads(&harness, 12), ["Vessel ALPHA", "Vessel BRAVO"]);
    row(&mut harness, "Vessel BRAVO, MMSI", Modifiers::NONE);
    assert_eq!(harness.state().selection.vessel(), Some(1));
    assert_eq!(harness.state().selection.trips(), [1, 2]);
}

#[test]
fn a_click_in_the_profile_sets_the_moment_and_the_inspector_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    show(&mut harness, Pane::Profile);
    harness.get_by_label_contains("to see its speed and course");
    harness.state_mut().ask(Command::Select(Pick::Trip(0)));
    harness.run_steps(4);
    harness.get_by_label("Course over ground, degrees");
    harness.get_by_label("Speed over ground, kn").click();
    harness.run_steps(4);
    // The middle of the plot is the middle of the trip.
    let middle_ms = NEW_YEAR_MS + 39 * MINUTE_MS / 2;
    let now_ms = harness.state().time.now_ms().unwrap();
    assert!((now_ms - middle_ms).abs() < MINUTE_MS, "{now_ms}");
    harness.get_by_label_contains("At 2024-01-01 00:19:");
    harness.get_by_label("090°");
}

#[test]
fn removed_reports_are_shown_over_the_profile_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    show(&mut harness, Pane::Profile);
    harness.state_mut().ask(Command::Select(Pick::Vessel(1)));
    harness.run_steps(4);
    // The map has a layer of this name; the profile stands to the right of it.
    let boxes = harness.query_all_by_label("Removed reports");
    boxes.max_by(|a, b| a.rect().left().total_cmp(&b.rect().left())).unwrap().click();
    harness.run_steps(4);
    harness.get_by_label("1 report removed");
}

#[test]
fn the_rows_in_view_are_copied_as_text_with_tabs() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    head(&mut harness, "Length nmi");
    harness.get_by_label("Copy table").click();
    let copied = |harness: &Window| {
        harness.output().platform_output.commands.iter().find_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    };
    until_seen(&mut harness, "a copy", |harness| copied(harness).is_some());
    let text = copied(&harness).unwrap();
    let cells: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
    let column = |place: usize| -> Vec<&str> { cells.iter().map(|line| line[place]).collect() };
    assert_eq!(column(1), ["Vessel", "BRAVO", "ALPHA", "BRAVO"]);
    assert_eq!(column(5), ["Duration", "0:29:00", "0:39:00", "0:59:00"]);
    harness.run_steps(4);
    harness.get_by_label("3 rows copied");
}

#[test]
fn bars_of_a_distribution_tell_their_count_and_range() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    show(&mut harness, Pane::Distributions);
    let plot = harness
        .query_all_by_label("Length, nmi")
        .max_by(|a, b| a.rect().height().total_cmp(&b.rect().height()))
        .unwrap()
        .rect();
    // Some bars hold a trip, most none.
    harness.hover_at(plot.center());
    harness.run_steps(4);
    let says = |text| harness.query_all_by_label_contains(text).next().is_some();
    assert!(says("0 trips, ") || says("1 trip, "));
}
