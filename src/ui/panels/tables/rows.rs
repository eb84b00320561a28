//! Which rows a table shows and in which order, found once for each change of either.

use std::sync::Arc;

use rayon::prelude::*;

use super::cell::MISSING;
use crate::flow::Key;

/// What a table is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sort {
    /// Which column.
    pub column: usize,
    /// Whether the greatest stands at the top.
    pub is_descending: bool,
}

impl Sort {
    /// The sort after a click on the header of `column`: by that column, or the other way around.
    #[must_use]
    pub fn clicked(self, column: usize) -> Sort {
        Sort { column, is_descending: column == self.column && !self.is_descending }
    }
}

/// Everything that the rows of a table depend on.
#[derive(Clone, PartialEq, Debug)]
pub struct Wanted {
    /// The result.
    pub key: Key,
    /// How it is sorted.
    pub sort: Sort,
    /// What is searched for.
    pub text: String,
    /// First and last moment that is looked at, UTC milliseconds.
    pub window_ms: Option<(i64, i64)>,
    /// The result of the filter that keeps some of the rows.
    pub filter: Option<Key>,
}

/// The rows of one table, kept until something else is wanted.
#[derive(Default)]
pub struct Rows {
    sorted: Option<(Key, Sort, Arc<Vec<u32>>)>,
    found: Option<(Key, String, Vec<bool>)>,
    shown: Option<(Wanted, Arc<Vec<u32>>)>,
}

impl Rows {
    /// The rows to show, from the top. `n` is how many there are, `sort_key` gives a row's key in
    /// the sorted column, `vessels` says of each vessel whether the words of a search find it,
    /// `is_kept` whether a row is left by the window and the filter, given what was found.
    pub fn get(
        &mut self,
        wanted: &Wanted,
        n: usize,
        sort_key: impl Fn(usize) -> u64 + Sync,
        vessels: impl Fn(&[String]) -> Vec<bool>,
        is_kept: impl Fn(usize, &[bool]) -> bool + Sync,
    ) -> Arc<Vec<u32>> {
        if let Some((of, rows)) = &self.shown
            && of == wanted
        {
            return Arc::clone(rows);
        }
        let (key, sort) = (wanted.key, wanted.sort);
        let sorted = match self.sorted.take().filter(|(of, by, _)| (*of, *by) == (key, sort)) {
            Some((_, _, sorted)) => sorted,
            None => Arc::new(sorted(n, sort.is_descending, sort_key)),
        };
        let found =
            match self.found.take().filter(|(of, text, _)| *of == key && *text == wanted.text) {
                Some((_, _, found)) => found,
                None => vessels(&words(&wanted.text)),
            };
        let kept =
            sorted.par_iter().copied().filter(|row| is_kept(*row as usize, &found)).collect();
        let kept = Arc::new(kept);
        self.sorted = Some((key, sort, sorted));
        self.found = Some((key, wanted.text.clone(), found));
        self.shown = Some((wanted.clone(), Arc::clone(&kept)));
        kept
    }
}

/// What is searched for, word by word, in small letters.
fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}

/// The numbers below `n` in the order of their keys; equal ones as they come, those without a key
/// last, whichever way.
pub fn sorted(n: usize, is_descending: bool, key: impl Fn(usize) -> u64 + Sync) -> Vec<u32> {
    let keyed = |row: u32| match key(row as usize) {
        key if is_descending && key != MISSING => (MISSING - 1 - key, row),
        key => (key, row),
    };
    let mut order: Vec<(u64, u32)> = (0..n as u32).into_par_iter().map(keyed).collect();
    order.par_sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [u64; 5] = [30, 10, MISSING, 20, 10];

    #[test]
    fn rows_sort_both_ways_and_what_is_missing_stays_last() {
        assert_eq!(sorted(5, false, |row| KEYS[row]), [1, 4, 3, 0, 2]);
        assert_eq!(sorted(5, true, |row| KEYS[row]), [0, 3, 1, 4, 2]);
    }

    #[test]
    fn a_second_click_on_a_header_turns_the_order_around() {
        let sort = Sort::default().clicked(3);
        assert_eq!(sort, Sort { column: 3, is_descending: false });
        assert_eq!(sort.clicked(3), Sort { column: 3, is_descending: true });
        assert_eq!(sort.clicked(3).clicked(1), Sort { column: 1, is_descending: false });
    }

    #[test]
    fn rows_are_found_and_kept_in_order_and_only_worked_out_anew_on_a_change() {
        let sorts = std::sync::atomic::AtomicUsize::new(0);
        let key = |row: usize| {
            if row == 0 {
                sorts.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
            KEYS[row]
        };
        // Rows 0 to 2 are of vessel 0, the others of vessel 1.
        let vessels = |words: &[String]| vec![true, words.is_empty()];
        let kept = |row: usize, found: &[bool]| found[row / 3] && row != 1;
        let mut rows = Rows::default();
        let all = Wanted {
            key: Key::of("test", &(), &[]),
            sort: Sort::default(),
            text: String::new(),
            window_ms: None,
            filter: None,
        };
        for _ in 0..2 {
            assert_eq!(*rows.get(&all, 5, key, vessels, kept), [4, 3, 0, 2]);
        }
        let some = Wanted { text: "x".into(), ..all };
        assert_eq!(*rows.get(&some, 5, key, vessels, kept), [0, 2]);
        assert_eq!(sorts.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
