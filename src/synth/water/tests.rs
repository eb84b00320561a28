//! Ways over water against what seafarers' tables say, and against the coast itself.

use std::sync::LazyLock;

use super::*;
use crate::base::coast::{each_triangle, mercator};
use crate::base::units::nmi_from_m;

const ROTTERDAM: Position = Position::new(4.05, 51.98);
const SINGAPORE: Position = Position::new(103.80, 1.22);
const SHANGHAI: Position = Position::new(122.05, 31.25);
const LOS_ANGELES: Position = Position::new(-118.24, 33.71);
const SANTOS: Position = Position::new(-46.30, -24.00);
const NEW_YORK: Position = Position::new(-74.02, 40.68);
const SYDNEY: Position = Position::new(151.22, -33.85);
const YOKOHAMA: Position = Position::new(139.66, 35.44);
const HOUSTON: Position = Position::new(-94.78, 29.33);
const CAPE_TOWN: Position = Position::new(18.43, -33.90);
const RAS_TANURA: Position = Position::new(50.17, 26.65);
const ISTANBUL: Position = Position::new(28.98, 41.01);
const ODESA: Position = Position::new(30.75, 46.50);
const HAMBURG: Position = Position::new(9.95, 53.54);
const GDYNIA: Position = Position::new(18.55, 54.53);
const VALPARAISO: Position = Position::new(-71.62, -33.03);

/// The water of the world, read once for all tests.
pub(in crate::synth) fn water() -> &'static Water {
    static WATER: LazyLock<Water> = LazyLock::new(Water::load);
    &WATER
}

fn length_nmi(water: &Water, from: Position, to: Position) -> f64 {
    nmi_from_m(water.route(from, to, Hull::ANY).unwrap().length_m())
}

#[test]
fn lengths_are_those_of_distance_tables() {
    let water = water();
    for (from, to, nmi) in [
        (ROTTERDAM, SINGAPORE, 8300.0),
        (SHANGHAI, LOS_ANGELES, 5750.0),
        (SANTOS, ROTTERDAM, 5400.0),
        (NEW_YORK, ROTTERDAM, 3400.0),
        (SYDNEY, YOKOHAMA, 4320.0),
        (HOUSTON, ROTTERDAM, 5020.0),
        (NEW_YORK, LOS_ANGELES, 4930.0),
        (SINGAPORE, SHANGHAI, 2220.0),
        (RAS_TANURA, SINGAPORE, 3650.0),
        (CAPE_TOWN, ROTTERDAM, 6150.0),
        (ISTANBUL, ODESA, 345.0),
        (VALPARAISO, YOKOHAMA, 9280.0),
    ] {
        let found = length_nmi(water, from, to);
        assert!((found / nmi - 1.0).abs() < 0.05, "{from:?} to {to:?}: {found:.0} of {nmi}");
    }
}

#[test]
fn routes_cross_no_land_but_near_ports_and_in_passages() {
    let water = water();
    let ports = [
        ROTTERDAM,
        SINGAPORE,
        SHANGHAI,
        LOS_ANGELES,
        SANTOS,
        NEW_YORK,
        SYDNEY,
        YOKOHAMA,
        HOUSTON,
        CAPE_TOWN,
        RAS_TANURA,
        ODESA,
        GDYNIA,
        VALPARAISO,
    ];
    let posts: Vec<Position> = PASSAGES.iter().flat_map(Passage::places).collect();
    let mut doubtful = Vec::new();
    let mut n_looks = 0;
    for (i, from) in ports.iter().enumerate() {
        for to in &ports[..i] {
            let route = water.route(*from, *to, Hull::ANY).unwrap();
            for place in route.dense(500.0) {
                n_looks += 1;
                let is_free = water.grid.mask.is_free(mask::cell_at(place));
                let is_near = |other: &Position, m| distance_m(place, *other) < m;
                let is_narrow = is_near(from, 120_000.0)
                    || is_near(to, 120_000.0)
                    || (!is_free && posts.iter().any(|post| is_near(post, 12_000.0)));
                if !is_free && !is_narrow {
                    doubtful.push((mercator(place), place));
                }
            }
        }
    }
    // Where a cell's corner is cut, the coast itself has the say.
    assert!(n_looks > 1_000_000 && doubtful.len() < n_looks / 1000, "{} {n_looks}", doubtful.len());
    each_triangle(|[a, b, c]| {
        let side = |p: [f64; 2], q: [f64; 2], at: [f64; 2]| {
            (q[0] - p[0]) * (at[1] - p[1]) - (q[1] - p[1]) * (at[0] - p[0])
        };
        for (at, place) in &doubtful {
            let sides = [side(a, b, *at), side(b, c, *at), side(c, a, *at)];
            let is_inside = sides.iter().all(|s| *s > 0.0) || sides.iter().all(|s| *s < 0.0);
            assert!(!is_inside, "land at {place:?}");
        }
    });
}

