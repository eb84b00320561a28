//! The layer of tracks: what of a geometry is drawn, and how it looks.

use std::ops::Range;
use std::sync::Arc;

use eframe::egui_wgpu::{self, RenderState};
use egui::{Color32, Painter};

use super::boxes::{Answer, Node, Tree};
use super::camera::{Camera, Window, copies};
use super::geometry::{Geometry, Slot, px_per_unit};
use super::gpu::{Buffers, Callback, Draw, Gpu, SCENES_MAX, Scene, Sums, Table};
use super::levels::choose;
use super::palette::{ColorBy, N_COLORS};
use super::vertex::Clock;
use super::view::View;
use crate::flow::key::Key;

mod density;
mod style;

pub use style::{Look, Style};

/// Vertices that are drawn or left out together.
const PIECE: usize = 256;

/// Gaps between pieces that are drawn too, so that there are fewer pieces: the GPU leaves them out
/// quickly. At most a two-thousandth of all.
const GAP: usize = 1024;

/// Reports are shown as points where the usual leg is at least so long, in screen points; in full
/// strength from twice that.
const POINTS_FROM_PX: f64 = 5.0;

/// From here on the points of ships that move are arrows.
const ARROWS_FROM_PX: f64 = 28.0;

/// How much wider the selected and the hovered are drawn.
const HIGHLIGHT_WIDTH: f32 = 2.0;

/// Tracks on the GPU. Pan, zoom, time, color and speeds are uniforms, filters and selection a small
/// table: vertices are sent once for each key.
///
/// An empty layer draws nothing.
#[derive(Default)]
pub struct TrackLayer {
    shown: Option<Tracks>,
}

struct Tracks {
    key: Key,
    gpu: Arc<Gpu>,
    buffers: Arc<Buffers>,
    table: Arc<Table>,
    slots: Arc<[Slot]>,
    clock: Clock,
    time_span_ms: Option<(i64, i64)>,
    leg: Option<u32>,
    /// Running counts over the slots, so that any range of them is counted at once.
    n_shown: Vec<u32>,
    n_highlighted: Vec<u32>,
    /// Whether something is selected: the others dim.
    is_dimming: bool,
    /// Rises with each change of what is shown.
    looks: u64,
    sums: Arc<Sums>,
}

/// A geometry that has gone to the GPU, to be shown by a layer.
pub struct Uploaded {
    gpu: Arc<Gpu>,
    buffers: Buffers,
    key: Key,
}

impl TrackLayer {
    /// An empty layer.
    pub fn new() -> TrackLayer {
        TrackLayer::default()
    }

    /// Which geometry is shown.
    pub fn key(&self) -> Option<Key> {
        self.shown.as_ref().map(|shown| shown.key)
    }

    /// Sends `geometry` to the GPU and shows it, unless `key` is shown already: [`upload`] and
    /// [`TrackLayer::show`] in one. For more than a million reports, call [`upload`] on a thread.
    pub fn upload(&mut self, render_state: &RenderState, key: Key, geometry: &Geometry) {
        if self.key() != Some(key) {
            self.show(render_state, upload(render_state, key, geometry), geometry);
        }
    }

    /// Shows what [`upload`] made of `geometry` instead of what is shown now. All of it is shown and
    /// nothing selected until [`TrackLayer::set_looks`] says otherwise.
    pub fn show(&mut self, render_state: &RenderState, uploaded: Uploaded, geometry: &Geometry) {
        let Uploaded { gpu, buffers, key } = uploaded;
        let slots = Arc::clone(geometry.slots());
        self.shown = Some(Tracks {
            key,
            table: Arc::new(gpu.table(&render_state.device, slots.len())),
            gpu,
            buffers: Arc::new(buffers),
            clock: geometry.clock(),
            time_span_ms: geometry.time_span_ms(),
            leg: geometry.usual_leg(),
            n_shown: Vec::new(),
            n_highlighted: Vec::new(),
            is_dimming: false,
            looks: 0,
            sums: Arc::default(),
            slots,
        });
        self.set_looks(render_state, |_, _| Look::default());
    }

