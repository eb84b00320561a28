//! The command line as a user types it.

use std::fs;
use std::path::{Path, PathBuf};

use fairway::flow::project;
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::ground::{fairway, json, said};

/// A folder with a made sea in it.
fn sea(rows: usize) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = text_of(&folder.path().join("sea.csv"));
    let output = fairway(&["synth", "--out", &path, "--rows", &rows.to_string(), "--seed", "5"]);
    assert!(output.status.success(), "{}", said(&output));
    (folder, path)
}

fn text_of(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}

/// The figures of a run without what may differ between two equal ones.
fn lasting(figures: &Value) -> Value {
    let mut figures = figures.clone();
    figures
        .as_object_mut()
        .unwrap()
        .values_mut()
        .for_each(|stage| drop(stage.as_object_mut().unwrap().remove("seconds")));
    figures
}

#[test]
fn a_run_prints_one_object_with_the_members_that_scripts_rely_on() {
    let (_folder, path) = sea(30_000);
    let output = fairway(&["run", &path, "--want", "trips", "--json"]);
    let figures = json(&output);
    assert_eq!(said(&output), "", "without a terminal a good run says nothing else");
    let stages: Vec<&String> = figures.as_object().unwrap().keys().collect();
    assert_eq!(stages, ["ingest", "clean", "trips"], "in the order of the flow");
    for stage in ["ingest", "clean", "trips"] {
        assert!(figures[stage]["seconds"].as_f64().unwrap() >= 0.0);
        assert_eq!(figures[stage]["key"].as_str().unwrap().len(), 32);
    }
    let (ingest, clean, trips) = (&figures["ingest"], &figures["clean"], &figures["trips"]);
    let n = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{value} is a count"));
    let sum = |value: &Value| value.as_object().unwrap().values().map(n).sum::<u64>();
    assert_eq!((n(&ingest["rows_read"]), n(&ingest["messages"])), (30_000, 0));
    assert_eq!(n(&ingest["rows_kept"]) + sum(&ingest["rows_refused"]), 30_000);
    assert!(n(&ingest["rows_refused"]["position_not_available"]) > 0 && n(&ingest["vessels"]) > 3);
    assert!(ingest["t_min"].as_str().unwrap() < ingest["t_max"].as_str().unwrap());
    let bbox: Vec<f64> =
        ingest["bbox"].as_array().unwrap().iter().map(|edge| edge.as_f64().unwrap()).collect();
    assert!(bbox.len() == 4 && bbox[0] < bbox[2] && bbox[1] < bbox[3], "{bbox:?}");
    assert_eq!(n(&clean["reports_in"]), n(&ingest["rows_kept"]));
    assert_eq!(n(&clean["reports_kept"]) + sum(&clean["removed"]), n(&clean["reports_in"]));
    assert!(n(&trips["trips"]) > 10 && n(&trips["reports"]) <= n(&clean["reports_kept"]));
}

