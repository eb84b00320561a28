//! Hand-made tracks and planted faults through cleaning and cutting.

use super::*;
use crate::ais::Ending::{Gap, Stop, Track, Turn};
use crate::ais::{Fault, Fleet, Mmsi, Report, Reports, ShipType, Static, Truth, Vessel};
use crate::base::geo::{Position, wrap_lon_deg};
use crate::base::job::{Job, Stopped};
use crate::base::params::Checked;
use crate::base::rng::Rng;

const M_PER_DEG: f64 = 111_195.0;

/// A place in meters east of 180° and north of the equator: every test crosses the date line.
fn place(x_m: f64, y_m: f64) -> Position {
    Position::new(wrap_lon_deg(180.0 + x_m / M_PER_DEG), y_m / M_PER_DEG)
}

/// A report at `t_s` seconds at a place in meters, with a speed in knots.
fn at(t_s: i64, x_m: f64, y_m: f64, sog_kn: f32) -> Report {
    Report { sog_kn, ..Report::at(t_s * 1000, place(x_m, y_m)) }
}

/// A ship that goes east at 12 kn (6.17 m/s), reporting every ten seconds.
fn eastbound(from_s: i64, n: i64, y_m: f64) -> Vec<Report> {
    (0..n)
        .map(|i| from_s + 10 * i)
        .map(|t_s| at(t_s, t_s as f64 * 6.17 - 2000.0, y_m, 12.0))
        .collect()
}

fn ship(mmsi: u32) -> Vessel {
    Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() }
}

fn fleet(mut reports: Vec<Report>) -> Fleet {
    reports.sort_by_key(|report| report.t_ms);
    Fleet::from_tracks(vec![(ship(219_000_001), reports)])
}

fn cleaned(fleet: &Fleet) -> Cleaned {
    clean(fleet, &Checked::new(&CleanParams::default()).unwrap(), &Job::default()).unwrap()
}

fn cut(fleet: &Fleet) -> Trips {
    segment(fleet, &Checked::new(&TripParams::default()).unwrap(), &Job::default()).unwrap()
}

/// The reports that did not stay, by index, with the reason.
fn removed(cleaned: &Cleaned) -> Vec<(usize, Verdict)> {
    let verdicts = cleaned.verdicts.iter().copied().enumerate();
    verdicts.filter(|(_, verdict)| *verdict != Verdict::Kept).collect()
}

#[test]
fn an_isolated_wrong_position_goes() {
    let mut track = eastbound(0, 60, 0.0);
    track[30].position = place(0.0, 40_000.0);
    assert_eq!(removed(&cleaned(&fleet(track))), [(30, Verdict::Jump)]);
}

#[test]
fn wrong_positions_in_a_row_go() {
    let mut track = eastbound(0, 60, 0.0);
    for report in &mut track[30..34] {
        report.position.lat_deg += 0.5;
    }
    let jumps = [30, 31, 32, 33].map(|i| (i, Verdict::Jump));
    assert_eq!(removed(&cleaned(&fleet(track))), jumps);
}

#[test]
fn a_wrong_first_and_a_wrong_last_position_go() {
    let mut track = eastbound(0, 60, 0.0);
    track[0].position = place(0.0, -40_000.0);
    track[59].position = place(0.0, 40_000.0);
    assert_eq!(removed(&cleaned(&fleet(track))), [(0, Verdict::Jump), (59, Verdict::Jump)]);
}

#[test]
fn a_wrong_position_after_a_silence_goes_though_it_could_be_reached() {
    let mut track = [eastbound(0, 60, 0.0), eastbound(7200, 60, 0.0)].concat();
    track[60].position = place(0.0, 60_000.0);
    assert_eq!(removed(&cleaned(&fleet(track))), [(60, Verdict::Jump)]);
}

#[test]
fn a_ship_that_goes_on_after_a_silence_stays_whole() {
    let track = [eastbound(0, 60, 0.0), eastbound(7200, 60, 0.0)].concat();
    let cleaned = cleaned(&fleet(track));
    assert_eq!((removed(&cleaned), cleaned.fleet.vessels().len()), (vec![], 1));
}

#[test]
fn a_ship_that_is_elsewhere_after_a_silence_stays_whole() {
    let track = [eastbound(0, 60, 0.0), eastbound(1200, 60, 900_000.0)].concat();
    let cleaned = cleaned(&fleet(track));
    assert_eq!((removed(&cleaned), cleaned.fleet.vessels().len()), (vec![], 1));
}