    /// A layer of the same vertices, which are not sent again, with looks of its own: for a second
    /// map beside this one. All of it is shown until [`TrackLayer::set_looks`] says otherwise.
    #[must_use]
    pub fn twin(&self, render_state: &RenderState) -> TrackLayer {
        let shown = self.shown.as_ref().map(|shown| Tracks {
            key: shown.key,
            table: Arc::new(shown.gpu.table(&render_state.device, shown.slots.len())),
            gpu: Arc::clone(&shown.gpu),
            buffers: Arc::clone(&shown.buffers),
            clock: shown.clock,
            time_span_ms: shown.time_span_ms,
            leg: shown.leg,
            n_shown: Vec::new(),
            n_highlighted: Vec::new(),
            is_dimming: false,
            looks: 0,
            sums: Arc::default(),
            slots: Arc::clone(&shown.slots),
        });
        let mut twin = TrackLayer { shown };
        twin.set_looks(render_state, |_, _| Look::default());
        twin
    }

    /// Whether both layers draw the very same vertices.
    pub fn shares_vertices_with(&self, other: &TrackLayer) -> bool {
        match (&self.shown, &other.shown) {
            (Some(of), Some(others)) => Arc::ptr_eq(&of.buffers, &others.buffers),
            (None, None) => true,
            _ => false,
        }
    }

    /// Shows nothing any more and frees the memory.
    pub fn clear(&mut self) {
        self.shown = None;
    }

    /// Says anew how each slot looks, given its index and what it is: four bytes a slot go to the
    /// GPU. Call it when filters or the selection change, not in every frame.
    pub fn set_looks(&mut self, render_state: &RenderState, look: impl Fn(u32, &Slot) -> Look) {
        let Some(shown) = &mut self.shown else { return };
        let shown_before = std::mem::take(&mut shown.n_shown);
        let (mut n_shown, mut n_highlighted) = (0, 0);
        let mut texels = Vec::with_capacity(shown.slots.len());
        shown.n_shown.reserve(shown.slots.len() + 1);
        shown.n_highlighted = Vec::with_capacity(shown.slots.len() + 1);
        shown.is_dimming = false;
        for (index, slot) in (0..).zip(&*shown.slots) {
            shown.n_shown.push(n_shown);
            shown.n_highlighted.push(n_highlighted);
            let look = look(index, slot);
            let is_highlighted = look.is_highlighted();
            shown.is_dimming |= look.is_shown && look.is_selected;
            n_shown += u32::from(look.is_shown);
            n_highlighted += u32::from(is_highlighted);
            texels.push([
                (slot.vessel % N_COLORS) as u8,
                slot.kind,
                look.group.map_or(255, |group| (group % N_COLORS) as u8),
                u8::from(look.is_shown)
                    | u8::from(is_highlighted) << 1
                    | u8::from(slot.trip.is_none()) << 2
                    | u8::from(look.is_faint) << 3,
            ]);
        }
        shown.n_shown.push(n_shown);
        shown.n_highlighted.push(n_highlighted);
        shown.looks += u64::from(shown.n_shown != shown_before);
        shown.table.write(&render_state.queue, texels);
    }

    /// Draws the tracks in `view`. Takes microseconds, however many reports there are.
    pub fn paint(&self, painter: &Painter, view: &View, style: &Style) {
        let Some(shown) = &self.shown else { return };
        let painter = painter.with_clip_rect(painter.clip_rect().intersect(view.clip_rect));
        if !painter.clip_rect().is_positive() {
            return;
        }
        let callback = shown.callback(view, style, painter.pixels_per_point());
        if let Some(callback) = callback {
            painter.add(egui_wgpu::Callback::new_paint_callback(view.clip_rect, callback));
        }
    }
}

