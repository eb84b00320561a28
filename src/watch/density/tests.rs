//! Density by hand, and against looking every second.

use super::*;
use crate::ais::{Mmsi, Report, ShipType, Vessel};
use crate::base::geo::destination;
use crate::base::rng::Rng;

fn checked(params: DensityParams) -> Checked<DensityParams> {
    Checked::new(&params).unwrap()
}

fn one(reports: Vec<Report>) -> Fleet {
    let mut vessel = Vessel { is_local: true, ..Vessel::default() };
    vessel.about.ship_type = ShipType(70);
    Fleet::from_tracks(vec![(vessel, reports)])
}

fn counted(fleet: &Fleet, grid: &Grid, params: DensityParams) -> Density {
    density(fleet, grid, None, &checked(params), &Job::default()).unwrap()
}

/// Cells of 0.01 degrees from 10° east, on the equator.
fn hundredths() -> Grid {
    let cell_m = 0.01_f64.to_radians() * crate::base::geo::EARTH_RADIUS_M;
    Grid::new(10.0, 0.1, (-0.005, 0.005), cell_m).unwrap()
}

fn at(minute: i64, lon_deg: f64) -> Report {
    Report::at(minute * 60_000, Position::new(lon_deg, 0.0))
}

#[test]
fn a_ship_is_in_each_cell_for_the_time_that_its_way_leads_through() {
    // Half a cell, three whole ones, half a cell: 4 minutes each, 2 at the ends.
    let fleet = one(vec![at(0, 10.005), at(16, 10.045)]);
    let density = counted(&fleet, &hundredths(), DensityParams::default());
    let minutes: Vec<f64> =
        (0..6).map(|column| 60.0 * density.ship_hours(Cell { row: 0, column })).collect();
    for (found, expected) in minutes.iter().zip([2.0, 4.0, 4.0, 4.0, 2.0, 0.0]) {
        assert!((found - expected).abs() < 1e-4, "{minutes:?}");
    }
    assert!((density.total_hours() - 16.0 / 60.0).abs() < 1e-12);
    let first = Cell { row: 0, column: 0 };
    // A cell of 1.11 km squared: 1.236 square kilometers.
    assert!((density.hours_km2(first) - 2.0 / 60.0 / 1.2364).abs() < 1e-4);
    assert_eq!(density.cells().map(|cell| density.transits(cell)).collect::<Vec<_>>(), [1; 5]);
}

#[test]
fn a_ship_that_comes_again_soon_did_not_leave() {
    let to_and_fro = |minutes: i64| {
        let lons = [10.005, 10.015, 10.005, 10.015];
        one(lons.iter().enumerate().map(|(i, lon)| at(i as i64 * minutes, *lon)).collect())
    };
    let transits = |fleet: &Fleet| {
        let density = counted(fleet, &hundredths(), DensityParams::default());
        [0, 1].map(|column| density.transits(Cell { row: 0, column }))
    };
    assert_eq!(transits(&to_and_fro(10)), [1, 1]);
    // Half an hour each way: away from the first cell for 30 minutes, which is not longer.
    assert_eq!(transits(&to_and_fro(30)), [1, 1]);
    let away =
        one(vec![at(0, 10.005), at(10, 10.015), at(30, 10.016), at(45, 10.016), at(55, 10.005)]);
    assert_eq!(transits(&away), [2, 1]);
}

#[test]
fn what_does_not_count_is_left_out() {
    let grid = hundredths();
    let fleet = one(vec![at(0, 10.005), at(16, 10.045), at(60, 10.05), at(61, 10.09)]);
    let hours = |params| counted(&fleet, &grid, params).total_hours() * 60.0;
    // Neither the silence of 44 minutes nor the jump at 144 knots.
    assert!((hours(DensityParams::default()) - 16.0).abs() < 1e-9);
    let tankers = DensityParams { kinds: "tanker".into(), ..DensityParams::default() };
    assert_eq!(hours(tankers), 0.0);
    let night = DensityParams { from_hour: 20, until_hour: 6, ..DensityParams::default() };
    assert!((hours(night) - 16.0).abs() < 1e-9);
    let noon = DensityParams { from_hour: 12, until_hour: 13, ..DensityParams::default() };
    assert_eq!(hours(noon), 0.0);
    let fast = DensityParams { least_kn: 10.0, ..DensityParams::default() };
    assert_eq!(hours(fast), 0.0); // 4.4 km in 16 minutes are 9 kn.
    let params = checked(DensityParams::default());
    let window = Some((0, 4 * 60_000));
    let part = density(&fleet, &grid, window, &params, &Job::default()).unwrap();
    assert!((part.total_hours() * 60.0 - 4.0).abs() < 1e-9);
}

