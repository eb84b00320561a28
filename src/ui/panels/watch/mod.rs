//! The panels of watching: encounters of ships, those to come, and what is odd.

mod ahead;
mod encounters;
mod meet_table;
mod odd_table;
mod oddities;
mod plots;

use egui::{RichText, Ui};

use self::meet_table::MeetTable;
use self::odd_table::OddRow;
use crate::flow::Key;
use crate::flow::tray::{Shelf, State};
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::panels::progress::progress_ui;
use crate::ui::panels::tables::listing::Listing;
use crate::ui::panels::tables::made::Made;
use crate::ui::panels::tables::rows::Sort;
use crate::ui::theme::{self, STALE_OPACITY};

/// What the panels of watching keep between frames.
pub struct WatchPanels {
    met: MeetTable,
    ahead: MeetTable,
    odd: Listing<Vec<OddRow>>,
    odd_rows: Made<Key, Vec<OddRow>>,
    hours: plots::Hours,
    apart: plots::Apart,
}

impl Default for WatchPanels {
    /// The gravest, or oddest, first; of those to come the next one.
    fn default() -> Self {
        WatchPanels {
            met: MeetTable::met(),
            ahead: MeetTable::ahead(),
            odd: Listing::new(&odd_table::ODD, Sort { column: 0, is_descending: true }),
            odd_rows: Made::default(),
            hours: plots::Hours::default(),
            apart: plots::Apart::default(),
        }
    }
}

/// How a stage of watching stands, for a line in a panel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Standing {
    /// There is nothing to read.
    NoData,
    /// What it needs is being made.
    Before,
    /// It is being found.
    Working,
    /// It failed, or was stopped: the head of the panel says why.
    Failed,
    /// There is a result.
    Done,
}

impl Standing {
    fn of(shelf: &dyn Shelf, has_data: bool) -> Standing {
        match shelf.state() {
            _ if !has_data => Standing::NoData,
            _ if shelf.progress().is_some() => Standing::Working,
            State::Fault => Standing::Failed,
            State::Fresh => Standing::Done,
            State::Stale | State::Working | State::Waiting => Standing::Before,
        }
    }

    /// What that means and what can be done; nothing where there is nothing to say.
    fn text(self, things: &str) -> Option<String> {
        Some(match self {
            Standing::NoData => {
                format!("{things} need traffic: open a file, or the demo (File menu)")
            }
            Standing::Before => "Waits for the trips that it needs".into(),
            Standing::Working => "Working".into(),
            Standing::Failed => "Nothing was found: change the parameters, or try again".into(),
            Standing::Done => return None,
        })
    }
}

/// Says how a stage stands, with a way to stop it or to try again.
fn standing_ui(
    ui: &mut Ui,
    deck: &mut Deck,
    (name, things): (&'static str, &str),
    shelf: &dyn Shelf,
) {
    let standing = Standing::of(shelf, !deck.session.sources.is_empty());
    let Some(text) = standing.text(things) else { return };
    ui.horizontal_wrapped(|ui| {
        let color = match standing {
            Standing::Failed => theme::warning_color(ui),
            _ => ui.visuals().weak_text_color(),
        };
        ui.label(RichText::new(text).color(color));
        match standing {
            Standing::Working => {
                progress_ui(ui, shelf);
                if ui.small_button("Stop").on_hover_text("What was found before stays").clicked() {
                    deck.ask(Command::Cancel(name));
                }
            }
            Standing::Failed if ui.small_button("Try again").clicked() => {
                deck.ask(Command::Retry(name));
            }
            _ => (),
        }
    });
    if standing == Standing::Failed {
        for fault in shelf.faults() {
            ui.label(RichText::new(fault).color(theme::fault_color(ui)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Desk, Jobs, Session};

    #[test]
    fn a_panel_says_what_it_waits_for() {
        let (mut desk, mut session) = (Desk::default(), Session::default());
        assert_eq!(Standing::of(&desk.encounters, false), Standing::NoData);
        session.sources.make_demo();
        session.set("synth.rows=3000").unwrap();
        assert_eq!(Standing::of(&desk.encounters, true), Standing::Before);
        let wanted = desk.wanted(&["encounters"], &session).unwrap();
        for _ in 0..8 {
            desk.update(&session, &Jobs::Inline, &wanted);
        }
        assert_eq!(Standing::of(&desk.encounters, true), Standing::Done);
        session.set("encounters.range=500").unwrap();
        for _ in 0..8 {
            desk.update(&session, &Jobs::Inline, &wanted);
        }
        assert_eq!(Standing::of(&desk.encounters, true), Standing::Failed, "cpa exceeds range");
        let text = Standing::NoData.text("Encounters").unwrap();
        assert!(text.starts_with("Encounters need traffic"));
    }
}
