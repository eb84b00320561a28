//! Symbols drawn by the software renderer, and found by the pointer.

use egui::{Rect, pos2, vec2};

use super::*;
use crate::base::geo::Position;
use crate::ui::map::picture::{Picture, SCREEN, Screen};
use crate::ui::map::vertex::{between, fixed};

const SHAPES: [SymbolShape; 7] = [
    SymbolShape::Disc,
    SymbolShape::Ring,
    SymbolShape::Cross,
    SymbolShape::Square,
    SymbolShape::Diamond,
    SymbolShape::Triangle,
    SymbolShape::Ship,
];

const CLOCK: Clock = Clock { first_ms: 0, unit_ms: 1000 };
const BLACK: [u8; 3] = [0; 3];

fn view(lon_deg: f64, lat_deg: f64, zoom: f64) -> View {
    View::new(Position::new(lon_deg, lat_deg), zoom, SCREEN)
}

fn symbol(lon_deg: f64, lat_deg: f64, shape: SymbolShape) -> Symbol {
    Symbol::new(fixed(Position::new(lon_deg, lat_deg)), Color32::GREEN, shape)
}

fn moving(screen: &Screen, symbols: &[Symbol]) -> SymbolLayer {
    let mut layer = SymbolLayer::new();
    layer.set(Some(&screen.render_state), symbols);
    layer
}

fn marks(screen: Option<&Screen>, symbols: &[Symbol]) -> SymbolLayer {
    let mut layer = SymbolLayer::new();
    let render_state = screen.map(|screen| &screen.render_state);
    layer.upload(render_state, Key::of("marks", &0, &[]), &Arc::new(Marks::new(symbols, CLOCK)));
    layer
}

fn draw(screen: &Screen, layer: &SymbolLayer, view: &View, style: &SymbolStyle) -> Picture {
    screen.draw(|painter| assert_eq!(layer.paint(painter, view, style), 0))
}

#[test]
fn a_symbol_has_its_color_at_its_place_and_its_area() {
    let Some(screen) = Screen::new() else { return };
    let style = SymbolStyle::new(true);
    // Of a radius of 10 pixels; those of ring and cross are not convex.
    let areas = [314.2, 201.1, 192.6, 196.0, 200.0, 129.9, 132.75];
    for (shape, area) in SHAPES.into_iter().zip(areas) {
        let symbol = Symbol { size_px: 20.0, ..symbol(5.0, 50.0, shape) };
        let picture = draw(&screen, &moving(&screen, &[symbol]), &view(5.0, 50.0, 9.0), &style);
        let (middle, light) = picture.light();
        assert!((light - area).abs() < 3.0, "{shape:?}: {light} instead of {area}");
        let at = picture.at(200, 150);
        assert_eq!(at == [0, 255, 0], shape != SymbolShape::Ring, "{shape:?} {at:?}");
        assert!((middle - pos2(200.0, 150.0)).length() < 1.0, "{shape:?} {middle}");
    }
}

#[test]
fn a_symbol_has_an_outline_that_stands_out_from_what_is_below() {
    let Some(screen) = Screen::new() else { return };
    let square = Symbol { size_px: 20.0, ..symbol(0.0, 0.0, SymbolShape::Square) };
    let layer = moving(&screen, &[square]);
    for (is_dark, ground) in [(true, Color32::YELLOW), (false, Color32::BLACK)] {
        let picture = screen.draw(|painter| {
            painter.rect_filled(SCREEN, 0.0, ground);
            layer.paint(painter, &view(0.0, 0.0, 5.0), &SymbolStyle::new(is_dark));
        });
        let [r, _, b] = picture.at(192, 150); // Half a pixel outside of the square.
        assert!(if is_dark { r < 60 } else { b > 200 }, "{r} {b} {is_dark}");
        assert_eq!(picture.at(190, 150), [ground.r(), ground.g(), ground.b()]);
    }
}

#[test]
fn a_ship_points_where_it_goes() {
    let Some(screen) = Screen::new() else { return };
    let style = SymbolStyle::new(true);
    for (turn_deg, bow) in [
        (0.0, vec2(0.0, -1.0)),
        (90.0, vec2(1.0, 0.0)),
        (225.0, vec2(-0.7, 0.7)),
        (-90.0, vec2(-1.0, 0.0)),
    ] {
        for shape in [SymbolShape::Ship, SymbolShape::Triangle] {
            let ship = Symbol { size_px: 40.0, turn_deg, ..symbol(0.0, 0.0, shape) };
            let picture = draw(&screen, &moving(&screen, &[ship]), &view(0.0, 0.0, 5.0), &style);
            let middle = pos2(200.0, 150.0);
            assert!(picture.near(middle + bow * 16.0)[1] > 200, "{turn_deg} {shape:?}");
            assert!(picture.near(middle - bow * 19.0)[1] < 20, "{turn_deg} {shape:?}");
        }
    }
}

