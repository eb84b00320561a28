//! The colors of the map itself: sea, land and what is written on them.

use egui::Color32;

/// The map's ground colors. Calm: what the user brought shall stand out, not the land.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MapColors {
    /// Water, and all there is where the coast is not shown.
    pub sea: Color32,
    /// Land.
    pub land: Color32,
    /// The line between land and sea.
    pub shore: Color32,
    /// North and south of where the map ends.
    pub beyond: Color32,
    /// Meridians and parallels.
    pub grid: Color32,
    /// Text and the scale bar, at least 4.5 : 1 on sea, land and `plate`.
    pub ink: Color32,
    /// Behind text, half transparent.
    pub plate: Color32,
}

impl MapColors {
    /// For the dark theme.
    pub const DARK: MapColors = MapColors {
        sea: Color32::from_rgb(0x12, 0x1a, 0x24),
        land: Color32::from_rgb(0x2b, 0x30, 0x35),
        shore: Color32::from_rgb(0x6a, 0x76, 0x80),
        beyond: Color32::from_rgb(0x0b, 0x0f, 0x14),
        grid: Color32::from_rgba_premultiplied(0x1c, 0x20, 0x24, 0x28),
        ink: Color32::from_rgb(0xc4, 0xcc, 0xd4),
        plate: Color32::from_rgba_premultiplied(0x0b, 0x10, 0x16, 0xb0),
    };
    /// For the light theme.
    pub const LIGHT: MapColors = MapColors {
        sea: Color32::from_rgb(0xdd, 0xe8, 0xf0),
        land: Color32::from_rgb(0xf1, 0xee, 0xe5),
        shore: Color32::from_rgb(0x84, 0x8e, 0x96),
        beyond: Color32::from_rgb(0xcb, 0xd5, 0xdd),
        grid: Color32::from_rgba_premultiplied(0x0a, 0x10, 0x16, 0x28),
        ink: Color32::from_rgb(0x2a, 0x33, 0x3c),
        plate: Color32::from_rgba_premultiplied(0xb0, 0xb0, 0xb0, 0xb0),
    };

    /// Those of the dark or the light theme.
    pub const fn of(is_dark: bool) -> MapColors {
        if is_dark { MapColors::DARK } else { MapColors::LIGHT }
    }
}
