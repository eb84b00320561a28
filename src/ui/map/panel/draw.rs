//! The layers of the map from the ground up, and what their colors mean.

use crate::ui::map::watch::WatchLayer;
use std::sync::Arc;

use egui::{Color32, Ui};

use super::{MapPanel, Sight};
use crate::base::text::grouped;
use crate::flow::look::{CellMeasure, Density, MapParams, TrackColor};
use crate::flow::map_base::Credit;
use crate::flow::stages::RoutesOf;
use crate::ui::cluster_view::Pinned;
use crate::ui::map::clusters::Groups;
use crate::ui::map::colors::MapColors;
use crate::ui::map::density::{DensityStyle, Measure};
use crate::ui::map::drawn::{DrawnLayer, DrawnLook};
use crate::ui::map::found::FoundLook;
use crate::ui::map::geometry::{Geometry, Slot};
use crate::ui::map::kept::KeptLook;
use crate::ui::map::looks::Side;
use crate::ui::map::palette::{self, ColorBy, Legend};
use crate::ui::map::path::{self, PathLook};
use crate::ui::map::symbols::SymbolStyle;
use crate::ui::map::tracks::Style;
use crate::ui::map::view::View;
use crate::ui::map::{cells, coast, furniture, legend, marks, plain, tool};
use crate::ui::predict_view::{Lack, path_of};
use crate::ui::selection::Selection;
use crate::ui::theme;
use crate::ui::time_view::TimeView;

/// Opacity of routes that are older than the clusters.
const LAGS: f32 = 0.5;

impl MapPanel {
    /// Draws everything but what belongs to the pointer.
    pub(super) fn draw(&mut self, ui: &Ui, view: &View, sight: Sight) {
        let Sight { desk, session, selection, time, side, .. } = sight;
        let params = &session.map;
        let colors = MapColors::of(ui.visuals().dark_mode);
        let painter = ui.painter();
        self.base.want(&params.base, ui.ctx());
        match &self.coast {
            Some(coast) if self.base.needs_coast(view) => {
                coast::draw(coast, painter, view, &colors);
            }
            _ => coast::draw_sea(painter, view, &colors),
        }
        // Bright tiles would outshine the tracks on a dark map.
        let tint = if ui.visuals().dark_mode { Color32::from_gray(150) } else { Color32::WHITE };
        self.base.draw(painter, view, tint);
        if params.graticule {
            furniture::draw_graticule(painter, view, &colors);
        }
        if let Some((key, geometry)) = self.held.geometry() {
            let style = self.style(params, time, ui.visuals().dark_mode);
            let looker = self.held.looker(sight.said());
            if let Some(density) = density_style(params.density) {
                let is_done = self.held.has_gpu()
                    && self.held.layer(side).paint_density(painter, view, &style, &density);
                if !is_done {
                    let filter = desk.filter.shown().map(|filter| filter.key);
                    let of = (
                        key,
                        filter,
                        2 * sight.clusters.version() + u64::from(sight.said().by_cluster),
                    );
                    let has = |_, slot: &Slot| looker.is_shown(slot);
                    let plain = &mut self.density[side as usize];
                    plain.paint(painter, view, (of, geometry), has, &style, &density);
                }
            }
            if let (Some(of), true) = (desk.density.shown(), side == Side::Now) {
                let (is_dark, measure) = (ui.visuals().dark_mode, params.cells);
                if measure != CellMeasure::Off {
                    self.cells.paint(painter, view, (of.key, of.value), measure, is_dark);
                    if let Some(cell) = sight.water.and_then(|water| water.cell_of(of.key)) {
                        let color = theme::selection_color(ui);
                        cells::outline(painter, view, of.value.density.grid(), cell, color);
                    }
                }
            }
            let has_others = sight.is_found() || sight.is_sailed();
            if (params.trips || params.rest) && !has_others {
                if self.held.has_gpu() {
                    self.held.layer(side).paint(painter, view, &style);
                } else {
                    plain::draw(geometry, painter, view, &style, |_, slot| looker.look(slot));
                }
            }
            if selection.key() == Some(key) && !has_others {
                draw_selected(ui, view, geometry, selection);
            }
        }
        let opacity = if self.lags && side == Side::Now { LAGS } else { 1.0 };
        self.routes[side as usize].paint(painter, view, &colors, opacity);
        if let Some(area) = session.filter.area_polygon() {
            tool::outline(painter, view, &area, theme::selection_color(ui), true);
        }
        let is_dark = ui.visuals().dark_mode;
        if side == Side::Now {
            self.drawn.paint(
                painter,
                view,
                &drawn_look(sight, is_dark, theme::selection_color(ui)),
            );
        }
        let marks = SymbolStyle { time_window_ms: time.window_ms(), ..SymbolStyle::new(is_dark) };
        let mut n_left_out = 0;
        if sight.is_found() {
            let look = FoundLook {
                desk,
                params,
                view: sight.associate,
                style: self.style(params, time, is_dark),
                selected: theme::selection_color(ui),
            };
            n_left_out += self.found.paint(painter, view, &look, self.held.render_state());
        }
        if let Some(look) = sight.watching(ui) {
            n_left_out += self.watch.paint(painter, view, &look, self.held.render_state());
        }
        self.draw_voyages(ui, view, sight);
        if params.removed {
            n_left_out += self.held.removed.layer.paint(painter, view, &marks);
        }
        if params.cuts {
            n_left_out += self.held.cuts.layer.paint(painter, view, &marks);
        }
        if params.outliers {
            n_left_out += self.held.outliers.layer.paint(painter, view, &marks);
        }
        if let (Some(of), true) = (desk.trips.shown(), params.kept) {
            let looker = self.held.looker_of(sight.said(), of.value);
            let is_linked = selection.key() == Some(of.key);
            let look = KeptLook {
                of: of.value,
                selected: if is_linked { selection.trips() } else { &[] },
                is_shown: &|trip, vessel| looker.of(Some(trip), vessel).is_shown,
                window_ms: time.window_ms(),
                is_dark,
            };
            self.held.kept.paint(painter, view, &look);
        }
        if params.reconstruction && side == Side::Now && !sight.is_found() {
            self.remade.draw(painter, view, &colors, is_dark);
        }
        let lack = sight.predict.filter(|_| params.path).and_then(|predict| {
            match path_of(desk, predict.target()) {
                Ok(found) => {
                    path::draw(
                        painter,
                        view,
                        &found,
                        &PathLook { predict, colors: &colors, is_dark },
                    );
                    None
                }
                Err(lack) => predict.is_told.then_some(lack),
            }
        });
        n_left_out += self.ships[side as usize].paint(painter, view, is_dark);
        let untold = Self::draw_bound(ui, view, sight);
        if params.legend {
            legend::draw(ui, view, &self.legends(ui, sight, view.clip_rect.height()));
        }
        if n_left_out > 0 {
            let text =
                format!("{} symbols are left out: there is no GPU", grouped(n_left_out as u64));
            furniture::draw_hint(painter, view, &text, &colors);
        } else if let Some(text) = lack.as_ref().and_then(Lack::hint).or(untold) {
            furniture::draw_hint(painter, view, text, &colors);
        }
        furniture::draw_scale_bar(painter, view, &colors);
        self.draw_credits(ui, view);
        self.draw_pointer(painter, view, side, colors.ink);
    }

