//! Which trip is under the pointer.

use egui::Pos2;

use super::geometry::{Geometry, Slot};
use super::view::View;

/// What lies under the pointer.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Hit {
    /// The line of [`Geometry::slots`].
    pub slot: u32,
    /// Index of the vessel in its fleet.
    pub vessel: usize,
    /// Index of the trip, or `None` where the vessel is on none.
    pub trip: Option<usize>,
    /// The report of it that lies nearest, as an index into the fleet's reports.
    pub report_index: usize,
    /// How far its line lies from the pointer, in points of the screen.
    pub distance_px: f32,
}

/// The nearest leg within `radius_px` of `pos`, or `None`. `is_visible` is asked for the slots that
/// come near; only what was reported in `time_window_ms`, if there is one, counts.
pub fn pick(
    geometry: &Geometry,
    view: &View,
    pos: Pos2,
    radius_px: f32,
    is_visible: impl Fn(&Slot) -> bool,
    time_window_ms: Option<(i64, i64)>,
) -> Option<Hit> {
    todo!()
}
