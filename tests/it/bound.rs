//! Where ships are bound, without a window: ports, voyages, arrivals, forecasts and their scores.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::ground::{fairway, json, said};

fn run(arguments: &[&str]) -> Value {
    json(&fairway(&[&["run"], arguments, &["--json"]].concat()))
}

/// What is said of a run that fails.
fn fault(arguments: &[&str]) -> String {
    let output = fairway(&[&["run"], arguments].concat());
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    said(&output)
}

fn n(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is a count"))
}

fn text(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}

/// Three ports of our own on one parallel, a degree apart.
pub fn ports(folder: &Path) -> String {
    let path = folder.join("ports.csv");
    let rows =
        "name,locode,lat,lon\nAnfang,DEANF,54,10\nMittehaven,DEMIT,54,11\nEndehaven,DEEND,54,12\n";
    fs::write(&path, rows).unwrap();
    text(&path)
}

/// Six ferries that go between Anfang and Mittehaven, five times each way, and then set out east
/// once more; of each what she types, or nothing.
pub fn ferries(folder: &Path, types: bool) -> String {
    let mut rows = "mmsi,time,lat,lon,sog,cog,ship_type,destination\n".to_owned();
    for ship in 0..6 {
        let (mut minute, mut lon, mut to) = (7 * ship, 10.0_f64, "");
        let mut report = |minute: i32, lon: f64, sog: f64, cog: f64, to: &str| {
            let (day, hour) = (1 + minute / 1440, minute / 60 % 24);
            let mmsi = 211_000_100 + ship;
            writeln!(
                rows,
                "{mmsi},2024-05-{day:02}T{hour:02}:{:02}:00Z,54.0,{lon:.4},{sog},{cog},60,{to}",
                minute % 60
            )
            .unwrap();
        };
        for leg in 0..11 {
            for _ in 0..18 {
                report(minute, lon, 0.1, 0.0, to);
                minute += 10;
            }
            let east = leg % 2 == 0;
            if types {
                to = if east { "MITTEHAVEN" } else { "DE ANF" };
            }
            for step in 0..20 {
                if leg == 10 && step == 12 {
                    break;
                }
                lon += if east { 0.05 } else { -0.05 };
                report(minute, lon, 10.5, if east { 90.0 } else { 270.0 }, to);
                minute += 10;
            }
        }
    }
    let path = folder.join(if types { "ferries.csv" } else { "silent.csv" });
    fs::write(&path, rows).unwrap();
    text(&path)
}

