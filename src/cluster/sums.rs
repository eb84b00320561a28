//! Sums of distances from every trip to every cluster, kept up as labels change: what silhouettes
//! and medoids are made of.

use super::labels::Labels;
use super::matrix::Square;

/// How good a grouping is, by three measures. Noise is left out of all of them.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
pub struct Indices {
    /// The mean silhouette, -1 to 1, more is better: Rousseeuw (1987). For a trip with mean
    /// distance `a` to the others of its cluster and `b` to the trips of the nearest other cluster
    /// it is `(b - a) / max(a, b)`; 0 for the only trip of a cluster.
    pub silhouette: Option<f64>,
    /// Calinski-Harabasz (1974) with medoids in place of centroids, above 0, more is better:
    /// `sum_c n_c d(m_c, m)² / (k - 1)` over `sum_i d(i, m_c)² / (n - k)`, where `m_c` is the
    /// medoid of cluster c and `m` that of all clustered trips.
    pub calinski_harabasz: Option<f64>,
    /// Davies-Bouldin (1979) with medoids in place of centroids, 0 or more, less is better: the mean
    /// over clusters of the largest `(s_c + s_e) / d(m_c, m_e)`, where `s` is the mean distance of
    /// a cluster's trips to its medoid.
    pub davies_bouldin: Option<f64>,
}

/// Measures `labels`. Takes O(n²) time. No index has a value for fewer than two clusters; none is
/// infinite or NaN: a value that would be is none.
pub fn indices(square: &Square, labels: &Labels) -> Indices {
    let mut sums = Sums::new(square);
    sums.follow(labels);
    sums.indices(labels)
}

/// The medoid of each cluster: the trip with the smallest sum of distances to the others, of
/// several the first.
pub fn medoids(square: &Square, labels: &Labels) -> Vec<u32> {
    let mut sums = Sums::new(square);
    sums.follow(labels);
    sums.medoids(labels).iter().map(|medoid| *medoid as u32).collect()
}

/// The sums for the labels that it last followed.
pub(super) struct Sums<'a> {
    square: &'a Square,
    /// Where each trip is, as a place in `columns`.
    places: Vec<Option<u32>>,
    /// For each place the sums of distances from all trips to its members; empty where free.
    columns: Vec<Vec<f64>>,
    /// For each cluster of the labels followed last, its place.
    place_of: Vec<u32>,
}

