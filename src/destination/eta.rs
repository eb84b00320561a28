//! When a ship arrives: learned from earlier voyages on the same way.
//!
//! Each report becomes numbers of its own and its past ([`features`]), first among them the distance
//! to go along the way that others took ([`way`]); a forest ([`crate::base::forest`]) foretells the
//! minutes that remain, with their spread.

pub mod features;
pub mod score;
pub mod way;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use self::score::{EtaBand, EtaQuarter, EtaScores, scores};
use self::way::Ways;
use crate::ais::Sailings;
use crate::base::forest::{Forest, ForestParams};
use crate::base::geo::short_distance_m;
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Field, Form, Params};
use crate::base::rng::Rng;
use crate::base::units::mps_from_kn;

/// The share of a voyage's reports that another must have too for both to be one voyage under two
/// numbers.
const TWIN_SHARE: f64 = 0.3;

/// How arrival times are learned.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct EtaParams {
    /// How many trees there are.
    pub trees: usize,
    /// Reports that each tree learns from.
    pub rows_per_tree: usize,
    /// A tree's branch ends in at least so many reports.
    pub least_rows: usize,
    /// Share of the features tried at each fork.
    pub feature_share: f64,
    /// The share of arrivals that shall fall into the interval that is given.
    pub interval: f64,
    /// Parts into which voyages are put to be scored by each other.
    pub folds: usize,
    /// Where chance begins.
    pub seed: usize,
}

impl Default for EtaParams {
    fn default() -> Self {
        EtaParams {
            trees: 100,
            rows_per_tree: 60_000,
            least_rows: 3,
            feature_share: 0.6,
            interval: 0.8,
            folds: 5,
            seed: 1,
        }
    }
}

impl Params for EtaParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.count(
            "trees",
            &mut self.trees,
            Field {
                unit: "",
                range: 1..=2000,
                help: "How many trees the forest has; more are steadier and slower.",
            },
        );
        form.count(
            "rows_per_tree",
            &mut self.rows_per_tree,
            Field {
                unit: "",
                range: 100..=10_000_000,
                help: "Reports that each tree learns from, drawn anew for each.",
            },
        );
        form.count(
            "least_rows",
            &mut self.least_rows,
            Field {
                unit: "",
                range: 1..=10_000,
                help: "A branch ends in at least so many reports.",
            },
        );
        form.number(
            "feature_share",
            &mut self.feature_share,
            Field {
                unit: "",
                range: 0.01..=1.0,
                help: "Share of the features that are tried at each fork.",
            },
        );
        form.number(
            "interval",
            &mut self.interval,
            Field { unit: "", range: 0.01..=0.99, help: "The share of arrivals that shall fall into the interval given with each forecast." },
        );
        form.count(
            "folds",
            &mut self.folds,
            Field {
                unit: "",
                range: 2..=50,
                help: "Parts into which voyages are put, each foretold by what the others teach.",
            },
        );
        form.count(
            "seed",
            &mut self.seed,
            Field { unit: "", range: 0..=1_000_000, help: "Where chance begins." },
        );
    }
}

/// Why arrival times cannot be learned or foretold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EtaError {
    /// There is nothing to learn from.
    #[error(
        "no voyage of {trips} is reported until half an hour before its arrival; complete voyages are needed to learn from"
    )]
    NoCompleteVoyage {
        /// How many there are.
        trips: usize,
    },
    /// Too few to be put into parts.
    #[error(
        "{trips} voyages cannot be put into {folds} parts; take fewer (eta.folds) or a longer file"
    )]
    TooFewVoyages {
        /// How many differ.
        trips: usize,
        /// The parts.
        folds: usize,
    },
    /// The reports to be foretold are elsewhere than those learned from.
    #[error("no report to foretell lies on the way that was learned; is it a file of another way?")]
    OtherWay,
    /// Cancelled, or it failed.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// The minutes that remain at a report.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EtaForecast {
    /// As likely too few as too many: the forecast with the least absolute error.
    pub remaining_min: f32,
    /// The interval's lower end.
    pub low_min: f32,
    /// The interval's upper end.
    pub high_min: f32,
}

