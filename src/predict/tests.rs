//! Windows, the ensemble, ellipses and scores on traffic whose truth is known.

use super::dataset::{Dataset, dataset};
use super::ensemble::{Ensemble, EnsembleParams};
use super::features::{Inputs, feature_names};
use super::model::{Fitted, Model};
use super::params::{Method, PredictParams};
use super::score::{Plan, score};
use super::spread::{Ellipse, Spread};
use super::window::{Moment, Window, WindowParams, position_later};
use crate::ais::{Ending, Fleet, Mmsi, Report, Trip, Vessel};
use crate::base::geo::{Position, destination, distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::params::Params as _;
use crate::base::rng::Rng;
use crate::base::units::mps_from_kn;

mod mixed;

const MINUTE_MS: i64 = 60_000;

/// A ship that reports once a minute; `step` gives speed, kn, and course, degrees, by minute.
pub(super) fn sail(
    mmsi: u32,
    from: Position,
    minutes: usize,
    step: impl Fn(usize) -> (f64, f64),
) -> (Vessel, Vec<Report>) {
    let vessel = Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() };
    let mut place = from;
    let mut reports = Vec::new();
    for minute in 0..minutes {
        let (kn, course) = step(minute);
        reports.push(Report {
            sog_kn: kn as f32,
            cog_deg: course as f32,
            ..Report::at(minute as i64 * MINUTE_MS, place)
        });
        place = destination(place, course, mps_from_kn(kn) * 60.0);
    }
    (vessel, reports)
}

fn trips_of(fleet: &Fleet) -> Vec<Trip> {
    (0..fleet.vessels().len())
        .map(|vessel| Trip {
            vessel,
            reports: fleet.range(vessel),
            length_m: 0.0,
            begins: Ending::Track,
            ends: Ending::Track,
        })
        .collect()
}

pub(super) fn windows_of(fleet: &Fleet, params: &WindowParams) -> Dataset {
    let trips = trips_of(fleet);
    let trips: Vec<&Trip> = trips.iter().collect();
    dataset(fleet, &trips, &|_| &[], params, &Job::default()).unwrap()
}

/// Ships on two lanes: one bends to port at a buoy, the other slows down; with some unrest.
pub(super) fn lanes(ships: u32, seed: u64) -> Fleet {
    let tracks = (0..ships)
        .map(|ship| {
            let mut rng = Rng::new(seed, u64::from(ship));
            let kn = rng.between(9.0, 16.0);
            let bends = ship % 2 == 0;
            let lat = if bends { 57.0 } else { 57.4 };
            let from = Position::new(10.0, lat + rng.normal() * 0.005);
            let unrest: Vec<(f64, f64)> =
                (0..200).map(|_| (rng.normal() * 0.2, rng.normal() * 1.5)).collect();
            sail(1000 + ship, from, 200, move |minute| {
                let (dkn, dcourse) = unrest[minute];
                let run_nmi = kn * minute as f64 / 60.0;
                let course = if bends && run_nmi > 14.0 { 30.0 } else { 80.0 };
                let kn = if !bends && run_nmi > 14.0 { kn * 0.5 } else { kn };
                ((kn + dkn).max(1.0), course + dcourse)
            })
        })
        .collect();
    Fleet::from_tracks(tracks)
}

#[test]
fn a_straight_course_is_told_exactly_by_dead_reckoning() {
    let fleet = Fleet::from_tracks(vec![
        sail(1, Position::new(0.0, 0.0), 120, |_| (12.0, 0.0)), // A meridian is a great circle.
        sail(2, Position::new(179.95, 0.0), 120, |_| (12.0, 90.0)), // The equator, over the date line.
    ]);
    let params = WindowParams::default();
    let data = windows_of(&fleet, &params);
    assert!(data.len() > 20 && data.n_ships() == 2);
    for (sample, truths) in data.samples.iter().zip(&data.truths) {
        for (minutes, truth) in data.horizons_min.iter().zip(truths) {
            let Some(truth) = truth else { continue };
            for fitted in [Fitted::SogCog, Fitted::Linear] {
                let local = fitted.predict(sample, minutes * 60.0);
                let off_m = distance_m(sample.frame.position(local), *truth);
                assert!(off_m < 5.0, "{fitted:?} {minutes}: {off_m} m");
            }
        }
    }
}

