//! The map as a panel: what it keeps, and where it is centered.

use std::sync::mpsc::{Receiver, channel};

use eframe::egui_wgpu::RenderState;
use egui::{Context, DragPanButtons, Pos2, Rect, Ui};
use walkers::{Map, MapMemory};

use super::base::BaseTiles;
use super::cells::CellLayer;
use super::clusters::Titles;
use super::coast::Coast;
use super::colors::MapColors;
use super::density_plain::PlainDensity;
use super::drawn::DrawnLayer;
use super::fit;
use super::found::FoundLayer;
use super::held::Held;
use super::looks::{Said, Side};
use super::pick::Hit;
use super::ports::{PortLayer, PortUse};
use super::remade::Remade;
use super::routes::RouteLayer;
use super::sailed::SailedLayer;
use super::ships::{ShipLook, Ships};
use super::tool::Tool;
use super::view::View;
use super::watch::{WatchLayer, WatchLook};
use crate::base::geo::{Bounds, Position};
use crate::flow::look::{Camera, TrackColor};
use crate::flow::stages::TripsOf;
use crate::flow::{Desk, Jobs, Key, Session};
use crate::ui::associate_view::AssociateView;
use crate::ui::cluster_view::ClusterView;
use crate::ui::deck::Deck;
use crate::ui::destination_view::DestinationView;
use crate::ui::driver::Complaint;
use crate::ui::predict_view::PredictView;
use crate::ui::selection::Selection;
use crate::ui::theme;
use crate::ui::time_view::TimeView;
use crate::ui::watch_view::WatchView;
use crate::ui::water_view::WaterView;

mod beside;
mod bound;
mod draw;
mod point;

/// Where the map begins: the world, north of the equator.
const HOME: Camera = Camera { lon: 0.0, lat: 30.0, zoom: 2.0 };

/// The map and what it keeps between frames.
pub struct MapPanel {
    memory: MapMemory,
    coast: Option<Coast>,
    coast_loading: Receiver<Coast>,
    base: BaseTiles,
    complaint: Option<Complaint>,
    /// What the driver complained of.
    driver_fault: Option<String>,
    held: Held,
    /// Where there is no GPU, or not one that can add up; now and pinned, as below.
    density: [PlainDensity; 2],
    routes: [RouteLayer; 2],
    /// Whether the routes are older than the clusters.
    lags: bool,
    titles: Titles,
    ships: [Ships; 2],
    found: FoundLayer,
    sailed: SailedLayer,
    ports: PortLayer,
    /// How much each port is used by the voyages that are shown.
    uses: Option<([Key; 2], PortUse)>,
    remade: Remade,
    watch: WatchLayer,
    drawn: DrawnLayer,
    cells: CellLayer,
    hovered: Option<Hit>,
    tool: Tool,
    rect: Rect,
    /// The map of the pinned result, while there is one: where it lies, and its own way to move.
    beside: Option<Rect>,
    memory_beside: MapMemory,
    /// Where the pointer is, and on which map.
    pointer: Option<(Side, Position)>,
    /// What was fitted last, and the view that came of it: as long as that stands, a map of another
    /// size is fitted anew.
    fitted: Option<(Bounds, Camera)>,
}

/// All that a map shows.
#[derive(Clone, Copy)]
struct Sight<'a> {
    desk: &'a Desk,
    session: &'a Session,
    selection: &'a Selection,
    time: &'a TimeView,
    clusters: &'a ClusterView,
    predict: Option<&'a PredictView>,
    associate: Option<&'a AssociateView>,
    watch: &'a WatchView,
    water: Option<&'a WaterView>,
    destination: Option<&'a DestinationView>,
    side: Side,
}

impl<'a> Sight<'a> {
    fn of(deck: &'a Deck, side: Side) -> Sight<'a> {
        let Deck { session, desk, selection, time, clusters, .. } = deck;
        Sight {
            desk,
            session,
            selection,
            time,
            clusters,
            predict: Some(&*deck.predict),
            associate: Some(&*deck.associate),
            watch: &*deck.watch,
            water: Some(&*deck.water),
            destination: Some(&*deck.destination),
            side,
        }
    }

    /// Whether points and found tracks are drawn in place of trips.
    fn is_found(&self) -> bool {
        let has_points = self.desk.ingest.shown().is_some();
        self.session.map.found && has_points && self.side == Side::Now
    }

    /// What the layers of watching look like; on the map of a pinned result there are none.
    fn watching(&self, ui: &Ui) -> Option<WatchLook<'a>> {
        let is_dark = ui.visuals().dark_mode;
        (self.side == Side::Now).then(|| WatchLook {
            desk: self.desk,
            session: self.session,
            view: self.watch,
            time: self.time,
            colors: MapColors::of(is_dark),
            is_dark,
            selected: theme::selection_color(ui),
        })
    }

