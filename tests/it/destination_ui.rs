//! The workspace of destinations in the window, driven by label.

use std::fs;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairway::ais::PortId;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::command::Command;
use fairway::ui::destination_view::Target;
use fairway::ui::layout::{Pane, Workspace};
use fairway::ui::selection::Pick;

use crate::bound::sailings;

use crate::window::{Window, click, opened, rows, says, show, until, until_seen};

const HOUR_MS: i64 = 3_600_000;

/// The first report, 2024-01-01.
const BEGIN_MS: i64 = 1_704_067_200_000;

/// The workspace of destinations on files, with ports of our own.
fn window(files: Vec<PathBuf>, settings: &[String]) -> Window {
    let settings = settings.to_vec();
    opened([1500.0, 950.0], move |app| {
        app.begin(files, false, &settings);
        app.ask(Command::Enter(Workspace::Destinations));
    })
}

/// Four ports a degree from the first.
fn ports(folder: &Path) -> PathBuf {
    let path = folder.join("ports.csv");
    let text = "name,locode,lat,lon\nAlpha,XA ALF,0,0\nBravo,XB BRA,0,1\nCharlie,XC CHA,1,0\n\
                Delta,XD DEL,0,-1\nNowhere,XE NOW,,\n";
    fs::write(&path, text).unwrap();
    path
}

/// Eight ships that go from Alpha to Bravo, or to Charlie, and back, at twelve knots, in five hours,
/// with three in port, until they are under way for the ninth time. All type where they are bound, but
/// the last, which types Delta. All expect to arrive in two days, which is wrong.
fn traffic(folder: &Path, types: bool) -> PathBuf {
    let mut text = String::from("mmsi,time,lat,lon,sog,cog,name,destination,eta\n");
    for ship in 0..8 {
        for tick in 0..(69 * 6) {
            let minute = 10 * tick;
            let (leg, in_leg) = (minute / 480, minute % 480);
            let sailed = (in_leg - 180).max(0); // Three hours in port, then five at sea.
            let share = f64::from(sailed) / 300.0;
            let is_out = leg % 2 == 0;
            let along = if is_out { share } else { 1.0 - share };
            let to_bravo = (ship + leg / 2) % 2 == 0;
            let (lat, lon) = if to_bravo { (0.0, along) } else { (along, 0.0) };
            let cog = match (to_bravo, is_out) {
                (true, true) => 90,
                (true, false) => 270,
                (false, true) => 0,
                (false, false) => 180,
            };
            let sog = if sailed > 0 { 12.0 } else { 0.0 };
            let typed = match (types, ship, is_out, to_bravo) {
                (false, ..) => "",
                (_, 7, ..) => "DELTA",
                (_, _, false, _) => "ALPHA",
                (_, _, _, true) => "XB BRA",
                _ => "CHARLYE",
            };
            let (day, hour) = (1 + minute / 1440, minute / 60 % 24);
            let time = format!("2024-01-{day:02}T{hour:02}:{:02}:0{ship}Z", minute % 60);
            let eta = if types { "2024-01-06 00:00:00" } else { "" };
            text += &format!(
                "{},{time},{lat:.5},{lon:.5},{sog},{cog},SHIP {ship},{typed},{eta}\n",
                219_000_000 + ship
            );
        }
    }
    let path = folder.join("ships.csv");
    fs::write(&path, text).unwrap();
    path
}

/// All of that, with its voyages cut.
fn sailed(types: bool) -> (tempfile::TempDir, Window) {
    let folder = tempfile::tempdir().unwrap();
    let files = vec![traffic(folder.path(), types)];
    let settings = [
        format!("ports.file={}", ports(folder.path()).display()),
        "destination.cell=0.2".into(),
        "voyages.refine=false".into(),
        // Networks are trained elsewhere.
        "destination.models=most-frequent nearest-on-course route-graph".into(),
    ];
    let mut harness = window(files, &settings);
    until(&mut harness, "voyages", |app| {
        app.desk.voyages.state() == State::Fresh && !app.is_busy()
    });
    (folder, harness)
}

