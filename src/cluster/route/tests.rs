//! Routes against lanes whose center, width and speeds are known.

use super::spread::quantile;
use super::*;
use crate::ais::{Ending, Mmsi, Report, ShipType, Static, Vessel};
use crate::base::angle::turn_deg;
use crate::base::geo::{EARTH_RADIUS_M, distance_m, wrap_lon_deg};
use crate::base::rng::Rng;

/// A report of a made trip: seconds, meters east and north of the origin, knots.
type Row = (f64, f64, f64, f32);

/// A fleet of one ship a trip, around `origin`.
fn sea(origin: Position, ways: &[Vec<Row>]) -> (Fleet, Vec<Trip>) {
    let place = |x_m: f64, y_m: f64| {
        let lat_deg = origin.lat_deg + (y_m / EARTH_RADIUS_M).to_degrees();
        let lon_deg = (x_m / EARTH_RADIUS_M / origin.lat_deg.to_radians().cos()).to_degrees();
        Position::new(wrap_lon_deg(origin.lon_deg + lon_deg), lat_deg)
    };
    let report = |(s, x_m, y_m, sog_kn): &Row| Report {
        sog_kn: *sog_kn,
        ..Report::at((s * 1000.0) as i64, place(*x_m, *y_m))
    };
    let vessel = |i: usize| Vessel {
        mmsi: Mmsi(i as u32 + 1),
        about: Static { ship_type: ShipType(70 + 10 * (i % 2) as u8), ..Static::default() },
        ..Vessel::default()
    };
    let tracks = ways.iter().enumerate();
    let fleet = Fleet::from_tracks(
        tracks.map(|(i, way)| (vessel(i), way.iter().map(report).collect())).collect(),
    );
    let trip = |i: usize| Trip {
        vessel: i,
        reports: fleet.range(i),
        length_m: 0.0,
        begins: Ending::Track,
        ends: Ending::Track,
    };
    let trips = (0..ways.len()).map(trip).collect();
    (fleet, trips)
}

/// The route of all trips.
fn route_of(fleet: &Fleet, trips: &[Trip]) -> Option<Route> {
    let members: Vec<usize> = (0..trips.len()).collect();
    route(fleet, trips, &members, None, 7, &checked())
}

fn checked() -> Checked<RouteParams> {
    Checked::new(&RouteParams::default()).unwrap()
}

/// Meters east and north of `origin`.
fn xy(origin: Position, place: Position) -> (f64, f64) {
    let east = wrap_lon_deg(place.lon_deg - origin.lon_deg).to_radians();
    let north = (place.lat_deg - origin.lat_deg).to_radians();
    (EARTH_RADIUS_M * east * origin.lat_deg.to_radians().cos(), EARTH_RADIUS_M * north)
}

/// `n` trips of 10 m/s that follow `way(along, starboard)` over `length_m`, each at its own
/// distance to the side, of deviation `sigma_m`, with 20 m of noise, reports 200 m apart.
fn lane(
    n: usize,
    length_m: f64,
    sigma_m: f64,
    way: impl Fn(f64, f64) -> (f64, f64),
) -> Vec<Vec<Row>> {
    let mut rng = Rng::new(5, 0);
    (0..n)
        .map(|i| {
            let side_m = sigma_m * rng.normal();
            let first_m = rng.between(0.0, 200.0);
            let reports = ((length_m - first_m) / 200.0) as usize + 1;
            (0..reports)
                .map(|k| {
                    let along_m = first_m + 200.0 * k as f64;
                    let (x, y) = way(along_m, side_m);
                    let s = 3600.0 * i as f64 + along_m / 10.0;
                    (s, x + 20.0 * rng.normal(), y + 20.0 * rng.normal(), 19.4)
                })
                .collect()
        })
        .collect()
}

const KATTEGAT: Position = Position::new(11.5, 56.7);

