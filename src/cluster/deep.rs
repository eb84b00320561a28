//! Deep embedded clustering: trips squeezed into a few numbers by a network that then learns to tell
//! groups of them apart.
//!
//! [`embed`] prepares trips and trains the autoencoder: what costs. [`group`] finds centers among the
//! embeddings by k-means and refines encoder and centers: a new number of clusters needs only that.
//! [`principal_plane`] and [`neighborhood_plane`] show embeddings, [`Embedded::reconstructed`] what
//! the network has understood of a trip, and [`study()`] sets the method beside the paper's baseline.
//!
//! # Reference
//!
//! Cui, Xiong, Liao, Dai, Gao, Chen, *Ship trajectory clustering method based on deep neural
//! networks*; Xie, Girshick, Farhadi (2016). Ours: Adam by default (SGD, the paper's, needs many times
//! the epochs, and a rate that fits the size of the embeddings), resampled trips, the number of clusters found where it is
//! not given, refining from a copy, so that the autoencoder stays what reconstructs trips, and
//! embeddings enlarged before it: the t-distribution measures distances against 1, and embeddings of
//! tracks are so small that every trip would belong a little to every cluster. Refining would then
//! level clusters of unequal size and swallow rare routes (seen on made traffic).

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::labels::Labels;
use crate::ais::{Fleet, Trip};
use crate::base::geo::{Position, short_distance_m};
use crate::base::job::{Job, Stopped};
use crate::base::means::k_means;
use crate::base::params::Checked;
use crate::learn::{
    Autoencoder, AutoencoderShape, Card, Checkpoint, Curves, DeviceChoice, Ended, Model, Place,
    RefineParams, Run, SaveError, Split, Table, Watch, refine, soft_assignment,
};

mod choice;
mod flat;
mod neighborhood;
pub mod params;
mod prepare;
mod study;

pub use choice::{KTried, tried};
pub use flat::{Flat, principal_plane};
pub use neighborhood::{NeighborhoodParams, neighborhood_plane};
pub use params::{DeepParams, EmbedParams, Lengths, PrepareParams};
pub use prepare::Prepared;
pub use study::{Baseline, BaselineParams, Side, Study, baseline, study};

/// The kind and version of a saved model.
pub const MODEL_KIND: &str = "deep-clustering";
/// Raise it when what is saved changes its meaning.
pub const MODEL_VERSION: u32 = 1;

/// Trips as few numbers, with the network that made them so.
#[derive(Clone, PartialEq, Debug)]
pub struct Embedded {
    /// What the network read.
    pub prepared: Prepared,
    /// How it was prepared.
    pub params: PrepareParams,
    /// The network.
    pub autoencoder: Autoencoder,
    /// The embeddings: `[row of prepared, number]`.
    pub embedding: Table,
    /// How far reconstructed points are from the trip's own, on average, meters; a row each.
    pub errors_m: Vec<f32>,
    /// How training went.
    pub curves: Curves,
    /// Why it ended; none for a network that was read from a file.
    pub ended: Option<Ended>,
}

/// What a saved model's network is made of, and how trips are prepared for it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeepConfig {
    /// The network.
    pub shape: AutoencoderShape,
    /// How trips are prepared.
    pub prepare: PrepareParams,
    /// Points of a row.
    pub points: usize,
    /// The meridian that longitudes are counted from, degrees.
    pub middle_lon_deg: f64,
}

/// Prepares `trips` and trains an autoencoder on them.
///
/// # Errors
///
/// [`Stopped`]: cancelled (the last good state stays in [`Watch::checkpoint`]), no trip, rows too
/// long, or a training that came to nothing, in words.
pub fn embed(
    fleet: &Fleet,
    trips: &[Trip],
    params: &Checked<EmbedParams>,
    job: &Job,
    watch: &Watch,
) -> Result<Embedded, Stopped> {
    embed_from(None, fleet, trips, params, job, watch)
}

