//! The application: `logic` brings the desk up to date, `ui` lays out the panels.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use egui::util::undoer::Undoer;
use egui::{Context, Key as Button, KeyboardShortcut, Modifiers, Ui};

use super::command::{Command, Commands, Message};
use super::errand::Errands;
use super::map::MapPanel;
use super::panels::{self, Preview};
use super::theme;
use crate::base::job::Job;
use crate::base::text::grouped;
use crate::flow::desk::Wanted;
use crate::flow::session::FileRef;
use crate::flow::stage::{Stage as _, short_name};
use crate::flow::stages::{Clean, Ingest, TripsStage};
use crate::flow::tray::Shelf;
use crate::flow::{Desk, Jobs, Key, Session};

/// Files of more than this together are shown as a preview before they are read.
const PREVIEW_BYTES: u64 = 200 << 20;

/// Modifiers and key, and what they ask for.
type Shortcut = (Modifiers, Button, fn() -> Command);

/// The window's state.
pub struct App {
    /// Everything the user set up.
    pub session: Session,
    /// Everything computed.
    pub desk: Desk,
    jobs: Jobs,
    commands: Commands,
    undoer: Undoer<Session>,
    errands: Errands,
    messages: Vec<Message>,
    project: Option<PathBuf>,
    preview: Preview,
    map: MapPanel,
    selected: Option<(Key, usize)>,
    /// The result whose data the map was fitted to.
    fitted: Option<Key>,
    path_field: String,
}

impl App {
    /// A window with nothing in it yet.
    pub fn new(creation: &eframe::CreationContext) -> App {
        let context = creation.egui_ctx.clone();
        theme::apply(&context);
        let wake = context.clone();
        App {
            session: Session::default(),
            desk: Desk::default(),
            jobs: Jobs::Threads { wake: Arc::new(move || wake.request_repaint()) },
            commands: Commands::default(),
            undoer: Undoer::default(),
            errands: Errands::new(context),
            messages: Vec::new(),
            project: None,
            preview: Preview::default(),
            map: MapPanel::new(creation),
            selected: None,
            fitted: None,
            path_field: String::new(),
        }
    }

    /// Opens what the command line named.
    pub fn begin(&mut self, inputs: Vec<PathBuf>, is_demo: bool, settings: &[String]) {
        if is_demo {
            self.commands.ask(Command::Demo);
        }
        if !inputs.is_empty() {
            self.commands.ask(Command::Open(inputs));
        }
        for setting in settings {
            if let Err(fault) = self.session.set(setting) {
                self.messages.push(Message::fault(fault));
            }
        }
    }

    /// Asks the window to do something, as a panel would.
    pub fn ask(&mut self, command: Command) {
        self.commands.ask(command);
    }

    fn act(&mut self, command: Command, context: &Context) {
        match command {
            Command::AskForFiles => self.errands.ask_for_files(),
            Command::AskForFolder => self.errands.ask_for_folder(),
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
                self.session.sources.made = None;
            }
            Command::Reload => {
                let paths = self.session.sources.paths();
                self.errands.look_at(paths);
            }
            Command::Demo => self.session.sources.make_demo(),
            Command::AskToSave => self.errands.ask_to_save(),
            Command::Save => match self.project.clone() {
                Some(path) => self.errands.save(self.session.clone(), path),
                None => self.errands.ask_to_save(),
            },
            Command::SaveTo(path) => self.errands.save(self.session.clone(), path),
            Command::Saved(path) => {
                self.messages.push(Message::news(format!("saved {}", path.display())));
                self.project = Some(path);
            }
            Command::Adopt(path, session) => {
                self.session = *session;
                self.project = Some(path);
                self.fitted = None;
            }
            Command::AskToExport(stage) => self.errands.ask_to_export(stage),
            Command::Export(stage, folder) => self.export(stage, folder),
            Command::Cancel(stage) => self.each_shelf(stage, |shelf| shelf.cancel()),
            Command::Retry(stage) => self.each_shelf(stage, |shelf| shelf.request()),
            Command::Undo => {
                if let Some(session) = self.undoer.undo(&self.session) {
                    self.session = session.clone();
                }
            }
            Command::Redo => {
                if let Some(session) = self.undoer.redo(&self.session) {
                    self.session = session.clone();
                }
            }
            Command::FitAll => self.map.fit_all(&self.desk),
            Command::FitSelection => match (self.selected, self.desk.trips.shown()) {
                (Some((key, trip)), Some(shown)) if shown.key == key => {
                    self.map.fit_trip(shown.value, trip);
                }
                _ => self.map.fit_all(&self.desk),
            },
            Command::Select(selected) => self.selected = selected,
            Command::Say(message) => self.messages.push(message),
            Command::Dismiss(place) => {
                if place < self.messages.len() {
                    self.messages.remove(place);
                }
            }
        }
        context.request_repaint();
    }

    fn each_shelf(&mut self, stage: &str, act: impl Fn(&mut dyn Shelf)) {
        self.desk.shelves_mut().into_iter().filter(|shelf| shelf.name() == stage).for_each(act);
    }

    fn add(&mut self, files: Vec<FileRef>) {
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        if bytes > PREVIEW_BYTES && self.session.sources.files.is_empty() {
            self.preview.hold(files);
        } else {
            self.session.sources.add(files);
        }
    }

    /// Writes a stage's result, on a thread: the results are shared, not copied.
    fn export(&mut self, stage: &'static str, folder: PathBuf) {
        if stage == short_name(TripsStage::NAME)
            && let Some(shown) = self.desk.trips.shown()
        {
            let result = Arc::clone(shown.value);
            self.errands.export(move || TripsStage::export(&result, &folder, &Job::default()));
        } else if stage == short_name(Clean::NAME)
            && let Some(shown) = self.desk.clean.shown()
        {
            let result = Arc::clone(shown.value);
            self.errands.export(move || Clean::export(&result, &folder, &Job::default()));
        } else if stage == short_name(Ingest::NAME)
            && let Some(shown) = self.desk.ingest.shown()
        {
            let result = Arc::clone(shown.value);
            self.errands.export(move || Ingest::export(&result, &folder, &Job::default()));
        } else {
            self.messages.push(Message::fault(format!("{stage} has no result to export yet")));
        }
    }

    fn shortcuts(&mut self, context: &Context) {
        let pressed = |modifiers, key| {
            context
                .input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)))
        };
        let all: [Shortcut; 6] = [
            (Modifiers::COMMAND, Button::O, || Command::AskForFiles),
            (Modifiers::COMMAND.plus(Modifiers::SHIFT), Button::S, || Command::AskToSave),
            (Modifiers::COMMAND, Button::S, || Command::Save),
            (Modifiers::COMMAND.plus(Modifiers::SHIFT), Button::Z, || Command::Redo),
            (Modifiers::COMMAND, Button::Z, || Command::Undo),
            (Modifiers::COMMAND, Button::Y, || Command::Redo),
        ];
        for (modifiers, key, command) in all {
            if pressed(modifiers, key) {
                self.commands.ask(command());
            }
        }
        if !context.egui_wants_keyboard_input() {
            if pressed(Modifiers::NONE, Button::F) {
                self.commands.ask(Command::FitSelection);
            }
            if pressed(Modifiers::NONE, Button::Escape) {
                self.commands.ask(Command::Select(None));
            }
        }
        let dropped: Vec<PathBuf> = context.input(|input| {
            input
                .raw
                .dropped_files
                .iter()
                .map(|file| file.path().to_owned())
                .filter(|path| !path.as_os_str().is_empty())
                .collect()
        });
        if !dropped.is_empty() {
            self.commands.ask(Command::Open(dropped));
        }
    }
}

