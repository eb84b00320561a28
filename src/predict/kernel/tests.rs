use super::*;

fn random(n: usize, width: usize, seed: u64) -> Rows {
    let mut rng = Rng::new(seed, 0);
    Rows::from_values(width, (0..n * width).map(|_| rng.normal()).collect())
}

fn fit(x: &Rows, y: &Rows, params: &KernelParams) -> LsSvm {
    LsSvm::fit(x, y, params, &Job::default()).unwrap()
}

fn plain() -> KernelParams {
    KernelParams { chooses: false, length: 1.0, gamma: 1e6, ..KernelParams::default() }
}

fn worst(model: &LsSvm, x: &Rows, y: &Rows) -> f64 {
    let found = model.predict_all(x);
    found.values().iter().zip(y.values()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// 7 and two kernels of length sqrt(2) about (0, 0) and (1, 0); and their negative.
fn expansion(x: &Rows) -> Rows {
    let kernel = |x: &[f64], at: f64| (-0.25 * ((x[0] - at).powi(2) + x[1].powi(2))).exp();
    let of = |x: &[f64]| 7.0 + kernel(x, 0.0) - 3.0 * kernel(x, 1.0);
    Rows::from_values(2, x.iter().flat_map(|x| [of(x), -of(x)]).collect())
}

#[test]
fn two_samples_by_hand() {
    // At a distance of 2 lengths the kernel is e^-2 = k. By symmetry b = 1 and alpha = -+a with
    // a (1 + 1/gamma) - a k = 1.
    let (x, y) = (Rows::from_values(1, vec![0.0, 2.0]), Rows::from_values(1, vec![0.0, 2.0]));
    let model = fit(&x, &y, &KernelParams { gamma: 2.0, ..plain() });
    let a = 1.0 / (1.5 - (-2.0_f64).exp());
    let mut out = [0.0];
    model.predict(&[0.0], &mut out);
    assert!((out[0] - (1.0 - a + a * (-2.0_f64).exp())).abs() < 1e-12);
    model.predict(&[1.0], &mut out);
    assert!((out[0] - 1.0).abs() < 1e-12);
    assert_eq!(model.basis(), Basis::Exact);
}

#[test]
fn an_expansion_in_its_own_kernels_is_learned() {
    let (x, other) = (random(600, 2, 1), random(100, 2, 2));
    let exact = fit(&x, &expansion(&x), &plain());
    assert!(worst(&exact, &other, &expansion(&other)) < 5e-3);
    let some = KernelParams { exact_up_to: 100, n_landmarks: 80, ..plain() };
    let nystrom = fit(&x, &expansion(&x), &some);
    assert_eq!((nystrom.basis(), nystrom.n_points()), (Basis::Nystrom { of: 600 }, 80));
    assert!(worst(&nystrom, &other, &expansion(&other)) < 1e-2);
    let subset = fit(&x, &expansion(&x), &KernelParams { above: Above::Subset, ..some });
    assert_eq!((subset.basis(), subset.n_points()), (Basis::Subset { of: 600 }, 80));
    assert!(worst(&subset, &other, &expansion(&other)) < 0.3);
}

#[test]
fn with_every_sample_a_landmark_the_nystrom_form_is_the_exact_one() {
    let (x, y) = (random(60, 3, 1), random(60, 2, 2));
    let params = KernelParams { gamma: 5.0, ..plain() };
    let exact = fit(&x, &y, &params);
    let all = KernelParams { exact_up_to: 10, n_landmarks: 60, ..params };
    let nystrom = fit(&x, &y, &all);
    assert_eq!(nystrom.basis(), Basis::Nystrom { of: 60 });
    let other = random(50, 3, 3);
    assert!(worst(&nystrom, &other, &exact.predict_all(&other)) < 1e-5);
}

#[test]
fn leave_one_out_errors_are_those_of_fits_without_the_sample() {
    let (x, y) = (random(30, 2, 1), random(30, 2, 2));
    let params = KernelParams { gamma: 3.0, ..plain() };
    let errors = leave_one_out(&x, &y, 2.0_f64.sqrt(), 3.0, &Job::default()).unwrap();
    for left_out in [0, 7, 29] {
        let others: Vec<usize> = (0..30).filter(|i| *i != left_out).collect();
        let model = fit(&x.take(&others), &y.take(&others), &params);
        let mut out = [0.0; 2];
        model.predict(x.row(left_out), &mut out);
        for (target, found) in out.iter().enumerate() {
            let error = y.row(left_out)[target] - found;
            assert!((error - errors.row(left_out)[target]).abs() < 1e-9);
        }
    }
}

#[test]
fn what_is_chosen_predicts_better_than_what_is_not() {
    let of = |x: &Rows, rng: &mut Rng| {
        Rows::from_values(1, x.iter().map(|x| (2.0 * x[0]).sin() + 0.1 * rng.normal()).collect())
    };
    let (x, other) = (random(300, 2, 1), random(200, 2, 2));
    let y = of(&x, &mut Rng::new(3, 0));
    let truth = Rows::from_values(1, other.iter().map(|x| (2.0 * x[0]).sin()).collect());
    let error = |model: &LsSvm| {
        let found = model.predict_all(&other);
        found.values().iter().zip(truth.values()).map(|(a, b)| (a - b).powi(2)).sum::<f64>()
    };
    let chosen = error(&fit(&x, &y, &KernelParams::default()));
    for (length, gamma) in [(0.1, 10.0), (10.0, 10.0), (1.0, 1e6), (1.0, 0.01)] {
        let given = KernelParams { chooses: false, length, gamma, ..KernelParams::default() };
        assert!(chosen < error(&fit(&x, &y, &given)), "{length} {gamma}");
    }
}

#[test]
fn hard_samples_give_finite_predictions() {
    let same = Rows::from_values(2, vec![0.5; 80]);
    let one = Rows::from_values(2, vec![0.5, 1.0]);
    let constant = Rows::from_values(2, (0..40).flat_map(|i| [0.0, f64::from(i)]).collect());
    for x in [same, one, constant] {
        let y = random(x.len(), 2, 3);
        for (chooses, exact_up_to) in [(true, 1500), (true, 10), (false, 1500), (false, 10)] {
            for above in [Above::Nystrom, Above::Subset] {
                let params = KernelParams { chooses, exact_up_to, above, n_tuned: 30, ..plain() };
                let model = fit(&x, &y, &params);
                let found = model.predict_all(&Rows::from_values(2, vec![0.5, 1.0, -40.0, 900.0]));
                assert!(found.values().iter().all(|y| y.is_finite()), "{params:?} {found:?}");
            }
        }
    }
}

#[test]
fn a_saved_model_predicts_the_same_bits_and_alone_as_in_rows() {
    let (x, y) = (random(100, 3, 1), random(100, 2, 2));
    for exact_up_to in [1000, 10] {
        let model = fit(&x, &y, &KernelParams { exact_up_to, n_landmarks: 20, ..plain() });
        let text = serde_json::to_string(&model).unwrap();
        let loaded: LsSvm = serde_json::from_str(&text).unwrap();
        assert_eq!(loaded, model);
        let rows = loaded.predict_all(&x);
        assert_eq!(rows, model.predict_all(&x));
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
    for (from, to) in
        [("\"length\":1.7", "\"length\":-1.7"), ("\"constants\":[", "\"constants\":[1,")]
    {
        assert!(text.contains(from), "{text}");
        assert!(serde_json::from_str::<LsSvm>(&text.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let (x, y) = (random(1000, 5, 1), random(1000, 2, 2));
    let params =
        KernelParams { exact_up_to: 10, n_landmarks: 70, n_tuned: 50, ..KernelParams::default() };
    let [one, four] = [1, 4].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let model = fit(&x, &y, &params);
            (model.predict_all(&x), model)
        })
    });
    assert!(one == four);
}

#[test]
fn a_cancelled_job_gives_no_model() {
    let job = Job::default();
    job.cancel();
    let (x, y) = (random(30, 3, 1), random(30, 2, 2));
    for params in [plain(), KernelParams::default()] {
        assert_eq!(LsSvm::fit(&x, &y, &params, &job), Err(Stopped::Cancelled));
    }
}
