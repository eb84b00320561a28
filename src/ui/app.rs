//! The application: `logic` brings the desk up to date, `ui` lays out the panels.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui_wgpu::RenderState;
use egui::util::undoer::Undoer;
use egui::{Context, Ui};

use super::actions::{self, Status};
use super::associate_view::AssociateView;
use super::cluster_view::ClusterView;
use super::command::{Command, Commands, Message};
use super::destination_view::DestinationView;
use super::driver::Complaint;
use super::errand::Errands;
use super::layout::{Layout, Pane, Workspace};
use super::map::{MapPanel, Tool};
use super::panels::{
    AssociatePanels, ClusterPanels, Compression, DestinationPanels, Filters, OutlierList, Palette,
    PredictPanels, Preview, Tables, Timeline, WatchPanels, WaterPanels,
};
use super::plot;
use super::predict_view::PredictView;
use super::remembered::Remembered;
use super::selection::Selection;
use super::theme;
use super::time_view::TimeView;
use super::training::{Training, request_loaded};
use super::watch_view::WatchView;
use super::water_view::WaterView;
use crate::base::text::{counted, grouped};
use crate::flow::look::Camera;
use crate::flow::{Desk, Jobs, Key, Session};

mod act;
mod follow;
mod show;

/// The window's state.
pub struct App {
    /// Everything the user set up.
    pub session: Session,
    /// Everything computed.
    pub desk: Desk,
    /// What is selected.
    pub selection: Selection,
    /// Which part of time is looked at.
    pub time: TimeView,
    /// What is remembered about clusters.
    pub clusters: ClusterView,
    /// Which predictions are drawn, and of which ship.
    pub predict: PredictView,
    /// Which anonymous point and which mistake are looked at.
    pub associate: AssociateView,
    /// Which port and which voyage are looked at, and where the ship is told to be bound.
    pub destination: DestinationView,
    /// Runs of all models.
    pub training: Training,
    /// Which encounter and which oddity are looked at.
    pub watch: WatchView,
    /// What is looked at of gates, areas and density.
    pub water: WaterView,
    /// How the panels are arranged.
    pub layout: Layout,
    jobs: Jobs,
    commands: Commands,
    undoer: Undoer<Session>,
    errands: Errands,
    /// Everything that was said; those that were not closed stand above the status bar.
    log: Vec<Message>,
    project: Option<PathBuf>,
    recent: Vec<PathBuf>,
    preview: Preview,
    palette: Palette,
    map: MapPanel,
    timeline: Timeline,
    tables: Tables,
    filters: Filters,
    outliers: OutlierList,
    compression: Compression,
    clustering: ClusterPanels,
    prediction: PredictPanels,
    association: AssociatePanels,
    destinations: DestinationPanels,
    /// Stages that are to be asked once it is known what is wanted of them.
    due: Vec<&'static str>,
    watching: WatchPanels,
    waters: WaterPanels,
    /// The workspace that the map's look was suited to.
    suited: Option<Workspace>,
    /// The result whose data the map was fitted to.
    fitted: Option<Key>,
    path_field: String,
}

impl App {
    /// A window with nothing in it yet, arranged as it was left.
    pub fn new(creation: &eframe::CreationContext) -> App {
        let remembered = Remembered::of(creation.storage);
        let mut app = App::with(&creation.egui_ctx, creation.wgpu_render_state.clone(), remembered);
        if let Some(render_state) = &creation.wgpu_render_state {
            app.map.watch(Complaint::of(render_state));
        }
        app
    }

    /// A window in any egui context, whether or not it has a GPU.
    pub fn with(
        context: &Context,
        render_state: Option<RenderState>,
        remembered: Remembered,
    ) -> App {
        theme::apply(context);
        let wake = context.clone();
        let Remembered { layout, recent, speed, loops, trail_min } = remembered;
        App {
            session: Session::default(),
            desk: Desk::default(),
            selection: Selection::default(),
            time: TimeView::with_habits(speed, loops, trail_min),
            clusters: ClusterView::default(),
            predict: PredictView::default(),
            associate: AssociateView::default(),
            destination: DestinationView::default(),
            training: Training::default(),
            watch: WatchView::default(),
            water: WaterView::default(),
            layout,
            jobs: Jobs::Threads { wake: Arc::new(move || wake.request_repaint()) },
            commands: Commands::default(),
            undoer: Undoer::default(),
            errands: Errands::new(context.clone()),
            log: Vec::new(),
            project: None,
            recent,
            preview: Preview::default(),
            palette: Palette::default(),
            map: MapPanel::new(context, render_state),
            timeline: Timeline::default(),
            tables: Tables::default(),
            filters: Filters::default(),
            outliers: OutlierList::default(),
            compression: Compression::default(),
            clustering: ClusterPanels::default(),
            prediction: PredictPanels::default(),
            association: AssociatePanels::default(),
            destinations: DestinationPanels::default(),
            due: Vec::new(),
            watching: WatchPanels::default(),
            waters: WaterPanels::default(),
            suited: None,
            fitted: None,
            path_field: String::new(),
        }
    }

