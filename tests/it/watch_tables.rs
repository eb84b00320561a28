//! What stands in the tables and shapes of the safety officer's answers, cell by cell, of ships whose
//! ways can be reckoned in the head.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::ground::{fairway, json, said};

/// Three hours of New Year's Day. At a three-hundredth of a degree a minute, twelve knots, ALPHA sails
/// east along the equator and CHARLIE north along the meridian of Greenwich, until at two o'clock she
/// turns to the east; BRAVO comes west at nine, a tenth of a minute of latitude north of ALPHA. All
/// pass each other at about half past midnight. DELTA is far from all, and ECHO lies still.
fn ships(folder: &Path) -> String {
    let mut rows = "MMSI,BaseDateTime,LAT,LON,SOG,COG,VesselName,VesselType,Length\n".to_owned();
    for minute in 0..180 {
        let way = f64::from(minute - 30) / 300.0;
        let north = way.min(0.3) + 0.008;
        let (east, turned) = ((way - 0.3).max(0.0), if way > 0.3 { 90 } else { 0 });
        for (mmsi, name, lat, lon, sog, cog) in [
            (219_000_001, "ALPHA", 0.0, way, 12.0, 90),
            (219_000_002, "BRAVO", 0.001, -0.75 * way, 9.0, 270),
            (219_000_003, "CHARLIE", north, east, 12.0, turned),
            (219_000_004, "DELTA", 1.0, 1.0 + way, 12.0, 90),
            (219_000_005, "ECHO", 1.0, 0.5, 0.0, 0),
        ] {
            let time = format!("2024-01-01T{:02}:{:02}:00", minute / 60, minute % 60);
            writeln!(rows, "{mmsi},{time},{lat:.6},{lon:.6},{sog},{cog},{name},70,150").unwrap();
        }
    }
    let path = folder.join("ships.csv");
    fs::write(&path, rows).unwrap();
    path.to_str().unwrap().to_owned()
}

/// Twenty ships, an hour apart, that go north over the equator near 5° east, each 100 m east of the one
/// before.
fn lane(folder: &Path) -> String {
    let mut rows = "mmsi,time,lat,lon,sog,cog\n".to_owned();
    for ship in 0..20 {
        for minute in 0..60 {
            let (lat, lon) = (f64::from(minute - 30) / 300.0, 5.0 + 0.0009 * f64::from(ship));
            let (mmsi, hour) = (219_000_100 + ship, ship + 3);
            writeln!(rows, "{mmsi},2024-01-01T{hour:02}:{minute:02}:00Z,{lat:.6},{lon:.6},12.0,0")
                .unwrap();
        }
    }
    let path = folder.join("lane.csv");
    fs::write(&path, rows).unwrap();
    path.to_str().unwrap().to_owned()
}

/// A row of a table: cells by the names of their columns.
type Row = HashMap<String, String>;

fn table(folder: &Path, name: &str) -> Vec<Row> {
    let text = fs::read_to_string(folder.join(name)).unwrap();
    let mut lines = text.lines().map(cells);
    let head = lines.next().unwrap();
    lines.map(|cells| head.iter().cloned().zip(cells).collect()).collect()
}

/// The cells of a line, without the quotes around some.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("there is one").push(letter),
        }
    }
    cells
}

fn x(row: &Row, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column} of {row:?} is a number"))
}

/// Where `row` of whom stands in `column`, among those that fit.
fn one<'a>(rows: &'a [Row], fits: &[(&str, &str)]) -> &'a Row {
    let is_it = |row: &&Row| fits.iter().all(|(column, cell)| row[*column] == *cell);
    let mut found = rows.iter().filter(is_it);
    let row = found.next().unwrap_or_else(|| panic!("{fits:?} among {rows:?}"));
    assert!(found.next().is_none(), "{fits:?} stands twice");
    row
}

