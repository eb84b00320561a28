//! From traffic to clusters and routes without a window: what scripts get, and whether it is true.

use std::any::Any;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use fairway::distance::{DistanceParams, Metric};
use fairway::flow::stage::Pace;
use fairway::flow::stages::{DistancesOf, IndicesOf, PairsOf, RoutesOf};
use fairway::flow::tray::{Shelf, State};
use fairway::flow::{Desk, Jobs, Session};
use serde_json::Value;
use tempfile::TempDir;

use crate::ground::{data, fairway, json, said};

/// A made sea on the desk.
fn session(rows: usize) -> Session {
    let mut session = Session::default();
    session.sources.make_demo();
    for setting in [format!("synth.rows={rows}"), "synth.seed=11".into()] {
        session.set(&setting).unwrap();
    }
    session
}

fn update(desk: &mut Desk, session: &Session, names: &[&str]) {
    let wanted = desk.wanted(names, session).unwrap();
    for _ in 0..3 {
        desk.update(session, &Jobs::Inline, &wanted);
    }
    let faults: Vec<_> = desk.shelves().iter().flat_map(|shelf| shelf.faults().to_vec()).collect();
    assert!(faults.is_empty(), "{faults:?}");
}

/// What the default settings find in the made sea.
struct Found {
    pairs: Arc<PairsOf>,
    distances: Arc<DistancesOf>,
    indices: Arc<IndicesOf>,
    routes: Arc<RoutesOf>,
}

fn found() -> &'static Found {
    static FOUND: OnceLock<Found> = OnceLock::new();
    FOUND.get_or_init(|| {
        let (session, mut desk) = (session(300_000), Desk::default());
        update(&mut desk, &session, &["routes"]);
        Found {
            pairs: Arc::clone(desk.pairs.shown().unwrap().value),
            distances: Arc::clone(desk.distances.shown().unwrap().value),
            indices: Arc::clone(desk.indices.shown().unwrap().value),
            routes: Arc::clone(desk.routes.shown().unwrap().value),
        }
    })
}

#[test]
fn the_best_pair_of_the_sweep_finds_the_routes_that_were_made() {
    let agreement = found().indices.agreement.expect("a made sea knows its routes");
    assert!(agreement.trips > 300 && agreement.ari >= 0.95, "{agreement:?}");
    let clusters = found().indices.clusters.labels().clusters();
    assert_eq!(found().routes.routes.routes.len(), clusters, "a route for each cluster");
}

#[test]
fn no_route_by_msspd_has_two_directions_and_many_by_sspd_do() {
    let two_ways = |routes: &RoutesOf| {
        // Not those who fish, or shift within a port: they sail to and fro in one trip.
        let lanes = routes.routes.routes.iter();
        let lanes = lanes.filter(|route| route.sailing >= 6 && route.length_nmi > 10.0);
        lanes.filter(|route| route.opposite_share > 0.25).count()
    };
    assert_eq!(two_ways(&found().routes), 0);
    let (mut session, mut desk) = (session(300_000), Desk::default());
    session.set("distances.metric=sspd").unwrap();
    update(&mut desk, &session, &["routes"]);
    let sspd = desk.routes.shown().unwrap().value;
    assert!(two_ways(sspd) >= 8, "SSPD merges the directions of a lane");
    let (ari, by_sspd) = (
        found().indices.agreement.unwrap().ari,
        desk.indices.shown().unwrap().value.agreement.unwrap().ari,
    );
    assert!(by_sspd < ari - 0.1, "{by_sspd} is worse than {ari}");
}

/// The results that lie before clusters, held so that no later one takes an address of theirs.
fn before(desk: &Desk) -> [Arc<dyn Any>; 5] {
    [
        desk.compress.shown().unwrap().value.clone(),
        desk.pairs.shown().unwrap().value.clone(),
        desk.distances.shown().unwrap().value.clone(),
        desk.sweep.shown().unwrap().value.clone(),
        desk.tree.shown().unwrap().value.clone(),
    ]
}

