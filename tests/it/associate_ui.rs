//! The workspace of association in the window, driven by label.

use std::fs;
use std::path::{Path, PathBuf};

use egui_kittest::kittest::Queryable as _;
use fairway::associate::Method;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::associate_view::MistakeKind;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};

use crate::window::{Window, click, opened, owned, rows, says, show, until};

/// The workspace of association on made traffic with these settings, or on files.
fn window(files: Vec<PathBuf>, settings: &[&str]) -> Window {
    let settings = owned(settings);
    let is_demo = files.is_empty();
    let mut harness = opened([1400.0, 900.0], move |app| {
        app.begin(files, is_demo, &settings);
        app.ask(Command::Enter(Workspace::Associate));
    });
    until(&mut harness, "points", |app| app.desk.ingest.state() == State::Fresh && !app.is_busy());
    harness
}

/// Eight ships of an hour that cross each other's ways: few enough points for every method to answer
/// at once.
fn live(method: &str) -> (tempfile::TempDir, Window) {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("track_id,time,lat,lon,sog,cog\n");
    for minute in 0..60 {
        for ship in 0..8 {
            // Twelve knots, a three-hundredth of a degree a minute, half of them north, half east.
            let along = f64::from(minute - 30) / 300.0;
            let aside = f64::from(ship / 2) / 50.0;
            let (lat, lon, cog) =
                if ship % 2 == 0 { (along, aside, 0) } else { (aside, along, 90) };
            let time = format!("2024-01-01T10:{minute:02}:{:02}Z", 5 * ship);
            text += &format!("{},{time},{lat:.6},{:.6},12.0,{cog}\n", 100 + ship, 5.0 + lon);
        }
    }
    let path = folder.path().join("ships.csv");
    fs::write(&path, text).unwrap();
    let mut harness = window(vec![path], &[&format!("associate.method={method}")]);
    until(&mut harness, "tracks", |app| {
        app.desk.associate.state() == State::Fresh && !app.is_busy()
    });
    (folder, harness)
}

fn key(app: &App) -> Option<fairway::flow::Key> {
    Some(app.desk.associate.shown()?.key)
}

