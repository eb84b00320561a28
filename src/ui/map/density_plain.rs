//! Density without a GPU, or with one that cannot add up: the same cells, summed up by the
//! processor, and the picture as a texture of egui's.

use std::ops::Range;

use egui::{Color32, ColorImage, Painter, Pos2, Rect, TextureHandle, TextureOptions, pos2};
use rayon::prelude::*;

use super::boxes::{Answer, Node};
use super::camera::copies;
use super::density::{DensityStyle, Grid, Measure, Scale, color, legend};
use super::geometry::{Geometry, Slot, px_per_unit};
use super::levels::{Level, choose};
use super::palette::Legend;
use super::tracks::Style;
use super::vertex::{Vertex, WORLD, d_x};
use super::view::View;
use crate::flow::key::Key;

/// Most cells side by side.
const CELLS_MAX: u32 = 2048;

/// Vertices that are drawn or left out together.
const PIECE: usize = 256;

/// What is summed up at a time.
const CHUNK: usize = 1 << 16;

/// Density drawn by egui's painter, and kept while nothing changes.
#[derive(Default)]
pub struct PlainDensity {
    shown: Option<Shown>,
}

struct Shown {
    what: What,
    scale: Option<Scale>,
    texture: TextureHandle,
}

/// What density is summed up of: a geometry, the filter's result, and the version of what clusters
/// hide. It changes whenever another part of the geometry is shown.
pub type DensityOf = (Key, Option<Key>, u64);

/// What a picture is made of.
#[derive(Clone, PartialEq)]
struct What {
    of: DensityOf,
    grid: Grid,
    level: usize,
    measure: Measure,
    is_dark: bool,
    time_window_ms: Option<(i64, i64)>,
    speed_window_kn: Option<(f32, f32)>,
    shows_rest: bool,
}

impl PlainDensity {
    /// Draws the density of what `style` and `is_shown` let through. `of` names the geometry, and
    /// changes whenever `is_shown` does. Sums take a tenth of a second for ten million reports in
    /// view, on two cores, and are kept until something changes.
    pub fn paint(
        &mut self,
        painter: &Painter,
        view: &View,
        (of, geometry): (DensityOf, &Geometry),
        is_shown: impl Fn(u32, &Slot) -> bool + Sync,
        style: &Style,
        density: &DensityStyle,
    ) {
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        let rect = painter.clip_rect();
        let Some(grid) = Grid::new(view, rect, density.cell_px, CELLS_MAX) else { return };
        let what = What {
            of,
            grid,
            level: level_of(geometry, view, style, density.measure),
            measure: density.measure,
            is_dark: style.is_dark,
            time_window_ms: style.time_window_ms,
            speed_window_kn: style.speed_window_kn,
            shows_rest: style.shows_rest,
        };
        if self.shown.as_ref().is_none_or(|shown| shown.what != what) {
            let sums = sums(geometry, what.level, &grid, is_shown, style, density.measure);
            let width = grid.size[0] as usize;
            let factors: Vec<f64> = grid.factors(density.measure).collect();
            let value = |(cell, sum): (usize, &f32)| f64::from(*sum) * factors[cell / width];
            let scale = Scale::of(density.measure, sums.iter().enumerate().map(value));
            let pixel = |(cell, sum): (usize, &f32)| match scale {
                Some(scale) if *sum > 0.0 => color(scale.part(value((cell, sum))), style.is_dark),
                _ => Color32::TRANSPARENT,
            };
            let pixels = sums.iter().enumerate().map(pixel).collect();
            let image = ColorImage::new([width, grid.size[1] as usize], pixels);
            let texture = painter.ctx().load_texture("density", image, TextureOptions::NEAREST);
            self.shown = Some(Shown { what, scale, texture });
        }
        if let Some(shown) = &self.shown {
            let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
            let tint = Color32::WHITE.gamma_multiply(density.alpha);
            painter.image(shown.texture.id(), grid.on_screen(view), whole, tint);
        }
    }