#[test]
fn each_slider_runs_only_what_depends_on_it() {
    let (mut session, mut desk) = (session(60_000), Desk::default());
    update(&mut desk, &session, &["indices"]);
    desk.follow_choice(&mut session);
    let (first, labels) = (before(&desk), desk.clusters.shown().unwrap().value.labels().clone());
    let changed = |desk: &Desk, first: &[Arc<dyn Any>; 5]| {
        let now = before(desk);
        [0, 1, 2, 3, 4].map(|place| !Arc::ptr_eq(&now[place], &first[place]))
    };

    // As the slider does it: by hand, from where the sweep left it.
    session.clusters.choose = false;
    session.clusters.cluster.eps /= 8.0;
    update(&mut desk, &session, &["indices", "sweep"]);
    assert_eq!(changed(&desk, &first), [false; 5], "eps cuts what is there");
    assert_ne!(*desk.clusters.shown().unwrap().value.labels(), labels);

    session.clusters.density.min_trips += 1;
    update(&mut desk, &session, &["indices", "sweep"]);
    assert_eq!(changed(&desk, &first), [false, false, false, false, true], "one tree");

    let second = before(&desk);
    for setting in ["distances.w1=0.5", "distances.w2=0.3"] {
        session.set(setting).unwrap();
    }
    update(&mut desk, &session, &["indices", "sweep"]);
    assert_eq!(changed(&desk, &second), [false, false, true, true, true], "no pair is measured");

    session.set("compress.tolerance=300").unwrap();
    update(&mut desk, &session, &["indices", "sweep"]);
    assert_eq!(changed(&desk, &second), [true; 5]);
}

#[test]
fn what_the_sweep_chose_stays_when_the_user_takes_over() {
    let (mut session, mut desk) = (session(60_000), Desk::default());
    let as_set = session.as_set();
    update(&mut desk, &session, &["clusters"]);
    desk.follow_choice(&mut session);
    assert_eq!(session.as_set(), as_set, "undo sees no act of the user's in it");
    let chosen = desk.clusters.shown().unwrap().key;
    let clusters = session.clusters.clone();
    session.clusters.choose = false;
    update(&mut desk, &session, &["clusters"]);
    assert_eq!(desk.clusters.shown().unwrap().key, chosen);
    assert_eq!(session.clusters.cluster, clusters.cluster);
}

#[test]
fn merged_clusters_are_one_until_it_is_taken_back() {
    let (mut session, mut desk) = (session(60_000), Desk::default());
    update(&mut desk, &session, &["clusters"]);
    desk.follow_choice(&mut session);
    let before = Arc::clone(desk.clusters.shown().unwrap().value);
    let members = before.labels().members();
    let pair = [0, 1].map(|cluster: usize| before.mark(members[cluster][0] as usize));
    session.clusters.edits.merged.push(pair);
    update(&mut desk, &session, &["routes"]);
    let after = desk.clusters.shown().unwrap().value.labels().clone();
    assert_eq!(after.clusters(), before.labels().clusters() - 1);
    assert_eq!(after.sizes()[0], before.labels().sizes()[..2].iter().sum::<u32>());
    session.clusters.edits.merged.clear();
    update(&mut desk, &session, &["clusters"]);
    assert_eq!(desk.clusters.shown().unwrap().value.labels(), before.labels());
}

#[test]
fn near_pairs_alone_give_the_same_clusters() {
    let (mut session, mut desk) = (session(60_000), Desk::default());
    for setting in ["distances.metric=sspd", "clusters.eps=1500", "clusters.min_trips=4"] {
        session.set(setting).unwrap();
    }
    update(&mut desk, &session, &["routes"]);
    let all = desk.clusters.shown().unwrap().value.labels().clone();
    assert!(all.clusters() > 5 && all.noise() > 0, "{:?}", all.sizes());
    session.set("distances.within=2000").unwrap();
    update(&mut desk, &session, &["routes"]);
    assert_eq!(*desk.clusters.shown().unwrap().value.labels(), all);
    let figures = desk.pairs.figures().unwrap();
    let n = |name: &str| figures[name].as_u64().unwrap();
    assert!(n("pairs_measured") < n("pairs") / 2, "{figures:?}");
    assert_eq!(desk.routes.shown().unwrap().value.routes.routes.len(), all.clusters());

    session.set("clusters.eps=3000").unwrap();
    let wanted = desk.wanted(&["clusters"], &session).unwrap();
    desk.update(&session, &Jobs::Inline, &wanted);
    let fault = desk.clusters.faults().join("\n");
    assert!(fault.contains("eps is 3000") && fault.contains("2000"), "{fault}");
}

