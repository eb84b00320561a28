//! The safety officer's questions without a window: what scripts get, and whether it is true.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::bound::{ferries, ports};
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

/// The ferries of [`ferries`], and one more that sailed from Anfang all the way to Endehaven; of the
/// ferries under way one types that she is bound there too, and one a word that names no port. One
/// changes her name.
fn ferries_of_which_one_types_another_port(folder: &Path) -> String {
    let text = fs::read_to_string(ferries(folder, true)).unwrap();
    let mut lines: Vec<String> = text.lines().map(|line| format!("{line},FERRY")).collect();
    lines[0] = lines[0].replace("FERRY", "name");
    // Of each ship the last twelve reports are those of her last way.
    let rows_of = |lines: &[String], mmsi: &str| -> Vec<usize> {
        (0..lines.len()).filter(|row| lines[*row].starts_with(mmsi)).collect()
    };
    for (mmsi, typed) in [("211000105", "ENDEHAVEN"), ("211000104", "QWXYZ")] {
        for row in rows_of(&lines, mmsi).into_iter().rev().take(12) {
            lines[row] = lines[row].replace("MITTEHAVEN", typed);
        }
    }
    let renamed = rows_of(&lines, "211000101");
    for row in &renamed[renamed.len() / 2..] {
        lines[*row] = lines[*row].replace("FERRY", "OTHER BOAT");
    }
    for minute in 0..76 {
        let at_sea = minute - 18;
        let lon = (10.0 + 0.05 * f64::from(at_sea)).clamp(10.0, 12.0);
        let is_under_way = (1..=40).contains(&at_sea);
        let (sog, time) = (if is_under_way { 10.5 } else { 0.1 }, 10 * minute);
        lines.push(format!(
            "211000200,2024-05-01T{:02}:{:02}:00Z,54.0,{lon:.4},{sog},90,60,ENDEHAVEN,LONE",
            time / 60,
            time % 60
        ));
    }
    let path = folder.join("elsewhere.csv");
    fs::write(&path, lines.join("\n")).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_ship_that_sails_elsewhere_than_she_types_is_odd_where_forecasts_are_asked() {
    let folder = tempfile::tempdir().unwrap();
    let reports = ferries_of_which_one_types_another_port(folder.path());
    let (list, out) = (format!("ports.file={}", ports(folder.path())), folder.path().join("out"));
    let ground = [
        reports.as_str(),
        "--set",
        &list,
        "--set",
        "destination.cell=0.25",
        "--set",
        "voyages.refine=false",
        "--want",
        "oddities",
    ];
    let told = run(&ground);
    assert_eq!(n(&told["oddities"]["by_kind"]["bound elsewhere"]), 0);
    assert!(told["oddities"]["of_forecasts"] == false && told.get("forecasts").is_none());

    let asked = ["--set", "oddities.of_forecasts=true", "--want", "forecast", "--out"];
    let told = run(&[&ground[..], &asked, &[out.to_str().unwrap()]].concat());
    let oddities = &told["oddities"];
    assert_eq!(oddities["of_forecasts"], true);
    // Neither she who types where she sails, nor she who names no port.
    assert_eq!(n(&oddities["by_kind"]["bound elsewhere"]), 1, "{oddities}");
    assert_eq!(n(&told["forecasts"]["destination_conflicts"]), 1);
    let table = fs::read_to_string(out.join("oddities.csv")).unwrap();
    let odd = table.lines().find(|line| line.contains("bound elsewhere")).expect("it is written");
    assert!(odd.contains("211000105"), "{odd}");
    // She is told of at her last report, in the words and with the chances of the forecast.
    let ships = told["forecast"]["rows"].as_array().unwrap();
    let ship = ships.iter().find(|ship| ship["mmsi"] == 211_000_105).unwrap();
    let chance = |locode: &str| -> f64 {
        let ports = ship["ports"].as_array().unwrap().iter();
        ports.filter(|port| port["locode"] == locode).map(|port| port["p"].as_f64().unwrap()).sum()
    };
    let (likeliest, meant) = (chance("DEMIT"), chance("DEEND"));
    assert!(likeliest > 0.9 && (0.005..0.1).contains(&meant), "{likeliest} and {meant}");
    let why = format!(
        "types \"\"ENDEHAVEN\"\", but ships on such a way from Anfang are bound for Mittehaven in {:.0} %, for what she types in {:.0} %",
        100.0 * likeliest,
        100.0 * meant
    );
    assert!(odd.contains(&why), "{odd}\n{why}");
    let time = ship["time"].as_str().unwrap();
    assert!(odd.contains(&format!("{time},{time},54.0,10.6,211000105")), "{odd}");
    let score = |line: &str| line.split(',').next().unwrap().parse::<f64>().unwrap();
    assert!((score(odd) - (likeliest - meant)).abs() < 1e-3, "{odd}");
    // Among all others, the oddest first.
    let scores: Vec<f64> = table.lines().skip(1).map(score).collect();
    assert!(scores.len() > 1 && scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    let shapes = fs::read_to_string(out.join("oddities.geojson")).unwrap();
    assert!(shapes.contains("bound elsewhere"), "a place on the map");
}
