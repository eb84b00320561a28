use super::*;

fn random(n: usize, width: usize, seed: u64) -> Rows {
    let mut rng = Rng::new(seed, 0);
    Rows::from_values(width, (0..n * width).map(|_| rng.normal()).collect())
}

fn fit(x: &Rows, y: &Rows, params: &GmmParams) -> Gmm {
    Gmm::fit(x, y, params, &Job::default()).unwrap()
}

fn of(n_components: usize) -> GmmParams {
    GmmParams {
        chooses: false,
        n_components,
        ridge: 1e-8,
        least_gain: 1e-6,
        ..GmmParams::default()
    }
}

/// Two pieces: y = 3 + 2 x0 about x0 = -5, y = 1 - x0 about x0 = 5.
fn two_pieces(n: usize) -> (Rows, Rows) {
    let mut rng = Rng::new(4, 0);
    let (mut x, mut y) = (Rows::new(2), Rows::new(1));
    for i in 0..n {
        let x0 = if i % 2 == 0 { -5.0 } else { 5.0 } + 0.5 * rng.normal();
        x.push(&[x0, rng.normal()]);
        y.push(&[if i % 2 == 0 { 3.0 + 2.0 * x0 } else { 1.0 - x0 }]);
    }
    (x, y)
}

#[test]
fn one_gaussian_is_a_straight_line() {
    let x = random(300, 3, 1);
    let y = Rows::from_values(2, x.iter().flat_map(|x| [1.0 + x[0] - x[2], 2.0 * x[1]]).collect());
    let model = fit(&x, &y, &of(1));
    let mut out = [0.0; 2];
    model.predict(&[2.0, -1.0, 0.5], &mut out);
    assert!((out[0] - 2.5).abs() < 1e-4 && (out[1] + 2.0).abs() < 1e-4, "{out:?}");
}

#[test]
fn two_straight_pieces_are_learned_exactly() {
    let (x, y) = two_pieces(400);
    let model = fit(&x, &y, &of(2));
    let (mut out, mut covariance) = ([0.0], [0.0]);
    for (x, y) in
        [([-4.5, 1.0], -6.0), ([-5.5, 0.0], -8.0), ([4.0, -1.0], -3.0), ([6.0, 2.0], -5.0)]
    {
        model.predict_with_covariance(&x, &mut out, &mut covariance);
        assert!((out[0] - y).abs() < 1e-4, "{x:?} {out:?}");
        assert!(covariance[0] < 1e-6, "{covariance:?}");
    }
}

#[test]
fn bic_chooses_the_number_of_pieces() {
    let (x, mut y) = two_pieces(600);
    let mut rng = Rng::new(6, 0);
    y.values_mut().iter_mut().for_each(|y| *y += 0.3 * rng.normal());
    let model = fit(&x, &y, &GmmParams::default());
    assert_eq!(model.n_components(), 2);
    let (three, one) = (fit(&x, &y, &of(3)), fit(&x, &y, &of(1)));
    assert!(model.bic() < three.bic() && model.bic() < one.bic());
    let (mut out, mut covariance) = ([0.0], [0.0]);
    model.predict_with_covariance(&[5.0, 0.0], &mut out, &mut covariance);
    assert!((covariance[0] - 0.09).abs() < 0.02, "{covariance:?}");
}

#[test]
fn the_bic_of_one_gaussian_by_hand() {
    // x and y at (+-1, +-1): variances 1, no covariance; each row has log density -1 - ln 2 pi.
    let x = Rows::from_values(1, vec![1.0, 1.0, -1.0, -1.0]);
    let y = Rows::from_values(1, vec![1.0, -1.0, 1.0, -1.0]);
    let bic = fit(&x, &y, &of(1)).bic();
    let expected = 5.0 * 4.0_f64.ln() + 8.0 * (1.0 + std::f64::consts::TAU.ln());
    assert!((bic - expected).abs() < 1e-5, "{bic} {expected}");
}

