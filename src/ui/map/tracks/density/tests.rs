//! Density summed up by the software renderer, compared with known numbers and with the processor's.

use std::sync::Arc;

use egui::{Rect, pos2, vec2};

use super::*;
use crate::ais::Report;
use crate::base::geo::Position;
use crate::flow::key::Key;
use crate::ui::map::density::color;
use crate::ui::map::density_plain::{level_of, sums};
use crate::ui::map::geometry::Geometry;
use crate::ui::map::gpu::Gpu;
use crate::ui::map::picture::{Picture, SCREEN, Screen};
use crate::ui::map::tracks::tests::{made, track};
use crate::ui::map::tracks::{Look, TrackLayer};

const REPORTS: DensityStyle = DensityStyle { measure: Measure::Reports, cell_px: 2.0, alpha: 1.0 };
const HOURS: DensityStyle = DensityStyle { measure: Measure::ShipHours, cell_px: 2.0, alpha: 1.0 };

struct Stage {
    screen: Screen,
    layer: TrackLayer,
    geometry: Geometry,
}

impl Stage {
    fn new(tracks: Vec<Vec<Report>>) -> Option<Stage> {
        let screen = Screen::new()?;
        if !screen.render_state.device.features().contains(wgpu::Features::FLOAT32_BLENDABLE) {
            eprintln!("skipped: this GPU does not add up floats exactly");
            return None;
        }
        Some(Stage::on(screen, tracks))
    }

    fn on(screen: Screen, tracks: Vec<Vec<Report>>) -> Stage {
        let geometry = made(tracks);
        let mut layer = TrackLayer::new();
        layer.upload(&screen.render_state, Key::of("test", &0, &[]), &geometry);
        Stage { screen, layer, geometry }
    }

    fn draw(&self, view: &View, style: &Style, density: &DensityStyle) -> Picture {
        self.screen.draw(|painter| assert!(self.layer.paint_density(painter, view, style, density)))
    }

    /// The sums in the cells.
    fn cells(&self, view: &View, style: &Style, density: &DensityStyle) -> (Grid, Vec<f32>) {
        self.draw(view, style, density);
        let shown = self.layer.shown.as_ref().unwrap();
        shown.sums.values(&shown.gpu, &self.screen.render_state.queue)
    }

    fn sum(&self, view: &View, style: &Style, density: &DensityStyle) -> f64 {
        self.cells(view, style, density).1.into_iter().map(f64::from).sum()
    }

    fn check_like_the_processor(&self, view: &View, style: &Style) {
        for density in [&REPORTS, &HOURS] {
            let (grid, cells) = self.cells(view, style, density);
            let level = level_of(&self.geometry, view, style, density.measure);
            let expected = sums(&self.geometry, level, &grid, |_, _| true, style, density.measure);
            let [n, n_expected] = [&cells, &expected]
                .map(|cells| cells.iter().map(|cell| f64::from(*cell)).sum::<f64>());
            assert!((n - n_expected).abs() <= 1e-4 * n_expected, "{n} {n_expected}");
            // A report on the border of two cells may be in either.
            let off: f64 = cells.iter().zip(&expected).map(|(a, b)| f64::from((a - b).abs())).sum();
            assert!(off <= 0.01 * n_expected, "{off} of {n_expected}");
        }
    }
}

fn view(lon_deg: f64, lat_deg: f64, zoom: f64) -> View {
    View::new(Position::new(lon_deg, lat_deg), zoom, SCREEN)
}

fn style() -> Style {
    Style::new(true)
}

/// Ships on slanting ways of all lengths, with a stop each.
fn traffic(n_ships: u32, n_reports: u32) -> Vec<Vec<Report>> {
    let ship = |ship: u32| {
        let turn = f64::from(ship) * 2.399; // The golden angle.
        let place = |i: u32| {
            let way = f64::from(i.min(n_reports / 2)) * 0.004 * (1.0 + f64::from(ship % 7));
            (10.0 + way * turn.cos(), 50.0 + 0.6 * way * turn.sin())
        };
        track(&(0..n_reports).map(place).collect::<Vec<_>>())
    };
    (0..n_ships).map(ship).collect()
}

#[test]
fn sums_are_the_number_of_reports_and_the_hours_at_every_zoom() {
    let Some(stage) = Stage::new(traffic(40, 300)) else { return };
    for zoom in [0.0, 3.0, 5.0, 5.5] {
        let view = view(10.0, 50.0, zoom);
        assert_eq!(stage.sum(&view, &style(), &REPORTS), 40.0 * 300.0, "{zoom}");
        let hours = stage.sum(&view, &style(), &HOURS);
        let expected = 40.0 * 299.0 / 60.0;
        assert!((hours / expected - 1.0).abs() < 1e-3, "{hours} {expected} {zoom}");
    }
}

