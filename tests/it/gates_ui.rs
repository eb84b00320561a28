//! Gates, areas and density in the window, drawn on the map and driven by label.

use std::fs;
use std::path::PathBuf;

use egui::accesskit::Role;
use egui::{Key, Pos2, vec2};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use fairway::base::geo::{Position, distance_m};
use fairway::flow::look::CellMeasure;
use fairway::flow::tray::{Shelf as _, State};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::{Pane, Workspace};
use fairway::ui::map::Tool;

use crate::window::{Window, click, opened, owned, says, show, until};

/// Twelve ships an hour apart, of which eight sail north across the equator and four south, all near
/// 5° east; each is 200 m beside the one before.
fn ships() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("mmsi,time,lat,lon,sog,cog,vessel_name,ship_type,length\n");
    for ship in 0..12 {
        let (side, cog) = if ship < 8 { (1.0, 0) } else { (-1.0, 180) };
        for minute in 0..60 {
            // Twelve knots: a three-hundredth of a degree a minute.
            let lat = side * f64::from(minute - 30) / 300.0;
            let lon = 5.0 + 0.0018 * f64::from(ship % 8);
            let (hour, length) = (6 + ship, 80 + 20 * ship);
            text += &format!(
                "{},2024-01-01T{hour:02}:{minute:02}:00Z,{lat:.6},{lon:.6},12.0,{cog},SHIP {ship},70,{length}\n",
                219_000_100 + ship
            );
        }
    }
    let path = folder.path().join("ships.csv");
    fs::write(&path, text).unwrap();
    (folder, path)
}

fn window(files: Vec<PathBuf>, settings: &[&str]) -> Window {
    let settings = owned(settings);
    let has_files = !files.is_empty();
    let mut harness = opened([1500.0, 950.0], move |app| {
        app.begin(files, false, &settings);
        app.ask(Command::Enter(Workspace::Watch));
    });
    if has_files {
        until(&mut harness, "trips", |app| {
            app.desk.trips.state() == State::Fresh && !app.is_busy()
        });
    }
    harness
}

/// A click on the map, long enough after the one before to be none of a double click.
fn click_at(harness: &mut Window, at: Pos2) {
    harness.run_steps(30);
    harness.hover_at(at);
    harness.step();
    harness.drag_at(at);
    harness.step();
    harness.drop_at(at);
    harness.run_steps(3);
}

fn rows<'a>(harness: &'a Window, with: &str) -> Vec<Node<'a>> {
    let has = |row: &Node<'a>| row.accesskit_node().label().is_some_and(|all| all.contains(with));
    harness.query_all_by_role(Role::Row).filter(has).collect()
}

fn fresh_gates(app: &App) -> bool {
    app.desk.gates.state() == State::Fresh && !app.is_busy()
}

/// How many cross the first gate to the right, and to the left.
fn crossed(app: &App) -> [usize; 2] {
    let of = app.desk.gates.shown().expect("gates are counted").value.clone();
    let gate = of.gates[0].gate.as_ref().expect("it is a gate");
    [gate.flows[0].crossings, gate.flows[1].crossings]
}

/// A gate from west to east across all ships: to the right is south.
const ACROSS: &str = "gates.lines=Equator: 4.98 0.001, 5.04 0.001";

