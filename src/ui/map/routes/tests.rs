//! Ribbons as they lie on the screen, and in a picture.

use egui::{Rect, pos2, vec2};

use super::labels::{Wish, place, spots};
use super::ribbon::{Across, Ribbon, fill};
use super::*;
use crate::ais::ShipKind;
use crate::base::geo::Position;
use crate::cluster::route::{CenterPoint, Route, Spread};
use crate::ui::map::picture::{SCREEN, Screen};
use crate::ui::map::view::mercator;

/// Meters in a degree of the equator.
const DEG_M: f64 = 111_194.926;

/// A route of `trips` trips through these places, as wide to either side.
fn route(id: u32, trips: usize, places: &[(f64, f64)], half_m: f64) -> Route {
    let spread = Spread { p10: 10.0, median: 11.2, p90: 12.0, mean: 11.0 };
    let mut distance_m = 0.0;
    let mut center: Vec<CenterPoint> = Vec::new();
    for (i, (lon_deg, lat_deg)) in places.iter().enumerate() {
        let leg = [places[i.saturating_sub(1)], places[i], places[(i + 1).min(places.len() - 1)]];
        let (from, to) = if i == 0 { (leg[1], leg[2]) } else { (leg[0], leg[1]) };
        let d_lon = (to.0 - from.0 + 540.0).rem_euclid(360.0) - 180.0;
        let [_, y_from] = mercator(Position::new(0.0, from.1));
        let [_, y_to] = mercator(Position::new(0.0, to.1));
        if i > 0 {
            distance_m += d_lon.hypot(to.1 - from.1) * DEG_M;
        }
        center.push(CenterPoint {
            position: Position::new(*lon_deg, *lat_deg),
            distance_m,
            direction_deg: (d_lon / 360.0).atan2(y_from - y_to).to_degrees().rem_euclid(360.0),
            left_m: half_m,
            right_m: half_m,
            sog_kn: None,
            present: trips,
        });
    }
    Route {
        id,
        members: (0..trips).collect(),
        sailing: trips,
        medoid: 0,
        center,
        direction_deg: 90.0,
        opposite_share: 0.25,
        length_nmi: 12.34,
        median_width_m: 2.0 * half_m,
        sog_kn: Some(spread),
        duration_s: spread,
        by_kind: [0; ShipKind::ALL.len()],
        by_hour: [0; 24],
        vessels: 2,
        first_ms: 0,
        last_ms: 1,
    }
}

/// From `from` to `to` degrees east along the equator in so many steps.
fn along_equator(from: f64, to: f64, steps: usize) -> Vec<(f64, f64)> {
    (0..=steps).map(|i| (from + (to - from) * i as f64 / steps as f64, 0.0)).collect()
}

fn view(lon_deg: f64, zoom: f64) -> View {
    View::new(Position::new(lon_deg, 0.0), zoom, SCREEN)
}

fn degree_px(view: &View) -> f32 {
    (view.world_px / 360.0) as f32
}

#[test]
fn a_ribbon_lies_beside_its_center_line_port_to_the_left() {
    let ribbon = Ribbon::of(&route(0, 5, &along_equator(-1.0, 1.0, 10), 0.25 * DEG_M)).unwrap();
    let view = view(0.0, 6.0);
    let parts = ribbon.in_view(&view, 0);
    assert_eq!((ribbon.copies(&view), parts.len()), (0..1, 1));
    let first = parts[0][0];
    let expected = SCREEN.center() - vec2(degree_px(&view), 0.0);
    assert!(first.center.distance(expected) < 0.01, "{first:?}");
    // Eastward, port is north, which is up.
    let quarter = 0.25 * degree_px(&view);
    assert!(first.left.distance(expected - vec2(0.0, quarter)) < 0.1, "{first:?}");
    assert!(first.right.distance(expected + vec2(0.0, quarter)) < 0.1, "{first:?}");
}

