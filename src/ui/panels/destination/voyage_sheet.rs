//! Voyages as rows: which ship went from where to where, and how her destination was reported.

use std::sync::Arc;

use rayon::prelude::*;

use crate::ais::{PortId, Vessel};
use crate::base::geo::distance_m;
use crate::base::units::nmi_from_m;
use crate::destination::Voyage;
use crate::flow::stages::VoyagesOf;
use crate::ui::panels::tables::cell::{Cell, ranks};
use crate::ui::panels::tables::grid::Column;
use crate::ui::panels::tables::listing::About;

/// What a row says beside what the voyage itself knows.
#[derive(Clone, PartialEq, Debug)]
struct Line {
    ship: String,
    length_nmi: f64,
    /// What was typed for the longest time, and how sure it names the port of arrival; not-a-number
    /// if it does not.
    typed: String,
    confidence: f64,
    text: String,
}

/// Voyages as rows.
pub struct VoyageSheet {
    /// What they are of.
    pub of: Arc<VoyagesOf>,
    lines: Vec<Line>,
    by_ship: Vec<u32>,
    by_typed: Vec<u32>,
    by_port: Vec<u32>,
}

impl VoyageSheet {
    /// Of voyages, on all cores: as long as it takes to read each report once.
    pub fn new(of: Arc<VoyagesOf>) -> VoyageSheet {
        let line = |voyage: &Voyage| {
            let vessel = &of.fleet().vessels()[voyage.vessel];
            let span_ms = (voyage.departed_ms, voyage.arrived_ms);
            let (typed, confidence) = reported(&of, vessel, span_ms, voyage.destination);
            let ship = vessel.title();
            let port = |id: PortId| {
                let port = of.table().port(id);
                format!("{} {}", port.name, port.locode.map_or(String::new(), String::from))
            };
            let (from, to) = (port(voyage.departure), port(voyage.destination));
            let kind = vessel.kind().name();
            let text = format!("{ship} {} {kind} {from} {to} {typed}", vessel.mmsi.0);
            Line {
                length_nmi: nmi_from_m(voyage.length_m(of.fleet())),
                text: text.to_lowercase(),
                ship,
                typed,
                confidence,
            }
        };
        let lines: Vec<Line> = of.found.voyages.par_iter().map(line).collect();
        let rank = |text: fn(&Line) -> &str| ranks(&lines.iter().map(text).collect::<Vec<_>>());
        let names: Vec<&str> = of.table().ports().iter().map(|port| port.name.as_str()).collect();
        let (by_ship, by_typed) = (rank(|line| &line.ship), rank(|line| &line.typed));
        VoyageSheet { by_port: ranks(&names), by_ship, by_typed, lines, of }
    }

    fn port(&self, id: PortId) -> Cell<'_> {
        Cell::Text(&self.of.table().port(id).name, self.by_port[id.0 as usize])
    }

    fn voyage(&self, row: usize) -> &Voyage {
        &self.of.found.voyages[row]
    }
}

/// The text that was typed for the longest time between two times, and how sure it names `port`. Of
/// several texts the one that does goes first.
fn reported(of: &VoyagesOf, vessel: &Vessel, span_ms: (i64, i64), port: PortId) -> (String, f64) {
    let place = of.table().port(port).position;
    let confidence = |text: &str| {
        let candidates = of.typed.named.get(text).map_or(&[][..], |named| &named.candidates);
        let is_it = |id: PortId| {
            id == port || distance_m(of.table().port(id).position, place) <= of.radius_m
        };
        let its = candidates.iter().filter(|candidate| is_it(candidate.port));
        its.map(|candidate| candidate.confidence).fold(f64::NAN, f64::max)
    };
    let texts = typed_between(vessel, span_ms);
    let best = texts.into_iter().map(|(text, ms)| (confidence(text), ms, text));
    let best = best.max_by_key(|(confidence, ms, _)| (!confidence.is_nan(), *ms));
    best.map_or((String::new(), f64::NAN), |(confidence, _, text)| (text.to_owned(), confidence))
}

/// What was typed as destination between two times, with for how long, milliseconds.
pub fn typed_between(vessel: &Vessel, (from_ms, to_ms): (i64, i64)) -> Vec<(&str, i64)> {
    if vessel.voyages.is_empty() {
        let text = vessel.about.destination.as_str();
        return (!text.is_empty()).then_some((text, to_ms - from_ms)).into_iter().collect();
    }
    let mut texts: Vec<(&str, i64)> = Vec::new();
    for (at, (since_ms, note)) in vessel.voyages.iter().enumerate() {
        let until_ms = vessel.voyages.get(at + 1).map_or(i64::MAX, |(next_ms, _)| *next_ms);
        let ms = until_ms.min(to_ms) - (*since_ms).max(from_ms);
        let text = note.destination.as_str();
        if ms < 0 || text.is_empty() {
            continue;
        }
        match texts.iter_mut().find(|(other, _)| *other == text) {
            Some((_, sum)) => *sum += ms,
            None => texts.push((text, ms)),
        }
    }
    texts
}

