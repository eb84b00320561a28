//! How many encounters lie in each cell: a heat map over the grid of the result.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::{Color32, Painter, Pos2, Rect};

use crate::base::geo::Position;
use crate::base::text::grouped;
use crate::ui::map::palette::{Legend, LegendScale, scale_color};
use crate::ui::map::view::View;
use crate::watch::{Cell, Grid};

/// What lies beneath shows through.
const OPACITY: f32 = 0.72;

/// From afar cells are no smaller than this, points of the screen.
const LEAST_PX: f32 = 2.0;

/// Colors of the scale in the legend.
const STEPS: usize = 48;

/// How far up the scale a count is: by its logarithm, the greatest at 1.
fn part(n: u32, most: u32) -> f32 {
    let log = |n: u32| f64::from(n.max(1)).ln_1p();
    let (low, high) = (log(1), log(most));
    if high > low { ((log(n) - low) / (high - low)) as f32 } else { 1.0 }
}

/// Draws the cells in view.
pub fn draw(painter: &Painter, view: &View, grid: &Grid, counts: &[(Cell, u32)], is_dark: bool) {
    let most = counts.iter().map(|(_, n)| *n).max().unwrap_or(0);
    let mut mesh = Mesh::default();
    for (cell, n) in counts {
        let rect = rect_of(view, grid, *cell);
        if !rect.intersects(view.clip_rect) {
            continue;
        }
        let color = scale_color(part(*n, most), is_dark).gamma_multiply(OPACITY);
        add(&mut mesh, rect, color);
    }
    painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect)).add(mesh);
}

/// Where a cell lies on the screen: of the copies of the world, in the one nearest the middle.
fn rect_of(view: &View, grid: &Grid, cell: Cell) -> Rect {
    let ((west, east), (south, north)) = (grid.lon_deg(cell), grid.lat_deg(cell));
    let low = view.to_screen(Position::new(west, south));
    let width_px = ((east - west) / 360.0 * view.world_px) as f32;
    let top = view.to_screen(Position::new(west, north)).y;
    let rect = Rect::from_min_max(Pos2::new(low.x, top), Pos2::new(low.x + width_px, low.y));
    let grow = (egui::vec2(LEAST_PX, LEAST_PX) - rect.size()).max(egui::Vec2::ZERO);
    rect.expand2(0.5 * grow)
}

fn add(mesh: &mut Mesh, rect: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    let corners = [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom()];
    mesh.vertices.extend(corners.map(|pos| Vertex { pos, uv: WHITE_UV, color }));
    mesh.add_triangle(first, first + 1, first + 2);
    mesh.add_triangle(first, first + 2, first + 3);
}

/// The scale of counts.
pub fn legend(counts: &[(Cell, u32)], is_dark: bool) -> Legend {
    let title = "Encounters in a cell".to_owned();
    let Some(most) = counts.iter().map(|(_, n)| *n).max() else {
        return Legend { title, entries: Vec::new(), scale: None, remark: Some("none") };
    };
    let color = |step: usize| scale_color(step as f32 / (STEPS - 1) as f32, is_dark);
    let mut marks: Vec<u32> = [1, 3, 10, 30, 100, 300, 1000, 3000].into();
    marks.retain(|n| *n < most);
    marks.push(most);
    let labels = marks.into_iter().map(|n| (part(n, most), grouped(n.into())));
    let scale = LegendScale { colors: (0..STEPS).map(color).collect(), labels: labels.collect() };
    Legend { title, entries: Vec::new(), scale: Some(scale), remark: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_lies_where_its_edges_are_and_is_seen_from_afar() {
        let grid = Grid::new(10.0, 1.0, (57.0, 58.0), 10_000.0).unwrap();
        let cell = grid.cell_of(Position::new(10.3, 57.3)).unwrap();
        let screen = Rect::from_min_size(Pos2::ZERO, egui::vec2(800.0, 600.0));
        let view = View::new(Position::new(10.3, 57.3), 10.0, screen);
        let rect = rect_of(&view, &grid, cell);
        assert!(rect.contains(view.to_screen(Position::new(10.3, 57.3))));
        // Ten kilometers of 82.5 m each point of the screen at this latitude.
        assert!(
            (rect.width() - 121.0).abs() < 3.0 && (rect.height() - 121.0).abs() < 3.0,
            "{rect}"
        );
        let far = View::new(Position::new(10.3, 57.3), 1.0, screen);
        assert!((rect_of(&far, &grid, cell).width() - LEAST_PX).abs() < 1e-3);
    }

    #[test]
    fn the_scale_goes_from_one_to_the_most() {
        let cell = |column| Cell { row: 0, column };
        assert_eq!((part(1, 40), part(40, 40), part(1, 1)), (0.0, 1.0, 1.0));
        let legend = legend(&[(cell(0), 1), (cell(1), 40)], true);
        let labels: Vec<String> =
            legend.scale.unwrap().labels.into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["1", "3", "10", "30", "40"]);
        assert_eq!(super::legend(&[], true).remark, Some("none"));
    }
}
