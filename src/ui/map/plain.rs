//! Tracks by egui's own painter: for machines without a GPU, and for the one selected trip.

use egui::{Color32, Painter, Pos2, Shape, Stroke};

use super::geometry::Geometry;
use super::palette;
use super::tracks::Style;
use super::vertex::WORLD;
use super::view::View;
use crate::flow::stages::TripsOf;

/// Most vertices a frame; more than this egui cannot lay out in time.
const MOST_VERTICES: usize = 40_000;

/// Draws all tracks, thinned out to what the painter can do: the finest level of detail that does
/// not exceed it.
pub fn draw(geometry: &Geometry, painter: &Painter, view: &View, style: &Style) {
    let levels = geometry.levels();
    let Some(level) =
        levels.iter().find(|level| level.vertices.len() <= MOST_VERTICES).or(levels.last())
    else {
        return;
    };
    let step = level.vertices.len().div_ceil(MOST_VERTICES).max(1);
    let slots = geometry.slots();
    let mut line: Vec<Pos2> = Vec::new();
    let mut color = Color32::GRAY;
    for (place, vertex) in level.vertices.iter().enumerate() {
        if vertex.is_first() {
            flush(painter, &mut line, color, style.width_px);
            let slot = &slots[vertex.slot() as usize];
            color =
                palette::category(slot.vessel as usize, style.is_dark).gamma_multiply(style.alpha);
        }
        if vertex.is_nowhere() || (place % step != 0 && !vertex.is_first()) {
            continue;
        }
        let [x, y] = vertex.place().map(|unit| f64::from(unit) / f64::from(WORLD));
        let at = view.mercator_to_screen([x, y]);
        // A leg across the date line is cut rather than drawn around the world.
        if line.last().is_some_and(|last| (last.x - at.x).abs() > 0.5 * view.world_px as f32) {
            flush(painter, &mut line, color, style.width_px);
        }
        line.push(at);
    }
    flush(painter, &mut line, color, style.width_px);
}

/// Draws one trip, wide.
pub fn draw_trip(output: &TripsOf, trip: usize, painter: &Painter, view: &View, color: Color32) {
    let Some(trip) = output.trips.trips.get(trip) else { return };
    let positions = trip.track(output.fleet()).positions;
    let step = positions.len().div_ceil(4000).max(1);
    let mut line: Vec<Pos2> = Vec::new();
    for (place, position) in positions.iter().enumerate() {
        if place % step == 0 || place + 1 == positions.len() {
            line.push(view.to_screen(*position));
        }
    }
    if let (Some(first), Some(last)) = (line.first().copied(), line.last().copied()) {
        painter.circle_stroke(first, 4.0, Stroke::new(1.5, color));
        painter.circle_filled(last, 4.0, color);
    }
    flush(painter, &mut line, color, 3.0);
}

fn flush(painter: &Painter, line: &mut Vec<Pos2>, color: Color32, width_px: f32) {
    if line.len() > 1 {
        painter.add(Shape::line(std::mem::take(line), Stroke::new(width_px, color)));
    }
    line.clear();
}
