//! Sums that networks on the processor are made of, where no tensor library stands between: written
//! so that the compiler can do several at once.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::weights::Part;

/// Multiplications from which a product is dealt out to all cores.
const SHARED: usize = 1 << 21;

/// The exponential, to within three units of the last place; of what is out of `f32`'s range its
/// ends, about 1e-38 and 1e38.
pub fn exp(x: f32) -> f32 {
    /// Added and taken away again it leaves the nearest whole number.
    const WHOLE: f32 = 12_582_912.0; // 1.5 * 2^23
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    let raised = x * std::f32::consts::LOG2_E + WHOLE;
    let n = raised - WHOLE;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW; // At most half of ln 2.
    let tail = 1.0 / 6.0 + r * (1.0 / 24.0 + r * (1.0 / 120.0 + r * (1.0 / 720.0)));
    let sum = 1.0 + r * (1.0 + r * (0.5 + r * tail));
    // The last bits of what was raised are the whole number.
    let power = raised.to_bits().wrapping_sub(WHOLE.to_bits()).wrapping_add(127) << 23;
    sum * f32::from_bits(power)
}

/// `1 / (1 + e^-x)`.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent, to within 2e-7.
pub fn tanh(x: f32) -> f32 {
    2.0 * sigmoid(2.0 * x) - 1.0
}

/// Turns a row of logits into shares that sum to 1.
pub fn softmax(row: &mut [f32]) {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|x| *x = exp(*x - most));
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= sum);
}

/// What gated units remember after a step: of the products of what they read and of what they
/// remembered, `[3 * units]` each (update, reset, new), and of the latter itself.
pub fn gated(x: &[f32], h: &[f32], before: &[f32], after: &mut [f32]) {
    let units = after.len();
    let ((xu, x), (hu, h)) = (x.split_at(units), h.split_at(units));
    let ((xr, xn), (hr, hn)) = (x.split_at(units), h.split_at(units));
    let (xn, hn, before) = (&xn[..units], &hn[..units], &before[..units]);
    for u in 0..units {
        let new = tanh(xn[u] + sigmoid(xr[u] + hr[u]) * hn[u]);
        after[u] = new + sigmoid(xu[u] + hu[u]) * (before[u] - new);
    }
}

/// Takes the mean from each row of `norm.len()`, divides by its deviation, and scales and moves it.
pub fn normed(x: &mut [f32], norm: &[f32], norm_bias: &[f32], epsilon: f32) {
    let n = norm.len() as f32;
    for row in x.chunks_exact_mut(norm.len()) {
        let mean = row.iter().sum::<f32>() / n;
        let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / n;
        let share = (variance + epsilon).sqrt().recip();
        for ((x, scale), bias) in row.iter_mut().zip(norm).zip(norm_bias) {
            *x = (*x - mean) * share * scale + bias;
        }
    }
}

/// Rows `x` times `matrix`, plus `bias`: `[row, matrix.shape[0]] -> [row, matrix.shape[1]]`. On all
/// cores where it is large.
///
/// # Panics
///
/// If the numbers do not fill rows as wide as the matrix is high, or the bias is not as wide as it.
pub fn affine(x: &[f32], matrix: &Part, bias: &Part) -> Vec<f32> {
    let [width, columns] = matrix.shape;
    assert!(x.len().is_multiple_of(width), "numbers fill whole rows");
    let mut out = bias.values.repeat(x.len() / width);
    if x.len() * columns < SHARED {
        add_product(x, matrix, &mut out);
    } else {
        let piece = (x.len() / width).div_ceil(rayon::current_num_threads()).max(16);
        let pieces = out.par_chunks_mut(piece * columns).zip(x.par_chunks(piece * width));
        pieces.for_each(|(out, x)| add_product(x, matrix, out));
    }
    out
}

/// Adds rows `x` times `matrix` to `out`, on this thread.
pub fn add_product(x: &[f32], matrix: &Part, out: &mut [f32]) {
    let [width, columns] = matrix.shape;
    let n = x.len() / width;
    let left = MatRef::from_row_major_slice(x, n, width);
    let right = MatRef::from_row_major_slice(&matrix.values, width, columns);
    let out = MatMut::from_row_major_slice_mut(out, n, columns);
    matmul(out, Accum::Add, left, right, 1.0, Par::Seq);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn exponentials_are_those_of_the_library() {
        for i in -8700..8800 {
            let x = i as f32 * 0.01;
            let off = (f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs();
            assert!(off < 4e-7, "{x}: {off}");
            assert!((tanh(x) - x.tanh()).abs() < 2e-7, "{x}");
        }
        assert!(exp(-1e9) < 1e-37 && exp(1e9).is_finite() && exp(0.0) == 1.0);
        assert!(sigmoid(-200.0) < 1e-37 && sigmoid(200.0) == 1.0 && sigmoid(0.0) == 0.5);
        assert!(exp(f32::NAN).is_nan(), "what is no number stays none");
    }

    #[test]
    fn shares_sum_to_one_and_keep_their_order() {
        let mut row = vec![1000.0, 1001.0, -5.0];
        softmax(&mut row);
        assert!((row[1] / row[0] - std::f32::consts::E).abs() < 1e-5 && row[2] < 1e-30);
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_large_product_is_that_of_single_rows() {
        let mut rng = Rng::new(1, 0);
        let mut part = |rows: usize, columns: usize| Part {
            name: String::new(),
            shape: [rows, columns],
            values: (0..rows * columns).map(|_| rng.normal() as f32).collect(),
        };
        let (x, matrix, bias) = (part(300, 96), part(96, 80), part(1, 80));
        let all = affine(&x.values, &matrix, &bias);
        for (x, out) in x.values.chunks_exact(96).zip(all.chunks_exact(80)) {
            for (column, out) in out.iter().enumerate() {
                let by_hand: f32 = (0..96).map(|k| x[k] * matrix.values[k * 80 + column]).sum();
                assert!((by_hand + bias.values[column] - out).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn a_norm_leaves_mean_zero_and_deviation_one() {
        let mut x = vec![1.0, 3.0, 5.0, 5.0];
        normed(&mut x, &[2.0, 1.0], &[0.5, 0.0], 0.0);
        assert_eq!(x[..2], [-1.5, 1.0]);
        assert!(x[2].is_nan(), "a constant row has no deviation");
        let mut x = vec![5.0, 5.0];
        normed(&mut x, &[2.0, 1.0], &[0.5, 0.0], 1e-5);
        assert_eq!(x, [0.5, 0.0]);
    }
}
