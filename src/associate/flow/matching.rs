//! The cheapest one-to-one links: a matching of least cost on a sparse graph.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use crate::base::job::{Job, Stopped};

/// A possible link and what it costs against none: below 0 where it is better than none.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Edge {
    pub from: u32,
    pub to: u32,
    pub cost: f32,
}

/// No place.
const NONE: u32 = u32::MAX;

/// Finds the links of least total cost such that of each point at most one begins and at most one
/// ends there, and returns where each of the `n` points leads. Links that cost 0 or more are never
/// made. `edges` must be ordered by `from`, and name no pair twice.
///
/// The graph falls apart where no link is worth its while; its parts are solved in parallel, each
/// by shortest augmenting paths. A path ends where it is cheapest to leave some point without
/// successor, so that it stays short; in practice the time grows as the number of edges does.
///
/// # Reference
///
/// Jonker, Volgenant (1987), *A Shortest Augmenting Path Algorithm for Dense and Sparse Linear
/// Assignment Problems*. Ours leaves points free at a price, and so needs no square matrix.
pub(super) fn cheapest_links(
    n: usize,
    edges: &[Edge],
    job: &Job,
) -> Result<Vec<Option<u32>>, Stopped> {
    let edges: Vec<Edge> = edges.iter().filter(|edge| edge.cost < 0.0).copied().collect();
    let (ends, places) = parts(n, &edges);
    let solved: Vec<Vec<(u32, u32)>> = (0..ends.len())
        .into_par_iter()
        .with_min_len(16)
        .map(|part| {
            job.go_on()?;
            let from = if part > 0 { ends[part - 1] } else { 0 };
            Part::new(&edges, &places[from as usize..ends[part] as usize]).solve(job)
        })
        .collect::<Result<_, Stopped>>()?;
    let mut next = vec![None; n];
    for (from, to) in solved.into_iter().flatten() {
        next[from as usize] = Some(to);
    }
    Ok(next)
}

/// The places of the edges, part after part of the graph, and where each part ends.
fn parts(n: usize, edges: &[Edge]) -> (Vec<u32>, Vec<u32>) {
    // A point is twice in the graph: as one that leads somewhere, and as one that is led to.
    let mut roots: Vec<u32> = (0..2 * n as u32).collect();
    for edge in edges {
        let (a, b) = (root(&mut roots, edge.from), root(&mut roots, edge.to + n as u32));
        roots[a.max(b) as usize] = a.min(b);
    }
    // Parts are numbered in the order of their first edges.
    let mut part_of = vec![NONE; 2 * n];
    let mut ends: Vec<u32> = Vec::new();
    for edge in edges {
        let part = &mut part_of[root(&mut roots, edge.from) as usize];
        if *part == NONE {
            *part = ends.len() as u32;
            ends.push(0);
        }
        ends[*part as usize] += 1;
    }
    // From counts to where each part begins; to where it ends while places are written.
    let mut begin = 0;
    for end in &mut ends {
        begin += std::mem::replace(end, begin);
    }
    let mut places = vec![0; edges.len()];
    for (at, edge) in edges.iter().enumerate() {
        let end = &mut ends[part_of[root(&mut roots, edge.from) as usize] as usize];
        places[*end as usize] = at as u32;
        *end += 1;
    }
    (ends, places)
}

/// The first of the points that `at` hangs together with, shortening the way there.
fn root(roots: &mut [u32], mut at: u32) -> u32 {
    while roots[at as usize] != at {
        roots[at as usize] = roots[roots[at as usize] as usize];
        at = roots[at as usize];
    }
    at
}

/// One part of the graph, its points numbered anew: rows lead to columns.
struct Part {
    // Points by rows, and by columns.
    rows: Vec<u32>,
    columns: Vec<u32>,
    // Where the edges of each row begin, and the end of the last.
    begins: Vec<u32>,
    // Column and cost of each edge.
    edges: Vec<(u32, f64)>,
}

