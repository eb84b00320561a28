//! The routes of clusters: ribbons with a center line, arrows and names.
//!
//! Routes are few, so egui's painter draws them, over the tracks; the edges stand at every station
//! of the center line already, and only what is in view at this zoom is drawn.

use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, vec2};

use super::colors::MapColors;
use super::view::View;
use crate::cluster::route::Routes;
use crate::flow::key::Key;

mod labels;
mod ribbon;
#[cfg(test)]
mod tests;

use labels::{Wish, place, spots};
use ribbon::{Across, ArrowAt, Ribbon, fill};

/// How far arrows lie apart at least; twice as far at most.
const ARROWS_PX: f64 = 90.0;

/// Half the length of an arrow.
const ARROW_PX: f32 = 6.5;

/// Arrows are drawn on lines that are longer than this.
const ARROWS_FROM_PX: f32 = 30.0;

/// How near to the center line the pointer must be, where the ribbon is narrower.
const PICK_PX: f32 = 5.0;

/// Opacity of a ribbon, and of one that is pointed at.
const FILL: f32 = 0.16;
const HOVERED_FILL: f32 = 0.4;

/// Opacity of its edges.
const EDGE: f32 = 0.5;

/// Names stand where so many times their width of the line is in view.
const LABELS_FROM: f32 = 1.6;

const TEXT_PX: f32 = 12.0;

/// How one route is drawn.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteLook {
    /// The color of its cluster.
    pub color: Color32,
    /// Whether its cluster is pointed at.
    pub is_hovered: bool,
    /// What is written at it.
    pub label: String,
}

/// A route that is pointed at.
#[derive(Clone, PartialEq, Debug)]
pub struct RouteHit {
    /// The number of its cluster.
    pub cluster: u32,
    /// What is known of it, in lines.
    pub about: Vec<String>,
}

/// Routes, made ready to be drawn.
#[derive(Default)]
pub struct RouteLayer {
    key: Option<Key>,
    // One look a ribbon; none for one that is not drawn.
    ribbons: Vec<(Ribbon, Option<RouteLook>)>,
}

impl RouteLayer {
    /// Takes up the routes of the result `key`, unless it has them already. None is drawn until
    /// [`RouteLayer::set_looks`] says how.
    pub fn show(&mut self, key: Key, routes: &Routes) {
        if self.key != Some(key) {
            self.key = Some(key);
            let ribbons = routes.routes.iter().filter_map(Ribbon::of);
            self.ribbons = ribbons.map(|ribbon| (ribbon, None)).collect();
        }
    }

    /// Shows none any more.
    pub fn clear(&mut self) {
        *self = RouteLayer::default();
    }

    /// Says how the route of each cluster, which is of so many trips, is drawn; none for one that
    /// is not.
    pub fn set_looks(&mut self, look: impl Fn(u32, usize) -> Option<RouteLook>) {
        for (ribbon, its_look) in &mut self.ribbons {
            *its_look = look(ribbon.cluster, ribbon.trips);
        }
    }

    /// Draws the routes: large ones first, so that small ones lie on them, and one that is pointed
    /// at over all. `opacity` is 1 for what is up to date, and less for what lags.
    pub fn paint(&self, painter: &Painter, view: &View, colors: &MapColors, opacity: f32) {
        if self.ribbons.is_empty() {
            return;
        }
        let mut painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        painter.multiply_opacity(opacity);
        let step_m = arrow_step_m(view.center_m_per_px());
        let mut drawn: Vec<Drawn> = self
            .ribbons
            .iter()
            .filter_map(|(ribbon, look)| Some(Drawn::new(ribbon, look.as_ref()?, view, step_m)))
            .collect();
        drawn.sort_by_key(|route| route.look.is_hovered);
        for route in &drawn {
            route.paint(&painter, colors);
        }
        draw_labels(&painter, &drawn, view.clip_rect, colors);
    }

    /// The route under the pointer, of those that are drawn; where there are several, the one whose
    /// center line is nearest.
    pub fn pick(&self, view: &View, pointer: Pos2) -> Option<RouteHit> {
        let drawn = self.ribbons.iter().filter(|(_, look)| look.is_some());
        let (_, nearest) = drawn
            .filter_map(|(ribbon, _)| Some((ribbon.distance_px(view, pointer, PICK_PX)?, ribbon)))
            .min_by(|(a, _), (b, _)| a.total_cmp(b))?;
        Some(RouteHit { cluster: nearest.cluster, about: nearest.about.clone() })
    }
}

