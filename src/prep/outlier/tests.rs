//! Turns and loops made by hand, and loops against every pair of legs.

use std::slice::from_ref;

use super::loops::{Grid, Loop, Loops, crossing, loops};
use super::*;
use crate::ais::{Ending, Report, Vessel};
use crate::base::geo::destination;
use crate::base::rng::Rng;
use crate::compress::Plane;

/// In a bay, on the date line, and far north.
const ORIGINS: [Position; 4] = [
    Position::new(11.0, 56.0),
    Position::new(180.0, -17.0),
    Position::new(-179.99, 71.0),
    Position::new(25.0, 84.0),
];

/// A fleet of one ship that reports every minute from `way`, meters east and north of `origin`.
fn fleet(origin: Position, way: &[(f64, f64)]) -> Fleet {
    let plane = Plane::east_of(origin);
    let place = |(x, y): &(f64, f64)| plane.position_from_xy(*x, *y);
    fleet_at(&way.iter().map(place).collect::<Vec<_>>())
}

fn fleet_at(places: &[Position]) -> Fleet {
    let reports = (0..).zip(places).map(|(i, place)| Report::at(i * 60_000, *place)).collect();
    Fleet::from_tracks(vec![(Vessel::default(), reports)])
}

fn trip(reports: Range<usize>) -> Trip {
    Trip { vessel: 0, reports, length_m: 0.0, begins: Ending::Track, ends: Ending::Track }
}

fn search(fleet: &Fleet, params: &OutlierParams) -> Outliers {
    let trip = trip(0..fleet.reports().len());
    outliers(fleet, &[&trip], &Checked::new(params).unwrap(), &Job::default()).unwrap()
}

/// With tolerances for ways of kilometers, and a right angle sharp.
fn params() -> OutlierParams {
    OutlierParams { angle_deg: 100.0, loop_m: 3000.0, margin_min: 2.0, ..OutlierParams::default() }
}

/// The way through `corners` with a report every 100 m.
fn dense(corners: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut way = vec![corners[0]];
    for leg in corners.windows(2) {
        let (x, y) = (leg[1].0 - leg[0].0, leg[1].1 - leg[0].1);
        let n = (x.hypot(y) / 100.0).round() as usize;
        way.extend((1..=n).map(|i| {
            let share = i as f64 / n as f64;
            (leg[0].0 + share * x, leg[0].1 + share * y)
        }));
    }
    way
}

/// The angles of the sharp turns and the reports where they are.
fn turns(found: &Outliers) -> Vec<(u32, f64)> {
    let turn = |outlier: &Outlier| match outlier.kind {
        OutlierKind::SharpTurn { angle_deg } => Some((outlier.at, angle_deg)),
        OutlierKind::SmallLoop { .. } => None,
    };
    found.found.iter().filter_map(turn).collect()
}

/// The lengths of the small loops and the reports on them.
fn small_loops(found: &Outliers) -> Vec<(Range<u32>, f64)> {
    let small = |outlier: &Outlier| match outlier.kind {
        OutlierKind::SmallLoop { length_m } => Some((outlier.reports.clone(), length_m)),
        OutlierKind::SharpTurn { .. } => None,
    };
    found.found.iter().filter_map(small).collect()
}

#[test]
fn a_right_angle_is_a_sharp_turn_of_90_degrees_everywhere() {
    let way = dense(&[(0.0, 0.0), (3000.0, 0.0), (3000.0, 3000.0)]);
    for origin in ORIGINS {
        let fleet = fleet(origin, &way);
        let found = search(&fleet, &params());
        let turns = turns(&found);
        assert!(turns.len() == 1 && turns[0].0 == 30, "{turns:?}");
        assert!((turns[0].1 - 90.0).abs() < 0.1, "{turns:?}");
        assert_eq!(found.found[0].position, fleet.reports().positions[30]);
        // Two minutes on either side.
        assert_eq!(found.cut(0), from_ref(&(28..33)));
        assert_eq!((found.reports_in, found.reports_cut, found.trips_touched), (61, 5, 1));
        let just = search(&fleet, &OutlierParams { angle_deg: turns[0].1, ..params() });
        assert_eq!(just.sharp_turns, 0, "an angle is not below itself");
        let blunt = search(&fleet, &OutlierParams { angle_deg: 60.0, ..params() });
        assert!(blunt.found.is_empty() && blunt.cut(0).is_empty());
        assert_eq!(blunt.angles_deg, found.angles_deg);
        assert!(found.angles_deg.len() == 1 && (found.angles_deg[0] - 90.0).abs() < 0.1);
    }
}

