//! Flow: the likeliest links of all points together.

mod candidates;
mod matching;
mod model;
mod zip;

use super::links::{Link, Why};
use super::params::FlowParams;
use super::points::Spot;
use crate::base::job::{Job, Stopped};
use candidates::{Measure, Slice, candidates, measure};
use matching::{Edge, cheapest_links};
use rayon::prelude::*;

pub(super) fn flow(spots: &[Spot], params: &FlowParams, job: &Job) -> Result<Vec<Link>, Stopped> {
    let clock = std::time::Instant::now();
    let say = |what: &str| {
        if std::env::var("SAY").is_ok() {
            eprintln!("{:6.2} {what}", clock.elapsed().as_secs_f64())
        }
    };
    let longest = params.longest_gap_s;
    let background = model::log_backgrounds(spots);
    say("background");
    let mut slices: Vec<Slice> = Vec::new();
    let mut before = 0.0;
    for to_s in [60.0, 600.0, 1850.0, 7200.0, longest] {
        if to_s > before {
            slices.push(Slice { from_s: before, to_s, most: 5, by_place: before >= 7200.0 });
            before = to_s;
        }
    }
    let mut model: Option<model::Model> = None;
    let mut links = vec![Link::none(Why::NoCandidate); spots.len()];
    let mut pairs = candidates(spots, &slices, job)?;
    say("candidates");
    let mut stretch = 1.0_f64;
    let (mut death, mut birth) = (vec![2.0_f64; spots.len()], vec![2.0_f64; spots.len()]);
    let end_cost = 0.0;
    for round in 0..params.rounds {
        let cost = |m: &Measure, from: u32, to: u32| -> f64 {
            let log = match &model {
                Some(model) => model.log(m, spots[from as usize].v_kn),
                None => model::prior(m),
            };
            -(log
                - params.locality * background[to as usize]
                - (1.0 - params.locality) * params.ambient)
                - params.end_cost - death[from as usize] - birth[to as usize]
        };
        let edges: Vec<Edge> = pairs
            .par_iter()
            .with_min_len(1000)
            .map(|pair| {
                let m = measure(&spots[pair.from as usize], &spots[pair.to as usize], stretch);
                Edge { from: pair.from, to: pair.to, cost: cost(&m, pair.from, pair.to) as f32 }
            })
            .collect();
        let plain = edges;
        let edges = with_skips(&plain, spots.len(), params.skip as f32);
        say(&format!(
            "costs of {} edges, {} below 0",
            edges.len(),
            edges.iter().filter(|e| e.cost < 0.0).count()
        ));
        let mut next = cheapest_links(spots.len(), &edges, job)?;
        let zipping: f32 = std::env::var("ZIP").map_or(0.8, |v| v.parse().unwrap());
        if round >= 1 && zipping < 9.0 {
            let graph = zip::Graph::new(&plain, spots.len());
            for _ in 0..4 { let k = zip::zip(&graph, &mut next, zipping); say(&format!("zipped {k}")); if k == 0 { break; } }
        }
        say(&format!("matched {}", next.iter().flatten().count()));
        // Margins: second best of each row and column.
        let n = spots.len();
        let mut row_best = vec![[f32::INFINITY; 2]; n];
        let mut col_best = vec![[f32::INFINITY; 2]; n];
        let put = |b: &mut [f32; 2], c: f32| {
            if c < b[0] {
                b[1] = b[0];
                b[0] = c;
            } else if c < b[1] {
                b[1] = c;
            }
        };
        for e in &edges {
            put(&mut row_best[e.from as usize], e.cost);
            put(&mut col_best[e.to as usize], e.cost);
        }
        let mut chosen = vec![];
        let mut speeds = vec![];
        for e in &edges {
            let is_link = next[e.from as usize] == Some(e.to);
            if is_link {
                links[e.from as usize] = Link { to: Some(e.to), why: Why::Likely, cost: e.cost };
            }
            let margin = |b: [f32; 2]| if b[0] == e.cost { b[1].min(0.0) - e.cost } else { -1.0 };
            let least = if round == 0 { 2.0 } else { params.margin as f32 };
            if is_link
                && margin(row_best[e.from as usize]) >= least
                && margin(col_best[e.to as usize]) >= least
            {
                chosen.push(measure(&spots[e.from as usize], &spots[e.to as usize], stretch));
                speeds.push(spots[e.from as usize].v_kn);
            }
        }
        for (at, next) in next.iter().enumerate() {
            if next.is_none() {
                links[at] = Link::none(Why::Ended);
            }
        }
        let ends = next.iter().filter(|next| next.is_none()).count();
        say(&format!("chosen {} ends {ends} end_cost {end_cost}", chosen.len()));
        let mut offs: [Vec<f64>; 2] = Default::default();
        for m in chosen.iter().filter(|m: &&Measure| m.fast_kn < 0.6) { offs[0].push(m.off_m.0.abs()); offs[1].push(m.off_m.1.abs()); }
        if offs[0].len() >= 30 {
            for o in &mut offs { o.sort_unstable_by(f64::total_cmp); }
            let median = |o: &[f64]| o[o.len() / 2].max(0.1);
            let fresh = (median(&offs[1]) / median(&offs[0])).clamp(0.1, 10.0).sqrt();
            if round < 3 && std::env::var("NOSTRETCH").is_err() { stretch = fresh; }
            for e in &mut chosen { if e.fast_kn < 1.5 { e.miss_m = (e.off_m.0 * stretch).hypot(e.off_m.1 / stretch); } }
            say(&format!("stretch {fresh}"));
        }
        if chosen.len() >= 30 {
            let mut gaps: Vec<f64> = chosen.iter().map(|m| m.gap_s).collect();
            gaps.sort_unstable_by(f64::total_cmp);
            let b = gaps[gaps.len() * 9 / 10];
            let (begin, end) = (spots[0].t_s, spots[n - 1].t_s);
            let mut is_begun = vec![false; n];
            for to in next.iter().flatten() { is_begun[*to as usize] = true; }
            let inner_deaths = (0..n).filter(|at| next[*at].is_none() && spots[*at].t_s < end - b).count();
            let inner_births = (0..n).filter(|at| !is_begun[*at] && spots[*at].t_s > begin + b).count();
            let longer = |x: f64| if std::env::var("NOEDGE").is_ok() { 0.0 } else { 1.0 - gaps.partition_point(|g| *g <= x) as f64 / gaps.len() as f64 };
            let (p, q) = ((inner_deaths + 1) as f64 / n as f64, (inner_births + 1) as f64 / n as f64);
            say(&format!("deaths {p} births {q}"));
            for at in 0..n {
                death[at] = -(p + (1.0 - p) * longer(end - spots[at].t_s)).ln();
                birth[at] = -(q + (1.0 - q) * longer(spots[at].t_s - begin)).ln();
            }
        }
        if round + 1 < params.rounds && chosen.len() >= 30 {
            model = Some(model::Model::calibrate(&chosen, &speeds, spots));
            let mut gaps: Vec<f64> = chosen.iter().map(|m| m.gap_s).collect();
            gaps.sort_unstable_by(f64::total_cmp);
            let at = |q: f64| gaps[(q * (gaps.len() - 1) as f64) as usize];
            if round == 0 {
                let k: usize = std::env::var("K").map_or(5, |v| v.parse().unwrap());
                let b = at(0.9);
                let mut slices = Vec::new();
                let mut before = 0.0;
                for q in [0.05, 0.25, 0.5, 0.9] {
                    slices.push(Slice { from_s: before, to_s: at(q), most: k, by_place: false });
                    before = at(q);
                }
                slices.push(Slice { from_s: b, to_s: 4.0 * b, most: 4, by_place: false });
                slices.push(Slice { from_s: b, to_s: longest, most: 5, by_place: true });
                let slices: Vec<Slice> = slices.into_iter().filter(|s| s.to_s > s.from_s).collect();
                pairs = candidates(spots, &slices, job)?;
                say("candidates");
            }
        }
    }
    Ok(links)
}