#[test]
fn a_gate_is_drawn_by_two_clicks_counted_renamed_deleted_and_brought_back() {
    let (_folder, path) = ships();
    let mut harness = window(vec![path], &[]);
    show(&mut harness, Pane::Gates);
    assert!(says(&harness, "No gate yet."));
    click(&mut harness, "Draw a gate");
    assert_eq!(*harness.state_mut().map_tool(), Tool::Gate(None));
    let middle = harness.state().map_center();
    click_at(&mut harness, middle - vec2(150.0, 0.0));
    // A second click on the first is refused.
    click_at(&mut harness, middle - vec2(149.0, 0.0));
    assert!(harness.state().session.gates.lines.is_empty());
    click_at(&mut harness, middle + vec2(150.0, 0.0));
    until(&mut harness, "crossings", |app| !app.session.gates.lines.is_empty() && fresh_gates(app));
    assert!(harness.state().map_tool().is_hand(), "one at a time");
    assert_eq!(crossed(harness.state()), [4, 8]);
    assert!(says(&harness, "4 southbound") && says(&harness, "8 northbound"));
    assert!(says(&harness, "Lateral distribution: 4 southbound"));
    // Its name.
    harness.get_by_label("Name of the gate").focus();
    harness.run_steps(2);
    harness.get_by_label("Name of the gate").type_text(" west");
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let lines = harness.state().session.gates.read().unwrap();
    assert!(lines[0].name.contains("west") && lines[0].name.contains("Gate 1"), "{lines:?}");
    let label = format!("Delete {}", lines[0].name);
    harness.run_steps(80); // Acts that follow at once are one to be undone.
    click(&mut harness, &label);
    assert!(harness.state().session.gates.lines.is_empty());
    harness.state_mut().ask(Command::Undo);
    harness.run_steps(4);
    assert_eq!(harness.state().session.gates.read().unwrap(), lines);
}

#[test]
fn the_ends_of_a_gate_are_dragged_and_escape_gives_up_drawing() {
    let (_folder, path) = ships();
    let mut harness = window(vec![path], &[ACROSS]);
    show(&mut harness, Pane::Gates);
    until(&mut harness, "crossings", fresh_gates);
    assert_eq!(crossed(harness.state()), [4, 8]);
    let lines = harness.state().session.gates.read().unwrap();
    // The second end comes to the middle of the map.
    let end = lines[0].points[1];
    let around = [-0.03, 0.03].map(|d| Position::new(end.lon_deg + d, end.lat_deg + d));
    harness.state_mut().ask(Command::FitPlaces(around.into()));
    harness.run_steps(4);
    let middle = harness.state().map_center();
    let camera = harness.state().map_camera();
    harness.hover_at(middle);
    harness.run_steps(3);
    harness.drag_at(middle);
    harness.run_steps(2);
    for step in 1..=10 {
        harness.hover_at(middle - vec2(6.0 * step as f32, 0.0));
        harness.step();
    }
    harness.drop_at(middle - vec2(60.0, 0.0));
    harness.run_steps(3);
    let moved = harness.state().session.gates.read().unwrap();
    assert_eq!(moved[0].points[0], lines[0].points[0]);
    let by_m = distance_m(moved[0].points[1], end);
    assert!(by_m > 100.0 && moved[0].points[1].lon_deg < end.lon_deg, "{by_m} m");
    assert_eq!(harness.state().map_camera(), camera, "the map stays");
    harness.state_mut().ask(Command::TakeUp(Tool::Gate(None)));
    harness.run_steps(2);
    click_at(&mut harness, middle + vec2(40.0, 90.0));
    assert!(matches!(harness.state().map_tool(), Tool::Gate(Some(_))));
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.state().map_tool().is_hand());
    assert_eq!(harness.state().session.gates.read().unwrap(), moved);
}

#[test]
fn one_of_two_gates_is_looked_at_shown_and_deleted() {
    let (_folder, path) = ships();
    let lines = "gates.lines=Equator: 4.98 0.001, 5.04 0.001; North: 4.98 0.05, 5.04 0.05";
    let mut harness = window(vec![path], &[lines]);
    show(&mut harness, Pane::Gates);
    until(&mut harness, "crossings", fresh_gates);
    let looked_at = |harness: &Window| harness.state().water.gate;
    assert_eq!(looked_at(&harness), 0);
    click(&mut harness, "North");
    assert_eq!(looked_at(&harness), 1);
    harness.run_steps(40); // Else two clicks are a double click.
    click(&mut harness, "Show North");
    let camera = harness.state().map_camera();
    assert!((camera.lat - 0.05).abs() < 1e-3 && (camera.lon - 5.01).abs() < 1e-3, "{camera:?}");
    click(&mut harness, "Delete North");
    assert_eq!((looked_at(&harness), harness.state().session.gates.read().unwrap().len()), (0, 1));
    until(&mut harness, "the other's crossings", |app| {
        fresh_gates(app) && app.desk.gates.shown().is_some_and(|shown| shown.value.gates.len() == 1)
    });
    assert_eq!(crossed(harness.state()), [4, 8]);
}

