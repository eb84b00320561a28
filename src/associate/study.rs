//! Every method on the same points, whole and thinned out: the paper's comparison.

use std::time::Instant;

use super::params::{AssociateParams, Method};
use super::points::Points;
use super::score::{Score, score, thinned};
use super::{Association, associate};
use crate::base::job::{Job, Stopped};
use crate::base::params::{Checked, Choice as _};

/// Of how many points one is removed, in the order of the table; 0 for none. The paper removes every
/// fifth and every second.
const REMOVED: [usize; 3] = [0, 5, 2];

/// How one method did on points of which some were removed.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// Of how many points of each vessel, in the order of time, the last was removed; 0 for none.
    pub removed: usize,
    /// How many were left.
    pub points: usize,
    /// How many tracks they were put into.
    pub tracks: usize,
    /// How right that was; none where the truth is not known.
    pub score: Option<Score>,
    /// How long it took.
    pub seconds: f64,
    /// Why there is no result, where there is none.
    pub fault: Option<String>,
}

/// What came of the comparison so far.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Study {
    /// A row a method and share of points, by method.
    pub rows: Vec<Row>,
    /// How many there are to be.
    pub planned: usize,
    /// Whether the truth is known, so that there are scores.
    pub has_truth: bool,
}

/// Puts `points` into tracks by every method, as they are and thinned out ([`thinned`]). Settings of
/// the methods are those of `params`, whose own choice of a method counts for nothing. `show` is
/// given what there is after each row. Rows come by the cost of their methods, cheap ones first,
/// and stand in the order of [`Method::CASES`].
///
/// A method that cannot do without the truth has rows that say so where there is none.
///
/// # Errors
///
/// [`Stopped::Cancelled`] if the job was cancelled.
pub fn study(
    points: &Points,
    truth: Option<&[u32]>,
    params: &Checked<AssociateParams>,
    show: &dyn Fn(&Study),
    job: &Job,
) -> Result<Study, Stopped> {
    let truth = truth.filter(|truth| truth.len() == points.len());
    let mut methods: Vec<Method> = Method::CASES.iter().map(|(_, method)| *method).collect();
    methods.sort_by_key(|method| cost(*method));
    let sets: Vec<(usize, Points, Option<Vec<u32>>)> =
        REMOVED.iter().map(|removed| set(points, truth, *removed)).collect();
    let planned = methods.len() * sets.len();
    job.expect(planned);
    let mut study = Study { rows: Vec::new(), planned, has_truth: truth.is_some() };
    for method in methods {
        for (removed, points, truth) in &sets {
            let chosen = AssociateParams { method, ..params.clone_inner() };
            let chosen =
                Checked::new(&chosen).map_err(|faults| Stopped::Failed(faults.join("; ")))?;
            let start = Instant::now();
            let found = associate(points, truth.as_deref(), &chosen, &job.uncounted());
            let seconds = start.elapsed().as_secs_f64();
            let mut row = Row {
                method,
                removed: *removed,
                points: points.len(),
                tracks: 0,
                score: None,
                seconds,
                fault: None,
            };
            match found {
                Ok(found) => row.take(points, &found, truth.as_deref()),
                Err(Stopped::Failed(fault)) => row.fault = Some(fault),
                Err(Stopped::Cancelled) => return Err(Stopped::Cancelled),
            }
            study.rows.push(row);
            let by_method = |row: &Row| Method::CASES.iter().position(|(_, of)| *of == row.method);
            study.rows.sort_by_key(by_method);
            show(&study);
            job.step()?;
        }
    }
    Ok(study)
}

impl Row {
    fn take(&mut self, points: &Points, found: &Association, truth: Option<&[u32]>) {
        self.tracks = found.tracks;
        self.score = truth.and_then(|truth| score(points, found, truth));
    }
}

/// What is left of the points, and whose they are.
fn set(
    points: &Points,
    truth: Option<&[u32]>,
    removed: usize,
) -> (usize, Points, Option<Vec<u32>>) {
    let rows = thinned(points, truth, removed);
    let truth = truth.map(|truth| rows.iter().map(|row| truth[*row as usize]).collect());
    (removed, points.at(&rows), truth)
}

/// Methods from quick to slow, so that there is something to look at soon; others come last.
const ORDER: [Method; 7] = [
    Method::Npc,
    Method::Cbtr,
    Method::NpcCluster,
    Method::Flow,
    Method::Kmeans,
    Method::Em,
    Method::Lstm,
];

fn cost(method: Method) -> usize {
    ORDER.iter().position(|other| *other == method).unwrap_or(ORDER.len())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::base::geo::Position;

    /// Two ships, a degree apart, twenty points each, that lie still.
    fn still() -> (Points, Vec<u32>) {
        let truth: Vec<u32> = (0..40).map(|i| i % 2).collect();
        let t_ms = (0..40).map(|i| i64::from(i / 2) * 60_000).collect();
        let places = truth.iter().map(|ship| Position::new(f64::from(*ship), 0.0)).collect();
        (Points::new(t_ms, places, vec![0.0; 40], vec![0.0; 40]).unwrap(), truth)
    }

    fn params() -> Checked<AssociateParams> {
        Checked::new(&AssociateParams::default()).unwrap()
    }

    #[test]
    fn every_method_has_a_row_for_each_share_of_points() {
        let (points, truth) = still();
        let seen = RefCell::new(Vec::new());
        let show = |study: &Study| seen.borrow_mut().push(study.rows.len());
        let job = Job::default();
        let study = study(&points, Some(&truth), &params(), &show, &job).unwrap();
        let n = Method::CASES.len();
        assert_eq!((study.planned, study.rows.len(), study.has_truth), (3 * n, 3 * n, true));
        assert_eq!(*seen.borrow(), (1..=3 * n).collect::<Vec<_>>());
        assert_eq!(job.progress(), (3 * n as u64, 3 * n as u64));
        for (rows, (_, method)) in study.rows.chunks(3).zip(Method::CASES) {
            assert!(rows.iter().all(|row| row.method == *method && row.fault.is_none()));
            // Of twenty points, the 5th, 10th, 15th and 20th go; then each second.
            let told: Vec<_> = rows.iter().map(|row| (row.removed, row.points)).collect();
            assert_eq!(told, [(0, 40), (5, 32), (2, 20)]);
        }
        let cbtr = study.rows.iter().find(|row| row.method == Method::Cbtr).unwrap();
        assert!(cbtr.score.is_some_and(|score| score.merges == 0), "{cbtr:?}");
    }

    #[test]
    fn without_truth_there_are_no_scores_and_what_needs_it_says_so() {
        let (points, _) = still();
        let study = study(&points, None, &params(), &|_| (), &Job::default()).unwrap();
        assert!(!study.has_truth && study.rows.iter().all(|row| row.score.is_none()));
        for row in &study.rows {
            assert_eq!(row.fault.is_some(), row.method == Method::Npc, "{row:?}");
            assert_eq!(row.tracks > 0, row.method != Method::Npc, "{row:?}");
        }
    }

    #[test]
    fn a_study_that_is_cancelled_ends() {
        let (points, truth) = still();
        let job = Job::default();
        job.cancel();
        let ended = study(&points, Some(&truth), &params(), &|_| (), &job);
        assert_eq!(ended, Err(Stopped::Cancelled));
    }
}