#[test]
fn a_hairpin_is_as_sharp_as_it_gets() {
    // Back upon the very way: nothing is cut off, and no pair of legs crosses.
    let found =
        search(&fleet(ORIGINS[0], &dense(&[(0.0, 0.0), (3000.0, 0.0), (0.0, 0.0)])), &params());
    let turns = turns(&found);
    assert!(turns.len() == 1 && turns[0].0 == 30 && turns[0].1 < 1e-3, "{turns:?}");
    assert_eq!(found.loops, 0);
}

#[test]
fn a_turn_back_counts_once_if_it_takes_less_room_than_an_arm() {
    // Half a circle of 250 m: the places 500 m from its top lie 30 degrees off the way back, those
    // 600 m from it 25.
    let mut way = dense(&[(0.0, 0.0), (3000.0, 0.0)]);
    way.extend((1..18).map(|i| {
        let (sine, cosine) = (f64::from(i) * 10.0).to_radians().sin_cos();
        (3000.0 + 250.0 * sine, 250.0 - 250.0 * cosine)
    }));
    way.extend(dense(&[(3000.0, 500.0), (0.0, 500.0)]));
    let fleet = fleet(ORIGINS[0], &way);
    let sharp = search(&fleet, &OutlierParams { angle_deg: 70.0, ..params() });
    let turns = turns(&sharp);
    assert!(turns.len() == 1 && turns[0].0.abs_diff(39) <= 2, "{turns:?}");
    assert!((50.0..62.0).contains(&turns[0].1), "{turns:?}");
    // Closer control points along it turn nearly as sharply, but it stays one turn.
    let close = OutlierParams { angle_deg: 120.0, tolerance_m: 20.0, ..params() };
    let close = search(&fleet, &close);
    assert_eq!((close.sharp_turns, close.angles_deg.len()), (1, 1), "{:?}", close.angles_deg);
    // With arms of 100 m it is a chain of gentle bends.
    let gentle = search(&fleet, &OutlierParams { angle_deg: 70.0, arm_m: 100.0, ..params() });
    assert_eq!(gentle.sharp_turns, 0);
}

#[test]
fn every_corner_of_a_zigzag_is_sharp_also_of_one_shorter_than_an_arm() {
    // Corners of 60 degrees.
    let corner = |leg_m: f64| {
        move |i: i32| {
            let y = if i % 2 == 0 { 0.0 } else { leg_m * f64::sqrt(0.75) };
            (f64::from(i) * 0.5 * leg_m, y)
        }
    };
    let long: Vec<(f64, f64)> = (0..=8).map(corner(2000.0)).collect();
    let found =
        search(&fleet(ORIGINS[1], &dense(&long)), &OutlierParams { angle_deg: 61.0, ..params() });
    let at: Vec<u32> = turns(&found).iter().map(|turn| turn.0).collect();
    assert_eq!(at, [20, 40, 60, 80, 100, 120, 140]);
    assert!(turns(&found).iter().all(|turn| (turn.1 - 60.0).abs() < 0.1));
    // Legs of 300 m: where 500 m away is straight on, the corners next to one still say what it is.
    let short: Vec<(f64, f64)> = (0..=8).map(corner(300.0)).collect();
    let found =
        search(&fleet(ORIGINS[1], &dense(&short)), &OutlierParams { angle_deg: 61.0, ..params() });
    assert!((3..=7).contains(&found.sharp_turns), "{:?}", turns(&found));
}

#[test]
fn a_straight_way_has_neither_turns_nor_loops() {
    let way: Vec<(f64, f64)> =
        (0..500).map(|i| (f64::from(i) * 40.0, f64::from(i) * 30.0)).collect();
    for origin in ORIGINS {
        let found = search(&fleet(origin, &way), &params());
        assert_eq!(found, Outliers { reports_in: 500, starts: vec![0, 0], ..Outliers::default() });
        assert_eq!(found.share_cut(), 0.0);
    }
}

