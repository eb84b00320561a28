//! What a method takes of a window: reports as they came, or features, with the regions' votes.

use serde::{Deserialize, Serialize};

use super::dataset::{Dataset, KEY_WIDTH, Sample, kept_features};
use super::features::{Inputs, feature_names};
use crate::base::nearest::Nearest;
use crate::base::rows::Rows;

/// Most regions that have a number of their own: those with the most windows.
const MOST_REGIONS: usize = 12;

/// Neighbors that vote on the region.
const VOTERS: usize = 32;

/// The numbers that a method takes of a window.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Intake {
    /// Reports as they came, so many numbers: what the paper's plain ELM learns from.
    Raw(usize),
    /// Features of `inputs`, and the regions' votes where they are part of them.
    Features {
        /// Which features.
        inputs: Inputs,
        /// Who votes.
        regions: Option<Box<Regions>>,
    },
}

impl Intake {
    /// Features of `inputs`; windows `which` of `data` vote on regions.
    pub fn of(data: &Dataset, which: &[usize], inputs: Inputs) -> Intake {
        let votes = inputs.has_region && !data.groups.is_empty();
        let regions = votes.then(|| Box::new(Regions::of(data, which)));
        Intake::Features { inputs, regions }
    }

    /// The same with the place besides.
    #[must_use]
    pub fn placed(&self) -> Intake {
        match self.clone() {
            Intake::Raw(width) => Intake::Raw(width),
            Intake::Features { inputs, regions } => {
                Intake::Features { inputs: Inputs { has_place: true, ..inputs }, regions }
            }
        }
    }

    /// Whether what is learned of these numbers holds near the places it was learned at alone.
    pub fn knows_places(&self) -> bool {
        match self {
            Intake::Raw(_) => true,
            Intake::Features { inputs, .. } => inputs.has_place || inputs.has_region,
        }
    }

    /// What the numbers are.
    pub fn names(&self) -> Vec<String> {
        match self {
            Intake::Raw(width) => (0..*width).map(|i| format!("raw {i}")).collect(),
            Intake::Features { inputs, regions } => {
                let mut names = feature_names(*inputs);
                names.extend(regions.iter().flat_map(|regions| &regions.saved.names).cloned());
                names
            }
        }
    }

    /// How many numbers there are.
    pub fn width(&self) -> usize {
        match self {
            Intake::Raw(width) => *width,
            Intake::Features { inputs, regions } => {
                kept_features(*inputs).len()
                    + regions.as_ref().map_or(0, |regions| regions.saved.names.len())
            }
        }
    }

    /// The numbers of `sample`.
    pub fn row(&self, sample: &Sample) -> Vec<f64> {
        match self {
            Intake::Raw(_) => sample.raw.clone(),
            Intake::Features { inputs, regions } => {
                let mut row: Vec<f64> =
                    kept_features(*inputs).iter().map(|at| sample.features[*at]).collect();
                row.extend(regions.iter().flat_map(|regions| regions.shares(sample)));
                row
            }
        }
    }

    /// The numbers of samples `which`, a row each.
    pub fn rows(&self, data: &Dataset, which: &[usize]) -> Rows {
        let mut rows = Rows::new(self.width());
        which.iter().for_each(|i| rows.push(&self.row(&data.samples[*i])));
        rows
    }
}

/// Which cluster of trips the ships sail in that were here with such a velocity.
///
/// # Reference
///
/// Tu et al. give a window the region cluster of its track. A track's cluster is known when the track
/// is at its end, not when its future is asked for, and a ship that is new has none. Ours are the
/// shares of the clusters among the nearest windows of *other* ships, so that nothing is told of the
/// ship's own future, and that a ship is told about of which nothing is known but the window.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub struct Regions {
    saved: Saved,
    nearest: Nearest,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Saved {
    /// Of each region.
    names: Vec<String>,
    /// Place and velocity of the windows that vote.
    keys: Rows,
    vessels: Vec<u64>,
    /// Which region each votes for; none for trips of no cluster, or of a small one.
    votes: Vec<Option<u32>>,
}

impl TryFrom<Saved> for Regions {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Regions, String> {
        let n = saved.keys.len();
        let is_whole = saved.keys.width() == KEY_WIDTH
            && [saved.vessels.len(), saved.votes.len()] == [n, n]
            && saved.votes.iter().flatten().all(|vote| (*vote as usize) < saved.names.len())
            && saved.keys.values().iter().all(|x| x.is_finite());
        if !is_whole {
            return Err("the windows that vote on regions are incomplete".into());
        }
        Ok(Regions { nearest: Nearest::new(&saved.keys), saved })
    }
}

impl From<Regions> for Saved {
    fn from(regions: Regions) -> Saved {
        regions.saved
    }
}

