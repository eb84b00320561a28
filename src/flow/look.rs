//! How the map looks: which layers, in which colors, and where it is centered.
//!
//! Part of the session, so that a project opens as it was left, undo covers it, and `fairway snap`
//! draws what the window shows.

use serde::{Deserialize, Serialize};

use super::map_base::BaseChoice;
use crate::base::params::{Choice, Field, Form, Params};

/// What the color of a track says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum TrackColor {
    /// The ship's type.
    #[default]
    ShipType,
    /// Which vessel it is: ten colors over and over.
    Vessel,
    /// Speed over ground.
    Speed,
    /// Course over ground.
    Course,
    /// When.
    Time,
    /// The cluster that the trip is in.
    Cluster,
    /// Nothing: one color for all.
    One,
}

impl Choice for TrackColor {
    const CASES: &'static [(&'static str, TrackColor)] = &[
        ("ship type", TrackColor::ShipType),
        ("vessel", TrackColor::Vessel),
        ("speed", TrackColor::Speed),
        ("course", TrackColor::Course),
        ("time", TrackColor::Time),
        ("cluster", TrackColor::Cluster),
        ("one color", TrackColor::One),
    ];
}

/// What the density layer shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Density {
    /// There is no such layer.
    #[default]
    Off,
    /// How many reports lie in a cell.
    Reports,
    /// How long ships were in a cell, whatever the rate of their reports.
    ShipHours,
}

impl Choice for Density {
    const CASES: &'static [(&'static str, Density)] =
        &[("off", Density::Off), ("reports", Density::Reports), ("ship-hours", Density::ShipHours)];
}

/// What the exact cells of density show.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellMeasure {
    /// There is no such layer.
    #[default]
    Off,
    /// Ship-hours for each square kilometer.
    ShipHours,
    /// How often ships came into the cell.
    Transits,
    /// Ship-hours for each square kilometer and day, less those of the other period.
    HoursChange,
    /// Transits for each day, less those of the other period.
    TransitsChange,
}

impl CellMeasure {
    /// What it is, with its unit.
    pub fn title(self) -> &'static str {
        match self {
            CellMeasure::Off => "No cells",
            CellMeasure::ShipHours => "Ship-hours per km²",
            CellMeasure::Transits => "Transits per cell",
            CellMeasure::HoursChange => "Change: ship-hours per km² and day",
            CellMeasure::TransitsChange => "Change: transits per cell and day",
        }
    }

    /// Whether it says what two periods differ by.
    pub fn is_change(self) -> bool {
        matches!(self, CellMeasure::HoursChange | CellMeasure::TransitsChange)
    }
}

impl Choice for CellMeasure {
    const CASES: &'static [(&'static str, CellMeasure)] = &[
        ("off", CellMeasure::Off),
        ("ship-hours", CellMeasure::ShipHours),
        ("transits", CellMeasure::Transits),
        ("change of ship-hours", CellMeasure::HoursChange),
        ("change of transits", CellMeasure::TransitsChange),
    ];
}

