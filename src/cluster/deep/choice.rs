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
    /// distance to its own center and `b` to the nearest other (Hruschka et al. 2006); 0 for the only
    /// trip of a cluster.
    pub silhouette: f64,
    /// The sum of squared distances to the centers.
    pub sum: f64,
}

/// Searches from fewer beginnings do where many numbers are tried.
const STARTS: usize = 4;

/// Tries every number of clusters from 2 to `params.k_max`, as far as there are two trips for each.
pub fn tried(embedding: &Table, params: &DeepParams, job: &Job) -> Result<Vec<KTried>, Stopped> {
    let most = params.k_max.min(embedding.len() / 2);
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
    let mut sizes = vec![0; centers.len()];
    groups.iter().for_each(|group| sizes[*group as usize] += 1);
    let one = |(z, group): (&[f32], &u32)| {
        if sizes[*group as usize] == 1 {
            return 0.0;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn as_many_clusters_are_found_as_there_are() {
        let mut rng = Rng::new(1, 0);
        let cloud = |middle: f64, rng: &mut Rng| {
            [middle + 0.05 * rng.normal(), (middle * 7.0).sin() + 0.05 * rng.normal()]
        };
        // Two of the six are rare.
        let sizes = [20, 20, 20, 20, 3, 3];
        let points = (0..).zip(sizes).flat_map(|(at, n)| {
            (0..n).flat_map(|_| cloud(f64::from(at), &mut rng)).collect::<Vec<f64>>()
        });
        let embedding = Table::new(2, points.map(|x| x as f32).collect());
        let tried = tried(&embedding, &DeepParams::default(), &Job::default()).unwrap();
        assert_eq!(tried.iter().map(|one| one.k).collect::<Vec<_>>(), (2..=43).collect::<Vec<_>>());
        assert_eq!(best(&tried), Some(6));
        assert!(tried.windows(2).all(|pair| pair[1].sum < 1.2 * pair[0].sum));
    }

    #[test]
    fn a_trip_between_two_centers_counts_0_and_so_does_a_lone_one() {
        let centers = Table::new(1, vec![0.0, 4.0]);
        let of = |points: &[f32], groups: &[u32]| {
            silhouette(&Table::new(1, points.to_vec()), groups, &centers)
        };
        assert_eq!(of(&[2.0, 2.0], &[0, 0]), 0.0);
        assert_eq!(of(&[1.0, 1.0, 4.0], &[0, 0, 1]), 2.0 * (2.0 / 3.0) / 3.0);
        assert_eq!(best(&[]), None);
    }
}
