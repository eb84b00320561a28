//! What lies near a place: the leaves of [`super::boxes::Tree`], sorted by where they are.
//!
//! That tree goes by ships and time, which is what drawing needs. Near a busy lane it has a box for
//! almost every voyage, so pointing needs another: leaves in the order of a Hilbert curve, which
//! keeps neighbors together, with boxes around sixteen of them, and so on.

use rayon::prelude::*;

use super::boxes::Node;
use super::vertex::WORLD;

/// Children of a node.
const FAN: usize = 16;

/// Bits of each coordinate that the curve goes by.
const BITS: u32 = 16;

/// Leaves by place.
#[derive(Clone, Debug, Default)]
pub struct Near {
    // Invariant: `ranks[0]` has the boxes of the leaves in `order`; each next rank has a box for 16
    // of the rank before; the last has at most 16.
    order: Vec<u32>,
    ranks: Vec<Vec<Square>>,
}

/// A rectangle, in units; its east may lie beyond the end of the world.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Square {
    min: [u32; 2],
    max: [u32; 2],
}

impl Square {
    const EMPTY: Square = Square { min: [u32::MAX; 2], max: [0; 2] };

    fn of(node: &Node) -> Square {
        Square { min: node.min, max: node.max }
    }

    fn is_empty(&self) -> bool {
        self.min[0] > self.max[0]
    }

    fn union(self, other: &Square) -> Square {
        Square {
            min: [self.min[0].min(other.min[0]), self.min[1].min(other.min[1])],
            max: [self.max[0].max(other.max[0]), self.max[1].max(other.max[1])],
        }
    }

    /// How far `at` is from it, in units: the greater of both directions.
    fn distance(&self, at: [u32; 2]) -> f64 {
        if self.is_empty() {
            return f64::INFINITY;
        }
        // It may reach over the date line, or `at` be near that: look from all copies.
        let copies = [0.0, f64::from(WORLD), -f64::from(WORLD)];
        let dx = copies.map(|copy| {
            let x = f64::from(at[0]) + copy;
            (f64::from(self.min[0]) - x).max(x - f64::from(self.max[0])).max(0.0)
        });
        let y = f64::from(at[1]);
        let dy = (f64::from(self.min[1]) - y).max(y - f64::from(self.max[1])).max(0.0);
        dx[0].min(dx[1]).min(dx[2]).max(dy)
    }

    /// Where on the curve its middle lies.
    fn place(&self) -> u32 {
        let middle = |min: u32, max: u32| ((min / 2 + max / 2) % WORLD) >> (31 - BITS);
        if self.is_empty() {
            return u32::MAX;
        }
        hilbert(middle(self.min[0], self.max[0]), middle(self.min[1], self.max[1]))
    }
}

impl Near {
    /// Sorts the leaves of a tree.
    pub fn new(leaves: &[Node]) -> Near {
        let mut places: Vec<(u32, u32)> = leaves
            .par_iter()
            .enumerate()
            .map(|(leaf, node)| (Square::of(node).place(), leaf as u32))
            .collect();
        places.par_sort_unstable();
        let order: Vec<u32> = places.into_par_iter().map(|(_, leaf)| leaf).collect();
        let first = order.par_iter().map(|leaf| Square::of(&leaves[*leaf as usize]));
        let mut ranks = vec![first.collect::<Vec<Square>>()];
        while let Some(rank) = ranks.last().filter(|rank| rank.len() > FAN) {
            let join = |chunk: &[Square]| chunk.iter().fold(Square::EMPTY, Square::union);
            ranks.push(rank.par_chunks(FAN).map(join).collect());
        }
        Near { order, ranks }
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        let n_squares: usize = self.ranks.iter().map(Vec::len).sum();
        n_squares * size_of::<Square>() + self.order.len() * size_of::<u32>()
    }

    /// Hands out the leaves within `reach` of `at`, in units: nearer ones mostly before those
    /// further away. `found` gives the reach from then on; less than zero ends the search.
    pub fn search(&self, at: [u32; 2], reach: f64, found: &mut impl FnMut(usize) -> f64) {
        let Some(top) = self.ranks.len().checked_sub(1) else { return };
        let mut reach = reach;
        self.search_nodes(top, 0..self.ranks[top].len(), at, &mut reach, found);
    }