#[test]
fn crossings_are_told_apart_listed_and_gone_to() {
    let (_folder, path) = ships();
    let mut harness = window(vec![path], &[ACROSS]);
    show(&mut harness, Pane::GateCounts);
    until(&mut harness, "crossings", fresh_gates);
    // The first crosses at 06:30 or so, the last at 17:30.
    assert!(says(&harness, "Ship type: Cargo 4 southbound and 8 northbound"));
    show(&mut harness, Pane::Crossings);
    assert_eq!(rows(&harness, "Direction northbound").len(), 8);
    click(&mut harness, "southbound (4)");
    let listed = rows(&harness, "Direction southbound");
    assert_eq!((listed.len(), rows(&harness, "northbound").len()), (4, 0));
    let camera = harness.state().map_camera();
    listed[1].click();
    harness.run_steps(4);
    let app = harness.state();
    assert!(app.map_camera() != camera, "the map goes there");
    let (from_ms, to_ms) = app.time.brush_ms().expect("the time window is set");
    let trips = app.desk.trips.shown().unwrap().value.clone();
    let trip = app.selection.trip().expect("her trip is selected");
    let vessel = trips.trips.trips[trip].vessel;
    assert_eq!(trips.fleet().vessels()[vessel].about.name, "SHIP 9");
    assert_eq!(to_ms - from_ms, 30 * 60_000);
}

#[test]
fn an_area_is_drawn_but_not_across_itself_and_tells_by_its_rules() {
    let (_folder, path) = ships();
    let mut harness = window(vec![path], &[]);
    show(&mut harness, Pane::Areas);
    assert!(says(&harness, "No area yet."));
    click(&mut harness, "Draw an area");
    let middle = harness.state().map_center();
    let corners =
        [(-120.0, -60.0), (120.0, -60.0), (120.0, 60.0)].map(|(x, y)| middle + vec2(x, y));
    for corner in corners {
        click_at(&mut harness, corner);
    }
    // Back across the first edge: refused.
    click_at(&mut harness, middle + vec2(0.0, -110.0));
    let Tool::Area(drawn) = harness.state().map_tool().clone() else { panic!("it goes on") };
    assert_eq!(drawn.len(), 3);
    click_at(&mut harness, middle + vec2(-120.0, 60.0));
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    until(&mut harness, "events", |app| {
        app.desk.areas.state() == State::Fresh && !app.session.areas.areas.is_empty()
    });
    let of = harness.state().desk.areas.shown().unwrap().value.clone();
    assert_eq!((of.areas.len(), of.areas[0].corners.len()), (1, 4));
    assert_eq!(of.events.len(), 24, "twelve ships come and go");
    assert!(says(&harness, "12 entered, 12 left"));
    // All sail 12 knots.
    click(&mut harness, "Tell who is faster than");
    until(&mut harness, "faster ones", |app| app.desk.areas.state() == State::Fresh);
    harness
        .state_mut()
        .session
        .set("areas.areas=Slow [max 10 kn]: 4.9 -0.05, 5.1 -0.05, 5.1 0.05, 4.9 0.05")
        .unwrap();
    until(&mut harness, "faster ones", |app| {
        let shown = app.desk.areas.shown().filter(|shown| !shown.is_stale);
        shown.is_some_and(|shown| shown.value.areas[0].name == "Slow")
    });
    assert!(says(&harness, "12 too fast"));
    show(&mut harness, Pane::AreaEvents);
    let listed = rows(&harness, "What too fast, Area Slow");
    assert!(says(&harness, "All areas (12)") && !listed.is_empty());
    listed[0].click();
    harness.run_steps(4);
    assert!(
        harness.state().time.brush_ms().is_some() && harness.state().selection.trip().is_some()
    );
}