#[test]
fn a_small_loop_is_as_long_as_the_way_round() {
    // A square of 500 m on a way east and south.
    let way =
        dense(&[(0.0, 0.0), (1050.0, 0.0), (1050.0, 500.0), (550.0, 500.0), (550.0, -1530.0)]);
    for origin in ORIGINS {
        let fleet = fleet(origin, &way);
        let found = search(&fleet, &OutlierParams { angle_deg: 0.0, ..params() });
        let loops = small_loops(&found);
        assert_eq!(loops.len(), 1);
        assert!((loops[0].1 - 2000.0).abs() < 1.0, "{loops:?}");
        // Reports at 572 m and on to the one before the crossing.
        let crossing = &found.found[0];
        let place = Plane::east_of(origin).xy_from_position(crossing.position);
        assert!((place.0 - 550.0).abs() < 0.1 && place.1.abs() < 0.1, "{place:?}");
        let places = &fleet.reports().positions;
        let north = |at: u32| Plane::east_of(origin).xy_from_position(places[at as usize]);
        assert!(north(loops[0].0.start).0 >= 550.0 && north(loops[0].0.start - 1).0 < 550.0);
        assert!(north(crossing.at).1 >= -1e-6 && north(crossing.at + 1).1 < 1e-6);
        assert_eq!(found.cut(0), from_ref(&loops[0].0));
        // The same is a change of course where loops are shorter.
        let none = search(&fleet, &OutlierParams { angle_deg: 0.0, loop_m: 1990.0, ..params() });
        assert_eq!((none.loops, none.reports_cut), (0, 0));
    }
}

#[test]
fn a_figure_eight_is_two_loops() {
    let eight: Vec<(f64, f64)> = (0..=120)
        .map(|i| {
            let angle = (f64::from(i) * 3.0).to_radians();
            (800.0 * angle.sin(), 400.0 * (2.0 * angle).sin())
        })
        .collect();
    let found = search(&fleet(ORIGINS[0], &eight), &params());
    let loops = small_loops(&found);
    assert_eq!(loops.len(), 2, "{loops:?}");
    assert!((loops[0].1 - loops[1].1).abs() < 20.0 && loops[0].1 > 2000.0, "{loops:?}");
    assert!(loops[0].0.end <= loops[1].0.start + 1, "{loops:?}");
    // And the whole of it, which is longer than the limit, none.
    assert!(loops.iter().all(|(_, length_m)| *length_m < 3000.0));
}

#[test]
fn a_ship_that_circles_has_a_loop_a_round_and_all_of_it_is_cut() {
    // Five rounds of 300 m that drift east, then away.
    let mut way = dense(&[(-2000.0, -300.0), (-50.0, -300.0)]);
    way.extend((0..180).map(|i| {
        let (sine, cosine) = (f64::from(i) * 10.0).to_radians().sin_cos();
        (300.0 * sine + f64::from(i) * 2.0, -300.0 * cosine)
    }));
    let end = way[way.len() - 1];
    way.extend(dense(&[end, (end.0 + 3000.0, -300.0)]));
    let found = search(&fleet(ORIGINS[0], &way), &OutlierParams { angle_deg: 0.0, ..params() });
    assert!((4..=5).contains(&found.loops), "{:?}", small_loops(&found));
    assert_eq!(found.cut(0).len(), 1);
    assert!(found.reports_cut > 150, "{}", found.reports_cut);
    assert!(small_loops(&found).iter().all(|(_, length_m)| (1500.0..2000.0).contains(length_m)));
}

#[test]
fn a_ship_at_rest_neither_turns_nor_circles() {
    let mut rng = Rng::new(5, 0);
    let mut way = dense(&[(-3000.0, 0.0), (0.0, 0.0)]);
    way.extend((0..5000).map(|_| (8.0 * rng.normal(), 8.0 * rng.normal())));
    way.extend(dense(&[(0.0, 0.0), (3000.0, 0.0)]));
    let fleet = fleet(ORIGINS[0], &way);
    assert!(search(&fleet, &params()).found.is_empty());
    // What it would be without steps.
    let noise = search(&fleet, &OutlierParams { step_m: 0.0, ..params() });
    assert!(noise.loops > 1000, "{}", noise.loops);
}

#[test]
fn noise_on_a_slow_way_makes_no_loops() {
    // 0.5 knots with a report every 10 seconds.
    let mut rng = Rng::new(6, 0);
    let way: Vec<(f64, f64)> = (0..8000)
        .map(|i| (f64::from(i) * 2.5 + 10.0 * rng.normal(), 10.0 * rng.normal()))
        .collect();
    let found = search(&fleet(ORIGINS[0], &way), &params());
    assert!(found.found.is_empty(), "{:?}", found.found);
}

