//! The exact cells of density on the map: each in the color of its value, with the scale.

use egui::epaint::Vertex;
use egui::{Color32, Mesh, Painter, Rect, Shape, Stroke, pos2};
use rustc_hash::FxHashMap;

use super::density;
use super::palette::{Legend, LegendScale};
use super::view::{View, mercator};
use crate::base::geo::Position;
use crate::flow::Key;
use crate::flow::look::CellMeasure;
use crate::flow::stages::DensityOf;
use crate::ui::plot::axis::short;
use crate::watch::{Cell, Grid};

/// Cells are drawn together where they are smaller than this, points of the screen.
const LEAST_PX: f64 = 2.0;

/// The scale reaches down to this share of its upper end.
const LEAST_SHARE: f64 = 1e-3;

/// Colors of a legend's band.
const BAND: usize = 48;

/// The value of a cell by its number, or `None` where there is nothing to show: no traffic, or no
/// other period to compare with.
pub fn value(of: &DensityOf, measure: CellMeasure, index: usize) -> Option<f64> {
    let cell = of.density.grid().cell(index);
    let change = of.before.as_ref().map(|before| &before.change);
    let value = match measure {
        CellMeasure::Off => return None,
        CellMeasure::ShipHours => of.density.hours_km2(cell),
        CellMeasure::Transits => f64::from(of.density.transits(cell)),
        CellMeasure::HoursChange => change?.hours_km2_day[index],
        CellMeasure::TransitsChange => change?.transits_day[index],
    };
    (value != 0.0 && value.is_finite()).then_some(value)
}

/// How values become colors.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Scale {
    /// Logarithmic, from the one to the other.
    Rising(f64, f64),
    /// By the root of what they are more or less, up to this.
    Both(f64),
}

impl Scale {
    /// The scale of these values.
    pub fn of(measure: CellMeasure, values: impl Iterator<Item = f64>) -> Option<Scale> {
        let (low, high) = values
            .map(f64::abs)
            .fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
        if high <= 0.0 {
            return None;
        }
        Some(if measure.is_change() {
            Scale::Both(high)
        } else {
            Scale::Rising(low.max(high * LEAST_SHARE).min(0.999 * high), high)
        })
    }

    /// The color of a value.
    pub fn color(self, value: f64, is_dark: bool) -> Color32 {
        match self {
            Scale::Rising(low, high) => {
                density::color(((value / low).ln() / (high / low).ln()) as f32, is_dark)
            }
            Scale::Both(most) => {
                let part = (value.abs() / most).sqrt().min(1.0) as f32;
                let [more, less] = if is_dark {
                    [Color32::from_rgb(0xff, 0x93, 0x45), Color32::from_rgb(0x56, 0xa9, 0xff)]
                } else {
                    [Color32::from_rgb(0xc4, 0x45, 0x0c), Color32::from_rgb(0x17, 0x5a, 0xb0)]
                };
                (if value > 0.0 { more } else { less }).gamma_multiply(0.1 + 0.85 * part)
            }
        }
    }

    /// The value at a part of the scale, from 0 to 1.
    fn at(self, part: f64) -> f64 {
        match self {
            Scale::Rising(low, high) => low * (high / low).powf(part),
            Scale::Both(most) => {
                let off = 2.0 * part - 1.0;
                off.signum() * off * off * most
            }
        }
    }

    fn labels(self) -> Vec<(f32, String)> {
        let text = |value: f64| match self {
            Scale::Both(_) if value > 0.0 => format!("+{}", short(value)),
            _ => short(value),
        };
        [0.0, 0.5, 1.0].map(|part| (part as f32, text(self.at(part)))).into()
    }
}

/// A rectangle of the mercator plane with its color.
struct Tile {
    min: [f64; 2],
    max: [f64; 2],
    color: Color32,
}

/// What cells were made of.
#[derive(Clone, Copy, PartialEq)]
struct What {
    key: Key,
    measure: CellMeasure,
    is_dark: bool,
    /// So many cells side by side are drawn as one.
    block: u32,
}

/// The cells of a result that have a value, by their numbers.
struct Values {
    key: Key,
    measure: CellMeasure,
    scale: Option<Scale>,
    found: Vec<(u32, f64)>,
}

/// The layer, and what it keeps while nothing changes.
#[derive(Default)]
pub struct CellLayer {
    values: Option<Values>,
    made: Option<(What, Vec<Tile>)>,
}