/// What earlier voyages on a way teach of arrival times.
///
/// Both published files hold many voyages twice, under two numbers (a fifth and half of the reports):
/// [`EtaScores`] tells the error on others apart, and [`cross_validate`] keeps such twins in one part.
/// Mean absolute error in minutes of five parts and 60 trees, by number and with twins together: Kiel
/// to Gdynia 65.4 and 81.8; Bremerhaven to Hamburg 25.9 and 40.2. Gradient-boosted trees on
/// the same features erred more, on new voyages too (Kiel to Gdynia 91 where a forest had 81).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct EtaModel {
    ways: Ways,
    forest: Forest,
    /// Median speed of ships that make way, knots.
    usual_kn: f32,
    /// Reports learned from, each as a hash: to know twins.
    seen: rustc_hash::FxHashSet<u64>,
    interval: f64,
}

impl EtaModel {
    /// Learns from voyages whose minutes remaining are known.
    pub fn fit(
        sailings: &Sailings,
        params: &Checked<EtaParams>,
        job: &Job,
    ) -> Result<EtaModel, EtaError> {
        let ways = Ways::learn(sailings);
        let trips = sailings.trips().len();
        let ways = ways.ok_or(EtaError::NoCompleteVoyage { trips })?;
        let to_go = ways.to_go(sailings, job)?;
        let columns = features::columns(sailings, &to_go);
        let targets: Vec<f32> = sailings.rows.iter().map(|row| row.remaining_min).collect();
        let forest = ForestParams {
            trees: params.trees,
            rows_per_tree: params.rows_per_tree,
            least_rows: params.least_rows,
            feature_share: params.feature_share,
            seed: params.seed as u64,
        };
        let forest = Forest::fit(&columns, &targets, &forest, job)?;
        let seen = (0..sailings.rows.len()).map(|row| mark(sailings, row)).collect();
        let speeds = sailings.rows.iter().map(|row| f64::from(row.sog_kn));
        let mut speeds: Vec<f64> = speeds.filter(|kn| *kn >= features::SLOW_KN).collect();
        let usual_kn = if speeds.is_empty() { 10.0 } else { way::median(&mut speeds) as f32 };
        Ok(EtaModel { ways, forest, usual_kn, seen, interval: params.interval })
    }

    /// The minutes that remain at each report; of a ship under way, her reports so far.
    pub fn forecast(&self, sailings: &Sailings, job: &Job) -> Result<Vec<EtaForecast>, EtaError> {
        let to_go = self.ways.to_go(sailings, job)?;
        if !to_go.is_empty() && to_go.iter().all(|to_go| to_go.off_m.is_nan()) {
            return Err(EtaError::OtherWay);
        }
        let columns = features::columns(sailings, &to_go);
        let outside = (1.0 - self.interval) / 2.0;
        let found = self.forest.quantiles(&columns, &[outside, 0.5, 1.0 - outside], job)?;
        let forecast = |found: &Vec<f32>| EtaForecast {
            low_min: found[0],
            remaining_min: found[1],
            high_min: found[2],
        };
        Ok(found.iter().map(forecast).collect())
    }

    /// The minutes that remain as anybody would reckon them: the straight way to where voyages end,
    /// at the speed of the report; of a ship that makes no way, at the usual speed.
    pub fn naive_min(&self, sailings: &Sailings) -> Vec<f32> {
        let naive = |row: &crate::ais::SailingRow| {
            let makes_way = f64::from(row.sog_kn) >= features::SLOW_KN;
            let kn = if makes_way { row.sog_kn } else { self.usual_kn };
            let far_m = short_distance_m(row.position, self.ways.end());
            (far_m / mps_from_kn(f64::from(kn)) / 60.0) as f32
        };
        sailings.rows.iter().map(naive).collect()
    }

    /// For each report, whether its voyage is among those learned from, under whatever number.
    pub fn twins(&self, sailings: &Sailings) -> Vec<bool> {
        let mut twins = vec![false; sailings.rows.len()];
        for (_, rows) in sailings.trips() {
            let is_seen = |row: &&u32| self.seen.contains(&mark(sailings, **row as usize));
            let n_seen = rows.iter().filter(is_seen).count();
            if n_seen as f64 > TWIN_SHARE * rows.len() as f64 {
                rows.iter().for_each(|row| twins[*row as usize] = true);
            }
        }
        twins
    }

    /// How well the minutes that remain are foretold.
    pub fn score(&self, sailings: &Sailings, job: &Job) -> Result<EtaScores, EtaError> {
        let forecasts = self.forecast(sailings, job)?;
        Ok(scores(sailings, &forecasts, &self.naive_min(sailings), &self.twins(sailings)))
    }
}