#[test]
fn from_afar_stations_are_left_out_but_never_the_ends() {
    let ribbon = Ribbon::of(&route(0, 5, &along_equator(-1.0, 1.0, 1000), 10.0)).unwrap();
    let view = view(0.0, 5.0);
    let parts = ribbon.in_view(&view, 0);
    let length_px = 2.0 * degree_px(&view);
    assert!(parts[0].len() <= (length_px / 4.0) as usize + 2, "{}", parts[0].len());
    let (first, last) = (parts[0][0].center, parts[0][parts[0].len() - 1].center);
    assert!((last.x - first.x - length_px).abs() < 0.01);
}

#[test]
fn close_in_only_what_is_in_view_is_left() {
    let ribbon = Ribbon::of(&route(0, 5, &along_equator(-1.0, 1.0, 1000), 10.0)).unwrap();
    let close = view(0.5, 14.0);
    let n: usize = ribbon.in_view(&close, 0).iter().map(Vec::len).sum();
    // 400 px of a world of 4 million: 0.03°, a station every 0.002°, and some in the margin.
    assert!((17..=22).contains(&n), "{n}");
    assert!(ribbon.in_view(&view(5.0, 14.0), 0).is_empty());
    let north = View::new(Position::new(0.0, 10.0), 8.0, SCREEN);
    assert_eq!(ribbon.copies(&north).count(), 0);
}

#[test]
fn a_route_across_the_date_line_is_whole_from_either_side() {
    let over: Vec<(f64, f64)> =
        [178.0, 179.0, 180.0, -179.0, -178.0].map(|lon_deg| (lon_deg, 0.0)).to_vec();
    let ribbon = Ribbon::of(&route(0, 5, &over, 1000.0)).unwrap();
    for lon_deg in [179.9, -179.9] {
        let view = view(lon_deg, 6.0);
        let parts: Vec<Vec<Across>> =
            ribbon.copies(&view).flat_map(|copy| ribbon.in_view(&view, copy)).collect();
        assert_eq!(parts.len(), 1, "{lon_deg}");
        let (first, last) = (parts[0][0].center.x, parts[0][parts[0].len() - 1].center.x);
        assert!((last - first - 4.0 * degree_px(&view)).abs() < 0.1);
    }
    // The world three times over: the route as often.
    let world = View::new(
        Position::new(0.0, 0.0),
        0.0,
        Rect::from_min_size(pos2(0.0, 0.0), vec2(768.0, 300.0)),
    );
    let whole = Ribbon::of(&route(0, 5, &along_equator(-50.0, 50.0, 10), 1000.0)).unwrap();
    assert_eq!(whole.copies(&world).count(), 3);
}

#[test]
fn on_the_inner_side_of_a_sharp_bend_an_edge_waits() {
    // North, then east; the edge to starboard would turn back in the corner.
    let mut places: Vec<(f64, f64)> = (0..=10).map(|i| (0.0, f64::from(i) * 0.1)).collect();
    places.extend((1..=10).map(|i| (f64::from(i) * 0.1, 1.0)));
    let ribbon = Ribbon::of(&route(0, 5, &places, 0.4 * DEG_M)).unwrap();
    let view = View::new(Position::new(0.5, 0.5), 7.0, SCREEN);
    let part = &ribbon.in_view(&view, 0)[0];
    let rights: Vec<Pos2> = part.iter().map(|across| across.right).collect();
    let backwards = rights.windows(2).filter(|pair| pair[1].x < pair[0].x - 0.5).count();
    assert_eq!(backwards, 0, "{rights:?}");
}

