//! Tracks drawn by the software renderer.

use egui::{Color32, Rect, pos2, vec2};

use super::*;
use crate::ais::{Ending, Fleet, Report, ShipKind, ShipType, Static, Trip, Vessel};
use crate::base::geo::Position;
use crate::base::job::Job;
use crate::ui::map::geometry::geometry;
use crate::ui::map::palette::{course_color, kind_color, scale_color};
use crate::ui::map::picture::{Picture, SCREEN, Screen};
use crate::ui::map::vertex::WORLD;
use crate::ui::map::view::{mercator, position_from_mercator};

/// A layer on a screen of its own.
struct Stage {
    screen: Screen,
    layer: TrackLayer,
}

impl Stage {
    /// Shows the tracks, each a vessel's and a trip; `None` where there is no GPU, not even in
    /// software.
    fn new(tracks: Vec<Vec<Report>>) -> Option<Stage> {
        let screen = Screen::new()?;
        let mut layer = TrackLayer::new();
        layer.upload(&screen.render_state, Key::of("test", &0, &[]), &made(tracks));
        Some(Stage { screen, layer })
    }

    fn draw(&self, view: &View, style: &Style) -> Picture {
        self.screen.draw(|painter| self.layer.paint(painter, view, style))
    }
}

pub fn made(tracks: Vec<Vec<Report>>) -> Geometry {
    let mut trips = Vec::new();
    let mut first = 0;
    for (vessel, track) in tracks.iter().enumerate() {
        let reports = first..first + track.len();
        first = reports.end;
        if reports.len() > 1 {
            trips.push(Trip {
                vessel,
                reports,
                length_m: 1.0,
                begins: Ending::Track,
                ends: Ending::Track,
            });
        }
    }
    let tanker = || Vessel {
        about: Static { ship_type: ShipType(80), ..Static::default() },
        ..Vessel::default()
    };
    let fleet = Fleet::from_tracks(tracks.into_iter().map(|track| (tanker(), track)).collect());
    geometry(&fleet, &trips, &Job::default()).unwrap()
}

/// Reports at these places, a minute apart, at 10 knots on course 090.
pub fn track(places: &[(f64, f64)]) -> Vec<Report> {
    let report = |(i, (lon_deg, lat_deg)): (usize, &(f64, f64))| Report {
        sog_kn: 10.0,
        cog_deg: 90.0,
        ..Report::at(i as i64 * 60_000, Position::new(*lon_deg, *lat_deg))
    };
    places.iter().enumerate().map(report).collect()
}

/// White, opaque lines alone.
fn plain() -> Style {
    Style {
        color_by: ColorBy::Single,
        single: Color32::WHITE,
        alpha: 1.0,
        rest_alpha: 1.0,
        shows_points: false,
        ..Style::new(true)
    }
}

fn view(lon_deg: f64, lat_deg: f64, zoom: f64) -> View {
    View::new(Position::new(lon_deg, lat_deg), zoom, SCREEN)
}

const BLACK: [u8; 3] = [0; 3];

#[test]
fn a_leg_is_a_line_of_its_width_from_report_to_report() {
    let Some(stage) = Stage::new(vec![track(&[(-1.0, 0.0), (1.0, 0.0)])]) else { return };
    let view = view(0.0, 0.0, 6.0);
    let picture = stage.draw(&view, &plain());
    let length_px = 2.0 * view.world_px / 360.0;
    assert!((picture.covered() - 1.5 * length_px).abs() < 2.0, "{}", picture.covered());
    let (west, east) = (200.0 - length_px / 2.0, 200.0 + length_px / 2.0);
    assert_eq!(picture.at(west as usize - 2, 150), BLACK);
    assert!(picture.at(west as usize + 2, 150)[0] > 180);
    assert!(picture.at(east as usize - 2, 150)[0] > 180);
    assert_eq!(picture.at(east as usize + 2, 150), BLACK);
}