impl eframe::App for App {
    fn logic(&mut self, context: &Context, _: &mut eframe::Frame) {
        let brought = self.errands.collect();
        brought.into_iter().for_each(|command| self.commands.ask(command));
        for command in self.commands.take() {
            self.act(command, context);
        }
        self.desk.update(&self.session, &self.jobs, &Wanted::all());
        self.preview.update(&self.session, &self.jobs);
        self.undoer.feed_state(context.input(|input| input.time), &self.session);
        self.map.update(&self.desk, &self.jobs);
        // New data comes into view once; after that the view is the user's.
        if let Some(shown) = self.desk.ingest.shown().filter(|shown| !shown.is_stale)
            && self.fitted != Some(shown.key)
        {
            self.fitted = Some(shown.key);
            self.map.fit_all(&self.desk);
        }
        if self.desk.is_busy() || self.preview.is_busy() || self.map.is_busy() {
            context.request_repaint_after(Duration::from_millis(100)); // The progress bars.
        }
    }

    fn ui(&mut self, ui: &mut Ui, _: &mut eframe::Frame) {
        self.shortcuts(&ui.ctx().clone());
        let before = self.session.clone();
        let App {
            session,
            desk,
            commands,
            undoer,
            errands,
            messages,
            preview,
            map,
            selected,
            path_field,
            ..
        } = self;
        let undo = (undoer.has_undo(session), undoer.has_redo(session));
        egui::Panel::top("menu").show(ui, |ui| {
            panels::menu(ui, commands, undo, errands.is_busy(), !session.sources.is_empty());
        });
        egui::Panel::bottom("status")
            .show(ui, |ui| panels::status(ui, session, desk, map, commands));
        if !messages.is_empty() {
            egui::Panel::bottom("messages").show(ui, |ui| panels::messages(ui, messages, commands));
        }
        egui::Panel::left("sources")
            .resizable(true)
            .default_size(300.0)
            .size_range(220.0..=560.0)
            .show(ui, |ui| {
                panels::sources(ui, session, desk, map, commands, errands.is_busy(), path_field);
            });
        if !session.sources.is_empty() {
            egui::Panel::right("parameters")
                .resizable(true)
                .default_size(310.0)
                .size_range(240.0..=520.0)
                .show(ui, |ui| {
                    panels::prepare(ui, session, desk, commands);
                });
            egui::Panel::bottom("results")
                .resizable(true)
                .default_size(190.0)
                .size_range(120.0..=500.0)
                .show(ui, |ui| {
                    panels::results(ui, desk, *selected, commands);
                });
        }
        egui::CentralPanel::default().frame(egui::Frame::NONE).show(ui, |ui| {
            map.ui(ui, desk, *selected, commands);
            if session.sources.is_empty() && !preview.is_open() {
                panels::start(ui, commands, errands.is_busy());
            }
        });
        panels::preview(ui.ctx(), preview, &mut session.sources.mapping, commands);
        if *session != before {
            ui.ctx().request_repaint(); // The next `logic` acts on the edit.
        }
    }
}

/// `n reports · m vessels`, for the status bar.
pub fn data_line(desk: &Desk) -> String {
    let Some(shown) = desk.ingest.shown() else { return "no data".into() };
    let fleet = &shown.value.fleet;
    format!(
        "{} reports · {} vessels",
        grouped(fleet.reports().len() as u64),
        grouped(fleet.vessels().len() as u64)
    )
}