impl CellLayer {
    /// Draws the cells of a result.
    pub fn paint(
        &mut self,
        painter: &Painter,
        view: &View,
        (key, of): (Key, &DensityOf),
        measure: CellMeasure,
        is_dark: bool,
    ) {
        let is_of = |values: &Values| (values.key, values.measure) == (key, measure);
        if !self.values.as_ref().is_some_and(is_of) {
            let n = of.density.grid().cells();
            let found = (0..n).filter_map(|at| Some((at as u32, value(of, measure, at)?)));
            let found: Vec<(u32, f64)> = found.collect();
            let scale = Scale::of(measure, found.iter().map(|(_, value)| *value));
            self.values = Some(Values { key, measure, scale, found });
        }
        let Some(Values { scale: Some(scale), found, .. }) = &self.values else { return };
        let grid = of.density.grid();
        let what = What { key, measure, is_dark, block: block_of(grid, view) };
        if self.made.as_ref().is_none_or(|(made, _)| *made != what) {
            self.made = Some((what, tiles(grid, found, what, *scale)));
        }
        let Some((_, tiles)) = &self.made else { return };
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        let visible = view.visible();
        let mut mesh = Mesh::default();
        for copy in view.world_copies() {
            let shift = f64::from(copy);
            for tile in tiles {
                let (west, east) = (tile.min[0] + shift, tile.max[0] + shift);
                let is_seen = east >= visible.min[0]
                    && west <= visible.max[0]
                    && tile.max[1] >= visible.min[1]
                    && tile.min[1] <= visible.max[1];
                if is_seen {
                    let min = view.mercator_to_screen([west, tile.min[1]]);
                    let max = view.mercator_to_screen([east, tile.max[1]]);
                    rectangle(&mut mesh, Rect::from_min_max(min, max), tile.color);
                }
            }
        }
        if !mesh.indices.is_empty() {
            painter.add(Shape::mesh(mesh));
        }
    }

    /// What the colors mean; `None` while there are none.
    pub fn legend(&self, measure: CellMeasure, is_dark: bool) -> Option<Legend> {
        let values = self.values.as_ref().filter(|values| values.measure == measure)?;
        let scale = values.scale?;
        let color = |step: usize| {
            let value = scale.at(step as f64 / (BAND - 1) as f64);
            scale.color(value, is_dark)
        };
        let is_rough = self.made.as_ref().is_some_and(|(what, _)| what.block > 1);
        let remark = match (is_rough, measure.is_change()) {
            (true, true) => Some("The greatest change of several cells shows: zoom in"),
            (true, false) => Some("The densest of several cells shows: zoom in"),
            (false, true) => Some("More than in the other period, or less"),
            (false, false) => None,
        };
        let colors = (0..BAND).map(color).collect();
        let scale = Some(LegendScale { colors, labels: scale.labels() });
        Some(Legend { title: measure.title().into(), entries: Vec::new(), scale, remark })
    }
}

/// Draws the outline of a cell.
pub fn outline(painter: &Painter, view: &View, grid: &Grid, cell: Cell, color: Color32) {
    let ((west, east), (south, north)) = (grid.lon_deg(cell), grid.lat_deg(cell));
    let min = view.to_screen(Position::new(west, north));
    let width_px = ((east - west) / 360.0 * view.world_px) as f32;
    let max = pos2(min.x + width_px, view.to_screen(Position::new(west, south)).y);
    let stroke = Stroke::new(2.0, color);
    painter.rect_stroke(Rect::from_min_max(min, max), 0.0, stroke, egui::StrokeKind::Outside);
}

/// How many cells side by side are drawn as one at this scale.
fn block_of(grid: &Grid, view: &View) -> u32 {
    let middle = grid.cell(grid.cells() / 2);
    let (west, east) = grid.lon_deg(middle);
    let width_px = (east - west) / 360.0 * view.world_px;
    (LEAST_PX / width_px.max(1e-6)).ceil().clamp(1.0, 4096.0).log2().ceil().exp2() as u32
}

fn rectangle(mesh: &mut Mesh, rect: Rect, color: Color32) {
    let first = mesh.vertices.len() as u32;
    let corners = [rect.min, pos2(rect.max.x, rect.min.y), rect.max, pos2(rect.min.x, rect.max.y)];
    let vertex = |pos| Vertex { pos, uv: egui::epaint::WHITE_UV, color };
    mesh.vertices.extend(corners.map(vertex));
    mesh.indices.extend([0, 1, 2, 0, 2, 3].map(|corner| first + corner));
}