#[test]
fn at_zoom_20_a_line_lies_where_it_should_and_follows_the_view_by_quarters_of_a_pixel() {
    // Far from the origin of everything, and the leg's ends millions of pixels outside of the screen.
    let (lon_deg, lat_deg) = (151.234_567_8, -33.867_891_2);
    let line = track(&[(lon_deg, lat_deg - 3.0), (lon_deg, lat_deg + 2.0)]);
    let Some(stage) = Stage::new(vec![line]) else { return };
    // Two pixels wide: then the mean of the light is exactly the middle of the line.
    let style = Style { width_px: 2.0, ..plain() };
    for zoom in [20.0, 22.0] {
        let mut view = view(lon_deg, lat_deg, zoom);
        // Reports are stored to 9 mm, which at this zoom may be seen; but nothing may tremble.
        let error_px = 0.05 + 0.51 * view.world_px / f64::from(WORLD);
        let mut before = None;
        for _ in 0..12 {
            view.center[0] += 0.25 / view.world_px;
            let (x, light) = stage.draw(&view, &style).light_in_row(140);
            let expected = f64::from(view.to_screen(Position::new(lon_deg, lat_deg)).x);
            assert!((x - expected).abs() < error_px, "{x} {expected}");
            assert!((light - 2.0).abs() < 0.02, "{light}");
            if let Some(before) = before.replace(x) {
                assert!((before - x - 0.25_f64).abs() < 0.01, "{before} {x}");
            }
        }
    }
}

#[test]
fn at_zoom_20_a_leg_over_an_ocean_keeps_its_width() {
    let middle = mercator(Position::new(-37.654_321, 41.234_567));
    // The ends lie five million pixels away, where f32 counts halves of a pixel.
    let end = |part: f64| {
        let place = position_from_mercator([middle[0] + 0.01 * part, middle[1] + 0.02 * part]);
        (place.lon_deg, place.lat_deg)
    };
    let Some(stage) = Stage::new(vec![track(&[end(-1.0), end(1.03)])]) else { return };
    let mut view = View { center: middle, ..view(0.0, 0.0, 20.0) };
    for _ in 0..8 {
        view.center[0] += 0.3 / view.world_px;
        let (_, light) = stage.draw(&view, &plain()).light_in_row(140);
        // Cut by a row, a line of slope 2 is wider by half the square root of 5, or nearly so.
        assert!((light - 1.5 * 1.25_f64.sqrt()).abs() < 0.1, "{light}");
    }
}

#[test]
fn a_leg_across_the_date_line_goes_the_short_way_in_both_directions() {
    for (from, to) in [(179.5, -179.5), (-179.5, 179.5)] {
        let Some(stage) = Stage::new(vec![track(&[(from, 0.0), (to, 0.0)])]) else { return };
        // On either side, and where only the far half of the leg is in view.
        for (center, zoom) in
            [(179.9, 8.0), (-179.9, 8.0), (180.0, 8.0), (-179.6, 16.0), (179.6, 16.0)]
        {
            let view = view(center, 0.0, zoom);
            let picture = stage.draw(&view, &plain());
            let at = view.to_screen(Position::new(center, 0.0));
            assert!(picture.near(at)[0] > 180, "{from} {center} {zoom}");
            let length_px = (view.world_px / 360.0).min(400.0);
            assert!(
                (picture.covered() - 1.5 * length_px).abs() < 3.0,
                "{} {center}",
                picture.covered()
            );
        }
        let elsewhere = stage.draw(&view(0.0, 0.0, 2.0), &plain());
        assert_eq!(elsewhere.at(200, 150), BLACK);
    }
}

#[test]
fn at_the_date_line_nothing_trembles_either() {
    let line = track(&[(-180.0, -0.01), (180.0, 0.01)]); // The same meridian.
    let Some(stage) = Stage::new(vec![line]) else { return };
    let style = Style { width_px: 2.0, ..plain() };
    for center in [179.999_999, -179.999_999] {
        let mut view = view(center, 0.0, 20.0);
        for _ in 0..4 {
            view.center[0] += 0.25 / view.world_px;
            let (x, light) = stage.draw(&view, &style).light_in_row(140);
            let expected = f64::from(view.to_screen(Position::new(180.0, 0.0)).x);
            assert!((x - expected).abs() < 0.01, "{x} {expected}");
            assert!((light - 2.0).abs() < 0.02, "{light}");
        }
    }
}

#[test]
fn far_out_every_copy_of_the_world_has_its_tracks() {
    let Some(stage) = Stage::new(vec![track(&[(-10.0, 0.0), (10.0, 0.0)])]) else { return };
    let view = view(100.0, 0.0, 0.0);
    let picture = stage.draw(&view, &plain());
    let lines =
        (0..400).filter(|x| picture.at(*x, 150)[0] > 150 && picture.at(x - 1, 150)[0] <= 150);
    assert_eq!(lines.count(), 2); // At 400 px of 256 px worlds: one at 0° and one at 360°.
}

#[test]
fn between_trips_there_is_nothing() {
    let Some(stage) =
        Stage::new(vec![track(&[(-1.0, 0.0), (-0.5, 0.0)]), track(&[(0.5, 0.0), (1.0, 0.0)])])
    else {
        return;
    };
    let picture = stage.draw(&view(0.0, 0.0, 7.0), &plain());
    assert_eq!(picture.at(200, 150), BLACK);
    assert!((picture.covered() - 1.5 * 256.0 * 128.0 / 360.0).abs() < 3.0);
}