#[test]
fn truth_is_interpolated_and_silences_are_respected() {
    let step = |_| (10.0, 90.0);
    let (vessel, mut reports) = sail(7, Position::new(5.0, 0.0), 61, step);
    reports.retain(|report| {
        let minute = report.t_ms / MINUTE_MS;
        !(20..30).contains(&minute) && minute != 40
    });
    let fleet = Fleet::from_tracks(vec![(vessel, reports.clone())]);
    let params = WindowParams { gap_min: 5.0, tolerance_min: 2.0, ..WindowParams::default() };
    let later = |minutes: f64| position_later(&fleet, 10, reports.len(), minutes * 60.0, &params);
    let at = |minutes: f64| {
        destination(Position::new(5.0, 0.0), 90.0, mps_from_kn(10.0) * 60.0 * minutes)
    };
    // Minute 10 is the window's end: 30 later is minute 40, which is missing but has neighbors.
    assert!(distance_m(later(30.0).unwrap(), at(40.0)) < 1.0);
    assert!(distance_m(later(5.5).unwrap(), at(15.5)) < 1.0);
    assert_eq!(later(15.0), None, "in the silence");
    assert_eq!(later(60.0), None, "beyond the data");
    // No window reaches over the silence.
    let ends: Vec<usize> = (0..reports.len())
        .filter(|last| Window::ending_at(&fleet, 0, *last, &params).is_some())
        .collect();
    let after = reports.iter().position(|report| report.t_ms >= 30 * MINUTE_MS).unwrap();
    assert!(ends.contains(&15) && !ends.contains(&after) && !ends.contains(&(after + 5)));
    assert!(ends.contains(&(after + 11)));
}

#[test]
fn dense_reports_are_passed_over_so_that_windows_reach_back() {
    let tracks = |every_s: i64| {
        let reports: Vec<Report> = (0..3600 / every_s)
            .map(|i| {
                let s = (i * every_s) as f64;
                let place = destination(Position::new(3.0, 50.0), 45.0, 6.0 * s);
                Report { sog_kn: 11.66, cog_deg: 45.0, ..Report::at(i * every_s * 1000, place) }
            })
            .collect();
        Fleet::from_tracks(vec![(Vessel::default(), reports)])
    };
    let params = WindowParams::default();
    for every_s in [5, 10, 60] {
        let fleet = tracks(every_s);
        let last = fleet.reports().len() - 1;
        let window = Window::ending_at(&fleet, 0, last, &params).unwrap();
        assert_eq!(window.moments.len(), 12);
        let reach_s = -window.moments[0].t_s;
        assert!((550.0..=660.0).contains(&reach_s), "every {every_s} s: {reach_s}");
    }
}

#[test]
fn speed_and_course_come_from_positions_where_none_were_reported() {
    let (vessel, mut reports) = sail(3, Position::new(1.0, 40.0), 30, |_| (9.0, 120.0));
    for report in &mut reports {
        (report.sog_kn, report.cog_deg) = (f32::NAN, f32::NAN);
    }
    let fleet = Fleet::from_tracks(vec![(vessel, reports)]);
    let window = Window::ending_at(&fleet, 0, 29, &WindowParams::default()).unwrap();
    assert!((window.speed_mps() - mps_from_kn(9.0)).abs() < 0.01);
    assert!((window.frame.course_deg() - 120.0).abs() < 0.2);
    let data =
        windows_of(&fleet, &WindowParams { horizons: "5".into(), ..WindowParams::default() });
    assert!(data.samples.iter().all(|sample| sample.features.iter().all(|x| x.is_finite())));
}

#[test]
fn features_have_names_and_no_ship_at_rest_makes_them_infinite() {
    let moments = (0..12)
        .map(|i| Moment {
            t_s: f64::from(i - 11) * 60.0,
            position: Position::new(4.0, 52.0),
            speed_mps: 0.0,
            course_deg: 10.0,
        })
        .collect();
    let window = Window::from_moments(moments);
    let sample = super::dataset::Sample::of(&window, &Vessel::default(), &WindowParams::default());
    let all = Inputs::all();
    assert_eq!(sample.features.len(), feature_names(all).len());
    assert!(sample.features.iter().chain(&sample.raw).chain(&sample.key).all(|x| x.is_finite()));
    assert_eq!(window.frame.course_deg(), 10.0);
}

