//! Which cluster each trip is in.

use serde::{Deserialize, Serialize};

/// The cluster of each trip, or none for noise.
///
/// Clusters are numbered from 0 by falling size; of two of one size the one with the earlier first
/// trip comes first. Equal groups therefore have equal labels, whatever found them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Labels {
    // Invariant: `sizes[c]` trips, at least one, have `Some(c)`; numbered as above.
    of: Vec<Option<u32>>,
    sizes: Vec<u32>,
}

impl Labels {
    /// Numbers groups that may have any names.
    pub fn new(groups: &[Option<u32>]) -> Labels {
        let names = groups.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let mut sizes = vec![0_u32; names];
        let mut first = vec![usize::MAX; names];
        for (trip, group) in groups.iter().enumerate() {
            if let Some(group) = group {
                sizes[*group as usize] += 1;
                first[*group as usize] = first[*group as usize].min(trip);
            }
        }
        let mut order: Vec<usize> = (0..names).filter(|group| sizes[*group] > 0).collect();
        order.sort_by_key(|group| (u32::MAX - sizes[*group], first[*group]));
        let mut number = vec![0; names];
        for (place, group) in order.iter().enumerate() {
            number[*group] = place as u32;
        }
        Labels {
            of: groups.iter().map(|group| group.map(|group| number[group as usize])).collect(),
            sizes: order.iter().map(|group| sizes[*group]).collect(),
        }
    }

    /// How many trips there are.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether there are no trips.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// The cluster of each trip.
    pub fn as_slice(&self) -> &[Option<u32>] {
        &self.of
    }

    /// How many clusters there are.
    pub fn clusters(&self) -> usize {
        self.sizes.len()
    }

    /// How many trips each cluster has.
    pub fn sizes(&self) -> &[u32] {
        &self.sizes
    }

    /// How many trips are in no cluster.
    pub fn noise(&self) -> usize {
        self.of.iter().filter(|label| label.is_none()).count()
    }

    /// The trips of each cluster, in their order.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut members: Vec<Vec<u32>> =
            self.sizes.iter().map(|size| Vec::with_capacity(*size as usize)).collect();
        for (trip, label) in self.of.iter().enumerate() {
            if let Some(label) = label {
                members[*label as usize].push(trip as u32);
            }
        }
        members
    }

    /// For each cluster of these, the cluster of `earlier` that it goes on from: the pairs that
    /// share most trips are matched first, each cluster once. None for a cluster that is new.
    ///
    /// With it a view keeps a cluster's color while a slider moves.
    pub fn heirs(&self, earlier: &Labels) -> Vec<Option<u32>> {
        let mut shared: Vec<(u32, u32)> = self
            .of
            .iter()
            .zip(&earlier.of)
            .filter_map(|(now, before)| Some(((*now)?, (*before)?)))
            .collect();
        shared.sort_unstable();
        let mut pairs: Vec<(usize, u32, u32)> =
            shared.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0].0, run[0].1)).collect();
        pairs.sort_by_key(|(count, now, before)| (usize::MAX - count, *now, *before));
        let mut heirs = vec![None; self.clusters()];
        let mut is_taken = vec![false; earlier.clusters()];
        for (_, now, before) in pairs {
            if heirs[now as usize].is_none() && !is_taken[before as usize] {
                heirs[now as usize] = Some(before);
                is_taken[before as usize] = true;
            }
        }
        heirs
    }

    /// How many trips changed cluster since `earlier`, to noise and from noise included, clusters
    /// being matched by [`Labels::heirs`]. Trips that only one of both has do not count.
    pub fn changed_since(&self, earlier: &Labels) -> usize {
        let heirs = self.heirs(earlier);
        let is_changed = |(now, before): &(&Option<u32>, &Option<u32>)| match (now, before) {
            (None, None) => false,
            (Some(now), Some(before)) => heirs[*now as usize] != Some(*before),
            _ => true,
        };
        self.of.iter().zip(&earlier.of).filter(is_changed).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_are_numbered_by_size_then_by_first_trip() {
        let labels = Labels::new(&[Some(7), None, Some(3), Some(5), Some(5), Some(3), Some(9)]);
        let expected = [Some(2), None, Some(0), Some(1), Some(1), Some(0), Some(3)];
        assert_eq!(labels.as_slice(), expected);
        assert_eq!((labels.sizes(), labels.noise()), ([2, 2, 1, 1].as_slice(), 1));
        assert_eq!(labels.members(), [vec![2, 5], vec![3, 4], vec![0], vec![6]]);
    }

    #[test]
    fn other_names_for_the_same_groups_change_nothing() {
        let a = Labels::new(&[Some(0), Some(1), Some(1), None]);
        let b = Labels::new(&[Some(4), Some(0), Some(0), None]);
        assert_eq!(a, b);
        assert_eq!(a.changed_since(&b), 0);
    }

    #[test]
    fn a_cluster_that_splits_leaves_its_smaller_part_as_changed() {
        let before = Labels::new(&[Some(0), Some(0), Some(0), Some(0), Some(0), Some(1), None]);
        let after = Labels::new(&[Some(0), Some(0), Some(0), Some(1), Some(1), Some(2), Some(2)]);
        assert_eq!(after.heirs(&before), [Some(0), None, Some(1)]);
        assert_eq!(after.changed_since(&before), 3, "two split off, one came in from noise");
    }
}
