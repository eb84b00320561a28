use super::*;
use crate::base::linalg::cholesky;

fn random(n: usize, width: usize, seed: u64) -> Rows {
    let mut rng = Rng::new(seed, 0);
    Rows::from_values(width, (0..n * width).map(|_| rng.normal()).collect())
}

fn fit(x: &Rows, y: &Rows, params: &ElmParams) -> Elm {
    Elm::fit(x, y, None, params, &Job::default()).unwrap()
}

fn few() -> ElmParams {
    ElmParams { n_hidden: 20, ..ElmParams::default() }
}

/// The largest difference between what is predicted and what is true.
fn worst(elm: &Elm, x: &Rows, y: &Rows) -> f64 {
    let found = elm.predict_all(x);
    found.values().iter().zip(y.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// y0 = 5 + x0 - 2 x1, y1 = x2.
fn straight(x: &Rows) -> Rows {
    Rows::from_values(2, x.iter().flat_map(|x| [5.0 + x[0] - 2.0 * x[1], x[2]]).collect())
}

#[test]
fn a_straight_relation_is_learned_exactly_by_direct_links() {
    let x = random(500, 3, 1);
    let elm = fit(&x, &straight(&x), &few());
    assert_eq!(elm.ridge(), 1e-6);
    let other = random(100, 3, 2);
    assert!(worst(&elm, &other, &straight(&other)) < 1e-6);
}

#[test]
fn what_its_own_neurons_say_is_learned_exactly() {
    let x = random(500, 3, 1);
    for activation in [Activation::Tanh, Activation::Sigmoid] {
        let chosen = ElmParams { activation, has_direct: false, ..few() };
        let mut truth = fit(&x, &straight(&x), &chosen);
        // Output weights by hand: neuron 4 less neuron 7.
        truth.saved.output = Matrix::zeros(20, 1);
        *truth.saved.output.at_mut(4, 0) = 1.0;
        *truth.saved.output.at_mut(7, 0) = -1.0;
        let params = ElmParams { chooses_ridge: false, ridge: 1e-9, ..chosen };
        let elm = fit(&x, &truth.predict_all(&x), &params);
        let other = random(100, 3, 2);
        assert!(worst(&elm, &other, &truth.predict_all(&other)) < 1e-6);
    }
}

#[test]
fn a_large_ridge_leaves_the_mean_of_the_targets() {
    let x = random(200, 3, 1);
    let y = Rows::from_values(1, (0..200).map(|i| f64::from(i % 2)).collect());
    let elm = fit(&x, &y, &ElmParams { chooses_ridge: false, ridge: 1e9, ..few() });
    let mut out = [0.0];
    elm.predict(&[1.0, -1.0, 0.5], &mut out);
    assert!((out[0] - 0.5).abs() < 1e-5, "{out:?}");
}

#[test]
fn the_chosen_ridge_grows_with_noise() {
    let x = random(300, 3, 1);
    let mut rng = Rng::new(9, 0);
    let mut last = 0.0;
    for noise in [0.0, 0.3, 3.0] {
        let values = x.iter().map(|x| (x[0] + x[1]).sin() + noise * rng.normal()).collect();
        let params = ElmParams { n_hidden: 100, ..ElmParams::default() };
        let ridge = fit(&x, &Rows::from_values(1, values), &params).ridge();
        assert!(ridge > last, "{noise}: {ridge}");
        last = ridge;
    }
}

#[test]
fn generalized_cross_validation_is_what_its_formula_says() {
    // Against the formula with matrices written out: |y - Sy|^2 / n / (1 - tr S / n)^2.
    let (x, y) = (random(40, 3, 1), random(40, 1, 2));
    let elm = fit(&x, &y, &few());
    let mut h = vec![0.0; 40 * 24];
    elm.fill(x.values(), &mut h);
    let h = Matrix::from_values(40, 24, h);
    let error = |lambda: f64| {
        let mut inner = h.transposed().times(&h);
        (0..23).for_each(|i| *inner.at_mut(i, i) += lambda);
        let factor = cholesky(&inner, &Job::default()).unwrap();
        let smoother = h.times(&factor.solve(&h.transposed()));
        let fitted = smoother.times(&Matrix::from_rows(&y));
        let left: f64 = y.values().iter().zip(fitted.values()).map(|(a, b)| (a - b).powi(2)).sum();
        let used: f64 = (0..40).map(|i| smoother.at(i, i)).sum();
        left / 40.0 / (1.0 - used / 40.0).powi(2)
    };
    let best = RIDGES.into_iter().min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap();
    assert_eq!(elm.ridge(), best);
}

#[test]
fn a_weight_of_2_is_a_sample_that_comes_twice() {
    let (x, y) = (random(60, 3, 1), random(60, 2, 2));
    let weights: Vec<f64> = (0..60).map(|i| f64::from(i % 3)).collect();
    let places: Vec<usize> = (0..60).flat_map(|i| vec![i; i % 3]).collect();
    let params = ElmParams { chooses_ridge: false, ..few() };
    let weighed = Elm::fit(&x, &y, Some(&weights), &params, &Job::default()).unwrap();
    let doubled = fit(&x.take(&places), &y.take(&places), &params);
    assert!(worst(&weighed, &x, &doubled.predict_all(&x)) < 1e-9);
}

#[test]
fn hard_samples_give_finite_predictions() {
    let same = Rows::from_values(2, vec![0.5; 40]);
    let one = Rows::from_values(2, vec![0.5, 1.0]);
    let constant = Rows::from_values(2, (0..20).flat_map(|i| [0.0, f64::from(i)]).collect());
    for x in [same, one, constant] {
        let y = random(x.len(), 2, 3);
        for has_direct in [true, false] {
            for chooses_ridge in [true, false] {
                for ridge in [1e-9, 1.0] {
                    let elm = fit(&x, &y, &ElmParams { has_direct, ridge, chooses_ridge, ..few() });
                    let found = elm.predict_all(&Rows::from_values(2, vec![0.5, 1.0, -40.0, 90.0]));
                    assert!(found.values().iter().all(|y| y.is_finite()), "{found:?}");
                }
            }
        }
    }
}

#[test]
fn one_sample_is_predicted_as_itself() {
    let (x, y) = (Rows::from_values(2, vec![0.5, 1.0]), Rows::from_values(1, vec![3.0]));
    assert!(worst(&fit(&x, &y, &few()), &x, &y) < 1e-9);
}

#[test]
fn a_saved_model_predicts_the_same_bits_and_alone_as_in_rows() {
    let (x, y) = (random(100, 3, 1), random(100, 2, 2));
    let elm = fit(&x, &y, &few());
    let text = serde_json::to_string(&elm).unwrap();
    let loaded: Elm = serde_json::from_str(&text).unwrap();
    assert_eq!(loaded, elm);
    assert_eq!(loaded.predict_all(&x), elm.predict_all(&x));
    let (mut out, mut again) = ([0.0; 2], [0.0; 2]);
    elm.predict(x.row(7), &mut out);
    loaded.predict(x.row(7), &mut again);
    assert_eq!(out, again);
    let rows = elm.predict_all(&x);
    assert!(out.iter().zip(rows.row(7)).all(|(a, b)| (a - b).abs() < 1e-12));
}

#[test]
fn a_damaged_model_is_refused() {
    let (x, y) = (random(30, 3, 1), random(30, 2, 2));
    let text = serde_json::to_string(&fit(&x, &y, &few())).unwrap();
    for (from, to) in [
        ("\"n_features\":3", "\"n_features\":0"),
        ("\"n_features\":3", "\"n_features\":4"),
        ("\"n_hidden\":20", "\"n_hidden\":18446744073709551615"),
        ("\"n_rows\":24", "\"n_rows\":23"),
    ] {
        assert!(text.contains(from));
        assert!(serde_json::from_str::<Elm>(&text.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (x, y) = (random(3000, 5, 1), random(3000, 2, 2));
    let [one, four] = [1, 4].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let elm = fit(&x, &y, &few());
            (elm.predict_all(&x), elm)
        })
    });
    assert!(one == four);
}

#[test]
fn a_cancelled_job_gives_no_model() {
    let job = Job::default();
    job.cancel();
    let (x, y) = (random(30, 3, 1), random(30, 2, 2));
    assert_eq!(Elm::fit(&x, &y, None, &few(), &job), Err(Stopped::Cancelled));
}
