//! What an association is: a track for each point, and why.

use super::points::{Points, Rows};

/// Why a point was linked as it was, or why not.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Why {
    /// Linked: both points move, and the one lies where the other heads.
    Moving,
    /// Linked: both lie still, close to each other.
    Steady,
    /// Linked: among the worst links, but the way goes on beyond it (CBTR).
    TurningPoint,
    /// Linked by the likelihood of all links together (flow).
    Likely,
    /// Linked over a silence longer than usual (flow).
    Bridged,
    /// Linked to the point or label whose estimate comes nearest (next-point connection).
    Nearest,
    /// The next in time of a group (mixture, k-means).
    Grouped,
    /// Linked to the point that it repeats in everything: one report, heard twice.
    Repeated,
    /// Not linked: no candidate passes the gates.
    NoCandidate,
    /// Not linked: its error is among the largest (CBTR).
    Abnormal,
    /// Not linked: to end here costs less than what candidates are left.
    Ended,
    /// Not linked: its label was known, it trains.
    Given,
    /// Not linked: it has no place on the Earth.
    NoPlace,
}

impl Why {
    /// Whether a point with this reason has a link.
    pub fn is_linked(self) -> bool {
        !matches!(self, Why::NoCandidate | Why::Abnormal | Why::Ended | Why::Given | Why::NoPlace)
    }

    /// The reason in a few words, for tables and tips.
    pub fn words(self) -> &'static str {
        match self {
            Why::Moving => "lies where it heads",
            Why::Steady => "lies still",
            Why::TurningPoint => "turning point",
            Why::Likely => "likeliest of all",
            Why::Bridged => "over a silence",
            Why::Nearest => "nearest estimate",
            Why::Grouped => "next of its group",
            Why::Repeated => "heard twice",
            Why::NoCandidate => "no candidate",
            Why::Abnormal => "error too large",
            Why::Ended => "track ends",
            Why::Given => "label was known",
            Why::NoPlace => "no place",
        }
    }
}

/// The link of one spot.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Link {
    pub to: Option<u32>,
    pub why: Why,
    pub cost: f32,
}

impl Link {
    /// No link, for this reason.
    pub fn none(why: Why) -> Link {
        Link { to: None, why, cost: f32::NAN }
    }
}

/// Points put into tracks, by the rows of [`Points`].
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Association {
    /// The track of each point, from 0 in the order in which tracks begin.
    pub labels: Vec<u32>,
    /// The point each was linked to: its next one (CBTR, flow, groups), or that with the nearest
    /// estimate, before or after (next-point connection), or that which it repeats. None where it has
    /// none, for instance at a track's end.
    pub links: Vec<Option<u32>>,
    /// Why each point has this link or none.
    pub why: Vec<Why>,
    /// The cost of each link; of a point that was cut off, that of the link it lost. Its unit is the
    /// method's: square degrees (CBTR), meters (next-point connection), natural logarithms of
    /// likelihood (flow; below 0 is better than ending), not-a-number for groups.
    pub costs: Vec<f32>,
    /// How many tracks there are.
    pub tracks: usize,
    /// Of how many points speed or course was guessed.
    pub guessed: usize,
}

impl Association {
    /// The tracks that `links` between spots make; `rows` names the row of each spot. Points that
    /// are not among the spots are tracks by themselves.
    pub(super) fn from_links(points: &Points, rows: &Rows, links: &[Link]) -> Association {
        Association::new(points, rows, links, &connected(links))
    }

    /// The tracks that `groups` of spots are, linked from each to the next in time.
    pub(super) fn from_groups(points: &Points, rows: &Rows, groups: &[u32]) -> Association {
        let mut next = rustc_hash::FxHashMap::default();
        let mut links = vec![Link::none(Why::Ended); rows.of_spots.len()];
        for (at, group) in groups.iter().enumerate().rev() {
            if let Some(to) = next.insert(*group, at as u32) {
                links[at] = Link { to: Some(to), why: Why::Grouped, cost: f32::NAN };
            }
        }
        Association::new(points, rows, &links, groups)
    }

