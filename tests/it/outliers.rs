//! Motion outliers from files to figures, and in the window.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};

use egui::Role;
use egui::accesskit::Toggled;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};
use serde_json::Value;

use crate::ground::{data, fairway, json, said};
use crate::window::{Window, opened, until};

/// 2024-01-01 00:00 UTC.
const NEW_YEAR_MS: i64 = 1_704_067_200_000;

/// A minute at 12 knots is a three-hundredth of a degree at the equator.
const STEP_DEG: f64 = 1.0 / 300.0;

/// ALPHA sails 40 minutes east, turns by 130 degrees to port and sails on for 40. BRAVO sails 30
/// minutes east, comes round in a loop of 3.5 km to cross her way, and sails on to the south.
fn two_ships(folder: &Path) -> PathBuf {
    let mut alpha: Vec<(f64, f64)> = (0..=40).map(|i| (f64::from(i), 0.0)).collect();
    let (sine, cosine) = 130_f64.to_radians().sin_cos();
    alpha.extend((1..=40).map(|i| (40.0 + f64::from(i) * cosine, f64::from(i) * sine)));
    let mut bravo: Vec<(f64, f64)> = (0..=30).map(|i| (f64::from(i), 0.0)).collect();
    bravo.extend([(31.0, 1.0), (31.0, 2.0), (30.0, 3.0), (29.0, 3.0), (28.5, 2.0), (28.5, 1.0)]);
    bravo.extend((0..30).map(|i| (28.5, 0.5 - f64::from(i))));
    let mut text = String::from("MMSI,BaseDateTime,LAT,LON,SOG,COG,VesselName,VesselType\n");
    for (mmsi, name, south, way) in [(1, "ALPHA", 0.0, alpha), (2, "BRAVO", 1.0, bravo)] {
        for (minute, (x, y)) in way.into_iter().enumerate() {
            let (lat, lon) = (y * STEP_DEG - south, x * STEP_DEG);
            let time = format!("2024-01-01T{:02}:{:02}:00", minute / 60, minute % 60);
            text += &format!("21900000{mmsi},{time},{lat:.6},{lon:.6},12.0,90.0,{name},70\n");
        }
    }
    let path = folder.join("two_ships.csv");
    fs::write(&path, text).unwrap();
    path
}

fn run(path: &Path, more: &[&str]) -> Value {
    let arguments =
        [&["run", path.to_str().unwrap(), "--want", "outliers", "--json"], more].concat();
    json(&fairway(&arguments))["outliers"].clone()
}

#[test]
fn a_run_tells_and_writes_every_turn_and_loop() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (two_ships(folder.path()), folder.path().join("out"));
    let figures = run(&path, &["--out", out.to_str().unwrap()]);
    for (name, n) in [
        ("trips", 2),
        ("trips_touched", 2),
        ("sharp_turns", 1),
        ("loops", 1),
        // 21 around the turn, 9 on the loop.
        ("reports_cut", 30),
        ("reports_in", 81 + 67),
    ] {
        assert_eq!(figures[name], n, "{name} in {figures}");
    }
    assert!((figures["share_cut"].as_f64().unwrap() - 30.0 / 148.0).abs() < 1e-12);

    let text = fs::read_to_string(out.join("outliers.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let cell = |row: usize, name: &str| {
        rows[row][rows[0].iter().position(|head| *head == name).expect("there is such a column")]
    };
    assert_eq!(rows.len(), 3);
    assert_eq!((cell(1, "name"), cell(1, "kind")), ("ALPHA", "sharp_turn"));
    assert_eq!((cell(1, "time"), cell(1, "angle_deg")), ("2024-01-01T00:40:00Z", "50.0"));
    assert_eq!((cell(1, "from"), cell(1, "to")), ("2024-01-01T00:30:00Z", "2024-01-01T00:50:00Z"));
    assert_eq!((cell(2, "name"), cell(2, "kind")), ("BRAVO", "small_loop"));
    assert_eq!((cell(2, "mmsi"), cell(2, "reports"), cell(2, "angle_deg")), ("219000002", "9", ""));
    let length_m: f64 = cell(2, "length_m").parse().unwrap();
    assert!((length_m - 3501.0).abs() < 2.0, "{length_m}");
    let lon: f64 = cell(2, "lon").parse().unwrap();
    assert!((lon - 28.5 * STEP_DEG).abs() < 1e-5, "{lon}");

    let json: Value =
        serde_json::from_str(&fs::read_to_string(out.join("outliers.geojson")).unwrap()).unwrap();
    let points = json["features"].as_array().unwrap();
    assert_eq!(points.len(), 2);
    assert_eq!(points[1]["geometry"]["type"], "Point");
    assert_eq!(points[1]["properties"]["kind"], "small_loop");
    let cuts = fs::read_to_string(out.join("outliers.cuts.csv")).unwrap();
    assert_eq!(cuts.lines().nth(1), Some("0,30,51,2024-01-01T00:30:00Z,2024-01-01T00:50:00Z"));
    assert_eq!(cuts.lines().count(), 3);
}

