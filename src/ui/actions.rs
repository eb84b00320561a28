//! Everything that can be asked for, once: menus, shortcuts and the command palette read this list.

use egui::{Context, Key, KeyboardShortcut, Modifiers, ThemePreference};

use super::command::{Command, Commands};
use super::layout::{Pane, Workspace};
use super::map::Tool;
use super::selection::Pick;

/// Where an action stands in the menu bar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Menu {
    /// Files and projects.
    File,
    /// Taking back.
    Edit,
    /// What the map shows and where.
    View,
    /// Working on results.
    Analysis,
    /// Playing.
    Time,
    /// Panels.
    Window,
}

impl Menu {
    /// All menus, from left to right.
    pub const ALL: [Menu; 6] =
        [Menu::File, Menu::Edit, Menu::View, Menu::Analysis, Menu::Time, Menu::Window];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Menu::File => "File",
            Menu::Edit => "Edit",
            Menu::View => "View",
            Menu::Analysis => "Analysis",
            Menu::Time => "Time",
            Menu::Window => "Window",
        }
    }
}

/// What an action may depend on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Status {
    /// There is something to read.
    pub has_sources: bool,
    /// There are results.
    pub has_trips: bool,
    /// There are clusters.
    pub has_clusters: bool,
    /// Clusters are pinned.
    pub has_pinned: bool,
    /// Association has mistakes that can be gone through.
    pub has_mistakes: bool,
    /// Something is selected.
    pub has_selection: bool,
    /// There is something to take back.
    pub has_undo: bool,
    /// There is something to do again.
    pub has_redo: bool,
    /// A dialog is open already.
    pub is_asking: bool,
}

/// Something that can be asked for.
pub struct Action {
    /// What it is called.
    pub title: &'static str,
    /// Where it stands.
    pub menu: Menu,
    /// Actions of one number stand together.
    pub group: u8,
    /// The keys that ask for it.
    pub keys: Option<KeyboardShortcut>,
    /// Whether it can be asked for now.
    pub is_on: fn(&Status) -> bool,
    /// What is asked for.
    pub command: fn() -> Command,
}

const NONE: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };
const MINUTE_MS: i64 = 60_000;

const fn action(
    menu: Menu,
    group: u8,
    title: &'static str,
    keys: Option<(Modifiers, Key)>,
    is_on: fn(&Status) -> bool,
    command: fn() -> Command,
) -> Action {
    let keys = match keys {
        Some((modifiers, key)) => Some(KeyboardShortcut::new(modifiers, key)),
        None => None,
    };
    Action { title, menu, group, keys, is_on, command }
}

