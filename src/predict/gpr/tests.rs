use super::*;

fn random(n: usize, width: usize, seed: u64) -> Rows {
    let mut rng = Rng::new(seed, 0);
    Rows::from_values(width, (0..n * width).map(|_| rng.normal()).collect())
}

fn fit(x: &Rows, y: &Rows, params: &GprParams) -> Gpr {
    Gpr::fit(x, y, params, &Job::default()).unwrap()
}

fn plain() -> GprParams {
    GprParams {
        chooses: false,
        length: 1.0,
        signal: 1.0,
        noise: 1e-3,
        kernel: Kernel::SquaredExponential,
        ..GprParams::default()
    }
}

fn worst(found: &Rows, y: &Rows) -> f64 {
    found.values().iter().zip(y.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn two_samples_by_hand() {
    // k = e^-2 between the samples; the mean of the targets is 1. With noise 1 the matrix is
    // [2 k; k 2], and what is about the mean, -+1, is divided by 2 - k.
    let (x, y) = (Rows::from_values(1, vec![0.0, 2.0]), Rows::from_values(1, vec![0.0, 2.0]));
    let model = fit(&x, &y, &GprParams { noise: 1.0, ..plain() });
    let k = (-2.0_f64).exp();
    let (mut out, mut variance) = ([0.0], [0.0]);
    model.predict_with_variance(&[0.0], &mut out, &mut variance);
    assert!((out[0] - (1.0 - (1.0 - k) / (2.0 - k))).abs() < 1e-12);
    // k' (K + I)^-1 k with the kernels (1, k) at the first sample, and the noise.
    let known = (2.0 - 2.0 * k * k + 2.0 * k * k) / (4.0 - k * k);
    assert!((variance[0] - (2.0 - known)).abs() < 1e-12, "{variance:?} {known}");
}

#[test]
fn an_expansion_in_its_own_kernels_is_learned() {
    let of = |x: &Rows| {
        let kernel = |x: &[f64], at: f64| (-0.25 * ((x[0] - at).powi(2) + x[1].powi(2))).exp();
        Rows::from_values(1, x.iter().map(|x| kernel(x, 0.0) - 3.0 * kernel(x, 1.0)).collect())
    };
    let (x, other) = (random(600, 2, 1), random(100, 2, 2));
    let exact = fit(&x, &of(&x), &plain());
    assert!(worst(&exact.predict_all(&other), &of(&other)) < 1e-2);
    let some = GprParams { exact_up_to: 100, n_landmarks: 80, ..plain() };
    let nystrom = fit(&x, &of(&x), &some);
    assert_eq!((nystrom.basis(), nystrom.n_points()), (Basis::Nystrom { of: 600 }, 80));
    assert!(worst(&nystrom.predict_all(&other), &of(&other)) < 0.05);
    let subset = fit(&x, &of(&x), &GprParams { above: Above::Subset, ..some });
    assert_eq!((subset.basis(), subset.n_points()), (Basis::Subset { of: 600 }, 80));
    assert!(worst(&subset.predict_all(&other), &of(&other)) < 0.3);
}

#[test]
fn variance_is_the_noise_at_many_samples_and_all_of_it_far_away() {
    let x = random(400, 1, 1);
    let y = random(400, 1, 2);
    for exact_up_to in [1000, 10] {
        for above in [Above::Nystrom, Above::Subset] {
            let params = GprParams { noise: 0.5, signal: 2.0, exact_up_to, above, ..plain() };
            let model = fit(&x, &y, &params);
            let found = model.variances_of_all(&Rows::from_values(1, vec![0.0, 100.0]));
            assert!((found.row(0)[0] - 0.25).abs() < 0.01, "{found:?}");
            assert!((found.row(1)[0] - 4.25).abs() < 1e-9, "{found:?}");
            let (mut out, mut variance) = ([0.0], [0.0]);
            model.predict_with_variance(&[0.0], &mut out, &mut variance);
            assert!((variance[0] - found.row(0)[0]).abs() < 1e-6);
        }
    }
}

#[test]
fn with_every_sample_a_landmark_the_nystrom_form_is_the_exact_one() {
    let x = random(60, 3, 1);
    let values = random(60, 1, 2);
    let params = GprParams { noise: 0.5, ..plain() };
    let exact = fit(&x, &values, &params);
    let all = GprParams { exact_up_to: 10, n_landmarks: 60, ..params };
    let nystrom = fit(&x, &values, &all);
    let other = random(50, 3, 3);
    let variances = nystrom.variances_of_all(&other);
    assert!(worst(&variances, &exact.variances_of_all(&other)) < 1e-5);
    assert!(worst(&nystrom.predict_all(&other), &exact.predict_all(&other)) < 1e-5);
}

#[test]
fn the_traits_of_a_drawn_process_are_found() {
    // A process of length 1 on the line, of signal 2 and noise 0.2.
    let mut rng = Rng::new(5, 0);
    let x = Rows::from_values(1, (0..400).map(|_| rng.between(0.0, 40.0)).collect());
    for kernel in [Kernel::SquaredExponential, Kernel::Matern52] {
        let mut matrix = Points::new(x.clone(), kernel, 1.0).matrix(&Job::default()).unwrap();
        matrix.add_to_diagonal(1e-8);
        let factor = cholesky(&matrix, &Job::default()).unwrap().lower();
        let drawn: Vec<f64> = (0..400).map(|_| rng.normal()).collect();
        let drawn = factor.times(&Matrix::from_values(400, 1, drawn));
        let y = drawn.values().iter().map(|f| 2.0 * f + 0.2 * rng.normal()).collect();
        let model =
            fit(&x, &Rows::from_values(1, y), &GprParams { kernel, ..GprParams::default() });
        assert!((0.8..1.25).contains(&model.length()), "{kernel:?} {}", model.length());
        assert!((1.3..3.0).contains(&model.signals()[0]), "{kernel:?} {:?}", model.signals());
        assert!((0.17..0.24).contains(&model.noises()[0]), "{kernel:?} {:?}", model.noises());
    }
}

#[test]
fn hard_samples_give_finite_predictions() {
    let same = Rows::from_values(2, vec![0.5; 80]);
    let one = Rows::from_values(2, vec![0.5, 1.0]);
    let constant = Rows::from_values(2, (0..40).flat_map(|i| [0.0, f64::from(i)]).collect());
    let asked = Rows::from_values(2, vec![0.5, 1.0, -40.0, 900.0]);
    for x in [same, one, constant] {
        for y in [random(x.len(), 2, 3), Rows::from_values(1, vec![4.0; x.len()])] {
            for (chooses, exact_up_to) in [(true, 1500), (true, 10), (false, 1500), (false, 10)] {
                for above in [Above::Nystrom, Above::Subset] {
                    let params = GprParams { chooses, exact_up_to, above, n_tuned: 30, ..plain() };
                    let model = fit(&x, &y, &params);
                    for found in [model.predict_all(&asked), model.variances_of_all(&asked)] {
                        assert!(found.values().iter().all(|y| y.is_finite()), "{found:?}");
                    }
                    assert!(model.variances_of_all(&asked).values().iter().all(|y| *y > 0.0));
                }
            }
        }
    }
}

#[test]
fn a_saved_model_predicts_the_same_bits_and_alone_as_in_rows() {
    let (x, y) = (random(100, 3, 1), random(100, 2, 2));
    for exact_up_to in [1000, 10] {
        let params = GprParams { exact_up_to, n_landmarks: 20, noise: 0.1, ..plain() };
        let model = fit(&x, &y, &params);
        let text = serde_json::to_string(&model).unwrap();
        let loaded: Gpr = serde_json::from_str(&text).unwrap();
        assert!(loaded == model);
        let rows = loaded.predict_all(&x);
        assert_eq!(rows, model.predict_all(&x));
        assert_eq!(loaded.variances_of_all(&x), model.variances_of_all(&x));
        let (mut out, mut again) = ([0.0; 2], [0.0; 2]);
        model.predict(x.row(7), &mut out);
        loaded.predict(x.row(7), &mut again);
        assert_eq!(out, again);
        assert!(out.iter().zip(rows.row(7)).all(|(a, b)| (a - b).abs() < 1e-6), "{out:?}");
    }
}

#[test]
fn a_damaged_model_is_refused() {
    let (x, y) = (random(5, 3, 1), random(5, 2, 2));
    let text = serde_json::to_string(&fit(&x, &y, &plain())).unwrap();
    for (from, to) in [
        ("\"length\":1.7", "\"length\":-1.7"),
        ("\"means\":[", "\"means\":[1,"),
        ("\"spread\":null", "\"spread\":{\"n_rows\":0,\"n_columns\":0,\"values\":[]}"),
    ] {
        assert!(text.contains(from), "{text}");
        assert!(serde_json::from_str::<Gpr>(&text.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (x, y) = (random(1000, 5, 1), random(1000, 2, 2));
    let params =
        GprParams { exact_up_to: 10, n_landmarks: 70, n_tuned: 50, ..GprParams::default() };
    let [one, four] = [1, 4].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let model = fit(&x, &y, &params);
            (model.predict_all(&x), model.variances_of_all(&x), model)
        })
    });
    assert!(one == four);
}

#[test]
fn a_cancelled_job_gives_no_model() {
    let job = Job::default();
    job.cancel();
    let (x, y) = (random(30, 3, 1), random(30, 2, 2));
    for params in [plain(), GprParams::default()] {
        assert!(Gpr::fit(&x, &y, &params, &job).is_err());
    }
}
