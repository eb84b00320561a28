//! How gates, areas and what happened in them are painted.

use egui::epaint::Vertex;
use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Shape, Stroke, Vec2, pos2, vec2};

use super::{DrawnLook, MOST_EVENTS, area_color, crossings, event_color, is_within};
use crate::base::geo::{Position, bearing_deg, destination, distance_m};
use crate::base::text::grouped;
use crate::base::time::{duration_text, utc_text};
use crate::flow::stages::AreasOf;
use crate::flow::watching::GateLine;
use crate::ui::map::colors::MapColors;
use crate::ui::map::tool;
use crate::ui::map::triangles::triangles;
use crate::ui::map::view::View;
use crate::ui::water_view::directions;
use crate::watch::{Area, AreaEvent};

/// Longer parts of a gate are drawn as the great circles that they are, meters.
const STRAIGHT_M: f64 = 20_000.0;

/// The places along a gate, so near to each other that straight lines between them will do.
fn along(points: &[Position]) -> Vec<Position> {
    let mut all: Vec<Position> = points.first().copied().into_iter().collect();
    for part in points.windows(2) {
        let length_m = distance_m(part[0], part[1]);
        let n = (length_m / STRAIGHT_M).ceil().clamp(1.0, 200.0) as usize;
        let bearing = bearing_deg(part[0], part[1]);
        all.extend((1..n).map(|i| destination(part[0], bearing, length_m * i as f64 / n as f64)));
        all.push(part[1]);
    }
    all
}

fn line(painter: &Painter, points: &[Pos2], width: f32, color: Color32) {
    for (width, color) in [(width + 2.5, Color32::from_black_alpha(110)), (width, color)] {
        painter.add(Shape::line(points.to_vec(), Stroke::new(width, color)));
    }
}

/// Draws a gate with its name, both directions and how many crossed it either way.
pub fn paint_gate(
    painter: &Painter,
    view: &View,
    (place, gate): (usize, &GateLine),
    is_selected: bool,
    look: &DrawnLook,
) {
    let (Some(first), Some(last)) = (gate.points.first(), gate.points.last()) else { return };
    let points = tool::path(view, &along(&gate.points));
    let color = if is_selected { look.selected } else { area_color(look.is_dark) };
    line(painter, &points, if is_selected { 2.5 } else { 1.75 }, color);
    for point in tool::path(view, &gate.points) {
        painter.circle(point, 4.5, color, Stroke::new(1.0, Color32::from_black_alpha(160)));
    }
    let (middle, way) = middle(&points);
    let right = vec2(-way.y, way.x);
    let colors = MapColors::of(look.is_dark);
    let of = crossings(look.desk).and_then(|of| of.gates.get(place));
    let of = of.filter(|of| of.line.points == gate.points);
    let counted = of.and_then(|of| of.gate.as_ref().ok());
    let font = FontId::proportional(11.0);
    let both = directions([*first, *last], look.is_dark);
    for (which, (toward, direction)) in [right, -right].into_iter().zip(&both).enumerate() {
        arrow(painter, middle + toward * 5.0, toward, direction.color);
        if let Some(gate) = counted {
            let n = grouped(gate.flows[which].crossings as u64);
            plate(painter, middle + toward * 34.0, Align2::CENTER_CENTER, &n, &font, &colors);
        }
    }
    let end = points.last().copied().unwrap_or(middle);
    let is_east = end.x >= points[0].x;
    let (align, off) =
        if is_east { (Align2::LEFT_CENTER, 9.0) } else { (Align2::RIGHT_CENTER, -9.0) };
    plate(painter, end + vec2(off, 0.0), align, &gate.name, &font, &colors);
}

/// The place halfway along a line on the screen, and which way the line leads there.
fn middle(points: &[Pos2]) -> (Pos2, Vec2) {
    let half = 0.5 * points.windows(2).map(|leg| leg[0].distance(leg[1])).sum::<f32>();
    let mut gone = 0.0;
    for leg in points.windows(2) {
        let length = leg[0].distance(leg[1]);
        if length > 0.0 && gone + length >= half {
            return (leg[0].lerp(leg[1], (half - gone) / length), (leg[1] - leg[0]) / length);
        }
        gone += length;
    }
    (points.first().copied().unwrap_or_default(), vec2(1.0, 0.0))
}

fn arrow(painter: &Painter, from: Pos2, toward: Vec2, color: Color32) {
    let (tip, aside) = (from + toward * 18.0, vec2(-toward.y, toward.x) * 5.0);
    let outline = Stroke::new(1.0, Color32::from_black_alpha(160));
    painter.line_segment([from, tip - toward * 6.0], Stroke::new(2.5, color));
    let corners = vec![tip, tip - toward * 8.0 + aside, tip - toward * 8.0 - aside];
    painter.add(Shape::convex_polygon(corners, color, outline));
}