    /// What the colors say; `None` while nothing was drawn.
    pub fn legend(&self) -> Option<Legend> {
        let Shown { what, scale, .. } = self.shown.as_ref()?;
        let (cell_m, area) = (what.grid.cell_m(), what.grid.area());
        Some(legend(what.measure, cell_m, area, *scale, what.is_dark, None))
    }
}

/// Which level of detail is summed up: see the same choice for the GPU.
pub fn level_of(geometry: &Geometry, view: &View, style: &Style, measure: Measure) -> usize {
    if measure == Measure::Reports || style.speed_window_kn.is_some() {
        return 0;
    }
    choose(geometry.levels().iter().map(|level| level.tolerance), px_per_unit(view))
}

/// The sums in all cells, row after row: reports, or hours.
pub fn sums(
    geometry: &Geometry,
    level: usize,
    grid: &Grid,
    is_shown: impl Fn(u32, &Slot) -> bool + Sync,
    style: &Style,
    measure: Measure,
) -> Vec<f32> {
    let slots = geometry.slots();
    let is_there: Vec<bool> = (0..)
        .zip(&**slots)
        .map(|(index, slot)| is_shown(index, slot) && (slot.trip.is_some() || style.shows_rest))
        .collect();
    let level = &geometry.levels()[level];
    let clock = geometry.clock();
    let adder = Adder {
        grid,
        vertices: &level.vertices,
        is_there: &is_there,
        times: style
            .time_window_ms
            .map(|(from, to)| [from, to].map(|t_ms| f64::from(clock.steps(t_ms)))),
        tenths: style
            .speed_window_kn
            .map(|(from, to)| [from, to].map(|kn| f64::from((kn * 10.0).round()))),
        hours_of_step: clock.unit_ms as f64 / 3_600_000.0,
    };
    let mut parts: Vec<(i32, Range<usize>)> = Vec::new();
    let times = adder.times.map(|times| times.map(|time| time as f32));
    let (rect, middle) = (grid.mercator(), grid.middle());
    for (copy, window) in copies(rect, middle[0], 1.0 / grid.around, times) {
        let copy = copy + middle[0].floor() as i32;
        for range in ranges(level, |node| window.meets(node)) {
            let starts = range.clone().step_by(CHUNK);
            parts.extend(starts.map(|start| (copy, start..range.end.min(start + CHUNK))));
        }
    }
    let groups = parts.chunks(parts.len().div_ceil(rayon::current_num_threads()).max(1));
    let add = |group: &[(i32, Range<usize>)]| {
        let mut sums = vec![0.0; grid.n_cells()];
        for (copy, range) in group {
            match measure {
                Measure::Reports => adder.add_reports(&mut sums, *copy, range.clone()),
                Measure::ShipHours => adder.add_legs(&mut sums, *copy, range.clone()),
            }
        }
        sums
    };
    let groups: Vec<_> = groups.collect();
    let join = |mut sums: Vec<f32>, others: Vec<f32>| {
        sums.iter_mut().zip(others).for_each(|(sum, other)| *sum += other);
        sums
    };
    groups.into_par_iter().map(add).reduce_with(join).unwrap_or_else(|| vec![0.0; grid.n_cells()])
}

fn ranges(level: &Level, meets: impl Fn(&Node) -> bool) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut ask = |node: &Node| {
        if node.slots[0] <= node.slots[1] && meets(node) { Answer::Some } else { Answer::None }
    };
    level.tree.visit(PIECE, &mut ask, &mut |range| match found.last_mut() {
        Some(last) if last.end == range.start => last.end = range.end,
        _ => found.push(range),
    });
    found
}

struct Adder<'a> {
    grid: &'a Grid,
    vertices: &'a [Vertex],
    is_there: &'a [bool],
    times: Option<[f64; 2]>,
    tenths: Option<[f64; 2]>,
    hours_of_step: f64,
}