#[test]
fn at_zoom_20_a_symbol_follows_the_view_by_quarters_of_a_pixel() {
    let Some(screen) = Screen::new() else { return };
    let (lon_deg, lat_deg) = (151.234_567_8, -33.867_891_2);
    let layer = moving(&screen, &[symbol(lon_deg, lat_deg, SymbolShape::Disc)]);
    let mut view = view(lon_deg, lat_deg, 20.0);
    let mut before = None;
    for _ in 0..9 {
        view.center[0] += 0.25 / view.world_px;
        let (x, _) = draw(&screen, &layer, &view, &SymbolStyle::new(true)).light_in_row(150);
        let expected = f64::from(view.to_screen(Position::new(lon_deg, lat_deg)).x);
        assert!((x - expected).abs() < 0.12, "{x} {expected}"); // Stored to half an eighth.
        if let Some(before) = before.replace(x) {
            assert!((before - x - 0.25_f64).abs() < 0.01, "{before} {x}");
        }
    }
}

#[test]
fn symbols_are_as_large_at_every_zoom_and_on_fine_displays() {
    let Some(mut screen) = Screen::new() else { return };
    let layer = moving(&screen, &[symbol(3.0, 4.0, SymbolShape::Square)]);
    let covered = |screen: &Screen, zoom: f64| {
        draw(screen, &layer, &view(3.0, 4.0, zoom), &SymbolStyle::new(true)).covered()
    };
    let area = 6.3 * 6.3; // Of 9 points in diameter the half side is 0.7 times 4.5.
    for zoom in [1.0, 6.0, 14.0, 20.0] {
        assert!((covered(&screen, zoom) - area).abs() < 0.6, "{}", covered(&screen, zoom));
    }
    screen.pixels_per_point = 2.0;
    assert!((covered(&screen, 6.0) - 4.0 * area).abs() < 1.2, "{}", covered(&screen, 6.0));
}

#[test]
fn every_copy_of_the_world_has_its_symbols_and_half_ones_at_its_edges() {
    let Some(screen) = Screen::new() else { return };
    for symbols in [moving, |screen: &Screen, of: &[Symbol]| marks(Some(screen), of)] {
        let layer = symbols(&screen, &[symbol(180.0, 0.0, SymbolShape::Square)]);
        let style = SymbolStyle::new(true);
        // 400 points of worlds of 256: the date line at 72 and 328.
        let picture = draw(&screen, &layer, &view(0.0, 0.0, 0.0), &style);
        assert!(picture.at(72, 150)[1] > 250 && picture.at(327, 150)[1] > 250);
        assert!((picture.covered() - 2.0 * 6.3 * 6.3).abs() < 1.2, "{}", picture.covered());
        for center in [179.9, -179.9, 180.0] {
            let view = view(center, 0.0, 12.0);
            let (middle, light) = draw(&screen, &layer, &view, &style).light();
            let expected = view.to_screen(Position::new(180.0, 0.0));
            if SCREEN.contains(expected) {
                assert!((middle - expected).length() < 0.01, "{middle} {expected}");
                assert!((light - 6.3 * 6.3).abs() < 0.6);
            }
        }
    }
}

#[test]
fn classes_and_the_time_window_hide_marks_without_sending_them_again() {
    let Some(screen) = Screen::new() else { return };
    let at = |i: u8| Symbol {
        t_ms: i64::from(i) * 60_000,
        class: i * 10,
        ..symbol(f64::from(i) - 1.5, 0.0, SymbolShape::Disc)
    };
    let layer = marks(Some(&screen), &[at(0), at(1), at(2), at(3)]);
    let view = view(0.0, 0.0, 5.0);
    let shown = |style: &SymbolStyle| -> Vec<bool> {
        let picture = draw(&screen, &layer, &view, style);
        let place = |i: u8| view.to_screen(Position::new(f64::from(i) - 1.5, 0.0));
        let shown = (0..4).map(|i| picture.near(place(i))[1] > 200).collect();
        for i in 0..4 {
            let is_hit = layer.pick(&view, place(i), 4.0, style).is_some();
            assert_eq!(is_hit, picture.near(place(i))[1] > 200, "what is seen is found: {i}");
        }
        shown
    };
    let style = SymbolStyle::new(true);
    assert_eq!(shown(&style), [true; 4]);
    assert_eq!(
        shown(&SymbolStyle { classes: 1 << 10 | 1 << 30, ..style.clone() }),
        [false, true, false, true]
    );
    assert_eq!(shown(&SymbolStyle { classes: 0, ..style.clone() }), [false; 4]);
    let window = |from: i64, to: i64| SymbolStyle {
        time_window_ms: Some((from * 1000, to * 1000)),
        ..style.clone()
    };
    assert_eq!(shown(&window(60, 120)), [false, true, true, false]);
    assert_eq!(shown(&window(60, 60)), [false, true, false, false]);
    assert_eq!(shown(&window(61, 119)), [false; 4]);
}