impl Part {
    fn new(all: &[Edge], places: &[u32]) -> Part {
        let mut columns: Vec<u32> = places.iter().map(|at| all[*at as usize].to).collect();
        columns.sort_unstable();
        columns.dedup();
        let (mut rows, mut begins) = (Vec::new(), Vec::new());
        let mut edges = Vec::with_capacity(places.len());
        for at in places {
            let edge = all[*at as usize];
            if rows.last() != Some(&edge.from) {
                rows.push(edge.from);
                begins.push(edges.len() as u32);
            }
            let column = columns.binary_search(&edge.to).expect("it was collected above");
            edges.push((column as u32, f64::from(edge.cost)));
        }
        begins.push(edges.len() as u32);
        Part { rows, columns, begins, edges }
    }

    fn edges_of(&self, row: u32) -> &[(u32, f64)] {
        let row = row as usize;
        &self.edges[self.begins[row] as usize..self.begins[row + 1] as usize]
    }

    /// Pairs of points that are linked.
    fn solve(&self, job: &Job) -> Result<Vec<(u32, u32)>, Stopped> {
        let (n, m) = (self.rows.len(), self.columns.len());
        // Prices of columns, 0 or below, 0 while nobody leads there. A row pays at most 0: that is
        // what it costs to lead nowhere.
        let mut price = vec![0.0_f64; m];
        let mut row_of = vec![NONE; m];
        let mut column_of = vec![NONE; n];
        // Of the search under way: the way's length to each column, the row it came from.
        let mut length = vec![f64::INFINITY; m];
        let mut came = vec![NONE; m];
        let mut is_done = vec![false; m];
        let mut touched: Vec<u32> = Vec::new();
        let mut heap = BinaryHeap::new();
        for begin in 0..n as u32 {
            if begin.is_multiple_of(1024) {
                job.go_on()?;
            }
            // The cheapest end found: to leave the row of some column, or this one, without
            // successor; or a free column.
            let mut best = (0.0, NONE);
            let mut end = None;
            let mut row = begin;
            let mut walked = 0.0;
            loop {
                // What it costs so far, less what the row paid for its column.
                let paid = match column_of[row as usize] {
                    NONE => 0.0,
                    column => self.cost(row, column) - price[column as usize],
                };
                for (column, cost) in self.edges_of(row) {
                    let at = *column as usize;
                    let way = walked + (cost - price[at] - paid);
                    if !is_done[at] && way < length[at] && way < best.0 {
                        if length[at].is_infinite() {
                            touched.push(*column);
                        }
                        length[at] = way;
                        came[at] = row;
                        heap.push(Reverse((Way(way), *column)));
                    }
                }
                let next = loop {
                    match heap.pop() {
                        Some(Reverse((Way(way), column)))
                            if is_done[column as usize] || way > length[column as usize] => {}
                        Some(Reverse((Way(way), _))) if way >= best.0 => break None,
                        Some(Reverse((Way(way), column))) => break Some((way, column)),
                        None => break None,
                    }
                };
                let Some((way, column)) = next else { break };
                is_done[column as usize] = true;
                if row_of[column as usize] == NONE {
                    // Its price is 0, and no other end is as cheap.
                    best.0 = way;
                    end = Some(column);
                    break;
                }
                row = row_of[column as usize];
                walked = way;
                // To leave `row` without successor instead of here.
                let leave = way - (self.cost(row, column) - price[column as usize]);
                if leave < best.0 {
                    best = (leave, column);
                }
            }
            // Prices: what is nearer than the end becomes as dear as the end.
            for column in touched.drain(..) {
                let at = column as usize;
                if is_done[at] && length[at] < best.0 {
                    price[at] += length[at] - best.0;
                }
                length[at] = f64::INFINITY;
                is_done[at] = false;
            }
            heap.clear();
            let mut column = match end {
                Some(column) => column,
                None if best.1 == NONE => continue,
                None => {
                    column_of[row_of[best.1 as usize] as usize] = NONE;
                    best.1
                }
            };
            loop {
                let row = came[column as usize];
                row_of[column as usize] = row;
                let before = std::mem::replace(&mut column_of[row as usize], column);
                if row == begin {
                    break;
                }
                column = before;
            }
        }
        let pairs = column_of.iter().enumerate().filter(|(_, column)| **column != NONE);
        Ok(pairs.map(|(row, column)| (self.rows[row], self.columns[*column as usize])).collect())
    }