/// Selects the ship of this number.
fn select(harness: &mut Window, ship: usize) {
    let vessel = {
        let trips = harness.state().desk.trips.shown().unwrap().value;
        let is_it = |vessel: &fairway::ais::Vessel| vessel.mmsi.0 as usize == 219_000_000 + ship;
        trips.fleet().vessels().iter().position(is_it).unwrap()
    };
    harness.state_mut().ask(Command::Select(Pick::Vessel(vessel)));
    harness.run_steps(4);
}

#[test]
fn voyages_stand_in_a_table_and_a_row_selects_voyage_and_ship() {
    let (_folder, mut harness) = sailed(true);
    let of = harness.state().desk.voyages.shown().unwrap().value.clone();
    // Seven ships told where they were bound; eight legs each were finished, the eighth's refused.
    assert_eq!((of.found.voyages.len(), of.found.under_way.len()), (56, 8));
    assert!(says(&harness, "56 voyages") && says(&harness, "8 under way at the end"));
    harness.get_by_label("another destination reported: 8");
    show(&mut harness, Pane::Voyages);
    until(&mut harness, "rows", |app| !app.is_busy());
    let found = rows(&harness, "Ship SHIP 3, From Alpha, To Charlie");
    assert!(!found.is_empty());
    let label = found[0].accesskit_node().label().unwrap();
    assert!(
        label.contains("Duration 5 h 10 min") && label.contains("Reported as CHARLYE"),
        "{label}"
    );
    found[0].click();
    harness.run_steps(6);
    let voyage = harness.state().destination.voyage().expect("a voyage is selected");
    let vessel = harness.state().selection.vessel().expect("and its ship");
    assert_eq!(of.found.voyages[voyage].vessel, vessel);
    assert!(of.fleet().vessels()[vessel].about.name.contains("SHIP 3"));
    // Words of a search; a port by its code.
    harness.get_by_label("Search voyages").focus();
    harness.step();
    harness.get_by_label("Search voyages").type_text("xbbra ship 2");
    harness.run_steps(6);
    assert!(says(&harness, " of 56 voyages"));
    assert!(rows(&harness, "Ship SHIP 3").is_empty() && !rows(&harness, "Ship SHIP 2").is_empty());
    // Esc lets go of voyage and ship.
    harness.state_mut().ask(Command::Select(Pick::Nothing));
    harness.run_steps(3);
    assert_eq!(harness.state().destination.voyage(), None);
}

#[test]
fn typed_texts_stand_with_the_port_that_each_was_understood_as() {
    let (_folder, mut harness) = sailed(true);
    show(&mut harness, Pane::Texts);
    assert!(says(&harness, "4 texts") && says(&harness, "Understood: 100 % of texts"));
    let charly = rows(&harness, "Typed CHARLYE, Understood as Charlie");
    assert_eq!(charly.len(), 1);
    let label = charly[0].accesskit_node().label().unwrap();
    assert!(label.contains("LOCODE XC CHA") && label.contains("Ships 7"), "{label}");
    // Its row goes to the port.
    charly[0].click();
    harness.run_steps(4);
    assert_eq!(harness.state().destination.port(), Some(PortId(2)));
    let camera = harness.state().map_camera();
    assert!(camera.lat > 0.9 && camera.lat < 1.1 && camera.lon.abs() < 0.1, "{camera:?}");
}

