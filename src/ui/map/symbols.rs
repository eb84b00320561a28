//! The layer of symbols: ships under way, removed reports, where trips were cut.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui_wgpu::{self, RenderState};
use egui::{Color32, Painter, Pos2};
use rayon::prelude::*;

use super::boxes::{Answer, Node, Tree};
use super::camera::{Camera, Window, copies};
use super::gpu::{Gpu, SCENES_MAX, SymbolBuffers, SymbolCallback, SymbolScene};
use super::vertex::{Clock, Vertex, WORLD, d_x};
use super::view::View;
use crate::flow::key::Key;

mod pack;
mod plain;

pub use pack::Packed;
use pack::interleaved;

/// Symbols that are drawn or left out together.
const PIECE: usize = 256;

/// Width of the line around symbols, in points of the screen.
const OUTLINE_PX: f32 = 1.0;

/// What a symbol looks like. Those that have a front show it ahead.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SymbolShape {
    /// A filled circle.
    Disc,
    /// A circle.
    Ring,
    /// Two bars, like an x.
    Cross,
    /// A filled square.
    Square,
    /// A filled square on its tip.
    Diamond,
    /// A filled triangle, its tip ahead.
    Triangle,
    /// The hull of a ship, its bow ahead.
    Ship,
}

/// Something at a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Symbol {
    /// Where, on the fixed-point mercator plane: see [`super::vertex::fixed`] and
    /// [`super::vertex::between`].
    pub place: [u32; 2],
    /// Its color. Around it goes a thin line that is dark on dark maps and light on light ones.
    pub color: Color32,
    /// What it looks like.
    pub shape: SymbolShape,
    /// Its diameter in points of the screen, at any zoom; less than 128.
    pub size_px: f32,
    /// Where ahead is: degrees, clockwise from north. Not-a-number means north.
    pub turn_deg: f32,
    /// When, UTC milliseconds. Only marks have a time.
    pub t_ms: i64,
    /// Its class, 0 to 31, by which it is shown or hidden.
    pub class: u8,
}

impl Symbol {
    /// A symbol of 9 points that looks north, of class 0.
    pub fn new(place: [u32; 2], color: Color32, shape: SymbolShape) -> Symbol {
        Symbol { place, color, shape, size_px: 9.0, turn_deg: 0.0, t_ms: 0, class: 0 }
    }
}

/// How symbols are drawn. Any of it may change from frame to frame.
#[derive(Clone, PartialEq, Debug)]
pub struct SymbolStyle {
    /// Whether the map is dark.
    pub is_dark: bool,
    /// A bit for each class that is shown.
    pub classes: u32,
    /// Only marks of these times, UTC milliseconds, ends included.
    pub time_window_ms: Option<(i64, i64)>,
    /// By what symbols are enlarged.
    pub scale: f32,
    /// Opacity, 0 to 1.
    pub alpha: f32,
    /// Whether a thin line goes around symbols. Where many lie close together it would cover them.
    pub has_outline: bool,
}

impl SymbolStyle {
    /// All classes at all times.
    pub fn new(is_dark: bool) -> SymbolStyle {
        SymbolStyle {
            is_dark,
            classes: u32::MAX,
            time_window_ms: None,
            scale: 1.0,
            alpha: 1.0,
            has_outline: true,
        }
    }

    fn outline(&self) -> Color32 {
        if self.is_dark { Color32::from_black_alpha(220) } else { Color32::from_white_alpha(235) }
    }
}

/// Symbols that stay where they are, ready for the GPU. May be made on any thread.
#[derive(Clone, Debug, Default)]
pub struct Marks {
    // Invariant: if there is a tree, it is of `packed`, and `order` is as long.
    packed: Vec<Packed>,
    /// Which symbol of those handed in each is. Empty if all stand where they stood.
    order: Vec<u32>,
    tree: Option<Tree>,
    clock: Option<Clock>,
    largest_px: f32,
}

/// The symbol under the pointer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SymbolHit {
    /// Which of the symbols that the layer was given.
    pub index: usize,
    /// How far its middle lies from the pointer, in points of the screen.
    pub distance_px: f32,
}

/// Symbols on the map. Pan, zoom, time window and classes are uniforms.
///
/// An empty layer draws nothing; without a GPU, egui's painter draws what it can.
#[derive(Default)]
pub struct SymbolLayer {
    key: Option<Key>,
    marks: Arc<Marks>,
    sent: Option<(Arc<Gpu>, Arc<SymbolBuffers>)>,
}

