//! The workspace of compression in the window, driven by label, and its layer in pictures.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use egui::accesskit::Role;
use egui::{Pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};
use fairway::ui::selection::Pick;

use crate::ground::{fairway, said};
use crate::window::{Window, opened, show, until};

/// A made sea of some 20,000 reports in the workspace of compression.
fn window() -> Window {
    let mut harness = opened([1400.0, 900.0], move |app| {
        app.begin(Vec::new(), true, &["synth.rows=20000".into()]);
        app.ask(Command::Enter(Workspace::Compress));
    });
    until(&mut harness, "compressed trips", |app| {
        app.desk.retention.state() == State::Fresh && is_compressed(app)
    });
    harness
}

fn is_compressed(app: &App) -> bool {
    app.desk.compress.state() == State::Fresh && !app.is_busy()
}

fn n_kept(app: &App) -> usize {
    app.desk.compress.shown().map_or(0, |shown| shown.value.compressed.reports_kept())
}

fn drag(harness: &mut Window, from: Pos2, to: Pos2) {
    harness.hover_at(from);
    harness.step();
    harness.drag_at(from);
    harness.step();
    harness.hover_at(from + (to - from) * 0.5);
    harness.step();
    harness.hover_at(to);
    harness.step();
    harness.drop_at(to);
    harness.run_steps(2);
}

#[test]
fn dragging_the_retention_line_compresses_anew_and_measures_nothing_again() {
    let mut harness = window();
    let before = n_kept(harness.state());
    let measured = Arc::clone(harness.state().desk.measure.shown().unwrap().value);
    let curve = Arc::clone(harness.state().desk.retention.shown().unwrap().value);
    let line = harness.get_by_role_and_label(Role::Slider, "Tolerance, m").rect().center();
    drag(&mut harness, line, line - vec2(100.0, 0.0));
    let tolerance_m = harness.state().session.compress.tolerance_m;
    assert!((1.0..80.0).contains(&tolerance_m), "{tolerance_m}");
    until(&mut harness, "more is kept", |app| is_compressed(app) && n_kept(app) > before);
    let desk = &harness.state().desk;
    assert!(Arc::ptr_eq(&measured, desk.measure.shown().unwrap().value));
    assert!(Arc::ptr_eq(&curve, desk.retention.shown().unwrap().value), "the curve stays");
    let kept = harness.get_by_label_contains("; drag the line to change it");
    let n = fairway::base::text::grouped(n_kept(harness.state()) as u64);
    assert!(kept.accesskit_node().value().unwrap_or_default().starts_with(&format!("Kept {n} of")));
}

#[test]
fn a_row_of_the_threshold_table_sets_the_tolerance() {
    let mut harness = window();
    let before = n_kept(harness.state());
    show(&mut harness, Pane::Thresholds);
    harness.get_by_label_contains("Tolerance m 190,").click();
    harness.run_steps(2);
    assert_eq!(harness.state().session.compress.tolerance_m, 190.0);
    until(&mut harness, "less is kept", |app| is_compressed(app) && n_kept(app) < before);
}

#[test]
fn the_longest_trip_is_shown_before_and_after_until_another_is_selected() {
    let mut harness = window();
    show(&mut harness, Pane::BeforeAfter);
    let kept_of = |harness: &Window, trip: usize| {
        let shown = harness.state().desk.compress.shown().unwrap();
        let place = shown.value.of.ids().iter().position(|id| *id == trip).unwrap();
        let mask = shown.value.compressed.kept.of(place);
        let kept = mask.iter().filter(|is_kept| **is_kept).count();
        format!("kept {kept} of {} (", fairway::base::text::grouped(mask.len() as u64))
    };
    let trips = &harness.state().desk.trips.shown().unwrap().value.trips.trips;
    let by_length = |a: &usize, b: &usize| trips[*a].length_m.total_cmp(&trips[*b].length_m);
    let longest = (0..trips.len()).max_by(by_length).unwrap();
    let shortest = (0..trips.len()).min_by(by_length).unwrap();
    harness.get_by_label("longest trip");
    harness.get_by_label_contains(&kept_of(&harness, longest));
    harness.state_mut().ask(Command::Select(Pick::Trip(shortest)));
    harness.run_steps(4);
    assert!(harness.query_by_label("longest trip").is_none());
    harness.get_by_label_contains(&kept_of(&harness, shortest));
    // A click sets the moment, within the trip that is shown.
    let plot = harness.get_by_label_contains("Speed over ground before").rect().center();
    harness.drag_at(plot);
    harness.drop_at(plot);
    harness.run_steps(3);
    let app = harness.state();
    let output = app.desk.trips.shown().unwrap().value;
    let (from_ms, to_ms) = output.trips.trips[shortest].time_span_ms(output.fleet());
    let now_ms = app.time.now_ms().expect("it was clicked");
    assert!(from_ms <= now_ms && now_ms <= to_ms);
}