    /// Takes up the routes of this side, and says how they look.
    pub(super) fn follow_routes(&mut self, sight: Sight, is_dark: bool) {
        let Sight { desk, session, clusters, side, .. } = sight;
        self.titles.update(desk, &session.clusters.edits);
        let groups = Groups { clusters, titles: &self.titles, side };
        let layer = &mut self.routes[side as usize];
        let look = |cluster, trips| groups.route_look(cluster, trips, is_dark);
        if side == Side::Pinned {
            match clusters.pinned().and_then(Pinned::routes).filter(|_| session.map.routes) {
                Some((key, of)) => {
                    layer.show(*key, &of.routes);
                    layer.set_looks(look);
                }
                None => layer.clear(),
            }
            return;
        }
        // What nobody asks for any more may be of other trips than those that are shown.
        let is_of_these = |of: &RoutesOf| {
            let filter = desk.filter.shown();
            filter.is_some_and(|filter| Arc::ptr_eq(filter.value, of.of.clusters.chosen()))
        };
        let routes = desk.routes.shown().filter(|shown| {
            session.map.routes && (sight.said().by_cluster || is_of_these(shown.value))
        });
        let Some(routes) = routes else {
            layer.clear();
            return;
        };
        layer.show(routes.key, &routes.value.routes);
        // Older routes keep the looks that they had: clusters are numbered anew.
        let is_of_now = desk.clusters.shown().is_some_and(|shown| {
            Arc::ptr_eq(shown.value, &routes.value.of.clusters) && clusters.key() == Some(shown.key)
        });
        if is_of_now {
            layer.set_looks(look);
        }
        self.lags = routes.is_stale || !is_of_now;
    }

    /// Whose maps these are, with links.
    fn draw_credits(&self, ui: &Ui, view: &View) {
        let mut credits = self.base.attribution();
        if self.base.needs_coast(view) {
            credits.push(Credit::new("Coast: Natural Earth", "https://www.naturalearthdata.com"));
        }
        furniture::draw_credits(ui, view, &credits);
    }