#[test]
fn a_straight_lane_gives_back_its_center_and_its_width() {
    // East, 1000 trips, sigma 500 m: 5 to 95 % is 3.29 sigma = 1645 m, with a standard error of
    // 45 m for 1000 draws.
    let ways = lane(1000, 30_000.0, 500.0, |a, s| (a, -s));
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let route = route_of(&fleet, &trips).unwrap();
    assert_eq!((route.id, route.sailing, route.vessels), (7, 1000, 1000));
    assert!(turn_deg(90.0, route.direction_deg).abs() < 0.1, "{}", route.direction_deg);
    // Half of the trips have begun at 100 m and not ended at 29,900; ends are true to a step.
    assert!((route.length_nmi * 1852.0 - 29_800.0).abs() < 501.0, "{}", route.length_nmi);
    assert!((route.median_width_m - 1645.0).abs() < 100.0, "{}", route.median_width_m);
    // What was drawn says more exactly what is to come out: 3 % of sigma for the center.
    let mean_m = |way: &Vec<Row>| -way.iter().map(|row| row.2).sum::<f64>() / way.len() as f64;
    let mut sides_m: Vec<f64> = ways.iter().map(mean_m).collect();
    sides_m.sort_by(f64::total_cmp);
    let [left_m, middle_m, right_m] = [0.05, 0.5, 0.95].map(|share| quantile(&sides_m, share));
    for point in &route.center {
        let starboard_m = -xy(KATTEGAT, point.position).1;
        assert!((starboard_m - middle_m).abs() < 15.0, "{starboard_m} {middle_m}");
        // Where half have ended, the edges are those of the other half.
        let slack_m = if point.present == 1000 { 45.0 } else { 100.0 };
        assert!((starboard_m - point.left_m - left_m).abs() < slack_m, "{point:?} {left_m}");
        assert!((starboard_m + point.right_m - right_m).abs() < slack_m, "{point:?} {right_m}");
        assert!(turn_deg(90.0, point.direction_deg).abs() < 2.0, "{point:?}");
    }
}

#[test]
fn distances_along_the_center_are_meters() {
    let (fleet, trips) = sea(KATTEGAT, &lane(50, 30_000.0, 300.0, |a, s| (-s, a)));
    let route = route_of(&fleet, &trips).unwrap();
    let mut sum_m = 0.0;
    for pair in route.center.windows(2) {
        sum_m += distance_m(pair[0].position, pair[1].position);
        assert!((pair[1].distance_m - sum_m).abs() < 1e-4 * sum_m + 0.01);
        let step_m = pair[1].distance_m - pair[0].distance_m;
        assert!((step_m - 250.0).abs() < 15.0, "{step_m}");
    }
    assert_eq!(route.center[0].distance_m, 0.0);
}

/// East for 10 km, a quarter of a circle of 3 km radius to port, north for 10 km.
fn bend(along_m: f64, starboard_m: f64) -> (f64, f64) {
    const QUARTER_M: f64 = 3000.0 * std::f64::consts::FRAC_PI_2;
    if along_m < 10_000.0 {
        (along_m, -starboard_m)
    } else if along_m < 10_000.0 + QUARTER_M {
        let (sine, cosine) = ((along_m - 10_000.0) / 3000.0).sin_cos();
        let radius_m = 3000.0 + starboard_m;
        (10_000.0 + radius_m * sine, 3000.0 - radius_m * cosine)
    } else {
        (13_000.0 + starboard_m, 3000.0 + along_m - 10_000.0 - QUARTER_M)
    }
}