#[test]
fn settings_change_what_is_found_and_impossible_ones_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = two_ships(folder.path());
    for (setting, turns, loops, cut) in [
        ("outliers.angle=49", 0, 1, 9),
        ("outliers.angle=0", 0, 1, 9),
        ("outliers.loop=3000", 1, 0, 21),
        ("outliers.margin=0", 1, 1, 10),
        ("filter.search=bravo", 0, 1, 9),
    ] {
        let figures = run(&path, &["--set", setting]);
        let found = ["sharp_turns", "loops", "reports_cut"].map(|name| figures[name].as_u64());
        assert_eq!(found, [Some(turns), Some(loops), Some(cut)], "{setting}");
    }
    let arguments = ["run", path.to_str().unwrap(), "--want", "outliers", "--set"];
    for (setting, part) in [
        ("outliers.angle=181", "it must lie between 0 and 180"),
        ("outliers.loops=5", "did you mean outliers.loop?"),
    ] {
        let output = fairway(&[&arguments[..], &[setting]].concat());
        assert_eq!(output.status.code(), Some(2), "{setting}");
        assert!(said(&output).contains(part), "{}", said(&output));
    }
}

#[test]
fn the_made_sea_has_few_outliers_and_a_file_of_one_report_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.csv");
    let made =
        fairway(&["synth", "--out", path.to_str().unwrap(), "--rows", "60000", "--seed", "3"]);
    assert!(made.status.success(), "{}", said(&made));
    let figures = run(&path, &[]);
    let share = figures["share_cut"].as_f64().unwrap();
    assert!(figures["trips"].as_u64().unwrap() > 20 && share < 0.02, "{figures}");
    fs::write(&path, "mmsi,time,lat,lon,sog,cog\n219000001,2024-01-01T00:00:00,1,1,5,0\n").unwrap();
    let figures = run(&path, &[]);
    assert_eq!((&figures["trips"], &figures["share_cut"]), (&Value::from(0), &Value::from(0.0)));
}

#[test]
fn five_days_off_santa_barbara_have_hundreds_whatever_the_threads() {
    let test = "five_days_off_santa_barbara_have_hundreds_whatever_the_threads";
    let Some(path) = data(test, "tracks/santa_barbara_2018_06_01_05.csv.zst") else { return };
    let arguments = ["run", path.to_str().unwrap(), "--want", "outliers", "--json"];
    let of_threads = |n: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fairway"));
        let output = command.args(arguments).env("RAYON_NUM_THREADS", n).output().unwrap();
        let mut figures = json(&output)["outliers"].clone();
        figures.as_object_mut().unwrap().remove("seconds");
        figures
    };
    let figures = of_threads("1");
    assert_eq!(figures, of_threads("3"));
    for (name, range) in [("sharp_turns", 100..2000), ("loops", 200..2000), ("bends", 5000..20_000)]
    {
        assert!(range.contains(&figures[name].as_u64().unwrap()), "{name} in {figures}");
    }
    let share = figures["share_cut"].as_f64().unwrap();
    assert!((0.005..0.1).contains(&share), "{figures}");
}

/// How many pixels of a picture are about this color, left of the legend.
fn n_like(path: &Path, color: [u8; 3]) -> usize {
    let file = BufReader::new(File::open(path).expect("the picture was written"));
    let mut reader = png::Decoder::new(file).read_info().expect("it is a PNG file");
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let width = reader.next_frame(&mut rgb).expect("it is whole").width as usize;
    let is_like = |(n, pixel): &(usize, &[u8])| {
        let is_near = pixel.iter().zip(color).all(|(a, b)| a.abs_diff(b) < 24);
        n % width < 2 * width / 3 && is_near
    };
    rgb.chunks_exact(3).enumerate().filter(is_like).count()
}

