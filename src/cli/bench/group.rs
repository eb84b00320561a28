//! Clustering: what the user waits for while a slider moves.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};

use super::lanes::{LANES, trips};
use super::view::median_ms;
use super::{Ground, checked};
use crate::ais::Trip;
use crate::base::job::{Job, Stopped};
use crate::cluster::matrix::Spare;
use crate::cluster::{
    self, DensityParams, SpectrumParams, SweepParams, agreement, dbscan, red_flags,
};
use crate::distance::{DistanceParams, Distances, Metric, Paths, SurfaceChoice, Weights};

/// How often each is run; the median counts.
const RUNS: usize = 7;
/// So many points a trip are enough to make distances to be clustered.
const POINTS: usize = 25;

/// Distances between trips along lanes, and the lane of each.
fn distances(n: usize, metric: Metric) -> Result<(Distances, Vec<Option<u32>>), Stopped> {
    let (fleet, trips) = trips(n, POINTS, 7);
    let job = Job::default();
    let fault = |error: crate::distance::DistanceError| Stopped::Failed(error.to_string());
    let paths = Paths::new(&fleet, &trips, SurfaceChoice::Plane, 0, &job).map_err(fault)?;
    let params = DistanceParams { metric, ..DistanceParams::default() };
    let truth = |trip: &Trip| trip.true_route(&fleet);
    let truth = trips.iter().map(truth).collect();
    Ok((crate::distance::measure(&paths, &params, &job).map_err(fault)?, truth))
}

/// A moved eps on 5,000 trips, to new labels and what is odd about them.
pub fn eps(bench: &Ground) -> Result<Value, Stopped> {
    let (distances, _) = distances(bench.some(5000), Metric::Sspd)?;
    let job = Job::default();
    let ground =
        cluster::Ground::weighed(&distances, &Weights::default(), 64, &Spare::default(), &job)?;
    let tree = ground.tree(&checked(&DensityParams::default()), &job)?;
    let core = tree.k_distances();
    let mut share = 0.1;
    let mut clusters = 0;
    let ms = median_ms(RUNS, || {
        share += 0.05;
        let eps = core[(share * core.len() as f64) as usize];
        let labels = tree.cut(&ground.near, eps);
        black_box(red_flags(&labels, Some(tree.cores(eps))));
        clusters = labels.clusters();
        Ok(())
    })?;
    let matrix = distances.combine(&Weights::default());
    let eps = core[core.len() / 4];
    let plain_ms = median_ms(3, || {
        black_box(dbscan(&matrix, eps, DensityParams::default().min_trips));
        Ok(())
    })?;
    Ok(json!({
        "ms": ms,
        "plain_ms": plain_ms,
        "plain": "DBSCAN on the same matrix from nothing, one core",
        "clusters": clusters,
        "cores": rayon::current_num_threads(),
        "n": ground.near.len(),
    }))
}

/// A moved weight on 5,000 trips, to new labels.
pub fn weights(bench: &Ground) -> Result<Value, Stopped> {
    let (distances, _) = distances(bench.some(5000), Metric::Msspd)?;
    let job = Job::default();
    let (mut sog, spare) = (0.2, Spare::default());
    let mut clusters = 0;
    let ms = median_ms(RUNS, || {
        sog -= 0.01;
        let weights = Weights { sspd: 0.8 - sog, sog, ..Weights::default() };
        let ground = cluster::Ground::weighed(&distances, &weights, 64, &spare, &job)?;
        let tree = ground.tree(&checked(&DensityParams::default()), &job)?;
        let core = tree.k_distances();
        clusters = tree.cut(&ground.near, core[core.len() / 10]).clusters();
        Ok(())
    })?;
    let limit_ms = median_ms(RUNS, || {
        black_box(distances.combine(&Weights::default()));
        Ok(())
    })?;
    Ok(json!({
        "ms": ms,
        "limit_ms": limit_ms,
        "limit": "adding up the three matrices, all cores",
        "clusters": clusters,
        "cores": rayon::current_num_threads(),
        "n": distances.n(),
    }))
}

/// Twenty eps for each of ten `MinPts` on 2,000 trips, with all indices.
pub fn sweep(bench: &Ground) -> Result<Value, Stopped> {
    let (distances, truth) = distances(bench.some(2000), Metric::Sspd)?;
    let job = Job::default();
    let ground =
        cluster::Ground::weighed(&distances, &Weights::default(), 64, &Spare::default(), &job)?;
    let params = checked(&SweepParams {
        min_trips_low: 2,
        min_trips_high: 11,
        eps_count: 20,
        ..SweepParams::default()
    });
    let mut found = None;
    let ms = median_ms(3, || {
        found = Some(ground.sweep(&params, &job)?);
        Ok(())
    })?;
    let best = found.as_ref().and_then(|sweep| sweep.rows.get(sweep.best?)).cloned();
    let ari = match &best {
        Some(best) => {
            let density = checked(&DensityParams { min_trips: best.min_trips });
            let labels = ground.tree(&density, &job)?.cut(&ground.near, best.eps);
            agreement(&truth, labels.as_slice()).map(|agreement| agreement.ari)
        }
        None => None,
    };
    // One pair by itself, as a program without our tree would do it.
    let matrix = distances.combine(&Weights::default());
    let start = Instant::now();
    if let Some(best) = &best {
        black_box(dbscan(&matrix, best.eps, best.min_trips));
    }
    let dbscan_ms = start.elapsed().as_secs_f64() * 1000.0;
    Ok(json!({
        "ms": ms,
        "plain_ms": 200.0 * dbscan_ms,
        "plain": "200 times one DBSCAN from nothing, without indices, one core",
        "pairs_tried": found.map_or(0, |sweep| sweep.rows.len()),
        "best": best,
        "ari": ari,
        "true_clusters": LANES,
        "cores": rayon::current_num_threads(),
        "n": distances.n(),
    }))
}

/// Spectral clustering into 20 clusters of 2,000 trips.
pub fn spectral(bench: &Ground) -> Result<Value, Stopped> {
    let (distances, truth) = distances(bench.some(2000), Metric::Sspd)?;
    let job = Job::default();
    let ground =
        cluster::Ground::weighed(&distances, &Weights::default(), 64, &Spare::default(), &job)?;
    let params = checked(&SpectrumParams { k_max: LANES, ..SpectrumParams::default() });
    let mut labels = None;
    let ms = median_ms(3, || {
        labels = ground.spectrum(&params, &job)?.labels(LANES, 1, &job)?;
        Ok(())
    })?;
    let labels = labels.ok_or_else(|| Stopped::Failed("there are too few eigenvectors".into()))?;
    let limit_ms = median_ms(3, || {
        black_box(ground.indices(&labels));
        Ok(())
    })?;
    Ok(json!({
        "ms": ms,
        "limit_ms": limit_ms,
        "limit": "adding up all distances once, for the indices of the result",
        "ari": agreement(&truth, labels.as_slice()).map(|agreement| agreement.ari),
        "cores": rayon::current_num_threads(),
        "n": distances.n(),
    }))
}