#[test]
fn a_bent_lane_keeps_its_center_and_width_through_the_bend() {
    let (fleet, trips) = sea(KATTEGAT, &lane(400, 24_700.0, 400.0, bend));
    let route = route_of(&fleet, &trips).unwrap();
    let truth: Vec<(f64, f64)> = (0..2470).map(|i| bend(10.0 * f64::from(i), 0.0)).collect();
    for point in &route.center {
        let (x, y) = xy(KATTEGAT, point.position);
        // The made sea is no true plane: 24 km north, an eastward meter is 0.6 % shorter.
        let x =
            x * (point.position.lat_deg.to_radians().cos()) / KATTEGAT.lat_deg.to_radians().cos();
        let off_m =
            truth.iter().map(|(tx, ty)| (tx - x).hypot(ty - y)).fold(f64::INFINITY, f64::min);
        assert!(off_m < 110.0, "{off_m} m at {}", point.distance_m);
    }
    assert!((route.median_width_m - 3.29 * 400.0).abs() < 130.0, "{}", route.median_width_m);
    let bent = route.center.iter().filter(|point| (11_000.0..14_000.0).contains(&point.distance_m));
    for point in bent {
        let width_m = point.left_m + point.right_m;
        assert!((width_m - 3.29 * 400.0).abs() < 200.0, "{width_m}");
    }
}

#[test]
fn a_lane_across_the_date_line_is_one_lane() {
    let origin = Position::new(179.9, -40.0);
    let (fleet, trips) = sea(origin, &lane(200, 30_000.0, 300.0, |a, s| (a, -s)));
    let route = route_of(&fleet, &trips).unwrap();
    assert!(route.length_nmi * 1852.0 > 29_000.0);
    assert!(route.center.iter().all(|point| xy(origin, point.position).1.abs() < 80.0));
    assert!((route.median_width_m - 3.29 * 300.0).abs() < 110.0);
    let shape = route.shape(5000.0);
    assert_eq!((shape.center.len(), shape.ribbon.len(), shape.arrows.len()), (2, 2, 6));
    for ring in &shape.ribbon {
        let lons = ring.iter().map(|place| place.lon_deg);
        let east = lons.clone().fold(f64::NEG_INFINITY, f64::max);
        assert!(east - lons.fold(f64::INFINITY, f64::min) < 1.0, "a ring around the world");
    }
}

#[test]
fn a_lane_of_two_directions_says_the_share_of_the_lesser() {
    let mut ways = lane(100, 20_000.0, 300.0, |a, s| (a, -s));
    for way in ways.iter_mut().take(30) {
        let seconds: Vec<f64> = way.iter().map(|row| row.0).collect();
        way.reverse();
        way.iter_mut().zip(seconds).for_each(|(row, s)| row.0 = s);
    }
    let (fleet, trips) = sea(KATTEGAT, &ways);
    for medoid in [None, Some(3), Some(50)] {
        let members: Vec<usize> = (0..100).collect();
        let route = route(&fleet, &trips, &members, medoid, 0, &checked()).unwrap();
        assert!((route.opposite_share - 0.3).abs() < 1e-12, "{}", route.opposite_share);
        assert!(turn_deg(90.0, route.direction_deg).abs() < 1.0);
        assert!((route.median_width_m - 3.29 * 300.0).abs() < 300.0);
        assert!(route.center.iter().all(|point| xy(KATTEGAT, point.position).1.abs() < 150.0));
    }
}

#[test]
fn outliers_move_neither_center_nor_edges_much() {
    let mut ways = lane(200, 20_000.0, 300.0, |a, s| (a, -s));
    for way in ways.iter_mut().take(8) {
        way.iter_mut().for_each(|row| row.2 += 8000.0);
    }
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let route = route_of(&fleet, &trips).unwrap();
    assert!(route.center.iter().all(|point| xy(KATTEGAT, point.position).1.abs() < 120.0));
    assert!(route.median_width_m < 3.29 * 300.0 * 1.6, "{}", route.median_width_m);
}

