//! A forest of extremely randomized trees that foretells a number with its spread.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::job::{Job, Stopped};
use super::rng::Rng;

/// How a forest grows.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct ForestParams {
    /// How many trees there are.
    pub trees: usize,
    /// Rows that each tree sees, drawn anew for each; all if there are no more.
    pub rows_per_tree: usize,
    /// A branch ends in at least so many rows.
    pub least_rows: usize,
    /// Share of the features that are tried at each fork, above 0 to 1.
    pub feature_share: f64,
    /// Where chance begins.
    pub seed: u64,
}

/// Rows that one thread foretells at a time.
const CHUNK: usize = 512;

/// Numbers by feature and row: `[feature, row]`, not-a-number where missing.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Columns {
    // Invariant: all columns are of one length.
    columns: Vec<Vec<f32>>,
}

impl Columns {
    /// The columns of a table.
    ///
    /// # Panics
    ///
    /// If they are of different lengths.
    pub fn new(columns: Vec<Vec<f32>>) -> Columns {
        let n = columns.first().map_or(0, Vec::len);
        assert!(columns.iter().all(|column| column.len() == n), "columns are of one length");
        Columns { columns }
    }

    /// How many rows there are.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// How many features there are.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// One feature of all rows.
    pub fn column(&self, feature: usize) -> &[f32] {
        &self.columns[feature]
    }
}

/// Trees that were grown on rows with a known number, to foretell it of others.
///
/// Each tree parts its rows again and again: of some features drawn at random, each with a threshold
/// drawn between its least and largest value, the one that leaves the least squared error. A leaf
/// keeps the numbers of its rows, so that a row's forecast is a distribution: all numbers of the
/// leaves that it falls into, each leaf weighing the same. What is missing lies below everything.
///
/// Takes `O(trees rows depth features)` time on all cores, whose number changes nothing.
///
/// # Reference
///
/// Geurts, Ernst, Wehenkel (2006), *Extremely randomized trees*, Machine Learning 63; Meinshausen
/// (2006), *Quantile regression forests*, JMLR 7. Ours: each tree sees rows of its own, drawn without
/// replacement.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Forest {
    trees: Vec<Tree>,
    /// What stands for a missing number, by feature.
    missing: Vec<f32>,
}

#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
struct Tree {
    nodes: Vec<Node>,
    /// The numbers that leaves keep, leaf after leaf.
    numbers: Vec<f32>,
}

/// A fork or a leaf.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
enum Node {
    /// To the left what lies at the threshold or below it; the left branch is the next node.
    Fork { feature: u16, threshold: f32, right: u32 },
    /// Where its numbers begin and how many they are.
    Leaf { start: u32, n: u32 },
}

impl Forest {
    /// Grows trees that foretell `targets`, one a row.
    ///
    /// # Panics
    ///
    /// If there is no row, not one target a row, or a target is not finite.
    pub fn fit(
        columns: &Columns,
        targets: &[f32],
        params: &ForestParams,
        job: &Job,
    ) -> Result<Forest, Stopped> {
        assert!(!targets.is_empty() && targets.len() == columns.n_rows(), "a target a row");
        assert!(targets.iter().all(|target| target.is_finite()), "targets are numbers");
        let missing: Vec<f32> = (0..columns.width()).map(|at| below(columns.column(at))).collect();
        let columns = filled(columns, &missing);
        job.expect(params.trees);
        let grow = |number: usize| {
            job.step()?;
            let mut rng = Rng::new(params.seed, number as u64);
            let rows = drawn(targets.len(), params.rows_per_tree, &mut rng);
            let n = rows.len();
            let mut grower = Grower {
                columns: &columns,
                targets,
                params,
                rng,
                order: (0..columns.width()).collect(),
                values: vec![0.0; n],
                wanted: vec![0.0; n],
                tree: Tree::default(),
            };
            grower.grow(rows);
            Ok(grower.tree)
        };
        let trees: Result<Vec<Tree>, Stopped> =
            (0..params.trees).into_par_iter().map(grow).collect();
        Ok(Forest { trees: trees?, missing })
    }

    /// How many features a row has.
    pub fn width(&self) -> usize {
        self.missing.len()
    }

