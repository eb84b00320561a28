//! What a map of scores is colored by.

use crate::base::text::grouped;
use crate::cluster::Sweep;
use crate::cluster::sweep::Row;
use crate::ui::plot::axis::significant;

/// What the cells of a map are colored by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Figure {
    /// What the best pair is chosen by.
    Score,
    /// The mean of both indices, scaled.
    Scch,
    /// The mean silhouette.
    Silhouette,
    /// Calinski-Harabasz.
    CalinskiHarabasz,
    /// Davies-Bouldin.
    DaviesBouldin,
    /// How many clusters there are.
    Clusters,
    /// How many trips are in none.
    Noise,
}

impl Figure {
    /// All of them, in the order of the buttons.
    pub const ALL: [Figure; 7] = [
        Figure::Score,
        Figure::Scch,
        Figure::Silhouette,
        Figure::CalinskiHarabasz,
        Figure::DaviesBouldin,
        Figure::Clusters,
        Figure::Noise,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Figure::Score => "Score",
            Figure::Scch => "SCCH",
            Figure::Silhouette => "Silhouette",
            Figure::CalinskiHarabasz => "Calinski-Harabasz",
            Figure::DaviesBouldin => "Davies-Bouldin",
            Figure::Clusters => "Clusters",
            Figure::Noise => "Noise",
        }
    }

    /// What it says, in a sentence.
    pub fn help(self) -> &'static str {
        match self {
            Figure::Score => {
                "What the best pair is chosen by, as the sweep's weighing says: the silhouette \
                 with that of noise counted as 0, or SCCH"
            }
            Figure::Scch => "Mean of silhouette and Calinski-Harabasz, each scaled to 0 to 1",
            Figure::Silhouette => {
                "How much nearer trips are to their own cluster than to the next, -1 to 1; more is \
                 better"
            }
            Figure::CalinskiHarabasz => {
                "How far clusters lie apart for how wide they are; more is better"
            }
            Figure::DaviesBouldin => {
                "How wide clusters are for how far they lie apart; less is better"
            }
            Figure::Clusters => "How many clusters there are",
            Figure::Noise => "How many trips are in no cluster",
        }
    }

    /// Its value for a pair, if there is one.
    pub fn value(self, row: &Row) -> Option<f64> {
        match self {
            Figure::Score => row.score,
            Figure::Scch => row.scch,
            Figure::Silhouette => row.sc,
            Figure::CalinskiHarabasz => row.ch,
            Figure::DaviesBouldin => row.db,
            Figure::Clusters => Some(row.clusters as f64),
            Figure::Noise => Some(row.noise as f64),
        }
    }

    /// Which end is better; none of counts.
    pub fn better(self) -> Option<std::cmp::Ordering> {
        match self {
            Figure::Score | Figure::Scch | Figure::Silhouette | Figure::CalinskiHarabasz => {
                Some(std::cmp::Ordering::Greater)
            }
            Figure::DaviesBouldin => Some(std::cmp::Ordering::Less),
            Figure::Clusters | Figure::Noise => None,
        }
    }

    /// The row that is best by this figure alone, of several the one with the larger eps.
    pub fn best(self, sweep: &Sweep) -> Option<usize> {
        let better = self.better()?;
        let valued = sweep
            .rows
            .iter()
            .enumerate()
            .filter_map(|(place, row)| Some((place, self.value(row)?, row.eps)));
        let best = valued.reduce(|best, other| {
            let by = other.1.total_cmp(&best.1);
            if by == better || (by.is_eq() && other.2 > best.2) { other } else { best }
        });
        best.map(|(place, ..)| place)
    }

    /// A value in words.
    pub fn text(self, value: Option<f64>) -> String {
        match (self, value) {
            (_, None) => "none".into(),
            (Figure::Clusters | Figure::Noise, Some(n)) => grouped(n as u64),
            (Figure::CalinskiHarabasz, Some(value)) => significant(value, 4),
            (_, Some(value)) => format!("{value:.3}"),
        }
    }

    /// The least and the largest value.
    pub fn range(self, sweep: &Sweep) -> Option<(f64, f64)> {
        let values = sweep.rows.iter().filter_map(|row| self.value(row));
        values.map(|value| (value, value)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }
}