#[test]
fn arrows_stand_evenly_and_point_ahead_one_at_least() {
    let ribbon = Ribbon::of(&route(0, 5, &along_equator(-1.0, 1.0, 50), 100.0)).unwrap();
    let view = view(0.0, 6.0);
    let arrows = ribbon.arrows(&view, 0, 0.5 * DEG_M);
    let at: Vec<f32> = arrows.iter().map(|arrow| (arrow.at.x - 200.0) / degree_px(&view)).collect();
    assert_eq!(at.len(), 4);
    for (at, expected) in at.iter().zip([-0.75, -0.25, 0.25, 0.75]) {
        assert!((at - expected).abs() < 0.01, "{at}");
    }
    assert!(arrows.iter().all(|arrow| (arrow.ahead - vec2(1.0, 0.0)).length() < 1e-3));
    let one = ribbon.arrows(&view, 0, 50.0 * DEG_M);
    assert!(one.len() == 1 && (one[0].at.x - 200.0).abs() < 0.5, "{one:?}");
}

#[test]
fn arrows_stay_between_one_and_two_of_their_least_distance_apart() {
    for m_per_px in [0.3, 1.0, 7.7, 100.0, 12_345.0] {
        let px = arrow_step_m(m_per_px) / m_per_px;
        assert!((ARROWS_PX..2.0 * ARROWS_PX + 1e-9).contains(&px), "{px}");
    }
}

#[test]
fn each_pair_of_stations_is_two_triangles() {
    let across = |x: f32| Across { left: pos2(x, 0.0), center: pos2(x, 5.0), right: pos2(x, 10.0) };
    let mut mesh = Mesh::default();
    fill(&[across(0.0), across(10.0), across(20.0)], Color32::RED, &mut mesh);
    assert_eq!((mesh.vertices.len(), mesh.indices.len()), (6, 12));
    let area: f32 = mesh
        .indices
        .chunks_exact(3)
        .map(|corners| {
            let [a, b, c] = [0, 1, 2].map(|i| mesh.vertices[corners[i] as usize].pos);
            0.5 * ((b - a).x * (c - a).y - (b - a).y * (c - a).x).abs()
        })
        .sum();
    assert!((area - 200.0).abs() < 1e-3, "{area}");
    assert!(mesh.is_valid());
}

/// Two routes beside each other: 0 along the equator, 1 half a degree north of it.
fn layer() -> RouteLayer {
    let north: Vec<(f64, f64)> =
        along_equator(-1.0, 1.0, 20).into_iter().map(|(lon_deg, _)| (lon_deg, 0.5)).collect();
    let routes = Routes {
        routes: vec![
            route(0, 9, &along_equator(-1.0, 1.0, 20), 0.3 * DEG_M),
            route(1, 5, &north, 0.3 * DEG_M),
        ],
        without: Vec::new(),
    };
    let mut layer = RouteLayer::default();
    layer.show(Key::of("routes", &(), &[]), &routes);
    layer
}

fn look(cluster: u32) -> RouteLook {
    let color = if cluster == 0 { Color32::GREEN } else { Color32::RED };
    RouteLook { color, is_hovered: false, label: format!("Route {cluster}") }
}

#[test]
fn the_route_under_the_pointer_is_the_one_with_the_nearest_center_line() {
    let mut layer = layer();
    let view = view(0.0, 7.0);
    let at = |lat_deg: f64| view.to_screen(Position::new(0.2, lat_deg));
    let pick = |layer: &RouteLayer, lat_deg| layer.pick(&view, at(lat_deg)).map(|hit| hit.cluster);
    assert_eq!(pick(&layer, 0.0), None, "nothing says yet how they look");
    layer.set_looks(|cluster, _| Some(look(cluster)));
    for (lat_deg, expected) in
        [(0.0, Some(0)), (0.22, Some(0)), (0.28, Some(1)), (0.75, Some(1)), (0.9, None)]
    {
        assert_eq!(pick(&layer, lat_deg), expected, "{lat_deg}");
    }
    layer.set_looks(|cluster, _| (cluster == 1).then(|| look(cluster)));
    assert_eq!(pick(&layer, 0.0), None);
    let about = layer.pick(&view, at(0.5)).unwrap().about;
    assert_eq!(about[0], "5 trips of 2 ships");
    assert!(about[1].starts_with("Direction 090°, 12.3 nmi long"), "{about:?}");
    assert_eq!(about[2..], ["11.2 kn, most between 10.0 and 12.0", "25 % sail against it"]);
}

