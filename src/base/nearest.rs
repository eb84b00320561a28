//! The nearest of many rows, exactly, in some tens of dimensions.

use rayon::prelude::*;

use super::linalg::{Matrix, eigen, gram, product};
use super::rows::Rows;

/// Rows that are not cut into halves any more.
const LEAF: usize = 64;

/// Rows that are compared with a query side by side: as many as the processor can hold sums of.
const LANES: usize = 16;

/// Axes after which these are given up if all are too far by then.
const STRIDE: usize = 8;

/// A box is nearer than its bound says by no more than this share: single precision rounds.
const SLACK: f32 = 1.0 - 1e-5;

/// Rows in a tree of boxes, to find those nearest to a query.
///
/// Rows are turned to their principal axes, so that the first few coordinates tell most of a
/// distance, and rounded to `f32` there; halves are cut along the axis of the largest spread until
/// they hold 64 rows, which are compared with a query side by side, axis by axis, until none can be
/// near enough. Nothing is left out by approximation: neighbors differ from those of a plain
/// search only where two rows are as far from the query as single precision can tell.
///
/// # Reference
///
/// Friedman, Bentley, Finkel (1977), *An algorithm for finding best matches in logarithmic expected
/// time*; `McNames` (2001), *A fast nearest-neighbor algorithm based on a principal axis search tree*.
///
/// # Example
///
/// ```
/// use fairway::base::{nearest::Nearest, rows::Rows};
///
/// let nearest = Nearest::new(&Rows::from_values(2, vec![0.0, 0.0, 3.0, 4.0, 9.0, 9.0]));
/// let mut found = Vec::new();
/// nearest.find(&[0.0, 0.0], 2, &mut found);
/// assert_eq!(found, [(0, 0.0), (1, 5.0)]);
/// ```
#[derive(Clone, Debug)]
pub struct Nearest {
    width: usize,
    n: usize,
    means: Vec<f64>,
    /// Columns are the principal axes, the largest first.
    turn: Matrix,
    nodes: Vec<Node>,
    /// The least and the largest coordinate of each node on every axis, `[node, 2, axis]`.
    boxes: Vec<f32>,
    /// `[leaf, block, axis, row of the block]`; infinite where a leaf is not full.
    coordinates: Vec<f32>,
    /// `[leaf, block, row of the block]`: which row it is.
    places: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    Leaf(u32),
    /// Two nodes.
    Halves(u32, u32),
}

impl Nearest {
    /// Prepares to find among `rows`. Takes `O(n width (log n + width))` time.
    ///
    /// # Panics
    ///
    /// If a number is not finite or there are 2^32 rows.
    pub fn new(rows: &Rows) -> Nearest {
        assert!(rows.values().iter().all(|x| x.is_finite()), "rows are finite");
        assert!(u32::try_from(rows.len()).is_ok(), "rows can be counted in 32 bits");
        let (n, width) = (rows.len(), rows.width());
        let mut means = vec![0.0; width];
        for row in rows {
            means.iter_mut().zip(row).for_each(|(mean, x)| *mean += x / n as f64);
        }
        let mut centered = rows.clone();
        for i in 0..n {
            centered.row_mut(i).iter_mut().zip(&means).for_each(|(x, mean)| *x -= mean);
        }
        let turn = axes(&centered);
        let turned: Vec<f32> =
            product(&centered, &turn).values().iter().map(|x| *x as f32).collect();
        let mut nearest = Nearest {
            width,
            n,
            means,
            turn,
            nodes: Vec::new(),
            boxes: Vec::new(),
            coordinates: Vec::new(),
            places: Vec::new(),
        };
        if n > 0 {
            let mut places: Vec<u32> = (0..n as u32).collect();
            nearest.grow(&turned, &mut places);
        }
        nearest
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.n
    }

    /// Whether there is no row to be found.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// Finds the `k` rows nearest to `query`, nearest first, of equally far ones the first; all of
    /// them if there are no more than `k`. `found` is emptied and gets each row's place and its
    /// distance. A query that is not finite finds nothing.
    ///
    /// # Panics
    ///
    /// If the query has another width than the rows.
    pub fn find(&self, query: &[f64], k: usize, found: &mut Vec<(u32, f64)>) {
        self.find_among(query, k, &|_| true, found);
    }

