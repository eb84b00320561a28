//! The nearest of many points by a cost that a box can bound: branch and bound on nested boxes.
//!
//! The same tree searches space and time (CBTR, flow), and all features (NPC). It knows neither:
//! whoever asks says how little any point in a box can cost, and what a single point costs.

use rayon::prelude::*;

use crate::base::job::{Job, Stopped};

/// Points in a box that is not divided further.
const LEAF: usize = 8;

/// Below this many points halves are built one after the other.
const SEQUENTIAL: usize = 4096;

/// Points that are asked for by one core before it may be told to stop.
const ASKED: usize = 256;

/// The smallest box around some points, in half the space: to look at a box mostly means to wait for
/// memory.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Bound<const D: usize> {
    // Rounded outward.
    low: [f32; D],
    high: [f32; D],
}

impl<const D: usize> Bound<D> {
    fn around(points: &[[f64; D]], order: &[u32]) -> Bound<D> {
        let (mut low, mut high) = ([f64::INFINITY; D], [f64::NEG_INFINITY; D]);
        for index in order {
            for (axis, x) in points[*index as usize].iter().enumerate() {
                low[axis] = low[axis].min(*x);
                high[axis] = high[axis].max(*x);
            }
        }
        let below = |x: f64| {
            let near = x as f32;
            if f64::from(near) > x { near.next_down() } else { near }
        };
        Bound { low: low.map(below), high: high.map(|x| -below(-x)) }
    }

    /// Where the box begins along `axis`, or a little before.
    #[inline]
    pub fn low(&self, axis: usize) -> f64 {
        f64::from(self.low[axis])
    }

    /// Where the box ends along `axis`, or a little later.
    #[inline]
    pub fn high(&self, axis: usize) -> f64 {
        f64::from(self.high[axis])
    }

    /// How far `x` lies outside of the box along `axis`.
    #[inline]
    pub fn beyond(&self, axis: usize, x: f64) -> f64 {
        greater(greater(self.low(axis) - x, x - self.high(axis)), 0.0)
    }
}