#[test]
fn a_fork_has_a_wide_covariance() {
    // Half of the samples go to +1, half to -1, whatever x is.
    let x = random(400, 1, 1);
    let y = Rows::from_values(
        2,
        (0..400).flat_map(|i| if i % 2 == 0 { [1.0; 2] } else { [-1.0; 2] }).collect(),
    );
    let model = fit(&x, &y, &of(2));
    let (mut out, mut covariance) = ([0.0; 2], [0.0; 4]);
    model.predict_with_covariance(&[0.0], &mut out, &mut covariance);
    assert!(out.iter().all(|y| y.abs() < 0.2), "{out:?}");
    assert!(covariance.iter().all(|c| (c - 1.0).abs() < 0.05), "{covariance:?}");
}

#[test]
fn hard_samples_give_finite_predictions() {
    let same = Rows::from_values(2, vec![0.5; 40]);
    let one = Rows::from_values(2, vec![0.5, 1.0]);
    let constant = Rows::from_values(2, (0..20).flat_map(|i| [0.0, f64::from(i)]).collect());
    let twice = Rows::from_values(2, (0..20).flat_map(|i| [f64::from(i), f64::from(i)]).collect());
    let far = Rows::from_values(2, vec![0.5, 1.0, -40.0, 900.0, 1e200, 0.0]);
    for x in [same, one, constant, twice] {
        for y in [random(x.len(), 2, 3), Rows::from_values(2, vec![4.0; 2 * x.len()])] {
            for params in [of(1), of(7), of(100), GmmParams::default()] {
                let model = fit(&x, &y, &params);
                let found = model.predict_all(&far);
                assert!(found.values().iter().all(|y| y.is_finite()), "{params:?} {found:?}");
                assert!(model.bic().is_finite());
                let (mut out, mut covariance) = ([0.0; 2], [0.0; 4]);
                model.predict_with_covariance(far.row(1), &mut out, &mut covariance);
                assert!(covariance.iter().all(|y| y.is_finite()), "{covariance:?}");
            }
        }
    }
}

#[test]
fn gaussians_that_collapse_are_dropped() {
    let x = Rows::from_values(1, vec![0.0, 0.0, 0.0, 0.0, 0.0, 9.0]);
    let model = fit(&x, &x, &of(4));
    assert!(model.n_components() < 4, "{}", model.n_components());
    let mut out = [0.0];
    model.predict(&[0.0], &mut out);
    assert!(out[0].abs() < 1e-3, "{out:?}");
}

#[test]
fn a_saved_model_predicts_the_same_bits() {
    let (x, y) = two_pieces(200);
    let model = fit(&x, &y, &of(3));
    let text = serde_json::to_string(&model).unwrap();
    let loaded: Gmm = serde_json::from_str(&text).unwrap();
    assert_eq!(loaded, model);
    let rows = loaded.predict_all(&x);
    assert_eq!(rows, model.predict_all(&x));
    let mut out = [0.0];
    model.predict(x.row(7), &mut out);
    assert_eq!(out, rows.row(7));
}

#[test]
fn a_damaged_model_is_refused() {
    let (x, y) = two_pieces(50);
    let text = serde_json::to_string(&fit(&x, &y, &of(1))).unwrap();
    for (from, to) in [
        ("\"n_features\":2", "\"n_features\":3"),
        ("\"weight\":1.0", "\"weight\":-1.0"),
        ("\"mean\":[", "\"mean\":[1,"),
    ] {
        assert!(text.contains(from), "{text}");
        assert!(serde_json::from_str::<Gmm>(&text.replace(from, to)).is_err(), "{to}");
    }
    assert!(
        serde_json::from_str::<Gmm>(
            "{\"n_features\":1,\"n_samples\":1,\"bic\":0,\"gaussians\":[]}"
        )
        .is_err()
    );
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (x, y) = two_pieces(3000);
    let [one, four] = [1, 4].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&x, &y, &GmmParams { most_rounds: 10, ..GmmParams::default() }))
    });
    assert!(one == four);
}

#[test]
fn a_cancelled_job_gives_no_model() {
    let job = Job::default();
    job.cancel();
    let (x, y) = two_pieces(30);
    assert!(Gmm::fit(&x, &y, &of(2), &job).is_err());
}