    fn cost(&self, row: u32, column: u32) -> f64 {
        let edges = self.edges_of(row).iter();
        edges.clone().find(|edge| edge.0 == column).map_or(f64::INFINITY, |edge| edge.1)
    }
}

/// A length, ordered.
#[derive(Clone, Copy, PartialEq)]
struct Way(f64);

impl Eq for Way {}

impl PartialOrd for Way {
    fn partial_cmp(&self, other: &Way) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Way {
    fn cmp(&self, other: &Way) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    fn edge(from: u32, to: u32, cost: f32) -> Edge {
        Edge { from, to, cost }
    }

    fn total(edges: &[Edge], next: &[Option<u32>]) -> f32 {
        let cost = |from: usize, to: u32| {
            edges.iter().find(|e| e.from == from as u32 && e.to == to).unwrap().cost
        };
        next.iter().enumerate().filter_map(|(from, to)| Some(cost(from, (*to)?))).sum()
    }

    /// The least total cost, by trying all.
    fn least(edges: &[Edge], from: u32, n: u32, taken: u32) -> f32 {
        if from == n {
            return 0.0;
        }
        let mut best = least(edges, from + 1, n, taken);
        for edge in edges.iter().filter(|edge| edge.from == from && taken & (1 << edge.to) == 0) {
            best = best.min(edge.cost + least(edges, from + 1, n, taken | (1 << edge.to)));
        }
        best
    }

    #[test]
    fn the_greedy_choice_gives_way_where_both_gain() {
        // Both like 2; 0 has nowhere else to go.
        let edges = [edge(0, 2, -3.0), edge(1, 2, -5.0), edge(1, 3, -4.0)];
        let next = cheapest_links(4, &edges, &Job::default()).unwrap();
        assert_eq!(next, [Some(2), Some(3), None, None]);
    }

    #[test]
    fn a_link_that_costs_more_than_none_is_not_made() {
        let edges = [edge(0, 1, 0.5), edge(1, 2, -0.1), edge(2, 3, 0.0)];
        let next = cheapest_links(4, &edges, &Job::default()).unwrap();
        assert_eq!(next, [None, Some(2), None, None]);
    }

    #[test]
    fn the_matching_is_as_cheap_as_the_best_of_all() {
        for seed in 0..300 {
            let mut rng = Rng::new(seed, 0);
            let mut edges = Vec::new();
            for from in 0..7 {
                for to in 0..7 {
                    if rng.happens(0.5) {
                        edges.push(edge(from, to, rng.between(-4.0, 1.0).round() as f32 - 0.25));
                    }
                }
            }
            let next = cheapest_links(7, &edges, &Job::default()).unwrap();
            let mut ends: Vec<u32> = next.iter().flatten().copied().collect();
            ends.sort_unstable();
            assert!(ends.windows(2).all(|pair| pair[0] < pair[1]), "one to one: {next:?}");
            assert_eq!(total(&edges, &next), least(&edges, 0, 7, 0), "seed {seed}");
        }
    }

    #[test]
    fn nothing_to_link_is_no_link() {
        assert_eq!(cheapest_links(2, &[], &Job::default()), Ok(vec![None, None]));
        assert_eq!(cheapest_links(0, &[], &Job::default()), Ok(vec![]));
    }
}
