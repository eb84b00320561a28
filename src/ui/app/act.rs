//! What commands do.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use egui::Context;

use super::App;
use crate::ais::{PortId, Trip};
use crate::associate::Mistake;
use crate::base::geo::{Position, destination};
use crate::base::job::Job;
use crate::flow::Session;
use crate::flow::look::{MapParams, TrackColor};
use crate::flow::map_base::Base;
use crate::flow::report::About as ReportAbout;
use crate::flow::session::FileRef;
use crate::flow::tray::Shelf;
use crate::prep::FilterParams;
use crate::prep::moment::{next_report_after, previous_report_before};
use crate::ui::cluster_view::About;
use crate::ui::command::{Command, GoTo, Message};
use crate::ui::layout::{Pane, Workspace};
use crate::ui::map::{Drawn, Sail, Tool, cluster_titles, clusters_in_words, sailed_places};
use crate::ui::panels::{add_area, add_gate, vessel_pick};
use crate::ui::remembered::remember;
use crate::ui::report::Order;
use crate::ui::selection::Pick;
use crate::ui::training::MODELS;

/// Files of more than this together are shown as a preview before they are read.
const PREVIEW_BYTES: u64 = 200 << 20;

/// So much is shown around a mistake of association, at least: milliseconds before and after it, and
/// meters to all sides.
const AROUND_MS: i64 = 10 * 60_000;
const AROUND_M: f64 = 150.0;

/// So much is shown around a port, to all sides, meters.
const PORT_M: f64 = 20_000.0;

