//! Tracks by egui's own painter: for machines without a GPU, and for the few selected trips.

use egui::{Color32, Painter, Pos2, Shape, Stroke, pos2};

use super::geometry::{Geometry, Slot, px_per_unit};
use super::palette::{self, ColorBy};
use super::tracks::{Look, Style};
use super::vertex::{Clock, Vertex, WORLD, d_x};
use super::view::View;
use crate::ais::ShipKind;

/// Most vertices a frame; more than this egui cannot lay out in time.
const MOST_VERTICES: usize = 40_000;

/// Draws the tracks as `look` says, thinned out to what the painter can do: the finest level of
/// detail that does not exceed it. Without points and arrows, and legs are not cut where the time
/// window ends.
pub fn draw(
    geometry: &Geometry,
    painter: &Painter,
    view: &View,
    style: &Style,
    look: impl Fn(u32, &Slot) -> Look,
) {
    let highlights = draw_pass(geometry, painter, view, style, &look, false);
    if highlights {
        draw_pass(geometry, painter, view, style, &look, true);
    }
}

/// Draws what is highlighted, or what is not. Gives whether some of the other kind was left out.
fn draw_pass(
    geometry: &Geometry,
    painter: &Painter,
    view: &View,
    style: &Style,
    look: &impl Fn(u32, &Slot) -> Look,
    is_highlight: bool,
) -> bool {
    let levels = geometry.levels();
    let Some(level) =
        levels.iter().find(|level| level.vertices.len() <= MOST_VERTICES).or(levels.last())
    else {
        return false;
    };
    let step = level.vertices.len().div_ceil(MOST_VERTICES).max(1);
    let times =
        style.time_window_ms.map(|(from, to)| [from, to].map(|t_ms| geometry.clock().steps(t_ms)));
    let slots = geometry.slots();
    let mut colors = Colors {
        style,
        clock: geometry.clock(),
        span_ms: geometry.time_span_ms(),
        look: Look::default(),
    };
    let width_px = if is_highlight { 2.0 * style.width_px } else { style.width_px };
    let mut line: Vec<Pos2> = Vec::new();
    let mut color = Color32::TRANSPARENT;
    let (mut is_drawn, mut leaves_out) = (false, false);
    for (place, vertex) in level.vertices.iter().enumerate() {
        if vertex.is_nowhere() {
            continue;
        }
        if vertex.is_first() {
            flush(painter, &mut line, color, width_px);
            let slot = &slots[vertex.slot() as usize];
            let is_wanted = if slot.trip.is_some() { style.shows_trips } else { style.shows_rest };
            colors.look = look(vertex.slot(), slot);
            is_drawn = is_wanted && colors.look.is_shown;
            if is_drawn && colors.look.is_highlighted() != is_highlight {
                (is_drawn, leaves_out) = (false, true);
            }
        }
        let time = vertex.time() as f32;
        if !is_drawn || times.is_some_and(|[from, to]| time < from || time > to) {
            flush(painter, &mut line, color, width_px);
            continue;
        }
        if place % step != 0 && !vertex.is_first() {
            continue;
        }
        let [x, y] = vertex.place().map(|unit| f64::from(unit) / f64::from(WORLD));
        let at = view.mercator_to_screen([x, y]);
        // A leg across the date line is cut rather than drawn around the world.
        if line.last().is_some_and(|last| (last.x - at.x).abs() > 0.5 * view.world_px as f32) {
            flush(painter, &mut line, color, width_px);
        }
        let next = colors.of(vertex, &slots[vertex.slot() as usize]);
        if next != color {
            line.push(at);
            flush(painter, &mut line, color, width_px);
            color = next;
        }
        line.push(at);
    }
    flush(painter, &mut line, color, width_px);
    leaves_out
}

/// The colors of a style, a vertex at a time.
struct Colors<'a> {
    style: &'a Style,
    clock: Clock,
    span_ms: Option<(i64, i64)>,
    /// Of the track at hand.
    look: Look,
}