#[test]
fn each_cell_has_what_the_processor_puts_there() {
    let Some(stage) = Stage::new(traffic(40, 300)) else { return };
    for zoom in [4.0, 8.0, 11.0, 15.0] {
        stage.check_like_the_processor(&view(10.02, 50.01, zoom), &style());
    }
    let window = Style { time_window_ms: Some((3_333_000, 9_876_000)), ..style() };
    stage.check_like_the_processor(&view(10.0, 50.0, 7.0), &window);
}

#[test]
fn how_often_a_ship_reports_does_not_matter_to_its_hours() {
    let often: Vec<(f64, f64)> = (0..=100).map(|i| (f64::from(i) * 0.02 - 1.0, 0.0)).collect();
    let rarely = vec![(-1.0, 0.5), (1.0, 0.5)];
    let mut rarely = track(&rarely);
    rarely[1].t_ms = 100 * 60_000;
    let Some(stage) = Stage::new(vec![track(&often), rarely]) else { return };
    let view = view(0.0, 0.25, 7.0);
    let (grid, cells) = stage.cells(&view, &style(), &HOURS);
    let row = |lat_deg: f64| {
        let at = view.to_screen(Position::new(0.0, lat_deg));
        let top = grid.on_screen(&view).top();
        let row = ((at.y - top) / 2.0 - 0.01) as usize; // On a border: just above.
        let width = grid.size[0] as usize;
        let both = |row: usize| &cells[row * width..(row + 1) * width];
        both(row).iter().zip(both(row + 1)).map(|(a, b)| a + b).collect::<Vec<f32>>()
    };
    for (a, b) in row(0.0).iter().zip(row(0.5)) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
    let hours: f32 = cells.iter().sum();
    assert!((hours - 2.0 * 100.0 / 60.0).abs() < 1e-3, "{hours}");
}

#[test]
fn at_zoom_20_a_report_and_a_leg_stay_in_their_cells_while_the_view_moves_by_quarters_of_a_pixel() {
    let (lon_deg, lat_deg) = (151.234_567_8, -33.867_891_2);
    let line = track(&[(lon_deg, lat_deg - 0.000_05), (lon_deg, lat_deg + 0.000_05)]);
    let Some(stage) = Stage::new(vec![line]) else { return };
    let mut view = view(lon_deg, lat_deg, 20.0);
    let mut columns = Vec::new();
    for _ in 0..12 {
        view.center[0] += 0.25 / view.world_px;
        for density in [&REPORTS, &HOURS] {
            let (grid, cells) = stage.cells(&view, &style(), density);
            let found: Vec<i64> = (0..cells.len())
                .filter(|cell| cells[*cell] > 0.0)
                .map(|cell| grid.origin[0] + (cell % grid.size[0] as usize) as i64)
                .collect();
            assert!(found.windows(2).all(|pair| pair[0] == pair[1]), "{found:?}");
            columns.push(found[0]);
            let sum: f64 = cells.iter().map(|cell| f64::from(*cell)).sum();
            let expected = if density.measure == Measure::Reports { 2.0 } else { 1.0 / 60.0 };
            assert!((sum / expected - 1.0).abs() < 1e-4, "{sum}");
        }
    }
    assert!(columns.iter().all(|column| *column == columns[0]), "{columns:?}");
}

#[test]
fn hours_far_from_a_legs_ends_are_right_and_the_rest_is_not_seen() {
    // 5 degrees of latitude in 5 minutes; the screen shows 300 points of them.
    let mut line = track(&[(20.0, -3.0), (20.0, 2.0)]);
    line[1].t_ms = 300_000;
    let Some(stage) = Stage::new(vec![line]) else { return };
    let view = view(20.0, 0.0, 16.0);
    let length_px =
        view.to_screen(Position::new(20.0, -3.0)).y - view.to_screen(Position::new(20.0, 2.0)).y;
    let hours = stage.sum(&view, &style(), &HOURS);
    let expected = f64::from(300.0 / length_px) / 12.0;
    assert!((hours / expected - 1.0).abs() < 0.01, "{hours} {expected}");
}