impl App {
    pub(super) fn act(&mut self, command: Command, context: &Context) {
        match command {
            Command::AskForFiles => self.errands.ask_for_files(),
            Command::AskForFolder => self.errands.ask_for_folder(),
            Command::AskForTiles => self.errands.ask_for_tiles(),
            Command::UseTiles(path) => {
                self.session.map.base.file = path.to_string_lossy().into_owned();
                self.session.map.base.base = Base::PmTiles;
            }
            Command::AskForModel => self.errands.ask_for_model(),
            Command::UseModel(path) => {
                self.session.predict.model =
                    path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
                // The same file once more: it may be whole by now.
                self.each_shelf("predict-fit", |shelf| shelf.request());
            }
            Command::AskForPorts => self.errands.ask_for_ports(),
            Command::UsePorts(path) => {
                self.session.ports.file =
                    path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
                self.each_shelf("ports", |shelf| shelf.request());
            }
            Command::AskForSailings(is_test) => self.errands.ask_for_sailings(is_test),
            Command::UseSailings(is_test, paths) => {
                let names: Vec<String> =
                    paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
                let eta = &mut self.session.eta;
                *(if is_test { &mut eta.test } else { &mut eta.train }) = names.join(";");
            }
            Command::AskForRoutes => self.errands.ask_for_routes(),
            Command::UseRoutes(path) => {
                self.session.destination.routes =
                    path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
            }
            Command::AskForTeller => self.errands.ask_for_teller(),
            Command::UseTeller(path) => {
                self.session.destination.model =
                    path.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
                self.due.push("destination-fit"); // By then the desk knows what is wanted.
            }
            Command::GoToPort(port) => self.go_to_port(port),
            Command::GoToVoyage(voyage, fits) => self.go_to_voyage(voyage, fits),
            Command::AskToLoad(model) => {
                self.errands.ask_to_load(model, MODELS[model].is_folder());
            }
            Command::Load(model, path) => {
                let check = MODELS[model].check(&self.session, &self.desk);
                self.errands.load(model, path, check);
            }
            Command::UseNetwork(model, path) => {
                let source = path.map(|path| path.to_string_lossy().into_owned());
                MODELS[model].set_source(&mut self.session, source.unwrap_or_default());
                // By then the desk knows what is wanted.
                self.due.push(MODELS[model].stage());
            }
            Command::AskToKeep(id) => self.errands.ask_to_keep(id),
            Command::Keep(id, folder) => {
                if let Some((keep, stem)) = self.training.keeping(id) {
                    self.errands.keep(id, folder, stem, keep);
                }
            }
            Command::Kept(id, path) => {
                self.log.push(Message::news(format!("kept {}", path.display())));
                self.training.was_kept(id, path);
            }
            Command::UseRun(id) => {
                if !self.training.take_up(id, &mut self.session, &self.desk) {
                    let text = "the model of this run is no longer at hand, and was not kept on \
                                the disk: its settings are set, train it again";
                    self.log.push(Message::news(text));
                }
            }
            Command::ForgetRun(id) => self.training.forget(id),
            Command::RemoveKept(id) => {
                if let Some(path) = self.training.run(id).and_then(|run| run.kept.clone()) {
                    self.errands.remove_kept(id, path);
                }
            }
            Command::Removed(id, path) => {
                self.training.was_removed(&path, &mut self.session);
                self.training.forget(id);
                self.log.push(Message::news(format!("removed {}", path.display())));
            }
            Command::Open(paths) => self.errands.look_at(paths),
            Command::Add(files) => self.add(files),
            Command::ReadPending => {
                let files = self.preview.take_pending();
                self.session.sources.add(files);
            }
            Command::DropPending => self.preview.close(),
            Command::Preview(file) => self.preview.show(file),
            Command::Remove(path) => self.session.sources.files.retain(|file| file.path != path),
            Command::CloseAll => {
                self.session.sources.files.clear();
                (self.session.sources.made, self.session.sources.world) = (None, None);
            }
            Command::Reload => {
                let paths = self.session.sources.paths();
                self.errands.look_at(paths);
            }
            Command::Demo => self.session.sources.make_demo(),
            Command::World => self.session.sources.make_world(),
            Command::AskToSave => self.errands.ask_to_save(),
            Command::Save => match self.project.clone() {
                Some(path) => self.save_to(path),
                None => self.errands.ask_to_save(),
            },
            Command::SaveTo(path) => self.save_to(path),
            Command::Saved(path) => {
                self.log.push(Message::news(format!("saved {}", path.display())));
                remember(&mut self.recent, &path);
                self.project = Some(path);
            }
            Command::Adopt(path, session) => {
                self.session = *session;
                remember(&mut self.recent, &path);
                self.project = Some(path);
                self.fitted = None;
            }
            Command::AskToExport(stage) => self.errands.ask_to_export(stage),
            Command::Export(stage, folder) => self.export(stage, folder),
            Command::AskForReport => self.errands.ask_for_report(),
            Command::WriteReport(page) => self.report(page),
            Command::CancelErrand => self.errands.cancel(),
            Command::SavePlot(chart) => self.errands.save_plot(chart),
            Command::Cancel(stage) => self.each_shelf(stage, |shelf| shelf.cancel()),
            Command::Retry(stage) => self.each_shelf(stage, |shelf| shelf.request()),
            Command::Undo => {
                if let Some(session) = self.undoer.undo(&self.session.as_set()) {
                    let session = session.clone();
                    self.take_back_to(session);
                }
            }
            Command::Redo => {
                if let Some(session) = self.undoer.redo(&self.session.as_set()) {
                    let session = session.clone();
                    self.take_back_to(session);
                }
            }
            Command::FitAll => self.map.fit_all(&self.desk),
            Command::FitSelection if self.session.map.found && self.associate.point().is_some() => {
                let row = self.associate.point().unwrap_or_default();
                self.map.fit_found(&self.desk, row);
            }
            Command::FitSelection
                if self.session.map.voyages && self.destination.voyage().is_some() =>
            {
                self.fit_voyage();
            }
            Command::FitSelection => match self.desk.trips.shown() {
                Some(shown)
                    if self.selection.key() == Some(shown.key) && !self.selection.is_empty() =>
                {
                    self.map.fit_selection(shown.value, &self.selection);
                }
                _ => self.map.fit_all(&self.desk),
            },
            Command::FitPlaces(places) => self.map.fit_places(&places),
            // Esc puts a tool away first; what is selected stays.
            Command::Select(Pick::Nothing) if !self.map.tool().is_hand() => {
                self.map.take_up(Tool::Hand);
            }
            Command::Select(pick) => {
                self.selection.pick(pick, &self.desk);
                if pick == Pick::Nothing {
                    self.associate.select(None);
                    self.watch.clear();
                    self.destination.clear();
                }
            }
            Command::GoToMistake(mistake) => self.go_to_mistake(mistake),
            Command::StepMistake(is_on) => {
                let shown = self.desk.associate.shown();
                if let Some(mistake) =
                    shown.and_then(|shown| self.associate.next(shown.value, is_on))
                {
                    self.go_to_mistake(mistake);
                }
            }
            Command::SelectTrips(trips) => self.selection.pick_trips(trips, &self.desk),
            Command::TakeDrawn(Drawn::Filter(corners)) => {
                self.session.filter.set_area(&corners);
                self.layout.show(Pane::Filters);
            }
            Command::TakeDrawn(Drawn::Gate(ends)) => {
                let gate = add_gate(&mut self.session, None, ends.into());
                if let Some(gate) = gate {
                    self.water.look_at_gate(gate);
                }
                self.show_drawn(gate.is_some(), [Pane::Gates, Pane::Lateral]);
            }
            Command::TakeDrawn(Drawn::Area(corners)) => {
                let area = add_area(&mut self.session, corners);
                if let Some(area) = area {
                    self.water.area = area;
                }
                self.show_drawn(area.is_some(), [Pane::Areas, Pane::AreaEvents]);
            }
            Command::GoTo(go_to) => self.go_to(go_to),
            Command::ClearFilters => self.session.filter = FilterParams::default(),
            Command::TakeUp(tool) => self.map.take_up(tool),
            Command::Play => self.time.toggle_play(),
            Command::Stop => self.time.stop(),
            Command::Step(by_ms) => self.time.step(by_ms),
            Command::StepReport(is_on) => self.step_report(is_on),
            Command::ChangeSpeed(is_faster) => self.time.change_speed(is_faster),
            Command::ClearBrush => self.time.clear_brush(),
            Command::Show(pane) => self.layout.show(pane),
            Command::Toggle(pane) => self.layout.toggle(pane),
            Command::Enter(workspace) => {
                (self.layout.workspace, self.layout.is_map_alone) = (workspace, false);
            }
            Command::ResetLayout => self.layout.reset(),
            Command::ToggleMapAlone => self.layout.is_map_alone = !self.layout.is_map_alone,
            Command::UseTheme(theme) => context.set_theme(theme),
            Command::OpenPalette => self.palette.open(),
            Command::ForgetRecent => self.recent.clear(),
            Command::Pin => self.pin(),
            Command::Unpin => self.clusters.unpin(),
            Command::Say(message) => self.log.push(message),
            Command::Dismiss(place) => {
                if let Some(message) = self.log.get_mut(place) {
                    message.is_closed = true;
                }
            }
        }
        context.request_repaint();
    }

