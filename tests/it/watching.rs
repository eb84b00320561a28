//! The safety officer's questions without a window: what scripts get, and whether it is true.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::ground::{data, fairway, json, said};

/// A made sea of few ships.
fn sea(folder: &Path) -> String {
    let path = folder.join("sea.csv").to_str().unwrap().to_owned();
    let made = fairway(&["synth", "--out", &path, "--rows", "40000", "--seed", "5"]);
    assert!(made.status.success(), "{}", said(&made));
    path
}

fn run(arguments: &[&str]) -> Value {
    json(&fairway(&[&["run"], arguments, &["--json"]].concat()))
}

fn n(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is a count"))
}

fn sum(value: &Value) -> u64 {
    value.as_object().unwrap().values().map(n).sum()
}

/// The lines of a table below its head.
fn rows(folder: &Path, name: &str) -> usize {
    fs::read_to_string(folder.join(name)).unwrap().lines().count() - 1
}

#[test]
fn every_question_is_answered_with_figures_tables_and_shapes_that_agree() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (sea(folder.path()), folder.path().join("out"));
    let bbox = run(&[&path, "--want", "ingest"])["ingest"]["bbox"].clone();
    let edge = |at: usize| bbox[at].as_f64().unwrap();
    let (west, south, east, north) = (edge(0), edge(1), edge(2), edge(3));
    let middle = 0.5 * (west + east);
    let gate = format!("gates.lines=Across: {middle} {south}, {middle} {north}; None: 1 1, 1 1");
    let third = south + 0.6 * (north - south);
    let areas = format!(
        "areas.areas=South [enter, leave, max 5 kn]: {west} {south}, {east} {south}, {east} {third}, {west} {third}; \
         Knot: 0 0, 1 1, 1 0, 0 1"
    );
    let wants = ["gates", "density", "encounters", "areas", "oddities"];
    let wants: Vec<&str> = wants.iter().flat_map(|want| ["--want", want]).collect();
    let set = ["--set", &gate, "--set", &areas, "--out", out.to_str().unwrap()];
    let told = run(&[&[path.as_str()], &wants[..], &set].concat());

    let gates = &told["gates"];
    assert_eq!(n(&gates["gates"]), 2);
    let list = &gates["list"];
    let flows = n(&list[0]["to_right"]["crossings"]) + n(&list[0]["to_left"]["crossings"]);
    assert!(flows > 20 && flows == n(&gates["crossings"]), "{gates}");
    assert_eq!(sum(&list[0]["to_left"]["by_type"]), n(&list[0]["to_left"]["crossings"]));
    assert!(list[1]["fault"].as_str().unwrap().contains("length 0"), "{}", list[1]);
    assert_eq!(rows(&out, "gates.csv") as u64, flows);

    let areas = &told["areas"];
    assert_eq!(sum(&areas["by_kind"]), n(&areas["events"]));
    assert!(n(&areas["by_kind"]["entered"]) > 0 && n(&areas["by_kind"]["too fast"]) > 0, "{areas}");
    assert!(areas["list"][1]["fault"].as_str().unwrap().contains("cross"), "{areas}");
    assert_eq!(rows(&out, "areas.csv") as u64, n(&areas["events"]));

    let density = &told["density"];
    assert_eq!(rows(&out, "density.csv") as u64, n(&density["density"]));
    assert!(density["ship_hours"].as_f64().unwrap() > 10.0);

    let encounters = &told["encounters"];
    assert_eq!(sum(&encounters["by_kind"]), n(&encounters["encounters"]));
    assert_eq!(rows(&out, "encounters.csv") as u64, n(&encounters["encounters"]));

    let oddities = &told["oddities"];
    assert_eq!(sum(&oddities["by_kind"]), n(&oddities["oddities"]));
    assert_eq!(rows(&out, "oddities.csv") as u64, n(&oddities["oddities"]));
    assert!(told.get("routes").is_none(), "nobody asked for routes");
    for name in ["gates", "density", "encounters", "areas", "oddities"] {
        let text = fs::read_to_string(out.join(format!("{name}.geojson"))).unwrap();
        let shapes: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(shapes["type"], "FeatureCollection", "{name}");
        assert!(!text.contains("NaN"), "{name}");
    }
}