#[test]
fn ports_are_found_by_name_and_code_and_the_list_is_the_users_with_its_faults() {
    let (_folder, mut harness) = sailed(true);
    assert!(says(&harness, "4 ports, 4 with a UN/LOCODE") && says(&harness, "1 row gave no port"));
    show(&mut harness, Pane::Ports);
    assert_eq!(rows(&harness, "Port ").len(), 4);
    let bravo = rows(&harness, "Port Bravo");
    let label = bravo[0].accesskit_node().label().unwrap();
    let of = harness.state().desk.voyages.shown().unwrap().value.clone();
    let n = of.found.voyages.iter().filter(|one| one.destination == PortId(1)).count();
    assert!(label.contains(&format!("Arrivals {n}")), "{label}");
    // In the palette by its code, from anywhere.
    harness.state_mut().ask(Command::OpenPalette);
    harness.run_steps(4);
    harness.get_by_label("Search commands").type_text("XD DEL");
    harness.run_steps(4);
    harness.key_press(egui::Key::Enter);
    harness.run_steps(4);
    assert_eq!(harness.state().destination.port(), Some(PortId(3)));
    assert!((harness.state().map_camera().lon + 1.0).abs() < 0.1);
    // Of the bundled list there are many more; nothing of the old one is selected.
    click(&mut harness, "Take the bundled list");
    until(&mut harness, "other ports", |app| {
        app.desk.ports.shown().is_some_and(|shown| shown.value.table.len() > 1000)
    });
    assert_eq!(harness.state().destination.port(), None);
    harness.state_mut().session.set("ports.file=/nowhere/ports.csv").unwrap();
    until(&mut harness, "a fault", |app| app.desk.ports.state() == State::Fault);
    assert!(says(&harness, "/nowhere/ports.csv"));
}

#[test]
fn a_ship_under_way_has_likely_ports_that_follow_the_moment() {
    let (_folder, mut harness) = sailed(true);
    assert!(says(&harness, "Select a ship: click a line on the map"));
    select(&mut harness, 0);
    until(&mut harness, "a forecast", |app| app.destination.told().is_some() && !app.is_busy());
    // In her ninth leg, the fifth out, she is bound for Bravo.
    assert!(matches!(harness.state().destination.target(), Target::At(..)));
    assert!(says(&harness, "SHIP 0") && says(&harness, "from Alpha"));
    assert!(says(&harness, "Likely ports over time: ") && says(&harness, "Arrival told "));
    let told = harness.state().destination.told().unwrap().clone();
    let name = |port: PortId| ["Alpha", "Bravo", "Charlie", "Delta"][port.0 as usize];
    let last = told.at(None).unwrap();
    let label = format!("{} {:.0} %", name(last.ports[0].0), 100.0 * last.ports[0].1);
    assert!(says(&harness, &label), "{label}");
    // Earlier, on her way home from her first voyage.
    harness.state_mut().time.set_now_ms(BEGIN_MS + 13 * HOUR_MS);
    harness.run_steps(3);
    until(&mut harness, "another voyage", |app| {
        let target = app.destination.target();
        matches!(target, Target::At(_, (_, to_ms)) if *to_ms < BEGIN_MS + 17 * HOUR_MS)
            && app.desk.forecast.state() == State::Fresh
            && !app.is_busy()
    });
    assert!(says(&harness, "from Bravo") && says(&harness, "Came true: Alpha"));
    // In port she is on no voyage; a button goes on.
    harness.state_mut().time.set_now_ms(BEGIN_MS + 18 * HOUR_MS);
    harness.run_steps(6);
    assert!(says(&harness, "on no voyage at this moment"));
    harness.get_by_label_contains("Go to her next voyage").click();
    harness.run_steps(6);
    assert!(matches!(harness.state().destination.target(), Target::At(..)));
}

