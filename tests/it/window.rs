//! The window as tests drive it: opened without a screen, played frame by frame, asked by label.

use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, Node};
use fairway::ui::app::App;
use fairway::ui::command::Command;
use fairway::ui::layout::Pane;

/// How long anything may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(5);

/// Frames after which what has changed stands where it stays.
const SETTLED: usize = 4;

/// A window that is played.
pub type Window = Harness<'static, App>;

/// A window of this size, in points, that begins so.
pub fn opened(size: [f32; 2], begin: impl FnOnce(&mut App) + 'static) -> Window {
    Harness::builder().with_size(size).with_step_dt(1.0 / 60.0).with_max_steps(64).build_eframe(
        move |creation| {
            let mut app = App::new(creation);
            begin(&mut app);
            app
        },
    )
}

/// Settings as the command line takes them.
pub fn owned(settings: &[&str]) -> Vec<String> {
    settings.iter().map(|setting| (*setting).to_owned()).collect()
}

/// Plays frames until `happened`, however long the machine takes for it, and until all stands still.
///
/// It looks from the second frame on: the first takes a click or an edit, the next acts on it, and before
/// that what was there already would do.
pub fn until(harness: &mut Window, what: &str, happened: impl Fn(&App) -> bool) {
    harness.run_steps(2);
    until_seen(harness, what, |harness| happened(harness.state()));
    harness.run_steps(SETTLED);
}

/// Plays frames until `happened`, and none after that.
pub fn until_seen(harness: &mut Window, what: &str, happened: impl Fn(&Window) -> bool) {
    let start = Instant::now();
    while !happened(harness) {
        assert!(start.elapsed() < PATIENCE, "it never happened: {what}; {}", standing(harness));
        harness.step();
        std::thread::yield_now();
    }
}

/// How every stage stands that somebody looks at, and what is wrong with it.
fn standing(harness: &Window) -> String {
    let shelves = harness.state().desk.shelves().into_iter();
    let lines = shelves.map(|shelf| {
        let (name, state, faults) = (shelf.name(), shelf.state(), shelf.faults());
        format!("{name}: {state:?} {:?} {faults:?}", shelf.progress())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Asks for something.
pub fn ask(harness: &mut Window, command: Command) {
    harness.state_mut().ask(command);
    harness.run_steps(SETTLED);
}

/// Brings a panel to the front.
pub fn show(harness: &mut Window, pane: Pane) {
    ask(harness, Command::Show(pane));
}

/// Clicks the first thing that is called so.
pub fn click(harness: &mut Window, label: &str) {
    harness.get_all_by_label(label).next().expect("it can be clicked").click();
    harness.run_steps(SETTLED);
}

/// Whether anything says this, among other things.
pub fn says(harness: &Window, text: &str) -> bool {
    harness.query_all_by_label_contains(text).next().is_some()
}

/// The rows of tables that say this, among other things.
pub fn rows<'a>(harness: &'a Window, with: &str) -> Vec<Node<'a>> {
    let has = |row: &Node<'a>| row.accesskit_node().label().is_some_and(|all| all.contains(with));
    harness.query_all_by_role(Role::Row).filter(has).collect()
}