#[test]
fn no_ship_is_in_two_folds_and_folds_are_nearly_equal() {
    let data = windows_of(&lanes(23, 1), &WindowParams::default());
    let folds = data.folds(10, 4);
    let mut of_ship = std::collections::BTreeMap::new();
    for (ship, fold) in data.ships.iter().zip(&folds) {
        assert_eq!(of_ship.entry(ship).or_insert(fold), &fold);
    }
    let size = |fold| folds.iter().filter(|other| **other == fold).count();
    let sizes: Vec<usize> = (0..10).map(size).collect();
    assert!(sizes.iter().max().unwrap() <= &(3 * data.len() / 23), "{sizes:?}");
    assert!(sizes.iter().all(|size| *size > 0));
    assert_ne!(folds, data.folds(10, 5), "another seed, other folds");
    assert_eq!(data.folds(50, 1).iter().max().unwrap() + 1, 23, "no more folds than ships");
}

fn plan(methods: &[Method]) -> Plan {
    Plan { methods: methods.to_vec(), n_folds: 5, seed: 1, searches: false, compares_inputs: false }
}

#[test]
fn the_ensemble_is_ahead_of_all_that_learn_motion_on_lanes_that_bend_and_slow() {
    let data = windows_of(&lanes(40, 2), &WindowParams::default());
    let mut params = PredictParams::default();
    (params.gru.n_networks, params.gru.epochs) = (1, 2); // How good these are is tested elsewhere.
    let scores = score(&data, &params, &plan(&Method::ALL), &|_| (), &Job::default()).unwrap();
    for minutes in [15.0, 30.0, 45.0, 60.0] {
        let rows: Vec<_> = scores.rows.iter().filter(|row| row.horizon_min == minutes).collect();
        assert_eq!(rows.len(), Method::ALL.len());
        let of = |method| rows.iter().find(|row| row.method == method).unwrap().mean_nmi;
        // Where lanes are this clean, place alone tells the future, and the plain ELM learns nothing
        // else.
        for row in rows.iter().filter(|row| !matches!(row.method, Method::Elm | Method::Gru)) {
            assert!(
                of(Method::Ensemble) <= row.mean_nmi,
                "{minutes}: {} {} ensemble {}",
                row.method.name(),
                row.mean_nmi,
                of(Method::Ensemble)
            );
            assert!(row.sd_nmi >= 0.0 && row.median_nmi <= row.p90_nmi && row.predict_us > 0.0);
        }
        assert!(of(Method::Ensemble) < 0.7 * of(Method::SogCog), "it knows bend and slowing");
    }
}

#[test]
fn ellipses_hold_the_share_that_they_promise() {
    let data = windows_of(&lanes(60, 3), &WindowParams::default());
    let methods = [Method::SogCog, Method::Ensemble];
    let params = PredictParams::default();
    let scores = score(&data, &params, &plan(&methods), &|_| (), &Job::default()).unwrap();
    for row in &scores.rows {
        let [half, most] = row.coverage.unwrap();
        assert!((half - 0.5).abs() < 0.06 && (most - 0.9).abs() < 0.03, "{row:?}");
    }
}

#[test]
fn the_worst_predictions_are_listed_worst_first() {
    let data = windows_of(&lanes(10, 4), &WindowParams::default());
    let scores =
        score(&data, &PredictParams::default(), &plan(&[Method::SogCog]), &|_| (), &Job::default())
            .unwrap();
    let worst: Vec<f64> = scores
        .worst
        .iter()
        .filter(|miss| miss.horizon_min == 60.0)
        .map(|miss| miss.error_nmi)
        .collect();
    assert!(!worst.is_empty() && worst.windows(2).all(|pair| pair[0] >= pair[1]));
    let row = scores.rows.iter().find(|row| row.horizon_min == 60.0).unwrap();
    assert!(worst[0] >= row.p90_nmi);
}

