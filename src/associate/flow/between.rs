//! What speaks against a link: a third point that lies between and fits both.
//!
//! Reports of one ship at irregular gaps can be linked as two ships that sail through each other,
//! each with the gaps that are most usual. Two ships are never in one place; so where a point lies
//! between two others, and would follow the one and be followed by the other almost surely, the two
//! are not linked past it. In crowded places nothing is almost sure, and nothing is held against a
//! link.

use rayon::prelude::*;

use super::matching::Edge;
use crate::base::job::{Job, Stopped};

/// What is to be added to the cost of each edge: `weight` times what the better way by a third point
/// is worth above `least`: the smaller worth of its two links, of the third point where that is
/// greatest.
///
/// `edges` between `n` points must be ordered by `from`, then `to`.
pub(super) fn held_against(
    edges: &[Edge],
    n: usize,
    weight: f32,
    least: f32,
    job: &Job,
) -> Result<Vec<f32>, Stopped> {
    let mut begins = vec![0_u32; n + 1];
    edges.iter().for_each(|edge| begins[edge.from as usize + 1] += 1);
    for at in 0..n {
        begins[at + 1] += begins[at];
    }
    let of = |at: u32| &edges[begins[at as usize] as usize..begins[at as usize + 1] as usize];
    let worth = |edge: &Edge| {
        let mut most = least;
        for first in of(edge.from).iter().take_while(|first| first.to < edge.to) {
            if -first.cost > most {
                let rest = of(first.to);
                if let Ok(place) = rest.binary_search_by_key(&edge.to, |second| second.to) {
                    most = most.max((-first.cost).min(-rest[place].cost));
                }
            }
        }
        most - least
    };
    job.go_on()?;
    let weighed = |edge: &Edge| if edge.cost < 0.0 { weight * worth(edge) } else { 0.0 };
    Ok(edges.par_iter().with_min_len(1000).map(weighed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_between_that_fits_both_is_held_against_a_link() {
        let edge = |from, to, cost| Edge { from, to, cost };
        let edges = [
            edge(0, 1, -20.0),
            edge(0, 2, -30.0),
            edge(0, 3, -9.0),
            edge(1, 2, -18.0),
            edge(2, 3, -8.0),
        ];
        let found = held_against(&edges, 4, 0.5, 6.0, &Job::default()).unwrap();
        // 0 to 2 by 1 is worth 18; 0 to 3 by 2 is worth 8.
        assert_eq!(found, [0.0, 0.5 * 12.0, 0.5 * 2.0, 0.0, 0.0]);
    }
}