#[test]
fn across_the_date_line_and_in_every_copy_of_the_world_sums_are_whole() {
    for (from, to) in [(179.5, -179.5), (-179.5, 179.5)] {
        let Some(stage) = Stage::new(vec![track(&[(from, 0.0), (to, 0.0)])]) else { return };
        for (center, zoom) in [(179.9, 7.0), (-179.9, 7.0), (180.0, 5.0), (175.0, 5.0)] {
            let view = view(center, 0.0, zoom);
            assert_eq!(stage.sum(&view, &style(), &REPORTS), 2.0, "{center}");
            let hours = stage.sum(&view, &style(), &HOURS);
            assert!((hours * 60.0 - 1.0).abs() < 1e-3, "{hours}");
            stage.check_like_the_processor(&view, &style());
        }
        // 400 points of worlds of 256: the date line is seen twice.
        let world = view(0.0, 0.0, 0.0);
        assert_eq!(stage.sum(&world, &style(), &REPORTS), 4.0);
        assert!((stage.sum(&world, &style(), &HOURS) * 60.0 - 2.0).abs() < 1e-3);
        assert_eq!(stage.sum(&view(0.0, 0.0, 4.0), &style(), &HOURS), 0.0);
    }
}

#[test]
fn filters_and_windows_take_effect_without_sending_vertices_again() {
    let mut fast = track(&[(0.0, 0.5), (0.1, 0.5), (0.2, 0.5)]);
    fast[0].sog_kn = 30.0;
    let alone = track(&[(0.3, 0.3)]);
    let slow = track(&[(0.0, 0.0), (0.1, 0.0), (0.2, 0.0), (0.3, 0.0)]);
    let Some(mut stage) = Stage::new(vec![slow, fast, alone]) else { return };
    let view = view(0.1, 0.2, 8.0);
    let both = |stage: &Stage, style: &Style| {
        let minutes = stage.sum(&view, style, &HOURS) * 60.0;
        (stage.sum(&view, style, &REPORTS), (minutes * 1000.0).round() / 1000.0)
    };
    let buffers = Arc::clone(&stage.layer.shown.as_ref().unwrap().buffers);
    assert_eq!(both(&stage, &style()), (8.0, 5.0));
    assert_eq!(both(&stage, &Style { shows_rest: false, ..style() }), (7.0, 5.0));
    let speed = Style { speed_window_kn: Some((5.0, 15.0)), ..style() };
    assert_eq!(both(&stage, &speed), (7.0, 4.0));
    let window =
        |from: i64, to: i64| Style { time_window_ms: Some((from * 1000, to * 1000)), ..style() };
    assert_eq!(both(&stage, &window(60, 120)), (4.0, 2.0));
    assert_eq!(both(&stage, &window(90, 135)), (2.0, 1.25)); // 30 s of one ship, 45 of the other.
    assert_eq!(both(&stage, &window(60, 60)), (2.0, 0.0));
    assert_eq!(both(&stage, &window(61, 61)), (0.0, 0.0));
    let render_state = stage.screen.render_state.clone();
    let is_shown = |slot: u32| Look { is_shown: slot == 0, ..Look::default() };
    stage.layer.set_looks(&render_state, |slot, _| is_shown(slot));
    assert_eq!(both(&stage, &style()), (4.0, 3.0));
    let selected = |slot: u32| Look { is_selected: slot == 1, ..Look::default() };
    stage.layer.set_looks(&render_state, |slot, _| selected(slot));
    assert_eq!(both(&stage, &Style { hovered: Some(0), ..style() }), (8.0, 5.0));
    assert!(Arc::ptr_eq(&buffers, &stage.layer.shown.as_ref().unwrap().buffers));
}

#[test]
fn sums_are_made_anew_only_when_something_changes() {
    let Some(stage) = Stage::new(traffic(3, 50)) else { return };
    let shown = stage.layer.shown.as_ref().unwrap();
    let mut moved = view(10.0, 50.0, 7.0);
    // To a quarter of a cell, from where three quarters are left to go.
    let cells = moved.center[0] * moved.world_px / 2.0;
    moved.center[0] += (0.25 - cells.fract()) * 2.0 / moved.world_px;
    let last = |view: &View, style: &Style| {
        stage.draw(view, style, &HOURS);
        shown.sums.last()
    };
    let first = last(&moved, &style());
    moved.center[0] += 1.0 / moved.world_px;
    assert!(Arc::ptr_eq(&first, &last(&moved, &style())), "a pan by half a cell");
    let colors = Style { width_px: 3.0, hovered: Some(1), is_dark: false, ..style() };
    assert!(Arc::ptr_eq(&first, &last(&moved, &colors)), "another look");
    moved.center[0] += 1.0 / moved.world_px;
    assert!(!Arc::ptr_eq(&first, &last(&moved, &style())), "a pan by a cell");
    let window = Style { time_window_ms: Some((0, 60_000)), ..style() };
    let second = last(&moved, &window);
    assert!(!Arc::ptr_eq(&second, &last(&moved, &style())), "another time");
}