#[test]
fn a_time_window_cuts_legs_where_it_ends() {
    let Some(stage) = Stage::new(vec![track(&[(-1.0, 0.0), (0.0, 0.0), (1.0, 0.0)])]) else {
        return;
    };
    let view = view(0.0, 0.0, 7.0);
    let degree_px = view.world_px / 360.0;
    let covered = |from_s: i64, to_s: i64| {
        let style = Style { time_window_ms: Some((from_s * 1000, to_s * 1000)), ..plain() };
        stage.draw(&view, &style).covered() / (1.5 * degree_px)
    };
    let close = |a: f64, b: f64| (a - b).abs() < 0.02;
    assert!(close(covered(0, 120), 2.0), "{}", covered(0, 120));
    assert!(close(covered(30, 90), 1.0), "{}", covered(30, 90));
    assert!(close(covered(45, 60), 0.25), "{}", covered(45, 60));
    assert_eq!(covered(121, 500), 0.0);
    let instant = covered(30, 30) * 1.5 * degree_px;
    assert!(instant > 0.5 && instant < 3.0, "A ship at one instant is a dot: {instant}");
}

#[test]
fn a_trail_fades_along_each_leg_to_a_tenth_where_the_window_begins() {
    let Some(stage) = Stage::new(vec![track(&[(-1.0, 0.0), (0.0, 0.0), (1.0, 0.0)])]) else {
        return;
    };
    let view = view(0.0, 0.0, 7.0);
    let degree_px = view.world_px / 360.0;
    let light = |fades: bool, window_s: Option<(i64, i64)>, parts: &[f64]| -> Vec<f64> {
        let style = Style {
            fades,
            width_px: 6.0,
            time_window_ms: window_s.map(|(from, to)| (from * 1000, to * 1000)),
            ..plain()
        };
        let picture = stage.draw(&view, &style);
        let x = |part: f64| (200.0 + part * degree_px) as usize;
        parts.iter().map(|part| f64::from(picture.at(x(*part), 150)[1]) / 255.0).collect()
    };
    // From half a degree west to one east is from 30 to 120 s.
    let found = light(true, Some((30, 120)), &[-0.55, -0.48, -0.2, 0.25, 0.98]);
    let expected = [0.0, 0.11, 0.28, 0.55, 0.988];
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 0.015, "{found} {expected}");
    }
    assert_eq!(light(false, Some((30, 120)), &[-0.4, 0.9]), [1.0, 1.0]);
    assert_eq!(light(true, None, &[-0.4, 0.9]), [1.0, 1.0]);
    assert_eq!(light(true, Some((60, 60)), &[0.0]), [1.0]);
}

#[test]
fn colors_change_without_sending_vertices_again() {
    let Some(stage) = Stage::new(vec![track(&[(-1.0, 0.0), (1.0, 0.0)])]) else { return };
    let view = view(0.0, 0.0, 6.0);
    let color = |color_by: ColorBy| {
        let style = Style { color_by, width_px: 5.0, time_scale_ms: Some((0, 60_000)), ..plain() };
        stage.draw(&view, &style).at(200, 150)
    };
    let near = |found: [u8; 3], expected: Color32| {
        let [r, g, b, _] = expected.to_array();
        assert!(
            found.iter().zip([r, g, b]).all(|(a, b)| a.abs_diff(b) < 8),
            "{found:?} {expected:?}"
        );
    };
    near(color(ColorBy::ShipType), kind_color(ShipKind::Tanker, true));
    near(color(ColorBy::Vessel), crate::ui::map::palette::category(0, true));
    near(color(ColorBy::Group), crate::ui::map::palette::unknown(true));
    near(color(ColorBy::Speed), scale_color(10.0 / 25.0, true));
    near(color(ColorBy::Course), course_color(90.0, true));
    near(color(ColorBy::Time), scale_color(0.5, true));
    near(color(ColorBy::Single), Color32::WHITE);
}

#[test]
fn speeds_outside_of_the_window_are_not_drawn() {
    let mut fast = track(&[(-1.0, 0.0), (0.0, 0.0), (1.0, 0.0)]);
    fast[0].sog_kn = 30.0;
    let Some(stage) = Stage::new(vec![fast]) else { return };
    let style = Style { speed_window_kn: Some((5.0, 10.0)), ..plain() };
    let picture = stage.draw(&view(0.0, 0.0, 7.0), &style);
    assert_eq!(picture.at(170, 150), BLACK);
    assert!(picture.at(230, 150)[0] > 180);
}

