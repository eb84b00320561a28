//! Gates and areas under watch on the map: the lines with what crossed them, the polygons with what
//! happened in them, and the points by which they are dragged.

mod paint;

use egui::{Color32, CursorIcon, Painter, PointerButton, Pos2, Response, Ui};

pub use self::paint::event_lines;
use self::paint::{paint_area, paint_events, paint_gate};
use super::palette::{Legend, LegendEntry, category};
use super::view::View;
use crate::base::geo::{Position, distance_m};
use crate::base::text::grouped;
use crate::flow::stages::{AreasOf, GatesOf};
use crate::flow::watching::GateLine;
use crate::flow::{Desk, Session};
use crate::ui::water_view::WaterView;
use crate::watch::{Area, AreaEvent, AreaEventKind, check_corners};

/// How near to a point the pointer must be to take it, points of the screen.
const NEAR_PX: f32 = 8.0;

/// Ends of a gate cannot be dragged nearer to each other than this, meters.
const LEAST_M: f64 = 10.0;

/// No more marks of events are drawn than this: more would not be told apart.
const MOST_EVENTS: usize = 20_000;

/// Every kind of event, in the order of legends.
const KINDS: [AreaEventKind; 4] =
    [AreaEventKind::Entered, AreaEventKind::Left, AreaEventKind::Fast, AreaEventKind::Stopped];

/// The color of an event in an area, on the map and in lists.
pub fn event_color(kind: AreaEventKind, is_dark: bool) -> Color32 {
    category([2, 0, 3, 4][kind as usize], is_dark)
}

/// The color of an area that is not looked at, and of a gate.
pub fn area_color(is_dark: bool) -> Color32 {
    category(6, is_dark)
}

/// A point that can be dragged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Handle {
    /// Of a gate, by their places.
    Gate(usize, usize),
    /// A corner of an area.
    Area(usize, usize),
}

/// What there is of gates and areas, and which point of them is dragged.
#[derive(Default)]
pub struct DrawnLayer {
    gates: (String, Vec<GateLine>),
    areas: (String, Vec<Area>),
    /// The point under the pointer.
    near: Option<Handle>,
    /// The point that is dragged.
    held: Option<Handle>,
    /// Why it does not follow the pointer.
    refused: Option<String>,
}

/// How gates and areas are drawn.
pub struct DrawnLook<'a> {
    /// Which layers there are.
    pub session: &'a Session,
    /// For what came of them.
    pub desk: &'a Desk,
    /// What is looked at.
    pub water: Option<&'a WaterView>,
    /// Only events within are drawn, UTC milliseconds.
    pub window_ms: Option<(i64, i64)>,
    /// Whether the map is dark.
    pub is_dark: bool,
    /// What is looked at has this color.
    pub selected: Color32,
}

/// The crossings of the gates as they are now, if they are counted.
fn crossings(desk: &Desk) -> Option<&GatesOf> {
    desk.gates.shown().map(|shown| shown.value.as_ref())
}

fn events(desk: &Desk) -> Option<&AreasOf> {
    desk.areas.shown().map(|shown| shown.value.as_ref())
}

impl DrawnLayer {
    /// Reads the gates and areas where they changed. What is half typed is not drawn.
    pub fn follow(&mut self, session: &Session) {
        if self.gates.0 != session.gates.lines {
            let lines = session.gates.read().unwrap_or_default();
            self.gates = (session.gates.lines.clone(), lines);
        }
        if self.areas.0 != session.areas.areas {
            let areas = session.areas.read().unwrap_or_default();
            self.areas = (session.areas.areas.clone(), areas);
        }
    }

    /// Whether the pointer is on a point that it could drag, or drags one.
    pub fn is_held(&self) -> bool {
        self.near.is_some() || self.held.is_some()
    }

