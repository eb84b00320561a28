//! Areas and legs that can be checked on squared paper, and what holds of any.

use proptest::prelude::*;

use super::*;

/// The area that `text` gives.
fn area(text: &str) -> Area {
    Area::new(&points_of(text).unwrap()).unwrap()
}

fn places(text: &str) -> Vec<Position> {
    points_of(text).unwrap()
}

fn fault(text: &str) -> String {
    points_of(text).and_then(|points| Area::new(&points)).unwrap_err()
}

#[test]
fn a_leg_meets_a_box_that_it_ends_in_crosses_or_touches() {
    let square = area("10 50, 12 52");
    for (track, is_met) in [
        ("11 51", true),
        ("9 51", false),
        ("9 51, 11 51", true),
        ("9 51, 13 51", true),
        ("9 51, 9 53, 13 53", false),
        ("9 51, 11 53", true),
        ("9 51.5, 11 53.5", false),
        ("9 52, 13 52", true),
        ("10 50", true),
        ("9 49, 10 50", true),
        ("8 51, 9 51, 9 60, 20 60, 20 51, 11.5 51", true),
    ] {
        assert_eq!(square.meets(&places(track)), is_met, "{track}");
    }
    assert!(!square.meets(&[]));
}

#[test]
fn the_notch_of_a_polygon_does_not_belong_to_it() {
    // A U, open to the north.
    let bay = area("0 0, 6 0, 6 6, 4 6, 4 2, 2 2, 2 6, 0 6");
    for (track, is_met) in [
        ("3 4", false),
        ("3 5, 3 3", false),
        ("3 8, 3 3", false),
        ("3 4, 3 1", true),
        ("1 5", true),
        ("5 5", true),
        ("3 3, 5 3", true),
        ("3 2", true),
        ("-1 7, 7 7", false),
        ("3 6.5, 3 5.5", false),
    ] {
        assert_eq!(bay.meets(&places(track)), is_met, "{track}");
    }
}

#[test]
fn a_circle_of_many_points_has_what_lies_within_its_radius() {
    let on_circle = |i: usize, radius_deg: f64| {
        let (sine, cosine) = (i as f64 * std::f64::consts::TAU / 1000.0).sin_cos();
        Position::new(30.0 + radius_deg * cosine, 40.0 + radius_deg * sine)
    };
    let corners: Vec<Position> = (0..1000).map(|i| on_circle(i, 2.0)).collect();
    let circle = Area::new(&corners).unwrap();
    for i in 0..1000 {
        let (inside, outside) = (on_circle(i, 1.999), on_circle(i, 2.001));
        assert!(circle.meets(&[inside]) && !circle.meets(&[outside]), "{i}");
        assert!(circle.meets(&[on_circle(i, 9.0), outside, inside]), "{i}");
        // Along the circle, and across it without a place in it.
        let (ahead, behind) = (on_circle(i + 20, 2.01), on_circle(i + 980, 2.01));
        assert!(!circle.meets(&[outside, ahead]) && !circle.meets(&[behind, outside]), "{i}");
        assert!(circle.meets(&[on_circle(i, 9.0), on_circle(i + 480, 9.0)]), "{i}");
    }
}

#[test]
fn what_a_polygon_encloses_twice_is_outside() {
    // A bow tie of two triangles that meet at 1 1.
    let bow = area("0 0, 2 2, 2 0, 0 2");
    for (track, is_met) in [("0.2 1", true), ("1.8 1", true), ("1 0.5", false), ("1 1.5", false)] {
        assert_eq!(bow.meets(&places(track)), is_met, "{track}");
    }
}

#[test]
fn an_area_may_cross_the_date_line() {
    for text in
        ["170 0, -170 10", "170 0, -170 0, -170 10, 170 10", "-170 10, 170 10, 170 0, -170 0"]
    {
        let strait = area(text);
        for (track, is_met) in [
            ("175 5", true),
            ("-175 5", true),
            ("180 5", true),
            ("-180 5", true),
            ("160 5", false),
            ("-160 5", false),
            ("0 5", false),
            ("160 5, -160 5", true),
            ("160 5, 171 5", true),
            ("-160 5, -169 5", false),
            ("100 5, 0 5, -100 5", false),
        ] {
            assert_eq!(strait.meets(&places(track)), is_met, "{text}: {track}");
        }
    }
}

#[test]
fn a_leg_over_the_date_line_meets_areas_on_both_sides_of_it_alone() {
    for (text, is_met) in [
        ("178 -1, 179.5 1", true),
        ("-179.5 -1, -178 1", true),
        ("-10 -1, 10 1", false),
        ("-170 -1, 170 1", false),
        ("-179.5 -1, 179.5 1", true),
    ] {
        assert_eq!(area(text).meets(&places("179 0, -179 0")), is_met, "{text}");
    }
}

#[test]
fn corners_of_a_box_come_in_any_order_and_the_western_one_first_over_the_date_line() {
    for (text, polygon) in [
        ("1 2, 3 4", "1 2, 3 2, 3 4, 1 4"),
        ("3 4, 1 2", "1 2, 3 2, 3 4, 1 4"),
        ("1 4, 3 2", "1 2, 3 2, 3 4, 1 4"),
        ("170 0, -170 9", "170 0, -170 0, -170 9, 170 9"),
        ("-170 0, 170 9", "-170 0, 0 0, 170 0, 170 9, 0 9, -170 9"),
        ("-180 -90, 180 90", "-180 -90, 0 -90, 180 -90, 180 90, 0 90, -180 90"),
        ("1 2, 3 4, 5 9", "1 2, 3 4, 5 9"),
    ] {
        assert_eq!(polygon_of(&places(text)), places(polygon), "{text}");
    }
}