#[test]
fn ferries_make_voyages_and_are_foretold_by_them() {
    let folder = tempfile::tempdir().unwrap();
    let (reports, out) = (ferries(folder.path(), true), text(&folder.path().join("out")));
    let list = format!("ports.file={}", ports(folder.path()));
    let ground =
        ["--set", &list, "--set", "destination.cell=0.25", "--set", "voyages.refine=false"];
    let wants =
        ["--want", "voyages", "--want", "destinations", "--want", "forecast", "--want", "nests"];
    let figures = run(&[&[reports.as_str()][..], &ground, &wants, &["--out", &out]].concat());
    assert_eq!(n(&figures["ports"]["ports"]), 3);
    assert_eq!(
        (n(&figures["destinations"]["texts"]), n(&figures["destinations"]["named"])),
        (2, 2)
    );
    let voyages = &figures["voyages"];
    assert_eq!((n(&voyages["voyages"]), n(&voyages["ports"])), (60, 2), "{voyages}");
    assert_eq!((n(&voyages["under_way"]), voyages["rejected"].as_object().unwrap().len()), (6, 0));
    assert_eq!(voyages["made"], false);
    // Six under way, all told to be bound for Mittehaven, as they say.
    let rows = figures["forecast"]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), n(&figures["forecasts"]["destination_conflicts"])), (6, 0));
    for row in rows {
        assert_eq!(row["ports"][0]["locode"], "DEMIT", "{row}");
        assert!(row["ports"][0]["p"].as_f64().unwrap() > 0.9, "{row}");
        assert_eq!((&row["reported"], &row["from"]), (&"MITTEHAVEN".into(), &"DEANF".into()));
        let arrival = row["arrives"].as_array().unwrap();
        assert!(arrival[0].as_str() <= arrival[1].as_str(), "{row}");
    }
    for name in [
        "voyages.csv",
        "voyages.rejected.csv",
        "voyages.geojson",
        "destinations.csv",
        "forecast.csv",
        "forecast.geojson",
        "nests.csv",
        "run.json",
    ] {
        assert!(Path::new(&out).join(name).exists(), "{name}");
    }
    let table = fs::read_to_string(Path::new(&out).join("voyages.csv")).unwrap();
    assert_eq!(table.lines().count(), 61);

    // One ship on a voyage of the past, told from what was known then and without herself.
    let at = ["--set", "forecast.mmsi=211000102", "--set", "forecast.at=2024-05-01T05:00:00Z"];
    let one = run(&[&[reports.as_str()][..], &ground, &["--want", "forecast"], &at].concat());
    let one = &one["forecast"];
    assert_eq!((&one["truth"]["port"], &one["from"]), (&"DEMIT".into(), &"DEANF".into()), "{one}");
    let steps = one["rows"].as_array().unwrap();
    assert!(
        steps.len() >= 2
            && steps.iter().all(|step| step["time"].as_str() <= Some("2024-05-01T05:00:00Z"))
    );
    assert!(one["now"]["ports"][0]["p"].as_f64().unwrap() > 0.8, "{one}");
}

#[test]
fn models_of_destination_are_scored_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let reports = ferries(folder.path(), true);
    let list = format!("ports.file={}", ports(folder.path()));
    let ground = [
        reports.as_str(),
        "--set",
        &list,
        "--set",
        "destination.cell=0.25",
        "--set",
        "voyages.refine=false",
    ];
    let more = [
        "--want",
        "destination-scores",
        "--set",
        "destination.size=tiny",
        "--set",
        "destination.epochs=2",
        "--set",
        "destination.models=most-frequent,nearest-on-course,route-graph,way-gd",
    ];
    let scores = &run(&[&ground[..], &more].concat())["destination-scores"];
    for (rows, split) in [("rows", "voyage"), ("rows_by_vessel", "vessel")] {
        let rows = scores[rows].as_array().unwrap();
        let names: Vec<&str> = rows.iter().map(|row| row["model"].as_str().unwrap()).collect();
        assert_eq!(names, ["most-frequent", "nearest-on-course", "route-graph", "way-gd"]);
        for row in rows {
            assert_eq!(row["split"], split);
            for member in ["accuracy", "q1", "q2", "q3", "q4", "macro_f1", "top3"] {
                let share = row[member].as_f64().unwrap_or_else(|| panic!("{member}: {row}"));
                assert!((0.0..=1.0).contains(&share), "{member}: {row}");
            }
        }
        // From either port the ferry goes to the other.
        assert_eq!(rows[0]["accuracy"], 1.0);
        assert_eq!(rows[2]["accuracy"], 1.0);
        assert!(rows[3]["parameters"].as_u64().unwrap() > 1000);
        assert!(rows[3]["seconds_per_epoch"].as_f64().unwrap() > 0.0);
    }
    let said = fairway(&["run", &reports, "--set", "destination.models=wey"]);
    assert_eq!(said.status.code(), Some(2));
    assert!(crate::ground::said(&said).contains("did you mean way?"));
}

