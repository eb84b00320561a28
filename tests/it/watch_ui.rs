//! The workspace of watching in the window, driven by label.

use std::fs;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};
use fairway::ui::selection::Pick;
use fairway::watch::{Meeting, OddityKind};

use crate::window::{Window, opened, owned, rows, says, show, until};

const MINUTE_MS: i64 = 60_000;

/// 2024-01-01 00:00 UTC.
const NEW_YEAR_MS: i64 = 1_704_067_200_000;

/// The workspace on made traffic with these settings, or on files.
fn window(files: Vec<PathBuf>, settings: &[&str]) -> Window {
    let settings = owned(settings);
    let is_demo = files.is_empty();
    let mut harness = opened([1600.0, 950.0], move |app| {
        app.begin(files, is_demo, &settings);
        app.ask(Command::Enter(Workspace::Watch));
    });
    until(&mut harness, "encounters and oddities", |app| {
        app.desk.encounters.state() == State::Fresh
            && app.desk.oddities.state() == State::Fresh
            && app.desk.ahead.state() == State::Fresh
            && !app.is_busy()
    });
    harness
}

/// Three ships of an hour: ALPHA to the east at noon's twelve knots and BRAVO to the west on the same
/// parallel, a cable apart, meet head-on at half past; CHARLIE crosses both from the south a mile off.
/// ALPHA is silent from minute 35 to 55 of the second hour, while the others are heard.
fn three_ships(folder: &Path) -> PathBuf {
    let mut text = String::from("MMSI,BaseDateTime,LAT,LON,SOG,COG,VesselName,VesselType,Length\n");
    for minute in 0..180 {
        // A three-hundredth of a degree a minute is twelve knots.
        let way = f64::from(minute - 30) / 300.0;
        let time = format!("2024-01-01T{:02}:{:02}:00", minute / 60, minute % 60);
        for (mmsi, name, lat, lon, cog) in [
            (219_000_001, "ALPHA", 0.0, way, 90.0),
            (219_000_002, "BRAVO", 0.001, -way, 270.0),
            (219_000_003, "CHARLIE", way + 0.008, 0.0, 0.0),
        ] {
            if mmsi == 219_000_001 && (95..150).contains(&minute) {
                continue;
            }
            text += &format!("{mmsi},{time},{lat:.6},{lon:.6},12.0,{cog},{name},70,150\n");
        }
    }
    let path = folder.join("three_ships.csv");
    fs::write(&path, text).unwrap();
    path
}

fn three() -> (tempfile::TempDir, Window) {
    let folder = tempfile::tempdir().unwrap();
    let path = three_ships(folder.path());
    let harness = window(vec![path], &["oddities.heard=0", "oddities.steady_kinds="]);
    (folder, harness)
}

fn click(harness: &mut Window, label: &str) {
    // The legend says the same of some.
    let can = |node: &Node| node.accesskit_node().role() != Role::Label;
    harness.get_all_by_label(label).find(can).expect("it can be clicked").click();
    harness.run_steps(4);
}

#[test]
fn encounters_are_listed_the_gravest_first_and_a_row_goes_there() {
    let (_folder, mut harness) = three();
    let of = harness.state().desk.encounters.shown().unwrap().value.clone();
    let list = &of.encounters.list;
    assert_eq!(list.len(), 3, "each with each");
    assert_eq!(list[0].meeting, Meeting::HeadOn);
    assert!((list[0].cpa_m - 111.2).abs() < 2.0 && list[0].is_breach(), "{:?}", list[0]);
    assert!(says(&harness, "3 encounters, ") && says(&harness, "head-on (1)"));
    let camera = harness.state().map_camera();
    let head_on = rows(&harness, "Ship ALPHA, Type, length Cargo, 150 m, Other ship BRAVO");
    assert_eq!(head_on.len(), 1, "the table is in front");
    head_on[0].click();
    harness.run_steps(4);
    let app = harness.state();
    assert_eq!(app.watch.selected(list, of.of.fleet(), false), Some(0));
    assert_eq!(app.selection.trips().len(), 2, "both ships' trips");
    assert!(app.map_camera() != camera && app.time.now_ms().is_none());
    // Esc lets go of it.
    harness.state_mut().ask(Command::Select(Pick::Nothing));
    harness.run_steps(2);
    assert!(!harness.state().watch.has_selection());
}