#[test]
fn a_ships_own_windows_never_tell_its_path() {
    // All but one sail straight on; it turns. Were it its own neighbor, the turn would be known.
    let mut tracks: Vec<_> = (0..12)
        .map(|ship| {
            sail(ship, Position::new(3.0, 50.0 + f64::from(ship) * 1e-3), 150, |_| (12.0, 90.0))
        })
        .collect();
    tracks.push(sail(99, Position::new(3.0, 50.0), 150, |minute| {
        (12.0, if minute < 60 { 90.0 } else { 0.0 })
    }));
    let params = WindowParams { horizons: "30".into(), ..WindowParams::default() };
    let data = windows_of(&Fleet::from_tracks(tracks), &params);
    let all: Vec<usize> = (0..data.len()).filter(|i| data.truths[*i][0].is_some()).collect();
    let ensemble = Ensemble::fit(
        &data,
        &all,
        0,
        Inputs::default(),
        &EnsembleParams::default(),
        &Job::default(),
    )
    .unwrap();
    let before_turn = all.iter().copied().filter(|i| {
        let t_min = i64::from(data.places[*i].1) - data.samples.len() as i64;
        data.ships[*i] == 12 && t_min != 0 && (data.samples[*i].last[1]).abs() < 1.0
    });
    let mut told_straight = 0;
    for i in before_turn {
        let [ahead, port] = ensemble.predict(&data.samples[i]);
        let truth = data.target_m(i, 0).unwrap();
        if truth[1] > 5000.0 {
            assert!(port.abs() < 1500.0 && ahead > 9000.0, "{ahead} {port}");
            told_straight += 1;
        }
    }
    assert!(told_straight > 2);
}

#[test]
fn a_saved_model_tells_the_same_bits() {
    let data = windows_of(&lanes(12, 5), &WindowParams::default());
    let all: Vec<usize> = (0..data.len()).collect();
    for method in Method::ALL {
        let model =
            Model::fit(method, &data, &all, &PredictParams::default(), &Job::default()).unwrap();
        let text = serde_json::to_string(&model).unwrap();
        let loaded: Model = serde_json::from_str(&text).unwrap();
        for sample in data.samples.iter().step_by(7) {
            assert_eq!(model.forecast(sample), loaded.forecast(sample), "{method:?}");
        }
    }
}

#[test]
fn few_windows_constant_motion_and_one_ship_are_said_or_survived() {
    let job = Job::default();
    let params = PredictParams::default();
    let still = |mmsi| sail(mmsi, Position::new(9.0, 55.0), 120, |_| (0.0, 0.0));
    let one = windows_of(&Fleet::from_tracks(vec![still(1)]), &params.window);
    let said = score(&one, &params, &plan(&Method::ALL), &|_| (), &job).unwrap_err();
    assert!(said.to_string().contains("one ship"), "{said}");
    let none = windows_of(&Fleet::from_tracks(Vec::new()), &params.window);
    let said = score(&none, &params, &plan(&Method::ALL), &|_| (), &job).unwrap_err();
    assert!(said.to_string().contains("no trip has a window"), "{said}");

    // Equal ships at rest: nothing varies, matrices are singular, and all is finite.
    let fleet = Fleet::from_tracks((1..7).map(still).collect());
    let data = windows_of(&fleet, &params.window);
    let scores = score(&data, &params, &plan(&Method::ALL), &|_| (), &job).unwrap();
    assert_eq!(scores.rows.len(), 4 * Method::ALL.len());
    for row in &scores.rows {
        assert!(row.mean_nmi < 0.01 && row.sd_nmi.is_finite(), "{row:?}");
    }
}

#[test]
fn a_cancelled_evaluation_ends() {
    let data = windows_of(&lanes(8, 6), &WindowParams::default());
    let job = Job::default();
    job.cancel();
    let ended = score(&data, &PredictParams::default(), &plan(&Method::ALL), &|_| (), &job);
    assert_eq!(ended.unwrap_err(), Stopped::Cancelled);
}

#[test]
fn horizons_are_read_in_any_order_and_nonsense_is_named() {
    let of = |text: &str| WindowParams { horizons: text.into(), ..WindowParams::default() };
    assert_eq!(of("60, 15;30 15").horizons_min().unwrap(), [15.0, 30.0, 60.0]);
    for (text, said) in
        [("", "at least one"), ("15 x", "\"x\""), ("0.2", "within 1"), ("9999", "within 1")]
    {
        let faults = of(text).faults();
        assert!(faults.len() == 1 && faults[0].contains(said), "{text}: {faults:?}");
    }
    let short = WindowParams { n_recent: 30, ..WindowParams::default() };
    assert!(short.faults()[0].contains("recent"));
}