#[test]
fn the_parameters_say_what_they_keep_and_repairs_change_what_there_is() {
    let mut harness = window();
    harness.get_by_label("Kept reports on the map").click();
    harness.get_by_label("Off the way, m");
    assert!(harness.get_all_by_label_contains("keeps ").count() >= 3);
    harness.get_by_label("speeds").click();
    let before = n_kept(harness.state());
    until(&mut harness, "less is kept", |app| is_compressed(app) && n_kept(app) < before);
    assert!(harness.state().session.map.kept);
    assert_eq!(harness.get_all_by_label_contains("keeps ").count(), 2, "speeds keep nothing now");
    let reports = |app: &App| app.desk.compress.shown().unwrap().value.compressed.reports_in();
    let n = reports(harness.state());
    harness.state_mut().session.set("compress.repair=on").unwrap();
    until(&mut harness, "filled silences", |app| is_compressed(app) && reports(app) > n);
    harness.get_by_label_contains(" filled, ");
}

#[test]
fn a_fault_is_said_where_it_was_set() {
    let mut harness = window();
    let repair = &mut harness.state_mut().session.compress.repair;
    (repair.repairs, repair.least_s, repair.longest_min) = (true, 600.0, 5.0);
    until(&mut harness, "a fault", |app| app.desk.repair.state() == State::Fault);
    let said = harness.get_all_by_label_contains("no silence would be filled").count();
    assert!(said >= 1);
}

/// One ship eastward on the equator, of whose forty reports the middle one lies 1,100 m north.
fn peak(folder: &Path) -> std::path::PathBuf {
    let mut text = String::from("mmsi,time,lat,lon,sog,cog\n");
    for minute in 0..40 {
        let lat = if minute == 20 { 0.01 } else { 0.0 };
        let lon = f64::from(minute) / 300.0;
        text += &format!("219000001,2024-01-01T00:{minute:02}:00,{lat},{lon:.5},12.0,90.0\n");
    }
    let path = folder.join("peak.csv");
    std::fs::write(&path, text).unwrap();
    path
}

/// How many white pixels there are left of the legend.
fn n_white(path: &Path) -> usize {
    let file = BufReader::new(File::open(path).expect("the picture was written"));
    let mut reader = png::Decoder::new(file).read_info().expect("it is a PNG file");
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let width = reader.next_frame(&mut rgb).expect("it is whole").width as usize;
    let is_white = |(n, pixel): &(usize, &[u8])| {
        n % width < 2 * width / 3 && pixel.iter().all(|byte| *byte > 245)
    };
    rgb.chunks_exact(3).enumerate().filter(is_white).count()
}

#[test]
fn a_picture_shows_the_kept_reports_with_and_without_a_gpu() {
    let folder = tempfile::tempdir().unwrap();
    let path = peak(folder.path());
    let white = |more: &[&str]| {
        let png = folder.path().join("map.png");
        let paths = [path.to_str().unwrap(), png.to_str().unwrap()];
        let camera = ["map.lon=0.065", "map.lat=0", "map.zoom=12", "clean.jumps=off"];
        let camera = camera.iter().flat_map(|setting| ["--set", *setting]);
        let arguments = ["snap", paths[0], "-o", paths[1], "--size", "640x400"];
        let arguments: Vec<&str> =
            arguments.into_iter().chain(camera).chain(more.iter().copied()).collect();
        let output = fairway(&arguments);
        assert!(output.status.success(), "{}", said(&output));
        n_white(&png)
    };
    for software in [&["--software"][..], &[]] {
        let without = white(software);
        let on = ["--set", "map.kept=on"];
        let with = white(&[software, &on].concat());
        // Five marks: both ends, the peak and its neighbors; some seven white pixels each.
        assert!(with >= without + 25, "{with} {without}");
        // Speed and course never change: without positions only the ends are left.
        let ends = white(&[software, &on, &["--set", "compress.positions=off"]].concat());
        assert!(without + 8 <= ends && ends < with, "{without} {ends} {with}");
    }
}