#[test]
fn exact_cells_have_a_layer_a_table_and_a_difference_of_two_periods() {
    let (_folder, path) = ships();
    let mut harness = window(vec![path], &["density.cell=1000"]);
    show(&mut harness, Pane::Density);
    until(&mut harness, "density", |app| app.desk.density.state() == State::Fresh);
    let of = harness.state().desk.density.shown().unwrap().value.clone();
    // Twelve ships of 59 minutes.
    assert!((of.density.total_hours() - 11.8).abs() < 1e-6);
    assert!(says(&harness, "12 ship-hours in "));
    click(&mut harness, "Show on the map");
    assert_eq!(harness.state().session.map.cells, CellMeasure::ShipHours);
    show(&mut harness, Pane::Densest);
    assert!(says(&harness, "By ship type, hours: Cargo 11.8 ship-hours"));
    let densest = rows(&harness, "Hours / km²");
    assert!(!densest.is_empty());
    densest[0].click();
    harness.run_steps(4);
    let (key, cell) = harness.state().water.cell.expect("it is gone to");
    let shown = harness.state().desk.density.shown().unwrap();
    assert_eq!(shown.key, key);
    let most = of.density.cells().map(|cell| of.density.hours_km2(cell)).fold(0.0, f64::max);
    assert_eq!(of.density.hours_km2(cell), most);
    // In the afternoon three ships sail south, in the morning all others.
    for setting in [
        "density.before_from=2024-01-01T06:00",
        "density.before_to=2024-01-01T12:00",
        "watched.from=2024-01-01T12:00",
        "map.cells=change of ship-hours",
    ] {
        harness.state_mut().session.set(setting).unwrap();
    }
    until(&mut harness, "the difference", |app| {
        let shown = app.desk.density.shown().filter(|shown| !shown.is_stale);
        shown.is_some_and(|shown| shown.value.before.is_some())
    });
    let of = harness.state().desk.density.shown().unwrap().value.clone();
    let change = &of.before.as_ref().unwrap().change.hours_km2_day;
    assert!(change.iter().any(|change| *change < 0.0));
    assert!(says(&harness, "h a day, other period"));
}

#[test]
fn what_is_empty_or_wrong_is_said_in_words() {
    let harness = window(Vec::new(), &[]);
    drop(harness);
    let (_folder, path) = ships();
    let mut harness = window(vec![path], &["gates.lines=Nothing: 5 0, 5 0"]);
    show(&mut harness, Pane::Gates);
    until(&mut harness, "the fault", fresh_gates);
    assert!(says(&harness, "a gate of length 0 cannot be crossed"));
    harness.state_mut().session.gates.lines = "Half: 5".into();
    harness.run_steps(4);
    assert!(says(&harness, "\"5\" is no place"));
    click(&mut harness, "Begin anew");
    assert!(harness.state().session.gates.lines.is_empty());
    harness.state_mut().session.set("gates.lines=Far: 50 50, 51 50").unwrap();
    show(&mut harness, Pane::Lateral);
    until(&mut harness, "nobody", fresh_gates);
    assert!(says(&harness, "Nobody crossed this gate"));
    // An area across itself, from a project or the command line.
    harness.state_mut().session.set("areas.areas=Bow: 5 0, 6 1, 6 0, 5 1").unwrap();
    show(&mut harness, Pane::Areas);
    until(&mut harness, "the fault", |app| app.desk.areas.state() == State::Fresh);
    assert!(says(&harness, "edges 1 and 3 of the area cross or touch"));
}