impl Colors<'_> {
    fn of(&self, vertex: &Vertex, slot: &Slot) -> Color32 {
        let Style { is_dark, .. } = *self.style;
        // In twenty steps, so that lines of one color stay long.
        let on_scale = |part: f32| palette::scale_color((part * 20.0).round() / 20.0, is_dark);
        let opaque = match self.style.color_by {
            ColorBy::Single => self.style.single,
            ColorBy::ShipType => {
                let kind = ShipKind::ALL.get(usize::from(slot.kind)).copied();
                palette::kind_color(kind.unwrap_or(ShipKind::Unknown), is_dark)
            }
            ColorBy::Vessel => palette::category(slot.vessel as usize, is_dark),
            ColorBy::Group => match self.look.group {
                Some(group) => palette::category(group as usize, is_dark),
                None => palette::unknown(is_dark),
            },
            ColorBy::Speed => match vertex.speed_tenths() {
                Some(tenths) => {
                    let (from, to) = self.style.speed_scale_kn;
                    on_scale((tenths as f32 * 0.1 - from) / (to - from).max(0.1))
                }
                None => palette::unknown(is_dark),
            },
            ColorBy::Course => match vertex.cog_deg() {
                Some(cog_deg) => palette::course_color((cog_deg / 18.0).round() * 18.0, is_dark),
                None => palette::unknown(is_dark),
            },
            ColorBy::Time => {
                let (from_ms, to_ms) = self.style.time_scale_ms(self.span_ms);
                let [from, to] = [from_ms, to_ms].map(|t_ms| self.clock.steps(t_ms));
                on_scale((vertex.time() as f32 - from) / (to - from).max(1.0))
            }
        };
        if self.look.is_highlighted() {
            let highlight = if is_dark { Color32::WHITE } else { Color32::BLACK };
            return opaque.lerp_to_gamma(highlight, 0.3);
        }
        let part = match (self.look.is_faint, slot.trip) {
            (true, _) => self.style.faint_alpha,
            (false, None) => self.style.rest_alpha,
            (false, Some(_)) => 1.0,
        };
        opaque.gamma_multiply(self.style.alpha * part)
    }
}

/// Draws one trip in one color over the others, with a ring where it begins and a disc where it
/// ends. Places closer than a point of the screen are left out.
pub fn draw_trip(geometry: &Geometry, trip: usize, painter: &Painter, view: &View, color: Color32) {
    let slot = &geometry.slots()[geometry.slot_of_trip(trip) as usize];
    let vertices = &geometry.levels()[0].vertices;
    let reports = &vertices[slot.reports.start as usize..slot.reports.end as usize];
    let mut places = reports.iter().filter(|vertex| !vertex.is_nowhere()).map(Vertex::place);
    let Some(mut before) = places.next() else { return };
    // In the copy of the world nearest to the middle; from there the short way, leg after leg.
    let px = px_per_unit(view);
    let [x, y] = before.map(|unit| f64::from(unit) / f64::from(WORLD));
    let x = x - (x - view.center[0]).round();
    let first = view.mercator_to_screen([x, y]);
    let (mut at_x, mut line) = (f64::from(first.x), vec![first]);
    let mut last = first;
    for place in places {
        at_x += f64::from(d_x(before[0], place[0])) * px;
        before = place;
        last = pos2(at_x as f32, view.y_to_screen(f64::from(place[1]) / f64::from(WORLD)));
        if line.last().is_none_or(|drawn| drawn.distance_sq(last) >= 1.0) {
            line.push(last);
        }
    }
    flush(painter, &mut line, color, 3.0);
    painter.circle_stroke(first, 4.0, Stroke::new(1.5, color));
    painter.circle_filled(last, 4.0, color);
}

fn flush(painter: &Painter, line: &mut Vec<Pos2>, color: Color32, width_px: f32) {
    if line.len() > 1 {
        painter.add(Shape::line(std::mem::take(line), Stroke::new(width_px, color)));
    }
    line.clear();
}
