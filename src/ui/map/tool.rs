//! Drawing an area on the map, to filter by.

use egui::{Color32, CursorIcon, Key, Painter, Pos2, Response, Shape, Stroke, Ui};

use super::view::View;
use crate::base::geo::Position;

/// A corner this near to the first, in points of the screen, closes the area.
const CLOSE_PX: f32 = 8.0;

/// What the pointer does on the map.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Tool {
    /// Pans and selects.
    #[default]
    Hand,
    /// Draws a box by dragging, from its first corner.
    Box(Option<Position>),
    /// Draws a polygon by clicking its corners.
    Polygon(Vec<Position>),
}

impl Tool {
    /// Whether the pointer pans and selects.
    pub fn is_hand(&self) -> bool {
        *self == Tool::Hand
    }

    /// What to do, for the user.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Tool::Hand => None,
            Tool::Box(_) => Some("Drag a box over the area; Esc to leave it"),
            Tool::Polygon(corners) if corners.is_empty() => {
                Some("Click the corners of the area; Esc to leave it")
            }
            Tool::Polygon(_) => Some(
                "Click the next corner; Enter, a double click or the first corner closes the area",
            ),
        }
    }

    /// Lets the pointer draw. Gives the area when it is finished: the corners of a polygon, or two
    /// opposite ones of a box.
    pub fn draw(
        &mut self,
        ui: &Ui,
        view: &View,
        response: &Response,
        color: Color32,
    ) -> Option<Vec<Position>> {
        let pointer = response.interact_pointer_pos().or(response.hover_pos());
        if pointer.is_some() && !self.is_hand() {
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        }
        let place = pointer.and_then(|pointer| view.from_screen(pointer));
        match self {
            Tool::Hand => None,
            Tool::Box(first) => {
                if response.drag_started() {
                    let origin = ui.input(|input| input.pointer.press_origin());
                    *first = origin.or(pointer).and_then(|origin| view.from_screen(origin));
                }
                let (from, to) = ((*first)?, place?);
                outline(ui.painter(), view, &box_corners(from, to), color, true);
                if !response.drag_stopped() {
                    return None;
                }
                *first = None;
                let is_wide = (view.to_screen(from) - view.to_screen(to)).length() > CLOSE_PX;
                is_wide.then(|| self.finish(vec![from, to]))
            }
            Tool::Polygon(corners) => {
                let is_entered = ui.input(|input| input.key_pressed(Key::Enter));
                if let (Some(place), Some(pointer)) = (place, pointer) {
                    let closes = corners.len() > 2
                        && (view.to_screen(corners[0]) - pointer).length() < CLOSE_PX;
                    if response.clicked() && !closes && !response.double_clicked() {
                        corners.push(place);
                    }
                    let mut shown = corners.clone();
                    shown.push(place);
                    outline(ui.painter(), view, &shown, color, corners.len() > 1);
                    let is_closed = closes && response.clicked() || response.double_clicked();
                    if is_closed && corners.len() > 2 {
                        let corners = std::mem::take(corners);
                        return Some(self.finish(corners));
                    }
                }
                if is_entered && corners.len() > 2 {
                    let corners = std::mem::take(corners);
                    return Some(self.finish(corners));
                }
                None
            }
        }
    }

    fn finish(&mut self, corners: Vec<Position>) -> Vec<Position> {
        *self = Tool::Hand;
        corners
    }
}

/// The four corners of a box between two opposite ones, the short way round the world.
pub fn box_corners(from: Position, to: Position) -> [Position; 4] {
    let corner = Position::new;
    [from, corner(to.lon_deg, from.lat_deg), to, corner(from.lon_deg, to.lat_deg)]
}

/// Draws the outline of an area, its sides the short way round the world.
pub fn outline(
    painter: &Painter,
    view: &View,
    corners: &[Position],
    color: Color32,
    is_closed: bool,
) {
    let Some(first) = corners.first() else { return };
    let mut at = view.to_screen(*first);
    let mut points: Vec<Pos2> = vec![at];
    for pair in corners.windows(2) {
        let way = view.to_screen(pair[1]) - view.to_screen(pair[0]);
        let world_px = view.world_px as f32;
        let x = way.x - (way.x / world_px).round() * world_px;
        at += egui::vec2(x, way.y);
        points.push(at);
    }
    let stroke = Stroke::new(1.5, color);
    let dark = Stroke::new(3.5, Color32::from_black_alpha(90));
    for stroke in [dark, stroke] {
        painter.add(if is_closed {
            Shape::closed_line(points.clone(), stroke)
        } else {
            Shape::line(points.clone(), stroke)
        });
    }
    for point in points {
        painter.circle_filled(point, 3.0, color);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_has_its_corners_in_order() {
        let corners = box_corners(Position::new(1.0, 2.0), Position::new(3.0, 4.0));
        let expected = [(1.0, 2.0), (3.0, 2.0), (3.0, 4.0), (1.0, 4.0)];
        assert_eq!(corners, expected.map(|(lon, lat)| Position::new(lon, lat)));
    }

    #[test]
    fn each_tool_says_what_to_do() {
        assert!(Tool::Hand.hint().is_none() && Tool::Hand.is_hand());
        assert!(Tool::Box(None).hint().is_some());
        assert_ne!(
            Tool::Polygon(Vec::new()).hint(),
            Tool::Polygon(vec![Position::new(0.0, 0.0)]).hint()
        );
    }
}
