//! Attention of every step to the steps up to itself.

use super::super::super::arithmetic::softmax;
use super::{Gradients, Plain, add};
use crate::base::linalg::{Single, SingleMut};

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
            let of = |values| Single::new(values, d).columns(at * width, width);
            SingleMut::new(own, n).put(of(&queries), of(&keys).turned(), size);
            for (k, row) in own.chunks_exact_mut(n).enumerate() {
                let (past, future) = row.split_at_mut(k + 1);
                softmax(past);
                future.fill(0.0);
            }
            let out = SingleMut::new(&mut mixed, d).columns(at * width, width);
            out.put(Single::new(own, n), of(&values), 1.0);
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
            let of = |values| Single::new(values, d).columns(at * width, width);
            let dmixed = of(&dmixed);
            SingleMut::new(&mut dscores, n).put(dmixed, of(&kept.values).turned(), 1.0);
            for (row, shares) in dscores.chunks_exact_mut(n).zip(shares.chunks_exact(n)) {
                let mean: f32 = row.iter().zip(shares).map(|(d, share)| d * share).sum();
                row.iter_mut().zip(shares).for_each(|(d, share)| *d = share * (*d - mean));
            }
            let (shares, dscores) = (Single::new(shares, n), Single::new(&dscores, n));
            let put = |to: &mut [f32], left: Single, right: Single, by: f32| {
                SingleMut::new(to, d).columns(at * width, width).put(left, right, by);
            };
            put(&mut dvalues, shares.turned(), dmixed, 1.0);
            put(&mut dqueries, dscores, of(&kept.keys), size);
            put(&mut dkeys, dscores.turned(), of(&kept.queries), size);
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