    /// Why the point that is dragged does not follow.
    pub fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Draws what `look` says.
    pub fn paint(&self, painter: &Painter, view: &View, look: &DrawnLook) {
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        if look.session.map.areas {
            for (place, area) in self.areas.1.iter().enumerate() {
                let is_selected = look.water.is_some_and(|water| water.area == place);
                paint_area(&painter, view, area, is_selected, look);
            }
            if let Some(of) = events(look.desk) {
                paint_events(&painter, view, of, look);
            }
        }
        if look.session.map.gates {
            for (place, gate) in self.gates.1.iter().enumerate() {
                let is_selected = look.water.is_some_and(|water| water.gate == place);
                paint_gate(&painter, view, (place, gate), is_selected, look);
            }
        }
    }

    /// What the colors of events mean, and how many there are.
    pub fn legend(look: &DrawnLook) -> Option<Legend> {
        let of = events(look.desk).filter(|_| look.session.map.areas)?;
        let entry = |kind: AreaEventKind| {
            let n = of.count(None, kind);
            let label = format!("{} ({})", kind.name(), grouped(n as u64));
            (n > 0).then_some(LegendEntry { color: event_color(kind, look.is_dark), label })
        };
        let entries: Vec<LegendEntry> = KINDS.into_iter().filter_map(entry).collect();
        let title = "In areas".to_owned();
        (!entries.is_empty()).then_some(Legend { title, entries, scale: None, remark: None })
    }

    /// The point under the pointer: of a gate, or of the area that is looked at.
    fn handle_at(
        &self,
        view: &View,
        pointer: Pos2,
        session: &Session,
        area: usize,
    ) -> Option<Handle> {
        let is_near = |place: &Position| (view.to_screen(*place) - pointer).length() < NEAR_PX;
        let of_gates = self.gates.1.iter().enumerate().flat_map(|(gate, line)| {
            let points = line.points.iter().enumerate();
            points.map(move |(at, place)| (Handle::Gate(gate, at), place))
        });
        let corners = self.areas.1.get(area).map_or(&[][..], |of| &of.corners);
        let corners = corners.iter().enumerate();
        let of_areas = corners.map(|(at, place)| (Handle::Area(area, at), place));
        let of_gates = of_gates.filter(|_| session.map.gates);
        let mut all = of_gates.chain(of_areas.filter(|_| session.map.areas));
        all.find(|(_, place)| is_near(place)).map(|(handle, _)| handle)
    }

    /// Lets the pointer drag points. Says whether it is busy with one; what was moved is in `session`.
    pub fn drag(
        &mut self,
        ui: &Ui,
        view: &View,
        response: &Response,
        session: &mut Session,
        water: &mut WaterView,
    ) -> bool {
        let pointer = response.interact_pointer_pos().or(response.hover_pos());
        if self.held.is_none() {
            let hovered = response.hover_pos().or(pointer);
            self.near =
                hovered.and_then(|pointer| self.handle_at(view, pointer, session, water.area));
        }
        if response.drag_started_by(PointerButton::Primary) {
            let origin = ui.input(|input| input.pointer.press_origin()).or(pointer);
            self.held = origin.and_then(|origin| self.handle_at(view, origin, session, water.area));
        }
        if let Some(handle) = self.near.or(self.held) {
            ui.ctx().set_cursor_icon(CursorIcon::Grab);
            if response.clicked() || self.held.is_some() {
                match handle {
                    Handle::Gate(gate, _) => water.look_at_gate(gate),
                    Handle::Area(area, _) => water.area = area,
                }
            }
        }
        self.refused = None;
        if let Some(handle) = self.held {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
            if let Some(place) = pointer.and_then(|pointer| view.from_screen(pointer)) {
                self.refused = self.moved(handle, place, session).err();
            }
            if response.drag_stopped() || !ui.input(|input| input.pointer.primary_down()) {
                self.held = None;
            }
        }
        self.is_held()
    }