#[test]
fn a_route_graph_is_kept_and_refuses_other_ports() {
    let folder = tempfile::tempdir().unwrap();
    let reports = ferries(folder.path(), true);
    let list = format!("ports.file={}", ports(folder.path()));
    let out = folder.path().join("out");
    let ground = ["--set", "destination.cell=0.25", "--set", "voyages.refine=false"];
    run(&[
        &[reports.as_str(), "--set", &list, "--want", "route-graph", "--out", &text(&out)],
        &ground[..],
    ]
    .concat());
    let model = format!("destination.routes={}", text(&out.join("route-graph.model")));
    let used = run(&[
        &[reports.as_str(), "--set", &list, "--set", &model, "--want", "forecasts"],
        &ground[..],
    ]
    .concat());
    assert!(used["route-graph"]["file"].as_str().unwrap().ends_with("route-graph.model"));
    assert_eq!(n(&used["forecasts"]["ships"]), 6);
    let told =
        fault(&[&[reports.as_str(), "--set", &model, "--want", "forecasts"], &ground[..]].concat());
    assert!(told.contains("another list of ports, of 3 ports"), "{told}");
}

#[test]
fn a_network_is_trained_kept_asked_and_refuses_other_ports() {
    let folder = tempfile::tempdir().unwrap();
    let reports = ferries(folder.path(), true);
    let list = format!("ports.file={}", ports(folder.path()));
    let out = text(&folder.path().join("out"));
    let ground = [
        reports.as_str(),
        "--set",
        "destination.cell=0.25",
        "--set",
        "voyages.refine=false",
        "--set",
        "destination.by=network",
        "--want",
        "forecast",
    ];
    let more = [
        "--set",
        &list,
        "--set",
        "destination.size=tiny",
        "--set",
        "destination.epochs=30",
        "--want",
        "destination-fit",
        "--out",
        &out,
    ];
    let trained = run(&[&ground[..], &more].concat());
    assert!(n(&trained["destination-fit"]["parameters"]) > 1000);
    let rows = trained["forecast"]["rows"].as_array().unwrap();
    assert_eq!((rows.len(), &trained["forecast"]["by"]), (6, &"way".into()));
    assert_eq!(rows[0]["ports"][0]["locode"], "DEMIT", "{}", rows[0]);
    let model = format!("destination.model={}", text(&folder.path().join("out/destination-fit")));
    let read = run(&[&ground[..], &["--set", &list, "--set", &model]].concat());
    assert_eq!(read["forecast"]["rows"], trained["forecast"]["rows"]);
    let told = fault(&[&ground[..], &["--set", &model]].concat());
    assert!(told.contains("destination-fit") && told.contains("port"), "{told}");
}

#[test]
fn without_a_voyage_the_course_tells_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let silent = ferries(folder.path(), false);
    let list = format!("ports.file={}", ports(folder.path()));
    let figures = run(&[&silent, "--set", &list, "--want", "forecast"]);
    assert_eq!(n(&figures["voyages"]["voyages"]), 0);
    let rows = figures["forecast"]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 6);
    assert_eq!(figures["forecast"]["by"], "course and distance: no voyage is known");
    assert_eq!(rows[0]["ports"][0]["locode"], "DEMIT", "six tenths of the way there: {}", rows[0]);
}