/// The look of the map.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct MapParams {
    /// What the color of tracks says.
    pub color_by: TrackColor,
    /// Whether trips are drawn.
    pub trips: bool,
    /// Whether reports outside of trips are drawn.
    pub rest: bool,
    /// Whether single reports are drawn close in.
    pub points: bool,
    /// The heat map.
    pub density: Density,
    /// Whether the routes of clusters are drawn, where there are some.
    pub routes: bool,
    /// Whether the places are marked where tracks were cut into trips.
    pub cuts: bool,
    /// Whether reports are marked that cleaning removed.
    pub removed: bool,
    /// Whether sharp turns and small loops are marked.
    pub outliers: bool,
    /// Whether reports are marked that compression keeps, with the line between them.
    pub kept: bool,
    /// Whether the predicted path of the selected ship is drawn, where models were fitted.
    pub path: bool,
    /// Whether the selected trip is drawn as the network of deep clustering makes it again.
    pub reconstruction: bool,
    /// Whether points without identity and the tracks they were put into are drawn, in place of
    /// trips.
    pub found: bool,
    /// Whether these have no identity on the map: else their colors say the true one.
    pub hide_identity: bool,
    /// Whether wrong links and broken tracks are marked, where the truth is known.
    pub mistakes: bool,
    /// What the workspace Watch shows.
    pub watch: WatchLayers,
    /// Whether gates are drawn.
    pub gates: bool,
    /// Whether areas under watch are drawn, with what happened in them.
    pub areas: bool,
    /// The exact cells of density.
    pub cells: CellMeasure,
    /// Whether ports are drawn.
    pub ports: bool,
    /// Whether voyages from port to port and ships under way are drawn, in place of trips.
    pub voyages: bool,
    /// Whether the ports are marked where the selected ship is likely bound.
    pub bound: bool,
    /// What lies under everything.
    #[serde(flatten)]
    pub base: BaseChoice,
    /// Whether meridians and parallels are drawn.
    pub graticule: bool,
    /// Whether a corner says what colors mean.
    pub legend: bool,
    /// Width of lines, points of the screen.
    pub line_width: f64,
    /// Opacity of lines, 0 to 1.
    pub opacity: f64,
    /// Longitude of the middle, degrees.
    pub lon: f64,
    /// Latitude of the middle, degrees.
    pub lat: f64,
    /// Zoom as of web maps; 0 for all of the data.
    pub zoom: f64,
}

impl Default for MapParams {
    fn default() -> Self {
        MapParams {
            color_by: TrackColor::default(),
            trips: true,
            rest: true,
            points: true,
            density: Density::default(),
            routes: true,
            cuts: false,
            removed: false,
            outliers: false,
            kept: false,
            path: true,
            reconstruction: false,
            found: false,
            hide_identity: true,
            mistakes: true,
            watch: WatchLayers::default(),
            gates: true,
            areas: true,
            cells: CellMeasure::default(),
            ports: false,
            voyages: false,
            bound: true,
            base: BaseChoice::default(),
            graticule: true,
            legend: true,
            line_width: 1.5,
            opacity: 0.6,
            lon: 0.0,
            lat: 0.0,
            zoom: 0.0,
        }
    }
}

impl MapParams {
    /// Middle and zoom, if they are set.
    pub fn camera(&self) -> Option<Camera> {
        (self.zoom > 0.0).then_some(Camera { lon: self.lon, lat: self.lat, zoom: self.zoom })
    }

    /// The steps whose results this look shows, beyond trips.
    pub fn stages(&self) -> Vec<&'static str> {
        let mut stages = Vec::new();
        if self.outliers {
            stages.push("outliers");
        }
        if self.kept {
            stages.push("compress");
        }
        if self.reconstruction {
            stages.push("deep-embed");
        }
        if self.found {
            stages.push("associate");
        }
        stages.extend(self.watch.stages());
        if self.cells != CellMeasure::Off {
            stages.push("density");
        }
        if self.ports {
            stages.push("ports");
        }
        if self.voyages {
            stages.push("voyages");
        }
        if self.color_by == TrackColor::Cluster {
            stages.push("clusters");
            if self.routes {
                stages.push("routes");
            }
        }
        stages
    }

    /// The same look from elsewhere.
    #[must_use]
    pub fn seen_from(&self, camera: Camera) -> MapParams {
        MapParams { lon: camera.lon, lat: camera.lat, zoom: camera.zoom, ..self.clone() }
    }
}

/// Which layers of the workspace Watch are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct WatchLayers {
    /// Encounters, where ships were closest.
    pub encounters: bool,
    /// How many encounters lie in each cell.
    pub heat: bool,
    /// Encounters that are to come.
    pub ahead: bool,
    /// What is odd.
    pub oddities: bool,
}

impl WatchLayers {
    /// What the workspace shows at first: encounters, those that were and those to come. Oddities are
    /// drawn while their panels are looked at: all at once cannot be read.
    pub fn usual() -> WatchLayers {
        WatchLayers { encounters: true, heat: false, ahead: true, oddities: false }
    }

