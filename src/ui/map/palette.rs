//! The colors of what the user brought: ten for categories, scales for values.

use egui::Color32;

/// What the color of a track says.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum ColorBy {
    /// One of ten colors a vessel.
    Vessel,
    /// A color a ship type.
    #[default]
    ShipType,
    /// Speed over ground.
    Speed,
    /// Course over ground.
    Course,
    /// When it was reported.
    Time,
    /// The group given to each slot by `Look::group`: a cluster, a part of a folder.
    Group,
    /// One color for all.
    Single,
}

/// One line of a legend.
#[derive(Clone, PartialEq, Debug)]
pub struct LegendEntry {
    /// The color on the map.
    pub color: Color32,
    /// What it says. A value comes with its unit.
    pub label: String,
}