#[test]
fn ships_that_slow_down_half_way_show_it_there() {
    let mut ways = lane(60, 20_000.0, 200.0, |a, s| (a, -s));
    for way in &mut ways {
        way.iter_mut().for_each(|row| row.3 = if row.1 < 10_000.0 { 18.0 } else { 6.0 });
    }
    // One report in three says no speed; one ship none at all: hers is from places, 19.4 kn.
    ways.iter_mut().flatten().step_by(3).for_each(|row| row.3 = f32::NAN);
    ways[0].iter_mut().for_each(|row| row.3 = f32::NAN);
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let route = route_of(&fleet, &trips).unwrap();
    for point in &route.center {
        let (x, _) = xy(KATTEGAT, point.position);
        let sog_kn = point.sog_kn.unwrap();
        match x {
            x if x < 9500.0 => assert!((sog_kn.median - 18.0).abs() < 1e-6, "{sog_kn:?}"),
            // Where some ships have ended, the one without speeds may be among them.
            x if x > 10_700.0 && point.present == 60 => {
                assert!((sog_kn.median - 6.0).abs() < 1e-6 && sog_kn.p90 < 6.1, "{sog_kn:?}");
                assert!(sog_kn.mean > 6.1 && sog_kn.mean < 6.5, "{sog_kn:?}");
            }
            _ => {}
        }
    }
    let all_kn = route.sog_kn.unwrap();
    // Half of the way at 18, half at 6 knots, for each ship but one.
    assert!((all_kn.median - 12.0).abs() < 0.2 && (all_kn.p90 - 12.0).abs() < 0.3, "{all_kn:?}");
}

#[test]
fn a_route_ends_where_half_of_its_trips_do_even_beyond_the_medoid() {
    // 40 trips over 0 to 12 km, 60 over 0 to 20 km; the medoid named is one of the short ones.
    let mut ways = lane(100, 20_000.0, 200.0, |a, s| (a, -s));
    ways.iter_mut().take(40).for_each(|way| way.retain(|row| row.1 < 12_000.0));
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let members: Vec<usize> = (0..100).collect();
    let longer = route(&fleet, &trips, &members, Some(0), 0, &checked()).unwrap();
    let end_m = |route: &Route| xy(KATTEGAT, route.center.last().unwrap().position).0;
    assert!(end_m(&longer) > 15_500.0, "{}", end_m(&longer));
    // With 40 of 80, just half: not more.
    let shorter = route(&fleet, &trips, &members[..80], Some(50), 0, &checked()).unwrap();
    assert!((end_m(&shorter) - 12_000.0).abs() < 500.0, "{}", end_m(&shorter));
}

#[test]
fn trips_that_each_cover_a_part_still_make_a_route() {
    // Each of 90 trips covers a third, so that nowhere half of them pass.
    let mut ways = lane(90, 30_000.0, 200.0, |a, s| (a, -s));
    for (i, way) in ways.iter_mut().enumerate() {
        let from = 10_000.0 * (i % 3) as f64;
        way.retain(|row| (from - 500.0..from + 10_500.0).contains(&row.1));
    }
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let route = route_of(&fleet, &trips).unwrap();
    assert!(route.length_nmi * 1852.0 > 9000.0, "{}", route.length_nmi);
    assert!(route.center.iter().all(|point| xy(KATTEGAT, point.position).1.abs() < 150.0));
}

#[test]
fn one_trip_is_its_own_route_without_width() {
    let (fleet, trips) = sea(KATTEGAT, &lane(1, 20_000.0, 0.0, |a, s| (a, -s)));
    let route = route_of(&fleet, &trips).unwrap();
    assert!(route.median_width_m < 1e-6 && route.length_nmi * 1852.0 > 19_000.0);
    assert_eq!((route.medoid, route.opposite_share), (0, 0.0));
    assert!(route.center.iter().all(|point| point.present == 1));
}

