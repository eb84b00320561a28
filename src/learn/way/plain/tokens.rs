//! What rivals look up for each step.

use super::super::forward::{AXES, step_encoding};
use super::super::shape::Network;
use super::{Gradients, Plain, Voyage, add};

impl Plain {
    /// Tables in which a rival looks up its steps, whose rows stand side by side: their names, and
    /// the row of each step.
    fn tables(&self, voyage: &Voyage) -> Vec<(String, Vec<usize>)> {
        let batch = voyage.batch;
        if self.shape.network == Network::Decoder {
            let cells = batch.cells[voyage.steps.clone()].iter().map(|cell| *cell as usize);
            return vec![("cell.table".into(), cells.collect())];
        }
        let bins = &batch.bins[voyage.steps.clone()];
        let axis = |(at, name): (usize, &str)| {
            (format!("{name}.table"), bins.iter().map(|bins| bins[at] as usize).collect())
        };
        AXES.into_iter().enumerate().map(axis).collect()
    }

    /// What a rival looks up for each step, and where the step stands in its voyage: `[step, d]`.
    pub(super) fn tokens(&self, voyage: &Voyage) -> Vec<f32> {
        let d = self.shape.units;
        let steps = 0..voyage.steps.len() as u32;
        let mut x: Vec<f32> = steps.flat_map(|k| step_encoding(k, d)).collect();
        let mut at = 0;
        for (name, rows) in self.tables(voyage) {
            let table = self.part(&name);
            let width = table.shape[1];
            for (row, x) in rows.into_iter().zip(x.chunks_exact_mut(d)) {
                add(&mut x[at..at + width], &table.values[row * width..][..width]);
            }
            at += width;
        }
        x
    }

    /// Adds the gradients of what was looked up.
    pub(super) fn tokens_back(&self, voyage: &Voyage, dx: &[f32], gradients: &mut Gradients) {
        let d = self.shape.units;
        let mut at = 0;
        for (name, rows) in self.tables(voyage) {
            let place = self.place(&name);
            let width = self.parts[place].shape[1];
            for (row, dx) in rows.into_iter().zip(dx.chunks_exact(d)) {
                add(&mut gradients[place][row * width..][..width], &dx[at..at + width]);
            }
            at += width;
        }
    }
}
