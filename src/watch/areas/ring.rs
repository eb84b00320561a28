//! A polygon on the sea: who is inside, and where a way leads in and out.

use super::AreaError;
use crate::base::geo::{Position, wrap_lon_deg};

/// A polygon whose edges are straight in longitude and latitude and go the short way round, as on
/// a map.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Ring {
    // Invariant: at least three corners, degrees east of the middle and north of the equator; no
    // edge crosses or touches another but its neighbors at their corners.
    corners: Vec<(f64, f64)>,
    middle_deg: f64,
}

impl Ring {
    /// The ring through `corners`; the first may stand again at the end.
    pub fn new(corners: &[Position]) -> Result<Ring, AreaError> {
        if let Some(at) = corners.iter().position(|place| !place.is_valid()) {
            let Position { lon_deg, lat_deg } = corners[at];
            return Err(AreaError::NoPlace { at: at + 1, lon_deg, lat_deg });
        }
        let mut open: Vec<Position> = corners.to_vec();
        if open.len() > 1 && open.first() == open.last() {
            open.pop();
        }
        if open.len() < 3 {
            return Err(AreaError::TooFew(open.len()));
        }
        // Each corner by the short way from the one before, so that the date line is no edge.
        let mut x = 0.0;
        let mut ring = vec![(0.0, open[0].lat_deg)];
        for pair in open.windows(2) {
            x += wrap_lon_deg(pair[1].lon_deg - pair[0].lon_deg);
            ring.push((x, pair[1].lat_deg));
        }
        let last = open[open.len() - 1];
        if (x + wrap_lon_deg(open[0].lon_deg - last.lon_deg)).abs() > 1.0 {
            return Err(AreaError::AroundPole);
        }
        let low = ring.iter().map(|corner| corner.0).fold(f64::INFINITY, f64::min);
        let high = ring.iter().map(|corner| corner.0).fold(f64::NEG_INFINITY, f64::max);
        let middle = 0.5 * (low + high);
        ring.iter_mut().for_each(|corner| corner.0 -= middle);
        let ring = Ring { corners: ring, middle_deg: open[0].lon_deg + middle };
        ring.check()?;
        Ok(ring)
    }

    /// Finds edges that cross or touch each other, or run back on themselves.
    fn check(&self) -> Result<(), AreaError> {
        let n = self.corners.len();
        if let Some(at) = (0..n).find(|at| self.edge(*at).0 == self.edge(*at).1) {
            return Err(AreaError::Twice { at: at + 1 });
        }
        let off = |index: usize| minus(self.corners[index], self.corners[0]);
        let along = (1..n).map(off).find(|off| *off != (0.0, 0.0)).unwrap_or_default();
        if (1..n).all(|index| cross(along, off(index)) == 0.0) {
            return Err(AreaError::NoArea);
        }
        for first in 0..n {
            let (a, b) = self.edge(first);
            for second in first + 1..n {
                let (c, d) = self.edge(second);
                let are_neighbors = second == first + 1 || (first == 0 && second == n - 1);
                let is_fault = if are_neighbors {
                    // They share a corner; more than that is a way back.
                    let (out, corner, back) =
                        if second == first + 1 { (a, b, d) } else { (b, a, c) };
                    let (one, other) = (minus(out, corner), minus(back, corner));
                    cross(one, other) == 0.0 && one.0 * other.0 + one.1 * other.1 > 0.0
                } else {
                    meet(a, b, c, d)
                };
                if is_fault {
                    return Err(AreaError::Crossing { first: first + 1, second: second + 1 });
                }
            }
        }
        Ok(())
    }

    fn edge(&self, index: usize) -> ((f64, f64), (f64, f64)) {
        (self.corners[index], self.corners[(index + 1) % self.corners.len()])
    }

    fn xy(&self, place: Position) -> (f64, f64) {
        (wrap_lon_deg(place.lon_deg - self.middle_deg), place.lat_deg)
    }

    /// Whether `place` is inside.
    pub fn contains(&self, place: Position) -> bool {
        let (x, y) = self.xy(place);
        let crosses = |index: &usize| {
            let (a, b) = self.edge(*index);
            (a.1 > y) != (b.1 > y) && x < a.0 + (y - a.1) / (b.1 - a.1) * (b.0 - a.0)
        };
        (0..self.corners.len()).filter(crosses).count() % 2 == 1
    }

    /// The shares of the way from `p` to `q` at which it leads across an edge, rising.
    pub fn crossings(&self, p: Position, q: Position) -> Vec<f64> {
        let p = self.xy(p);
        let x = p.0 + wrap_lon_deg(self.xy(q).0 - p.0);
        let way = (x - p.0, q.lat_deg - p.1);
        let mut shares: Vec<f64> = (0..self.corners.len())
            .filter_map(|index| {
                let (a, b) = self.edge(index);
                let is_left = |corner| cross(way, minus(corner, p)) >= 0.0;
                let edge = minus(b, a);
                let across = cross(way, edge);
                if is_left(a) == is_left(b) || across == 0.0 {
                    return None;
                }
                let share = cross(minus(a, p), edge) / across;
                (0.0..=1.0).contains(&share).then_some(share)
            })
            .collect();
        shares.sort_unstable_by(f64::total_cmp);
        shares
    }
}

