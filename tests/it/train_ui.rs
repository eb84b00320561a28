//! Training in the window: train, compare, keep, load, refuse, delete; driven by label.

use std::path::Path;

use egui_kittest::kittest::Queryable as _;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};
use fairway::ui::selection::Pick;
use fairway::ui::training::MODELS;

use crate::window::{Window, ask, opened, says, until, until_seen};

/// A small made sea and a small network, on the processor; the epochs are the test's.
fn window(layers: &str, epochs: usize) -> Window {
    let settings = [
        "synth.rows=40000".to_owned(),
        format!("deep.layers={layers}"),
        "deep.device=cpu".into(),
        format!("deep.epochs={epochs}"),
    ];
    let mut harness = opened([1400.0, 900.0], move |app| {
        app.begin(Vec::new(), true, &settings);
        app.ask(Command::Enter(Workspace::Train));
    });
    until(&mut harness, "trips", |app| app.desk.repair.state() == State::Fresh && !app.is_busy());
    harness
}

/// How many runs ended with a model.
fn done(app: &App) -> usize {
    app.training.runs().iter().filter(|run| run.trained().is_some()).count()
}

fn train(harness: &mut Window, button: &str, n: usize) {
    harness.get_by_label(button).click();
    until(harness, "a trained network", |app| done(app) == n && !app.is_busy());
}

/// Keeps run `id` in `folder`, and says where it lies then.
fn keep(harness: &mut Window, id: u64, folder: &Path) -> std::path::PathBuf {
    ask(harness, Command::Keep(id, folder.to_owned()));
    until(harness, "a kept model", |app| {
        app.training.run(id).is_some_and(|run| run.kept.is_some())
    });
    harness.state().training.run(id).and_then(|run| run.kept.clone()).expect("it was kept")
}

#[test]
fn two_runs_are_compared_and_the_first_is_taken_up_again_without_training() {
    let mut harness = window("32", 4);
    harness.get_by_label_contains("No runs yet");
    harness.get_by_label("128-32-8 and back");
    harness.get_by_label_contains("as chosen");
    train(&mut harness, "Train", 1);
    let first = harness.state().desk.embed.shown().map(|shown| shown.key);
    harness.state_mut().session.deep.embed.train.epochs = 6;
    until(&mut harness, "a network out of date", |app| {
        app.desk.embed.shown().is_some_and(|shown| shown.is_stale)
    });
    harness.get_by_label_contains("Out of date");
    train(&mut harness, "Train again", 2);

    let told: Vec<(usize, usize)> = harness
        .state()
        .training
        .runs()
        .iter()
        .map(|run| (run.curves()[0].1.epochs.len(), run.settings.len()))
        .collect();
    assert_eq!(told.iter().map(|(epochs, _)| *epochs).collect::<Vec<_>>(), [4, 6]);
    // Each says in what it is not like the other.
    harness.get_by_label("epochs 4");
    harness.get_by_label("epochs 6");
    // Both are drawn, until one is not ticked any more.
    let drawn = |harness: &Window, name: &str| harness.query_all_by_label_contains(name).count();
    assert!(drawn(&harness, "run 1 0.") >= 1 && drawn(&harness, "run 2 0.") >= 1);
    harness.get_by_label("Compare run 1").click();
    harness.run_steps(4);
    assert_eq!((drawn(&harness, "run 1 0."), drawn(&harness, "run 2 0.")), (0, 1));

    harness.get_by_label("Use: run 1").click();
    until(&mut harness, "the first network", |app| {
        app.desk.embed.shown().is_some_and(|shown| !shown.is_stale && Some(shown.key) == first)
    });
    assert_eq!(harness.state().session.deep.embed.train.epochs, 4);
    assert_eq!(harness.state().training.runs().len(), 2, "it was not trained again");

    // What was not kept leaves the list without a question.
    harness.get_by_label("Delete run 2").click();
    harness.run_steps(4);
    assert_eq!(harness.state().training.runs().len(), 1);
}

