//! Signs that the parameters do not fit the trips.

use serde::Serialize;

use super::labels::Labels;

/// More than this share of noise is nearly all.
const NEARLY_ALL_NOISE: f64 = 0.8;

/// More than this share of core trips is nearly all.
const NEARLY_ALL_CORE: f64 = 0.98;

/// What a practiced eye sees at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RedFlag {
    /// There are no clusters at all.
    NoCluster,
    /// More than 80 % of trips are in no cluster.
    NearlyAllNoise,
    /// All that is not noise is in one cluster.
    OneCluster,
    /// At least 98 % of trips are core: nothing tells dense from sparse.
    NearlyAllCore,
}

impl RedFlag {
    /// What it means and what can be done, in a sentence or two.
    pub fn words(self) -> &'static str {
        match self {
            RedFlag::NoCluster => {
                "No trip has enough neighbors to begin a cluster. Raise eps or lower MinPts."
            }
            RedFlag::NearlyAllNoise => {
                "More than 80 % of trips are noise: eps is smaller than the distance between trips \
                 of one route. Raise eps or lower MinPts."
            }
            RedFlag::OneCluster => {
                "All clustered trips are in one cluster: eps reaches from route to route. Lower \
                 eps, or raise MinPts if single trips link the routes."
            }
            RedFlag::NearlyAllCore => {
                "Nearly every trip is core, so that density decides nothing and stray trips count \
                 as routes. Raise MinPts or lower eps."
            }
        }
    }
}

/// What is odd about `labels`; `cores` says how many trips are core where the method knows.
/// Fewer than two trips are never odd.
pub fn red_flags(labels: &Labels, cores: Option<usize>) -> Vec<RedFlag> {
    let n = labels.len() as f64;
    if labels.len() < 2 {
        return Vec::new();
    }
    let is_nearly_core = cores.is_some_and(|cores| cores as f64 >= NEARLY_ALL_CORE * n);
    let tests = [
        (labels.clusters() == 0, RedFlag::NoCluster),
        (
            labels.clusters() > 0 && labels.noise() as f64 > NEARLY_ALL_NOISE * n,
            RedFlag::NearlyAllNoise,
        ),
        (labels.clusters() == 1, RedFlag::OneCluster),
        (is_nearly_core, RedFlag::NearlyAllCore),
    ];
    tests.into_iter().filter_map(|(is_so, flag)| is_so.then_some(flag)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_is_raised_by_its_sign_and_no_other() {
        let labels = |clustered: usize, clusters: usize| {
            let group = |i: usize| (i < clustered).then_some((i % clusters.max(1)) as u32);
            Labels::new(&(0..100).map(group).collect::<Vec<_>>())
        };
        for (clustered, clusters, cores, expected) in [
            (80, 4, 60, vec![]),
            (0, 0, 0, vec![RedFlag::NoCluster]),
            (19, 2, 10, vec![RedFlag::NearlyAllNoise]),
            (20, 2, 10, vec![]),
            (60, 1, 40, vec![RedFlag::OneCluster]),
            (100, 5, 98, vec![RedFlag::NearlyAllCore]),
            (100, 5, 97, vec![]),
            (100, 1, 100, vec![RedFlag::OneCluster, RedFlag::NearlyAllCore]),
        ] {
            let found = red_flags(&labels(clustered, clusters), Some(cores));
            assert_eq!(found, expected, "{clustered} {clusters} {cores}");
        }
        assert_eq!(red_flags(&Labels::new(&[None]), None), []);
    }
}