/// The same, going on from the state that an earlier training of the same trips by the same
/// parameters left: on the CPU to the bit as if it had not been interrupted.
///
/// # Errors
///
/// As [`embed`], and where the state is of another training.
pub fn embed_from(
    resume: Option<&Checkpoint>,
    fleet: &Fleet,
    trips: &[Trip],
    params: &Checked<EmbedParams>,
    job: &Job,
    watch: &Watch,
) -> Result<Embedded, Stopped> {
    let prepared = Prepared::new(fleet, trips, &params.prepare, None, job)?;
    let shape = params.shape(prepared.samples.values.width());
    let place = Place::choose(params.train.device);
    let (n, seed) = (prepared.trips.len(), params.train.seed as u64);
    let split = Split::by_share(n, params.train.held_out, seed);
    let run = Run { resume, ..Run::new(&params.train, &place, job, watch) };
    let (autoencoder, outcome) = Autoencoder::fit(&shape, &prepared.samples, &split, &run)?;
    let made = (prepared, params.prepare.clone(), autoencoder);
    Embedded::of(made, (outcome.curves, Some(outcome.ended)), &place, job)
}

/// Prepares `trips` for a saved `model` and squeezes them by it. Trips of other waters are squeezed
/// too, but to little use: see [`Model::check_data`].
///
/// # Errors
///
/// [`Stopped`]: cancelled, no trip, or a model whose weights do not fit its network, in words.
pub fn embed_by(
    fleet: &Fleet,
    trips: &[Trip],
    model: &Model<DeepConfig>,
    device: DeviceChoice,
    job: &Job,
) -> Result<Embedded, Stopped> {
    let config = &model.config;
    let failed = |error: SaveError| Stopped::Failed(error.to_string());
    let autoencoder =
        Autoencoder::new(config.shape.clone(), model.weights.clone()).map_err(failed)?;
    let scaling = model.scalers.get(INPUT);
    let scaling =
        scaling.ok_or_else(|| Stopped::Failed("the model has no scaler of its input".into()))?;
    let known = Some((scaling, config.points, config.middle_lon_deg));
    let prepared = Prepared::new(fleet, trips, &config.prepare, known, job)?;
    let made = (prepared, config.prepare.clone(), autoencoder);
    Embedded::of(made, (Curves::default(), None), &Place::choose(device), job)
}

/// The name of a model's scaler of what it reads.
const INPUT: &str = "input";

impl Embedded {
    fn of(
        (prepared, params, autoencoder): (Prepared, PrepareParams, Autoencoder),
        (curves, ended): (Curves, Option<Ended>),
        place: &Place,
        job: &Job,
    ) -> Result<Embedded, Stopped> {
        let embedding = autoencoder.embed(&prepared.samples, place, job)?;
        let rows = autoencoder.decode(&embedding, place, job)?;
        let errors_m = (0..rows.len())
            .into_par_iter()
            .map(|at| {
                let own = prepared.places(at, prepared.samples.values.row(at));
                let made = prepared.places(at, rows.row(at));
                let sum: f64 = own.iter().zip(&made).map(|(a, b)| short_distance_m(*a, *b)).sum();
                (sum / own.len().max(1) as f64) as f32
            })
            .collect();
        Ok(Embedded { prepared, params, autoencoder, embedding, errors_m, curves, ended })
    }

    /// How far reconstructed points are from the trips' own, mean of all trips, meters.
    pub fn mean_error_m(&self) -> f64 {
        let sum: f64 = self.errors_m.iter().map(|m| f64::from(*m)).sum();
        sum / self.errors_m.len().max(1) as f64
    }

    /// The mean error that a `share` of the trips does not exceed, meters; none without trips.
    pub fn error_m_of(&self, share: f64) -> Option<f64> {
        let mut sorted = self.errors_m.clone();
        sorted.sort_unstable_by(f32::total_cmp);
        let place = (share * (sorted.len() as f64 - 1.0)).round().max(0.0) as usize;
        sorted.get(place).map(|m| f64::from(*m))
    }

    /// All trips as the network makes them again, in the order of the prepared rows.
    pub fn all_reconstructed(&self, job: &Job) -> Result<Vec<Vec<Position>>, Stopped> {
        let rows = self.autoencoder.decode(&self.embedding, &Place::cpu(), job)?;
        Ok((0..rows.len()).map(|at| self.prepared.places(at, rows.row(at))).collect())
    }