#[test]
fn what_keeps_voyages_from_being_found_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (reports, silent) = (ferries(folder.path(), true), ferries(folder.path(), false));
    let list = format!("ports.file={}", ports(folder.path()));
    // No such list; a list without positions.
    let told = fault(&[&reports, "--want", "voyages", "--set", "ports.file=/none/ports.csv"]);
    assert!(told.contains("/none/ports.csv") && told.contains("cannot be read"), "{told}");
    let nowhere = folder.path().join("nowhere.csv");
    fs::write(&nowhere, "name,locode,lat,lon\nAnfang,DEANF,,\nMittehaven,DEMIT,,\n").unwrap();
    let told =
        fault(&[&reports, "--want", "voyages", "--set", &format!("ports.file={}", text(&nowhere))]);
    assert!(told.contains("no port in 2 rows") && told.contains("no position"), "{told}");
    let unnamed = folder.path().join("unnamed.csv");
    fs::write(&unnamed, "a,b\n1,2\n").unwrap();
    let told = fault(&["--want", "ports", "--set", &format!("ports.file={}", text(&unnamed))]);
    assert!(told.contains("no column"), "{told}");
    // No static reports: no voyage is valid, unless none needs a text.
    let ground = ["--set", &list, "--set", "voyages.refine=false", "--want"];
    let figures = run(&[&[silent.as_str()][..], &ground, &["voyages"]].concat());
    let voyages = &figures["voyages"];
    assert_eq!(
        (n(&voyages["voyages"]), n(&voyages["rejected"]["no_destination_reported"])),
        (0, 60)
    );
    assert!(voyages["notes"][0].as_str().unwrap().contains("require_reported=false"), "{voyages}");
    let told = fault(&[&[silent.as_str()][..], &ground, &["destination-scores"]].concat());
    assert!(
        told.contains("0 valid voyages are too few") && told.contains("60 no destination"),
        "{told}"
    );
    let loose = ["--set", "voyages.require_reported=false"];
    let figures = run(&[&[silent.as_str()][..], &ground, &["voyages"], &loose].concat());
    assert_eq!(n(&figures["voyages"]["voyages"]), 60);
    // A ship that is not there, and a time that is none.
    let told = fault(&[
        &reports,
        "--set",
        &list,
        "--want",
        "forecast",
        "--set",
        "forecast.mmsi=1",
        "--set",
        "voyages.refine=false",
    ]);
    assert!(told.contains("there is no ship 1"), "{told}");
    let told = fairway(&["run", &reports, "--set", "forecast.at=noon"]);
    assert_eq!(told.status.code(), Some(2), "{}", said(&told));
}

#[test]
fn the_bundled_ports_are_listed_without_any_input() {
    let folder = tempfile::tempdir().unwrap();
    let out = text(folder.path());
    let figures = run(&["--want", "ports", "--out", &out]);
    assert!(n(&figures["ports"]["ports"]) > 1500 && figures.get("ingest").is_none());
    // What is written is read again.
    let list = format!("ports.file={}", text(&folder.path().join("ports.csv")));
    let again = run(&["--want", "ports", "--set", &list]);
    assert_eq!(n(&again["ports"]["ports"]), n(&figures["ports"]["ports"]));
    assert_eq!(n(&again["ports"]["with_locode"]), n(&figures["ports"]["with_locode"]));
}

/// Voyages of 100 nautical miles east at their own speeds, a report each ten minutes.
pub fn sailings(folder: &Path, name: &str, trips: std::ops::Range<u32>) -> String {
    let mut rows =
        "TripID,time,Latitude,Longitude,SOG,COG,Length,RemainingTravelTimeInMinutes\n".to_owned();
    for trip in trips {
        let kn = 8.0 + f64::from(trip * 7 % 13);
        let total_min = 60.0 * 100.0 / kn;
        for step in 0..=(total_min / 10.0) as i32 {
            let min = 10.0 * f64::from(step);
            let lon = 10.0 + 2.83 * min / total_min;
            let (hour, minute) = (step / 6, step % 6 * 10);
            writeln!(
                rows,
                "{trip},2016-01-{:02} {hour:02}:{minute:02}:00,54.0,{lon:.4},{kn},90,{},{:.1}",
                1 + trip % 28,
                90.0 + 5.0 * kn,
                total_min - min
            )
            .unwrap();
        }
    }
    let path = folder.join(name);
    fs::write(&path, rows).unwrap();
    text(&path)
}