/// The edge of `corners`, from 1 and not closed yet, that a further edge to `next` would cross or
/// touch, or run back on.
pub(super) fn crossed(corners: &[Position], next: Position) -> Option<usize> {
    let (last, before) = corners.split_last()?;
    // Flat around the last corner.
    let xy = |place: &Position| (wrap_lon_deg(place.lon_deg - last.lon_deg), place.lat_deg);
    let (from, to) = (xy(last), xy(&next));
    let n_edges = before.len();
    (0..n_edges).find_map(|edge| {
        let (a, b) = (xy(&corners[edge]), xy(&corners[edge + 1]));
        let is_fault = if edge + 1 == n_edges {
            let (one, other) = (minus(a, from), minus(to, from));
            cross(one, other) == 0.0 && one.0 * other.0 + one.1 * other.1 > 0.0
        } else {
            meet(a, b, from, to)
        };
        is_fault.then_some(edge + 1)
    })
}

fn minus(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 - b.0, a.1 - b.1)
}

fn cross(a: (f64, f64), b: (f64, f64)) -> f64 {
    a.0 * b.1 - a.1 * b.0
}

/// Whether two edges have any place in common.
fn meet(a: (f64, f64), b: (f64, f64), c: (f64, f64), d: (f64, f64)) -> bool {
    let side = |p, q, r| cross(minus(q, p), minus(r, p));
    let (abc, abd, cda, cdb) = (side(a, b, c), side(a, b, d), side(c, d, a), side(c, d, b));
    if abc * abd < 0.0 && cda * cdb < 0.0 {
        return true;
    }
    let lies_on = |p: (f64, f64), q: (f64, f64), r: (f64, f64)| {
        (p.0.min(q.0)..=p.0.max(q.0)).contains(&r.0) && (p.1.min(q.1)..=p.1.max(q.1)).contains(&r.1)
    };
    abc == 0.0 && lies_on(a, b, c)
        || abd == 0.0 && lies_on(a, b, d)
        || cda == 0.0 && lies_on(c, d, a)
        || cdb == 0.0 && lies_on(c, d, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(corners: &[(f64, f64)]) -> Vec<Position> {
        corners.iter().map(|(lon, lat)| Position::new(*lon, *lat)).collect()
    }

    #[test]
    fn a_ring_across_the_date_line_knows_its_inside() {
        let ring =
            Ring::new(&places(&[(179.0, -1.0), (-179.0, -1.0), (-179.0, 1.0), (179.0, 1.0)]));
        let ring = ring.unwrap();
        for (lon, is_inside) in
            [(179.5, true), (-179.5, true), (180.0, true), (178.9, false), (0.0, false)]
        {
            assert_eq!(ring.contains(Position::new(lon, 0.2)), is_inside, "{lon}");
        }
        let shares = ring.crossings(Position::new(178.0, 0.0), Position::new(-178.0, 0.0));
        assert_eq!(shares, [0.25, 0.75]);
        assert!(ring.crossings(Position::new(178.0, 0.0), Position::new(178.9, 0.0)).is_empty());
    }

    #[test]
    fn polygons_that_are_none_are_refused() {
        let ring = |corners: &[(f64, f64)]| Ring::new(&places(corners)).unwrap_err();
        assert_eq!(ring(&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)]), AreaError::TooFew(2));
        assert_eq!(ring(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]), AreaError::NoArea);
        // A bow tie: the second edge crosses the fourth.
        let tie = [(0.0, 0.0), (3.0, 0.0), (0.0, 1.0), (3.0, 2.0)];
        assert_eq!(ring(&tie), AreaError::Crossing { first: 2, second: 4 });
        let spike = [(0.0, 0.0), (2.0, 0.0), (2.0, 1.0), (2.0, 0.5), (0.0, 1.0)];
        assert_eq!(ring(&spike), AreaError::Crossing { first: 2, second: 3 });
        let touching = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (1.0, 0.0), (0.0, 2.0)];
        assert!(matches!(ring(&touching), AreaError::Crossing { .. }));
        let twice = [(0.0, 0.0), (2.0, 0.0), (2.0, 0.0), (1.0, 1.0)];
        assert_eq!(ring(&twice), AreaError::Twice { at: 2 });
        assert_eq!(ring(&[(0.0, 80.0), (120.0, 80.0), (-120.0, 80.0)]), AreaError::AroundPole);
        let Err(AreaError::NoPlace { at, .. }) =
            Ring::new(&places(&[(0.0, 0.0), (200.0, 0.0), (0.0, 1.0)]))
        else {
            panic!("no place")
        };
        assert_eq!(at, 2);
    }
}
