//! The columns of the table of trips.

use super::cell::{Cell, NO_RANK};
use super::grid::Column;
use super::sheet::Sheet;
use crate::ais::{ShipKind, Trip};

/// From left to right.
pub const COLUMNS: &[Column] = &[
    Column {
        title: "Trip",
        help: "Number of the trip; trips are numbered by vessel and time",
        width_px: 56.0,
        is_number: true,
        cell: |_, row| Cell::Count(row as u64),
    },
    Column {
        title: "Vessel",
        help: "Name of the vessel, or its number where it has none",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| {
            let vessel = &sheet.vessels[sheet.trips[row].vessel];
            Cell::Text(&vessel.title, vessel.ranks[0])
        },
    },
    Column {
        title: "MMSI",
        help: "Maritime Mobile Service Identity",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| {
            Cell::Number("", sheet.fleet().vessels()[sheet.trips[row].vessel].mmsi.0.into())
        },
    },
    Column {
        title: "Type",
        help: "Group of the ship type",
        width_px: 110.0,
        is_number: false,
        cell: |sheet, row| kind_cell(sheet.fleet().vessels()[sheet.trips[row].vessel].kind()),
    },
    Column {
        title: "Begin (UTC)",
        help: "Time of the first report",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.trips[row].begin_ms),
    },
    Column {
        title: "Duration",
        help: "From the first report to the last",
        width_px: 82.0,
        is_number: true,
        cell: |sheet, row| Cell::Span(sheet.trips[row].end_ms - sheet.trips[row].begin_ms),
    },
    Column {
        title: "Length nmi",
        help: "Length over ground, nautical miles",
        width_px: 84.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.trips[row].length_nmi, 1),
    },
    Column {
        title: "Mean kn",
        help: "Length by duration, knots",
        width_px: 68.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.trips[row].mean_kn, 1),
    },
    Column {
        title: "Max kn",
        help: "Highest reported speed over ground, knots",
        width_px: 64.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.trips[row].max_kn, 1),
    },
    Column {
        title: "Reports",
        help: "Position reports of the trip",
        width_px: 66.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(trip(sheet, row).reports.len() as u64),
    },
    Column {
        title: "Begins by",
        help: "Why the trip begins here: the track does, or a gap, a stop or a turn ends",
        width_px: 72.0,
        is_number: false,
        cell: |sheet, row| {
            let begins = trip(sheet, row).begins;
            Cell::Text(begins.name(), begins as u32)
        },
    },
    Column {
        title: "Ends by",
        help: "Why the trip ends here: the track does, or a gap, a stop or a turn begins",
        width_px: 66.0,
        is_number: false,
        cell: |sheet, row| {
            let ends = trip(sheet, row).ends;
            Cell::Text(ends.name(), ends as u32)
        },
    },
    Column {
        title: "End (UTC)",
        help: "Time of the last report",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| Cell::Time(sheet.trips[row].end_ms),
    },
];

fn trip(sheet: &Sheet, row: usize) -> &Trip {
    &sheet.output.trips.trips[row]
}

/// A group of ship types, which sorts by its name.
pub fn kind_cell(kind: ShipKind) -> Cell<'static> {
    let before = ShipKind::ALL.iter().filter(|other| other.name() < kind.name()).count() as u32;
    Cell::Text(kind.name(), if kind == ShipKind::Unknown { NO_RANK } else { before })
}
