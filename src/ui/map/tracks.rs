//! The layer of tracks: what of a geometry is drawn, and how it looks.

use eframe::egui_wgpu::RenderState;
use egui::{Color32, Painter};

use super::geometry::{Geometry, Slot};
use super::palette::{ColorBy, LegendEntry};
use super::view::View;
use crate::flow::key::Key;

/// Tracks on the GPU. Cheap to paint: pan, zoom, time, color and filters are uniforms.
pub struct TrackLayer {}

/// How tracks are drawn. Any of it may change from frame to frame.
#[derive(Clone, PartialEq, Debug)]
pub struct Style {
    /// What the color says.
    pub color_by: ColorBy,
    /// The color of [`ColorBy::Single`].
    pub single: Color32,
    /// Whether the map is dark.
    pub is_dark: bool,
    /// Width of a line, in points of the screen.
    pub width_px: f32,
    /// Opacity, 0 to 1.
    pub alpha: f32,
    /// What is not selected keeps this part of its opacity while something is selected.
    pub others_alpha: f32,
    /// Only what was reported from the first to the last of these times, UTC milliseconds; legs are
    /// cut where the window ends.
    pub time_window_ms: Option<(i64, i64)>,
    /// Only legs and points between reports with these speeds, knots, ends included.
    pub speed_window_kn: Option<(f32, f32)>,
    /// Speeds at the ends of the color scale, knots.
    pub speed_scale_kn: (f32, f32),
    /// Times at the ends of the color scale, UTC milliseconds; the whole span without.
    pub time_scale_ms: Option<(i64, i64)>,
    /// Whether reports are drawn as points where they lie apart, far in as arrows.
    pub shows_points: bool,
    /// Whether reports outside of trips are drawn, dimly.
    pub shows_rest: bool,
    /// The slot under the pointer.
    pub hovered: Option<u32>,
}

/// How one slot looks: what a filter or a selection says of a trip.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Whether it is drawn.
    pub is_shown: bool,
    /// Whether it is drawn wider, brighter and over the others.
    pub is_selected: bool,
    /// Its color in [`ColorBy::Group`]; `None` for gray.
    pub group: Option<u8>,
}

impl TrackLayer {
    /// An empty layer on this device.
    pub fn new(render_state: &RenderState) -> TrackLayer { todo!() }
    /// Which geometry is shown.
    pub fn key(&self) -> Option<Key> { todo!() }
    /// Sends `geometry` to the GPU, unless `key` is shown already. Then all is shown and nothing
    /// selected.
    pub fn upload(&mut self, render_state: &RenderState, key: Key, geometry: &Geometry) { todo!() }
    /// Says anew how each slot looks: four bytes a slot go to the GPU.
    pub fn set_looks(&mut self, render_state: &RenderState, look: impl Fn(&Slot) -> Look) { todo!() }
    /// Draws the tracks in `view`. Takes microseconds, however many reports there are.
    pub fn paint(&self, painter: &Painter, view: &View, style: &Style) { todo!() }
}

/// What the colors of `style` say, for a legend.
pub fn legend(style: &Style, geometry: &Geometry) -> Vec<LegendEntry> { todo!() }