    /// [`Nearest::find`] among the rows at the places that `may` names, as if there were no others.
    ///
    /// # Panics
    ///
    /// If the query has another width than the rows.
    pub fn find_among(
        &self,
        query: &[f64],
        k: usize,
        may: &dyn Fn(u32) -> bool,
        found: &mut Vec<(u32, f64)>,
    ) {
        assert_eq!(query.len(), self.width, "a query is as wide as the rows");
        found.clear();
        let k = k.min(self.n);
        if k == 0 || query.iter().any(|x| !x.is_finite()) {
            return;
        }
        let mut turned = vec![0.0; self.width];
        for (i, (x, mean)) in query.iter().zip(&self.means).enumerate() {
            let difference = x - mean;
            let row = self.turn.row(i);
            turned.iter_mut().zip(row).for_each(|(sum, axis)| *sum += difference * axis);
        }
        let turned: Vec<f32> = turned.into_iter().map(|x| x as f32).collect();
        let mut best = Best { k, may, rows: Vec::with_capacity(k + 1) };
        self.search(0, 0.0, &turned, &mut best);
        found.extend(best.rows.iter().map(|(squared, place)| (*place, f64::from(*squared).sqrt())));
    }

    /// [`Nearest::find`] for each of `queries`, on all cores.
    ///
    /// # Panics
    ///
    /// If the queries have another width than the rows.
    pub fn find_all(&self, queries: &Rows, k: usize) -> Vec<Vec<(u32, f64)>> {
        (0..queries.len())
            .into_par_iter()
            .with_min_len(16)
            .map(|i| {
                let mut found = Vec::new();
                self.find(queries.row(i), k, &mut found);
                found
            })
            .collect()
    }

    /// Makes the node of `places` and all below it; gives its number.
    fn grow(&mut self, turned: &[f32], places: &mut [u32]) -> u32 {
        let row = |place: u32| &turned[place as usize * self.width..][..self.width];
        let mut lows = vec![f32::INFINITY; self.width];
        let mut highs = vec![f32::NEG_INFINITY; self.width];
        for place in places.iter() {
            for (axis, x) in row(*place).iter().enumerate() {
                lows[axis] = lows[axis].min(*x);
                highs[axis] = highs[axis].max(*x);
            }
        }
        let spread = |axis: &usize| highs[*axis] - lows[*axis];
        let widest = (0..self.width).max_by(|a, b| spread(a).total_cmp(&spread(b))).unwrap_or(0);
        let node = self.nodes.len();
        self.boxes.extend(lows.into_iter().chain(highs));
        if places.len() <= LEAF {
            let leaf = self.places.len() / LEAF;
            places.sort_unstable();
            for block in 0..LEAF / LANES {
                let block = places.iter().skip(block * LANES).take(LANES);
                for axis in 0..self.width {
                    let coordinates = block.clone().map(|place| row(*place)[axis]);
                    let filled = coordinates.chain(std::iter::repeat(f32::INFINITY)).take(LANES);
                    self.coordinates.extend(filled);
                }
                let filled = block.copied().chain(std::iter::repeat(u32::MAX)).take(LANES);
                self.places.extend(filled);
            }
            self.nodes.push(Node::Leaf(leaf as u32));
            return node as u32;
        }
        // All leaves but the last are full.
        let middle = places.len().div_ceil(LEAF).div_ceil(2) * LEAF;
        places.select_nth_unstable_by(middle, |a, b| {
            row(*a)[widest].total_cmp(&row(*b)[widest]).then(a.cmp(b))
        });
        self.nodes.push(Node::Leaf(0));
        let (low, high) = places.split_at_mut(middle);
        let halves = (self.grow(turned, low), self.grow(turned, high));
        self.nodes[node] = Node::Halves(halves.0, halves.1);
        node as u32
    }