#[test]
fn what_is_hidden_goes_and_what_is_selected_is_wide_and_above() {
    // The second crosses the first and is drawn after it.
    let tracks = vec![track(&[(-1.0, 0.0), (1.0, 0.0)]), track(&[(0.0, -1.0), (0.0, 1.0)])];
    let Some(mut stage) = Stage::new(tracks) else { return };
    let view = view(0.0, 0.0, 7.0);
    let render_state = stage.screen.render_state.clone();
    stage.layer.set_looks(&render_state, |slot, _| Look { is_shown: slot == 1, ..Look::default() });
    let picture = stage.draw(&view, &plain());
    assert_eq!(picture.at(150, 150), BLACK);
    assert!(picture.at(200, 100)[0] > 180);

    stage
        .layer
        .set_looks(&render_state, |slot, _| Look { is_selected: slot == 0, ..Look::default() });
    let style = Style { single: Color32::from_rgb(0, 200, 0), ..plain() };
    let picture = stage.draw(&view, &style);
    let widths = [(150, 140..160), (210, 140..160)]
        .map(|(x, ys)| ys.filter(|y| picture.at(x, *y)[1] > 100).count());
    assert!(widths.iter().all(|width| (3..=4).contains(width)), "{widths:?}");
    assert!(picture.at(200, 150)[0] > 60, "brightened, on top: {:?}", picture.at(200, 150));
    assert!((45..75).contains(&picture.at(200, 100)[1]), "dimmed: {:?}", picture.at(200, 100));

    let style = Style { hovered: Some(1), ..style };
    stage.layer.set_looks(&render_state, |_, _| Look::default());
    let picture = stage.draw(&view, &style);
    assert!(picture.at(200, 100)[0] > 50 && picture.at(150, 150)[0] == 0);
}

#[test]
fn what_is_pointed_at_is_wide_but_nothing_dims_and_what_is_faint_is() {
    let tracks = vec![track(&[(-1.0, 0.0), (1.0, 0.0)]), track(&[(-1.0, 0.35), (1.0, 0.35)])];
    let Some(mut stage) = Stage::new(tracks) else { return };
    let view = view(0.0, 0.0, 7.0);
    let render_state = stage.screen.render_state.clone();
    let style = Style { single: Color32::from_rgb(0, 200, 0), width_px: 2.0, ..plain() };
    let light = |picture: &Picture, ys: std::ops::Range<usize>| -> u32 {
        ys.map(|y| u32::from(picture.at(200, y)[1])).sum()
    };
    let (on_equator, north) = (140..160, 104..124);
    let before = stage.draw(&view, &style);
    stage
        .layer
        .set_looks(&render_state, |slot, _| Look { is_hovered: slot == 0, ..Look::default() });
    let picture = stage.draw(&view, &style);
    assert!(light(&picture, on_equator) > 3 * light(&before, 140..160) / 2);
    assert_eq!(light(&picture, north), light(&before, 104..124));
    stage.layer.set_looks(&render_state, |slot, _| Look { is_faint: slot == 1, ..Look::default() });
    let faint = light(&stage.draw(&view, &style), 104..124) as f32;
    let part = faint / light(&before, 104..124) as f32;
    assert!((part - style.faint_alpha).abs() < 0.03, "{part}");
}

#[test]
fn a_twin_draws_the_same_vertices_with_looks_of_its_own() {
    let tracks = vec![track(&[(-1.0, 0.0), (1.0, 0.0)]), track(&[(-1.0, 0.35), (1.0, 0.35)])];
    let Some(stage) = Stage::new(tracks) else { return };
    let render_state = stage.screen.render_state.clone();
    let mut twin = stage.layer.twin(&render_state);
    assert!(twin.shares_vertices_with(&stage.layer), "nothing is sent twice");
    twin.set_looks(&render_state, |slot, _| Look { is_shown: slot == 1, ..Look::default() });
    let view = view(0.0, 0.0, 7.0);
    let both = |layer: &TrackLayer| {
        let picture = stage.screen.draw(|painter| layer.paint(painter, &view, &plain()));
        let is_drawn =
            |ys: std::ops::Range<usize>| ys.into_iter().any(|y| picture.at(200, y)[0] > 90);
        [is_drawn(140..160), is_drawn(104..124)]
    };
    assert_eq!((both(&stage.layer), both(&twin)), ([true, true], [false, true]));
    assert!(!TrackLayer::new().shares_vertices_with(&twin));
}

