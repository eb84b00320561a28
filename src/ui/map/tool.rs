//! Drawing on the map: an area to filter by, a gate, an area under watch.

use egui::{Color32, CursorIcon, Key, Painter, Pos2, Response, Shape, Stroke, Ui};

use super::view::View;
use crate::base::geo::Position;
use crate::watch::{AreaError, check_corners, crossed_edge};

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
    /// Draws a gate by clicking its ends, of which the first may be there.
    Gate(Option<Position>),
    /// Draws an area under watch by clicking its corners.
    Area(Vec<Position>),
}

/// What was drawn.
#[derive(Clone, PartialEq, Debug)]
pub enum Drawn {
    /// Two opposite corners of a box, or those of a polygon, to filter by.
    Filter(Vec<Position>),
    /// The ends of a gate.
    Gate([Position; 2]),
    /// The corners of an area under watch, whose edges do not cross.
    Area(Vec<Position>),
}

/// What a click would do.
enum Next {
    Place(Position),
    Close,
    /// Nothing, and why.
    Refused(String),
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
            Tool::Gate(None) => Some("Click where the gate begins; Esc to leave it"),
            Tool::Gate(Some(_)) => Some("Click where the gate ends; Esc to leave it"),
            Tool::Polygon(corners) | Tool::Area(corners) if corners.is_empty() => {
                Some("Click the corners of the area; Esc to leave it")
            }
            Tool::Polygon(_) | Tool::Area(_) => Some(
                "Click the next corner; Enter, a double click or the first corner closes the area",
            ),
        }
    }

    /// Why a click at this point of the screen would be refused.
    pub fn fault(&self, view: &View, pointer: Pos2) -> Option<String> {
        match self.next(view, pointer)? {
            Next::Refused(why) => Some(why),
            Next::Place(_) | Next::Close => None,
        }
    }

    /// What to say while the pointer is there, and whether that is a warning.
    pub fn words(&self, view: &View, pointer: Option<Pos2>) -> Option<(String, bool)> {
        let fault = pointer.and_then(|pointer| self.fault(view, pointer));
        let warning = fault.or_else(|| {
            let is_closable = matches!(self, Tool::Area(corners) if corners.len() > 2);
            self.closing_fault().filter(|_| is_closable)
        });
        match warning {
            Some(words) => Some((words, true)),
            None => self.hint().map(|hint| (hint.to_owned(), false)),
        }
    }

    /// What a click would do; nothing for tools that do not click.
    fn next(&self, view: &View, pointer: Pos2) -> Option<Next> {
        let place = view.from_screen(pointer)?;
        let is_near = |other: Position| (view.to_screen(other) - pointer).length() < CLOSE_PX;
        Some(match self {
            Tool::Hand | Tool::Box(_) => return None,
            Tool::Gate(Some(first)) if is_near(*first) => Next::Refused(
                "A gate of length 0 cannot be crossed: click farther from where it begins".into(),
            ),
            Tool::Polygon(corners) | Tool::Area(corners)
                if corners.len() > 2 && is_near(corners[0]) =>
            {
                match self.closing_fault() {
                    Some(why) => Next::Refused(why),
                    None => Next::Close,
                }
            }
            Tool::Gate(_) | Tool::Polygon(_) => Next::Place(place),
            Tool::Area(corners) => match crossed_edge(corners, place) {
                Some(edge) => Next::Refused(format!(
                    "This edge would cross or touch edge {edge}: an area must not cross itself. \
                     Click elsewhere"
                )),
                None => Next::Place(place),
            },
        })
    }

    /// Why the area cannot be closed as it is.
    fn closing_fault(&self) -> Option<String> {
        let Tool::Area(corners) = self else { return None };
        match check_corners(corners) {
            Ok(()) => None,
            Err(AreaError::Crossing { first, second }) => Some(format!(
                "Closed here, edges {first} and {second} would cross or touch: click another corner first"
            )),
            Err(error) => Some(error.to_string()),
        }
    }

    /// Lets the pointer draw. Gives what is finished.
    pub fn draw(
        &mut self,
        ui: &Ui,
        view: &View,
        response: &Response,
        (color, refused): (Color32, Color32),
    ) -> Option<Drawn> {
        let pointer = response.interact_pointer_pos().or(response.hover_pos());
        if pointer.is_some() && !self.is_hand() {
            ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
        }
        let place = pointer.and_then(|pointer| view.from_screen(pointer));
        if let Tool::Box(first) = self {
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
            return is_wide.then(|| self.finish(Drawn::Filter(vec![from, to])));
        }
        let next = pointer.and_then(|pointer| self.next(view, pointer));
        let color = if matches!(next, Some(Next::Refused(_))) { refused } else { color };
        let (so_far, is_area) = match &*self {
            Tool::Gate(first) => (first.iter().copied().collect(), false),
            Tool::Polygon(corners) | Tool::Area(corners) => (corners.clone(), true),
            Tool::Hand | Tool::Box(_) => return None,
        };
        let shown: Vec<Position> = so_far.iter().copied().chain(place).collect();
        let is_whole = is_area && so_far.len() > 1;
        // Closed only in thought: the edge back is not drawn yet where it would cross.
        outline(ui.painter(), view, &shown, color, is_whole && matches!(self, Tool::Polygon(_)));
        let wants_close = response.double_clicked() || ui.input(|i| i.key_pressed(Key::Enter));
        if wants_close && is_area && so_far.len() > 2 && self.closing_fault().is_none() {
            return Some(self.close());
        }
        if !response.clicked() || response.double_clicked() {
            return None;
        }
        match next? {
            Next::Refused(_) => None,
            Next::Close => Some(self.close()),
            Next::Place(place) => match self {
                Tool::Gate(Some(first)) => {
                    let ends = [*first, place];
                    Some(self.finish(Drawn::Gate(ends)))
                }
                Tool::Gate(first) => {
                    *first = Some(place);
                    None
                }
                Tool::Polygon(corners) | Tool::Area(corners) => {
                    corners.push(place);
                    None
                }
                Tool::Hand | Tool::Box(_) => None,
            },
        }
    }

    fn close(&mut self) -> Drawn {
        let drawn = match self {
            Tool::Area(corners) => Drawn::Area(std::mem::take(corners)),
            Tool::Polygon(corners) => Drawn::Filter(std::mem::take(corners)),
            Tool::Hand | Tool::Box(_) | Tool::Gate(_) => Drawn::Filter(Vec::new()),
        };
        self.finish(drawn)
    }

    fn finish(&mut self, drawn: Drawn) -> Drawn {
        *self = Tool::Hand;
        drawn
    }
}