/// Rows of anonymous points: each its own ship, as far as the file tells.
fn anonymous(folder: &Path) -> PathBuf {
    let mut text = String::from("track_id,time,lat,lon,sog,cog\n");
    for minute in 0..40 {
        let lon = 5.0 + f64::from(minute) / 300.0;
        text += &format!("{minute},2024-01-01T10:{minute:02}:00Z,0.0,{lon:.6},12.0,90.0\n");
    }
    let path = folder.join("points.csv");
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn points_without_identity_get_tracks_when_asked_and_identity_is_shown_on_demand() {
    let mut harness = window(Vec::new(), &["synth.rows=9000"]);
    // Too many to be put into tracks by themselves.
    assert!(harness.state().session.map.found && harness.state().session.map.hide_identity);
    assert_eq!(harness.state().desk.associate.state(), State::Waiting);
    assert!(says(&harness, "points: press Run. Up to 5\u{2009}000"));
    harness.get_by_label("Points, identity hidden");
    click(&mut harness, "Run");
    until(&mut harness, "tracks", |app| {
        app.desk.associate.state() == State::Fresh && !app.is_busy()
    });
    assert!(says(&harness, "points, by Flow (ours)") && says(&harness, "Neighbors right: "));
    harness.get_by_label("Found tracks");
    // In the panel, and in the list of layers.
    click(&mut harness, "Hide identity");
    until(&mut harness, "true tracks", |app| !app.is_busy());
    harness.get_by_label("True identity");
    assert!(harness.query_by_label("Found tracks").is_none());
    // Undo takes back this act, but not that the workspace was entered.
    harness.state_mut().ask(Command::Undo);
    harness.run_steps(4);
    assert!(harness.state().session.map.hide_identity && harness.state().session.map.found);
    // A moved slider asks for another run, and what was found stays meanwhile.
    let before = key(harness.state());
    harness.state_mut().session.set("associate.end_cost=4").unwrap();
    harness.run_steps(8);
    assert_eq!(
        (harness.state().desk.associate.state(), key(harness.state())),
        (State::Stale, before)
    );
    assert!(says(&harness, "Out of date: found with other settings. Press Run"));
    // Elsewhere the map shows trips again.
    harness.state_mut().ask(Command::Enter(Workspace::Explore));
    harness.run_steps(4);
    assert!(!harness.state().session.map.found && harness.query_by_label("Found tracks").is_none());
}

#[test]
fn few_points_follow_every_slider() {
    let (_folder, mut harness) = live("cbtr");
    let before = key(harness.state());
    harness.state_mut().session.set("associate.longest_gap=60").unwrap();
    until(&mut harness, "other tracks", |app| {
        key(app) != before && app.desk.associate.state() == State::Fresh
    });
    // A method is chosen by its name.
    click(&mut harness, "k-means");
    until(&mut harness, "its tracks", |app| {
        app.desk.associate.shown().is_some_and(|shown| shown.value.method == Method::Kmeans)
    });
    assert!(says(&harness, "by k-means"));
    assert!(harness.query_by_label("moving speed").is_none(), "that is CBTR's");
    assert!(harness.query_all_by_label("starts").next().is_some());
    harness.state_mut().ask(Command::Undo);
    until(&mut harness, "what was before", |app| app.session.associate.method == Method::Cbtr);
}

#[test]
fn mistakes_are_gone_through_and_map_and_time_go_with_them() {
    let (_folder, mut harness) = live("kmeans");
    show(&mut harness, Pane::Mistakes);
    let of = harness.state().desk.associate.shown().unwrap().value.clone();
    assert!(of.mistakes.len() > 3);
    let camera = harness.state().map_camera();
    click(&mut harness, "Next");
    let first = of.mistakes[0];
    {
        let app = harness.state();
        assert_eq!(
            (app.associate.mistake(), app.associate.point()),
            (Some(first.row), Some(first.row))
        );
        let t_ms = of.points.t_ms()[first.row as usize];
        let (from_ms, to_ms) = app.time.brush_ms().expect("the time window is set to it");
        assert!((from_ms..=to_ms).contains(&t_ms));
        assert!(app.map_camera() != camera, "the map goes there");
    }
    assert!(says(&harness, &format!("1 of {}", of.mistakes.len())) || of.mistakes.len() > 999);
    click(&mut harness, "Next");
    assert_eq!(harness.state().associate.mistake(), Some(of.mistakes[1].row));
    click(&mut harness, "Previous");
    click(&mut harness, "Previous");
    let last = of.mistakes.last().unwrap().row;
    assert_eq!(harness.state().associate.mistake(), Some(last), "before the first comes the last");
    click(&mut harness, "Show all");
    assert_eq!(harness.state().time.brush_ms(), None);
    // One kind alone, and a row of the table.
    let n = of.mistakes.iter().filter(|mistake| MistakeKind::Wrong.has(&of, mistake)).count();
    assert!(n > 1);
    let title = harness.query_all_by_label_contains("Wrong links (").next();
    title.expect("a kind to choose").click();
    harness.run_steps(4);
    assert!(
        rows(&harness, "Kind broken track").is_empty() && !rows(&harness, "Kind wrong").is_empty()
    );
    let mut wrong = rows(&harness, "Kind wrong");
    wrong.sort_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
    wrong[wrong.len() / 2].click();
    harness.run_steps(4);
    let app = harness.state();
    let row = app.associate.mistake().expect("it is looked at");
    let mistake = of.mistakes.iter().find(|mistake| mistake.row == row).unwrap();
    assert!(of.is_wrong(mistake) && app.time.brush_ms().is_some());
    // Esc lets go of it.
    harness.state_mut().ask(Command::Select(fairway::ui::selection::Pick::Nothing));
    harness.run_steps(2);
    assert_eq!(harness.state().associate.point(), None);
}

#[test]
fn a_point_under_the_pointer_says_what_is_known_and_a_click_selects_its_track() {
    let (_folder, mut harness) = live("cbtr");
    let of = harness.state().desk.associate.shown().unwrap().value.clone();
    // One that lies alone, far from the others.
    let at = |row: usize| of.points.positions()[row];
    let place = at(0);
    harness.state_mut().ask(Command::FitPlaces(vec![place]));
    harness.run_steps(3);
    let middle = harness.state().map_center();
    harness.hover_at(middle);
    harness.run_steps(4);
    harness.get_by_label("Identity hidden");
    assert!(says(&harness, "Found track "));
    harness.drag_at(middle);
    harness.run_steps(2);
    harness.drop_at(middle);
    harness.run_steps(4);
    let row = harness.state().associate.point().expect("a point is selected") as usize;
    let away = (at(row).lon_deg - place.lon_deg).abs() + (at(row).lat_deg - place.lat_deg).abs();
    assert!(away < 0.01, "it lies there: {away}");
    // With identity the card names the ship.
    harness.state_mut().session.map.hide_identity = false;
    until(&mut harness, "true tracks", |app| !app.is_busy());
    harness.hover_at(middle + egui::vec2(1.0, 0.0));
    harness.run_steps(4);
    assert!(harness.query_by_label("Identity hidden").is_none() && says(&harness, "Found track "));
}

#[test]
fn segments_say_which_tracks_a_ship_is_in_and_select_them() {
    let (_folder, mut harness) = live("kmeans");
    let of = harness.state().desk.associate.shown().unwrap().value.clone();
    let plot = harness.get_by_label_contains("Segment plot: ").rect();
    // Somewhere in the middle there is a ship.
    let mut places = (0..200).map(|i| {
        let (column, lane) = (i % 20, i / 20);
        let x = plot.left() + 120.0 + column as f32 / 20.0 * (plot.width() - 150.0);
        egui::pos2(x, plot.top() + 5.0 + lane as f32 * 9.0)
    });
    let selected = places.find_map(|at| {
        harness.hover_at(at);
        harness.step();
        harness.drag_at(at);
        harness.step();
        harness.drop_at(at);
        harness.run_steps(2);
        harness.state().associate.point()
    });
    let row = selected.expect("a segment was hit");
    assert!(of.segments.iter().any(|segment| segment.first == row));
}

/// A mixture of many, from many beginnings: far longer than anybody waits, in short steps.
const SLOW: [&str; 4] =
    ["synth.rows=25000", "associate.method=em", "associate.tracks=300", "associate.starts=100"];

#[test]
fn a_run_can_be_stopped_and_be_asked_for_again() {
    let mut harness = window(Vec::new(), &SLOW);
    click(&mut harness, "Run");
    until(&mut harness, "it works", |app| app.desk.associate.progress().is_some());
    click(&mut harness, "Stop run");
    until(&mut harness, "it stops", |app| app.desk.associate.progress().is_none());
    assert_eq!(harness.state().desk.associate.state(), State::Fault);
    assert!(says(&harness, "stopped on request") && says(&harness, "press Run to try again"));
    harness.state_mut().session.associate.method = Method::Cbtr;
    harness.run_steps(4);
    click(&mut harness, "Run");
    until(&mut harness, "tracks", |app| app.desk.associate.state() == State::Fresh);
    assert!(says(&harness, "by CBTR"));
}

#[test]
fn all_methods_are_compared_row_by_row_whole_and_thinned() {
    let mut harness = window(Vec::new(), &["synth.rows=1000", "associate.method=cbtr"]);
    until(&mut harness, "tracks", |app| app.desk.associate.state() == State::Fresh);
    show(&mut harness, Pane::AssociateMethods);
    // What was run stands there without being asked for.
    assert_eq!(harness.query_all_by_label("none").count(), 1);
    click(&mut harness, "Compare all methods");
    until(&mut harness, "rows", |app| app.desk.associate_study.state() == State::Fresh);
    let rows = harness.state().desk.associate_study.shown().unwrap().value.study.rows.clone();
    assert_eq!(rows.len(), 3 * rows.iter().filter(|row| row.removed == 0).count());
    for label in ["every 5th", "every 2nd"] {
        assert_eq!(harness.query_all_by_label(label).count(), rows.len() / 3);
    }
    let cbtr = rows.iter().find(|row| row.method == Method::Cbtr && row.removed == 0).unwrap();
    let of = harness.state().desk.associate.shown().unwrap().value.clone();
    assert_eq!((cbtr.score, cbtr.tracks), (of.score, of.found.tracks), "the same as by itself");
    let share = format!("{:.2}", 100.0 * cbtr.score.unwrap().correct_neighbor_rate);
    assert!(harness.query_all_by_label(&share).next().is_some(), "{share}");
    // Settings make it out of date; which method is chosen does not.
    harness.state_mut().session.associate.method = Method::Npc;
    harness.run_steps(4);
    assert_eq!(harness.state().desk.associate_study.state(), State::Fresh);
    harness.state_mut().session.set("associate.neighbors=4").unwrap();
    harness.run_steps(4);
    assert!(says(&harness, "Out of date: compared with other settings"));
}

#[test]
fn a_comparison_can_be_stopped_and_what_was_done_stays() {
    let mut harness = window(Vec::new(), &SLOW);
    show(&mut harness, Pane::AssociateMethods);
    click(&mut harness, "Compare all methods");
    until(&mut harness, "the first row", |app| app.desk.associate_study.so_far().is_some());
    click(&mut harness, "Stop comparing");
    until(&mut harness, "it stops", |app| app.desk.associate_study.progress().is_none());
    assert!(says(&harness, "Stopped: ") && says(&harness, "rows done"));
    assert!(harness.query_all_by_label("none").next().is_some(), "what was done stays");
}

#[test]
fn without_truth_there_are_tracks_and_no_scores() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(vec![anonymous(folder.path())], &[]);
    until(&mut harness, "tracks", |app| {
        app.desk.associate.state() == State::Fresh && !app.is_busy()
    });
    assert!(says(&harness, "1 track of 40 points") && says(&harness, "Nobody knows the truth"));
    assert!(!says(&harness, "Neighbors right"));
    for pane in [Pane::Segments, Pane::Mistakes] {
        show(&mut harness, pane);
        assert!(
            harness.query_all_by_label_contains("Nobody knows the truth").count() >= 2,
            "{pane:?}"
        );
    }
    click(&mut harness, "NPC classification");
    until(&mut harness, "a fault", |app| app.desk.associate.state() == State::Fault);
    assert!(says(&harness, "learns from known labels"));
}

#[test]
fn with_nothing_open_every_panel_says_what_to_do() {
    let mut harness = opened([1400.0, 900.0], |app| app.ask(Command::Enter(Workspace::Associate)));
    harness.run_steps(4);
    for pane in [Pane::Segments, Pane::Mistakes, Pane::AssociateMethods] {
        show(&mut harness, pane);
        let told = harness.query_all_by_label_contains("Association needs points").count();
        assert_eq!(told, 2, "{pane:?}");
    }
}