fn env(name: &str, default: f32) -> f32 {
    static C: std::sync::OnceLock<(f32, f32)> = std::sync::OnceLock::new();
    let c = C.get_or_init(|| { let g = |n: &str, d: f32| std::env::var(n).ok().and_then(|v| v.parse().ok()).unwrap_or(d); (g("FLOOR", 0.0), g("CAP", 100.0)) });
    let _ = default;
    if name == "FLOOR" { c.0 } else { c.1 }
}

/// Adds to each edge what speaks for a point between.
fn with_skips(edges: &[Edge], n: usize, weight: f32) -> Vec<Edge> {
    if weight == 0.0 {
        return edges.to_vec();
    }
    let mut begins = vec![0_u32; n + 1];
    for edge in edges {
        begins[edge.from as usize + 1] += 1;
    }
    for at in 0..n {
        begins[at + 1] += begins[at];
    }
    let of = |at: u32| &edges[begins[at as usize] as usize..begins[at as usize + 1] as usize];
    edges
        .par_iter()
        .with_min_len(1000)
        .map(|edge| {
            let mut most = 0.0_f32;
            if edge.cost < 0.0 {
                for first in of(edge.from).iter().take_while(|e| e.to < edge.to) {
                    if -first.cost <= most {
                        continue;
                    }
                    let rest = of(first.to);
                    if let Ok(place) = rest.binary_search_by_key(&edge.to, |e| e.to) {
                        most = most.max((-first.cost).min(-rest[place].cost));
                    }
                }
            }
            Edge { cost: edge.cost + (weight * (most - env("FLOOR", 0.0))).clamp(0.0, env("CAP", 100.0)), ..*edge }
        })
        .collect()
}
