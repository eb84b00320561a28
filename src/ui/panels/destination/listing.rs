//! A table with a search above it, sorted, copied and linked with the selection: for voyages, typed
//! destinations and ports.

use std::marker::PhantomData;
use std::sync::Arc;

use egui::{Button, Color32, RichText, TextEdit, Ui};

use crate::base::text::{counted, grouped};
use crate::flow::Key;
use crate::ui::panels::tables::grid::{Act, Column, Content, Grid};
use crate::ui::panels::tables::rows::{Sort, sorted};

/// What a listing shows.
pub trait Listed: Sync + Sized + 'static {
    /// What screen readers call the table.
    const NAME: &'static str;
    /// What a row is.
    const THING: &'static str;
    /// What the search looks through.
    const HINT: &'static str;

    /// From left to right.
    fn columns() -> &'static [Column<Self>];

    /// How many rows there are.
    fn len(&self) -> usize;

    /// What a search looks through, in small letters.
    fn text(&self, row: usize) -> &str;
}

/// How rows look in a frame.
pub struct Look<'a> {
    /// Whether a row is selected.
    pub is_selected: &'a dyn Fn(usize) -> bool,
    /// The row that is looked at, and is brought into view when another one becomes it.
    pub current: Option<usize>,
    /// The color of a mark at a row's left edge.
    pub mark: &'a dyn Fn(usize) -> Option<Color32>,
    /// Which rows are left, and a number that changes with that.
    pub kept: (u64, &'a (dyn Fn(usize) -> bool + Sync)),
}

/// Everything that the rows depend on.
#[derive(Clone, PartialEq, Debug)]
struct Wanted {
    key: Key,
    sort: Sort,
    text: String,
    kept: u64,
}

/// A listing and what it keeps between frames.
pub struct Listing<S> {
    grid: Grid,
    text: String,
    rows: Option<(Wanted, Arc<Vec<u32>>)>,
    seen: Option<(Key, Option<usize>)>,
    copied: Option<(Wanted, usize)>,
    of: PhantomData<S>,
}

impl<S> Default for Listing<S> {
    fn default() -> Self {
        Listing::sorted(Sort::default())
    }
}

impl<S> Listing<S> {
    /// Sorted like this at first.
    pub fn sorted(sort: Sort) -> Listing<S> {
        Listing {
            grid: Grid::sorted(sort),
            text: String::new(),
            rows: None,
            seen: None,
            copied: None,
            of: PhantomData,
        }
    }

    /// Searches for this.
    #[cfg(test)]
    pub fn search(&mut self, text: &str) {
        text.clone_into(&mut self.text);
    }
}

impl<S: Listed> Listing<S> {
    /// Draws search, counts and rows of `sheet`, the result `key`; `beside` adds to the line of the
    /// search. Says what was done with which row.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        (key, sheet): (Key, &S),
        look: &Look,
        beside: impl FnOnce(&mut Ui),
    ) -> Option<Act> {
        let rows = self.rows(key, sheet, look);
        self.bar_ui(ui, sheet, &rows, beside);
        if rows.is_empty() && sheet.len() > 0 {
            ui.label(RichText::new(format!("No {} fits what is looked for", S::THING)).weak());
        }
        let place = |current: Option<usize>| {
            let current = current?;
            rows.iter().position(|row| *row as usize == current)
        };
        if self.seen != Some((key, look.current)) {
            self.seen = Some((key, look.current));
            if let Some(row) = place(look.current) {
                self.grid.reveal(row);
            }
        }
        let content = Content {
            name: S::NAME,
            columns: S::columns(),
            n_rows: rows.len(),
            cell: &|row, column| (S::columns()[column].cell)(sheet, rows[row] as usize),
            is_selected: &|row| (look.is_selected)(rows[row] as usize),
            mark: &|row| (look.mark)(rows[row] as usize),
            current: &|| place(look.current),
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
        let (kept, is_kept) = look.kept;
        let text = self.text.trim().to_lowercase();
        let wanted = Wanted { key, sort: self.grid.sort, text, kept };
        if let Some((of, rows)) = &self.rows
            && *of == wanted
        {
            return Arc::clone(rows);
        }
        let cell = S::columns()[wanted.sort.column].cell;
        let all = sorted(sheet.len(), wanted.sort.is_descending, |row| cell(sheet, row).key());
        let words: Vec<&str> = wanted.text.split_whitespace().collect();
        let is_found = |row: &u32| {
            let row = *row as usize;
            is_kept(row) && words.iter().all(|word| sheet.text(row).contains(word))
        };
        let rows: Arc<Vec<u32>> = Arc::new(all.into_iter().filter(is_found).collect());
        self.rows = Some((wanted, Arc::clone(&rows)));
        rows
    }

    fn bar_ui(&mut self, ui: &mut Ui, sheet: &S, rows: &[u32], beside: impl FnOnce(&mut Ui)) {
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.text).hint_text(S::HINT);
            ui.add(field.desired_width(150.0)).accessible_name(format!("Search {}s", S::THING));
            if !self.text.is_empty() && ui.small_button("Clear search").clicked() {
                self.text.clear();
                ui.ctx().request_repaint();
            }
            let all = counted(sheet.len() as u64, S::THING);
            ui.label(if rows.len() == sheet.len() {
                all
            } else {
                format!("{} of {all}", grouped(rows.len() as u64))
            });
            let help = "Copies these rows as text with tabs, as spreadsheets take it";
            let wanted = self.rows.as_ref().map(|(wanted, _)| wanted.clone());
            if ui.add(Button::new("Copy table").small()).on_hover_text(help).clicked() {
                ui.ctx().copy_text(tabbed(sheet, rows));
                self.copied = wanted.clone().map(|wanted| (wanted, rows.len()));
            }
            self.copied = self.copied.take().filter(|(of, _)| Some(of) == wanted.as_ref());
            if let Some((_, n)) = &self.copied {
                ui.label(RichText::new(format!("{} copied", counted(*n as u64, "row"))).weak());
            }
            beside(ui);
        });
    }
}