#[test]
fn a_mark_between_two_seconds_is_shown_at_its_moment() {
    let clock = Clock::new((0, 180_000));
    for t_ms in [60_000, 60_499, 60_500, 60_999] {
        let symbol = Symbol { t_ms, ..symbol(0.0, 0.0, SymbolShape::Disc) };
        let marks = Marks::new(&[symbol], clock);
        let window = |from_ms: i64, to_ms: i64| {
            let style =
                SymbolStyle { time_window_ms: Some((from_ms, to_ms)), ..SymbolStyle::new(true) };
            let [from, to] = marks.time_window(&style).unwrap();
            (from..=to).contains(&(clock.time(t_ms) as f32))
        };
        assert!(window(0, t_ms) && window(t_ms, 180_000), "{t_ms}");
        assert!(!window(0, t_ms - 1500) && !window(t_ms + 1500, 180_000), "{t_ms}");
    }
}

#[test]
fn what_is_set_anew_replaces_what_was_and_memory_is_kept() {
    let Some(screen) = Screen::new() else { return };
    let view = view(0.0, 0.0, 3.0);
    let many: Vec<Symbol> = (0..1000).map(|_| symbol(1.0, 0.0, SymbolShape::Disc)).collect();
    let mut layer = moving(&screen, &many);
    let buffers = Arc::clone(&layer.sent.as_ref().unwrap().1);
    layer.set(Some(&screen.render_state), &[symbol(-10.0, 0.0, SymbolShape::Disc)]);
    layer.set(Some(&screen.render_state), &many[..900]);
    assert!(!Arc::ptr_eq(&buffers, &layer.sent.as_ref().unwrap().1), "1024 are too many for one");
    let buffers = Arc::clone(&layer.sent.as_ref().unwrap().1);
    layer.set(Some(&screen.render_state), &vec![symbol(-10.0, 0.0, SymbolShape::Disc); 700]);
    assert!(Arc::ptr_eq(&buffers, &layer.sent.as_ref().unwrap().1));
    let picture = draw(&screen, &layer, &view, &SymbolStyle::new(true));
    assert_eq!(picture.near(view.to_screen(Position::new(1.0, 0.0))), BLACK);
    assert_eq!(picture.near(view.to_screen(Position::new(-10.0, 0.0))), [0, 255, 0]);
    layer.set(Some(&screen.render_state), &[]);
    assert_eq!(draw(&screen, &layer, &view, &SymbolStyle::new(true)).covered(), 0.0);
    layer.clear();
    assert_eq!(draw(&screen, &layer, &view, &SymbolStyle::new(true)).covered(), 0.0);
}

#[test]
fn later_ships_lie_above_earlier_ones() {
    let Some(screen) = Screen::new() else { return };
    let red = Symbol { color: Color32::RED, ..symbol(0.0, 0.0, SymbolShape::Disc) };
    let ships = [red, symbol(0.0, 0.0, SymbolShape::Disc)];
    let layer = moving(&screen, &ships);
    let picture = draw(&screen, &layer, &view(0.0, 0.0, 3.0), &SymbolStyle::new(true));
    assert_eq!(picture.at(200, 150), [0, 255, 0]);
    let hit = layer.pick(&view(0.0, 0.0, 3.0), pos2(203.0, 150.0), 5.0, &SymbolStyle::new(true));
    assert_eq!(hit, Some(SymbolHit { index: 1, distance_px: 3.0 }));
}

