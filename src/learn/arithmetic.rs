//! Sums that networks on the processor are made of, where no tensor library stands between, and
//! their gradients. Loops are written so that the compiler can do several numbers at once, and run on
//! the widest vector units that the processor has.
//!
//! Matrices lie row by row. `d` before a name means the gradient of the loss with respect to it.

#![expect(clippy::inline_always, reason = "else they are not compiled for the widest units")]

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

use super::weights::Part;
use crate::base::linalg::{Single, SingleMut};

/// Multiplications from which a product is dealt out to all cores.
const SHARED: usize = 1 << 21;

/// What keeps a norm's divisor from 0: PyTorch's.
pub const EPSILON: f64 = 1e-5;

/// The exponential, to within three units of the last place; of what is out of `f32`'s range its
/// ends, about 1e-38 and 1e38.
#[inline(always)]
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
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// The hyperbolic tangent, to within 2e-7.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    2.0 * sigmoid(2.0 * x) - 1.0
}

/// Turns a row of logits into shares that sum to 1.
pub fn softmax(row: &mut [f32]) {
    let most = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    Arch::new().dispatch(Raised(row, most));
    let share = sum(row, |x| x).recip();
    row.iter_mut().for_each(|x| *x *= share);
}

/// Exponentials of numbers, each less a number.
struct Raised<'a>(&'a mut [f32], f32);

impl NullaryFnOnce for Raised<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.0.iter_mut().for_each(|x| *x = exp(*x - self.1));
    }
}

/// A step of gated units (Cho et al. 2014, the reset gate behind the product), row by row.
pub struct Gated<'a> {
    pub units: usize,
    /// Products of what they read, `[row, 3 * units]`: update, reset, new.
    pub x: &'a [f32],
    /// Products of what they remembered, in the same order.
    pub h: &'a [f32],
    /// What they remembered. `[row, units]`
    pub before: &'a [f32],
    /// What they remember then. `[row, units]`
    pub after: &'a mut [f32],
    /// What is left for gradients, `[row, 4 * units]`: update, reset, what is new, and the product
    /// that was reset.
    pub gates: &'a mut [f32],
}

impl Gated<'_> {
    /// Takes the step.
    pub fn step(self) {
        Arch::new().dispatch(self);
    }
}

impl NullaryFnOnce for Gated<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let units = self.units;
        let read = self.x.chunks_exact(3 * units).zip(self.h.chunks_exact(3 * units));
        let states = self.before.chunks_exact(units).zip(self.after.chunks_exact_mut(units));
        let rows = read.zip(states).zip(self.gates.chunks_exact_mut(4 * units));
        for (((x, h), (before, after)), gates) in rows {
            let [xu, xr, xn] = three(x, units);
            let [hu, hr, hn] = three(h, units);
            let (update, rest) = gates.split_at_mut(units);
            let (reset, rest) = rest.split_at_mut(units);
            let (new, product) = rest.split_at_mut(units);
            let (product, before) = (&mut product[..units], &before[..units]);
            let after = &mut after[..units];
            for i in 0..units {
                let (u, r) = (sigmoid(xu[i] + hu[i]), sigmoid(xr[i] + hr[i]));
                let n = tanh(xn[i] + r * hn[i]);
                (update[i], reset[i], new[i], product[i]) = (u, r, n, hn[i]);
                after[i] = n + u * (before[i] - n);
            }
        }
    }
}

#[inline(always)]
fn three(row: &[f32], units: usize) -> [&[f32]; 3] {
    [0, 1, 2].map(|gate| &row[gate * units..][..units])
}

/// The gradients of a step of [`Gated`] units, row by row.
pub struct GatedBack<'a> {
    pub units: usize,
    /// As the step left them.
    pub gates: &'a [f32],
    /// What was remembered before the step. `[row, units]`
    pub before: &'a [f32],
    /// Of what is remembered after it; turns into the part of the gradient of what was remembered
    /// before that does not go through the product. `[row, units]`
    pub d: &'a mut [f32],
    /// Gets those of the products of what was read, `[row, 3 * units]`,
    pub dx: &'a mut [f32],
    /// and of what was remembered.
    pub dh: &'a mut [f32],
}

impl GatedBack<'_> {
    /// Reckons them.
    pub fn step(self) {
        Arch::new().dispatch(self);
    }
}

