//! Every action: panels ask for it, the app does it.

use std::path::PathBuf;
use std::sync::Arc;

use super::layout::{Pane, Workspace};
use super::map::{Drawn, Tool};
use super::selection::Pick;
use crate::ais::PortId;
use crate::associate::Mistake;
use crate::base::chart::Chart;
use crate::base::geo::Position;
use crate::flow::Session;
use crate::flow::session::FileRef;

/// Something a panel, a shortcut or a finished errand asks the app to do.
pub enum Command {
    /// Ask the user for files.
    AskForFiles,
    /// Ask the user for a folder.
    AskForFolder,
    /// Ask the user for a file of map tiles.
    AskForTiles,
    /// Lay the map tiles of this file under everything.
    UseTiles(PathBuf),
    /// Ask the user for a file of prediction models.
    AskForModel,
    /// Predict by the models of this file; of none: by those that are fitted.
    UseModel(Option<PathBuf>),
    /// Ask the user for a list of ports.
    AskForPorts,
    /// Take the ports of this list; of none: the bundled ones.
    UsePorts(Option<PathBuf>),
    /// Ask the user for files of voyages to learn arrivals from, or (`true`) to be scored on.
    AskForSailings(bool),
    /// Take these.
    UseSailings(bool, Vec<PathBuf>),
    /// Ask the user for a file of routes that others sailed.
    AskForRoutes,
    /// Tell destinations by the routes of this file; of none: by those of the voyages at hand.
    UseRoutes(Option<PathBuf>),
    /// Ask the user for the folder of a network that tells destinations.
    AskForTeller,
    /// Tell destinations by the network of this folder; of none: by one that is trained now.
    UseTeller(Option<PathBuf>),
    /// Select a port and show it on the map.
    GoToPort(PortId),
    /// Select a voyage, as an index into those that are shown, and show it on the map if wanted.
    GoToVoyage(usize, bool),
    /// Ask the user where a model of training lies, by its place in the list of models.
    AskToLoad(usize),
    /// Check the model there and, if nothing is wrong with it, take it.
    Load(usize, PathBuf),
    /// Take the model that lies there; nowhere: train it.
    UseNetwork(usize, Option<PathBuf>),
    /// Ask the user for a folder, and keep the model of this run there.
    AskToKeep(u64),
    /// Keep the model of this run in this folder.
    Keep(u64, PathBuf),
    /// The model of this run was kept here.
    Kept(u64, PathBuf),
    /// Set everything as it was for this run.
    UseRun(u64),
    /// Take a run off the list.
    ForgetRun(u64),
    /// Remove what was kept of a run from the disk, and take it off the list.
    RemoveKept(u64),
    /// What was kept of this run was removed from the disk.
    Removed(u64, PathBuf),
    /// Look at these files, folders or projects, and open them.
    Open(Vec<PathBuf>),
    /// Add files that were looked at.
    Add(Vec<FileRef>),
    /// Read the files whose preview is shown.
    ReadPending,
    /// Forget the files whose preview is shown.
    DropPending,
    /// Show how a source is understood.
    Preview(FileRef),
    /// Close one source.
    Remove(PathBuf),
    /// Close all sources.
    CloseAll,
    /// Look at all sources again, as they stand now.
    Reload,
    /// Open made traffic.
    Demo,
    /// Open made voyages between the ports of the world.
    World,
    /// Ask where to save the project.
    AskToSave,
    /// Save the project where it was saved before, or ask.
    Save,
    /// Save the project here.
    SaveTo(PathBuf),
    /// The project was saved here.
    Saved(PathBuf),
    /// Take over an opened project.
    Adopt(PathBuf, Box<Session>),
    /// Ask for a folder and write a stage's result there.
    AskToExport(&'static str),
    /// Write a stage's result into this folder.
    Export(&'static str, PathBuf),
    /// Ask where to write the report.
    AskForReport,
    /// Write the report of what is shown as this page.
    WriteReport(PathBuf),
    /// Stop the errand that takes its time.
    CancelErrand,
    /// Ask where to save this plot, and save it.
    SavePlot(Arc<Chart>),
    /// Stop a stage.
    Cancel(&'static str),
    /// Try a stage again.
    Retry(&'static str),
    /// Take back the last act.
    Undo,
    /// Do it again after all.
    Redo,
    /// Show all of the data on the map.
    FitAll,
    /// Show the selected trip on the map.
    FitSelection,
    /// Show these places on the map.
    FitPlaces(Vec<Position>),
    /// Change the selection.
    Select(Pick),
    /// Select these trips, as indices into all, and no others.
    SelectTrips(Vec<usize>),
    /// Look at this mistake of association: map and time window go there.
    GoToMistake(Mistake),
    /// Look at the next (`true`) or the last mistake of those that are listed.
    StepMistake(bool),
    /// Take up what was drawn on the map: an area to filter by, a gate, an area under watch.
    TakeDrawn(Drawn),
    /// Go to a ship: map, time window and selection go there.
    GoTo(GoTo),
    /// Look at all trips again.
    ClearFilters,
    /// Change what the pointer does on the map.
    TakeUp(Tool),
    /// Play, or pause.
    Play,
    /// Let go of the moment: show the whole window at once.
    Stop,
    /// Step by milliseconds.
    Step(i64),
    /// Step to the next (`true`) or the last report of the vessel that is looked at.
    StepReport(bool),
    /// Play faster (`true`) or slower.
    ChangeSpeed(bool),
    /// Show all times.
    ClearBrush,
    /// Bring a panel to the front.
    Show(Pane),
    /// Close a panel or bring it back.
    Toggle(Pane),
    /// Change the arrangement of panels.
    Enter(Workspace),
    /// Arrange the panels as they were at first.
    ResetLayout,
    /// Give the map the window for itself, or no longer.
    ToggleMapAlone,
    /// Dark, light, or as the system has it.
    UseTheme(egui::ThemePreference),
    /// Search commands, panels and vessels by name.
    OpenPalette,
    /// Forget which files were opened.
    ForgetRecent,
    /// Keep the clusters that are shown, and show later ones beside them.
    Pin,
    /// Let go of them: one map again.
    Unpin,
    /// Tell the user something.
    Say(Message),
    /// Close the message.
    Dismiss(usize),
}

/// A ship at a time and place.
#[derive(Clone, PartialEq, Debug)]
pub struct GoTo {
    /// The ship, as an index of the vessel in the cleaned fleet.
    pub vessel: usize,
    /// The window of time begins, UTC milliseconds,
    pub from_ms: i64,
    /// and ends.
    pub to_ms: i64,
    /// The moment: her trip at that time is selected.
    pub at_ms: i64,
    /// The map shows these.
    pub places: Vec<Position>,
}

/// Something to tell the user, which stays until it is closed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Message {
    /// What was found, what it means, what can be done.
    pub text: String,
    /// Whether something went wrong.
    pub is_fault: bool,
    /// Whether the user closed it; the log keeps it.
    pub is_closed: bool,
}

impl Message {
    /// News.
    pub fn news(text: impl Into<String>) -> Message {
        Message { text: text.into(), is_fault: false, is_closed: false }
    }

    /// Something went wrong.
    pub fn fault(text: impl Into<String>) -> Message {
        Message { text: text.into(), is_fault: true, is_closed: false }
    }
}

/// What was asked for and not done yet.
#[derive(Default)]
pub struct Commands(Vec<Command>);

impl Commands {
    /// Asks for something.
    pub fn ask(&mut self, command: Command) {
        self.0.push(command);
    }

    /// Takes everything that was asked for, in order.
    pub fn take(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.0)
    }
}
