//! A table with a search above it, sorted, filtered, copied and linked with what is selected.

use std::sync::Arc;

use egui::{Button, Color32, RichText, Ui};

use super::bar::{COPY_HELP, count_text, row_line, search_ui, titles_line};
use super::grid::{Act, Column, Content, Grid};
use super::rows::{Sort, sorted};
use crate::base::text::counted;
use crate::flow::Key;

/// What a listing is called and what it shows of a sheet `S`.
pub struct About<S: 'static> {
    /// What screen readers call the table.
    pub name: &'static str,
    /// What a row is: `voyage`.
    pub thing: &'static str,
    /// What screen readers call the search.
    pub search: &'static str,
    /// What the search looks through: `Name, MMSI`.
    pub hint: &'static str,
    /// From left to right.
    pub columns: &'static [Column<S>],
    /// How many rows there are.
    pub n_rows: fn(&S) -> usize,
    /// What a search looks through of a row, in small letters.
    pub words: fn(&S, usize) -> &str,
}

/// How rows look in a frame.
pub struct Look<'a> {
    /// Whether a row is selected.
    pub is_selected: &'a dyn Fn(usize) -> bool,
    /// The row that is looked at, and is brought into view when another one becomes it.
    pub current: Option<usize>,
    /// The color of a mark at a row's left edge.
    pub mark: &'a dyn Fn(usize) -> Option<Color32>,
    /// Which rows are left, and a key that changes with that; none where all are.
    pub kept: Option<(Key, &'a dyn Fn(usize) -> bool)>,
}

/// Everything that the rows depend on.
#[derive(Clone, PartialEq, Debug)]
struct Wanted {
    key: Key,
    sort: Sort,
    text: String,
    kept: Option<Key>,
}

/// A listing and what it keeps between frames.
pub struct Listing<S: 'static> {
    about: &'static About<S>,
    grid: Grid,
    text: String,
    rows: Option<(Wanted, Arc<Vec<u32>>)>,
    seen: Option<(Key, Option<usize>)>,
    copied: Option<(Wanted, usize)>,
}

impl<S: Sync> Listing<S> {
    /// Sorted like this at first.
    pub fn new(about: &'static About<S>, sort: Sort) -> Listing<S> {
        let (grid, text) = (Grid::sorted(sort), String::new());
        Listing { about, grid, text, rows: None, seen: None, copied: None }
    }

    /// Draws search, counts and rows of `sheet`, the result `key`; `beside` adds to the line of the
    /// search. Says what was done with which row of the sheet.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, sheet): (Key, &S),
        look: &Look,
        beside: impl FnOnce(&mut Ui),
    ) -> Option<Act> {
        let about = self.about;
        let n = (about.n_rows)(sheet);
        let rows = self.rows(key, sheet, look);
        self.bar_ui(ui, (sheet, n), &rows, beside);
        if rows.is_empty() && n > 0 {
            let text = format!("No {} fits what is looked for", about.thing);
            ui.label(RichText::new(text).weak());
        }
        let place = || {
            let current = look.current?;
            rows.iter().position(|row| *row as usize == current)
        };
        if self.seen != Some((key, look.current)) {
            self.seen = Some((key, look.current));
            if let Some(row) = place() {
                self.grid.reveal(row);
            }
        }
        let content = Content {
            name: about.name,
            columns: about.columns,
            n_rows: rows.len(),
            cell: &|row, column| (about.columns[column].cell)(sheet, rows[row] as usize),
            is_selected: &|row| (look.is_selected)(rows[row] as usize),
            mark: &|row| (look.mark)(rows[row] as usize),
            current: &place,
        };
        let act = self.grid.ui(ui, &content)?;
        let of = |row: usize| rows.get(row).map(|row| *row as usize);
        let (act, row) = match act {
            Act::Pick(row) => (Act::Pick(of(row)?), of(row)?),
            Act::Add(row) => (Act::Add(of(row)?), of(row)?),
            Act::Fit(row) => (Act::Fit(of(row)?), of(row)?),
        };
        self.seen = Some((key, Some(row))); // It is in view already.
        Some(act)
    }

    fn rows(&mut self, key: Key, sheet: &S, look: &Look) -> Arc<Vec<u32>> {
        let text = self.text.trim().to_lowercase();
        let kept = look.kept.map(|(key, _)| key);
        let wanted = Wanted { key, sort: self.grid.sort, text, kept };
        if let Some((of, rows)) = &self.rows
            && *of == wanted
        {
            return Arc::clone(rows);
        }
        let about = self.about;
        let cell = about.columns[wanted.sort.column].cell;
        let key_of = |row| cell(sheet, row).key();
        let mut rows = sorted((about.n_rows)(sheet), wanted.sort.is_descending, key_of);
        let words: Vec<&str> = wanted.text.split_whitespace().collect();
        rows.retain(|row| {
            let row = *row as usize;
            look.kept.is_none_or(|(_, is_kept)| is_kept(row))
                && words.iter().all(|word| (about.words)(sheet, row).contains(word))
        });
        let rows = Arc::new(rows);
        self.rows = Some((wanted, Arc::clone(&rows)));
        rows
    }

    fn bar_ui(
        &mut self,
        ui: &mut Ui,
        (sheet, n): (&S, usize),
        rows: &[u32],
        beside: impl FnOnce(&mut Ui),
    ) {
        let about = self.about;
        ui.horizontal(|ui| {
            search_ui(ui, &mut self.text, about.hint, about.search);
            ui.label(count_text(rows.len(), n, about.thing));
            let wanted = self.rows.as_ref().map(|(wanted, _)| wanted);
            if ui.add(Button::new("Copy table").small()).on_hover_text(COPY_HELP).clicked() {
                ui.ctx().copy_text(tabbed(about.columns, sheet, rows));
                self.copied = wanted.map(|wanted| (wanted.clone(), rows.len()));
            }
            self.copied = self.copied.take().filter(|(of, _)| Some(of) == wanted);
            if let Some((_, n)) = &self.copied {
                ui.label(RichText::new(format!("{} copied", counted(*n as u64, "row"))).weak());
            }
            beside(ui);
        });
    }
}

