//! Trips and vessels as tables that can be searched, sorted and copied, and what they share with
//! the other panels about the selection.

use std::sync::Arc;

use egui::{Button, RichText, Ui};

use self::bar::{COPY_HELP, count_text, row_line, search_ui, titles_line};
use self::grid::{Act, Column, Content, Grid};
use self::rows::{Rows, Wanted};
use self::sheet::{Held, Sheet};
use super::distributions::Distribution;
use super::inspector::before::Before;
use super::profile::Profile;
use crate::base::job::{Job, Stopped};
use crate::base::text::counted;
use crate::flow::jobs::Running;
use crate::flow::{Desk, Key};
use crate::prep::Chosen;
use crate::ui::command::Command;
use crate::ui::deck::Deck;
use crate::ui::selection::Pick;
use crate::ui::theme::STALE_OPACITY;

mod bar;
pub(super) mod cell;
pub(super) mod grid;
pub(super) mod listing;
pub(super) mod made;
pub(super) mod ordered;
pub(super) mod rows;
pub mod sheet;
mod trips;
mod vessels;

/// What the tables, the inspector, the profile and the distributions keep between frames.
#[derive(Default)]
pub struct Tables {
    pub(super) held: Held,
    pub(super) before: Before,
    pub(super) profile: Profile,
    /// Distributions of the trips that a filter let through.
    pub(super) filtered: Option<(Key, [Distribution; 3])>,
    trips: Table,
    vessels: Table,
}

impl Tables {
    /// Lets go of what belongs to data that are no longer there.
    pub fn update(&mut self, desk: &Desk) {
        if desk.trips.shown().is_none() {
            *self = Tables::default();
        }
    }

    /// All trips.
    pub fn trips(&mut self, ui: &mut Ui, deck: &mut Deck) {
        let Some(sheet) = self.held.update(deck.desk, ui.ctx()) else {
            ui.label(RichText::new("No trips yet").weak());
            return;
        };
        if sheet.trips.is_empty() {
            ui.label(
                "No trips: every piece was cut too short. Lower the minimum length or time, or \
                 raise the gap.",
            );
            return;
        }
        self.trips.ui(ui, deck, &sheet, Of::Trips);
    }

    /// All vessels.
    pub fn vessels(&mut self, ui: &mut Ui, deck: &mut Deck) {
        match self.held.update(deck.desk, ui.ctx()) {
            Some(sheet) if !sheet.vessels.is_empty() => {
                self.vessels.ui(ui, deck, &sheet, Of::Vessels);
            }
            Some(_) => {
                ui.label("No vessels: cleaning removed every report. Its counts say why.");
            }
            None => {
                ui.label(RichText::new("No vessels yet").weak());
            }
        }
    }
}

/// What a row stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Of {
    Trips,
    Vessels,
}

impl Of {
    fn columns(self) -> &'static [Column] {
        match self {
            Of::Trips => trips::COLUMNS,
            Of::Vessels => vessels::COLUMNS,
        }
    }

    fn n(self, sheet: &Sheet) -> usize {
        match self {
            Of::Trips => sheet.trips.len(),
            Of::Vessels => sheet.vessels.len(),
        }
    }

    fn vessel(self, sheet: &Sheet, index: usize) -> usize {
        match self {
            Of::Trips => sheet.trips[index].vessel,
            Of::Vessels => index,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Of::Trips => "Table of trips",
            Of::Vessels => "Table of vessels",
        }
    }

    fn thing(self) -> &'static str {
        match self {
            Of::Trips => "trip",
            Of::Vessels => "vessel",
        }
    }

    /// Whether a row was in motion in the brushed window; a vessel always counts.
    fn is_within(self, sheet: &Sheet, index: usize, (from_ms, to_ms): (i64, i64)) -> bool {
        match self {
            Of::Trips => {
                let trip = &sheet.trips[index];
                trip.begin_ms <= to_ms && trip.end_ms >= from_ms
            }
            Of::Vessels => true,
        }
    }

    fn pick(self, index: usize) -> Pick {
        match self {
            Of::Trips => Pick::Trip(index),
            Of::Vessels => Pick::Vessel(index),
        }
    }

    fn add(self, index: usize) -> Pick {
        match self {
            Of::Trips => Pick::AlsoTrip(index),
            Of::Vessels => Pick::Vessel(index),
        }
    }

    /// What of the selection the table shows as current.
    fn current(self, deck: &Deck) -> Option<usize> {
        match self {
            Of::Trips => deck.selection.trip(),
            Of::Vessels => deck.selection.vessel(),
        }
    }

    fn is_selected(self, deck: &Deck, index: usize) -> bool {
        match self {
            Of::Trips => deck.selection.trips().contains(&index),
            Of::Vessels => deck.selection.vessel() == Some(index),
        }
    }
}

