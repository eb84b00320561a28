//! From traffic to predicted paths without a window: what scripts get, and whether it is true.

use std::fs;
use std::path::Path;

use fairway::flow::tray::{Shelf as _, State};
use fairway::flow::{Desk, Jobs, Session};
use serde_json::Value;

use crate::ground::{data, fairway, json, said};

/// A made sea small enough to fit every method in a moment.
fn sea(folder: &Path) -> String {
    let out = folder.to_str().unwrap();
    let made = fairway(&["synth", "--out", out, "--rows", "60000", "--seed", "5"]);
    assert!(made.status.success(), "{}", said(&made));
    let file = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    file.filter(|path| path.extension().is_some_and(|ext| ext == "csv"))
        .map(|path| path.to_str().unwrap().to_owned())
        .next()
        .unwrap()
}

fn run(arguments: &[&str]) -> Value {
    json(&fairway(&[&["run"], arguments, &["--json"]].concat()))
}

#[test]
fn scores_of_a_made_sea_have_every_method_and_the_ensemble_leads() {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (sea(folder.path()), folder.path().join("out"));
    let fast = ["--set", "predict.folds=3", "--set", "predict.search=false"];
    let brief = ["--set", "predict.gru_networks=1", "--set", "predict.gru_epochs=2"];
    let fast = [fast, brief].concat();
    let want = ["--want", "predict-scores", "--out", out.to_str().unwrap()];
    let told = run(&[&[file.as_str()][..], &want, &fast].concat());
    let scores = &told["predict-scores"];
    let rows = scores["rows"].as_array().unwrap();
    let methods = ["linear", "sog-cog", "elm", "ls-svm", "gmm", "gpr", "ensemble", "mlp"];
    for minutes in [15.0, 30.0, 45.0, 60.0] {
        let of = |method: &str| {
            let mut found = rows.iter().filter(|row| {
                row["method"] == method && row["horizon_min"].as_f64() == Some(minutes)
            });
            found.next().unwrap()["mean_nmi"].as_f64().unwrap()
        };
        let best = methods.iter().map(|method| of(method)).fold(f64::INFINITY, f64::min);
        assert_eq!(of("ensemble"), best, "at {minutes} min");
        assert!(of("ensemble") < 0.9 * of("sog-cog"), "at {minutes} min");
    }
    for row in rows {
        for member in ["n", "mean_nmi", "sd_nmi", "median_nmi", "p90_nmi", "fit_s", "predict_us"] {
            assert!(row[member].as_f64().unwrap() >= 0.0, "{member}: {row}");
        }
    }
    let held = scores["coverage"]["ensemble"]["30"]["90"].as_f64().unwrap();
    assert!((held - 0.9).abs() < 0.04, "{held}");
    let held = scores["coverage"]["gru"]["30"]["90"].as_f64().unwrap();
    assert!((held - 0.9).abs() < 0.1, "by the network itself: {held}");
    assert_eq!(rows.len(), 4 * (methods.len() + 1), "and the recurrent networks");
    let text = fs::read_to_string(out.join("predict-scores.csv")).unwrap();
    assert_eq!(text.lines().count(), 1 + rows.len());
    assert!(!text.contains("NaN") && !text.contains("inf"));
    let worst = fs::read_to_string(out.join("predict-scores.worst.csv")).unwrap();
    assert!(worst.lines().count() > 100);
}

#[test]
fn a_fitted_model_is_written_loaded_and_tells_the_ends_of_trips_and_one_path() {
    written_and_loaded("sog-cog ensemble", &[]);
}

#[test]
fn trained_networks_are_written_loaded_and_tell_the_same() {
    let brief = ["--set", "predict.gru_networks=2", "--set", "predict.gru_epochs=2"];
    written_and_loaded("mlp gru", &brief);
}

/// Fits two methods, saves them, and asks both the fitted and the loaded ones.
fn written_and_loaded(methods: &str, more: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let (file, out) = (sea(folder.path()), folder.path().join("out"));
    let out = out.to_str().unwrap();
    let methods = format!("predict.methods={methods}");
    let few = ["--set", methods.as_str(), "--set", "predict.search=false"];
    let few = [&few[..], more].concat();
    let told = run(&[&[file.as_str(), "--want", "predict-fit", "--out", out][..], &few].concat());
    assert_eq!(told["predict-fit"]["models"].as_array().unwrap().len(), 2);
    let model = format!("predict.model={out}/predict-fit.model");

    let fitted = run(&[&[file.as_str(), "--want", "predict", "--out", out][..], &few].concat());
    let first = fs::read_to_string(format!("{out}/predict.csv")).unwrap();
    let loaded = run(&[file.as_str(), "--want", "predict", "--out", out, "--set", model.as_str()]);
    assert_eq!(first, fs::read_to_string(format!("{out}/predict.csv")).unwrap(), "to the bit");
    assert_eq!(fitted["predict"]["predictions"], loaded["predict"]["predictions"]);
    assert!(first.lines().count() > 100 && !first.contains("NaN"));
    let shapes: Value =
        serde_json::from_str(&fs::read_to_string(format!("{out}/predict.geojson")).unwrap())
            .unwrap();
    assert!(shapes["features"].as_array().unwrap().len() > 100);

    // One path, from the middle of a trip.
    let row = first.lines().nth(1).unwrap();
    let mmsi = format!("path.mmsi={}", row.split(',').nth(1).unwrap());
    let path = [file.as_str(), "--want", "path", "--out", out, "--set"];
    let path = run(&[&path[..], &[model.as_str(), "--set", mmsi.as_str()]].concat());
    let paths = path["path"]["paths"].as_array().unwrap();
    assert_eq!(paths.len(), 8, "two methods at four times ahead");
    assert!(paths.iter().all(|path| path["half_axes_90_m"][0].as_f64().unwrap() > 0.0));
    assert!(Path::new(&format!("{out}/path.geojson")).exists());
}

