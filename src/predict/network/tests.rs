use super::mixed::{covariance_about, form_of, joined, median, scales};
use super::votes::{VOTE_WIDTH, Votes};
use super::*;
use crate::ais::{Fleet, Vessel};
use crate::base::geo::Position;
use crate::learn::{Component, Mixture};
use crate::predict::model::Model;
use crate::predict::score::{Plan, score};
use crate::predict::tests::{lanes, sail, windows_of};
use crate::predict::window::{Window, WindowParams};

/// Small networks that learn lanes in seconds.
fn small() -> PredictParams {
    let mlp = MlpParams { hidden: 32, epochs: 40, batch: 32, ..MlpParams::default() };
    let gru = GruParams {
        n_networks: 2,
        units: 12,
        hidden: 24,
        components: 2,
        n_neighbors: 16,
        epochs: 12,
        batch: 32,
        rate: 5e-3,
        ..GruParams::default()
    };
    PredictParams { mlp, gru, ..PredictParams::default() }
}

fn part(share: f64, mean: [f64; 2]) -> Component {
    Component { share, mean, deviation: [0.01, 0.01], correlation: 0.0 }
}

#[test]
fn networks_learn_bend_and_slowing_that_a_straight_line_cannot_know() {
    let data = windows_of(&lanes(40, 2), &WindowParams::default());
    let methods = vec![Method::Linear, Method::SogCog, Method::Mlp, Method::Gru];
    let (n_folds, seed, searches, compares_inputs) = (3, 1, false, false);
    let plan = Plan { methods, n_folds, seed, searches, compares_inputs };
    let scores = score(&data, &small(), &plan, &|_| (), &Job::default()).unwrap();
    let of = |method: Method, minutes: f64| {
        let mut rows = scores.rows.iter();
        rows.find(|row| row.method == method && row.horizon_min == minutes).unwrap()
    };
    for minutes in [30.0, 45.0, 60.0] {
        let linear = of(Method::Linear, minutes).mean_nmi;
        let reckoned = of(Method::SogCog, minutes).mean_nmi;
        let [mlp, gru] = [Method::Mlp, Method::Gru].map(|method| of(method, minutes).mean_nmi);
        // The paper's baseline, which forty ships are few for.
        assert!(mlp < 2.0 * linear, "{minutes}: mlp {mlp}, linear {linear}");
        assert!(gru < 0.7 * linear && gru < 0.7 * reckoned, "{minutes}: gru {gru} {reckoned}");
        let [half, most] = of(Method::Gru, minutes).coverage.unwrap();
        assert!((half - 0.5).abs() < 0.15 && (most - 0.9).abs() < 0.08, "{half} {most}");
    }
}

#[test]
fn one_seed_trains_one_network_and_another_another() {
    let data = windows_of(&lanes(10, 5), &WindowParams::default());
    let all: Vec<usize> = (0..data.len()).collect();
    let mut params = small();
    (params.gru.epochs, params.mlp.epochs) = (2, 2);
    for method in [Method::Mlp, Method::Gru] {
        let fit = |params: &PredictParams| {
            Model::fit(method, &data, &all, params, &Job::default()).unwrap()
        };
        let told = |model: &Model| model.forecast(&data.samples[11]);
        let one = told(&fit(&params));
        assert_eq!(one, told(&fit(&params)), "{method:?}");
        let mut other = params.clone();
        (other.gru.seed, other.mlp.seed) = (2, 2);
        assert_ne!(one, told(&fit(&other)), "{method:?}");
    }
}

