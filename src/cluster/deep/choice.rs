//! How many clusters there are, where nobody says.

use super::params::DeepParams;
use crate::base::job::{Job, Stopped};
use crate::base::means::k_means;
use crate::learn::Table;

/// What a number of clusters is worth.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct KTried {
    /// How many clusters.
    pub k: usize,
    /// The mean silhouette by centers, -1 to 1, more is better: `(b - a) / max(a, b)` with `a` a trip's
    /// distance to its own center and `b` to the nearest other (Hruschka et al. 2006).
    pub silhouette: f64,
    /// The sum of squared distances to the centers.
    pub sum: f64,
}

/// Searches from fewer beginnings do where many numbers are tried.
const STARTS: usize = 4;

/// Tries every number of clusters from 2 to `params.k_max`, as far as there are trips.
pub fn tried(embedding: &Table, params: &DeepParams, job: &Job) -> Result<Vec<KTried>, Stopped> {
    let most = params.k_max.min(embedding.len().saturating_sub(1));
    let one = |k: usize| {
        let (values, width) = (embedding.values(), embedding.width());
        let found = k_means(values, width, k, params.starts.min(STARTS), params.seed as u64, job)?;
        let found = found.ok_or_else(|| Stopped::Failed("the embeddings are no numbers".into()))?;
        let silhouette = silhouette(embedding, &found.groups, &Table::new(width, found.centers));
        Ok(KTried { k, silhouette, sum: found.sum })
    };
    (2..=most).map(one).collect()
}

/// The number whose clusters lie farthest apart; of several the least.
pub(super) fn best(tried: &[KTried]) -> Option<usize> {
    let mut best: Option<&KTried> = None;
    for one in tried {
        if best.is_none_or(|best| one.silhouette > best.silhouette) {
            best = Some(one);
        }
    }
    best.map(|best| best.k)
}

fn silhouette(embedding: &Table, groups: &[u32], centers: &Table) -> f64 {
    let one = |(z, group): (&[f32], &u32)| {
        let distance = |center: &[f32]| {
            let pairs = z.iter().zip(center);
            pairs.map(|(z, c)| f64::from(z - c).powi(2)).sum::<f64>().sqrt()
        };
        let own = distance(centers.row(*group as usize));
        let others = centers.iter().enumerate().filter(|(at, _)| *at != *group as usize);
        let other = others.map(|(_, center)| distance(center)).fold(f64::INFINITY, f64::min);
        if own.max(other) > 0.0 { (other - own) / own.max(other) } else { 0.0 }
    };
    embedding.iter().zip(groups).map(one).sum::<f64>() / groups.len().max(1) as f64
}