#[test]
fn a_kept_network_is_loaded_and_one_that_is_none_or_of_other_data_is_refused() {
    let disk = tempfile::tempdir().unwrap();
    let mut harness = window("32", 3);
    train(&mut harness, "Train", 1);
    let kept = keep(&mut harness, 1, disk.path());
    assert!(kept.join("card.json").exists());
    let again = keep(&mut harness, 1, disk.path());
    assert!(again == kept || again.to_string_lossy().ends_with("-2.model"), "{again:?}");

    // A folder that holds no model.
    let load = |harness: &mut Window, path: &Path, text: &str| {
        ask(harness, Command::Load(0, path.to_owned()));
        until_seen(harness, text, |harness| says(harness, text));
    };
    load(&mut harness, disk.path(), "not loaded");
    assert_eq!(harness.state().session.deep.model, "", "what is refused is not taken");

    // The model itself: read, not trained, and it gives what it gave.
    let errors = |app: &App| {
        let shown = app.desk.embed.shown().expect("there is one");
        shown.value.embedded.as_ref().expect("it is whole").errors_m.clone()
    };
    let before = errors(harness.state());
    ask(&mut harness, Command::Load(0, kept.clone()));
    until(&mut harness, "a loaded network", |app| {
        let shown = app.desk.embed.shown();
        !app.session.deep.model.is_empty()
            && shown.is_some_and(|shown| !shown.is_stale && shown.value.folder.is_some())
    });
    assert_eq!(errors(harness.state()), before);
    harness.get_by_label_contains("Read from ");
    assert_eq!(harness.state().training.runs().len(), 2, "what is loaded is a run too");

    // Of other data: refused with its reason, and taken where the user says so.
    harness.get_by_label("Train instead").click();
    until(&mut harness, "a trained network", |app| app.session.deep.model.is_empty());
    let trips = |app: &App| app.desk.repair.shown().map(|shown| shown.key);
    let of_before = trips(harness.state());
    if let Some(sea) = &mut harness.state_mut().session.sources.made {
        sea.seed += 1;
    }
    until(&mut harness, "other trips", |app| trips(app) != of_before && !app.is_busy());
    load(&mut harness, &kept, "learned from other data");
    assert_eq!(harness.state().session.deep.model, "");
    harness.state_mut().session.deep.other_data = true;
    ask(&mut harness, Command::Load(0, kept.clone()));
    until(&mut harness, "a network of other data", |app| {
        app.desk.embed.shown().is_some_and(|shown| {
            !shown.is_stale && shown.value.folder.as_deref() == Some(kept.as_path())
        })
    });

    // The disk may have changed since the model was named: the stage checks for itself.
    harness.state_mut().session.deep.other_data = false;
    until(&mut harness, "a fault", |app| app.desk.embed.state() == State::Fault);
    assert!(harness.state().desk.embed.faults()[0].contains("deep.other_data"));
}

#[test]
fn what_is_removed_from_the_disk_is_asked_for_first_and_no_longer_in_use() {
    let disk = tempfile::tempdir().unwrap();
    let mut harness = window("16", 2);
    train(&mut harness, "Train", 1);
    let kept = keep(&mut harness, 1, disk.path());
    ask(&mut harness, Command::UseNetwork(0, Some(kept.clone())));
    until(&mut harness, "a loaded network", |app| done(app) == 2 && !app.is_busy());
    harness.get_by_label("Delete run 1").click();
    harness.run_steps(4);
    harness.get_by_label_contains("Remove it from the disk too?");
    harness.get_by_label("Leave it").click();
    harness.run_steps(4);
    assert!(kept.exists() && harness.state().training.runs().len() == 2);
    harness.get_by_label("Delete run 1").click();
    harness.run_steps(4);
    harness.get_by_label("Remove from disk").click();
    until(&mut harness, "an empty disk", |app| app.training.run(1).is_none());
    assert!(!kept.exists());
    assert_eq!(harness.state().session.deep.model, "", "nothing is read from there any more");
    assert!(harness.state().training.run(2).is_some_and(|run| run.kept.is_none()));
}

