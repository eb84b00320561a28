//! A table that is searched, filtered, sorted and copied: what all lists of watching share.

use egui::{Button, Color32, RichText, TextEdit, Ui};

use crate::base::text::{counted, grouped};
use crate::flow::Key;
use crate::ui::panels::tables::grid::{Act, Column, Content, Grid};
use crate::ui::panels::tables::rows::{Sort, sorted};

/// Rows of a result, made ready for a table.
pub struct Sheet<R> {
    /// The result.
    pub key: Key,
    /// A row each, in the order of the result.
    pub rows: Vec<R>,
}

/// What a table is called and what it holds.
pub struct About<R: 'static> {
    /// What screen readers call it.
    pub name: &'static str,
    /// What a row is: `encounter`.
    pub thing: &'static str,
    /// What can be searched for: `Name, MMSI`.
    pub hint: &'static str,
    /// From left to right.
    pub columns: &'static [Column<Sheet<R>>],
    /// What is searched of a row, in small letters.
    pub words: fn(&R) -> &str,
    /// The color of the mark at a row's left edge.
    pub mark: fn(&R, bool) -> Color32,
}

/// What somebody did with a row of the result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Picked {
    /// Which row.
    pub row: usize,
    /// Whether it was clicked twice, or Enter was pressed.
    pub is_fit: bool,
}

/// Everything that the rows shown depend on.
#[derive(Clone, PartialEq, Debug)]
struct Wanted {
    key: Key,
    sort: Sort,
    text: String,
    filter: u64,
}

/// A table, and what it keeps between frames.
pub struct Listing<R: 'static> {
    about: &'static About<R>,
    grid: Grid,
    sheet: Option<Sheet<R>>,
    text: String,
    shown: Option<(Wanted, Vec<u32>)>,
    copied: Option<(Wanted, usize)>,
    seen: Option<(Key, Option<usize>)>,
}

impl<R> Listing<R> {
    /// A table sorted by this column at first.
    pub fn new(about: &'static About<R>, column: usize, is_descending: bool) -> Listing<R> {
        Listing {
            about,
            grid: Grid::sorted(Sort { column, is_descending }),
            sheet: None,
            text: String::new(),
            shown: None,
            copied: None,
            seen: None,
        }
    }

    /// Takes up the rows of a result, unless they are at hand.
    pub fn take(&mut self, key: Key, rows: impl FnOnce() -> Vec<R>) {
        if self.sheet.as_ref().is_none_or(|sheet| sheet.key != key) {
            self.sheet = Some(Sheet { key, rows: rows() });
            self.shown = None;
        }
    }

    /// Draws the bar with search and counts, and the table below. `filter` changes whenever
    /// `is_kept` does; the row `selected` is in view when it changes. Gives what was done.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        filter: u64,
        is_kept: impl Fn(&R) -> bool,
        selected: Option<usize>,
    ) -> Option<Picked> {
        let key = self.sheet.as_ref()?.key;
        let text = self.text.trim().to_lowercase();
        let wanted = Wanted { key, sort: self.grid.sort, text, filter };
        if self.shown.as_ref().is_none_or(|(of, _)| *of != wanted) {
            let rows = self.find(&wanted, is_kept);
            self.shown = Some((wanted.clone(), rows));
        }
        self.bar_ui(ui, &wanted);
        let (Some(sheet), Some((_, rows))) = (&self.sheet, &self.shown) else { return None };
        if rows.is_empty() && !sheet.rows.is_empty() {
            let text = format!("No {} fits what is looked for", self.about.thing);
            ui.label(RichText::new(text).weak());
        }
        let place = || rows.iter().position(|row| Some(*row as usize) == selected);
        if self.seen != Some((key, selected)) {
            self.seen = Some((key, selected));
            if let Some(row) = place() {
                self.grid.reveal(row);
            }
        }
        let (about, is_dark) = (self.about, ui.visuals().dark_mode);
        let content = Content {
            name: about.name,
            columns: about.columns,
            n_rows: rows.len(),
            cell: &|row, column| (about.columns[column].cell)(sheet, rows[row] as usize),
            is_selected: &|row| Some(rows[row] as usize) == selected,
            mark: &|row| Some((about.mark)(&sheet.rows[rows[row] as usize], is_dark)),
            current: &place,
        };
        let (row, is_fit) = match self.grid.ui(ui, &content)? {
            Act::Pick(row) | Act::Add(row) => (row, false),
            Act::Fit(row) => (row, true),
        };
        let row = *rows.get(row)? as usize;
        // It is in view already.
        self.seen = Some((key, Some(row)));
        Some(Picked { row, is_fit })
    }

    fn find(&self, wanted: &Wanted, is_kept: impl Fn(&R) -> bool) -> Vec<u32> {
        let Some(sheet) = &self.sheet else { return Vec::new() };
        let cell = self.about.columns[wanted.sort.column].cell;
        let key = |row: usize| cell(sheet, row).key();
        // On one thread: rows of a result are thousands, not millions.
        let keys: Vec<u64> = (0..sheet.rows.len()).map(key).collect();
        let is_found = |row: &R| {
            let words = (self.about.words)(row);
            wanted.text.split_whitespace().all(|word| words.contains(word))
        };
        let mut rows = sorted(sheet.rows.len(), wanted.sort.is_descending, |row| keys[row]);
        rows.retain(|row| {
            let row = &sheet.rows[*row as usize];
            is_kept(row) && is_found(row)
        });
        rows
    }

    /// Search, counts, and the button that copies the rows.
    fn bar_ui(&mut self, ui: &mut Ui, wanted: &Wanted) {
        let (Some(sheet), Some((_, rows))) = (&self.sheet, &self.shown) else { return };
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.text).hint_text(self.about.hint);
            let name = format!("Search {}", self.about.name);
            ui.add(field.desired_width(150.0)).accessible_name(name);
            if !self.text.is_empty() && ui.small_button("Clear search").clicked() {
                self.text.clear();
                ui.ctx().request_repaint();
            }
            let all = counted(sheet.rows.len() as u64, self.about.thing);
            ui.label(if rows.len() == sheet.rows.len() {
                all
            } else {
                format!("{} of {all}", grouped(rows.len() as u64))
            });
            let button = ui
                .add_enabled(!rows.is_empty(), Button::new("Copy table").small())
                .on_hover_text("Copies these rows as text with tabs, as spreadsheets take it");
            if button.clicked() {
                ui.ctx().copy_text(tabbed(self.about, sheet, rows));
                self.copied = Some((wanted.clone(), rows.len()));
            }
            self.copied = self.copied.take().filter(|(of, _)| of == wanted);
            if let Some((_, n)) = &self.copied {
                ui.label(RichText::new(format!("{} copied", counted(*n as u64, "row"))).weak());
            }
        });
    }
}