impl NullaryFnOnce for GatedBack<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let units = self.units;
        let kept = self.gates.chunks_exact(4 * units).zip(self.before.chunks_exact(units));
        let told = self.dx.chunks_exact_mut(3 * units).zip(self.dh.chunks_exact_mut(3 * units));
        let rows = kept.zip(self.d.chunks_exact_mut(units)).zip(told);
        for (((gates, before), d), (dx, dh)) in rows {
            let ([update, reset, new], product) = (three(gates, units), &gates[3 * units..]);
            let (xu, rest) = dx.split_at_mut(units);
            let (xr, xn) = rest.split_at_mut(units);
            let (hu, rest) = dh.split_at_mut(units);
            let (hr, hn) = rest.split_at_mut(units);
            let (xn, hn, product) = (&mut xn[..units], &mut hn[..units], &product[..units]);
            let (before, d) = (&before[..units], &mut d[..units]);
            for i in 0..units {
                let (u, r, n) = (update[i], reset[i], new[i]);
                let dn = d[i] * (1.0 - u) * (1.0 - n * n);
                let du = d[i] * (before[i] - n) * u * (1.0 - u);
                let dr = dn * product[i] * r * (1.0 - r);
                (xu[i], xr[i], xn[i]) = (du, dr, dn);
                (hu[i], hr[i], hn[i]) = (du, dr, dn * r);
                d[i] *= u;
            }
        }
    }
}

/// What a norm leaves for its gradients: rows of mean 0 and deviation 1, and by what each was
/// multiplied.
#[derive(Debug, Default)]
pub struct Normed {
    even: Vec<f32>,
    shares: Vec<f32>,
}

/// Takes the mean from each row of `norm.len()`, divides by its deviation, and scales and moves it.
pub fn normed(x: &mut [f32], norm: &[f32], norm_bias: &[f32]) -> Normed {
    let width = norm.len();
    let n = width as f32;
    let mut kept = Normed { even: Vec::with_capacity(x.len()), shares: Vec::new() };
    for row in x.chunks_exact_mut(width) {
        let mean = sum(row, |x| x) / n;
        let variance = sum(row, |x| (x - mean) * (x - mean)) / n;
        let share = (variance + EPSILON as f32).sqrt().recip();
        kept.even.extend(row.iter().map(|x| (x - mean) * share));
        kept.shares.push(share);
        let even = &kept.even[kept.even.len() - width..];
        for (((x, even), scale), bias) in row.iter_mut().zip(even).zip(norm).zip(norm_bias) {
            *x = even * scale + bias;
        }
    }
    kept
}

/// The sum of `of` each number, in eight sums side by side.
fn sum(row: &[f32], of: impl Fn(f32) -> f32) -> f32 {
    let mut sums = [0.0; 8];
    let (eights, rest) = row.as_chunks::<8>();
    for eight in eights {
        sums.iter_mut().zip(eight).for_each(|(sum, x)| *sum += of(*x));
    }
    sums.iter().sum::<f32>() + rest.iter().map(|x| of(*x)).sum::<f32>()
}