#[test]
fn reports_that_come_twice_or_nowhere_change_nothing() {
    let plane = Plane::east_of(ORIGINS[2]);
    let way =
        dense(&[(0.0, 0.0), (3000.0, 0.0), (3000.0, 900.0), (2500.0, 900.0), (2500.0, -3000.0)]);
    let places: Vec<Position> = way.iter().map(|(x, y)| plane.position_from_xy(*x, *y)).collect();
    let plain = search(&fleet_at(&places), &params());
    assert!(plain.sharp_turns >= 2 && plain.loops == 1, "{plain:?}");
    let nowhere = [Position::new(f64::NAN, f64::NAN), Position::new(181.0, 91.0)];
    let odd: Vec<Position> =
        places.iter().flat_map(|place| [nowhere[0], *place, *place, nowhere[1]]).collect();
    let found = search(&fleet_at(&odd), &params());
    assert_eq!(turns(&found).len(), turns(&plain).len());
    for (odd, plain) in turns(&found).iter().zip(turns(&plain)) {
        assert_eq!(odd.0, plain.0 * 4 + 1);
        assert!((odd.1 - plain.1).abs() < 1e-6);
    }
    let (odd, plain) = (small_loops(&found), small_loops(&plain));
    assert!((odd[0].1 - plain[0].1).abs() < 1e-3, "{odd:?} {plain:?}");
    for places in [&[][..], &places[..1], &places[..2], &[nowhere[0]; 5], &[places[0]; 5]] {
        assert!(search(&fleet_at(places), &params()).found.is_empty());
    }
}

#[test]
fn cuts_of_several_trips_are_joined_within_each() {
    let corner = dense(&[(0.0, 0.0), (1000.0, 0.0), (1000.0, 300.0), (0.0, 300.0)]);
    let fleet = fleet(ORIGINS[0], &corner);
    let n = corner.len();
    let (whole, half, none) = (trip(0..n), trip(5..n), trip(0..5));
    let params = Checked::new(&OutlierParams { arm_m: 200.0, ..params() }).unwrap();
    let job = Job::default();
    let found = outliers(&fleet, &[&whole, &half, &none], &params, &job).unwrap();
    assert_eq!((found.trips(), found.trips_touched), (3, 2));
    // Corners at reports 10 and 13, two minutes around each.
    assert_eq!(found.cut(0), from_ref(&(8..16)));
    assert_eq!(found.cut(1), from_ref(&(3..11)));
    assert!(found.cut(2).is_empty());
    assert_eq!((found.reports_cut, found.reports_in), (16, n + n - 5 + 5));
    assert_eq!(job.progress(), (3, 3));
    job.cancel();
    assert_eq!(outliers(&fleet, &[&whole], &params, &job), Err(Stopped::Cancelled));
}

#[test]
fn every_outlier_knows_its_trip_among_many() {
    let fleet = fleet(ORIGINS[0], &dense(&[(0.0, 0.0), (2000.0, 0.0), (2000.0, 2000.0)]));
    let (bent, straight) = (trip(0..41), trip(0..20));
    let trips: Vec<&Trip> = (0..50).map(|i| if i % 3 == 0 { &bent } else { &straight }).collect();
    let params = Checked::new(&params()).unwrap();
    let found = outliers(&fleet, &trips, &params, &Job::default()).unwrap();
    let of_trips: Vec<usize> = found.found.iter().map(|outlier| outlier.trip).collect();
    assert_eq!(of_trips, (0..50).step_by(3).collect::<Vec<_>>());
    for place in 0..50 {
        let expected = if place % 3 == 0 { from_ref(&(18..23)) } else { &[] };
        assert_eq!(found.cut(place), expected, "{place}");
    }
}

#[test]
fn joined_ranges_hold_the_same_places() {
    assert_eq!(joined(vec![5..7, 0..2, 2..3, 6..9, 20..21]), [0..3, 5..9, 20..21]);
    assert_eq!(joined(Vec::new()), []);
}