#[test]
fn an_encounter_is_replayed_with_time_and_map_at_it() {
    let (_folder, mut harness) = three();
    assert!(says(&harness, "Replay"));
    rows(&harness, "Kind head-on")[0].click();
    harness.run_steps(4);
    click(&mut harness, "Replay");
    let app = harness.state();
    let of = app.desk.encounters.shown().unwrap().value.clone();
    let met = &of.encounters.list[0];
    let (from_ms, to_ms) = app.time.brush_ms().expect("a window around it");
    assert!(from_ms <= met.from_ms - 4 * MINUTE_MS && to_ms >= met.to_ms + 4 * MINUTE_MS);
    assert!(app.time.is_playing && app.time.now_ms().is_some_and(|now_ms| now_ms < met.cpa_ms));
    // Another one moves the moment with it.
    rows(&harness, "Kind crossing")[0].click();
    harness.run_steps(4);
    let app = harness.state();
    let place = app.watch.selected(&of.encounters.list, of.of.fleet(), false).unwrap();
    assert_eq!(app.time.now_ms(), Some(of.encounters.list[place].cpa_ms));
    assert!(!app.time.is_playing);
}

#[test]
fn kinds_and_breaches_filter_the_table() {
    let (_folder, mut harness) = three();
    assert_eq!(rows(&harness, "CPA m").len(), 3);
    click(&mut harness, "head-on (1)");
    assert_eq!(rows(&harness, "CPA m").len(), 2);
    assert!(says(&harness, "2 of 3 encounters"));
    click(&mut harness, "head-on (1)");
    click(&mut harness, "Only breaches");
    assert_eq!(rows(&harness, "Breach no").len(), 0);
    assert!(!rows(&harness, "Breach yes").is_empty());
    click(&mut harness, "Only breaches");
    // A search by name.
    harness.get_by_label("Search Table of encounters").focus();
    harness.step();
    harness.get_by_label("Search Table of encounters").type_text("charlie alpha");
    harness.run_steps(4);
    assert!(says(&harness, "1 of 3 encounters"));
    click(&mut harness, "Copy table");
    let copied = harness.output().platform_output.commands.iter().any(|command| {
        matches!(command, egui::OutputCommand::CopyText(text) if text.contains("CHARLIE") && text.lines().count() == 2)
    });
    assert!(copied || says(&harness, "1 row copied"));
}

#[test]
fn a_mark_on_the_map_says_who_met_whom_and_a_click_selects() {
    let (_folder, mut harness) = three();
    let of = harness.state().desk.encounters.shown().unwrap().value.clone();
    let met = &of.encounters.list[0];
    harness.state_mut().session.map.watch.ahead = false;
    harness.state_mut().session.map.watch.oddities = false;
    harness.state_mut().ask(Command::FitPlaces(vec![met.place]));
    harness.run_steps(4);
    let middle = harness.state().map_center();
    harness.hover_at(middle);
    harness.run_steps(4);
    harness.get_by_label("ALPHA and BRAVO");
    assert!(says(&harness, "Closest at 111 m (0.06 nmi)") && says(&harness, "both give way"));
    harness.drag_at(middle);
    harness.run_steps(2);
    harness.drop_at(middle);
    harness.run_steps(4);
    let app = harness.state();
    assert_eq!(app.watch.selected(&of.encounters.list, of.of.fleet(), false), Some(0));
}

#[test]
fn plots_count_by_hour_and_draw_the_distance_of_the_one_that_is_looked_at() {
    let (_folder, mut harness) = three();
    show(&mut harness, Pane::EncounterPlots);
    harness.get_by_label("3 encounters by hour of the day");
    assert!(says(&harness, "A click on an encounter"));
    show(&mut harness, Pane::EncounterList);
    rows(&harness, "Kind head-on")[0].click();
    harness.run_steps(4);
    show(&mut harness, Pane::EncounterPlots);
    assert!(says(&harness, "Distance of ALPHA and BRAVO in meters"));
    let plot = harness.get_by_label_contains("Closest at 111 m, 00:30:0").rect().center();
    harness.hover_at(plot);
    harness.step();
    harness.drag_at(plot);
    harness.step();
    harness.drop_at(plot);
    harness.run_steps(4);
    assert!(harness.state().time.now_ms().is_some(), "a click goes to its moment");
}

#[test]
fn the_brushed_window_is_watched_alone_until_all_times_are_again() {
    let (_folder, mut harness) = three();
    let n = |app: &App| app.desk.encounters.shown().map(|shown| shown.value.encounters.list.len());
    harness.state_mut().time.brush(NEW_YEAR_MS, NEW_YEAR_MS + 10 * MINUTE_MS);
    harness.run_steps(4);
    click(&mut harness, "Take the brushed window");
    until(&mut harness, "none in ten minutes", |app| {
        n(app) == Some(0) && app.desk.encounters.state() == State::Fresh && !app.is_busy()
    });
    assert!(says(&harness, "No encounters: no two ships under way came within range"));
    assert!(says(&harness, "2024-01-01 00:00:00 to 2024-01-01 00:10:00 UTC"));
    click(&mut harness, "All times");
    until(&mut harness, "all again", |app| n(app) == Some(3) && !app.is_busy());
}

