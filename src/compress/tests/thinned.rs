//! Fleets of what is kept.

use super::super::*;
use super::trips::trip;
use crate::ais::{Fault, Mmsi, NavStatus, Report, Reports, Truth, Vessel};
use crate::base::geo::Position;
use crate::base::rng::Rng;

/// A report whose columns all tell its index.
fn report(index: usize) -> Report {
    let x = index as f32;
    Report {
        sog_kn: x,
        cog_deg: x + 0.25,
        heading_deg: x + 0.5,
        rot_deg_min: -x,
        status: NavStatus((index % 15) as u8),
        ..Report::at(index as i64 * 1000, Position::new(index as f64 / 60.0, 0.0))
    }
}

fn truth(index: usize) -> Truth {
    Truth { route: index as u32, trip: 7, fault: Fault::Jump }
}

/// Vessels with so many reports each, an hour of a degree of the equator between two.
fn fleet(counts: &[usize], has_truth: bool) -> Fleet {
    let (mut reports, mut starts) = (Reports::default(), vec![0]);
    for count in counts {
        for _ in 0..*count {
            let index = reports.len();
            if has_truth {
                reports.push_with_truth(report(index), truth(index));
            } else {
                reports.push(report(index));
            }
        }
        starts.push(reports.len());
    }
    let vessel = |index| Vessel { mmsi: Mmsi(index as u32), ..Vessel::default() };
    Fleet::new((0..counts.len()).map(vessel).collect(), starts, reports)
}

fn kept(trips: &[Trip], keeps: impl Fn(usize) -> bool) -> Kept {
    let (mut starts, mut mask) = (vec![0], Vec::new());
    for trip in trips {
        let ends = [trip.reports.start, trip.reports.end - 1];
        mask.extend(trip.reports.clone().map(|index| ends.contains(&index) || keeps(index)));
        starts.push(mask.len());
    }
    Kept::new(starts, mask)
}

#[test]
fn only_kept_reports_of_trips_are_left_with_all_that_is_known_of_them() {
    // Of the first ship reports 2 to 7 are a trip, the second has none, the third one of three.
    let fleet = fleet(&[10, 4, 3], true);
    let trips = [trip(0, 2..8), trip(2, 14..17)];
    let kept = kept(&trips, |index| index == 5);
    let (thinned, again) = thin(&fleet, &trips, &kept, &Job::default()).unwrap();
    assert_eq!(thinned.reports().t_ms, [2000, 5000, 7000, 14_000, 16_000]);
    assert_eq!((thinned.vessels(), thinned.starts()), (fleet.vessels(), [0, 3, 3, 5].as_slice()));
    for (at, index) in [2, 5, 7, 14, 16].into_iter().enumerate() {
        let found = thinned.reports().get(at);
        assert!(found.is_same(&report(index)), "{found:?}");
        assert_eq!((found.rot_deg_min, found.status), (-(index as f32), report(index).status));
        assert_eq!(thinned.truth(at), truth(index));
    }
    assert_eq!([again[0].reports.clone(), again[1].reports.clone()], [0..3, 3..5]);
    assert_eq!([again[0].vessel, again[1].vessel], [0, 2]);
    // Five minutes of the equator, and two.
    for (trip, minutes) in again.iter().zip([5.0, 2.0]) {
        assert!((trip.length_m / (1853.25 * minutes) - 1.0).abs() < 1e-4, "{trip:?}");
    }
}

#[test]
fn trips_in_any_order_and_with_a_shared_end_keep_their_reports() {
    let fleet = fleet(&[10], false);
    let trips = [trip(0, 4..9), trip(0, 0..5)];
    let kept = kept(&trips, |index| index == 6);
    let (thinned, again) = thin(&fleet, &trips, &kept, &Job::default()).unwrap();
    assert_eq!(thinned.reports().t_ms, [0, 4000, 6000, 8000]);
    assert_eq!([again[0].reports.clone(), again[1].reports.clone()], [1..4, 0..2]);
    assert!(thinned.reports().truth.is_empty());
}

#[test]
fn what_is_left_of_many_trips_is_what_indices_say() {
    let mut rng = Rng::new(9, 0);
    let counts: Vec<usize> = (0..300).map(|_| rng.below(500)).collect();
    let fleet = fleet(&counts, false);
    let trips: Vec<Trip> = (0..counts.len())
        .filter(|vessel| counts[*vessel] > 10)
        .map(|vessel| trip(vessel, fleet.range(vessel).start + 3..fleet.range(vessel).end))
        .collect();
    let chosen: Vec<bool> = (0..fleet.reports().len()).map(|_| rng.happens(0.2)).collect();
    let kept = kept(&trips, |index| chosen[index]);
    let job = Job::default();
    let (thinned, again) = thin(&fleet, &trips, &kept, &job).unwrap();
    assert_eq!(thinned.reports().len(), kept.reports_kept());
    assert!(thinned.reports().len() > 10_000);
    for (place, (old, new)) in trips.iter().zip(&again).enumerate() {
        let expected = kept.indices(place).map(|index| (old.reports.start + index) as i64 * 1000);
        assert!(new.track(&thinned).t_ms.iter().copied().eq(expected));
    }
    let (done, expected) = job.progress();
    assert_eq!(done, expected);
}

#[test]
fn nothing_gives_nothing_and_a_cancelled_job_ends() {
    let fleet = fleet(&[10], false);
    let (thinned, trips) = thin(&fleet, &[], &Kept::default(), &Job::default()).unwrap();
    assert_eq!((thinned.reports().len(), thinned.vessels().len(), trips.len()), (0, 1, 0));
    let job = Job::default();
    job.cancel();
    let trips = [trip(0, 0..10)];
    let found = thin(&fleet, &trips, &kept(&trips, |_| true), &job);
    assert_eq!(found, Err(Stopped::Cancelled));
}