#[test]
fn every_stage_can_be_wanted_by_itself() {
    let (session, mut names) = (session(20_000), Vec::new());
    Desk::default().shelves().iter().for_each(|shelf| names.push(shelf.name()));
    assert!(names.len() >= 18, "{names:?}");
    for name in names {
        let mut desk = Desk::default();
        update(&mut desk, &session, &[name]);
        let wanted = desk.wanted(&[name], &session).unwrap();
        let shelves = desk.shelves();
        let open = shelves.iter().filter(|shelf| wanted.has(shelf.name()));
        // What waits to be asked waits, and so does all that needs it: other tests ask.
        let mut waiting: Vec<&str> = Vec::new();
        for shelf in &shelves {
            // Shelves stand in the order of the flow.
            let needs_waiting = shelf.needs().iter().any(|need| waiting.contains(need));
            if shelf.pace() == Pace::OnRequest || needs_waiting {
                waiting.push(shelf.name());
            }
        }
        let open = open.filter(|shelf| !waiting.contains(&shelf.name()));
        let open: Vec<_> = open.filter(|shelf| shelf.state() != State::Fresh).collect();
        assert!(open.is_empty(), "{name} waits for {:?}", open.first().map(|shelf| shelf.name()));
    }
}

#[test]
fn work_that_nobody_waits_for_any_more_comes_to_an_end() {
    let (session, mut desk) = (session(20_000), Desk::default());
    update(&mut desk, &session, &["distances"]);
    let jobs = Jobs::Threads { wake: Arc::new(|| ()) };
    let names = ["spectrum", "sweep", "optics"];
    desk.update(&session, &jobs, &desk.wanted(&names, &session).unwrap());
    assert!(desk.is_busy());
    let start = std::time::Instant::now();
    while desk.is_busy() {
        assert!(start.elapsed().as_secs() < 60, "its progress stands in the status bar for ever");
        desk.update(&session, &jobs, &fairway::flow::desk::Wanted::explore());
        std::thread::yield_now();
    }
}

#[test]
fn every_method_groups_the_made_sea() {
    let (mut session, mut desk) = (session(60_000), Desk::default());
    for (method, more) in [
        ("dbscan", "clusters.choose=true"),
        ("optics", "clusters.choose=true"),
        ("hdbscan", "clusters.min_cluster_size=4"),
        ("k-medoids", "clusters.k=12"),
        ("k-means", "clusters.k=12"),
        ("spectral", "clusters.choose=true"),
    ] {
        session.set(&format!("clusters.method={method}")).unwrap();
        session.set(more).unwrap();
        update(&mut desk, &session, &["indices", "routes"]);
        let figures = desk.clusters.figures().unwrap();
        assert_eq!(figures["method"], method);
        let clusters = figures["clusters"].as_u64().unwrap();
        assert!((2..=60).contains(&clusters), "{method}: {clusters}");
        let agreement = desk.indices.shown().unwrap().value.agreement.unwrap();
        assert!(agreement.ari > 0.4, "{method}: {agreement:?}");
    }
}

#[test]
fn the_study_of_distances_finds_what_the_paper_found() {
    let (session, mut desk) = (session(60_000), Desk::default());
    update(&mut desk, &session, &["distance-study"]);
    let study = desk.study.shown().unwrap().value;
    let [frechet, hausdorff, sspd, msspd] = &study.direction[..] else { panic!("four distances") };
    // Those of places alone are blind to direction.
    for blind in [hausdorff, sspd] {
        assert!(blind.ratio().unwrap() < msspd.ratio().unwrap() / 2.0, "{blind:?} {msspd:?}");
    }
    assert!(msspd.opposite > 5.0 && frechet.opposite > frechet.same, "{msspd:?} {frechet:?}");
    // Nothing changes where nothing is dropped, and more is dropped the larger the tolerance.
    let rates: Vec<f64> = study.compression.iter().map(|row| row.rate).collect();
    assert!(rates.is_sorted() && rates[7] > 0.3, "{rates:?}");
    let gammas = |row: &fairway::cluster::study::Change| -> Vec<f64> {
        row.gammas.iter().map(|gamma| gamma.unwrap()).collect()
    };
    assert!(gammas(&study.noise[0]).iter().all(|gamma| *gamma < 1e-6));
    // The mean over all points suffers less from a few wrong ones than the largest distance.
    let worst = gammas(&study.noise[5]);
    assert!(worst[2] < worst[1] && worst[3] < worst[1], "{worst:?}");
}

#[test]
fn distances_lie_where_their_scale_says() {
    let Found { pairs, distances, .. } = found();
    let square = distances.ground.square.as_ref().expect("all pairs were measured");
    let n = square.len();
    let most = (0..n).flat_map(|i| square.row(i).iter().copied()).fold(0.0_f32, f32::max);
    assert!(most > 0.15 && most <= 1.0 / 3.0 + 1e-6, "{most}");
    assert_eq!((pairs.paths.len(), distances.points.len()), (n, n * distances.dim));
    let params = DistanceParams { metric: Metric::Sspd, ..DistanceParams::default() };
    let sspd_m = fairway::distance::between_m(&pairs.paths, &params, 0, n - 1);
    let part = pairs.all().unwrap().part(fairway::distance::Part::Sspd).unwrap();
    // What is farther than the median trip is long is not measured, only far.
    let expected_m = sspd_m.min(pairs.paths.median_length_m());
    assert!((part.get(0, n - 1) - expected_m).abs() <= 1e-3 * expected_m);
}