fn plate(
    painter: &Painter,
    at: Pos2,
    align: Align2,
    text: &str,
    font: &FontId,
    colors: &MapColors,
) {
    let galley = painter.layout_no_wrap(text.to_owned(), font.clone(), colors.ink);
    let rect = align.anchor_size(at, galley.size() + vec2(6.0, 2.0));
    painter.rect_filled(rect, 3.0, colors.plate);
    painter.galley(rect.min + vec2(3.0, 1.0), galley, colors.ink);
}

/// Draws an area with its name.
pub fn paint_area(
    painter: &Painter,
    view: &View,
    area: &Area,
    is_selected: bool,
    look: &DrawnLook,
) {
    let points = tool::path(view, &area.corners);
    if points.len() < 3 {
        return;
    }
    let color = if is_selected { look.selected } else { area_color(look.is_dark) };
    let mut mesh = Mesh::default();
    let fill = color.gamma_multiply(if is_selected { 0.16 } else { 0.1 });
    let vertex = |pos: &Pos2| Vertex { pos: *pos, uv: egui::epaint::WHITE_UV, color: fill };
    mesh.vertices = points.iter().map(vertex).collect();
    mesh.indices = triangles(&points).into_iter().flatten().collect();
    if !mesh.indices.is_empty() {
        painter.add(Shape::mesh(mesh));
    }
    let mut closed = points.clone();
    closed.push(points[0]);
    line(painter, &closed, if is_selected { 2.0 } else { 1.5 }, color);
    if is_selected {
        for point in &points {
            painter.circle(*point, 4.0, color, Stroke::new(1.0, Color32::from_black_alpha(160)));
        }
    }
    let top = points.iter().copied().min_by(|a, b| a.y.total_cmp(&b.y)).unwrap_or_default();
    let (font, colors) = (FontId::proportional(11.0), MapColors::of(look.is_dark));
    let at = pos2(top.x, top.y - 8.0);
    plate(painter, at, Align2::CENTER_BOTTOM, &area.name, &font, &colors);
}

/// Draws marks of what happened in areas.
pub fn paint_events(painter: &Painter, view: &View, of: &AreasOf, look: &DrawnLook) {
    let outline = Stroke::new(1.0, MapColors::of(look.is_dark).sea);
    let gone_to = look.water.and_then(|water| water.event);
    let room = view.clip_rect.expand(8.0);
    for (place, event) in of.events.iter().enumerate().take(MOST_EVENTS) {
        if !is_within(event, look.window_ms) {
            continue;
        }
        let at = view.to_screen(event.place);
        if !room.contains(at) {
            continue;
        }
        let color = event_color(event.kind, look.is_dark);
        if event.is_exact {
            painter.circle(at, 4.0, color, outline);
        } else {
            painter.circle_stroke(at, 3.5, Stroke::new(2.0, color));
        }
        if gone_to == Some(place) {
            painter.circle_stroke(at, 8.0, Stroke::new(2.0, look.selected));
        }
    }
}

/// What is known of an event, line by line.
pub fn event_lines(of: &AreasOf, event: &AreaEvent) -> Vec<String> {
    let name = of.areas.get(event.area).map_or("", |area| area.name.as_str());
    let mut lines = vec![
        format!("{}: {name}", event.kind.name()),
        format!("{} UTC", utc_text(event.from_ms - event.from_ms.rem_euclid(1000))),
    ];
    if event.to_ms > event.from_ms {
        lines.push(format!("for {}", duration_text(event.to_ms - event.from_ms)));
    }
    if event.top_kn.is_finite() {
        lines.push(format!("up to {:.1} kn", event.top_kn));
    }
    if !event.is_exact {
        lines.push("silent at the edge: place and time are those of a report".into());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_gate_is_drawn_as_the_great_circle_that_it_is() {
        let ends = [Position::new(-20.0, 60.0), Position::new(20.0, 60.0)];
        let places = along(&ends);
        assert!(places.len() > 50);
        let most = places.iter().map(|place| place.lat_deg).fold(0.0, f64::max);
        // tan(60°) / cos(20°) is the tangent of the northernmost latitude.
        let expected = (60.0_f64.to_radians().tan() / 20.0_f64.to_radians().cos()).atan();
        assert!((most - expected.to_degrees()).abs() < 0.01, "{most}");
        assert_eq!(places.last(), Some(&ends[1]));
    }
}
