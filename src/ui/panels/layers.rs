//! What the map draws, and what its colors say.

use egui::{ComboBox, RichText, ScrollArea, Slider, Ui};

use crate::base::params::Choice;
use crate::flow::look::{Density, MapParams, WatchLayers};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::map::MapPanel;
use crate::ui::map::base::base_ui;
use crate::ui::theme;

/// The layers from the top to the ground.
pub fn layers(ui: &mut Ui, deck: &mut Deck, panel: &mut MapPanel) {
    let Deck { session, desk, selection, commands, .. } = deck;
    let map = &mut session.map;
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.checkbox(&mut map.found, "Points and found tracks").on_hover_text(
            "Points without identity and the tracks they were put into, in place of trips",
        );
        if map.found {
            ui.indent("found", |ui| {
                ui.checkbox(&mut map.hide_identity, "Hide identity")
                    .on_hover_text("Else colors say which ship it is in truth");
                ui.checkbox(&mut map.mistakes, "Mistakes").on_hover_text(
                    "Red: links to another ship. Rings: where a ship's track breaks off",
                );
            });
        }
        ui.add_enabled_ui(!map.found, |ui| {
            ui.checkbox(&mut map.voyages, "Voyages").on_hover_text(
                "Voyages from port to port and ships under way, in place of trips; colors say \
                 where they end",
            );
        });
        // Points or voyages are drawn in place of these.
        ui.add_enabled_ui(!map.found && !map.voyages, |ui| {
            ui.checkbox(&mut map.trips, "Trips");
        });
        ui.add_enabled_ui(map.found || map.trips || map.rest, |ui| {
            ui.indent("tracks", |ui| tracks(ui, map));
        });
        ui.add_enabled_ui(!map.found && !map.voyages, |ui| {
            ui.checkbox(&mut map.rest, "Reports outside of trips");
        });
        ui.checkbox(&mut map.ports, "Ports")
            .on_hover_text("Ports; larger where more voyages begin and end");
        ui.checkbox(&mut map.bound, "Likely ports").on_hover_text(
            "Where the selected ship is likely bound, in the workspace Destinations: a circle's \
             area is the probability",
        );
        ui.checkbox(&mut map.routes, "Routes")
            .on_hover_text("The routes of clusters as ribbons, where trips were clustered");
        ui.checkbox(&mut map.cuts, "Where trips were cut")
            .on_hover_text("Marks where a track was cut: silence, stop, turn");
        ui.checkbox(&mut map.removed, "Removed reports")
            .on_hover_text("Reports that cleaning removed, by reason");
        ui.checkbox(&mut map.outliers, "Motion outliers")
            .on_hover_text("Marks of sharp turns and small loops, which are cut out of training");
        ui.checkbox(&mut map.kept, "Kept reports").on_hover_text(
            "Reports that compression keeps, and the line between them: of selected trips, and \
             close in of all",
        );
        ui.checkbox(&mut map.path, "Predicted path").on_hover_text(
            "Where the selected ship will be, from the moment on the timeline or the end of its \
             trip, with ellipses that hold 50 and 90 % of such ships; dashed is the way it took",
        );
        ui.checkbox(&mut map.reconstruction, "Reconstruction").on_hover_text(
            "The selected trip as the network of deep clustering makes it again from its few \
             numbers, over the trip itself",
        );
        if map.reconstruction && desk.embed.shown().is_none() {
            ui.indent("reconstruction", |ui| {
                ui.label(RichText::new("Train the autoencoder first (workspace Models)").weak());
            });
        }
        if map.path && desk.fit.shown().is_none() && !selection.is_empty() {
            ui.indent("path", |ui| {
                ui.label(RichText::new("Fit models in the workspace Predict first").weak());
            });
        }
        watching(ui, &mut map.watch);
        ui.checkbox(&mut map.gates, "Gates")
            .on_hover_text("Lines across lanes, with how many crossed them either way");
        ui.checkbox(&mut map.areas, "Areas under watch")
            .on_hover_text("Polygons with rules, and marks of what happened in them");
        choice(
            ui,
            "Cells",
            &mut map.cells,
            "The exact cells of density, as counted in the workspace Watch",
        );
        choice(
            ui,
            "Density",
            &mut map.density,
            "A heat map: how many reports lie in a cell, or how long ships were there",
        );
        ui.add_space(4.0);
        ui.label(theme::title("Ground"));
        if base_ui(ui, &mut map.base, panel.base()) {
            commands.ask(Command::AskForTiles);
        }
        ui.checkbox(&mut map.graticule, "Graticule");
        ui.checkbox(&mut map.legend, "Legend");
        if map.density != Density::Off && map.trips {
            ui.label(RichText::new("Density is easier to read without trips over it").weak());
        }
    });
}

/// What a safety officer looks for.
fn watching(ui: &mut Ui, layers: &mut WatchLayers) {
    ui.checkbox(&mut layers.encounters, "Encounters")
        .on_hover_text("Where ships were closest to each other: by kind, the larger the graver");
    ui.checkbox(&mut layers.heat, "Heat map of encounters")
        .on_hover_text("How many encounters lie in each cell");
    ui.checkbox(&mut layers.ahead, "Encounters ahead")
        .on_hover_text("Ships that will come close, by their predicted paths from the moment on");
    ui.checkbox(&mut layers.oddities, "Oddities")
        .on_hover_text("Marks of what does not fit, by kind");
}

fn tracks(ui: &mut Ui, map: &mut MapParams) {
    choice(ui, "Color by", &mut map.color_by, "What the color of a track says");
    ui.spacing_mut().slider_width = (ui.available_width() - 130.0).max(50.0);
    slider(ui, "Width", &mut map.line_width, 0.5..=6.0, " px");
    let mut percent = map.opacity * 100.0;
    slider(ui, "Opacity", &mut percent, 5.0..=100.0, " %");
    map.opacity = percent / 100.0;
    ui.checkbox(&mut map.points, "Points and arrows close in");
}

fn slider(
    ui: &mut Ui,
    name: &str,
    value: &mut f64,
    range: std::ops::RangeInclusive<f64>,
    suffix: &str,
) {
    ui.horizontal(|ui| {
        let label = ui.label(name);
        let decimals = usize::from(*range.end() < 10.0);
        ui.add(Slider::new(value, range).suffix(suffix).fixed_decimals(decimals))
            .labelled_by(label.id);
    });
}

fn choice<C: Choice>(ui: &mut Ui, name: &str, value: &mut C, help: &str) {
    ui.horizontal(|ui| {
        let label = ui.label(name).on_hover_text(help);
        let shown = C::CASES.iter().find(|(_, case)| case == value).map_or("", |(name, _)| name);
        let combo = ComboBox::from_id_salt(name).selected_text(shown).show_ui(ui, |ui| {
            for (name, case) in C::CASES {
                ui.selectable_value(value, *case, *name);
            }
        });
        combo.response.labelled_by(label.id).on_hover_text(help);
    });
}