    fn search_nodes(
        &self,
        rank: usize,
        nodes: std::ops::Range<usize>,
        at: [u32; 2],
        reach: &mut f64,
        found: &mut impl FnMut(usize) -> f64,
    ) {
        let mut near = [(0.0, 0); FAN];
        let mut n = 0;
        for node in nodes {
            let distance = self.ranks[rank][node].distance(at);
            if distance <= *reach {
                near[n] = (distance, node);
                n += 1;
            }
        }
        near[..n].sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for (distance, node) in &near[..n] {
            if distance > reach {
                return;
            }
            if rank == 0 {
                *reach = reach.min(found(self.order[*node] as usize));
            } else {
                let children = node * FAN..((node + 1) * FAN).min(self.ranks[rank - 1].len());
                self.search_nodes(rank - 1, children, at, reach, found);
            }
        }
    }
}

/// Where on a Hilbert curve over a square of 2^[`BITS`] a point lies.
fn hilbert(mut x: u32, mut y: u32) -> u32 {
    let mut place = 0;
    let mut side = 1 << (BITS - 1);
    while side > 0 {
        let (right, lower) = (u32::from(x & side != 0), u32::from(y & side != 0));
        place = (place << 2) | ((3 * right) ^ lower);
        if lower == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
        side >>= 1;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn the_curve_goes_from_neighbor_to_neighbor() {
        let side = 16;
        let mut cells: Vec<(u32, [i64; 2])> = (0..side * side)
            .map(|cell| {
                let [x, y] = [cell % side, cell / side];
                (hilbert(x, y), [i64::from(x), i64::from(y)])
            })
            .collect();
        cells.sort_unstable();
        for pair in cells.windows(2) {
            let [a, b] = [pair[0].1, pair[1].1];
            assert_eq!((a[0] - b[0]).abs() + (a[1] - b[1]).abs(), 1, "{pair:?}");
        }
    }

    /// Many small boxes anywhere, one across the date line, one of nothing.
    fn leaves() -> Vec<Node> {
        let mut rng = Rng::new(3, 0);
        let node = |min: [u32; 2], max: [u32; 2]| Node { min, max, times: [0; 2], slots: [0; 2] };
        let mut leaves: Vec<Node> = (0..3000)
            .map(|_| {
                let [x, y] = [0; 2].map(|_| rng.below(2_000_000_000) as u32);
                node([x, y], [x + rng.below(500_000) as u32, y + rng.below(500_000) as u32])
            })
            .collect();
        leaves.push(node([WORLD - 100, 1_000_000], [WORLD + 100, 1_000_100]));
        leaves.push(node([u32::MAX; 2], [0; 2]));
        leaves
    }

    #[test]
    fn what_is_within_reach_is_found_once_and_nothing_else() {
        let leaves = leaves();
        let near = Near::new(&leaves);
        let mut rng = Rng::new(4, 0);
        for reach in [0.0, 1e5, 1e7] {
            for _ in 0..50 {
                let at = [0; 2].map(|_| rng.below(2_000_000_000) as u32);
                let mut found = Vec::new();
                near.search(at, reach, &mut |leaf| {
                    found.push(leaf);
                    reach
                });
                found.sort_unstable();
                let is_near = |leaf: &usize| Square::of(&leaves[*leaf]).distance(at) <= reach;
                assert_eq!(found, (0..leaves.len()).filter(is_near).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_shrinking_reach_leaves_out_what_is_further() {
        let leaves = leaves();
        let near = Near::new(&leaves);
        let (mut n_all, mut n_seen) = (0, 0);
        let at = [1_000_000_000; 2];
        near.search(at, 1e9, &mut |_| {
            n_all += 1;
            1e9
        });
        let mut least = f64::INFINITY;
        near.search(at, 1e9, &mut |leaf| {
            n_seen += 1;
            least = least.min(Square::of(&leaves[leaf]).distance(at));
            least
        });
        let truth = leaves.iter().map(|leaf| Square::of(leaf).distance(at));
        assert_eq!(least, truth.fold(f64::INFINITY, f64::min));
        assert!(n_seen * 20 < n_all, "{n_seen} of {n_all}");
    }

    #[test]
    fn both_sides_of_the_date_line_are_near_to_it() {
        let near = Near::new(&leaves());
        for x in [0, 50, WORLD - 50] {
            let mut n = 0;
            near.search([x, 1_000_050], 0.0, &mut |_| {
                n += 1;
                0.0
            });
            assert_eq!(n, 1, "{x}");
        }
    }

    #[test]
    fn nothing_is_near_where_nothing_is() {
        Near::new(&[]).search([0; 2], 1e9, &mut |_| panic!("nothing to find"));
    }
}