/// Turns the gradient of what [`normed`] gave into that of what it took; adds those of scale and
/// shift to `dnorm` and `dbias`.
pub fn normed_back(
    kept: &Normed,
    norm: &[f32],
    d: &mut [f32],
    (dnorm, dbias): (&mut [f32], &mut [f32]),
) {
    let width = norm.len();
    let n = width as f32;
    let rows = d.chunks_exact_mut(width).zip(kept.even.chunks_exact(width)).zip(&kept.shares);
    for ((d, even), share) in rows {
        let (mut sum, mut along) = (0.0, 0.0);
        for i in 0..width {
            dnorm[i] += d[i] * even[i];
            dbias[i] += d[i];
            d[i] *= norm[i];
            sum += d[i];
            along += d[i] * even[i];
        }
        let (mean, along) = (sum / n, along / n);
        d.iter_mut().zip(even).for_each(|(d, even)| *d = share * (*d - mean - even * along));
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
    let right = Single::new(&matrix.values, columns);
    SingleMut::new(out, columns).add(Single::new(x, width), right);
}

/// Adds the gradient of what was multiplied by `matrix` to `dx`, on this thread: `d`,
/// `[row, matrix.shape[1]]`, times the matrix on its side.
pub fn add_product_back(d: &[f32], matrix: &Part, dx: &mut [f32]) {
    let [width, columns] = matrix.shape;
    let right = Single::new(&matrix.values, columns).turned();
    SingleMut::new(dx, width).add(Single::new(d, columns), right);
}

/// Adds the gradient of a matrix by which rows `x` were multiplied to `dmatrix`, on this thread:
/// `x`, `[row, width]`, on its side times `d`, `[row, columns]`.
pub fn add_matrix_back(x: &[f32], width: usize, d: &[f32], columns: usize, dmatrix: &mut [f32]) {
    let left = Single::new(x, width).turned();
    SingleMut::new(dmatrix, columns).add(left, Single::new(d, columns));
}

/// Adds all rows of `d` to `dbias`.
pub fn add_rows(d: &[f32], dbias: &mut [f32]) {
    for row in d.chunks_exact(dbias.len()) {
        dbias.iter_mut().zip(row).for_each(|(sum, d)| *sum += d);
    }
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

    fn part(rng: &mut Rng, rows: usize, columns: usize) -> Part {
        let values = (0..rows * columns).map(|_| rng.normal() as f32).collect();
        Part { name: String::new(), shape: [rows, columns], values }
    }

    #[test]
    fn a_large_product_is_that_of_single_rows() {
        let rng = &mut Rng::new(1, 0);
        let (x, matrix, bias) = (part(rng, 300, 96), part(rng, 96, 80), part(rng, 1, 80));
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
        normed(&mut x, &[2.0, 1.0], &[0.5, 0.0]);
        assert!((x[0] + 1.5).abs() < 1e-4 && (x[1] - 1.0).abs() < 1e-4);
        assert_eq!(x[2..], [0.5, 0.0], "a constant row is moved alone");
    }

    /// Holds a gradient to differences of `loss`, number by number.
    fn is_slope(x: &[f32], dx: &[f32], loss: impl Fn(&[f32]) -> f64) {
        for i in 0..x.len() {
            let moved = |by: f32| {
                let mut x = x.to_vec();
                x[i] += by;
                loss(&x)
            };
            let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
            assert!((slope - f64::from(dx[i])).abs() < 2e-3, "{i}: {slope} {}", dx[i]);
        }
    }

    fn along(values: &[f32], weights: &[f32]) -> f64 {
        values.iter().zip(weights).map(|(x, w)| f64::from(*x) * f64::from(*w)).sum()
    }

    #[test]
    fn gradients_are_the_slopes_of_what_they_are_of() {
        let rng = &mut Rng::new(2, 0);
        // Products.
        let (x, matrix, bias) = (part(rng, 3, 4), part(rng, 4, 2), part(rng, 1, 2));
        let d = part(rng, 3, 2).values;
        let (mut dx, mut dmatrix, mut dbias) = (vec![0.0; 12], vec![0.0; 8], vec![0.0; 2]);
        add_product_back(&d, &matrix, &mut dx);
        add_matrix_back(&x.values, 4, &d, 2, &mut dmatrix);
        add_rows(&d, &mut dbias);
        is_slope(&x.values, &dx, |x| along(&affine(x, &matrix, &bias), &d));
        is_slope(&matrix.values, &dmatrix, |m| {
            let matrix = Part { values: m.to_vec(), ..matrix.clone() };
            along(&affine(&x.values, &matrix, &bias), &d)
        });
        is_slope(&bias.values, &dbias, |b| {
            let bias = Part { values: b.to_vec(), ..bias.clone() };
            along(&affine(&x.values, &matrix, &bias), &d)
        });
        // Norms.
        let (x, norm, bias) = (part(rng, 2, 5), part(rng, 1, 5).values, part(rng, 1, 5).values);
        let d = part(rng, 2, 5).values;
        let told = |x: &[f32], norm: &[f32], bias: &[f32]| {
            let mut x = x.to_vec();
            normed(&mut x, norm, bias);
            along(&x, &d)
        };
        let kept = normed(&mut x.values.clone(), &norm, &bias);
        let (mut dx, mut dnorm, mut dbias) = (d.clone(), vec![0.0; 5], vec![0.0; 5]);
        normed_back(&kept, &norm, &mut dx, (&mut dnorm, &mut dbias));
        is_slope(&x.values, &dx, |x| told(x, &norm, &bias));
        is_slope(&norm, &dnorm, |norm| told(&x.values, norm, &bias));
        is_slope(&bias, &dbias, |bias| told(&x.values, &norm, bias));
        // Gates.
        let (x, h, before) = (part(rng, 2, 9), part(rng, 2, 9), part(rng, 2, 3));
        let d = part(rng, 2, 3).values;
        let told = |x: &[f32], h: &[f32], before: &[f32]| {
            let (mut after, mut gates) = (vec![0.0; 6], vec![0.0; 24]);
            Gated { units: 3, x, h, before, after: &mut after, gates: &mut gates }.step();
            (along(&after, &d), gates)
        };
        let (_, gates) = told(&x.values, &h.values, &before.values);
        let (mut dbefore, mut dx, mut dh) = (d.clone(), vec![0.0; 18], vec![0.0; 18]);
        let (gates, before_d) = (&gates, &mut dbefore);
        let back = GatedBack {
            units: 3,
            gates,
            before: &before.values,
            d: before_d,
            dx: &mut dx,
            dh: &mut dh,
        };
        back.step();
        is_slope(&x.values, &dx, |x| told(x, &h.values, &before.values).0);
        is_slope(&h.values, &dh, |h| told(&x.values, h, &before.values).0);
        is_slope(&before.values, &dbefore, |before| told(&x.values, &h.values, before).0);
    }
}