/// A report as a number, alike for the same report of a voyage under another number.
fn mark(sailings: &Sailings, row: usize) -> u64 {
    let row = &sailings.rows[row];
    let numbers = [
        row.position.lon_deg.to_bits(),
        row.position.lat_deg.to_bits(),
        row.clock_min.to_bits(),
        u64::from(row.sog_kn.to_bits()) << 32 | u64::from(row.cog_deg.to_bits()),
        u64::from(row.week.to_bits()),
    ];
    numbers.iter().fold(0x9e37_79b9_7f4a_7c15, |hash: u64, number| {
        (hash ^ number).wrapping_mul(0xd134_2543_de82_ef95).rotate_left(29)
    })
}

/// Which voyages are one, as groups of their numbers: of two, one has a third of the other's reports.
fn twin_groups(sailings: &Sailings) -> Vec<Vec<u32>> {
    let trips = sailings.trips();
    let mut owners: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (index, (_, rows)) in (0..).zip(&trips) {
        for row in rows {
            let owners = owners.entry(mark(sailings, *row as usize)).or_default();
            // The same report twice in one voyage counts once; few voyages share a report.
            if owners.last() != Some(&index) {
                owners.push(index);
            }
        }
    }
    let mut shared: FxHashMap<(u32, u32), usize> = FxHashMap::default();
    for owners in owners.values().filter(|owners| (2..=8).contains(&owners.len())) {
        for (place, a) in owners.iter().enumerate() {
            for b in &owners[place + 1..] {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut parent: Vec<u32> = (0..trips.len() as u32).collect();
    let mut pairs: Vec<((u32, u32), usize)> = shared.into_iter().collect();
    pairs.sort_unstable();
    for ((a, b), n) in pairs {
        let fewer = trips[a as usize].1.len().min(trips[b as usize].1.len());
        if n as f64 > TWIN_SHARE * fewer as f64 {
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            parent[b.max(a) as usize] = a.min(b);
        }
    }
    let mut groups: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (index, (trip, _)) in (0..).zip(&trips) {
        groups.entry(root(&mut parent, index)).or_default().push(*trip);
    }
    let mut groups: Vec<Vec<u32>> = groups.into_values().collect();
    groups.sort_unstable();
    groups
}

/// The group's first, with ways shortened as they are gone.
fn root(parent: &mut [u32], mut at: u32) -> u32 {
    while parent[at as usize] != at {
        parent[at as usize] = parent[parent[at as usize] as usize];
        at = parent[at as usize];
    }
    at
}

/// Foretells each voyage by what voyages of other parts teach, and scores that. With `keeps_twins`,
/// voyages that the file has under several numbers stay in one part; without, each number is a voyage
/// of its own, as in published figures, and some are foretold by themselves.
pub fn cross_validate(
    sailings: &Sailings,
    params: &Checked<EtaParams>,
    keeps_twins: bool,
    job: &Job,
) -> Result<EtaScores, EtaError> {
    let mut groups = if keeps_twins {
        twin_groups(sailings)
    } else {
        sailings.trips().into_iter().map(|(trip, _)| vec![trip]).collect()
    };
    let (trips, folds) = (groups.len(), params.folds);
    if trips < folds {
        return Err(EtaError::TooFewVoyages { trips, folds });
    }
    Rng::new(params.seed as u64, 0x0f01d).shuffle(&mut groups);
    let mut fold_of: FxHashMap<u32, usize> = FxHashMap::default();
    for (place, group) in groups.iter().enumerate() {
        fold_of.extend(group.iter().map(|trip| (*trip, place % folds)));
    }
    let nothing = EtaForecast { remaining_min: f32::NAN, low_min: f32::NAN, high_min: f32::NAN };
    let mut forecasts = vec![nothing; sailings.rows.len()];
    let mut twins = vec![false; sailings.rows.len()];
    let mut naive = vec![f32::NAN; sailings.rows.len()];
    for fold in 0..folds {
        let model = EtaModel::fit(&sailings.only(|trip| fold_of[&trip] != fold), params, job)?;
        let held = sailings.only(|trip| fold_of[&trip] == fold);
        let plain = model.naive_min(&held).into_iter();
        let mut found = model.forecast(&held, job)?.into_iter().zip(model.twins(&held)).zip(plain);
        for (row, at) in sailings.rows.iter().zip(0..) {
            if fold_of[&row.trip] == fold
                && let Some(((forecast, is_twin), plain)) = found.next()
            {
                naive[at] = plain;
                forecasts[at] = forecast;
                twins[at] = is_twin;
            }
        }
    }
    Ok(scores(sailings, &forecasts, &naive, &twins))
}

#[cfg(test)]
mod tests;
