//! Tables of reports: cells that know what they are, for reading and for CSV.

use serde_json::{Map, Value};

use crate::base::text::grouped;
use crate::base::time::{iso_text, utc_text};
use crate::io::export::quoted;

/// What stands in one place of a table.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// Nothing is known.
    Nothing,
    /// A text.
    Text(String),
    /// A count.
    Count(u64),
    /// A number, shown with so many decimals.
    Number(f64, usize),
    /// A moment, UTC milliseconds.
    Time(i64),
}

impl Cell {
    /// A text; nothing where it is empty.
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        if text.is_empty() { Cell::Nothing } else { Cell::Text(text) }
    }

    /// A number with so many decimals; nothing for what is none.
    pub fn number(value: f64, decimals: usize) -> Cell {
        if value.is_finite() { Cell::Number(value, decimals) } else { Cell::Nothing }
    }

    /// A member of a stage's figures.
    pub fn of(value: &Value) -> Cell {
        match value {
            Value::Null => Cell::Nothing,
            Value::Bool(is_so) => Cell::Text(if *is_so { "yes" } else { "no" }.into()),
            Value::Number(number) => match (number.as_u64(), number.as_f64()) {
                (Some(count), _) => Cell::Count(count),
                (None, Some(number)) => Cell::number(number, decimals_of(number)),
                (None, None) => Cell::Nothing,
            },
            Value::String(text) => Cell::text(text),
            Value::Array(values) => {
                let texts: Vec<String> =
                    values.iter().map(|value| Cell::of(value).plain()).collect();
                Cell::text(texts.join(", "))
            }
            Value::Object(members) => Cell::text(in_words(members)),
        }
    }

    /// For people: thousands grouped, times without a letter.
    pub fn shown(&self) -> String {
        match self {
            Cell::Nothing => "–".into(),
            Cell::Text(text) => text.clone(),
            Cell::Count(n) => grouped(*n),
            Cell::Number(value, decimals) => {
                let text = format!("{:.decimals$}", value.abs());
                let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
                let whole = whole.parse().map_or(whole.to_owned(), grouped);
                let is_zero = text.chars().all(|c| matches!(c, '0' | '.'));
                let sign = if *value < 0.0 && !is_zero { "−" } else { "" };
                format!("{sign}{whole}{rest}")
            }
            Cell::Time(t_ms) => utc_text(*t_ms),
        }
    }

    /// For programs.
    pub fn plain(&self) -> String {
        match self {
            Cell::Nothing => String::new(),
            Cell::Text(text) => text.clone(),
            Cell::Count(n) => n.to_string(),
            Cell::Number(value, decimals) => format!("{value:.decimals$}"),
            Cell::Time(t_ms) => iso_text(*t_ms),
        }
    }

    /// Whether it is set at the right.
    pub fn is_number(&self) -> bool {
        matches!(self, Cell::Count(_) | Cell::Number(..))
    }
}

/// Decimals that show four digits of a number at least.
fn decimals_of(value: f64) -> usize {
    match value.abs() {
        0.0 => 0,
        size if size >= 1000.0 => 1,
        size if size >= 1.0 => 3,
        size if size >= 0.001 => 5,
        _ => 8,
    }
}

fn in_words(members: &Map<String, Value>) -> String {
    let member = |(name, value): (&String, &Value)| match value {
        Value::Null => None,
        Value::Array(list) if list.len() > MOST_LISTED => None,
        value => Some(format!("{} {}", name.replace('_', " "), Cell::of(value).shown())),
    };
    members.iter().filter_map(member).collect::<Vec<_>>().join(", ")
}

/// Longer lists within figures are for charts, not for tables.
const MOST_LISTED: usize = 12;

/// A table.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    /// Its file's stem.
    pub name: String,
    /// What it shows.
    pub caption: String,
    /// The titles of its columns, with units.
    pub columns: Vec<String>,
    /// Its rows, each as long as there are columns.
    pub rows: Vec<Vec<Cell>>,
    /// So many rows are shown; the file has all.
    pub shown: usize,
}

/// So many rows of a table are shown where nobody asks for more.
pub const TOP_ROWS: usize = 20;

