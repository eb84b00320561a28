//! k-means: rows of numbers grouped around their means.

use rayon::prelude::*;

use super::job::{Job, Stopped};
use super::rng::Rng;

/// When no search has come to rest by itself, it ends after this many rounds.
const MOST_ROUNDS: usize = 300;

/// Groups of points around their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Means {
    /// The group of each point, that of its nearest mean: below `k`, in no particular order.
    pub groups: Vec<u32>,
    /// The sum of squared distances to the means: what is made small.
    pub sum: f64,
}

/// Groups `points`, `[n, dim]` row by row, around `k` means; the best of `starts` searches from
/// beginnings drawn in proportion to squared distances (k-means++). A round takes O(n k dim) time.
///
/// None if `dim` is 0 or does not divide the numbers, a number is not finite, `k` is 0, or there are
/// fewer than `k` points. Identical points may leave fewer than `k` clusters.
///
/// # Reference
///
/// Lloyd (1982); Arthur, Vassilvitskii (2007), *k-means++: The advantages of careful seeding*.
pub fn k_means(
    points: &[f32],
    dim: usize,
    k: usize,
    starts: usize,
    seed: u64,
    job: &Job,
) -> Result<Option<Means>, Stopped> {
    let is_whole = dim > 0 && points.len().is_multiple_of(dim);
    if !is_whole || k == 0 || points.len() / dim < k || points.iter().any(|x| !x.is_finite()) {
        return Ok(None);
    }
    job.expect(starts.max(1));
    let searches: Vec<(f64, Vec<u32>)> = (0..starts.max(1))
        .into_par_iter()
        .map(|start| {
            let found = search(points, dim, k, &mut Rng::new(seed, start as u64), job)?;
            job.step()?;
            Ok(found)
        })
        .collect::<Result<_, Stopped>>()?;
    let best = searches.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    Ok(best.map(|(sum, groups)| Means { groups, sum }))
}

fn search(
    points: &[f32],
    dim: usize,
    k: usize,
    rng: &mut Rng,
    job: &Job,
) -> Result<(f64, Vec<u32>), Stopped> {
    let n = points.len() / dim;
    let mut means = begin(points, dim, k, rng);
    let mut groups = vec![u32::MAX; n];
    let mut distances = vec![0.0; n];
    for _ in 0..MOST_ROUNDS {
        job.go_on()?;
        let before = groups.clone();
        assign(points, dim, &means, &mut groups, &mut distances);
        if before == groups {
            break;
        }
        let mut sums = vec![0.0_f64; k * dim];
        let mut counts = vec![0_usize; k];
        for (point, group) in points.chunks_exact(dim).zip(&groups) {
            let group = *group as usize;
            counts[group] += 1;
            let sum = &mut sums[group * dim..(group + 1) * dim];
            sum.iter_mut().zip(point).for_each(|(sum, x)| *sum += f64::from(*x));
        }
        for group in 0..k {
            let mean = &mut means[group * dim..(group + 1) * dim];
            if counts[group] > 0 {
                let sum = &sums[group * dim..(group + 1) * dim];
                mean.iter_mut().zip(sum).for_each(|(x, s)| *x = (s / counts[group] as f64) as f32);
            } else if let Some(far) = (0..n).max_by(|a, b| distances[*a].total_cmp(&distances[*b]))
            {
                // A mean without points takes the point worst served.
                mean.copy_from_slice(&points[far * dim..(far + 1) * dim]);
                distances[far] = 0.0;
            }
        }
    }
    let total = distances.iter().map(|d| f64::from(*d)).sum();
    Ok((total, groups))
}

fn begin(points: &[f32], dim: usize, k: usize, rng: &mut Rng) -> Vec<f32> {
    let n = points.len() / dim;
    let of = |i: usize| &points[i * dim..(i + 1) * dim];
    let mut means = of(rng.below(n)).to_vec();
    let mut nearest = vec![f32::INFINITY; n];
    for _ in 1..k {
        let last = means[means.len() - dim..].to_vec();
        for (point, nearest) in points.chunks_exact(dim).zip(&mut nearest) {
            let d2 = point.iter().zip(&last).map(|(x, y)| (x - y) * (x - y)).sum::<f32>();
            *nearest = nearest.min(d2);
        }
        let mut left = rng.unit() * nearest.iter().map(|d| f64::from(*d)).sum::<f64>();
        let drawn = nearest.iter().position(|d2| {
            left -= f64::from(*d2);
            left < 0.0
        });
        means.extend_from_slice(of(drawn.unwrap_or_else(|| rng.below(n))));
    }
    means
}

/// Finds the nearest mean of each point, of several the first, and the squared distance to it.
fn assign(points: &[f32], dim: usize, means: &[f32], groups: &mut [u32], distances: &mut [f32]) {
    let k = means.len() / dim;
    // Means side by side for each coordinate, so that all k sums grow at once.
    let mut turned = vec![0.0; means.len()];
    for (group, mean) in means.chunks_exact(dim).enumerate() {
        mean.iter().enumerate().for_each(|(axis, x)| turned[axis * k + group] = *x);
    }
    let mut sums = vec![0.0_f32; k];
    for (point, (group, distance)) in
        points.chunks_exact(dim).zip(groups.iter_mut().zip(distances.iter_mut()))
    {
        sums.fill(0.0);
        for (x, means) in point.iter().zip(turned.chunks_exact(k)) {
            sums.iter_mut().zip(means).for_each(|(sum, mean)| *sum += (x - mean) * (x - mean));
        }
        let (mut best, mut least) = (0, f32::INFINITY);
        for (place, sum) in sums.iter().enumerate() {
            if *sum < least {
                (best, least) = (place, *sum);
            }
        }
        (*group, *distance) = (best as u32, least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_groups_are_told_apart_and_their_sum_is_right() {
        let points = [0.0, 0.0, 2.0, 0.0, 10.0, 1.0, 10.0, 3.0, 10.0, 5.0];
        let means = k_means(&points, 2, 2, 4, 1, &Job::default()).unwrap().unwrap();
        let [a, b] = [means.groups[0], means.groups[2]];
        assert_ne!(a, b);
        assert_eq!(means.groups, [a, a, b, b, b]);
        assert_eq!(means.sum, (1.0 + 1.0) + (4.0 + 0.0 + 4.0));
    }

    #[test]
    fn what_cannot_be_grouped_gives_none() {
        let job = Job::default();
        for (points, dim, k) in [
            (vec![1.0, 2.0], 1, 3),
            (vec![1.0, 2.0, 3.0], 2, 1),
            (vec![1.0, f32::NAN], 1, 1),
            (vec![1.0], 0, 1),
            (vec![1.0], 1, 0),
        ] {
            assert_eq!(k_means(&points, dim, k, 1, 0, &job), Ok(None), "{points:?} {dim} {k}");
        }
    }

    #[test]
    fn identical_points_end_too() {
        let means = k_means(&[7.0; 10], 2, 3, 2, 0, &Job::default()).unwrap().unwrap();
        assert!(means.groups.iter().all(|group| *group == means.groups[0]));
        assert_eq!(means.sum, 0.0);
    }
}