/// How far arrows lie apart at this scale: a power of two, so that they stay where they are while
/// the zoom changes a little.
fn arrow_step_m(m_per_px: f64) -> f64 {
    (ARROWS_PX * m_per_px).log2().ceil().exp2()
}

/// What is seen of a route.
struct Drawn<'a> {
    parts: Vec<Vec<Across>>,
    arrows: Vec<ArrowAt>,
    look: &'a RouteLook,
    trips: usize,
}

impl<'a> Drawn<'a> {
    fn new(ribbon: &Ribbon, look: &'a RouteLook, view: &View, step_m: f64) -> Drawn<'a> {
        let (mut parts, mut arrows) = (Vec::new(), Vec::new());
        for copy in ribbon.copies(view) {
            let of_copy = ribbon.in_view(view, copy);
            let length = |part: &Vec<Across>| -> f32 {
                part.windows(2).map(|leg| leg[0].center.distance(leg[1].center)).sum()
            };
            if of_copy.iter().map(length).sum::<f32>() >= ARROWS_FROM_PX {
                arrows.extend(ribbon.arrows(view, copy, step_m));
            }
            parts.extend(of_copy);
        }
        Drawn { parts, arrows, look, trips: ribbon.trips }
    }

    fn paint(&self, painter: &Painter, colors: &MapColors) {
        let (color, is_hovered) = (self.look.color, self.look.is_hovered);
        let mut mesh = Mesh::default();
        let opacity = if is_hovered { HOVERED_FILL } else { FILL };
        self.parts.iter().for_each(|part| fill(part, color.gamma_multiply(opacity), &mut mesh));
        if !mesh.is_empty() {
            painter.add(Shape::mesh(mesh));
        }
        let line = |of: fn(&Across) -> Pos2, stroke: Stroke| {
            for part in &self.parts {
                painter.add(Shape::line(part.iter().map(of).collect(), stroke));
            }
        };
        let edge = Stroke::new(1.0, color.gamma_multiply(EDGE));
        line(|across| across.left, edge);
        line(|across| across.right, edge);
        // Beneath lie tracks of the same color.
        let width = if is_hovered { 2.5 } else { 1.75 };
        line(|across| across.center, Stroke::new(width + 2.5, colors.sea.gamma_multiply(0.75)));
        line(|across| across.center, Stroke::new(width, color));
        for arrow in &self.arrows {
            painter.add(arrow_shape(arrow, color, colors));
        }
    }
}

fn arrow_shape(arrow: &ArrowAt, color: Color32, colors: &MapColors) -> Shape {
    let ArrowAt { at, ahead } = *arrow;
    let aside = vec2(-ahead.y, ahead.x) * (0.8 * ARROW_PX);
    let (tip, back) = (at + ahead * ARROW_PX, at - ahead * ARROW_PX);
    Shape::convex_polygon(
        vec![tip, back + aside, back - aside],
        color,
        Stroke::new(1.0, colors.sea.gamma_multiply(0.8)),
    )
}

/// Writes names where there is room: that of the route which is pointed at first, then by how many
/// trips they are of.
fn draw_labels(painter: &Painter, drawn: &[Drawn], area: Rect, colors: &MapColors) {
    let mut order: Vec<&Drawn> = drawn.iter().filter(|route| !route.parts.is_empty()).collect();
    order.sort_by_key(|route| (!route.look.is_hovered, usize::MAX - route.trips));
    let padding = vec2(5.0, 2.0);
    let area = area.shrink(4.0);
    let galleys: Vec<_> = order
        .iter()
        .map(|route| {
            let font = FontId::proportional(TEXT_PX);
            painter.layout_no_wrap(route.look.label.clone(), font, colors.ink)
        })
        .collect();
    let wishes: Vec<Wish> = order
        .iter()
        .zip(&galleys)
        .map(|(route, galley)| {
            let size = galley.size() + 2.0 * padding + vec2(10.0, 0.0);
            Wish { size, spots: spots(&route.parts, area, LABELS_FROM * size.x) }
        })
        .collect();
    for ((route, galley), at) in order.iter().zip(galleys).zip(place(&wishes, area)) {
        let Some(at) = at else { continue };
        painter.rect_filled(at, 3.0, colors.plate);
        let dot =
            Align2::LEFT_CENTER.anchor_size(at.left_center() + vec2(5.0, 0.0), vec2(7.0, 7.0));
        painter.rect_filled(dot, 2.0, route.look.color);
        painter.galley(at.min + padding + vec2(10.0, 0.0), galley, colors.ink);
    }
}