/// Sends `geometry` to the GPU. Takes 20 ms a million reports or so; may be called on any thread.
pub fn upload(render_state: &RenderState, key: Key, geometry: &Geometry) -> Uploaded {
    let gpu = Gpu::of(render_state);
    let buffers = gpu.buffers(render_state, geometry);
    Uploaded { gpu, buffers, key }
}

impl Tracks {
    fn callback(&self, view: &View, style: &Style, pixels_per_point: f32) -> Option<Callback> {
        let px_per_unit = px_per_unit(view) * f64::from(pixels_per_point);
        let levels = &self.buffers.levels;
        let level = choose(levels.iter().map(|level| level.tolerance), px_per_unit);
        let tree = &levels.get(level)?.tree;
        let first = self.scene(view, style, pixels_per_point);
        let points = self.points(view, style, pixels_per_point);
        let has_highlight = style.hovered.is_some() || self.n_highlighted.last() != Some(&0);
        let passes = if has_highlight { &[false, true][..] } else { &[false] };

        // Lines are wider than their middle, and arrows larger than their point.
        let margin = f64::from(style.width_px * HIGHLIGHT_WIDTH + 12.0) / view.world_px;
        let times = style.time_window_ms.map(|_| first.time_window);
        let (mut scenes, mut draws) = (Vec::new(), Vec::new());
        for is_highlight in passes {
            for (copy, window) in copies(view.visible(), view.center[0], margin, times) {
                let ranges = self.ranges(
                    tree,
                    &window,
                    style.hovered.filter(|_| *is_highlight),
                    *is_highlight,
                );
                if ranges.is_empty() || scenes.len() == SCENES_MAX {
                    continue;
                }
                let scene = scenes.len();
                scenes.push(self.pass(&first, copy, *is_highlight, style, points.as_ref()));
                let draw = |is_points| {
                    move |range: &Range<usize>| Draw { scene, is_points, range: range.clone() }
                };
                draws.extend(ranges.iter().map(draw(false)));
                if points.is_some() {
                    draws.extend(ranges.iter().map(draw(true)));
                }
            }
        }
        let new = || Callback::new(&self.gpu, &self.buffers, &self.table, level, scenes, draws);
        (level < levels.len()).then(new)
    }

    /// What all passes have in common.
    fn scene(&self, view: &View, style: &Style, pixels_per_point: f32) -> Scene {
        let Camera { center, middle_px, px_per_unit } = Camera::of_view(view, pixels_per_point);
        let time_scale = style.time_scale_ms(self.time_span_ms);
        let [from, to] = match style.color_by {
            ColorBy::Speed => [style.speed_scale_kn.0 * 10.0, style.speed_scale_kn.1 * 10.0],
            _ => [time_scale.0, time_scale.1].map(|t_ms| self.clock.steps(t_ms)),
        };
        let (time_window, speed_window) = (style.time_window_ms, style.speed_window_kn);
        let flags = style.color_by.source()
            | if self.gpu.is_linear { IS_LINEAR } else { 0 }
            | if time_window.is_some() { HAS_TIME_WINDOW } else { 0 }
            | if speed_window.is_some() { HAS_SPEED_WINDOW } else { 0 }
            | if style.shows_rest { SHOWS_REST } else { 0 }
            | if style.shows_trips { 0 } else { HIDES_TRIPS }
            | if style.fades && time_window.is_some() { FADES } else { 0 };
        Scene {
            center,
            copy: 0,
            flags,
            screen_px: [1.0; 2], // The callback knows it.
            middle_px,
            px_per_unit,
            half_width_px: 0.5 * style.width_px * pixels_per_point,
            alpha: style.alpha,
            rest_alpha: style.rest_alpha,
            time_window: time_window
                .map_or([0.0; 2], |(from, to)| [from, to].map(|t_ms| self.clock.steps(t_ms))),
            speed_window: speed_window
                .map_or([0.0; 2], |(from, to)| [(from * 10.0).round(), (to * 10.0).round()]),
            value_scale: [from, if to > from { 1.0 / (to - from) } else { 0.0 }],
            hovered: style.hovered.unwrap_or(u32::MAX),
            palette_row: style.color_by.palette_row(style.is_dark),
            single: rgba(style.single),
            highlight: if style.is_dark { [1.0, 1.0, 1.0, 0.3] } else { [0.0, 0.0, 0.0, 0.25] },
            point_px: 0.0,
            arrow_px: 0.0,
            faint_alpha: style.faint_alpha,
            pad: 0.0,
        }
    }

