//! Symbols by egui's own painter, for machines without a GPU.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Painter, Pos2, Vec2, vec2};

use super::{Marks, OUTLINE_PX, SymbolShape, SymbolStyle};
use crate::ui::map::vertex::WORLD;
use crate::ui::map::view::View;

/// Most symbols a frame; more than this egui cannot take in time.
const MOST: usize = 4_000;

/// Draws the symbols in view, or of too many every so manyth; says how many were left out.
pub fn draw(marks: &Marks, painter: &Painter, view: &View, style: &SymbolStyle) -> usize {
    let time_window = marks.time_window(style);
    let room = view.clip_rect.expand(0.5 * marks.largest_px * style.scale + OUTLINE_PX);
    let mut seen: Vec<(usize, Pos2)> = Vec::new();
    for copy in (view.visible().min[0].floor() as i32 - 1)..=view.visible().max[0].ceil() as i32 {
        for (index, symbol) in marks.packed.iter().enumerate() {
            let time = symbol.time as f32;
            let is_timely = time_window.is_none_or(|[from, to]| from <= time && time <= to);
            if !is_timely || style.classes >> symbol.class() & 1 == 0 {
                continue;
            }
            let [x, y] = symbol.place.map(|part| f64::from(part) / f64::from(WORLD));
            let at = view.mercator_to_screen([x + f64::from(copy), y]);
            if room.contains(at) {
                seen.push((index, at));
            }
        }
    }
    let step = seen.len().div_ceil(MOST).max(1);
    let mut mesh = Mesh::default();
    for (index, at) in seen.iter().step_by(step) {
        let symbol = &marks.packed[*index];
        let radius_px = 0.5 * symbol.size_px() * style.scale;
        let ahead = Vec2::angled(symbol.turn_rad() - std::f32::consts::FRAC_PI_2);
        let [r, g, b, a] = symbol.color;
        let color = Color32::from_rgba_premultiplied(r, g, b, a).gamma_multiply(style.alpha);
        let outline = style.outline().gamma_multiply(style.alpha);
        let layers = [(outline, OUTLINE_PX), (color, 0.0)];
        for (color, wider_px) in layers.into_iter().skip(usize::from(!style.has_outline)) {
            for piece in pieces(symbol.shape(), wider_px / radius_px.max(1.0)) {
                let place = |p: &Vec2| *at + (ahead * p.y + ahead.rot90() * p.x) * radius_px;
                add_convex(&mut mesh, piece.iter().map(place), color);
            }
        }
    }
    painter.add(mesh);
    seen.len() - seen.len().div_ceil(step)
}

fn add_convex(mesh: &mut Mesh, corners: impl Iterator<Item = Pos2>, color: Color32) {
    let first = mesh.vertices.len() as u32;
    mesh.vertices.extend(corners.map(|pos| Vertex { pos, uv: WHITE_UV, color }));
    for corner in first + 1..(mesh.vertices.len() as u32).saturating_sub(1) {
        mesh.add_triangle(first, corner, corner + 1);
    }
}

/// The convex pieces of a shape of radius 1, to the right and ahead, made `wider` all around.
fn pieces(shape: SymbolShape, wider: f32) -> Vec<Vec<Vec2>> {
    let on_circle = |i: u32| Vec2::angled(i as f32 * std::f32::consts::TAU / 16.0);
    let bar = |half: Vec2| {
        let corner = |x: f32, y: f32| vec2(x * (half.x + wider), y * (half.y + wider));
        vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]
    };
    let turned = |piece: Vec<Vec2>| {
        let turn = |p: Vec2| vec2(p.x - p.y, p.x + p.y) * std::f32::consts::FRAC_1_SQRT_2;
        piece.into_iter().map(turn).collect::<Vec<_>>()
    };
    let wide = 1.0 + wider;
    match shape {
        SymbolShape::Disc => vec![(0..16).map(|i| on_circle(i) * wide).collect()],
        SymbolShape::Ring => (0..16)
            .map(|i| {
                let (a, b) = (on_circle(i), on_circle(i + 1));
                vec![a * wide, b * wide, b * (0.6 - wider), a * (0.6 - wider)]
            })
            .collect(),
        SymbolShape::Cross => {
            vec![turned(bar(vec2(1.0, 0.28))), turned(bar(vec2(0.28, 1.0)))]
        }
        SymbolShape::Square => vec![bar(vec2(0.7, 0.7))],
        SymbolShape::Diamond => {
            vec![turned(bar(Vec2::splat(std::f32::consts::FRAC_1_SQRT_2)))]
        }
        SymbolShape::Triangle => {
            let (tip, side) = (1.0 + 2.0 * wider, 0.866 + 1.73 * wider);
            vec![vec![vec2(0.0, tip), vec2(side, -0.5 - wider), vec2(-side, -0.5 - wider)]]
        }
        SymbolShape::Ship => {
            let (side, stern) = (0.45 + wider, -0.85 - wider);
            let bow = [vec2(side, 0.25), vec2(0.0, 1.0 + 1.9 * wider), vec2(-side, 0.25)];
            vec![bow.into_iter().chain([vec2(-side, stern), vec2(side, stern)]).collect()]
        }
    }
}