#[test]
fn an_ellipse_of_a_covariance_has_its_axes() {
    // Deviations of 300 m ahead and 100 m to port.
    let ellipse = Ellipse::of([90_000.0, 0.0, 10_000.0], 4.0);
    assert!((ellipse.half_axes_m[0] - 600.0).abs() < 1e-9);
    assert!((ellipse.half_axes_m[1] - 200.0).abs() < 1e-9 && ellipse.turned_deg.abs() < 1e-9);
    assert!(ellipse.holds([599.0, 0.0]) && !ellipse.holds([601.0, 0.0]));
    assert!(ellipse.holds([0.0, 199.0]) && !ellipse.holds([0.0, 201.0]));
    // Turned by 90 degrees: the long axis to port.
    let turned = Ellipse::of([10_000.0, 0.0, 90_000.0], 4.0);
    assert!((turned.turned_deg.abs() - 90.0).abs() < 1e-9 && turned.holds([0.0, 599.0]));
    for at in Ellipse::of([50_000.0, 20_000.0, 30_000.0], 2.0).outline_m(12) {
        let grown = Ellipse::of([50_000.0, 20_000.0, 30_000.0], 2.0 * 1.0001);
        let shrunk = Ellipse::of([50_000.0, 20_000.0, 30_000.0], 2.0 * 0.9999);
        assert!(grown.holds(at) && !shrunk.holds(at));
    }
}

#[test]
fn ellipses_are_wide_where_predictions_were_far_off() {
    let data = windows_of(
        &lanes(30, 7),
        &WindowParams { horizons: "30".into(), ..WindowParams::default() },
    );
    let samples: Vec<_> = data.samples.iter().collect();
    // Far off on the northern lane alone.
    let errors: Vec<[f64; 2]> = samples
        .iter()
        .enumerate()
        .map(|(i, sample)| {
            let wide = if sample.frame.origin().lat_deg > 57.3 { 2000.0 } else { 100.0 };
            let mut rng = Rng::new(9, i as u64);
            [rng.normal() * wide, rng.normal() * wide * 0.2]
        })
        .collect();
    let spread = Spread::of(&samples, &errors, 1800.0).unwrap();
    for sample in samples.iter().step_by(11) {
        let [half, most] = spread.ellipses(sample);
        let lat = sample.frame.origin().lat_deg;
        if (57.1..57.35).contains(&lat) {
            continue; // Neighbors from both.
        }
        let is_wide = lat > 57.3;
        assert_eq!(most.half_axes_m[0] > 2400.0, is_wide, "{most:?}");
        assert!(half.half_axes_m[0] < most.half_axes_m[0]);
        assert!(most.half_axes_m[1] < 0.6 * most.half_axes_m[0]);
    }
    assert!(Spread::of(&[], &[], 60.0).is_none());
}

#[test]
fn a_model_whose_parts_do_not_fit_is_not_read() {
    let data = windows_of(&lanes(12, 5), &WindowParams::default());
    let all: Vec<usize> = (0..data.len()).collect();
    let params = PredictParams::default();
    let model = |method| {
        let model = Model::fit(method, &data, &all, &params, &Job::default()).unwrap();
        serde_json::to_value(&model).unwrap()
    };
    let read = |value: &serde_json::Value| serde_json::from_value::<Model>(value.clone());
    let said = |value: serde_json::Value| read(&value).unwrap_err().to_string();
    let (linear, gmm, elm) = (model(Method::Linear), model(Method::Gmm), model(Method::Elm));
    assert!(read(&gmm).is_ok());

    let mut other = gmm.clone();
    other["ahead"][0]["fitted"]["Gmm"]["x"] = linear["ahead"][0]["fitted"].clone();
    assert!(read(&other).is_err());
    let mut other = gmm.clone();
    let scaler = other["ahead"][0]["fitted"]["Gmm"]["y"].clone();
    other["ahead"][0]["fitted"]["Gmm"]["x"] = scaler;
    assert!(said(other).contains("takes other inputs"));
    let mut other = gmm.clone();
    other["inputs"]["has_place"] = true.into();
    assert!(said(other).contains("takes other inputs"));
    let mut other = gmm.clone();
    other["ahead"][0]["fitted"] = elm["ahead"][0]["fitted"].clone();
    assert!(said(other).contains("holds another method"));
    let mut other = elm.clone();
    other["window"]["n_reports"] = 5.into();
    assert!(said(other).contains("takes other inputs"));
    let mut other = linear.clone();
    other["window"]["n_reports"] = 1.into();
    assert!(said(other).contains("its windows cannot be"));
    let mut other = linear;
    other["ahead"][1]["minutes"] = 15.0.into();
    assert!(said(other).contains("15 min is no time ahead after 15"));
}
