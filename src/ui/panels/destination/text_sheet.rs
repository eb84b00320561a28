//! Typed destinations as rows: each distinct text, the port that it was taken for, and how often it
//! was typed.

use std::sync::Arc;

use crate::ais::{PortId, PortTable};
use crate::destination::Candidate;
use crate::flow::stages::TypedText;
use crate::ui::panels::tables::cell::{Cell, NO_RANK, ranks};
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::listing::About;

/// Other ports that are told beside the likeliest.
const MOST_OTHERS: usize = 3;

/// A distinct text.
#[derive(Clone, PartialEq, Debug)]
struct Line {
    text: String,
    best: Option<Candidate>,
    code: String,
    others: String,
    ships: u32,
    times: u32,
    found: String,
}

/// Distinct texts as rows.
pub struct TextSheet {
    ports: Arc<PortTable>,
    lines: Vec<Line>,
    by_text: Vec<u32>,
    by_port: Vec<u32>,
    by_code: Vec<u32>,
}

impl TextSheet {
    /// Of what ships typed.
    pub fn new(texts: &[TypedText], ports: &Arc<PortTable>) -> TextSheet {
        let lines: Vec<Line> = texts.iter().map(|typed| line(typed, ports)).collect();
        let rank = |of: &dyn Fn(&Line) -> String| {
            let all: Vec<String> = lines.iter().map(of).collect();
            ranks(&all.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let name = |best: Candidate| ports.port(best.port).name.clone();
        TextSheet {
            by_text: rank(&|line| line.text.clone()),
            by_port: rank(&|line| line.best.map_or(String::new(), name)),
            by_code: rank(&|line| line.code.clone()),
            ports: Arc::clone(ports),
            lines,
        }
    }

    /// The port that a row's text was taken for.
    pub fn port(&self, row: usize) -> Option<PortId> {
        Some(self.lines[row].best?.port)
    }

    /// How many texts name a port, and how many reports of destinations those are, of all.
    pub fn understood(&self) -> [(u64, u64); 2] {
        let all = self.lines.iter();
        let named = all.clone().filter(|line| line.best.is_some());
        let times = |line: &Line| u64::from(line.times);
        [
            (named.clone().count() as u64, self.lines.len() as u64),
            (named.map(times).sum(), all.map(times).sum()),
        ]
    }
}

fn line(typed: &TypedText, ports: &PortTable) -> Line {
    let (text, candidates) = (&typed.text, &typed.annotation.candidates);
    let (ships, times) = (typed.ships as u32, typed.times as u32);
    let best = candidates.first().copied();
    let name = |candidate: &Candidate| ports.port(candidate.port).name.as_str();
    let further = candidates.get(1..).unwrap_or_default();
    let shown: Vec<&str> = further.iter().take(MOST_OTHERS).map(name).collect();
    let more = further.len() - shown.len();
    let mut others = shown.join(", ");
    if more > 0 {
        others += &format!(" and {more} more");
    }
    let code = best.and_then(|best| ports.port(best.port).locode);
    let code = code.map_or(String::new(), |code| format!("{} {}", code.country(), code.place()));
    let found = format!("{text} {} {code} {others}", best.as_ref().map_or("", name));
    Line { text: text.clone(), best, code, others, ships, times, found: found.to_lowercase() }
}

/// The table.
pub static ABOUT: About<TextSheet> = About {
    name: "Table of typed destinations",
    thing: "text",
    search: "Search texts",
    hint: "Text, port, LOCODE",
    columns: COLUMNS,
    n_rows: |sheet| sheet.lines.len(),
    words: |sheet, row| &sheet.lines[row].found,
};

/// The column of how often a text was typed.
pub const TIMES: usize = 6;

const COLUMNS: &[Column<TextSheet>] = &[
    Column {
        title: "Typed",
        help: "The destination as it was typed on board",
        width_px: 170.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.lines[row].text, sheet.by_text[row]),
    },
    Column {
        title: "Understood as",
        help: "The port that it most likely names",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| match sheet.lines[row].best {
            Some(best) => Cell::Text(&sheet.ports.port(best.port).name, sheet.by_port[row]),
            None => Cell::Text("no port", NO_RANK),
        },
    },
    Column {
        title: "LOCODE",
        help: "That port's UN/LOCODE",
        width_px: 66.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.lines[row].code, sheet.by_code[row]),
    },
    Column {
        title: "Confidence",
        help: "How sure that is, 0 to 1: likeness of the names, how much of the text they explain, and how few other ports go by that name. No probability",
        width_px: 78.0,
        is_number: true,
        cell: |sheet, row| {
            let best = sheet.lines[row].best;
            best.map_or(Cell::Missing, |best| Cell::Decimal(best.confidence, 2))
        },
    },
    Column {
        title: "Or",
        help: "Other ports that it may name, the likelier first",
        width_px: 150.0,
        is_number: false,
        cell: |sheet, row| {
            let others = &sheet.lines[row].others;
            Cell::Text(others, if others.is_empty() { NO_RANK } else { others.len() as u32 })
        },
    },
    Column {
        title: "Ships",
        help: "How many ships typed it",
        width_px: 56.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(u64::from(sheet.lines[row].ships)),
    },
    Column {
        title: "Times",
        help: "How often a ship began to report it",
        width_px: 56.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(u64::from(sheet.lines[row].times)),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::destination::Annotation;
    use crate::ui::destination_view::made::ports;

    #[test]
    fn each_text_stands_once_with_its_port_and_how_often_it_was_typed() {
        let typed = |text: &str, (ships, times): (usize, usize), of: &[(u32, f64)]| {
            let candidate = |(port, confidence): &(u32, f64)| Candidate {
                port: PortId(*port),
                confidence: *confidence,
            };
            let candidates = of.iter().map(candidate).collect();
            TypedText { text: text.into(), ships, times, annotation: Annotation { candidates } }
        };
        let texts = [
            typed("US LGB", (2, 3), &[(1, 1.0)]),
            typed("FISHING", (1, 1), &[]),
            typed("GOT", (1, 1), &[(2, 0.75), (0, 0.5)]),
        ];
        let sheet = TextSheet::new(&texts, &ports());
        let row = |at: usize| -> Vec<String> {
            COLUMNS.iter().map(|column| (column.cell)(&sheet, at).shown().into_owned()).collect()
        };
        assert_eq!(row(0), ["US LGB", "Long Beach", "US LGB", "1.00", "", "2", "3"]);
        assert_eq!(row(1), ["FISHING", "no port", "", "–", "", "1", "1"]);
        assert_eq!(row(2), ["GOT", "Göteborg", "SE GOT", "0.75", "Los Angeles", "1", "1"]);
        assert_eq!(sheet.understood(), [(2, 3), (4, 5)]);
        assert_eq!((sheet.port(0), sheet.port(1)), (Some(PortId(1)), None));
        assert_eq!(COLUMNS[TIMES].title, "Times");
    }
}