/// The greater of two numbers. As `f64::max`, but one instruction in place of four: it does not
/// care about not-a-number.
#[inline]
pub(super) fn greater(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The smaller of two numbers: see [`greater`].
#[inline]
pub(super) fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// Nested boxes around points of `D` numbers, each with an item to be compared. Building takes
/// O(n log n) time.
pub(super) struct Tree<const D: usize, T> {
    // The box around all, then always two halves, and behind them what the first holds, and then
    // the second.
    boxes: Vec<Node<D>>,
    // The points in the order of a walk through the boxes, so that what is looked at together lies
    // together.
    order: Vec<u32>,
    items: Vec<T>,
}

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Node<const D: usize> {
    bound: Bound<D>,
    // The first point of a leaf; of other boxes the place of the first half.
    at: u32,
    // How many points a leaf has; 0 for other boxes.
    points: u32,
}

impl<const D: usize> Node<D> {
    /// The same box, where what it holds was moved by so many places.
    fn moved(self, by: usize) -> Node<D> {
        if self.points > 0 { self } else { Node { at: self.at + by as u32, ..self } }
    }
}

impl<const D: usize, T: Copy + Send + Sync> Tree<D, T> {
    /// Divides `points` always across the side that is longest when multiplied by its `weight`. The
    /// result hangs on nothing but the points and their order. `items` belong to the points.
    pub fn new(points: &[[f64; D]], items: &[T], weights: [f64; D]) -> Tree<D, T> {
        let mut order: Vec<u32> = (0..points.len() as u32).collect();
        let mut boxes = Vec::new();
        if !order.is_empty() {
            let (whole, below) = grow(points, &mut order, 0, &weights);
            boxes.reserve_exact(1 + below.len());
            boxes.push(whole);
            boxes.extend(below.into_iter().map(|node| node.moved(1)));
            boxes[0] = boxes[0].moved(1);
        }
        let items = order.iter().map(|index| items[*index as usize]).collect();
        Tree { boxes, order, items }
    }

    /// Asks for every point, on all cores, and gives the answers in the order of the points.
    ///
    /// Neighbors are asked for one after the other, since they look at the same boxes.
    pub fn ask_all<A: Send>(
        &self,
        job: &Job,
        ask: impl Fn(&T, u32) -> A + Sync,
    ) -> Result<Vec<A>, Stopped> {
        let block = |(order, items): (&[u32], &[T])| {
            job.advance(order.len())?;
            Ok(order.iter().zip(items).map(|(index, item)| ask(item, *index)).collect())
        };
        let found: Vec<Vec<A>> = self
            .order
            .par_chunks(ASKED)
            .zip(self.items.par_chunks(ASKED))
            .map(block)
            .collect::<Result<_, Stopped>>()?;
        let mut answers: Vec<Option<A>> = Vec::new();
        answers.resize_with(self.order.len(), || None);
        for (index, answer) in self.order.iter().zip(found.into_iter().flatten()) {
            answers[*index as usize] = Some(answer);
        }
        Ok(answers.into_iter().map(|answer| answer.expect("each is asked for once")).collect())
    }

    /// The `k` points of the least cost that is below `most`, cheapest first; of two equal ones the
    /// one with the smaller index.
    ///
    /// `bound` says how little any point in a box can cost, infinite if none there is allowed;
    /// `cost` what an item costs, whose index it is given too, infinite if it is not allowed.
    pub fn cheapest(
        &self,
        k: usize,
        most: f64,
        bound: impl Fn(&Bound<D>) -> f64,
        cost: impl Fn(&T, u32) -> f64,
    ) -> Vec<(f64, u32)> {
        self.cheapest_within(usize::MAX, k, most, bound, cost)
    }

    /// As [`Tree::cheapest`], but looks into `most_boxes` boxes only, the more promising of two halves
    /// first: where more could hold something, what is found is good but perhaps not the best.
    pub fn cheapest_within(
        &self,
        most_boxes: usize,
        k: usize,
        most: f64,
        bound: impl Fn(&Bound<D>) -> f64,
        cost: impl Fn(&T, u32) -> f64,
    ) -> Vec<(f64, u32)> {
        let mut best = Vec::with_capacity(k.min(self.order.len()));
        if self.boxes.is_empty() || k == 0 {
            return best;
        }
        let mut stack = Vec::with_capacity(48);
        stack.push((bound(&self.boxes[0].bound), 0_u32));
        let mut left = most_boxes;
        // What costs more is of no use.
        let mut limit = most;
        while let Some((least, at)) = stack.pop() {
            // Boxes that could hold an equal one with a smaller index are looked into.
            if !least.is_finite() || least > limit {
                continue;
            }
            if left == 0 {
                break;
            }
            left -= 1;
            let node = &self.boxes[at as usize];
            if node.points > 0 {
                let range = node.at as usize..(node.at + node.points) as usize;
                for (index, item) in self.order[range.clone()].iter().zip(&self.items[range]) {
                    let found = (cost(item, *index), *index);
                    if found.0 < most && found.0 <= limit && admit(found, k, &mut best) {
                        limit = best[k - 1].0;
                    }
                }
                continue;
            }
            let (one, two) = (node.at, node.at + 1);
            let first = (bound(&self.boxes[one as usize].bound), one);
            let second = (bound(&self.boxes[two as usize].bound), two);
            // The better half is looked into first.
            let (first, second) =
                if second.0 < first.0 { (second, first) } else { (first, second) };
            if second.0 <= limit {
                stack.push(second);
            }
            if first.0 <= limit {
                stack.push(first);
            }
        }
        best
    }
}

/// Puts `found` to its place if it is among the `k` best. Returns whether there are `k` now.
fn admit(found: (f64, u32), k: usize, best: &mut Vec<(f64, u32)>) -> bool {
    let place = best.partition_point(|other| is_less(*other, found));
    if place < k {
        best.truncate(k - 1);
        best.insert(place, found);
    }
    best.len() == k
}

fn is_less(a: (f64, u32), b: (f64, u32)) -> bool {
    a.0 < b.0 || (a.0 == b.0 && a.1 < b.1)
}

/// The box around `order`, which starts at place `from` of the whole, and those that it holds, whose
/// places count from the first of them.
fn grow<const D: usize>(
    points: &[[f64; D]],
    order: &mut [u32],
    from: usize,
    weights: &[f64; D],
) -> (Node<D>, Vec<Node<D>>) {
    let bound = Bound::around(points, order);
    if order.len() <= LEAF {
        return (Node { bound, at: from as u32, points: order.len() as u32 }, Vec::new());
    }
    let side = |axis: &usize| (bound.high(*axis) - bound.low(*axis)) * weights[*axis];
    let axis = (0..D).max_by(|a, b| side(a).total_cmp(&side(b))).expect("there are axes");
    let middle = order.len() / 2;
    order.select_nth_unstable_by(middle, |a, b| {
        points[*a as usize][axis].total_cmp(&points[*b as usize][axis]).then(a.cmp(b))
    });
    let is_long = order.len() > SEQUENTIAL;
    let (first, second) = order.split_at_mut(middle);
    let (first, second) = if is_long {
        rayon::join(
            || grow(points, first, from, weights),
            || grow(points, second, from + middle, weights),
        )
    } else {
        (grow(points, first, from, weights), grow(points, second, from + middle, weights))
    };
    let mut below = Vec::with_capacity(2 + first.1.len() + second.1.len());
    // What a half knows by places of its own moves with it.
    let places = [2, 2 + first.1.len()];
    below.extend([first.0.moved(places[0]), second.0.moved(places[1])]);
    for (half, place) in [(first.1, places[0]), (second.1, places[1])] {
        below.extend(half.into_iter().map(|node| node.moved(place)));
    }
    (Node { bound, at: 0, points: 0 }, below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    fn squared(a: &[f64; 2], b: &[f64; 2]) -> f64 {
        (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
    }

    #[test]
    fn the_nearest_are_those_that_looking_at_all_finds() {
        let mut rng = Rng::new(4, 0);
        // Coarse places, so that there are ties.
        let points: Vec<[f64; 2]> =
            (0..6000).map(|_| [0, 1].map(|_| rng.below(80) as f64)).collect();
        let tree = Tree::new(&points, &points, [1.0; 2]);
        for (from, most) in [([10.2, 3.0], 1e9), ([40.0, 40.0], 1e9), ([-5.0, 7.0], 30.0)] {
            let bound = |bound: &Bound<2>| {
                bound.beyond(0, from[0]).powi(2) + bound.beyond(1, from[1]).powi(2)
            };
            let cost = |point: &[f64; 2], _| squared(&from, point);
            let mut all: Vec<(f64, u32)> =
                (0..6000).map(|index| (squared(&from, &points[index as usize]), index)).collect();
            all.retain(|found| found.0 < most);
            all.sort_by(|a, b| a.partial_cmp(b).unwrap());
            all.truncate(9);
            assert_eq!(tree.cheapest(9, most, bound, cost), all, "{from:?}");
        }
    }

    #[test]
    fn a_tree_of_nothing_finds_nothing() {
        let tree = Tree::<2, ()>::new(&[], &[], [1.0; 2]);
        assert_eq!(tree.cheapest(3, 1.0, |_| 0.0, |(), _| 0.0), []);
        assert_eq!(tree.ask_all(&Job::default(), |(), index| index), Ok(Vec::new()));
    }

    #[test]
    fn answers_come_in_the_order_of_the_points() {
        let mut rng = Rng::new(5, 0);
        let points: Vec<[f64; 1]> = (0..3000).map(|_| [rng.between(0.0, 9.0)]).collect();
        let tree = Tree::new(&points, &points, [1.0]);
        let answers = tree.ask_all(&Job::default(), |point, index| (*point, index)).unwrap();
        let expected: Vec<([f64; 1], u32)> = points.iter().copied().zip(0..).collect();
        assert_eq!(answers, expected);
        let job = Job::default();
        job.cancel();
        assert_eq!(tree.ask_all(&job, |_, _| ()), Err(Stopped::Cancelled));
    }
}