#[test]
fn two_ships_that_share_a_number_become_two_vessels() {
    let track = [eastbound(0, 60, 0.0), eastbound(4, 50, 90_000.0)].concat();
    let cleaned = cleaned(&fleet(track));
    assert_eq!(removed(&cleaned), []);
    assert_eq!(cleaned.shared, [SharedMmsi { mmsi: Mmsi(219_000_001), parts: 2 }]);
    let found: Vec<_> =
        cleaned.fleet.tracks().map(|track| (track.vessel.part, track.len())).collect();
    assert_eq!(found, [(0, 60), (1, 50)]);
    let of_second = &cleaned.fleet.track(1).positions;
    assert!(of_second.iter().all(|place| place.lat_deg > 0.5));
}

#[test]
fn ships_that_share_a_number_may_report_at_one_time() {
    let track = [eastbound(0, 60, 0.0), eastbound(0, 60, 90_000.0)].concat();
    let cleaned = cleaned(&fleet(track));
    assert_eq!((removed(&cleaned), cleaned.fleet.vessels().len()), (vec![], 2));
}

#[test]
fn three_ships_that_share_a_number_become_three_vessels() {
    let track =
        [eastbound(0, 60, 0.0), eastbound(3, 60, 90_000.0), eastbound(6, 60, -50_000.0)].concat();
    let cleaned = cleaned(&fleet(track));
    let found: Vec<_> =
        cleaned.fleet.tracks().map(|track| (track.vessel.part, track.len())).collect();
    assert_eq!((removed(&cleaned), found), (vec![], vec![(0, 60), (1, 60), (2, 60)]));
}

#[test]
fn ships_that_share_a_number_stay_together_if_so_wanted() {
    let fleet = fleet([eastbound(0, 60, 0.0), eastbound(4, 50, 90_000.0)].concat());
    let params = CleanParams { splits_shared: false, ..CleanParams::default() };
    let cleaned = clean(&fleet, &Checked::new(&params).unwrap(), &Job::default()).unwrap();
    assert_eq!(cleaned.fleet.reports().t_ms, fleet.reports().t_ms);
    assert!(cleaned.shared.is_empty());
}

#[test]
fn jittering_clocks_make_no_jumps() {
    let mut rng = Rng::new(1, 0);
    let mut track = eastbound(0, 500, 0.0);
    for report in &mut track {
        report.t_ms += rng.between(-4500.0, 4500.0) as i64;
    }
    track[250].t_ms = track[249].t_ms + 3; // 62 m in 3 ms.
    assert_eq!(removed(&cleaned(&fleet(track))), []);
}

#[test]
fn of_two_clocks_that_differ_by_minutes_one_is_followed() {
    let mut track = eastbound(0, 500, 0.0);
    for report in track[100..300].iter_mut().step_by(5) {
        report.position.lon_deg = wrap_lon_deg(report.position.lon_deg - 2000.0 / M_PER_DEG);
    }
    let cleaned = cleaned(&fleet(track));
    assert_eq!(removed(&cleaned).len(), 40);
    assert!(removed(&cleaned).iter().all(|(i, _)| i % 5 == 0 && (100..300).contains(i)));
    assert_eq!(cleaned.fleet.vessels().len(), 1);
}

#[test]
fn a_ship_that_lies_still_stays_and_makes_no_trip() {
    let still = fleet((0..200).map(|i| at(180 * i, 0.0, 0.0, 0.0)).collect());
    let cleaned = cleaned(&still);
    assert_eq!(cleaned.reports_kept(), 200);
    let trips = cut(&cleaned.fleet);
    assert_eq!((trips.trips.len(), trips.stopped, trips.cuts_at(Stop)), (0, 200, 1));
}

#[test]
fn a_ship_without_speeds_stays_and_makes_a_trip() {
    let mut track = eastbound(0, 200, 0.0);
    for report in &mut track {
        report.sog_kn = f32::NAN;
    }
    let cleaned = cleaned(&fleet(track));
    assert_eq!(cleaned.reports_kept(), 200);
    assert_eq!(cut(&cleaned.fleet).reports, 200);
}

#[test]
fn the_paper_s_head_is_dropped_only_if_so_wanted() {
    let mut track = eastbound(0, 60, 0.0);
    for report in &mut track[..7] {
        report.sog_kn = 0.0;
    }
    let fleet = fleet(track);
    assert_eq!(removed(&cleaned(&fleet)), []);
    let params = CleanParams { drops_leading: true, ..CleanParams::default() };
    let strict = clean(&fleet, &Checked::new(&params).unwrap(), &Job::default()).unwrap();
    assert_eq!(strict.removed, [(Verdict::Leading, 7)].into());
}

#[test]
fn what_was_sent_twice_goes_once() {
    let mut track = eastbound(0, 10, 0.0);
    track.push(track[4]); // Sorted: at 5.
    track.push(Report { sog_kn: 12.1, ..track[7] }); // Sorted: at 9.
    let expected = [(5, Verdict::Duplicate), (9, Verdict::SameTime)];
    assert_eq!(removed(&cleaned(&fleet(track))), expected);
}