impl Regions {
    fn of(data: &Dataset, which: &[usize]) -> Regions {
        let mut counts = std::collections::BTreeMap::<u32, usize>::new();
        which
            .iter()
            .filter_map(|i| data.groups[*i])
            .for_each(|g| *counts.entry(g).or_default() += 1);
        let mut order: Vec<(u32, usize)> = counts.into_iter().collect();
        order.sort_by_key(|(group, n)| (std::cmp::Reverse(*n), *group));
        order.truncate(MOST_REGIONS);
        let region = |group: u32| order.iter().position(|(g, _)| *g == group).map(|at| at as u32);
        let mut keys = Rows::new(KEY_WIDTH);
        which.iter().for_each(|i| keys.push(&data.samples[*i].key));
        let saved = Saved {
            names: order.iter().map(|(group, _)| format!("cluster {group} (share)")).collect(),
            vessels: which.iter().map(|i| data.samples[*i].vessel).collect(),
            votes: which.iter().map(|i| data.groups[*i].and_then(region)).collect(),
            keys,
        };
        Regions { nearest: Nearest::new(&saved.keys), saved }
    }

    /// The share of each region among the neighbors' votes; what is missing to 1 voted for none.
    fn shares(&self, sample: &Sample) -> Vec<f64> {
        let saved = &self.saved;
        let mut found = Vec::new();
        let is_other = |place: u32| saved.vessels[place as usize] != sample.vessel;
        self.nearest.find_among(&sample.key, VOTERS, &is_other, &mut found);
        let mut shares = vec![0.0; saved.names.len()];
        for (place, _) in &found {
            if let Some(vote) = saved.votes[*place as usize] {
                shares[vote as usize] += 1.0 / found.len() as f64;
            }
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six ships: three in cluster 7 at 10 E, two in cluster 3 at 12 E, one in none.
    fn two_regions() -> Dataset {
        let sample = |ship: u64, x: f64| Sample {
            vessel: ship,
            frame: crate::predict::frame::Frame::new(
                crate::base::geo::Position::new(x, 55.0),
                90.0,
            ),
            speed_mps: 5.0,
            last: [5.0, 0.0],
            line_mps: [5.0, 0.0],
            key: [x * 16.0, 0.0, 0.0, 5.0, 0.0],
            features: vec![0.0; feature_names(Inputs::all()).len()],
            raw: vec![0.0; 6],
        };
        let ships = [(1, 10.0), (2, 10.1), (3, 10.2), (4, 12.0), (5, 12.1), (6, 12.2)];
        Dataset {
            samples: ships.map(|(ship, x)| sample(ship, x)).to_vec(),
            groups: vec![Some(7), Some(7), Some(7), Some(3), Some(3), None],
            ..Dataset::default()
        }
    }

    fn shares_of(data: &Dataset, which: &[usize], of: usize) -> Vec<f64> {
        let inputs = Inputs { has_region: true, ..Inputs::default() };
        let intake = Intake::of(data, which, inputs);
        let row = intake.row(&data.samples[of]);
        assert_eq!(row.len(), intake.width());
        assert_eq!(row.len(), intake.names().len());
        row[kept_features(inputs).len()..].to_vec()
    }

    #[test]
    fn regions_are_told_by_the_votes_of_other_ships() {
        let data = two_regions();
        // Five others vote on ship 1: two for cluster 7, two for cluster 3, one for none.
        assert_eq!(shares_of(&data, &[0, 1, 2, 3, 4, 5], 0), [0.4, 0.4]);
        // All six windows are of others to a ship that did not vote itself.
        assert_eq!(shares_of(&data, &[1, 2, 3], 0), [2.0 / 3.0, 1.0 / 3.0]);
    }

    #[test]
    fn a_ships_own_cluster_changes_nothing_of_what_it_is_told() {
        let data = two_regions();
        let mut other = data.clone();
        other.groups[0] = Some(3);
        let by_name = |data: &Dataset| -> Vec<(String, f64)> {
            let which = [0, 1, 2, 3, 4];
            let inputs = Inputs { has_region: true, ..Inputs::default() };
            let names = Intake::of(data, &which, inputs).names();
            let shares = shares_of(data, &which, 0);
            let names = names[names.len() - shares.len()..].iter().cloned();
            let mut all: Vec<(String, f64)> = names.zip(shares).collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        let told = by_name(&data);
        // Two others sail in each cluster; which of them is named first may change with her own.
        assert_eq!(told, [("cluster 3 (share)".into(), 0.5), ("cluster 7 (share)".into(), 0.5)]);
        assert_eq!(by_name(&other), told);
    }

    #[test]
    fn without_clusters_nothing_is_added() {
        let data = Dataset { groups: Vec::new(), ..two_regions() };
        assert!(shares_of(&data, &[0, 1, 2], 4).is_empty());
    }
}