#[test]
fn cells_hold_what_looking_every_second_finds_on_the_date_line_too() {
    let mut rng = Rng::new(9, 0);
    let mut reports = Vec::new();
    let mut place = Position::new(179.9, 60.0);
    for minute in 0..600 {
        reports.push(Report::at(minute * 60_000, place));
        place = destination(place, 60.0 + 40.0 * rng.normal(), rng.between(100.0, 900.0));
    }
    let fleet = one(reports);
    let grid = Grid::around(&fleet, 700.0).unwrap();
    let density = counted(&fleet, &grid, DensityParams::default());
    assert!((density.total_hours() - 599.0 / 60.0).abs() < 1e-9, "{}", density.total_hours());
    let mut seconds = vec![0_u32; grid.cells()];
    let (t_ms, positions) = (&fleet.reports().t_ms, &fleet.reports().positions);
    for s in 0..599 * 60 {
        let report = s / 60;
        let share = ((s % 60) as f64 + 0.5) / 60.0;
        let (p, q) = (positions[report], positions[report + 1]);
        let lon = p.lon_deg + share * crate::base::geo::wrap_lon_deg(q.lon_deg - p.lon_deg);
        let lat = p.lat_deg + share * (q.lat_deg - p.lat_deg);
        let here = Position::new(crate::base::geo::wrap_lon_deg(lon), lat);
        seconds[grid.index(grid.cell_of(here).unwrap())] += 1;
    }
    assert_eq!(t_ms.len(), 600);
    for (index, n) in seconds.iter().enumerate() {
        let found_s = density.ship_hours(grid.cell(index)) * 3600.0;
        // Half a second for each time that the way enters or leaves.
        assert!((found_s - f64::from(*n)).abs() <= 3.0, "{index}: {found_s} {n}");
    }
}

#[test]
fn periods_compare_by_the_day_and_threads_change_nothing() {
    let fleet = one((0..500)
        .map(|i| at(i, 10.0 + 0.09 * (f64::from(i as i32) / 30.0).sin().abs()))
        .collect());
    let grid = hundredths();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| counted(&fleet, &grid, DensityParams::default()))
    };
    let density = run(1);
    assert_eq!(density, run(3));
    let same = density.change_to(&density, 1.0, 1.0).unwrap();
    assert!(same.hours_km2_day.iter().chain(&same.transits_day).all(|x| *x == 0.0));
    let halved = density.change_to(&density, 1.0, 2.0).unwrap();
    let cell = density.cells().next().unwrap();
    let index = grid.index(cell);
    assert!((halved.hours_km2_day[index] + 0.5 * density.hours_km2(cell)).abs() < 1e-12);
    let other = Grid::new(0.0, 1.0, (0.0, 1.0), 5000.0).unwrap();
    assert_eq!(
        density.change_to(&counted(&fleet, &other, DensityParams::default()), 1.0, 1.0),
        None
    );
}

#[test]
fn hours_are_told_apart_by_kind_and_hour_of_the_day() {
    // From 00:50 to 01:06, on the way through five cells.
    let track = |mmsi: u32| Vessel { mmsi: Mmsi(mmsi), ..Vessel::default() };
    let mut tanker = track(219_000_002);
    tanker.about.ship_type = ShipType(80);
    let way = || vec![at(50, 10.005), at(66, 10.045)];
    let fleet = Fleet::from_tracks(vec![(track(219_000_001), way()), (tanker, way())]);
    let density = counted(&fleet, &hundredths(), DensityParams::default());
    let by_kind = density.hours_by_kind().map(|hours| (60.0 * hours).round());
    assert_eq!(by_kind[ShipKind::Tanker as usize], 16.0);
    assert_eq!(by_kind[ShipKind::Unknown as usize], 16.0);
    let by_hour = density.hours_by_hour().map(|hours| (60.0 * hours).round());
    assert_eq!((by_hour[0], by_hour[1], by_hour[2]), (20.0, 12.0, 0.0));
    let total = density.total_hours();
    assert!((density.hours_by_kind().iter().sum::<f64>() - total).abs() < 1e-9);
    assert!((density.hours_by_hour().iter().sum::<f64>() - total).abs() < 1e-9);
}
