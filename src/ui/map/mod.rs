//! The map: coast, graticule, tracks, and what is under the pointer.

mod boxes;
mod camera;
pub mod coast;
mod coast_asset;
pub mod colors;
pub mod density;
pub mod density_plain;
pub mod furniture;
pub mod geometry;
mod gpu;
mod legend;
pub mod levels;
pub mod palette;
pub mod pick;
#[cfg(test)]
mod picture;
mod plain;
pub mod symbols;
pub mod tracks;
pub mod vertex;
pub mod view;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use eframe::egui_wgpu::RenderState;
use egui::{ComboBox, Rect, Ui};
pub use gpu::wgpu_options;
use walkers::{Map, MapMemory};

use self::coast::Coast;
use self::colors::MapColors;
use self::geometry::{Geometry, geometry};
use self::palette::ColorBy;
use self::tracks::{Look, Style, TrackLayer};
use self::view::View;
use super::command::{Command, Commands};
use super::theme;
use crate::base::geo::{Bounds, Position, wrap_lon_deg};
use crate::base::job::Stopped;
use crate::flow::jobs::Running;
use crate::flow::stages::TripsOf;
use crate::flow::{Desk, Jobs, Key};

/// How near to a track the pointer must be, in points of the screen.
const PICK_PX: f32 = 8.0;

/// The map and what it keeps between frames.
pub struct MapPanel {
    memory: MapMemory,
    render_state: Option<RenderState>,
    coast: Option<Coast>,
    coast_loading: Receiver<Coast>,
    layer: TrackLayer,
    making: Option<(Key, Running<Geometry>)>,
    geometry: Option<(Key, Arc<Geometry>)>,
    failed: Option<(Key, String)>,
    /// For which result, selection and so on the looks were sent.
    looks: Option<(Key, Option<usize>)>,
    style: Style,
    shows_coast: bool,
    shows_graticule: bool,
    shows_tracks: bool,
    rect: Rect,
}