#[test]
fn what_cannot_be_predicted_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let file = sea(folder.path());
    let fails = |arguments: &[&str], words: &str| {
        let all = [&["run", file.as_str()], arguments].concat();
        let output = fairway(&all);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said(&output).contains(words), "{arguments:?}: {}", said(&output));
    };
    let fit = ["--want", "predict-fit", "--set"];
    let with = |setting: &'static str| [fit[0], fit[1], fit[2], setting];
    fails(&with("predict.methods=linear warp"), "no warp");
    fails(&with("predict.horizons=soon"), "\"soon\"");
    fails(&with("predict.horizons=1440"), "or the horizons");
    fails(&with("predict.model=/nowhere/a.model"), "/nowhere/a.model");
    let damaged = folder.path().join("damaged.model");
    fs::write(&damaged, b"not a model").unwrap();
    let setting = format!("predict.model={}", damaged.display());
    fails(&["--want", "predict", "--set", &setting], "no model, or damaged");
    let few = ["--set", "predict.methods=sog-cog", "--set", "predict.search=false"];
    let path =
        |setting: &'static str| [&["--want", "path"][..], &few, &["--set", setting]].concat();
    fails(&path("path.mmsi=0"), "no ship is chosen");
    fails(&path("path.mmsi=123456789"), "no trip");
    fails(&path("path.time=noon"), "no time like");
    // Trips of two ships at most, and none.
    let none = ["--want", "predict-scores", "--set", "filter.search=NOBODY"];
    fails(&none, "no trip has a window");
}

#[test]
fn scores_show_rows_while_they_are_taken_and_end_when_cancelled() {
    let mut session = Session::default();
    session.sources.make_demo();
    session.set("synth.rows=60000").unwrap();
    session.set("predict.search=false").unwrap();
    let (sender, woken) = std::sync::mpsc::channel();
    let wake = std::sync::Arc::new(move || {
        sender.send(()).ok();
    });
    let (jobs, mut desk) = (Jobs::Threads { wake }, Desk::default());
    let wanted = desk.wanted(&["predict-scores"], &session).unwrap();
    let start = std::time::Instant::now();
    let mut is_asked = false;
    let rows = loop {
        desk.update(&session, &jobs, &wanted);
        if !is_asked && desk.windows.state() == State::Fresh {
            assert_eq!(desk.scores.state(), State::Waiting, "nobody has asked yet");
            desk.scores.request();
            is_asked = true;
        }
        if let Some(so_far) = desk.scores.so_far() {
            break so_far.scores.rows.len();
        }
        assert!(desk.scores.faults().is_empty(), "{:?}", desk.scores.faults());
        assert!(start.elapsed().as_secs() < 300, "scores never begin");
        woken.recv_timeout(std::time::Duration::from_millis(20)).ok();
    };
    assert!((4..28).contains(&rows), "{rows} rows so far");
    desk.scores.cancel();
    desk.update(&session, &jobs, &wanted);
    assert!(desk.scores.faults()[0].contains("stopped"), "{:?}", desk.scores.faults());
    assert!(desk.scores.shown().is_none());
}

#[test]
fn the_ensemble_leads_on_the_kattegat_as_it_should() {
    let test = "the_ensemble_leads_on_the_kattegat_as_it_should";
    let Some(file) = data(test, "tracks/kattegat_2025_11_1min.parquet") else { return };
    let methods = "predict.methods=sog-cog linear elm ensemble";
    let told = run(&[
        file.to_str().unwrap(),
        "--want",
        "predict-scores",
        "--set",
        methods,
        "--set",
        "predict.folds=4",
        "--set",
        "predict.search=false",
    ]);
    let rows = told["predict-scores"]["rows"].as_array().unwrap();
    for minutes in [15.0, 30.0, 45.0, 60.0] {
        let of = |method: &str| {
            let row = rows.iter().find(|row| {
                row["method"] == method && row["horizon_min"].as_f64() == Some(minutes)
            });
            row.unwrap()["mean_nmi"].as_f64().unwrap()
        };
        let ahead = if minutes < 20.0 { 0.98 } else { 0.92 };
        assert!(of("ensemble") < ahead * of("sog-cog"), "at {minutes} min");
        assert!(of("ensemble") < of("linear") && of("ensemble") < of("elm"), "at {minutes} min");
    }
}
