//! Forests on made rows.

use super::*;

const PARAMS: ForestParams =
    ForestParams { trees: 40, rows_per_tree: 1000, least_rows: 3, feature_share: 0.7, seed: 1 };

/// Rows with a step, a slope and a column of chance; the target is `2 x + 5 (y > 0.5)`.
fn made(n: usize, seed: u64) -> (Columns, Vec<f32>) {
    let mut rng = Rng::new(seed, 0);
    let mut column = || (0..n).map(|_| rng.unit() as f32).collect::<Vec<f32>>();
    let (x, y, chance) = (column(), column(), column());
    let step = |y: f32| if y > 0.5 { 5.0 } else { 0.0 };
    let targets = x.iter().zip(&y).map(|(x, y)| 2.0 * x + step(*y)).collect();
    (Columns::new(vec![x, y, chance]), targets)
}

#[test]
fn a_step_and_a_slope_are_learned() {
    let (columns, targets) = made(2000, 1);
    let forest = Forest::fit(&columns, &targets, &PARAMS, &Job::default()).unwrap();
    let (others, truth) = made(500, 2);
    let found = forest.quantiles(&others, &[0.5], &Job::default()).unwrap();
    let error = found.iter().zip(&truth).map(|(found, truth)| (found[0] - truth).abs());
    let mean = error.sum::<f32>() / 500.0;
    assert!(mean < 0.15, "{mean}");
}

#[test]
fn quantiles_hold_the_share_that_they_say() {
    let mut rng = Rng::new(3, 0);
    let x: Vec<f32> = (0..4000).map(|_| rng.unit() as f32).collect();
    let targets: Vec<f32> = x.iter().map(|x| x * rng.normal() as f32).collect();
    let columns = Columns::new(vec![x.clone()]);
    let params = ForestParams { least_rows: 20, rows_per_tree: 4000, ..PARAMS };
    let forest = Forest::fit(&columns, &targets, &params, &Job::default()).unwrap();
    let x: Vec<f32> = (0..2000).map(|_| rng.unit() as f32).collect();
    let truth: Vec<f32> = x.iter().map(|x| x * rng.normal() as f32).collect();
    let columns = Columns::new(vec![x]);
    let found = forest.quantiles(&columns, &[0.1, 0.9], &Job::default()).unwrap();
    let inside = found.iter().zip(&truth).filter(|(q, y)| (q[0]..=q[1]).contains(*y)).count();
    assert!((1500..1700).contains(&inside), "{inside} of 2000 within the middle 80 %");
}

#[test]
fn a_forest_does_not_hang_on_the_number_of_threads() {
    let (columns, targets) = made(300, 4);
    let fit = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Forest::fit(&columns, &targets, &PARAMS, &Job::default()).unwrap())
    };
    assert_eq!(fit(1), fit(3));
    let other = ForestParams { seed: 2, ..PARAMS };
    assert_ne!(fit(1), Forest::fit(&columns, &targets, &other, &Job::default()).unwrap());
}

#[test]
fn what_is_missing_goes_its_own_way() {
    let x: Vec<f32> = (0..400).map(|n| if n % 2 == 0 { f32::NAN } else { n as f32 }).collect();
    let targets: Vec<f32> = (0..400).map(|n| if n % 2 == 0 { 10.0 } else { -10.0 }).collect();
    let params = ForestParams { least_rows: 1, ..PARAMS };
    let columns = Columns::new(vec![x]);
    let forest = Forest::fit(&columns, &targets, &params, &Job::default()).unwrap();
    let rows = Columns::new(vec![vec![f32::NAN, 200.0]]);
    let found = forest.quantiles(&rows, &[0.5], &Job::default()).unwrap();
    assert_eq!(found, [[10.0], [-10.0]]);
}

#[test]
fn every_row_is_in_one_leaf_of_its_tree() {
    let (columns, targets) = made(500, 5);
    let forest = Forest::fit(&columns, &targets, &PARAMS, &Job::default()).unwrap();
    for tree in &forest.trees {
        let mut kept = tree.numbers.clone();
        let mut all = targets.clone();
        kept.sort_by(f32::total_cmp);
        all.sort_by(f32::total_cmp);
        assert_eq!(kept, all);
        let leaves = tree.nodes.iter().filter_map(|node| match node {
            Node::Leaf(_, n) => Some(*n),
            Node::Fork(..) => None,
        });
        assert!(leaves.min().unwrap() >= 3);
    }
}

#[test]
fn a_forest_from_a_file_is_looked_at() {
    let (columns, targets) = made(60, 6);
    let params = ForestParams { trees: 2, ..PARAMS };
    let forest = Forest::fit(&columns, &targets, &params, &Job::default()).unwrap();
    let text = serde_json::to_string(&forest).unwrap();
    assert_eq!(serde_json::from_str::<Forest>(&text).unwrap(), forest);
    for (trees, fault) in [
        ("[]", "no tree"),
        (r#"[{"nodes":[],"numbers":[]}]"#, "tree 0 of the forest is damaged"),
        (r#"[{"nodes":[{"l":[0,2]}],"numbers":[1.0]}]"#, "damaged"),
        (r#"[{"nodes":[{"l":[0,0]}],"numbers":[1.0]}]"#, "damaged"),
        (r#"[{"nodes":[{"f":[0,0.5,0]},{"l":[0,1]}],"numbers":[1.0]}]"#, "damaged"),
        (r#"[{"nodes":[{"f":[9,0.5,1]},{"l":[0,1]}],"numbers":[1.0]}]"#, "damaged"),
    ] {
        let text = format!(r#"{{"trees":{trees},"missing":[0.0]}}"#);
        let error = serde_json::from_str::<Forest>(&text).unwrap_err().to_string();
        assert!(error.contains(fault), "{error}");
    }
}

#[test]
fn a_cancelled_fit_stops() {
    let (columns, targets) = made(50, 6);
    let job = Job::default();
    job.cancel();
    assert_eq!(Forest::fit(&columns, &targets, &PARAMS, &job), Err(Stopped::Cancelled));
}
