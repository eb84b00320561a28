//! k-means: rows of numbers grouped around their means.

use rayon::prelude::*;

use super::job::{Job, Stopped};
use super::rng::Rng;

/// When no search has come to rest by itself, it ends after this many rounds.
const MOST_ROUNDS: usize = 300;

/// Points that one thread works on at a time.
const PIECE: usize = 1024;

/// Into how many sums points are dealt out; they are added at the end.
const LANES: usize = 8;

/// By what share a bound on a distance must be clear of another, so that rounding never decides.
const CLEAR: f64 = 1e-5;

/// Groups of points around their means.
#[derive(Debug, Clone, PartialEq)]
pub struct Means {
    /// The group of each point, that of its nearest mean: below `k`, in no particular order.
    pub groups: Vec<u32>,
    /// The sum of squared distances to the means: what is made small.
    pub sum: f64,
    /// The mean of each group: `[group, dim]`; any place for a group without points.
    pub centers: Vec<f32>,
}

/// Groups `points`, `[n, dim]` row by row, around `k` means; the best of `starts` searches from
/// beginnings drawn in proportion to squared distances (k-means++). A round takes O(n k dim) time
/// at most: where bounds on its distances show that a point keeps its mean, it is passed over.
///
/// None if `dim` is 0 or does not divide the numbers, a number is not finite, `k` is 0, or there are
/// fewer than `k` points. Identical points may leave fewer than `k` clusters.
///
/// # Reference
///
/// Lloyd (1982); Arthur, Vassilvitskii (2007), *k-means++: The advantages of careful seeding*;
/// Hamerly (2010), *Making k-means even faster*, whose bounds change no result.
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
    let searches: Vec<Found> = (0..starts.max(1))
        .into_par_iter()
        .map(|start| {
            let found = search(points, dim, k, &mut Rng::new(seed, start as u64), job)?;
            job.step()?;
            Ok(found)
        })
        .collect::<Result<_, Stopped>>()?;
    let best = searches.into_iter().min_by(|a, b| a.sum.total_cmp(&b.sum));
    Ok(best.map(|Found { sum, groups, means }| Means { groups, sum, centers: means }))
}

/// The nearest of `means`, `[k, dim]`, to each of `points`, `[n, dim]`; of several the first.
///
/// # Panics
///
/// If `dim` is 0 or there is no mean.
pub fn nearest_means(points: &[f32], dim: usize, means: &[f32]) -> Vec<u32> {
    assert!(dim > 0 && means.len() >= dim, "there is a mean");
    let turned = turned(means, dim);
    let mut groups = vec![0; points.len() / dim];
    let pieces = groups.par_chunks_mut(PIECE).zip(points.par_chunks(PIECE * dim));
    pieces.for_each(|(groups, points)| {
        let mut sums = vec![0.0; means.len() / dim];
        for (group, point) in groups.iter_mut().zip(points.chunks_exact(dim)) {
            *group = two_nearest(point, &turned, &mut sums).0;
        }
    });
    groups
}

struct Found {
    sum: f64,
    groups: Vec<u32>,
    means: Vec<f32>,
}

/// What is known of a point between rounds.
#[derive(Clone, Copy)]
struct Place {
    group: u32,
    /// Its distance to its mean is at most this,
    upper: f64,
    /// and to any other at least this.
    lower: f64,
}

fn search(
    points: &[f32],
    dim: usize,
    k: usize,
    rng: &mut Rng,
    job: &Job,
) -> Result<Found, Stopped> {
    let n = points.len() / dim;
    let mut means = begin(points, dim, k, rng, job)?;
    let mut moves = vec![f64::INFINITY; k];
    let nowhere = Place { group: 0, upper: f64::INFINITY, lower: 0.0 };
    let mut places = vec![nowhere; n];
    for round in 0..MOST_ROUNDS {
        job.go_on()?;
        if !assign(points, dim, &means, &moves, &mut places) && round > 0 {
            break;
        }
        let (sums, counts) = sums(points, dim, k, &places);
        let before = means.clone();
        let mut distances = Vec::new();
        for group in 0..k {
            let own = group * dim..(group + 1) * dim;
            let mean = &mut means[own.clone()];
            if counts[group] > 0 {
                let sum = &sums[own.clone()];
                mean.iter_mut().zip(sum).for_each(|(x, s)| *x = (s / counts[group] as f64) as f32);
            } else {
                // A mean without points takes the point worst served.
                if distances.is_empty() {
                    distances = to_own(points, dim, &before, &places);
                }
                let far = (0..n).max_by(|a, b| distances[*a].total_cmp(&distances[*b]));
                let far = far.expect("there are points");
                mean.copy_from_slice(&points[far * dim..(far + 1) * dim]);
                distances[far] = 0.0;
            }
            moves[group] = f64::from(squared(&before[own], mean)).sqrt();
        }
    }
    let sum = to_own(points, dim, &means, &places).into_iter().map(f64::from).sum();
    let groups = places.iter().map(|place| place.group).collect();
    Ok(Found { sum, groups, means })
}