    /// Spots in `groups` of any names, and their links, told by rows.
    pub(super) fn new(points: &Points, rows: &Rows, links: &[Link], groups: &[u32]) -> Association {
        let n = points.len();
        let mut made = Association {
            labels: vec![u32::MAX; n],
            links: vec![None; n],
            why: vec![Why::NoPlace; n],
            costs: vec![f32::NAN; n],
            tracks: 0,
            guessed: 0,
        };
        let mut names = rustc_hash::FxHashMap::default();
        for (at, (link, group)) in links.iter().zip(groups).enumerate() {
            let row = rows.of_spots[at] as usize;
            let fresh = names.len() as u32;
            made.labels[row] = *names.entry(*group).or_insert(fresh);
            made.links[row] = link.to.map(|to| rows.of_spots[to as usize]);
            made.why[row] = link.why;
            made.costs[row] = link.cost;
        }
        made.tracks = names.len();
        for (twin, spot) in &rows.twins {
            let (twin, row) = (*twin as usize, rows.of_spots[*spot as usize]);
            made.labels[twin] = made.labels[row as usize];
            made.links[twin] = Some(row);
            made.why[twin] = Why::Repeated;
            if made.why[row as usize] == Why::Given {
                (made.links[twin], made.why[twin]) = (None, Why::Given);
            }
        }
        for row in points.by_time() {
            let label = &mut made.labels[row as usize];
            if *label == u32::MAX {
                *label = made.tracks as u32;
                made.tracks += 1;
            }
        }
        made
    }

    /// The next point of each in its track, by time; none at the end.
    pub fn successors(&self, points: &Points) -> Vec<Option<u32>> {
        successors(points, &self.labels)
    }
}

/// The next point of each under the same label, by time; none for the last.
pub fn successors(points: &Points, labels: &[u32]) -> Vec<Option<u32>> {
    let mut next = vec![None; labels.len()];
    let mut last = rustc_hash::FxHashMap::default();
    for row in points.by_time() {
        if let Some(before) = last.insert(labels[row as usize], row) {
            next[before as usize] = Some(row);
        }
    }
    next
}

/// The first spot of those that each is connected with.
pub(super) fn connected(links: &[Link]) -> Vec<u32> {
    let mut roots: Vec<u32> = (0..links.len() as u32).collect();
    for (from, link) in links.iter().enumerate() {
        if let Some(to) = link.to {
            let (a, b) = (root(&mut roots, from as u32), root(&mut roots, to));
            roots[a.max(b) as usize] = a.min(b);
        }
    }
    (0..links.len() as u32).map(|at| root(&mut roots, at)).collect()
}

/// The first spot of what `at` is linked with, shortening the way there.
fn root(roots: &mut [u32], mut at: u32) -> u32 {
    while roots[at as usize] != at {
        let above = roots[roots[at as usize] as usize];
        roots[at as usize] = above;
        at = above;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geo::Position;

    fn rows(of_spots: &[u32]) -> Rows {
        Rows { of_spots: of_spots.to_vec(), twins: Vec::new() }
    }

    fn points(n: i64) -> Points {
        let places = (0..n).map(|_| Position::new(0.0, 0.0)).collect();
        Points::new((0..n).collect(), places, Vec::new(), Vec::new()).unwrap()
    }

    #[test]
    fn two_links_to_one_point_make_one_track() {
        let to = |to| Link { to: Some(to), why: Why::Moving, cost: 1.0 };
        let end = Link::none(Why::NoCandidate);
        let points = points(5);
        let rows = rows(&[0, 1, 2, 3, 4]);
        let made = Association::from_links(&points, &rows, &[to(2), to(2), end, to(4), end]);
        assert_eq!(made.labels, [0, 0, 0, 1, 1]);
        assert_eq!(made.tracks, 2);
        assert_eq!(made.successors(&points), [Some(1), Some(2), None, Some(4), None]);
    }

    #[test]
    fn groups_are_linked_in_the_order_of_time() {
        let points = points(4);
        let made = Association::from_groups(&points, &rows(&[0, 1, 2, 3]), &[7, 3, 7, 7]);
        assert_eq!(made.labels, [0, 1, 0, 0]);
        assert_eq!(made.links, [Some(2), None, Some(3), None]);
        assert_eq!(made.why, [Why::Grouped, Why::Ended, Why::Grouped, Why::Ended]);
    }

    #[test]
    fn points_without_a_place_are_tracks_by_themselves() {
        let made = Association::from_links(&points(3), &rows(&[1]), &[Link::none(Why::Ended)]);
        assert_eq!((made.labels, made.tracks), (vec![1, 0, 2], 3));
        assert_eq!(made.why[0], Why::NoPlace);
    }

    #[test]
    fn what_was_heard_twice_is_of_one_track_and_linked_to_itself() {
        let rows = Rows { of_spots: vec![0, 2], twins: vec![(1, 0)] };
        let next = Link { to: Some(1), why: Why::Likely, cost: -3.0 };
        let made = Association::from_links(&points(3), &rows, &[next, Link::none(Why::Ended)]);
        assert_eq!((made.labels, made.tracks), (vec![0, 0, 0], 1));
        assert_eq!(made.links, [Some(2), Some(0), None]);
        assert_eq!(made.why, [Why::Likely, Why::Repeated, Why::Ended]);
        assert!(made.costs[1].is_nan() && Why::Repeated.is_linked());
    }
}