#[test]
fn the_nearest_symbol_is_found_on_both_sides_of_the_date_line() {
    let many: Vec<Symbol> = (0..20_000)
        .map(|i| {
            let lon_deg = 170.0 + f64::from(i % 200) * 0.1;
            let lat_deg = f64::from(i / 200) * 0.1;
            let lon_deg = if lon_deg >= 180.0 { lon_deg - 360.0 } else { lon_deg };
            symbol(lon_deg, lat_deg, SymbolShape::Disc)
        })
        .collect();
    let mut moving = SymbolLayer::new();
    moving.set(None, &many);
    let style = SymbolStyle::new(true);
    for layer in [&marks(None, &many), &moving] {
        for (center, index) in [(179.9, 5_099), (-179.9, 5_101), (180.0, 5_100)] {
            for zoom in [8.0, 15.0] {
                let view = view(center, 2.5, zoom);
                let at = view.to_screen(Position::new(center, 2.5)) + vec2(3.0, -4.0);
                let hit = layer.pick(&view, at, 6.0, &style).unwrap();
                assert_eq!(hit.index, index, "{center}");
                assert!((hit.distance_px - 5.0).abs() < 0.01, "{hit:?}");
                assert_eq!(layer.pick(&view, at, 4.9, &style), None);
            }
        }
        assert_eq!(layer.pick(&view(0.0, 0.0, 9.0), pos2(10.0, 10.0), 50.0, &style), None);
        assert_eq!(layer.pick(&view(0.0, 0.0, 9.0), pos2(10.0, -9e6), 50.0, &style), None);
    }
}

#[test]
fn half_way_across_the_date_line_a_ship_is_on_it() {
    let [from, to] = [179.0, -179.0].map(|lon_deg| fixed(Position::new(lon_deg, 3.0)));
    assert_eq!(between(from, to, 0.5), fixed(Position::new(180.0, 3.0)));
}

#[test]
fn of_many_marks_only_those_near_the_view_are_drawn() {
    let many: Vec<Symbol> = (0..100_000)
        .map(|i| {
            let symbol =
                symbol(f64::from(i % 1000) * 0.36, f64::from(i / 1000), SymbolShape::Cross);
            Symbol { class: (i % 3) as u8, ..symbol }
        })
        .collect();
    let marks = Marks::new(&many, CLOCK);
    let view = view(30.0, 30.0, 6.0);
    let n = |classes: u32| -> usize {
        copies(view.visible(), view.center[0], 0.0, None)
            .flat_map(|(_, window)| marks.ranges(&window, classes))
            .map(|range| range.len())
            .sum()
    };
    assert!((200..8_000).contains(&n(u32::MAX)), "{}", n(u32::MAX));
    assert_eq!(n(1 << 3), 0);
}

#[test]
fn without_a_gpu_the_painter_draws_the_same_and_says_what_it_leaves_out() {
    let Some(screen) = Screen::new() else { return };
    let style = SymbolStyle::new(true);
    let view = view(0.0, 0.0, 5.0);
    for shape in SHAPES {
        let one = Symbol { size_px: 30.0, turn_deg: 30.0, ..symbol(0.0, 0.0, shape) };
        let by_gpu = draw(&screen, &moving(&screen, &[one]), &view, &style);
        let mut plain = SymbolLayer::new();
        plain.set(None, &[one]);
        let by_painter = draw(&screen, &plain, &view, &style);
        let ((at, light), (other_at, other_light)) = (by_gpu.light(), by_painter.light());
        assert!((light / other_light - 1.0).abs() < 0.05, "{shape:?} {light} {other_light}");
        assert!((at - other_at).length() < 0.5, "{shape:?} {at} {other_at}");
    }
    let many = vec![symbol(0.0, 0.0, SymbolShape::Disc); 9_000];
    let mut plain = SymbolLayer::new();
    plain.set(None, &many);
    let mut left_out = 0;
    screen.draw(|painter| left_out = plain.paint(painter, &view, &style));
    assert_eq!(left_out, 6_000);
}

#[test]
fn a_map_without_room_or_beyond_the_screen_draws_nothing_and_does_no_harm() {
    let Some(screen) = Screen::new() else { return };
    let layer = marks(Some(&screen), &[symbol(0.0, 0.0, SymbolShape::Ship)]);
    for rect in [
        Rect::NOTHING,
        Rect::from_min_size(pos2(50.0, 50.0), vec2(0.0, 20.0)),
        Rect::from_min_size(pos2(50.0, 50.0), vec2(0.4, 0.4)),
        Rect::from_min_size(pos2(5000.0, 50.0), vec2(100.0, 100.0)),
        Rect::from_min_size(pos2(-90.0, -90.0), vec2(100.0, 100.0)),
    ] {
        let view = View { clip_rect: rect, ..view(0.0, 0.0, 3.0) };
        assert!(draw(&screen, &layer, &view, &SymbolStyle::new(true)).covered() < 9.0);
    }
}