impl Adder<'_> {
    fn is_wanted(&self, vertex: &Vertex) -> bool {
        let is_fast_enough = self.tenths.is_none_or(|[from, to]| {
            vertex
                .speed_tenths()
                .is_some_and(|tenths| from <= f64::from(tenths) && f64::from(tenths) <= to)
        });
        !vertex.is_nowhere() && is_fast_enough && self.is_there[vertex.slot() as usize]
    }

    /// Where a place of a copy of the world lies, in cells from the first.
    fn cell(&self, copy: i32, [x, y]: [u32; 2]) -> [f64; 2] {
        let cells = |part: f64, origin: i64| part * self.grid.around - origin as f64;
        let x = f64::from(x) / f64::from(WORLD) + f64::from(copy);
        let y = f64::from(y) / f64::from(WORLD);
        [cells(x, self.grid.origin[0]), cells(y, self.grid.origin[1])]
    }

    fn add(&self, sums: &mut [f32], cell: [f64; 2], value: f64) {
        let [width, height] = self.grid.size;
        let is_inside = (0.0..f64::from(width)).contains(&cell[0])
            && (0.0..f64::from(height)).contains(&cell[1]);
        if is_inside {
            sums[cell[1] as usize * width as usize + cell[0] as usize] += value as f32;
        }
    }

    fn add_reports(&self, sums: &mut [f32], copy: i32, range: Range<usize>) {
        for vertex in &self.vertices[range] {
            let time = f64::from(vertex.time());
            let is_timely = self.times.is_none_or(|[from, to]| from <= time && time <= to);
            if is_timely && self.is_wanted(vertex) {
                self.add(sums, self.cell(copy, vertex.place()), 1.0);
            }
        }
    }

    fn add_legs(&self, sums: &mut [f32], copy: i32, range: Range<usize>) {
        for index in range.start.max(1)..range.end {
            let (start, end) = (&self.vertices[index - 1], &self.vertices[index]);
            if end.is_first() || !self.is_wanted(start) || !self.is_wanted(end) {
                continue;
            }
            let (t_start, lasts) =
                (f64::from(start.time()), f64::from(end.time()) - f64::from(start.time()));
            let part = self.times.map_or([0.0, 1.0], |times| {
                let [from, to] = times.map(|time| (time - t_start) / lasts);
                [from.max(0.0), to.min(1.0)]
            });
            if lasts <= 0.0 || part[0] >= part[1] {
                continue;
            }
            let way = d_x(start.place()[0], end.place()[0]);
            // West across the date line: the leg begins in the next copy.
            let is_next = way < 0 && end.place()[0] > start.place()[0];
            let a = self.cell(copy + i32::from(is_next), start.place());
            let way = f64::from(way) / f64::from(WORLD) * self.grid.around;
            let d = [way, self.cell(copy, end.place())[1] - a[1]];
            self.spread(sums, a, d, part, lasts * self.hours_of_step);
        }
    }

    /// Spreads what lasts so many hours along the way `d` from `a`, of which a part counts.
    fn spread(&self, sums: &mut [f32], a: [f64; 2], d: [f64; 2], part: [f64; 2], hours: f64) {
        let [mut from, mut to] = part;
        for i in 0..2 {
            let (low, high) = (-1.0, f64::from(self.grid.size[i]) + 1.0);
            if d[i] == 0.0 {
                if a[i] < low || a[i] > high {
                    return;
                }
            } else {
                let ends = [(low - a[i]) / d[i], (high - a[i]) / d[i]];
                (from, to) = (from.max(ends[0].min(ends[1])), to.min(ends[0].max(ends[1])));
            }
        }
        // From border to border.
        while from < to {
            let border = |i: usize| {
                let at = a[i] + d[i] * from;
                match d[i] {
                    d if d > 0.0 => ((at + 1e-9).floor() + 1.0 - a[i]) / d,
                    d if d < 0.0 => ((at - 1e-9).ceil() - 1.0 - a[i]) / d,
                    _ => f64::INFINITY,
                }
            };
            let next = border(0).min(border(1)).min(to).max(from);
            let middle = 0.5 * (from + next);
            let cell = [a[0] + d[0] * middle, a[1] + d[1] * middle];
            self.add(sums, cell, hours * (next - from));
            if next <= from {
                break; // A step too small to be one.
            }
            from = next;
        }
    }
}

#[cfg(test)]
mod tests;
