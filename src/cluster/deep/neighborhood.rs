//! Embeddings on a plane that keeps neighbors together: t-SNE by Barnes and Hut's tree.

use rayon::prelude::*;

use super::flat::principal_plane;
use crate::base::job::{Job, Stopped};
use crate::learn::Table;

/// How a plane of neighbors is sought.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NeighborhoodParams {
    /// About how many neighbors a point keeps: the perplexity.
    pub perplexity: f64,
    /// Rounds.
    pub rounds: usize,
    /// How far a square must be, in its widths, to count as one point: theta. 0 counts every pair.
    pub theta: f64,
}

impl Default for NeighborhoodParams {
    fn default() -> Self {
        NeighborhoodParams { perplexity: 30.0, rounds: 500, theta: 0.5 }
    }
}

/// Rounds at first in which neighbors pull harder, and how much.
const EARLY_ROUNDS: usize = 120;
const EARLY_PULL: f64 = 12.0;

/// No square is cut more often than this: points that lie on one another share a leaf.
const MOST_DEPTH: u32 = 40;

/// A place for each of `rows` on a plane, so that near rows stay near (t-SNE). Begins with the
/// principal components, so that it is the same each time. Takes O(n log n) time a round and O(n²)
/// once, for some thousand rows seconds.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled; [`Stopped::Failed`] where a number is not finite.
///
/// # Reference
///
/// van der Maaten, Hinton (2008), *Visualizing data using t-SNE*; van der Maaten (2014),
/// *Accelerating t-SNE using tree-based algorithms*; gains and rate as in scikit-learn (n / 12 / 4, at
/// least 50). Beginning with principal components: Kobak, Berens (2019).
pub fn neighborhood_plane(
    rows: &Table,
    params: &NeighborhoodParams,
    job: &Job,
) -> Result<Vec<[f32; 2]>, Stopped> {
    let n = rows.len();
    job.expect(params.rounds + n);
    let flat = principal_plane(rows)?.xy;
    if n < 4 {
        return Ok(flat);
    }
    let pulls = pulls(rows, params.perplexity, job)?;
    // The beginning is small, so that early pulls can sort neighborhoods.
    let spread = (flat.iter().map(|xy| f64::from(xy[0]).powi(2)).sum::<f64>() / n as f64).sqrt();
    let scale = if spread > 0.0 { 1e-2 / spread } else { 0.0 };
    // Rows that are equal begin a hair apart, by their place: the same each time.
    let mut y: Vec<[f64; 2]> = (0..)
        .zip(&flat)
        .map(|(i, xy)| {
            let turn = f64::from(i) * 2.399_963_229_728_653; // The golden angle.
            let hair = 1e-5 * (f64::from(i) / n as f64).sqrt();
            [
                f64::from(xy[0]) * scale + hair * turn.cos(),
                f64::from(xy[1]) * scale + hair * turn.sin(),
            ]
        })
        .collect();
    let rate = (n as f64 / EARLY_PULL / 4.0).max(50.0);
    let mut moves = vec![[0.0; 2]; n];
    let mut gains = vec![[1.0_f64; 2]; n];
    for round in 0..params.rounds {
        job.step()?;
        let early = round < EARLY_ROUNDS;
        let (pull, keep) = if early { (EARLY_PULL, 0.5) } else { (1.0, 0.8) };
        let tree = Tree::of(&y);
        let pushes: Vec<([f64; 2], f64)> =
            y.par_iter().with_min_len(64).map(|at| tree.push(*at, params.theta)).collect();
        let z: f64 = pushes.iter().map(|(_, sum)| sum).sum::<f64>().max(1e-300);
        let slopes: Vec<[f64; 2]> = (0..n)
            .into_par_iter()
            .with_min_len(64)
            .map(|i| {
                let mut slope = [0.0; 2];
                for (j, p) in &pulls[i] {
                    let off = [0, 1].map(|axis| y[i][axis] - y[*j as usize][axis]);
                    let weight = pull * p / (1.0 + off[0] * off[0] + off[1] * off[1]);
                    [0, 1].into_iter().for_each(|axis| slope[axis] += weight * off[axis]);
                }
                [0, 1].map(|axis| 4.0 * (slope[axis] - pushes[i].0[axis] / z))
            })
            .collect();
        for i in 0..n {
            for axis in 0..2 {
                let is_turning = slopes[i][axis] * moves[i][axis] > 0.0;
                let gain = &mut gains[i][axis];
                *gain = if is_turning { (*gain * 0.8).max(0.01) } else { *gain + 0.2 };
                moves[i][axis] = keep * moves[i][axis] - rate * *gain * slopes[i][axis];
                y[i][axis] += moves[i][axis];
            }
        }
    }
    Ok(y.into_iter().map(|xy| xy.map(|x| x as f32)).collect())
}