#[test]
fn of_two_positions_at_one_time_the_possible_one_stays() {
    let mut track = eastbound(0, 30, 0.0);
    track.insert(15, Report { position: place(0.0, 50_000.0), ..track[15] });
    assert_eq!(removed(&cleaned(&fleet(track))), [(15, Verdict::Jump)]);
}

#[test]
fn every_other_reason_is_told() {
    let mut track = eastbound(0, 10, 0.0);
    track[2].position = Position::new(181.0, 91.0);
    track[3].position = Position::new(f64::NAN, f64::INFINITY);
    track[4].position.lat_deg = 10.0;
    let station = vec![at(0, 0.0, 0.0, 0.0); 2];
    let fleet = Fleet::from_tracks(vec![(ship(2_190_064), station), (ship(219_000_001), track)]);
    let params = CleanParams { north_deg: 5.0, ..CleanParams::default() };
    let cleaned = clean(&fleet, &Checked::new(&params).unwrap(), &Job::default()).unwrap();
    let expected =
        [(Verdict::NotShip, 2), (Verdict::NoPosition, 2), (Verdict::OutsideBox, 1)].into();
    assert_eq!((cleaned.removed, cleaned.fleet.vessels().len()), (expected, 1));
}

#[test]
fn nothing_comes_of_nothing() {
    let empty = Fleet::from_tracks(Vec::new());
    assert_eq!(cleaned(&empty).fleet, empty);
    assert_eq!(cut(&empty), Trips::default());
    let gone = cleaned(&fleet(vec![Report::at(0, Position::new(181.0, 91.0)); 3]));
    assert_eq!(gone.fleet, empty);
    assert_eq!((gone.reports_in(), gone.reports_kept()), (3, 0));
}

#[test]
fn one_report_stays_and_is_no_trip() {
    let cleaned = cleaned(&fleet(vec![at(0, 0.0, 0.0, 5.0)]));
    assert_eq!(cleaned.reports_kept(), 1);
    assert_eq!(cut(&cleaned.fleet).dropped, Dropped { few: 1, reports: 1, ..Dropped::default() });
}

#[test]
fn speeds_are_mended_by_ship_type() {
    let about = Static { ship_type: ShipType(70), ..Static::default() };
    let mut track = eastbound(0, 10, 0.0);
    track[5].sog_kn = 35.0;
    let of =
        |about| Fleet::from_tracks(vec![(Vessel { about, ..ship(219_000_001) }, track.clone())]);
    let cargo = cleaned(&of(about));
    assert_eq!(cargo.mended.impossible_speeds, 1);
    assert_eq!(cargo.fleet.reports().sog_kn[5].to_bits(), 12.0_f32.to_bits());
}

#[test]
fn silences_stops_and_turns_end_trips() {
    // Five hours: east for one, still for one, on for one, back for one, silence, on for one.
    let mut track = Vec::new();
    let x = |min: i64| match min {
        0..=60 => min * 300,
        61..=120 => 60 * 300,
        121..=180 => (min - 60) * 300,
        181..=240 => (120 - (min - 180)) * 300,
        _ => (60 - (min - 300)) * 300,
    };
    for min in (0..=240).chain(300..360) {
        let is_still = (61..=120).contains(&min);
        track.push(at(60 * min, x(min) as f64, 0.0, if is_still { 0.0 } else { 9.7 }));
    }
    let fleet = fleet(track);
    let trips = cut(&fleet);
    let ends: Vec<_> = trips.trips.iter().map(|trip| (trip.begins, trip.ends)).collect();
    assert_eq!(ends, [(Track, Stop), (Stop, Turn), (Turn, Gap), (Gap, Track)]);
    let ranges: Vec<_> = trips.trips.iter().map(|trip| trip.reports.clone()).collect();
    assert_eq!(ranges, [0..61, 121..180, 180..241, 241..301]);
    assert!((trips.trips[0].length_m - 18_000.0).abs() < 5.0);
    assert_eq!((trips.reports, trips.stopped, trips.dropped.reports), (241, 60, 0));
    let cuts: Vec<_> = trips.cuts.iter().map(|cut| (cut.kind, cut.reports.start)).collect();
    assert_eq!(cuts, [(Gap, 241), (Stop, 61), (Turn, 180)]);
}

