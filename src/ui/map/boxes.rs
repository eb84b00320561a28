//! Boxes around pieces of tracks, boxes around these, and so on: which pieces are in view, and which
//! lie near the pointer.
//!
//! Neighboring vertices lie near each other, as a ship does not jump. So the tree needs no sorting:
//! a leaf is a box around sixteen legs in a row, sixteen leaves have a box, up to the whole.

use std::ops::Range;

use rayon::prelude::*;

use super::vertex::{Vertex, WORLD, d_x};

/// Children of a node, and legs of a leaf.
const FAN: usize = 16;

/// Legs in boxes.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    // Invariant: `ranks[0]` are the leaves; each next rank has a node for 16 of the rank before; the
    // last has at most 16 nodes.
    ranks: Vec<Vec<Node>>,
    n: usize,
}

/// What is true of some vertices in a row and of the legs that end in them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Node {
    /// The north-western corner, in units.
    pub min: [u32; 2],
    /// The south-eastern corner. Beyond the end of the world where a leg crosses the date line.
    pub max: [u32; 2],
    /// First and last time, in units of the clock.
    pub times: [u32; 2],
    /// Least and greatest slot.
    pub slots: [u32; 2],
}

/// What to do with the vertices of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// None of them.
    None,
    /// All of them.
    All,
    /// Ask for each child.
    Some,
}

impl Node {
    const EMPTY: Node =
        Node { min: [u32::MAX; 2], max: [0; 2], times: [u32::MAX, 0], slots: [u32::MAX, 0] };

    fn union(self, other: &Node) -> Node {
        Node {
            min: [self.min[0].min(other.min[0]), self.min[1].min(other.min[1])],
            max: [self.max[0].max(other.max[0]), self.max[1].max(other.max[1])],
            times: [self.times[0].min(other.times[0]), self.times[1].max(other.times[1])],
            slots: [self.slots[0].min(other.slots[0]), self.slots[1].max(other.slots[1])],
        }
    }

    /// The node of a vertex and, unless it is a first one, of the leg to it.
    fn of(before: Option<&Vertex>, vertex: &Vertex) -> Node {
        if vertex.is_nowhere() {
            return Node::EMPTY;
        }
        let (place, time, slot) = (vertex.place(), vertex.time(), vertex.slot());
        let point = Node { min: place, max: place, times: [time; 2], slots: [slot; 2] };
        let Some(before) = before.filter(|_| !vertex.is_first()) else { return point };
        let [x_from, y_from] = before.place();
        let [x, y] = place;
        let (west, east) = (x_from.min(x), x_from.max(x));
        let crosses = d_x(x_from, x).unsigned_abs() != east - west;
        let (west, east) = if crosses { (east, west + WORLD) } else { (west, east) };
        let leg = Node {
            min: [west, y_from.min(y)],
            max: [east, y_from.max(y)],
            times: [before.time().min(time), before.time().max(time)],
            ..point
        };
        leg.union(&point) // Across the date line the point may lie a world away from the leg.
    }
}

impl Tree {
    /// The tree of the legs between `vertices`.
    pub fn new(vertices: &[Vertex]) -> Tree {
        let leaf = |(leaf, chunk): (usize, &[Vertex])| {
            let first = leaf * FAN;
            (first..).zip(chunk).fold(Node::EMPTY, |node, (index, vertex)| {
                let before = index.checked_sub(1).map(|before| &vertices[before]);
                node.union(&Node::of(before, vertex))
            })
        };
        let mut ranks = vec![vertices.par_chunks(FAN).enumerate().map(leaf).collect::<Vec<Node>>()];
        while let Some(rank) = ranks.last().filter(|rank| rank.len() > FAN) {
            let join = |chunk: &[Node]| chunk.iter().fold(Node::EMPTY, Node::union);
            ranks.push(rank.par_chunks(FAN).map(join).collect());
        }
        Tree { ranks, n: vertices.len() }
    }

    /// How many vertices it holds.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The boxes around sixteen legs in a row.
    pub fn leaves(&self) -> &[Node] {
        self.ranks.first().map_or(&[], Vec::as_slice)
    }

