//! Shapes of known size on the map: ships' hulls, ellipses around them, areas.

use egui::{Color32, Painter, Pos2, Shape, Stroke};

use crate::ais::Vessel;
use crate::base::geo::{Position, destination};
use crate::ui::map::view::{View, mercator};

/// Corners of an ellipse.
const CORNERS: usize = 48;

/// A hull shorter than this is drawn as a symbol of this length, points of the screen.
const LEAST_PX: f32 = 16.0;

/// The width of ships that tell none, in lengths.
const WIDTH_SHARE: f64 = 0.16;

/// Places on the screen, each in the copy of the world nearest to the one before; the first in that
/// nearest the middle.
pub fn line(view: &View, places: &[Position]) -> Vec<Pos2> {
    let mut last = view.center[0];
    let point = |place: &Position| {
        let [x, y] = mercator(*place);
        last = x - (x - last).round();
        view.mercator_to_screen([last, y])
    };
    places.iter().map(point).collect()
}

/// The ellipse around a place with its half length along a course: its edge, closed.
pub fn ellipse(place: Position, course_deg: f64, (ahead_m, beside_m): (f64, f64)) -> Vec<Position> {
    let corner = |i: usize| {
        let (sine, cosine) = (std::f64::consts::TAU * i as f64 / CORNERS as f64).sin_cos();
        let (x_m, y_m) = (beside_m * sine, ahead_m * cosine);
        destination(place, course_deg + x_m.atan2(y_m).to_degrees(), x_m.hypot(y_m))
    };
    (0..=CORNERS).map(corner).collect()
}

/// Draws an area with its edge; not where the map shows it smaller than a few points.
pub fn area(painter: &Painter, view: &View, ring: &[Position], color: Color32, fill: f32) {
    let points = line(view, ring);
    let size = egui::Rect::from_points(&points).size();
    if size.max_elem() < 5.0 || points.len() < 3 {
        return;
    }
    let fill = color.gamma_multiply(fill);
    painter.add(Shape::convex_polygon(points, fill, Stroke::new(1.25, color.gamma_multiply(0.8))));
}

/// Length and width of a ship, meters, of which a length that nobody told is `unknown_m`.
pub fn size_m(vessel: &Vessel, unknown_m: f64) -> (f64, f64) {
    let told = |value: Option<f32>| value.map(f64::from).filter(|value| *value > 0.0);
    let length_m = told(vessel.about.length_m).unwrap_or(unknown_m);
    (length_m, told(vessel.about.width_m).unwrap_or(WIDTH_SHARE * length_m))
}

/// Draws a ship's outline, her bow ahead; from afar, or where she has no course, as a symbol.
pub fn ship(
    painter: &Painter,
    view: &View,
    (place, course_deg): (Position, Option<f64>),
    (length_m, width_m): (f64, f64),
    color: Color32,
    edge: Color32,
) {
    let at = view.to_screen(place);
    let stroke = Stroke::new(1.5, edge);
    let Some(course_deg) = course_deg else {
        painter.circle(at, 0.35 * LEAST_PX, color, stroke);
        return;
    };
    let px = |m: f64| (m / view.m_per_px(place.lat_deg)) as f32;
    let length_px = px(length_m).max(LEAST_PX);
    let width_px = if px(length_m) < LEAST_PX { 0.5 * LEAST_PX } else { px(width_m).max(4.0) };
    let (sine, cosine) = (course_deg.to_radians() as f32).sin_cos();
    let corner = |(ahead, beside): (f32, f32)| {
        let (y, x) = (ahead * length_px, beside * width_px);
        at + egui::vec2(y * sine + x * cosine, -y * cosine + x * sine)
    };
    let hull = [(0.5, 0.0), (0.28, 0.5), (-0.5, 0.5), (-0.5, -0.5), (0.28, -0.5)].map(corner);
    painter.add(Shape::convex_polygon(hull.to_vec(), color, stroke));
}

#[cfg(test)]
mod tests {
    use egui::{Rect, pos2, vec2};

    use super::*;
    use crate::base::geo::{bearing_deg, distance_m};

    #[test]
    fn an_ellipse_lies_along_the_course() {
        let place = Position::new(10.0, 57.0);
        let ring = ellipse(place, 90.0, (800.0, 320.0));
        assert!((distance_m(place, ring[0]) - 800.0).abs() < 0.5);
        assert!((bearing_deg(place, ring[0]) - 90.0).abs() < 0.01);
        // A quarter on, to starboard: south.
        assert!((distance_m(place, ring[12]) - 320.0).abs() < 0.5);
        assert!((bearing_deg(place, ring[12]) - 180.0).abs() < 0.01);
        assert_eq!(ring.len(), CORNERS + 1);
    }

    #[test]
    fn a_line_across_the_date_line_does_not_jump() {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let view = View::new(Position::new(179.0, 0.0), 5.0, screen);
        let points = line(&view, &[Position::new(179.9, 0.0), Position::new(-179.9, 0.0)]);
        assert!(points[1].x > points[0].x && points[1].x - points[0].x < 10.0);
    }

    #[test]
    fn a_ship_that_tells_no_size_has_that_of_the_parameters() {
        let mut vessel = Vessel::default();
        assert_eq!(size_m(&vessel, 50.0), (50.0, 8.0));
        vessel.about.length_m = Some(200.0);
        vessel.about.width_m = Some(30.0);
        assert_eq!(size_m(&vessel, 50.0), (200.0, 30.0));
    }
}