/// [`loops`] by every pair of legs.
fn by_every_pair(posts: &Posts, limit_m: f64) -> Loops {
    let mut found = Loops::default();
    let mut free_from_m = 0.0;
    let path = |leg: usize, share: f64| {
        posts.path_m[leg] + share * (posts.path_m[leg + 1] - posts.path_m[leg])
    };
    for leg in 0..posts.len().saturating_sub(1) {
        let small: Vec<(usize, f64, f64)> = (0..leg.saturating_sub(1))
            .filter_map(|earlier| {
                let (alpha, beta) = crossing(&posts.line, earlier, leg)?;
                let (opens_m, ends_m) = (path(earlier, alpha), path(leg, beta));
                (ends_m - opens_m < limit_m).then_some((earlier, opens_m, ends_m))
            })
            .collect();
        if let Some((earliest, ..)) = small.first() {
            found.spans.push((*earliest, leg));
        }
        let free = small.iter().filter(|(_, opens_m, _)| *opens_m >= free_from_m - 1e-9 * limit_m);
        if let Some((opens, opens_m, ends_m)) =
            free.min_by(|a, b| (a.2 - a.1).total_cmp(&(b.2 - b.1)))
        {
            let beta = (ends_m - path(leg, 0.0)) / (path(leg, 1.0) - path(leg, 0.0));
            let (x, y) = posts.way(leg, leg + 1);
            let at = (posts.line.x_m[leg] + beta * x, posts.line.y_m[leg] + beta * y);
            let length_m = ends_m - opens_m;
            found.told.push(Loop { opens: *opens, closes: leg, length_m, ends_m: *ends_m, at });
            free_from_m = *ends_m;
        }
    }
    found
}

#[test]
fn the_grid_finds_what_every_pair_of_legs_tells() {
    let mut rng = Rng::new(8, 0);
    let mut n_loops = 0;
    for round in 0..400 {
        let origin = ORIGINS[round % ORIGINS.len()];
        // Walks that turn at will, with legs of a few meters to a few kilometers.
        let mut bearing_deg = rng.between(0.0, 360.0);
        let turn_deg = rng.between(5.0, 90.0);
        let longest_m = 10.0_f64.powf(rng.between(1.0, 3.5));
        let mut place = origin;
        let n = 2 + rng.below(300);
        let places: Vec<Position> = (0..n)
            .map(|_| {
                bearing_deg += turn_deg * rng.normal();
                let is_long = rng.happens(0.02);
                let leg_m = rng.between(0.0, longest_m) * if is_long { 30.0 } else { 1.0 };
                place = destination(place, bearing_deg, leg_m);
                place
            })
            .collect();
        let fleet = fleet_at(&places);
        let posts = Posts::along(&fleet.track(0), rng.between(0.0, 0.5 * longest_m));
        let limit_m = longest_m * 10.0_f64.powf(rng.between(0.0, 2.5));
        let found = loops(&posts, limit_m, &Job::default()).unwrap();
        let expected = by_every_pair(&posts, limit_m);
        n_loops += expected.told.len();
        assert_eq!(found.spans, expected.spans, "round {round}");
        assert_eq!(found.told.len(), expected.told.len(), "round {round}");
        for (found, expected) in found.told.iter().zip(&expected.told) {
            assert_eq!((found.opens, found.closes), (expected.opens, expected.closes));
            assert!((found.length_m - expected.length_m).abs() < 1e-6);
            let off_m = (found.at.0 - expected.at.0).hypot(found.at.1 - expected.at.1);
            assert!(off_m < 1e-3, "{off_m} m");
        }
    }
    assert!(n_loops > 1000, "{n_loops} loops tell something");
}

#[test]
fn a_long_track_compares_few_of_its_legs() {
    // A spiral of 40 rounds that lie far apart: of 100,000 legs there are 5e9 pairs.
    let way: Vec<(f64, f64)> = (0..100_000)
        .map(|i| {
            let radius = 100.0 + f64::from(i) * 0.5;
            let (sine, cosine) = (f64::from(i).sqrt() * 0.8).sin_cos();
            (radius * sine, radius * cosine)
        })
        .collect();
    let fleet = fleet(ORIGINS[0], &way);
    let posts = Posts::along(&fleet.track(0), 0.0);
    let mut grid = Grid::new(&posts);
    let mut compared = 0;
    for leg in 0..posts.len() - 1 {
        grid.enter(&posts, leg, |_| {
            compared += 1;
            true
        });
    }
    assert!((100_000..1_000_000).contains(&compared), "{compared}");
    assert_eq!(loops(&posts, f64::MAX, &Job::default()).unwrap(), Loops::default());
}