#[test]
fn a_file_with_parts_of_another_network_is_not_read() {
    let data = windows_of(&lanes(10, 5), &WindowParams::default());
    let all: Vec<usize> = (0..data.len()).collect();
    let mut params = small();
    (params.gru.epochs, params.mlp.epochs) = (1, 1);
    let value = |method| {
        let model = Model::fit(method, &data, &all, &params, &Job::default()).unwrap();
        serde_json::to_value(&model).unwrap()
    };
    let read = |value: &serde_json::Value| serde_json::from_value::<Model>(value.clone());
    let (mlp, gru) = (value(Method::Mlp), value(Method::Gru));
    assert!(read(&mlp).is_ok() && read(&gru).is_ok());
    let mut other = mlp.clone();
    other["network"] = gru["network"].clone();
    assert!(read(&other).unwrap_err().to_string().contains("holds another network"));
    let mut other = gru.clone();
    other["network"] = serde_json::Value::Null;
    assert!(read(&other).unwrap_err().to_string().contains("holds another network"));
    for (path, wrong) in [
        ("/network/Gru/shape/units", 13.into()),
        ("/network/Gru/shape/beside", 3.into()),
        ("/network/Gru/units/0", (-1.0).into()),
        ("/network/Gru/votes/off/0", serde_json::json!([])),
        ("/network/Gru/weights/0/parts/1/shape", serde_json::json!([1, 1])),
        ("/network/Gru/weights", serde_json::json!([])),
        ("/ahead/0/minutes", 14.0.into()),
    ] {
        let mut other = gru.clone();
        *other.pointer_mut(path).unwrap() = wrong;
        assert!(read(&other).is_err(), "{path}");
    }
    let mut other = mlp.clone();
    *other.pointer_mut("/network/Mlp/weights/parts/0/values/0").unwrap() = serde_json::Value::Null;
    assert!(read(&other).is_err());
}

#[test]
fn a_cancelled_training_ends_within_a_batch_and_curves_come_by_epoch() {
    let data = windows_of(&lanes(10, 5), &WindowParams::default());
    let all: Vec<usize> = (0..data.len()).collect();
    let mut params = small();
    (params.gru.epochs, params.mlp.epochs) = (1000, 1000);
    for method in [Method::Mlp, Method::Gru] {
        let job = Job::default();
        let inner = job.clone();
        let look = Look::telling(move |curves| {
            if curves.iter().any(|curves| !curves.epochs.is_empty()) {
                inner.cancel();
            }
        });
        let ended = Model::fit_looked_at(method, &data, &all, &params, &look, &job);
        assert_eq!(ended.unwrap_err(), Stopped::Cancelled);
        let epochs: Vec<usize> = look.curves().iter().map(|curves| curves.epochs.len()).collect();
        assert!(epochs.iter().all(|n| *n <= 2) && epochs.contains(&1), "{epochs:?}");
    }
}

#[test]
fn ships_at_rest_and_few_ships_leave_everything_finite() {
    let still = |mmsi| sail(mmsi, Position::new(9.0, 55.0), 120, |_| (0.0, 0.0));
    let mut params = small();
    (params.gru.epochs, params.mlp.epochs) = (2, 2);
    for ships in [1, 3] {
        let fleet = Fleet::from_tracks((1..=ships).map(still).collect());
        let data = windows_of(&fleet, &params.window);
        let all: Vec<usize> = (0..data.len()).collect();
        for method in [Method::Mlp, Method::Gru] {
            let model = Model::fit(method, &data, &all, &params, &Job::default()).unwrap();
            for told in model.forecast(&data.samples[0]) {
                assert!(told.local_m.iter().all(|m| m.abs() < 5000.0), "{method:?} {told:?}");
            }
        }
    }
}

#[test]
fn a_window_of_four_reports_is_read_like_one_of_twelve() {
    let window = WindowParams { n_reports: 4, ..WindowParams::default() };
    let mut params = PredictParams { window, ..small() };
    (params.gru.epochs, params.gru.n_networks) = (3, 1);
    let data = windows_of(&lanes(12, 5), &params.window);
    let all: Vec<usize> = (0..data.len()).collect();
    let model = Model::fit(Method::Gru, &data, &all, &params, &Job::default()).unwrap();
    let told = model.forecast(&data.samples[3]);
    assert_eq!(told.len(), 4);
    assert!(told.iter().all(|told| told.ellipses.is_some_and(|e| e[1].half_axes_m[0] > 0.0)));
    assert!(told.windows(2).all(|pair| pair[0].local_m[0] < pair[1].local_m[0]), "farther later");
}

#[test]
fn horizons_that_few_windows_know_are_left_out() {
    let window = WindowParams { horizons: "15 180".into(), ..WindowParams::default() };
    let mut params = PredictParams { window, ..small() };
    (params.gru.epochs, params.mlp.epochs) = (1, 1);
    let data = windows_of(&lanes(6, 5), &params.window);
    let all: Vec<usize> = (0..data.len()).collect();
    for method in [Method::Mlp, Method::Gru] {
        let model = Model::fit(method, &data, &all, &params, &Job::default()).unwrap();
        let minutes: Vec<f64> =
            model.forecast(&data.samples[0]).iter().map(|told| told.minutes).collect();
        assert_eq!(minutes, [15.0], "{method:?}");
    }
}