#[test]
fn the_picture_has_the_scales_color_where_there_is_something_and_nothing_elsewhere() {
    // Ten reports in the middle of a cell, the high end of the scale, and one in another.
    let tracks = || vec![track(&[(0.01, 0.01); 10]), track(&[(1.005, 0.01)])];
    for (is_dark, pixels_per_point) in [(true, 1.0), (false, 1.0), (true, 2.0)] {
        let Some(screen) = Screen::new() else { return };
        let stage = Stage::on(Screen { pixels_per_point, ..screen }, tracks());
        let view = view(0.5, 0.0, 7.0);
        let picture = stage.draw(&view, &Style::new(is_dark), &REPORTS);
        for (lon_deg, part) in [(0.01, 1.0), (1.005, 0.0)] {
            let at = view.to_screen(Position::new(lon_deg, 0.01));
            let found = picture.near((at.to_vec2() * pixels_per_point).to_pos2());
            let expected = color(part, is_dark).to_array();
            let is_near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3);
            assert!(is_near, "{found:?} {expected:?}");
        }
        let n_lit = picture.pixels.iter().filter(|pixel| **pixel != [0; 3]).count() as f32;
        assert_eq!(n_lit, 2.0 * 4.0 * pixels_per_point * pixels_per_point);
    }
}

#[test]
fn the_scale_found_on_the_gpu_is_that_of_the_processor_and_the_legend_shows_it() {
    let Some(stage) = Stage::new(traffic(60, 300)) else { return };
    for density in [&REPORTS, &HOURS] {
        for zoom in [5.0, 8.0, 12.0] {
            let view = view(10.0, 50.0, zoom);
            let (grid, cells) = stage.cells(&view, &style(), density);
            let width = grid.size[0] as usize;
            let factors: Vec<f64> = grid.factors(density.measure).collect();
            let values = (0..)
                .zip(&cells)
                .map(|(cell, sum): (usize, _)| f64::from(*sum) * factors[cell / width]);
            let expected = Scale::of(density.measure, values).unwrap();
            let shown = stage.layer.shown.as_ref().unwrap();
            let (found, is_reading) = shown.sums.found(&shown.gpu);
            assert!(!is_reading);
            let found = Scale::from_log2(found.unwrap().log2.unwrap());
            assert!((found.low / expected.low - 1.0).abs() < 1e-6, "{found:?} {expected:?}");
            assert!((found.high / expected.high - 1.0).abs() < 1e-6, "{found:?} {expected:?}");
            let legend = stage.layer.density_legend(&style(), density).unwrap();
            assert!(legend.scale.unwrap().labels.len() >= 2);
        }
    }
}

#[test]
fn nothing_and_a_single_report_do_no_harm() {
    let Some(stage) = Stage::new(vec![]) else { return };
    let view = view(5.0, 50.0, 6.0);
    assert_eq!(stage.draw(&view, &style(), &HOURS).covered(), 0.0);
    assert_eq!(stage.sum(&view, &style(), &REPORTS), 0.0);
    let legend = stage.layer.density_legend(&style(), &REPORTS).unwrap();
    assert_eq!(legend.scale.unwrap().labels, []);
    let empty = Stage { layer: TrackLayer::new(), ..stage };
    assert_eq!(empty.draw(&view, &style(), &HOURS).covered(), 0.0);
    assert_eq!(empty.layer.density_legend(&style(), &HOURS), None);
    let one = Stage::on(empty.screen, vec![track(&[(5.0, 50.0)])]);
    assert_eq!(one.sum(&view, &style(), &REPORTS), 1.0);
    assert_eq!(one.sum(&view, &style(), &HOURS), 0.0);
}

#[test]
fn two_hundred_thousand_trips_are_summed_up() {
    let place = |i: u32| (f64::from(i % 500) * 0.002, f64::from(i / 500) * 0.002);
    let ship = |i: u32| {
        let (lon_deg, lat_deg) = place(i);
        track(&[(lon_deg, lat_deg), (lon_deg + 0.001, lat_deg)])
    };
    let Some(mut stage) = Stage::new((0..200_000).map(ship).collect()) else { return };
    let view = view(0.5, 0.4, 8.0);
    assert_eq!(stage.sum(&view, &style(), &REPORTS), 400_000.0);
    let hours = stage.sum(&view, &style(), &HOURS);
    assert!((hours * 60.0 / 200_000.0 - 1.0).abs() < 1e-3, "{hours}");
    let render_state = stage.screen.render_state.clone();
    let last = |slot: u32| Look { is_shown: slot == 199_999, ..Look::default() };
    stage.layer.set_looks(&render_state, |slot, _| last(slot));
    assert_eq!(stage.sum(&view, &style(), &REPORTS), 2.0);
}