#[test]
fn a_wrong_report_is_warned_of() {
    let (_folder, mut harness) = sailed(true);
    select(&mut harness, 7);
    until(&mut harness, "a forecast", |app| app.destination.told().is_some() && !app.is_busy());
    assert!(says(&harness, "Reported DELTA: Delta"));
    assert!(says(&harness, "Disagrees: she sails as ships bound for "));
    assert!(says(&harness, "2024-01-06 00:00 UTC"), "the reported arrival stands beside");
    // A click on a bar goes to its port.
    let (port, p) = harness.state().destination.told().unwrap().at(None).unwrap().ports[0];
    let name = ["Alpha", "Bravo", "Charlie"][port.0 as usize];
    let bar = format!("{name} {:.0} %", 100.0 * p);
    harness.query_all_by_label(&bar).next().expect("the likeliest has a bar").click();
    harness.run_steps(6);
    assert_eq!(harness.state().destination.port(), Some(port));
    let (camera, lon) = (harness.state().map_camera(), f64::from(u8::from(name == "Bravo")));
    assert!((camera.lon - lon).abs() < 0.1, "the map goes there: {camera:?}");
    // A click in the plot of ports over time goes to that moment.
    let plot = harness.get_by_label_contains("Likely ports over time: ").rect();
    let at = plot.left_center() + 0.75 * (plot.right_center() - plot.left_center());
    harness.hover_at(at);
    harness.step();
    harness.drag_at(at);
    harness.step();
    harness.drop_at(at);
    harness.run_steps(3);
    let told = harness.state().destination.told().unwrap().clone();
    let (first_ms, last_ms) = (told.steps[0].t_ms, told.steps.last().unwrap().t_ms);
    let now_ms = harness.state().time.now_ms().expect("a moment is chosen");
    let share = (now_ms - first_ms) as f64 / (last_ms - first_ms) as f64;
    assert!((0.6..0.85).contains(&share), "{share}");
}

#[test]
fn models_are_scored_when_asked_and_figures_stand_in_table_and_plots() {
    let (_folder, mut harness) = sailed(true);
    show(&mut harness, Pane::DestinationScores);
    assert!(says(&harness, "Nothing is scored yet"));
    click(&mut harness, "Train and evaluate");
    until(&mut harness, "scores", |app| {
        app.desk.destination_scores.state() == State::Fresh && !app.is_busy()
    });
    for label in ["Most frequent", "Nearest on course", "Route graph"] {
        assert!(harness.query_all_by_label(label).next().is_some(), "{label}");
    }
    assert!(says(&harness, "Accuracy, %, by quarter of the voyage: Most frequent "));
    assert!(says(&harness, "voyages scored, "));
    let named = |harness: &Window| harness.query_all_by_label("Most frequent").count();
    let by_voyage = named(&harness);
    click(&mut harness, "New ships");
    assert!(says(&harness, "voyages scored, "));
    assert_eq!(named(&harness), by_voyage, "a row a model, of one split");
    // Which models are scored is chosen in a menu.
    let menu = harness.get_all_by_label("Models").last();
    menu.expect("beneath the workspace of that name").click();
    harness.run_steps(4);
    harness.get_by_role_and_label(Role::CheckBox, "Nearest on course").click();
    harness.run_steps(4);
    assert_eq!(harness.state().session.destination.models, "most-frequent route-graph");
    harness.state_mut().session.set("destination.cell=0.3").unwrap();
    until(&mut harness, "it is out of date", |app| {
        app.desk.destination_scores.state() == State::Stale
    });
    assert!(says(&harness, "Out of date"));
}

#[test]
fn arrivals_on_one_way_are_learned_and_scored_by_one_button() {
    let folder = tempfile::tempdir().unwrap();
    let train = format!("eta.train={}", sailings(folder.path(), "train.csv", 0..40));
    let settings = [train, "eta.trees=20".into(), "eta.rows_per_tree=2000".into()];
    let mut harness = window(Vec::new(), &settings);
    show(&mut harness, Pane::EtaScores);
    assert!(says(&harness, "Press Evaluate") && says(&harness, "train.csv"));
    click(&mut harness, "Evaluate");
    until(&mut harness, "scores", |app| {
        app.desk.eta_scores.state() == State::Fresh && !app.is_busy()
    });
    let scores = harness.state().desk.eta_scores.shown().unwrap().value.ways[0].scores.clone();
    assert!(says(&harness, "Scored by 5 parts"));
    for figure in [
        format!("{:.2}", scores.mae_min),
        format!("{:.2}", scores.rmse_min),
        format!("{:.1}", 100.0 * scores.covered),
        scores.trips.to_string(),
    ] {
        assert!(harness.query_all_by_label(&figure).next().is_some(), "{figure}");
    }
}