    /// The steps whose results these layers show.
    fn stages(self) -> impl Iterator<Item = &'static str> {
        let wanted = [
            (self.encounters || self.heat, "encounters"),
            (self.ahead, "ahead"),
            (self.oddities, "oddities"),
        ];
        wanted.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, stage)| stage)
    }

    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Watch");
        form.flag(
            "encounters",
            &mut self.encounters,
            "Encounters of ships, where they were closest",
        );
        form.flag("encounter_heat", &mut self.heat, "How many encounters lie in each cell");
        form.flag("ahead", &mut self.ahead, "Encounters that are to come, by the predicted paths");
        form.flag("oddities", &mut self.oddities, "Marks of what is odd, by kind");
    }
}

/// Where the map is centered.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Camera {
    /// Longitude of the middle, degrees.
    pub lon: f64,
    /// Latitude of the middle, degrees.
    pub lat: f64,
    /// Zoom as of web maps.
    pub zoom: f64,
}

impl Params for MapParams {
    fn describe(&mut self, form: &mut dyn Form) {
        form.heading("Tracks");
        form.flag("trips", &mut self.trips, "Trips as lines");
        form.flag("rest", &mut self.rest, "Reports outside of trips, fainter");
        form.flag(
            "points",
            &mut self.points,
            "Single reports close in, as arrows where ships move",
        );
        self.color_by.describe("color_by", form, "What the color of a track says");
        form.number(
            "line_width",
            &mut self.line_width,
            Field { unit: "px", range: 0.5..=6.0, help: "Width of lines, in points of the screen" },
        );
        form.number(
            "opacity",
            &mut self.opacity,
            Field {
                unit: "",
                range: 0.05..=1.0,
                help: "Opacity of lines; where many lie over each other, less shows more",
            },
        );
        form.heading("Over them");
        self.density.describe(
            "density",
            form,
            "A heat map: reports in a cell, or the time that ships spent there",
        );
        form.flag(
            "routes",
            &mut self.routes,
            "The routes of clusters as ribbons, where trips were clustered",
        );
        form.flag(
            "cuts",
            &mut self.cuts,
            "Marks where tracks were cut into trips: silence, stop, turn",
        );
        form.flag("removed", &mut self.removed, "Reports that cleaning removed, by reason");
        form.flag(
            "outliers",
            &mut self.outliers,
            "Marks of motion outliers: sharp turns and small loops",
        );
        form.flag(
            "kept",
            &mut self.kept,
            "Reports that compression keeps and the line between them: of selected trips, and close in of all",
        );
        form.flag(
            "path",
            &mut self.path,
            "The predicted path of the selected ship, where models were fitted",
        );
        form.flag(
            "reconstruction",
            &mut self.reconstruction,
            "The selected trip as the network of deep clustering makes it again",
        );
        form.flag(
            "found",
            &mut self.found,
            "Points without identity and the tracks they were put into, in place of trips",
        );
        form.flag(
            "hide_identity",
            &mut self.hide_identity,
            "These have no identity on the map; without it their colors say the true one",
        );
        form.flag(
            "mistakes",
            &mut self.mistakes,
            "Wrong links and broken tracks, where the truth is known",
        );
        self.watch.describe(form);
        form.flag("gates", &mut self.gates, "Gates, with how many crossed them");
        form.flag("areas", &mut self.areas, "Areas under watch, with what happened in them");
        self.cells.describe(
            "cells",
            form,
            "The exact cells of density: ship-hours, transits, or what two periods differ by",
        );
        form.flag("ports", &mut self.ports, "Ports; larger where more voyages begin and end");
        form.flag(
            "voyages",
            &mut self.voyages,
            "Voyages from port to port and ships under way, in place of trips; colors say where to",
        );
        form.flag("bound", &mut self.bound, "The ports where the selected ship is likely bound");
        form.heading("Ground");
        self.base.describe(form);
        form.flag("graticule", &mut self.graticule, "Meridians and parallels");
        form.flag("legend", &mut self.legend, "What the colors mean, in a corner");
        form.heading("View");
        let help = "Middle of the map; taken where zoom is set";
        form.number("lon", &mut self.lon, Field { unit: "°", range: -180.0..=180.0, help });
        form.number("lat", &mut self.lat, Field { unit: "°", range: -85.0..=85.0, help });
        let help = "Zoom as of web maps; 0 shows all of the data";
        form.number("zoom", &mut self.zoom, Field { unit: "", range: 0.0..=22.0, help });
    }
}
