//! The largest eigenvalues of a symmetric matrix, with their vectors.

use rayon::prelude::*;

use crate::base::job::{Job, Stopped};
use crate::base::rng::Rng;

/// Rows of a symmetric matrix whose eigenvalues lie between -1 and 1; zeros left out.
pub(super) struct Sparse {
    pub starts: Vec<usize>,
    pub columns: Vec<u32>,
    pub values: Vec<f32>,
}

/// Up to this size a matrix is turned into a diagonal as a whole.
const DENSE: usize = 100;

/// The degree of the polynomial between two looks at how far we are.
const DEGREE: usize = 16;

/// How much an eigenpair may be off: |Mx - λx| for |x| = 1.
const TOLERANCE: f64 = 1e-5;

/// If a round leaves more than this share of the error, the block is too narrow,
const SLOW: f64 = 0.3;

/// given that even its smallest eigenvalue is above this: as many routes as trips take, all of them
/// near 1, and the polynomial cannot tell those within the block from those without.
const NEAR_ONE: f64 = 0.9;

/// After so many rounds the result is taken as it is; its last pairs may be off by more.
const MOST_ROUNDS: usize = 40;

/// The `k` largest eigenvalues, falling, and their vectors, `[n, k]` row by row.
///
/// A block of vectors is multiplied by a Chebyshev polynomial of the matrix that is large above the
/// smallest eigenvalue in the block and small below, made orthogonal, and turned into eigenvectors
/// within their span, until the first `k` are right to 1e-5. Blocks do not mind that several
/// eigenvalues are equal, as those of separate routes are; one that is too narrow to hold all of
/// those near 1 grows.
///
/// # Reference
///
/// Zhou, Saad, Tiago, Chelikowsky (2006), *Self-consistent-field calculations using
/// Chebyshev-filtered subspace iteration*, J. Comput. Phys. 219(1).
pub(super) fn largest(
    matrix: &Sparse,
    k: usize,
    seed: u64,
    job: &Job,
) -> Result<(Vec<f64>, Vec<f64>), Stopped> {
    let n = matrix.starts.len() - 1;
    let k = k.min(n);
    if k == 0 {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut width = if n <= DENSE { n } else { (k + 8 + k / 4).min(n) };
    let mut rng = Rng::new(seed, 0);
    let mut block: Vec<f64> = (0..n * width).map(|_| rng.normal()).collect();
    job.expect(MOST_ROUNDS);
    let mut values = Vec::new();
    let mut high = 0.0;
    let mut last_worst = f64::INFINITY;
    for round in 0..MOST_ROUNDS {
        if width < n {
            block = matrix.filtered(&block, width, high);
        }
        orthonormalize(&mut block, width, &mut rng);
        let image = matrix.times(&block, width);
        let (found, turn) = jacobi(product(&block, &image, width), width);
        block = times_small(&block, &turn, width);
        let image = times_small(&image, &turn, width);
        high = found[width - 1].clamp(-0.9, 0.999_999);
        let worst =
            (0..k).map(|c| residual(&block, &image, found[c], c, width)).fold(0.0, f64::max);
        values = found;
        job.step()?;
        if worst < TOLERANCE || width == n {
            job.advance(MOST_ROUNDS - round - 1)?;
            break;
        }
        let is_slow = round >= 2 && worst > SLOW * last_worst && high > NEAR_ONE;
        if is_slow && round + 1 < MOST_ROUNDS {
            let wider = (width * 3 / 2).min(n);
            block = widened(&block, width, wider, &mut rng);
            (width, high, last_worst) = (wider, NEAR_ONE, f64::INFINITY);
        } else {
            last_worst = worst;
        }
    }
    values.truncate(k);
    let vectors = block.chunks_exact(block.len() / n).flat_map(|row| &row[..k]).copied().collect();
    Ok((values, vectors))
}

impl Sparse {
    /// The matrix times `block`, `[n, width]`.
    fn times(&self, block: &[f64], width: usize) -> Vec<f64> {
        let mut product = vec![0.0; block.len()];
        product.par_chunks_mut(width).enumerate().with_min_len(16).for_each(|(i, sums)| {
            for at in self.starts[i]..self.starts[i + 1] {
                let value = f64::from(self.values[at]);
                let from = self.columns[at] as usize * width;
                let row = &block[from..from + width];
                sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += value * x);
            }
        });
        product
    }

    /// The Chebyshev polynomial that is at most 1 between -1 and `high`, times `block`.
    fn filtered(&self, block: &[f64], width: usize, high: f64) -> Vec<f64> {
        let (center, half) = (f64::midpoint(high, -1.0), f64::midpoint(high, 1.0));
        let mut before = block.to_vec();
        let mut now = self.times(block, width);
        now.iter_mut().zip(block).for_each(|(y, x)| *y = (*y - center * x) / half);
        for _ in 1..DEGREE {
            let next = self.times(&now, width);
            for ((before, now), next) in before.iter_mut().zip(&now).zip(next) {
                *before = 2.0 * (next - center * now) / half - *before;
            }
            std::mem::swap(&mut before, &mut now);
        }
        now
    }
}