/// The rows as lines of cells with tabs between them, under a line of titles.
fn tabbed<R>(about: &About<R>, sheet: &Sheet<R>, rows: &[u32]) -> String {
    let titles: Vec<&str> = about.columns.iter().map(|column| column.title).collect();
    let mut text = titles.join("\t") + "\n";
    for row in rows {
        let cells = about.columns.iter().map(|column| (column.cell)(sheet, *row as usize).plain());
        text += &cells.collect::<Vec<_>>().join("\t");
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::cell::Cell as Held;
    use std::rc::Rc;

    use egui::accesskit::Role;
    use egui_kittest::Harness;
    use egui_kittest::kittest::{NodeT as _, Queryable as _};

    use super::*;
    use crate::ui::panels::tables::cell::Cell;

    struct Ship {
        name: &'static str,
        knots: f64,
    }

    static ABOUT: About<Ship> = About {
        name: "Table of ships",
        thing: "ship",
        hint: "Name",
        columns: &[
            Column {
                title: "Name",
                help: "What she is called",
                width_px: 80.0,
                is_number: false,
                cell: |sheet, row| Cell::Text(sheet.rows[row].name, row as u32),
            },
            Column {
                title: "Knots",
                help: "How fast she is",
                width_px: 80.0,
                is_number: true,
                cell: |sheet, row| Cell::Decimal(sheet.rows[row].knots, 1),
            },
        ],
        words: |ship| ship.name,
        mark: |_, _| Color32::WHITE,
    };

    fn listing() -> Listing<Ship> {
        let mut listing = Listing::new(&ABOUT, 1, true);
        let ship = |(name, knots)| Ship { name, knots };
        let ships = [("alpha", 3.0), ("bravo", 9.0), ("alphonse", 6.0)].map(ship);
        listing.take(Key::of("test", &(), &[]), || ships.into());
        listing
    }

    #[test]
    fn rows_are_sorted_filtered_and_found_by_every_word() {
        let listing = listing();
        let find = |text: &str, least: f64| {
            let key = Key::of("test", &(), &[]);
            let wanted = Wanted { key, sort: listing.grid.sort, text: text.into(), filter: 0 };
            listing.find(&wanted, |ship| ship.knots >= least)
        };
        assert_eq!(find("", 0.0), [1, 2, 0]);
        assert_eq!(find("", 4.0), [1, 2]);
        assert_eq!((find("al ph", 0.0), find("al bra", 0.0)), (vec![2, 0], vec![]));
        let text = tabbed(&ABOUT, listing.sheet.as_ref().unwrap(), &[1, 0]);
        assert_eq!(text, "Name\tKnots\nbravo\t9.000\nalpha\t3.000\n");
    }

    #[test]
    fn a_click_gives_the_row_of_the_result_and_a_search_leaves_some() {
        let picked = Rc::new(Held::new(None));
        let inner = Rc::clone(&picked);
        let mut table = listing();
        let mut harness = Harness::builder().with_size([500.0, 200.0]).build_ui(move |ui| {
            let act = table.ui(ui, 0, |ship| ship.knots > 4.0, None);
            inner.set(act.or(inner.get()));
        });
        harness.run();
        harness.get_by_label("2 of 3 ships");
        let row = harness.get_all_by_role(Role::Row).find(|row| {
            row.accesskit_node().label().is_some_and(|label| label.contains("alphonse"))
        });
        row.unwrap().click();
        harness.run();
        assert_eq!(picked.get(), Some(Picked { row: 2, is_fit: false }));
        harness.get_by_label("Search Table of ships").focus();
        harness.run();
        harness.get_by_label("Search Table of ships").type_text("zulu");
        harness.run();
        harness.get_by_label("No ship fits what is looked for");
        harness.get_by_label("Clear search").click();
        harness.run();
        harness.get_by_label("2 of 3 ships");
    }
}