#[test]
fn close_in_reports_are_points_and_closer_arrows() {
    let reports = track(&[(-0.01, 0.0), (0.0, 0.0), (0.01, 0.0)]);
    let Some(stage) = Stage::new(vec![reports]) else { return };
    let light = |zoom: f64, shows_points: bool| {
        let style = Style { shows_points, width_px: 2.0, ..plain() };
        let picture = stage.draw(&view(0.0, 0.0, zoom), &style);
        let column =
            |x: usize| (0..300).map(|y| f64::from(picture.at(x, y)[1]) / 255.0).sum::<f64>();
        [column(200), column(197)]
    };
    assert_eq!(light(9.0, true), light(9.0, false)); // 4 px apart.
    assert!(light(11.0, true)[0] > light(11.0, false)[0] + 0.5); // 15 px: points.
    let [at, behind] = light(14.0, true); // 117 px: arrows to the east, wide behind.
    assert!(at > 4.0 && behind > at + 1.0, "{at} {behind}");
}

#[test]
fn a_single_report_is_a_dot_at_every_zoom() {
    let Some(stage) = Stage::new(vec![track(&[(5.0, 50.0)])]) else { return };
    for zoom in [0.0, 5.0, 12.0, 20.0] {
        for shows_points in [false, true] {
            let style = Style { shows_points, ..plain() };
            let covered = stage.draw(&view(5.0, 50.0, zoom), &style).covered();
            assert!(covered > 0.9 && covered < 40.0, "{covered} at {zoom}");
        }
    }
}

#[test]
fn a_map_that_hangs_off_the_screen_on_a_fine_display_is_not_shifted() {
    let Some(mut stage) = Stage::new(vec![track(&[(0.0, -1.0), (0.0, 1.0)])]) else { return };
    stage.screen.pixels_per_point = 2.0;
    let mut view = view(0.0, 0.0, 7.0);
    view.clip_rect = Rect::from_min_size(pos2(-150.3, 40.0), vec2(420.0, 400.0));
    let picture = stage.draw(&view, &plain());
    let (x, light) = picture.light_in_row(300);
    assert!((x - 2.0 * f64::from(view.clip_rect.center().x)).abs() < 0.05, "{x}");
    assert!((light - 3.0).abs() < 0.05, "{light}");
    let (_, outside) = picture.light_in_row(70);
    assert!(outside == 0.0, "above the map: {outside}");
}

#[test]
fn an_empty_layer_and_an_empty_geometry_draw_nothing() {
    let Some(stage) = Stage::new(vec![]) else { return };
    assert_eq!(stage.draw(&view(0.0, 0.0, 3.0), &plain()).covered(), 0.0);
    let empty = Stage { layer: TrackLayer::new(), ..stage };
    assert_eq!(empty.draw(&view(0.0, 0.0, 3.0), &plain()).covered(), 0.0);
}

#[test]
fn two_layers_keep_apart() {
    let Some(stage) = Stage::new(vec![track(&[(-1.0, 0.0), (1.0, 0.0)])]) else { return };
    let mut other = TrackLayer::new();
    other.upload(
        &stage.screen.render_state,
        Key::of("other", &0, &[]),
        &made(vec![track(&[(0.0, 1.0), (0.0, 2.0)])]),
    );
    let picture = stage.draw(&view(0.0, 0.0, 7.0), &plain());
    let stage = Stage { layer: other, ..stage };
    let above = stage.draw(&view(0.0, 0.0, 7.0), &plain());
    assert!(picture.at(170, 150)[0] > 180 && above.at(170, 150) == BLACK);
    assert!(above.at(200, 30)[0] > 150 || above.at(199, 30)[0] > 150);
}

#[test]
fn a_line_goes_on_from_buffer_to_buffer() {
    let places: Vec<(f64, f64)> = (0..11).map(|i| (f64::from(i) * 0.2 - 1.0, 0.0)).collect();
    let Some(mut stage) = Stage::new(vec![track(&places)]) else { return };
    let view = view(0.0, 0.0, 7.0);
    let style = Style { shows_points: true, ..plain() };
    let whole = stage.draw(&view, &style);
    let small = Gpu::with_small_buffers(&stage.screen.render_state, 3);
    stage.screen.render_state.renderer.write().callback_resources.insert(Arc::new(small));
    stage.layer.upload(
        &stage.screen.render_state,
        Key::of("pieces", &0, &[]),
        &made(vec![track(&places)]),
    );
    assert!(stage.draw(&view, &style).pixels == whole.pixels);
    assert!(whole.covered() > 100.0);
}