    /// Whether voyages are drawn in place of trips.
    fn is_sailed(&self) -> bool {
        let has_voyages = self.desk.voyages.shown().is_some();
        self.session.map.voyages && has_voyages && self.side == Side::Now && !self.is_found()
    }

    fn said(&self) -> Said<'a> {
        Said {
            desk: self.desk,
            selection: self.selection,
            clusters: self.clusters,
            by_cluster: self.session.map.color_by == TrackColor::Cluster,
            side: self.side,
        }
    }
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
            complaint: None,
            driver_fault: None,
            held: Held::new(render_state),
            density: Default::default(),
            routes: Default::default(),
            lags: false,
            titles: Titles::default(),
            ships: Default::default(),
            found: FoundLayer::default(),
            sailed: SailedLayer::default(),
            ports: PortLayer::default(),
            uses: None,
            remade: Remade::default(),
            watch: WatchLayer::default(),
            drawn: DrawnLayer::default(),
            cells: CellLayer::default(),
            hovered: None,
            tool: Tool::Hand,
            rect: Rect::from_min_size(Pos2::ZERO, egui::vec2(900.0, 600.0)),
            beside: None,
            memory_beside: MapMemory::default(),
            pointer: None,
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
        if let Some(words) = self.complaint.as_ref().and_then(Complaint::take) {
            // Its own words are many lines; the first says what it is.
            self.driver_fault = words.lines().next().map(str::to_owned);
            self.held.give_up_gpu();
            self.ships.iter_mut().for_each(Ships::clear);
            self.found.give_up_gpu();
            self.watch.give_up_gpu();
            self.sailed.give_up_gpu();
        }
        self.held.update(desk.trips.shown(), jobs);
        self.held.update_marks(desk, &session.map, jobs);
        self.drawn.follow(session);
        self.found.update(desk, &session.map, self.held.render_state(), jobs);
        self.sailed.update(desk, &session.map, self.held.render_state(), jobs);
        self.follow_uses(desk);
    }

    /// Has the selected trip made again by the network of deep clustering, where that is looked at.
    pub fn follow_selected(
        &mut self,
        desk: &Desk,
        session: &Session,
        selection: &Selection,
        jobs: &Jobs,
    ) {
        self.remade.update(desk, selection, session.map.reconstruction, jobs);
    }

    /// Whether something that the map shows is being made.
    pub fn is_busy(&self) -> bool {
        self.held.is_busy()
            || self.found.is_busy()
            || self.sailed.is_busy()
            || self.remade.is_busy()
            || self.coast.is_none()
    }

    /// Why the map shows less than it should.
    pub fn fault(&self) -> Option<String> {
        if let Some(fault) = self.held.fault().or(self.found.fault()).or(self.sailed.fault()) {
            return Some(format!("map: {fault}"));
        }
        if let Some(fault) = self.base.fault() {
            return Some(format!("map: {fault}"));
        }
        if let Some(fault) = &self.driver_fault {
            let what_to_do = "tracks are drawn simplified; save the project and start anew";
            return Some(format!("the graphics driver failed ({fault}): {what_to_do}"));
        }
        (!self.held.has_gpu()).then(|| "no GPU: tracks are drawn simplified".to_owned())
    }

    /// Falls back to drawing without the GPU when its driver complains.
    pub fn watch(&mut self, complaint: Complaint) {
        self.complaint = Some(complaint);
    }

    /// What the pointer does from now on.
    pub fn take_up(&mut self, tool: Tool) {
        self.tool = tool;
    }

    /// What the pointer does.
    pub fn tool(&self) -> &Tool {
        &self.tool
    }

    /// Draws the map; a click selects the trip under it. While a result is pinned there are two.
    pub fn ui(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let rect = ui.max_rect();
        let hovered = if deck.clusters.pinned().is_some() {
            self.two_maps(ui, deck, rect)
        } else {
            if self.beside.take().is_some() {
                self.held.forget_pinned();
                self.ships[Side::Pinned as usize].clear();
                self.pointer = None;
            }
            self.fill(rect);
            self.map_ui(ui, deck, Side::Now)
        };
        self.hovered = hovered;
    }

    /// Draws the map of one side in all of `ui`. Gives what the pointer is on.
    fn map_ui(&mut self, ui: &mut Ui, deck: &mut Deck, side: Side) -> Option<Hit> {
        let is_dark = ui.visuals().dark_mode;
        self.held.send_looks(Sight::of(deck, side).said());
        self.follow_routes(Sight::of(deck, side), is_dark);
        let mut memory = std::mem::take(self.memory_of(side));
        let has_tool = !self.tool.is_hand();
        let map = Map::new(None, &mut memory, walkers::lon_lat(HOME.lon, HOME.lat))
            .zoom_with_ctrl(false)
            .double_click_to_zoom(!has_tool)
            .drag_pan_buttons(if has_tool || self.drawn.is_held() {
                DragPanButtons::MIDDLE
            } else {
                DragPanButtons::PRIMARY
            });
        let shown = map.show(ui, |ui, response, projector, _| {
            let name = if side == Side::Now { "Map" } else { "Map of the pinned result" };
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, name));
            let view = View::from_projector(projector);
            self.place_ships(ui, Sight::of(deck, side));
            self.draw(ui, &view, Sight::of(deck, side));
            self.point(ui, &view, response, deck, side)
        });
        *self.memory_of(side) = memory;
        shown.inner
    }

    fn memory_of(&mut self, side: Side) -> &mut MapMemory {
        match side {
            Side::Now => &mut self.memory,
            Side::Pinned => &mut self.memory_beside,
        }
    }

    /// Puts the ships where they are at the moment that plays.
    fn place_ships(&mut self, ui: &Ui, sight: Sight) {
        let shown = sight.desk.trips.shown().filter(|_| !sight.is_found());
        let (Some(t_ms), Some(shown)) = (sight.time.now_ms(), shown) else {
            self.ships[sight.side as usize].clear();
            return;
        };
        let look = ShipLook {
            style: &self.style(&sight.session.map, sight.time, ui.visuals().dark_mode),
            looker: &self.held.looker_of(sight.said(), shown.value),
            selection: sight.selection,
            selected: theme::selection_color(ui),
        };
        let ships = &mut self.ships[sight.side as usize];
        ships.place((shown.key, shown.value), t_ms, &look, self.held.render_state());
    }

    /// What the map lies on.
    pub fn base(&mut self) -> &mut BaseTiles {
        &mut self.base
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
        camera_of(&self.memory)
    }

    /// Centers the map.
    pub fn look_from(&mut self, camera: Camera) {
        for memory in [&mut self.memory, &mut self.memory_beside] {
            memory.center_at(walkers::lon_lat(camera.lon, camera.lat));
            memory.set_zoom(camera.zoom.clamp(0.0, 22.0)).ok(); // Within what walkers allows.
        }
    }

    /// Whether a point of the screen lies on the map.
    pub fn contains(&self, at: Pos2) -> bool {
        self.rect.contains(at) || self.beside.is_some_and(|rect| rect.contains(at))
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

    /// Shows the found track that a point is in.
    pub fn fit_found(&mut self, desk: &Desk, row: u32) {
        self.fit_places(&FoundLayer::places_with(desk, row));
    }

    /// Shows these places.
    pub fn fit_places(&mut self, places: &[Position]) {
        if let Some(bounds) = fit::middle_bounds(places.iter().copied(), 0.0) {
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
    pub fn still(
        &mut self,
        ui: &Ui,
        desk: &Desk,
        session: &Session,
        clusters: &ClusterView,
    ) -> bool {
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
        let (selection, time) = (Selection::default(), TimeView::default());
        let watch = WatchView::default();
        let side = Side::Now;
        let sight = Sight {
            desk,
            session,
            selection: &selection,
            time: &time,
            clusters,
            predict: None,
            associate: None,
            watch: &watch,
            water: None,
            destination: None,
            side,
        };
        self.held.send_looks(sight.said());
        self.follow_routes(sight, ui.visuals().dark_mode);
        self.draw(ui, &view, sight);
        !self.is_busy()
    }
}

fn camera_of(memory: &MapMemory) -> Camera {
    let center = memory.detached().unwrap_or(walkers::lon_lat(HOME.lon, HOME.lat));
    Camera { lon: center.x(), lat: center.y(), zoom: memory.zoom() }
}
