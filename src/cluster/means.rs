//! k-means on points: trips resampled to the same number of positions, or rows of eigenvectors.

use super::labels::Labels;
use crate::base::job::{Job, Stopped};
use crate::base::means;

/// Groups of points around their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Means {
    /// Each point in the cluster of its nearest mean; no noise.
    pub labels: Labels,
    /// The sum of squared distances to the means: what is made small.
    pub sum: f64,
    /// The mean of each cluster, in the order of the labels: `[cluster, dim]`.
    pub centers: Vec<f32>,
}

/// Groups `points`, `[n, dim]` row by row, around `k` means, as [`means::k_means`] does. None where
/// that gives none; identical points may leave fewer than `k` clusters.
pub fn k_means(
    points: &[f32],
    dim: usize,
    k: usize,
    starts: usize,
    seed: u64,
    job: &Job,
) -> Result<Option<Means>, Stopped> {
    let found = means::k_means(points, dim, k, starts, seed, job)?;
    Ok(found.map(|found| {
        let groups: Vec<Option<u32>> = found.groups.iter().copied().map(Some).collect();
        let labels = Labels::new(&groups);
        let mut centers = vec![0.0; labels.clusters() * dim];
        for (label, group) in labels.as_slice().iter().zip(&found.groups) {
            if let Some(label) = label {
                let (to, from) = (*label as usize * dim, *group as usize * dim);
                centers[to..to + dim].copy_from_slice(&found.centers[from..from + dim]);
            }
        }
        Means { labels, sum: found.sum, centers }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_numbered_by_falling_size() {
        let points = [0.0, 0.0, 2.0, 0.0, 10.0, 1.0, 10.0, 3.0, 10.0, 5.0];
        let means = k_means(&points, 2, 2, 4, 1, &Job::default()).unwrap().unwrap();
        assert_eq!(means.labels.as_slice(), [Some(1), Some(1), Some(0), Some(0), Some(0)]);
        assert_eq!(means.sum, (1.0 + 1.0) + (4.0 + 0.0 + 4.0));
        assert_eq!(means.centers, [10.0, 3.0, 1.0, 0.0]);
    }

    #[test]
    fn identical_points_are_one_cluster() {
        let means = k_means(&[7.0; 10], 2, 3, 2, 0, &Job::default()).unwrap().unwrap();
        assert_eq!((means.labels.clusters(), means.sum), (1, 0.0));
    }
}
