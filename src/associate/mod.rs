//! Points without identity become tracks.
//!
//! Some sources tell where ships are but not which: radar, satellites, AIS whose numbers were
//! removed. [`associate()`] gives such [`Points`] their tracks back, by one of several methods, and
//! says of each point why it was linked as it was ([`Why`]). [`score()`] compares with the truth where
//! it is known; no method ever sees it. The order of rows changes nothing.

mod cbtr;
mod em;
mod flow;
pub mod links;
mod lstm;
mod motion;
mod npc;
pub mod params;
pub mod points;
pub mod score;
pub mod segments;
pub mod study;
#[cfg(test)]
mod tests;
mod tree;

pub use links::{Association, Why, successors};
pub use params::{
    AssociateParams, CbtrParams, FlowParams, GroupParams, Method, NetworkParams, NpcParams,
};
pub use points::{Points, PointsError};
pub use score::{Mistake, Score, atd_score, mistakes, score, thinned};
pub use segments::{Segment, segments};
pub use study::{Study, study};

use crate::base::job::{Job, Stopped};
use crate::base::means::k_means;
use crate::base::params::Checked;
use points::{Spot, spots};

/// Puts `points` into tracks.
///
/// `known` is only read by [`Method::Npc`], which has to learn from points whose labels are known:
/// in the order of time, every `test_every`-th point is tested and the others train, so that
/// [`Score::correct_neighbor_rate`] counts the tested ones. The other methods take nothing from it.
///
/// # Errors
///
/// [`Stopped::Failed`] if the next-point connection is to classify and `known` is `None`, or not as
/// long as the points are; [`Stopped::Cancelled`] if the job was cancelled.
pub fn associate(
    points: &Points,
    known: Option<&[u32]>,
    params: &Checked<AssociateParams>,
    job: &Job,
) -> Result<Association, Stopped> {
    let (mut spots, rows) = spots(points);
    let guessed = motion::guess_missing(&mut spots, params.cbtr.longest_gap_s, job)?;
    let linked = |links: Vec<links::Link>| Association::from_links(points, &rows, &links);
    let mut made = match params.method {
        Method::Cbtr => linked(cbtr::cbtr(&spots, &params.cbtr, job)?),
        Method::NpcCluster => linked(npc::cluster(&spots, params.npc.neighbors, job)?),
        Method::Lstm => {
            let known = cbtr::cbtr(&spots, &params.cbtr, &job.uncounted())?;
            let rows = npc::standardized(&spots);
            linked(lstm::lstm(&spots, &rows, &known, &params.network, job)?)
        }
        Method::Flow => linked(flow::flow(&spots, &params.flow, job)?),
        Method::Npc => {
            let known = known.filter(|known| known.len() == points.len()).ok_or_else(|| {
                Stopped::Failed(
                    "next-point classification learns from known labels, and the input has none; \
                     choose npc-cluster, or input with a column of identity"
                        .into(),
                )
            })?;
            let trains = |at: usize| !(at + 1).is_multiple_of(params.npc.test_every);
            let known: Vec<Option<u32>> = rows
                .of_spots
                .iter()
                .enumerate()
                .map(|(at, row)| trains(at).then_some(known[*row as usize]))
                .collect();
            let (labels, links) = npc::classify(&spots, &known, job)?;
            Association::new(points, &rows, &links, &labels)
        }
        Method::Em | Method::Kmeans => {
            Association::from_groups(points, &rows, &groups(&spots, params, job)?)
        }
    };
    made.guessed = guessed;
    Ok(made)
}

/// The group of each spot, by k-means or, from there, by a mixture.
fn groups(spots: &[Spot], params: &AssociateParams, job: &Job) -> Result<Vec<u32>, Stopped> {
    let k = match params.groups.tracks {
        0 => tracks_of_cbtr(spots, params, job)?,
        tracks => tracks,
    };
    let k = k.min(spots.len());
    let rows = npc::standardized(spots);
    let flat: Vec<f32> = rows.iter().flatten().map(|x| *x as f32).collect();
    let (starts, seed) = (params.groups.starts, params.groups.seed as u64);
    let Some(means) = k_means(&flat, 5, k, starts, seed, job)? else {
        return Ok(vec![0; spots.len()]); // No points, or features beyond all numbers.
    };
    if params.method == Method::Kmeans {
        return Ok(means.groups);
    }
    em::mixture(&rows, &means.groups, k, params.groups.rounds, job)
}

fn tracks_of_cbtr(spots: &[Spot], params: &AssociateParams, job: &Job) -> Result<usize, Stopped> {
    let links = cbtr::cbtr(spots, &params.cbtr, job)?;
    let groups = links::connected(&links);
    Ok(groups.iter().enumerate().filter(|(at, first)| *at as u32 == **first).count())
}
