//! How tracks are drawn: what the user sets, and what filters and the selection say.

use egui::Color32;

use crate::ui::map::palette::ColorBy;

/// How tracks are drawn. Any of it may change from frame to frame.
#[derive(Clone, PartialEq, Debug)]
pub struct Style {
    /// What the color says.
    pub color_by: ColorBy,
    /// The color of [`ColorBy::Single`]; opaque.
    pub single: Color32,
    /// Whether the map is dark.
    pub is_dark: bool,
    /// Width of a line, in points of the screen.
    pub width_px: f32,
    /// Opacity, 0 to 1.
    pub alpha: f32,
    /// What is not selected keeps this part of its opacity while something is.
    pub others_alpha: f32,
    /// What was reported outside of trips keeps this part of its opacity.
    pub rest_alpha: f32,
    /// What is faint ([`Look::is_faint`]) keeps this part of its opacity.
    pub faint_alpha: f32,
    /// Only what was reported from the first to the last of these times, UTC milliseconds, ends
    /// included; legs are cut where the window ends.
    pub time_window_ms: Option<(i64, i64)>,
    /// Only points, and legs between points, of these speeds, knots, ends included; none of which
    /// the speed is not known.
    pub speed_window_kn: Option<(f32, f32)>,
    /// Speeds at the ends of the color scale, knots.
    pub speed_scale_kn: (f32, f32),
    /// Times at the ends of the color scale, UTC milliseconds; without, the time window, or else
    /// the whole span.
    pub time_scale_ms: Option<(i64, i64)>,
    /// Whether reports are drawn as points where they lie apart, and as arrows far in.
    pub shows_points: bool,
    /// Whether reports outside of trips are drawn.
    pub shows_rest: bool,
    /// Whether trips are drawn. Density counts them in any case.
    pub shows_trips: bool,
    /// Whether opacity falls to a tenth towards the beginning of the time window, so that tracks
    /// become trails. Without a window nothing fades.
    pub fades: bool,
    /// The slot under the pointer: drawn like the selected ones.
    pub hovered: Option<u32>,
}

impl Style {
    /// What a map begins with.
    pub fn new(is_dark: bool) -> Style {
        Style {
            color_by: ColorBy::ShipType,
            single: if is_dark {
                Color32::from_rgb(0x5a, 0xb4, 0xe8)
            } else {
                Color32::from_rgb(0x0b, 0x5c, 0x94)
            },
            is_dark,
            width_px: 1.5,
            alpha: 0.6,
            others_alpha: 0.35,
            rest_alpha: 0.35,
            faint_alpha: 0.3,
            time_window_ms: None,
            speed_window_kn: None,
            speed_scale_kn: (0.0, 25.0),
            time_scale_ms: None,
            shows_points: true,
            shows_rest: true,
            shows_trips: true,
            fades: false,
            hovered: None,
        }
    }

    /// Times at the ends of the color scale for data of this span.
    pub fn time_scale_ms(&self, time_span_ms: Option<(i64, i64)>) -> (i64, i64) {
        self.time_scale_ms.or(self.time_window_ms).or(time_span_ms).unwrap_or((0, 0))
    }
}

/// How one slot looks: what filters and the selection say of a trip.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Whether it is drawn.
    pub is_shown: bool,
    /// Whether it is drawn wider, brighter and over the others, which dim.
    pub is_selected: bool,
    /// Whether it is drawn like the selected, but nothing dims for it.
    pub is_hovered: bool,
    /// Whether it is drawn fainter, as what belongs to no group.
    pub is_faint: bool,
    /// Its color in [`ColorBy::Group`], one of ten over and over; `None` for gray.
    pub group: Option<u32>,
}

impl Look {
    /// Whether it is drawn over the others.
    pub fn is_highlighted(&self) -> bool {
        self.is_shown && (self.is_selected || self.is_hovered)
    }
}

impl Default for Look {
    /// Shown, not selected, of no group.
    fn default() -> Look {
        Look { is_shown: true, is_selected: false, is_hovered: false, is_faint: false, group: None }
    }
}