    /// Opens what the command line named.
    pub fn begin(&mut self, inputs: Vec<PathBuf>, is_demo: bool, settings: &[String]) {
        if is_demo {
            self.session.sources.make_demo(); // At once: the settings may be of the made sea.
        }
        if !inputs.is_empty() {
            self.commands.ask(Command::Open(inputs));
        }
        for setting in settings {
            if let Err(fault) = self.session.set(setting) {
                self.log.push(Message::fault(fault));
            }
        }
    }

    /// Asks the window to do something, as a panel would.
    pub fn ask(&mut self, command: Command) {
        self.commands.ask(command);
    }

    /// Whether anything is being read, computed or made ready to be drawn.
    pub fn is_busy(&self) -> bool {
        self.desk.is_busy()
            || self.preview.is_busy()
            || self.map.is_busy()
            || self.timeline.is_busy()
            || self.destinations.is_busy()
    }

    /// The middle of the map on the screen.
    pub fn map_center(&self) -> egui::Pos2 {
        self.map.center()
    }

    /// What the pointer does on the map.
    pub fn map_tool(&self) -> &Tool {
        self.map.tool()
    }

    /// Where the map is centered.
    pub fn map_camera(&self) -> Camera {
        self.map.camera()
    }

    /// How many reports are on the map, and how many bytes they take on the GPU.
    pub fn on_map(&self) -> (usize, usize) {
        self.map.size()
    }

    /// Brings everything up to date before a frame: what `eframe::App::logic` does.
    pub fn step(&mut self, context: &Context) {
        let brought = self.errands.collect();
        brought.into_iter().for_each(|command| self.commands.ask(command));
        if let Some(chart) = plot::take_wish(context) {
            self.commands.ask(Command::SavePlot(chart));
        }
        for command in self.commands.take() {
            self.act(command, context);
        }
        self.suit_map();
        self.follow_path();
        self.follow_moment();
        self.follow_bound();
        let wanted = self.wanted();
        self.desk.update(&self.session, &self.jobs, &wanted);
        let due = std::mem::take(&mut self.due);
        let shelves = self.desk.shelves_mut().into_iter();
        shelves
            .filter(|shelf| due.contains(&shelf.name()))
            .for_each(super::super::flow::tray::Shelf::request);
        let is_loading = request_loaded(&mut self.desk, &self.session, |name| wanted.has(name));
        if is_loading || !due.is_empty() {
            self.desk.update(&self.session, &self.jobs, &wanted);
        }
        self.training.follow(&self.desk, &self.session);
        if self.layout.has(Pane::Network) {
            let choice = self.training.model().device(&self.session);
            self.training.look_for_device(choice, &self.jobs);
        }
        self.desk.follow_choice(&mut self.session);
        self.preview.update(&self.session, &self.jobs);
        // What results chose is no act of the user's.
        self.undoer.feed_state(context.input(|input| input.time), &self.session.as_set());
        self.selection.follow(&self.desk);
        self.associate.begin_frame();
        self.associate.follow(&self.desk);
        self.association.follow(&self.desk);
        self.destination.follow(&self.desk, &self.selection);
        self.clusters.begin_frame();
        self.clusters.follow_desk(&self.desk);
        self.map.update(&self.desk, &self.session, &self.jobs);
        self.map.follow_selected(&self.desk, &self.session, &self.selection, &self.jobs);
        self.time.set_span_ms(
            self.desk.clean.shown().and_then(|shown| shown.value.fleet.time_span_ms()),
        );
        self.timeline.update(&self.desk, &self.jobs);
        self.tables.update(&self.desk);
        self.time.advance(f64::from(context.input(|input| input.unstable_dt)));
        // New data come into view once; after that the view is the user's.
        if let Some(shown) = self.desk.ingest.shown().filter(|shown| !shown.is_stale)
            && self.fitted != Some(shown.key)
        {
            self.fitted = Some(shown.key);
            match self.session.map.camera() {
                Some(camera) => self.map.look_from(camera),
                None => self.map.fit_all(&self.desk),
            }
            // From here on the map itself knows.
            self.session.map.zoom = 0.0;
        }
        if self.time.is_playing {
            context.request_repaint();
        } else if self.is_busy() || self.errands.long().is_some() {
            context.request_repaint_after(Duration::from_millis(100)); // The progress bars.
        }
    }