#[test]
fn encounters_ahead_follow_the_moment_on_the_timeline() {
    let (_folder, mut harness) = three();
    show(&mut harness, Pane::Ahead);
    // At the end of the data all have passed each other.
    assert!(says(&harness, "From the last report, 2024-01-01 02:59:00 UTC"));
    assert!(says(&harness, "No two ships will come close in the next 30 min"));
    harness.state_mut().time.set_now_ms(NEW_YEAR_MS + 20 * MINUTE_MS);
    until(&mut harness, "three pairs", |app| {
        app.desk.ahead.shown().is_some_and(|shown| {
            shown.value.at_ms == Some(NEW_YEAR_MS + 20 * MINUTE_MS)
                && shown.value.encounters.list.len() == 3
        })
    });
    assert!(says(&harness, "From 2024-01-01 00:20:00 UTC. 3 ships under way, straight on"));
    let next = rows(&harness, "Other ship BRAVO, Its type, length Cargo, 150 m, CPA m 111");
    assert!(next[0].accesskit_node().label().unwrap().starts_with("In 10 min"), "{next:?}");
    next[0].click();
    harness.run_steps(4);
    let app = harness.state();
    let of = app.desk.ahead.shown().unwrap().value;
    assert!(app.watch.selected(&of.encounters.list, of.of.fleet(), true).is_some());
    assert_eq!(app.time.now_ms(), Some(NEW_YEAR_MS + 20 * MINUTE_MS), "it is yet to come");
    // Undo knows nothing of moments.
    assert_eq!(app.session.as_set().ahead.at, "");
}

#[test]
fn an_oddity_goes_to_its_place_and_time_and_kinds_can_be_hidden() {
    let (_folder, mut harness) = three();
    show(&mut harness, Pane::OddityList);
    show(&mut harness, Pane::Oddities);
    let of = harness.state().desk.oddities.shown().unwrap().value.clone();
    let dark = of.list.iter().position(|odd| odd.kind == OddityKind::Dark);
    let dark = dark.unwrap_or_else(|| panic!("ALPHA was silent: {:?}", of.list));
    let n_dark = of.list.iter().filter(|odd| odd.kind == OddityKind::Dark).count();
    rows(&harness, "Kind dark period, Ship ALPHA")[0].click();
    harness.run_steps(4);
    let app = harness.state();
    assert_eq!(app.watch.selected_odd(&of.list), Some(dark));
    assert_eq!(app.time.now_ms(), Some(of.list[dark].from_ms));
    assert!(app.selection.vessel().is_some());
    click(&mut harness, &format!("dark period ({n_dark})"));
    assert!(rows(&harness, "Kind dark period").is_empty());
    click(&mut harness, "All kinds");
    assert_eq!(rows(&harness, "Kind dark period").len(), n_dark);
}

#[test]
fn holding_against_routes_clusters_first_and_says_so() {
    let (_folder, mut harness) = three();
    show(&mut harness, Pane::Oddities);
    assert!(!harness.state().desk.oddities.shown().unwrap().value.of_routes);
    click(&mut harness, "Hold against routes");
    until(&mut harness, "routes", |app| {
        app.desk.oddities.shown().is_some_and(|shown| shown.value.of_routes)
            || !app.desk.pairs.faults().is_empty()
            || !app.desk.clusters.faults().is_empty()
    });
    // Three trips make no clusters.
    assert!(says(&harness, "There are no clusters") || says(&harness, "There are no routes"));
}

/// A click on the one check box of this label.
fn tick(harness: &mut Window, label: &str) {
    harness.get_by_role_and_label(Role::CheckBox, label).click();
    harness.run_steps(4);
}

#[test]
fn switches_in_the_panels_set_what_they_name() {
    let (_folder, mut harness) = three();
    show(&mut harness, Pane::Encounters);
    let layers = |harness: &Window| {
        let watch = &harness.state().session.map.watch;
        [watch.encounters, watch.heat, watch.oddities]
    };
    assert_eq!(layers(&harness), [true, false, false], "what the panel is about");
    tick(&mut harness, "Heat map");
    assert_eq!(layers(&harness), [true, true, false]);
    tick(&mut harness, "Encounters on the map");
    assert_eq!(layers(&harness), [false, true, false]);
    show(&mut harness, Pane::Oddities);
    assert_eq!(layers(&harness), [false, false, true], "what this panel is about");
    tick(&mut harness, "Oddities on the map");
    assert_eq!(layers(&harness), [false, false, false]);
    // Typed destinations are held against forecasts, and nothing else is.
    tick(&mut harness, "Hold against forecasts");
    let settings = harness.state().session.oddities.clone();
    assert!(settings.of_forecasts && !settings.of_routes);
    until(&mut harness, "forecasts", |app| {
        app.desk.oddities.shown().is_some_and(|shown| !shown.is_stale && shown.value.of_forecasts)
    });
    tick(&mut harness, "Hold against forecasts");
    until(&mut harness, "none", |app| {
        app.desk.oddities.shown().is_some_and(|shown| !shown.is_stale && !shown.value.of_forecasts)
    });
}

