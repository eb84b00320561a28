//! A table of all rows of a sheet in the order of one column: for lists that are short enough not to
//! be searched.

use egui::{Color32, Ui};

use super::grid::{Act, Column, Content, Grid};
use super::rows::{Sort, sorted};

/// What a table is called and what it shows of a sheet `S`.
pub struct About<S: 'static> {
    /// What screen readers call it.
    pub name: &'static str,
    /// From left to right.
    pub columns: &'static [Column<S>],
    /// How many rows there are.
    pub n_rows: fn(&S) -> usize,
}

/// The table of a sheet made of an `O`, and how it is sorted.
pub struct Ordered<O, S: 'static> {
    about: &'static About<S>,
    grid: Grid,
    sheet: Option<(O, S)>,
    /// The rows of the sheet from the top.
    rows: Option<(Sort, Vec<u32>)>,
}

impl<O: PartialEq, S: Sync> Ordered<O, S> {
    /// Sorted like this at first.
    pub fn new(about: &'static About<S>, sort: Sort) -> Ordered<O, S> {
        Ordered { about, grid: Grid::sorted(sort), sheet: None, rows: None }
    }

    /// Takes up the sheet of `of`, unless it is at hand. Says whether it is new.
    pub fn take(&mut self, of: O, make: impl FnOnce() -> S) -> bool {
        let is_new = self.sheet.as_ref().is_none_or(|(made_of, _)| *made_of != of);
        if is_new {
            (self.sheet, self.rows) = (Some((of, make())), None);
        }
        is_new
    }

    /// The sheet, if one was taken up.
    pub fn sheet(&self) -> Option<&S> {
        self.sheet.as_ref().map(|(_, sheet)| sheet)
    }

    /// Brings the first row into view that `is_it` is said of, if any.
    pub fn reveal(&mut self, is_it: impl Fn(&S, usize) -> bool) {
        self.sort();
        let (Some((_, sheet)), Some((_, rows))) = (&self.sheet, &self.rows) else { return };
        if let Some(row) = rows.iter().position(|row| is_it(sheet, *row as usize)) {
            self.grid.reveal(row);
        }
    }

    /// Draws the rows, each by its place in the sheet: whether it is selected, and the color of its
    /// mark. Keys move on from the first that is selected. Gives back the row that was picked.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        is_selected: impl Fn(&S, usize) -> bool,
        mark: impl Fn(&S, usize) -> Option<Color32>,
    ) -> Option<usize> {
        self.sort();
        let (about, (_, sheet), (_, rows)) =
            (self.about, self.sheet.as_ref()?, self.rows.as_ref()?);
        let content = Content {
            name: about.name,
            columns: about.columns,
            n_rows: rows.len(),
            cell: &|row, column| (about.columns[column].cell)(sheet, rows[row] as usize),
            is_selected: &|row| is_selected(sheet, rows[row] as usize),
            mark: &|row| mark(sheet, rows[row] as usize),
            current: &|| rows.iter().position(|row| is_selected(sheet, *row as usize)),
        };
        let (Act::Pick(row) | Act::Add(row) | Act::Fit(row)) = self.grid.ui(ui, &content)?;
        rows.get(row).map(|row| *row as usize)
    }

    /// Works the rows out anew if sheet or order have changed.
    fn sort(&mut self) {
        let (Some((_, sheet)), sort) = (&self.sheet, self.grid.sort) else { return };
        if self.rows.as_ref().is_none_or(|(by, _)| *by != sort) {
            let cell = self.about.columns[sort.column].cell;
            let n = (self.about.n_rows)(sheet);
            self.rows = Some((sort, sorted(n, sort.is_descending, |row| cell(sheet, row).key())));
        }
    }
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

    static ABOUT: About<Vec<u64>> = About {
        name: "Table of numbers",
        columns: &[Column {
            title: "Number",
            help: "",
            width_px: 80.0,
            is_number: true,
            cell: |numbers, row| Cell::Count(numbers[row]),
        }],
        n_rows: Vec::len,
    };

    #[test]
    fn rows_stand_in_order_and_a_click_gives_the_place_in_the_sheet() {
        let sort = Sort { column: 0, is_descending: true };
        let mut table: Ordered<u8, Vec<u64>> = Ordered::new(&ABOUT, sort);
        assert!(table.take(1, || vec![5, 9, 7]));
        assert!(!table.take(1, Vec::new));
        assert_eq!(table.sheet(), Some(&vec![5, 9, 7]));
        let picked = Rc::new(Held::new(None));
        let inner = Rc::clone(&picked);
        let mut harness = Harness::builder().with_size([200.0, 200.0]).build_ui(move |ui| {
            let found = table.ui(ui, |numbers, row| numbers[row] == 7, |_, _| None);
            inner.set(found.or(inner.get()));
        });
        harness.run();
        let rows: Vec<_> = harness.query_all_by_role(Role::Row).collect();
        let labels: Vec<_> = rows.iter().map(|row| row.accesskit_node().label()).collect();
        assert_eq!(labels, ["Number 9", "Number 7", "Number 5"].map(|text| Some(text.into())));
        rows[2].click();
        drop(rows);
        harness.run();
        assert_eq!(picked.get(), Some(0));
    }

    #[test]
    fn another_sheet_is_sorted_anew_by_the_same_column() {
        let mut table: Ordered<u8, Vec<u64>> = Ordered::new(&ABOUT, Sort::default());
        table.take(1, || vec![5, 9, 7]);
        table.sort();
        assert_eq!(table.rows.as_ref().unwrap().1, [0, 2, 1]);
        table.take(2, || vec![3, 1]);
        table.sort();
        assert_eq!(table.rows.as_ref().unwrap().1, [1, 0]);
        table.grid.sort = table.grid.sort.clicked(0);
        table.sort();
        assert_eq!(table.rows.as_ref().unwrap().1, [0, 1]);
    }
}