#[test]
fn a_ship_that_circles_or_swings_at_anchor_does_not_turn_back() {
    let circle = |radius_m: f64, step_m: f64, kn: f32| {
        let angle = move |i: i64| i as f64 * step_m / radius_m;
        fleet(
            (0..600)
                .map(|i| {
                    let (sine, cosine) = angle(i).sin_cos();
                    at(30 * i, radius_m * sine, radius_m * cosine, kn)
                })
                .collect(),
        )
    };
    let circling = cut(&circle(1000.0, 100.0, 6.5));
    assert_eq!((circling.trips.len(), circling.cuts.len()), (1, 0));
    let anchored = cut(&circle(150.0, 5.0, 0.4));
    assert_eq!((anchored.trips.len(), anchored.stopped), (0, 600));
}

#[test]
fn pieces_too_small_are_counted_by_reason() {
    let reports = [
        eastbound(0, 3, 0.0),       // Too few.
        eastbound(10_000, 10, 0.0), // Too brief.
        (0..30).map(|i| at(20_000 + 60 * i, i as f64 * 40.0, 0.0, 1.3)).collect(), // Too short.
        eastbound(30_000, 100, 0.0),
    ];
    let trips = cut(&fleet(reports.concat()));
    assert_eq!(trips.dropped, Dropped { few: 1, brief: 1, short: 1, reports: 43 });
    assert_eq!((trips.trips.len(), trips.pieces(), trips.cuts_at(Gap)), (1, 4, 3));
}

#[test]
fn a_leg_too_fast_ends_a_trip_where_that_is_wanted() {
    let track = [eastbound(0, 100, 0.0), eastbound(1200, 100, 90_000.0)].concat();
    let params = TripParams { cut_kn: 60.0, ..TripParams::default() };
    let fleet = fleet(track);
    let trips = segment(&fleet, &Checked::new(&params).unwrap(), &Job::default()).unwrap();
    assert_eq!((trips.trips.len(), cut(&fleet).trips.len()), (2, 1));
}

#[test]
fn a_cancelled_job_stops_both() {
    let job = Job::default();
    job.cancel();
    let fleet = fleet(eastbound(0, 10, 0.0));
    let stopped = clean(&fleet, &Checked::new(&CleanParams::default()).unwrap(), &job);
    assert_eq!(stopped.err(), Some(Stopped::Cancelled));
    let stopped = segment(&fleet, &Checked::new(&TripParams::default()).unwrap(), &job);
    assert_eq!(stopped.err(), Some(Stopped::Cancelled));
}

#[test]
fn every_planted_jump_is_found_and_nothing_else() {
    let mut tracks = Vec::new();
    let mut truth = Vec::new();
    for vessel in 0..50 {
        let mut rng = Rng::new(7, u64::from(vessel));
        let (mut t_s, mut x, mut y, mut course) = (0, 0.0, 0.0, rng.between(0.0, 6.0));
        let mut track = Vec::new();
        for i in 0..1000 {
            let dt_s = if rng.happens(0.004) { 3000 } else { 5 + rng.below(60) as i64 };
            t_s += dt_s;
            course += rng.normal() * 0.05;
            x += 8.0 * dt_s as f64 * f64::cos(course);
            y += 8.0 * dt_s as f64 * f64::sin(course);
            let is_jump = rng.happens(0.01) && i > 0;
            let off_m =
                if is_jump { rng.between(40_000.0, 120_000.0) } else { 10.0 * rng.normal() };
            track.push(at(t_s, x, y + off_m, 15.5));
            truth.push(if is_jump { Fault::Jump } else { Fault::None });
        }
        tracks.push((ship(219_000_001 + vessel), track));
    }
    let cleaned = cleaned(&Fleet::from_tracks(tracks));
    let found = cleaned.verdicts.iter().map(|verdict| *verdict == Verdict::Jump);
    let planted = truth.iter().map(|fault| *fault == Fault::Jump);
    let wrong: Vec<usize> =
        found.zip(planted).enumerate().filter(|(_, (a, b))| a != b).map(|(i, _)| i).collect();
    assert_eq!(
        wrong,
        [] as [usize; 0],
        "of {} planted",
        truth.iter().filter(|f| **f == Fault::Jump).count()
    );
    assert!(cleaned.shared.is_empty());
}

#[test]
fn the_truth_goes_with_its_report() {
    let mut reports = Reports::default();
    for (i, report) in eastbound(0, 20, 0.0).into_iter().enumerate() {
        let position = if i == 10 { place(0.0, 50_000.0) } else { report.position };
        let truth = Truth { route: i as u32, trip: 1, fault: Fault::None };
        reports.push_with_truth(Report { position, ..report }, truth);
    }
    let cleaned = cleaned(&Fleet::new(vec![ship(219_000_001)], vec![0, 20], reports));
    let routes: Vec<u32> = cleaned.fleet.reports().truth.iter().map(|truth| truth.route).collect();
    assert_eq!(routes, (0..20).filter(|i| *i != 10).collect::<Vec<_>>());
}