fn begin(
    points: &[f32],
    dim: usize,
    k: usize,
    rng: &mut Rng,
    job: &Job,
) -> Result<Vec<f32>, Stopped> {
    let n = points.len() / dim;
    let of = |i: usize| &points[i * dim..(i + 1) * dim];
    let mut means = of(rng.below(n)).to_vec();
    let mut nearest = vec![f32::INFINITY; n];
    for _ in 1..k {
        job.go_on()?;
        let last = &means[means.len() - dim..];
        let pieces = nearest.par_chunks_mut(PIECE).zip(points.par_chunks(PIECE * dim));
        pieces.for_each(|(nearest, points)| {
            for (nearest, point) in nearest.iter_mut().zip(points.chunks_exact(dim)) {
                *nearest = nearest.min(squared(point, last));
            }
        });
        let mut left = rng.unit() * nearest.iter().map(|d| f64::from(*d)).sum::<f64>();
        let drawn = nearest.iter().position(|d2| {
            left -= f64::from(*d2);
            left < 0.0
        });
        means.extend_from_slice(of(drawn.unwrap_or_else(|| rng.below(n))));
    }
    Ok(means)
}

fn squared(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

/// The squared distance of each point to its mean.
fn to_own(points: &[f32], dim: usize, means: &[f32], places: &[Place]) -> Vec<f32> {
    let mut distances = vec![0.0; places.len()];
    let pieces = distances.par_chunks_mut(PIECE).zip(points.par_chunks(PIECE * dim));
    pieces.zip(places.par_chunks(PIECE)).for_each(|((distances, points), places)| {
        for ((distance, point), place) in
            distances.iter_mut().zip(points.chunks_exact(dim)).zip(places)
        {
            let mean = place.group as usize * dim;
            *distance = squared(point, &means[mean..mean + dim]);
        }
    });
    distances
}

/// The sum of each group's points, `[group, axis]`, and how many there are.
fn sums(points: &[f32], dim: usize, k: usize, places: &[Place]) -> (Vec<f64>, Vec<usize>) {
    let lane = places.len().div_ceil(LANES).max(PIECE);
    let lanes: Vec<(Vec<f64>, Vec<usize>)> = points
        .par_chunks(lane * dim)
        .zip(places.par_chunks(lane))
        .map(|(points, places)| {
            let (mut sums, mut counts) = (vec![0.0; k * dim], vec![0; k]);
            for (point, place) in points.chunks_exact(dim).zip(places) {
                let group = place.group as usize;
                counts[group] += 1;
                let sum = &mut sums[group * dim..(group + 1) * dim];
                sum.iter_mut().zip(point).for_each(|(sum, x)| *sum += f64::from(*x));
            }
            (sums, counts)
        })
        .collect();
    let (mut sums, mut counts) = (vec![0.0; k * dim], vec![0; k]);
    for lane in lanes {
        sums.iter_mut().zip(lane.0).for_each(|(sum, x)| *sum += x);
        counts.iter_mut().zip(lane.1).for_each(|(count, more)| *count += more);
    }
    (sums, counts)
}

/// Finds the nearest mean of each point, of several the first, when each mean has moved so far
/// since the last time; whether any point changed its mean.
fn assign(points: &[f32], dim: usize, means: &[f32], moves: &[f64], places: &mut [Place]) -> bool {
    let k = means.len() / dim;
    let turned = turned(means, dim);
    // A point nearer to its mean than half the way to the next mean has no nearer one.
    let half_gap = |group: usize| {
        let own = &means[group * dim..(group + 1) * dim];
        let others = means.chunks_exact(dim).enumerate().filter(|(other, _)| *other != group);
        let least = others.map(|(_, other)| squared(own, other)).fold(f32::INFINITY, f32::min);
        f64::from(least).sqrt() / 2.0
    };
    let gaps: Vec<f64> = (0..k).map(half_gap).collect();
    let farthest = moves.iter().copied().fold(0.0, f64::max);
    let pieces = places.par_chunks_mut(PIECE).zip(points.par_chunks(PIECE * dim));
    let changed: usize = pieces
        .map(|(places, points)| {
            let mut sums = vec![0.0; k];
            let mut changed = 0;
            for (place, point) in places.iter_mut().zip(points.chunks_exact(dim)) {
                let group = place.group as usize;
                place.upper += moves[group];
                place.lower -= farthest;
                let clear = place.lower.max(gaps[group]) * (1.0 - CLEAR);
                if place.upper < clear {
                    continue;
                }
                place.upper = f64::from(squared(point, &means[group * dim..][..dim])).sqrt();
                if place.upper < clear {
                    continue;
                }
                let (best, least, second) = two_nearest(point, &turned, &mut sums);
                changed += usize::from(best != place.group);
                let (upper, lower) = (f64::from(least).sqrt(), f64::from(second).sqrt());
                *place = Place { group: best, upper, lower };
            }
            changed
        })
        .sum();
    changed > 0
}

/// Means side by side for each coordinate, so that all k sums grow at once.
fn turned(means: &[f32], dim: usize) -> Vec<f32> {
    let k = means.len() / dim;
    let mut turned = vec![0.0; means.len()];
    for (group, mean) in means.chunks_exact(dim).enumerate() {
        mean.iter().enumerate().for_each(|(axis, x)| turned[axis * k + group] = *x);
    }
    turned
}

/// The nearest mean, of several the first, the squared distance to it, and that to the next.
fn two_nearest(point: &[f32], turned: &[f32], sums: &mut [f32]) -> (u32, f32, f32) {
    sums.fill(0.0);
    for (x, means) in point.iter().zip(turned.chunks_exact(sums.len())) {
        sums.iter_mut().zip(means).for_each(|(sum, mean)| *sum += (x - mean) * (x - mean));
    }
    let (mut best, mut least, mut second) = (0, f32::INFINITY, f32::INFINITY);
    for (place, sum) in sums.iter().enumerate() {
        if *sum < least {
            (best, least, second) = (place, *sum, least);
        } else if *sum < second {
            second = *sum;
        }
    }
    (best as u32, least, second)
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
        let (a, b) = (a as usize * 2, b as usize * 2);
        assert_eq!(
            (&means.centers[a..a + 2], &means.centers[b..b + 2]),
            (&[1.0, 0.0][..], &[10.0, 3.0][..])
        );
        assert_eq!(
            nearest_means(&[3.0, 0.0, 9.0, 9.0], 2, &means.centers),
            [means.groups[0], means.groups[2]]
        );
    }

    #[test]
    fn points_that_are_passed_over_are_where_a_plain_search_puts_them() {
        let mut rng = Rng::new(3, 0);
        let points: Vec<f32> = (0..3000 * 5).map(|_| rng.normal() as f32).collect();
        let k = 20;
        let mut means = begin(&points, 5, k, &mut Rng::new(8, 0), &Job::default()).unwrap();
        let found = search(&points, 5, k, &mut Rng::new(8, 0), &Job::default()).unwrap();
        let mut groups = nearest_means(&points, 5, &means);
        for _ in 0..MOST_ROUNDS {
            let named = |group: &u32| Place { group: *group, upper: 0.0, lower: 0.0 };
            let places: Vec<Place> = groups.iter().map(named).collect();
            let (sums, counts) = sums(&points, 5, k, &places);
            for (at, mean) in means.iter_mut().enumerate() {
                *mean = (sums[at] / counts[at / 5] as f64) as f32;
            }
            groups = nearest_means(&points, 5, &means);
        }
        assert_eq!(found.groups, groups);
        assert_eq!(found.means, means);
    }

    #[test]
    fn a_cancelled_search_ends() {
        let job = Job::default();
        job.cancel();
        assert_eq!(k_means(&[1.0, 2.0, 3.0], 1, 2, 1, 0, &job), Err(Stopped::Cancelled));
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