#[test]
fn a_narrow_route_is_found_near_its_center_line() {
    let routes =
        Routes { routes: vec![route(0, 9, &along_equator(-1.0, 1.0, 20), 1.0)], without: vec![] };
    let mut layer = RouteLayer::default();
    layer.show(Key::of("routes", &(), &[]), &routes);
    layer.set_looks(|cluster, _| Some(look(cluster)));
    let view = view(0.0, 7.0);
    assert!(layer.pick(&view, SCREEN.center() + vec2(0.0, 4.0)).is_some());
    assert!(layer.pick(&view, SCREEN.center() + vec2(0.0, 6.0)).is_none());
}

#[test]
fn no_label_lies_over_another_and_the_first_has_the_choice() {
    let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(300.0, 100.0));
    let wish = |spots: &[Pos2]| Wish { size: vec2(80.0, 16.0), spots: spots.to_vec() };
    let (middle, left) = (pos2(150.0, 50.0), pos2(60.0, 50.0));
    let placed = place(
        &[wish(&[middle]), wish(&[middle, left]), wish(&[middle, left]), wish(&[pos2(10.0, 9.0)])],
        area,
    );
    assert_eq!(placed[0].map(|rect| rect.center()), Some(middle));
    assert_eq!(placed[1].map(|rect| rect.center()), Some(left));
    assert_eq!(placed[2..], [None, None], "no spot is free; beyond the edge");
}

#[test]
fn a_label_stands_in_the_middle_of_what_is_in_view() {
    let ribbon = Ribbon::of(&route(0, 5, &along_equator(0.0, 1.0, 2), 10.0)).unwrap();
    let view = view(0.0, 9.0); // A degree is 364 px; the view ends 200 px east of the middle.
    let parts = ribbon.in_view(&view, 0);
    let spots_of = |width_px| spots(&parts, SCREEN, width_px);
    let first = spots_of(100.0)[0];
    assert!((first.x - 300.0).abs() < 0.5 && (first.y - 150.0).abs() < 0.5, "{first:?}");
    assert!(spots_of(250.0).is_empty(), "the label is wider than what is seen of the line");
}

#[test]
fn routes_are_drawn_in_their_colors_and_hidden_ones_are_not() {
    let Some(screen) = Screen::new() else { return };
    let mut layer = layer();
    layer.set_looks(|cluster, _| (cluster == 0).then(|| look(cluster)));
    let view = view(0.0, 7.0);
    let draw = |layer: &RouteLayer| {
        screen.draw(|painter| layer.paint(painter, &view, &MapColors::DARK, 1.0))
    };
    let at = |lat_deg: f64| view.to_screen(Position::new(-0.37, lat_deg));
    let picture = draw(&layer);
    let [red, green, blue] = picture.near(at(0.15));
    assert!((30..60).contains(&green) && red < 5 && blue < 5, "{red} {green} {blue}");
    assert!(picture.near(at(0.0))[1] > 200, "the center line is opaque");
    assert_eq!(picture.near(at(0.5)), [0, 0, 0]);
    layer.set_looks(|cluster, _| Some(RouteLook { is_hovered: true, ..look(cluster) }));
    assert!(draw(&layer).near(at(0.15))[1] > 80);
}

#[test]
fn a_route_without_a_line_is_no_ribbon() {
    assert!(Ribbon::of(&route(0, 5, &[], 10.0)).is_none());
    assert!(Ribbon::of(&route(0, 5, &[(1.0, 2.0)], 10.0)).is_none());
    assert!(Ribbon::of(&route(0, 5, &[(1.0, 2.0), (1.0, 3.0)], f64::NAN)).is_none());
}
