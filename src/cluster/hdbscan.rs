//! HDBSCAN: from the tree of all eps, the clusters that last longest.

use super::labels::Labels;
use super::tree::Tree;

/// What HDBSCAN finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Lasting {
    /// The cluster of each trip, none for noise.
    pub labels: Labels,
    /// How firmly each trip belongs to its cluster: 1 in its core, 0 for noise.
    pub strength: Vec<f64>,
    /// How long each cluster lasts: its excess of mass, in trips times 1 / distance.
    pub stability: Vec<f64>,
}

/// The clusters of at least `min_cluster_size` trips that have the largest excess of mass, at
/// whatever eps each of them stands out. Takes O(n log n) time.
///
/// The tree is followed from the largest eps down. Where a cluster splits into two of at least
/// `min_cluster_size` trips, both begin; smaller parts fall out of it. Density is `1 / eps`; a
/// cluster's excess of mass is the sum over its trips of the density at which each leaves less that
/// at which the cluster began. Of a cluster and those within it the side with more is taken. All
/// trips together are never a cluster. Where only near pairs were measured, all others count as
/// infinitely far: groups that only a longer way joins begin at density 0, each by itself.
///
/// # Reference
///
/// Campello, Moulavi, Zimek, Sander (2015), TKDD 10(1); condensed as in `McInnes`, Healy (2017),
/// *Accelerated hierarchical density based clustering*. Departure: where trips are identical the
/// density would be infinite; here it is at most 10⁹ times that of the longest edge. Labels equal
/// scikit-learn's on the peers' matrix; strengths are by the definition above and may differ.
pub fn hdbscan(tree: &Tree, min_cluster_size: usize) -> Lasting {
    let n = tree.core_distances().len();
    let min_size = min_cluster_size.max(2);
    let merges = Merges::new(tree, n);
    let mut clusters = condense(&merges, n, min_size);
    choose(&mut clusters);
    let mut groups = vec![None; n];
    let mut strength = vec![0.0; n];
    // Clusters stand after those they lie in, so that the chosen one is known by then.
    let mut home: Vec<Option<u32>> = vec![None; clusters.len()];
    for place in 0..clusters.len() {
        let above = clusters[place].parent.and_then(|parent| home[parent]);
        home[place] = above.or(clusters[place].is_chosen.then_some(place as u32));
    }
    for (place, cluster) in clusters.iter().enumerate() {
        let Some(group) = home[place] else { continue };
        let deepest = clusters[group as usize].deepest;
        for (trip, density) in &cluster.leavers {
            groups[*trip as usize] = Some(group);
            strength[*trip as usize] =
                if deepest > 0.0 { (density / deepest).min(1.0) } else { 1.0 };
        }
    }
    let labels = Labels::new(&groups);
    let mut stability = vec![0.0; labels.clusters()];
    for (label, group) in labels.as_slice().iter().zip(&groups) {
        if let (Some(label), Some(group)) = (label, group) {
            stability[*label as usize] = clusters[*group as usize].stability;
        }
    }
    Lasting { labels, strength, stability }
}

/// The tree as merges of two groups at a time: group `n + m` is made by merge `m`.
struct Merges {
    parts: Vec<[u32; 2]>,
    density: Vec<f64>,
    sizes: Vec<u32>,
}