/// The rows as lines of cells with tabs between them, under a line of titles.
fn tabbed<S: Listed>(sheet: &S, rows: &[u32]) -> String {
    let titles: Vec<&str> = S::columns().iter().map(|column| column.title).collect();
    let mut text = titles.join("\t") + "\n";
    for row in rows {
        let cells = S::columns().iter().map(|column| (column.cell)(sheet, *row as usize).plain());
        text += &cells.collect::<Vec<_>>().join("\t");
        text.push('\n');
    }
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

    struct Words(Vec<(&'static str, u64)>);

    impl Listed for Words {
        const NAME: &'static str = "Table of words";
        const THING: &'static str = "word";
        const HINT: &'static str = "Word";

        fn columns() -> &'static [Column<Self>] {
            &[
                Column {
                    title: "Word",
                    help: "",
                    width_px: 90.0,
                    is_number: false,
                    cell: |words, row| Cell::Text(words.0[row].0, row as u32),
                },
                Column {
                    title: "Count",
                    help: "",
                    width_px: 60.0,
                    is_number: true,
                    cell: |words, row| Cell::Count(words.0[row].1),
                },
            ]
        }

        fn len(&self) -> usize {
            self.0.len()
        }

        fn text(&self, row: usize) -> &str {
            self.0[row].0
        }
    }

    fn words() -> Words {
        Words(vec![("anchor", 7), ("buoy", 1234), ("anchorage", 2)])
    }

    fn look(kept: (u64, &(dyn Fn(usize) -> bool + Sync))) -> Look<'_> {
        Look { is_selected: &|_| false, current: None, mark: &|_| None, kept }
    }

    #[test]
    fn rows_are_sorted_found_and_kept() {
        let key = Key::of("words", &(), &[]);
        let mut listing = Listing::sorted(Sort { column: 1, is_descending: true });
        let all: (u64, &(dyn Fn(usize) -> bool + Sync)) = (0, &|_| true);
        assert_eq!(*listing.rows(key, &words(), &look(all)), [1, 0, 2]);
        listing.search(" ANCHOR ");
        assert_eq!(*listing.rows(key, &words(), &look(all)), [0, 2]);
        assert_eq!(*listing.rows(key, &words(), &look((1, &|row| row != 0))), [2]);
        assert_eq!(tabbed(&words(), &[1]), "Word\tCount\nbuoy\t1234\n");
    }

    #[test]
    fn a_row_that_is_clicked_is_told_by_its_place_in_the_sheet() {
        let picked = Rc::new(RefCell::new(Vec::new()));
        let inner = Rc::clone(&picked);
        let mut listing = Listing::sorted(Sort { column: 1, is_descending: true });
        let mut harness = Harness::builder().with_size([500.0, 200.0]).build_ui(move |ui| {
            let key = Key::of("words", &(), &[]);
            let act = listing.ui(ui, (key, &words()), &look((0, &|_| true)), |ui| {
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
    }
}