/// How hard each point pulls its neighbors: the joint probabilities of t-SNE, both ways, all of which
/// sum to 1; by rising neighbor.
fn pulls(rows: &Table, perplexity: f64, job: &Job) -> Result<Vec<Vec<(u32, f64)>>, Stopped> {
    let n = rows.len();
    let perplexity = perplexity.clamp(1.0, (n as f64 - 1.0) / 3.0);
    let kept = ((3.0 * perplexity) as usize + 1).clamp(1, n - 1);
    let one_way: Vec<Vec<(u32, f64)>> = (0..n)
        .into_par_iter()
        .map(|i| {
            job.step()?;
            let mut near: Vec<(f64, u32)> = (0..n)
                .filter(|j| *j != i)
                .map(|j| {
                    let pairs = rows.row(i).iter().zip(rows.row(j));
                    (pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum(), j as u32)
                })
                .collect();
            near.select_nth_unstable_by(kept - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            near.truncate(kept);
            near.sort_unstable_by_key(|(_, j)| *j);
            let d2: Vec<f64> = near.iter().map(|(d2, _)| *d2).collect();
            let weights = weights(&d2, perplexity);
            Ok(near.into_iter().zip(weights).map(|((_, j), weight)| (j, weight)).collect())
        })
        .collect::<Result<_, Stopped>>()?;
    let mut both: Vec<Vec<(u32, f64)>> = one_way.clone();
    for (i, near) in one_way.iter().enumerate() {
        for (j, weight) in near {
            both[*j as usize].push((i as u32, *weight));
        }
    }
    for near in &mut both {
        near.sort_by_key(|(j, _)| *j);
        let mut joined: Vec<(u32, f64)> = Vec::with_capacity(near.len());
        for (j, weight) in near.drain(..) {
            let share = weight / (2.0 * n as f64);
            match joined.last_mut().filter(|(last, _)| *last == j) {
                Some((_, sum)) => *sum += share,
                None => joined.push((j, share)),
            }
        }
        *near = joined;
    }
    Ok(both)
}

/// Weights of neighbors at these squared distances, summing to 1, whose entropy is that of
/// `perplexity` equal ones.
fn weights(d2: &[f64], perplexity: f64) -> Vec<f64> {
    let least = d2.iter().copied().fold(f64::INFINITY, f64::min);
    let off: Vec<f64> = d2.iter().map(|d2| d2 - least).collect();
    let mean = off.iter().sum::<f64>() / off.len().max(1) as f64;
    let (mut low, mut high) = (0.0, f64::INFINITY);
    let mut beta = if mean > 0.0 { 1.0 / mean } else { 1.0 };
    let mut weights = Vec::new();
    for _ in 0..64 {
        weights = off.iter().map(|off| (-beta * off).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        let entropy = -weights.iter().map(|w| if *w > 0.0 { w * w.ln() } else { 0.0 }).sum::<f64>();
        let over = entropy - perplexity.ln();
        if over.abs() < 1e-5 {
            break;
        }
        if over > 0.0 {
            low = beta;
            beta = if high.is_finite() { f64::midpoint(low, high) } else { 2.0 * beta };
        } else {
            high = beta;
            beta = f64::midpoint(low, high);
        }
    }
    weights
}

/// Squares within squares, each with the middle of its points.
struct Tree {
    cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
struct Cell {
    middle: [f64; 2],
    half: f64,
    sum: [f64; 2],
    n: f64,
    /// The quarters; 0, the root, for none.
    quarters: [u32; 4],
    depth: u32,
    /// The place of all points of a leaf.
    at: [f64; 2],
}

impl Tree {
    fn of(points: &[[f64; 2]]) -> Tree {
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for point in points {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis]);
                high[axis] = high[axis].max(point[axis]);
            }
        }
        let middle = [0, 1].map(|axis| f64::midpoint(low[axis], high[axis]));
        let half = (0.5 * (high[0] - low[0]).max(high[1] - low[1])).max(1e-12) * 1.001;
        let mut tree = Tree { cells: vec![Cell::empty(middle, half, 0)] };
        for point in points {
            tree.add(*point);
        }
        tree
    }

    fn add(&mut self, point: [f64; 2]) {
        let mut cell = 0;
        loop {
            let here = &mut self.cells[cell];
            let (n, at, depth) = (here.n, here.at, here.depth);
            [0, 1].into_iter().for_each(|axis| here.sum[axis] += point[axis]);
            here.n += 1.0;
            let is_leaf = here.quarters == [0; 4];
            if is_leaf && n == 0.0 {
                here.at = point;
                return;
            }
            if is_leaf && (at == point || depth >= MOST_DEPTH) {
                return;
            }
            if is_leaf {
                // What was here goes one deeper.
                let deeper = self.quarter(cell, at);
                let moved = &mut self.cells[deeper];
                (moved.at, moved.n, moved.sum) = (at, n, at.map(|x| x * n));
            }
            cell = self.quarter(cell, point);
        }
    }

    /// The quarter of `cell` that `point` lies in, made where it is not there.
    fn quarter(&mut self, cell: usize, point: [f64; 2]) -> usize {
        let Cell { middle, half, depth, .. } = self.cells[cell];
        let side = [0, 1].map(|axis| usize::from(point[axis] > middle[axis]));
        let which = side[0] + 2 * side[1];
        if self.cells[cell].quarters[which] == 0 {
            let half = 0.5 * half;
            let middle =
                [0, 1].map(|axis| middle[axis] + if side[axis] == 1 { half } else { -half });
            self.cells[cell].quarters[which] = self.cells.len() as u32;
            self.cells.push(Cell::empty(middle, half, depth + 1));
        }
        self.cells[cell].quarters[which] as usize
    }

    /// How all points push one at `point` away, not yet divided by the sum over all points, and this
    /// point's share of that sum.
    fn push(&self, point: [f64; 2], theta: f64) -> ([f64; 2], f64) {
        let (mut push, mut sum) = ([0.0; 2], -1.0); // It does not push itself.
        let mut waiting = vec![0_usize];
        while let Some(cell) = waiting.pop() {
            let cell = &self.cells[cell];
            if cell.n == 0.0 {
                continue;
            }
            let off = [0, 1].map(|axis| point[axis] - cell.sum[axis] / cell.n);
            let d2 = off[0] * off[0] + off[1] * off[1];
            let is_leaf = cell.quarters == [0; 4];
            if is_leaf || 4.0 * cell.half * cell.half < theta * theta * d2 {
                let q = 1.0 / (1.0 + d2);
                sum += cell.n * q;
                [0, 1].into_iter().for_each(|axis| push[axis] += cell.n * q * q * off[axis]);
            } else {
                waiting.extend(
                    cell.quarters.iter().filter(|quarter| **quarter != 0).map(|q| *q as usize),
                );
            }
        }
        (push, sum.max(0.0))
    }
}