    /// Trip `trip` as the network read it, and as it makes it again from its few numbers; none where
    /// the trip was left out.
    pub fn reconstructed(
        &self,
        trip: usize,
        job: &Job,
    ) -> Result<Option<[Vec<Position>; 2]>, Stopped> {
        let Some(at) = self.prepared.row_of(trip) else { return Ok(None) };
        let z = Table::new(self.embedding.width(), self.embedding.row(at).to_vec());
        let row = self.autoencoder.decode(&z, &Place::cpu(), job)?;
        let own = self.prepared.places(at, self.prepared.samples.values.row(at));
        Ok(Some([own, self.prepared.places(at, row.row(0))]))
    }

    /// The network as a model to be saved as [`MODEL_KIND`], with what `card` says of it.
    pub fn model(&self, card: Card) -> Model<DeepConfig> {
        Model {
            config: DeepConfig {
                shape: self.autoencoder.shape().clone(),
                prepare: self.params.clone(),
                points: self.prepared.points,
                middle_lon_deg: self.prepared.middle_lon_deg,
            },
            scalers: BTreeMap::from([(INPUT.to_owned(), self.prepared.scaling.clone())]),
            weights: self.autoencoder.weights().clone(),
            card: Card {
                train: self.prepared.trips.len(),
                device: self.curves.device.clone(),
                epochs: self.curves.epochs.len(),
                ..card
            },
        }
    }
}

/// Trips in groups that a network tells apart.
#[derive(Clone, PartialEq, Debug)]
pub struct DeepClusters {
    /// The cluster of each trip; none for trips that were left out.
    pub labels: Labels,
    /// How much each trip belongs to each cluster, `[row of prepared, cluster]`; rows sum to 1.
    /// Clusters that no trip belongs to most come last.
    pub q: Table,
    /// The centers, in the order of `q`'s columns: `[cluster, number]`.
    pub centers: Table,
    /// The embeddings after enlarging and refining: `[row of prepared, number]`.
    pub embedding: Table,
    /// The typical trip of each cluster: its medoid among the embeddings.
    pub medoids: Vec<u32>,
    /// The numbers of clusters that were tried, where none was given.
    pub tried: Vec<KTried>,
    /// Loss and share of changed labels as refining went.
    pub curves: Curves,
    /// Why refining ended; none for k-means alone.
    pub ended: Option<Ended>,
}

/// Groups embedded trips: k-means among the embeddings, then encoder and centers refined together.
///
/// # Errors
///
/// [`Stopped`]: cancelled, or more clusters than trips, in words.
pub fn group(
    embedded: &Embedded,
    params: &Checked<DeepParams>,
    device: DeviceChoice,
    job: &Job,
    watch: &Watch,
) -> Result<DeepClusters, Stopped> {
    let (embedding, n) = (&embedded.embedding, embedded.embedding.len());
    if params.k > n {
        let k = params.k;
        return Err(Stopped::Failed(format!("k is {k}, but there are only {n} trips; lower k")));
    }
    let seed = params.seed as u64;
    let tried = if params.k == 0 { tried(embedding, params, job)? } else { Vec::new() };
    let k = if params.k == 0 { choice::best(&tried).unwrap_or(1) } else { params.k };
    let found = k_means(embedding.values(), embedding.width(), k, params.starts, seed, job)?;
    let found = found.ok_or_else(|| Stopped::Failed("the embeddings are no numbers".into()))?;
    // What belongs to a center is told by distances against 1: embeddings come in any size.
    let by = enlargement(&Table::new(embedding.width(), found.centers.clone()), params.separation);
    let grown =
        |values: &[f32]| Table::new(embedding.width(), values.iter().map(|x| x * by).collect());
    let (embedding, centers) = (grown(embedding.values()), grown(&found.centers));
    if params.most_steps == 0 || k == 1 {
        let q = soft_assignment(&embedding, &centers, params.alpha);
        let made = (q, centers, embedding, found.groups);
        return Ok(named(embedded, made, tried, Curves::default(), None));
    }
    let steps = RefineParams {
        alpha: params.alpha,
        tolerance: params.tolerance,
        update_interval: params.update_interval,
        most_steps: params.most_steps,
        batch: params.batch,
        rule: params.rule,
        rate: params.rate,
        seed,
        ..RefineParams::default()
    };
    let place = Place::choose(device);
    let samples = &embedded.prepared.samples;
    let autoencoder = embedded.autoencoder.enlarged(by);
    let refined = refine(&autoencoder, samples, &centers, &steps, &place, job, watch)?;
    let made = (refined.q, refined.centers, refined.embedding, refined.labels);
    Ok(named(embedded, made, tried, refined.curves, Some(refined.ended)))
}