#[test]
fn where_floats_cannot_be_added_up_large_sums_are_estimates() {
    let Some(screen) = Screen::new() else { return };
    let half = Gpu::with_parts(&screen.render_state);
    screen.render_state.renderer.write().callback_resources.insert(Arc::new(half));
    let anchored = |n: usize| track(&vec![(0.0, 0.0); n]);
    for n in [1_000, 2_047, 20_000, 200_000] {
        let screen = Screen { render_state: screen.render_state.clone(), pixels_per_point: 1.0 };
        let stage = Stage::on(screen, vec![anchored(n)]);
        let view = view(0.0, 0.0, 12.0);
        let found = stage.sum(&view, &style(), &REPORTS);
        let error = (found / n as f64 - 1.0).abs();
        assert!(if n < 2_048 { error == 0.0 } else { error < 0.2 }, "{found} of {n}");
        let expected = (n - 1) as f64 / 60.0;
        let hours = stage.sum(&view, &style(), &HOURS);
        assert!((hours / expected - 1.0).abs() < 0.25, "{hours} {expected}");
        let legend = stage.layer.density_legend(&style(), &HOURS).unwrap();
        assert!(legend.remark.is_some() && legend.scale.unwrap().labels.len() >= 2);
    }
}

#[test]
fn a_gpu_that_cannot_add_up_says_so() {
    let Some(screen) = Screen::new() else { return };
    let none = Gpu::without_density(&screen.render_state);
    screen.render_state.renderer.write().callback_resources.insert(Arc::new(none));
    let stage = Stage::on(screen, traffic(2, 9));
    let view = view(10.0, 50.0, 7.0);
    stage.screen.draw(|painter| {
        assert!(!stage.layer.paint_density(painter, &view, &style(), &HOURS));
    });
}

#[test]
fn a_map_without_room_or_beyond_the_screen_does_no_harm() {
    let Some(stage) = Stage::new(traffic(3, 50)) else { return };
    for rect in [
        Rect::NOTHING,
        Rect::from_min_size(pos2(50.0, 50.0), vec2(0.0, 20.0)),
        Rect::from_min_size(pos2(50.0, 50.0), vec2(0.4, 0.4)),
        Rect::from_min_size(pos2(5000.0, 50.0), vec2(100.0, 100.0)),
        Rect::from_min_size(pos2(-90.0, -90.0), vec2(100.0, 100.0)),
        Rect::from_min_size(pos2(300.0, 200.0), vec2(90_000.0, 70_000.0)),
    ] {
        let view = View { clip_rect: rect, ..view(10.0, 50.0, 7.0) };
        stage.draw(&view, &style(), &HOURS);
        stage.screen.draw(|painter| stage.layer.paint(painter, &view, &style()));
    }
    let far = View { center: [0.5, 3.0], ..view(0.0, 0.0, 3.0) };
    assert_eq!(stage.draw(&far, &style(), &HOURS).covered(), 0.0);
}

#[test]
fn the_limits_of_opengl_es_are_enough() {
    let mut setup = egui_wgpu::WgpuSetupCreateNew::without_display_handle();
    setup.device_descriptor = Arc::new(|adapter| wgpu::DeviceDescriptor {
        required_limits: wgpu::Limits {
            max_texture_dimension_2d: 4096, // Of the target that is drawn on.
            ..wgpu::Limits::downlevel_webgl2_defaults().using_resolution(adapter.limits())
        },
        ..wgpu::DeviceDescriptor::default()
    });
    let Some(screen) = Screen::with(setup.into()) else { return };
    assert!(!screen.render_state.device.features().contains(wgpu::Features::FLOAT32_BLENDABLE));
    let stage = Stage::on(screen, traffic(20, 100));
    let view = view(10.0, 50.0, 6.0);
    assert_eq!(stage.layer.shown.as_ref().unwrap().gpu.counts_in_parts(), Some(true));
    assert_eq!(stage.sum(&view, &style(), &REPORTS), 2_000.0);
    let hours = stage.sum(&view, &style(), &HOURS);
    assert!((hours / (20.0 * 99.0 / 60.0) - 1.0).abs() < 0.05, "{hours}");
}
