//! The map as a panel: its layers from the ground up, the pointer on it, and where it is centered.

use std::sync::mpsc::{Receiver, channel};

use eframe::egui_wgpu::RenderState;
use egui::{Color32, Context, DragPanButtons, Modifiers, Pos2, Rect, Response, Ui};
use walkers::{Map, MapMemory};

use super::base::BaseTiles;
use super::coast::{self, Coast};
use super::colors::MapColors;
use super::density::{DensityStyle, Measure};
use super::density_plain::PlainDensity;
use super::fit;
use super::geometry::{Geometry, Slot};
use super::held::{Held, Passes};
use super::palette::{self, ColorBy, Legend};
use super::pick::{Hit, pick};
use super::ships::{ShipLook, Ships};
use super::symbols::SymbolStyle;
use super::tool::{self, Tool};
use super::tracks::Style;
use super::view::View;
use super::{furniture, hover, legend, marks, plain};
use crate::base::geo::{Bounds, Position};
use crate::base::text::grouped;
use crate::flow::look::{Camera, Density, MapParams, TrackColor};
use crate::flow::map_base::Credit;
use crate::flow::stages::TripsOf;
use crate::flow::{Desk, Jobs, Session};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::selection::{Pick, Selection};
use crate::ui::theme;
use crate::ui::time_view::TimeView;

/// How near to a track the pointer must be, in points of the screen.
const PICK_PX: f32 = 8.0;

/// How near to a ship.
const SHIP_PX: f32 = 10.0;

/// Where the map begins: the world, north of the equator.
const HOME: Camera = Camera { lon: 0.0, lat: 30.0, zoom: 2.0 };

/// The map and what it keeps between frames.
pub struct MapPanel {
    memory: MapMemory,
    coast: Option<Coast>,
    coast_loading: Receiver<Coast>,
    base: BaseTiles,
    held: Held,
    /// Where there is no GPU, or not one that can add up.
    density: PlainDensity,
    ships: Ships,
    hovered: Option<Hit>,
    tool: Tool,
    rect: Rect,
    /// What was fitted last, and the view that came of it: as long as that stands, a map of another
    /// size is fitted anew.
    fitted: Option<(Bounds, Camera)>,
}

impl MapPanel {
    /// A map of the world; the coast is loaded on a thread.
    pub fn new(context: &Context, render_state: Option<RenderState>) -> MapPanel {
        let (sender, coast_loading) = channel();
        let waking = context.clone();
        std::thread::spawn(move || {
            sender.send(Coast::load()).ok(); // The window may be closed by now.
            waking.request_repaint();
        });
        let mut panel = MapPanel {
            memory: MapMemory::default(),
            coast: None,
            coast_loading,
            base: BaseTiles::new(),
            held: Held::new(render_state),
            density: PlainDensity::default(),
            ships: Ships::default(),
            hovered: None,
            tool: Tool::Hand,
            rect: Rect::from_min_size(Pos2::ZERO, egui::vec2(900.0, 600.0)),
            fitted: None,
        };
        panel.look_from(HOME);
        panel
    }

    /// Takes in what jobs brought, and starts those that new results need.
    pub fn update(&mut self, desk: &Desk, session: &Session, jobs: &Jobs) {
        if let Ok(coast) = self.coast_loading.try_recv() {
            self.coast = Some(coast);
        }
        self.held.update(desk.trips.shown(), jobs);
        self.held.update_marks(desk, &session.map, jobs);
    }

    /// Whether something that the map shows is being made.
    pub fn is_busy(&self) -> bool {
        self.held.is_busy() || self.coast.is_none()
    }

    /// Why the map shows less than it should.
    pub fn fault(&self) -> Option<String> {
        if let Some(fault) = self.held.fault() {
            return Some(format!("map: {fault}"));
        }
        if let Some(fault) = self.base.fault() {
            return Some(format!("map: {fault}"));
        }
        (!self.held.has_gpu()).then(|| "no GPU: tracks are drawn simplified".to_owned())
    }

    /// What the pointer does from now on.
    pub fn take_up(&mut self, tool: Tool) {
        self.tool = tool;
    }

    /// What the pointer does.
    pub fn tool(&self) -> &Tool {
        &self.tool
    }

