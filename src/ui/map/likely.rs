//! Where a ship is likely bound: a circle around each port, its area the probability, with a line
//! from the ship to the likeliest.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::colors::MapColors;
use super::view::{View, mercator};
use crate::base::geo::Position;

/// Radius of the circle of a port that is certain, points of the screen.
const CERTAIN_PX: f32 = 34.0;

/// No circle is smaller.
const LEAST_PX: f32 = 3.5;

/// Ports less likely than this have no name on the map, and no circle at all below the second.
const NAMED_FROM: f64 = 0.05;
const DRAWN_FROM: f64 = 0.005;

const FILL: f32 = 0.35;
const TEXT_PX: f32 = 12.0;

/// How far into the map an arrow lies that points to a port beyond its edge.
const EDGE_PX: f32 = 16.0;

/// A port with its probability.
#[derive(Clone, PartialEq, Debug)]
pub struct Likely {
    /// Where it lies.
    pub place: Position,
    /// What it is called.
    pub name: String,
    /// How likely she is bound there, 0 to 1.
    pub probability: f64,
    /// Its color, the same as in the plots.
    pub color: Color32,
    /// Whether it is the one that is reported.
    pub is_reported: bool,
}

/// Draws ports with their probabilities, the likeliest first, for a ship at `ship`.
pub fn draw(
    painter: &Painter,
    view: &View,
    likely: &[Likely],
    ship: Option<Position>,
    is_dark: bool,
) {
    let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
    let colors = MapColors::of(is_dark);
    let drawn = likely.iter().filter(|of| of.probability >= DRAWN_FROM || of.is_reported);
    let drawn: Vec<(&Likely, Pos2)> =
        drawn.map(|of| (of, at(view, of.place, ship.unwrap_or(of.place)))).collect();
    let from = ship.map(|ship| at(view, ship, ship));
    if let (Some((first, to)), Some(from)) = (drawn.first(), from) {
        let stroke = Stroke::new(1.5, first.color);
        painter.extend(Shape::dashed_line(&[from, *to], stroke, 6.0, 6.0));
    }
    // Large circles first, so that small ones on them are seen.
    for (of, place) in &drawn {
        let radius = radius_px(of.probability);
        let edge = Stroke::new(1.75, of.color);
        painter.circle(*place, radius, of.color.gamma_multiply(FILL), edge);
        if of.is_reported {
            let around = Rect::from_center_size(*place, egui::Vec2::splat(2.0 * radius + 8.0));
            painter.rect_stroke(
                around,
                2.0,
                Stroke::new(1.5, colors.ink),
                egui::StrokeKind::Middle,
            );
        }
    }
    let mut taken: Vec<Rect> = Vec::new();
    for (of, place) in &drawn {
        let is_far = !view.clip_rect.contains(*place);
        if of.probability < NAMED_FROM && !of.is_reported {
            continue;
        }
        let text = format!("{} {}", of.name, percent(of.probability));
        let galley = painter.layout_no_wrap(text, FontId::proportional(TEXT_PX), colors.ink);
        let size = galley.size() + vec2(8.0, 2.0);
        let rects = if is_far {
            if from.is_none() {
                continue;
            }
            vec![edge_plate(view.clip_rect, *place, size)]
        } else {
            let gap = vec2(radius_px(of.probability) + 4.0, 0.0);
            let up = vec2(0.0, gap.x);
            vec![
                Align2::LEFT_CENTER.anchor_size(*place + gap, size),
                Align2::RIGHT_CENTER.anchor_size(*place - gap, size),
                Align2::CENTER_BOTTOM.anchor_size(*place - up, size),
                Align2::CENTER_TOP.anchor_size(*place + up, size),
            ]
        };
        let is_free = |rect: &Rect| taken.iter().all(|other| !other.intersects(*rect));
        let Some(rect) = rects.into_iter().find(is_free) else { continue };
        painter.rect_filled(rect, 3.0, colors.plate);
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 1.0, of.color);
        painter.galley(rect.min + vec2(5.0, 1.0), galley, colors.ink);
        taken.push(rect);
    }
}

/// Area by probability.
fn radius_px(probability: f64) -> f32 {
    (CERTAIN_PX * probability.clamp(0.0, 1.0).sqrt() as f32).max(LEAST_PX)
}

/// `84 %`, `< 1 %`.
pub fn percent(probability: f64) -> String {
    match 100.0 * probability {
        p if p > 0.0 && p < 0.95 => "< 1 %".into(),
        p => format!("{p:.0} %"),
    }
}

/// Where a place lies on the screen, in the copy of the world nearest to the ship, whose own copy is
/// the one nearest to the middle.
fn at(view: &View, place: Position, ship: Position) -> Pos2 {
    let own = mercator(ship);
    let own_x = own[0] - (own[0] - view.center[0]).round();
    let [x, y] = mercator(place);
    view.mercator_to_screen([x - (x - own_x).round(), y])
}

/// A plate at the edge of the map, on the way to what lies beyond it.
fn edge_plate(area: Rect, beyond: Pos2, size: egui::Vec2) -> Rect {
    let room = area.shrink2(0.5 * size + egui::Vec2::splat(EDGE_PX));
    let center = room.center();
    let way = beyond - center;
    let scale = |way: f32, half: f32| if way.abs() > half { half / way.abs() } else { 1.0 };
    let part = scale(way.x, 0.5 * room.width()).min(scale(way.y, 0.5 * room.height()));
    let middle = pos2(center.x + part * way.x, center.y + part * way.y);
    Rect::from_center_size(middle, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(lon: f64) -> View {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        View::new(Position::new(lon, 0.0), 4.0, rect)
    }

    #[test]
    fn twice_the_probability_has_twice_the_area() {
        let area = |p: f64| radius_px(p).powi(2);
        assert!((area(0.8) / area(0.4) - 2.0).abs() < 1e-3);
        assert_eq!((radius_px(1.0), radius_px(0.0)), (CERTAIN_PX, LEAST_PX));
        assert_eq!([0.84, 0.004, 0.0, 1.0].map(percent), ["84 %", "< 1 %", "0 %", "100 %"]);
    }

    #[test]
    fn a_port_across_the_date_line_lies_on_the_ships_side_of_the_world() {
        let (ship, port) = (Position::new(170.0, 0.0), Position::new(-170.0, 0.0));
        let view = view(170.0);
        let (from, to) = (at(&view, ship, ship), at(&view, port, ship));
        assert_eq!(from, view.clip_rect.center());
        // Twenty degrees to the east, of 360 that are 4096 points wide.
        assert!((to.x - from.x - 20.0 / 360.0 * 4096.0).abs() < 0.5, "{to:?}");
    }

    #[test]
    fn a_name_beyond_the_edge_stands_within_it_on_the_way() {
        let area = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let plate = edge_plate(area, pos2(5000.0, 300.0), vec2(100.0, 20.0));
        assert!(area.contains_rect(plate) && (plate.center().y - 300.0).abs() < 0.1);
        assert!(plate.right() > 750.0);
    }
}