/// The table.
pub static ABOUT: About<VoyageSheet> = About {
    name: "Table of voyages",
    thing: "voyage",
    search: "Search voyages",
    hint: "Ship, port, text",
    columns: COLUMNS,
    n_rows: |sheet| sheet.lines.len(),
    words: |sheet, row| &sheet.lines[row].text,
};

const COLUMNS: &[Column<VoyageSheet>] = &[
    Column {
        title: "Ship",
        help: "Her name, or her number",
        width_px: 120.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.lines[row].ship, sheet.by_ship[row]),
    },
    Column {
        title: "From",
        help: "The port that she left",
        width_px: 110.0,
        is_number: false,
        cell: |sheet, row| sheet.port(sheet.voyage(row).departure),
    },
    Column {
        title: "To",
        help: "The port that she reached",
        width_px: 110.0,
        is_number: false,
        cell: |sheet, row| sheet.port(sheet.voyage(row).destination),
    },
    Column {
        title: "Begin (UTC)",
        help: "When she passed nearest to the port on leaving it",
        width_px: 136.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.voyage(row).departed_ms),
    },
    Column {
        title: "End (UTC)",
        help: "When she passed nearest to the port on reaching it",
        width_px: 136.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.voyage(row).arrived_ms),
    },
    Column {
        title: "Duration",
        help: "From the begin to the end",
        width_px: 90.0,
        is_number: true,
        cell: |sheet, row| {
            let voyage = sheet.voyage(row);
            Cell::Span(voyage.arrived_ms - voyage.departed_ms)
        },
    },
    Column {
        title: "Reports",
        help: "How many there are of it, after refinement",
        width_px: 62.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(sheet.voyage(row).reports.len() as u64),
    },
    Column {
        title: "Distance nmi",
        help: "Along the reports, over ground",
        width_px: 88.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.lines[row].length_nmi, 1),
    },
    Column {
        title: "Reported as",
        help: "What was typed as destination: of several texts one that names the port of arrival",
        width_px: 130.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.lines[row].typed, sheet.by_typed[row]),
    },
    Column {
        title: "Confidence",
        help: "How sure that text names the port of arrival, 0 to 1; none if it does not",
        width_px: 78.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.lines[row].confidence, 2),
    },
    Column {
        title: "Named %",
        help: "The share of the time during which what was typed named the port of arrival",
        width_px: 66.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(100.0 * sheet.voyage(row).named_share, 0),
    },
    Column {
        title: "Taken out",
        help: "Reports that refinement took out as errors of transmission",
        width_px: 72.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(sheet.voyage(row).taken_out as u64),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::destination_view::made::{HOUR_MS, sailed};

    #[test]
    fn a_voyage_says_from_where_to_where_how_far_and_how_it_was_reported() {
        let sheet = VoyageSheet::new(Arc::new(sailed()));
        let cells: Vec<String> =
            COLUMNS.iter().map(|column| (column.cell)(&sheet, 0).shown().into_owned()).collect();
        assert_eq!(cells[..3], ["AURORA", "Göteborg", "Los Angeles"]);
        assert_eq!(cells[5..7], ["10 h 00 min", "11"]);
        // Two degrees of the equator of 60.04 nautical miles.
        assert_eq!(cells[7], "120.1");
        // Long Beach lies five kilometers from Los Angeles: it names it too.
        assert_eq!(cells[8..], ["LONG BEACH", "0.83", "90", "1"]);
        assert!(
            (ABOUT.words)(&sheet, 0).contains("los angeles uslax")
                && (ABOUT.words)(&sheet, 0).contains("219000001")
        );
    }

    #[test]
    fn of_texts_that_name_no_port_the_one_that_stood_longest_is_told_without_confidence() {
        let of = VoyagesOf { radius_m: 1000.0, ..sailed() };
        let vessel = &of.fleet().vessels()[0];
        let (typed, confidence) = reported(&of, vessel, (0, 10 * HOUR_MS), PortId(0));
        assert!(typed == "LONG BEACH" && confidence.is_nan(), "{typed} {confidence}");
        let in_first_hour = typed_between(vessel, (0, HOUR_MS / 2));
        assert_eq!(in_first_hour, [("OAKLAND", HOUR_MS / 2)]);
        assert_eq!(typed_between(&Vessel::default(), (0, 1)), []);
    }
}