#[test]
fn a_double_click_replays_at_a_speed_of_some_seconds() {
    let (_folder, mut harness) = three();
    let of = harness.state().desk.encounters.shown().unwrap().value.clone();
    let at = rows(&harness, "Kind head-on")[0].rect().center();
    harness.hover_at(at);
    harness.run_steps(2);
    for _ in 0..2 {
        harness.drag_at(at);
        harness.step();
        harness.drop_at(at);
        harness.step();
    }
    harness.run_steps(3);
    let app = harness.state();
    assert!(app.time.is_playing, "both ships sail");
    assert_eq!(app.watch.selected(&of.encounters.list, of.of.fleet(), false), Some(0));
    let (from_ms, to_ms) = app.time.brush_ms().unwrap();
    let lasts_s = (to_ms - from_ms) as f64 / 1000.0 / app.time.speed;
    assert!((5.0..=20.0).contains(&lasts_s), "{lasts_s} s");
}

#[test]
fn layers_of_the_workspace_stay_in_it() {
    let (_folder, mut harness) = three();
    assert!(harness.state().session.map.watch.encounters);
    harness.state_mut().session.map.watch.heat = true;
    harness.run_steps(4);
    harness.get_by_label("Encounters in a cell");
    harness.state_mut().ask(Command::Enter(Workspace::Explore));
    harness.run_steps(4);
    assert!(!harness.state().session.map.watch.encounters);
    assert!(!says(&harness, "Encounters in a cell"));
    harness.state_mut().ask(Command::Enter(Workspace::Watch));
    harness.run_steps(4);
    assert!(harness.state().session.map.watch.heat, "as it was left");
}

#[test]
fn what_cannot_be_found_is_said_in_words() {
    let (_folder, mut harness) = three();
    harness.state_mut().session.encounters.params.range_m = 100.0;
    until(&mut harness, "a fault", |app| app.desk.encounters.state() == State::Fault);
    assert!(says(&harness, "it must not exceed range"));
    assert!(says(&harness, "change the parameters, or try again"));
    harness.state_mut().session.encounters.params.range_m = 3704.0;
    until(&mut harness, "as before", |app| app.desk.encounters.state() == State::Fresh);
}

#[test]
fn with_nothing_open_every_panel_says_what_to_do() {
    let mut harness = opened([1400.0, 900.0], |app| app.ask(Command::Enter(Workspace::Watch)));
    harness.run_steps(4);
    for (pane, text) in [
        (Pane::EncounterList, "Encounters need traffic"),
        (Pane::EncounterPlots, "Encounters need traffic"),
        (Pane::Ahead, "Encounters ahead need traffic"),
        (Pane::Oddities, "Oddities need traffic"),
        (Pane::OddityList, "Oddities need traffic"),
    ] {
        show(&mut harness, pane);
        assert!(says(&harness, text), "{pane:?}");
    }
}

#[test]
fn a_panel_brings_the_marks_and_the_panels_of_its_subject_with_it() {
    let (_folder, mut harness) = three();
    let layers = |harness: &Window| harness.state().session.map.watch;
    assert!(layers(&harness).encounters && !layers(&harness).oddities);
    assert!(!says(&harness, "dark period ("), "the legend tells of encounters alone");
    show(&mut harness, Pane::OddityList);
    assert!(harness.state().layout.is_in_front(Pane::Oddities), "what is set stands beside it");
    assert!(layers(&harness).oddities && !layers(&harness).encounters);
    show(&mut harness, Pane::Inspector);
    show(&mut harness, Pane::Crossings);
    assert!(harness.state().layout.is_in_front(Pane::Inspector), "it serves every subject");
    assert!(!layers(&harness).oddities && !layers(&harness).encounters);
    show(&mut harness, Pane::Encounters);
    assert!(harness.state().layout.is_in_front(Pane::EncounterList));
    assert!(layers(&harness).encounters);
}

#[test]
fn plots_of_encounters_can_be_saved_from_their_context_menu() {
    let (_folder, mut harness) = three();
    show(&mut harness, Pane::EncounterPlots);
    harness.get_by_label("3 encounters by hour of the day").click_secondary();
    harness.run_steps(4);
    harness.get_by_label("Save plot as SVG, PNG or CSV…");
}

#[test]
fn what_an_officer_sets_is_named_in_words() {
    let (_folder, harness) = three();
    assert!(harness.query_all_by_label("Greatest CPA").next().is_some());
    assert!(harness.query_all_by_label("cpa").next().is_none());
}