#[test]
fn the_whole_world_fits_into_little_memory() {
    assert!((20_000_000..40_000_000).contains(&water().bytes()), "{}", water().bytes());
}

#[test]
fn the_way_back_is_the_same_and_is_kept() {
    let water = water();
    let out = water.route(ROTTERDAM, NEW_YORK, Hull::ANY).unwrap();
    let home = water.route(NEW_YORK, ROTTERDAM, Hull::ANY).unwrap();
    assert!(out.points().iter().eq(home.points().iter().rev()));
    assert!((out.length_m() - home.length_m()).abs() < 1.0);
    assert!(Arc::ptr_eq(&out, &water.route(ROTTERDAM, NEW_YORK, Hull::ANY).unwrap()));
}

#[test]
fn canals_are_taken_by_ships_that_fit() {
    let water = water();
    let small = Hull { draught_m: 9.0, beam_m: 30.0 };
    let large = Hull { draught_m: 18.0, beam_m: 60.0 };
    let route = |from, to, hull| water.route(from, to, hull).unwrap();
    let panama = route(NEW_YORK, LOS_ANGELES, small);
    assert!(panama.passages().contains(&"Panama Canal"), "{:?}", panama.passages());
    let cape = route(NEW_YORK, LOS_ANGELES, large);
    assert!(!cape.passages().contains(&"Panama Canal"));
    assert!(cape.length_m() > 2.4 * panama.length_m());
    assert!(route(ROTTERDAM, SINGAPORE, large).passages().contains(&"Suez Canal"));
    assert!(route(HAMBURG, GDYNIA, small).passages().contains(&"Kiel Canal"));
    assert!(!route(HAMBURG, GDYNIA, large).passages().contains(&"Kiel Canal"));
    assert!(route(ISTANBUL, ODESA, large).passages().contains(&"Bosporus"));
}

#[test]
fn the_pacific_is_crossed_over_the_date_line_and_without_stairs() {
    let water = water();
    let route = water.route(YOKOHAMA, LOS_ANGELES, Hull::ANY).unwrap();
    let lons: Vec<f64> = route.points().iter().map(|place| place.lon_deg).collect();
    assert!(lons.windows(2).any(|pair| (pair[0] - pair[1]).abs() > 180.0), "{lons:?}");
    let straight_m = distance_m(YOKOHAMA, LOS_ANGELES);
    assert!(route.length_m() < 1.02 * straight_m, "{} {straight_m}", route.length_m());
    assert!(route.points().len() < 40, "{}", route.points().len());
}

#[test]
fn places_along_a_route_are_where_their_distance_says() {
    let east = |lon_deg| Position::new(lon_deg, 0.0);
    let route = SeaRoute::through(vec![east(179.0), east(-179.0), east(-178.0)], Vec::new());
    let degree_m = distance_m(east(0.0), east(1.0));
    assert!((route.length_m() - 3.0 * degree_m).abs() < 1.0);
    for (degrees, lon_deg) in [(0.0, 179.0), (1.5, -179.5), (2.5, -178.5), (9.0, -178.0)] {
        let (place, course_deg) = route.at(degrees * degree_m);
        assert!(distance_m(place, east(lon_deg)) < 1.0, "{degrees}: {place:?}");
        assert!((course_deg - 90.0).abs() < 1e-6);
    }
    assert_eq!(route.dense(degree_m / 2.0).len(), 7);
}

#[test]
fn a_place_without_sea_is_told() {
    let water = water();
    let inland = Position::new(-87.6, 41.9); // Chicago: lakes are land here.
    let fault = water.route(ROTTERDAM, inland, Hull::ANY).unwrap_err();
    assert_eq!(fault.to_string(), "41.90° N -87.60° E lies too far from the sea that ships sail");
    let nowhere = Position::new(f64::NAN, 3.0);
    assert!(matches!(water.route(nowhere, SANTOS, Hull::ANY), Err(NoWay::NoPlace { .. })));
    let itself = water.route(SANTOS, SANTOS, Hull::ANY).unwrap();
    assert!(itself.length_m() < 1.0 && itself.points().len() == 2);
}