#[test]
fn a_window_of_time_and_the_whole_fleet_change_what_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = sea(folder.path());
    let watched = |set: &[&str]| {
        let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        run(&[&[path.as_str(), "--want", "density"], &set[..]].concat())
    };
    let all = watched(&[]);
    let fleet = watched(&["watched.subject=fleet"]);
    assert!(n(&fleet["watched"]["reports"]) > n(&all["watched"]["reports"]));
    assert_eq!(n(&fleet["watched"]["reports"]), n(&fleet["clean"]["reports_kept"]));
    let (from_ms, to_ms) = (&all["watched"]["t_min"], &all["watched"]["t_max"]);
    let half_ms = i64::midpoint(from_ms.as_i64().unwrap(), to_ms.as_i64().unwrap());
    let half = fairway::base::time::iso_text(half_ms);
    let late = watched(&[&format!("watched.from={half}"), &format!("density.before_to={half}")]);
    let hours = |value: &Value| value["ship_hours"].as_f64().unwrap();
    let (now, before) = (hours(&late["density"]), hours(&late["density"]["before"]));
    let whole = hours(&all["density"]);
    assert!(now > 0.0 && before > 0.0);
    assert!((now + before - whole).abs() < 0.01 * whole, "{now} + {before} is not {whole}");
    let nothing = fairway(&[
        "run",
        &path,
        "--want",
        "density",
        "--set",
        "watched.from=2001-01-02",
        "--set",
        "watched.to=2001-01-01",
    ]);
    assert_eq!(nothing.status.code(), Some(2), "{}", said(&nothing));
}

#[test]
fn routes_are_found_for_oddities_that_ask_for_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = sea(folder.path());
    let told = run(&[&path, "--want", "oddities", "--set", "oddities.of_routes=true"]);
    assert!(!told["routes"]["routes"].as_array().unwrap().is_empty());
    assert_eq!(told["oddities"]["of_routes"], true);
}

#[test]
fn a_ship_that_changes_her_name_and_imo_number_is_told_with_both() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.csv");
    let mut text = String::from("MMSI,BaseDateTime,LAT,LON,SOG,COG,VesselName,IMO\n");
    for minute in 0..60 {
        let (name, imo) =
            if minute < 30 { ("ANNA", "IMO9074729") } else { ("BERTA MARIE", "IMO9164031") };
        let lat = 56.0 + f64::from(minute) * 0.003;
        text.push_str(&format!(
            "219000001,2022-01-01T00:{minute:02}:00,{lat:.5},11.0,10.8,0.0,{name},{imo}\n"
        ));
    }
    fs::write(&path, text).unwrap();
    let out = folder.path().join("out");
    let told = run(&[path.to_str().unwrap(), "--want", "oddities", "--out", out.to_str().unwrap()]);
    assert_eq!(n(&told["oddities"]["by_kind"]["identity"]), 2, "{}", told["oddities"]);
    let table = fs::read_to_string(out.join("oddities.csv")).unwrap();
    assert!(table.contains("from ANNA to BERTA MARIE"), "{table}");
    assert!(table.contains("from 9074729 to 9164031"), "{table}");
}

#[test]
fn encounters_of_santa_barbara_are_some_and_ships_that_keep_together_none() {
    let Some(path) = data("encounters", "tracks/santa_barbara_2018_06_01_05.csv.zst") else {
        return;
    };
    let told = run(&[path.to_str().unwrap(), "--want", "encounters"]);
    let encounters = &told["encounters"];
    // It has been 196; a change of method may move it, not by half.
    assert!((100..400).contains(&n(&encounters["encounters"])), "{encounters}");
    assert!(n(&encounters["left_out"]["keeping together"]) > 0);
}

#[test]
fn encounters_ahead_are_told_by_fitted_models_where_there_are_any() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (sea(folder.path()), folder.path().join("out"));
    let watched = run(&[&path, "--want", "watched"])["watched"].clone();
    let (first, last) = (watched["t_min"].as_i64().unwrap(), watched["t_max"].as_i64().unwrap());
    let at = fairway::base::time::iso_text(first + (last - first) / 2);
    let set = format!("ahead.at={at}");
    let straight = ["--want", "ahead", "--set", &set, "--set", "ahead.minutes=60"];
    let ahead = run(&[&[path.as_str()], &straight[..], &["--out", out.to_str().unwrap()]].concat());
    let ahead = &ahead["ahead"];
    assert!(n(&ahead["ships"]) > 3 && n(&ahead["by_model"]) == 0, "{ahead}");
    assert_eq!(ahead["list"].as_array().unwrap().len() as u64, n(&ahead["encounters"]));
    assert_eq!(rows(&out, "ahead.csv") as u64, n(&ahead["encounters"]));
    assert!(fs::read_to_string(out.join("ahead.geojson")).unwrap().contains("FeatureCollection"));
    // The last report of all is the moment, where none is set.
    let end = run(&[&path, "--want", "ahead"]);
    assert_eq!(end["ahead"]["at"], fairway::base::time::iso_text(last));
    let fitted = ["--want", "predict-fit", "--set", "predict.methods=linear"];
    let told = run(&[&[path.as_str()], &straight[..], &fitted[..]].concat());
    assert!(n(&told["ahead"]["by_model"]) > 0, "{}", told["ahead"]);
    let off = ["--set", "ahead.by_models=off"];
    let told = run(&[&[path.as_str()], &straight[..], &fitted[..], &off[..]].concat());
    assert_eq!(n(&told["ahead"]["by_model"]), 0);
    let output = fairway(&["run", &path, "--want", "ahead", "--set", "ahead.at=noon"]);
    assert!(said(&output).contains("ahead: at: \"noon\" is no time"), "{}", said(&output));
}
