use egui::{pos2, vec2};

use super::*;
use crate::base::geo::Position;

fn rect() -> Rect {
    Rect::from_min_size(pos2(100.0, 50.0), vec2(400.0, 300.0))
}

fn view(lon_deg: f64, lat_deg: f64, zoom: f64) -> View {
    View::new(Position::new(lon_deg, lat_deg), zoom, rect())
}

#[test]
fn the_cells_cover_the_screen_and_lie_still_while_it_is_panned() {
    let mut view = view(20.0, 50.0, 9.3);
    let first = Grid::new(&view, rect(), 2.0, 8192).unwrap();
    for _ in 0..20 {
        view.center[0] += 0.7 / view.world_px;
        let grid = Grid::new(&view, rect(), 2.0, 8192).unwrap();
        assert!(grid.on_screen(&view).expand(1e-3).contains_rect(rect()));
        assert!(grid.size[0] <= 202 && grid.size[1] <= 152, "{grid:?}");
        assert_eq!(grid.around, first.around);
    }
    let moved = Grid::new(&view, rect(), 2.0, 8192).unwrap();
    assert_eq!(moved.origin[0] - first.origin[0], 7); // 14 points of two.
}

#[test]
fn cells_are_made_larger_where_there_would_be_too_many() {
    let grid = Grid::new(&view(0.0, 0.0, 5.0), rect(), 1.0, 128).unwrap();
    assert!(grid.size[0] <= 128 && grid.size[0] > 50, "{grid:?}");
    assert_eq!(grid.around, 256.0 * 32.0 / 4.0);
    assert_eq!(Grid::new(&view(0.0, 0.0, 5.0), Rect::NOTHING, 2.0, 128), None);
}

#[test]
fn the_camera_of_the_cells_counts_from_the_first() {
    // A cell is two points, the world 512 cells, and its middle the corner of four cells.
    let grid = Grid::new(&view(0.0, 0.0, 2.0), rect(), 2.0, 8192).unwrap();
    assert_eq!((grid.origin, grid.size), ([156, 181], [200, 150]));
    let camera = grid.camera();
    assert_eq!((camera.center, camera.middle_px), ([1 << 30, 1 << 30], [100.0, 75.0]));
    assert_eq!(f64::from(camera.px_per_unit), 512.0 / f64::from(WORLD));
}

#[test]
fn an_hour_in_a_cell_counts_more_by_area_where_cells_are_small() {
    let grid = Grid::new(&view(0.0, 60.0, 8.0), rect(), 2.0, 8192).unwrap();
    let factors: Vec<f64> = grid.factors(Measure::ShipHours).collect();
    let middle = factors[grid.size[1] as usize / 2];
    let cell_km2 = (grid.cell_m() / 1000.0).powi(2);
    assert!((middle * cell_km2 - 1.0).abs() < 0.01, "{middle} {cell_km2}");
    assert!((grid.cell_m() - view(0.0, 60.0, 8.0).center_m_per_px() * 2.0).abs() < 2.0);
    assert!(grid.factors(Measure::Reports).all(|factor| factor == 1.0));
}

#[test]
fn numbers_at_the_ends_of_the_scale_are_round() {
    for (value, up, down) in
        [(1.0, 1.0, 1.0), (3.0, 5.0, 2.0), (0.07, 0.1, 0.05), (900.0, 1000.0, 500.0)]
    {
        let close = |found: f64, expected: f64| (found / expected - 1.0).abs() < 1e-9;
        assert!(close(nice(value, true), up), "{value} {}", nice(value, true));
        assert!(close(nice(value, false), down), "{value} {}", nice(value, false));
    }
}

#[test]
fn one_anchorage_does_not_make_the_rest_one_color() {
    let lanes = (0..990).map(|i| 1.0 + f64::from(i % 100));
    let values = || lanes.clone().chain([50_000.0; 9]);
    let scale = Scale::of(Measure::Reports, values()).unwrap();
    assert_eq!((scale.low, scale.high), (1.0, 100.0));
    assert_eq!(Scale::of(Measure::Reports, [0.0; 7].into_iter()), None);
    let one = Scale::of(Measure::Reports, [1.0].into_iter()).unwrap();
    assert_eq!((one.low, one.high), (1.0, 10.0));
}

#[test]
fn a_legend_says_what_a_cell_is_and_shows_real_numbers() {
    let area = Area { name: "km²", m2: 1e6 };
    let of = |measure, low, high| {
        let scale = Scale { low, high };
        let legend = legend(measure, 123.4, area, Some(scale), true, None);
        let labels = legend.scale.unwrap().labels;
        (legend.title, labels.into_iter().map(|(_, label)| label).collect::<Vec<_>>())
    };
    let (title, labels) = of(Measure::Reports, 1.0, 200.0);
    assert_eq!(title, "Reports per cell of 120 m");
    assert_eq!(labels, ["1", "10", "200+"]);
    let (title, labels) = of(Measure::ShipHours, 0.05, 50.0);
    assert_eq!(title, "Ship-hours per km²");
    assert_eq!(labels, ["0.05", "1", "50+"]);
    assert_eq!(number(5e6), "5 M");
    assert_eq!(length(1_234.0), "1.2 km");
}

#[test]
fn more_is_brighter_on_a_dark_map_and_darker_on_a_light_one() {
    let sum = |part: f32, is_dark: bool| {
        let [r, g, b, _] = color(part, is_dark).to_opaque().to_array();
        u32::from(r) * 3 + u32::from(g) * 6 + u32::from(b)
    };
    for step in 0..20 {
        let (part, next) = (f32_of(step), f32_of(step + 1));
        assert!(sum(part, true) < sum(next, true), "{part}");
        assert!(sum(part, false) > sum(next, false), "{part}");
    }
}

fn f32_of(step: u16) -> f32 {
    f32::from(step) / 20.0
}