/// What the filter let through of the trips that are shown; `None` while it lets everything through
/// or has not caught up with them. Tables ask here and nowhere else.
pub(super) fn chosen(desk: &Desk) -> Option<(Key, &Chosen)> {
    let (trips, filter) = (desk.trips.shown()?, desk.filter.shown()?);
    let is_of_these = Arc::ptr_eq(&filter.value.trips, trips.value);
    is_of_these.then_some((filter.key, &filter.value.chosen))
}

/// One table with its search.
#[derive(Default)]
struct Table {
    grid: Grid,
    rows: Rows,
    text: String,
    copying: Option<Running<String>>,
    /// How many rows were copied, as long as these rows are shown.
    copied: Option<(Wanted, usize)>,
    /// The result and the index that was current last.
    seen: Option<(Key, Option<usize>)>,
}

impl Table {
    fn ui(&mut self, ui: &mut Ui, deck: &mut Deck, sheet: &Arc<Sheet>, of: Of) {
        let chosen = chosen(deck.desk);
        let window_ms = deck.time.brush_ms().filter(|_| of == Of::Trips);
        let sort = self.grid.sort;
        let wanted = Wanted {
            key: sheet.key,
            sort,
            text: self.text.trim().to_owned(),
            window_ms,
            filter: chosen.map(|(key, _)| key),
        };
        let sorted_by = of.columns()[sort.column].cell;
        let rows = self.rows.get(
            &wanted,
            of.n(sheet),
            |index| sorted_by(sheet, index).key(),
            |words| sheet.vessels.iter().map(|vessel| vessel.is_found(words)).collect(),
            |index, found| {
                found[of.vessel(sheet, index)]
                    && window_ms.is_none_or(|window_ms| of.is_within(sheet, index, window_ms))
                    && chosen.is_none_or(|(_, chosen)| {
                        let mask = match of {
                            Of::Trips => &chosen.trip_mask,
                            Of::Vessels => &chosen.vessel_mask,
                        };
                        mask.get(index) == Some(&true)
                    })
            },
        );
        self.bar_ui(ui, deck, sheet, of, &wanted, &rows);
        if rows.is_empty() {
            ui.label(RichText::new(format!("No {} fits what is looked for", of.thing())).weak());
        }
        // An older result's rows are not those that are selected.
        let is_fresh = deck.desk.trips.shown().is_some_and(|shown| shown.key == sheet.key);
        let is_linked = is_fresh && deck.selection.key() == Some(sheet.key);
        let current = of.current(deck).filter(|_| is_linked);
        let place = || {
            let current = current? as u32;
            rows.iter().position(|index| *index == current)
        };
        if is_linked && self.seen != Some((sheet.key, current)) {
            self.seen = Some((sheet.key, current));
            if let Some(row) = place() {
                self.grid.reveal(row);
            }
        }
        let act = ui.scope(|ui| {
            if !is_fresh {
                ui.set_opacity(STALE_OPACITY);
            }
            let content = Content {
                name: of.name(),
                columns: of.columns(),
                n_rows: rows.len(),
                cell: &|row, column| (of.columns()[column].cell)(sheet, rows[row] as usize),
                is_selected: &|row| is_linked && of.is_selected(deck, rows[row] as usize),
                mark: &|_| None,
                current: &place,
            };
            self.grid.ui(ui, &content)
        });
        if let (Some(act), true) = (act.inner, is_fresh) {
            self.act(deck, sheet, of, act, &rows);
        }
    }