impl<'a> Sums<'a> {
    pub fn new(square: &'a Square) -> Sums<'a> {
        let places = vec![None; square.len()];
        Sums { square, places, columns: Vec::new(), place_of: Vec::new() }
    }

    /// Turns the sums into those of `labels`: clusters that went into one are added up, then trips
    /// that are elsewhere move one by one. As eps grows, each trip comes in once.
    pub fn follow(&mut self, labels: &Labels) {
        let heirs = self.heirs(labels);
        // The largest part of each cluster stays where it is, the others are added to it.
        let mut moved: Vec<Option<u32>> = (0..self.columns.len() as u32).map(Some).collect();
        self.place_of = vec![u32::MAX; labels.clusters()];
        for (place, cluster) in heirs {
            let target = &mut self.place_of[cluster as usize];
            if *target == u32::MAX {
                *target = place;
                continue;
            }
            let part = std::mem::take(&mut self.columns[place as usize]);
            for (sum, part) in self.columns[*target as usize].iter_mut().zip(part) {
                *sum += part;
            }
            moved[place as usize] = Some(*target);
        }
        for target in &mut self.place_of {
            if *target == u32::MAX {
                let free = self.columns.iter().position(Vec::is_empty);
                let free = free.unwrap_or(self.columns.len());
                if free == self.columns.len() {
                    self.columns.push(Vec::new());
                }
                self.columns[free] = vec![0.0; self.square.len()];
                *target = free as u32;
            }
        }
        for (trip, label) in labels.as_slice().iter().enumerate() {
            let before = self.places[trip].and_then(|place| moved[place as usize]);
            let now = label.map(|label| self.place_of[label as usize]);
            self.places[trip] = now;
            if before == now {
                continue;
            }
            let row = self.square.row(trip);
            if let Some(before) = before {
                let column = &mut self.columns[before as usize];
                column.iter_mut().zip(row).for_each(|(sum, d)| *sum -= f64::from(*d));
            }
            if let Some(now) = now {
                let column = &mut self.columns[now as usize];
                column.iter_mut().zip(row).for_each(|(sum, d)| *sum += f64::from(*d));
            }
        }
        // What holds nobody any more is given free.
        let mut is_used = vec![false; self.columns.len()];
        self.place_of.iter().for_each(|place| is_used[*place as usize] = true);
        for (column, is_used) in self.columns.iter_mut().zip(is_used) {
            if !is_used {
                *column = Vec::new();
            }
        }
    }

    /// For each place the cluster that has most of its trips, places with most trips first.
    fn heirs(&self, labels: &Labels) -> Vec<(u32, u32)> {
        let both = self.places.iter().zip(labels.as_slice());
        let mut pairs: Vec<(u32, u32)> =
            both.filter_map(|(place, label)| Some(((*place)?, (*label)?))).collect();
        pairs.sort_unstable();
        let mut counted: Vec<(usize, u32, u32)> =
            pairs.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0].0, run[0].1)).collect();
        counted.sort_by_key(|(count, place, label)| (usize::MAX - count, *place, *label));
        let mut is_seen = vec![false; self.columns.len()];
        counted.retain(|(_, place, _)| !std::mem::replace(&mut is_seen[*place as usize], true));
        counted.into_iter().map(|(_, place, label)| (place, label)).collect()
    }

    fn column(&self, cluster: usize) -> &[f64] {
        &self.columns[self.place_of[cluster] as usize]
    }

    /// The medoid of each cluster of the labels followed last.
    fn medoids(&self, labels: &Labels) -> Vec<usize> {
        let mut best = vec![(f64::INFINITY, usize::MAX); labels.clusters()];
        for (trip, label) in labels.as_slice().iter().enumerate() {
            let Some(label) = label else { continue };
            let sum = self.column(*label as usize)[trip];
            let best = &mut best[*label as usize];
            if best.1 == usize::MAX || sum < best.0 {
                *best = (sum, trip);
            }
        }
        best.into_iter().map(|(_, trip)| trip).collect()
    }

    /// The indices of the labels followed last.
    pub fn indices(&self, labels: &Labels) -> Indices {
        if labels.clusters() < 2 {
            return Indices::default();
        }
        let finite = |value: f64| value.is_finite().then_some(value);
        let medoids = self.medoids(labels);
        let to_medoid =
            |trip: usize, label: u32| f64::from(self.square.between(trip, medoids[label as usize]));
        let k = labels.clusters();
        let n = labels.len() - labels.noise();
        let (mut spread, mut squares) = (vec![0.0; k], 0.0);
        for (trip, label) in labels.as_slice().iter().enumerate() {
            let Some(label) = label else { continue };
            let d = to_medoid(trip, *label);
            spread[*label as usize] += d;
            squares += d * d;
        }
        let center = self.center(labels);
        let between: f64 = (0..k)
            .map(|c| {
                let d = f64::from(self.square.between(center, medoids[c]));
                f64::from(labels.sizes()[c]) * d * d
            })
            .sum();
        for (spread, size) in spread.iter_mut().zip(labels.sizes()) {
            *spread /= f64::from(*size);
        }
        let worst = |c: usize| {
            let row = self.square.row(medoids[c]);
            let others = (0..k).filter(|e| *e != c);
            others
                .map(|e| (spread[c] + spread[e]) / f64::from(row[medoids[e]]))
                .fold(0.0, |a: f64, b| if b > a || b.is_nan() { b } else { a })
        };
        Indices {
            silhouette: finite(self.silhouette(labels)),
            calinski_harabasz: finite((between / (k - 1) as f64) / (squares / (n - k) as f64)),
            davies_bouldin: finite((0..k).map(worst).sum::<f64>() / k as f64),
        }
    }

    /// The medoid of all clustered trips.
    fn center(&self, labels: &Labels) -> usize {
        let mut totals = vec![0.0; labels.len()];
        for cluster in 0..labels.clusters() {
            totals.iter_mut().zip(self.column(cluster)).for_each(|(total, sum)| *total += sum);
        }
        let clustered = (0..labels.len()).filter(|trip| labels.as_slice()[*trip].is_some());
        clustered.min_by(|a, b| totals[*a].total_cmp(&totals[*b])).unwrap_or(0)
    }

    fn silhouette(&self, labels: &Labels) -> f64 {
        // The least mean distance to another cluster, a cluster at a time over all trips.
        let mut nearest = vec![f64::INFINITY; labels.len()];
        let own: Vec<u32> =
            labels.as_slice().iter().map(|label| label.unwrap_or(u32::MAX)).collect();
        for cluster in 0..labels.clusters() {
            let share = 1.0 / f64::from(labels.sizes()[cluster]);
            let columns = self.column(cluster).iter().zip(&own).zip(&mut nearest);
            for ((sum, own), nearest) in columns {
                let mean = if *own == cluster as u32 { f64::INFINITY } else { sum * share };
                *nearest = if mean < *nearest { mean } else { *nearest };
            }
        }
        let (mut total, mut count) = (0.0, 0);
        for (trip, label) in labels.as_slice().iter().enumerate() {
            let Some(label) = label else { continue };
            count += 1;
            let size = labels.sizes()[*label as usize];
            if size > 1 {
                let a = self.column(*label as usize)[trip] / f64::from(size - 1);
                let b = nearest[trip];
                total += if a == b { 0.0 } else { (b - a) / a.max(b) };
            }
        }
        total / f64::from(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::job::Job;
    use crate::base::rng::Rng;
    use crate::distance::Condensed;

    fn on_line(places: &[f64]) -> Square {
        let matrix = Condensed::from_fn(places.len(), |i, j| (places[i] - places[j]).abs() as f32);
        Square::new(&matrix, &Job::default()).unwrap()
    }

    #[test]
    fn two_pairs_on_a_line_have_indices_by_hand() {
        let square = on_line(&[0.0, 1.0, 10.0, 12.0, 99.0]);
        let labels = Labels::new(&[Some(0), Some(0), Some(1), Some(1), None]);
        let found = indices(&square, &labels);
        // 0: a 1, b 11; 1: a 1, b 10; 10: a 2, b 9.5; 12: a 2, b 11.5.
        let silhouette = (10.0 / 11.0 + 9.0 / 10.0 + 7.5 / 9.5 + 9.5 / 11.5) / 4.0;
        assert!((found.silhouette.unwrap() - silhouette).abs() < 1e-12);
        // Medoids 0 and 10 (the first of equals), of all four 1 (1 + 9 + 11 = 21, as for 10).
        // Between (2 · 1² + 2 · 9²) / 1, within (1² + 2²) / 2.
        assert_eq!(medoids(&square, &labels), [0, 2]);
        let (between, within) = (2.0 * 1.0 + 2.0 * 81.0, 2.5);
        assert!((found.calinski_harabasz.unwrap() - between / within).abs() < 1e-12);
        // Mean distances to the medoids 0.5 and 1, medoids 10 apart.
        assert!((found.davies_bouldin.unwrap() - 0.15).abs() < 1e-7);
    }

    #[test]
    fn one_cluster_has_no_indices() {
        let labels = Labels::new(&[Some(0), Some(0), None]);
        assert_eq!(indices(&on_line(&[0.0, 1.0, 2.0]), &labels), Indices::default());
        let alone = Labels::new(&[Some(0), Some(1)]);
        let found = indices(&on_line(&[0.0, 1.0]), &alone);
        assert_eq!((found.silhouette, found.calinski_harabasz), (Some(0.0), None));
    }

    #[test]
    fn following_labels_gives_what_starting_over_gives() {
        let mut rng = Rng::new(3, 0);
        let places: Vec<f64> = (0..60).map(|_| rng.between(0.0, 100.0)).collect();
        let square = on_line(&places);
        let mut sums = Sums::new(&square);
        for _ in 0..300 {
            let k = 1 + rng.below(12);
            let groups: Vec<Option<u32>> =
                (0..60).map(|_| (!rng.happens(0.3)).then(|| rng.below(k) as u32)).collect();
            let labels = Labels::new(&groups);
            sums.follow(&labels);
            let (now, anew) = (sums.indices(&labels), indices(&square, &labels));
            for (a, b) in [
                (now.silhouette, anew.silhouette),
                (now.calinski_harabasz, anew.calinski_harabasz),
                (now.davies_bouldin, anew.davies_bouldin),
            ] {
                assert_eq!(a.is_some(), b.is_some());
                let (a, b) = (a.unwrap_or(0.0), b.unwrap_or(0.0));
                assert!((a - b).abs() <= 1e-6 * b.abs().max(1.0), "{now:?} {anew:?}");
            }
        }
    }
}