fn run(path: &str, out: Option<&Path>, wants: &[&str], settings: &[&str]) -> Value {
    let mut arguments = vec!["run", path, "--json"];
    wants.iter().for_each(|want| arguments.extend(["--want", want]));
    settings.iter().for_each(|set| arguments.extend(["--set", set]));
    arguments.extend(out.iter().flat_map(|out| ["--out", out.to_str().unwrap()]));
    json(&fairway(&arguments))
}

const GATES: &str = "gates.lines=E: 0.205 -0.05, 0.205 0.03; W: -0.203 -0.05, -0.203 0.03";
const AREAS: &str = "areas.areas=Box [enter, leave, max 10 kn]: 0.115 -0.02, 0.285 -0.02, 0.285 0.02, 0.115 0.02; \
                     North [leave]: -0.02 0.1, 0.02 0.1, 0.02 0.3, -0.02 0.3";

#[test]
fn crossings_and_events_stand_with_ship_time_place_and_side() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (ships(folder.path()), folder.path().join("out"));
    run(&path, Some(&out), &["gates", "areas"], &[GATES, AREAS]);
    let crossings = table(&out, "gates.csv");
    assert_eq!(crossings.len(), 2);
    let alpha = one(&crossings, &[("gate", "E"), ("name", "ALPHA"), ("direction", "to the right")]);
    assert!(alpha["time"].starts_with("2024-01-01T01:31:"), "{alpha:?}");
    assert_eq!((x(alpha, "sog_kn"), x(alpha, "cog_deg")), (12.0, 90.0));
    // A hundredth of a degree north of the gate's middle.
    assert!(
        (x(alpha, "along_m") - 1112.0).abs() < 2.0 && x(alpha, "length_m") == 150.0,
        "{alpha:?}"
    );
    assert!(x(alpha, "lat").abs() < 1e-6 && (x(alpha, "lon") - 0.205).abs() < 1e-6);
    let bravo = one(&crossings, &[("gate", "W"), ("name", "BRAVO"), ("direction", "to the left")]);
    assert_eq!((x(bravo, "sog_kn"), x(bravo, "cog_deg")), (9.0, 270.0));
    // Counted by places along the gate, from end to end.
    let bins = table(&out, "gates.lateral.csv");
    let of_e: Vec<&Row> = bins
        .iter()
        .filter(|row| row["gate"] == "E" && row["direction"] == "to the right")
        .collect();
    assert!((x(of_e[0], "from_m") + 4447.8).abs() < 1.0, "{:?}", of_e[0]);
    let hit: Vec<&&Row> = of_e.iter().filter(|row| x(row, "crossings") > 0.0).collect();
    assert_eq!(hit.len(), 1);
    assert!(x(hit[0], "from_m") <= 1112.0 && x(hit[0], "to_m") >= 1112.0, "{:?}", hit[0]);

    let events = table(&out, "areas.csv");
    let of = |area: &str, kind: &str| one(&events, &[("area", area), ("kind", kind)]).clone();
    let (came, went, fast) = (of("Box", "entered"), of("Box", "left"), of("Box", "too fast"));
    for (event, time) in [(&came, "2024-01-01T01:04:"), (&went, "2024-01-01T01:55:")] {
        assert!(event["name"] == "ALPHA" && event["from"].starts_with(time), "{event:?}");
    }
    assert_eq!((x(&fast, "top_kn"), fast["name"].as_str()), (12.0, "ALPHA"));
    assert_eq!(of("North", "left")["name"], "CHARLIE");
    assert_eq!(events.len(), 4, "North tells of no one who enters: {events:?}");

    // In the first twenty minutes nobody has come so far.
    let early = run(
        &path,
        None,
        &["gates", "areas", "encounters"],
        &[GATES, AREAS, "watched.to=2024-01-01T00:20"],
    );
    assert_eq!((&early["gates"]["crossings"], &early["areas"]["events"]), (&0.into(), &0.into()));
    assert_eq!(early["encounters"]["encounters"], 0);
}