#[test]
fn two_trips_have_their_center_between_them() {
    let way =
        |y_m: f64| (0..=100).map(|i| (f64::from(i), f64::from(i) * 200.0, y_m, 10.0)).collect();
    let (fleet, trips) = sea(KATTEGAT, &[way(0.0), way(600.0)]);
    let route = route_of(&fleet, &trips).unwrap();
    assert!(route.center.iter().all(|point| (xy(KATTEGAT, point.position).1 - 300.0).abs() < 1.0));
    // Type 7 quantiles of two values lie 5 % inside of them.
    assert!((route.median_width_m - 540.0).abs() < 1.0, "{}", route.median_width_m);
}

#[test]
fn kinds_hours_and_times_are_counted() {
    // Trip i begins at i hours and passes the middle 1000 s later; kinds alternate.
    let (fleet, trips) = sea(KATTEGAT, &lane(48, 20_000.0, 100.0, |a, s| (a, -s)));
    let route = route_of(&fleet, &trips).unwrap();
    assert_eq!(route.by_hour, [2; 24]);
    assert_eq!((route.by_kind[0], route.by_kind[1], route.by_kind[2]), (24, 24, 0));
    assert!(route.first_ms < 20_000 && route.last_ms > 47 * 3_600_000 + 1_960_000);
    assert!((route.duration_s.median - 1980.0).abs() < 25.0, "{:?}", route.duration_s);
}

#[test]
fn the_order_of_trips_does_not_matter() {
    let (fleet, trips) = sea(KATTEGAT, &lane(80, 24_700.0, 400.0, bend));
    let expected = route_of(&fleet, &trips).unwrap();
    let mut members: Vec<usize> = (0..trips.len()).collect();
    Rng::new(3, 0).shuffle(&mut members);
    assert_eq!(route(&fleet, &trips, &members, None, 7, &checked()).unwrap(), expected);
    let shuffled: Vec<Trip> = members.iter().map(|index| trips[*index].clone()).collect();
    let other = route_of(&fleet, &shuffled).unwrap();
    assert_eq!((other.center, other.sog_kn), (expected.center, expected.sog_kn));
}

#[test]
fn moving_all_trips_moves_the_route() {
    let ways = lane(60, 24_700.0, 300.0, bend);
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let here = route_of(&fleet, &trips).unwrap();
    for east_deg in [-11.5, 168.4, -100.0] {
        let (fleet, trips) =
            sea(Position::new(KATTEGAT.lon_deg + east_deg, KATTEGAT.lat_deg), &ways);
        let there = route_of(&fleet, &trips).unwrap();
        assert_eq!(there.center.len(), here.center.len());
        for (a, b) in here.center.iter().zip(&there.center) {
            let moved =
                Position::new(wrap_lon_deg(a.position.lon_deg + east_deg), a.position.lat_deg);
            assert!(distance_m(moved, b.position) < 0.1);
            assert!((a.left_m - b.left_m).abs() < 0.1 && (a.right_m - b.right_m).abs() < 0.1);
        }
    }
}

#[test]
fn a_ship_that_loops_as_medoid_does_not_loop_the_route() {
    let mut ways = lane(30, 20_000.0, 200.0, |a, s| (a, -s));
    let looping = &mut ways[0];
    let (x0, y0) = (looping[50].1, looping[50].2);
    let ring = (1..36).map(|i| {
        let (sine, cosine) = (f64::from(i) * 10.0).to_radians().sin_cos();
        (0.0, x0 + 600.0 * sine, y0 + 600.0 - 600.0 * cosine, 10.0)
    });
    looping.splice(51..51, ring);
    looping.iter_mut().zip(0..).for_each(|(row, i)| row.0 = f64::from(i) * 20.0);
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let members: Vec<usize> = (0..30).collect();
    let route = route(&fleet, &trips, &members, Some(0), 0, &checked()).unwrap();
    assert!((route.length_nmi * 1852.0 - 19_800.0).abs() < 500.0, "{}", route.length_nmi);
    assert!(route.center.iter().all(|point| xy(KATTEGAT, point.position).1.abs() < 150.0));
}