/// The four corners of a box between two opposite ones, the short way round the world.
fn box_corners(from: Position, to: Position) -> [Position; 4] {
    let corner = Position::new;
    [from, corner(to.lon_deg, from.lat_deg), to, corner(from.lon_deg, to.lat_deg)]
}

/// Where places that follow each other lie on the screen, each by the short way round the world from
/// the one before.
pub fn path(view: &View, places: &[Position]) -> Vec<Pos2> {
    let Some(first) = places.first() else { return Vec::new() };
    let mut at = view.to_screen(*first);
    let mut points: Vec<Pos2> = vec![at];
    for pair in places.windows(2) {
        let way = view.to_screen(pair[1]) - view.to_screen(pair[0]);
        let world_px = view.world_px as f32;
        let x = way.x - (way.x / world_px).round() * world_px;
        at += egui::vec2(x, way.y);
        points.push(at);
    }
    points
}

/// Draws the outline of an area, its sides the short way round the world.
pub fn outline(
    painter: &Painter,
    view: &View,
    corners: &[Position],
    color: Color32,
    is_closed: bool,
) {
    let points = path(view, corners);
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
    use egui::{Rect, pos2, vec2};

    use super::*;

    fn view() -> View {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        View::new(Position::new(0.0, 0.0), 8.0, rect)
    }

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
        let one = Position::new(0.0, 0.0);
        assert_ne!(Tool::Polygon(Vec::new()).hint(), Tool::Polygon(vec![one]).hint());
        assert_ne!(Tool::Gate(None).hint(), Tool::Gate(Some(one)).hint());
    }

    #[test]
    fn a_gate_of_no_length_and_an_area_across_itself_are_refused_in_words() {
        let view = view();
        let at = |x: f32, y: f32| view.from_screen(pos2(x, y)).unwrap();
        let gate = Tool::Gate(Some(at(100.0, 100.0)));
        assert!(gate.fault(&view, pos2(101.0, 100.0)).unwrap().contains("length 0"));
        assert_eq!(gate.fault(&view, pos2(200.0, 100.0)), None);
        let corners = vec![at(100.0, 100.0), at(300.0, 100.0), at(300.0, 300.0)];
        let area = Tool::Area(corners.clone());
        let fault = area.fault(&view, pos2(200.0, 50.0)).unwrap();
        assert!(fault.contains("cross or touch edge 1"), "{fault}");
        assert_eq!(area.fault(&view, pos2(100.0, 300.0)), None);
        // Closed at the first corner, the last edge would cross.
        let bow = [corners, vec![at(150.0, 400.0), at(400.0, 200.0)]].concat();
        let fault = Tool::Area(bow.clone()).fault(&view, pos2(100.0, 100.0)).unwrap();
        assert!(fault.contains("Closed here, edges"), "{fault}");
        // A filter may be of any shape.
        assert_eq!(Tool::Polygon(bow).fault(&view, pos2(100.0, 100.0)), None);
    }
}