#[test]
fn a_training_is_held_given_up_and_stands_in_the_list_with_its_reason() {
    let mut harness = window("300-300", 2000);
    harness.get_by_label("Train").click();
    let epochs = |app: &App| {
        let run = app.training.working(0);
        run.and_then(|run| Some(run.curves().first()?.1.epochs.len())).unwrap_or(0)
    };
    until(&mut harness, "some epochs", |app| epochs(app) > 3);
    harness.get_by_label("Pause").click();
    until(&mut harness, "a pause", |app| {
        app.training.working(0).is_some_and(fairway::ui::training::Run::is_paused)
    });
    harness.get_by_label("Go on").click();
    let held = epochs(harness.state());
    until(&mut harness, "more epochs", |app| epochs(app) > held + 2);
    harness.get_by_label("Stop training").click();
    until(&mut harness, "the end", |app| app.training.working(0).is_none());
    // In the list, and where the stage says how it stands.
    assert_eq!(harness.query_all_by_label("stopped on request").count(), 2);
    let run = &harness.state().training.runs()[0];
    assert!(run.trained().is_none() && run.curves()[0].1.epochs.len() > held);
}

#[test]
fn a_training_ended_early_keeps_what_it_has_learned_and_its_files_outlast_the_list() {
    let disk = tempfile::tempdir().unwrap();
    let mut harness = window("16", 100_000);
    harness.get_by_label("Train").click();
    let epochs = |app: &App| {
        let run = app.training.working(0);
        run.and_then(|run| Some(run.curves().first()?.1.epochs.len())).unwrap_or(0)
    };
    until(&mut harness, "some epochs", |app| epochs(app) > 2);
    harness.get_by_label("End and keep").click();
    until(&mut harness, "a trained network", |app| done(app) == 1 && !app.is_busy());
    assert_eq!(harness.state().desk.embed.state(), State::Fresh);
    assert!(harness.query_all_by_label_contains("ended by hand").count() > 0);
    let kept = keep(&mut harness, 1, disk.path());
    harness.get_by_label("Delete run 1").click();
    harness.run_steps(4);
    harness.get_by_label("Off the list only").click();
    until(&mut harness, "an empty list", |app| app.training.run(1).is_none());
    assert!(kept.join("card.json").exists());
}

#[test]
fn deep_clusters_stand_beside_the_baseline_and_the_selected_trip_over_its_reconstruction() {
    let mut harness = window("32", 5);
    ask(&mut harness, Command::Show(Pane::DecStudy));
    harness.get_by_label_contains("Train the autoencoder first");
    train(&mut harness, "Train", 1);
    until(&mut harness, "deep clusters", |app| {
        app.desk.deep_groups.state() == State::Fresh && !app.is_busy()
    });
    harness.get_by_label("Compare").click();
    until(&mut harness, "a comparison", |app| app.desk.dec_study.state() == State::Fresh);
    for line in ["Noise share", "Silhouette", "ARI", "NMI", "Rare routes found"] {
        harness.get_by_label(line);
    }
    harness.get_by_label("Compare again");
    let study = &harness.state().desk.dec_study.shown().expect("it is there").value.study;
    let share = format!("{:.1} %", 100.0 * study.baseline.noise_share);
    assert!(harness.query_all_by_label(&share).count() > 0, "{share}");

    ask(&mut harness, Command::Select(Pick::Trip(3)));
    ask(&mut harness, Command::Show(Pane::Layers));
    harness.get_by_label("Reconstruction").scroll_to_me();
    harness.run_steps(4);
    harness.get_by_label("Reconstruction").click();
    harness.run_steps(4);
    assert!(harness.state().session.map.reconstruction);
    until(&mut harness, "a trip made again", |app| !app.is_busy());
    ask(&mut harness, Command::Show(Pane::Embedding));
    harness.get_by_label_contains("reconstructed ");
}

#[test]
fn every_model_can_be_chosen_and_says_what_it_is() {
    let mut harness = window("16", 2);
    for (place, model) in MODELS.iter().enumerate() {
        harness.state_mut().training.choose(place);
        harness.run_steps(6);
        harness.get_by_label(model.about());
    }
    // Prediction models are fitted here too, without curves.
    let place = MODELS.iter().position(|model| model.stage() == "predict-fit").unwrap();
    harness.state_mut().training.choose(place);
    let predict = &mut harness.state_mut().session.predict;
    (predict.methods, predict.searches) = ("sog-cog linear".into(), false);
    until(&mut harness, "windows", |app| {
        app.desk.windows.state() == State::Fresh && !app.is_busy()
    });
    train(&mut harness, "Train", 1);
    harness.get_by_label_contains("Nothing is trained by epochs yet");
    harness.get_by_label("all methods are fitted");
    ask(&mut harness, Command::Show(Pane::Runs));
}