    /// The session of another act; what is no act stays.
    fn take_back_to(&mut self, session: Session) {
        let MapParams { found, watch, ports, voyages, .. } = self.session.map;
        self.session = session;
        let map = &mut self.session.map;
        (map.found, map.watch) = (found, watch);
        (map.ports, map.voyages) = (ports, voyages);
    }

    /// Shows the panels of what was drawn; where it could not be added, says why.
    fn show_drawn(&mut self, is_added: bool, panes: [Pane; 2]) {
        if !is_added {
            let text = "what was drawn could not be added: the text of those before cannot be read; \
                        the panel says why";
            self.log.push(Message::fault(text));
        }
        self.layout.workspace = Workspace::Watch;
        panes.into_iter().for_each(|pane| self.layout.show(pane));
    }

    /// Shows a ship where and when something happened.
    fn go_to(&mut self, go_to: GoTo) {
        let GoTo { vessel, from_ms, to_ms, at_ms, places } = go_to;
        self.map.fit_places(&places);
        self.time.stop();
        self.time.brush(from_ms, to_ms);
        let Some(shown) = self.desk.trips.shown() else { return };
        let fleet = shown.value.fleet();
        let holds = |trip: &Trip| {
            let (first_ms, last_ms) = trip.time_span_ms(fleet);
            trip.vessel == vessel && (first_ms..=last_ms).contains(&at_ms)
        };
        let pick = match shown.value.trips.trips.iter().position(holds) {
            Some(trip) => Pick::Trip(trip),
            None if vessel < fleet.vessels().len() => Pick::Vessel(vessel),
            None => return,
        };
        self.selection.pick(pick, &self.desk);
    }

    /// Shows a mistake of association: where it is, and the time around it.
    fn go_to_mistake(&mut self, mistake: Mistake) {
        let Some(shown) = self.desk.associate.shown() else { return };
        let points = &shown.value.points;
        let rows: Vec<usize> = [Some(mistake.row), mistake.linked, mistake.right]
            .into_iter()
            .flatten()
            .map(|row| row as usize)
            .filter(|row| *row < points.len())
            .collect();
        let times = || rows.iter().map(|row| points.t_ms()[*row]);
        let (Some(from_ms), Some(to_ms)) = (times().min(), times().max()) else { return };
        let around_ms = AROUND_MS.max(2 * (to_ms - from_ms));
        let at = points.positions()[mistake.row as usize];
        let around = [0.0, 90.0, 180.0, 270.0].map(|bearing| destination(at, bearing, AROUND_M));
        let places = rows.iter().map(|row| points.positions()[*row]).chain(around);
        self.map.fit_places(&places.collect::<Vec<Position>>());
        self.time.stop();
        self.time.brush(from_ms.saturating_sub(around_ms), to_ms.saturating_add(around_ms));
        self.associate.look_at(mistake.row);
        (self.session.map.found, self.session.map.mistakes) = (true, true);
    }