    /// For each row, the values below which the shares `quantiles` of its distribution lie:
    /// `[row, quantile]`. The share 0.5 is the forecast with the least absolute error.
    ///
    /// # Panics
    ///
    /// If the rows have other features than those the trees grew on.
    pub fn quantiles(
        &self,
        columns: &Columns,
        quantiles: &[f64],
        job: &Job,
    ) -> Result<Vec<Vec<f32>>, Stopped> {
        assert_eq!(columns.width(), self.width(), "the features of the fit");
        let columns = filled(columns, &self.missing);
        let n = columns.n_rows();
        job.expect(n.div_ceil(CHUNK));
        let chunk = |start: usize| {
            job.step()?;
            let mut found: Vec<(f32, f32)> = Vec::new();
            let of_row = |row: usize| {
                found.clear();
                for tree in &self.trees {
                    let numbers = tree.leaf(&columns, row);
                    let weight = 1.0 / numbers.len() as f32;
                    found.extend(numbers.iter().map(|number| (*number, weight)));
                }
                found.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                let all = self.trees.len() as f64;
                quantiles.iter().map(|share| weighted(&found, share * all)).collect()
            };
            Ok((start..n.min(start + CHUNK)).map(of_row).collect())
        };
        let starts: Vec<usize> = (0..n).step_by(CHUNK).collect();
        let chunks: Result<Vec<Vec<Vec<f32>>>, Stopped> =
            starts.into_par_iter().map(chunk).collect();
        Ok(chunks?.concat())
    }
}

impl Tree {
    /// The numbers of the leaf into which a row falls.
    fn leaf(&self, columns: &Columns, row: usize) -> &[f32] {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Fork { feature, threshold, right } => {
                    let is_left = columns.columns[usize::from(feature)][row] <= threshold;
                    at = if is_left { at + 1 } else { right as usize };
                }
                Node::Leaf { start, n } => {
                    return &self.numbers[start as usize..(start + n) as usize];
                }
            }
        }
    }
}

/// A tree on its way.
struct Grower<'a> {
    columns: &'a Columns,
    targets: &'a [f32],
    params: &'a ForestParams,
    rng: Rng,
    order: Vec<usize>,
    /// Room for the values of one feature in one branch.
    values: Vec<f32>,
    /// Room for the targets of one branch.
    wanted: Vec<f32>,
    tree: Tree,
}

/// The best way to part a branch so far.
struct Cut {
    feature: usize,
    threshold: f32,
    gain: f64,
}