#[test]
fn the_distribution_across_a_lane_is_fitted_to_as_many_as_crossed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (lane(folder.path()), folder.path().join("out"));
    // From east to west: to the right is north, and the first ship is the farthest along.
    let line = "gates.lines=Equator: 5.04 0.001, 4.98 0.001";
    let told = run(&path, Some(&out), &["gates"], &[line, "gates.least_fitted=10"]);
    let gate = &told["gates"]["list"][0];
    let (right, left) = (&gate["to_right"], &gate["to_left"]);
    assert_eq!((&right["crossings"], &left["crossings"]), (&20.into(), &0.into()), "{gate}");
    let by_hour = right["by_hour_utc"].as_array().unwrap();
    let expected: Vec<Value> =
        (0..24).map(|hour| i32::from((3..23).contains(&hour)).into()).collect();
    assert_eq!(by_hour, &expected);
    assert_eq!(right["by_weekday"].to_string(), "[20,0,0,0,0,0,0]", "a Monday");
    // They cross around 5.00855 degrees east, 0.00145 degrees or 161 m west of the gate's middle.
    let mean_m = right["lateral"]["mean_m"].as_f64().unwrap();
    assert!((mean_m - 161.0).abs() < 120.0, "{gate}");
    let bins = table(&out, "gates.lateral.csv");
    let of_right: Vec<&Row> =
        bins.iter().filter(|row| row["direction"] == "to the right").collect();
    let sum = |column: &str| of_right.iter().map(|row| x(row, column)).sum::<f64>();
    assert_eq!(sum("crossings"), 20.0);
    assert!((sum("fitted") - 20.0).abs() < 1.0, "{}", sum("fitted"));
}

#[test]
fn encounters_stand_with_both_ships_each_by_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (ships(folder.path()), folder.path().join("out"));
    let told = run(&path, Some(&out), &["encounters"], &["encounters.heat_cell=100"]);
    let met = table(&out, "encounters.csv");
    assert_eq!(met.len(), 3, "each of three with each");
    let head_on = one(&met, &[("a_name", "ALPHA"), ("b_name", "BRAVO")]);
    assert_eq!((head_on["kind"].as_str(), head_on["give_way"].as_str()), ("head-on", "both"));
    assert_eq!((x(head_on, "a_sog_kn"), x(head_on, "b_sog_kn")), (12.0, 9.0));
    assert_eq!((x(head_on, "a_cog_deg"), x(head_on, "b_cog_deg")), (90.0, 270.0));
    assert!(
        (x(head_on, "cpa_m") - 111.2).abs() < 0.5 && (x(head_on, "cpa_nmi") - 0.06).abs() < 1e-3
    );
    assert!((x(head_on, "relative_kn") - 21.0).abs() < 0.1, "{head_on:?}");
    // Whoever has the other to starboard gives way.
    let first = one(&met, &[("a_name", "ALPHA"), ("b_name", "CHARLIE")]);
    assert_eq!((first["kind"].as_str(), first["give_way"].as_str()), ("crossing", "a"));
    assert_eq!(x(first, "b_cog_deg"), 0.0, "north is 0, not 360");
    let second = one(&met, &[("a_name", "BRAVO"), ("b_name", "CHARLIE")]);
    assert_eq!((second["kind"].as_str(), second["give_way"].as_str()), ("crossing", "b"));
    let breaches = met.iter().filter(|row| x(row, "domain") < 1.0).count();
    assert_eq!(told["encounters"]["breaches"], breaches);
    let heat = |folder: &Path| table(folder, "encounters.heat.csv").len();
    assert_eq!(heat(&out), 3, "hundreds of meters apart");
    let wide = folder.path().join("wide");
    run(&path, Some(&wide), &["encounters"], &["encounters.heat_cell=500000"]);
    assert_eq!(
        (heat(&wide), &table(&wide, "encounters.heat.csv")[0]["encounters"]),
        (1, &"3".into())
    );
}