    /// Draws the window: what `eframe::App::ui` does.
    pub fn show(&mut self, ui: &mut Ui) {
        let context = ui.ctx().clone();
        let status = self.status();
        self.take_dropped(&context);
        if !self.palette.is_open() {
            actions::act_on_keys(&context, &status, &mut self.commands);
        }
        let before = (
            self.session.clone(),
            self.time.clone(),
            self.clusters.version(),
            self.predict.clone(),
            self.associate.clone(),
            self.watch.clone(),
            self.water.clone(),
            self.destination.clone(),
        );
        self.panels(ui, status);
        let is_edited = self.session != before.0
            || self.time != before.1
            || self.clusters.version() != before.2
            || self.predict != before.3
            || self.associate != before.4
            || self.watch != before.5
            || self.water != before.6
            || self.destination != before.7;
        if is_edited || self.clusters.is_moving() {
            context.request_repaint(); // The next `step` acts on the edit.
        }
    }

    fn status(&self) -> Status {
        Status {
            has_sources: !self.session.sources.is_empty(),
            has_trips: self.desk.trips.shown().is_some(),
            has_clusters: self.clusters.key().is_some(),
            has_pinned: self.clusters.pinned().is_some(),
            has_mistakes: self.session.map.found
                && self
                    .desk
                    .associate
                    .shown()
                    .is_some_and(|shown| !shown.value.mistakes.is_empty()),
            has_selection: !self.selection.is_empty()
                || self.associate.point().is_some()
                || self.watch.has_selection()
                || self.destination.has_selection()
                || !self.map.tool().is_hand(),
            has_undo: self.undoer.has_undo(&self.session.as_set()),
            has_redo: self.undoer.has_redo(&self.session.as_set()),
            is_asking: self.errands.is_busy(),
        }
    }

    fn take_dropped(&mut self, context: &Context) {
        let dropped: Vec<PathBuf> = context.input(|input| {
            let paths = input.raw.dropped_files.iter().map(|file| file.path().to_owned());
            paths.filter(|path| !path.as_os_str().is_empty()).collect()
        });
        if !dropped.is_empty() {
            self.commands.ask(Command::Open(dropped));
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &Context, _: &mut eframe::Frame) {
        self.step(context);
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.show(ui);
    }

    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        Remembered {
            layout: self.layout.clone(),
            recent: self.recent.clone(),
            speed: self.time.speed,
            loops: self.time.loops,
            trail_min: self.time.trail_min,
        }
        .keep(storage);
    }

    /// Tab hides the panels while the pointer is on the map and no control has the focus; elsewhere
    /// it goes from control to control, as everywhere.
    fn raw_input_hook(&mut self, context: &Context, input: &mut egui::RawInput) {
        let is_on_map = context
            .input(|input| input.pointer.latest_pos())
            .is_some_and(|at| self.map.contains(at));
        if !is_on_map || context.memory(|memory| memory.focused().is_some()) {
            return;
        }
        let n_events = input.events.len();
        let is_tab = |event: &egui::Event| matches!(event, egui::Event::Key { key: egui::Key::Tab, pressed: true, modifiers, .. } if modifiers.is_none());
        input.events.retain(|event| !is_tab(event));
        if input.events.len() < n_events {
            self.commands.ask(Command::ToggleMapAlone);
        }
    }
}

/// `n reports · m vessels`, for the status bar.
pub fn data_line(desk: &Desk) -> String {
    let Some(shown) = desk.ingest.shown() else { return "no data".into() };
    let fleet = &shown.value.fleet;
    if fleet.names_nobody() {
        return format!("{} without a ship's name", counted(fleet.reports().len() as u64, "point"));
    }
    format!(
        "{} reports · {} vessels",
        grouped(fleet.reports().len() as u64),
        grouped(fleet.vessels().len() as u64)
    )
}
