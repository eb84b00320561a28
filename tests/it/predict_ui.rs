//! The workspace of prediction in the window, driven by label.

use egui_kittest::kittest::Queryable as _;
use fairway::flow::predicting::PathParams;
use fairway::flow::session::Session;
use fairway::flow::tray::{Shelf as _, State};
use fairway::predict::params::Method;
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};
use fairway::ui::predict_view::{Lack, Target, path_of};
use fairway::ui::selection::Pick;

use crate::window::{Window, opened, rows, says, show, until, until_seen};

/// Two cheap methods on a small made sea, without a search.
const SETTINGS: [&str; 5] = [
    "synth.rows=40000",
    "predict.methods=sog-cog ensemble",
    "predict.search=false",
    "predict.folds=3",
    "predict.horizons=10 20",
];

/// The workspace of prediction, with windows to learn from.
fn window() -> Window {
    let settings = SETTINGS.map(str::to_owned);
    let mut harness = opened([1400.0, 900.0], move |app| {
        app.begin(Vec::new(), true, &settings);
        app.ask(Command::Enter(Workspace::Predict));
    });
    until(&mut harness, "windows", |app| {
        app.desk.windows.state() == State::Fresh && !app.is_busy()
    });
    harness
}

fn fit(harness: &mut Window) {
    // Beside the models, and where the path would be.
    let button = harness.get_all_by_label("Fit models").next();
    button.expect("they can be fitted").click();
    until(harness, "fitted models", |app| app.desk.fit.state() == State::Fresh);
}

/// A trip whose end has a window: one with many reports over more than an hour.
fn long_trip(app: &App) -> usize {
    let output = app.desk.trips.shown().expect("there are trips").value;
    let lasts = |trip: &usize| {
        let (from_ms, to_ms) = output.trips.trips[*trip].time_span_ms(output.fleet());
        to_ms - from_ms
    };
    (0..output.trips.trips.len()).max_by_key(lasts).expect("there is a trip")
}

fn has_path(app: &App) -> bool {
    path_of(&app.desk, app.predict.target()).is_ok_and(|found| !found.is_old)
}

#[test]
fn a_selected_ship_has_a_path_from_every_method_at_every_moment() {
    let mut harness = window();
    harness.get_by_label_contains("windows of ");
    // Before anything is fitted the panel says what to do.
    let trip = long_trip(harness.state());
    harness.state_mut().ask(Command::Select(Pick::Trip(trip)));
    harness.run_steps(4);
    harness.get_by_label("No models are fitted yet");
    fit(&mut harness);
    until(&mut harness, "a path", has_path);
    let (end_ms, n_lines) = {
        let app = harness.state();
        let found = path_of(&app.desk, app.predict.target()).unwrap();
        let methods: Vec<Method> = found.of.paths.iter().map(|path| path.method).collect();
        assert_eq!(methods, [Method::SogCog, Method::Ensemble]);
        let n: usize = found.of.paths.iter().map(|path| path.forecasts.len()).sum();
        (found.of.t_ms, n)
    };
    assert_eq!(n_lines, 4, "two methods at two times ahead");
    assert_eq!(rows(&harness, "Ahead min").len(), n_lines, "the table has as many rows");
    assert!(harness.query_by_label("No models are fitted yet").is_none());
    // Half an hour before the end the truth is known.
    harness.state_mut().time.set_now_ms(end_ms - 30 * 60_000);
    until(&mut harness, "the path of then", |app| {
        has_path(app) && path_of(&app.desk, app.predict.target()).unwrap().of.t_ms < end_ms
    });
    let app = harness.state();
    let of = path_of(&app.desk, app.predict.target()).unwrap().of;
    assert!(of.truth.len() > 1);
    assert!(of.paths.iter().all(|path| path.errors_nmi[0].is_some()), "{:?}", of.paths);
    assert!(of.t_ms <= end_ms - 30 * 60_000, "the last report until the moment");
    // Whose path is shown is no act of the user's.
    assert_ne!(app.session.path, PathParams::default());
    assert_eq!(app.session.as_set().path, PathParams::default());
}

#[test]
fn playing_asks_for_a_path_a_report_and_not_a_frame() {
    let mut harness = window();
    let trip = long_trip(harness.state());
    harness.state_mut().ask(Command::Select(Pick::Trip(trip)));
    harness.run_steps(3);
    let target = |app: &App| app.predict.target().clone();
    let at_end = target(harness.state());
    assert!(matches!(at_end, Target::At(_)), "{at_end:?}");
    let middle_ms = {
        let output = harness.state().desk.trips.shown().unwrap().value;
        let trip = &output.trips.trips[trip];
        output.fleet().reports().t_ms[trip.reports.start + trip.reports.len() / 2]
    };
    let time = &mut harness.state_mut().time;
    time.set_now_ms(middle_ms);
    time.speed = 1.0;
    time.toggle_play();
    let mut seen = Vec::new();
    for _ in 0..30 {
        harness.step();
        seen.push(target(harness.state()));
    }
    seen.dedup();
    assert!(seen.len() <= 2, "{seen:?}");
    // Without a layer or a panel nobody asks.
    harness.state_mut().session.map.path = false;
    harness.state_mut().ask(Command::Enter(Workspace::Explore));
    harness.run_steps(3);
    assert_eq!(target(harness.state()), Target::Off);
}

