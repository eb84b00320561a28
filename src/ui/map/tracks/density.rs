//! Density, summed up from the vertices that the tracks are drawn from.

use eframe::egui_wgpu;
use egui::Painter;

use super::{HAS_SPEED_WINDOW, HAS_TIME_WINDOW, SHOWS_REST, Style, TrackLayer, Tracks};
use crate::ui::map::camera::{Camera, copies};
use crate::ui::map::density::{DensityStyle, Grid, Measure, Scale, legend};
use crate::ui::map::geometry::px_per_unit;
use crate::ui::map::gpu::{CellScene, DensityCallback, SCENES_MAX, Scene, Sum};
use crate::ui::map::levels::choose;
use crate::ui::map::palette::Legend;
use crate::ui::map::view::View;

/// Where sums are counted in parts, what a part is: a report, or these seconds.
const PART_S: f64 = 10.0;

// The bits of `CellScene::flags`.
const TO_LINEAR: u32 = 1;
const BY_AREA: u32 = 2;

impl TrackLayer {
    /// Draws the density of what [`TrackLayer::paint`] would draw with `style`: the same filters and
    /// windows, no vertex sent. Sums are made anew only when one of them, the zoom or the cells in
    /// view have changed. Says whether this GPU can do it: if not,
    /// [`crate::ui::map::density_plain::PlainDensity`] can.
    pub fn paint_density(
        &self,
        painter: &Painter,
        view: &View,
        style: &Style,
        density: &DensityStyle,
    ) -> bool {
        let Some(shown) = &self.shown else { return true };
        if shown.gpu.counts_in_parts().is_none() {
            return false;
        }
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        let most = shown.gpu.cells_max();
        let Some(grid) = Grid::new(view, painter.clip_rect(), density.cell_px, most) else {
            return true;
        };
        let sum = shown.sum(view, style, density.measure, grid);
        if sum.level >= shown.buffers.levels.len() {
            return true;
        }
        let (sum, is_new) = shown.sums.ask(sum);
        let (_, is_reading) = shown.sums.found(&shown.gpu);
        if is_new || is_reading {
            painter.ctx().request_repaint(); // For the legend, which learns of the scale afterwards.
        }
        let on_screen = grid.on_screen(view);
        let pixels = painter.pixels_per_point();
        let origin_px = [on_screen.min.x * pixels, on_screen.min.y * pixels];
        let per_cell = |length: f32, n: u32| length * pixels / n as f32;
        let scene = CellScene {
            origin_px,
            px_per_cell: [
                per_cell(on_screen.width(), grid.size[0]),
                per_cell(on_screen.height(), grid.size[1]),
            ],
            alpha: density.alpha,
            ramp_row: i32::from(!style.is_dark),
            flags: sum.values.flags | if shown.gpu.is_linear { TO_LINEAR } else { 0 },
            ..sum.values
        };
        let Tracks { gpu, buffers, table, sums, .. } = shown;
        let callback = DensityCallback::new(gpu, buffers, table, sums, sum, scene);
        painter.add(egui_wgpu::Callback::new_paint_callback(view.clip_rect, callback));
        true
    }

    /// What the colors of [`TrackLayer::paint_density`] say; `None` while nothing was drawn. The
    /// numbers are there one or two frames after the picture.
    pub fn density_legend(&self, style: &Style, density: &DensityStyle) -> Option<Legend> {
        let shown = self.shown.as_ref()?;
        let (found, _) = shown.sums.found(&shown.gpu);
        let found = found.filter(|found| found.sum.measure == density.measure)?;
        let remark = match density.measure {
            _ if shown.gpu.counts_in_parts() != Some(true) => None,
            Measure::Reports => Some("Counts above 2,048 are estimates"),
            Measure::ShipHours => Some("Estimates: this GPU adds up in half precision"),
        };
        let grid = &found.sum.grid;
        let scale = found.log2.map(Scale::from_log2);
        let area = grid.area();
        Some(legend(density.measure, grid.cell_m(), area, scale, style.is_dark, remark))
    }
}

impl Tracks {
    fn sum(&self, view: &View, style: &Style, measure: Measure, grid: Grid) -> Sum {
        let levels = &self.buffers.levels;
        // Reports count whatever the zoom. Time spent is the same on thinned out tracks, but not
        // the speeds between which it was spent.
        let level = if measure == Measure::Reports || style.speed_window_kn.is_some() {
            0
        } else {
            choose(levels.iter().map(|level| level.tolerance), px_per_unit(view))
        };
        let hours_of_step = self.clock.unit_ms as f64 / 3_600_000.0;
        let part = if measure == Measure::Reports { 1.0 } else { PART_S / 3_600.0 };
        let Camera { center, middle_px, px_per_unit } = grid.camera();
        let tracks = self.scene(view, style, 1.0);
        let first = Scene {
            center,
            middle_px,
            px_per_unit,
            screen_px: grid.size.map(|side| side as f32),
            flags: tracks.flags & (HAS_TIME_WINDOW | HAS_SPEED_WINDOW | SHOWS_REST),
            time_window: tracks.time_window,
            speed_window: tracks.speed_window,
            value_scale: [hours_of_step as f32, (1.0 / part) as f32],
            hovered: u32::MAX,
            ..Scene::default()
        };
        let times = style.time_window_ms.map(|_| first.time_window);
        let (mut scenes, mut draws) = (Vec::new(), Vec::new());
        if let Some(level) = levels.get(level) {
            let (rect, middle) = (grid.mercator(), grid.middle());
            for (copy, window) in copies(rect, middle[0], 1.0 / grid.around, times) {
                let ranges = self.ranges(&level.tree, &window, None, false);
                if !ranges.is_empty() && scenes.len() < SCENES_MAX {
                    draws.extend(ranges.into_iter().map(|range| (scenes.len(), range)));
                    scenes.push(Scene { copy, ..first });
                }
            }
        }
        let values = CellScene {
            size: first.screen_px,
            y_first: ((grid.origin[1] as f64 + 0.5) / grid.around) as f32,
            y_step: (1.0 / grid.around) as f32,
            per_cell: grid.per_cell_at_equator(measure) as f32,
            part: part as f32,
            flags: if measure == Measure::ShipHours { BY_AREA } else { 0 },
            ..CellScene::default()
        };
        Sum { measure, grid, level, looks: self.looks, scenes, draws, values }
    }
}

#[cfg(test)]
mod tests;