    /// The vertices that a leaf holds, and to which its legs go.
    pub fn of_leaf(&self, leaf: usize) -> Range<usize> {
        leaf * FAN..((leaf + 1) * FAN).min(self.n)
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.ranks.iter().map(|rank| rank.len() * size_of::<Node>()).sum()
    }

    /// Hands out the vertices for which `ask` said so, as ranges in rising order. Nodes of fewer
    /// than `least` vertices are not asked about: they come with their parent.
    pub fn visit(
        &self,
        least: usize,
        ask: &mut impl FnMut(&Node) -> Answer,
        found: &mut impl FnMut(Range<usize>),
    ) {
        let Some(top) = self.ranks.len().checked_sub(1) else { return };
        for node in 0..self.ranks[top].len() {
            self.visit_node(top, node, least, ask, found);
        }
    }

    fn visit_node(
        &self,
        rank: usize,
        index: usize,
        least: usize,
        ask: &mut impl FnMut(&Node) -> Answer,
        found: &mut impl FnMut(Range<usize>),
    ) {
        let size = FAN.pow(rank as u32 + 1);
        match ask(&self.ranks[rank][index]) {
            Answer::None => {}
            Answer::Some if rank > 0 && size / FAN >= least => {
                let children = index * FAN..((index + 1) * FAN).min(self.ranks[rank - 1].len());
                for child in children {
                    self.visit_node(rank - 1, child, least, ask, found);
                }
            }
            Answer::All | Answer::Some => found(index * size..((index + 1) * size).min(self.n)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vertices along the diagonal, the tenth of which begins a new line.
    fn diagonal(n: u32) -> Vec<Vertex> {
        (0..n)
            .map(|i| {
                let vertex = Vertex::new([i * 10, i * 10], i, i / 100, 1.0, 0.0);
                if i % 10 == 0 { vertex.first(false) } else { vertex }
            })
            .collect()
    }

    #[test]
    fn a_visit_finds_what_is_asked_for_and_little_more() {
        let tree = Tree::new(&diagonal(10_000));
        let mut found = Vec::new();
        let mut ask = |node: &Node| {
            if node.max[0] < 5_000 || node.min[0] > 6_000 { Answer::None } else { Answer::Some }
        };
        tree.visit(1, &mut ask, &mut |range| found.push(range));
        let n: usize = found.iter().map(Range::len).sum();
        assert!(found.first().unwrap().start <= 500 && found.last().unwrap().end > 600);
        assert!(n < 150, "{n}");
        assert!(found.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn a_leaf_reaches_back_to_where_its_first_leg_begins() {
        let tree = Tree::new(&diagonal(40));
        assert_eq!(tree.ranks[0][1].min, [150, 150]); // Vertex 15, from where a leg goes to 16.
        assert_eq!(tree.ranks[0][2].max, [390, 390]);
        assert_eq!(tree.ranks[0][1].times, [15, 31]);
    }

    #[test]
    fn the_box_of_a_leg_across_the_date_line_holds_the_leg_and_its_end() {
        for (from, to, west) in [(WORLD - 10, 5, 5), (5, WORLD - 10, WORLD - 10)] {
            let vertices = [[from, 0], [to, 0]].map(|place| Vertex::new(place, 0, 0, 1.0, 0.0));
            let node = Node::of(Some(&vertices[0]), &vertices[1]);
            assert_eq!((node.min[0], node.max[0]), (west, WORLD + 5));
        }
    }

    #[test]
    fn nothing_has_no_boxes() {
        let mut n = 0;
        Tree::new(&[]).visit(1, &mut |_| Answer::All, &mut |_| n += 1);
        assert_eq!(n, 0);
        let tree = Tree::new(&[Vertex::nowhere(0)]);
        assert_eq!(tree.ranks[0], [Node::EMPTY]);
    }

    #[test]
    fn a_tree_takes_little_more_than_two_bytes_a_report() {
        assert!(Tree::new(&diagonal(100_000)).bytes() < 215_000);
    }
}
