//! The columns of the table of vessels.

use super::cell::Cell;
use super::grid::Column;
use super::sheet::Sheet;
use super::trips::kind_cell;
use crate::ais::{MmsiClass, Static, Vessel};

/// From left to right.
pub const COLUMNS: &[Column] = &[
    Column {
        title: "Vessel",
        help: "Name of the vessel, or its number where it has none",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| Cell::Text(&sheet.vessels[row].title, sheet.vessels[row].ranks[0]),
    },
    Column {
        title: "MMSI",
        help: "Maritime Mobile Service Identity; a word before it where it is no ship's: local \
               where it is a file's own number, malformed where it has not the digits of one",
        width_px: 104.0,
        is_number: true,
        cell: |sheet, row| {
            let vessel = vessel(sheet, row);
            Cell::Number(oddity(vessel), vessel.mmsi.0.into())
        },
    },
    Column {
        title: "IMO",
        help: "Number in the register of the International Maritime Organization",
        width_px: 68.0,
        is_number: true,
        cell: |sheet, row| match about(sheet, row).imo {
            0 => Cell::Missing,
            imo => Cell::Number("", imo.into()),
        },
    },
    Column {
        title: "Call sign",
        help: "Call sign of the radio station on board",
        width_px: 74.0,
        is_number: false,
        cell: |sheet, row| match about(sheet, row).callsign.as_str() {
            "" => Cell::Missing,
            callsign => Cell::Text(callsign, sheet.vessels[row].ranks[1]),
        },
    },
    Column {
        title: "Type",
        help: "Group of the ship type",
        width_px: 110.0,
        is_number: false,
        cell: |sheet, row| kind_cell(vessel(sheet, row).kind()),
    },
    Column {
        title: "Length m",
        help: "Length over all, meters",
        width_px: 68.0,
        is_number: true,
        cell: |sheet, row| match about(sheet, row).length_m {
            Some(length_m) => Cell::Decimal(length_m.into(), 0),
            None => Cell::Missing,
        },
    },
    Column {
        title: "Reports",
        help: "Position reports that cleaning kept",
        width_px: 70.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(sheet.fleet().range(row).len() as u64),
    },
    Column {
        title: "Trips",
        help: "How many trips its track was cut into",
        width_px: 52.0,
        is_number: true,
        cell: |sheet, row| Cell::Count(sheet.vessels[row].trips.len() as u64),
    },
    Column {
        title: "Distance nmi",
        help: "Length of all of its trips, nautical miles",
        width_px: 92.0,
        is_number: true,
        cell: |sheet, row| Cell::Decimal(sheet.vessels[row].length_nmi, 1),
    },
    Column {
        title: "First seen (UTC)",
        help: "Time of its first report",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| sheet.vessels[row].span_ms.map_or(Cell::Missing, |(t, _)| Cell::Time(t)),
    },
    Column {
        title: "Last seen (UTC)",
        help: "Time of its last report",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| sheet.vessels[row].span_ms.map_or(Cell::Missing, |(_, t)| Cell::Time(t)),
    },
    Column {
        title: "Destination",
        help: "As it was last typed on board",
        width_px: 140.0,
        is_number: false,
        cell: |sheet, row| match about(sheet, row).destination.as_str() {
            "" => Cell::Missing,
            destination => Cell::Text(destination, sheet.vessels[row].ranks[2]),
        },
    },
];

fn vessel(sheet: &Sheet, row: usize) -> &Vessel {
    &sheet.fleet().vessels()[row]
}

fn about(sheet: &Sheet, row: usize) -> &Static {
    &vessel(sheet, row).about
}

/// What is odd about a number, in a word; nothing for a ship's.
fn oddity(vessel: &Vessel) -> &'static str {
    if vessel.is_local {
        return "local";
    }
    match vessel.class() {
        MmsiClass::Ship => "",
        MmsiClass::BaseStation => "base",
        MmsiClass::SarAircraft => "SAR",
        MmsiClass::Aid => "aid",
        MmsiClass::Craft => "craft",
        MmsiClass::Distress => "distress",
        MmsiClass::Handheld => "handheld",
        MmsiClass::Group => "group",
        MmsiClass::Malformed => "malformed",
    }
}