    fn search(&self, node: u32, bound: f32, query: &[f32], best: &mut Best) {
        if bound * SLACK > best.farthest() {
            return;
        }
        match self.nodes[node as usize] {
            Node::Leaf(leaf) => self.compare(leaf as usize, query, best),
            Node::Halves(one, other) => {
                let (to_one, to_other) = (self.bound(one, query), self.bound(other, query));
                let (near, far) = if to_one <= to_other {
                    ((one, to_one), (other, to_other))
                } else {
                    ((other, to_other), (one, to_one))
                };
                self.search(near.0, near.1, query, best);
                self.search(far.0, far.1, query, best);
            }
        }
    }

    /// The squared distance from the query to the box of a node.
    fn bound(&self, node: u32, query: &[f32]) -> f32 {
        let sides = &self.boxes[node as usize * 2 * self.width..][..2 * self.width];
        let (lows, highs) = sides.split_at(self.width);
        // Four sums at a time, which a sum in order would not allow.
        let mut sums = [0.0_f32; 4];
        let of = |x: f32, low: f32, high: f32| {
            let outside = (low - x).max(x - high).max(0.0);
            outside * outside
        };
        let whole = self.width / 4 * 4;
        for at in (0..whole).step_by(4) {
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum += of(query[at + lane], lows[at + lane], highs[at + lane]);
            }
        }
        for at in whole..self.width {
            sums[0] += of(query[at], lows[at], highs[at]);
        }
        sums.iter().sum()
    }

    /// Compares the query with all rows of a leaf.
    fn compare(&self, leaf: usize, query: &[f32], best: &mut Best) {
        let blocks = leaf * (LEAF / LANES)..(leaf + 1) * (LEAF / LANES);
        for block in blocks {
            let rows = &self.coordinates[block * LANES * self.width..][..LANES * self.width];
            let places = &self.places[block * LANES..][..LANES];
            let Some(sums) = squares(rows, query, best.farthest()) else { continue };
            for (sum, place) in sums.iter().zip(places).filter(|(_, place)| **place != u32::MAX) {
                best.offer(*sum, *place);
            }
        }
    }
}

/// The squared distances of a block's rows, `[axis, row]`, from the query; none if all are found to
/// be farther than `farthest`.
fn squares(rows: &[f32], query: &[f32], farthest: f32) -> Option<[f32; LANES]> {
    let mut sums = [0.0_f32; LANES];
    // Rows of known length, so that all sums stay in the processor's registers.
    let rows = rows.as_chunks::<LANES>().0;
    for (rows, query) in rows.chunks(STRIDE).zip(query.chunks(STRIDE)) {
        for (row, x) in rows.iter().zip(query) {
            for (sum, coordinate) in sums.iter_mut().zip(row) {
                *sum += (coordinate - x) * (coordinate - x);
            }
        }
        let mut near = 0;
        sums.iter().for_each(|sum| near |= u32::from(*sum <= farthest));
        if near == 0 {
            return None;
        }
    }
    Some(sums)
}

/// The nearest rows so far, nearest first.
struct Best<'a> {
    k: usize,
    may: &'a dyn Fn(u32) -> bool,
    rows: Vec<(f32, u32)>,
}

impl Best<'_> {
    /// The squared distance above which nothing is taken.
    fn farthest(&self) -> f32 {
        if self.rows.len() < self.k { f32::INFINITY } else { self.rows[self.k - 1].0 }
    }

    fn offer(&mut self, squared: f32, place: u32) {
        if squared > self.farthest() || !(self.may)(place) {
            return;
        }
        let before = |other: &(f32, u32)| (other.0, other.1) < (squared, place);
        let at = self.rows.partition_point(before);
        if at < self.k {
            self.rows.insert(at, (squared, place));
            self.rows.truncate(self.k);
        }
    }
}

