use std::ops::Range;

use super::*;
use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

fn random(n: usize, width: usize, seed: u64) -> Rows {
    let mut rng = Rng::new(seed, 0);
    Rows::from_values(width, (0..n * width).map(|_| rng.normal()).collect())
}

fn is_near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + b.abs()))
}

/// What `work` gives on one thread and on several.
fn on_threads<T: Send>(work: impl Fn() -> T + Sync) -> [T; 2] {
    [1, 5].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(&work)
    })
}

#[test]
fn a_product_by_hand() {
    let rows = Rows::from_values(2, vec![1.0, 2.0, 3.0, 4.0]);
    let matrix = Matrix::from_values(2, 3, vec![1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(product(&rows, &matrix).values(), [1.0, 2.0, 3.0, 3.0, 4.0, 7.0]);
    assert_eq!(matrix.transposed().row(2), [1.0, 1.0]);
    assert_eq!(Matrix::from_rows(&rows).times(&Matrix::identity(2)).values(), rows.values());
}

#[test]
fn sums_of_products_by_hand() {
    let x = Rows::from_values(2, vec![1.0, 2.0, 3.0, 4.0]);
    let y = Rows::from_values(1, vec![10.0, 1.0]);
    assert_eq!(gram(&x, None).values(), [10.0, 14.0, 14.0, 20.0]);
    assert!(is_near(gram(&x, Some(&[1.0, 2.0])).values(), &[19.0, 26.0, 26.0, 36.0]));
    assert_eq!(cross(&x, &y).values(), [13.0, 24.0]);
}

#[test]
fn sums_of_many_rows_are_those_of_plain_loops() {
    let (x, y) = (random(5003, 7, 1), random(5003, 3, 2));
    let mut plain = (Matrix::zeros(7, 7), Matrix::zeros(7, 3));
    for (x, y) in x.iter().zip(&y) {
        for i in 0..7 {
            (0..7).for_each(|j| *plain.0.at_mut(i, j) += x[i] * x[j]);
            (0..3).for_each(|j| *plain.1.at_mut(i, j) += x[i] * y[j]);
        }
    }
    assert!(is_near(gram(&x, None).values(), plain.0.values()));
    assert!(is_near(cross(&x, &y).values(), plain.1.values()));
}

#[test]
fn any_number_of_threads_and_any_place_in_memory_give_the_same_bits() {
    let (x, y) = (random(3000, 61, 1), random(3000, 2, 2));
    let of = |x: &Rows, y: &Rows| {
        let mut gram = gram(x, None);
        gram.add_to_diagonal(0.1);
        let factor = cholesky(&gram, &Job::default()).unwrap();
        let weights = factor.solve(&cross(x, y));
        (
            eigen(&gram).unwrap(),
            product(x, &weights),
            factor.inverse(&Job::default()).unwrap(),
            gram,
        )
    };
    let [one, five] = on_threads(|| of(&x, &y));
    assert!(one == five);
    for shift in 1..8 {
        // Values that begin elsewhere within a line of the cache.
        let mut values = Vec::with_capacity(x.values().len() + shift);
        values.extend_from_slice(x.values());
        let _hole = vec![0_u8; shift * 24];
        assert!(of(&Rows::from_values(61, values), &y.clone()) == one, "{shift}");
    }
}

#[test]
fn a_product_with_an_upper_half_is_the_product() {
    for n in [1, 64, 65, 150] {
        let left = random(20, n, 1);
        let mut right = Matrix::from_rows(&random(n, n, 2));
        (0..n).for_each(|i| right.row_mut(i)[..i].fill(0.0));
        let mut out = vec![f64::NAN; 20 * n];
        multiply_upper_here(left.values(), &right, &mut out);
        assert!(is_near(&out, product(&left, &right).values()), "{n}");
    }
}

#[test]
fn a_positive_definite_matrix_is_solved_without_jitter() {
    // L = [2 0; 1 3], so that A = [4 2; 2 10] and its determinant is 36.
    let matrix = Matrix::from_values(2, 2, vec![4.0, 2.0, 2.0, 10.0]);
    let factor = cholesky(&matrix, &Job::default()).unwrap();
    assert_eq!(factor.jitter, 0.0);
    assert!(is_near(factor.lower().values(), &[2.0, 0.0, 1.0, 3.0]));
    assert!((factor.log_determinant() - 36_f64.ln()).abs() < 1e-12);
    let right = Matrix::from_values(2, 2, vec![4.0, 6.0, 2.0, 12.0]);
    assert!(is_near(factor.solve(&right).values(), &[1.0, 1.0, 0.0, 1.0]));
    let of_lower = factor.inverse_of_lower(&Job::default()).unwrap();
    assert!(is_near(of_lower.values(), &[0.5, 0.0, -1.0 / 6.0, 1.0 / 3.0]));
    let inverse = factor.inverse(&Job::default()).unwrap();
    assert!(is_near(matrix.times(&inverse).values(), &[1.0, 0.0, 0.0, 1.0]));
}

#[test]
fn large_systems_are_solved_too() {
    for n in [1, 63, 64, 65, 200, 333] {
        let mut matrix = gram(&random(n + 5, n, 3), None);
        matrix.add_to_diagonal(1.0);
        let right = Matrix::from_rows(&random(n, 3, 4));
        let factor = cholesky(&matrix, &Job::default()).unwrap();
        assert!(is_near(matrix.times(&factor.solve(&right)).values(), right.values()), "{n}");
        let inverse = factor.inverse(&Job::default()).unwrap();
        assert!(is_near(matrix.times(&inverse).values(), Matrix::identity(n).values()), "{n}");
        let lower = factor.lower();
        assert!(is_near(lower.times(&lower.transposed()).values(), matrix.values()), "{n}");
    }
}

#[test]
fn a_singular_matrix_gets_a_jitter_and_says_how_much() {
    let matrix = Matrix::from_values(2, 2, vec![1.0, 1.0, 1.0, 1.0]);
    let factor = cholesky(&matrix, &Job::default()).unwrap();
    assert!(factor.jitter > 0.0 && factor.jitter <= 1e-11, "{}", factor.jitter);
    let zeros = cholesky(&Matrix::zeros(3, 3), &Job::default()).unwrap();
    assert_eq!(zeros.jitter, 1e-12);
}

#[test]
fn a_matrix_that_no_jitter_helps_is_refused() {
    let matrix = Matrix::from_values(2, 2, vec![1.0, 2.0, 2.0, 1.0]);
    let fault = cholesky(&matrix, &Job::default()).unwrap_err().to_string();
    assert!(
        fault.starts_with("a matrix of 2 x 2 is not positive definite, even with 1e-3"),
        "{fault}"
    );
    let matrix = Matrix::from_values(1, 1, vec![f64::NAN]);
    let fault = cholesky(&matrix, &Job::default()).unwrap_err().to_string();
    assert!(fault.contains("not finite"), "{fault}");
    assert!(eigen(&matrix).is_err());
}

#[test]
fn eigenvalues_by_hand() {
    let found = eigen(&Matrix::from_values(2, 2, vec![2.0, 1.0, 1.0, 2.0])).unwrap();
    assert!(is_near(&found.values, &[1.0, 3.0]));
    assert!((found.vectors.at(0, 1).abs() - 0.5_f64.sqrt()).abs() < 1e-12);
    assert!(found.vectors.at(0, 0) * found.vectors.at(1, 0) < 0.0);
    let matrix = gram(&random(150, 90, 5), None);
    let found = eigen(&matrix).unwrap();
    let mut back = found.vectors.transposed();
    for (row, value) in found.values.iter().enumerate() {
        back.row_mut(row).iter_mut().for_each(|x| *x *= value);
    }
    assert!(is_near(found.vectors.times(&back).values(), matrix.values()));
}

#[test]
fn a_cancelled_job_stops_sums_and_factors() {
    let job = Job::default();
    job.cancel();
    let y = random(10, 1, 1);
    let fill = |_: Range<usize>, block: &mut [f64]| block.fill(0.0);
    assert_eq!(normal(3, &y, None, fill, &job), Err(Stopped::Cancelled));
    assert_eq!(cholesky(&Matrix::identity(2), &job).err(), Some(Stopped::Cancelled));
}

#[test]
fn a_damaged_file_does_not_make_a_matrix() {
    let text = r#"{"n_rows":2,"n_columns":2,"values":[1.0]}"#;
    assert!(serde_json::from_str::<Matrix>(text).is_err());
}