#[test]
fn density_and_its_change_are_by_area_and_day() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (ships(folder.path()), folder.path().join("out"));
    let settings = [
        "density.cell=5000",
        "watched.from=2024-01-01T01:30",
        "density.before_to=2024-01-01T01:30",
    ];
    let told = run(&path, Some(&out), &["density", "watched"], &settings);
    // Four sail, and one lies still.
    let watched = &told["watched"];
    assert_eq!((&watched["vessels"], &watched["reports"]), (&4.into(), &720.into()));
    assert_eq!(watched["t_min"], 1_704_072_600_000_i64, "half past one");
    let (density, before) = (&told["density"], &told["density"]["before"]);
    let number = |value: &Value| value.as_f64().unwrap();
    let (days, before_days) = (number(&density["days"]), number(&before["days"]));
    assert!((days - 89.0 / 1440.0).abs() < 1e-4 && (before_days - 90.0 / 1440.0).abs() < 1e-4);
    assert!((number(&density["ship_hours"]) - 4.0 * 89.0 / 60.0).abs() < 0.02);
    let cells = table(&out, "density.csv");
    let (now, gone): (Vec<&Row>, Vec<&Row>) =
        cells.iter().partition(|row| x(row, "ship_hours") > 0.0);
    assert!(!now.is_empty() && !gone.is_empty());
    for row in gone {
        assert!(x(row, "change_hours_km2_day") < 0.0 && x(row, "change_transits_day") <= 0.0);
    }
    for row in now.iter().filter(|row| x(row, "ship_hours") > 0.1) {
        let area_km2 = x(row, "ship_hours") / x(row, "hours_km2");
        assert!((area_km2 - 25.0).abs() < 2.0, "{row:?}");
    }
    // ALPHA is the first to come to 0.4 degrees east.
    let new =
        now.iter().find(|row| (x(row, "lon") - 0.4).abs() < 0.03 && x(row, "lat").abs() < 0.03);
    let new = new.expect("she was there");
    let close = |a: f64, b: f64| (a - b).abs() < 0.01 * b.abs();
    assert_eq!(x(new, "transits"), 1.0);
    assert!(close(x(new, "change_transits_day"), 1.0 / days), "{new:?}");
    assert!(close(x(new, "change_hours_km2_day"), x(new, "hours_km2") / days), "{new:?}");

    let fleet = run(&path, None, &["watched"], &["watched.subject=fleet"]);
    assert_eq!(
        (&fleet["watched"]["vessels"], &fleet["watched"]["reports"]),
        (&5.into(), &900.into())
    );
}

#[test]
fn an_oddity_names_its_trip_among_all_whatever_the_filter() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (ships(folder.path()), folder.path().join("out"));
    let told = run(&path, Some(&out), &["oddities", "trips"], &["filter.search=CHARLIE"]);
    assert_eq!(told["filter"]["trips_kept"], 1);
    let trips = table(&out, "trips.csv");
    let trip = one(&trips, &[("mmsi", "219000003")]);
    assert_ne!(trip["trip_id"], "0");
    let odd = table(&out, "oddities.csv");
    let turn = one(&odd, &[("kind", "sudden turn")]);
    assert_eq!((&turn["mmsi"], &turn["trip_id"]), (&trip["mmsi"], &trip["trip_id"]), "{turn:?}");
    let [from, to] = ["from", "to"].map(|column| turn[column].as_str());
    assert!(from <= "2024-01-01T02:01" && to >= "2024-01-01T01:59", "{turn:?}");
}