impl Merges {
    fn new(tree: &Tree, n: usize) -> Merges {
        let longest = tree.edges().iter().rev().map(|edge| edge.length).find(|d| d.is_finite());
        let shortest = f64::from(longest.unwrap_or(1.0)) * 1e-9;
        let mut group: Vec<u32> = (0..n as u32).collect();
        let mut leads = group.clone();
        let mut sizes = vec![1; n];
        let mut parts = Vec::with_capacity(n.saturating_sub(1));
        let mut density = Vec::with_capacity(n.saturating_sub(1));
        let find = |leads: &mut Vec<u32>, mut trip: u32| {
            while leads[trip as usize] != trip {
                leads[trip as usize] = leads[leads[trip as usize] as usize];
                trip = leads[trip as usize];
            }
            trip as usize
        };
        let edges = tree.edges().iter().map(|edge| (edge.a, edge.b, f64::from(edge.length)));
        // What is infinitely far apart is joined at last, at no density at all.
        let at_last = (1..n as u32).map(|trip| (0, trip, f64::INFINITY));
        for (a, b, length) in edges.chain(at_last) {
            let (a, b) = (find(&mut leads, a), find(&mut leads, b));
            if a == b {
                continue;
            }
            parts.push([group[a], group[b]]);
            let length = length.max(shortest);
            density.push(if length > 0.0 { 1.0 / length } else { 1.0 });
            sizes.push(sizes[group[a] as usize] + sizes[group[b] as usize]);
            let (small, large) =
                if sizes[group[a] as usize] < sizes[group[b] as usize] { (a, b) } else { (b, a) };
            leads[small] = large as u32;
            group[large] = (sizes.len() - 1) as u32;
        }
        Merges { parts, density, sizes }
    }

    /// The trips of a group.
    fn trips(&self, group: u32, n: usize) -> Vec<u32> {
        let (mut trips, mut waiting) = (Vec::new(), vec![group]);
        while let Some(group) = waiting.pop() {
            match (group as usize).checked_sub(n) {
                None => trips.push(group),
                Some(merge) => waiting.extend(self.parts[merge]),
            }
        }
        trips
    }
}

/// A cluster of the condensed tree.
struct Cluster {
    parent: Option<usize>,
    children: Vec<usize>,
    /// The density at which it begins.
    birth: f64,
    /// The largest density at which a trip or a cluster leaves it.
    deepest: f64,
    /// The trips that leave it by themselves, and at which density.
    leavers: Vec<(u32, f64)>,
    stability: f64,
    is_chosen: bool,
}

impl Cluster {
    fn new(parent: Option<usize>, birth: f64) -> Cluster {
        Cluster {
            parent,
            children: Vec::new(),
            birth,
            deepest: 0.0,
            leavers: Vec::new(),
            stability: 0.0,
            is_chosen: false,
        }
    }

    fn lose(&mut self, trips: &[u32], density: f64) {
        self.leavers.extend(trips.iter().map(|trip| (*trip, density)));
        self.stability += (density - self.birth) * trips.len() as f64;
        self.deepest = self.deepest.max(density);
    }
}

/// The condensed tree; each cluster after the one it lies in, all trips first.
fn condense(merges: &Merges, n: usize, min_size: usize) -> Vec<Cluster> {
    let mut clusters = vec![Cluster::new(None, 0.0)];
    if n < 2 {
        return clusters;
    }
    let mut waiting = vec![(merges.sizes.len() as u32 - 1, 0)];
    while let Some((group, place)) = waiting.pop() {
        let Some(merge) = (group as usize).checked_sub(n) else {
            // A single trip that is all that is left: cannot be, a cluster has two or more.
            continue;
        };
        let density = merges.density[merge];
        let parts = merges.parts[merge];
        let is_large = parts.map(|part| merges.sizes[part as usize] as usize >= min_size);
        if is_large == [true, true] {
            for part in parts {
                let child = clusters.len();
                let size = f64::from(merges.sizes[part as usize]);
                let cluster = &mut clusters[place];
                cluster.children.push(child);
                cluster.stability += (density - cluster.birth) * size;
                cluster.deepest = cluster.deepest.max(density);
                clusters.push(Cluster::new(Some(place), density));
                waiting.push((part, child));
            }
            continue;
        }
        for (part, is_large) in parts.into_iter().zip(is_large) {
            if is_large {
                waiting.push((part, place));
            } else {
                clusters[place].lose(&merges.trips(part, n), density);
            }
        }
    }
    clusters
}