/// A folder with a made sea in it, and the sea's path.
fn sea(rows: usize) -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sea.parquet").to_str().unwrap().to_owned();
    let arguments = ["synth", "--out", &path, "--rows", &rows.to_string(), "--seed", "5"];
    assert!(fairway(&arguments).status.success());
    (folder, path)
}

#[test]
fn a_run_to_routes_prints_and_writes_what_scripts_rely_on() {
    let (folder, path) = sea(60_000);
    let out = folder.path().join("out");
    let names = ["compress", "distances", "sweep", "clusters", "indices", "routes"];
    let mut arguments = vec!["run", path.as_str(), "--json", "--out", out.to_str().unwrap()];
    names.iter().for_each(|name| arguments.extend(["--want", name]));
    let output = fairway(&arguments);
    let figures = json(&output);
    for (stage, members) in [
        (
            "compress",
            &["reports_in", "reports_kept", "kept_share", "max_error_m", "mean_error_m"][..],
        ),
        ("distances", &["metric", "trips", "pairs", "pairs_per_s"]),
        ("clusters", &["method", "clusters", "noise", "sizes"]),
        ("indices", &["silhouette", "calinski_harabasz", "davies_bouldin", "ari", "nmi"]),
        ("sweep", &["rows", "best"]),
        ("routes", &["routes"]),
    ] {
        for member in members {
            assert!(!figures[stage][member].is_null(), "{stage}.{member} in {}", figures[stage]);
        }
    }
    for member in ["eps", "min_trips", "clusters", "noise", "sc", "ch", "scch"] {
        assert!(figures["sweep"]["best"][member].is_number(), "{member}");
    }
    for member in ["id", "trips", "length_nmi", "median_width_m", "direction_deg"] {
        assert!(figures["routes"]["routes"][0][member].is_number(), "{member}");
    }
    let trips = figures["distances"]["trips"].as_u64().unwrap() as usize;
    let clusters = figures["clusters"]["clusters"].as_u64().unwrap() as usize;
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    let labels = read("labels.csv");
    assert_eq!(labels.lines().count(), trips + 1);
    let named: BTreeSet<&str> =
        labels.lines().skip(1).filter_map(|line| line.rsplit(',').next()).collect();
    assert_eq!(named.iter().filter(|label| !label.is_empty()).count(), clusters);
    let npy = fs::read(out.join("distances.npy")).unwrap();
    assert_eq!(npy.len() % 64, 2 * trips * (trips - 1) % 64, "the header fills whole 64s");
    assert!(npy.len() > 2 * trips * (trips - 1));
    let routes: Value = serde_json::from_str(&read("routes.geojson")).unwrap();
    assert_eq!(routes["features"].as_array().unwrap().len(), 3 * clusters);
    for name in ["labels.parquet", "sweep.csv", "routes.csv", "compress.parquet", "run.json"] {
        assert!(out.join(name).exists(), "{name}");
    }
    // What was chosen is in run.json, and repeats.
    let again = fairway(&["run", &path, "--want", "clusters", "--json"]);
    assert_eq!(json(&again)["clusters"]["sizes"], figures["clusters"]["sizes"]);
}

#[test]
fn what_cannot_be_grouped_is_said_where_it_was_set() {
    let (folder, path) = sea(5000);
    let refused = |settings: &[&str]| {
        let mut arguments = vec!["run", path.as_str(), "--want", "clusters"];
        settings.iter().for_each(|setting| arguments.extend(["--set", setting]));
        let output = fairway(&arguments);
        assert!(!output.status.success() && output.stdout.is_empty());
        let said = said(&output);
        assert!(!said.contains("panicked"), "{said}");
        (output.status.code(), said)
    };
    for (settings, code, parts) in [
        (&["clusters.eps=0"][..], 2, &["eps is 0"][..]),
        (&["clusters.eps=-1"], 2, &["eps is -1"]),
        (&["distances.w1=0.9"], 2, &["weights must sum to 1"]),
        (&["distances.resample=1"], 2, &["resample is 1"]),
        (&["clusters.min_trips=400"], 1, &["min_trips is 400", "trips"]),
        (&["clusters.method=k-medoids", "clusters.k=900"], 1, &["k is 900", "lower k"]),
        (&["clusters.method=spectral", "clusters.k=40"], 1, &["k is 40"]),
        (&["filter.speed_min=500"], 1, &["there are no trips"]),
        (&["distances.within=500", "distances.scale=minmax"], 1, &["minmax"]),
    ] {
        let (found, said) = refused(settings);
        assert_eq!(found, Some(code), "{settings:?}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{settings:?}: {said}");
    }
    drop(folder);
}

