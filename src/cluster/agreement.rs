//! How far two groupings of the same trips agree.

/// How well clusters fit known routes. All four are 1 where they are the same but for names.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Agreement {
    /// How many trips have a known route: only these count.
    pub trips: usize,
    /// The adjusted Rand index: 0 for chance, below 0 for worse (Hubert, Arabie 1985).
    pub ari: f64,
    /// Normalized mutual information, by the mean of both entropies: 0 to 1.
    pub nmi: f64,
    /// 1 if each cluster holds trips of one route only (Rosenberg, Hirschberg 2007).
    pub homogeneity: f64,
    /// 1 if each route's trips are all in one cluster.
    pub completeness: f64,
}

/// Compares `found` with `truth` over the trips that have a true route. Noise counts as a cluster
/// of its own, as in scikit-learn: to leave all trips out is no agreement. None if no trip has a
/// route.
pub fn agreement(truth: &[Option<u32>], found: &[Option<u32>]) -> Option<Agreement> {
    // Noise is 0, cluster c is c + 1.
    let name = |label: &Option<u32>| label.map_or(0, |label| u64::from(label) + 1);
    let both = truth.iter().zip(found);
    let pairs: Vec<(u64, u64)> =
        both.filter_map(|(truth, found)| Some((u64::from((*truth)?), name(found)))).collect();
    if pairs.is_empty() {
        return None;
    }
    let n = pairs.len() as f64;
    let (truths, founds): (Vec<u64>, Vec<u64>) = pairs.iter().copied().unzip();
    let (joint, rows, columns) = (counts(pairs), counts(truths), counts(founds));
    let twos = |counts: &[f64]| counts.iter().map(|c| c * (c - 1.0) / 2.0).sum::<f64>();
    let (same, a, b, all) = (twos(&joint), twos(&rows), twos(&columns), n * (n - 1.0) / 2.0);
    let chance = if all > 0.0 { a * b / all } else { 0.0 };
    let most = f64::midpoint(a, b);
    let ari = if most == chance { 1.0 } else { (same - chance) / (most - chance) };
    let entropy = |counts: &[f64]| -counts.iter().map(|c| c / n * (c / n).ln()).sum::<f64>();
    let (h_truth, h_found) = (entropy(&rows), entropy(&columns));
    let mutual = (h_truth + h_found - entropy(&joint)).max(0.0);
    let share = |of: f64| if of > 0.0 { (mutual / of).min(1.0) } else { 1.0 };
    Some(Agreement {
        trips: n as usize,
        ari,
        nmi: share(f64::midpoint(h_truth, h_found)),
        homogeneity: share(h_truth),
        completeness: share(h_found),
    })
}

/// How often each value occurs.
fn counts<T: Ord>(mut values: Vec<T>) -> Vec<f64> {
    values.sort_unstable();
    values.chunk_by(|a, b| a == b).map(|run| run.len() as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(labels: &[u32]) -> Vec<Option<u32>> {
        labels.iter().map(|label| Some(*label)).collect()
    }

    #[test]
    fn other_names_agree_fully() {
        let found = agreement(&all(&[0, 0, 1, 1]), &all(&[5, 5, 2, 2])).unwrap();
        assert!(
            (found.ari, found.nmi, found.homogeneity, found.completeness) == (1.0, 1.0, 1.0, 1.0)
        );
    }

    #[test]
    fn two_merged_routes_are_complete_but_not_homogeneous() {
        // Four routes of two trips, of which two are merged: information ln 4 - ln 2 / 2.
        let truth = all(&[0, 0, 1, 1, 2, 2, 3, 3]);
        let found = agreement(&truth, &all(&[0, 0, 0, 0, 1, 1, 2, 2])).unwrap();
        assert!((found.completeness - 1.0).abs() < 1e-12);
        assert!((found.homogeneity - 0.75).abs() < 1e-12);
        assert!((found.nmi - 1.5 / 1.75).abs() < 1e-12);
        // Pairs: 4 the same in both, 4 true, 8 found, 28 in all.
        let chance = 32.0 / 28.0;
        assert!((found.ari - (4.0 - chance) / (6.0 - chance)).abs() < 1e-12);
    }

    #[test]
    fn trips_without_a_route_do_not_count_and_noise_is_a_cluster() {
        let truth = [Some(0), Some(0), None, Some(1), Some(1)];
        let found = [Some(0), Some(0), Some(0), None, None];
        assert_eq!(agreement(&truth, &found).unwrap().ari, 1.0);
        assert_eq!(agreement(&truth, &found).unwrap().trips, 4);
        assert_eq!(agreement(&[None, None], &found[..2]), None);
        let nothing = agreement(&truth, &[None; 5]).unwrap();
        assert_eq!((nothing.ari, nothing.homogeneity), (0.0, 0.0));
    }
}