#[test]
fn a_report_has_the_same_in_its_own_units() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (ships(folder.path()), folder.path().join("out"));
    let page = folder.path().join("a.html");
    let report = |path: &str, settings: &[&str], wants: &[&str]| {
        let mut arguments = vec!["report", path, "-o", page.to_str().unwrap(), "--software"];
        arguments.extend(["--out", out.to_str().unwrap()]);
        settings.iter().for_each(|set| arguments.extend(["--set", set]));
        wants.iter().for_each(|want| arguments.extend(["--want", want]));
        let output = fairway(&arguments);
        assert!(output.status.success(), "{}", said(&output));
    };
    report(&path, &[GATES, "density.cell=5000"], &["gates", "encounters", "density", "trips"]);
    let flows = table(&out, "gates.flows.csv");
    let alpha = one(&flows, &[("Gate", "E"), ("Direction", "to the right")]);
    assert_eq!((x(alpha, "Crossings"), x(alpha, "Median speed, kn")), (1.0, 12.0));
    assert_eq!((x(alpha, "Mean course, °"), x(alpha, "Gate's length, nmi")), (90.0, 4.8));
    let met = table(&out, "encounters.list.csv");
    let head_on = one(&met, &[("First ship", "ALPHA (Cargo)"), ("Second ship", "BRAVO (Cargo)")]);
    assert_eq!((x(head_on, "Closest, nmi"), x(head_on, "Relative speed, kn")), (0.06, 21.0));
    let cells = table(&out, "density.cells.csv");
    let dense: Vec<f64> = cells.iter().map(|row| x(row, "Ship-hours per km²")).collect();
    assert!(dense.len() > 20 && dense.is_sorted_by(|a, b| a >= b), "the densest first: {dense:?}");
    // What the charts are drawn of. ALPHA crosses at half past one; trips last three hours.
    let bars = |name: &str, x_axis: &str, y_axis: &str| -> Vec<(f64, f64)> {
        let rows = table(&out, name);
        let all = rows.iter().map(|row| (x(row, x_axis), x(row, y_axis)));
        all.filter(|(_, y)| *y != 0.0).collect()
    };
    let hours = bars("gates.1.hours.plot.csv", "Hour of the day, UTC", "Crossings");
    assert_eq!(hours, [(1.5, 1.0)]);
    let lasted = bars("trips.durations.plot.csv", "Duration, h", "Trips");
    assert!(lasted.iter().all(|(h, _)| (h - 179.0 / 60.0).abs() < 0.2), "{lasted:?}");

    let lane = lane(folder.path());
    report(&lane, &["gates.lines=Equator: 5.04 0.001, 4.98 0.001"], &["gates"]);
    let flows = table(&out, "gates.flows.csv");
    let north = one(&flows, &[("Direction", "to the right")]);
    let mean_m = x(north, "Normal mean, m from the middle");
    assert!((mean_m - 161.0).abs() < 120.0 && x(north, "Normal share, %") > 50.0, "{north:?}");
    let rows = table(&out, "gates.1.lateral.plot.csv");
    let series = |name: &str| -> Vec<(f64, f64)> {
        let rows = rows.iter().filter(|row| row["series"] == name);
        rows.map(|row| (x(row, "Along the gate, m from its middle"), x(row, "Crossings"))).collect()
    };
    let (bars, fitted) = (series("to the right"), series("fitted, to the right"));
    let mean_of = |points: &[(f64, f64)]| {
        let sum: f64 = points.iter().map(|(_, y)| y).sum();
        points.iter().map(|(x, y)| x * y).sum::<f64>() / sum
    };
    assert!((mean_of(&bars) - 161.0).abs() < 50.0, "{}", mean_of(&bars));
    assert!((mean_of(&fitted) - mean_m).abs() < 50.0, "{}", mean_of(&fitted));
}

#[test]
fn what_lies_over_the_date_line_is_cut_there() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (ships(folder.path()), folder.path().join("out"));
    run(
        &path,
        Some(&out),
        &["gates", "areas"],
        &[
            "gates.lines=Over: 179.5 0, -179.5 0; Beside: 10 0, 10 1",
            "areas.areas=Over: 179 0, -179 0, -179 1, 179 1",
        ],
    );
    let kinds = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(out.join(name)).unwrap();
        let all: Value = serde_json::from_str(&text).unwrap();
        let kind = |one: &Value| one["geometry"]["type"].as_str().unwrap().to_owned();
        all["features"].as_array().unwrap().iter().map(kind).collect()
    };
    assert_eq!(kinds("gates.geojson"), ["MultiLineString", "LineString"]);
    assert_eq!(kinds("areas.geojson"), ["MultiPolygon"]);
}