    fn act(&mut self, deck: &mut Deck, sheet: &Sheet, of: Of, act: Act, rows: &[u32]) {
        let (Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = act;
        let Some(index) = rows.get(row).map(|index| *index as usize) else { return };
        // It is in view already.
        self.seen = Some((sheet.key, Some(index)));
        match act {
            Act::Pick(_) => deck.pick(of.pick(index)),
            Act::Add(_) => deck.pick(of.add(index)),
            Act::Fit(_) => {
                deck.pick(of.pick(index));
                deck.ask(Command::FitSelection);
            }
        }
    }

    /// Search, counts, and what can be done with the rows.
    fn bar_ui(
        &mut self,
        ui: &mut Ui,
        deck: &mut Deck,
        sheet: &Arc<Sheet>,
        of: Of,
        wanted: &Wanted,
        rows: &Arc<Vec<u32>>,
    ) {
        ui.horizontal(|ui| {
            let name = format!("Search {}s", of.thing());
            search_ui(ui, &mut self.text, "Name, MMSI, type", &name);
            if wanted.window_ms.is_some()
                && ui
                    .small_button("All times")
                    .on_hover_text("Clear the window brushed on the timeline")
                    .clicked()
            {
                deck.ask(Command::ClearBrush);
            }
            ui.label(count_text(rows.len(), of.n(sheet), of.thing()));
            self.copy_ui(ui, sheet, of, wanted, rows);
        });
    }

    /// The button that copies the rows. Many rows are much text, which is made on a thread.
    fn copy_ui(
        &mut self,
        ui: &mut Ui,
        sheet: &Arc<Sheet>,
        of: Of,
        wanted: &Wanted,
        rows: &Arc<Vec<u32>>,
    ) {
        if let Some(running) = &self.copying
            && let Some((outcome, _)) = running.poll()
        {
            self.copying = None;
            if let Ok(text) = outcome {
                ui.ctx().copy_text(text);
            }
        }
        let button = ui
            .add_enabled(self.copying.is_none(), Button::new("Copy table").small())
            .on_hover_text(COPY_HELP);
        if button.clicked() {
            let (sheet, rows) = (Arc::clone(sheet), Arc::clone(rows));
            self.copied = Some((wanted.clone(), rows.len()));
            let work = move |job: &Job| tabbed(of, &sheet, &rows, job);
            self.copying = Some(sheet::jobs(ui.ctx()).start(work));
        }
        self.copied = self.copied.take().filter(|(of, _)| of == wanted);
        if let (Some((_, n)), None) = (&self.copied, &self.copying) {
            ui.label(RichText::new(format!("{} copied", counted(*n as u64, "row"))).weak());
        }
    }
}

/// The rows as lines of cells with tabs between them, under a line of titles.
fn tabbed(of: Of, sheet: &Sheet, rows: &[u32], job: &Job) -> Result<String, Stopped> {
    let mut text = titles_line(of.columns());
    for index in rows {
        job.go_on()?;
        text += &row_line(of.columns(), sheet, *index as usize);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_rows_are_lines_of_tabbed_cells_for_programs() {
        let sheet = sheet::tests::sheet();
        let text = tabbed(Of::Trips, &sheet, &[2, 0], &Job::default()).unwrap();
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split('\t').collect()).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.len() == trips::COLUMNS.len()), "{text}");
        assert_eq!(lines[0][..3], ["Trip", "Vessel", "MMSI"]);
        assert_eq!(lines[1][1], "Borealis");
        assert_eq!(
            lines[2][..],
            [
                "0",
                "AURORA",
                "219000001",
                "Tanker",
                "1970-01-01 00:00:00",
                "0:10:00",
                "2.000",
                "12.000",
                "13.000",
                "2",
                "track",
                "gap",
                "1970-01-01 00:10:00"
            ]
        );
    }

    #[test]
    fn columns_sort_by_what_they_hold_and_what_is_not_known_is_last() {
        let sheet = sheet::tests::sheet();
        let order = |of: Of, title: &str| {
            let column = of.columns().iter().find(|column| column.title == title).unwrap();
            let mut rows: Vec<usize> = (0..of.n(&sheet)).collect();
            rows.sort_by_key(|row| (column.cell)(&sheet, *row).key());
            rows
        };
        for (title, rows) in [
            ("Trip", [0, 1, 2]),
            ("Vessel", [0, 1, 2]),
            ("Type", [0, 1, 2]), // Tanker, tanker, unknown.
            ("Begin (UTC)", [0, 2, 1]),
            ("Duration", [0, 2, 1]),
            ("Length nmi", [2, 0, 1]),
            ("Max kn", [1, 0, 2]), // 9, 13, unknown.
        ] {
            assert_eq!(order(Of::Trips, title), rows, "{title}");
        }
        for (title, rows) in [("Reports", [1, 0]), ("MMSI", [0, 1]), ("Distance nmi", [1, 0])] {
            assert_eq!(order(Of::Vessels, title), rows, "{title}");
        }
    }

    #[test]
    fn a_trip_is_in_a_window_that_it_only_touches() {
        let sheet = sheet::tests::sheet();
        // The first trip lasts from 0 to 10 minutes.
        for (window_ms, is_within) in [
            ((600_000, 700_000), true),
            ((600_001, 700_000), false),
            ((100, 200), true),
            ((-500, -1), false),
        ] {
            assert_eq!(Of::Trips.is_within(&sheet, 0, window_ms), is_within, "{window_ms:?}");
        }
    }
}