#[test]
fn only_wanted_stages_and_those_they_need_appear() {
    let (_folder, path) = sea(2000);
    let stages = |arguments: &[&str]| {
        let figures = json(&fairway(&[&["run", &path, "--json"], arguments].concat()));
        figures.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(stages(&["--want", "ingest"]), ["ingest"]);
    assert_eq!(stages(&["--want", "clean", "--want", "ingest"]), ["ingest", "clean"]);
    assert_eq!(stages(&[]), ["ingest", "clean", "trips"]);
}

#[test]
fn wrong_arguments_end_with_two_and_name_the_nearest_or_the_range() {
    let (folder, path) = sea(100);
    let project = text_of(&folder.path().join("a.fairway"));
    fs::write(&project, json!({"format": 1, "session": {}}).to_string()).unwrap();
    for (arguments, parts) in [
        (
            vec!["run", &path, "--set", "trips.gapp=1"],
            &["there is no parameter trips.gapp", "did you mean trips.gap?"][..],
        ),
        (vec!["run", &path, "--set", "tripz.gap=1"], &["did you mean trips.gap?"]),
        (
            vec!["run", &path, "--set", "trips.gap=-5"],
            &["trips.gap is -5 min; it must lie between 0.1 and 100000 min"],
        ),
        (vec!["run", &path, "--set", "trips.gap=NaN"], &["it must lie between"]),
        (
            vec!["run", &path, "--set", "trips.gap=long"],
            &["trips.gap is \"long\"; it must be a number"],
        ),
        (
            vec!["run", &path, "--set", "clean.speed_limit=mine"],
            &["it must be one of by type, fixed"],
        ),
        (vec!["run", &path, "--set", "trips.gap"], &["stage.field=value is expected"]),
        (
            vec!["run", &path, "--want", "tripz"],
            &["there is no stage tripz; did you mean trips? (ingest, clean, trips"],
        ),
        (vec!["run"], &["nothing to read"]),
        (vec!["run", &project], &["nothing to read"]),
        (vec!["run", &project, &project], &["one project at a time"]),
        (vec!["run", "--jsn"], &["--json"]),
        (vec!["--demo", "mars"], &["mars", "sea, world"]),
        (vec!["--demo", "world", &path], &["--demo", "cannot be used with"]),
        (vec!["synth"], &["--out"]),
        (
            vec!["synth", "--out", "x", "--format", "xlsx"],
            &["there is no format xlsx", "marinecadastre, dma, nmea, parquet"],
        ),
        (
            vec!["synth", "--out", "x", "--rows", "0"],
            &["synth.rows is 0; it must lie between 1 and"],
        ),
        (vec!["synth", "--out", "x", "--set", "synth.portz=4"], &["did you mean synth.ports?"]),
        (vec!["synth", "--out", "x", "--set", "synth.ports=3"], &["3 ports make 3 pairs"]),
        (vec!["describe", "tripz"], &["did you mean trips?"]),
        (vec!["bench", "lode"], &["there is no benchmark lode; did you mean load?"]),
    ] {
        let output = fairway(&arguments);
        let told = said(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        for part in parts {
            assert!(told.contains(part), "{arguments:?}: {told}");
        }
    }
    assert!(!Path::new("x").exists());
}

#[test]
fn two_runs_give_the_same_keys_and_figures() {
    let (_folder, path) = sea(30_000);
    let run = |arguments: &[&str]| {
        lasting(&json(&fairway(&[&["run", &path, "--json"], arguments].concat())))
    };
    let first = run(&[]);
    assert_eq!(first, run(&[]));
    let moved = run(&["--set", "trips.gap=2"]);
    assert_eq!((&first["ingest"], &first["clean"]), (&moved["ingest"], &moved["clean"]));
    assert_ne!(first["trips"]["key"], moved["trips"]["key"]);
    assert_ne!(first["trips"]["cuts"], moved["trips"]["cuts"]);
}

#[test]
fn out_holds_the_results_and_all_that_is_needed_to_repeat_them() {
    let (folder, path) = sea(30_000);
    let out = folder.path().join("out/deep");
    let output =
        fairway(&["run", &path, "--set", "trips.gap=20.5", "--json", "--out", &text_of(&out)]);
    let figures = json(&output);
    let mut names: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["run.json", "trips.csv", "trips.geojson", "trips.kml", "trips.parquet"]);
    assert!(said(&output).contains("wrote ") && said(&output).contains("trips.geojson"));

    let n_trips = figures["trips"]["trips"].as_u64().unwrap();
    let geojson: Value =
        serde_json::from_str(&fs::read_to_string(out.join("trips.geojson")).unwrap()).unwrap();
    let features = geojson["features"].as_array().unwrap();
    assert_eq!(features.len() as u64, n_trips);
    let times = features[0]["properties"]["times"].as_array().unwrap().len();
    assert_eq!(features[0]["geometry"]["coordinates"].as_array().unwrap().len(), times);
    let table = fs::read_to_string(out.join("trips.csv")).unwrap();
    assert_eq!(table.lines().count() as u64, n_trips + 1);
    assert!(table.starts_with("trip_id,mmsi,"));
    let again = json(&fairway(&[
        "run",
        &text_of(&out.join("trips.parquet")),
        "--want",
        "ingest",
        "--json",
    ]));
    assert_eq!(again["ingest"]["rows_kept"], figures["trips"]["reports"]);
    let none = folder.path().join("none");
    json(&fairway(&[
        "run",
        &path,
        "--set",
        "trips.min_length=1000000",
        "--json",
        "--out",
        &text_of(&none),
    ]));
    let empty = fairway(&["run", &text_of(&none.join("trips.parquet"))]);
    assert!(said(&empty).contains("trips.parquet: it holds no reports"), "{}", said(&empty));

    let run: Value =
        serde_json::from_str(&fs::read_to_string(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["inputs"][0]["path"], path.as_str());
    assert_eq!(run["inputs"][0]["bytes"], fs::metadata(&path).unwrap().len());
    assert_eq!(run["inputs"][0]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!((&run["parameters"]["trips"]["gap"], &run["results"]), (&json!(20.5), &figures));
    // The session in it is a project's.
    let project = folder.path().join("again.fairway");
    fs::write(&project, json!({"format": project::FORMAT, "session": run["session"]}).to_string())
        .unwrap();
    let repeated = json(&fairway(&["run", &text_of(&project), "--json"]));
    assert_eq!(lasting(&repeated), lasting(&figures));
}

#[test]
fn every_stage_exports_under_its_own_name() {
    let (folder, path) = sea(3000);
    let out = folder.path().join("out");
    let run = fairway(&[
        "run",
        &path,
        "--want",
        "ingest",
        "--want",
        "clean",
        "--out",
        &text_of(&out),
        "--json",
    ]);
    json(&run);
    let mut names: Vec<String> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["clean.parquet", "clean.removed.csv", "ingest.parquet", "ingest.refused.csv", "run.json"]
    );
    let refused = fs::read_to_string(out.join("ingest.refused.csv")).unwrap();
    assert!(
        refused.starts_with("file,reason,count,line,text\n") && refused.contains("not available")
    );
}

#[test]
fn a_project_is_an_input_and_finds_the_files_beside_it() {
    let (folder, path) = sea(5000);
    let project = folder.path().join("voyage.fairway");
    let files = json!([{"path": "sea.csv", "bytes": 0, "modified_ms": 0}]);
    let session = json!({"sources": {"files": files}, "trips": {"gap_min": 12.0}});
    fs::write(&project, json!({"format": 1, "session": session}).to_string()).unwrap();
    let of_project = lasting(&json(&fairway(&["run", &text_of(&project), "--json"])));
    let by_hand = lasting(&json(&fairway(&["run", &path, "--set", "trips.gap=12", "--json"])));
    assert_eq!(of_project, by_hand);
    let more = json(&fairway(&["run", &text_of(&project), "--set", "trips.gap=2", "--json"]));
    assert_ne!(more["trips"]["key"], by_hand["trips"]["key"]);
}

#[test]
fn without_json_the_figures_are_for_people() {
    let (_folder, path) = sea(12_000);
    let output = fairway(&["run", &path]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "Reading (ingest)",
        "Cleaning (clean)",
        "Trips (trips)",
        "rows_read          12\u{2009}000",
        "gap 0, stop ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains('{') && !text.contains(" -0."), "{text}");
}

#[test]
fn synth_writes_exactly_as_many_rows_in_every_form_and_the_truth_beside() {
    let folder = tempfile::tempdir().unwrap();
    for (name, format) in [
        ("a.csv", None),
        ("b.csv", Some("dma")),
        ("c.nmea", None),
        ("d.parquet", None),
        ("e.csv.zst", None),
        ("f.nmea.zst", None),
        ("g.txt", Some("marinecadastre")),
    ] {
        let path = text_of(&folder.path().join(name));
        let mut arguments = vec!["synth", "--out", &path, "--rows", "1234", "--seed", "9"];
        arguments.extend(format.iter().flat_map(|format| ["--format", format]));
        let output = fairway(&arguments);
        assert!(output.status.success() && output.stdout.is_empty(), "{name}: {}", said(&output));
        let figures = json(&fairway(&["run", &path, "--want", "ingest", "--json"]));
        assert_eq!(figures["ingest"]["rows_read"], 1234, "{name}");
        let truth: Value =
            serde_json::from_str(&fs::read_to_string(format!("{path}.truth.json")).unwrap())
                .unwrap();
        assert_eq!(truth["rows"], 1234);
        assert!(!truth["routes"].as_array().unwrap().is_empty() && truth["planted"].is_object());
    }
    let twins: Vec<Vec<u8>> = [("9", "twin.csv"), ("8", "other.csv")]
        .map(|(seed, name)| {
            let path = folder.path().join(name);
            fairway(&["synth", "--out", &text_of(&path), "--rows", "1234", "--seed", seed]);
            fs::read(path).unwrap()
        })
        .to_vec();
    let first = fs::read(folder.path().join("a.csv")).unwrap();
    assert!(twins[0] == first && twins[1] != first, "one seed, one sea");
    assert!(
        fairway(&["synth", "--out", &text_of(folder.path()), "--rows", "10", "--seed", "77"])
            .status
            .success()
    );
    assert!(folder.path().join("sea_77.csv").exists());
}

#[test]
fn describe_lists_every_parameter_that_set_takes() {
    let output = fairway(&["describe", "--json"]);
    let stages: Map<String, Value> = json(&output).as_object().unwrap().clone();
    let text = String::from_utf8(fairway(&["describe"]).stdout).unwrap();
    assert_eq!(
        stages.keys().collect::<Vec<_>>(),
        [
            "sources",
            "synth",
            "world",
            "clean",
            "trips",
            "filter",
            "outliers",
            "compress",
            "distances",
            "clusters",
            "deep",
            "sweep",
            "routes",
            "distance-study",
            "predict",
            "path",
            "associate",
            "watched",
            "gates",
            "density",
            "encounters",
            "ahead",
            "areas",
            "oddities",
            "ports",
            "voyages",
            "destination",
            "forecast",
            "eta",
            "map"
        ]
    );
    for (stage, entries) in &stages {
        for entry in entries.as_array().unwrap() {
            let name = entry["name"].as_str().unwrap();
            assert!(text.contains(&format!("  {stage}.{name} = ")), "{stage}.{name}");
            assert!(
                !entry["range"].as_str().unwrap().is_empty()
                    && entry["help"].as_str().unwrap().len() > 8,
                "{entry}"
            );
        }
    }
    let ways = String::from_utf8(fairway(&["describe", "way", "--ports", "3243"]).stdout).unwrap();
    let first: Vec<&str> = ways.lines().next().unwrap().split(' ').collect();
    assert!(ways.lines().count() == 9 && first[..2] == ["way", "base:"], "{ways}");
    let parameters: f64 = first[2].parse().unwrap();
    assert!((parameters / 2.04e6 - 1.0).abs() < 0.03, "the paper's size: {ways}");
    assert_eq!(fairway(&["describe", "way", "--ports", "0"]).status.code(), Some(2));
    let one = String::from_utf8(fairway(&["describe", "trips"]).stdout).unwrap();
    assert!(
        one.contains("trips.gap = 30.0 min   (0.1 to 100000)") && !one.contains("clean."),
        "{one}"
    );
}

#[test]
fn bench_measures_what_is_named_and_cleans_up() {
    let folder = tempfile::tempdir().unwrap();
    let bench = |arguments: &[&str]| {
        let program = env!("CARGO_BIN_EXE_fairway");
        std::process::Command::new(program)
            .arg("bench")
            .args(arguments)
            .env("TMPDIR", folder.path())
            .output()
            .unwrap()
    };
    let figures = json(&bench(&["--json", "--rows", "20000"]));
    assert_eq!(
        figures.as_object().unwrap().keys().collect::<Vec<_>>(),
        [
            "load",
            "nmea",
            "parquet",
            "synth",
            "trips",
            "filter",
            "play",
            "frame",
            "train-frame",
            "hover",
            "dp",
            "dp-move",
            "sspd",
            "msspd",
            "hausdorff",
            "frechet",
            "dtw",
            "sspd-sphere",
            "hausdorff-sphere",
            "dtw-sphere",
            "eps",
            "weights",
            "sweep",
            "spectral",
            "ensemble",
            "autoencoder",
            "cbtr",
            "flow",
            "encounters",
            "density",
            "oddities",
            "way"
        ]
    );
    let of_rows = [
        "load",
        "nmea",
        "parquet",
        "synth",
        "trips",
        "filter",
        "play",
        "frame",
        "train-frame",
        "hover",
    ];
    for (name, figures) in figures.as_object().unwrap() {
        let of = ["rows_per_s", "ms", "pairs_per_s_per_core", "samples_per_s"];
        let speed = of.iter().find_map(|speed| figures.get(speed)).and_then(Value::as_f64);
        assert!(speed.unwrap() > 0.0, "{name}");
        let least = if of_rows.contains(&name.as_str()) { 19_000 } else { 50 };
        assert!(
            figures["cores"].as_u64().unwrap() > 0 && figures["n"].as_u64().unwrap() >= least,
            "{name}: {figures}"
        );
    }
    let text = String::from_utf8(bench(&["synth", "--rows", "2000"]).stdout).unwrap();
    assert!(text.starts_with("synth ") && text.lines().count() == 1, "{text}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A pipe with a name, that a program may open as if it were a file.
#[cfg(unix)]
fn pipe(folder: &Path) -> PathBuf {
    let path = folder.join("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_a_file() {
    let (folder, path) = sea(5000);
    let pipe = pipe(folder.path());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs::write(pipe, fs::read(path).unwrap())
    });
    let figures = json(&fairway(&["run", &text_of(&pipe), "--want", "ingest", "--json"]));
    assert_eq!(figures["ingest"]["rows_read"], 5000);
    writer.join().unwrap().unwrap();
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_run_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, out) = (pipe(folder.path()), folder.path().join("out"));
    let program = env!("CARGO_BIN_EXE_fairway");
    let child = std::process::Command::new(program)
        .args(["run", &text_of(&pipe), "--out", &text_of(&out)])
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // Opens only once the program has opened the other end; it then waits for rows that never come.
    let _open = fs::File::options().write(true).open(&pipe).unwrap();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(said(&output).contains("cancelled"), "{}", said(&output));
    assert!(!out.exists());
}