#[test]
fn scores_come_row_by_row_and_a_worst_case_is_gone_to() {
    let mut harness = window();
    show(&mut harness, Pane::PredictScores);
    assert!(harness.query_all_by_label("Evaluate").count() >= 1);
    harness.state_mut().ask(Command::Retry("predict-scores"));
    until(&mut harness, "the first method", |app| {
        app.desk.scores.so_far().is_some() || app.desk.scores.state() == State::Fresh
    });
    harness.get_all_by_label("SOG-COG").next().expect("its row is there");
    until(&mut harness, "all methods", |app| app.desk.scores.state() == State::Fresh);
    let mean = {
        let shown = harness.state().desk.scores.shown().unwrap();
        let rows = &shown.value.scores.rows;
        assert_eq!(rows.len(), 4);
        format!("{:.3}", rows[0].mean_nmi)
    };
    harness.get_all_by_label(&mean).next().expect("the mean error stands in the table");
    harness.get_by_label_contains("3 folds by ship");
    show(&mut harness, Pane::PredictErrors);
    harness.get_by_label_contains("Mean error, nmi, by minutes ahead: ");
    harness.get_by_label_contains("dashed is what they promise: ");

    show(&mut harness, Pane::Worst);
    let worst = {
        let of = harness.state().desk.scores.shown().unwrap().value;
        let worst = of.scores.worst.iter().max_by(|a, b| a.error_nmi.total_cmp(&b.error_nmi));
        let sample = worst.unwrap().sample;
        (of.windows.trip_id(sample), of.windows.t_ms(sample))
    };
    let mut all = rows(&harness, "Error nmi");
    assert!(all.len() > 3);
    all.sort_by(|a, b| a.rect().top().total_cmp(&b.rect().top()));
    all[0].click();
    let camera = harness.state().map_camera();
    harness.run_steps(4);
    let app = harness.state();
    assert_eq!((app.selection.trip(), app.time.now_ms()), (Some(worst.0), Some(worst.1)));
    assert!(app.session.map.path);
    assert_ne!(app.map_camera(), camera, "the map goes there");
    fit(&mut harness);
    until(&mut harness, "her path", has_path);
    let app = harness.state();
    assert_eq!(path_of(&app.desk, app.predict.target()).unwrap().of.trip, worst.0);
}

#[test]
fn an_evaluation_can_be_stopped_and_what_was_done_stays() {
    let mut harness = window();
    show(&mut harness, Pane::PredictScores);
    let session = &mut harness.state_mut().session;
    session.set("predict.methods=sog-cog ls-svm gpr").unwrap();
    session.set("predict.search=true").unwrap();
    harness.run_steps(3);
    harness.state_mut().ask(Command::Retry("predict-scores"));
    until(&mut harness, "the first method", |app| app.desk.scores.so_far().is_some());
    harness.get_all_by_label("waits").next().expect("others wait");
    harness.get_all_by_label("Stop evaluating").next().expect("it can be stopped").click();
    until(&mut harness, "it stops", |app| app.desk.scores.progress().is_none());
    assert_eq!(harness.state().desk.scores.state(), State::Fault);
    harness.get_by_label_contains("Stopped: 1 of 3 methods done");
    harness.get_all_by_label("SOG-COG").next().expect("its row stays");
}

#[test]
fn models_are_saved_and_loaded_and_a_damaged_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window();
    fit(&mut harness);
    harness.state_mut().ask(Command::Export("predict-fit", folder.path().to_owned()));
    let file = folder.path().join("predict-fit.model");
    until_seen(&mut harness, "the file", |harness| says(harness, "exported "));
    harness.state_mut().ask(Command::UseModel(Some(file.clone())));
    until(&mut harness, "the models of the file", |app| {
        app.desk.fit.state() == State::Fresh
            && app.desk.fit.shown().is_some_and(|shown| shown.value.file.is_some())
    });
    harness.get_by_label("predict-fit.model");
    // Another filter makes other windows; the file is read for them without a word.
    let before = harness.state().desk.fit.shown().unwrap().key;
    harness.state_mut().session.set("filter.speed_min=0.1").unwrap();
    until(&mut harness, "still models", |app| {
        let shown = app.desk.fit.shown();
        shown.is_some_and(|shown| shown.key != before && !shown.is_stale)
    });
    harness.state_mut().ask(Command::ClearFilters);
    harness.run_steps(3);

    let damaged = folder.path().join("damaged.model");
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    harness.state_mut().ask(Command::UseModel(Some(damaged)));
    until(&mut harness, "a fault", |app| app.desk.fit.state() == State::Fault);
    assert!(harness.query_all_by_label_contains("is no model, or damaged").count() >= 1);
    harness.get_by_label("Fit instead").click();
    until(&mut harness, "the fitted ones again", |app| {
        app.desk.fit.state() == State::Fresh
            && app.desk.fit.shown().is_some_and(|shown| shown.value.file.is_none())
    });
}

#[test]
fn why_there_is_no_path_is_said_with_a_remedy() {
    let mut harness = window();
    harness.get_by_label_contains("Select a ship");
    fit(&mut harness);
    let trip = long_trip(harness.state());
    harness.state_mut().ask(Command::Select(Pick::Trip(trip)));
    let begin_ms = {
        let output = harness.state().desk.trips.shown().unwrap().value;
        output.trips.trips[trip].time_span_ms(output.fleet()).0
    };
    harness.state_mut().time.set_now_ms(begin_ms);
    let is_short = |app: &App| {
        let lack = path_of(&app.desk, app.predict.target()).err();
        matches!(lack, Some(Lack::Fault(fault)) if fault.contains("no window ends here"))
    };
    until(&mut harness, "too few reports", is_short);
    harness.get_by_label_contains("no window ends here");
    harness.get_by_label("Ten minutes on").click();
    harness.run_steps(4);
    assert_eq!(harness.state().time.now_ms(), Some(begin_ms + 10 * 60_000));
    // The status bar does not shout of it.
    assert!(harness.query_by_label("Try again").is_none());
    let session = Session { path: harness.state().session.path.clone(), ..Session::default() };
    assert_eq!(session.as_set(), Session::default());
}