    /// Moves a point, if what comes of it is still a gate or an area.
    fn moved(
        &mut self,
        handle: Handle,
        place: Position,
        session: &mut Session,
    ) -> Result<(), String> {
        match handle {
            Handle::Gate(gate, at) => {
                let mut lines = self.gates.1.clone();
                let Some(line) = lines.get_mut(gate) else { return Ok(()) };
                let Some(point) = line.points.get_mut(at) else { return Ok(()) };
                *point = place;
                if line.points.windows(2).any(|part| distance_m(part[0], part[1]) < LEAST_M) {
                    return Err("A gate of length 0 cannot be crossed: its ends stay apart".into());
                }
                session.gates.write(&lines);
            }
            Handle::Area(area, at) => {
                let mut areas = self.areas.1.clone();
                let Some(of) = areas.get_mut(area) else { return Ok(()) };
                let Some(corner) = of.corners.get_mut(at) else { return Ok(()) };
                *corner = place;
                check_corners(&of.corners).map_err(|fault| fault.to_string())?;
                session.areas.write(&areas);
            }
        }
        self.follow(session);
        Ok(())
    }

    /// The event under the pointer, of those that are drawn.
    pub fn event_at(
        view: &View,
        pointer: Pos2,
        desk: &Desk,
        window_ms: Option<(i64, i64)>,
    ) -> Option<usize> {
        let of = events(desk)?;
        let off_px = |event: &AreaEvent| (view.to_screen(event.place) - pointer).length();
        let drawn = of.events.iter().enumerate().take(MOST_EVENTS);
        let near = drawn.filter(|(_, event)| is_within(event, window_ms));
        let near =
            near.map(|(place, event)| (off_px(event), place)).filter(|(px, _)| *px < NEAR_PX);
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, place)| place)
    }
}

fn is_within(event: &AreaEvent, window_ms: Option<(i64, i64)>) -> bool {
    window_ms.is_none_or(|(from_ms, to_ms)| event.from_ms <= to_ms && event.to_ms >= from_ms)
}

#[cfg(test)]
mod tests {
    use egui::{Rect, pos2, vec2};

    use super::*;

    fn view() -> View {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        View::new(Position::new(0.0, 0.0), 8.0, rect)
    }

    fn session() -> Session {
        let mut session = Session::default();
        session.set("gates.lines=North: -0.5 0, 0.5 0").unwrap();
        session.set("areas.areas=Bay: -1 -1, 1 -1, 1 -0.5, -1 -0.5").unwrap();
        session
    }

    #[test]
    fn ends_and_corners_are_found_under_the_pointer_and_moved_in_the_session() {
        let (view, mut session, mut layer) = (view(), session(), DrawnLayer::default());
        layer.follow(&session);
        let at = view.to_screen(Position::new(0.5, 0.0));
        let handle = layer.handle_at(&view, at + vec2(3.0, -3.0), &session, 0);
        assert_eq!(handle, Some(Handle::Gate(0, 1)));
        assert_eq!(layer.handle_at(&view, at + vec2(30.0, 0.0), &session, 0), None);
        layer.moved(Handle::Gate(0, 1), Position::new(0.25, 0.125), &mut session).unwrap();
        assert_eq!(session.gates.lines, "North: -0.5 0, 0.25 0.125");
        let corner = view.to_screen(Position::new(1.0, -1.0));
        assert_eq!(layer.handle_at(&view, corner, &session, 0), Some(Handle::Area(0, 1)));
        assert_eq!(layer.handle_at(&view, corner, &session, 1), None, "another is looked at");
        session.map.areas = false;
        assert_eq!(layer.handle_at(&view, corner, &session, 0), None, "it is not drawn");
    }

    #[test]
    fn what_would_be_no_gate_or_no_area_is_not_moved_and_says_why() {
        let (mut session, mut layer) = (session(), DrawnLayer::default());
        layer.follow(&session);
        let before = session.clone();
        let fault = layer.moved(Handle::Gate(0, 1), Position::new(-0.5, 0.0), &mut session);
        assert!(fault.unwrap_err().contains("length 0"));
        let fault = layer.moved(Handle::Area(0, 0), Position::new(2.0, -0.75), &mut session);
        assert!(fault.unwrap_err().contains("cross or touch"));
        assert_eq!(session, before);
    }
}