/// A file with ships that all sail the same way, `n` of them, without any speed or course.
fn same_way(folder: &Path, n: usize, reports: usize) -> String {
    let mut text = String::from("mmsi,time,lat,lon\n");
    for ship in 0..n {
        for minute in 0..reports {
            text.push_str(&format!(
                "{},2024-06-03T00:{minute:02}:00,55.0,{:.5}\n",
                219_000_001 + ship,
                11.0 + 0.01 * minute as f64
            ));
        }
    }
    let path = folder.join(format!("same_{n}_{reports}.csv"));
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn few_and_equal_trips_are_no_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let run = |n: usize, reports: usize, settings: &[&str]| {
        let path = same_way(folder.path(), n, reports);
        let mut arguments = vec!["run", path.as_str(), "--want", "routes", "--json"];
        for setting in ["trips.min_reports=2", "trips.min_length=0", "trips.min_time=0"] {
            arguments.extend(["--set", setting]);
        }
        settings.iter().for_each(|setting| arguments.extend(["--set", setting]));
        fairway(&arguments)
    };
    // Ten equal trips are one cluster, whose route has no width, and whose indices have no value.
    let figures = json(&run(10, 30, &[]));
    assert_eq!(figures["clusters"]["sizes"], serde_json::json!([10]));
    assert_eq!(
        figures["routes"]["routes"][0]["median_width_m"].as_f64().map(f64::round),
        Some(0.0)
    );
    assert!(figures["indices"]["silhouette"].is_null());
    // Trips of two reports are trips.
    let figures = json(&run(6, 2, &["clusters.min_trips=3"]));
    assert_eq!(figures["clusters"]["sizes"], serde_json::json!([6]));
    // One trip is too few for MinPts, and enough for itself.
    let output = run(1, 30, &[]);
    assert!(said(&output).contains("min_trips"), "{}", said(&output));
    let figures = json(&run(1, 30, &["clusters.min_trips=1"]));
    assert_eq!(figures["clusters"]["clusters"], 1);
}

#[test]
fn the_two_directions_of_the_kattegat_are_two_routes() {
    let name = "tracks/kattegat_2025_11_1min.parquet";
    let test = "the_two_directions_of_the_kattegat_are_two_routes";
    let Some(path) = data(test, name) else { return };
    let output = fairway(&["run", path.to_str().unwrap(), "--want", "routes", "--json"]);
    let figures = json(&output);
    let routes = figures["routes"]["routes"].as_array().unwrap();
    let large = routes.iter().filter(|route| route["trips"].as_u64().unwrap() >= 50);
    let large: Vec<(f64, f64)> = large
        .map(|route| {
            let figure = |name: &str| route[name].as_f64().unwrap();
            (figure("direction_deg"), figure("opposite_share"))
        })
        .collect();
    assert!(large.len() >= 2 && large.iter().all(|(_, share)| *share < 0.15), "{large:?}");
    let turn_deg = (large[0].0 - large[1].0).rem_euclid(360.0);
    assert!((150.0..=210.0).contains(&turn_deg), "{large:?}");
}

#[test]
fn real_trips_of_santa_barbara_cluster_into_lanes() {
    let name = "tracks/santa_barbara_2018_06_01_05.csv.zst";
    let Some(path) = data("real_trips_of_santa_barbara_cluster_into_lanes", name) else { return };
    let output = fairway(&["run", path.to_str().unwrap(), "--want", "routes", "--json"]);
    let figures = json(&output);
    let (clusters, trips) = (&figures["clusters"], figures["trips"]["trips"].as_f64().unwrap());
    assert!(clusters["clusters"].as_u64().unwrap() >= 20, "{clusters}");
    assert!(clusters["noise"].as_f64().unwrap() < 0.65 * trips, "{clusters}");
    let routes = figures["routes"]["routes"].as_array().unwrap();
    let large: Vec<&Value> =
        routes.iter().filter(|route| route["trips"].as_u64().unwrap() >= 10).collect();
    assert!(large.len() >= 10, "{}", large.len());
    // A lane is narrow: of most large clusters the trips keep within two miles of each other.
    let narrow = large.iter().filter(|route| route["median_width_m"].as_f64().unwrap() < 3704.0);
    assert!(2 * narrow.count() > large.len(), "{large:?}");
}