    /// Selects a port and shows its surroundings.
    fn go_to_port(&mut self, port: PortId) {
        let Some(shown) = self.desk.ports.shown() else { return };
        let Some(of) = shown.value.table.ports().get(port.0 as usize) else { return };
        let (place, port_key) = (of.position, shown.key);
        let around = [0.0, 90.0, 180.0, 270.0].map(|bearing| destination(place, bearing, PORT_M));
        self.map.fit_places(&around);
        self.session.map.ports = true;
        self.destination.take_ports(port_key);
        self.destination.select_port(Some(port));
    }

    /// Selects a voyage and its ship.
    fn go_to_voyage(&mut self, voyage: usize, fits: bool) {
        let Some(shown) = self.desk.voyages.shown() else { return };
        self.destination.select_voyage(Some(voyage), shown.value);
        if let Some(pick) = vessel_pick(&self.desk, voyage) {
            self.selection.pick(pick, &self.desk);
        }
        let now_ms = self.time.now_ms();
        let span = shown.value.found.voyages.get(voyage).map(|of| (of.departed_ms, of.arrived_ms));
        // A moment on another voyage would show that one.
        if let (Some(now_ms), Some((from_ms, to_ms))) = (now_ms, span)
            && !(from_ms..to_ms).contains(&now_ms)
        {
            self.time.set_now_ms(from_ms);
        }
        if fits {
            self.fit_voyage();
        }
    }

    fn fit_voyage(&mut self) {
        let Some(shown) = self.desk.voyages.shown() else { return };
        let Some(voyage) = self.destination.voyage() else { return };
        let places = sailed_places(shown.value, Sail::Voyage(voyage));
        self.map.fit_places(&places);
    }

    /// Keeps the clusters that are shown, and colors both maps by cluster.
    fn pin(&mut self) {
        let Some(shown) = self.desk.clusters.shown() else { return };
        let routes = self.desk.routes.shown();
        let routes = routes.filter(|routes| Arc::ptr_eq(&routes.value.of.clusters, shown.value));
        self.clusters.pin(About {
            in_words: clusters_in_words(shown.value, &self.session),
            titles: cluster_titles(shown.value, &self.session.clusters.edits),
            routes: routes.map(|routes| (routes.key, Arc::clone(routes.value))),
        });
        self.session.map.color_by = TrackColor::Cluster;
    }

    fn each_shelf(&mut self, stage: &str, act: impl Fn(&mut dyn Shelf)) {
        self.desk.shelves_mut().into_iter().filter(|shelf| shelf.name() == stage).for_each(act);
    }

    /// Saves the project, with the map as it is seen now.
    fn save_to(&mut self, path: PathBuf) {
        let mut session = self.session.clone();
        session.map = session.map.seen_from(self.map.camera());
        self.errands.save(session, path);
    }

    fn add(&mut self, files: Vec<FileRef>) {
        files.iter().rev().for_each(|file| remember(&mut self.recent, &file.path));
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        if bytes > PREVIEW_BYTES && self.session.sources.files.is_empty() {
            self.preview.hold(files);
        } else {
            self.session.sources.add(files);
        }
    }

    /// Goes to the next or the last report of the vessel that is looked at.
    fn step_report(&mut self, is_on: bool) {
        let (Some(shown), Some(vessel)) = (self.desk.trips.shown(), self.selection.vessel()) else {
            return;
        };
        if self.selection.key() != Some(shown.key) {
            return;
        }
        let fleet = shown.value.fleet();
        let now_ms = self.time.now_ms().unwrap_or(if is_on { i64::MIN } else { i64::MAX });
        let next = if is_on {
            next_report_after(fleet, vessel, now_ms)
        } else {
            previous_report_before(fleet, vessel, now_ms)
        };
        if let Some(report) = next {
            self.time.is_playing = false;
            self.time.set_now_ms(fleet.reports().t_ms[report]);
        }
    }

    /// Writes the report of what is shown, on a thread: the results are shared, not copied.
    fn report(&mut self, page: PathBuf) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let about = ReportAbout {
            made_ms: now.as_millis() as i64,
            project: self.project.clone(),
            ..ReportAbout::default()
        };
        let order = Order { about, page, folder: None, is_software: false };
        self.errands.report(self.desk.clone(), self.session.clone(), order);
    }

    /// Writes a stage's result, on a thread: the results are shared, not copied.
    fn export(&mut self, stage: &'static str, folder: PathBuf) {
        if let Some(write) = self.desk.exporter(stage) {
            self.errands.export(move || write(&folder, &Job::default()));
        } else {
            self.log.push(Message::fault(format!("{stage} has no result to export yet")));
        }
    }
}