/// The rectangles to draw. Of cells that are drawn as one, the value farthest from zero counts.
fn tiles(grid: &Grid, values: &[(u32, f64)], what: What, scale: Scale) -> Vec<Tile> {
    let tile = |from: Cell, to: Cell, value: f64| {
        let ((west, _), (south, _)) = (grid.lon_deg(from), grid.lat_deg(from));
        let columns = f64::from(to.column - from.column + 1);
        let (first, until) = grid.lon_deg(from);
        let east = west + columns * (until - first);
        let (_, north) = grid.lat_deg(to);
        let [left, top] = mercator(Position::new(west, north));
        let [_, bottom] = mercator(Position::new(west, south));
        let right = left + (east - west) / 360.0;
        Tile { min: [left, top], max: [right, bottom], color: scale.color(value, what.is_dark) }
    };
    if what.block == 1 {
        let one = |(index, value): &(u32, f64)| {
            let cell = grid.cell(*index as usize);
            tile(cell, cell, *value)
        };
        return values.iter().map(one).collect();
    }
    let mut blocks: FxHashMap<(u32, u32), f64> = FxHashMap::default();
    for (index, value) in values {
        let cell = grid.cell(*index as usize);
        let most = blocks.entry((cell.row / what.block, cell.column / what.block)).or_insert(0.0);
        if value.abs() > most.abs() {
            *most = *value;
        }
    }
    let block = |((row, column), value): ((u32, u32), f64)| {
        let from = Cell { row: row * what.block, column: column * what.block };
        let to = Cell {
            row: (from.row + what.block - 1).min(grid.rows() - 1),
            column: (from.column + what.block - 1).min(grid.columns() - 1),
        };
        tile(from, to, value)
    };
    blocks.into_iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;

    #[test]
    fn a_scale_gives_its_ends_their_colors_and_names() {
        let scale = Scale::of(CellMeasure::ShipHours, [0.1, 10.0].into_iter()).unwrap();
        assert_eq!(scale, Scale::Rising(0.1, 10.0));
        assert_eq!(scale.color(10.0, true), density::color(1.0, true));
        assert!((scale.at(0.5) - 1.0).abs() < 1e-12);
        let scale = Scale::of(CellMeasure::HoursChange, [-4.0, 1.0].into_iter()).unwrap();
        assert_eq!(scale, Scale::Both(4.0));
        let labels: Vec<String> = scale.labels().into_iter().map(|(_, label)| label).collect();
        assert_eq!(labels, ["-4", "0", "+4"]);
        assert_ne!(scale.color(1.0, true), scale.color(-1.0, true));
        assert_eq!(Scale::of(CellMeasure::Transits, std::iter::empty()), None);
        // One value alone has a scale too.
        let one = Scale::of(CellMeasure::Transits, [3.0].into_iter()).unwrap();
        assert_eq!(one.color(3.0, false), density::color(1.0, false));
    }

    #[test]
    fn cells_lie_where_they_are_and_small_ones_are_drawn_as_one() {
        let grid = Grid::new(10.0, 1.0, (50.0, 51.0), 1000.0).unwrap();
        let key = Key::of("density/1", &(), &[]);
        let what = What { key, measure: CellMeasure::Transits, is_dark: true, block: 1 };
        let cell = Cell { row: 3, column: 5 };
        let values = vec![(grid.index(cell) as u32, 4.0), (grid.index(cell) as u32 + 1, 2.0)];
        let scale = Scale::Rising(1.0, 4.0);
        let found = tiles(&grid, &values, what, scale);
        let (west, _) = grid.lon_deg(cell);
        let (_, north) = grid.lat_deg(cell);
        assert_eq!(found[0].min, mercator(Position::new(west, north)));
        assert!((found[0].max[0] - found[1].min[0]).abs() < 1e-12, "neighbors touch");
        let found = tiles(&grid, &values, What { block: 4, ..what }, scale);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].color, scale.color(4.0, true), "the greatest");
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0));
        let far = View::new(Position::new(10.5, 50.5), 3.0, rect);
        let near = View::new(Position::new(10.5, 50.5), 12.0, rect);
        assert_eq!(block_of(&grid, &near), 1);
        assert!(block_of(&grid, &far) >= 16);
    }
}
