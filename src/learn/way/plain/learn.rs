//! What a batch of voyages costs, and the gradients of that.

use rayon::prelude::*;

use super::super::super::arithmetic::softmax;
use super::super::batch::VoyageBatch;
use super::super::shape::QUANTILES;
use super::{Drops, Gradients, Plain, Voyage, voyages};
use crate::base::rng::Rng;

/// Into how many sums the voyages of a batch are dealt out. Fixed, so that nothing hangs on threads.
const LOTS: usize = 8;

/// What counts in the cost of a batch.
#[derive(Clone, Copy)]
pub struct Cost<'a> {
    /// Places of the steps that count, rising.
    pub rows: &'a [usize],
    /// What the arrival weighs against the port.
    pub eta_weight: f64,
}

impl Plain {
    /// The mean cost of the steps that count; 0 where none does.
    pub fn cost(&self, batch: &VoyageBatch, cost: Cost) -> f64 {
        let voyages = voyages(batch);
        let each = voyages.par_iter().map(|voyage| {
            let rows = counted(voyage, cost.rows);
            if rows.is_empty() {
                return 0.0;
            }
            let (x, _) = self.pass(voyage, &mut Drops(None));
            self.heads(voyage, rows, &x, cost, None)
        });
        let costs: Vec<f64> = each.collect();
        costs.into_iter().sum()
    }

    /// The cost and its gradients, while a share of the numbers is dropped, drawn by a seed.
    pub fn cost_back(&self, batch: &VoyageBatch, cost: Cost, seed: u64) -> (f64, Gradients) {
        let voyages = voyages(batch);
        let lot = |own: &[Voyage]| {
            let mut gradients: Gradients =
                self.parts.iter().map(|part| vec![0.0; part.values.len()]).collect();
            let mut sum = 0.0;
            for voyage in own {
                let rows = counted(voyage, cost.rows);
                if rows.is_empty() {
                    continue;
                }
                let mut drops = Drops(Some((self.shape.dropout, Rng::new(seed, voyage.at as u64))));
                let (x, kept) = self.pass(voyage, &mut drops);
                let mut dx = vec![0.0; x.len()];
                sum += self.heads(voyage, rows, &x, cost, Some((&mut dx, &mut gradients)));
                self.pass_back(voyage, &kept, dx, &mut gradients);
            }
            (sum, gradients)
        };
        let per_lot = voyages.len().div_ceil(LOTS).max(1);
        let lots: Vec<(f64, Gradients)> = voyages.par_chunks(per_lot).map(lot).collect();
        let sum = lots.iter().map(|(sum, _)| sum).sum();
        let mut lots = lots.into_iter().map(|(_, gradients)| gradients);
        let mut gradients = lots.next().unwrap_or_default();
        let others: Vec<Gradients> = lots.collect();
        gradients.par_iter_mut().enumerate().for_each(|(at, own)| {
            others.iter().for_each(|other| super::add(own, &other[at]));
        });
        (sum, gradients)
    }

    /// The part of the mean cost that the steps `rows` of a voyage have; with the gradient of what
    /// the heads read, `[step, d]`, and those of the heads added where they are asked for.
    fn heads(
        &self,
        voyage: &Voyage,
        rows: &[usize],
        x: &[f32],
        cost: Cost,
        back: Option<(&mut [f32], &mut Gradients)>,
    ) -> f64 {
        let (shape, batch, d) = (&self.shape, voyage.batch, self.shape.units);
        let share = 1.0 / cost.rows.len() as f32;
        let own = |row: &usize| row - voyage.steps.start;
        let read: Vec<f32> = rows.iter().flat_map(|row| &x[own(row) * d..][..d]).copied().collect();
        let mut sum = 0.0;
        let mut dports = self.dense("ports.0", &read);
        let truth = batch.to[voyage.at].unwrap_or(0) as usize;
        for row in dports.chunks_exact_mut(shape.ports) {
            softmax(row);
            sum -= f64::from(row[truth].max(f32::MIN_POSITIVE)).ln();
            row.iter_mut().for_each(|x| *x *= share);
            row[truth] -= share;
        }
        let darrivals = shape.days.map(|days| {
            let mut told = self.dense("arrival.0", &read);
            let weight = cost.eta_weight as f32;
            for (row, told) in rows.iter().zip(told.chunks_exact_mut(QUANTILES.len())) {
                let truth = batch.days_left[*row] / days as f32;
                for (x, q) in told.iter_mut().zip(QUANTILES) {
                    // Twice the pinball loss of the half is the absolute error.
                    let (late, slope) = (truth - *x, 2.0 * q as f32);
                    sum += f64::from(weight * (late * slope + 2.0 * (-late).max(0.0)));
                    *x = weight * share * (if late < 0.0 { 2.0 } else { 0.0 } - slope);
                }
            }
            told
        });
        if let Some((dx, gradients)) = back {
            let mut dread = self.dense_back("ports.0", &read, &dports, gradients);
            if let Some(d) = darrivals {
                super::add(&mut dread, &self.dense_back("arrival.0", &read, &d, gradients));
            }
            for (row, dread) in rows.iter().zip(dread.chunks_exact(d)) {
                super::add(&mut dx[own(row) * d..][..d], dread);
            }
        }
        sum * f64::from(share)
    }
}

/// Those of the steps that are the voyage's.
fn counted<'a>(voyage: &Voyage, rows: &'a [usize]) -> &'a [usize] {
    let start = rows.partition_point(|row| *row < voyage.steps.start);
    let end = rows.partition_point(|row| *row < voyage.steps.end);
    &rows[start..end]
}