impl MapPanel {
    /// A map of the world; the coast is loaded on a thread.
    pub fn new(creation: &eframe::CreationContext) -> MapPanel {
        let (sender, coast_loading) = channel();
        let context = creation.egui_ctx.clone();
        std::thread::spawn(move || {
            sender.send(Coast::load()).ok(); // The window may be closed by now.
            context.request_repaint();
        });
        let mut memory = MapMemory::default();
        memory.center_at(walkers::lon_lat(0.0, 30.0));
        memory.set_zoom(2.0).ok(); // Within what walkers allows.
        MapPanel {
            memory,
            render_state: creation.wgpu_render_state.clone(),
            coast: None,
            coast_loading,
            layer: TrackLayer::new(),
            making: None,
            geometry: None,
            failed: None,
            looks: None,
            style: Style::new(true),
            shows_coast: true,
            shows_graticule: true,
            shows_tracks: true,
            rect: Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(900.0, 600.0)),
        }
    }

    /// Makes the geometry of new trips, on a thread, and sends it to the GPU.
    pub fn update(&mut self, desk: &Desk, jobs: &Jobs) {
        if let Ok(coast) = self.coast_loading.try_recv() {
            self.coast = Some(coast);
        }
        let Some(shown) = desk.trips.shown() else {
            (self.making, self.geometry, self.looks) = (None, None, None);
            self.layer.clear();
            return;
        };
        if let Some((key, running)) = &self.making
            && let Some((outcome, _)) = running.poll()
        {
            let key = *key;
            self.making = None;
            match outcome {
                Ok(geometry) => {
                    if let Some(render_state) = &self.render_state {
                        self.layer.upload(render_state, key, &geometry);
                    }
                    (self.geometry, self.looks) = (Some((key, Arc::new(geometry))), None);
                }
                Err(Stopped::Failed(fault)) => self.failed = Some((key, fault)),
                Err(Stopped::Cancelled) => (),
            }
        }
        let is_at_hand = self.geometry.as_ref().is_some_and(|(key, _)| *key == shown.key)
            || self.failed.as_ref().is_some_and(|(key, _)| *key == shown.key);
        // One at a time, to its end: while a slider is dragged, the map follows a little behind.
        if !is_at_hand && self.making.is_none() {
            let output = Arc::clone(shown.value);
            let make = move |job: &_| geometry(output.fleet(), &output.trips.trips, job);
            self.making = Some((shown.key, jobs.start(make)));
        }
    }

    /// Whether geometry is being made.
    pub fn is_busy(&self) -> bool {
        self.making.is_some() || self.coast.is_none()
    }

    /// Why the map shows less than it should.
    pub fn fault(&self) -> Option<String> {
        if let Some((_, fault)) = &self.failed {
            return Some(format!("map: {fault}"));
        }
        self.render_state.is_none().then(|| "no GPU: tracks are drawn simplified".to_owned())
    }

    /// Which layers are drawn, and what their colors say.
    pub fn layers_ui(&mut self, ui: &mut Ui) {
        ui.checkbox(&mut self.shows_tracks, "Trips");
        ui.checkbox(&mut self.style.shows_rest, "Reports outside of trips");
        ui.checkbox(&mut self.style.shows_points, "Reports as points, close in");
        ui.checkbox(&mut self.shows_coast, "Coastline");
        ui.checkbox(&mut self.shows_graticule, "Graticule");
        ui.horizontal(|ui| {
            let label = ui.label("Color by");
            let names = [
                (ColorBy::ShipType, "ship type"),
                (ColorBy::Vessel, "vessel"),
                (ColorBy::Speed, "speed"),
                (ColorBy::Course, "course"),
                (ColorBy::Time, "time"),
                (ColorBy::Single, "one color"),
            ];
            let shown = names
                .iter()
                .find(|(by, _)| *by == self.style.color_by)
                .map_or("", |(_, name)| name);
            let combo = ComboBox::from_id_salt("color by").selected_text(shown).show_ui(ui, |ui| {
                for (by, name) in names {
                    ui.selectable_value(&mut self.style.color_by, by, name);
                }
            });
            combo.response.labelled_by(label.id);
        });
    }

    /// Draws the map; a click selects the trip under it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        desk: &Desk,
        selected: Option<(Key, usize)>,
        commands: &mut Commands,
    ) {
        self.rect = ui.max_rect();
        self.style.is_dark = ui.visuals().dark_mode;
        self.send_looks(selected);
        let mut memory = std::mem::take(&mut self.memory);
        let map = Map::new(None, &mut memory, walkers::lon_lat(0.0, 30.0))
            .zoom_with_ctrl(false)
            .double_click_to_zoom(true);
        map.show(ui, |ui, response, projector, _| {
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Map"));
            let view = View::from_projector(projector);
            self.draw(ui, &view, desk, selected);
            let pointer = response.hover_pos();
            self.style.hovered = None;
            if let (Some(pointer), Some((key, geometry))) = (pointer, &self.geometry) {
                let hit = pick::pick(geometry, &view, pointer, PICK_PX, |_, _| true, None);
                self.style.hovered = hit.map(|hit| hit.slot);
                if response.clicked() {
                    commands.ask(Command::Select(
                        hit.and_then(|hit| hit.trip).map(|trip| (*key, trip)),
                    ));
                }
            }
            if let Some(place) = pointer.and_then(|pointer| view.from_screen(pointer)) {
                furniture::draw_cursor_position(
                    ui.painter(),
                    &view,
                    place,
                    &MapColors::of(ui.visuals().dark_mode),
                );
            }
        });
        self.memory = memory;
    }

    fn draw(&self, ui: &Ui, view: &View, desk: &Desk, selected: Option<(Key, usize)>) {
        let colors = MapColors::of(ui.visuals().dark_mode);
        let painter = ui.painter();
        match &self.coast {
            Some(coast) if self.shows_coast => coast::draw(coast, painter, view, &colors),
            _ => coast::draw_sea(painter, view, &colors),
        }
        if self.shows_graticule {
            furniture::draw_graticule(painter, view, &colors);
        }
        if let Some((_, geometry)) = self.geometry.as_ref().filter(|_| self.shows_tracks) {
            if self.render_state.is_some() {
                self.layer.paint(painter, view, &self.style);
            } else {
                plain::draw(geometry, painter, view, &self.style);
            }
            if let (Some((key, trip)), Some(shown)) = (selected, desk.trips.shown())
                && shown.key == key
            {
                plain::draw_trip(shown.value, trip, painter, view, theme::selection_color(ui));
            }
            legend::draw(
                ui,
                view,
                &palette::legend(&self.style, geometry.slots(), geometry.time_span_ms()),
            );
        }
        furniture::draw_scale_bar(painter, view, &colors);
        furniture::draw_attribution(painter, view, "Coast: Natural Earth", &colors);
    }

    fn send_looks(&mut self, selected: Option<(Key, usize)>) {
        let Some((key, _)) = &self.geometry else { return };
        let wanted = (*key, selected.filter(|(of, _)| of == key).map(|(_, trip)| trip));
        if self.looks == Some(wanted) {
            return;
        }
        if let Some(render_state) = &self.render_state {
            let chosen = wanted.1.map(|trip| trip as u32);
            self.layer.set_looks(render_state, |_, slot| Look {
                is_selected: chosen.is_some() && slot.trip == chosen,
                ..Look::default()
            });
        }
        self.looks = Some(wanted);
    }

    /// Shows all data but the odd far-off report.
    pub fn fit_all(&mut self, desk: &Desk) {
        let Some(shown) = desk.ingest.shown() else { return };
        let positions = &shown.value.fleet.reports().positions;
        let step = (positions.len() / 20_000).max(1);
        if let Some(bounds) = middle_bounds(positions.iter().copied().step_by(step), 0.02) {
            self.fit(bounds);
        }
    }

    /// Shows one trip.
    pub fn fit_trip(&mut self, output: &TripsOf, trip: usize) {
        let Some(trip) = output.trips.trips.get(trip) else { return };
        let track = trip.track(output.fleet());
        if let Some(bounds) = middle_bounds(track.positions.iter().copied(), 0.0) {
            self.fit(bounds);
        }
    }

    fn fit(&mut self, bounds: Bounds) {
        let corner = |lon_deg, lat_deg| view::mercator(Position::new(lon_deg, lat_deg));
        let [west, north] = corner(bounds.west_deg, bounds.north_deg);
        let [east, south] = corner(bounds.east_deg, bounds.south_deg);
        let width = (east - west).max(1e-6);
        let height = (south - north).max(1e-6);
        let room = self.rect.size() * 0.88;
        let world_px = (f64::from(room.x) / width).min(f64::from(room.y) / height);
        let zoom = (world_px / 256.0).log2().clamp(1.0, 16.0);
        let center = view::position_from_mercator([0.5 * (west + east), 0.5 * (north + south)]);
        self.memory.center_at(walkers::lon_lat(wrap_lon_deg(center.lon_deg), center.lat_deg));
        self.memory.set_zoom(zoom).ok(); // Clamped to what walkers allows.
    }
}