    /// The scene of one pass in one copy of the world.
    fn pass(
        &self,
        scene: &Scene,
        copy: i32,
        is_highlight: bool,
        style: &Style,
        points: Option<&Points>,
    ) -> Scene {
        let mut scene = Scene { copy, ..*scene };
        if let Some(points) = points {
            scene.point_px = points.point_px.max(scene.half_width_px * 1.2);
            scene.arrow_px = points.arrow_px;
        }
        if is_highlight {
            scene.flags |= IS_HIGHLIGHTED;
            scene.half_width_px *= HIGHLIGHT_WIDTH;
            scene.point_px *= 1.3;
            scene.alpha = 1.0;
        } else if self.is_dimming {
            scene.alpha *= style.others_alpha;
        }
        scene
    }

    /// How large points are at this zoom, if there are any.
    fn points(&self, view: &View, style: &Style, pixels_per_point: f32) -> Option<Points> {
        let leg_px = self.leg.map_or(f64::INFINITY, |leg| f64::from(leg) * px_per_unit(view));
        if !style.shows_points || leg_px < POINTS_FROM_PX {
            return None;
        }
        let growth = (leg_px / POINTS_FROM_PX - 1.0).clamp(0.0, 1.0) as f32;
        let has_arrows = leg_px >= ARROWS_FROM_PX;
        Some(Points {
            point_px: (0.6 + 0.6 * growth) * style.width_px * pixels_per_point,
            arrow_px: if has_arrows {
                (3.0 + 1.5 * style.width_px) * pixels_per_point
            } else {
                0.0
            },
        })
    }

    /// The vertices in the window that are shown, or of these the highlighted ones: few ranges, with
    /// some vertices more.
    fn ranges(
        &self,
        tree: &Tree,
        window: &Window,
        hovered: Option<u32>,
        is_highlight: bool,
    ) -> Vec<Range<usize>> {
        let counts = if is_highlight { &self.n_highlighted } else { &self.n_shown };
        let mut ask = |node: &Node| {
            let [low, high] = node.slots;
            if low > high || !window.meets(node) {
                return Answer::None;
            }
            let n = counts[high as usize + 1] - counts[low as usize];
            let is_hovered = hovered.is_some_and(|slot| (low..=high).contains(&slot));
            if n == 0 && !is_hovered {
                Answer::None
            } else if n == high - low + 1 && window.holds(node) {
                Answer::All
            } else {
                Answer::Some
            }
        };
        let gap = GAP.max(tree.len() / 2048);
        let mut ranges: Vec<Range<usize>> = Vec::new();
        tree.visit(PIECE, &mut ask, &mut |range| match ranges.last_mut() {
            Some(last) if range.start - last.end <= gap => last.end = range.end,
            _ => ranges.push(range),
        });
        ranges
    }
}

/// Sizes of points and arrows in pixels of the device.
struct Points {
    point_px: f32,
    arrow_px: f32,
}

fn rgba(color: Color32) -> [f32; 4] {
    color.to_array().map(|part| f32::from(part) / 255.0)
}

// The bits of `Scene::flags` in the shader, from the fourth on.
const IS_HIGHLIGHTED: u32 = 8;
const IS_LINEAR: u32 = 16;
const HAS_TIME_WINDOW: u32 = 32;
const HAS_SPEED_WINDOW: u32 = 64;
const SHOWS_REST: u32 = 128;
const FADES: u32 = 256;
const HIDES_TRIPS: u32 = 512;

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "nothing drawn is exactly nothing")]
mod tests;