#[test]
fn a_picture_marks_turns_and_loops_each_in_its_way_with_and_without_a_gpu() {
    let folder = tempfile::tempdir().unwrap();
    let path = two_ships(folder.path());
    let marks = |more: &[&str]| {
        let png = folder.path().join("map.png");
        let arguments = ["snap", path.to_str().unwrap(), "-o", png.to_str().unwrap()];
        let look = ["--size", "640x400", "--set", "map.color_by=one color"];
        let output = fairway(&[&arguments[..], &look, more].concat());
        assert!(output.status.success(), "{}", said(&output));
        // Crimson triangles and mint rings.
        [n_like(&png, [0xee, 0x1c, 0x7b]), n_like(&png, [0xa1, 0xfe, 0xec])]
    };
    for software in [&["--software"][..], &[]] {
        let on = [software, &["--set", "map.outliers=on"]].concat();
        assert_eq!(marks(software), [0, 0]);
        let [turns, rings] = marks(&on);
        assert!(turns > 20 && rings > 10, "{turns} {rings}");
        let [turns, rings] = marks(&[&on[..], &["--set", "outliers.loop=0"]].concat());
        assert!(turns > 20 && rings == 0, "{turns} {rings}");
    }
}

/// The two ships in the workspace of preparation, with the list of outliers in front.
fn window(folder: &Path) -> Window {
    let path = two_ships(folder);
    let mut harness = opened([1600.0, 900.0], move |app| {
        app.begin(vec![path], false, &[]);
        app.ask(Command::Enter(Workspace::Prepare));
    });
    until(&mut harness, "two outliers", |app| found(app) == [1, 1]);
    for pane in [Pane::OutlierList, Pane::Outliers] {
        harness.state_mut().ask(Command::Show(pane));
        harness.run_steps(4);
    }
    harness
}

/// How many sharp turns and small loops are shown, if they are up to date.
fn found(app: &App) -> [usize; 2] {
    let is_fresh = app.desk.outliers.state() == State::Fresh && !app.is_busy();
    match app.desk.outliers.shown() {
        Some(shown) if is_fresh => [shown.value.outliers.sharp_turns, shown.value.outliers.loops],
        _ => [usize::MAX; 2],
    }
}

fn rows(harness: &Window) -> Vec<String> {
    let rows = harness.query_all_by_role(Role::Row);
    rows.map(|row| row.accesskit_node().label().unwrap_or_default()).collect()
}

#[test]
fn a_row_selects_the_trip_and_moves_map_and_time_to_the_outlier() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    let labels = rows(&harness);
    assert_eq!(labels.len(), 2, "{labels:?}");
    assert!(labels.iter().any(|label| label.contains("sharp turn, Vessel ALPHA")
        && label.contains("Time UTC 2024-01-01 00:40:00, Angle ° 50.0, Loop m –")));
    assert!(labels.iter().any(|label| label.contains("small loop, Vessel BRAVO")
        && label.contains("Angle ° –, Loop m 3501")));
    harness.get_by_label_contains("small loop, Vessel BRAVO").click();
    harness.run_steps(4);
    let app = harness.state();
    let shown = app.desk.outliers.shown().unwrap();
    let small = &shown.value.outliers.found[1];
    assert_eq!(app.selection.trips(), [shown.value.trip_id(small)]);
    // The eighth minute after the half hour is the last before she crosses her way.
    assert_eq!(app.time.now_ms(), Some(NEW_YEAR_MS + 37 * 60_000));
    let camera = app.map_camera();
    assert!((camera.lat + 1.0).abs() < 0.02 && (camera.lon - 0.1).abs() < 0.02, "{camera:?}");
    assert!(camera.zoom > 11.0, "{camera:?}");
    // The row is told to be selected until another moment or trip is.
    let is_selected = |harness: &Window| {
        let row = harness.get_by_label_contains("small loop, Vessel BRAVO");
        row.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(is_selected(&harness));
    harness.state_mut().time.stop();
    harness.run_steps(4);
    assert!(!is_selected(&harness));
}

#[test]
fn the_line_across_the_angles_and_the_sliders_search_anew() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window(folder.path());
    harness.get_by_label("1 sharp turn, 1 small loop");
    harness.get_by_label("30 of 148 reports cut (20.27 %)");
    let line = harness.get_by_role_and_label(Role::Slider, "Sharp turn below, degrees");
    let at = line.rect().center();
    let to = at - egui::vec2(60.0, 0.0);
    harness.hover_at(at);
    harness.step();
    harness.drag_at(at);
    harness.step();
    harness.hover_at(to);
    harness.step();
    harness.drop_at(to);
    harness.run_steps(2);
    assert!(harness.state().session.outliers.angle_deg < 50.0);
    until(&mut harness, "a turn less", |app| found(app) == [0, 1]);
    assert_eq!(rows(&harness).len(), 1);
    harness.state_mut().session.outliers.loop_m = 1000.0;
    until(&mut harness, "a loop less", |app| found(app) == [0, 0]);
    harness.get_by_label_contains("No outliers:");
    harness.get_by_label("Outliers on the map").click();
    harness.run_steps(4);
    assert!(harness.state().session.map.outliers);
}
