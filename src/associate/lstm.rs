//! Next points foretold by a recurrent network: the paper's baseline.
//!
//! Chen, Harrison, Huang (2020), section 5. The network reads time, longitude, latitude, speed and
//! course of a point and tells the same five of the next one; a track goes from the oldest point that
//! is in none to the point nearest to what was told, among those of no track within a window of time,
//! and on until the window is empty.
//!
//! Ours departs in what it learns from: the paper takes paths whose ships are known, ours the links
//! that CBTR makes, so that it needs no labels and no method here sees the truth.

use super::links::{Link, Why};
use super::params::NetworkParams;
use super::points::Spot;
use crate::base::job::{Job, Stopped};
use crate::learn::{
    Cell, Head, Place, Recurrent, RecurrentShape, Run, Sequences, Split, Table, TrainParams, Watch,
};

/// Features of a point.
const FEATURES: usize = 5;

/// The share of links that the validation loss is measured on, as in the paper.
const HELD_OUT: f64 = 0.2;

/// Links every spot to the nearest of those that the network foretells. `known` are links to learn
/// from, `rows` the standardized features of `spots`, which are in the order of time.
///
/// # Errors
///
/// [`Stopped::Failed`] with fewer than ten links to learn from.
pub(super) fn lstm(
    spots: &[Spot],
    rows: &[[f64; FEATURES]],
    known: &[Link],
    params: &NetworkParams,
    job: &Job,
) -> Result<Vec<Link>, Stopped> {
    let told = foretold(rows, known, params, job)?;
    Ok(follow(spots, rows, &told, params.window_min * 60.0))
}

fn step(row: &[f64; FEATURES]) -> [f32; FEATURES] {
    row.map(|x| x as f32)
}

/// What the network makes of each spot: the features of its next one.
fn foretold(
    rows: &[[f64; FEATURES]],
    known: &[Link],
    params: &NetworkParams,
    job: &Job,
) -> Result<Table, Stopped> {
    let (mut x, mut y) = (Sequences::new(FEATURES), Vec::new());
    for (from, to) in known.iter().enumerate().filter_map(|(from, link)| Some((from, link.to?))) {
        x.push(&step(&rows[from]));
        y.extend(step(&rows[to as usize]));
    }
    if x.len() < 10 {
        return Err(Stopped::Failed(format!(
            "the network has {} links to learn from and needs 10; CBTR makes no more of these points",
            x.len()
        )));
    }
    let shape = RecurrentShape {
        cell: Cell::Lstm,
        input: FEATURES,
        beside: 0,
        units: params.units,
        layers: 1,
        hidden: Vec::new(),
        head: Head::Numbers(FEATURES),
    };
    let train = TrainParams {
        epochs: params.epochs,
        batch: 64,
        rate: 3e-3,
        patience: 5,
        seed: params.network_seed,
        device: params.device,
        ..TrainParams::default()
    };
    let split = Split::by_share(x.len(), HELD_OUT, params.network_seed as u64);
    let (place, watch) = (Place::choose(params.device), Watch::default());
    let run = Run::new(&train, &place, job, &watch);
    let (network, _) = Recurrent::fit(&shape, &x, &Table::new(FEATURES, y), &split, &run)?;
    let mut all = Sequences::new(FEATURES);
    rows.iter().for_each(|row| all.push(&step(row)));
    network.predict(&all, &place, job)
}

/// Tracks, one after the other, each from the oldest spot that is in none.
fn follow(spots: &[Spot], rows: &[[f64; FEATURES]], told: &Table, window_s: f64) -> Vec<Link> {
    let mut links = vec![Link::none(Why::NoCandidate); spots.len()];
    let mut is_taken = vec![false; spots.len()];
    for first in 0..spots.len() {
        let mut at = first;
        if is_taken[first] {
            continue;
        }
        is_taken[first] = true;
        loop {
            let here = told.row(at);
            let from = spots.partition_point(|spot| spot.t_s <= spots[at].t_s);
            let within = |next: &usize| spots[*next].t_s <= spots[at].t_s + window_s;
            let off = |next: usize| -> f64 {
                let pairs = rows[next].iter().zip(here);
                pairs.map(|(x, told)| (x - f64::from(*told)).powi(2)).sum()
            };
            let nearest = (from..spots.len())
                .take_while(within)
                .filter(|next| !is_taken[*next])
                .map(|next| (off(next), next))
                .min_by(|a, b| a.0.total_cmp(&b.0));
            let Some((off, next)) = nearest else { break };
            links[at] = Link { to: Some(next as u32), why: Why::Nearest, cost: off.sqrt() as f32 };
            is_taken[next] = true;
            at = next;
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::super::npc::standardized;
    use super::*;

    /// Ships far apart on straight ways, a report a minute, by time.
    fn ships(n: usize, minutes: usize) -> Vec<Spot> {
        let spot = |minute: usize, ship: usize| Spot {
            t_s: minute as f64 * 60.0 + ship as f64,
            lon_deg: ship as f64 * 0.5,
            lat_deg: 50.0 + minute as f64 * 0.003,
            v_kn: 10.8,
            c_deg: 0.0,
        };
        (0..minutes).flat_map(|minute| (0..n).map(move |ship| spot(minute, ship))).collect()
    }

    fn truth(n: usize, spots: usize) -> Vec<Link> {
        let link = |at: usize| {
            let to = (at + n < spots).then_some((at + n) as u32);
            Link { to, why: Why::Nearest, cost: 0.0 }
        };
        (0..spots).map(link).collect()
    }

    #[test]
    fn ships_far_apart_are_followed_by_what_the_network_learned_of_them() {
        let (n, spots) = (4, ships(4, 60));
        let rows = standardized(&spots);
        let params =
            NetworkParams { units: 32, epochs: 200, window_min: 3.0, ..Default::default() };
        let known = truth(n, spots.len());
        let links = lstm(&spots, &rows, &known, &params, &Job::default()).unwrap();
        // Which of the ship's next few points is taken is left to how well it learned.
        let is_own =
            |(at, link): &(usize, &Link)| link.to.is_some_and(|to| to as usize % n == at % n);
        let own = links.iter().enumerate().filter(is_own).count();
        assert!(own > 9 * spots.len() / 10, "{own} of {}", spots.len());
        let mut targets: Vec<u32> = links.iter().filter_map(|link| link.to).collect();
        let n_links = targets.len();
        targets.sort_unstable();
        targets.dedup();
        assert_eq!(targets.len(), n_links, "no point follows two");
        let again = lstm(&spots, &rows, &known, &params, &Job::default()).unwrap();
        assert!(links.iter().zip(&again).all(|(a, b)| a.to == b.to), "the seed decides");
    }

    #[test]
    fn too_few_links_to_learn_from_are_a_fault_in_words() {
        let spots = ships(2, 3);
        let rows = standardized(&spots);
        let known = vec![Link::none(Why::Ended); spots.len()];
        let params = NetworkParams::default();
        let Err(Stopped::Failed(fault)) = lstm(&spots, &rows, &known, &params, &Job::default())
        else {
            panic!("it has to fail")
        };
        assert!(fault.contains("0 links"), "{fault}");
    }
}