    /// Draws the map; a click selects the trip under it.
    pub fn ui(&mut self, ui: &mut Ui, deck: &mut Deck) {
        self.fill(ui.max_rect());
        self.held.send_looks(deck.selection, deck.desk.filter.shown());
        let mut memory = std::mem::take(&mut self.memory);
        let has_tool = !self.tool.is_hand();
        let map = Map::new(None, &mut memory, walkers::lon_lat(HOME.lon, HOME.lat))
            .zoom_with_ctrl(false)
            .double_click_to_zoom(!has_tool)
            .drag_pan_buttons(if has_tool {
                DragPanButtons::MIDDLE
            } else {
                DragPanButtons::PRIMARY
            });
        map.show(ui, |ui, response, projector, _| {
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, "Map"));
            let view = View::from_projector(projector);
            self.place_ships(ui, deck);
            self.draw(ui, &view, deck.desk, deck.session, deck.selection, deck.time);
            self.point(ui, &view, response, deck);
        });
        self.memory = memory;
    }

    /// Puts the ships where they are at the moment that plays.
    fn place_ships(&mut self, ui: &Ui, deck: &Deck) {
        let (Some(t_ms), Some(shown)) = (deck.time.now_ms(), deck.desk.trips.shown()) else {
            self.ships.clear();
            return;
        };
        let filter = deck.desk.filter.shown();
        let look = ShipLook {
            style: &self.style(&deck.session.map, deck.time, ui.visuals().dark_mode),
            passes: &Passes::new(Some(shown.value), filter.as_ref()),
            selection: deck.selection,
            selected: theme::selection_color(ui),
        };
        self.ships.place((shown.key, shown.value), t_ms, &look, self.held.render_state());
    }

    /// What the pointer is over, and what it does there.
    fn point(&mut self, ui: &Ui, view: &View, response: &Response, deck: &mut Deck) {
        let colors = MapColors::of(ui.visuals().dark_mode);
        let pointer = response.hover_pos();
        if let Some(place) = pointer.and_then(|pointer| view.from_screen(pointer)) {
            furniture::draw_cursor_position(ui.painter(), view, place, &colors);
        }
        if let Some(hint) = self.tool.hint() {
            furniture::draw_hint(ui.painter(), view, hint, &colors);
        }
        if !self.tool.is_hand() {
            self.hovered = None;
            if let Some(corners) = self.tool.draw(ui, view, response, theme::selection_color(ui)) {
                deck.ask(Command::FilterArea(corners));
            }
            return;
        }
        // While the map is dragged nothing is pointed at.
        let is_dark = ui.visuals().dark_mode;
        self.hovered = pointer
            .filter(|_| !response.dragged())
            .and_then(|at| self.ship(view, at, is_dark).or_else(|| self.hit(view, at, deck)));
        let Some(shown) = deck.desk.trips.shown() else { return };
        if let (Some(hit), Some(pointer)) = (&self.hovered, pointer) {
            hover::card(ui, pointer, shown.value, hit);
        }
        if response.clicked() {
            let adds = ui.input(|input| input.modifiers.matches_logically(Modifiers::COMMAND));
            deck.pick(match (&self.hovered, adds) {
                (Some(Hit { trip: Some(trip), .. }), false) => Pick::Trip(*trip),
                (Some(Hit { trip: Some(trip), .. }), true) => Pick::AlsoTrip(*trip),
                (Some(Hit { vessel, .. }), false) => Pick::Vessel(*vessel),
                (None, false) => Pick::Nothing,
                (_, true) => return,
            });
        }
    }

    /// The ship under the pointer, where one is at the moment that plays.
    fn ship(&self, view: &View, pointer: Pos2, is_dark: bool) -> Option<Hit> {
        let ship = self.ships.pick(view, pointer, SHIP_PX, is_dark)?;
        // The geometry may lag behind: its indices are of older trips then.
        let geometry = self.held.geometry().filter(|(key, _)| self.ships.key() == Some(*key));
        let slot = geometry.zip(ship.trip).map(|((_, of), trip)| of.slot_of_trip(trip));
        Some(Hit {
            slot: slot.unwrap_or(u32::MAX),
            vessel: ship.vessel,
            trip: ship.trip,
            report_index: ship.report_index,
            distance_px: 0.0,
        })
    }

    fn hit(&self, view: &View, pointer: Pos2, deck: &Deck) -> Option<Hit> {
        let (key, geometry) = self.held.geometry()?;
        if deck.desk.trips.shown()?.key != key {
            return None; // The geometry lags behind: its indices are of older trips.
        }
        let map = &deck.session.map;
        let filter = deck.desk.filter.shown();
        let passes = Passes::new(self.held.trips(), filter.as_ref());
        let is_visible = |slot: &Slot| {
            let is_drawn = if slot.trip.is_some() { map.trips } else { map.rest };
            is_drawn && passes.has(slot)
        };
        let window_ms = deck.time.window_ms();
        pick(geometry, view, pointer, PICK_PX, |_, slot| is_visible(slot), window_ms)
    }

    fn draw(
        &mut self,
        ui: &Ui,
        view: &View,
        desk: &Desk,
        session: &Session,
        selection: &Selection,
        time: &TimeView,
    ) {
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
            if let Some(density) = density_style(params.density) {
                let is_done = self.held.has_gpu()
                    && self.held.layer.paint_density(painter, view, &style, &density);
                if !is_done {
                    let filter = desk.filter.shown();
                    let passes = Passes::new(self.held.trips(), filter.as_ref());
                    let of = (key, filter.as_ref().map(|filter| filter.key));
                    let has = |_, slot: &Slot| passes.has(slot);
                    self.density.paint(painter, view, (of, geometry), has, &style, &density);
                }
            }
            if params.trips || params.rest {
                if self.held.has_gpu() {
                    self.held.layer.paint(painter, view, &style);
                } else {
                    let filter = desk.filter.shown();
                    let passes = Passes::new(self.held.trips(), filter.as_ref());
                    plain::draw(geometry, painter, view, &style, |_, slot| passes.has(slot));
                }
            }
            if selection.key() == Some(key) {
                draw_selected(ui, view, geometry, selection);
            }
        }
        if let Some(area) = session.filter.area_polygon() {
            tool::outline(painter, view, &area, theme::selection_color(ui), true);
        }
        let is_dark = ui.visuals().dark_mode;
        let marks = SymbolStyle { time_window_ms: time.window_ms(), ..SymbolStyle::new(is_dark) };
        let mut n_left_out = 0;
        if params.removed {
            n_left_out += self.held.removed.layer.paint(painter, view, &marks);
        }
        if params.cuts {
            n_left_out += self.held.cuts.layer.paint(painter, view, &marks);
        }
        n_left_out += self.ships.paint(painter, view, is_dark);
        if params.legend {
            legend::draw(ui, view, &self.legends(params, desk, time, is_dark));
        }
        if n_left_out > 0 {
            let text =
                format!("{} symbols are left out: there is no GPU", grouped(n_left_out as u64));
            furniture::draw_hint(painter, view, &text, &colors);
        }
        furniture::draw_scale_bar(painter, view, &colors);
        self.draw_credits(ui, view);
    }

    /// Whose maps these are, with links.
    fn draw_credits(&self, ui: &Ui, view: &View) {
        let mut credits = self.base.attribution();
        if self.base.needs_coast(view) {
            credits.push(Credit::new("Coast: Natural Earth", "https://www.naturalearthdata.com"));
        }
        furniture::draw_credits(ui, view, &credits);
    }

    /// What the map lies on.
    pub fn base(&mut self) -> &mut BaseTiles {
        &mut self.base
    }

    /// What the colors of all layers mean.
    fn legends(
        &self,
        params: &MapParams,
        desk: &Desk,
        time: &TimeView,
        is_dark: bool,
    ) -> Vec<Legend> {
        let mut legends = Vec::new();
        if let (Some((_, geometry)), true) = (self.held.geometry(), params.trips || params.rest) {
            let style = self.style(params, time, is_dark);
            legends.push(palette::legend(&style, geometry.slots(), geometry.time_span_ms()));
        }
        if let Some(density) = density_style(params.density) {
            let style = self.style(params, time, is_dark);
            let of_gpu = self.held.layer.density_legend(&style, &density);
            legends.extend(of_gpu.or_else(|| self.density.legend()));
        }
        if let (Some(cleaned), true) = (desk.clean.shown(), params.removed) {
            legends.push(marks::removed_legend(cleaned.value));
        }
        if let (Some(shown), true) = (desk.trips.shown(), params.cuts) {
            legends.push(marks::cuts_legend(shown.value));
        }
        legends
    }

    fn style(&self, params: &MapParams, time: &TimeView, is_dark: bool) -> Style {
        Style {
            color_by: match params.color_by {
                TrackColor::ShipType => ColorBy::ShipType,
                TrackColor::Vessel => ColorBy::Vessel,
                TrackColor::Speed => ColorBy::Speed,
                TrackColor::Course => ColorBy::Course,
                TrackColor::Time => ColorBy::Time,
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

    /// The middle of the map on the screen.
    pub fn center(&self) -> Pos2 {
        self.rect.center()
    }

    /// How many reports the map holds, and how many bytes they take on the GPU.
    pub fn size(&self) -> (usize, usize) {
        self.held.geometry().map_or((0, 0), |(_, of)| (of.n_reports(), of.gpu_bytes()))
    }

    /// Where the map is centered.
    pub fn camera(&self) -> Camera {
        let center = self.memory.detached().unwrap_or(walkers::lon_lat(HOME.lon, HOME.lat));
        Camera { lon: center.x(), lat: center.y(), zoom: self.memory.zoom() }
    }

    /// Centers the map.
    pub fn look_from(&mut self, camera: Camera) {
        self.memory.center_at(walkers::lon_lat(camera.lon, camera.lat));
        self.memory.set_zoom(camera.zoom.clamp(0.0, 22.0)).ok(); // Within what walkers allows.
    }

    /// Whether a point of the screen lies on the map.
    pub fn contains(&self, at: Pos2) -> bool {
        self.rect.contains(at)
    }

    /// Shows all data but the odd far-off report.
    pub fn fit_all(&mut self, desk: &Desk) {
        let Some(shown) = desk.ingest.shown() else { return };
        let positions = &shown.value.fleet.reports().positions;
        if let Some(bounds) = fit::bounds_of_most(positions) {
            self.fit(bounds);
        }
    }

    /// Shows the selected trips, or all that the vessel reported if it has no trip.
    pub fn fit_selection(&mut self, output: &TripsOf, selection: &Selection) {
        let fleet = output.fleet();
        let trips = selection.trips().iter().filter_map(|trip| output.trips.trips.get(*trip));
        let mut places: Vec<Position> =
            trips.flat_map(|trip| trip.track(fleet).positions).copied().collect();
        if let (true, Some(vessel)) = (places.is_empty(), selection.vessel()) {
            places.extend(fleet.track(vessel).positions);
        }
        if let Some(bounds) = fit::middle_bounds(places.into_iter(), 0.0) {
            self.fit(bounds);
        }
    }

    fn fit(&mut self, bounds: Bounds) {
        self.look_from(fit::camera(bounds, self.rect.size()));
        self.fitted = Some((bounds, self.camera()));
    }

    /// Takes up `rect` of the window. What was fitted and not moved since is fitted into it.
    fn fill(&mut self, rect: Rect) {
        let is_other = rect.size() != self.rect.size();
        self.rect = rect;
        if let Some((bounds, camera)) = self.fitted.filter(|_| is_other)
            && camera == self.camera()
        {
            self.fit(bounds);
        }
    }

    /// Draws the map once, as `session` says, without pointer or selection: for pictures. Gives
    /// whether all layers were at hand; what is missing may be there at the next call.
    pub fn still(&mut self, ui: &Ui, desk: &Desk, session: &Session) -> bool {
        self.fill(ui.max_rect());
        if self.coast.is_none() {
            self.coast = self.coast_loading.recv().ok();
        }
        self.update(desk, session, &Jobs::Inline);
        match session.map.camera() {
            Some(camera) => self.look_from(camera),
            None => self.fit_all(desk),
        }
        let Camera { lon, lat, zoom } = self.camera();
        let view = View::new(Position::new(lon, lat), zoom, self.rect);
        self.held.send_looks(&Selection::default(), desk.filter.shown());
        self.draw(ui, &view, desk, session, &Selection::default(), &TimeView::default());
        !self.is_busy()
    }
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