#[test]
fn without_static_reports_it_says_so_and_a_button_helps() {
    let (_folder, mut harness) = sailed(false);
    assert!(harness.state().desk.voyages.shown().unwrap().value.found.voyages.is_empty());
    show(&mut harness, Pane::Texts);
    assert!(says(&harness, "No ship reported a destination: these reports hold no static"));
    show(&mut harness, Pane::Voyages);
    until_seen(&mut harness, "why", |harness| says(harness, "No voyage was found"));
    click(&mut harness, "Cut voyages without reported destinations");
    until(&mut harness, "voyages", |app| {
        app.desk.voyages.shown().is_some_and(|shown| shown.value.found.voyages.len() == 64)
            && !app.is_busy()
    });
}

#[test]
fn the_map_shows_ports_and_voyages_here_and_trips_elsewhere() {
    let (_folder, mut harness) = sailed(true);
    assert!(harness.state().session.map.ports && harness.state().session.map.voyages);
    harness.get_by_label("Voyages to");
    assert!(says(&harness, "under way (8)"));
    // A voyage under the pointer says whose it is; a click selects it.
    let place = fairway::base::geo::Position::new(0.5, 0.0);
    harness.state_mut().ask(Command::FitPlaces(vec![place]));
    harness.run_steps(3);
    let middle = harness.state().map_center();
    harness.hover_at(middle);
    harness.run_steps(4);
    assert!(
        says(&harness, " to Alpha")
            || says(&harness, " to Bravo")
            || says(&harness, "Under way from")
    );
    harness.drag_at(middle);
    harness.run_steps(2);
    harness.drop_at(middle);
    harness.run_steps(4);
    assert!(harness.state().selection.vessel().is_some());
    harness.state_mut().ask(Command::Enter(Workspace::Explore));
    harness.run_steps(4);
    assert!(!harness.state().session.map.voyages && harness.query_by_label("Voyages to").is_none());
}

#[test]
fn a_network_that_is_to_tell_and_is_not_trained_says_so() {
    let (_folder, mut harness) = sailed(true);
    select(&mut harness, 0);
    until(&mut harness, "a forecast", |app| app.destination.told().is_some() && !app.is_busy());
    harness.get_by_label("A network").click();
    harness.run_steps(6);
    assert!(says(&harness, "none is trained: press Train"));
    assert!(says(&harness, "No network is trained yet"));
    // It can be trained, and the training be stopped.
    click(&mut harness, "Train");
    until(&mut harness, "training", |app| app.desk.destination_fit.progress().is_some());
    click(&mut harness, "Stop training");
    until(&mut harness, "it stops", |app| app.desk.destination_fit.progress().is_none());
    harness.get_by_label("Routes of earlier voyages").click();
    until(&mut harness, "a forecast", |app| {
        app.desk.forecast.state() == State::Fresh && app.destination.told().is_some()
    });
}

#[test]
fn with_nothing_open_every_panel_says_what_is_missing() {
    let mut harness = window(Vec::new(), &[]);
    harness.run_steps(4);
    for (pane, text) in [
        (Pane::Bound, "Destinations are told of ships under way: open a file"),
        (Pane::Voyages, "No voyages: open a file of AIS reports"),
        (Pane::Texts, "No typed destinations: open a file"),
        (Pane::DestinationScores, "Models are scored on voyages: there are none yet"),
        (Pane::EtaScores, "Arrivals on one way are learned from files of voyages"),
    ] {
        show(&mut harness, pane);
        assert!(says(&harness, text), "{pane:?}");
    }
    // Ports are there without data.
    until(&mut harness, "ports", |app| app.desk.ports.state() == State::Fresh);
    show(&mut harness, Pane::Ports);
    assert!(says(&harness, "bundled list"));
}