impl Cell {
    fn empty(middle: [f64; 2], half: f64, depth: u32) -> Cell {
        Cell { middle, half, sum: [0.0; 2], n: 0.0, quarters: [0; 4], depth, at: [0.0; 2] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    fn clouds(each: usize) -> Table {
        let mut rng = Rng::new(2, 0);
        let middles = [[0.0; 5], [9.0, 0.0, 0.0, 9.0, 0.0], [0.0, 9.0, 0.0, 0.0, 9.0]];
        let values = middles.iter().flat_map(|middle| {
            (0..each).flat_map(|_| middle.map(|x| (x + rng.normal()) as f32)).collect::<Vec<f32>>()
        });
        Table::new(5, values.collect())
    }

    #[test]
    fn clouds_stay_apart_and_together_and_each_time_at_the_same_place() {
        let rows = clouds(40);
        let params =
            NeighborhoodParams { perplexity: 10.0, rounds: 300, ..NeighborhoodParams::default() };
        let plane = neighborhood_plane(&rows, &params, &Job::default()).unwrap();
        let mut right = 0;
        for (i, a) in plane.iter().enumerate() {
            let d2 = |b: &[f32; 2]| (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2);
            let near = (0..plane.len())
                .filter(|j| *j != i)
                .min_by(|x, y| d2(&plane[*x]).total_cmp(&d2(&plane[*y])));
            right += usize::from(near.unwrap() / 40 == i / 40);
        }
        assert!(right >= 118, "{right}");
        assert_eq!(plane, neighborhood_plane(&rows, &params, &Job::default()).unwrap());
    }

    #[test]
    fn the_tree_pushes_as_all_pairs_do() {
        let mut rng = Rng::new(3, 0);
        let mut points: Vec<[f64; 2]> = (0..200).map(|_| [rng.normal(), rng.normal()]).collect();
        points.extend([[0.5, 0.5]; 3]);
        let tree = Tree::of(&points);
        for (i, point) in points.iter().enumerate() {
            let (mut push, mut sum) = ([0.0; 2], 0.0);
            for (j, other) in points.iter().enumerate().filter(|(j, _)| *j != i) {
                let off = [point[0] - other[0], point[1] - other[1]];
                let q = 1.0 / (1.0 + off[0] * off[0] + off[1] * off[1]);
                sum += q;
                push = [push[0] + q * q * off[0], push[1] + q * q * off[1]];
                assert!(j < points.len());
            }
            let exact = tree.push(*point, 0.0);
            assert!((exact.1 - sum).abs() < 1e-9 && (exact.0[0] - push[0]).abs() < 1e-9);
            let quick = tree.push(*point, 0.5);
            assert!((quick.1 - sum).abs() < 0.03 * sum, "{} {sum}", quick.1);
        }
    }

    #[test]
    fn weights_have_the_entropy_of_the_perplexity() {
        let d2: Vec<f64> = (1..60).map(|i| f64::from(i * i)).collect();
        let weights = weights(&d2, 12.0);
        let entropy: f64 = -weights.iter().filter(|w| **w > 0.0).map(|w| w * w.ln()).sum::<f64>();
        assert!((entropy - 12.0_f64.ln()).abs() < 1e-4);
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn equal_rows_few_rows_and_a_cancelled_job_end_well() {
        let job = Job::default();
        let equal =
            neighborhood_plane(&Table::new(2, vec![1.0; 40]), &NeighborhoodParams::default(), &job)
                .unwrap();
        assert!(equal.iter().flatten().all(|x| x.is_finite()));
        assert_eq!(
            neighborhood_plane(&Table::new(2, vec![1.0; 4]), &NeighborhoodParams::default(), &job)
                .unwrap()
                .len(),
            2
        );
        job.cancel();
        let stopped = neighborhood_plane(&clouds(20), &NeighborhoodParams::default(), &job);
        assert_eq!(stopped, Err(Stopped::Cancelled));
    }
}
