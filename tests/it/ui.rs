//! The first window, driven by label. Without a GPU: the logic must not need one.

use std::path::PathBuf;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};
use fairway::ui::map::Tool;

use super::ground;
use crate::window::{Window, opened, owned, until};

fn window(inputs: Vec<PathBuf>) -> Window {
    opened([1280.0, 800.0], move |app| {
        app.begin(inputs, false, &[]);
    })
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
    let panels = ["Sources", "Layers", "Filters", "Inspector", "Trips", "Vessels", "Profile"];
    for label in panels.into_iter().chain(["Map", "Timeline", "Play"]) {
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

/// A window on a small made sea, its trips at hand.
fn sea() -> Window {
    let mut harness = window(Vec::new());
    harness.run_steps(4);
    harness.state_mut().session.sources.make_demo();
    harness.state_mut().session.set("synth.rows=40000").unwrap();
    until(&mut harness, "trips of the sea", is_all_fresh);
    harness
}

fn is_all_fresh(app: &App) -> bool {
    app.desk.filter.state() == State::Fresh && !app.is_busy()
}

/// How many trips pass the filter.
fn n_kept(harness: &Window) -> usize {
    n_kept_of(harness.state())
}

fn n_kept_of(app: &App) -> usize {
    app.desk.filter.shown().map_or(0, |shown| shown.value.chosen.kept.len())
}

fn press(harness: &mut Window, key: Key) {
    harness.key_press(key);
    harness.run_steps(3);
}

#[test]
fn a_ship_type_can_be_looked_at_alone_and_all_again() {
    let mut harness = sea();
    harness.get_by_label("Filters").click();
    harness.run_steps(3);
    let all = n_kept(&harness);
    harness.get_by_role_and_label(Role::CheckBox, "Cargo").click();
    until(&mut harness, "cargo ships hidden", |app| is_all_fresh(app) && n_kept_of(app) != all);
    let without = n_kept(&harness);
    assert!(0 < without && without < all, "{without} of {all}");
    harness.get_by_label_contains("held back");
    harness.get_by_label("Clear all").click();
    until(&mut harness, "all again", |app| is_all_fresh(app) && n_kept_of(app) == all);
    assert!(harness.state().session.filter.is_empty());
}

#[test]
fn an_area_drawn_on_the_map_filters_and_one_undo_takes_it_back() {
    let mut harness = sea();
    let all = n_kept(&harness);
    harness.run_steps(90); // The state counts as settled.
    harness.state_mut().ask(Command::TakeUp(Tool::Box(None)));
    harness.run_steps(3);
    let map = harness.get_by_label("Map").rect();
    let (from, to) = (map.center() - egui::vec2(90.0, 70.0), map.center() + egui::vec2(20.0, 10.0));
    harness.drag_at(from);
    harness.run_steps(2);
    for part in [0.3, 0.7, 1.0] {
        harness.hover_at(from + (to - from) * part);
        harness.run_steps(1);
    }
    harness.drop_at(to);
    until(&mut harness, "a filtered area", |app| is_all_fresh(app) && n_kept_of(app) != all);
    assert!(harness.state().session.filter.area_polygon().is_some());
    let inside = n_kept(&harness);
    assert!(0 < inside && inside < all, "{inside} of {all}");
    harness.run_steps(90);
    harness.state_mut().ask(Command::Undo);
    until(&mut harness, "no area", |app| is_all_fresh(app) && n_kept_of(app) == all);
    assert!(harness.state().session.filter.is_empty());
}

#[test]
fn playing_moves_the_moment_and_stopping_lets_it_go() {
    let mut harness = sea();
    harness.get_by_label("Play").click();
    harness.run_steps(30);
    let first_ms = harness.state().time.now_ms().unwrap();
    harness.run_steps(60);
    let passed_ms = harness.state().time.now_ms().unwrap() - first_ms;
    assert!((passed_ms - 60_000).abs() < 2_000, "a second at 60 times: {passed_ms}");
    press(&mut harness, Key::Space);
    assert!(!harness.state().time.is_playing);
    let paused_ms = harness.state().time.now_ms().unwrap();
    press(&mut harness, Key::ArrowRight);
    assert_eq!(harness.state().time.now_ms(), Some(paused_ms + 60_000));
    harness.get_by_label("Stop").click();
    harness.run_steps(3);
    assert_eq!(harness.state().time.now_ms(), None);
}

#[test]
fn a_window_is_brushed_on_the_timeline_and_cleared() {
    let mut harness = sea();
    let strip = harness.get_by_label("Timeline").rect();
    let at = |part: f32| egui::pos2(strip.left() + part * strip.width(), strip.top() + 12.0);
    harness.drag_at(at(0.25));
    harness.run_steps(2);
    harness.hover_at(at(0.4));
    harness.run_steps(2);
    harness.drop_at(at(0.5));
    harness.run_steps(3);
    let (first_ms, last_ms) = harness.state().time.span_ms().unwrap();
    let (from_ms, to_ms) = harness.state().time.brush_ms().unwrap();
    let part = |t_ms: i64| (t_ms - first_ms) as f64 / (last_ms - first_ms) as f64;
    assert!((part(from_ms) - 0.25).abs() < 0.01 && (part(to_ms) - 0.5).abs() < 0.01);
    harness.get_by_label("Clear").click();
    harness.run_steps(3);
    assert_eq!(harness.state().time.brush_ms(), None);
}

#[test]
fn the_palette_finds_a_command_and_does_it() {
    let mut harness = sea();
    harness.get_by_label_contains("Search commands").click();
    harness.run_steps(3);
    harness.get_by_label("Search commands").type_text("map al");
    harness.run_steps(3);
    press(&mut harness, Key::Enter);
    assert!(harness.state().layout.is_map_alone);
    assert!(harness.query_by_label("Sources").is_none());
    harness.state_mut().ask(Command::ToggleMapAlone);
    harness.run_steps(3);
    harness.get_by_label("Sources");
}

#[test]
fn panels_close_come_back_and_the_arrangement_can_be_reset() {
    let mut harness = sea();
    harness.state_mut().ask(Command::Toggle(Pane::Inspector));
    harness.run_steps(3);
    assert!(harness.query_by_label("Inspector").is_none());
    harness.state_mut().ask(Command::Enter(Workspace::Prepare));
    harness.run_steps(3);
    assert!(harness.query_all_by_label("gap").next().is_some());
    harness.state_mut().ask(Command::Enter(Workspace::Explore));
    harness.state_mut().ask(Command::ResetLayout);
    harness.run_steps(3);
    harness.get_by_label("Inspector");
}

#[test]
fn a_load_can_be_cancelled_and_tried_again() {
    let mut harness = window(Vec::new());
    harness.run_steps(4);
    harness.state_mut().session.sources.make_demo();
    harness.state_mut().session.set("synth.rows=3000000").unwrap();
    until(&mut harness, "work", |app| app.desk.ingest.state() == State::Working);
    harness.get_by_label("Cancel").click();
    harness.run_steps(4);
    assert_eq!(harness.state().desk.ingest.state(), State::Fault);
    harness.get_by_label("Try again");
    harness.state_mut().session.set("synth.rows=20000").unwrap();
    until(&mut harness, "a smaller sea", is_all_fresh);
}

/// A file of one vessel with these reports: minute, latitude, longitude.
fn file_of(folder: &std::path::Path, reports: &[(u32, f64, f64)]) -> PathBuf {
    let mut text = "mmsi,time,lat,lon,sog,cog\n".to_owned();
    for (minute, lat, lon) in reports {
        text += &format!("219000001,2024-01-01T00:{minute:02}:00,{lat},{lon},12.0,90.0\n");
    }
    let path = folder.join("few.csv");
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn one_report_is_shown_and_nothing_plays() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_of(folder.path(), &[(0, 54.0, 10.0)]);
    let mut harness = window(vec![path]);
    until(&mut harness, "one report", is_all_fresh);
    press(&mut harness, Key::Space);
    assert!(!harness.state().time.is_playing);
    harness.state_mut().session.set("map.removed=on").unwrap();
    harness.state_mut().session.set("map.cuts=on").unwrap();
    for density in ["reports", "ship-hours"] {
        harness.state_mut().session.set(&format!("map.density={density}")).unwrap();
        harness.run_steps(4);
    }
    for pane in Pane::ALL {
        harness.state_mut().ask(Command::Show(pane));
        harness.run_steps(3);
    }
}

#[test]
fn a_file_without_a_single_good_row_leaves_the_window_usable() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_of(folder.path(), &[(0, 95.0, 10.0), (1, 54.0, 500.0)]);
    let mut harness = window(vec![path]);
    until(&mut harness, "no report", |app| {
        matches!(app.desk.ingest.state(), State::Fresh | State::Fault)
    });
    harness.run_steps(20);
    for pane in Pane::ALL {
        harness.state_mut().ask(Command::Show(pane));
        harness.run_steps(3);
    }
    // Ports are read without any traffic; a click must not meet a layout that still moves.
    until(&mut harness, "rest", |app| !app.is_busy());
    harness.get_by_label("Demo").click();
    until(&mut harness, "the demo", |app| is_all_fresh(app) && n_kept_of(app) > 0);
}

#[test]
fn a_path_field_with_nonsense_says_what_it_looked_for() {
    let mut harness = window(Vec::new());
    harness.run_steps(4);
    harness.get_by_label("Path to open").focus();
    harness.run_steps(2);
    harness.get_by_label("Path to open").type_text("/no/such/place?*");
    harness.run_steps(2);
    press(&mut harness, Key::Enter);
    until(&mut harness, "a fault", |app| app.desk.ingest.state() == State::Fault);
    assert!(harness.query_all_by_label_contains("/no/such/place?*").next().is_some());
}

#[test]
fn a_made_sea_opens_with_the_parameters_of_the_command_line() {
    let mut harness = opened([1280.0, 800.0], |app| {
        app.begin(Vec::new(), true, &owned(&["synth.rows=30000", "map.color_by=speed"]));
    });
    until(&mut harness, "the sea", is_all_fresh);
    let app = harness.state();
    assert!(app.desk.ingest.shown().unwrap().value.fleet.reports().len() < 40_000);
    assert_eq!(app.session.map.color_by, fairway::flow::look::TrackColor::Speed);
}

#[test]
fn every_layer_can_be_switched_on_and_off() {
    let mut harness = sea();
    let settings = ["trips", "rest", "points", "cuts", "removed", "kept", "graticule", "legend"]
        .map(String::from);
    for name in settings {
        for value in ["on", "off", "on"] {
            harness.state_mut().session.set(&format!("map.{name}={value}")).unwrap();
            harness.run_steps(4);
        }
    }
    for color in ["vessel", "speed", "course", "time", "one color", "ship type"] {
        harness.state_mut().session.set(&format!("map.color_by={color}")).unwrap();
        harness.run_steps(3);
    }
    for density in ["reports", "ship-hours", "off"] {
        harness.state_mut().session.set(&format!("map.density={density}")).unwrap();
        harness.run_steps(6);
    }
    until(&mut harness, "calm", |app| !app.is_busy());
    harness.state_mut().ask(Command::UseTheme(egui::ThemePreference::Light));
    harness.run_steps(4);
    assert!(!harness.ctx.global_style().visuals.dark_mode);
}

#[test]
fn a_click_on_a_track_selects_it_everywhere_and_escape_lets_go() {
    let mut harness = sea();
    let map = harness.get_by_label("Map").rect();
    // Somewhere on a line from edge to edge lies a track.
    for n in 1..120 {
        let at = map.lerp_inside(egui::vec2(n as f32 / 120.0, 0.45));
        harness.hover_at(at);
        harness.run_steps(25); // Else two clicks are a double click.
        harness.drag_at(at);
        harness.drop_at(at);
        harness.run_steps(3);
        if !harness.state().selection.is_empty() {
            break;
        }
    }
    let selection = harness.state().selection.clone();
    assert!(!selection.is_empty());
    harness.hover_at(map.left_top() - egui::vec2(30.0, 0.0));
    harness.run_steps(2);
    harness.get_by_label("Call sign");
    press(&mut harness, Key::Escape);
    assert!(harness.state().selection.is_empty());
}

#[test]
fn one_undo_takes_back_a_whole_drag_of_a_slider() {
    let mut harness = sea();
    harness.state_mut().ask(Command::Enter(Workspace::Prepare));
    harness.run_steps(90); // The state counts as settled.
    let before = harness.state().session.trips.clone();
    let rect = harness.get_by_role_and_label(Role::Slider, "gap").rect();
    let at = |part: f32| egui::pos2(rect.left() + part * 120.0, rect.center().y);
    harness.drag_at(at(0.42));
    for part in [0.5, 0.6, 0.7, 0.8] {
        harness.run_steps(3);
        harness.hover_at(at(part));
    }
    harness.run_steps(2);
    let half_way = harness.state().session.trips.clone();
    harness.hover_at(at(0.9));
    harness.run_steps(2);
    harness.drop_at(at(0.9));
    harness.run_steps(90);
    let after = harness.state().session.trips.clone();
    assert!(before != half_way && half_way != after, "{before:?} {half_way:?} {after:?}");
    harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    harness.run_steps(4);
    assert_eq!(harness.state().session.trips, before);
    harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::Z);
    harness.run_steps(4);
    assert_eq!(harness.state().session.trips, after);
}