#[test]
fn arrivals_are_scored_on_files_without_any_input() {
    let folder = tempfile::tempdir().unwrap();
    let train = format!("eta.train={}", sailings(folder.path(), "train.csv", 0..40));
    let test = format!("eta.test={}", sailings(folder.path(), "test.csv", 100..110));
    let small = ["--set", "eta.trees=20", "--set", "eta.rows_per_tree=2000"];
    let out = text(&folder.path().join("out"));
    let wants = ["--want", "eta-scores", "--want", "eta-fit", "--out", &out];
    let figures = run(&[&wants[..], &["--set", &train, "--set", &test], &small[..]].concat());
    assert!(figures.get("ingest").is_none());
    let scores = &figures["eta-scores"];
    let mae_min = scores["mae_min"].as_f64().unwrap();
    assert!(mae_min < 15.0 && scores["rmse_min"].as_f64().unwrap() >= mae_min, "{scores}");
    assert_eq!((n(&scores["trips"]), &scores["scored_by"]), (10, &"other files".into()));
    let quarters = scores["quarters"].as_array().unwrap();
    let sum: u64 = quarters.iter().map(|quarter| n(&quarter["n"])).sum();
    assert_eq!((quarters.len(), sum), (4, n(&scores["n"])));
    assert!(
        scores["naive_mae_min"].as_f64().unwrap() < 20.0,
        "steady ships need no forest: {scores}"
    );

    let run_file = fs::read_to_string(folder.path().join("out/run.json")).unwrap();
    let run_file: Value = serde_json::from_str(&run_file).unwrap();
    let named: Vec<&str> = run_file["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|file| file["named_by"].as_str())
        .collect();
    assert_eq!(named, ["eta.train", "eta.test"]);

    // The estimator comes back from its file and says the same.
    let model = format!("eta.model={}", text(&folder.path().join("out/eta-fit.model")));
    let again = run(&["--want", "eta-scores", "--set", &model, "--set", &test]);
    assert_eq!(again["eta-scores"]["mae_min"], scores["mae_min"]);
    let told = fault(&["--want", "eta-scores", "--set", &model]);
    assert!(told.contains("eta.test"), "{told}");

    // By parts: twins apart, and together beside.
    let parts = run(&[&["--want", "eta-scores", "--set", &train], &small[..]].concat());
    let parts = &parts["eta-scores"];
    assert_eq!(parts["scored_by"], "5 parts");
    assert!(parts["twins_together"]["mae_min"].as_f64().unwrap() > 0.0, "{parts}");
    let told = fault(&["--want", "eta-scores"]);
    assert!(told.contains("eta.train"), "{told}");
    let told = fault(&["--want", "eta-scores", "--set", "eta.train=/none.csv"]);
    assert!(told.contains("/none.csv"), "{told}");
}

#[test]
fn made_world_voyages_are_written_read_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = text(&folder.path().join("world.parquet"));
    let made = fairway(&[
        "synth",
        "--kind",
        "world",
        "--voyages",
        "40",
        "--seed",
        "3",
        "--out",
        &path,
        "--set",
        "world.ports=8",
    ]);
    assert!(made.status.success(), "{}", said(&made));
    let truth: Value =
        serde_json::from_str(&fs::read_to_string(format!("{path}.truth.json")).unwrap()).unwrap();
    let voyages = truth["voyages"].as_array().unwrap();
    assert!(truth["made"] == true && voyages.len() == 40, "{} voyages", voyages.len());
    let figures = run(&[&path, "--want", "voyages"]);
    let (found, typed) = (&figures["voyages"], &figures["destinations"]);
    assert!(n(&typed["typed"]) > 40, "each voyage's text is written with its time: {typed}");
    assert_eq!(found["made"], true);
    assert!(found["notes"][0].as_str().unwrap().contains("made voyages"), "{found}");
    let refused: u64 = found["rejected"].as_object().unwrap().values().map(n).sum();
    println!("{found}");
    assert!(n(&found["voyages"]) + refused >= 30, "{found}");
    let wrong = fairway(&["synth", "--voyages", "5", "--out", &path]);
    assert_eq!(wrong.status.code(), Some(2));
}
