use super::super::agreement::agreement;
use super::*;
use crate::ais::{Ending, Report, Vessel};
use crate::base::rng::Rng;
use crate::learn::TrainParams;

/// Trips on `routes` routes between places on a circle, the last two of them rare, and the route of
/// each: curved lines, each sailed within a kilometer or so.
fn made(
    routes: usize,
    each: usize,
    rare: usize,
    seed: u64,
) -> (Fleet, Vec<Trip>, Vec<Option<u32>>) {
    let mut rng = Rng::new(seed, 0);
    let (mut tracks, mut trips, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    let mut start = 0;
    let ends: Vec<[f64; 5]> = (0..routes)
        .map(|route| {
            let turn = std::f64::consts::TAU * route as f64 / routes as f64;
            let to = turn + rng.between(1.8, 4.2);
            [turn.cos(), turn.sin(), to.cos(), to.sin(), rng.between(-0.3, 0.3)]
        })
        .collect();
    for (route, [x0, y0, x1, y1, bow]) in ends.into_iter().enumerate() {
        for _ in 0..if route + 2 < routes { each } else { rare } {
            let n = 30 + rng.below(60);
            let (dx, dy) = (0.01 * rng.normal(), 0.01 * rng.normal());
            let report = |i: usize| {
                let s = i as f64 / (n - 1) as f64;
                let bend = bow * (std::f64::consts::PI * s).sin();
                let lon = 11.0 + x0 + s * (x1 - x0) - bend * (y1 - y0) + dx;
                let lat = 56.0 + 0.5 * (y0 + s * (y1 - y0) + bend * (x1 - x0)) + dy;
                Report::at(i as i64 * 60_000, Position::new(lon, lat))
            };
            tracks.push((Vessel::default(), (0..n).map(report).collect()));
            let (begins, ends) = (Ending::Track, Ending::Track);
            trips.push(Trip {
                vessel: trips.len(),
                reports: start..start + n,
                length_m: 0.0,
                begins,
                ends,
            });
            truth.push(Some(route as u32));
            start += n;
        }
    }
    (Fleet::from_tracks(tracks), trips, truth)
}

fn quick() -> EmbedParams {
    EmbedParams {
        prepare: PrepareParams { points: 24, ..PrepareParams::default() },
        layers: "64-32".into(),
        train: TrainParams {
            epochs: 60,
            batch: 32,
            device: DeviceChoice::Cpu,
            ..EmbedParams::default().train
        },
        ..EmbedParams::default()
    }
}

fn embedded(fleet: &Fleet, trips: &[Trip], params: &EmbedParams) -> Embedded {
    let params = Checked::new(params).unwrap();
    embed(fleet, trips, &params, &Job::default(), &Watch::default()).unwrap()
}

fn grouped(embedded: &Embedded, params: &DeepParams) -> Result<DeepClusters, Stopped> {
    let params = Checked::new(params).unwrap();
    group(embedded, &params, DeviceChoice::Cpu, &Job::default(), &Watch::default())
}

#[test]
fn eight_routes_are_found_and_both_rare_ones_kept_where_the_baseline_throws_them_away() {
    let (fleet, trips, truth) = made(8, 30, 6, 4);
    let embedded = embedded(&fleet, &trips, &quick());
    for k in [8, 0] {
        let deep = grouped(&embedded, &DeepParams { k, ..DeepParams::default() }).unwrap();
        let agrees = agreement(&truth, deep.labels.as_slice()).unwrap();
        assert!(agrees.ari >= 0.9, "k {k}: {agrees:?}, {} clusters", deep.labels.clusters());
        let params = Checked::new(&BaselineParams::default()).unwrap();
        let baseline = baseline(&fleet, &trips, &params, &Job::default()).unwrap();
        let study = study(&truth, &deep.labels, &baseline);
        assert_eq!(study.deep.small_found, Some(2), "k {k}: {study:?}");
        assert_eq!(study.baseline.small_lost, Some(2), "k {k}: {study:?}");
    }
}

#[test]
fn memberships_follow_the_labels_and_medoids_are_of_their_cluster() {
    let (fleet, trips, _) = made(5, 12, 12, 7);
    let embedded = embedded(&fleet, &trips, &quick());
    let deep = grouped(&embedded, &DeepParams { k: 5, ..DeepParams::default() }).unwrap();
    for (trip, label) in deep.labels.as_slice().iter().enumerate() {
        let q = deep.membership(&embedded, trip).unwrap();
        assert!((q.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        let most = q.iter().copied().fold(0.0, f32::max);
        assert_eq!(q[label.unwrap() as usize], most);
    }
    for (cluster, medoid) in deep.medoids.iter().enumerate() {
        assert_eq!(deep.labels.as_slice()[*medoid as usize], Some(cluster as u32));
    }
    assert!(deep.curves.epochs.iter().skip(1).all(|epoch| epoch.metric.is_some()));
    let again = grouped(&embedded, &DeepParams { k: 5, ..DeepParams::default() }).unwrap();
    assert_eq!(again.labels, deep.labels);
    assert_eq!(again.q, deep.q);
}

#[test]
fn a_trip_is_made_again_near_where_it_was() {
    let (fleet, trips, _) = made(4, 15, 15, 3);
    let long = EmbedParams { train: TrainParams { epochs: 400, ..quick().train }, ..quick() };
    let embedded = embedded(&fleet, &trips, &long);
    let [own, again] = embedded.reconstructed(7, &Job::default()).unwrap().unwrap();
    assert_eq!((own.len(), again.len()), (24, 24));
    let first = fleet.reports().positions[trips[7].reports.start];
    assert!(short_distance_m(own[0], first) < 5.0, "{own:?} {first:?}");
    let mean: f64 =
        own.iter().zip(&again).map(|(a, b)| short_distance_m(*a, *b)).sum::<f64>() / 24.0;
    assert!((mean - f64::from(embedded.errors_m[7])).abs() < 1.0);
    // Routes span a hundred kilometers and more.
    let mut errors_m = embedded.errors_m.clone();
    errors_m.sort_by(f32::total_cmp);
    assert!(errors_m[30] < 5000.0 && errors_m[59] < 15_000.0, "{errors_m:?}");
}

#[test]
fn a_saved_model_embeds_the_same_trips_the_same_and_knows_its_data() {
    let (fleet, trips, _) = made(3, 10, 10, 3);
    let embedded = embedded(&fleet, &trips, &quick());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep");
    let card = Card { data_key: "abc".into(), ..Card::default() };
    embedded.model(card).save(&path, MODEL_KIND, MODEL_VERSION).unwrap();
    let model = Model::<DeepConfig>::load(&path, MODEL_KIND, MODEL_VERSION).unwrap();
    assert!(matches!(model.check_data("other"), Err(SaveError::OtherData { .. })));
    let again = embed_by(&fleet, &trips, &model, DeviceChoice::Cpu, &Job::default()).unwrap();
    assert_eq!(again.embedding, embedded.embedding);
    assert_eq!(again.errors_m, embedded.errors_m);
    // Half of the trips, scaled as all of them were.
    let half = embed_by(&fleet, &trips[..15], &model, DeviceChoice::Cpu, &Job::default()).unwrap();
    assert_eq!(half.embedding.row(3), embedded.embedding.row(3));
}

#[test]
fn bad_input_is_answered_in_words_or_with_one_cluster() {
    let (fleet, trips, _) = made(3, 4, 2, 5);
    let few = EmbedParams { train: TrainParams { epochs: 2, ..quick().train }, ..quick() };
    let eight = embedded(&fleet, &trips, &few);
    let said =
        grouped(&eight, &DeepParams { k: 9, ..DeepParams::default() }).unwrap_err().to_string();
    assert!(said.contains("k is 9") && said.contains("8 trips"), "{said}");
    let one = grouped(&eight, &DeepParams { k: 1, ..DeepParams::default() }).unwrap();
    assert_eq!((one.labels.clusters(), one.q.values()), (1, &[1.0; 8][..]));
    let params = Checked::new(&few).unwrap();
    let none = embed(&fleet, &[], &params, &Job::default(), &Watch::default());
    assert!(none.unwrap_err().to_string().contains("no trips"));
    // One trip: one cluster, whatever is asked.
    let single = embedded(&fleet, &trips[..1], &few);
    assert_eq!(grouped(&single, &DeepParams::default()).unwrap().labels.clusters(), 1);
}

#[test]
fn constant_trips_are_one_cluster() {
    let report = |t: i64| Report::at(t * 60_000, Position::new(11.0, 56.0));
    let tracks: Vec<_> =
        (0..6).map(|_| (Vessel::default(), (0..5).map(report).collect())).collect();
    let (begins, ends) = (Ending::Track, Ending::Track);
    let trips: Vec<Trip> = (0..6)
        .map(|v| Trip { vessel: v, reports: v * 5..v * 5 + 5, length_m: 0.0, begins, ends })
        .collect();
    let few = EmbedParams { train: TrainParams { epochs: 2, ..quick().train }, ..quick() };
    let embedded = embedded(&Fleet::from_tracks(tracks), &trips, &few);
    let deep =
        grouped(&embedded, &DeepParams { k: 3, most_steps: 40, ..DeepParams::default() }).unwrap();
    assert_eq!(deep.labels.clusters(), 1);
    assert!(deep.q.values().iter().all(|q| q.is_finite()));
}

#[test]
fn a_cancelled_embedding_leaves_its_last_good_state() {
    let (fleet, trips, _) = made(3, 10, 10, 3);
    let job = Job::default();
    let cancels = job.clone();
    let watch = Watch::telling(move |curves| {
        if curves.epochs.len() == 30 {
            cancels.cancel();
        }
    });
    let params = Checked::new(&quick()).unwrap();
    assert_eq!(embed(&fleet, &trips, &params, &job, &watch), Err(Stopped::Cancelled));
    let kept = watch.checkpoint().unwrap();
    assert!(kept.weights.is_finite() && kept.epochs.len() >= 10, "{}", kept.epochs.len());
    let (job, watch) = (Job::default(), Watch::default());
    let resumed = embed_from(Some(&kept), &fleet, &trips, &params, &job, &watch).unwrap();
    assert_eq!(resumed.embedding, embedded(&fleet, &trips, &quick()).embedding);
}