/// All of them, in the order of the menus.
pub const ACTIONS: &[Action] = {
    use Command as C;
    use Menu::{Analysis, Edit, File, Time, View, Window};
    const ALWAYS: fn(&Status) -> bool = |_| true;
    const NOT_ASKING: fn(&Status) -> bool = |status| !status.is_asking;
    const SOURCES: fn(&Status) -> bool = |status| status.has_sources;
    const EXPORTS: fn(&Status) -> bool = |status| status.has_trips && !status.is_asking;
    const TRIPS: fn(&Status) -> bool = |status| status.has_trips;
    const CLUSTERS: fn(&Status) -> bool = |status| status.has_clusters;
    const PINNED: fn(&Status) -> bool = |status| status.has_pinned;
    const SELECTION: fn(&Status) -> bool = |status| status.has_selection;
    const MISTAKES: fn(&Status) -> bool = |status| status.has_mistakes;
    &[
        action(File, 0, "Open files…", Some((CTRL, Key::O)), NOT_ASKING, || C::AskForFiles),
        action(File, 0, "Open folder…", Some((CTRL_SHIFT, Key::O)), NOT_ASKING, || {
            C::AskForFolder
        }),
        action(File, 0, "Open made demo traffic", None, ALWAYS, || C::Demo),
        action(File, 0, "Open made world voyages", None, ALWAYS, || C::World),
        action(File, 1, "Read sources again", Some((CTRL, Key::R)), SOURCES, || C::Reload),
        action(File, 1, "Close all sources", None, SOURCES, || C::CloseAll),
        action(File, 1, "Choose a list of ports…", None, NOT_ASKING, || C::AskForPorts),
        action(File, 2, "Save project", Some((CTRL, Key::S)), NOT_ASKING, || C::Save),
        action(File, 2, "Save project as…", Some((CTRL_SHIFT, Key::S)), NOT_ASKING, || {
            C::AskToSave
        }),
        action(File, 3, "Export trips…", None, EXPORTS, || C::AskToExport("trips")),
        action(File, 3, "Export filtered trips…", None, EXPORTS, || C::AskToExport("filter")),
        action(File, 3, "Export cleaned reports…", None, EXPORTS, || C::AskToExport("clean")),
        action(File, 3, "Export reports and refused rows…", None, EXPORTS, || {
            C::AskToExport("ingest")
        }),
        action(File, 3, "Write report…", Some((CTRL_SHIFT, Key::R)), EXPORTS, || C::AskForReport),
        action(File, 4, "Forget recent files", None, ALWAYS, || C::ForgetRecent),
        action(Edit, 0, "Undo", Some((CTRL, Key::Z)), |status| status.has_undo, || C::Undo),
        action(Edit, 0, "Redo", Some((CTRL_SHIFT, Key::Z)), |status| status.has_redo, || C::Redo),
        action(Edit, 1, "Search commands…", Some((CTRL, Key::P)), ALWAYS, || C::OpenPalette),
        action(View, 0, "Fit to selection", Some((NONE, Key::F)), SOURCES, || C::FitSelection),
        action(View, 0, "Fit to data", Some((SHIFT, Key::F)), SOURCES, || C::FitAll),
        action(View, 0, "Clear selection", Some((NONE, Key::Escape)), SELECTION, || {
            C::Select(Pick::Nothing)
        }),
        action(View, 1, "Clear all filters", None, TRIPS, || C::ClearFilters),
        action(View, 1, "Filter by a box", Some((NONE, Key::B)), TRIPS, || {
            C::TakeUp(Tool::Box(None))
        }),
        action(View, 1, "Filter by a polygon", Some((NONE, Key::P)), TRIPS, || {
            C::TakeUp(Tool::Polygon(Vec::new()))
        }),
        action(View, 1, "Draw a gate", Some((NONE, Key::G)), TRIPS, || C::TakeUp(Tool::Gate(None))),
        action(View, 1, "Draw an area under watch", Some((NONE, Key::A)), TRIPS, || {
            C::TakeUp(Tool::Area(Vec::new()))
        }),
        action(
            Analysis,
            0,
            "Pin these clusters to compare",
            Some((CTRL, Key::D)),
            CLUSTERS,
            || C::Pin,
        ),
        action(Analysis, 0, "Unpin: one map again", Some((CTRL_SHIFT, Key::D)), PINNED, || {
            C::Unpin
        }),
        action(Analysis, 1, "Next mistake of association", Some((NONE, Key::N)), MISTAKES, || {
            C::StepMistake(true)
        }),
        action(Analysis, 1, "Last mistake of association", Some((SHIFT, Key::N)), MISTAKES, || {
            C::StepMistake(false)
        }),
        action(Time, 0, "Play or pause", Some((NONE, Key::Space)), TRIPS, || C::Play),
        action(
            Time,
            0,
            "Stop: show all times at once",
            Some((NONE, Key::Backspace)),
            TRIPS,
            || C::Stop,
        ),
        action(Time, 1, "A minute on", Some((NONE, Key::ArrowRight)), TRIPS, || C::Step(MINUTE_MS)),
        action(Time, 1, "A minute back", Some((NONE, Key::ArrowLeft)), TRIPS, || {
            C::Step(-MINUTE_MS)
        }),
        action(Time, 1, "An hour on", Some((SHIFT, Key::ArrowRight)), TRIPS, || {
            C::Step(60 * MINUTE_MS)
        }),
        action(Time, 1, "An hour back", Some((SHIFT, Key::ArrowLeft)), TRIPS, || {
            C::Step(-60 * MINUTE_MS)
        }),
        action(Time, 1, "Next report of the vessel", Some((NONE, Key::Period)), SELECTION, || {
            C::StepReport(true)
        }),
        action(Time, 1, "Last report of the vessel", Some((NONE, Key::Comma)), SELECTION, || {
            C::StepReport(false)
        }),
        action(Time, 2, "Play faster", Some((NONE, Key::CloseBracket)), TRIPS, || {
            C::ChangeSpeed(true)
        }),
        action(Time, 2, "Play slower", Some((NONE, Key::OpenBracket)), TRIPS, || {
            C::ChangeSpeed(false)
        }),
        action(Time, 3, "Clear the time window", None, TRIPS, || C::ClearBrush),
        action(Window, 0, "Explore", Some((CTRL, Key::Num1)), ALWAYS, || {
            C::Enter(Workspace::Explore)
        }),
        action(Window, 0, "Prepare", Some((CTRL, Key::Num2)), ALWAYS, || {
            C::Enter(Workspace::Prepare)
        }),
        action(Window, 0, "Compress", Some((CTRL, Key::Num3)), ALWAYS, || {
            C::Enter(Workspace::Compress)
        }),
        action(Window, 0, "Cluster", Some((CTRL, Key::Num4)), ALWAYS, || {
            C::Enter(Workspace::Cluster)
        }),
        action(Window, 0, "Predict", Some((CTRL, Key::Num5)), ALWAYS, || {
            C::Enter(Workspace::Predict)
        }),
        action(Window, 0, "Associate", Some((CTRL, Key::Num6)), ALWAYS, || {
            C::Enter(Workspace::Associate)
        }),
        action(Window, 0, "Destinations", Some((CTRL, Key::Num7)), ALWAYS, || {
            C::Enter(Workspace::Destinations)
        }),
        action(Window, 0, "Watch", Some((CTRL, Key::Num8)), ALWAYS, || C::Enter(Workspace::Watch)),
        action(Window, 0, "Models", Some((CTRL, Key::Num9)), ALWAYS, || C::Enter(Workspace::Train)),
        action(Window, 1, "Map alone", Some((CTRL, Key::B)), ALWAYS, || C::ToggleMapAlone),
        action(Window, 1, "Reset the arrangement", None, ALWAYS, || C::ResetLayout),
        action(Window, 2, "Sources panel", None, ALWAYS, || C::Toggle(Pane::Sources)),
        action(Window, 2, "Layers panel", None, ALWAYS, || C::Toggle(Pane::Layers)),
        action(Window, 2, "Filters panel", None, ALWAYS, || C::Toggle(Pane::Filters)),
        action(Window, 2, "Clean and cut panel", None, ALWAYS, || C::Toggle(Pane::Prepare)),
        action(Window, 2, "Inspector panel", None, ALWAYS, || C::Toggle(Pane::Inspector)),
        action(Window, 2, "Trips panel", None, ALWAYS, || C::Toggle(Pane::Trips)),
        action(Window, 2, "Vessels panel", None, ALWAYS, || C::Toggle(Pane::Vessels)),
        action(Window, 2, "Profile panel", None, ALWAYS, || C::Toggle(Pane::Profile)),
        action(Window, 2, "Distributions panel", None, ALWAYS, || C::Toggle(Pane::Distributions)),
        action(Window, 2, "Motion outliers panel", None, ALWAYS, || C::Toggle(Pane::Outliers)),
        action(Window, 2, "Turns and loops panel", None, ALWAYS, || C::Toggle(Pane::OutlierList)),
        action(Window, 2, "Compression panel", None, ALWAYS, || C::Toggle(Pane::Compress)),
        action(Window, 2, "Retention panel", None, ALWAYS, || C::Toggle(Pane::Retention)),
        action(Window, 2, "Before and after panel", None, ALWAYS, || C::Toggle(Pane::BeforeAfter)),
        action(Window, 2, "Thresholds panel", None, ALWAYS, || C::Toggle(Pane::Thresholds)),
        action(Window, 2, "Clustering panel", None, ALWAYS, || C::Toggle(Pane::Clustering)),
        action(Window, 2, "Clusters panel", None, ALWAYS, || C::Toggle(Pane::Clusters)),
        action(Window, 2, "k-distance panel", None, ALWAYS, || C::Toggle(Pane::KDistance)),
        action(Window, 2, "Reachability panel", None, ALWAYS, || C::Toggle(Pane::Reachability)),
        action(Window, 2, "Scores panel", None, ALWAYS, || C::Toggle(Pane::Scores)),
        action(Window, 2, "Pairs tried panel", None, ALWAYS, || C::Toggle(Pane::Pairs)),
        action(Window, 2, "Eigenvalues panel", None, ALWAYS, || C::Toggle(Pane::Eigenvalues)),
        action(Window, 2, "Embedding panel", None, ALWAYS, || C::Toggle(Pane::Embedding)),
        action(Window, 2, "Training curves panel", None, ALWAYS, || C::Toggle(Pane::Training)),
        action(Window, 2, "Deep and baseline panel", None, ALWAYS, || C::Toggle(Pane::DecStudy)),
        action(Window, 2, "Training panel", None, ALWAYS, || C::Toggle(Pane::Network)),
        action(Window, 2, "Runs panel", None, ALWAYS, || C::Toggle(Pane::Runs)),
        action(Window, 2, "Study of distances panel", None, ALWAYS, || C::Toggle(Pane::Study)),
        action(Window, 2, "Prediction panel", None, ALWAYS, || C::Toggle(Pane::Predict)),
        action(Window, 2, "Errors of methods panel", None, ALWAYS, || {
            C::Toggle(Pane::PredictScores)
        }),
        action(Window, 2, "Error by time ahead panel", None, ALWAYS, || {
            C::Toggle(Pane::PredictErrors)
        }),
        action(Window, 2, "Worst cases panel", None, ALWAYS, || C::Toggle(Pane::Worst)),
        action(Window, 2, "Predicted path panel", None, ALWAYS, || C::Toggle(Pane::Path)),
        action(Window, 2, "Association panel", None, ALWAYS, || C::Toggle(Pane::Associate)),
        action(Window, 2, "Segments panel", None, ALWAYS, || C::Toggle(Pane::Segments)),
        action(Window, 2, "Mistakes panel", None, ALWAYS, || C::Toggle(Pane::Mistakes)),
        action(Window, 2, "Methods compared panel", None, ALWAYS, || {
            C::Toggle(Pane::AssociateMethods)
        }),
        action(Window, 2, "Encounters panel", None, ALWAYS, || C::Toggle(Pane::Encounters)),
        action(Window, 2, "Encounters found panel", None, ALWAYS, || {
            C::Toggle(Pane::EncounterList)
        }),
        action(Window, 2, "Encounter plots panel", None, ALWAYS, || {
            C::Toggle(Pane::EncounterPlots)
        }),
        action(Window, 2, "Encounters ahead panel", None, ALWAYS, || C::Toggle(Pane::Ahead)),
        action(Window, 2, "Oddities panel", None, ALWAYS, || C::Toggle(Pane::Oddities)),
        action(Window, 2, "Oddities found panel", None, ALWAYS, || C::Toggle(Pane::OddityList)),
        action(Window, 2, "Gates panel", None, ALWAYS, || C::Toggle(Pane::Gates)),
        action(Window, 2, "Across the gate panel", None, ALWAYS, || C::Toggle(Pane::Lateral)),
        action(Window, 2, "Crossings counted panel", None, ALWAYS, || C::Toggle(Pane::GateCounts)),
        action(Window, 2, "Crossings panel", None, ALWAYS, || C::Toggle(Pane::Crossings)),
        action(Window, 2, "Areas panel", None, ALWAYS, || C::Toggle(Pane::Areas)),
        action(Window, 2, "Area events panel", None, ALWAYS, || C::Toggle(Pane::AreaEvents)),
        action(Window, 2, "Density panel", None, ALWAYS, || C::Toggle(Pane::Density)),
        action(Window, 2, "Densest cells panel", None, ALWAYS, || C::Toggle(Pane::Densest)),
        action(Window, 2, "Ports and voyages panel", None, ALWAYS, || {
            C::Toggle(Pane::Destinations)
        }),
        action(Window, 2, "Where bound panel", None, ALWAYS, || C::Toggle(Pane::Bound)),
        action(Window, 2, "Voyages panel", None, ALWAYS, || C::Toggle(Pane::Voyages)),
        action(Window, 2, "Typed destinations panel", None, ALWAYS, || C::Toggle(Pane::Texts)),
        action(Window, 2, "Ports panel", None, ALWAYS, || C::Toggle(Pane::Ports)),
        action(Window, 2, "Destination scores panel", None, ALWAYS, || {
            C::Toggle(Pane::DestinationScores)
        }),
        action(Window, 2, "Arrival scores panel", None, ALWAYS, || C::Toggle(Pane::EtaScores)),
        action(Window, 2, "Log panel", None, ALWAYS, || C::Toggle(Pane::Log)),
        action(Window, 3, "Dark theme", None, ALWAYS, || C::UseTheme(ThemePreference::Dark)),
        action(Window, 3, "Light theme", None, ALWAYS, || C::UseTheme(ThemePreference::Light)),
        action(Window, 3, "Theme of the system", None, ALWAYS, || {
            C::UseTheme(ThemePreference::System)
        }),
    ]
};