/// The principal axes as columns, that of the largest variance first; the rows' own where they
/// cannot be found.
fn axes(centered: &Rows) -> Matrix {
    let width = centered.width();
    // Numbers so large that their squares are not finite have no such axes.
    let Ok(found) = eigen(&gram(centered, None)) else { return Matrix::identity(width) };
    let mut turn = Matrix::zeros(width, width);
    for i in 0..width {
        for j in 0..width {
            *turn.at_mut(i, j) = found.vectors.at(i, width - 1 - j);
        }
    }
    turn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    fn random(n: usize, width: usize, seed: u64) -> Rows {
        let mut rng = Rng::new(seed, 0);
        Rows::from_values(width, (0..n * width).map(|_| rng.normal()).collect())
    }

    /// All rows by distance, then by place.
    fn plain(rows: &Rows, query: &[f64]) -> Vec<(u32, f64)> {
        let distance =
            |row: &[f64]| row.iter().zip(query).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        let mut all: Vec<(u32, f64)> =
            rows.iter().enumerate().map(|(i, row)| (i as u32, distance(row).sqrt())).collect();
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        all
    }

    #[test]
    fn rows_that_may_not_be_found_are_as_if_they_were_not_there() {
        let rows = random(500, 5, 3);
        let nearest = Nearest::new(&rows);
        let may = |place: u32| !place.is_multiple_of(3);
        for query in &random(20, 5, 4) {
            let mut found = Vec::new();
            nearest.find_among(query, 12, &may, &mut found);
            let expected = plain(&rows, query).into_iter().filter(|(place, _)| may(*place));
            let places: Vec<u32> = expected.take(12).map(|(place, _)| place).collect();
            assert_eq!(found.iter().map(|(place, _)| *place).collect::<Vec<_>>(), places);
        }
    }

    #[test]
    fn neighbors_are_those_of_a_plain_search() {
        for (n, width, k) in
            [(5000, 2, 5), (1, 3, 1), (31, 1, 4), (33, 5, 33), (1000, 20, 32), (3000, 7, 10)]
        {
            let rows = random(n, width, 1);
            let nearest = Nearest::new(&rows);
            for query in &random(100, width, 2) {
                let mut found = Vec::new();
                nearest.find(query, k, &mut found);
                let expected = &plain(&rows, query)[..k];
                assert_eq!(found.len(), k);
                for (found, expected) in found.iter().zip(expected) {
                    assert_eq!(found.0, expected.0, "{n} {width} {k}");
                    assert!((found.1 - expected.1).abs() < 1e-5);
                }
            }
        }
    }

    #[test]
    fn of_equally_far_rows_the_first_are_found() {
        // 40 times the same row at a distance of 1, 40 times one at a distance of 2.
        let values = (0..80).map(|i| if i % 2 == 0 { 2.0 } else { 1.0 }).collect();
        let nearest = Nearest::new(&Rows::from_values(1, values));
        let mut found = Vec::new();
        nearest.find(&[0.0], 43, &mut found);
        let expected = (0..40).map(|i| (2 * i + 1, 1.0)).chain([(0, 2.0), (2, 2.0), (4, 2.0)]);
        assert_eq!(found, expected.collect::<Vec<_>>());
    }

    #[test]
    fn odd_questions_have_answers() {
        let mut found = vec![(7, 7.0)];
        Nearest::new(&Rows::new(2)).find(&[0.0, 0.0], 3, &mut found);
        assert_eq!(found, []);
        let nearest = Nearest::new(&random(5, 2, 1));
        nearest.find(&[0.0, f64::NAN], 3, &mut found);
        assert_eq!(found, []);
        nearest.find(&[0.0, 1.0], 0, &mut found);
        assert_eq!(found, []);
        nearest.find(&[0.0, 1.0], 9, &mut found);
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn numbers_too_large_for_squares_are_found_all_the_same() {
        let nearest = Nearest::new(&Rows::from_values(2, vec![1e200, 0.0, -1e200, 5.0, 0.0, 1.0]));
        let mut found = Vec::new();
        nearest.find(&[0.0, 0.0], 3, &mut found);
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn many_queries_find_what_each_finds() {
        let (rows, queries) = (random(500, 6, 1), random(100, 6, 2));
        let nearest = Nearest::new(&rows);
        let all = nearest.find_all(&queries, 5);
        let mut found = Vec::new();
        for (query, all) in queries.iter().zip(&all) {
            nearest.find(query, 5, &mut found);
            assert_eq!(&found, all);
        }
    }
}
