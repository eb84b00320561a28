//! What holds of cleaning and cutting whatever comes in.

use proptest::prelude::*;

use super::*;
use crate::ais::{Fleet, Mmsi, Report, Vessel};
use crate::base::geo::Position;
use crate::base::job::Job;
use crate::base::params::Checked;

/// Any coordinate: near, far, none, infinite.
fn any_degrees(limit: f64) -> impl Strategy<Value = f64> {
    prop_oneof![
        8 => -0.05..0.05,
        2 => -limit..limit,
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, -f64::INFINITY, 181.0, 90.0, -180.0]),
    ]
}

fn any_report() -> impl Strategy<Value = Report> {
    let speed = prop_oneof![
        4 => 0_f32..30.0,
        1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, 0.0, 102.2]),
    ];
    let t_ms = prop_oneof![4 => 0_i64..40_000_000, 1 => 0_i64..20];
    (t_ms, any_degrees(180.0), any_degrees(90.0), speed).prop_map(|(t_ms, lon, lat, sog_kn)| {
        Report { sog_kn, ..Report::at(t_ms, Position::new(lon, lat)) }
    })
}

fn any_fleet() -> impl Strategy<Value = Fleet> {
    let mmsi = prop::sample::select(vec![219_000_001, 2_190_064, 1, 992_191_509]);
    let track = (mmsi, prop::collection::vec(any_report(), 0..120));
    prop::collection::vec(track, 0..4).prop_map(|tracks| {
        let sorted = |(mmsi, mut track): (u32, Vec<Report>)| {
            track.sort_by_key(|report| report.t_ms);
            (Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() }, track)
        };
        Fleet::from_tracks(tracks.into_iter().map(sorted).collect())
    })
}

proptest! {
    // A failure is shown with its input; it leaves no file.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_the_counts_add_up_and_times_increase(
        fleet in any_fleet(),
        (finds_jumps, splits_shared, drops_leading, inserts_steps) in any::<(bool, bool, bool, bool)>(),
        (jump_run, share_reports) in (1_usize..5, 6_usize..12),
    ) {
        let params = CleanParams {
            finds_jumps,
            jump_run,
            splits_shared,
            share_reports,
            drops_leading,
            inserts_steps,
            ..CleanParams::default()
        };
        let cleaned = clean(&fleet, &Checked::new(&params).unwrap(), &Job::default()).unwrap();
        let kept = cleaned.verdicts.iter().filter(|verdict| **verdict == Verdict::Kept).count();
        prop_assert_eq!(cleaned.reports_in(), fleet.reports().len());
        prop_assert_eq!(cleaned.reports_kept(), kept);
        prop_assert_eq!(cleaned.fleet.reports().len(), kept + cleaned.mended.steps);
        for track in cleaned.fleet.tracks() {
            prop_assert!(track.t_ms.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert!(track.positions.iter().all(|place| place.is_valid()));
            prop_assert!(!track.is_empty());
        }
        let again = clean(&fleet, &Checked::new(&params).unwrap(), &Job::default()).unwrap();
        prop_assert_eq!(&again.verdicts, &cleaned.verdicts);
    }

    #[test]
    fn whatever_comes_in_trips_are_apart_and_the_counts_add_up(
        fleet in any_fleet(),
        (cuts_at_stops, turns) in any::<(bool, bool)>(),
        (cut_kn, min_reports) in (0.0..100.0, 2_usize..6),
    ) {
        let params = TripParams {
            cuts_at_stops, cut_kn, min_reports,
            turn_deg: if turns { 120.0 } else { 0.0 },
            stop_time_min: 1.0, min_length_m: 0.0, min_time_min: 0.0,
            ..TripParams::default()
        };
        let trips = segment(&fleet, &Checked::new(&params).unwrap(), &Job::default()).unwrap();
        let accounted = trips.reports + trips.stopped + trips.dropped.reports;
        prop_assert_eq!(accounted, fleet.reports().len());
        prop_assert_eq!(trips.reports, trips.trips.iter().map(|trip| trip.reports.len()).sum::<usize>());
        prop_assert!(trips.trips.windows(2).all(|pair| pair[0].reports.end <= pair[1].reports.start));
        for trip in &trips.trips {
            let owned = fleet.range(trip.vessel);
            prop_assert!(owned.start <= trip.reports.start && trip.reports.end <= owned.end);
            prop_assert!(trip.reports.len() >= min_reports);
        }
    }
}