/// The rows as lines of cells with tabs between them, under a line of titles.
fn tabbed<S>(columns: &[Column<S>], sheet: &S, rows: &[u32]) -> String {
    let mut text = titles_line(columns);
    text.extend(rows.iter().map(|row| row_line(columns, sheet, *row as usize)));
    text
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;
    use crate::ui::panels::tables::cell::Cell;

    type Words = [(&'static str, u64); 3];

    const WORDS: Words = [("anchor", 7), ("buoy", 1234), ("anchorage", 2)];

    static ABOUT: About<Words> = About {
        name: "Table of words",
        thing: "word",
        search: "Search words",
        hint: "Word",
        columns: &[
            Column {
                title: "Word",
                help: "",
                width_px: 90.0,
                is_number: false,
                cell: |words, row| Cell::Text(words[row].0, row as u32),
            },
            Column {
                title: "Count",
                help: "",
                width_px: 60.0,
                is_number: true,
                cell: |words, row| Cell::Count(words[row].1),
            },
        ],
        n_rows: |words| words.len(),
        words: |words, row| words[row].0,
    };

    const MOST_FIRST: Sort = Sort { column: 1, is_descending: true };

    fn key_of(text: &str) -> Key {
        Key::of(text, &(), &[])
    }

    fn look(kept: Option<(Key, &dyn Fn(usize) -> bool)>) -> Look<'_> {
        Look { is_selected: &|_| false, current: None, mark: &|_| None, kept }
    }

    #[test]
    fn rows_are_sorted_found_by_every_word_and_kept() {
        let key = key_of("words");
        let mut listing = Listing::new(&ABOUT, MOST_FIRST);
        assert_eq!(*listing.rows(key, &WORDS, &look(None)), [1, 0, 2]);
        for (text, rows) in [(" ANCHOR ", vec![0, 2]), ("an age", vec![2]), ("an bu", vec![])] {
            text.clone_into(&mut listing.text);
            assert_eq!(*listing.rows(key, &WORDS, &look(None)), rows, "{text}");
        }
        listing.text.clear();
        let is_later = |row: usize| row != 0;
        let some = look(Some((key_of("later"), &is_later)));
        assert_eq!(*listing.rows(key, &WORDS, &some), [1, 2]);
        assert_eq!(tabbed(ABOUT.columns, &WORDS, &[1, 0]), "Word\tCount\nbuoy\t1234\nanchor\t7\n");
    }

    #[test]
    fn a_row_that_is_clicked_is_told_by_its_place_in_the_sheet() {
        let picked = Rc::new(RefCell::new(Vec::new()));
        let inner = Rc::clone(&picked);
        let mut listing = Listing::new(&ABOUT, MOST_FIRST);
        let mut harness = Harness::builder().with_size([500.0, 200.0]).build_ui(move |ui| {
            let act = listing.ui(ui, (key_of("words"), &WORDS), &look(None), |ui| {
                ui.label("beside");
            });
            inner.borrow_mut().extend(act);
        });
        harness.run();
        harness.get_by_label("3 words");
        harness.get_by_label("beside");
        harness.get_by_label("Word buoy, Count 1\u{2009}234").click();
        harness.run();
        assert_eq!(*picked.borrow(), [Act::Pick(1)]);
        harness.get_by_label("Search words").focus();
        harness.run();
        harness.get_by_label("Search words").type_text("zzz");
        harness.run();
        harness.get_by_label("No word fits what is looked for");
        harness.get_by_label("0 of 3 words");
        harness.get_by_label("Copy table").click();
        harness.run();
        harness.get_by_label("0 rows copied");
        harness.get_by_label("Clear search").click();
        harness.run();
        harness.get_by_label("3 words");
    }
}