#[test]
fn neighbors_vote_for_where_they_went_and_never_for_the_ship_itself() {
    // Six ships turn to port at minute 60; the seventh is alone elsewhere.
    let turning = |ship: u32| {
        let from = Position::new(3.0, 50.0 + f64::from(ship) * 1e-4);
        sail(ship, from, 150, |minute| (12.0, if minute < 60 { 90.0 } else { 0.0 }))
    };
    let mut tracks: Vec<_> = (0..6).map(turning).collect();
    tracks.push(sail(99, Position::new(8.0, 52.0), 150, |_| (12.0, 90.0)));
    let params = WindowParams { horizons: "30".into(), ..WindowParams::default() };
    let data = windows_of(&Fleet::from_tracks(tracks), &params);
    let all: Vec<usize> = (0..data.len()).collect();
    let votes = Votes::of(&data, &all, 5);
    let window = (0..data.len()).find(|i| {
        data.ships[*i] == 0 && data.target_m(*i, 0).is_some_and(|[_, port]| port > 5000.0)
    });
    let window = window.unwrap();
    let vote = votes.told(&data.samples[window])[0];
    let off = super::votes::off(&data, window, 0).unwrap();
    assert!((vote.median[0] - off[0]).abs() < 0.1 && (vote.median[1] - off[1]).abs() < 0.1);
    assert!(vote.median[1] > 0.4, "to port: {vote:?}");
    // Of its own windows alone nobody votes.
    let own: Vec<usize> = all.iter().copied().filter(|i| data.ships[*i] == 0).collect();
    let vote = Votes::of(&data, &own, 5).told(&data.samples[window])[0];
    assert_eq!(vote.numbers, [0.0; VOTE_WIDTH]);
}

#[test]
fn the_median_of_a_mixture_is_where_most_of_it_is_and_its_mean_is_not() {
    let mixture = Mixture { components: vec![part(0.7, [0.0, 0.0]), part(0.3, [10.0, 0.0])] };
    let [x, y] = median(&mixture);
    assert!(x.abs() < 0.05 && y.abs() < 1e-6, "{x} {y}");
    assert!((mixture.mean()[0] - 3.0).abs() < 1e-9);
    // About the median: 0.3 of the mass 10 away.
    let [xx, xy, yy] = covariance_about(&mixture, [0.0, 0.0]);
    assert!((xx - 30.0).abs() < 0.01 && xy.abs() < 1e-9 && yy < 0.01, "{xx} {xy} {yy}");
    let both = joined(&[mixture.clone(), Mixture { components: vec![part(1.0, [0.0, 5.0])] }]);
    let shares: Vec<f64> = both.components.iter().map(|c| c.share).collect();
    assert_eq!(shares, [0.35, 0.15, 0.5]);
}

#[test]
fn scales_hold_their_share_of_what_is_known() {
    let forms: Vec<f64> = (1..=100).map(f64::from).collect();
    assert_eq!(scales(forms), [50.0, 90.0]);
    // Of nothing known: where a normal distribution holds 50 and 90 %.
    let [half, most] = scales(Vec::new());
    assert!((half - 2.0 * 2.0_f64.ln()).abs() < 1e-9 && (most - 2.0 * 10.0_f64.ln()).abs() < 1e-9);
    let normal = Mixture {
        components: vec![Component {
            share: 1.0,
            mean: [0.0; 2],
            deviation: [2.0, 1.0],
            correlation: 0.0,
        }],
    };
    assert!((form_of(&normal, [2.0, 0.0]) - 1.0).abs() < 1e-3, "one deviation out");
}

#[test]
fn a_window_at_rest_gives_finite_numbers_to_read() {
    let moments = (0..12)
        .map(|i| crate::predict::window::Moment {
            t_s: f64::from(i - 11) * 60.0,
            position: Position::new(4.0, 52.0),
            speed_mps: 0.0,
            course_deg: 10.0,
        })
        .collect();
    let window = Window::from_moments(moments);
    let sample = Sample::of(&window, &Vessel::default(), &WindowParams::default());
    let steps = super::gru::steps_of(&sample);
    assert_eq!(steps.len(), 12 * 6);
    assert!(steps.iter().all(|x| x.is_finite()));
    assert!((steps[11 * 6] - 0.5).abs() < 1e-6, "the last report is now");
}
