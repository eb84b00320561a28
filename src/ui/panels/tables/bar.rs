//! What stands above a table with a search, and its rows as text for spreadsheets.

use egui::{TextEdit, Ui};

use super::grid::Column;
use crate::base::text::{counted, grouped};

/// How wide the field is that is searched by.
const FIELD_PX: f32 = 150.0;

/// What the button that copies rows does.
pub const COPY_HELP: &str = "Copies these rows as text with tabs, as spreadsheets take it";

/// The field that is searched by, called `name`, with a button that clears it.
pub fn search_ui(ui: &mut Ui, text: &mut String, hint: &str, name: &str) {
    let field = TextEdit::singleline(text).hint_text(hint).desired_width(FIELD_PX);
    ui.add(field).accessible_name(name);
    if !text.is_empty() && ui.small_button("Clear search").clicked() {
        text.clear();
        ui.ctx().request_repaint();
    }
}

/// How many rows there are, of how many: `2 of 3 ships`, or `3 ships`.
pub fn count_text(shown: usize, all: usize, thing: &str) -> String {
    let all_text = counted(all as u64, thing);
    if shown == all { all_text } else { format!("{} of {all_text}", grouped(shown as u64)) }
}

/// The titles of columns with tabs between them.
pub fn titles_line<S>(columns: &[Column<S>]) -> String {
    let titles: Vec<&str> = columns.iter().map(|column| column.title).collect();
    titles.join("\t") + "\n"
}

/// The cells of a row with tabs between them, as programs read them.
pub fn row_line<S>(columns: &[Column<S>], sheet: &S, row: usize) -> String {
    let cells = columns.iter().map(|column| (column.cell)(sheet, row).plain());
    cells.collect::<Vec<_>>().join("\t") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_of_all_where_some_are_left_out() {
        assert_eq!(count_text(3, 3, "ship"), "3 ships");
        assert_eq!(count_text(1, 1, "ship"), "1 ship");
        assert_eq!(count_text(2, 1234, "ship"), "2 of 1\u{2009}234 ships");
    }
}
