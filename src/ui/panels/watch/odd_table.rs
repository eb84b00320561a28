//! Oddities as rows of a table.

use crate::ais::Fleet;
use crate::ui::map::furniture::degrees_minutes_in_text;
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::listing::About;
use crate::ui::watch_view::place_of_odd;
use crate::watch::Oddity;

/// An oddity, made ready.
pub struct OddRow {
    oddity: Oddity,
    ship: (String, u32),
    place: String,
    /// What is searched, in small letters.
    words: String,
}

/// Rows of a list of oddities.
pub fn rows(list: &[Oddity], fleet: &Fleet) -> Vec<OddRow> {
    let title = |oddity: &Oddity| match oddity.ship {
        Some(ship) => fleet.vessels()[ship].title(),
        None => oddity.mmsi.0.to_string(),
    };
    let titles: Vec<String> = list.iter().map(title).collect();
    let ranks = ranks(&titles.iter().map(String::as_str).collect::<Vec<_>>());
    let row = |(oddity, ship): (&Oddity, (String, u32))| {
        let kind = oddity.ship.map_or("", |ship| fleet.vessels()[ship].kind().name());
        let words =
            format!("{} {} {kind} {} {}", ship.0, oddity.mmsi.0, oddity.kind.name(), oddity.why);
        let has_place = oddity.place.is_valid();
        let place = if has_place { degrees_minutes_in_text(oddity.place) } else { String::new() };
        OddRow { oddity: oddity.clone(), ship, place, words: words.to_lowercase() }
    };
    list.iter().zip(titles.into_iter().zip(ranks)).map(row).collect()
}

/// From left to right.
const COLUMNS: &[Column<Vec<OddRow>>] = &[
    Column {
        title: "Score",
        help: "How odd, 0 to 1: of what is measured a half at twice the limit",
        width_px: 50.0,
        is_number: true,
        cell: |rows, at| Cell::Decimal(rows[at].oddity.score, 2),
    },
    Column {
        title: "Kind",
        help: "What kind of oddity it is",
        width_px: 112.0,
        is_number: false,
        cell: |rows, at| {
            let kind = rows[at].oddity.kind;
            Cell::Text(kind.name(), place_of_odd(kind) as u32)
        },
    },
    Column {
        title: "Ship",
        help: "Her name, or her number",
        width_px: 120.0,
        is_number: false,
        cell: |rows, at| {
            let (title, rank) = &rows[at].ship;
            Cell::Text(title, *rank)
        },
    },
    Column {
        title: "Time UTC",
        help: "When it began",
        width_px: 132.0,
        is_number: false,
        cell: |rows, at| Cell::Time(rows[at].oddity.from_ms),
    },
    Column {
        title: "Lasts",
        help: "How long it went on",
        width_px: 66.0,
        is_number: true,
        cell: |rows, at| {
            let oddity = &rows[at].oddity;
            match oddity.to_ms - oddity.from_ms {
                0 => Cell::Missing,
                ms => Cell::Span(ms),
            }
        },
    },
    Column {
        title: "Why",
        help: "Why it is odd",
        width_px: 430.0,
        is_number: false,
        cell: |rows, at| Cell::Text(&rows[at].oddity.why, at as u32),
    },
    Column {
        title: "Place",
        help: "Where to look",
        width_px: 160.0,
        is_number: false,
        cell: |rows, at| {
            let row = &rows[at];
            if row.place.is_empty() {
                return Cell::Missing;
            }
            // From south to north.
            Cell::Text(&row.place, ((row.oddity.place.lat_deg + 90.0) * 1e7) as u32)
        },
    },
    Column {
        title: "MMSI",
        help: "The number of the ship",
        width_px: 80.0,
        is_number: true,
        cell: |rows, at| Cell::Number("", rows[at].oddity.mmsi.0.into()),
    },
    Column {
        title: "Trip",
        help: "The trip that it is on",
        width_px: 52.0,
        is_number: true,
        cell: |rows, at| {
            let trip = rows[at].oddity.trip;
            trip.map_or(Cell::Missing, |trip| Cell::Number("", trip as u64))
        },
    },
];

/// The table.
pub static ODD: About<Vec<OddRow>> = About {
    name: "Table of oddities",
    thing: "odd thing",
    search: "Search Table of oddities",
    hint: "Name, MMSI, words",
    columns: COLUMNS,
    n_rows: Vec::len,
    words: |rows, at| &rows[at].words,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ais::Mmsi;
    use crate::base::geo::Position;
    use crate::ui::watch_view::crossing;
    use crate::watch::OddityKind;

    #[test]
    fn a_row_says_what_is_odd_of_whom_where_and_why() {
        let (fleet, _) = crossing();
        let oddity = Oddity {
            kind: OddityKind::Dark,
            mmsi: Mmsi(219_000_002),
            ship: Some(1),
            trip: Some(7),
            from_ms: 0,
            to_ms: 3_600_000,
            place: Position::new(10.5, 57.25),
            score: 0.666,
            why: "Silent for 1 h".into(),
            reach: None,
        };
        let nobody = Oddity { ship: None, trip: None, mmsi: Mmsi(5), ..oddity.clone() };
        let rows = rows(&[oddity, nobody], &fleet);
        let texts = |row: usize| -> Vec<String> {
            COLUMNS.iter().map(|column| (column.cell)(&rows, row).shown().into_owned()).collect()
        };
        let row = texts(0);
        assert_eq!(row[..3], ["0.67", "dark period", "BRAVO"]);
        assert_eq!(row[3..6], ["1970-01-01 00:00:00", "1 h 00 min", "Silent for 1 h"]);
        assert_eq!(row[7..], ["219000002", "7"]);
        assert_eq!((texts(1)[2].as_str(), texts(1)[8].as_str()), ("5", "–"));
        assert!(rows[0].words.contains("tanker dark period silent"));
    }
}