impl Marks {
    /// Sorts the symbols, so that those in view are found at once: later ones are no longer drawn
    /// above earlier ones. Takes a tenth of a second a million.
    pub fn new(symbols: &[Symbol], clock: Clock) -> Marks {
        let mut order: Vec<(u64, u32)> = symbols
            .par_iter()
            .enumerate()
            .map(|(index, symbol)| (interleaved(symbol.place), index as u32))
            .collect();
        order.par_sort_unstable();
        let sorted: Vec<Packed> = order
            .par_iter()
            .map(|(_, i)| Packed::new(&symbols[*i as usize], Some(clock)))
            .collect();
        // Boxes are made around vertices: a symbol is one without legs, its class for a slot.
        let vertex = |symbol: &Packed| {
            let slot = u32::from(symbol.class());
            Vertex::new(symbol.place, symbol.time, slot, f32::NAN, f32::NAN).first(true)
        };
        let vertices: Vec<Vertex> = sorted.par_iter().map(vertex).collect();
        Marks {
            tree: Some(Tree::new(&vertices)),
            packed: sorted,
            order: order.into_iter().map(|(_, index)| index).collect(),
            clock: Some(clock),
            largest_px: largest_px(symbols),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// The time window in steps of the clock, if these symbols have times.
    fn time_window(&self, style: &SymbolStyle) -> Option<[f32; 2]> {
        let (from, to) = style.time_window_ms?;
        let clock = self.clock?;
        // A symbol stands at the step nearest its time: it may lie half a step beyond.
        Some([clock.steps(from) - 0.5, clock.steps(to) + 0.5])
    }

    /// Where those in the window are that are shown, with some more.
    fn ranges(&self, window: &Window, classes: u32) -> Vec<Range<usize>> {
        let Some(tree) = &self.tree else {
            return Some(0..self.len()).into_iter().filter(|all| !all.is_empty()).collect();
        };
        let mut ask = |node: &Node| {
            let is_shown = (node.slots[0]..=node.slots[1]).any(|class| classes >> class & 1 != 0);
            if !is_shown || !window.meets(node) {
                Answer::None
            } else if window.holds(node) {
                Answer::All
            } else {
                Answer::Some
            }
        };
        let mut ranges: Vec<Range<usize>> = Vec::new();
        tree.visit(PIECE, &mut ask, &mut |range| match ranges.last_mut() {
            Some(last) if range.start - last.end <= 4 * PIECE => last.end = range.end,
            _ => ranges.push(range),
        });
        ranges
    }
}

impl SymbolLayer {
    /// An empty layer.
    pub fn new() -> SymbolLayer {
        SymbolLayer::default()
    }

    /// Which marks are shown.
    pub fn key(&self) -> Option<Key> {
        self.key
    }

    /// How many symbols there are, hidden ones included.
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// Shows marks, unless those of `key` are shown already; on the GPU, if there is one.
    pub fn upload(&mut self, render_state: Option<&RenderState>, key: Key, marks: &Arc<Marks>) {
        if self.key == Some(key) {
            return;
        }
        (self.key, self.marks) = (Some(key), Arc::clone(marks));
        self.send(render_state, marks.len());
    }

    /// Shows symbols that are others in the next frame: they have no times. Later ones are drawn
    /// above earlier ones. Memory is kept from call to call, here and on the GPU.
    pub fn set(&mut self, render_state: Option<&RenderState>, symbols: &[Symbol]) {
        self.key = None;
        let mut packed = Arc::get_mut(&mut self.marks)
            .map_or_else(Vec::new, |marks| std::mem::take(&mut marks.packed));
        packed.clear();
        packed.extend(symbols.iter().map(|symbol| Packed::new(symbol, None)));
        self.marks =
            Arc::new(Marks { packed, largest_px: largest_px(symbols), ..Marks::default() });
        self.send(render_state, symbols.len().next_power_of_two());
    }

    /// Shows nothing any more and frees the memory.
    pub fn clear(&mut self) {
        *self = SymbolLayer::default();
    }

    fn send(&mut self, render_state: Option<&RenderState>, room: usize) {
        let Some(render_state) = render_state.filter(|_| !self.is_empty()) else {
            self.sent = self.sent.take().filter(|_| render_state.is_some());
            return;
        };
        // What was made large is kept unless it is far too large, or of a device that was lost.
        let gpu = Gpu::of(render_state);
        let rooms = self.len()..=room.saturating_mul(8);
        let sent = self
            .sent
            .take()
            .filter(|(other, buffers)| Arc::ptr_eq(other, &gpu) && rooms.contains(&buffers.room()));
        let new = || (Arc::clone(&gpu), Arc::new(gpu.symbol_buffers(&render_state.device, room)));
        let (_, buffers) = self.sent.insert(sent.unwrap_or_else(new));
        buffers.write(&render_state.queue, &self.marks.packed);
    }

    /// Draws the symbols in `view`. Says how many of these egui's painter had to leave out: none,
    /// if there is a GPU.
    pub fn paint(&self, painter: &Painter, view: &View, style: &SymbolStyle) -> usize {
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        if self.is_empty() || !painter.clip_rect().is_positive() {
            return 0;
        }
        let Some((gpu, buffers)) = &self.sent else {
            return plain::draw(&self.marks, &painter, view, style);
        };
        let pixels_per_point = painter.pixels_per_point();
        let Camera { center, middle_px, px_per_unit } = Camera::of_view(view, pixels_per_point);
        let time_window = self.marks.time_window(style);
        let is_linear = if gpu.is_linear { IS_LINEAR } else { 0 };
        let (mut scenes, mut draws) = (Vec::new(), Vec::new());
        for (copy, window) in self.windows(view, style) {
            let ranges = self.marks.ranges(&window, style.classes);
            if ranges.is_empty() || scenes.len() == SCENES_MAX {
                continue;
            }
            draws.extend(ranges.into_iter().map(|range| (scenes.len(), range)));
            scenes.push(SymbolScene {
                center,
                copy,
                flags: is_linear | if time_window.is_some() { HAS_TIME_WINDOW } else { 0 },
                screen_px: [1.0; 2], // The callback knows it.
                middle_px,
                px_per_unit,
                px_per_point: style.scale * pixels_per_point,
                alpha: style.alpha,
                classes: style.classes,
                time_window: time_window.unwrap_or_default(),
                outline_px: if style.has_outline { OUTLINE_PX * pixels_per_point } else { 0.0 },
                pad: 0.0,
                outline: style.outline().to_array().map(|part| f32::from(part) / 255.0),
            });
        }
        if !draws.is_empty() {
            let callback = SymbolCallback::new(gpu, buffers, scenes, draws);
            painter.add(egui_wgpu::Callback::new_paint_callback(view.clip_rect, callback));
        }
        0
    }

    fn windows(&self, view: &View, style: &SymbolStyle) -> impl Iterator<Item = (i32, Window)> {
        let reach_px = 0.5 * self.marks.largest_px * style.scale + 3.0 * OUTLINE_PX;
        let margin = f64::from(reach_px) / view.world_px;
        copies(view.visible(), view.center[0], margin, self.marks.time_window(style))
    }

    /// The symbol nearest to `pos` of those whose middle lies within `radius_px` of it and that
    /// `style` shows; at equal distance the later one. Takes a tenth of a millisecond for 50,000
    /// symbols that move, and less for a million marks.
    pub fn pick(
        &self,
        view: &View,
        pos: Pos2,
        radius_px: f32,
        style: &SymbolStyle,
    ) -> Option<SymbolHit> {
        let world = f64::from(WORLD);
        let [x, y] = view.mercator_from_screen(pos);
        let at_x = ((x - x.floor()) * world) as u32;
        let y = y * world;
        let time_window = self.marks.time_window(style);
        let radius = f64::from(radius_px) / view.world_px;
        let around = super::view::MercatorRect {
            min: [x - radius, y / world - radius],
            max: [x + radius, y / world + radius],
        };
        let is_shown = |symbol: &Packed| {
            let time = symbol.time as f32;
            style.classes >> symbol.class() & 1 != 0
                && time_window.is_none_or(|[from, to]| from <= time && time <= to)
        };
        // Symbols that move have no boxes: they are looked through once, whatever the copy.
        let n_windows = if self.marks.tree.is_some() { usize::MAX } else { 1 };
        let windows = copies(around, x, 0.0, time_window).take(n_windows);
        // The square of the least distance, and to which symbol.
        let mut best = ((radius * world).powi(2), None);
        for index in
            windows.flat_map(|(_, window)| self.marks.ranges(&window, style.classes)).flatten()
        {
            let symbol = &self.marks.packed[index];
            let dx = f64::from(d_x(at_x, symbol.place[0]));
            let dy = f64::from(symbol.place[1]) - y;
            let square = dx * dx + dy * dy;
            if square <= best.0 && is_shown(symbol) {
                let given = self.marks.order.get(index).map_or(index, |given| *given as usize);
                if square < best.0 || best.1.is_none_or(|best| given >= best) {
                    best = (square, Some(given));
                }
            }
        }
        let distance_px = (best.0.sqrt() * view.world_px / world) as f32;
        best.1.map(|index| SymbolHit { index, distance_px })
    }
}

fn largest_px(symbols: &[Symbol]) -> f32 {
    symbols.iter().fold(0.0, |most, symbol| symbol.size_px.max(most))
}

// The bits of `SymbolScene::flags`.
const IS_LINEAR: u32 = 1;
const HAS_TIME_WINDOW: u32 = 2;

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "nothing drawn is exactly nothing")]
mod tests;