/// By what embeddings are multiplied so that half of the `centers` have another one nearer than
/// `separation`; 1 where that is 0, there is one center, or they lie on one another.
fn enlargement(centers: &Table, separation: f64) -> f32 {
    let nearest = |(at, own): (usize, &[f32])| {
        let others = centers.iter().enumerate().filter(|(other, _)| *other != at);
        let distance = |other: &[f32]| -> f64 {
            own.iter().zip(other).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
        };
        others.map(|(_, other)| distance(other)).fold(f64::INFINITY, f64::min)
    };
    let mut gaps: Vec<f64> = centers.iter().enumerate().map(nearest).collect();
    gaps.sort_by(f64::total_cmp);
    let median = gaps[gaps.len() / 2];
    let by = separation / median;
    if by.is_finite() && by > 0.0 { by as f32 } else { 1.0 }
}

/// Numbers clusters as all methods do, by falling size, and everything else with them.
fn named(
    embedded: &Embedded,
    (q, centers, embedding, groups): (Table, Table, Table, Vec<u32>),
    tried: Vec<KTried>,
    curves: Curves,
    ended: Option<Ended>,
) -> DeepClusters {
    let mut of_trips = vec![None; embedded.prepared.n_trips];
    for (trip, group) in embedded.prepared.trips.iter().zip(&groups) {
        of_trips[*trip as usize] = Some(*group);
    }
    let labels = Labels::new(&of_trips);
    let k = centers.len();
    let mut place = vec![None; k];
    for (label, group) in labels.as_slice().iter().zip(&of_trips) {
        if let (Some(label), Some(group)) = (label, group) {
            place[*group as usize] = Some(*label as usize);
        }
    }
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by_key(|group| place[*group].unwrap_or(k + group));
    let reordered = q.iter().flat_map(|row| order.iter().map(|group| row[*group]));
    let q = Table::new(k, reordered.collect());
    let centers = order.iter().flat_map(|group| centers.row(*group).to_vec()).collect();
    let centers = Table::new(embedding.width(), centers);
    let medoids = medoids(embedded, &embedding, &labels);
    DeepClusters { labels, q, centers, embedding, medoids, tried, curves, ended }
}

/// The trip of each cluster whose embedding is nearest to those of all others of it; of several the
/// first.
fn medoids(embedded: &Embedded, embedding: &Table, labels: &Labels) -> Vec<u32> {
    let rows = |trips: &[u32]| -> Vec<usize> {
        trips.iter().filter_map(|trip| embedded.prepared.row_of(*trip as usize)).collect()
    };
    let medoid = |trips: &Vec<u32>| {
        let rows = rows(trips);
        let sum = |row: usize| -> f64 {
            let to = |other: &usize| -> f64 {
                let pairs = embedding.row(row).iter().zip(embedding.row(*other));
                pairs.map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
            };
            rows.iter().map(to).sum()
        };
        let sums: Vec<f64> = rows.par_iter().map(|row| sum(*row)).collect();
        let least = (0..rows.len()).min_by(|a, b| sums[*a].total_cmp(&sums[*b]));
        least.map_or(0, |at| embedded.prepared.trips[rows[at]])
    };
    labels.members().iter().map(medoid).collect()
}

impl DeepClusters {
    /// How much trip `trip` of `embedded` belongs to each cluster; none where it was left out.
    pub fn membership<'a>(&'a self, embedded: &Embedded, trip: usize) -> Option<&'a [f32]> {
        embedded.prepared.row_of(trip).map(|at| self.q.row(at))
    }
}

#[cfg(test)]
mod tests;