    /// What the colors of all layers mean.
    fn legends(&self, ui: &Ui, sight: Sight, height_px: f32) -> Vec<Legend> {
        let is_dark = ui.visuals().dark_mode;
        let Sight { desk, session, time, clusters, side, .. } = sight;
        let params = &session.map;
        let mut legends = Vec::new();
        let has_tracks = (params.trips || params.rest) && !sight.is_found() && !sight.is_sailed();
        if let (Some((_, geometry)), true) = (self.held.geometry(), has_tracks) {
            let style = self.style(params, time, is_dark);
            legends.push(if style.color_by == ColorBy::Group {
                Groups { clusters, titles: &self.titles, side }.legend(is_dark, height_px)
            } else {
                palette::legend(&style, geometry.slots(), geometry.time_span_ms())
            });
        }
        if sight.is_found() {
            legends.extend(self.found.legends(desk, params, is_dark));
        }
        if sight.is_sailed() {
            legends.extend(self.sailed.legend(is_dark));
        }
        if let Some(density) = density_style(params.density) {
            let style = self.style(params, time, is_dark);
            let of_gpu = self.held.layer(side).density_legend(&style, &density);
            legends.extend(of_gpu.or_else(|| self.density[side as usize].legend()));
        }
        if side == Side::Now {
            legends.extend(self.cells.legend(params.cells, is_dark));
            let look = drawn_look(sight, is_dark, palette::category(0, is_dark));
            legends.extend(DrawnLayer::legend(&look));
        }
        if let (Some(cleaned), true) = (desk.clean.shown(), params.removed) {
            legends.push(marks::removed_legend(cleaned.value));
        }
        if let (Some(shown), true) = (desk.trips.shown(), params.cuts) {
            legends.push(marks::cuts_legend(shown.value));
        }
        if let (Some(shown), true) = (desk.outliers.shown(), params.outliers) {
            legends.push(marks::outliers_legend(&shown.value.outliers));
        }
        if let Some(look) = sight.watching(ui) {
            legends.extend(WatchLayer::legends(&look));
        }
        if params.kept {
            legends.extend(self.held.kept.legend(is_dark));
        }
        if params.reconstruction && side == Side::Now && !sight.is_found() {
            legends.extend(self.remade.legend(is_dark));
        }
        if let (Some(predict), true) = (sight.predict, params.path)
            && let Ok(found) = path_of(desk, predict.target())
        {
            legends.push(path::legend(found.of, predict, is_dark));
        }
        legends
    }

    pub(super) fn style(&self, params: &MapParams, time: &TimeView, is_dark: bool) -> Style {
        Style {
            color_by: match params.color_by {
                TrackColor::ShipType => ColorBy::ShipType,
                TrackColor::Vessel => ColorBy::Vessel,
                TrackColor::Speed => ColorBy::Speed,
                TrackColor::Course => ColorBy::Course,
                TrackColor::Time => ColorBy::Time,
                TrackColor::Cluster => ColorBy::Group,
                TrackColor::One => ColorBy::Single,
            },
            width_px: params.line_width as f32,
            alpha: params.opacity as f32,
            shows_points: params.points,
            shows_rest: params.rest,
            shows_trips: params.trips,
            time_window_ms: time.window_ms(),
            fades: time.now_ms().is_some(),
            hovered: self.hovered.as_ref().map(|hit| hit.slot),
            ..Style::new(is_dark)
        }
    }
}

/// How gates and areas are drawn.
fn drawn_look(sight: Sight<'_>, is_dark: bool, selected: Color32) -> DrawnLook<'_> {
    let Sight { session, desk, water, time, .. } = sight;
    DrawnLook { session, desk, water, window_ms: time.window_ms(), is_dark, selected }
}

/// What is summed up, if there is such a layer.
fn density_style(density: Density) -> Option<DensityStyle> {
    let measure = match density {
        Density::Off => return None,
        Density::Reports => Measure::Reports,
        Density::ShipHours => Measure::ShipHours,
    };
    Some(DensityStyle { measure, ..DensityStyle::default() })
}

/// The selected trips over all others; all that the vessel reported, if it has no trip.
fn draw_selected(ui: &Ui, view: &View, geometry: &Geometry, selection: &Selection) {
    /// More are seen on the GPU's highlight alone.
    const MOST: usize = 12;
    let color = theme::selection_color(ui);
    if selection.trips().len() <= MOST {
        for trip in selection.trips() {
            plain::draw_trip(geometry, *trip, ui.painter(), view, color);
        }
    }
}
