//! The panels of gates, areas and density: what is drawn on the water, and what came of it. Each
//! draws plain results and gives back what was asked for; [`WaterPanels`] joins them to the desk.

mod areas;
mod bars;
mod cell_table;
mod counts;
mod crossing_table;
mod density;
mod event_table;
mod gates;
mod kinds;
mod lateral;
mod list;
#[cfg(test)]
mod made;
mod name_field;
mod rules;
mod ship;

use egui::{ComboBox, ProgressBar, RichText, TextEdit, Ui};

pub use self::areas::add_area;
pub use self::gates::{add_gate, gate_across};

use self::cell_table::CellTable;
use self::counts::By;
use self::crossing_table::CrossingTable;
use self::event_table::EventTable;
use self::name_field::Typing;
use crate::base::params::Params as _;
use crate::base::text::counted;
use crate::flow::Key;
use crate::flow::tray::{Shelf, State};
use crate::flow::watching::Subject;
use crate::ui::command::{Command, Commands};
use crate::ui::deck::Deck;
use crate::ui::theme::{self, STALE_OPACITY};

/// What these panels keep between frames.
#[derive(Default)]
pub struct WaterPanels {
    gate_name: Typing,
    area_name: Typing,
    by: By,
    crossings: CrossingTable,
    events: EventTable,
    cells: CellTable,
    /// What is said of density, of which result: there are many cells to look through.
    dense: Option<(Key, Vec<String>)>,
}

/// Of which reports and which time all of this is asked.
fn watched_ui(ui: &mut Ui, deck: &mut Deck) {
    ui.label(theme::title("Of which reports"));
    let window_ms = deck.time.brush_ms();
    let watched = &mut deck.session.watched;
    ui.horizontal(|ui| {
        let label = ui.label("Reports");
        let title = |subject| match subject {
            Subject::Trips => "of the chosen trips",
            Subject::Fleet => "of the whole fleet",
        };
        let combo = ComboBox::from_id_salt("subject").selected_text(title(watched.subject));
        let response = combo.show_ui(ui, |ui| {
            for subject in [Subject::Trips, Subject::Fleet] {
                ui.selectable_value(&mut watched.subject, subject, title(subject));
            }
        });
        let help = "Those of trips that pass the filter, or all that cleaning left: ships that lie \
                    still are in no trip";
        response.response.labelled_by(label.id).on_hover_text(help);
    });
    period_ui(ui, "Watched", (&mut watched.from, &mut watched.to));
    if let Some(window_ms) = window_ms
        && ui.small_button("Take the window of the timeline").clicked()
    {
        watched.set_window_ms(Some(window_ms));
    }
    for fault in watched.faults() {
        ui.label(RichText::new(fault).color(theme::fault_color(ui)));
    }
    if let Some(shown) = deck.desk.watched.shown() {
        let n = shown.value.fleet().reports().len();
        ui.label(RichText::new(counted(n as u64, "report")).weak());
    }
}

/// The two ends of a period of time, as texts.
fn period_ui(ui: &mut Ui, name: &str, (from, to): (&mut String, &mut String)) {
    let half_px = 0.5 * (ui.available_width() - 70.0).max(80.0);
    ui.horizontal(|ui| {
        for (text, end, hint) in [(from, "from", "any time"), (to, "to", "any time")] {
            ui.label(end);
            let edit = TextEdit::singleline(text).hint_text(hint).desired_width(half_px);
            let response = ui.add(edit);
            let label = format!("{name} {end}");
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::TextInput, true, &label));
            response.on_hover_text("UTC, such as 2018-06-02T14:00, or a day; empty for no limit");
        }
    });
}

/// How far a stage is, with a way to stop it, or to try again.
fn work_ui(ui: &mut Ui, commands: &mut Commands, shelf: &dyn Shelf) {
    if let Some((done, total, elapsed)) = shelf.progress() {
        ui.horizontal(|ui| {
            if ui.small_button("Stop").on_hover_text("What was found before stays").clicked() {
                commands.ask(Command::Cancel(shelf.name()));
            }
            if total > 0 {
                let share = (done as f32 / total as f32).min(1.0);
                ui.add(ProgressBar::new(share).desired_width(110.0));
            } else {
                ui.label(RichText::new(format!("{:.0} s", elapsed.as_secs_f64())).weak());
            }
        });
    } else if shelf.state() == State::Fault && ui.small_button("Try again").clicked() {
        commands.ask(Command::Retry(shelf.name()));
    }
}

/// Why there is nothing to count in; nothing where there is.
fn lack(deck: &Deck) -> Option<&'static str> {
    if deck.session.sources.is_empty() {
        return Some("This needs tracks: open files, or the demo (File menu)");
    }
    let watched = deck.desk.watched.shown()?;
    let is_empty = watched.value.fleet().reports().is_empty();
    is_empty.then_some("No report is watched: let more trips pass the filter, or watch the fleet")
}

fn lack_ui(ui: &mut Ui, deck: &Deck) {
    if let Some(text) = lack(deck) {
        let text = RichText::new(text).color(theme::warning_color(ui));
        ui.add(egui::Label::new(text).wrap());
    }
}