impl Grower<'_> {
    fn grow(&mut self, mut rows: Vec<u32>) {
        // Branches that wait, with the fork whose right branch they are.
        let mut waiting: Vec<(usize, usize, Option<usize>)> = vec![(0, rows.len(), None)];
        while let Some((start, end, parent)) = waiting.pop() {
            let here = self.tree.nodes.len();
            if let Some(parent) = parent
                && let Node::Fork { right, .. } = &mut self.tree.nodes[parent]
            {
                *right = here as u32;
            }
            let branch = &mut rows[start..end];
            let Some(cut) = self.best_cut(branch) else {
                let from = self.tree.numbers.len() as u32;
                self.tree.numbers.extend(branch.iter().map(|row| self.targets[*row as usize]));
                self.tree.nodes.push(Node::Leaf { start: from, n: branch.len() as u32 });
                continue;
            };
            let column = self.columns.column(cut.feature);
            let n_left = partition(branch, |row| column[row as usize] <= cut.threshold);
            let feature = cut.feature as u16;
            self.tree.nodes.push(Node::Fork { feature, threshold: cut.threshold, right: 0 });
            // The left branch comes off first and stands right behind its fork.
            waiting.push((start + n_left, end, Some(here)));
            waiting.push((start, start + n_left, None));
        }
    }

    fn best_cut(&mut self, rows: &[u32]) -> Option<Cut> {
        let least = self.params.least_rows.max(1);
        if rows.len() < 2 * least {
            return None;
        }
        let wanted = &mut self.wanted[..rows.len()];
        for (wanted, row) in wanted.iter_mut().zip(rows) {
            *wanted = self.targets[*row as usize];
        }
        if wanted.iter().all(|target| *target == wanted[0]) {
            return None;
        }
        let sum: f64 = wanted.iter().map(|target| f64::from(*target)).sum();
        let mean = sum / rows.len() as f64;
        let tries = (self.params.feature_share * self.order.len() as f64).round().max(1.0) as usize;
        let mut best: Option<Cut> = None;
        let mut tried = 0;
        // Features that do not vary here are no tries.
        for place in 0..self.order.len() {
            if tried == tries {
                break;
            }
            let other = place + self.rng.below(self.order.len() - place);
            self.order.swap(place, other);
            let feature = self.order[place];
            let column = self.columns.column(feature);
            let values = &mut self.values[..rows.len()];
            let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
            for (value, row) in values.iter_mut().zip(rows) {
                *value = column[*row as usize];
                low = low.min(*value);
                high = high.max(*value);
            }
            if low >= high {
                continue;
            }
            tried += 1;
            let share = self.rng.unit() as f32;
            let threshold = (low + share * (high - low)).clamp(low, high);
            let threshold = if threshold >= high { low } else { threshold };
            let (mut n, mut left) = (0_usize, 0.0_f64);
            for (value, target) in values.iter().zip(wanted.iter()) {
                let is_left = *value <= threshold;
                n += usize::from(is_left);
                left += if is_left { f64::from(*target) - mean } else { 0.0 };
            }
            if n < least || rows.len() - n < least {
                continue;
            }
            // The squared error falls by this: sums about the mean are opposite on both sides.
            let gain = left * left * (1.0 / n as f64 + 1.0 / (rows.len() - n) as f64);
            if best.as_ref().is_none_or(|best| gain > best.gain) {
                best = Some(Cut { feature, threshold, gain });
            }
        }
        best
    }
}

/// Puts the rows that are left first; gives how many they are.
fn partition(rows: &mut [u32], is_left: impl Fn(u32) -> bool) -> usize {
    let mut n = 0;
    for at in 0..rows.len() {
        if is_left(rows[at]) {
            rows.swap(at, n);
            n += 1;
        }
    }
    n
}

/// `most` of `n` rows, drawn without replacement; all if there are no more.
fn drawn(n: usize, most: usize, rng: &mut Rng) -> Vec<u32> {
    let mut rows: Vec<u32> = (0..n as u32).collect();
    if n > most {
        for place in 0..most {
            let other = place + rng.below(n - place);
            rows.swap(place, other);
        }
        rows.truncate(most);
    }
    rows
}

/// A number below all of a column, by a tenth of its range.
fn below(column: &[f32]) -> f32 {
    let finite = column.iter().filter(|value| value.is_finite());
    let (low, high) = finite
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), x| (low.min(*x), high.max(*x)));
    if low > high { 0.0 } else { low - (0.1 * (high - low)).max(1e-3) }
}

/// The columns with what is missing filled in.
fn filled(columns: &Columns, missing: &[f32]) -> Columns {
    let fill = |(column, missing): (&Vec<f32>, &f32)| {
        column.iter().map(|value| if value.is_finite() { *value } else { *missing }).collect()
    };
    Columns { columns: columns.columns.iter().zip(missing).map(fill).collect() }
}

/// The first of the sorted numbers at which the weights sum up to `wanted`.
fn weighted(sorted: &[(f32, f32)], wanted: f64) -> f32 {
    let mut sum = 0.0;
    for (number, weight) in sorted {
        sum += f64::from(*weight);
        if sum >= wanted - 1e-6 {
            return *number;
        }
    }
    sorted.last().map_or(f32::NAN, |(number, _)| *number)
}

#[cfg(test)]
mod tests {
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
                Node::Leaf { n, .. } => Some(*n),
                Node::Fork { .. } => None,
            });
            assert!(leaves.min().unwrap() >= 3);
        }
    }

    #[test]
    fn a_cancelled_fit_stops() {
        let (columns, targets) = made(50, 6);
        let job = Job::default();
        job.cancel();
        assert_eq!(Forest::fit(&columns, &targets, &PARAMS, &job), Err(Stopped::Cancelled));
    }
}
