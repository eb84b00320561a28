//! Attention of every step to the steps up to itself.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::super::super::arithmetic::softmax;
use super::{Gradients, Plain, add};

/// What attention leaves for its gradients.
pub struct Attended {
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
    /// How a step shares out its attention. `[head, step, step]`
    shares: Vec<f32>,
    /// What heads mixed by these shares. `[step, d]`
    mixed: Vec<f32>,
}

/// The columns of one head.
fn head(values: &[f32], d: usize, at: usize, width: usize) -> MatRef<'_, f32> {
    MatRef::from_row_major_slice(values, values.len() / d, d).subcols(at * width, width)
}

fn head_mut(values: &mut [f32], d: usize, at: usize, width: usize) -> MatMut<'_, f32> {
    let n = values.len() / d;
    MatMut::from_row_major_slice_mut(values, n, d).subcols_mut(at * width, width)
}

impl Plain {
    /// What heads of attention give for every step: queries of `x`, keys and values of `other`, each
    /// `[step, d]`.
    pub fn attended(&self, name: &str, (x, other): (&[f32], &[f32])) -> (Vec<f32>, Attended) {
        let (d, heads) = (self.shape.units, self.shape.heads);
        let of = |part: &str, x: &[f32]| self.dense(&format!("{name}.{part}.0"), x);
        let (queries, keys, values) = (of("query", x), of("key", other), of("value", other));
        let (width, n) = (d / heads, x.len() / d);
        let size = (width as f32).sqrt().recip();
        let mut shares = vec![0.0; heads * n * n];
        let mut mixed = vec![0.0; n * d];
        for (at, own) in shares.chunks_exact_mut(n * n).enumerate() {
            let scores = MatMut::from_row_major_slice_mut(own, n, n);
            let (query, key) = (head(&queries, d, at, width), head(&keys, d, at, width));
            matmul(scores, Accum::Replace, query, key.transpose(), size, Par::Seq);
            for (k, row) in own.chunks_exact_mut(n).enumerate() {
                let (past, future) = row.split_at_mut(k + 1);
                softmax(past);
                future.fill(0.0);
            }
            let own = MatRef::from_row_major_slice(own, n, n);
            let out = head_mut(&mut mixed, d, at, width);
            matmul(out, Accum::Replace, own, head(&values, d, at, width), 1.0, Par::Seq);
        }
        let out = self.dense(&format!("{name}.out.0"), &mixed);
        (out, Attended { queries, keys, values, shares, mixed })
    }

    /// The gradients of what queries, and of what keys and values were made of; adds those of the
    /// matrices.
    pub fn attended_back(
        &self,
        name: &str,
        kept: &Attended,
        (x, other): (&[f32], &[f32]),
        dout: &[f32],
        gradients: &mut Gradients,
    ) -> (Vec<f32>, Vec<f32>) {
        let (d, heads) = (self.shape.units, self.shape.heads);
        let (width, n) = (d / heads, x.len() / d);
        let size = (width as f32).sqrt().recip();
        let dmixed = self.dense_back(&format!("{name}.out.0"), &kept.mixed, dout, gradients);
        let mut dqueries = vec![0.0; n * d];
        let mut dkeys = vec![0.0; n * d];
        let mut dvalues = vec![0.0; n * d];
        let mut dscores = vec![0.0; n * n];
        for (at, shares) in kept.shares.chunks_exact(n * n).enumerate() {
            let of = |values| head(values, d, at, width);
            let dmixed = of(&dmixed);
            let out = MatMut::from_row_major_slice_mut(&mut dscores, n, n);
            matmul(out, Accum::Replace, dmixed, of(&kept.values).transpose(), 1.0, Par::Seq);
            for (row, shares) in dscores.chunks_exact_mut(n).zip(shares.chunks_exact(n)) {
                let mean: f32 = row.iter().zip(shares).map(|(d, share)| d * share).sum();
                row.iter_mut().zip(shares).for_each(|(d, share)| *d = share * (*d - mean));
            }
            let shares = MatRef::from_row_major_slice(shares, n, n);
            let dscores = MatRef::from_row_major_slice(&dscores, n, n);
            let put = |to: &mut [f32], left: MatRef<f32>, right: MatRef<f32>, by: f32| {
                matmul(head_mut(to, d, at, width), Accum::Replace, left, right, by, Par::Seq);
            };
            put(&mut dvalues, shares.transpose(), dmixed, 1.0);
            put(&mut dqueries, dscores, of(&kept.keys), size);
            put(&mut dkeys, dscores.transpose(), of(&kept.queries), size);
        }
        let mut back = |part: &str, x: &[f32], d: &[f32]| {
            self.dense_back(&format!("{name}.{part}.0"), x, d, gradients)
        };
        let dx = back("query", x, &dqueries);
        let mut dother = back("key", other, &dkeys);
        add(&mut dother, &back("value", other, &dvalues));
        (dx, dother)
    }
}