#[test]
fn what_leads_nowhere_has_no_route_and_nothing_panics() {
    let still: Vec<Row> = (0..50).map(|i| (f64::from(i), 0.0, 0.0, 0.0)).collect();
    let nowhere: Vec<Row> = (0..5).map(|i| (f64::from(i), f64::NAN, 0.0, f32::NAN)).collect();
    let hop: Vec<Row> = vec![(0.0, 0.0, 0.0, 5.0), (0.0, 40.0, 0.0, f32::NAN)];
    let there_and_back: Vec<Row> =
        vec![(0.0, 0.0, 0.0, 5.0), (9.0, 900.0, 0.0, 5.0), (20.0, 0.0, 0.0, 5.0)];
    let (fleet, trips) = sea(
        KATTEGAT,
        &[still, nowhere, hop.clone(), there_and_back, Vec::new(), vec![(0.0, 1.0, 1.0, 1.0)]],
    );
    let clusters: Vec<Vec<usize>> = vec![
        vec![],
        vec![0],
        vec![1],
        vec![0, 1, 4, 5],
        vec![2],
        vec![3],
        vec![0, 1, 2, 3, 4, 5],
        vec![2, 2, 2],
    ];
    let medoids = [None, Some(0), Some(9), None, Some(2), None, Some(0)];
    let found = routes(&fleet, &trips, &clusters, &medoids, &checked(), &Job::default()).unwrap();
    assert_eq!(found.without[..4], [0, 1, 2, 3]);
    for route in &found.routes {
        assert!(route.center.len() >= 2 && route.length_nmi > 0.0);
        assert!(
            route.center.iter().all(|point| point.position.is_valid() && point.left_m.is_finite())
        );
        assert!(!route.shape(1000.0).arrows.is_empty());
        assert!(!route.shape(0.0).arrows.is_empty() && !route.shape(f64::NAN).arrows.is_empty());
    }
    assert!(found.routes.iter().any(|route| route.id == 4));
}

#[test]
fn noise_of_every_kind_never_panics() {
    for stream in 0..200 {
        let mut rng = Rng::new(11, stream);
        let spread_m = 10.0_f64.powf(rng.between(0.0, 7.2));
        let n = 1 + rng.below(8);
        let ways: Vec<Vec<Row>> = (0..n)
            .map(|_| {
                let rows = rng.below(40);
                let (mut x, mut y) = (0.0, 0.0);
                (0..rows)
                    .map(|i| {
                        x += spread_m * rng.normal() * 0.3;
                        y = (y + spread_m * rng.normal() * 0.1).clamp(-1e7, 3e6);
                        (f64::from(i as u32), x, y, if rng.happens(0.2) { f32::NAN } else { 9.0 })
                    })
                    .collect()
            })
            .collect();
        let (fleet, trips) = sea(Position::new(rng.between(-180.0, 180.0), 60.0), &ways);
        if let Some(route) = route_of(&fleet, &trips) {
            assert!(route.center.iter().all(|point| point.position.is_valid()));
            assert!(route.median_width_m.is_finite() && route.direction_deg.is_finite());
            route.shape(1000.0);
            shared_water(&[route.clone(), route]);
        }
    }
}

#[test]
fn a_cancelled_job_gives_no_routes() {
    let (fleet, trips) = sea(KATTEGAT, &lane(3, 20_000.0, 100.0, |a, s| (a, -s)));
    let job = Job::default();
    job.cancel();
    let found = routes(&fleet, &trips, &[vec![0, 1, 2]], &[], &checked(), &job);
    assert_eq!(found, Err(Stopped::Cancelled));
}