#[test]
fn the_box_of_the_world_has_every_place() {
    let world = area("-180 -90, 180 90");
    for track in ["0 0", "180 0", "-180 90", "179 -90", "-0.1 0"] {
        assert!(world.meets(&places(track)), "{track}");
    }
    let all_but_a_strip = area("-179 -80, 179 80");
    for (track, is_met) in [
        ("180 0", false),
        ("0 0", true),
        ("180 0, -179.5 0", false),
        ("179.5 0, -178 0", true),
        ("-179.5 0, 178 0", true),
    ] {
        assert_eq!(all_but_a_strip.meets(&places(track)), is_met, "{track}");
    }
}

#[test]
fn a_position_that_is_not_known_lies_nowhere() {
    let (square, nowhere) = (area("10 50, 12 52"), Position::new(f64::NAN, 51.0));
    let (west, inside, east) = (places("9 51")[0], places("11 51")[0], places("13 51")[0]);
    for (track, is_met) in [
        (vec![nowhere], false),
        (vec![nowhere, nowhere], false),
        (vec![west, nowhere, east], false),
        (vec![west, nowhere, inside], true),
        (vec![nowhere, inside], true),
        (vec![west, Position::new(f64::INFINITY, 51.0)], false),
    ] {
        assert_eq!(square.meets(&track), is_met, "{track:?}");
    }
}

#[test]
fn what_is_no_area_says_why() {
    for (text, part) in [
        ("11.65 56.75", "too few points"),
        (",", "too few points"),
        ("11.65, 56.75", "area has \"11.65\"; a point is longitude and latitude"),
        ("11 55, here", "area has \"here\""),
        ("11 55 1, 12 56", "area has \"11 55 1\""),
        ("11 55, 12 95", "area has the point 12 95; longitudes lie between -180 and 180"),
        ("190 5, 12 5", "area has the point 190 5"),
        ("NaN 5, 12 5", "area has the point NaN 5"),
        ("11 55, 11 56", "encloses nothing"),
        ("11 55, 12 55, 13 55", "encloses nothing"),
        ("11 55, 12 56, 13 57", "encloses nothing"),
        ("1 1, 1 1, 1 1", "encloses nothing"),
        ("0 80, 120 80, -120 80", "goes around a pole"),
    ] {
        let said = fault(text);
        assert!(said.contains(part) && said.starts_with("area "), "{text}: {said}");
    }
}

#[test]
fn points_are_written_to_a_meter_and_read_back() {
    let points = [Position::new(-120.123_456_78, 34.0), Position::new(190.0, -0.000_000_1)];
    assert_eq!(text_of(&points), "-120.12346 34, -170 0");
    assert_eq!(places("1 2; 3 4\n5\t6,").len(), 3);
}

fn any_place() -> impl Strategy<Value = Position> {
    (-20.0..20.0, -20.0..20.0).prop_map(|(lon_deg, lat_deg)| Position::new(lon_deg, lat_deg))
}

fn turned(places: &[Position], by_deg: f64) -> Vec<Position> {
    let turn =
        |place: &Position| Position::new(wrap_lon_deg(place.lon_deg + by_deg), place.lat_deg);
    places.iter().map(turn).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn turning_the_earth_under_both_changes_nothing(
        corners in prop::collection::vec(any_place(), 3..9),
        track in prop::collection::vec(any_place(), 1..6),
        by_deg in 0.0..360.0,
    ) {
        let here = Area::new(&corners).unwrap().meets(&track);
        let there = Area::new(&turned(&corners, by_deg)).unwrap().meets(&turned(&track, by_deg));
        prop_assert_eq!(here, there);
        let reversed: Vec<Position> = track.iter().rev().copied().collect();
        prop_assert_eq!(here, Area::new(&corners).unwrap().meets(&reversed));
    }

    #[test]
    fn a_track_meets_an_area_if_a_place_on_it_lies_in_it(
        corners in prop::collection::vec(any_place(), 3..9),
        track in prop::collection::vec(any_place(), 2..5),
    ) {
        let area = Area::new(&corners).unwrap();
        let on_the_way = track.windows(2).flat_map(|leg| {
            (0..=64).map(|step| {
                let share = f64::from(step) / 64.0;
                let between = |a: f64, b: f64| a + share * (b - a);
                Position::new(
                    between(leg[0].lon_deg, leg[1].lon_deg),
                    between(leg[0].lat_deg, leg[1].lat_deg),
                )
            })
        });
        let n_in = on_the_way.filter(|place| area.meets(&[*place])).count();
        prop_assert!(n_in == 0 || area.meets(&track));
        // The other way round, a crossing between two of the places on the way may be missed, but not
        // where the whole track is.
        if n_in == 65 * (track.len() - 1) {
            prop_assert!(area.meets(&track[..1]));
        }
    }

    #[test]
    fn a_polygon_of_a_boxs_corners_is_the_box(
        (west, east) in (-60.0..-1.0, 1.0..60.0),
        (south, north) in (-60.0..-1.0, 1.0..60.0),
        track in prop::collection::vec(any_place(), 1..6),
    ) {
        let corners = [Position::new(west, south), Position::new(east, north)];
        let polygon = Area::new(&polygon_of(&corners)).unwrap();
        prop_assert_eq!(&Area::new(&corners).unwrap(), &polygon);
        let is_in = |place: &Position| {
            (west..=east).contains(&place.lon_deg) && (south..=north).contains(&place.lat_deg)
        };
        if track.iter().any(is_in) {
            prop_assert!(polygon.meets(&track));
        }
    }
}
