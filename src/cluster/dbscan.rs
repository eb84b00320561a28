//! DBSCAN as it was published: the reference that the faster form in [`tree`](super::tree) is held to.

use super::labels::Labels;
use crate::distance::Condensed;

/// Groups trips that are linked by crowded trips.
///
/// A trip is *core* if at least `min_trips` trips (the paper's `MinPts`, itself counted) lie within
/// `eps` of it, at `eps` included. Core trips within `eps` of each other are in one cluster; another
/// trip within `eps` of a core trip is a *border* trip of its cluster; the rest is noise.
///
/// Cores and noise do not depend on the order of trips. A border trip within reach of several
/// clusters goes, as in DBSCAN, to the one that is found first: the one whose first core trip comes
/// first. Takes O(n²) time.
///
/// # Reference
///
/// Ester, Kriegel, Sander, Xu (1996), *A density-based algorithm for discovering clusters in large
/// spatial databases with noise*, KDD-96. `eps` is rounded to the precision of distances.
///
/// # Example
///
/// Trips at 0, 1, 2, 5 and 9 on a line: three in a row, the fourth is too far.
///
/// ```text
/// dbscan(eps 1, min_trips 3)  ->  only the trip at 1 is core; 0 and 2 are its borders
/// ```
pub fn dbscan(matrix: &Condensed, eps: f32, min_trips: usize) -> Labels {
    let n = matrix.n();
    let eps = eps.min(f32::MAX); // Infinitely far is never near.
    let within = |i: usize| (0..n).filter(move |j| matrix.get(i, *j) <= eps);
    let is_core: Vec<bool> = (0..n).map(|i| within(i).count() >= min_trips).collect();
    let mut groups: Vec<Option<u32>> = vec![None; n];
    let mut next = 0;
    for first in 0..n {
        if !is_core[first] || groups[first].is_some() {
            continue;
        }
        groups[first] = Some(next);
        let mut waiting = vec![first];
        while let Some(core) = waiting.pop() {
            for trip in within(core) {
                if groups[trip].is_none() {
                    groups[trip] = Some(next);
                    if is_core[trip] {
                        waiting.push(trip);
                    }
                }
            }
        }
        next += 1;
    }
    Labels::new(&groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_line(places: &[f32]) -> Condensed {
        Condensed::from_fn(places.len(), |i, j| (places[i] - places[j]).abs())
    }

    #[test]
    fn three_in_a_row_are_a_cluster_and_the_far_ones_noise() {
        let labels = dbscan(&on_line(&[0.0, 1.0, 2.0, 5.0, 9.0]), 1.0, 3);
        assert_eq!(labels.as_slice(), [Some(0), Some(0), Some(0), None, None]);
    }

    #[test]
    fn a_trip_itself_counts() {
        let labels = dbscan(&on_line(&[0.0, 10.0]), 1.0, 1);
        assert_eq!(labels.as_slice(), [Some(0), Some(1)]);
        assert_eq!(dbscan(&on_line(&[0.0, 10.0]), 1.0, 2).noise(), 2);
    }

    #[test]
    fn a_border_trip_goes_to_the_cluster_whose_first_core_comes_first() {
        // The trip at 0 reaches one core on either side and is none itself.
        let left = [-1.0, -1.2, -1.4, -1.6];
        let right = [1.0, 1.2, 1.4, 1.6];
        let border = |places: Vec<f32>| {
            let labels = dbscan(&on_line(&places), 1.0, 4);
            let at = |x: f32| labels.as_slice()[places.iter().position(|y| *y == x).unwrap()];
            (at(0.0) == at(-1.0), at(0.0) == at(1.0))
        };
        assert_eq!(border([&[0.0], &left[..], &right[..]].concat()), (true, false));
        assert_eq!(border([&right[..], &left[..], &[0.0]].concat()), (false, true));
    }

    #[test]
    fn identical_trips_are_one_cluster_at_eps_0() {
        let labels = dbscan(&on_line(&[3.0, 3.0, 3.0, 4.0]), 0.0, 3);
        assert_eq!(labels.as_slice(), [Some(0), Some(0), Some(0), None]);
    }
}