/// The box around `positions` but the share `cut` at each side. It may reach beyond 180 degrees:
/// longitudes are taken around their middle, so that data across the date line stay together.
fn middle_bounds(positions: impl Iterator<Item = Position>, cut: f64) -> Option<Bounds> {
    let places: Vec<Position> = positions.filter(|place| place.is_valid()).collect();
    let middle_deg = crate::base::angle::mean_deg(places.iter().map(|place| place.lon_deg))
        .map_or(0.0, wrap_lon_deg);
    let mut lons: Vec<f64> =
        places.iter().map(|place| middle_deg + wrap_lon_deg(place.lon_deg - middle_deg)).collect();
    let mut lats: Vec<f64> = places.iter().map(|place| place.lat_deg).collect();
    lons.sort_unstable_by(f64::total_cmp);
    lats.sort_unstable_by(f64::total_cmp);
    let last = places.len().checked_sub(1)?;
    let (low, high) = ((last as f64 * cut) as usize, last - (last as f64 * cut) as usize);
    Some(Bounds {
        west_deg: lons[low],
        south_deg: lats[low],
        east_deg: lons[high],
        north_deg: lats[high],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_across_the_date_line_stay_together() {
        let places = [179.0, -179.0, 178.0].map(|lon| Position::new(lon, 10.0));
        let bounds = middle_bounds(places.into_iter(), 0.0).unwrap();
        assert!(bounds.east_deg - bounds.west_deg < 4.0, "{bounds:?}");
    }

    #[test]
    fn a_far_off_report_does_not_widen_the_view() {
        let near = (0..1000).map(|n| Position::new(f64::from(n) * 1e-3, 50.0));
        let bounds = middle_bounds(near.chain([Position::new(100.0, -70.0)]), 0.005).unwrap();
        assert!(bounds.east_deg < 1.0 && bounds.south_deg == 50.0, "{bounds:?}");
    }
}