/// Asks for what the pressed keys stand for. Keys without Ctrl are left to a text that is edited.
pub fn act_on_keys(context: &Context, status: &Status, commands: &mut Commands) {
    let is_typing = context.egui_wants_keyboard_input();
    // Keys with more modifiers first: Ctrl+Z would take Ctrl+Shift+Z too.
    let n_modifiers =
        |keys: &KeyboardShortcut| u8::from(keys.modifiers.shift) + u8::from(keys.modifiers.command);
    for n in [2, 1, 0] {
        for action in ACTIONS {
            let Some(keys) = action.keys.filter(|keys| n_modifiers(keys) == n) else { continue };
            let is_left = is_typing && !keys.modifiers.command;
            if !is_left
                && (action.is_on)(status)
                && context.input_mut(|input| input.consume_shortcut(&keys))
            {
                commands.ask((action.command)());
            }
        }
    }
    // As on other systems.
    let redo = KeyboardShortcut::new(CTRL, Key::Y);
    if status.has_redo && context.input_mut(|input| input.consume_shortcut(&redo)) {
        commands.ask(Command::Redo);
    }
}

/// How keys are written in menus.
pub fn keys_text(keys: &KeyboardShortcut) -> String {
    let mut text = String::new();
    if keys.modifiers.command {
        text += "Ctrl+";
    }
    if keys.modifiers.shift {
        text += "Shift+";
    }
    text + match keys.logical_key {
        Key::ArrowLeft => "Left",
        Key::ArrowRight => "Right",
        Key::Escape => "Esc",
        Key::Period => ".",
        Key::Comma => ",",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        key => key.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_keys_or_a_title() {
        for (place, action) in ACTIONS.iter().enumerate() {
            for other in &ACTIONS[place + 1..] {
                assert_ne!(action.title, other.title);
                if let (Some(keys), Some(others)) = (action.keys, other.keys) {
                    assert_ne!(keys, others, "{} and {}", action.title, other.title);
                }
            }
        }
    }

    #[test]
    fn every_panel_and_workspace_has_its_action() {
        for pane in Pane::ALL.into_iter().filter(|pane| *pane != Pane::Map) {
            let is_its =
                |action: &&Action| matches!((action.command)(), Command::Toggle(of) if of == pane);
            assert!(ACTIONS.iter().any(|action| is_its(&action)), "{pane:?}");
        }
        for workspace in Workspace::ALL {
            let is_its = |action: &&Action| matches!((action.command)(), Command::Enter(of) if of == workspace);
            assert!(ACTIONS.iter().any(|action| is_its(&action)), "{workspace:?}");
        }
    }

    #[test]
    fn keys_are_written_as_on_the_keyboard() {
        assert_eq!(keys_text(&KeyboardShortcut::new(CTRL_SHIFT, Key::Z)), "Ctrl+Shift+Z");
        assert_eq!(keys_text(&KeyboardShortcut::new(NONE, Key::OpenBracket)), "[");
    }
}