impl Table {
    /// A table of which the usual number of rows is shown.
    pub fn new(
        name: impl Into<String>,
        caption: impl Into<String>,
        columns: &[&str],
        rows: Vec<Vec<Cell>>,
    ) -> Table {
        Table {
            name: name.into(),
            caption: caption.into(),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            rows,
            shown: TOP_ROWS,
        }
    }

    /// The same with all rows shown.
    #[must_use]
    pub fn whole(self) -> Table {
        Table { shown: usize::MAX, ..self }
    }

    /// A table of objects, as figures have them: a column a member. Long lists are left out.
    fn of_objects(name: impl Into<String>, caption: &str, rows: &[Value]) -> Table {
        let mut columns: Vec<String> = Vec::new();
        for row in rows.iter().filter_map(Value::as_object) {
            for (member, value) in row {
                let is_long = value.as_array().is_some_and(|list| list.len() > MOST_LISTED);
                if !is_long && !columns.contains(member) {
                    columns.push(member.clone());
                }
            }
        }
        let cells = |row: &Value| columns.iter().map(|column| Cell::of(&row[column])).collect();
        Table {
            name: name.into(),
            caption: caption.into(),
            rows: rows.iter().map(cells).collect(),
            columns: columns.iter().map(|column| column.replace('_', " ")).collect(),
            shown: TOP_ROWS,
        }
    }

    /// All rows as CSV.
    pub fn csv(&self) -> String {
        let line = |cells: Vec<String>| {
            cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n"
        };
        let mut text = line(self.columns.clone());
        for row in &self.rows {
            text.push_str(&line(row.iter().map(Cell::plain).collect()));
        }
        text
    }
}

/// The figures of a stage as name and value, objects member by member. What is a list of objects is
/// a table of its own: see [`tables_in`].
pub fn figures_in(figures: &Map<String, Value>) -> Vec<(String, Cell)> {
    let mut rows = Vec::new();
    for (name, value) in figures {
        let label = name.replace('_', " ");
        match value {
            _ if matches!(name.as_str(), "key" | "seconds" | "files") => (),
            Value::Object(members) => {
                for (member, value) in members {
                    if !value.is_object() && !value.is_array() {
                        let label = format!("{label}: {}", member.replace('_', " "));
                        rows.push((label, Cell::of(value)));
                    }
                }
            }
            Value::Array(list) if list.len() > MOST_LISTED || list.iter().any(Value::is_object) => {
            }
            Value::Array(list) if list.is_empty() => (),
            value => rows.push((label, Cell::of(value))),
        }
    }
    rows
}

/// The lists of objects among the figures of stage `stage`, as tables.
pub fn tables_in(stage: &str, figures: &Map<String, Value>) -> Vec<Table> {
    let mut tables = Vec::new();
    for (name, value) in figures.iter().filter(|(name, _)| *name != "files") {
        let Some(list) = value.as_array().filter(|list| list.iter().any(Value::is_object)) else {
            continue;
        };
        let caption = name.replace('_', " ");
        tables.push(Table::of_objects(format!("{stage}.{name}"), &caption, list));
    }
    tables
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_grouped_for_people_and_plain_for_programs() {
        for (cell, shown, plain) in [
            (Cell::Count(1_204_331), "1\u{2009}204\u{2009}331", "1204331"),
            (Cell::Number(-1234.56, 1), "−1\u{2009}234.6", "-1234.6"),
            (Cell::Number(-0.001, 1), "0.0", "-0.0"),
            (Cell::number(f64::NAN, 1), "–", ""),
            (Cell::text(""), "–", ""),
            (Cell::Time(0), "1970-01-01 00:00:00", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!((cell.shown().as_str(), cell.plain().as_str()), (shown, plain));
        }
    }

    #[test]
    fn figures_become_rows_and_lists_of_objects_tables() {
        let figures = json!({"key": "ab", "trips": 7, "removed": {"jump": 2}, "share": 0.25,
            "routes": [{"id": 0, "by_hour": vec![0; 24]}, {"id": 1, "width_m": 1.5}]});
        let figures = figures.as_object().unwrap();
        let rows: Vec<(String, String)> =
            figures_in(figures).into_iter().map(|(name, cell)| (name, cell.plain())).collect();
        let expected = [("trips", "7"), ("removed: jump", "2"), ("share", "0.25000")];
        assert_eq!(rows, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let tables = tables_in("routes", figures);
        assert_eq!(tables[0].csv(), "id,width m\n0,\n1,1.500\n");
    }
}