/// Chooses clusters, none within another, so that their stabilities add up to the most.
fn choose(clusters: &mut [Cluster]) {
    let mut most: Vec<f64> = clusters.iter().map(|cluster| cluster.stability).collect();
    for place in (1..clusters.len()).rev() {
        let within: f64 = clusters[place].children.iter().map(|child| most[*child]).sum();
        clusters[place].is_chosen =
            clusters[place].children.is_empty() || clusters[place].stability >= within;
        if !clusters[place].is_chosen {
            most[place] = within;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::matrix::Square;
    use super::super::near::Neighbors;
    use super::*;
    use crate::base::job::Job;
    use crate::distance::Condensed;

    fn found(places: &[f32], min_trips: usize, min_size: usize) -> Lasting {
        let matrix = Condensed::from_fn(places.len(), |i, j| (places[i] - places[j]).abs());
        let square = Square::new(&matrix, &Job::default()).unwrap();
        let near = Neighbors::new(&square, min_trips, &Job::default()).unwrap();
        hdbscan(&Tree::new(Some(&square), &near, min_trips, &Job::default()).unwrap(), min_size)
    }

    #[test]
    fn groups_of_different_density_are_both_found() {
        // No eps finds both: 1 apart, 10 apart, and a loner.
        let places = [0.0, 1.0, 2.0, 3.0, 100.0, 110.0, 120.0, 130.0, 1000.0];
        let lasting = found(&places, 2, 3);
        let (a, b) = (Some(0), Some(1));
        assert_eq!(lasting.labels.as_slice(), [a, a, a, a, b, b, b, b, None]);
        // Both begin at the edge of 97: 4 trips times (1 / 1 - 1 / 97) and (1 / 10 - 1 / 97).
        let expected = [4.0 * (1.0 - 1.0 / 97.0), 4.0 * (0.1 - 1.0 / 97.0)];
        for (found, expected) in lasting.stability.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
        assert_eq!((lasting.strength[0], lasting.strength[8]), (1.0, 0.0));
    }

    #[test]
    fn one_group_alone_is_no_cluster() {
        assert_eq!(found(&[0.0, 1.0, 2.0, 3.0], 2, 2).labels.noise(), 4);
        assert_eq!(found(&[], 2, 2).labels.len(), 0);
        assert_eq!(found(&[1.0], 2, 2).labels.noise(), 1);
    }

    #[test]
    fn a_trip_at_the_rim_belongs_less() {
        let lasting = found(&[0.0, 1.0, 2.0, 4.0, 50.0, 51.0, 52.0], 2, 3);
        assert_eq!(lasting.labels.clusters(), 2);
        assert!((lasting.strength[3] - 0.5).abs() < 1e-6, "it leaves at 2, the others at 1");
    }

    #[test]
    fn identical_trips_give_finite_numbers() {
        let lasting = found(&[0.0, 0.0, 0.0, 9.0, 9.0, 9.0], 2, 2);
        assert_eq!(lasting.labels.sizes(), [3, 3]);
        assert!(lasting.stability.iter().all(|stability| stability.is_finite()));
        assert_eq!(found(&[0.0; 5], 2, 2).labels.clusters(), 0);
    }

    #[test]
    fn groups_that_are_infinitely_far_apart_are_clusters_by_themselves() {
        // Three groups of three, each 1 apart within, and a loner; nothing leads from one to another.
        let matrix =
            Condensed::from_fn(
                10,
                |i, j| {
                    if i / 3 == j / 3 { (j - i) as f32 } else { f32::INFINITY }
                },
            );
        let square = Square::new(&matrix, &Job::default()).unwrap();
        let near = Neighbors::new(&square, 2, &Job::default()).unwrap();
        let tree = Tree::new(Some(&square), &near, 2, &Job::default()).unwrap();
        assert_eq!(tree.edges().len(), 6);
        let lasting = hdbscan(&tree, 2);
        assert_eq!(lasting.labels.sizes(), [3, 3, 3]);
        assert_eq!(lasting.labels.as_slice()[9], None);
        // From density 0 to 1, three trips each.
        assert_eq!(lasting.stability, [3.0; 3]);
    }
}