/// `block` with more columns, drawn by chance.
fn widened(block: &[f64], width: usize, wider: usize, rng: &mut Rng) -> Vec<f64> {
    let mut rows = Vec::with_capacity(block.len() / width * wider);
    for row in block.chunks_exact(width) {
        rows.extend_from_slice(row);
        rows.extend((width..wider).map(|_| rng.normal()));
    }
    rows
}

/// Makes the columns orthogonal and of length 1 (Gram-Schmidt, twice); what depends on earlier
/// columns is drawn anew.
fn orthonormalize(block: &mut [f64], width: usize, rng: &mut Rng) {
    let n = block.len() / width;
    let mut columns: Vec<Vec<f64>> =
        (0..width).map(|c| (0..n).map(|i| block[i * width + c]).collect()).collect();
    for c in 0..width {
        let (done, rest) = columns.split_at_mut(c);
        let column = &mut rest[0];
        for _ in 0..4 {
            let before = norm(column);
            for _ in 0..2 {
                for other in done.iter() {
                    let along = dot(column, other);
                    column.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
                }
            }
            let after = norm(column);
            if after > before * 1e-12 && after > 0.0 {
                column.iter_mut().for_each(|x| *x /= after);
                break;
            }
            column.iter_mut().for_each(|x| *x = rng.normal());
        }
    }
    for (c, column) in columns.iter().enumerate() {
        column.iter().enumerate().for_each(|(i, x)| block[i * width + c] = *x);
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Four sums at once, which the compiler may not make of one by itself.
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let rest: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a4.zip(b4) {
        (0..4).for_each(|lane| sums[lane] += x[lane] * y[lane]);
    }
    sums.iter().sum::<f64>() + rest
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// `aᵀ b` of two `[n, width]` blocks.
fn product(a: &[f64], b: &[f64], width: usize) -> Vec<f64> {
    let mut product = vec![0.0; width * width];
    for (a, b) in a.chunks_exact(width).zip(b.chunks_exact(width)) {
        for (x, sums) in a.iter().zip(product.chunks_exact_mut(width)) {
            sums.iter_mut().zip(b).for_each(|(sum, y)| *sum += x * y);
        }
    }
    product
}

/// `block`, `[n, width]`, times `small`, `[width, width]`.
fn times_small(block: &[f64], small: &[f64], width: usize) -> Vec<f64> {
    let mut product = vec![0.0; block.len()];
    for (row, sums) in block.chunks_exact(width).zip(product.chunks_exact_mut(width)) {
        for (x, small) in row.iter().zip(small.chunks_exact(width)) {
            sums.iter_mut().zip(small).for_each(|(sum, y)| *sum += x * y);
        }
    }
    product
}

fn residual(block: &[f64], image: &[f64], value: f64, column: usize, width: usize) -> f64 {
    let both = block.chunks_exact(width).zip(image.chunks_exact(width));
    both.map(|(x, y)| (y[column] - value * x[column]).powi(2)).sum::<f64>().sqrt()
}

/// All eigenvalues of a symmetric matrix, falling, and its eigenvectors as columns (Jacobi's
/// rotations; Golub, Van Loan, *Matrix Computations*, 8.5).
fn jacobi(mut a: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    // Rows of `v` are the vectors while it turns: a rotation touches two rows, not two columns.
    let mut v: Vec<f64> = (0..n * n).map(|at| f64::from(u8::from(at / n == at % n))).collect();
    for _ in 0..60 {
        let off: f64 = (0..n)
            .flat_map(|i| (0..i).map(move |j| (i, j)))
            .map(|(i, j)| a[i * n + j].powi(2))
            .sum();
        if off < 1e-24 {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                let apq = a[p * n + q];
                if apq.abs() < 1e-15 {
                    continue;
                }
                let theta = (a[q * n + q] - a[p * n + p]) / (2.0 * apq);
                let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
                let c = 1.0 / t.hypot(1.0);
                let s = t * c;
                for i in 0..n {
                    let (x, y) = (a[i * n + p], a[i * n + q]);
                    (a[i * n + p], a[i * n + q]) = (c * x - s * y, s * x + c * y);
                }
                rotate(&mut a, n, p, q, c, s);
                rotate(&mut v, n, p, q, c, s);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| a[j * n + j].total_cmp(&a[i * n + i]));
    let values = order.iter().map(|i| a[i * n + i]).collect();
    let vectors = (0..n * n).map(|at| v[order[at % n] * n + at / n]).collect();
    (values, vectors)
}

/// Turns rows `p < q` into each other.
fn rotate(a: &mut [f64], n: usize, p: usize, q: usize, c: f64, s: f64) {
    let (above, below) = a.split_at_mut(q * n);
    let rows = above[p * n..(p + 1) * n].iter_mut().zip(&mut below[..n]);
    for (x, y) in rows {
        (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ring of `n`, each linked to both neighbors by 1/2: eigenvalues cos(2 π j / n).
    fn ring(n: usize) -> Sparse {
        let columns = (0..n).flat_map(|i| [((i + n - 1) % n) as u32, ((i + 1) % n) as u32]);
        Sparse {
            starts: (0..=n).map(|i| 2 * i).collect(),
            columns: columns.collect(),
            values: vec![0.5; 2 * n],
        }
    }

    #[test]
    fn a_ring_has_the_cosines_as_eigenvalues() {
        // The larger ring takes the block, the smaller one is turned as a whole.
        for n in [12, 150] {
            let matrix = ring(n);
            let (values, vectors) = largest(&matrix, 5, 1, &Job::default()).unwrap();
            for (value, j) in values.iter().zip([0.0, 1.0, 1.0, 2.0, 2.0]) {
                let expected = (std::f64::consts::TAU * j / n as f64).cos();
                assert!((value - expected).abs() < 1e-8, "{n}: {value} {expected}");
            }
            let gram = product(&vectors, &vectors, 5);
            for (at, x) in gram.iter().enumerate() {
                let expected = f64::from(u8::from(at / 5 == at % 5));
                assert!((x - expected).abs() < 1e-9, "{n}: {gram:?}");
            }
            let image = matrix.times(&vectors, 5);
            let worst = (0..5).map(|c| residual(&vectors, &image, values[c], c, 5));
            assert!(worst.fold(0.0, f64::max) < 1e-5, "{n}");
        }
    }

    /// A ring of 60 groups of ten, all ten linked to each other, and each a little to its like in
    /// both neighboring groups: 60 eigenvalues near 1, `0.999 + 0.001 cos(2 π j / 60)`, all others
    /// near 0.
    fn ring_of_groups() -> Sparse {
        let mut matrix = Sparse { starts: vec![0], columns: Vec::new(), values: Vec::new() };
        for i in 0..600 {
            let own = i / 10 * 10..i / 10 * 10 + 10;
            matrix.columns.extend(own.map(|j| j as u32));
            matrix.values.extend([0.0999; 10]);
            matrix.columns.extend([(i + 10) % 600, (i + 590) % 600].map(|j| j as u32));
            matrix.values.extend([0.0005; 2]);
            matrix.starts.push(matrix.columns.len());
        }
        matrix
    }

    #[test]
    fn a_few_of_many_eigenvalues_near_1_are_told_apart() {
        let matrix = ring_of_groups();
        let (values, vectors) = largest(&matrix, 5, 1, &Job::default()).unwrap();
        for (value, j) in values.iter().zip([0.0, 1.0, 1.0, 2.0, 2.0]) {
            let expected = 0.999 + 0.001 * (std::f64::consts::TAU * j / 60.0).cos();
            assert!((value - expected).abs() < 1e-5, "{value} {expected}");
        }
        let image = matrix.times(&vectors, 5);
        let worst = (0..5).map(|c| residual(&vectors, &image, values[c], c, 5));
        assert!(worst.fold(0.0, f64::max) < 1e-5);
    }

    #[test]
    fn the_polynomial_is_that_of_chebyshev() {
        let matrix = ring(150);
        for j in [0, 5, 40, 75] {
            let phase = std::f64::consts::TAU * f64::from(j) / 150.0;
            let wave: Vec<f64> = (0..150).map(|i| (phase * f64::from(i)).cos()).collect();
            // From -1..0.5 to -1..1, there the cosine of DEGREE times the angle.
            let x = (phase.cos() + 0.25) / 0.75;
            let degree = DEGREE as f64;
            let expected =
                if x > 1.0 { (degree * x.acosh()).cosh() } else { (degree * x.acos()).cos() };
            let found = matrix.filtered(&wave, 1, 0.5)[0];
            assert!(
                (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
                "{j}: {found} {expected}"
            );
        }
    }
}