#[test]
fn the_ribbon_has_the_area_of_length_times_width() {
    let (fleet, trips) = sea(KATTEGAT, &lane(300, 20_000.0, 300.0, |a, s| (a, -s)));
    let route = route_of(&fleet, &trips).unwrap();
    let shape = route.shape(4000.0);
    let ring: Vec<(f64, f64)> = shape.ribbon[0].iter().map(|place| xy(KATTEGAT, *place)).collect();
    let twice_m2: f64 = ring.windows(2).map(|p| p[0].0 * p[1].1 - p[1].0 * p[0].1).sum();
    let expected_m2 = route.length_nmi * 1852.0 * route.median_width_m;
    assert!((twice_m2 / 2.0 / expected_m2 - 1.0).abs() < 0.03);
    assert_eq!(shape.arrows.len(), 5);
    assert!(shape.arrows.iter().all(|arrow| turn_deg(90.0, arrow.direction_deg).abs() < 3.0));
}

#[test]
fn routes_share_water_where_one_lies_in_the_other() {
    // Lane 1 lies in the first 10 km of lane 0, against it; lane 2 is 5 km away.
    let mut ways = lane(40, 20_000.0, 300.0, |a, s| (a, -s));
    ways.extend(lane(40, 10_000.0, 300.0, |a, s| (10_000.0 - a, 100.0 + s)));
    ways.extend(lane(40, 20_000.0, 300.0, |a, s| (a, 5000.0 - s)));
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let clusters: Vec<Vec<usize>> = (0..3).map(|c| (c * 40..c * 40 + 40).collect()).collect();
    let found = routes(&fleet, &trips, &clusters, &[], &checked(), &Job::default()).unwrap();
    let shared = shared_water(&found.routes);
    assert_eq!(shared.len(), 1);
    assert_eq!((shared[0].a, shared[0].b), (0, 1));
    assert!((shared[0].share_of_a - 0.5).abs() < 0.05, "{shared:?}");
    assert!(shared[0].share_of_b > 0.95 && shared[0].turn_deg.abs() > 175.0, "{shared:?}");
}

#[test]
fn speeds_between_reports_lie_between_theirs() {
    // 1 knot more each kilometer, reports 2 km apart, both ways.
    let way = |out: bool| -> Vec<Row> {
        let x = |i: i32| 2000.0 * f64::from(if out { i } else { 10 - i });
        (0..=10).map(|i| (f64::from(i) * 200.0, x(i), 0.0, 5.0 + x(i) as f32 / 1000.0)).collect()
    };
    let (fleet, trips) = sea(KATTEGAT, &[way(true), way(false), way(true)]);
    for point in route_of(&fleet, &trips).unwrap().center {
        let expected_kn = 5.0 + xy(KATTEGAT, point.position).0 / 1000.0;
        let sog_kn = point.sog_kn.unwrap();
        assert!((sog_kn.p10 - expected_kn).abs() < 0.01, "{sog_kn:?} {expected_kn}");
        assert!((sog_kn.p90 - expected_kn).abs() < 0.01, "{sog_kn:?} {expected_kn}");
    }
}

#[test]
fn the_turn_between_crossing_routes_is_from_the_first_to_the_second() {
    // East, and on a course of 60 degrees through the middle of it: 30 degrees to port.
    let mut ways = lane(40, 20_000.0, 300.0, |a, s| (a, -s));
    let (sine, cosine) = 60.0_f64.to_radians().sin_cos();
    ways.extend(lane(40, 20_000.0, 300.0, |a, s| {
        (10_000.0 + (a - 10_000.0) * sine + s * cosine, (a - 10_000.0) * cosine - s * sine)
    }));
    let (fleet, trips) = sea(KATTEGAT, &ways);
    let clusters: Vec<Vec<usize>> = vec![(0..40).collect(), (40..80).collect()];
    let found = routes(&fleet, &trips, &clusters, &[], &checked(), &Job::default()).unwrap();
    let shared = shared_water(&found.routes);
    assert!((shared[0].turn_deg + 30.0).abs() < 2.0, "{shared:?}");
    // A lane 987 m wide is crossed at 30 degrees within 1974 m, a tenth of 20 km.
    assert!((shared[0].share_of_a - 0.1).abs() < 0.03, "{shared:?}");
}
